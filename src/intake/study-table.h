/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file as rows of a study: which column is what, periods and starts in any of the usual ways of writing them. */
#pragma once
#include "stats/study.h"

struct study_columns { char *unit, *time, *start, *outcome, *cluster, *exposure, **covariates, **earlier; }; /* names; NULL: not given */

/* "unit=team,time=week,start=from,outcome=calls,covariates=a+b@2004:2006+c@2005": @ names the periods that count of a covariate.
 * earlier=d@1994:1996+…: as many, each with its periods; they stand after the covariates in the rows. USAGE for anything else, or
 * without outcome and start. */
bool study_columns_parse(const char *text, struct study_columns *ret_columns, GError **error);
void study_columns_clear(struct study_columns *columns);
typedef struct study_columns study_columns_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(study_columns_auto, study_columns_clear)

struct study_table {
  struct panel_rows rows;  /* points into the arrays below */
  double *exposure;
  GArray *unit, *time, *start, *outcome, *x, *cluster, *line, *of_exposure;
  GPtrArray *names;        /* of units, in order of their first row */
  bool dates;              /* times are `places` of `days` */
  GArray *days, *places;   /* int32_t, int64_t, ascending */
  bool uneven;             /* the dates are no even steps: their places are 0, 1, 2 … */
  const char *date_format; /* static: how dates were read; NULL: whole numbers, or no time */
  bool by_row;             /* the column of starts said of each row whether the unit was treated by then */
  GArray *windows;         /* of struct study_window, one a covariate; NULL: none is named */
  int missing;             /* cells of the outcome without a number */
};

/* Errors: BAD_INPUT "FILE: …" with the row (line of the file) and column: a column that is not there, a text that is no number, a
 * period that is no whole number or date, dates that may be day/month or month/day, a point that may part thousands or decimals, a
 * row with more or fewer cells than the header, a unit that is treated and then no more, a start 0 where 0 is a period too; whatever csv.h and encoding.h refuse. `file` is
 * what errors call the bytes. */
struct study_table *study_table_parse(const char *file, const char *bytes, size_t length, const struct study_columns *columns, GError **error);
void study_table_free(struct study_table *table);
typedef struct study_table study_table_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(study_table_auto, study_table_free)

/* A period as it was written: "2007" or "2026-03-02". */
char *study_table_period(const struct study_table *table, int64_t period);
