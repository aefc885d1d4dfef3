/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interventions as they were registered: what was to be done, for whom, in which order, and how it would be told whether it
 * helped. The order of start was drawn at acceptance; a confined manager sees that of the
 * own teams.
 *
 * What decides the verdict is frozen. Two things may be said anew, each as a version of its own with its reason: what it has cost, at any
 * time; and the smallest effect worth having, until the first week that counts begins, for from then on somebody may have seen what
 * it should be. */
#include "ops/outcomes.h"
#include <math.h>
#include <string.h>

static void write_span(struct json_writer *out, int32_t from, int32_t to) {
  if (from == CLOCK_NO_DAY || to == CLOCK_NO_DAY) {
    json_put_null(out, "baseline");
    return;
  }
  json_open_object(out, "baseline");
  put_day(out, "from", from);
  put_day(out, "to", to);
  json_close_object(out);
}

static void write_intervention(struct json_writer *out, const struct company *company, const struct outcome *outcome, const bool *seen) {
  const struct intervention *plan = outcome->plan;
  g_autofree char *owner = plan->owner >= 0 ? ops_person_name(company, plan->owner) : NULL;
  json_put_string(out, "id", plan->id);
  json_put_string(out, "title", plan->title ? plan->title : plan->id);
  json_put_string(out, "need", plan->need);
  json_put_string(out, "goal", outcome->goal ? outcome->goal->id : NULL);
  json_put_string(out, "cause", cause_names[plan->cause]);
  json_open_array(out, "skills");
  for (int i = 0; i < plan->skill_count; i++) json_put_string(out, NULL, company->skills.at[plan->skills[i]].id);
  json_close_array(out);
  json_put_bool(out, "training", plan->training);
  json_put_string(out, "remedy", plan->remedy);
  json_put_string(out, "design", plan->design);
  json_open_object(out, "estimand");
  json_put_integer(out, "from_week", plan->from_week);
  json_put_integer(out, "to_week", plan->to_week);
  json_close_object(out);
  write_span(out, plan->baseline_from, plan->baseline_to);
  json_put_number(out, "minimum_effect", plan->minimum_effect);
  json_put_number(out, "power", plan->power);
  json_put_bool(out, "measurable", plan->measurable);
  json_put_number(out, "cost", outcome->cost);
  json_put_string(out, "currency", company->currency);
  json_put_string(out, "owner", owner);
  put_day(out, "due", plan->due);
  json_put_integer(out, "units", outcome->units);
  outcome_write_units(out, company, plan, seen);
  put_time(out, "registered_at", plan->registered_at);
  put_day(out, "told_from", outcome->tell);
  json_put_string(out, "state", plan->state == INTERVENTION_STOPPED ? "stopped" : "running");
  put_day(out, "ended", plan->ended);
}

static bool interventions_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  if (!outcomes) return false;
  g_autofree bool *seen = ops_teams_seen(call, view->company);
  json_open_array(out, "interventions");
  for (int i = 0; i < view->company->interventions.count; i++) { /* in the order of registration */
    const struct outcome *outcome = outcomes_find(outcomes, view->company->interventions.at[i].id);
    if (!outcome) continue;
    json_open_object(out, NULL);
    write_intervention(out, view->company, outcome, seen);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool interventions_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) outcomes = view ? outcomes_read(call, view->company, error) : NULL;
  if (!outcomes) return false;
  const struct outcome *outcome = outcomes_find(outcomes, op_text(call, "id"));
  if (!outcome) return fail(error, MENO_ERROR_NOT_FOUND, "there is no intervention \"%s\" that you may see", op_text(call, "id"));
  g_autofree bool *seen = ops_teams_seen(call, view->company);
  write_intervention(out, view->company, outcome, seen);
  return true;
}

static const struct intervention *find_intervention(const struct company *company, const char *id, GError **error) {
  for (int i = 0; i < company->interventions.count; i++)
    if (strcmp(company->interventions.at[i].id, id) == 0) return &company->interventions.at[i];
  fail(error, MENO_ERROR_NOT_FOUND, "there is no intervention \"%s\"", id);
  return NULL;
}

/* Until when the smallest effect worth having may be changed. */
static bool may_amend(const struct company *company, const struct intervention *plan, double minimum, int32_t today, GError **error) {
  int32_t from = outcomes_count_from(company, plan);
  char day[CLOCK_TEXT];
  if (!isfinite(minimum)) return true;
  if (!(minimum > 0)) return fail(error, MENO_ERROR_BAD_INPUT, "the smallest effect worth having is %g; it is larger than nothing", minimum);
  return from == CLOCK_NO_DAY || today < from ||
    fail(error, MENO_ERROR_CONFLICT, "the weeks that count have begun on %s: from then on the smallest effect worth having is frozen, so that nobody fits it to what has come in", clock_format_day(from, day));
}

