/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner gives agents their turns. What a turn returns is stored together with the agent's cursor in one transaction:
 * killed at any moment, a turn is either not taken or taken once. */
#pragma once
#include "gate/rules.h"
#include "ledger/ledger.h"
#include "runtime/snapshot.h"

extern const struct event_kind runtime_kinds[];

struct agent;
struct runner_report { int turns, claims, retracted, proposals, withheld, refused, deliveries; };

/* The parts of a run, for replaying history (runtime/again.h): what has lapsed ends and what has room is released; one agent
 * has its turn, whether it is due or not. */
bool runner_tidy(struct ledger *ledger, const struct rules *rules, const struct agent *const *table, int64_t now, GError **error);
bool runner_turn(struct ledger *ledger, struct snapshots *snapshots, const struct rules *rules, const char *agent, int64_t now, struct runner_report *report, GError **error);
/* Gives every agent of `table` (ends with NULL) that has something new to read its turn, until none has. `progress` may be NULL; when it returns
 * false the run stops before the next turn (CANCELLED). */
bool runner_run(struct ledger *ledger, struct snapshots *snapshots, const struct rules *rules, const struct agent *const *table, int64_t now,
                bool (*progress)(void *data, const char *what, double share), void *data, struct runner_report *ret_report, GError **error);
