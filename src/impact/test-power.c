/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The power announced is the power found: of many rollouts in which teams answer unequally, as many are called moved by the verdict's
 * own test as planning says. The noise is known here and what is drawn has its form, so nothing but the power's own
 * reckoning can be wrong: the orders it compares, the draws it makes, and how unequally it takes teams to answer. Whether that is also so where
 * noise must be learnt and is of another form, test-coverage.c tells. */
#include "impact/power.h"
#include <math.h>
#include <string.h>

#define BEFORE 12              /* weeks */
#define AFTER 16
#define PERIODS (BEFORE + AFTER)
#define UNITS_MOST 8
#define POWER 0.7
#define UNEQUAL 0.2            /* sd of the teams' effects over their mean, as docs/impact.md says planning supposes */
#define RUNS 1500
#define DRAWS 1000             /* of planning (power.c) */

struct rollout { struct impact_panel panel; struct impact_terms terms; struct impact_noise noise; struct impact_deal deal;
                 int team[UNITS_MOST]; bool affected[UNITS_MOST]; int32_t start[PERIODS + 1];
                 double y[UNITS_MOST * PERIODS], thin[UNITS_MOST * PERIODS], scale[UNITS_MOST], covariance[PERIODS]; };

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

/* All teams are affected; the last of `groups` waits. */
static void set_up(struct rollout *r, int units, int groups, const int *sizes)
{
  memset(r, 0, sizeof *r);
  for (int i = 0; i < units; i++) {
    r->team[i] = i;
    r->affected[i] = true;
    r->scale[i] = 1;
  }
  for (int t = 0; t <= PERIODS; t++)
    r->start[t] = 4 + 7 * t;
  for (int i = 0; i < units * PERIODS; i++)
    r->thin[i] = 1;
  r->panel = (struct impact_panel){ .units = units, .periods = PERIODS, .period_days = 7, .team = r->team, .affected = r->affected, .start = r->start,
                                    .y = r->y, .thin = r->thin, .values = units * PERIODS };
  r->terms = (struct impact_terms){ r->start[0], r->start[BEFORE], r->start[BEFORE], r->start[PERIODS], 3, AFTER - groups + 1 };
  r->noise = (struct impact_noise){ .lags = PERIODS, .covariance = r->covariance, .nugget = 1, .scale = r->scale, .sd = 1, .freedom = 100 };
  r->deal.groups = groups;
  for (int g = 0; g < groups; g++) {
    r->deal.size[g] = sizes[g];
    r->deal.date[g] = g + 1 < groups ? r->start[BEFORE + g] : CLOCK_NO_DAY;
  }
}

static double announced_effect(struct rollout *r)
{
  struct impact_panel coarse;
  impact_panel_coarsen(&r->panel, &r->terms, &coarse);
  struct impact_power *power = impact_power_new(&coarse, &r->terms, &r->noise, &r->deal, 1);
  double effect = impact_power_effect(power, POWER);
  g_assert_true(isfinite(effect));
  g_assert_cmpfloat_with_epsilon(impact_power_at(power, effect), POWER, 0.01);
  impact_power_free(power);
  impact_panel_clear(&coarse);
  return effect;
}

static bool moved_once(struct rollout *r, double effect, GRand *rand)
{
  int32_t starts[UNITS_MOST];
  g_autofree double *path = g_new(double, UNITS_MOST * PERIODS);
  struct impact_estimate e;
  const char *why;
  int units = r->panel.units, group[UNITS_MOST], n = 0;
  for (int g = 0; g < r->deal.groups; g++)
    for (int k = 0; k < r->deal.size[g]; k++)
      group[n++] = g;
  for (int i = 0; i < units; i++) {
    int j = g_rand_int_range(rand, i, units), g = group[j];
    group[j] = group[i];
    starts[i] = r->deal.date[group[i] = g];
  }
  impact_effect_path(&r->panel, &r->terms, starts, path);
  for (int i = 0; i < units; i++) {
    double own = effect * (1 + UNEQUAL * gaussian(rand));
    for (int t = i * PERIODS; t < (i + 1) * PERIODS; t++)
      r->y[t] = own * path[t] + gaussian(rand);
  }
  g_assert_true(impact_estimate(&r->panel, &r->terms, starts, &r->noise, IMPACT_WITH_DRAW, 1, &e, &why));
  return e.draw_low > 0;
}

static void compare(int units, int groups, const int *sizes)
{
  struct rollout r;
  set_up(&r, units, groups, sizes);
  double effect = announced_effect(&r), bound = 3 * sqrt(POWER * (1 - POWER) * (1.0 / RUNS + 1.0 / DRAWS));
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  int moved = 0;
  for (int i = 0; i < RUNS; i++)
    moved += moved_once(&r, effect, rand);
  g_test_message("%d teams, %.0f orders: announced %.2f, found %.3f", units, impact_deal_orders(&r.deal), POWER, (double)moved / RUNS);
  g_assert_cmpfloat(fabs((double)moved / RUNS - POWER), <=, bound);
}

static void test_found(void)
{
  compare(4, 4, (int[]){ 1, 1, 1, 1 });
  compare(6, 4, (int[]){ 1, 1, 2, 2 });
  compare(8, 2, (int[]){ 4, 4 });
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/power/found", test_found);
  return g_test_run();
}
