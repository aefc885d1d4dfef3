/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Median, median absolute deviation, Huber's mean: P. J. Huber, "Robust estimation of a location parameter", Ann. Math.
 * Statist. 35, 1964; quantiles as R's type 7 (R. J. Hyndman, Y. Fan, Am. Statist. 50, 1996).
 *
 * How it can be wrong: a MAD of zero (more than half the values equal) says nothing about the rest; then the mean
 * absolute deviation stands in for it. */
#include "stats/robust.h"
#include <glib.h>
#include <math.h>

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorted copy of what is finite. */
static double *sorted(const double *x, int n, int *ret_n)
{
  double *copy = g_new(double, (size_t)MAX(n, 1));
  int count = 0;
  for (int i = 0; i < n; i++)
    if (isfinite(x[i]))
      copy[count++] = x[i];
  qsort(copy, (size_t)count, sizeof *copy, compare);
  *ret_n = count;
  return copy;
}

double robust_quantile(const double *x, int n, double share)
{
  int count;
  g_autofree double *copy = sorted(x, n, &count);
  if (count == 0)
    return NAN;
  double at = share * (count - 1);
  int low = (int)floor(at), high = MIN(low + 1, count - 1);
  return copy[low] + (at - low) * (copy[high] - copy[low]);
}

double robust_median(const double *x, int n)
{
  return robust_quantile(x, n, 0.5);
}

double robust_spread(const double *x, int n)
{
  double centre = robust_median(x, n), sum = 0;
  g_autofree double *away = g_new(double, (size_t)MAX(n, 1));
  int count = 0;
  for (int i = 0; i < n; i++)
    if (isfinite(x[i])) {
      away[count] = fabs(x[i] - centre);
      sum += away[count++];
    }
  if (count == 0)
    return NAN;
  double spread = 1.4826 * robust_median(away, count);
  if (spread <= 0)
    spread = 1.2533 * sum / count;
  return spread * (count + 1.0) / count;
}

double robust_mean(const double *x, int n)
{
  const double k = 1.345;
  double mean = robust_median(x, n), spread = robust_spread(x, n);
  if (!(spread > 0))
    return mean;
  for (int pass = 0; pass < 30; pass++) {
    double sum = 0, weight = 0;
    for (int i = 0; i < n; i++) {
      if (!isfinite(x[i]))
        continue;
      double away = fabs(x[i] - mean) / spread, w = away <= k ? 1 : k / away;
      sum += w * x[i];
      weight += w;
    }
    double next = sum / weight;
    if (fabs(next - mean) < 1e-10 * spread)
      return next;
    mean = next;
  }
  return mean;
}
