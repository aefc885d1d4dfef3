/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skill levels: pure functions from results to a distribution per person and skill. One estimate serves the skills
 * agent, the pages and the needs agent, so that they never disagree.
 *
 * A level is a Beta distribution on the score scale 0–1 (shown as 0–5). Every result adds pseudo-counts by its kind's
 * weight; evidence fades with the skill's half-life, and what has faded gives way to the prior, which is estimated from
 * all results of the skill. The mean is a weighted sum, so each result's contribution is visible and they add up. */
#pragma once
#include "company/company.h"

struct level_prior { double mean, strength; /* of the skill: expected score and pseudo-counts */ int results; };
struct level { int person, skill; double mean /* 0–1 */, weight /* pseudo-counts of evidence left today */, low, high /* 80 % interval */;
               int results; int32_t last; int first; /* its first row in company->results */ };
struct level_part { int result; /* index in company->results; -1: the prior */ double weight, score, share; /* shares sum to the mean */ };
/* One bin of the forecast check: results predicted before they were seen, from earlier evidence alone. */
struct level_bin { double predicted, observed; int count; };
#define LEVEL_BINS 10

struct levels {
  int32_t day;                  /* read at */
  struct level *at; int count;  /* ordered by skill, person */
  struct level_prior *priors;   /* per skill */
  double *item_effect;          /* per interned item: how much harder (−) or easier (+) than its skill's mean, shrunk */
  int item_count;
  struct level_bin bins[LEVEL_BINS]; double error, error_of_prior; /* mean absolute error of forecasts; of the prior alone */
  double covered; int forecasts; /* share of later results inside their 80 % forecast interval; how many */
};

/* Levels as of `day`, from results up to it. */
struct levels *levels_new(const struct company *company, int32_t day);
void levels_free(struct levels *levels);
typedef struct levels levels_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(levels_auto, levels_free)

/* NULL: no evidence. */
const struct level *levels_find(const struct levels *levels, int person, int skill);
/* What the level is made of, the prior last; newly allocated, `*ret_count` rows; shares sum to level->mean. */
struct level_part *level_parts(const struct company *company, const struct levels *levels, const struct level *level, int *ret_count);

/* How many of a team's (or job's; -1 any) people need the skill at their job's level, how many are measured, and how
 * many are there: P(level ≥ what the job needs) summed. */
struct coverage { int needing, measured; double there, mean /* of the measured, 0–1 */, required /* mean need, 0–1 */; };
struct coverage levels_coverage(const struct company *company, const struct levels *levels, int skill, int team, int job);
