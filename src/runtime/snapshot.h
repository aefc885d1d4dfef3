/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The snapshot that pages and agents share: the company's nouns and everybody's skill levels as of a day, loaded once for
 * each version of the data and kept until a newer one is asked for. */
#pragma once
#include "company/level.h"
#include "company/load.h"

struct view { struct company *company; struct levels *levels; int32_t day; gatomicrefcount references; };
struct snapshots;

struct snapshots *snapshots_new(struct store *store, struct seal *seal); /* borrows both */
void snapshots_free(struct snapshots *snapshots);
/* The newest view as of `day`: the cached one where nothing has changed. Release it with view_release. NULL on error. */
struct view *snapshots_take(struct snapshots *snapshots, int32_t day, GError **error);
void view_release(struct view *view);
typedef struct view view_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(view_auto, view_release)
