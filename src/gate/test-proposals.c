/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A proposal's life on a ledger in memory: what is refused, what is asked once and not twice, what makes an approval stale, who
 * may decide, and that sixty-four contradictory clicks leave one decision. After each story the ledger is replayed: the
 * tables must come out the same. */
#include "gate/proposals.h"
#include <math.h>
#include <string.h>

#define DAY0 (INT64_C(20000) * CLOCK_DAY)

static const struct event_kind *const kinds[] = { gate_kinds, NULL };
static const struct fold *const folds[] = { gate_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

static const struct gate_person lead = { "account:lead", ROLE_LEAD }, other_lead = { "account:lead-2", ROLE_LEAD },
                                approver = { "account:approver", ROLE_APPROVER }, manager = { "account:manager", ROLE_MANAGER };
static const char *const all_yes[] = { "cause", "smallest", "people", NULL };
static const struct gate_evidence evidence[] = {
  { "kpis.csv", "first-call resolution is 8 points below target since March", 60, 0, false, NULL, false },
  { "results.csv", "scores of 31 people are 0.9 below the job's level", 90, 31, false, NULL, false },
  { "pulse.csv", "mood is as everywhere", 200, 40, false, NULL, true },
};
static const struct gate_input usual = {
  .kind = "act on need",
  .subject = "need:n-1",
  .title = "Practise refund calls in two teams",
  .body = "{\"remedy\":\"practice\",\"teams\":[\"Alpha\",\"Beta\"]}",
  .agent = "agent:needs@1",
  .claim = "c-1",
  .factors = { .audience = 30, .confidence = 0.8 },
  .worth = 40000,
  .expires = CLOCK_NO_DAY,
  .evidence = evidence,
  .evidence_count = 3,
};

struct world { struct store *store; struct ledger *ledger; struct rules *rules; };

static void setup(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  w->store = store_open_memory(&error);
  g_assert_no_error(error);
  w->ledger = ledger_new(w->store, &tables);
  w->rules = rules_load(NULL, &error);
  g_assert_no_error(error);
  g_autoptr(ledger_write_auto) write = ledger_write(w->ledger, DAY0, &error);
  bool changed = false;
  g_assert_true(gate_adopt_rules(write, w->rules, "system", DAY0, &changed, &error) && changed);
  g_assert_true(gate_adopt_rules(write, w->rules, "system", DAY0, &changed, &error) && !changed);
  g_assert_true(ledger_commit(g_steal_pointer(&write), &error));
}

static void teardown(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(w->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  g_assert_cmpint(report.tables, ==, 3);
  rules_free(w->rules);
  ledger_free(w->ledger);
  store_free(w->store);
}

/* ---- steps ---- */

static struct ledger_write *begin(struct world *w, int64_t now) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(w->ledger, now, &error);
  g_assert_no_error(error);
  return write;
}

static void finish(struct ledger_write *write) {
  g_autoptr(GError) error = NULL;
  ledger_commit(write, &error);
  g_assert_no_error(error);
}

/* Proposes, expects the outcome, and gives the id (NULL where refused). */
static char *propose(struct world *w, const struct gate_input *input, int64_t now, enum gate_outcome expected) {
  g_autoptr(GError) error = NULL;
  g_auto(gate_answer_auto) answer = { 0 };
  struct ledger_write *write = begin(w, now);
  g_assert_true(gate_propose(write, w->rules, input, now, &answer, &error));
  finish(write);
  if (answer.outcome != expected) g_error("outcome %d, expected %d: %s", answer.outcome, expected, answer.why);
  return g_steal_pointer(&answer.id);
}

static struct gate_proposal *find(struct world *w, const char *id) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  struct gate_proposal *p = NULL;
  g_assert_cmpint(gate_find(db, id, &p, &error), ==, 1);
  return p;
}

static void assert_state(struct world *w, const char *id, const char *state) {
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_assert_cmpstr(p->state, ==, state);
}

/* Decides on the proposal as it now stands, unless `hash` is given. True: no error; else the code is checked. */
static bool decide(struct world *w, const char *id, const struct gate_person *person, enum gate_word word, const char *reason, const char *hash,
                   int64_t now, GError **error) {
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_autoptr(ledger_write_auto) write = begin(w, now);
  struct gate_decision decision = {
    .proposal = id, .word = word, .hash = hash ? hash : p->hash, .criteria = word == GATE_ACCEPT ? all_yes : NULL, .reason = reason
  };
  if (!gate_decide(write, w->rules, person, &decision, now, error)) return false;
  finish(g_steal_pointer(&write));
  return true;
}

static void decides(struct world *w, const char *id, const struct gate_person *person, enum gate_word word, const char *reason, int64_t now) {
  g_autoptr(GError) error = NULL;
  decide(w, id, person, word, reason, NULL, now, &error);
  g_assert_no_error(error);
}

