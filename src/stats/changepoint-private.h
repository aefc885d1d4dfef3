/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What could be chosen otherwise in changepoint.c: for the cross-validation in test-changepoint.c, which must choose anew on a
 * part of the series to say what the rule is worth on the others. Everything else uses changepoint_chosen. */
#pragma once
#include "stats/changepoint.h"

struct changepoint_choice {
  double per_change, lengths, per_slope; /* log n for a change, log(length / n) for a piece, log n for its slope: 3, 1, 1 by theory */
  double resolution;                     /* of the series' spread: what lies closer than this is as good as equal */
  int rho_steps;                         /* autocorrelations that are tried, from 0 in tenths */
  int too_often;                         /* values per change: where there would be more, changing is the habit */
};
extern const struct changepoint_choice changepoint_chosen;

int changepoint_scan_with(const struct changepoint_choice *choice, const double *y, int n, int64_t ret_at[CHANGEPOINT_MOST]);
