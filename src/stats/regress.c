/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least squares by the normal equations and Cholesky, columns scaled first: with a dozen columns of similar size that is
 * accurate enough and short. Sandwich errors: clustered with the CR1 correction (K.-Y. Liang, S. L. Zeger, Biometrika 73,
 * 1986; A. C. Cameron, D. L. Miller, "A practitioner's guide to cluster-robust inference", J. Human Resources 50, 2015);
 * HC1 (J. G. MacKinnon, H. White, J. Econometrics 29, 1985); Bartlett weights in time (W. K. Newey, K. D. West,
 * Econometrica 55, 1987).
 *
 * How it can be wrong: with fewer than about ten clusters the sandwich is too small; whoever calls it widens it. */
#include "stats/regress.h"
#include <glib.h>
#include <math.h>

struct work { int k; double scale[REGRESS_COLUMNS], gram[REGRESS_COLUMNS][REGRESS_COLUMNS], inverse[REGRESS_COLUMNS][REGRESS_COLUMNS]; };

static bool row_usable(const double *x, double y, double weight, int k)
{
  for (int j = 0; j < k; j++)
    if (!isfinite(x[j]))
      return false;
  return isfinite(y) && isfinite(weight) && weight > 0;
}

/* Inverts the Gram matrix in place by Cholesky; false if a column depends on the others. */
static bool invert(struct work *w)
{
  double l[REGRESS_COLUMNS][REGRESS_COLUMNS] = { { 0 } };
  for (int i = 0; i < w->k; i++)
    for (int j = 0; j <= i; j++) {
      double sum = w->gram[i][j];
      for (int m = 0; m < j; m++)
        sum -= l[i][m] * l[j][m];
      if (i == j && sum < 1e-10)
        return false;
      l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
    }
  for (int c = 0; c < w->k; c++) {
    double z[REGRESS_COLUMNS];
    for (int i = 0; i < w->k; i++) {
      z[i] = i == c;
      for (int m = 0; m < i; m++)
        z[i] -= l[i][m] * z[m];
      z[i] /= l[i][i];
    }
    for (int i = w->k - 1; i >= 0; i--) {
      for (int m = i + 1; m < w->k; m++)
        z[i] -= l[m][i] * w->inverse[m][c];
      w->inverse[i][c] = z[i] / l[i][i];
    }
  }
  return true;
}

/* Solves; returns per-row scores (scaled columns × weight × residual) in `scores`, 0 for skipped rows. */
static bool solve(const double *x, const double *y, const double *weight, int n, int k, struct work *w,
                  struct regress_fit *fit, double *scores)
{
  double xy[REGRESS_COLUMNS] = { 0 }, total = 0, squares = 0;
  *w = (struct work){ .k = k };
  *fit = (struct regress_fit){ .columns = k };
  for (int i = 0; i < n; i++) {
    double wi = weight ? weight[i] : 1;
    if (!row_usable(x + (size_t)i * k, y[i], wi, k))
      continue;
    fit->rows++;
    total += wi;
    for (int j = 0; j < k; j++)
      w->scale[j] += wi * x[(size_t)i * k + j] * x[(size_t)i * k + j];
  }
  for (int j = 0; j < k; j++) {
    w->scale[j] = sqrt(w->scale[j]);
    if (!(w->scale[j] > 0))
      return false;
  }
  if (fit->rows <= k)
    return false;
  for (int i = 0; i < n; i++) {
    double wi = weight ? weight[i] : 1;
    const double *row = x + (size_t)i * k;
    if (!row_usable(row, y[i], wi, k))
      continue;
    for (int a = 0; a < k; a++) {
      xy[a] += wi * row[a] / w->scale[a] * y[i];
      for (int b = 0; b <= a; b++)
        w->gram[a][b] += wi * row[a] / w->scale[a] * row[b] / w->scale[b];
    }
  }
  if (!invert(w))
    return false;
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++)
      fit->beta[a] += w->inverse[a][b] * xy[b];
  for (int i = 0; i < n; i++) {
    double wi = weight ? weight[i] : 1, residual = y[i];
    const double *row = x + (size_t)i * k;
    bool usable = row_usable(row, y[i], wi, k);
    for (int a = 0; usable && a < k; a++)
      residual -= fit->beta[a] * row[a] / w->scale[a];
    for (int a = 0; a < k; a++)
      scores[(size_t)i * k + a] = usable ? wi * residual * row[a] / w->scale[a] : 0;
    squares += usable ? wi * residual * residual : 0;
  }
  fit->residual_sd = sqrt(squares / total * fit->rows / (fit->rows - k));
  return true;
}

