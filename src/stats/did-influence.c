/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors of the staggered difference in differences. Units come in chunks of one group; for each chunk the influence
 * function of the cells that the group takes part in is made, and from it everything that needs it is added up: variances,
 * the covariance of the cells before the starts (Wald test), sums by cluster, and the draws of the multiplier bootstrap as
 * one product of matrices. As R `did`: variance Σψ²/n² (of cluster sums with clusters), bootstrap errors from the quartiles
 * divided by the normal ones, the critical value of the band from the largest |draw/error| (quantiles of type 1). Mammen's
 * two-point multipliers (E. Mammen, Ann. Statist. 21, 1993), or Rademacher's. Deviation: below 100 clusters the pointwise intervals
 * use t with one less than the clusters of the smaller side, because the normal ones hold in 93 or 94 % of cases only.
 *
 * How it can be wrong: the Wald test inverts a covariance of all cells before the starts; with more of them than clusters
 * it cannot (NAN), and with many of them the chi square rejects far too often (60 clusters and a dozen such cells: one time in
 * four at a nominal 5 %), hence the second p-value, H. Hotelling's T² (Ann. Math. Statist. 2, 1931). */
#include "stats/did-private.h"
#include "stats/linear.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define WALD_MOST 600      /* cells before the starts; beyond, the covariance costs more than the estimate */
#define DRAWS_AT_ONCE 64
#define MANY_CLUSTERS 100

struct sums {
  const struct did_work *w;
  int active_count, *active;       /* cells that the present group takes part in */
  double *psi, *target;            /* [active * chunk], [targets * chunk] */
  int pre_count, *pre_of;          /* cells before the starts; [cells] number of such a cell, -1 */
  double *pre;                     /* [pre * pre] covariance */
  double *cell_square, *target_square;
  double *cluster_cell, *cluster_target, *cluster_group; /* [clusters * …]; NULL where each unit is its own */
  double *draw, *draw_group;       /* [draws * cells], [draws * (groups + 1)] */
  double *block;                   /* [draws * active] of the present group */
  gsl_rng *rng;
};

/* ---- what a chunk adds ------------------------------------------------------------------------------------------ */

static void add_targets(struct sums *s, int group, int count)
{
  const struct did_work *w = s->w;
  memset(s->target, 0, sizeof(double) * (size_t)w->targets * DID_CHUNK);
  for (int a = 0; a < s->active_count; a++) {
    int cell = s->active[a];
    const double *psi = s->psi + (size_t)a * DID_CHUNK;
    for (int kind = -1; kind < 3; kind++) {
      int row = kind < 0 ? 0 : w->row_of[kind][cell];
      double part = kind < 0 ? w->simple_part[cell] : row < 0 ? 0 : w->part_of[kind][cell];
      double *to = s->target + (size_t)MAX(row, 0) * DID_CHUNK;
      for (int i = 0; part > 0 && i < count; i++)
        to[i] += part * psi[i];
    }
  }
  for (int kind = 0; kind < DID_GUARDS; kind++)
    for (int a = 0; a < s->active_count; a++) {
      double part = w->guard_part[kind][s->active[a]], *to = s->target + (size_t)(w->first_overall + 3 + kind) * DID_CHUNK;
      for (int i = 0; part != 0 && i < count; i++)
        to[i] += part * s->psi[(size_t)a * DID_CHUNK + i];
    }
  for (int t = 0; t < w->first_overall; t++)
    for (int i = 0; i < count; i++)
      s->target[(size_t)t * DID_CHUNK + i] += w->target[t].shift[group];
  const struct did_average *kinds[3] = { &w->result->dynamic, &w->result->group, &w->result->calendar };
  for (int kind = 0; kind < 3; kind++) {
    double *to = s->target + (size_t)(w->first_overall + kind) * DID_CHUNK;
    for (int i = 0; kind == 1 && i < count; i++)
      to[i] = w->target[w->first_overall + 1].shift[group];
    for (int row = 0; row < kinds[kind]->count; row++)
      for (int i = 0; i < count; i++)
        to[i] += w->overall[kind][row] * s->target[(size_t)(w->first_row[kind] + row) * DID_CHUNK + i];
  }
}

