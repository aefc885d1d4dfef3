/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The monthly pulse. An answer is
 *
 *   3.6 + how friendly the question is + the team's mood + how high this person ticks - the topic's dip + N(0, 0.75)
 *
 * rounded and kept within 1 to 5. Mood is shared by all topics and moves from month to month, so a topic says something
 * only net of the others. Somewhat under half of the people answer, half of the questions each. A respondent is a token
 * that has nothing to do with the employee number; who answers with which words is chance.
 *
 * How it can be wrong: real non-response depends on mood; here it does not. */
#include "sim/files.h"
#include <math.h>

#define MIDDLE 3.6
#define ANSWER_SD 0.75
#define TURNOUT 0.44
#define ASKED 0.5
#define COMMENT 0.035

void sim_voice_write(const struct world *world, struct files *files)
{
  (void)world;
  struct sheet *sheet = &files->sheets[FILE_QUESTIONS];
  for (unsigned q = 0; q < sim_question_count; q++) {
    sheet_text(sheet, sim_questions[q].id);
    sheet_text(sheet, sim_questions[q].text);
    sheet_text(sheet, sim_questions[q].labelled ? sim_topic_ids[sim_questions[q].topic] : NULL);
    sheet_end(sheet);
  }
}

static void answer(const struct world *world, struct sheet *sheet, unsigned person, int week, struct chance *chance)
{
  const struct person *who = sim_person(world, person);
  unsigned team = world->seats[who->seat].team;
  size_t at = sim_at(world, team, week);
  int32_t day = sim_day(world, week) + 1 + (int32_t)chance_below(chance, 4);
  for (unsigned q = 0; q < sim_question_count; q++) {
    enum topic topic = sim_questions[q].topic;
    struct chance friendly = chance_at(0, CHANCE_PULSE, q, 0);
    if (!chance_hit(chance, ASKED))
      continue;
    double felt = MIDDLE + chance_between(&friendly, -0.2, 0.25) + world->mood[at] + who->style - (double)world->dip[topic][at];
    long drawn = lround(felt + chance_normal(chance, 0, ANSWER_SD)); /* drawn once: CLAMP asks for its argument thrice */
    int points = (int)CLAMP(drawn, 1, 5);
    sheet_day(sheet, day);
    sheet_text(sheet, sim_questions[q].id);
    sheet_text(sheet, world->teams[team].name);
    sheet_format(sheet, "r%015" G_GINT64_MODIFIER "x", who->token >> 4);
    sheet_integer(sheet, points);
    sheet_text(sheet, points != 3 && chance_hit(chance, COMMENT) ? sim_comments[topic][points > 3][chance_below(chance, MAX_COMMENTS)] : NULL);
    sheet_end(sheet);
  }
}

void sim_voice_week(const struct world *world, struct files *files, int week)
{
  int year, month, mday;
  clock_civil(sim_day(world, week), &year, &month, &mday);
  if (mday > 7) /* the first Monday of the month opens the pulse */
    return;
  for (unsigned s = 0; s < world->seats_count; s++) {
    int holder = world->seats[s].holder;
    struct chance chance = chance_at(world->options.seed, CHANCE_PULSE, 1000 + s, (uint64_t)week);
    if (holder >= 0 && !sim_person(world, (unsigned)holder)->on_leave && chance_hit(&chance, TURNOUT))
      answer(world, &files->sheets[FILE_PULSE], (unsigned)holder, week, &chance);
  }
}
