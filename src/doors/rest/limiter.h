/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Token buckets by name: how often somebody may ask. In memory; a restart forgives. */
#pragma once
#include "base/clock.h"

struct limiter;
/* `rate` a second, after a burst of `burst`. */
struct limiter *limiter_new(double rate, double burst);
void limiter_free(struct limiter *limiter);
/* 0: go on; else the seconds to wait. Safe from any thread. */
int limiter_take(struct limiter *limiter, const char *name, int64_t now);
