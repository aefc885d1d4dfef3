/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The estimate of a rollout's effect and what can be said of it: interval, p, and the test that rests on the draw alone. */
#pragma once
#include "impact/panel.h"

/* How the affected teams were, or could be, dealt to dates of start: dates[0 … groups), size[] teams each; the rest waits. */
#define IMPACT_GROUPS_MOST 9
struct impact_deal { int groups, size[IMPACT_GROUPS_MOST]; int32_t date[IMPACT_GROUPS_MOST]; /* the last may be CLOCK_NO_DAY: waits */ };
/* From the starts themselves; false where they are more than IMPACT_GROUPS_MOST. */
bool impact_deal_of(const struct impact_panel *panel, const int32_t *starts, struct impact_deal *ret_deal);
double impact_deal_orders(const struct impact_deal *deal); /* how many different orders there are */

/* The level at which the draw's test speaks and its interval is cut off. A share of orders is a whole number of them over their count, so
 * the level must leave room for one of twenty-four (four teams: 4.2 %); at 4 % four teams could never be told. docs/impact.md has what it holds. */
#define IMPACT_LEVEL 0.045

struct impact_estimate {
  double value, se, freedom, low, high, p; /* 95 %; p two-sided, of no effect */
  double share;                  /* of the registered weeks that have been seen and have a comparison */
  double draw_p;                 /* of no effect at all, by the draw alone; NAN where it was not asked for or cannot tell */
  double draw_low, draw_high;    /* interval by inversion of that test; infinite where the orders are too few */
  int orders; bool exact;        /* orders compared; all that there are? */
  int treated, waiting, others;  /* units that came in */
};
enum impact_draws { IMPACT_WITHOUT_DRAW, IMPACT_WITH_DRAW };
/* False: nothing can be told; `ret_why` says why, a literal. `seed`: of the Monte Carlo over orders. */
bool impact_estimate(const struct impact_panel *panel, const struct impact_terms *terms, const int32_t *starts, const struct impact_noise *noise,
                     enum impact_draws draws, uint64_t seed, struct impact_estimate *ret_estimate, const char **ret_why);
/* An effect of 1 on the started teams as the test supposes it: rising through the ramp, then full. path: [units * periods]. */
void impact_effect_path(const struct impact_panel *panel, const struct impact_terms *terms, const int32_t *starts, double *path);
/* Some of the orders (all, where they are no more than `most`):
 * the starts [units] of each are given to `use`. */
typedef bool (*impact_order_use)(const int32_t *starts, void *data); /* false: enough */
void impact_orders(const struct impact_panel *panel, const struct impact_deal *deal, int most, uint64_t seed, impact_order_use use, void *data);
/* Quantile of Student's t. */
double impact_t_quantile(double p, double freedom);
double impact_t_p(double t, double freedom); /* two-sided */
