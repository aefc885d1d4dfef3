/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programmes on companies made by hand: cost and takers of a year, which goals are served, what is withheld; and the
 * comparison of takers with people alike: it finds a planted effect, covers the truth as often as it says, and claims one
 * where there is none no more often than it may. */
#include "company/programmes.h"
#include "company/stems.h"
#include <math.h>
#include <string.h>

#define PEOPLE 80
#define SIDE 3                 /* results of a person on either side */
#define TAKERS 25
#define TODAY 20000
#define RUNS 300

struct world {
  struct company company;
  struct person people[PEOPLE];
  struct skill skills[3];
  struct goal goals[2]; int of_goal[1];
  struct programme programmes[2]; int taught[1];
  struct enrolment enrolments[PEOPLE];
  struct result results[PEOPLE * 2 * SIDE];
  struct demand demand;
  uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static double draw(struct world *w)
{
  uint64_t z = (w->state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static double normal(struct world *w) { return sqrt(-2 * log(1 - draw(w))) * cos(2 * G_PI * draw(w)); }

static void world_init(struct world *w, int takers, double effect, double drift, uint64_t seed)
{
  *w = (struct world){ .state = seed };
  struct company *c = &w->company;
  for (int p = 0; p < PEOPLE; p++) {
    w->people[p] = (struct person){ .id = "p", .team = 0, .department = -1, .job = 0, .manager = -1 };
    if (p < takers)
      w->enrolments[p] = (struct enrolment){ .programme = 0, .person = p, .day = TODAY - 200 + p % 7, .completed = TODAY - 190 + p % 7, .status = "completed" };
    double level = 0.5 + 0.1 * normal(w);
    for (int i = 0; i < 2 * SIDE; i++) {
      double mean = level + (i >= SIDE ? drift + (p < takers ? effect : 0) : 0);
      int32_t day = i < SIDE ? TODAY - 320 + 30 * i : TODAY - 150 + 40 * (i - SIDE);
      w->results[p * 2 * SIDE + i] = (struct result){ .person = p, .skill = 0, .day = day, .kind = RESULT_ASSESSMENT, .item = -1, .difficulty = NAN,
        .score = CLAMP(mean + 0.12 * normal(w), 0, 1) };
    }
  }
  w->skills[0] = (struct skill){ .id = "talking", .name = "Talking", .broader = -1 };
  w->skills[1] = (struct skill){ .id = "walking", .name = "Walking", .broader = -1 };
  w->skills[2] = (struct skill){ .id = "singing", .name = "Singing", .broader = -1 };
  w->of_goal[0] = 1;
  w->goals[0] = (struct goal){ .id = "miles", .name = "Miles walked", .skills = w->of_goal, .skill_count = 1 };
  w->goals[1] = (struct goal){ .id = "joy", .name = "Contentment of listeners" };
  w->programmes[0] = (struct programme){ .id = "P1", .title = "Speak Up", .skills = w->taught, .skill_count = 1, .cost_per_seat = 100, .fixed_cost = 500, .active = true };
  w->programmes[1] = (struct programme){ .id = "P2", .title = "Evening Choir", .active = true };
  c->people.at = w->people, c->people.count = PEOPLE, c->skills.at = w->skills, c->skills.count = 3, c->goals.at = w->goals, c->goals.count = 2;
  c->programmes.at = w->programmes, c->programmes.count = 2, c->enrolments.at = w->enrolments, c->enrolments.count = takers;
  c->results.at = w->results, c->results.count = PEOPLE * 2 * SIDE, c->demands.at = &w->demand;
  c->last_day = TODAY, c->currency = "EUR";
}

static struct programme_effect effect_in(struct world *w)
{
  g_autoptr(levels_auto) levels = levels_new(&w->company, TODAY);
  return programme_effect_of(&w->company, levels, 0);
}

static void a_year_is_counted(void)
{
  struct world w;
  world_init(&w, TAKERS, 0, 0, 1);
  w.enrolments[0].day = TODAY - 500; /* the year before */
  w.enrolments[1].person = 2;        /* twice the same */
  struct programme_account account = programme_account_of(&w.company, 0);
  g_assert_cmpint(account.seats, ==, TAKERS - 1);
  g_assert_cmpint(account.people, ==, TAKERS - 2);
  g_assert_cmpint(account.completed, ==, TAKERS - 1);
  g_assert_cmpfloat(account.money, ==, 100 * (TAKERS - 1) + 500);
  g_assert_false(account.few);
}

static void few_are_few(void)
{
  struct world w;
  world_init(&w, 4, 0, 0, 1);
  g_assert_true(programme_account_of(&w.company, 0).few);
  w.company.enrolments.count = 0;
  g_assert_false(programme_account_of(&w.company, 0).few); /* nobody is no group that could be told of */
  world_init(&w, 5, 0, 0, 1);
  g_assert_false(programme_account_of(&w.company, 0).few);
  for (int i = 0; i < 5; i++)
    w.enrolments[i].person = i % 2; /* five seats, two people */
  g_assert_true(programme_account_of(&w.company, 0).few);
}

static void goals_are_found(void)
{
  struct world w;
  world_init(&w, TAKERS, 0, 0, 1);
  g_autoptr(GHashTable) miles = stems_of_goal(&w.company, &w.goals[0]), joy = stems_of_goal(&w.company, &w.goals[1]);
  GHashTable *stems[] = { miles, joy };
  int goals[2];
  bool guess;
  g_assert_cmpint(programme_goals(&w.company, 0, stems, goals, &guess), ==, 0);
  w.taught[0] = 1; /* teaches what a goal names */
  g_assert_cmpint(programme_goals(&w.company, 0, stems, goals, &guess), ==, 1);
  g_assert_true(goals[0] == 0 && !guess);
  w.taught[0] = 0;
  w.programmes[0].title = "Listening Well"; /* shares a word with another */
  g_assert_cmpint(programme_goals(&w.company, 0, stems, goals, &guess), ==, 1);
  g_assert_true(goals[0] == 1 && guess);
  w.programmes[0].serves = "miles"; /* a person's word stands above both */
  g_assert_cmpint(programme_goals(&w.company, 0, stems, goals, &guess), ==, 1);
  g_assert_true(goals[0] == 0 && !guess);
  g_assert_false(programme_is_forecast(&w.company, 0));
  w.demand = (struct demand){ .skill = 0, .people = 3 };
  w.company.demands.count = 1;
  g_assert_true(programme_is_forecast(&w.company, 0));
}

static void effect_is_found(void)
{
  struct world w;
  world_init(&w, TAKERS, 0.15, 0.05, 3); /* everybody drifts by a quarter of a level, takers rise by three quarters more */
  struct programme_effect effect = effect_in(&w);
  g_assert_cmpint(effect.verdict, ==, PROGRAMME_RAISES);
  g_assert_cmpint(effect.takers, ==, TAKERS);
  g_assert_cmpint(effect.peers, ==, PEOPLE - TAKERS);
  g_assert_true(effect.low < 0.75 && 0.75 < effect.high);
}

static void few_tell_nothing(void)
{
  struct world w;
  world_init(&w, 4, 0.3, 0, 3);
  struct programme_effect effect = effect_in(&w);
  g_assert_true(effect.verdict == PROGRAMME_CANNOT_TELL && isnan(effect.change) && effect.takers == 0);
  g_assert_nonnull(strstr(effect.why, "fewer than five"));
  world_init(&w, PEOPLE - 4, 0.3, 0, 3); /* nearly everybody took it: four are no comparison */
  g_assert_true(isnan(effect_in(&w).change));
  world_init(&w, TAKERS, 0.3, 0, 3); /* takers of another job have no people alike */
  for (int p = 0; p < TAKERS; p++)
    w.people[p].job = 1;
  g_assert_true(isnan(effect_in(&w).change));
}

/* Over many companies: the interval holds the truth about as often as it says, and no effect is rarely called one. */
static void interval_covers(void)
{
  static const double effects[] = { 0, 0.08 };
  for (size_t e = 0; e < G_N_ELEMENTS(effects); e++) {
    int covered = 0, raised = 0, not_raised = 0;
    for (int run = 0; run < RUNS; run++) {
      struct world w;
      world_init(&w, TAKERS, effects[e], 0.05, 1000 + (uint64_t)run);
      struct programme_effect effect = effect_in(&w);
      covered += effect.low <= 5 * effects[e] && 5 * effects[e] <= effect.high;
      raised += effect.verdict == PROGRAMME_RAISES;
      not_raised += effect.verdict == PROGRAMME_DOES_NOT_RAISE;
    }
    g_test_message("effect %.2f levels: %.1f %% covered, %.1f %% \"raises\", %.1f %% \"does not raise\"", 5 * effects[e], 100.0 * covered / RUNS, 100.0 * raised / RUNS,
                   100.0 * not_raised / RUNS);
    g_assert_cmpfloat(covered, >=, 0.92 * RUNS);
    g_assert_cmpfloat(e == 0 ? raised : not_raised, <=, 0.05 * RUNS);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/programmes/a-year-is-counted", a_year_is_counted);
  g_test_add_func("/programmes/few-are-few", few_are_few);
  g_test_add_func("/programmes/goals-are-found", goals_are_found);
  g_test_add_func("/programmes/effect-is-found", effect_is_found);
  g_test_add_func("/programmes/few-tell-nothing", few_tell_nothing);
  g_test_add_func("/programmes/interval-covers", interval_covers);
  return g_test_run();
}
