/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Power by simulating the test itself. Every order that could be drawn is a set of weights (fit.c), so the estimates of all orders
 * under one history of noise are a normal vector whose covariance is known from the noise; one draw of that vector, with an effect
 * added along the path of one of the orders, each in its turn, is one rollout, and the test by the draw (estimate.c) is counted on it. As many
 * orders are compared as the verdict will compare: a sample of them is another test. Nothing is assumed about the test's
 * distribution. Draws are seeded and shared by all effects.
 *
 * Teams do not answer alike, and nobody knows beforehand how unequally. So in each draw every team has an effect of its own, normal
 * around the mean: the random treatment effect of J. P. Hughes, T. S. Granston, P. J. Heagerty, Current issues in the design and
 * analysis of stepped wedge trials, Contemporary Clinical Trials 45 (2015). It widens what the drawn order estimates, and the other
 * orders' estimates too, which compare some started teams with others; so power can stay below 1 however large the effect.
 *
 * How it can be wrong: as far as the noise of the panel was misjudged; where effects differ by more than UNEQUAL, or go on growing
 * after the ramp (docs/impact.md has how far power falls then). */
#include "impact/power.h"
#include <math.h>
#include <string.h>

#define ORDERS 301 /* as many as the verdict compares, the drawn one with them: a smaller sample of them is another test */
#define DRAWS 1000
#define UNEQUAL 0.2 /* sd of the teams' effects, as a share of their mean */

/* Per draw and order [DRAWS * orders]: the estimate of the noise, and that of an effect of 1 that differs between teams. */
struct impact_power { int orders; double se[ORDERS]; double *noise, *effect; };

struct judging { const struct impact_panel *panel; const struct impact_terms *terms; struct impact_solver *solver; struct impact_power *power;
                  const struct impact_deal *deal; double *weights, *path; enum impact_role *roles;
                  double *shares; /* [orders * units * groups]: what a team's effect adds to an order's estimate if it starts with a group */
                  int *group;     /* [orders * units]: in which the order puts the team */ };

/* Teams that the lot leaves alone go with the group that waits, or with none, to which nothing is ever added. */
static int group_of(const struct impact_deal *deal, int32_t start)
{
  int g = 0;
  while (g < deal->groups && deal->date[g] != start)
    g++;
  return g;
}

static bool weigh_order(const int32_t *starts, void *data)
{
  struct judging *w = data;
  int units = w->panel->units, periods = w->panel->periods, groups = w->deal->groups + 1;
  size_t cells = (size_t)units * periods, first = (size_t)w->power->orders * units;
  double *weights = w->weights + w->power->orders * cells, variance, share;
  impact_panel_roles(w->panel, w->terms, starts, true, w->roles);
  memset(weights, 0, sizeof *weights * cells);
  if (!impact_solve(w->solver, w->roles, weights, &variance, &share) || share < 0.99)
    return w->power->orders > 0; /* where the first cannot be told, none can */
  for (int i = 0; i < units; i++) {
    w->group[first + i] = group_of(w->deal, starts[i]);
    for (int g = 0; g < groups; g++)
      w->shares[(first + i) * groups + g] = impact_dot(weights + i * periods, w->path + g * cells + i * periods, periods);
  }
  w->power->se[w->power->orders++] = sqrt(variance);
  return true;
}

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

/* Lower factor of the covariance of all orders' estimates; what depends on earlier ones adds nothing. */
static void factor(double *a, int n)
{
  for (int j = 0; j < n; j++) {
    double d = a[(size_t)j * n + j], size = d;
    for (int k = 0; k < j; k++)
      d -= a[(size_t)j * n + k] * a[(size_t)j * n + k];
    bool own = d > 1e-9 * size;
    d = own ? sqrt(d) : 0;
    a[(size_t)j * n + j] = d;
    for (int i = j + 1; i < n; i++) {
      double sum = a[(size_t)i * n + j];
      for (int k = 0; k < j; k++)
        sum -= a[(size_t)i * n + k] * a[(size_t)j * n + k];
      a[(size_t)i * n + j] = own ? sum / d : 0;
    }
  }
}

