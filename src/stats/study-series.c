/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The designs that turn the table into one series (the mean of the treated units) or into one row per unit.
 *
 * A period that no row has stands in the series as a missing value, so that the distances in time are what they were.
 *
 * How it can be wrong: a mean over units of which some are missing in some periods would move by who is in it; such periods
 * count as missing. */
#include "stats/bsts.h"
#include "stats/its.h"
#include "stats/match.h"
#include "stats/power.h"
#include "stats/study-private.h"
#include "stats/trial.h"
#include <math.h>
#include <string.h>

#define WAIT_MOST 260
#define PRETENDED_LEAST 8
#define COLUMNS_MOST 4 /* values before the start for each column: with fewer a line cannot be told from them */
#define PRETENDED_MOST (1 / 3.0)
#define GAPS_MOST 4 /* periods without a row for each one with rows: beyond, the periods are no even grid */

/* ---- one series ------------------------------------------------------------------------------------------------- */

struct series { int n, start, columns, treated, others, left_out; int64_t gaps; bool uneven; double *y, *x, *exposure; int64_t *when; };

static int line_of(const struct panel_rows *rows, int row)
{
  return rows->line ? rows->line[row] : row + 1;
}

static void series_clear(struct series *s)
{
  g_free(s->y);
  g_free(s->x);
  g_free(s->exposure);
  g_free(s->when);
}
typedef struct series series_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(series_auto, series_clear)

/* The start of the treated units, which must be one. */
static bool common_start(const struct panel *p, int *ret_start, GError **error)
{
  if (!panel_needs(p, false, error))
    return false;
  for (int i = 0; i < p->units; i++)
    if (p->first[i] < p->periods && p->first[i] != p->first[0])
      return fail(error, MENO_ERROR_BAD_INPUT, "units start at different times: this design takes one start; use did, sdid or stepped-wedge");
  *ret_start = p->first[0];
  return true;
}

/* Mean over the treated of the outcome (column −1) or a covariate; NAN where one lacks. */
static double treated_mean(const struct panel *p, int t, int column, int treated)
{
  double sum = 0;
  for (int i = 0; i < treated; i++) {
    size_t at = (size_t)t * p->units + i;
    sum += column < 0 ? p->y[at] : p->x[at * p->columns + column];
  }
  return sum / treated;
}

static bool whole(const struct panel *p, int unit)
{
  for (int t = 0; t < p->periods; t++)
    if (isnan(p->y[(size_t)t * p->units + unit]))
      return false;
  return true;
}

/* Where in the series each period stands: in a place of its own, with places for periods that nobody has. */
static int *make_places(const struct study *study, const struct panel *p, struct series *s)
{
  int *place = g_new(int, (size_t)p->periods);
  s->uneven = study->uneven || p->gaps < 0 || p->gaps > (int64_t)GAPS_MOST * p->periods;
  s->gaps = s->uneven ? 0 : p->gaps;
  s->n = p->periods + (int)s->gaps;
  s->when = g_new(int64_t, (size_t)s->n);
  for (int t = 0; t < s->n; t++)
    s->when[t] = s->uneven ? p->when[t] : p->when[0] + t * p->step;
  for (int t = 0; t < p->periods; t++)
    place[t] = s->uneven ? t : (int)((p->when[t] - p->when[0]) / p->step);
  while (s->start > 0 && s->when[s->start - 1] >= p->start[0])
    s->start--;
  while (s->start < s->n && s->when[s->start] < p->start[0])
    s->start++;
  return place;
}

static void fill_period(const struct panel *p, int t, const bool *other, int at, struct series *s)
{
  int j = 0, width = s->columns + s->others;
  s->y[at] = treated_mean(p, t, -1, s->treated);
  for (; j < s->columns; j++)
    s->x[(size_t)at * width + j] = treated_mean(p, t, j, s->treated);
  for (int i = s->treated; i < p->units; i++)
    if (other[i])
      s->x[(size_t)at * width + j++] = p->y[(size_t)t * p->units + i];
  if (s->exposure)
    s->exposure[at] = treated_mean(p, t, s->columns, s->treated);
}

/* The columns that foretell may have no gaps: where all of a period lacks, the one before stands in. It weighs nothing, as no
 * value is held against it. */
