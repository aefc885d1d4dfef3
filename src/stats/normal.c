/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The normal distribution, and the weight of evidence.
 *
 * An estimate of an effect is turned into a likelihood ratio rather than into a p-value, because "no effect" has to be
 * able to win: under "there is an effect" its size is half-normal with a scale that stands for what matters in practice
 * (J. O. Berger, T. Sellke, "Testing a point null hypothesis", JASA 82, 1987; the weight of evidence is I. J. Good's,
 * "Weight of evidence: a brief survey", Bayesian Statistics 2, 1985). The marginal density of the estimate is that of a
 * skew-normal variable (A. Azzalini, Scand. J. Statist. 12, 1985), so it is closed.
 *
 * How it can be wrong: tails of real estimates are heavier than normal, hence the bound; a wrong scale costs about half
 * the log of its error, never the sign of strong evidence. */
#include "stats/normal.h"
#include <math.h>

#define LOG_2PI 1.8378770664093454836

double normal_log_density(double x, double variance)
{
  return -0.5 * (LOG_2PI + log(variance) + x * x / variance);
}

double normal_cdf(double z)
{
  return 0.5 * erfc(-z / M_SQRT2);
}

/* Below -12 erfc loses its digits: the asymptotic series of Abramowitz and Stegun 7.1.23. */
double normal_log_cdf(double z)
{
  if (z > -12)
    return log(normal_cdf(z));
  double y = 1 / (z * z);
  return -0.5 * (LOG_2PI + z * z) - log(-z) + log1p(-y * (1 - 3 * y * (1 - 5 * y)));
}

double normal_log_ratio(double estimate, double se, double scale, double nuisance)
{
  if (!isfinite(estimate) || !isfinite(se) || se <= 0)
    return 0;
  double none = se * se + nuisance * nuisance, some = none + scale * scale;
  return M_LN2 + normal_log_density(estimate, some) - normal_log_density(estimate, none)
       + normal_log_cdf(estimate * scale / sqrt(none * some));
}

double normal_weigh(double estimate, double se, double scale, double nuisance)
{
  return fmax(-NORMAL_WEIGH_LIMIT, fmin(NORMAL_WEIGH_LIMIT, normal_log_ratio(estimate, se, scale, nuisance)));
}

double normal_log_mean_exp(const double *x, int n)
{
  double most = -INFINITY, sum = 0;
  for (int i = 0; i < n; i++)
    most = fmax(most, x[i]);
  if (!isfinite(most))
    return -INFINITY;
  for (int i = 0; i < n; i++)
    sum += exp(x[i] - most);
  return most + log(sum / n);
}
