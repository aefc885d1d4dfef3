/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The embedded engine: SQLite in WAL mode with synchronous=FULL, so that a commit that has returned survives a power cut.
 * One write connection behind a mutex (and BEGIN IMMEDIATE against other processes), a pool of readers on WAL snapshots.
 * Statements are prepared once per connection and kept; a query that is asked for while it is still being stepped gets a
 * second statement, which is thrown away when done.
 *
 * SQLite numbers `$n` parameters by first appearance, not by n, so each statement keeps the map from n to SQLite's index.
 *
 * Disadvantage: readers that stay open keep the log from shrinking; nothing here holds one across requests. */
#include "store/store.h"
#include "base/id.h"
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define MAX_PARAMETERS 32
#define BUSY_MS 20000

struct store {
  char *file;             /* path or URI */
  bool memory, upgraded;
  GMutex lock;            /* guards `idle` */
  GMutex writing;         /* held by the write transaction */
  struct db *writer;
  GQueue idle;            /* of struct db: readers nobody uses */
};

struct query {
  sqlite3_stmt *statement;
  const char *name;
  uint8_t map[MAX_PARAMETERS + 1];
  bool busy, temporary;
};

struct db {
  struct store *store;
  sqlite3 *handle;
  GHashTable *queries;    /* name → struct query */
  bool writing;
};

/* ---- named queries ---------------------------------------------------------------------------------------------- */

static void add_queries(GHashTable *all, const char *room, const char *text) {
  g_auto(GStrv) parts = g_strsplit(text, "-- name:", -1);
  for (size_t i = 1; parts[i]; i++) {
    char *end = strchr(parts[i], '\n');
    g_assert(end);
    *end = 0;
    char *name = g_strdup_printf("%s.%s", room, g_strstrip(parts[i]));
    if (!g_hash_table_insert(all, name, g_strdup(end + 1))) g_error("query \"%s\" stands twice in sql/queries", name);
  }
}

/* Read once, never freed: the text of every named query. */
static GHashTable *named_queries(void) {
  static gsize ready;
  static GHashTable *all;
  if (g_once_init_enter(&ready)) {
    all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) files = g_resources_enumerate_children("/meno/sql/queries", 0, NULL);
    for (size_t i = 0; files && files[i]; i++) {
      g_autofree char *path = g_strconcat("/meno/sql/queries/", files[i], NULL);
      g_autoptr(GBytes) bytes = g_resources_lookup_data(path, 0, NULL);
      g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
      g_autofree char *room = g_strndup(files[i], strcspn(files[i], "."));
      add_queries(all, room, text);
    }
    g_once_init_leave(&ready, 1);
  }
  return all;
}

/* ---- connections ------------------------------------------------------------------------------------------------ */

static bool fail_sqlite(sqlite3 *handle, const char *what, GError **error) {
  int code = handle ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  const char *remedy = "check that the disk is there, has room and may be written";
  if ((code & 255) == SQLITE_BUSY) remedy = "another process holds the database; try again";
  if ((code & 255) == SQLITE_CONSTRAINT || (code & 255) == SQLITE_ERROR) remedy = "a defect of Meno: nothing was changed; please report it";
  if ((code & 255) == SQLITE_CORRUPT || (code & 255) == SQLITE_NOTADB) remedy = "restore a backup; `meno doctor` says more";
  return fail(error, MENO_ERROR_STORE, "%s: %s (%s)", what, handle ? sqlite3_errmsg(handle) : "no memory", remedy);
}

static bool exec(sqlite3 *handle, const char *sql, const char *what, GError **error) {
  return sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail_sqlite(handle, what, error);
}

static void query_free(void *data) {
  struct query *query = data;
  sqlite3_finalize(query->statement);
  g_free(query);
}

static void db_close(struct db *db) {
  if (!db) return;
  g_hash_table_destroy(db->queries);
  sqlite3_close(db->handle);
  g_free(db);
}

static struct db *db_connect(struct store *store, bool writer, GError **error) {
  struct db *db = g_new0(struct db, 1);
  db->store = store;
  db->queries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, query_free);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_CREATE : 0);
  bool fine = sqlite3_open_v2(store->file, &db->handle, flags, NULL) == SQLITE_OK || fail_sqlite(db->handle, "opening the database", error);
  if (fine) sqlite3_busy_timeout(db->handle, BUSY_MS);
  fine = fine && exec(db->handle, store->memory ? "PRAGMA synchronous=OFF" : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
    "setting the database up", error);
  fine = fine && exec(db->handle, writer ? "PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=8000; PRAGMA journal_size_limit=67108864"
    : "PRAGMA cache_size=-8000; PRAGMA query_only=1", "setting the database up", error);
  if (fine) return db;
  db_close(db);
  return NULL;
}

