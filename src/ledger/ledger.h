/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger: append-only, gapless, hash-chained events, and the folds that make tables of them.
 *
 * Rooms export `const` tables of event kinds and folds; `main` joins them, so the ledger replays nouns that it has never
 * heard of. An append outside an import is folded in its own transaction. Events of an import carry its id, are staged in
 * chunks, and become visible to folds at `import.committed`, all at once; after `import.undone` the folds skip them. */
#pragma once
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "ledger/mentions.h"
#include "ledger/seal.h"
#include "store/store.h"

enum taint { TAINT_EXTERNAL = 1, TAINT_EMPLOYEE_TEXT = 2, TAINT_MODEL = 4, TAINT_PERSONAL = 8, TAINT_SENSITIVE = 16, TAINT_UNVERIFIED = 32 };

struct event_kind {
  const char *name;       /* dotted noun and past participle: "goal.set" */
  const char *purpose;    /* why it may be kept: "steering", "skills", "listening", "running the system" … */
  int retention_days;     /* 0: as long as the ledger; else at least LEDGER_RETENTION_FLOOR */
  const char *personal;   /* names of body fields that say who somebody is or what somebody wrote, space separated: they are
                             sealed, under their person's key, or, with a `!` behind the name, under nobody's in particular; "" none */
  const char *help;
  const char *person;     /* whose they are: the body field that holds the opaque id, or "@actor"; NULL: the subject's, where that is a person or account */
  const char *body;       /* what a body must look like to be folded (base/shape.h); NULL: its fold says, or nothing reads it */
};
#define LEDGER_RETENTION_FLOOR 183 /* days: logs are kept at least so long */

struct event {
  int64_t seq;
  struct uuid id;
  const char *kind;
  const char *subject;    /* "goal:retention", "person:p-…", "need:n-…" */
  const char *actor;      /* "person:p-…", "account:…", "agent:needs@1", "connector:files", "system" */
  int64_t occurred, recorded;
  int64_t cause;          /* seq of the event that led to this one; 0 none */
  int64_t correlation;    /* seq of the root of that chain */
  const char *batch;      /* the import it belongs to; NULL none */
  unsigned taint;
  const char *rules;      /* revision of the decision rules in force */
  const char *body;       /* canonical JSON object; personal fields sealed, where the ledger has a ring of keys */
  size_t body_length;
  const void *data;       /* bytes that belong to it and that no fold reads, sealed by who appends it; NULL none. Such an event is found by its
                             room's tables, not by its subject */
  size_t data_length;
  int64_t digest;         /* to append with: ledger_row_digest of the clear body, which the body then carries; 0 none */
  bool ready;             /* to append with: `id` is a new one, and nothing in the body is to be sealed */
};

/* A projection: which kinds it reads, which tables it alone writes. `apply` must be a pure function of (tables, event). */
struct fold {
  const char *name;
  const char *const *kinds;   /* NULL-terminated */
  const char *const *tables;  /* NULL-terminated */
  bool (*apply)(struct db *db, const struct event *event, struct json body, GError **error);
  bool of_undone;             /* a rebuild gives it the `import.committed` of undone imports, too: it keeps account of imports */
};

struct ledger_tables { const struct event_kind *const *kinds; const struct fold *const *folds; }; /* each NULL-terminated arrays of arrays;
  a `kinds` array ends with a NULL name, a `folds` array with a NULL name */

struct ledger;
struct ledger *ledger_new(struct store *store, const struct ledger_tables *tables); /* borrows both */
void ledger_free(struct ledger *ledger);
typedef struct ledger ledger_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ledger_auto, ledger_free)
struct store *ledger_store(struct ledger *ledger);
const struct ledger_tables *ledger_tables_of(const struct ledger *ledger);
const struct event_kind *ledger_kind(const struct ledger *ledger, const char *name);
const struct event_kind *const *ledger_kinds(const struct ledger *ledger); /* the rooms' arrays, as `struct ledger_tables` has them */
/* From now on personal fields are sealed with this ring (borrowed). A ledger without one, as tests use it, stores them as given. */
void ledger_use_seal(struct ledger *ledger, struct seal *seal);
struct seal *ledger_seal(const struct ledger *ledger); /* NULL: none */
/* Whose personal fields a body has: "person:p-…", "actor:a-…", "account:a-…"; NULL: nobody's in particular. Newly allocated. */
char *ledger_owner(const struct ledger *ledger, const char *kind, const char *subject, const char *actor, const char *body, size_t length);
/* What tells whether a row has changed: keyed where the ledger has a ring; and what a folded event has of it. */
int64_t ledger_row_digest(const struct ledger *ledger, const char *owner, const char *body, size_t length, int64_t now);
/* A column that may hold a sealed value of the event whose id stands in another column, as seal_reveal says it. */
char *ledger_reveal(struct seal *seal, struct query *query, int column, int id_column, const char *field, enum seal_state *ret_state);
int64_t ledger_event_digest(const struct event *event, struct json body);

