/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk that fails as disks do, for tests.
 *
 * Each file has what programs see (`now`), what has surely reached the disk (`kept`), and the writes and truncations between
 * the two (`pending`). An honest sync moves all of them; one that lies moves none. When the power is cut, each pending write is
 * cut into sectors and each sector kept or lost by the seed's throw. They are applied in their order: a cache never brings an
 * older version of a sector after a newer one, so every state that a disk which reorders can leave is one of these. Where a
 * file had grown and the bytes were lost, there are zeros or rubbish. What was made or removed since the folder was synced may
 * be absent or there again; the folder is synced, as SQLite does it on Unix, with the first sync of a new journal or log, and
 * by removals that ask for it.
 *
 * A sync that fails drops what was pending, as Linux does: some of it is on the disk, a second sync does not bring the rest.
 *
 * It promises what SQLite assumes of disks: a write damages no byte beside it.
 *
 * One lock holds all of it, so that threads may write; shared memory (the log's index) dies with the power. */
#include "store/test-disk.h"
#include "store/store-private.h"
#include <sqlite3.h>
#include <string.h>

#define SECTOR 512
#define SHM_LOCKS SQLITE_SHM_NLOCK

struct op { int64_t offset; GBytes *data; /* NULL: cut off at `offset` */ };

struct handle;
struct node {
  char *name;                /* NULL: temporary */
  GByteArray *now, *kept;
  GPtrArray *pending;        /* of struct op */
  bool entered, removed;     /* has its name reached the disk; was it taken away */
  bool syncs_folder;         /* with its first sync: a new journal or log */
  int handles;
  int readers;               /* locks of the file, as SQLite defines them */
  struct handle *reserved, *coming, *exclusive;
  int shm[SHM_LOCKS];        /* locks of the shared memory: how many share it, -1 one has it alone */
  GPtrArray *regions;
  int mappers;               /* who uses it; the next first one finds it new */
};
struct handle { sqlite3_file file; struct node *node; int level; unsigned shared, alone; bool mapped; };

static struct {
  GMutex lock;
  GHashTable *nodes;         /* name → node */
  GPtrArray *ghosts;         /* removed, but the removal may not have reached the disk */
  struct disk_plan plan;
  GRand *chance;
  int64_t count, reads;
  bool dead, lied;
} disk;

/* ---- files ------------------------------------------------------------------------------------------------------ */

static void op_free(void *data) {
  struct op *op = data;
  if (op->data) g_bytes_unref(op->data);
  g_free(op);
}

static struct node *node_new(const char *name) {
  struct node *node = g_new0(struct node, 1);
  node->name = g_strdup(name);
  node->now = g_byte_array_new();
  node->kept = g_byte_array_new();
  node->pending = g_ptr_array_new_with_free_func(op_free);
  node->regions = g_ptr_array_new_with_free_func(g_free);
  return node;
}

static void node_free(void *data) {
  struct node *node = data;
  g_byte_array_unref(node->now);
  g_byte_array_unref(node->kept);
  g_ptr_array_unref(node->pending);
  g_ptr_array_unref(node->regions);
  g_free(node->name);
  g_free(node);
}

/* Makes the file longer; what is in between was never written. */
static void stretch(GByteArray *bytes, int64_t size, bool rubbish) {
  guint before = bytes->len;
  if (size <= before) return;
  g_byte_array_set_size(bytes, (guint)size);
  for (guint i = before; i < bytes->len; i++) bytes->data[i] = rubbish ? (guint8)g_rand_int(disk.chance) : 0;
}

/* Does to `bytes` what of the operation is kept: all of it (1), or each sector with that chance. */
static void apply(GByteArray *bytes, const struct op *op, double share, bool rubbish) {
  if (!op->data) {
    if (op->offset < bytes->len && (share >= 1 || g_rand_double(disk.chance) < share)) g_byte_array_set_size(bytes, (guint)op->offset);
    return;
  }
  gsize length;
  const guint8 *data = g_bytes_get_data(op->data, &length);
  for (gsize done = 0, part; done < length; done += part) {
    int64_t at = op->offset + (int64_t)done;
    part = MIN(length - done, (gsize)(SECTOR - at % SECTOR));
    if (share < 1 && g_rand_double(disk.chance) >= share) continue;
    stretch(bytes, at, rubbish);
    stretch(bytes, at + (int64_t)part, false);
    memcpy(bytes->data + at, data + done, part);
  }
}

static void add_op(struct node *node, int64_t offset, const void *data, int length) {
  struct op *op = g_new0(struct op, 1);
  *op = (struct op){ offset, data ? g_bytes_new(data, (gsize)length) : NULL };
  g_ptr_array_add(node->pending, op);
}

static void settle(struct node *node) {
  for (guint i = 0; i < node->pending->len; i++) apply(node->kept, node->pending->pdata[i], 1, false);
  g_ptr_array_set_size(node->pending, 0);
}

/* What of the pending writes has reached the disk by chance: nothing, everything, all up to one that is torn, or any part. */
static void settle_by_chance(struct node *node) {
  static const double shares[] = { 0, 1, 0.1, 0.5, 0.9 };
  int way = g_rand_int_range(disk.chance, 0, 7);
  bool rubbish = g_rand_boolean(disk.chance);
  guint last = way >= 5 && node->pending->len ? (guint)g_rand_int_range(disk.chance, 0, (gint32)node->pending->len) : node->pending->len;
  for (guint i = 0; i < node->pending->len; i++)
    apply(node->kept, node->pending->pdata[i], way < 5 ? shares[way] : i < last ? 1 : i == last ? 0.5 : 0, rubbish);
  g_ptr_array_set_size(node->pending, 0);
}

static void sync_folder(void) {
  GHashTableIter it;
  struct node *node;
  g_hash_table_iter_init(&it, disk.nodes);
  while (g_hash_table_iter_next(&it, NULL, (void **)&node)) node->entered = true;
  g_ptr_array_set_size(disk.ghosts, 0);
}

/* ---- what goes wrong -------------------------------------------------------------------------------------------- */

static bool within(int64_t from, int64_t to) { return from && disk.count >= from && disk.count <= to; }

/* Counts an operation: SQLITE_OK, or the failure it has. */
static int step(int failure, bool needs_room) {
  if (disk.dead) return failure;
  disk.count++;
  if (disk.plan.cut_at && disk.count >= disk.plan.cut_at) disk.dead = true;
  if (disk.dead) return failure;
  if (!within(disk.plan.fail_from, disk.plan.fail_to) || (disk.plan.full && !needs_room)) return SQLITE_OK;
  return disk.plan.full ? SQLITE_FULL : failure;
}

/* ---- a file's methods ------------------------------------------------------------------------------------------- */

static struct handle *lock_of(sqlite3_file *file) {
  g_mutex_lock(&disk.lock);
  return (struct handle *)file;
}
static int unlock(int code) {
  g_mutex_unlock(&disk.lock);
  return code;
}

static int file_close(sqlite3_file *file) {
  struct handle *handle = lock_of(file);
  struct node *node = handle->node;
  g_assert_cmpint(handle->level, ==, SQLITE_LOCK_NONE);
  if (--node->handles == 0 && !node->name) node_free(node);
  return unlock(SQLITE_OK);
}

static int file_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 offset) {
  struct node *node = lock_of(file)->node;
  if (disk.dead) return unlock(SQLITE_IOERR_READ);
  disk.reads++;
  if (disk.plan.read_from && disk.reads >= disk.plan.read_from && disk.reads <= disk.plan.read_to) return unlock(SQLITE_IOERR_READ);
  int64_t have = CLAMP((int64_t)node->now->len - offset, 0, amount);
  if (have) memcpy(to, node->now->data + offset, (size_t)have);
  memset((char *)to + have, 0, (size_t)(amount - have));
  return unlock(have < amount ? SQLITE_IOERR_SHORT_READ : SQLITE_OK);
}

