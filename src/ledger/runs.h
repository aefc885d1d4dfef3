/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An index that costs its writer nearly nothing: pairs of a key and an event's number, in sorted runs.
 *
 * Events are numbered without a gap, so they fall into blocks of equally many. When a block is full, its pairs are sorted and merged
 * with what runs there are, as a counter counts: of n blocks each digit of n in base four that is not zero is one run, of as many
 * blocks as the digit stands for. Which runs there are thus follows from n alone, and they are at most as many as n has digits:
 * seven with ten million events. A pair is written anew some ten times, always among all others of its run: a few hundredths of a
 * page, where the entry of a tree costs a page of its own.
 *
 * Sources: J. L. Bentley and J. B. Saxe, Decomposable searching problems I (J. Algorithms 1, 1980), for the counter; P. O'Neil and
 * others, The log-structured merge-tree (Acta Informatica 33, 1996), for what it saves.
 *
 * Disadvantages: a question looks into each run; and when many digits carry, large runs are written anew in one transaction. */
#pragma once
#include "store/store.h"

/* Neither is below zero. */
struct pair { int64_t key, seq; };
int pair_order(const void *a, const void *b); /* by key, then by seq */

/* The pairs of one block more, in order and no two the same, nor as in one of the `blocks` before. */
bool runs_add(struct db *db, int64_t blocks, const struct pair *pairs, size_t count, GError **error);
/* Appends to `found` (of struct pair) those of keys low..high and events from..to: of each run and key the newest `most`, or more. */
bool runs_find(struct db *db, int64_t blocks, int64_t low, int64_t high, int64_t from, int64_t to, int64_t most, GArray *found, GError **error);
/* Calls `visit` for every pair; CORRUPT where a run is not in order, cannot be read, or is one too many. */
bool runs_visit(struct db *db, int64_t blocks, void (*visit)(struct pair pair, void *data), void *data, GError **error);

/* Calls `visit` for the pairs of a part whose first key is `key`; false where its bytes are none. Whether they are in order is asked by
 * runs_visit. */
bool runs_read(int64_t key, const void *data, size_t length, void (*visit)(struct pair pair, void *data), void *visit_data);
