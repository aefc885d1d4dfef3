/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts on single companies: before the last reading only what holds at all looks, nothing without a comparison, the same answer for the same data in another
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
  g_assert_cmpint(e.curve.count, >, 10);
  double before = 0, after = 0;
  for (int i = 0; i < e.curve.count; i++)
    *(e.curve.week[i] < 0 ? &before : &after) += e.curve.effect[i] / (e.curve.week[i] < 0 ? 6 : e.curve.count - 6);
  g_assert_cmpfloat(after, >, before + 2);
  /* the checks have their pictures too: eight weeks up to registration, and a start that never was; nothing happens in either */
  const struct { const struct impact_figure *figure; const struct impact_curve *curve; } checks[] = { { &e.pretrend, &e.pretrend_curve }, { &e.placebo, &e.placebo_curve } };
  for (size_t k = 0; k < G_N_ELEMENTS(checks); k++) {
    const struct impact_curve *curve = checks[k].curve;
    double mean = 0;
    int counted = 0;
    g_assert_true((curve->count > 0) == isfinite(checks[k].figure->value));
    for (int i = 0; i < curve->count; i++) {
      g_assert_true(curve->low[i] < curve->effect[i] && curve->effect[i] < curve->high[i]);
      g_assert_true(i == 0 || curve->week[i] > curve->week[i - 1]);
      if (k == 0 || curve->week[i] >= l.plan->from_week) {
        mean += curve->effect[i];
        counted++;
      }
    }
    if (counted > 0)
      g_assert_cmpfloat(fabs(mean / counted - checks[k].figure->value), <, checks[k].figure->se);
  }
  g_assert_cmpint(e.pretrend_curve.week[0], ==, -8);
  g_assert_cmpint(e.pretrend_curve.week[e.pretrend_curve.count - 1], ==, -1);
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

/* Before the last reading: first nothing, then a band that holds at all looks. What is plain is said early and stays said; what harms
 * is not called early; and money, plots and checks wait for the last reading. */
static void test_early(void)
{
  for (int way = -1; way <= 1; way += 2) {
    struct lived l = world_live(3 * way, 5);
    enum impact_basis basis = IMPACT_NO_BASIS;
    int32_t first = CLOCK_NO_DAY;
    for (int32_t day = l.plan->planned; day < l.reading; day += 7) {
      struct impact_effect e = measured(&l, day);
      g_assert_true(e.early && isnan(e.money.value) && isnan(e.placebo.value));
      g_assert_cmpint(e.curve.count + e.placebo_curve.count + e.pretrend_curve.count, ==, 0);
      g_assert_true(isfinite(e.effect.value) == (e.basis != IMPACT_NO_BASIS));
      g_assert_true(isfinite(e.effect.p) == (e.basis == IMPACT_ANY_TIME));
      g_assert_true(e.basis == basis || (basis == IMPACT_NO_BASIS && e.basis == IMPACT_ANY_TIME));
      g_assert_true(e.verdict == (e.basis == IMPACT_ANY_TIME && e.effect.low > 0 ? IMPACT_MOVED : IMPACT_CANNOT_TELL));
      g_assert_true(first == CLOCK_NO_DAY || (e.verdict == IMPACT_MOVED && e.told == first));
      if (e.verdict == IMPACT_MOVED && first == CLOCK_NO_DAY) {
        first = e.told;
        g_assert_nonnull(strstr(e.sentence, "so far (95% sure, however often one looks: "));
      }
      basis = e.basis;
      impact_effect_clear(&e);
    }
    g_assert_cmpint(basis, ==, IMPACT_ANY_TIME);
    g_assert_true((first != CLOCK_NO_DAY) == (way > 0));
    struct impact_effect e = measured(&l, l.reading);
    g_assert_cmpint(e.basis, ==, IMPACT_LAST_READING);
    impact_effect_clear(&e);
    world_bury(&l);
  }
}

