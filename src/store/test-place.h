/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a test's database is: a temporary folder, or a schema of its own on the server that MENO_POSTGRESQL names. */
#pragma once
#include "store/store.h"
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static inline bool test_has_server(void) { return g_getenv("MENO_POSTGRESQL") != NULL; }

/* Gives the database of `place` statements behind Meno's back; false where it refuses. */
static inline bool test_place_sql(const char *place, const char *sql) {
  if (!store_is_address(place)) {
    g_autofree char *file = g_build_filename(place, "meno.db", NULL);
    sqlite3 *handle = NULL;
    bool fine = sqlite3_open(file, &handle) == SQLITE_OK && sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(handle);
    return fine;
  }
  PGconn *link = PQconnectdb(place);
  PGresult *result = PQexec(link, sql);
  bool fine = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
  PQclear(result);
  PQfinish(link);
  return fine;
}

/* Newly allocated; end it with test_place_end. */
static inline char *test_place(bool server) {
  if (!server) return g_dir_make_tmp("meno-test-XXXXXX", NULL);
  static int number;
  const char *base = g_getenv("MENO_POSTGRESQL");
  g_autofree char *schema = g_strdup_printf("t%d_%d", (int)getpid(), ++number), *sql = g_strconcat("CREATE SCHEMA ", schema, NULL);
  if (!test_place_sql(base, sql)) g_error("the server of MENO_POSTGRESQL does not answer");
  return g_strconcat(base, "&options=-csearch_path%3D", schema, NULL);
}

static inline void test_place_end(char *place) {
  if (store_is_address(place)) {
    g_autofree char *schema = g_strdup(strstr(place, "%3D") + 3), *sql = g_strdup_printf("SET client_min_messages = error; DROP SCHEMA %s CASCADE", schema);
    test_place_sql(g_getenv("MENO_POSTGRESQL"), sql);
  } else {
    static const char *const names[] = { "meno.db", "meno.db-wal", "meno.db-shm", "meno.key", "rules.yaml" };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
      g_autofree char *path = g_build_filename(place, names[i], NULL);
      g_unlink(path);
    }
    g_rmdir(place);
  }
  g_free(place);
}
