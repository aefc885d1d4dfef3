/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Difference-in-differences by imputation, with the noise's memory.
 *
 * What a started team would have shown is predicted from every value that nobody treated: y = level of the team + what the
 * period brings to all + (for the affected teams, after registration) their common new level + noise. The estimate is the mean
 * of what was seen less what was predicted, over the registered weeks, teams counting alike. So each team and week may have its own
 * effect, and no started team ever serves as a comparison (K. Borusyak, X. Jaravel, J. Spiess, Revisiting event-study designs: robust
 * and efficient estimation, Review of Economic Studies 2024). Prediction is best linear under the noise's covariance (A. S.
 * Goldberger, Best linear unbiased prediction in the generalized linear regression model, JASA 57, 1962): a long baseline is
 * worth what its memory leaves of it, a waiting week just before the start more.
 *
 * Why the affected teams have a common level of their own after registration: they were chosen because they stood low. Compared with
 * the others from the weeks before, whatever of that was chance would come back by itself and look like an effect. So what all affected
 * teams share is learnt only from affected teams that still wait, after the choice was made; the others say what the
 * weeks bring to everybody. Without affected teams that wait there is no comparison, and none is made up.
 *
 * The result is a set of weights, which sum to nothing over each team and period: the estimate is their product with the values,
 * the error their product with the covariance, and a redrawn order is another set of weights. Levels and periods are eliminated by generalised least
 * squares; what is not identified is found by its pivot and refused.
 *
 * How it can be wrong: affected and other teams that go different ways after registration for reasons of their own (the
 * draw's own test in measure.c does not rest on that); a covariance that is wrong makes the weights less than best, and
 * the error wrong by as much as the noise was misjudged (noise.c). */
#include "impact/fit.h"
#include <glib.h>
#include <math.h>
#include <string.h>

#define PIVOT_LEAST 1e-9 /* of a column's own size: below, it is a sum of earlier ones */

/* One unit under one pattern of roles. */
struct piece {
  enum impact_role *role;        /* [periods] */
  int n, *at;                    /* untreated periods */
  double *w;                     /* [n * n]: inverse covariance less what the level takes */
  double *direct;                /* [n]: weights of the unit's own values in the prediction of its targets */
  double *target;                /* [periods]: weights of the targets; they sum to 1, or nothing */
  bool targets;
};

struct impact_solver {
  struct impact_frame frame;
  const struct impact_noise *noise;
  double *usual;                 /* [periods * periods]: covariance of two values of a unit of scale 1 at the usual exposure, without the nugget */
  GPtrArray **pieces;            /* [units] of struct piece */
};

static void free_piece(void *data)
{
  struct piece *p = data;
  g_free(p->role);
  g_free(p->at);
  g_free(p->w);
  g_free(p->direct);
  g_free(p->target);
  g_free(p);
}

/* Values may be means over neighbouring periods: the mean of the covariances of their parts. */
static double mean_covariance(const struct impact_frame *f, const struct impact_noise *noise, int t, int u)
{
  int first_t = f->first ? f->first[t] : t, first_u = f->first ? f->first[u] : u, n = f->first ? f->length[t] : 1, m = f->first ? f->length[u] : 1;
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++)
      sum += noise->covariance[MIN(abs(first_t + i - first_u - j), noise->lags - 1)];
  return sum / n / m;
}

struct impact_solver *impact_solver_new(const struct impact_frame *frame, const struct impact_noise *noise)
{
  struct impact_solver *solver = g_new0(struct impact_solver, 1);
  solver->frame = *frame;
  solver->noise = noise;
  solver->usual = g_new(double, (size_t)frame->periods * frame->periods);
  for (int t = 0; t < frame->periods; t++)
    for (int u = 0; u <= t; u++)
      solver->usual[(size_t)t * frame->periods + u] = solver->usual[(size_t)u * frame->periods + t] = mean_covariance(frame, noise, t, u);
  solver->pieces = g_new(GPtrArray *, (size_t)frame->units);
  for (int i = 0; i < frame->units; i++)
    solver->pieces[i] = g_ptr_array_new_with_free_func(free_piece);
  return solver;
}

void impact_solver_free(struct impact_solver *solver)
{
  if (solver == NULL)
    return;
  for (int i = 0; i < solver->frame.units; i++)
    g_ptr_array_unref(solver->pieces[i]);
  g_free(solver->pieces);
  g_free(solver->usual);
  g_free(solver);
}

