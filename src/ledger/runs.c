/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run stands in parts of a few hundred pairs, each a row that fills a page of SQLite's. A part is two columns, keys and events, of numbers
 * as wide as the largest of them needs beside the least; so a pair is found by halving. Seven bytes a pair, mostly.
 *
 *   bytes 0-1 how many pairs, 2 width of a key, 3 of an event, 4-11 the least event; then the keys, less the first one's, then the events,
 *   less the least. All numbers with their low byte first. */
#include "ledger/runs.h"
#include <string.h>

#define BASE 4
#define LEVELS 16 /* digits: for a trillion events in blocks of a thousand */
#define HEAD 12
#define PART_BYTES 1950 /* with the row's other columns and the page's own bytes: 2,048 */
#define PAIRS_MOST (PART_BYTES - HEAD)
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

struct runs_part { const guint8 *keys, *seqs; int key_width, seq_width, count; int64_t key, seq; /* the least */ };

static const char *const unreadable = "a part of the index of what events mention cannot be read: stop the server and run `meno replay --rebuild`";

static uint64_t get(const guint8 *bytes, int width) {
  uint64_t number = 0;
  while (width--) number = number << 8 | bytes[width];
  return number;
}

static void put(guint8 **at, uint64_t number, int width) {
  for (; width--; number >>= 8) *(*at)++ = (guint8)number;
}

static int width_of(uint64_t number) { return number ? (64 - __builtin_clzll(number) + 7) / 8 : 0; }

static bool open_part(struct runs_part *part, int64_t key, const guint8 *data, size_t length) {
  *part = (struct runs_part){ .key = key };
  if (length < HEAD) return false;
  part->count = (int)get(data, 2);
  part->key_width = data[2];
  part->seq_width = data[3];
  part->seq = (int64_t)get(data + 4, 8);
  part->keys = data + HEAD;
  part->seqs = part->keys + (size_t)part->count * (size_t)part->key_width;
  return key >= 0 && key <= MOST && part->seq >= 0 && part->seq <= MOST && part->count > 0 && part->key_width < 8 && part->seq_width < 8 &&
    length == HEAD + (size_t)part->count * (size_t)(part->key_width + part->seq_width);
}

static struct pair pair_of(const struct runs_part *part, int i) {
  return (struct pair){ part->key + (int64_t)get(part->keys + (size_t)i * (size_t)part->key_width, part->key_width), part->seq + (int64_t)get(part->seqs + (size_t)i * (size_t)part->seq_width, part->seq_width) };
}

