/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location and spread that a few wild values cannot move. NAN values are skipped. */
#pragma once

double robust_quantile(const double *x, int n, double share); /* type 7 of Hyndman and Fan; NAN for none */
double robust_median(const double *x, int n);
/* 1.4826 × the median absolute deviation, times (n + 1) / n for small n; NAN for none. */
double robust_spread(const double *x, int n);
/* Huber's M-estimate of location (k = 1.345), given the spread of robust_spread. */
double robust_mean(const double *x, int n);
