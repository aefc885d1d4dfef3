/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be seen of a skill. The share right on an item is logistic in level and difficulty:
 *
 *   p = 1 / (1 + exp(-1.25 * (level - 5 * difficulty) - day)),  day ~ N(0, 0.3)
 *
 * An assessment is 10 questions, a practice 5 criteria, a work sample 8 cases of middling difficulty. Ratings (manager,
 * peer, self) are the level over 5 with the rater's lean: a lead has a manner of her own, peers are kind, and people rate
 * themselves 0.7 levels too high. Work samples also suffer from what stands in the way at work: much where a reward pulls
 * the other way ("can in practice, does not at work"), a little where tool, process, capacity or clarity is the trouble.
 *
 * xAPI statements are further evidence of the same levels, not copies of results.
 *
 * How it can be wrong: items of one skill differ in difficulty only, not in how well they separate. */
#include "sim/files.h"
#include "base/json.h"
#include <math.h>

#define SLOPE 1.25             /* logits per level */
#define DAY_SD 0.3             /* logits */
#define SELF_BIAS 0.7          /* levels */
#define PEER_BIAS 0.15
#define INCENTIVE_GAP 0.21     /* share of work samples lost where a reward conflicts */
#define OTHER_GAP 0.04
#define ITEMS 12
#define STATEMENTS 420.0       /* in the whole history */

enum kind { KIND_ASSESSMENT, KIND_PRACTICE, KIND_WORK, KIND_MANAGER, KIND_PEER, KIND_SELF, KIND_COUNT };
/* How often, per person, skill of middling importance and week. */
static const struct { const char *id; double rate; unsigned trials; char mark; } kinds[KIND_COUNT] = {
  [KIND_ASSESSMENT] = { "assessment", 0.0085, 10, 'a' },
  [KIND_PRACTICE] = { "practice", 0.0125, 5, 'p' },
  [KIND_WORK] = { "work", 0.018, 8, 0 },
  [KIND_MANAGER] = { "manager", 0.0065, 0, 0 },
  [KIND_PEER] = { "peer", 0.0035, 0, 0 },
  [KIND_SELF] = { "self", 0.0055, 0, 0 },
};

static double item_difficulty(enum skill_index skill, unsigned item)
{
  /* Items belong to the framework, not to the seed: the same item is as hard in every company. */
  struct chance chance = chance_at(0, CHANCE_RESULT, (uint64_t)skill, item);
  return round(100 * chance_between(&chance, 0.25, 0.8)) / 100;
}

static double share_right(double level, double difficulty, double day)
{
  return 1 / (1 + exp(-SLOPE * (level - 5 * difficulty) - day));
}

static double lost_at_work(const struct world *world, unsigned team, enum skill_index skill, int week)
{
  double lost = 0;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    if (trouble->cause == CAUSE_SKILL || trouble->cause == CAUSE_OUTSIDE || world->goals[trouble->goal].row->main != skill)
      continue;
    double gap = trouble->cause == CAUSE_INCENTIVE ? INCENTIVE_GAP * (0.4 + 0.6 * trouble->share) : OTHER_GAP;
    lost += gap * sim_ramp(trouble, team, week) * sim_left(world, trouble, team, week, LEFT_IN_TRACES, NULL);
  }
  return lost;
}

static double rating(const struct world *world, const struct person *person, unsigned team, double level, enum kind kind, struct chance *chance)
{
  double lean = kind == KIND_MANAGER ? world->teams[team].manner : kind == KIND_PEER ? PEER_BIAS : SELF_BIAS + 0.5 * person->style;
  double sd = kind == KIND_MANAGER ? 0.5 : 0.65;
  double seen = round(10 * (level + lean + chance_normal(chance, 0, sd)) / 5) / 10; /* drawn once: CLAMP asks for its argument thrice */
  return CLAMP(seen, 0, 1);
}

static void put_result(const struct world *world, struct sheet *sheet, unsigned person, enum skill_index skill, enum kind kind,
                       int week, struct chance *chance)
{
  const struct person *who = sim_person(world, person);
  unsigned team = world->seats[who->seat].team, item = 1 + chance_below(chance, ITEMS), trials = kinds[kind].trials;
  double level = sim_level(world, person, skill), score = 0, difficulty = 0.5;
  bool has_item = kind == KIND_ASSESSMENT || kind == KIND_PRACTICE;
  if (has_item)
    difficulty = item_difficulty(skill, item + (kind == KIND_PRACTICE ? ITEMS : 0));
  if (trials > 0) {
    double p = share_right(level, difficulty, chance_normal(chance, 0, DAY_SD));
    if (kind == KIND_WORK)
      p = CLAMP(p - lost_at_work(world, team, skill, week), 0.02, 1);
    score = chance_binomial(chance, trials, p) / (double)trials;
  } else {
    score = rating(world, who, team, level, kind, chance);
  }
  sheet_integer(sheet, who->number);
  sheet_text(sheet, sim_skills[skill].id);
  sheet_day(sheet, sim_day(world, week) + (int32_t)chance_below(chance, 5));
  sheet_number(sheet, score, 3);
  sheet_text(sheet, kinds[kind].id);
  if (has_item) {
    sheet_format(sheet, "%s-%c%02u", sim_skills[skill].id, kinds[kind].mark, item);
    sheet_number(sheet, difficulty, 2);
  } else {
    sheet_text(sheet, NULL);
    sheet_text(sheet, NULL);
  }
  sheet_end(sheet);
}

void sim_practice_result(const struct world *world, struct files *files, unsigned person, enum skill_index skill, int week, struct chance *chance)
{
  put_result(world, &files->sheets[FILE_RESULTS], person, skill, KIND_PRACTICE, week, chance);
}

