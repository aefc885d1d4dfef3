/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The disclosure gate: no aggregate about people leaves but through here. Pure functions; no database.
 *
 * A figure over fewer people than the threshold is hidden. Where totals are published too, hiding one cell is not enough:
 * the total less the rest gives it back. So further cells are hidden until no published sum, and no combination of
 * published sums, gives a hidden figure; the fewest people's figures go first. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DISCLOSURE_SCORES = 5, DISCLOSURE_COMMENTS = 10 };

/* Why a figure is not shown. */
enum disclosure { DISCLOSURE_SHOWN, DISCLOSURE_FEW /* people */, DISCLOSURE_UNANIMOUS /* everybody's answer would be known */,
                  DISCLOSURE_COMPLEMENT /* would give another one away */ };

/* One figure: `people` behind it, whether they all answered the same (of pulse-like scores), and what became of it. */
struct disclosure_cell { int people; bool unanimous; enum disclosure why; };

/* A single figure without totals. Nobody at all (0) is no secret. `threshold` is never taken below DISCLOSURE_SCORES. */
enum disclosure disclosure_of(int people, bool unanimous, int threshold);

/* A table that is published with its totals: `cells` has (rows + 1) × (columns + 1) elements, row by row; the last column
 * are the rows' totals, the last row the columns', the last cell everybody. Decides every cell's `why`.
 * `row_totals`, `column_totals`: whether those are published at all; where not, they take no part. */
void disclosure_table(struct disclosure_cell *cells, int rows, int columns, bool row_totals, bool column_totals, int threshold);

/* A tree whose inner figures are the sums of their children (teams, departments, the company): `parent[i]` is the index of
 * cell i's parent, -1 at a root. A list with its total is a tree of depth one. Decides every cell's `why`. */
void disclosure_tree(struct disclosure_cell *cells, const int *parent, int count, int threshold);

/* A few words for the page: "too few people"; NULL if it is shown. */
const char *disclosure_words(enum disclosure why);
