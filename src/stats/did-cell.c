/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One cell: the group against its controls, now against the base period. P. H. C. Sant'Anna, J. Zhao, "Doubly robust
 * difference-in-differences estimators", J. Econometrics 219, 2020, the traditional estimator (logit by maximum likelihood,
 * outcome regression by least squares on the controls), as R `DRDID` does for `did`: probabilities capped at 1 − 1e-6,
 * controls with one of 0.995 or more left out; outcome regression and weighting (Hájek) as special cases. Covariates are
 * those of the earlier period.
 *
 * How it can be wrong: when a treated unit is unlike any control (a probability of 0.999 or more) there is no estimate. */
#include "stats/did-private.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define PROBABILITY_MOST (1 - 1e-6)
#define TRIM 0.995
#define NO_OVERLAP 0.999

struct sample { int n, k; double *x, *change, *treated, *probability; };

static void sample_clear(struct sample *s)
{
  g_free(s->x);
  g_free(s->change);
  g_free(s->treated);
  g_free(s->probability);
}
typedef struct sample sample_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sample_auto, sample_clear)

static double change_of(const struct panel *p, const struct did_cell *cell, int unit)
{
  return p->y[(size_t)cell->now * p->units + unit] - p->y[(size_t)cell->base * p->units + unit];
}

static void covariates(const struct did_work *w, const struct did_cell *cell, int unit, double *out)
{
  const struct panel *p = w->panel;
  out[0] = 1;
  if (w->width > 1)
    memcpy(out + 1, p->x + ((size_t)MIN(cell->base, cell->now) * p->units + unit) * p->columns, sizeof(double) * (size_t)p->columns);
}

static void take(const struct did_work *w, const struct did_cell *cell, int unit, bool treated, struct sample *s)
{
  covariates(w, cell, unit, s->x + (size_t)s->n * s->k);
  s->change[s->n] = change_of(w->panel, cell, unit);
  s->treated[s->n++] = treated;
}

static void gather(const struct did_work *w, const struct did_cell *cell, struct sample *s)
{
  const struct did_group *g = &w->group[cell->group];
  int most = (int)(cell->treated + cell->controls);
  s->k = w->width;
  s->x = g_new(double, (size_t)most * s->k);
  s->change = g_new(double, (size_t)most);
  s->treated = g_new(double, (size_t)most);
  s->probability = g_new0(double, (size_t)most);
  for (int i = g->from; i < g->to; i++)
    take(w, cell, i, true, s);
  for (int i = cell->control_from; i < w->panel->units; i++)
    if (i < g->from || i >= g->to)
      take(w, cell, i, false, s);
}

/* Means of the change in both arms; what the other two steps come to without covariates. */
static void fit_means(const struct did_work *w, struct did_cell *cell)
{
  const struct panel *p = w->panel;
  const struct did_group *g = &w->group[cell->group];
  const double *now = p->y + (size_t)cell->now * p->units, *base = p->y + (size_t)cell->base * p->units;
  double treated = 0, control = 0;
  for (int i = g->from; i < g->to; i++)
    treated += now[i] - base[i];
  for (int i = cell->control_from; i < p->units; i++)
    control += i >= g->from && i < g->to ? 0 : now[i] - base[i];
  cell->eta_treated = treated / cell->treated;
  cell->eta_control = control / cell->controls;
}

static double line(const double *x, const double *beta, int k)
{
  double sum = 0;
  for (int j = 0; beta && j < k; j++)
    sum += x[j] * beta[j];
  return sum;
}

static double control_weight(double probability)
{
  return probability >= TRIM ? 0 : probability / (1 - probability);
}

static const char *fit_propensity(struct did_cell *cell, struct sample *s, double *inverse)
{
  cell->gamma = g_new(double, (size_t)s->k);
  if (!linear_logit(s->x, s->treated, NULL, s->n, s->k, cell->gamma, inverse, s->probability))
    return "the probability of treatment cannot be modelled: a covariate tells the groups apart, or covariates depend on each other";
  for (int i = 0; i < s->n; i++) {
    if (s->probability[i] >= NO_OVERLAP)
      return "some treated units are unlike any control";
    s->probability[i] = fmin(s->probability[i], PROBABILITY_MOST);
  }
  return NULL;
}

static const char *fit_outcome(struct did_cell *cell, const struct sample *s, double *bread)
{
  g_autofree double *control = g_new(double, (size_t)MAX(s->n, 1));
  for (int i = 0; i < s->n; i++)
    control[i] = 1 - s->treated[i];
  cell->beta = g_new(double, (size_t)s->k);
  return cell->controls >= s->k && linear_fit(s->x, s->change, control, s->n, s->k, cell->beta, bread, NULL) ? NULL
    : "the covariates of the controls depend on each other, or are more than the controls";
}

