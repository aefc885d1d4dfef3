/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Claims: what agents and people hold to be so. The table `claim` is a fold of `claim.made` and `claim.retracted`; what a
 * claim rests on is an edge (ledger/lineage.h). */
#pragma once
#include "ledger/ledger.h"

/* A live or past claim as stored; texts borrowed from the query's row unless copied. */
struct claim_row {
  const char *id, *predicate, *subject, *value, *evidence /* JSON array */, *agent, *state; /* live, superseded, retracted */
  double confidence;
  int32_t valid_from, valid_to; /* days; CLOCK_NO_DAY: open */
  int64_t made_at;
  int64_t seq;
};
extern const struct event_kind claim_kinds[];
extern const struct fold claim_folds[];

/* Steps: bind with db_query(…, "ledger.live_claims" | "ledger.claim" …), then read each row with this. */
void claim_read(struct query *query, struct claim_row *ret_row);
