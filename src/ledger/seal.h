/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Personal data is stored sealed, and erased by destroying a key.
 *
 * The ring is a file of keys that stands beside the master key and apart from the data: one key per owner ("person:p-…",
 * "actor:a-…", "account:a-…"), one per kind of event with a retention and month ("period:pulse.answered:2026-03"), wrapped
 * by the master key. A value is sealed under a key derived from its owner's key and its period's, so destroying either
 * makes it unreadable, wherever it was copied to: tables, indexes, logs, dead rows, backups of the data.
 *
 * A sealed value is a text, "sealed:" and base64url, that goes where the clear one would: into the event's body, and from
 * there, copied by the folds, into tables. It is bound to the event and the field that it was sealed for. Only who shows
 * it opens it, in memory.
 *
 * A ring may be used by many threads, and its file by many processes. Errors are STORE (the file) and BAD_INPUT. */
#pragma once
#include "base/clock.h"
#include "base/id.h"

struct seal;
#define SEAL_OWNER_MOST 87 /* bytes of an owner's or a period's name; there is no key for a longer one */

enum seal_state {
  SEAL_OPEN,    /* readable */
  SEAL_CLEAR,   /* was never sealed */
  SEAL_ERASED,  /* its person's key was destroyed */
  SEAL_EXPIRED, /* its period's key was */
  SEAL_LOCKED   /* its key is not in the ring, or it was moved or damaged */
};

/* Opens the ring, or makes it; refuses one that another master key has wrapped. `file` NULL: in memory only. */
struct seal *seal_new(const char *file, const uint8_t master[32], GError **error);
void seal_free(struct seal *seal);
typedef struct seal seal_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(seal_auto, seal_free)

/* Takes in what other processes did to the file. Cheap when they did nothing. */
bool seal_refresh(struct seal *seal, GError **error);
/* New keys become durable: before the commit of what was sealed under them. */
bool seal_sync(struct seal *seal, GError **error);

/* Names that tell nothing: of an actor of statements ("mailto:…"), of a login. "a-" and 16 characters, keyed. */
char *seal_actor(const struct seal *seal, const char *text); /* newly allocated */
/* "period:KIND:2026-03", of a moment. */
char *seal_period(const char *kind, int64_t recorded);       /* newly allocated */

bool seal_is_sealed(const char *text);
/* Whose key a sealed text is under; newly allocated, NULL: of none that we have. */
char *seal_owner(struct seal *seal, const char *text);
/* Seals a field's value (a string's text, or another value's JSON with `json`). `owner` NULL: the house's own key; `period`
 * NULL: none. NULL where the owner or the period is destroyed: what would be said of them is not stored. */
char *seal_value(struct seal *seal, const char *owner, const char *period, struct uuid event, const char *field,
                 const char *value, size_t length, bool json, int64_t now); /* newly allocated */
/* The same of bytes, as bytes (newly allocated). Without `make` only with keys that are there already, so that it may be done before the
 * write that stores them; NULL: they are not, or are destroyed. */
uint8_t *seal_bytes(struct seal *seal, const char *owner, const char *period, struct uuid event, const char *field,
                    const void *data, size_t length, bool make, int64_t now, size_t *ret_length);
/* What they were, newly allocated with a NUL behind; NULL unless the state is SEAL_OPEN. */
uint8_t *seal_open(struct seal *seal, const void *data, size_t length, struct uuid event, const char *field, enum seal_state *ret_state, size_t *ret_length);
/* What `text` says, newly allocated; a few words in brackets where that cannot be read; NULL stays NULL. A value that is no
 * string comes as its JSON, `ret_json` says so. `ret_state` and `ret_json` may be NULL; so may `seal`, then nothing opens. */
char *seal_reveal(struct seal *seal, const char *text, struct uuid event, const char *field, enum seal_state *ret_state, bool *ret_json);

/* 64 bits of a body, keyed with the owner's key: tells whether a row has changed, and tells nobody without the key what
 * the row says. 0: the owner is destroyed. */
int64_t seal_digest(struct seal *seal, const char *owner, const char *body, size_t length, int64_t now);

/* Overwrites every key of that owner or period in the file, and in memory; what it sealed is unreadable from then on, and
 * a tombstone stays, so that no backup brings it back. Durable when it returns. */
bool seal_destroy(struct seal *seal, const char *owner, int64_t now, GError **error);
bool seal_is_destroyed(struct seal *seal, const char *owner);
/* Names of the ring's keys that begin with `prefix`, each once; `destroyed`: the tombstones', else the living ones'. */
GPtrArray *seal_names(struct seal *seal, const char *prefix, bool destroyed); /* of char *, owned */

/* The ring as a file, to be kept apart from the data; and back. Tombstones of either side win. */
bool seal_export(struct seal *seal, const char *file, GError **error);
struct seal_merge { int added, destroyed, refused; };
bool seal_import(struct seal *seal, const char *file, int64_t now, struct seal_merge *ret_merge, GError **error);
