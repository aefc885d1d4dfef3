/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The estimators at size: a panel of a million unit-periods from rows to effects with analytic errors, the same with 999
 * draws of the multiplier bootstrap, least squares against OpenBLAS on one core where the machine has it (its time is the
 * limit; loaded at run time, because its names are also those of GSL's), Gibbs draws of a structural time series. Prints one row each: median of the runs, in
 * seconds of processor time (all of it is one thread), so that a busy machine says nearly the same. */
#include "stats/bsts.h"
#include "stats/did.h"
#include "stats/linear.h"
#include <dlfcn.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PERIODS = 20, GROUPS = 12, RUNS = 5 };

static double cpu(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values)
{
  qsort(values, RUNS, sizeof *values, compare);
  return values[RUNS / 2];
}

static void row(const char *what, double *seconds, double limit)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double at = median(seconds);
  printf("%-56s %8.3f s (%.3f to %.3f), %ld MB", what, at, seconds[0], seconds[RUNS - 1], usage.ru_maxrss / 1024);
  if (limit > 0)
    printf(", %.2f times the limit", at / limit);
  puts("");
  fflush(stdout);
}

/* `all`: every kind of error; else the analytic ones, for time and memory by size. */
static void panel_bench(gsl_rng *rng, int units, bool all)
{
  int n = units * PERIODS;
  g_autofree int *unit = g_new(int, n), *cluster = g_new(int, n);
  g_autofree int64_t *time = g_new(int64_t, n), *start = g_new(int64_t, n);
  g_autofree double *y = g_new(double, n);
  for (int u = 0, i = 0; u < units; u++) {
    double level = gsl_ran_gaussian(rng, 1);
    int64_t first = u % 10 < 3 ? PANEL_NEVER : 4 + u % GROUPS;
    for (int t = 0; t < PERIODS; t++, i++) {
      unit[i] = u;
      cluster[i] = u / 50;
      time[i] = t;
      start[i] = first;
      y[i] = level + 0.1 * t + gsl_ran_gaussian(rng, 1) + (t >= first ? 0.5 : 0);
    }
  }
  struct panel_rows rows = { .rows = n, .units = units, .unit = unit, .time = time, .start = start, .outcome = y };
  static const struct { const char *what; int draws; enum did_controls controls; bool clusters; } cases[] = {
    { "  analytic errors", 0, DID_NEVER_TREATED, false },
    { "  not-yet-treated controls", 0, DID_NOT_YET_TREATED, false },
    { "  1,000 clusters", 0, DID_NEVER_TREATED, true },
    { "  999 multiplier bootstraps", 999, DID_NEVER_TREATED, false },
    { "  999 multiplier bootstraps, 1,000 clusters", 999, DID_NEVER_TREATED, true } };
  for (unsigned c = 0; c < (all ? G_N_ELEMENTS(cases) : 1); c++) {
    double seconds[RUNS];
    for (int run = 0; run < RUNS; run++) {
      double begun = cpu();
      rows.cluster = cases[c].clusters ? cluster : NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(panel_auto) panel = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
      struct did_options options = { .controls = cases[c].controls, .draws = cases[c].draws };
      g_autoptr(did_result_auto) result = panel ? did_estimate(panel, &options, &error) : NULL;
      g_assert_no_error(error);
      seconds[run] = cpu() - begun;
      if (run == 0 && c == 0)
        printf("staggered DiD, %d unit-periods (%d cells, overall %.4f, error %.5f)\n", n, result->cells, result->simple.overall.estimate, result->simple.overall.se);
    }
    row(cases[c].what, seconds, 0);
  }
}

typedef void threads(int);
typedef void syrk(int order, int uplo, int trans, int n, int k, double alpha, const double *a, int lda, double beta, double *c, int ldc);
typedef void gemv(int order, int trans, int m, int n, double alpha, const double *a, int lda, const double *x, int incx, double beta, double *y, int incy);

