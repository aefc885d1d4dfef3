/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * K. H. Brodersen et al., "Inferring causal impact using Bayesian structural time-series models", Ann. Appl. Stat. 9, 2015;
 * reference implementation R `CausalImpact` over `bsts`, with their defaults: everything in units of the standard deviation
 * before the start; step of the level about 0.01 (32 pseudo-observations, at most 1); static regression with a constant, three
 * columns expected, expected R² 0.8 with 50 degrees of freedom, slab of 0.01 observations' information, half of it shrunk to
 * the diagonal, noise at most 1.2; seasons with a step of about 0.01 and next to no weight on that. Values after the start are
 * missing to the model; the prediction is their posterior, with noise where it is held against what happened.
 *
 * How it can be wrong: a control series that the treatment moved as well hides the effect; a relation that breaks at the start
 * is taken for one. The interval is for the model; a level that wanders makes long horizons very wide. */
#include "stats/bsts.h"
#include "stats/bsts-private.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#define COLUMNS_MOST 60
#define KEPT_MOST 50000000 /* predictions that are kept for their quantiles: 400 MB */
#define LEVEL_DF 32
#define EXPECTED_R2 0.8
#define NOISE_DF 50
#define SLAB_WEIGHT 0.01
#define LITTLE_DF 0.01

struct scaled { int n, k, after; double mean, sd; double *y, *x; /* [n], [n * k], the constant first */ double *x_sd; int *column; bool *seen; };

static void scaled_clear(struct scaled *s)
{
  g_free(s->y);
  g_free(s->x);
  g_free(s->x_sd);
  g_free(s->column);
  g_free(s->seen);
}
typedef struct scaled scaled_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(scaled_auto, scaled_clear)
typedef struct bsts_state state_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(state_auto, bsts_state_clear)
typedef struct bsts_slab slab_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(slab_auto, bsts_slab_clear)

/* Mean and standard deviation of every `stride`-th value before the start. */
static int before(const double *x, int stride, int start, double *ret_mean, double *ret_sd)
{
  int n = 0;
  double mean = 0, square = 0;
  for (int t = 0; t < start; t++) {
    double v = x[(size_t)t * stride];
    if (isnan(v))
      continue;
    double step = v - mean;
    mean += step / ++n;
    square += step * (v - mean);
  }
  *ret_mean = mean;
  *ret_sd = n > 1 ? sqrt(square / (n - 1)) : 0;
  return n;
}

static bool check(const struct bsts_series *in, GError **error)
{
  for (int t = 0; t < in->n; t++) {
    bool fine = isnan(in->y[t]) || fabs(in->y[t]) < 1e140;
    for (int j = 0; j < in->columns; j++)
      fine = fine && fabs(in->x[(size_t)t * in->columns + j]) < 1e140;
    if (!fine)
      return fail(error, MENO_ERROR_BAD_INPUT, "value %d of the series, or of one beside it, is missing, infinite or too large: other series must have no gaps", t + 1);
  }
  return in->columns < COLUMNS_MOST || fail(error, MENO_ERROR_TOO_LARGE, "%d other series are more than %d: choose those that could matter", in->columns, COLUMNS_MOST - 1);
}

static bool scale(const struct bsts_series *in, struct scaled *s, GError **error)
{
  if (!check(in, error))
    return false;
  s->n = in->n;
  s->y = g_new(double, (size_t)in->n);
  s->seen = g_new(bool, (size_t)in->n);
  s->column = g_new(int, (size_t)MAX(in->columns, 1));
  s->x_sd = g_new(double, (size_t)MAX(in->columns, 1));
  int seen = before(in->y, 1, in->start, &s->mean, &s->sd);
  for (int t = 0; t < in->n; t++) {
    s->y[t] = (in->y[t] - s->mean) / s->sd;
    s->seen[t] = t < in->start && !isnan(in->y[t]);
    s->after += t >= in->start && !isnan(in->y[t]);
  }
  if (seen < 3 || s->after < 1)
    return fail(error, MENO_ERROR_BAD_INPUT, "%d values before and %d after the start are too few: three and one are the least", seen, s->after);
  if (!(s->sd > 0))
    return fail(error, MENO_ERROR_BAD_INPUT, "the outcome has one value only before the start: there is nothing to learn from");
  double mean[COLUMNS_MOST], sd;
  for (int j = 0; j < in->columns; j++)
    if (before(in->x + j, in->columns, in->start, &mean[s->k], &sd) && sd > 0) { /* a constant tells nothing */
      s->column[s->k] = j;
      s->x_sd[s->k++] = sd;
    }
  int k = s->k ? s->k + 1 : 0;
  s->x = g_new(double, (size_t)in->n * (size_t)MAX(k, 1));
  for (int t = 0; t < in->n && k; t++) {
    s->x[(size_t)t * k] = 1;
    for (int j = 0; j < s->k; j++)
      s->x[(size_t)t * k + j + 1] = (in->x[(size_t)t * in->columns + s->column[j]] - mean[j]) / s->x_sd[j];
  }
  s->k = k;
  return true;
}

