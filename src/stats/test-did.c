/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panels and the staggered difference in differences: against R `did` on its own data (where the reference data is at
 * hand), by simulation, and by what must not matter (order of rows, labels, units of the outcome). */
#include "stats/did.h"
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#define near(a, b, tolerance) g_assert_cmpfloat_with_epsilon(a, b, tolerance)

/* Rows that a test can fill. */
struct table { int n, k; GArray *unit, *time, *start, *y, *x, *cluster; };

static struct table *table_new(int k)
{
  struct table *t = g_new0(struct table, 1);
  t->k = k;
  t->unit = g_array_new(FALSE, FALSE, sizeof(int));
  t->cluster = g_array_new(FALSE, FALSE, sizeof(int));
  t->time = g_array_new(FALSE, FALSE, sizeof(int64_t));
  t->start = g_array_new(FALSE, FALSE, sizeof(int64_t));
  t->y = g_array_new(FALSE, FALSE, sizeof(double));
  t->x = g_array_new(FALSE, FALSE, sizeof(double));
  return t;
}

static void table_free(struct table *t)
{
  GArray *all[] = { t->unit, t->cluster, t->time, t->start, t->y, t->x };
  for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
    g_array_free(all[i], TRUE);
  g_free(t);
}
typedef struct table table_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(table_auto, table_free)

static void add(struct table *t, int unit, int64_t time, int64_t start, int cluster, double y, double x)
{
  g_array_append_val(t->unit, unit);
  g_array_append_val(t->cluster, cluster);
  g_array_append_val(t->time, time);
  g_array_append_val(t->start, start);
  g_array_append_val(t->y, y);
  if (t->k)
    g_array_append_val(t->x, x);
  t->n++;
}

static struct panel_rows rows_of(const struct table *t, bool clusters)
{
  int units = 0;
  for (int i = 0; i < t->n; i++)
    units = MAX(units, g_array_index(t->unit, int, i) + 1);
  return (struct panel_rows){ .rows = t->n, .units = units, .columns = t->k, .unit = (int *)(void *)t->unit->data, .time = (int64_t *)(void *)t->time->data,
    .start = (int64_t *)(void *)t->start->data, .outcome = (double *)(void *)t->y->data, .x = t->k ? (double *)(void *)t->x->data : NULL,
    .cluster = clusters ? (int *)(void *)t->cluster->data : NULL };
}

static struct did_result *estimate(const struct table *t, bool clusters, const struct did_options *options)
{
  g_autoptr(GError) error = NULL;
  struct panel_rows rows = rows_of(t, clusters);
  g_autoptr(panel_auto) panel = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_assert_no_error(error);
  struct did_result *result = did_estimate(panel, options, &error);
  g_assert_no_error(error);
  return result;
}

/* ---- the published table ---------------------------------------------------------------------------------------- */

static char *reference(const char *name)
{
  const char *data = g_getenv("MENO_REFDATA");
  g_autofree char *path = g_build_filename(data ? data : "../shared/refdata", "causal", name, NULL);
  char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    g_test_skip("the reference data is absent: MENO_REFDATA names its folder");
  return text;
}

static struct table *mpdta(int k)
{
  g_autofree char *text = reference("mpdta.csv");
  if (!text)
    return NULL;
  struct table *t = table_new(k);
  g_autoptr(GHashTable) number = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (int i = 1; lines[i] && *lines[i]; i++) {
    g_auto(GStrv) f = g_strsplit(lines[i], ",", -1);
    if (!g_hash_table_contains(number, f[1]))
      g_hash_table_insert(number, g_strdup(f[1]), GINT_TO_POINTER(g_hash_table_size(number)));
    int64_t start = g_ascii_strtoll(f[4], NULL, 10);
    add(t, GPOINTER_TO_INT(g_hash_table_lookup(number, f[1])), g_ascii_strtoll(f[0], NULL, 10), start ? start : PANEL_NEVER,
        (int)(g_ascii_strtoll(f[1], NULL, 10) / 1000), g_ascii_strtod(f[3], NULL), g_ascii_strtod(f[2], NULL));
  }
  return t;
}

