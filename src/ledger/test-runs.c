/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorted runs against a plain list of the same pairs: after each of some hundred blocks everything is found, by any range, and nothing
 * else; which runs there are; and parts that are damaged. */
#include "ledger/runs.h"
#include <sodium.h>
#include <string.h>

#define BLOCKS 300
#define PAIRS 40 /* of a block, some of them one key's */

static struct store *store;
static struct db *db;
static GArray *all;   /* of struct pair */
static int64_t blocks;

static void setup(void) {
  g_autoptr(GError) error = NULL;
  store = store_open_memory(&error);
  g_assert_no_error(error);
  db = store_write(store, &error);
  all = g_array_new(FALSE, FALSE, sizeof(struct pair));
  blocks = 0;
}

static void teardown(void) {
  db_release(db);
  store_free(store);
  g_array_unref(all);
}

/* A block of pairs: most of keys that stand alone, some of few keys that have hundreds. */
static void add_block(GRand *rand) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));
  for (int i = 0; i < PAIRS; i++) {
    bool often = i % 4 == 0;
    struct pair pair = { often ? g_rand_int_range(rand, 0, 3) : (int64_t)g_rand_int(rand) << 9 | g_rand_int_range(rand, 0, 512), blocks * PAIRS + i };
    if (i % 16 == 15) pair.seq -= g_rand_int_range(rand, 0, (int)MIN(pair.seq + 1, 5 * PAIRS)); /* what an import said late */
    g_array_append_val(pairs, pair);
  }
  g_array_sort(pairs, pair_order);
  g_array_append_vals(all, pairs->data, pairs->len);
  runs_add(db, blocks++, (const struct pair *)(const void *)pairs->data, pairs->len, &error);
  g_assert_no_error(error);
}

/* What a list of everything says, sorted. */
static GArray *expected(int64_t low, int64_t high, int64_t from, int64_t to) {
  GArray *list = g_array_new(FALSE, FALSE, sizeof(struct pair));
  for (guint i = 0; i < all->len; i++) {
    struct pair pair = g_array_index(all, struct pair, i);
    if (pair.key >= low && pair.key <= high && pair.seq >= from && pair.seq <= to) g_array_append_val(list, pair);
  }
  g_array_sort(list, pair_order);
  return list;
}

static void expect(int64_t low, int64_t high, int64_t from, int64_t to) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct pair)), wanted = expected(low, high, from, to);
  runs_find(db, blocks, low, high, from, to, INT64_MAX, found, &error);
  g_assert_no_error(error);
  g_array_sort(found, pair_order);
  g_assert_cmpmem(found->data, found->len * sizeof(struct pair), wanted->data, wanted->len * sizeof(struct pair));
}

static void everything_is_found(void) {
  setup();
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  for (int i = 0; i < BLOCKS; i++) {
    add_block(rand);
    int64_t head = blocks * PAIRS, from = g_rand_int_range(rand, 0, (int)head), lone = g_array_index(all, struct pair, g_rand_int_range(rand, 0, (int)all->len)).key;
    expect(0, 0, 0, INT64_MAX);
    expect(1, 2, 0, INT64_MAX);
    expect(0, 2, from, from + head / 3);
    expect(lone, lone, 0, INT64_MAX);
    expect(lone - 3, lone + 3, 0, from);
    expect(3, 8, 0, INT64_MAX);
    expect(INT64_MAX / 8, INT64_MAX / 8, 0, INT64_MAX);
  }
  teardown();
}

/* Of a key with thousands, the newest come from each run without all being read. */
static void the_newest_are_among_them(void) {
  setup();
  g_autoptr(GError) error = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed(6);
  for (int i = 0; i < BLOCKS; i++) add_block(rand);
  for (int64_t to = 1; to < blocks * PAIRS; to += 997) {
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct pair)), wanted = expected(1, 1, 0, to);
    g_assert_true(runs_find(db, blocks, 1, 1, 0, to, 10, found, &error));
    g_assert_cmpuint(found->len, <=, 10 * 5);
    g_array_sort(found, pair_order);
    for (guint k = 1; k <= MIN(10, wanted->len); k++) {
      struct pair newest = g_array_index(wanted, struct pair, wanted->len - k);
      g_assert_cmpint(g_array_index(found, struct pair, found->len - k).seq, ==, newest.seq);
    }
  }
  teardown();
}

