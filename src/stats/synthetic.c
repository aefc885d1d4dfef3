/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A. Abadie, A. Diamond, J. Hainmueller, J. Am. Stat. Assoc. 105, 2010: on all outcomes before the start, where there is nothing
 * to tune and the quadratic problem is solved exactly, or on predictors (predictors.c); placebo inference by the ratio of the gaps after and
 * before. D. Arkhangelsky, S. Athey, D. Hirshberg, G. Imbens, S. Wager, "Synthetic difference-in-differences", Am. Econ. Rev. 111,
 * 2021; reference implementation R `synthdid` with its defaults (ζ of the units from the noise of the differences, sparsified
 * after 100 steps, 10,000 steps at most), placebo (algorithm 4) and fixed-weights jackknife (algorithm 3). Several starts as
 * Stata `sdid` (D. Clarke et al., 2023): each against the never treated, averaged by treated unit-periods. Covariates of the second
 * method: adjust.c; their slopes are learnt anew among the controls of each placebo, and without each unit of the jackknife.
 *
 * How it can be wrong: a treated unit outside of the range of the controls has no synthetic twin: look at `fit`. The placebo
 * takes the noise of treated and controls as alike. One control with nearly all the weight is a comparison of two. */
#include "stats/synthetic.h"
#include "stats/adjust.h"
#include "stats/linear.h"
#include "stats/predictors.h"
#include "stats/simplex.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define WALK_STEPS 10000
#define WALK_FIRST 100
#define PLACEBOS_LEAST 4
#define JACKKNIFE_LEAST 10 /* treated units: with 4 of 24 its intervals held in 90 % only, the placebo's in 95 % */
#define CONTROLS_MOST 5000
#define FIT_FLOOR 0.1 /* of the controls' noise */
#define PLACEBOS_EACH 300 /* controls; of more, some are drawn */

/* One start: rows are units. treated [n1], control [n0]: units of the panel. y: its outcomes, or what covariates leave of them. */
struct group { const struct panel *p; const double *y; const int *control, *treated; int n0, n1, before; };
struct weights { double *unit, *time, *importance; /* [n0], [before], [predictors] or NULL */ };
struct outcome { double estimate, squares_before, squares_after; int before, after; };

static double value(const struct group *g, int t, int unit)
{
  return g->y[(size_t)t * g->p->units + unit];
}

static double treated_mean(const struct group *g, int t)
{
  double sum = 0;
  for (int i = 0; i < g->n1; i++)
    sum += value(g, t, g->treated[i]);
  return sum / g->n1;
}

static double synthetic_at(const struct group *g, const double *weight, int t)
{
  double sum = 0;
  for (int i = 0; i < g->n0; i++)
    sum += weight[i] > 0 ? weight[i] * value(g, t, g->control[i]) : 0;
  return sum;
}

/* Standard deviation of the controls' steps before the start. */
static double noise(const struct group *g)
{
  double sum = 0, square = 0, n = (double)g->n0 * (g->before - 1);
  for (int i = 0; i < g->n0; i++)
    for (int t = 1; t < g->before; t++)
      sum += (value(g, t, g->control[i]) - value(g, t - 1, g->control[i])) / n;
  for (int i = 0; i < g->n0; i++)
    for (int t = 1; t < g->before; t++) {
      double away = value(g, t, g->control[i]) - value(g, t - 1, g->control[i]) - sum;
      square += away * away;
    }
  return n > 1 ? sqrt(square / (n - 1)) : 0;
}

/* ---- weights ---------------------------------------------------------------------------------------------------- */

static void sparsify(double *weight, int k)
{
  double most = 0, sum = 0;
  for (int j = 0; j < k; j++)
    most = fmax(most, weight[j]);
  for (int j = 0; j < k; j++) {
    weight[j] = weight[j] > most / 4 ? weight[j] : 0;
    sum += weight[j];
  }
  for (int j = 0; j < k; j++)
    weight[j] /= sum;
}

