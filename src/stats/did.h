/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Difference in differences where units start at different times: the effect of each group (the units of one start) in
 * each period, and averages of them. */
#pragma once
#include "stats/panel.h"

enum did_method { DID_DOUBLY_ROBUST, DID_OUTCOME_REGRESSION, DID_WEIGHTING };
enum did_controls { DID_NEVER_TREATED, DID_NOT_YET_TREATED };
enum did_multiplier { DID_MAMMEN, DID_RADEMACHER };

struct did_options {
  enum did_method method;          /* without covariates all three are the same */
  enum did_controls controls;
  enum did_multiplier multiplier;
  int anticipation;                /* periods before the start in which an effect may show already */
  bool universal;                  /* effects before the start are against the last period before it, as those after; else each against the period before */
  int draws;                       /* of the multiplier bootstrap; 0: analytic errors only, pointwise intervals */
  double alpha;                    /* 0: 0.05 */
  uint64_t seed;
};

/* One group and period, or one row of an average. */
struct did_effect {
  int64_t group, time;             /* of ATT(g,t); in a row of an average what it is by: event time, group or period in `time` */
  double estimate, se;             /* NAN: it cannot be told (see `why`) */
  double boot_se;                  /* from the bootstrap; NAN without */
  double low, high;                /* pointwise: normal, or t with few clusters (df of the result) */
  bool post;                       /* at or after the start */
  const char *why;                 /* static; NULL where there is an estimate */
};

/* What the simple average looks like where the treated stood aside just before their start, or were on a way of their own already:
 * the change in the last period before the start and the average against the period before that one; the change that the mean trend
 * before would have made in the periods of the average, and the average less that. Weights taken as given. NAN: no such periods. */
enum did_guard { DID_DIP, DID_WITHOUT_DIP, DID_TREND, DID_WITHOUT_TREND, DID_GUARDS };

struct did_average { int count; struct did_effect *rows; struct did_effect overall; double critical; /* of the simultaneous band over the rows */ };

struct did_result {
  int cells, units, periods, groups, never, clusters;
  struct did_effect *cell;         /* groups ascending, periods ascending */
  double critical;                 /* of the simultaneous band over all cells; the normal one without bootstrap */
  struct did_average simple, dynamic, group, calendar; /* simple has no rows */
  struct did_effect guard[DID_GUARDS]; /* with `universal` all NAN */
  double wald, pretrend_p;         /* all effects before the starts are nothing, by chi square as R `did`; NAN: there are none */
  double pretrend_p_few;           /* the same by Hotelling's F, which does not cry wolf with few clusters */
  double df;                       /* of the t behind the pointwise intervals; INFINITY from 100 clusters on */
  int wald_df, dropped_small;      /* groups with fewer than 5 units more than columns: their errors are rough */
};

/* Refuses (BAD_INPUT) what panel_needs refuses, and DID_NEVER_TREATED without a unit that is never treated. The panel is
 * complete and every unit has a before (PANEL_COMPLETE | PANEL_WITH_BEFORE). Event times are differences of `when`. */
struct did_result *did_estimate(const struct panel *panel, const struct did_options *options, GError **error);
void did_result_free(struct did_result *result);
typedef struct did_result did_result_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(did_result_auto, did_result_free)