/* What least squares cannot do without: XᵀX, Xᵀy, y − Xβ. */
static double blas_pass(void *blas, const double *x, const double *y, double *residual, int n, int k)
{
  enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112, UPPER = 121 };
  g_autofree double *gram = g_new0(double, k * k), *right = g_new0(double, k);
  ((threads *)dlsym(blas, "openblas_set_num_threads"))(1);
  double begun = cpu();
  ((syrk *)dlsym(blas, "cblas_dsyrk"))(ROW_MAJOR, UPPER, TRANSPOSED, k, n, 1, x, k, 0, gram, k);
  ((gemv *)dlsym(blas, "cblas_dgemv"))(ROW_MAJOR, TRANSPOSED, n, k, 1, x, k, y, 1, 0, right, 1);
  memcpy(residual, y, sizeof(double) * n);
  ((gemv *)dlsym(blas, "cblas_dgemv"))(ROW_MAJOR, PLAIN, n, k, -1, x, k, right, 1, 1, residual, 1);
  return cpu() - begun;
}

static void ols_bench(gsl_rng *rng)
{
  enum { N = 1000000, K = 10 };
  g_autofree double *x = g_new(double, (size_t)N * K), *y = g_new(double, N), *residual = g_new(double, N);
  double beta[K], seconds[RUNS], limit = 0;
  for (int i = 0; i < N; i++) {
    y[i] = gsl_ran_gaussian(rng, 1);
    for (int j = 0; j < K; j++)
      y[i] += 0.1 * (x[(size_t)i * K + j] = j == 0 ? 1 : gsl_ran_gaussian(rng, 1));
  }
  void *blas = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  for (int run = 0; blas && run < RUNS; run++)
    seconds[run] = blas_pass(blas, x, y, residual, N, K);
  if (blas) {
    row("OpenBLAS alone: XtX, Xty, residuals of 1,000,000 x 10", seconds, 0);
    limit = median(seconds);
  }
  for (int run = 0; run < RUNS; run++) {
    double begun = cpu();
    g_assert_true(linear_fit(x, y, NULL, N, K, beta, NULL, residual));
    seconds[run] = cpu() - begun;
  }
  row("least squares with residuals, 1,000,000 x 10", seconds, limit);
}

static void bsts_bench(gsl_rng *rng)
{
  enum { N = 500, K = 3 };
  static const struct { const char *what; int columns, season; } cases[] = {
    { "structural time series, 10,000 draws on 500 points", 0, 0 }, { "  with three series beside it", K, 0 }, { "  with three series and a season of 7", K, 7 } };
  double y[N], x[N * K], level = 0;
  for (int t = 0; t < N; t++) {
    level += gsl_ran_gaussian(rng, 0.05);
    y[t] = level + gsl_ran_gaussian(rng, 1);
    for (int j = 0; j < K; j++)
      y[t] += x[t * K + j] = gsl_ran_gaussian(rng, 1);
  }
  for (unsigned c = 0; c < G_N_ELEMENTS(cases); c++) {
    double seconds[RUNS];
    for (int run = 0; run < RUNS; run++) {
      g_autoptr(GError) error = NULL;
      double begun = cpu();
      struct bsts_series series = { .n = N, .start = 400, .y = y, .x = x, .columns = cases[c].columns };
      g_autoptr(bsts_result_auto) r = bsts_estimate(&series, &(struct bsts_options){ .draws = 10000, .season = cases[c].season }, &error);
      g_assert_no_error(error);
      seconds[run] = cpu() - begun;
    }
    row(cases[c].what, seconds, 0);
  }
}

int main(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  panel_bench(rng, 25000, false); /* from small to large: the peak of memory only grows */
  panel_bench(rng, 50000, true);
  panel_bench(rng, 100000, false);
  ols_bench(rng);
  bsts_bench(rng);
  gsl_rng_free(rng);
  return 0;
}
