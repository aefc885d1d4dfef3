/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear models. Least squares by the normal equations in correlation form and Cholesky (GSL), with one step of refinement
 * on the residuals: that brings the accuracy near to an orthogonal factorisation (Å. Björck, "Stability analysis of the
 * method of seminormal equations", Linear Algebra Appl. 88/89, 1987) and needs memory for k × k only. Errors: HC1–HC3
 * (J. G. MacKinnon, H. White, J. Econometrics 29, 1985), CR1 as Stata's, Bartlett weights in time
 * (W. K. Newey, K. D. West, Econometrica 55, 1987), CR2 with Satterthwaite degrees of freedom
 * (R. M. Bell, D. F. McCaffrey, Survey Methodology 28, 2002), as R `clubSandwich` with an identity working model. Logit and
 * Poisson by iteratively reweighted least squares, as R `glm` (epsilon 1e-10 here, 1e-8 there; 50 steps).
 *
 * The products are sums of dot products over blocks that stay in the cache; four partial sums per product, added in a
 * fixed order, so that machines with wide and narrow registers agree to the last bit.
 *
 * How it can be wrong: with a condition beyond some 1e6 in correlation form the inverse, hence the error, loses digits;
 * beyond 1e12 the fit is refused. */
#include "stats/linear.h"
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));
#define BLOCK 512
#define CR2_ROWS 1000  /* of one cluster, and */
#define CR2_CELLS 2e7  /* clusters × rows: beyond, CR2 differs from CR1 by less than it costs */

/* ---- products --------------------------------------------------------------------------------------------------- */

/* Two rows of a against up to four of b. */
#define TILE(rows, columns)                                                                                             \
  do {                                                                                                                  \
    lanes sum[rows][columns] = { { { 0 } } };                                                                           \
    int at = 0;                                                                                                         \
    for (; at + 4 <= length; at += 4)                                                                                   \
      for (int r = 0; r < (rows); r++) {                                                                                \
        lanes left = *(const lanes *)(a + (size_t)(i + r) * stride_a + at);                                                         \
        for (int c = 0; c < (columns); c++)                                                                             \
          sum[r][c] += left * *(const lanes *)(b + (size_t)(j + c) * stride_b + at);                                                \
      }                                                                                                                 \
    for (int r = 0; r < (rows); r++)                                                                                    \
      for (int c = 0; c < (columns); c++) {                                                                             \
        double rest = 0;                                                                                                \
        for (int left = at; left < length; left++)                                                                      \
          rest += a[(size_t)(i + r) * stride_a + left] * b[(size_t)(j + c) * stride_b + left];                          \
        out[(size_t)(i + r) * q + j + c] += (sum[r][c][0] + sum[r][c][1]) + (sum[r][c][2] + sum[r][c][3]) + rest;                                                   \
      }                                                                                                                 \
  } while (0)

/* `triangle`: only j ≥ i is wanted (a tile may do a little more). */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
__attribute__((target_clones("avx2", "default"), optimize("O3", "unroll-loops")))
#endif
static void products(const double *a, int stride_a, int p, const double *b, int stride_b, int q, int length, bool triangle, double *out)
{
  int i = 0;
  for (; i + 2 <= p; i += 2) {
    int j = triangle ? i : 0;
    for (; j + 4 <= q; j += 4)
      TILE(2, 4);
    for (; j < q; j++)
      TILE(2, 1);
  }
  for (; i < p; i++) {
    int j = triangle ? i : 0;
    for (; j < q; j++)
      TILE(1, 1);
  }
}

void linear_products(const double *a, int p, const double *b, int q, int length, double *out)
{
  for (int from = 0; from < length; from += BLOCK)
    products(a + from, length, p, b + from, length, q, MIN(BLOCK, length - from), false, out);
}

