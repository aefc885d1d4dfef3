/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Synthetic control and synthetic difference in differences: the optimum is one, the twin that was mixed is found, what must
 * not matter, and how often nothing is claimed. */
#include "stats/predictors.h"
#include "stats/simplex.h"
#include "stats/synthetic.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

static double objective(const double *a, const double *b, int n, int k, double ridge, const double *w)
{
  double sum = 0;
  for (int j = 0; j < k; j++)
    sum += ridge * w[j] * w[j];
  for (int i = 0; i < n; i++) {
    double away = -b[i];
    for (int j = 0; j < k; j++)
      away += w[j] * a[j * n + i];
    sum += away * away;
  }
  return sum;
}

/* The conditions of Karush, Kuhn and Tucker: no weight could be moved to any other with gain; and the long walk ends there. */
static void test_optimum(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int run = 0; run < 40; run++) {
    int n = 5 + run, k = 3 + 2 * (run % 20);
    g_autofree double *a = g_new(double, (size_t)(n * k)), *b = g_new(double, (size_t)n), *w = g_new(double, (size_t)k), *walk = g_new(double, (size_t)k);
    for (int i = 0; i < n * k; i++)
      a[i] = 100 + gsl_ran_gaussian(rng, 10);
    for (int i = 0; i < n; i++)
      b[i] = 105 + gsl_ran_gaussian(rng, 5);
    double ridge = run % 2 ? 1 : 0, sum = 0, best;
    simplex_fit(a, b, n, k, ridge, w);
    best = objective(a, b, n, k, ridge, w);
    for (int j = 0; j < k; j++) {
      g_assert_cmpfloat(w[j], >=, 0);
      sum += w[j];
      walk[j] = 1.0 / k;
    }
    near(sum, 1, 1e-9);
    for (int from = 0; from < k; from++)
      for (int to = 0; to < k && w[from] > 1e-6; to++) {
        double step = fmin(w[from], 1e-4);
        w[from] -= step;
        w[to] += step;
        g_assert_cmpfloat(objective(a, b, n, k, ridge, w), >=, best * (1 - 1e-9));
        w[from] += step;
        w[to] -= step;
      }
    simplex_walk(a, b, n, k, ridge / n, false, 0, 20000, walk);
    g_assert_cmpfloat(objective(a, b, n, k, ridge, walk), >=, best * (1 - 1e-9));
    near(objective(a, b, n, k, ridge, walk), best, 0.03 * best);
  }
  gsl_rng_free(rng);
}

enum { CONTROLS = 20, KNOWN = 4, BEFORE = 12 };
struct drawn { double x0[CONTROLS * KNOWN], x1[KNOWN], z0[CONTROLS * BEFORE], z1[BEFORE]; };
struct fitted { double v[KNOWN], w[CONTROLS]; };

/* Of four predictors two tell what the outcomes do; in those the treated unit is a mixture of three, in the others far away. */
static void draw_known(gsl_rng *rng, struct drawn *d)
{
  double factor[BEFORE * 2];
  for (int t = 0; t < 2 * BEFORE; t++)
    factor[t] = gsl_ran_gaussian(rng, 1);
  for (int i = 0; i < CONTROLS; i++) {
    for (int j = 0; j < KNOWN; j++)
      d->x0[i * KNOWN + j] = gsl_ran_gaussian(rng, 1);
    for (int t = 0; t < BEFORE; t++)
      d->z0[i * BEFORE + t] = 10 + d->x0[i * KNOWN] * factor[t] + d->x0[i * KNOWN + 1] * factor[BEFORE + t] + gsl_ran_gaussian(rng, 0.02);
  }
  for (int j = 0; j < KNOWN; j++)
    d->x1[j] = 0.5 * d->x0[j] + 0.3 * d->x0[KNOWN + j] + 0.2 * d->x0[2 * KNOWN + j] + (j > 1 ? 2 : 0);
  for (int t = 0; t < BEFORE; t++)
    d->z1[t] = 0.5 * d->z0[t] + 0.3 * d->z0[BEFORE + t] + 0.2 * d->z0[2 * BEFORE + t];
}

