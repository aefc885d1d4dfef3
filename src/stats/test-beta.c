/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Beta distribution against closed forms (Beta(1, n), Beta(n, 1), Beta(2, 2)), against itself (mirror, inverse), and
 * the table against the exact quantile over the range that beta.h promises. */
#include "stats/beta.h"
#include <glib.h>
#include <math.h>

static void test_closed_forms(void)
{
  for (int n = 1; n <= 64; n *= 4)
    for (double x = 0.05; x < 1; x += 0.1) {
      double count = n + 1, mean = 1 / count; /* Beta(1, n): P(X > x) = (1 − x)^n */
      g_assert_cmpfloat_with_epsilon(beta_above(mean, count, x), pow(1 - x, n), 1e-12);
      g_assert_cmpfloat_with_epsilon(beta_above(1 - mean, count, x), 1 - pow(x, n), 1e-12);
      g_assert_cmpfloat_with_epsilon(beta_quantile(mean, count, x), 1 - pow(1 - x, 1.0 / n), 1e-9);
    }
  g_assert_cmpfloat_with_epsilon(beta_above(0.5, 4, 0.25), 1 - (3 * 0.0625 - 2 * 0.015625), 1e-12); /* 3x² − 2x³ */
}

static void test_ends(void)
{
  g_assert_cmpfloat(beta_above(0.5, 4, 0), ==, 1);
  g_assert_cmpfloat(beta_above(0.5, 4, -1), ==, 1);
  g_assert_cmpfloat(beta_above(0.5, 4, 1), ==, 0);
  g_assert_cmpfloat(beta_above(1, 4, 0.99), ==, 1);
  g_assert_cmpfloat(beta_above(0, 4, 0.01), ==, 0);
  g_assert_cmpfloat(beta_quantile(0, 4, 0.9), ==, 0);
  g_assert_cmpfloat(beta_quantile(1, 4, 0.1), ==, 1);
  for (double p = 0.1; p < 1; p += 0.2)
    for (double mean = 0.001; mean < 1; mean += 0.111) {
      double x = beta_quantile(mean, 0.7, p); /* shapes far below one */
      g_assert_true(x >= 0 && x <= 1);
      g_assert_cmpfloat_with_epsilon(x, 1 - beta_quantile(1 - mean, 0.7, 1 - p), 1e-6);
    }
}

static void test_table(void)
{
  struct beta_table *table = beta_table_new(0.1);
  double worst = 0;
  for (double count = 0.5; count < 1999; count *= 1.37)
    for (double mean = 0.003; mean < 1; mean += 0.0171) {
      double low, high;
      beta_table_interval(table, mean, count, &low, &high);
      worst = MAX(worst, MAX(fabs(low - beta_quantile(mean, count, 0.1)), fabs(high - beta_quantile(mean, count, 0.9))));
      g_assert_cmpfloat(low, <=, high + 1e-9);
    }
  g_test_message("worst error of the table: %.5f", worst);
  g_assert_cmpfloat(worst, <, 0.001);
  double low, high, at_end_low, at_end_high;
  beta_table_interval(table, 0.3, 1e9, &low, &high);
  beta_table_interval(table, 0.3, 2000, &at_end_low, &at_end_high);
  g_assert_true(low == at_end_low && high == at_end_high);
  beta_table_free(table);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/beta/closed-forms", test_closed_forms);
  g_test_add_func("/beta/ends", test_ends);
  g_test_add_func("/beta/table", test_table);
  return g_test_run();
}
