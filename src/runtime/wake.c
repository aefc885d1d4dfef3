/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Debounce: an import of twenty files and a person who answers five cards are one occasion to think, not twenty-five. A change is
 * looked at when nothing has changed for WAKE_QUIET, at the latest WAKE_LATEST after the first.
 *
 * Timers are rows: an agent's next turn (turn_again), and the end of an open proposal. Triggers of what does not happen
 * are made of a fold that keeps when something of a watched kind last came in; what was never there is not missed.
 *
 * How it can be wrong: a monthly file that comes a day late is called silent, for that day. */
#include "runtime/wake.h"
#include "company/load.h"
#include <string.h>

static const struct { const char *kind; enum file_id file; int days; const char *what; } watches[] = {
  { "kpi.observed", FILE_KPIS, 30, "KPI value" },
  { "pulse.answered", FILE_PULSE, 30, "pulse answer" },
};

bool wake_is_time(struct wake *wake, int64_t version, int32_t day, bool timer, int64_t monotonic) {
  bool first = wake->seen < 0, pending = version != wake->seen;
  if (pending && (first || wake->coming == wake->seen)) wake->first = monotonic;
  if (version != wake->coming) wake->last = monotonic;
  wake->coming = version;
  bool quiet = pending && (monotonic - wake->last >= WAKE_QUIET || monotonic - wake->first >= WAKE_LATEST);
  if (!first && !quiet && !timer && day == wake->day) return false;
  wake->seen = version;
  wake->day = day;
  return true;
}

int runner_wakes(struct ledger *ledger, struct wake *wake, int64_t now, int64_t monotonic, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  int64_t version = db ? company_version(db, error) : -1, timers = 0;
  if (version < 0 || db_one(db, &timers, error, "runtime.timers_due", "i", now) < 0) return -1;
  return wake_is_time(wake, version, clock_day(now), timers > 0, monotonic);
}

/* ---- what does not happen --------------------------------------------------------------------------------------- */

/* 1 nothing of it for too long, since `*ret_at`, `*ret_seq`; 0; -1 */
static int is_silent(struct db *db, size_t watch, int64_t now, int64_t *ret_at, int64_t *ret_seq, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "runtime.last_seen", "t", watches[watch].kind);
  int got = query_next(query, error);
  if (got != 1) return got;
  *ret_at = query_integer(query, 0);
  *ret_seq = query_integer(query, 1);
  return now - *ret_at >= watches[watch].days * CLOCK_DAY;
}

static bool wake_readers(struct ledger_write *write, const struct agent *const *table, enum file_id file, int64_t now, GError **error) {
  for (; *table; table++)
    for (const enum file_id *reads = (*table)->reads; *reads != FILE_COUNT; reads++)
      if (*reads == file && db_run(ledger_write_db(write), error, "runtime.put_timer", "ti", (*table)->id, now) < 0) return false;
  return true;
}

bool wake_notice_silence(struct ledger_write *write, const struct agent *const *table, int64_t now, GError **error) {
  for (size_t i = 0; i < G_N_ELEMENTS(watches); i++) {
    int64_t at = 0, seq = 0, noticed = 0, before = ledger_head(ledger_write_db(write), error);
    int silent = is_silent(ledger_write_db(write), i, now, &at, &seq, error);
    if (before < 0 || silent < 0) return false;
    if (!silent) continue;
    g_autofree char *since = g_strdup_printf("%" G_GINT64_FORMAT, seq), *subject = g_strconcat("kind:", watches[i].kind, NULL),
                    *body = g_strdup_printf("{\"days\":%d}", watches[i].days);
    struct event event = { .id = uuid_of("silence.noticed", watches[i].kind, since, NULL), .kind = "silence.noticed", .subject = subject, .actor = "system", .cause = seq, .body = body };
    if (!ledger_append(write, &event, &noticed, error)) return false;
    if (noticed > before && !wake_readers(write, table, watches[i].file, now, error)) return false;
  }
  return true;
}

GPtrArray *wake_silences(struct db *db, int64_t now, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < G_N_ELEMENTS(watches); i++) {
    int64_t at = 0, seq = 0;
    int silent = is_silent(db, i, now, &at, &seq, error);
    if (silent < 0) return NULL;
    if (silent) g_ptr_array_add(list, g_strdup_printf("no %s has come in for %" G_GINT64_FORMAT " days", watches[i].what, (now - at) / CLOCK_DAY));
  }
  return g_steal_pointer(&list);
}

static bool fold_seen(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "runtime.see", "tii", event->kind, event->recorded, event->seq) >= 0;
}

const struct event_kind wake_kinds[] = {
  { "silence.noticed", "running the system", 0, "", "nothing of a kind has come in for too long; agents that read it look", .body = "{days?:count}" },
  { 0 } };

static const char *const kinds[] = { "kpi.observed", "pulse.answered", NULL }; /* of the watches */
static const char *const tables[] = { "last_seen", NULL };
const struct fold wake_folds[] = { { "last seen", kinds, tables, fold_seen }, { 0 } };
