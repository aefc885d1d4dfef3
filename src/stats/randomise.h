/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Randomisation inference: what the estimate would have been under the other assignments that could have been drawn. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct randomise_options {
  double alpha;        /* 0: 0.05 */
  int exact_most;      /* up to so many assignments are all gone through; 0: 5000 */
  int draws;           /* else so many are drawn; 0: 9999, with more than 5,000 units fewer, down to 999 */
  uint64_t seed;
};

struct randomise_result {
  double estimate, p, low, high; /* the interval by inversion for an effect that is the same for all; ±INFINITY: too few assignments */
  bool exact;
  double assignments;            /* how many there are */
};

/* The statistic under an assignment: of the outcome as it was, and of the treatment as it was (1 under the real assignment:
 * the statistic is an effect). Both linear in what they are taken of. */
typedef void randomise_statistic(const int *arm, void *data, double *ret_of_outcome, double *ret_of_treatment);

/* Permutes `arm` [units] within blocks (`block` [units], any ids; NULL: one block). Arms are any small whole numbers: two
 * arms, or the start of each unit. False: only one assignment is possible. */
bool randomise_test(const int *arm, const int *block, int units, randomise_statistic *statistic, void *data,
                    const struct randomise_options *options, struct randomise_result *ret_result);

/* Two arms (treated 0 or 1), difference of means, within blocks weighted by their size. */
bool randomise_means(const double *outcome, const int *treated, const int *block, int units,
                     const struct randomise_options *options, struct randomise_result *ret_result);
