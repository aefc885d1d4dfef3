/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger's promises on a toy room with one counter table: gapless and chained, idempotent by id, folds in the same
 * transaction, imports visible all at once, undo, append-only in the database too, and a verifier that names what is wrong. */
#include "ledger/claims.h"
#include "store/test-place.h"
#include <sodium.h>
#include <string.h>

/* Counts into `file_seen`: the file's name is the subject, its seq the number of times. */
static bool count(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_file", "ti", event->subject, event->seq) >= 0;
}
static const char *const counted[] = { "file.counted", NULL }, *const tables[] = { "file_seen", NULL };
static const struct event_kind toy_kinds[] = { { "file.counted", "testing", 0, "", "" }, { 0 } };
static const struct fold toy_folds[] = { { "toy", counted, tables, count }, { 0 } };
static const struct event_kind *const kinds[] = { toy_kinds, claim_kinds, NULL };
static const struct fold *const folds[] = { toy_folds, claim_folds, NULL };
static const struct ledger_tables joined = { kinds, folds };

static char *place;
static bool server;
static struct store *store;
static struct ledger *ledger;

static void open_all(void) {
  g_autoptr(GError) error = NULL;
  store = store_open(place, &error);
  g_assert_no_error(error);
  ledger = ledger_new(store, &joined);
}
static void close_all(void) {
  ledger_free(ledger);
  store_free(store);
}
static void setup(void) {
  place = test_place(server);
  open_all();
}
static void teardown(void) {
  close_all();
  test_place_end(place);
}

static int64_t record(const char *subject, const char *batch, struct uuid id) {
  g_autoptr(GError) error = NULL;
  int64_t seq = ledger_record(ledger, 1000, &(struct event){ .id = id, .kind = "file.counted", .subject = subject, .actor = "system", .batch = batch, .body = "{}" }, &error);
  g_assert_no_error(error);
  return seq;
}
static void finish(const char *kind, const char *subject, const char *body, bool refold) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, 2000, &error);
  g_assert_true(ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = "system", .body = body }, NULL, &error));
  if (refold) g_assert_true(ledger_refold(write, &error));
  g_assert_true(ledger_commit(write, &error));
}
static int seen(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(store, &error);
  g_autoptr(query_auto) query = db_query(db, &error, "company.files", "");
  int rows = 0;
  while (query_next(query, &error) == 1) rows++;
  return rows;
}
static bool verify(GError **error) {
  struct replay_report report;
  return ledger_verify(ledger, NULL, NULL, &report, error);
}
static const struct uuid fresh;

static void appends_once(void) {
  setup();
  struct uuid id = uuid_of("files", "row 1", NULL);
  g_assert_cmpint(record("a", NULL, id), ==, 1);
  g_assert_cmpint(record("b", NULL, fresh), ==, 2);
  g_assert_cmpint(record("a", NULL, id), ==, 1); /* answered with the first */
  g_assert_cmpint(record("c", NULL, fresh), ==, 3);
  g_autoptr(GError) error = NULL;
  struct db *db = store_read(store, &error);
  g_assert_cmpint(ledger_head(db, &error), ==, 3);
  struct event event;
  g_assert_cmpint(ledger_find(db, 2, &event, &error), ==, 1);
  g_assert_cmpstr(event.subject, ==, "b");
  event_clear(&event);
  g_assert_cmpint(ledger_find(db, 4, &event, &error), ==, 0);
  db_release(db);
  g_assert_true(verify(&error));
  teardown();
}

static void imports_show_at_once(void) {
  setup();
  record("plain", NULL, fresh);
  record("x", "i1", fresh);
  record("y", "i1", fresh);
  g_assert_cmpint(seen(), ==, 1);
  finish("import.committed", "import:i1", "{\"first\":2}", false);
  g_assert_cmpint(seen(), ==, 3);
  g_autoptr(GError) error = NULL;
  g_assert_true(verify(&error));
  finish("import.undone", "import:i1", "{}", true);
  g_assert_cmpint(seen(), ==, 1);
  g_assert_true(verify(&error));
  close_all();
  open_all();
  g_assert_cmpint(seen(), ==, 1);
  teardown();
}

static void the_verifier_names_what_is_wrong(void) {
  setup();
  for (int i = 0; i < 5; i++) record((char[]){ (char)('a' + i), 0 }, NULL, fresh);
  close_all();
  const char *forge = "UPDATE event SET body = '{\"a\":1}' WHERE seq = 3";
  g_assert_false(test_place_sql(place, forge)); /* append-only */
  g_assert_false(test_place_sql(place, "DELETE FROM event WHERE seq = 3"));
  g_assert_true(test_place_sql(place, server ? "DROP TRIGGER event_is_never_changed ON event" : "DROP TRIGGER event_is_never_changed"));
  g_assert_true(test_place_sql(place, forge));
  open_all();
  g_autoptr(GError) error = NULL;
  g_assert_false(verify(&error));
  g_assert_nonnull(strstr(error->message, "event 3 "));
  close_all();
  g_assert_true(test_place_sql(place, "UPDATE event SET body = '{}' WHERE seq = 3; DELETE FROM file_seen WHERE file = 'c'"));
  open_all();
  g_clear_error(&error);
  g_assert_false(verify(&error));
  g_assert_nonnull(strstr(error->message, "\"file_seen\""));
  g_assert_nonnull(strstr(error->message, "row \"c\", last written by event 3 (file.counted), is missing or was changed"));
  close_all();
  g_assert_true(test_place_sql(place, "INSERT INTO file_seen (file, seq) VALUES ('c', 3), ('z', 5)"));
  open_all();
  g_clear_error(&error);
  g_assert_false(verify(&error));
  g_assert_nonnull(strstr(error->message, "row \"z\", last written by event 5 (file.counted), was written by no event"));
  close_all();
  g_assert_true(test_place_sql(place, "DELETE FROM file_seen WHERE file = 'z'"));
  open_all();
  g_clear_error(&error);
  g_assert_true(verify(&error));
  teardown();
}

