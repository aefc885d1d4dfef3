/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The embedded engine: SQLite in WAL mode with synchronous=FULL, so that a commit that has returned survives a power cut.
 * One write connection behind the store's mutex (and BEGIN IMMEDIATE against other processes), readers on WAL snapshots.
 *
 * SQLite numbers `$n` parameters by first appearance, not by n, so each statement keeps the map from n to SQLite's index.
 *
 * Commits do not checkpoint: the writer's keeper, a thread with a connection of its own, copies the log into the database while
 * others go on writing, then what came meanwhile while they wait, so that the log begins anew.
 *
 * Pages have 2048 bytes: a turn touches some ten of them in as many trees, and each is written whole. 64 threads' turns gain a sixth
 * over 4096, an import loses a tenth (BENCHMARKS.md).
 *
 * Disadvantage: readers that stay open keep the log from shrinking; nothing here holds one across requests. */
#include "store/store-private.h"
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* What begins and ends transactions, prepared once. */
enum { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLL_BACK, STEPS };
static const char *const step_words[STEPS] = { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK" };

#define CHECKPOINT_PAGES 64000 /* of the log, 128 MB: a page that is written again and again is copied once */

#define PASSES 3 /* each leaves about half of what the one before it left */

struct keeper { struct store *store; GThread *thread; GMutex lock; GCond wake; bool wanted, stop; };
struct sqlite_db { struct db db; sqlite3 *handle; struct keeper *keeper /* the writer's */; sqlite3_stmt *steps[STEPS]; };
struct sqlite_query { struct query query; sqlite3_stmt *statement; uint8_t map[MAX_PARAMETERS + 1]; };

static sqlite3 *handle_of(struct db *db) { return ((struct sqlite_db *)db)->handle; }
static struct sqlite_query *own(struct query *query) { return (struct sqlite_query *)query; }

static bool fail_sqlite(sqlite3 *handle, const char *what, GError **error) {
  int code = handle ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
  const char *remedy = "check that the disk is there, has room and may be written";
  if ((code & 255) == SQLITE_BUSY) remedy = "another process holds the database; try again";
  if ((code & 255) == SQLITE_CONSTRAINT || (code & 255) == SQLITE_ERROR) remedy = "a defect of Meno: nothing was changed; please report it";
  if ((code & 255) == SQLITE_CORRUPT || (code & 255) == SQLITE_NOTADB) remedy = "restore a backup; `meno doctor` says more";
  return fail(error, MENO_ERROR_STORE, "%s: %s (%s)", what, handle ? sqlite3_errmsg(handle) : "no memory", remedy);
}

static bool exec(struct db *db, const char *sql, const char *what, GError **error) {
  return sqlite3_exec(handle_of(db), sql, NULL, NULL, NULL) == SQLITE_OK || fail_sqlite(handle_of(db), what, error);
}

/* ---- connections ------------------------------------------------------------------------------------------------ */

static void checkpoint_now(sqlite3 *handle) {
  int code = sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) sqlite_copy_again(handle);
}

/* SQLite does it when all of the log has been copied: while the writer waits. Then little is left to do. */
static void sync_now(sqlite3 *handle) {
  sqlite3_file *file = NULL;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK) sqlite_copy_again(handle);
}

