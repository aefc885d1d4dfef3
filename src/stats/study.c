/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a design, and says what came out. What counts as "moved": the interval excludes 0 and nothing that the design rests on
 * is visibly broken (trends before the start, fit of the synthetic twin, balance, enough units to know what chance does). What
 * counts as "did not move": the interval lies within ± the smallest effect worth having. Everything else cannot be told.
 *
 * How it can be wrong: one table at a time; whoever asks many questions of it must count them (discovery.h). */
#include "stats/did.h"
#include "stats/linear.h"
#include "stats/study-private.h"
#include "stats/synthetic.h"
#include "stats/trial.h"
#include "stats/twoway.h"
#include <math.h>
#include <string.h>

#define PRETREND_ALPHA 0.05
#define FEW_BEHIND 5
#define FIT_MOST 0.3           /* gap before, as a share of the spread of the controls, if it is also more than so many times their noise */
#define FIT_NOISE 1.5
#define LOUDER 1.645          /* errors of a variance, from which on the treated are noisier than the controls */
#define DIP_SHOWS 0.1          /* p of what is before the starts, from which on an effect must stand without it */
#define TREND_SHOWS 0.2
#define NOISE_LEAST 1e-12      /* an error below this share of the outcomes' spread is what is left of rounding */
#define FIT_WORSE 2          /* gap before with covariates, over that with outcomes alone */

const char *const study_names[] = { "did", "its", "sc", "sdid", "bsts", "rct", "stepped-wedge", "match", NULL };
const char *const study_verdicts[] = { "moved", "did not move", "cannot tell", "refused", NULL };

/* ---- what a study gathers --------------------------------------------------------------------------------------- */

void study_note(struct study_result *r, const char *key, double number)
{
  struct study_note note = { key, number, NULL };
  g_array_append_val(r->notes, note);
}

void study_note_text(struct study_result *r, const char *key, const char *text)
{
  struct study_note note = { key, NAN, g_strdup(text) };
  g_array_append_val(r->notes, note);
}

void study_effect(struct study_result *r, const char *kind, int64_t group, int64_t time, double estimate, double se, double low, double high, bool post)
{
  struct study_effect effect = { kind, group, time, estimate, se, low, high, post };
  g_array_append_val(r->effects, effect);
}

int study_choice(const struct study *s, const char *const *choices, GError **error)
{
  g_autoptr(GString) list = g_string_new(NULL);
  if (!s->method)
    return 0;
  for (int i = 0; choices[i]; i++) {
    if (strcmp(choices[i], s->method) == 0)
      return i;
    g_string_append_printf(list, "%s%s", i ? ", " : "", choices[i]);
  }
  fail(error, MENO_ERROR_BAD_INPUT, "the design %s has no method \"%s\": it has %s", study_names[s->design], s->method, list->str);
  return -1;
}

void study_doubt(struct study_result *r, const char **doubt, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  study_note_text(r, "doubt", text);
  if (!*doubt)
    *doubt = g_array_index(r->notes, struct study_note, r->notes->len - 1).text;
}

void study_note_panel(struct study_result *r, const struct panel *p)
{
  study_note(r, "units", p->units);
  study_note(r, "periods", p->periods);
  study_note(r, "treated_units", panel_treated(p));
  study_note(r, "clusters", p->clusters);
  study_note(r, "missing_cells", p->missing);
  study_note(r, "units_with_gaps", p->incomplete);
  study_note(r, "units_without_before", p->always);
  if (p->gaps >= 0)
    study_note(r, "missing_periods", p->gaps);
  else
    study_note_text(r, "missing_periods", "the periods are not evenly spaced");
}

/* Clusters with a treated unit, and without one. */
static void count_clusters(const struct panel *p, int *ret_treated, int *ret_other)
{
  g_autofree bool *treated = g_new0(bool, (size_t)p->clusters);
  *ret_treated = 0;
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods && !treated[p->cluster[i]]) {
      treated[p->cluster[i]] = true;
      (*ret_treated)++;
    }
  *ret_other = p->clusters - *ret_treated;
}

static void set_normal(struct study_result *r, double alpha, double df)
{
  double critical = linear_critical(alpha, df);
  r->low = r->estimate - critical * r->se;
  r->high = r->estimate + critical * r->se;
  r->p = linear_p(r->estimate / r->se, df);
}

/* ---- staggered difference in differences ------------------------------------------------------------------------ */

