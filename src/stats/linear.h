/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear models of any width. Matrices are row-major. Weights are optional everywhere (NULL: all 1) and not negative. */
#pragma once
#include <stdbool.h>

/* out [p * q] += Σ over `length` of a[i][·] b[j][·]; a [p * length], b [q * length]. The order of the additions is fixed: the
 * same on every machine. */
void linear_products(const double *a, int p, const double *b, int q, int length, double *out);
/* XᵀWX [k * k] of x [n * k]. */
void linear_gram(const double *x, const double *weight, int n, int k, double *ret_gram);
/* Inverse of a symmetric positive definite a [k * k], in place. False, a spoilt: it is not one, or nearly (reciprocal
 * condition of the correlation form below 1e-12). */
bool linear_invert(double *a, int k);
/* The same, with the log of a's determinant. */
bool linear_invert_det(double *a, int k, double *ret_log_det);
/* x of a x = b, k unknowns, any square a. False: singular. a and b are kept. */
bool linear_solve(const double *a, const double *b, int k, double *ret_x);

/* Least squares. beta [k], bread [k * k] = (XᵀWX)⁻¹, residual [n] (each may be NULL but beta). False: columns depend on
 * each other, or n < k. */
bool linear_fit(const double *x, const double *y, const double *weight, int n, int k, double *ret_beta, double *ret_bread,
                double *ret_residual);

enum linear_errors { LINEAR_CLASSIC, LINEAR_HC1, LINEAR_HC2, LINEAR_HC3, LINEAR_CR0, LINEAR_CR1, LINEAR_CR2 };
/* Variance of beta [k * k] after linear_fit. `cluster` [n], 0 ≤ id < clusters, for CR*; NULL otherwise. `weight` as it was
 * given to the fit. CR2 takes the clusters as independent with equal working variance (Bell and McCaffrey); its degrees of
 * freedom for the contrast `contrast` [k] go to ret_df (both may be NULL; other kinds give clusters − 1, or n − k); with
 * clusters of over 1,000 rows or very many it is CR1. False: fewer than two clusters. */
bool linear_variance(enum linear_errors kind, const double *x, const double *weight, const double *residual, const double *bread,
                     const int *cluster, int clusters, int n, int k, const double *contrast, double *ret_variance, double *ret_df);

/* The same for rows in time order, robust to autocorrelation over `lags` rows (Bartlett weights), times n / (n − k). */
void linear_series_variance(const double *x, const double *residual, const double *bread, int lags, int n, int k, double *ret_variance);

/* Logit by maximum likelihood, y of 0 and 1. `inverse` [k * k] (may be NULL): (XᵀWX)⁻¹, the variance of beta; fitted [n]
 * (may be NULL): the probabilities. False: separated, or columns depend on each other. */
bool linear_logit(const double *x, const double *y, const double *weight, int n, int k, double *ret_beta, double *ret_inverse,
                  double *ret_fitted);
/* Poisson with log link and offset (NULL: none): the same. */
bool linear_poisson(const double *x, const double *y, const double *offset, int n, int k, double *ret_beta, double *ret_inverse,
                    double *ret_fitted);

/* Student's t and normal, two-sided: the quantile that leaves `alpha` outside, and the p-value. df of INFINITY: normal. */
double linear_critical(double alpha, double df);
double linear_p(double t, double df);
