/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Companies of one goal whose numbers follow a known law, for the tests of planning and measuring. Of its own: nothing is
 * shared with the simulator, nor with the model that the estimator assumes (levels, season, shocks, cases and drift are
 * drawn by other forms than it has). */
#pragma once
#include "company/company.h"
#include "impact/plan.h"

struct world_options {
  int units, affected, weeks;        /* of history */
  double rho;                        /* from one week to the next, of the part that lasts */
  double lasting;                    /* share of a value's variance that lasts; the rest are single weeks, larger where cases are few */
  double drift;                      /* sd of a team's random walk over a year, in sds of a value */
  double common;                     /* sd of what all share from week to week (AR 0.6), in the same */
  double season, season_spread;      /* a year's wave; how much teams' own waves differ from it */
  double shocks;                     /* a year and team: bad spells of 3 to 6 weeks, 1.2 deep */
  double fall, fall_spread;          /* of the affected teams, at onset; between them */
  int onset;                         /* weeks before the end of history; 0: always there */
  double effect, effect_spread;      /* in sds of a value; between teams */
  double growth;                     /* effect grows by this share a week after the ramp */
  int ramp;                          /* weeks to the full effect */
  double missing;                    /* share of values */
  double uneven;                     /* teams' noise: log-sd */
  int month;                         /* 1: monthly means */
  uint64_t seed;
};
#define WORLD_USUAL ((struct world_options){ .units = 12, .affected = 6, .weeks = 104, .rho = 0.5, .lasting = 0.5, .common = 0.25, .season = 0.4, \
  .season_spread = 0.1, .fall = 1.2, .fall_spread = 0.15, .onset = 40, .effect_spread = 0.2, .ramp = 3, .uneven = 0.15 })

#define WORLD_SD 4.0        /* of a value, in the goal's unit */
#define WORLD_END 20454     /* 2026-01-01 less nothing: the Monday on or after it is the first day after history */

struct world {
  struct world_options options;
  struct company company;
  struct known_need need;
  GRand *rand;
  int future;                        /* weeks drawn beyond history */
  double *free;                      /* [units * (weeks + future)]: what would be seen without any start */
  char **names;
  int *teams;
  struct intervention intervention;
  struct intervention_team *units;
  char *plan;
};
struct world *world_new(const struct world_options *options);
void world_free(struct world *world);
typedef struct world world_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(world_auto, world_free)
/* Registers a drawn plan as the company's only intervention (what the registration, read back by load.c, would be). */
void world_accept(struct world *world, const struct impact_plan *plan);
/* Draws, accepts and responds until the last reading. Returns the true mean effect of the registered weeks. */
double world_run(struct world *world, struct impact_plan *plan, uint64_t seed);
int32_t world_today(const struct world *world);
/* Continues to `until` with these starts ([units], CLOCK_NO_DAY never). Returns the true mean effect of weeks from … to after each start. */
double world_respond(struct world *world, const int32_t *starts, int from_week, int to_week, int32_t until);

/* Sixteen teams, eight of them affected, that have lived through their plan with this effect until its last reading. */
struct lived { struct world *world; struct impact_plan *plan; double truth; int32_t reading; };
struct lived world_live(double effect, uint64_t seed);
void world_bury(struct lived *lived);
