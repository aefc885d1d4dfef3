/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A common change point in the means of a subset of many series.
 *
 * Idea: at each candidate time, each series offers the evidence of its own fall (stats/normal.h), as if a share of the
 * series had fallen and the others not; the sums are averaged over the candidate times, so that looking at many times is
 * paid for. After Y. Xie, D. Siegmund, "Sequential multi-sensor change-point detection", Ann. Statist. 41, 2013, with a
 * marginal likelihood in place of their generalised one. Autocorrelation widens the error of a mean by
 * (1 + ρ) / (1 - ρ), its value for a long AR(1) series.
 *
 * Two groups: a two-component normal mixture with one spread, by EM from the quartiles, chosen by BIC (C. Fraley, A. E.
 * Raftery, "Model-based clustering", JASA 97, 2002).
 *
 * All or some: the marginal of a normal fall for all against a mixture of fallen and not fallen, both fitted on a grid, which
 * has no local maxima to be caught in; the spread of falls among the fallen is a third of their mean, so that a strong
 * and a weak fall are still one kind.
 *
 * How it can be wrong: a slow decline is reported as a break in its middle; a random walk, whose autocorrelation is
 * near one, looks like breaks (hence the cap at 0.9, not lower); several breaks are reported as one. */
#include "stats/shift.h"
#include "stats/normal.h"
#include "stats/robust.h"
#include <glib.h>
#include <math.h>

double shift_autocorrelation(const double *y, const double *centre, int series, int n)
{
  double products = 0, squares = 0;
  int pairs = 0, count = 0, kept = 0;
  for (int s = 0; s < series; s++) {
    const double *row = y + (size_t)s * n;
    double mean = 0;
    int seen = 0;
    for (int t = 0; t < n; t++)
      if (isfinite(row[t])) {
        mean += row[t];
        seen++;
      }
    if (seen < 4)
      continue;
    kept++;
    mean /= seen;
    double before = NAN;
    for (int t = 0; t < n; t++) {
      double now = row[t] - (centre ? centre[(size_t)s * n + t] : mean);
      if (isfinite(now)) {
        squares += now * now;
        count++;
      }
      if (isfinite(now) && isfinite(before)) {
        products += now * before;
        pairs++;
      }
      before = now;
    }
  }
  if (pairs < 4 || !(squares > 0))
    return 0.3; /* unknown: neither independent nor hopeless */
  /* A centre fitted to each third takes as much of the slow part with it as a mean of a third would. */
  double rho = products / pairs / (squares / count), length = (double)count / kept / (centre ? 3 : 1);
  return CLAMP(rho + (1 + 3 * rho) / length, 0, 0.9);
}

struct prefix { double *sum; int *count; };

static void accumulate(const double *y, int n, struct prefix *p)
{
  p->sum[0] = 0;
  p->count[0] = 0;
  for (int t = 0; t < n; t++) {
    bool seen = isfinite(y[t]);
    p->sum[t + 1] = p->sum[t] + (seen ? y[t] : 0);
    p->count[t + 1] = p->count[t] + seen;
  }
}

struct shift shift_scan(const double *y, const double *sd, int series, int n, double autocorrelation, double scale, double prior, int margin)
{
  struct shift shift = { .evidence = 0, .at = -1 };
  int first = margin, last = n - margin;
  if (last < first || series == 0)
    return shift;
  double inflation = sqrt((1 + autocorrelation) / (1 - autocorrelation));
  g_autofree double *evidence = g_new0(double, (size_t)(last - first + 1));
  g_autofree double *sums = g_new(double, (size_t)n + 1);
  g_autofree int *counts = g_new(int, (size_t)n + 1);
  struct prefix p = { sums, counts };
  for (int s = 0; s < series; s++) {
    accumulate(y + (size_t)s * n, n, &p);
    for (int t = first; t <= last; t++) {
      int before = p.count[t], after = p.count[n] - before;
      if (before < 2 || after < 2 || !(sd[s] > 0))
        continue;
      double fall = p.sum[t] / before - (p.sum[n] - p.sum[t]) / after;
      double se = sd[s] * inflation * sqrt(1.0 / before + 1.0 / after);
      double ratio = normal_log_ratio(fall, se, scale, 0.1 * sd[s]);
      evidence[t - first] += ratio > 30 ? log(prior) + ratio : log1p(prior * expm1(ratio));
    }
  }
  int places = last - first + 1, best = 0;
  for (int i = 1; i < places; i++)
    if (evidence[i] > evidence[best])
      best = i;
  double total = 0, mean = 0, square = 0;
  for (int i = 0; i < places; i++) {
    double w = exp(evidence[i] - evidence[best]);
    total += w;
    mean += w * i;
    square += w * i * i;
  }
  mean /= total;
  shift.sd = sqrt(fmax(0, square / total - mean * mean));
  shift.at = first + best;
  shift.evidence = normal_log_mean_exp(evidence, places);
  return shift;
}

