/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plain difference in differences is taken on one before and one after per unit (M. Bertrand, E. Duflo, S. Mullainathan,
 * "How much should we trust differences-in-differences estimates?", Q. J. Econ. 119, 2004): autocorrelation cannot hurt,
 * and the errors are those of a difference of means. The decomposition is that of A. Goodman-Bacon, J. Econometrics 225,
 * 2021, theorem 1; reference implementation R `bacondecomp` without covariates.
 *
 * How it can be wrong: both rest on parallel trends. The decomposition weighs comparisons by variance, so that a group
 * treated in the middle counts most; where effects grow, comparisons with units treated before subtract them. */
#include "stats/twoway.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

/* ---- the plain one ---------------------------------------------------------------------------------------------- */

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

/* Slope of a unit's values over the periods before the start. */
static double slope_of(const struct panel *p, int unit, int to)
{
  double n = 0, t1 = 0, t2 = 0, y1 = 0, ty = 0;
  for (int t = 0; t < to; t++) {
    double y = p->y[(size_t)t * p->units + unit];
    if (isnan(y))
      continue;
    n++;
    t1 += t;
    t2 += (double)t * t;
    y1 += y;
    ty += t * y;
  }
  return n > 1 ? (ty - t1 * y1 / n) / (t2 - t1 * t1 / n) : NAN;
}

static void welch(const double *x, const double *residual, int n, double *ret_se, double *ret_df)
{
  double part[2] = { 0 }, count[2] = { 0 };
  for (int i = 0; i < n; i++) {
    int arm = x[2 * i + 1] > 0;
    count[arm]++;
    part[arm] += residual[i] * residual[i];
  }
  for (int arm = 0; arm < 2; arm++)
    part[arm] = count[arm] > 1 ? part[arm] / (count[arm] - 1) / count[arm] : NAN;
  *ret_se = sqrt(part[0] + part[1]);
  *ret_df = (part[0] + part[1]) * (part[0] + part[1]) / (part[0] * part[0] / (count[0] - 1) + part[1] * part[1] / (count[1] - 1));
}

/* Difference of means of `value` between treated and others, by cluster. */
static bool compare(const struct panel *p, const double *value, double *ret_estimate, double *ret_se, double *ret_df)
{
  g_autofree double *x = g_new(double, 2 * (size_t)p->units), *y = g_new(double, (size_t)p->units), *residual = g_new(double, (size_t)p->units);
  g_autofree int *cluster = g_new(int, (size_t)p->units);
  double beta[2], bread[4], variance[4], contrast[] = { 0, 1 };
  int n = 0;
  for (int i = 0; i < p->units; i++)
    if (!isnan(value[i])) {
      x[2 * n] = 1;
      x[2 * n + 1] = p->first[i] < p->periods;
      cluster[n] = p->cluster[i];
      y[n++] = value[i];
    }
  if (n < 3 || !linear_fit(x, y, NULL, n, 2, beta, bread, residual))
    return false;
  *ret_estimate = beta[1];
  *ret_se = *ret_df = NAN;
  if (p->clusters == p->units) /* CR2 of single rows is Welch's test, without products of rows × rows */
    welch(x, residual, n, ret_se, ret_df);
  else if (linear_variance(LINEAR_CR2, x, NULL, residual, bread, cluster, p->clusters, n, 2, contrast, variance, ret_df))
    *ret_se = sqrt(variance[3]);
  return true;
}

bool twoway_simple(const struct panel *p, double alpha, struct twoway_simple *ret_result, GError **error)
{
  if (!panel_needs(p, true, error))
    return false;
  int first = p->periods, treated = 0;
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods) {
      if (treated++ && p->first[i] != first)
        return fail(error, MENO_ERROR_BAD_INPUT, "units start at different times: that is no plain before and after; use the design for staggered starts");
      first = p->first[i];
    }
  if (first == 0)
    return fail(error, MENO_ERROR_BAD_INPUT, "the treated units are treated from the first period on: there is no before");
  g_autofree double *value = g_new(double, (size_t)p->units), *slope = g_new(double, (size_t)p->units);
  struct twoway_simple r = { .before = first, .after = p->periods - first, .before_gap = NAN, .before_p = NAN };
  for (int i = 0; i < p->units; i++) {
    value[i] = mean_of(p, i, first, p->periods) - mean_of(p, i, 0, first);
    slope[i] = slope_of(p, i, first);
    *(p->first[i] < p->periods ? &r.treated : &r.controls) += !isnan(value[i]);
  }
  if (r.treated == 0 || r.controls == 0 || !compare(p, value, &r.estimate, &r.se, &r.df))
    return fail(error, MENO_ERROR_BAD_INPUT, "too few units have values before and after: %d treated, %d others", r.treated, r.controls);
  double critical = isnan(r.df) ? NAN : linear_critical(alpha > 0 ? alpha : 0.05, r.df), se, df;
  r.low = r.estimate - critical * r.se;
  r.high = r.estimate + critical * r.se;
  r.p = linear_p(r.estimate / r.se, r.df);
  if (first > 1 && compare(p, slope, &r.before_gap, &se, &df))
    r.before_p = linear_p(r.before_gap / se, df);
  *ret_result = r;
  return true;
}

