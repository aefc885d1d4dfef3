/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What serves few units: randomisation, the wild bootstrap, the plain difference in differences and its decomposition,
 * power. Against published numbers, against brute force, and by simulation. */
#include "stats/linear.h"
#include "stats/power.h"
#include "stats/randomise.h"
#include "stats/twoway.h"
#include "stats/wild.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

static gsl_rng *generator(unsigned long seed)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, seed);
  return rng;
}

/* Darwin's maize, fifteen pairs (Fisher, The Design of Experiments, § 21): of 32,768 ways to give out the signs 863 reach
 * the sum on one side. And the first six children of the honey experiment (Imbens and Rubin, table 5.5): p = 0.8. */
static void test_fisher(void)
{
  static const double darwin[] = { 49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48 };
  double outcome[30];
  int treated[30], block[30];
  struct randomise_result r;
  for (int i = 0; i < 30; i++) {
    treated[i] = i % 2;
    block[i] = 7 * (i / 2);
    outcome[i] = i % 2 ? darwin[i / 2] : 0;
  }
  g_assert_true(randomise_means(outcome, treated, block, 30, &(struct randomise_options){ .exact_most = 40000 }, &r));
  near(r.estimate, 314 / 15.0, 1e-9);
  near(r.p, 1726 / 32768.0, 1e-9);
  near(r.assignments, 32768, 0.5);
  g_assert_true(r.exact);
  g_assert_cmpfloat(r.low, <, 0);
  g_assert_true(randomise_means(outcome, treated, block, 30, &(struct randomise_options){ .seed = 3, .draws = 20000 }, &r));
  g_assert_false(r.exact);
  near(r.p, 1726 / 32768.0, 0.006);
  double cough[] = { 3, 5, 0, 4, 0, 1 };
  int honey[] = { 1, 1, 1, 0, 0, 0 };
  g_assert_true(randomise_means(cough, honey, NULL, 6, &(struct randomise_options){ 0 }, &r));
  near(r.p, 0.8, 1e-9);
  near(r.estimate, 1, 1e-9);
  g_assert_true(isinf(r.high)); /* twenty assignments: 5 % is one of them, and none can be excluded */
  int all[] = { 1, 1, 1 };
  g_assert_false(randomise_means(cough, all, NULL, 3, &(struct randomise_options){ 0 }, &r));
}

/* The ends of the interval are where the p-value of a shifted outcome passes alpha; and it covers. */
static void test_inversion(void)
{
  gsl_rng *rng = generator(9);
  int covered = 0, runs = g_getenv("MENO_SOAK") ? 4000 : 400;
  for (int run = 0; run < runs; run++) {
    double outcome[10], shifted[10];
    int treated[10];
    struct randomise_result r, at;
    for (int i = 0; i < 10; i++) {
      treated[i] = i < 5;
      outcome[i] = gsl_ran_gaussian(rng, 1) + treated[i];
    }
    g_assert_true(randomise_means(outcome, treated, NULL, 10, &(struct randomise_options){ 0 }, &r));
    covered += r.low <= 1 && 1 <= r.high;
    for (int side = 0; side < 4 && run < 20; side++) {
      double to = (side < 2 ? r.low : r.high) + (side % 2 ? 1e-6 : -1e-6);
      for (int i = 0; i < 10; i++)
        shifted[i] = outcome[i] - to * treated[i];
      g_assert_true(randomise_means(shifted, treated, NULL, 10, &(struct randomise_options){ 0 }, &at));
      g_assert_true((at.p > 0.05) == (side == 1 || side == 2));
    }
  }
  gsl_rng_free(rng);
  g_test_message("coverage %.3f of %d", covered / (double)runs, runs);
  g_assert_cmpint(covered, >=, runs * 93 / 100);
}

/* Every sign pattern by refitting, as the method is defined. */
static void test_wild_brute(void)
{
  enum { G = 7, EACH = 5, N = G * EACH };
  double x[2 * N], y[N], other[N], beta[2], bread[4], residual[N], variance[4], draw[N], restricted[1];
  int cluster[N], count = 0;
  for (int i = 0; i < N; i++) {
    cluster[i] = i % G;
    x[2 * i] = other[i] = 1;
    x[2 * i + 1] = (cluster[i] < 3) + 0.3 * sin(5.0 * i);
    y[i] = sin(3.0 * cluster[i]) + cos(7.0 * i) + 0.5 * x[2 * i + 1];
  }
  struct wild_result r;
  g_assert_true(wild_test(x, y, cluster, G, N, 2, 1, &(struct wild_options){ .weights = WILD_RADEMACHER }, &r));
  g_assert_true(r.exact);
  g_assert_true(linear_fit(other, y, NULL, N, 1, restricted, NULL, residual));
  g_autofree double *kept = g_memdup2(residual, sizeof residual);
  for (int pattern = 0; pattern < 1 << G; pattern++) {
    for (int i = 0; i < N; i++)
      draw[i] = restricted[0] + (pattern >> cluster[i] & 1 ? -1 : 1) * kept[i];
    g_assert_true(linear_fit(x, draw, NULL, N, 2, beta, bread, residual));
    g_assert_true(linear_variance(LINEAR_CR1, x, NULL, residual, bread, cluster, G, N, 2, NULL, variance, NULL));
    count += fabs(beta[1] / sqrt(variance[3])) >= fabs(r.t) * (1 - 1e-9);
  }
  near(r.p, count / 128.0, 1e-9);
  /* The interval holds the estimate, and p at its ends is about alpha. */
  struct wild_result end;
  g_assert_true(wild_test(x, y, cluster, G, N, 2, 1, &(struct wild_options){ .seed = 2 }, &r));
  g_assert_true(wild_test(x, y, cluster, G, N, 2, 1, &(struct wild_options){ .seed = 2, .null = r.high }, &end));
  near(end.p, 0.05, 0.01);
  g_assert_cmpfloat(r.low, <, r.estimate);
}