static void put_average(struct study_result *r, const char *kind, const struct did_average *a)
{
  bool group = strcmp(kind, "group") == 0;
  for (int i = 0; i < a->count; i++)
    study_effect(r, kind, group ? a->rows[i].group : PANEL_NEVER, group ? PANEL_NEVER : a->rows[i].time, a->rows[i].estimate, a->rows[i].se, a->rows[i].low,
                 a->rows[i].high, a->rows[i].post);
}

static void note_average(struct study_result *r, const char *estimate, const char *se, const struct did_average *a)
{
  study_note(r, estimate, a->overall.estimate);
  study_note(r, se, a->overall.se);
}

/* The two-way regression's weights on units that were treated before: why it is not used. With the units that were always treated, which
 * such a regression would take in. */
static void note_bacon(const struct study *s, struct study_result *r, const struct panel *p)
{
  static const char *const weights[] = { "twoway_weight_untreated", "twoway_weight_earlier_to_later", "twoway_weight_later_to_earlier", "twoway_weight_to_always" };
  static const char *const estimates[] = { "twoway_estimate_untreated", "twoway_estimate_earlier_to_later", "twoway_estimate_later_to_earlier", "twoway_estimate_to_always" };
  struct panel_rows rows = s->rows;
  rows.columns = 0;
  g_autoptr(panel_auto) all = p->always || s->rows.columns ? panel_new(&rows, PANEL_COMPLETE, NULL) : NULL;
  g_autoptr(twoway_bacon_auto) bacon = twoway_decompose(all ? all : p, NULL);
  if (!bacon)
    return;
  double weight[G_N_ELEMENTS(weights)] = { 0 }, sum[G_N_ELEMENTS(weights)] = { 0 };
  for (int i = 0; i < bacon->count; i++) {
    weight[bacon->parts[i].kind] += bacon->parts[i].weight;
    sum[bacon->parts[i].kind] += bacon->parts[i].weight * bacon->parts[i].estimate;
  }
  study_note(r, "twoway_estimate", bacon->estimate);
  study_note(r, "twoway_forbidden_weight", bacon->forbidden);
  for (unsigned kind = 0; kind < G_N_ELEMENTS(weights); kind++)
    if (weight[kind] > 0) {
      study_note(r, weights[kind], weight[kind]);
      study_note(r, estimates[kind], sum[kind] / weight[kind]);
    }
}

/* Where the effects before the starts are more than the clusters can tell apart together: the largest of those by time to the
 * start, for their number (Bonferroni). NAN: there are none. The error of one unit alone is no error: five are the least. */
static int units_behind(const struct panel *p, const struct did_result *d, int64_t event)
{
  int units = 0;
  for (int c = 0; c < d->cells; c++)
    for (int i = 0; d->cell[c].time - d->cell[c].group == event && i < p->units; i++)
      units += p->first[i] < p->periods && p->when[p->first[i]] == d->cell[c].group;
  return units;
}

static double largest_before(const struct panel *p, const struct did_result *d)
{
  double least = NAN;
  int count = 0;
  for (int i = 0; i < d->dynamic.count; i++)
    if (!d->dynamic.rows[i].post && d->dynamic.rows[i].se > 0 && units_behind(p, d, d->dynamic.rows[i].time) >= FEW_BEHIND) {
      least = fmin(least, linear_p(d->dynamic.rows[i].estimate / d->dynamic.rows[i].se, d->df));
      count++;
    }
  return fmin(count * least, count ? 1 : NAN);
}

/* May the effect be the return from where the treated stood just before their start, or the way that they were on? It may where
 * the change before, or the trend, shows at all, and there is no effect without it. */
static bool explained(const struct did_result *d, enum did_guard change, enum did_guard without, double shows, double alpha)
{
  const struct did_effect *of = &d->guard[change], *rest = &d->guard[without];
  double estimate = d->simple.overall.estimate, reach = linear_critical(alpha, d->df) * d->simple.overall.se, towards = change == DID_DIP ? -of->estimate : of->estimate;
  return fabs(estimate) > reach && linear_p(of->estimate / of->se, d->df) < shows && towards * estimate > 0 && !(rest->low > 0 && estimate > 0) && !(rest->high < 0 && estimate < 0);
}

