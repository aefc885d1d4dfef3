/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parallel groups and switchbacks. CUPED: A. Deng, Y. Xu, R. Kohavi, T. Walker, WSDM 2013 (θ over both arms together).
 * Adjustment with slopes of each arm: W. Lin, Ann. Appl. Stat. 7, 2013, as R `estimatr::lm_lin`. Errors as R `estimatr`: HC2 by rows,
 * CR2 with the degrees of freedom of Bell and McCaffrey by clusters. Over periods each unit becomes one value (D. McKenzie,
 * J. Dev. Econ. 99, 2012, for the adjustment by the mean before): autocorrelation then cannot make the error too small.
 * Switchback: I. Bojinov, D. Simchi-Levi, J. Zhao, Manage. Sci. 69, 2023.
 *
 * How it can be wrong: units talk to each other; those treated last longer in the table; with under ten clusters the t is
 * honest only if values are roughly normal. */
#include "stats/trial.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define FEW_ROWS 1500 /* up to here rows count as clusters of one, for their degrees of freedom; beyond they are many */

struct sample { int n, k, clusters; double *x, *y, *w; int *cluster, *treated; };

static void sample_clear(struct sample *s)
{
  g_free(s->x);
  g_free(s->y);
  g_free(s->w);
  g_free(s->cluster);
  g_free(s->treated);
}
typedef struct sample sample_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sample_auto, sample_clear)

static bool complete(const struct trial_rows *r, int i)
{
  bool fine = !isnan(r->outcome[i]);
  for (int j = 0; j < r->columns; j++)
    fine = fine && !isnan(r->x[(size_t)i * r->columns + j]);
  return fine;
}

/* The rows that count: outcome, treatment, covariates less their means (in `w`, [n * columns]). */
static bool gather(const struct trial_rows *r, struct sample *s, struct trial_result *result, GError **error)
{
  s->y = g_new(double, (size_t)MAX(r->n, 1));
  s->treated = g_new(int, (size_t)MAX(r->n, 1));
  s->cluster = g_new(int, (size_t)MAX(r->n, 1));
  s->w = g_new0(double, (size_t)MAX(r->n, 1) * (size_t)MAX(r->columns, 1));
  s->clusters = r->cluster ? r->clusters : r->n;
  for (int i = 0; i < r->n; i++) {
    if (!complete(r, i))
      continue;
    if (fabs(r->outcome[i]) > PANEL_HUGE)
      return fail(error, MENO_ERROR_BAD_INPUT, "row %d: the outcome %g is too large to reckon with: correct it, or divide the column by a constant", i + 1, r->outcome[i]);
    memcpy(s->w + (size_t)s->n * r->columns, r->x + (size_t)i * r->columns, sizeof(double) * (size_t)r->columns);
    s->cluster[s->n] = r->cluster ? r->cluster[i] : i;
    s->treated[s->n] = r->treated[i];
    s->y[s->n++] = r->outcome[i];
  }
  for (int j = 0; j < r->columns; j++) {
    double mean = 0;
    for (int i = 0; i < s->n; i++)
      mean += s->w[(size_t)i * r->columns + j] / s->n;
    for (int i = 0; i < s->n; i++)
      s->w[(size_t)i * r->columns + j] -= mean;
  }
  g_autofree int *arm = g_new0(int, (size_t)MAX(s->clusters, 1));
  int arms[2] = { 0 };
  for (int i = 0; i < s->n; i++)
    arm[s->cluster[i]] |= s->treated[i] ? 2 : 1;
  for (int c = 0; c < s->clusters; c++) {
    arms[0] += arm[c] & 1;
    arms[1] += arm[c] >> 1 & 1;
    result->clusters += arm[c] > 0;
  }
  result->rows = s->n;
  result->treated = arms[1];
  if (arms[0] < 2 || arms[1] < 2)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d treated and %d other units: at least two of each are needed to know how much chance does", arms[1], arms[0]);
  double low = s->y[0], high = s->y[0];
  for (int i = 1; i < s->n; i++) {
    low = fmin(low, s->y[i]);
    high = fmax(high, s->y[i]);
  }
  return high > low || fail(error, MENO_ERROR_BAD_INPUT, "the outcome has one value only: there is nothing to compare");
}

