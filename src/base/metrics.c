/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A series is a metric with its labels' values; it is made when first counted and never goes away. All stand in one open-addressed
 * table of atomic pointers: finding is reading, adding is one compare-and-swap, counting is one atomic addition.
 *
 * How it can be wrong: a page is no snapshot (a request that ends meanwhile may be in one figure and not yet in another), as
 * Prometheus expects of any. When the table is full, what is new is not counted: labels that are no words of the program. */
#include "base/metrics.h"
#include <math.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <string.h>

enum type { COUNTER, GAUGE, SECONDS };
static const char *const type_names[] = { "counter", "gauge", "histogram" };

static const struct { enum type type; const char *name, *labels[2], *help; } rows[METRIC_KINDS] = {
#define METRIC(code, type, name, first, second, help) { type, name, { first, second }, help },
#include "base/metrics.def"
#undef METRIC
};

static const double bounds[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60 }; /* seconds */
#define BOUNDS G_N_ELEMENTS(bounds)

#define SLOTS 4096
#define SERIES_MOST 3072

struct series {
  enum metric metric;
  char *values[2];
  _Atomic uint64_t cell;                  /* a counter's count, or the bits of a double that was set */
  _Atomic bool set;
  _Atomic uint64_t counts[BOUNDS + 1];    /* of a histogram, each bucket by itself; the last: longer than all bounds */
  _Atomic uint64_t microseconds;
};

static _Atomic(struct series *) slots[SLOTS];
static _Atomic unsigned used;

static bool is(const struct series *series, enum metric metric, const char *first, const char *second) {
  return series->metric == metric && g_strcmp0(series->values[0], first) == 0 && g_strcmp0(series->values[1], second) == 0;
}

static struct series *series_new(enum metric metric, const char *first, const char *second) {
  struct series *made = g_new0(struct series, 1);
  made->metric = metric;
  made->values[0] = g_strdup(first);
  made->values[1] = g_strdup(second);
  return made;
}

static void series_free(struct series *series) {
  if (!series) return;
  g_free(series->values[0]);
  g_free(series->values[1]);
  g_free(series);
}

/* NULL: the table is full. */
static struct series *find(enum metric metric, const char *first, const char *second) {
  g_assert(!rows[metric].labels[0] == !first && !rows[metric].labels[1] == !second);
  unsigned at = (unsigned)metric * 31u + (first ? g_str_hash(first) : 0) * 17u + (second ? g_str_hash(second) : 0);
  struct series *made = NULL;
  for (;; at++) {
    struct series *there = slots[at % SLOTS];
    if (!there) {
      if (!made && used >= SERIES_MOST) return NULL;
      if (!made) made = series_new(metric, first, second);
      if (atomic_compare_exchange_strong(&slots[at % SLOTS], &there, made)) {
        used++;
        return made;
      }
    } /* else, or where another thread was faster: */
    if (is(there, metric, first, second)) {
      series_free(made);
      return there;
    }
  }
}

void metric_add(enum metric metric, uint64_t count, const char *first, const char *second) {
  struct series *series = find(metric, first, second);
  if (series) series->cell += count;
}

void metric_time(enum metric metric, int64_t microseconds, const char *first, const char *second) {
  struct series *series = find(metric, first, second);
  if (!series) return;
  double seconds = (double)MAX(0, microseconds) / 1e6;
  size_t i = 0;
  while (i < BOUNDS && seconds > bounds[i]) i++;
  series->microseconds += (uint64_t)MAX(0, microseconds);
  series->counts[i]++;
}

void metric_set(enum metric metric, double value, const char *first, const char *second) {
  struct series *series = find(metric, first, second);
  uint64_t bits;
  if (!series) return;
  memcpy(&bits, &value, sizeof bits);
  series->cell = bits;
  series->set = true;
}

void metric_unset(enum metric metric) {
  double nothing = NAN;
  uint64_t bits;
  memcpy(&bits, &nothing, sizeof bits);
  for (size_t i = 0; i < SLOTS; i++) {
    struct series *series = slots[i];
    if (series && series->metric == metric && series->set) series->cell = bits;
  }
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

static int by_values(const void *a, const void *b) {
  const struct series *x = *(struct series *const *)a, *y = *(struct series *const *)b;
  int order = g_strcmp0(x->values[0], y->values[0]);
  return order ? order : g_strcmp0(x->values[1], y->values[1]);
}

static void put_escaped(GString *out, const char *text) {
  for (; *text; text++) {
    if (*text == '\\' || *text == '"') g_string_append_c(out, '\\');
    if (*text == '\n') g_string_append(out, "\\n");
    else g_string_append_c(out, *text);
  }
}

/* "name_suffix{first="…",le="…"} " */
static void put_name(GString *out, const struct series *series, const char *suffix, const char *bound) {
  g_string_append_printf(out, "%s%s", rows[series->metric].name, suffix);
  const char *before = "{";
  for (int i = 0; i < 2 && series->values[i]; i++) {
    g_string_append_printf(out, "%s%s=\"", before, rows[series->metric].labels[i]);
    put_escaped(out, series->values[i]);
    g_string_append_c(out, '"');
    before = ",";
  }
  if (bound) g_string_append_printf(out, "%sle=\"%s\"", before, bound);
  g_string_append(out, *before == ',' || bound ? "} " : " ");
}

static void put_number(GString *out, double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(out, "%s\n", g_ascii_formatd(text, sizeof text, "%.15g", value));
}

static void put_histogram(GString *out, struct series *series) {
  uint64_t total = 0;
  for (size_t i = 0; i <= BOUNDS; i++) {
    char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
    if (i < BOUNDS) g_ascii_formatd(bound, sizeof bound, "%g", bounds[i]);
    total += series->counts[i];
    put_name(out, series, "_bucket", bound);
    g_string_append_printf(out, "%" G_GUINT64_FORMAT "\n", total);
  }
  put_name(out, series, "_sum", NULL);
  put_number(out, (double)series->microseconds / 1e6);
  put_name(out, series, "_count", NULL);
  g_string_append_printf(out, "%" G_GUINT64_FORMAT "\n", total);
}

static void put_value(GString *out, struct series *series) {
  uint64_t bits = series->cell;
  double value = (double)bits;
  if (series->set) memcpy(&value, &bits, sizeof value);
  if (isnan(value)) return;
  put_name(out, series, "", NULL);
  put_number(out, value);
}

void metrics_write(GString *out) {
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (int metric = 0; metric < METRIC_KINDS; metric++) {
    g_ptr_array_set_size(found, 0);
    for (size_t i = 0; i < SLOTS; i++)
      if (slots[i] && slots[i]->metric == (enum metric)metric) g_ptr_array_add(found, slots[i]);
    g_ptr_array_sort(found, by_values);
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", rows[metric].name, rows[metric].help, rows[metric].name, type_names[rows[metric].type]);
    for (guint i = 0; i < found->len; i++) (rows[metric].type == SECONDS ? put_histogram : put_value)(out, found->pdata[i]);
  }
}
