/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `meno estimate`: reads the table, runs the study, prints the answer: a sentence and what it rests on, or JSON. */
#include "cli/estimate.h"
#include "cli/serve.h"
#include "cli/study-table.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char estimate_usage[] = "FILE.csv --design DESIGN --columns unit=…,time=…,start=…,outcome=…";
const char estimate_help[] =
  "  --design DESIGN          did: some units start, at any times, others never or later\n"
  "                           its: one series before and after; its estimate is the step at the start\n"
  "                           sc, sdid: few treated units against a mixture of untreated ones\n"
  "                           bsts: one series, foretold from its past and from untouched series\n"
  "                           rct: chance chose the units, one start; stepped-wedge: chance chose the order\n"
  "                           match: nobody randomised; covariates make treated and others alike, or it refuses\n"
  "  --columns LIST           unit=,time=,start=,outcome=,covariates=a+b,cluster=,exposure=: names of columns. start: the\n"
  "                           unit's first treated period, 0 or empty for never; or one date or period for all\n"
  "  --method NAME            did: dr, reg, ipw; its: newey-west, prais-winsten, reml, poisson, quasi-poisson;\n"
  "                           sdid: placebo, jackknife; rct: difference, cuped, ancova, lin; match: entropy, propensity\n"
  "  --controls not-yet       did: units that start later are controls too (default: only those that never do)\n"
  "  --smallest X             the effect worth having: without it nothing \"did not move\"\n"
  "  --season N               its, bsts: values per season; --harmonics N: its\n"
  "  --level-only             its: a step without a change of slope\n"
  "  --ramp N                 rct: periods after the start that do not count\n"
  "  --draws N                did: multiplier bootstraps; bsts: draws; sc, sdid: placebos; --seed N\n"
  "  --alpha X                1 − confidence (default 0.05)\n";

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static void put_period(struct json_writer *out, const struct study_table *t, const char *key, int64_t period) {
  g_autofree char *text = study_table_period(t, period);
  if (t->dates) json_put_string(out, key, text);
  else json_put_integer(out, key, period);
}

static void put_place(struct json_writer *out, const struct study_table *t, const struct study_columns *c, const struct study_effect *e) {
  if (strcmp(e->kind, "weight") == 0) json_put_string(out, "unit", g_ptr_array_index(t->names, e->group));
  else if (g_str_has_prefix(e->kind, "balance")) json_put_string(out, "covariate", e->group < 0 ? "mean before" : c->covariates[e->group]);
  else {
    if (e->group != PANEL_NEVER) put_period(out, t, "group", e->group);
    if (strcmp(e->kind, "dynamic") == 0) json_put_integer(out, "event", e->time);
    else if (e->time != PANEL_NEVER) put_period(out, t, "time", e->time);
  }
}

static void put_effects(struct json_writer *out, const struct study_table *t, const struct study_columns *c, const GArray *effects) {
  json_open_array(out, "effects");
  for (guint i = 0; i < effects->len; i++) {
    const struct study_effect *e = &g_array_index(effects, struct study_effect, i);
    json_open_object(out, NULL);
    json_put_number(out, "estimate", e->estimate);
    json_put_string(out, "kind", e->kind);
    if (!isnan(e->se)) json_put_number(out, "se", e->se);
    if (!isnan(e->low)) {
      json_put_number(out, "low", e->low);
      json_put_number(out, "high", e->high);
    }
    json_put_bool(out, "post", e->post);
    put_place(out, t, c, e);
    json_close_object(out);
  }
  json_close_array(out);
}

static char *as_json(const struct study *s, const struct study_table *t, const struct study_columns *c, const struct study_result *r) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "design", study_names[s->design]);
  json_put_number(&out, "estimate", r->estimate);
  json_put_number(&out, "se", r->se);
  json_open_array(&out, "interval");
  json_put_number(&out, NULL, r->low);
  json_put_number(&out, NULL, r->high);
  json_close_array(&out);
  json_put_number(&out, "level", r->level);
  json_put_number(&out, "p", r->p);
  put_effects(&out, t, c, r->effects);
  json_open_object(&out, "diagnostics");
  json_put_integer(&out, "rows_read", t->rows.rows);
  json_put_integer(&out, "missing_outcomes", t->missing);
  if (t->date_format) json_put_string(&out, "dates_read_as", t->date_format);
  for (guint i = 0; i < r->notes->len; i++) {
    const struct study_note *note = &g_array_index(r->notes, struct study_note, i);
    if (note->text) json_put_string(&out, note->key, note->text);
    else json_put_number(&out, note->key, note->number);
  }
  json_close_object(&out);
  json_put_string(&out, "verdict", study_verdicts[r->verdict]);
  json_put_string(&out, "sentence", r->sentence);
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

