/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listening agent on companies made by hand: a dip that was planted is found and told once; nothing is said where nothing
 * is, of few people, of what is over; a promise ends the asking; nobody is written to; it says the same twice. */
#include "agents/agent.h"
#include <math.h>
#include <string.h>

#define DEPARTMENTS 4
#define TEAMS 12
#define MONTHS 24
#define TODAY_MONTH 23

extern const struct agent agent_listening;

/* Four departments of three teams of 30; three questions with a topic. Month 0 is January 2024. */
struct world {
  struct company company;
  struct department departments[DEPARTMENTS];
  struct team teams[TEAMS];
  struct question questions[3];
  struct promise promises[1];
  GArray *pulses;
  GRand *rand;
};

static int32_t month_day(int month, int mday) { return clock_from_civil(2024 + month / 12, 1 + month % 12, mday); }

static struct world *world_new(guint32 seed)
{
  static const char *const departments[] = { "Sales", "Service", "Finance", "Engineering" };
  static char names[TEAMS][16];
  struct world *w = g_new0(struct world, 1);
  for (int d = 0; d < DEPARTMENTS; d++)
    w->departments[d] = (struct department){ departments[d], 90 };
  for (int t = 0; t < TEAMS; t++) {
    g_snprintf(names[t], sizeof names[t], "team %c", 'A' + t);
    w->teams[t] = (struct team){ .name = names[t], .department = t / 3, .size = 30, .manager = -1 };
  }
  w->questions[0] = (struct question){ "Q1", "I get help when I need it.", TOPIC_SUPPORT };
  w->questions[1] = (struct question){ "Q2", "I am proud to work here.", TOPIC_ENGAGEMENT };
  w->questions[2] = (struct question){ "Q3", "The software works.", TOPIC_TOOL };
  w->pulses = g_array_new(FALSE, FALSE, sizeof(struct pulse));
  w->rand = g_rand_new_with_seed(seed);
  struct company *c = &w->company;
  c->departments.at = w->departments, c->departments.count = DEPARTMENTS;
  c->teams.at = w->teams, c->teams.count = TEAMS;
  c->questions.at = w->questions, c->questions.count = 3;
  c->have[FILE_PULSE] = c->have[FILE_QUESTIONS] = true;
  return w;
}

static void world_free(struct world *w)
{
  g_array_free(w->pulses, TRUE);
  g_rand_free(w->rand);
  g_free(w);
}

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

/* What is planted: a shift of questions [0, topics) in teams [first, first + count) from a month on, up to another. */
struct plant { int first, count, topics, from, to; double shift; };

/* Twelve of each team answer each month, with a mood of the team that comes and goes. */
static void talk(struct world *w, struct plant plant)
{
  double mood[TEAMS] = { 0 };
  for (int month = 0; month < MONTHS; month++)
    for (int team = 0; team < TEAMS; team++) {
      mood[team] = 0.5 * mood[team] + 0.15 * gaussian(w->rand);
      for (int i = 0; i < 12; i++)
        for (int q = 0; q < 3; q++) {
          bool planted = team >= plant.first && team < plant.first + plant.count && q < plant.topics && month >= plant.from && month < plant.to;
          double answer = CLAMP(round(3.4 + mood[team] + 0.8 * gaussian(w->rand) + (planted ? plant.shift : 0)), 1, 5);
          struct pulse pulse = { .day = month_day(month, 3), .question = q, .team = team, .respondent = team * 100 + i, .answer = answer };
          g_array_append_val(w->pulses, pulse);
        }
    }
  w->company.pulses.at = (struct pulse *)(void *)w->pulses->data;
  w->company.pulses.count = (int)w->pulses->len;
}

static struct turn *take_turn(const struct world *w)
{
  struct turn *turn = turn_new();
  g_autoptr(GError) error = NULL;
  struct snapshot snapshot = { .company = &w->company, .now = month_day(TODAY_MONTH, 20) * CLOCK_DAY };
  g_assert_true(agent_listening.run(&snapshot, turn, &error));
  g_assert_no_error(error);
  return turn;
}