static struct fitted fit(const struct drawn *d)
{
  struct fitted f;
  predictors_fit(d->x1, d->x0, KNOWN, d->z1, d->z0, BEFORE, CONTROLS, f.v, f.w);
  return f;
}

static double gap_before(const struct drawn *d, const double *w)
{
  return sqrt(objective(d->z0, d->z1, BEFORE, CONTROLS, 0, w) / BEFORE);
}

/* Predictors over their standard deviation among all units, times the root of their weight. */
static void scale(const struct drawn *d, const double *v, double *scaled, double *target)
{
  for (int j = 0; j < KNOWN; j++) {
    double mean = d->x1[j], square = 0;
    for (int i = 0; i < CONTROLS; i++) {
      double step = d->x0[i * KNOWN + j] - mean;
      mean += step / (i + 2);
      square += step * (d->x0[i * KNOWN + j] - mean);
    }
    for (int i = 0; i < CONTROLS; i++)
      scaled[i * KNOWN + j] = d->x0[i * KNOWN + j] * sqrt(v[j] / (square / CONTROLS));
    target[j] = d->x1[j] * sqrt(v[j] / (square / CONTROLS));
  }
}

/* The weights of the predictors do far better before than even ones; none is left out; and the mixture that is given is the one
 * most alike for the weights that are given: no weight could be moved with gain. */
static void test_predictors(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double all = 0, all_even = 0;
  for (int run = 0; run < 20; run++) {
    struct drawn d;
    double scaled[CONTROLS * KNOWN], target[KNOWN], even[CONTROLS], ones[KNOWN] = { 1, 1, 1, 1 }, v_sum = 0, v_most = 0, w_sum = 0;
    draw_known(rng, &d);
    struct fitted f = fit(&d);
    for (int j = 0; j < KNOWN; j++) {
      v_sum += f.v[j];
      v_most = fmax(v_most, f.v[j]);
    }
    near(v_sum, 1, 1e-9);
    for (int j = 0; j < KNOWN; j++)
      g_assert_cmpfloat(f.v[j], >=, 0.999e-6 * v_most);
    for (int i = 0; i < CONTROLS; i++) {
      g_assert_cmpfloat(f.w[i], >=, 0);
      w_sum += f.w[i];
    }
    near(w_sum, 1, 1e-9);
    scale(&d, f.v, scaled, target);
    double best = objective(scaled, target, KNOWN, CONTROLS, 0, f.w), *w = f.w;
    for (int from = 0; from < CONTROLS; from++)
      for (int to = 0; to < CONTROLS && w[from] > 1e-3; to++) {
        double step = 1e-3;
        w[from] -= step;
        w[to] += step;
        g_assert_cmpfloat(objective(scaled, target, KNOWN, CONTROLS, 0, w), >=, best - 1e-10);
        w[from] += step;
        w[to] -= step;
      }
    scale(&d, ones, scaled, target);
    simplex_fit(scaled, target, KNOWN, CONTROLS, 0, even);
    g_assert_cmpfloat(gap_before(&d, w), <=, gap_before(&d, even) * (1 + 1e-9));
    all += gap_before(&d, w);
    all_even += gap_before(&d, even);
  }
  g_test_message("gap before %.4f, with even weights %.4f", all / 20, all_even / 20);
  g_assert_cmpfloat(all, <, 0.3 * all_even);
  gsl_rng_free(rng);
}

/* Hardly ever do weights of the predictors that are drawn at random leave a smaller gap: of noisy predictors of units that go with
 * two factors, where the valley is full of edges. */
