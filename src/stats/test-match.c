/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making groups alike: exact balance, the right effect where plain comparison errs, refusal where they cannot be made alike. */
#include "stats/match.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)
enum { N = 600, K = 3 };

/* Treatment and outcome both depend on x; `apart` is by how much the arms differ. */
static void draw(gsl_rng *rng, double apart, double effect, double *y, int *treated, double *x)
{
  for (int i = 0; i < N; i++) {
    double lean = -0.5;
    for (int j = 0; j < K; j++)
      lean += apart * (x[i * K + j] = gsl_ran_gaussian(rng, 1));
    treated[i] = gsl_rng_uniform(rng) < 1 / (1 + exp(-lean));
    y[i] = x[i * K] + 2 * x[i * K + 1] + effect * treated[i] + gsl_ran_gaussian(rng, 1);
  }
}

static void test_balance(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N], x[N * K];
  int treated[N];
  g_autoptr(GError) error = NULL;
  draw(rng, 0.5, 1, y, treated, x);
  struct match_rows rows = { .n = N, .columns = K, .outcome = y, .treated = treated, .x = x };
  g_autoptr(match_result_auto) e = match_estimate(&rows, MATCH_ENTROPY, 0, &error), p = match_estimate(&rows, MATCH_PROPENSITY, 0, &error);
  g_assert_no_error(error);
  g_assert_true(e->balanced);
  near(e->worst, 0, 1e-7);
  g_assert_cmpfloat(fabs(e->balance[1].before), >, 0.2);
  near(e->estimate, 1, 4 * e->se);
  near(p->estimate, 1, 4 * p->se);
  g_assert_cmpfloat(p->worst, <, 0.15);
  /* Rescaled covariates and outcome: the same. */
  for (int i = 0; i < N; i++) {
    y[i] *= 1000;
    for (int j = 0; j < K; j++)
      x[i * K + j] = 7 + 50 * x[i * K + j];
  }
  g_autoptr(match_result_auto) again = match_estimate(&rows, MATCH_ENTROPY, 0, &error);
  near(again->estimate / 1000, e->estimate, 1e-6);
  near(again->se / 1000, e->se, 1e-6);
  near(again->e_value, e->e_value, 1e-6);
  gsl_rng_free(rng);
}

static void test_coverage(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 3000 : 300, held = 0;
  double y[N], x[N * K];
  int treated[N];
  for (int run = 0; run < runs; run++) {
    g_autoptr(GError) error = NULL;
    draw(rng, 0.4, 1, y, treated, x);
    g_autoptr(match_result_auto) r = match_estimate(&(struct match_rows){ .n = N, .columns = K, .outcome = y, .treated = treated, .x = x }, MATCH_ENTROPY, 0, &error);
    held += r->low <= 1 && 1 <= r->high;
  }
  g_test_message("coverage of entropy balancing: %.3f of %d", held / (double)runs, runs);
  g_assert_cmpint(held, >=, runs * 91 / 100);
  g_assert_cmpint(held, <=, runs * 985 / 1000);
  gsl_rng_free(rng);
}

/* The treated lie where no control is: no verdict. */
static void test_refusal(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double y[N], x[N * K];
  int treated[N];
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < N; i++) {
    treated[i] = i % 2;
    for (int j = 0; j < K; j++)
      x[i * K + j] = gsl_rng_uniform(rng) + (treated[i] ? 2 : 0);
    y[i] = x[i * K] + gsl_ran_gaussian(rng, 1);
  }
  struct match_rows rows = { .n = N, .columns = K, .outcome = y, .treated = treated, .x = x };
  g_autoptr(match_result_auto) r = match_estimate(&rows, MATCH_ENTROPY, 0, &error);
  g_assert_no_error(error);
  g_assert_false(r->balanced);
  g_assert_cmpfloat(r->worst, >, 0.5);
  rows.columns = 0;
  g_assert_null(match_estimate(&rows, MATCH_ENTROPY, 0, &error));
  g_assert_nonnull(strstr(error->message, "no covariates"));
  g_clear_error(&error);
  rows.columns = K;
  x[5] = 1e308;
  g_assert_null(match_estimate(&rows, MATCH_ENTROPY, 0, &error));
  g_assert_nonnull(strstr(error->message, "row 2"));
  gsl_rng_free(rng);
}

/* VanderWeele and Ding's example of breast feeding: risk ratio 3.9, E-value 7.26; its lower end 1.8: 3.0. */
static void test_e_value(void)
{
  near(match_e_value(3.9), 7.26, 0.005);
  near(match_e_value(1.8), 3.0, 0.005);
  near(match_e_value(1 / 3.9), 7.26, 0.005);
  near(match_e_value(1), 1, 1e-12);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/match/balance", test_balance);
  g_test_add_func("/stats/match/coverage", test_coverage);
  g_test_add_func("/stats/match/refusal", test_refusal);
  g_test_add_func("/stats/match/e-value", test_e_value);
  return g_test_run();
}