static void doubt_parallel(const struct panel *p, const struct did_options *options, const struct did_result *d, struct study_result *r, const char **doubt)
{
  struct did_options varying = *options;
  varying.universal = false;
  varying.draws = 0;
  g_autoptr(did_result_auto) own = options->universal ? did_estimate(p, &varying, NULL) : NULL;
  const struct did_result *with = own ? own : d;
  double before = isnan(with->pretrend_p_few) ? largest_before(p, with) : NAN;
  if (!isnan(before))
    study_note(r, "pretrend_p_largest", before);
  study_note(r, "last_change_before", with->guard[DID_DIP].estimate);
  study_note(r, "without_last_change_before", with->guard[DID_WITHOUT_DIP].estimate);
  study_note(r, "trend_before_went_on", with->guard[DID_TREND].estimate);
  study_note(r, "without_trend_before", with->guard[DID_WITHOUT_TREND].estimate);
  if (with->pretrend_p_few < PRETREND_ALPHA || before < PRETREND_ALPHA)
    study_doubt(r, doubt, "the groups moved apart before the starts already (p = %.2g)", isnan(before) ? with->pretrend_p_few : before);
  else if (explained(with, DID_DIP, DID_WITHOUT_DIP, DIP_SHOWS, options->alpha))
    study_doubt(r, doubt, "the treated stood aside in the last period before their start: against the period before that one the effect is %.4g (%.4g to %.4g)", with->guard[DID_WITHOUT_DIP].estimate,
                with->guard[DID_WITHOUT_DIP].low, with->guard[DID_WITHOUT_DIP].high);
  else if (explained(with, DID_TREND, DID_WITHOUT_TREND, TREND_SHOWS, options->alpha))
    study_doubt(r, doubt, "the groups were on ways of their own before the starts: if these went on, the effect is %.4g (%.4g to %.4g)", with->guard[DID_WITHOUT_TREND].estimate,
                with->guard[DID_WITHOUT_TREND].low, with->guard[DID_WITHOUT_TREND].high);
}

static bool run_did(const struct study *s, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "dr", "reg", "ipw", NULL };
  int method = study_choice(s, methods, error), treated, other;
  g_autoptr(panel_auto) p = method < 0 ? NULL : panel_new(&s->rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, error);
  struct did_options options = { .method = method, .controls = s->not_yet ? DID_NOT_YET_TREATED : DID_NEVER_TREATED, .draws = s->draws, .alpha = 1 - r->level, .seed = s->seed,
                                 .anticipation = s->anticipation, .universal = s->universal };
  if (p)
    panel_standardise(p);
  g_autoptr(did_result_auto) d = p ? did_estimate(p, &options, error) : NULL;
  if (!d)
    return false;
  for (int c = 0; c < d->cells; c++)
    study_effect(r, "att", d->cell[c].group, d->cell[c].time, d->cell[c].estimate, d->cell[c].se, d->cell[c].low, d->cell[c].high, d->cell[c].post);
  put_average(r, "dynamic", &d->dynamic);
  put_average(r, "group", &d->group);
  put_average(r, "calendar", &d->calendar);
  r->estimate = d->simple.overall.estimate;
  r->se = d->simple.overall.se;
  count_clusters(p, &treated, &other);
  set_normal(r, options.alpha, d->df);
  study_note_panel(r, p);
  note_average(r, "simple", "simple_se", &d->simple);
  note_average(r, "dynamic", "dynamic_se", &d->dynamic);
  note_average(r, "group", "group_se", &d->group);
  note_average(r, "calendar", "calendar_se", &d->calendar);
  if (s->draws > 0) {
    study_note(r, "bootstrap_se", d->simple.overall.boot_se);
    study_note(r, "dynamic_critical", d->dynamic.critical);
    study_note(r, "att_critical", d->critical);
  }
  study_note(r, "pretrend_p", d->pretrend_p);
  study_note(r, "pretrend_p_few_clusters", d->pretrend_p_few);
  study_note(r, "pretrend_effects", d->wald_df);
  study_note(r, "never_treated", d->never);
  study_note(r, "small_groups", d->dropped_small);
  note_bacon(s, r, p);
  if (isnan(r->estimate))
    study_doubt(r, doubt, "no effect after a start can be told: %s", d->cells ? d->cell[0].why ? d->cell[0].why : "no control is left" : "no group has a before and an after");
  else if (MIN(treated, other) < 3)
    study_doubt(r, doubt, "%d treated and %d other units are too few to know what chance does: use the design sc or sdid", treated, other);
  else
    doubt_parallel(p, &options, d, r, doubt);
  return true;
}