static void test_predictors_search(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 300 : 40, missed = 0;
  for (int run = 0; run < runs; run++) {
    struct drawn d;
    double load[2 * (CONTROLS + 1)], mix[2 * KNOWN], factor[2] = { 0, 0 }, best = INFINITY;
    for (int i = 0; i < 2 * (CONTROLS + 1); i++)
      load[i] = gsl_ran_gaussian(rng, 1);
    for (int j = 0; j < 2 * KNOWN; j++)
      mix[j] = gsl_ran_gaussian(rng, 1);
    for (int i = 0; i <= CONTROLS; i++)
      for (int j = 0; j < KNOWN; j++)
        *(i < CONTROLS ? d.x0 + i * KNOWN + j : d.x1 + j) = mix[2 * j] * load[2 * i] + mix[2 * j + 1] * load[2 * i + 1] + gsl_ran_gaussian(rng, 0.7) + (i < CONTROLS ? 0 : 1);
    for (int t = 0; t < BEFORE; t++) {
      for (int f = 0; f < 2; f++)
        factor[f] += gsl_ran_gaussian(rng, 1);
      for (int i = 0; i <= CONTROLS; i++)
        *(i < CONTROLS ? d.z0 + i * BEFORE + t : d.z1 + t) = 10 + load[2 * i] * factor[0] + load[2 * i + 1] * factor[1] + gsl_ran_gaussian(rng, 0.3);
    }
    struct fitted f = fit(&d);
    for (int draw = 0; draw < 500; draw++) {
      double v[KNOWN], scaled[CONTROLS * KNOWN], target[KNOWN], w[CONTROLS];
      for (int j = 0; j < KNOWN; j++)
        v[j] = exp(gsl_ran_flat(rng, -13, 0));
      scale(&d, v, scaled, target);
      simplex_fit(scaled, target, KNOWN, CONTROLS, 0, w);
      best = fmin(best, gap_before(&d, w));
    }
    missed += gap_before(&d, f.w) > 1.001 * best;
  }
  g_test_message("a smaller gap was drawn in %d of %d", missed, runs);
  g_assert_cmpint(missed, <=, runs / 10);
  gsl_rng_free(rng);
}

/* What goes up and down by the last digit where a search falls to one side of an edge: order of the controls, units. */
static void test_predictors_invariance(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int run = 0; run < 20; run++) {
    struct drawn d, other;
    draw_known(rng, &d);
    for (int i = 0; i < CONTROLS; i++) {
      int to = (7 * i + 3) % CONTROLS;
      for (int j = 0; j < KNOWN; j++)
        other.x0[to * KNOWN + j] = 7 + (1 + j) * 0.37 * d.x0[i * KNOWN + j];
      for (int t = 0; t < BEFORE; t++)
        other.z0[to * BEFORE + t] = 1000 * d.z0[i * BEFORE + t];
    }
    for (int j = 0; j < KNOWN; j++)
      other.x1[j] = 7 + (1 + j) * 0.37 * d.x1[j];
    for (int t = 0; t < BEFORE; t++)
      other.z1[t] = 1000 * d.z1[t];
    struct fitted a = fit(&d), b = fit(&other);
    for (int i = 0; i < CONTROLS; i++)
      near(a.w[i], b.w[(7 * i + 3) % CONTROLS], 1e-6);
    for (int j = 0; j < KNOWN; j++)
      near(a.v[j], b.v[j], 1e-6);
  }
  gsl_rng_free(rng);
}

/* The outcomes are what the first predictor says, times what moves all; the treated unit is within its range and beyond that of the
 * others: the first predictor with all the weight reproduces them to the last digit, even weights do not. */
static void test_predictors_corner(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int run = 0; run < 20; run++) {
    struct drawn d;
    for (int i = -1; i < CONTROLS; i++)
      for (int j = 0; j < KNOWN; j++)
        *(i < 0 ? d.x1 + j : d.x0 + i * KNOWN + j) = i < 0 && j > 0 ? 4 : i < 0 ? 0.5 : gsl_ran_flat(rng, 0, 1) + (j > 0 ? d.x0[i * KNOWN] : 0);
    for (int t = 0; t < BEFORE; t++) {
      double factor = gsl_ran_gaussian(rng, 1);
      d.z1[t] = 3 + factor * d.x1[0];
      for (int i = 0; i < CONTROLS; i++)
        d.z0[i * BEFORE + t] = 3 + factor * d.x0[i * KNOWN];
    }
    double scaled[CONTROLS * KNOWN], target[KNOWN], even[CONTROLS], ones[KNOWN] = { 1, 1, 1, 1 };
    struct fitted f = fit(&d);
    scale(&d, ones, scaled, target);
    simplex_fit(scaled, target, KNOWN, CONTROLS, 0, even);
    g_assert_cmpfloat(gap_before(&d, even), >, 0.1);
    g_assert_cmpfloat(gap_before(&d, f.w), <, 1e-3 * gap_before(&d, even));
    g_assert_cmpfloat(f.v[0], >, 0.99);
  }
  gsl_rng_free(rng);
}

