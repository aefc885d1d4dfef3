/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based improvements for inference with clustered errors", Rev. Econ.
 * Stat. 90, 2008: residuals of the fit with the null imposed, one random sign per cluster, t with CR1. Weights of six points
 * below twelve clusters: M. D. Webb, Queen's Economics Department WP 1315, 2014. Where Rademacher has at most 2^12 sign
 * patterns all are gone through. Reference implementation: Stata `boottest` (D. Roodman et al., Stata Journal 19, 2019),
 * whose trick it uses: a draw needs sums by cluster only, and those are linear in the null, so that the interval comes by
 * bisection of the p-value without new fits.
 *
 * How it can be wrong: with one or two treated clusters it hardly ever rejects (J. G. MacKinnon, M. D. Webb, 2017); then
 * randomisation is the better question. */
#include "stats/wild.h"
#include "stats/linear.h"
#include <glib.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

/* Sums by cluster for y and for the tested column, both with the other columns taken out: u = u_y − null × u_x. */
struct sums {
  int clusters, k, draws;
  double *own[2];        /* [clusters] bᵀX_gᵀu_g, b the row of the bread */
  double *all[2];        /* [clusters * k] X_gᵀu_g */
  double *pull;          /* [clusters * k] bᵀX_gᵀX_g B */
  double *weight;        /* [draws * clusters] */
  double estimate, se;
};

static void sums_clear(struct sums *s)
{
  for (int i = 0; i < 2; i++) {
    g_free(s->own[i]);
    g_free(s->all[i]);
  }
  g_free(s->pull);
  g_free(s->weight);
}
typedef struct sums sums_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sums_auto, sums_clear)

static void draw_weights(struct sums *s, enum wild_weights kind, bool exact, uint64_t seed)
{
  static const double webb[] = { -1.224744871391589, -1, -0.7071067811865476, 0.7071067811865476, 1, 1.224744871391589 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, seed ? (unsigned long)seed : 1);
  s->weight = g_new(double, (size_t)s->draws * s->clusters);
  for (int d = 0; d < s->draws; d++)
    for (int g = 0; g < s->clusters; g++)
      s->weight[(size_t)d * s->clusters + g] = exact ? (d >> g & 1 ? -1 : 1)
        : kind == WILD_WEBB ? webb[gsl_rng_uniform_int(rng, 6)] : gsl_rng_uniform_int(rng, 2) ? 1 : -1;
  gsl_rng_free(rng);
}

/* u: `what` with the columns but `column` taken out. */
static bool restricted(const double *x, const double *what, int n, int k, int column, double *u)
{
  if (k == 1) {
    memcpy(u, what, sizeof(double) * (size_t)n);
    return true;
  }
  g_autofree double *rest = g_new(double, (size_t)n * (size_t)(k - 1)), *beta = g_new(double, (size_t)k);
  for (int i = 0; i < n; i++)
    for (int j = 0, to = 0; j < k; j++)
      if (j != column)
        rest[(size_t)i * (k - 1) + to++] = x[(size_t)i * k + j];
  return linear_fit(rest, what, NULL, n, k - 1, beta, NULL, u);
}

static bool add_up(struct sums *s, const double *x, const double *y, const int *cluster, int n, int column, const double *bread)
{
  int k = s->k;
  g_autofree double *u = g_new(double, (size_t)n), *own_column = g_new(double, (size_t)n);
  for (int i = 0; i < n; i++)
    own_column[i] = x[(size_t)i * k + column];
  s->pull = g_new0(double, (size_t)s->clusters * k);
  for (int what = 0; what < 2; what++) {
    s->own[what] = g_new0(double, (size_t)s->clusters);
    s->all[what] = g_new0(double, (size_t)s->clusters * k);
    if (!restricted(x, what ? own_column : y, n, k, column, u))
      return false;
    for (int i = 0; i < n; i++) {
      double lever = 0;
      for (int j = 0; j < k; j++) {
        lever += bread[column * k + j] * x[(size_t)i * k + j];
        s->all[what][(size_t)cluster[i] * k + j] += x[(size_t)i * k + j] * u[i];
      }
      s->own[what][cluster[i]] += lever * u[i];
      for (int j = 0; what == 0 && j < k; j++) /* Σ lever × (x B)_j */
        for (int m = 0; m < k; m++)
          s->pull[(size_t)cluster[i] * k + m] += lever * x[(size_t)i * k + j] * bread[j * k + m];
    }
  }
  return true;
}