static void bridge(struct series *s)
{
  int width = s->columns + s->others;
  for (int t = 1; t < s->n; t++)
    for (int j = 0; j < width; j++)
      if (isnan(s->y[t]) && isnan(s->x[(size_t)t * width + j]))
        s->x[(size_t)t * width + j] = s->x[(size_t)(t - 1) * width + j];
}

/* Exposure rides along as the last covariate. `others`: untreated units become columns, and no column may have gaps. */
static bool make_series(const struct study *study, bool others, struct series *s, GError **error)
{
  struct panel_rows rows = study->rows;
  g_autofree double *x = NULL;
  if (study->exposure) {
    x = g_new(double, (size_t)rows.rows * (size_t)(rows.columns + 1));
    for (int i = 0; i < rows.rows; i++) {
      memcpy(x + (size_t)i * (rows.columns + 1), rows.x + (size_t)i * rows.columns, sizeof(double) * (size_t)rows.columns);
      x[(size_t)i * (rows.columns + 1) + rows.columns] = study->exposure[i];
    }
    rows.x = x;
    rows.columns++;
  }
  g_autoptr(panel_auto) p = panel_new(&rows, PANEL_AS_IT_IS, error);
  if (!p || !common_start(p, &s->start, error))
    return false;
  g_autofree int *place = make_places(study, p, s);
  s->treated = panel_treated(p);
  s->columns = study->rows.columns;
  if (!others && !study->exposure)
    panel_standardise(p);
  g_autofree bool *other = g_new0(bool, (size_t)p->units);
  for (int i = s->treated; others && i < p->units; i++) {
    other[i] = whole(p, i);
    s->others += other[i];
    s->left_out += !other[i];
  }
  size_t n = (size_t)s->n, cells = n * (size_t)MAX(s->columns + s->others, 1);
  s->y = g_new(double, n);
  s->x = g_new(double, cells);
  s->exposure = study->exposure ? g_new(double, n) : NULL;
  for (size_t i = 0; i < n; i++) {
    s->y[i] = NAN;
    if (s->exposure)
      s->exposure[i] = NAN;
  }
  for (size_t i = 0; i < cells; i++)
    s->x[i] = NAN;
  for (int t = 0; t < p->periods; t++)
    fill_period(p, t, other, place[t], s);
  if (others)
    bridge(s);
  return true;
}

static void note_series(struct study_result *r, const struct series *s, const char **doubt)
{
  int missing = 0;
  for (int t = 0; t < s->n; t++)
    missing += isnan(s->y[t]);
  study_note(r, "periods", s->n);
  study_note(r, "before", s->start);
  study_note(r, "treated_units", s->treated);
  study_note(r, "missing_periods", s->gaps);
  study_note(r, "missing_values", missing);
  if (s->uneven)
    study_doubt(r, doubt, "the periods are not evenly spaced, and this design takes them as if they were");
}

static void put_its(struct study_result *r, const char *kind, const struct its_effect *e)
{
  study_effect(r, kind, PANEL_NEVER, PANEL_NEVER, e->estimate, e->se, e->low, e->high, strcmp(kind, "trend_before") != 0);
}

/* Newey and West's intervals are too narrow on short series: those of errors that are not take their place, and theirs stay in the notes. */
static void widen(struct study_result *r, struct its_result *i, const struct its_result *kept)
{
  struct its_effect *narrow[] = { &i->level, &i->slope, &i->mean, &i->last, &i->trend };
  const struct its_effect *wide[] = { &kept->level, &kept->slope, &kept->mean, &kept->last, &kept->trend };
  study_note(r, "newey_west_low", i->level.low);
  study_note(r, "newey_west_high", i->level.high);
  study_note(r, "newey_west_p", i->level.p);
  for (unsigned e = 0; e < G_N_ELEMENTS(wide); e++) {
    narrow[e]->low = wide[e]->low;
    narrow[e]->high = wide[e]->high;
    narrow[e]->p = wide[e]->p;
  }
}

static bool check_exposure(const struct study *study, GError **error)
{
  for (int i = 0; study->exposure && i < study->rows.rows; i++)
    if (study->exposure[i] <= 0)
      return fail(error, MENO_ERROR_BAD_INPUT, "row %d: the exposure %g is not above 0: counts are per so much of it", line_of(&study->rows, i), study->exposure[i]);
  return true;
}

/* Counts are taken as independent given the trend: a claim must also stand with an interval widened by the autocorrelation that is left,
 * and by as much more as an estimate lies too low from so many values and for so many columns (some two for each). */
