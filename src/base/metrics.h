/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counters, gauges and histograms of this process, for whoever watches it. The rows of metrics.def say which there are. Adding
 * and timing take no lock and may be done anywhere; labels must be words of the program, so that their number is bounded. */
#pragma once
#include <glib.h>
#include <stdint.h>

enum metric {
#define METRIC(code, type, name, first, second, help) METRIC_##code,
#include "base/metrics.def"
#undef METRIC
  METRIC_KINDS
};

/* `first` and `second` are the labels' values, NULL where the row has none. */
void metric_add(enum metric metric, uint64_t count, const char *first, const char *second); /* a counter */
void metric_time(enum metric metric, int64_t microseconds, const char *first, const char *second); /* a histogram */
/* A gauge, or a counter that somebody else counts. */
void metric_set(enum metric metric, double value, const char *first, const char *second);
/* What was set of it is not said any more, until it is set again. */
void metric_unset(enum metric metric);

/* Everything in the Prometheus text format, version 0.0.4. */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_write(GString *out);
