/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mixtures that are alike in what is known of the units, where what counts how much is chosen so that they went the same way
 * before. */
#pragma once
#include <stdbool.h>

/* predictors: x1 [k], x0 [n0 * k], control by control; outcomes before: z1 [t], z0 [n0 * t]. A predictor that is the same for
 * all weighs nothing. ret_v [k]: weights of the predictors, sum 1; ret_w [n0]: of the controls. */
void predictors_fit(const double *x1, const double *x0, int k, const double *z1, const double *z0, int t, int n0, double *ret_v, double *ret_w);

/* The mixture that is most alike for weights of the predictors that are known (≥ 0); of several the one that went most nearly the same way. */
void predictors_mix(const double *x1, const double *x0, int k, const double *z1, const double *z0, int t, int n0, const double *v, double *ret_w);
