/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks over a small graph: both ways, as of a moment, respecting time, within limits; and all that rests on a node. */
#include "ledger/lineage.h"
#include <sodium.h>
#include <string.h>

static const struct event_kind toy_kinds[] = { { "toy.moved", "testing", 0, "", "" }, { 0 } };
static const struct event_kind *const kinds[] = { toy_kinds, NULL };
static const struct fold *const folds[] = { NULL };
static const struct ledger_tables joined = { kinds, folds };

static struct store *store;
static struct ledger *ledger;
static struct ledger_write *written;
static struct db *db;
static int nth; /* of all edges; of an event's they are not the first, which is as well */

static void put(const char *source, const char *target, int64_t seq) {
  g_autoptr(GError) error = NULL;
  g_assert_true(lineage_put(db, &(struct lineage_edge){ source, "derived", target, seq, nth++, true }, 1, &error));
}

/* import i1 (1) brings a file, claim c1 (2) rests on it, import i2 (3) brings it again, claim c2 (4) rests on it;
 * proposal p (5) rests on c1, decision d (6) on p and on a person, asset a (7) on d. */
static void setup(void) {
  g_autoptr(GError) error = NULL;
  store = store_open_memory(&error);
  g_assert_no_error(error);
  ledger = ledger_new(store, &joined);
  written = ledger_write(ledger, 1, &error);
  db = ledger_write_db(written);
  for (int i = 0; i < 9; i++) g_assert_true(ledger_append(written, &(struct event){ .kind = "toy.moved", .subject = "toy:t", .actor = "system", .body = "{}" }, NULL, &error));
  put("file:f", "import:i1", 1);
  put("claim:c1", "file:f", 2);
  put("file:f", "import:i2", 3);
  put("claim:c2", "file:f", 4);
  put("proposal:p", "claim:c1", 5);
  put("decision:d", "proposal:p", 6);
  put("decision:d", "person:x", 6);
  put("asset:a", "decision:d", 7);
}
static void teardown(void) {
  ledger_abort(written);
  ledger_free(ledger);
  store_free(store);
}

static bool is_person(const char *id) { return g_str_has_prefix(id, "person:"); }

/* "a>b>c…": the ids in order; '*' again, '+' more. */
static char *walk(const char *id, enum lineage_way way, int64_t as_of, int depth, int breadth, int most) {
  g_autoptr(GError) error = NULL;
  struct lineage_ask ask = { .way = way, .as_of = as_of, .depth = depth, .breadth = breadth, .most = most, .ends = is_person };
  g_autoptr(GPtrArray) nodes = lineage_walk(db, id, &ask, &error);
  g_assert_no_error(error);
  GString *text = g_string_new("");
  for (guint i = 0; i < nodes->len; i++) {
    const struct lineage_node *node = nodes->pdata[i];
    g_string_append_printf(text, "%s%s%s%s", i ? " " : "", strchr(node->id, ':') + 1, node->again ? "*" : "", node->more ? "+" : "");
  }
  return g_string_free(text, FALSE);
}

static void expect(const char *id, enum lineage_way way, int64_t as_of, int depth, int breadth, int most, const char *expected) {
  g_autofree char *got = walk(id, way, as_of, depth, breadth, most);
  g_assert_cmpstr(got, ==, expected);
}

static void back_rests_on_nothing_later(void) {
  setup();
  expect("asset:a", LINEAGE_BACK, INT64_MAX, 9, 9, 99, "a d p x c1 f i1"); /* never i2, which came after the claim */
  expect("claim:c2", LINEAGE_BACK, INT64_MAX, 9, 9, 99, "c2 f i2 i1");
  teardown();
}

static void forward_is_what_came_after(void) {
  setup();
  expect("import:i1", LINEAGE_FORWARD, INT64_MAX, 9, 9, 99, "i1 f c2 c1 p d a");
  expect("import:i2", LINEAGE_FORWARD, INT64_MAX, 9, 9, 99, "i2 f c2"); /* c1 was there before */
  expect("person:x", LINEAGE_FORWARD, INT64_MAX, 9, 9, 99, "x d a"); /* the beginning is gone into, whatever it is */
  teardown();
}

