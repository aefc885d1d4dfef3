/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * analytics: did behaviour change, did the metric move, what did it cost, and how long did it take?
 *
 * Inputs: registered interventions with their frozen teams, KPIs, results, changes, memberships, deliveries; for what stands beside an
 * effect and for what hinders it, of groups only, the pulse, the work log, tickets, load, objectives, and the needs of the same teams. Nothing of pay.
 *
 * Method: src/impact (measure.h). One verdict for each intervention, at its last registered reading; the interval comes from the lot by which
 * the teams were dealt to their dates. Before that, *moved* alone may be said, by a band that holds however often one looks.
 *
 * Claims:
 *   effect       subject: the intervention's id. {id, goal, verdict, basis (last reading, any time, descriptive), estimate, se, interval [low, high], p, method, needed, cost, lead_days
 *                {signal, need, accepted, live, first_use, effect: days since the signal}, sentence, confidence (words), units, treated,
 *                waiting, from, to, reading, minimum_effect, seen (share of the registered weeks), value {money, low, high, currency, period},
 *                return, return_interval, series {week, effect, low, high}, raw {days, treated, comparison}, placebo {estimate, interval,
 *                p, series}, pretrend, levels [{level (3, 2, 1), fill (what would fill it where it is empty), signs [{source, sentence, estimate, interval,
 *                results, people}]}], blockers [{kind (need, pulse, tickets, load, deliveries), sentence, need, count, people}], behaviour {skill, level, sentence, estimate, interval, p, results, people}, exposures {people, opened, early, teams
 *                [{team, people, shown, opened, done}]}, moves, changes [{title, kind, scope, day}]}. Estimates have the goal's unit and the
 *                sign that they have in the KPI. What there is not is null.
 *   what works   subject "CAUSE: REMEDY" or "CAUSE: KIND NAME". {cause, kind (remedy, signal, agent, modality, pattern), name, tried, moved, did_not_move,
 *                cannot_tell, a, b, mean, low, high}: of the interventions that could be told and that this means led to, how many moved
 *                their goal, as a Beta distribution from (1, 1): the weights that agents go by next time (company->weights). "Cannot
 *                tell" counts for nothing in it, nor does what was told before a person set the weight back.
 *
 * How it can be wrong: src/impact says so file by file. What works is said of a company's own rollouts, few as they are: the interval
 * tells how little is known.
 *
 * References: D. Kirkpatrick, Techniques for evaluating training programs, Journal of ASTD 13 (1959); those of the methods stand in src/impact. */
#include "agents/agent.h"
#include "impact/measure.h"
#include "stats/beta.h"
#include <math.h>
#include <string.h>

#define LEAST_PEOPLE 5
#define VALID_DAYS 400
#define SURE 0.95
#define UNSURE 0.5

/* Rounded to what the estimates bear, so that the same data give the same claim on every machine. */
static double rounded(double value)
{
  if (!isfinite(value) || value == 0)
    return value;
  double step = pow(10, floor(log10(fabs(value))) - 5);
  return round(value / step) * step;
}

static void put_figure(struct json_writer *w, const char *key, double value)
{
  json_put_number(w, key, rounded(value));
}

static void put_day(struct json_writer *w, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(w, key, day == CLOCK_NO_DAY ? NULL : clock_format_day(day, text));
}

/* Two figures in rising order; null where there are none. */
static void put_interval(struct json_writer *w, const char *key, double a, double b)
{
  if (!isfinite(a) || !isfinite(b)) {
    json_put_null(w, key);
    return;
  }
  json_open_array(w, key);
  put_figure(w, NULL, fmin(a, b));
  put_figure(w, NULL, fmax(a, b));
  json_close_array(w);
}

static void put_numbers(struct json_writer *w, const char *key, const double *values, int count, double sign)
{
  json_open_array(w, key);
  for (int i = 0; i < count; i++)
    put_figure(w, NULL, sign * values[i]);
  json_close_array(w);
}

