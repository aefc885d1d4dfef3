/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The noise of a panel, learnt from the weeks before: how much one value says, how long a bad week lasts, how far teams
 * drift apart.
 *
 * A value's noise is the sum of three parts: what is independent from week to week (few cases; larger where the exposure is
 * smaller), an autoregression with coefficient rho, and a slow drift of a team against the others with a memory of some
 * 33 weeks. An AR(1) alone would be wrong in both directions: with independent noise on top its coefficient is too small, and the mean
 * of ten weeks looks surer than it is; and teams that drift look still.
 *
 * What all teams share is taken off first (each period's mean of the values less their team's level). The likelihood is that of the
 * residuals with each level estimated (REML), on a grid of rho and of shares, under a weak prior. The covariance that is handed on
 * is the mean over the grid's posterior, so that what is not known widens the error; its spread over the posterior gives the degrees
 * of freedom (as Satterthwaite would). A team's scale is its own spread drawn towards the usual one.
 *
 * How it can be wrong: noise that changes after registration; teams whose seasons differ by much; a panel so short that
 * drift cannot be seen, where the prior speaks (shares of 0 to 0.35, the small ones likelier).
 *
 * References: H. D. Patterson, R. Thompson, Recovery of inter-block information when block sizes are unequal, Biometrika 58
 * (1971); F. E. Satterthwaite, An approximate distribution of estimates of variance components, Biometrics 2 (1946). */
#include "impact/fit.h"
#include <glib.h>
#include <math.h>
#include <string.h>

#define MEMORY_DAYS 231.0      /* of the drift: after these its correlation is 1/e */
#define SWEEPS_MOST 2000       /* of taking off levels and shared periods in turn: a few dozen are usual */
#define SEGMENTS 4
#define SHRINK 12.0            /* values' worth of the usual spread that a team's own must outweigh */
#define LEAST_VALUES 16        /* residuals, after what was fitted */
#define PROBE_DAYS 84.0        /* the mean of so many days is what the degrees of freedom are about */

static const double rhos[] = { 0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.88 };
static const double independents[] = { 0, 0.3, 0.55, 0.8 };              /* share of what is no drift */
static const double drifts[] = { 0, 0.06, 0.15, 0.3 };                   /* share of all */
static const double drift_prior[] = { 0.45, 0.3, 0.15, 0.1 };
#define RHOS ((int)G_N_ELEMENTS(rhos))
#define INDEPENDENTS ((int)G_N_ELEMENTS(independents))
#define DRIFTS ((int)G_N_ELEMENTS(drifts))
#define POINTS (RHOS * INDEPENDENTS * DRIFTS)

void impact_noise_clear(struct impact_noise *noise)
{
  g_free(noise->covariance);
  g_free(noise->scale);
  noise->covariance = noise->scale = NULL;
}

/* ---- residuals ---- */

/* Takes the mean of each segment of a unit's row off. Returns how many there were; `moved` becomes the largest of them. */
static int take_levels(const struct impact_frame *f, const int8_t *segment, double *rest, double *moved)
{
  int levels = 0;
  for (int i = 0; i < f->units; i++) {
    const int8_t *s = segment + (size_t)i * f->periods;
    double *row = rest + (size_t)i * f->periods, sum[SEGMENTS] = { 0 };
    int n[SEGMENTS] = { 0 };
    for (int t = 0; t < f->periods; t++)
      if (isfinite(row[t])) {
        sum[s[t]] += row[t];
        n[s[t]]++;
      }
    for (int k = 0; k < SEGMENTS; k++) {
      levels += n[k] > 0;
      *moved = n[k] > 0 ? fmax(*moved, fabs(sum[k] / n[k])) : *moved;
    }
    for (int t = 0; t < f->periods; t++)
      if (isfinite(row[t]))
        row[t] -= sum[s[t]] / n[s[t]];
  }
  return levels;
}