void linear_gram(const double *x, const double *weight, int n, int k, double *ret_gram)
{
  enum { ROWS = 128 };
  g_autofree double *left = g_new(double, (size_t)k * ROWS), *right = weight ? g_new(double, (size_t)k * ROWS) : NULL;
  memset(ret_gram, 0, sizeof(double) * (size_t)k * (size_t)k);
  for (int from = 0; from < n; from += ROWS) {
    int rows = MIN(ROWS, n - from);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < k; j++)
        left[j * ROWS + i] = x[(size_t)(from + i) * k + j];
    for (int j = 0; weight && j < k; j++)
      for (int i = 0; i < rows; i++)
        right[j * ROWS + i] = left[j * ROWS + i] * weight[from + i];
    products(left, ROWS, k, weight ? right : left, ROWS, k, rows, true, ret_gram);
  }
  for (int a = 0; a < k; a++)
    for (int b = 0; b < a; b++)
      ret_gram[a * k + b] = ret_gram[b * k + a];
}

/* ---- solving ---------------------------------------------------------------------------------------------------- */

/* GSL would abort on a matrix that is not positive definite. */
static void quiet(void)
{
  static gsize once;
  if (g_once_init_enter(&once)) {
    gsl_set_error_handler_off();
    g_once_init_leave(&once, 1);
  }
}

bool linear_invert(double *a, int k)
{
  double ignored;
  return linear_invert_det(a, k, &ignored);
}

bool linear_invert_det(double *a, int k, double *ret_log_det)
{
  double log_det = 0;
  quiet();
  g_autofree double *scale = g_new(double, (size_t)k);
  for (int i = 0; i < k; i++) {
    if (!(a[i * k + i] > 0) || !isfinite(a[i * k + i]))
      return false;
    scale[i] = 1 / sqrt(a[i * k + i]);
  }
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++)
      a[i * k + j] *= scale[i] * scale[j];
  gsl_matrix_view view = gsl_matrix_view_array(a, (size_t)k, (size_t)k);
  g_autofree double *spare = g_new(double, 3 * (size_t)k);
  gsl_vector_view work = gsl_vector_view_array(spare, 3 * (size_t)k);
  double condition = 0;
  if (gsl_linalg_cholesky_decomp1(&view.matrix) || gsl_linalg_cholesky_rcond(&view.matrix, &condition, &work.vector) || !(condition > 1e-12))
    return false;
  for (int i = 0; i < k; i++)
    log_det += 2 * log(a[i * k + i] / scale[i]);
  *ret_log_det = log_det;
  gsl_linalg_cholesky_invert(&view.matrix);
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++)
      a[i * k + j] *= scale[i] * scale[j];
  return true;
}

bool linear_solve(const double *a, const double *b, int k, double *ret_x)
{
  quiet();
  g_autofree double *copy = g_memdup2(a, sizeof(double) * (size_t)k * (size_t)k), *x = g_new(double, (size_t)k);
  gsl_matrix_view m = gsl_matrix_view_array(copy, (size_t)k, (size_t)k);
  gsl_vector_const_view right = gsl_vector_const_view_array(b, (size_t)k);
  gsl_vector_view out = gsl_vector_view_array(x, (size_t)k);
  gsl_permutation *order = gsl_permutation_alloc((size_t)k);
  int sign;
  bool fine = !gsl_linalg_LU_decomp(&m.matrix, order, &sign) && !gsl_linalg_LU_solve(&m.matrix, order, &right.vector, &out.vector);
  gsl_permutation_free(order);
  for (int i = 0; i < k; i++)
    fine = fine && isfinite(x[i]);
  if (fine)
    memcpy(ret_x, x, sizeof(double) * (size_t)k);
  return fine;
}

static void multiply(const double *a, const double *x, int k, double *out)
{
  for (int i = 0; i < k; i++) {
    out[i] = 0;
    for (int j = 0; j < k; j++)
      out[i] += a[i * k + j] * x[j];
  }
}

