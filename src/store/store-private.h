/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an engine is to the store: connections, transactions, statements and cells. Pooling, naming, migrating, digesting and
 * copying are the same for all and stand in store.c and copy.c. */
#pragma once
#include "store/store.h"

#define MAX_PARAMETERS 32
#define BUSY_MS 20000 /* how long a writer waits for another process */

enum cell_kind { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_BLOB };
struct cell { enum cell_kind kind; int64_t integer; double real; const void *data /* a text ends with NUL */; size_t length; };

/* Each engine's own structs begin with these. */
struct db { struct store *store; GHashTable *queries /* name → struct query */; bool writing; };
struct query { struct db *db; const char *name; bool busy, temporary; };

struct engine {
  const char *name; /* of files that only it reads: schema/NNN-word.NAME.sql */
  struct db *(*connect)(struct store *store, bool writer, GError **error);
  void (*disconnect)(struct db *db);
  bool (*alive)(struct db *db); /* false: the connection was lost while nobody used it */
  bool (*begin)(struct db *db, bool write, GError **error);
  bool (*commit)(struct db *db, GError **error);
  void (*roll_back)(struct db *db);
  bool (*settled)(struct db *db, GError **error); /* did everything succeed that was sent? */
  int most_members;                               /* of a group */
  bool (*mark)(struct db *db, GError **error);    /* a point within the transaction … */
  bool (*keep)(struct db *db, GError **error);    /* … that is given up, and all since it kept … */
  bool (*go_back)(struct db *db, GError **error); /* … or gone back to */
  int (*exists)(const char *place, GError **error);  /* 1/0/-1 */
  int64_t (*version)(struct db *db, GError **error); /* of the schema; 0 a new database; -1 error */
  bool (*begin_migration)(struct db *db, GError **error); /* a transaction that no other process's can overlap */
  bool (*migrate)(struct db *db, const char *sql, int64_t version, GError **error);
  /* `alone`: nothing else runs on the connection while this is stepped, so that rows may come one by one. */
  struct query *(*prepare)(struct db *db, const char *name, const char *sql, bool alone, GError **error);
  void (*forget)(struct query *query);
  void (*bind)(struct query *query, int parameter, const struct cell *cell); /* copies */
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
  GMutex lock;            /* guards `idle` */
  GMutex writing;         /* held by whoever writes; guards the group */
  struct db *writer;
  struct group *group;    /* writes that are done and wait to become durable together; NULL none */
  _Atomic int waiting;    /* for `writing` */
  GMutex news_lock;
  GCond news;             /* somebody has committed */
  int64_t commits;        /* how often */
  GThread *listener;      /* of other processes' commits; NULL until somebody waits */
  int stop[2];            /* a pipe: closed at one end, it ends the listener */
  GQueue idle;            /* of struct db: readers nobody uses */
};

extern const struct engine sqlite_engine, postgresql_engine;

/* "`before`"table"`after`" as a query that is thrown away when done; the table's name is quoted. */
struct query *store_unnamed(struct db *db, const char *before, const char *table, const char *after, GError **error);
struct cell store_cell(struct query *query, int column);
void store_bind(struct query *query, int parameter, struct cell cell);
