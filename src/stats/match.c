/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entropy balancing: J. Hainmueller, "Entropy balancing for causal effects", Polit. Anal. 20, 2012; reference R `ebal` (first
 * moments, even base weights): weights of the controls as near to even as can be, with the covariates' means of the treated
 * exactly. The dual, log Σ exp(λᵀ(x − x̄)), is convex in as many unknowns as covariates; Newton with a halved step. Propensity:
 * logit, odds as weights (Hájek). The effect on the treated is a difference of weighted means; its error is that of the
 * estimating equations, with the weights' estimation in it for entropy balancing (it is then the outcome's residual on the
 * covariates that counts: Q. Zhao, D. Percival, J. Causal Inference 5, 2017), robust by rows. E-value: T. J. VanderWeele, P. Ding,
 * Ann. Intern. Med. 167, 2017, for differences through exp(0.91 d).
 *
 * How it can be wrong: what is not among the covariates is not balanced, and motivation rarely is; the E-value says how much of
 * that it would take. Where the treated lie outside of the controls there are no such weights. */
#include "stats/match.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define STEPS 200
#define ALIKE_ENOUGH 1e-8 /* of a standard deviation: solved */

struct sample { int n, k, treated, controls; double *x, *y; int *arm; double *weight; double *mean, *sd; /* of the treated; pooled */ };

static void sample_clear(struct sample *s)
{
  g_free(s->x);
  g_free(s->y);
  g_free(s->arm);
  g_free(s->weight);
  g_free(s->mean);
  g_free(s->sd);
}
typedef struct sample sample_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sample_auto, sample_clear)

static bool take_rows(const struct match_rows *r, struct sample *s, GError **error)
{
  for (int i = 0; i < r->n; i++) {
    bool fine = !isnan(r->outcome[i]);
    for (int j = 0; j < r->columns; j++)
      fine = fine && !isnan(r->x[(size_t)i * r->columns + j]);
    if (!fine)
      continue;
    bool large = fabs(r->outcome[i]) > 1e140;
    for (int j = 0; j < r->columns; j++)
      large = large || fabs(r->x[(size_t)i * r->columns + j]) > 1e140;
    if (large)
      return fail(error, MENO_ERROR_BAD_INPUT, "row %d: a value is infinite or too large to be squared: correct it, or divide the column by a constant", i + 1);
    memcpy(s->x + (size_t)s->n * s->k, r->x + (size_t)i * s->k, sizeof(double) * (size_t)s->k);
    s->arm[s->n] = r->treated[i] != 0;
    s->treated += s->arm[s->n];
    s->y[s->n++] = r->outcome[i];
  }
  s->controls = s->n - s->treated;
  if (s->treated < 5 || s->controls < 5)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d treated and %d other units are complete: five of each are the least", s->treated, s->controls);
  double low = s->y[0], high = s->y[0];
  for (int i = 1; i < s->n; i++) {
    low = fmin(low, s->y[i]);
    high = fmax(high, s->y[i]);
  }
  return high > low || fail(error, MENO_ERROR_BAD_INPUT, "the outcome has one value only: there is nothing to compare");
}

/* Mean and variance of a column in one arm, weighted. */
static void moments(const struct sample *s, int column, int arm, const double *weight, double *ret_mean, double *ret_variance)
{
  double all = 0, mean = 0, square = 0;
  for (int i = 0; i < s->n; i++)
    if (s->arm[i] == arm) {
      double w = weight ? weight[i] : 1;
      all += w;
      mean += w * s->x[(size_t)i * s->k + column];
    }
  mean /= all;
  for (int i = 0; i < s->n; i++)
    if (s->arm[i] == arm) {
      double away = s->x[(size_t)i * s->k + column] - mean;
      square += (weight ? weight[i] : 1) * away * away;
    }
  *ret_mean = mean;
  *ret_variance = square / all;
}

/* Spread: the mean of the two arms' variances, as R `cobalt` and `MatchIt` do for balance (ebal: of the treated). */
static bool standardise(struct sample *s, const char *const *name, GError **error)
{
  for (int j = 0; j < s->k; j++) {
    double mean, own, other;
    moments(s, j, 0, NULL, &mean, &other);
    moments(s, j, 1, NULL, &s->mean[j], &own);
    s->sd[j] = sqrt((own + other) / 2);
    g_autofree char *number = g_strdup_printf("%d", j + 1);
    if (!(s->sd[j] > 0))
      return fail(error, MENO_ERROR_BAD_INPUT, "the covariate \"%s\" has one value only: leave it out", name ? name[j] : number);
  }
  return true;
}

/* ---- weights ---------------------------------------------------------------------------------------------------- */