static int count_of(const struct turn *turn, const char *predicate, const char *part)
{
  int count = 0;
  for (int i = 0; i < turn_claims(turn); i++) {
    const struct claim *claim = turn_claim_at(turn, i);
    count += strcmp(claim->predicate, predicate) == 0 && strstr(claim->value, part) != NULL;
  }
  return count;
}

/* One department, two topics: one need, one proposal, nothing of its teams, of others or of the company. */
static void test_department(void)
{
  int right = 0, runs = 20;
  for (int run = 0; run < runs; run++) {
    struct world *w = world_new((guint32)run);
    talk(w, (struct plant){ .first = 3, .count = 3, .topics = 2, .from = 20, .to = MONTHS, .shift = -0.8 });
    g_autoptr(turn_auto) turn = take_turn(w);
    bool one = count_of(turn, "group need", "") == 1 && count_of(turn, "group need", "\"name\":\"Service\"") == 1;
    bool both = count_of(turn, "group need", "\"topic\":\"support\"") == 1 && count_of(turn, "group need", "\"topic\":\"engagement\"") == 1;
    right += one && both && count_of(turn, "pulse change", "") == 2 && turn_proposals(turn) == 1 && strcmp(turn_proposal_at(turn, 0)->kind, "answer a group") == 0 &&
      turn_proposal_at(turn, 0)->audience == 90;
    world_free(w);
  }
  g_test_message("%d of %d companies: exactly what was planted", right, runs);
  g_assert_cmpint(right, >=, 18);
}

static void test_nothing(void)
{
  int said = 0, runs = 30;
  for (int run = 0; run < runs; run++) {
    struct world *w = world_new(100 + (guint32)run);
    talk(w, (struct plant){ 0 });
    g_autoptr(turn_auto) turn = take_turn(w);
    said += turn_claims(turn) > 0;
    world_free(w);
  }
  g_test_message("%d of %d companies in which nothing is planted: something was said", said, runs);
  g_assert_cmpint(said, <=, 1);
}

static void test_company(void)
{
  struct world *w = world_new(7);
  talk(w, (struct plant){ .first = 0, .count = TEAMS, .topics = 1, .from = 19, .to = MONTHS, .shift = -0.9 });
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(count_of(turn, "group need", ""), ==, 1);
  g_assert_cmpint(count_of(turn, "group need", "\"kind\":\"company\""), ==, 1);
  world_free(w);
}

/* A dip in one team is that team's; a peak is claimed and asks, and proposes nothing. */
static void test_team_and_peak(void)
{
  struct world *w = world_new(8);
  talk(w, (struct plant){ .first = 4, .count = 1, .topics = 1, .from = 18, .to = MONTHS, .shift = 1.2 });
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(count_of(turn, "group need", ""), ==, 1);
  g_assert_cmpint(count_of(turn, "group need", "\"name\":\"team E\""), ==, 1);
  g_assert_cmpint(count_of(turn, "group need", "\"direction\":\"peak\""), ==, 1);
  g_assert_cmpint(turn_proposals(turn), ==, 0);
  world_free(w);
}

/* What has healed, what is a year old, and where nobody answers any more. */
static void test_over(void)
{
  struct world *healed = world_new(9);
  talk(healed, (struct plant){ .first = 3, .count = 3, .topics = 1, .from = 10, .to = 16, .shift = -0.9 });
  g_autoptr(turn_auto) turn = take_turn(healed);
  g_assert_cmpint(turn_proposals(turn), ==, 0);
  g_assert_cmpint(count_of(turn, "group need", "\"direction\":\"dip\""), ==, 0);
  world_free(healed);
  struct world *old = world_new(10);
  talk(old, (struct plant){ .first = 3, .count = 3, .topics = 1, .from = 8, .to = MONTHS, .shift = -0.9 });
  g_autoptr(turn_auto) then = take_turn(old);
  g_assert_cmpint(turn_claims(then), ==, 0);
  world_free(old);
}

