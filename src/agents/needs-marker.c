/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markers: what a cause would raise in the teams that it holds back. One way to compare them all.
 *
 * A marker is a figure per team with its sampling variance: the change from before the gap to after it (for a fall), or
 * the level (for a standing gap). The contrast is its weighted regression on how far each team is affected, from 0 to 1:
 * a comparison of groups where there are groups, a dose response where there are doses. Teams differ for reasons of
 * their own; that spread is measured robustly over all teams of the company that have the marker, affected or not, and
 * enters the error, so three teams that happen to be high are not evidence.
 *
 * How it can be wrong: where half the company has the same trouble, the spread is too large and the contrast too timid;
 * comparison with teams of other goals assumes that they differ as teams do, not as departments do (their spread is
 * widened for that). */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/robust.h"
#include <math.h>

#define DRIFT 0.5              /* of the spread between teams, by which all may drift together */
#define MUCH_SURER 1.5         /* how much smaller the level's error has to be to take its place */

void needs_marker_init(struct needs_marker *marker, int teams)
{
  marker->value = g_new(double, (size_t)MAX(teams, 1));
  marker->variance = g_new0(double, (size_t)MAX(teams, 1));
  for (int t = 0; t < teams; t++)
    marker->value[t] = NAN;
}

void needs_marker_clear(struct needs_marker *marker)
{
  g_free(marker->value);
  g_free(marker->variance);
}

void needs_marker_of_tallies(struct needs_marker *marker, const struct needs_tally *before, const struct needs_tally *after,
                             int teams, double variance, double least)
{
  for (int t = 0; t < teams; t++) {
    bool known = after[t].n >= least && (before == NULL || before[t].n >= least);
    marker->value[t] = known ? after[t].sum / after[t].n - (before ? before[t].sum / before[t].n : 0) : NAN;
    marker->variance[t] = known ? variance * (1 / after[t].n + (before ? 1 / before[t].n : 0)) : 0;
  }
}

/* The variance between teams that sampling does not explain. */
static double spread_between(const struct needs_marker *m, int teams, const double *affected, double effect)
{
  g_autofree double *rest = g_new(double, (size_t)MAX(teams, 1)), *sampling = g_new(double, (size_t)MAX(teams, 1));
  for (int t = 0; t < teams; t++) {
    double s = isfinite(affected[t]) ? affected[t] : 0;
    rest[t] = m->value[t] - effect * s;
    sampling[t] = isfinite(m->value[t]) ? m->variance[t] : NAN;
  }
  double all = robust_spread(rest, teams), noise = robust_median(sampling, teams);
  return isfinite(all) ? fmax(all * all - noise, 0.05 * all * all) : NAN;
}

/* Teams that stand in for a comparison are in another department: they say half as much. */
static double weight_of(const struct needs_gap *gap, const struct needs_marker *m, int team, double between)
{
  return (gap->outer && gap->affected[team] <= 0 ? 0.5 : 1) / (m->variance[team] + between + 1e-12);
}

struct sums { double w, ws, wss, wm, wsm, high, low, high_weight, low_weight; int n, affected; };

static struct sums sum_up(const struct needs_gap *gap, const struct needs_marker *m, int teams, double between)
{
  struct sums a = { 0 };
  for (int t = 0; t < teams; t++) {
    double s = gap->affected[t];
    if (!isfinite(s) || !isfinite(m->value[t]))
      continue;
    double w = weight_of(gap, m, t, between);
    a.n++;
    a.affected += s >= 0.5;
    a.w += w;
    a.ws += w * s;
    a.wss += w * s * s;
    a.wm += w * m->value[t];
    a.wsm += w * s * m->value[t];
    a.high += w * s * m->value[t];
    a.high_weight += w * s;
    a.low += w * (1 - s) * m->value[t];
    a.low_weight += w * (1 - s);
  }
  return a;
}

/* The error that the residuals themselves show (HC1): a mean of two teams that shot up and eight that did not is no rise of
 * ten, however alike the rest of the company is. */