static void doubt_counts(const struct its_result *i, struct study_result *r, const char **doubt)
{
  double rho = CLAMP(i->autocorrelation + 2.0 * i->columns / i->rows, 0, 0.95), wider = sqrt((1 + rho) / (1 - rho));
  double low = r->estimate - wider * (r->estimate - r->low), high = r->estimate + wider * (r->high - r->estimate);
  study_note(r, "rate_ratio_low_with_autocorrelation", exp(low));
  study_note(r, "rate_ratio_high_with_autocorrelation", exp(high));
  if ((r->low > 0 || r->high < 0) && low <= 0 && high >= 0)
    study_doubt(r, doubt, "the counts hang together in time (%.2f): with an interval for that chance is not excluded", rho);
}

bool study_its(const struct study *study, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "newey-west", "prais-winsten", "reml", "poisson", "quasi-poisson", NULL };
  int method = study->method || !study->exposure ? study_choice(study, methods, error) : ITS_QUASI_POISSON;
  g_auto(series_auto) s = { 0 };
  struct its_result i;
  if (method < 0 || !check_exposure(study, error) || !make_series(study, false, &s, error))
    return false;
  struct its_options options = { .model = method, .level_only = study->level_only, .season = study->season, .harmonics = study->harmonics, .lags = study->lags, .alpha = 1 - r->level };
  if (!its_estimate(&(struct its_series){ .n = s.n, .start = s.start, .y = s.y, .exposure = s.exposure, .x = s.columns ? s.x : NULL, .columns = s.columns }, &options, &i, error))
    return false;
  struct its_result kept = { .level.p = NAN };
  bool own = study->method || study->lags;
  options.model = ITS_AUTOREGRESSIVE;
  if (method == ITS_NEWEY_WEST && its_estimate(&(struct its_series){ .n = s.n, .start = s.start, .y = s.y, .x = s.columns ? s.x : NULL, .columns = s.columns }, &options, &kept, NULL)) {
    study_note(r, "autoregressive_se", kept.level.se);
    study_note(r, "autoregressive_p", kept.level.p);
    study_note(r, "autoregressive_autocorrelation", kept.autocorrelation);
    study_note(r, "autoregressive_degrees_of_freedom", kept.df);
    if (!own)
      widen(r, &i, &kept);
  }
  if (!isnan(kept.level.p)) {
    study_note(r, "autocorrelation_left", kept.left);
    study_note(r, "error_as_the_spread_lies", kept.uneven);
  }
  study_note_text(r, "interval_by", method == ITS_NEWEY_WEST && !own ? "the error of least squares under autoregressive noise" : methods[method]);
  r->estimate = i.level.estimate;
  r->se = i.level.se;
  r->low = i.level.low;
  r->high = i.level.high;
  r->p = i.level.p;
  put_its(r, "level", &i.level);
  put_its(r, "slope", &i.slope);
  put_its(r, "mean", &i.mean);
  put_its(r, "last", &i.last);
  put_its(r, "trend_before", &i.trend);
  note_series(r, &s, doubt);
  study_note_text(r, "errors", methods[method]);
  r->logs = i.logs;
  study_note_text(r, "scale", i.logs ? "log of a rate ratio" : "unit of the outcome");
  if (i.logs) {
    study_note(r, "rate_ratio", exp(i.level.estimate));
    study_note(r, "rate_ratio_low", exp(i.level.low));
    study_note(r, "rate_ratio_high", exp(i.level.high));
    study_note(r, "dispersion", i.dispersion);
  }
  study_note(r, "autocorrelation", i.autocorrelation);
  study_note(r, "durbin_watson", i.durbin_watson);
  study_note(r, "rows", i.rows);
  study_note(r, "lags", i.lags);
  study_note(r, "degrees_of_freedom", i.df);
  if (i.rows < 24 || MIN(i.before, i.after) < 8)
    study_doubt(r, doubt, "%d values before and %d after are too few to tell a step from autocorrelation: eight of each are the least", i.before, i.after);
  else if (kept.level.p > 1 - r->level && !(i.level.p > 1 - r->level))
    study_doubt(r, doubt, "an error that takes the autocorrelation of %.2f for what it is does not exclude chance (p = %.2g)", kept.autocorrelation, kept.level.p);
  else if (!isnan(kept.level.p) && kept.wanders)
    study_doubt(r, doubt, "what the lines leave wanders off without returning: a series that does so takes such steps of its own");
  else if (!isnan(kept.level.p) && kept.left + (double)kept.columns / kept.rows > 2 / sqrt(kept.rows))
    study_doubt(r, doubt, "what the lines leave hangs together over more than one period (%.2f is left after the autocorrelation): curves or seasons are not in the model", kept.left);
  else if (fabs(kept.level.estimate) <= kept.uneven * (kept.level.high - kept.level.estimate) && fabs(kept.level.estimate) > kept.level.high - kept.level.estimate)
    study_doubt(r, doubt, "the values vary more where the step is learnt from: with an error for that chance is not excluded");
  else if (method == ITS_POISSON && i.dispersion > 1.5)
    study_doubt(r, doubt, "the counts vary %.2g times as much as Poisson's: use the method quasi-poisson", i.dispersion);
  else if (i.logs)
    doubt_counts(&i, r, doubt);
  return true;
}

