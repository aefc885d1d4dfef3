/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skills of groups: coverage by team, a skill's distribution, and how well levels forecast what was seen later. Every figure
 * passes the disclosure gate: cells of fewer than five people are withheld, and so are those that would give them away. */
#include "gate/disclosure-log.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

#define LEVEL_SCALE 5.0 /* levels are shown from 0 to 5 */
#define BINS 10

struct figures { const struct company *company; const struct levels *levels; struct coverage *cells; bool *hidden; bool *seen; };

/* Who stands behind a cell's figure: the measured, where anybody is; those who need the skill are the group. */
static int people_behind(const struct coverage *cell) { return cell->measured ? MIN(cell->measured, cell->needing) : 0; }

/* Nobody is measured of the few who need it: how few is not told either. */
static bool is_unmeasured_few(const struct coverage *cell) { return !cell->measured && cell->needing > 0 && cell->needing < DISCLOSURE_SCORES; }

/* Each skill's teams add up to the company's figure, which is shown too: a tree of depth one. */
static void hide_cells(struct figures *figures) {
  int teams = figures->company->teams.count, skills = figures->company->skills.count;
  g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (gsize)teams + 1);
  g_autofree int *parent = g_new(int, (gsize)teams + 1);
  for (int s = 0; s < skills; s++) {
    cells[teams] = (struct disclosure_cell){ 0 };
    parent[teams] = -1;
    for (int t = 0; t < teams; t++) {
      const struct coverage *cell = &figures->cells[t * skills + s];
      cells[t] = (struct disclosure_cell){ .people = people_behind(cell) };
      cells[teams].people += cells[t].people;
      parent[t] = teams;
    }
    disclosure_tree(cells, parent, teams + 1, DISCLOSURE_SCORES);
    for (int t = 0; t < teams; t++) figures->hidden[t * skills + s] = cells[t].why != DISCLOSURE_SHOWN || is_unmeasured_few(&figures->cells[t * skills + s]);
  }
}

static void figures_init(struct figures *figures, const struct op_call *call, const struct view *view) {
  *figures = (struct figures){ view->company, view->levels };
  figures->cells = levels_matrix(view->company, view->levels, LEVEL_BY_TEAM);
  figures->hidden = g_new0(bool, (gsize)(view->company->teams.count * view->company->skills.count) + 1);
  figures->seen = ops_teams_seen(call, view->company);
  hide_cells(figures);
}

static void figures_clear(struct figures *figures) {
  g_free(figures->cells);
  g_free(figures->hidden);
  g_free(figures->seen);
}

static void write_cell(struct json_writer *out, const struct figures *figures, int team, int skill) {
  int index = team * figures->company->skills.count + skill;
  const struct coverage *cell = &figures->cells[index];
  bool hidden = figures->hidden[index], empty = !cell->measured;
  json_put_string(out, "team", figures->company->teams.at[team].name);
  json_put_string(out, "skill", figures->company->skills.at[skill].id);
  json_put_integer(out, "needing", hidden ? 0 : cell->needing);
  json_put_integer(out, "measured", hidden ? 0 : cell->measured);
  json_put_number(out, "there", hidden || empty ? NAN : cell->there);
  json_put_number(out, "share", hidden || empty || !cell->needing ? NAN : cell->there / cell->needing);
  json_put_bool(out, "hidden", hidden);
}

/* Of all people with evidence; hidden below the threshold like any group. */
struct summary { int people; double mean, low, high, stale; int bins[BINS]; };

static void summarise(const struct figures *figures, int skill, struct summary *summary) {
  *summary = (struct summary){ .mean = NAN, .low = NAN, .high = NAN, .stale = NAN };
  const struct levels *levels = figures->levels;
  double sum = 0, low = 0, high = 0, stale = 0;
  for (int i = levels->first_of_skill[skill]; skill < levels->skill_count && i < levels->first_of_skill[skill + 1]; i++) {
    const struct level *level = &levels->at[i];
    if (figures->company->people.at[level->person].status == PERSON_LEFT) continue;
    summary->people++;
    sum += level->mean;
    low += level->low;
    high += level->high;
    stale += level->fresh > 0 && level->weight < level->fresh / 2;
    summary->bins[CLAMP((int)(level->mean * BINS), 0, BINS - 1)]++;
  }
  if (summary->people < OPS_LEAST_PEOPLE) return;
  summary->mean = sum / summary->people;
  summary->low = low / summary->people;
  summary->high = high / summary->people;
  summary->stale = stale / summary->people;
}

static void write_half_life(struct json_writer *out, const struct skill *skill) {
  json_put_number(out, "half_life_months", skill->half_life_days > 0 ? skill->half_life_days / 30.4375 : NAN);
}

