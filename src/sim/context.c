/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pays off here, and what else changed. Both files hold the traces of true causes among entries that did nothing: a
 * reward for something harmless, a new canteen, a reorganisation nobody felt. */
#include "sim/files.h"

#define LATER_CHANGES 0.13 /* per week */

static void put_reward(struct sheet *sheet, const char *job, const char *team, const char *rewarded, double weight, int32_t from, int32_t to)
{
  sheet_text(sheet, job);
  sheet_text(sheet, team);
  sheet_text(sheet, rewarded);
  sheet_number(sheet, weight, 2);
  sheet_day(sheet, from);
  sheet_day(sheet, to);
  sheet_end(sheet);
}

/* Every department pays its members a little for its first two goals, as long as anybody remembers. */
static void put_usual_rewards(const struct world *world, struct sheet *sheet)
{
  unsigned given[DEPT_COUNT] = { 0 };
  for (unsigned g = 0; g < world->goals_count; g++) {
    const struct goal_row *row = world->goals[g].row;
    if (row->departments == 0 || given[row->owner]++ >= 2)
      continue;
    for (unsigned j = 0; j < sim_job_count; j++)
      if (sim_jobs[j].department == row->owner && sim_jobs[j].rank == RANK_MEMBER)
        put_reward(sheet, sim_jobs[j].title, NULL, row->id, given[row->owner] == 1 ? 0.15 : 0.1, world->first_day - 400, CLOCK_NO_DAY);
  }
}

static void put_harmless_rewards(const struct world *world, struct sheet *sheet)
{
  static const char *const harmless[] = { "suggestions put into practice", "recommended new colleagues", "days without an accident", "mentoring of newcomers" };
  for (unsigned t = 0; t < world->teams_count; t++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_REWARD, t, 0);
    if (!world->teams[t].office && chance_hit(&chance, 0.15)) {
      const char *what = harmless[chance_below(&chance, G_N_ELEMENTS(harmless))];
      double weight = 0.05 + 0.05 * chance_below(&chance, 3);
      put_reward(sheet, NULL, world->teams[t].name, what, weight, sim_day(world, (int)chance_below(&chance, (uint32_t)world->history)), CLOCK_NO_DAY);
    }
  }
}

struct change { int32_t day; const char *scope, *kind, *title; };

static int compare_changes(const void *a, const void *b)
{
  const struct change *x = a, *y = b;
  if (x->day != y->day)
    return x->day < y->day ? -1 : 1;
  int titles = g_strcmp0(x->title, y->title);
  return titles != 0 ? titles : g_strcmp0(x->scope, y->scope);
}

static void add_change(GArray *changes, int32_t day, const char *scope, const char *kind, const char *title)
{
  struct change change = { day, scope, kind, title };
  g_array_append_val(changes, change);
}

static void add_true_changes(const struct world *world, GArray *changes)
{
  static const char *const kinds[CAUSE_COUNT] = { [CAUSE_TOOL] = "tool", [CAUSE_PROCESS] = "policy", [CAUSE_CLARITY] = "metric definition" };
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    const struct goal_row *row = world->goals[trouble->goal].row;
    if (!trouble->recorded)
      continue;
    if (trouble->cause == CAUSE_OUTSIDE) {
      add_change(changes, sim_day(world, trouble->onset), NULL, row->outside[0], row->outside[1]);
      continue;
    }
    const char *title = trouble->cause == CAUSE_TOOL ? row->tool_change : trouble->cause == CAUSE_PROCESS ? row->process_change : row->unclear;
    for (unsigned t = 0; t < world->teams_count; t++)
      if (trouble->team_size[t] > 0)
        add_change(changes, sim_day(world, trouble->team_onset[t]), world->teams[t].name, kinds[trouble->cause], title);
  }
}

/* Things that happened and moved nothing. */
static const struct { const char *kind, *title; enum { TO_ALL, TO_DEPARTMENT, TO_TEAM } scope; } idle[] = {
    { "other", "New canteen operator in Hamburg", TO_ALL }, { "policy", "Travel policy: trains before planes", TO_ALL },
    { "tool", "Video meetings move to a new provider", TO_ALL }, { "reorganisation", "New deputy for the team lead", TO_TEAM },
    { "reorganisation", "Two teams share one floor", TO_DEPARTMENT }, { "tool", "New headsets", TO_DEPARTMENT },
    { "price", "Price list refreshed, no change above one percent", TO_ALL }, { "policy", "Clean desk rule", TO_DEPARTMENT },
    { "tool", "Printer fleet replaced", TO_TEAM }, { "metric definition", "Sick days counted by calendar week", TO_ALL },
    { "tool", "Travel portal updated", TO_TEAM }, { "other", "Office moved to the second floor", TO_TEAM },
    { "policy", "Home office up to three days", TO_ALL }, { "tool", "Room booking with a new colour scheme", TO_DEPARTMENT } };

