/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work itself: cases of every goal's process, tool tickets, hours planned and hours there.
 *
 * Time is counted in working minutes (Monday to Friday, 8 to 16 UTC, 2,400 a week) and turned into a moment only when it
 * is written, so a wait of eight hours ends on the next working day, as it does in an office.
 *
 * Waits inside a team grow with its load. The wait at the hand-off does not: it follows the queue of the approver, which
 * a process cause makes about seven times as long, whatever the load, and which then sends more cases back.
 *
 * How it can be wrong: cases do not queue behind each other one by one; a week's queue is one number per team. */
#include "sim/files.h"
#include <math.h>

#define LOG_WEEKS 78           /* a log does not go back further than this */
#define CASES_PER_PERSON 0.048 /* per week */
#define OWN_WAIT 70.0          /* working minutes, median */
#define HANDOFF_WAIT 260.0
#define PROCESS_FACTOR 6.0     /* on top of one */
#define REWORK 0.07
#define PROCESS_REWORK 0.2     /* on top */
#define WEEK_MINUTES 2400
#define DAY_MINUTES 480
#define TICKETS_PER_PERSON 0.018 /* per tool and week */
#define TOOL_TICKETS 0.09      /* per person and week, where a tool cause is fully there */
#define ALARM_TICKETS 0.09
#define CONTRACT_HOURS 38.5
#define PRESENT 0.88           /* of contract hours: holidays and illness */

static int64_t moment(const struct world *world, int64_t working)
{
  int64_t days = working / WEEK_MINUTES * 7 + working % WEEK_MINUTES / DAY_MINUTES;
  return (world->first_day + days) * 1440 + 8 * 60 + working % DAY_MINUTES;
}

static double skewed(struct chance *chance, double median, double spread)
{
  return median * exp(chance_normal(chance, 0, spread));
}

/* One activity; returns when it ended. What has not begun by the end is not written. */
static int64_t put_step(const struct world *world, struct files *files, const struct case_plan *plan, const struct step_row *step,
                        int64_t begin, struct chance *chance)
{
  struct sheet *sheet = &files->sheets[FILE_WORK_LOG];
  unsigned team = step->handoff ? plan->approver : plan->team;
  int64_t end = begin + MAX(3, (int64_t)skewed(chance, step->touch_hours * 60, 0.45)), now = (int64_t)world->weeks * WEEK_MINUTES;
  int actor = sim_team_member(world, team, (uint32_t)chance_bits(chance));
  if (begin >= now)
    return end;
  sheet_text(sheet, plan->process->name);
  sheet_format(sheet, "C-%06u", files->cases);
  sheet_text(sheet, step->activity);
  sheet_minute(sheet, moment(world, begin));
  if (end < now)
    sheet_minute(sheet, moment(world, end));
  else
    sheet_text(sheet, NULL);
  sheet_text(sheet, world->teams[team].name);
  if (actor >= 0)
    sheet_integer(sheet, sim_person(world, (unsigned)actor)->number);
  else
    sheet_text(sheet, NULL);
  sheet_end(sheet);
  return end;
}

void sim_work_case(const struct world *world, struct files *files, const struct case_plan *plan, struct chance *chance)
{
  const struct step_row *steps = plan->process->steps;
  int64_t at = (int64_t)plan->week * WEEK_MINUTES + chance_below(chance, WEEK_MINUTES);
  unsigned back = 0, again = 0;
  while (g_strcmp0(steps[back].activity, plan->process->rework) != 0)
    back++;
  files->cases++;
  for (unsigned i = 0; i < MAX_STEPS && steps[i].activity != NULL; i++) {
    if (steps[i].handoff)
      at += (int64_t)skewed(chance, plan->handoff_wait, 0.7);
    else if (i > 0 || again > 0)
      at += (int64_t)skewed(chance, plan->own_wait, 0.6);
    at = put_step(world, files, plan, &steps[i], at, chance);
    if (steps[i].handoff && again < 2 && chance_hit(chance, plan->rework)) {
      again++;
      i = back - 1; /* the loop steps on to the activity that is done again */
    }
  }
}

/* The team that a goal's approvals go to, always the same one: of the department's second kind (Finance Control, Dispatch)
 * where a company is large enough to have one. */
static unsigned approving_team(const struct world *world, const struct goal *goal, unsigned index)
{
  const struct department_row *row = &sim_departments[goal->row->process.approver];
  unsigned any = 0, seen = 0, found = 0;
  for (unsigned round = 0; round < 2; round++)
    for (unsigned t = 0; t < world->teams_count; t++) {
      if (world->teams[t].office || world->teams[t].department != goal->row->process.approver)
        continue;
      any = t;
      if (!g_str_has_prefix(world->teams[t].name, row->kinds[1]))
        continue;
      if (round == 0)
        seen++;
      else if (found++ == index % seen)
        return t;
    }
  return any;
}

static void put_cases(const struct world *world, struct files *files, unsigned g, unsigned team, int week)
{
  const struct goal *goal = &world->goals[g];
  struct chance chance = chance_at(world->options.seed, CHANCE_WORK, ((uint64_t)g << 32) + team, (uint64_t)week);
  double load = world->load[sim_at(world, team, week)], queue = 0;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    if (trouble->goal == g && trouble->cause == CAUSE_PROCESS)
      queue += sim_ramp(trouble, team, week) * trouble->intensity[sim_at(world, team, week)] * sim_left(world, trouble, team, week, LEFT_IN_TRACES, NULL);
  }
  struct case_plan plan = { &goal->row->process, team, approving_team(world, goal, g), week,
    HANDOFF_WAIT * (1 + PROCESS_FACTOR * queue), OWN_WAIT * (1 + 5 * MAX(0, load - 0.95)), REWORK + PROCESS_REWORK * MIN(queue, 1.5) };
  uint32_t cases = chance_poisson(&chance, CASES_PER_PERSON * world->teams[team].seats * MIN(load, 1));
  for (uint32_t i = 0; i < cases; i++)
    sim_work_case(world, files, &plan, &chance);
}