static void walk(const double *a, const double *b, int n, int k, double zeta, double least, double *weight)
{
  simplex_walk(a, b, n, k, zeta * zeta, true, least, WALK_FIRST, weight);
  sparsify(weight, k);
  simplex_walk(a, b, n, k, zeta * zeta, true, least, WALK_STEPS, weight);
}

/* Controls over the periods before as columns; the treated mean. */
static void before_columns(const struct group *g, double *a, double *b)
{
  for (int t = 0; t < g->before; t++) {
    b[t] = treated_mean(g, t);
    for (int i = 0; i < g->n0; i++)
      a[(size_t)i * g->before + t] = value(g, t, g->control[i]);
  }
}

static double predictor_mean(const struct group *g, const double *predictor, int j)
{
  double sum = 0;
  for (int i = 0; i < g->n1; i++)
    sum += predictor[(size_t)j * g->p->units + g->treated[i]];
  return sum / g->n1;
}

/* Of the controls, unit by unit, and the mean of the treated. */
static void predictor_columns(const struct group *g, const double *predictor, int k, double *x0, double *x1)
{
  for (int j = 0; j < k; j++) {
    x1[j] = predictor_mean(g, predictor, j);
    for (int i = 0; i < g->n0; i++)
      x0[(size_t)i * k + j] = predictor[(size_t)j * g->p->units + g->control[i]];
  }
}

static void predictor_weights(const struct group *g, const struct synthetic_options *o, double *importance, double *weight)
{
  int k = o->predictors, T = g->before, from = o->earlier ? o->learnt : 0;
  g_autofree double *z0 = g_new(double, (size_t)g->n0 * T), *z1 = g_new(double, (size_t)T), *late = g_new(double, (size_t)g->n0 * T);
  g_autofree double *x0 = g_new(double, (size_t)g->n0 * k), *x1 = g_new(double, (size_t)k), *v = g_new(double, (size_t)k);
  before_columns(g, z0, z1);
  for (int i = 0; i < g->n0; i++)
    memcpy(late + (size_t)i * (T - from), z0 + (size_t)i * T + from, sizeof(double) * (size_t)(T - from));
  predictor_columns(g, o->earlier ? o->earlier : o->predictor, k, x0, x1);
  predictors_fit(x1, x0, k, z1 + from, late, T - from, g->n0, v, weight);
  if (o->earlier) {
    predictor_columns(g, o->predictor, k, x0, x1);
    predictors_mix(x1, x0, k, z1, z0, T, g->n0, v, weight);
  }
  if (importance)
    memcpy(importance, v, sizeof(double) * (size_t)k);
}

static void unit_weights(const struct group *g, const struct synthetic_options *o, double sd, double *weight)
{
  g_autofree double *a = g_new(double, (size_t)g->n0 * g->before), *b = g_new(double, (size_t)g->before);
  double least = 1e-5 * sd * 1e-5 * sd, ridge = 1e-6 * sd;
  before_columns(g, a, b);
  if (o->method == SYNTHETIC_CONTROL)
    simplex_fit(a, b, g->before, g->n0, g->before * ridge * ridge, weight);
  else
    walk(a, b, g->before, g->n0, pow((double)g->n1 * (g->p->periods - g->before), 0.25) * sd, least, weight);
}

/* Periods before as columns over the controls; their mean after. */
static void time_weights(const struct group *g, double sd, double *weight)
{
  g_autofree double *a = g_new(double, (size_t)g->n0 * g->before), *b = g_new0(double, (size_t)g->n0);
  int after = g->p->periods - g->before;
  for (int i = 0; i < g->n0; i++) {
    for (int t = 0; t < g->before; t++)
      a[(size_t)t * g->n0 + i] = value(g, t, g->control[i]);
    for (int t = g->before; t < g->p->periods; t++)
      b[i] += value(g, t, g->control[i]) / after;
  }
  walk(a, b, g->n0, g->before, 1e-6 * sd, 1e-5 * sd * 1e-5 * sd, weight);
}

