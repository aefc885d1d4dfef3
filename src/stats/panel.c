/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows to a panel. One pass finds the periods, one fills a matrix of row numbers (which finds what stands twice), one copies
 * the values into the order of the starts, so that the units of one start, and all that start later, are a range: the
 * estimators then read memory from front to back.
 *
 * Memory: two integers and the values per unit and period. A table with few rows for many units and periods (a day on which
 * only one unit was seen, for each of thousands of units) would make that far more than the data, and is refused. */
#include "stats/panel.h"
#include <math.h>
#include <string.h>

struct build { const struct panel_rows *in; int64_t *when; int periods; int *cell; /* [periods * units], row + 1 */
               int *order, *first; int *row_of; /* [units]: a row of the unit, -1 for none */ GError **error; };

static int line_of(const struct panel_rows *in, int row)
{
  return in->line ? in->line[row] : row + 1;
}

static char *unit_name(const struct panel_rows *in, int unit)
{
  return in->name ? g_strdup(in->name[unit]) : g_strdup_printf("%d", unit + 1);
}

static int compare_time(const void *a, const void *b)
{
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The distinct times, ascending: first of neighbours, then of all, so that sorted input costs no hash. */
static int64_t *distinct(const int64_t *time, int n, int *ret_count)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (int i = 0; i < n; i++)
    if (i == 0 || time[i] != time[i - 1]) {
      union { const int64_t *in; void *out; } key = { &time[i] };
      if (!g_hash_table_contains(seen, key.in))
        g_hash_table_add(seen, key.out);
    }
  int count = 0;
  int64_t *out = g_new(int64_t, MAX(g_hash_table_size(seen), 1));
  GHashTableIter it;
  void *key;
  g_hash_table_iter_init(&it, seen);
  while (g_hash_table_iter_next(&it, &key, NULL))
    out[count++] = *(int64_t *)key;
  qsort(out, (size_t)count, sizeof *out, compare_time);
  *ret_count = count;
  return out;
}

