/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn: load the snapshot, run the agent, store what it holds.
 *
 * An agent states all that it holds to be so. The runner compares that with its live claims: the same claim (predicate,
 * subject and value) is left alone, another value supersedes, what is not stated any more is retracted and the open
 * proposals that rested on it are withdrawn. So a second run on the same data records nothing.
 *
 * What the runner refuses: a claim without evidence, and one that sets what people own. Refusals are counted and named in
 * the turn's event, so that a practitioner sees why an agent is silent.
 *
 * Agents answer each other, so they could go round in circles. A span is what stays the same while they do: the facts from
 * outside, what people decided, and the day. Within one an agent that says A, then B, then A again is refused (a unique key
 * of agent, kind, subject, and the hash of value and evidence); it has at most MOST_DEPTH turns; and one turn holds at most so
 * many claims, proposals and deliveries. What is refused is not held any more: a circle ends in silence, never in noise. */
#include "runtime/runner.h"
#include "agents/agent.h"
#include "base/metrics.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "runtime/deliver.h"
#include "runtime/wake.h"
#include "base/id.h"
#include <math.h>
#include <string.h>

const struct event_kind runtime_kinds[] = {
  { "turn.taken", "running the system", 400, "", "an agent had its turn: what it claimed, retracted, proposed, and was refused",
    .body = "{claims?:count deliveries?:count depth?:count proposals?:count read_to?:integer refused?:text retracted?:count withheld?:count}" },
  { 0 } };

#define MOST_DEPTH 24       /* turns of an agent in one span: six full runs */
#define MOST_CLAIMS 20000   /* of one turn */
#define MOST_PROPOSALS 500
#define MOST_HANDOVERS 50000
#define MOST_ROUNDS 4 /* what one agent says, others may answer; more would be a circle, and waits for the next run */

struct taking {
  const struct agent *agent;
  const struct rules *rules;
  const struct company *company;
  struct ledger_write *write;
  const char *actor;         /* "agent:needs@1" */
  int64_t now;
  struct runner_report counts;
  GString *refusals;
  GHashTable *kept;          /* ids of the proposals that this turn made, or made again */
  char span[48];             /* the window of the loop guard */
  int64_t depth;             /* this is so many'th turn in it */
};

static const char *name_of(int index, int count, const char *name) { return index >= 0 && index < count ? name : NULL; }

static void put_name(struct json_writer *out, const char *key, const char *name) { if (name) json_put_string(out, key, name); }
static void put_day(struct json_writer *out, const char *key, int32_t day) {
  char text[CLOCK_TEXT];
  if (day != CLOCK_NO_DAY) json_put_string(out, key, clock_format_day(day, text));
}

/* One piece of evidence, by names instead of indices. Persons are never named. */
static void write_evidence(struct json_writer *out, const struct company *company, const struct evidence *evidence) {
  json_open_object(out, NULL);
  put_name(out, "about", evidence->about);
  json_put_bool(out, "against", evidence->against);
  json_put_integer(out, "count", evidence->count);
  json_put_string(out, "file", formats[evidence->file].file);
  put_day(out, "from", evidence->from);
  put_name(out, "goal", name_of(evidence->goal, company->goals.count, evidence->goal >= 0 ? company->goals.at[evidence->goal].id : NULL));
  json_put_integer(out, "people", evidence->people);
  put_name(out, "skill", name_of(evidence->skill, company->skills.count, evidence->skill >= 0 ? company->skills.at[evidence->skill].id : NULL));
  json_put_number(out, "strength", evidence->strength);
  put_name(out, "team", name_of(evidence->team, company->teams.count, evidence->team >= 0 ? company->teams.at[evidence->team].name : NULL));
  json_put_string(out, "text", evidence->sentence);
  put_day(out, "to", evidence->to);
  json_close_object(out);
}

