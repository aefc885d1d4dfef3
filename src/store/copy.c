/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A database moved into another, of whichever engine: table by table, row by row, then every digest compared. The events go
 * last: a target without events counts as empty, so that a copy that was killed begins anew. */
#include "store/store-private.h"
#include <string.h>

#define ROWS_A_COMMIT 50000
#define LAST "event"

struct copying {
  struct store *from, *to;
  struct db *source, *target;
  void (*progress)(void *data, const char *what, double share);
  void *data;
  struct copy_report report;
};

/* The tables of both, without what belongs to an engine alone; LAST at the end. */
static GPtrArray *tables_of(struct db *db, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  struct query *query = db->store->engine->prepare(db, "tables", db->store->engine->tables, false, error);
  if (!query) return NULL;
  query->busy = query->temporary = true;
  int got;
  while ((got = query_next(query, error)) == 1) g_ptr_array_add(names, g_strdup(query_text(query, 0)));
  query_done(query);
  return got == 0 ? g_steal_pointer(&names) : NULL;
}

static bool holds(GPtrArray *names, const char *name) { return g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL); }

static GPtrArray *tables_to_copy(struct copying *copying, const char *const *leave_out, GError **error) {
  g_autoptr(GPtrArray) here = tables_of(copying->source, error), there = here ? tables_of(copying->target, error) : NULL;
  if (!there) return NULL;
  g_autoptr(GPtrArray) both = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < here->len; i++) {
    const char *name = here->pdata[i];
    if (strcmp(name, LAST) != 0 && holds(there, name) && !(leave_out && g_strv_contains(leave_out, name))) g_ptr_array_add(both, g_strdup(name));
  }
  g_ptr_array_add(both, g_strdup(LAST));
  return g_steal_pointer(&both);
}

static bool commit_some(struct copying *copying, GError **error) {
  return db_commit(g_steal_pointer(&copying->target), error) && (copying->target = store_write(copying->to, error)) != NULL;
}

static struct query *insert_into(struct db *db, const char *table, int columns, GError **error) {
  g_autoptr(GString) values = g_string_new(" VALUES (");
  for (int i = 1; i <= columns; i++) g_string_append_printf(values, "%s$%d", i > 1 ? ", " : "", i);
  g_string_append(values, ")");
  return store_unnamed(db, "INSERT INTO ", table, values->str, error);
}

static bool copy_row(struct copying *copying, const char *table, struct query *row, struct query **insert, GError **error) {
  int columns = query_columns(row);
  if (!*insert && !(*insert = insert_into(copying->target, table, columns, error))) return false;
  for (int i = 0; i < columns; i++) store_bind(*insert, i + 1, store_cell(row, i));
  return query_next(*insert, error) >= 0;
}

static bool copy_table(struct copying *copying, const char *table, GError **error) {
  if (strcmp(table, LAST) != 0 && !db_table_clear(copying->target, table, error)) return false;
  g_autoptr(query_auto) row = store_unnamed(copying->source, "SELECT * FROM ", table, strcmp(table, LAST) == 0 ? " ORDER BY seq" : "", error);
  struct query *insert = NULL;
  int got;
  while ((got = query_next(row, error)) == 1) {
    if (!copy_row(copying, table, row, &insert, error)) break;
    copying->report.events += strcmp(table, LAST) == 0;
    if (++copying->report.rows % ROWS_A_COMMIT) continue;
    query_done(g_steal_pointer(&insert));
    if (!commit_some(copying, error)) return false;
  }
  query_done(insert);
  return got == 0;
}

static bool same_digest(struct copying *copying, struct db *copy, const char *table, GError **error) {
  char before[65], after[65];
  return db_table_digest(copying->source, table, before, error) && db_table_digest(copy, table, after, error) &&
    (strcmp(before, after) == 0 || fail(error, MENO_ERROR_CORRUPT, "the copy of the table \"%s\" is not what was copied", table));
}

static bool copy_tables(struct copying *copying, GPtrArray *tables, GError **error) {
  for (guint i = 0; i < tables->len; i++) {
    if (copying->progress) copying->progress(copying->data, "copying", (double)i / tables->len);
    if (!copy_table(copying, tables->pdata[i], error)) return false;
  }
  if (!db_commit(g_steal_pointer(&copying->target), error)) return false;
  g_autoptr(db_auto) copy = store_read(copying->to, error);
  for (guint i = 0; copy && i < tables->len; i++) {
    if (copying->progress) copying->progress(copying->data, "comparing", (double)i / tables->len);
    if (!same_digest(copying, copy, tables->pdata[i], error)) return false;
  }
  copying->report.tables = (int)tables->len;
  return copy != NULL;
}

bool store_copy(struct store *from, struct store *to, const char *const *leave_out, void (*progress)(void *, const char *, double), void *data,
                struct copy_report *ret_report, GError **error) {
  struct copying copying = { .from = from, .to = to, .progress = progress, .data = data };
  copying.source = store_read(from, error);
  copying.target = copying.source ? store_write(to, error) : NULL;
  int64_t events = 0;
  bool fine = copying.target && db_one(copying.target, &events, error, "ledger.count", "") == 1;
  if (fine && events) fine = fail(error, MENO_ERROR_CONFLICT, "there are %" G_GINT64_FORMAT " events already where the copy should go: name an empty place", events);
  g_autoptr(GPtrArray) tables = fine ? tables_to_copy(&copying, leave_out, error) : NULL;
  fine = tables && copy_tables(&copying, tables, error);
  db_release(copying.target);
  db_release(copying.source);
  if (fine) *ret_report = copying.report;
  return fine;
}
