/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket is two numbers: how full it was, and when. It fills with time, a request takes one. Buckets that are full again
 * say nothing and are forgotten when there are too many, so that made-up names cannot take the memory; if all of them are
 * in use, all are forgotten: the limit is there to protect the server, not to be just. */
#include "doors/rest/limiter.h"
#include <math.h>

#define BUCKETS_MOST 10000

struct bucket { double level; int64_t at; };
struct limiter { GMutex lock; GHashTable *buckets; double rate, burst; };

struct limiter *limiter_new(double rate, double burst) {
  struct limiter *limiter = g_new0(struct limiter, 1);
  g_mutex_init(&limiter->lock);
  limiter->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  limiter->rate = rate;
  limiter->burst = burst;
  return limiter;
}

void limiter_free(struct limiter *limiter) {
  if (!limiter) return;
  g_hash_table_destroy(limiter->buckets);
  g_mutex_clear(&limiter->lock);
  g_free(limiter);
}

static double level_at(const struct limiter *limiter, const struct bucket *bucket, int64_t now) {
  double passed = (double)MAX(0, now - bucket->at) / (double)CLOCK_SECOND;
  return MIN(limiter->burst, bucket->level + passed * limiter->rate);
}

static void make_room(struct limiter *limiter, int64_t now) {
  GHashTableIter it;
  void *bucket;
  g_hash_table_iter_init(&it, limiter->buckets);
  while (g_hash_table_iter_next(&it, NULL, &bucket))
    if (level_at(limiter, bucket, now) >= limiter->burst) g_hash_table_iter_remove(&it);
  if (g_hash_table_size(limiter->buckets) >= BUCKETS_MOST) g_hash_table_remove_all(limiter->buckets);
}

int limiter_take(struct limiter *limiter, const char *name, int64_t now) {
  g_mutex_lock(&limiter->lock);
  struct bucket *bucket = g_hash_table_lookup(limiter->buckets, name);
  if (!bucket) {
    if (g_hash_table_size(limiter->buckets) >= BUCKETS_MOST) make_room(limiter, now);
    bucket = g_new(struct bucket, 1);
    *bucket = (struct bucket){ limiter->burst, now };
    g_hash_table_insert(limiter->buckets, g_strdup(name), bucket);
  }
  double level = level_at(limiter, bucket, now);
  int wait = level >= 1 ? 0 : (int)ceil((1 - level) / limiter->rate);
  *bucket = (struct bucket){ wait ? level : level - 1, now };
  g_mutex_unlock(&limiter->lock);
  return wait;
}
