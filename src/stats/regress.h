/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least squares with few columns and honest errors. Rows with a NAN anywhere are skipped. */
#pragma once
#include <stdbool.h>

#define REGRESS_COLUMNS 12

struct regress_fit { int columns, rows, clusters; double beta[REGRESS_COLUMNS], se[REGRESS_COLUMNS]; double residual_sd; };

/* y = Xβ, X row-major [n * columns], `weight` (NULL: all 1). Errors: with `cluster` (an id per row, 0 ≤ id < clusters)
 * robust to any dependence within a cluster (CR1); else heteroscedasticity-robust (HC1). False where the columns are
 * not independent or the rows too few. */
bool regress_least_squares(const double *x, const double *y, const double *weight, const int *cluster, int n, int columns,
                           int clusters, struct regress_fit *ret_fit);
/* The same for one series in time order, errors robust to autocorrelation up to `lags` (Newey and West). */
bool regress_series(const double *x, const double *y, int n, int columns, int lags, struct regress_fit *ret_fit);
