/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Business goals: how they stand, what holds them back, and what their priority is. The weight is people's; changing it
 * shows first what would move, and is recorded with its reason. */
#include "gate/disclosure.h"
#include "ops/tables.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the series ------------------------------------------------------------------------------------------------- */

static bool of_series(const struct kpi *kpi, int goal, int team, bool own) { return kpi->goal == goal && (team >= 0 ? kpi->team == team : own ? kpi->team < 0 : kpi->team >= 0); }

static bool has_own_series(const struct company *company, int goal) {
  for (int i = 0; i < company->kpis.count; i++)
    if (company->kpis.at[i].goal == goal && company->kpis.at[i].team < 0) return true;
  return false;
}

static int by_day(const void *a, const void *b) { return *(const int32_t *)a - *(const int32_t *)b; }

static int typical_period(const int32_t *days, int count) {
  if (count < 2) return 7;
  g_autofree int32_t *steps = g_new(int32_t, (gsize)count - 1);
  for (int i = 1; i < count; i++) steps[i - 1] = days[i] - days[i - 1];
  qsort(steps, (size_t)count - 1, sizeof *steps, by_day);
  return MAX(steps[(count - 1) / 2], 1);
}

struct sum { int32_t day; double value, weight; };

static int sum_by_day(const void *a, const void *b) { return ((const struct sum *)a)->day - ((const struct sum *)b)->day; }

/* The mean of the last four periods is "now": one week is noise. */
static double recent(const struct goal_track *track) {
  double sum = 0;
  int used = MIN(track->count, 4);
  for (int i = track->count - used; i < track->count; i++) sum += track->values[i];
  return used ? sum / used : NAN;
}

void goal_track_init(struct goal_track *track, const struct company *company, int goal, int team) {
  *track = (struct goal_track){ .latest = NAN, .gap = NAN, .money = NAN, .latest_day = CLOCK_NO_DAY };
  bool own = team < 0 && has_own_series(company, goal);
  g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(struct sum));
  for (int i = 0; i < company->kpis.count; i++) {
    const struct kpi *kpi = &company->kpis.at[i];
    double weight = isnan(kpi->exposure) ? 1 : kpi->exposure;
    struct sum sum = { kpi->day, kpi->value * weight, weight };
    if (of_series(kpi, goal, team, own)) g_array_append_val(sums, sum);
  }
  g_array_sort(sums, sum_by_day);
  track->days = g_new(int32_t, sums->len + 1);
  track->values = g_new(double, sums->len + 1);
  for (guint i = 0; i < sums->len;) {
    struct sum total = g_array_index(sums, struct sum, i);
    for (i++; i < sums->len && g_array_index(sums, struct sum, i).day == total.day; i++) {
      total.value += g_array_index(sums, struct sum, i).value;
      total.weight += g_array_index(sums, struct sum, i).weight;
    }
    if (!(total.weight > 0)) continue;
    track->days[track->count] = total.day;
    track->values[track->count++] = total.value / total.weight;
  }
  if (!track->count) return;
  const struct goal *row = &company->goals.at[goal];
  track->period_days = typical_period(track->days, track->count);
  track->latest = recent(track);
  track->latest_day = track->days[track->count - 1];
  track->gap = row->direction * (row->target - track->latest);
  if (row->value_per_unit) track->money = track->gap * fabs(row->value_per_unit);
}

void goal_track_clear(struct goal_track *track) {
  g_free(track->days);
  g_free(track->values);
}

const char *goal_state(const struct goal *goal, const struct goal_track *track, int32_t from, int32_t today) {
  if (isnan(track->latest)) return "unknown";
  double way = goal->due > from ? CLAMP((double)(today - from) / (goal->due - from), 0, 1) : 1;
  double expected = goal->baseline + way * (goal->target - goal->baseline);
  return goal->direction * (track->latest - expected) >= 0 ? "on track" : "off track";
}

static void write_series(struct json_writer *out, const struct goal_track *track) {
  json_open_array(out, "series");
  for (int i = MAX(0, track->count - 156); i < track->count; i++) {
    json_open_object(out, NULL);
    put_day(out, "day", track->days[i]);
    json_put_number(out, "value", track->values[i]);
    json_close_object(out);
  }
  json_close_array(out);
}

/* ---- the view --------------------------------------------------------------------------------------------------- */

