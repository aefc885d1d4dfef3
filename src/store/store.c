/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What both engines share: named queries, the pool of readers and the one writer, migrations, digests of whole tables.
 *
 * Statements are prepared once per connection and kept; a query that is asked for while it is still being stepped gets a
 * second statement, which is thrown away when done.
 *
 * Group commit: what is to be written is given as work (store_do). While one group is written, the next forms; the first of its
 * members carries out the work of all in one transaction. So many writes share one fsync, one thread has the database's pages
 * near, and nobody waits for company. Work that fails without having written anything is its own affair; else the group is taken back,
 * and done again one by one; so is one of which a server says only at the commit that a statement was refused. A commit whose outcome
 * nobody knows, or that the disk fails, fails for all of its group.
 *
 * Migrations are sql/schema/NNN-word.sql in the order of their numbers; NNN-word.ENGINE.sql is for that engine alone. The
 * number of the last one is the database's version. */
#include "store/store-private.h"
#include "base/id.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <math.h>
#include <poll.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define MOST_IDLE 8
#define LISTEN_AGAIN_MS 1000 /* after the connection was lost */

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

static char *resource_text(const char *path) {
  g_autoptr(GBytes) bytes = g_resources_lookup_data(path, 0, NULL);
  g_assert(bytes);
  return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

/* Read once, never freed: the text of every named query. */
static GHashTable *named_queries(void) {
  static gsize ready;
  static GHashTable *all;
  if (g_once_init_enter(&ready)) {
    all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) files = g_resources_enumerate_children("/meno/sql/queries", 0, NULL);
    for (size_t i = 0; files && files[i]; i++) {
      g_autofree char *path = g_strconcat("/meno/sql/queries/", files[i], NULL), *text = resource_text(path);
      g_autofree char *room = g_strndup(files[i], strcspn(files[i], "."));
      add_queries(all, room, text);
    }
    g_once_init_leave(&ready, 1);
  }
  return all;
}

static void reset_queries(struct db *db) {
  GHashTableIter it;
  struct query *query;
  g_hash_table_iter_init(&it, db->queries);
  while (g_hash_table_iter_next(&it, NULL, (void **)&query))
    if (query->busy) query_done(query);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b, void *data) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Is this migration for the engine: "001-ledger.sql", or "009-append-only.sqlite.sql" for SQLite? */
static bool meant_for(const struct engine *engine, const char *file) {
  g_auto(GStrv) parts = g_strsplit(file, ".", 3);
  return g_strv_length(parts) == 2 || strcmp(parts[1], engine->name) == 0;
}

static char **migrations(int *ret_count) {
  char **files = g_resources_enumerate_children("/meno/sql/schema", 0, NULL);
  *ret_count = (int)g_strv_length(files);
  g_qsort_with_data(files, *ret_count, sizeof *files, by_name, NULL);
  return files;
}

/* Applies what the database does not have yet, in one transaction with `then` (may be NULL). */
static bool migrate(struct store *store, bool (*then)(struct store *, struct db *, void *, GError **), void *data, int64_t *ret_from, int64_t *ret_to, GError **error) {
  struct db *db = store->writer;
  int count;
  g_auto(GStrv) files = migrations(&count);
  if (!store->engine->begin_migration(db, error)) return false;
  int64_t version = store->engine->version(db, error);
  bool fine = version >= 0;
  for (int i = 0; fine && i < count; i++) {
    int64_t number = g_ascii_strtoll(files[i], NULL, 10);
    if (number <= version || !meant_for(store->engine, files[i])) continue;
    g_autofree char *path = g_strconcat("/meno/sql/schema/", files[i], NULL), *sql = resource_text(path);
    fine = store->engine->migrate(db, sql, number, error);
    if (!fine) g_prefix_error(error, "bringing the database up to schema %d: ", (int)number);
  }
  *ret_from = version;
  *ret_to = g_ascii_strtoll(files[count - 1], NULL, 10);
  fine = fine && (version >= *ret_to || !then || then(store, db, data, error));
  reset_queries(db);
  if (fine && store->engine->commit(db, error)) return true;
  store->engine->roll_back(db);
  return false;
}

