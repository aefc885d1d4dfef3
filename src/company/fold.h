/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's event kinds and folds. */
#pragma once
#include "company/formats.h"
#include "ledger/ledger.h"

extern const struct event_kind company_kinds[];
extern const struct fold company_folds[];
