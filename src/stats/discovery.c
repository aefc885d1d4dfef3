/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57, 1995; Y. Benjamini, D. Yekutieli, Ann. Statist. 29, 2001; both as R
 * `p.adjust`. Shrinkage by the normal model of B. Efron, C. Morris (J. Am. Stat. Assoc. 70, 1975) with the spread by restricted
 * maximum likelihood, as R `metafor` (method "REML"), and the uncertainty of the mean carried into each. The winner's curse of
 * one picked estimate: the conditional likelihood of H. Zhong, R. L. Prentice, Biostatistics 9, 2008.
 *
 * How it can be wrong: with a handful of estimates the spread is a guess, and one that is really different is pulled in. */
#include "stats/discovery.h"
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>

struct ranked { double p; int at; };

static int compare(const void *a, const void *b)
{
  const struct ranked *x = a, *y = b;
  return x->p != y->p ? (x->p > y->p) - (x->p < y->p) : x->at - y->at;
}

static void adjust(const double *p, int n, bool any, double *ret_adjusted)
{
  g_autofree struct ranked *order = g_new(struct ranked, (size_t)MAX(n, 1));
  int count = 0;
  double factor = any ? 0 : 1, least = 1;
  for (int i = 0; i < n; i++) {
    ret_adjusted[i] = NAN;
    if (!isnan(p[i]))
      order[count++] = (struct ranked){ p[i], i };
  }
  for (int i = 1; any && i <= count; i++)
    factor += 1.0 / i;
  qsort(order, (size_t)count, sizeof *order, compare);
  for (int i = count - 1; i >= 0; i--) {
    least = fmin(least, factor * count / (i + 1) * order[i].p);
    ret_adjusted[order[i].at] = least;
  }
}

void discovery_benjamini_hochberg(const double *p, int n, double *ret_adjusted)
{
  adjust(p, n, false, ret_adjusted);
}

void discovery_benjamini_yekutieli(const double *p, int n, double *ret_adjusted)
{
  adjust(p, n, true, ret_adjusted);
}

static bool counts(double estimate, double se)
{
  return isfinite(estimate) && isfinite(se) && se > 0;
}

/* Restricted log likelihood of the spread, and the mean that goes with it. */
static double likelihood(const double *estimate, const double *se, int n, double spread, double *ret_mean, double *ret_weight)
{
  double weight = 0, sum = 0, log_likelihood = 0;
  for (int i = 0; i < n; i++)
    if (counts(estimate[i], se[i])) {
      double w = 1 / (se[i] * se[i] + spread * spread);
      weight += w;
      sum += w * estimate[i];
      log_likelihood += 0.5 * log(w);
    }
  for (int i = 0; i < n; i++)
    if (counts(estimate[i], se[i]))
      log_likelihood -= 0.5 * (estimate[i] - sum / weight) * (estimate[i] - sum / weight) / (se[i] * se[i] + spread * spread);
  *ret_mean = sum / weight;
  *ret_weight = weight;
  return log_likelihood - 0.5 * log(weight);
}

/* Golden section over the spread; the likelihood has one top in all but odd cases, and 0 is looked at too. */
static double find_spread(const double *estimate, const double *se, int n, double most)
{
  const double golden = 0.6180339887498949;
  double low = 0, high = most, m, w;
  for (int i = 0; i < 100; i++) {
    double one = high - golden * (high - low), two = low + golden * (high - low);
    if (likelihood(estimate, se, n, one, &m, &w) < likelihood(estimate, se, n, two, &m, &w))
      low = one;
    else
      high = two;
  }
  double top = (low + high) / 2;
  return likelihood(estimate, se, n, 0, &m, &w) >= likelihood(estimate, se, n, top, &m, &w) ? 0 : top;
}

struct discovery_spread discovery_shrink(const double *estimate, const double *se, int n, double *ret_mean, double *ret_sd)
{
  struct discovery_spread r = { NAN, NAN, NAN };
  double low = INFINITY, high = -INFINITY, weight = 0;
  int count = 0;
  for (int i = 0; i < n; i++) {
    bool known = counts(estimate[i], se[i]);
    ret_mean[i] = known ? estimate[i] : NAN;
    ret_sd[i] = known ? se[i] : NAN;
    low = known ? fmin(low, estimate[i]) : low;
    high = known ? fmax(high, estimate[i]) : high;
    count += known;
  }
  if (count < 3)
    return r;
  r.spread = find_spread(estimate, se, n, fmax(high - low, 1e-300));
  likelihood(estimate, se, n, r.spread, &r.mean, &weight);
  r.mean_se = sqrt(1 / weight);
  for (int i = 0; i < n; i++)
    if (counts(estimate[i], se[i])) {
      double pull = se[i] * se[i] / (se[i] * se[i] + r.spread * r.spread);
      ret_mean[i] = pull * r.mean + (1 - pull) * estimate[i];
      ret_sd[i] = sqrt((1 - pull) * se[i] * se[i] + pull * pull / weight);
    }
  return r;
}

double discovery_unpick(double estimate, double se, double threshold)
{
  if (!(se > 0) || !(threshold > 0))
    return estimate;
  double z = fabs(estimate) / se, low = 0, high = z;
  /* The mean of a normal given that it passed the threshold on either side grows with its centre: find the centre whose
   * conditional mean is z. That is the conditional maximum likelihood estimate. */
  for (int i = 0; i < 80; i++) {
    double m = (low + high) / 2, above = gsl_cdf_ugaussian_Q(threshold - m), below = gsl_cdf_ugaussian_P(-threshold - m);
    double mean = m + (gsl_ran_ugaussian_pdf(threshold - m) - gsl_ran_ugaussian_pdf(-threshold - m)) / (above + below);
    *(mean < z ? &low : &high) = m;
  }
  return copysign(low, estimate) * se;
}
