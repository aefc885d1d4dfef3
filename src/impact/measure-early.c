/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before the last reading. People look at the board every week, and an interval that is right once is not right every week. So until the
 * last reading the effect is shown with a confidence sequence (stats/sequence.h): the mean of the registered weeks seen so far, and a
 * band so wide that it holds the truth at all looks together with 95 %, sharpest at the error that was registered for the last reading.
 * A verdict may come early by it alone, and only *moved*: the weeks to come may yet bring what the first ones did not.
 *
 * The error is known from a limited number of values: the band reaches as far out in Student's tail as the sequence does in the normal
 * one. Looks are the ends of the goal's periods, whenever somebody opens the page. A band that has left nothing behind does not take it
 * up again: its lower end is the highest so far; the upper one, which effects that grow may pass, is the present one.
 *
 * It is claimed once two teams have seen a registered week (and others wait: else there is nothing to estimate). Until then the
 * figures are those of this look alone, descriptive, and no verdict rests on them.
 *
 * How it can be wrong: the band rests on the noise of the weeks before registration, where the last reading rests on the lot; the mean of the weeks seen is
 * not that of all where effects grow or fade; and its information does not grow quite as that of independent values would. How often it
 * is wrong is counted (test-looking.c, docs/impact.md). */
#include "impact/measure-private.h"
#include "base/json.h"
#include "stats/sequence.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#define ALPHA 0.05
#define STARTED_LEAST 2
#define USUAL_POWER 2.8 /* errors in the smallest effect worth having, where its power is 80 % */

/* 1 / se² at the last reading, as it was registered. */
static double planned_information(const struct intervention *in)
{
  g_autoptr(json_doc_auto) doc = json_parse(in->plan, strlen(in->plan), NULL);
  double se = doc ? json_number(json_get(json_root(doc), "expected_se"), NAN) : NAN;
  if (!(se > 0))
    se = in->minimum_effect / USUAL_POWER;
  return 1 / (se * se);
}

static bool is_claimed(const struct impact_case *c, int32_t day)
{
  int started = 0;
  for (int i = 0; i < c->units; i++)
    started += c->starts[i] != CLOCK_NO_DAY && c->starts[i] + 7 * c->intervention->from_week <= day;
  return started >= STARTED_LEAST;
}

/* One look: as far as the band reaches, and the p-value that holds at all looks. */
static struct impact_figure banded(double value, double se, double planned, double freedom)
{
  double far = gsl_cdf_tdist_Qinv(gsl_cdf_ugaussian_Q(sequence_critical(1 / (se * se), planned, ALPHA)), freedom) * se;
  double z = gsl_cdf_ugaussian_Qinv(gsl_cdf_tdist_Q(fabs(value) / se, freedom));
  return (struct impact_figure){ value, se, value - far, value + far, sequence_p(z * se, se, planned) };
}

/* Of all looks until today. False: there was nothing to see yet. */
static bool look_weekly(const struct impact_case *c, struct impact_figure *ret, bool *ret_claimed, int32_t *ret_moved)
{
  struct impact_panel panel;
  struct impact_terms terms = c->terms;
  impact_panel_coarsen(&c->panel, &terms, &panel);
  struct impact_frame frame = impact_panel_frame(&panel, &terms);
  struct impact_solver *solver = impact_solver_new(&frame, &c->noise);
  size_t cells = (size_t)panel.units * (size_t)panel.periods;
  g_autofree enum impact_role *roles = g_new(enum impact_role, cells);
  g_autofree double *weights = g_new(double, cells);
  double planned = planned_information(c->intervention), variance, share, lowest = -INFINITY, least = 1;
  bool any = false;
  for (int t = frame.registered; t < panel.periods && panel.start[t + 1] <= c->today; t++) {
    terms.reading = panel.start[t + 1];
    memset(weights, 0, sizeof *weights * cells);
    impact_panel_roles(&panel, &terms, c->starts, false, roles);
    if (!impact_solve(solver, roles, weights, &variance, &share))
      continue;
    double value = 0, se = sqrt(variance);
    for (size_t i = 0; i < cells; i++)
      value += weights[i] != 0 ? weights[i] * panel.y[i] : 0;
    any = true;
    *ret_claimed = is_claimed(c, terms.reading);
    *ret = banded(value, se, planned, c->noise.freedom);
    if (!*ret_claimed) {
      double reach = impact_t_quantile(1 - ALPHA / 2, c->noise.freedom) * se;
      *ret = (struct impact_figure){ value, se, value - reach, value + reach, NAN };
      continue;
    }
    if (ret->low > 0 && *ret_moved == CLOCK_NO_DAY)
      *ret_moved = terms.reading;
    lowest = ret->low = fmax(lowest, ret->low);
    least = ret->p = fmin(least, ret->p);
    ret->value = fmax(ret->value, lowest);
    ret->high = fmax(ret->high, lowest);
  }
  impact_solver_free(solver);
  impact_panel_clear(&panel);
  return any;
}

void impact_look_early(struct impact_case *c, struct impact_effect *e)
{
  struct impact_figure seen;
  bool claimed = false;
  int32_t moved = CLOCK_NO_DAY;
  if (!c->have_panel)
    return;
  struct impact_terms before = c->terms; /* the noise of the weeks before registration: were it learnt anew with every week, so would every band */
  before.reading = c->terms.registered;
  c->have_noise = impact_panel_noise(&c->panel, &before, c->starts, &c->noise);
  if (!c->have_noise || !look_weekly(c, &seen, &claimed, &moved))
    return;
  e->effect = seen;
  e->basis = claimed ? IMPACT_ANY_TIME : IMPACT_DESCRIPTIVE;
  e->values = c->panel.values;
  if (claimed && seen.low > 0) {
    e->verdict = IMPACT_MOVED;
    e->told = moved;
  }
}