static int file_write(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset) {
  struct node *node = lock_of(file)->node;
  bool was_dead = disk.dead;
  int code = step(SQLITE_IOERR_WRITE, offset + amount > node->now->len);
  if (was_dead) return unlock(code);
  if (code) amount -= amount / 2; /* some of it was written */
  add_op(node, offset, data, amount);
  apply(node->now, node->pending->pdata[node->pending->len - 1], 1, false);
  return unlock(code);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  struct node *node = lock_of(file)->node;
  int code = step(SQLITE_IOERR_TRUNCATE, false);
  if (code) return unlock(code);
  add_op(node, size, NULL, 0);
  apply(node->now, node->pending->pdata[node->pending->len - 1], 1, false);
  return unlock(SQLITE_OK);
}

static int file_sync(sqlite3_file *file, int flags) {
  struct node *node = lock_of(file)->node;
  int code = step(SQLITE_IOERR_FSYNC, false);
  if (code) {
    if (!disk.dead) settle_by_chance(node);
    return unlock(code);
  }
  if (within(disk.plan.lie_from, disk.plan.lie_to)) {
    disk.lied = true;
    return unlock(SQLITE_OK);
  }
  settle(node);
  if (node->syncs_folder) sync_folder();
  node->syncs_folder = false;
  return unlock(SQLITE_OK);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size) {
  *ret_size = lock_of(file)->node->now->len;
  return unlock(disk.dead ? SQLITE_IOERR_FSTAT : SQLITE_OK);
}

