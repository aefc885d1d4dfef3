/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From weights to what can be said. The interval is Student's, with the error that the noise of the panel gives to the
 * weights, and degrees of freedom for how well that noise is known.
 *
 * Beside it stands the test that rests on the draw alone (R. A. Fisher, The Design of Experiments, 1935; for wedges: R. Ji, G. Fink, P. J. Robyn,
 * D. Small, Randomization inference for stepped-wedge cluster-randomised trials, Annals of Applied Statistics 2017): the order of start was one of many
 * that could have been drawn, so under "no effect whatever" the studentised estimate is a random one of theirs, however the teams'
 * weeks hang together. Inverted, it gives an interval: the effects that, taken off the started teams, leave an estimate that is not among
 * the extreme ones. What was taken off in the ramp rises in a straight line; that is the only assumption. All orders are compared
 * where they are few, else a seeded sample, the drawn one included.
 *
 * How it can be wrong: the interval, if noise changes its nature after registration; the draw's test is exact for no effect, but
 * with few orders it cannot be sure of anything, and effects that differ much between teams make its interval approximate. */
#include "impact/estimate.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#define ORDERS_MOST 300

double impact_t_quantile(double p, double freedom)
{
  return gsl_cdf_tdist_Pinv(p, freedom);
}

double impact_t_p(double t, double freedom)
{
  return 2 * gsl_cdf_tdist_Q(fabs(t), freedom);
}

static int later(int32_t a, int32_t b) /* who never starts comes last */
{
  return a == b ? 0 : a == CLOCK_NO_DAY ? 1 : b == CLOCK_NO_DAY ? -1 : a < b ? -1 : 1;
}

bool impact_deal_of(const struct impact_panel *panel, const int32_t *starts, struct impact_deal *ret_deal)
{
  struct impact_deal deal = { 0 };
  for (int i = 0; i < panel->units; i++) {
    if (!panel->affected[i])
      continue;
    int g = 0;
    while (g < deal.groups && deal.date[g] != starts[i])
      g++;
    if (g == IMPACT_GROUPS_MOST)
      return false;
    deal.date[g] = starts[i];
    deal.size[g]++;
    deal.groups = MAX(deal.groups, g + 1);
  }
  for (int a = 1; a < deal.groups; a++)
    for (int b = a; b > 0 && later(deal.date[b], deal.date[b - 1]) < 0; b--) {
      int32_t date = deal.date[b];
      int size = deal.size[b];
      deal.date[b] = deal.date[b - 1];
      deal.size[b] = deal.size[b - 1];
      deal.date[b - 1] = date;
      deal.size[b - 1] = size;
    }
  *ret_deal = deal;
  return true;
}

double impact_deal_orders(const struct impact_deal *deal)
{
  double log_orders = 0;
  int all = 0;
  for (int g = 0; g < deal->groups; g++) {
    all += deal->size[g];
    log_orders -= lgamma(deal->size[g] + 1.0);
  }
  return round(exp(log_orders + lgamma(all + 1.0)));
}

/* ---- orders ---- */

