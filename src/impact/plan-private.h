/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of a plan (plan-words.c), for plan.c. All newly allocated. */
#pragma once
#include "impact/plan.h"

char *impact_plan_title(const struct impact_plan *plan);
char *impact_plan_comparison(const struct impact_plan *plan);
/* period: days between values, 0 none; tried: a design was found, without enough power. */
char *impact_plan_why_not(const struct impact_plan *plan, double period, bool tried);
