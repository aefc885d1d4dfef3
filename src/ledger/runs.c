/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run stands in parts of a few hundred pairs, each a row that fills a page of SQLite's. A part begins with a pair in clear; of each
 * that follows stands how far its key is from the one before, and its event: from the one before where the key is the same, from the
 * part's first where not. Six bytes a pair, mostly. */
#include "ledger/runs.h"
#include "base/packed.h"
#include <string.h>

#define BASE 4
#define LEVELS 16 /* digits: for a trillion events in blocks of a thousand */
#define PART_BYTES 1950 /* with the row's other columns and the page's own bytes: 2,048 */
#define MOST (INT64_MAX / 4) /* of a key or a seq; beyond it the bytes are damaged */

int pair_order(const void *a, const void *b) {
  const struct pair *x = a, *y = b;
  return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->seq > y->seq) - (x->seq < y->seq);
}

/* ---- which runs there are --------------------------------------------------------------------------------------- */

/* Of `blocks` blocks: for each digit of their number in base BASE, the lowest first, the run it stands for; 0 where it is zero. */
static int runs_of(int64_t blocks, int64_t runs[LEVELS]) {
  int levels = 0;
  for (int64_t unit = 1; unit <= blocks; unit *= BASE, levels++) {
    int64_t digit = blocks / unit % BASE, first = blocks / unit / BASE * unit * BASE;
    runs[levels] = digit ? first << 8 | levels << 4 | digit : 0;
  }
  return levels;
}

/* ---- parts ------------------------------------------------------------------------------------------------------ */

struct runs_part { struct packed bytes; int64_t base; struct pair at; };

static const char *const unreadable = "a part of the index of what events mention cannot be read: stop the server and run `meno replay --rebuild`";

static bool begin(struct runs_part *part, struct pair first, const void *data, size_t length) {
  *part = (struct runs_part){ { data, (const guint8 *)data + length, false }, first.seq, first };
  return first.key >= 0 && first.key <= MOST && first.seq >= 0 && first.seq <= MOST;
}

/* The next pair, into `part->at`: 1/0, -1 where the bytes are none. */
static int next(struct runs_part *part) {
  if (part->bytes.at == part->bytes.end) return 0;
  uint64_t gap = packed_take(&part->bytes), rest = packed_take(&part->bytes);
  int64_t step = gap ? packed_unfold(rest) : (int64_t)rest;
  if (part->bytes.bad || gap > MOST || step > MOST || step < (gap ? -MOST : 1)) return -1;
  part->at = (struct pair){ part->at.key + (int64_t)gap, (gap ? part->base : part->at.seq) + step };
  return part->at.key <= MOST && part->at.seq >= 0 && part->at.seq <= MOST ? 1 : -1;
}

bool runs_read(struct pair first, const void *data, size_t length, void (*visit)(struct pair pair, void *data), void *visit_data) {
  struct runs_part part;
  int got = begin(&part, first, data, length);
  if (!got) return false;
  do visit(part.at, visit_data);
  while ((got = next(&part)) == 1);
  return got == 0;
}

/* The part that a query has found; its bytes are the query's, or go into `copy`. */
static bool begin_found(struct runs_part *part, struct query *query, GByteArray *copy, GError **error) {
  size_t length;
  const void *data = query_blob(query, 2, &length);
  if (copy) {
    g_byte_array_set_size(copy, 0);
    g_byte_array_append(copy, data, (guint)length);
    data = copy->data;
  }
  return begin(part, (struct pair){ query_integer(query, 0), query_integer(query, 1) }, data, length) || fail(error, MENO_ERROR_CORRUPT, "%s", unreadable);
}

/* ---- merging ---------------------------------------------------------------------------------------------------- */

/* A run's pairs one after the other, a part at a time; or those of a list. */
struct cursor { struct db *db /* NULL: a list's */; int64_t run; struct runs_part part; GByteArray *bytes; bool begun; const struct pair *list, *end; };

/* The next into `cursor->part.at`: 1/0/-1 */
static int cursor_next(struct cursor *cursor, GError **error) {
  if (!cursor->db) {
    if (cursor->list == cursor->end) return 0;
    cursor->part.at = *cursor->list++;
    return 1;
  }
  int got = cursor->begun ? next(&cursor->part) : 0;
  if (got < 0) fail(error, MENO_ERROR_CORRUPT, "%s", unreadable);
  if (got) return got;
  struct pair last = cursor->begun ? cursor->part.at : (struct pair){ -1, -1 };
  g_autoptr(query_auto) query = db_query(cursor->db, error, "ledger.run_part_behind", "iii", cursor->run, last.key, last.seq);
  if ((got = query_next(query, error)) == 1 && !begin_found(&cursor->part, query, cursor->bytes, error)) return -1;
  cursor->begun = true;
  return got;
}

struct writing { struct db *db; int64_t run; struct pair first, last; GByteArray *bytes; bool begun; };

static bool end_part(struct writing *part, GError **error) {
  if (!part->begun) return true;
  part->begun = false;
  bool fine = db_run(part->db, error, "ledger.put_run_part", "iiib", part->run, part->first.key, part->first.seq, part->bytes->data ? (const void *)part->bytes->data : "", (size_t)part->bytes->len) >= 0;
  g_byte_array_set_size(part->bytes, 0);
  return fine;
}

static bool put_pair(struct writing *part, struct pair pair, GError **error) {
  if (part->begun) {
    int64_t gap = pair.key - part->last.key;
    packed_put(part->bytes, (uint64_t)gap);
    packed_put(part->bytes, gap ? packed_fold(pair.seq - part->first.seq) : (uint64_t)(pair.seq - part->last.seq));
  } else part->first = pair;
  part->begun = true;
  part->last = pair;
  return part->bytes->len < PART_BYTES - 2 * 10 || end_part(part, error);
}

