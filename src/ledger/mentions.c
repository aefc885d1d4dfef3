/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key is 40 bits of a thing's hash (SipHash) and two for the way, so that what is asked for together stands together. Two things
 * of one hash are told apart by the rows; among thirty million pairs a question meets a stranger's about once in thirty thousand times.
 *
 * The newest events, less than a block, are read from the tables; a reading connection keeps them for its next question. What was taken
 * in is never wrong, only more than asked for: events do not change, and edges only go (when an import is taken back). */
#include "ledger/mentions.h"
#include "ledger/ledger.h"
#include "ledger/runs.h"
#include <sodium.h>
#include <string.h>

#define BLOCK 1024 /* events; so many are read before the first question of a new connection is answered */
#define KEPT 2     /* blocks of newest events that a connection keeps */
#define ASKED 16   /* of a thing's mentions at first; then four times as many */

static const uint8_t nothing_secret[crypto_shorthash_KEYBYTES];

static int64_t key_of(enum mention way, const char *thing) {
  uint64_t hash;
  crypto_shorthash((uint8_t *)&hash, (const uint8_t *)thing, strlen(thing), nothing_secret);
  return (int64_t)(GUINT64_FROM_LE(hash) >> 24 << 2 | (uint64_t)way);
}

/* ---- what the tables say ---------------------------------------------------------------------------------------- */

static void add(GArray *pairs, enum mention way, const char *thing, int64_t seq) {
  struct pair pair = { key_of(way, thing ? thing : "") /* of a damaged row */, seq };
  g_array_append_val(pairs, pair);
}

/* Edges in the order of their events, but for those of the events in `staged` (ascending). */
static bool add_ends(struct query *query, const GArray *staged, GArray *pairs, GError **error) {
  guint passed = 0;
  int got;
  while ((got = query_next(query, error)) == 1) {
    int64_t seq = query_integer(query, 0);
    while (staged && passed < staged->len && g_array_index(staged, int64_t, passed) < seq) passed++;
    if (staged && passed < staged->len && g_array_index(staged, int64_t, passed) == seq) continue;
    if (query_integer(query, 3)) add(pairs, MENTION_SOURCE, query_text(query, 1), seq);
    add(pairs, MENTION_TARGET, query_text(query, 2), seq);
  }
  return got == 0;
}

/* What an import's events say since its commit. */
static bool add_import(struct db *db, int64_t commit, GArray *pairs, GError **error) {
  struct event event;
  int got = ledger_find(db, commit, &event, error);
  if (got < 1) return got == 0;
  g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, error);
  int64_t first = 0;
  bool fine = doc != NULL;
  if (fine && json_integer(json_get(json_root(doc), "first"), &first)) {
    g_autoptr(query_auto) query = db_query(db, error, "ledger.ends_of_batch", "iit", first, commit, event_about(&event));
    fine = add_ends(query, NULL, pairs, error);
  }
  event_clear(&event);
  return fine;
}

/* The mentions of events from..to, in no order. */
static bool gather(struct db *db, int64_t from, int64_t to, GArray *pairs, GError **error) {
  g_autoptr(GArray) staged = g_array_new(FALSE, FALSE, sizeof(int64_t)), commits = g_array_new(FALSE, FALSE, sizeof(int64_t));
  g_autoptr(query_auto) subjects = db_query(db, error, "ledger.subjects", "ii", from, to);
  int got;
  while ((got = query_next(subjects, error)) == 1) {
    int64_t seq = query_integer(subjects, 0);
    add(pairs, MENTION_SUBJECT, query_text(subjects, 2), seq);
    if (!query_null(subjects, 3)) g_array_append_val(staged, seq);
    if (g_strcmp0(query_text(subjects, 1), "import.committed") == 0) g_array_append_val(commits, seq);
  }
  if (got < 0) return false;
  g_autoptr(query_auto) ends = db_query(db, error, "ledger.ends", "ii", from, to);
  bool fine = add_ends(ends, staged, pairs, error);
  for (guint i = 0; fine && i < commits->len; i++) fine = add_import(db, g_array_index(commits, int64_t, i), pairs, error);
  return fine;
}

/* A block's mentions in order, each once. */
static GArray *block_of(struct db *db, int64_t number, GError **error) {
  g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));
  if (!gather(db, number * BLOCK, number * BLOCK + BLOCK - 1, pairs, error)) return NULL;
  g_array_sort(pairs, pair_order);
  guint kept = 0;
  for (guint i = 0; i < pairs->len; i++) {
    struct pair *list = (struct pair *)(void *)pairs->data;
    if (!i || pair_order(&list[i], &list[kept - 1]) != 0) list[kept++] = list[i];
  }
  g_array_set_size(pairs, kept);
  return g_steal_pointer(&pairs);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

bool mentions_pass(struct db *db, int64_t seq, GError **error) {
  if (seq % BLOCK) return true;
  int64_t number = seq / BLOCK - 1;
  g_autoptr(GArray) pairs = block_of(db, number, error);
  return pairs && runs_add(db, number, (const struct pair *)(const void *)pairs->data, pairs->len, error);
}

bool mentions_clear(struct db *db, GError **error) { return db_table_clear(db, "run_part", error); }

/* ---- asking ----------------------------------------------------------------------------------------------------- */

/* The newest events' mentions: those of events from..upto. */
struct tail { int64_t from, upto; GArray *pairs; };

static void *tail_new(void) {
  struct tail *tail = g_new0(struct tail, 1);
  tail->pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));
  return tail;
}