/* Of a team of which four answer, nothing; nor of the one beside it that would give it away. */
static void test_few(void)
{
  struct world *w = world_new(11);
  talk(w, (struct plant){ .first = 3, .count = 1, .topics = 1, .from = 18, .to = MONTHS, .shift = -2 });
  int kept = 0;
  for (int i = 0; i < w->company.pulses.count; i++)
    if (w->company.pulses.at[i].team != 3 || w->company.pulses.at[i].respondent % 100 < 4)
      w->company.pulses.at[kept++] = w->company.pulses.at[i];
  w->company.pulses.count = kept;
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(count_of(turn, "pulse change", "team D"), ==, 0);
  g_assert_cmpint(count_of(turn, "group need", "\"name\":\"team D\""), ==, 0);
  for (int i = 0; i < turn_claims(turn); i++)
    for (int e = 0; e < turn_claim_at(turn, i)->evidence_count; e++)
      g_assert_cmpint(turn_claim_at(turn, i)->evidence[e].people, >=, 5);
  world_free(w);
}

static void test_promised(void)
{
  struct world *w = world_new(3);
  talk(w, (struct plant){ .first = 3, .count = 3, .topics = 2, .from = 20, .to = MONTHS, .shift = -0.8 });
  w->promises[0] = (struct promise){ .id = "y-1", .group = "Service", .topics = "support", .need = "", .text = "A rota", .by = "account:lead", .owner = -1,
    .made = month_day(TODAY_MONTH, 10), .due = month_day(TODAY_MONTH + 1, 10), .kept = CLOCK_NO_DAY };
  w->company.promises.at = w->promises;
  w->company.promises.count = 1;
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(count_of(turn, "group need", "\"status\":\"promised\""), ==, 1);
  g_assert_cmpint(turn_proposals(turn), ==, 0);
  w->promises[0].topics = "tool"; /* of something else */
  g_autoptr(turn_auto) other = take_turn(w);
  g_assert_cmpint(turn_proposals(other), ==, 1);
  w->promises[0].topics = "support";
  w->promises[0].made = month_day(5, 1); /* before it began */
  g_autoptr(turn_auto) before = take_turn(w);
  g_assert_cmpint(turn_proposals(before), ==, 1);
  world_free(w);
}

static void test_same_twice(void)
{
  struct world *w = world_new(3);
  talk(w, (struct plant){ .first = 3, .count = 3, .topics = 2, .from = 20, .to = MONTHS, .shift = -0.8 });
  g_autoptr(turn_auto) a = take_turn(w), b = take_turn(w);
  g_assert_cmpint(turn_claims(a), ==, turn_claims(b));
  g_assert_cmpint(turn_handovers(a), ==, 0); /* it puts nothing before anybody */
  for (int i = 0; i < turn_claims(a); i++) {
    g_assert_cmpstr(turn_claim_at(a, i)->subject, ==, turn_claim_at(b, i)->subject);
    g_assert_cmpstr(turn_claim_at(a, i)->value, ==, turn_claim_at(b, i)->value);
  }
  world_free(w);
}

/* It must never join performance, selection or pay. */
static void test_reads(void)
{
  for (const enum file_id *file = agent_listening.reads; *file != FILE_COUNT; file++)
    g_assert_true(*file == FILE_PULSE || *file == FILE_QUESTIONS || *file == FILE_PEOPLE);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/listening/department", test_department);
  g_test_add_func("/listening/nothing", test_nothing);
  g_test_add_func("/listening/company", test_company);
  g_test_add_func("/listening/team-and-peak", test_team_and_peak);
  g_test_add_func("/listening/over", test_over);
  g_test_add_func("/listening/few", test_few);
  g_test_add_func("/listening/promised", test_promised);
  g_test_add_func("/listening/same-twice", test_same_twice);
  g_test_add_func("/listening/reads", test_reads);
  return g_test_run();
}