/* residual = y − Xβ, and right += XᵀW residual. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
__attribute__((target_clones("avx2", "default"), optimize("O3")))
#endif
static void pass(const double *x, const double *y, const double *weight, const double *beta, int n, int k, double *right, double *residual)
{
  enum { ROWS = 64 };
  double away[ROWS];
  for (int from = 0; from < n; from += ROWS) {
    int rows = MIN(ROWS, n - from);
    for (int i = 0; i < rows; i++) {
      const double *row = x + (size_t)(from + i) * k;
      double even = 0, odd = 0;
      int j = 0;
      for (; beta && j + 2 <= k; j += 2) {
        even += row[j] * beta[j];
        odd += row[j + 1] * beta[j + 1];
      }
      if (beta && j < k)
        even += row[j] * beta[j];
      away[i] = y[from + i] - (even + odd);
      if (residual)
        residual[from + i] = away[i];
      if (weight)
        away[i] *= weight[from + i];
    }
    for (int i = 0; i < rows; i++) {
      const double *row = x + (size_t)(from + i) * k;
      for (int j = 0; j < k; j++)
        right[j] += row[j] * away[i];
    }
  }
}

bool linear_fit(const double *x, const double *y, const double *weight, int n, int k, double *ret_beta, double *ret_bread,
                double *ret_residual)
{
  g_autofree double *bread = g_new(double, (size_t)k * k), *right = g_new0(double, (size_t)k), *step = g_new(double, (size_t)k),
                    *beta = g_new0(double, (size_t)k);
  if (n < k)
    return false;
  linear_gram(x, weight, n, k, bread);
  if (!linear_invert(bread, k))
    return false;
  pass(x, y, weight, NULL, n, k, right, NULL);
  multiply(bread, right, k, beta);
  memset(right, 0, sizeof(double) * (size_t)k);
  pass(x, y, weight, beta, n, k, right, ret_residual);
  multiply(bread, right, k, step);
  double size = 0, moved = 0;
  for (int j = 0; j < k; j++) {
    size = fmax(size, fabs(beta[j]) * sqrt(1 / bread[j * k + j]));
    moved = fmax(moved, fabs(step[j]) * sqrt(1 / bread[j * k + j]));
    beta[j] += step[j];
  }
  if (ret_residual && moved > 1e-13 * size) {
    memset(right, 0, sizeof(double) * (size_t)k);
    pass(x, y, weight, beta, n, k, right, ret_residual);
  }
  memcpy(ret_beta, beta, sizeof(double) * (size_t)k);
  if (ret_bread)
    memcpy(ret_bread, bread, sizeof(double) * (size_t)k * k);
  return true;
}

/* ---- variances -------------------------------------------------------------------------------------------------- */

/* variance = bread meat bread × factor. */
static void sandwich(const double *bread, const double *meat, int k, double factor, double *ret_variance)
{
  g_autofree double *half = g_new0(double, (size_t)k * k);
  for (int i = 0; i < k; i++)
    for (int m = 0; m < k; m++)
      for (int j = 0; j < k; j++)
        half[i * k + j] += bread[i * k + m] * meat[m * k + j];
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++) {
      double sum = 0;
      for (int m = 0; m < k; m++)
        sum += half[i * k + m] * bread[m * k + j];
      ret_variance[i * k + j] = factor * sum;
    }
}

static double leverage(const double *row, const double *bread, double weight, int k)
{
  double sum = 0;
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++)
      sum += row[a] * bread[a * k + b] * row[b];
  return weight * sum;
}

static void by_row(enum linear_errors kind, const double *x, const double *weight, const double *residual, const double *bread,
                   int n, int k, double *ret_variance)
{
  g_autofree double *meat = g_new0(double, (size_t)k * k), *square = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++) {
    double w = weight ? weight[i] : 1, score = w * residual[i];
    double h = kind >= LINEAR_HC2 ? fmin(leverage(x + (size_t)i * k, bread, w, k), 1 - 1e-12) : 0;
    square[i] = score * score / (kind == LINEAR_HC2 ? 1 - h : kind == LINEAR_HC3 ? (1 - h) * (1 - h) : 1);
  }
  linear_gram(x, square, n, k, meat);
  sandwich(bread, meat, k, kind == LINEAR_HC1 ? n / (double)(n - k) : 1, ret_variance);
}

/* A symmetric matrix to the power −1/2, eigenvalues near 0 left out. a [n * n], in place. */
static void inverse_root(double *a, int n)
{
  gsl_matrix_view view = gsl_matrix_view_array(a, (size_t)n, (size_t)n);
  gsl_vector *value = gsl_vector_alloc((size_t)n);
  gsl_matrix *vector = gsl_matrix_alloc((size_t)n, (size_t)n);
  gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc((size_t)n);
  gsl_eigen_symmv(&view.matrix, value, vector, space);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int m = 0; m < n; m++) {
        double v = gsl_vector_get(value, (size_t)m);
        if (v > 1e-10)
          sum += gsl_matrix_get(vector, (size_t)i, (size_t)m) * gsl_matrix_get(vector, (size_t)j, (size_t)m) / sqrt(v);
      }
      a[i * n + j] = sum;
    }
  gsl_eigen_symmv_free(space);
  gsl_matrix_free(vector);
  gsl_vector_free(value);
}