static void same(double ours, double se, const char *theirs, const char *their_se)
{
  double estimate = g_ascii_strtod(theirs, NULL), error = g_ascii_strtod(their_se, NULL);
  near(ours, estimate, 5e-5);
  near(se, error, 1e-3 * error);
}

static int check_cells(const struct did_result *r, const char *scenario)
{
  g_autofree char *text = reference("mpdta_ref_attgt.csv");
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  int checked = 0;
  for (int i = 1; lines[i] && *lines[i]; i++) {
    g_auto(GStrv) f = g_strsplit(lines[i], ",", -1);
    for (int c = 0; strcmp(f[0], scenario) == 0 && c < r->cells; c++)
      if (r->cell[c].group == g_ascii_strtoll(f[1], NULL, 10) && r->cell[c].time == g_ascii_strtoll(f[2], NULL, 10)) {
        same(r->cell[c].estimate, r->cell[c].se, f[3], f[4]);
        checked++;
      }
  }
  return checked;
}

static int check_averages(const struct did_result *r, const char *scenario)
{
  g_autofree char *text = reference("mpdta_ref_aggte.csv");
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  int checked = 0;
  for (int i = 1; lines[i] && *lines[i]; i++) {
    g_auto(GStrv) f = g_strsplit(lines[i], ",", -1);
    if (strcmp(f[0], scenario) != 0)
      continue;
    const struct did_average *a = strcmp(f[1], "\"simple\"") == 0 ? &r->simple : strcmp(f[1], "\"dynamic\"") == 0 ? &r->dynamic
      : strcmp(f[1], "\"group\"") == 0 ? &r->group : &r->calendar;
    same(a->overall.estimate, a->overall.se, f[5], f[6]);
    checked += a->count == 0;
    for (int row = 0; row < a->count; row++)
      if (a->rows[row].time == g_ascii_strtoll(f[2], NULL, 10)) {
        same(a->rows[row].estimate, a->rows[row].se, f[3], f[4]);
        checked++;
      }
  }
  return checked;
}

static void test_published(void)
{
  static const struct { const char *scenario; int covariates; struct did_options options; } cases[] = {
    { "\"mpdta_nev_dr\"", 0, { .method = DID_DOUBLY_ROBUST } },
    { "\"mpdta_nyt_dr\"", 0, { .method = DID_DOUBLY_ROBUST, .controls = DID_NOT_YET_TREATED } },
    { "\"mpdta_nev_reg_cov\"", 1, { .method = DID_OUTCOME_REGRESSION } },
    { "\"mpdta_nev_ipw\"", 0, { .method = DID_WEIGHTING } },
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(table_auto) t = mpdta(cases[i].covariates);
    if (!t)
      return;
    g_autoptr(did_result_auto) r = estimate(t, false, &cases[i].options);
    g_assert_cmpint(check_cells(r, cases[i].scenario), ==, 12);
    g_assert_cmpint(check_averages(r, cases[i].scenario), ==, 1 + 7 + 3 + 4);
    if (i == 0)
      near(r->pretrend_p, 0.16812, 5e-6);
  }
}

/* With the population as covariate, doubly robust: the table of the vignette "Getting started with the did package". */
static void test_covariate(void)
{
  static const double att[] = { -0.0145, -0.0764, -0.1404, -0.1069, -0.0005, -0.0062, 0.0010, -0.0413, 0.0267, -0.0046, -0.0284, -0.0288 };
  g_autoptr(table_auto) t = mpdta(1);
  if (!t)
    return;
  g_autoptr(did_result_auto) r = estimate(t, false, &(struct did_options){ .draws = 999 });
  g_assert_cmpint(r->cells, ==, 12);
  for (int c = 0; c < 12; c++) {
    near(r->cell[c].estimate, att[c], 6e-5);
    near(r->cell[c].boot_se, r->cell[c].se, 0.15 * r->cell[c].se);
  }
  near(r->pretrend_p, 0.23267, 5e-6);
  g_assert_cmpfloat(r->critical, >, 2.4); /* theirs: about 2.8 over twelve cells */
  g_assert_cmpfloat(r->critical, <, 3.2);
  g_autoptr(did_result_auto) w = estimate(t, false, &(struct did_options){ .method = DID_WEIGHTING });
  for (int c = 0; c < 12; c++)
    near(w->cell[c].estimate, att[c], 5e-3);
}