static bool interventions_amend(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  const struct intervention *found = view ? find_intervention(view->company, op_text(call, "id"), error) : NULL;
  double cost = op_number(call, "cost", NAN), minimum = op_number(call, "minimum_effect", NAN);
  if (!found) return false;
  if (!isfinite(cost) && !isfinite(minimum)) return fail(error, MENO_ERROR_BAD_INPUT, "nothing is changed: give a cost, or a smallest effect worth having");
  if (cost < 0) return fail(error, MENO_ERROR_BAD_INPUT, "the cost is %g; it is not less than nothing", cost);
  if (!may_amend(view->company, found, minimum, clock_day(call->now), error)) return false;
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  if (isfinite(cost)) json_put_number(&body, "cost", cost);
  if (isfinite(minimum)) json_put_number(&body, "minimum_effect", minimum);
  json_put_string(&body, "reason", op_text(call, "reason"));
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("intervention:", found->id, NULL);
  struct event event = { .kind = "intervention.amended", .subject = subject, .actor = call->caller.actor, .cause = found->seq, .taint = TAINT_EMPLOYEE_TEXT, .body = text };
  return ledger_record(system_ledger(call->system), call->now, &event, error) > 0 && interventions_show(call, out, error);
}

/* Stopped is stopped: what was delivered lapses, and what was registered stays and is still analysed as assigned. */
static bool interventions_stop(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  const struct intervention *found = view ? find_intervention(view->company, op_text(call, "id"), error) : NULL;
  if (!found) return false;
  if (found->state == INTERVENTION_STOPPED) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" was stopped already", found->title);
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "reason", op_text(call, "reason"));
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("intervention:", found->id, NULL);
  struct event event = { .id = uuid_of("intervention.ended", found->id, NULL), .kind = "intervention.ended", .subject = subject, .actor = call->caller.actor,
    .cause = found->seq, .taint = TAINT_EMPLOYEE_TEXT, .body = text };
  return ledger_record(system_ledger(call->system), call->now, &event, error) > 0 && interventions_show(call, out, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const states[] = { "running", "stopped", NULL };
static const struct field unit_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "start", FIELD_DAY, REQUIRED | NULLABLE, "as drawn at acceptance; null: compared with" }, { "affected", FIELD_BOOL, REQUIRED, "else only compared with" }, { 0 } };
static const struct field estimand_fields[] = { { "from_week", FIELD_COUNT, REQUIRED, "after each start, from 1" }, { "to_week", FIELD_COUNT, REQUIRED, "inclusive" }, { 0 } };
static const struct field span_fields[] = { { "from", FIELD_DAY, REQUIRED, "" }, { "to", FIELD_DAY, REQUIRED, "exclusive" }, { 0 } };
static const struct field intervention_row[] = { { "id", FIELD_ID("intervention"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "need", FIELD_ID("need"), REQUIRED, "" },
  { "goal", FIELD_ID("goal"), REQUIRED | NULLABLE, "" }, { "cause", FIELD_TEXT(0), REQUIRED, "as confirmed" }, { "skills", FIELD_TEXTS, REQUIRED, "ids" }, { "training", FIELD_BOOL, REQUIRED, "" },
  { "remedy", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "design", FIELD_TEXT(0), REQUIRED | NULLABLE, "parallel, stepped-wedge, switchback or before-after" },
  { "estimand", FIELD_OBJECT(estimand_fields), REQUIRED, "the mean effect in these weeks" }, { "baseline", FIELD_OBJECT(span_fields), REQUIRED | NULLABLE, "what counts as before" },
  { "minimum_effect", FIELD_FIGURE, REQUIRED | NULLABLE, "the smallest worth having, in the goal's unit" }, { "power", FIELD_SHARE, REQUIRED, "chance to see it" }, { "measurable", FIELD_BOOL, REQUIRED, "" },
  { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "due", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "units", FIELD_COUNT, REQUIRED, "teams in all" }, { "teams", FIELD_LIST(unit_row), REQUIRED, "frozen units; of a manager the own ones" }, { "registered_at", FIELD_TIME, REQUIRED, "" },
  { "told_from", FIELD_DAY, REQUIRED | NULLABLE, "when it can be told; null: never" }, { "state", FIELD_WORD(states), REQUIRED, "" }, { "ended", FIELD_DAY, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field list_out[] = { { "interventions", FIELD_LIST(intervention_row), REQUIRED, "in the order of registration" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("intervention"), REQUIRED | IN_PATH, "the intervention" }, { 0 } };
static const struct field stop_in[] = { { "id", FIELD_ID("intervention"), REQUIRED | IN_PATH, "the intervention" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "kept with it" }, { 0 } };
static const struct field amend_in[] = { { "id", FIELD_ID("intervention"), REQUIRED | IN_PATH, "the intervention" }, { "cost", FIELD_FIGURE, 0, "what it has cost, in the company's currency" },
  { "minimum_effect", FIELD_FIGURE, 0, "the smallest worth having, in the goal's unit; until the first week that counts begins" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "kept with the version" }, { 0 } };

const struct op interventions_ops[] = {
  { "interventions list", GET, "/interventions", MAY_READ_IMPACT, NULL, list_out, interventions_list, "Interventions as they were registered, with their order of start", "impact" },
  { "interventions show", GET, "/interventions/{id}", MAY_READ_IMPACT, id_in, intervention_row, interventions_show, "One intervention as it was registered", "impact" },
  { "interventions amend", POST, "/interventions/{id}/amend", MAY_DECIDE_NEEDS, amend_in, intervention_row, interventions_amend, "Say anew what an intervention has cost, or the smallest effect worth having: a version of its own, with a reason", "impact" },
  { "interventions stop", POST, "/interventions/{id}/stop", MAY_DECIDE_NEEDS, stop_in, intervention_row, interventions_stop, "Stop an intervention, with a reason; it is still analysed as it was registered", "impact" },
  { 0 } };