static void make_columns(struct sample *s, int columns, enum trial_method method)
{
  bool adjust = method == TRIAL_ANCOVA || method == TRIAL_ADJUSTED;
  s->k = 2 + (adjust ? columns : 0) + (method == TRIAL_ADJUSTED ? columns : 0);
  g_free(s->x);
  s->x = g_new(double, (size_t)s->n * s->k);
  for (int i = 0; i < s->n; i++) {
    double *row = s->x + (size_t)i * s->k;
    row[0] = 1;
    row[1] = s->treated[i];
    for (int j = 0; adjust && j < columns; j++) {
      row[2 + j] = s->w[(size_t)i * columns + j];
      if (method == TRIAL_ADJUSTED)
        row[2 + columns + j] = s->treated[i] * s->w[(size_t)i * columns + j];
    }
  }
}

static bool fit(const struct sample *s, bool by_cluster, struct trial_result *r)
{
  g_autofree double *beta = g_new(double, (size_t)s->k), *bread = g_new(double, (size_t)s->k * s->k), *residual = g_new(double, (size_t)s->n),
                    *variance = g_new(double, (size_t)s->k * s->k), *contrast = g_new0(double, (size_t)s->k);
  contrast[1] = 1;
  if (!linear_fit(s->x, s->y, NULL, s->n, s->k, beta, bread, residual))
    return false;
  enum linear_errors kind = by_cluster || s->n <= FEW_ROWS ? LINEAR_CR2 : LINEAR_HC2;
  if (!linear_variance(kind, s->x, NULL, residual, bread, s->cluster, s->clusters, s->n, s->k, contrast, variance, &r->df))
    return false;
  r->estimate = beta[1];
  r->se = sqrt(fmax(variance[s->k + 1], 0));
  r->cr1_se = NAN;
  if (by_cluster && linear_variance(LINEAR_CR1, s->x, NULL, residual, bread, s->cluster, s->clusters, s->n, s->k, NULL, variance, NULL))
    r->cr1_se = sqrt(fmax(variance[s->k + 1], 0));
  return true;
}

/* Takes θ × the first covariate off the outcome. */
static void foretell(struct sample *s, int columns)
{
  double across = 0, square = 0, mean = 0;
  for (int i = 0; i < s->n; i++)
    mean += s->y[i] / s->n;
  for (int i = 0; i < s->n; i++) {
    double w = s->w[(size_t)i * columns];
    across += w * (s->y[i] - mean);
    square += w * w;
  }
  for (int i = 0; square > 0 && i < s->n; i++)
    s->y[i] -= across / square * s->w[(size_t)i * columns];
}

bool trial_parallel(const struct trial_rows *rows, enum trial_method method, double alpha, struct trial_result *ret_result, GError **error)
{
  g_auto(sample_auto) s = { 0 };
  struct trial_result r = { 0 };
  if (!gather(rows, &s, &r, error))
    return false;
  make_columns(&s, rows->columns, TRIAL_DIFFERENCE);
  if (!fit(&s, rows->cluster != NULL, &r))
    return fail(error, MENO_ERROR_BAD_INPUT, "the treatment is the same for all rows that are complete");
  r.plain_se = r.se;
  if (rows->columns > 0 && method != TRIAL_DIFFERENCE) {
    if (method == TRIAL_CUPED)
      foretell(&s, rows->columns);
    make_columns(&s, rows->columns, method);
    if (!fit(&s, rows->cluster != NULL, &r))
      return fail(error, MENO_ERROR_BAD_INPUT, "the covariates depend on each other, or are too many for %d rows: leave some out", s.n);
  }
  double critical = linear_critical(alpha > 0 ? alpha : 0.05, r.df);
  r.low = r.estimate - critical * r.se;
  r.high = r.estimate + critical * r.se;
  r.p = linear_p(r.estimate / r.se, r.df);
  *ret_result = r;
  return true;
}

/* ---- over periods ----------------------------------------------------------------------------------------------- */

static double mean_of(const struct panel *p, int unit, int from, int to)
{
  double sum = 0;
  int count = 0;
  for (int t = from; t < to; t++)
    if (!isnan(p->y[(size_t)t * p->units + unit])) {
      sum += p->y[(size_t)t * p->units + unit];
      count++;
    }
  return count ? sum / count : NAN;
}

