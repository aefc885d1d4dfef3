/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways out of a shortage, in money of the first year and in months until they help: build, borrow, buy, automate.
 *
 * Build: people who are near to the skill, that is able in at least two skills that stand beside it (the same broader
 * skill, or a job that asks for both). They are counted, by team where five or more of them are in one, and never listed.
 * The company's own programme that teaches the skill gives hours and price, where there is one.
 *
 *   build     learners = people / success; learners · (seat + hours · pay / hours a year) + people · work left behind · pay
 *             months = hours / hours a week, and practice
 *   borrow    people · day rate · days a year
 *   buy       people · (hiring share + 1) · pay; months = to find, and to ramp up
 *   automate  only where a change or programme of the company says that a tool takes part of this work over; by how much no
 *             file says, so it has no price: "cannot tell"
 *
 * The proposal takes the cheapest way that helps within the forecast for as many people as it can give, then the next
 * cheapest, and bridges with borrowed person-months what is short before they help. What it saves is counted against
 * borrowing everybody, which is what companies do that begin too late.
 *
 * How it can be wrong: every price is an assumption until the company overrides it; who is near by files may not want to;
 * the second year is left out, in which whoever is borrowed costs again and whoever was built does not.
 *
 * Sources: the four ways as in P. Cappelli, Talent on Demand (2008), chapters 5 and 6. */
#include "agents/workforce-private.h"
#include <math.h>
#include <string.h>

#define MONTH 30.4375
#define WEEKS 4.348            /* in a month */
#define NEAR_SKILLS 2          /* beside the one that is short, that somebody near is able in */

const char *const workforce_way_names[WAY_COUNT] = { "build", "borrow", "buy", "automate" };

/* ---- who is near ---- */

static bool *skills_beside(const struct company *c, int skill)
{
  bool *beside = g_new0(bool, c->skills.count + 1);
  for (int s = 0; s < c->skills.count; s++)
    beside[s] = c->skills.at[skill].broader >= 0 && c->skills.at[s].broader == c->skills.at[skill].broader;
  for (int j = 0; j < c->jobs.count; j++)
    for (int i = 0; workforce_job_needs(c, j, skill) && i < c->jobs.at[j].count; i++)
      if (c->job_skills.at[c->jobs.at[j].first + i].skill >= 0)
        beside[c->job_skills.at[c->jobs.at[j].first + i].skill] = true;
  beside[skill] = false;
  return beside;
}

static bool is_near(const struct workforce_study *study, int person, int skill, const bool *beside, int least)
{
  double able = study->assumed[ASSUME_ABLE_LEVEL] / 5;
  int near = 0;
  if (levels_find(study->levels, person, skill) != NULL && levels_chance(study->levels, person, skill, able) >= 0.5)
    return false;
  for (int s = 0; s < study->company->skills.count && near < least; s++)
    near += beside[s] && levels_find(study->levels, person, s) != NULL && levels_chance(study->levels, person, s, able) >= 0.5;
  return near >= least;
}

/* Teams with five or more near people are named, unless what remains would then be one to four. */
static void name_teams(struct workforce_pool *pool, const int *count, int teams)
{
  int named = 0;
  for (int t = 0; t < teams; t++)
    if (count[t] >= WORKFORCE_LEAST) {
      pool->team[pool->teams] = t;
      pool->count[pool->teams++] = count[t];
      named += count[t];
    }
  while (pool->teams > 0 && pool->people > named && pool->people - named < WORKFORCE_LEAST) {
    int least = 0;
    for (int i = 1; i < pool->teams; i++)
      if (pool->count[i] < pool->count[least])
        least = i;
    named -= pool->count[least];
    pool->teams--;
    memmove(&pool->team[least], &pool->team[least + 1], sizeof *pool->team * (size_t)(pool->teams - least));
    memmove(&pool->count[least], &pool->count[least + 1], sizeof *pool->count * (size_t)(pool->teams - least));
  }
  pool->elsewhere = pool->people - named;
}

