/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the REST door share. Not for other folders. */
#pragma once
#include "base/limits.h"
#include "doors/http/form.h"
#include "doors/http/http.h"
#include "doors/rest/health.h"
#include "doors/rest/jobs.h"
#include "doors/rest/limiter.h"
#include "doors/rest/web.h"
#include "doors/server.h"
#include "doors/xapi/xapi.h"
#include "gate/session.h"
#include "gate/token.h"
#include "ops/op.h"
#include "ops/system.h"

#define REST_ROOT "/api/v1"
#define REST_COOKIE "meno_session"
#define REST_REQUEST_ID "X-Request-Id"
#define REST_SEGMENTS 8

struct server {
  struct system *system;
  struct server_options options;
  char *public_origin;         /* "https://meno.example.org"; NULL */
  char *public_host;
  struct http_door door;
  struct http_server *http;
  struct jobs *jobs;
  struct limiter *of_accounts, *of_addresses;
  struct web *web;
  GBytes *openapi;
  struct health *health;
  struct xapi_door *xapi;
  uint32_t instance;           /* random: begins the ids of this process's requests */
  _Atomic unsigned requests;
};

/* ---- routes ----------------------------------------------------------------------------------------------------- */

struct rest_call;
/* A row of the door's own (sessions, tokens, jobs): an operation whose handler gets the struct rest_call as its call's
 * `progress_data`, because it works on cookies and on this server's jobs. */
struct rest_row { struct op op; bool open; /* to anybody */ };
extern const struct rest_row rest_rows[]; /* ends with a NULL name */

struct rest_slice { const char *text; size_t length; };
struct rest_match {
  const struct op *op;         /* NULL: no row has this address and method */
  const struct rest_row *row;  /* of the door's own; NULL: an operation */
  struct rest_slice values[REST_SEGMENTS]; /* of `{…}` in order, still encoded */
  unsigned allowed;            /* bits 1 << enum method of the rows with this address; 0: there is no such address */
};
/* `path` is what follows REST_ROOT. `method` −1: none of ours. HEAD counts as GET. */
void rest_match(const char *path, size_t length, int method, struct rest_match *ret_match);
int rest_method(const char *name);
extern const char *const rest_methods[4]; /* by enum method */

/* ---- who asks --------------------------------------------------------------------------------------------------- */

enum rest_by { REST_NOBODY, REST_BY_COOKIE, REST_BY_TOKEN };
struct rest_who {
  enum rest_by by;
  struct account account;
  uint64_t scopes;             /* by token */
  char csrf[SESSION_TOKEN];
  char token[SESSION_TOKEN];   /* the cookie's */
  char new_token[SESSION_TOKEN];
  char *actor;
};
struct rest_call {
  struct server *server;
  const struct http_request *request;
  struct http_response *response;
  struct rest_match match;
  struct rest_who who;
  char *address;               /* of the client; NULL: not known */
};
int64_t rest_wall(const struct server *server);
/* Reads cookie or bearer token; false: neither is there, or it is over (UNAUTHENTICATED), or the store failed. */
bool rest_identify(struct rest_call *call, GError **error);
/* Whether a large body may be read at all: looks, writes nothing. */
bool rest_may_send(struct server *server, const struct http_request *request);
/* Requests that change something must come from our own pages: Origin, and the CSRF token where a cookie stands for a person. */
bool rest_check_origin(const struct rest_call *call, GError **error);
bool rest_check_csrf(const struct rest_call *call, GError **error);
bool rest_check_rate(struct rest_call *call, GError **error);
void rest_set_cookie(struct rest_call *call, const char *token); /* "": takes it away */
void rest_who_clear(struct rest_who *who);
/* Asked of the request where no caller is known: its address, or the proxy's word for it; NULL where all share one. */
bool rest_is_loopback(const char *address);
char *rest_address(const struct server *server, const struct http_request *request);
struct caller rest_caller(const struct rest_who *who); /* borrows */

/* ---- input and answers ------------------------------------------------------------------------------------------ */

struct rest_input { char *json; size_t length; GArray *files; /* of struct op_file; owns names and bytes */ };
void rest_input_clear(struct rest_input *input);
/* Address, query and body of the request as the one JSON object that op_run takes. */
bool rest_input_read(const struct rest_match *match, const struct http_request *request, struct rest_input *ret_input, GError **error);
/* A value as text (of a query, a path or a form) as the JSON that its field asks for; what does not fit stays a string,
 * and is refused by name when the operation is checked. */
void rest_put_text(struct json_writer *writer, const struct field *field, const char *text);

void rest_problem(struct http_response *response, const GError *error);
void rest_json(struct http_response *response, unsigned status, struct json_writer *writer); /* takes the text */

/* ---- the description -------------------------------------------------------------------------------------------- */

/* Every row, the operations' and the door's, in order. */
void rest_each_row(void (*visit)(const struct op *op, const struct rest_row *row, void *data), void *data);
