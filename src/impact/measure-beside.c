/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands beside an effect: results of the need's skills (the rest of D. Kirkpatrick's levels: measure-levels.c), who used what, who moved, what else changed, money and time.
 *
 * Behaviour. For a skill of the need: the mean result of each team after its start less that of the half year before
 * registration, in started teams against affected teams that wait (without such, against the other teams). The error is that between teams (Welch), so
 * results of one team count as one. Self-ratings count as what people say and as nothing else: who was trained rates himself higher.
 *
 * Nothing about fewer than five people: a side with fewer is silent, and so is a team's use.
 *
 * How it can be wrong: results are taken where somebody wanted to know, which may follow the rollout; with two or three
 * teams a side the interval is wide, as it should be. */
#include "impact/measure-private.h"
#include <math.h>
#include <string.h>

#define LEAST_PEOPLE 5
#define BEFORE_DAYS 182

/* ---- behaviour ---- */

static bool of_level(enum result_kind kind, int level)
{
  return level == 1 ? kind == RESULT_SELF : level == 2 ? kind == RESULT_ASSESSMENT || kind == RESULT_PRACTICE : kind == RESULT_WORK || kind == RESULT_MANAGER;
}

static int unit_of_person(const struct impact_case *c, int person)
{
  int team = c->company->people.at[person].team;
  for (int i = 0; i < c->units; i++)
    if (c->team[i] == team && team >= 0)
      return i;
  return -1;
}

static int tally_results(const struct impact_case *c, int skill, int level, int32_t first_start, struct impact_side *units, GHashTable *people[2])
{
  int32_t to = MIN(c->today, c->terms.reading), ramp = 7 * (c->intervention->from_week - 1);
  int used = 0;
  for (int r = 0; r < c->company->results.count; r++) {
    const struct result *result = &c->company->results.at[r];
    if (result->skill != skill || !of_level(result->kind, level) || !isfinite(result->score))
      continue;
    int unit = unit_of_person(c, result->person);
    if (unit < 0)
      continue;
    int32_t start = c->starts[unit] == CLOCK_NO_DAY ? first_start : c->starts[unit];
    bool before = result->day < c->terms.registered && result->day >= c->terms.registered - BEFORE_DAYS;
    bool after = result->day >= start + ramp && result->day < to;
    if (!before && !after)
      continue;
    units[unit].sum[after] += result->score;
    units[unit].n[after]++;
    used++;
    if (after)
      g_hash_table_add(people[c->starts[unit] != CLOCK_NO_DAY], GINT_TO_POINTER(result->person + 1));
  }
  return used;
}

bool impact_compare_sides(const struct impact_case *c, const struct impact_side *units, struct impact_figure *ret)
{
  double sum[2] = { 0, 0 }, square[2] = { 0, 0 };
  int n[2] = { 0, 0 };
  bool waiting = false;
  for (int i = 0; i < c->units; i++)
    waiting |= c->affected[i] && c->starts[i] == CLOCK_NO_DAY;
  for (int i = 0; i < c->units; i++) {
    bool started = c->starts[i] != CLOCK_NO_DAY;
    if ((!started && waiting != c->affected[i]) || units[i].n[0] == 0 || units[i].n[1] == 0)
      continue;
    double change = units[i].sum[1] / units[i].n[1] - units[i].sum[0] / units[i].n[0];
    sum[started] += change;
    square[started] += change * change;
    n[started]++;
  }
  if (n[0] < 2 || n[1] < 2)
    return false;
  double part[2], mean[2];
  for (int s = 0; s < 2; s++) {
    mean[s] = sum[s] / n[s];
    part[s] = fmax(0, square[s] - n[s] * mean[s] * mean[s]) / (n[s] - 1) / n[s];
  }
  double se = sqrt(part[0] + part[1]);
  if (!(se > 0))
    return false;
  double freedom = pow(part[0] + part[1], 2) / (part[0] * part[0] / (n[0] - 1) + part[1] * part[1] / (n[1] - 1));
  double reach = impact_t_quantile(0.975, freedom) * se, value = mean[1] - mean[0];
  *ret = (struct impact_figure){ value, se, value - reach, value + reach, impact_t_p(value / se, freedom) };
  return true;
}

