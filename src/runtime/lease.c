/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A holder is named by the boot of its machine, the namespace of its process ids, its process and when that started. Who
 * shares boot and namespace can see in /proc whether it still lives; for everybody else the lease runs out by its time.
 *
 * How it can be wrong: a holder that is stopped for longer than the lease lasts goes on when it wakes. Whoever works under a
 * lease therefore also records by compare-and-set, so that what another has recorded meanwhile stands. */
#include "runtime/lease.h"
#include <glib.h>
#include <string.h>
#include <unistd.h>

/* When a process started, in clock ticks since boot; 0: there is none. Field 22, counted after the name's last bracket. */
static guint64 started(int pid) {
  g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid), *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL)) return 0;
  const char *at = strrchr(text, ')');
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? g_ascii_strtoull(at + 1, NULL, 10) : 0;
}

/* Where process ids mean the same as here. */
static char *place(void) {
  g_autofree char *boot = NULL, *space = g_file_read_link("/proc/self/ns/pid", NULL);
  if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL)) boot = g_strdup("");
  return g_strdup_printf("%s/%s", g_strstrip(boot), space ? space : "");
}

const char *lease_self(void) {
  static char *self;
  static int whose;
  static GMutex lock;
  g_mutex_lock(&lock);
  if (whose != (int)getpid()) { /* a child is somebody else */
    g_autofree char *here = place();
    whose = (int)getpid();
    g_free(self);
    self = g_strdup_printf("%s/%d/%" G_GUINT64_FORMAT, here, whose, started(whose));
  }
  const char *answer = self;
  g_mutex_unlock(&lock);
  return answer;
}

static bool is_dead(const char *holder) {
  g_autofree char *here = place(), *prefix = g_strconcat(here, "/", NULL);
  if (strlen(here) < 20 || !g_str_has_prefix(holder, prefix)) return false;
  char *end;
  int pid = (int)g_ascii_strtoll(holder + strlen(prefix), &end, 10);
  return *end == '/' && started(pid) != g_ascii_strtoull(end + 1, NULL, 10);
}

int lease_take(struct db *db, const char *name, const char *holder, int64_t now, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "runtime.lease", "t", name);
  int got = query_next(query, error);
  if (got < 0) return -1;
  bool mine = got == 1 && strcmp(query_text(query, 0), holder) == 0;
  int64_t until = got == 1 ? query_integer(query, 1) : 0; /* further ahead than a lease lasts: the clock was set back since */
  if (got == 1 && !mine && until > now && until <= now + LEASE_LASTS && !is_dead(query_text(query, 0))) return 0;
  query_done(g_steal_pointer(&query));
  return db_run(db, error, "runtime.put_lease", "tti", name, holder, now + LEASE_LASTS) < 0 ? -1 : 1;
}

bool lease_end(struct db *db, const char *name, const char *holder, GError **error) {
  return db_run(db, error, "runtime.end_lease", "tt", name, holder) >= 0;
}