static void write_sources(struct json_writer *out, const struct claim *claim, const struct company *company) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
  json_open_array(out, "rests_on");
  for (int i = 0; i < claim->evidence_count; i++) {
    const struct evidence *evidence = &claim->evidence[i];
    g_autofree char *file = g_strconcat("file:", formats[evidence->file].file, NULL);
    if (g_hash_table_add(seen, GINT_TO_POINTER((int)evidence->file + 1))) json_put_string(out, NULL, file);
    if (evidence->goal < 0 || !g_hash_table_add(seen, GINT_TO_POINTER(-1 - evidence->goal))) continue;
    g_autofree char *goal = g_strconcat("goal:", company->goals.at[evidence->goal].id, NULL);
    json_put_string(out, NULL, goal);
  }
  json_close_array(out);
}

static char *claim_body(const struct taking *taking, const struct claim *claim, const char *id, size_t *ret_length) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "agent", taking->actor);
  json_put_number(&out, "confidence", claim->confidence);
  json_open_array(&out, "evidence");
  for (int i = 0; i < claim->evidence_count; i++) write_evidence(&out, taking->company, &claim->evidence[i]);
  json_close_array(&out);
  json_put_string(&out, "id", id);
  json_put_string(&out, "predicate", claim->predicate);
  write_sources(&out, claim, taking->company);
  json_put_string(&out, "subject", claim->subject);
  json_put_integer(&out, "valid_from", claim->valid_from);
  json_put_integer(&out, "valid_to", claim->valid_to);
  json_put_raw(&out, "value", claim->value, strlen(claim->value));
  json_close_object(&out);
  return json_writer_steal(&out, ret_length);
}

static char *claim_id(const struct claim *claim) { return id_short("c", claim->predicate, claim->subject, claim->value, NULL); }

static char *claim_subject(const char *predicate, const char *subject) {
  g_autofree char *noun = g_strdelimit(g_strdup(predicate), " ", '-');
  return g_strconcat(noun, ":", subject, NULL);
}

static void refuse(struct taking *taking, const char *subject, const char *why) {
  taking->counts.refused++;
  g_string_append_printf(taking->refusals, "%s%s: %s", taking->refusals->len ? "; " : "", subject, why);
}

/* A claim without evidence, or one that sets what people own, is no claim. */
static bool acceptable(struct taking *taking, const struct claim *claim) {
  g_autoptr(GError) owned = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), &owned);
  if (!doc || !rules_check_owned(taking->rules, claim->predicate, json_root(doc), &owned)) {
    refuse(taking, claim->subject, owned->message);
    return false;
  }
  if (claim->evidence_count == 0) refuse(taking, claim->subject, "no evidence");
  return claim->evidence_count > 0;
}

/* 1 it is new in this span, 0 not, -1 */
static int say_claim(const struct taking *taking, const struct claim *claim, const char *body, size_t length, GError **error) {
  uint8_t hash[DIGEST_BYTES];
  char text[DIGEST_TEXT];
  digest(body, length, hash);
  return gate_say(ledger_write_db(taking->write), taking->actor, claim->predicate, claim->subject, digest_format(hash, text), taking->span, error);
}

static bool make_claim(struct taking *taking, const struct claim *claim, GHashTable *stated, GError **error) {
  char *id = claim_id(claim);
  if (!acceptable(taking, claim) || g_hash_table_contains(stated, id)) {
    g_free(id);
    return true;
  }
  g_hash_table_add(stated, id);
  g_autoptr(query_auto) live = db_query(ledger_write_db(taking->write), error, "ledger.live_claim", "tt", claim->predicate, claim->subject);
  int got = query_next(live, error);
  if (got < 0 || (got == 1 && strcmp(query_text(live, 0), id) == 0)) return got == 1;
  query_done(g_steal_pointer(&live));
  size_t length;
  g_autofree char *body = claim_body(taking, claim, id, &length);
  int said = say_claim(taking, claim, body, length, error);
  if (said < 0) return false;
  if (said == 0) {
    refuse(taking, claim->subject, "said before under the same facts, and something else since: a loop");
    g_hash_table_remove(stated, id);
    return true;
  }
  g_autofree char *subject = claim_subject(claim->predicate, claim->subject);
  taking->counts.claims++;
  return ledger_append(taking->write, &(struct event){ .kind = "claim.made", .subject = subject, .actor = taking->actor, .body = body,
    .body_length = length, .rules = taking->rules->revision }, NULL, error);
}

