/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plain difference in differences (all treated units start together), and what the two-way fixed effects regression
 * does where they do not: a warning sign. */
#pragma once
#include "stats/panel.h"

struct twoway_simple {
  double estimate, se, df, low, high, p;
  int treated, controls, before, after; /* units, periods */
  double before_gap, before_p;          /* slope of the gap over the periods before: units × period; NAN with fewer than 2 */
};
/* BAD_INPUT: starts differ, no control, no before. Units whose cells lack (NAN) take the mean of what there is; a unit
 * without a value before or after is left out. Errors: CR2 over clusters, t with Bell and McCaffrey's df. */
bool twoway_simple(const struct panel *panel, double alpha, struct twoway_simple *ret_result, GError **error);

enum twoway_kind { TWOWAY_UNTREATED, TWOWAY_EARLIER_LATER, TWOWAY_LATER_EARLIER, TWOWAY_ALWAYS };
struct twoway_part { enum twoway_kind kind; int64_t treated, control; /* starts; PANEL_NEVER */ double weight, estimate; };
struct twoway_bacon {
  double estimate;                /* of the regression: Σ weight × estimate */
  double forbidden;               /* weight of comparisons with units that were treated before */
  int count; struct twoway_part *parts;
};
/* The decomposition; the panel complete (PANEL_COMPLETE). BAD_INPUT as panel_needs, or nothing to compare. */
struct twoway_bacon *twoway_decompose(const struct panel *panel, GError **error);
void twoway_bacon_free(struct twoway_bacon *bacon);
typedef struct twoway_bacon twoway_bacon_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(twoway_bacon_auto, twoway_bacon_free)
