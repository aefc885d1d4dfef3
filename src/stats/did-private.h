/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the staggered difference in differences share. A cell is one group and period; a target is one row of
 * an average. Influence functions are never stored: did-influence.c makes them again for a few hundred units at a time. */
#pragma once
#include "stats/did.h"

#define DID_CHUNK 256

struct did_group { int from, to;      /* its units, a range */
                   int64_t start; };  /* `when` of its first treated period; PANEL_NEVER for the group of controls, the last */

struct did_cell {
  int group, now, base;      /* indices: group, period, period that it is compared with */
  int control_from;          /* controls are the units from here to the end, but for the group itself */
  bool usable;
  double treated, controls;  /* how many */
  double eta_treated, eta_control, mean_treated, mean_control;
  /* with covariates, [width] each: outcome regression, propensity, and what their estimation adds; NULL: not used */
  double *beta, *gamma, *of_beta, *of_gamma;
};

struct did_target { double estimate, *shift; /* [groups]: what estimated weights add to the influence of a unit of that group */ };

struct did_work {
  const struct panel *panel;
  struct did_options options;
  int periods;               /* used ones: without a never-treated unit the last starters become the controls */
  int groups;                /* treated ones; group[groups] are the controls, perhaps none */
  struct did_group *group;
  int *group_of;             /* [units] */
  struct did_cell *cell;
  int cells, width;          /* width: columns with the constant; 1 for none */
  struct did_result *result;
  /* targets: simple, then the rows of dynamic, group and calendar, then their overall three, then the guards */
  struct did_target *target;
  int targets;
  int *row_of[3];            /* [cells]: target of the cell in dynamic, group, calendar; -1 none */
  double *part_of[3];        /* its weight there */
  double *simple_part;       /* [cells] */
  double *overall[3];        /* [rows]: weights of the rows in the overall of dynamic, group, calendar */
  double *guard_part[DID_GUARDS]; /* [cells] */
  int first_overall;
  int first_row[3];
};

/* did-cell.c: fits the cell; sets `usable`, or the effect's `why`. */
void did_cell_fit(const struct did_work *work, struct did_cell *cell, struct did_effect *effect);
/* Influence of the units from .. from + count of one group on the cell's effect, times units / (treated + controls). */
void did_cell_influence(const struct did_work *work, const struct did_cell *cell, int group, int from, int count, double *ret_psi);
/* did-influence.c: errors, bands, the Wald test. */
void did_infer(struct did_work *work);
