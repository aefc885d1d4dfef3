/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credentials of programs that send and read xAPI statements: a key and a secret, shown once, kept as a hash; with the
 * scopes that the specification knows. They stand for no account: what they store, they vouch for themselves.
 *
 * A credential may have a room. Whoever has the same room's name sees what any of them has stored, and nothing else: statements, states,
 * profiles, descriptions of activities. One without a room sees all statements that its scopes let it see, those of rooms, too; states,
 * profiles and descriptions only outside of rooms, as they may be there under the same names. A room is for good. */
#pragma once
#include "gate/access.h"
#include "ledger/ledger.h"

enum credential_scope {
#define SCOPE(id, name, help) CREDENTIAL_##id,
#include "gate/credential.def"
#undef SCOPE
  CREDENTIAL_SCOPES
};
extern const char *const credential_scope_names[CREDENTIAL_SCOPES + 1]; /* ends with NULL */

#define CREDENTIAL_KEY 23     /* base64 of 16 bytes and a NUL */
#define CREDENTIAL_SECRET 44  /* of 32 */
#define CREDENTIAL_OVERLAP (24 * 3600 * CLOCK_SECOND) /* the old secret is taken that long after a rotation */
#define CREDENTIALS_MOST 1000

struct credential { char *id, *key, *label; unsigned scopes; /* bits 1 << enum credential_scope */ int64_t created, used, revoked; /* 0: never */
  char *room /* NULL: none */, *by; /* the actor that made it; NULL: not known */ };
void credential_clear(struct credential *credential);
typedef struct credential credential_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(credential_auto, credential_clear)

/* credential.created, credential.rotated, credential.revoked; no secret, nor its hash, is in any body. */
extern const struct event_kind credential_kinds[];

/* Names with blanks or commas between; and back, newly allocated. */
bool credential_parse_scopes(const char *text, unsigned *ret_scopes, GError **error);
char *credential_format_scopes(unsigned scopes);
/* Whether it may: "all" gives everything, "all/read" all reading. */
bool credential_allows(const struct credential *credential, enum credential_scope scope);

/* `now` is the ledger's time. `ret_secret` is never to be had again. `room`: NULL none; else letters, digits and . _ -, at most CREDENTIAL_ROOM. */
#define CREDENTIAL_ROOM 60
bool credential_add(struct ledger *ledger, int64_t now, const char *actor, const char *label, unsigned scopes, const char *room, struct credential *ret_credential,
                    char ret_secret[CREDENTIAL_SECRET], GError **error);
/* Another secret; the one before is taken for CREDENTIAL_OVERLAP of the time on the wall, so that programs can change one by one. */
bool credential_rotate(struct ledger *ledger, int64_t now, int64_t wall, const char *actor, const char *id, struct credential *ret_credential,
                       char ret_secret[CREDENTIAL_SECRET], GError **error);
/* From now on neither secret is taken. */
bool credential_revoke(struct ledger *ledger, int64_t now, const char *actor, const char *id, GError **error);

/* By key and secret: 1 found, 0 there is none, or another secret, or revoked; -1. */
int credential_find(struct store *store, int64_t wall, const char *key, const char *secret, struct credential *ret_credential, GError **error);
/* Notes that it was used, every ten minutes at most. */
void credential_touch(struct store *store, int64_t wall, const struct credential *credential);
/* 1/0/-1 */
int credential_read(struct store *store, const char *id, struct credential *ret_credential, GError **error);
GPtrArray *credential_list(struct store *store, GError **error); /* of struct credential; NULL on failure */