static int64_t user_version(sqlite3 *handle) {
  sqlite3_stmt *statement = NULL;
  int64_t version = -1;
  if (sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
    version = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return version;
}

static int by_name(const void *a, const void *b, void *data) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Applies the migrations that the database does not have yet, each in a transaction with its number. */
static bool migrate(struct db *db, bool *ret_upgraded, GError **error) {
  g_auto(GStrv) files = g_resources_enumerate_children("/meno/sql/schema", 0, NULL);
  int count = (int)g_strv_length(files);
  g_qsort_with_data(files, count, sizeof *files, by_name, NULL);
  int64_t version = user_version(db->handle);
  if (version < 0) return fail_sqlite(db->handle, "reading the database's version", error);
  if (version > count) return fail(error, MENO_ERROR_STORE, "the database has schema %d and this Meno knows %d: install the newer Meno", (int)version, count);
  for (int64_t i = version; i < count; i++) {
    g_autofree char *path = g_strconcat("/meno/sql/schema/", files[i], NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, 0, NULL);
    g_autofree char *sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    char *number = sqlite3_mprintf("PRAGMA user_version=%d", (int)i + 1);
    bool fine = exec(db->handle, "BEGIN IMMEDIATE", files[i], error) && exec(db->handle, sql, files[i], error) &&
      exec(db->handle, number, files[i], error) && exec(db->handle, "COMMIT", files[i], error);
    sqlite3_free(number);
    if (!fine) {
      sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
      return false;
    }
  }
  *ret_upgraded = version > 0 && version < count;
  return true;
}

static struct store *store_new(char *file, bool memory, GError **error) {
  struct store *store = g_new0(struct store, 1);
  store->file = file;
  store->memory = memory;
  g_mutex_init(&store->lock);
  g_mutex_init(&store->writing);
  g_queue_init(&store->idle);
  store->writer = db_connect(store, true, error);
  if (store->writer && migrate(store->writer, &store->upgraded, error)) return store;
  store_free(store);
  return NULL;
}

struct store *store_open(const char *dir, GError **error) {
  if (g_mkdir_with_parents(dir, 0700) != 0) {
    fail(error, MENO_ERROR_STORE, "the folder \"%s\" cannot be made: %s", dir, g_strerror(errno));
    return NULL;
  }
  return store_new(g_build_filename(dir, "meno.db", NULL), false, error);
}

struct store *store_open_memory(GError **error) {
  static gint number;
  return store_new(g_strdup_printf("file:/meno-%d?vfs=memdb", g_atomic_int_add(&number, 1)), true, error);
}

void store_free(struct store *store) {
  if (!store) return;
  for (struct db *db; (db = g_queue_pop_head(&store->idle));) db_close(db);
  db_close(store->writer);
  g_mutex_clear(&store->lock);
  g_mutex_clear(&store->writing);
  g_free(store->file);
  g_free(store);
}

bool store_upgraded(const struct store *store) { return store->upgraded; }

void store_checkpoint(struct store *store) {
  g_mutex_lock(&store->writing);
  sqlite3_wal_checkpoint_v2(store->writer->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  sqlite3_db_release_memory(store->writer->handle);
  g_mutex_unlock(&store->writing);
}

struct db *store_read(struct store *store, GError **error) {
  g_mutex_lock(&store->lock);
  struct db *db = g_queue_pop_head(&store->idle);
  g_mutex_unlock(&store->lock);
  if (!db && !(db = db_connect(store, false, error))) return NULL;
  if (exec(db->handle, "BEGIN", "beginning to read", error)) return db;
  db_close(db);
  return NULL;
}

struct db *store_write(struct store *store, GError **error) {
  g_mutex_lock(&store->writing);
  store->writer->writing = true;
  if (exec(store->writer->handle, "BEGIN IMMEDIATE", "beginning to write", error)) return store->writer;
  g_mutex_unlock(&store->writing);
  return NULL;
}

static void reset_queries(struct db *db) {
  GHashTableIter it;
  struct query *query;
  g_hash_table_iter_init(&it, db->queries);
  while (g_hash_table_iter_next(&it, NULL, (void **)&query))
    if (query->busy) query_done(query);
}

bool db_commit(struct db *db, GError **error) {
  g_assert(db->writing);
  reset_queries(db);
  bool fine = exec(db->handle, "COMMIT", "committing", error);
  if (!fine) sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
  g_mutex_unlock(&db->store->writing);
  return fine;
}

void db_release(struct db *db) {
  if (!db) return;
  reset_queries(db);
  sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
  struct store *store = db->store;
  if (db->writing) {
    g_mutex_unlock(&store->writing);
    return;
  }
  g_mutex_lock(&store->lock);
  bool keep = g_queue_get_length(&store->idle) < 8;
  if (keep) g_queue_push_head(&store->idle, db);
  g_mutex_unlock(&store->lock);
  if (!keep) db_close(db);
}

/* ---- queries ---------------------------------------------------------------------------------------------------- */

static struct query *prepare(struct db *db, const char *name, GError **error) {
  void *key, *sql;
  if (!g_hash_table_lookup_extended(named_queries(), name, &key, &sql)) g_error("there is no query \"%s\" in sql/queries", name);
  struct query *query = g_new0(struct query, 1);
  query->name = key;
  if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL) != SQLITE_OK) {
    fail_sqlite(db->handle, name, error);
    query_free(query);
    return NULL;
  }
  for (int i = 1; i <= sqlite3_bind_parameter_count(query->statement); i++) {
    int n = (int)g_ascii_strtoll(sqlite3_bind_parameter_name(query->statement, i) + 1, NULL, 10);
    g_assert(n > 0 && n <= MAX_PARAMETERS);
    query->map[n] = (uint8_t)i;
  }
  return query;
}

