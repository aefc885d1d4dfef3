/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which columns, with which coefficients, given the state: stochastic search variable selection, E. I. George, R. E. McCulloch,
 * Statistica Sinica 7, 1997, as R `BoomSpikeSlab`: coefficients and noise are integrated out while the inclusions are drawn one
 * by one in random order, then drawn given them. */
#include "stats/bsts-private.h"
#include "stats/linear.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

void bsts_slab_init(struct bsts_slab *s, const double *x, const bool *seen, int n, int k)
{
  *s = (struct bsts_slab){ .n = n, .k = k, .x = x, .seen = seen };
  size_t size = (size_t)MAX(k, 1);
  s->gram = g_new0(double, size * size);
  s->prior = g_new0(double, size * size);
  s->prior_mean = g_new0(double, size);
  s->chance = g_new0(double, size);
  s->inside = g_new0(bool, size);
  s->beta = g_new0(double, size);
  s->work = g_new0(double, 3 * size * size + 6 * size);
  for (int t = 0; t < n; t++) {
    if (!seen[t])
      continue;
    s->rows++;
    for (int a = 0; a < k; a++)
      for (int b = 0; b < k; b++)
        s->gram[(size_t)a * k + b] += x[(size_t)t * k + a] * x[(size_t)t * k + b];
  }
}

void bsts_slab_clear(struct bsts_slab *s)
{
  g_free(s->gram);
  g_free(s->prior);
  g_free(s->prior_mean);
  g_free(s->chance);
  g_free(s->inside);
  g_free(s->beta);
  g_free(s->work);
}

double bsts_draw_variance(double df, double squares, double most, gsl_rng *rng)
{
  for (int i = 0; i < 1000; i++) {
    double variance = squares / 2 / gsl_ran_gamma(rng, df / 2, 1);
    if (sqrt(variance) <= most)
      return variance;
  }
  return most * most; /* all mass lies beyond the limit */
}

/* Cholesky of a [m * m] in place (lower), the dozen columns that there are: called too often for a library with its checks.
 * Returns half the log of the determinant; NAN if it is none. */
static double factor(double *a, int m)
{
  double half = 0;
  for (int j = 0; j < m; j++) {
    for (int i = j; i < m; i++) {
      double sum = a[i * m + j];
      for (int l = 0; l < j; l++)
        sum -= a[i * m + l] * a[j * m + l];
      if (i > j)
        a[i * m + j] = sum / a[j * m + j];
      else if (!(sum > 0))
        return NAN;
      else
        a[j * m + j] = sqrt(sum);
    }
    half += log(a[j * m + j]);
  }
  return half;
}

/* The posterior given an inclusion: factor of the precision in `precision`, mean in `mean`, squares; returns the log of its
 * probability (up to a constant). */
static double given(const struct bsts_slab *s, const bool *inside, const double *xy, double yy, double *precision, double *mean, double *ret_squares)
{
  int k = s->k, m = 0, at[64];
  double *prior = precision + (size_t)k * k, *right = mean + k, log_chance = 0, squares = s->squares + yy;
  for (int j = 0; j < k; j++) {
    log_chance += log(inside[j] ? s->chance[j] : 1 - s->chance[j]);
    if (inside[j])
      at[m++] = j;
  }
  for (int a = 0; a < m; a++) {
    right[a] = xy[at[a]];
    for (int b = 0; b < m; b++) {
      double p = s->prior[(size_t)at[a] * k + at[b]];
      prior[a * m + b] = p;
      precision[a * m + b] = p + s->gram[(size_t)at[a] * k + at[b]];
      right[a] += p * s->prior_mean[at[b]];
      squares += s->prior_mean[at[a]] * p * s->prior_mean[at[b]];
    }
  }
  double half_prior = factor(prior, m), half = factor(precision, m);
  if (isnan(half_prior) || isnan(half))
    return -INFINITY;
  for (int i = 0; i < m; i++) {
    mean[i] = right[i];
    for (int l = 0; l < i; l++)
      mean[i] -= precision[i * m + l] * mean[l];
    mean[i] /= precision[i * m + i];
    squares -= mean[i] * mean[i];
  }
  for (int i = m - 1; i >= 0; i--) {
    for (int l = i + 1; l < m; l++)
      mean[i] -= precision[l * m + i] * mean[l];
    mean[i] /= precision[i * m + i];
  }
  *ret_squares = fmax(squares, 1e-300);
  return log_chance + half_prior - half - (s->df + s->rows) / 2 * log(*ret_squares);
}

static void choose(struct bsts_slab *s, const double *xy, double yy, gsl_rng *rng)
{
  int order[64];
  double squares, *precision = s->work, *mean = precision + 2 * (size_t)s->k * s->k;
  double now = given(s, s->inside, xy, yy, precision, mean, &squares);
  for (int j = 0; j < s->k; j++)
    order[j] = j;
  gsl_ran_shuffle(rng, order, (size_t)s->k, sizeof *order);
  for (int i = 0; i < s->k; i++) {
    int j = order[i];
    if (s->chance[j] >= 1)
      continue;
    s->inside[j] = !s->inside[j];
    double other = given(s, s->inside, xy, yy, precision, mean, &squares);
    if (log(gsl_rng_uniform_pos(rng)) < -log1p(exp(fmin(now - other, 700))))
      now = other;
    else
      s->inside[j] = !s->inside[j];
  }
}

void bsts_slab_draw(struct bsts_slab *s, const double *y, gsl_rng *rng)
{
  int k = s->k, m = 0;
  double yy = 0, squares = s->squares, *precision = s->work, *mean = precision + 2 * (size_t)k * k, *xy = mean + 2 * (size_t)k, *z = xy + k;
  memset(xy, 0, sizeof(double) * (size_t)k);
  for (int t = 0; t < s->n; t++) {
    if (!s->seen[t])
      continue;
    yy += y[t] * y[t];
    for (int j = 0; j < k; j++)
      xy[j] += s->x[(size_t)t * k + j] * y[t];
  }
  squares += yy;
  if (k > 0) {
    choose(s, xy, yy, rng);
    given(s, s->inside, xy, yy, precision, mean, &squares);
    for (int j = 0; j < k; j++)
      m += s->inside[j];
  }
  s->noise = bsts_draw_variance(s->df + s->rows, squares, s->sd_most, rng);
  for (int i = 0; i < m; i++)
    z[i] = sqrt(s->noise) * gsl_ran_gaussian_ziggurat(rng, 1);
  for (int i = m - 1; i >= 0; i--) {
    for (int l = i + 1; l < m; l++)
      z[i] -= precision[l * m + i] * z[l];
    z[i] /= precision[i * m + i];
  }
  for (int j = 0, i = 0; j < k; j++) {
    s->beta[j] = s->inside[j] ? mean[i] + z[i] : 0;
    i += s->inside[j];
  }
}
