/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The structural time series: against R CausalImpact's published summary, against a plain regression where that must come
 * out, and how often it claims an effect that is none. */
#include "stats/bsts.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

/* google_summary.txt: average 156, prediction 129 (4.5), [120, 138]; effect 27 (4.5), [18, 36]; 21 % (3.5 %), [14 %, 28 %];
 * cumulative 4687, 3883 (134.2), effect 804 (134.2); p 0.001. */
static void test_google(void)
{
  const char *data = g_getenv("MENO_REFDATA");
  g_autofree char *path = g_build_filename(data ? data : "../shared/refdata", "causal", "google_data.csv", NULL), *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL)) {
    g_test_skip("the reference data is absent: MENO_REFDATA names its folder");
    return;
  }
  double y[200], x[400];
  int n = 0;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (int i = 1; lines[i] && *lines[i] && n < 200; i++, n++) {
    g_auto(GStrv) f = g_strsplit(lines[i], ",", -1);
    y[n] = g_ascii_strtod(f[0], NULL);
    x[2 * n] = g_ascii_strtod(f[1], NULL);
    x[2 * n + 1] = g_ascii_strtod(f[2], NULL);
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(bsts_result_auto) r = bsts_estimate(&(struct bsts_series){ .n = n, .start = 61 /* 2 March */, .y = y, .x = x, .columns = 2 }, &(struct bsts_options){ 0 }, &error);
  g_assert_no_error(error);
  g_test_message("prediction %.2f (%.2f) [%.1f, %.1f], effect %.2f, relative %.3f (%.3f), p %.4f", r->predicted.mean, r->predicted.sd, r->predicted.low,
                 r->predicted.high, r->effect.mean, r->relative.mean, r->relative.sd, r->p);
  near(r->actual * 30, 4687, 0.5);
  near(r->total_predicted.mean, 3883, 67);
  near(r->total_effect.mean, 804, 67);
  near(r->total_effect.sd, 134.2, 30);
  near(r->predicted.low, 120, 2.3);
  near(r->predicted.high, 138, 2.3);
  near(r->relative.mean, 0.21, 0.0175);
  near(r->relative.sd, 0.035, 0.005);
  g_assert_cmpfloat(r->p, <, 0.003);
}

/* A level that does not move and a strong relation: what least squares would foretell. Rescaling changes nothing. */
static void test_regression(void)
{
  enum { N = 120, START = 90 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N], x[6 * N], scaled[N];
  for (int t = 0; t < N; t++) {
    for (int j = 0; j < 6; j++)
      x[6 * t + j] = gsl_ran_gaussian(rng, 1);
    y[t] = 50 + 3 * x[6 * t] - 2 * x[6 * t + 1] + gsl_ran_gaussian(rng, 0.5) + (t >= START ? 1.5 : 0);
    scaled[t] = 1e6 * y[t];
  }
  g_autoptr(GError) error = NULL;
  struct bsts_options options = { .draws = 1500 };
  g_autoptr(bsts_result_auto) r = bsts_estimate(&(struct bsts_series){ .n = N, .start = START, .y = y, .x = x, .columns = 6 }, &options, &error);
  g_assert_no_error(error);
  near(r->effect.mean, 1.5, 0.35);
  near(r->coefficient[0], 3, 0.2);
  near(r->coefficient[1], -2, 0.2);
  g_assert_cmpfloat(r->inclusion[0], >, 0.99);
  g_assert_cmpfloat(r->inclusion[4], <, 0.3);
  near(r->noise_sd, 1.05, 0.2); /* 0.5 in truth; R’s prior holds 50 values of a fifth of the variance against it */
  g_autoptr(bsts_result_auto) s = bsts_estimate(&(struct bsts_series){ .n = N, .start = START, .y = scaled, .x = x, .columns = 6 }, &options, &error);
  near(s->effect.mean / 1e6, r->effect.mean, 1e-6);
  gsl_rng_free(rng);
}

/* Seasons: without them the noise would hide a small effect; gaps are bridged. */
static void test_season(void)
{
  enum { N = 140, START = 112 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static const double week[] = { 4, 2, 0, -1, -1, -2, -2 };
  double y[N];
  for (int t = 0; t < N; t++)
    y[t] = 20 + week[t % 7] + gsl_ran_gaussian(rng, 0.4) + (t >= START ? 1 : 0);
  y[20] = y[60] = y[115] = NAN;
  g_autoptr(GError) error = NULL;
  g_autoptr(bsts_result_auto) with = bsts_estimate(&(struct bsts_series){ .n = N, .start = START, .y = y }, &(struct bsts_options){ .draws = 1000, .season = 7 }, &error);
  g_assert_no_error(error);
  g_autoptr(bsts_result_auto) without = bsts_estimate(&(struct bsts_series){ .n = N, .start = START, .y = y }, &(struct bsts_options){ .draws = 1000 }, &error);
  near(with->effect.mean, 1, 0.5);
  g_assert_cmpint(with->after, ==, 27);
  g_assert_cmpfloat(with->effect.sd, <, without->effect.sd);
  near(with->noise_sd, 0.4, 0.15);
  near(with->mean[START + 7] - with->mean[START + 10], 5, 0.8);
  gsl_rng_free(rng);
}

static void test_false_claims(void)
{
  enum { N = 80, START = 60 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 1000 : 60, claimed = 0;
  for (int run = 0; run < runs; run++) {
    double y[N], x[2 * N];
    for (int t = 0; t < N; t++) {
      x[2 * t] = sin(t / 5.0) + gsl_ran_gaussian(rng, 0.5);
      x[2 * t + 1] = gsl_ran_gaussian(rng, 1);
      y[t] = 10 + 2 * x[2 * t] + gsl_ran_gaussian(rng, 1);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(bsts_result_auto) r = bsts_estimate(&(struct bsts_series){ .n = N, .start = START, .y = y, .x = x, .columns = 2 },
                                                  &(struct bsts_options){ .draws = 600, .seed = (uint64_t)run + 1 }, &error);
    claimed += r->effect.low > 0 || r->effect.high < 0;
  }
  g_test_message("claims of nothing: %.3f of %d", claimed / (double)runs, runs);
  g_assert_cmpint(claimed, <=, runs * 12 / 100);
  gsl_rng_free(rng);
}

static void refused(const struct bsts_series *s, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(bsts_result_auto) r = bsts_estimate(s, &(struct bsts_options){ .draws = 10 }, &error);
  g_assert_null(r);
  if (!strstr(error->message, words))
    g_error("expected \"%s\" in \"%s\"", words, error->message);
}

static void test_refusals(void)
{
  double y[] = { 1, 1, 1, 1, 5, 6 }, x[] = { 1, 2, NAN, 4, 5, 6 };
  struct bsts_series s = { .n = 6, .start = 4, .y = y };
  refused(&s, "one value only before the start");
  y[1] = 2;
  s.start = 6;
  refused(&s, "0 after the start are too few");
  s.start = 4;
  s.x = x;
  s.columns = 1;
  refused(&s, "must have no gaps");
  x[2] = 3;
  y[5] = 1e308;
  refused(&s, "value 6");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/bsts/google", test_google);
  g_test_add_func("/stats/bsts/regression", test_regression);
  g_test_add_func("/stats/bsts/season", test_season);
  g_test_add_func("/stats/bsts/false-claims", test_false_claims);
  g_test_add_func("/stats/bsts/refusals", test_refusals);
  return g_test_run();
}
