/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Segmented regression: constant, trend, step at the start, change of slope from the start on (0 at the first value after),
 * harmonics. A. K. Wagner et al., J. Clin. Pharm. Ther. 27, 2002; for counts J. Lopez Bernal, S. Cummins, A. Gasparrini, Int. J.
 * Epidemiol. 46, 2017, whose code is the reference for Poisson and quasi-Poisson with offset. Errors: Newey and West with the
 * lag of their rule of 1994, or Prais and Winsten (Cowles Commission 383, 1954), iterated to 1e-8 as Stata `prais`, with
 * gaps bridged by ρ to the length of the gap; or ρ by restricted maximum likelihood, which S. L. Turner et al. (BMC Med. Res.
 * Methodol. 21, 2021) found the least wrong on short series. Or least squares with the error that they have under that ρ, and the
 * degrees of freedom that such an error is worth: F. E. Satterthwaite, Biometrics Bull. 2, 1946, from the information on variance and ρ, as
 * M. G. Kenward, J. H. Roger, Biometrics 53, 1997, do for generalised least squares.
 *
 * How it can be wrong: whatever else changed at the start counts as the effect; the trend before is taken to go on for ever.
 * With fewer than some 50 values and strong autocorrelation all errors but the last are too small, Newey and West's the most; the last
 * takes the noise for autoregressive. A comparison that did not start is better than any error. */
#include "stats/its.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define RHO_STEP 0.01
#define RHO_MOST 0.98
#define RHO_VARIANCE_MOST 0.25
#define DF_LEAST 2

enum { CONSTANT, TREND, LEVEL, SLOPE };

struct design { int n, k, slope; double *x, *y, *offset; int *at; double span; /* mean distance after the start */ };

/* How the variance of the estimates wobbles with ρ; above NULL: it does not. */
struct wobble { double *above, *below /* [k * k] */, of_rho; };

static void wobble_clear(struct wobble *w)
{
  g_free(w->above);
  g_free(w->below);
}
typedef struct wobble wobble_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(wobble_auto, wobble_clear)

static void design_clear(struct design *d)
{
  g_free(d->x);
  g_free(d->y);
  g_free(d->offset);
  g_free(d->at);
}
typedef struct design design_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(design_auto, design_clear)

static bool counts(const struct its_options *o)
{
  return o->model == ITS_POISSON || o->model == ITS_QUASI_POISSON;
}

static void fill_row(const struct its_series *s, const struct its_options *o, int t, int harmonics, double *row)
{
  int j = 0;
  row[j++] = 1;
  row[j++] = t;
  row[j++] = t >= s->start;
  if (!o->level_only)
    row[j++] = t >= s->start ? t - s->start : 0;
  for (int h = 1; h <= harmonics; h++) {
    row[j++] = sin(2 * G_PI * h * t / o->season);
    if (2 * h != o->season)
      row[j++] = cos(2 * G_PI * h * t / o->season);
  }
  for (int c = 0; c < s->columns; c++)
    row[j++] = s->x[(size_t)t * s->columns + c];
}

static bool usable(const struct its_series *s, int t)
{
  bool fine = !isnan(s->y[t]) && (!s->exposure || s->exposure[t] > 0);
  for (int c = 0; c < s->columns; c++)
    fine = fine && !isnan(s->x[(size_t)t * s->columns + c]);
  return fine;
}

