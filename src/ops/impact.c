/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Impact: did it move? The board of goals with their interventions, one intervention with all that its verdict rests on, and
 * the same as files.
 *
 * What the agent states is passed on as far as it may be: figures of groups of fewer than five people are withheld, with all
 * that would give them away (the sentence, the series, the placebo). Members that the claim does not have are null. */
#include "impact/follow.h"
#include "ops/outcomes.h"
#include <math.h>
#include <string.h>

/* ---- one row ---------------------------------------------------------------------------------------------------- */

static void put_pair(struct json_writer *out, const char *key, double low, double high) {
  if (!isfinite(low) && !isfinite(high)) {
    json_put_null(out, key);
    return;
  }
  json_open_array(out, key);
  json_put_number(out, NULL, low);
  json_put_number(out, NULL, high);
  json_close_array(out);
}

static void write_lead(struct json_writer *out, const double *lead) {
  json_open_object(out, "lead_days");
  for (int i = 0; i < LEAD_STEPS; i++) json_put_number(out, lead_names[i], lead[i]);
  json_close_object(out);
}

static void write_money(struct json_writer *out, const char *key, double money, double low, double high, const char *currency) {
  if (!isfinite(money)) {
    json_put_null(out, key);
    return;
  }
  json_open_object(out, key);
  json_put_number(out, "money", money);
  json_put_number(out, "low", low);
  json_put_number(out, "high", high);
  json_put_string(out, "currency", currency);
  json_put_string(out, "period", "a year");
  json_close_object(out);
}

static void write_change(struct json_writer *out, const char *title, const char *kind, const char *scope, const char *day) {
  json_open_object(out, NULL);
  json_put_string(out, "title", title);
  json_put_string(out, "kind", kind);
  json_put_string(out, "scope", scope);
  json_put_string(out, "day", day);
  json_close_object(out);
}

static void write_changes(struct json_writer *out, const struct company *company, const struct outcome *outcome, int32_t today) {
  char day[CLOCK_TEXT];
  int32_t until = today;
  const char *to = json_string(json_get(outcome->value, "to"));
  if (to) clock_parse_day(to, &until);
  json_open_array(out, "changes");
  for (int i = 0; i < company->changes.count; i++) {
    const struct change *change = &company->changes.at[i];
    if (outcome_touches(outcome, company, change, until)) write_change(out, change->title, change->kind, change->scope, clock_format_day(change->day, day));
  }
  json_close_array(out);
}

static const char *text_of(const struct outcome *outcome, const char *key) { return outcome->hidden ? NULL : json_string(json_get(outcome->value, key)); }

/* What was said before the last reading, with the figures of that day, and whether the last reading bears it out. */
static void write_said(struct json_writer *out, const struct outcome *outcome) {
  if (outcome->said == CLOCK_NO_DAY || outcome->hidden) {
    json_put_null(out, "said_early");
    return;
  }
  json_open_object(out, "said_early");
  put_day(out, "day", outcome->said);
  json_put_number(out, "estimate", outcome->said_estimate);
  put_pair(out, "interval", outcome->said_low, outcome->said_high);
  json_put_bool(out, "confirmed", !outcome_taken_back(outcome));
  json_close_object(out);
}

static void write_effect(struct json_writer *out, const struct company *company, const struct outcome *outcome) {
  const char *currency = json_string(json_get(json_get(outcome->value, "value"), "currency"));
  json_put_string(out, "verdict", verdict_names[outcome->verdict]);
  json_put_bool(out, "measured", outcome->measured);
  json_put_string(out, "basis", outcome->measured ? basis_names[outcome->basis] : NULL);
  json_put_bool(out, "hidden", outcome->hidden);
  json_put_number(out, "estimate", outcome->estimate);
  json_put_number(out, "se", outcome->se);
  put_pair(out, "interval", outcome->low, outcome->high);
  json_put_number(out, "p", outcome->p);
  json_put_number(out, "q", outcome->q);
  json_put_string(out, "method", text_of(outcome, "method"));
  json_put_string(out, "sentence", text_of(outcome, "sentence"));
  json_put_string(out, "needed", outcome->needed);
  write_said(out, outcome);
  json_put_number(out, "confidence", outcome->hidden ? NAN : outcome->confidence);
  json_put_string(out, "sure", text_of(outcome, "confidence")); /* the agent's own words */
  json_put_number(out, "cost", outcome->cost);
  write_money(out, "value", outcome->money, outcome->money_low, outcome->money_high, currency ? currency : company->currency);
  json_put_number(out, "return", outcome->back);
  put_pair(out, "return_interval", outcome->back_low, outcome->back_high);
  write_lead(out, outcome->lead);
  json_put_string(out, "claim", outcome->claim);
  put_time(out, "measured_at", outcome->made_at);
}

static void write_row(struct json_writer *out, const struct view *view, const struct outcome *outcome) {
  const struct intervention *plan = outcome->plan;
  const struct goal *goal = outcome->goal;
  int64_t treated = outcome->affected;
  json_integer(json_get(outcome->value, "treated"), &treated);
  json_put_string(out, "id", plan->id);
  json_put_string(out, "title", plan->title ? plan->title : plan->id);
  json_put_string(out, "goal", goal ? goal->id : NULL);
  write_effect(out, view->company, outcome);
  json_put_string(out, "goal_name", goal ? goal->name : NULL);
  json_put_string(out, "unit", goal ? goal->unit : "");
  json_put_string(out, "direction", goal && goal->direction == GOAL_DOWN ? "down" : "up");
  json_put_number(out, "baseline", goal ? goal->baseline : NAN);
  json_put_number(out, "target", goal ? goal->target : NAN);
  json_put_string(out, "need", plan->need);
  json_put_string(out, "cause", cause_names[plan->cause]);
  json_put_bool(out, "training", plan->training);
  json_put_string(out, "remedy", plan->remedy);
  json_put_string(out, "design", plan->design);
  json_put_bool(out, "measurable", plan->measurable);
  json_put_string(out, "state", plan->state == INTERVENTION_STOPPED ? "stopped" : "running");
  json_put_number(out, "minimum_effect", plan->minimum_effect);
  json_put_integer(out, "units", outcome->units);
  json_put_integer(out, "treated", treated);
  put_day(out, "told_from", outcome->tell);
  put_time(out, "registered_at", plan->registered_at);
  write_changes(out, view->company, outcome, view->day);
}

