/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Series of groups on answers made by hand: who counts how often, what may be said, and where a series breaks. */
#include "company/voices.h"
#include <math.h>
#include <string.h>

#define TEAMS 4
#define FIRST_DAY 19723 /* 1 January 2024 */

/* Department North: teams A and B; department South: C and D. Questions of support (two, one worded the wrong way round), of
 * tools by its words, and one of nothing that is known. */
struct world {
  struct company company;
  struct department departments[2];
  struct team teams[TEAMS];
  struct question questions[4];
  GArray *pulses;
};

static struct world *world_new(void)
{
  static const char *const names[] = { "A", "B", "C", "D" };
  struct world *w = g_new0(struct world, 1);
  w->departments[0].name = "North", w->departments[1].name = "South";
  for (int t = 0; t < TEAMS; t++)
    w->teams[t] = (struct team){ .name = names[t], .department = t / 2, .size = 12, .manager = -1 };
  w->questions[0] = (struct question){ "Q1", "My manager helps me.", TOPIC_SUPPORT };
  w->questions[1] = (struct question){ "Q2", "I wait too long for an answer, and it frustrates me.", TOPIC_SUPPORT };
  w->questions[2] = (struct question){ "Q3", "The software does what I need.", TOPIC_NONE };
  w->questions[3] = (struct question){ "Q4", "Blue is a colour.", TOPIC_NONE };
  w->pulses = g_array_new(FALSE, FALSE, sizeof(struct pulse));
  struct company *c = &w->company;
  c->departments.at = w->departments, c->departments.count = 2;
  c->teams.at = w->teams, c->teams.count = TEAMS;
  c->questions.at = w->questions, c->questions.count = 4;
  return w;
}

static void world_free(struct world *w)
{
  g_array_free(w->pulses, TRUE);
  g_free(w);
}

static void say(struct world *w, int month, int question, int team, int respondent, double answer)
{
  struct pulse pulse = { .day = clock_from_civil(2024 + month / 12, 1 + month % 12, 2), .question = question, .team = team, .respondent = respondent, .answer = answer };
  g_array_append_val(w->pulses, pulse);
  w->company.pulses.at = (struct pulse *)(void *)w->pulses->data;
  w->company.pulses.count = (int)w->pulses->len;
}

/* `people` of a team answer one question a month, three and four by turns, `shift` points off. */
static void talk(struct world *w, int month, int question, int team, int people, double shift)
{
  for (int i = 0; i < people; i++)
    say(w, month, question, team, 1000 * team + i, 3 + (i + month) % 2 + shift);
}

static void test_cells(void)
{
  struct world *w = world_new();
  for (int month = 0; month < 4; month++)
    for (int team = 0; team < TEAMS; team++)
      talk(w, month, 0, team, 8, 0);
  say(w, 0, 1, 0, 0, 1); /* the same person twice: agreeing with the second is bad news */
  say(w, 0, 2, 0, -1, 2); /* without a token, one of tools and one of nothing */
  say(w, 0, 3, 0, -1, 2);
  say(w, 0, 3, 0, -1, 4);
  g_autoptr(voices_auto) v = voices_new(&w->company);
  g_assert_cmpint(v->group_count, ==, 7);
  g_assert_cmpint(v->line_count, ==, 3);
  g_assert_cmpstr(v->lines[0].id, ==, "support");
  g_assert_cmpstr(v->lines[1].id, ==, "tool");
  g_assert_cmpstr(v->lines[2].id, ==, "Q4");
  g_assert_cmpstr(v->period, ==, "month");
  g_assert_cmpint(v->periods, ==, 4);
  g_assert_cmpint(v->from[1], ==, FIRST_DAY + 31);
  g_assert_cmpint(voices_cell(v, 0, 0, 0)->people, ==, 32);
  g_assert_cmpint(voices_cell(v, voices_group(v, "North"), 0, 0)->people, ==, 16);
  const struct voice_cell *cell = voices_cell(v, voices_group(v, "A"), 0, 0);
  g_assert_cmpint(cell->people, ==, 8);
  g_assert_cmpint(cell->answers, ==, 9);
  g_assert_cmpfloat_with_epsilon(voices_cell(v, voices_group(v, "B"), 0, 1)->mean, 3.5 + 0.01, 0.03);
  g_assert_cmpint(voices_cell(v, 0, 2, 0)->people, ==, 2);
  g_assert_false(voices_cell(v, 0, 2, 0)->shown);
  g_assert_true(cell->shown);
  world_free(w);
}

