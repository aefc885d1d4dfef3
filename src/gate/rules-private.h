/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the three files of the rules: reading (rules.c), judging (rules-judge.c) and wording (rules-words.c). */
#pragma once
#include "gate/rules.h"

extern const char *const rules_taint_names[6]; /* by bit of enum taint; ends of the file's risk.taint */
/* The canonical content, from which the revision is made. Newly allocated. */
char *rules_canonical_text(const struct rules *rules);
