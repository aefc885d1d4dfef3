/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a registered intervention: the effect on its goal, as assigned, on the frozen units, with what stands beside it
 * (behaviour, use, moves, what else changed, money, time). Pure; the method stands in measure.c and docs/impact.md. */
#pragma once
#include "company/company.h"
#include "impact/estimate.h"

enum impact_verdict { IMPACT_CANNOT_TELL, IMPACT_MOVED, IMPACT_DID_NOT_MOVE };
extern const char *const impact_verdict_names[3]; /* "cannot tell", "moved", "did not move" */

/* What the figures of an effect are. */
enum impact_basis { IMPACT_NO_BASIS,     /* there are none */
                    IMPACT_LAST_READING, /* of all registered weeks, with the interval of the lot */
                    IMPACT_ANY_TIME,     /* of the weeks seen so far, with a band that holds at all looks together */
                    IMPACT_DESCRIPTIVE };/* the same with a band of this look alone: no verdict rests on it */
extern const char *const impact_basis_names[4]; /* NULL, "last reading", "any time", "descriptive" */

struct impact_figure { double value, se, low, high, p; }; /* NAN where there is none */

/* A skill's results in started teams against those that wait: level 2 (practice, assessment) or 3 (work, managers) of Kirkpatrick. */
struct impact_behaviour { int level, skill; struct impact_figure change; int results, people; };
#define IMPACT_BEHAVIOURS 8

/* What one source says on a level below the effect; change NAN where there is a state and no change. */
struct impact_sign { int level /* 1 to 3 */; const char *source; char *sentence; struct impact_figure change; int results, people; /* 0: not about people */ };
#define IMPACT_SIGNS 24
/* What hinders use on the job and is no matter of learning. kind: "need", "pulse", "tickets", "load", "deliveries"; need: its id, NULL none. */
struct impact_blocker { const char *kind; char *sentence; const char *need; int count, people; };
#define IMPACT_BLOCKERS 16

/* The effect week by week: of event time, 1 the first whole week after a start, negative before it. */
struct impact_curve { int count; int *week; double *effect, *low, *high; };

struct impact_exposure { int team; int people, shown, opened, done; }; /* people reached; deliveries. Only teams of which five were reached */

struct impact_effect {
  enum impact_verdict verdict;
  bool early;                       /* before the last reading: only *moved* may be said, by a band that holds at all looks */
  enum impact_basis basis;
  struct impact_figure effect;      /* the mean of the registered weeks, in the goal's unit, positive is better */
  char *method, *needed, *sentence, *confidence; /* words; needed NULL where there is a verdict */
  int units, treated, waiting, others, orders;
  double share;                     /* of the registered weeks that were seen */
  int32_t first_start, reading;     /* of the started teams; the last reading */
  double minimum_effect, cost;
  struct impact_figure money;       /* a year; NAN where the goal has no value */
  double back, back_low, back_high; /* money for each unit of money spent, in the first year */
  struct impact_curve curve;        /* plots: this, and the raw means */
  int days; int32_t *day; double *treated_mean, *comparison_mean; /* in the goal's own direction */
  struct impact_figure placebo, pretrend;  /* a pretended start before; the eight weeks before registration */
  struct impact_curve placebo_curve, pretrend_curve; /* the same by week: after that start; before registration, -1 the last week */
  struct impact_behaviour behaviour[IMPACT_BEHAVIOURS]; int behaviours;
  struct impact_sign signs[IMPACT_SIGNS]; int sign_count;
  struct impact_blocker blockers[IMPACT_BLOCKERS]; int blocker_count;
  char *fill[4];                    /* of levels 1 to 3 that are empty: what would fill them */
  struct impact_exposure *exposures; int exposure_count;
  int reached, opened, early_use;   /* people reached by deliveries, deliveries opened, deliveries shown in teams that waited */
  int moves;                        /* people who changed between units that were to be compared, from registration on */
  int *changes; int change_count;   /* indices into company->changes, registration to reading */
  int32_t signal, need, accepted, live, first_use, told; /* days; CLOCK_NO_DAY unknown or not yet */
  int values, people;               /* of the KPI that came in; people in the units */
};
void impact_effect_clear(struct impact_effect *effect);

/* False: the intervention has no goal that is known any more. Else `ret` is filled, and to be cleared. */
bool impact_measure(const struct company *company, int intervention, int32_t today, struct impact_effect *ret);
