/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of the made-up world: what is true, of which the files show only traces. Arrays over teams and weeks are
 * [team * weeks + week]; weeks count from 0, the oldest. Effects are in units of a goal's residual standard deviation,
 * positive is harm. Everything belongs to the world and is freed with it. */
#pragma once
#include "base/clock.h"
#include "sim/catalog.h"
#include "sim/chance.h"
#include "sim/sim.h"

struct team {
  char *name;
  enum department_index department;
  const char *location;
  bool office;                 /* the head's own small team: has no KPIs */
  unsigned first_seat, seats;  /* the first seat is the lead's (in an office: the head's) */
  double mood;                 /* lasting part of the general mood, answer points */
  int gloomy_from;             /* week from which a team is low about everything, without any cause; else weeks */
  bool overloaded;             /* plans more than it has, and no KPI suffers */
  double manner;               /* how the team's lead rates: shift of manager ratings */
};

struct seat { unsigned team, job; double fte; int holder /* person; -1: vacant */, vacant_until, last_stint; };

struct person {
  unsigned number;             /* employee number */
  const char *given, *family;
  char *email;
  unsigned job;
  int seat;                    /* -1: has left */
  int32_t hired, left;         /* `left` CLOCK_NO_DAY while employed */
  bool on_leave;
  double ability, style;       /* general ability, levels; how high this person ticks, answer points */
  uint64_t token;              /* stands for the person in pulses, unrelated to the number */
  int last_stint;
};

/* A membership of a team, in the order in which it began. */
struct stint { unsigned person, seat; int32_t from, to; int before_in_seat, before_of_person; bool second; };

struct trouble {
  unsigned goal;
  enum cause cause;
  double share;                /* of the goal's harm that is this cause's; the shares of a goal add up to 1 */
  int onset;                   /* week */
  double size;                 /* mean harm in an affected team, residual standard deviations */
  double *team_size;           /* [team]; 0: not affected */
  int *team_onset;             /* [team] */
  double *intensity;           /* [team * weeks]: how strong it is this week, around 1 */
  bool recorded;               /* an entry in changes.csv says so */
};

struct goal {
  const struct goal_row *row;
  bool *in;                    /* [team]: has a series */
  unsigned teams;
  double residual_sd;          /* of a team's weekly value, goal's unit: noise of the week and of sampling */
  double noise_sd;             /* the first of the two */
  double trend;                /* improvement over the whole history, residual SDs */
  double phase;                /* of the season */
  double baseline, target;
  int decoy_onset;             /* from here some teams are low in the decoy skill; weeks: never */
  bool *decoy;                 /* [team] */
  bool dips;                   /* some teams dip by noise in the last weeks */
  double *noise;               /* [team * weeks] AR(1), shocks and the common noise, residual SDs */
  double *team_effect;         /* [team], residual SDs */
  double *company;             /* [weeks]: the common noise */
};

struct false_alarm { unsigned team; int from, to; const char *tool; }; /* a rise of tickets that hurts nothing */

struct world {
  struct sim_options options;
  int weeks;
  int32_t first_day;           /* Monday of week 0 */
  unsigned teams_count, seats_count, goals_count, troubles_count, alarms_count;
  struct team *teams;
  struct seat *seats;
  struct goal *goals;
  struct trouble *troubles;
  struct false_alarm *alarms;
  unsigned learning_team;      /* Learning and Development */
  unsigned head_seat[DEPT_COUNT];
  double *mood, *load;         /* [team * weeks] */
  float *dip[TOPIC_COUNT];     /* [team * weeks]: how far a topic's answers are pulled down, answer points */
  enum department_index dip_department; /* support and engagement sink here */
  int dip_from;
  GArray *people;              /* struct person */
  GArray *stints;              /* struct stint */
  GHashTable *addresses;       /* plain name → how many have it */
  GArray *level, *ceiling;     /* float [person * SKILL_COUNT]: what a person can do; where practice leads */
  float *team_gap;             /* [team * SKILL_COUNT], this week: how much less practice leads to */
  float *shortfall;            /* [goal * teams + team], this week: mean level missing in the main skill, >= 0 */
};

static inline int32_t sim_day(const struct world *world, int week) { return world->first_day + 7 * week; }
static inline size_t sim_at(const struct world *world, unsigned team, int week)
{
  return (size_t)team * (size_t)world->weeks + (size_t)week;
}
static inline struct person *sim_person(const struct world *world, unsigned person)
{
  return &g_array_index(world->people, struct person, person);
}
static inline float *sim_levels(const struct world *world, unsigned person)
{
  return &g_array_index(world->level, float, (size_t)person * SKILL_COUNT);
}
static inline float *sim_ceilings(const struct world *world, unsigned person)
{
  return &g_array_index(world->ceiling, float, (size_t)person * SKILL_COUNT);
}

/* The options must be in range (sim.c has checked them). */
struct world *sim_world_new(const struct sim_options *options);
void sim_world_free(struct world *world);
typedef struct world sim_world_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sim_world_auto, sim_world_free)

/* organisation.c: departments, teams, seats. */
void sim_organise(struct world *world);
/* causes.c: goals, their troubles, and what only looks like one. */
void sim_draw_goals(struct world *world);
void sim_draw_troubles(struct world *world);
/* world.c. How far a trouble has come in a team: 0 before its onset, 1 when it is fully there. */
double sim_ramp(const struct trouble *trouble, unsigned team, int week);
/* Draws the week's value; `team` is ignored for company goals. Returns false where the week had nothing to count; sets the denominator. */
bool sim_kpi_draw(const struct world *world, const struct goal *goal, unsigned team, int week, double *ret_value,
                  uint32_t *ret_exposure);

/* people.c */
void sim_people_start(struct world *world);
void sim_people_week(struct world *world, int week); /* leave, join, move; skills grow and fade */
/* What the person's job asks of a skill; 0: nothing. */
double sim_job_need(unsigned job, enum skill_index skill);
/* Somebody of the team who is there this week; -1: nobody. `pick` chooses among them. */
int sim_team_member(const struct world *world, unsigned team, uint32_t pick);
/* Who held a seat on a day; -1: nobody. */
int sim_seat_holder(const struct world *world, unsigned seat, int32_t day);
