/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is sealed in the ledger, and how ledger and ring tell each other what is destroyed: the chain holds before and after,
 * a database without the event learns it from the ring, a ring with the key learns it from the events. */
#include "ledger/erase.h"
#include <sodium.h>
#include <string.h>

#define NOW (INT64_C(20500) * CLOCK_DAY) /* 2026-02-16 */

static const uint8_t master[32] = "a master key of thirty-two bytes";
static bool fold_word(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "ledger.put_edge", "iittti", event->seq, (int64_t)0, event->subject, "said", json_string(json_get(body, "text")), (int64_t)0) >= 0;
}

static const struct event_kind toy_kinds[] = {
  { "word.said", "testing", 0, "text", "", "who" },
  { "word.written", "testing", 183, "text house!", "", "@actor" },
  { "word.thought", "testing", 0, "text", "" },
  { 0 } };
static const char *const reads[] = { "word.said", NULL }, *const writes[] = { "edge", NULL };
static const struct fold toy_folds[] = { { "words", reads, writes, fold_word }, { 0 } };
static const struct event_kind *const kinds[] = { toy_kinds, erasure_kinds, NULL };
static const struct fold *const folds[] = { toy_folds, erasure_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct world { struct store *store; struct ledger *ledger; struct seal *seal; };

static void setup(struct world *w, const void *data) {
  g_autoptr(GError) error = NULL;
  w->store = store_open_memory(&error);
  g_assert_no_error(error);
  w->seal = seal_new(NULL, master, &error);
  w->ledger = ledger_new(w->store, &tables);
  ledger_use_seal(w->ledger, w->seal);
}

static void teardown(struct world *w, const void *data) {
  ledger_free(w->ledger);
  store_free(w->store);
  seal_free(w->seal);
}

static int64_t append(struct world *w, int64_t now, const char *kind, const char *subject, const char *actor, const char *body, int64_t digest) {
  g_autoptr(GError) error = NULL;
  int64_t seq = ledger_record(w->ledger, now, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .body = body, .digest = digest }, &error);
  g_assert_no_error(error);
  return seq;
}

/* What a field of an event says, and the state it must be in. */
static char *says(struct world *w, int64_t seq, const char *field, enum seal_state wanted) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  struct event event;
  g_assert_cmpint(ledger_find(db, seq, &event, &error), ==, 1);
  g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, &error);
  g_assert_no_error(error);
  enum seal_state state;
  char *plain = seal_reveal(w->seal, json_string(json_get(json_root(doc), field)), event.id, field, &state, NULL);
  g_assert_cmpint(state, ==, wanted);
  event_clear(&event);
  return plain;
}

static void verifies(struct world *w) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  if (!ledger_verify(w->ledger, NULL, NULL, &report, &error)) g_error("%s", error->message);
}

static void erase(struct world *w, const char *person, bool destroy) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, NOW, &error);
  g_autoptr(GPtrArray) owners = g_ptr_array_new();
  g_ptr_array_add(owners, (char *)(uintptr_t)"actor:a-7");
  g_assert_true(erase_record(write, person, owners, "system", &error) && ledger_commit(g_steal_pointer(&write), &error));
  if (destroy) g_assert_true(erase_apply(w->ledger, NOW, NULL, &error));
}