/* Index of the first period at or after `time`; `periods` if there is none. */
static int period_at(const int64_t *when, int periods, int64_t time)
{
  int low = 0, high = periods;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (when[middle] < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool value_fine(const struct build *b, int row, double value, const char *what)
{
  if (isnan(value) || fabs(value) <= PANEL_HUGE)
    return true;
  return fail(b->error, MENO_ERROR_BAD_INPUT, "row %d: %s %g is %s: correct it, or divide the column by a constant", line_of(b->in, row), what, value,
              isinf(value) ? "infinite" : "too large to reckon with");
}

static bool check_rows(const struct build *b)
{
  const struct panel_rows *in = b->in;
  for (int i = 0; i < in->rows; i++) {
    g_assert(in->unit[i] >= 0 && in->unit[i] < in->units);
    if (!value_fine(b, i, in->outcome[i], "the outcome"))
      return false;
    for (int j = 0; j < in->columns; j++)
      if (!value_fine(b, i, in->x[(size_t)i * in->columns + j], "a covariate"))
        return false;
    int *known = &b->row_of[in->unit[i]];
    if (*known < 0)
      *known = i;
    bool moved = in->start && in->start[*known] != in->start[i], parted = in->cluster && in->cluster[*known] != in->cluster[i];
    if (moved || parted) {
      g_autofree char *name = unit_name(in, in->unit[i]);
      return fail(b->error, MENO_ERROR_BAD_INPUT, "row %d: unit \"%s\" has another %s here than in row %d: it must be the same in all rows of a unit",
                  line_of(in, i), name, moved ? "start" : "cluster", line_of(in, *known));
    }
  }
  return true;
}

static bool find_cells(struct build *b)
{
  const struct panel_rows *in = b->in;
  uint64_t cells = (uint64_t)b->periods * (uint64_t)in->units;
  if (cells > UINT64_C(16) * (uint64_t)in->rows + 1000000)
    return fail(b->error, MENO_ERROR_TOO_LARGE, "%d rows are too few for %d units and %d periods: give the time as a period (a week, a month) that most units have",
                in->rows, in->units, b->periods);
  b->cell = g_new0(int, MAX(cells, 1));
  int at = 0;
  for (int i = 0; i < in->rows; i++) {
    if (at >= b->periods || b->when[at] != in->time[i])
      at = at + 1 < b->periods && b->when[at + 1] == in->time[i] ? at + 1 : period_at(b->when, b->periods, in->time[i]);
    int *cell = &b->cell[(size_t)at * in->units + in->unit[i]];
    if (*cell) {
      g_autofree char *name = unit_name(in, in->unit[i]);
      return fail(b->error, MENO_ERROR_BAD_INPUT, "row %d: unit \"%s\" has the period of row %d again: leave one row per unit and period",
                  line_of(in, i), name, line_of(in, *cell - 1));
    }
    *cell = i + 1;
  }
  return true;
}

static bool row_complete(const struct panel_rows *in, int row)
{
  bool complete = !isnan(in->outcome[row]);
  for (int j = 0; j < in->columns; j++)
    complete = complete && !isnan(in->x[(size_t)row * in->columns + j]);
  return complete;
}

/* Which units stay, in the order of their start. Counting sort: stable, linear. */
static int choose(struct build *b, struct panel *p, enum panel_keep keep)
{
  const struct panel_rows *in = b->in;
  g_autofree int *at = g_new0(int, (size_t)b->periods + 2), *lacks = g_new0(int, (size_t)MAX(in->units, 1));
  for (int t = 0; t < b->periods; t++)
    for (int u = 0; u < in->units; u++) {
      int row = b->cell[(size_t)t * in->units + u] - 1;
      lacks[u] += row < 0 || !row_complete(in, row);
    }
  int kept = 0;
  for (int u = 0; u < in->units; u++) {
    int row = b->row_of[u];
    bool here = row >= 0 && lacks[u] < b->periods;
    b->first[u] = !here ? -1 : in->start && in->start[row] != PANEL_NEVER ? period_at(b->when, b->periods, in->start[row]) : b->periods;
    p->missing += here ? lacks[u] : 0;
    p->incomplete += here && lacks[u] > 0;
    p->always += b->first[u] == 0;
    if (keep & PANEL_COMPLETE && here && lacks[u] > 0 && b->first[u] < b->periods && p->lost++ == 0)
      p->lost_name = unit_name(in, u);
    if ((keep & PANEL_COMPLETE && lacks[u] > 0) || (keep & PANEL_WITH_BEFORE && b->first[u] == 0))
      b->first[u] = -1;
    if (b->first[u] >= 0) {
      at[b->first[u] + 1]++;
      kept++;
    }
  }
  for (int t = 0; t <= b->periods; t++)
    at[t + 1] += at[t];
  for (int u = 0; u < in->units; u++)
    if (b->first[u] >= 0)
      b->order[at[b->first[u]]++] = u;
  return kept;
}

/* Two units by their values in time; missing ones last. */
static int compare_units(const void *a, const void *b, void *data)
{
  const struct build *build = data;
  int x = *(const int *)a, y = *(const int *)b;
  for (int t = 0; t < build->periods; t++) {
    int row_x = build->cell[(size_t)t * build->in->units + x] - 1, row_y = build->cell[(size_t)t * build->in->units + y] - 1;
    double value_x = row_x < 0 ? NAN : build->in->outcome[row_x], value_y = row_y < 0 ? NAN : build->in->outcome[row_y];
    if (isnan(value_x) != isnan(value_y))
      return isnan(value_x) ? 1 : -1;
    if (value_x < value_y || value_x > value_y)
      return value_x < value_y ? -1 : 1;
  }
  return 0;
}

/* Within a start by value: whoever draws among the units then draws the same however the rows came and the units are called. */
static void settle_order(struct build *b, int kept)
{
  for (int from = 0; from < kept;) {
    int to = from;
    while (to < kept && b->first[b->order[to]] == b->first[b->order[from]])
      to++;
    g_qsort_with_data(b->order + from, to - from, sizeof(int), compare_units, b);
    from = to;
  }
}

static void number_clusters(const struct build *b, struct panel *p)
{
  g_autoptr(GHashTable) number = g_hash_table_new(NULL, NULL);
  for (int i = 0; i < p->units; i++) {
    if (!b->in->cluster) {
      p->cluster[i] = i;
      continue;
    }
    void *key = GINT_TO_POINTER(b->in->cluster[b->row_of[p->origin[i]]]);
    int known = GPOINTER_TO_INT(g_hash_table_lookup(number, key));
    if (!known) {
      known = (int)g_hash_table_size(number) + 1;
      g_hash_table_insert(number, key, GINT_TO_POINTER(known));
    }
    p->cluster[i] = known - 1;
  }
  p->clusters = b->in->cluster ? (int)g_hash_table_size(number) : p->units;
}

static void copy_values(const struct build *b, struct panel *p)
{
  const struct panel_rows *in = b->in;
  for (int i = 0; i < p->units; i++) {
    int u = b->order[i];
    p->origin[i] = u;
    p->first[i] = b->first[u];
    p->start[i] = in->start ? in->start[b->row_of[u]] : PANEL_NEVER;
  }
  for (int t = 0; t < p->periods; t++)
    for (int i = 0; i < p->units; i++) {
      int row = b->cell[(size_t)t * in->units + p->origin[i]] - 1;
      bool there = row >= 0 && row_complete(in, row);
      size_t at = (size_t)t * p->units + i;
      p->y[at] = there ? in->outcome[row] : NAN;
      for (int j = 0; j < p->columns; j++)
        p->x[at * p->columns + j] = there ? in->x[(size_t)row * p->columns + j] : NAN;
    }
}

static bool varies(const struct panel *p)
{
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < (size_t)p->units * p->periods; i++) {
    low = p->y[i] < low ? p->y[i] : low;
    high = p->y[i] > high ? p->y[i] : high;
  }
  return high > low;
}

static void find_gaps(struct panel *p)
{
  p->step = p->when[1] - p->when[0];
  for (int t = 2; t < p->periods; t++)
    p->step = MIN(p->step, p->when[t] - p->when[t - 1]);
  p->gaps = (p->when[p->periods - 1] - p->when[0]) / p->step - (p->periods - 1);
  for (int t = 1; t < p->periods; t++)
    if ((p->when[t] - p->when[t - 1]) % p->step)
      p->gaps = -1;
}

static bool fill(struct build *b, struct panel *p, enum panel_keep keep)
{
  const struct panel_rows *in = b->in;
  if (!check_rows(b))
    return false;
  if (b->periods < 2)
    return fail(b->error, MENO_ERROR_BAD_INPUT, "the table has %d period%s: an effect needs a before and an after", b->periods, b->periods == 1 ? "" : "s");
  if (!find_cells(b))
    return false;
  p->units = choose(b, p, keep);
  settle_order(b, p->units);
  p->periods = b->periods;
  p->columns = in->columns;
  if (p->units == 0 && !p->incomplete && !p->always)
    return fail(b->error, MENO_ERROR_BAD_INPUT, "no row has a value of the outcome and of all covariates");
  if (p->units == 0)
    return fail(b->error, MENO_ERROR_BAD_INPUT, "no unit is left: %d of %d lack a period, %d are treated from the first period on", p->incomplete, in->units, p->always);
  p->when = g_memdup2(b->when, sizeof(int64_t) * (size_t)b->periods);
  p->start = g_new(int64_t, (size_t)p->units);
  p->first = g_new(int, (size_t)p->units);
  p->origin = g_new(int, (size_t)p->units);
  p->cluster = g_new(int, (size_t)p->units);
  p->y = g_new(double, (size_t)p->units * p->periods);
  p->x = p->columns ? g_new(double, (size_t)p->units * p->periods * p->columns) : NULL;
  copy_values(b, p);
  number_clusters(b, p);
  find_gaps(p);
  return varies(p) || fail(b->error, MENO_ERROR_BAD_INPUT, "the outcome has one value only: there is nothing to compare");
}

struct panel *panel_new(const struct panel_rows *rows, enum panel_keep keep, GError **error)
{
  g_autoptr(panel_auto) p = g_new0(struct panel, 1);
  g_autofree int64_t *when = NULL;
  g_autofree int *order = g_new(int, (size_t)MAX(rows->units, 1)), *first = g_new(int, (size_t)MAX(rows->units, 1)),
                 *row_of = g_new(int, (size_t)MAX(rows->units, 1));
  struct build b = { .in = rows, .order = order, .first = first, .row_of = row_of, .error = error };
  for (int u = 0; u < rows->units; u++)
    row_of[u] = -1;
  b.when = when = distinct(rows->time, rows->rows, &b.periods);
  bool fine = fill(&b, p, keep);
  g_free(b.cell);
  return fine ? g_steal_pointer(&p) : NULL;
}

void panel_free(struct panel *p)
{
  if (!p)
    return;
  g_free(p->lost_name);
  g_free(p->when);
  g_free(p->start);
  g_free(p->first);
  g_free(p->origin);
  g_free(p->cluster);
  g_free(p->y);
  g_free(p->x);
  g_free(p);
}

void panel_standardise(struct panel *p)
{
  size_t cells = (size_t)p->units * p->periods;
  for (int j = 0; j < p->columns; j++) {
    double mean = 0, square = 0;
    int seen = 0;
    for (size_t i = 0; i < cells; i++) {
      double value = p->x[i * p->columns + j], away = value - mean;
      if (isnan(value))
        continue;
      mean += away / ++seen;
      square += away * (value - mean);
    }
    double spread = sqrt(square / MAX(seen, 1));
    bool varies = spread > 1e-13 * fabs(mean); /* or it is what rounding left of the mean */
    for (size_t i = 0; i < cells; i++)
      if (!isnan(p->x[i * p->columns + j]))
        p->x[i * p->columns + j] = varies ? (p->x[i * p->columns + j] - mean) / spread : 0;
  }
}

int panel_treated(const struct panel *p)
{
  int treated = 0;
  for (int i = 0; i < p->units; i++)
    treated += p->first[i] < p->periods;
  return treated;
}

bool panel_needs(const struct panel *p, bool controls, GError **error)
{
  int treated = panel_treated(p);
  if (treated == 0 && p->lost > 0)
    return fail(error, MENO_ERROR_BAD_INPUT, "no treated unit is left: unit \"%s\"%s lack%s a value in some period; fill the gap, or leave that period out for all units", p->lost_name,
                p->lost > 1 ? " and others" : "", p->lost > 1 ? "" : "s");
  if (treated == 0 && p->always > 0)
    return fail(error, MENO_ERROR_BAD_INPUT, "no treated unit is left: %d had no before, being treated from the first period on", p->always);
  if (treated == 0)
    return fail(error, MENO_ERROR_BAD_INPUT, "no unit is treated within the periods of the table: its column of starts names none of them");
  if (controls && treated == p->units)
    return fail(error, MENO_ERROR_BAD_INPUT, "every unit is treated: there is none to compare with");
  return true;
}
