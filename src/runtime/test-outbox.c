/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outbox on a ledger in memory, under a virtual clock: what an act's outcome leads to in each class, how waits grow, when
 * a channel rests, who holds the lease, and what a person may say. And the real channels: files, and a program. */
#include "company/fold.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/lease.h"
#include "runtime/outbox.h"
#include <glib/gstdio.h>
#include <string.h>

#define DAY0 (INT64_C(20500) * CLOCK_DAY)
#define MINUTE (60 * CLOCK_SECOND)

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, outbox_kinds, forward_kinds, NULL };
static const struct fold *const folds[] = { claim_folds, company_folds, outbox_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

/* What the other side does next, and what it has seen. */
static struct { enum act next; int calls, found; bool there; char *last; } side;

struct world { struct store *store; struct ledger *ledger; struct company *company; struct channel_place place; char *dir; };

static enum act act_side(const struct channel_place *place, const struct letter *letter, GError **error) {
  side.calls++;
  g_free(side.last);
  side.last = g_strndup(letter->text, letter->length);
  if (side.next != ACT_DONE) fail(error, MENO_ERROR_STORE, "not now");
  return side.next;
}

static int find_side(const struct channel_place *place, const struct letter *letter, GError **error) {
  side.found++;
  return side.there;
}

static const struct channel three[] = { { "keyed", "", ACTION_KEYED, act_side }, { "queryable", "", ACTION_QUERYABLE, act_side, find_side },
  { "once", "", ACTION_AT_MOST_ONCE, act_side }, { 0 } };

static void setup(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  memset(&side, 0, sizeof side);
  w->store = store_open_memory(&error);
  w->ledger = ledger_new(w->store, &tables);
  g_assert_cmpint(ledger_record(w->ledger, DAY0, &(struct event){ .kind = "person.recorded", .subject = "person:p-1", .actor = "connector:files",
    .body = "{\"employee_number\":\"1\",\"employment_status\":\"active\",\"memberships\":[],\"work_email\":\"one@company.example\"}" }, &error), >, 0);
  g_assert_cmpint(ledger_record(w->ledger, DAY0, &(struct event){ .kind = "note.sent", .subject = "note:a-1", .actor = "account:lead",
    .body = "{\"proposal\":\"a-1\",\"text\":\"Here it is.\",\"title\":\"A note\",\"to\":\"p-1\"}" }, &error), >, 0);
  g_autoptr(db_auto) db = store_read(w->store, &error);
  w->company = company_load(db, NULL, 20500, &error);
  g_assert_no_error(error);
  w->dir = g_dir_make_tmp("meno-outbox-XXXXXX", &error);
  w->place = (struct channel_place){ .dir = g_strdup(w->dir) };
}

static void teardown(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(w->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  company_unref(w->company);
  ledger_free(w->ledger);
  store_free(w->store);
  channel_place_clear(&w->place);
  g_free(w->dir);
  g_clear_pointer(&side.last, g_free);
}

/* ---- steps ---- */

static char *request(struct world *w, const char *channel, const char *subject, int64_t now) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, now, &error);
  g_assert_true(outbox_request(write, channel, subject, "p-1", now, &error) && ledger_commit(g_steal_pointer(&write), &error));
  return id_short("x", channel, subject, NULL);
}

static struct outbox_report dispatch_as(struct world *w, const struct channel *list, const char *holder, int64_t now) {
  g_autoptr(GError) error = NULL;
  struct outbox_report report = { 0 };
  outbox_dispatch(&(struct outbox){ w->ledger, w->company, list, &w->place, holder, 7, now }, &report, &error);
  g_assert_no_error(error);
  return report;
}

static struct outbox_report dispatch(struct world *w, int64_t now) { return dispatch_as(w, three, "me", now); }

static struct action *find(struct world *w, const char *id) {
  g_autoptr(GError) error = NULL;
  static const char *const states[] = { "requested", "started", "done", "dead", "uncertain", "dropped" };
  g_autoptr(db_auto) db = store_read(w->store, &error);
  for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
    g_autoptr(GPtrArray) list = outbox_list(db, NULL, states[s], &error);
    for (guint i = 0; i < list->len; i++)
      if (strcmp(((struct action *)list->pdata[i])->id, id) == 0) return g_ptr_array_steal_index(list, i);
  }
  g_error("there is no action %s", id);
}

