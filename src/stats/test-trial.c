/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Randomised rollouts: coverage with few autocorrelated units, what looking every week costs, adjustment, many estimates. */
#include "stats/discovery.h"
#include "stats/linear.h"
#include "stats/power.h"
#include "stats/sequence.h"
#include "stats/trial.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

static int runs_of(int quick, int soak)
{
  return g_getenv("MENO_SOAK") ? soak : quick;
}

struct world { int units, periods; double effect, rho, level; int *start; };

/* A panel of units with a level and autocorrelated noise; starts given out by chance. */
static struct panel *draw(gsl_rng *rng, const struct world *w)
{
  int n = w->units * w->periods;
  g_autofree int *unit = g_new(int, (size_t)n);
  g_autofree int64_t *time = g_new(int64_t, (size_t)n), *start = g_new(int64_t, (size_t)n);
  g_autofree double *y = g_new(double, (size_t)n);
  gsl_ran_shuffle(rng, w->start, (size_t)w->units, sizeof(int));
  for (int u = 0; u < w->units; u++) {
    double level = gsl_ran_gaussian(rng, w->level), shock = gsl_ran_gaussian(rng, 1);
    for (int t = 0; t < w->periods; t++) {
      int i = u * w->periods + t;
      unit[i] = u;
      time[i] = t;
      start[i] = w->start[u] < w->periods ? w->start[u] : PANEL_NEVER;
      y[i] = 5 + sin(t) + level + shock + (t >= w->start[u] ? w->effect : 0);
      shock = w->rho * shock + sqrt(1 - w->rho * w->rho) * gsl_ran_gaussian(rng, 1);
    }
  }
  g_autoptr(GError) error = NULL;
  struct panel *p = panel_new(&(struct panel_rows){ .rows = n, .units = w->units, .unit = unit, .time = time, .start = start, .outcome = y }, PANEL_AS_IT_IS, &error);
  g_assert_no_error(error);
  return p;
}

