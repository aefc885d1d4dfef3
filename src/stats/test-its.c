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

/* How often a nominal 95 % interval of the step holds. */
struct coverage { int n, start, season; double rho; int least[4]; /* percent: Newey–West, Prais–Winsten, REML, autoregressive */ };

static void test_coverage(void)
{
  static const struct coverage cases[] = {
    { 24, 12, 0, 0, { 76, 0, 0, 92 } }, { 24, 12, 0, 0.25, { 0, 0, 0, 92 } }, { 24, 12, 0, 0.5, { 0, 0, 0, 92 } }, { 36, 24, 0, 0, { 0, 0, 0, 92 } }, { 36, 24, 0, 0.25, { 0, 0, 0, 92 } },
    { 36, 24, 0, 0.5, { 0, 0, 0, 92 } }, { 60, 36, 0, 0, { 0, 0, 0, 92 } }, { 60, 36, 0, 0.25, { 0, 0, 0, 92 } }, { 60, 36, 0, 0.5, { 0, 0, 0, 92 } }, { 60, 36, 12, 0, { 80, 86, 0, 91 } },
    { 60, 36, 12, 0.25, { 0, 0, 0, 91 } }, { 60, 36, 12, 0.5, { 0, 0, 0, 91 } }, { 60, 36, 12, 0.7, { 0, 74, 86, 91 } } };
  static const int models[] = { ITS_NEWEY_WEST, ITS_PRAIS_WINSTEN, ITS_REML, ITS_AUTOREGRESSIVE };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 4000 : 400;
  for (unsigned c = 0; c < G_N_ELEMENTS(cases); c++) {
    const struct coverage *w = &cases[c];
    int held[4] = { 0 };
    g_autoptr(GError) error = NULL;
    for (int run = 0; run < runs; run++) {
      double y[N], shock = gsl_ran_gaussian(rng, 1);
      for (int t = 0; t < w->n; t++) {
        y[t] = 10 + 0.1 * t + (t >= w->start ? 2 : 0) + (w->season ? 3 * sin(2 * G_PI * t / w->season) : 0) + shock;
        shock = w->rho * shock + sqrt(1 - w->rho * w->rho) * gsl_ran_gaussian(rng, 1);
      }
      for (int m = 0; m < 4; m++) {
        struct its_result r;
        g_assert_true(its_estimate(&(struct its_series){ .n = w->n, .start = w->start, .y = y }, &(struct its_options){ .model = models[m], .season = w->season, .harmonics = 2 }, &r, &error));
        held[m] += r.level.low <= 2 && 2 <= r.level.high;
      }
    }
    g_test_message("coverage, %d values, %d before, season %d, autocorrelation %g: Newey-West %.3f, Prais-Winsten %.3f, REML %.3f, autoregressive %.3f of %d", w->n, w->start, w->season, w->rho,
                   held[0] / (double)runs, held[1] / (double)runs, held[2] / (double)runs, held[3] / (double)runs, runs);
    for (int m = 0; m < 4; m++)
      g_assert_cmpint(held[m], >=, runs * w->least[m] / 100);
  }
  gsl_rng_free(rng);
}

/* The same estimates as least squares, without and with gaps; where ρ is all but 0 the error is the classic one, and the degrees of
 * freedom are fewer than rows less columns. */
static void test_autoregressive(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N], apart[2 * N];
  g_autoptr(GError) error = NULL;
  struct its_result plain, wide, gaps;
  series(rng, 0.4, 1, y);
  struct its_options options = { .model = ITS_NEWEY_WEST, .level_only = true };
  g_assert_true(its_estimate(&(struct its_series){ .n = N, .start = START, .y = y }, &options, &plain, &error));
  options.model = ITS_AUTOREGRESSIVE;
  g_assert_true(its_estimate(&(struct its_series){ .n = N, .start = START, .y = y }, &options, &wide, &error));
  near(wide.level.estimate, plain.level.estimate, 1e-12);
  near(wide.last.estimate, plain.last.estimate, 1e-12);
  g_assert_cmpfloat(wide.df, <, N - 3);
  g_assert_cmpfloat(wide.level.high - wide.level.low, >, plain.level.high - plain.level.low);
  for (int t = 0; t < 2 * N; t++) /* every second value lacks: the autocorrelation of one step is the root of it, the error the same */
    apart[t] = t % 2 ? NAN : y[t / 2];
  g_assert_true(its_estimate(&(struct its_series){ .n = 2 * N, .start = 2 * START, .y = apart }, &options, &gaps, &error));
  near(gaps.level.estimate, wide.level.estimate, 1e-9);
  near(gaps.autocorrelation * gaps.autocorrelation, wide.autocorrelation, 1e-4);
  near(gaps.level.se, wide.level.se, 1e-4 * wide.level.se);
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
  g_test_add_func("/stats/its/autoregressive", test_autoregressive);
  g_test_add_func("/stats/its/refusals", test_refusals);
  return g_test_run();
}