static bool make_design(const struct its_series *s, const struct its_options *o, struct design *d, struct its_result *r, GError **error)
{
  int harmonics = o->season > 1 ? MIN(MAX(o->harmonics, 1), o->season / 2) : 0, least = o->level_only ? 2 : 3;
  d->slope = o->level_only ? -1 : SLOPE;
  d->k = (o->level_only ? 3 : 4) + 2 * harmonics - (harmonics > 0 && 2 * harmonics == o->season) + s->columns;
  d->x = g_new(double, (size_t)s->n * d->k);
  d->y = g_new(double, (size_t)s->n);
  d->offset = g_new0(double, (size_t)s->n);
  d->at = g_new(int, (size_t)s->n);
  for (int t = 0; t < s->n; t++) {
    if (!usable(s, t))
      continue;
    if (fabs(s->y[t]) > 1e140 || (counts(o) && s->y[t] < 0))
      return fail(error, MENO_ERROR_BAD_INPUT, "value %d of the series is %g: %s", t + 1, s->y[t], counts(o) ? "a count cannot be negative or that large" : "too large to be squared");
    fill_row(s, o, t, harmonics, d->x + (size_t)d->n * d->k);
    d->offset[d->n] = s->exposure ? log(s->exposure[t]) : 0;
    d->at[d->n] = t;
    d->y[d->n++] = s->y[t];
    d->span += t >= s->start ? t - s->start : 0;
    *(t >= s->start ? &r->after : &r->before) += 1;
  }
  d->span /= MAX(r->after, 1);
  if (o->season > d->n || o->lags >= d->n)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d values are too few for %s of %d", d->n, o->season > d->n ? "a season" : "an error with lags", o->season > d->n ? o->season : o->lags);
  if (r->before < least || r->after < least || d->n < d->k + 2)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d values before and %d after the start are too few for %d coefficients: give a longer series, or fewer harmonics and covariates",
                r->before, r->after, d->k);
  double low = d->y[0], high = d->y[0], mean = 0;
  for (int i = 0; i < d->n; i++)
    mean += d->y[i] / d->n;
  for (int i = 1; i < d->n; i++) {
    low = fmin(low, d->y[i]);
    high = fmax(high, d->y[i]);
  }
  double seen[2] = { 0 };
  for (int i = 0; i < d->n; i++)
    seen[d->at[i] >= s->start] += fabs(d->y[i]);
  if (counts(o) && (!(seen[0] > 0) || !(seen[1] > 0)))
    return fail(error, MENO_ERROR_BAD_INPUT, "all counts %s the start are 0: a ratio of rates cannot be told; ask without a method for counts", seen[1] > 0 ? "before" : "after");
  for (int i = 0; !counts(o) && i < d->n; i++)
    d->y[i] -= mean; /* no effect depends on it, and rounding does */
  return high > low || fail(error, MENO_ERROR_BAD_INPUT, "the outcome has one value only: there is nothing to compare");
}

/* ---- the fits --------------------------------------------------------------------------------------------------- */

static double autocorrelation(const struct design *d, const double *residual, double *ret_watson)
{
  double across = 0, square = 0, step = 0;
  for (int i = 0; i < d->n; i++) {
    square += residual[i] * residual[i];
    if (i > 0 && d->at[i] == d->at[i - 1] + 1) {
      across += residual[i] * residual[i - 1];
      step += (residual[i] - residual[i - 1]) * (residual[i] - residual[i - 1]);
    }
  }
  *ret_watson = step / square;
  return across / square;
}

static bool fit_ordinary(const struct design *d, const struct its_options *o, double *beta, double *variance, struct its_result *r)
{
  g_autofree double *bread = g_new(double, (size_t)d->k * d->k), *residual = g_new(double, (size_t)d->n);
  if (!linear_fit(d->x, d->y, NULL, d->n, d->k, beta, bread, residual))
    return false;
  r->lags = o->lags > 0 ? o->lags : o->lags < 0 ? 0 : (int)floor(4 * pow(d->n / 100.0, 2 / 9.0));
  linear_series_variance(d->x, residual, bread, r->lags, d->n, d->k, variance);
  r->autocorrelation = autocorrelation(d, residual, &r->durbin_watson);
  return true;
}

/* ρ to the distance between two rows: most are neighbours. */
static double pull_of(const struct design *d, double rho, int i)
{
  int distance = d->at[i] - d->at[i - 1];
  return distance == 1 ? rho : pow(rho, distance);
}

/* Rows made independent for a given ρ: the first of all keeps its place with weight √(1 − ρ²). */
static void whiten(const struct design *d, double rho, double *x, double *y)
{
  for (int i = 0; i < d->n; i++) {
    double pull = i > 0 ? pull_of(d, rho, i) : 0, scale = i > 0 ? sqrt((1 - rho * rho) / (1 - pull * pull)) : sqrt(1 - rho * rho);
    y[i] = scale * (d->y[i] - (i > 0 ? pull * d->y[i - 1] : 0));
    for (int j = 0; j < d->k; j++)
      x[(size_t)i * d->k + j] = scale * (d->x[(size_t)i * d->k + j] - (i > 0 ? pull * d->x[(size_t)(i - 1) * d->k + j] : 0));
  }
}

