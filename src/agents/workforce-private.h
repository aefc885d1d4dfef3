/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the workforce agent share. One turn: what the business asks for → per skill the people who count →
 * supply and demand month by month → where it runs short, the ways out in money → words. */
#pragma once
#include "agents/agent.h"
#include "company/assumptions.h"
#include "company/level.h"

#define WORKFORCE_LEAST 5      /* no figure about fewer people than this */
#define WORKFORCE_MONTHS 18

struct workforce_study {
  const struct company *company;
  const struct levels *levels;
  int32_t day;                       /* the forecast begins here: the last day that the data know, or this month */
  double assumed[ASSUME_COUNT];
  int32_t window;                    /* comings and goings are counted from here on; CLOCK_NO_DAY: no leaver is known */
  double leave_mean;                 /* a month, of the whole company */
  int here;                          /* people who have not left */
  GStringChunk *texts;
};

/* One month: full-time people, with 80 % intervals, and how probable it is that it is short by more than what is ignored. */
struct workforce_month { int32_t day; double months /* from the study's day */, demand, demand_sd, supply, supply_sd, chance; };

struct workforce_case {
  int skill;
  const char *job;                   /* the job whose forecast it is, NULL: the skill's own */
  int records;                       /* of the forecast */
  int pool, measured, results;       /* people who count, and what is known of them */
  bool withheld;                     /* fewer than five people, or fewer than five of whom something is known: nothing may be said */
  double today, today_sd;
  double leaving, leaving_low, leaving_high; /* a year, 80 % */
  bool leaving_known;
  double arriving; bool arriving_known;      /* people a year who come into the pool; NAN where fewer than five came */
  struct workforce_month at[WORKFORCE_MONTHS]; int count;
  double chance;                     /* of being short at the horizon */
  double short_by, short_low, short_high;    /* at the horizon; negative: to spare */
  int starts, starts_low, starts_high;       /* index of the month; -1: not within the horizon */
  const char *status;                /* "short", "not short", "cannot tell" */
};

/* ---- supply and demand ---- */

void workforce_study_init(struct workforce_study *study, const struct snapshot *snapshot, const struct levels *levels, int32_t day);
void workforce_study_clear(struct workforce_study *study);
int32_t workforce_day(const struct snapshot *snapshot); /* on which the forecast begins */
const char *workforce_say(struct workforce_study *study, const char *format, ...) G_GNUC_PRINTF(2, 3); /* lives with the study */
/* The cases of all skills that the business asks for, of struct workforce_case, in the order of skills. */
GArray *workforce_cases(const struct workforce_study *study);
bool workforce_job_needs(const struct company *company, int job, int skill);

/* ---- ways out ---- */

enum workforce_way { WAY_BUILD, WAY_BORROW, WAY_BUY, WAY_AUTOMATE, WAY_COUNT };
extern const char *const workforce_way_names[WAY_COUNT];
struct workforce_part { const char *what; double money; };
struct workforce_option {
  bool known;                        /* false: cannot tell, `why` says why */
  double people;                     /* that it can give, of those that are short */
  double money, each, months;        /* in the first year; for one person; until it helps */
  bool in_time;                      /* begun now it helps before the shortage */
  struct workforce_part parts[4]; int part_count;
  const char *why;
};
/* People who are near to a skill, in teams of five or more of them; `elsewhere` in all other teams together. */
struct workforce_pool { int people; int elsewhere; int *team, *count, teams; const int *skills; int skill_count; };
struct workforce_plan {
  struct workforce_option options[WAY_COUNT];
  struct workforce_pool pool;
  int programme;                     /* of the company's own, that teaches it; -1 none */
  double people[WAY_COUNT];          /* the proposed mix */
  double bridge_months, bridge_money; /* person-months that are short before the mix helps, and what borrowing them costs */
  double money, saved;               /* of the mix and its bridge in the first year; against borrowing everybody, negative never */
  double months;                     /* until the slowest part of the mix helps */
  int32_t begin_by;                  /* the last day to begin, so that it helps in time */
};
void workforce_plan_make(struct workforce_study *study, const struct workforce_case *of, struct workforce_plan *ret_plan);
void workforce_plan_clear(struct workforce_plan *plan);
