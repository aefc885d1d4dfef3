/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is there a gap, whose is it, and since when?
 *
 * Two questions are kept apart, because they ask for different comparisons. A *fall*: some or all of the goal's teams
 * stand lower than they did themselves; found by a scan for one common break (stats/shift.h), once in the teams net of
 * what all share, once in what they share. And a *standing* gap: teams, or the whole goal, short of the target without
 * any break; found from levels, by two groups where there are two.
 *
 * Bad luck is discounted three times: errors are widened by autocorrelation, looking at many dates is paid for in the
 * scan, and a team's fall is drawn towards its group's (empirical Bayes), so that a team picked because it is low counts
 * for what it will probably be next quarter. What would come back by itself is reported apart (regression to the mean;
 * B. Efron, C. Morris, "Stein's paradox in statistics", Sci. American 236, 1977). A fall that has healed is no gap; nor
 * is one that leaves the teams above target; nor is a goal on its way to the target in time.
 *
 * How it can be wrong: two falls at different times are read as one in between; teams that improve are read as the
 * others' falling only where most improve; a target that nobody could meet makes a standing gap of anything (the ranking
 * knows a hypothesis for that). */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/regress.h"
#include "stats/robust.h"
#include "stats/shift.h"
#include <math.h>

#define SHARE_PRIOR 0.3        /* of teams that fall, if any does */
#define STEP_ODDS 3.0          /* log odds from the scan that make a break worth reporting: 20 to 1, before the prior */
#define STEP_ODDS_IF_MET 6.0
#define MATTERS_FOR_ALL 0.35   /* of the way from baseline to target */
#define SOME_ODDS 1.0          /* log odds, before the data, that a cause holds back some teams and not all: most do */
#define CLEAR 2.5              /* standard errors */
#define HEALED 0.35            /* share of the fall that is left */
#define NEAR_TARGET 0.2        /* of the way from baseline to target */
#define FAR_FROM_TARGET 0.25
#define UNEQUAL 0.2            /* spread of teams over the distance to the target, from which doses are compared */
#define ENOUGH_OTHERS 6        /* unaffected teams, below which other goals' teams join the comparison of changes */
#define YEAR 365
#define QUARTER 91

static double mean_between(const struct needs_panel *p, int row, int from, int to, int *ret_n)
{
  double sum = 0;
  int n = 0;
  for (int t = MAX(from, 0); t < MIN(to, p->periods); t++) {
    double y = p->y[(size_t)row * p->periods + t];
    if (isfinite(y)) {
      sum += y;
      n++;
    }
  }
  *ret_n = n;
  return n > 0 ? sum / n : NAN;
}

static double inflation(double rho)
{
  return (1 + rho) / (1 - rho);
}

static int periods_in(const struct needs_panel *p, double days)
{
  return (int)fmax(1, lround(days / p->period_days));
}

/* What the teams share, as one series, with its own noise. */
struct common { double *y, sd, rho; };

static void find_common(const struct needs_panel *p, struct common *c)
{
  int n = p->periods;
  g_autofree double *column = g_new(double, (size_t)p->teams), *middle = g_new(double, (size_t)p->teams), *centre = g_new(double, (size_t)n);
  c->y = g_new(double, (size_t)n);
  for (int i = 0; i < p->teams; i++)
    middle[i] = robust_median(p->y + (size_t)i * n, n);
  for (int t = 0; t < n; t++) {
    for (int i = 0; i < p->teams; i++)
      column[i] = p->y[(size_t)i * n + t] - middle[i];
    c->y[t] = robust_mean(column, p->teams);
  }
  for (int part = 0; part < 3; part++) {
    int from = part * n / 3, to = (part + 1) * n / 3;
    double level = robust_median(c->y + from, to - from);
    for (int t = from; t < to; t++)
      centre[t] = level;
  }
  c->rho = shift_autocorrelation(c->y, centre, 1, n);
  for (int t = 0; t < n; t++)
    centre[t] = c->y[t] - centre[t];
  c->sd = robust_spread(centre, n);
}