bool trial_panel(const struct panel *p, int ramp, enum trial_method method, double alpha, struct trial_result *ret_result, GError **error)
{
  if (!panel_needs(p, true, error))
    return false;
  int first = p->first[0]; /* units are ordered by start */
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods && p->first[i] != first)
      return fail(error, MENO_ERROR_BAD_INPUT, "units start at different times: that is no trial with parallel groups; a stepped wedge, or a staggered rollout");
  if (first + ramp >= p->periods)
    return fail(error, MENO_ERROR_BAD_INPUT, "no period is left after a ramp of %d from the start on", ramp);
  int columns = (first > 0) + p->columns, at = MAX(first - 1, 0);
  g_autofree double *outcome = g_new(double, (size_t)p->units), *x = g_new(double, (size_t)p->units * (size_t)MAX(columns, 1));
  g_autofree int *treated = g_new(int, (size_t)p->units);
  for (int i = 0; i < p->units; i++) {
    outcome[i] = mean_of(p, i, first + ramp, p->periods);
    treated[i] = p->first[i] < p->periods;
    if (first > 0)
      x[(size_t)i * columns] = mean_of(p, i, 0, first);
    for (int j = 0; j < p->columns; j++)
      x[(size_t)i * columns + (first > 0) + j] = p->x[((size_t)at * p->units + i) * p->columns + j];
  }
  struct trial_rows rows = { .n = p->units, .outcome = outcome, .treated = treated, .x = x, .columns = columns,
                             .cluster = p->clusters < p->units ? p->cluster : NULL, .clusters = p->clusters };
  return trial_parallel(&rows, method, alpha, ret_result, error);
}

/* ---- switchback ------------------------------------------------------------------------------------------------- */

struct spell { double sum; int count, on, unit; };

static int compare_spell(const void *a, const void *b)
{
  const struct spell *x = a, *y = b;
  return x->unit - y->unit;
}

bool trial_switchback(const int *unit, const int *time, const int *on, const double *outcome, int n, int units, int block, int burn,
                      const struct randomise_options *options, struct trial_switchback *ret_result, GError **error)
{
  g_assert(block > 0 && burn >= 0 && burn < block);
  int last = 0, count = 0;
  for (int i = 0; i < n; i++)
    last = MAX(last, time[i]);
  int per_unit = last / block + 1;
  g_autofree struct spell *spell = g_new0(struct spell, (size_t)per_unit * (size_t)MAX(units, 1));
  for (int i = 0; i < n; i++) {
    struct spell *s = &spell[(size_t)unit[i] * per_unit + time[i] / block];
    if (s->count && s->on != on[i])
      return fail(error, MENO_ERROR_BAD_INPUT, "row %d: the unit switches within a block of %d periods: give the length of the blocks that chance decided on", i + 1, block);
    s->unit = unit[i];
    s->on = on[i];
    if (time[i] % block >= burn && !isnan(outcome[i])) {
      s->sum += outcome[i];
      s->count++;
    }
  }
  for (int i = 0; i < per_unit * units; i++)
    if (spell[i].count)
      spell[count++] = spell[i];
  qsort(spell, (size_t)count, sizeof *spell, compare_spell);
  g_autofree double *mean = g_new(double, (size_t)MAX(count, 1)), *x = g_new0(double, (size_t)MAX(count, 1) * (size_t)MAX(units, 1));
  g_autofree int *treated = g_new(int, (size_t)MAX(count, 1)), *of = g_new(int, (size_t)MAX(count, 1));
  for (int i = 0; i < count; i++) {
    mean[i] = spell[i].sum / spell[i].count;
    treated[i] = spell[i].on;
    of[i] = spell[i].unit;
    if (units > 1 && spell[i].unit < units - 1)
      x[(size_t)i * (units - 1) + spell[i].unit] = 1;
  }
  struct trial_switchback r = { .blocks = count };
  struct trial_rows rows = { .n = count, .outcome = mean, .treated = treated, .x = x, .columns = units - 1 };
  if (!trial_parallel(&rows, units > 1 ? TRIAL_ANCOVA : TRIAL_DIFFERENCE, options->alpha, &r.mean, error))
    return false;
  r.randomised = randomise_means(mean, treated, of, count, options, &r.chance);
  *ret_result = r;
  return true;
}