static void write_needs(struct json_writer *out, const GPtrArray *needs, const char *goal) {
  json_open_array(out, "needs");
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    bool aside = strcmp(need->status, "not a priority") == 0 || strcmp(need->status, "noise") == 0;
    if (aside || g_strcmp0(need->goal, goal) != 0) continue;
    json_open_object(out, NULL);
    json_put_string(out, "id", need->id);
    json_put_string(out, "title", need->title);
    json_put_string(out, "status", need->status);
    json_put_string(out, "cause", need->cause);
    json_put_number(out, "probability", need->probability);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_goal(struct op_call *call, const struct view *view, int index, const GPtrArray *needs, struct json_writer *out) {
  const struct company *company = view->company;
  const struct goal *goal = &company->goals.at[index];
  g_autofree char *owner = goal->owner >= 0 ? ops_person_name(company, goal->owner) : NULL;
  struct goal_track track;
  goal_track_init(&track, company, index, -1);
  json_put_string(out, "id", goal->id);
  json_put_string(out, "name", goal->name);
  json_put_string(out, "category", goal_category_names[goal->category]);
  json_put_string(out, "unit", goal->unit);
  json_put_string(out, "direction", goal->direction == GOAL_UP ? "up" : "down");
  json_put_number(out, "baseline", goal->baseline);
  json_put_number(out, "target", goal->target);
  put_day(out, "due", goal->due);
  json_put_number(out, "weight", goal->weight);
  json_put_number(out, "value_per_unit", goal->value_per_unit ? goal->value_per_unit : NAN);
  json_put_string(out, "currency", goal->currency ? goal->currency : company->currency);
  json_put_string(out, "owner", owner);
  json_open_array(out, "scope");
  for (int i = 0; i < goal->department_count; i++) json_put_string(out, NULL, company->departments.at[goal->departments[i]].name);
  json_close_array(out);
  json_put_number(out, "latest", track.latest);
  put_day(out, "latest_day", track.latest_day);
  json_put_number(out, "gap", track.gap);
  json_put_number(out, "money", track.money);
  json_put_string(out, "state", goal_state(goal, &track, company->first_day, view->day));
  write_series(out, &track);
  write_needs(out, needs, goal->id);
  json_put_integer(out, "version", goal->version);
  goal_track_clear(&track);
}

static const struct field point_fields[] = { { "day", FIELD_DAY, REQUIRED, "" }, { "value", FIELD_FIGURE, REQUIRED, "" }, { 0 } };
static const struct field need_line_fields[] = {
  { "id", FIELD_ID("need"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "status", FIELD_TEXT(0), REQUIRED, "" },
  { "cause", FIELD_TEXT(0), REQUIRED, "" }, { "probability", FIELD_SHARE, REQUIRED | NULLABLE, "of that cause" }, { 0 } };

#define GOAL_FIELDS \
  { "id", FIELD_ID("goal"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "category", FIELD_WORD(goal_category_words), REQUIRED, "" }, \
  { "unit", FIELD_TEXT(0), REQUIRED, "" }, { "direction", FIELD_WORD(direction_words), REQUIRED, "which way is better" }, \
  { "baseline", FIELD_FIGURE, REQUIRED, "" }, { "target", FIELD_FIGURE, REQUIRED, "" }, { "due", FIELD_DAY, REQUIRED | NULLABLE, "" }, \
  { "weight", FIELD_SHARE, REQUIRED, "its priority" }, { "value_per_unit", FIELD_FIGURE, REQUIRED | NULLABLE, "money a year for one unit" }, \
  { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "scope", FIELD_TEXTS, REQUIRED, "departments; empty: the company" }, { "latest", FIELD_FIGURE, REQUIRED | NULLABLE, "mean of the last four periods" }, \
  { "latest_day", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "gap", FIELD_FIGURE, REQUIRED | NULLABLE, "in the unit; positive: short of the target" }, \
  { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "the gap in money a year" }, { "state", FIELD_WORD(state_words), REQUIRED, "" }, \
  { "series", FIELD_LIST(point_fields), REQUIRED, "" }, { "needs", FIELD_LIST(need_line_fields), REQUIRED, "what holds it back" }, \
  { "version", FIELD_COUNT, REQUIRED, "" }

static const char *const goal_category_words[] = { "productivity", "revenue", "risk", "efficiency", NULL };
static const char *const direction_words[] = { "up", "down", NULL };
static const char *const state_words[] = { "on track", "off track", "unknown", NULL };

/* ---- goals list, goals show ------------------------------------------------------------------------------------- */

static bool goals_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  if (!needs) return false;
  json_open_array(out, "goals");
  for (int i = 0; i < view->company->goals.count; i++) {
    json_open_object(out, NULL);
    write_goal(call, view, i, needs, out);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static int find_goal(const struct company *company, const char *id, GError **error) {
  int goal = company_goal(company, id);
  if (goal < 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no goal \"%s\"", id);
  return goal;
}

static void write_team(struct json_writer *out, const struct company *company, int goal, int index, bool hidden) {
  const struct team *team = &company->teams.at[index];
  struct goal_track track;
  goal_track_init(&track, company, goal, index);
  json_open_object(out, NULL);
  json_put_string(out, "team", team->name);
  json_put_string(out, "department", team->department >= 0 ? company->departments.at[team->department].name : NULL);
  put_team_size(out, team);
  json_put_number(out, "latest", hidden ? NAN : track.latest);
  json_put_bool(out, "hidden", hidden);
  if (hidden) track.count = 0;
  write_series(out, &track);
  json_close_object(out);
  goal_track_clear(&track);
}

/* The goal's own figure is shown too, and is what its teams make together: a tree of depth one. The same for every caller,
 * or two of them could subtract. */
static bool *hidden_teams(const struct company *company, const bool *has) {
  int teams = company->teams.count;
  g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (gsize)teams + 1);
  g_autofree int *parent = g_new(int, (gsize)teams + 1);
  parent[teams] = -1;
  for (int i = 0; i < teams; i++) {
    cells[i].people = has[i] ? company->teams.at[i].size : 0;
    cells[teams].people += cells[i].people;
    parent[i] = teams;
  }
  disclosure_tree(cells, parent, teams + 1, DISCLOSURE_SCORES);
  bool *hidden = g_new0(bool, (gsize)teams + 1);
  for (int i = 0; i < teams; i++) hidden[i] = cells[i].why != DISCLOSURE_SHOWN;
  return hidden;
}

static void write_teams(struct op_call *call, struct json_writer *out, const struct company *company, int goal) {
  g_autofree bool *has = g_new0(bool, (gsize)company->teams.count + 1);
  g_autofree bool *seen = ops_teams_seen(call, company);
  for (int i = 0; i < company->kpis.count; i++)
    if (company->kpis.at[i].goal == goal && company->kpis.at[i].team >= 0) has[company->kpis.at[i].team] = true;
  g_autofree bool *hidden = hidden_teams(company, has);
  json_open_array(out, "teams");
  for (int i = 0; i < company->teams.count; i++)
    if (has[i] && seen[i]) write_team(out, company, goal, i, hidden[i]);
  json_close_array(out);
}

static bool write_versions(struct op_call *call, struct json_writer *out, const struct company *company, const char *goal, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "company.goal_versions", "t", goal) : NULL;
  int got;
  json_open_array(out, "versions");
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *by = ops_actor_name(company, query_text(query, 2)), *reason = ops_reveal(call, query, 4, 6, "reason");
    json_open_object(out, NULL);
    put_time(out, "at", query_integer(query, 1));
    json_put_string(out, "by", by);
    json_put_number(out, "weight", query_double(query, 3));
    json_put_string(out, "reason", reason);
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

static bool goals_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  int goal = needs ? find_goal(view->company, op_text(call, "id"), error) : -1;
  if (goal < 0) return false;
  write_goal(call, view, goal, needs, out);
  write_teams(call, out, view->company, goal);
  return write_versions(call, out, view->company, view->company->goals.at[goal].id, error);
}

static const struct field team_fields[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "size", FIELD_COUNT, REQUIRED | NULLABLE, "null: fewer than five" },
  { "latest", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "hidden", FIELD_BOOL, REQUIRED, "withheld: fewer than five people, or it would tell of such a team" }, { "series", FIELD_LIST(point_fields), REQUIRED, "" }, { 0 } };
static const struct field version_fields[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "weight", FIELD_SHARE, REQUIRED | NULLABLE, "" },
  { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };

/* ---- goals weigh ------------------------------------------------------------------------------------------------ */

struct place { const struct need *need; double before, after; int rank_before, rank_after; };

static int by_before(const void *a, const void *b) { double d = ((const struct place *)b)->before - ((const struct place *)a)->before; return (d > 0) - (d < 0); }
static int by_after(const void *a, const void *b) { double d = ((const struct place *)b)->after - ((const struct place *)a)->after; return (d > 0) - (d < 0); }

/* What needs are worth scales with their goal's weight, so the new order follows without another turn of the agent. */
static void write_moves(struct json_writer *out, const GPtrArray *needs, const struct goal *goal, double weight) {
  g_autoptr(GArray) places = g_array_new(FALSE, TRUE, sizeof(struct place));
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    if (strcmp(need->status, "open") != 0 && strcmp(need->status, "not a training problem") != 0) continue;
    double money = isnan(need->money) ? 0 : need->money, factor = g_strcmp0(need->goal, goal->id) == 0 && goal->weight > 0 ? weight / goal->weight : 1;
    struct place place = { .need = need, .before = money, .after = money * factor };
    g_array_append_val(places, place);
  }
  g_array_sort(places, by_before);
  for (guint i = 0; i < places->len; i++) g_array_index(places, struct place, i).rank_before = (int)i + 1;
  g_array_sort(places, by_after);
  json_open_array(out, "moves");
  for (guint i = 0; i < places->len; i++) {
    struct place *place = &g_array_index(places, struct place, i);
    json_open_object(out, NULL);
    json_put_string(out, "need", place->need->id);
    json_put_string(out, "title", place->need->title);
    json_put_integer(out, "rank_before", place->rank_before);
    json_put_integer(out, "rank_after", (int)i + 1);
    json_put_number(out, "money_before", place->before);
    json_put_number(out, "money_after", place->after);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool record_weight(struct op_call *call, const char *goal, double weight, GError **error) {
  const char *reason = op_text(call, "reason");
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  if (reason) json_put_string(&body, "reason", reason);
  json_put_number(&body, "weight", weight);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("goal:", goal, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "goal.weighed", .subject = subject, .actor = call->caller.actor, .body = text }, error) > 0;
}

static bool goals_weigh(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  int index = needs ? find_goal(view->company, op_text(call, "id"), error) : -1;
  if (index < 0) return false;
  const struct goal *goal = &view->company->goals.at[index];
  double weight = op_number(call, "weight", goal->weight);
  bool apply = !op_flag(call, "preview");
  if (apply && !record_weight(call, goal->id, weight, error)) return false;
  json_put_string(out, "goal", goal->id);
  json_put_number(out, "weight", weight);
  json_put_bool(out, "applied", apply);
  write_moves(out, needs, goal, weight);
  return true;
}

/* ---- goals set -------------------------------------------------------------------------------------------------- */

/* A goal typed by a person is the same event as a row of goals.csv: the members in the order of their names. */
static char *goal_body(struct op_call *call, const char *id, const char *owner) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_number(&body, "baseline", op_number(call, "baseline", 0));
  json_put_string(&body, "category", op_has(call, "category") ? op_text(call, "category") : goal_category_words[0]);
  if (op_has(call, "currency")) json_put_string(&body, "currency", op_text(call, "currency"));
  if (op_has(call, "departments")) json_put_value(&body, "departments", json_get(call->in, "departments"));
  json_put_string(&body, "direction", op_text(call, "direction"));
  json_put_string(&body, "due", op_text(call, "due"));
  json_put_string(&body, "goal_id", id);
  json_put_string(&body, "name", op_text(call, "name"));
  json_put_string(&body, "owner", owner);
  if (op_has(call, "skills")) json_put_value(&body, "skills", json_get(call->in, "skills"));
  json_put_number(&body, "target", op_number(call, "target", 0));
  json_put_string(&body, "unit", op_text(call, "unit"));
  if (op_has(call, "value_per_unit")) json_put_number(&body, "value_per_unit", op_number(call, "value_per_unit", 0));
  if (op_has(call, "weight")) json_put_number(&body, "weight", op_number(call, "weight", 0.5));
  json_close_object(&body);
  return json_writer_steal(&body, NULL);
}

