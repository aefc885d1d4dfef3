/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts on single companies: nothing before the last reading, nothing without a comparison, the same answer for the same data in another
 * unit or the other direction, as assigned and not as it happened; and what stands beside. Rates are test-coverage's. */
#include "impact/measure.h"
#include "impact/plan.h"
#include "impact/test-world.h"
#include <math.h>
#include <string.h>

static struct impact_effect measured(const struct lived *l, int32_t today)
{
  struct impact_effect e;
  g_assert_true(impact_measure(&l->world->company, 0, today, &e));
  return e;
}

static void test_moved(void)
{
  struct lived l = world_live(2.5, 21);
  struct impact_effect e = measured(&l, l.reading);
  g_assert_cmpint(e.verdict, ==, IMPACT_MOVED);
  g_assert_null(e.needed);
  g_assert_cmpfloat(e.effect.low, >, 0);
  g_assert_cmpfloat(fabs(e.effect.value - l.truth), <, 4 * e.effect.se);
  g_assert_cmpfloat(e.effect.p, <=, 0.05);
  g_assert_nonnull(strstr(e.sentence, "It moved \"Visits on the promised day\""));
  g_assert_nonnull(strstr(e.sentence, "EUR a year"));
  g_assert_cmpint(e.treated + e.waiting, ==, 8);
  g_assert_cmpint(e.others, ==, 8);
  g_assert_cmpfloat_with_epsilon(e.money.value, 20000 * e.effect.value * e.treated / 16, 1e-6);
  g_assert_cmpfloat_with_epsilon(e.back, e.money.value / e.cost, 1e-9);
  g_assert_cmpint(e.told, ==, l.reading);
  g_assert_cmpint(e.signal, ==, l.world->need.since);
  /* the effect shows in the weeks after the start, and not before */
  g_assert_cmpint(e.steps, >, 10);
  double before = 0, after = 0;
  for (int i = 0; i < e.steps; i++)
    *(e.step_week[i] < 0 ? &before : &after) += e.step_effect[i] / (e.step_week[i] < 0 ? 6 : e.steps - 6);
  g_assert_cmpfloat(after, >, before + 2);
  impact_effect_clear(&e);
  world_bury(&l);
}

static void test_did_not_move(void)
{
  int against = 0, moved = 0;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    struct lived l = world_live(0, seed);
    struct impact_effect e = measured(&l, l.reading);
    against += e.verdict == IMPACT_DID_NOT_MOVE;
    moved += e.verdict == IMPACT_MOVED;
    if (e.verdict == IMPACT_DID_NOT_MOVE)
      g_assert_nonnull(strstr(e.sentence, "did not move"));
    else if (e.verdict == IMPACT_CANNOT_TELL)
      g_assert_nonnull(e.needed);
    impact_effect_clear(&e);
    world_bury(&l);
  }
  g_assert_cmpint(against, >=, 3);
  g_assert_cmpint(moved, <=, 1);
}

/* What harms did not move the goal either, and is not passed over in silence. */
static void test_harm(void)
{
  struct lived l = world_live(-2.5, 21);
  struct impact_effect e = measured(&l, l.reading);
  g_assert_cmpint(e.verdict, ==, IMPACT_DID_NOT_MOVE);
  g_assert_cmpfloat(e.effect.high, <, 0);
  g_assert_nonnull(strstr(e.sentence, "stand worse by"));
  impact_effect_clear(&e);
  world_bury(&l);
}

/* Not a figure of the effect leaves before the last reading, whatever the numbers say already. */
static void test_no_peeking(void)
{
  struct lived l = world_live(3, 5);
  for (int32_t day = l.plan->planned; day < l.reading; day += 21) {
    struct impact_effect e = measured(&l, day);
    g_assert_cmpint(e.verdict, ==, IMPACT_CANNOT_TELL);
    g_assert_true(e.early && isnan(e.effect.value) && isnan(e.effect.low) && isnan(e.money.value) && isnan(e.placebo.value));
    g_assert_cmpint(e.steps, ==, 0);
    g_assert_nonnull(strstr(e.sentence, "cannot be told yet: the last reading is on"));
    impact_effect_clear(&e);
  }
  world_bury(&l);
}

static void test_not_measurable(void)
{
  struct lived l = world_live(3, 6);
  l.world->intervention.measurable = false;
  struct impact_effect e = measured(&l, l.reading);
  g_assert_cmpint(e.verdict, ==, IMPACT_CANNOT_TELL);
  g_assert_true(isnan(e.effect.value));
  g_assert_nonnull(strstr(e.needed, "registered as not measurable"));
  impact_effect_clear(&e);
  world_bury(&l);
}

