/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * D. Arkhangelsky, S. Athey, D. Hirshberg, G. Imbens, S. Wager, Am. Econ. Rev. 111, 2021, footnote 4: with covariates that change over
 * time the method is applied to what a regression leaves of the outcomes. Of the ways to get its slopes this is the "projected" one: S. Kranz,
 * "Synthetic difference-in-differences with time-varying covariates", 2022, in the form of Stata `sdid` (D. Clarke, D. Pailañir, S. Athey,
 * G. Imbens, 2023): by least squares with levels of units and periods among those that are never treated. The other way, slopes and
 * weights by one search with steps of 1/t, is not taken: its figure depends on the unit of the covariate and on where the search
 * is stopped.
 *
 * How it can be wrong: a covariate that the treatment moves takes a part of the effect away. */
#include "stats/adjust.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define STILL 1e-11 /* of the largest value of a covariate: what rounding leaves of one that does not vary */

/* Takes the means of the units, then those of the periods, off column `j` of rows [periods * units]. */
static void take_levels(double *rows, int width, int j, int periods, int units)
{
  for (int i = 0; i < units; i++) {
    double mean = 0;
    for (int t = 0; t < periods; t++)
      mean += rows[((size_t)t * units + i) * width + j] / periods;
    for (int t = 0; t < periods; t++)
      rows[((size_t)t * units + i) * width + j] -= mean;
  }
  for (int t = 0; t < periods; t++) {
    double mean = 0;
    for (int i = 0; i < units; i++)
      mean += rows[((size_t)t * units + i) * width + j] / units;
    for (int i = 0; i < units; i++)
      rows[((size_t)t * units + i) * width + j] -= mean;
  }
}

static bool varies(const double *rows, int width, int j, int n, double most)
{
  double square = 0;
  for (int i = 0; i < n; i++)
    square += rows[(size_t)i * width + j] * rows[(size_t)i * width + j] / n;
  return sqrt(square) > STILL * most;
}

bool adjust_learn(const struct panel *p, const int *unit, int units, double *ret_slope)
{
  int k = p->columns, n = p->periods * units;
  g_autofree double *x = g_new(double, (size_t)n * k), *y = g_new(double, (size_t)n);
  for (int t = 0; t < p->periods; t++)
    for (int i = 0; i < units; i++) {
      size_t from = (size_t)t * p->units + unit[i], to = (size_t)t * units + i;
      memcpy(x + to * k, p->x + from * k, sizeof(double) * (size_t)k);
      y[to] = p->y[from];
    }
  for (int j = 0; j < k; j++) {
    double most = 0;
    for (int i = 0; i < n; i++)
      most = fmax(most, fabs(x[(size_t)i * k + j]));
    take_levels(x, k, j, p->periods, units);
    if (!varies(x, k, j, n, most))
      return false;
  }
  take_levels(y, 1, 0, p->periods, units);
  return linear_fit(x, y, NULL, n, k, ret_slope, NULL, NULL);
}

void adjust_take(const struct panel *p, const double *slope, double *ret_y)
{
  for (size_t at = 0; at < (size_t)p->periods * p->units; at++) {
    ret_y[at] = p->y[at];
    for (int j = 0; j < p->columns; j++)
      ret_y[at] -= slope[j] * p->x[at * p->columns + j];
  }
}