/* The usual noise of a team's value. */
static double usual_noise(const struct needs_panel *p)
{
  return robust_median(p->noise, p->teams);
}

static struct shift scan_teams(const struct needs_panel *p, int margin)
{
  int n = p->periods;
  g_autofree double *rest = g_new(double, (size_t)p->teams * n), *column = g_new(double, (size_t)p->teams), *middle = g_new(double, (size_t)p->teams);
  for (int i = 0; i < p->teams; i++)
    middle[i] = robust_median(p->y + (size_t)i * n, n);
  for (int t = 0; t < n; t++) {
    for (int i = 0; i < p->teams; i++)
      column[i] = p->y[(size_t)i * n + t] - middle[i];
    double path = p->teams >= 5 ? robust_median(column, p->teams) : 0;
    for (int i = 0; i < p->teams; i++)
      rest[(size_t)i * n + t] = column[i] - (isfinite(path) ? path : 0);
  }
  return shift_scan(rest, p->noise, p->teams, n, p->autocorrelation, 1.5 * usual_noise(p), SHARE_PRIOR, margin);
}

/* Falls per row at a break: mean before less mean after, with variances; NAN where a side is empty. */
static void find_falls(const struct needs_panel *p, int before, int at, int to, double *by, double *variance)
{
  for (int i = 0; i < p->teams; i++) {
    int nb, na;
    double b = mean_between(p, i, before, at, &nb), a = mean_between(p, i, at, to, &na);
    by[i] = nb >= 2 && na >= 2 ? b - a : NAN;
    variance[i] = nb > 0 && na > 0 && isfinite(p->noise[i]) ? p->noise[i] * p->noise[i] * inflation(p->autocorrelation) * (1.0 / nb + 1.0 / na) : 0;
  }
}

static double weighted(const double *x, const double *weight, int n)
{
  double sum = 0, total = 0;
  for (int i = 0; i < n; i++)
    if (isfinite(x[i]) && isfinite(weight[i])) {
      sum += weight[i] * x[i];
      total += weight[i];
    }
  return total > 0 ? sum / total : NAN;
}

/* Who takes part, and who stands in for a comparison where the goal itself offers too little. */
static void spread_affected(const struct needs_study *study, const struct needs_panel *p, const double *row_share, struct needs_gap *gap)
{
  const struct company *c = study->company;
  double rest = 0;
  gap->affected = g_new(double, (size_t)MAX(c->teams.count, 1));
  for (int t = 0; t < c->teams.count; t++)
    gap->affected[t] = NAN;
  if (p->team[0] < 0) { /* the company's one series: all teams of its departments */
    for (int t = 0; t < c->teams.count; t++) {
      bool in = p->goal->department_count == 0;
      for (int d = 0; d < p->goal->department_count; d++)
        in |= c->teams.at[t].department == p->goal->departments[d];
      gap->affected[t] = in ? 1 : 0;
      gap->teams += in;
    }
    gap->outer = p->goal->department_count > 0;
    return;
  }
  for (int i = 0; i < p->teams; i++) {
    double s = row_share[i];
    gap->affected[p->team[i]] = s;
    if (!isfinite(s))
      continue;
    gap->teams += s >= 0.5;
    gap->others += s < 0.5;
    rest += 1 - s;
  }
  if (rest >= (gap->since == CLOCK_NO_DAY ? 2.5 : ENOUGH_OTHERS))
    return;
  g_autofree bool *goal_team = g_new0(bool, (size_t)MAX(c->teams.count, 1));
  for (int i = 0; i < p->teams; i++)
    goal_team[p->team[i]] = true;
  for (int t = 0; t < c->teams.count; t++)
    if (!goal_team[t])
      gap->affected[t] = 0;
  gap->outer = true;
}

static bool still_there(const struct needs_panel *p, int before, int at, const double *share, double size)
{
  int last = periods_in(p, QUARTER);
  if (p->periods - at <= last)
    return true;
  g_autofree double *by = g_new(double, (size_t)p->teams);
  for (int i = 0; i < p->teams; i++) {
    int n, m;
    by[i] = mean_between(p, i, before, at, &n) - mean_between(p, i, p->periods - last, p->periods, &m);
  }
  return weighted(by, share, p->teams) > HEALED * size;
}