/* One team alone has started: its figures are called descriptive, and no verdict rests on them, however large they are. */
static void test_descriptive(void)
{
  struct lived l = world_live(6, 5);
  int kept = 0;
  for (int i = 0; i < l.plan->unit_count; i++)
    if (l.world->units[i].start != CLOCK_NO_DAY && kept++ > 0)
      l.world->units[i].start = CLOCK_NO_DAY;
  struct impact_effect e = measured(&l, l.reading - 7);
  g_assert_cmpint(e.basis, ==, IMPACT_DESCRIPTIVE);
  g_assert_cmpfloat(e.effect.value, >, 3 * e.effect.se);
  g_assert_cmpint(e.verdict, ==, IMPACT_CANNOT_TELL);
  g_assert_true(isnan(e.effect.p));
  g_assert_nonnull(strstr(e.sentence, "descriptive until"));
  impact_effect_clear(&e);
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

static int signs_of(const struct impact_effect *e, int level, const char *source, double *ret_value)
{
  int count = 0;
  for (int i = 0; i < e->sign_count; i++)
    if (e->signs[i].level == level && (!source || strcmp(e->signs[i].source, source) == 0)) {
      *ret_value = e->signs[i].change.value;
      count++;
    }
  return count;
}

static const struct impact_blocker *blocker_of(const struct impact_effect *e, const char *kind)
{
  for (int i = 0; i < e->blocker_count; i++)
    if (strcmp(e->blockers[i].kind, kind) == 0)
      return &e->blockers[i];
  return NULL;
}

/* What is said, learnt and done, each from its own source; and what each hindrance says. */
struct lot { struct person people[PEOPLE]; struct result results[PEOPLE * 24]; struct step steps[PEOPLE * 12]; struct pulse pulses[PEOPLE * 24]; struct ticket tickets[200];
             struct objective objectives[PEOPLE]; struct capacity loads[64]; struct delivery deliveries[PEOPLE]; int results_n, steps_n, pulses_n, deliveries_n; };

static void add_week(const struct lived *l, struct lot *lot, GRand *rand, int p, int week)
{
  int32_t day = l->plan->planned + 7 * week, start = start_of(l, p / 8);
  bool started = start != CLOCK_NO_DAY && day >= start + 28;
  double noise = g_rand_double(rand) - 0.5;
  lot->results[lot->results_n++] = (struct result){ .person = p, .day = day, .kind = RESULT_SELF, .item = -1, .difficulty = NAN, .score = 0.5 + (started ? 0.3 : 0) + 0.1 * noise };
  lot->results[lot->results_n++] = (struct result){ .person = p, .day = day, .kind = RESULT_PRACTICE, .item = -1, .difficulty = NAN, .score = 0.5 + (started ? 0.1 : 0) + 0.1 * noise };
  lot->steps[lot->steps_n++] = (struct step){ "visit", "case", "fit", p / 8, day * CLOCK_DAY, day * CLOCK_DAY + (int64_t)((started ? 1.0 : 2.0) * (1 + 0.2 * noise) * 3600 * CLOCK_SECOND) };
  lot->pulses[lot->pulses_n++] = (struct pulse){ day, 0, p / 8, p, started ? 2 + (p % 2 ? 0.5 : -0.5) : 2.5, NULL };
  lot->pulses[lot->pulses_n++] = (struct pulse){ day, 1, p / 8, p, 3 + (started ? 1 : 0) + noise, NULL };
}

/* Fills the lot; returns a team that has started. */
static int fill_lot(const struct lived *l, struct lot *lot)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  int team = -1;
  for (int p = 0; p < PEOPLE; p++) {
    for (int week = -24; week < 24; week += 4)
      add_week(l, lot, rand, p, week);
    bool started = start_of(l, p / 8) != CLOCK_NO_DAY;
    team = started ? p / 8 : team;
    lot->objectives[p] = (struct objective){ "o", "More visits", p, -1, 0, NULL, 0, started ? 0.8 : 0.4, CLOCK_NO_DAY };
    if (started)
      lot->deliveries[lot->deliveries_n++] = (struct delivery){ .id = "d", .person = p, .at = (start_of(l, p / 8) + 3) * CLOCK_DAY, .state = p % 2 ? DELIVERY_DONE : DELIVERY_EXPIRED };
  }
  for (int i = 0; i < 200; i++)
    lot->tickets[i] = (struct ticket){ "Meter desk", "crash", team, (l->reading - 1 - i % 20) * CLOCK_DAY, 0 };
  for (int i = 0; i < 4; i++)
    lot->loads[i] = (struct capacity){ team, l->reading - 7 * (i + 1), 100, 125 };
  return team;
}

