/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outcomes less what covariates that change over time explain of them. */
#pragma once
#include "stats/panel.h"

/* Slopes of the covariates [columns] among some units of a complete panel, beside a level of each unit and of each period.
 * False: a covariate does not vary beside these, or they depend on each other. */
bool adjust_learn(const struct panel *panel, const int *unit, int units, double *ret_slope);
/* The outcomes less slopes × covariates [periods * units]. */
void adjust_take(const struct panel *panel, const double *slope, double *ret_y);
