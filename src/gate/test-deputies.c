/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Naming deputies: for whom, from when to when, and who ends it. What they may decide: test-proposals.c. */
#include "gate/deputies.h"
#include <string.h>

#define DAY0 (INT64_C(20000) * CLOCK_DAY)

static const struct event_kind *const kinds[] = { deputy_kinds, NULL };
static const struct fold *const folds[] = { deputy_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct world { struct store *store; struct ledger *ledger; };

static void setup(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  w->store = store_open_memory(&error);
  w->ledger = ledger_new(w->store, &tables);
  g_assert_no_error(error);
}

static void teardown(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(w->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  ledger_free(w->ledger);
  store_free(w->store);
}

static char *name(struct world *w, const char *principal, const char *deputy, int from, int to, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, DAY0, error);
  char *id = NULL;
  if (!deputy_name(write, principal, deputy, DAY0 + from * CLOCK_DAY, DAY0 + to * CLOCK_DAY, "holiday", DAY0, &id, error)) return NULL;
  g_assert_true(ledger_commit(g_steal_pointer(&write), error));
  return id;
}

static bool end(struct world *w, const char *id, const char *actor, int64_t now, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, now, error);
  return deputy_end(write, id, actor, now, error) && ledger_commit(g_steal_pointer(&write), error);
}

/* Whom `actor` stands in for then, one after the other. */
static char *stands_for(struct world *w, const char *actor, int64_t now) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  g_autoptr(GPtrArray) list = deputy_of(db, actor, now, &error);
  GString *all = g_string_new("");
  for (guint i = 0; i < list->len; i++) g_string_append_printf(all, "%s ", ((struct deputy *)list->pdata[i])->principal);
  return g_string_free(all, FALSE);
}

static void assert_stands_for(struct world *w, const char *actor, int64_t now, const char *expected) {
  g_autofree char *all = stands_for(w, actor, now);
  g_assert_cmpstr(all, ==, expected);
}

static void test_time(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *one = name(w, "account:a", "account:d", 1, 3, &error), *two = name(w, "account:b", "account:d", 2, 10, &error);
  g_assert_no_error(error);
  assert_stands_for(w, "account:d", DAY0 + CLOCK_DAY - 1, "");
  assert_stands_for(w, "account:d", DAY0 + CLOCK_DAY, "account:a ");
  assert_stands_for(w, "account:d", DAY0 + 2 * CLOCK_DAY, "account:a account:b ");
  assert_stands_for(w, "account:d", DAY0 + 3 * CLOCK_DAY, "account:b ");
  assert_stands_for(w, "account:a", DAY0 + 2 * CLOCK_DAY, "");
  g_assert_cmpstr(one, !=, two);
}

/* D stands in for B, B for A: D does not stand in for A. */
static void test_no_chain(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *one = name(w, "account:a", "account:b", 0, 9, &error), *two = name(w, "account:b", "account:d", 0, 9, &error);
  g_assert_true(one && two);
  assert_stands_for(w, "account:d", DAY0 + CLOCK_DAY, "account:b ");
}

static void test_refused(struct world *w, gconstpointer data) {
  static const struct { const char *deputy; int from, to; const char *says; } rows[] = { { "account:a", 0, 5, "their own deputy" }, { "account:d", 5, 5, "a later day" },
    { "account:d", -9, -1, "a later day" }, { "account:d", 0, 400, "at most 366 days" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(name(w, "account:a", rows[i].deputy, rows[i].from, rows[i].to, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    if (!strstr(error->message, rows[i].says)) g_error("\"%s\" does not say \"%s\"", error->message, rows[i].says);
  }
}

static void test_end(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *id = name(w, "account:a", "account:d", 0, 9, &error);
  g_assert_false(end(w, id, "account:x", DAY0 + CLOCK_DAY, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_FORBIDDEN);
  g_clear_error(&error);
  g_assert_false(end(w, "s-none", "account:a", DAY0 + CLOCK_DAY, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_NOT_FOUND);
  g_clear_error(&error);
  assert_stands_for(w, "account:d", DAY0 + CLOCK_DAY, "account:a ");
  g_assert_true(end(w, id, "account:a", DAY0 + CLOCK_DAY, &error));
  assert_stands_for(w, "account:d", DAY0 + CLOCK_DAY, "");
  g_assert_false(end(w, id, "account:d", DAY0 + CLOCK_DAY, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CONFLICT);
  g_clear_error(&error);
  g_autofree char *other = name(w, "account:a", "account:d", 2, 9, &error);
  g_assert_true(end(w, other, "account:d", DAY0 + CLOCK_DAY, &error)); /* laid down before it began */
  assert_stands_for(w, "account:d", DAY0 + 3 * CLOCK_DAY, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add("/deputies/" #name, struct world, NULL, setup, test_##name, teardown)
  TEST(time);
  TEST(no_chain);
  TEST(refused);
  TEST(end);
  return g_test_run();
}
