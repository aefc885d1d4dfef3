/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interrupted time series: exact where there is no noise, what must not matter, and how often the intervals hold. */
#include "stats/its.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)
enum { N = 60, START = 36 };

static void series(gsl_rng *rng, double rho, double noise, double *y)
{
  double shock = gsl_ran_gaussian(rng, noise);
  for (int t = 0; t < N; t++) {
    y[t] = 10 + 0.1 * t + (t >= START ? 2 + 0.05 * (t - START) : 0) + 3 * sin(2 * G_PI * t / 12) + cos(4 * G_PI * t / 12) + shock;
    shock = rho * shock + sqrt(1 - rho * rho) * gsl_ran_gaussian(rng, noise);
  }
}

static void test_exact(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N], exposure[N];
  g_autoptr(GError) error = NULL;
  struct its_result r;
  struct its_series s = { .n = N, .start = START, .y = y };
  series(rng, 0, 1e-9, y);
  for (int model = ITS_NEWEY_WEST; model <= ITS_REML; model++) {
    g_assert_true(its_estimate(&s, &(struct its_options){ .model = model, .season = 12, .harmonics = 2 }, &r, &error));
    near(r.level.estimate, 2, 1e-7);
    near(r.slope.estimate, 0.05, 1e-7);
    near(r.trend.estimate, 0.1, 1e-7);
    near(r.mean.estimate, 2 + 0.05 * 11.5, 1e-7);
    near(r.last.estimate, 2 + 0.05 * 23, 1e-7);
  }
  y[7] = y[40] = NAN; /* gaps change nothing but the number of rows */
  g_assert_true(its_estimate(&s, &(struct its_options){ .model = ITS_PRAIS_WINSTEN, .season = 12, .harmonics = 2 }, &r, &error));
  g_assert_cmpint(r.rows, ==, N - 2);
  near(r.level.estimate, 2, 1e-7);
  /* Rates: the exposure is taken off. */
  for (int t = 0; t < N; t++) {
    exposure[t] = 1e6 * (1 + 0.3 * (t % 3));
    y[t] = exposure[t] * exp(-3 + 0.01 * t + (t >= START ? -0.2 : 0));
  }
  s.exposure = exposure;
  g_assert_true(its_estimate(&s, &(struct its_options){ .model = ITS_QUASI_POISSON, .level_only = true }, &r, &error));
  near(r.level.estimate, -0.2, 1e-9);
  near(r.trend.estimate, 0.01, 1e-9);
  g_assert_true(isnan(r.slope.estimate));
  near(r.dispersion, 0, 1e-6);
  gsl_rng_free(rng);
}

/* One mean before and one after, no trend in truth: Poisson's error of the log ratio is √(1/Σ + 1/Σ) without a trend; with
 * quasi-Poisson it grows by the root of the dispersion. */
static void test_counts(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N];
  g_autoptr(GError) error = NULL;
  struct its_result plain, quasi;
  struct its_series s = { .n = N, .start = START, .y = y };
  for (int t = 0; t < N; t++)
    y[t] = gsl_ran_poisson(rng, 50 * gsl_ran_gamma(rng, 5, 0.2));
  g_assert_true(its_estimate(&s, &(struct its_options){ .model = ITS_POISSON }, &plain, &error));
  g_assert_true(its_estimate(&s, &(struct its_options){ .model = ITS_QUASI_POISSON }, &quasi, &error));
  near(plain.level.estimate, quasi.level.estimate, 1e-12);
  near(quasi.level.se, plain.level.se * sqrt(plain.dispersion), 1e-9);
  g_assert_cmpfloat(plain.dispersion, >, 3);
  gsl_rng_free(rng);
}

/* How often a nominal 95 % interval of the mean effect holds. Nothing is claimed for strong autocorrelation. */
static void test_coverage(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 4000 : 400, held[2][3] = { { 0 } };
  g_autoptr(GError) error = NULL;
  for (int run = 0; run < runs; run++)
    for (int strong = 0; strong < 2; strong++) {
      double y[N];
      struct its_result r;
      series(rng, strong ? 0.6 : 0, 1, y);
      for (int model = 0; model < 3; model++) {
        g_assert_true(its_estimate(&(struct its_series){ .n = N, .start = START, .y = y }, &(struct its_options){ .model = model, .season = 12, .harmonics = 2 }, &r, &error));
        held[strong][model] += r.level.low <= 2 && 2 <= r.level.high;
      }
    }
  for (int strong = 0; strong < 2; strong++)
    g_test_message("coverage, autocorrelation %s: Newey-West %.3f, Prais-Winsten %.3f, REML %.3f of %d", strong ? "0.6" : "0", held[strong][0] / (double)runs,
                   held[strong][1] / (double)runs, held[strong][2] / (double)runs, runs);
  g_assert_cmpint(held[1][2], >=, runs * 86 / 100);
  g_assert_cmpint(held[0][1], >=, runs * 90 / 100);
  g_assert_cmpint(held[0][0], >=, runs * 84 / 100);
  g_assert_cmpint(held[1][1], >=, runs * 80 / 100);
  gsl_rng_free(rng);
}

static void refused(const struct its_series *s, const struct its_options *o, const char *words)
{
  g_autoptr(GError) error = NULL;
  struct its_result r;
  g_assert_false(its_estimate(s, o, &r, &error));
  if (!strstr(error->message, words))
    g_error("expected \"%s\" in \"%s\"", words, error->message);
}

static void test_refusals(void)
{
  double y[N];
  struct its_series s = { .n = N, .start = 58, .y = y };
  for (int t = 0; t < N; t++)
    y[t] = t % 7;
  refused(&s, &(struct its_options){ 0 }, "58 values before and 2 after the start are too few");
  s.start = START;
  y[3] = -1;
  refused(&s, &(struct its_options){ .model = ITS_POISSON }, "value 4 of the series is -1");
  for (int t = 0; t < N; t++)
    y[t] = 7;
  refused(&s, &(struct its_options){ 0 }, "one value only");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/its/exact", test_exact);
  g_test_add_func("/stats/its/counts", test_counts);
  g_test_add_func("/stats/its/coverage", test_coverage);
  g_test_add_func("/stats/its/refusals", test_refusals);
  return g_test_run();
}
