/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files that a simulated company consists of, and who fills them. What happens every week is appended week by week;
 * the rest is written once at the end. Wishes, objectives and the forecast are those of the history's last week, however
 * long the company went on afterwards. */
#pragma once
#include "sim/sheet.h"
#include "sim/world.h"

enum file_index { FILE_PEOPLE, FILE_SKILLS, FILE_JOBS, FILE_GOALS, FILE_KPIS, FILE_RESULTS, FILE_PROGRAMMES, FILE_ENROLMENTS,
  FILE_QUESTIONS, FILE_PULSE, FILE_OBJECTIVES, FILE_REQUESTS, FILE_WORK_LOG, FILE_TICKETS, FILE_CAPACITY, FILE_REWARDS,
  FILE_CHANGES, FILE_WORKFORCE, FILE_COUNT };

#define SIM_TRUTH_VERSION 1

/* A request for training, and what was behind it. */
struct request { int goal; /* -1: none */ const char *verdict; };

struct enrolment { unsigned programme, person; int32_t day, completed; bool dropped, planned; /* what a planned one does is in response.c */ };

struct files {
  struct sheet sheets[FILE_COUNT];
  GString *statements;         /* statements.jsonl */
  size_t statements_count;
  unsigned cases, tickets;     /* numbered so far */
  GArray *enrolments;          /* struct enrolment */
  GArray *requests;            /* struct request, in the order of their numbers */
};

void sim_files_init(struct files *files);
void sim_files_clear(struct files *files);
bool sim_files_save(struct files *files, const char *dir, GError **error);

/* Every week. */
void sim_learning_week(struct world *world, struct files *files, int week); /* enrols, completes: changes ceilings */
void sim_kpis_week(const struct world *world, struct files *files, int week);
void sim_evidence_week(const struct world *world, struct files *files, int week);
void sim_voice_week(const struct world *world, struct files *files, int week);
void sim_work_week(const struct world *world, struct files *files, int week);
void sim_production_week(const struct world *world, struct files *files, int week);
/* Appends the steps of one case of a process: waits, touches, rework. */
struct case_plan {
  const struct process_row *process;
  unsigned team, approver;     /* teams */
  int week;
  double handoff_wait, own_wait; /* working minutes, typical */
  double rework;               /* probability that the hand-off sends the case back */
};
void sim_work_case(const struct world *world, struct files *files, const struct case_plan *plan, struct chance *chance);

void sim_responses_week(const struct world *world, struct files *files, int week); /* who practises and enrols */
void sim_practice_result(const struct world *world, struct files *files, unsigned person, enum skill_index skill, int week, struct chance *chance);
/* Each member with a probability. */
void sim_enrol_team(const struct world *world, struct files *files, unsigned programme, unsigned team, int week, double probability);
/* Requests of one week after the history. */
void sim_requests_week(const struct world *world, struct files *files, int week);

/* The order of a week: see sim.c. */
void sim_week(struct world *world, struct files *files, int week);
bool sim_options_check(const struct sim_options *options, GError **error);
/* Lets all weeks pass; what is left of a company is then complete but for its files. */
void sim_run(struct world *world, struct files *files, void (*progress)(void *data, const char *what, double share), void *data);
/* Fills the files that are written at the end, and truth.json. */
char *sim_finish(const struct world *world, struct files *files, size_t *ret_length);

/* In the last week of the history. */
void sim_requests_write(const struct world *world, struct files *files);
void sim_plans_write(const struct world *world, struct files *files);    /* objectives, workforce */
/* Once, after the last week. */
void sim_staff_write(const struct world *world, struct files *files);    /* people, skills, jobs, goals */
void sim_learning_write(const struct world *world, struct files *files); /* programmes, enrolments */
void sim_voice_write(const struct world *world, struct files *files);    /* questions */
void sim_context_write(const struct world *world, struct files *files);  /* rewards, changes */
bool sim_sources_write(const struct world *world, const char *dir, GError **error);
char *sim_truth(const struct world *world, const struct files *files, size_t *ret_length);