static bool retract(struct taking *taking, const char *id, const char *predicate, const char *claim_of, GError **error) {
  g_autofree char *body = g_strconcat("{\"id\":\"", id, "\"}", NULL);
  g_autofree char *subject = claim_subject(predicate, claim_of);
  taking->counts.retracted++;
  return ledger_append(taking->write, &(struct event){ .kind = "claim.retracted", .subject = subject, .actor = taking->actor, .body = body }, NULL, error) &&
    gate_withdraw(taking->write, subject, "what it rested on no longer holds", taking->actor, taking->now, NULL, error);
}

/* What this agent held and does not state any more. */
static bool retract_the_rest(struct taking *taking, GHashTable *stated, GError **error) {
  g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  g_autofree char *anyone = g_strconcat("agent:", taking->agent->id, "@%", NULL);
  g_autoptr(query_auto) query = db_query(ledger_write_db(taking->write), error, "ledger.agent_claims", "t", anyone);
  int got;
  while ((got = query_next(query, error)) == 1) {
    if (g_hash_table_contains(stated, query_text(query, 0))) continue;
    const char *row[] = { query_text(query, 0), query_text(query, 1), query_text(query, 2), NULL };
    g_ptr_array_add(gone, g_strdupv((char **)(uintptr_t)row));
  }
  for (guint i = 0; got == 0 && i < gone->len; i++) {
    char **row = gone->pdata[i];
    if (!retract(taking, row[0], row[1], row[2], error)) return false;
  }
  return got == 0;
}

static const struct claim *claim_about(const struct turn *turn, const char *subject) {
  for (int i = 0; i < turn_claims(turn); i++)
    if (strcmp(turn_claim_at(turn, i)->subject, subject) == 0) return turn_claim_at(turn, i);
  return NULL;
}

/* What a need is worth a year, by its own value; NAN where it does not say. */
static double worth_of(const struct claim *claim) {
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), NULL);
  return json_number(json_get(json_get(json_root(doc), "value"), "money"), NAN);
}

static char *requester_of(const struct proposal *proposal) {
  g_autoptr(json_doc_auto) doc = json_parse(proposal->body, strlen(proposal->body), NULL);
  const char *person = doc ? json_string(json_get(json_root(doc), "to")) : NULL;
  return person ? g_strconcat("person:", person, NULL) : NULL;
}

static int by_strength(const void *a, const void *b) {
  double x = fabs((*(const struct evidence *const *)a)->strength), y = fabs((*(const struct evidence *const *)b)->strength);
  return (y > x) - (y < x);
}

/* The claim's evidence as the gate takes it, the strongest first: an approver reads from the top. */
static struct gate_evidence *gate_evidence_of(const struct claim *claim) {
  g_autoptr(GPtrArray) order = g_ptr_array_new();
  for (int i = 0; claim && i < claim->evidence_count; i++) g_ptr_array_add(order, (void *)(uintptr_t)&claim->evidence[i]);
  g_ptr_array_sort(order, by_strength);
  struct gate_evidence *evidence = g_new0(struct gate_evidence, order->len + 1);
  for (guint i = 0; i < order->len; i++) {
    const struct evidence *from = order->pdata[i];
    evidence[i] = (struct gate_evidence){ .source = formats[from->file].file, .sentence = from->sentence, .records = from->count, .people = from->people,
      .against = from->against, .about = from->about };
  }
  return evidence;
}

static bool propose(struct taking *taking, const struct turn *turn, const struct proposal *proposal, GError **error) {
  const struct claim *claim = claim_about(turn, proposal->subject);
  g_autofree struct gate_evidence *evidence = gate_evidence_of(claim);
  g_autofree char *id = claim ? claim_id(claim) : NULL;
  g_autofree char *subject = claim ? claim_subject(claim->predicate, claim->subject) : g_strdup(proposal->subject);
  g_autofree char *requester = requester_of(proposal);
  struct gate_input input = { .kind = proposal->kind, .subject = subject, .title = proposal->title, .body = proposal->body, .agent = taking->actor,
    .claim = id, .requester = requester, .worth = claim && !requester ? worth_of(claim) : NAN /* a note moves no number */, .expires = proposal->expires, .evidence = evidence,
    .evidence_count = claim ? claim->evidence_count : 0, .span = taking->span,
    .factors = { .audience = proposal->audience, .regulated = proposal->regulated, .individual = proposal->individual,
      .irreversible = proposal->irreversible, .novel = proposal->novel, .confidence = proposal->confidence } };
  g_auto(gate_answer_auto) answer = { 0 };
  if (!gate_propose(taking->write, taking->rules, &input, taking->now, &answer, error)) return false;
  taking->counts.proposals += answer.outcome == GATE_MADE || answer.outcome == GATE_AUTO;
  taking->counts.withheld += answer.outcome == GATE_WITHHELD;
  if (answer.outcome == GATE_REFUSED) refuse(taking, proposal->subject, answer.why);
  if (answer.id) g_hash_table_add(taking->kept, g_strdup(answer.id));
  return true;
}