static double residual_se(const struct needs_gap *gap, const struct needs_marker *m, int teams, double between, const struct sums *a, double effect)
{
  double centre = a->ws / a->w, level = (a->wm - effect * a->ws) / a->w, top = 0, bottom = 0;
  bool alike = a->w * a->wss - a->ws * a->ws <= 1e-6 * a->w * a->w;
  for (int t = 0; t < teams; t++) {
    double s = gap->affected[t];
    if (!isfinite(s) || !isfinite(m->value[t]))
      continue;
    double w = weight_of(gap, m, t, between), x = alike ? 1 : s - centre, rest = m->value[t] - (alike ? effect : level + effect * s);
    top += w * w * x * x * rest * rest;
    bottom += w * x * x;
  }
  return bottom > 0 ? sqrt(top * a->n / MAX(a->n - 2, 1)) / bottom : INFINITY;
}

/* How far departments differ of their own: the spread of their usual team, the goal's own left out. */
static double department_spread(const struct company *c, const struct needs_gap *gap, const struct needs_marker *m)
{
  int count = c->departments.count, n = 0;
  g_autofree double *typical = g_new(double, (size_t)MAX(count, 1)), *column = g_new(double, (size_t)MAX(c->teams.count, 1));
  for (int d = 0; d < count; d++) {
    bool own = false;
    for (int t = 0; t < c->teams.count; t++) {
      bool in = c->teams.at[t].department == d;
      column[t] = in ? m->value[t] : NAN;
      own |= in && gap->affected[t] >= 0.5;
    }
    typical[d] = own ? NAN : robust_median(column, c->teams.count);
    n += isfinite(typical[d]);
  }
  return n >= 3 ? robust_spread(typical, count) : NAN;
}

/* A cause that holds back all teams must be seen in the usual one: medians of affected and others, not means. */
static struct needs_contrast contrast_all(const struct needs_study *study, const struct needs_gap *gap, const struct needs_marker *m)
{
  const struct company *c = study->company;
  int teams = c->teams.count, n[2] = { 0 };
  struct needs_contrast contrast = { .se = INFINITY, .affected = NAN, .others = NAN };
  g_autofree double *others = g_new(double, (size_t)MAX(teams, 1)), *affected = g_new(double, (size_t)MAX(teams, 1));
  g_autofree double *sampling = g_new(double, (size_t)MAX(teams, 1));
  for (int t = 0; t < teams; t++) {
    double s = gap->affected[t];
    others[t] = s < 0.5 ? m->value[t] : NAN;
    affected[t] = s >= 0.5 ? m->value[t] : NAN;
    sampling[t] = isfinite(affected[t]) ? m->variance[t] : NAN;
    n[0] += isfinite(others[t]);
    n[1] += isfinite(affected[t]);
  }
  double here = robust_median(affected, teams), there = robust_median(others, teams), spread = robust_spread(affected, teams);
  double apart = department_spread(c, gap, m);
  contrast.teams = n[0] + n[1];
  contrast.affected = here;
  if (n[1] < 3 || (n[0] < 3 && !needs_gap_steps(gap)))
    return contrast;
  contrast.effect = here - (n[0] >= 3 ? there : 0);
  contrast.others = n[0] >= 3 ? there : 0;
  spread = fmax(spread, sqrt(robust_median(sampling, teams))) * (n[1] + 1.0) / (n[1] - 1.0); /* three alike by luck are not exact */
  contrast.se = 1.25 * spread / sqrt(n[1]);
  /* What drifts in all departments or all years alike is not known; without others to compare, half a team's spread. */
  contrast.se = hypot(contrast.se, n[0] < 3 ? DRIFT * spread : isfinite(apart) ? apart : 1.5 * spread);
  if (!needs_gap_steps(gap)) /* departments differ for good reasons: what always was, and only beside others, proves little */
    contrast.se = hypot(contrast.se, 0.5 * contrast.effect);
  return contrast;
}

