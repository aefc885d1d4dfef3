/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People: who sits where, who leaves, joins, comes back and moves, and what each can do, week by week.
 *
 * A skill's level L (0 to 5) fades by its half-life every week. A skill that the job uses is pulled towards what practice
 * can keep up for this person, its ceiling c: L += 0.1 * (c - L). The ceiling of a needed skill lies around the job's need
 * plus half a level, plus the person's ability; finishing a programme raises it. In a team with a skill cause (or a low
 * decoy skill) practice leads less far from the onset on, so the team sinks over some four months, newcomers included,
 * whoever they are: people with the skill elsewhere keep it.
 *
 * How it can be wrong: nobody learns from a particular colleague; ability is one number; leaving hardly hangs on anything. */
#include "sim/world.h"
#include <math.h>
#include <string.h>

#define PRACTICE 0.1           /* of the distance to the ceiling, per week */
#define ABOVE_NEED 0.6         /* levels */
#define SKILL_DROP 1.6         /* levels that an affected team's practice leads less far */
#define DECOY_DROP 1.0
#define LEAVE 0.0024           /* per week: about 12 % a year */
#define MOVE 0.0009
#define SETTLED 8              /* weeks in a team before the next change */
#define REHIRE 0.05            /* of hires, where a fitting former colleague exists */
#define SECOND_TEAM 0.015      /* of those employed at the end */
#define FIRST_NUMBER 10001

double sim_job_need(unsigned job, enum skill_index skill)
{
  const struct job_row *row = &sim_jobs[job];
  for (unsigned i = 0; i < MAX_NEEDS && row->needs[i].importance > 0; i++)
    if (row->needs[i].skill == skill)
      return row->needs[i].level;
  return 0;
}

/* Names carry letters that addresses do not; the table holds what stands in the name lists. */
static void append_plain(GString *out, const char *name)
{
  static const struct { const char *from, *to; } plain[] = {
    { "ä", "ae" }, { "ö", "oe" }, { "ü", "ue" }, { "Ö", "oe" }, { "ß", "ss" }, { "ğ", "g" }, { "í", "i" }, { "ć", "c" },
    { "ó", "o" }, { "ń", "n" } };
  while (*name != '\0') {
    size_t length = (size_t)g_utf8_skip[*(const guchar *)name];
    const char *to = NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(plain); i++)
      if (strlen(plain[i].from) == length && strncmp(name, plain[i].from, length) == 0)
        to = plain[i].to;
    if (to != NULL)
      g_string_append(out, to);
    else
      g_string_append_c(out, g_ascii_tolower(*name));
    name += length;
  }
}

/* The second Anna Bauer gets a 2. */
static char *email_of(struct world *world, const struct person *person)
{
  g_autoptr(GString) plain = g_string_new(NULL);
  append_plain(plain, person->given);
  g_string_append_c(plain, '.');
  append_plain(plain, person->family);
  unsigned same = 1 + GPOINTER_TO_UINT(g_hash_table_lookup(world->addresses, plain->str));
  g_hash_table_insert(world->addresses, g_strdup(plain->str), GUINT_TO_POINTER(same));
  return same == 1 ? g_strdup_printf("%s@" COMPANY_DOMAIN, plain->str) : g_strdup_printf("%s%u@" COMPANY_DOMAIN, plain->str, same);
}

static void give_skills(struct world *world, unsigned index, struct chance *chance, bool newcomer)
{
  const struct person *person = sim_person(world, index);
  float *level = sim_levels(world, index), *ceiling = sim_ceilings(world, index);
  const struct job_row *job = &sim_jobs[person->job];
  for (unsigned i = 0; i < MAX_NEEDS && job->needs[i].importance > 0; i++) {
    unsigned skill = job->needs[i].skill;
    double at = job->needs[i].level + ABOVE_NEED + person->ability + chance_normal(chance, newcomer ? -0.2 : 0, 0.5);
    ceiling[skill] = (float)CLAMP(at, 0.3, 5);
    level[skill] = (float)(ceiling[skill] * (newcomer ? 0.85f : 0.93f));
  }
  for (unsigned skill = 0; skill < SKILL_COUNT; skill++) { /* what people bring along and do not use here */
    if (level[skill] > 0 || sim_skills[skill].half_life == 0 || !chance_hit(chance, 0.06))
      continue;
    bool technical = skill == SKILL_PYTORCH || skill == SKILL_TENSORFLOW || skill == SKILL_MCP || skill == SKILL_TESTING || skill == SKILL_REVIEW;
    if (!technical || job->department == DEPT_ENGINEERING)
      level[skill] = (float)chance_between(chance, 0.5, 3.2);
  }
}