/* How many of its pairs are not behind this one. */
static int pairs_upto(const struct runs_part *part, struct pair last) {
  int from = 0, to = part->count;
  while (from < to) {
    int middle = from + (to - from) / 2;
    struct pair pair = pair_of(part, middle);
    if (pair_order(&pair, &last) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

bool runs_read(int64_t key, const void *data, size_t length, void (*visit)(struct pair pair, void *data), void *visit_data) {
  struct runs_part part;
  bool fine = open_part(&part, key, data, length);
  for (int i = 0; fine && i < part.count; i++) visit(pair_of(&part, i), visit_data);
  return fine;
}

/* The part that a query has found; its bytes are the query's, or go into `copy`. */
static bool open_found(struct runs_part *part, struct query *query, GByteArray *copy, GError **error) {
  size_t length;
  const void *data = query_blob(query, 1, &length);
  if (copy) {
    g_byte_array_set_size(copy, 0);
    g_byte_array_append(copy, data, (guint)length);
    data = copy->data;
  }
  return open_part(part, query_integer(query, 0), data, length) || fail(error, MENO_ERROR_CORRUPT, "%s", unreadable);
}

/* Pairs on their way into a part. */
struct writing { struct db *db; int64_t run, least, most; int count; struct pair pairs[PAIRS_MOST]; };

static bool end_part(struct writing *part, GError **error) {
  guint8 bytes[PART_BYTES], *at = bytes;
  struct pair first = part->pairs[0], last = part->pairs[MAX(part->count, 1) - 1];
  int key_width = width_of((uint64_t)(last.key - first.key)), seq_width = width_of((uint64_t)(part->most - part->least));
  if (!part->count) return true;
  put(&at, (uint64_t)part->count, 2);
  put(&at, (uint64_t)key_width, 1);
  put(&at, (uint64_t)seq_width, 1);
  put(&at, (uint64_t)part->least, 8);
  for (int i = 0; i < part->count; i++) put(&at, (uint64_t)(part->pairs[i].key - first.key), key_width);
  for (int i = 0; i < part->count; i++) put(&at, (uint64_t)(part->pairs[i].seq - part->least), seq_width);
  part->count = 0;
  return db_run(part->db, error, "ledger.put_run_part", "iiib", part->run, first.key, first.seq, bytes, (size_t)(at - bytes)) >= 0;
}

static bool put_pair(struct writing *part, struct pair pair, GError **error) {
  int64_t least = part->count ? MIN(part->least, pair.seq) : pair.seq, most = part->count ? MAX(part->most, pair.seq) : pair.seq;
  int64_t key = part->count ? part->pairs[0].key : pair.key;
  int width = width_of((uint64_t)(pair.key - key)) + width_of((uint64_t)(most - least));
  if (part->count && (part->count == PAIRS_MOST || (part->count + 1) * width > PART_BYTES - HEAD)) {
    if (!end_part(part, error)) return false;
    least = most = pair.seq;
  }
  part->least = least;
  part->most = most;
  part->pairs[part->count++] = pair;
  return true;
}

/* ---- merging ---------------------------------------------------------------------------------------------------- */

/* A run's pairs one after the other, a part at a time; or those of a list. */
struct cursor { struct db *db /* NULL: a list's */; int64_t run; struct runs_part part; int next; GByteArray *bytes; const struct pair *list, *end; struct pair at; };

/* The next into `cursor->at`: 1/0/-1 */
static int cursor_next(struct cursor *cursor, GError **error) {
  if (!cursor->db) {
    if (cursor->list == cursor->end) return 0;
    cursor->at = *cursor->list++;
    return 1;
  }
  if (cursor->next == cursor->part.count) {
    struct pair last = cursor->next ? cursor->at : (struct pair){ -1, -1 };
    g_autoptr(query_auto) query = db_query(cursor->db, error, "ledger.run_part_behind", "iii", cursor->run, last.key, last.seq);
    int got = query_next(query, error);
    if (got < 1) return got;
    if (!open_found(&cursor->part, query, cursor->bytes, error)) return -1;
    cursor->next = 0;
  }
  struct pair before = cursor->at;
  cursor->at = pair_of(&cursor->part, cursor->next++);
  return pair_order(&before, &cursor->at) < 0 ? 1 : (fail(error, MENO_ERROR_CORRUPT, "%s", unreadable), -1);
}

/* All pairs of the cursors into the run, in order. */
static bool merge(struct db *db, int64_t run, struct cursor *cursors, int count, GError **error) {
  int got[LEVELS + 1], least = 0;
  struct writing part = { .db = db, .run = run };
  for (int i = 0; i < count; i++)
    if ((got[i] = cursor_next(&cursors[i], error)) < 0) return false;
  while (least >= 0) {
    least = -1;
    for (int i = 0; i < count; i++)
      if (got[i] && (least < 0 || pair_order(&cursors[i].at, &cursors[least].at) < 0)) least = i;
    if (least >= 0 && (!put_pair(&part, cursors[least].at, error) || (got[least] = cursor_next(&cursors[least], error)) < 0)) return false;
  }
  return end_part(&part, error);
}

static struct cursor cursor_of(struct db *db, int64_t run, GByteArray *bytes) { return (struct cursor){ .db = db, .run = run, .bytes = bytes, .at = { -1, -1 } }; }

bool runs_add(struct db *db, int64_t blocks, const struct pair *pairs, size_t count, GError **error) {
  int64_t before[LEVELS] = { 0 }, after[LEVELS] = { 0 };
  struct cursor cursors[LEVELS + 1] = { { .list = pairs, .end = pairs + count } };
  int levels = runs_of(blocks, before), many = 1, grown = 0;
  runs_of(blocks + 1, after);
  while (!after[grown]) grown++; /* digits that carry */
  for (int level = 0; level <= grown && level < levels; level++)
    if (before[level]) cursors[many++] = cursor_of(db, before[level], g_byte_array_new());
  bool fine = merge(db, after[grown], cursors, many, error);
  for (int i = 1; i < many; i++) {
    fine = fine && db_run(db, error, "ledger.drop_run", "i", cursors[i].run) >= 0;
    g_byte_array_unref(cursors[i].bytes);
  }
  return fine;
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

struct range { int64_t low, high, from, to; };

/* Of the run's last part that begins at or before a pair, what is in the range, the newest `most` where it is one key's; its first
 * pair. 1, 0 there is none, -1 */
static int look_into(struct db *db, int64_t run, struct pair last, const struct range *range, int64_t most, GArray *found, struct pair *ret_first, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "ledger.run_part_before", "iii", run, last.key, last.seq);
  struct runs_part part;
  int got = query_next(query, error);
  if (got < 1) return got;
  if (!open_found(&part, query, NULL, error)) return -1;
  *ret_first = pair_of(&part, 0);
  for (int i = pairs_upto(&part, last); i-- > 0 && most > 0;) {
    struct pair pair = pair_of(&part, i);
    if (pair.key < range->low || (range->low == range->high && pair.seq < range->from)) break;
    if (pair.seq < range->from || pair.seq > range->to) continue;
    g_array_append_val(found, pair);
    most--;
  }
  return 1;
}

/* One key's, part by part, the newest first. */
static bool find_key(struct db *db, int64_t run, struct range range, int64_t most, GArray *found, GError **error) {
  for (struct pair first; most > 0; range.to = first.seq - 1) {
    guint before = found->len;
    int got = look_into(db, run, (struct pair){ range.high, range.to }, &range, most, found, &first, error);
    if (got < 1) return got == 0;
    most -= found->len - before;
    if (first.key < range.low || first.seq <= range.from) break;
  }
  return true;
}

static bool find_in(struct db *db, int64_t run, const struct range *range, int64_t most, GArray *found, GError **error) {
  struct pair first;
  guint before = found->len;
  if (range->low == range->high) return find_key(db, run, *range, most, found, error);
  int got = look_into(db, run, (struct pair){ range->high, INT64_MAX }, range, INT64_MAX, found, &first, error);
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
    struct cursor cursor = cursor_of(db, runs[level], bytes);
    int got = 0;
    while (runs[level] && (got = cursor_next(&cursor, error)) == 1) {
      parts += cursor.next == 1;
      visit(cursor.at, data);
    }
    if (got < 0) return false;
  }
  if (db_one(db, &all, error, "ledger.run_parts", "") < 0) return false;
  return parts == all || fail(error, MENO_ERROR_CORRUPT, "the index of what events mention has parts that belong to no run: stop the server and run `meno replay --rebuild`");
}
