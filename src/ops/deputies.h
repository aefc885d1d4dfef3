/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In whose place the caller decides. */
#pragma once
#include "gate/proposals.h"
#include "ops/tables.h"

struct standing { struct gate_person own; GArray *others; }; /* begin with { 0 }; clear it whatever standing_load says */
bool standing_load(struct op_call *call, struct db *db, struct standing *ret_standing, GError **error);
void standing_clear(struct standing *standing);
typedef struct standing standing_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(standing_auto, standing_clear)
/* As whom the caller may decide this proposal now; as themself where they may not. Texts belong to the standing. */
struct gate_person standing_for(const struct standing *standing, const struct rules *rules, const struct gate_proposal *proposal, const char *confirmer, int64_t now);