/* Eight clusters, half treated, nothing to find. */
static void test_wild_size(void)
{
  enum { G = 8, EACH = 10, N = G * EACH };
  gsl_rng *rng = generator(4);
  int wild = 0, naive = 0, runs = g_getenv("MENO_SOAK") ? 3000 : 400;
  for (int run = 0; run < runs; run++) {
    double x[2 * N], y[N];
    int cluster[N];
    for (int g = 0; g < G; g++) {
      double shared = gsl_ran_gaussian(rng, 1);
      for (int i = 0; i < EACH; i++) {
        int at = g * EACH + i;
        cluster[at] = g;
        x[2 * at] = 1;
        x[2 * at + 1] = g < 4;
        y[at] = shared + gsl_ran_gaussian(rng, 1);
      }
    }
    struct wild_result r;
    g_assert_true(wild_test(x, y, cluster, G, N, 2, 1, &(struct wild_options){ .draws = 499, .seed = (uint64_t)run + 1 }, &r));
    wild += r.p <= 0.05;
    naive += fabs(r.t) > 1.96;
  }
  gsl_rng_free(rng);
  g_test_message("false positives: wild %.3f, normal %.3f of %d", wild / (double)runs, naive / (double)runs, runs);
  g_assert_cmpint(wild, <=, runs * 75 / 1000);
  g_assert_cmpint(naive, >, wild);
}

static struct panel *simulate(gsl_rng *rng, int units, int periods, const int *start, double effect)
{
  int n = units * periods;
  g_autofree int *unit = g_new(int, (size_t)n);
  g_autofree int64_t *time = g_new(int64_t, (size_t)n), *first = g_new(int64_t, (size_t)n);
  g_autofree double *y = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++) {
    unit[i] = i / periods;
    time[i] = i % periods;
    first[i] = start[unit[i]] < periods ? start[unit[i]] : PANEL_NEVER;
    y[i] = unit[i] % 5 + gsl_ran_gaussian(rng, 1) + (time[i] >= start[unit[i]] ? effect * (1 + (double)time[i] - start[unit[i]]) : 0);
  }
  g_autoptr(GError) error = NULL;
  struct panel *p = panel_new(&(struct panel_rows){ .rows = n, .units = units, .unit = unit, .time = time, .start = first, .outcome = y }, PANEL_COMPLETE, &error);
  g_assert_no_error(error);
  return p;
}

