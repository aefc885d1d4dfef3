/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Change points against series that people annotated, by the metrics of the paper that published them, and by simulation: how
 * often noise is called a change, how late a change is told, and what is found in series of laws that the model does not have.
 *
 * With MENO_SOAK=1 also what the choice of the constants is worth on series that it did not see: for each of many splits they
 * are chosen anew, by one rule from one grid, on one part, and judged on the other. `tools/eval-changepoint` runs that on the
 * whole public data set. */
#include "base/json.h"
#include "stats/changepoint-private.h"
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 5
#define ANNOTATORS 8
#define MARKS 64

/* One partition: change points, ascending, without 0. */
struct partition { int count, at[CHANGEPOINT_MOST]; };

static int start_of(const struct partition *p, int piece) { return piece == 0 ? 0 : p->at[piece - 1]; }

static int end_of(const struct partition *p, int piece, int n) { return piece < p->count ? p->at[piece] : n; }

/* Covering of `truth` by `found` (van den Burg and Williams 2020, eq. 8, after Arbelaez et al. 2010): each true piece's
 * best overlap (Jaccard), weighted by its length. */
static double covering_of(const struct partition *truth, const struct partition *found, int n)
{
  double total = 0;
  for (int i = 0; i <= truth->count; i++) {
    int a = start_of(truth, i), b = end_of(truth, i, n);
    double best = 0;
    for (int j = 0; j <= found->count; j++) {
      int c = start_of(found, j), d = end_of(found, j, n), common = MAX(0, MIN(b, d) - MAX(a, c));
      best = fmax(best, (double)common / ((b - a) + (d - c) - common));
    }
    total += best * (b - a);
  }
  return total / n;
}