static void test_levels(void)
{
  static struct question questions[] = { { "q1", "My manager supports me", TOPIC_SUPPORT }, { "q2", "I feel able to do it", TOPIC_CONFIDENCE } };
  struct lived l = world_live(1, 15);
  struct company *c = &l.world->company;
  struct lot *lot = g_new0(struct lot, 1);
  struct asset asset = { .id = "as", .intervention = 0, .published = l.plan->planned + 10 };
  struct impact_effect e = measured(&l, l.reading);
  double value = NAN;
  g_assert_cmpint(e.sign_count + e.blocker_count, ==, 0);
  for (int level = 1; level <= 3; level++)
    g_assert_nonnull(e.fill[level]); /* an empty level says what would fill it */
  impact_effect_clear(&e);

  add_people(l.world, lot->people);
  int team = fill_lot(&l, lot);
  struct known_need needs[] = { l.world->need, { .id = "n-desk", .title = "Meters: the desk crashes", .status = "worth doing", .goal = 0, .cause = CAUSE_TOOL, .confirmed = true,
                                                 .teams = &team, .team_count = 1, .since = CLOCK_NO_DAY, .size = NAN, .money = NAN, .value = "{}" } };
  needs[0].value = "{\"causes\":[{\"cause\":\"skill\",\"probability\":0.6},{\"cause\":\"process\",\"probability\":0.3},{\"cause\":\"clarity\",\"probability\":0.1}]}";
#define GIVE(list, rows, n) (c->list.at = (rows), c->list.count = (n))
  GIVE(results, lot->results, lot->results_n);
  GIVE(steps, lot->steps, lot->steps_n);
  GIVE(pulses, lot->pulses, lot->pulses_n);
  GIVE(questions, questions, 2);
  GIVE(tickets, lot->tickets, 200);
  GIVE(objectives, lot->objectives, PEOPLE);
  GIVE(loads, lot->loads, 4);
  GIVE(assets, &asset, 1);
  GIVE(deliveries, lot->deliveries, lot->deliveries_n);
  GIVE(needs, needs, 2);
  e = measured(&l, l.reading);
  g_assert_true(signs_of(&e, 1, "self-ratings", &value) == 1 && fabs(value - 0.3) < 0.05);
  g_assert_true(signs_of(&e, 1, "pulse", &value) == 1 && fabs(value - 1) < 0.3);
  g_assert_true(signs_of(&e, 2, NULL, &value) == 1 && fabs(value - 0.1) < 0.03);
  g_assert_true(signs_of(&e, 3, "work log", &value) == 1 && fabs(exp(value) - 0.5) < 0.05);
  g_assert_true(signs_of(&e, 3, "objectives", &value) == 1 && isnan(value));
  g_assert_cmpint(signs_of(&e, 3, NULL, &value), ==, 2);
  g_assert_null(e.fill[1]);
  g_assert_null(e.fill[3]);
  static const char *const kinds[] = { "need", "pulse", "tickets", "load", "deliveries" };
  for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
    g_assert_nonnull(blocker_of(&e, kinds[k]));
  g_assert_cmpint(e.blocker_count, ==, 6); /* its own second cause and another need; not the cause of one in ten */
  g_assert_nonnull(strstr(blocker_of(&e, "pulse")->sentence, "support of their manager: 2.0 of 5"));
  g_assert_nonnull(strstr(blocker_of(&e, "tickets")->sentence, "Meter desk"));
  g_assert_nonnull(strstr(blocker_of(&e, "load")->sentence, "25%"));
  impact_effect_clear(&e);

  for (int i = 0; i < lot->pulses_n; i++) /* all say the same: then each has said it */
    if (lot->pulses[i].question == 0)
      lot->pulses[i].answer = 2;
  e = measured(&l, l.reading);
  g_assert_null(blocker_of(&e, "pulse"));
  impact_effect_clear(&e);
  for (int i = 0; i < lot->pulses_n; i++) { /* four people in each team: nothing is heard */
    struct pulse *pulse = &lot->pulses[i];
    pulse->answer += i % 3 * 0.1;
    pulse->respondent = pulse->respondent % 8 < 4 ? pulse->respondent : -1;
  }
  for (int p = 4; p < PEOPLE; p++)
    lot->objectives[p].person = -1;
  e = measured(&l, l.reading);
  g_assert_cmpint(signs_of(&e, 1, "pulse", &value), ==, 0);
  g_assert_null(blocker_of(&e, "pulse"));
  g_assert_cmpint(signs_of(&e, 3, "objectives", &value), ==, 0);
  impact_effect_clear(&e);
  world_bury(&l);
  g_free(lot);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/measure/moved", test_moved);
  g_test_add_func("/measure/did not move", test_did_not_move);
  g_test_add_func("/measure/harm", test_harm);
  g_test_add_func("/measure/before the last reading", test_early);
  g_test_add_func("/measure/descriptive", test_descriptive);
  g_test_add_func("/measure/not measurable", test_not_measurable);
  g_test_add_func("/measure/late numbers", test_late_numbers);
  g_test_add_func("/measure/another unit, the other direction", test_other_unit);
  g_test_add_func("/measure/stable", test_stable);
  g_test_add_func("/measure/a shock that all share", test_common_shock);
  g_test_add_func("/measure/coming back by themselves", test_coming_back);
  g_test_add_func("/measure/behaviour", test_behaviour);
  g_test_add_func("/measure/use", test_use);
  g_test_add_func("/measure/levels and what hinders", test_levels);
  return g_test_run();
}
