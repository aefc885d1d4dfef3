/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Edges from events that the gate itself makes, and the promise that every act reaches a signal and a person: held by a whole
 * chain, and broken on purpose at each of its links. */
#include "company/fold.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/links.h"
#include "runtime/outbox.h"
#include <math.h>
#include <sodium.h>
#include <string.h>

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, gate_kinds, outbox_kinds, forward_kinds, NULL };
static const struct fold *const folds[] = { claim_folds, company_folds, gate_folds, outbox_folds, link_folds, NULL };
static const struct ledger_tables joined = { kinds, folds };

static struct store *store;
static struct ledger *ledger;
static struct rules *rules;
static int64_t now;

static void setup(void) {
  g_autoptr(GError) error = NULL;
  store = store_open_memory(&error);
  ledger = ledger_new(store, &joined);
  rules = rules_load(NULL, &error);
  g_assert_no_error(error);
  now = 20500 * CLOCK_DAY;
}
static void teardown(void) {
  rules_free(rules);
  ledger_free(ledger);
  store_free(store);
}

static int64_t record(const char *kind, const char *subject, const char *actor, int64_t cause, const char *body) {
  g_autoptr(GError) error = NULL;
  int64_t seq = ledger_record(ledger, now++, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .cause = cause, .body = body, .rules = rules->revision }, &error);
  g_assert_no_error(error);
  return seq;
}

static void bring(const char *import) {
  g_autofree char *subject = g_strconcat("import:", import, NULL);
  record("import.committed", subject, "account:operator", 0, "{\"files\":[{\"as\":\"requests.csv\",\"changed\":0,\"new\":3}],\"first\":1}");
}

static void claim(const char *id) {
  g_autofree char *body = g_strdup_printf("{\"agent\":\"agent:needs@1\",\"confidence\":0.7,\"evidence\":[{\"against\":false,\"count\":3,\"file\":\"requests.csv\",\"people\":0,\"text\":\"asked\"}],"
    "\"id\":\"%s\",\"predicate\":\"need\",\"rests_on\":[\"file:requests.csv\",\"goal:g\"],\"subject\":\"n-1\",\"valid_from\":1,\"valid_to\":2,\"value\":{\"status\":\"open\",\"title\":\"T\"}}", id);
  record("claim.made", "need:n-1", "agent:needs@1", 0, body);
}

/* A proposal to send a note, as the gate makes it; its id, newly allocated. `claim` may be NULL. */
static char *propose(const char *of, int64_t *ret_seq) {
  g_autoptr(GError) error = NULL;
  struct gate_evidence evidence = { .source = "requests.csv", .sentence = "three asked", .records = 3 };
  struct gate_input input = { .kind = "send note", .subject = "need:n-1", .title = "Answer", .body = "{\"request\":\"r1\",\"text\":\"no\",\"to\":\"p-1\"}", .agent = "agent:needs@1", .claim = of,
    .factors = { .audience = 1, .confidence = 0.9 }, .worth = NAN, .expires = CLOCK_NO_DAY, .evidence = &evidence, .evidence_count = 1 };
  g_auto(gate_answer_auto) answer = { 0 };
  struct ledger_write *write = ledger_write(ledger, now++, &error);
  g_assert_true(gate_propose(write, rules, &input, now, &answer, &error));
  g_assert_cmpint(answer.outcome, ==, GATE_MADE);
  g_autoptr(gate_proposal_auto) proposal = NULL;
  g_assert_cmpint(gate_find(ledger_write_db(write), answer.id, &proposal, &error), ==, 1);
  *ret_seq = proposal->seq;
  g_assert_true(ledger_commit(write, &error));
  return g_strdup(answer.id);
}

static void accept(const char *id) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, now++, &error);
  g_autoptr(gate_proposal_auto) proposal = NULL;
  g_assert_cmpint(gate_find(ledger_write_db(write), id, &proposal, &error), ==, 1);
  static const char *const criteria[] = { "true", "tone", NULL };
  struct gate_person person = { "person:p-9", ROLE_LEAD };
  struct gate_decision decision = { .proposal = id, .word = GATE_ACCEPT, .hash = proposal->hash, .criteria = criteria, .reason = "yes" };
  g_assert_true(gate_decide(write, rules, &person, &decision, now, &error));
  g_assert_no_error(error);
  g_assert_true(ledger_commit(write, &error));
}

enum broken { WHOLE, NO_IMPORT, LATE_IMPORT, NO_CLAIM, NO_DECISION, NO_NOTE, NO_REQUEST };

/* The life of an answer: asked, claimed, proposed, accepted, sent, done; but for what is broken. */
static void live(enum broken broken) {
  int64_t seq = 0;
  if (broken != NO_IMPORT && broken != LATE_IMPORT) bring("i-1");
  if (broken != NO_CLAIM) claim("c-1");
  if (broken == LATE_IMPORT) bring("i-1");
  g_autofree char *id = propose("c-1", &seq), *note = g_strconcat("note:", id, NULL);
  if (broken != NO_DECISION) accept(id);
  if (broken != NO_NOTE) record("note.sent", note, "person:p-9", seq, "{\"text\":\"no\",\"title\":\"Answer\",\"to\":\"p-1\"}");
  g_autofree char *body = g_strdup_printf("{\"channel\":\"file\",\"due\":\"2026-02-16T00:00:00Z\",\"person\":\"p-1\",\"subject\":\"%s\"}", note);
  if (broken != NO_REQUEST) record("action.requested", "action:x-1", "system", 0, body);
  record("action.done", "action:x-1", "system", 0, "{}");
}

