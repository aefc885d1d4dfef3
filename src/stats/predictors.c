/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Synthetic control with predictors: A. Abadie, J. Gardeazabal, Am. Econ. Rev. 93, 2003; A. Abadie, A. Diamond, J. Hainmueller,
 * J. Stat. Softw. 42(13), 2011, whose R `Synth` is the reference: predictors over their standard deviation among all units; the
 * controls' weights given the predictors' by the quadratic problem; the predictors' weights by the least mean square of the
 * gaps before, searched by Nelder and Mead's method from even weights and from those of a regression of the outcomes on the
 * predictors, the better end taken. Deviations: the quadratic problem is solved exactly; where several mixtures are equally alike
 * the one that went most nearly the same way before is taken (there, whichever an interior point method ends at); the search
 * starts anew from where it ended until that gains nothing.
 *
 * How it can be wrong: the mean square of the gaps has many local minima in the predictors' weights; another program may end in
 * another with much the same fit. */
#include "stats/predictors.h"
#include "stats/linear.h"
#include "stats/simplex.h"
#include <glib.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

#define TIE 1e-6      /* weight of the outcomes before beside the predictors: decides among equals */
#define STEPS_MOST 300
#define ROUNDS_MOST 8
#define GAIN_LEAST 1e-4

/* product: of each predictor (over its spread) the products of the controls' distances to the treated [k * n0 * n0], and last of
 * all outcomes before; the quadratic problem is their weighted sum. */
struct search { int k, t, n0; double *a, *b; const double *z1, *z0; double *product, *gram, *weight, *v; bool warm; };

static double gaps(const struct search *s, const double *weight)
{
  double sum = 0;
  for (int t = 0; t < s->t; t++) {
    double away = s->z1[t];
    for (int i = 0; i < s->n0; i++)
      away -= weight[i] > 0 ? weight[i] * s->z0[(size_t)i * s->t + t] : 0;
    sum += away * away / s->t;
  }
  return sum;
}

/* Weights of the controls for weights of the predictors (any scale, ≥ 0); returns the mean square of the gaps before. */
static double fit_given(struct search *s, const double *v)
{
  size_t size = (size_t)s->n0 * s->n0;
  double sum = 0, mean = 0;
  for (int j = 0; j < s->k; j++)
    sum += v[j];
  memset(s->gram, 0, sizeof(double) * size);
  for (int j = 0; j <= s->k; j++) {
    double share = j < s->k ? v[j] / sum : TIE;
    const double *from = s->product + (size_t)j * size;
    for (size_t i = 0; share > 0 && i < size; i++)
      s->gram[i] += share * from[i];
  }
  for (int i = 0; i < s->n0; i++)
    mean += s->gram[(size_t)i * s->n0 + i] / s->n0;
  for (size_t i = 0; i < size; i++)
    s->gram[i] += mean * (i % (size_t)(s->n0 + 1) ? 1 : 1 + 1e-13);
  simplex_solve(s->gram, s->n0, s->warm, s->weight);
  s->warm = true;
  return gaps(s, s->weight);
}

static double objective(const gsl_vector *at, void *data)
{
  struct search *s = data;
  double sum = 0;
  for (int j = 0; j < s->k; j++)
    sum += s->v[j] = fabs(gsl_vector_get(at, (size_t)j));
  return sum > 0 ? fit_given(s, s->v) : INFINITY;
}

/* From `v` downhill; leaves the best weights there and returns their loss. */
static double walk(struct search *s, double *v)
{
  gsl_vector *at = gsl_vector_alloc((size_t)s->k), *step = gsl_vector_alloc((size_t)s->k);
  gsl_multimin_function f = { objective, (size_t)s->k, s };
  gsl_multimin_fminimizer *search = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, (size_t)s->k);
  double best = INFINITY;
  for (int j = 0; j < s->k; j++)
    gsl_vector_set(at, (size_t)j, v[j]);
  for (int round = 0; round < ROUNDS_MOST; round++) {
    double most = gsl_vector_max(at);
    gsl_vector_set_all(step, most * (round % 2 ? 0.5 : 0.1));
    gsl_multimin_fminimizer_set(search, &f, at, step);
    for (int i = 0; i < STEPS_MOST && gsl_multimin_fminimizer_iterate(search) == GSL_SUCCESS; i++)
      if (gsl_multimin_fminimizer_size(search) < 1e-5 * most)
        break;
    double found = gsl_multimin_fminimizer_minimum(search), sum = 0;
    for (int j = 0; j < s->k; j++)
      sum += fabs(gsl_vector_get(gsl_multimin_fminimizer_x(search), (size_t)j));
    for (int j = 0; j < s->k; j++)
      gsl_vector_set(at, (size_t)j, fabs(gsl_vector_get(gsl_multimin_fminimizer_x(search), (size_t)j)) / sum);
    bool enough = found > best * (1 - GAIN_LEAST);
    best = fmin(best, found);
    if (enough)
      break;
  }
  best = objective(at, s);
  memcpy(v, s->v, sizeof(double) * (size_t)s->k);
  gsl_multimin_fminimizer_free(search);
  gsl_vector_free(at);
  gsl_vector_free(step);
  return best;
}

