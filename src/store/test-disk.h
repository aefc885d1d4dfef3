/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk for tests: an SQLite VFS that keeps its files in memory, counts what is done to them, and fails as disks do. Writes
 * that were not synced when the power is cut are kept in part, torn at sectors; syncs may lie; writes may fail; it may be full. */
#pragma once
#include "store/store.h"

/* What goes wrong, counted in operations (writes, truncations, syncs, removals) from disk_begin; 0: never. */
struct disk_plan {
  uint32_t seed;
  int64_t cut_at;             /* the power fails: nothing works any more */
  int64_t lie_from, lie_to;   /* syncs succeed and do nothing */
  int64_t fail_from, fail_to; /* operations fail */
  bool full;                  /* … only those that need room */
  int64_t read_from, read_to; /* reads fail, counted by themselves */
};

void disk_mount(void);                          /* the default for everything that is opened from now on */
void disk_load(GHashTable *files);              /* name → GBytes, safe on the disk; NULL: an empty disk. Nothing may be open */
GHashTable *disk_save(void);                    /* the files as programs see them */
void disk_begin(const struct disk_plan *plan);  /* NULL: all is well */
int64_t disk_operations(void);
bool disk_dead(void);                           /* has the power been cut? */
bool disk_lied(void);                           /* … or a sync been left out? */
void disk_recover(void);                        /* power comes back: what has survived is there. Nothing may be open */

int test_writers_waiting(struct store *store);  /* to be written together */