/* What foretells must be known in every row of the treated. */
static bool check_gaps(const struct panel_rows *rows, GError **error)
{
  for (int i = 0; i < rows->rows; i++)
    for (int j = 0; j < rows->columns; j++)
      if (rows->start && rows->start[i] != PANEL_NEVER && isnan(rows->x[(size_t)i * rows->columns + j]))
        return fail(error, MENO_ERROR_BAD_INPUT, "row %d: a covariate is missing: this design foretells from them, and needs them in every period", line_of(rows, i));
  return true;
}

/* The same question to a model that has the noise for what it is: a line, the columns that foretell, autoregressive noise. Where that finds
 * chance enough, or noise that never returns, the other's claim is its own. */
static void doubt_by_line(const struct series *s, const struct bsts_options *options, struct study_result *r, const char **doubt)
{
  struct its_result line;
  int columns = s->columns + s->others;
  struct its_options plain = { .model = ITS_AUTOREGRESSIVE, .level_only = true, .season = options->season, .harmonics = MIN(options->season / 2, 3), .alpha = options->alpha };
  if (columns > s->start / COLUMNS_MOST || !its_estimate(&(struct its_series){ .n = s->n, .start = s->start, .y = s->y, .x = columns ? s->x : NULL, .columns = columns }, &plain, &line, NULL))
    return;
  study_note(r, "line_estimate", line.level.estimate);
  study_note(r, "line_p", line.level.p);
  study_note(r, "line_autocorrelation", line.autocorrelation);
  if (!(r->low > 0 || r->high < 0))
    return;
  if (line.wanders)
    study_doubt(r, doubt, "what the other series leave of this one wanders off without returning: it takes such steps of its own");
  else if (line.level.p > options->alpha)
    study_doubt(r, doubt, "a line with the same series beside it and noise that hangs together in time (%.2f) does not exclude chance (p = %.2g)", line.autocorrelation, line.level.p);
}

/* The model takes what it leaves as independent from value to value, and the level as all but still. Where neither is so its
 * interval is too narrow; so a claim must also stand with an interval that is widened by the autocorrelation of what was left
 * before the start, and there must not be one a third as large at a start pretended in the past. Of series of 60 to 100 values without
 * an effect, autocorrelation 0.3 to 0.6, 15 to 38 % were claimed without this, 1 to 13 % with it (120 each). */
