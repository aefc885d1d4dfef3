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
#include <limits.h>

#define SIM_NEVER INT_MAX /* of weeks */

struct team {
  char *name;
  enum department_index department;
  const char *location;
  bool office;                 /* the head's own small team: has no KPIs */
  unsigned first_seat, seats;  /* the first seat is the lead's (in an office: the head's) */
  double mood;                 /* lasting part of the general mood, answer points */
  int gloomy_from;             /* week from which a team is low about everything, without any cause; else SIM_NEVER */
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
  int decoy_onset;             /* from here some teams are low in the decoy skill; else SIM_NEVER */
  bool *decoy;                 /* [team] */
  bool dips;                   /* some teams dip by noise in the last weeks of the history */
  double *noise;               /* [team * weeks] AR(1), shocks and the common noise, residual SDs */
  double *team_effect;         /* [team], residual SDs */
  double *company;             /* [weeks]: the common noise */
};

struct false_alarm { unsigned team; int from, to; const char *tool; }; /* a rise of tickets that hurts nothing */

/* What the company did about a goal, as its plan has it. `effects`: by week after the start, from 1: the team's expected
 * value of the KPI with this response less without it, the others as they are. */
struct response_team { unsigned team; int32_t start; /* CLOCK_NO_DAY: for comparison only */ int week; /* SIM_NEVER likewise */ GArray *effects; };
struct response {
  char *id;
  unsigned goal;
  int cause;                   /* enum cause; -1: nobody could tell */
  char **remedy;
  enum skill_index skills[SKILL_COUNT];
  unsigned skills_count;
  int from_week, to_week;      /* what was registered: both inclusive, from 1 */
  bool cause_right;
  double fits;                 /* how far the remedy is one for this cause, 0 to 1 */
  double fraction;             /* of the harm that goes; 0 where the cause is wrong or the remedy does not fit */
  struct response_team *teams;
  unsigned teams_count;
};

struct world {
  struct sim_options options;
  int history;                 /* weeks of the options: all that was drawn of the company was drawn for these */
  int weeks;                   /* with those that came after */
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
  double *strain;              /* [team * weeks]: the load as it would be if nobody had done anything about it */
  float *dip[TOPIC_COUNT];     /* [team * weeks]: how far a topic's answers are pulled down, answer points */
  enum department_index dip_department; /* support and engagement sink here */
  int dip_from;
  GArray *people;              /* struct person */
  GArray *stints;              /* struct stint */
  GHashTable *addresses;       /* plain name → how many have it */
  GArray *level, *ceiling;     /* float [person * SKILL_COUNT]: what a person can do; where practice leads */
  float *team_gap;             /* [team * SKILL_COUNT], this week: how much less practice leads to */
  float *sunk, *lift;          /* [team * SKILL_COUNT], this week: what a skill cause took by now, and what came back of it */
  float *shortfall;            /* [goal * teams + team], this week: mean level missing in the main skill before any lift, >= 0 */
  struct response *responses;
  unsigned responses_count;
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

/* The options must be in range (sim.c has checked them), `weeks` no fewer than theirs. What the company is like is drawn;
 * its people come, and its fate begins, with sim_world_begin, once the responses are known. */
struct world *sim_world_new(const struct sim_options *options, int weeks);
void sim_world_begin(struct world *world);
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
/* The expected value of the week; `without`: as if there had been no such response; NULL: as it is. */
double sim_kpi_mean(const struct world *world, const struct goal *goal, unsigned team, int week, const struct response *without);
/* Draws the week's value; `team` is ignored for company goals. Returns false where the week had nothing to count; sets the denominator. */
bool sim_kpi_draw(const struct world *world, const struct goal *goal, unsigned team, int week, double *ret_value,
                  uint32_t *ret_exposure);

/* response.c: the share of a trouble that is left in a team, in the KPI or in what shows before it. */
enum left_in { LEFT_IN_KPI, LEFT_IN_TRACES };
double sim_left(const struct world *world, const struct trouble *trouble, unsigned team, int week, enum left_in where, const struct response *without);
/* What the response is worth against what really holds the goal back; `earlier` like it (goal and cause) came before. */
void sim_response_weigh(const struct world *world, struct response *response, unsigned earlier);
/* Notes what the week's KPIs owe to each response. */
void sim_responses_measure(struct world *world, int week);
/* The mean effect over the registered weeks that have passed and the treated teams; 0 false: none has. `ret_all`: all have. */
bool sim_response_mean(const struct world *world, const struct response *response, double *ret_mean, bool *ret_all);
/* A word that names something to learn; 0 to 1 is what it does for a skill. `ret_programme`: -1, or the programme that it
 * names; -2 one that the company does not have. */
bool sim_remedy_teaches(const char *word, double *ret_does, int *ret_programme);
void sim_response_clear(struct response *response);

/* people.c */
void sim_people_start(struct world *world);
void sim_people_week(struct world *world, int week); /* leave, join, move; skills grow and fade */
/* What a person can do today, with what came back. */
double sim_level(const struct world *world, unsigned person, enum skill_index skill);
/* What the person's job asks of a skill; 0: nothing. */
double sim_job_need(unsigned job, enum skill_index skill);
/* Somebody of the team who is there this week; -1: nobody. `pick` chooses among them. */
int sim_team_member(const struct world *world, unsigned team, uint32_t pick);
/* Who held a seat on a day; -1: nobody. */
int sim_seat_holder(const struct world *world, unsigned seat, int32_t day);