/* The weighted parts add up to the coefficient of the regression, which is made here with all its dummies. */
static void test_bacon(void)
{
  gsl_rng *rng = generator(12);
  int start[12];
  for (int i = 0; i < 12; i++)
    start[i] = (int[]){ 2, 4, 5, 9, 0 }[i % 5];
  g_autoptr(panel_auto) p = simulate(rng, 12, 8, start, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(twoway_bacon_auto) b = twoway_decompose(p, &error);
  g_assert_no_error(error);
  int k = 12 + 7 + 1, n = 96;
  g_autofree double *x = g_new0(double, (size_t)(k * n)), *y = g_new(double, (size_t)n), *beta = g_new(double, (size_t)k);
  for (int t = 0; t < 8; t++)
    for (int i = 0; i < 12; i++) {
      double *row = x + (t * 12 + i) * k;
      row[i] = 1;
      if (t > 0)
        row[12 + t - 1] = 1;
      row[19] = t >= p->first[i];
      y[t * 12 + i] = p->y[t * 12 + i];
    }
  g_assert_true(linear_fit(x, y, NULL, n, k, beta, NULL, NULL));
  near(b->estimate, beta[19], 1e-9);
  g_assert_cmpfloat(b->forbidden, >, 0.05);
  double sum = 0;
  for (int i = 0; i < b->count; i++)
    sum += b->parts[i].weight;
  near(sum, 1, 1e-12);
  gsl_rng_free(rng);
}

/* Goodman-Bacon's example of three groups and a hundred periods, starts at 34 and 85: the weights of his figure 2. */
static void test_bacon_published(void)
{
  gsl_rng *rng = generator(5);
  static const struct { enum twoway_kind kind; int64_t treated; double weight; } wanted[] = {
    { TWOWAY_UNTREATED, 33, 0.365 }, { TWOWAY_UNTREATED, 84, 0.222 }, { TWOWAY_EARLIER_LATER, 33, 0.278 }, { TWOWAY_LATER_EARLIER, 84, 0.135 } };
  g_autoptr(panel_auto) p = simulate(rng, 3, 100, (int[]){ 100, 33, 84 }, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(twoway_bacon_auto) b = twoway_decompose(p, &error);
  g_assert_no_error(error);
  g_assert_cmpint(b->count, ==, G_N_ELEMENTS(wanted));
  for (int i = 0; i < b->count; i++)
    for (unsigned w = 0; w < G_N_ELEMENTS(wanted); w++)
      if (b->parts[i].kind == wanted[w].kind && b->parts[i].treated == wanted[w].treated)
        near(b->parts[i].weight, wanted[w].weight, 5e-4);
  near(b->forbidden, 0.135, 5e-4);
  gsl_rng_free(rng);
}

/* The plain one is Welch's test on the changes; its coverage with twelve autocorrelated units. */
static void test_simple(void)
{
  gsl_rng *rng = generator(21);
  int start[12], covered = 0, runs = g_getenv("MENO_SOAK") ? 4000 : 500;
  for (int i = 0; i < 12; i++)
    start[i] = i < 5 ? 4 : 8;
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = simulate(rng, 12, 8, start, 0);
    g_autoptr(GError) error = NULL;
    struct twoway_simple r;
    g_assert_true(twoway_simple(p, 0, &r, &error));
    covered += r.low <= 0 && 0 <= r.high;
    g_assert_cmpint(r.treated, ==, 5);
    g_assert_cmpint(r.before, ==, 4);
  }
  g_test_message("coverage %.3f of %d", covered / (double)runs, runs);
  g_assert_cmpint(covered, >=, runs * 92 / 100);
  g_assert_cmpint(covered, <=, runs * 98 / 100);
  start[0] = 5;
  g_autoptr(panel_auto) p = simulate(rng, 12, 8, start, 0);
  g_autoptr(GError) error = NULL;
  struct twoway_simple r;
  g_assert_false(twoway_simple(p, 0, &r, &error));
  g_assert_nonnull(strstr(error->message, "start at different times"));
  gsl_rng_free(rng);
}

static void test_power(void)
{
  /* R: power.t.test(n = 20, delta = 1): 0.8689528. */
  int first[40];
  double dose[40];
  for (int i = 0; i < 40; i++)
    dose[i] = i % 2;
  struct power_design one = { .units = 40, .periods = 1, .dose = dose, .sd = 1 };
  near(power_se(&one), sqrt(2 / 20.0), 1e-9);
  near(power_of(1, power_se(&one), 38, 0.05), 0.8689528, 5e-5);
  near(power_smallest(power_se(&one), 38, 0.05, 0.8689528), 1, 2e-4);
  /* Hussey and Hughes, equation 8: 4 steps, 8 units. */
  for (int i = 0; i < 8; i++)
    first[i] = 1 + i / 2;
  struct power_design wedge = { .units = 8, .periods = 5, .first = first, .sd = 1, .level_sd = 0.5 };
  double u = 0, w = 0, v = 0, I = 8, T = 5, s2 = 1, t2 = 0.25;
  for (int t = 0; t < 5; t++) {
    double sum = 0;
    for (int i = 0; i < 8; i++)
      sum += t >= first[i];
    u += sum;
    w += sum * sum;
  }
  for (int i = 0; i < 8; i++)
    v += (5.0 - first[i]) * (5.0 - first[i]);
  near(power_se(&wedge), sqrt(I * s2 * (s2 + T * t2) / ((I * u - w) * s2 + (u * u + I * T * u - T * w - I * v) * t2)), 1e-9);
  /* Later is never worse, a ramp never better; nobody to compare with: never. */
  for (int i = 0; i < 8; i++)
    first[i] = i < 4 ? 6 : 99;
  struct power_design plan = { .units = 8, .periods = 8, .first = first, .sd = 1, .level_sd = 1, .autocorrelation = 0.5, .ramp = 0 };
  double at_once = power_se(&plan);
  plan.ramp = 3;
  g_assert_cmpfloat(power_se(&plan), >, at_once);
  int wait = power_wait(&plan, 1.8, 0.8, 104);
  g_assert_cmpint(wait, >, 0);
  g_assert_cmpint(power_wait(&plan, 1.7, 0.8, 104), >, wait);
  g_assert_cmpint(power_wait(&plan, 0.01, 0.8, 52), ==, -1);
  for (int i = 0; i < 8; i++)
    first[i] = 4;
  g_assert_true(isinf(power_se(&plan)));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/few/fisher", test_fisher);
  g_test_add_func("/stats/few/inversion", test_inversion);
  g_test_add_func("/stats/few/wild-brute", test_wild_brute);
  g_test_add_func("/stats/few/wild-size", test_wild_size);
  g_test_add_func("/stats/few/bacon", test_bacon);
  g_test_add_func("/stats/few/bacon-published", test_bacon_published);
  g_test_add_func("/stats/few/simple", test_simple);
  g_test_add_func("/stats/few/power", test_power);
  return g_test_run();
}
