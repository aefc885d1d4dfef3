/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store's promises: every named query fits the schema, a rolled-back write leaves nothing, readers see one snapshot,
 * what was committed is there after reopening, a database of another Meno is refused, and a copy is the same. Each on both
 * engines, where a PostgreSQL server is to be had. */
#include "store/test-place.h"
#include <sodium.h>

static void set(struct store *store, const char *agent, int64_t seq, bool commit) {
  g_autoptr(GError) error = NULL;
  struct db *db = store_write(store, &error);
  g_assert_no_error(error);
  g_assert_cmpint(db_change(db, &error, "ledger.put_cursor", "tii", agent, seq, (int64_t)0), ==, 1);
  if (commit) g_assert_true(db_commit(db, &error));
  else db_release(db);
}

static int64_t get(struct db *db, const char *agent) {
  g_autoptr(GError) error = NULL;
  int64_t seq = -1;
  g_assert_cmpint(db_one(db, &seq, &error, "ledger.cursor", "t", agent), >=, 0);
  return seq;
}

static struct store *opened(const char *place) {
  g_autoptr(GError) error = NULL;
  struct store *store = store_open(place, &error);
  g_assert_no_error(error);
  return store;
}

static bool on_server(const void *data) { return GPOINTER_TO_INT(data); }

static void queries_fit_the_schema(const void *server) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  store_check_queries(store, &error);
  g_assert_no_error(error);
  store_free(store);
  test_place_end(place);
}

static void writes_are_whole(const void *server) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  set(store, "a", 1, true);
  set(store, "a", 2, false);
  struct db *before = store_read(store, &error);
  g_assert_cmpint(get(before, "a"), ==, 1);
  set(store, "a", 3, true);
  g_assert_cmpint(get(before, "a"), ==, 1); /* its snapshot */
  struct db *after = store_read(store, &error);
  g_assert_cmpint(get(after, "a"), ==, 3);
  g_assert_cmpint(get(after, "b"), ==, -1);
  db_release(before);
  db_release(after);
  store_free(store);
  store = opened(place);
  struct db *again = store_read(store, &error);
  g_assert_cmpint(get(again, "a"), ==, 3);
  db_release(again);
  store_free(store);
  test_place_end(place);
}

static void the_same_query_twice(const void *server) { /* stepping one must not disturb the other */
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  for (int i = 0; i < 3; i++) set(store, (char[]){ (char)('a' + i), 0 }, i, true);
  {
    g_autoptr(db_auto) db = store_read(store, &error);
    g_autoptr(query_auto) one = db_query(db, &error, "ledger.cursor", "t", "a");
    g_autoptr(query_auto) two = db_query(db, &error, "ledger.cursor", "t", "c");
    g_assert_cmpint(query_next(one, &error), ==, 1);
    g_assert_cmpint(query_next(two, &error), ==, 1);
    g_assert_cmpint(query_integer(one, 0), ==, 0);
    g_assert_cmpint(query_integer(two, 0), ==, 2);
  }
  store_free(store);
  test_place_end(place);
}

/* Every kind of value comes back as it went, and has one digest everywhere. */
static void values_come_back(const void *server) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  char digests[2][65];
  for (int round = 0; round < 2; round++) {
    g_autoptr(store_auto) memory = round ? store_open_memory(&error) : NULL;
    struct db *db = store_write(round ? memory : store, &error);
    g_assert_cmpint(db_run(db, &error, "company.put_preference", "tiidti", "p-ä'\"\\", INT64_MIN, INT64_MAX, 0.1, "", (int64_t)-1), >=, 0);
    g_assert_true(db_commit(db, &error));
    g_autoptr(db_auto) read = store_read(round ? memory : store, &error);
    g_autoptr(query_auto) query = db_query(read, &error, "company.all_preference", "");
    g_assert_cmpint(query_next(query, &error), ==, 1);
    g_assert_cmpstr(query_text(query, 0), ==, "p-ä'\"\\");
    g_assert_cmpint(query_integer(query, 1), ==, INT64_MIN);
    g_assert_cmpint(query_integer(query, 2), ==, INT64_MAX);
    g_assert_cmpfloat(query_double(query, 3), ==, 0.1);
    g_assert_cmpstr(query_text(query, 4), ==, "");
    g_assert_cmpint(query_next(query, &error), ==, 0);
    g_assert_true(db_table_digest(read, "preference", digests[round], &error));
    if (round) g_assert_cmpstr(digests[0], ==, digests[1]);
  }
  store_free(store);
  test_place_end(place);
}