static void add_by_cluster(struct sums *s, int group, int from, int count)
{
  const struct did_work *w = s->w;
  const int *cluster = w->panel->cluster + from;
  for (int i = 0; i < count; i++) {
    s->cluster_group[(size_t)cluster[i] * (w->groups + 1) + group] += 1;
    for (int a = 0; a < s->active_count; a++)
      s->cluster_cell[(size_t)cluster[i] * w->cells + s->active[a]] += s->psi[(size_t)a * DID_CHUNK + i];
    for (int t = 0; t < w->targets; t++)
      s->cluster_target[(size_t)cluster[i] * w->targets + t] += s->target[(size_t)t * DID_CHUNK + i];
  }
}

static double square(const double *x, int count)
{
  double sum = 0;
  for (int i = 0; i < count; i++)
    sum += x[i] * x[i];
  return sum;
}

/* `rows` of `stride`, numbers of the cells in `cell`. */
static void add_pretrend(struct sums *s, const double *rows, int stride, const int *cell, int cells, int count)
{
  g_autofree double *packed = g_new(double, (size_t)MAX(s->pre_count, 1) * (size_t)count);
  g_autofree int *number = g_new(int, (size_t)MAX(s->pre_count, 1));
  int n = 0;
  for (int a = 0; a < cells; a++)
    if (s->pre_of[cell[a]] >= 0) {
      memcpy(packed + (size_t)n * count, rows + (size_t)a * stride, sizeof(double) * (size_t)count);
      number[n++] = s->pre_of[cell[a]];
    }
  g_autofree double *product = g_new0(double, (size_t)MAX(n, 1) * (size_t)MAX(n, 1));
  linear_products(packed, n, packed, n, count, product);
  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++)
      s->pre[(size_t)number[a] * s->pre_count + number[b]] += product[(size_t)a * n + b];
}

/* ---- multipliers ------------------------------------------------------------------------------------------------ */

static void multipliers(const struct did_work *w, gsl_rng *rng, double *out, int n)
{
  static const double low = -0.6180339887498949, high = 1.618033988749895, share = 0.7236067977499790; /* (1 ∓ √5)/2, (√5 + 1)/(2√5) */
  unsigned long bits = 0, limit = (unsigned long)(share * 4294967296.0);
  for (int i = 0; i < n; i++) {
    if (w->options.multiplier == DID_MAMMEN) {
      out[i] = gsl_rng_get(rng) < limit ? low : high;
      continue;
    }
    if (i % 32 == 0)
      bits = gsl_rng_get(rng);
    out[i] = bits >> (i % 32) & 1 ? 1 : -1;
  }
}

/* Draws for rows [cells * DID_CHUNK], 0 beyond `count`; `group_rows` [groups + 1 * DID_CHUNK], or NULL for units of one group. */
static void add_draws(struct sums *s, const double *rows, int cells, int group, const double *group_rows, int count)
{
  const struct did_work *w = s->w;
  g_autofree double *xi = g_new(double, (size_t)DRAWS_AT_ONCE * DID_CHUNK);
  for (int from = 0; from < w->options.draws; from += DRAWS_AT_ONCE) {
    int draws = MIN(DRAWS_AT_ONCE, w->options.draws - from);
    multipliers(w, s->rng, xi, draws * DID_CHUNK);
    linear_products(xi, draws, rows, cells, DID_CHUNK, s->block + (size_t)from * cells);
    if (group_rows)
      linear_products(xi, draws, group_rows, w->groups + 1, DID_CHUNK, s->draw_group + (size_t)from * (w->groups + 1));
    for (int d = 0; !group_rows && d < draws; d++)
      for (int i = 0; i < count; i++)
        s->draw_group[(size_t)(from + d) * (w->groups + 1) + group] += xi[(size_t)d * DID_CHUNK + i];
  }
}

static void flush_draws(struct sums *s, int cells, const int *cell)
{
  for (int d = 0; d < s->w->options.draws; d++)
    for (int a = 0; a < cells; a++)
      s->draw[(size_t)d * s->w->cells + (cell ? cell[a] : a)] += s->block[(size_t)d * cells + a];
  memset(s->block, 0, sizeof(double) * (size_t)s->w->options.draws * (size_t)cells);
}

/* ---- the walk over units ---------------------------------------------------------------------------------------- */