static int file_lock(sqlite3_file *file, int level) {
  struct handle *handle = lock_of(file);
  struct node *node = handle->node;
  if (level <= handle->level) return unlock(SQLITE_OK);
  if ((node->exclusive && node->exclusive != handle) || (node->coming && node->coming != handle)) return unlock(SQLITE_BUSY);
  if (handle->level == SQLITE_LOCK_NONE) node->readers++, handle->level = SQLITE_LOCK_SHARED;
  if (level == SQLITE_LOCK_SHARED) return unlock(SQLITE_OK);
  if (node->reserved && node->reserved != handle) return unlock(SQLITE_BUSY);
  node->reserved = handle;
  handle->level = SQLITE_LOCK_RESERVED;
  if (level == SQLITE_LOCK_RESERVED) return unlock(SQLITE_OK);
  node->coming = handle;
  handle->level = SQLITE_LOCK_PENDING;
  if (node->readers > 1) return unlock(SQLITE_BUSY);
  node->exclusive = handle;
  handle->level = SQLITE_LOCK_EXCLUSIVE;
  return unlock(SQLITE_OK);
}

static int file_unlock(sqlite3_file *file, int level) {
  struct handle *handle = lock_of(file);
  struct node *node = handle->node;
  if (level >= handle->level) return unlock(SQLITE_OK);
  if (node->reserved == handle) node->reserved = NULL;
  if (node->coming == handle) node->coming = NULL;
  if (node->exclusive == handle) node->exclusive = NULL;
  if (level == SQLITE_LOCK_NONE) node->readers--;
  handle->level = level;
  return unlock(SQLITE_OK);
}

static int file_reserved(sqlite3_file *file, int *ret_reserved) {
  *ret_reserved = lock_of(file)->node->reserved != NULL;
  return unlock(SQLITE_OK);
}

static int file_control(sqlite3_file *file, int request, void *data) { return SQLITE_NOTFOUND; }
static int file_sector(sqlite3_file *file) { return 4096; } /* as SQLite has it of every disk */
static int file_character(sqlite3_file *file) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret_region) {
  struct handle *handle = lock_of(file);
  GPtrArray *regions = handle->node->regions;
  if (!handle->mapped) handle->node->mappers++, handle->mapped = true;
  *ret_region = NULL;
  while (extend && region >= (int)regions->len) g_ptr_array_add(regions, g_malloc0((gsize)size));
  if (region < (int)regions->len) *ret_region = regions->pdata[region];
  return unlock(SQLITE_OK);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  struct handle *handle = lock_of(file);
  int *locks = handle->node->shm;
  for (int i = offset; i < offset + count; i++) {
    unsigned mine = 1u << i;
    if (!(flags & SQLITE_SHM_LOCK)) continue;
    bool has = flags & SQLITE_SHM_SHARED ? handle->shared & mine : handle->alone & mine;
    if (!has && (flags & SQLITE_SHM_SHARED ? locks[i] < 0 : locks[i] != 0)) return unlock(SQLITE_BUSY);
  }
  for (int i = offset; i < offset + count; i++) {
    unsigned mine = 1u << i, *held = flags & SQLITE_SHM_SHARED ? &handle->shared : &handle->alone;
    int one = flags & SQLITE_SHM_SHARED ? 1 : -1;
    if (!!(*held & mine) == !!(flags & SQLITE_SHM_LOCK)) continue;
    *held ^= mine;
    locks[i] += flags & SQLITE_SHM_LOCK ? one : -one;
  }
  return unlock(SQLITE_OK);
}