/* The rows of each cluster: members [n] sorted by cluster, from [clusters + 1]. */
static void members_of(const int *cluster, int clusters, int n, int *members, int *from)
{
  memset(from, 0, sizeof(int) * (size_t)(clusters + 1));
  for (int i = 0; i < n; i++)
    from[cluster[i] + 1]++;
  for (int g = 0; g < clusters; g++)
    from[g + 1] += from[g];
  g_autofree int *next = g_memdup2(from, sizeof(int) * (size_t)(clusters + 1));
  for (int i = 0; i < n; i++)
    members[next[cluster[i]]++] = i;
}

/* Bell and McCaffrey: residuals of a cluster times (I − H_gg)^(−1/2) before they are summed; for a large cluster through
 * the k × k side: (I − X B Xᵀ)^(−1/2) = I + X C Xᵀ would need another factorisation, so clusters are taken whole. */
static void adjust_cluster(const double *x, const double *weight, const double *bread, const int *rows, int m, int k, double *ret_root)
{
  for (int i = 0; i < m; i++)
    for (int j = 0; j < m; j++) {
      const double *a = x + (size_t)rows[i] * k, *b = x + (size_t)rows[j] * k;
      double sum = 0, w = weight ? sqrt(weight[rows[i]] * weight[rows[j]]) : 1;
      for (int p = 0; p < k; p++)
        for (int q = 0; q < k; q++)
          sum += a[p] * bread[p * k + q] * b[q];
      ret_root[i * m + j] = (i == j) - w * sum;
    }
  inverse_root(ret_root, m);
}

/* Satterthwaite: with V = Σ (p_gᵀ e)², p_g = (I − H)_g A_g X_g B c, df = (tr P)² / tr P² for P = pᵀp. */
static double satterthwaite(const double *p, int clusters, int n)
{
  double trace = 0, square = 0;
  for (int g = 0; g < clusters; g++)
    for (int h = 0; h < clusters; h++) {
      double dot = 0;
      for (int i = 0; i < n; i++)
        dot += p[(size_t)g * n + i] * p[(size_t)h * n + i];
      square += dot * dot;
      trace += g == h ? dot : 0;
    }
  return square > 0 ? trace * trace / square : NAN;
}

static void by_cluster_adjusted(const double *x, const double *weight, const double *residual, const double *bread, const int *members,
                                const int *from, int clusters, int n, int k, const double *contrast, double *meat, double *ret_df)
{
  g_autofree double *p = contrast && ret_df ? g_new0(double, (size_t)clusters * n) : NULL;
  for (int g = 0; g < clusters; g++) {
    int m = from[g + 1] - from[g];
    const int *rows = members + from[g];
    if (m == 0)
      continue;
    g_autofree double *root = g_new(double, (size_t)m * m), *sum = g_new0(double, (size_t)k), *score = g_new0(double, (size_t)m * k);
    adjust_cluster(x, weight, bread, rows, m, k, root);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < m; j++) {
        double w = weight ? sqrt(weight[rows[i]]) : 1;
        for (int a = 0; a < k; a++)
          score[j * k + a] += w * x[(size_t)rows[i] * k + a] * root[i * m + j];
      }
    for (int j = 0; j < m; j++)
      for (int a = 0; a < k; a++)
        sum[a] += score[j * k + a] * residual[rows[j]] * (weight ? sqrt(weight[rows[j]]) : 1);
    for (int a = 0; a < k; a++)
      for (int b = 0; b < k; b++)
        meat[a * k + b] += sum[a] * sum[b];
    if (!p)
      continue;
    /* q = A X B c on the rows of the cluster; p_g = q − X B Xᵀq on all rows. */
    g_autofree double *direction = g_new(double, (size_t)k), *back = g_new0(double, (size_t)k), *through = g_new(double, (size_t)k);
    multiply(bread, contrast, k, direction);
    for (int j = 0; j < m; j++) {
      double q = 0, w = weight ? sqrt(weight[rows[j]]) : 1;
      for (int a = 0; a < k; a++)
        q += score[j * k + a] * direction[a];
      p[(size_t)g * n + rows[j]] = q;
      for (int a = 0; a < k; a++)
        back[a] += w * x[(size_t)rows[j] * k + a] * q;
    }
    multiply(bread, back, k, through);
    for (int i = 0; i < n; i++)
      for (int a = 0; a < k; a++)
        p[(size_t)g * n + i] -= (weight ? sqrt(weight[i]) : 1) * x[(size_t)i * k + a] * through[a];
  }
  if (p)
    *ret_df = satterthwaite(p, clusters, n);
}

