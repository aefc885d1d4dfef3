/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which events mention a thing, against all rows read one by one: while blocks fill, within a write and after it, by a connection that
 * reads again and again, with imports whose edges come late or never, after one is taken back; and what is found missing. */
#include "ledger/claims.h"
#include "ledger/lineage.h"
#include "store/test-place.h"
#include <sodium.h>
#include <string.h>

#define BLOCK 1024 /* as in mentions.c */

/* An edge from the subject or, by the body, from somewhere else, to two things of which one is a hub. */
static bool link_toy(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *source = json_string(json_get(body, "source")), *target = json_string(json_get(body, "target"));
  struct lineage_edge edges[] = { { source ? source : event->subject, "derived", target, event->seq, 0, source != NULL }, { source ? source : event->subject, "by", "person:hub", event->seq, 1, false } };
  return lineage_put(db, edges, G_N_ELEMENTS(edges), error);
}
static const char *const linked[] = { "toy.made", NULL }, *const tables[] = { "edge", NULL };
static const struct event_kind toy_kinds[] = { { "toy.made", "testing", 0, "", "" }, { "toy.seen", "testing", 0, "", "" }, { 0 } };
static const struct fold toy_folds[] = { { "toys", linked, tables, link_toy }, { 0 } };
static const struct event_kind *const kinds[] = { toy_kinds, claim_kinds, NULL };
static const struct fold *const folds[] = { toy_folds, claim_folds, NULL };
static const struct ledger_tables joined = { kinds, folds };

static bool server;
static char *place;
static struct store *store;
static struct ledger *ledger;
static GRand *rand_;

static void setup(void) {
  g_autoptr(GError) error = NULL;
  place = test_place(server);
  store = store_open(place, &error);
  g_assert_no_error(error);
  ledger = ledger_new(store, &joined);
  rand_ = g_rand_new_with_seed(11);
}

static void teardown(void) {
  ledger_free(ledger);
  store_free(store);
  test_place_end(place);
  g_rand_free(rand_);
}

static void append(struct ledger_write *write, const char *kind, const char *subject, const char *batch, const char *body) {
  g_autoptr(GError) error = NULL;
  ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = "system", .batch = batch, .body = body }, NULL, &error);
  g_assert_no_error(error);
}

static void append_toys(struct ledger_write *write, int count, const char *batch) {
  for (int i = 0; i < count; i++) {
    g_autofree char *subject = g_strdup_printf("toy:%d", g_rand_int_range(rand_, 0, 400));
    bool elsewhere = g_rand_int_range(rand_, 0, 4) == 0;
    g_autofree char *source = elsewhere ? g_strdup_printf("\"source\":\"toy:s%d\",", g_rand_int_range(rand_, 0, 50)) : g_strdup("");
    g_autofree char *body = g_strdup_printf("{%s\"target\":\"toy:%d\"}", source, g_rand_int_range(rand_, 0, 400));
    append(write, g_rand_int_range(rand_, 0, 3) ? "toy.made" : "toy.seen", subject, batch, body);
  }
}

static struct ledger_write *begin(void) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, 1000, &error);
  g_assert_no_error(error);
  return write;
}

static void commit(struct ledger_write *write) {
  g_autoptr(GError) error = NULL;
  ledger_commit(write, &error);
  g_assert_no_error(error);
}

/* The rows themselves, the newest first. */
static char *by_rows(struct db *db, enum mention way, const char *thing, int64_t from, int64_t to) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
  g_autoptr(query_auto) query = db_query(db, &error, way == MENTION_SUBJECT ? "ledger.subjects" : "ledger.ends", "ii", from, to);
  while (query_next(query, &error) == 1) {
    int64_t seq = query_integer(query, 0);
    bool same = strcmp(query_text(query, way == MENTION_SOURCE ? 1 : 2), thing) == 0 && (way != MENTION_SOURCE || query_integer(query, 3));
    if (same && !(seqs->len && g_array_index(seqs, int64_t, seqs->len - 1) == seq)) g_array_append_val(seqs, seq);
  }
  g_assert_no_error(error);
  GString *text = g_string_new("");
  for (guint i = seqs->len; i-- > 0;) g_string_append_printf(text, " %" G_GINT64_FORMAT, g_array_index(seqs, int64_t, i));
  return g_string_free(text, FALSE);
}

static char *by_index(struct db *db, enum mention way, const char *thing, int64_t from, int64_t to) {
  g_autoptr(GError) error = NULL;
  g_auto(mentions_auto) mentions = { .db = db, .thing = thing, .first = way, .last = way, .from = from, .to = to };
  GString *text = g_string_new("");
  int64_t seq;
  while (mentions_next(&mentions, &seq, &error) == 1) g_string_append_printf(text, " %" G_GINT64_FORMAT, seq);
  g_assert_no_error(error);
  return g_string_free(text, FALSE);
}