static void test_parallel_coverage(void)
{
  static const int units[] = { 6, 8, 12, 40 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (unsigned k = 0; k < G_N_ELEMENTS(units); k++) {
    int start[40], held = 0, runs = runs_of(400, 6000);
    for (int i = 0; i < units[k]; i++)
      start[i] = i % 2 ? 8 : 99;
    struct world w = { .units = units[k], .periods = 20, .effect = 0.5, .rho = 0.6, .level = 1, .start = start };
    for (int run = 0; run < runs; run++) {
      g_autoptr(panel_auto) p = draw(rng, &w);
      g_autoptr(GError) error = NULL;
      struct trial_result r;
      g_assert_true(trial_panel(p, 0, TRIAL_ANCOVA, 0, &r, &error));
      held += r.low <= 0.5 && 0.5 <= r.high;
    }
    g_test_message("parallel groups, %d units: coverage %.3f of %d", units[k], held / (double)runs, runs);
    g_assert_cmpfloat(held / (double)runs, >, 0.925);
    g_assert_cmpfloat(held / (double)runs, <, 0.985);
  }
  gsl_rng_free(rng);
}

static void test_wedge_coverage(void)
{
  static const int units[] = { 6, 8, 12 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, 2);
  for (unsigned k = 0; k < G_N_ELEMENTS(units); k++) {
    int start[12], held = 0, model = 0, runs = runs_of(100, 3000);
    for (int i = 0; i < units[k]; i++)
      start[i] = 4 + 4 * (i % 4);
    struct world w = { .units = units[k], .periods = 20, .effect = 0.5, .rho = 0.6, .level = 1, .start = start };
    for (int run = 0; run < runs; run++) {
      g_autoptr(panel_auto) p = draw(rng, &w);
      g_autoptr(GError) error = NULL;
      struct trial_wedge r;
      g_assert_true(trial_wedge(p, &(struct randomise_options){ .draws = 999, .exact_most = 1000, .seed = (uint64_t)run + 1 }, &r, &error));
      g_assert_true(r.randomised);
      held += r.chance.low <= 0.5 && 0.5 <= r.chance.high;
      model += r.low <= 0.5 && 0.5 <= r.high;
      near(r.chance.estimate, r.estimate, 1e-8);
    }
    g_test_message("stepped wedge, %d units: coverage by permuting %.3f, by the model %.3f of %d", units[k], held / (double)runs, model / (double)runs, runs);
    g_assert_cmpfloat(held / (double)runs, >, 0.91);
  }
  gsl_rng_free(rng);
}

/* The mixed model without autocorrelation: error as the formula of Hussey and Hughes at the variances that were found. */
static void test_wedge_model(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int start[12];
  for (int i = 0; i < 12; i++)
    start[i] = 1 + i % 4;
  struct world w = { .units = 12, .periods = 5, .effect = 1, .rho = 0, .level = 2, .start = start };
  g_autoptr(panel_auto) p = draw(rng, &w);
  g_autoptr(GError) error = NULL;
  struct trial_wedge r;
  g_assert_true(trial_wedge(p, &(struct randomise_options){ 0 }, &r, &error));
  struct power_design d = { .units = 12, .periods = 5, .first = p->first, .sd = r.sd, .level_sd = r.level_sd };
  near(r.se, power_se(&d), 1e-6);
  near(r.level_sd, 2, 0.9);
  /* A gap: still estimated, and the permuted estimate is the model's; all treated at once: refused. */
  p->y[3] = NAN;
  g_assert_true(trial_wedge(p, &(struct randomise_options){ 0 }, &r, &error));
  g_assert_true(r.randomised);
  g_assert_cmpint(r.cells, ==, 59);
  near(r.chance.estimate, r.estimate, 1e-8);
  for (int i = 0; i < 12; i++)
    p->first[i] = 2;
  g_assert_false(trial_wedge(p, &(struct randomise_options){ 0 }, &r, &error));
  g_assert_nonnull(strstr(error->message, "cannot be told from the periods"));
  gsl_rng_free(rng);
}

/* Written down, so that another program can have the same numbers: R lme4 1.1-31, y ~ factor(t) [+ x] + z + (1 | i) by restricted maximum
 * likelihood, with all cells and without every fourth or so. */
static void test_wedge_published(void)
{
  enum { UNITS = 10, PERIODS = 7 };
  static const struct { bool covariate, gaps; double estimate, se, level_sd, sd; } cases[] = {
    { false, false, 0.6885095, 0.3328093, 1.4209532, 0.7797668 }, { true, false, 0.6682118, 0.2917713, 1.4266134, 0.6812765 },
    { false, true, 0.9039935, 0.3496565, 1.4405686, 0.7605759 }, { true, true, 0.8969668, 0.3135108, 1.4585572, 0.6793546 } };
  for (unsigned c = 0; c < G_N_ELEMENTS(cases); c++) {
    int n = 0, unit[UNITS * PERIODS];
    int64_t time[UNITS * PERIODS], start[UNITS * PERIODS];
    double y[UNITS * PERIODS], x[UNITS * PERIODS];
    for (int i = 0; i < UNITS; i++)
      for (int t = 0; t < PERIODS; t++) {
        int from = 1 + i % 6;
        if (cases[c].gaps && (i * t + i) % 4 == 3)
          continue;
        unit[n] = i;
        time[n] = t;
        start[n] = from;
        x[n] = cos(5.0 * i + 3 * t);
        y[n] = 10 + 2 * sin(7.0 * i) + 0.3 * t + 0.8 * (t >= from) + 0.7 * x[n] + sin(13.0 * i * t + t * t + i);
        n++;
      }
    g_autoptr(GError) error = NULL;
    struct trial_wedge r;
    g_autoptr(panel_auto) p = panel_new(&(struct panel_rows){ .rows = n, .units = UNITS, .unit = unit, .time = time, .start = start, .outcome = y, .x = x, .columns = cases[c].covariate },
                                        PANEL_AS_IT_IS, &error);
    g_assert_no_error(error);
    g_assert_true(trial_wedge(p, &(struct randomise_options){ .draws = 499 }, &r, &error));
    near(r.estimate, cases[c].estimate, 5e-7);
    near(r.se, cases[c].se, 5e-6);
    near(r.level_sd, cases[c].level_sd, 5e-5);
    near(r.sd, cases[c].sd, 5e-6);
    g_assert_true(r.randomised);
    near(r.chance.estimate, r.estimate, 1e-8);
    for (size_t at = 0; at < (size_t)UNITS * PERIODS && cases[c].covariate; at++)
      p->x[at] = (double)(at / UNITS); /* the same for all in a period */
    if (cases[c].covariate) {
      g_assert_false(trial_wedge(p, &(struct randomise_options){ 0 }, &r, &error));
      g_assert_nonnull(strstr(error->message, "on the period"));
    }
  }
}

/* The permuted interval with covariates and every fifth cell gone. */
static void test_wedge_gaps(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int start[8], held = 0, runs = runs_of(100, 3000);
  for (int i = 0; i < 8; i++)
    start[i] = 3 + 3 * (i % 4);
  struct world w = { .units = 8, .periods = 15, .effect = 0.5, .rho = 0.6, .level = 1, .start = start };
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = draw(rng, &w);
    g_autoptr(GError) error = NULL;
    struct trial_wedge r;
    p->columns = 1;
    p->x = g_new(double, 8 * 15);
    for (int at = 0; at < 8 * 15; at++) {
      p->x[at] = gsl_ran_gaussian(rng, 1);
      p->y[at] = gsl_ran_flat(rng, 0, 1) < 0.2 ? NAN : p->y[at] + p->x[at];
    }
    g_assert_true(trial_wedge(p, &(struct randomise_options){ .draws = 999, .exact_most = 1000, .seed = (uint64_t)run + 1 }, &r, &error));
    g_assert_true(r.randomised);
    held += r.chance.low <= 0.5 && 0.5 <= r.chance.high;
  }
  g_test_message("stepped wedge, 8 units, a covariate, a fifth of the cells gone: coverage by permuting %.3f of %d", held / (double)runs, runs);
  g_assert_cmpfloat(held / (double)runs, >, 0.91);
  gsl_rng_free(rng);
}