/* The vectors that carry the estimation of the two models into the influence function. */
static void carry(const struct did_work *w, struct did_cell *cell, const struct sample *s, const double *bread, const double *inverse)
{
  int k = s->k, n = s->n;
  bool plain = w->options.method == DID_OUTCOME_REGRESSION;
  g_autofree double *one = g_new0(double, (size_t)k), *two = g_new0(double, (size_t)k), *three = g_new0(double, (size_t)k);
  for (int i = 0; i < n; i++) {
    const double *x = s->x + (size_t)i * k;
    double weight = (1 - s->treated[i]) * control_weight(s->probability[i]), away = s->change[i] - line(x, cell->beta, k);
    for (int j = 0; j < k; j++) {
      one[j] += s->treated[i] * x[j] / n / cell->mean_treated;
      two[j] += weight * (away - cell->eta_control) * x[j] / n / cell->mean_control;
      three[j] += plain ? 0 : weight * x[j] / n / cell->mean_control;
    }
  }
  cell->of_beta = cell->beta ? g_new0(double, (size_t)k) : NULL;
  cell->of_gamma = cell->gamma ? g_new0(double, (size_t)k) : NULL;
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++) {
      if (cell->of_beta)
        cell->of_beta[a] += n * bread[a * k + b] * (one[b] - three[b]);
      if (cell->of_gamma)
        cell->of_gamma[a] += n * inverse[a * k + b] * two[b];
    }
}

static const char *fit_models(const struct did_work *w, struct did_cell *cell)
{
  g_auto(sample_auto) s = { 0 };
  gather(w, cell, &s);
  enum did_method method = w->options.method;
  g_autofree double *bread = g_new0(double, (size_t)s.k * s.k), *inverse = g_new0(double, (size_t)s.k * s.k);
  const char *why = method != DID_OUTCOME_REGRESSION ? fit_propensity(cell, &s, inverse) : NULL;
  if (!why && method != DID_WEIGHTING)
    why = fit_outcome(cell, &s, bread);
  if (why)
    return why;
  double treated = 0, control = 0, weights = 0;
  for (int i = 0; i < s.n; i++) {
    double away = s.change[i] - line(s.x + (size_t)i * s.k, cell->beta, s.k), weight = (1 - s.treated[i]) * control_weight(s.probability[i]);
    treated += s.treated[i] * away;
    control += weight * away;
    weights += weight;
  }
  cell->mean_treated = cell->treated / s.n;
  cell->mean_control = weights / s.n;
  cell->eta_treated = treated / cell->treated;
  cell->eta_control = method == DID_OUTCOME_REGRESSION ? 0 : control / weights;
  if (!isfinite(cell->eta_treated - cell->eta_control))
    return "all controls were left out as unlike";
  carry(w, cell, &s, bread, inverse);
  return NULL;
}

void did_cell_fit(const struct did_work *w, struct did_cell *cell, struct did_effect *effect)
{
  const char *why = cell->controls < 1 ? "there is no control in this period" : NULL;
  if (!why && w->width == 1)
    fit_means(w, cell);
  else if (!why)
    why = fit_models(w, cell);
  cell->usable = !why;
  effect->why = why;
  effect->estimate = why ? NAN : cell->eta_treated - cell->eta_control;
}

void did_cell_influence(const struct did_work *w, const struct did_cell *cell, int group, int from, int count, double *ret_psi)
{
  const struct panel *p = w->panel;
  bool treated = group == cell->group;
  double n = cell->treated + cell->controls, scale = p->units / n;
  if (w->width == 1) {
    const double *now = p->y + (size_t)cell->now * p->units + from, *base = p->y + (size_t)cell->base * p->units + from;
    double mean = treated ? cell->eta_treated : cell->eta_control, times = treated ? p->units / cell->treated : -p->units / cell->controls;
    for (int i = 0; i < count; i++)
      ret_psi[i] = times * (now[i] - base[i] - mean);
    return;
  }
  g_autofree double *x = g_new(double, (size_t)w->width);
  for (int i = 0; i < count; i++) {
    covariates(w, cell, from + i, x);
    double away = change_of(p, cell, from + i) - line(x, cell->beta, w->width);
    double probability = cell->gamma ? fmin(1 / (1 + exp(-line(x, cell->gamma, w->width))), PROBABILITY_MOST) : 0;
    double own = treated ? (away - cell->eta_treated) / cell->mean_treated
      : -(cell->gamma ? control_weight(probability) * (away - cell->eta_control) / cell->mean_control : 0) - away * line(x, cell->of_beta, w->width);
    ret_psi[i] = scale * (own - (treated - probability) * line(x, cell->of_gamma, w->width));
  }
}
