/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the record store share. Not for other folders. */
#pragma once
#include "evidence/lrs.h"

struct lrs {
  struct ledger *ledger;
  struct lrs_terms *terms;
  struct lrs_tail *tail;
  GMutex lock;
  GArray *under_way; /* int64_t: when each write began */
};

/* ---- terms (lrs-terms.c) ---- */

struct lrs_term { int64_t id; char *key; /* "vhttp://…" */ char *name, *sample; /* NULL: none */ }; /* never changes */
struct lrs_term *lrs_term_new(int64_t id, const char *key, const char *name, const char *sample);
struct lrs_term *lrs_term_ref(struct lrs_term *term); /* may be NULL */
void lrs_term_unref(struct lrs_term *term);

struct lrs_terms *lrs_terms_new(void);
void lrs_terms_free(struct lrs_terms *terms);
/* What is remembered of it; NULL: nothing. To be given back. */
struct lrs_term *lrs_terms_known(struct lrs_terms *terms, const char *key);
/* Only what is committed. */
void lrs_terms_remember(struct lrs_terms *terms, struct lrs_term *term);
/* 1/0/-1, as the database has it; not remembered. */
int lrs_term_of_key(struct db *db, const char *key, struct lrs_term **ret_term, GError **error);
/* Remembered where it is read in a snapshot; NULL: there is none, or an error. */
struct lrs_term *lrs_term_of_id(struct lrs_terms *terms, struct db *db, int64_t id, GError **error);
int64_t lrs_registration_term(struct uuid registration);

/* ---- the newest statements' terms (lrs-tail.c) ---- */

struct lrs_tail *lrs_tail_new(void);
void lrs_tail_free(struct lrs_tail *tail);
/* Takes in what a snapshot has. */
bool lrs_tail_read(struct lrs_tail *tail, struct db *db, GError **error);
/* The numbers of those that have the term there, ascending, newly allocated; some of them may stand in statement_term, too. */
int64_t *lrs_tail_find(struct lrs_tail *tail, int64_t term, int place, int *ret_count);

/* ---- texts (lrs-text.c) ---- */

/* The stored form, not sealed yet. `text`, as xapi_complete writes it, is changed on the way. `terms` (of struct lrs_term, NULL where it is
 * not known) are the statement's, in the order of its refs. */
GByteArray *lrs_pack(char *text, size_t length, const char *id, const struct xapi_moments *moments, const GPtrArray *terms);
/* And back, newly allocated; NULL: it is none. */
char *lrs_unpack(const uint8_t *data, size_t bytes, const char *id, int64_t stored, const GPtrArray *terms, size_t *ret_length);

/* The text of the statement in a row (seq, stored, authority, voided, the event's id, its data, the statement's id, refs); NULL: its key
 * is gone. Newly allocated. */
char *lrs_row_text(struct lrs *lrs, struct db *db, struct query *row, size_t *ret_length);

/* What belongs to a room, by a name of its own: "ROOM NAME", where no name has a blank. Newly allocated. */
char *lrs_in_room(const char *room, const char *name);
/* Whether the statement is of these (`mine` as in lrs_find): 1/0/-1. */
int lrs_is_of(struct lrs *lrs, struct db *db, int64_t seq, const char *mine, GError **error);

/* ---- what comes from another store (lrs-store.c) ---- */

/* What becomes of a statement: an enum lrs_fate, -1 an error. `*ret_replaces`: it is new here, but came with a file before.
 * `room`: of whoever tells it; what another room has is LRS_OTHER, whatever it says. */
int lrs_meet(struct lrs *lrs, struct db *db, const char *id, struct json statement, const char *room, bool *ret_replaces, GError **error);
/* The key of who vouches: the agent's, or that of a group's first member who has one; newly allocated, NULL: nobody. */
char *lrs_authority_key(struct json authority);

/* ---- bytes that may be sealed and stored (lrs-store.c) ---- */

struct uuid lrs_event_id(struct query *query, int column);
/* What has a NUL is written as base64 (`*ret_coded`). Newly allocated. `owner` and `period` as in seal_value. NULL: the key is
 * destroyed. */
char *lrs_seal(struct lrs *lrs, const char *owner, const char *period, struct uuid event, const char *field, const char *data, size_t length, int64_t now, bool *ret_coded);
char *lrs_open(struct lrs *lrs, const char *text, struct uuid event, const char *field, bool coded, size_t *ret_length);