static void test_late_numbers(void)
{
  struct lived l = world_live(3, 7);
  struct company *c = &l.world->company;
  int kept = 0;
  for (int i = 0; i < c->kpis.count; i++) /* what came after half of the time is not there yet */
    if (c->kpis.at[i].day < l.plan->planned + 84)
      c->kpis.at[kept++] = c->kpis.at[i];
  c->kpis.count = kept;
  struct impact_effect e = measured(&l, l.reading + 3);
  g_assert_cmpint(e.verdict, ==, IMPACT_CANNOT_TELL);
  g_assert_true(isnan(e.effect.value));
  g_assert_nonnull(strstr(e.needed, "have come in"));
  impact_effect_clear(&e);
  world_bury(&l);
}

static void test_other_unit(void)
{
  struct lived l = world_live(1, 8);
  struct impact_effect e = measured(&l, l.reading), other;
  for (int i = 0; i < l.world->company.kpis.count; i++)
    l.world->company.kpis.at[i].value = 5000 - 1000 * l.world->company.kpis.at[i].value;
  l.world->company.goals.at[0].direction = GOAL_DOWN;
  l.world->intervention.minimum_effect *= 1000;
  other = measured(&l, l.reading);
  g_assert_cmpint(other.verdict, ==, e.verdict);
  g_assert_cmpfloat_with_epsilon(other.effect.value, 1000 * e.effect.value, 1e-5 * fabs(1000 * e.effect.value));
  g_assert_cmpfloat_with_epsilon(other.effect.low, 1000 * e.effect.low, 1e-4 * 1000 * e.effect.se);
  g_assert_cmpfloat_with_epsilon(other.effect.p, e.effect.p, 1e-9);
  impact_effect_clear(&e);
  impact_effect_clear(&other);
  world_bury(&l);
}

/* The same data, the same answer: to the last bit, because claims are compared by their text. */
static void test_stable(void)
{
  struct lived l = world_live(1, 9);
  struct impact_effect a = measured(&l, l.reading), b = measured(&l, l.reading + 30);
  g_assert_true(a.effect.value == b.effect.value && a.effect.low == b.effect.low && a.effect.high == b.effect.high && a.effect.p == b.effect.p);
  g_assert_cmpstr(a.sentence, ==, b.sentence);
  impact_effect_clear(&a);
  impact_effect_clear(&b);
  world_bury(&l);
}

/* What all teams share, whatever its shape, cancels out of the estimate exactly. */
static void test_common_shock(void)
{
  struct lived l = world_live(1, 10);
  struct impact_effect a = measured(&l, l.reading), b;
  for (int i = 0; i < l.world->company.kpis.count; i++) {
    struct kpi *k = &l.world->company.kpis.at[i];
    k->value += k->day > l.plan->planned + 60 ? 40 : 0.01 * (k->day - l.plan->planned);
  }
  b = measured(&l, l.reading);
  g_assert_cmpfloat_with_epsilon(a.effect.value, b.effect.value, 1e-6 * a.effect.se + 1e-7);
  g_assert_cmpfloat_with_epsilon(a.effect.p, b.effect.p, 1e-9);
  impact_effect_clear(&a);
  impact_effect_clear(&b);
  world_bury(&l);
}

/* What all affected teams share from registration on is no effect either: they may come back by themselves. */
static void test_coming_back(void)
{
  struct lived l = world_live(0.5, 12);
  struct impact_effect a = measured(&l, l.reading), b;
  for (int i = 0; i < l.world->company.kpis.count; i++) {
    struct kpi *k = &l.world->company.kpis.at[i];
    k->value += k->team < 8 && k->day >= l.plan->planned ? 12 : 0;
  }
  b = measured(&l, l.reading);
  g_assert_cmpfloat_with_epsilon(a.effect.value, b.effect.value, 1e-6 * a.effect.se + 1e-7);
  impact_effect_clear(&a);
  impact_effect_clear(&b);
  world_bury(&l);
}

/* ---- beside the effect ---- */

#define PEOPLE (16 * 8)

static void add_people(struct world *w, struct person *people)
{
  for (int p = 0; p < PEOPLE; p++)
    people[p] = (struct person){ .id = "p", .status = PERSON_ACTIVE, .start = 0, .end = CLOCK_NO_DAY, .fte = 1, .team = p / 8, .department = -1, .job = -1, .manager = -1 };
  w->company.people.at = people;
  w->company.people.count = PEOPLE;
}

