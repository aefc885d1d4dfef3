/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verdict on a registered intervention.
 *
 * As assigned: a team counts as started from its registered date, whatever happened there; the units are those that were frozen. The
 * estimate is that of fit.c: the registered weeks of the started teams less what the untreated values foretell. The interval
 * comes from the draw (estimate.c): it holds the effects that the test by the orders that could have been drawn does not refuse, so it rests on
 * the lot and on no model of the noise. That is used for every number of units; the noise of the panel only makes the estimate precise.
 *
 *   moved          the interval lies above zero
 *   did not move   it lies below the smallest effect worth having
 *   cannot tell    anything else, with what would settle it
 *
 * Before the last registered reading an interval like that would be looked at every week, and one in four useless remedies called a success.
 * On the way the effect is shown with a band that holds at all looks together, by which alone *moved* may be said earlier (measure-early.c);
 * money, the plots week by week and what works wait for the last reading.
 *
 * An interval that is wholly above zero and wholly below the smallest effect worth having has moved, by less than was
 * wanted; it says so.
 *
 * How it can be wrong: teams that wait but get hold of the remedy make the effect look smaller (use in waiting teams is counted beside it);
 * fewer than seven in ten registered weeks seen is called too little. */
#include "impact/measure-private.h"
#include "base/json.h"
#include <math.h>
#include <string.h>

#define HISTORY_DAYS (7 * 78)
#define SEEN_LEAST 0.7

const char *const impact_verdict_names[3] = { "cannot tell", "moved", "did not move" };
const char *const impact_basis_names[4] = { NULL, "last reading", "any time", "descriptive" };

static void curve_clear(struct impact_curve *curve)
{
  g_free(curve->week);
  g_free(curve->effect);
  g_free(curve->low);
  g_free(curve->high);
}

void impact_effect_clear(struct impact_effect *e)
{
  g_free(e->method);
  g_free(e->needed);
  g_free(e->sentence);
  g_free(e->confidence);
  curve_clear(&e->curve);
  curve_clear(&e->placebo_curve);
  curve_clear(&e->pretrend_curve);
  g_free(e->day);
  g_free(e->treated_mean);
  g_free(e->comparison_mean);
  g_free(e->exposures);
  for (int i = 0; i < e->sign_count; i++)
    g_free(e->signs[i].sentence);
  for (int i = 0; i < e->blocker_count; i++)
    g_free(e->blockers[i].sentence);
  for (size_t i = 0; i < G_N_ELEMENTS(e->fill); i++)
    g_free(e->fill[i]);
  g_free(e->changes);
  *e = (struct impact_effect){ 0 };
}

/* The last reading that was registered; without one, the end of the registered weeks of the last start. */
static int32_t last_reading(const struct company *company, const struct intervention *in)
{
  int32_t last = CLOCK_NO_DAY, day;
  g_autoptr(json_doc_auto) doc = json_parse(in->plan, strlen(in->plan), NULL);
  struct json_iter it = json_iter(doc ? json_get(json_root(doc), "readings") : (struct json){ 0 });
  while (doc && json_next(&it))
    if (json_string(it.value) && clock_parse_day(json_string(it.value), &day) && day > last)
      last = day;
  for (int i = 0; i < in->count && last == CLOCK_NO_DAY; i++) {
    int32_t start = company->intervention_teams.at[in->first + i].start;
    day = start == CLOCK_NO_DAY ? CLOCK_NO_DAY : start + 7 * in->to_week;
    last = MAX(last, day);
  }
  return last;
}

static char *registered_why_not(const struct intervention *in)
{
  g_autoptr(json_doc_auto) doc = json_parse(in->plan, strlen(in->plan), NULL);
  return doc ? g_strdup(json_string(json_get(json_root(doc), "why_not"))) : NULL;
}

static void open_case(const struct company *company, int index, int32_t today, struct impact_case *c)
{
  const struct intervention *in = &company->interventions.at[index];
  int32_t reading = last_reading(company, in), stopped = in->state == INTERVENTION_STOPPED ? in->ended : CLOCK_NO_DAY;
  *c = (struct impact_case){ .company = company, .intervention = in, .goal = &company->goals.at[in->goal], .index = index, .today = today, .units = in->count };
  c->team = g_new(int, (size_t)in->count + 1);
  c->affected = g_new(bool, (size_t)in->count + 1);
  c->starts = g_new(int32_t, (size_t)in->count + 1);
  for (int i = 0; i < in->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[in->first + i];
    c->team[i] = unit->team;
    c->affected[i] = unit->affected;
    c->starts[i] = unit->start;
  }
  if (stopped != CLOCK_NO_DAY && stopped < reading)
    reading = stopped;
  c->terms = (struct impact_terms){ in->baseline_from, in->baseline_to, in->registered, reading, in->from_week, in->to_week };
  if (in->count > 0 && reading > in->registered)
    c->have_panel = impact_panel_build(company, in->goal, c->team, c->affected, c->units, MIN(in->baseline_from, in->registered - HISTORY_DAYS), reading,
                                       MIN(today, reading), &c->panel);
}

