/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One database interface. SQL lives in sql/: schema/NNN.sql are the migrations, queries/ROOM.sql holds named queries
 * ("-- name: find_goal" in company.sql is "company.find_goal"), portable text with $1…$n.
 *
 * A store has one writer (a transaction at a time, durable when its commit returns) and any number of readers, each of
 * which sees one snapshot for as long as it is open. Connections are pooled; a `struct db` belongs to one thread while
 * it is borrowed. Errors are STORE (disk full, read-only, busy) with the engine's words. */
#pragma once
#include "base/error.h"
#include <stddef.h>

struct store;
struct db;    /* a borrowed connection: a read snapshot or the write transaction */
struct query; /* a prepared named query, owned by its connection */

/* Opens a database, or makes it where there is none; refuses one from a newer Meno, and one from an older (`meno migrate`).
 * `place` is a folder, for the embedded SQLite, or an address "postgresql://…" (as libpq reads it; its current schema is the
 * company's). */
struct store *store_open(const char *place, GError **error);
bool store_is_address(const char *place);
/* A place as it may be shown: an address without its password. Newly allocated. */
char *store_shown(const char *place);
/* Is there a Meno's database? 1/0/-1 */
int store_exists(const char *place, GError **error);
/* A private database in memory with the same schema: tests, and the rebuild that replay compares with. */
struct store *store_open_memory(GError **error);
/* Brings a database up to this Meno's schema and calls `then` in the same transaction: both or nothing. The versions before and
 * after may be equal; then nothing is done. */
bool store_migrate(const char *place, bool (*then)(struct store *store, struct db *db, void *data, GError **error), void *data,
                   int64_t *ret_from, int64_t *ret_to, GError **error);
/* Copies every table into an empty database, of whichever engine, and compares the digests of all. `leave_out` (NULL-terminated,
 * may be NULL) names tables that stay behind. Killed half-way, it begins anew. */
struct copy_report { int tables; int64_t rows, events; };
bool store_copy(struct store *from, struct store *to, const char *const *leave_out, void (*progress)(void *data, const char *what, double share), void *data,
                struct copy_report *ret_report, GError **error);
void store_free(struct store *store);
typedef struct store store_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_auto, store_free)
/* Moves what the log holds into the database file; called when nobody waits. */
void store_checkpoint(struct store *store);

/* Waits until somebody commits (in this process, or on a server in any) or `until` (monotonic microseconds) has come; it may return
 * early, and word from another process may be lost: look for yourself what has changed. `seen` is what it returned before, 0 at
 * first. store_wake ends every wait. */
int64_t store_wait(struct store *store, int64_t seen, int64_t until);
void store_wake(struct store *store);

/* A snapshot to read from; release it soon. */
struct db *store_read(struct store *store, GError **error);
/* The write transaction; other writers, in this process and in others, wait, so what it reads is the newest. */
struct db *store_write(struct store *store, GError **error);
bool db_commit(struct db *db, GError **error); /* of a write: durable when it returns; the connection is released either way */
/* Carries out `work` in a write transaction that it may share with others' work, by whatever thread; durable when it returns true. Work may
 * be done twice, when another's spoilt the transaction: it begins anew each time, and what it sets beside the database counts only
 * then when store_do returns true. Much faster than a transaction alone where many write at once. */
bool store_do(struct store *store, bool (*work)(struct db *db, void *data, GError **error), void *data, GError **error);
/* The same for who does not wait: `done` is called once it is durable or has failed, by whatever thread, perhaps by this one before the
 * call returns, which may carry out others' work as well. The job is the caller's until `done` is called. */
struct store_job {
  bool (*work)(struct db *db, void *data, GError **error);
  void (*done)(void *data, GError *error); /* which it takes; NULL: it is durable */
  void *data;
  GError *error; struct store_job *next;   /* the store's own */
};
void store_send(struct store *store, struct store_job *job);
/* Another number whenever a transaction has begun or something was written: while it is the same, so is what was read. */
int64_t db_version(const struct db *db);
bool db_writes(const struct db *db); /* a write: what is read in it may yet be taken back */
/* Called before each commit; its failure is the commit's. */
void store_before_commit(struct store *store, bool (*call)(void *data, GError **error), void *data);
/* What a connection keeps from one snapshot to the next, made when it is first asked for and freed with it. `name` is a literal. */
void *db_keep(struct db *db, const char *name, void *(*make)(void), void (*free)(void *));
void db_release(struct db *db);                /* ends a read; rolls a write back */
typedef struct db db_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(db_auto, db_release)

/* The named query with its parameters bound, ready to step. `types` has a letter per parameter: t text (NULL: null),
 * i int64_t, d double (NAN: null), b blob (const void *, size_t). Asserts that the query exists. */
struct query *db_query(struct db *db, GError **error, const char *name, const char *types, ...);
/* 1 a row, 0 the end, -1 an error. After 0 or -1 the query is reset; call query_done to leave earlier. */
int query_next(struct query *query, GError **error);
void query_done(struct query *query);
typedef struct query query_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(query_auto, query_done)
/* Columns from 0; texts and blobs are borrowed until the next step. Null reads as NULL, 0 or NAN; what is of another type than is
 * asked for, as in a damaged file, reads as 0, NAN or an empty text, and then the next query_next is CORRUPT. */
const char *query_text(struct query *query, int column);
int64_t query_integer(struct query *query, int column);
double query_double(struct query *query, int column);
const void *query_blob(struct query *query, int column, size_t *ret_length);
bool query_null(struct query *query, int column);
int query_columns(struct query *query);

/* Binds the parameters one by one, where their number is data (the files' rows). From 1. */
struct query *db_query_named(struct db *db, const char *name, GError **error);
void query_bind_text(struct query *query, int parameter, const char *text);
void query_bind_integer(struct query *query, int parameter, int64_t value);
void query_bind_double(struct query *query, int parameter, double value);
void query_bind_blob(struct query *query, int parameter, const void *data, size_t length);

/* Runs a query that returns nothing: -1 on error. An engine behind a network sends it without waiting; then its error comes with
 * the next row that is read, or with the commit. So does query_next of such a query. */
int db_run(struct db *db, GError **error, const char *name, const char *types, ...);
/* The same, waiting: the number of rows changed, -1 on error. */
int db_change(struct db *db, GError **error, const char *name, const char *types, ...);
/* The first column of the first row as an integer: 1 found, 0 no row, -1 error. */
int db_one(struct db *db, int64_t *ret_value, GError **error, const char *name, const char *types, ...);

/* A table's rows, in whatever order, hashed: what replay compares, the same for both engines. `table` is one that a fold has named. */
bool db_table_digest(struct db *db, const char *table, char out[65], GError **error);
bool db_table_clear(struct db *db, const char *table, GError **error);
/* Are the database's own structures whole: do its indexes say what its tables say? CORRUPT where the engine knows that they do not. */
bool db_intact(struct db *db, GError **error);
/* Checks every named query against the schema (a test's work); names the first that fails. */
bool store_check_queries(struct store *store, GError **error);
/* "sqlite 3.40.1"; bytes on disk. */
char *store_describe(struct store *store);
int64_t store_size(struct store *store);
