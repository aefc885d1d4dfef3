/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folds that have a file of their own. Not for other folders. */
#pragma once
#include "company/fold.h"

bool fold_statement(struct db *db, const struct event *event, struct json body, GError **error);
bool fold_evidence_rules(struct db *db, const struct event *event, struct json body, GError **error);
bool fold_actor_match(struct db *db, const struct event *event, struct json body, GError **error);
