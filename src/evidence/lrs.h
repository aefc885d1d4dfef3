/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The learning record store: what xapi.h accepts, kept and found again. Knows no HTTP.
 *
 * A statement is an event, statement.stored; its text is its body's sealed member. The tables that the filters look at are a fold
 * (company/fold-statement.c); agents stand in them as opaque names. States and profiles, the data of attachments and the
 * definitions of activities are plain tables beside the ledger.
 *
 * Times: `stored` is given under the writer's lock and never twice, so that who asks for what was stored since the last one misses
 * nothing. Statements that were moved here from another store (lrs-move.h) keep theirs, and are found by it; the order of a list is that of
 * arrival. All functions may be called from many threads. */
#pragma once
#include "evidence/xapi-multipart.h"
#include "evidence/xapi-output.h"
#include "evidence/xapi-query.h"
#include "ledger/ledger.h"

struct lrs;
struct lrs *lrs_new(struct ledger *ledger); /* borrows it */
void lrs_free(struct lrs *lrs);

/* The moment up to which every statement is to be seen in a snapshot that is taken after this call. Other processes that
 * write to the same database are not known here. */
int64_t lrs_consistent(struct lrs *lrs, int64_t now);

/* ---- statements ---- */

enum lrs_fate { LRS_NEW, LRS_THERE /* and says the same */, LRS_OTHER /* there, and says something else */, LRS_UNREADABLE /* there, and nobody can read it any more */ };
struct lrs_incoming {
  struct json root; size_t count;      /* checked: xapi_check_batch, attachments, signatures */
  enum xapi_version version;
  const char *id;                      /* of a PUT, lower case; NULL: as the statements say */
  const struct xapi_part *parts; size_t part_count; /* the data of attachments */
  const char *authority, *actor;       /* who vouches, as JSON; and the actor of the events */
  const char *room;                    /* of whoever vouches; NULL: none */
  bool define;                         /* what it tells about activities is taken over */
  enum lrs_fate *fates;                /* of each, where they were stored elsewhere (lrs-move.h); else NULL: then `authority` is NULL, each keeps
                                          its own, its `stored` and its version, and one that says something else is only left out */
};
/* All or none, durable when it returns. The ids in order, newly allocated. One that is there already and says the same stays as it
 * is; one that says something else: CONFLICT. */
GPtrArray *lrs_store(struct lrs *lrs, int64_t now, const struct lrs_incoming *incoming, GError **error);
/* The same for who does not wait: `done` is called with the ids, or without and with an error, both of which it takes; by whatever thread,
 * perhaps before this returns. `incoming` must stay until then. */
void lrs_send(struct lrs *lrs, int64_t now, const struct lrs_incoming *incoming, void (*done)(void *data, GPtrArray *ids, GError *error), void *data);

struct lrs_statement { int64_t seq, stored /* here */; char *text; size_t length; };
GArray *lrs_statements_new(void);      /* of struct lrs_statement, which it owns */

/* 1/0/-1. One that is voided is found with `voided`, others without. `mine`: only what this authority (an agent's key), or the credentials of
 * a room ("room:…"), stored; NULL: all. */
#define LRS_ROOM "room:"
int lrs_find_one(struct lrs *lrs, const char *id, bool voided, const char *mine, GArray *statements, GError **error);
/* Appends what the query finds, as many as fit one answer. `cursor` is where to go on, 0 the beginning; `ret_cursor` 0: that was all.
 * An answer may hold fewer than there are even so, where the filters have little in common. */
#define LRS_OPAQUE "opaque:" /* before an opaque name, as the query's agent */
bool lrs_find(struct lrs *lrs, const struct xapi_query *query, const char *mine, int64_t cursor, GArray *statements, int64_t *ret_cursor, GError **error);

/* The statement for somebody who is not to know people: agents by their opaque names; what a person wrote, and what nobody knows, withheld. */
void lrs_veil(struct lrs *lrs, struct json_writer *out, const char *key, struct json statement);
#define LRS_CREDENTIALS "urn:meno:credentials" /* the home page of authorities that are credentials */

/* The data of a statement's attachments as parts for xapi_multipart_write; those of the same hash once. Owned by `keep`. */
bool lrs_attachments(struct lrs *lrs, int64_t seq, GArray *parts, GPtrArray *keep, GError **error);

/* ---- agents and activities ---- */

/* The opaque name of an agent's key ("mailto:…"); newly allocated. */
char *lrs_agent_name(struct lrs *lrs, const char *key);
/* The key of a JSON agent, newly allocated; NULL: it has no identifier. */
char *lrs_agent_key(struct json agent);
/* Names by which the agent was called lately, newest first. */
bool lrs_agent_names(struct lrs *lrs, const char *key, const char *mine, GPtrArray *names, GError **error);
/* 1/0/-1; what statements have told of it, joined, as JSON; newly allocated. Each room is told by its own. */
int lrs_definition(struct lrs *lrs, const char *room, const char *activity, char **ret_definition, GError **error);

/* Who the statement says that its actor is, in clear: 1, 0 (none, or its key is gone), -1. `told` as people read it ("anna at https://lms.example");
 * the others NULL where it has none. */
struct lrs_actor { char *told, *name, *account, *mailbox; };
int lrs_actor_at(struct lrs *lrs, struct db *db, int64_t seq, struct lrs_actor *ret_actor, GError **error);
void lrs_actor_clear(struct lrs_actor *actor);
typedef struct lrs_actor lrs_actor_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(lrs_actor_auto, lrs_actor_clear)

/* ---- documents ---- */

struct lrs_place { const char *kind /* "state", "activity", "agent" */, *activity, *agent /* key */, *registration, *name, *room; }; /* NULL: none */
struct lrs_document { char *type, *etag; char *data; size_t length; int64_t updated; };
void lrs_document_clear(struct lrs_document *document);
typedef struct lrs_document lrs_document_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(lrs_document_auto, lrs_document_clear)

/* 1/0/-1. */
int lrs_document(struct lrs *lrs, const struct lrs_place *place, struct lrs_document *ret_document, GError **error);
/* Names of the documents there (`place->name` is ignored; a NULL registration: of any), changed after `since`. */
bool lrs_document_names(struct lrs *lrs, const struct lrs_place *place, int64_t since, GPtrArray *names, GError **error);
/* What a client demands before it changes one: If-Match and If-None-Match, as sent. Errors: STALE where the demand does not hold; where none was
 * made and one must be, CONFLICT if the document is there, BAD_INPUT if not. */
enum lrs_need { LRS_FREE, LRS_WHERE_THERE, LRS_ALWAYS };
struct lrs_demand { const char *match, *none_match; enum lrs_need need; };
enum lrs_change { LRS_PUT, LRS_MERGE /* members of a JSON object into those that are there */, LRS_DELETE };
bool lrs_document_change(struct lrs *lrs, int64_t now, const struct lrs_place *place, enum lrs_change change, const struct lrs_demand *demand,
                         const char *type, const char *data, size_t length, GError **error);
/* Deletes all documents there, of one registration or any. */
bool lrs_documents_delete(struct lrs *lrs, const struct lrs_place *place, GError **error);