/* How many of `truth` are met within MARGIN, each by a mark of its own. Index 0 is in both. */
static int met(const struct partition *truth, const struct partition *found)
{
  bool used[CHANGEPOINT_MOST + 1] = { false };
  int hits = 0;
  for (int i = 0; i <= truth->count; i++) {
    int nearest = -1;
    for (int j = 0; j <= found->count; j++) {
      int away = ABS(start_of(truth, i) - start_of(found, j));
      if (!used[j] && away <= MARGIN && (nearest < 0 || away < ABS(start_of(truth, i) - start_of(found, nearest))))
        nearest = j;
    }
    if (nearest >= 0)
      used[nearest] = true;
    hits += nearest >= 0;
  }
  return hits;
}

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* F1 with several annotators: precision against the union of their marks, recall as the mean over them. */
static double f1_of(const struct partition *truths, int annotators, const struct partition *found)
{
  struct partition all = { 0 };
  double recall = 0;
  for (int a = 0; a < annotators; a++) {
    recall += (double)met(&truths[a], found) / (truths[a].count + 1) / annotators;
    for (int i = 0; i < truths[a].count; i++) {
      bool there = false;
      for (int k = 0; k < all.count; k++)
        there |= all.at[k] == truths[a].at[i];
      if (!there)
        all.at[all.count++] = truths[a].at[i];
    }
  }
  qsort(all.at, (size_t)all.count, sizeof *all.at, compare);
  double precision = (double)met(&all, found) / (found->count + 1);
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

static double mean_covering(const struct partition *truths, int annotators, const struct partition *found, int n)
{
  double sum = 0;
  for (int a = 0; a < annotators; a++)
    sum += covering_of(&truths[a], found, n);
  return sum / annotators;
}

/* The metrics themselves, on cases that can be counted by hand. */
static void test_metrics(void)
{
  struct partition none = { 0 }, one = { 1, { 50 } }, near = { 1, { 54 } }, far = { 1, { 56 } }, both[2] = { none, one };
  g_assert_cmpfloat(covering_of(&one, &one, 100), ==, 1);
  g_assert_cmpfloat(covering_of(&one, &none, 100), ==, 0.5);
  g_assert_cmpfloat_with_epsilon(mean_covering(both, 2, &none, 100), 0.75, 1e-12);
  g_assert_cmpfloat(f1_of(&one, 1, &near), ==, 1);
  g_assert_cmpfloat(f1_of(&one, 1, &far), ==, 0.5); /* 0 is met, 50 is not: precision and recall 1/2 */
  g_assert_cmpfloat_with_epsilon(f1_of(both, 2, &none), 2 * 0.75 / 1.75, 1e-12); /* precision 1, recall (1 + 1/2) / 2 */
}

/* ---- the annotated series ---- */

struct annotated { char *name; double *y; int n, annotators; struct partition truths[ANNOTATORS]; };
struct score { double covering, f1; };

/* The eight that the project's reference data holds. */
static const char *const named[] = { "bank", "nile", "ozone", "quality_control_1", "quality_control_2", "quality_control_3", "seatbelts",
                                     "well_log" };

static struct json_doc *read_document(const char *folder, const char *name, char **ret_text)
{
  g_autofree char *path = g_strdup_printf("%s/changepoint/%s.json", folder, name);
  g_autoptr(GError) error = NULL;
  size_t length;
  if (!g_file_get_contents(path, ret_text, &length, &error))
    return NULL;
  struct json_doc *doc = json_parse(*ret_text, length, &error);
  g_assert_no_error(error);
  return doc;
}

/* False where there is no such series, or one of several dimensions. */
static bool read_series(const char *folder, const char *name, struct annotated *ret)
{
  g_autofree char *text = NULL;
  g_autoptr(json_doc_auto) doc = read_document(folder, name, &text);
  if (doc == NULL || json_count(json_get(json_root(doc), "series")) != 1)
    return false;
  struct json raw = json_get(json_at(json_get(json_root(doc), "series"), 0), "raw");
  *ret = (struct annotated){ .name = g_strdup(name), .y = g_new(double, json_count(raw) + 1) };
  struct json_iter it = json_iter(raw);
  while (json_next(&it))
    ret->y[ret->n++] = json_number(it.value, NAN);
  g_assert_cmpint(ret->n, >, 10);
  return true;
}

static void read_annotations(struct json of, struct annotated *series)
{
  struct json_iter people = json_iter(of);
  while (json_next(&people)) {
    g_assert_cmpint(series->annotators, <, ANNOTATORS);
    struct partition *truth = &series->truths[series->annotators++];
    struct json_iter marks = json_iter(people.value);
    while (json_next(&marks)) {
      g_assert_cmpint(truth->count, <, MARKS);
      truth->at[truth->count++] = (int)json_number(marks.value, 0);
    }
  }
}

static void clear_series(gpointer data)
{
  struct annotated *series = data;
  g_free(series->name);
  g_free(series->y);
}

static int by_name(const void *a, const void *b) { return strcmp(((const struct annotated *)a)->name, ((const struct annotated *)b)->name); }

/* All that are there, by name; NULL and the test skipped where there are none. */
static GArray *read_all(void)
{
  const char *folder = g_getenv("MENO_REFDATA");
  g_autofree char *text = NULL;
  g_autoptr(json_doc_auto) annotations = folder ? read_document(folder, "annotations", &text) : NULL;
  if (annotations == NULL) {
    g_test_skip("no reference data: MENO_REFDATA names no folder with changepoint/annotations.json");
    return NULL;
  }
  GArray *all = g_array_new(false, true, sizeof(struct annotated));
  g_array_set_clear_func(all, clear_series);
  struct json_iter it = json_iter(json_root(annotations));
  while (json_next(&it)) {
    struct annotated series;
    if (!read_series(folder, it.key, &series))
      continue;
    read_annotations(it.value, &series);
    g_array_append_val(all, series);
  }
  g_array_sort(all, by_name);
  return all;
}

static bool is_named(const struct annotated *series)
{
  for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
    if (strcmp(named[i], series->name) == 0)
      return true;
  return false;
}

static struct score score_of(const struct changepoint_choice *choice, const double *y, int n, const struct partition *truths, int annotators,
                             struct partition *ret_found)
{
  int64_t at[CHANGEPOINT_MOST];
  ret_found->count = changepoint_scan_with(choice, y, n, at);
  for (int i = 0; i < ret_found->count; i++)
    ret_found->at[i] = (int)at[i];
  return (struct score){ mean_covering(truths, annotators, ret_found, n), f1_of(truths, annotators, ret_found) };
}

static void test_annotated(void)
{
  g_autoptr(GArray) all = read_all();
  if (all == NULL)
    return;
  struct score sum = { 0 };
  int count = 0;
  for (unsigned i = 0; i < all->len; i++) {
    const struct annotated *series = &g_array_index(all, struct annotated, i);
    if (!is_named(series))
      continue;
    struct partition found;
    struct score own = score_of(&changepoint_chosen, series->y, series->n, series->truths, series->annotators, &found);
    g_test_message("%s: %d values, %d changes, covering %.3f, F1 %.3f", series->name, series->n, found.count, own.covering, own.f1);
    sum.covering += own.covering;
    sum.f1 += own.f1;
    count++;
  }
  g_test_message("%d series: covering %.3f, F1 %.3f", count, sum.covering / count, sum.f1 / count);
  g_assert_cmpint(count, ==, (int)G_N_ELEMENTS(named));
  g_assert_cmpfloat(sum.covering / count, >=, 0.84); /* .90 is what it does */
  g_assert_cmpfloat(sum.f1 / count, >=, 0.86);       /* .94 */
}

/* ---- the constants chosen on a part, judged on the rest ---- */

#define POINTS 160
#define SERIES 64
#define SPLITS 200
#define FOLDS 5

struct table { int series; struct changepoint_choice point[POINTS]; struct score score[POINTS][SERIES]; };

/* The grid: the penalties of theory and cheaper or dearer ones, and what theory does not give. */
static void make_grid(struct changepoint_choice ret_points[POINTS])
{
  static const double changes[] = { 2.5, 3 }, lengths[] = { 0, 1 }, slopes[] = { 1, 2 }, resolutions[] = { 0.005, 0.01, 0.02, 0.03, 0.05 };
  static const int steps[] = { 9, 10 }, often[] = { 25, 50 };
  int radix[] = { 2, 2, 2, 5, 2, 2 }, digit[6];
  for (int p = 0; p < POINTS; p++) {
    for (int i = 0, rest = p; i < 6; rest /= radix[i++])
      digit[i] = rest % radix[i];
    ret_points[p] = (struct changepoint_choice){ .per_change = changes[digit[0]], .lengths = lengths[digit[1]], .per_slope = slopes[digit[2]],
      .resolution = resolutions[digit[3]], .rho_steps = steps[digit[4]], .too_often = often[digit[5]] };
  }
}

/* The rule: the point of the largest mean of covering and F1 on the series that may be seen, the first where several are. */
static int choose(const struct table *table, const bool *seen)
{
  int best = 0;
  double most = -1;
  for (int p = 0; p < POINTS; p++) {
    double sum = 0;
    for (int i = 0; i < table->series; i++)
      if (seen[i])
        sum += table->score[p][i].covering + table->score[p][i].f1;
    if (sum > most + 1e-9) {
      most = sum;
      best = p;
    }
  }
  return best;
}

/* Mean over the series whose `seen` is `which`, at a point. */
static struct score mean_of(const struct table *table, int point, const bool *seen, bool which)
{
  struct score sum = { 0 };
  int count = 0;
  for (int i = 0; i < table->series; i++)
    if (seen[i] == which) {
      sum.covering += table->score[point][i].covering;
      sum.f1 += table->score[point][i].f1;
      count++;
    }
  return (struct score){ sum.covering / count, sum.f1 / count };
}

/* Every series is held out once: the mean of what the others' choice does on it. `order` says which go together. */
static struct score hold_out(const struct table *table, const int *order, int folds, int *times)
{
  struct score sum = { 0 };
  bool seen[SERIES];
  for (int fold = 0; fold < folds; fold++) {
    for (int i = 0; i < table->series; i++)
      seen[order[i]] = i % folds != fold;
    int point = choose(table, seen);
    times[point]++;
    for (int i = fold; i < table->series; i += folds) {
      sum.covering += table->score[point][order[i]].covering / table->series;
      sum.f1 += table->score[point][order[i]].f1 / table->series;
    }
  }
  return sum;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void tell_spread(const char *what, double value[SPLITS])
{
  double sum = 0;
  for (int i = 0; i < SPLITS; i++)
    sum += value[i];
  qsort(value, SPLITS, sizeof *value, by_size);
  g_test_message("%s: mean %.3f, 5 %% to 95 %% of the splits %.3f to %.3f, least %.3f", what, sum / SPLITS, value[SPLITS / 20],
                 value[SPLITS - 1 - SPLITS / 20], value[0]);
}

static void tell_point(const char *what, const struct changepoint_choice *c)
{
  g_test_message("%s: change %.1f, lengths %.0f, slope %.0f, resolution %.3f, autocorrelation to %.1f, %d values per change", what, c->per_change,
                 c->lengths, c->per_slope, c->resolution, (c->rho_steps - 1) / 10.0, c->too_often);
}

static void fill_table(struct table *table, const GArray *all)
{
  make_grid(table->point);
  g_assert_cmpint(all->len, <=, SERIES);
  table->series = (int)all->len;
  for (int p = 0; p < POINTS; p++)
    for (int i = 0; i < table->series; i++) {
      const struct annotated *series = &g_array_index(all, struct annotated, (unsigned)i);
      struct partition found;
      table->score[p][i] = score_of(&table->point[p], series->y, series->n, series->truths, series->annotators, &found);
    }
}

/* What the fixed constants do, and what silence would; how much there is to lose by a choice: the worst and best of the grid. */
static void tell_all(const GArray *all)
{
  struct score own = { 0 }, square = { 0 }, silent = { 0 };
  for (unsigned i = 0; i < all->len; i++) {
    const struct annotated *series = &g_array_index(all, struct annotated, i);
    struct partition found, none = { 0 };
    struct score score = score_of(&changepoint_chosen, series->y, series->n, series->truths, series->annotators, &found);
    own.covering += score.covering / all->len;
    own.f1 += score.f1 / all->len;
    square.covering += score.covering * score.covering / all->len;
    square.f1 += score.f1 * score.f1 / all->len;
    silent.covering += mean_covering(series->truths, series->annotators, &none, series->n) / all->len;
    silent.f1 += f1_of(series->truths, series->annotators, &none) / all->len;
  }
  g_test_message("%u series with the fixed constants: covering %.3f, F1 %.3f (who says nothing: %.3f, %.3f)", all->len, own.covering, own.f1,
                 silent.covering, silent.f1);
  g_test_message("standard error of such a mean over series: %.3f, %.3f", sqrt((square.covering - own.covering * own.covering) / (all->len - 1)),
                 sqrt((square.f1 - own.f1 * own.f1) / (all->len - 1)));
}

static void tell_grid(const struct table *table)
{
  bool seen[SERIES] = { false };
  double least = INFINITY, most = -INFINITY;
  for (int p = 0; p < POINTS; p++) {
    struct score mean = mean_of(table, p, seen, false);
    least = fmin(least, mean.covering + mean.f1);
    most = fmax(most, mean.covering + mean.f1);
  }
  g_test_message("%d series, %d points of the grid: mean of covering and F1 from %.3f to %.3f", table->series, POINTS, least / 2, most / 2);
}

static void test_held_out(void)
{
  if (g_getenv("MENO_SOAK") == NULL) {
    g_test_skip("minutes long: with MENO_SOAK=1");
    return;
  }
  g_autoptr(GArray) all = read_all();
  if (all == NULL)
    return;
  static struct table table;
  bool seen[SERIES];
  tell_all(all);
  fill_table(&table, all);
  tell_grid(&table);
  int times[POINTS] = { 0 }, often[POINTS] = { 0 }, order[SERIES], favourite = 0, others = 0;
  for (int i = 0; i < table.series; i++) {
    order[i] = i;
    seen[i] = is_named(&g_array_index(all, struct annotated, (unsigned)i));
    others += !seen[i];
  }
  if (others > 0) {
    int point = choose(&table, seen);
    struct score rest = mean_of(&table, point, seen, false);
    tell_point("chosen on the eight", &table.point[point]);
    g_test_message("on the other %d: covering %.3f, F1 %.3f", others, rest.covering, rest.f1);
  }
  struct score alone = hold_out(&table, order, table.series, times);
  g_test_message("each series held out by itself: covering %.3f, F1 %.3f", alone.covering, alone.f1);
  double covering[SPLITS], f1[SPLITS], sum = 0, sum_f1 = 0;
  g_autoptr(GRand) rand = g_rand_new_with_seed(31);
  for (int split = 0; split < SPLITS; split++) {
    for (int i = table.series - 1; i > 0; i--) {
      int k = g_rand_int_range(rand, 0, i + 1), was = order[i];
      order[i] = order[k];
      order[k] = was;
    }
    struct score held = hold_out(&table, order, FOLDS, often);
    sum += covering[split] = held.covering;
    sum_f1 += f1[split] = held.f1;
  }
  for (int p = 0; p < POINTS; p++)
    if (often[p] > often[favourite])
      favourite = p;
  tell_spread("held out in five parts, covering", covering);
  tell_spread("held out in five parts, F1", f1);
  tell_point("chosen most often", &table.point[favourite]);
  g_test_message("in %d of %d parts", often[favourite], SPLITS * FOLDS);
  g_assert_cmpfloat(fmin(alone.covering, sum / SPLITS), >=, 0.66);
  g_assert_cmpfloat(fmin(alone.f1, sum_f1 / SPLITS), >=, 0.68);
}

/* ---- by simulation ---- */

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

static void noise(GRand *rand, double *y, int n, double rho)
{
  double x = gaussian(rand);
  for (int t = 0; t < n; t++)
    y[t] = x = rho * x + sqrt(1 - rho * rho) * gaussian(rand);
}

/* How many of `runs` series of nothing but noise have a change point. */
static int alarms_of(int n, double rho, int runs)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)(n + 1000 * rho));
  g_autofree double *y = g_new(double, (size_t)n);
  int64_t at[CHANGEPOINT_MOST];
  int alarms = 0;
  for (int run = 0; run < runs; run++) {
    noise(rand, y, n, rho);
    alarms += changepoint_scan(y, n, at) > 0;
  }
  g_test_message("n %d, autocorrelation %.1f: %d of %d series of noise show a change", n, rho, alarms, runs);
  return alarms;
}

