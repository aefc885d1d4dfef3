/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The quadratic problem of synthetic control. Exactly: an active set that starts at the best corner, adds the weight that
 * gains most, and takes off those that turn negative, as C. L. Lawson, R. J. Hanson's non-negative least squares (Solving
 * Least Squares Problems, 1974, chapter 23). Since the weights add up to 1, |Aw − b|² = |Σ w_j (a_j − b)|², and adding a
 * constant to every product of two columns changes nothing; so the weights of an active set are G⁻¹1, scaled to sum 1. Each
 * round lowers the objective; there are finitely many sets.
 *
 * By steps: M. Frank, P. Wolfe, Naval Res. Logist. Q. 3, 1956, with exact line search, as R `synthdid` does, including where it
 * stops: its published figures belong to that stop, not to the optimum.
 *
 * How it can be wrong: with more columns than rows the optimum is not unique; the ridge chooses. */
#include "stats/simplex.h"
#include "stats/linear.h"
#include <glib.h>
#include <math.h>
#include <string.h>

#define DEPENDENT 1e-13 /* of a column's square: what is left of it beside the others */
#define GRAM_MOST 2500 /* columns whose products with each other are kept: 50 MB */

/* Weights of the active set: G⁻¹ 1 / (1ᵀ G⁻¹ 1), by Cholesky in place. Called thousands of times for a dozen columns each: too
 * often for a library with its checks. False: a column is all but a mixture of those before it. */
static bool solve_active(const double *gram, int k, const int *active, int count, double *out)
{
  g_autofree double *l = g_new(double, (size_t)count * count);
  double total = 0;
  for (int i = 0; i < count; i++) {
    const double *row = gram + (size_t)active[i] * k;
    double rest = 1;
    for (int j = 0; j <= i; j++) {
      double sum = row[active[j]];
      for (int m = 0; m < j; m++)
        sum -= l[i * count + m] * l[j * count + m];
      if (j < i)
        l[i * count + j] = sum / l[j * count + j];
      else if (!(sum > DEPENDENT * row[active[i]]))
        return false;
      else
        l[i * count + i] = sqrt(sum);
    }
    for (int m = 0; m < i; m++)
      rest -= l[i * count + m] * out[m];
    out[i] = rest / l[i * count + i];
  }
  for (int i = count - 1; i >= 0; i--) {
    for (int m = i + 1; m < count; m++)
      out[i] -= l[m * count + i] * out[m];
    out[i] /= l[i * count + i];
    total += out[i];
  }
  for (int i = 0; i < count; i++)
    out[i] /= total;
  return true;
}

static void make_gram(const double *a, const double *b, int n, int k, double ridge, double *gram)
{
  g_autofree double *away = g_new(double, (size_t)k * n);
  double mean = 0;
  for (int j = 0; j < k; j++)
    for (int i = 0; i < n; i++)
      away[(size_t)j * n + i] = a[(size_t)j * n + i] - b[i];
  memset(gram, 0, sizeof(double) * (size_t)k * k);
  linear_products(away, k, away, k, n, gram);
  for (int j = 0; j < k; j++)
    mean += gram[(size_t)j * k + j] / k;
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++)
      gram[(size_t)i * k + j] += mean + (i == j ? ridge + 1e-13 * mean : 0);
}

/* The column outside the set whose weight would gain most; −1: none gains. */
static int entering(const double *gram, int k, const double *weight, const bool *inside)
{
  double level = 0, most = 0, size = 0;
  int best = -1;
  g_autofree double *slope = g_new0(double, (size_t)k);
  for (int i = 0; i < k; i++)
    for (int j = 0; weight[i] > 0 && j < k; j++)
      slope[j] += weight[i] * gram[(size_t)i * k + j];
  for (int j = 0; j < k; j++) {
    level += weight[j] * slope[j];
    size = fmax(size, fabs(slope[j]));
  }
  for (int j = 0; j < k; j++)
    if (!inside[j] && level - slope[j] > fmax(most, 1e-11 * size)) {
      most = level - slope[j];
      best = j;
    }
  return best;
}

/* Goes from the weights towards the solution of the active set until one would turn negative; takes it off. */
static bool settle(const double *gram, int k, int *active, int *count, bool *inside, double *weight)
{
  g_autofree double *target = g_new(double, (size_t)k);
  for (int round = 0; round < 3 * k + 10; round++) {
    double step = 1;
    if (!solve_active(gram, k, active, *count, target))
      return false;
    for (int i = 0; i < *count; i++)
      if (target[i] <= 0)
        step = fmin(step, weight[active[i]] / (weight[active[i]] - target[i]));
    for (int i = 0; i < *count; i++)
      weight[active[i]] += step * (target[i] - weight[active[i]]);
    if (step >= 1)
      return true;
    int kept = 0;
    for (int i = 0; i < *count; i++) {
      bool stays = weight[active[i]] > 1e-14;
      inside[active[i]] = stays;
      weight[active[i]] = stays ? weight[active[i]] : 0;
      if (stays)
        active[kept++] = active[i];
    }
    *count = kept;
  }
  return true;
}

/* Adds and takes off from the weights as they are, a corner or any other place. */
static void improve(const double *gram, int k, int *active, int count, bool *inside, double *weight)
{
  g_autofree double *before = g_new(double, (size_t)k);
  for (int round = 0; round < 20 * k + 100; round++) {
    int next = entering(gram, k, weight, inside);
    if (next < 0)
      return;
    memcpy(before, weight, sizeof(double) * (size_t)k);
    inside[next] = true;
    active[count++] = next;
    if (!settle(gram, k, active, &count, inside, weight)) { /* the newcomer is all but a mixture of the others */
      memcpy(weight, before, sizeof(double) * (size_t)k);
      return;
    }
  }
}

