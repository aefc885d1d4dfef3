/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which events mention a thing: as their subject, or as an end of an edge that they say (ledger/lineage.h). Full blocks of events stand in
 * sorted runs (ledger/runs.h), what is newer is read from the tables when somebody asks. It is an index, no projection: all
 * that it says stands in the tables, too.
 *
 * An import's events say their edges when the import is committed, so those stand in the block of that. */
#pragma once
#include "store/store.h"

enum mention { MENTION_SUBJECT, MENTION_SOURCE, MENTION_TARGET };

/* Events from..to that mention a thing in one of the ways first..last, each once, the newest first. Once in many thousands of times one is named
 * that does not (mentions.c): who reads its rows asks them again. */
typedef struct mentions {
  struct db *db;
  const char *thing;
  enum mention first, last;
  int64_t from, to;
  GArray *found; guint at; int64_t most; bool all; /* its own */
} mentions_auto;
int mentions_next(struct mentions *mentions, int64_t *ret_seq, GError **error); /* 1/0/-1 */
void mentions_end(struct mentions *mentions);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(mentions_auto, mentions_end)

/* The writer's: event `seq` stands in the ledger, and all before it are folded. */
bool mentions_pass(struct db *db, int64_t seq, GError **error);
bool mentions_clear(struct db *db, GError **error);
/* Does the index say what the tables say? CORRUPT where not. */
bool mentions_check(struct db *db, GError **error);