static void test_noise(void)
{
  g_assert_cmpint(alarms_of(100, 0, 100), <=, 5);
  g_assert_cmpint(alarms_of(100, 0.5, 100), <=, 9);
  g_assert_cmpint(alarms_of(100, 0.8, 100), <=, 12);
  g_assert_cmpint(alarms_of(24, 0, 300), <=, 18);
  g_assert_cmpint(alarms_of(24, 0.5, 300), <=, 55); /* 45: as the head of changepoint.c admits, and not many more */
}

/* ---- laws that the model does not have ---- */

#define LAW_MOST 300

struct law { const char *name; int runs; struct score least; void (*make)(GRand *rand, double *y, int *ret_n, struct partition *ret_truth); };

/* 0 to `most` changes, LAW_APART values apart at least. */
#define LAW_APART 20
static void draw_changes(GRand *rand, int n, int most, struct partition *ret)
{
  ret->count = 0;
  int wanted = g_rand_int_range(rand, 0, most + 1), at = 0;
  for (int k = 0; k < wanted; k++) {
    int room = n - LAW_APART * (wanted - k) - at;
    if (room <= LAW_APART)
      break;
    ret->at[ret->count++] = at = at + g_rand_int_range(rand, LAW_APART, room + 1);
  }
}

/* Levels that jump by 2 to 4, up or down. */
static void draw_levels(GRand *rand, double *y, int n, const struct partition *truth)
{
  double level = 0;
  for (int t = 0, k = 0; t < n; t++) {
    if (k < truth->count && t == truth->at[k]) {
      level += (g_rand_boolean(rand) ? 1 : -1) * g_rand_double_range(rand, 2, 4);
      k++;
    }
    y[t] = level;
  }
}

