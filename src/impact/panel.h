/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A goal's KPI of frozen teams as a panel, and what each value counts as. Shared by planning (whose periods reach into the
 * future) and measuring. */
#pragma once
#include "company/company.h"
#include "impact/fit.h"

struct impact_panel {
  const struct company *company;
  int goal, units, periods;
  double period_days;             /* 7, 14, 30.4375, 91.3125 or 365.25; days are added up to weeks */
  int *team; bool *affected;      /* [units] */
  int32_t *start;                 /* [periods + 1] first days; the last is the end */
  double *y, *thin, *exposure;    /* [units * periods]; y turned so that more is better */
  int *first, *length;            /* [periods]: of which periods of the finer panel it is the mean; NULL: of its own */
  int values;
};
/* Days between values of the goal's teams; 0 where there are none. */
double impact_period_days(const struct company *company, int goal);
/* Periods that begin on or after `from` and before `to`; of periods that end after `known` nothing is read. False: not one value. */
bool impact_panel_build(const struct company *company, int goal, const int *teams, const bool *affected, int units, int32_t from, int32_t to,
                        int32_t known, struct impact_panel *ret_panel);
void impact_panel_clear(struct impact_panel *panel);

/* What was frozen. */
struct impact_terms {
  int32_t baseline_from, baseline_to, registered, reading; /* to and reading exclusive: nothing from there on is looked at */
  int from_week, to_week;
};
/* The same with the baseline in means of four weeks and without what counts as nothing: all that the estimate needs, in a third of the periods. */
void impact_panel_coarsen(const struct impact_panel *panel, const struct impact_terms *terms, struct impact_panel *ret_panel);
/* starts: [units], CLOCK_NO_DAY never. `complete`: as if every value were there (planning). */
void impact_panel_roles(const struct impact_panel *panel, const struct impact_terms *terms, const int32_t *starts, bool complete, enum impact_role *roles);
/* The frame over the panel (borrowed), and its noise from what nobody treated. False: too few values, or none differs. */
struct impact_frame impact_panel_frame(const struct impact_panel *panel, const struct impact_terms *terms);
bool impact_panel_noise(const struct impact_panel *panel, const struct impact_terms *terms, const int32_t *starts, struct impact_noise *ret_noise);
