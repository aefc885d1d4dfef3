/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why: the reasons behind anything that has an id, in plain sentences: what it says, what it rests on (with the files that
 * it came from), who decided what about it, and what followed. Lineage passes the disclosure threshold like any figure:
 * evidence from fewer than five people is counted, not told. */
#include "ledger/claims.h"
#include "ops/lineage.h"
#include "ops/outcomes.h"
#include <math.h>
#include <string.h>

struct reasons { struct op_call *call; struct view *view; struct db *db; struct json_writer *out; };

/* ---- evidence --------------------------------------------------------------------------------------------------- */

/* The imports that brought a file, newest first. */
static bool write_imports(struct reasons *reasons, const char *file, GError **error) {
  g_autoptr(query_auto) query = db_query(reasons->db, error, "ledger.imports", "i", (int64_t)200);
  int got, written = 0;
  json_open_array(reasons->out, "imports");
  while ((got = query_next(query, error)) == 1 && written < 3) {
    const char *report = query_text(query, 4);
    g_autoptr(json_doc_auto) doc = json_parse(report, strlen(report), NULL);
    struct json_iter it = json_iter(json_get(json_root(doc), "files"));
    while (strcmp(query_text(query, 1), "committed") == 0 && json_next(&it)) {
      if (!json_equals(json_get(it.value, "as"), file)) continue;
      g_autofree char *by = ops_actor_name(reasons->view->company, query_text(query, 3));
      json_open_object(reasons->out, NULL);
      json_put_string(reasons->out, "id", query_text(query, 0));
      json_put_string(reasons->out, "file", json_string(json_get(it.value, "name")));
      put_time(reasons->out, "at", query_integer(query, 2));
      json_put_string(reasons->out, "by", by);
      json_close_object(reasons->out);
      written++;
      break;
    }
  }
  json_close_array(reasons->out);
  return got >= 0;
}

static bool write_evidence(struct reasons *reasons, struct json item, GError **error) {
  struct json_writer *out = reasons->out;
  int64_t people = 0, count = 0;
  json_integer(json_get(item, "people"), &people);
  json_integer(json_get(item, "count"), &count);
  bool hidden = people > 0 && people < OPS_LEAST_PEOPLE;
  const char *file = json_string(json_get(item, "file"));
  json_open_object(out, NULL);
  json_put_string(out, "text", hidden ? "withheld: it rests on fewer than five people" : json_string(json_get(item, "text")));
  json_put_string(out, "about", json_string(json_get(item, "about")));
  json_put_bool(out, "against", json_true(json_get(item, "against")));
  json_put_string(out, "file", file);
  json_put_integer(out, "count", hidden ? 0 : count);
  json_put_number(out, "people", people == 0 || hidden ? NAN : (double)people);
  json_put_bool(out, "hidden", hidden);
  json_put_string(out, "from", json_string(json_get(item, "from")));
  json_put_string(out, "to", json_string(json_get(item, "to")));
  bool fine = write_imports(reasons, file, error);
  json_close_object(out);
  return fine;
}

/* An evidence row about a whole file: for goals and skills, whose figures come straight from records. */
static bool write_file_evidence(struct reasons *reasons, const char *text, enum file_id file, int count, int people, int32_t from, int32_t to, GError **error) {
  struct json_writer *out = reasons->out;
  bool hidden = people > 0 && people < OPS_LEAST_PEOPLE;
  json_open_object(out, NULL);
  json_put_string(out, "text", hidden ? "withheld: it rests on fewer than five people" : text);
  json_put_null(out, "about");
  json_put_bool(out, "against", false);
  json_put_string(out, "file", formats[file].file);
  json_put_integer(out, "count", hidden ? 0 : count);
  json_put_number(out, "people", people == 0 || hidden ? NAN : people);
  json_put_bool(out, "hidden", hidden);
  put_day(out, "from", from);
  put_day(out, "to", to);
  bool fine = write_imports(reasons, formats[file].file, error);
  json_close_object(out);
  return fine;
}

/* ---- the frame -------------------------------------------------------------------------------------------------- */

