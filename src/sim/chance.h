/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance that can be repeated: named streams of random numbers. A stream is named by the company's seed, a purpose and
 * two indices (a team and a week, say), so a draw never depends on how many draws something else took. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct chance { uint64_t state[4]; };

/* What a stream is for. Append only: the numbers are part of what makes a seed mean the same company for ever. */
enum chance_purpose {
  CHANCE_COMPANY = 1, CHANCE_TEAM, CHANCE_CAUSES, CHANCE_MOOD, CHANCE_LOAD, CHANCE_INTENSITY, CHANCE_PERSON, CHANCE_FLOW,
  CHANCE_KPI, CHANCE_RESULT, CHANCE_PULSE, CHANCE_WORK, CHANCE_TICKET, CHANCE_PROGRAMME, CHANCE_REQUEST, CHANCE_CHANGE,
  CHANCE_REWARD, CHANCE_OBJECTIVE, CHANCE_WORKFORCE, CHANCE_STATEMENT, CHANCE_LEARNING, CHANCE_TOKEN, CHANCE_MEMBERSHIP,
  CHANCE_RESPONSE,
};

struct chance chance_at(uint64_t seed, enum chance_purpose purpose, uint64_t a, uint64_t b);

uint64_t chance_bits(struct chance *chance);
double chance_unit(struct chance *chance);                                /* in (0, 1) */
double chance_between(struct chance *chance, double low, double high);
uint32_t chance_below(struct chance *chance, uint32_t count);             /* 0 … count-1; count > 0 */
bool chance_hit(struct chance *chance, double probability);
double chance_normal(struct chance *chance, double mean, double sd);
double chance_gamma(struct chance *chance, double shape, double scale);   /* both > 0 */
double chance_beta(struct chance *chance, double a, double b);            /* both > 0 */
uint32_t chance_poisson(struct chance *chance, double mean);              /* mean >= 0 */
uint32_t chance_binomial(struct chance *chance, uint32_t trials, double probability);
void chance_shuffle(struct chance *chance, uint32_t *items, uint32_t count);
