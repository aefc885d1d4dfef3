/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's shape: departments by share, teams of 4 to 14, one seat per person employed. A seat stays; people come
 * and go in it, so the company keeps its size while a quarter of its people changes.
 *
 * A department has an office (its head and, in companies of 150 or more, three staff: a team of four, on purpose, so
 * that a disclosure threshold has something to refuse) and working teams with a lead each. About one working team in
 * twelve is a team of four, too.
 *
 * How it can be wrong: teams never split, merge or close during the history. */
#include "sim/world.h"
#include <math.h>
#include <string.h>

#define OFFICE_FROM 150      /* people in a company whose heads have staff */
#define OFFICE_SEATS 4
#define TEAM_MIN 4
#define TEAM_SPREAD 10       /* on top of the minimum: binomial(10, 1/2) */
#define SMALL_TEAM 0.08
#define LEAN 0.85            /* of a team's seats have the job that its kind leans to */
#define PART_TIME 0.14

static unsigned job_of(enum department_index department, enum rank rank, double pick)
{
  unsigned last = 0;
  for (unsigned i = 0; i < sim_job_count; i++) {
    if (sim_jobs[i].department != department || sim_jobs[i].rank != rank)
      continue;
    last = i;
    if ((pick -= sim_jobs[i].share) < 0)
      break;
  }
  return last;
}

static unsigned job_titled(const char *title)
{
  for (unsigned i = 0; i < sim_job_count; i++)
    if (strcmp(sim_jobs[i].title, title) == 0)
      return i;
  g_assert_not_reached();
}

static void size_departments(const struct world *world, unsigned sizes[DEPT_COUNT])
{
  unsigned total = 1;
  sizes[DEPT_MANAGEMENT] = 1;
  for (unsigned d = DEPT_SALES; d < DEPT_COUNT; d++) {
    sizes[d] = (unsigned)MAX(3, lround(sim_departments[d].share * world->options.people));
    total += sizes[d];
  }
  sizes[DEPT_SERVICE] += (unsigned)world->options.people - total; /* wraps back: rounding never exceeds a department */
}

static char *team_name(const struct department_row *row, unsigned nth, unsigned *ret_place)
{
  unsigned kinds = 0;
  while (kinds < MAX_KINDS && row->kinds[kinds] != NULL)
    kinds++;
  unsigned places = row->placed ? sim_place_count : sim_project_count;
  unsigned place = nth / kinds % places, round = nth / kinds / places;
  *ret_place = place;
  const char *where = row->placed ? sim_places[place] : sim_projects[place];
  if (round == 0)
    return g_strdup_printf("%s %s", row->kinds[nth % kinds], where);
  return g_strdup_printf("%s %s %u", row->kinds[nth % kinds], where, round + 1);
}

static unsigned draw_job(struct chance *chance, const struct team *team, unsigned kind, bool lead)
{
  const struct department_row *row = &sim_departments[team->department];
  if (lead)
    return job_of(team->department, RANK_LEAD, 0);
  if (row->leans[kind] != NULL && chance_hit(chance, LEAN))
    return job_titled(row->leans[kind]);
  return job_of(team->department, RANK_MEMBER, chance_unit(chance));
}

static void add_team(struct world *world, enum department_index department, unsigned nth, unsigned seats, bool office)
{
  const struct department_row *row = &sim_departments[department];
  unsigned index = world->teams_count++, kind = 0, place = 0;
  world->teams = g_renew(struct team, world->teams, world->teams_count);
  struct chance chance = chance_at(world->options.seed, CHANCE_TEAM, index, 0);
  struct team *team = &world->teams[index];
  *team = (struct team){ .department = department, .office = office, .first_seat = world->seats_count, .seats = seats };
  if (office) {
    team->name = department == DEPT_MANAGEMENT ? g_strdup("Management") : g_strdup_printf("%s Office", row->name);
    team->location = sim_places[0];
    world->head_seat[department] = team->first_seat;
  } else {
    while (kind < MAX_KINDS && row->kinds[kind] != NULL)
      kind++;
    kind = nth % kind;
    team->name = team_name(row, nth, &place);
    team->location = sim_places[row->placed ? place % SIM_LOCATIONS : chance_below(&chance, 2)];
  }
  world->seats_count += seats;
  world->seats = g_renew(struct seat, world->seats, world->seats_count);
  for (unsigned s = 0; s < seats; s++) {
    unsigned job = office && s == 0 ? job_of(department, RANK_HEAD, 0) : draw_job(&chance, team, kind, !office && s == 0);
    double fte = s > 0 && chance_hit(&chance, PART_TIME) ? 0.5 + 0.1 * chance_below(&chance, 4) : 1;
    world->seats[team->first_seat + s] = (struct seat){ .team = index, .job = job, .fte = fte, .holder = -1, .last_stint = -1 };
  }
}

void sim_organise(struct world *world)
{
  unsigned sizes[DEPT_COUNT];
  size_departments(world, sizes);
  add_team(world, DEPT_MANAGEMENT, 0, 1, true);
  for (unsigned d = DEPT_SALES; d < DEPT_COUNT; d++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_COMPANY, d, 0);
    unsigned office = world->options.people >= OFFICE_FROM ? OFFICE_SEATS : 1, rest = sizes[d] - MIN(office, sizes[d] - 2);
    add_team(world, d, 0, sizes[d] - rest, true);
    if (d == DEPT_PEOPLE)
      world->learning_team = world->teams_count;
    for (unsigned nth = 0; rest > 0; nth++) {
      unsigned size = chance_hit(&chance, SMALL_TEAM) ? TEAM_MIN : TEAM_MIN + chance_binomial(&chance, TEAM_SPREAD, 0.5);
      if (rest < size + TEAM_MIN) /* no crumbs: the last team takes the rest, or half of it */
        size = rest <= TEAM_MIN + TEAM_SPREAD ? rest : rest / 2;
      add_team(world, d, nth, size, false);
      rest -= size;
    }
  }
}