static void write_head(struct json_writer *out, const char *kind, const char *id, const char *title, const char *statement, const char *status, double confidence) {
  json_put_string(out, "id", id);
  json_put_string(out, "kind", kind);
  json_put_string(out, "title", title);
  json_put_string(out, "statement", statement);
  json_put_string(out, "status", status);
  json_put_number(out, "confidence", confidence);
}

static void write_made(struct json_writer *out, int64_t at, const char *by, const char *revision) {
  if (!at) {
    json_put_null(out, "made");
    return;
  }
  json_open_object(out, "made");
  put_time(out, "at", at);
  json_put_string(out, "by", by);
  json_put_string(out, "revision", revision);
  json_close_object(out);
}

static void write_link(struct json_writer *out, const char *id, const char *title, const char *kind) {
  json_open_object(out, NULL);
  json_put_string(out, "id", id);
  json_put_string(out, "title", title);
  json_put_string(out, "kind", kind);
  json_close_object(out);
}

static void write_decision(struct reasons *reasons, int64_t at, const char *actor, const char *what, const char *reason) {
  g_autofree char *by = ops_actor_name(reasons->view->company, actor);
  json_open_object(reasons->out, NULL);
  put_time(reasons->out, "at", at);
  json_put_string(reasons->out, "by", by);
  json_put_string(reasons->out, "what", what);
  json_put_string(reasons->out, "reason", reason);
  json_close_object(reasons->out);
}

static void empty_list(struct json_writer *out, const char *key) {
  json_open_array(out, key);
  json_close_array(out);
}

/* ---- needs ------------------------------------------------------------------------------------------------------ */

static void write_approvals(struct reasons *reasons, const struct gate_proposal *proposal) {
  for (guint i = 0; proposal && i < proposal->approvals->len; i++) {
    const struct gate_approval *approval = proposal->approvals->pdata[i];
    g_autofree char *what = g_strdup_printf("%s: %s", approval->decision, proposal->title);
    g_autofree char *reason = seal_reveal(system_seal(reasons->call->system), approval->reason, approval->event, "reason", NULL, NULL);
    write_decision(reasons, approval->at, approval->actor, what, reason);
  }
}

static bool write_words(struct reasons *reasons, const char *need, GError **error) {
  g_autoptr(query_auto) query = db_query(reasons->db, error, "company.need_words", "t", need);
  int got;
  while ((got = query_next(query, error)) == 1) {
    const char *word = query_text(query, 0), *cause = query_text(query, 1);
    g_autofree char *what = cause ? g_strdup_printf("confirmed the cause \"%s\"; the agent had ranked \"%s\" first", cause, query_text(query, 2)) : g_strdup_printf("marked as %s", word);
    g_autofree char *reason = ops_reveal(reasons->call, query, 3, 7, "reason");
    write_decision(reasons, query_integer(query, 5), query_text(query, 4), what, reason);
  }
  return got == 0;
}

/* The newest proposal to do something about a claim, of whatever kind. */
static bool find_action(struct reasons *reasons, const char *subject, struct gate_proposal **ret_action, GError **error) {
  static const char *const kinds[] = { "act on need", "answer a group", "build capability", "stop programme", "retarget programme" };
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autoptr(gate_proposal_auto) found = NULL;
    if (gate_find_latest(reasons->db, kinds[i], subject, &found, error) < 0) return false;
    if (!found || (*ret_action && (*ret_action)->seq > found->seq)) continue;
    gate_proposal_free(*ret_action);
    *ret_action = g_steal_pointer(&found);
  }
  return true;
}