static int32_t start_of(const struct lived *l, int team)
{
  for (int i = 0; i < l->plan->unit_count; i++)
    if (l->plan->units[i].team == team)
      return l->plan->units[i].start;
  return CLOCK_NO_DAY;
}

static void test_behaviour(void)
{
  struct lived l = world_live(1, 13);
  static struct person people[PEOPLE];
  g_autofree struct result *results = g_new0(struct result, PEOPLE * 60);
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  int n = 0;
  add_people(l.world, people);
  for (int p = 0; p < PEOPLE; p++)
    for (int week = -24; week < 24; week += 4) {
      int32_t day = l.plan->planned + 7 * week, start = start_of(&l, p / 8);
      bool started = start != CLOCK_NO_DAY && day >= start + 28;
      results[n++] = (struct result){ .person = p, .skill = 0, .day = day, .kind = RESULT_WORK, .item = -1, .difficulty = NAN,
                                      .score = 0.5 + (started ? 0.2 : 0) + 0.1 * (g_rand_double(rand) - 0.5) };
      results[n++] = (struct result){ .person = p, .skill = 0, .day = day, .kind = RESULT_SELF, .item = -1, .difficulty = NAN, .score = started ? 1 : 0 };
    }
  l.world->company.results.at = results;
  l.world->company.results.count = n;
  struct impact_effect e = measured(&l, l.reading);
  g_assert_cmpint(e.behaviours, ==, 1); /* self-ratings count for nothing */
  g_assert_cmpint(e.behaviour[0].level, ==, 3);
  g_assert_cmpfloat_with_epsilon(e.behaviour[0].change.value, 0.2, 0.03);
  g_assert_cmpfloat(e.behaviour[0].change.low, >, 0);
  g_assert_cmpint(e.behaviour[0].people, >=, 5);
  impact_effect_clear(&e);
  world_bury(&l);
}

static void test_use(void)
{
  struct lived l = world_live(1, 14);
  static struct person people[PEOPLE];
  struct asset asset = { .id = "as", .intervention = 0, .published = l.plan->planned + 10 };
  struct delivery deliveries[PEOPLE];
  int n = 0, reached = 0, started = -1;
  add_people(l.world, people);
  for (int p = 0; p < PEOPLE; p++) {
    int32_t start = start_of(&l, p / 8);
    if (start == CLOCK_NO_DAY)
      continue;
    started = started < 0 ? p / 8 : started;
    if (p / 8 != started && p % 8 > 2)
      continue; /* the other teams: three people each */
    deliveries[n++] = (struct delivery){ .id = "d", .asset = 0, .person = p, .at = (start + 3) * CLOCK_DAY, .state = p % 2 ? DELIVERY_OPENED : DELIVERY_SHOWN,
                                         .answered = p % 2 ? start + 5 : CLOCK_NO_DAY };
    reached++;
  }
  l.world->company.assets.at = &asset;
  l.world->company.assets.count = 1;
  l.world->company.deliveries.at = deliveries;
  l.world->company.deliveries.count = n;
  struct impact_effect e = measured(&l, l.reading);
  g_assert_cmpint(e.reached, ==, reached);
  g_assert_cmpint(e.exposure_count, ==, 1); /* of a team in which fewer than five were reached nothing is said */
  g_assert_cmpint(e.exposures[0].team, ==, started);
  g_assert_cmpint(e.exposures[0].people, ==, 8);
  g_assert_cmpint(e.exposures[0].opened, ==, 4);
  g_assert_cmpint(e.early_use, ==, 0);
  g_assert_cmpint(e.first_use, ==, e.first_start + 5);
  g_assert_cmpint(e.live, ==, e.first_start);
  impact_effect_clear(&e);
  world_bury(&l);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/measure/moved", test_moved);
  g_test_add_func("/measure/did not move", test_did_not_move);
  g_test_add_func("/measure/harm", test_harm);
  g_test_add_func("/measure/no peeking", test_no_peeking);
  g_test_add_func("/measure/not measurable", test_not_measurable);
  g_test_add_func("/measure/late numbers", test_late_numbers);
  g_test_add_func("/measure/another unit, the other direction", test_other_unit);
  g_test_add_func("/measure/stable", test_stable);
  g_test_add_func("/measure/a shock that all share", test_common_shock);
  g_test_add_func("/measure/coming back by themselves", test_coming_back);
  g_test_add_func("/measure/behaviour", test_behaviour);
  g_test_add_func("/measure/use", test_use);
  return g_test_run();
}
