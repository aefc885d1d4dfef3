/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A goal's KPI as a matrix of teams and periods, and its noise.
 *
 * Periods are found, not asked for: the usual distance between a team's dates says whether they are days, weeks,
 * fortnights, months or quarters; several values of one period are averaged by their exposure. Values are turned so that
 * more is better. Where there are team values, the company's own series is left out: it is their sum.
 *
 * The noise of one value is a robust spread around the team's level in each third of its history, after what all teams
 * share was taken off, drawn towards the goal's usual noise where a team has few values (empirical Bayes).
 *
 * How it can be wrong: months have unequal days, which adds noise; a team whose KPI means something else than the others'
 * widens the noise of all; a yearly wave is only removed when two years, nearly, are there to show it. */
#include "agents/needs-private.h"
#include "stats/regress.h"
#include "stats/robust.h"
#include "stats/shift.h"
#include <math.h>
#include <string.h>

#define SHRINK_NOISE 6.0       /* values that a team's own noise must outweigh */
#define SEASON_LEAST_DAYS 560  /* a yearly wave needs most of two years */
#define PERIODS_MOST 1500

static int compare_day(const void *a, const void *b)
{
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

/* Days between neighbouring values of one team, the usual one, rounded to a calendar unit. */
static double find_period(const struct kpi *kpis, int count)
{
  g_autofree double *gaps = g_new(double, (size_t)MAX(count, 1));
  int n = 0;
  for (int i = 1; i < count; i++)
    if (kpis[i].team == kpis[i - 1].team && kpis[i].day > kpis[i - 1].day)
      gaps[n++] = kpis[i].day - kpis[i - 1].day;
  double usual = n > 0 ? robust_median(gaps, n) : 91;
  return usual <= 1.5 ? 1 : usual <= 3 ? 2 : usual <= 10 ? 7 : usual <= 20 ? 14 : usual <= 45 ? 30.4375
       : usual <= 135 ? 91.3125 : 365.25;
}

/* Index of a day's period, counted from the epoch. */
static int period_of(int32_t day, double period, int32_t first)
{
  if (period < 30)
    return (int)floor((day - first) / period + 1e-9);
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  int months = year * 12 + month - 1;
  return period < 60 ? months : period < 200 ? months / 3 : months / 12;
}

static int32_t start_of(int index, double period, int32_t first)
{
  if (period < 30)
    return first + (int32_t)lround(index * period);
  int months = period < 60 ? index : period < 200 ? index * 3 : index * 12;
  return clock_from_civil(months / 12, months % 12 + 1, 1);
}

static void fill(struct needs_panel *panel, const struct kpi *kpis, int count, int32_t first, int offset)
{
  g_autofree double *weight = g_new0(double, (size_t)panel->teams * panel->periods);
  int row = -1;
  for (int i = 0; i < count; i++) {
    if (row < 0 || kpis[i].team != panel->team[row])
      row++;
    int t = period_of(kpis[i].day, panel->period_days, first) - offset;
    if (t < 0 || t >= panel->periods || !isfinite(kpis[i].value))
      continue;
    size_t at = (size_t)row * panel->periods + t;
    double w = isfinite(kpis[i].exposure) && kpis[i].exposure > 0 ? kpis[i].exposure : 1;
    panel->y[at] = (weight[at] > 0 ? panel->y[at] * weight[at] : 0) + w * panel->goal->direction * kpis[i].value;
    weight[at] += w;
    panel->y[at] /= weight[at];
    panel->exposure[at] = weight[at];
  }
}

/* Level of each third of a row, where it has enough values. */
static void thirds(const double *y, int n, double *centre)
{
  for (int part = 0; part < 3; part++) {
    int from = part * n / 3, to = (part + 1) * n / 3;
    double middle = robust_median(y + from, to - from);
    for (int t = from; t < to; t++)
      centre[t] = middle;
  }
}

/* What all teams share, per period: the median of the values less each team's median. */
static void common_path(const struct needs_panel *panel, double *path)
{
  g_autofree double *middle = g_new(double, (size_t)panel->teams), *column = g_new(double, (size_t)panel->teams);
  for (int i = 0; i < panel->teams; i++)
    middle[i] = robust_median(panel->y + (size_t)i * panel->periods, panel->periods);
  for (int t = 0; t < panel->periods; t++) {
    for (int i = 0; i < panel->teams; i++)
      column[i] = panel->y[(size_t)i * panel->periods + t] - middle[i];
    path[t] = panel->teams >= 5 ? robust_median(column, panel->teams) : 0;
    if (!isfinite(path[t]))
      path[t] = 0;
  }
}

static void find_noise(struct needs_panel *panel)
{
  int n = panel->periods;
  size_t cells = (size_t)panel->teams * n;
  g_autofree double *path = g_new(double, (size_t)n), *rest = g_new(double, cells), *centre = g_new(double, cells);
  g_autofree double *seen = g_new0(double, (size_t)panel->teams);
  common_path(panel, path);
  for (int i = 0; i < panel->teams; i++) {
    for (int t = 0; t < n; t++) {
      rest[(size_t)i * n + t] = panel->y[(size_t)i * n + t] - path[t];
      seen[i] += isfinite(rest[(size_t)i * n + t]);
    }
    thirds(rest + (size_t)i * n, n, centre + (size_t)i * n);
  }
  panel->autocorrelation = shift_autocorrelation(rest, centre, panel->teams, n);
  for (int i = 0; i < panel->teams; i++) {
    for (int t = 0; t < n; t++)
      centre[(size_t)i * n + t] = rest[(size_t)i * n + t] - centre[(size_t)i * n + t];
    panel->noise[i] = seen[i] >= 6 ? robust_spread(centre + (size_t)i * n, n) : NAN;
  }
  double usual = robust_median(panel->noise, panel->teams);
  for (int i = 0; i < panel->teams; i++) {
    double own = isfinite(panel->noise[i]) ? panel->noise[i] : 0, n_own = isfinite(panel->noise[i]) ? seen[i] / 3 : 0;
    panel->noise[i] = isfinite(usual) ? sqrt((n_own * own * own + SHRINK_NOISE * usual * usual) / (n_own + SHRINK_NOISE)) : NAN;
  }
}

/* The mean over teams of what is left of the values after each team's level, or its levels before and after `at`. */
static void shared_rest(const struct needs_panel *panel, int at, double *mean)
{
  int n = panel->periods, parts = at > 0 ? 2 : 1, from[3] = { 0, at > 0 ? at : n, n };
  g_autofree double *rest = g_new(double, (size_t)panel->teams * n), *column = g_new(double, (size_t)panel->teams);
  for (int i = 0; i < panel->teams; i++)
    for (int part = 0; part < parts; part++) {
      const double *y = panel->y + (size_t)i * n + from[part];
      double middle = robust_mean(y, from[part + 1] - from[part]);
      for (int t = from[part]; t < from[part + 1]; t++)
        rest[(size_t)i * n + t] = panel->y[(size_t)i * n + t] - middle;
    }
  for (int t = 0; t < n; t++) {
    for (int i = 0; i < panel->teams; i++)
      column[i] = rest[(size_t)i * n + t];
    mean[t] = robust_mean(column, panel->teams);
  }
}

/* The wave that fits best beside the break that explains most, so that a break is no wave; with teams' own breaks taken
 * off already (`at` ≥ 0), beside none. */
void needs_panel_deseason(struct needs_panel *panel, int at)
{
  int n = panel->periods, columns = at > 0 ? 3 : 4;
  if (panel->start[n] - panel->start[0] < SEASON_LEAST_DAYS || n < 16)
    return;
  g_autofree double *mean = g_new(double, (size_t)n), *x = g_new(double, (size_t)n * 4);
  shared_rest(panel, at, mean);
  struct regress_fit best = { .residual_sd = INFINITY };
  for (int step = n / 8 + 2; step <= (at > 0 ? n / 8 + 2 : n - n / 8 - 2); step++) {
    for (int t = 0; t < n; t++) {
      double angle = 2 * G_PI * (panel->start[t] - panel->start[0]) / 365.25, row[4] = { 1, cos(angle), sin(angle), t >= step };
      memcpy(x + (size_t)t * columns, row, sizeof(double) * (size_t)columns);
    }
    struct regress_fit fit;
    if (regress_series(x, mean, n, columns, (int)lround(4 * pow(n / 100.0, 2.0 / 9)), &fit) && fit.residual_sd < best.residual_sd)
      best = fit;
  }
  /* Only a wave that stands clear of its error is taken off: two fitted waves of noise would hide real gaps. */
  if (!isfinite(best.residual_sd) || hypot(best.beta[1], best.beta[2]) < 2.5 * hypot(best.se[1], best.se[2]) / M_SQRT2)
    return;
  for (int t = 0; t < n; t++) {
    double angle = 2 * G_PI * (panel->start[t] - panel->start[0]) / 365.25;
    panel->season[t] = best.beta[1] * cos(angle) + best.beta[2] * sin(angle);
  }
  for (int i = 0; i < panel->teams; i++)
    for (int t = 0; t < n; t++)
      panel->y[(size_t)i * n + t] -= panel->season[t];
  find_noise(panel);
}

/* The goal's rows in company->kpis (they are ordered by goal, team, day): its teams', else the company's. */
static const struct kpi *rows_of(const struct company *c, int goal, int *ret_count)
{
  int first = 0, count = 0, company = 0;
  while (first < c->kpis.count && c->kpis.at[first].goal != goal)
    first++;
  while (first + count < c->kpis.count && c->kpis.at[first + count].goal == goal)
    count++;
  while (company < count && c->kpis.at[first + company].team < 0)
    company++;
  *ret_count = company < count ? count - company : company;
  if (count == 0)
    return NULL;
  return c->kpis.at + first + (company < count ? company : 0);
}

bool needs_panel_build(const struct needs_study *study, int goal, struct needs_panel *ret_panel)
{
  int count, teams = 1;
  const struct kpi *kpis = rows_of(study->company, goal, &count);
  if (count == 0)
    return false;
  struct needs_panel p = { .goal = &study->company->goals.at[goal], .index = goal, .period_days = find_period(kpis, count) };
  g_autofree int32_t *days = g_new(int32_t, (size_t)count);
  for (int i = 0; i < count; i++) {
    days[i] = kpis[i].day;
    teams += i > 0 && kpis[i].team != kpis[i - 1].team;
  }
  qsort(days, (size_t)count, sizeof *days, compare_day);
  int offset = period_of(days[0], p.period_days, days[0]), last = period_of(days[count - 1], p.period_days, days[0]);
  if (last - offset >= PERIODS_MOST)
    offset = last - PERIODS_MOST + 1;
  p.teams = teams;
  p.periods = last - offset + 1;
  p.team = g_new(int, (size_t)teams);
  for (int i = 0, row = 0; i < count; i++)
    if (i == 0 || kpis[i].team != kpis[i - 1].team)
      p.team[row++] = kpis[i].team;
  p.start = g_new(int32_t, (size_t)p.periods + 1);
  for (int t = 0; t <= p.periods; t++)
    p.start[t] = start_of(t + offset, p.period_days, days[0]);
  size_t cells = (size_t)teams * p.periods;
  p.y = g_new(double, cells);
  p.exposure = g_new0(double, cells);
  for (size_t i = 0; i < cells; i++)
    p.y[i] = NAN;
  p.noise = g_new(double, (size_t)teams);
  p.season = g_new0(double, (size_t)p.periods);
  fill(&p, kpis, count, days[0], offset);
  find_noise(&p);
  *ret_panel = p;
  return true;
}

void needs_panel_clear(struct needs_panel *panel)
{
  g_free(panel->team);
  g_free(panel->start);
  g_free(panel->y);
  g_free(panel->exposure);
  g_free(panel->noise);
  g_free(panel->season);
}