static bool why_claim(struct reasons *reasons, const struct claim_row *row, const char *title, GError **error) {
  struct json_writer *out = reasons->out;
  g_autoptr(json_doc_auto) value = json_parse(row->value, strlen(row->value), error);
  g_autoptr(json_doc_auto) evidence = value ? json_parse(row->evidence, strlen(row->evidence), error) : NULL;
  if (!evidence) return false;
  const char *reason = json_string(json_get(json_root(value), "reason")), *goal = json_string(json_get(json_root(value), "goal"));
  g_autofree char *by = ops_actor_name(reasons->view->company, row->agent);
  write_head(out, strcmp(row->predicate, "need") == 0 ? "need" : "claim", row->subject, title, reason ? reason : title, row->state, row->confidence);
  write_made(out, row->made_at, by, row->agent);
  json_open_array(out, "evidence");
  struct json_iter it = json_iter(json_root(evidence));
  while (json_next(&it))
    if (!write_evidence(reasons, it.value, error)) return false;
  json_close_array(out);
  g_autofree char *noun = g_strdelimit(g_strdup(row->predicate), " ", '-'), *subject = g_strconcat(noun, ":", row->subject, NULL);
  g_autoptr(gate_proposal_auto) action = NULL, note = NULL;
  if (!find_action(reasons, subject, &action, error) || gate_find_latest(reasons->db, "send note", subject, &note, error) < 0) return false;
  json_open_array(out, "decisions");
  write_approvals(reasons, action);
  write_approvals(reasons, note);
  if (!write_words(reasons, row->subject, error)) return false;
  json_close_array(out);
  json_open_array(out, "leads_to");
  if (action) write_link(out, action->id, action->title, "proposal");
  if (note) write_link(out, note->id, note->title, "proposal");
  json_close_array(out);
  json_open_array(out, "rests_on");
  int index = goal ? company_goal(reasons->view->company, goal) : -1;
  if (index >= 0) write_link(out, goal, reasons->view->company->goals.at[index].name, "goal");
  json_close_array(out);
  return true;
}

static int find_claim(struct reasons *reasons, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(reasons->db, error, "ledger.claim", "t", id);
  int got = query_next(query, error);
  g_autoptr(query_auto) newest = NULL;
  static const char *const predicates[] = { "need", "future need" }; /* whose subjects are ids of their own */
  for (size_t i = 0; got == 0 && i < G_N_ELEMENTS(predicates); i++) {
    g_clear_pointer(&newest, query_done);
    newest = db_query(reasons->db, error, "ledger.newest_claim", "tt", predicates[i], id);
    got = query_next(newest, error);
  }
  if (got != 1) return got;
  struct claim_row row;
  claim_read(newest ? newest : query, &row);
  g_autoptr(json_doc_auto) value = json_parse(row.value, strlen(row.value), error);
  const char *title = value ? json_string(json_get(json_root(value), "title")) : NULL;
  if (!value) return -1;
  g_autofree char *otherwise = g_strdup_printf("%s of %s", row.predicate, row.subject);
  return why_claim(reasons, &row, title ? title : otherwise, error) ? 1 : -1;
}

/* A need of a team that the caller does not manage is not there for the caller. */
static int why_need(struct reasons *reasons, const char *id, GError **error) {
  if (!access_allows(reasons->call->caller.roles, MAY_READ_NEEDS)) return 0;
  if (ops_is_confined(reasons->call)) {
    g_autoptr(GPtrArray) needs = needs_read(reasons->call, reasons->view->company, error);
    bool seen = false;
    for (guint i = 0; needs && i < needs->len; i++) seen |= strcmp(((struct need *)needs->pdata[i])->id, id) == 0;
    if (!seen) return needs ? 0 : -1;
  }
  return find_claim(reasons, id, error);
}

/* ---- interventions and effects ---------------------------------------------------------------------------------- */

/* What it says: the verdict in words, else when it can be told. */
static char *outcome_statement(const struct outcome *outcome) {
  const char *sentence = outcome->hidden ? NULL : json_string(json_get(outcome->value, "sentence"));
  char day[CLOCK_TEXT];
  if (sentence && *sentence && outcome_taken_back(outcome))
    return g_strdup_printf("Said early, on %s: moved; not confirmed at the last reading. %s", clock_format_day(outcome->said, day), sentence);
  if (sentence && *sentence) return g_strdup(sentence);
  if (outcome->tell == CLOCK_NO_DAY || !outcome->needed) return g_strdup_printf("%s: %s", verdict_names[outcome->verdict], outcome->needed ? outcome->needed : "as registered");
  return g_strdup_printf("%s; it can be told from %s. %s", verdict_names[outcome->verdict], clock_format_day(outcome->tell, day), outcome->needed);
}