static void refuses(struct world *w, const char *id, const struct gate_person *person, enum gate_word word, const char *reason, const char *hash,
                    int64_t now, int code, const char *part) {
  g_autoptr(GError) error = NULL;
  g_assert_false(decide(w, id, person, word, reason, hash, now, &error));
  g_assert_error(error, MENO_ERROR, code);
  if (!strstr(error->message, part)) g_error("\"%s\" does not say \"%s\"", error->message, part);
}

static int64_t count(struct world *w) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  return ledger_head(db, &error);
}

/* ---- proposing ---- */

static void refused(struct world *w, struct gate_input input, const char *part) {
  g_autoptr(GError) error = NULL;
  g_auto(gate_answer_auto) answer = { 0 };
  int64_t before = count(w);
  struct ledger_write *write = begin(w, DAY0);
  g_assert_true(gate_propose(write, w->rules, &input, DAY0, &answer, &error));
  finish(write);
  g_assert_cmpint(answer.outcome, ==, GATE_REFUSED);
  if (!strstr(answer.why, part)) g_error("\"%s\" does not say \"%s\"", answer.why, part);
  g_assert_cmpint(count(w), ==, before);
}

static void test_refused(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  in.evidence_count = 0;
  refused(w, in, "no evidence");
  static const struct gate_evidence written[] = { { "draft", "a model thinks so", 500, 0, true, NULL, false } };
  in.evidence = written;
  in.evidence_count = 1;
  refused(w, in, "only on what a machine wrote");
  static const struct gate_evidence few[] = { { "kpis.csv", "", 60, 0, false, NULL, false }, { "results.csv", "", 90, 4, false, NULL, false } };
  in.evidence = few;
  in.evidence_count = 2;
  refused(w, in, "60 records of 1 sources");
  static const struct gate_evidence against[] = { { "kpis.csv", "", 60, 0, false, NULL, false }, { "results.csv", "", 90, 40, false, NULL, true } };
  in.evidence = against;
  refused(w, in, "of 1 sources");
  in = usual;
  in.kind = "promote somebody";
  refused(w, in, "know no proposal \"promote somebody\"");
  in = usual;
  in.body = "{\"remedy\":";
  refused(w, in, "line 1");
  in.body = "[]";
  refused(w, in, "no object");
  in.body = "{\"remedy\":\"practice\",\"confirmed_by\":\"account:lead\"}";
  refused(w, in, "sets the cause, which people own (lead)");
  in = usual;
  in.title = "";
  refused(w, in, "no title");
}

static void test_same_and_changed(struct world *w, gconstpointer data) {
  g_autofree char *first = propose(w, &usual, DAY0, GATE_MADE);
  int64_t after = count(w);
  g_autofree char *again = propose(w, &usual, DAY0 + CLOCK_DAY, GATE_SAME);
  g_assert_cmpstr(again, ==, first);
  g_assert_cmpint(count(w), ==, after);
  /* The same body, written otherwise, is the same. */
  struct gate_input in = usual;
  in.body = " { \"teams\":[\"Alpha\", \"Beta\"], \"remedy\":\"practice\" }";
  g_autofree char *spaced = propose(w, &in, DAY0, GATE_SAME);
  g_assert_cmpstr(spaced, ==, first);
  in.body = "{\"remedy\":\"practice\",\"teams\":[\"Alpha\"]}";
  g_autofree char *changed = propose(w, &in, DAY0 + 2 * CLOCK_DAY, GATE_MADE);
  g_assert_cmpstr(changed, !=, first);
  g_autoptr(gate_proposal_auto) old = find(w, first), new = find(w, changed);
  g_assert_cmpstr(old->state, ==, "superseded");
  g_assert_cmpstr(old->next, ==, changed);
  g_assert_cmpstr(new->previous, ==, first);
  g_assert_cmpint(new->expires, ==, old->expires); /* a proposal that changes daily lapses all the same */
  g_assert_cmpint(old->expires, ==, DAY0 + 30 * CLOCK_DAY);
  /* Other evidence, same content: what was shown has changed. */
  static const struct gate_evidence more[] = { { "kpis.csv", "it got worse", 61, 0, false, NULL, false },
                                               { "results.csv", "", 90, 31, false, NULL, false } };
  in.evidence = more;
  in.evidence_count = 2;
  g_autofree char *evident = propose(w, &in, DAY0 + 3 * CLOCK_DAY, GATE_MADE);
  g_autoptr(gate_proposal_auto) third = find(w, evident);
  g_assert_cmpstr(third->content_hash, ==, new->content_hash);
  g_assert_cmpstr(third->hash, !=, new->hash);
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(w->store, &error);
  g_autoptr(GPtrArray) open = gate_proposals(db, false, &error), all = gate_proposals(db, true, &error);
  g_assert_cmpuint(open->len, ==, 1);
  g_assert_cmpuint(all->len, ==, 3);
}