static struct store *connect(const struct engine *engine, char *place, bool memory, GError **error) {
  struct store *store = g_new0(struct store, 1);
  store->engine = engine;
  store->place = place;
  store->memory = memory;
  g_mutex_init(&store->lock);
  g_mutex_init(&store->writing);
  g_mutex_init(&store->news_lock);
  g_cond_init(&store->news);
  g_queue_init(&store->idle);
  store->writer = engine->connect(store, true, error);
  if (store->writer) return store;
  store_free(store);
  return NULL;
}

static int64_t newest_version(void) {
  int count;
  g_auto(GStrv) files = migrations(&count);
  return g_ascii_strtoll(files[count - 1], NULL, 10);
}

/* The version of the database; -1 where it cannot be read, or is of a newer Meno. */
static int64_t version_of(struct store *store, GError **error) {
  int64_t version = store->engine->version(store->writer, error), newest = newest_version();
  if (version > newest) return fail(error, MENO_ERROR_STORE, "the database has schema %d and this Meno knows %d: install the newer Meno", (int)version, (int)newest) - 1;
  return version;
}

static struct store *open_current(struct store *store, GError **error) {
  if (!store) return NULL;
  int64_t from, to, version = version_of(store, error), newest = newest_version();
  bool fine = version == newest || (version == 0 && migrate(store, NULL, NULL, &from, &to, error));
  if (version > 0 && !fine)
    fail(error, MENO_ERROR_STORE, "the database has schema %d and this Meno wants %d: back it up, stop every older Meno that uses it, and run `meno migrate`", (int)version, (int)newest);
  if (fine) return store;
  store_free(store);
  return NULL;
}

bool store_is_address(const char *place) { return g_str_has_prefix(place, "postgresql://") || g_str_has_prefix(place, "postgres://"); }

char *store_shown(const char *place) {
  if (!store_is_address(place)) return g_strdup(place);
  g_autoptr(GRegex) in_user = g_regex_new("^([a-z]+://[^/:@]*):[^@/]*@", 0, 0, NULL), in_query = g_regex_new("([?&]password)=[^&]*", 0, 0, NULL);
  g_autofree char *without = g_regex_replace(in_user, place, -1, 0, "\\1@", 0, NULL);
  return g_regex_replace(in_query, without, -1, 0, "\\1=…", 0, NULL);
}

static struct store *reach(const char *place, GError **error) {
  if (store_is_address(place)) return connect(&postgresql_engine, g_strdup(place), false, error);
  if (g_mkdir_with_parents(place, 0700) != 0) {
    fail(error, MENO_ERROR_STORE, "the folder \"%s\" cannot be made: %s", place, g_strerror(errno));
    return NULL;
  }
  return connect(&sqlite_engine, g_build_filename(place, "meno.db", NULL), false, error);
}

struct store *store_open(const char *place, GError **error) { return open_current(reach(place, error), error); }

bool store_migrate(const char *place, bool (*then)(struct store *, struct db *, void *, GError **), void *data, int64_t *ret_from, int64_t *ret_to, GError **error) {
  g_autoptr(store_auto) store = reach(place, error);
  return store && version_of(store, error) >= 0 && migrate(store, then, data, ret_from, ret_to, error);
}

int store_exists(const char *place, GError **error) {
  if (store_is_address(place)) return postgresql_engine.exists(place, error);
  g_autofree char *file = g_build_filename(place, "meno.db", NULL);
  return sqlite_engine.exists(file, error);
}

struct store *store_open_memory(GError **error) {
  static gint number;
  return open_current(connect(&sqlite_engine, g_strdup_printf("file:/meno-%d?vfs=memdb", g_atomic_int_add(&number, 1)), true, error), error);
}