static void shm_barrier(sqlite3_file *file) {
  g_mutex_lock(&disk.lock);
  g_mutex_unlock(&disk.lock);
}

static int shm_unmap(sqlite3_file *file, int remove) {
  struct handle *handle = lock_of(file);
  for (int i = 0; i < SHM_LOCKS; i++) {
    if (handle->shared & 1u << i) handle->node->shm[i]--;
    if (handle->alone & 1u << i) handle->node->shm[i] = 0;
  }
  handle->shared = handle->alone = 0;
  if (handle->mapped && --handle->node->mappers == 0) g_ptr_array_set_size(handle->node->regions, 0);
  handle->mapped = false;
  return unlock(SQLITE_OK);
}

static const sqlite3_io_methods methods = { .iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
  .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock, .xCheckReservedLock = file_reserved, .xFileControl = file_control,
  .xSectorSize = file_sector, .xDeviceCharacteristics = file_character, .xShmMap = shm_map, .xShmLock = shm_lock, .xShmBarrier = shm_barrier, .xShmUnmap = shm_unmap };

/* ---- the folder's methods --------------------------------------------------------------------------------------- */

static int disk_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags) {
  struct handle *handle = lock_of(file);
  *handle = (struct handle){ 0 };
  if (disk.dead) return unlock(SQLITE_CANTOPEN);
  struct node *node = name ? g_hash_table_lookup(disk.nodes, name) : NULL;
  if (!node && name && !(flags & SQLITE_OPEN_CREATE)) return unlock(SQLITE_CANTOPEN);
  if (!node) {
    node = node_new(name);
    node->syncs_folder = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL);
    if (name) g_hash_table_insert(disk.nodes, node->name, node);
  }
  node->handles++;
  handle->node = node;
  handle->file.pMethods = &methods;
  if (ret_flags) *ret_flags = flags;
  return unlock(SQLITE_OK);
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  lock_of(NULL);
  struct node *node = g_hash_table_lookup(disk.nodes, name);
  if (!node) return unlock(disk.dead ? SQLITE_IOERR_DELETE : SQLITE_IOERR_DELETE_NOENT);
  int code = step(SQLITE_IOERR_DELETE, false);
  if (code) return unlock(code);
  g_assert_cmpint(node->handles, ==, 0);
  bool lie = within(disk.plan.lie_from, disk.plan.lie_to);
  disk.lied |= lie;
  g_hash_table_steal(disk.nodes, name);
  g_ptr_array_add(disk.ghosts, node);
  if (sync && !lie) sync_folder();
  return unlock(SQLITE_OK);
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_there) {
  lock_of(NULL);
  *ret_there = g_hash_table_contains(disk.nodes, name);
  return unlock(disk.dead ? SQLITE_IOERR_ACCESS : SQLITE_OK);
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int room, char *ret_path) {
  return g_strlcpy(ret_path, name, (gsize)room) < (gsize)room ? SQLITE_OK : SQLITE_CANTOPEN;
}
static int disk_random(sqlite3_vfs *vfs, int count, char *ret_bytes) {
  lock_of(NULL);
  for (int i = 0; i < count; i++) ret_bytes[i] = (char)g_rand_int(disk.chance);
  return unlock(count);
}
static int disk_pause(sqlite3_vfs *vfs, int microseconds) { /* of whoever finds it locked: others may go on */
  g_thread_yield();
  return microseconds;
}
static int disk_time(sqlite3_vfs *vfs, double *ret_days) {
  *ret_days = 2460000.5;
  return SQLITE_OK;
}
static int disk_error(sqlite3_vfs *vfs, int room, char *ret_words) { return 0; }

void disk_mount(void) {
  static sqlite3_vfs vfs = { .iVersion = 1, .szOsFile = sizeof(struct handle), .mxPathname = 512, .zName = "disk", .xOpen = disk_open, .xDelete = disk_delete,
    .xAccess = disk_access, .xFullPathname = disk_path, .xRandomness = disk_random, .xSleep = disk_pause, .xCurrentTime = disk_time, .xGetLastError = disk_error };
  disk.nodes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, node_free);
  disk.ghosts = g_ptr_array_new_with_free_func(node_free);
  disk.chance = g_rand_new_with_seed(0);
  g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
}

/* ---- what tests do ---------------------------------------------------------------------------------------------- */

