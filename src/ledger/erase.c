/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * person.erased {keys:[…]} and retention.applied {keys:[…]}: names of keys, opaque, and nothing else.
 *
 * A month's key is destroyed when its last day is past the retention, so a field is readable for the retention and up to a
 * month more. Months go by the moment of recording: what an import brings is kept from then on.
 *
 * How it can be wrong: a row whose retention has passed is still recognised when its file comes again, and not taken anew;
 * a row that has changed is another row, and is kept from the day on which it came. */
#include "ledger/erase.h"
#include <string.h>

static bool fold_destroyed(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *person = strcmp(event->kind, "person.erased") == 0 ? event_about(event) : NULL;
  struct json_iter it = json_iter(json_get(body, "keys"));
  while (json_next(&it)) {
    const char *key = json_string(it.value);
    if (strlen(key) > SEAL_OWNER_MOST) return fail(error, MENO_ERROR_CORRUPT, "\"%.*s…\" is longer than a key's name can be", SEAL_OWNER_MOST, key);
    if (db_run(db, error, "ledger.put_erasure", "ttii", key, person, event->recorded, event->seq) < 0) return false;
  }
  return true;
}

#define KEYS "{keys:[name]}"
const struct event_kind erasure_kinds[] = {
  { "person.erased", "erasure", 0, "", "a person's keys were destroyed: what is sealed of them cannot be read any more", .body = KEYS },
  { "retention.applied", "erasure", 0, "", "keys of months that are past their retention were destroyed", .body = KEYS },
  { 0 } };

static const char *const destroying[] = { "person.erased", "retention.applied", NULL }, *const tables[] = { "erasure", NULL };
const struct fold erasure_folds[] = { { "erasures", destroying, tables, fold_destroyed }, { 0 } };

static bool record(struct ledger_write *write, const char *kind, const char *subject, GPtrArray *keys, const char *actor, GError **error) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_open_array(&body, "keys");
  for (guint i = 0; i < keys->len; i++) json_put_string(&body, NULL, keys->pdata[i]);
  json_close_array(&body);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL);
  return ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .body = text }, NULL, error);
}

bool erase_record(struct ledger_write *write, const char *person, GPtrArray *owners, const char *actor, GError **error) {
  g_autofree char *subject = g_strconcat("person:", person, NULL);
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  g_ptr_array_add(keys, subject);
  for (guint i = 0; owners && i < owners->len; i++)
    if (strcmp(owners->pdata[i], subject) != 0) g_ptr_array_add(keys, owners->pdata[i]);
  return record(write, "person.erased", subject, keys, actor, error);
}

/* ---- what the ledger and the ring tell each other ------------------------------------------------------------------ */

/* Owner → what it is; NULL on error. */
static GHashTable *recorded(struct db *db, GError **error) {
  g_autoptr(GHashTable) owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(query_auto) query = db_query(db, error, "ledger.erasures", "");
  int got;
  while ((got = query_next(query, error)) == 1) g_hash_table_add(owners, g_strdup(query_text(query, 0)));
  return got == 0 ? g_steal_pointer(&owners) : NULL;
}

/* Tombstones of the ring that the ledger does not know: it is an older copy. */
static bool tell_ledger(struct ledger *ledger, int64_t now, GHashTable *known, int *ret_people, GError **error) {
  struct seal *seal = ledger_seal(ledger);
  g_autoptr(GPtrArray) people = seal_names(seal, "person:", true);
  g_autoptr(GPtrArray) periods = seal_names(seal, "period:", true);
  g_autoptr(GPtrArray) news = g_ptr_array_new();
  g_autoptr(ledger_write_auto) write = NULL;
  for (guint i = 0; i < periods->len; i++)
    if (!g_hash_table_contains(known, periods->pdata[i])) g_ptr_array_add(news, periods->pdata[i]);
  for (guint i = 0; i < people->len; i++) {
    if (g_hash_table_contains(known, people->pdata[i])) continue;
    if (!write && !(write = ledger_write(ledger, now, error))) return false;
    if (!erase_record(write, (char *)people->pdata[i] + strlen("person:"), NULL, "system", error)) return false;
    *ret_people += 1;
  }
  if (news->len && !write && !(write = ledger_write(ledger, now, error))) return false;
  if (news->len && !record(write, "retention.applied", "ledger:retention", news, "system", error)) return false;
  return !write || ledger_commit(g_steal_pointer(&write), error);
}

bool erase_apply(struct ledger *ledger, int64_t now, int *ret_people, GError **error) {
  struct seal *seal = ledger_seal(ledger);
  int people = 0;
  if (!seal) return true;
  if (!seal_refresh(seal, error)) return false;
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  g_autoptr(GHashTable) known = db ? recorded(db, error) : NULL;
  if (!known) return false;
  db_release(g_steal_pointer(&db));
  GHashTableIter it;
  void *owner;
  g_hash_table_iter_init(&it, known);
  while (g_hash_table_iter_next(&it, &owner, NULL))
    if (!seal_is_destroyed(seal, owner) && !seal_destroy(seal, owner, now, error)) return false;
  if (!tell_ledger(ledger, now, known, &people, error)) return false;
  if (ret_people) *ret_people = people;
  return true;
}

/* ---- retention ----------------------------------------------------------------------------------------------------- */