static unsigned add_person(struct world *world, unsigned job, int32_t hired, bool newcomer)
{
  unsigned index = world->people->len;
  struct chance chance = chance_at(world->options.seed, CHANCE_PERSON, index, 0);
  struct person person = { .number = FIRST_NUMBER + index, .job = job, .seat = -1, .hired = hired, .left = CLOCK_NO_DAY, .last_stint = -1 };
  person.given = sim_given_names[chance_below(&chance, sim_given_name_count)];
  person.family = sim_family_names[chance_below(&chance, sim_family_name_count)];
  person.email = email_of(world, &person);
  person.ability = chance_normal(&chance, 0, 0.3);
  person.style = chance_normal(&chance, 0, 0.45);
  person.on_leave = chance_hit(&chance, 0.02);
  struct chance token = chance_at(world->options.seed, CHANCE_TOKEN, index, 0);
  person.token = chance_bits(&token);
  g_array_append_val(world->people, person);
  g_array_set_size(world->level, (index + 1) * SKILL_COUNT);
  g_array_set_size(world->ceiling, (index + 1) * SKILL_COUNT);
  give_skills(world, index, &chance, newcomer);
  return index;
}

static void begin_stint(struct world *world, unsigned person, unsigned seat, int32_t day, bool second)
{
  struct stint stint = { person, seat, day, CLOCK_NO_DAY, second ? -1 : world->seats[seat].last_stint,
                         sim_person(world, person)->last_stint, second };
  g_array_append_val(world->stints, stint);
  sim_person(world, person)->last_stint = (int)world->stints->len - 1;
  if (second)
    return;
  world->seats[seat].last_stint = (int)world->stints->len - 1;
  world->seats[seat].holder = (int)person;
  sim_person(world, person)->seat = (int)seat;
}

static void end_stint(struct world *world, unsigned seat, int32_t day)
{
  struct seat *s = &world->seats[seat];
  struct person *person = sim_person(world, (unsigned)s->holder);
  for (int i = person->last_stint; i >= 0; i = g_array_index(world->stints, struct stint, i).before_of_person) {
    struct stint *stint = &g_array_index(world->stints, struct stint, i);
    if (stint->second && stint->to == CLOCK_NO_DAY) /* who leaves or moves helps out no longer */
      stint->to = day;
  }
  g_array_index(world->stints, struct stint, s->last_stint).to = day;
  person->seat = -1;
  s->holder = -1;
}

void sim_people_start(struct world *world)
{
  for (unsigned s = 0; s < world->seats_count; s++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_FLOW, s, 0);
    int32_t hired = world->first_day - 7 - (int32_t)chance_gamma(&chance, 1.4, 1500);
    begin_stint(world, add_person(world, world->seats[s].job, hired, false), s, hired, false);
  }
}

/* Nobody leaves or moves within weeks of having come: no membership ends before it begins, and few are oddly short. */
static bool is_new(const struct world *world, unsigned seat, int week)
{
  return g_array_index(world->stints, struct stint, world->seats[seat].last_stint).from > sim_day(world, week - SETTLED);
}

/* Somebody who held this job, has been gone for a quarter, and may come back. */
static int find_former(const struct world *world, unsigned job, int32_t day, struct chance *chance)
{
  for (unsigned try = 0; try < 40; try++) {
    unsigned index = chance_below(chance, world->people->len);
    const struct person *person = sim_person(world, index);
    if (person->job == job && person->seat < 0 && person->left != CLOCK_NO_DAY && person->left < day - 90)
      return (int)index;
  }
  return -1;
}

static void fill_seat(struct world *world, unsigned seat, int week, struct chance *chance)
{
  int32_t day = sim_day(world, week);
  unsigned job = world->seats[seat].job;
  int former = chance_hit(chance, REHIRE) ? find_former(world, job, day, chance) : -1;
  if (former >= 0)
    sim_person(world, (unsigned)former)->left = CLOCK_NO_DAY;
  begin_stint(world, former >= 0 ? (unsigned)former : add_person(world, job, day, true), seat, day, false);
}