static bool fit_autoregressive(const struct design *d, double *beta, double *variance, struct its_result *r)
{
  g_autofree double *x = g_new(double, (size_t)d->n * d->k), *y = g_new(double, (size_t)d->n), *bread = g_new(double, (size_t)d->k * d->k),
                    *residual = g_new(double, (size_t)d->n);
  double rho = 0, before = 1;
  for (int pass = 0; pass < 200 && fabs(rho - before) > 1e-8; pass++) {
    double across = 0, square = 0;
    whiten(d, rho, x, y);
    if (!linear_fit(x, y, NULL, d->n, d->k, beta, bread, residual))
      return false;
    linear_variance(LINEAR_CLASSIC, x, NULL, residual, bread, NULL, 0, d->n, d->k, NULL, variance, NULL);
    autocorrelation(d, residual, &r->durbin_watson);
    for (int i = 0; i < d->n; i++) {
      residual[i] = d->y[i];
      for (int j = 0; j < d->k; j++)
        residual[i] -= d->x[(size_t)i * d->k + j] * beta[j];
      if (i > 0 && d->at[i] == d->at[i - 1] + 1) {
        across += residual[i] * residual[i - 1];
        square += residual[i - 1] * residual[i - 1];
      }
    }
    before = rho;
    rho = CLAMP(across / square, -0.99, 0.99);
  }
  r->autocorrelation = rho;
  return true;
}

/* Restricted log likelihood of ρ; the fit stays in beta, bread and residual (whitened). */
static double likelihood(const struct design *d, double rho, double *x, double *y, double *beta, double *bread, double *residual)
{
  double square = 0, log_variance = 0, log_det;
  whiten(d, rho, x, y);
  if (!linear_fit(x, y, NULL, d->n, d->k, beta, bread, residual))
    return -INFINITY;
  g_autofree double *copy = g_memdup2(bread, sizeof(double) * (size_t)d->k * d->k);
  if (!linear_invert_det(copy, d->k, &log_det))
    return -INFINITY;
  for (int i = 0; i < d->n; i++) {
    double pull = i > 0 ? pull_of(d, rho, i) : 0;
    square += residual[i] * residual[i];
    log_variance += i > 0 ? log((1 - pull * pull) / (1 - rho * rho)) : -log(1 - rho * rho); /* in units of the innovation */
  }
  return -0.5 * ((d->n - d->k) * log(square) + log_variance - log_det);
}

/* The ρ of the highest likelihood. */
static double find_rho(const struct design *d, double *x, double *y, double *beta, double *bread, double *residual)
{
  const double golden = 0.6180339887498949;
  double low = -0.95, high = RHO_MOST;
  for (int i = 0; i < 50; i++) {
    double one = high - golden * (high - low), two = low + golden * (high - low);
    if (likelihood(d, one, x, y, beta, bread, residual) < likelihood(d, two, x, y, beta, bread, residual))
      low = one;
    else
      high = two;
  }
  return (low + high) / 2;
}

static bool fit_restricted(const struct design *d, double *beta, double *variance, struct its_result *r)
{
  g_autofree double *x = g_new(double, (size_t)d->n * d->k), *y = g_new(double, (size_t)d->n), *bread = g_new(double, (size_t)d->k * d->k),
                    *residual = g_new(double, (size_t)d->n);
  double rho = find_rho(d, x, y, beta, bread, residual);
  if (likelihood(d, rho, x, y, beta, bread, residual) == -INFINITY)
    return false;
  linear_variance(LINEAR_CLASSIC, x, NULL, residual, bread, NULL, 0, d->n, d->k, NULL, variance, NULL);
  autocorrelation(d, residual, &r->durbin_watson);
  r->autocorrelation = rho;
  return true;
}

