/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose a statement is, and which skill its activity is about.
 *
 * Actors of statements stand in tables and events under opaque names (seal_actor): keyed hashes of their identifiers. So people are
 * not looked up by a name's identifier, which nobody has; the identifiers that a person can be called by are hashed the same
 * way, each time the company is loaded, and compared. No identifier stands anywhere but in the person's own record and in the
 * statements, both sealed with a key that erasing the person destroys. What a person decided about an actor is sealed likewise. */
#pragma once
#include "company/evidence-rules.h"
#include "ledger/seal.h"
#include "store/store.h"
#include <glib.h>

/* The evidence rules that hold: what was set last, else those that Meno carries. Where they cannot be read any more, rules by which nothing
 * counts: less is known then, and nothing else than before. */
struct evidence_rules *evidence_rules_in_force(struct db *db, GError **error);

/* The opaque name of an identifier: "mailto:…", "mbox_sha1sum:…", "openid:…", "account:HOME|NAME". Without a ring itself. Newly allocated. */
char *matching_name(struct seal *seal, const char *identifier);
/* All names by which statements may call a person for certain: the work address, its SHA-1 sum, the accounts of the rules. Of char *, owned. */
GPtrArray *matching_names(const struct person *person, const struct evidence_rules *rules, struct seal *seal);

/* Which actor is whose: name → index of a person + 1, or one of these. Certain ones of `people`, and over them what was decided. */
enum { MATCH_SHARED = -1, /* several people are called so: nobody's for certain */ MATCH_NOBODY = -2 /* somebody said: nobody of ours */ };
GHashTable *matching_actors(struct db *db, struct seal *seal, const struct evidence_rules *rules, const struct company *company /* for its look-up */,
                            const struct person *people, int count, GError **error);

/* Names of skills, casefolded → index + 1. And the skill of an activity (`id` and `name` may be NULL), as the rules find it; -1 none. */
GHashTable *matching_skills(const struct skill *skills, int count);
int matching_skill(GHashTable *names, const char *name);
int matching_skill_of(GHashTable *names, const struct evidence_rules *rules, const char *id, const char *name);
