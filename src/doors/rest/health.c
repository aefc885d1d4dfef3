/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ready means: the database can be reached and read, its schema is the one that this process began with, the data folder takes
 * a file, and a write transaction comes as far as its commit. That transaction is rolled back, so nothing is left behind.
 *
 * A write waits where another is under way (the end of a large import, say), and a connection may hang for longer than any
 * supervisor is patient. So a thread looks, and whoever asks waits for it a second at most: until it is back, what it said
 * before holds; after HANGS seconds it counts as failed.
 *
 * How it can be wrong: an answer may be a second old; a disk with room for SPARE bytes may be full at the next large write,
 * which is then refused at the door and retried by nobody but its sender. */
#include "doors/rest/health.h"
#include "base/log.h"
#include "base/metrics.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define KEPT G_USEC_PER_SEC
#define PATIENCE G_USEC_PER_SEC
#define HANGS (30 * (int64_t)G_USEC_PER_SEC)
#define SPARE (1 << 20)

struct health {
  struct system *system;
  char *folder;
  GThreadPool *looker;
  GMutex lock;            /* guards what follows */
  GCond seen;
  bool looking, ever;
  int64_t began, ended;   /* monotonic */
  const char *failed;     /* what the last look found; NULL: fine */
  int64_t mark;           /* the schema's, at the first look that could read it; 0: not yet */
  GMutex page;            /* one page of metrics at a time: gauges are unset and set again */
};

/* ---- looking ---------------------------------------------------------------------------------------------------- */

static bool schema_holds(struct health *health, struct db *db, GError **error) {
  int64_t mark = 0;
  if (db_one(db, &mark, error, "upkeep.schema_mark", "") < 0) return false;
  if (!health->mark) health->mark = mark;
  return mark == health->mark || fail(error, MENO_ERROR_STORE, "the database was migrated while this process ran: restart it with the newer Meno");
}

static bool disk_takes(const char *folder, GError **error) {
  if (!folder) return true;
  g_autofree char *path = g_build_filename(folder, ".room-XXXXXX", NULL);
  int file = mkostemp(path, O_CLOEXEC);
  if (file < 0) return fail(error, MENO_ERROR_STORE, "the data folder takes no file: %s", g_strerror(errno));
  unlink(path);
  int problem = posix_fallocate(file, 0, SPARE);
  close(file);
  return problem == 0 || fail(error, MENO_ERROR_STORE, "the data folder has no room for a megabyte: %s", g_strerror(problem));
}

static bool write_begins(struct store *store, GError **error) {
  g_autoptr(db_auto) db = store_write(store, error);
  return db && db_change(db, error, "upkeep.note", "ti", "probe", (int64_t)0) >= 0; /* and is rolled back */
}

static const char *look_at(struct health *health, GError **error) {
  struct store *store = system_store(health->system);
  g_autoptr(db_auto) db = store_read(store, error);
  if (!db || ledger_head(db, error) < 0) return "database";
  if (!schema_holds(health, db, error)) return "schema";
  db_release(g_steal_pointer(&db));
  if (!disk_takes(health->folder, error)) return "disk";
  return write_begins(store, error) ? NULL : "write";
}

static void look(void *ignored, void *data) {
  struct health *health = data;
  g_autoptr(GError) error = NULL;
  const char *failed = look_at(health, &error);
  g_mutex_lock(&health->lock);
  bool changed = failed != health->failed;
  health->failed = failed;
  health->ended = g_get_monotonic_time();
  health->looking = false;
  health->ever = true;
  g_cond_broadcast(&health->seen);
  g_mutex_unlock(&health->lock);
  metric_set(METRIC_READY, !failed, NULL, NULL);
  if (changed && failed) log_write(LOG_FAILURE, "not ready", "check", failed, "why", error->message, NULL);
  else if (changed) log_write(LOG_FACT, "ready again", NULL);
}