struct count { guint pairs; struct pair last; };
static void count_pair(struct pair pair, void *data) {
  (void)pair;
  ((struct count *)data)->pairs++;
}

/* A walk over all runs sees each pair once; a part too many, one too few and one that is not in order are seen. */
static void damage_is_seen(void) {
  setup();
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int i = 0; i < 77; i++) add_block(rand);
  struct count count = { 0 };
  g_autoptr(GError) error = NULL;
  g_assert_true(runs_visit(db, blocks, count_pair, &count, &error));
  g_assert_cmpuint(count.pairs, ==, all->len);
  g_assert_cmpint(db_run(db, NULL, "ledger.put_run_part", "iiib", (int64_t)1 << 40, (int64_t)1, (int64_t)1, "", (size_t)0), >=, 0);
  g_assert_false(runs_visit(db, blocks, count_pair, &count, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
  g_clear_error(&error);
  g_assert_cmpint(db_run(db, NULL, "ledger.drop_run", "i", (int64_t)1 << 40), >=, 0);
  g_assert_true(runs_visit(db, blocks, count_pair, &count, &error));
  int64_t run = 76 << 8 | 1; /* of 77 blocks the last, alone */
  g_assert_cmpint(db_change(db, NULL, "ledger.drop_run", "i", run), ==, 1);
  static const char wide[12] = { 1, 0, 9 };
  g_assert_cmpint(db_run(db, NULL, "ledger.put_run_part", "iiib", run, (int64_t)1, (int64_t)1, wide, sizeof wide), >=, 0);
  g_assert_false(runs_visit(db, blocks, count_pair, &count, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
  g_clear_error(&error);
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct pair));
  g_assert_false(runs_find(db, blocks, 1, 1, 0, INT64_MAX, 10, found, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
  teardown();
}

/* Bytes that no writer makes: none is read beyond, and none gives a pair below zero. */
static void check_pair(struct pair pair, void *data) {
  (void)data;
  g_assert_cmpint(pair.key, >=, 0);
  g_assert_cmpint(pair.seq, >=, 0);
}

static void wild_bytes(void) {
  static const struct { int64_t key; const char *bytes; size_t length; bool fine; } rows[] = {
    { 5, "\1\0\0\0\7\0\0\0\0\0\0\0", 12, true } /* 5, 7 */, { 5, "\2\0\1\1\7\0\0\0\0\0\0\0\0\2\0\1", 16, true },
    { 5, "", 0, false }, { 5, "\1\0\0\0\7\0\0\0\0\0\0", 11, false }, { 5, "\0\0\0\0\7\0\0\0\0\0\0\0", 12, false } /* no pair */,
    { 5, "\2\0\1\1\7\0\0\0\0\0\0\0\0\2\0", 15, false }, { -1, "\1\0\0\0\7\0\0\0\0\0\0\0", 12, false }, { INT64_MAX, "\1\0\0\0\7\0\0\0\0\0\0\0", 12, false },
    { 5, "\1\0\0\0\7\0\0\0\0\0\0\x80", 12, false } /* an event below zero */, { 5, "\1\0\10\0\7\0\0\0\0\0\0\0\1\1\1\1\1\1\1\1", 20, false } /* a key of eight bytes */ };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) g_assert_cmpint(runs_read(rows[i].key, rows[i].bytes, rows[i].length, check_pair, NULL), ==, rows[i].fine);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/runs/found", everything_is_found);
  g_test_add_func("/runs/newest", the_newest_are_among_them);
  g_test_add_func("/runs/damage", damage_is_seen);
  g_test_add_func("/runs/bytes", wild_bytes);
  return g_test_run();
}