/* Share of draws whose |t| is at least the real one's, for a null. CR1's factor is the same on both sides. */
static double p_at(const struct sums *s, double null, double real_t)
{
  int count = 0, k = s->k;
  g_autofree double *own = g_new(double, (size_t)s->clusters), *all = g_new(double, (size_t)s->clusters * k), *total = g_new(double, (size_t)k);
  for (int g = 0; g < s->clusters; g++) {
    own[g] = s->own[0][g] - null * s->own[1][g];
    for (int j = 0; j < k; j++)
      all[g * k + j] = s->all[0][g * k + j] - null * s->all[1][g * k + j];
  }
  for (int d = 0; d < s->draws; d++) {
    const double *v = s->weight + (size_t)d * s->clusters;
    double sum = 0, square = 0;
    memset(total, 0, sizeof(double) * (size_t)k);
    for (int g = 0; g < s->clusters; g++) {
      sum += own[g] * v[g];
      for (int j = 0; j < k; j++)
        total[j] += all[g * k + j] * v[g];
    }
    for (int g = 0; g < s->clusters; g++) {
      double score = own[g] * v[g];
      for (int j = 0; j < k; j++)
        score -= s->pull[(size_t)g * k + j] * total[j];
      square += score * score;
    }
    count += fabs(sum) >= fabs(real_t) * sqrt(square) * (1 - 1e-9);
  }
  return count / (double)s->draws;
}

/* The null beyond the estimate at which p falls to alpha. */
static double edge(const struct sums *s, double alpha, double factor, int sign)
{
  double inner = s->estimate, step = 2 * s->se, outer = s->estimate + sign * step;
  for (int i = 0; p_at(s, outer, (s->estimate - outer) / s->se * factor) > alpha; i++) {
    if (i == 40)
      return sign * INFINITY;
    inner = outer;
    step *= 2;
    outer = s->estimate + sign * step;
  }
  for (int i = 0; i < 40 && fabs(outer - inner) > 1e-6 * s->se; i++) {
    double middle = (inner + outer) / 2;
    *(p_at(s, middle, (s->estimate - middle) / s->se * factor) > alpha ? &inner : &outer) = middle;
  }
  return (inner + outer) / 2;
}

bool wild_test(const double *x, const double *y, const int *cluster, int clusters, int n, int k, int column,
               const struct wild_options *options, struct wild_result *ret_result)
{
  g_auto(sums_auto) s = { .clusters = clusters, .k = k };
  g_autofree double *beta = g_new(double, (size_t)k), *bread = g_new(double, (size_t)k * k), *residual = g_new(double, (size_t)n),
                    *variance = g_new(double, (size_t)k * k);
  if (!linear_fit(x, y, NULL, n, k, beta, bread, residual) ||
      !linear_variance(LINEAR_CR1, x, NULL, residual, bread, cluster, clusters, n, k, NULL, variance, NULL))
    return false;
  s.estimate = beta[column];
  s.se = sqrt(variance[column * k + column]);
  if (!(s.se > 0) || !add_up(&s, x, y, cluster, n, column, bread))
    return false;
  enum wild_weights kind = options->weights != WILD_AUTO ? options->weights : clusters < 12 ? WILD_WEBB : WILD_RADEMACHER;
  bool exact = kind == WILD_RADEMACHER && clusters <= 12;
  s.draws = exact ? 1 << clusters : options->draws > 0 ? options->draws : 9999;
  draw_weights(&s, kind, exact, options->seed);
  /* CR1 = factor² × CR0, and the draws are compared by CR0. */
  double factor = sqrt(clusters / (clusters - 1.0) * (n - 1.0) / (n - k)), t = (s.estimate - options->null) / s.se;
  double alpha = options->alpha > 0 ? options->alpha : 0.05;
  *ret_result = (struct wild_result){ .estimate = s.estimate, .se = s.se, .t = t, .p = p_at(&s, options->null, t * factor), .clusters = clusters, .exact = exact,
    .low = edge(&s, alpha, factor, -1), .high = edge(&s, alpha, factor, 1) };
  return true;
}