/* What is hidden cannot be had from what is shown: no parent is shown with exactly its few missing. */
static void test_hiding(void)
{
  struct world *w = world_new();
  for (int month = 0; month < 4; month++) {
    talk(w, month, 0, 0, 9, 0);
    talk(w, month, 0, 1, month == 2 ? 4 : 8, 0);
    talk(w, month, 0, 2, 9, 0);
    for (int i = 0; i < 7; i++)
      say(w, month, 0, 3, 3000 + i, month == 3 ? 5 : 3 + i % 2); /* all of one mind in the last month */
  }
  g_autoptr(voices_auto) v = voices_new(&w->company);
  int a = voices_group(v, "A"), b = voices_group(v, "B"), c = voices_group(v, "C"), d = voices_group(v, "D");
  g_assert_true(voices_cell(v, a, 0, 0)->shown && voices_cell(v, b, 0, 0)->shown);
  g_assert_false(voices_cell(v, b, 0, 2)->shown);
  g_assert_false(voices_cell(v, a, 0, 2)->shown); /* or B were North less A */
  g_assert_true(voices_cell(v, voices_group(v, "North"), 0, 2)->shown);
  g_assert_false(voices_cell(v, d, 0, 3)->shown || voices_cell(v, c, 0, 3)->shown);
  world_free(w);
}

static void test_changes(void)
{
  struct world *w = world_new();
  struct voice_change change[VOICES_MOST_CHANGES];
  for (int month = 0; month < 24; month++)
    for (int team = 0; team < TEAMS; team++)
      talk(w, month, 0, team, 9 + (month + team) % 3, team < 2 && month >= 19 ? -0.8 : 0);
  g_autoptr(voices_auto) v = voices_new(&w->company);
  g_assert_cmpint(voices_changes(v, voices_group(v, "South"), 0, NULL, change), ==, 0);
  g_assert_cmpint(voices_changes(v, voices_group(v, "North"), 0, NULL, change), ==, 1);
  g_assert_cmpint(change[0].period, ==, 19);
  g_assert_cmpint(change[0].until, ==, 24);
  g_assert_cmpfloat_with_epsilon(change[0].size, -0.8, 0.1);
  g_assert_cmpfloat(change[0].low, <, -0.8);
  g_assert_cmpfloat(change[0].high, >, -0.8);
  g_assert_cmpfloat(change[0].z, <, -3.5);
  world_free(w);
}

/* Nothing, one answer, and answers centuries apart. */
static void test_edges(void)
{
  struct world *w = world_new();
  voices_free(voices_new(&w->company));
  say(w, 0, 0, 0, 1, 3);
  voices_free(voices_new(&w->company));
  struct pulse far = { .day = clock_from_civil(2999, 12, 31), .question = 0, .team = 0, .respondent = 2, .answer = 3 };
  g_array_append_val(w->pulses, far);
  far.day = clock_from_civil(1000, 1, 1);
  g_array_append_val(w->pulses, far);
  w->company.pulses.at = (struct pulse *)(void *)w->pulses->data;
  w->company.pulses.count = (int)w->pulses->len;
  g_autoptr(voices_auto) v = voices_new(&w->company);
  g_assert_cmpint(v->periods, <=, 260);
  g_assert_cmpint(voices_cell(v, 0, 0, v->periods - 1)->people, ==, 1);
  world_free(w);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/voices/cells", test_cells);
  g_test_add_func("/voices/hiding", test_hiding);
  g_test_add_func("/voices/changes", test_changes);
  g_test_add_func("/voices/edges", test_edges);
  return g_test_run();
}