/* "Days from request to offer" → "days-from-request-to-offer". */
static char *id_of_name(const char *name) {
  g_autofree char *plain = g_str_to_ascii(name, "C");
  g_autoptr(GString) id = g_string_new("");
  for (const char *at = plain; *at && id->len < 60; at++) {
    if (g_ascii_isalnum(*at)) g_string_append_c(id, g_ascii_tolower(*at));
    else if (id->len && id->str[id->len - 1] != '-') g_string_append_c(id, '-');
  }
  while (id->len && id->str[id->len - 1] == '-') g_string_truncate(id, id->len - 1);
  return g_strdup(id->len ? id->str : "goal");
}

static bool goals_set(struct op_call *call, struct json_writer *out, GError **error) {
  const char *given = op_text(call, "goal_id");
  g_autofree char *id = given ? g_strdup(given) : id_of_name(op_text(call, "name"));
  if (op_number(call, "baseline", 0) == op_number(call, "target", 0)) return fail(error, MENO_ERROR_BAD_INPUT, "\"target\" is the baseline: say what should change");
  g_autoptr(view_auto) before = system_view(call->system, error);
  if (!before) return false;
  if (!given && company_goal(before->company, id) >= 0) return fail(error, MENO_ERROR_CONFLICT, "there is a goal \"%s\" already; change it by naming it as goal_id", id);
  g_autofree char *body = goal_body(call, id, call->caller.person ? call->caller.person : call->caller.actor), *subject = g_strconcat("goal:", id, NULL);
  if (ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "goal.set", .subject = subject, .actor = call->caller.actor, .body = body }, error) <= 0) return false;
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  if (!needs) return false;
  write_goal(call, view, company_goal(view->company, id), needs, out);
  return true;
}

