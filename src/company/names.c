/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the nouns' enumerations, as files, claims and pages spell them. */
#include "company/company.h"
#include <string.h>

const char *const cause_names[CAUSE_COUNT] = { "skill", "tool", "process", "incentive", "clarity", "capacity", "outside", "cannot tell" };
const char *const topic_names[TOPIC_COUNT] = { "", "tool", "clarity", "capacity", "process", "incentive", "support", "engagement", "confidence" };
const char *const result_kind_names[6] = { "assessment", "practice", "manager", "peer", "self", "work" };
const char *const goal_category_names[4] = { "productivity", "revenue", "risk", "efficiency" };

const char *const delivery_state_names[DELIVERY_STATES] = { "shown", "opened", "done", "declined", "expired" };

int cause_by_name(const char *name) {
  for (int i = 0; name && i < CAUSE_COUNT; i++)
    if (strcmp(cause_names[i], name) == 0) return i;
  return -1;
}
