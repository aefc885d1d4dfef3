/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deputies: who decides in whose place, from when to when. A deputy decides with the roles that the other holds for
 * themself, never with what they in turn were lent: there is no chain. */
#pragma once
#include "ledger/ledger.h"

extern const struct event_kind deputy_kinds[];
extern const struct fold deputy_folds[];

#define DEPUTY_LONGEST 366 /* days */

struct deputy { char *id, *principal, *deputy /* actors */, *reason /* deputy_list only */; int64_t starts, ends /* not from then on */; };
void deputy_free(struct deputy *deputy);

/* BAD_INPUT: one's own deputy, or a time that is over, none, or too long. `ret_id` is newly allocated. */
bool deputy_name(struct ledger_write *write, const char *principal, const char *deputy, int64_t starts, int64_t ends, const char *reason, int64_t now,
                 char **ret_id, GError **error);
/* By one of the two. NOT_FOUND; FORBIDDEN; CONFLICT: it is over. */
bool deputy_end(struct ledger_write *write, const char *id, const char *actor, int64_t now, GError **error);
/* Of struct deputy, owned by the array: all, newest first; or those in whose place `actor` may decide now. */
GPtrArray *deputy_list(struct db *db, struct seal *seal, GError **error);
GPtrArray *deputy_of(struct db *db, const char *actor, int64_t now, GError **error);
