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
