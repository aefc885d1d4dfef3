/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "ops/system.h"

/* Sets the gauges of base/metrics.def that are read from the database; one that cannot be read is left unset. No figure of
 * people is among them. */
void gauges_read(struct system *system);