static void doubt_bsts(const struct series *s, const struct bsts_options *options, const struct bsts_result *b, struct study_result *r, const char **doubt)
{
  double mean = 0, square = 0, across = 0, before = NAN;
  int n = 0, columns = s->columns + s->others, pretended = s->start * 2 / 3;
  for (int t = 0; t < s->start; t++)
    if (!isnan(s->y[t]))
      mean += (s->y[t] - b->mean[t] - mean) / ++n;
  for (int t = 0; t < s->start; t++) {
    double away = s->y[t] - b->mean[t] - mean;
    square += isnan(away) ? 0 : away * away;
    across += isnan(away) || isnan(before) ? 0 : away * before;
    before = away;
  }
  double rho = square > 0 ? CLAMP(across / square + 2.0 / n, 0, 0.95) /* what is estimated from n values lies that much too low */ : 0, wider = sqrt((1 + rho) / (1 - rho));
  double low = r->estimate - wider * (r->estimate - r->low), high = r->estimate + wider * (r->high - r->estimate);
  study_note(r, "autocorrelation", rho);
  study_note(r, "low_with_autocorrelation", low);
  study_note(r, "high_with_autocorrelation", high);
  if ((r->low > 0 || r->high < 0) && low <= 0 && high >= 0)
    study_doubt(r, doubt, "what the model leaves hangs together in time (%.2f): with an interval for that (%.4g to %.4g) chance is not excluded", rho, low, high);
  if (pretended < PRETENDED_LEAST)
    return;
  g_autoptr(bsts_result_auto) past = bsts_estimate(&(struct bsts_series){ .n = s->start, .start = pretended, .y = s->y, .x = columns ? s->x : NULL, .columns = columns }, options, NULL);
  if (!past)
    return;
  low = past->effect.mean - wider * (past->effect.mean - past->effect.low);
  high = past->effect.mean + wider * (past->effect.high - past->effect.mean);
  study_note(r, "pretended_estimate", past->effect.mean);
  study_note(r, "pretended_low", low);
  study_note(r, "pretended_high", high);
  if ((low > 0 || high < 0) && fabs(past->effect.mean) > PRETENDED_MOST * fabs(r->estimate))
    study_doubt(r, doubt, "at a start pretended in the past the model would claim an effect as well (%.4g to %.4g)", low, high);
}

bool study_bsts(const struct study *study, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "local-level", NULL };
  g_auto(series_auto) s = { 0 };
  if (study_choice(study, methods, error) < 0 || !check_gaps(&study->rows, error) || !make_series(study, true, &s, error))
    return false;
  struct bsts_options options = { .draws = study->draws, .season = study->season, .alpha = 1 - r->level, .seed = study->seed };
  int columns = s.columns + s.others;
  g_autoptr(bsts_result_auto) b = bsts_estimate(&(struct bsts_series){ .n = s.n, .start = s.start, .y = s.y, .x = columns ? s.x : NULL, .columns = columns }, &options, error);
  if (!b)
    return false;
  r->estimate = b->effect.mean;
  r->se = b->effect.sd;
  r->low = b->effect.low;
  r->high = b->effect.high;
  r->p = b->p;
  int first = s.start; /* the first period after that was seen */
  while (isnan(s.y[first]))
    first++;
  for (int t = first; t < s.n; t++)
    if (!isnan(s.y[t]))
      study_effect(r, "gap", s.when[first], s.when[t], s.y[t] - b->mean[t], NAN, s.y[t] - b->high[t], s.y[t] - b->low[t], true);
  note_series(r, &s, doubt);
  study_note(r, "actual", b->actual);
  study_note(r, "predicted", b->predicted.mean);
  study_note(r, "predicted_sd", b->predicted.sd);
  study_note(r, "predicted_low", b->predicted.low);
  study_note(r, "predicted_high", b->predicted.high);
  study_note(r, "cumulative_effect", b->total_effect.mean);
  study_note(r, "cumulative_sd", b->total_effect.sd);
  study_note(r, "cumulative_low", b->total_effect.low);
  study_note(r, "cumulative_high", b->total_effect.high);
  study_note(r, "relative", b->relative.mean);
  study_note(r, "relative_sd", b->relative.sd);
  study_note(r, "relative_low", b->relative.low);
  study_note(r, "relative_high", b->relative.high);
  study_note(r, "series_beside", columns);
  study_note(r, "series_left_out_for_gaps", s.left_out);
  study_note(r, "draws", b->draws);
  if (s.start < 12)
    study_doubt(r, doubt, "%d values before the start are too few to learn from: a dozen is the least", s.start);
  doubt_bsts(&s, &options, b, r, doubt);
  doubt_by_line(&s, &options, r, doubt);
  return true;
}

/* ---- one row per unit ------------------------------------------------------------------------------------------- */

static void put_trial(struct study_result *r, const struct trial_result *t)
{
  r->estimate = t->estimate;
  r->se = t->se;
  r->low = t->low;
  r->high = t->high;
  r->p = t->p;
  study_note(r, "rows", t->rows);
  study_note(r, "clusters", t->clusters);
  study_note(r, "treated_clusters", t->treated);
  study_note(r, "degrees_of_freedom", t->df);
  study_note(r, "cr1_se", t->cr1_se);
  study_note(r, "unadjusted_se", t->plain_se);
}

