/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an accepted need to a rollout whose effect can be told.
 *
 * Units. The goal's teams with a series of numbers and five people or more. Those that the need names are affected and get the remedy;
 * the others only show what the weeks bring to everybody. Smaller teams get it too, but nothing is measured in them.
 *
 * Design. Affected teams start on a few Mondays, some two weeks after acceptance at the earliest, and some wait until the last
 * reading: a stepped wedge whose last step lies behind the reading (with one date: parallel groups). Who starts when is drawn by lot. Candidates
 * differ in how many dates, how far apart, how many wait; the one with the smallest error is taken, unless another has nearly the same and
 * lets more teams start. With fewer than ORDERS_LEAST possible orders nothing could be
 * surer than 95 %, so they are no design. A remedy that is learnt
 * cannot be unlearnt, so switching on and off (switchback) is never chosen. Without a comparison all start at once (before-after), and the
 * plan says that nothing will be told.
 *
 * Estimand. The mean effect in the weeks after each start in which the remedy is there in full: the ramp is left out. The
 * weeks that opened the need are no baseline: that ends two weeks before the need's onset, or, for a need that was always there, a
 * quarter before today. Weeks from registration on in which a team waits count as untouched (fit.c).
 *
 * The smallest effect worth having is three fifths of the gap, or what pays for the remedy within a year, whichever is larger.
 *
 * Horizon: the shortest of 26, 39 and 52 weeks with enough power (measurable: one half or more).
 *
 * Cost, where nobody gives it: people × hours of the remedy × HOUR_COST, and hours to make it; a programme's own prices.
 *
 * How it can be wrong: the ramp is a guess by kind of remedy; noise may change; a cost of fifty an hour may be far from yours: give it. */
#include "impact/plan.h"
#include "impact/plan-private.h"
#include "impact/power.h"
#include <math.h>
#include <string.h>

#define LEAST_PEOPLE 5
#define LEAD_DAYS 14            /* from acceptance to the first start: time to make and approve what is to be rolled out */
#define MARGIN_DAYS 14          /* before the need's onset: its date is an estimate */
#define OPENING_DAYS 91         /* for a need without an onset: what it was seen in */
#define BASELINE_WEEKS 40
#define HISTORY_WEEKS 78        /* for the noise */
#define SERIES_LEAST 8          /* values of a team before registration */
#define AFFECTED_LEAST 4
#define ORDERS_LEAST 60           /* where there are so many; the reverse of an order does nearly as extremely, so twenty are none */
#define ORDERS_OF_FOUR 24         /* four teams, each on its own date or waiting */
#define MINIMUM_SHARE 0.6       /* of the gap: most of it */
#define MEASURABLE 0.5
#define NEARLY 1.03             /* errors within this are the same */
#define HOUR_COST 50.0
#define MAKING_HOURS 16.0       /* to make what is rolled out */
#define FIX_HOURS 24.0          /* a team's own time for a fix that is no training */

const char *const impact_design_names[4] = { "parallel", "stepped-wedge", "switchback", "before-after" };
static const int horizons[] = { 25, 38, 51 }; /* weeks from registration to the last reading */

static bool trains(enum cause cause)
{
  return cause == CAUSE_SKILL || cause == CAUSE_CANNOT_TELL;
}

static const char *usual_remedy(enum cause cause)
{
  static const char *const remedies[CAUSE_COUNT] = { "practice", "tool fix", "shorter process", "changed rewards", "clear expectations", "relief of load",
                                                     "changed plan", "job aid" };
  return remedies[cause];
}

/* ---- units ---- */

static int values_before(const struct company *c, int goal, int team, int32_t today, int32_t *ret_last)
{
  int n = 0;
  *ret_last = INT32_MIN;
  for (int i = 0; i < c->kpis.count; i++)
    if (c->kpis.at[i].goal == goal && c->kpis.at[i].team == team && c->kpis.at[i].day < today && isfinite(c->kpis.at[i].value)) {
      n++;
      *ret_last = MAX(*ret_last, c->kpis.at[i].day);
    }
  return n;
}