static const struct { const char *verb, *display; } verbs[] = {
  { "http://adlnet.gov/expapi/verbs/passed", "passed" }, { "http://adlnet.gov/expapi/verbs/failed", "failed" },
  { "http://adlnet.gov/expapi/verbs/experienced", "experienced" }, { "http://adlnet.gov/expapi/verbs/scored", "scored" } };
#define LEARN "https://learn." COMPANY_DOMAIN "/"

static void put_identity(struct json_writer *json, const struct person *person, struct chance *chance)
{
  uint64_t a = chance_bits(chance), b = chance_bits(chance);
  g_autofree char *id = g_strdup_printf("%08x-%04x-4%03x-%04x-%012" G_GINT64_MODIFIER "x", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
    (unsigned)(a & 0xfff), (unsigned)(0x8000 | (b >> 50)), b & UINT64_C(0xffffffffffff));
  g_autofree char *name = g_strdup_printf("%s %s", person->given, person->family), *mbox = g_strdup_printf("mailto:%s", person->email);
  json_put_string(json, "id", id);
  json_open_object(json, "actor");
  json_put_string(json, "objectType", "Agent");
  json_put_string(json, "name", name);
  json_put_string(json, "mbox", mbox);
  json_close_object(json);
}

static void put_object(struct json_writer *json, const struct skill_row *skill, unsigned item, double difficulty, bool read_only)
{
  g_autofree char *id = g_strdup_printf(LEARN "%s/%s/%u", read_only ? "readings" : "quizzes", skill->id, item);
  g_autofree char *name = g_strdup_printf("%s, %s %u", skill->name, read_only ? "reading" : "quiz", item);
  json_open_object(json, "object");
  json_put_string(json, "objectType", "Activity");
  json_put_string(json, "id", id);
  json_open_object(json, "definition");
  json_put_string(json, "type", read_only ? "http://adlnet.gov/expapi/activities/module" : "http://adlnet.gov/expapi/activities/assessment");
  json_open_object(json, "name");
  json_put_string(json, "en", name);
  json_close_object(json);
  json_open_object(json, "extensions");
  json_put_string(json, LEARN "xapi/skill", skill->id);
  if (!read_only)
    json_put_number(json, LEARN "xapi/difficulty", difficulty);
  json_close_object(json);
  json_close_object(json);
  json_close_object(json);
}

static void put_statement(const struct world *world, struct files *files, unsigned person, int week)
{
  const struct person *who = sim_person(world, person);
  struct chance chance = chance_at(world->options.seed, CHANCE_STATEMENT, person, (uint64_t)week);
  const struct job_row *job = &sim_jobs[who->job];
  unsigned needs = 0, item = 1 + chance_below(&chance, ITEMS);
  while (needs < MAX_NEEDS && job->needs[needs].importance > 0)
    needs++;
  enum skill_index skill = job->needs[chance_below(&chance, needs)].skill;
  double difficulty = item_difficulty(skill, item + 2 * ITEMS);
  double p = share_right(sim_level(world, person, skill), difficulty, chance_normal(&chance, 0, DAY_SD));
  double score = chance_binomial(&chance, 10, p) / 10.0, draw = chance_unit(&chance);
  unsigned verb = draw < 0.2 ? 2 : draw < 0.55 ? 3 : score >= 0.6 ? 0 : 1;
  char stamp[CLOCK_TEXT];
  struct json_writer json;
  json_writer_init(&json);
  json_open_object(&json, NULL);
  put_identity(&json, who, &chance);
  json_open_object(&json, "verb");
  json_put_string(&json, "id", verbs[verb].verb);
  json_open_object(&json, "display");
  json_put_string(&json, "en", verbs[verb].display);
  json_close_object(&json);
  json_close_object(&json);
  put_object(&json, &sim_skills[skill], item, difficulty, verb == 2);
  if (verb != 2) {
    json_open_object(&json, "result");
    json_open_object(&json, "score");
    json_put_number(&json, "scaled", score);
    json_close_object(&json);
    if (verb < 2)
      json_put_bool(&json, "success", verb == 0);
    json_close_object(&json);
  }
  int64_t second = (sim_day(world, week) + (int64_t)chance_below(&chance, 5)) * 86400 + 28800 + chance_below(&chance, 32400);
  json_put_string(&json, "timestamp", clock_format_time(second * CLOCK_SECOND, stamp));
  json_put_string(&json, "version", "1.0.3");
  json_close_object(&json);
  size_t length = 0;
  g_autofree char *text = json_writer_steal(&json, &length);
  g_string_append_len(files->statements, text, (gssize)length);
  g_string_append_c(files->statements, '\n');
  files->statements_count++;
}

void sim_evidence_week(const struct world *world, struct files *files, int week)
{
  double statement = STATEMENTS / ((double)world->options.people * world->history);
  for (unsigned p = 0; p < world->people->len; p++) {
    const struct person *person = sim_person(world, p);
    if (person->seat < 0)
      continue;
    const struct job_row *job = &sim_jobs[person->job];
    struct chance chance = chance_at(world->options.seed, CHANCE_RESULT, 1000 + p, (uint64_t)week);
    for (unsigned i = 0; i < MAX_NEEDS && job->needs[i].importance > 0; i++)
      for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        if (chance_hit(&chance, kinds[kind].rate * (0.4 + job->needs[i].importance)))
          put_result(world, &files->sheets[FILE_RESULTS], p, job->needs[i].skill, kind, week, &chance);
    if (chance_hit(&chance, statement))
      put_statement(world, files, p, week);
  }
}