/* Two requests about one need get a note each; a changed note replaces only its own. */
static void test_several_about_one(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  in.kind = "send note";
  in.body = "{\"request\":\"R-1\",\"text\":\"no\"}";
  g_autofree char *first = propose(w, &in, DAY0, GATE_MADE);
  in.body = "{\"request\":\"R-2\",\"text\":\"no\"}";
  g_autofree char *second = propose(w, &in, DAY0, GATE_MADE);
  in.body = "{\"request\":\"R-1\",\"text\":\"not now\"}";
  g_autofree char *changed = propose(w, &in, DAY0, GATE_MADE);
  assert_state(w, first, "superseded");
  assert_state(w, second, "proposed");
  assert_state(w, changed, "proposed");
  g_autofree char *same = propose(w, &in, DAY0, GATE_SAME);
  g_assert_cmpstr(same, ==, changed);
}

static void test_worth_and_budget(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  in.worth = 999;
  g_autofree char *cheap = propose(w, &in, DAY0, GATE_WITHHELD);
  int64_t after = count(w);
  g_autofree char *again = propose(w, &in, DAY0, GATE_WITHHELD);
  g_assert_cmpint(count(w), ==, after);
  g_assert_cmpstr(again, ==, cheap);
  refuses(w, cheap, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "withheld: worth 999");
  in.worth = 5000;
  g_autofree char *better = propose(w, &in, DAY0, GATE_MADE);
  assert_state(w, cheap, "superseded");
  /* 120 minutes, 6 each: twenty find room, the best of the others is released when one is decided. */
  char *names[22];
  for (int i = 0; i < 22; i++) {
    g_autofree char *subject = g_strdup_printf("need:n-%d", 10 + i);
    in.subject = subject;
    in.worth = 2000 + 10 * i;
    names[i] = propose(w, &in, DAY0, i < 19 ? GATE_MADE : GATE_WITHHELD);
  }
  decides(w, better, &lead, GATE_ACCEPT, NULL, DAY0);
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(w, DAY0 + 40 * CLOCK_DAY);
  int made = 0;
  g_assert_true(gate_release(write, w->rules, DAY0 + 40 * CLOCK_DAY, &made, &error));
  finish(write);
  g_assert_cmpint(made, ==, 1);
  assert_state(w, names[19], "withheld");
  assert_state(w, names[20], "withheld");
  g_autoptr(gate_proposal_auto) released = find(w, names[21]);
  g_assert_cmpstr(released->state, ==, "proposed");
  g_assert_cmpint(released->expires, ==, DAY0 + 70 * CLOCK_DAY); /* nobody was asked before, so nobody was silent */
  for (int i = 0; i < 22; i++) g_free(names[i]);
}

static void test_expiry(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  in.expires = clock_day(DAY0) + 3;
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(w, DAY0 + 4 * CLOCK_DAY - 1);
  int ended = -1;
  g_assert_true(gate_expire(write, DAY0 + 4 * CLOCK_DAY - 1, &ended, &error));
  g_assert_cmpint(ended, ==, 0);
  ledger_abort(write);
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0 + 4 * CLOCK_DAY, MENO_ERROR_CONFLICT, "silence is no");
  write = begin(w, DAY0 + 4 * CLOCK_DAY);
  g_assert_true(gate_expire(write, DAY0 + 4 * CLOCK_DAY, &ended, &error));
  g_assert_cmpint(ended, ==, 1);
  finish(write);
  assert_state(w, id, "expired");
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0 + 5 * CLOCK_DAY, MENO_ERROR_CONFLICT, "silence is no");
  in.body = "{\"remedy\":\"something else\"}";
  g_autofree char *stands = propose(w, &in, DAY0 + 30 * CLOCK_DAY, GATE_STANDS);
  g_assert_cmpstr(stands, ==, id);
  in.expires = CLOCK_NO_DAY;
  g_autofree char *later = propose(w, &in, DAY0 + 65 * CLOCK_DAY, GATE_MADE);
  g_assert_cmpstr(later, !=, id);
}

/* An agent that restates after the term, before the sweep: it has lapsed, and is not silently prolonged. */
static void test_lapsed_unswept(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autofree char *again = propose(w, &usual, DAY0 + 30 * CLOCK_DAY, GATE_STANDS);
  g_assert_cmpstr(id, ==, again);
  assert_state(w, id, "expired");
}

/* A sweep that comes late does not prolong the rest after a lapse. */
static void test_late_sweep(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(w, DAY0 + 85 * CLOCK_DAY);
  g_assert_true(gate_expire(write, DAY0 + 85 * CLOCK_DAY, NULL, &error));
  finish(write);
  g_autofree char *early = propose(w, &usual, DAY0 + 90 * CLOCK_DAY - 1, GATE_STANDS);
  g_assert_cmpstr(early, ==, id);
  g_autofree char *again = propose(w, &usual, DAY0 + 90 * CLOCK_DAY, GATE_MADE);
  g_assert_cmpstr(again, !=, id);
}