static void *keep_log_short(void *data) {
  struct keeper *keeper = data;
  struct store *store = keeper->store;
  sqlite3 *handle = NULL;
  g_mutex_lock(&keeper->lock);
  while (!keeper->stop) {
    if (!keeper->wanted) g_cond_wait(&keeper->wake, &keeper->lock);
    if (keeper->stop || !keeper->wanted) continue;
    keeper->wanted = false;
    g_mutex_unlock(&keeper->lock);
    bool fine = handle || (sqlite3_open_v2(store->place, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, sqlite_log_vfs()) == SQLITE_OK &&
      sqlite3_exec(handle, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK /* a connection that has read nothing knows of no log */);
    if (fine) {
      for (int i = 0; i < PASSES; i++) checkpoint_now(handle);
      sync_now(handle);
      checkpoint_now(handle);
      g_mutex_lock(&store->writing);
      checkpoint_now(handle);
      g_mutex_unlock(&store->writing);
    } else { /* no memory, no files: the next time it is wanted */
      sqlite3_close(handle);
      handle = NULL;
    }
    g_mutex_lock(&keeper->lock);
  }
  g_mutex_unlock(&keeper->lock);
  sqlite3_close(handle);
  return NULL;
}

static int note_log(void *data, sqlite3 *handle, const char *name, int pages) {
  struct keeper *keeper = data;
  if (pages < CHECKPOINT_PAGES) return SQLITE_OK;
  g_mutex_lock(&keeper->lock);
  keeper->wanted = true;
  g_cond_signal(&keeper->wake);
  g_mutex_unlock(&keeper->lock);
  return SQLITE_OK;
}

static struct keeper *keeper_new(struct store *store, sqlite3 *handle) {
  struct keeper *keeper = g_new0(struct keeper, 1);
  keeper->store = store;
  g_mutex_init(&keeper->lock);
  g_cond_init(&keeper->wake);
  keeper->thread = g_thread_new("checkpoint", keep_log_short, keeper);
  sqlite3_wal_hook(handle, note_log, keeper);
  return keeper;
}

static void keeper_free(struct keeper *keeper) {
  if (!keeper) return;
  g_mutex_lock(&keeper->lock);
  keeper->stop = true;
  g_cond_signal(&keeper->wake);
  g_mutex_unlock(&keeper->lock);
  g_thread_join(keeper->thread);
  g_mutex_clear(&keeper->lock);
  g_cond_clear(&keeper->wake);
  g_free(keeper);
}

static void disconnect(struct db *db) {
  struct sqlite_db *sqlite = (struct sqlite_db *)db;
  keeper_free(sqlite->keeper);
  for (int i = 0; i < STEPS; i++) sqlite3_finalize(sqlite->steps[i]);
  sqlite3_close(handle_of(db));
  g_free(db);
}

/* Nobody asks SQLite how much memory it has: counting it takes a lock at each allocation. */
static void set_up_library(void) {
  static gsize ready;
  if (!g_once_init_enter(&ready)) return;
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite_cache_set_up();
  g_once_init_leave(&ready, 1);
}

static struct db *connect(struct store *store, bool writer, GError **error) {
  set_up_library();
  struct sqlite_db *made = g_new0(struct sqlite_db, 1);
  struct db *db = &made->db;
  db->store = store;
  db->queries = g_hash_table_new(g_str_hash, g_str_equal);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_CREATE : 0);
  bool fine = sqlite3_open_v2(store->place, &made->handle, flags, store->memory ? NULL : sqlite_log_vfs()) == SQLITE_OK || fail_sqlite(made->handle, "opening the database", error);
  if (fine) sqlite3_busy_timeout(made->handle, BUSY_MS);
  fine = fine && exec(db, store->memory ? "PRAGMA synchronous=OFF" : "PRAGMA page_size=2048; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", "setting the database up", error);
  fine = fine && exec(db, writer ? "PRAGMA cache_size=-64000; PRAGMA journal_size_limit=134217728" : "PRAGMA cache_size=-8000; PRAGMA query_only=1",
    "setting the database up", error);
  if (fine && writer && !store->memory) fine = sqlite_settle_log(made->handle, error);
  if (fine && writer && !store->memory) made->keeper = keeper_new(store, made->handle);
  if (fine) return db;
  g_hash_table_destroy(db->queries);
  disconnect(db);
  return NULL;
}

/* A disk that fails makes SQLite roll back the whole transaction by itself: what came after would be committed one by one. */
static bool gave_up(struct db *db, const char *what, GError **error) {
  return sqlite3_get_autocommit(handle_of(db)) && !fail(error, MENO_ERROR_STORE, "%s: the database has taken back all that was being written (check that the disk is there, has room and may be written)", what);
}

