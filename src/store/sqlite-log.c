/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How SQLite's write-ahead log reaches the file: a commit's pages in one write instead of two for each.
 *
 * SQLite writes a frame of the log as a head of 24 bytes and a page, one behind the other, and makes a commit's frames durable
 * before it tells anybody of them (synchronous=FULL). So what is appended is gathered, and written when the log is made durable, is
 * read, or the gathered is enough. What is taken back is forgotten: the next frames in its place may be another process's. All other
 * files are the file system's own affair.
 *
 * How it can be wrong: a write that fails is told by the call that caused it to happen, one or more calls later; to SQLite it makes
 * no difference, since both fail the commit. It must not be used with a weaker `synchronous`: then frames would be told of that no
 * other connection can read yet. */
#include "store/store-private.h"
#include <sqlite3.h>
#include <string.h>

#define MOST_GATHERED (1 << 20)
#define MOST_AT_ONCE (31 * 4096) /* SQLite's own file system takes less than 128 KiB */

struct log_file {
  sqlite3_file file;
  sqlite3_file *under;    /* follows in memory */
  uint8_t *gathered;
  sqlite3_int64 at;       /* where the gathered belongs */
  int length;
};

static struct log_file *own(sqlite3_file *file) { return (struct log_file *)file; }

static int write_gathered(struct log_file *log) {
  int length = log->length;
  log->length = 0; /* also where it fails: the commit that it was of is taken back */
  int code = SQLITE_OK;
  for (int done = 0; code == SQLITE_OK && done < length; done += MOST_AT_ONCE)
    code = log->under->pMethods->xWrite(log->under, log->gathered + done, MIN(MOST_AT_ONCE, length - done), log->at + done);
  return code;
}

static int log_close(sqlite3_file *file) {
  g_free(own(file)->gathered); /* of no commit: those were made durable */
  return own(file)->under->pMethods->xClose(own(file)->under);
}

static int log_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 at) {
  struct log_file *log = own(file);
  bool follows = at == log->at + log->length && log->length + length <= MOST_GATHERED;
  int code = follows ? SQLITE_OK : write_gathered(log);
  if (code) return code;
  if (length > MOST_GATHERED) return log->under->pMethods->xWrite(log->under, data, length, at);
  if (!log->gathered) log->gathered = g_malloc(MOST_GATHERED);
  if (log->length == 0) log->at = at;
  memcpy(log->gathered + log->length, data, (size_t)length);
  log->length += length;
  return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *data, int length, sqlite3_int64 at) {
  int code = write_gathered(own(file));
  return code ? code : own(file)->under->pMethods->xRead(own(file)->under, data, length, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int code = write_gathered(own(file));
  return code ? code : own(file)->under->pMethods->xTruncate(own(file)->under, size);
}

static int log_sync(sqlite3_file *file, int flags) {
  int code = write_gathered(own(file));
  return code ? code : own(file)->under->pMethods->xSync(own(file)->under, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size) {
  int code = write_gathered(own(file));
  return code ? code : own(file)->under->pMethods->xFileSize(own(file)->under, size);
}

static int log_lock(sqlite3_file *file, int lock) { return own(file)->under->pMethods->xLock(own(file)->under, lock); }
static int log_unlock(sqlite3_file *file, int lock) { return own(file)->under->pMethods->xUnlock(own(file)->under, lock); }
static int log_locked(sqlite3_file *file, int *locked) { return own(file)->under->pMethods->xCheckReservedLock(own(file)->under, locked); }
static int log_control(sqlite3_file *file, int what, void *argument) { return own(file)->under->pMethods->xFileControl(own(file)->under, what, argument); }
static int log_sector(sqlite3_file *file) { return own(file)->under->pMethods->xSectorSize(own(file)->under); }
static int log_device(sqlite3_file *file) { return own(file)->under->pMethods->xDeviceCharacteristics(own(file)->under); }

static const sqlite3_io_methods log_methods = { .iVersion = 1, .xClose = log_close, .xRead = log_read, .xWrite = log_write, .xTruncate = log_truncate,
  .xSync = log_sync, .xFileSize = log_size, .xLock = log_lock, .xUnlock = log_unlock, .xCheckReservedLock = log_locked, .xFileControl = log_control,
  .xSectorSize = log_sector, .xDeviceCharacteristics = log_device };

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags) {
  sqlite3_vfs *under = vfs->pAppData;
  if (!(flags & SQLITE_OPEN_WAL)) return under->xOpen(under, name, file, flags, ret_flags);
  memset(file, 0, sizeof(struct log_file));
  own(file)->under = (sqlite3_file *)(own(file) + 1);
  int code = under->xOpen(under, name, own(file)->under, flags, ret_flags);
  if (code == SQLITE_OK) file->pMethods = &log_methods;
  return code;
}

void sqlite_log_forget(struct sqlite3 *handle) {
  sqlite3_file *file = NULL;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file && file->pMethods == &log_methods) own(file)->length = 0;
}

const char *sqlite_log_vfs(void) {
  static gsize ready;
  static sqlite3_vfs vfs;
  if (g_once_init_enter(&ready)) {
    sqlite3_vfs *under = sqlite3_vfs_find(NULL);
    vfs = *under;
    vfs.zName = "meno";
    vfs.pAppData = under;
    vfs.szOsFile = (int)sizeof(struct log_file) + under->szOsFile;
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 0);
    g_once_init_leave(&ready, 1);
  }
  return vfs.zName;
}