/* ---- synthetic -------------------------------------------------------------------------------------------------- */

static const char *covariate_name(const struct study *s, int j)
{
  int k = s->earlier ? s->rows.columns / 2 : s->rows.columns;
  return j < k ? s->covariates[j] : s->earlier[j - k];
}

/* Means of the covariates by unit over their windows [columns * units]; NULL with the unit and covariate that have no value. */
static double *make_predictors(const struct study *s, const struct panel *p, GError **error)
{
  const struct panel_rows *rows = &s->rows;
  int k = rows->columns;
  g_autofree double *sum = g_new0(double, (size_t)k * (size_t)rows->units), *count = g_new0(double, (size_t)k * (size_t)rows->units);
  double *out = g_new(double, (size_t)k * (size_t)p->units);
  for (int i = 0; i < rows->rows; i++)
    for (int j = 0; j < k; j++) {
      double value = rows->x[(size_t)i * k + j];
      bool within = s->windows ? rows->time[i] >= s->windows[j].from && rows->time[i] <= s->windows[j].to : true;
      if (fabs(value) > PANEL_HUGE) {
        fail(error, MENO_ERROR_BAD_INPUT, "row %d: a covariate %g is too large to reckon with: correct it, or divide the column by a constant", rows->line ? rows->line[i] : i + 1, value);
        g_free(out);
        return NULL;
      }
      if (isnan(value) || !within || rows->time[i] >= p->when[p->first[0]])
        continue;
      sum[(size_t)rows->unit[i] * k + j] += value;
      count[(size_t)rows->unit[i] * k + j]++;
    }
  for (int i = 0; i < p->units; i++)
    for (int j = 0; j < k; j++) {
      size_t at = (size_t)p->origin[i] * k + j;
      out[(size_t)j * p->units + i] = sum[at] / count[at];
      if (count[at] > 0)
        continue;
      g_autofree char *number = g_strdup_printf("%d", j + 1), *unit = g_strdup_printf("%d", p->origin[i] + 1);
      fail(error, MENO_ERROR_BAD_INPUT, "unit \"%s\" has no value of the covariate \"%s\" before the start%s: leave one of them out", rows->name ? rows->name[p->origin[i]] : unit,
           s->covariates ? covariate_name(s, j) : number, s->windows ? " in its periods" : "");
      g_free(out);
      return NULL;
    }
  return out;
}

/* The first period whose outcomes the weights are learnt from: after all windows of the earlier covariates, before the first start. */
static bool find_learnt(const struct study *s, const struct panel *p, int *ret_first, GError **error)
{
  int64_t last = s->windows ? INT64_MIN : INT64_MAX;
  for (int j = s->rows.columns / 2; s->windows && j < s->rows.columns; j++)
    last = MAX(last, s->windows[j].to);
  for (*ret_first = 0; *ret_first < p->first[0] && p->when[*ret_first] <= last;)
    ++*ret_first;
  return *ret_first < p->first[0] || fail(error, MENO_ERROR_BAD_INPUT, "no period lies between those of the earlier covariates and the start: there are no outcomes to learn the weights from");
}

static void put_predictors(const struct synthetic_result *y, int k, struct study_result *r)
{
  for (int j = 0; j < k && y->importance; j++) {
    study_effect(r, "predictor_weight", j, PANEL_NEVER, y->importance[j], NAN, NAN, NAN, false);
    study_effect(r, "predictor_treated", j, PANEL_NEVER, y->of_treated[j], NAN, NAN, NAN, false);
    study_effect(r, "predictor_synthetic", j, PANEL_NEVER, y->of_synthetic[j], NAN, NAN, NAN, false);
  }
}

/* Synthetic control on the covariates, or on the outcomes where the covariates would leave the past unlike: to be alike in what
 * is known of the units must not cost that they went the same way. */
