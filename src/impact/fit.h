/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The effect of a rollout as a weighted sum of a panel's values, and its error. Numbers only: the panel is arrays of
 * [unit * periods + period], NAN where nothing was observed; the method and its reasons stand in fit.c and noise.c. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* What a value counts as. */
enum impact_role { IMPACT_LEFT_OUT,   /* the weeks that opened the need; ramp; after the registered weeks; too few people */
                   IMPACT_UNTREATED,  /* before registration, or waiting, or never started */
                   IMPACT_TARGET };   /* a registered week of a started unit: the estimand is their mean, units equal */

/* The noise of one value of a unit with scale 1: covariance of values k periods apart, and what is independent. */
struct impact_noise {
  int lags; double *covariance;       /* [lags]; of unit scale and usual exposure */
  double nugget;                      /* variance of what is independent, at the usual exposure */
  double *scale;                      /* [units]: standard deviation of the unit over the usual one */
  double sd, autocorrelation;         /* of one value; from one period to the next */
  double freedom;                     /* degrees of freedom of an error that is computed from it */
};
void impact_noise_clear(struct impact_noise *noise);

struct impact_frame {
  int units, periods, registered;     /* first period after registration */
  double period_days;
  const double *y;                    /* more is better */
  const double *thin;                 /* usual exposure over this value's exposure, 1 unknown; NULL: all 1 */
  const bool *affected;               /* [units] */
};

/* From the values marked: segment < 0 left out; values of one segment share the unit's level. False: too few, or no noise. */
bool impact_noise_fit(const struct impact_frame *frame, const int8_t *segment, struct impact_noise *ret_noise);

/* Weights (0 where a value is not used) of the estimate. False: nothing to compare the targets with. `observed`: only where
 * y is finite (else the panel is taken as complete: for planning). */
struct impact_solver;
struct impact_solver *impact_solver_new(const struct impact_frame *frame, const struct impact_noise *noise);
void impact_solver_free(struct impact_solver *solver);
/* role: [units * periods]; ret_weights the same; ret_variance of the estimate; `ret_share` of the target's weight that has a comparison. */
bool impact_solve(struct impact_solver *solver, const enum impact_role *role, double *ret_weights, double *ret_variance, double *ret_share);