static void test_withdraw(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autoptr(GError) error = NULL;
  int ended = 0;
  struct ledger_write *write = begin(w, DAY0);
  g_assert_true(gate_withdraw(write, "need:n-1", "the gap has closed", "agent:needs@1", DAY0, &ended, &error));
  finish(write);
  g_assert_cmpint(ended, ==, 1);
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_STALE, "withdrawn: the gap has closed");
  g_autofree char *back = propose(w, &usual, DAY0, GATE_MADE); /* nobody said no */
  g_assert_cmpstr(back, !=, id);
}

static void test_withdraw_rest(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  g_autofree char *kept = propose(w, &in, DAY0, GATE_MADE);
  in.subject = "need:n-2";
  g_autofree char *dropped = propose(w, &in, DAY0, GATE_MADE);
  in.subject = "need:n-3";
  in.agent = "agent:needs-of-others@1";
  g_autofree char *other = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(GHashTable) stated = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_add(stated, kept);
  g_autoptr(GError) error = NULL;
  int ended = 0;
  struct ledger_write *write = begin(w, DAY0);
  g_assert_true(gate_withdraw_rest(write, "agent:needs@2", stated, "not proposed any more", DAY0, &ended, &error));
  finish(write);
  g_assert_cmpint(ended, ==, 1);
  assert_state(w, kept, "proposed");
  assert_state(w, dropped, "superseded");
  assert_state(w, other, "proposed");
}

/* ---- deciding ---- */

static void test_one_owner(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_assert_cmpint(p->tier, ==, 1);
  g_assert_cmpuint(gate_waits_for(w->rules, p), ==, ROLE_LEAD | ROLE_APPROVER);
  g_autofree char *why = NULL;
  g_assert_true(gate_may(w->rules, p, &lead, NULL, DAY0, NULL));
  g_assert_false(gate_may(w->rules, p, &manager, NULL, DAY0, &why));
  refuses(w, id, &manager, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_FORBIDDEN, "one person must accept (lead or approver)");
  refuses(w, id, &lead, GATE_ACCEPT, NULL, "0000", DAY0, MENO_ERROR_STALE, "not what was shown");
  refuses(w, id, &lead, GATE_REJECT, "  \n", NULL, DAY0, MENO_ERROR_BAD_INPUT, "needs a reason");
  refuses(w, id, &lead, GATE_REQUEST_CHANGES, NULL, NULL, DAY0, MENO_ERROR_BAD_INPUT, "needs a reason");
  decides(w, id, &lead, GATE_ACCEPT, NULL, DAY0);
  int64_t after = count(w);
  decides(w, id, &lead, GATE_ACCEPT, NULL, DAY0 + CLOCK_DAY); /* a second click */
  g_assert_cmpint(count(w), ==, after);
  assert_state(w, id, "accepted");
  refuses(w, id, &approver, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "account:lead decided on 2024-10-04");
  refuses(w, id, &lead, GATE_REJECT, "oh", NULL, DAY0, MENO_ERROR_CONFLICT, "accepted already");
  g_autofree char *stands = propose(w, &usual, DAY0 + 59 * CLOCK_DAY, GATE_STANDS);
  g_assert_cmpstr(stands, ==, id);
}

