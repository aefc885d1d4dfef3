/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Did the figure of this table move? Reads one CSV file, runs the study, says what came out and what it rests on. Nothing is
 * recorded, and nothing of the company is read: on the command line it needs none.
 *
 * How it can be wrong: whoever asks one table many questions until one says yes; the registered interventions are for that. */
#include "intake/study-table.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static void put_period(struct json_writer *out, const struct study_table *t, const char *key, int64_t period) {
  g_autofree char *text = study_table_period(t, period);
  if (t->dates) json_put_string(out, key, text);
  else json_put_integer(out, key, period);
}

static void put_place(struct json_writer *out, const struct study_table *t, const struct study_columns *c, const struct study_effect *e) {
  if (strcmp(e->kind, "weight") == 0) json_put_string(out, "unit", g_ptr_array_index(t->names, e->group));
  else if (g_str_has_prefix(e->kind, "balance") || g_str_has_prefix(e->kind, "predictor") || strcmp(e->kind, "covariate") == 0) json_put_string(out, "covariate", e->group < 0 ? "mean before" : c->covariates[e->group]);
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

/* A doubt may come more than once: `doubt` is the first, which the sentence tells, `doubts` are all. */
static void put_diagnostics(struct json_writer *out, const struct study_table *t, const struct study_result *r) {
  bool doubted = false;
  json_open_object(out, "diagnostics");
  json_put_integer(out, "rows_read", t->rows.rows);
  json_put_integer(out, "missing_outcomes", t->missing);
  if (t->date_format) json_put_string(out, "dates_read_as", t->date_format);
  if (t->by_row) json_put_string(out, "starts_read_as", "the first period of a unit that says treated");
  for (guint i = 0; i < r->notes->len; i++) {
    const struct study_note *note = &g_array_index(r->notes, struct study_note, i);
    bool doubt = strcmp(note->key, "doubt") == 0;
    if (doubt && doubted) continue;
    doubted |= doubt;
    if (note->text) json_put_string(out, note->key, note->text);
    else json_put_number(out, note->key, note->number);
  }
  json_open_array(out, "doubts");
  for (guint i = 0; i < r->notes->len; i++) {
    const struct study_note *note = &g_array_index(r->notes, struct study_note, i);
    if (strcmp(note->key, "doubt") == 0) json_put_string(out, NULL, note->text);
  }
  json_close_array(out);
  json_close_object(out);
}

static void put_answer(struct json_writer *out, const struct study *s, const struct study_table *t, const struct study_columns *c, const struct study_result *r) {
  json_put_string(out, "sentence", r->sentence);
  json_put_string(out, "verdict", study_verdicts[r->verdict]);
  json_put_string(out, "design", study_names[s->design]);
  json_put_number(out, "estimate", r->estimate);
  json_put_number(out, "se", r->se);
  json_open_array(out, "interval");
  json_put_number(out, NULL, r->low);
  json_put_number(out, NULL, r->high);
  json_close_array(out);
  json_put_number(out, "level", r->level);
  json_put_number(out, "p", r->p);
  put_effects(out, t, c, r->effects);
  put_diagnostics(out, t, r);
}

/* ---- the question ------------------------------------------------------------------------------------------------ */

#define DRAWS_LEAST 100
#define OF(design) (1u << (design))
static const struct { const char *option; unsigned designs; } choices[] = { { "controls", OF(STUDY_DID) }, { "anticipation", OF(STUDY_DID) }, { "base", OF(STUDY_DID) }, { "season", OF(STUDY_ITS) | OF(STUDY_BSTS) }, { "harmonics", OF(STUDY_ITS) }, { "lags", OF(STUDY_ITS) },
  { "level_only", OF(STUDY_ITS) }, { "ramp", OF(STUDY_RCT) }, { "draws", OF(STUDY_DID) | OF(STUDY_BSTS) | OF(STUDY_SC) | OF(STUDY_SDID) | OF(STUDY_WEDGE) } };

/* An option that the design does not have must not be passed over. */
static bool check_choices(const struct op_call *call, enum study_design design, GError **error) {
  for (unsigned i = 0; i < G_N_ELEMENTS(choices); i++)
    if (op_has(call, choices[i].option) && !(choices[i].designs & OF(design)))
      return fail(error, MENO_ERROR_BAD_INPUT, "the design %s does not take %s: see `meno estimate --help`", study_names[design], choices[i].option);
  return !op_has(call, "draws") || op_number(call, "draws", 0) == 0 || op_number(call, "draws", 0) >= DRAWS_LEAST || fail(error, MENO_ERROR_BAD_INPUT, "fewer than %d draws say nothing", DRAWS_LEAST);
}

static void read_choices(const struct op_call *call, struct study *s) {
  while (strcmp(study_names[s->design], op_text(call, "design")) != 0) s->design++;
  s->not_yet = g_strcmp0(op_text(call, "controls"), "not-yet") == 0;
  s->anticipation = (int)op_number(call, "anticipation", 0);
  s->universal = g_strcmp0(op_text(call, "base"), "universal") == 0;
  s->method = op_text(call, "method");
  s->smallest = op_number(call, "smallest", 0);
  s->alpha = op_number(call, "alpha", 0.05);
  s->season = (int)op_number(call, "season", 0);
  s->harmonics = (int)op_number(call, "harmonics", 0);
  s->lags = op_has(call, "lags") ? (int)op_number(call, "lags", 0) : 0;
  if (op_has(call, "lags") && s->lags == 0) s->lags = -1; /* asked for none */
  s->level_only = op_flag(call, "level_only");
  s->ramp = (int)op_number(call, "ramp", 0);
  s->draws = (int)op_number(call, "draws", 0);
  s->seed = (uint64_t)op_number(call, "seed", 0);
}

/* Is the outcome, or its mean over some periods, among the covariates? */
static bool names_outcome(const struct study_columns *named) {
  size_t length = strlen(named->outcome);
  for (char **name = named->covariates; name && *name; name++)
    if (strncmp(*name, named->outcome, length) == 0 && ((*name)[length] == '\0' || (*name)[length] == '@')) return true;
  return false;
}

static bool estimate(struct op_call *call, struct json_writer *out, GError **error) {
  struct study s = { 0 };
  g_auto(study_columns_auto) named = { 0 };
  gsize length;
  if (call->file_count != 1) return fail(error, MENO_ERROR_BAD_INPUT, "one CSV file is wanted, not %zu", call->file_count);
  const struct op_file *file = call->files;
  const char *bytes = g_bytes_get_data(file->bytes, &length);
  if (length > LIMIT_STUDY_BYTES) return fail(error, MENO_ERROR_TOO_LARGE, "%s is larger than %u MB: leave out what the question does not need", file->name, LIMIT_STUDY_BYTES >> 20);
  g_autoptr(study_table_auto) table = study_columns_parse(op_text(call, "columns"), &named, error) ? study_table_parse(file->name, bytes ? bytes : "", length, &named, error) : NULL;
  if (!table) return false;
  read_choices(call, &s);
  if (!check_choices(call, s.design, error)) return false;
  s.rows = table->rows;
  s.exposure = table->exposure;
  s.outcome = named.outcome;
  s.covariates = (const char *const *)named.covariates;
  s.earlier = (const char *const *)named.earlier;
  s.uneven = table->uneven;
  s.windows = table->windows ? (const struct study_window *)(const void *)table->windows->data : NULL;
  s.as_named = names_outcome(&named);
  g_autoptr(study_result_auto) result = study_estimate(&s, error);
  if (!result) return g_prefix_error(error, "%s: ", file->name), false;
  put_answer(out, &s, table, &named, result);
  return true;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const char *const controls[] = { "never", "not-yet", NULL };
static const char *const bases[] = { "varying", "universal", NULL };
static const struct field estimate_in[] = { { "files", FIELD_FILES, REQUIRED | IN_PATH, "one CSV file, a row per unit and period" },
  { "design", FIELD_WORD(study_names), REQUIRED, "did: units start at any times, others never or later; its: one series before and after; sc, sdid: few treated units against a mixture of "
    "untreated ones; bsts: one series foretold from its past and from untouched ones; rct: chance chose the units; stepped-wedge: chance chose the order; match: nobody randomised" },
  { "columns", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "unit=…,time=…,start=…,outcome=…,covariates=a+b,cluster=…,exposure=…: the names of columns; sc: a@FROM:TO is the mean of a over these periods, earlier=a@FROM:TO+b@… the same covariates as they were, to learn their weights from. start: the unit's first treated period, 0 or empty "
    "for never; or one period for all units" },
  { "method", FIELD_TEXT(40), 0, "did: dr, reg, ipw; its: newey-west, prais-winsten, reml, poisson, quasi-poisson; sdid: placebo, jackknife; rct: difference, cuped, ancova, lin; match: entropy, propensity" },
  { "controls", FIELD_WORD(controls), 0, "did: not-yet takes units that start later as controls too" },
  { "anticipation", FIELD_INTEGER(0, 1000), 0, "did: periods before the start in which an effect may show already; the period before them is the base" },
  { "base", FIELD_WORD(bases), 0, "did: what effects before the start are against: varying (default), each the period before it; universal, all the last period before the start" },
  { "smallest", FIELD_NUMBER(0, 1e70), 0, "the effect worth having: without it nothing \"did not move\"" },
  { "season", FIELD_INTEGER(0, 1000), 0, "its, bsts: values per season" }, { "harmonics", FIELD_INTEGER(0, 50), 0, "its: pairs of sine and cosine" },
  { "lags", FIELD_INTEGER(0, 1000), 0, "its, newey-west: lags of its error (default: by their rule of 1994)" }, { "level_only", FIELD_BOOL, 0, "its: a step without a change of slope" },
  { "ramp", FIELD_INTEGER(0, 10000), 0, "rct: periods after the start that do not count" },
  { "draws", FIELD_INTEGER(0, 100000), 0, "did: multiplier bootstraps; bsts: draws; sdid: placebos" }, { "seed", FIELD_INTEGER(0, 4294967295.0), 0, "of what is drawn" },
  { "alpha", FIELD_NUMBER(1e-9, 0.5), 0, "1 − confidence (default 0.05)" }, { 0 } };
static const struct field effect_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "what it is of: att, dynamic, group, calendar, gap, weight, level, slope, balance_before …" },
  { "group", FIELD_ANY, 0, "start of the units, as a period of the table" }, { "time", FIELD_ANY, 0, "period" }, { "event", FIELD_INTEGER(-9e15, 9e15), 0, "periods since the start" },
  { "unit", FIELD_TEXT(0), 0, "" }, { "covariate", FIELD_TEXT(0), 0, "" }, { "estimate", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "low", FIELD_FIGURE, 0, "" }, { "high", FIELD_FIGURE, NULLABLE, "" }, { "se", FIELD_FIGURE, 0, "" }, { "post", FIELD_BOOL, REQUIRED, "after the start" }, { 0 } };
static const struct field estimate_out[] = { { "sentence", FIELD_TEXT(0), REQUIRED, "what came out" }, { "verdict", FIELD_WORD(study_verdicts), REQUIRED, "" }, { "design", FIELD_WORD(study_names), REQUIRED, "" },
  { "estimate", FIELD_FIGURE, REQUIRED | NULLABLE, "null: there is none" }, { "se", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "interval", FIELD_ANY, REQUIRED, "two numbers" },
  { "level", FIELD_SHARE, REQUIRED, "of the interval" }, { "p", FIELD_SHARE, REQUIRED | NULLABLE, "" }, { "effects", FIELD_LIST(effect_row), REQUIRED, "by group and time where the design has them" },
  { "diagnostics", FIELD_ANY, REQUIRED, "an object: what it rests on; `doubts` are what stands against a verdict" }, { 0 } };

const struct op estimate_ops[] = {
  { "estimate", POST, "/estimate", MAY_READ_IMPACT, estimate_in, estimate_out, estimate, "Say whether a figure moved, from any CSV file of units and periods", "impact", BODY_FILES, true, true },
  { 0 } };