static void find_active(struct sums *s, int group)
{
  const struct did_work *w = s->w;
  s->active_count = 0;
  for (int c = 0; c < w->cells; c++)
    if (w->cell[c].usable && (w->cell[c].group == group || w->group[group].from >= w->cell[c].control_from))
      s->active[s->active_count++] = c;
}

static void add_units(struct sums *s, int group, int from, int count)
{
  const struct did_work *w = s->w;
  bool own = !s->cluster_cell;
  for (int a = 0; a < s->active_count; a++) {
    double *psi = s->psi + (size_t)a * DID_CHUNK;
    memset(psi, 0, sizeof(double) * DID_CHUNK);
    did_cell_influence(w, &w->cell[s->active[a]], group, from, count, psi);
    if (own)
      s->cell_square[s->active[a]] += square(psi, count);
  }
  add_targets(s, group, count);
  for (int t = 0; own && t < w->targets; t++)
    s->target_square[t] += square(s->target + (size_t)t * DID_CHUNK, count);
  if (own && s->pre)
    add_pretrend(s, s->psi, DID_CHUNK, s->active, s->active_count, count);
  if (own && s->draw)
    add_draws(s, s->psi, s->active_count, group, NULL, count);
  if (!own)
    add_by_cluster(s, group, from, count);
}

/* Clusters in the place of units, all cells at once. */
static void add_clusters(struct sums *s)
{
  const struct did_work *w = s->w;
  int clusters = w->panel->clusters, groups = w->groups + 1;
  g_autofree int *all = g_new(int, (size_t)MAX(w->cells, 1));
  g_autofree double *rows = g_new(double, (size_t)MAX(w->cells, 1) * DID_CHUNK), *group_rows = g_new(double, (size_t)groups * DID_CHUNK);
  for (int c = 0; c < w->cells; c++)
    all[c] = c;
  for (int from = 0; from < clusters; from += DID_CHUNK) {
    int count = MIN(DID_CHUNK, clusters - from);
    memset(rows, 0, sizeof(double) * (size_t)w->cells * DID_CHUNK);
    memset(group_rows, 0, sizeof(double) * (size_t)groups * DID_CHUNK);
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < w->cells; c++)
        rows[(size_t)c * DID_CHUNK + i] = s->cluster_cell[(size_t)(from + i) * w->cells + c];
      for (int g = 0; g < groups; g++)
        group_rows[(size_t)g * DID_CHUNK + i] = s->cluster_group[(size_t)(from + i) * groups + g];
      for (int t = 0; t < w->targets; t++)
        s->target_square[t] += s->cluster_target[(size_t)(from + i) * w->targets + t] * s->cluster_target[(size_t)(from + i) * w->targets + t];
    }
    for (int c = 0; c < w->cells; c++)
      s->cell_square[c] += square(rows + (size_t)c * DID_CHUNK, count);
    if (s->pre)
      add_pretrend(s, rows, DID_CHUNK, all, w->cells, count);
    if (s->draw)
      add_draws(s, rows, w->cells, 0, group_rows, count);
  }
  if (s->draw)
    flush_draws(s, w->cells, NULL);
}

static void walk(struct sums *s)
{
  const struct did_work *w = s->w;
  for (int g = 0; g <= w->groups; g++) {
    find_active(s, g);
    for (int from = w->group[g].from; from < w->group[g].to; from += DID_CHUNK)
      add_units(s, g, from, MIN(DID_CHUNK, w->group[g].to - from));
    if (s->draw && !s->cluster_cell)
      flush_draws(s, s->active_count, s->active);
  }
  if (s->cluster_cell)
    add_clusters(s);
}

/* ---- errors and bands ------------------------------------------------------------------------------------------- */