static void test_criteria(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, id);
  static const char *const two[] = { "cause", "people", NULL }, *const odd[] = { "cause", "smallest", "people", "beauty", NULL };
  const struct {
    const char *const *yes;
    const char *part;
  } cases[] = { { NULL, "(cause) is not answered with yes" },
                { two, "(smallest) is not answered with yes" },
                { odd, "\"beauty\" is none of the questions" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ledger_write_auto) write = begin(w, DAY0);
    struct gate_decision decision = { .proposal = id, .word = GATE_ACCEPT, .hash = p->hash, .criteria = cases[i].yes };
    g_assert_false(gate_decide(write, w->rules, &lead, &decision, DAY0, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    if (!strstr(error->message, cases[i].part)) g_error("\"%s\" does not say \"%s\"", error->message, cases[i].part);
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = begin(w, DAY0);
  struct gate_decision nothing = { .proposal = "a-nothing", .word = GATE_ACCEPT, .hash = p->hash, .criteria = all_yes };
  g_assert_false(gate_decide(write, w->rules, &lead, &nothing, DAY0, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_NOT_FOUND);
}

/* 600 people (2), new (1), barely sure (1): tier 2. */
static struct gate_input wide(void) {
  struct gate_input in = usual;
  in.factors = (struct risk_factors){ .audience = 600, .novel = true, .confidence = 0.4 };
  return in;
}

static void test_two_people(struct world *w, gconstpointer data) {
  struct gate_input in = wide();
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  decides(w, id, &lead, GATE_ACCEPT, NULL, DAY0);
  assert_state(w, id, "in approval");
  decides(w, id, &lead, GATE_ACCEPT, NULL, DAY0); /* one person is not two */
  assert_state(w, id, "in approval");
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_assert_cmpint(p->tier, ==, 2);
  g_assert_cmpuint(gate_waits_for(w->rules, p), ==, ROLE_APPROVER);
  decides(w, id, &other_lead, GATE_ACCEPT, NULL, DAY0); /* two leads are no expert */
  assert_state(w, id, "in approval");
  decides(w, id, &approver, GATE_ACCEPT, "well founded", DAY0);
  assert_state(w, id, "accepted");
}

static void test_stale_approval(struct world *w, gconstpointer data) {
  struct gate_input in = wide();
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) old = find(w, id);
  decides(w, id, &approver, GATE_ACCEPT, NULL, DAY0);
  in.title = "Practise refund calls in three teams";
  g_autofree char *next = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) superseded = find(w, id), new = find(w, next);
  g_assert_cmpuint(superseded->approvals->len, ==, 1);
  g_assert_true(((struct gate_approval *)superseded->approvals->pdata[0])->stale);
  g_assert_cmpuint(new->approvals->len, ==, 0);
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_STALE, next);
  refuses(w, id, &approver, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_STALE, "its content changed");
  refuses(w, next, &lead, GATE_ACCEPT, NULL, old->hash, DAY0, MENO_ERROR_STALE, "not what was shown");
  decides(w, next, &lead, GATE_ACCEPT, NULL, DAY0);
  assert_state(w, next, "in approval"); /* the approval of the old one does not count */
}

static void test_changes(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  decides(w, id, &lead, GATE_REQUEST_CHANGES, "one team first", DAY0);
  assert_state(w, id, "changes requested");
  g_autofree char *same = propose(w, &usual, DAY0, GATE_SAME);
  g_assert_cmpstr(same, ==, id);
  refuses(w, id, &approver, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "changes requested already");
  struct gate_input in = usual;
  in.body = "{\"remedy\":\"practice\",\"teams\":[\"Alpha\"]}";
  g_autofree char *next = propose(w, &in, DAY0 + 10 * CLOCK_DAY, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, next);
  g_assert_cmpint(p->expires, ==, DAY0 + 40 * CLOCK_DAY); /* what was asked for gets its own term */
  decides(w, next, &lead, GATE_REJECT, "not now", DAY0 + 11 * CLOCK_DAY);
  assert_state(w, next, "rejected");
}

static void test_change_of_mind(struct world *w, gconstpointer data) {
  struct gate_input in = wide();
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  decides(w, id, &lead, GATE_ACCEPT, NULL, DAY0);
  decides(w, id, &lead, GATE_REJECT, "I misread it", DAY0);
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_assert_cmpstr(p->state, ==, "rejected");
  g_assert_cmpuint(p->approvals->len, ==, 1);
}

/* In the lead's place: with the lead's roles, and for the separation of duties both. */
static void test_deputy(struct world *w, gconstpointer data) {
  static const struct gate_person stand_in = { "account:approver", ROLE_LEAD, "account:lead" }, stranger = { "account:approver-2", ROLE_LEAD, "account:lead" },
                                  other_approver = { "account:approver-3", ROLE_APPROVER };
  struct gate_input in = wide();
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  decides(w, id, &stand_in, GATE_ACCEPT, NULL, DAY0);
  assert_state(w, id, "in approval"); /* as a lead: an approver is waited for */
  g_autoptr(gate_proposal_auto) p = find(w, id);
  const struct gate_approval *a = p->approvals->pdata[0];
  g_assert_cmpstr(a->actor, ==, "account:approver");
  g_assert_cmpstr(a->instead_of, ==, "account:lead");
  g_assert_cmpstr(a->role, ==, "lead");
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "as a deputy");
  refuses(w, id, &stranger, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "count once");
  decides(w, id, &approver, GATE_ACCEPT, NULL, DAY0); /* the same person again: nothing */
  assert_state(w, id, "in approval");
  g_autofree char *why = NULL;
  g_assert_false(gate_may(w->rules, p, &lead, NULL, DAY0, &why));
  decides(w, id, &other_approver, GATE_ACCEPT, NULL, DAY0);
  assert_state(w, id, "accepted");
  in.subject = "need:n-2";
  in.requester = "account:lead";
  g_autofree char *asked = propose(w, &in, DAY0, GATE_MADE);
  refuses(w, asked, &stand_in, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_FORBIDDEN, "or whom you stand in for, asked");
  in.subject = "need:n-3";
  in.requester = "account:approver";
  g_autofree char *own = propose(w, &in, DAY0, GATE_MADE);
  refuses(w, own, &stand_in, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_FORBIDDEN, "or whom you stand in for, asked");
  in.subject = "need:n-4";
  in.requester = NULL;
  g_autofree char *no = propose(w, &in, DAY0, GATE_MADE);
  decides(w, no, &lead, GATE_ACCEPT, NULL, DAY0);
  refuses(w, no, &stand_in, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_CONFLICT, "in their own right");
  decides(w, no, &stand_in, GATE_REJECT, "it has changed", DAY0); /* a no ends it, whoever says it */
  assert_state(w, no, "rejected");
}

