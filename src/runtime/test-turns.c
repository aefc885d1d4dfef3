/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Turns that go wrong, and when they are taken: agents that go round in circles, one that says too much, timers, silence,
 * and the watcher that waits until it is quiet. */
#include "agents/agent.h"
#include "company/fold.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/outbox.h"
#include "runtime/runner.h"
#include "runtime/wake.h"
#include <string.h>

#define DAY0 (INT64_C(20500) * CLOCK_DAY + 9 * 3600 * CLOCK_SECOND)

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, gate_kinds, runtime_kinds, outbox_kinds, forward_kinds, wake_kinds, NULL };
static const struct fold *const folds[] = { claim_folds, company_folds, gate_folds, outbox_folds, wake_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct world { struct store *store; struct ledger *ledger; struct rules *rules; struct snapshots *snapshots; };

static int turns; /* that an agent below was given */

static void state(struct turn *out, const char *predicate, const char *subject, const char *value) {
  static const struct evidence evidence = { .file = FILE_GOALS, .sentence = "seen", .count = 1, .team = -1, .goal = -1, .skill = -1, .person = -1,
    .from = CLOCK_NO_DAY, .to = CLOCK_NO_DAY };
  turn_claim(out, &(struct claim){ predicate, subject, value, 0.9, CLOCK_NO_DAY, CLOCK_NO_DAY, &evidence, 1 });
}

static void ask(struct turn *out, const char *subject, const char *text) {
  g_autofree char *body = g_strdup_printf("{\"text\":\"%s\",\"to\":\"p-1\"}", text);
  turn_propose(out, &(struct proposal){ .kind = "send note", .subject = subject, .title = "Tell it", .body = body, .audience = 1, .confidence = 0.9, .expires = CLOCK_NO_DAY });
}

/* Cannot make up its mind: says one thing, then another, then the first again, and so on for ever. A claim of a need wakes it. */
static bool run_waverer(const struct snapshot *now, struct turn *out, GError **error) {
  const char *word = turns++ % 2 ? "{\"goal\":\"g\",\"status\":\"open\",\"title\":\"two\"}" : "{\"goal\":\"g\",\"status\":\"open\",\"title\":\"one\"}";
  state(out, "need", "n-1", word);
  ask(out, "n-1", turns % 2 ? "one" : "two");
  return true;
}

/* Says something else each time, so that nothing is ever said twice. */
static bool run_chatterer(const struct snapshot *now, struct turn *out, GError **error) {
  g_autofree char *value = g_strdup_printf("{\"goal\":\"g\",\"status\":\"open\",\"title\":\"%d\"}", turns++);
  state(out, "need", "n-1", value);
  return true;
}

static bool run_flooder(const struct snapshot *now, struct turn *out, GError **error) {
  turns++;
  for (int i = 0; i < 600; i++) {
    g_autofree char *subject = g_strdup_printf("s-%d", i);
    state(out, "flood", subject, "{}");
    ask(out, subject, "x");
  }
  return true;
}

static bool run_sleeper(const struct snapshot *now, struct turn *out, GError **error) {
  if (turns++ == 0) {
    turn_again(out, now->now + 2 * 3600 * CLOCK_SECOND);
    turn_again(out, now->now + 3600 * CLOCK_SECOND);
  }
  return true;
}

static const enum file_id reads[] = { FILE_GOALS, FILE_KPIS, FILE_COUNT };
static const char *const makes[] = { "need", NULL };
#define AGENT_ROW(name) static const struct agent name = { .id = #name, .revision = "1", .reads = reads, .makes = makes, .builds_on_others = true, .run = run_##name }; \
  static const struct agent *const only_##name[] = { &name, NULL }
AGENT_ROW(waverer);
AGENT_ROW(chatterer);
AGENT_ROW(flooder);
AGENT_ROW(sleeper);

static void setup(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  turns = 0;
  w->store = store_open_memory(&error);
  w->ledger = ledger_new(w->store, &tables);
  w->rules = rules_load(NULL, &error);
  w->snapshots = snapshots_new(w->store, NULL);
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, DAY0, &error);
  g_assert_true(gate_adopt_rules(write, w->rules, "system", DAY0, NULL, &error) && ledger_commit(g_steal_pointer(&write), &error));
  g_assert_no_error(error);
}

