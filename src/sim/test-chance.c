/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance: streams repeat and differ, and each distribution has the mean and variance of its formula. The bounds are five
 * standard errors of fixed streams, so a run passes always or never. */
#include "sim/chance.h"
#include <glib.h>
#include <math.h>

#define DRAWS 40000

static void check_moments(const double *draws, double mean, double variance, double fourth)
{
  double sum = 0, square = 0;
  for (unsigned i = 0; i < DRAWS; i++)
    sum += draws[i];
  for (unsigned i = 0; i < DRAWS; i++)
    square += (draws[i] - sum / DRAWS) * (draws[i] - sum / DRAWS);
  g_assert_cmpfloat_with_epsilon(sum / DRAWS, mean, 5 * sqrt(variance / DRAWS));
  /* The variance of a sample variance: (fourth central moment - variance squared) / n. */
  g_assert_cmpfloat_with_epsilon(square / DRAWS, variance, 5 * sqrt((fourth - variance * variance) / DRAWS));
}

static void test_streams(void)
{
  struct chance a = chance_at(1, CHANCE_KPI, 2, 3), b = chance_at(1, CHANCE_KPI, 2, 3), c = chance_at(1, CHANCE_KPI, 3, 2);
  uint64_t first = chance_bits(&a);
  g_assert_cmpuint(first, ==, chance_bits(&b));
  g_assert_cmpuint(first, !=, chance_bits(&c));
  struct chance other = chance_at(2, CHANCE_KPI, 2, 3), purpose = chance_at(1, CHANCE_MOOD, 2, 3);
  g_assert_cmpuint(first, !=, chance_bits(&other));
  g_assert_cmpuint(first, !=, chance_bits(&purpose));
}

/* The generator itself against its authors' reference: xoshiro256** from the state 1, 2, 3, 4. */
static void test_reference(void)
{
  struct chance chance = { { 1, 2, 3, 4 } };
  static const uint64_t expected[] = { UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240), UINT64_C(1215971899390074240) };
  for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
    g_assert_cmpuint(chance_bits(&chance), ==, expected[i]);
}

/* Neighbouring streams must not resemble each other: their first draws are uniform among themselves. */
static void test_neighbours(void)
{
  unsigned bins[64] = { 0 };
  for (unsigned i = 0; i < DRAWS; i++) {
    struct chance chance = chance_at(7, CHANCE_TEAM, i / 100, i % 100);
    bins[chance_bits(&chance) >> 58]++;
  }
  double chi = 0, expected = DRAWS / 64.0;
  for (unsigned i = 0; i < 64; i++)
    chi += (bins[i] - expected) * (bins[i] - expected) / expected;
  g_assert_cmpfloat(chi, <, 63 + 5 * sqrt(2 * 63));
  g_assert_cmpfloat(chi, >, 63 - 5 * sqrt(2 * 63));
}

static void test_continuous(void)
{
  g_autofree double *draws = g_new(double, DRAWS);
  struct chance chance = chance_at(11, CHANCE_COMPANY, 0, 0);
  for (unsigned i = 0; i < DRAWS; i++)
    draws[i] = chance_normal(&chance, 3, 2);
  check_moments(draws, 3, 4, 3 * 16);
  static const double shapes[] = { 0.3, 1, 4.5 };
  for (unsigned s = 0; s < G_N_ELEMENTS(shapes); s++) {
    double k = shapes[s], theta = 1.5, variance = k * theta * theta;
    for (unsigned i = 0; i < DRAWS; i++)
      draws[i] = chance_gamma(&chance, k, theta);
    check_moments(draws, k * theta, variance, variance * variance * (3 + 6 / k));
  }
  double a = 2, b = 5, variance = a * b / ((a + b) * (a + b) * (a + b + 1));
  for (unsigned i = 0; i < DRAWS; i++)
    draws[i] = chance_beta(&chance, a, b);
  check_moments(draws, a / (a + b), variance, 3 * variance * variance);
}

static void test_counts(void)
{
  g_autofree double *draws = g_new(double, DRAWS);
  struct chance chance = chance_at(12, CHANCE_COMPANY, 0, 0);
  static const double means[] = { 0.2, 5, 40, 900 };
  for (unsigned m = 0; m < G_N_ELEMENTS(means); m++) {
    for (unsigned i = 0; i < DRAWS; i++)
      draws[i] = chance_poisson(&chance, means[m]);
    check_moments(draws, means[m], means[m], means[m] + 3 * means[m] * means[m]);
  }
  static const uint32_t trials[] = { 3, 40, 5000 };
  for (unsigned t = 0; t < G_N_ELEMENTS(trials); t++) {
    double p = 0.31, n = trials[t], variance = n * p * (1 - p);
    for (unsigned i = 0; i < DRAWS; i++)
      draws[i] = chance_binomial(&chance, trials[t], p);
    check_moments(draws, n * p, variance, variance * (1 + 3 * (n - 2) * p * (1 - p)));
  }
  g_assert_cmpuint(chance_binomial(&chance, 10, 0), ==, 0);
  g_assert_cmpuint(chance_binomial(&chance, 10, 1), ==, 10);
  g_assert_cmpuint(chance_poisson(&chance, 0), ==, 0);
}

static void test_shuffle(void)
{
  unsigned seen[4][4] = { { 0 } };
  struct chance chance = chance_at(13, CHANCE_COMPANY, 0, 0);
  for (unsigned i = 0; i < DRAWS; i++) {
    uint32_t items[] = { 0, 1, 2, 3 };
    chance_shuffle(&chance, items, 4);
    for (unsigned place = 0; place < 4; place++)
      seen[place][items[place]]++;
  }
  for (unsigned i = 0; i < 16; i++)
    g_assert_cmpfloat_with_epsilon(seen[i / 4][i % 4], DRAWS / 4.0, 5 * sqrt(DRAWS * 0.25 * 0.75));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/chance/streams", test_streams);
  g_test_add_func("/chance/reference", test_reference);
  g_test_add_func("/chance/neighbours", test_neighbours);
  g_test_add_func("/chance/continuous", test_continuous);
  g_test_add_func("/chance/counts", test_counts);
  g_test_add_func("/chance/shuffle", test_shuffle);
  return g_test_run();
}
