/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A union has at least as many people as its largest part, and at least as many as are known by number. Who something was
 * taken back from may still be there by something else, or not: so he is taken off. Where more than CROWD_GONE are, nobody
 * can say, and the figure is taken for one about nobody. */
#include "gate/crowd.h"
#include <glib.h>

static void note(uint32_t *set, int *count, int most, uint32_t one) {
  for (int i = 0; i < *count; i++)
    if (set[i] == one) return;
  if (*count < most) set[*count] = one;
  *count = MIN(*count + 1, most + 1);
}

void crowd_add(struct crowd *crowd, const uint32_t *who, uint32_t count, bool back) {
  if (back && !who) crowd->gone_count = CROWD_GONE + 1;
  else if (!back) crowd->most = MAX(crowd->most, count);
  if (!back && crowd->few_count == CROWD_FEW) return;
  for (uint32_t i = 0; who && i < count; i++)
    if (back) note(crowd->gone, &crowd->gone_count, CROWD_GONE, who[i]);
    else if (crowd->few_count < CROWD_FEW) note(crowd->few, &crowd->few_count, CROWD_FEW, who[i]);
}

void crowd_join(struct crowd *crowd, const struct crowd *other) {
  crowd->most = MAX(crowd->most, other->most);
  for (int i = 0; i < other->few_count && crowd->few_count < CROWD_FEW; i++) note(crowd->few, &crowd->few_count, CROWD_FEW, other->few[i]);
  for (int i = 0; i < MIN(other->gone_count, CROWD_GONE); i++) note(crowd->gone, &crowd->gone_count, CROWD_GONE, other->gone[i]);
  if (other->gone_count > CROWD_GONE) crowd->gone_count = CROWD_GONE + 1;
}

int crowd_people(const struct crowd *crowd) {
  if (crowd->gone_count > CROWD_GONE) return 0;
  int least = MAX((int)MIN(crowd->most, (uint32_t)INT32_MAX), crowd->few_count) - crowd->gone_count;
  return MAX(least, 0);
}
