/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wild cluster bootstrap: an honest test of one coefficient with few clusters. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum wild_weights { WILD_AUTO /* Webb's below 12 clusters, else Rademacher's */, WILD_RADEMACHER, WILD_WEBB };
struct wild_options { enum wild_weights weights; int draws; /* 0: 9999 */ double null, alpha; /* 0: 0.05 */ uint64_t seed; };
struct wild_result { double estimate, se, t; /* CR1 */ double p, low, high; /* interval by inversion */ int clusters; bool exact; /* all sign patterns */ };

/* y = Xβ, x [n * k] row-major; tests β[column] = null. False: linear_fit or linear_variance fails, or k is 1 and there is
 * nothing to restrict to (then the restricted fit is 0: that works too). */
bool wild_test(const double *x, const double *y, const int *cluster, int clusters, int n, int k, int column,
               const struct wild_options *options, struct wild_result *ret_result);