/* 1 where a row's unit is treated. */
static int *treated_rows(const struct panel_rows *rows)
{
  int *treated = g_new(int, (size_t)MAX(rows->rows, 1));
  for (int i = 0; i < rows->rows; i++)
    treated[i] = rows->start && rows->start[i] != PANEL_NEVER;
  return treated;
}

static bool check_rows(const struct panel_rows *rows, GError **error)
{
  for (int i = 0; i < rows->rows; i++) {
    double worst = fabs(rows->outcome[i]);
    for (int j = 0; j < rows->columns; j++)
      worst = fmax(worst, fabs(rows->x[(size_t)i * rows->columns + j]));
    if (worst > PANEL_HUGE)
      return fail(error, MENO_ERROR_BAD_INPUT, "row %d: the value %g is %s: correct it, or divide the column by a constant", line_of(rows, i), worst,
                  isinf(worst) ? "infinite" : "too large to reckon with");
  }
  return true;
}

/* With the noise that there was before: what could be found by now, and how long until the effect worth having could. */
static void note_wait(const struct study *study, struct study_result *r, const struct panel *p)
{
  struct power_design d = { .units = p->units, .periods = p->periods, .first = p->first, .ramp = study->ramp, .alpha = 1 - r->level, .means = true };
  if (!power_learn(p, &d))
    return;
  study_note(r, "noise_sd", d.sd);
  study_note(r, "noise_autocorrelation", d.autocorrelation);
  study_note(r, "smallest_found_with_80_percent", power_smallest(power_se(&d), power_df(&d), d.alpha, 0.8));
  if (study->smallest <= 0)
    return;
  int wait = power_wait(&d, study->smallest, 0.8, WAIT_MOST);
  study_note(r, "power_now", power_of(study->smallest, power_se(&d), power_df(&d), d.alpha));
  if (wait >= 0)
    study_note(r, "periods_until_80_percent", wait);
  else
    study_note_text(r, "periods_until_80_percent", "never with these units");
}

bool study_rct(const struct study *study, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "difference", "cuped", "ancova", "lin", NULL };
  const struct panel_rows *rows = &study->rows;
  int method = study_choice(study, methods, error);
  struct trial_result t;
  if (method < 0)
    return false;
  if (rows->time) {
    g_autoptr(panel_auto) p = panel_new(rows, PANEL_AS_IT_IS, error);
    if (!p || !trial_panel(p, study->ramp, study->method ? (enum trial_method)method : TRIAL_ANCOVA, 1 - r->level, &t, error))
      return false;
    study_note_panel(r, p);
    note_wait(study, r, p);
    study_note_text(r, "adjusted_by", study->method && method == TRIAL_DIFFERENCE ? "nothing" : p->first[0] > 0 ? "the unit's mean before" : "nothing: there is no before");
    study_note_text(r, "method", methods[study->method ? method : TRIAL_ANCOVA]);
  } else {
    g_autofree int *treated = treated_rows(rows);
    bool members = rows->rows > rows->units;
    const int *cluster = rows->cluster ? rows->cluster : members ? rows->unit : NULL;
    int clusters = rows->units;
    for (int i = 0; rows->cluster && i < rows->rows; i++)
      clusters = MAX(clusters, rows->cluster[i] + 1);
    struct trial_rows in = { .n = rows->rows, .outcome = rows->outcome, .treated = treated, .x = rows->x, .columns = rows->columns,
                             .cluster = cluster, .clusters = clusters };
    enum trial_method chosen = study->method ? (enum trial_method)method : rows->columns ? TRIAL_ADJUSTED : TRIAL_DIFFERENCE;
    if (!check_rows(rows, error) || !trial_parallel(&in, chosen, 1 - r->level, &t, error))
      return false;
    study_note_text(r, "method", methods[chosen]);
    study_note(r, "units", rows->cluster ? rows->units : t.clusters);
    if (!rows->cluster)
      study_note(r, "treated_units", t.treated);
    study_note(r, "rows_left_out", rows->rows - t.rows);
  }
  put_trial(r, &t);
  if (MIN(t.treated, t.clusters - t.treated) < 3)
    study_doubt(r, doubt, "%d treated and %d other units are too few to know what chance does", t.treated, t.clusters - t.treated);
  return true;
}

/* Per unit: mean after, and as covariates the mean before and the covariates of the last period before. Beside these the way before:
 * the last value and the slope, as far as the periods tell them from the mean. */