static void put_curve(struct json_writer *w, const struct impact_curve *curve, double sign)
{
  if (curve->count == 0) {
    json_put_null(w, "series");
    return;
  }
  json_open_object(w, "series");
  json_open_array(w, "week");
  for (int i = 0; i < curve->count; i++)
    json_put_integer(w, NULL, curve->week[i]);
  json_close_array(w);
  put_numbers(w, "effect", curve->effect, curve->count, sign);
  put_numbers(w, "low", sign > 0 ? curve->low : curve->high, curve->count, sign);
  put_numbers(w, "high", sign > 0 ? curve->high : curve->low, curve->count, sign);
  json_close_object(w);
}

static void put_test(struct json_writer *w, const char *key, const struct impact_figure *figure, const struct impact_curve *curve, double sign)
{
  if (!isfinite(figure->value)) {
    json_put_null(w, key);
    return;
  }
  json_open_object(w, key);
  put_figure(w, "estimate", sign * figure->value);
  put_interval(w, "interval", sign * figure->low, sign * figure->high);
  put_figure(w, "p", figure->p);
  put_curve(w, curve, sign);
  json_close_object(w);
}

static void put_plots(struct json_writer *w, const struct impact_effect *e, double sign)
{
  put_curve(w, &e->curve, sign);
  if (e->days == 0) {
    json_put_null(w, "raw");
    return;
  }
  json_open_object(w, "raw");
  json_open_array(w, "days");
  for (int i = 0; i < e->days; i++)
    put_day(w, NULL, e->day[i]);
  json_close_array(w);
  put_numbers(w, "treated", e->treated_mean, e->days, 1);
  put_numbers(w, "comparison", e->comparison_mean, e->days, 1);
  json_close_object(w);
}

/* What people do on the job comes before what they can do when asked. */
static const struct impact_behaviour *telling(const struct impact_effect *e)
{
  const struct impact_behaviour *best = NULL;
  for (int i = 0; i < e->behaviours; i++)
    if (best == NULL || e->behaviour[i].level > best->level || (e->behaviour[i].level == best->level && e->behaviour[i].results > best->results))
      best = &e->behaviour[i];
  return best;
}

static void put_behaviour(struct json_writer *w, const struct company *c, const struct impact_effect *e)
{
  const struct impact_behaviour *b = telling(e);
  if (b == NULL) {
    json_put_null(w, "behaviour");
    return;
  }
  const char *skill = c->skills.at[b->skill].name, *where = b->level == 3 ? "on the job" : "in practice and assessments";
  bool clear = b->change.low > 0 || b->change.high < 0;
  g_autofree char *sentence = clear
    ? g_strdup_printf("Results in %s %s %s by %.0f points of 100 more in teams that started than in those that wait.", skill, where,
                      b->change.value > 0 ? "rose" : "fell", 100 * fabs(b->change.value))
    : g_strdup_printf("Whether results in %s %s changed cannot be told: by %.0f to %.0f points of 100.", skill, where, 100 * b->change.low, 100 * b->change.high);
  json_open_object(w, "behaviour");
  json_put_string(w, "skill", c->skills.at[b->skill].id);
  json_put_integer(w, "level", b->level);
  json_put_string(w, "sentence", sentence);
  put_figure(w, "estimate", b->change.value);
  put_interval(w, "interval", b->change.low, b->change.high);
  put_figure(w, "p", b->change.p);
  json_put_integer(w, "results", b->results);
  json_put_integer(w, "people", b->people);
  json_close_object(w);
}