static void write_calibration(struct json_writer *out, const struct levels *levels) {
  json_open_object(out, "calibration");
  json_open_array(out, "bins");
  for (int i = 0; i < LEVEL_BINS; i++) {
    if (levels->bins[i].count < OPS_LEAST_PEOPLE) continue;
    json_open_object(out, NULL);
    json_put_number(out, "predicted", levels->bins[i].predicted);
    json_put_number(out, "observed", levels->bins[i].observed);
    json_put_integer(out, "count", levels->bins[i].count);
    json_close_object(out);
  }
  json_close_array(out);
  bool any = levels->forecasts > 0;
  json_put_number(out, "error", any ? levels->error : NAN);
  json_put_number(out, "error_of_prior", any ? levels->error_of_prior : NAN);
  json_put_number(out, "covered", any ? levels->covered : NAN);
  json_put_integer(out, "forecasts", levels->forecasts);
  json_close_object(out);
}

/* ---- skills list ------------------------------------------------------------------------------------------------ */

static bool is_shown(const struct figures *figures, int team, int department) {
  const struct team *row = &figures->company->teams.at[team];
  return figures->seen[team] && row->size > 0 && (department < 0 || row->department == department);
}

static void write_overview(struct json_writer *out, const struct figures *figures, int department) {
  const struct company *company = figures->company;
  json_open_array(out, "skills");
  for (int s = 0; s < company->skills.count; s++) {
    const struct skill *skill = &company->skills.at[s];
    struct summary summary;
    summarise(figures, s, &summary);
    json_open_object(out, NULL);
    json_put_string(out, "id", skill->id);
    json_put_string(out, "name", skill->name);
    json_put_string(out, "broader", skill->broader >= 0 ? company->skills.at[skill->broader].id : NULL);
    write_half_life(out, skill);
    json_put_integer(out, "people", summary.people < OPS_LEAST_PEOPLE ? 0 : summary.people);
    json_put_number(out, "mean", summary.mean * LEVEL_SCALE);
    json_put_number(out, "stale", summary.stale);
    json_close_object(out);
  }
  json_close_array(out);
  json_open_array(out, "teams");
  for (int t = 0; t < company->teams.count; t++) {
    const struct team *team = &company->teams.at[t];
    if (!is_shown(figures, t, department)) continue;
    json_open_object(out, NULL);
    json_put_string(out, "team", team->name);
    json_put_string(out, "department", team->department >= 0 ? company->departments.at[team->department].name : NULL);
    put_team_size(out, team);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool skills_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  const char *name = op_text(call, "department");
  int department = name ? company_department(view->company, name) : -1;
  if (name && department < 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no department \"%s\"", name);
  struct figures figures;
  figures_init(&figures, call, view);
  write_overview(out, &figures, department);
  json_open_array(out, "cells");
  for (int t = 0; t < view->company->teams.count; t++)
    for (int s = 0; is_shown(&figures, t, department) && s < view->company->skills.count; s++) {
      if (!figures.cells[t * view->company->skills.count + s].needing) continue;
      json_open_object(out, NULL);
      write_cell(out, &figures, t, s);
      json_close_object(out);
    }
  json_close_array(out);
  write_calibration(out, view->levels);
  figures_clear(&figures);
  return true;
}

/* ---- skills show ------------------------------------------------------------------------------------------------ */

static void write_histogram(struct json_writer *out, const struct summary *summary) {
  json_open_array(out, "histogram");
  for (int i = 0; summary->people >= OPS_LEAST_PEOPLE && i < BINS; i++) {
    json_open_object(out, NULL);
    json_put_number(out, "from", LEVEL_SCALE * i / BINS);
    json_put_number(out, "to", LEVEL_SCALE * (i + 1) / BINS);
    /* A bin of one to four people is shown as "fewer than five": null. */
    json_put_number(out, "people", summary->bins[i] && summary->bins[i] < OPS_LEAST_PEOPLE ? NAN : summary->bins[i]);
    json_close_object(out);
  }
  json_close_array(out);
}

/* Whose results stand behind the figure of a team (or job; -1 any): members today whose level is known. Ascending. */
static int members_of(const struct figures *figures, int skill, int team, int job, uint32_t *members) {
  const struct company *company = figures->company;
  g_autofree bool *in = g_new0(bool, (gsize)company->people.count + 1);
  for (int i = 0; i < company->memberships.count; i++) {
    const struct membership *row = &company->memberships.at[i];
    bool open = row->to == CLOCK_NO_DAY || row->to > figures->levels->day;
    if (open && (team < 0 || row->team == team) && (job < 0 || row->job == job)) in[row->person] = true;
  }
  int count = 0;
  for (int p = 0; p < company->people.count; p++)
    if (in[p] && company->people.at[p].status != PERSON_LEFT && levels_find(figures->levels, p, skill)) members[count++] = (uint32_t)p;
  return count;
}

/* Jobs cut across teams: a job less the team that most of it works in may be one person. So what teams show is told to the
 * log first, and a job is shown only where it gives nobody away next to them. */
static struct disclosure_log *log_of_teams(const struct figures *figures, int skill, uint32_t *members) {
  struct disclosure_log *log = disclosure_log_new(DISCLOSURE_SCORES);
  disclosure_log_ask(log, "level", members, members_of(figures, skill, -1, -1, members));
  for (int t = 0; t < figures->company->teams.count; t++) {
    int index = t * figures->company->skills.count + skill;
    if (figures->cells[index].needing && !figures->hidden[index]) disclosure_log_ask(log, "level", members, members_of(figures, skill, t, -1, members));
  }
  return log;
}

static void write_jobs(struct json_writer *out, const struct figures *figures, int skill) {
  const struct company *company = figures->company;
  g_autofree uint32_t *members = g_new(uint32_t, (gsize)company->people.count + 1);
  g_autoptr(disclosure_log_auto) log = log_of_teams(figures, skill, members);
  json_open_array(out, "jobs");
  for (int i = 0; i < company->job_skills.count; i++) {
    const struct job_skill *row = &company->job_skills.at[i];
    if (row->skill != skill) continue;
    struct coverage cell = levels_coverage(company, figures->levels, skill, -1, row->job);
    bool hidden = disclosure_of(people_behind(&cell), false, DISCLOSURE_SCORES) != DISCLOSURE_SHOWN ||
      (cell.measured && disclosure_log_ask(log, "level", members, members_of(figures, skill, -1, row->job, members)) != DISCLOSURE_SHOWN);
    json_open_object(out, NULL);
    json_put_string(out, "job", company->jobs.at[row->job].title);
    json_put_number(out, "required", row->level);
    json_put_integer(out, "needing", hidden ? 0 : cell.needing);
    json_put_integer(out, "measured", hidden ? 0 : cell.measured);
    json_put_number(out, "there", hidden || !cell.measured ? NAN : cell.there);
    json_put_bool(out, "hidden", hidden);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_goals(struct json_writer *out, const struct company *company, int skill) {
  json_open_array(out, "goals");
  for (int g = 0; g < company->goals.count; g++)
    for (int i = 0; i < company->goals.at[g].skill_count; i++)
      if (company->goals.at[g].skills[i] == skill) {
        json_open_object(out, NULL);
        json_put_string(out, "id", company->goals.at[g].id);
        json_put_string(out, "name", company->goals.at[g].name);
        json_close_object(out);
      }
  json_close_array(out);
}

static void write_skill(struct json_writer *out, const struct figures *figures, int index) {
  const struct company *company = figures->company;
  const struct skill *skill = &company->skills.at[index];
  struct summary summary;
  summarise(figures, index, &summary);
  json_put_string(out, "id", skill->id);
  json_put_string(out, "name", skill->name);
  json_put_string(out, "broader", skill->broader >= 0 ? company->skills.at[skill->broader].name : NULL);
  write_half_life(out, skill);
  json_put_integer(out, "people", summary.people < OPS_LEAST_PEOPLE ? 0 : summary.people);
  json_put_number(out, "mean", summary.mean * LEVEL_SCALE);
  json_put_number(out, "low", summary.low * LEVEL_SCALE);
  json_put_number(out, "high", summary.high * LEVEL_SCALE);
  json_put_number(out, "stale", summary.stale);
  write_histogram(out, &summary);
  write_jobs(out, figures, index);
  json_open_array(out, "teams");
  for (int t = 0; t < company->teams.count; t++) {
    if (!is_shown(figures, t, -1) || !figures->cells[t * company->skills.count + index].needing) continue;
    json_open_object(out, NULL);
    write_cell(out, figures, t, index);
    json_put_string(out, "department", company->teams.at[t].department >= 0 ? company->departments.at[company->teams.at[t].department].name : NULL);
    json_close_object(out);
  }
  json_close_array(out);
  write_goals(out, company, index);
}

static bool skills_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  int skill = company_skill(view->company, op_text(call, "id"));
  if (skill < 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no skill \"%s\"", op_text(call, "id"));
  struct figures figures;
  figures_init(&figures, call, view);
  write_skill(out, &figures, skill);
  figures_clear(&figures);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

#define LEVEL_FIGURE FIELD_NUMBER(0, LEVEL_SCALE)
#define CELL_FIELDS \
  { "team", FIELD_TEXT(0), REQUIRED, "" }, { "skill", FIELD_ID("skill"), REQUIRED, "" }, { "needing", FIELD_COUNT, REQUIRED, "people whose job needs it" }, \
  { "measured", FIELD_COUNT, REQUIRED, "of whom something is known" }, { "there", FIELD_FIGURE, REQUIRED | NULLABLE, "expected number at the level that the job needs" }, \
  { "share", FIELD_SHARE, REQUIRED | NULLABLE, "" }, { "hidden", FIELD_BOOL, REQUIRED, "withheld: too few people, or it would give another figure away" }

static const struct field skill_row[] = { { "id", FIELD_ID("skill"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "broader", FIELD_ID("skill"), REQUIRED | NULLABLE, "" },
  { "half_life_months", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "people", FIELD_COUNT, REQUIRED, "measured" }, { "mean", LEVEL_FIGURE, REQUIRED | NULLABLE, "0 to 5" },
  { "stale", FIELD_SHARE, REQUIRED | NULLABLE, "share of people whose evidence has lost half its weight" }, { 0 } };
static const struct field team_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "size", FIELD_COUNT, REQUIRED | NULLABLE, "null: fewer than five" }, { 0 } };
static const struct field cell_row[] = { CELL_FIELDS, { 0 } };
static const struct field bin_row[] = { { "predicted", FIELD_SHARE, REQUIRED, "" }, { "observed", FIELD_SHARE, REQUIRED, "" }, { "count", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field calibration_fields[] = { { "bins", FIELD_LIST(bin_row), REQUIRED, "results predicted from earlier evidence alone" }, { "error", FIELD_FIGURE, REQUIRED | NULLABLE, "mean absolute error" },
  { "error_of_prior", FIELD_FIGURE, REQUIRED | NULLABLE, "of the skill's mean alone" }, { "covered", FIELD_SHARE, REQUIRED | NULLABLE, "share inside the 80 % interval" }, { "forecasts", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field list_out[] = { { "skills", FIELD_LIST(skill_row), REQUIRED, "" }, { "teams", FIELD_LIST(team_row), REQUIRED, "" }, { "cells", FIELD_LIST(cell_row), REQUIRED, "" },
  { "calibration", FIELD_OBJECT(calibration_fields), REQUIRED, "" }, { 0 } };
static const struct field histogram_row[] = { { "from", LEVEL_FIGURE, REQUIRED, "" }, { "to", LEVEL_FIGURE, REQUIRED, "" }, { "people", FIELD_COUNT, REQUIRED | NULLABLE, "null: one to four" }, { 0 } };
static const struct field job_row[] = { { "job", FIELD_TEXT(0), REQUIRED, "" }, { "required", LEVEL_FIGURE, REQUIRED, "" }, { "needing", FIELD_COUNT, REQUIRED, "" },
  { "measured", FIELD_COUNT, REQUIRED, "" }, { "there", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "hidden", FIELD_BOOL, REQUIRED, "" }, { 0 } };
static const struct field own_team_row[] = { CELL_FIELDS, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field goal_line[] = { { "id", FIELD_ID("goal"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field show_out[] = { { "id", FIELD_ID("skill"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "broader", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "half_life_months", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "people", FIELD_COUNT, REQUIRED, "" }, { "mean", LEVEL_FIGURE, REQUIRED | NULLABLE, "" }, { "low", LEVEL_FIGURE, REQUIRED | NULLABLE, "mean of the 80 % intervals' ends" },
  { "high", LEVEL_FIGURE, REQUIRED | NULLABLE, "" }, { "stale", FIELD_SHARE, REQUIRED | NULLABLE, "" }, { "histogram", FIELD_LIST(histogram_row), REQUIRED, "" }, { "jobs", FIELD_LIST(job_row), REQUIRED, "" },
  { "teams", FIELD_LIST(own_team_row), REQUIRED, "" }, { "goals", FIELD_LIST(goal_line), REQUIRED, "goals that rest on it" }, { 0 } };
static const struct field list_in[] = { { "department", FIELD_TEXT(LIMIT_ID), 0, "only its teams" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("skill"), REQUIRED | IN_PATH, "the skill" }, { 0 } };

const struct op skills_ops[] = {
  { "skills list", GET, "/skills", MAY_READ_SKILLS, list_in, list_out, skills_list, "Coverage of skills by team, and how well levels forecast", "skills" },
  { "skills show", GET, "/skills/{id}", MAY_READ_SKILLS, id_in, show_out, skills_show, "One skill: its distribution, half-life, jobs and teams", "skills" },
  { 0 } };