static void set_error(struct did_effect *e, double squares, double n, double critical)
{
  double se = sqrt(squares) / n;
  if (isnan(e->estimate) || !(se > 0))
    return;
  e->se = se;
  e->low = e->estimate - critical * se;
  e->high = e->estimate + critical * se;
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Quantile of type 1 of sorted values. */
static double order(const double *sorted, int n, double share)
{
  return sorted[CLAMP((int)ceil(share * n), 1, n) - 1];
}

/* Errors from the spread of the draws [draws * columns], and the critical value of the band over the first `rows`. */
static double read_draws(const double *draws, int count, int columns, int rows, double alpha, double n, double *ret_se)
{
  g_autofree double *sorted = g_new(double, (size_t)count), *most = g_new0(double, (size_t)count);
  const double normal = 2 * 0.6744897501960817;
  bool any = false;
  for (int c = 0; c < columns; c++) {
    for (int d = 0; d < count; d++)
      sorted[d] = draws[(size_t)d * columns + c];
    qsort(sorted, (size_t)count, sizeof *sorted, compare);
    double sigma = (order(sorted, count, 0.75) - order(sorted, count, 0.25)) / normal;
    ret_se[c] = sigma > 0 ? sigma / n : NAN;
    for (int d = 0; sigma > 0 && c < rows && d < count; d++)
      most[d] = fmax(most[d], fabs(draws[(size_t)d * columns + c]) / sigma);
    any = any || (sigma > 0 && c < rows);
  }
  qsort(most, (size_t)count, sizeof *most, compare);
  double pointwise = linear_critical(alpha, INFINITY);
  return any ? fmax(order(most, count, 1 - alpha), pointwise) : pointwise;
}

static void read_average(const struct sums *s, int kind, struct did_average *average)
{
  const struct did_work *w = s->w;
  int rows = average->count, draws = w->options.draws, columns = rows + 1;
  g_autofree double *values = g_new0(double, (size_t)draws * columns), *se = g_new(double, (size_t)columns);
  for (int d = 0; d < draws; d++) {
    double *to = values + (size_t)d * columns;
    const double *cell = s->draw + (size_t)d * w->cells, *group = s->draw_group + (size_t)d * (w->groups + 1);
    for (int c = 0; c < w->cells; c++)
      if (kind < 0)
        to[0] += w->simple_part[c] * cell[c];
      else if (w->row_of[kind][c] >= 0)
        to[w->row_of[kind][c] - w->first_row[kind]] += w->part_of[kind][c] * cell[c];
    for (int r = 0; r < (kind < 0 ? 1 : rows); r++)
      for (int g = 0; g < w->groups; g++)
        to[r] += w->target[kind < 0 ? 0 : w->first_row[kind] + r].shift[g] * group[g];
    for (int r = 0; kind >= 0 && r < rows; r++)
      to[rows] += w->overall[kind][r] * to[r];
    for (int g = 0; kind == 1 && g < w->groups; g++)
      to[rows] += w->target[w->first_overall + 1].shift[g] * group[g];
  }
  average->critical = read_draws(values, draws, columns, rows, w->options.alpha, w->panel->units, se);
  for (int r = 0; r < rows; r++)
    average->rows[r].boot_se = se[r];
  average->overall.boot_se = se[rows];
}

static void read_bootstrap(const struct sums *s)
{
  const struct did_work *w = s->w;
  struct did_result *r = w->result;
  g_autofree double *se = g_new(double, (size_t)MAX(w->cells, 1));
  r->critical = read_draws(s->draw, w->options.draws, w->cells, w->cells, w->options.alpha, w->panel->units, se);
  for (int c = 0; c < w->cells; c++)
    r->cell[c].boot_se = se[c];
  read_average(s, -1, &r->simple);
  read_average(s, 0, &r->dynamic);
  read_average(s, 1, &r->group);
  read_average(s, 2, &r->calendar);
}

static void wald(const struct sums *s)
{
  const struct did_work *w = s->w;
  int k = s->pre_count;
  w->result->wald = w->result->pretrend_p = w->result->pretrend_p_few = NAN;
  if (!s->pre || k == 0 || k >= w->panel->clusters)
    return;
  g_autofree double *effect = g_new(double, (size_t)k);
  for (int c = 0; c < w->cells; c++)
    if (s->pre_of[c] >= 0)
      effect[s->pre_of[c]] = w->result->cell[c].estimate * w->panel->units;
  if (!linear_invert(s->pre, k))
    return;
  double sum = 0;
  for (int a = 0; a < k; a++)
    for (int b = 0; b < k; b++)
      sum += effect[a] * s->pre[(size_t)a * k + b] * effect[b];
  w->result->wald = sum;
  w->result->wald_df = k;
  w->result->pretrend_p = gsl_cdf_chisq_Q(sum, k);
  double c = w->panel->clusters; /* Σψψᵀ is c / (c − 1) too small as a covariance of c means */
  w->result->pretrend_p_few = gsl_cdf_fdist_Q(sum * (c - k) / (c * k), k, c - k);
}

/* Clusters with a treated unit, and clusters without; the smaller of the two, less one. */
static double few_df(const struct panel *p)
{
  g_autofree bool *treated = g_new0(bool, (size_t)p->clusters);
  int with = 0;
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods && !treated[p->cluster[i]]) {
      treated[p->cluster[i]] = true;
      with++;
    }
  int without = p->clusters - with;
  return p->clusters >= MANY_CLUSTERS ? INFINITY : MAX((without > 0 ? MIN(with, without) : with) - 1, 1);
}

