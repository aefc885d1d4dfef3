/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keeps SQLite from walking its whole page cache at every commit.
 *
 * At the end of a write SQLite tells its cache to drop the pages behind the end of the database. The cache looks only where it has ever
 * had such a page; but a split of a tree swaps the numbers of two pages by way of the lock page's, which is at 1 GiB and never in use, and
 * from then on the cache looks everywhere: a twelfth of all time while many write. So this stands before the library's own cache,
 * remembers the largest number that a page has kept, and passes on only what there is something to drop for.
 *
 * How it can be wrong: a page left under the lock page's number would stay in the cache. Nobody ever asks for that number. */
#include "store/store-private.h"
#include <sqlite3.h>

#define LOCK_BYTE 0x40000000

struct page_cache { sqlite3_pcache *under; unsigned lock_page, most; };

static sqlite3_pcache_methods2 library;

static struct page_cache *own(sqlite3_pcache *cache) { return (struct page_cache *)cache; }

static void note(sqlite3_pcache *cache, unsigned page) {
  if (page > own(cache)->most && page != own(cache)->lock_page) own(cache)->most = page;
}

static int cache_begin(void *data) { return library.xInit(library.pArg); }
static void cache_end(void *data) { library.xShutdown(library.pArg); }

static sqlite3_pcache *cache_create(int page, int extra, int purgeable) {
  sqlite3_pcache *under = library.xCreate(page, extra, purgeable);
  if (!under) return NULL;
  struct page_cache *cache = g_new0(struct page_cache, 1);
  cache->under = under;
  cache->lock_page = LOCK_BYTE / (unsigned)page + 1;
  return (sqlite3_pcache *)cache;
}

static void cache_destroy(sqlite3_pcache *cache) {
  library.xDestroy(own(cache)->under);
  g_free(cache);
}

static sqlite3_pcache_page *cache_fetch(sqlite3_pcache *cache, unsigned page, int create) {
  note(cache, page);
  return library.xFetch(own(cache)->under, page, create);
}

static void cache_rekey(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned from, unsigned to) {
  note(cache, to);
  library.xRekey(own(cache)->under, page, from, to);
}

static void cache_truncate(sqlite3_pcache *cache, unsigned from) {
  if (from > own(cache)->most) return;
  library.xTruncate(own(cache)->under, from);
  own(cache)->most = from - 1;
}

static void cache_resize(sqlite3_pcache *cache, int pages) { library.xCachesize(own(cache)->under, pages); }
static int cache_count(sqlite3_pcache *cache) { return library.xPagecount(own(cache)->under); }
static void cache_unpin(sqlite3_pcache *cache, sqlite3_pcache_page *page, int discard) { library.xUnpin(own(cache)->under, page, discard); }
static void cache_shrink(sqlite3_pcache *cache) { library.xShrink(own(cache)->under); }

void sqlite_cache_set_up(void) {
  static const sqlite3_pcache_methods2 methods = { .iVersion = 1, .xInit = cache_begin, .xShutdown = cache_end, .xCreate = cache_create, .xCachesize = cache_resize,
    .xPagecount = cache_count, .xFetch = cache_fetch, .xUnpin = cache_unpin, .xRekey = cache_rekey, .xTruncate = cache_truncate, .xDestroy = cache_destroy, .xShrink = cache_shrink };
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &library) == SQLITE_OK && library.xInit) sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}