static void even(double *weight, int k)
{
  for (int j = 0; j < k; j++)
    weight[j] = 1.0 / k;
}

/* Starts from `w` as it is (even, or what the placebo keeps). */
static void make_weights(const struct group *g, const struct synthetic_options *o, struct weights *w)
{
  double sd = noise(g);
  if (o->predictors)
    predictor_weights(g, o, w->importance, w->unit);
  else
    unit_weights(g, o, sd, w->unit);
  if (o->method == SYNTHETIC_DID)
    time_weights(g, sd, w->time);
}

static struct outcome read_outcome(const struct group *g, const struct synthetic_options *o, const struct weights *w)
{
  int T = g->p->periods;
  struct outcome r = { .before = g->before, .after = T - g->before };
  g_autofree double *gap = g_new(double, (size_t)T);
  double level = 0, mean = 0;
  for (int t = 0; t < T; t++) {
    gap[t] = treated_mean(g, t) - synthetic_at(g, w->unit, t);
    mean += t < g->before ? gap[t] / g->before : 0;
  }
  for (int t = 0; o->method == SYNTHETIC_DID && t < g->before; t++)
    level += w->time[t] * gap[t];
  for (int t = g->before; t < T; t++) {
    r.estimate += (gap[t] - level) / r.after;
    r.squares_after += (gap[t] - level) * (gap[t] - level);
  }
  for (int t = 0; t < g->before; t++) {
    double away = gap[t] - (o->method == SYNTHETIC_DID ? mean : 0); /* a constant gap is no misfit of the second method */
    r.squares_before += away * away;
  }
  return r;
}

/* ---- all starts together ---------------------------------------------------------------------------------------- */

struct plan { const struct panel *p; const double *y; double *adjusted, *slope; /* NULL without covariates */ struct synthetic_options o; int *control, *treated; int n0, n1, groups, *from; /* of treated, by start [groups + 1] */
              struct weights *weight; /* [groups] */ };

static struct group group_of(const struct plan *plan, int g, const double *y, const int *control, int n0, const int *treated)
{
  int before = plan->p->first[plan->treated[plan->from[g]]];
  return (struct group){ plan->p, y, control, treated + plan->from[g], n0, plan->from[g + 1] - plan->from[g], before };
}

/* Estimates for other units in the places of controls and treated. `start`: [groups] weights to begin from; NULL: even. ret_share:
 * what weight the controls from `from` on have, of the last start. */
static struct outcome estimate_with(const struct plan *plan, const double *y, const int *control, int n0, const int *treated, const struct weights *start, int from, double *ret_share)
{
  struct outcome sum = { 0 };
  double all = 0;
  for (int k = 0; k < plan->groups; k++) {
    struct group g = group_of(plan, k, y, control, n0, treated);
    g_autofree double *unit = g_new(double, (size_t)n0), *time = g_new(double, (size_t)g.before);
    struct weights w = { unit, time, NULL };
    even(unit, n0);
    even(time, g.before);
    if (start) {
      memcpy(unit, start[k].unit, sizeof(double) * (size_t)n0);
      memcpy(time, start[k].time, sizeof(double) * (size_t)g.before);
    }
    make_weights(&g, &plan->o, &w);
    *ret_share = 0;
    for (int i = from; i < n0; i++)
      *ret_share += unit[i];
    struct outcome one = read_outcome(&g, &plan->o, &w);
    double size = (double)g.n1 * one.after;
    sum.estimate += size * one.estimate;
    sum.squares_before += g.n1 * one.squares_before / one.before;
    sum.squares_after += g.n1 * one.squares_after / one.after;
    all += size;
  }
  sum.estimate /= all;
  return sum;
}

/* What the covariates leave of the outcomes where these are the controls; the plan's outcomes without covariates, or where the
 * controls are too few or too alike to learn from. `space` [periods * units]. */
static const double *outcomes_with(const struct plan *plan, const int *control, int n0, double *space)
{
  if (!plan->slope)
    return plan->y;
  g_autofree double *slope = g_new(double, (size_t)plan->p->columns);
  adjust_take(plan->p, adjust_learn(plan->p, control, n0, slope) ? slope : plan->slope, space);
  return space;
}

