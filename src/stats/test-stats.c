/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The numbers against tables and by simulation: published values, and the rates at which the procedures are wrong. */
#include "stats/normal.h"
#include "stats/regress.h"
#include "stats/robust.h"
#include "stats/shift.h"
#include <glib.h>
#include <math.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

static void test_normal(void)
{
  near(normal_cdf(1.959963985), 0.975, 1e-9);
  near(normal_cdf(-3), 0.001349898031630, 1e-14);
  near(normal_log_cdf(-20), -203.917155371, 1e-6); /* R: pnorm(-20, log.p = TRUE) */
  near(normal_log_density(0, 1), -0.918938533205, 1e-11);
  /* Against numerical integration over the half-normal. */
  double sum = 0, se = 0.3, scale = 0.5, estimate = 0.4;
  for (int i = 0; i < 200000; i++) {
    double x = (i + 0.5) * 5 / 200000;
    sum += 2 * exp(normal_log_density(x, scale * scale) + normal_log_density(estimate - x, se * se)) * 5 / 200000;
  }
  near(normal_weigh(estimate, se, scale, 0), log(sum) - normal_log_density(estimate, se * se), 1e-6);
  g_assert_cmpfloat(normal_weigh(0, 0.05, 0.5, 0), <, -1.5);
  near(normal_weigh(1, INFINITY, 0.5, 0), 0, 1e-12);
  near(normal_weigh(9, 0.1, 0.5, 0), NORMAL_WEIGH_LIMIT, 1e-12);
}

static void test_robust(void)
{
  double x[] = { 1, 2, 3, 4, 1000, NAN };
  near(robust_median(x, 6), 3, 1e-12);
  near(robust_quantile(x, 6, 0.25), 2, 1e-12);
  near(robust_spread(x, 5), 1.4826 * 6 / 5, 1e-12);
  g_assert_cmpfloat(robust_mean(x, 6), <, 5);
  g_assert_true(isnan(robust_median(x + 5, 1)));
}

/* Longley's data are harsh; here the textbook case of Anscombe's first set: slope 0.5001, intercept 3.0001, residual sd 1.237. */
static void test_regress(void)
{
  static const double u[] = { 10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5 }, y[] = { 8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68 };
  double x[22];
  struct regress_fit fit;
  for (int i = 0; i < 11; i++) {
    x[2 * i] = 1;
    x[2 * i + 1] = u[i];
  }
  g_assert_true(regress_least_squares(x, y, NULL, NULL, 11, 2, 0, &fit));
  near(fit.beta[1], 0.5000909, 1e-6);
  near(fit.beta[0], 3.0000909, 1e-6);
  near(fit.residual_sd, 1.236603, 1e-6);
  for (int i = 0; i < 11; i++)
    x[2 * i] = 2 * u[i];
  g_assert_false(regress_least_squares(x, y, NULL, NULL, 11, 2, 0, &fit)); /* dependent columns */
}

/* With clustered noise the clustered error covers; the plain one does not. */
static void test_clusters(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  int covered = 0, plain_covered = 0, runs = 300;
  for (int run = 0; run < runs; run++) {
    double x[600], y[300];
    int cluster[300];
    for (int g = 0; g < 30; g++) {
      double u = gaussian(rand), v = gaussian(rand);
      for (int i = 0; i < 10; i++) {
        int at = g * 10 + i;
        cluster[at] = g;
        x[2 * at] = 1;
        x[2 * at + 1] = u + 0.3 * gaussian(rand);
        y[at] = 2 + 0.5 * x[2 * at + 1] + v + 0.3 * gaussian(rand);
      }
    }
    struct regress_fit fit, plain;
    g_assert_true(regress_least_squares(x, y, NULL, cluster, 300, 2, 30, &fit));
    g_assert_true(regress_least_squares(x, y, NULL, NULL, 300, 2, 0, &plain));
    covered += fabs(fit.beta[1] - 0.5) < 2.05 * fit.se[1];
    plain_covered += fabs(plain.beta[1] - 0.5) < 2.05 * plain.se[1];
  }
  g_assert_cmpint(covered, >, runs * 86 / 100);
  g_assert_cmpint(plain_covered, <, runs * 75 / 100);
}

