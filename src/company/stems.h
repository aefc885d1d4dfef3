/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stems: the first letters of words that say something, as a set. Enough to see whether a wish or a programme and a goal
 * speak of the same thing. */
#pragma once
#include "company/company.h"

GHashTable *stems_new(void);                        /* a set of texts */
void stems_add(GHashTable *set, const char *text);  /* NULL adds nothing */
GHashTable *stems_of_goal(const struct company *company, const struct goal *goal); /* of its name, its skills' names and aliases */