/* The dual at λ: weights of the controls (sum 1), what is left of the means in standard deviations; returns log Σ exp. */
static double dual(const struct sample *s, const double *lambda, double *weight, double *away)
{
  double most = -INFINITY, sum = 0;
  for (int i = 0; i < s->n; i++) {
    if (s->arm[i])
      continue;
    weight[i] = 0;
    for (int j = 0; j < s->k; j++)
      weight[i] += lambda[j] * (s->x[(size_t)i * s->k + j] - s->mean[j]) / s->sd[j];
    most = fmax(most, weight[i]);
  }
  for (int i = 0; i < s->n; i++)
    if (!s->arm[i])
      sum += weight[i] = exp(weight[i] - most);
  memset(away, 0, sizeof(double) * (size_t)s->k);
  for (int i = 0; i < s->n; i++) {
    if (s->arm[i])
      continue;
    weight[i] /= sum;
    for (int j = 0; j < s->k; j++)
      away[j] += weight[i] * (s->x[(size_t)i * s->k + j] - s->mean[j]) / s->sd[j];
  }
  return most + log(sum);
}

static bool newton_step(const struct sample *s, const double *weight, const double *away, double *step)
{
  g_autofree double *hessian = g_new0(double, (size_t)s->k * s->k), *z = g_new(double, (size_t)s->k);
  for (int i = 0; i < s->n; i++) {
    if (s->arm[i] || weight[i] < 1e-300)
      continue;
    for (int j = 0; j < s->k; j++)
      z[j] = (s->x[(size_t)i * s->k + j] - s->mean[j]) / s->sd[j] - away[j];
    for (int a = 0; a < s->k; a++)
      for (int b = 0; b < s->k; b++)
        hessian[a * s->k + b] += weight[i] * z[a] * z[b];
  }
  if (!linear_invert(hessian, s->k))
    return false;
  for (int a = 0; a < s->k; a++) {
    step[a] = 0;
    for (int b = 0; b < s->k; b++)
      step[a] -= hessian[a * s->k + b] * away[b];
  }
  return true;
}

/* Leaves the best weights that it found; balance is judged afterwards. */
static void entropy(struct sample *s)
{
  int k = s->k;
  g_autofree double *lambda = g_new0(double, (size_t)k), *away = g_new(double, (size_t)k), *step = g_new(double, (size_t)k), *trial = g_new(double, (size_t)k),
                    *weight = g_new0(double, (size_t)s->n), *other = g_new(double, (size_t)k);
  double value = dual(s, lambda, s->weight, away), worst = INFINITY;
  for (int round = 0; round < STEPS && worst > ALIKE_ENOUGH; round++) {
    double length = 1, next = INFINITY, slope = 0;
    if (!newton_step(s, s->weight, away, step))
      return;
    for (int j = 0; j < k; j++)
      slope += away[j] * step[j];
    for (int half = 0; half < 40; half++, length /= 2) {
      for (int j = 0; j < k; j++)
        trial[j] = lambda[j] + length * step[j];
      next = dual(s, trial, weight, other);
      if (next <= value + 1e-4 * length * slope + 1e-14 * fabs(value))
        break;
    }
    memcpy(lambda, trial, sizeof(double) * (size_t)k);
    memcpy(away, other, sizeof(double) * (size_t)k);
    memcpy(s->weight, weight, sizeof(double) * (size_t)s->n);
    value = next;
    worst = 0;
    for (int j = 0; j < k; j++)
      worst = fmax(worst, fabs(away[j]));
  }
}

static bool propensity(struct sample *s, GError **error)
{
  g_autofree double *x = g_new(double, (size_t)s->n * (size_t)(s->k + 1)), *y = g_new(double, (size_t)s->n), *beta = g_new(double, (size_t)s->k + 1),
                    *fitted = g_new(double, (size_t)s->n);
  double sum = 0;
  for (int i = 0; i < s->n; i++) {
    y[i] = s->arm[i];
    x[(size_t)i * (s->k + 1)] = 1;
    for (int j = 0; j < s->k; j++)
      x[(size_t)i * (s->k + 1) + j + 1] = (s->x[(size_t)i * s->k + j] - s->mean[j]) / s->sd[j];
  }
  if (!linear_logit(x, y, NULL, s->n, s->k + 1, beta, NULL, fitted))
    return fail(error, MENO_ERROR_BAD_INPUT, "the probability of treatment cannot be modelled: covariates tell the groups apart, or depend on each other");
  for (int i = 0; i < s->n; i++)
    if (!s->arm[i])
      sum += s->weight[i] = fitted[i] / fmax(1 - fitted[i], 1e-9);
  for (int i = 0; i < s->n; i++)
    s->weight[i] /= sum;
  return true;
}

/* ---- the effect ------------------------------------------------------------------------------------------------- */

/* Weighted regression of the outcome on covariates among the controls: for entropy balancing its residual carries the error. */
static void residuals(const struct sample *s, enum match_method method, double *ret)
{
  int k = s->k + 1;
  g_autofree double *x = g_new(double, (size_t)s->n * k), *weight = g_new(double, (size_t)s->n), *beta = g_new0(double, (size_t)k);
  for (int i = 0; i < s->n; i++) {
    weight[i] = s->arm[i] ? 0 : s->weight[i];
    x[(size_t)i * k] = 1;
    for (int j = 1; j < k; j++)
      x[(size_t)i * k + j] = (s->x[(size_t)i * s->k + j - 1] - s->mean[j - 1]) / s->sd[j - 1];
  }
  if (method == MATCH_PROPENSITY || !linear_fit(x, s->y, weight, s->n, k, beta, NULL, NULL)) {
    memset(beta, 0, sizeof(double) * (size_t)k);
    for (int i = 0; i < s->n; i++)
      beta[0] += weight[i] * s->y[i];
  }
  for (int i = 0; i < s->n; i++) {
    ret[i] = s->y[i];
    for (int j = 0; j < k; j++)
      ret[i] -= beta[j] * x[(size_t)i * k + j];
  }
}

