/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stepped wedge: M. A. Hussey, J. P. Hughes, "Design and analysis of stepped wedge cluster randomized trials", Contemp. Clin.
 * Trials 28, 2007: value = effect of the period + random level of the unit + effect × treated + noise, by restricted maximum
 * likelihood as R `lme4` (period as factor, one random intercept). Beside it the order of the starts is permuted (R. Wang, V. De
 * Gruttola, Stat. Med. 36, 2017; J. P. Hughes et al., Contemp. Clin. Trials 88, 2020): valid with few units and any
 * autocorrelation, because it assumes nothing but that chance gave out the starts.
 *
 * How it can be wrong: the model's error takes the noise as independent between periods; an effect that grows makes the
 * estimate a mixture of the ages of treatment. */
#include "stats/linear.h"
#include "stats/trial.h"
#include <math.h>
#include <string.h>

#define PERIODS_MOST 2000
#define ASSIGNMENTS_LEAST 40 /* fewer: 95 % cannot be had from permuting */

struct model { const struct panel *p; int k; double mean /* taken off, lest digits be lost */; double *xx, *xy; /* [k * k], [k] at the present ratio */ double yy, log_units; int n; };

static double dose(const struct panel *p, int unit, int t)
{
  return t >= p->first[unit];
}

/* Cross products weighted by the inverse covariance for ratio = level² / noise²: all minus, per unit, what its sums share. */
static void accumulate(struct model *m, double ratio)
{
  const struct panel *p = m->p;
  int k = m->k, T = p->periods;
  g_autofree double *sum = g_new(double, (size_t)k);
  memset(m->xx, 0, sizeof(double) * (size_t)k * k);
  memset(m->xy, 0, sizeof(double) * (size_t)k);
  m->yy = m->log_units = 0;
  m->n = 0;
  for (int i = 0; i < p->units; i++) {
    double seen = 0, total = 0;
    memset(sum, 0, sizeof(double) * (size_t)k);
    for (int t = 0; t < T; t++) {
      double y = p->y[(size_t)t * p->units + i] - m->mean, z = dose(p, i, t);
      if (isnan(y))
        continue;
      seen++;
      total += y;
      sum[t]++;
      sum[T] += z;
      m->xx[t * k + t]++;
      m->xx[t * k + T] += z;
      m->xx[T * k + t] += z;
      m->xx[T * k + T] += z;
      m->xy[t] += y;
      m->xy[T] += z * y;
      m->yy += y * y;
      m->n++;
    }
    double share = ratio / (1 + seen * ratio);
    for (int a = 0; a < k; a++) {
      m->xy[a] -= share * sum[a] * total;
      for (int b = 0; b < k; b++)
        m->xx[a * k + b] -= share * sum[a] * sum[b];
    }
    m->yy -= share * total * total;
    m->log_units += log1p(seen * ratio);
  }
}

/* Restricted log likelihood at a ratio; leaves the coefficients in beta and the inverse in xx. */
static double likelihood(struct model *m, double ratio, double *beta, double *ret_square)
{
  double log_det, square;
  accumulate(m, ratio);
  if (!linear_invert_det(m->xx, m->k, &log_det))
    return -INFINITY;
  square = m->yy;
  for (int a = 0; a < m->k; a++) {
    beta[a] = 0;
    for (int b = 0; b < m->k; b++)
      beta[a] += m->xx[a * m->k + b] * m->xy[b];
    square -= beta[a] * m->xy[a];
  }
  *ret_square = fmax(square, 0) / (m->n - m->k);
  return -0.5 * ((m->n - m->k) * log(fmax(*ret_square, 1e-300)) + m->log_units + log_det);
}

static double find_ratio(struct model *m, double *beta, double *square)
{
  const double golden = 0.6180339887498949;
  double low = -14, high = 14;
  for (int i = 0; i < 60; i++) {
    double one = high - golden * (high - low), two = low + golden * (high - low);
    if (likelihood(m, exp(one), beta, square) < likelihood(m, exp(two), beta, square))
      low = one;
    else
      high = two;
  }
  double top = exp((low + high) / 2);
  return likelihood(m, 0, beta, square) >= likelihood(m, top, beta, square) ? 0 : top;
}

/* ---- permuting the starts --------------------------------------------------------------------------------------- */

/* Tails over periods of W (y_i − ȳ) and of W (z_i − z̄): the statistic of any order of starts is a sum of them. */
struct orders { int units, periods; double *outcome, *treatment; /* [units * (periods + 1)] */ double size; };

