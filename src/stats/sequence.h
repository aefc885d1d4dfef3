/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading an estimate every week without being fooled: intervals that hold at all times at once. */
#pragma once

/* By how many standard errors an estimate must be widened so that the truth lies within at all looks together with
 * probability 1 − alpha. `information`: 1 / se² now; `planned`: 1 / se² at the look that should be sharpest (the planned last
 * one). The estimates must be such that more data only add information (generalised least squares, means of independent
 * values), and se known well: from 30 units or so. */
double sequence_critical(double information, double planned, double alpha);
/* The p-value that holds at all looks: the smallest alpha at which the interval excludes 0. */
double sequence_p(double estimate, double se, double planned);
/* Fewer units: validity is not claimed, bands are to be labelled descriptive. */
#define SEQUENCE_UNITS 30