static void swap_seats(struct world *world, unsigned seat, int week, struct chance *chance)
{
  const struct seat *mine = &world->seats[seat];
  unsigned other = chance_below(chance, world->seats_count);
  for (unsigned try = 0; try < world->seats_count; try++, other = (other + 1) % world->seats_count) {
    const struct seat *seen = &world->seats[other];
    if (seen->job != mine->job || seen->team == mine->team || seen->holder < 0 || is_new(world, other, week))
      continue;
    unsigned a = (unsigned)mine->holder, b = (unsigned)seen->holder;
    int32_t day = sim_day(world, week);
    end_stint(world, seat, day - 1);
    end_stint(world, other, day - 1);
    begin_stint(world, b, seat, day, false);
    begin_stint(world, a, other, day, false);
    return;
  }
}

static void flow(struct world *world, int week)
{
  bool last = week == world->history - 1; /* of the history: the company has its size then */
  for (unsigned s = 0; s < world->seats_count; s++) {
    struct seat *seat = &world->seats[s];
    const struct team *team = &world->teams[seat->team];
    struct chance chance = chance_at(world->options.seed, CHANCE_FLOW, s, (uint64_t)week + 1);
    if (seat->holder < 0 && (week >= seat->vacant_until || last))
      fill_seat(world, s, week, &chance);
    if (seat->holder < 0 || last || week == 0 || is_new(world, s, week) || sim_jobs[seat->job].rank == RANK_HEAD)
      continue;
    double hazard = LEAVE * (week >= team->gloomy_from ? 1.6 : 1) * (sim_jobs[seat->job].rank == RANK_LEAD ? 0.5 : 1);
    if (chance_hit(&chance, hazard)) {
      struct person *person = sim_person(world, (unsigned)seat->holder);
      person->left = sim_day(world, week) - 3; /* the Friday before */
      end_stint(world, s, person->left);
      seat->vacant_until = week + 1 + (int)chance_poisson(&chance, 4);
    } else if (sim_jobs[seat->job].rank == RANK_MEMBER && chance_hit(&chance, MOVE)) {
      swap_seats(world, s, week, &chance);
    }
  }
}

static void set_gaps(struct world *world, int week)
{
  memset(world->team_gap, 0, sizeof(float) * world->teams_count * SKILL_COUNT);
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    unsigned skill = world->goals[trouble->goal].row->main;
    for (unsigned t = 0; trouble->cause == CAUSE_SKILL && t < world->teams_count; t++)
      if (trouble->team_size[t] > 0 && week >= trouble->team_onset[t])
        world->team_gap[t * SKILL_COUNT + skill] += (float)SKILL_DROP;
  }
  for (unsigned g = 0; g < world->goals_count; g++)
    for (unsigned t = 0; week >= world->goals[g].decoy_onset && t < world->teams_count; t++)
      if (world->goals[g].decoy[t])
        world->team_gap[t * SKILL_COUNT + world->goals[g].row->decoy] += (float)DECOY_DROP;
}

static float weekly_keep(enum skill_index skill)
{
  return sim_skills[skill].half_life > 0 ? (float)exp2(-1 / (sim_skills[skill].half_life * 365.25 / 12 / 7)) : 0;
}

static void practise(struct world *world)
{
  float keep[SKILL_COUNT];
  for (unsigned k = 0; k < SKILL_COUNT; k++)
    keep[k] = weekly_keep((enum skill_index)k);
  for (unsigned p = 0; p < world->people->len; p++) {
    int seat = sim_person(world, p)->seat;
    if (seat < 0)
      continue;
    float *level = sim_levels(world, p), *ceiling = sim_ceilings(world, p);
    const float *gap = world->team_gap + world->seats[seat].team * SKILL_COUNT;
    for (unsigned k = 0; k < SKILL_COUNT; k++) {
      if (level[k] <= 0 && ceiling[k] <= 0)
        continue;
      if (ceiling[k] > 0)
        level[k] += (float)PRACTICE * (MAX(ceiling[k] - gap[k], 0.2f) - level[k]);
      level[k] *= keep[k];
    }
  }
}