static void seasonal(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = 144;
  draw_changes(rand, n, 3, ret_truth);
  draw_levels(rand, y, n, ret_truth);
  double shape[12];
  for (int m = 0; m < 12; m++)
    shape[m] = 2 * gaussian(rand);
  for (int t = 0; t < n; t++)
    y[t] += shape[t % 12] + gaussian(rand);
}

static void drift(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = g_rand_int_range(rand, 40, 201);
  ret_truth->count = 0;
  noise(rand, y, n, 0.3);
  double slope = g_rand_double_range(rand, -0.1, 0.1);
  for (int t = 0; t < n; t++)
    y[t] += slope * t;
}

/* The spread itself wanders between a half and twice. */
static void uneven(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = 200;
  draw_changes(rand, n, 3, ret_truth);
  draw_levels(rand, y, n, ret_truth);
  double turn = g_rand_double_range(rand, 0, 2 * G_PI);
  for (int t = 0; t < n; t++)
    y[t] += exp(log(2) * sin(turn + 2 * G_PI * t / n)) * gaussian(rand);
}

/* Student's t with three degrees of freedom. */
static void heavy(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = 200;
  draw_changes(rand, n, 3, ret_truth);
  draw_levels(rand, y, n, ret_truth);
  for (int t = 0; t < n; t++) {
    double square = 0;
    for (int k = 0; k < 3; k++) {
      double z = gaussian(rand);
      square += z * z / 3;
    }
    y[t] += gaussian(rand) / sqrt(square);
  }
}

