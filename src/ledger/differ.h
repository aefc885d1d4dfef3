/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What differs between a table and the same table rebuilt from the events, for replay's message. */
#pragma once
#include "ledger/ledger.h"

/* Sets CORRUPT with the table, the first row that is not what the events make of it, and the event that last wrote that row
 * (the newest of its subject that a fold of this table reads). Always false. */
bool differ_name(const struct ledger_tables *tables, struct db *live, struct db *rebuilt, const char *table, GError **error);
