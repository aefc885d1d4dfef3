/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * B. Callaway, P. H. C. Sant'Anna, "Difference-in-differences with multiple time periods", J. Econometrics 225, 2021.
 * Reference implementation: R `did` with its defaults (base period that varies before the start, no anticipation, doubly
 * robust, never-treated controls, units without a before or with a gap left out). As there, where not-yet-treated units are
 * the controls and everybody is treated in the end, the last starters are the controls and the periods from their start on
 * are left out. Deviation: units that start between two periods belong to the group of the later one.
 *
 * The influence function of a cell (did-cell.c) is made when it is needed, never stored: memory stays a small multiple of
 * the data (with clusters: of clusters × cells; with a bootstrap: of draws × cells).
 *
 * How it can be wrong: parallel trends are assumed; the test before the starts sees only what happened before. Fewer than
 * some 40 clusters, or a group of one unit: the errors are too small. */
#include "stats/did-private.h"
#include "stats/linear.h"
#include <math.h>
#include <string.h>

#define CELLS_MOST 1000000
#define DRAWS_MOST 100000000 /* of all cells: 800 MB, and as much again */

/* ---- groups and cells ------------------------------------------------------------------------------------------- */

static void find_groups(struct did_work *w)
{
  const struct panel *p = w->panel;
  int last = -1;
  w->group = g_new0(struct did_group, (size_t)p->periods + 1);
  w->group_of = g_new(int, (size_t)p->units);
  for (int i = 0; i < p->units; i++) {
    if (i == 0 || p->first[i] != p->first[i - 1])
      w->group[++last] = (struct did_group){ i, i, p->first[i] < p->periods ? p->when[p->first[i]] : PANEL_NEVER };
    w->group[last].to = i + 1;
    w->group_of[i] = last;
  }
  w->groups = last + 1;
  w->periods = p->periods;
  if (w->group[last].start == PANEL_NEVER) {
    w->groups = last;
    return;
  }
  if (w->options.controls == DID_NOT_YET_TREATED) {
    w->groups = last;
    while (w->periods > 0 && p->when[w->periods - 1] >= w->group[last].start - w->options.anticipation)
      w->periods--;
  }
}

static int control_from(const struct did_work *w, int now)
{
  const struct panel *p = w->panel;
  if (w->options.controls == DID_NEVER_TREATED)
    return w->group[w->groups].from;
  for (int g = 0; g <= w->groups; g++)
    if (w->group[g].start == PANEL_NEVER || w->group[g].start > p->when[now] + w->options.anticipation)
      return w->group[g].from;
  return p->units;
}

/* The last period before the group's start that anticipation leaves alone; -1 if there is none. */
static int base_of(const struct did_work *w, const struct did_group *g)
{
  int base = -1;
  for (int t = 0; t < w->periods; t++)
    if (w->panel->when[t] + w->options.anticipation < g->start)
      base = t;
  return base;
}

static void fit_cells(struct did_work *w)
{
  const struct panel *p = w->panel;
  struct did_result *r = w->result;
  w->cell = g_new0(struct did_cell, (size_t)w->groups * (size_t)w->periods);
  r->cell = g_new0(struct did_effect, (size_t)w->groups * (size_t)w->periods);
  for (int g = 0; g < w->groups; g++) {
    const struct did_group *group = &w->group[g];
    int before = base_of(w, group), size = group->to - group->from;
    r->dropped_small += size < w->width + 5;
    for (int t = !w->options.universal; t < w->periods && before >= 0; t++) {
      bool post = p->when[t] >= group->start;
      int base = post || w->options.universal ? before : t - 1;
      if (base == t)
        continue;
      struct did_cell *cell = &w->cell[w->cells];
      struct did_effect *effect = &r->cell[w->cells++];
      *cell = (struct did_cell){ .group = g, .now = t, .base = base, .control_from = control_from(w, MAX(t, base)), .treated = size };
      *effect = (struct did_effect){ .group = group->start, .time = p->when[t], .post = post, .se = NAN, .boot_se = NAN, .low = NAN, .high = NAN };
      cell->controls = p->units - cell->control_from - (group->from >= cell->control_from ? size : 0);
      did_cell_fit(w, cell, effect);
    }
  }
  r->cells = w->cells;
}