struct mixture { double mean[2], share, tau2, likelihood; };

static double likelihood_one(const double *x, const double *v, int n, double *ret_mean, double *ret_tau2)
{
  double mean = 0, tau2 = 0;
  for (int pass = 0; pass < 60; pass++) {
    double sum = 0, weight = 0, excess = 0;
    for (int i = 0; i < n; i++) {
      if (!isfinite(x[i]))
        continue;
      double w = 1 / (v[i] + tau2 + 1e-300);
      sum += w * x[i];
      weight += w;
    }
    mean = weight > 0 ? sum / weight : 0;
    double top = 0;
    for (int i = 0; i < n; i++) {
      if (!isfinite(x[i]))
        continue;
      double w = 1 / (v[i] + tau2 + 1e-300);
      top += w * w * ((x[i] - mean) * (x[i] - mean) - v[i]);
      excess += w * w;
    }
    tau2 = excess > 0 ? fmax(0, top / excess) : 0;
  }
  double l = 0;
  for (int i = 0; i < n; i++)
    if (isfinite(x[i]))
      l += normal_log_density(x[i] - mean, v[i] + tau2 + 1e-300);
  *ret_mean = mean;
  *ret_tau2 = tau2;
  return l;
}

static void expectation(const double *x, const double *v, int n, const struct mixture *m, double *ret_low, double *ret_likelihood)
{
  double l = 0;
  for (int i = 0; i < n; i++) {
    if (!isfinite(x[i])) {
      ret_low[i] = NAN;
      continue;
    }
    double a = log(m->share) + normal_log_density(x[i] - m->mean[0], v[i] + m->tau2);
    double b = log1p(-m->share) + normal_log_density(x[i] - m->mean[1], v[i] + m->tau2);
    double most = fmax(a, b), both = most + log(exp(a - most) + exp(b - most));
    ret_low[i] = exp(a - both);
    l += both;
  }
  *ret_likelihood = l;
}

/* EM; tau2 never below `least`, or a group of one value would win with an infinite density. */
static struct mixture fit_two(const double *x, const double *v, int n, double tau2, double least, double *low)
{
  struct mixture m = { .mean = { robust_quantile(x, n, 0.15), robust_quantile(x, n, 0.85) }, .share = 0.5,
                       .tau2 = fmax(least, tau2 / 4) };
  for (int pass = 0; pass < 200; pass++) {
    double sum[2] = { 0 }, weight[2] = { 0 }, top = 0, bottom = 0, members = 0, count = 0;
    expectation(x, v, n, &m, low, &m.likelihood);
    for (int i = 0; i < n; i++) {
      if (!isfinite(x[i]))
        continue;
      double w = 1 / (v[i] + m.tau2), p[2] = { low[i], 1 - low[i] };
      for (int g = 0; g < 2; g++) {
        sum[g] += p[g] * w * x[i];
        weight[g] += p[g] * w;
      }
      members += low[i];
      count++;
    }
    for (int g = 0; g < 2; g++)
      if (weight[g] > 0)
        m.mean[g] = sum[g] / weight[g];
    m.share = (members + 0.5) / (count + 1);
    for (int i = 0; i < n; i++) {
      if (!isfinite(x[i]))
        continue;
      double w = 1 / (v[i] + m.tau2), a = x[i] - m.mean[0], b = x[i] - m.mean[1];
      top += w * w * (low[i] * a * a + (1 - low[i]) * b * b - v[i]);
      bottom += w * w;
    }
    m.tau2 = fmax(least, top / bottom);
  }
  expectation(x, v, n, &m, low, &m.likelihood);
  return m;
}