static bool by_cluster(enum linear_errors kind, const double *x, const double *weight, const double *residual, const double *bread,
                       const int *cluster, int clusters, int n, int k, const double *contrast, double *ret_variance, double *ret_df)
{
  g_autofree double *meat = g_new0(double, (size_t)k * k), *sums = g_new0(double, (size_t)clusters * k);
  g_autofree int *members = g_new(int, (size_t)n), *from = g_new(int, (size_t)clusters + 1);
  members_of(cluster, clusters, n, members, from);
  int seen = 0;
  for (int g = 0; g < clusters; g++)
    seen += from[g + 1] > from[g];
  if (seen < 2)
    return false;
  if (ret_df)
    *ret_df = seen - 1;
  int largest = 0;
  for (int g = 0; g < clusters; g++)
    largest = MAX(largest, from[g + 1] - from[g]);
  if (kind == LINEAR_CR2 && largest <= CR2_ROWS && (double)clusters * n <= CR2_CELLS) {
    by_cluster_adjusted(x, weight, residual, bread, members, from, clusters, n, k, contrast, meat, ret_df);
    sandwich(bread, meat, k, 1, ret_variance);
    return true;
  }
  for (int i = 0; i < n; i++)
    for (int a = 0; a < k; a++)
      sums[(size_t)cluster[i] * k + a] += (weight ? weight[i] : 1) * residual[i] * x[(size_t)i * k + a];
  linear_gram(sums, NULL, clusters, k, meat);
  sandwich(bread, meat, k, kind != LINEAR_CR0 ? seen / (seen - 1.0) * (n - 1.0) / (n - k) : 1, ret_variance);
  return true;
}

bool linear_variance(enum linear_errors kind, const double *x, const double *weight, const double *residual, const double *bread,
                     const int *cluster, int clusters, int n, int k, const double *contrast, double *ret_variance, double *ret_df)
{
  if (kind >= LINEAR_CR0)
    return by_cluster(kind, x, weight, residual, bread, cluster, clusters, n, k, contrast, ret_variance, ret_df);
  if (n <= k)
    return false;
  if (ret_df)
    *ret_df = n - k;
  if (kind != LINEAR_CLASSIC) {
    by_row(kind, x, weight, residual, bread, n, k, ret_variance);
    return true;
  }
  double squares = 0;
  for (int i = 0; i < n; i++)
    squares += (weight ? weight[i] : 1) * residual[i] * residual[i];
  for (int i = 0; i < k * k; i++)
    ret_variance[i] = bread[i] * squares / (n - k);
  return true;
}

void linear_series_variance(const double *x, const double *residual, const double *bread, int lags, int n, int k, double *ret_variance)
{
  g_autofree double *meat = g_new0(double, (size_t)k * k);
  for (int lag = 0; lag <= lags && lag < n; lag++) {
    double bartlett = 1 - lag / (lags + 1.0);
    for (int i = lag; i < n; i++)
      for (int a = 0; a < k; a++)
        for (int b = 0; b < k; b++) {
          double part = bartlett * residual[i] * x[(size_t)i * k + a] * residual[i - lag] * x[(size_t)(i - lag) * k + b];
          meat[a * k + b] += part;
          meat[b * k + a] += lag > 0 ? part : 0;
        }
  }
  sandwich(bread, meat, k, n / (double)(n - k), ret_variance);
}

/* ---- generalised linear models ---------------------------------------------------------------------------------- */

