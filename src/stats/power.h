/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Can this rollout tell at all, and when? For parallel groups, stepped wedges and switchbacks alike: what counts is when
 * each unit has the treatment. */
#pragma once
#include "stats/panel.h"

/* A unit's value in a period: its level (spread `level_sd` between units) + the period's effect, common to all + the effect
 * of the treatment × dose + noise (sd, first-order autocorrelation within the unit). */
struct power_design {
  int units, periods;
  const int *first;        /* [units] index of the first treated period, ≥ periods: never; NULL: `dose` says it */
  const double *dose;      /* [units * periods] 0 to 1, unit by unit; NULL: from `first` and `ramp` */
  int ramp;                /* periods until the whole effect is there, in equal steps; 0: at once */
  double sd, level_sd, autocorrelation; /* autocorrelation in −1 … 1; level_sd INFINITY: levels are no information */
  double alpha;            /* 0: 0.05 */
  bool means;              /* the analysis will be trial_panel (means after, adjusted by means before): `first` with one common start;
                            * otherwise generalised least squares */
};

/* Standard error of the effect; INFINITY where the design cannot tell it (nobody untreated to
 * compare with, nobody treated). */
double power_se(const struct power_design *design);
/* Degrees of freedom that a test over units has: units − 2, one less for the adjustment; at least 1. */
double power_df(const struct power_design *design);
/* Probability that a two-sided test finds `effect`. df of INFINITY: normal. */
double power_of(double effect, double se, double df, double alpha);
/* The effect that is found with probability `power`. */
double power_smallest(double se, double df, double alpha, double power);
/* How many periods after `now` (a period ≥ the first start; later ones are as now) until `effect` is found with probability
 * `power`; 0: now already; −1: not within `most`. The design's `periods` are those that there are; `first` is needed. */
int power_wait(const struct power_design *design, double effect, double power, int most);

/* sd, level_sd and autocorrelation of `ret_design` from the cells of a panel that nobody treated (before each start), the
 * period's mean taken out; the rest of it is left alone. False: fewer than three units or four such periods per unit. */
bool power_learn(const struct panel *panel, struct power_design *ret_design);
