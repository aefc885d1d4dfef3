/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When agents are woken: something came in and it has been quiet for a moment, a new day began, a timer is due, or what
 * should have come in did not. */
#pragma once
#include "agents/agent.h"
#include "ledger/ledger.h"

#define WAKE_QUIET (2 * INT64_C(1000000))    /* microseconds without a change, until what came in is looked at */
#define WAKE_LATEST (30 * INT64_C(1000000))  /* whatever still comes in */

/* What a watcher remembers between looks. Begin with .seen = -1: then agents are woken at once. */
struct wake { int64_t seen, coming, first, last; int32_t day; };
/* Pure: is it time? `monotonic` is the watcher's own clock, so that a house whose clock stands still is woken, too. */
bool wake_is_time(struct wake *wake, int64_t version, int32_t day, bool timer, int64_t monotonic);
/* The same with the ledger's version and timers. 1/0/-1 */
int runner_wakes(struct ledger *ledger, struct wake *wake, int64_t now, int64_t monotonic, GError **error);

extern const struct event_kind wake_kinds[];
extern const struct fold wake_folds[];

/* Notices what has not come in for too long: once per silence, an event; agents that read such a file get a timer. */
bool wake_notice_silence(struct ledger_write *write, const struct agent *const *table, int64_t now, GError **error);
/* What is silent, in words; of char *, owned by the array. */
GPtrArray *wake_silences(struct db *db, int64_t now, GError **error);