/* Takes each period's mean off; a value that stands alone in its period says nothing and goes. */
static int take_periods(const struct impact_frame *f, double *rest)
{
  int periods = 0;
  for (int t = 0; t < f->periods; t++) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < f->units; i++)
      if (isfinite(rest[(size_t)i * f->periods + t])) {
        sum += rest[(size_t)i * f->periods + t];
        n++;
      }
    periods += n > 1;
    for (int i = 0; i < f->units; i++)
      rest[(size_t)i * f->periods + t] = n > 1 ? rest[(size_t)i * f->periods + t] - sum / n : NAN;
  }
  return periods;
}

/* Levels and periods off in turn, until nothing moves. Returns how many values are left over after what was fitted. */
static double make_residuals(const struct impact_frame *f, const int8_t *segment, double *rest)
{
  size_t cells = (size_t)f->units * f->periods;
  double first = 0, moved;
  int values = 0, fitted = 0;
  for (size_t i = 0; i < cells; i++)
    rest[i] = segment[i] >= 0 && isfinite(f->y[i]) ? f->y[i] : NAN;
  for (int sweep = 0; sweep < SWEEPS_MOST; sweep++) {
    fitted = take_periods(f, rest);
    moved = 0;
    fitted += take_levels(f, segment, rest, &moved);
    first = sweep == 0 ? moved : first;
    if (moved <= 1e-10 * first)
      break;
  }
  for (int t = 0; t < f->periods; t++) { /* what was lost of the variance with the shared mean */
    int n = 0;
    for (int i = 0; i < f->units; i++)
      n += isfinite(rest[(size_t)i * f->periods + t]);
    values += n;
    for (int i = 0; i < f->units && n > 1; i++)
      rest[(size_t)i * f->periods + t] *= sqrt(n / (n - 1.0));
  }
  return values - fitted;
}

static void find_scales(const struct impact_frame *f, const double *rest, double *scale)
{
  double total = 0, all = 0;
  g_autofree double *own = g_new0(double, (size_t)f->units), *n = g_new0(double, (size_t)f->units);
  for (int i = 0; i < f->units; i++) {
    for (int t = 0; t < f->periods; t++) {
      double r = rest[(size_t)i * f->periods + t];
      if (isfinite(r)) {
        own[i] += r * r;
        n[i]++;
      }
    }
    total += own[i];
    all += n[i];
  }
  double usual = all > 0 ? total / all : 0;
  for (int i = 0; i < f->units; i++) { /* autocorrelated values count for less than they are */
    double effective = n[i] / 3;
    scale[i] = usual > 0 && n[i] > 0 ? sqrt((effective * own[i] / n[i] / usual + SHRINK) / (effective + SHRINK)) : 1;
  }
}

/* ---- likelihood ---- */

/* Values of one unit that go into the likelihood: their periods, standardised values, segments. */
struct series { int n; int *at; double *r, *thin; int8_t *segment; bool same_as_before; };

static double kernel(double rho, double independent, double drift, double slow, int k, double thin)
{
  double fast = (1 - drift) * (1 - independent) * (k == 0 ? 1 : pow(rho, k)) + drift * pow(slow, k);
  return k == 0 ? fast + (1 - drift) * independent * thin : fast;
}

static bool factor(double *a, int n) /* lower Cholesky, in place */
{
  for (int i = 0; i < n; i++) {
    double *row = a + (size_t)i * n;
    for (int j = 0; j < i; j++)
      row[j] = (row[j] - impact_dot(row, a + (size_t)j * n, j)) / a[(size_t)j * n + j];
    double d = row[i] - impact_dot(row, row, i);
    if (!(d > 1e-12))
      return false;
    row[i] = sqrt(d);
  }
  return true;
}

static void forward(const double *l, int n, double *x)
{
  for (int i = 0; i < n; i++)
    x[i] = (x[i] - impact_dot(l + (size_t)i * n, x, i)) / l[(size_t)i * n + i];
}

/* Sums over the units: log determinants (with the levels', REML), quadratic forms, degrees. */
struct sums { double logdet, quad; int degrees; };

/* What units of one pattern share: the factor of their covariance, and each segment's level seen through it. */
struct pattern { double *l, *ones[SEGMENTS], norm[SEGMENTS], logdet; int levels; };

