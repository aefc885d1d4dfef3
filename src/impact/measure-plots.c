/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a doubtful reader wants to see: the raw means, the effect week by week after each team's start, and the same
 * estimate where there can be no effect: at a start that is pretended before registration. Intervals here are pointwise and descriptive;
 * only the registered mean carries a verdict.
 *
 * How it can be wrong: a pretended start needs weeks that are free of the need's own fall; where there are too few, there is none. */
#include "impact/measure-private.h"
#include <math.h>

#define BEFORE_PERIODS 6      /* of event time, before the start */
#define STEPS_MOST 60
#define PRETREND_DAYS 56
#define HISTORY_LEAST 70      /* days before a pretended registration */
#define OPENING_DAYS 98       /* a baseline that ends so close to registration belongs to a need without a fall */
#define SETTLED_DAYS 84       /* after the need's onset, until a fall has come to rest */

void impact_plot_raw(const struct impact_case *c, struct impact_effect *e)
{
  const struct impact_panel *p = &c->panel;
  e->day = g_new(int32_t, (size_t)p->periods);
  e->treated_mean = g_new(double, (size_t)p->periods);
  e->comparison_mean = g_new(double, (size_t)p->periods);
  for (int t = 0; t < p->periods; t++) {
    double sum[2] = { 0, 0 };
    int n[2] = { 0, 0 };
    for (int i = 0; i < p->units; i++) {
      double y = p->y[(size_t)i * p->periods + t];
      bool started = c->starts[i] != CLOCK_NO_DAY, counts = started || (e->waiting > 0 ? p->affected[i] : !p->affected[i]);
      if (!isfinite(y) || !counts)
        continue;
      sum[!started] += y * c->goal->direction;
      n[!started]++;
    }
    if (n[0] == 0 || p->start[t + 1] > c->today)
      continue;
    e->day[e->days] = p->start[t];
    e->treated_mean[e->days] = sum[0] / n[0];
    e->comparison_mean[e->days++] = n[1] > 0 ? sum[1] / n[1] : NAN;
  }
}

/* Estimate with these roles; false where nothing can be told. */
static bool estimate_roles(const struct impact_case *c, struct impact_solver *solver, const enum impact_role *roles, struct impact_figure *ret)
{
  size_t cells = (size_t)c->panel.units * c->panel.periods;
  g_autofree double *weights = g_new0(double, cells);
  double variance, share, value = 0;
  if (!impact_solve(solver, roles, weights, &variance, &share))
    return false;
  for (size_t i = 0; i < cells; i++)
    value += weights[i] != 0 ? weights[i] * c->panel.y[i] : 0;
  double se = sqrt(variance), reach = impact_t_quantile(0.975, c->noise.freedom) * se;
  *ret = (struct impact_figure){ value, se, value - reach, value + reach, NAN };
  ret->p = impact_t_p(value / se, c->noise.freedom);
  return true;
}

/* Periods after a unit's start, 1 the first whole one; 0 and less before it; INT32_MIN without a start. */
static int step_of(const struct impact_panel *p, int32_t start, int t)
{
  if (start == CLOCK_NO_DAY)
    return INT32_MIN;
  int first = 0;
  while (first < p->periods && p->start[first] < start)
    first++;
  return t - first + 1;
}

/* One step's values become the targets; before the start they leave the untreated ones. */
static bool roles_of_step(const struct impact_case *c, int step, enum impact_role *roles)
{
  const struct impact_panel *p = &c->panel;
  bool any = false;
  impact_panel_roles(p, &c->terms, c->starts, false, roles);
  for (int i = 0; i < p->units; i++)
    for (int t = 0; t < p->periods; t++) {
      size_t at = (size_t)i * p->periods + t;
      if (roles[at] == IMPACT_TARGET)
        roles[at] = IMPACT_LEFT_OUT;
      if (step_of(p, c->starts[i], t) != step || !isfinite(p->y[at]) || p->start[t] < c->terms.registered || p->start[t + 1] > c->terms.reading)
        continue;
      roles[at] = IMPACT_TARGET;
      any = true;
    }
  return any;
}

