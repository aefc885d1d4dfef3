/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's event kinds and folds. */
#pragma once
#include "company/formats.h"
#include "ledger/ledger.h"

extern const struct event_kind company_kinds[];
extern const struct fold company_folds[];

/* Where a term stands in its statement: what a plain filter of the xAPI door looks at, what only a related_ one does, who vouches. */
enum place { PLACE_DIRECT, PLACE_RELATED, PLACE_AUTHORITY, PLACE_COUNT };