static bool learn_pattern(const struct series *s, const double *table, int lags, double nugget, struct pattern *p)
{
  for (int i = 0; i < s->n; i++)
    for (int j = 0; j <= i; j++)
      p->l[(size_t)i * s->n + j] = table[MIN(s->at[i] - s->at[j], lags - 1)] + (i == j ? nugget * s->thin[i] : 0);
  if (!factor(p->l, s->n))
    return false;
  p->logdet = 0;
  p->levels = 0;
  for (int i = 0; i < s->n; i++)
    p->logdet += 2 * log(p->l[(size_t)i * s->n + i]);
  for (int8_t part = 0; part < SEGMENTS; part++) { /* segments are nearly independent: their levels are taken out one by one */
    int n = 0;
    for (int i = 0; i < s->n; i++)
      n += (p->ones[part][i] = s->segment[i] == part) > 0;
    p->norm[part] = 0;
    if (n == 0)
      continue;
    forward(p->l, s->n, p->ones[part]);
    p->norm[part] = impact_dot(p->ones[part], p->ones[part], s->n);
    p->logdet += log(p->norm[part]);
    p->levels++;
  }
  return true;
}

static bool add_series(const struct series *s, const double *table, int lags, double nugget, double *x, struct pattern *p, struct sums *sums)
{
  if (s->n == 0)
    return true;
  if (!s->same_as_before && !learn_pattern(s, table, lags, nugget, p))
    return false;
  memcpy(x, s->r, sizeof *x * (size_t)s->n);
  forward(p->l, s->n, x);
  sums->quad += impact_dot(x, x, s->n);
  for (int part = 0; part < SEGMENTS; part++)
    sums->quad -= p->norm[part] > 0 ? pow(impact_dot(p->ones[part], x, s->n), 2) / p->norm[part] : 0;
  sums->logdet += p->logdet;
  sums->degrees += s->n - p->levels;
  return true;
}

static GArray *make_series(const struct impact_frame *f, const int8_t *segment, const double *rest, const double *scale)
{
  GArray *all = g_array_new(FALSE, TRUE, sizeof(struct series));
  for (int i = 0; i < f->units; i++) {
    struct series s = { .at = g_new(int, (size_t)f->periods), .r = g_new(double, (size_t)f->periods), .thin = g_new(double, (size_t)f->periods),
                        .segment = g_new(int8_t, (size_t)f->periods) };
    for (int t = 0; t < f->periods; t++) {
      size_t cell = (size_t)i * f->periods + t;
      if (!isfinite(rest[cell]))
        continue;
      s.at[s.n] = t;
      s.segment[s.n] = segment[cell];
      s.thin[s.n] = 1; /* scaled to usual exposure in the mean; single weeks' differences matter little here */
      s.r[s.n++] = rest[cell] / scale[i];
    }
    const struct series *last = all->len > 0 ? &g_array_index(all, struct series, all->len - 1) : NULL;
    s.same_as_before = last && last->n == s.n && memcmp(last->at, s.at, sizeof *s.at * (size_t)s.n) == 0 && memcmp(last->segment, s.segment, (size_t)s.n) == 0;
    g_array_append_val(all, s);
  }
  return all;
}

static void free_series(GArray *all)
{
  for (guint i = 0; i < all->len; i++) {
    struct series *s = &g_array_index(all, struct series, i);
    g_free(s->at);
    g_free(s->r);
    g_free(s->thin);
    g_free(s->segment);
  }
  g_array_unref(all);
}

/* ---- the grid ---- */

struct point { double rho, independent, drift, log_weight, variance; };