static void print(const struct study_table *t, const struct study_result *r) {
  printf("%s\n\n", r->sentence);
  if (!isnan(r->estimate)) printf("  estimate  %.6g\n", r->estimate);
  if (!isnan(r->se)) printf("  error     %.6g\n", r->se);
  if (!isnan(r->p)) printf("  p         %.4g\n", r->p);
  printf("  rows      %d%s%s\n", t->rows.rows, t->date_format ? ", dates read as " : "", t->date_format ? t->date_format : "");
  for (guint i = 0; i < r->notes->len; i++) {
    const struct study_note *note = &g_array_index(r->notes, struct study_note, i);
    if (note->text) printf("  %s: %s\n", note->key, note->text);
    else if (!isnan(note->number)) printf("  %s: %.6g\n", note->key, note->number);
  }
}

/* ---- the question ------------------------------------------------------------------------------------------------ */

static bool decimal(char **arguments, const char *name, double least, double most, double *number) {
  char *text = NULL, *end;
  if (!command_option(arguments, name, &text)) return true;
  if (!text) return false;
  *number = g_ascii_strtod(text, &end);
  return *text && !*end && *number > least && *number < most;
}

static bool whole(char **arguments, const char *name, uint64_t most, int *number) {
  uint64_t value = (uint64_t)*number;
  if (!command_number(arguments, name, most, &value)) return false;
  *number = (int)value;
  return true;
}

static bool parse_options(char **arguments, struct study *s, const char **ret_wrong) {
  char *controls = NULL, *method = NULL;
  s->level_only = command_option(arguments, "--level-only", NULL);
  if (command_option(arguments, "--method", &method)) s->method = method;
  s->not_yet = command_option(arguments, "--controls", &controls) && strcmp(controls, "not-yet") == 0;
  *ret_wrong = controls && !s->not_yet && strcmp(controls, "never") != 0 ? "--controls wants never or not-yet"
    : !decimal(arguments, "--smallest", 0, 1e150, &s->smallest) ? "--smallest wants a number above 0"
    : !decimal(arguments, "--alpha", 0, 0.5, &s->alpha) ? "--alpha wants a number between 0 and 0.5"
    : !whole(arguments, "--season", 10000, &s->season) ? "--season wants a whole number up to 10000"
    : !whole(arguments, "--harmonics", 50, &s->harmonics) ? "--harmonics wants a whole number up to 50"
    : !whole(arguments, "--ramp", 10000, &s->ramp) ? "--ramp wants a whole number up to 10000"
    : !whole(arguments, "--draws", 100000, &s->draws) ? "--draws wants a whole number up to 100000"
    : !command_number(arguments, "--seed", UINT32_MAX, &s->seed) ? "--seed wants a whole number" : NULL;
  return !*ret_wrong;
}

int estimate_run(struct cli *cli, char **arguments) {
  struct study s = { 0 };
  char *design = NULL, *columns = NULL;
  const char *wrong;
  if (!parse_options(arguments, &s, &wrong)) return cli_usage(cli, "%s", wrong);
  if (!command_option(arguments, "--design", &design) || !command_option(arguments, "--columns", &columns)) return cli_usage(cli, "estimate wants --design and --columns; see `meno estimate --help`");
  while (s.design < STUDY_DESIGNS && strcmp(study_names[s.design], design) != 0) s.design++;
  if (s.design == STUDY_DESIGNS) return cli_usage(cli, "there is no design \"%s\"; see `meno estimate --help`", design);
  if (!*arguments) return cli_usage(cli, "estimate wants a CSV file; see `meno estimate --help`");
  if (arguments[1]) return cli_usage(cli, "\"%s\" is one word too many for \"estimate\"; see `meno estimate --help`", arguments[1]);
  g_autoptr(GError) error = NULL;
  g_auto(study_columns_auto) named = { 0 };
  g_autoptr(study_table_auto) table = study_columns_parse(columns, &named, &error) ? study_table_read(*arguments, &named, &error) : NULL;
  if (!table) return cli_fail(cli, error);
  s.rows = table->rows;
  s.exposure = table->exposure;
  s.outcome = named.outcome;
  g_autoptr(study_result_auto) result = study_estimate(&s, &error);
  if (!result) {
    g_prefix_error(&error, "%s: ", *arguments);
    return cli_fail(cli, error);
  }
  g_autofree char *json = as_json(&s, table, &named, result);
  if (cli->json) puts(json);
  else print(table, result);
  return 0;
}