static bool named(const struct known_need *need, int team)
{
  for (int i = 0; i < need->team_count; i++)
    if (need->teams[i] == team)
      return true;
  return false;
}

static void add_units(struct impact_plan *p, int32_t today, double period, bool affected, bool everybody)
{
  for (int t = 0; t < p->company->teams.count; t++) {
    int32_t last;
    if (p->company->teams.at[t].size < LEAST_PEOPLE || (everybody || named(p->need, t)) != affected)
      continue;
    if (values_before(p->company, p->goal, t, today, &last) < SERIES_LEAST || today - last > 60 + 3 * period)
      continue;
    p->units[p->unit_count++] = (struct impact_unit){ t, affected, CLOCK_NO_DAY };
  }
}

/* Teams that the need names and no number of the goal is kept of: they get the remedy all the same. */
static void add_named(struct impact_plan *p)
{
  for (int i = 0; i < p->need->team_count; i++)
    if (p->company->teams.at[p->need->teams[i]].size >= LEAST_PEOPLE)
      p->units[p->unit_count++] = (struct impact_unit){ p->need->teams[i], true, CLOCK_NO_DAY };
}

/* By name: the order of teams in a snapshot hangs on the data folder's key, and a plan must not. */
static int by_name(const void *a, const void *b, void *company)
{
  const struct team *teams = ((const struct company *)company)->teams.at;
  return strcmp(teams[((const struct impact_unit *)a)->team].name, teams[((const struct impact_unit *)b)->team].name);
}

static void sort_units(struct impact_plan *p)
{
  void *company = (void *)(uintptr_t)p->company;
  g_qsort_with_data(p->units, p->affected_count, sizeof *p->units, by_name, company);
  g_qsort_with_data(p->units + p->affected_count, p->unit_count - p->affected_count, sizeof *p->units, by_name, company);
}

static void find_units(struct impact_plan *p, int32_t today, double period)
{
  p->units = g_new0(struct impact_unit, (size_t)p->company->teams.count + p->need->team_count + 1);
  if (period > 0) {
    add_units(p, today, period, true, p->need->team_count == 0);
    p->affected_count = p->unit_count;
    if (p->affected_count > 0 && p->need->team_count > 0)
      add_units(p, today, period, false, false);
  }
  if (p->affected_count == 0) {
    add_named(p);
    p->affected_count = p->unit_count;
  }
  sort_units(p);
}

/* ---- money and what is worth having ---- */

static int people_affected(const struct impact_plan *p)
{
  int people = 0;
  for (int i = 0; i < p->need->team_count; i++)
    people += p->company->teams.at[p->need->teams[i]].size;
  for (int i = 0; i < p->affected_count && p->need->team_count == 0; i++)
    people += p->company->teams.at[p->units[i].team].size;
  return people;
}

static double cost_of_programme(const struct company *c, const char *remedy, int people)
{
  for (int i = 0; i < c->programmes.count; i++) {
    const struct programme *programme = &c->programmes.at[i];
    if (programme->id && strstr(remedy, programme->id))
      return people * (fmax(0, programme->hours) * HOUR_COST + fmax(0, programme->cost_per_seat)) + fmax(0, programme->fixed_cost);
  }
  return NAN;
}

/* Hours of people, to take part and to make it. */
static double estimate_hours(const struct impact_plan *p)
{
  static const struct { const char *word; double hours; } remedies[] = { { "job aid", 0.5 }, { "explanation", 0.5 }, { "example", 0.75 }, { "check", 0.5 },
    { "practice", 3 }, { "brief", 0.5 }, { "coaching", 6 }, { "cohort", 8 }, { "workshop", 8 }, { "programme", 12 } };
  if (!p->training)
    return MAKING_HOURS + FIX_HOURS * MAX(p->affected_count, p->need->team_count);
  double hours = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
    if (strstr(p->remedy, remedies[i].word))
      hours += remedies[i].hours;
  return MAKING_HOURS + people_affected(p) * (hours > 0 ? hours : 3);
}