static struct synthetic_result *run_control(const struct study *s, const struct panel *p, struct synthetic_options *o, struct study_result *r, GError **error)
{
  g_autofree double *predictor = NULL;
  if (o->method == SYNTHETIC_CONTROL && s->rows.columns) {
    if (!panel_needs(p, true, error) || !(predictor = make_predictors(s, p, error)))
      return NULL;
    struct synthetic_options quick = *o;
    quick.errors = SYNTHETIC_NO_ERRORS;
    g_autoptr(synthetic_result_auto) plain = synthetic_estimate(p, &quick, error);
    quick.predictor = predictor;
    quick.predictors = s->earlier ? s->rows.columns / 2 : s->rows.columns;
    quick.earlier = s->earlier ? predictor + (size_t)quick.predictors * (size_t)p->units : NULL;
    if (s->earlier && !find_learnt(s, p, &quick.learnt, error))
      return NULL;
    g_autoptr(synthetic_result_auto) with = plain ? synthetic_estimate(p, &quick, error) : NULL;
    if (!with)
      return NULL;
    study_note(r, "fit_before_with_covariates", with->fit);
    study_note(r, "fit_before_with_outcomes", plain->fit);
    bool use = s->as_named || with->fit <= FIT_WORSE * plain->fit;
    study_note_text(r, "alike_in", use ? "the covariates" : "all outcomes before: with the covariates the gap before would be more than twice as large");
    if (use) {
      o->predictor = predictor;
      o->predictors = quick.predictors;
      o->earlier = quick.earlier;
      o->learnt = quick.learnt;
    }
  }
  return synthetic_estimate(p, o, error);
}

/* How much noisier the treated are from period to period than the controls, before their starts; 1 where chance may make that of equals.
 * An error from placebos is that of controls in the place of the treated. */
static double louder(const struct panel *p, double noise)
{
  double square = 0, mean = 0;
  int steps = 0;
  for (int i = 0; i < p->units; i++)
    for (int t = 1; p->first[i] < p->periods && t < p->first[i]; t++) {
      double step = p->y[(size_t)t * p->units + i] - p->y[(size_t)(t - 1) * p->units + i], away = step - mean;
      mean += away / ++steps;
      square += away * (step - mean);
    }
  double times = steps > 1 ? square / (steps - 1) / (noise * noise) : 1;
  return times > 1 + LOUDER * sqrt(2.0 / MAX(steps, 1)) ? sqrt(times) : 1;
}

/* Synthetic difference in differences without the last period before the start, which must be one; NAN: it cannot be made. */
static double without_last_before(const struct panel_rows *rows, const struct panel *p)
{
  int kept = 0, before = p->first[0] - 1;
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods && p->first[i] != p->first[0])
      return NAN;
  g_autofree int *unit = g_new(int, (size_t)rows->rows);
  g_autofree int64_t *time = g_new(int64_t, (size_t)rows->rows), *start = g_new(int64_t, (size_t)rows->rows);
  g_autofree double *outcome = g_new(double, (size_t)rows->rows), *x = g_new(double, (size_t)rows->rows * (size_t)MAX(rows->columns, 1));
  for (int i = 0; i < rows->rows; i++) {
    if (rows->time[i] == p->when[before])
      continue;
    unit[kept] = rows->unit[i];
    time[kept] = rows->time[i];
    start[kept] = rows->start[i];
    outcome[kept] = rows->outcome[i];
    for (int j = 0; j < rows->columns; j++)
      x[(size_t)kept * rows->columns + j] = rows->x[(size_t)i * rows->columns + j];
    kept++;
  }
  struct panel_rows less = { .rows = kept, .units = rows->units, .columns = rows->columns, .unit = unit, .time = time, .start = start, .outcome = outcome, .x = x };
  g_autoptr(panel_auto) q = panel_new(&less, PANEL_COMPLETE | PANEL_WITH_BEFORE, NULL);
  struct synthetic_options options = { .method = SYNTHETIC_DID, .errors = SYNTHETIC_NO_ERRORS };
  g_autoptr(synthetic_result_auto) y = q ? synthetic_estimate(q, &options, NULL) : NULL;
  return y ? y->estimate : NAN;
}

/* The gaps after the start against the line through those before it; p of that line's slope. One start only, else NAN. */
static double against_line(const struct synthetic_result *y, double *ret_slope, double *ret_p)
{
  int before = 0, after = 0;
  double mean = 0, at = 0, square = 0, across = 0, left = 0, gap = 0, when = 0;
  *ret_slope = *ret_p = NAN;
  for (int i = 0; i < y->gaps; i++)
    if (y->gap[i].post) {
      gap += y->gap[i].gap;
      when += (double)y->gap[i].time;
      after++;
    } else {
      mean += y->gap[i].gap;
      at += (double)y->gap[i].time;
      before++;
    }
  if (y->groups != 1 || before < 4 || after == 0)
    return NAN;
  mean /= before;
  at /= before;
  for (int i = 0; i < y->gaps; i++)
    if (!y->gap[i].post) {
      double away = (double)y->gap[i].time - at;
      square += away * away;
      across += away * (y->gap[i].gap - mean);
    }
  double slope = across / square;
  for (int i = 0; i < y->gaps; i++)
    if (!y->gap[i].post) {
      double away = y->gap[i].gap - mean - slope * ((double)y->gap[i].time - at);
      left += away * away;
    }
  *ret_slope = slope;
  *ret_p = linear_p(slope / sqrt(left / (before - 2) / square), before - 2);
  return gap / after - mean - slope * (when / after - at);
}

