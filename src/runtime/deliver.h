/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deliveries: what the delivery agent hands over becomes an event, and an action where a channel outside has to act. */
#pragma once
#include "agents/agent.h"
#include "ledger/ledger.h"

/* Records it within the write, once per asset, block and person. False with FORBIDDEN where it lies outside the envelope that
 * people accepted with the asset, or the person's team has not started: an agent that tries is refused, whatever it says. */
bool deliver(struct ledger_write *write, const struct company *company, const struct handover *handover, const char *actor, GError **error);