static void every_act_reaches_a_signal_and_a_person(void) {
  static const struct { enum broken broken; bool signal, person; } rows[] = { { WHOLE, false, false }, { NO_IMPORT, true, false }, { LATE_IMPORT, true, false },
    { NO_CLAIM, true, false }, { NO_DECISION, false, true }, { NO_NOTE, true, true }, { NO_REQUEST, true, true } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    setup();
    live(rows[i].broken);
    g_autoptr(GError) error = NULL;
    g_autoptr(db_auto) db = store_read(store, &error);
    g_auto(links_report_auto) report = { 0 };
    g_assert_true(links_check(db, &report, &error));
    g_assert_cmpint(report.actions, ==, 1);
    g_assert_cmpint(report.gaps, ==, rows[i].signal || rows[i].person);
    if (report.gaps) {
      const struct links_gap *gap = report.first->pdata[0];
      g_assert_cmpstr(gap->action, ==, "action:x-1");
      g_assert_cmpint(gap->signal, ==, rows[i].signal);
      g_assert_cmpint(gap->person, ==, rows[i].person);
      g_autofree char *text = links_gap_text(gap);
      g_assert_nonnull(strstr(text, "action:x-1 (done by event "));
    }
    db_release(g_steal_pointer(&db));
    teardown();
  }
}

static char *walk(const char *id, enum lineage_way way) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(store, &error);
  struct lineage_ask ask = { .way = way, .as_of = INT64_MAX, .depth = 20, .breadth = 20, .most = 200, .ends = links_end };
  g_autoptr(GPtrArray) nodes = lineage_walk(db, id, &ask, &error);
  g_assert_no_error(error);
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < nodes->len; i++) g_ptr_array_add(ids, ((struct lineage_node *)nodes->pdata[i])->id);
  g_ptr_array_add(ids, NULL);
  return g_strjoinv(" ", (char **)ids->pdata);
}

static void one_chain_back_and_forth(void) {
  setup();
  live(WHOLE);
  g_autofree char *back = walk("action:x-1", LINEAGE_BACK), *forward = walk("import:i-1", LINEAGE_FORWARD);
  for (const char *const *part = (const char *const[]){ "note:a-", "decision:", "person:p-9", "rules:r-", "proposal:a-", "claim:c-1", "file:requests.csv", "import:i-1", NULL }; *part; part++)
    g_assert_nonnull(strstr(back, *part));
  for (const char *const *part = (const char *const[]){ "file:requests.csv", "claim:c-1", "need:n-1", "proposal:a-", "decision:", "note:a-", "action:x-1", NULL }; *part; part++)
    g_assert_nonnull(strstr(forward, *part));
  g_assert_null(strstr(forward, "person:"));
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  teardown();
}

/* What was concluded from an import that was taken back still says so. */
static void an_import_taken_back_stays_in_the_lineage(void) {
  setup();
  live(WHOLE);
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, now++, &error);
  g_assert_true(ledger_append(write, &(struct event){ .kind = "import.undone", .subject = "import:i-1", .actor = "account:operator", .body = "{}" }, NULL, &error));
  g_assert_true(ledger_refold(write, &error) && ledger_commit(write, &error));
  g_autofree char *back = walk("action:x-1", LINEAGE_BACK);
  g_assert_nonnull(strstr(back, "import:i-1"));
  struct replay_report report;
  g_assert_true(ledger_verify(ledger, NULL, NULL, &report, &error));
  teardown();
}

static void an_asset_rests_on_its_blocks_sources(void) {
  setup();
  record("asset.published", "asset:a-1", "person:p-9", 0, "{\"blocks\":[{\"id\":\"b1\",\"items\":[{\"sentences\":[{\"spans\":[\"s-1\"],\"text\":\"A.\"}]}]},{\"heading_spans\":[\"s-2\"],\"id\":\"b2\"},{\"id\":\"b3\"}],\"intervention\":\"i-1\","
    "\"spans\":[{\"id\":\"s-1\",\"source\":\"one.md\",\"text\":\"A.\"},{\"id\":\"s-2\",\"source\":\"two.md\",\"text\":\"B.\"}],\"title\":\"T\"}");
  record("delivery.made", "delivery:d-1", "agent:delivery@1", 0, "{\"asset\":\"a-1\",\"at\":\"2026-02-16T00:00:00Z\",\"block\":\"b1\",\"channel\":\"inbox\",\"expires\":\"2026-03-16\",\"minutes\":1,\"person\":\"p-1\",\"reason\":\"r\",\"title\":\"t\"}");
  g_autofree char *one = walk("source:one.md", LINEAGE_FORWARD), *two = walk("source:two.md", LINEAGE_FORWARD);
  g_assert_cmpstr(one, ==, "source:one.md block:a-1/b1 asset:a-1 showing:a-1/b1 showing:a-1/b1 showing:a-1/b2 showing:a-1/b3 showing:a-1 delivery:d-1");
  g_assert_cmpstr(two, ==, "source:two.md block:a-1/b2 asset:a-1 showing:a-1/b2 showing:a-1/b1 showing:a-1/b2 showing:a-1/b3 showing:a-1 delivery:d-1");
  teardown();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/links/promise", every_act_reaches_a_signal_and_a_person);
  g_test_add_func("/links/chain", one_chain_back_and_forth);
  g_test_add_func("/links/undone", an_import_taken_back_stays_in_the_lineage);
  g_test_add_func("/links/blocks", an_asset_rests_on_its_blocks_sources);
  return g_test_run();
}