/* Adjustment saves what the covariate explains, and none of the methods is off. */
static void test_adjustment(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  enum { ROWS = 400 };
  double y[ROWS], x[ROWS];
  int treated[ROWS], cluster[ROWS];
  for (int i = 0; i < ROWS; i++) {
    treated[i] = i % 2;
    cluster[i] = i / 10;
    x[i] = gsl_ran_gaussian(rng, 2);
    y[i] = 1 + 0.5 * treated[i] + x[i] + gsl_ran_gaussian(rng, 1);
  }
  struct trial_rows rows = { .n = ROWS, .outcome = y, .treated = treated, .x = x, .columns = 1 };
  g_autoptr(GError) error = NULL;
  struct trial_result r;
  for (int method = TRIAL_DIFFERENCE; method <= TRIAL_ADJUSTED; method++) {
    g_assert_true(trial_parallel(&rows, method, 0, &r, &error));
    near(r.estimate, 0.5, 4 * r.se);
    if (method != TRIAL_DIFFERENCE)
      near(r.se / r.plain_se, sqrt(1 / 5.0), 0.06);
  }
  rows.cluster = cluster;
  rows.clusters = ROWS / 10;
  for (int i = 0; i < ROWS; i++)
    treated[i] = cluster[i] % 2;
  g_assert_true(trial_parallel(&rows, TRIAL_ANCOVA, 0, &r, &error));
  g_assert_cmpint(r.treated, ==, 20);
  near(r.df, 38, 2);
  near(r.cr1_se, r.se, 0.1 * r.se);
  for (int i = 0; i < ROWS; i++)
    treated[i] = cluster[i] == 0;
  g_assert_false(trial_parallel(&rows, TRIAL_ANCOVA, 0, &r, &error));
  g_assert_nonnull(strstr(error->message, "1 treated and 39 other"));
  gsl_rng_free(rng);
}

