/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a programme costs, whom it serves, and what it does: pure functions that the needs agent and the pages share, so
 * that they never disagree. */
#pragma once
#include "company/level.h"

#define PROGRAMME_LEAST 5 /* people behind any figure */

/* Of the last year that the data know. `few`: one to four people took it, so that none of these may be shown but the fixed cost. */
struct programme_account { int32_t from, to; int seats, people, completed; double money /* seats · cost per seat + fixed cost */; bool few; };
struct programme_account programme_account_of(const struct company *company, int programme);

/* The goals that it serves, into `ret_goals` (room for all goals): the one that a person named, or those that name one of
 * its skills, or, where none does, those that share a word with its title (`ret_by_words`, may be NULL: then it is a guess).
 * Their number. `stems`: of every goal (stems.h). */
int programme_goals(const struct company *company, int programme, GHashTable *const *stems, int *ret_goals, bool *ret_by_words);
/* Does the business say that it will need one of its skills? That is a reason, too. */
bool programme_is_forecast(const struct company *company, int programme);

/* How much more the levels of those who completed it rose than those of people alike who did not take it, on the scale 0–5. */
enum programme_verdict { PROGRAMME_CANNOT_TELL, PROGRAMME_RAISES, PROGRAMME_DOES_NOT_RAISE };
extern const char *const programme_verdict_names[3]; /* "cannot tell", "raises", "does not raise" */
struct programme_effect { enum programme_verdict verdict; double change, low, high /* 95 % interval; NAN unknown */; int takers, peers; const char *why; /* it cannot tell */ };
struct programme_effect programme_effect_of(const struct company *company, const struct levels *levels, int programme);