/* ---- the board -------------------------------------------------------------------------------------------------- */

static void write_series(struct json_writer *out, const struct goal_track *track) {
  json_open_array(out, "series");
  for (int i = MAX(0, track->count - 104); i < track->count; i++) {
    json_open_object(out, NULL);
    put_day(out, "day", track->days[i]);
    json_put_number(out, "value", track->values[i]);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_goal(struct json_writer *out, const struct view *view, int index, const GPtrArray *outcomes) {
  const struct goal *goal = &view->company->goals.at[index];
  struct goal_track track;
  int moved = 0;
  goal_track_init(&track, view->company, index, -1);
  json_open_object(out, NULL);
  json_put_string(out, "id", goal->id);
  json_put_string(out, "name", goal->name);
  json_put_string(out, "unit", goal->unit);
  json_put_string(out, "direction", goal->direction == GOAL_UP ? "up" : "down");
  json_put_number(out, "weight", goal->weight);
  json_put_number(out, "baseline", goal->baseline);
  json_put_number(out, "target", goal->target);
  put_day(out, "due", goal->due);
  json_put_number(out, "latest", track.latest);
  json_put_number(out, "gap", track.gap);
  json_put_number(out, "money", track.money);
  json_put_string(out, "currency", goal->currency ? goal->currency : view->company->currency);
  json_put_string(out, "state", goal_state(goal, &track, view->company->first_day, view->day));
  json_open_array(out, "interventions");
  for (guint i = 0; i < outcomes->len; i++) {
    const struct outcome *outcome = outcomes->pdata[i];
    if (outcome->goal != goal) continue;
    json_put_string(out, NULL, outcome->plan->id);
    moved += outcome->verdict == VERDICT_MOVED;
  }
  json_close_array(out);
  json_put_integer(out, "moved", moved);
  write_series(out, &track);
  json_close_object(out);
  goal_track_clear(&track);
}

static void write_sums(struct json_writer *out, const struct company *company, const GPtrArray *outcomes) {
  struct outcome_sums sums;
  outcomes_add_up(outcomes, &sums);
  json_open_object(out, "summary");
  json_put_integer(out, "interventions", outcomes->len);
  json_put_integer(out, "moved", sums.of[VERDICT_MOVED]);
  json_put_integer(out, "believed", sums.believed);
  json_put_integer(out, "taken_back", sums.taken_back);
  json_put_integer(out, "did_not_move", sums.of[VERDICT_DID_NOT_MOVE]);
  json_put_integer(out, "cannot_tell", sums.of[VERDICT_CANNOT_TELL]);
  json_put_integer(out, "unmeasured", sums.unmeasured);
  json_put_number(out, "cost", sums.cost);
  json_put_string(out, "currency", company->currency);
  write_money(out, "value", sums.money, sums.money_low, sums.money_high, company->currency);
  write_money(out, "value_of_all", sums.all, sums.all_low, sums.all_high, company->currency);
  json_put_number(out, "return", sums.back);
  put_pair(out, "return_interval", sums.back_low, sums.back_high);
  write_lead(out, sums.lead);
  json_close_object(out);
}

/* One of the two years that are compared. */
static void write_year(struct json_writer *out, const char *key, int count, double days) {
  json_open_object(out, key);
  json_put_integer(out, "changes", count);
  json_put_number(out, "days", days);
  json_close_object(out);
}

/* The organisation's speed of adapting: change by change, the newest first, then a year against the year before. */
static void write_follow(struct json_writer *out, const struct company *company, int32_t today) {
  int count;
  g_autofree struct follow *rows = impact_follow(company, today, &count);
  json_open_array(out, "followed");
  for (int i = count - 1; i >= 0; i--) {
    const struct follow *follow = &rows[i];
    json_open_object(out, NULL);
    json_put_string(out, "goal", company->goals.at[follow->raised->goal].id);
    json_put_string(out, "goal_name", company->goals.at[follow->raised->goal].name);
    put_day(out, "day", follow->raised->day);
    json_put_number(out, "before", follow->raised->before);
    json_put_number(out, "after", follow->raised->after);
    json_put_integer(out, "teams", follow->teams);
    json_put_integer(out, "followed", follow->followed);
    json_put_number(out, "days", follow->days);
    json_put_bool(out, "open", follow->open);
    json_close_object(out);
  }
  json_close_array(out);
  struct follow_speed speed = impact_follow_speed(rows, count, today);
  json_open_object(out, "adapting");
  write_year(out, "year", speed.count[0], speed.days[0]);
  write_year(out, "before", speed.count[1], speed.days[1]);
  json_close_object(out);
}

static void write_declined(struct json_writer *out, const struct declined *declined) {
  json_open_object(out, "declined");
  json_put_integer(out, "not_training", declined->not_training);
  json_put_number(out, "not_training_money", declined->not_training_money);
  json_put_integer(out, "no_goal", declined->no_goal);
  json_open_array(out, "programmes");
  for (guint i = 0; i < declined->programmes->len; i++) {
    const struct declined_row *row = &g_array_index(declined->programmes, struct declined_row, i);
    json_open_object(out, NULL);
    json_put_string(out, "id", row->id);
    json_put_string(out, "title", row->title);
    json_put_string(out, "reason", row->why);
    json_put_number(out, "money", row->money);
    json_put_bool(out, "saved", row->saved);
    json_close_object(out);
  }
  json_close_array(out);
  json_close_object(out);
}

static bool impact_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  g_autoptr(GPtrArray) needs = outcomes ? needs_read(call, view->company, error) : NULL;
  if (!needs) return false;
  struct declined declined;
  json_open_array(out, "impact");
  for (guint i = 0; i < outcomes->len; i++) {
    json_open_object(out, NULL);
    write_row(out, view, outcomes->pdata[i]);
    json_close_object(out);
  }
  json_close_array(out);
  put_day(out, "today", view->day);
  json_put_bool(out, "own_teams", ops_is_confined(call));
  json_open_array(out, "goals");
  for (int i = 0; i < view->company->goals.count; i++) write_goal(out, view, i, outcomes);
  json_close_array(out);
  write_sums(out, view->company, outcomes);
  declined_read(needs, view->company, &declined);
  write_declined(out, &declined);
  declined_clear(&declined);
  write_follow(out, view->company, view->day);
  return true;
}

/* ---- one intervention ------------------------------------------------------------------------------------------- */

static const char *const version_words[] = { "registered", "amended", "stopped", NULL };

static double member(struct json object, const char *key) { return json_number(json_get(object, key), NAN); }

static bool is_few(struct json count) {
  double people = json_number(count, NAN);
  return people > 0 && people < OPS_LEAST_PEOPLE;
}

/* A member as the agent stated it, unless few people stand behind it: it is a count of them, or says how many they are. */
static void copy(struct json_writer *out, const struct outcome *outcome, const char *key, bool counts_people) {
  struct json member = json_get(outcome->value, key);
  enum json_type type = json_type(member);
  bool few = outcome->hidden || (counts_people && is_few(member)) || (type == JSON_OBJECT && is_few(json_get(member, "people")));
  if (type == JSON_ABSENT || few) json_put_null(out, key);
  else json_put_value(out, key, member);
}

/* People of the frozen units that had started by `day`, and of the others. */
static void people_by(const struct company *company, const struct intervention *plan, int32_t day, int *ret_started, int *ret_others) {
  *ret_started = *ret_others = 0;
  for (int i = plan->first; i < plan->first + plan->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    *(unit->start != CLOCK_NO_DAY && unit->start <= day ? ret_started : ret_others) += company->teams.at[unit->team].size;
  }
}

/* One of the two lists beside the days. Who has started grows with the time, and who waits gets fewer: a day on which fewer than
 * five people are left has no value. */
static void write_list(struct json_writer *out, const struct company *company, const struct outcome *outcome, const char *key, struct json days, struct json values, bool started) {
  struct json_iter day_it = json_iter(days), it = json_iter(values);
  json_open_array(out, key);
  while (json_next(&day_it) && json_next(&it)) {
    int32_t day = CLOCK_NO_DAY;
    int people, others;
    if (json_string(day_it.value)) clock_parse_day(json_string(day_it.value), &day);
    people_by(company, outcome->plan, day, &people, &others);
    int behind = started ? people : others;
    if (behind > 0 && behind < OPS_LEAST_PEOPLE) json_put_null(out, NULL);
    else json_put_value(out, NULL, it.value);
  }
  json_close_array(out);
}

static void write_raw(struct json_writer *out, const struct company *company, const struct outcome *outcome) {
  struct json raw = json_get(outcome->value, "raw"), days = json_get(raw, "days");
  if (outcome->hidden || json_type(raw) != JSON_OBJECT) {
    json_put_null(out, "raw");
    return;
  }
  json_open_object(out, "raw");
  json_put_value(out, "days", days);
  write_list(out, company, outcome, "treated", days, json_get(raw, "treated"), true);
  if (outcome->others_hidden) json_put_null(out, "comparison");
  else write_list(out, company, outcome, "comparison", days, json_get(raw, "comparison"), false);
  json_close_object(out);
}

/* Whom it reached: the counts as stated; by team only where no team is of fewer than five, else its count follows from the
 * sum; and of a confined caller the own teams. */
static void write_exposures(struct json_writer *out, const struct company *company, const struct outcome *outcome, const bool *seen) {
  struct json exposures = json_get(outcome->value, "exposures"), teams = json_get(exposures, "teams");
  if (outcome->hidden || json_type(exposures) != JSON_OBJECT || is_few(json_get(exposures, "people"))) {
    copy(out, outcome, "exposures", true);
    return;
  }
  json_open_object(out, "exposures");
  struct json_iter it = json_iter(exposures);
  while (json_next(&it))
    if (json_type(it.value) == JSON_NUMBER) json_put_value(out, it.key, it.value);
  bool few = false;
  for (it = json_iter(teams); json_next(&it);) few |= is_few(json_get(it.value, "people"));
  json_open_array(out, "teams");
  for (it = json_iter(teams); !few && json_next(&it);) {
    int team = json_string(json_get(it.value, "team")) ? company_team(company, json_string(json_get(it.value, "team"))) : -1;
    if (team >= 0 && seen[team]) json_put_value(out, NULL, it.value);
  }
  json_close_array(out);
  json_close_object(out);
}

/* ---- the levels ---- */

static void write_sign(struct json_writer *out, struct json sign) {
  json_open_object(out, NULL);
  json_put_string(out, "source", json_string(json_get(sign, "source")));
  json_put_string(out, "sentence", json_string(json_get(sign, "sentence")));
  json_put_number(out, "estimate", json_number(json_get(sign, "estimate"), NAN));
  put_pair(out, "interval", json_number(json_at(json_get(sign, "interval"), 0), NAN), json_number(json_at(json_get(sign, "interval"), 1), NAN));
  json_put_number(out, "results", json_number(json_get(sign, "results"), 0));
  json_put_number(out, "people", json_number(json_get(sign, "people"), 0));
  json_close_object(out);
}

/* Level 4 is the effect itself: its sentence stands above, and is not said twice. */
static void write_results(struct json_writer *out, const struct outcome *outcome) {
  json_open_object(out, NULL);
  json_put_integer(out, "level", LEVELS);
  json_put_string(out, "name", level_names[LEVELS - 1]);
  json_put_string(out, "state", level_states[outcome_level(outcome, LEVELS)]);
  json_put_string(out, "fill", outcome_level(outcome, LEVELS) == LEVEL_SEEN ? NULL : outcome->needed);
  json_open_array(out, "signs");
  json_close_array(out);
  json_close_object(out);
}

static void write_level(struct json_writer *out, const struct outcome *outcome, int level) {
  struct json row = outcome_level_row(outcome, level);
  json_open_object(out, NULL);
  json_put_integer(out, "level", level);
  json_put_string(out, "name", level_names[level - 1]);
  json_put_string(out, "state", level_states[outcome_level(outcome, level)]);
  json_put_string(out, "fill", outcome->hidden ? NULL : json_string(json_get(row, "fill")));
  json_open_array(out, "signs");
  struct json_iter it = json_iter(json_get(row, "signs"));
  while (json_next(&it))
    if (outcome_sign_shown(outcome, it.value)) write_sign(out, it.value);
  json_close_array(out);
  json_close_object(out);
}

/* Kirkpatrick's four, the one that counts first. */
static void write_levels(struct json_writer *out, const struct outcome *outcome) {
  json_open_array(out, "levels");
  write_results(out, outcome);
  for (int level = LEVELS - 1; level >= 1; level--) write_level(out, outcome, level);
  json_close_array(out);
}

/* What hinders. Another need is told to who may see it among the needs. */
static bool write_blockers(struct json_writer *out, struct op_call *call, const struct company *company, const struct outcome *outcome, GError **error) {
  bool may = access_allows(call->caller.roles, MAY_READ_NEEDS);
  g_autoptr(GPtrArray) needs = may ? needs_read(call, company, error) : NULL;
  if (may && !needs) return false;
  json_open_array(out, "blockers");
  struct json_iter it = json_iter(json_get(outcome->value, "blockers"));
  while (!outcome->hidden && json_next(&it)) {
    const char *need = json_string(json_get(it.value, "need"));
    bool seen = need == NULL;
    for (guint i = 0; needs && !seen && i < needs->len; i++) seen = strcmp(((const struct need *)needs->pdata[i])->id, need) == 0;
    if (!seen || is_few(json_get(it.value, "people"))) continue;
    json_open_object(out, NULL);
    json_put_string(out, "kind", json_string(json_get(it.value, "kind")));
    json_put_string(out, "sentence", json_string(json_get(it.value, "sentence")));
    json_put_string(out, "need", need);
    json_put_number(out, "count", json_number(json_get(it.value, "count"), 0));
    json_put_number(out, "people", json_number(json_get(it.value, "people"), 0));
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* The registration as it was frozen, apart from what a confined caller may not see: the teams, which stand below, and who. */
static void write_registration(struct json_writer *out, const struct outcome *outcome) {
  static const char *const elsewhere[] = { "teams", "owner", "need_title" };
  json_open_object(out, "registration");
  struct json_iter it = json_iter(outcome->registration);
  while (json_next(&it)) {
    bool skip = false;
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++) skip |= strcmp(it.key, elsewhere[i]) == 0;
    if (!skip) json_put_value(out, it.key, it.value);
  }
  json_close_object(out);
}

static void write_need(struct json_writer *out, const struct company *company, const struct intervention *plan) {
  const char *title = NULL;
  for (int i = 0; i < company->needs.count; i++)
    if (strcmp(company->needs.at[i].id, plan->need) == 0) title = company->needs.at[i].title;
  json_put_string(out, "need_title", title);
}

/* One version: what it says, NAN where it changes nothing. */
struct version { int word; int64_t at; char *by, *reason; double cost, minimum; };

static void version_clear(void *data) {
  struct version *version = data;
  g_free(version->by);
  g_free(version->reason);
}

static int version_word(const char *kind) {
  static const char *const kinds[] = { "intervention.registered", "intervention.amended", "intervention.ended" };
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strcmp(kinds[i], kind) == 0) return (int)i;
  return -1;
}

/* Registered, amended, stopped: the newest first, as the ledger gives them. NULL on error. */
static GArray *read_versions(struct op_call *call, const struct company *company, const char *id, GError **error) {
  g_autofree char *subject = g_strconcat("intervention:", id, NULL);
  g_autoptr(GArray) versions = g_array_new(FALSE, TRUE, sizeof(struct version));
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  if (!db) return NULL;
  g_array_set_clear_func(versions, version_clear);
  g_auto(about_auto) about = about_subject(db, subject, INT64_MAX);
  struct event event;
  int got;
  while ((got = about_next(&about, &event, error)) == 1) {
    g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, NULL);
    struct json body = json_root(doc);
    struct version version = { .word = version_word(event.kind), .at = event.recorded, .cost = NAN, .minimum = NAN };
    if (version.word < 0) continue;
    version.by = ops_actor_name(company, event.actor);
    if (version.word > 0) {
      version.reason = seal_reveal(system_seal(call->system), json_string(json_get(body, "reason")), event.id, "reason", NULL, NULL);
      version.cost = member(body, "cost");
      version.minimum = member(body, "minimum_effect");
    }
    g_array_append_val(versions, version);
  }
  return got == 0 ? g_steal_pointer(&versions) : NULL;
}

