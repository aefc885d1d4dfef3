/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Synthetic control and synthetic difference in differences: the treated units against a mixture of untreated ones that went
 * the same way before. */
#pragma once
#include "stats/panel.h"

enum synthetic_method { SYNTHETIC_CONTROL, SYNTHETIC_DID };
enum synthetic_errors { SYNTHETIC_AUTO /* jackknife from ten treated units on, else placebo; SC: placebo */,
                        SYNTHETIC_PLACEBO, SYNTHETIC_JACKKNIFE, SYNTHETIC_NO_ERRORS };

struct synthetic_options {
  enum synthetic_method method;
  enum synthetic_errors errors;
  const double *predictor;       /* SC: what units are to be alike in [predictors * units of the panel]; NULL: in all outcomes before */
  int predictors;
  const double *earlier;         /* the same as they were before: their weights are learnt from these and the outcomes from period `learnt` on; NULL:
                                  * from the predictors and all outcomes before */
  int learnt;
  int replications;              /* of the placebo where it does not go through all controls; 0: 200 */
  double alpha;                  /* 0: 0.05 */
  uint64_t seed;
};

struct synthetic_gap { int64_t start, time; double gap; bool post; }; /* treated − synthetic */

struct synthetic_result {
  double estimate, se, low, high, p;  /* p by the normal; se NAN where it cannot be had; SC: the interval by the placebos, at the level that they allow */
  double placebo_p;                   /* share of placebos whose gap after against before is at least as large; NAN without */
  double fit, fit_share;              /* root mean square gap before; as a share of the spread of the controls' values before */
  double noise;                       /* standard deviation of the controls' steps before */
  int controls, treated, groups, placebos;
  enum synthetic_errors errors;       /* which were made */
  int gaps; struct synthetic_gap *gap;
  double *weight;                     /* [controls], of the first group of starts */
  int *weight_origin;                 /* [controls], numbers in panel_rows */
  double *importance, *of_treated, *of_synthetic; /* [predictors]: weight, sum 1; values; of the first group of starts; NULL without */
  double *slope;                      /* [columns of the panel], SDID: of the covariates; NULL without */
  double largest_weight, effective;   /* 1 / Σ w²: how many controls it comes to */
};

/* The panel complete, every unit with a before (PANEL_COMPLETE | PANEL_WITH_BEFORE). Groups of starts are estimated one by
 * one against the never treated and averaged by treated unit-periods. BAD_INPUT: panel_needs; fewer than two controls; fewer
 * than two periods before a start; controls that never vary before; SDID: covariates of the panel that cannot be told from the
 * levels of units and periods, or from each other. SC does not read them. */
struct synthetic_result *synthetic_estimate(const struct panel *panel, const struct synthetic_options *options, GError **error);
void synthetic_result_free(struct synthetic_result *result);
typedef struct synthetic_result synthetic_result_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(synthetic_result_auto, synthetic_result_free)
