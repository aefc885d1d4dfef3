/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose actors are whose. An address may be written in capitals and its SHA-1 sum be taken of either form, so both are compared. An
 * openid is nobody's for certain: no file of ours has any; somebody has to say.
 *
 * Two people who are called the same (a shared mailbox) are no certain match, unless one of them has left. What somebody decided
 * counts before what is certain: a rule that comes later must not silently give an account to another person.
 *
 * How it can be wrong: an address that the company gave to somebody new is the new one's, also for what the old one did, when the
 * older record says that it left. */
#include "company/matching.h"
#include "company/load-private.h"
#include "ledger/ledger.h"
#include <string.h>

/* ---- the rules that hold ---------------------------------------------------------------------------------------- */

struct evidence_rules *evidence_rules_in_force(struct db *db, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.evidence_rules", "");
  g_autoptr(GError) why = NULL;
  size_t length;
  int got = query_next(query, error);
  if (got < 0) return NULL;
  const char *text = got == 1 ? query_text(query, 1) : evidence_rules_carried(&length);
  struct evidence_rules *rules = evidence_rules_parse("evidence.yaml", text, got == 1 ? strlen(text) : length, &why);
  return rules ? rules : evidence_rules_unreadable(query_text(query, 0), text, why->message);
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

char *matching_name(struct seal *seal, const char *identifier) {
  g_autofree char *small = g_str_has_prefix(identifier, "mailto:") ? g_ascii_strdown(identifier, -1) : NULL;
  return seal ? seal_actor(seal, small ? small : identifier) : g_strdup(small ? small : identifier);
}

static void add_name(GPtrArray *names, struct seal *seal, const char *before, const char *middle, const char *after) {
  g_autofree char *identifier = g_strconcat(before, middle, after, NULL);
  char *name = matching_name(seal, identifier);
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) g_free(name);
  else g_ptr_array_add(names, name);
}

static void add_sum(GPtrArray *names, struct seal *seal, const char *address) {
  g_autofree char *mailbox = g_strconcat("mailto:", address, NULL), *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, mailbox, -1);
  add_name(names, seal, "mbox_sha1sum:", sum, "");
}

GPtrArray *matching_names(const struct person *person, const struct evidence_rules *rules, struct seal *seal) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  const char *address = person->email && *person->email ? person->email : NULL, *number = person->employee_number && *person->employee_number ? person->employee_number : NULL;
  g_autofree char *small = address ? g_ascii_strdown(address, -1) : NULL;
  if (address) {
    add_name(names, seal, "mailto:", address, "");
    add_sum(names, seal, small);
    if (strcmp(small, address) != 0) add_sum(names, seal, address);
  }
  for (int i = 0; i < rules->account_count; i++) {
    const struct evidence_account *account = &rules->accounts[i];
    size_t length = strlen(account->home) - g_str_has_suffix(account->home, "/");
    for (int slash = 0; slash < 2; slash++) { /* programs do not agree on the one at the end */
      g_autofree char *home = g_strdup_printf("account:%.*s%s|", (int)length, account->home, slash ? "/" : "");
      const char *name = account->by_address ? address : number;
      if (name) add_name(names, seal, home, name, "");
      if (account->by_address && small) add_name(names, seal, home, small, "");
    }
  }
  return names;
}

/* ---- who is called so ------------------------------------------------------------------------------------------- */

static void add_person(GHashTable *actors, char *name, const struct person *people, int person) {
  int there = GPOINTER_TO_INT(g_hash_table_lookup(actors, name)), here = person + 1;
  if (there == MATCH_SHARED) here = MATCH_SHARED;
  else if (there > 0 && there != here) {
    bool old_left = people[there - 1].status == PERSON_LEFT, new_left = people[person].status == PERSON_LEFT;
    here = old_left == new_left ? MATCH_SHARED : old_left ? here : there;
  }
  g_hash_table_insert(actors, name, GINT_TO_POINTER(here));
}

static bool add_decided(GHashTable *actors, struct db *db, struct seal *seal, const struct company *company, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.all_actor_match", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    enum seal_state state;
    g_autofree char *name = ledger_reveal(seal, query, 2, 6, "actor", &state);
    int person = query_null(query, 1) ? MATCH_NOBODY : company_person(company, query_text(query, 1)) + 1;
    if (!query_null(query, 5) || person == 0 || !name || (state != SEAL_OPEN && state != SEAL_CLEAR)) continue; /* taken back, or erased */
    g_hash_table_insert(actors, g_steal_pointer(&name), GINT_TO_POINTER(person));
  }
  return got == 0;
}

GHashTable *matching_actors(struct db *db, struct seal *seal, const struct evidence_rules *rules, const struct company *company, const struct person *people, int count,
                            GError **error) {
  GHashTable *actors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int p = 0; p < count; p++) {
    g_autoptr(GPtrArray) names = matching_names(&people[p], rules, seal);
    for (guint i = 0; i < names->len; i++) add_person(actors, g_strdup(names->pdata[i]), people, p);
  }
  if (add_decided(actors, db, seal, company, error)) return actors;
  g_hash_table_destroy(actors);
  return NULL;
}

/* ---- skills ----------------------------------------------------------------------------------------------------- */

static void add_skill(GHashTable *names, const char *name, int index) {
  if (!name || !*name) return;
  char *folded = g_utf8_casefold(name, -1);
  if (g_hash_table_contains(names, folded)) g_free(folded); /* ids come first: an alias never takes another skill's id */
  else g_hash_table_insert(names, folded, GINT_TO_POINTER(index + 1));
}

GHashTable *matching_skills(const struct skill *skills, int count) {
  GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int s = 0; s < count; s++) add_skill(names, skills[s].id, s);
  for (int s = 0; s < count; s++) add_skill(names, skills[s].name, s);
  for (int s = 0; s < count; s++) {
    g_auto(GStrv) aliases = g_strsplit(skills[s].aliases ? skills[s].aliases : "", ";", -1);
    for (size_t i = 0; aliases[i]; i++) add_skill(names, g_strstrip(aliases[i]), s);
  }
  return names;
}

int matching_skill(GHashTable *names, const char *name) {
  if (!name || !*name) return -1;
  g_autofree char *folded = g_utf8_casefold(name, -1);
  return load_find(names, folded);
}

/* The last segment of the activity's id that names a skill: "…/quizzes/negotiation/3". */
static int skill_of_segments(GHashTable *names, const char *id) {
  g_auto(GStrv) segments = g_strsplit_set(id, "/#", -1);
  int skill = -1;
  for (int i = (int)g_strv_length(segments) - 1; i >= 0 && skill < 0; i--) skill = matching_skill(names, segments[i]);
  return skill;
}

int matching_skill_of(GHashTable *names, const struct evidence_rules *rules, const char *id, const char *name) {
  const char *told = id ? evidence_rules_skill(rules, id) : NULL;
  if (told) return matching_skill(names, told); /* a skill that is none of ours is no leave to guess */
  int skill = id && rules->by_id ? skill_of_segments(names, id) : -1;
  return skill < 0 && rules->by_name ? matching_skill(names, name) : skill;
}