/* ---- averages --------------------------------------------------------------------------------------------------- */

static double share(const struct did_work *w, int group)
{
  return (w->group[group].to - w->group[group].from) / (double)w->panel->units;
}

/* What a cell goes under in the dynamic, group and calendar average; false where it does not go in. */
static bool key_of(const struct did_work *w, int kind, int cell, int64_t *ret_key)
{
  const struct did_effect *e = &w->result->cell[cell];
  if (!w->cell[cell].usable || (kind > 0 && !e->post))
    return false;
  *ret_key = kind == 0 ? e->time - e->group : kind == 1 ? e->group : e->time;
  return true;
}

static int compare_key(const void *a, const void *b)
{
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void find_rows(struct did_work *w, int kind, struct did_average *average)
{
  g_autofree int64_t *keys = g_new(int64_t, (size_t)MAX(w->cells, 1));
  int count = 0, distinct = 0;
  for (int c = 0; c < w->cells; c++)
    if (key_of(w, kind, c, &keys[count]))
      count++;
  qsort(keys, (size_t)count, sizeof *keys, compare_key);
  for (int i = 0; i < count; i++)
    if (i == 0 || keys[i] != keys[i - 1])
      keys[distinct++] = keys[i];
  average->count = distinct;
  average->rows = g_new0(struct did_effect, (size_t)MAX(distinct, 1));
  for (int i = 0; i < distinct; i++)
    average->rows[i] = (struct did_effect){ .group = keys[i], .time = keys[i], .post = kind > 0 || keys[i] >= 0, .se = NAN, .boot_se = NAN, .low = NAN, .high = NAN };
  w->row_of[kind] = g_new(int, (size_t)MAX(w->cells, 1));
  for (int c = 0; c < w->cells; c++) {
    int64_t key;
    const int64_t *found = key_of(w, kind, c, &key) ? bsearch(&key, keys, (size_t)distinct, sizeof *keys, compare_key) : NULL;
    w->row_of[kind][c] = found ? w->first_row[kind] + (int)(found - keys) : -1;
  }
}

/* Estimate of each row, weights of its cells by the groups' shares, and what the estimation of these shares adds: for the
 * units of group h, Σ over the row's cells of h of (ATT − estimate) / Σ shares. Within one group the weights are fixed. */
static void weigh(struct did_work *w, int kind, struct did_average *average)
{
  g_autofree double *total = g_new0(double, (size_t)w->targets);
  w->part_of[kind] = g_new0(double, (size_t)MAX(w->cells, 1));
  for (int c = 0; c < w->cells; c++)
    if (w->row_of[kind][c] >= 0)
      total[w->row_of[kind][c]] += share(w, w->cell[c].group);
  for (int c = 0; c < w->cells; c++) {
    int row = w->row_of[kind][c];
    if (row < 0)
      continue;
    w->part_of[kind][c] = share(w, w->cell[c].group) / total[row];
    w->target[row].estimate += w->part_of[kind][c] * w->result->cell[c].estimate;
  }
  for (int c = 0; c < w->cells && kind != 1; c++)
    if (w->row_of[kind][c] >= 0) {
      struct did_target *row = &w->target[w->row_of[kind][c]];
      row->shift[w->cell[c].group] += (w->result->cell[c].estimate - row->estimate) / total[w->row_of[kind][c]];
    }
  for (int i = 0; i < average->count; i++)
    average->rows[i].estimate = w->target[w->first_row[kind] + i].estimate;
}

static void weigh_simple(struct did_work *w)
{
  double total = 0;
  w->simple_part = g_new0(double, (size_t)MAX(w->cells, 1));
  for (int c = 0; c < w->cells; c++)
    total += w->cell[c].usable && w->result->cell[c].post ? share(w, w->cell[c].group) : 0;
  for (int c = 0; c < w->cells; c++)
    if (w->cell[c].usable && w->result->cell[c].post) {
      w->simple_part[c] = share(w, w->cell[c].group) / total;
      w->target[0].estimate += w->simple_part[c] * w->result->cell[c].estimate;
    }
  for (int c = 0; c < w->cells; c++)
    if (w->simple_part[c] > 0)
      w->target[0].shift[w->cell[c].group] += (w->result->cell[c].estimate - w->target[0].estimate) / total;
  w->result->simple.overall.estimate = total > 0 ? w->target[0].estimate : NAN;
}

/* Dynamic: the plain mean of the rows from the start on; calendar: of all; group: by the groups' shares. */
static void weigh_overall(struct did_work *w, int kind, struct did_average *average)
{
  struct did_target *overall = &w->target[w->first_overall + kind];
  double total = 0;
  w->overall[kind] = g_new0(double, (size_t)MAX(average->count, 1));
  g_autofree int *group = g_new0(int, (size_t)MAX(average->count, 1));
  for (int c = 0; c < w->cells; c++)
    if (w->row_of[kind][c] >= 0)
      group[w->row_of[kind][c] - w->first_row[kind]] = w->cell[c].group;
  for (int i = 0; i < average->count; i++) {
    w->overall[kind][i] = kind == 1 ? share(w, group[i]) : average->rows[i].post;
    total += w->overall[kind][i];
  }
  for (int i = 0; i < average->count; i++) {
    w->overall[kind][i] /= total > 0 ? total : 1;
    overall->estimate += w->overall[kind][i] * average->rows[i].estimate;
  }
  for (int i = 0; i < average->count && kind == 1; i++)
    overall->shift[group[i]] += (average->rows[i].estimate - overall->estimate) / total;
  average->overall.estimate = total > 0 ? overall->estimate : NAN;
}

/* Weights of the cells in the guards. Before the start each cell is the change of one period. */
static void weigh_guards(struct did_work *w)
{
  g_autofree double *share_of = g_new0(double, (size_t)w->groups), *reach = g_new0(double, (size_t)w->groups), *before = g_new0(double, (size_t)w->groups);
  g_autofree int *base = g_new(int, (size_t)w->groups);
  const struct did_effect *e = w->result->cell;
  bool any = false;
  for (int kind = 0; kind < DID_GUARDS; kind++)
    w->guard_part[kind] = g_new0(double, (size_t)MAX(w->cells, 1));
  for (int g = 0; g < w->groups; g++)
    base[g] = base_of(w, &w->group[g]);
  for (int c = 0; c < w->cells; c++) {
    int g = w->cell[c].group;
    share_of[g] += w->simple_part[c];
    reach[g] += w->simple_part[c] * (w->cell[c].now - base[g]);
    before[g] += w->cell[c].usable && w->cell[c].now <= base[g];
  }
  for (int c = 0; c < w->cells && !w->options.universal; c++) {
    int g = w->cell[c].group;
    bool old = w->cell[c].usable && w->cell[c].now <= base[g] && share_of[g] > 0;
    w->guard_part[DID_DIP][c] = old && w->cell[c].now == base[g] ? share_of[g] : 0;
    w->guard_part[DID_TREND][c] = old ? reach[g] / before[g] : 0;
    w->guard_part[DID_WITHOUT_DIP][c] = w->simple_part[c] + w->guard_part[DID_DIP][c];
    w->guard_part[DID_WITHOUT_TREND][c] = w->simple_part[c] - w->guard_part[DID_TREND][c];
    any = any || old;
  }
  for (int kind = 0; kind < DID_GUARDS; kind++) {
    struct did_effect *guard = &w->result->guard[kind];
    *guard = (struct did_effect){ .estimate = any ? 0 : NAN, .se = NAN, .boot_se = NAN, .low = NAN, .high = NAN };
    for (int c = 0; c < w->cells; c++)
      guard->estimate += w->cell[c].usable ? w->guard_part[kind][c] * e[c].estimate : 0;
  }
}

static void make_averages(struct did_work *w)
{
  struct did_result *r = w->result;
  struct did_average *kinds[3] = { &r->dynamic, &r->group, &r->calendar };
  w->targets = 1;
  for (int kind = 0; kind < 3; kind++) {
    w->first_row[kind] = w->targets;
    find_rows(w, kind, kinds[kind]);
    w->targets += kinds[kind]->count;
  }
  w->first_overall = w->targets;
  w->targets += 3 + DID_GUARDS;
  w->target = g_new0(struct did_target, (size_t)w->targets);
  for (int t = 0; t < w->targets; t++)
    w->target[t].shift = g_new0(double, (size_t)w->groups + 1);
  weigh_simple(w);
  for (int kind = 0; kind < 3; kind++) {
    weigh(w, kind, kinds[kind]);
    weigh_overall(w, kind, kinds[kind]);
  }
  weigh_guards(w);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void work_clear(struct did_work *w)
{
  for (int c = 0; c < w->cells; c++) {
    g_free(w->cell[c].beta);
    g_free(w->cell[c].gamma);
    g_free(w->cell[c].of_beta);
    g_free(w->cell[c].of_gamma);
  }
  for (int t = 0; t < w->targets && w->target; t++)
    g_free(w->target[t].shift);
  for (int kind = 0; kind < 3; kind++) {
    g_free(w->row_of[kind]);
    g_free(w->part_of[kind]);
    g_free(w->overall[kind]);
  }
  for (int kind = 0; kind < DID_GUARDS; kind++)
    g_free(w->guard_part[kind]);
  g_free(w->simple_part);
  g_free(w->target);
  g_free(w->cell);
  g_free(w->group);
  g_free(w->group_of);
}
typedef struct did_work work_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(work_auto, work_clear)

struct did_result *did_estimate(const struct panel *panel, const struct did_options *options, GError **error)
{
  g_autoptr(did_result_auto) r = g_new0(struct did_result, 1);
  g_auto(work_auto) w = { .panel = panel, .options = *options, .result = r, .width = panel->columns + 1 };
  w.options.alpha = options->alpha > 0 ? options->alpha : 0.05;
  g_assert(options->draws >= 0 && options->anticipation >= 0);
  if (!panel_needs(panel, options->controls == DID_NEVER_TREATED, error))
    return NULL;
  find_groups(&w);
  if (w.groups == 0) {
    fail(error, MENO_ERROR_BAD_INPUT, "all units start together and none stays untreated: there is none to compare with");
    return NULL;
  }
  if ((int64_t)w.groups * w.periods > CELLS_MOST || (int64_t)options->draws * w.groups * w.periods > DRAWS_MOST) {
    fail(error, MENO_ERROR_TOO_LARGE, "%d starts in %d periods are too many effects%s: give the time as longer periods", w.groups, w.periods, options->draws ? " for so many draws" : "");
    return NULL;
  }
  fit_cells(&w);
  make_averages(&w);
  r->units = panel->units;
  r->periods = w.periods;
  r->groups = w.groups;
  r->never = w.group[w.groups].to - w.group[w.groups].from;
  r->clusters = panel->clusters;
  did_infer(&w);
  return g_steal_pointer(&r);
}

void did_result_free(struct did_result *r)
{
  if (!r)
    return;
  g_free(r->cell);
  g_free(r->dynamic.rows);
  g_free(r->group.rows);
  g_free(r->calendar.rows);
  g_free(r);
}