static void as_of_a_moment(void) {
  setup();
  expect("import:i1", LINEAGE_FORWARD, 2, 9, 9, 99, "i1 f c1");
  expect("import:i1", LINEAGE_FORWARD, 5, 9, 9, 99, "i1 f c2 c1 p");
  expect("asset:a", LINEAGE_BACK, 6, 9, 9, 99, "a");
  expect("decision:d", LINEAGE_BACK, 6, 9, 9, 99, "d p x c1 f i1");
  teardown();
}

static void limits_say_that_there_is_more(void) {
  setup();
  expect("asset:a", LINEAGE_BACK, INT64_MAX, 1, 9, 99, "a d+");
  expect("asset:a", LINEAGE_BACK, INT64_MAX, 2, 9, 99, "a d p+ x");
  expect("import:i1", LINEAGE_FORWARD, INT64_MAX, 9, 1, 99, "i1 f+ c2");
  expect("asset:a", LINEAGE_BACK, INT64_MAX, 9, 9, 3, "a d+ p+");
  expect("claim:nobody", LINEAGE_BACK, INT64_MAX, 9, 9, 99, "nobody");
  teardown();
}

static void twice_is_said_once(void) {
  setup();
  put("asset:a", "proposal:p", 8);
  expect("asset:a", LINEAGE_BACK, INT64_MAX, 9, 9, 99, "a p d c1 p* x f i1");
  put("claim:c1", "file:f", 9); /* stated again: one line, as new as it is now */
  expect("claim:c1", LINEAGE_BACK, INT64_MAX, 9, 9, 99, "c1 f i2 i1");
  teardown();
}

static void reach_is_exact(void) {
  setup();
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) of_i2 = lineage_reach(db, "import:i2", 0, is_person, &error), of_i1 = lineage_reach(db, "import:i1", 0, is_person, &error);
  g_assert_cmpint(g_hash_table_size(of_i2), ==, 3);
  g_assert_cmpint(g_hash_table_size(of_i1), ==, 7);
  g_assert_cmpint(*(int64_t *)g_hash_table_lookup(of_i1, "asset:a"), ==, 7);
  g_autoptr(GHashTable) file_since = lineage_reach(db, "file:f", 3, is_person, &error); /* what this file said from the second import on */
  g_assert_true(g_hash_table_contains(file_since, "claim:c2") && !g_hash_table_contains(file_since, "claim:c1"));
  /* q is reached first by a late way (9), from which nothing of its own follows, then by an early one (2), from which it does. */
  put("proposal:q", "import:i3", 9);
  put("claim:c3", "import:i3", 1);
  put("proposal:q", "claim:c3", 2);
  put("decision:e", "proposal:q", 3);
  g_autoptr(GHashTable) of_i3 = lineage_reach(db, "import:i3", 0, is_person, &error);
  g_assert_true(g_hash_table_contains(of_i3, "decision:e"));
  g_assert_cmpint(*(int64_t *)g_hash_table_lookup(of_i3, "proposal:q"), ==, 2);
  teardown();
}

static void a_moment_is_an_event(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(store_auto) memory = store_open_memory(&error);
  g_autoptr(ledger_auto) timed = ledger_new(memory, &joined);
  for (int64_t time = 10; time <= 40; time += 10)
    for (int twice = 0; twice < 2; twice++)
      g_assert_cmpint(ledger_record(timed, time, &(struct event){ .kind = "toy.moved", .subject = "toy:a", .actor = "system", .body = "{}" }, &error), >, 0);
  g_autoptr(db_auto) read = store_read(memory, &error);
  const int64_t expected[][2] = { { 9, 0 }, { 10, 2 }, { 19, 2 }, { 20, 4 }, { 39, 6 }, { 40, 8 }, { 1000, 8 } };
  for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) g_assert_cmpint(lineage_seq_at(read, expected[i][0], &error), ==, expected[i][1]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/lineage/back", back_rests_on_nothing_later);
  g_test_add_func("/lineage/forward", forward_is_what_came_after);
  g_test_add_func("/lineage/as-of", as_of_a_moment);
  g_test_add_func("/lineage/limits", limits_say_that_there_is_more);
  g_test_add_func("/lineage/twice", twice_is_said_once);
  g_test_add_func("/lineage/reach", reach_is_exact);
  g_test_add_func("/lineage/moment", a_moment_is_an_event);
  return g_test_run();
}