static void measure_shortfall(struct world *world)
{
  for (unsigned g = 0; g < world->goals_count; g++) {
    enum skill_index skill = world->goals[g].row->main;
    for (unsigned t = 0; t < world->teams_count; t++) {
      const struct team *team = &world->teams[t];
      double missing = 0, people = 0;
      for (unsigned s = team->first_seat; world->goals[g].in[t] && s < team->first_seat + team->seats; s++) {
        double need = sim_job_need(world->seats[s].job, skill);
        if (world->seats[s].holder < 0 || need <= 0)
          continue;
        missing += need - (double)sim_levels(world, (unsigned)world->seats[s].holder)[skill];
        people++;
      }
      world->shortfall[g * world->teams_count + t] = people > 0 && missing > 0 ? (float)(missing / people) : 0;
    }
  }
}

/* What a skill cause has taken from the level of those who practise there, by the same steps as in practise(); and what of
 * it came back where somebody did something about it. Shortfall, and with it the KPI's harm, is measured before that: what
 * comes back counts there through sim_left, so the KPI's expected value with and without a response is exact. */
static void measure_lift(struct world *world, int week)
{
  memset(world->lift, 0, sizeof(float) * world->teams_count * SKILL_COUNT);
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    enum skill_index skill = world->goals[trouble->goal].row->main;
    float keep = weekly_keep(skill);
    for (unsigned t = 0; trouble->cause == CAUSE_SKILL && t < world->teams_count; t++) {
      if (trouble->team_size[t] <= 0 || week < trouble->team_onset[t])
        continue;
      float *sunk = &world->sunk[t * SKILL_COUNT + skill];
      *sunk = (*sunk + (float)PRACTICE * ((float)SKILL_DROP - *sunk)) * keep;
      world->lift[t * SKILL_COUNT + skill] = *sunk * (float)(1 - sim_left(world, trouble, t, week, LEFT_IN_TRACES, NULL));
    }
  }
}

double sim_level(const struct world *world, unsigned person, enum skill_index skill)
{
  double level = (double)sim_levels(world, person)[skill], ceiling = (double)sim_ceilings(world, person)[skill];
  int seat = sim_person(world, person)->seat;
  double lift = seat >= 0 ? (double)world->lift[world->seats[seat].team * SKILL_COUNT + skill] : 0;
  return MAX(level, MIN(level + lift, ceiling)); /* newcomers have lost little of it, and nobody passes a ceiling */
}

/* Some help out in a second team of their department; it starts within the last half year. */
static void add_second_teams(struct world *world)
{
  for (unsigned p = 0; p < world->people->len; p++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_MEMBERSHIP, p, 0);
    const struct person *person = sim_person(world, p);
    if (person->seat < 0 || sim_jobs[person->job].rank != RANK_MEMBER || !chance_hit(&chance, SECOND_TEAM))
      continue;
    unsigned own = world->seats[person->seat].team, other = chance_below(&chance, world->teams_count);
    for (unsigned try = 0; try < world->teams_count; try++, other = (other + 1) % world->teams_count)
      if (other != own && !world->teams[other].office && world->teams[other].department == world->teams[own].department)
        break;
    const struct team *team = &world->teams[other];
    int32_t back = sim_day(world, world->history - 26 + (int)chance_below(&chance, 20));
    if (other != own && !team->office && team->department == world->teams[own].department)
      begin_stint(world, p, team->first_seat, MAX(person->hired, back), true);
  }
}

void sim_people_week(struct world *world, int week)
{
  flow(world, week);
  set_gaps(world, week);
  practise(world);
  measure_shortfall(world);
  measure_lift(world, week);
  if (week == world->history - 1)
    add_second_teams(world);
}

int sim_team_member(const struct world *world, unsigned team, uint32_t pick)
{
  const struct team *t = &world->teams[team];
  for (unsigned i = 0; i < t->seats; i++) {
    int holder = world->seats[t->first_seat + (pick + i) % t->seats].holder;
    if (holder >= 0)
      return holder;
  }
  return -1;
}

int sim_seat_holder(const struct world *world, unsigned seat, int32_t day)
{
  for (int i = world->seats[seat].last_stint; i >= 0;) {
    const struct stint *stint = &g_array_index(world->stints, struct stint, i);
    if (stint->from <= day && (stint->to == CLOCK_NO_DAY || stint->to >= day))
      return (int)stint->person;
    i = stint->before_in_seat;
  }
  return -1;
}
