/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of measuring share. */
#pragma once
#include "impact/measure.h"

/* One intervention's frozen units over the panel of their numbers. */
struct impact_case {
  const struct company *company;
  const struct intervention *intervention;
  const struct goal *goal;
  int index;
  int32_t today;
  struct impact_terms terms;
  struct impact_panel panel; bool have_panel;
  struct impact_noise noise; bool have_noise;
  int32_t *starts;                 /* [units] */
  int units; int *team; bool *affected;
};
#define IMPACT_NO_FIGURE ((struct impact_figure){ NAN, NAN, NAN, NAN, NAN })

/* measure-early.c: the weeks seen so far, before the last reading. */
void impact_look_early(struct impact_case *c, struct impact_effect *effect);
/* measure-levels.c: what was learnt, done and said, and what hinders; after impact_beside_behaviour. */
void impact_levels(const struct impact_case *c, struct impact_effect *effect);

struct impact_side { double sum[2]; int n[2]; }; /* of a unit: before, after */
/* The change of started units' means less that of those that wait, with the error between teams. False: fewer than two on a side. */
bool impact_compare_sides(const struct impact_case *c, const struct impact_side *units, struct impact_figure *ret);
/* The results of a skill on a level, so compared. False: too few people on a side, or too few teams. */
bool impact_beside_results(const struct impact_case *c, int skill, int level, int32_t first_start, struct impact_behaviour *ret);
/* measure-beside.c: what stands beside the effect. */
void impact_beside_behaviour(const struct impact_case *c, struct impact_effect *effect);
void impact_beside_use(const struct impact_case *c, struct impact_effect *effect);
void impact_beside_moves(const struct impact_case *c, struct impact_effect *effect);
void impact_beside_changes(const struct impact_case *c, struct impact_effect *effect);
void impact_beside_times(const struct impact_case *c, struct impact_effect *effect);
void impact_beside_money(const struct impact_case *c, struct impact_effect *effect);
/* measure-plots.c */
void impact_plot_raw(const struct impact_case *c, struct impact_effect *effect);
void impact_plot_steps(const struct impact_case *c, struct impact_effect *effect);
void impact_plot_pretended(const struct impact_case *c, struct impact_effect *effect);
/* measure-words.c; `why` NULL or a literal; `why_not` of the registration, or NULL */
void impact_say(const struct impact_case *c, const char *why, const char *why_not, struct impact_effect *effect);
/* Weeks more with the same teams until the smallest effect worth having would show; 0: not within a year. */
int impact_weeks_more(const struct impact_case *c);