static void compare(struct db *db, const char *thing, int64_t from, int64_t to) {
  for (enum mention way = MENTION_SUBJECT; way <= MENTION_TARGET; way++) {
    g_autofree char *wanted = by_rows(db, way, thing, from, to), *got = by_index(db, way, thing, from, to);
    g_assert_cmpstr(got, ==, wanted);
  }
}

static void compare_some(struct db *db) {
  int64_t head = ledger_head(db, NULL);
  for (int i = 0; i < 4; i++) {
    g_autofree char *thing = g_strdup_printf(i % 2 ? "toy:%d" : "toy:s%d", g_rand_int_range(rand_, 0, 50));
    compare(db, thing, 0, INT64_MAX);
    compare(db, thing, g_rand_int_range(rand_, 0, (int)head + 1), head - g_rand_int_range(rand_, 0, 9));
  }
  compare(db, "person:hub", head / 3, INT64_MAX);
  compare(db, "toy:nothing", 0, INT64_MAX);
}

static void check(bool fine) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(store, &error);
  g_assert_cmpint(mentions_check(db, &error), ==, fine);
  if (fine) g_assert_no_error(error);
  else g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
}

static void blocks_fill(void) {
  setup();
  for (int i = 0; i < 40; i++) {
    struct ledger_write *write = begin();
    append_toys(write, g_rand_int_range(rand_, 1, 400), NULL);
    if (i % 5 == 0) compare_some(ledger_write_db(write));
    commit(write);
    g_autoptr(db_auto) db = store_read(store, NULL);
    compare_some(db);
  }
  check(true);
  struct ledger_write *write = begin(); /* what is taken back is not found later */
  append_toys(write, 300, NULL);
  compare_some(ledger_write_db(write));
  ledger_abort(write);
  write = begin();
  append_toys(write, 2 * BLOCK, NULL);
  compare_some(ledger_write_db(write));
  commit(write);
  struct db *db = store_read(store, NULL);
  compare_some(db);
  db_release(db);
  check(true);
  teardown();
}

/* Two imports, staged among other events for more than a block: the edges of one come at its commit, the other's never. */
static void imports_are_late(void) {
  setup();
  struct ledger_write *write = begin();
  append_toys(write, 50, NULL);
  append_toys(write, 900, "i1");
  append_toys(write, 700, "i2");
  append_toys(write, 300, NULL);
  append_toys(write, 100, "i1");
  commit(write);
  struct db *early = store_read(store, NULL), *old = store_read(store, NULL);
  compare_some(early);
  compare_some(old);
  db_release(early); /* the next to read has its connection, and what it keeps */
  write = begin();
  append(write, "import.committed", "import:i1", NULL, "{\"first\":51}");
  compare_some(ledger_write_db(write));
  commit(write);
  struct db *late = store_read(store, NULL);
  compare_some(late);
  db_release(late);
  write = begin();
  append_toys(write, 2000, NULL);
  commit(write);
  late = store_read(store, NULL);
  compare_some(late);
  compare_some(old);
  db_release(late);
  db_release(old);
  check(true);
  write = begin();
  append(write, "import.undone", "import:i1", NULL, "{}");
  g_assert_true(ledger_refold(write, NULL));
  compare_some(ledger_write_db(write));
  commit(write);
  check(true);
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  teardown();
}

/* An edge that came past the index, and a run that is gone. */
static void what_is_missing_is_seen(void) {
  setup();
  struct ledger_write *write = begin();
  append_toys(write, 3 * BLOCK, NULL);
  commit(write);
  check(true);
  write = begin();
  g_assert_true(lineage_put(ledger_write_db(write), &(struct lineage_edge){ "toy:1", "derived", "toy:2", 7, 99, true }, 1, NULL));
  commit(write);
  check(false);
  write = begin();
  g_assert_true(ledger_refold(write, NULL));
  commit(write);
  check(true);
  write = begin();
  g_assert_cmpint(db_change(ledger_write_db(write), NULL, "ledger.drop_run", "i", (int64_t)3), >, 0); /* the first three blocks */
  commit(write);
  check(false);
  teardown();
}

struct test { const char *name; void (*run)(void); bool server; };

static void on_its_engine(const void *data) {
  const struct test *test = data;
  server = test->server;
  test->run();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  static const struct test tests[] = { { "filling", blocks_fill, false }, { "late", imports_are_late, false }, { "missing", what_is_missing_is_seen, false },
    { "filling", blocks_fill, true }, { "late", imports_are_late, true }, { "missing", what_is_missing_is_seen, true } };
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
    g_autofree char *path = g_strdup_printf("/mentions/%s/%s", tests[i].server ? "postgresql" : "sqlite", tests[i].name);
    if (!tests[i].server || test_has_server()) g_test_add_data_func(path, &tests[i], on_its_engine);
  }
  return g_test_run();
}