/* Kirkpatrick's levels below the effect, the one that says most first. */
static void put_levels(struct json_writer *w, const struct impact_effect *e)
{
  json_open_array(w, "levels");
  for (int level = 3; level >= 1; level--) {
    json_open_object(w, NULL);
    json_put_integer(w, "level", level);
    json_put_string(w, "fill", e->fill[level]);
    json_open_array(w, "signs");
    for (int i = 0; i < e->sign_count; i++) {
      const struct impact_sign *s = &e->signs[i];
      if (s->level != level)
        continue;
      json_open_object(w, NULL);
      json_put_string(w, "source", s->source);
      json_put_string(w, "sentence", s->sentence);
      put_figure(w, "estimate", s->change.value);
      put_interval(w, "interval", s->change.low, s->change.high);
      json_put_integer(w, "results", s->results);
      json_put_integer(w, "people", s->people);
      json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
  }
  json_close_array(w);
  json_open_array(w, "blockers");
  for (int i = 0; i < e->blocker_count; i++) {
    const struct impact_blocker *b = &e->blockers[i];
    json_open_object(w, NULL);
    json_put_string(w, "kind", b->kind);
    json_put_string(w, "sentence", b->sentence);
    json_put_string(w, "need", b->need);
    json_put_integer(w, "count", b->count);
    json_put_integer(w, "people", b->people);
    json_close_object(w);
  }
  json_close_array(w);
}

static void put_use(struct json_writer *w, const struct company *c, const struct impact_effect *e)
{
  if (e->reached < LEAST_PEOPLE)
    json_put_null(w, "exposures");
  else {
    json_open_object(w, "exposures");
    json_put_integer(w, "people", e->reached);
    json_put_integer(w, "opened", e->opened);
    json_put_integer(w, "early", e->early_use);
    json_open_array(w, "teams");
    for (int i = 0; i < e->exposure_count; i++) {
      const struct impact_exposure *x = &e->exposures[i];
      json_open_object(w, NULL);
      json_put_string(w, "team", c->teams.at[x->team].name);
      json_put_integer(w, "people", x->people);
      json_put_integer(w, "shown", x->shown);
      json_put_integer(w, "opened", x->opened);
      json_put_integer(w, "done", x->done);
      json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
  }
  if (e->moves > 0 && e->moves < LEAST_PEOPLE)
    json_put_null(w, "moves");
  else
    json_put_integer(w, "moves", e->moves);
}

static void put_changes(struct json_writer *w, const struct company *c, const struct impact_effect *e)
{
  json_open_array(w, "changes");
  for (int i = 0; i < e->change_count; i++) {
    const struct change *change = &c->changes.at[e->changes[i]];
    json_open_object(w, NULL);
    json_put_string(w, "title", change->title);
    json_put_string(w, "kind", change->kind);
    json_put_string(w, "scope", change->scope);
    put_day(w, "day", change->day);
    json_close_object(w);
  }
  json_close_array(w);
}

static void put_lead(struct json_writer *w, const struct impact_effect *e)
{
  const struct { const char *name; int32_t day; } steps[] = { { "signal", e->signal }, { "need", e->need }, { "accepted", e->accepted }, { "live", e->live },
                                                              { "first_use", e->first_use }, { "effect", e->told } };
  json_open_object(w, "lead_days");
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
    if (e->signal == CLOCK_NO_DAY || steps[i].day == CLOCK_NO_DAY)
      json_put_null(w, steps[i].name);
    else
      json_put_integer(w, steps[i].name, steps[i].day - e->signal);
  json_close_object(w);
}

static void put_money(struct json_writer *w, const struct company *c, const struct goal *goal, const struct impact_effect *e)
{
  put_figure(w, "cost", e->cost);
  if (!isfinite(e->money.value))
    json_put_null(w, "value");
  else {
    json_open_object(w, "value");
    json_put_number(w, "money", round(e->money.value));
    json_put_number(w, "low", round(e->money.low));
    json_put_number(w, "high", round(e->money.high));
    json_put_string(w, "currency", goal->currency && *goal->currency ? goal->currency : c->currency);
    json_put_string(w, "period", "a year");
    json_close_object(w);
  }
  put_figure(w, "return", e->back);
  put_interval(w, "return_interval", e->back_low, e->back_high);
}

static char *value_of(const struct company *c, const struct intervention *in, const struct impact_effect *e)
{
  const struct goal *goal = &c->goals.at[in->goal];
  double sign = goal->direction;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", in->id);
  json_put_string(&w, "goal", goal->id);
  json_put_string(&w, "verdict", impact_verdict_names[e->verdict]);
  json_put_string(&w, "basis", impact_basis_names[e->basis]);
  put_figure(&w, "estimate", sign * e->effect.value);
  put_figure(&w, "se", e->effect.se);
  put_interval(&w, "interval", sign * e->effect.low, sign * e->effect.high);
  put_figure(&w, "p", e->effect.p);
  json_put_string(&w, "method", e->method);
  json_put_string(&w, "needed", e->needed);
  json_put_string(&w, "sentence", e->sentence);
  json_put_string(&w, "confidence", e->confidence);
  json_put_integer(&w, "units", e->units);
  json_put_integer(&w, "treated", e->treated);
  json_put_integer(&w, "waiting", e->waiting);
  put_day(&w, "from", in->baseline_from);
  put_day(&w, "to", e->reading);
  put_day(&w, "reading", e->reading);
  put_figure(&w, "minimum_effect", e->minimum_effect);
  put_figure(&w, "seen", e->early ? NAN : e->share);
  put_money(&w, c, goal, e);
  put_lead(&w, e);
  put_plots(&w, e, sign);
  put_test(&w, "placebo", &e->placebo, &e->placebo_curve, sign);
  put_test(&w, "pretrend", &e->pretrend, &e->pretrend_curve, sign);
  put_behaviour(&w, c, e);
  put_levels(&w, e);
  put_use(&w, c, e);
  put_changes(&w, c, e);
  json_close_object(&w);
  return json_writer_steal(&w, NULL);
}

static struct evidence of_file(enum file_id file, const char *sentence, int goal, int count, int people, int32_t from, int32_t to)
{
  return (struct evidence){ .file = file, .sentence = sentence, .count = count, .people = people, .team = -1, .goal = goal, .skill = -1, .person = -1,
                            .from = from, .to = to };
}

/* What levels and hindrances rest on: results stand there already, needs and deliveries are no file's rows. */
static int put_evidence(const struct impact_effect *e, const struct intervention *in, struct evidence *rows)
{
  static const struct { const char *word; enum file_id file; } files[] = { { "self-ratings", FILE_RESULTS }, { "work log", FILE_WORK_LOG }, { "tickets", FILE_TICKETS }, { "pulse", FILE_PULSE },
                                                                           { "objectives", FILE_OBJECTIVES }, { "load", FILE_CAPACITY } };
  int count = 0;
  for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
    for (int i = 0; i < e->sign_count; i++)
      if (strcmp(e->signs[i].source, files[f].word) == 0)
        rows[count++] = of_file(files[f].file, e->signs[i].sentence, -1, e->signs[i].results, e->signs[i].people, CLOCK_NO_DAY, e->reading);
    for (int i = 0; i < e->blocker_count; i++)
      if (strcmp(e->blockers[i].kind, files[f].word) == 0)
        rows[count++] = of_file(files[f].file, e->blockers[i].sentence, -1, e->blockers[i].count, e->blockers[i].people, in->registered, e->reading);
  }
  return count;
}

static void tell_effect(const struct snapshot *now, int index, const struct impact_effect *e, struct turn *out)
{
  const struct company *c = now->company;
  const struct intervention *in = &c->interventions.at[index];
  int32_t today = clock_day(now->now);
  struct evidence rows[4 + IMPACT_SIGNS + IMPACT_BLOCKERS];
  int count = 0;
  g_autofree char *numbers = g_strdup_printf("%d values of %d teams, of which %d started and %d wait", e->values, e->units, e->treated, e->waiting);
  rows[count++] = of_file(FILE_KPIS, numbers, in->goal, e->values, e->people, in->baseline_from, e->reading);
  const struct impact_behaviour *b = telling(e);
  if (b) {
    rows[count] = of_file(FILE_RESULTS, "results of the need's skill, before and after the starts", -1, b->results, b->people, CLOCK_NO_DAY, e->reading);
    rows[count++].skill = b->skill;
  }
  if (e->change_count > 0)
    rows[count++] = of_file(FILE_CHANGES, "what else changed between registration and the last reading", -1, e->change_count, 0, in->registered, e->reading);
  count += put_evidence(e, in, rows + count);
  g_autofree char *value = value_of(c, in, e);
  struct claim claim = { .predicate = "effect", .subject = in->id, .value = value, .confidence = e->verdict == IMPACT_CANNOT_TELL ? UNSURE : SURE,
    .valid_from = in->registered, .valid_to = MAX(today, e->reading) + VALID_DAYS, .evidence = rows, .evidence_count = count };
  turn_claim(out, &claim);
}

/* ---- what works ---- */

struct record { char *subject; enum cause cause; const char *kind, *name; int tried, of[3], values; };

static void record_clear(void *data)
{
  g_free(((struct record *)data)->subject);
}

/* "skill: practice" of a remedy, "skill: modality job aid" of the rest. */
static char *subject_of(enum cause cause, const char *kind, const char *name)
{
  return strcmp(kind, "remedy") == 0 ? g_strdup_printf("%s: %s", cause_names[cause], name) : g_strdup_printf("%s: %s %s", cause_names[cause], kind, name);
}

static bool was_reset(const struct company *c, const char *subject, int32_t told)
{
  for (int i = 0; i < c->weight_resets.count; i++)
    if (strcmp(c->weight_resets.at[i].subject, subject) == 0 && told <= c->weight_resets.at[i].day)
      return true;
  return false;
}

/* One effect more for one means; once per intervention, however many assets share it. */
static void count_for(GArray *records, const struct company *c, const struct intervention *in, const char *kind, const char *name, const struct impact_effect *e,
                      GHashTable *counted)
{
  g_autofree char *subject = subject_of(in->cause, kind, name);
  if (was_reset(c, subject, e->reading) || !g_hash_table_add(counted, g_strdup(subject)))
    return;
  struct record *r = NULL;
  for (guint i = 0; i < records->len && !r; i++)
    if (g_ascii_strcasecmp(g_array_index(records, struct record, i).subject, subject) == 0)
      r = &g_array_index(records, struct record, i);
  if (!r) {
    struct record fresh = { .subject = g_strdup(subject), .cause = in->cause, .kind = kind, .name = name };
    g_array_append_val(records, fresh);
    r = &g_array_index(records, struct record, records->len - 1);
  }
  r->tried++;
  r->of[e->verdict]++;
  r->values += e->values;
}

/* Back along the way that led to it: the remedy; the files whose signals made the need; the agents that had a hand in it; the
 * modalities and patterns of what was published for it. */
static void count_all(GArray *records, const struct company *c, int index, const struct impact_effect *e, GStringChunk *texts)
{
  const struct intervention *in = &c->interventions.at[index];
  g_autoptr(GHashTable) counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const struct known_need *need = NULL;
  for (int i = 0; i < c->needs.count && !need; i++)
    need = g_strcmp0(c->needs.at[i].id, in->need) == 0 ? &c->needs.at[i] : NULL;
  bool made = false;
  count_for(records, c, in, "remedy", in->remedy ? in->remedy : "", e, counted);
  count_for(records, c, in, "agent", "needs", e, counted);
  if (need) {
    g_autoptr(json_doc_auto) doc = need->value ? json_parse(need->value, strlen(need->value), NULL) : NULL;
    struct json_iter it = json_iter(json_get(json_root(doc), "signals"));
    while (json_next(&it))
      if (json_string(it.value))
        count_for(records, c, in, "signal", g_string_chunk_insert_const(texts, json_string(it.value)), e, counted);
  }
  for (int i = 0; i < c->assets.count; i++) {
    const struct asset *asset = &c->assets.at[i];
    if (asset->intervention != index || asset->withdrawn)
      continue;
    made = true;
    if (asset->modality)
      count_for(records, c, in, "modality", asset->modality, e, counted);
    if (asset->pattern)
      count_for(records, c, in, "pattern", asset->pattern, e, counted);
  }
  if (made)
    count_for(records, c, in, "agent", "content", e, counted);
  if (made && e->reached > 0)
    count_for(records, c, in, "agent", "delivery", e, counted);
}

static void tell_record(const struct record *r, int32_t today, struct turn *out)
{
  double a = 1 + r->of[IMPACT_MOVED], b = 1 + r->of[IMPACT_DID_NOT_MOVE];
  g_autofree char *sentence = g_strdup_printf(
    "%d tried where the cause was %s: %d moved their goal, %d did not, %d cannot be told", r->tried, cause_names[r->cause], r->of[IMPACT_MOVED],
    r->of[IMPACT_DID_NOT_MOVE], r->of[IMPACT_CANNOT_TELL]);
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "cause", cause_names[r->cause]);
  json_put_string(&w, "kind", r->kind);
  json_put_string(&w, "name", r->name);
  json_put_integer(&w, "tried", r->tried);
  json_put_integer(&w, "moved", r->of[IMPACT_MOVED]);
  json_put_integer(&w, "did_not_move", r->of[IMPACT_DID_NOT_MOVE]);
  json_put_integer(&w, "cannot_tell", r->of[IMPACT_CANNOT_TELL]);
  json_put_number(&w, "a", a);
  json_put_number(&w, "b", b);
  put_figure(&w, "mean", a / (a + b));
  put_figure(&w, "low", beta_quantile(a / (a + b), a + b, 0.05));
  put_figure(&w, "high", beta_quantile(a / (a + b), a + b, 0.95));
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL);
  struct evidence evidence = of_file(FILE_KPIS, sentence, -1, r->values, 0, CLOCK_NO_DAY, today);
  struct claim claim = { .predicate = "what works", .subject = r->subject, .value = value, .confidence = UNSURE, .valid_from = today, .valid_to = today + VALID_DAYS,
                         .evidence = &evidence, .evidence_count = 1 };
  turn_claim(out, &claim);
}