/* The steps from `first` to `last`, in weeks that are moved by `shift`. */
static void draw_curve(const struct impact_case *c, struct impact_solver *solver, int first, int last, int shift, struct impact_curve *curve)
{
  const struct impact_panel *p = &c->panel;
  size_t most = (size_t)(last - first + 1);
  g_autofree enum impact_role *roles = g_new(enum impact_role, (size_t)p->units * p->periods);
  *curve = (struct impact_curve){ .week = g_new(int, most), .effect = g_new(double, most), .low = g_new(double, most), .high = g_new(double, most) };
  for (int step = first; step <= last; step++) {
    struct impact_figure figure;
    if (!roles_of_step(c, step, roles) || !estimate_roles(c, solver, roles, &figure))
      continue;
    curve->week[curve->count] = shift + (step <= 0 ? (int)lround((step - 1) * p->period_days / 7) : (int)lround((step - 0.5) * p->period_days / 7 + 0.5));
    curve->effect[curve->count] = figure.value;
    curve->low[curve->count] = figure.low;
    curve->high[curve->count++] = figure.high;
  }
}

static int last_step(const struct impact_case *c, int to_week)
{
  return MIN(STEPS_MOST, (int)ceil(7 * to_week / c->panel.period_days));
}

void impact_plot_steps(const struct impact_case *c, struct impact_effect *e)
{
  struct impact_frame frame = impact_panel_frame(&c->panel, &c->terms);
  struct impact_solver *solver = impact_solver_new(&frame, &c->noise);
  draw_curve(c, solver, 1 - BEFORE_PERIODS, last_step(c, c->intervention->to_week), 0, &e->curve);
  impact_solver_free(solver);
}

/* The registered design, moved back by `days`, over what was before registration; or, where the weeks count from the first, every start on one day. */
static void pretend(const struct impact_case *c, int32_t days, int from_week, int to_week, int first_step, int shift, struct impact_figure *ret, struct impact_curve *curve)
{
  struct impact_case moved = *c;
  g_autofree int32_t *starts = g_new(int32_t, (size_t)c->units);
  g_autofree enum impact_role *roles = g_new(enum impact_role, (size_t)c->panel.units * c->panel.periods);
  moved.starts = starts;
  moved.terms.reading = c->terms.registered;
  moved.terms.registered -= days;
  moved.terms.baseline_to = MIN(moved.terms.baseline_to, moved.terms.registered);
  moved.terms.from_week = from_week;
  moved.terms.to_week = to_week;
  if (moved.terms.registered <= c->panel.start[0] + HISTORY_LEAST)
    return;
  for (int i = 0; i < c->units; i++)
    starts[i] = c->starts[i] == CLOCK_NO_DAY ? CLOCK_NO_DAY : from_week == 1 ? moved.terms.registered : c->starts[i] - days;
  impact_panel_roles(&c->panel, &moved.terms, starts, false, roles);
  struct impact_frame frame = impact_panel_frame(&c->panel, &moved.terms);
  struct impact_solver *solver = impact_solver_new(&frame, &c->noise);
  if (estimate_roles(&moved, solver, roles, ret))
    draw_curve(&moved, solver, first_step, last_step(c, to_week), shift, curve);
  impact_solver_free(solver);
}

void impact_plot_pretended(const struct impact_case *c, struct impact_effect *e)
{
  /* the fall lies between the end of the baseline and its coming to rest; a need without onset has none */
  int32_t settled = c->terms.baseline_to + SETTLED_DAYS, length = c->terms.reading - c->terms.registered;
  bool standing = c->terms.registered - c->terms.baseline_to <= OPENING_DAYS;
  if (c->terms.registered - length >= settled || standing)
    pretend(c, length, c->intervention->from_week, c->intervention->to_week, 1 - BEFORE_PERIODS, 0, &e->placebo, &e->placebo_curve);
  if (c->terms.registered - PRETREND_DAYS >= settled || standing)
    pretend(c, PRETREND_DAYS, 1, PRETREND_DAYS / 7, 1, -PRETREND_DAYS / 7 - 1, &e->pretrend, &e->pretrend_curve);
}
