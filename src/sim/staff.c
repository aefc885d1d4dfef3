/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an HR system and a strategy office would hand over: people with their memberships, the skills framework, job
 * profiles, goals. A person has one row per membership: an earlier team of somebody still employed has an end but stays
 * "active" (the person is), the last membership of one who left is "terminated". */
#include "sim/files.h"
#include <math.h>

static void put_employee(struct sheet *sheet, const struct world *world, int person)
{
  if (person < 0)
    sheet_text(sheet, NULL);
  else
    sheet_integer(sheet, sim_person(world, (unsigned)person)->number);
}

/* Members report to the team's lead, leads and the office to the head, heads to the managing director. */
static int manager_of(const struct world *world, const struct stint *stint)
{
  const struct team *team = &world->teams[world->seats[stint->seat].team];
  int32_t day = stint->to != CLOCK_NO_DAY ? stint->to : sim_day(world, world->weeks) - 1;
  unsigned seat = team->first_seat;
  if (!stint->second && stint->seat == seat)
    seat = team->office ? world->head_seat[DEPT_MANAGEMENT] : world->head_seat[team->department];
  int manager = sim_seat_holder(world, seat, day);
  if (manager < 0) /* the lead's seat was vacant */
    manager = sim_seat_holder(world, world->head_seat[team->department], day);
  return manager == (int)stint->person ? -1 : manager;
}

static void put_stint(const struct world *world, struct sheet *sheet, const struct stint *stint)
{
  const struct person *person = sim_person(world, stint->person);
  const struct seat *seat = &world->seats[stint->seat];
  const struct team *team = &world->teams[seat->team];
  /* Newest membership that is not a second team: the primary one. */
  bool newest = stint == &g_array_index(world->stints, struct stint, person->last_stint), left = person->left != CLOCK_NO_DAY;
  const struct stint *last = &g_array_index(world->stints, struct stint, person->last_stint);
  if (last->second && last->before_of_person >= 0)
    newest = stint == &g_array_index(world->stints, struct stint, last->before_of_person);
  bool gone = stint->to != CLOCK_NO_DAY && (left || !newest);
  bool rehired_after = false; /* an end that a new membership does not follow at once was a leaving */
  for (int i = person->last_stint; i >= 0; i = g_array_index(world->stints, struct stint, i).before_of_person)
    if (gone && g_array_index(world->stints, struct stint, i).from == stint->to + 1)
      rehired_after = true;
  sheet_integer(sheet, person->number);
  sheet_text(sheet, person->given);
  sheet_text(sheet, person->family);
  sheet_text(sheet, person->email);
  sheet_text(sheet, sim_jobs[person->job].title);
  sheet_text(sheet, sim_departments[team->department].name);
  sheet_text(sheet, team->name);
  sheet_text(sheet, team->location);
  put_employee(sheet, world, manager_of(world, stint));
  sheet_number(sheet, stint->second ? 0.2 : seat->fte, 1);
  sheet_text(sheet, gone && !rehired_after ? "terminated" : person->on_leave && !left ? "leave" : "active");
  sheet_day(sheet, stint->from);
  sheet_day(sheet, stint->to);
  sheet_text(sheet, newest ? "true" : "false");
  sheet_end(sheet);
}

static void write_people(const struct world *world, struct sheet *sheet)
{
  g_autofree int *order = g_new(int, world->stints->len);
  for (unsigned p = 0; p < world->people->len; p++) {
    unsigned count = 0; /* oldest first */
    for (int i = sim_person(world, p)->last_stint; i >= 0; i = g_array_index(world->stints, struct stint, i).before_of_person)
      order[count++] = i;
    while (count > 0)
      put_stint(world, sheet, &g_array_index(world->stints, struct stint, order[--count]));
  }
}

static void write_skills(struct sheet *sheet)
{
  for (unsigned i = 0; i < SKILL_COUNT; i++) {
    const struct skill_row *row = &sim_skills[i];
    sheet_text(sheet, row->id);
    sheet_text(sheet, row->name);
    sheet_text(sheet, row->broader);
    sheet_text(sheet, row->description);
    sheet_text(sheet, row->aliases);
    if (row->half_life > 0)
      sheet_integer(sheet, row->half_life);
    else
      sheet_text(sheet, NULL);
    sheet_end(sheet);
  }
}

static void write_jobs(struct sheet *sheet)
{
  for (unsigned j = 0; j < sim_job_count; j++)
    for (unsigned i = 0; i < MAX_NEEDS && sim_jobs[j].needs[i].importance > 0; i++) {
      sheet_text(sheet, sim_jobs[j].title);
      sheet_text(sheet, sim_skills[sim_jobs[j].needs[i].skill].id);
      sheet_number(sheet, sim_jobs[j].needs[i].level, 1);
      sheet_number(sheet, sim_jobs[j].needs[i].importance, 2);
      sheet_end(sheet);
    }
}

/* The end of the quarter after next: a due date that a board would set. */
static int32_t due_day(int32_t until)
{
  int year, month, mday;
  clock_civil(until + 185, &year, &month, &mday);
  int first = (month - 1) / 3 * 3 + 1;
  return clock_from_civil(year + (first + 3 > 12), (first + 2) % 12 + 1, 1) - 1;
}

static void put_departments(struct sheet *sheet, unsigned bits)
{
  g_autoptr(GString) names = g_string_new(NULL);
  for (unsigned d = 0; d < DEPT_COUNT; d++)
    if (bits & DEPT_BIT(d))
      g_string_append_printf(names, "%s%s", names->len > 0 ? ";" : "", sim_departments[d].name);
  sheet_text(sheet, names->str);
}

static void write_goals(const struct world *world, struct sheet *sheet)
{
  for (unsigned g = 0; g < world->goals_count; g++) {
    const struct goal *goal = &world->goals[g];
    const struct goal_row *row = goal->row;
    sheet_text(sheet, row->id);
    sheet_text(sheet, row->name);
    sheet_text(sheet, row->unit);
    sheet_text(sheet, row->up ? "up" : "down");
    put_employee(sheet, world, sim_seat_holder(world, world->head_seat[row->owner], world->options.until - 1));
    sheet_number(sheet, goal->baseline, 1);
    sheet_number(sheet, goal->target, 1);
    sheet_day(sheet, due_day(world->options.until));
    sheet_number(sheet, row->weight, 2);
    sheet_text(sheet, row->category);
    sheet_number(sheet, row->value_per_unit * world->options.people / SIM_PEOPLE, 0);
    sheet_text(sheet, "EUR");
    sheet_format(sheet, "%s;%s", sim_skills[row->main].id, sim_skills[row->decoy].id);
    put_departments(sheet, row->departments);
    sheet_end(sheet);
  }
}

void sim_staff_write(const struct world *world, struct files *files)
{
  write_people(world, &files->sheets[FILE_PEOPLE]);
  write_skills(&files->sheets[FILE_SKILLS]);
  write_jobs(&files->sheets[FILE_JOBS]);
  write_goals(world, &files->sheets[FILE_GOALS]);
}