struct needs_contrast needs_contrast(const struct needs_study *study, const struct needs_gap *gap, const struct needs_marker *marker)
{
  int teams = study->company->teams.count;
  struct needs_contrast contrast = { .effect = 0, .se = INFINITY, .affected = NAN, .others = NAN };
  double effect = 0;
  if (gap->pattern == NEEDS_STEP_ALL || gap->pattern == NEEDS_STATIC_ALL)
    return contrast_all(study, gap, marker);
  for (int pass = 0; pass < 3; pass++) {
    double between = spread_between(marker, teams, gap->affected, effect);
    if (!isfinite(between))
      return contrast;
    double used = between;
    struct sums a = sum_up(gap, marker, teams, used);
    double det = a.w * a.wss - a.ws * a.ws;
    contrast.teams = a.n;
    if (a.affected == 0)
      return contrast;
    contrast.affected = a.high / fmax(a.high_weight, 1e-300);
    contrast.others = a.low_weight > 0 ? a.low / a.low_weight : NAN;
    if (a.n >= 3 && det > 1e-6 * a.w * a.w) {
      effect = (a.w * a.wsm - a.ws * a.wm) / det;
      contrast.se = fmax(sqrt(a.w / det), residual_se(gap, marker, teams, used, &a, effect));
    } else if (needs_gap_steps(gap)) { /* all alike: their own past is the comparison; its spread over time is unknown */
      effect = a.wm / a.w;
      contrast.se = fmax(sqrt(1 / a.w + between), residual_se(gap, marker, teams, used, &a, effect));
      contrast.others = 0;
    } else {
      return contrast;
    }
    double free = MAX(a.n - 2, 3);
    contrast.se *= sqrt(free / (free - 2) < 3 ? free / (free - 2) : 3);
  }
  contrast.effect = effect;
  return contrast;
}

struct needs_contrast needs_contrast_or_level(const struct needs_study *study, const struct needs_gap *gap, needs_measure measure, const void *data, bool *ret_level)
{
  struct needs_contrast change = measure(study, gap, data);
  *ret_level = !needs_gap_steps(gap);
  if (*ret_level)
    return change;
  struct needs_gap level = *gap;
  level.since = CLOCK_NO_DAY;
  level.pattern = gap->pattern == NEEDS_STEP_ALL ? NEEDS_STATIC_ALL : NEEDS_STATIC_SOME;
  struct needs_contrast since = measure(study, &level, data);
  *ret_level = isfinite(since.se) && !(change.se < MUCH_SURER * since.se);
  return *ret_level ? since : change;
}

double needs_timing(const struct needs_study *study, const struct needs_gap *gap, double scale, double nuisance, needs_measure measure, const void *data)
{
  static const int weeks[] = { -26, -20, -14, -7, 0, 7, 14, 20, 26 };
  double ratio[G_N_ELEMENTS(weeks)], near = 0, all = 0, places = 0, close = 0, most = -INFINITY;
  if (!needs_gap_steps(gap))
    return 0;
  for (size_t i = 0; i < G_N_ELEMENTS(weeks); i++) {
    struct needs_gap moved = *gap;
    moved.since += 7 * weeks[i];
    moved.before.to = moved.after.from = moved.since;
    ratio[i] = NAN;
    if (moved.since < gap->before.from + 49 || moved.since > gap->after.to - 49)
      continue;
    struct needs_contrast c = measure(study, &moved, data);
    ratio[i] = isfinite(c.se) ? normal_log_ratio(c.effect, c.se, scale, nuisance) : NAN;
    most = fmax(most, isfinite(ratio[i]) ? ratio[i] : -INFINITY);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(weeks); i++) {
    if (!isfinite(ratio[i]))
      continue;
    bool here = abs(weeks[i]) * 7 <= fmax(49, 1.5 * gap->since_sd);
    double mass = exp(ratio[i] - most);
    all += mass;
    near += here ? mass : 0;
    places++;
    close += here;
  }
  if (places <= close || close == 0)
    return 0;
  return CLAMP(log(fmax(near / all, 1e-6) / (close / places)), -3, 1);
}
