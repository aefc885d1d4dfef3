/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Priorities that teams follow, or do not, in a company made by hand. */
#include "impact/follow.h"
#include <math.h>

#define RAISED_ON 10000
#define TEAMS 6
#define A_TEAM 8
#define WEEKS 52 /* half a year to either side */

struct world {
  struct company company;
  struct person people[TEAMS * A_TEAM];
  struct team teams[TEAMS];
  struct skill skills[2];
  struct goal goals[1];
  struct weighing weighings[2];
  struct result results[WEEKS * TEAMS * A_TEAM];
};

/* Everybody shows one result a week, every third of them on the goal's skill; from `turn` weeks after the change on (-1: never) in the
 * first `turning` teams two of three. */
static struct world *world_new(int turn, int turning)
{
  struct world *w = g_new0(struct world, 1);
  static const int of_goal[] = { 0 };
  static const char *const names[] = { "A", "B", "C", "D", "E", "F" };
  for (int t = 0; t < TEAMS; t++)
    w->teams[t] = (struct team){ .name = names[t], .department = -1, .size = A_TEAM, .manager = -1 };
  for (int p = 0; p < TEAMS * A_TEAM; p++)
    w->people[p] = (struct person){ .id = "p", .team = p / A_TEAM, .department = -1, .job = -1, .manager = -1, .fte = 1 };
  w->goals[0] = (struct goal){ .id = "g", .name = "G", .skills = of_goal, .skill_count = 1, .owner = -1 };
  w->weighings[0] = (struct weighing){ 0, RAISED_ON, 0.3, 0.9 };
  struct company *c = &w->company;
  for (int week = -26; week < 26; week++)
    for (int p = 0; p < TEAMS * A_TEAM; p++) {
      bool on = turn >= 0 && week >= turn && p / A_TEAM < turning;
      w->results[c->results.count++] = (struct result){ .person = p, .skill = (p + week + 26) % 3 < (on ? 2 : 1) ? 0 : 1, .day = RAISED_ON + 7 * week, .kind = RESULT_PRACTICE,
        .score = 0.5, .item = -1, .difficulty = NAN };
    }
  c->teams.at = w->teams, c->teams.count = TEAMS;
  c->people.at = w->people, c->people.count = TEAMS * A_TEAM;
  c->skills.at = w->skills, c->skills.count = 2;
  c->goals.at = w->goals, c->goals.count = 1;
  c->weighings.at = w->weighings, c->weighings.count = 1;
  c->results.at = w->results;
  c->last_day = RAISED_ON + 7 * 26 - 1;
  return w;
}

static struct follow only(const struct world *w, int32_t today)
{
  int count;
  g_autofree struct follow *rows = impact_follow(&w->company, today, &count);
  g_assert_cmpint(count, ==, 1);
  return rows[0];
}

static void test_followed(void)
{
  g_autofree struct world *w = world_new(6, TEAMS);
  struct follow follow = only(w, RAISED_ON + 200);
  g_assert_cmpint(follow.teams, ==, TEAMS);
  g_assert_cmpint(follow.followed, ==, TEAMS);
  g_assert_cmpfloat(follow.days, >=, 7 * 6); /* not before they turned */
  g_assert_cmpfloat(follow.days, <=, 7 * 11);
  g_assert_false(follow.open);
}

static void test_not_followed(void)
{
  g_autofree struct world *w = world_new(-1, 0);
  struct follow follow = only(w, RAISED_ON + 200);
  g_assert_cmpint(follow.followed, ==, 0);
  g_assert_true(isnan(follow.days));
}

static void test_some(void)
{
  g_autofree struct world *w = world_new(2, 2);
  struct follow follow = only(w, RAISED_ON + 200);
  g_assert_cmpint(follow.followed, ==, 2);
  g_assert_true(isnan(follow.days)); /* the median team has not */
  w->teams[5].size = 4;
  g_assert_cmpint(only(w, RAISED_ON + 200).teams, ==, TEAMS - 1);
}

static void test_too_early(void)
{
  g_autofree struct world *w = world_new(0, TEAMS);
  struct follow follow = only(w, RAISED_ON + 10);
  g_assert_cmpint(follow.teams, ==, 0);
  g_assert_true(follow.open);
}

static void test_lowered(void)
{
  g_autofree struct world *w = world_new(0, TEAMS);
  int count;
  w->weighings[0] = (struct weighing){ 0, RAISED_ON, 0.9, 0.3 };
  g_autofree struct follow *rows = impact_follow(&w->company, RAISED_ON + 200, &count);
  g_assert_nonnull(rows);
  g_assert_cmpint(count, ==, 0);
}

/* A year against the year before; what nobody followed is slow, what is too new says nothing. */
static void test_speed(void)
{
  const int32_t today = 20000, old = today - 182;
  const struct weighing at[] = { { .day = old - 400 }, { .day = old - 500 }, { .day = old - 10 }, { .day = old - 20 }, { .day = old - 364 }, { .day = today - 100 }, { .day = old - 740 }, { .day = old - 30 } };
  const struct follow rows[] = { { &at[0], 4, 4, 90, false }, { &at[1], 4, 4, 70, false }, { &at[2], 4, 4, 40, false }, { &at[3], 4, 3, 50, false }, { &at[4], 4, 0, NAN, false },
                                 { &at[5], 4, 4, 28, true }, { &at[6], 4, 4, 500, false }, { &at[7], 0, 0, NAN, false } };
  struct follow_speed speed = impact_follow_speed(rows, G_N_ELEMENTS(rows), today);
  g_assert_cmpint(speed.count[0], ==, 3); /* neither the new one, nor the one whose teams nobody could see */
  g_assert_cmpint(speed.count[1], ==, 2);
  g_assert_cmpfloat(speed.days[0], ==, 50); /* 40, 50, never */
  g_assert_cmpfloat(speed.days[1], ==, 80);
  speed = impact_follow_speed(rows + 3, 2, today);
  g_assert_true(isnan(speed.days[0]) && speed.count[0] == 2); /* half were not followed */
  speed = impact_follow_speed(NULL, 0, today);
  g_assert_true(isnan(speed.days[0]) && speed.count[0] == 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/follow/teams turn to a raised goal", test_followed);
  g_test_add_func("/follow/nobody turned", test_not_followed);
  g_test_add_func("/follow/the median of all teams, those that did not included", test_some);
  g_test_add_func("/follow/too early to say", test_too_early);
  g_test_add_func("/follow/a lowered priority is not followed", test_lowered);
  g_test_add_func("/follow/speed, a year against the year before", test_speed);
  return g_test_run();
}