/* Registered and ended, by whom; and before that the approvals of acting on the need. */
static bool write_life(struct reasons *reasons, const struct outcome *outcome, GError **error) {
  g_autofree char *subject = g_strconcat("intervention:", outcome->plan->id, NULL), *need = g_strconcat("need:", outcome->plan->need, NULL);
  g_autoptr(gate_proposal_auto) action = NULL;
  if (gate_find_latest(reasons->db, "act on need", need, &action, error) < 0) return false;
  write_approvals(reasons, action);
  if (!write_words(reasons, outcome->plan->need, error)) return false;
  g_auto(about_auto) about = about_subject(reasons->db, subject, INT64_MAX);
  struct event event;
  int got;
  while ((got = about_next(&about, &event, error)) == 1) {
    bool ended = strcmp(event.kind, "intervention.ended") == 0, amended = strcmp(event.kind, "intervention.amended") == 0;
    g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, NULL);
    g_autofree char *reason = ended || amended ? seal_reveal(system_seal(reasons->call->system), json_string(json_get(json_root(doc), "reason")), event.id, "reason", NULL, NULL) : NULL;
    write_decision(reasons, event.recorded, event.actor, ended ? "ended it" : amended ? "registered a new version of it" : "registered it: teams, order of start, weeks that count, smallest effect worth having", reason);
  }
  return got == 0;
}

static bool write_outcome_evidence(struct reasons *reasons, const struct outcome *outcome, GError **error) {
  g_autoptr(json_doc_auto) evidence = outcome->evidence && !outcome->hidden ? json_parse(outcome->evidence, strlen(outcome->evidence), error) : NULL;
  if (outcome->evidence && !outcome->hidden && !evidence) return false;
  json_open_array(reasons->out, "evidence");
  struct json_iter it = json_iter(json_root(evidence));
  while (evidence && json_next(&it))
    if (!write_evidence(reasons, it.value, error)) return false;
  json_close_array(reasons->out);
  return true;
}

static bool write_outcome(struct reasons *reasons, const struct outcome *outcome, bool effect, GError **error) {
  struct json_writer *out = reasons->out;
  const char *title = outcome->plan->title ? outcome->plan->title : outcome->plan->id;
  g_autofree char *statement = outcome_statement(outcome), *by = outcome->agent ? ops_actor_name(reasons->view->company, outcome->agent) : NULL;
  write_head(out, effect ? "effect" : "intervention", effect ? outcome->claim : outcome->plan->id, title, statement, verdict_names[outcome->verdict], outcome->hidden ? NAN : outcome->confidence);
  if (effect) write_made(out, outcome->made_at, by, outcome->agent);
  else write_made(out, outcome->plan->registered_at, "the registration", NULL);
  if (!write_outcome_evidence(reasons, outcome, error)) return false;
  json_open_array(out, "decisions");
  if (!write_life(reasons, outcome, error)) return false;
  json_close_array(out);
  json_open_array(out, "leads_to");
  if (!effect && outcome->claim) write_link(out, outcome->claim, "what was measured", "effect");
  json_close_array(out);
  json_open_array(out, "rests_on");
  if (effect) write_link(out, outcome->plan->id, title, "intervention");
  write_link(out, outcome->plan->need, "the need that it answers", "need");
  if (outcome->goal) write_link(out, outcome->goal->id, outcome->goal->name, "goal");
  json_close_array(out);
  return true;
}

/* An intervention by its id, or what was measured of it by the claim's. Before needs: a claim of an effect passes here, where
 * what is withheld is known, and never there. */
static int why_outcome(struct reasons *reasons, const char *id, GError **error) {
  if (!access_allows(reasons->call->caller.roles, MAY_READ_IMPACT)) return 0;
  g_autoptr(GPtrArray) outcomes = outcomes_read(reasons->call, reasons->view->company, error);
  const struct outcome *outcome = outcomes ? outcomes_find(outcomes, id) : NULL;
  if (!outcome) return outcomes ? 0 : -1;
  return write_outcome(reasons, outcome, strcmp(outcome->plan->id, id) != 0, error) ? 1 : -1;
}

