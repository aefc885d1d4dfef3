/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programmes: cost, takers, goals, and a first answer to "what does it do?".
 *
 * The effect. Of everybody who completed the programme, and for each of its skills: the mean score (net of what kind,
 * difficulty and item made of it, kinds weighed as everywhere) in the half year after less that in the half year before.
 * From it is taken the same change, over the same days, of people in the same job who did not take the programme around
 * then: a difference in differences per taker (O. Ashenfelter, D. Card, Using the Longitudinal Structure of Earnings, Rev.
 * Econ. Stat. 67, 1985). Their mean is the effect; its variance is that of takers over their number, and that of peers over
 * theirs; the interval uses Student's t by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5). Fewer than five
 * takers, or fewer than five peers of a taker: nothing is said of them.
 *
 * A programme "raises" levels where the whole 95 % interval lies above zero, and "does not raise" them where it lies below
 * a quarter of a level; anything else cannot be told from these results.
 *
 * How it can be wrong: who enrols because somebody saw a weak moment rises by itself afterwards (regression to the mean),
 * and this comparison was not fixed before the data came in: it is a hint what to look at, not a verdict on a goal. Levels
 * are not the goal's number either. Whoever is never assessed is not seen. */
#include "company/programmes.h"
#include "company/stems.h"
#include <math.h>
#include <string.h>

#define WINDOW 182             /* days on either side */
#define YEAR 365
#define MEANINGFUL 0.25        /* of a level: less is no reason to run a programme */
#define SCALE 5.0

const char *const programme_verdict_names[3] = { "cannot tell", "raises", "does not raise" };

/* ---- cost ---- */

static double money_or_zero(double value) { return isfinite(value) ? value : 0; }

struct programme_account programme_account_of(const struct company *c, int programme)
{
  const struct programme *p = &c->programmes.at[programme];
  struct programme_account account = { .from = c->last_day - YEAR, .to = c->last_day };
  g_autofree bool *took = g_new0(bool, c->people.count + 1);
  for (int i = 0; i < c->enrolments.count; i++) {
    const struct enrolment *e = &c->enrolments.at[i];
    if (e->programme != programme || e->day <= account.from || e->day > account.to)
      continue;
    account.seats++;
    account.completed += e->completed != CLOCK_NO_DAY;
    if (e->person >= 0 && !took[e->person])
      took[e->person] = true, account.people++;
  }
  account.few = account.seats > 0 && MAX(account.people, 1) < PROGRAMME_LEAST;
  bool ran = p->active || p->stopped || account.seats > 0; /* what its file calls inactive and nobody took costs nothing */
  account.money = account.seats * money_or_zero(p->cost_per_seat) + (ran ? money_or_zero(p->fixed_cost) : 0);
  return account;
}

/* ---- goals ---- */

static bool shares_skill(const struct goal *goal, const struct programme *p)
{
  for (int i = 0; i < goal->skill_count; i++)
    for (int k = 0; k < p->skill_count; k++)
      if (goal->skills[i] == p->skills[k])
        return true;
  return false;
}

static bool shares_word(GHashTable *own, GHashTable *goal)
{
  GHashTableIter it;
  gpointer stem;
  g_hash_table_iter_init(&it, own);
  while (g_hash_table_iter_next(&it, &stem, NULL))
    if (g_hash_table_contains(goal, stem))
      return true;
  return false;
}

int programme_goals(const struct company *c, int programme, GHashTable *const *stems, int *ret_goals, bool *ret_by_words)
{
  const struct programme *p = &c->programmes.at[programme];
  g_autoptr(GHashTable) own = stems_new();
  int count = 0;
  bool by_words = false;
  stems_add(own, p->title);
  for (int g = 0; g < c->goals.count; g++)
    if (p->serves != NULL ? strcmp(c->goals.at[g].id, p->serves) == 0 : shares_skill(&c->goals.at[g], p))
      ret_goals[count++] = g;
  by_words = count == 0 && p->serves == NULL;
  for (int g = 0; by_words && g < c->goals.count; g++)
    if (shares_word(own, stems[g]))
      ret_goals[count++] = g;
  if (ret_by_words)
    *ret_by_words = by_words && count > 0;
  return count;
}

bool programme_is_forecast(const struct company *c, int programme)
{
  const struct programme *p = &c->programmes.at[programme];
  for (int i = 0; i < c->demands.count; i++)
    for (int k = 0; k < p->skill_count; k++)
      if (c->demands.at[i].skill == p->skills[k])
        return true;
  return false;
}

/* ---- effect ---- */

/* The change of a person's mean net score from [from − WINDOW, from) to (to, to + WINDOW]; NAN where a side is empty. */
static double change_of(const struct company *c, const struct levels *levels, const struct level *level, int32_t from, int32_t to)
{
  double sum[2] = { 0 }, weight[2] = { 0 };
  for (int i = 0; level && i < level->results; i++) {
    const struct result *r = &c->results.at[level->first + i];
    int side = r->day >= from - WINDOW && r->day < from ? 0 : r->day > to && r->day <= to + WINDOW ? 1 : -1;
    if (side < 0 || !isfinite(r->score))
      continue;
    sum[side] += level_result_weight(r) * level_net_score(levels, r);
    weight[side] += level_result_weight(r);
  }
  return weight[0] > 0 && weight[1] > 0 ? sum[1] / weight[1] - sum[0] / weight[0] : NAN;
}

struct mean { int n; double sum, squares; };
static void mean_add(struct mean *mean, double x) { mean->n++, mean->sum += x, mean->squares += x * x; }
static double mean_variance(const struct mean *m) { return m->n > 1 ? fmax(0, (m->squares - m->sum * m->sum / m->n) / (m->n - 1)) : 0; }