static bool below_target(const struct needs_panel *p, int from, const double *share, double near)
{
  double target = p->goal->direction * p->goal->target, way = fabs(p->goal->target - p->goal->baseline);
  g_autofree double *level = g_new(double, (size_t)p->teams);
  for (int i = 0; i < p->teams; i++) {
    int n;
    level[i] = mean_between(p, i, from, p->periods, &n);
  }
  return weighted(level, share, p->teams) < target - near * way;
}

static void date_gap(const struct needs_panel *p, int before, const struct shift *shift, struct needs_gap *gap)
{
  gap->since = p->start[shift->at];
  gap->since_sd = fmax(shift->sd, 0.3) * p->period_days;
  gap->before = (struct needs_window){ p->start[before], gap->since };
  gap->after = (struct needs_window){ gap->since, p->start[p->periods] };
}

static bool add_fall(const struct needs_study *study, const struct needs_panel *p, enum needs_pattern pattern, const double *share,
                     double size, double se, int before, const struct shift *shift, struct needs_state *state)
{
  /* Where the goal as a whole is met, a few teams' fall has to be surer, and one of all has to matter. */
  double near = pattern == NEEDS_STEP_ALL ? MATTERS_FOR_ALL : NEAR_TARGET;
  if (!(size > 0) || !still_there(p, before, shift->at, share, size) || !below_target(p, shift->at, share, near))
    return false;
  if (!state->behind && pattern == NEEDS_STEP_SOME && shift->evidence < STEP_ODDS_IF_MET)
    return false;
  struct needs_gap *gap = &state->gaps[state->count++];
  *gap = (struct needs_gap){ .pattern = pattern, .weight = 1, .evidence = shift->evidence, .size = size, .se = se };
  date_gap(p, before, shift, gap);
  spread_affected(study, p, share, gap);
  return true;
}

/* Two or three teams are no groups: each is judged by its own fall. False where all fell alike, or none. */
static bool find_few(const struct needs_study *study, const struct needs_panel *p, const double *by, const double *variance, int before,
                     const struct shift *shift, struct needs_state *state)
{
  g_autofree double *share = g_new(double, (size_t)p->teams);
  int fell = 0;
  double size = 0, square = 0;
  for (int i = 0; i < p->teams; i++) {
    double odds = normal_log_ratio(by[i], sqrt(variance[i]), 1.5 * p->noise[i], 0.1 * p->noise[i]);
    share[i] = isfinite(by[i]) && isfinite(odds) ? 1 / (1 + exp(-odds)) : NAN;
    if (share[i] < 0.5 || !isfinite(share[i]))
      continue;
    fell++;
    size += by[i];
    square += variance[i];
  }
  return fell > 0 && fell < p->teams && add_fall(study, p, NEEDS_STEP_SOME, share, size / fell, sqrt(square) / fell, before, shift, state);
}

