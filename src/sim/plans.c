/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people set out to do, and how many with which skill the business expects to need. Three skills outgrow what the
 * company has within 18 months; the rest of the forecast stays near today's supply. Supply is what the world holds on the
 * last day: full-time people whose level reaches 2.5.
 *
 * How it can be wrong: forecasts of real businesses are wishes; this one comes true. */
#include "sim/files.h"
#include <math.h>

#define MONTHS 18
#define ABLE 2.5 /* level from which a person counts as supply */

/* Growth over 18 months, and people on top whatever the supply (a company of forty has none to grow from). */
static const struct { enum skill_index skill; double growth, extra; } skill_rows[] = {
  { SKILL_PYTORCH, 1.1, 2 }, { SKILL_TENSORFLOW, 0.6, 1.5 }, { SKILL_MCP, 1.9, 3 },
  { SKILL_SQL, 0.05, 0 }, { SKILL_OBJECTIONS, 0, 0 }, { SKILL_DEESCALATION, -0.05, 0 }, { SKILL_SAFETY, 0.03, 0 },
};
static const struct { const char *job; double growth; } job_rows[] = {
  { "Machine Learning Engineer", 0.9 }, { "Field Technician", 0.04 }, { "Service Agent", -0.1 }, { "Sales Representative", 0 } };

static double supply_of_skill(const struct world *world, enum skill_index skill)
{
  double supply = 0;
  for (unsigned s = 0; s < world->seats_count; s++) {
    const struct seat *seat = &world->seats[s];
    if (seat->holder >= 0 && (double)sim_levels(world, (unsigned)seat->holder)[skill] >= ABLE)
      supply += seat->fte;
  }
  return supply;
}

static double supply_of_job(const struct world *world, const char *title)
{
  double supply = 0;
  for (unsigned s = 0; s < world->seats_count; s++)
    if (g_str_equal(sim_jobs[world->seats[s].job].title, title))
      supply += world->seats[s].fte;
  return supply;
}

static void put_demand(const struct world *world, struct sheet *sheet, const char *skill, const char *job, double now, double then,
                       unsigned stream)
{
  int year, month, mday;
  struct chance chance = chance_at(world->options.seed, CHANCE_WORKFORCE, stream, 0);
  clock_civil(world->options.until, &year, &month, &mday);
  for (int m = 1; m <= MONTHS; m++) {
    int number = year * 12 + month - 1 + m;
    double demand = now + (then - now) * m / MONTHS + chance_normal(&chance, 0, 0.01 * now);
    sheet_day(sheet, clock_from_civil(number / 12, number % 12 + 1, 1));
    sheet_text(sheet, skill);
    sheet_text(sheet, job);
    sheet_number(sheet, MAX(0, round(demand * 2) / 2), 1);
    sheet_end(sheet);
  }
}

static void write_workforce(const struct world *world, struct sheet *sheet)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(skill_rows); i++) {
    double now = supply_of_skill(world, skill_rows[i].skill);
    put_demand(world, sheet, sim_skills[skill_rows[i].skill].id, NULL, now, now * (1 + skill_rows[i].growth) + skill_rows[i].extra, i);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(job_rows); i++) {
    double now = supply_of_job(world, job_rows[i].job);
    put_demand(world, sheet, NULL, job_rows[i].job, now, now * (1 + job_rows[i].growth), 100 + i);
  }
}

static void put_objective(const struct world *world, struct sheet *sheet, const char *owner, const struct goal *goal, bool own_skill,
                          struct chance *chance)
{
  const struct goal_row *row = goal->row;
  enum skill_index skill = own_skill ? row->decoy : row->main;
  char target[G_ASCII_DTOSTR_BUF_SIZE];
  sheet_format(sheet, "O-%03zu", sheet->rows + 1);
  sheet_text(sheet, owner);
  if (own_skill)
    sheet_format(sheet, "Get better at %s", sim_skills[skill].name);
  else
    sheet_format(sheet, "%s \"%s\" to %s %s", row->up ? "Raise" : "Lower", row->name,
                 g_ascii_formatd(target, sizeof target, "%.1f", goal->target), row->unit);
  sheet_text(sheet, row->id);
  sheet_text(sheet, sim_skills[skill].id);
  sheet_number(sheet, chance_beta(chance, 2, 2.5), 2);
  sheet_day(sheet, world->options.until + 14 + (int32_t)chance_below(chance, 150));
  sheet_end(sheet);
}

static void write_objectives(const struct world *world, struct sheet *sheet)
{
  for (unsigned t = 0; t < world->teams_count; t++) {
    const struct team *team = &world->teams[t];
    for (unsigned g = 0; g < world->goals_count; g++) {
      struct chance chance = chance_at(world->options.seed, CHANCE_OBJECTIVE, t, g);
      if (!world->goals[g].in[t])
        continue;
      if (chance_hit(&chance, 0.35))
        put_objective(world, sheet, team->name, &world->goals[g], false, &chance);
      int person = sim_team_member(world, t, (uint32_t)chance_bits(&chance));
      if (person >= 0 && chance_hit(&chance, 0.3)) {
        g_autofree char *owner = g_strdup_printf("%u", sim_person(world, (unsigned)person)->number);
        put_objective(world, sheet, owner, &world->goals[g], chance_hit(&chance, 0.6), &chance);
      }
    }
  }
}

void sim_plans_write(const struct world *world, struct files *files)
{
  write_objectives(world, &files->sheets[FILE_OBJECTIVES]);
  write_workforce(world, &files->sheets[FILE_WORKFORCE]);
}