static void assert_state(struct world *w, const char *id, const char *state, int attempts) {
  struct action *action = find(w, id);
  g_assert_cmpstr(action->state, ==, state);
  g_assert_cmpint(action->attempts, ==, attempts);
  action_free(action);
}

static bool say(struct world *w, const char *id, const char *word, int64_t now, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, now, error);
  bool fine = strcmp(word, "retry") ? outbox_settle(write, id, word, NULL, "account:admin", error) : outbox_retry(write, id, "account:admin", error);
  return fine && ledger_commit(g_steal_pointer(&write), error);
}

static void says(struct world *w, const char *id, const char *word, int64_t now) {
  g_autoptr(GError) error = NULL;
  say(w, id, word, now, &error);
  g_assert_no_error(error);
}

static void may_not_say(struct world *w, const char *id, const char *word, int code) {
  g_autoptr(GError) error = NULL;
  g_assert_false(say(w, id, word, DAY0, &error));
  g_assert_error(error, MENO_ERROR, code);
}

/* ---- what comes of an act ---- */

static void test_done(struct world *w, gconstpointer data) {
  for (int i = 0; three[i].name; i++) {
    g_autofree char *id = request(w, three[i].name, "note:a-1", DAY0), *again = request(w, three[i].name, "note:a-1", DAY0);
    g_assert_cmpstr(id, ==, again);
    struct outbox_report report = dispatch(w, DAY0);
    g_assert_cmpint(report.done, ==, 1);
    assert_state(w, id, "done", 1);
    g_assert_cmpint(dispatch(w, DAY0 + CLOCK_DAY).done, ==, 0);
    g_assert_cmpint(side.calls, ==, i + 1);
    g_assert_nonnull(strstr(side.last, "\"to\":\"one@company.example\""));
    g_assert_nonnull(strstr(side.last, id));
  }
}

static void test_not_due(struct world *w, gconstpointer data) {
  g_autofree char *id = request(w, "keyed", "note:a-1", DAY0 + CLOCK_DAY);
  dispatch(w, DAY0 + CLOCK_DAY - 1);
  assert_state(w, id, "requested", 0);
  dispatch(w, DAY0 + CLOCK_DAY);
  assert_state(w, id, "done", 1);
}

/* Minute, two, four …; never sooner than that, at most a quarter more, and the same whenever it is drawn. */
static void test_waits(void) {
  bool differ = false;
  for (int attempt = 0; attempt < 20; attempt++) {
    int64_t base = MIN(MINUTE << MIN(attempt, 12), CLOCK_DAY), wait = outbox_wait(1, "x-1", attempt);
    g_assert_cmpint(wait, >=, base);
    g_assert_cmpint(wait, <=, base + base / 4);
    g_assert_cmpint(wait, ==, outbox_wait(1, "x-1", attempt));
    differ |= wait != outbox_wait(2, "x-1", attempt) && wait != outbox_wait(1, "x-2", attempt);
  }
  g_assert_true(differ);
  g_assert_cmpint(outbox_rest(1, "c", 4), ==, 0);
  g_assert_cmpint(outbox_rest(1, "c", 5), >=, MINUTE);
  g_assert_cmpint(outbox_rest(1, "c", 50), <=, 5 * 3600 * CLOCK_SECOND / 4);
}

static void test_retry_until_dead(struct world *w, gconstpointer data) {
  side.next = ACT_FAILED;
  g_autofree char *id = request(w, "keyed", "note:a-1", DAY0);
  int64_t now = DAY0;
  for (int attempt = 1; attempt < 8; attempt++) {
    dispatch(w, now);
    assert_state(w, id, "requested", attempt);
    g_assert_cmpint(dispatch(w, now + outbox_wait(7, id, attempt - 1) - 1).failed, ==, 0);
    now += CLOCK_DAY + CLOCK_DAY / 4;
  }
  g_assert_cmpint(dispatch(w, now).dead, ==, 1);
  assert_state(w, id, "dead", 8);
  may_not_say(w, id, "retry?", MENO_ERROR_BAD_INPUT);
  dispatch(w, now + 30 * CLOCK_DAY);
  assert_state(w, id, "dead", 8);
  side.next = ACT_DONE;
  says(w, id, "retry", now);
  assert_state(w, id, "requested", 0);
  dispatch(w, now + CLOCK_DAY);
  assert_state(w, id, "done", 1);
  may_not_say(w, id, "retry", MENO_ERROR_CONFLICT);
  may_not_say(w, id, "drop", MENO_ERROR_CONFLICT);
  may_not_say(w, "x-none", "drop", MENO_ERROR_NOT_FOUND);
}

