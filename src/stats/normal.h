/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The normal distribution, and how much an estimate speaks for an effect. Logs are natural. */
#pragma once

double normal_log_density(double x, double variance); /* of N(0, variance) */
double normal_cdf(double z);
double normal_log_cdf(double z);                      /* exact far into the lower tail */

/* The log likelihood ratio of "there is a positive effect of about `scale`" (half-normal) against "there is none", for
 * an estimate with standard error `se` of which `nuisance` more is to be expected where there is none. 0 where nothing
 * was measured (se infinite or NaN); bounded to ±`NORMAL_WEIGH_LIMIT`, because models are wrong in their tails. */
#define NORMAL_WEIGH_LIMIT 7.0
double normal_weigh(double estimate, double se, double scale, double nuisance);
/* The same without the bound: to compare places, not to weigh causes. */
double normal_log_ratio(double estimate, double se, double scale, double nuisance);

/* log of the mean of exp(x), x of n values; -INFINITY for none. */
double normal_log_mean_exp(const double *x, int n);
