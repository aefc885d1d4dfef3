/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many people are behind a figure that is a union of cells (company/blocks.h): never more than there are, so that the
 * disclosure gate may rely on it. Pure. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CROWD_FEW = 5, CROWD_GONE = 3 };
struct crowd {
  uint32_t most;                      /* people of the largest cell */
  uint32_t few[CROWD_FEW]; int few_count;    /* people known by number: enough of them to reach the threshold */
  uint32_t gone[CROWD_GONE]; int gone_count; /* those something was taken back from */
};
/* So many people, by number where `who` is not NULL. `back`: what they did was taken back. */
void crowd_add(struct crowd *crowd, const uint32_t *who, uint32_t count, bool back);
/* The people of both. */
void crowd_join(struct crowd *crowd, const struct crowd *other);
/* At least so many; beyond CROWD_FEW it may be any number up to the true one. */
int crowd_people(const struct crowd *crowd);