static void test_separation(struct world *w, gconstpointer data) {
  struct gate_input in = usual;
  in.requester = lead.actor;
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  refuses(w, id, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_FORBIDDEN, "you asked for this");
  /* Tier 3: who confirmed the cause does not decide, and a yes needs a reason. */
  in.requester = NULL;
  in.subject = "need:n-3";
  in.factors = (struct risk_factors){ .audience = 30, .individual = true, .regulated = true, .novel = true, .confidence = 0.8 };
  g_autofree char *grave = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, grave);
  g_assert_cmpint(p->tier, ==, 3);
  g_autofree char *why = NULL;
  g_assert_false(gate_may(w->rules, p, &lead, lead.actor, DAY0, &why));
  g_assert_nonnull(strstr(why, "you confirmed the cause"));
  refuses(w, grave, &other_lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_BAD_INPUT, "needs a reason");
  decides(w, grave, &other_lead, GATE_ACCEPT, "necessary", DAY0);
  assert_state(w, grave, "in approval");
  decides(w, grave, &approver, GATE_ACCEPT, "sound", DAY0);
  assert_state(w, grave, "accepted");
}

/* An agent with a role is still no person. */
static void test_agent_decides(struct world *w, gconstpointer data) {
  static const struct gate_person agent = { "agent:needs@1", ROLE_LEAD | ROLE_APPROVER };
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  refuses(w, id, &agent, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_FORBIDDEN, "which people own");
}

/* ---- rules that change ---- */

static char *changed_rules(const char *from, const char *to) {
  size_t length;
  const char *carried = rules_default_text(&length);
  g_autofree char *text = g_strndup(carried, length);
  g_auto(GStrv) parts = g_strsplit(text, from, -1);
  g_assert_cmpuint(g_strv_length(parts), >=, 2);
  return g_strjoinv(to, parts);
}

static void adopt(struct world *w, const char *from, const char *to) {
  g_autoptr(GError) error = NULL;
  g_autofree char *text = changed_rules(from, to);
  rules_free(w->rules);
  w->rules = rules_parse("rules.yaml", text, strlen(text), &error);
  g_assert_no_error(error);
}

static void test_new_rules(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autofree char *note = NULL;
  struct gate_input in = usual;
  in.kind = "send note";
  in.title = "Tell the requester why not";
  note = propose(w, &in, DAY0, GATE_MADE);
  adopt(w, "act on need:", "act on a need:");
  refuses(w, note, &lead, GATE_ACCEPT, NULL, NULL, DAY0, MENO_ERROR_STALE, "the decision rules changed");
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(w, DAY0);
  bool changed = false;
  g_assert_true(gate_adopt_rules(write, w->rules, "account:lead", DAY0, &changed, &error) && changed);
  finish(write);
  assert_state(w, id, "superseded"); /* the rules no longer know its kind */
  g_autoptr(gate_proposal_auto) old = find(w, note);
  g_assert_cmpstr(old->state, ==, "superseded");
  g_assert_cmpstr(old->why, ==, "the decision rules changed");
  g_autoptr(gate_proposal_auto) new = find(w, old->next);
  g_assert_cmpstr(new->content_hash, ==, old->content_hash);
  g_assert_cmpstr(new->evidence_hash, ==, old->evidence_hash);
  g_assert_cmpstr(new->rules, ==, w->rules->revision);
}