/* ---- news -------------------------------------------------------------------------------------------------------- */

void store_wake(struct store *store) {
  g_mutex_lock(&store->news_lock);
  store->commits++;
  g_cond_broadcast(&store->news);
  g_mutex_unlock(&store->news_lock);
}

static bool readable(int file, int milliseconds) { return poll(&(struct pollfd){ .fd = file, .events = POLLIN }, 1, milliseconds) != 0; }

static void *listen_on(void *data) {
  struct store *store = data;
  while (!readable(store->stop[0], 0))
    if (!store->engine->listen(store, store->stop[0]) && readable(store->stop[0], LISTEN_AGAIN_MS)) break;
  return NULL;
}

static void begin_to_listen(struct store *store) {
  if (!store->engine->listen || store->listener || pipe2(store->stop, O_CLOEXEC) != 0) return;
  store->listener = g_thread_new("listener", listen_on, store);
}

static void end_listening(struct store *store) {
  if (!store->listener) return;
  close(store->stop[1]);
  g_thread_join(store->listener);
  close(store->stop[0]);
}

int64_t store_wait(struct store *store, int64_t seen, int64_t until) {
  g_mutex_lock(&store->news_lock);
  begin_to_listen(store);
  while (store->commits == seen && g_cond_wait_until(&store->news, &store->news_lock, until)) continue;
  int64_t commits = store->commits;
  g_mutex_unlock(&store->news_lock);
  return commits;
}

/* ---- closing ----------------------------------------------------------------------------------------------------- */

static void disconnect(struct db *db) {
  if (!db) return;
  GHashTableIter it;
  struct query *query;
  g_hash_table_iter_init(&it, db->queries);
  while (g_hash_table_iter_next(&it, NULL, (void **)&query)) db->store->engine->forget(query);
  g_hash_table_destroy(db->queries);
  g_clear_pointer(&db->kept, g_hash_table_destroy);
  db->store->engine->disconnect(db);
}

void store_free(struct store *store) {
  if (!store) return;
  end_listening(store);
  for (struct db *db; (db = g_queue_pop_head(&store->idle));) disconnect(db);
  disconnect(store->writer);
  g_mutex_clear(&store->lock);
  g_mutex_clear(&store->writing);
  g_mutex_clear(&store->news_lock);
  g_cond_clear(&store->news);
  g_free(store->place);
  g_free(store);
}

void store_checkpoint(struct store *store) { store->engine->checkpoint(store); }
char *store_describe(struct store *store) { return store->engine->describe(store); }
int64_t store_size(struct store *store) { return store->engine->size(store); }

/* ---- transactions ----------------------------------------------------------------------------------------------- */

struct db *store_read(struct store *store, GError **error) {
  g_mutex_lock(&store->lock);
  struct db *db = g_queue_pop_head(&store->idle);
  g_mutex_unlock(&store->lock);
  if (db && !store->engine->alive(db)) disconnect(g_steal_pointer(&db));
  if (!db && !(db = store->engine->connect(store, false, error))) return NULL;
  if (store->engine->begin(db, false, error)) return db;
  disconnect(db);
  return NULL;
}

struct kept { void *what; void (*free)(void *); };

static void kept_free(void *data) {
  struct kept *kept = data;
  kept->free(kept->what);
  g_free(kept);
}

void *db_keep(struct db *db, const char *name, void *(*make)(void), void (*free)(void *)) {
  if (!db->kept) db->kept = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kept_free);
  struct kept *kept = g_hash_table_lookup(db->kept, name);
  if (!kept) {
    kept = g_memdup2(&(struct kept){ make(), free }, sizeof *kept);
    g_hash_table_insert(db->kept, (void *)(uintptr_t)name, kept);
  }
  return kept->what;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static bool begin_write(struct store *store, GError **error) {
  if (store->writer && !store->engine->alive(store->writer)) disconnect(g_steal_pointer(&store->writer));
  if (!store->writer) store->writer = store->engine->connect(store, true, error);
  if (!store->writer || !store->engine->begin(store->writer, true, error)) return false;
  store->writer->writing = true;
  store->writer->version++;
  return true;
}

