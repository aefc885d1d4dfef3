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

/* Of a skill: expected score and pseudo-counts; its results and the people behind them; `per_result`: the pseudo-counts
 * that one fresh result of weight 1 (an assessment) carries. */
struct level_prior { double mean, strength; int results; int people; double per_result; };
struct level { int person, skill; double mean /* 0–1 */, weight /* pseudo-counts of evidence left today */;
               double low, high /* 80 % interval */; int results; int32_t last; int first; /* its first row in company->results */
               double fresh; /* pseudo-counts that the evidence had when it was new; weight / fresh is what is left */ };
struct level_part { int result; /* index in company->results; -1: the prior */
                    double weight /* pseudo-counts */, score /* level_net_score */, share; /* shares sum to the mean */ };
/* One bin of the forecast check: results predicted before they were seen, from earlier evidence alone. */
struct level_bin { double predicted, observed; int count; };
#define LEVEL_BINS 10
/* The forecast check of one skill, as in struct levels. */
struct level_check { int forecasts; double error, error_of_prior, covered; };
#define LEVEL_KINDS RESULT_KINDS

struct levels {
  int32_t day;                  /* read at */
  struct level *at; int count;  /* ordered by skill, person */
  struct level_prior *priors;   /* per skill */
  double *item_effect;          /* per interned item: how much harder (−) or easier (+) than its skill's mean, shrunk */
  int item_count;
  struct level_bin bins[LEVEL_BINS]; double error, error_of_prior; /* mean absolute error of forecasts; of the prior alone */
  double covered; int forecasts; /* share of later results inside their 80 % forecast interval; how many */
  struct level_check *checks;   /* per skill; zeros where nothing could be forecast */
  double kind_effect[LEVEL_KINDS]; /* leniency of a kind: what it adds to a score, shrunk */
  double slope, middle;         /* what a point of stated difficulty adds to a score; the mean stated difficulty */
  int *first_of_skill; int skill_count; /* at[first_of_skill[s]] up to at[first_of_skill[s + 1]] are skill s's */
};

/* What a result of a kind says next to an assessment, 0–1. */
extern const double level_kind_weight[LEVEL_KINDS];
/* What this one says: its own weight where a rule gave it one, else its kind's. */
double level_result_weight(const struct result *result);

/* Levels as of `day`, from results up to it. The result depends on which results there are, not on the order of those of
 * one person, skill and day. */
struct levels *levels_new(const struct company *company, int32_t day);
void levels_free(struct levels *levels);
typedef struct levels levels_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(levels_auto, levels_free)

/* NULL: no evidence. */
const struct level *levels_find(const struct levels *levels, int person, int skill);
/* What the level is made of, the prior last; newly allocated, `*ret_count` rows; shares sum to level->mean. */
struct level_part *level_parts(const struct company *company, const struct levels *levels, const struct level *level,
                               int *ret_count);
/* A result's score, 0–1, less what its kind, its stated difficulty and its item made of it. */
double level_net_score(const struct levels *levels, const struct result *result);
/* P(level ≥ `least`), 0–1, of a person; from the skill's prior where there is no evidence. */
double levels_chance(const struct levels *levels, int person, int skill, double least);

/* How many of a team's (or job's; -1 any) people need the skill at their job's level, how many are measured, and how
 * many are there: P(level ≥ what the job needs) summed. People are members on levels->day who have not left; one with
 * several memberships counts once, with the highest level that any of them needs. The unmeasured count with the chance
 * that the skill's prior gives them. Where no job says what it needs, whoever is measured counts as needing, with
 * nothing required, so everybody is there. */
struct coverage { int needing, measured; double there, mean /* of the measured, 0–1 */, required /* mean need, 0–1 */;
                  double spread; /* standard deviation of the number who are there */
                  int results; /* behind the measured */ };
struct coverage levels_coverage(const struct company *company, const struct levels *levels, int skill, int team, int job);

/* All cells at once: row-major, a row per group (company->teams, departments or jobs), a column per skill. Newly
 * allocated. Cells of fewer than five people are for the disclosure gate to hide. */
enum level_group { LEVEL_BY_TEAM, LEVEL_BY_DEPARTMENT, LEVEL_BY_JOB };
struct coverage *levels_matrix(const struct company *company, const struct levels *levels, enum level_group by);