static double *space_of(const struct plan *plan)
{
  return plan->slope ? g_new(double, (size_t)plan->p->periods * (size_t)plan->p->units) : NULL;
}

static double ratio_of(const struct outcome *o)
{
  return o->squares_after / fmax(o->squares_before, 1e-300);
}

/* Weights of the controls that stay, scaled to 1 (even if they were all 0). */
static void keep_weights(const struct plan *plan, const int *chosen, int n0, struct weights *ret)
{
  for (int k = 0; k < plan->groups; k++) {
    double sum = 0;
    for (int i = 0; i < n0; i++)
      sum += ret[k].unit[i] = plan->weight[k].unit[chosen[i]];
    for (int i = 0; i < n0; i++)
      ret[k].unit[i] = sum > 0 ? ret[k].unit[i] / sum : 1.0 / n0;
    ret[k].time = plan->weight[k].time;
  }
}

/* The gap before; an all but perfect one, which more controls than periods can always have, is no measure of anything. */
static double misfit(const struct plan *plan, const struct outcome *o, double noise_sd)
{
  return fmax(sqrt(o->squares_before / plan->n1), FIT_FLOOR * noise_sd);
}

static int compare_double(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The effects that, taken off the treated, leave a mean gap after that is no larger, for the gap before, than that of enough
 * placebos: the test turned round (S. Firpo, V. Possebom, J. Causal Inference 6, 2018, with this statistic). */
static void turn_round(const struct plan *plan, const struct outcome *real, double *size, int runs, double noise_sd, struct synthetic_result *r)
{
  double alpha = plan->o.alpha > 0 ? plan->o.alpha : 0.05;
  int beyond = MAX((int)floor(alpha * (runs + 1) + 1e-9) - 1, 0); /* so many placebos may be larger; too few: the widest that there is */
  qsort(size, (size_t)runs, sizeof *size, compare_double);
  double reach = size[runs - 1 - beyond] * misfit(plan, real, noise_sd);
  r->low = real->estimate - reach;
  r->high = real->estimate + reach;
}

/* Controls in the place of the treated: each in turn if one is treated and they are not too many, else drawn. In synthetic control the
 * treated take their place among the controls, as in the paper: every unit then has as many to be mixed from, and the test its level.
 * For the interval they do so less the effect that was found. */
static void placebo(const struct plan *plan, const struct outcome *real, double noise_sd, struct synthetic_result *r)
{
  bool control = plan->o.method == SYNTHETIC_CONTROL, each = plan->n1 == 1 && plan->n0 <= PLACEBOS_EACH, back = control && plan->groups == 1;
  int runs = each ? plan->n0 : plan->o.replications > 0 ? plan->o.replications : 200, rest = plan->n0 - plan->n1, n0 = back ? plan->n0 : rest, beyond = 0;
  if (rest < 1 || runs < PLACEBOS_LEAST)
    return;
  double mean = 0, square = 0;
  g_autofree double *size = g_new(double, (size_t)runs), *space = space_of(plan);
  g_autofree int *order = g_new(int, (size_t)plan->n0), *unit = g_new(int, (size_t)plan->n0 + plan->n1);
  g_autofree struct weights *kept = g_new0(struct weights, (size_t)plan->groups);
  for (int k = 0; k < plan->groups; k++)
    kept[k].unit = g_new(double, (size_t)plan->n0);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, plan->o.seed ? (unsigned long)plan->o.seed : 1);
  for (int i = 0; i < plan->n0; i++)
    order[i] = i;
  memcpy(unit + rest, plan->treated, sizeof(int) * (size_t)plan->n1);
  for (int run = 0; run < runs; run++) {
    if (each) {
      for (int i = 0; i < plan->n0; i++)
        order[i] = i < run ? i : i < plan->n0 - 1 ? i + 1 : run;
    } else
      gsl_ran_shuffle(rng, order, (size_t)plan->n0, sizeof *order);
    for (int i = 0; i < plan->n0; i++)
      unit[i < rest ? i : i - rest + n0] = plan->control[order[i]];
    keep_weights(plan, order, rest, kept);
    double of_treated = 0;
    struct outcome o = estimate_with(plan, outcomes_with(plan, unit, rest, space), unit, n0, unit + n0, control ? NULL : kept, rest, &of_treated);
    double step = o.estimate - mean;
    mean += step / (run + 1);
    square += step * (o.estimate - mean);
    beyond += ratio_of(&o) >= ratio_of(real) * (1 - 1e-9);
    size[run] = fabs(o.estimate + of_treated * real->estimate) / misfit(plan, &o, noise_sd);
  }
  gsl_rng_free(rng);
  for (int k = 0; k < plan->groups; k++)
    g_free(kept[k].unit);
  r->placebos = runs;
  r->placebo_p = (1.0 + beyond) / (1 + runs);
  r->se = sqrt(square / runs);
  r->errors = SYNTHETIC_PLACEBO;
  if (control)
    turn_round(plan, real, size, runs, noise_sd, r);
}

