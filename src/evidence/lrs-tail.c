/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The newest statements' terms, which the fold has not written to statement_term yet (company/fold-statement.c): held in memory, and read
 * from the rows' `refs` as they come. A question takes in what is new to its snapshot; what is newer than its snapshot does it no
 * harm, for there is no row of it. */
#include "evidence/lrs-private.h"
#include "company/fold.h"

#define KEPT (4 * STATEMENTS_ROLLED) /* events behind the newest block; then all is read anew */

struct lrs_tail {
  GMutex lock;
  GHashTable *seqs;   /* struct key → GArray of int64_t, ascending */
  int64_t from, upto; /* the statements in between are in it, both included */
};

struct key { int64_t term, place; };
static guint hash_key(const void *key) { return g_int64_hash(&((const struct key *)key)->term) * 3 + (guint)((const struct key *)key)->place; }
static gboolean same_key(const void *a, const void *b) {
  const struct key *x = a, *y = b;
  return x->term == y->term && x->place == y->place;
}
static void unref_array(void *array) { g_array_unref(array); }

struct lrs_tail *lrs_tail_new(void) {
  struct lrs_tail *tail = g_new0(struct lrs_tail, 1);
  g_mutex_init(&tail->lock);
  tail->seqs = g_hash_table_new_full(hash_key, same_key, g_free, unref_array);
  return tail;
}

void lrs_tail_free(struct lrs_tail *tail) {
  g_mutex_clear(&tail->lock);
  g_hash_table_destroy(tail->seqs);
  g_free(tail);
}

static void add(struct lrs_tail *tail, int64_t seq, const char *refs) {
  g_autoptr(GArray) list = statement_refs(refs);
  for (guint i = 0; i < list->len; i++) {
    const struct statement_ref *ref = &g_array_index(list, struct statement_ref, i);
    struct key key = { ref->term, statement_place(ref->role) };
    if (ref->role == 't') continue; /* no filter asks for it */
    GArray *seqs = g_hash_table_lookup(tail->seqs, &key);
    if (!seqs) g_hash_table_insert(tail->seqs, g_memdup2(&key, sizeof key), seqs = g_array_new(FALSE, FALSE, sizeof(int64_t)));
    g_array_append_val(seqs, seq);
  }
}

static bool take_in(struct lrs_tail *tail, struct db *db, int64_t rolled, GError **error) {
  if (tail->from > rolled || tail->from + KEPT < rolled) {
    g_hash_table_remove_all(tail->seqs);
    tail->from = rolled;
    tail->upto = rolled - 1;
  }
  g_autoptr(query_auto) query = db_query(db, error, "evidence.newer_refs", "i", tail->upto);
  int got;
  while ((got = query_next(query, error)) == 1) {
    tail->upto = query_integer(query, 0);
    add(tail, tail->upto, query_text(query, 1));
  }
  return got == 0;
}

bool lrs_tail_read(struct lrs_tail *tail, struct db *db, GError **error) {
  int64_t rolled = 0;
  if (db_one(db, &rolled, error, "company.statements_rolled", "") < 0) return false;
  g_mutex_lock(&tail->lock);
  bool fine = take_in(tail, db, rolled, error);
  g_mutex_unlock(&tail->lock);
  return fine;
}

int64_t *lrs_tail_find(struct lrs_tail *tail, int64_t term, int place, int *ret_count) {
  g_mutex_lock(&tail->lock);
  const GArray *seqs = g_hash_table_lookup(tail->seqs, &(struct key){ term, place });
  int64_t *copy = seqs ? g_memdup2(seqs->data, seqs->len * sizeof(int64_t)) : NULL;
  *ret_count = seqs ? (int)seqs->len : 0;
  g_mutex_unlock(&tail->lock);
  return copy;
}
