/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a decided proposal sets going, in the same transaction as the decision. */
#pragma once
#include "ops/tables.h"

struct decided {
  struct op_call *call;
  struct ledger_write *write;
  const struct company *company;      /* as it was when the person decided */
  const struct gate_proposal *proposal;
  struct json body;                   /* what was accepted or rejected */
  bool accepted;
};

/* Looks at the proposal within the write; nothing happens unless it has just been accepted or rejected. */
bool follow_up(struct op_call *call, struct ledger_write *write, const struct company *company, const char *proposal, GError **error);

/* Of a roll-back: retract.c. */
bool retract_decided(const struct decided *decided, GError **error);
/* Of a proposal about a programme: programmes.c. */
bool programmes_decided(const struct decided *decided, GError **error);