static void set_cost(struct impact_plan *p, double given)
{
  double programme = cost_of_programme(p->company, p->remedy, people_affected(p));
  p->cost_estimated = !isfinite(given);
  p->hours = p->cost_estimated && !isfinite(programme) ? estimate_hours(p) : NAN;
  p->cost = isfinite(given) ? given : isfinite(programme) ? programme : p->hours * HOUR_COST;
}

static double worth_having(const struct impact_plan *p, double noise)
{
  const struct goal *goal = &p->company->goals.at[p->goal];
  double gap = p->need->size, share = p->unit_count > 0 ? (double)p->affected_count / p->unit_count : 1;
  if (!(gap > 0))
    gap = 0.5 * fabs(goal->target - goal->baseline);
  double least = gap > 0 ? MINIMUM_SHARE * gap : noise, worth = fabs(goal->value_per_unit) * share;
  return worth > 0 && isfinite(worth) ? fmax(least, p->cost / worth) : least;
}

/* ---- design ---- */

struct search { struct impact_panel panel; struct impact_terms terms; struct impact_noise noise; struct impact_solver *solver; struct impact_deal best; double error; int to_week; int waiting; };

static struct impact_deal deal_of(int affected, int dates, int waiting, int spacing, int32_t first)
{
  struct impact_deal deal = { .groups = dates + (waiting > 0) };
  for (int i = 0; i < affected - waiting; i++)
    deal.size[i * dates / (affected - waiting)]++;
  for (int g = 0; g < dates; g++)
    deal.date[g] = first + 7 * spacing * g;
  if (waiting > 0) {
    deal.size[dates] = waiting;
    deal.date[dates] = CLOCK_NO_DAY;
  }
  return deal;
}

static void try_design(const struct impact_plan *p, struct search *s, int dates, int waiting, int spacing, int32_t first, int weeks)
{
  int to_week = weeks - (dates - 1) * spacing;
  if (waiting >= p->affected_count || p->affected_count - waiting < dates || to_week < p->ramp_weeks + 4)
    return;
  struct impact_deal deal = deal_of(p->affected_count, dates, waiting, spacing, first);
  if (impact_deal_orders(&deal) < (p->affected_count > AFFECTED_LEAST ? ORDERS_LEAST : ORDERS_OF_FOUR))
    return;
  s->terms.to_week = to_week;
  double error = impact_power_error(&s->panel, &s->terms, s->solver, &deal);
  if (!isfinite(error))
    return;
  bool better = !isfinite(s->error) || error * NEARLY < s->error || (error < s->error * NEARLY && waiting < s->waiting);
  if (better) {
    s->best = deal;
    s->error = error;
    s->to_week = to_week;
    s->waiting = waiting;
  }
}

static void search_designs(const struct impact_plan *p, struct search *s, int32_t first, int weeks, double period)
{
  int n = p->affected_count, waits[] = { MAX(1, n / 4), MAX(1, (n + 1) / 3), n / 2 };
  int spacing = period > 20 ? 9 : 4;
  s->error = NAN;
  for (int dates = 1; dates <= (n <= 8 ? 4 : 3); dates++)
    for (size_t w = 0; w < G_N_ELEMENTS(waits); w++)
      if (w == 0 || waits[w] != waits[w - 1])
        try_design(p, s, dates, waits[w], spacing, first, weeks);
}

static void take_design(struct impact_plan *p, const struct search *s)
{
  p->steps = p->waiting = 0;
  for (int g = 0; g < s->best.groups; g++) {
    if (s->best.date[g] == CLOCK_NO_DAY) {
      p->waiting = s->best.size[g];
      continue;
    }
    p->step_day[p->steps] = s->best.date[g];
    p->step_teams[p->steps++] = s->best.size[g];
  }
  p->design = p->steps == 1 ? IMPACT_PARALLEL : IMPACT_STEPPED_WEDGE;
  p->to_week = s->to_week;
  p->expected_se = s->error;
}

static int32_t monday_from(int32_t day)
{
  return day + (((4 - day) % 7) + 7) % 7; /* 1970-01-05 was a Monday */
}