static void find_pool(const struct workforce_study *study, int skill, struct workforce_pool *pool)
{
  const struct company *c = study->company;
  g_autofree bool *beside = skills_beside(c, skill);
  g_autofree int *count = g_new0(int, c->teams.count + 1);
  int *skills = g_new(int, c->skills.count + 1);
  pool->team = g_new0(int, c->teams.count + 1);
  pool->count = g_new0(int, c->teams.count + 1);
  for (int s = 0; s < c->skills.count; s++)
    if (beside[s])
      skills[pool->skill_count++] = s;
  pool->skills = skills;
  for (int p = 0; p < c->people.count && pool->skill_count > 0; p++)
    if (c->people.at[p].status == PERSON_ACTIVE && is_near(study, p, skill, beside, MIN(NEAR_SKILLS, pool->skill_count))) {
      pool->people++;
      if (c->people.at[p].team >= 0)
        count[c->people.at[p].team]++;
    }
  name_teams(pool, count, c->teams.count);
}

/* ---- prices ---- */

static void add_part(struct workforce_option *option, const char *what, double money)
{
  option->parts[option->part_count++] = (struct workforce_part){ what, money };
  option->money += money;
}

static void close_option(struct workforce_option *option)
{
  option->known = true;
  option->each = option->people > 0 ? option->money / option->people : 0;
}

/* The company's own that teaches the skill, the cheapest for one person; -1 none. */
static int programme_for(const struct company *c, int skill)
{
  int best = -1;
  for (int i = 0; i < c->programmes.count; i++)
    for (int k = 0; c->programmes.at[i].active && k < c->programmes.at[i].skill_count; k++)
      if (c->programmes.at[i].skills[k] == skill && (best < 0 || c->programmes.at[i].cost_per_seat < c->programmes.at[best].cost_per_seat))
        best = i;
  return best;
}

static void price_build(struct workforce_study *study, struct workforce_plan *plan, double people)
{
  const double *a = study->assumed;
  struct workforce_option *option = &plan->options[WAY_BUILD];
  const struct programme *own = plan->programme >= 0 ? &study->company->programmes.at[plan->programme] : NULL;
  double hours = own && own->hours > 0 ? own->hours : a[ASSUME_LEARN_HOURS], seat = own ? own->cost_per_seat : a[ASSUME_LEARN_SEAT];
  option->months = hours / (a[ASSUME_LEARN_WEEKLY] * WEEKS) + a[ASSUME_PRACTICE_MONTHS];
  if (plan->pool.people < WORKFORCE_LEAST) {
    option->why = "fewer than five people are near to this skill";
    return;
  }
  option->people = fmin(people, floor(plan->pool.people * a[ASSUME_LEARN_SUCCESS]));
  double learners = ceil(option->people / a[ASSUME_LEARN_SUCCESS]);
  add_part(option, own ? workforce_say(study, "seats in “%s” for %.0f learners", own->title, learners) : workforce_say(study, "learning for %.0f learners", learners),
           learners * seat);
  add_part(option, workforce_say(study, "their time: %.0f hours each", hours), learners * hours * a[ASSUME_PAY] / a[ASSUME_HOURS_A_YEAR]);
  add_part(option, "their present work, as far as somebody else must do it", option->people * a[ASSUME_LEFT_BEHIND] * a[ASSUME_PAY]);
  option->why = workforce_say(study, "%d people are near: able in at least %d skills beside it", plan->pool.people, MIN(NEAR_SKILLS, plan->pool.skill_count));
  close_option(option);
}

static void price_others(struct workforce_study *study, struct workforce_plan *plan, double people)
{
  const double *a = study->assumed;
  struct workforce_option *borrow = &plan->options[WAY_BORROW], *buy = &plan->options[WAY_BUY];
  borrow->people = buy->people = people;
  borrow->months = a[ASSUME_BORROW_MONTHS];
  add_part(borrow, workforce_say(study, "%.0f days each", a[ASSUME_BORROW_DAYS]), people * a[ASSUME_DAY_RATE] * a[ASSUME_BORROW_DAYS]);
  borrow->why = "soon there and soon gone; costs the same again next year";
  close_option(borrow);
  buy->months = a[ASSUME_HIRING_MONTHS] + a[ASSUME_RAMP_MONTHS];
  add_part(buy, "finding and hiring", people * a[ASSUME_HIRING_SHARE] * a[ASSUME_PAY]);
  add_part(buy, "a year's pay", people * a[ASSUME_PAY]);
  buy->why = "stays, and its pay goes on";
  close_option(buy);
}