/* ---- the decomposition ------------------------------------------------------------------------------------------ */

struct group { int first; double size; double *mean; /* [periods] */ };

static double average(const struct group *g, int from, int to)
{
  double sum = 0;
  for (int t = from; t < to; t++)
    sum += g->mean[t];
  return sum / (to - from);
}

/* Change of k minus change of l, before [from, at) and after [at, to). */
static double two_by_two(const struct group *k, const struct group *l, int from, int at, int to)
{
  return average(k, at, to) - average(k, from, at) - (average(l, at, to) - average(l, from, at));
}

static void put(struct twoway_bacon *b, const struct panel *p, enum twoway_kind kind, const struct group *k, const struct group *l, double weight, double estimate)
{
  b->parts[b->count++] = (struct twoway_part){ kind, p->when[k->first], l->first < p->periods ? p->when[l->first] : PANEL_NEVER, weight, estimate };
}

/* k starts before l. */
static void add_pair(struct twoway_bacon *b, const struct panel *p, const struct group *k, const struct group *l)
{
  double nk = k->size / p->units, nl = l->size / p->units, share = nk / (nk + nl), spread = share * (1 - share);
  double dk = (p->periods - k->first) / (double)p->periods, dl = (p->periods - l->first) / (double)p->periods;
  if (l->first == p->periods || k->first == 0) {
    const struct group *treated = k->first == 0 ? l : k, *other = k->first == 0 ? k : l;
    double d = k->first == 0 ? dl : dk;
    if (treated->first > 0 && treated->first < p->periods)
      put(b, p, k->first == 0 ? TWOWAY_ALWAYS : TWOWAY_UNTREATED, treated, other, (nk + nl) * (nk + nl) * spread * d * (1 - d),
          two_by_two(treated, other, 0, treated->first, p->periods));
    return;
  }
  double early = (nk + nl) * (1 - dl), late = (nk + nl) * dk;
  put(b, p, TWOWAY_EARLIER_LATER, k, l, early * early * spread * (dk - dl) / (1 - dl) * (1 - dk) / (1 - dl), two_by_two(k, l, 0, k->first, l->first));
  put(b, p, TWOWAY_LATER_EARLIER, l, k, late * late * spread * dl / dk * (dk - dl) / dk, two_by_two(l, k, k->first, l->first, p->periods));
}

struct twoway_bacon *twoway_decompose(const struct panel *p, GError **error)
{
  if (!panel_needs(p, false, error))
    return NULL;
  g_autofree struct group *group = g_new0(struct group, (size_t)p->periods + 1);
  g_autofree double *means = g_new0(double, (size_t)(p->periods + 1) * p->periods);
  g_autoptr(twoway_bacon_auto) b = g_new0(struct twoway_bacon, 1);
  int groups = 0;
  double total = 0;
  for (int i = 0; i < p->units; i++) {
    if (i == 0 || p->first[i] != p->first[i - 1])
      {
      group[groups] = (struct group){ .first = p->first[i], .mean = means + (size_t)groups * p->periods };
      groups++;
    }
    group[groups - 1].size++;
    for (int t = 0; t < p->periods; t++)
      group[groups - 1].mean[t] += p->y[(size_t)t * p->units + i];
  }
  for (int g = 0; g < groups; g++)
    for (int t = 0; t < p->periods; t++)
      group[g].mean[t] /= group[g].size;
  b->parts = g_new0(struct twoway_part, (size_t)groups * groups);
  for (int k = 0; k < groups; k++)
    for (int l = k + 1; l < groups; l++)
      add_pair(b, p, &group[k], &group[l]);
  for (int i = 0; i < b->count; i++)
    total += b->parts[i].weight;
  if (!(total > 0)) {
    fail(error, MENO_ERROR_BAD_INPUT, "all units start together: there is none to compare with");
    return NULL;
  }
  for (int i = 0; i < b->count; i++) {
    b->parts[i].weight /= total;
    b->estimate += b->parts[i].weight * b->parts[i].estimate;
    b->forbidden += b->parts[i].kind >= TWOWAY_LATER_EARLIER ? b->parts[i].weight : 0;
  }
  return g_steal_pointer(&b);
}

void twoway_bacon_free(struct twoway_bacon *b)
{
  if (b)
    g_free(b->parts);
  g_free(b);
}
