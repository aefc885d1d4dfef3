/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans: what is chosen, what is refused and in which words, that nothing of the order shows before the draw, and that anyone can
 * redraw it from the seed. */
#include "impact/plan.h"
#include "impact/test-world.h"
#include <math.h>
#include <string.h>

static struct world *usual(int units, int affected)
{
  struct world_options o = WORLD_USUAL;
  o.units = units;
  o.affected = affected;
  o.fall = 2.4;
  o.seed = 11;
  return world_new(&o);
}

static char *shown(const struct impact_plan *plan)
{
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  impact_plan_write(plan, &w);
  json_close_object(&w);
  return json_writer_steal(&w, NULL);
}

static void test_usual(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  int32_t today = world_today(w);
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, today);
  g_assert_true(plan->measurable);
  g_assert_null(plan->why_not);
  g_assert_cmpint(plan->affected_count, ==, 8);
  g_assert_cmpint(plan->unit_count, ==, 16);
  g_assert_cmpfloat(plan->power, >=, 0.5);
  g_assert_cmpfloat(plan->minimum_effect, >=, 0.6 * w->need.size - 1e-9);
  g_assert_cmpint(plan->baseline_to, <, w->need.since);
  g_assert_cmpint(plan->from_week, >, plan->ramp_weeks);
  g_assert_cmpint(plan->weeks_until, <=, 26);
  int teams = plan->waiting;
  for (int i = 0; i < plan->steps; i++) {
    g_assert_cmpint(((plan->step_day[i] - 4) % 7), ==, 0);
    g_assert_cmpint(plan->step_day[i], >=, today + 14);
    g_assert_cmpint(plan->step_day[i] + 7 * plan->to_week, <=, plan->readings[plan->reading_count - 1]);
    teams += plan->step_teams[i];
  }
  g_assert_cmpint(teams, ==, 8);
}

static int compare_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Redraws by the published rule alone, with GLib's SHA-256. */
static void test_redraw(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  uint8_t seed[DIGEST_BYTES] = { 7, 1, 200 };
  impact_plan_draw(plan, seed);
  g_autofree char *body = impact_plan_register(plan, "i-1", INT64_C(1767571200000000));
  g_autoptr(json_doc_auto) doc = json_parse(body, strlen(body), NULL);
  struct json root = json_root(doc), teams = json_get(root, "teams");
  g_autoptr(GPtrArray) lots = g_ptr_array_new_with_free_func(g_free);
  struct json_iter it = json_iter(teams);
  while (json_next(&it)) {
    if (!json_true(json_get(it.value, "affected")))
      continue;
    g_autofree char *name = g_strdup(json_string(json_get(it.value, "team"))), *line = g_strdup_printf("%s %s", json_string(json_get(root, "seed")), name);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, line, -1);
    const char *start = json_string(json_get(it.value, "start"));
    g_ptr_array_add(lots, g_strdup_printf("%s %s", sum, start ? start : "9999"));
  }
  qsort(lots->pdata, lots->len, sizeof *lots->pdata, compare_text);
  g_assert_cmpuint(lots->len, ==, 8);
  for (guint i = 1; i < lots->len; i++)
    g_assert_cmpstr(strrchr(g_ptr_array_index(lots, i - 1), ' '), <=, strrchr(g_ptr_array_index(lots, i), ' '));
  g_assert_cmpstr(json_string(json_get(root, "registered_at")), ==, "2026-01-05T00:00:00.000000Z");
  g_assert_cmpfloat(json_number(json_get(json_get(root, "estimand"), "from_week"), 0), ==, plan->from_week);
  g_autofree char *again = impact_plan_register(plan, "i-1", INT64_C(1767571200000000));
  g_assert_cmpstr(again, ==, body);
  /* another seed, another order: not always, but not never */
  int32_t before[16], differ = 0;
  for (int i = 0; i < 16; i++)
    before[i] = plan->units[i].start;
  for (uint8_t k = 0; k < 10; k++) {
    seed[5] = k + 1;
    impact_plan_draw(plan, seed);
    for (int i = 0; i < 16; i++)
      differ += before[i] != plan->units[i].start;
  }
  g_assert_cmpint(differ, >, 10);
}

static void test_nothing_shown_before(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  g_autofree char *before = shown(plan);
  uint8_t seed[DIGEST_BYTES] = { 3 };
  impact_plan_draw(plan, seed);
  g_autofree char *after = shown(plan);
  g_assert_cmpstr(before, ==, after);
  g_assert_null(strstr(before, "seed"));
}