/* One family: mean and its derivative by the linear predictor, deviance of one row. */
static void logit_at(double eta, double y, double *ret_mean, double *ret_slope, double *ret_deviance)
{
  double p = 1 / (1 + exp(-eta));
  *ret_mean = p;
  *ret_slope = fmax(p * (1 - p), 1e-14);
  double against = y > 0.5 ? -eta : eta;
  *ret_deviance = 2 * (against > 30 ? against : log1p(exp(against)));
}

static void poisson_at(double eta, double y, double *ret_mean, double *ret_slope, double *ret_deviance)
{
  double mean = exp(fmin(eta, 600));
  *ret_mean = mean;
  *ret_slope = fmax(mean, 1e-300);
  *ret_deviance = 2 * ((y > 0 ? y * (log(y) - eta) : 0) - (y - mean));
}

typedef void family(double eta, double y, double *ret_mean, double *ret_slope, double *ret_deviance);

static bool reweighted(family at, const double *x, const double *y, const double *weight, const double *offset, int n, int k,
                       double *ret_beta, double *ret_inverse, double *ret_fitted)
{
  g_autofree double *eta = g_new(double, (size_t)n), *target = g_new(double, (size_t)n), *w = g_new(double, (size_t)n),
                    *beta = g_new0(double, (size_t)k), *bread = g_new(double, (size_t)k * k), *mean = g_new(double, (size_t)n);
  double before = INFINITY;
  for (int i = 0; i < n; i++)
    eta[i] = at == poisson_at ? log(y[i] + 0.1) : log((y[i] * (weight ? weight[i] : 1) + 0.5) / ((1 - y[i]) * (weight ? weight[i] : 1) + 0.5)); /* as R */
  for (int pass_number = 0; pass_number < 50; pass_number++) {
    double deviance = 0, slope, part;
    for (int i = 0; i < n; i++) {
      double own = weight ? weight[i] : 1;
      at(eta[i], y[i], &mean[i], &slope, &part);
      deviance += own * part;
      w[i] = own * slope;
      target[i] = eta[i] - (offset ? offset[i] : 0) + (y[i] - mean[i]) / slope;
    }
    bool done = pass_number > 0 && fabs(before - deviance) < 1e-10 * (fabs(deviance) + 0.1);
    before = deviance;
    if (!isfinite(deviance) || (!done && !linear_fit(x, target, w, n, k, beta, bread, NULL)))
      return false;
    if (done) {
      memcpy(ret_beta, beta, sizeof(double) * (size_t)k);
      if (ret_fitted)
        memcpy(ret_fitted, mean, sizeof(double) * (size_t)n);
      if (!ret_inverse)
        return true;
      linear_gram(x, w, n, k, ret_inverse);
      return linear_invert(ret_inverse, k);
    }
    for (int i = 0; i < n; i++) {
      eta[i] = offset ? offset[i] : 0;
      for (int j = 0; j < k; j++)
        eta[i] += x[(size_t)i * k + j] * beta[j];
    }
  }
  return false;
}

bool linear_logit(const double *x, const double *y, const double *weight, int n, int k, double *ret_beta, double *ret_inverse,
                  double *ret_fitted)
{
  double share = 0;
  for (int i = 0; i < n; i++)
    share += y[i] / n;
  if (!(share > 0 && share < 1))
    return false;
  return reweighted(logit_at, x, y, weight, NULL, n, k, ret_beta, ret_inverse, ret_fitted);
}

bool linear_poisson(const double *x, const double *y, const double *offset, int n, int k, double *ret_beta, double *ret_inverse,
                    double *ret_fitted)
{
  return reweighted(poisson_at, x, y, NULL, offset, n, k, ret_beta, ret_inverse, ret_fitted);
}

/* ---- tails ------------------------------------------------------------------------------------------------------ */

double linear_critical(double alpha, double df)
{
  return isfinite(df) && df > 0 ? gsl_cdf_tdist_Qinv(alpha / 2, df) : gsl_cdf_ugaussian_Qinv(alpha / 2);
}

double linear_p(double t, double df)
{
  return isnan(t) ? NAN : isfinite(df) && df > 0 ? 2 * gsl_cdf_tdist_Q(fabs(t), df) : 2 * gsl_cdf_ugaussian_Q(fabs(t));
}