bool impact_beside_results(const struct impact_case *c, int skill, int level, int32_t first_start, struct impact_behaviour *ret)
{
  g_autofree struct impact_side *units = g_new0(struct impact_side, (size_t)c->units + 1);
  g_autoptr(GHashTable) waiting = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) started = g_hash_table_new(NULL, NULL);
  GHashTable *people[2] = { waiting, started };
  struct impact_behaviour b = { .level = level, .skill = skill };
  b.results = tally_results(c, skill, level, first_start, units, people);
  b.people = (int)(g_hash_table_size(waiting) + g_hash_table_size(started));
  if (g_hash_table_size(waiting) < LEAST_PEOPLE || g_hash_table_size(started) < LEAST_PEOPLE || !impact_compare_sides(c, units, &b.change))
    return false;
  *ret = b;
  return true;
}

void impact_beside_behaviour(const struct impact_case *c, struct impact_effect *e)
{
  if (e->first_start == CLOCK_NO_DAY || c->today < e->first_start)
    return;
  for (int s = 0; s < c->intervention->skill_count; s++)
    for (int level = 2; level <= 3 && e->behaviours < IMPACT_BEHAVIOURS; level++)
      e->behaviours += impact_beside_results(c, c->intervention->skills[s], level, e->first_start, &e->behaviour[e->behaviours]);
}

/* ---- use ---- */

static void count_unit_use(const struct impact_case *c, int unit, GHashTable *all, struct impact_effect *e)
{
  g_autoptr(GHashTable) people = g_hash_table_new(NULL, NULL);
  struct impact_exposure x = { .team = c->team[unit] };
  for (int d = 0; d < c->company->deliveries.count; d++) {
    const struct delivery *delivery = &c->company->deliveries.at[d];
    if (c->company->assets.at[delivery->asset].intervention != c->index || unit_of_person(c, delivery->person) != unit || clock_day(delivery->at) > c->today)
      continue;
    bool opened = delivery->state == DELIVERY_OPENED || delivery->state == DELIVERY_DONE;
    g_hash_table_add(people, GINT_TO_POINTER(delivery->person + 1));
    g_hash_table_add(all, GINT_TO_POINTER(delivery->person + 1));
    x.shown++;
    x.opened += opened;
    x.done += delivery->state == DELIVERY_DONE;
    e->early_use += c->starts[unit] == CLOCK_NO_DAY || clock_day(delivery->at) < c->starts[unit];
    e->opened += opened;
  }
  x.people = (int)g_hash_table_size(people);
  if (x.people >= LEAST_PEOPLE)
    e->exposures[e->exposure_count++] = x;
}

void impact_beside_use(const struct impact_case *c, struct impact_effect *e)
{
  g_autoptr(GHashTable) all = g_hash_table_new(NULL, NULL);
  e->exposures = g_new0(struct impact_exposure, (size_t)c->units + 1);
  for (int i = 0; i < c->units; i++)
    count_unit_use(c, i, all, e);
  e->reached = (int)g_hash_table_size(all);
  if (e->reached < LEAST_PEOPLE)
    e->reached = e->opened = 0;
}

/* ---- moves and changes ---- */

static int unit_of_team(const struct impact_case *c, int team)
{
  for (int i = 0; i < c->units; i++)
    if (c->team[i] == team)
      return i;
  return -1;
}

/* A membership of one unit that begins after registration, of a person who was in another unit before. */
void impact_beside_moves(const struct impact_case *c, struct impact_effect *e)
{
  const struct company *company = c->company;
  for (int m = 0; m < company->memberships.count; m++) {
    const struct membership *to = &company->memberships.at[m];
    int unit = unit_of_team(c, to->team);
    if (unit < 0 || to->from == CLOCK_NO_DAY || to->from < c->terms.registered || to->from >= MIN(c->today, c->terms.reading))
      continue;
    for (int k = 0; k < company->memberships.count; k++) {
      const struct membership *from = &company->memberships.at[k];
      if (k == m || from->person != to->person || from->to == CLOCK_NO_DAY || abs(from->to - to->from) > 14)
        continue;
      int other = unit_of_team(c, from->team);
      if (other >= 0 && other != unit && c->starts[other] != c->starts[unit]) {
        e->moves++;
        break;
      }
    }
  }
}