static void fill(GRand *rand, double *y, int series, int n, double rho, int fallen, int at, double fall)
{
  for (int s = 0; s < series; s++) {
    double x = gaussian(rand);
    for (int t = 0; t < n; t++) {
      x = rho * x + sqrt(1 - rho * rho) * gaussian(rand);
      y[s * n + t] = x - (s < fallen && t >= at ? fall : 0);
    }
  }
}

static void test_scan(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  double y[10 * 80], sd[10];
  int alarms = 0, found = 0, placed = 0, runs = 200;
  for (int s = 0; s < 10; s++)
    sd[s] = 1;
  for (int run = 0; run < runs; run++) {
    fill(rand, y, 10, 80, 0.4, 0, 0, 0);
    alarms += shift_scan(y, sd, 10, 80, 0.4, 1.5, 0.3, 6).evidence > 3;
    fill(rand, y, 10, 80, 0.4, 4, 50, 1.2);
    struct shift shift = shift_scan(y, sd, 10, 80, 0.4, 1.5, 0.3, 6);
    found += shift.evidence > 3;
    placed += ABS(shift.at - 50) <= 5;
  }
  g_assert_cmpint(alarms, <=, runs / 20);
  g_assert_cmpint(found, >=, runs * 90 / 100);
  g_assert_cmpint(placed, >=, runs * 85 / 100);
}

static void test_divide(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  int some = 0, all = 0, runs = 200;
  for (int run = 0; run < runs; run++) {
    double fall[12], variance[12], fell[12];
    for (int i = 0; i < 12; i++) {
      variance[i] = 0.04;
      fall[i] = (i < 5 ? 1.2 : 0) + 0.2 * gaussian(rand);
    }
    some += shift_divide(fall, variance, 12, 0.05, fell).evidence > 0 && fell[0] > 0.5 && fell[11] < 0.5;
    for (int i = 0; i < 12; i++)
      fall[i] = 1.2 + 0.2 * gaussian(rand);
    all += shift_divide(fall, variance, 12, 0.05, fell).evidence < 0;
  }
  g_assert_cmpint(some, >=, runs * 90 / 100);
  g_assert_cmpint(all, >=, runs * 90 / 100);
}

static void test_groups(void)
{
  double x[] = { 0.1, -0.1, 0.05, 0, -0.05, 2.0, 2.1, 1.9, 2.05, 1.95 }, v[10], low[10];
  for (int i = 0; i < 10; i++)
    v[i] = 0.01;
  struct shift_groups groups = shift_group(x, v, 10, low);
  g_assert_true(groups.two);
  near(groups.low, 0, 0.05);
  near(groups.high, 2, 0.05);
  g_assert_cmpfloat(low[0], >, 0.99);
  g_assert_cmpfloat(low[9], <, 0.01);
  for (int i = 0; i < 10; i++)
    x[i] = 0.1 * (i % 3);
  g_assert_false(shift_group(x, v, 10, low).two);
}

static void test_autocorrelation(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  double y[20 * 100];
  fill(rand, y, 20, 100, 0.6, 0, 0, 0);
  near(shift_autocorrelation(y, NULL, 20, 100), 0.6, 0.07);
  fill(rand, y, 20, 100, 0, 0, 0, 0);
  g_assert_cmpfloat(shift_autocorrelation(y, NULL, 20, 100), <, 0.08);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/normal", test_normal);
  g_test_add_func("/stats/robust", test_robust);
  g_test_add_func("/stats/regress", test_regress);
  g_test_add_func("/stats/clusters", test_clusters);
  g_test_add_func("/stats/scan", test_scan);
  g_test_add_func("/stats/divide", test_divide);
  g_test_add_func("/stats/groups", test_groups);
  g_test_add_func("/stats/autocorrelation", test_autocorrelation);
  return g_test_run();
}
