/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a sync that failed has dropped. The system takes the pages for clean then, and the next sync succeeds without them; SQLite believes
 * it in two places: in the end of its log, and in how much of the log has been copied into the database. Both are put right here, by the
 * layout of the log and of its index, which SQLite documents (sqlite.org/walformat.html).
 *
 * How it can be wrong: a process that dies between a copy that failed and the mark that it did, while another lives on. */
#include "store/store-private.h"
#include <sqlite3.h>
#include <string.h>

#define LOG_HEAD 32    /* of the log; its frames follow */
#define FRAME_HEAD 24  /* of each, before its page */
#define LOG_COPIED 96  /* in the index: up to which frame the log has been copied */
#define LOCK_OF_COPYING 1

static sqlite3_file *file_of(sqlite3 *handle) {
  sqlite3_file *file = NULL;
  return sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK ? file : NULL;
}

/* What all who use the log share; NULL: nothing is shared. */
static uint8_t *log_index(sqlite3_file *file) {
  void volatile *index = NULL;
  bool fine = file && file->pMethods->iVersion >= 2 && file->pMethods->xShmMap(file, 0, 32768, 0, &index) == SQLITE_OK;
  return fine ? (uint8_t *)(uintptr_t)index : NULL;
}

/* A sync of the database that failed has dropped what was copied from the log before, and no later one brings it there; SQLite, which
 * makes only the last part of a copy durable, takes it for copied, and would begin the log anew. So all of the log is copied again.
 * Where another process copies just then, it has a sync of its own to fail. */
void sqlite_copy_again(sqlite3 *handle) {
  sqlite3_file *file = file_of(handle);
  uint8_t *index = log_index(file);
  if (!index || file->pMethods->xShmLock(file, LOCK_OF_COPYING, 1, SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) != SQLITE_OK) return;
  g_atomic_int_set((gint *)(void *)(index + LOG_COPIED), 0); /* others read it without the lock */
  file->pMethods->xShmLock(file, LOCK_OF_COPYING, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
}

/* The log as this connection sees it, whose writer's lock keeps it as it is: how many frames are in it, and how large a page is. */
static bool see_log(sqlite3 *handle, uint32_t *ret_frames, int *ret_page) {
  const uint8_t *head = log_index(file_of(handle));
  if (!head) return false;
  uint16_t page;
  memcpy(&page, head + 14, sizeof page);
  memcpy(ret_frames, head + 16, sizeof *ret_frames);
  *ret_page = page == 1 ? 65536 : page;
  return true;
}

/* The first frame of the last transaction: the one before it ends a transaction, so it says how large the database was then. 0: an error. */
static uint32_t last_transaction(sqlite3_file *log, uint32_t frames, int page) {
  uint32_t first = frames;
  for (uint8_t head[FRAME_HEAD]; first > 1; first--) {
    if (log->pMethods->xRead(log, head, sizeof head, LOG_HEAD + (sqlite3_int64)(first - 2) * (page + FRAME_HEAD)) != SQLITE_OK) return 0;
    if (head[4] | head[5] | head[6] | head[7]) break;
  }
  return first;
}

static bool write_again(sqlite3_file *log, sqlite3_int64 from, sqlite3_int64 to, int piece) {
  g_autofree uint8_t *bytes = g_malloc((size_t)piece);
  for (; from < to; from += piece)
    if (log->pMethods->xRead(log, bytes, piece, from) != SQLITE_OK || log->pMethods->xWrite(log, bytes, piece, from) != SQLITE_OK) return false;
  return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

/* Where a sync of the log had failed, its last transaction, told to have failed, may stand in the system's memory and not on the disk,
 * and no later sync would bring it there: the system takes it for clean. A database that is opened finds it and goes on behind it, so
 * that a power cut would end the log before what was acknowledged since. Written again, it is there or the database does not open. */
bool sqlite_settle_log(sqlite3 *handle, GError **error) {
  sqlite3_file *log = NULL;
  uint32_t frames = 0;
  sqlite3_busy_timeout(handle, 0);
  int page = 0, code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  sqlite3_busy_timeout(handle, BUSY_MS);
  if (code == SQLITE_BUSY || code == SQLITE_READONLY) return true; /* whoever writes has done it; nobody will write */
  bool fine = code == SQLITE_OK && sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK;
  if (fine && log && log->pMethods && see_log(handle, &frames, &page) && frames > 0) {
    uint32_t first = last_transaction(log, frames, page);
    int piece = page + FRAME_HEAD;
    fine = first > 0 && write_again(log, LOG_HEAD + (sqlite3_int64)(first - 1) * piece, LOG_HEAD + (sqlite3_int64)frames * piece, piece);
  }
  if (!fine) fail(error, MENO_ERROR_STORE, "opening the database: the end of its log cannot be made durable (check that the disk is there, has room and may be written)");
  sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
  return fine;
}