void simplex_solve(const double *gram, int k, bool warm, double *weight)
{
  g_autofree int *active = g_new(int, (size_t)k);
  g_autofree bool *inside = g_new0(bool, (size_t)k);
  int best = 0, count = 0;
  for (int j = 0; warm && j < k; j++)
    if (weight[j] > 0) {
      inside[j] = true;
      active[count++] = j;
    }
  if (count > 0 && settle(gram, k, active, &count, inside, weight)) {
    improve(gram, k, active, count, inside, weight);
    return;
  }
  for (int j = 1; j < k; j++)
    if (gram[(size_t)j * k + j] < gram[(size_t)best * k + best])
      best = j;
  memset(weight, 0, sizeof(double) * (size_t)k);
  memset(inside, 0, sizeof(bool) * (size_t)k);
  weight[best] = 1;
  inside[best] = true;
  active[0] = best;
  improve(gram, k, active, 1, inside, weight);
}

void simplex_fit(const double *a, const double *b, int n, int k, double ridge, double *ret_weight)
{
  g_autofree double *gram = g_new(double, (size_t)k * k);
  make_gram(a, b, n, k, ridge, gram);
  simplex_solve(gram, k, false, ret_weight);
}

/* ---- by steps --------------------------------------------------------------------------------------------------- */

static double dot(const double *a, const double *b, int n)
{
  double sum = 0;
  linear_products(a, 1, b, 1, n, &sum);
  return sum;
}

/* Products of the columns with each other, with the target and with the present mixture: a step changes the last by the first,
 * so that it costs rows + columns and not rows × columns. Too many columns to keep their products: made anew each time. */
struct walk { int n, k; double *column, *target, *mix, *gram, *with_target, *with_mix; };

static void walk_init(struct walk *w, const double *a, const double *b, int n, int k, bool centre, const double *weight)
{
  *w = (struct walk){ .n = n, .k = k, .column = g_memdup2(a, sizeof(double) * (size_t)n * (size_t)k), .target = g_memdup2(b, sizeof(double) * (size_t)n),
                      .mix = g_new0(double, (size_t)n), .with_target = g_new0(double, (size_t)k), .with_mix = g_new0(double, (size_t)k) };
  for (int j = 0; centre && j <= k; j++) {
    double *of = j < k ? w->column + (size_t)j * n : w->target, mean = 0;
    for (int i = 0; i < n; i++)
      mean += of[i] / n;
    for (int i = 0; i < n; i++)
      of[i] -= mean;
  }
  for (int j = 0; j < k; j++)
    for (int i = 0; i < n; i++)
      w->mix[i] += weight[j] * w->column[(size_t)j * n + i];
  linear_products(w->column, k, w->target, 1, n, w->with_target);
  linear_products(w->column, k, w->mix, 1, n, w->with_mix);
  if (k <= GRAM_MOST) {
    w->gram = g_new0(double, (size_t)k * k);
    linear_products(w->column, k, w->column, k, n, w->gram);
  }
}

static void walk_clear(struct walk *w)
{
  g_free(w->column);
  g_free(w->target);
  g_free(w->mix);
  g_free(w->gram);
  g_free(w->with_target);
  g_free(w->with_mix);
}

static void walk_step(struct walk *w, int best, double step)
{
  const double *corner = w->column + (size_t)best * w->n;
  for (int i = 0; i < w->n; i++)
    w->mix[i] += step * (corner[i] - w->mix[i]);
  for (int j = 0; w->gram && j < w->k; j++)
    w->with_mix[j] += step * (w->gram[(size_t)best * w->k + j] - w->with_mix[j]);
  if (!w->gram) {
    memset(w->with_mix, 0, sizeof(double) * (size_t)w->k);
    linear_products(w->column, w->k, w->mix, 1, w->n, w->with_mix);
  }
}

void simplex_walk(const double *a, const double *b, int n, int k, double ridge, bool centre, double least, int steps, double *weight)
{
  struct walk w;
  walk_init(&w, a, b, n, k, centre, weight);
  g_autofree double *slope = g_new(double, (size_t)k), *away = g_new(double, (size_t)n);
  double before = INFINITY, now = INFINITY, eta = n * ridge;
  for (int t = 0; t < steps && (t < 2 || before - now > least); t++) {
    int best = 0;
    double along = 0, spread = 0, weights = 0;
    for (int j = 0; j < k; j++) {
      slope[j] = w.with_mix[j] - w.with_target[j] + eta * weight[j];
      best = slope[j] < slope[best] ? j : best;
    }
    for (int j = 0; j < k; j++) {
      double direction = (j == best) - weight[j];
      along -= slope[j] * direction;
      spread += direction * direction;
    }
    for (int i = 0; i < n; i++)
      away[i] = w.column[(size_t)best * n + i] - w.mix[i];
    double step = spread > 0 ? CLAMP(along / (dot(away, away, n) + eta * spread), 0, 1) : 0;
    for (int j = 0; j < k; j++) {
      weight[j] += step * ((j == best) - weight[j]);
      weights += weight[j] * weight[j];
    }
    walk_step(&w, best, step);
    for (int i = 0; i < n; i++)
      away[i] = w.mix[i] - w.target[i];
    before = now;
    now = ridge * weights + dot(away, away, n) / n;
  }
  walk_clear(&w);
}