static void test_refused(struct world *w, gconstpointer data) {
  side.next = ACT_REFUSED;
  g_autofree char *refused = request(w, "keyed", "note:a-1", DAY0), *nothing = request(w, "keyed", "note:a-2", DAY0), *nowhere = request(w, "pigeon", "note:a-1", DAY0);
  g_assert_cmpint(dispatch(w, DAY0).dead, ==, 3);
  g_assert_cmpint(side.calls, ==, 1); /* what cannot be said is not begun */
  assert_state(w, refused, "dead", 1);
  assert_state(w, nothing, "dead", 1);
  assert_state(w, nowhere, "dead", 1);
  says(w, nowhere, "drop", DAY0);
  assert_state(w, nowhere, "dropped", 1);
}

static void test_unknown(struct world *w, gconstpointer data) {
  side.next = ACT_UNKNOWN;
  g_autofree char *keyed = request(w, "keyed", "note:a-1", DAY0), *asked = request(w, "queryable", "note:a-1", DAY0), *once = request(w, "once", "note:a-1", DAY0);
  struct outbox_report report = dispatch(w, DAY0);
  g_assert_cmpint(report.failed, ==, 2);
  g_assert_cmpint(report.uncertain, ==, 1);
  assert_state(w, once, "uncertain", 0);
  may_not_say(w, once, "retry", MENO_ERROR_CONFLICT);
  side.next = ACT_DONE;
  side.there = true;
  dispatch(w, DAY0 + CLOCK_DAY);
  assert_state(w, keyed, "done", 2);
  assert_state(w, asked, "done", 2);
  g_assert_cmpint(side.calls, ==, 4); /* queryable: it was there, so it was not sent again */
  assert_state(w, once, "uncertain", 0);
  says(w, once, "sent", DAY0 + CLOCK_DAY);
  assert_state(w, once, "done", 0);
}

/* The process is gone between its note that it is about to send, and what came of it. */
static void test_found_started(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *once = request(w, "once", "note:a-1", DAY0), *subject = g_strconcat("action:", once, NULL);
  ledger_record(w->ledger, DAY0, &(struct event){ .kind = "action.started", .subject = subject, .actor = "system", .body = "{}" }, &error);
  g_assert_no_error(error);
  g_assert_cmpint(dispatch(w, DAY0).uncertain, ==, 1);
  g_assert_cmpint(side.calls, ==, 0);
  assert_state(w, once, "uncertain", 0);
  says(w, once, "again", DAY0);
  g_assert_cmpint(dispatch(w, DAY0).done, ==, 1);
  assert_state(w, once, "done", 1);
}

/* ---- the breaker ---- */

static void test_breaker(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < 12; i++) {
    g_autofree char *proposal = g_strdup_printf("note:b-%d", i), *id = NULL;
    ledger_record(w->ledger, DAY0, &(struct event){ .kind = "note.sent", .subject = proposal, .actor = "account:lead",
      .body = "{\"proposal\":\"b\",\"text\":\"t\",\"title\":\"t\",\"to\":\"p-1\"}" }, &error);
    id = request(w, "keyed", proposal, DAY0);
  }
  g_autofree char *other = request(w, "queryable", "note:a-1", DAY0);
  side.next = ACT_FAILED;
  side.there = true;
  dispatch(w, DAY0);
  g_assert_cmpint(side.calls, ==, 5); /* then the channel rests; the others wait untried */
  assert_state(w, other, "done", 1);  /* and another channel does not */
  int64_t rest = outbox_rest(7, "keyed", 5);
  dispatch(w, DAY0 + rest - 1);
  g_assert_cmpint(side.calls, ==, 5);
  dispatch(w, DAY0 + rest);
  g_assert_cmpint(side.calls, ==, 6); /* one is tried, and it rests for longer */
  int64_t longer = outbox_rest(7, "keyed", 6);
  g_assert_cmpint(longer, >, rest);
  side.next = ACT_DONE;
  dispatch(w, DAY0 + rest + longer - 1);
  g_assert_cmpint(side.calls, ==, 6);
  dispatch(w, DAY0 + CLOCK_DAY);
  g_assert_cmpint(side.calls, ==, 18); /* it goes through, so all go */
}

/* ---- the lease ---- */