static void add_idle_change(const struct world *world, GArray *changes, unsigned what, int32_t day, struct chance *chance)
{
  const char *department = sim_departments[DEPT_SALES + chance_below(chance, DEPT_COUNT - DEPT_SALES)].name;
  const char *team = world->teams[1 + chance_below(chance, world->teams_count - 1)].name;
  add_change(changes, day, idle[what].scope == TO_ALL ? NULL : idle[what].scope == TO_DEPARTMENT ? department : team, idle[what].kind, idle[what].title);
}

static void add_idle_changes(const struct world *world, GArray *changes)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(idle); i++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_CHANGE, i, 0);
    int32_t day = sim_day(world, (int)chance_below(&chance, (uint32_t)world->history)) + (int32_t)chance_below(&chance, 5);
    add_idle_change(world, changes, i, day, &chance);
  }
}

/* After the history they go on, as often as before. */
static void add_later_changes(const struct world *world, GArray *changes)
{
  for (int week = world->history; week < world->weeks; week++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_CHANGE, 1000, (uint64_t)week);
    if (!chance_hit(&chance, LATER_CHANGES))
      continue;
    unsigned what = chance_below(&chance, G_N_ELEMENTS(idle));
    int32_t day = sim_day(world, week) + (int32_t)chance_below(&chance, 5);
    add_idle_change(world, changes, what, day, &chance);
  }
}

/* Where somebody stopped paying for what pulls the other way, the reward ends; what is left of it is paid from then on. */
static const struct response_team *reward_ends(const struct world *world, const struct trouble *trouble, unsigned team, double *ret_left)
{
  const struct response_team *first = NULL;
  for (unsigned i = 0; i < world->responses_count; i++) {
    const struct response *response = &world->responses[i];
    for (unsigned n = 0; n < response->teams_count; n++) {
      const struct response_team *at = &response->teams[n];
      bool answers = response->fraction > 0 && response->goal == trouble->goal && response->cause == (int)trouble->cause;
      if (answers && at->team == team && at->week < world->weeks && (first == NULL || at->week < first->week)) {
        first = at;
        *ret_left = 1 - response->fraction;
      }
    }
  }
  return first;
}

static void put_conflicts(const struct world *world, struct sheet *sheet, bool later)
{
  const double weight = 0.35;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    for (unsigned t = 0; trouble->cause == CAUSE_INCENTIVE && t < world->teams_count; t++) {
      if (trouble->team_size[t] <= 0)
        continue;
      double left = 0;
      const struct response_team *ends = reward_ends(world, trouble, t, &left);
      int32_t day = ends != NULL ? sim_day(world, ends->week) : CLOCK_NO_DAY;
      const char *team = world->teams[t].name, *what = world->goals[trouble->goal].row->conflict;
      if (!later)
        put_reward(sheet, NULL, team, what, weight, sim_day(world, trouble->team_onset[t]), ends != NULL ? day - 1 : day);
      else if (ends != NULL)
        put_reward(sheet, NULL, team, what, weight * left, day, CLOCK_NO_DAY);
    }
  }
}

void sim_context_write(const struct world *world, struct files *files)
{
  struct sheet *rewards = &files->sheets[FILE_REWARDS], *sheet = &files->sheets[FILE_CHANGES];
  put_usual_rewards(world, rewards);
  put_conflicts(world, rewards, false);
  put_harmless_rewards(world, rewards);
  put_conflicts(world, rewards, true);
  g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(struct change));
  add_true_changes(world, changes);
  add_idle_changes(world, changes);
  add_later_changes(world, changes);
  g_array_sort(changes, compare_changes);
  for (unsigned i = 0; i < changes->len; i++) {
    const struct change *change = &g_array_index(changes, struct change, i);
    sheet_day(sheet, change->day);
    sheet_text(sheet, change->scope);
    sheet_text(sheet, change->kind);
    sheet_text(sheet, change->title);
    sheet_end(sheet);
  }
}