/* What failed in a transaction is said at the latest when it commits, and nothing of it stays. */
static void a_failure_is_said(const void *server) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  struct db *db = store_write(store, &error);
  bool fine = db_run(db, &error, "ledger.put_cursor", "tii", "a", (int64_t)1, (int64_t)0) >= 0 && db_run(db, &error, "ledger.put_cursor", "tti", "b", NULL, (int64_t)0) >= 0;
  if (fine) fine = db_commit(db, &error);
  else db_release(db);
  g_assert_false(fine);
  g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
  g_clear_error(&error);
  set(store, "c", 3, true); /* the connection is good for the next */
  struct db *read = store_read(store, &error);
  g_assert_cmpint(get(read, "a"), ==, -1);
  g_assert_cmpint(get(read, "c"), ==, 3);
  db_release(read);
  store_free(store);
  test_place_end(place);
}

/* Many threads write, alone and together; some take it back, one in seven is refused by the database: what was committed is there,
 * all else is not. */
#define WRITERS 8
#define WRITES 60

struct writing { struct store *store; int number, write; };

static bool takes_back(int write) { return write % 5 == 2; }
static bool is_bad(int write) { return write % 7 == 3; }

static bool put(struct db *db, void *data, GError **error) {
  struct writing *writing = data;
  g_autofree char *name = g_strdup_printf("writer %d, %d", writing->number, writing->write), *words = g_strdup_printf("%d", writing->write + 1);
  if (db_run(db, error, "ledger.put_cursor", "ttt", name, is_bad(writing->write) ? NULL : words, "0") < 0) return false;
  return !takes_back(writing->write) || fail(error, MENO_ERROR_CONFLICT, "taken back");
}

static bool write_alone(struct writing *writing, GError **error) {
  g_autoptr(db_auto) db = store_write(writing->store, error);
  return put(db, writing, error) && db_commit(g_steal_pointer(&db), error);
}

static void *write_much(void *data) {
  struct writing *writing = data;
  for (writing->write = 0; writing->write < WRITES; writing->write++) {
    g_autoptr(GError) error = NULL;
    bool fine = writing->number % 3 ? store_do(writing->store, put, writing, &error) : write_alone(writing, &error);
    g_assert_cmpint(fine, ==, !is_bad(writing->write) && !takes_back(writing->write));
    if (!fine && takes_back(writing->write) && !is_bad(writing->write)) g_assert_error(error, MENO_ERROR, MENO_ERROR_CONFLICT);
  }
  return NULL;
}

static void many_write(const void *server) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(on_server(server));
  struct store *store = opened(place);
  struct writing writings[WRITERS];
  GThread *threads[WRITERS];
  for (int i = 0; i < WRITERS; i++) {
    writings[i] = (struct writing){ .store = store, .number = i };
    threads[i] = g_thread_new("writer", write_much, &writings[i]);
  }
  for (int i = 0; i < WRITERS; i++) g_thread_join(threads[i]);
  store_free(store);
  store = opened(place);
  struct db *read = store_read(store, &error);
  for (int i = 0; i < WRITERS; i++)
    for (int j = 0; j < WRITES; j++) {
      g_autofree char *name = g_strdup_printf("writer %d, %d", i, j);
      g_assert_cmpint(get(read, name), ==, is_bad(j) || takes_back(j) ? -1 : j + 1);
    }
  db_release(read);
  store_free(store);
  test_place_end(place);
}

static char *long_name(char letter, int length, int number) {
  g_autofree char *padding = g_strnfill((gsize)length, letter);
  return g_strdup_printf("%d %s", number, padding);
}

/* The log is copied into the database while somebody writes and writes. */
static void the_log_is_kept_short(void) {
  char *place = test_place(false);
  g_autofree char *file = g_build_filename(place, "meno.db", NULL);
  struct store *store = opened(place);
  GStatBuf status = { 0 };
  for (int i = 0; i < 1000 && status.st_size < (1 << 20); i++) {
    g_autofree char *name = long_name('a' + i % 26, 300000, i);
    set(store, name, i, true);
    g_assert_cmpint(g_stat(file, &status), ==, 0);
  }
  g_assert_cmpint(status.st_size, >=, 1 << 20);
  store_free(store);
  test_place_end(place);
}

/* A write too large for memory reaches the log before it ends, and is taken back; meanwhile another process's commits take its place. */
static void put_much(struct db *db, char letter, int length, int count) {
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < count; i++) {
    g_autofree char *key = long_name(letter, length, i);
    g_assert_cmpint(db_run(db, &error, "ledger.put_cursor", "tii", key, (int64_t)i, (int64_t)0), >=, 0);
  }
}

static void taken_back_between_others(void) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(false);
  store_free(opened(place)); /* so that the log is empty */
  struct store *store = opened(place), *other = opened(place);
  struct db *early = store_read(other, &error), *db = store_write(store, &error);
  g_assert_cmpint(get(early, "after"), ==, -1); /* as long as it looks, the log is not emptied */
  put_much(db, 't', 30000, 1500);
  db_release(db);
  db = store_write(other, &error);
  put_much(db, 'k', 29000, 1600);
  g_assert_true(db_commit(db, &error));
  set(store, "after", 1, true);
  db_release(early);
  store_free(store);
  struct db *read = store_read(other, &error);
  g_assert_true(db_intact(read, &error));
  g_assert_cmpint(get(read, "after"), ==, 1);
  for (int i = 0; i < 1600; i++) {
    g_autofree char *key = long_name('k', 29000, i);
    g_assert_cmpint(get(read, key), ==, i);
  }
  db_release(read);
  store_free(other);
  test_place_end(place);
}