static bool lasts(const struct impact_frame *f, int unit, int t)
{
  return f->affected[unit] && t >= f->registered;
}

static double nugget_of(const struct impact_solver *s, int unit, int t)
{
  double thin = s->frame.thin ? s->frame.thin[(size_t)unit * s->frame.periods + t] : 1;
  return s->noise->nugget * thin / (s->frame.length ? s->frame.length[t] : 1);
}

static double covariance(const struct impact_solver *s, int unit, int t, int u)
{
  double c = s->usual[(size_t)t * s->frame.periods + u] + (t == u ? nugget_of(s, unit, t) : 0);
  c *= s->noise->scale[unit] * s->noise->scale[unit];
  return lasts(&s->frame, unit, t) && lasts(&s->frame, unit, u) ? c + s->noise->fall : c;
}

/* ---- small dense algebra ---- */

/* Four sums at once: the order of addition is fixed, and the machine need not wait for each. */
double impact_dot(const double *a, const double *b, int n)
{
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; i++)
    s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

static void subtract(double *to, const double *from, double times, int n)
{
  for (int i = 0; i < n; i++)
    to[i] -= times * from[i];
}

/* Lower factor; columns that depend on earlier ones become nothing. */
static void factor(const double *a, double *l, int n)
{
  for (int i = 0; i < n; i++) {
    double *row = l + (size_t)i * n;
    for (int j = 0; j < i; j++) {
      const double *other = l + (size_t)j * n;
      row[j] = other[j] == 0 ? 0 : (a[(size_t)i * n + j] - impact_dot(row, other, j)) / other[j];
    }
    double size = a[(size_t)i * n + i], d = size - impact_dot(row, row, i);
    row[i] = d > PIVOT_LEAST * size ? sqrt(d) : 0;
  }
}

/* Inverse of a symmetric positive matrix, in place; what depends on earlier columns is left out. */
static void invert(double *a, int n)
{
  g_autofree double *l = g_new0(double, (size_t)n * n + 1), *inverse = g_new0(double, (size_t)n * n + 1);
  factor(a, l, n);
  for (int j = 0; j < n; j++) {
    double *row = inverse + (size_t)j * n, d = l[(size_t)j * n + j];
    if (d == 0)
      continue;
    for (int m = 0; m < j; m++)
      if (l[(size_t)j * n + m] != 0)
        subtract(row, inverse + (size_t)m * n, l[(size_t)j * n + m], m + 1);
    for (int k = 0; k < j; k++)
      row[k] /= d;
    row[j] = 1 / d;
  }
  memset(a, 0, sizeof *a * (size_t)n * n);
  for (int k = 0; k < n; k++)
    for (int i = 0; i <= k; i++)
      if (inverse[(size_t)k * n + i] != 0)
        subtract(a + (size_t)i * n, inverse + (size_t)k * n, -inverse[(size_t)k * n + i], i + 1);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      a[(size_t)j * n + i] = a[(size_t)i * n + j];
}

/* ---- a unit ---- */

static void weigh_own_values(const struct impact_solver *s, int unit, struct piece *p)
{
  int n = p->n;
  g_autofree double *level = g_new0(double, (size_t)n), *with_targets = g_new0(double, (size_t)n);
  double norm = 0, left = 1;
  for (int i = 0; i < n; i++)
    for (int t = 0; t < s->frame.periods && p->targets; t++)
      if (p->target[t] != 0)
        with_targets[i] += p->target[t] * covariance(s, unit, p->at[i], t);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      level[i] += p->w[(size_t)i * n + j];
      p->direct[i] += p->w[(size_t)i * n + j] * with_targets[j];
    }
  for (int i = 0; i < n; i++) {
    norm += level[i];
    left -= p->direct[i];
  }
  for (int i = 0; i < n; i++)
    p->direct[i] = p->targets ? p->direct[i] + left * level[i] / norm : 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      p->w[(size_t)i * n + j] -= level[i] * level[j] / norm;
}