static void read_errors(const struct sums *s)
{
  const struct did_work *w = s->w;
  struct did_result *r = w->result;
  r->df = few_df(w->panel);
  double n = w->panel->units, critical = linear_critical(w->options.alpha, r->df);
  struct did_average *kinds[3] = { &r->dynamic, &r->group, &r->calendar };
  for (int c = 0; c < w->cells; c++)
    set_error(&r->cell[c], s->cell_square[c], n, critical);
  r->simple.overall.se = r->simple.overall.boot_se = r->simple.overall.low = r->simple.overall.high = NAN;
  set_error(&r->simple.overall, s->target_square[0], n, critical);
  r->critical = r->simple.critical = linear_critical(w->options.alpha, INFINITY);
  for (int kind = 0; kind < 3; kind++) {
    struct did_effect *overall = &kinds[kind]->overall;
    overall->se = overall->boot_se = overall->low = overall->high = NAN;
    kinds[kind]->critical = r->critical;
    for (int i = 0; i < kinds[kind]->count; i++)
      set_error(&kinds[kind]->rows[i], s->target_square[w->first_row[kind] + i], n, critical);
    set_error(overall, s->target_square[w->first_overall + kind], n, critical);
  }
  for (int kind = 0; kind < DID_GUARDS; kind++)
    set_error(&r->guard[kind], s->target_square[w->first_overall + 3 + kind], n, critical);
}

static void sums_clear(struct sums *s)
{
  g_free(s->active);
  g_free(s->psi);
  g_free(s->target);
  g_free(s->pre_of);
  g_free(s->pre);
  g_free(s->cell_square);
  g_free(s->target_square);
  g_free(s->cluster_cell);
  g_free(s->cluster_target);
  g_free(s->cluster_group);
  g_free(s->draw);
  g_free(s->draw_group);
  g_free(s->block);
  if (s->rng)
    gsl_rng_free(s->rng);
}
typedef struct sums sums_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sums_auto, sums_clear)

void did_infer(struct did_work *w)
{
  size_t cells = (size_t)MAX(w->cells, 1), clusters = (size_t)w->panel->clusters, draws = (size_t)w->options.draws;
  g_auto(sums_auto) s = { .w = w };
  s.active = g_new(int, cells);
  s.psi = g_new0(double, cells * DID_CHUNK);
  s.target = g_new0(double, (size_t)w->targets * DID_CHUNK);
  s.pre_of = g_new(int, cells);
  for (int c = 0; c < w->cells; c++)
    s.pre_of[c] = w->cell[c].usable && !w->result->cell[c].post ? s.pre_count++ : -1;
  if (s.pre_count <= WALD_MOST)
    s.pre = g_new0(double, (size_t)MAX(s.pre_count, 1) * (size_t)MAX(s.pre_count, 1));
  s.cell_square = g_new0(double, cells);
  s.target_square = g_new0(double, (size_t)w->targets);
  if (w->panel->clusters < w->panel->units) {
    s.cluster_cell = g_new0(double, clusters * cells);
    s.cluster_target = g_new0(double, clusters * (size_t)w->targets);
    s.cluster_group = g_new0(double, clusters * (size_t)(w->groups + 1));
  }
  if (draws) {
    s.draw = g_new0(double, draws * cells);
    s.draw_group = g_new0(double, draws * (size_t)(w->groups + 1));
    s.block = g_new0(double, draws * cells);
    s.rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(s.rng, w->options.seed ? (unsigned long)w->options.seed : 1);
  }
  walk(&s);
  read_errors(&s);
  wald(&s);
  if (draws)
    read_bootstrap(&s);
}
