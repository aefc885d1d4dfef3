/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear models against certified and published values. */
#include "stats/linear.h"
#include <glib.h>
#include <math.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

/* Longley's data with the certified values of NIST's Statistical Reference Datasets: columns so alike that single precision
 * fails. */
static void test_longley(void)
{
  static const double data[16][7] = {
    { 60323, 83.0, 234289, 2356, 1590, 107608, 1947 }, { 61122, 88.5, 259426, 2325, 1456, 108632, 1948 }, { 60171, 88.2, 258054, 3682, 1616, 109773, 1949 },
    { 61187, 89.5, 284599, 3351, 1650, 110929, 1950 }, { 63221, 96.2, 328975, 2099, 3099, 112075, 1951 }, { 63639, 98.1, 346999, 1932, 3594, 113270, 1952 },
    { 64989, 99.0, 365385, 1870, 3547, 115094, 1953 }, { 63761, 100.0, 363112, 3578, 3350, 116219, 1954 }, { 66019, 101.2, 397469, 2904, 3048, 117388, 1955 },
    { 67857, 104.6, 419180, 2822, 2857, 118734, 1956 }, { 68169, 108.4, 442769, 2936, 2798, 120445, 1957 }, { 66513, 110.8, 444546, 4681, 2637, 121950, 1958 },
    { 68655, 112.6, 482704, 3813, 2552, 123366, 1959 }, { 69564, 114.2, 502601, 3931, 2514, 125368, 1960 }, { 69331, 115.7, 518173, 4806, 2572, 127852, 1961 },
    { 70551, 116.9, 554894, 4007, 2827, 130081, 1962 } };
  static const double beta[] = { -3482258.63459582, 15.0618722713733, -0.358191792925910E-01, -2.02022980381683, -1.03322686717359, -0.511041056535807E-01, 1829.15146461355 },
                      se[] = { 890420.383607373, 84.9149257747669, 0.334910077722432E-01, 0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212 };
  double x[16 * 7], y[16], b[7], bread[49], residual[16], variance[49], df;
  for (int i = 0; i < 16; i++) {
    y[i] = data[i][0];
    x[i * 7] = 1;
    for (int j = 1; j < 7; j++)
      x[i * 7 + j] = data[i][j] - (j == 6 ? 1900 : 0); /* years since 1900: the rest is the same but for the constant */
  }
  g_assert_true(linear_fit(x, y, NULL, 16, 7, b, bread, residual));
  g_assert_true(linear_variance(LINEAR_CLASSIC, x, NULL, residual, bread, NULL, 0, 16, 7, NULL, variance, &df));
  for (int j = 1; j < 7; j++) {
    near(b[j], beta[j], 1e-7 * fabs(beta[j]));
    near(sqrt(variance[j * 8]), se[j], 1e-6 * se[j]);
  }
  near(b[0] - 1900 * b[6], beta[0], 1e-6 * fabs(beta[0]));
  near(df, 9, 1e-9);
}

/* R: glm(am ~ wt, binomial, mtcars): 12.040, −4.024; errors 4.510, 1.436. */
static void test_logit(void)
{
  static const double wt[] = { 2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070, 3.730, 3.780, 5.250, 5.424,
                               5.345, 2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840, 3.845, 1.935, 2.140, 1.513, 3.170, 2.770, 3.570, 2.780 };
  static const double am[] = { 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1 };
  double x[64], beta[2], inverse[4];
  for (int i = 0; i < 32; i++) {
    x[2 * i] = 1;
    x[2 * i + 1] = wt[i];
  }
  g_assert_true(linear_logit(x, am, NULL, 32, 2, beta, inverse, NULL));
  near(beta[0], 12.040, 5e-4);
  near(beta[1], -4.024, 5e-4);
  near(sqrt(inverse[0]), 4.510, 5e-3);
  near(sqrt(inverse[3]), 1.436, 5e-3);
}