/* ---- simulation ------------------------------------------------------------------------------------------------- */

static struct table *simulate(gsl_rng *rng, int clusters, int per_cluster, int periods, double effect, bool reversed)
{
  struct table *t = table_new(0);
  int n = clusters * per_cluster, total = n * periods;
  g_autofree double *y = g_new(double, (size_t)total);
  for (int c = 0, i = 0; c < clusters; c++) {
    double shared = 0;
    g_autofree double *shock = g_new(double, (size_t)periods);
    for (int p = 0; p < periods; p++)
      shock[p] = shared = 0.5 * shared + gsl_ran_gaussian(rng, 0.5);
    for (int u = 0; u < per_cluster; u++, i++) {
      double level = gsl_ran_gaussian(rng, 1);
      int start = 3 + c % 4; /* the fourth kind: never */
      for (int p = 0; p < periods; p++)
        y[i * periods + p] = level + 0.2 * p + shock[p] + gsl_ran_gaussian(rng, 1) + (c % 4 < 3 && p >= start ? effect : 0);
    }
  }
  for (int at = 0; at < total; at++) {
    int cell = reversed ? total - 1 - at : at, i = cell / periods, p = cell % periods, c = i / per_cluster;
    add(t, reversed ? (i * 7 + 3) % n : i, p, c % 4 < 3 ? 3 + c % 4 : PANEL_NEVER, c, reversed ? 1000 * y[cell] : y[cell], 0);
  }
  return t;
}

/* Nominal 95 %: the true effect within the interval, 40 clusters, shocks that the cluster shares. */
static void test_coverage(void)
{
  int runs = g_getenv("MENO_SOAK") ? 2000 : 300, covered = 0, no_trend = 0;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, 20260302);
  for (int run = 0; run < runs; run++) {
    g_autoptr(table_auto) t = simulate(rng, 40, 3, 8, 0.7, false);
    g_autoptr(did_result_auto) r = estimate(t, true, &(struct did_options){ 0 });
    covered += r->simple.overall.low <= 0.7 && 0.7 <= r->simple.overall.high;
    no_trend += r->pretrend_p_few > 0.05;
    g_assert_cmpint(r->clusters, ==, 40);
  }
  gsl_rng_free(rng);
  g_test_message("coverage %.3f, no trend found %.3f of %d", covered / (double)runs, no_trend / (double)runs, runs);
  g_assert_cmpint(covered, >=, runs * 91 / 100);
  g_assert_cmpint(covered, <=, runs * 98 / 100);
  g_assert_cmpint(no_trend, >=, runs * 84 / 100);
}

static void test_invariance(void)
{
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  struct did_options options = { .controls = DID_NOT_YET_TREATED, .draws = 999 };
  gsl_rng_set(rng, 5);
  g_autoptr(table_auto) one = simulate(rng, 20, 5, 8, 0.7, false);
  gsl_rng_set(rng, 5);
  g_autoptr(table_auto) two = simulate(rng, 20, 5, 8, 0.7, true);
  gsl_rng_free(rng);
  for (int clusters = 0; clusters < 2; clusters++) {
    g_autoptr(did_result_auto) a = estimate(one, clusters, &options), b = estimate(two, clusters, &options);
    g_assert_cmpint(a->cells, ==, b->cells);
    for (int c = 0; c < a->cells; c++) {
      near(1000 * a->cell[c].estimate, b->cell[c].estimate, 1e-8);
      near(1000 * a->cell[c].se, b->cell[c].se, 1e-8);
    }
    near(1000 * a->dynamic.overall.se, b->dynamic.overall.se, 1e-8);
    near(1000 * a->dynamic.overall.boot_se, b->dynamic.overall.boot_se, 1e-8);
    near(a->pretrend_p, b->pretrend_p, 1e-8);
    near(a->dynamic.overall.boot_se, a->dynamic.overall.se, 0.15 * a->dynamic.overall.se);
    near(a->simple.overall.boot_se, a->simple.overall.se, 0.15 * a->simple.overall.se);
  }
}