static void set_priors(const struct scaled *s, const struct bsts_options *o, struct bsts_slab *slab)
{
  int k = s->k;
  double size = o->model_size > 0 ? o->model_size : 3;
  slab->df = k ? NOISE_DF : LITTLE_DF;
  slab->squares = k ? NOISE_DF * (1 - EXPECTED_R2) : LITTLE_DF;
  slab->sd_most = 1.2;
  slab->noise = k ? 1 - EXPECTED_R2 : 1;
  for (int a = 0; a < k; a++) {
    slab->chance[a] = size < k ? size / k : 1;
    slab->inside[a] = true;
    for (int b = 0; b < k; b++)
      slab->prior[(size_t)a * k + b] = SLAB_WEIGHT / slab->rows * slab->gram[(size_t)a * k + b] * (a == b ? 1 : 0.5);
  }
}

/* ---- what is kept of the draws ---------------------------------------------------------------------------------- */

struct kept { int draws, at; double *sample; /* [draws * after period], with noise */ double *sum; /* [draws], seen ones after */ };

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Quantile of type 7 of sorted values, as R. */
static double quantile(const double *sorted, int n, double share)
{
  double at = share * (n - 1);
  int low = (int)floor(at), high = MIN(low + 1, n - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

static struct bsts_effect describe(double *values, int n, double alpha)
{
  struct bsts_effect e = { 0 };
  for (int i = 0; i < n; i++)
    e.mean += values[i] / n;
  for (int i = 0; i < n; i++)
    e.sd += (values[i] - e.mean) * (values[i] - e.mean) / (n - 1);
  e.sd = sqrt(e.sd);
  qsort(values, (size_t)n, sizeof *values, compare);
  e.low = quantile(values, n, alpha / 2);
  e.high = quantile(values, n, 1 - alpha / 2);
  return e;
}

static struct bsts_effect times(struct bsts_effect e, double factor)
{
  return (struct bsts_effect){ e.mean * factor, e.sd * factor, e.low * factor, e.high * factor };
}

static void read_draws(const struct bsts_series *in, const struct scaled *s, struct kept *k, double alpha, struct bsts_result *r)
{
  int after = in->n - in->start, n = k->draws, above = 1, below = 1;
  g_autofree double *one = g_new(double, (size_t)n);
  double actual = 0, predicted = 0;
  for (int t = in->start; t < in->n; t++) {
    actual += isnan(in->y[t]) ? 0 : in->y[t] / s->after;
    predicted += isnan(in->y[t]) ? 0 : r->mean[t] / s->after;
    for (int d = 0; d < n; d++)
      one[d] = k->sample[(size_t)d * after + t - in->start];
    qsort(one, (size_t)n, sizeof *one, compare);
    r->low[t] = quantile(one, n, alpha / 2);
    r->high[t] = quantile(one, n, 1 - alpha / 2);
  }
  r->actual = actual;
  for (int d = 0; d < n; d++) {
    above += k->sum[d] >= actual;
    below += k->sum[d] <= actual;
    one[d] = k->sum[d];
  }
  r->p = MIN(above, below) / (n + 1.0);
  r->predicted = describe(one, n, alpha);
  for (int d = 0; d < n; d++)
    one[d] = actual - k->sum[d];
  r->effect = describe(one, n, alpha);
  r->predicted.mean = predicted; /* without noise: the same in the limit, and steadier */
  r->effect.mean = actual - predicted;
  r->relative = times(r->effect, 1 / predicted); /* as CausalImpact to 1.2; later ones divide by each draw */
  r->total_predicted = times(r->predicted, s->after);
  r->total_effect = times(r->effect, s->after);
}

static void keep(const struct bsts_series *in, const struct scaled *s, const struct bsts_state *state, const struct bsts_slab *slab, struct kept *k,
                 struct bsts_result *r, gsl_rng *rng)
{
  int after = in->n - in->start;
  double noise = sqrt(slab->noise), *sample = k->sample + (size_t)k->at * after, sum = 0;
  for (int t = 0; t < s->n; t++) {
    double value = state->fitted[t];
    for (int j = 0; j < s->k; j++)
      value += s->x[(size_t)t * s->k + j] * slab->beta[j];
    r->mean[t] += (s->mean + s->sd * value) / k->draws;
    if (t < in->start)
      continue;
    sample[t - in->start] = s->mean + s->sd * (value + noise * gsl_ran_gaussian_ziggurat(rng, 1));
    sum += isnan(in->y[t]) ? 0 : sample[t - in->start];
  }
  k->sum[k->at++] = sum / s->after;
  for (int j = 1; j < s->k; j++) {
    r->inclusion[s->column[j - 1]] += slab->inside[j] / (double)k->draws;
    r->coefficient[s->column[j - 1]] += slab->beta[j] * s->sd / s->x_sd[j - 1] / k->draws;
  }
  r->noise_sd += noise * s->sd / k->draws;
  r->level_sd += sqrt(state->level) * s->sd / k->draws;
}

static void gibbs(const struct bsts_series *in, const struct scaled *s, const struct bsts_options *o, struct kept *k, struct bsts_result *r)
{
  g_auto(state_auto) state = { 0 };
  g_auto(slab_auto) slab = { 0 };
  double guess = o->level_sd > 0 ? o->level_sd : 0.01;
  int burn = k->draws / 9, first = 0;
  bsts_state_init(&state, s->n, o->season, s->seen);
  bsts_slab_init(&slab, s->x, s->seen, s->n, s->k);
  set_priors(s, o, &slab);
  while (!s->seen[first])
    first++;
  state.start_mean = s->y[first];
  state.start_variance = 1;
  state.level = guess * guess;
  state.seasonal = state.season ? 1e-4 : 0;
  g_autofree double *rest = g_new0(double, (size_t)s->n);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, o->seed ? (unsigned long)o->seed : 1);
  for (int draw = 0; draw < burn + k->draws; draw++) {
    for (int t = 0; t < s->n; t++) {
      rest[t] = s->seen[t] ? s->y[t] : 0;
      for (int j = 0; j < s->k; j++)
        rest[t] -= s->x[(size_t)t * s->k + j] * slab.beta[j];
    }
    state.noise = slab.noise;
    bsts_state_draw(&state, rest, rng);
    state.level = bsts_draw_variance(LEVEL_DF + s->n - 1, LEVEL_DF * guess * guess + state.level_square, 1, rng);
    if (state.season)
      state.seasonal = bsts_draw_variance(LITTLE_DF + s->n - 1, LITTLE_DF * 1e-4 + state.seasonal_square, 1, rng);
    for (int t = 0; t < s->n; t++)
      rest[t] = s->seen[t] ? s->y[t] - state.fitted[t] : 0;
    bsts_slab_draw(&slab, rest, rng);
    if (draw >= burn)
      keep(in, s, &state, &slab, k, r, rng);
  }
  gsl_rng_free(rng);
}

struct bsts_result *bsts_estimate(const struct bsts_series *in, const struct bsts_options *o, GError **error)
{
  g_auto(scaled_auto) s = { 0 };
  g_assert(in->start >= 0 && in->start <= in->n);
  if (!scale(in, &s, error))
    return NULL;
  if ((int64_t)MAX(o->draws, 4000) * (in->n - in->start) > KEPT_MOST || (o->season > 1 && o->season >= in->n)) {
    fail(error, MENO_ERROR_TOO_LARGE, "%d draws of %d values after the start, or a season of %d in %d values, are too many: ask for fewer", o->draws, in->n - in->start,
         o->season, in->n);
    return NULL;
  }
  struct bsts_result *r = g_new0(struct bsts_result, 1);
  struct kept k = { .draws = o->draws > 0 ? o->draws : 4000 };
  g_autofree double *sample = g_new0(double, (size_t)k.draws * (size_t)MAX(in->n - in->start, 1)), *sum = g_new0(double, (size_t)k.draws);
  k.sample = sample;
  k.sum = sum;
  r->n = in->n;
  r->after = s.after;
  r->columns = in->columns;
  r->draws = k.draws;
  r->mean = g_new0(double, (size_t)in->n);
  r->low = g_new(double, (size_t)in->n);
  r->high = g_new(double, (size_t)in->n);
  r->inclusion = g_new0(double, (size_t)MAX(in->columns, 1));
  r->coefficient = g_new0(double, (size_t)MAX(in->columns, 1));
  for (int t = 0; t < in->n; t++)
    r->low[t] = r->high[t] = NAN;
  gibbs(in, &s, o, &k, r);
  read_draws(in, &s, &k, o->alpha > 0 ? o->alpha : 0.05, r);
  return r;
}

void bsts_result_free(struct bsts_result *r)
{
  if (!r)
    return;
  g_free(r->mean);
  g_free(r->low);
  g_free(r->high);
  g_free(r->inclusion);
  g_free(r->coefficient);
  g_free(r);
}
