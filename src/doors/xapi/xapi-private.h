/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the xAPI door share. Not for other folders. */
#pragma once
#include "doors/http/form.h"
#include "doors/xapi/xapi.h"
#include "evidence/lrs.h"
#include "gate/credential.h"
#include "ops/system.h"
#include <string.h>

#define XAPI_ROOT "/xapi"

struct xapi_door {
  struct system *system;
  struct lrs *lrs;
  enum xapi_version version;
  void (*count)(unsigned status);
  GMutex lock;
  GHashTable *known;          /* hash of an Authorization header → whose it was a moment ago: call.c */
};

/* A request as it is meant: with the alternate syntax (1.0.3) method, headers and body stand in a form. */
struct xapi_call {
  struct xapi_door *door;
  const struct http_request *request;
  struct http_response *response;
  const char *method;         /* "GET" for HEAD, too */
  GPtrArray *parameters;      /* of struct form_pair */
  GHashTable *form_headers;   /* small name → value; NULL: the request's own count */
  const char *body; size_t length;
  enum xapi_version version;
  struct credential who;
  bool only_asks;             /* before the body has come: it is not remembered, or nobody would note that it came in */
  bool looked_up;             /* in the database, now */
  char *authority, *authority_key; /* of the credential: an Agent as JSON, and its key */
  const char *actor;          /* of the events */
  char *room_key;             /* of its room, as lrs_find takes it; NULL: it has none */
  int64_t now;
  struct xapi_incoming *incoming; /* statements to be stored, which is waited for elsewhere: statements.c */
};

const char *xapi_header(const struct xapi_call *call, const char *name); /* NULL: absent */
/* The value of a parameter; NULL: not given. */
const char *xapi_parameter(const struct xapi_call *call, const char *name);
/* Every parameter is one of `names` (NULL-terminated) and stands once. */
bool xapi_only(const struct xapi_call *call, const char *const *names, GError **error);
bool xapi_may(const struct xapi_call *call, enum credential_scope scope, GError **error);
bool xapi_is_type(const char *header, const char *type); /* of a Content-Type, without its parameters */

/* The parts of a request, in order: what is meant, who asks. */
bool xapi_call_read(struct xapi_call *call, GError **error);
bool xapi_call_identify(struct xapi_call *call, GError **error);
void xapi_call_clear(struct xapi_call *call);
GHashTable *xapi_known_new(void);

void xapi_put_time(struct xapi_call *call, const char *header, int64_t time); /* as HTTP writes dates */
void xapi_put_json(struct xapi_call *call, struct json_writer *writer);       /* 200; takes the text */

/* A parameter `agent`: its key; NULL with an error. Newly allocated. */
char *xapi_agent_parameter(const struct xapi_call *call, const char **ret_text, GError **error);
/* A required IRI; NULL with an error. */
const char *xapi_iri_parameter(const struct xapi_call *call, const char *name, GError **error);

/* Stores what a call has brought in; it is gone, and answered, when that is done. */
void xapi_statements_store(struct xapi_call *call);
void xapi_incoming_free(struct xapi_incoming *incoming);
/* Answers a call that was not answered at once. Takes both. */
void xapi_call_end(struct xapi_call *call, GError *error);

/* Resources: false with an error. Each answers the methods that its row in answer.c names. */
bool xapi_statements_get(struct xapi_call *call, GError **error);
bool xapi_statements_put(struct xapi_call *call, GError **error);
bool xapi_statements_post(struct xapi_call *call, GError **error);
bool xapi_state(struct xapi_call *call, GError **error);
bool xapi_activity_profile(struct xapi_call *call, GError **error);
bool xapi_agent_profile(struct xapi_call *call, GError **error);
bool xapi_activities(struct xapi_call *call, GError **error);
bool xapi_agents(struct xapi_call *call, GError **error);
bool xapi_about(struct xapi_call *call, GError **error);