/* A figure as it was and as this version says it; it is then what the next one changes. */
static void write_step(struct json_writer *out, const char *key, const char *before, double *now, double said) {
  bool changed = isfinite(said);
  json_put_number(out, key, changed ? said : NAN);
  json_put_number(out, before, changed ? *now : NAN);
  if (changed) *now = said;
}

/* The oldest first: that which was frozen; and who registered it. */
static bool write_versions(struct json_writer *out, struct op_call *call, const struct company *company, const struct outcome *outcome, GError **error) {
  g_autoptr(GArray) versions = read_versions(call, company, outcome->plan->id, error);
  double cost = member(outcome->registration, "cost"), minimum = member(outcome->registration, "minimum_effect");
  const char *registrar = NULL;
  if (!versions) return false;
  json_open_array(out, "versions");
  for (guint i = versions->len; i-- > 0;) {
    const struct version *version = &g_array_index(versions, struct version, i);
    if (version->word == 0) registrar = version->by;
    json_open_object(out, NULL);
    json_put_integer(out, "version", versions->len - i);
    put_time(out, "at", version->at);
    json_put_string(out, "by", version->by);
    json_put_string(out, "what", version_words[version->word]);
    json_put_string(out, "reason", version->reason);
    write_step(out, "cost", "cost_before", &cost, version->cost);
    write_step(out, "minimum_effect", "minimum_effect_before", &minimum, version->minimum);
    json_close_object(out);
  }
  json_close_array(out);
  json_put_string(out, "registered_by", registrar);
  return true;
}