struct query *db_query_named(struct db *db, const char *name, GError **error) {
  struct query *query = g_hash_table_lookup(db->queries, name);
  bool taken = query && query->busy;
  if (!query || taken) {
    if (!(query = prepare(db, name, error))) return NULL;
    query->temporary = taken;
    if (!taken) g_hash_table_insert(db->queries, (void *)(uintptr_t)query->name, query);
  }
  query->busy = true;
  return query;
}

void query_bind_text(struct query *query, int parameter, const char *text) {
  if (text) sqlite3_bind_text(query->statement, query->map[parameter], text, -1, SQLITE_TRANSIENT);
  else sqlite3_bind_null(query->statement, query->map[parameter]);
}
void query_bind_integer(struct query *query, int parameter, int64_t value) { sqlite3_bind_int64(query->statement, query->map[parameter], value); }
void query_bind_double(struct query *query, int parameter, double value) {
  if (isnan(value)) sqlite3_bind_null(query->statement, query->map[parameter]);
  else sqlite3_bind_double(query->statement, query->map[parameter], value);
}

static void bind_list(struct query *query, const char *types, va_list arguments) {
  for (int i = 1; *types; types++, i++) {
    switch (*types) {
    case 't': query_bind_text(query, i, va_arg(arguments, const char *)); break;
    case 'i': query_bind_integer(query, i, va_arg(arguments, int64_t)); break;
    case 'd': query_bind_double(query, i, va_arg(arguments, double)); break;
    case 'b': {
      const void *data = va_arg(arguments, const void *);
      size_t length = va_arg(arguments, size_t);
      sqlite3_bind_blob64(query->statement, query->map[i], data, length, SQLITE_TRANSIENT);
      break;
    }
    default: g_assert_not_reached();
    }
  }
}

struct query *db_query(struct db *db, GError **error, const char *name, const char *types, ...) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return NULL;
  va_list arguments;
  va_start(arguments, types);
  bind_list(query, types, arguments);
  va_end(arguments);
  return query;
}

int query_next(struct query *query, GError **error) {
  if (!query) return -1; /* its preparation has already said why */
  int code = sqlite3_step(query->statement);
  if (code == SQLITE_ROW) return 1;
  bool failed = code != SQLITE_DONE;
  if (failed) fail_sqlite(sqlite3_db_handle(query->statement), query->name, error);
  sqlite3_reset(query->statement);
  return failed ? -1 : 0;
}

void query_done(struct query *query) {
  if (!query || !query->busy) return;
  sqlite3_reset(query->statement);
  sqlite3_clear_bindings(query->statement);
  query->busy = false;
  if (query->temporary) query_free(query);
}

const char *query_text(struct query *query, int column) { return (const char *)sqlite3_column_text(query->statement, column); }
int64_t query_integer(struct query *query, int column) { return sqlite3_column_int64(query->statement, column); }
double query_double(struct query *query, int column) { return query_null(query, column) ? NAN : sqlite3_column_double(query->statement, column); }
bool query_null(struct query *query, int column) { return sqlite3_column_type(query->statement, column) == SQLITE_NULL; }
int query_columns(struct query *query) { return sqlite3_column_count(query->statement); }
const void *query_blob(struct query *query, int column, size_t *ret_length) {
  const void *data = sqlite3_column_blob(query->statement, column);
  *ret_length = (size_t)sqlite3_column_bytes(query->statement, column);
  return data;
}

