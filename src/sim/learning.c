/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What already runs: programmes, who takes them, what it does to a person. Finishing a programme raises what practice can
 * keep up (the ceiling) in the skills it teaches, or adds the levels at once where the job does not use the skill, to
 * fade again. One programme is popular and serves no goal; one is no longer active.
 *
 * How it can be wrong: who enrols is chance among those it is meant for, so enrolment says nothing of need. */
#include "sim/files.h"

static void complete(struct world *world, const struct enrolment *enrolment)
{
  const struct programme_row *row = &sim_programmes[enrolment->programme];
  float *level = sim_levels(world, enrolment->person), *ceiling = sim_ceilings(world, enrolment->person);
  for (unsigned i = 0; i < G_N_ELEMENTS(row->skills) && row->skills[i] != SKILL_NONE; i++) {
    float *raised = ceiling[row->skills[i]] > 0 ? ceiling : level;
    raised[row->skills[i]] = MIN(5.0f, raised[row->skills[i]] + (float)row->gain);
  }
}

/* Weeks from the first day to the last. */
static unsigned duration(const struct programme_row *row)
{
  return 1 + (unsigned)(row->hours / 4);
}

static void enrol(struct files *files, unsigned programme, unsigned person, int32_t day, bool planned, struct chance *chance)
{
  struct enrolment enrolment = { programme, person, day + (int32_t)chance_below(chance, 5), 0, chance_hit(chance, 0.07), planned };
  enrolment.completed = enrolment.day + (int32_t)(7 * duration(&sim_programmes[programme]) + chance_below(chance, 6));
  g_array_append_val(files->enrolments, enrolment);
}

/* Two plans may send the same team to the same programme. */
static bool has_seat(const struct files *files, unsigned programme, unsigned person, int32_t since)
{
  for (unsigned i = files->enrolments->len; i > 0; i--) {
    const struct enrolment *enrolment = &g_array_index(files->enrolments, struct enrolment, i - 1);
    if (enrolment->planned && enrolment->programme == programme && enrolment->person == person && enrolment->day >= since)
      return true;
  }
  return false;
}

void sim_enrol_team(const struct world *world, struct files *files, unsigned programme, unsigned team, int week, double probability)
{
  for (unsigned s = 0; s < world->teams[team].seats; s++) {
    unsigned seat = world->teams[team].first_seat + s;
    struct chance chance = chance_at(world->options.seed, CHANCE_PROGRAMME, ((uint64_t)(sim_programme_count + programme) << 32) + seat, (uint64_t)week);
    if (world->seats[seat].holder >= 0 && chance_hit(&chance, probability) && !has_seat(files, programme, (unsigned)world->seats[seat].holder, sim_day(world, week)))
      enrol(files, programme, (unsigned)world->seats[seat].holder, sim_day(world, week), true, &chance);
  }
}

void sim_learning_week(struct world *world, struct files *files, int week)
{
  int32_t day = sim_day(world, week);
  for (unsigned i = 0; i < files->enrolments->len; i++) {
    const struct enrolment *enrolment = &g_array_index(files->enrolments, struct enrolment, i);
    if (!enrolment->dropped && !enrolment->planned && enrolment->completed >= day - 7 && enrolment->completed < day)
      complete(world, enrolment);
  }
  for (unsigned n = 0; n < sim_programme_count; n++) {
    const struct programme_row *row = &sim_programmes[n];
    if (!row->active && week > world->history / 2)
      continue;
    for (unsigned s = 0; s < world->seats_count; s++) {
      const struct seat *seat = &world->seats[s];
      struct chance chance = chance_at(world->options.seed, CHANCE_PROGRAMME, ((uint64_t)n << 32) + s, (uint64_t)week);
      if (seat->holder < 0 || !(row->departments & DEPT_BIT(world->teams[seat->team].department)) || !chance_hit(&chance, row->rate / 52))
        continue;
      if (row->skills[0] == SKILL_SAFETY && sim_job_need(seat->job, SKILL_SAFETY) <= 0) /* a duty of those who touch live parts */
        continue;
      enrol(files, n, (unsigned)seat->holder, day, false, &chance);
    }
  }
}

static void put_programme(struct sheet *sheet, const struct programme_row *row)
{
  g_autoptr(GString) skills = g_string_new(NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(row->skills) && row->skills[i] != SKILL_NONE; i++)
    g_string_append_printf(skills, "%s%s", i > 0 ? ";" : "", sim_skills[row->skills[i]].id);
  sheet_text(sheet, row->id);
  sheet_text(sheet, row->title);
  sheet_text(sheet, row->kind);
  sheet_text(sheet, skills->str);
  sheet_number(sheet, row->hours, 1);
  sheet_number(sheet, row->seat, 2);
  sheet_number(sheet, row->fixed, 2);
  sheet_text(sheet, row->active ? "true" : "false");
  sheet_end(sheet);
}

static bool was_here(const struct world *world, unsigned person, int32_t day)
{
  for (int i = sim_person(world, person)->last_stint; i >= 0;) {
    const struct stint *stint = &g_array_index(world->stints, struct stint, i);
    if (stint->from <= day && (stint->to == CLOCK_NO_DAY || stint->to >= day))
      return true;
    i = stint->before_of_person;
  }
  return false;
}

void sim_learning_write(const struct world *world, struct files *files)
{
  struct sheet *sheet = &files->sheets[FILE_ENROLMENTS];
  for (unsigned n = 0; n < sim_programme_count; n++)
    put_programme(&files->sheets[FILE_PROGRAMMES], &sim_programmes[n]);
  for (unsigned i = 0; i < files->enrolments->len; i++) {
    const struct enrolment *enrolment = &g_array_index(files->enrolments, struct enrolment, i);
    const struct person *person = sim_person(world, enrolment->person);
    bool left = !was_here(world, enrolment->person, enrolment->completed);
    bool open = !enrolment->dropped && !left && enrolment->completed >= sim_day(world, world->weeks);
    sheet_text(sheet, sim_programmes[enrolment->programme].id);
    sheet_integer(sheet, person->number);
    sheet_day(sheet, enrolment->day);
    sheet_text(sheet, open ? "enrolled" : enrolment->dropped || left ? "withdrawn" : "completed");
    sheet_day(sheet, open || enrolment->dropped || left ? CLOCK_NO_DAY : enrolment->completed);
    sheet_end(sheet);
  }
}