static void set_readings(struct impact_plan *p, int32_t first, int32_t last)
{
  p->reading_count = 0;
  for (int32_t day = first + 91; day < last - 28 && p->reading_count < IMPACT_READINGS_MOST - 1; day += 91)
    p->readings[p->reading_count++] = day; /* what is looked at on the way: behaviour and use, no verdict */
  p->readings[p->reading_count++] = last;
}

/* The series have begun by then? A need older than the numbers has no baseline but the waiting weeks. */
static void set_baseline(struct impact_plan *p, int32_t today)
{
  p->baseline_to = p->need->since == CLOCK_NO_DAY || p->need->since > today ? today - OPENING_DAYS : p->need->since - MARGIN_DAYS;
  p->baseline_from = p->baseline_to - 7 * BASELINE_WEEKS;
}

static bool open_panel(const struct impact_plan *p, int32_t today, int32_t reading, struct search *s)
{
  g_autofree int *teams = g_new(int, (size_t)p->unit_count);
  g_autofree bool *affected = g_new(bool, (size_t)p->unit_count);
  g_autofree int32_t *starts = g_new(int32_t, (size_t)p->unit_count);
  for (int i = 0; i < p->unit_count; i++) {
    teams[i] = p->units[i].team;
    affected[i] = p->units[i].affected;
    starts[i] = CLOCK_NO_DAY;
  }
  s->terms = (struct impact_terms){ p->baseline_from, p->baseline_to, today, reading, p->from_week, p->from_week };
  if (!impact_panel_build(p->company, p->goal, teams, affected, p->unit_count, MIN(p->baseline_from, today - 7 * HISTORY_WEEKS), reading, today, &s->panel))
    return false;
  struct impact_panel fine = s->panel;
  bool known = impact_panel_noise(&fine, &s->terms, starts, &s->noise);
  if (known)
    impact_panel_coarsen(&fine, &s->terms, &s->panel);
  impact_panel_clear(&fine);
  return known;
}

/* Tries one horizon. False: no design, or no numbers. */
static bool plan_horizon(struct impact_plan *p, int32_t today, int weeks, double period)
{
  struct search s = { 0 };
  int32_t first = monday_from(today + LEAD_DAYS), reading = monday_from(today + 7 * weeks);
  if (!open_panel(p, today, reading, &s))
    return false;
  p->noise = s.noise.sd;
  p->autocorrelation = s.noise.autocorrelation;
  struct impact_frame frame = impact_panel_frame(&s.panel, &s.terms);
  s.solver = impact_solver_new(&frame, &s.noise);
  search_designs(p, &s, first, (reading - first) / 7, period);
  impact_solver_free(s.solver);
  bool found = isfinite(s.error);
  if (found) {
    take_design(p, &s);
    set_readings(p, first, reading);
    p->minimum_effect = worth_having(p, p->noise);
    s.terms.to_week = p->to_week;
    struct impact_power *power = impact_power_new(&s.panel, &s.terms, &s.noise, &s.best, 1);
    p->power = power ? impact_power_at(power, p->minimum_effect) : 0;
    p->detectable = power ? impact_power_effect(power, 0.8) : INFINITY;
    found = power != NULL;
    impact_power_free(power);
  }
  impact_noise_clear(&s.noise);
  impact_panel_clear(&s.panel);
  return found;
}

static void plan_before_after(struct impact_plan *p, int32_t today)
{
  int32_t first = monday_from(today + LEAD_DAYS), reading = monday_from(today + 7 * horizons[0]);
  p->design = IMPACT_BEFORE_AFTER;
  p->steps = 1;
  p->step_day[0] = first;
  p->step_teams[0] = p->affected_count;
  p->waiting = 0;
  p->to_week = (reading - first) / 7;
  set_readings(p, first, reading);
  p->minimum_effect = worth_having(p, p->noise);
}

static const char measured_evidence[] = "Moved: the 95% interval of the last reading, from the order of start drawn by lot, lies on the good side of nothing. Did not move: it excludes the smallest effect worth "
  "having. Else it cannot be told. Before the last reading only moved may be said, by a band that holds however often one looks.";

