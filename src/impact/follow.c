/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention is what a team's results are about: the share of its practice, work and assessment results that fall on the
 * goal's skills. The thirteen weeks before the change are the level; then windows of four weeks follow, moved on by a week,
 * and a team has followed at the end of the first window whose share lies above the level by more than CLEARLY standard
 * errors of a difference of two shares (A. Agresti, "Categorical Data Analysis", 2013, section 3.1). The bar is high because
 * there are two dozen looks.
 *
 * The organisation's speed is the median over changes, a year against the year before. Only changes that have had their half year count: of the
 * newest, those that are followed already would else stand for all.
 *
 * How it can be wrong: results are taken where somebody wanted to know, so a wave of tests looks like attention; a change
 * that everybody had foreseen is followed before its day, and then nothing rises after it. */
#include "impact/follow.h"
#include "stats/robust.h"
#include <math.h>
#include <stdlib.h>

#define RAISED 0.05            /* of a weight between 0 and 1: less is no change of priority */
#define BEFORE_DAYS 91
#define WINDOW_DAYS 28
#define WITHIN_DAYS 182
#define YEAR 365
#define RESULTS_LEAST 10       /* on either side, for a share to mean something */
#define CLEARLY 2.8
#define LEAST_PEOPLE 5

struct attention { int on, all; };

static bool is_of_goal(const struct goal *goal, int skill)
{
  for (int i = 0; i < goal->skill_count; i++)
    if (goal->skills[i] == skill)
      return true;
  return false;
}

static bool concerns(const struct company *c, const struct goal *goal, int team)
{
  if (c->teams.at[team].size < LEAST_PEOPLE)
    return false;
  for (int i = 0; i < goal->department_count; i++)
    if (goal->departments[i] == c->teams.at[team].department)
      return true;
  return goal->department_count == 0;
}

/* Counts per team and day from `from` on, over `days` days: [team * days + day]. */
static struct attention *count_days(const struct company *c, const struct goal *goal, int32_t from, int days)
{
  struct attention *counts = g_new0(struct attention, (size_t)c->teams.count * (size_t)days + 1);
  for (int r = 0; r < c->results.count; r++) {
    const struct result *result = &c->results.at[r];
    int team = c->people.at[result->person].team;
    if (team < 0 || result->kind == RESULT_SELF || result->day < from || result->day >= from + days)
      continue;
    struct attention *cell = &counts[team * days + result->day - from];
    cell->all++;
    cell->on += is_of_goal(goal, result->skill);
  }
  return counts;
}

static struct attention sum(const struct attention *days, int from, int to)
{
  struct attention total = { 0 };
  for (int d = from; d < to; d++)
    total = (struct attention){ total.on + days[d].on, total.all + days[d].all };
  return total;
}

static bool is_above(struct attention now, struct attention before)
{
  if (now.all < RESULTS_LEAST || before.all < RESULTS_LEAST)
    return false;
  double p = (double)(now.on + before.on) / (now.all + before.all);
  double error = sqrt(p * (1 - p) * (1.0 / now.all + 1.0 / before.all));
  return error > 0 && (double)now.on / now.all - (double)before.on / before.all > CLEARLY * error;
}

/* Days until the team turned to it; NAN: not within the time that has passed. */
static double turned_after(const struct attention *days, int passed)
{
  struct attention before = sum(days, 0, BEFORE_DAYS);
  for (int end = WINDOW_DAYS; end <= MIN(passed, WITHIN_DAYS); end += 7)
    if (is_above(sum(days, BEFORE_DAYS + end - WINDOW_DAYS, BEFORE_DAYS + end), before))
      return end;
  return NAN;
}

static struct follow follow_one(const struct company *c, const struct weighing *raised, int32_t today)
{
  const struct goal *goal = &c->goals.at[raised->goal];
  int passed = MIN(today, c->last_day + 1) - raised->day, span = BEFORE_DAYS + WITHIN_DAYS;
  struct follow follow = { .raised = raised, .days = NAN, .open = passed < WITHIN_DAYS };
  g_autofree struct attention *counts = count_days(c, goal, raised->day - BEFORE_DAYS, span);
  g_autofree double *after = g_new(double, (size_t)c->teams.count + 1);
  for (int t = 0; t < c->teams.count; t++) {
    const struct attention *days = &counts[t * span];
    if (!concerns(c, goal, t) || sum(days, 0, BEFORE_DAYS).all < RESULTS_LEAST || passed < WINDOW_DAYS)
      continue;
    double days_until = turned_after(days, passed);
    follow.teams++;
    if (isfinite(days_until))
      after[follow.followed++] = days_until;
  }
  if (follow.followed > 0 && 2 * follow.followed >= follow.teams)
    follow.days = robust_median(after, follow.followed);
  return follow;
}

struct follow *impact_follow(const struct company *company, int32_t today, int *ret_count)
{
  struct follow *rows = g_new0(struct follow, (size_t)company->weighings.count + 1);
  *ret_count = 0;
  for (int i = 0; i < company->weighings.count; i++) {
    const struct weighing *row = &company->weighings.at[i];
    if (row->after - row->before >= RAISED)
      rows[(*ret_count)++] = follow_one(company, row, today);
  }
  return rows;
}

static int by_days(const void *a, const void *b)
{
  double d = *(const double *)a - *(const double *)b;
  return (d > 0) - (d < 0);
}

/* The middle one; between two, their mean. */
static double median_days(double *days, int count)
{
  qsort(days, (size_t)count, sizeof *days, by_days);
  double low = count ? days[(count - 1) / 2] : HUGE_VAL, high = count ? days[count / 2] : HUGE_VAL;
  return high < HUGE_VAL ? (low + high) / 2 : NAN;
}

struct follow_speed impact_follow_speed(const struct follow *rows, int count, int32_t today)
{
  struct follow_speed speed = { 0 };
  g_autofree double *days = g_new(double, (size_t)count + 1);
  for (int year = 0; year < 2; year++) {
    int32_t until = today - WITHIN_DAYS - YEAR * year; /* what was raised later has not had its half year */
    int n = 0;
    for (int i = 0; i < count; i++)
      if (rows[i].teams > 0 && rows[i].raised->day <= until && rows[i].raised->day > until - YEAR)
        days[n++] = isfinite(rows[i].days) ? rows[i].days : HUGE_VAL;
    speed.count[year] = n;
    speed.days[year] = median_days(days, n);
  }
  return speed;
}
