/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How fast the organisation follows a changed priority: a goal's weight is raised; when do its teams turn to it? Descriptive:
 * no comparison was fixed before, so nothing is claimed of what made them turn. */
#pragma once
#include "company/company.h"

struct follow {
  const struct weighing *raised;
  int teams;                   /* of five people or more whose attention can be seen, before and after */
  int followed;                /* that turned to it within half a year */
  double days;                 /* the median of those; NAN: fewer than half have, or none */
  bool open;                   /* half a year is not over yet */
};

/* Of struct follow, in the order of company->weighings; newly allocated, `*ret_count` rows. */
struct follow *impact_follow(const struct company *company, int32_t today, int *ret_count);

/* The speed and its trend: the median of what was raised within a year, and of the year before; the first year ends half a year ago, for only what
 * was raised until then has had its time. What fewer than half of the teams followed counts as slower than any that they did. */
struct follow_speed {
  int count[2];                /* changes that count: of the last year, of the year before */
  double days[2];              /* medians; NAN: none counts, or half of them were not followed */
};
struct follow_speed impact_follow_speed(const struct follow *rows, int count, int32_t today);