/* One completion: who, from when to when. */
struct taking { int person; int32_t from, to; };
struct comparison {
  const struct company *company; const struct levels *levels; int programme;
  int *first, *next;           /* enrolments of the programme by person, as lists */
  bool *peer;                  /* who has served as one */
  struct mean spreads;         /* standard deviations of the changes of a taker's peers */
};

/* Did the person begin the programme so near to these days that it may show in them? */
static bool took_around(const struct comparison *of, int person, int32_t from, int32_t to)
{
  for (int i = of->first[person]; i >= 0; i = of->next[i])
    if (of->company->enrolments.at[i].day >= from - WINDOW && of->company->enrolments.at[i].day <= to + WINDOW)
      return true;
  return false;
}

static struct mean peers_of(struct comparison *of, const struct taking *taking, int skill)
{
  const struct levels *levels = of->levels;
  const struct company *c = of->company;
  struct mean mean = { 0 };
  for (int i = levels->first_of_skill[skill]; i < levels->first_of_skill[skill + 1]; i++) {
    const struct level *level = &levels->at[i];
    if (level->person == taking->person || c->people.at[level->person].job != c->people.at[taking->person].job || took_around(of, level->person, taking->from, taking->to))
      continue;
    double change = change_of(c, levels, level, taking->from, taking->to);
    if (isnan(change))
      continue;
    of->peer[level->person] = true;
    mean_add(&mean, change);
  }
  return mean;
}

/* A taker's own difference in differences, over the programme's skills; NAN where nothing can be compared. */
static double difference_of(struct comparison *of, const struct taking *taking)
{
  const struct programme *p = &of->company->programmes.at[of->programme];
  struct mean mean = { 0 };
  for (int k = 0; k < p->skill_count; k++) {
    const struct level *level = levels_find(of->levels, taking->person, p->skills[k]);
    double change = change_of(of->company, of->levels, level, taking->from, taking->to);
    if (isnan(change))
      continue;
    struct mean peers = peers_of(of, taking, p->skills[k]);
    if (peers.n < PROGRAMME_LEAST)
      continue;
    mean_add(&mean, change - peers.sum / peers.n);
    mean_add(&of->spreads, sqrt(mean_variance(&peers)));
  }
  return mean.n > 0 ? mean.sum / mean.n : NAN;
}

/* Student's 97.5 % point. */
static double student(double freedom)
{
  const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z;
  return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom);
}

static struct comparison comparison_of(const struct company *c, const struct levels *levels, int programme)
{
  struct comparison of = { .company = c, .levels = levels, .programme = programme };
  of.first = g_new(int, c->people.count + 1), of.next = g_new(int, c->enrolments.count + 1);
  of.peer = g_new0(bool, c->people.count + 1);
  for (int p = 0; p < c->people.count; p++)
    of.first[p] = -1;
  for (int i = 0; i < c->enrolments.count; i++)
    if (c->enrolments.at[i].programme == programme && c->enrolments.at[i].person >= 0) {
      int person = c->enrolments.at[i].person;
      of.next[i] = of.first[person], of.first[person] = i;
    }
  return of;
}

/* The person's first completion; false: none. */
static bool first_taking(const struct comparison *of, int person, struct taking *ret)
{
  bool found = false;
  for (int i = of->first[person]; i >= 0; i = of->next[i]) {
    const struct enrolment *e = &of->company->enrolments.at[i];
    if (e->completed != CLOCK_NO_DAY && (!found || e->day < ret->from))
      *ret = (struct taking){ person, e->day, e->completed }, found = true;
  }
  return found;
}

static struct programme_effect conclude(const struct mean *takers, const struct mean *spreads, int people, int begun)
{
  struct programme_effect effect = { .change = NAN, .low = NAN, .high = NAN };
  if (takers->n < PROGRAMME_LEAST) {
    effect.why = begun < PROGRAMME_LEAST ? "fewer than five people have completed it" : "too few of those who completed it have results before and after, beside people alike who did not take it";
    return effect;
  }
  double spread = spreads->n > 0 ? spreads->sum / spreads->n : 0, mean = takers->sum / takers->n;
  double se = sqrt(mean_variance(takers) / takers->n + spread * spread / MAX(people, 1)), reach = student(takers->n - 1) * se;
  effect.takers = takers->n, effect.peers = people;
  effect.change = SCALE * mean, effect.low = SCALE * (mean - reach), effect.high = SCALE * (mean + reach);
  effect.verdict = effect.low > 0 ? PROGRAMME_RAISES : effect.high < MEANINGFUL ? PROGRAMME_DOES_NOT_RAISE : PROGRAMME_CANNOT_TELL;
  if (effect.verdict == PROGRAMME_CANNOT_TELL)
    effect.why = "the difference could as well be chance, or large enough to matter";
  return effect;
}

struct programme_effect programme_effect_of(const struct company *c, const struct levels *levels, int programme)
{
  struct comparison of = comparison_of(c, levels, programme);
  struct mean takers = { 0 };
  int begun = 0, people = 0;
  for (int p = 0; p < c->people.count; p++) {
    struct taking taking = { 0 };
    if (!first_taking(&of, p, &taking))
      continue;
    begun++;
    double difference = difference_of(&of, &taking);
    if (!isnan(difference))
      mean_add(&takers, difference);
  }
  for (int p = 0; p < c->people.count; p++)
    people += of.peer[p];
  struct programme_effect effect = conclude(&takers, &of.spreads, people, begun);
  g_free(of.first), g_free(of.next), g_free(of.peer);
  return effect;
}
