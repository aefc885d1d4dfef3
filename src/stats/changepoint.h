/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Change points of one evenly spaced series, value by value: where its level (or, where trends explain it better, its trend)
 * breaks. One fixed configuration for every series: nothing to tune, no unit, no calendar.
 *
 * A stream holds at most CHANGEPOINT_WINDOW values. When it is full, what lies in its older half is settled: its change
 * points are final, its values are forgotten. Before that, every new value may still move, add or take back a change
 * point: a break is told with a delay, when what came after it is enough to believe it. Only the past is used. */
#pragma once
#include <stdint.h>

#define CHANGEPOINT_WINDOW 1024
#define CHANGEPOINT_MOST 128 /* change points that are reported; of a longer stream the newest */

struct changepoint_stream;
struct changepoint_stream *changepoint_new(void);
void changepoint_free(struct changepoint_stream *stream);

/* The next value; NAN where nothing was observed (it takes a place and says nothing). Cheap, but for one segmentation
 * whenever the window is full. */
void changepoint_push(struct changepoint_stream *stream, double value);
/* The change points of all that was pushed so far, ascending: index (from 0) of the first value after each. Returns their
 * number, at most CHANGEPOINT_MOST. Cost: cubic at worst in the window, microseconds for tens of values, a second for a
 * thousand; nothing where nothing was pushed since. */
int changepoint_find(struct changepoint_stream *stream, int64_t ret_at[CHANGEPOINT_MOST]);

/* How the newest window was explained: trends instead of levels, the noise's autocorrelation from value to value, and the
 * period of a season that was taken out (0: none). */
struct changepoint_model { int trend; double autocorrelation; int season; };
struct changepoint_model changepoint_model(struct changepoint_stream *stream);

/* The same for n values that are all there. */
int changepoint_scan(const double *y, int n, int64_t ret_at[CHANGEPOINT_MOST]);