static void plan_design(struct impact_plan *p, int32_t today, double period)
{
  bool found = false;
  if (period > 0 && period < 60 && p->affected_count >= AFFECTED_LEAST)
    for (size_t h = 0; h < G_N_ELEMENTS(horizons) && p->power < MEASURABLE; h++)
      found = plan_horizon(p, today, horizons[h], period) || found;
  p->measurable = found && p->power >= MEASURABLE;
  if (!p->measurable)
    plan_before_after(p, today);
  p->why_not = p->measurable ? NULL : impact_plan_why_not(p, period, found);
  p->comparison = impact_plan_comparison(p);
  p->evidence = p->measurable ? measured_evidence : "None: nothing will be claimed of it.";
  p->weeks_until = (p->readings[p->reading_count - 1] - today + 6) / 7;
}

struct impact_plan *impact_plan_new(const struct company *company, const struct known_need *need, const struct impact_wish *wish, int32_t today)
{
  static const struct impact_wish none = { .training = -1, .owner = -1, .due = CLOCK_NO_DAY, .cost = NAN };
  if (need->goal < 0)
    return NULL;
  wish = wish ? wish : &none;
  struct impact_plan *p = g_new0(struct impact_plan, 1);
  const struct goal *goal = &company->goals.at[need->goal];
  p->company = company;
  p->need = need;
  p->goal = need->goal;
  p->cause = need->cause;
  p->training = wish->training >= 0 ? wish->training > 0 : trains(need->cause);
  p->remedy = g_strdup(wish->remedy && *wish->remedy ? wish->remedy : usual_remedy(need->cause));
  p->title = wish->title && *wish->title ? g_strdup(wish->title) : impact_plan_title(p);
  p->owner = wish->owner >= 0 ? wish->owner : goal->owner;
  p->planned = today;
  p->ramp_weeks = p->training ? 4 : 3;
  p->from_week = p->ramp_weeks + 1;
  p->noise = p->expected_se = p->detectable = NAN;
  double period = impact_period_days(company, p->goal);
  find_units(p, today, period);
  set_cost(p, wish->cost);
  set_baseline(p, today);
  plan_design(p, today, period);
  p->due = wish->due != CLOCK_NO_DAY ? wish->due : p->readings[p->reading_count - 1];
  return p;
}

void impact_plan_free(struct impact_plan *plan)
{
  if (plan == NULL)
    return;
  g_free(plan->remedy);
  g_free(plan->title);
  g_free(plan->units);
  g_free(plan->why_not);
  g_free(plan->comparison);
  g_free(plan);
}

/* ---- the draw ---- */

struct lot { uint8_t digest[DIGEST_BYTES]; int unit; };

static int compare_lots(const void *a, const void *b)
{
  return memcmp(a, b, DIGEST_BYTES);
}

void impact_plan_draw(struct impact_plan *plan, const uint8_t seed[DIGEST_BYTES])
{
  g_autofree struct lot *lots = g_new0(struct lot, (size_t)plan->affected_count + 1);
  char text[DIGEST_TEXT];
  digest_format(seed, text);
  memcpy(plan->seed, seed, DIGEST_BYTES);
  for (int i = 0; i < plan->affected_count; i++) {
    g_autofree char *line = g_strdup_printf("%s %s", text, plan->company->teams.at[plan->units[i].team].name);
    digest(line, strlen(line), lots[i].digest);
    lots[i].unit = i;
  }
  qsort(lots, (size_t)plan->affected_count, sizeof *lots, compare_lots);
  for (int i = 0, step = 0, left = plan->step_teams[0]; i < plan->affected_count; i++) {
    while (step < plan->steps && left == 0)
      left = ++step < plan->steps ? plan->step_teams[step] : 0;
    plan->units[lots[i].unit].start = step < plan->steps ? plan->step_day[step] : CLOCK_NO_DAY;
    left--;
  }
  plan->drawn = true;
}
