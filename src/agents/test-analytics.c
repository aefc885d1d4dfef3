/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The analytics agent's claims: their members, their signs, their silence. How often the figures are right is the business of
 * src/impact/test-coverage.c. */
#include "agents/agent.h"
#include "impact/plan.h"
#include "impact/test-world.h"
#include <math.h>
#include <string.h>

extern const struct agent agent_analytics;

static struct turn *turn_at(const struct lived *l, int32_t day)
{
  struct snapshot now = { &l->world->company, day * CLOCK_DAY, 1 };
  struct turn *turn = turn_new();
  g_assert_true(agent_analytics.run(&now, turn, NULL));
  return turn;
}

static const struct claim *claim_of(const struct turn *turn, const char *predicate)
{
  for (int i = 0; i < turn_claims(turn); i++)
    if (strcmp(turn_claim_at(turn, i)->predicate, predicate) == 0)
      return turn_claim_at(turn, i);
  return NULL;
}

static const struct claim *works_of(const struct turn *turn, const char *subject)
{
  for (int i = 0; i < turn_claims(turn); i++)
    if (strcmp(turn_claim_at(turn, i)->predicate, "what works") == 0 && strcmp(turn_claim_at(turn, i)->subject, subject) == 0)
      return turn_claim_at(turn, i);
  return NULL;
}

static double number(struct json value, const char *key)
{
  return json_number(json_get(value, key), NAN);
}

static void test_effect(void)
{
  struct lived l = world_live(2.5, 21);
  g_autoptr(turn_auto) turn = turn_at(&l, l.reading);
  const struct claim *claim = claim_of(turn, "effect");
  g_assert_cmpstr(claim->subject, ==, "i-visits");
  g_assert_cmpint(claim->evidence_count, >=, 1);
  g_assert_cmpint(claim->evidence[0].count, >, 100);
  g_assert_cmpint(claim->evidence[0].people, ==, 16 * 8);
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), NULL);
  struct json v = json_root(doc), interval = json_get(v, "interval"), series = json_get(v, "series"), raw = json_get(v, "raw");
  g_assert_true(json_equals(json_get(v, "verdict"), "moved"));
  g_assert_true(json_equals(json_get(v, "goal"), "visits"));
  g_assert_cmpfloat(json_number(json_at(interval, 0), NAN), <, number(v, "estimate"));
  g_assert_cmpfloat(json_number(json_at(interval, 1), NAN), >, number(v, "estimate"));
  g_assert_cmpfloat(fabs(number(v, "estimate") - l.truth), <, 4 * number(v, "se"));
  g_assert_cmpint((int)json_type(json_get(v, "needed")), ==, JSON_NULL);
  g_assert_cmpuint(json_count(json_get(series, "week")), ==, json_count(json_get(series, "low")));
  g_assert_cmpuint(json_count(json_get(raw, "days")), ==, json_count(json_get(raw, "comparison")));
  g_assert_cmpuint(json_count(json_get(raw, "days")), >, 50);
  g_assert_cmpfloat(number(json_get(v, "lead_days"), "signal"), ==, 0);
  g_assert_cmpfloat(number(json_get(v, "lead_days"), "accepted"), ==, l.plan->planned - l.world->need.since);
  g_assert_cmpfloat(number(json_get(v, "value"), "low"), <, number(json_get(v, "value"), "money"));
  g_assert_cmpfloat(number(v, "return"), >, 0);

  const struct claim *works = works_of(turn, "skill: practice");
  g_autoptr(json_doc_auto) record = json_parse(works->value, strlen(works->value), NULL);
  g_assert_cmpfloat(number(json_root(record), "a"), ==, 2);
  g_assert_cmpfloat(number(json_root(record), "b"), ==, 1);
  g_assert_cmpfloat(number(json_root(record), "low"), <, 0.5);
  world_bury(&l);
}