static bool commit_write(struct store *store, GError **error) {
  reset_queries(store->writer);
  bool fine = (!store->before_commit || store->before_commit(store->before_commit_data, error)) && store->engine->commit(store->writer, error);
  if (!fine) store->engine->roll_back(store->writer);
  return fine;
}

int64_t db_version(const struct db *db) { return db->version; }
bool db_writes(const struct db *db) { return db->writing; }

void store_before_commit(struct store *store, bool (*call)(void *data, GError **error), void *data) {
  store->before_commit = call;
  store->before_commit_data = data;
}

struct db *store_write(struct store *store, GError **error) {
  g_mutex_lock(&store->writing);
  if (begin_write(store, error)) return store->writer;
  g_mutex_unlock(&store->writing);
  return NULL;
}

bool db_commit(struct db *db, GError **error) {
  g_assert(db->writing);
  struct store *store = db->store;
  bool fine = commit_write(store, error);
  g_mutex_unlock(&store->writing);
  if (fine) store_wake(store);
  return fine;
}

/* ---- writing together ------------------------------------------------------------------------------------------- */

/* A group of writes that become durable together forms while another is being written; the first of its members, whose it is, then
 * carries out the work of all. The others wait each for itself, or do not wait at all. True: it is the
 * first. */
static bool join(struct store *store, struct store_job *member) {
  g_mutex_lock(&store->lock);
  bool first = !store->forming;
  *(first ? &store->forming : &store->last->next) = member;
  store->last = member;
  store->waiting++;
  g_mutex_unlock(&store->lock);
  return first;
}

/* Others form the next one from now on; where it is not the group that forms, it was closed before. */
static void close_group(struct store *store, const struct store_job *first) {
  g_mutex_lock(&store->lock);
  if (store->forming == first) {
    store->forming = store->last = NULL;
    store->waiting = 0;
  }
  g_mutex_unlock(&store->lock);
}

/* 1 done; 0 its own failure, of which the transaction knows nothing; -1 the transaction has to be taken back */
static int carry_out(struct db *db, struct store_job *member) {
  int64_t before = db->version;
  bool fine = member->work(db, member->data, &member->error);
  reset_queries(db);
  g_assert(fine == !member->error);
  return fine || (db->version == before && db->store->engine->sound(db)) ? fine : -1;
}

static void fail_all(struct store_job *first, GError *why) {
  for (struct store_job *member = first; member; member = member->next)
    if (!member->error) member->error = g_error_copy(why);
  g_error_free(why);
}

/* All in the transaction that has begun. False where one of several spoilt it for the others: nothing is written then. The group is
 * closed behind its first: on a server, that one's first answer came when no other process wrote any more, and until then the
 * group has grown. */
static bool write_together(struct store *store, struct store_job *first) {
  GError *error = NULL;
  int done = carry_out(store->writer, first);
  close_group(store, first);
  for (struct store_job *member = first->next; member && done >= 0; member = member->next) done = carry_out(store->writer, member);
  if (done < 0) {
    store->engine->roll_back(store->writer);
    return !first->next;
  }
  if (commit_write(store, &error)) {
    store_wake(store);
    return true;
  }
  bool again = first->next && store->engine->undone(store->writer);
  if (again) g_clear_error(&error);
  else fail_all(first, error);
  return !again;
}

/* Where another process holds the database for so long that one gives up, all do: they would wait one behind the other. */
static void write_one_by_one(struct store *store, struct store_job *first) {
  bool held = false;
  for (struct store_job *member = first, *next; member && !held; member = next) {
    int64_t begun = g_get_monotonic_time();
    next = member->next;
    member->next = NULL;
    g_clear_error(&member->error);
    if (begin_write(store, &member->error)) write_together(store, member);
    member->next = next;
    held = next && member->error && g_get_monotonic_time() - begun >= BUSY_MS * 1000;
    for (struct store_job *other = next; held && other; other = other->next) {
      g_clear_error(&other->error);
      other->error = g_error_copy(member->error);
    }
  }
}

