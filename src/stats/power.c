/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With the same covariance Σ in every unit (a random level plus first-order autocorrelated noise) and a free effect of each
 * period, generalised least squares has variance 1 / Σ (z_i − z̄)ᵀ Σ⁻¹ (z_i − z̄), z_i the doses of unit i over the periods:
 * the period effects take away the mean dose and nothing else. M. A. Hussey, J. P. Hughes, Contemp. Clin. Trials 28, 2007,
 * is the case without autocorrelation; J. Kasza et al., Stat. Methods Med. Res. 28, 2019, that with it. Power by the
 * noncentral t, integrated over the distribution of the estimated variance.
 *
 * How it can be wrong: sd, level and autocorrelation are taken as known; estimates from a short past make the power itself
 * uncertain. An analysis that is not generalised least squares reaches less. */
#include "stats/power.h"
#include "stats/linear.h"
#include "stats/shift.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static double dose_at(const struct power_design *d, int unit, int period)
{
  if (d->dose)
    return d->dose[(size_t)unit * d->periods + period];
  int since = period - d->first[unit];
  return since < 0 || d->first[unit] >= d->periods ? 0 : d->ramp > 0 ? fmin(1, (since + 1.0) / (d->ramp + 1.0)) : 1;
}

/* Σ⁻¹. An uninformative level is a spread of 1000 × the noise: the same to six digits. */
static bool precision(const struct power_design *d, double *ret)
{
  int n = d->periods;
  double level = isfinite(d->level_sd) ? d->level_sd : 1000 * d->sd;
  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++)
      ret[a * n + b] = level * level + d->sd * d->sd * pow(d->autocorrelation, abs(a - b));
  return linear_invert(ret, n);
}

/* Means over the periods before and from the start on: the residual variance of the one given the other, and what the
 * estimation of that slope costs (1 / (units − 4)). */
static double se_of_means(const struct power_design *d)
{
  int start = d->periods, treated = 0;
  double before = 0, after = 0, across = 0, share = 0, level = isfinite(d->level_sd) ? d->level_sd : 1000 * d->sd;
  for (int i = 0; i < d->units; i++)
    if (d->first[i] < d->periods) {
      start = d->first[i];
      treated++;
      for (int t = start; t < d->periods; t++)
        share += dose_at(d, i, t) / (d->periods - start);
    }
  if (treated == 0 || treated == d->units)
    return INFINITY;
  for (int a = 0; a < d->periods; a++)
    for (int b = 0; b < d->periods; b++) {
      double part = level * level + d->sd * d->sd * pow(d->autocorrelation, abs(a - b));
      if (a < start && b < start)
        before += part / start / start;
      else if (a >= start && b >= start)
        after += part / (d->periods - start) / (d->periods - start);
      else
        across += part / 2 / start / (d->periods - start);
    }
  double rest = after - (start > 0 ? across * across / before : 0), cost = start > 0 ? 1 + 1.0 / MAX(d->units - 4, 1) : 1;
  return sqrt(rest * cost * (1.0 / treated + 1.0 / (d->units - treated))) / (share / treated);
}

double power_se(const struct power_design *d)
{
  int n = d->periods;
  g_assert(d->sd > 0 && fabs(d->autocorrelation) < 1 && n > 0 && d->units > 0);
  if (d->means)
    return se_of_means(d);
  g_autofree double *inverse = g_new(double, (size_t)n * n), *mean = g_new0(double, (size_t)n), *away = g_new(double, (size_t)n);
  if (!precision(d, inverse))
    return INFINITY;
  for (int i = 0; i < d->units; i++)
    for (int t = 0; t < n; t++)
      mean[t] += dose_at(d, i, t) / d->units;
  double information = 0;
  for (int i = 0; i < d->units; i++) {
    for (int t = 0; t < n; t++)
      away[t] = dose_at(d, i, t) - mean[t];
    for (int a = 0; a < n; a++)
      for (int b = 0; b < n; b++)
        information += away[a] * inverse[a * n + b] * away[b];
  }
  return information > 1e-12 / (d->sd * d->sd) ? 1 / sqrt(information) : INFINITY;
}

double power_df(const struct power_design *d)
{
  return MAX(d->units - 2 - d->means, 1);
}

