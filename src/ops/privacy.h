/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What privacy.c and privacy-annex.c share: the page and the annex say the same, from the same rows. */
#pragma once
#include "agents/agent.h"
#include "company/formats.h"
#include "ops/tables.h"

/* Calls `visit` for every kind of event that the rooms have joined. */
typedef void (*privacy_visit)(const struct event_kind *kind, void *data);
void privacy_each_kind(struct op_call *call, privacy_visit visit, void *data);
/* Is the column of the file about a person: by its own row, or because the kind of its event says so? */
bool privacy_is_personal(const struct column *column, const struct event_kind *kind);
bool privacy_reads(const struct agent *agent, enum file_id file);
/* The annex as one HTML page without scripts, links or requests. */
bool privacy_annex(struct op_call *call, struct json_writer *out, GError **error);
