/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the made-up company is like before chance and time touch it: its departments, skills, jobs, goals, tools,
 * processes, questions and programmes, as tables. Nothing here depends on a seed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define COMPANY_NAME "Nordlicht Services"
#define COMPANY_DOMAIN "nordlicht.example"

enum skill_index {
#define SKILL(index, id, name, broader, half_life, aliases, description) SKILL_##index,
#include "sim/skills.def"
#undef SKILL
  SKILL_COUNT,
  SKILL_NONE = -1
};
struct skill_row { const char *id, *name, *broader, *aliases, *description; int half_life; /* months; 0: a group */ };
extern const struct skill_row sim_skills[SKILL_COUNT];

enum department_index { DEPT_MANAGEMENT, DEPT_SALES, DEPT_SERVICE, DEPT_OPERATIONS, DEPT_ENGINEERING, DEPT_FINANCE, DEPT_PEOPLE, DEPT_COUNT };
#define DEPT_BIT(department) (1u << (department))
#define MAX_KINDS 5
struct department_row {
  const char *name;
  double share;                  /* of the company's people */
  const char *kinds[MAX_KINDS];  /* a team's name is a kind and a place */
  const char *leans[MAX_KINDS];  /* the job that most seats of such a team have; NULL: the department's mix */
  bool placed;                   /* the team's name carries its location; else a project name */
};
extern const struct department_row sim_departments[DEPT_COUNT];

enum rank { RANK_MEMBER, RANK_LEAD, RANK_HEAD };
#define MAX_NEEDS 7
struct job_row {
  const char *title;
  enum department_index department;
  enum rank rank;
  double share;                                                     /* of the department's seats of this rank */
  struct { enum skill_index skill; double level, importance; } needs[MAX_NEEDS]; /* ends with importance 0 */
};
extern const struct job_row sim_jobs[];
extern const unsigned sim_job_count;

enum cause { CAUSE_SKILL, CAUSE_TOOL, CAUSE_PROCESS, CAUSE_INCENTIVE, CAUSE_CLARITY, CAUSE_CAPACITY, CAUSE_OUTSIDE, CAUSE_COUNT };
extern const char *const sim_cause_ids[CAUSE_COUNT];

/* How a week's value comes about: a share of trials, a mean of gamma-distributed durations, a count per exposure. */
enum kpi_kind { KPI_RATE, KPI_MEAN, KPI_COUNT };
#define MAX_STEPS 5
struct step_row { const char *activity; double touch_hours; bool handoff; };
struct process_row {
  const char *name;
  struct step_row steps[MAX_STEPS]; /* ends with activity NULL; exactly one hand-off, where a process cause bites */
  enum department_index approver;   /* whose team the hand-off goes to; the other steps are the case's own team's */
  const char *rework;               /* the activity that a case goes back to */
};
struct goal_row {
  const char *id, *name, *unit, *category;
  bool up;
  unsigned departments;           /* bits; 0: the whole company, with one series and no teams */
  enum department_index owner;
  enum kpi_kind kind;
  double base;                    /* before any trouble */
  double spread;                  /* KPI_MEAN: standard deviation of one case */
  double volume;                  /* trials, cases or units of exposure per person and week */
  unsigned decimals;
  double value_per_unit;          /* EUR a year, of one unit, for the whole goal */
  double weight;
  enum skill_index main, decoy;   /* the one the KPI depends on; one that is listed beside it and does not matter */
  const char *tool;
  struct process_row process;
  const char *conflict;           /* what a conflicting reward pays for, in words */
  const char *outside[2];         /* kind and title of the change outside */
  const char *unclear;            /* title of the change that left the goal ambiguous */
  const char *tool_change, *process_change;
  const char *complaint;          /* how people who ask for training describe the trouble */
};
extern const struct goal_row sim_goals[];
extern const unsigned sim_goal_count;

enum topic { TOPIC_TOOL, TOPIC_CLARITY, TOPIC_CAPACITY, TOPIC_PROCESS, TOPIC_INCENTIVE, TOPIC_SUPPORT, TOPIC_ENGAGEMENT, TOPIC_CONFIDENCE, TOPIC_COUNT };
struct question_row { const char *id, *text; enum topic topic; bool labelled; /* the file names the topic */ };
extern const struct question_row sim_questions[];
extern const unsigned sim_question_count;
extern const char *const sim_topic_ids[TOPIC_COUNT];
#define MAX_COMMENTS 6
extern const char *const sim_comments[TOPIC_COUNT][2][MAX_COMMENTS]; /* [topic][0 low, 1 high] */

struct programme_row {
  const char *id, *title, *kind;
  enum skill_index skills[3];  /* ends with SKILL_NONE */
  double hours, seat, fixed;   /* fixed cost a year */
  unsigned departments;        /* who takes it; bits */
  double rate;                 /* seats taken per person of those departments and year */
  double gain;                 /* levels that finishing it adds to what a person can hold */
  bool active;
};
extern const struct programme_row sim_programmes[];
extern const unsigned sim_programme_count;

extern const char *const sim_given_names[];
extern const unsigned sim_given_name_count;
extern const char *const sim_family_names[];
extern const unsigned sim_family_name_count;
extern const char *const sim_places[]; /* the first six are also locations */
extern const unsigned sim_place_count;
extern const char *const sim_projects[];
extern const unsigned sim_project_count;
#define SIM_LOCATIONS 6
