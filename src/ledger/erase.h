/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Erasure and retention: which keys are destroyed, as events, so that data that comes back from a backup is told again.
 *
 * The event comes first, the key after it: killed in between, opening the data folder destroys the key. So a person whose
 * erasure was acknowledged is gone, and one whose erasure was not may be. */
#pragma once
#include "ledger/ledger.h"

extern const struct event_kind erasure_kinds[]; /* person.erased, retention.applied */
extern const struct fold erasure_folds[];

/* Appends that a person (opaque id) is erased, with the owners of all keys that are theirs ("person:p-…" is added). */
bool erase_record(struct ledger_write *write, const char *person, GPtrArray *owners, const char *actor, GError **error);
/* Destroys what the events say and is not destroyed yet; and tells a ledger that comes from an older backup what the ring
 * knows. `ret_people` (may be NULL): how many persons' erasures were recorded anew. */
bool erase_apply(struct ledger *ledger, int64_t now, int *ret_people, GError **error);

/* How long a kind's personal fields may be read, and how that stands now. */
struct retention { const struct event_kind *kind; int64_t events, past; /* recorded before the limit */
                   int periods, due, destroyed; /* its months' keys: living, of those past their time, destroyed */ };
/* One row per kind that has been recorded, or has a retention. Of struct retention. */
GPtrArray *retention_list(struct ledger *ledger, struct db *db, int64_t now, GError **error);
/* What retention will do: the months of each kind whose fields can be read, with the moment from which their key is destroyed, the
 * soonest first. */
struct retention_month { const struct event_kind *kind; int64_t from, to; /* recorded then */ int64_t due; };
GArray *retention_plan(struct ledger *ledger);
/* Destroys the keys of the months that are past their retention as a whole; a number of them, -1 on error. */
int retention_apply(struct ledger *ledger, int64_t now, const char *actor, GError **error);