/* se from the meat of the sandwich; unscales. */
static void finish(const struct work *w, const double meat[REGRESS_COLUMNS][REGRESS_COLUMNS], double correction, struct regress_fit *fit)
{
  for (int j = 0; j < w->k; j++) {
    double variance = 0;
    for (int a = 0; a < w->k; a++)
      for (int b = 0; b < w->k; b++)
        variance += w->inverse[j][a] * meat[a][b] * w->inverse[b][j];
    fit->se[j] = sqrt(fmax(0, correction * variance)) / w->scale[j];
    fit->beta[j] /= w->scale[j];
  }
}

bool regress_least_squares(const double *x, const double *y, const double *weight, const int *cluster, int n, int columns,
                           int clusters, struct regress_fit *ret_fit)
{
  g_assert(columns > 0 && columns <= REGRESS_COLUMNS);
  struct work w;
  struct regress_fit fit;
  int groups = cluster ? clusters : n, seen = 0;
  g_autofree double *scores = g_new0(double, (size_t)MAX(n, 1) * columns);
  g_autofree double *sums = g_new0(double, (size_t)MAX(groups, 1) * columns);
  g_autofree bool *used = g_new0(bool, (size_t)MAX(groups, 1));
  if (!solve(x, y, weight, n, columns, &w, &fit, scores))
    return false;
  for (int i = 0; i < n; i++) {
    int g = cluster ? cluster[i] : i;
    if (row_usable(x + (size_t)i * columns, y[i], weight ? weight[i] : 1, columns))
      used[g] = true;
    for (int a = 0; a < columns; a++)
      sums[(size_t)g * columns + a] += scores[(size_t)i * columns + a];
  }
  double meat[REGRESS_COLUMNS][REGRESS_COLUMNS] = { { 0 } };
  for (int g = 0; g < groups; g++) {
    seen += used[g];
    for (int a = 0; a < columns; a++)
      for (int b = 0; b < columns; b++)
        meat[a][b] += sums[(size_t)g * columns + a] * sums[(size_t)g * columns + b];
  }
  if (seen < 2)
    return false;
  double correction = cluster ? seen / (seen - 1.0) * (fit.rows - 1.0) / (fit.rows - columns) : fit.rows / (double)(fit.rows - columns);
  finish(&w, meat, correction, &fit);
  fit.clusters = seen;
  *ret_fit = fit;
  return true;
}

bool regress_series(const double *x, const double *y, int n, int columns, int lags, struct regress_fit *ret_fit)
{
  g_assert(columns > 0 && columns <= REGRESS_COLUMNS);
  struct work w;
  struct regress_fit fit;
  g_autofree double *scores = g_new0(double, (size_t)MAX(n, 1) * columns);
  if (!solve(x, y, NULL, n, columns, &w, &fit, scores))
    return false;
  double meat[REGRESS_COLUMNS][REGRESS_COLUMNS] = { { 0 } };
  for (int lag = 0; lag <= lags && lag < n; lag++) {
    double bartlett = 1 - lag / (lags + 1.0);
    for (int i = lag; i < n; i++)
      for (int a = 0; a < columns; a++)
        for (int b = 0; b < columns; b++) {
          double now = scores[(size_t)i * columns + a], then = scores[(size_t)(i - lag) * columns + b];
          meat[a][b] += lag == 0 ? now * then : 0;
          meat[a][b] += lag > 0 ? bartlett * now * then : 0;
          meat[b][a] += lag > 0 ? bartlett * now * then : 0;
        }
  }
  finish(&w, meat, fit.rows / (double)(fit.rows - columns), &fit);
  fit.clusters = 1;
  *ret_fit = fit;
  return true;
}