/* Means of 9 to 25 answers from 1 to 5, a round a period; in half of the series the mood sinks or rises by 0.6 to 1. */
static void answers(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = g_rand_int_range(rand, 30, 61);
  bool changes = g_rand_boolean(rand);
  double mood = g_rand_double_range(rand, 3, 4), by = (g_rand_boolean(rand) ? 1 : -1) * g_rand_double_range(rand, 0.6, 1);
  ret_truth->count = changes;
  ret_truth->at[0] = g_rand_int_range(rand, 8, n - 7);
  for (int t = 0; t < n; t++) {
    int people = g_rand_int_range(rand, 9, 26);
    double sum = 0;
    for (int k = 0; k < people; k++)
      sum += CLAMP(round(mood + (changes && t >= ret_truth->at[0] ? by : 0) + gaussian(rand)), 1, 5);
    y[t] = sum / people;
  }
}

/* Lines that bend, and no level that jumps. */
static void bends(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = 160;
  draw_changes(rand, n, 2, ret_truth);
  double slope = g_rand_double_range(rand, -0.3, 0.3), level = 0;
  for (int t = 0, k = 0; t < n; t++) {
    if (k < ret_truth->count && t == ret_truth->at[k]) {
      slope += slope > 0 ? -0.4 : 0.4;
      k++;
    }
    y[t] = (level += slope) + gaussian(rand);
  }
}