static bool run_synthetic(const struct study *s, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "auto", "placebo", "jackknife", NULL };
  bool control = s->design == STUDY_SC;
  int method = study_choice(s, methods, error);
  struct panel_rows rows = s->rows;
  if (control)
    rows.columns = 0; /* a covariate may have gaps: its mean is what counts */
  g_autoptr(panel_auto) p = method < 0 ? NULL : panel_new(&rows, PANEL_COMPLETE | PANEL_WITH_BEFORE, error);
  struct synthetic_options options = { .method = control ? SYNTHETIC_CONTROL : SYNTHETIC_DID, .errors = method, .replications = s->draws, .alpha = 1 - r->level, .seed = s->seed };
  g_autoptr(synthetic_result_auto) y = p ? run_control(s, p, &options, r, error) : NULL;
  if (!y)
    return false;
  r->estimate = y->estimate;
  r->se = y->se;
  r->low = y->low;
  r->high = y->high;
  r->p = control ? y->placebo_p : y->p;
  for (int i = 0; i < y->gaps; i++)
    study_effect(r, "gap", y->gap[i].start, y->gap[i].time, y->gap[i].gap, NAN, NAN, NAN, y->gap[i].post);
  for (int i = 0; i < y->controls; i++)
    if (y->weight[i] > 1e-6)
      study_effect(r, "weight", y->weight_origin[i], PANEL_NEVER, y->weight[i], NAN, NAN, NAN, false);
  put_predictors(y, options.predictors, r);
  for (int j = 0; j < p->columns; j++)
    study_effect(r, "covariate", j, PANEL_NEVER, y->slope[j], NAN, NAN, NAN, false);
  study_note_panel(r, p);
  study_note(r, "fit_before", y->fit);
  study_note(r, "fit_before_share", y->fit_share);
  study_note(r, "noise", y->noise);
  study_note(r, "placebo_p", y->placebo_p);
  study_note(r, "placebos", y->placebos);
  study_note(r, "largest_weight", y->largest_weight);
  study_note(r, "effective_controls", y->effective);
  double few = y->controls > 1 ? linear_p(y->estimate / y->se, y->controls - 1) : NAN; /* the paper takes the normal, for many controls */
  double loud = control ? 1 : louder(p, y->noise), slope, slope_p, line = against_line(y, &slope, &slope_p), less = control ? NAN : without_last_before(&s->rows, p);
  if (!control) {
    study_note(r, "p_few_controls", few);
    study_note(r, "treated_times_as_noisy", loud);
    study_note(r, "without_last_period_before", less);
    study_note(r, "without_trend_before", line);
    study_note(r, "trend_before_p", slope_p);
  }
  study_note_text(r, "errors", y->errors == SYNTHETIC_PLACEBO ? "placebo" : y->errors == SYNTHETIC_JACKKNIFE ? "jackknife" : "none");
  if (y->fit_share > FIT_MOST && y->fit > FIT_NOISE * y->noise)
    study_doubt(r, doubt, "no mixture of the untreated units went the same way before: the gap then was %.3g %% of the spread between them", 100 * y->fit_share);
  else if (isnan(y->se))
    study_doubt(r, doubt, "%d untreated units are too few to know what chance does", y->controls);
  else if ((control || y->treated == 1) && (y->controls + 1) * (1 - r->level) < 1)
    study_doubt(r, doubt, "with %d untreated units even the largest gap of all is no rarer than %.2g", y->controls, 1.0 / (1 + y->controls));
  else if (control && y->placebo_p > 1 - r->level)
    study_doubt(r, doubt, "%.0f %% of the placebos show as large a gap", 100 * y->placebo_p);
  else if (!control && y->errors == SYNTHETIC_PLACEBO && fabs(y->estimate) > y->high - y->estimate && fabs(y->estimate) <= loud * (y->high - y->estimate))
    study_doubt(r, doubt, "the treated are %.2g times as noisy as the controls that the error is learnt from: with so much more chance is not excluded", loud);
  else if (!control && slope_p < TREND_SHOWS && fabs(y->estimate) > y->high - y->estimate && slope * y->estimate > 0 &&
           (slope_p < PRETREND_ALPHA || line * y->estimate <= fabs(y->estimate) * (y->high - y->estimate)))
    study_doubt(r, doubt, "the treated were on a way of their own before the start: if it went on, the effect is %.4g", line);
  else if (!control && fabs(y->estimate) > (y->high - y->estimate) && fabs(less) <= y->high - y->estimate)
    study_doubt(r, doubt, "it rests on the last period before the start, where the treated may have stood aside: without it the effect is %.4g, as chance alone makes it", less);
  else if (!control && y->errors == SYNTHETIC_PLACEBO && y->p <= 1 - r->level && few > 1 - r->level)
    study_doubt(r, doubt, "an error that is learnt from %d untreated units is so uncertain itself that chance is not excluded (p = %.2g)", y->controls, few);
  return true;
}