/* How new what an agent reads is: those that build on others look again when another has spoken. */
static int64_t version_for(const struct agent *agent, const struct company *company) {
  return agent->builds_on_others ? company->version : company->data_version;
}

static bool hand_over(struct taking *taking, const struct handover *handover, GError **error) {
  g_autoptr(GError) refused = NULL;
  if (deliver(taking->write, taking->company, handover, taking->actor, &refused)) {
    taking->counts.deliveries++;
    return true;
  }
  if (g_error_matches(refused, MENO_ERROR, MENO_ERROR_FORBIDDEN)) {
    refuse(taking, handover->title, refused->message);
    return true;
  }
  g_propagate_error(error, g_steal_pointer(&refused));
  return false;
}

static bool record_turn(struct taking *taking, int64_t version, GError **error) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_integer(&out, "claims", taking->counts.claims);
  json_put_integer(&out, "deliveries", taking->counts.deliveries);
  json_put_integer(&out, "depth", taking->depth);
  json_put_integer(&out, "proposals", taking->counts.proposals);
  json_put_integer(&out, "read_to", version);
  json_put_string(&out, "refused", taking->refusals->str);
  json_put_integer(&out, "retracted", taking->counts.retracted);
  json_put_integer(&out, "withheld", taking->counts.withheld);
  json_close_object(&out);
  g_autofree char *body = json_writer_steal(&out, NULL);
  g_autofree char *subject = g_strconcat("agent:", taking->agent->id, NULL);
  return ledger_append(taking->write, &(struct event){ .kind = "turn.taken", .subject = subject, .actor = taking->actor, .cause = version, .body = body,
      .rules = taking->rules->revision }, NULL, error) &&
    db_run(ledger_write_db(taking->write), error, "ledger.put_cursor", "tii", taking->agent->id, version, (int64_t)clock_day(taking->now)) >= 0;
}

/* The span, and how deep in it this turn is. 1 take it; 0 deep enough, so nothing is stored; -1 */
static int enter_span(struct taking *taking, GError **error) {
  struct db *db = ledger_write_db(taking->write);
  int64_t outside = 0;
  if (db_one(db, &outside, error, "runtime.outside", "") < 0) return -1;
  g_snprintf(taking->span, sizeof taking->span, "%" G_GINT64_FORMAT ".%d", outside, clock_day(taking->now));
  g_autoptr(query_auto) query = db_query(db, error, "runtime.depth", "t", taking->agent->id);
  int got = query_next(query, error);
  if (got < 0) return -1;
  bool same = got == 1 && strcmp(query_text(query, 0), taking->span) == 0;
  taking->depth = same ? query_integer(query, 1) + 1 : 1;
  query_done(g_steal_pointer(&query));
  if (taking->depth > MOST_DEPTH) return 0;
  if (!same && db_run(db, error, "runtime.forget_said", "tt", taking->actor, taking->span) < 0) return -1;
  return db_run(db, error, "runtime.put_depth", "tti", taking->agent->id, taking->span, taking->depth) < 0 ? -1 : 1;
}

/* What this turn wishes; a wish of before is fulfilled by it. */
static bool set_timer(const struct taking *taking, const struct turn *turn, GError **error) {
  struct db *db = ledger_write_db(taking->write);
  int64_t at = turn_again_at(turn);
  if (at > taking->now) return db_run(db, error, "runtime.put_timer", "ti", taking->agent->id, at) >= 0;
  return db_run(db, error, "runtime.end_timer", "t", taking->agent->id) >= 0;
}