static void read_effect(const struct sample *s, enum match_method method, double alpha, struct match_result *r)
{
  double treated = 0, control = 0, square = 0, mean = 0, spread = 0, squares = 0;
  g_autofree double *residual = g_new(double, (size_t)s->n);
  residuals(s, method, residual);
  for (int i = 0; i < s->n; i++) {
    treated += s->arm[i] ? s->y[i] / s->treated : 0;
    control += s->arm[i] ? 0 : s->weight[i] * s->y[i];
    mean += s->arm[i] ? residual[i] / s->treated : 0;
    squares += s->arm[i] ? 0 : s->weight[i] * s->weight[i];
    r->largest_share = fmax(r->largest_share, s->arm[i] ? 0 : s->weight[i]);
  }
  for (int i = 0; i < s->n; i++) {
    double part = s->arm[i] ? (residual[i] - mean) / s->treated : s->weight[i] * residual[i];
    square += part * part;
  }
  for (int i = 0; i < s->n; i++)
    spread += s->arm[i] ? 0 : s->weight[i] * (s->y[i] - control) * (s->y[i] - control);
  r->effective = 1 / squares;
  /* The error is that of many: with few it is too small, by as much as the covariates take, and the normal is too narrow. */
  double few = fmin(s->treated, r->effective), df = fmax(few - s->k - 1, 1), wider = sqrt(fmax(few / df, 1)), reach = linear_critical(alpha, df) * wider;
  r->estimate = treated - control;
  r->se = sqrt(square);
  r->low = r->estimate - reach * r->se;
  r->high = r->estimate + reach * r->se;
  r->p = linear_p(r->estimate / r->se / wider, df);
  double near = r->low > 0 ? r->low : r->high < 0 ? r->high : 0;
  r->e_value = match_e_value_difference(r->estimate, sqrt(spread));
  r->e_value_low = near != 0 ? match_e_value_difference(near, sqrt(spread)) : 1;
}

static void read_balance(const struct sample *s, struct match_result *r)
{
  r->balance = g_new0(struct match_balance, (size_t)s->k);
  for (int j = 0; j < s->k; j++) {
    struct match_balance *b = &r->balance[j];
    double own, other;
    moments(s, j, 1, NULL, &b->treated, &own);
    moments(s, j, 0, NULL, &b->control, &other);
    moments(s, j, 0, s->weight, &b->weighted, &other);
    b->before = (b->treated - b->control) / s->sd[j];
    b->after = (b->treated - b->weighted) / s->sd[j];
    b->ratio = own > 0 ? other / own : NAN;
    r->worst = fmax(r->worst, fabs(b->after));
  }
  r->balanced = r->worst <= MATCH_ALIKE && (r->effective >= MATCH_EFFECTIVE || r->effective >= 0.25 * r->controls);
}

struct match_result *match_estimate(const struct match_rows *rows, enum match_method method, double alpha, GError **error)
{
  g_auto(sample_auto) s = { .k = rows->columns };
  size_t n = (size_t)MAX(rows->n, 1), k = (size_t)MAX(rows->columns, 1);
  s.x = g_new(double, n * k);
  s.y = g_new(double, n);
  s.arm = g_new(int, n);
  s.weight = g_new0(double, n);
  s.mean = g_new0(double, k);
  s.sd = g_new0(double, k);
  if (rows->columns < 1) {
    fail(error, MENO_ERROR_BAD_INPUT, "no covariates are named: without them treated and others cannot be made alike");
    return NULL;
  }
  if (!take_rows(rows, &s, error) || !standardise(&s, rows->name, error) || (method == MATCH_PROPENSITY && !propensity(&s, error)))
    return NULL;
  if (method == MATCH_ENTROPY)
    entropy(&s);
  struct match_result *r = g_new0(struct match_result, 1);
  r->treated = s.treated;
  r->controls = s.controls;
  r->columns = s.k;
  read_effect(&s, method, alpha > 0 ? alpha : 0.05, r);
  read_balance(&s, r);
  return r;
}

void match_result_free(struct match_result *r)
{
  if (r)
    g_free(r->balance);
  g_free(r);
}

double match_e_value(double risk_ratio)
{
  double ratio = risk_ratio >= 1 ? risk_ratio : 1 / risk_ratio;
  return ratio + sqrt(ratio * (ratio - 1));
}

double match_e_value_difference(double estimate, double sd)
{
  return sd > 0 ? match_e_value(exp(0.91 * fabs(estimate) / sd)) : NAN;
}