static void test_automatic(struct world *w, gconstpointer data) {
  adopt(w, "least tier: 1\n    open: 14", "least tier: 0\n    open: 14");
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(w, DAY0);
  g_assert_true(gate_adopt_rules(write, w->rules, "account:lead", DAY0, NULL, &error));
  finish(write);
  int automatic = 0, asked = 0;
  for (int i = 0; i < 300; i++) {
    g_autofree char *subject = g_strdup_printf("need:n-%d", i);
    struct gate_input in = usual;
    in.kind = "send note";
    in.subject = subject;
    in.factors.audience = 1;
    g_auto(gate_answer_auto) answer = { 0 };
    write = begin(w, DAY0);
    g_assert_true(gate_propose(write, w->rules, &in, DAY0, &answer, &error));
    finish(write);
    *(answer.outcome == GATE_AUTO ? &automatic : &asked) += 1;
    g_autoptr(gate_proposal_auto) p = find(w, answer.id);
    g_assert_cmpint(p->tier, ==, 0);
    if (answer.outcome == GATE_AUTO) {
      g_assert_cmpstr(p->state, ==, "auto-accepted");
      g_assert_cmpuint(p->approvals->len, ==, 0);
    } else g_assert_cmpuint(gate_waits_for(w->rules, p), ==, ROLE_LEAD | ROLE_APPROVER);
  }
  g_assert_cmpint(asked, >, 10); /* of 300, 30 are expected */
  g_assert_cmpint(asked, <, 60);
  /* Nothing about one person, whatever the rule says. */
  struct gate_input in = usual;
  in.kind = "send note";
  in.subject = "need:n-person";
  in.factors = (struct risk_factors){ .audience = 1, .individual = true, .confidence = 0.9 };
  adopt(w, "individual: 4", "individual: 0");
  adopt(w, "least tier: 1", "least tier: 0");
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_assert_cmpint(p->tier, >=, 1);
}

/* ---- many at once ---- */

struct click { struct world *w; const char *id, *hash; int number; enum gate_word word; gint *accepted, *conflicts, *others; };