static bool take_step(struct db *db, int step, const char *what, GError **error) {
  struct sqlite_db *sqlite = (struct sqlite_db *)db;
  if (step >= COMMIT && gave_up(db, what, error)) return false;
  if (!sqlite->steps[step] && sqlite3_prepare_v3(sqlite->handle, step_words[step], -1, SQLITE_PREPARE_PERSISTENT, &sqlite->steps[step], NULL) != SQLITE_OK)
    return fail_sqlite(sqlite->handle, what, error);
  bool fine = sqlite3_step(sqlite->steps[step]) == SQLITE_DONE || fail_sqlite(sqlite->handle, what, error);
  sqlite3_reset(sqlite->steps[step]);
  return fine;
}

static bool alive(struct db *db) { return true; }
static bool begin(struct db *db, bool write, GError **error) { return take_step(db, write ? BEGIN_WRITE : BEGIN_READ, write ? "beginning to write" : "beginning to read", error); }
static bool commit(struct db *db, GError **error) { return take_step(db, COMMIT, "committing", error); }
static void roll_back(struct db *db) {
  if (!sqlite3_get_autocommit(handle_of(db))) take_step(db, ROLL_BACK, "rolling back", NULL);
  if (db->writing) sqlite_log_forget(handle_of(db));
}
static bool sound(struct db *db) { return !sqlite3_get_autocommit(handle_of(db)); }
static bool undone(struct db *db) { return false; } /* statements answer at once here: it is the disk that failed */

static int exists(const char *file, GError **error) { return g_file_test(file, G_FILE_TEST_EXISTS); }