/* ---- proposals, goals, skills, imports -------------------------------------------------------------------------- */

static int why_proposal(struct reasons *reasons, const char *id, GError **error) {
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (!access_allows(reasons->call->caller.roles, MAY_READ_APPROVALS)) return 0;
  int got = gate_find(reasons->db, id, &proposal, error);
  if (got != 1) return got;
  struct json_writer *out = reasons->out;
  g_autofree char *by = ops_actor_name(reasons->view->company, proposal->agent);
  write_head(out, "proposal", proposal->id, proposal->title, proposal->rule ? proposal->rule : proposal->title, proposal->state, NAN);
  write_made(out, proposal->made, by, proposal->rules);
  empty_list(out, "evidence");
  json_open_array(out, "decisions");
  write_approvals(reasons, proposal);
  json_close_array(out);
  json_open_array(out, "leads_to");
  if (proposal->next) write_link(out, proposal->next, "the proposal that replaced it", "proposal");
  json_close_array(out);
  json_open_array(out, "rests_on");
  if (g_str_has_prefix(proposal->subject, "need:")) write_link(out, proposal->subject + 5, "the need that it would act on", "need");
  if (proposal->previous) write_link(out, proposal->previous, "the proposal that it replaced", "proposal");
  json_close_array(out);
  return 1;
}

static int why_goal(struct reasons *reasons, const char *id, GError **error) {
  const struct company *company = reasons->view->company;
  int goal = company_goal(company, id);
  if (goal < 0 || !access_allows(reasons->call->caller.roles, MAY_READ_GOALS)) return 0;
  const struct goal *row = &company->goals.at[goal];
  struct json_writer *out = reasons->out;
  struct goal_track track;
  goal_track_init(&track, company, goal, -1);
  int32_t from = track.count ? track.days[0] : CLOCK_NO_DAY, to = track.latest_day;
  int values = 0;
  for (int i = 0; i < company->kpis.count; i++) values += company->kpis.at[i].goal == goal;
  char due[CLOCK_TEXT] = "no date";
  if (row->due != CLOCK_NO_DAY) clock_format_day(row->due, due);
  g_autofree char *statement = g_strdup_printf("from %g to %g %s by %s; now %g, the mean of the last four periods", row->baseline, row->target, row->unit, due, track.latest);
  g_autofree char *text = g_strdup_printf("%d values of %s", values, row->name);
  write_head(out, "goal", row->id, row->name, statement, goal_state(row, &track, company->first_day, reasons->view->day), NAN);
  goal_track_clear(&track);
  write_made(out, 0, NULL, NULL);
  json_open_array(out, "evidence");
  if (!write_file_evidence(reasons, text, FILE_KPIS, values, 0, from, to, error)) return -1;
  json_close_array(out);
  json_open_array(out, "decisions");
  g_autoptr(query_auto) query = db_query(reasons->db, error, "company.goal_versions", "t", id);
  int got;
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *what = query_null(query, 3) ? g_strdup("set the goal") : g_strdup_printf("set the weight to %g", query_double(query, 3));
    g_autofree char *reason = ops_reveal(reasons->call, query, 4, 6, "reason");
    write_decision(reasons, query_integer(query, 1), query_text(query, 2), what, reason);
  }
  json_close_array(out);
  empty_list(out, "leads_to");
  empty_list(out, "rests_on");
  return got < 0 ? -1 : 1;
}

/* Who said for what statements count, where any do here. */
static bool write_rules_decision(struct reasons *reasons, bool statements, GError **error) {
  json_open_array(reasons->out, "decisions");
  g_autoptr(query_auto) query = statements ? db_query(reasons->db, error, "company.evidence_rules", "") : NULL;
  int got = query ? query_next(query, error) : 0;
  if (got == 1) {
    g_autofree char *reason = query_null(query, 2) ? NULL : ops_reveal(reasons->call, query, 2, 6, "reason");
    write_decision(reasons, query_integer(query, 4), query_text(query, 3), "set the evidence rules, by which statements count here", reason);
  }
  json_close_array(reasons->out);
  return got >= 0 && (query || !statements);
}

