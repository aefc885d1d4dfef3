/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When did the mean of some of many series fall, and which ones? Series are rows [series * n], NAN where nothing was
 * observed, evenly spaced. */
#pragma once
#include <stdbool.h>

/* First-order autocorrelation within the series, pooled, bias-corrected, in [0, 0.9]; `centre` [series * n], fitted to each third
 * of a series, is taken off first (NULL: the series' mean). */
double shift_autocorrelation(const double *y, const double *centre, int series, int n);

struct shift { double evidence; /* log of the odds that any fell at all, over when and who, for even prior odds */
               int at;          /* first index after the most probable break; -1: no place to look */
               double sd;       /* of the break's place, in indices */ };
/* A fall of about `scale` (same unit as `sd`) in a share `prior` of the series at one common time. sd: [series], the
 * noise of one value; `margin` values on each side at least. */
struct shift shift_scan(const double *y, const double *sd, int series, int n, double autocorrelation, double scale, double prior, int margin);

/* Two groups on a line: values x with variances v (NAN x skipped), spread `tau` within a group. */
struct shift_groups { bool two;     /* two groups explain them better than one (BIC) */
                      double low, high; /* means; equal if one */
                      double share_low, tau, evidence; /* log Bayes factor (BIC) of two against one */ };
/* `ret_low` [n]: probability of belonging to the low group (NAN for NAN; 0.5 if one group). */
struct shift_groups shift_group(const double *x, const double *v, int n, double *ret_low);

/* Did all fall alike, or some and not the others? `fall` with variances (NAN skipped), `common_se` the error that all
 * falls share. A series that fell did so by `size`, give or take a third; one that did not, by `rest`, which is about 0. */
struct shift_split { double evidence; /* log Bayes factor (BIC) of "some" against "all alike" */
                     double all;      /* the common fall, if all */
                     double size, rest, share; /* if some: the fall of those that fell, of the others, and how many */ };
/* `ret_fell` [n]: probability of having fallen, if some; NAN for NAN. */
struct shift_split shift_divide(const double *fall, const double *variance, int n, double common_se, double *ret_fell);