static void close_case(struct impact_case *c)
{
  if (c->have_panel)
    impact_panel_clear(&c->panel);
  if (c->have_noise)
    impact_noise_clear(&c->noise);
  g_free(c->team);
  g_free(c->affected);
  g_free(c->starts);
}

/* The registered seed starts the Monte Carlo over orders, so that the same data give the same answer. */
static uint64_t seed_of(const struct intervention *in)
{
  uint64_t seed = 0xcbf29ce484222325u;
  for (const char *at = in->id; *at; at++)
    seed = (seed ^ (uint8_t)*at) * 0x100000001b3u;
  return seed;
}

/* Of the registered weeks of the started teams, those that have been seen. */
static double seen_share(const struct impact_case *c)
{
  int cells = c->units * c->panel.periods, wanted = 0, seen = 0;
  g_autofree enum impact_role *all = g_new(enum impact_role, (size_t)cells), *there = g_new(enum impact_role, (size_t)cells);
  impact_panel_roles(&c->panel, &c->terms, c->starts, true, all);
  impact_panel_roles(&c->panel, &c->terms, c->starts, false, there);
  for (int i = 0; i < cells; i++) {
    wanted += all[i] == IMPACT_TARGET;
    seen += there[i] == IMPACT_TARGET;
  }
  return wanted > 0 ? (double)seen / wanted : 0;
}

/* A literal that says what is missing; NULL: the effect was estimated. */
static const char *estimate(struct impact_case *c, struct impact_effect *e)
{
  struct impact_estimate found;
  const char *why = NULL;
  if (!c->have_panel)
    return "no numbers of these teams";
  e->values = c->panel.values;
  e->share = seen_share(c);
  if (e->share < SEEN_LEAST)
    return "too few of the registered weeks have been seen";
  c->have_noise = impact_panel_noise(&c->panel, &c->terms, c->starts, &c->noise);
  if (!c->have_noise)
    return "the numbers before are too few, or never change";
  if (!impact_estimate(&c->panel, &c->terms, c->starts, &c->noise, IMPACT_WITH_DRAW, seed_of(c->intervention), &found, &why))
    return why;
  e->effect = (struct impact_figure){ found.value, found.se, found.draw_low, found.draw_high, found.draw_p };
  e->treated = found.treated;
  e->waiting = found.waiting;
  e->others = found.others;
  e->orders = found.orders;
  return isfinite(found.draw_low) && isfinite(found.draw_high) ? NULL : "too few orders of start could have been drawn";
}

static void count_units(const struct impact_case *c, struct impact_effect *e)
{
  e->units = c->units;
  e->first_start = CLOCK_NO_DAY;
  for (int i = 0; i < c->units; i++) {
    bool started = c->starts[i] != CLOCK_NO_DAY;
    e->treated += started;
    e->waiting += !started && c->affected[i];
    e->others += !c->affected[i];
    e->people += c->company->teams.at[c->team[i]].size;
    if (started && (e->first_start == CLOCK_NO_DAY || c->starts[i] < e->first_start))
      e->first_start = c->starts[i];
  }
}

static void judge(const struct impact_case *c, struct impact_effect *e)
{
  if (e->effect.low > 0)
    e->verdict = IMPACT_MOVED;
  else if (isfinite(e->minimum_effect) && e->effect.high < e->minimum_effect)
    e->verdict = IMPACT_DID_NOT_MOVE;
  if (e->verdict != IMPACT_CANNOT_TELL)
    e->told = c->terms.reading;
}

bool impact_measure(const struct company *company, int intervention, int32_t today, struct impact_effect *ret)
{
  const struct intervention *in = &company->interventions.at[intervention];
  struct impact_effect e = { .effect = IMPACT_NO_FIGURE, .money = IMPACT_NO_FIGURE, .placebo = IMPACT_NO_FIGURE, .pretrend = IMPACT_NO_FIGURE, .back = NAN,
                             .back_low = NAN, .back_high = NAN, .minimum_effect = in->minimum_effect, .cost = in->cost, .told = CLOCK_NO_DAY };
  if (in->goal < 0)
    return false;
  struct impact_case c;
  open_case(company, intervention, today, &c);
  count_units(&c, &e);
  e.reading = c.terms.reading;
  e.early = today < c.terms.reading;
  const char *why = in->measurable && !e.early ? estimate(&c, &e) : NULL;
  bool told = in->measurable && !e.early && why == NULL;
  if (in->measurable && e.early)
    impact_look_early(&c, &e);
  else if (!told)
    e.effect = IMPACT_NO_FIGURE;
  else {
    e.basis = IMPACT_LAST_READING;
    judge(&c, &e);
    impact_plot_steps(&c, &e);
    impact_plot_pretended(&c, &e);
    impact_beside_money(&c, &e);
  }
  if (c.have_panel)
    impact_plot_raw(&c, &e);
  impact_beside_behaviour(&c, &e);
  impact_levels(&c, &e);
  impact_beside_use(&c, &e);
  impact_beside_moves(&c, &e);
  impact_beside_changes(&c, &e);
  impact_beside_times(&c, &e);
  g_autofree char *why_not = registered_why_not(in);
  impact_say(&c, why, why_not, &e);
  close_case(&c);
  *ret = e;
  return true;
}