static const struct piece *piece_of(struct impact_solver *s, int unit, const enum impact_role *role)
{
  int periods = s->frame.periods, targets = 0;
  for (guint i = 0; i < s->pieces[unit]->len; i++) {
    const struct piece *known = g_ptr_array_index(s->pieces[unit], i);
    if (memcmp(known->role, role, sizeof *role * (size_t)periods) == 0)
      return known;
  }
  struct piece *p = g_new0(struct piece, 1);
  p->role = g_memdup2(role, sizeof *role * (size_t)periods);
  p->at = g_new(int, (size_t)periods);
  p->target = g_new0(double, (size_t)periods);
  for (int t = 0; t < periods; t++) {
    targets += role[t] == IMPACT_TARGET;
    if (role[t] == IMPACT_UNTREATED)
      p->at[p->n++] = t;
  }
  p->targets = targets > 0 && p->n > 0;
  for (int t = 0; t < periods && p->targets; t++)
    p->target[t] = role[t] == IMPACT_TARGET ? 1.0 / targets : 0;
  p->w = g_new(double, (size_t)p->n * p->n + 1);
  p->direct = g_new0(double, (size_t)p->n + 1);
  for (int i = 0; i < p->n; i++)
    for (int j = 0; j < p->n; j++)
      p->w[(size_t)i * p->n + j] = covariance(s, unit, p->at[i], p->at[j]);
  invert(p->w, p->n);
  if (p->n > 0)
    weigh_own_values(s, unit, p);
  g_ptr_array_add(s->pieces[unit], p);
  return p;
}

/* ---- all units ---- */

/* Targets in periods in which nobody is untreated have no comparison: they are left out. Returns the share that stays. */
static double keep_comparable(const struct impact_frame *f, const enum impact_role *role, enum impact_role *kept)
{
  int targets = 0, stay = 0;
  memcpy(kept, role, sizeof *role * (size_t)f->units * f->periods);
  for (int t = 0; t < f->periods; t++) {
    bool untreated = false;
    for (int i = 0; i < f->units; i++)
      untreated |= role[(size_t)i * f->periods + t] == IMPACT_UNTREATED;
    for (int i = 0; i < f->units; i++) {
      enum impact_role *r = &kept[(size_t)i * f->periods + t];
      targets += *r == IMPACT_TARGET;
      if (*r == IMPACT_TARGET && !untreated)
        *r = IMPACT_LEFT_OUT;
      stay += *r == IMPACT_TARGET;
    }
  }
  return targets > 0 ? (double)stay / targets : 0;
}

struct system { int n; double *m, *h, *z; int *column; /* per period; -1 none */ int lasting; /* column of the affected's new level */ };

static void system_init(const struct impact_frame *f, const enum impact_role *role, struct system *sys)
{
  sys->column = g_new(int, (size_t)f->periods);
  sys->n = 0;
  bool first = true;
  for (int t = 0; t < f->periods; t++) {
    bool used = false;
    for (int i = 0; i < f->units; i++)
      used |= role[(size_t)i * f->periods + t] == IMPACT_UNTREATED;
    sys->column[t] = used && !first ? sys->n++ : -1; /* the first one is in the levels */
    first &= !used;
  }
  sys->lasting = sys->n++;
  sys->m = g_new0(double, (size_t)sys->n * sys->n);
  sys->h = g_new0(double, (size_t)sys->n);
  sys->z = g_new0(double, (size_t)sys->n);
}

static void system_clear(struct system *sys)
{
  g_free(sys->m);
  g_free(sys->h);
  g_free(sys->z);
  g_free(sys->column);
}

/* Both the period's own column and, for the affected after registration, the one of their new level. Only the lower triangle of m, whose
 * last row is the new level's; a unit's periods, and so their columns, rise. */
static void add_unit(const struct impact_frame *f, int unit, const struct piece *p, double share, struct system *sys)
{
  int n = sys->n, begin = 0, later = 0;
  double *bottom = sys->m + (size_t)sys->lasting * n;
  while (begin < p->n && sys->column[p->at[begin]] < 0)
    begin++;
  while (later < p->n && !lasts(f, unit, p->at[later]))
    later++;
  for (int i = 0; i < p->n; i++) {
    int a = sys->column[p->at[i]];
    const double *w = p->w + (size_t)i * p->n;
    double *row = sys->m + (size_t)MAX(a, 0) * n, after = 0;
    for (int j = begin; j <= i; j++)
      row[sys->column[p->at[j]]] += w[j];
    for (int j = later; j < p->n; j++)
      after += w[j];
    if (a >= 0) {
      bottom[a] += after;
      sys->h[a] -= share * p->direct[i];
    }
    if (i >= later) {
      bottom[sys->lasting] += after;
      sys->h[sys->lasting] -= share * p->direct[i];
    }
  }
  for (int t = 0; t < f->periods; t++) {
    if (sys->column[t] >= 0)
      sys->h[sys->column[t]] += share * p->target[t];
    sys->h[sys->lasting] += lasts(f, unit, t) ? share * p->target[t] : 0;
  }
}