static void statistic(const int *arm, void *data, double *ret_of_outcome, double *ret_of_treatment)
{
  struct orders *o = data;
  double outcome = 0, treatment = 0;
  for (int i = 0; i < o->units; i++) {
    outcome += o->outcome[(size_t)i * (o->periods + 1) + arm[i]];
    treatment += o->treatment[(size_t)i * (o->periods + 1) + arm[i]];
  }
  *ret_of_outcome = outcome / o->size;
  *ret_of_treatment = treatment / o->size;
}

static void tails(const struct panel *p, double share, bool of_outcome, double *ret)
{
  int T = p->periods;
  g_autofree double *mean = g_new0(double, (size_t)T);
  for (int t = 0; t < T; t++)
    for (int i = 0; i < p->units; i++)
      mean[t] += (of_outcome ? p->y[(size_t)t * p->units + i] : dose(p, i, t)) / p->units;
  for (int i = 0; i < p->units; i++) {
    double *out = ret + (size_t)i * (T + 1), total = 0;
    for (int t = 0; t < T; t++)
      total += (of_outcome ? p->y[(size_t)t * p->units + i] : dose(p, i, t)) - mean[t];
    out[T] = 0;
    for (int t = T - 1; t >= 0; t--)
      out[t] = out[t + 1] + (of_outcome ? p->y[(size_t)t * p->units + i] : dose(p, i, t)) - mean[t] - share * total;
  }
}

static bool permute(const struct panel *p, double ratio, const struct randomise_options *options, struct randomise_result *ret_result)
{
  for (size_t i = 0; i < (size_t)p->units * p->periods; i++)
    if (isnan(p->y[i]))
      return false;
  size_t cells = (size_t)p->units * (size_t)(p->periods + 1);
  g_autofree double *outcome = g_new(double, cells), *treatment = g_new(double, cells);
  struct orders o = { p->units, p->periods, outcome, treatment, 0 };
  double share = ratio / (1 + p->periods * ratio);
  tails(p, share, true, outcome);
  tails(p, share, false, treatment);
  for (int i = 0; i < p->units; i++)
    o.size += treatment[(size_t)i * (p->periods + 1) + p->first[i]];
  return o.size > 0 && randomise_test(p->first, NULL, p->units, statistic, &o, options, ret_result) && ret_result->assignments >= ASSIGNMENTS_LEAST;
}

bool trial_wedge(const struct panel *p, const struct randomise_options *options, struct trial_wedge *ret_result, GError **error)
{
  struct trial_wedge r = { .units = p->units, .periods = p->periods };
  if (!panel_needs(p, false, error))
    return false;
  if (p->periods > PERIODS_MOST)
    return fail(error, MENO_ERROR_TOO_LARGE, "%d periods are more than %d: give the time as longer periods", p->periods, PERIODS_MOST);
  struct model m = { .p = p, .k = p->periods + 1 };
  double square = 0;
  g_autofree double *xx = g_new(double, (size_t)m.k * m.k), *xy = g_new(double, (size_t)m.k), *beta = g_new(double, (size_t)m.k);
  m.xx = xx;
  m.xy = xy;
  for (int i = 0; i < p->units; i++)
    for (int t = 0; t < p->periods; t++)
      if (!isnan(p->y[(size_t)t * p->units + i])) {
        m.mean += (p->y[(size_t)t * p->units + i] - m.mean) / ++r.cells;
        r.treated_cells += t >= p->first[i];
      }
  if (r.cells < m.k + 2 || p->units < 3 || likelihood(&m, 1, beta, &square) == -INFINITY)
    return fail(error, MENO_ERROR_BAD_INPUT, "the treatment cannot be told from the periods: in every period all units are treated, or none; or a period has no value");
  double ratio = find_ratio(&m, beta, &square);
  likelihood(&m, ratio, beta, &square);
  r.estimate = beta[p->periods];
  r.se = sqrt(square * m.xx[(size_t)m.k * m.k - 1]);
  r.sd = sqrt(square);
  r.level_sd = sqrt(square * ratio);
  r.icc = ratio / (1 + ratio);
  double df = MAX(p->units - 2, 1), critical = linear_critical(options->alpha > 0 ? options->alpha : 0.05, df);
  r.low = r.estimate - critical * r.se;
  r.high = r.estimate + critical * r.se;
  r.p = linear_p(r.estimate / r.se, df);
  r.randomised = permute(p, ratio, options, &r.chance);
  *ret_result = r;
  return true;
}
