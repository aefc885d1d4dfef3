/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rollouts where chance decided who got it: parallel groups, stepped wedges, switchbacks. */
#pragma once
#include "stats/panel.h"
#include "stats/randomise.h"

enum trial_method {
  TRIAL_DIFFERENCE,  /* of means */
  TRIAL_CUPED,       /* of means less what the value before foretold */
  TRIAL_ANCOVA,      /* regression on treatment and covariates */
  TRIAL_ADJUSTED,    /* the same, with slopes of each arm (Lin): never worse in large samples */
};

struct trial_rows {
  int n;
  const double *outcome;
  const int *treated;      /* 0, 1 */
  const double *x;         /* covariates from before the treatment [n * columns]; the first one is CUPED's */
  int columns;
  const int *cluster;      /* what was randomised, 0 ≤ id < clusters; NULL: the rows */
  int clusters;
};

struct trial_result {
  double estimate, se, df, low, high, p; /* se: CR2, or HC2 by rows; df: Bell and McCaffrey */
  double cr1_se;                         /* NAN by rows */
  double plain_se;                       /* of the unadjusted difference: what adjustment saved */
  int rows, clusters, treated;           /* treated clusters */
};

/* Rows with a NAN are left out. BAD_INPUT: fewer than two clusters in an arm, an outcome without variation, covariates that
 * depend on each other. */
bool trial_parallel(const struct trial_rows *rows, enum trial_method method, double alpha, struct trial_result *ret_result, GError **error);

/* Parallel groups seen over periods: one value per unit, the mean from `ramp` periods after the common start on; to adjust by: the
 * unit's mean before (if there is a before), which comes first, and its covariates of the last period before. */
bool trial_panel(const struct panel *panel, int ramp, enum trial_method method, double alpha, struct trial_result *ret_result, GError **error);

struct trial_wedge {
  double estimate, se, low, high, p;     /* mixed model: period effects, random level of the unit, REML; t with units − 2 */
  double level_sd, sd, icc;
  bool randomised;                       /* the next hold */
  struct randomise_result chance;        /* order of the starts permuted; generalised least squares with the model's variances */
  int units, periods, treated_cells, cells;
};
/* Stepped wedge. BAD_INPUT as panel_needs without controls; or the treatment cannot be told from the periods. */
bool trial_wedge(const struct panel *panel, const struct randomise_options *options, struct trial_wedge *ret_result, GError **error);

/* One or more units switch on and off by chance, in blocks of `block` periods; the first `burn` periods of each block are left
 * out, because the former state lingers. `on` [n], 0 or 1, the same within a block. Time in periods, ≥ 0. */
struct trial_switchback { struct trial_result mean; /* blocks as independent rows, units as fixed effects */
                          struct randomise_result chance; bool randomised; int blocks; };
bool trial_switchback(const int *unit, const int *time, const int *on, const double *outcome, int n, int units, int block, int burn,
                      const struct randomise_options *options, struct trial_switchback *ret_result, GError **error);