/* All pairs of the cursors into the run, in order. */
static bool merge(struct db *db, int64_t run, struct cursor *cursors, int count, GError **error) {
  int got[LEVELS + 1], least = 0;
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new(PART_BYTES);
  struct writing part = { .db = db, .run = run, .bytes = bytes };
  for (int i = 0; i < count; i++)
    if ((got[i] = cursor_next(&cursors[i], error)) < 0) return false;
  while (least >= 0) {
    least = -1;
    for (int i = 0; i < count; i++)
      if (got[i] && (least < 0 || pair_order(&cursors[i].part.at, &cursors[least].part.at) < 0)) least = i;
    if (least >= 0 && (!put_pair(&part, cursors[least].part.at, error) || (got[least] = cursor_next(&cursors[least], error)) < 0)) return false;
  }
  return end_part(&part, error);
}

bool runs_add(struct db *db, int64_t blocks, const struct pair *pairs, size_t count, GError **error) {
  int64_t before[LEVELS] = { 0 }, after[LEVELS] = { 0 };
  struct cursor cursors[LEVELS + 1] = { { .list = pairs, .end = pairs + count } };
  int levels = runs_of(blocks, before), many = 1, grown = 0;
  runs_of(blocks + 1, after);
  while (!after[grown]) grown++; /* digits that carry */
  for (int level = 0; level <= grown && level < levels; level++)
    if (before[level]) cursors[many++] = (struct cursor){ .db = db, .run = before[level], .bytes = g_byte_array_new() };
  bool fine = merge(db, after[grown], cursors, many, error);
  for (int i = 1; i < many; i++) {
    fine = fine && db_run(db, error, "ledger.drop_run", "i", cursors[i].run) >= 0;
    g_byte_array_unref(cursors[i].bytes);
  }
  return fine;
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

struct range { int64_t low, high, from, to; };

/* Of the run's last part that begins at or before a pair, what is in the range; its first pair. 1, 0 there is none, -1 */
static int look_into(struct db *db, int64_t run, struct pair before, const struct range *range, GArray *found, struct pair *ret_first, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "ledger.run_part_before", "iii", run, before.key, before.seq);
  struct runs_part part;
  int got = query_next(query, error);
  if (got < 1) return got;
  if (!begin_found(&part, query, NULL, error)) return -1;
  *ret_first = part.at;
  do {
    if (part.at.key > range->high) break;
    if (part.at.key >= range->low && part.at.seq >= range->from && part.at.seq <= range->to) g_array_append_val(found, part.at);
  } while ((got = next(&part)) == 1);
  return got < 0 ? fail(error, MENO_ERROR_CORRUPT, "%s", unreadable), -1 : 1;
}

/* One key's, part by part, the newest first. */
static bool find_key(struct db *db, int64_t run, struct range range, int64_t most, GArray *found, GError **error) {
  for (struct pair first; most > 0; range.to = first.seq - 1) {
    guint before = found->len;
    int got = look_into(db, run, (struct pair){ range.high, range.to }, &range, found, &first, error);
    if (got < 1) return got == 0;
    if (found->len - before > most) g_array_remove_range(found, before, found->len - before - (guint)most);
    most -= found->len - before;
    if (first.key < range.low || first.seq <= range.from) break;
  }
  return true;
}

static bool find_in(struct db *db, int64_t run, const struct range *range, int64_t most, GArray *found, GError **error) {
  struct pair first;
  guint before = found->len;
  if (range->low == range->high) return find_key(db, run, *range, most, found, error);
  int got = look_into(db, run, (struct pair){ range->high, INT64_MAX }, range, found, &first, error);
  if (got < 1 || first.key < range->low) return got >= 0; /* one part had them all */
  g_array_set_size(found, before);
  for (int64_t key = range->low; key <= range->high; key++)
    if (!find_key(db, run, (struct range){ key, key, range->from, range->to }, most, found, error)) return false;
  return true;
}

bool runs_find(struct db *db, int64_t blocks, int64_t low, int64_t high, int64_t from, int64_t to, int64_t most, GArray *found, GError **error) {
  struct range range = { low, high, from, to };
  int64_t runs[LEVELS];
  int levels = runs_of(blocks, runs);
  for (int level = 0; level < levels; level++)
    if (runs[level] && !find_in(db, runs[level], &range, most, found, error)) return false;
  return true;
}

bool runs_visit(struct db *db, int64_t blocks, void (*visit)(struct pair pair, void *data), void *data, GError **error) {
  int64_t runs[LEVELS], parts = 0, all = 0;
  int levels = runs_of(blocks, runs);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  for (int level = 0; level < levels; level++) {
    struct cursor cursor = { .db = db, .run = runs[level], .bytes = bytes };
    struct pair last = { -1, -1 };
    int got = 0;
    while (runs[level] && (got = cursor_next(&cursor, error)) == 1) {
      if (pair_order(&last, &cursor.part.at) >= 0) return fail(error, MENO_ERROR_CORRUPT, "%s", unreadable);
      last = cursor.part.at;
      parts += cursor.part.bytes.at == bytes->data;
      visit(last, data);
    }
    if (got < 0) return false;
  }
  if (db_one(db, &all, error, "ledger.run_parts", "") < 0) return false;
  return parts == all || fail(error, MENO_ERROR_CORRUPT, "the index of what events mention has parts that belong to no run: stop the server and run `meno replay --rebuild`");
}