struct collapsed { int n, columns, ways; int64_t gaps; double *y, *x, *way; int *treated; };

static void collapsed_clear(struct collapsed *c)
{
  g_free(c->y);
  g_free(c->x);
  g_free(c->way);
  g_free(c->treated);
}
typedef struct collapsed collapsed_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(collapsed_auto, collapsed_clear)

static bool collapse(const struct study *study, struct collapsed *c, GError **error)
{
  g_autoptr(panel_auto) p = panel_new(&study->rows, PANEL_AS_IT_IS, error);
  int start = 0;
  if (!p || !common_start(p, &start, error))
    return false;
  c->n = p->units;
  c->gaps = p->gaps;
  c->columns = (start > 0) + p->columns;
  c->y = g_new0(double, (size_t)MAX(c->n, 1));
  c->x = g_new0(double, (size_t)MAX(c->n, 1) * (size_t)MAX(c->columns, 1));
  c->treated = g_new(int, (size_t)MAX(c->n, 1));
  c->ways = CLAMP(start - 1, 0, 2);
  c->way = g_new0(double, (size_t)MAX(c->n, 1) * (size_t)MAX(c->ways, 1));
  for (int i = 0; i < c->n; i++) {
    double *way = c->way + (size_t)i * c->ways;
    if (c->ways > 0)
      way[0] = p->y[(size_t)(start - 1) * p->units + i];
    for (int t = 0; t < start && c->ways > 1; t++)
      way[1] += (2 * t - start + 1) * p->y[(size_t)t * p->units + i];
    double *x = c->x + (size_t)i * c->columns;
    c->treated[i] = p->first[i] < p->periods;
    for (int t = 0; t < p->periods; t++)
      *(t < start ? &x[0] : &c->y[i]) += p->y[(size_t)t * p->units + i] / (t < start ? start : p->periods - start);
    for (int j = 0; j < p->columns; j++)
      x[(start > 0) + j] = p->x[((size_t)MAX(start - 1, 0) * p->units + i) * p->columns + j];
  }
  return true;
}

/* Is there still an effect, on the same side, if the groups are made alike in `extra` [n * extras] as well? */
static bool stands_with(const struct match_rows *in, enum match_method method, double alpha, const double *extra, int extras, double of)
{
  int k = in->columns + extras;
  g_autofree double *x = g_new(double, (size_t)in->n * (size_t)k);
  for (int i = 0; i < in->n; i++) {
    memcpy(x + (size_t)i * k, in->x + (size_t)i * in->columns, sizeof(double) * (size_t)in->columns);
    memcpy(x + (size_t)i * k + in->columns, extra + (size_t)i * extras, sizeof(double) * (size_t)extras);
  }
  g_autoptr(match_result_auto) m = match_estimate(&(struct match_rows){ in->n, k, in->outcome, in->treated, x, NULL }, method, alpha, NULL);
  return m && m->balanced && (of > 0 ? m->low > 0 : m->high < 0);
}

/* Does the same comparison find an effect on a column of what was before the start, where there can be none? */
static bool finds_in(const struct match_rows *in, enum match_method method, double alpha, const double *before, int columns, int column)
{
  g_autofree double *y = g_new(double, (size_t)in->n);
  for (int i = 0; i < in->n; i++)
    y[i] = before[(size_t)i * columns + column];
  g_autoptr(match_result_auto) m = match_estimate(&(struct match_rows){ in->n, in->columns, y, in->treated, in->x, NULL }, method, alpha, NULL);
  return m && m->p < alpha;
}

/* Squares of the covariates that take more than two values, about their means; their number. */
static int make_squares(const struct match_rows *in, double *ret)
{
  g_autofree int *column = g_new(int, (size_t)in->columns);
  g_autofree double *mean = g_new0(double, (size_t)in->columns);
  int squares = 0;
  for (int j = 0; j < in->columns; j++) {
    double one = NAN, two = NAN;
    bool more = false;
    int seen = 0;
    for (int i = 0; i < in->n; i++) {
      double value = in->x[(size_t)i * in->columns + j];
      if (isnan(value))
        continue;
      mean[j] += (value - mean[j]) / ++seen;
      if (isnan(one))
        one = value;
      else if (isnan(two) && (value < one || value > one))
        two = value;
      else if (!isnan(two) && (value < one || value > one) && (value < two || value > two))
        more = true;
    }
    if (more)
      column[squares++] = j;
  }
  for (int i = 0; i < in->n; i++)
    for (int j = 0; j < squares; j++) {
      double away = in->x[(size_t)i * in->columns + column[j]] - mean[column[j]];
      ret[(size_t)i * squares + j] = away * away;
    }
  return squares;
}