double power_of(double effect, double se, double df, double alpha)
{
  if (!isfinite(se) || !(se > 0))
    return 0;
  alpha = alpha > 0 ? alpha : 0.05;
  double away = fabs(effect) / se, critical = linear_critical(alpha, df), sum = 0;
  if (!isfinite(df))
    return gsl_cdf_ugaussian_P(away - critical) + gsl_cdf_ugaussian_P(-away - critical);
  const int steps = 400;
  for (int i = 0; i < steps; i++) {
    double spread = critical * sqrt(gsl_cdf_chisq_Pinv((i + 0.5) / steps, df) / df);
    sum += gsl_cdf_ugaussian_P(away - spread) + gsl_cdf_ugaussian_P(-away - spread);
  }
  return sum / steps;
}

double power_smallest(double se, double df, double alpha, double power)
{
  if (!isfinite(se))
    return INFINITY;
  double low = 0, high = se;
  while (power_of(high, se, df, alpha) < power)
    high *= 2;
  for (int i = 0; i < 60 && high - low > 1e-9 * high; i++) {
    double middle = (low + high) / 2;
    *(power_of(middle, se, df, alpha) < power ? &low : &high) = middle;
  }
  return high;
}

int power_wait(const struct power_design *design, double effect, double power, int most)
{
  g_assert(design->first);
  g_autofree int *first = g_new(int, (size_t)design->units);
  for (int wait = 0; wait <= most; wait++) {
    struct power_design d = *design;
    d.periods += wait;
    d.dose = NULL;
    d.first = first;
    for (int i = 0; i < d.units; i++)
      first[i] = design->first[i] < design->periods ? design->first[i] : d.periods; /* who is not treated yet stays so */
    if (power_of(effect, power_se(&d), power_df(&d), d.alpha) >= power)
      return wait;
  }
  return -1;
}

/* ---- from the past ----------------------------------------------------------------------------------------------- */

/* Values less the period's mean over those untreated then, unit by unit; NAN where treated or missing. */
static void untreated(const struct panel *p, double *ret)
{
  for (int t = 0; t < p->periods; t++) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < p->units; i++) {
      double y = p->y[(size_t)t * p->units + i];
      bool counts = t < p->first[i] && !isnan(y);
      sum += counts ? y : 0;
      count += counts;
    }
    for (int i = 0; i < p->units; i++) {
      double y = p->y[(size_t)t * p->units + i];
      ret[(size_t)i * p->periods + t] = t < p->first[i] && !isnan(y) && count > 1 ? y - sum / count : NAN;
    }
  }
}

bool power_learn(const struct panel *p, struct power_design *ret_design)
{
  g_autofree double *y = g_new(double, (size_t)p->units * p->periods);
  double within = 0, freedom = 0, between = 0, mean = 0, inverse = 0;
  int units = 0;
  untreated(p, y);
  for (int i = 0; i < p->units; i++) {
    double own = 0, square = 0;
    int n = 0;
    for (int t = 0; t < p->periods; t++)
      if (!isnan(y[(size_t)i * p->periods + t])) {
        double step = y[(size_t)i * p->periods + t] - own;
        own += step / ++n;
        square += step * (y[(size_t)i * p->periods + t] - own);
      }
    if (n < 4)
      continue;
    double step = own - mean;
    mean += step / ++units;
    between += step * (own - mean);
    within += square;
    freedom += n - 1;
    inverse += 1.0 / n;
  }
  if (units < 3 || !(within > 0))
    return false;
  double rho = shift_autocorrelation(y, NULL, p->units, p->periods), n = units / inverse, kept = 0;
  /* Under autocorrelation the variance around a unit's own mean of n values is sd² (1 − that of the mean), which is: */
  for (int k = 1; k < n; k++)
    kept += 2 * (1 - k / n) * pow(rho, k);
  double of_mean = fmin((1 + kept) / n, 0.9), sd = sqrt(within / freedom * (n - 1) / n / (1 - of_mean) * units / (units - 1.0));
  ret_design->sd = sd;
  ret_design->autocorrelation = rho;
  ret_design->level_sd = sqrt(fmax(between / (units - 1) - sd * sd * of_mean, 0));
  return true;
}