static void wander(GRand *rand, double *y, int *ret_n, struct partition *ret_truth)
{
  int n = *ret_n = 150;
  ret_truth->count = 0;
  for (int t = 0; t < n; t++)
    y[t] = (t > 0 ? y[t - 1] : 0) + gaussian(rand);
}

/* Nothing was chosen on these. A random walk stands there to show what goes wrong. */
static const struct law laws[] = {
  { "a season of twelve, levels", 40, { 0.93, 0.93 }, seasonal }, { "a drift, no change", 40, { 0.93, 0.93 }, drift },
  { "levels, spread that wanders", 40, { 0.90, 0.88 }, uneven },  { "levels, Student's t3", 40, { 0.93, 0.93 }, heavy },
  { "means of answers", 80, { 0.93, 0.93 }, answers },            { "lines that bend", 40, { 0.90, 0.90 }, bends },
  { "a random walk", 40, { 0.75, 0.75 }, wander },
};

static void test_laws(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(laws); i++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)(100 + i));
    struct score sum = { 0 }, silent = { 0 };
    for (int run = 0; run < laws[i].runs; run++) {
      double y[LAW_MOST];
      struct partition truth, found, none = { 0 };
      int n;
      laws[i].make(rand, y, &n, &truth);
      struct score own = score_of(&changepoint_chosen, y, n, &truth, 1, &found);
      sum.covering += own.covering / laws[i].runs;
      sum.f1 += own.f1 / laws[i].runs;
      silent.covering += covering_of(&truth, &none, n) / laws[i].runs;
      silent.f1 += f1_of(&truth, 1, &none) / laws[i].runs;
    }
    g_test_message("%s: covering %.3f, F1 %.3f (who says nothing: %.3f, %.3f)", laws[i].name, sum.covering, sum.f1, silent.covering, silent.f1);
    g_assert_cmpfloat(sum.covering, >=, laws[i].least.covering);
    g_assert_cmpfloat(sum.f1, >=, laws[i].least.f1);
  }
}