struct shift_groups shift_group(const double *x, const double *v, int n, double *ret_low)
{
  struct shift_groups groups = { 0 };
  int count = 0;
  double mean = 0, tau2 = 0, variance = 0;
  for (int i = 0; i < n; i++) {
    ret_low[i] = isfinite(x[i]) ? 0.5 : NAN;
    count += isfinite(x[i]);
    variance += isfinite(x[i]) ? v[i] : 0;
  }
  if (count == 0)
    return groups;
  double one = likelihood_one(x, v, n, &mean, &tau2);
  groups = (struct shift_groups){ .low = mean, .high = mean, .share_low = 1, .tau = sqrt(tau2), .evidence = -INFINITY };
  if (count < 4)
    return groups;
  g_autofree double *low = g_new(double, (size_t)n);
  /* A group's spread is never taken for less than a tenth of the noise: exact ties are chance. */
  struct mixture m = fit_two(x, v, n, tau2, 0.01 * (tau2 + variance / count) + 1e-300, low);
  groups.evidence = m.likelihood - one - log(count);
  if (groups.evidence <= 0 || m.mean[0] >= m.mean[1])
    return groups;
  groups = (struct shift_groups){ true, m.mean[0], m.mean[1], m.share, sqrt(m.tau2), groups.evidence };
  for (int i = 0; i < n; i++)
    ret_low[i] = low[i];
  return groups;
}

#define OWN_SPREAD 0.33        /* of the falls among those that fell, relative */
#define SIZES 40
#define SHARES 9
#define RESTS 7

static double square(double x)
{
  return x * x;
}

static double likelihood_all(const double *fall, const double *variance, int n, double size)
{
  double l = 0;
  for (int i = 0; i < n; i++)
    if (isfinite(fall[i]))
      l += normal_log_density(fall[i] - size, variance[i] + square(OWN_SPREAD * size) + 1e-300);
  return l;
}

static double likelihood_some(const double *fall, const double *variance, int n, const struct shift_split *s, double common_se, double *ret_fell)
{
  double l = common_se > 0 ? -0.5 * square(s->rest / common_se) : 0;
  for (int i = 0; i < n; i++) {
    if (!isfinite(fall[i])) {
      if (ret_fell)
        ret_fell[i] = NAN;
      continue;
    }
    double a = log(s->share) + normal_log_density(fall[i] - s->size, variance[i] + square(OWN_SPREAD * (s->size - s->rest)) + 1e-300);
    double b = log1p(-s->share) + normal_log_density(fall[i] - s->rest, variance[i] + 1e-300);
    double most = fmax(a, b), both = most + log(exp(a - most) + exp(b - most));
    l += both;
    if (ret_fell)
      ret_fell[i] = fall[i] >= s->size ? 1 : fall[i] <= s->rest ? fmin(0.1, exp(a - both)) : exp(a - both);
  }
  return l;
}

struct shift_split shift_divide(const double *fall, const double *variance, int n, double common_se, double *ret_fell)
{
  double most = robust_quantile(fall, n, 1), noise = 0, all = -INFINITY, some = -INFINITY;
  struct shift_split best = { .evidence = -INFINITY };
  int count = 0;
  for (int i = 0; i < n; i++) {
    count += isfinite(fall[i]);
    noise += isfinite(fall[i]) ? variance[i] : 0;
    ret_fell[i] = isfinite(fall[i]) ? 0.5 : NAN;
  }
  if (count < 2 || !(most > 0))
    return best;
  noise = sqrt(noise / count);
  for (int i = 1; i <= 2 * SIZES; i++) {
    double size = most * i / (2.0 * SIZES), l = likelihood_all(fall, variance, n, size);
    if (l > all) {
      all = l;
      best.all = size;
    }
  }
  for (int r = 0; r < RESTS; r++)
    for (int i = 1; i <= SIZES; i++)
      for (int k = 1; k <= SHARES; k++) {
        struct shift_split s = { .all = best.all, .rest = (r - RESTS / 2) * 0.7 * common_se, .share = k / (SHARES + 1.0) };
        s.size = s.rest + fmax(noise, 0.02 * most) + (most - s.rest) * i / SIZES;
        double l = likelihood_some(fall, variance, n, &s, common_se, NULL);
        if (l > some) {
          some = l;
          best = s;
        }
      }
  likelihood_some(fall, variance, n, &best, common_se, ret_fell);
  best.evidence = some - all - 0.75 * log(count); /* one free parameter more, and one on a leash */
  return best;
}