static void finish(struct store_job *job) { job->done(job->data, g_steal_pointer(&job->error)); } /* the job is gone then */

static void write_group(struct store *store, struct store_job *first) {
  GError *error = NULL;
  g_mutex_lock(&store->writing);
  if (!begin_write(store, &error)) {
    close_group(store, first);
    fail_all(first, error);
  } else if (!write_together(store, first)) write_one_by_one(store, first);
  g_mutex_unlock(&store->writing);
  for (struct store_job *job = first, *next; job; job = next) {
    next = job->next;
    finish(job);
  }
}

void store_send(struct store *store, struct store_job *job) {
  job->error = NULL;
  job->next = NULL;
  if (join(store, job)) write_group(store, job);
}

struct waiting { struct store_job job; GError *error; sem_t done; void *data; bool (*work)(struct db *db, void *data, GError **error); };

static bool work_of(struct db *db, void *data, GError **error) {
  struct waiting *waiting = data;
  return waiting->work(db, waiting->data, error);
}

static void wake_up(void *data, GError *error) {
  struct waiting *waiting = data;
  waiting->error = error;
  sem_post(&waiting->done);
}

bool store_do(struct store *store, bool (*work)(struct db *db, void *data, GError **error), void *data, GError **error) {
  struct waiting waiting = { .job = { work_of, wake_up, &waiting }, .data = data, .work = work };
  sem_init(&waiting.done, 0, 0);
  store_send(store, &waiting.job);
  while (sem_wait(&waiting.done) != 0) continue; /* a signal came */
  sem_destroy(&waiting.done);
  if (waiting.error) g_propagate_error(error, waiting.error);
  return !waiting.error;
}

void db_release(struct db *db) {
  if (!db) return;
  struct store *store = db->store;
  reset_queries(db);
  if (db->writing) {
    store->engine->roll_back(db);
    g_mutex_unlock(&store->writing);
    return;
  }
  store->engine->roll_back(db);
  g_mutex_lock(&store->lock);
  bool keep = g_queue_get_length(&store->idle) < MOST_IDLE;
  if (keep) g_queue_push_head(&store->idle, db);
  g_mutex_unlock(&store->lock);
  if (!keep) disconnect(db);
}

/* ---- queries ---------------------------------------------------------------------------------------------------- */

static bool writes(const char *sql) { return !g_str_has_prefix(sql + strspn(sql, " \n"), "SELECT"); }

static struct query *prepare(struct db *db, const char *name, GError **error) {
  void *key, *sql;
  if (!g_hash_table_lookup_extended(named_queries(), name, &key, &sql)) g_error("there is no query \"%s\" in sql/queries", name);
  struct query *query = db->store->engine->prepare(db, key, sql, false, error);
  if (query) query->writes = writes(sql);
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
  db->version += query->writes;
  return query;
}

void store_bind(struct query *query, int parameter, struct cell cell) {
  g_assert(parameter > 0 && parameter <= MAX_PARAMETERS);
  query->db->store->engine->bind(query, parameter, &cell);
}

static struct cell text_cell(const char *text) { return text ? (struct cell){ .kind = CELL_TEXT, .data = text, .length = strlen(text) } : (struct cell){ .kind = CELL_NULL }; }

void query_bind_text(struct query *query, int parameter, const char *text) {
  store_bind(query, parameter, text_cell(text));
}
void query_bind_integer(struct query *query, int parameter, int64_t value) { store_bind(query, parameter, (struct cell){ .kind = CELL_INTEGER, .integer = value }); }
void query_bind_double(struct query *query, int parameter, double value) {
  store_bind(query, parameter, isnan(value) ? (struct cell){ .kind = CELL_NULL } : (struct cell){ .kind = CELL_REAL, .real = value });
}
void query_bind_blob(struct query *query, int parameter, const void *data, size_t length) {
  store_bind(query, parameter, (struct cell){ .kind = CELL_BLOB, .data = data, .length = length });
}