/* A break in some teams, or in all. */
static void find_fall(const struct needs_study *study, const struct needs_panel *p, const struct common *c, struct needs_state *state)
{
  int margin = MAX(3, periods_in(p, 42));
  struct shift some = scan_teams(p, margin);
  struct shift all = shift_scan(c->y, &c->sd, 1, p->periods, c->rho, fmax(usual_noise(p), 2 * c->sd), 0.5, margin);
  struct shift best = some.evidence > all.evidence ? some : all;
  if (best.at < 0 || best.evidence < STEP_ODDS)
    return;
  int n = p->teams, before = MAX(0, best.at - periods_in(p, YEAR));
  g_autofree double *by = g_new(double, (size_t)n), *variance = g_new(double, (size_t)n), *share = g_new(double, (size_t)n);
  find_falls(p, before, best.at, p->periods, by, variance);
  double common_se = c->sd * sqrt(inflation(c->rho) * (1.0 / (best.at - before) + 1.0 / (p->periods - best.at)));
  if (n < 4 && find_few(study, p, by, variance, before, &best, state))
    return;
  struct shift_split split = shift_divide(by, variance, n, common_se, share);
  double mean_variance = 0;
  for (int i = 0; i < n; i++)
    mean_variance += variance[i] / n;
  if (n < 2)
    split.all = by[0];
  state->alike = n >= 3 ? -split.evidence : 0;
  int fell = 0;
  for (int i = 0; i < n; i++)
    fell += share[i] >= 0.5;
  if (fell > 0.9 * n && n >= 3) /* a mixture of strong and weak falls is still a fall of all */
    state->alike = fmax(state->alike, 0.5);
  if (n >= 4 && fell <= 0.9 * n && state->alike < SOME_ODDS) {
    add_fall(study, p, NEEDS_STEP_SOME, share, split.size - split.rest, sqrt(mean_variance / fmax(1, n * split.share)), before, &best, state);
    return;
  }
  for (int i = 0; i < n; i++)
    share[i] = isfinite(by[i]) ? 1 : NAN;
  double se = sqrt(common_se * common_se + mean_variance / n);
  if (all.evidence > STEP_ODDS && split.all > CLEAR * se)
    add_fall(study, p, NEEDS_STEP_ALL, share, split.all, se, before, &best, state);
}

/* Where the shared path will be at the due day, if it goes on; only a slope that stands clear of its error counts. */
static double gain_until_due(const struct needs_panel *p, const struct common *c, int32_t today)
{
  int span = MIN(p->periods, periods_in(p, YEAR)), from = p->periods - span;
  if (span < 8 || p->goal->due <= today)
    return 0;
  g_autofree double *x = g_new(double, (size_t)span * 2);
  for (int t = 0; t < span; t++) {
    x[2 * t] = 1;
    x[2 * t + 1] = (p->start[from + t] - p->start[from]) / 365.25;
  }
  struct regress_fit fit;
  if (!regress_series(x, c->y + from, span, 2, 4, &fit) || fit.beta[1] < 2 * fit.se[1])
    return 0;
  return fit.beta[1] * fmin(2, (p->goal->due - today) / 365.25);
}

/* Levels now and at `from … to`, and how the goal stands as a whole. */
static void find_standing(const struct needs_study *study, const struct needs_panel *p, const struct common *c, struct needs_state *state)
{
  int last = MIN(p->periods, MAX(3, periods_in(p, 2 * QUARTER)));
  double target = p->goal->direction * p->goal->target, way = fabs(p->goal->target - p->goal->baseline), sum = 0;
  int rows = 0;
  for (int i = 0; i < p->teams; i++) {
    int n;
    double level = mean_between(p, i, p->periods - last, p->periods, &n);
    sum += n > 0 ? level : 0;
    rows += n > 0;
  }
  state->level = rows > 0 ? sum / rows : NAN;
  state->se = isfinite(c->sd) ? c->sd * sqrt(inflation(c->rho) / last) : 0;
  state->shortfall = target - state->level;
  state->progress = way > 0 ? 1 - state->shortfall / way : state->shortfall <= 0;
  double left = state->shortfall - gain_until_due(p, c, study->today);
  state->behind = left > FAR_FROM_TARGET * way && left > 2 * state->se && state->shortfall > 0;
}

/* Doses where there are no groups: from the best tenth of teams to the worst, each drawn towards the mean. */
static void shares_of_level(const double *level, const double *variance, int n, double mean, double tau, double *share)
{
  g_autofree double *drawn = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++)
    drawn[i] = isfinite(level[i]) ? mean + (level[i] - mean) * tau * tau / (tau * tau + variance[i] + 1e-300) : NAN;
  double high = robust_quantile(drawn, n, 0.9), low = robust_quantile(drawn, n, 0.1);
  for (int i = 0; i < n; i++)
    share[i] = isfinite(drawn[i]) ? CLAMP((high - drawn[i]) / fmax(high - low, 1e-300), 0, 1) : NAN;
}