static int why_skill(struct reasons *reasons, const char *id, GError **error) {
  const struct company *company = reasons->view->company;
  const struct levels *levels = reasons->view->levels;
  int skill = company_skill(company, id);
  if (skill < 0 || !access_allows(reasons->call->caller.roles, MAY_READ_SKILLS)) return 0;
  struct json_writer *out = reasons->out;
  const struct level_prior *prior = &levels->priors[skill];
  int32_t from = CLOCK_NO_DAY, to = CLOCK_NO_DAY;
  bool statements = false;
  for (int i = 0; i < company->results.count; i++) {
    const struct result *result = &company->results.at[i];
    if (result->skill != skill) continue;
    from = from == CLOCK_NO_DAY ? result->day : MIN(from, result->day);
    to = MAX(to, result->day);
    statements |= result->rule != NULL;
  }
  bool few = prior->people < OPS_LEAST_PEOPLE;
  g_autofree char *statement = few ? g_strdup("fewer than five people are measured, so no figure is shown")
    : g_strdup_printf("expected score %.2f before anything is known of a person; %d results of %d people; older evidence fades with the half-life", prior->mean, prior->results, prior->people);
  g_autofree char *text = g_strdup_printf("%d results of %d people", prior->results, prior->people);
  write_head(out, "skill", company->skills.at[skill].id, company->skills.at[skill].name, statement, "estimated", NAN);
  write_made(out, 0, NULL, NULL);
  json_open_array(out, "evidence");
  if (prior->results && !write_file_evidence(reasons, text, FILE_RESULTS, prior->results, prior->people, from, to, error)) return -1;
  json_close_array(out);
  if (!write_rules_decision(reasons, statements, error)) return -1;
  empty_list(out, "leads_to");
  empty_list(out, "rests_on");
  return 1;
}

static int why_import(struct reasons *reasons, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(reasons->db, error, "ledger.import", "t", id);
  int got = query_next(query, error);
  if (got != 1) return got;
  const char *report = query_text(query, 4);
  g_autoptr(json_doc_auto) doc = json_parse(report, strlen(report), error);
  if (!doc) return -1;
  struct json_writer *out = reasons->out;
  g_autoptr(GString) statement = g_string_new("");
  struct json_iter it = json_iter(json_get(json_root(doc), "files"));
  while (json_next(&it)) {
    int64_t fresh = 0, changed = 0;
    json_integer(json_get(it.value, "new"), &fresh);
    json_integer(json_get(it.value, "changed"), &changed);
    g_string_append_printf(statement, "%s%s: %d new, %d changed", statement->len ? "; " : "", json_string(json_get(it.value, "name")), (int)fresh, (int)changed);
  }
  g_autofree char *by = ops_actor_name(reasons->view->company, query_text(query, 3));
  write_head(out, "import", id, "An import of files", statement->str, query_text(query, 1), NAN);
  write_made(out, query_integer(query, 2), by, NULL);
  static const char *const rest[] = { "evidence", "decisions", "leads_to", "rests_on" };
  for (size_t i = 0; i < G_N_ELEMENTS(rest); i++) empty_list(out, rest[i]);
  return 1;
}

/* ---- why -------------------------------------------------------------------------------------------------------- */

/* Anything else that has a node, and everything as of an earlier moment: what it is, and its lineage. */
static bool why_told(struct reasons *reasons, struct telling *telling, const char *node, GError **error) {
  g_auto(told_auto) told = { 0 };
  if (!telling_tell(telling, node, &told, error)) return false;
  write_head(reasons->out, told.kind, op_text(reasons->call, "id"), told.title ? told.title : told.kind, told.title ? told.title : told.kind, told.state ? told.state : "", NAN);
  write_made(reasons->out, told.by ? told.at : 0, told.by, NULL);
  static const char *const rest[] = { "evidence", "decisions", "leads_to", "rests_on" };
  for (size_t i = 0; i < G_N_ELEMENTS(rest); i++) empty_list(reasons->out, rest[i]);
  return true;
}