/* `lasting`: the arguments outlive the query. */
static void bind_list(struct query *query, bool lasting, const char *types, va_list arguments) {
  for (int i = 1; *types; types++, i++) {
    struct cell cell = { .kind = CELL_NULL };
    switch (*types) {
    case 't': cell = text_cell(va_arg(arguments, const char *)); break;
    case 'i': cell = (struct cell){ .kind = CELL_INTEGER, .integer = va_arg(arguments, int64_t) }; break;
    case 'd': cell.real = va_arg(arguments, double); cell.kind = isnan(cell.real) ? CELL_NULL : CELL_REAL; break;
    case 'b':
      cell.data = va_arg(arguments, const void *);
      cell.length = va_arg(arguments, size_t);
      cell.kind = cell.data ? CELL_BLOB : CELL_NULL;
      break;
    default: g_assert_not_reached();
    }
    cell.lasting = lasting;
    store_bind(query, i, cell);
  }
}

struct query *db_query(struct db *db, GError **error, const char *name, const char *types, ...) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return NULL;
  va_list arguments;
  va_start(arguments, types);
  bind_list(query, false, types, arguments);
  va_end(arguments);
  return query;
}

int query_next(struct query *query, GError **error) {
  if (!query) return -1; /* its preparation has already said why */
  if (query->strange) {
    query->strange = false;
    query->db->store->engine->reset(query);
    return fail(error, MENO_ERROR_CORRUPT, "%s: something else stands where a text should; run `meno replay --verify`", query->name) - 1;
  }
  return query->db->store->engine->next(query, error);
}

void query_done(struct query *query) {
  if (!query || !query->busy) return;
  query->strange = false;
  query->db->store->engine->reset(query);
  query->busy = false;
  if (query->temporary) query->db->store->engine->forget(query);
}

struct cell store_cell(struct query *query, int column) { return query->db->store->engine->cell(query, column); }

const char *query_text(struct query *query, int column) {
  struct cell value = store_cell(query, column);
  if (value.kind == CELL_TEXT || value.kind == CELL_NULL) return value.data;
  query->strange = true;
  return "";
}
int64_t query_integer(struct query *query, int column) {
  struct cell value = store_cell(query, column);
  if (value.kind == CELL_REAL) return value.real > -9.2e18 && value.real < 9.2e18 ? (int64_t)value.real : 0;
  return value.kind == CELL_INTEGER ? value.integer : 0;
}
double query_double(struct query *query, int column) {
  struct cell value = store_cell(query, column);
  return value.kind == CELL_REAL ? value.real : value.kind == CELL_INTEGER ? (double)value.integer : NAN;
}
const void *query_blob(struct query *query, int column, size_t *ret_length) {
  struct cell value = store_cell(query, column);
  *ret_length = value.length;
  return value.data;
}
bool query_null(struct query *query, int column) { return store_cell(query, column).kind == CELL_NULL; }
int query_columns(struct query *query) { return query->db->store->engine->columns(query); }

static int run_list(struct db *db, bool wait, GError **error, const char *name, const char *types, va_list arguments) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return -1;
  bind_list(query, true, types, arguments);
  int changed = db->store->engine->run(query, wait, error);
  query_done(query);
  return changed;
}

int db_run(struct db *db, GError **error, const char *name, const char *types, ...) {
  va_list arguments;
  va_start(arguments, types);
  int fine = run_list(db, false, error, name, types, arguments);
  va_end(arguments);
  return fine;
}

int db_change(struct db *db, GError **error, const char *name, const char *types, ...) {
  va_list arguments;
  va_start(arguments, types);
  int changed = run_list(db, true, error, name, types, arguments);
  va_end(arguments);
  return changed;
}

