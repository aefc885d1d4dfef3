/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a table to an answer: one design, one estimate, what it rests on, a verdict and a sentence. For those who have rows and
 * a question; whoever knows which estimator they want calls that one. */
#pragma once
#include "stats/panel.h"

enum study_design { STUDY_DID, STUDY_ITS, STUDY_SC, STUDY_SDID, STUDY_BSTS, STUDY_RCT, STUDY_WEDGE, STUDY_MATCH, STUDY_DESIGNS };
extern const char *const study_names[]; /* as people write them; ends with NULL */

struct study_window { int64_t from, to; };

struct study {
  enum study_design design;
  struct panel_rows rows;    /* rows.time NULL: one row per unit (RCT, MATCH) or several, which then are its members (RCT) */
  const double *exposure;    /* [rows] ITS: counts are per this much; NULL */
  const char *outcome;       /* its name, for the sentence */
  const char *const *covariates; /* [rows.columns] their names, for messages; NULL: their numbers */
  const struct study_window *windows; /* [rows.columns] SC: periods that a covariate is averaged over; NULL: all before the start */
  const char *const *earlier; /* SC: names of the second half of the columns, which the weights of the first are learnt from, with the outcomes
                              * of the periods after their windows; NULL: all columns are covariates */
  bool as_named;             /* SC: the outcome is among the covariates, and nothing stands in for them */
  bool uneven;               /* rows.time numbers periods that are not equally far apart */
  /* choices; 0 is the default */
  int not_yet;               /* DID: controls are those not treated yet; default: never treated */
  int anticipation;          /* DID: periods before the start in which an effect may show already */
  bool universal;            /* DID: effects before the start are against the last period before it */
  const char *method;        /* DID dr, reg, ipw; ITS newey-west, prais-winsten, reml, poisson, quasi-poisson; RCT difference, cuped, ancova, lin; MATCH
                              * entropy, propensity; SDID placebo, jackknife; NULL: the first, the first with exposure: quasi-poisson */
  int draws;                 /* DID: bootstrap; BSTS: kept draws; SDID: placebos */
  int season, harmonics;     /* ITS, BSTS */
  int lags;                  /* ITS newey-west; −1: none, 0: by their rule of 1994 */
  bool level_only;           /* ITS: no change of slope */
  int ramp;                  /* RCT with periods: so many after the start are left out */
  double smallest;           /* effect worth having; 0: not said, and then nothing "did not move" */
  double alpha;              /* 0: 0.05 */
  uint64_t seed;
};

enum study_verdict { STUDY_MOVED, STUDY_DID_NOT_MOVE, STUDY_CANNOT_TELL, STUDY_REFUSED };
extern const char *const study_verdicts[]; /* ends with NULL */

/* Group and time as in the rows; PANEL_NEVER: does not apply. In kind "weight" the group is a unit's number, in "balance_…" a
 * covariate's, −1 for the outcome's mean before. */
struct study_effect { const char *kind; int64_t group, time; double estimate, se, low, high; bool post; };
struct study_note { const char *key; double number; char *text; /* NULL: the number */ };

struct study_result {
  double estimate, se, low, high, p, level;  /* level: of the interval. NAN: there is none; REFUSED gives no estimate */
  bool logs;                                 /* estimate and interval are logs of a ratio */
  enum study_verdict verdict;
  char *sentence;
  GArray *effects;                           /* of struct study_effect */
  GArray *notes;                             /* of struct study_note: diagnostics */
};

/* Errors: those of the estimators, and BAD_INPUT for a method that the design does not have. */
struct study_result *study_estimate(const struct study *study, GError **error);
void study_result_free(struct study_result *result);
typedef struct study_result study_result_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(study_result_auto, study_result_free)