static void test_lease(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *id = request(w, "keyed", "note:a-1", DAY0);
  g_autoptr(db_auto) db = store_write(w->store, &error);
  g_assert_cmpint(lease_take(db, "outbox", "another machine", DAY0, &error), ==, 1);
  g_assert_cmpint(lease_take(db, "outbox", "another machine", DAY0 + 1, &error), ==, 1);
  g_assert_cmpint(lease_take(db, "outbox", "me", DAY0 + 2, &error), ==, 0);
  g_assert_true(lease_end(db, "outbox", "me", &error));
  g_assert_cmpint(lease_take(db, "outbox", "me", DAY0 + 2, &error), ==, 0); /* nobody ends another's */
  g_assert_true(db_commit(g_steal_pointer(&db), &error));
  g_assert_true(dispatch(w, DAY0 + MINUTE).elsewhere);
  assert_state(w, id, "requested", 0);
  g_assert_cmpint(dispatch(w, DAY0 + 1 + LEASE_LASTS).done, ==, 1); /* it ran out */
  db = store_write(w->store, &error);
  g_assert_cmpint(lease_take(db, "outbox", lease_self(), DAY0 + 20 * MINUTE, &error), ==, 1); /* it was given back */
  g_assert_cmpint(lease_take(db, "outbox", "somebody", DAY0 + 20 * MINUTE, &error), ==, 0);  /* this process lives */
  g_autofree char *gone = g_strdup(lease_self());
  strrchr(gone, '/')[1]++; /* the same process id, begun at another moment: it is not that one any more */
  g_assert_cmpint(lease_take(db, "other", gone, DAY0, &error), ==, 1);
  g_assert_cmpint(lease_take(db, "other", "somebody", DAY0, &error), ==, 1);
}

/* ---- real channels ---- */

static void test_file(struct world *w, gconstpointer data) {
  g_autofree char *id = request(w, "file", "note:a-1", DAY0), *name = g_strconcat(id, ".json", NULL), *path = g_build_filename(w->dir, "outbox", name, NULL), *text = NULL;
  g_assert_cmpint(dispatch_as(w, channels, "me", DAY0).done, ==, 1);
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_autofree char *expected = g_strdup_printf("{\"id\":\"%s\",\"subject\":\"note:a-1\",\"to\":\"one@company.example\",\"text\":\"Here it is.\",\"title\":\"A note\"}", id);
  g_assert_cmpstr(text, ==, expected);
  g_unlink(path);
  g_autofree char *folder = g_build_filename(w->dir, "outbox", NULL);
  g_rmdir(folder);
  g_rmdir(w->dir);
}

