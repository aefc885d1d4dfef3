/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terms that are known: their numbers, and how they were first told. A term never changes once its event is committed, so what
 * was read once may be remembered; what a write has only begun to say is not remembered before it is done.
 *
 * How it can be wrong: undoing an import, or an erased database, rebuilds the tables; the door's terms keep their numbers then, because
 * their events say them. */
#include "evidence/lrs-private.h"
#include <string.h>

#define REMEMBERED_BYTES (32 * 1024 * 1024) /* then all is forgotten, and read again */

struct lrs_terms { GMutex lock; GHashTable *by_key, *by_id; size_t bytes; };

struct lrs_terms *lrs_terms_new(void) {
  struct lrs_terms *terms = g_new0(struct lrs_terms, 1);
  g_mutex_init(&terms->lock);
  terms->by_key = g_hash_table_new(g_str_hash, g_str_equal);
  terms->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)lrs_term_unref);
  return terms;
}

void lrs_terms_free(struct lrs_terms *terms) {
  g_hash_table_destroy(terms->by_key);
  g_hash_table_destroy(terms->by_id);
  g_mutex_clear(&terms->lock);
  g_free(terms);
}

static void term_clear(void *data) {
  struct lrs_term *term = data;
  g_free(term->key);
  g_free(term->name);
  g_free(term->sample);
}
void lrs_term_unref(struct lrs_term *term) {
  if (term) g_atomic_rc_box_release_full(term, term_clear);
}
struct lrs_term *lrs_term_ref(struct lrs_term *term) { return term ? g_atomic_rc_box_acquire(term) : NULL; }

struct lrs_term *lrs_term_new(int64_t id, const char *key, const char *name, const char *sample) {
  struct lrs_term *term = g_atomic_rc_box_new0(struct lrs_term);
  *term = (struct lrs_term){ id, g_strdup(key), g_strdup(name), g_strdup(sample) };
  return term;
}

void lrs_terms_remember(struct lrs_terms *terms, struct lrs_term *term) {
  size_t bytes = 200 + strlen(term->key) + (term->sample ? strlen(term->sample) : 0);
  g_mutex_lock(&terms->lock);
  if (!g_hash_table_contains(terms->by_id, &term->id)) {
    if (terms->bytes + bytes > REMEMBERED_BYTES) {
      g_hash_table_remove_all(terms->by_key);
      g_hash_table_remove_all(terms->by_id);
      terms->bytes = 0;
    }
    lrs_term_ref(term);
    g_hash_table_insert(terms->by_id, &term->id, term);
    g_hash_table_insert(terms->by_key, term->key, term);
    terms->bytes += bytes;
  }
  g_mutex_unlock(&terms->lock);
}

struct lrs_term *lrs_terms_known(struct lrs_terms *terms, const char *key) {
  g_mutex_lock(&terms->lock);
  struct lrs_term *term = lrs_term_ref(g_hash_table_lookup(terms->by_key, key));
  g_mutex_unlock(&terms->lock);
  return term;
}

static int read_term(struct query *query, struct lrs_term **ret_term, GError **error) {
  int got = query_next(query, error);
  if (got == 1) *ret_term = lrs_term_new(query_integer(query, 0), query_text(query, 1), query_text(query, 2), query_text(query, 3));
  query_done(query);
  return got;
}

int lrs_term_of_key(struct db *db, const char *key, struct lrs_term **ret_term, GError **error) {
  return read_term(db_query(db, error, "evidence.term_of_key", "t", key), ret_term, error);
}

struct lrs_term *lrs_term_of_id(struct lrs_terms *terms, struct db *db, int64_t id, GError **error) {
  g_mutex_lock(&terms->lock);
  struct lrs_term *term = lrs_term_ref(g_hash_table_lookup(terms->by_id, &id));
  g_mutex_unlock(&terms->lock);
  if (term || read_term(db_query(db, error, "evidence.term_of_id", "i", id), &term, error) != 1) return term;
  if (!db_writes(db)) lrs_terms_remember(terms, term);
  return term;
}

/* Below every number that a file's term could get. */
int64_t lrs_registration_term(struct uuid registration) {
  uint64_t halves[2];
  memcpy(halves, registration.bytes, sizeof halves);
  return INT64_MIN + (int64_t)((GUINT64_FROM_BE(halves[0]) ^ GUINT64_FROM_BE(halves[1])) >> 2);
}