static void teardown(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(w->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  snapshots_free(w->snapshots);
  rules_free(w->rules);
  ledger_free(w->ledger);
  store_free(w->store);
}

static struct runner_report run(struct world *w, const struct agent *const *cast, int64_t now) {
  g_autoptr(GError) error = NULL;
  struct runner_report report;
  runner_run(w->ledger, w->snapshots, w->rules, cast, now, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  return report;
}

static void weigh(struct world *w, int64_t now) {
  g_autoptr(GError) error = NULL;
  ledger_record(w->ledger, now, &(struct event){ .kind = "goal.set", .subject = "goal:g", .actor = "connector:files", .body = "{\"baseline\":1,\"direction\":\"down\","
    "\"due\":\"2026-12-31\",\"goal_id\":\"g\",\"name\":\"Goal\",\"owner\":\"p-1\",\"skills\":[],\"target\":0.5,\"unit\":\"days\",\"weight\":0.5}" }, &error);
  g_assert_no_error(error);
}

struct counted { const char *kind; int count; char *last; };

static bool count_event(const struct event *event, void *data, GError **error) {
  struct counted *counted = data;
  if (strcmp(event->kind, counted->kind)) return true;
  counted->count++;
  g_free(counted->last);
  counted->last = g_strndup(event->body, event->body_length);
  return true;
}

/* How many events of a kind; the body of the last, newly allocated. */
static int count(struct world *w, const char *kind, char **ret_last) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  struct counted counted = { kind, 0, NULL };
  g_assert_true(ledger_visit(db, 1, INT64_MAX, count_event, &counted, &error));
  if (ret_last) *ret_last = counted.last;
  else g_free(counted.last);
  return counted.count;
}

/* ---- circles ---- */

static void test_waverer(struct world *w, gconstpointer data) {
  struct runner_report first = run(w, only_waverer, DAY0);
  g_assert_cmpint(first.claims, ==, 2);
  g_assert_cmpint(first.proposals, ==, 2);
  g_assert_cmpint(first.refused, >=, 2);
  int refused = 0;
  for (int i = 0; i < 50; i++) refused += run(w, only_waverer, DAY0 + i).refused;
  g_assert_cmpint(count(w, "claim.made", NULL), ==, 2);
  g_assert_cmpint(count(w, "proposal.made", NULL), ==, 2);
  g_autofree char *last = NULL;
  g_assert_cmpint(count(w, "turn.taken", &last), <=, 24);
  g_assert_nonnull(strstr(last, "\"depth\":"));
  g_assert_cmpint(refused, <, 50); /* it ended, in silence */
  /* Other facts from outside: it is heard again. */
  weigh(w, DAY0 + 100);
  g_assert_cmpint(run(w, only_waverer, DAY0 + 100).claims, >, 0);
  /* And so it is on another day. */
  int before = count(w, "claim.made", NULL);
  run(w, only_waverer, DAY0 + CLOCK_DAY);
  g_assert_cmpint(count(w, "claim.made", NULL), >, before);
}

static void test_refusal_is_told(struct world *w, gconstpointer data) {
  run(w, only_waverer, DAY0);
  bool told = false;
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  for (int64_t seq = 1; seq <= ledger_head(db, &error); seq++) {
    struct event event;
    g_assert_cmpint(ledger_find(db, seq, &event, &error), ==, 1);
    if (strcmp(event.kind, "turn.taken") == 0) told |= strstr(event.body, "n-1: said before under the same facts") && strstr(event.body, "n-1: proposed before under the same facts");
    event_clear(&event);
  }
  g_assert_true(told);
}

static void test_depth(struct world *w, gconstpointer data) {
  for (int i = 0; i < 50; i++) run(w, only_chatterer, DAY0 + i);
  g_assert_cmpint(count(w, "turn.taken", NULL), ==, 24);
  run(w, only_chatterer, DAY0 + CLOCK_DAY);
  g_assert_cmpint(count(w, "turn.taken", NULL), ==, 28); /* a new day, a run of four rounds */
}

static void test_fan_out(struct world *w, gconstpointer data) {
  struct runner_report report = run(w, only_flooder, DAY0);
  g_assert_cmpint(report.claims, ==, 600);
  g_assert_cmpint(report.proposals + report.withheld, ==, 500);
  g_assert_cmpint(report.refused, ==, 1);
  g_assert_cmpint(report.withheld, >, 0); /* people's time is the scarcest: 120 minutes of reading, two each */
  g_assert_cmpint(report.proposals, ==, 60);
  g_autofree char *last = NULL;
  count(w, "turn.taken", &last);
  g_assert_nonnull(strstr(last, "600 proposals in one turn; at most 500 are taken"));
  g_autofree char *withheld = NULL;
  count(w, "proposal.withheld", &withheld);
  g_assert_nonnull(strstr(withheld, "120 minutes of reading wait already; there is room for 120"));
}

/* ---- timers ---- */

static void test_timer(struct world *w, gconstpointer data) {
  run(w, only_sleeper, DAY0);
  g_assert_cmpint(turns, ==, 1);
  run(w, only_sleeper, DAY0 + 3600 * CLOCK_SECOND - 1);
  g_assert_cmpint(turns, ==, 1);
  run(w, only_sleeper, DAY0 + 3600 * CLOCK_SECOND);
  g_assert_cmpint(turns, ==, 2);
  run(w, only_sleeper, DAY0 + 2 * 3600 * CLOCK_SECOND); /* the sooner wish counted, and is fulfilled */
  g_assert_cmpint(turns, ==, 2);
}

static void test_silence(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  run(w, only_sleeper, DAY0);
  g_assert_cmpint(count(w, "silence.noticed", NULL), ==, 0); /* what was never there is not missed */
  weigh(w, DAY0);
  for (int i = 0; i < 2; i++) {
    int64_t from = DAY0 + i * 100 * CLOCK_DAY, then = from + 30 * CLOCK_DAY;
    ledger_record(w->ledger, from, &(struct event){ .kind = "kpi.observed", .subject = "goal:g", .actor = "connector:files",
      .body = "{\"date\":\"2026-01-05\",\"goal_id\":\"g\",\"team\":\"North\",\"value\":3}" }, &error);
    g_assert_no_error(error);
    run(w, only_sleeper, then - 1);
    g_assert_cmpint(count(w, "silence.noticed", NULL), ==, i);
    int before = turns;
    run(w, only_sleeper, then);
    g_assert_cmpint(turns, ==, before + 1); /* though data and day are the same */
    run(w, only_sleeper, then + 1);
    g_assert_cmpint(turns, ==, before + 1);
    g_assert_cmpint(count(w, "silence.noticed", NULL), ==, i + 1);
    g_autoptr(db_auto) db = store_read(w->store, &error);
    g_autoptr(GPtrArray) silences = wake_silences(db, then, &error);
    g_assert_cmpuint(silences->len, ==, 1);
    g_assert_cmpstr(silences->pdata[0], ==, "no KPI value has come in for 30 days");
  }
}

/* ---- waking ---- */

static void test_debounce(void) {
  struct wake wake = { .seen = -1 };
  int64_t t = 1000;
  g_assert_true(wake_is_time(&wake, 5, 1, false, t));           /* at the start, at once */
  g_assert_false(wake_is_time(&wake, 5, 1, false, t + WAKE_QUIET * 9));
  g_assert_true(wake_is_time(&wake, 5, 2, false, t += 1));      /* a new day */
  g_assert_true(wake_is_time(&wake, 5, 2, true, t += 1));       /* a timer */
  g_assert_false(wake_is_time(&wake, 6, 2, false, t += 1));     /* something came: wait whether more comes */
  g_assert_false(wake_is_time(&wake, 7, 2, false, t += WAKE_QUIET - 1));
  g_assert_false(wake_is_time(&wake, 7, 2, false, t += WAKE_QUIET - 1));
  g_assert_true(wake_is_time(&wake, 7, 2, false, t += 1));      /* quiet */
  g_assert_false(wake_is_time(&wake, 7, 2, false, t += WAKE_LATEST));
  int looks = 0;                                                /* it never gets quiet */
  for (int64_t version = 8; !wake_is_time(&wake, version, 2, false, t); version++, looks++) t += WAKE_QUIET / 2;
  g_assert_cmpint(looks, ==, (int)(WAKE_LATEST / (WAKE_QUIET / 2)));
}

static void test_wakes(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  struct wake wake = { .seen = -1 };
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0, 0, &error), ==, 1);
  run(w, only_sleeper, DAY0);
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0, 1, &error), ==, 0);
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0 + 3600 * CLOCK_SECOND, 2, &error), ==, 1); /* its timer */
  run(w, only_sleeper, DAY0 + 3600 * CLOCK_SECOND);
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0 + 3600 * CLOCK_SECOND, 3, &error), ==, 0);
  weigh(w, DAY0);
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0 + 3600 * CLOCK_SECOND, 4, &error), ==, 0);
  g_assert_cmpint(runner_wakes(w->ledger, &wake, DAY0 + 3600 * CLOCK_SECOND, 4 + WAKE_QUIET, &error), ==, 1);
  g_assert_no_error(error);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add("/runtime/turns/" #name, struct world, NULL, setup, test_##name, teardown)
  TEST(waverer);
  TEST(refusal_is_told);
  TEST(depth);
  TEST(fan_out);
  TEST(timer);
  TEST(silence);
  g_test_add_func("/runtime/turns/debounce", test_debounce);
  TEST(wakes);
  return g_test_run();
}
