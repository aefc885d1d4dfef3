/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Joins the rooms' tables. A room that has event kinds or folds exports them; here is where they meet, and nowhere else: for
 * the program, and for the test and the fuzzer that go through all of them. */
#pragma once
#include "company/fold.h"
#include "gate/account.h"
#include "gate/credential.h"
#include "gate/deputies.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/links.h"
#include "runtime/outbox.h"
#include "runtime/runner.h"
#include "runtime/wake.h"

static const struct event_kind *const main_kinds[] = { claim_kinds, erasure_kinds, company_kinds, gate_kinds, deputy_kinds, access_kinds, credential_kinds, runtime_kinds, outbox_kinds, forward_kinds, wake_kinds, NULL };
static const struct fold *const main_folds[] = { claim_folds, erasure_folds, company_folds, gate_folds, deputy_folds, outbox_folds, wake_folds, link_folds /* last: it reads what the others have folded */, NULL };
static const struct ledger_tables main_tables = { main_kinds, main_folds };
