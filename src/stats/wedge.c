/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stepped wedge: M. A. Hussey, J. P. Hughes, "Design and analysis of stepped wedge cluster randomized trials", Contemp. Clin.
 * Trials 28, 2007: value = effect of the period + random level of the unit + effect × treated + noise, by restricted maximum
 * likelihood as R `lme4` (period as factor, one random intercept; covariates as linear terms; cells that were not seen are left out).
 * Beside it the order of the starts is permuted (R. Wang, V. De Gruttola, Stat. Med. 36, 2017; J. P. Hughes et al., Contemp. Clin.
 * Trials 88, 2020): valid with few units, any autocorrelation and any gaps, because it assumes nothing but that chance gave out the starts
 * and that neither gaps nor covariates come of them.
 *
 * How it can be wrong: the treatment moves a covariate, or is why cells lack; the model's error takes the noise as independent between
 * periods; an effect that grows makes the estimate a mixture of the ages of treatment. */
#include "stats/linear.h"
#include "stats/trial.h"
#include <math.h>
#include <string.h>

#define PERIODS_MOST 500
#define ASSIGNMENTS_LEAST 40 /* fewer: 95 % cannot be had from permuting */

/* Columns: effects of the periods that have a value, covariates less their means, the treatment last. */
struct model { const struct panel *p; int k, periods, *column; /* [periods of the panel]; −1: nobody has a value */ double mean, *of_x /* taken off, lest digits be lost */;
               double *xx, *xy; /* [k * k], [k] at the present ratio */ double yy, log_units; int n; };

static double dose(const struct panel *p, int unit, int t)
{
  return t >= p->first[unit];
}

static bool seen(const struct panel *p, int unit, int t)
{
  return !isnan(p->y[(size_t)t * p->units + unit]);
}

/* The columns of a cell after the one of its period: covariates and treatment [columns + 1]. */
static void fill_tail(const struct model *m, int unit, int t, double *tail)
{
  int columns = m->p->columns;
  for (int j = 0; j < columns; j++)
    tail[j] = m->p->x[((size_t)t * m->p->units + unit) * columns + j] - m->of_x[j];
  tail[columns] = dose(m->p, unit, t);
}

static void add_cell(struct model *m, int at, const double *tail, double y, double *sum)
{
  int k = m->k, from = m->periods;
  sum[at]++;
  m->xx[at * k + at]++;
  m->xy[at] += y;
  for (int a = from; a < k; a++) {
    sum[a] += tail[a - from];
    m->xx[at * k + a] += tail[a - from];
    m->xx[a * k + at] += tail[a - from];
    m->xy[a] += tail[a - from] * y;
    for (int b = from; b < k; b++)
      m->xx[a * k + b] += tail[a - from] * tail[b - from];
  }
  m->yy += y * y;
  m->n++;
}