/* Squares of the coefficients of the outcomes before on the predictors, over all units. False: they depend on each other. */
static bool by_regression(const struct search *s, double *v)
{
  int n = s->n0 + 1, width = s->k + 1, rows = s->k + s->t;
  g_autofree double *x = g_new(double, (size_t)n * width), *y = g_new(double, (size_t)n), *beta = g_new(double, (size_t)width);
  memset(v, 0, sizeof(double) * (size_t)s->k);
  for (int i = 0; i < n; i++) {
    x[(size_t)i * width] = 1;
    for (int j = 0; j < s->k; j++)
      x[(size_t)i * width + j + 1] = i ? s->a[(size_t)(i - 1) * rows + j] : s->b[j];
  }
  for (int t = 0; t < s->t; t++) {
    for (int i = 0; i < n; i++)
      y[i] = i ? s->z0[(size_t)(i - 1) * s->t + t] : s->z1[t];
    if (!linear_fit(x, y, NULL, n, width, beta, NULL, NULL))
      return false;
    for (int j = 0; j < s->k; j++)
      v[j] += beta[j + 1] * beta[j + 1];
  }
  double sum = 0;
  for (int j = 0; j < s->k; j++)
    sum += v[j];
  for (int j = 0; j < s->k; j++)
    v[j] = fmax(v[j] / sum, 1e-8);
  return sum > 0;
}

/* Standard deviation of a row among all units. */
static double spread(double own, const double *others, int stride, int n0)
{
  double mean = own, square = 0;
  for (int i = 0; i < n0; i++) {
    double step = others[(size_t)i * stride] - mean;
    mean += step / (i + 2);
    square += step * (others[(size_t)i * stride] - mean);
  }
  return sqrt(square / n0);
}

static void search_init(struct search *s, const double *x1, const double *x0)
{
  int rows = s->k + s->t;
  double all = 0;
  s->a = g_new(double, (size_t)rows * s->n0);
  s->b = g_new(double, (size_t)rows);
  s->product = g_new0(double, (size_t)(s->k + 1) * s->n0 * s->n0);
  s->gram = g_new(double, (size_t)s->n0 * s->n0);
  s->weight = g_new(double, (size_t)s->n0);
  s->v = g_new(double, (size_t)s->k);
  for (int t = 0; t < s->t; t++)
    all += spread(s->z1[t], s->z0 + t, s->t, s->n0) / s->t;
  for (int j = 0; j < rows; j++) {
    const double *from = j < s->k ? x0 + j : s->z0 + j - s->k;
    int stride = j < s->k ? s->k : s->t;
    double own = j < s->k ? x1[j] : s->z1[j - s->k], sd = j < s->k ? spread(own, from, stride, s->n0) : all;
    s->b[j] = sd > 0 ? own / sd : 0;
    for (int i = 0; i < s->n0; i++)
      s->a[(size_t)i * rows + j] = sd > 0 ? from[(size_t)i * stride] / sd : 0;
  }
  for (int j = 0; j < rows; j++) {
    double *product = s->product + (size_t)MIN(j, s->k) * s->n0 * s->n0;
    for (int i = 0; i < s->n0; i++)
      for (int l = 0; l < s->n0; l++)
        product[(size_t)i * s->n0 + l] += (s->a[(size_t)i * rows + j] - s->b[j]) * (s->a[(size_t)l * rows + j] - s->b[j]) / (j < s->k ? 1 : s->t);
  }
}

void predictors_fit(const double *x1, const double *x0, int k, const double *z1, const double *z0, int t, int n0, double *ret_v, double *ret_w)
{
  struct search s = { .k = k, .t = t, .n0 = n0, .z1 = z1, .z0 = z0 };
  search_init(&s, x1, x0);
  g_autofree double *v = g_new(double, (size_t)k);
  double best = INFINITY;
  for (int start = 0; start < 2; start++) {
    for (int j = 0; j < k; j++)
      v[j] = 1.0 / k;
    if (start == 1 && (k < 2 || !by_regression(&s, v)))
      continue;
    double loss = k > 1 ? walk(&s, v) : fit_given(&s, v);
    if (loss < best * (1 - 1e-9)) {
      best = loss;
      memcpy(ret_v, v, sizeof(double) * (size_t)k);
      memcpy(ret_w, s.weight, sizeof(double) * (size_t)n0);
    }
  }
  double sum = 0;
  for (int j = 0; j < k; j++)
    sum += ret_v[j];
  for (int j = 0; j < k; j++)
    ret_v[j] /= sum;
  g_free(s.a);
  g_free(s.b);
  g_free(s.product);
  g_free(s.gram);
  g_free(s.weight);
  g_free(s.v);
}