static int run_once(struct query *query, GError **error) {
  int got = query_next(query, error);
  int changed = got < 0 ? -1 : sqlite3_changes(sqlite3_db_handle(query->statement));
  query_done(query);
  return changed;
}

int db_run(struct db *db, GError **error, const char *name, const char *types, ...) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return -1;
  va_list arguments;
  va_start(arguments, types);
  bind_list(query, types, arguments);
  va_end(arguments);
  return run_once(query, error);
}

int db_one(struct db *db, int64_t *ret_value, GError **error, const char *name, const char *types, ...) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return -1;
  va_list arguments;
  va_start(arguments, types);
  bind_list(query, types, arguments);
  va_end(arguments);
  int got = query_next(query, error);
  if (got == 1) *ret_value = query_integer(query, 0);
  query_done(query);
  return got;
}

/* ---- whole tables, for replay ----------------------------------------------------------------------------------- */

static void digest_row(GChecksum *sum, sqlite3_stmt *statement, int columns) {
  for (int i = 0; i < columns; i++) {
    int type = sqlite3_column_type(statement, i);
    const void *data = type == SQLITE_BLOB ? sqlite3_column_blob(statement, i) : sqlite3_column_text(statement, i);
    uint32_t head[2] = { (uint32_t)type, (uint32_t)sqlite3_column_bytes(statement, i) };
    g_checksum_update(sum, (const guchar *)head, sizeof head);
    if (type == SQLITE_FLOAT) { /* the bits, not the text, are compared */
      double value = sqlite3_column_double(statement, i);
      g_checksum_update(sum, (const guchar *)&value, sizeof value);
    } else if (head[1]) g_checksum_update(sum, data, head[1]);
  }
}

/* The rows in the order of all their columns. `table` comes from a fold's constant, quoted as an identifier all the same. */
static sqlite3_stmt *all_rows(struct db *db, const char *table, GError **error) {
  sqlite3_stmt *statement = NULL;
  char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
  int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
  sqlite3_free(sql);
  if (code != SQLITE_OK) return fail_sqlite(db->handle, table, error), NULL;
  g_autoptr(GString) order = g_string_new("1");
  for (int i = 2; i <= sqlite3_column_count(statement); i++) g_string_append_printf(order, ",%d", i);
  sqlite3_finalize(statement);
  sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY %s", table, order->str);
  code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
  sqlite3_free(sql);
  if (code != SQLITE_OK) return fail_sqlite(db->handle, table, error), NULL;
  return statement;
}

bool db_table_digest(struct db *db, const char *table, char out[DIGEST_TEXT], GError **error) {
  sqlite3_stmt *statement = all_rows(db, table, error);
  if (!statement) return false;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  int code, columns = sqlite3_column_count(statement);
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) digest_row(sum, statement, columns);
  bool fine = code == SQLITE_DONE || fail_sqlite(db->handle, table, error);
  sqlite3_finalize(statement);
  if (fine) g_strlcpy(out, g_checksum_get_string(sum), DIGEST_TEXT);
  return fine;
}

bool db_table_clear(struct db *db, const char *table, GError **error) {
  char *sql = sqlite3_mprintf("DELETE FROM \"%w\"", table);
  bool fine = exec(db->handle, sql, table, error);
  sqlite3_free(sql);
  return fine;
}

bool store_check_queries(struct store *store, GError **error) {
  g_autoptr(db_auto) db = store_read(store, error);
  if (!db) return false;
  GHashTableIter it;
  void *name;
  g_hash_table_iter_init(&it, named_queries());
  while (g_hash_table_iter_next(&it, &name, NULL)) {
    struct query *query = prepare(db, name, error);
    if (!query) return false;
    query_free(query);
  }
  return true;
}

char *store_describe(struct store *store) { return g_strdup_printf("SQLite %s, %s", sqlite3_libversion(), store->memory ? "in memory" : store->file); }

int64_t store_size(struct store *store) {
  GStatBuf status;
  g_autofree char *log = g_strconcat(store->file, "-wal", NULL);
  int64_t bytes = g_stat(store->file, &status) == 0 ? status.st_size : 0;
  return bytes + (g_stat(log, &status) == 0 ? status.st_size : 0);
}