static void nothing_is_open(void) {
  GHashTableIter it;
  struct node *node;
  g_hash_table_iter_init(&it, disk.nodes);
  while (g_hash_table_iter_next(&it, NULL, (void **)&node)) g_assert_cmpint(node->handles, ==, 0);
}

void disk_load(GHashTable *files) {
  nothing_is_open();
  g_hash_table_remove_all(disk.nodes);
  g_ptr_array_set_size(disk.ghosts, 0);
  GHashTableIter it;
  void *name, *bytes;
  if (files) g_hash_table_iter_init(&it, files);
  while (files && g_hash_table_iter_next(&it, &name, &bytes)) {
    struct node *node = node_new(name);
    gsize length;
    const void *data = g_bytes_get_data(bytes, &length);
    g_byte_array_append(node->now, data, (guint)length);
    g_byte_array_append(node->kept, data, (guint)length);
    node->entered = true;
    g_hash_table_insert(disk.nodes, node->name, node);
  }
}

GHashTable *disk_save(void) {
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  GHashTableIter it;
  struct node *node;
  g_hash_table_iter_init(&it, disk.nodes);
  while (g_hash_table_iter_next(&it, NULL, (void **)&node)) g_hash_table_insert(files, g_strdup(node->name), g_bytes_new(node->now->data, node->now->len));
  return files;
}

void disk_begin(const struct disk_plan *plan) {
  g_mutex_lock(&disk.lock);
  disk.plan = plan ? *plan : (struct disk_plan){ 0 };
  if (plan) g_rand_set_seed(disk.chance, plan->seed);
  disk.count = disk.reads = 0;
  disk.dead = disk.lied = false;
  g_mutex_unlock(&disk.lock);
}

int64_t disk_operations(void) {
  g_mutex_lock(&disk.lock);
  int64_t count = disk.count;
  g_mutex_unlock(&disk.lock);
  return count;
}
bool disk_dead(void) {
  g_mutex_lock(&disk.lock);
  bool dead = disk.dead;
  g_mutex_unlock(&disk.lock);
  return dead;
}
bool disk_lied(void) { return disk.lied; }

/* The files in the order of their names: a hash table's order is not the seed's. */
static int by_name(const void *a, const void *b) { return strcmp((*(struct node *const *)a)->name, (*(struct node *const *)b)->name); }

void disk_recover(void) {
  nothing_is_open();
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  GHashTableIter it;
  struct node *node;
  g_hash_table_iter_init(&it, disk.nodes);
  while (g_hash_table_iter_next(&it, NULL, (void **)&node)) g_ptr_array_add(all, node);
  g_ptr_array_sort(all, by_name);
  for (guint i = 0; i < disk.ghosts->len; i++) {
    struct node *ghost = disk.ghosts->pdata[i];
    struct node *newer = g_hash_table_lookup(disk.nodes, ghost->name);
    ghost->removed = !ghost->entered || (newer && newer->entered) || g_rand_boolean(disk.chance);
  }
  for (guint i = 0; i < all->len; i++) {
    node = all->pdata[i];
    settle_by_chance(node);
    bool lost = !node->entered && g_rand_boolean(disk.chance);
    g_byte_array_set_size(node->now, 0);
    g_byte_array_append(node->now, node->kept->data, node->kept->len);
    node->entered = true;
    node->readers = 0;
    node->reserved = node->coming = node->exclusive = NULL;
    memset(node->shm, 0, sizeof node->shm);
    g_ptr_array_set_size(node->regions, 0);
    if (lost) g_hash_table_remove(disk.nodes, node->name);
  }
  for (guint i = disk.ghosts->len; i-- > 0;) {
    struct node *ghost = disk.ghosts->pdata[i];
    if (ghost->removed || g_hash_table_contains(disk.nodes, ghost->name)) continue;
    g_hash_table_insert(disk.nodes, ghost->name, g_ptr_array_steal_index(disk.ghosts, i));
    settle_by_chance(ghost);
    g_byte_array_set_size(ghost->now, 0);
    g_byte_array_append(ghost->now, ghost->kept->data, ghost->kept->len);
  }
  g_ptr_array_set_size(disk.ghosts, 0);
  disk_begin(NULL);
}

int test_writers_waiting(struct store *store) {
  g_mutex_lock(&store->lock);
  int waiting = store->waiting;
  g_mutex_unlock(&store->lock);
  return waiting;
}