/* All predictors can be matched: then their weights decide nothing, and of the mixtures that match them the one that went the same way
 * before is taken. A predictor that is the same for all weighs nothing, and one alone decides what it can. */
static void test_predictors_alike(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int run = 0; run < 20; run++) {
    struct drawn d;
    draw_known(rng, &d);
    int known = run % 2 ? 1 : KNOWN;
    double x0[CONTROLS * KNOWN], v[KNOWN], w[CONTROLS];
    for (int i = 0; i < CONTROLS; i++)
      for (int j = 0; j < known; j++)
        x0[i * known + j] = j == 3 ? 5 : d.x0[i * KNOWN + j];
    for (int j = 0; j < known; j++)
      d.x1[j] = j == 3 ? 5 : 0.5 * d.x0[j] + 0.3 * d.x0[KNOWN + j] + 0.2 * d.x0[2 * KNOWN + j];
    predictors_fit(d.x1, x0, known, d.z1, d.z0, BEFORE, CONTROLS, v, w);
    near(gap_before(&d, w), 0, 1e-4);
    for (int j = 0; j < known; j++) {
      double left = -d.x1[j];
      for (int i = 0; i < CONTROLS; i++)
        left += w[i] * x0[i * known + j];
      near(left, 0, 1e-4);
      near(v[j], j == 3 ? 0 : known == 1 ? 1 : 1 / 3.0, 1e-9);
    }
  }
  gsl_rng_free(rng);
}

/* For the weights that were found the same mixture is found again. */
static void test_predictors_mix(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int run = 0; run < 20; run++) {
    struct drawn d;
    double w[CONTROLS];
    draw_known(rng, &d);
    struct fitted f = fit(&d);
    predictors_mix(d.x1, d.x0, KNOWN, d.z1, d.z0, BEFORE, CONTROLS, f.v, w);
    for (int i = 0; i < CONTROLS; i++)
      near(w[i], f.w[i], 1e-6);
  }
  gsl_rng_free(rng);
}

struct world { int units, treated, periods, start; double effect, noise; bool mixed; };