static bool run(const struct snapshot *now, struct turn *out, GError **error)
{
  const struct company *c = now->company;
  int32_t today = clock_day(now->now);
  g_autoptr(GArray) records = g_array_new(FALSE, FALSE, sizeof(struct record));
  g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
  g_array_set_clear_func(records, record_clear);
  (void)error;
  for (int i = 0; i < c->interventions.count; i++) {
    struct impact_effect effect;
    if (!impact_measure(c, i, today, &effect))
      continue;
    tell_effect(now, i, &effect, out);
    if (!effect.early && c->interventions.at[i].measurable)
      count_all(records, c, i, &effect, texts);
    impact_effect_clear(&effect);
  }
  for (guint i = 0; i < records->len; i++)
    tell_record(&g_array_index(records, struct record, i), today, out);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_SKILLS, FILE_GOALS, FILE_KPIS, FILE_RESULTS, FILE_CHANGES, FILE_QUESTIONS, FILE_PULSE, FILE_WORK_LOG, FILE_TICKETS, FILE_CAPACITY,
                                      FILE_OBJECTIVES, FILE_COUNT };
static const char *const makes[] = { "effect", "what works", NULL };

const struct agent agent_analytics = {
  .id = "analytics", .title = "Analytics", .question = "Did behaviour change, did the metric move, what did it cost, and how long did it take?",
  .revision = "4", .reads = reads, .makes = makes, .cadence = CADENCE_NEWS, .builds_on_others = true, .run = run };