/* Forty units, looked at every week for half a year, nothing there. */
static void test_sequence(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int start[40], crossed = 0, naive = 0, runs = runs_of(300, 3000);
  enum { BEFORE = 10, AFTER = 26 };
  for (int i = 0; i < 40; i++)
    start[i] = i % 2 ? BEFORE : 99;
  struct world w = { .units = 40, .periods = BEFORE + AFTER, .rho = 0.4, .level = 1, .start = start };
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = draw(rng, &w);
    bool out = false, plain = false;
    double planned = 0;
    int periods = p->periods;
    for (int weeks = AFTER; weeks >= 3; weeks--) { /* from the last on, so that the planned information is known */
      g_autoptr(GError) error = NULL;
      struct trial_result r;
      p->periods = BEFORE + weeks;
      for (int i = 0; i < 40; i++)
        p->first[i] = p->start[i] == PANEL_NEVER ? p->periods : BEFORE;
      g_assert_true(trial_panel(p, 0, TRIAL_ANCOVA, 0, &r, &error));
      planned = weeks == AFTER ? 1 / (r.se * r.se) : planned;
      out = out || fabs(r.estimate) > r.se * sequence_critical(1 / (r.se * r.se), planned, 0.05);
      plain = plain || r.p < 0.05;
    }
    p->periods = periods;
    crossed += out;
    naive += plain;
  }
  g_test_message("false positives over 24 weekly looks: sequence %.3f, naive %.3f of %d", crossed / (double)runs, naive / (double)runs, runs);
  g_assert_cmpint(crossed, <=, runs * 6 / 100);
  g_assert_cmpint(naive, >, runs * 10 / 100);
  /* p and interval are one. */
  near(sequence_p(sequence_critical(4, 4, 0.05) * 0.5, 0.5, 4), 0.05, 1e-9);
  /* The paper's tuning at the planned time: about 1.5 of the fixed width. */
  near(sequence_critical(1, 1, 0.05), 3.04, 0.05);
  gsl_rng_free(rng);
}

/* The power that was foretold is the power that is had: 16 units, means adjusted by means. */
static void test_power_kept(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int start[16], found = 0, runs = runs_of(500, 5000);
  for (int i = 0; i < 16; i++)
    start[i] = i % 2 ? 12 : 99;
  struct world w = { .units = 16, .periods = 24, .rho = 0.3, .level = 1, .start = start };
  struct power_design d = { .units = 16, .periods = 24, .first = start, .sd = 1, .level_sd = 1, .autocorrelation = 0.3, .means = true };
  w.effect = power_smallest(power_se(&d), power_df(&d), 0.05, 0.8);
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = draw(rng, &w);
    g_autoptr(GError) error = NULL;
    struct trial_result r;
    g_assert_true(trial_panel(p, 0, TRIAL_ANCOVA, 0, &r, &error));
    found += r.p <= 0.05;
  }
  g_test_message("power 0.80 foretold, %.3f had of %d", found / (double)runs, runs);
  near(found / (double)runs, 0.8, 0.05);
  gsl_rng_free(rng);
}

/* The noise, the levels and the autocorrelation of a past are found again, and with them the power. */
static void test_power_learnt(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int start[24];
  double sd = 0, level = 0, rho = 0, runs = 60;
  for (int i = 0; i < 24; i++)
    start[i] = i % 2 ? 40 : 99;
  struct world w = { .units = 24, .periods = 44, .rho = 0.4, .level = 1.5, .effect = 9, .start = start };
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = draw(rng, &w);
    struct power_design d = { 0 };
    g_assert_true(power_learn(p, &d));
    sd += d.sd / runs;
    level += d.level_sd / runs;
    rho += d.autocorrelation / runs;
  }
  near(sd, 1, 0.06);
  near(level, 1.5, 0.12);
  near(rho, 0.4, 0.06);
  gsl_rng_free(rng);
}