/* The gap that has always been there, within [from, to) periods. */
static void add_standing(const struct needs_study *study, const struct needs_panel *p, int from, int to, struct needs_state *state)
{
  int n = p->teams;
  double target = p->goal->direction * p->goal->target;
  g_autofree double *level = g_new(double, (size_t)n), *variance = g_new(double, (size_t)n), *share = g_new(double, (size_t)n);
  g_autofree double *lack = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++) {
    int seen;
    level[i] = mean_between(p, i, from, to, &seen);
    variance[i] = seen > 0 && isfinite(p->noise[i]) ? p->noise[i] * p->noise[i] * inflation(p->autocorrelation) / seen : 0;
    lack[i] = isfinite(level[i]) ? fmax(0, target - level[i]) : NAN;
  }
  struct shift_groups groups = shift_group(level, variance, n, share);
  bool parted = groups.two && groups.evidence > (state->behind ? 2 : 5) && groups.low < target;
  if (!parted && !state->behind)
    return;
  double mean = robust_mean(level, n), spread = robust_spread(level, n), short_by = fmax(target - mean, 1e-300);
  bool some = parted || (n >= 4 && spread > UNEQUAL * short_by);
  for (int i = 0; i < n && !some; i++)
    share[i] = isfinite(level[i]) ? 1 : NAN;
  if (some && !groups.two)
    shares_of_level(level, variance, n, mean, fmax(groups.tau, 0.3 * spread), share);
  struct needs_gap *gap = &state->gaps[state->count++];
  *gap = (struct needs_gap){ .pattern = some ? NEEDS_STATIC_SOME : NEEDS_STATIC_ALL, .weight = 1, .since = CLOCK_NO_DAY,
    .evidence = parted ? groups.evidence : 0, .before = { p->start[from], p->start[from] }, .after = { p->start[from], p->start[to] } };
  gap->size = weighted(lack, share, n);
  if (!(gap->size > 0))
    gap->size = fmax(0, state->shortfall);
  gap->se = fmax(state->se, spread / sqrt(n));
  spread_affected(study, p, share, gap);
}

void needs_gaps_find(const struct needs_study *study, struct needs_panel *panel, struct needs_state *ret_state)
{
  struct needs_state state = { 0 };
  struct common common;
  struct shift own = scan_teams(panel, MAX(3, periods_in(panel, 42)));
  needs_panel_deseason(panel, own.at > 0 && own.evidence > STEP_ODDS ? own.at : -1);
  find_common(panel, &common);
  find_standing(study, panel, &common, &state);
  find_fall(study, panel, &common, &state);
  if (state.count == 0) {
    int year = periods_in(panel, YEAR);
    add_standing(study, panel, MAX(0, panel->periods - year), panel->periods, &state);
  } else if (state.count == 1 && state.behind) {
    int at = 0;
    while (at < panel->periods && panel->start[at] < state.gaps[0].since)
      at++;
    double fall = state.gaps[0].size * state.gaps[0].teams;
    if (at >= 4)
      add_standing(study, panel, MAX(0, at - periods_in(panel, YEAR)), at, &state);
    if (state.count == 2) {
      /* What was there before counts for less: the fall is what happened, the rest may be an ambitious target. */
      double standing = 0.5 * state.gaps[1].size * state.gaps[1].teams;
      state.gaps[0].weight = fall / fmax(fall + standing, 1e-300);
      state.gaps[1].weight = 1 - state.gaps[0].weight;
    }
  } else if (state.count == 2) {
    double a = state.gaps[0].size * state.gaps[0].teams, b = state.gaps[1].size * (state.gaps[1].teams);
    state.gaps[0].weight = a / fmax(a + b, 1e-300);
    state.gaps[1].weight = 1 - state.gaps[0].weight;
  }
  for (int i = 0; i < state.count; i++) {
    double noise = usual_noise(panel), scale = 1.5 * (isfinite(noise) ? noise : 0), se = state.gaps[i].se;
    state.expected_recovery += state.gaps[i].weight * state.gaps[i].size * se * se / (se * se + scale * scale + 1e-300);
  }
  g_free(common.y);
  *ret_state = state;
}

void needs_state_clear(struct needs_state *state)
{
  for (int i = 0; i < state->count; i++)
    g_free(state->gaps[i].affected);
  state->count = 0;
}
