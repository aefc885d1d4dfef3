/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A panel: some units (teams, stores), each observed once a period, some of which get a treatment at some period and keep
 * it. Made from rows in any order; checked once, here, so that the estimators need not. */
#pragma once
#include "base/error.h"

#define PANEL_NEVER INT64_MAX /* a unit that is never treated */
#define PANEL_HUGE 1e70       /* a value beyond this is refused: errors of errors take its fourth power */
#define PANEL_TINY 1e-70      /* values that differ by less are refused for the same reason */

/* What comes in; borrowed. Arrays of `rows`. */
struct panel_rows {
  int rows, units, columns;  /* columns of x; 0 for none */
  const int *unit;           /* 0 ≤ unit < units */
  const int64_t *time;       /* the period, in any whole unit */
  const int64_t *start;      /* first treated period of the row's unit, or PANEL_NEVER; NULL: nobody is treated */
  const double *outcome;     /* NAN: missing */
  const double *x;           /* covariates [rows * columns]; NAN: the row counts as missing */
  const int *cluster;        /* of the row's unit, any number; NULL: every unit is its own */
  const int *line;           /* how messages number the rows; NULL: from 1 */
  const char *const *name;   /* of the units, for messages; NULL: their numbers */
};

/* What the estimators read. Units are ordered by start (never last), then by
 * their values in time, so that nothing depends on how the rows came. Cells that were not observed are NAN. */
struct panel {
  int units, periods, columns, clusters;
  int64_t *when;             /* [periods], ascending */
  int64_t *start;            /* [units], as given */
  int *first;                /* [units]: index of the first treated period; `periods`: never within the data */
  int *origin;               /* [units]: the number in panel_rows */
  int *cluster;              /* [units], 0 ≤ id < clusters */
  double *y;                 /* [periods * units] */
  double *x;                 /* [periods * units * columns]; NULL for no columns */
  /* diagnoses */
  int missing, incomplete;   /* cells without a value; units that lack one (dropped if asked for) */
  int always;                /* units treated from the first period on: they have no before (dropped if asked for) */
  int lost;                  /* treated units that were dropped for a gap */
  char *lost_name;           /* of the first of them; NULL */
  int64_t step;              /* smallest distance between two periods */
  int64_t gaps;              /* periods of that distance that no unit has; −1: the distances are no multiples of it */
};

enum panel_keep { PANEL_AS_IT_IS = 0, PANEL_COMPLETE = 1 /* only units observed in every period */,
                  PANEL_WITH_BEFORE = 2 /* only units with a period before their start */ };

/* Errors, BAD_INPUT with the row: a unit and period that stand twice, a start that differs within a unit, a cluster that
 * does, an infinite or huge number; without a row: fewer than two periods, an outcome that never varies, no unit left;
 * TOO_LARGE where units × periods is far more than there are rows. */
struct panel *panel_new(const struct panel_rows *rows, enum panel_keep keep, GError **error);
void panel_free(struct panel *panel);
typedef struct panel panel_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(panel_auto, panel_free)

/* Moves and scales each covariate to mean 0 and spread 1 over all cells: what does not change an effect, and keeps it apart from
 * rounding where a covariate is far from 0. One that never varies becomes 0. */
void panel_standardise(struct panel *panel);
/* How many units start within the data; how many do not. */
int panel_treated(const struct panel *panel);
/* Refuses (BAD_INPUT) a panel without a treated unit, or without an untreated one where `controls` are wanted; says which
 * units were dropped where that is why. */
bool panel_needs(const struct panel *panel, bool controls, GError **error);
