/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state given everything else: J. Durbin, S. J. Koopman, "A simple and efficient simulation smoother for state space time
 * series analysis", Biometrika 89, 2002. A series is simulated from the model, the difference of the real and the simulated
 * one is smoothed, and the smooth is added to the simulated state. The transition (level stays; the new season is minus the
 * sum of the others; the rest moves on by one) is applied, never stored as a matrix. */
#include "stats/bsts-private.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

void bsts_state_init(struct bsts_state *s, int n, int season, const bool *seen)
{
  int m = season > 1 ? season : 1;
  *s = (struct bsts_state){ .n = n, .size = m, .season = season > 1 ? season : 0, .seen = seen };
  s->fitted = g_new0(double, (size_t)n);
  s->level_path = g_new0(double, (size_t)n);
  s->work = g_new0(double, (size_t)n * (2 + 2 * (size_t)m) + 3 * (size_t)m * (size_t)m + 8 * (size_t)m);
}

void bsts_state_clear(struct bsts_state *s)
{
  g_free(s->fitted);
  g_free(s->level_path);
  g_free(s->work);
}

static double observe(const struct bsts_state *s, const double *a)
{
  return s->season ? a[0] + a[1] : a[0];
}

/* a := T a */
static void move(const struct bsts_state *s, double *a)
{
  double sum = 0;
  for (int j = 1; j < s->size; j++)
    sum -= a[j];
  for (int j = s->size - 1; j > 1; j--)
    a[j] = a[j - 1];
  if (s->season)
    a[1] = sum;
}

/* r := Tᵀ r */
static void move_back(const struct bsts_state *s, double *r)
{
  double first = s->season ? r[1] : 0;
  for (int j = 1; j < s->size; j++)
    r[j] = -first + (j + 1 < s->size ? r[j + 1] : 0);
}

/* P := T P Tᵀ + Q */
static void move_variance(const struct bsts_state *s, double *p, double *column)
{
  int m = s->size;
  for (int j = 0; j < m && s->season; j++)
    move(s, p + (size_t)j * m); /* rows: P Tᵀ */
  for (int j = 0; j < m && s->season; j++) {
    for (int i = 0; i < m; i++)
      column[i] = p[(size_t)i * m + j];
    move(s, column);
    for (int i = 0; i < m; i++)
      p[(size_t)i * m + j] = column[i];
  }
  p[0] += s->level;
  if (s->season)
    p[(size_t)m + 1] += s->seasonal;
}

/* A state and series from the model. `path` [n * size]. */
static void simulate(const struct bsts_state *s, double *path, gsl_rng *rng)
{
  int m = s->size;
  double step = sqrt(s->level), season_step = sqrt(s->seasonal);
  path[0] = s->start_mean + gsl_ran_gaussian_ziggurat(rng, sqrt(s->start_variance));
  for (int j = 1; j < m; j++)
    path[j] = gsl_ran_gaussian_ziggurat(rng, sqrt(s->start_variance));
  for (int t = 1; t < s->n; t++) {
    double *a = path + (size_t)t * m;
    memcpy(a, a - m, sizeof(double) * (size_t)m);
    if (s->season)
      move(s, a);
    a[0] += step * gsl_ran_gaussian_ziggurat(rng, 1);
    if (s->season)
      a[1] += season_step * gsl_ran_gaussian_ziggurat(rng, 1);
  }
}

/* Forward: what is new in each value over its variance, and the gains. */
static void filter(const struct bsts_state *s, const double *y, const double *path, double *news, double *gain, double *scratch, gsl_rng *rng)
{
  int m = s->size;
  double *p = scratch, *a = p + (size_t)m * m, *reach = a + m, *column = reach + m, noise_sd = sqrt(s->noise);
  memset(a, 0, sizeof(double) * (size_t)m);
  memset(p, 0, sizeof(double) * (size_t)m * m);
  for (int j = 0; j < m; j++)
    p[(size_t)j * m + j] = s->start_variance;
  for (int t = 0; t < s->n; t++) {
    double *k = gain + (size_t)t * m;
    if (s->seen[t]) {
      for (int j = 0; j < m; j++)
        reach[j] = s->season ? p[(size_t)j * m] + p[(size_t)j * m + 1] : p[j];
      double simulated = observe(s, path + (size_t)t * m) + noise_sd * gsl_ran_gaussian_ziggurat(rng, 1);
      double f = observe(s, reach) + s->noise, v = y[t] - simulated - observe(s, a);
      news[t] = v / f;
      for (int j = 0; j < m; j++) {
        k[j] = reach[j] / f;
        a[j] += k[j] * v;
      }
      for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
          p[(size_t)i * m + j] -= k[i] * reach[j];
    } else {
      news[t] = 0;
      memset(k, 0, sizeof(double) * (size_t)m);
    }
    if (s->season)
      move(s, a);
    move_variance(s, p, column);
  }
}

/* Backward: what later values say; kept as [n * size] in place of the gains. r_(t−1) = Zᵀ v/F + (1 − K Z)ᵀ Tᵀ r_t. */
static void smooth(const struct bsts_state *s, const double *news, double *gain, double *r)
{
  int m = s->size;
  memset(r, 0, sizeof(double) * (size_t)m);
  for (int t = s->n - 1; t >= 0; t--) {
    double *k = gain + (size_t)t * m;
    if (s->season)
      move_back(s, r);
    double pulled = news[t];
    for (int j = 0; j < m; j++)
      pulled -= k[j] * r[j];
    if (s->seen[t]) {
      r[0] += pulled;
      if (s->season)
        r[1] += pulled;
    }
    memcpy(k, r, sizeof(double) * (size_t)m);
  }
}

void bsts_state_draw(struct bsts_state *s, const double *y, gsl_rng *rng)
{
  int m = s->size;
  double *news = s->work, *path = news + s->n, *gain = path + (size_t)s->n * m, *scratch = gain + (size_t)s->n * m, *a = scratch + 2 * (size_t)m * m,
         before = 0;
  simulate(s, path, rng);
  filter(s, y, path, news, gain, scratch, rng);
  smooth(s, news, gain, scratch);
  for (int j = 0; j < m; j++)
    a[j] = s->start_variance * gain[j];
  s->level_square = s->seasonal_square = 0;
  for (int t = 0; t < s->n; t++) {
    double *at = path + (size_t)t * m;
    if (t > 0) {
      if (s->season)
        move(s, a);
      a[0] += s->level * gain[(size_t)t * m];
      if (s->season)
        a[1] += s->seasonal * gain[(size_t)t * m + 1];
    }
    for (int j = 0; j < m; j++)
      at[j] += a[j];
    s->level_path[t] = at[0];
    s->fitted[t] = observe(s, at);
    if (t > 0) {
      double step = at[0] - before, turn = 0;
      for (int j = 1; j < m; j++)
        turn += at[j - m];
      s->level_square += step * step;
      if (s->season)
        s->seasonal_square += (at[1] + turn) * (at[1] + turn);
    }
    before = at[0];
  }
}