/* ---- stepped wedge ---------------------------------------------------------------------------------------------- */

static bool run_wedge(const struct study *s, struct study_result *r, const char **doubt, GError **error)
{
  g_autoptr(panel_auto) p = panel_new(&s->rows, PANEL_AS_IT_IS, error);
  struct trial_wedge w;
  if (!p || !trial_wedge(p, &(struct randomise_options){ .alpha = 1 - r->level, .draws = s->draws, .seed = s->seed }, &w, error))
    return false;
  r->estimate = w.estimate;
  r->se = w.se;
  r->low = w.randomised ? w.chance.low : w.low;
  r->high = w.randomised ? w.chance.high : w.high;
  r->p = w.randomised ? w.chance.p : w.p;
  study_note_panel(r, p);
  study_note(r, "model_low", w.low);
  study_note(r, "model_high", w.high);
  study_note(r, "model_p", w.p);
  study_note(r, "level_sd", w.level_sd);
  study_note(r, "noise_sd", w.sd);
  study_note(r, "icc", w.icc);
  study_note_text(r, "interval_by", w.randomised ? "permuting the order of the starts" : "the mixed model");
  if (w.randomised)
    study_note(r, "assignments", w.chance.assignments);
  else
    study_doubt(r, doubt, "the starts can be permuted in too few ways: the model's interval is too narrow where values hang together in time");
  return true;
}

/* ---- verdict and sentence --------------------------------------------------------------------------------------- */

static enum study_verdict judge(const struct study_result *r, const struct study *s, const char *doubt)
{
  if (r->verdict == STUDY_REFUSED)
    return STUDY_REFUSED;
  if (isnan(r->low) || isnan(r->high) || doubt)
    return STUDY_CANNOT_TELL;
  bool moved = (r->low > 0 || r->high < 0) && !(r->p > 1 - r->level);
  if (s->smallest > 0 && r->low > -s->smallest && r->high < s->smallest)
    return STUDY_DID_NOT_MOVE;
  return moved ? STUDY_MOVED : STUDY_CANNOT_TELL;
}

/* "3.2 lower (95 % interval …)"; of counts in percent, because their estimate is a log ratio. */
static char *size_of(const struct study_result *r)
{
  double by = r->logs ? 100 * expm1(r->estimate) : r->estimate, low = r->logs ? 100 * expm1(r->low) : r->low, high = r->logs ? 100 * expm1(r->high) : r->high;
  const char *unit = r->logs ? " %" : "";
  g_autofree char *interval = isnan(r->low) ? g_strdup("") : g_strdup_printf(" (%.0f %% interval %.4g%s to %.4g%s)", 100 * r->level, low, unit, high, unit);
  return g_strdup_printf("%.4g%s %s than it would have been without the start%s", fabs(by), unit, by < 0 ? "lower" : "higher", interval);
}

