/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the record store share. Not for other folders. */
#pragma once
#include "evidence/lrs.h"

struct lrs {
  struct ledger *ledger;
  GMutex lock;
  GArray *under_way; /* int64_t: when each write began */
};

/* The text of a statement from its event's id and body; NULL: its key is gone. Newly allocated. */
char *lrs_statement_text(struct lrs *lrs, struct uuid event, const char *body);
struct uuid lrs_event_id(struct query *query, int column);

/* Bytes as a text that may be sealed and stored, and back: what has a NUL is written as base64 (`*ret_coded`). Newly allocated.
 * `owner` and `period` as in seal_value. NULL: the key is destroyed. */
char *lrs_seal(struct lrs *lrs, const char *owner, const char *period, struct uuid event, const char *field, const char *data, size_t length, int64_t now, bool *ret_coded);
char *lrs_open(struct lrs *lrs, const char *text, struct uuid event, const char *field, bool coded, size_t *ret_length);