/* What other rules would say of a stored proposal, and nothing is written for it. */
static void test_judged(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  g_autoptr(gate_proposal_auto) p = find(w, id);
  int64_t before = count(w);
  static const struct { const char *from, *to; bool refused, withheld, automatic; int tier, people; } rows[] = {
    { "rules: 1", "rules: 1", false, false, false, 1, 1 },
    { "audience: { 50: 1, 500: 2, 5000: 3 }", "audience: { 30: 3 }", false, false, false, 2, 2 },
    { "evidence: { records: 20, people: 5, sources: 2 }", "evidence: { records: 900, people: 5, sources: 2 }", true, false, false, 0, 0 },
    { "least worth: 1000", "least worth: 40001", false, true, false, 1, 1 },
    { "least tier: 1\n    open: 30                                # days", "least tier: 0\n    open: 30                                # days", false, false, true, 0, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *text = changed_rules(rows[i].from, rows[i].to);
    g_autoptr(rules_auto) rules = rules_parse("rules.yaml", text, strlen(text), &error);
    g_assert_no_error(error);
    if (rows[i].automatic) rules->kinds[0].who[0].sample = 0; /* a sample goes to people all the same */
    g_auto(gate_judgement_auto) judged = { 0 };
    g_assert_true(gate_judge(rules, p, &judged, &error));
    g_assert_cmpint(judged.refused != NULL, ==, rows[i].refused);
    g_assert_cmpint(judged.withheld != NULL, ==, rows[i].withheld);
    g_assert_cmpint(judged.automatic, ==, rows[i].automatic);
    g_assert_cmpint(judged.tier, ==, rows[i].tier);
    g_assert_cmpint(judged.who ? judged.who->people : 0, ==, rows[i].people);
  }
  g_assert_cmpint(count(w), ==, before);
}

static gpointer click(gpointer data) {
  struct click *c = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *actor = g_strdup_printf("account:approver-%d", c->number);
  struct gate_person person = { actor, ROLE_APPROVER };
  struct gate_decision decision = {
    .proposal = c->id, .word = c->word, .hash = c->hash, .criteria = c->word == GATE_ACCEPT ? all_yes : NULL, .reason = "because"
  };
  g_autoptr(ledger_write_auto) write = ledger_write(c->w->ledger, DAY0, &error);
  bool fine = write && gate_decide(write, c->w->rules, &person, &decision, DAY0, &error) && ledger_commit(g_steal_pointer(&write), &error);
  g_atomic_int_inc(fine ? c->accepted : g_error_matches(error, MENO_ERROR, MENO_ERROR_CONFLICT) ? c->conflicts : c->others);
  return NULL;
}

/* Sixty-four different people at once; how many decisions are recorded must be `expected`, the others are conflicts. */
static void click_at_once(struct world *w, const char *id, bool contradict, int expected) {
  g_autoptr(gate_proposal_auto) p = find(w, id);
  struct click clicks[64];
  GThread *threads[64];
  gint accepted = 0, conflicts = 0, others = 0;
  for (int i = 0; i < 64; i++)
    clicks[i] = (struct click){ w, id, p->hash, i, contradict ? (enum gate_word)(i % 3) : GATE_ACCEPT, &accepted, &conflicts, &others };
  for (int i = 0; i < 64; i++) threads[i] = g_thread_new("click", click, &clicks[i]);
  for (int i = 0; i < 64; i++) g_thread_join(threads[i]);
  g_assert_cmpint(accepted, ==, expected);
  g_assert_cmpint(conflicts, ==, 64 - expected);
  g_assert_cmpint(others, ==, 0);
  g_autoptr(gate_proposal_auto) after = find(w, id);
  g_assert_cmpint((int)after->approvals->len, ==, expected);
}

static void test_many_at_once(struct world *w, gconstpointer data) {
  g_autofree char *id = propose(w, &usual, DAY0, GATE_MADE);
  click_at_once(w, id, true, 1);
}

static void test_many_accept(struct world *w, gconstpointer data) {
  struct gate_input in = wide();
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  click_at_once(w, id, false, 2);
  assert_state(w, id, "accepted");
}

/* ---- showing ---- */

static char *anonymous(void *data, const char *actor) { return g_strdup_printf("<%s>", strchr(actor, ':') + 1); }

static char *shown(struct world *w, const char *id, const struct gate_person *person, struct json_doc **ret_doc) {
  g_autoptr(GError) error = NULL;
  g_autoptr(gate_proposal_auto) p = find(w, id);
  g_autoptr(db_auto) db = store_read(w->store, &error);
  struct gate_view view = { .rules = w->rules, .person = person, .now = DAY0, .name = anonymous };
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  g_assert_true(gate_write_whole(&view, db, p, &out, &error));
  json_close_object(&out);
  size_t length;
  char *text = json_writer_steal(&out, &length);
  *ret_doc = json_parse(text, length, &error);
  g_assert_no_error(error);
  return text;
}

static void test_shown(struct world *w, gconstpointer data) {
  struct gate_input in = wide();
  static const struct gate_evidence four[] = { { "kpis.csv", "", 60, 0, false, NULL, false },
                                               { "results.csv", "", 90, 31, false, NULL, false },
                                               { "pulse.csv", "the four are unhappy", 8, 4, false, NULL, false } };
  in.evidence = four;
  g_autofree char *first = propose(w, &in, DAY0, GATE_MADE);
  in.body = "{\"remedy\":\"job aid\",\"teams\":[\"Alpha\",\"Beta\"]}";
  g_autofree char *id = propose(w, &in, DAY0, GATE_MADE);
  decides(w, id, &approver, GATE_ACCEPT, "fine", DAY0);
  g_autoptr(json_doc_auto) doc = NULL;
  g_autofree char *text = shown(w, id, &lead, &doc);
  struct json root = json_root(doc);
  g_assert_cmpstr(json_string(json_get(root, "need")), ==, "n-1");
  g_assert_cmpstr(json_string(json_get(root, "state")), ==, "in approval");
  g_assert_true(json_true(json_get(root, "mine")));
  g_assert_cmpuint(json_count(json_get(root, "criteria")), ==, 3);
  g_assert_cmpuint(json_count(json_get(root, "risk")), ==, 3);
  g_assert_cmpuint(json_count(json_get(root, "why")), ==, 3);
  g_assert_cmpstr(json_string(json_get(json_at(json_get(root, "decisions"), 0), "by")), ==, "<approver>");
  g_assert_cmpstr(json_string(json_at(json_get(root, "changed"), 0)), ==, "remedy was \"practice\", is \"job aid\"");
  g_assert_cmpuint(json_count(json_get(root, "changed")), ==, 1);
  g_assert_cmpstr(json_string(json_get(root, "previous")), ==, first);
  g_assert_null(strstr(text, "unhappy")); /* four people */
  g_assert_false(json_true(json_get(root, "stale")));
  g_autoptr(json_doc_auto) seen = NULL;
  g_autofree char *by_approver = shown(w, id, &approver, &seen);
  g_assert_nonnull(strstr(by_approver, "job aid"));
  g_assert_false(json_true(json_get(json_root(seen), "mine")));
  g_autoptr(json_doc_auto) before = NULL;
  g_autofree char *superseded = shown(w, first, &lead, &before);
  g_assert_nonnull(strstr(superseded, "its content changed"));
  g_assert_true(json_true(json_get(json_root(before), "stale")));
}

/* Every named query holds against the schema. */
static void test_queries(struct world *w, gconstpointer data) {
  g_autoptr(GError) error = NULL;
  store_check_queries(w->store, &error);
  g_assert_no_error(error);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add("/proposals/" #name, struct world, NULL, setup, test_##name, teardown)
  TEST(refused);
  TEST(same_and_changed);
  TEST(several_about_one);
  TEST(worth_and_budget);
  TEST(expiry);
  TEST(lapsed_unswept);
  TEST(late_sweep);
  TEST(withdraw);
  TEST(withdraw_rest);
  TEST(one_owner);
  TEST(criteria);
  TEST(two_people);
  TEST(stale_approval);
  TEST(changes);
  TEST(change_of_mind);
  TEST(deputy);
  TEST(separation);
  TEST(agent_decides);
  TEST(new_rules);
  TEST(automatic);
  TEST(judged);
  TEST(many_at_once);
  TEST(many_accept);
  TEST(shown);
  TEST(queries);
  return g_test_run();
}