void impact_beside_changes(const struct impact_case *c, struct impact_effect *e)
{
  e->changes = g_new(int, (size_t)c->company->changes.count + 1);
  for (int i = 0; i < c->company->changes.count; i++) {
    const struct change *change = &c->company->changes.at[i];
    bool touches = change->team < 0 && change->department < 0;
    for (int u = 0; u < c->units && !touches; u++)
      touches = change->team == c->team[u] || (change->department >= 0 && change->department == c->company->teams.at[c->team[u]].department);
    if (touches && change->day >= c->terms.registered && change->day < MIN(c->today, c->terms.reading))
      e->changes[e->change_count++] = i;
  }
}

/* ---- time ---- */

static void earlier(int32_t *day, int32_t candidate)
{
  if (candidate != CLOCK_NO_DAY && (*day == CLOCK_NO_DAY || candidate < *day))
    *day = candidate;
}

/* The need's onset; when a person first spoke of it; acceptance; live; first use. */
void impact_beside_times(const struct impact_case *c, struct impact_effect *e)
{
  const struct company *company = c->company;
  const char *need = c->intervention->need;
  e->signal = e->need = e->live = e->first_use = CLOCK_NO_DAY;
  e->accepted = c->intervention->registered;
  for (int i = 0; i < company->needs.count; i++)
    if (strcmp(company->needs.at[i].id, need) == 0)
      e->signal = company->needs.at[i].since;
  if (e->signal == CLOCK_NO_DAY && c->terms.registered - c->terms.baseline_to > 98)
    e->signal = c->terms.baseline_to; /* the need is gone; its registration still knows from when on it was open */
  for (int i = 0; i < company->confirmations.count; i++)
    if (strcmp(company->confirmations.at[i].need, need) == 0)
      earlier(&e->need, company->confirmations.at[i].day);
  for (int i = 0; i < company->decisions.count; i++)
    if (strcmp(company->decisions.at[i].need, need) == 0)
      earlier(&e->need, company->decisions.at[i].day);
  for (int i = 0; i < company->assets.count; i++)
    if (company->assets.at[i].intervention == c->index)
      earlier(&e->live, company->assets.at[i].published);
  if (e->live == CLOCK_NO_DAY || (e->first_start != CLOCK_NO_DAY && e->first_start > e->live))
    e->live = e->first_start != CLOCK_NO_DAY && e->first_start <= c->today ? e->first_start : CLOCK_NO_DAY;
  for (int i = 0; i < company->deliveries.count; i++) {
    const struct delivery *d = &company->deliveries.at[i];
    if (company->assets.at[d->asset].intervention == c->index && (d->state == DELIVERY_OPENED || d->state == DELIVERY_DONE))
      earlier(&e->first_use, d->answered != CLOCK_NO_DAY ? d->answered : clock_day(d->at));
  }
}

/* ---- money ---- */

/* Teams of the goal that have numbers. */
static int teams_of_goal(const struct impact_case *c)
{
  int teams = 0;
  for (int i = 0; i < c->company->kpis.count; i++) {
    const struct kpi *k = &c->company->kpis.at[i];
    bool first = i == 0 || k[-1].goal != k->goal || k[-1].team != k->team;
    teams += k->goal == c->intervention->goal && k->team >= 0 && first;
  }
  return teams;
}

/* value_per_unit is money a year for one unit over the whole goal: started teams move their share of it. */
void impact_beside_money(const struct impact_case *c, struct impact_effect *e)
{
  double worth = fabs(c->goal->value_per_unit);
  int teams = MAX(teams_of_goal(c), e->treated);
  if (!(worth > 0) || !isfinite(worth) || teams == 0)
    return;
  double factor = worth * e->treated / teams;
  e->money = (struct impact_figure){ factor * e->effect.value, factor * e->effect.se, factor * e->effect.low, factor * e->effect.high, e->effect.p };
  if (e->cost > 0) {
    e->back = e->money.value / e->cost;
    e->back_low = e->money.low / e->cost;
    e->back_high = e->money.high / e->cost;
  }
}