/* ---- the stream ---- */

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* Fed value by value: after how many values is a fall of two standard deviations told, within MARGIN of where it is? */
static void test_delay(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(21);
  int delay[40], runs = 40;
  for (int run = 0; run < runs; run++) {
    double y[120];
    int64_t at[CHANGEPOINT_MOST];
    noise(rand, y, 120, 0);
    struct changepoint_stream *stream = changepoint_new();
    delay[run] = 60;
    for (int t = 0; t < 120 && delay[run] == 60; t++) {
      changepoint_push(stream, y[t] - (t >= 60 ? 2 : 0));
      int count = t >= 60 ? changepoint_find(stream, at) : 0;
      if (count > 0 && llabs(at[count - 1] - 60) <= MARGIN)
        delay[run] = t - 59;
    }
    changepoint_free(stream);
  }
  qsort(delay, (size_t)runs, sizeof *delay, by_value);
  g_test_message("a fall of two standard deviations: told after %d values (median), %d (nine in ten)", delay[runs / 2], delay[runs * 9 / 10]);
  g_assert_cmpint(delay[runs / 2], <=, 8);
  g_assert_cmpint(delay[runs * 9 / 10], <=, 20);
}

/* Shapes: a trend that bends, a season with a fall in it, one wild value, nothing at all. */
static void test_shapes(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  double y[144];
  int64_t at[CHANGEPOINT_MOST];
  for (int t = 0; t < 100; t++)
    y[t] = (t < 60 ? t : 120 - t) + gaussian(rand);
  g_assert_cmpint(changepoint_scan(y, 100, at), ==, 1);
  g_assert_cmpint(ABS((int)at[0] - 60), <=, MARGIN);
  for (int t = 0; t < 144; t++)
    y[t] = 3 * sin(2 * G_PI * t / 12) + 0.5 * gaussian(rand) - (t < 100 ? 0 : 2);
  g_assert_cmpint(changepoint_scan(y, 144, at), ==, 1);
  g_assert_cmpint(ABS((int)at[0] - 100), <=, 2);
  for (int t = 0; t < 100; t++)
    y[t] = gaussian(rand) + (t == 50 ? 40 : 0);
  g_assert_cmpint(changepoint_scan(y, 100, at), ==, 0);
  for (int t = 0; t < 100; t++)
    y[t] = 7;
  g_assert_cmpint(changepoint_scan(y, 100, at), ==, 0);
  g_assert_cmpint(changepoint_scan(y, 0, at), ==, 0);
  for (int t = 0; t < 100; t++)
    y[t] = t % 2 == 0 ? NAN : gaussian(rand) + (t < 50 ? 0 : 4);
  g_assert_cmpint(changepoint_scan(y, 100, at), ==, 1);
  g_assert_cmpint(ABS((int)at[0] - 50), <=, 3);
}

/* A stream of many windows, a change every 400 values: all are kept or forgotten in order, and memory stays what it was. */
static void test_long(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(9);
  struct changepoint_stream *stream = changepoint_new();
  int64_t at[CHANGEPOINT_MOST];
  for (int t = 0; t < 2800; t++)
    changepoint_push(stream, gaussian(rand) + (t / 400 % 2 == 0 ? 0 : 3));
  int count = changepoint_find(stream, at), right = 0;
  for (int i = 0; i < count; i++) {
    g_assert_true(i == 0 || at[i] > at[i - 1]);
    right += (at[i] + 3) % 400 <= 6;
  }
  g_test_message("%d change points in 2,800 values, %d of the 6 that are there", count, right);
  g_assert_cmpint(right, ==, 6);
  g_assert_cmpint(count, <=, 7);
  changepoint_free(stream);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/changepoint/metrics", test_metrics);
  g_test_add_func("/changepoint/annotated", test_annotated);
  g_test_add_func("/changepoint/held-out", test_held_out);
  g_test_add_func("/changepoint/noise", test_noise);
  g_test_add_func("/changepoint/laws", test_laws);
  g_test_add_func("/changepoint/delay", test_delay);
  g_test_add_func("/changepoint/shapes", test_shapes);
  g_test_add_func("/changepoint/long", test_long);
  return g_test_run();
}
