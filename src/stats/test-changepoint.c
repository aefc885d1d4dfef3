/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Change points against series that people annotated, by the metrics of the paper that published them, and by simulation: how
 * often noise is called a change, and how late a change is told. */
#include "base/json.h"
#include "stats/changepoint.h"
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

static struct json_doc *read_document(const char *folder, const char *name, char **ret_text)
{
  g_autofree char *path = g_strdup_printf("%s/changepoint/%s.json", folder, name);
  g_autoptr(GError) error = NULL;
  size_t length;
  g_assert_true(g_file_get_contents(path, ret_text, &length, &error));
  struct json_doc *doc = json_parse(*ret_text, length, &error);
  g_assert_no_error(error);
  return doc;
}

static int read_series(const char *folder, const char *name, double **ret_values)
{
  g_autofree char *text = NULL;
  g_autoptr(json_doc_auto) doc = read_document(folder, name, &text);
  struct json raw = json_get(json_at(json_get(json_root(doc), "series"), 0), "raw");
  int n = 0;
  *ret_values = g_new(double, json_count(raw) + 1);
  struct json_iter it = json_iter(raw);
  while (json_next(&it))
    (*ret_values)[n++] = json_number(it.value, NAN);
  g_assert_cmpint(n, >, 10);
  return n;
}

static int read_annotations(struct json of, struct partition *ret_truths)
{
  int annotators = 0;
  struct json_iter people = json_iter(of);
  while (json_next(&people)) {
    g_assert_cmpint(annotators, <, ANNOTATORS);
    struct partition *truth = &ret_truths[annotators++];
    truth->count = 0;
    struct json_iter marks = json_iter(people.value);
    while (json_next(&marks)) {
      g_assert_cmpint(truth->count, <, MARKS);
      truth->at[truth->count++] = (int)json_number(marks.value, 0);
    }
  }
  return annotators;
}

static void test_annotated(void)
{
  const char *folder = g_getenv("MENO_REFDATA");
  if (folder == NULL || !g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip("no reference data: MENO_REFDATA names no folder");
    return;
  }
  g_autofree char *text = NULL;
  g_autoptr(json_doc_auto) annotations = read_document(folder, "annotations", &text);
  double covering = 0, f1 = 0;
  int series = 0;
  struct json_iter it = json_iter(json_root(annotations));
  while (json_next(&it)) {
    g_autofree double *y = NULL;
    struct partition truths[ANNOTATORS], found = { 0 };
    int64_t at[CHANGEPOINT_MOST];
    int n = read_series(folder, it.key, &y), annotators = read_annotations(it.value, truths);
    found.count = changepoint_scan(y, n, at);
    for (int i = 0; i < found.count; i++)
      found.at[i] = (int)at[i];
    double own = mean_covering(truths, annotators, &found, n), own_f1 = f1_of(truths, annotators, &found);
    g_test_message("%s: %d values, %d changes, covering %.3f, F1 %.3f", it.key, n, found.count, own, own_f1);
    covering += own;
    f1 += own_f1;
    series++;
  }
  g_test_message("%d series: covering %.3f, F1 %.3f", series, covering / series, f1 / series);
  g_assert_cmpint(series, >=, 8);
  g_assert_cmpfloat(covering / series, >=, 0.80); /* asked for is .66; .89 is what it does */
  g_assert_cmpfloat(f1 / series, >=, 0.82);       /* .68; .91 */
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
  g_assert_cmpint(alarms_of(24, 0.5, 300), <=, 55); /* one in seven, as the head of changepoint.c admits, and no more */
}

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
  g_test_add_func("/changepoint/noise", test_noise);
  g_test_add_func("/changepoint/delay", test_delay);
  g_test_add_func("/changepoint/shapes", test_shapes);
  g_test_add_func("/changepoint/long", test_long);
  return g_test_run();
}