static bool impact_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  if (!outcomes) return false;
  const struct outcome *outcome = outcomes_find(outcomes, op_text(call, "id"));
  if (!outcome) return fail(error, MENO_ERROR_NOT_FOUND, "there is no intervention \"%s\" that you may see", op_text(call, "id"));
  const struct intervention *plan = outcome->plan;
  g_autofree char *owner = plan->owner >= 0 ? ops_person_name(view->company, plan->owner) : NULL;
  g_autofree bool *seen = ops_teams_seen(call, view->company);
  write_row(out, view, outcome);
  write_need(out, view->company, plan);
  json_put_string(out, "owner", owner);
  json_put_string(out, "currency", view->company->currency);
  json_put_number(out, "power", plan->power);
  json_put_string(out, "evidence", json_string(json_get(outcome->registration, "evidence")));
  json_put_number(out, "hours", member(outcome->registration, "hours"));
  json_put_number(out, "value_per_unit", outcome->goal ? fabs(outcome->goal->value_per_unit) : NAN);
  json_put_integer(out, "from_week", plan->from_week);
  json_put_integer(out, "to_week", plan->to_week);
  put_day(out, "baseline_from", plan->baseline_from);
  put_day(out, "baseline_to", plan->baseline_to);
  put_day(out, "due", plan->due);
  put_day(out, "ended", plan->ended);
  put_day(out, "today", view->day);
  outcome_write_units(out, view->company, plan, seen);
  write_registration(out, outcome);
  json_put_string(out, "from", text_of(outcome, "from"));
  json_put_string(out, "to", text_of(outcome, "to"));
  json_put_bool(out, "comparison_hidden", outcome->others_hidden);
  copy(out, outcome, "series", false);
  write_raw(out, view->company, outcome);
  copy(out, outcome, "placebo", false);
  copy(out, outcome, "pretrend", false);
  copy(out, outcome, "behaviour", false);
  write_levels(out, outcome);
  if (!write_blockers(out, call, view->company, outcome, error)) return false;
  write_exposures(out, view->company, outcome, seen);
  copy(out, outcome, "moves", true);
  int32_t counts = outcomes_count_from(view->company, plan);
  json_put_bool(out, "amendable", counts == CLOCK_NO_DAY || clock_day(call->now) < counts);
  return write_versions(out, call, view->company, outcome, error);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static bool impact_csv(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  if (!outcomes) return false;
  call->file_name = g_strdup("impact.csv");
  call->file_type = "text/csv; charset=utf-8";
  call->file_out = outcomes_csv(outcomes, view->company);
  return true;
}