/* How many of them are taken; what is beyond is refused, and said once. */
static int within(struct taking *taking, int count, int most, const char *what) {
  if (count <= most) return count;
  g_autofree char *why = g_strdup_printf("%d %s in one turn; at most %d are taken", count, what, most);
  refuse(taking, taking->agent->id, why);
  return most;
}

static bool store_turn(struct taking *taking, const struct turn *turn, GError **error) {
  int claims = within(taking, turn_claims(turn), MOST_CLAIMS, "claims"), proposals = within(taking, turn_proposals(turn), MOST_PROPOSALS, "proposals"),
      handovers = within(taking, turn_handovers(turn), MOST_HANDOVERS, "deliveries");
  g_autoptr(GHashTable) stated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < claims; i++)
    if (!make_claim(taking, turn_claim_at(turn, i), stated, error)) return false;
  if (!retract_the_rest(taking, stated, error)) return false;
  for (int i = 0; i < proposals; i++)
    if (!propose(taking, turn, turn_proposal_at(turn, i), error)) return false;
  for (int i = 0; i < handovers; i++)
    if (!hand_over(taking, turn_handover_at(turn, i), error)) return false;
  if (!gate_withdraw_rest(taking->write, taking->actor, taking->kept, "the agent does not propose it any more", taking->now, NULL, error)) return false;
  return set_timer(taking, turn, error) && record_turn(taking, version_for(taking->agent, taking->company), error);
}

/* Has the agent something to read: newer data, a new day for what it holds as of today, or a timer? 1/0/-1 */
static int due_in(struct db *db, const struct agent *agent, const struct view *view, int64_t now, GError **error) {
  int64_t version = version_for(agent, view->company);
  g_autoptr(query_auto) query = db_query(db, error, "ledger.cursor", "t", agent->id);
  int got = query_next(query, error);
  if (got < 0) return -1;
  if (got == 0 || query_integer(query, 0) < version || query_integer(query, 1) < view->day) return 1;
  int64_t at = INT64_MAX;
  return db_one(db, &at, error, "runtime.timer", "t", agent->id) < 0 ? -1 : at <= now;
}

static int due(struct ledger *ledger, const struct agent *agent, const struct view *view, int64_t now, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  return db ? due_in(db, agent, view, now, error) : -1;
}

/* What an agent wants to say, to be stored. */
struct outcome { const struct agent *agent; const struct view *view; const struct rules *rules; const struct turn *turn; const char *actor; int64_t now; int taken; struct runner_report counts; };

static bool keep_turn(struct ledger_write *write, void *data, GError **error) {
  struct outcome *outcome = data;
  g_autoptr(GString) refusals = g_string_new("");
  g_autoptr(GHashTable) kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  struct taking taking = { .agent = outcome->agent, .rules = outcome->rules, .company = outcome->view->company, .write = write, .actor = outcome->actor,
    .now = outcome->now, .refusals = refusals, .kept = kept };
  /* Asked again: another process may have taken this very turn meanwhile. */
  outcome->taken = due_in(ledger_write_db(write), outcome->agent, outcome->view, outcome->now, error);
  if (outcome->taken == 1) outcome->taken = enter_span(&taking, error);
  if (outcome->taken < 1) return outcome->taken == 0;
  bool fine = store_turn(&taking, outcome->turn, error);
  outcome->counts = taking.counts;
  return fine;
}

static bool take_turn(struct ledger *ledger, const struct agent *agent, const struct view *view, const struct rules *rules, int64_t now,
                      struct runner_report *report, GError **error) {
  g_autoptr(turn_auto) turn = turn_new();
  struct snapshot snapshot = { .company = view->company, .now = now, .seed = (uint64_t)view->company->version };
  if (!agent->run(&snapshot, turn, error)) return false;
  g_autofree char *actor = g_strdup_printf("agent:%s@%s", agent->id, agent->revision);
  struct outcome outcome = { .agent = agent, .view = view, .rules = rules, .turn = turn, .actor = actor, .now = now };
  if (!ledger_do(ledger, now, keep_turn, &outcome, error)) return false;
  if (!outcome.taken) return true;
  const struct runner_report *counts = &outcome.counts;
  report->turns++;
  report->claims += counts->claims;
  report->retracted += counts->retracted;
  report->proposals += counts->proposals;
  report->withheld += counts->withheld;
  report->refused += counts->refused;
  report->deliveries += counts->deliveries;
  return true;
}

