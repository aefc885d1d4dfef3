/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an engine is to the store: connections, transactions, statements and cells. Pooling, naming, migrating, digesting and
 * copying are the same for all and stand in store.c and copy.c. */
#pragma once
#include "store/store.h"

#define MAX_PARAMETERS 32
#define BUSY_MS 20000 /* how long a writer waits for another process */

enum cell_kind { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_BLOB };
struct cell { enum cell_kind kind; int64_t integer; double real; const void *data /* a text ends with NUL */; size_t length; bool lasting /* bound: it need not be copied */; };

/* Each engine's own structs begin with these. */
struct db { struct store *store; GHashTable *queries /* name → struct query */, *kept /* name → struct kept; NULL: nothing */; bool writing; int64_t version /* db_version */; };
struct query { struct db *db; const char *name; bool writes, busy, temporary, strange /* a text was asked for where none is */; };

struct engine {
  const char *name; /* of files that only it reads: schema/NNN-word.NAME.sql */
  struct db *(*connect)(struct store *store, bool writer, GError **error);
  void (*disconnect)(struct db *db);
  bool (*alive)(struct db *db); /* false: the connection was lost while nobody used it */
  bool (*begin)(struct db *db, bool write, GError **error);
  bool (*commit)(struct db *db, GError **error);
  void (*roll_back)(struct db *db);
  bool (*sound)(struct db *db);                   /* the transaction stands, as far as is known */
  bool (*undone)(struct db *db);                  /* the commit that failed surely has not happened: one of its statements had been refused */
  int (*exists)(const char *place, GError **error);  /* 1/0/-1 */
  int64_t (*version)(struct db *db, GError **error); /* of the schema; 0 a new database; -1 error */
  bool (*begin_migration)(struct db *db, GError **error); /* a transaction that no other process's can overlap */
  bool (*migrate)(struct db *db, const char *sql, int64_t version, GError **error);
  /* `alone`: nothing else runs on the connection while this is stepped, so that rows may come one by one. */
  struct query *(*prepare)(struct db *db, const char *name, const char *sql, bool alone, GError **error);
  void (*forget)(struct query *query);
  void (*bind)(struct query *query, int parameter, const struct cell *cell); /* copies, unless it is lasting */
  int (*next)(struct query *query, GError **error);                          /* as query_next */
  int (*run)(struct query *query, bool wait, GError **error);                /* rows changed (0 where it did not wait), -1 */
  void (*reset)(struct query *query);                                        /* ends the stepping, forgets what is bound */
  struct cell (*cell)(struct query *query, int column);                      /* borrowed until the next step */
  int (*columns)(struct query *query);
  bool (*listen)(struct store *store, int stop);  /* calls store_wake when another process commits, until `stop` can be read; false: connection lost. NULL: nobody calls */
  bool (*intact)(struct db *db, GError **error);  /* NULL: the server looks after it */
  const char *tables;                         /* a query: the names of all tables */
  void (*checkpoint)(struct store *store);
  char *(*describe)(struct store *store);
  int64_t (*size)(struct store *store);
};

struct store {
  const struct engine *engine;
  char *place;            /* a file, a URI of SQLite, or an address of PostgreSQL */
  bool memory;
  GMutex lock;            /* guards `idle`, `forming` and `waiting` */
  GMutex writing;         /* held by whoever writes */
  struct db *writer;
  struct store_job *forming, *last; /* whose work will be written together next; NULL: nobody's waits */
  int waiting;            /* how many they are */
  bool (*before_commit)(void *data, GError **error); void *before_commit_data;
  GMutex news_lock;
  GCond news;             /* somebody has committed */
  int64_t commits;        /* how often */
  GThread *listener;      /* of other processes' commits; NULL until somebody waits */
  int stop[2];            /* a pipe: closed at one end, it ends the listener */
  GQueue idle;            /* of struct db: readers nobody uses */
};

extern const struct engine sqlite_engine, postgresql_engine;
struct sqlite3;
/* The file system under SQLite, with a log that is written in large pieces: its name; and what a connection has taken back is forgotten. */
const char *sqlite_log_vfs(void);
void sqlite_log_forget(struct sqlite3 *handle);
/* Before the library's first connection: its page cache (sqlite-cache.c). */
void sqlite_cache_set_up(void);
/* Before a new connection writes: the end of the log is durable, or an error. After a copy of the log has failed: all of it is copied again
 * (sqlite-sync.c). */
bool sqlite_settle_log(struct sqlite3 *handle, GError **error);
void sqlite_copy_again(struct sqlite3 *handle);

/* "`before`"table"`after`" as a query that is thrown away when done; the table's name is quoted. */
struct query *store_unnamed(struct db *db, const char *before, const char *table, const char *after, GError **error);
struct cell store_cell(struct query *query, int column);
void store_bind(struct query *query, int parameter, struct cell cell);