static void test_refused(void)
{
  g_autoptr(world_auto) few = usual(12, 3);
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&few->company, &few->need, NULL, world_today(few));
  g_assert_false(plan->measurable);
  g_assert_cmpint(plan->design, ==, IMPACT_BEFORE_AFTER);
  g_assert_nonnull(strstr(plan->why_not, "only 3 affected teams"));
  uint8_t seed[DIGEST_BYTES] = { 3 };
  impact_plan_draw(plan, seed);
  for (int i = 0; i < plan->affected_count; i++)
    g_assert_cmpint(plan->units[i].start, ==, plan->step_day[0]);

  g_autoptr(world_auto) w = usual(12, 6);
  for (int i = 0; i < w->company.kpis.count; i++)
    w->company.kpis.at[i].team = -1;
  g_autoptr(impact_plan_auto) whole = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  g_assert_false(whole->measurable);
  g_assert_nonnull(strstr(whole->why_not, "as a whole"));

  g_autoptr(world_auto) still = usual(12, 6);
  for (int i = 0; i < still->company.kpis.count; i++)
    still->company.kpis.at[i].value = 60;
  g_autoptr(impact_plan_auto) flat = impact_plan_new(&still->company, &still->need, NULL, world_today(still));
  g_assert_false(flat->measurable);

  struct known_need nothing = w->need;
  nothing.goal = -1;
  g_assert_null(impact_plan_new(&w->company, &nothing, NULL, world_today(w)));
}

/* Four teams have twenty-four orders, and the lot must be able to tell by one of them, where they fell by much. */
static void test_four_teams(void)
{
  g_autoptr(world_auto) w = usual(12, 4);
  w->need.size = 3.2 * WORLD_SD;
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  g_assert_cmpint(plan->affected_count, ==, 4);
  g_assert_true(plan->measurable);
  g_assert_true(isfinite(plan->detectable));
}

/* Teams of fewer than five are no units, wherever they stand. */
static void test_small_teams(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  w->company.teams.at[1].size = 4;
  w->company.teams.at[12].size = 4;
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  for (int i = 0; i < plan->unit_count; i++)
    g_assert_true(plan->units[i].team != 1 && plan->units[i].team != 12);
  g_assert_cmpint(plan->affected_count, ==, 7);
  g_assert_nonnull(strstr(plan->comparison, "nothing is measured there"));
}

static void test_wish(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  struct impact_wish wish = IMPACT_WISH_NONE;
  wish.remedy = "one approval less";
  wish.training = 0;
  wish.cost = 1234;
  wish.due = 25000;
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, &wish, world_today(w));
  g_assert_cmpstr(plan->remedy, ==, "one approval less");
  g_assert_cmpstr(plan->title, ==, "One approval less for: Visits on the promised day");
  g_assert_false(plan->training);
  g_assert_cmpfloat(plan->cost, ==, 1234);
  g_assert_true(isnan(plan->hours)); /* a cost that is given is made of nothing that we know */
  g_assert_true(g_str_has_prefix(plan->evidence, plan->measurable ? "Moved: " : "None: "));
  wish.cost = NAN;
  g_autoptr(impact_plan_auto) reckoned = impact_plan_new(&w->company, &w->need, &wish, world_today(w));
  g_assert_cmpfloat(reckoned->hours, >, 0);
  g_assert_cmpfloat_with_epsilon(reckoned->cost, 50 * reckoned->hours, 1e-9);
  g_assert_cmpint(plan->due, ==, 25000);
  /* a remedy that is dear must bring more to be worth having */
  wish.cost = 1e6;
  g_autoptr(impact_plan_auto) dear = impact_plan_new(&w->company, &w->need, &wish, world_today(w));
  g_assert_cmpfloat_with_epsilon(dear->minimum_effect, 1e6 / (20000 * 0.5), 1e-6);
}

/* What comes after the day of planning changes nothing. */
static void test_no_hindsight(void)
{
  g_autoptr(world_auto) w = usual(16, 8);
  g_autoptr(impact_plan_auto) before = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  int32_t never[16];
  for (int i = 0; i < 16; i++)
    never[i] = CLOCK_NO_DAY;
  world_respond(w, never, 5, 10, world_today(w) + 7 * 30);
  g_autoptr(impact_plan_auto) after = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  g_autofree char *a = shown(before), *b = shown(after);
  g_assert_cmpstr(a, ==, b);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan/usual", test_usual);
  g_test_add_func("/plan/redraw", test_redraw);
  g_test_add_func("/plan/nothing shown before the draw", test_nothing_shown_before);
  g_test_add_func("/plan/refused", test_refused);
  g_test_add_func("/plan/four teams", test_four_teams);
  g_test_add_func("/plan/small teams", test_small_teams);
  g_test_add_func("/plan/wish", test_wish);
  g_test_add_func("/plan/no hindsight", test_no_hindsight);
  return g_test_run();
}