static bool impact_pdf(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  g_autoptr(GPtrArray) needs = outcomes ? needs_read(call, view->company, error) : NULL;
  if (!needs) return false;
  struct declined declined;
  declined_read(needs, view->company, &declined);
  call->file_name = g_strdup("board-of-goals.pdf");
  call->file_type = "application/pdf";
  call->file_out = outcomes_pdf(call, view, outcomes, &declined, error);
  declined_clear(&declined);
  return call->file_out != NULL;
}

/* ---- what agents go by ---------------------------------------------------------------------------------------------- */

static bool weights_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  json_open_array(out, "weights");
  for (int i = 0; i < view->company->weights.count; i++) {
    const struct weight *w = &view->company->weights.at[i];
    json_open_object(out, NULL);
    json_put_string(out, "subject", w->subject);
    json_put_string(out, "cause", cause_names[w->cause]);
    json_put_string(out, "kind", w->kind);
    json_put_string(out, "name", w->name);
    json_put_integer(out, "moved", w->moved);
    json_put_integer(out, "did_not_move", w->did_not_move);
    json_put_number(out, "mean", w->mean);
    json_put_number(out, "low", w->low);
    json_put_number(out, "high", w->high);
    json_close_object(out);
  }
  json_close_array(out);
  json_open_array(out, "resets");
  for (int i = 0; i < view->company->weight_resets.count; i++) {
    json_open_object(out, NULL);
    json_put_string(out, "subject", view->company->weight_resets.at[i].subject);
    put_day(out, "day", view->company->weight_resets.at[i].day);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool weights_reset(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  const char *asked = op_text(call, "subject"), *reason = op_text(call, "reason");
  bool known = false;
  for (int i = 0; view && i < view->company->weights.count; i++) known |= strcmp(view->company->weights.at[i].subject, asked) == 0;
  if (!view || !known) return view && fail(error, MENO_ERROR_NOT_FOUND, "there is no weight \"%s\"; `meno weights list` shows them", asked);
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  if (reason) json_put_string(&body, "reason", reason);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("weight:", asked, NULL);
  if (ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "weight.reset", .subject = subject, .actor = call->caller.actor, .body = text }, error) <= 0) return false;
  json_put_string(out, "subject", asked);
  json_put_string(out, "state", "reset");
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const directions[] = { "up", "down", NULL }, *const states[] = { "running", "stopped", NULL }, *const goal_states[] = { "on track", "off track", "unknown", NULL };
static const struct field lead_fields[] = { { "signal", FIELD_FIGURE, REQUIRED | NULLABLE, "days; the first signal is 0" }, { "need", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "accepted", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "live", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "first_use", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "effect", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field money_fields[] = { { "money", FIELD_FIGURE, REQUIRED, "" }, { "low", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "high", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "period", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field said_fields[] = { { "day", FIELD_DAY, REQUIRED, "on which it was first said" }, { "estimate", FIELD_FIGURE, REQUIRED | NULLABLE, "as it was told then" }, { "interval", FIELD_ANY, REQUIRED | NULLABLE, "two figures: lower, upper" },
  { "confirmed", FIELD_BOOL, REQUIRED, "by the last reading" }, { 0 } };
static const struct field change_row[] = { { "title", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "scope", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "day", FIELD_DAY, REQUIRED, "" }, { 0 } };

#define IMPACT_FIELDS \
  { "id", FIELD_ID("intervention"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "verdict", FIELD_WORD(verdict_names), REQUIRED, "" }, \
  { "estimate", FIELD_FIGURE, REQUIRED | NULLABLE, "in the goal's unit" }, { "unit", FIELD_TEXT(0), REQUIRED, "of the goal" }, { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, \
  { "said_early", FIELD_OBJECT(said_fields), REQUIRED | NULLABLE, "moved, as it was said before the last reading; null: nothing was" }, \
  { "baseline", FIELD_FIGURE, REQUIRED | NULLABLE, "of the goal" }, { "target", FIELD_FIGURE, REQUIRED | NULLABLE, "of the goal" }, \
  { "told_from", FIELD_DAY, REQUIRED | NULLABLE, "when it can be told; null: never" }, { "needed", FIELD_TEXT(0), REQUIRED | NULLABLE, "what would settle it" }, \
  { "se", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "interval", FIELD_ANY, REQUIRED | NULLABLE, "two figures: lower, upper" }, { "p", FIELD_SHARE, REQUIRED | NULLABLE, "" }, \
  { "q", FIELD_SHARE, REQUIRED | NULLABLE, "p adjusted for all interventions that were measured: of those with q of at most 0.05, one in twenty is expected to be none" }, \
  { "method", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "sentence", FIELD_TEXT(0), REQUIRED | NULLABLE, "the verdict in words" }, { "measured", FIELD_BOOL, REQUIRED, "there is an estimate" }, \
  { "basis", FIELD_WORD(basis_names), REQUIRED | NULLABLE, "what the figures are: of the last reading; any time: of the weeks seen so far, with an interval that holds at all looks together, by which alone a verdict comes early; descriptive until told_from: no verdict rests on them" }, \
  { "hidden", FIELD_BOOL, REQUIRED, "withheld: fewer than five people" }, { "confidence", FIELD_SHARE, REQUIRED | NULLABLE, "" }, { "sure", FIELD_TEXT(0), REQUIRED | NULLABLE, "how sure, in words" }, { "value", FIELD_OBJECT(money_fields), REQUIRED | NULLABLE, "" }, \
  { "return", FIELD_FIGURE, REQUIRED | NULLABLE, "value a year for each unit of cost" }, { "return_interval", FIELD_ANY, REQUIRED | NULLABLE, "two figures: lower, upper" }, \
  { "lead_days", FIELD_OBJECT(lead_fields), REQUIRED, "since the signal" }, { "minimum_effect", FIELD_FIGURE, REQUIRED | NULLABLE, "the smallest worth having" }, \
  { "claim", FIELD_ID("claim"), REQUIRED | NULLABLE, "whose reasons are the verdict's" }, { "measured_at", FIELD_TIME, REQUIRED | NULLABLE, "" }, { "need", FIELD_ID("need"), REQUIRED, "" }, \
  { "goal", FIELD_ID("goal"), REQUIRED | NULLABLE, "" }, { "goal_name", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "direction", FIELD_WORD(directions), REQUIRED, "which way is better" }, \
  { "cause", FIELD_TEXT(0), REQUIRED, "" }, { "training", FIELD_BOOL, REQUIRED, "" }, { "remedy", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "design", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "measurable", FIELD_BOOL, REQUIRED, "as registered" }, { "state", FIELD_WORD(states), REQUIRED, "" }, { "units", FIELD_COUNT, REQUIRED, "teams" }, { "treated", FIELD_COUNT, REQUIRED, "of them" }, \
  { "registered_at", FIELD_TIME, REQUIRED, "" }, { "changes", FIELD_LIST(change_row), REQUIRED, "what else changed since the first start" }

static const struct field impact_row[] = { IMPACT_FIELDS, { 0 } };
static const struct field unit_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "start", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "affected", FIELD_BOOL, REQUIRED, "else only compared with" }, { 0 } };
static const struct field sign_row[] = { { "source", FIELD_TEXT(0), REQUIRED, "" }, { "sentence", FIELD_TEXT(0), REQUIRED, "" }, { "estimate", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "interval", FIELD_ANY, REQUIRED | NULLABLE, "two figures: lower, upper" }, { "results", FIELD_COUNT, REQUIRED, "records" }, { "people", FIELD_COUNT, REQUIRED, "behind them; 0: not about people" }, { 0 } };
static const struct field level_row[] = { { "level", FIELD_COUNT, REQUIRED, "of Kirkpatrick's" }, { "name", FIELD_WORD(level_names), REQUIRED, "" }, { "state", FIELD_WORD(level_states), REQUIRED, "seen: something clearly changed" },
  { "fill", FIELD_TEXT(0), REQUIRED | NULLABLE, "what would fill it, where it is empty or cannot be told" }, { "signs", FIELD_LIST(sign_row), REQUIRED, "started teams against those that wait; of results see the effect" }, { 0 } };
static const struct field blocker_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "need, pulse, tickets, load or deliveries" }, { "sentence", FIELD_TEXT(0), REQUIRED, "" }, { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "whose reasons are its evidence" },
  { "count", FIELD_COUNT, REQUIRED, "records" }, { "people", FIELD_COUNT, REQUIRED, "behind them; 0: not about people" }, { 0 } };
static const struct field version_row[] = { { "version", FIELD_COUNT, REQUIRED, "1: as it was frozen" }, { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "what", FIELD_WORD(version_words), REQUIRED, "" },
  { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "where it was changed" }, { "cost_before", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "minimum_effect", FIELD_FIGURE, REQUIRED | NULLABLE, "where it was changed" }, { "minimum_effect_before", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field show_out[] = { IMPACT_FIELDS, { "need_title", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "power", FIELD_SHARE, REQUIRED, "chance to see the smallest effect worth having" },
  { "evidence", FIELD_TEXT(0), REQUIRED | NULLABLE, "what counts as good enough, as it was registered" }, { "hours", FIELD_FIGURE, REQUIRED | NULLABLE, "of people, that the registered cost was estimated from" },
  { "value_per_unit", FIELD_FIGURE, REQUIRED | NULLABLE, "of the goal, a year" },
  { "from_week", FIELD_COUNT, REQUIRED, "the weeks that count, after each start" }, { "to_week", FIELD_COUNT, REQUIRED, "" }, { "baseline_from", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "baseline_to", FIELD_DAY, REQUIRED | NULLABLE, "exclusive" },
  { "due", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "ended", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "today", FIELD_DAY, REQUIRED, "" }, { "teams", FIELD_LIST(unit_row), REQUIRED, "in the drawn order of start; of a manager the own ones" },
  { "registration", FIELD_ANY, REQUIRED, "as it was frozen: the members of the event" }, { "from", FIELD_DAY, REQUIRED | NULLABLE, "of the values that were used" }, { "to", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "comparison_hidden", FIELD_BOOL, REQUIRED, "" }, { "series", FIELD_ANY, REQUIRED | NULLABLE, "week, effect, low, high: parallel lists, weeks since the start" },
  { "raw", FIELD_ANY, REQUIRED | NULLABLE, "days, treated, comparison: parallel lists" }, { "placebo", FIELD_ANY, REQUIRED | NULLABLE, "estimate, interval, series: where nothing should be found" },
  { "pretrend", FIELD_ANY, REQUIRED | NULLABLE, "estimate, interval, p, series: did they differ before?" }, { "behaviour", FIELD_ANY, REQUIRED | NULLABLE, "sentence, estimate, interval: was something done differently?" },
  { "levels", FIELD_LIST(level_row), REQUIRED, "results, behaviour, learning, reaction: what each shows, the one that counts first" }, { "blockers", FIELD_LIST(blocker_row), REQUIRED, "what hinders use on the job in the teams that started and is no matter of learning" },
  { "exposures", FIELD_ANY, REQUIRED | NULLABLE, "whom it reached" }, { "moves", FIELD_ANY, REQUIRED | NULLABLE, "people between the teams" }, { "versions", FIELD_LIST(version_row), REQUIRED, "of the registration, the oldest first" }, { "amendable", FIELD_BOOL, REQUIRED, "the smallest effect worth having may still be changed" }, { "registered_by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field point_fields[] = { { "day", FIELD_DAY, REQUIRED, "" }, { "value", FIELD_FIGURE, REQUIRED, "" }, { 0 } };
static const struct field goal_row[] = { { "id", FIELD_ID("goal"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "unit", FIELD_TEXT(0), REQUIRED, "" }, { "direction", FIELD_WORD(directions), REQUIRED, "" },
  { "weight", FIELD_SHARE, REQUIRED, "" }, { "baseline", FIELD_FIGURE, REQUIRED, "" }, { "target", FIELD_FIGURE, REQUIRED, "" }, { "due", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "latest", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "gap", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "the gap, a year" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "state", FIELD_WORD(goal_states), REQUIRED, "" },
  { "interventions", FIELD_TEXTS, REQUIRED, "ids" }, { "moved", FIELD_COUNT, REQUIRED, "of them" }, { "series", FIELD_LIST(point_fields), REQUIRED, "" }, { 0 } };
static const struct field summary_fields[] = { { "interventions", FIELD_COUNT, REQUIRED, "" }, { "moved", FIELD_COUNT, REQUIRED, "" }, { "believed", FIELD_COUNT, REQUIRED, "of what moved: with q of at most 0.05" },
  { "taken_back", FIELD_COUNT, REQUIRED, "said early to have moved, and not confirmed at the last reading" }, { "did_not_move", FIELD_COUNT, REQUIRED, "" }, { "cannot_tell", FIELD_COUNT, REQUIRED, "" },
  { "unmeasured", FIELD_COUNT, REQUIRED, "of those" }, { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "of all" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "value", FIELD_OBJECT(money_fields), REQUIRED | NULLABLE, "of what moved" },
  { "value_of_all", FIELD_OBJECT(money_fields), REQUIRED | NULLABLE, "of all that was measured, moved or not, each effect drawn towards their mean by how unsure it is: the largest were picked" },
  { "return", FIELD_FIGURE, REQUIRED | NULLABLE, "that value for each unit of all that was spent" }, { "return_interval", FIELD_ANY, REQUIRED | NULLABLE, "two figures: lower, upper" }, { "lead_days", FIELD_OBJECT(lead_fields), REQUIRED, "medians" }, { 0 } };
static const struct field programme_row[] = { { "id", FIELD_ID("programme"), REQUIRED, "of its need, or once it is stopped its own" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "money", FIELD_FIGURE, REQUIRED, "a year" },
  { "saved", FIELD_BOOL, REQUIRED, "accepted to stop; else it could be" }, { 0 } };
static const struct field declined_fields[] = { { "not_training", FIELD_COUNT, REQUIRED, "needs with another cause than skill" }, { "not_training_money", FIELD_FIGURE, REQUIRED, "what hangs on them a year" },
  { "no_goal", FIELD_COUNT, REQUIRED, "wishes that no goal rests on" }, { "programmes", FIELD_LIST(programme_row), REQUIRED, "that no goal rests on" }, { 0 } };
static const struct field follow_row[] = { { "goal", FIELD_ID("goal"), REQUIRED, "" }, { "goal_name", FIELD_TEXT(0), REQUIRED, "" }, { "day", FIELD_DAY, REQUIRED, "on which its weight was raised" }, { "before", FIELD_SHARE, REQUIRED, "" },
  { "after", FIELD_SHARE, REQUIRED, "" }, { "teams", FIELD_COUNT, REQUIRED, "whose attention can be seen" }, { "followed", FIELD_COUNT, REQUIRED, "that turned to it" }, { "days", FIELD_FIGURE, REQUIRED | NULLABLE, "median; null: fewer than half have turned" },
  { "open", FIELD_BOOL, REQUIRED, "half a year is not over yet" }, { 0 } };
static const struct field year_fields[] = { { "changes", FIELD_COUNT, REQUIRED, "raised priorities that have had half a year" }, { "days", FIELD_FIGURE, REQUIRED | NULLABLE, "median until half of the teams had turned; null: none, or half were not followed" }, { 0 } };
static const struct field adapting_fields[] = { { "year", FIELD_OBJECT(year_fields), REQUIRED, "the year that ended half a year ago" }, { "before", FIELD_OBJECT(year_fields), REQUIRED, "the year before it" }, { 0 } };
static const struct field list_out[] = { { "impact", FIELD_LIST(impact_row), REQUIRED, "the most worth first" }, { "today", FIELD_DAY, REQUIRED, "" }, { "own_teams", FIELD_BOOL, REQUIRED, "only what touches the caller's own teams" }, { "goals", FIELD_LIST(goal_row), REQUIRED, "" }, { "summary", FIELD_OBJECT(summary_fields), REQUIRED, "" },
  { "declined", FIELD_OBJECT(declined_fields), REQUIRED, "what was not done, and why" },
  { "followed", FIELD_LIST(follow_row), REQUIRED, "how fast teams followed a raised priority, newest first" }, { "adapting", FIELD_OBJECT(adapting_fields), REQUIRED, "the organisation's speed, and its trend" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("intervention"), REQUIRED | IN_PATH, "the intervention" }, { 0 } };

static const struct field weight_row[] = { { "subject", FIELD_TEXT(0), REQUIRED, "" }, { "cause", FIELD_TEXT(0), REQUIRED, "the context: the need's cause" },
  { "kind", FIELD_TEXT(0), REQUIRED, "remedy, signal, agent, modality or pattern" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "moved", FIELD_COUNT, REQUIRED, "interventions that it led to and that moved their goal" },
  { "did_not_move", FIELD_COUNT, REQUIRED, "" }, { "mean", FIELD_SHARE, REQUIRED, "the chance that it works the next time" }, { "low", FIELD_SHARE, REQUIRED, "of a 90 % interval" }, { "high", FIELD_SHARE, REQUIRED, "" }, { 0 } };
static const struct field reset_row[] = { { "subject", FIELD_TEXT(0), REQUIRED, "" }, { "day", FIELD_DAY, REQUIRED, "effects told until then do not count" }, { 0 } };
static const struct field weights_out[] = { { "weights", FIELD_LIST(weight_row), REQUIRED, "" }, { "resets", FIELD_LIST(reset_row), REQUIRED, "" }, { 0 } };
static const struct field reset_in[] = { { "subject", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "which one, as it is listed" }, { "reason", FIELD_TEXT(LIMIT_TEXT), 0, "why, for those who ask later" }, { 0 } };
static const struct field reset_out[] = { { "subject", FIELD_TEXT(0), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };

const struct op impact_ops[] = {
  { "impact list", GET, "/impact", MAY_READ_IMPACT, NULL, list_out, impact_list, "Did it move? Goals and interventions with verdict, cost and value", "impact" },
  { "impact show", GET, "/impact/{id}", MAY_READ_IMPACT, id_in, show_out, impact_show, "One intervention: registration, effect and what it rests on", "impact" },
  { "impact csv", GET, "/impact.csv", MAY_READ_IMPACT, NULL, NULL, impact_csv, "The board as a table for a spreadsheet", "impact", BODY_FILE_OUT },
  { "impact pdf", GET, "/impact.pdf", MAY_READ_IMPACT, NULL, NULL, impact_pdf, "The board on one page, for print", "impact", BODY_FILE_OUT },
  { "weights list", GET, "/weights", MAY_READ_IMPACT, NULL, weights_out, weights_list, "What agents go by: what led to effects, as chances of working the next time", "impact" },
  { "weights reset", POST, "/weights/reset", MAY_STEER, reset_in, reset_out, weights_reset, "Set a weight back: effects told so far count no more for it", "impact" },
  { 0 } };
