/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interrupted time series: one series, a start, and what would have gone on without it taken from the trend before. */
#pragma once
#include "base/error.h"

enum its_model { ITS_NEWEY_WEST, ITS_PRAIS_WINSTEN, ITS_REML /* autocorrelation by restricted likelihood */, ITS_POISSON, ITS_QUASI_POISSON,
                 ITS_AUTOREGRESSIVE /* the estimates of the first; errors and degrees of freedom of each by that autocorrelation */ };

struct its_series {
  int n, start;            /* values evenly spaced in time; index of the first after */
  const double *y;         /* NAN: missing */
  const double *exposure;  /* counts are per this much (people, hours); > 0; NULL: 1. Poisson models only */
  const double *x;         /* further columns [n * columns], row-major; NULL for none */
  int columns;
};

struct its_options {
  enum its_model model;
  bool level_only;         /* no change of slope */
  int season, harmonics;   /* values per season (52, 12, 7; 0: none), pairs of sine and cosine (0 with a season: 1) */
  int lags;                /* of Newey and West; 0: floor(4 (n / 100)^(2/9)); −1: none */
  double alpha;            /* 0: 0.05 */
};

struct its_effect { double estimate, se, low, high, p; };

/* In the unit of y; Poisson: as log of a rate ratio. */
struct its_result {
  struct its_effect level;   /* the step at the start */
  struct its_effect slope;   /* change of slope per period; NAN with level_only */
  struct its_effect mean;    /* level + slope, averaged over the values after */
  struct its_effect last;    /* at the last value */
  struct its_effect trend;   /* slope before */
  bool logs;
  int rows, before, after, columns, lags;
  double df;                 /* INFINITY: normal; AUTOREGRESSIVE: of the level */
  double autocorrelation;    /* of the residuals, lag 1; Prais–Winsten, REML, AUTOREGRESSIVE: the estimate that was used */
  double left;               /* AUTOREGRESSIVE: autocorrelation of what that leaves of the residuals */
  bool wanders;              /* AUTOREGRESSIVE: as much autocorrelation as is looked for, and perhaps more */
  double uneven;             /* AUTOREGRESSIVE: the level's error by residuals as they lie, over that by their mean square: above 1 where the spread is uneven */
  double durbin_watson, dispersion; /* dispersion: Pearson's χ² / df; NAN for the others */
};

/* BAD_INPUT: too few values before or after (3 each, 2 with level_only), fewer rows than columns + 2, counts that are none,
 * columns that depend on each other, a series without variation. */
bool its_estimate(const struct its_series *series, const struct its_options *options, struct its_result *ret_result, GError **error);