/* R: glm(counts ~ outcome + treatment, poisson()) of ?glm (Dobson 1990): 3.045, −0.4543, −0.2930, 0, 0; errors 0.1709, 0.2022, 0.1927. */
static void test_poisson(void)
{
  static const double counts[] = { 18, 17, 15, 20, 10, 20, 25, 13, 12 };
  double x[45] = { 0 }, beta[5], inverse[25];
  for (int i = 0; i < 9; i++) {
    x[i * 5] = 1;
    x[i * 5 + 1] = i % 3 == 1;
    x[i * 5 + 2] = i % 3 == 2;
    x[i * 5 + 3] = i / 3 == 1;
    x[i * 5 + 4] = i / 3 == 2;
  }
  g_assert_true(linear_poisson(x, counts, NULL, 9, 5, beta, inverse, NULL));
  near(beta[0], 3.045, 5e-4);
  near(beta[1], -0.4543, 5e-5);
  near(beta[2], -0.2930, 5e-5);
  near(beta[3], 0, 1e-9);
  near(sqrt(inverse[0]), 0.1709, 5e-5);
  near(sqrt(inverse[6]), 0.2022, 5e-5);
  near(sqrt(inverse[12]), 0.1927, 5e-5);
}

/* Balanced clusters with a treatment of whole clusters: CR2 of the difference of means is that of the cluster means (the
 * unequal-variances t test), and its degrees of freedom with equal numbers are clusters − 2. */
static void test_clusters(void)
{
  enum { CLUSTERS = 10, EACH = 6, N = CLUSTERS * EACH };
  double x[2 * N], y[N], mean[CLUSTERS] = { 0 }, beta[2], bread[4], residual[N], variance[4], df, contrast[] = { 0, 1 };
  int cluster[N];
  for (int i = 0; i < N; i++) {
    cluster[i] = i % CLUSTERS;
    x[2 * i] = 1;
    x[2 * i + 1] = cluster[i] % 2;
    y[i] = sin(3.7 * cluster[i]) + cos(11.3 * i) + x[2 * i + 1];
    mean[cluster[i]] += y[i] / EACH;
  }
  double centre[2] = { 0 }, spread[2] = { 0 };
  for (int c = 0; c < CLUSTERS; c++)
    centre[c % 2] += mean[c] / 5;
  for (int c = 0; c < CLUSTERS; c++)
    spread[c % 2] += (mean[c] - centre[c % 2]) * (mean[c] - centre[c % 2]) / 4;
  g_assert_true(linear_fit(x, y, NULL, N, 2, beta, bread, residual));
  near(beta[1], centre[1] - centre[0], 1e-12);
  g_assert_true(linear_variance(LINEAR_CR2, x, NULL, residual, bread, cluster, CLUSTERS, N, 2, contrast, variance, &df));
  near(variance[3], (spread[0] + spread[1]) / 5, 1e-12);
  near(df, 8, 1e-9);
  g_assert_true(linear_variance(LINEAR_CR1, x, NULL, residual, bread, cluster, CLUSTERS, N, 2, NULL, variance, &df));
  near(variance[3], (spread[0] + spread[1]) / 5 * 0.8 * 10 / 9 * 59 / 58, 1e-12);
  near(df, 9, 1e-9);
}

static void test_products(void)
{
  enum { P = 7, Q = 9, N = 1031 };
  g_autofree double *a = g_new(double, P * N), *b = g_new(double, Q * N), *out = g_new0(double, P * Q);
  for (int i = 0; i < P * N; i++)
    a[i] = sin(i);
  for (int i = 0; i < Q * N; i++)
    b[i] = cos(2 * i);
  linear_products(a, P, b, Q, N, out);
  for (int i = 0; i < P; i++)
    for (int j = 0; j < Q; j++) {
      double sum = 0;
      for (int at = 0; at < N; at++)
        sum += a[i * N + at] * b[j * N + at];
      near(out[i * Q + j], sum, 1e-9);
    }
  double singular[] = { 1, 1, 1, 1 }, right[] = { 1, 2 }, x[2];
  g_assert_false(linear_solve(singular, right, 2, x));
  g_assert_false(linear_invert(singular, 2));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/linear/products", test_products);
  g_test_add_func("/stats/linear/longley", test_longley);
  g_test_add_func("/stats/linear/logit", test_logit);
  g_test_add_func("/stats/linear/poisson", test_poisson);
  g_test_add_func("/stats/linear/clusters", test_clusters);
  return g_test_run();
}
