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
  double fall;                        /* variance between affected teams of how far they fell: their new levels differ by it */
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
  const int *first, *length;          /* [periods]: a value may be the mean of `length` neighbouring periods of the noise, from `first` on; NULL: its own */
};

/* From the values marked: segment < 0 left out; values of one segment share the unit's level. False: too few, or no noise. */
bool impact_noise_fit(const struct impact_frame *frame, const int8_t *segment, struct impact_noise *ret_noise);

/* Solves for many patterns of roles over one panel (redrawn orders of start). Frame and noise are borrowed. A role of a value
 * that is not there must be IMPACT_LEFT_OUT; y itself is not read. */
struct impact_solver;
struct impact_solver *impact_solver_new(const struct impact_frame *frame, const struct impact_noise *noise);
void impact_solver_free(struct impact_solver *solver);
/* role: [units * periods]; ret_weights: the same, the estimate is their product with y; ret_variance: of the estimate;
 * ret_share: of the targets, those that have a comparison. False: there is nothing to compare them with. */
bool impact_solve(struct impact_solver *solver, const enum impact_role *role, double *ret_weights, double *ret_variance, double *ret_share);
/* The covariance times weights: what the product of two estimates' errors is on average, is their dot product. */
void impact_spread(const struct impact_solver *solver, const double *weights, double *ret_spread);
double impact_dot(const double *a, const double *b, int n);