static void put_ticket(const struct world *world, struct files *files, unsigned team, const char *tool, bool trouble, int week,
                       struct chance *chance)
{
  static const char *const usual[] = { "how-to", "access", "hardware", "error", "slow" };
  static const char *const bad[] = { "slow", "error", "crash", "data lost" };
  struct sheet *sheet = &files->sheets[FILE_TICKETS];
  int64_t open = (int64_t)week * WEEK_MINUTES + chance_below(chance, WEEK_MINUTES);
  int64_t close = open + (int64_t)skewed(chance, trouble ? 900 : 300, 0.9);
  sheet_format(sheet, "T-%06u", ++files->tickets);
  sheet_minute(sheet, moment(world, open));
  if (close < (int64_t)world->weeks * WEEK_MINUTES)
    sheet_minute(sheet, moment(world, close));
  else
    sheet_text(sheet, NULL);
  sheet_text(sheet, world->teams[team].name);
  sheet_text(sheet, tool);
  if (trouble && chance_hit(chance, 0.8))
    sheet_text(sheet, bad[chance_below(chance, G_N_ELEMENTS(bad))]);
  else
    sheet_text(sheet, usual[chance_below(chance, G_N_ELEMENTS(usual))]);
  sheet_end(sheet);
}

static void put_tickets(const struct world *world, struct files *files, unsigned g, unsigned team, int week)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_TICKET, ((uint64_t)(g + 16) << 32) + team, (uint64_t)week);
  double people = world->teams[team].seats, extra = 0;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    if (trouble->goal == g && trouble->cause == CAUSE_TOOL)
      extra += TOOL_TICKETS * people * sim_ramp(trouble, team, week) * trouble->intensity[sim_at(world, team, week)]
               * sim_left(world, trouble, team, week, LEFT_IN_TRACES, NULL);
  }
  uint32_t usual = chance_poisson(&chance, TICKETS_PER_PERSON * people), bad = chance_poisson(&chance, extra);
  for (uint32_t i = 0; i < usual + bad; i++)
    put_ticket(world, files, team, world->goals[g].row->tool, i >= usual, week, &chance);
}

static void put_false_alarms(const struct world *world, struct files *files, int week)
{
  for (unsigned i = 0; i < world->alarms_count; i++) {
    const struct false_alarm *alarm = &world->alarms[i];
    if (week < alarm->from || week >= alarm->to)
      continue;
    struct chance chance = chance_at(world->options.seed, CHANCE_TICKET, 8 + i, (uint64_t)week + 2);
    uint32_t count = chance_poisson(&chance, ALARM_TICKETS * world->teams[alarm->team].seats);
    for (uint32_t n = 0; n < count; n++)
      put_ticket(world, files, alarm->team, alarm->tool, chance_hit(&chance, 0.6), week, &chance);
  }
}

static void put_capacity(const struct world *world, struct sheet *sheet, unsigned team, int week)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_LOAD, 1 + team, (uint64_t)week + 1);
  double fte = 0;
  for (unsigned s = 0; s < world->teams[team].seats; s++) {
    const struct seat *seat = &world->seats[world->teams[team].first_seat + s];
    fte += seat->holder >= 0 ? seat->fte : 0;
  }
  if (fte <= 0)
    return;
  double present = chance_normal(&chance, PRESENT, 0.04); /* drawn once: CLAMP asks for its argument thrice */
  double available = fte * CONTRACT_HOURS * CLAMP(present, 0.6, 1);
  sheet_text(sheet, world->teams[team].name);
  sheet_day(sheet, sim_day(world, week));
  sheet_number(sheet, available, 1);
  sheet_number(sheet, available * world->load[sim_at(world, team, week)], 1);
  sheet_end(sheet);
}

void sim_work_week(const struct world *world, struct files *files, int week)
{
  for (unsigned g = 0; g < world->goals_count; g++)
    for (unsigned t = 0; t < world->teams_count; t++) {
      if (!world->goals[g].in[t])
        continue;
      if (week >= world->history - LOG_WEEKS)
        put_cases(world, files, g, t, week);
      put_tickets(world, files, g, t, week);
    }
  put_false_alarms(world, files, week);
  for (unsigned t = 0; t < world->teams_count; t++)
    if (!world->teams[t].office)
      put_capacity(world, &files->sheets[FILE_CAPACITY], t, week);
}

/* Our own production of learning: review and sign-off wait long for experts and the head, which no training mends. */
void sim_production_week(const struct world *world, struct files *files, int week)
{
  static const struct process_row production = { "learning production",
    { { "Briefing", 1.5, false }, { "Drafting", 11, false }, { "Expert review", 1.2, true },
      { "Reformatting", 3.5, false }, { "Sign-off", 0.3, false } }, DEPT_SALES, "Drafting" };
  struct chance chance = chance_at(world->options.seed, CHANCE_LEARNING, 0, (uint64_t)week + 1);
  uint32_t cases = chance_poisson(&chance, 0.4 + world->options.people / 1500.0);
  for (uint32_t i = 0; i < cases; i++) {
    unsigned expert = chance_below(&chance, world->teams_count);
    struct case_plan plan = { &production, world->learning_team, expert, week, 2600, 420, 0.35 };
    sim_work_case(world, files, &plan, &chance);
  }
}