static bool time_turn(struct ledger *ledger, const struct agent *agent, const struct view *view, const struct rules *rules, int64_t now,
                      struct runner_report *report, GError **error) {
  int64_t begun = g_get_monotonic_time();
  bool fine = take_turn(ledger, agent, view, rules, now, report, error);
  if (fine) metric_time(METRIC_TURN_SECONDS, g_get_monotonic_time() - begun, agent->id, NULL);
  else metric_add(METRIC_TURNS_FAILED, 1, agent->id, NULL);
  return fine;
}

bool runner_tidy(struct ledger *ledger, const struct rules *rules, const struct agent *const *table, int64_t now, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  return write && wake_notice_silence(write, table, now, error) && gate_expire(write, now, NULL, error) && gate_release(write, rules, now, NULL, error) && ledger_commit(g_steal_pointer(&write), error);
}

bool runner_turn(struct ledger *ledger, struct snapshots *snapshots, const struct rules *rules, const char *agent, int64_t now, struct runner_report *report, GError **error) {
  g_autoptr(view_auto) view = snapshots_take(snapshots, clock_day(now), error);
  for (int i = 0; view && agents[i]; i++)
    if (strcmp(agents[i]->id, agent) == 0) return take_turn(ledger, agents[i], view, rules, now, report, error);
  return view && fail(error, MENO_ERROR_NOT_FOUND, "there is no agent \"%s\" in this Meno", agent);
}

/* One round: every agent that has something to read takes its turn. The number of turns, -1 on error. */
static int take_round(struct ledger *ledger, struct snapshots *snapshots, const struct rules *rules, const struct agent *const *table, int64_t now, int count,
                      bool (*progress)(void *, const char *, double), void *data, struct runner_report *report, GError **error) {
  int before = report->turns;
  for (int i = 0; i < count; i++) {
    g_autofree char *what = g_strconcat("agent ", table[i]->id, NULL);
    if (progress && !progress(data, what, (double)i / count)) return fail(error, MENO_ERROR_CANCELLED, "stopped before %s had its turn", what) - 1;
    g_autoptr(view_auto) view = snapshots_take(snapshots, clock_day(now), error);
    int ready = view ? due(ledger, table[i], view, now, error) : -1;
    if (ready < 0 || (ready && !time_turn(ledger, table[i], view, rules, now, report, error))) return -1;
  }
  return report->turns - before;
}

/* Every timer that was due has had its turn, or names an agent that there is no more. */
static bool sweep_timers(struct ledger *ledger, int64_t now, GError **error) {
  int64_t due = 0;
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  if (!db || db_one(db, &due, error, "runtime.timers_due", "i", now) < 0) return false;
  db_release(g_steal_pointer(&db));
  if (due == 0) return true;
  g_autoptr(db_auto) write = store_write(ledger_store(ledger), error);
  return write && db_run(write, error, "runtime.end_timers", "i", now) >= 0 && db_commit(g_steal_pointer(&write), error);
}

bool runner_run(struct ledger *ledger, struct snapshots *snapshots, const struct rules *rules, const struct agent *const *table, int64_t now,
                bool (*progress)(void *, const char *, double), void *data, struct runner_report *ret_report, GError **error) {
  struct runner_report report = { 0 };
  int count = 0, turns = 1;
  while (table[count]) count++;
  if (!runner_tidy(ledger, rules, table, now, error)) return false;
  for (int round = 0; round < MOST_ROUNDS && turns > 0; round++)
    turns = take_round(ledger, snapshots, rules, table, now, count, progress, data, &report, error);
  if (turns < 0 || !sweep_timers(ledger, now, error)) return false;
  if (progress) progress(data, "agents idle", 1);
  *ret_report = report;
  return true;
}
