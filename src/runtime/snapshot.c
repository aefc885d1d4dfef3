/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One cached view. Loading holds the lock, so that ten requests that arrive together after an import load once; requests
 * that hold the older view keep it. */
#include "runtime/snapshot.h"

struct snapshots { struct store *store; struct seal *seal; GMutex lock; struct view *newest; };

struct snapshots *snapshots_new(struct store *store, struct seal *seal) {
  struct snapshots *snapshots = g_new0(struct snapshots, 1);
  snapshots->store = store;
  snapshots->seal = seal;
  g_mutex_init(&snapshots->lock);
  return snapshots;
}

void view_release(struct view *view) {
  if (!view || !g_atomic_ref_count_dec(&view->references)) return;
  levels_free(view->levels);
  company_unref(view->company);
  g_free(view);
}

void snapshots_free(struct snapshots *snapshots) {
  if (!snapshots) return;
  view_release(snapshots->newest);
  g_mutex_clear(&snapshots->lock);
  g_free(snapshots);
}

static struct view *view_load(struct db *db, struct seal *seal, int32_t day, GError **error) {
  struct company *company = company_load(db, seal, day, error);
  if (!company) return NULL;
  struct view *view = g_new0(struct view, 1);
  g_atomic_ref_count_init(&view->references);
  view->company = company;
  view->levels = levels_new(company, day);
  view->day = day;
  return view;
}

static struct view *take_locked(struct snapshots *snapshots, int32_t day, GError **error) {
  g_autoptr(db_auto) db = store_read(snapshots->store, error);
  int64_t version = db ? company_version(db, error) : -1;
  if (version < 0) return NULL;
  struct view *newest = snapshots->newest;
  if (!newest || newest->company->version != version || newest->day != day) {
    struct view *loaded = view_load(db, snapshots->seal, day, error);
    if (!loaded) return NULL;
    view_release(newest);
    newest = snapshots->newest = loaded;
  }
  g_atomic_ref_count_inc(&newest->references);
  return newest;
}

struct view *snapshots_take(struct snapshots *snapshots, int32_t day, GError **error) {
  g_mutex_lock(&snapshots->lock);
  struct view *view = take_locked(snapshots, day, error);
  g_mutex_unlock(&snapshots->lock);
  return view;
}