/* An effect counts for all that led to it, once each, and for nothing once a person has set that back. */
static void test_weights(void)
{
  struct lived l = world_live(2.5, 21);
  struct company *c = &l.world->company;
  struct asset assets[] = { { .id = "a-1", .need = c->interventions.at[0].need, .modality = "job aid", .pattern = "job aid", .intervention = 0, .goal = 0 },
                            { .id = "a-2", .need = c->interventions.at[0].need, .modality = "job aid", .pattern = "worked example", .intervention = 0, .goal = 0 },
                            { .id = "a-3", .need = c->interventions.at[0].need, .modality = "knowledge check", .pattern = "knowledge check", .intervention = 0, .goal = 0, .withdrawn = true } };
  c->assets.at = assets;
  c->assets.count = 3;
  static const char *const led[] = { "skill: practice", "skill: modality job aid", "skill: pattern job aid", "skill: pattern worked example", "skill: agent needs", "skill: agent content" };
  g_autoptr(turn_auto) turn = turn_at(&l, l.reading);
  for (size_t i = 0; i < G_N_ELEMENTS(led); i++) {
    const struct claim *works = works_of(turn, led[i]);
    g_assert_nonnull(works);
    g_autoptr(json_doc_auto) record = json_parse(works->value, strlen(works->value), NULL);
    g_assert_cmpfloat(number(json_root(record), "a"), ==, 2);
    g_assert_cmpfloat(number(json_root(record), "tried"), ==, 1);
  }
  g_assert_null(works_of(turn, "skill: modality knowledge check"));
  struct weight_reset reset = { "skill: modality job aid", l.reading };
  c->weight_resets.at = &reset;
  c->weight_resets.count = 1;
  g_autoptr(turn_auto) after = turn_at(&l, l.reading + 30);
  g_assert_null(works_of(after, "skill: modality job aid"));
  g_assert_nonnull(works_of(after, "skill: pattern job aid"));
  reset.day = l.reading - 1; /* what is told after it counts again */
  g_autoptr(turn_auto) later = turn_at(&l, l.reading + 30);
  g_assert_nonnull(works_of(later, "skill: modality job aid"));
  c->assets.count = c->weight_resets.count = 0;
  c->assets.at = NULL;
  c->weight_resets.at = NULL;
  world_bury(&l);
}

/* Estimates have the sign that they have in the KPI: for a goal that is to fall, what is good is negative. */
static void test_goal_that_falls(void)
{
  struct lived l = world_live(2.5, 21);
  for (int i = 0; i < l.world->company.kpis.count; i++)
    l.world->company.kpis.at[i].value = 200 - l.world->company.kpis.at[i].value;
  l.world->company.goals.at[0].direction = GOAL_DOWN;
  g_autoptr(turn_auto) turn = turn_at(&l, l.reading);
  const struct claim *claim = claim_of(turn, "effect");
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), NULL);
  struct json v = json_root(doc), interval = json_get(v, "interval"), series = json_get(v, "series");
  g_assert_true(json_equals(json_get(v, "verdict"), "moved"));
  g_assert_cmpfloat(number(v, "estimate"), <, 0);
  g_assert_cmpfloat(json_number(json_at(interval, 1), NAN), <, 0);
  g_assert_cmpfloat(json_number(json_at(interval, 0), NAN), <, json_number(json_at(interval, 1), NAN));
  g_assert_cmpfloat(json_number(json_at(json_get(series, "low"), 8), NAN), <, json_number(json_at(json_get(series, "high"), 8), NAN));
  g_assert_cmpfloat(number(json_get(v, "value"), "money"), >, 0);
  world_bury(&l);
}

/* Before the last reading: a band that holds at all looks, and what it rests on is said; no money, no plots, nothing learnt from it. */
static void test_early(void)
{
  struct lived l = world_live(2.5, 21);
  g_autoptr(turn_auto) turn = turn_at(&l, l.reading - 1);
  const struct claim *claim = claim_of(turn, "effect");
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), NULL);
  static const char *const silent[] = { "value", "return", "series", "placebo", "pretrend" };
  for (size_t i = 0; i < G_N_ELEMENTS(silent); i++)
    g_assert_cmpint((int)json_type(json_get(json_root(doc), silent[i])), ==, JSON_NULL);
  g_assert_true(json_equals(json_get(json_root(doc), "basis"), "any time"));
  double low = json_number(json_at(json_get(json_root(doc), "interval"), 0), NAN);
  g_assert_true(json_equals(json_get(json_root(doc), "verdict"), low > 0 ? "moved" : "cannot tell"));
  g_assert_null(claim_of(turn, "what works"));
  world_bury(&l);
}

/* The same data on another day: the same claims, or every day would be news. */
static void test_stable(void)
{
  struct lived l = world_live(1, 22);
  g_autoptr(turn_auto) one = turn_at(&l, l.reading);
  g_autoptr(turn_auto) other = turn_at(&l, l.reading + 9);
  g_assert_cmpint(turn_claims(one), ==, turn_claims(other));
  for (int i = 0; i < turn_claims(one); i++)
    g_assert_cmpstr(turn_claim_at(one, i)->value, ==, turn_claim_at(other, i)->value);
  world_bury(&l);
}

static void test_nothing(void)
{
  struct company empty = { .currency = "EUR" };
  struct snapshot now = { &empty, 20000 * CLOCK_DAY, 1 };
  g_autoptr(turn_auto) turn = turn_new();
  g_assert_true(agent_analytics.run(&now, turn, NULL));
  g_assert_cmpint(turn_claims(turn), ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/analytics/effect", test_effect);
  g_test_add_func("/analytics/weights", test_weights);
  g_test_add_func("/analytics/a goal that falls", test_goal_that_falls);
  g_test_add_func("/analytics/early", test_early);
  g_test_add_func("/analytics/stable", test_stable);
  g_test_add_func("/analytics/nothing", test_nothing);
  return g_test_run();
}