int db_one(struct db *db, int64_t *ret_value, GError **error, const char *name, const char *types, ...) {
  struct query *query = db_query_named(db, name, error);
  if (!query) return -1;
  va_list arguments;
  va_start(arguments, types);
  bind_list(query, true, types, arguments);
  va_end(arguments);
  int got = query_next(query, error);
  if (got == 1) *ret_value = query_integer(query, 0);
  query_done(query);
  return got;
}

bool store_check_queries(struct store *store, GError **error) {
  GHashTableIter it;
  void *name;
  g_hash_table_iter_init(&it, named_queries());
  while (g_hash_table_iter_next(&it, &name, NULL)) {
    g_autoptr(db_auto) db = store_read(store, error);
    struct query *query = db ? prepare(db, name, error) : NULL;
    if (!query) return false;
    store->engine->forget(query);
  }
  return true;
}

/* ---- whole tables ----------------------------------------------------------------------------------------------- */

struct query *store_unnamed(struct db *db, const char *before, const char *table, const char *after, GError **error) {
  g_auto(GStrv) parts = g_strsplit(table, "\"", -1);
  g_autofree char *quoted = g_strjoinv("\"\"", parts), *sql = g_strconcat(before, "\"", quoted, "\"", after, NULL);
  struct query *query = db->store->engine->prepare(db, g_intern_string(sql), sql, true, error);
  if (query) query->busy = query->temporary = true;
  return query;
}

/* The same bytes for the same values in every engine: a letter for the kind, the length where it varies, the value. */
static void append_cell(GByteArray *row, struct cell value) {
  struct { uint64_t kind, bits; } head = { .kind = value.kind };
  if (value.kind == CELL_INTEGER) head.bits = GUINT64_TO_LE((uint64_t)value.integer);
  if (value.kind == CELL_REAL) memcpy(&head.bits, &value.real, sizeof value.real);
  if (value.kind == CELL_TEXT || value.kind == CELL_BLOB) head.bits = GUINT64_TO_LE((uint64_t)value.length);
  g_byte_array_append(row, (const guint8 *)&head, sizeof head);
  if (value.length) g_byte_array_append(row, value.data, (guint)value.length);
}

/* Rows are hashed one by one and their hashes added (modulo 2^256 by 64-bit words): the order in which an engine sorts does
 * not matter, a row that is missing, changed or doubled does. */
bool db_table_digest(struct db *db, const char *table, char out[65], GError **error) {
  g_autoptr(query_auto) query = store_unnamed(db, "SELECT * FROM ", table, "", error);
  uint64_t total[DIGEST_BYTES / 8 + 1] = { 0 };
  g_autoptr(GByteArray) row = g_byte_array_new();
  int got, columns = 0;
  while ((got = query_next(query, error)) == 1) {
    if (!columns) columns = query_columns(query);
    uint64_t hash[DIGEST_BYTES / 8];
    g_byte_array_set_size(row, 0);
    for (int i = 0; i < columns; i++) append_cell(row, store_cell(query, i));
    crypto_generichash((uint8_t *)hash, sizeof hash, row->data, row->len, NULL, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(hash); i++) total[i] += GUINT64_FROM_LE(hash[i]);
    total[G_N_ELEMENTS(hash)]++;
  }
  if (got < 0) return false;
  uint8_t result[DIGEST_BYTES];
  for (size_t i = 0; i < G_N_ELEMENTS(total); i++) total[i] = GUINT64_TO_LE(total[i]);
  digest(total, sizeof total, result);
  digest_format(result, out);
  return true;
}

bool db_intact(struct db *db, GError **error) { return !db->store->engine->intact || db->store->engine->intact(db, error); }

bool db_table_clear(struct db *db, const char *table, GError **error) {
  g_autoptr(query_auto) query = store_unnamed(db, "DELETE FROM ", table, "", error);
  return query_next(query, error) == 0;
}