static const struct field id_in[] = { { "id", FIELD_ID("goal"), REQUIRED | IN_PATH, "the goal" }, { 0 } };
static const struct field goal_out[] = { GOAL_FIELDS, { "teams", FIELD_LIST(team_fields), REQUIRED, "" }, { "versions", FIELD_LIST(version_fields), REQUIRED, "" }, { 0 } };
static const struct field goal_row[] = { GOAL_FIELDS, { 0 } };
static const struct field list_out[] = { { "goals", FIELD_LIST(goal_row), REQUIRED, "" }, { 0 } };
static const struct field set_in[] = {
  { "name", FIELD_TEXT(200), REQUIRED | IN_PATH, "what should change, as people say it" }, { "unit", FIELD_TEXT(60), REQUIRED, "what it is counted in" },
  { "direction", FIELD_WORD(direction_words), REQUIRED, "which way is better" }, { "baseline", FIELD_FIGURE, REQUIRED, "where it stands" }, { "target", FIELD_FIGURE, REQUIRED, "where it should be" },
  { "due", FIELD_DAY, REQUIRED, "by when" }, { "weight", FIELD_SHARE, 0, "its priority (default 0.5)" }, { "category", FIELD_WORD(goal_category_words), 0, "" },
  { "value_per_unit", FIELD_FIGURE, 0, "money a year for one unit" }, { "currency", FIELD_TEXT(3), 0, "" }, { "skills", FIELD_TEXTS, 0, "ids of skills that it is thought to rest on" },
  { "departments", FIELD_TEXTS, 0, "whose goal it is; none: the company's" }, { "goal_id", FIELD_ID("goal"), 0, "of a goal to change; else made of the name" }, { 0 } };