static void weigh_points(const struct impact_frame *f, GArray *all, double share, struct point *points, double slow)
{
  int lags = f->periods;
  g_autofree double *table = g_new(double, (size_t)lags), *l = g_new(double, (size_t)lags * lags), *work = g_new(double, (1 + SEGMENTS) * (size_t)lags);
  struct pattern pattern = { .l = l };
  for (int part = 0; part < SEGMENTS; part++)
    pattern.ones[part] = work + (1 + (size_t)part) * lags;
  for (int p = 0; p < POINTS; p++) {
    struct point *point = &points[p];
    *point = (struct point){ rhos[p % RHOS], independents[p / RHOS % INDEPENDENTS], drifts[p / RHOS / INDEPENDENTS], -INFINITY, 0 };
    if (point->rho == 0 && point->independent > 0)
      continue; /* the same as none */
    for (int k = 0; k < lags; k++)
      table[k] = kernel(point->rho, point->independent, point->drift, slow, k, 0);
    double nugget = (1 - point->drift) * point->independent;
    struct sums sums = { 0 };
    bool fine = true;
    for (guint i = 0; i < all->len && fine; i++)
      fine = add_series(&g_array_index(all, struct series, i), table, lags, nugget, work, &pattern, &sums);
    if (!fine || sums.degrees < 3 || !(sums.quad > 0))
      continue;
    /* residuals of n units are n − 1 units' worth */
    double prior = log(drift_prior[p / RHOS / INDEPENDENTS]) - 0.5 * pow((point->rho - 0.4) / 0.35, 2);
    point->variance = sums.quad / sums.degrees;
    point->log_weight = share * (-0.5 * sums.logdet - 0.5 * sums.degrees * log(point->variance)) + prior;
  }
}

/* Variance of the mean of `n` neighbouring values. */
static double of_mean(const struct point *p, double slow, int n)
{
  double sum = n * kernel(p->rho, p->independent, p->drift, slow, 0, 1);
  for (int k = 1; k < n; k++)
    sum += 2 * (n - k) * kernel(p->rho, p->independent, p->drift, slow, k, 1);
  return p->variance * sum / n / n;
}

static bool average_points(const struct impact_frame *f, struct point *points, double degrees, double slow, struct impact_noise *noise)
{
  double best = -INFINITY, total = 0, mean = 0, square = 0, one = 0;
  int probe = MAX(2, (int)lround(PROBE_DAYS / f->period_days));
  for (int p = 0; p < POINTS; p++)
    best = fmax(best, points[p].log_weight);
  if (!isfinite(best))
    return false;
  noise->lags = f->periods;
  noise->covariance = g_new0(double, (size_t)f->periods);
  for (int p = 0; p < POINTS; p++)
    total += exp(points[p].log_weight - best);
  for (int p = 0; p < POINTS; p++) {
    double weight = exp(points[p].log_weight - best) / total, v;
    if (weight < 1e-6)
      continue;
    v = of_mean(&points[p], slow, probe);
    mean += weight * v;
    square += weight * v * v;
    one += weight * points[p].variance;
    noise->nugget += weight * points[p].variance * (1 - points[p].drift) * points[p].independent;
    for (int k = 0; k < f->periods; k++)
      noise->covariance[k] += weight * points[p].variance * kernel(points[p].rho, points[p].independent, points[p].drift, slow, k, 0);
  }
  double spread = fmax(0, square / mean / mean - 1);
  noise->sd = sqrt(one);
  noise->autocorrelation = f->periods > 1 ? noise->covariance[1] / one : 0;
  noise->freedom = fmax(3, 2 / (spread + 2 / fmax(degrees / 2, 1)));
  return true;
}

bool impact_noise_fit(const struct impact_frame *f, const int8_t *segment, struct impact_noise *ret_noise)
{
  struct impact_noise noise = { 0 };
  g_autofree double *rest = g_new(double, (size_t)f->units * f->periods);
  double degrees = make_residuals(f, segment, rest), slow = exp(-f->period_days / MEMORY_DAYS);
  if (degrees < LEAST_VALUES)
    return false;
  noise.scale = g_new(double, (size_t)f->units);
  find_scales(f, rest, noise.scale);
  GArray *all = make_series(f, segment, rest, noise.scale);
  g_autofree struct point *points = g_new(struct point, POINTS);
  weigh_points(f, all, (f->units - 1.0) / f->units, points, slow);
  free_series(all);
  double largest = 0;
  for (int i = 0; i < f->units * f->periods; i++)
    largest = fmax(largest, isfinite(f->y[i]) ? fabs(f->y[i]) : 0);
  if (!average_points(f, points, degrees, slow, &noise) || !(noise.sd > 1e-9 * largest)) {
    impact_noise_clear(&noise);
    return false;
  }
  *ret_noise = noise;
  return true;
}