static bool any_event(const struct event *event, void *data, GError **error) { return event->kind && event->subject; }

/* SQLite keeps bytes where a text belongs, if somebody puts them there; a server does not take them. */
static void bytes_are_no_text(void) {
  setup();
  for (int i = 0; i < 3; i++) record((char[]){ (char)('a' + i), 0 }, NULL, fresh);
  close_all();
  g_assert_true(test_place_sql(place, "DROP TRIGGER event_is_never_changed; UPDATE event SET kind = x'00ff', subject = x'ff' WHERE seq = 2"));
  open_all();
  g_autoptr(GError) error = NULL;
  g_assert_false(verify(&error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
  g_assert_nonnull(strstr(error->message, "event 2 "));
  g_clear_error(&error);
  g_autoptr(db_auto) db = store_read(store, &error);
  g_assert_false(ledger_visit(db, 1, 3, any_event, NULL, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
  db_release(g_steal_pointer(&db));
  teardown();
}

/* A later event that leaves the row's number alone is named all the same. */
static void the_verifier_names_the_last_writer(void) {
  setup();
  finish("claim.made", "need:c-1", "{\"agent\":\"needs@1\",\"confidence\":0.5,\"evidence\":[],\"id\":\"c-1\",\"predicate\":\"need\",\"rests_on\":[],\"subject\":\"n-1\",\"value\":{}}", false);
  record("a", NULL, fresh);
  finish("claim.retracted", "need:c-1", "{\"id\":\"c-1\"}", false);
  close_all();
  g_assert_true(test_place_sql(place, "UPDATE claim SET state = 'live'"));
  open_all();
  g_autoptr(GError) error = NULL;
  g_assert_false(verify(&error));
  g_assert_nonnull(strstr(error->message, "\"claim\""));
  g_assert_nonnull(strstr(error->message, "row \"c-1\", last written by event 3 (claim.retracted)"));
  teardown();
}

static void an_abort_leaves_nothing(void) {
  setup();
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, 1, &error);
  g_assert_true(ledger_append(write, &(struct event){ .kind = "file.counted", .subject = "a", .actor = "system", .body = "{}" }, NULL, &error));
  ledger_abort(write);
  g_assert_cmpint(seen(), ==, 0);
  g_assert_cmpint(record("b", NULL, fresh), ==, 1);
  teardown();
}

static void claims_supersede(void) {
  setup();
  static const char *const ids[] = { "c-1", "c-2" };
  const char *rest = "\",\"predicate\":\"need\",\"rests_on\":[\"goal:g\"],\"subject\":\"n-1\",\"valid_from\":1,\"valid_to\":2,\"value\":{}}";
  for (int i = 0; i < 2; i++) {
    g_autofree char *text = g_strconcat("{\"agent\":\"needs@1\",\"confidence\":0.5,\"evidence\":[],\"id\":\"", ids[i], rest, NULL);
    finish("claim.made", "need:n-1", text, false);
  }
  g_autoptr(GError) error = NULL;
  {
    g_autoptr(db_auto) db = store_read(store, &error);
    g_autoptr(query_auto) query = db_query(db, &error, "ledger.live_claim", "tt", "need", "n-1");
    struct claim_row row;
    g_assert_cmpint(query_next(query, &error), ==, 1);
    claim_read(query, &row);
    g_assert_cmpstr(row.id, ==, "c-2");
    g_assert_cmpint(query_next(query, &error), ==, 0);
  }
  finish("claim.retracted", "need:n-1", "{\"id\":\"c-2\"}", false);
  g_assert_true(verify(&error));
  teardown();
}

struct test { const char *name; void (*run)(void); bool server; };

static void on_its_engine(const void *data) {
  const struct test *test = data;
  server = test->server;
  test->run();
}

int main(int argc, char **argv) {
  static struct test tests[] = { { "once", appends_once, false }, { "imports", imports_show_at_once, false }, { "verify", the_verifier_names_what_is_wrong, false }, { "verify-last", the_verifier_names_the_last_writer, false }, { "bytes", bytes_are_no_text, false },
    { "abort", an_abort_leaves_nothing, false }, { "claims", claims_supersede, false }, { "once", appends_once, true }, { "imports", imports_show_at_once, true },
    { "verify", the_verifier_names_what_is_wrong, true }, { "verify-last", the_verifier_names_the_last_writer, true }, { "abort", an_abort_leaves_nothing, true }, { "claims", claims_supersede, true } };
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
    g_autofree char *path = g_strdup_printf("/ledger/%s/%s", tests[i].server ? "postgresql" : "sqlite", tests[i].name);
    if (!tests[i].server || test_has_server()) g_test_add_data_func(path, &tests[i], on_its_engine);
  }
  return g_test_run();
}