const char *health_look(struct health *health) {
  g_mutex_lock(&health->lock);
  int64_t now = g_get_monotonic_time();
  if (!health->looking && (!health->ever || now - health->ended >= KEPT)) {
    health->looking = true;
    health->began = now;
    g_thread_pool_push(health->looker, health, NULL);
  }
  while (health->looking && (!health->ever || now - health->ended >= KEPT) && g_cond_wait_until(&health->seen, &health->lock, now + PATIENCE)) ;
  bool hangs = health->looking && (!health->ever || g_get_monotonic_time() - health->began > HANGS);
  const char *failed = hangs ? "database" : health->failed;
  g_mutex_unlock(&health->lock);
  return failed;
}

struct health *health_new(struct system *system, const char *folder) {
  struct health *health = g_new0(struct health, 1);
  health->system = system;
  health->folder = g_strdup(folder);
  g_mutex_init(&health->lock);
  g_mutex_init(&health->page);
  g_cond_init(&health->seen);
  health->looker = g_thread_pool_new(look, health, 1, FALSE, NULL);
  return health;
}

void health_free(struct health *health) {
  if (!health) return;
  g_thread_pool_free(health->looker, FALSE, TRUE);
  g_mutex_clear(&health->lock);
  g_mutex_clear(&health->page);
  g_cond_clear(&health->seen);
  g_free(health->folder);
  g_free(health);
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static void answer(struct http_response *response, unsigned status, const char *type, const char *text) {
  http_response_text(response, status, type, text, strlen(text));
  http_response_add(response, "Cache-Control", "no-store");
}

void health_answer_alive(struct http_response *response) { answer(response, 200, "application/json", "{\"alive\":true}"); }

void health_answer_ready(struct health *health, struct http_response *response) {
  const char *failed = health_look(health);
  g_autofree char *text = failed ? g_strdup_printf("{\"failed\":\"%s\",\"ready\":false}", failed) : g_strdup("{\"ready\":true}");
  answer(response, failed ? 503 : 200, "application/json", text);
}

static int count_files(void) {
  g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
  int count = -1; /* the folder's own */
  while (dir && g_dir_read_name(dir)) count++;
  return count;
}

/* A field of /proc/self/stat, counted from 1 after the name in brackets as proc(5) counts. */
static double stat_field(const char *stat, int field) {
  const char *at = strrchr(stat, ')');
  for (int i = 2; at && i < field; i++) at = strchr(at + 1, ' ');
  return at ? g_ascii_strtod(at + 1, NULL) : 0;
}

static void measure_process(void) {
  g_autofree char *stat = NULL, *machine = NULL;
  struct rlimit limit;
  double ticks = (double)sysconf(_SC_CLK_TCK);
  metric_set(METRIC_PROCESS_FILES, count_files(), NULL, NULL);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) metric_set(METRIC_PROCESS_MAX_FILES, (double)limit.rlim_cur, NULL, NULL);
  if (!g_file_get_contents("/proc/self/stat", &stat, NULL, NULL) || !g_file_get_contents("/proc/stat", &machine, NULL, NULL)) return;
  const char *boot = strstr(machine, "\nbtime ");
  metric_set(METRIC_PROCESS_CPU, (stat_field(stat, 14) + stat_field(stat, 15)) / ticks, NULL, NULL);
  metric_set(METRIC_PROCESS_MEMORY, stat_field(stat, 24) * (double)sysconf(_SC_PAGESIZE), NULL, NULL);
  if (boot) metric_set(METRIC_PROCESS_START, g_ascii_strtod(boot + 7, NULL) + stat_field(stat, 22) / ticks, NULL, NULL);
}

void health_answer_metrics(struct health *health, void (*read_gauges)(struct system *system), struct http_response *response) {
  g_autoptr(GString) out = g_string_sized_new(16384);
  health_look(health);
  g_mutex_lock(&health->page);
  measure_process();
  if (read_gauges) read_gauges(health->system);
  metrics_write(out);
  g_mutex_unlock(&health->page);
  answer(response, 200, METRICS_TYPE, out->str);
}