/* Each unit left out in turn, weights as they are (scaled to 1). */
static void jackknife(const struct plan *plan, struct synthetic_result *r)
{
  int n = plan->n0 + plan->n1;
  double mean = 0, square = 0;
  g_autofree double *unit = g_new(double, (size_t)plan->n0), *space = space_of(plan);
  g_autofree int *left_in = g_new(int, (size_t)plan->n0);
  for (int out = 0; out < n; out++) {
    double sum = 0, all = 0;
    int kept = 0;
    for (int i = 0; i < plan->n0; i++)
      if (i != out)
        left_in[kept++] = plan->control[i];
    const double *y = out < plan->n0 ? outcomes_with(plan, left_in, kept, space) : plan->y;
    for (int k = 0; k < plan->groups; k++) {
      double left = out < plan->n0 ? 1 - plan->weight[k].unit[out] : 1;
      int skip = out >= plan->n0 && out - plan->n0 >= plan->from[k] && out - plan->n0 < plan->from[k + 1];
      if (left <= 1e-12)
        return;
      for (int i = 0; i < plan->n0; i++)
        unit[i] = i == out ? 0 : plan->weight[k].unit[i] / left;
      struct group g = group_of(plan, k, y, plan->control, plan->n0, plan->treated);
      g_autofree int *treated = g_new(int, (size_t)g.n1);
      int n1 = 0;
      for (int i = 0; i < g.n1; i++)
        if (!skip || plan->from[k] + i != out - plan->n0)
          treated[n1++] = g.treated[i];
      g.treated = treated;
      g.n1 = n1;
      struct outcome o = read_outcome(&g, &plan->o, &(struct weights){ unit, plan->weight[k].time, NULL });
      sum += (double)n1 * o.after * o.estimate;
      all += (double)n1 * o.after;
    }
    double step = sum / all - mean;
    mean += step / (out + 1);
    square += step * (sum / all - mean);
  }
  r->se = sqrt((n - 1.0) / n * square);
  r->errors = SYNTHETIC_JACKKNIFE;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void plan_clear(struct plan *plan)
{
  for (int k = 0; plan->weight && k < plan->groups; k++) {
    g_free(plan->weight[k].unit);
    g_free(plan->weight[k].time);
    g_free(plan->weight[k].importance);
  }
  g_free(plan->weight);
  g_free(plan->adjusted);
  g_free(plan->slope);
  g_free(plan->control);
  g_free(plan->treated);
  g_free(plan->from);
}
typedef struct plan plan_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(plan_auto, plan_clear)

static bool learn(struct plan *plan, GError **error)
{
  plan->slope = g_new(double, (size_t)plan->p->columns);
  plan->adjusted = space_of(plan);
  if (!adjust_learn(plan->p, plan->control, plan->n0, plan->slope))
    return fail(error, MENO_ERROR_BAD_INPUT, "the covariates cannot be told from the levels of the untreated units and of the periods, or from each other: leave out those "
                "that stay the same over time or go the same way in all of these units");
  adjust_take(plan->p, plan->slope, plan->adjusted);
  plan->y = plan->adjusted;
  return true;
}

static bool make_plan(const struct panel *p, const struct synthetic_options *o, struct plan *plan, GError **error)
{
  *plan = (struct plan){ .p = p, .y = p->y, .o = *o };
  plan->control = g_new(int, (size_t)p->units);
  plan->treated = g_new(int, (size_t)p->units);
  plan->from = g_new0(int, (size_t)p->units + 1);
  for (int i = 0; i < p->units; i++) {
    if (p->first[i] == p->periods) {
      plan->control[plan->n0++] = i;
      continue;
    }
    if (plan->n1 == 0 || p->first[i] != p->first[i - 1])
      plan->from[plan->groups++] = plan->n1;
    plan->treated[plan->n1++] = i;
  }
  plan->from[plan->groups] = plan->n1;
  if (plan->n0 < 2)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d unit is never treated: a mixture needs at least two", plan->n0);
  if (plan->n0 > CONTROLS_MOST)
    return fail(error, MENO_ERROR_TOO_LARGE, "%d untreated units are more than %d: leave out those that are nothing like the treated", plan->n0, CONTROLS_MOST);
  if (p->first[plan->treated[0]] < 2)
    return fail(error, MENO_ERROR_BAD_INPUT, "a unit starts after one period: weights need at least two periods before");
  if (o->method == SYNTHETIC_DID && p->columns && !learn(plan, error))
    return false;
  plan->weight = g_new0(struct weights, (size_t)plan->groups);
  for (int k = 0; k < plan->groups; k++) {
    struct group g = group_of(plan, k, plan->y, plan->control, plan->n0, plan->treated);
    plan->weight[k] = (struct weights){ g_new(double, (size_t)g.n0), g_new(double, (size_t)g.before), o->predictors ? g_new(double, (size_t)o->predictors) : NULL };
    even(plan->weight[k].unit, g.n0);
    even(plan->weight[k].time, g.before);
    if (!(noise(&g) > 0) && g.before > 2)
      return fail(error, MENO_ERROR_BAD_INPUT, "the controls do not vary before the start: there is nothing to mix");
    make_weights(&g, o, &plan->weight[k]);
  }
  return true;
}

static void read_gaps(const struct plan *plan, struct synthetic_result *r)
{
  int T = plan->p->periods, at = 0;
  r->gaps = plan->groups * T;
  r->gap = g_new0(struct synthetic_gap, (size_t)r->gaps);
  for (int k = 0; k < plan->groups; k++) {
    struct group g = group_of(plan, k, plan->y, plan->control, plan->n0, plan->treated);
    double level = 0;
    for (int t = 0; plan->o.method == SYNTHETIC_DID && t < g.before; t++)
      level += plan->weight[k].time[t] * (treated_mean(&g, t) - synthetic_at(&g, plan->weight[k].unit, t));
    for (int t = 0; t < T; t++)
      r->gap[at++] = (struct synthetic_gap){ plan->p->when[g.before], plan->p->when[t],
        treated_mean(&g, t) - synthetic_at(&g, plan->weight[k].unit, t) - level, t >= g.before };
  }
}

static void read_weights(const struct plan *plan, struct synthetic_result *r)
{
  double square = 0;
  r->weight = g_memdup2(plan->weight[0].unit, sizeof(double) * (size_t)plan->n0);
  r->weight_origin = g_new(int, (size_t)plan->n0);
  for (int i = 0; i < plan->n0; i++) {
    r->weight_origin[i] = plan->p->origin[plan->control[i]];
    r->largest_weight = fmax(r->largest_weight, r->weight[i]);
    square += r->weight[i] * r->weight[i];
  }
  r->effective = 1 / square;
  int k = plan->o.predictors;
  if (k == 0)
    return;
  struct group first = group_of(plan, 0, plan->y, plan->control, plan->n0, plan->treated);
  r->importance = g_memdup2(plan->weight[0].importance, sizeof(double) * (size_t)k);
  r->of_treated = g_new(double, (size_t)k);
  r->of_synthetic = g_new0(double, (size_t)k);
  for (int j = 0; j < k; j++) {
    r->of_treated[j] = predictor_mean(&first, plan->o.predictor, j);
    for (int i = 0; i < plan->n0; i++)
      r->of_synthetic[j] += r->weight[i] * plan->o.predictor[(size_t)j * plan->p->units + plan->control[i]];
  }
}

/* Spread between and within the controls before the first start. */
static double spread_before(const struct plan *plan)
{
  double n = 0, mean = 0, square = 0;
  for (int i = 0; i < plan->n0; i++)
    for (int t = 0; t < plan->p->first[plan->treated[0]]; t++) {
      double step = plan->y[(size_t)t * plan->p->units + plan->control[i]] - mean;
      mean += step / ++n;
      square += step * (plan->y[(size_t)t * plan->p->units + plan->control[i]] - mean);
    }
  return sqrt(square / n);
}

struct synthetic_result *synthetic_estimate(const struct panel *p, const struct synthetic_options *o, GError **error)
{
  g_auto(plan_auto) plan = { 0 };
  if (!panel_needs(p, true, error) || !make_plan(p, o, &plan, error))
    return NULL;
  struct synthetic_result *r = g_new0(struct synthetic_result, 1);
  struct outcome real = { 0 };
  double all = 0;
  bool single = false;
  for (int k = 0; k < plan.groups; k++) {
    struct group g = group_of(&plan, k, plan.y, plan.control, plan.n0, plan.treated);
    struct outcome one = read_outcome(&g, o, &plan.weight[k]);
    real.estimate += (double)g.n1 * one.after * one.estimate;
    real.squares_before += g.n1 * one.squares_before / one.before;
    real.squares_after += g.n1 * one.squares_after / one.after;
    all += (double)g.n1 * one.after;
    single = single || g.n1 == 1;
  }
  real.estimate /= all;
  *r = (struct synthetic_result){ .estimate = real.estimate, .se = NAN, .low = NAN, .high = NAN, .p = NAN, .placebo_p = NAN, .controls = plan.n0, .treated = plan.n1,
    .groups = plan.groups, .errors = SYNTHETIC_NO_ERRORS, .fit = sqrt(real.squares_before / plan.n1) };
  r->fit_share = r->fit / spread_before(&plan);
  struct group first = group_of(&plan, 0, plan.y, plan.control, plan.n0, plan.treated);
  r->noise = noise(&first);
  read_gaps(&plan, r);
  read_weights(&plan, r);
  r->slope = plan.slope ? g_memdup2(plan.slope, sizeof(double) * (size_t)p->columns) : NULL;
  bool jack = o->errors == SYNTHETIC_JACKKNIFE || (o->errors == SYNTHETIC_AUTO && o->method == SYNTHETIC_DID && plan.n1 >= JACKKNIFE_LEAST);
  if (jack && !single)
    jackknife(&plan, r);
  else if (o->errors != SYNTHETIC_NO_ERRORS)
    placebo(&plan, &real, r->noise, r);
  double critical = linear_critical(o->alpha > 0 ? o->alpha : 0.05, INFINITY);
  if (o->method == SYNTHETIC_DID) {
    r->low = r->estimate - critical * r->se;
    r->high = r->estimate + critical * r->se;
  }
  r->p = linear_p(r->estimate / r->se, INFINITY);
  return r;
}

void synthetic_result_free(struct synthetic_result *r)
{
  if (!r)
    return;
  g_free(r->gap);
  g_free(r->weight);
  g_free(r->weight_origin);
  g_free(r->importance);
  g_free(r->of_treated);
  g_free(r->of_synthetic);
  g_free(r->slope);
  g_free(r);
}