static struct panel *draw(gsl_rng *rng, const struct world *w, double scale, bool turned)
{
  int n = w->units * w->periods;
  g_autofree int *unit = g_new(int, (size_t)n);
  g_autofree int64_t *time = g_new(int64_t, (size_t)n), *start = g_new(int64_t, (size_t)n);
  g_autofree double *y = g_new(double, (size_t)n), *factor = g_new(double, (size_t)w->periods), *value = g_new(double, (size_t)n);
  for (int t = 0; t < w->periods; t++)
    factor[t] = (t ? factor[t - 1] : 0) + gsl_ran_gaussian(rng, 1);
  for (int u = 0; u < w->units; u++) {
    double load = gsl_ran_flat(rng, 0, 2), level = gsl_ran_flat(rng, 0, 10);
    for (int t = 0; t < w->periods; t++)
      value[u * w->periods + t] = level + load * factor[t] + gsl_ran_gaussian(rng, w->noise);
  }
  for (int t = 0; t < w->periods && w->mixed; t++) /* the first is a mixture of three others */
    value[t] = 0.5 * value[2 * w->periods + t] + 0.3 * value[3 * w->periods + t] + 0.2 * value[4 * w->periods + t];
  for (int i = 0; i < n; i++) {
    int at = turned ? n - 1 - i : i, u = at / w->periods, t = at % w->periods;
    unit[i] = turned ? (5 * u + 2) % w->units /* 5 divides neither 24 nor 26 */ : u;
    time[i] = t;
    start[i] = u < w->treated ? w->start : PANEL_NEVER;
    y[i] = scale * (value[at] + (u < w->treated && t >= w->start ? w->effect : 0));
  }
  g_autoptr(GError) error = NULL;
  struct panel *p = panel_new(&(struct panel_rows){ .rows = n, .units = w->units, .unit = unit, .time = time, .start = start, .outcome = y },
                              PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_assert_no_error(error);
  return p;
}

static struct synthetic_result *estimate(const struct panel *p, enum synthetic_method method, enum synthetic_errors errors)
{
  g_autoptr(GError) error = NULL;
  struct synthetic_result *r = synthetic_estimate(p, &(struct synthetic_options){ .method = method, .errors = errors, .replications = 60 }, &error);
  g_assert_no_error(error);
  return r;
}

static void test_twin(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  struct world w = { .units = 18, .treated = 1, .periods = 40, .start = 30, .effect = 3, .noise = 0.5, .mixed = true };
  g_autoptr(panel_auto) p = draw(rng, &w, 1, false);
  g_autoptr(synthetic_result_auto) r = estimate(p, SYNTHETIC_CONTROL, SYNTHETIC_AUTO);
  near(r->estimate, 3, 1e-4);
  near(r->fit, 0, 1e-4);
  for (int i = 0; i < r->controls; i++)
    near(r->weight[i], r->weight_origin[i] == 2 ? 0.5 : r->weight_origin[i] == 3 ? 0.3 : r->weight_origin[i] == 4 ? 0.2 : 0, 1e-4);
  near(r->placebo_p, 1 / 18.0, 1e-9);
  g_assert_cmpint(r->placebos, ==, 17);
  gsl_rng_free(rng);
}

static void test_invariance(void)
{
  static const struct { enum synthetic_method method; int treated; } cases[] = { { SYNTHETIC_CONTROL, 1 }, { SYNTHETIC_DID, 1 }, { SYNTHETIC_DID, 3 }, { SYNTHETIC_DID, 10 } };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct world w = { .units = 26, .treated = cases[i].treated, .periods = 25, .start = 18, .effect = 2, .noise = 0.7 };
    gsl_rng_set(rng, 3);
    g_autoptr(panel_auto) one = draw(rng, &w, 1, false);
    gsl_rng_set(rng, 3);
    g_autoptr(panel_auto) two = draw(rng, &w, 1000, true);
    g_autoptr(synthetic_result_auto) a = estimate(one, cases[i].method, SYNTHETIC_AUTO), b = estimate(two, cases[i].method, SYNTHETIC_AUTO);
    near(1000 * a->estimate, b->estimate, 1e-4);
    near(1000 * a->se, b->se, 1e-3);
    near(a->estimate, 2, 2);
    g_assert_cmpint(a->errors, ==, cases[i].treated >= 10 ? SYNTHETIC_JACKKNIFE : SYNTHETIC_PLACEBO);
    gsl_rng_free(rng);
  }
}

static struct synthetic_result *estimate_learnt(const struct panel *p, const double *predictor, const double *earlier, int predictors, int learnt)
{
  g_autoptr(GError) error = NULL;
  struct synthetic_result *r = synthetic_estimate(p, &(struct synthetic_options){ .errors = SYNTHETIC_NO_ERRORS, .predictor = predictor, .predictors = predictors, .earlier = earlier, .learnt = learnt }, &error);
  g_assert_no_error(error);
  return r;
}

/* Weights learnt from earlier predictors and the outcomes from a period on: the same predictors from the first on are no other
 * problem; and what the outcomes were before that period changes nothing. */
