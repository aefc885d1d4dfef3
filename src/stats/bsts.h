/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Bayesian structural time series: one series with a start, foretold from its own past and from series that the treatment
 * cannot have touched. */
#pragma once
#include "base/error.h"

struct bsts_series {
  int n, start;            /* evenly spaced; index of the first value after */
  const double *y;         /* NAN: missing */
  const double *x;         /* other series [n * columns], row-major, without gaps; NULL for none */
  int columns;
};

struct bsts_options {
  int draws;               /* kept ones; a ninth of them more are thrown away first; 0: 4000 */
  int season;              /* values per season; 0 or 1: none */
  double level_sd;         /* prior guess of the level's step, as a share of the sd before; 0: 0.01 */
  double model_size;       /* expected number of columns that matter, the constant included; 0: 3 */
  double alpha;            /* 0: 0.05 */
  uint64_t seed;
};

struct bsts_effect { double mean, sd, low, high; };

struct bsts_result {
  double actual;                                   /* mean after */
  struct bsts_effect predicted, effect, relative;  /* average per value after; relative as a share of the prediction */
  struct bsts_effect total_predicted, total_effect;
  double p;                                        /* posterior tail area, one-sided */
  int n, after, columns, draws;
  double *mean, *low, *high;                       /* [n]: the prediction of each value; before the start low and high are NAN */
  double *inclusion, *coefficient;                 /* [columns]: probability; posterior mean in units of y per unit of x */
  double noise_sd, level_sd;                       /* posterior means, units of y */
};

/* BAD_INPUT: fewer than three values before or none after, a series without variation before, a gap in x, a number too large. */
struct bsts_result *bsts_estimate(const struct bsts_series *series, const struct bsts_options *options, GError **error);
void bsts_result_free(struct bsts_result *result);
typedef struct bsts_result bsts_result_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(bsts_result_auto, bsts_result_free)
