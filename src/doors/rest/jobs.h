/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs: operations that may take over a second, run in threads of their own, asked about and stopped by whoever began
 * them. What one answered is kept in memory for an hour; a restart forgets it (what it did stands in the ledger). */
#pragma once
#include "ops/op.h"

struct jobs;
struct jobs *jobs_new(struct system *system);
/* Asks all to stop; no further one begins. */
void jobs_stop(struct jobs *jobs);
/* The same, and waits for them. */
void jobs_free(struct jobs *jobs);

/* What a job works on, copied or referenced. `now` is the ledger's time at its start. NULL: TOO_MANY. Its id is newly
 * allocated. */
char *jobs_start(struct jobs *jobs, const struct op *op, const struct caller *caller, const char *in, size_t in_length,
  const struct op_file *files, size_t file_count, int64_t now, GError **error);
/* {id, what, state, share, step, seconds_left, result, error}. False with NOT_FOUND: none of this account. */
bool jobs_show(struct jobs *jobs, const char *id, const char *account, struct json_writer *out, GError **error);
bool jobs_cancel(struct jobs *jobs, const char *id, const char *account, GError **error);