static void fields_are_sealed(struct world *w, const void *data) {
  g_autoptr(GError) error = NULL;
  int64_t said = append(w, NOW, "word.said", "word:1", "system", "{\"a\":1,\"text\":\"Grüße\",\"who\":\"p-1\",\"z\":[2]}", 0x1234);
  int64_t list = append(w, NOW, "word.said", "word:2", "system", "{\"text\":[\"x\",{\"y\":null}],\"who\":\"p-1\"}", 0);
  int64_t empty = append(w, NOW, "word.said", "word:3", "system", "{\"text\":\"\",\"who\":\"p-1\"}", 0);
  int64_t none = append(w, NOW, "word.thought", "person:p-2", "system", "{\"text\":\"theirs\"}", 0);
  g_autoptr(db_auto) db = store_read(w->store, &error);
  struct event event;
  g_assert_cmpint(ledger_find(db, said, &event, &error), ==, 1);
  g_assert_null(strstr(event.body, "Gr"));
  g_assert_true(g_str_has_prefix(event.body, "{\"a\":1,\"digest\":\"0000000000001234\",\"text\":\"sealed:"));
  g_assert_true(g_str_has_suffix(event.body, "\",\"who\":\"p-1\",\"z\":[2]}"));
  g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, &error);
  g_assert_cmpint(ledger_event_digest(&event, json_root(doc)), ==, 0x1234);
  event_clear(&event);
  g_autofree char *text = says(w, said, "text", SEAL_OPEN), *array = says(w, list, "text", SEAL_OPEN), *nothing = says(w, empty, "text", SEAL_CLEAR), *theirs = says(w, none, "text", SEAL_OPEN);
  g_assert_cmpstr(text, ==, "Grüße");
  g_assert_cmpstr(array, ==, "[\"x\",{\"y\":null}]");
  g_assert_cmpstr(nothing, ==, "");
  g_assert_cmpstr(theirs, ==, "theirs");
  db_release(g_steal_pointer(&db));
  verifies(w);
}

static void people_go(struct world *w, const void *data) {
  int64_t hers = append(w, NOW, "word.said", "word:1", "system", "{\"text\":\"hers\",\"who\":\"p-1\"}", 0);
  int64_t elsewhere = append(w, NOW, "word.said", "word:2", "system", "{\"text\":\"by address\",\"who\":\"a-7\"}", 0);
  int64_t his = append(w, NOW, "word.written", "word:3", "person:p-2", "{\"house\":\"ours\",\"text\":\"his\"}", 0);
  int64_t also = append(w, NOW, "word.written", "word:4", "person:p-1", "{\"house\":\"ours\",\"text\":\"hers\"}", 0);
  erase(w, "p-1", true);
  g_free(says(w, hers, "text", SEAL_ERASED));
  g_free(says(w, elsewhere, "text", SEAL_ERASED));
  g_free(says(w, his, "text", SEAL_OPEN));
  g_free(says(w, also, "text", SEAL_ERASED));
  g_free(says(w, also, "house", SEAL_OPEN)); /* what is nobody's in particular stays */
  int64_t later = append(w, NOW, "word.said", "word:5", "system", "{\"text\":\"again\",\"who\":\"p-1\"}", 0);
  g_autofree char *nothing = says(w, later, "text", SEAL_CLEAR);
  g_assert_cmpstr(nothing, ==, "(erased)"); /* nothing more is stored of who is erased */
  verifies(w);
}

/* Killed between event and key; a ring from an older backup: the events say what must go. */
static void ring_learns(struct world *w, const void *data) {
  g_autoptr(GError) error = NULL;
  int64_t hers = append(w, NOW, "word.said", "word:1", "system", "{\"text\":\"hers\",\"who\":\"p-1\"}", 0);
  erase(w, "p-1", false);
  g_free(says(w, hers, "text", SEAL_OPEN));
  int people = -1;
  g_assert_true(erase_apply(w->ledger, NOW, &people, &error));
  g_assert_cmpint(people, ==, 0);
  g_free(says(w, hers, "text", SEAL_ERASED));
  verifies(w);
}