static const struct field weigh_in[] = {
  { "id", FIELD_ID("goal"), REQUIRED | IN_PATH, "the goal" }, { "weight", FIELD_SHARE, REQUIRED, "its new priority" },
  { "reason", FIELD_TEXT(LIMIT_TEXT), 0, "why, for those who ask later" }, { "preview", FIELD_BOOL, 0, "only show what would move" }, { 0 } };
static const struct field move_fields[] = { { "need", FIELD_ID("need"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "rank_before", FIELD_COUNT, REQUIRED, "" },
  { "rank_after", FIELD_COUNT, REQUIRED, "" }, { "money_before", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "money_after", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field weigh_out[] = { { "goal", FIELD_ID("goal"), REQUIRED, "" }, { "weight", FIELD_SHARE, REQUIRED, "" }, { "applied", FIELD_BOOL, REQUIRED, "" },
  { "moves", FIELD_LIST(move_fields), REQUIRED, "the needs in their new order" }, { 0 } };

const struct op goals_ops[] = {
  { "goals list", GET, "/goals", MAY_READ_GOALS, NULL, list_out, goals_list, "Goals, how they stand and what holds them back", "steering" },
  { "goals show", GET, "/goals/{id}", MAY_READ_GOALS, id_in, goal_out, goals_show, "One goal with its teams and the history of its weight", "steering" },
  { "goals set", POST, "/goals", MAY_STEER, set_in, goal_row, goals_set, "Set a business goal, or change one", "steering" },
  { "goals weigh", POST, "/goals/{id}/weight", MAY_STEER, weigh_in, weigh_out, goals_weigh, "Change a goal's priority and see what moves", "steering" },
  { 0 } };