/* ---- bad input -------------------------------------------------------------------------------------------------- */

static void refused(const struct panel_rows *rows, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(panel_auto) p = panel_new(rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_autoptr(did_result_auto) r = p ? did_estimate(p, &(struct did_options){ 0 }, &error) : NULL;
  g_assert_null(r);
  g_assert_nonnull(error);
  if (!strstr(error->message, words))
    g_error("expected \"%s\" in \"%s\"", words, error->message);
}

static void test_refusals(void)
{
  int unit[] = { 0, 0, 1, 1, 2, 2 };
  int64_t time[] = { 1, 2, 1, 2, 1, 2 }, start[] = { 2, 2, PANEL_NEVER, PANEL_NEVER, PANEL_NEVER, PANEL_NEVER };
  double y[] = { 1, 3, 1, 2, 2, 2.5 };
  struct panel_rows rows = { .rows = 6, .units = 3, .unit = unit, .time = time, .start = start, .outcome = y };
  y[3] = 1e308;
  refused(&rows, "row 4: the outcome 1e+308 is too large");
  y[3] = INFINITY;
  refused(&rows, "row 4: the outcome inf is infinite");
  y[3] = 2;
  time[3] = 1;
  refused(&rows, "row 4: unit \"2\" has the period of row 3 again");
  time[3] = 2;
  start[1] = 1;
  refused(&rows, "row 2: unit \"1\" has another start here than in row 1");
  start[0] = start[1] = PANEL_NEVER;
  refused(&rows, "no unit is treated");
  for (int i = 0; i < 6; i++)
    start[i] = 2;
  refused(&rows, "none to compare with");
  for (int i = 2; i < 6; i++) {
    start[i] = PANEL_NEVER;
    y[i] = 5;
  }
  y[0] = y[1] = 5;
  refused(&rows, "one value only");
  rows.rows = 1;
  refused(&rows, "an effect needs a before and an after");
}

/* One treated unit: an estimate, no error that pretends; a gap: the unit is left out and counted. */
static void test_diagnoses(void)
{
  g_autoptr(table_auto) t = table_new(0);
  g_autoptr(GError) error = NULL;
  for (int u = 0; u < 6; u++)
    for (int p = 0; p < 4; p++)
      if (u != 5 || p != 2)
        add(t, u, p, u == 0 ? 2 : PANEL_NEVER, 0, u + 0.3 * (u % 3) * p + (u == 0 && p >= 2 ? 10 : 0), 0);
  struct panel_rows rows = rows_of(t, false);
  g_autoptr(panel_auto) p = panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, &error);
  g_assert_no_error(error);
  g_assert_cmpint(p->units, ==, 5);
  g_assert_cmpint(p->missing, ==, 1);
  g_assert_cmpint(p->incomplete, ==, 1);
  g_autoptr(did_result_auto) r = did_estimate(p, &(struct did_options){ 0 }, &error);
  g_assert_no_error(error);
  g_assert_cmpint(r->dropped_small, ==, 1);
  g_assert_cmpint(panel_treated(p), ==, 1);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/did/published", test_published);
  g_test_add_func("/stats/did/covariate", test_covariate);
  g_test_add_func("/stats/did/coverage", test_coverage);
  g_test_add_func("/stats/did/invariance", test_invariance);
  g_test_add_func("/stats/panel/refusals", test_refusals);
  g_test_add_func("/stats/panel/diagnoses", test_diagnoses);
  return g_test_run();
}
