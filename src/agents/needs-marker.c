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
#include "stats/robust.h"
#include <math.h>

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

struct sums { double w, ws, wss, wm, wsm, high, low, high_weight, low_weight; int n, affected; };

static struct sums sum_up(const struct needs_gap *gap, const struct needs_marker *m, int teams, double between)
{
  struct sums a = { 0 };
  for (int t = 0; t < teams; t++) {
    double s = gap->affected[t];
    if (!isfinite(s) || !isfinite(m->value[t]))
      continue;
    double w = 1 / (m->variance[t] + between + 1e-12);
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

struct needs_contrast needs_contrast(const struct needs_study *study, const struct needs_gap *gap, const struct needs_marker *marker)
{
  int teams = study->company->teams.count;
  struct needs_contrast contrast = { .effect = 0, .se = INFINITY, .affected = NAN, .others = NAN };
  double effect = 0;
  for (int pass = 0; pass < 3; pass++) {
    double between = spread_between(marker, teams, gap->affected, effect);
    if (!isfinite(between))
      return contrast;
    struct sums a = sum_up(gap, marker, teams, between * (gap->outer ? 1.5 : 1));
    double det = a.w * a.wss - a.ws * a.ws;
    contrast.teams = a.n;
    if (a.affected == 0)
      return contrast;
    contrast.affected = a.high / fmax(a.high_weight, 1e-300);
    contrast.others = a.low_weight > 0 ? a.low / a.low_weight : NAN;
    if (a.n >= 3 && det > 1e-6 * a.w * a.w) {
      effect = (a.w * a.wsm - a.ws * a.wm) / det;
      contrast.se = sqrt(a.w / det);
    } else if (needs_gap_steps(gap)) { /* all alike: their own past is the comparison; its spread over time is unknown */
      effect = a.wm / a.w;
      contrast.se = sqrt(1 / a.w + between);
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