/* Cross products weighted by the inverse covariance for ratio = level² / noise²: all minus, per unit, what its sums share. */
static void accumulate(struct model *m, double ratio)
{
  const struct panel *p = m->p;
  int k = m->k;
  g_autofree double *sum = g_new(double, (size_t)k), *tail = g_new(double, (size_t)p->columns + 1);
  memset(m->xx, 0, sizeof(double) * (size_t)k * k);
  memset(m->xy, 0, sizeof(double) * (size_t)k);
  m->yy = m->log_units = 0;
  m->n = 0;
  for (int i = 0; i < p->units; i++) {
    int cells = 0;
    double total = 0;
    memset(sum, 0, sizeof(double) * (size_t)k);
    for (int t = 0; t < p->periods; t++) {
      if (!seen(p, i, t))
        continue;
      double y = p->y[(size_t)t * p->units + i] - m->mean;
      cells++;
      total += y;
      fill_tail(m, i, t, tail);
      add_cell(m, m->column[t], tail, y, sum);
    }
    double share = ratio / (1 + cells * ratio);
    for (int a = 0; a < k; a++) {
      m->xy[a] -= share * sum[a] * total;
      for (int b = 0; b < k; b++)
        m->xx[a * k + b] -= share * sum[a] * sum[b];
    }
    m->yy -= share * total * total;
    m->log_units += log1p(cells * ratio);
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
  double one = high - golden * (high - low), two = low + golden * (high - low), of_one = likelihood(m, exp(one), beta, square), of_two = likelihood(m, exp(two), beta, square);
  for (int i = 0; i < 60; i++)
    if (of_one < of_two) {
      low = one;
      one = two;
      of_one = of_two;
      two = low + golden * (high - low);
      of_two = likelihood(m, exp(two), beta, square);
    } else {
      high = two;
      two = one;
      of_two = of_one;
      one = high - golden * (high - low);
      of_one = likelihood(m, exp(one), beta, square);
    }
  double top = exp((low + high) / 2);
  return likelihood(m, 0, beta, square) >= likelihood(m, top, beta, square) ? 0 : top;
}

/* ---- permuting the starts --------------------------------------------------------------------------------------- */

/* The estimate is Σ z W M y / Σ z W M z over the cells that have a value: M takes off what periods and covariates explain, W weighs by the
 * inverse covariance. For any order of the starts z the first sum needs only, per unit, the tails over periods of W M y. */
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

/* Coefficients of the periods and covariates for the outcome and for the treatment, at a ratio [k − 1]. */
static bool explain(struct model *m, double ratio, double *of_outcome, double *of_treatment)
{
  int k = m->k, others = k - 1;
  g_autofree double *inverse = g_new(double, (size_t)others * others);
  accumulate(m, ratio);
  for (int a = 0; a < others; a++)
    memcpy(inverse + (size_t)a * others, m->xx + (size_t)a * k, sizeof(double) * (size_t)others);
  if (!linear_invert(inverse, others))
    return false;
  for (int a = 0; a < others; a++) {
    of_outcome[a] = of_treatment[a] = 0;
    for (int b = 0; b < others; b++) {
      of_outcome[a] += inverse[(size_t)a * others + b] * m->xy[b];
      of_treatment[a] += inverse[(size_t)a * others + b] * m->xx[(size_t)b * k + others];
    }
  }
  return true;
}

/* Of the outcome, or of the treatment as it was. */
static void tails(const struct model *m, double ratio, const double *explained, bool of_outcome, double *ret)
{
  const struct panel *p = m->p;
  int T = p->periods;
  g_autofree double *left = g_new(double, (size_t)T), *tail = g_new(double, (size_t)p->columns + 1);
  for (int i = 0; i < p->units; i++) {
    double *out = ret + (size_t)i * (T + 1), total = 0;
    int cells = 0;
    for (int t = 0; t < T; t++) {
      left[t] = 0;
      if (!seen(p, i, t))
        continue;
      fill_tail(m, i, t, tail);
      left[t] = (of_outcome ? p->y[(size_t)t * p->units + i] - m->mean : tail[p->columns]) - explained[m->column[t]];
      for (int j = 0; j < p->columns; j++)
        left[t] -= explained[m->periods + j] * tail[j];
      total += left[t];
      cells++;
    }
    out[T] = 0;
    for (int t = T - 1; t >= 0; t--)
      out[t] = out[t + 1] + (seen(p, i, t) ? left[t] - ratio / (1 + cells * ratio) * total : 0);
  }
}

static bool permute(struct model *m, double ratio, const struct randomise_options *options, struct randomise_result *ret_result)
{
  const struct panel *p = m->p;
  size_t cells = (size_t)p->units * (size_t)(p->periods + 1);
  g_autofree double *outcome = g_new(double, cells), *treatment = g_new(double, cells), *of_outcome = g_new(double, (size_t)m->k), *of_treatment = g_new(double, (size_t)m->k);
  struct orders o = { p->units, p->periods, outcome, treatment, 0 };
  if (!explain(m, ratio, of_outcome, of_treatment))
    return false;
  tails(m, ratio, of_outcome, true, outcome);
  tails(m, ratio, of_treatment, false, treatment);
  for (int i = 0; i < p->units; i++)
    o.size += treatment[(size_t)i * (p->periods + 1) + p->first[i]];
  return o.size > 0 && randomise_test(p->first, NULL, p->units, statistic, &o, options, ret_result) && ret_result->assignments >= ASSIGNMENTS_LEAST;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

/* Which periods have a value, the means that are taken off, and what the cells are. */
static void look(struct model *m, struct trial_wedge *r)
{
  const struct panel *p = m->p;
  for (int t = 0; t < p->periods; t++) {
    m->column[t] = -1;
    for (int i = 0; i < p->units; i++) {
      if (!seen(p, i, t))
        continue;
      m->column[t] = m->column[t] < 0 ? m->periods++ : m->column[t];
      m->mean += (p->y[(size_t)t * p->units + i] - m->mean) / ++r->cells;
      for (int j = 0; j < p->columns; j++)
        m->of_x[j] += (p->x[((size_t)t * p->units + i) * p->columns + j] - m->of_x[j]) / r->cells;
      r->treated_cells += t >= p->first[i];
    }
  }
  m->k = m->periods + p->columns + 1;
}

bool trial_wedge(const struct panel *p, const struct randomise_options *options, struct trial_wedge *ret_result, GError **error)
{
  struct trial_wedge r = { .units = p->units, .periods = p->periods };
  if (!panel_needs(p, false, error))
    return false;
  if (p->periods > PERIODS_MOST)
    return fail(error, MENO_ERROR_TOO_LARGE, "%d periods are more than %d: give the time as longer periods", p->periods, PERIODS_MOST);
  g_autofree int *column = g_new(int, (size_t)p->periods);
  g_autofree double *of_x = g_new0(double, (size_t)MAX(p->columns, 1));
  struct model m = { .p = p, .column = column, .of_x = of_x };
  double square = 0;
  look(&m, &r);
  g_autofree double *xx = g_new(double, (size_t)m.k * m.k), *xy = g_new(double, (size_t)m.k), *beta = g_new(double, (size_t)m.k);
  m.xx = xx;
  m.xy = xy;
  if (r.cells < m.k + 2 || p->units < 3 || likelihood(&m, 1, beta, &square) == -INFINITY)
    return fail(error, MENO_ERROR_BAD_INPUT, "the treatment cannot be told from the periods%s: in every period all units are treated, or none%s", p->columns ? " and the covariates" : "",
                p->columns ? "; or the covariates depend on each other or on the period" : "");
  double ratio = find_ratio(&m, beta, &square);
  likelihood(&m, ratio, beta, &square);
  r.estimate = beta[m.k - 1];
  r.se = sqrt(square * m.xx[(size_t)m.k * m.k - 1]);
  r.sd = sqrt(square);
  r.level_sd = sqrt(square * ratio);
  r.icc = ratio / (1 + ratio);
  double df = MAX(p->units - 2, 1), critical = linear_critical(options->alpha > 0 ? options->alpha : 0.05, df);
  r.low = r.estimate - critical * r.se;
  r.high = r.estimate + critical * r.se;
  r.p = linear_p(r.estimate / r.se, df);
  r.randomised = permute(&m, ratio, options, &r.chance);
  *ret_result = r;
  return true;
}