/* z = M⁻ h; columns that depend on earlier ones get nothing. False where h lies outside of what the values tell. */
static bool system_solve(struct system *sys)
{
  int n = sys->n;
  g_autofree double *l = g_new0(double, (size_t)n * n);
  double size = 0, miss = 0, *z = sys->z;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      sys->m[(size_t)j * n + i] = sys->m[(size_t)i * n + j];
  factor(sys->m, l, n);
  for (int i = 0; i < n; i++) {
    double d = l[(size_t)i * n + i];
    z[i] = d == 0 ? 0 : (sys->h[i] - impact_dot(l + (size_t)i * n, z, i)) / d;
    size = fmax(size, fabs(sys->h[i]));
  }
  for (int i = n - 1; i >= 0; i--) {
    double d = l[(size_t)i * n + i];
    z[i] = d == 0 ? 0 : z[i] / d;
    subtract(z, l + (size_t)i * n, z[i], i);
  }
  for (int i = 0; i < n; i++)
    miss = fmax(miss, fabs(impact_dot(sys->m + (size_t)i * n, z, n) - sys->h[i]));
  return miss <= 1e-6 * fmax(size, 1e-6);
}

static void write_weights(const struct impact_frame *f, int unit, const struct piece *p, double share, const struct system *sys, double *weights)
{
  double *row = weights + (size_t)unit * f->periods;
  g_autofree double *xz = g_new(double, (size_t)p->n + 1);
  for (int t = 0; t < f->periods; t++)
    row[t] = share * p->target[t];
  for (int j = 0; j < p->n; j++) {
    int c = sys->column[p->at[j]];
    xz[j] = (c >= 0 ? sys->z[c] : 0) + (lasts(f, unit, p->at[j]) ? sys->z[sys->lasting] : 0);
  }
  for (int i = 0; i < p->n; i++)
    row[p->at[i]] -= share * p->direct[i] + impact_dot(p->w + (size_t)i * p->n, xz, p->n);
}

void impact_spread(const struct impact_solver *s, const double *weights, double *ret_spread)
{
  int n = s->frame.periods;
  for (int i = 0; i < s->frame.units; i++) {
    const double *w = weights + (size_t)i * n;
    double *out = ret_spread + (size_t)i * n, own = s->noise->scale[i] * s->noise->scale[i], later = 0;
    memset(out, 0, sizeof *out * (size_t)n);
    for (int u = 0; u < n; u++)
      if (w[u] != 0) {
        subtract(out, s->usual + (size_t)u * n, -w[u] * own, n);
        out[u] += w[u] * own * nugget_of(s, i, u);
        later += lasts(&s->frame, i, u) ? w[u] : 0;
      }
    for (int t = 0; t < n; t++)
      out[t] += lasts(&s->frame, i, t) ? later * s->noise->fall : 0;
  }
}

static double variance_of(const struct impact_solver *s, const double *weights)
{
  size_t cells = (size_t)s->frame.units * s->frame.periods;
  g_autofree double *spread = g_new(double, cells);
  impact_spread(s, weights, spread);
  return impact_dot(weights, spread, (int)cells);
}

bool impact_solve(struct impact_solver *s, const enum impact_role *role, double *ret_weights, double *ret_variance, double *ret_share)
{
  const struct impact_frame *f = &s->frame;
  g_autofree enum impact_role *kept = g_new(enum impact_role, (size_t)f->units * f->periods);
  g_autofree const struct piece **pieces = g_new(const struct piece *, (size_t)f->units);
  struct system sys;
  int treated = 0;
  double share = keep_comparable(f, role, kept);
  for (int i = 0; i < f->units; i++) {
    pieces[i] = piece_of(s, i, kept + (size_t)i * f->periods);
    treated += pieces[i]->targets;
  }
  if (treated == 0)
    return false;
  system_init(f, kept, &sys);
  for (int i = 0; i < f->units; i++)
    add_unit(f, i, pieces[i], pieces[i]->targets ? 1.0 / treated : 0, &sys);
  bool told = system_solve(&sys);
  for (int i = 0; i < f->units && told; i++)
    write_weights(f, i, pieces[i], pieces[i]->targets ? 1.0 / treated : 0, &sys, ret_weights);
  system_clear(&sys);
  if (!told)
    return false;
  *ret_variance = variance_of(s, ret_weights);
  *ret_share = share;
  return true;
}