/* XᵀΣX [k * k], Σ = ρ to the distance in time: a sum from the left and one from the right instead of all pairs. */
static void spread_under(const struct design *d, double rho, double *ret)
{
  size_t k = (size_t)d->k;
  g_autofree double *sum = g_memdup2(d->x, sizeof(double) * (size_t)d->n * k), *right = g_new0(double, k);
  for (int i = 1; i < d->n; i++)
    for (size_t j = 0; j < k; j++)
      sum[(size_t)i * k + j] += pull_of(d, rho, i) * sum[(size_t)(i - 1) * k + j];
  for (int i = d->n - 2; i >= 0; i--)
    for (size_t j = 0; j < k; j++) {
      right[j] = pull_of(d, rho, i + 1) * (right[j] + d->x[(size_t)(i + 1) * k + j]);
      sum[(size_t)i * k + j] += right[j];
    }
  memset(ret, 0, sizeof(double) * k * k);
  for (int i = 0; i < d->n; i++)
    for (size_t a = 0; a < k; a++)
      for (size_t b = 0; b < k; b++)
        ret[a * k + b] += d->x[(size_t)i * k + a] * sum[(size_t)i * k + b];
}

/* Variance of the least squares under ρ and the noise that it leaves. Returns the likelihood. */
static double variance_under(const struct design *d, double rho, const double *bread, double *ret)
{
  int k = d->k;
  double square = 0;
  g_autofree double *x = g_new(double, (size_t)d->n * k), *y = g_new(double, (size_t)d->n), *beta = g_new(double, (size_t)k), *own = g_new(double, (size_t)k * k),
                    *residual = g_new(double, (size_t)d->n), *spread = g_new(double, (size_t)k * k), *half = g_new0(double, (size_t)k * k);
  double found = likelihood(d, rho, x, y, beta, own, residual);
  for (int i = 0; i < d->n; i++)
    square += residual[i] * residual[i] / (d->n - k) / (1 - rho * rho);
  spread_under(d, rho, spread);
  memset(ret, 0, sizeof(double) * (size_t)k * k);
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++)
      for (int c = 0; c < k; c++)
        half[a * k + b] += bread[a * k + c] * spread[c * k + b];
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++)
      for (int c = 0; c < k; c++)
        ret[a * k + b] += square * half[a * k + c] * bread[c * k + b];
  return found;
}

/* Least squares; the variance at ρ, and `step` above and below it; what ρ itself may be off by. */
static bool fit_errors(const struct design *d, double *beta, double *variance, struct wobble *w, struct its_result *r)
{
  int k = d->k;
  g_autofree double *x = g_new(double, (size_t)d->n * k), *y = g_new(double, (size_t)d->n), *bread = g_new(double, (size_t)k * k), *residual = g_new(double, (size_t)d->n),
                    *even = g_new(double, (size_t)k * k);
  double rho = find_rho(d, x, y, beta, bread, residual), ignored;
  if (likelihood(d, rho, x, y, beta, bread, residual) == -INFINITY)
    return false;
  r->left = autocorrelation(d, residual, &ignored);
  r->wanders = rho > RHO_MOST - RHO_STEP / 10;
  if (!linear_fit(d->x, d->y, NULL, d->n, k, beta, bread, residual))
    return false;
  autocorrelation(d, residual, &r->durbin_watson);
  linear_series_variance(d->x, residual, bread, 0, d->n, k, variance);
  linear_variance(LINEAR_CLASSIC, d->x, NULL, residual, bread, NULL, 0, d->n, k, NULL, even, NULL);
  r->uneven = sqrt(variance[LEVEL * k + LEVEL] / even[LEVEL * k + LEVEL]);
  w->above = g_new(double, (size_t)k * k);
  w->below = g_new(double, (size_t)k * k);
  double at = variance_under(d, rho, bread, variance), up = variance_under(d, rho + RHO_STEP, bread, w->above), down = variance_under(d, rho - RHO_STEP, bread, w->below);
  double information = (2 * at - up - down) / (RHO_STEP * RHO_STEP);
  w->of_rho = information > 1 / RHO_VARIANCE_MOST ? 1 / information : RHO_VARIANCE_MOST;
  r->autocorrelation = rho;
  return at > -INFINITY && up > -INFINITY && down > -INFINITY;
}