static uint64_t next_random(uint64_t *state) /* splitmix64, Steele and others 2014 */
{
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static void shuffle(int *group, int n, uint64_t *state)
{
  for (int i = n - 1; i > 0; i--) {
    int j = (int)(next_random(state) % (uint64_t)(i + 1)), g = group[i];
    group[i] = group[j];
    group[j] = g;
  }
}

static bool next_order(int *group, int n) /* the next permutation of a multiset, in place; false after the last */
{
  int i = n - 2, j = n - 1;
  while (i >= 0 && group[i] >= group[i + 1])
    i--;
  if (i < 0)
    return false;
  while (group[j] <= group[i])
    j--;
  int g = group[i];
  group[i] = group[j];
  group[j] = g;
  for (int a = i + 1, b = n - 1; a < b; a++, b--) {
    g = group[a];
    group[a] = group[b];
    group[b] = g;
  }
  return true;
}

/* ---- the test by the draw ---- */

/* Per order: the estimate of the values, that of the effect's own path, and the error. */
struct redraws { double value[ORDERS_MOST], path[ORDERS_MOST], se[ORDERS_MOST]; int count; bool exact; double drawn_value, drawn_se; };

static double dot(const double *weights, const double *y, int n)
{
  double sum = 0;
  for (int i = 0; i < n; i++)
    if (weights[i] != 0)
      sum += weights[i] * y[i];
  return sum;
}

void impact_effect_path(const struct impact_panel *p, const struct impact_terms *terms, const int32_t *starts, double *path)
{
  for (int i = 0; i < p->units; i++)
    for (int t = 0; t < p->periods; t++) {
      double weeks = starts[i] == CLOCK_NO_DAY ? -1 : (0.5 * (p->start[t] + p->start[t + 1]) - starts[i]) / 7;
      path[(size_t)i * p->periods + t] = CLAMP(weeks / fmax(terms->from_week - 0.5, 0.5), 0, 1);
    }
}

static void deal_starts(const struct impact_panel *p, const struct impact_deal *deal, const int *group, int32_t *starts)
{
  for (int i = 0, at = 0; i < p->units; i++)
    starts[i] = p->affected[i] ? deal->date[group[at++]] : CLOCK_NO_DAY;
}

void impact_orders(const struct impact_panel *panel, const struct impact_deal *deal, int most, uint64_t seed, impact_order_use use, void *data)
{
  g_autofree int32_t *starts = g_new(int32_t, (size_t)panel->units);
  g_autofree int *group = g_new(int, (size_t)panel->units);
  bool all = impact_deal_orders(deal) <= most, more = true;
  int n = 0;
  for (int g = 0; g < deal->groups; g++)
    for (int k = 0; k < deal->size[g]; k++)
      group[n++] = g;
  for (int o = 0; o < most && more; o++) {
    if (!all)
      shuffle(group, n, &seed);
    deal_starts(panel, deal, group, starts);
    more = use(starts, data) && (!all || next_order(group, n));
  }
}

struct redrawing { const struct impact_panel *panel; const struct impact_terms *terms; struct impact_solver *solver; struct redraws *r;
                   double *path, *weights; enum impact_role *roles; };

static bool redraw_one(const int32_t *starts, void *data)
{
  struct redrawing *d = data;
  int cells = d->panel->units * d->panel->periods;
  double variance, share;
  impact_panel_roles(d->panel, d->terms, starts, false, d->roles);
  memset(d->weights, 0, sizeof *d->weights * (size_t)cells);
  if (impact_solve(d->solver, d->roles, d->weights, &variance, &share)) {
    d->r->value[d->r->count] = dot(d->weights, d->panel->y, cells);
    d->r->path[d->r->count] = dot(d->weights, d->path, cells);
    d->r->se[d->r->count++] = sqrt(variance);
  }
  return true;
}

static void redraw(const struct impact_panel *p, const struct impact_terms *terms, const int32_t *starts, const struct impact_deal *deal,
                   struct impact_solver *solver, uint64_t seed, struct redraws *r)
{
  size_t cells = (size_t)p->units * p->periods;
  g_autofree double *path = g_new(double, cells), *weights = g_new0(double, cells);
  g_autofree enum impact_role *roles = g_new(enum impact_role, cells);
  struct redrawing data = { p, terms, solver, r, path, weights, roles };
  impact_effect_path(p, terms, starts, path);
  r->exact = impact_deal_orders(deal) <= ORDERS_MOST;
  r->count = 0;
  impact_orders(p, deal, ORDERS_MOST, seed, redraw_one, &data);
}

/* How often an order does as extremely as the drawn one, if the effect were `effect`. */
static double p_of(const struct redraws *r, double effect)
{
  double drawn = fabs(r->drawn_value - effect) / r->drawn_se;
  int as_extreme = 0;
  for (int o = 0; o < r->count; o++)
    as_extreme += fabs(r->value[o] - effect * r->path[o]) / r->se[o] >= drawn * (1 - 1e-9);
  return r->exact ? (double)as_extreme / r->count : (as_extreme + 1.0) / (r->count + 1.0);
}

/* The effect nearest to the estimate, on one side, that the test refuses at IMPACT_LEVEL. */
static double bound(const struct redraws *r, double side)
{
  double inner = r->drawn_value, step = r->drawn_se, outer = inner + side * step;
  for (int i = 0; i < 7 && p_of(r, outer) > IMPACT_LEVEL; i++) {
    step *= 2;
    outer = inner + side * step;
  }
  if (p_of(r, outer) > IMPACT_LEVEL)
    return side * INFINITY;
  for (int i = 0; i < 40; i++) {
    double middle = 0.5 * (inner + outer);
    if (p_of(r, middle) > IMPACT_LEVEL)
      inner = middle;
    else
      outer = middle;
  }
  return outer;
}

static void test_by_draw(const struct impact_panel *panel, const struct impact_terms *terms, const int32_t *starts, struct impact_solver *solver,
                         uint64_t seed, struct impact_estimate *e)
{
  struct impact_deal deal;
  g_autofree struct redraws *r = g_new(struct redraws, 1);
  if (!impact_deal_of(panel, starts, &deal) || deal.groups < 2)
    return;
  redraw(panel, terms, starts, &deal, solver, seed, r);
  r->drawn_value = e->value;
  r->drawn_se = e->se;
  if (r->count < 2)
    return;
  e->orders = r->count;
  e->exact = r->exact;
  e->draw_p = p_of(r, 0);
  e->draw_low = bound(r, -1);
  e->draw_high = bound(r, 1);
}

bool impact_estimate(const struct impact_panel *fine, const struct impact_terms *terms, const int32_t *starts, const struct impact_noise *noise,
                     enum impact_draws draws, uint64_t seed, struct impact_estimate *ret_estimate, const char **ret_why)
{
  struct impact_estimate e = { .draw_p = NAN, .draw_low = -INFINITY, .draw_high = INFINITY };
  struct impact_panel coarse;
  impact_panel_coarsen(fine, terms, &coarse);
  const struct impact_panel *panel = &coarse;
  struct impact_frame frame = impact_panel_frame(panel, terms);
  int cells = panel->units * panel->periods;
  g_autofree enum impact_role *roles = g_new(enum impact_role, (size_t)cells);
  g_autofree double *weights = g_new0(double, (size_t)cells);
  double variance;
  impact_panel_roles(panel, terms, starts, false, roles);
  struct impact_solver *solver = impact_solver_new(&frame, noise);
  bool told = impact_solve(solver, roles, weights, &variance, &e.share);
  if (told) {
    e.value = dot(weights, panel->y, cells);
    e.se = sqrt(variance);
    e.freedom = noise->freedom;
    double reach = impact_t_quantile(1 - 0.05 / 2, e.freedom) * e.se;
    e.low = e.value - reach;
    e.high = e.value + reach;
    e.p = impact_t_p(e.value / e.se, e.freedom);
    for (int i = 0; i < panel->units; i++) {
      bool started = starts[i] != CLOCK_NO_DAY && starts[i] < terms->reading;
      e.treated += started;
      e.waiting += !started && panel->affected[i];
      e.others += !panel->affected[i];
    }
    if (draws == IMPACT_WITH_DRAW)
      test_by_draw(panel, terms, starts, solver, seed, &e);
    *ret_estimate = e;
  } else
    *ret_why = "no affected team was still waiting while others had started";
  impact_solver_free(solver);
  impact_panel_clear(&coarse);
  return told;
}
