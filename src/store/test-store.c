/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store's promises: every named query fits the schema, a rolled-back write leaves nothing, readers see one snapshot,
 * what was committed is there after reopening, and a database of a newer Meno is refused. */
#include "store/store.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>

static char *temporary(void) {
  char *dir = g_dir_make_tmp("meno-store-XXXXXX", NULL);
  g_assert_nonnull(dir);
  return dir;
}

static void remove_all(const char *dir) {
  const char *const names[] = { "meno.db", "meno.db-wal", "meno.db-shm" };
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(dir, names[i], NULL);
    g_unlink(path);
  }
  g_rmdir(dir);
}

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

static void queries_fit_the_schema(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(store_auto) store = store_open_memory(&error);
  g_assert_no_error(error);
  g_assert_true(store_check_queries(store, &error));
}

static void writes_are_whole(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = temporary();
  struct store *store = store_open(dir, &error);
  g_assert_no_error(error);
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
  store = store_open(dir, &error);
  g_assert_no_error(error);
  struct db *again = store_read(store, &error);
  g_assert_cmpint(get(again, "a"), ==, 3);
  db_release(again);
  store_free(store);
  remove_all(dir);
}

static void the_same_query_twice(void) { /* stepping one must not disturb the other */
  g_autoptr(GError) error = NULL;
  g_autoptr(store_auto) store = store_open_memory(&error);
  for (int i = 0; i < 3; i++) set(store, (char[]){ (char)('a' + i), 0 }, i, true);
  g_autoptr(db_auto) db = store_read(store, &error);
  g_autoptr(query_auto) one = db_query(db, &error, "ledger.cursor", "t", "a");
  g_autoptr(query_auto) two = db_query(db, &error, "ledger.cursor", "t", "c");
  g_assert_cmpint(query_next(one, &error), ==, 1);
  g_assert_cmpint(query_next(two, &error), ==, 1);
  g_assert_cmpint(query_integer(one, 0), ==, 0);
  g_assert_cmpint(query_integer(two, 0), ==, 2);
}

static void newer_is_refused(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = temporary();
  g_autofree char *file = g_build_filename(dir, "meno.db", NULL);
  sqlite3 *handle;
  g_assert_cmpint(sqlite3_open(file, &handle), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(handle, "PRAGMA user_version=9999", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close(handle);
  g_assert_null(store_open(dir, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
  g_assert_nonnull(strstr(error->message, "install the newer Meno"));
  remove_all(dir);
}

static void garbage_is_refused(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = temporary();
  g_autofree char *file = g_build_filename(dir, "meno.db", NULL);
  g_assert_true(g_file_set_contents(file, "this is no database, but it is long enough to look like one, more or less", -1, NULL));
  g_assert_null(store_open(dir, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
  remove_all(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/store/queries", queries_fit_the_schema);
  g_test_add_func("/store/whole", writes_are_whole);
  g_test_add_func("/store/twice", the_same_query_twice);
  g_test_add_func("/store/newer", newer_is_refused);
  g_test_add_func("/store/garbage", garbage_is_refused);
  return g_test_run();
}