static bool find_reasons(struct reasons *reasons, const char *id, bool now, GError **error) {
  static int (*const ways[])(struct reasons *, const char *, GError **) = { why_outcome, why_need, why_proposal, why_goal, why_skill, why_import };
  int64_t as_of = lineage_moment(reasons->call, reasons->db, error);
  g_autoptr(telling_auto) telling = as_of >= 0 ? telling_new(reasons->call, reasons->view, reasons->db, as_of, error) : NULL;
  g_autofree char *node = NULL;
  int known = telling ? telling_find(telling, id, &node, error) : -1, got = known < 0 ? -1 : 0;
  for (size_t i = 0; now && got == 0 && i < G_N_ELEMENTS(ways); i++) got = ways[i](reasons, id, error);
  if (got == 0 && known == 1) got = why_told(reasons, telling, node, error) ? 1 : -1;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "nothing that you may see has the id \"%s\"", id);
  if (got == 1 && known == 0) empty_list(reasons->out, "lineage"); /* a skill: measured, not concluded */
  return got == 1 && (known == 0 || lineage_write(telling, node, as_of, reasons->out, error));
}

static bool why(struct op_call *call, struct json_writer *out, GError **error) {
  struct reasons reasons = { .call = call, .out = out, .view = system_view(call->system, error) };
  reasons.db = reasons.view ? store_read(system_store(call->system), error) : NULL;
  bool fine = reasons.db && find_reasons(&reasons, op_text(call, "id"), !op_has(call, "as_of"), error);
  db_release(reasons.db);
  view_release(reasons.view);
  return fine;
}

static const struct field origin_row[] = { { "id", FIELD_ID("import"), REQUIRED, "" }, { "file", FIELD_TEXT(0), REQUIRED, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field evidence_row[] = { { "text", FIELD_TEXT(0), REQUIRED, "" }, { "about", FIELD_TEXT(0), REQUIRED | NULLABLE, "the hypothesis" }, { "against", FIELD_BOOL, REQUIRED, "" },
  { "file", FIELD_TEXT(0), REQUIRED, "" }, { "count", FIELD_COUNT, REQUIRED, "records" }, { "people", FIELD_COUNT, REQUIRED | NULLABLE, "" }, { "hidden", FIELD_BOOL, REQUIRED, "fewer than five people" },
  { "from", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "to", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "imports", FIELD_LIST(origin_row), REQUIRED, "newest first" }, { 0 } };
static const struct field made_fields[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "revision", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field decision_row[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field link_row[] = { { "id", FIELD_ID("thing"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field why_in[] = { { "id", FIELD_ID("thing"), REQUIRED | IN_PATH, "anything that has an id; with its noun (\"import:i-…\") where two things share one" }, LINEAGE_IN_FIELDS, { 0 } };
static const struct field why_out[] = { { "id", FIELD_ID("thing"), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "need, proposal, intervention, effect, goal, skill, import, claim, decision, asset …" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "statement", FIELD_TEXT(0), REQUIRED, "what it says" }, { "status", FIELD_TEXT(0), REQUIRED, "" },
  { "confidence", FIELD_SHARE, REQUIRED | NULLABLE, "" }, { "made", FIELD_OBJECT(made_fields), REQUIRED | NULLABLE, "" }, { "evidence", FIELD_LIST(evidence_row), REQUIRED, "what it rests on" },
  { "decisions", FIELD_LIST(decision_row), REQUIRED, "of people" }, { "leads_to", FIELD_LIST(link_row), REQUIRED, "" }, { "rests_on", FIELD_LIST(link_row), REQUIRED, "" },
  { "lineage", FIELD_LIST(lineage_row), REQUIRED, "what it rests on, or with `forward` what rests on it: a tree from the top" }, { 0 } };

const struct op reasons_ops[] = {
  { "why", GET, "/why/{id}", MAY_WHY, why_in, why_out, why, "The reasons behind anything that has an id", "reasons" },
  { 0 } };
