/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Leases: what only one process may do at a time, as rows. A lease ends by its time, or with its holder's process where
 * that can be seen from here, so that after a crash nobody waits. */
#pragma once
#include "store/store.h"

#define LEASE_LASTS (10 * 60 * INT64_C(1000000)) /* microseconds; a holder renews it with every batch */

/* What this process is called: machine boot, process namespace, id, start. Made once, never freed. */
const char *lease_self(void);
/* Takes or renews it within a write. 1 it is `holder`'s; 0 somebody else's; -1 error. */
int lease_take(struct db *db, const char *name, const char *holder, int64_t now, GError **error);
bool lease_end(struct db *db, const char *name, const char *holder, GError **error);
