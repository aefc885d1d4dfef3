/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's event kinds and folds, and what intake must know of them. */
#pragma once
#include "company/formats.h"
#include "ledger/ledger.h"

extern const struct event_kind company_kinds[];
extern const struct fold company_folds[];

/* 64 bits of a row's body: the tables' `digest`, by which an import sees whether a row is new, changed or the same. */
int64_t company_digest(const char *body, size_t length);