/* A database from an older backup: the ring says what the events do not. Once. */
static void ledger_learns(struct world *w, const void *data) {
  g_autoptr(GError) error = NULL;
  append(w, NOW, "word.said", "word:1", "system", "{\"text\":\"hers\",\"who\":\"p-1\"}", 0);
  g_assert_true(seal_destroy(w->seal, "person:p-1", NOW, &error) && seal_destroy(w->seal, "period:word.written:2025-01", NOW, &error));
  int people = -1;
  g_assert_true(erase_apply(w->ledger, NOW, &people, &error));
  g_assert_cmpint(people, ==, 1);
  g_assert_true(erase_apply(w->ledger, NOW, &people, &error));
  g_assert_cmpint(people, ==, 0);
  g_autoptr(db_auto) db = store_read(w->store, &error);
  g_assert_cmpint(ledger_head(db, &error), ==, 3); /* the word, the person, the period */
  int64_t seq;
  g_assert_cmpint(db_one(db, &seq, &error, "ledger.erasure", "t", "period:word.written:2025-01"), ==, 1);
  db_release(g_steal_pointer(&db));
  verifies(w);
}

static const struct retention *row_of(GPtrArray *rows, const char *kind) {
  for (guint i = 0; i < rows->len; i++)
    if (strcmp(((struct retention *)rows->pdata[i])->kind->name, kind) == 0) return rows->pdata[i];
  g_assert_not_reached();
}

static void months_pass(struct world *w, const void *data) {
  g_autoptr(GError) error = NULL;
  int64_t february = append(w, NOW, "word.written", "word:1", "person:p-1", "{\"text\":\"in February\"}", 0);
  int64_t march = append(w, NOW + 20 * CLOCK_DAY, "word.written", "word:2", "person:p-1", "{\"text\":\"in March\"}", 0);
  int64_t kept = append(w, NOW, "word.thought", "person:p-1", "system", "{\"text\":\"as long as the ledger\"}", 0);
  int64_t end = clock_from_civil(2026, 3, 1) * CLOCK_DAY + 183 * CLOCK_DAY; /* of February's fields */
  {
    g_autoptr(db_auto) db = store_read(w->store, &error);
    g_autoptr(GPtrArray) before = retention_list(w->ledger, db, end - 1, &error), after = retention_list(w->ledger, db, end, &error);
    const struct retention *row = row_of(before, "word.written");
    g_assert_true(row->events == 2 && row->past == 1 && row->periods == 2 && row->due == 0 && row->destroyed == 0);
    g_assert_cmpint(row_of(after, "word.written")->due, ==, 1);
    g_assert_cmpint(row_of(after, "word.thought")->periods, ==, 0);
  }
  g_assert_cmpint(retention_apply(w->ledger, end - 1, "system", &error), ==, 0);
  g_free(says(w, february, "text", SEAL_OPEN));
  g_assert_cmpint(retention_apply(w->ledger, end, "system", &error), ==, 1);
  g_assert_cmpint(retention_apply(w->ledger, end, "system", &error), ==, 0);
  g_free(says(w, february, "text", SEAL_EXPIRED));
  g_free(says(w, march, "text", SEAL_OPEN));
  g_free(says(w, kept, "text", SEAL_OPEN));
  verifies(w);
}

static void floor_holds(void) {
  static const struct event_kind brief[] = { { "word.forgotten", "testing", LEDGER_RETENTION_FLOOR - 1, "", "" }, { 0 } };
  static const struct event_kind *const all[] = { brief, NULL };
  static const struct fold *const none[] = { NULL };
  static const struct ledger_tables wrong = { all, none };
  if (g_test_subprocess()) {
    ledger_new(NULL, &wrong);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*is kept for less than 183 days*");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add("/erase/sealed", struct world, NULL, setup, fields_are_sealed, teardown);
  g_test_add("/erase/people", struct world, NULL, setup, people_go, teardown);
  g_test_add("/erase/ring-learns", struct world, NULL, setup, ring_learns, teardown);
  g_test_add("/erase/ledger-learns", struct world, NULL, setup, ledger_learns, teardown);
  g_test_add("/erase/months", struct world, NULL, setup, months_pass, teardown);
  g_test_add_func("/erase/floor", floor_holds);
  return g_test_run();
}