static void test_learnt(void)
{
  enum { UNITS = 18, PERIODS = 24, PREDICTORS = 3, LEARNT = 8 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  struct world w = { .units = UNITS, .treated = 1, .periods = PERIODS, .start = 16, .effect = 3, .noise = 0.5 };
  g_autoptr(panel_auto) p = draw(rng, &w, 1, false);
  double now[PREDICTORS * UNITS], before[PREDICTORS * UNITS];
  for (int u = 0; u < UNITS; u++)
    for (int j = 0; j < PREDICTORS; j++) {
      now[j * UNITS + u] = p->y[(10 + j) * p->units + u] + gsl_ran_gaussian(rng, 1);
      before[j * UNITS + u] = p->y[(2 + j) * p->units + u] + gsl_ran_gaussian(rng, 1);
    }
  g_autoptr(synthetic_result_auto) plain = estimate_learnt(p, now, NULL, PREDICTORS, 0), same = estimate_learnt(p, now, now, PREDICTORS, 0), learnt = estimate_learnt(p, now, before, PREDICTORS, LEARNT);
  near(same->estimate, plain->estimate, 1e-6);
  near(same->fit, plain->fit, 1e-6);
  g_assert_cmpfloat(fabs(learnt->importance[0] - plain->importance[0]), >, 1e-3);
  g_assert_cmpfloat(learnt->fit, >, plain->fit);
  for (int j = 0; j < PREDICTORS; j++)
    near(learnt->of_treated[j], now[j * UNITS], 1e-9); /* the treated unit stands first in the panel */
  for (int t = 0; t < LEARNT; t++)
    for (int u = 0; u < UNITS; u++)
      p->y[t * p->units + u] += gsl_ran_gaussian(rng, 3);
  g_autoptr(synthetic_result_auto) other = estimate_learnt(p, now, before, PREDICTORS, LEARNT);
  for (int j = 0; j < PREDICTORS; j++)
    near(other->importance[j], learnt->importance[j], 1e-9);
  near(other->estimate, learnt->estimate, 1e-3); /* the outcomes decide among equals only */
  gsl_rng_free(rng);
}

/* Written down, so that another program can have the same numbers: R synthdid 0.0.9 start by start on what is left after
 * lm(y ~ x + factor(unit) + factor(time)) of the never treated (slope 1.625364). */
static void test_covariates(void)
{
  enum { UNITS = 16, PERIODS = 12, N = UNITS * PERIODS };
  int unit[N];
  int64_t time[N], start[N];
  double y[N], x[N], moved[N];
  for (int i = 0; i < N; i++) {
    int u = i / PERIODS, t = i % PERIODS;
    unit[i] = u;
    time[i] = t;
    start[i] = u == 0 ? 8 : u < 3 ? 10 : PANEL_NEVER;
    x[i] = sin(3.0 * u + t * t) + 0.2 * t * cos(u);
    y[i] = 5 + 3 * cos(2.0 * u) + sin(t / 2.0) * (1 + cos(5.0 * u)) + 1.5 * x[i] + 0.5 * sin(11.0 * u * t + u) + (start[i] <= t ? 2 : 0);
    moved[i] = 1e6 - 1000 * x[i];
  }
  struct panel_rows rows = { .rows = N, .units = UNITS, .unit = unit, .time = time, .start = start, .outcome = y, .x = x };
  g_autoptr(GError) error = NULL;
  g_autoptr(panel_auto) plain = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  rows.columns = 1;
  g_autoptr(panel_auto) with = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  rows.x = moved;
  g_autoptr(panel_auto) other = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_autoptr(synthetic_result_auto) a = estimate(plain, SYNTHETIC_DID, SYNTHETIC_AUTO), b = estimate(with, SYNTHETIC_DID, SYNTHETIC_AUTO), c = estimate(other, SYNTHETIC_DID, SYNTHETIC_AUTO);
  near(a->estimate, 2.7992, 5e-5);
  near(b->estimate, 1.721963, 5e-5);
  near(b->slope[0], 1.625364, 5e-6);
  near(c->estimate, b->estimate, 1e-6);
  near(c->se, b->se, 1e-6);
  near(c->slope[0], -b->slope[0] / 1000, 1e-9);
  g_assert_cmpfloat(b->se, <, a->se);
  for (int i = 0; i < N; i++)
    moved[i] = 0.1 * unit[i]; /* the same over time: no more than the unit's level */
  g_autoptr(panel_auto) still = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_assert_null(synthetic_estimate(still, &(struct synthetic_options){ .method = SYNTHETIC_DID }, &error));
  g_assert_nonnull(strstr(error->message, "stay the same over time"));
}

/* With one factor that moves all in step and equal loads, both methods must find what difference in differences finds. */
static void test_coverage(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int runs = g_getenv("MENO_SOAK") ? 600 : 30, held[2] = { 0 }, claimed = 0, controlled = 0;
  struct world w = { .units = 24, .treated = 4, .periods = 24, .start = 16, .effect = 1, .noise = 1 };
  for (int run = 0; run < runs; run++) {
    g_autoptr(panel_auto) p = draw(rng, &w, 1, false);
    g_autoptr(synthetic_result_auto) jack = estimate(p, SYNTHETIC_DID, SYNTHETIC_JACKKNIFE), placebo = estimate(p, SYNTHETIC_DID, SYNTHETIC_PLACEBO);
    held[0] += jack->low <= 1 && 1 <= jack->high;
    held[1] += placebo->low <= 1 && 1 <= placebo->high;
    struct world null = { .units = 21, .treated = 1, .periods = 24, .start = 16, .noise = 1 };
    g_autoptr(panel_auto) q = draw(rng, &null, 1, false);
    g_autoptr(synthetic_result_auto) sc = estimate(q, SYNTHETIC_CONTROL, SYNTHETIC_AUTO);
    claimed += sc->placebo_p <= 0.05;
    controlled += sc->low <= 0 && 0 <= sc->high;
  }
  g_test_message("coverage: jackknife %.3f, placebo %.3f; placebo p ≤ 0.05 of nothing %.3f, control by placebos %.3f of %d", held[0] / (double)runs, held[1] / (double)runs, claimed / (double)runs, controlled / (double)runs, runs);
  g_assert_cmpint(controlled, >=, runs * 83 / 100);
  g_assert_cmpint(held[0], >=, runs * 80 / 100);
  g_assert_cmpint(held[1], >=, runs * 82 / 100);
  g_assert_cmpint(claimed, <=, runs * 15 / 100);
  gsl_rng_free(rng);
}

static void test_refusals(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  struct world w = { .units = 5, .treated = 4, .periods = 6, .start = 3, .noise = 1 };
  g_autoptr(panel_auto) p = draw(rng, &w, 1, false);
  g_autoptr(GError) error = NULL;
  g_assert_null(synthetic_estimate(p, &(struct synthetic_options){ 0 }, &error));
  g_assert_nonnull(strstr(error->message, "a mixture needs at least two"));
  g_clear_error(&error);
  w.treated = 1;
  w.start = 1;
  g_autoptr(panel_auto) q = draw(rng, &w, 1, false);
  g_assert_null(synthetic_estimate(q, &(struct synthetic_options){ 0 }, &error));
  g_assert_nonnull(strstr(error->message, "at least two periods before"));
  gsl_rng_free(rng);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/synthetic/optimum", test_optimum);
  g_test_add_func("/stats/synthetic/predictors", test_predictors);
  g_test_add_func("/stats/synthetic/predictors-search", test_predictors_search);
  g_test_add_func("/stats/synthetic/predictors-invariance", test_predictors_invariance);
  g_test_add_func("/stats/synthetic/predictors-corner", test_predictors_corner);
  g_test_add_func("/stats/synthetic/predictors-alike", test_predictors_alike);
  g_test_add_func("/stats/synthetic/predictors-mix", test_predictors_mix);
  g_test_add_func("/stats/synthetic/learnt", test_learnt);
  g_test_add_func("/stats/synthetic/twin", test_twin);
  g_test_add_func("/stats/synthetic/invariance", test_invariance);
  g_test_add_func("/stats/synthetic/covariates", test_covariates);
  g_test_add_func("/stats/synthetic/coverage", test_coverage);
  g_test_add_func("/stats/synthetic/refusals", test_refusals);
  return g_test_run();
}