static bool mentions(const char *text, const char *name)
{
  if (text == NULL || name == NULL || !*name)
    return false;
  g_autofree char *folded = g_utf8_casefold(text, -1), *sought = g_utf8_casefold(name, -1);
  return strstr(folded, sought) != NULL;
}

static void price_automate(struct workforce_study *study, struct workforce_plan *plan, const struct skill *skill)
{
  struct workforce_option *option = &plan->options[WAY_AUTOMATE];
  option->why = "no change or programme of yours says that a tool takes this work over";
  for (int i = 0; i < study->company->changes.count; i++) {
    const struct change *change = &study->company->changes.at[i];
    if (g_strcmp0(change->kind, "tool") == 0 && mentions(change->title, "automat") && mentions(change->title, skill->name))
      option->why = workforce_say(study, "“%s” may take part of it over; by how much, no file says", change->title);
  }
}

/* ---- the mix ---- */

/* The cheapest for one person that is left and helps before the forecast ends. */
static int next_way(const struct workforce_plan *plan, const bool *used, double horizon)
{
  int best = -1;
  for (int w = 0; w < WAY_COUNT; w++) {
    const struct workforce_option *o = &plan->options[w];
    bool may = !used[w] && o->known && o->people > 0 && o->months <= horizon;
    if (may && (best < 0 || o->each < plan->options[best].each))
      best = w;
  }
  return best;
}

/* Person-months that are short before `months` from now, as expected. */
static double short_before(const struct workforce_case *of, double months)
{
  double sum = 0, before = 0;
  for (int i = 0; i < of->count && before < months; i++) {
    sum += fmax(0, of->at[i].demand - of->at[i].supply) * (fmin(of->at[i].months, months) - before);
    before = of->at[i].months;
  }
  return sum;
}

static void mix(const struct workforce_study *study, const struct workforce_case *of, struct workforce_plan *plan, double people)
{
  const double *a = study->assumed;
  bool used[WAY_COUNT] = { false };
  double missing = people;
  int way;
  while (missing > 1e-9 && (way = next_way(plan, used, of->at[of->count - 1].months)) >= 0) {
    double part = fmin(missing, plan->options[way].people);
    used[way] = true;
    missing -= part;
    plan->people[way] = part;
    plan->money += part * plan->options[way].each;
    plan->months = fmax(plan->months, plan->options[way].months);
  }
  plan->bridge_months = plan->people[WAY_BORROW] < people ? short_before(of, plan->months) : 0;
  plan->bridge_money = plan->bridge_months * a[ASSUME_DAY_RATE] * a[ASSUME_BORROW_DAYS] / 12;
  plan->money += plan->bridge_money;
  plan->saved = fmax(0, plan->options[WAY_BORROW].money - plan->money);
  plan->begin_by = of->starts >= 0 ? of->at[of->starts].day - (int32_t)ceil(plan->months * MONTH) : CLOCK_NO_DAY;
}

void workforce_plan_make(struct workforce_study *study, const struct workforce_case *of, struct workforce_plan *ret_plan)
{
  *ret_plan = (struct workforce_plan){ .programme = programme_for(study->company, of->skill) };
  double people = fmax(1, ceil(of->short_by));
  find_pool(study, of->skill, &ret_plan->pool);
  price_build(study, ret_plan, people);
  price_others(study, ret_plan, people);
  price_automate(study, ret_plan, &study->company->skills.at[of->skill]);
  double until = of->starts >= 0 ? of->at[of->starts].months : of->at[of->count - 1].months;
  for (int w = 0; w < WAY_COUNT; w++)
    ret_plan->options[w].in_time = ret_plan->options[w].known && ret_plan->options[w].months <= until;
  mix(study, of, ret_plan, people);
}

void workforce_plan_clear(struct workforce_plan *plan)
{
  g_free(plan->pool.team);
  g_free(plan->pool.count);
  g_free((void *)(uintptr_t)plan->pool.skills);
}
