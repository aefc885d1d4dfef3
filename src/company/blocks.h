/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the record store's statements add up to, by verb, by activity and by agent, day by day: a projection that is written in
 * blocks, and asked together with the statements that no block holds yet.
 *
 * Only what came through the door counts. A statement counts on the day on which it happened (`timestamp`), not on which it
 * was stored; one that is voided does not count, and takes back what it was counted for where a block holds it already. */
#pragma once
#include "base/clock.h"
#include "store/store.h"

enum block_kind { BLOCK_VERB, BLOCK_ACTIVITY, BLOCK_AGENT, BLOCK_KINDS };
#define BLOCK_FEW 4 /* people who are told by name: one less than it takes to show a figure */
#define BLOCKS_SEQS 16384 /* sequence numbers that one block holds the statements of */
#define BLOCK_POINTS 10000 /* of the score 1 */

/* One term, one day, as far as one block goes; of several blocks they add up. Of verbs and activities, statements that say success or
 * failure, and those that have a score, stand in cells of their own, so that it is known how many people are behind either. */
struct block_cell {
  int64_t term;             /* a verb, activity or agent; 0: none, or one without an identifier */
  int32_t day;
  bool back;                /* taken back: the figures are to be subtracted */
  int64_t count;            /* statements */
  int64_t told, passed;     /* those that say success or failure; success. Of verbs and activities `told` is all or none */
  int64_t scored, points;   /* those that have a score; the scores' sum. Likewise */
  int64_t people;           /* how many agents are behind it */
  int64_t who[BLOCK_FEW];   /* and which (terms), where they are so few */
};

/* Part of the fold: to be called after each statement's rows are written. */
bool blocks_fold(struct db *db, int64_t seq, GError **error);

/* Calls `visit` for the cells of the days from..to (inclusive), the newest statements' too. */
bool blocks_visit(struct db *db, enum block_kind kind, int32_t from, int32_t to, void (*visit)(const struct block_cell *cell, void *data), void *data, GError **error);

/* The cells of a block as bytes, and back; for tests. CORRUPT. */
bool blocks_read(const void *bytes, size_t length, void (*visit)(const struct block_cell *cell, void *data), void *data, GError **error);