static void test_switchback(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  enum { UNITS = 3, PERIODS = 60, N = UNITS * PERIODS };
  int unit[N], time[N], on[N], held = 0, chance = 0, runs = runs_of(200, 2000);
  double y[N];
  struct trial_switchback r;
  g_autoptr(GError) error = NULL;
  for (int run = 0; run < runs; run++) {
    for (int u = 0; u < UNITS; u++) {
      int state[10] = { 0, 0, 0, 0, 0, 1, 1, 1, 1, 1 };
      double shock = 0, lingering = 0;
      gsl_ran_shuffle(rng, state, 10, sizeof(int));
      for (int t = 0; t < PERIODS; t++) {
        int i = u * PERIODS + t;
        shock = 0.5 * shock + gsl_ran_gaussian(rng, 1);
        lingering = t % 6 < 1 ? lingering : state[t / 6]; /* what was before lasts one period longer */
        unit[i] = u;
        time[i] = t;
        on[i] = state[t / 6];
        y[i] = 2 * u + lingering + shock;
      }
    }
    g_assert_true(trial_switchback(unit, time, on, y, N, UNITS, 6, 2, &(struct randomise_options){ .draws = 499, .seed = (uint64_t)run + 1 }, &r, &error));
    held += r.mean.low <= 1 && 1 <= r.mean.high;
    chance += r.chance.low <= 1 && 1 <= r.chance.high;
  }
  g_test_message("switchback: coverage %.3f, by permuting %.3f of %d", held / (double)runs, chance / (double)runs, runs);
  g_assert_cmpint(r.blocks, ==, 30);
  g_assert_cmpint(chance, >=, runs * 91 / 100);
  g_assert_cmpint(held, >=, runs * 90 / 100);
  on[3] = !on[3];
  g_assert_false(trial_switchback(unit, time, on, y, N, UNITS, 6, 2, &(struct randomise_options){ 0 }, &r, &error));
  gsl_rng_free(rng);
}

/* The fifteen p-values of Benjamini and Hochberg (1995), § 3.2: four are believed at 5 %. */
static void test_discovery(void)
{
  static const double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };
  double adjusted[15], mean[8], sd[8];
  int believed = 0;
  discovery_benjamini_hochberg(p, 15, adjusted);
  for (int i = 0; i < 15; i++)
    believed += adjusted[i] <= 0.05;
  g_assert_cmpint(believed, ==, 4);
  near(adjusted[3], 0.0095 * 15 / 4, 1e-12);
  discovery_benjamini_yekutieli(p, 15, adjusted);
  near(adjusted[0], 0.0001 * 15 * 3.318228993, 1e-9);
  /* Eight schools (Rubin 1981): metafor's REML finds no spread, hence the common mean 7.69 with error 4.07 for all. */
  static const double effect[] = { 28, 8, -3, 7, -1, 1, 18, 12 }, se[] = { 15, 10, 16, 11, 9, 11, 10, 18 };
  struct discovery_spread s = discovery_shrink(effect, se, 8, mean, sd);
  near(s.spread, 0, 1e-3);
  near(s.mean, 7.6856, 1e-3);
  near(s.mean_se, 4.0719, 1e-3);
  near(mean[0], 7.6856, 1e-3);
  /* Picked because it passed: pulled in, the more the nearer to the threshold; far away it stays. */
  g_assert_cmpfloat(discovery_unpick(2.0, 1, 1.96), <, 1.2);
  near(discovery_unpick(8, 1, 1.96), 8, 1e-6);
  near(discovery_unpick(-8, 1, 1.96), -8, 1e-6);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/trial/parallel", test_parallel_coverage);
  g_test_add_func("/stats/trial/wedge", test_wedge_coverage);
  g_test_add_func("/stats/trial/wedge-model", test_wedge_model);
  g_test_add_func("/stats/trial/wedge-published", test_wedge_published);
  g_test_add_func("/stats/trial/wedge-gaps", test_wedge_gaps);
  g_test_add_func("/stats/trial/adjustment", test_adjustment);
  g_test_add_func("/stats/trial/sequence", test_sequence);
  g_test_add_func("/stats/trial/power", test_power_kept);
  g_test_add_func("/stats/trial/power-learnt", test_power_learnt);
  g_test_add_func("/stats/trial/switchback", test_switchback);
  g_test_add_func("/stats/trial/discovery", test_discovery);
  return g_test_run();
}