/* A write: several appends that become durable together. `now` stamps them (never before the head's). */
struct ledger_write;
struct ledger_write *ledger_write(struct ledger *ledger, int64_t now, GError **error);
struct db *ledger_write_db(struct ledger_write *write); /* to read within it, and for tables that are no projection */
int64_t ledger_write_now(const struct ledger_write *write); /* what its events are stamped with */
/* Appends, its personal fields sealed, what `event` says: kind, subject, actor, body (canonical, or to be made so), and optionally id (zero: a new
 * one), occurred (0: now), cause, batch, taint, rules. An id that is already there is answered with the first and
 * appends nothing. `ret_seq` may be NULL. */
bool ledger_append(struct ledger_write *write, const struct event *event, int64_t *ret_seq, GError **error);
bool ledger_commit(struct ledger_write *write, GError **error); /* frees the write either way */
void ledger_abort(struct ledger_write *write);
typedef struct ledger_write ledger_write_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ledger_write_auto, ledger_abort)
/* Carries out `work` in a write that it may share with others' (store_do says what that asks of it): durable when it returns true. */
bool ledger_do(struct ledger *ledger, int64_t now, bool (*work)(struct ledger_write *write, void *data, GError **error), void *data, GError **error);
/* The same for who does not wait (store_send). */
struct ledger_job {
  bool (*work)(struct ledger_write *write, void *data, GError **error);
  void (*done)(void *data, GError *error); /* which it takes */
  void *data;
  struct ledger *ledger; int64_t now; struct store_job job; /* the ledger's own */
};
void ledger_send(struct ledger *ledger, int64_t now, struct ledger_job *job);
/* The same with one event: its seq, or 0 with an error. */
int64_t ledger_record(struct ledger *ledger, int64_t now, const struct event *event, GError **error);

/* An event's hash: SHA-256 of the hash before it (zeros before the first), and of all that the event says, its texts and body with their lengths. */
void ledger_link(const uint8_t previous[DIGEST_BYTES], const struct event *event, uint8_t out[DIGEST_BYTES]);
int64_t ledger_head(struct db *db, GError **error); /* the last seq; 0 empty; -1 error */
/* Calls `visit` for events from..to (inclusive), in order; false from `visit` stops with its error. */
bool ledger_visit(struct db *db, int64_t from, int64_t to, bool (*visit)(const struct event *event, void *data, GError **error), void *data, GError **error);
int ledger_find(struct db *db, int64_t seq, struct event *ret_event, GError **error); /* 1/0/-1; texts newly allocated: event_clear */
void event_clear(struct event *event);
/* The events about a subject up to the event `to`, the newest first, without their data: 1 (borrowed until the next), 0, -1. */
typedef struct about { struct mentions mentions; struct query *query; } about_auto;
struct about about_subject(struct db *db, const char *subject, int64_t to);
int about_next(struct about *about, struct event *ret_event, GError **error);
void about_end(struct about *about);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(about_auto, about_end)
const char *event_about(const struct event *event); /* "retention" of the subject "goal:retention"; all of it where there is no colon. Borrowed */

/* Asks the engine whether the database is intact, walks the chain, rebuilds every projection from the events into memory and
 * compares. What differs is named in the error (CORRUPT): the first bad event; or the first table, its row, and the event that
 * last wrote that row. */
struct replay_report { int64_t events; int tables; double seconds; char head[DIGEST_TEXT]; };
bool ledger_verify(struct ledger *ledger, void (*progress)(void *data, const char *what, double share), void *data, struct replay_report *ret_report, GError **error);
/* Brings the database in `place` up to this Meno's schema and rebuilds every projection, all or nothing. Equal versions: it was. */
bool ledger_migrate(const char *place, const struct ledger_tables *tables, void (*progress)(void *data, const char *what, double share), void *data,
                    int64_t *ret_from, int64_t *ret_to, GError **error);
/* Clears and rebuilds the tables of every fold from the events; within a write. */
bool ledger_refold(struct ledger_write *write, GError **error);