static char *say(const struct study_result *r, const struct study *s, const char *doubt)
{
  const char *what = s->outcome ? s->outcome : "the outcome";
  if (r->verdict == STUDY_REFUSED)
    return g_strdup_printf("No effect is given for %s: %s.", what, doubt);
  if (isnan(r->estimate))
    return g_strdup_printf("Whether %s moved cannot be told: %s.", what, doubt ? doubt : "there is no estimate");
  g_autofree char *size = size_of(r), *found = g_strdup_printf("%s is %s", what, size);
  if (r->verdict == STUDY_MOVED)
    return g_strdup_printf("It moved: %s.", found);
  if (r->verdict == STUDY_DID_NOT_MOVE)
    return g_strdup_printf("It did not move: %s, and an effect of %.4g or more can be excluded.", found, s->smallest);
  return g_strdup_printf("It cannot be told: %s, but %s.", found, doubt ? doubt : "chance alone does that often enough");
}

/* What the design does not take must not be passed over: the answer would be another one than was asked for. */
static bool check_question(const struct study *s, GError **error)
{
  const char *name = study_names[s->design];
  if (!s->rows.time && s->design != STUDY_RCT && s->design != STUDY_MATCH)
    return fail(error, MENO_ERROR_BAD_INPUT, "the design %s needs a column of time", name);
  if ((s->windows || s->earlier) && s->design != STUDY_SC)
    return fail(error, MENO_ERROR_BAD_INPUT, "the design %s takes covariates as they are: periods of a covariate (name@from:to) are for the design sc", name);
  if (s->rows.cluster && s->design != STUDY_DID && s->design != STUDY_RCT)
    return fail(error, MENO_ERROR_BAD_INPUT, "the design %s takes no clusters: leave cluster=… out, or make each cluster one unit", name);
  if (s->exposure && s->design != STUDY_ITS)
    return fail(error, MENO_ERROR_BAD_INPUT, "the design %s takes no exposure: divide the outcome by it", name);
  return true;
}

/* Column `column` of the covariates, −1: the outcome. */
static double value_at(const struct panel_rows *rows, int row, int column)
{
  return column < 0 ? rows->outcome[row] : rows->x[(size_t)row * rows->columns + column];
}

static double spread_of(const struct panel_rows *rows, int column)
{
  double low = INFINITY, high = -INFINITY;
  for (int i = 0; i < rows->rows; i++) {
    double value = value_at(rows, i, column);
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  return high - low;
}

/* Squares of what is closer together than this are 0 to a double, and so would be the errors. */
static bool check_spread(const struct study *s, GError **error)
{
  for (int j = -1; j < s->rows.columns; j++) {
    double spread = spread_of(&s->rows, j);
    if (spread > 0 && spread < PANEL_TINY)
      return fail(error, MENO_ERROR_BAD_INPUT, "the values of %s%s lie within %.2g of each other, which is too close to reckon with: multiply the column by a constant", j < 0 ? "the outcome" : "the covariate ",
                  j >= 0 && s->covariates ? s->covariates[j] : "", spread);
  }
  return true;
}

struct study_result *study_estimate(const struct study *s, GError **error)
{
  typedef bool run(const struct study *, struct study_result *, const char **, GError **);
  static run *const runs[] = { run_did, study_its, run_synthetic, run_synthetic, study_bsts, study_rct, run_wedge, study_match };
  g_autoptr(study_result_auto) r = g_new0(struct study_result, 1);
  const char *doubt = NULL;
  g_assert(s->design < STUDY_DESIGNS);
  r->estimate = r->se = r->low = r->high = r->p = NAN;
  r->level = s->alpha > 0 ? 1 - s->alpha : 0.95;
  r->effects = g_array_new(FALSE, FALSE, sizeof(struct study_effect));
  r->notes = g_array_new(FALSE, FALSE, sizeof(struct study_note));
  if (!check_question(s, error) || !check_spread(s, error) || !runs[s->design](s, r, &doubt, error))
    return NULL;
  if (!isnan(r->estimate) && !(r->se > NOISE_LEAST * (r->logs ? 1 : spread_of(&s->rows, -1)))) {
    if (!doubt)
      study_doubt(r, &doubt, "the values leave nothing to chance (there is no noise in them), so that no error can be told");
    r->se = r->low = r->high = r->p = NAN;
  }
  r->verdict = judge(r, s, doubt);
  r->sentence = say(r, s, doubt);
  return g_steal_pointer(&r);
}

void study_result_free(struct study_result *r)
{
  if (!r)
    return;
  for (guint i = 0; r->notes && i < r->notes->len; i++)
    g_free(g_array_index(r->notes, struct study_note, i).text);
  if (r->notes)
    g_array_free(r->notes, TRUE);
  if (r->effects)
    g_array_free(r->effects, TRUE);
  g_free(r->sentence);
  g_free(r);
}