/* Word of a commit comes at once: from another thread, and on a server from another process (here, another store). */
static void *write_once(void *data) {
  set(data, "news", 1, true);
  return NULL;
}

static void news_comes(const void *server) {
  char *place = test_place(on_server(server));
  struct store *waiting = opened(place), *other = on_server(server) ? opened(place) : waiting;
  int64_t long_from_now = g_get_monotonic_time() + 60 * G_USEC_PER_SEC, seen = store_wait(waiting, 0, on_server(server) ? long_from_now : 0);
  GThread *thread = g_thread_new("writer", write_once, other);
  g_assert_cmpint(store_wait(waiting, seen, long_from_now), >, seen);
  g_assert_cmpint(g_get_monotonic_time(), <, long_from_now);
  g_thread_join(thread);
  if (other != waiting) store_free(other);
  store_free(waiting);
  test_place_end(place);
}

static void mark_version(const char *place, int version) {
  g_autofree char *sql = g_strdup_printf(store_is_address(place) ? "DELETE FROM meno_schema; INSERT INTO meno_schema VALUES (%d)" : "PRAGMA user_version=%d", version);
  g_assert_true(test_place_sql(place, sql));
}

static void others_are_refused(const void *server) {
  static const struct { int version; const char *remedy; } cases[] = { { 9999, "install the newer Meno" }, { 1, "`meno migrate`" } };
  char *place = test_place(on_server(server));
  store_free(opened(place));
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    mark_version(place, cases[i].version);
    g_assert_null(store_open(place, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, cases[i].remedy));
  }
  test_place_end(place);
}

static void garbage_is_refused(void) {
  g_autoptr(GError) error = NULL;
  char *place = test_place(false);
  g_autofree char *file = g_build_filename(place, "meno.db", NULL);
  g_assert_true(g_file_set_contents(file, "this is no database, but it is long enough to look like one, more or less", -1, NULL));
  g_assert_null(store_open(place, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
  test_place_end(place);
}

static void passwords_are_not_shown(void) {
  static const char *const cases[][2] = { { "/var/lib/meno", "/var/lib/meno" }, { "postgresql://meno:s3:cret@db/meno", "postgresql://meno@db/meno" },
    { "postgresql://db/meno?password=secret&user=me", "postgresql://db/meno?password=…&user=me" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *shown = store_shown(cases[i][0]);
    g_assert_cmpstr(shown, ==, cases[i][1]);
  }
}

static void a_copy_is_the_same(const void *server) {
  g_autoptr(GError) error = NULL;
  char *places[] = { test_place(false), test_place(on_server(server)) };
  struct store *one = opened(places[0]), *other = opened(places[1]);
  for (int i = 0; i < 100; i++) {
    g_autofree char *name = g_strdup_printf("agent %d", i);
    set(one, name, i, true);
  }
  struct copy_report report;
  store_copy(one, other, NULL, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  g_assert_cmpint(report.rows, ==, 100);
  store_copy(other, one, NULL, NULL, NULL, &report, &error); /* no events: it counts as empty, and is filled anew */
  g_assert_no_error(error);
  struct db *read = store_read(one, &error);
  g_assert_cmpint(get(read, "agent 77"), ==, 77);
  db_release(read);
  store_free(one);
  store_free(other);
  test_place_end(places[0]);
  test_place_end(places[1]);
}

int main(int argc, char **argv) {
  static const struct { const char *name; void (*test)(const void *server); } tests[] = { { "queries", queries_fit_the_schema }, { "whole", writes_are_whole },
    { "twice", the_same_query_twice }, { "values", values_come_back }, { "failure", a_failure_is_said }, { "many", many_write }, { "news", news_comes }, { "others", others_are_refused }, { "copy", a_copy_is_the_same } };
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  for (int server = 0; server <= test_has_server(); server++)
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
      g_autofree char *path = g_strdup_printf("/store/%s/%s", server ? "postgresql" : "sqlite", tests[i].name);
      g_test_add_data_func(path, GINT_TO_POINTER(server), tests[i].test);
    }
  g_test_add_func("/store/shown", passwords_are_not_shown);
  g_test_add_func("/store/sqlite/garbage", garbage_is_refused);
  g_test_add_func("/store/sqlite/taken-back", taken_back_between_others);
  g_test_add_func("/store/sqlite/short-log", the_log_is_kept_short);
  return g_test_run();
}
