/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which event makes which edges of the lineage graph (ledger/lineage.h), and the house's promise about it: every action that
 * was done reaches at least one signal from outside, and a person's decision or a revision of the rules. */
#pragma once
#include "ledger/lineage.h"

extern const struct fold link_folds[];

/* A node that everything would lead to or come from: walks stop there. */
bool links_end(const char *id);

/* How an action that was done lacks what it must rest on. */
struct links_gap { char *action; int64_t seq /* of the event that did it */; bool signal, person; /* what is missing */ };
struct links_report { int64_t actions; int64_t gaps; GPtrArray *first; /* of struct links_gap, the first few, by event */ };
void links_report_clear(struct links_report *report);
typedef struct links_report links_report_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(links_report_auto, links_report_clear)
/* Walks back from every action that was done. */
bool links_check(struct db *db, struct links_report *ret_report, GError **error);
/* "action x-… (event 12) reaches no signal from outside and no person's decision"; newly allocated. */
char *links_gap_text(const struct links_gap *gap);