/* "period:KIND:2026-03" of that kind: the month, and when all of it is older than its retention. */
static bool read_month(const struct event_kind *kind, const char *period, struct retention_month *ret_month) {
  g_autofree char *first = g_strconcat(period + strlen("period:") + strlen(kind->name) + 1, "-01", NULL);
  int32_t day;
  int year, month, mday;
  if (!clock_parse_day(first, &day)) return false;
  clock_civil(day, &year, &month, &mday);
  int64_t end = clock_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) * CLOCK_DAY;
  *ret_month = (struct retention_month){ kind, day * CLOCK_DAY, end, end + kind->retention_days * CLOCK_DAY };
  return true;
}

static bool is_due(const struct event_kind *kind, const char *period, int64_t now) {
  struct retention_month month;
  return read_month(kind, period, &month) && month.due <= now;
}

static char *period_prefix(const struct event_kind *kind) { return g_strconcat("period:", kind->name, ":", NULL); }

static void count_periods(struct seal *seal, struct retention *row, int64_t now) {
  g_autofree char *prefix = period_prefix(row->kind);
  g_autoptr(GPtrArray) living = seal_names(seal, prefix, false);
  g_autoptr(GPtrArray) gone = seal_names(seal, prefix, true);
  row->periods = (int)living->len;
  row->destroyed = (int)gone->len;
  for (guint i = 0; i < living->len; i++) row->due += is_due(row->kind, living->pdata[i], now);
}

static int by_kind(const void *a, const void *b) { return strcmp((*(struct retention *const *)a)->kind->name, (*(struct retention *const *)b)->kind->name); }

static void add_row(GPtrArray *rows, const struct event_kind *kind, int64_t events) {
  struct retention *row = g_new0(struct retention, 1);
  row->kind = kind;
  row->events = events;
  g_ptr_array_add(rows, row);
}

GPtrArray *retention_list(struct ledger *ledger, struct db *db, int64_t now, GError **error) {
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  {
    g_autoptr(query_auto) query = db_query(db, error, "ledger.count_by_kind", "");
    int got;
    while ((got = query_next(query, error)) == 1) {
      const struct event_kind *kind = ledger_kind(ledger, query_text(query, 0));
      if (kind) add_row(rows, kind, query_integer(query, 1));
      if (kind) g_hash_table_add(seen, (void *)(uintptr_t)kind->name);
    }
    if (got < 0) return NULL;
  }
  for (const struct event_kind *const *room = ledger_kinds(ledger); *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++)
      if (kind->retention_days && !g_hash_table_contains(seen, kind->name)) add_row(rows, kind, 0);
  for (guint i = 0; i < rows->len; i++) {
    struct retention *row = rows->pdata[i];
    if (!row->kind->retention_days) continue;
    if (db_one(db, &row->past, error, "ledger.count_older", "ti", row->kind->name, now - row->kind->retention_days * CLOCK_DAY) < 0) return NULL;
    count_periods(ledger_seal(ledger), row, now);
  }
  g_ptr_array_sort(rows, by_kind);
  return g_steal_pointer(&rows);
}

static int by_due(const void *a, const void *b) {
  const struct retention_month *one = a, *two = b;
  int order = (one->due > two->due) - (one->due < two->due);
  return order ? order : strcmp(one->kind->name, two->kind->name);
}

GArray *retention_plan(struct ledger *ledger) {
  GArray *plan = g_array_new(FALSE, FALSE, sizeof(struct retention_month));
  for (const struct event_kind *const *room = ledger_kinds(ledger); *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++) {
      if (!kind->retention_days) continue;
      struct retention_month month;
      g_autofree char *prefix = period_prefix(kind);
      g_autoptr(GPtrArray) living = seal_names(ledger_seal(ledger), prefix, false);
      for (guint i = 0; i < living->len; i++)
        if (read_month(kind, living->pdata[i], &month)) g_array_append_val(plan, month);
    }
  g_array_sort(plan, by_due);
  return plan;
}

static void add_due(struct ledger *ledger, const struct event_kind *kind, int64_t now, GPtrArray *due) {
  g_autofree char *prefix = period_prefix(kind);
  g_autoptr(GPtrArray) living = seal_names(ledger_seal(ledger), prefix, false);
  for (guint i = 0; i < living->len; i++)
    if (is_due(kind, living->pdata[i], now)) g_ptr_array_add(due, g_strdup(living->pdata[i]));
}

static GPtrArray *due_periods(struct ledger *ledger, int64_t now) {
  GPtrArray *due = g_ptr_array_new_with_free_func(g_free);
  for (const struct event_kind *const *room = ledger_kinds(ledger); *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++)
      if (kind->retention_days) add_due(ledger, kind, now, due);
  return due;
}

int retention_apply(struct ledger *ledger, int64_t now, const char *actor, GError **error) {
  if (!ledger_seal(ledger)) return 0;
  g_autoptr(GPtrArray) due = due_periods(ledger, now);
  if (due->len == 0) return 0;
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write || !record(write, "retention.applied", "ledger:retention", due, actor, error) || !ledger_commit(g_steal_pointer(&write), error)) return -1;
  for (guint i = 0; i < due->len; i++)
    if (!seal_destroy(ledger_seal(ledger), due->pdata[i], now, error)) return -1;
  return (int)due->len;
}
