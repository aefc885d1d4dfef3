/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where nobody randomised: make the untreated look like the treated by what is known of them, say how alike they became, and
 * refuse an effect where they did not. */
#pragma once
#include "base/error.h"

enum match_method { MATCH_ENTROPY, MATCH_PROPENSITY };

struct match_rows {
  int n, columns;
  const double *outcome;   /* NAN rows are left out */
  const int *treated;      /* 0, 1 */
  const double *x;         /* covariates from before [n * columns] */
  const char *const *name; /* [columns] of the covariates, for messages; NULL: their numbers */
};

struct match_balance { double treated, control, weighted; /* means */ double before, after; /* standardised differences */
                       double ratio; /* weighted variance of the controls / variance of the treated; NAN for 0 */ };

struct match_result {
  double estimate, se, low, high, p;      /* effect on the treated */
  bool balanced;                          /* all |after| ≤ MATCH_ALIKE: only then is there a verdict */
  double worst;                           /* the largest |after| */
  int treated, controls, columns;
  double effective;                       /* (Σ w)² / Σ w² of the controls */
  double largest_share;                   /* of one control's weight */
  double e_value, e_value_low;            /* of the estimate, and of the end of the interval nearer to nothing */
  struct match_balance *balance;          /* [columns] */
};
#define MATCH_ALIKE 0.1
#define MATCH_EFFECTIVE 20.0              /* effective controls below which the weights rest on too few: not balanced either */

/* BAD_INPUT: no covariates, fewer than five in an arm, covariates that depend on each other, an outcome without variation.
 * Covariates that cannot be balanced are no error: the result says so. */
struct match_result *match_estimate(const struct match_rows *rows, enum match_method method, double alpha, GError **error);
void match_result_free(struct match_result *result);
typedef struct match_result match_result_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(match_result_auto, match_result_free)

/* E-value of a risk ratio: how strong a hidden cause must be, with treatment and outcome, to explain it away. */
double match_e_value(double risk_ratio);
/* Of a difference of means with the outcome's standard deviation: risk ratio of about exp(0.91 d). */
double match_e_value_difference(double estimate, double sd);
