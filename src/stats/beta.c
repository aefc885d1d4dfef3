/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Beta distribution: tails, quantiles, and intervals in bulk.
 *
 * The regularised incomplete beta function comes from GSL. Its quantile iterates and may give up, and GSL's answer to that
 * is to stop the program; so the quantile here is a plain bisection on the distribution function, which cannot fail, and
 * what it costs is paid at the nodes of the table only.
 *
 * The table: an 80 % interval for each of 30,000 people would cost a second if each were solved for. The quantile is
 * smooth in the angle of the mean and in the logarithm of the count, so it is read between the nodes of a grid (bilinear).
 * A grid of lower quantiles is enough, since the upper quantile of a mean is one less the lower quantile of its mirror
 * image. Real data touch a small part of the grid; a node is filled when it is first read.
 *
 * How it can be wrong: between two nodes the quantile bends, most at means near an end; test-beta.c measures the worst error
 * that beta.h states. Without the angle it is five times that.
 *
 * Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.5 (incomplete beta function, its mirror). */
#include "stats/beta.h"
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#define MEANS 128           /* steps of the angle of the mean, asin(√mean), from 0 to π/2: closer at both ends */
#define COUNTS 96           /* steps of the logarithm of the count */
#define COUNT_LEAST 0.5
#define COUNT_MOST 2000.0
#define HALVINGS 32         /* to 1e-10 */
#define NODE_HALVINGS 17    /* to 4e-6, far below what reading between nodes costs */
#define EMPTY (-1.0)        /* a node that has not been filled */

struct beta_table { double tail, step; double nodes[(MEANS + 1) * (COUNTS + 1)]; };

double beta_above(double mean, double count, double than)
{
  if (mean <= 0 || mean >= 1)
    return CLAMP(mean, 0, 1) > than ? 1 : 0;
  if (than <= 0 || than >= 1)
    return than <= 0 ? 1 : 0;
  return gsl_cdf_beta_Q(than, mean * count, (1 - mean) * count);
}

static double bisect(double mean, double count, double p, int halvings)
{
  if (mean <= 0 || mean >= 1)
    return mean <= 0 ? 0 : 1;
  double low = 0, high = 1;
  for (int i = 0; i < halvings; i++) {
    double middle = (low + high) / 2;
    if (gsl_cdf_beta_P(middle, mean * count, (1 - mean) * count) < p)
      low = middle;
    else
      high = middle;
  }
  return (low + high) / 2;
}

double beta_quantile(double mean, double count, double p)
{
  return bisect(mean, count, p, HALVINGS);
}

struct beta_table *beta_table_new(double tail)
{
  g_assert(tail > 0 && tail < 0.5);
  struct beta_table *table = g_new(struct beta_table, 1);
  table->tail = tail;
  table->step = log(COUNT_MOST / COUNT_LEAST) / COUNTS;
  for (int i = 0; i < (MEANS + 1) * (COUNTS + 1); i++)
    table->nodes[i] = EMPTY;
  return table;
}

void beta_table_free(struct beta_table *table)
{
  g_free(table);
}

static double node(struct beta_table *table, int mean, int count)
{
  double *value = &table->nodes[count * (MEANS + 1) + mean];
  if (*value == EMPTY)
    *value = bisect(pow(sin((double)mean / MEANS * M_PI_2), 2), COUNT_LEAST * exp(count * table->step), table->tail, NODE_HALVINGS);
  return *value;
}

/* `row`: where the count lies, in steps. */
static double lower(struct beta_table *table, double mean, double row)
{
  double column = asin(sqrt(mean)) / M_PI_2 * MEANS;
  int i = MIN((int)column, MEANS - 1), j = MIN((int)row, COUNTS - 1);
  double x = column - i, y = row - j;
  double near = node(table, i, j) * (1 - x) + node(table, i + 1, j) * x;
  double far = node(table, i, j + 1) * (1 - x) + node(table, i + 1, j + 1) * x;
  return near * (1 - y) + far * y;
}

void beta_table_interval(struct beta_table *table, double mean, double count, double *ret_low, double *ret_high)
{
  double row = log(CLAMP(count, COUNT_LEAST, COUNT_MOST) / COUNT_LEAST) / table->step;
  mean = CLAMP(mean, 0, 1);
  *ret_low = lower(table, mean, row);
  *ret_high = 1 - lower(table, 1 - mean, row);
}