/* What a claim must stand: groups that are alike in the means may be apart in the spread, and on ways that only look alike on average. */
static void doubt_alike(const struct match_rows *in, enum match_method method, double alpha, const struct collapsed *c, struct study_result *r, const char **doubt)
{
  if (!(r->low > 0 || r->high < 0))
    return;
  if (c->ways > 0 && !stands_with(in, method, alpha, c->way, c->ways, r->estimate))
    study_doubt(r, doubt, "if treated and others are made alike in %s as well, chance is not excluded, or they cannot be", c->ways > 1 ? "the last value and the trend before the start" : "the last value before the start");
  if (c->ways > 1 && finds_in(in, method, alpha, c->way, c->ways, 1))
    study_doubt(r, doubt, "the treated were on a way of their own before the start already: the same comparison finds an effect on the trend then");
  g_autofree double *square = g_new(double, (size_t)in->n * (size_t)in->columns);
  int squares = make_squares(in, square);
  if (squares > 0 && !stands_with(in, method, alpha, square, squares, r->estimate))
    study_doubt(r, doubt, "if treated and others are made alike in the spread of the covariates as well, chance is not excluded, or they cannot be");
}

bool study_match(const struct study *study, struct study_result *r, const char **doubt, GError **error)
{
  static const char *const methods[] = { "entropy", "propensity", NULL };
  const struct panel_rows *rows = &study->rows;
  int method = study_choice(study, methods, error);
  g_auto(collapsed_auto) c = { 0 };
  if (method < 0 || !check_rows(rows, error) || (rows->time && !collapse(study, &c, error)))
    return false;
  if (!rows->time && rows->rows > rows->units)
    return fail(error, MENO_ERROR_BAD_INPUT, "a unit has several rows and there is no column of time: name one, or leave one row per unit");
  g_autofree int *treated = treated_rows(rows);
  int own = rows->time ? rows->columns - c.columns : 0; /* −1: the mean before stands first */
  g_autofree const char **name = g_new(const char *, (size_t)rows->columns + 1);
  for (int j = 0; study->covariates && j < rows->columns - own; j++)
    name[j] = j + own < 0 ? "mean before" : study->covariates[j + own];
  const char *const *names = study->covariates ? name : NULL;
  struct match_rows in = rows->time ? (struct match_rows){ c.n, c.columns, c.y, c.treated, c.x, names }
                                    : (struct match_rows){ rows->rows, rows->columns, rows->outcome, treated, rows->x, names };
  g_autoptr(match_result_auto) m = match_estimate(&in, method, 1 - r->level, error);
  if (!m)
    return false;
  study_note(r, "treated_units", m->treated);
  study_note(r, "controls", m->controls);
  study_note(r, "units_left_out", in.n - m->treated - m->controls);
  if (rows->time)
    study_note(r, "missing_periods", MAX(c.gaps, 0));
  study_note(r, "effective_controls", m->effective);
  study_note(r, "largest_weight", m->largest_share);
  study_note(r, "worst_difference", m->worst);
  for (int j = 0; j < m->columns; j++) {
    study_effect(r, "balance_before", j + own, PANEL_NEVER, m->balance[j].before, NAN, NAN, NAN, false);
    study_effect(r, "balance_after", j + own, PANEL_NEVER, m->balance[j].after, NAN, NAN, NAN, false);
  }
  if (!m->balanced) {
    r->verdict = STUDY_REFUSED;
    if (m->worst > MATCH_ALIKE)
      study_doubt(r, doubt, "treated and others could not be made alike: a covariate still differs by %.2f standard deviations (%.1f is allowed)", m->worst, MATCH_ALIKE);
    else
      study_doubt(r, doubt, "the weights rest on %.1f controls: too few are like the treated", m->effective);
    return true;
  }
  r->estimate = m->estimate;
  r->se = m->se;
  r->low = m->low;
  r->high = m->high;
  r->p = m->p;
  study_note(r, "e_value", m->e_value);
  study_note(r, "e_value_interval", m->e_value_low);
  doubt_alike(&in, method, 1 - r->level, &c, r, doubt);
  return true;
}