static void tail_free(void *data) {
  g_array_unref(((struct tail *)data)->pairs);
  g_free(data);
}

/* Two lists in order as one. */
static GArray *join(const GArray *a, const GArray *b) {
  GArray *joined = g_array_sized_new(FALSE, FALSE, sizeof(struct pair), a->len + b->len);
  for (guint i = 0, j = 0; i < a->len || j < b->len;) {
    bool first = j == b->len || (i < a->len && pair_order(&g_array_index(a, struct pair, i), &g_array_index(b, struct pair, j)) <= 0);
    g_array_append_vals(joined, first ? &g_array_index(a, struct pair, i++) : &g_array_index(b, struct pair, j++), 1);
  }
  return joined;
}

static bool take_in(struct tail *tail, struct db *db, int64_t head, GError **error) {
  int64_t from = head / BLOCK * BLOCK;
  if (!tail->from || tail->from > from || tail->from + KEPT * BLOCK < from) {
    g_array_set_size(tail->pairs, 0);
    tail->from = MAX(from, 1);
    tail->upto = tail->from - 1;
  }
  if (tail->upto >= head) return true;
  g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(struct pair));
  if (!gather(db, tail->upto + 1, head, fresh, error)) return false;
  g_array_sort(fresh, pair_order);
  GArray *joined = join(tail->pairs, fresh);
  g_array_unref(tail->pairs);
  tail->pairs = joined;
  tail->upto = head;
  return true;
}

static void find_newest(const struct tail *tail, int64_t low, int64_t high, int64_t from, int64_t to, GArray *found) {
  const struct pair *pairs = (const struct pair *)(const void *)tail->pairs->data;
  guint at = 0;
  for (guint end = tail->pairs->len; at < end;) {
    guint middle = at + (end - at) / 2;
    if (pairs[middle].key < low) at = middle + 1;
    else end = middle;
  }
  for (; at < tail->pairs->len && pairs[at].key <= high; at++)
    if (pairs[at].seq >= from && pairs[at].seq <= to) g_array_append_val(found, pairs[at]);
}

static int newest_first(const void *a, const void *b) {
  int64_t x = ((const struct pair *)a)->seq, y = ((const struct pair *)b)->seq;
  return (x < y) - (x > y);
}

/* Each run has given the newest `most` that it has, so the newest `most` of all are among them. */
static void keep_newest(GArray *found, int64_t most) {
  struct pair *list = (struct pair *)(void *)found->data;
  guint kept = 0;
  g_array_sort(found, newest_first);
  for (guint i = 0; i < found->len && kept < most; i++)
    if (!i || list[i].seq != list[kept - 1].seq) list[kept++] = list[i];
  g_array_set_size(found, kept);
}

static bool look_up(struct mentions *m, GError **error) {
  int64_t head = ledger_head(m->db, error), low = key_of(m->first, m->thing), high = key_of(m->last, m->thing);
  if (head < 0) return false;
  struct tail *tail = db_writes(m->db) ? tail_new() : db_keep(m->db, "mentions", tail_new, tail_free);
  g_array_set_size(m->found, 0);
  bool fine = take_in(tail, m->db, head, error) && runs_find(m->db, head / BLOCK, low, high, m->from, m->to, m->most, m->found, error);
  if (fine) find_newest(tail, low, high, m->from, m->to, m->found);
  if (db_writes(m->db)) tail_free(tail);
  keep_newest(m->found, m->most);
  return fine;
}

int mentions_next(struct mentions *m, int64_t *ret_seq, GError **error) {
  if (!m->found) m->found = g_array_new(FALSE, FALSE, sizeof(struct pair));
  if (m->at == m->found->len && !m->all) {
    m->most = m->most ? m->most * 4 : ASKED;
    m->at = 0;
    if (!look_up(m, error)) return -1;
    m->all = m->found->len < m->most;
    if (!m->all) m->to = g_array_index(m->found, struct pair, m->found->len - 1).seq - 1;
  }
  if (m->at == m->found->len) return 0;
  *ret_seq = g_array_index(m->found, struct pair, m->at++).seq;
  return 1;
}

void mentions_end(struct mentions *m) { g_clear_pointer(&m->found, g_array_unref); }

/* ---- checking --------------------------------------------------------------------------------------------------- */

struct sum { uint64_t pairs, total; };

/* In whatever order: what is missing, changed or doubled changes it. */
static void sum_pair(struct pair pair, void *data) {
  struct sum *sum = data;
  uint64_t hash;
  crypto_shorthash((uint8_t *)&hash, (const uint8_t *)&pair, sizeof pair, nothing_secret);
  sum->pairs++;
  sum->total += hash;
}

bool mentions_check(struct db *db, GError **error) {
  int64_t head = ledger_head(db, error);
  struct sum tables = { 0 }, runs = { 0 };
  if (head < 0) return false;
  for (int64_t number = 0; number < head / BLOCK; number++) {
    g_autoptr(GArray) pairs = block_of(db, number, error);
    if (!pairs) return false;
    for (guint i = 0; i < pairs->len; i++) sum_pair(g_array_index(pairs, struct pair, i), &tables);
  }
  if (!runs_visit(db, head / BLOCK, sum_pair, &runs, error)) return false;
  return (tables.pairs == runs.pairs && tables.total == runs.total) ||
    fail(error, MENO_ERROR_CORRUPT, "the index of what events mention is not what the tables say: stop the server and run `meno replay --rebuild`");
}