static bool fit_counts(const struct design *d, const struct its_options *o, double *beta, double *variance, struct its_result *r)
{
  g_autofree double *fitted = g_new(double, (size_t)d->n), *pearson = g_new(double, (size_t)d->n);
  if (!linear_poisson(d->x, d->y, d->offset, d->n, d->k, beta, variance, fitted))
    return false;
  r->dispersion = 0;
  for (int i = 0; i < d->n; i++) {
    pearson[i] = (d->y[i] - fitted[i]) / sqrt(fitted[i]);
    r->dispersion += pearson[i] * pearson[i] / (d->n - d->k);
  }
  r->autocorrelation = autocorrelation(d, pearson, &r->durbin_watson);
  for (int i = 0; o->model == ITS_QUASI_POISSON && i < d->k * d->k; i++)
    variance[i] *= r->dispersion;
  return true;
}

/* ---- reading it ------------------------------------------------------------------------------------------------- */

/* Of a coefficient and so much of the slope. */
struct contrast { const struct design *d; int column; double of_slope; };

static double variance_of(const struct contrast *c, const double *variance)
{
  double share[2] = { 1, c->of_slope }, square = 0;
  int at[2] = { c->column, c->d->slope };
  for (int a = 0; a < 2; a++)
    for (int b = 0; b < 2; b++)
      square += at[a] >= 0 && at[b] >= 0 ? share[a] * share[b] * variance[at[a] * c->d->k + at[b]] : 0;
  return square;
}

/* Satterthwaite's degrees of freedom: 2 over the variance of the log of the variance. */
static double freedom(const struct contrast *c, const struct wobble *w, double df)
{
  if (!w->above)
    return df;
  double slope = log(variance_of(c, w->above) / variance_of(c, w->below)) / (2 * RHO_STEP);
  return fmax(2 / (2 / df + slope * slope * w->of_rho), DF_LEAST);
}

static struct its_effect read_effect(const struct contrast *c, const double *beta, const double *variance, const struct wobble *w, double alpha, double df)
{
  double se = sqrt(variance_of(c, variance)), estimate = beta[c->column] + (c->d->slope >= 0 ? c->of_slope * beta[c->d->slope] : 0), own = freedom(c, w, df),
         reach = linear_critical(alpha, own) * se;
  return (struct its_effect){ estimate, se, estimate - reach, estimate + reach, linear_p(estimate / se, own) };
}

bool its_estimate(const struct its_series *s, const struct its_options *o, struct its_result *ret_result, GError **error)
{
  g_assert(s->start >= 0 && s->columns >= 0);
  g_auto(design_auto) d = { 0 };
  struct its_result r = { .logs = counts(o), .dispersion = NAN };
  if (!make_design(s, o, &d, &r, error))
    return false;
  g_autofree double *beta = g_new(double, (size_t)d.k), *variance = g_new(double, (size_t)d.k * d.k);
  g_auto(wobble_auto) w = { 0 };
  bool fine = counts(o) ? fit_counts(&d, o, beta, variance, &r) : o->model == ITS_REML ? fit_restricted(&d, beta, variance, &r)
    : o->model == ITS_AUTOREGRESSIVE ? fit_errors(&d, beta, variance, &w, &r)
    : o->model == ITS_PRAIS_WINSTEN ? fit_autoregressive(&d, beta, variance, &r) : fit_ordinary(&d, o, beta, variance, &r);
  if (!fine)
    return fail(error, MENO_ERROR_BAD_INPUT, "the series cannot be fitted: its columns depend on each other, or all counts on one side are 0");
  r.rows = d.n;
  r.columns = d.k;
  double df = o->model == ITS_POISSON ? INFINITY : d.n - d.k, alpha = o->alpha > 0 ? o->alpha : 0.05;
  struct contrast level = { &d, LEVEL, 0 }, slope = { &d, SLOPE, 0 }, mean = { &d, LEVEL, d.span }, last = { &d, LEVEL, d.at[d.n - 1] - s->start }, trend = { &d, TREND, 0 };
  r.df = freedom(&level, &w, df);
  r.trend = read_effect(&trend, beta, variance, &w, alpha, df);
  r.level = read_effect(&level, beta, variance, &w, alpha, df);
  r.mean = read_effect(&mean, beta, variance, &w, alpha, df);
  r.last = read_effect(&last, beta, variance, &w, alpha, df);
  r.slope = o->level_only ? (struct its_effect){ NAN, NAN, NAN, NAN, NAN } : read_effect(&slope, beta, variance, &w, alpha, df);
  *ret_result = r;
  return true;
}