/* A program that keeps what it gets, and ends as its argument says. */
static void set_program(struct world *w, const char *end, int seconds) {
  g_autofree char *script = g_build_filename(w->dir, "program", NULL), *text = g_strdup_printf("#!/bin/sh\ncat >>\"$1\"\n%s\n", end), *kept = g_build_filename(w->dir, "kept", NULL);
  g_assert_true(g_file_set_contents_full(script, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  channel_place_clear(&w->place);
  const char *const words[] = { script, kept, NULL };
  w->place = (struct channel_place){ g_strdup(w->dir), g_strdupv((char **)(uintptr_t)words), seconds };
}

static void test_message(struct world *w, gconstpointer data) {
  static const struct { const char *end, *state; int attempts, seconds; } rows[] = { { "exit 75", "requested", 1, 30 }, { "exit 65", "dead", 1, 30 },
    { "exit 1", "uncertain", 0, 30 }, { "kill -9 $$", "uncertain", 0, 30 }, { "exit 0", "done", 1, 30 }, { "exec sleep 1000", "uncertain", 0, 0 /* it has no time */ } };
  g_autofree char *kept = g_build_filename(w->dir, "kept", NULL), *script = g_build_filename(w->dir, "program", NULL), *text = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *subject = g_strdup_printf("note:m-%zu", i);
    ledger_record(w->ledger, DAY0, &(struct event){ .kind = "note.sent", .subject = subject, .actor = "account:lead",
      .body = "{\"proposal\":\"m\",\"text\":\"$(exit 9); `x`\",\"title\":\"t\",\"to\":\"p-1\"}" }, &error);
    g_autofree char *id = request(w, "message", subject, DAY0);
    set_program(w, rows[i].end, rows[i].seconds);
    dispatch_as(w, channels, "me", DAY0);
    assert_state(w, id, rows[i].state, rows[i].attempts);
  }
  g_assert_true(g_file_get_contents(kept, &text, NULL, NULL));
  g_auto(GStrv) letters = g_strsplit(text, "{\"id\"", -1);
  guint got = g_strv_length(letters) - 1; /* each got one whole letter, but for the last, which may have been ended before */
  g_assert_true(got == G_N_ELEMENTS(rows) || got == G_N_ELEMENTS(rows) - 1);
  g_assert_nonnull(strstr(letters[1], "$(exit 9); `x`"));
  g_unlink(kept);
  g_unlink(script);
  g_rmdir(w->dir);
}

/* The other side knows the letter by its id: asked again after no clear answer, under the same id. */
static void test_keyed_message(struct world *w, gconstpointer data) {
  g_autofree char *kept = g_build_filename(w->dir, "kept", NULL), *script = g_build_filename(w->dir, "program", NULL), *text = NULL;
  g_autofree char *id = request(w, "keyed message", "note:a-1", DAY0);
  set_program(w, "exit 1", 30);
  dispatch_as(w, channels, "me", DAY0);
  assert_state(w, id, "requested", 1);
  set_program(w, "exit 0", 30);
  dispatch_as(w, channels, "me", DAY0 + CLOCK_DAY);
  assert_state(w, id, "done", 2);
  g_assert_true(g_file_get_contents(kept, &text, NULL, NULL));
  g_auto(GStrv) letters = g_strsplit(text, id, -1);
  g_assert_cmpuint(g_strv_length(letters) - 1, ==, 2);
  g_unlink(kept);
  g_unlink(script);
  g_rmdir(w->dir);
}

static void test_message_without_program(struct world *w, gconstpointer data) {
  g_autofree char *id = request(w, "message", "note:a-1", DAY0);
  dispatch_as(w, channels, "me", DAY0);
  assert_state(w, id, "dead", 1);
  static const char *const words[] = { "/nowhere/program", NULL };
  w->place.program = g_strdupv((char **)(uintptr_t)words);
  says(w, id, "retry", DAY0);
  dispatch_as(w, channels, "me", DAY0);
  assert_state(w, id, "requested", 1); /* nothing was started, so nothing was sent */
  g_rmdir(w->dir);
}

static void test_settings(struct world *w, gconstpointer data) {
  static const struct { const char *text, *says, *channel; } rows[] = {
    { "channels: 1\nmessage: { program: [/bin/true, -q], seconds: 9 }\n", NULL, "message" }, { "channels: 1\n", NULL, NULL },
    { "channels: 1\nmessage: { program: [/bin/true], keyed: yes }\n", NULL, "keyed message" }, { "channels: 1\nmessage: { program: [/bin/true], keyed: no }\n", NULL, "message" },
    { "channels: 1\nmessage: { program: [/bin/true], keyed: perhaps }\n", "neither yes nor no", NULL },
    { "channels: 2\n", "channels.yaml:1:1" }, { "channels: 1\nmessage: { program: true }\n", "no list" }, { "channels: 1\nmessage: { program: [true] }\n", "no whole path" },
    { "channels: 1\nmessage: { program: [/bin/true], seconds: 0 }\n", "from 1 to 120" }, { "channels: 1\nmail: x\n", "mail" } };
  g_autofree char *file = g_build_filename(w->dir, "channels.yaml", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    struct channel_place place = { 0 };
    g_assert_true(g_file_set_contents(file, rows[i].text, -1, NULL));
    bool fine = channel_place_load(w->dir, &place, &error);
    if (rows[i].says && (fine || !strstr(error->message, rows[i].says))) g_error("%s: \"%s\" does not say \"%s\"", rows[i].text, fine ? "" : error->message, rows[i].says);
    if (!rows[i].says) g_assert_no_error(error);
    if (i == 0) g_assert_true(g_str_equal(place.program[0], "/bin/true") && place.seconds == 9);
    if (!rows[i].says) g_assert_cmpstr(channel_of_messages(&place), ==, rows[i].channel);
    channel_place_clear(&place);
  }
  g_unlink(file);
  g_rmdir(w->dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add("/runtime/outbox/" #name, struct world, NULL, setup, test_##name, teardown)
  TEST(done);
  TEST(not_due);
  g_test_add_func("/runtime/outbox/waits", test_waits);
  TEST(retry_until_dead);
  TEST(refused);
  TEST(unknown);
  TEST(found_started);
  TEST(breaker);
  TEST(lease);
  TEST(file);
  TEST(message);
  TEST(keyed_message);
  TEST(message_without_program);
  TEST(settings);
  return g_test_run();
}
