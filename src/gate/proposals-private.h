/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the gate's proposals: making (proposals.c), deciding (decide.c), folding (proposal-folds.c),
 * reading (proposal-rows.c) and showing (proposal-views.c). */
#pragma once
#include "gate/proposals.h"

#define STATE_PROPOSED    "proposed"
#define STATE_IN_APPROVAL "in approval"
#define STATE_CHANGES     "changes requested"
#define STATE_ACCEPTED    "accepted"
#define STATE_AUTO        "auto-accepted"
#define STATE_REJECTED    "rejected"
#define STATE_EXPIRED     "expired"
#define STATE_SUPERSEDED  "superseded"
#define STATE_WITHHELD    "withheld"

extern const char *const gate_words[3]; /* by enum gate_word: "accept", "reject", "request changes" */

/* Who decides on it: its kind's rule at its tier; where that is automatic (a sample), tier 1's. NULL: a kind that the rules
 * no longer know. */
const struct rule_who *gate_who(const struct rules *rules, const struct gate_proposal *proposal);
/* Proposals that a named query without parameters finds, with their approvals. */
GPtrArray *gate_rows(struct db *db, const char *query, GError **error);
/* Appends an event about a proposal. `body` is an open object at its root: it is closed here. `id` zero: a new one. */
bool gate_append(struct ledger_write *write, const char *kind, const char *proposal, const char *actor, unsigned taint, const char *rules,
                 struct uuid id, struct json_writer *body, GError **error);