static int64_t version(struct db *db, GError **error) {
  sqlite3_stmt *statement = NULL;
  int64_t number = -1;
  if (sqlite3_prepare_v2(handle_of(db), "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
    number = sqlite3_column_int64(statement, 0);
  if (number < 0) fail_sqlite(handle_of(db), "reading the database's version", error);
  sqlite3_finalize(statement);
  return number;
}

static bool begin_migration(struct db *db, GError **error) { return begin(db, true, error); }

static bool migrate(struct db *db, const char *sql, int64_t number, GError **error) {
  g_autofree char *mark = g_strdup_printf("PRAGMA user_version=%d", (int)number);
  return exec(db, sql, "migrating", error) && exec(db, mark, "migrating", error);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static void forget(struct query *query) {
  sqlite3_finalize(own(query)->statement);
  g_free(query);
}

static struct query *prepare(struct db *db, const char *name, const char *sql, bool alone, GError **error) {
  struct sqlite_query *made = g_new0(struct sqlite_query, 1);
  made->query = (struct query){ .db = db, .name = name };
  if (sqlite3_prepare_v3(handle_of(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &made->statement, NULL) != SQLITE_OK) {
    fail_sqlite(handle_of(db), name, error);
    forget(&made->query);
    return NULL;
  }
  for (int i = 1; i <= sqlite3_bind_parameter_count(made->statement); i++) {
    const char *word = sqlite3_bind_parameter_name(made->statement, i);
    int n = (int)g_ascii_strtoll(word + 1, NULL, 10);
    g_assert(n > 0 && n <= MAX_PARAMETERS);
    made->map[n] = (uint8_t)i;
  }
  return &made->query;
}

static void bind(struct query *query, int parameter, const struct cell *cell) {
  sqlite3_stmt *statement = own(query)->statement;
  int index = own(query)->map[parameter];
  void (*copies)(void *) = cell->lasting ? SQLITE_STATIC : SQLITE_TRANSIENT;
  switch (cell->kind) {
  case CELL_NULL: sqlite3_bind_null(statement, index); break;
  case CELL_INTEGER: sqlite3_bind_int64(statement, index, cell->integer); break;
  case CELL_REAL: sqlite3_bind_double(statement, index, cell->real); break;
  case CELL_TEXT: sqlite3_bind_text64(statement, index, cell->data, cell->length, copies, SQLITE_UTF8); break;
  case CELL_BLOB: sqlite3_bind_blob64(statement, index, cell->data, cell->length, copies); break;
  }
}

static int next(struct query *query, GError **error) {
  if (query->db->writing && gave_up(query->db, query->name, error)) return -1;
  int code = sqlite3_step(own(query)->statement);
  if (code == SQLITE_ROW) return 1;
  bool failed = code != SQLITE_DONE;
  if (failed) fail_sqlite(handle_of(query->db), query->name, error);
  sqlite3_reset(own(query)->statement);
  return failed ? -1 : 0;
}

static int run(struct query *query, bool wait, GError **error) { return next(query, error) < 0 ? -1 : sqlite3_changes(handle_of(query->db)); }

static void reset(struct query *query) {
  sqlite3_reset(own(query)->statement);
  sqlite3_clear_bindings(own(query)->statement);
}

static struct cell cell_at(struct query *query, int column) {
  sqlite3_stmt *statement = own(query)->statement;
  switch (sqlite3_column_type(statement, column)) {
  case SQLITE_INTEGER: return (struct cell){ .kind = CELL_INTEGER, .integer = sqlite3_column_int64(statement, column) };
  case SQLITE_FLOAT: return (struct cell){ .kind = CELL_REAL, .real = sqlite3_column_double(statement, column) };
  case SQLITE_TEXT: return (struct cell){ .kind = CELL_TEXT, .data = sqlite3_column_text(statement, column), .length = (size_t)sqlite3_column_bytes(statement, column) };
  case SQLITE_BLOB: return (struct cell){ .kind = CELL_BLOB, .data = sqlite3_column_blob(statement, column), .length = (size_t)sqlite3_column_bytes(statement, column) };
  default: return (struct cell){ .kind = CELL_NULL };
  }
}

static int columns(struct query *query) { return sqlite3_column_count(own(query)->statement); }

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void checkpoint(struct store *store) {
  g_mutex_lock(&store->writing);
  if (store->writer) {
    checkpoint_now(handle_of(store->writer));
    sqlite3_db_release_memory(handle_of(store->writer));
  }
  g_mutex_unlock(&store->writing);
}

static bool intact(struct db *db, GError **error) {
  sqlite3_stmt *statement = NULL;
  bool told = sqlite3_prepare_v2(handle_of(db), "PRAGMA integrity_check(1)", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
  const char *words = told ? (const char *)sqlite3_column_text(statement, 0) : NULL;
  bool fine = g_strcmp0(words, "ok") == 0;
  if (!told) fail_sqlite(handle_of(db), "checking the database", error);
  else if (!fine) fail(error, MENO_ERROR_CORRUPT, "the database's file is damaged (%s): restore a backup", words);
  sqlite3_finalize(statement);
  return fine;
}

static char *describe(struct store *store) { return g_strdup_printf("SQLite %s, %s", sqlite3_libversion(), store->memory ? "in memory" : store->place); }

static int64_t size(struct store *store) {
  GStatBuf status;
  g_autofree char *log = g_strconcat(store->place, "-wal", NULL);
  int64_t bytes = g_stat(store->place, &status) == 0 ? status.st_size : 0;
  return bytes + (g_stat(log, &status) == 0 ? status.st_size : 0);
}

const struct engine sqlite_engine = { .name = "sqlite", .connect = connect, .disconnect = disconnect, .alive = alive, .begin = begin, .commit = commit,
  .roll_back = roll_back, .sound = sound, .undone = undone,
  .exists = exists, .version = version, .begin_migration = begin_migration, .migrate = migrate, .prepare = prepare, .forget = forget, .bind = bind, .next = next, .run = run,
  .reset = reset, .cell = cell_at, .columns = columns, .tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  .checkpoint = checkpoint, .intact = intact, .describe = describe, .size = size };