static void make_draws(struct impact_power *power, const struct judging *w, uint64_t seed)
{
  int n = power->orders, units = w->panel->units, groups = w->deal->groups + 1;
  size_t cells = (size_t)units * w->panel->periods;
  g_autofree double *answers = g_new(double, (size_t)units), *l = g_new0(double, (size_t)n * n), *spread = g_new(double, cells), *z = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++) {
    impact_spread(w->solver, w->weights + i * cells, spread);
    for (int j = 0; j <= i; j++)
      l[(size_t)i * n + j] = impact_dot(spread, w->weights + j * cells, (int)cells);
  }
  factor(l, n);
  guint32 words[2] = { (guint32)seed, (guint32)(seed >> 32) };
  g_autoptr(GRand) rand = g_rand_new_with_seed_array(words, 2);
  power->noise = g_new0(double, (size_t)DRAWS * n);
  power->effect = g_new0(double, (size_t)DRAWS * n);
  for (int d = 0; d < DRAWS; d++) {
    for (int i = 0; i < n; i++)
      z[i] = gaussian(rand);
    for (int i = 0; i < units; i++)
      answers[i] = 1 + UNEQUAL * gaussian(rand);
    const int *group = w->group + (size_t)(d % n) * units;
    for (int o = 0; o < n; o++) {
      const double *shares = w->shares + (size_t)o * units * groups;
      power->noise[(size_t)d * n + o] = impact_dot(l + (size_t)o * n, z, o + 1);
      for (int i = 0; i < units; i++)
        power->effect[(size_t)d * n + o] += answers[i] * shares[i * groups + group[i]];
    }
  }
}

struct impact_power *impact_power_new(const struct impact_panel *panel, const struct impact_terms *terms, const struct impact_noise *noise,
                                      const struct impact_deal *deal, uint64_t seed)
{
  struct impact_frame frame = impact_panel_frame(panel, terms);
  struct impact_power *power = g_new0(struct impact_power, 1);
  size_t units = (size_t)panel->units, cells = units * panel->periods, groups = (size_t)deal->groups + 1;
  g_autofree double *weights = g_new0(double, ORDERS * cells), *path = g_new0(double, groups * cells), *shares = g_new(double, ORDERS * units * groups);
  g_autofree int *group = g_new(int, ORDERS * units);
  g_autofree int32_t *starts = g_new(int32_t, units);
  g_autofree enum impact_role *roles = g_new(enum impact_role, cells);
  struct impact_solver *solver = impact_solver_new(&frame, noise);
  struct judging data = { panel, terms, solver, power, deal, weights, path, roles, shares, group };
  for (int g = 0; g < deal->groups; g++) {
    for (size_t i = 0; i < units; i++)
      starts[i] = deal->date[g];
    impact_effect_path(panel, terms, starts, path + g * cells);
  }
  impact_orders(panel, deal, ORDERS, seed, weigh_order, &data);
  if (power->orders >= 2)
    make_draws(power, &data, seed);
  bool fine = power->orders >= 2;
  impact_solver_free(solver);
  if (!fine)
    g_clear_pointer(&power, impact_power_free);
  return power;
}

void impact_power_free(struct impact_power *power)
{
  if (power == NULL)
    return;
  g_free(power->noise);
  g_free(power->effect);
  g_free(power);
}

double impact_power_at(const struct impact_power *power, double effect)
{
  int moved = 0, n = power->orders;
  for (int d = 0; d < DRAWS; d++) {
    const double *noise = power->noise + (size_t)d * n, *own = power->effect + (size_t)d * n;
    int lot = d % n, as_extreme = 0;
    double drawn = (noise[lot] + effect * own[lot]) / power->se[lot];
    for (int o = 0; o < n && drawn > 0 && as_extreme <= IMPACT_LEVEL * n; o++) /* the drawn one is among them, in a sample too */
      as_extreme += o == lot || fabs(noise[o] + effect * own[o]) / power->se[o] >= drawn * (1 - 1e-9);
    moved += drawn > 0 && as_extreme <= IMPACT_LEVEL * n;
  }
  return (double)moved / DRAWS;
}

double impact_power_effect(const struct impact_power *power, double wanted)
{
  double low = 0, high = 4 * power->se[0];
  for (int i = 0; i < 6 && impact_power_at(power, high) < wanted; i++)
    high *= 2;
  if (impact_power_at(power, high) < wanted)
    return INFINITY;
  for (int i = 0; i < 14; i++) {
    double middle = 0.5 * (low + high);
    if (impact_power_at(power, middle) < wanted)
      low = middle;
    else
      high = middle;
  }
  return high;
}

double impact_power_se(const struct impact_power *power)
{
  return power->se[0];
}

static bool take_starts(const int32_t *starts, void *data)
{
  struct judging *w = data;
  double variance, share;
  impact_panel_roles(w->panel, w->terms, starts, true, w->roles);
  if (impact_solve(w->solver, w->roles, w->weights, &variance, &share) && share > 0.99)
    *w->path = sqrt(variance);
  return false;
}

double impact_power_error(const struct impact_panel *panel, const struct impact_terms *terms, struct impact_solver *solver, const struct impact_deal *deal)
{
  size_t cells = (size_t)panel->units * panel->periods;
  g_autofree double *weights = g_new0(double, cells);
  g_autofree enum impact_role *roles = g_new(enum impact_role, cells);
  double error = NAN;
  struct judging data = { panel, terms, solver, NULL, deal, weights, &error, roles, NULL, NULL };
  impact_orders(panel, deal, 1000000, 0, take_starts, &data);
  return error;
}
