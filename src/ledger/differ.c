/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which row of a table differs. Both sides are read once, a digest of eight bytes for each row is kept of each: memory is
 * bounded by the number of rows, and the order of rows does not matter.
 *
 * A row names the event that wrote it in its column `seq`. Some later events change a row and leave that column alone (a
 * proposal ends, a delivery is answered). Where the row's key is the id of that event's subject, the newest event of the
 * subject that a fold of this table reads is the one; where several rows share a subject, `seq` is exact.
 *
 * How it can be wrong: of two rows with the same digest one would be taken for the other, once in 10^19 pairs. */
#include "ledger/differ.h"
#include <math.h>
#include <string.h>

#define LOOK_BACK 200 /* events of a subject */

struct row { int64_t seq; char *key; };

/* Numbers by their bits: what differs in the last of them differs. */
static void add_number(GByteArray *sum, struct query *query, int column) {
  double real = query_double(query, column);
  int64_t integer = fabs(real) < 9e18 ? query_integer(query, column) : 0;
  g_byte_array_append(sum, (const guint8 *)&real, sizeof real);
  g_byte_array_append(sum, (const guint8 *)&integer, sizeof integer);
}

static uint64_t digest_of(struct query *query) {
  g_autoptr(GByteArray) sum = g_byte_array_new();
  for (int i = 0; i < query_columns(query); i++) {
    size_t length = 0;
    const void *data = query_null(query, i) ? NULL : query_blob(query, i, &length);
    uint64_t head = length;
    g_byte_array_append(sum, (const guint8 *)(query_null(query, i) ? "-" : data ? "t" : "n"), 1);
    g_byte_array_append(sum, (const guint8 *)&head, sizeof head);
    if (length) g_byte_array_append(sum, data, (guint)length);
    else if (!data && !query_null(query, i)) add_number(sum, query, i);
  }
  uint8_t hash[DIGEST_BYTES];
  uint64_t first;
  digest(sum->data, sum->len, hash);
  memcpy(&first, hash, sizeof first);
  return first;
}

static GHashTable *rows_of(struct db *db, const char *query_name, GError **error) {
  g_autoptr(GHashTable) rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr(query_auto) query = db_query(db, error, query_name, "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    uint64_t head = digest_of(query);
    g_hash_table_add(rows, g_memdup2(&head, sizeof head));
  }
  return got == 0 ? g_steal_pointer(&rows) : NULL;
}

/* The first row, by the event that it names, that is here and not among the others. 1/0/-1 */
static int first_alone(struct db *db, const char *query_name, GHashTable *others, struct row *ret_row, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, query_name, "");
  int got, found = 0;
  while ((got = query_next(query, error)) == 1) {
    uint64_t head = digest_of(query);
    if (g_hash_table_contains(others, &head) || (found && query_integer(query, 0) >= ret_row->seq)) continue;
    g_free(ret_row->key);
    *ret_row = (struct row){ query_integer(query, 0), g_strdup(query_text(query, 1)) };
    found = 1;
  }
  return got < 0 ? -1 : found;
}

/* A fold without tables writes those of the fold above it. */
static bool folds_into(const struct ledger_tables *tables, const char *kind, const char *table) {
  for (size_t i = 0; tables->folds[i]; i++) {
    bool writes = false;
    for (const struct fold *fold = tables->folds[i]; fold->name; fold++) {
      if (fold->tables[0]) writes = g_strv_contains(fold->tables, table);
      if (writes && g_strv_contains(fold->kinds, kind)) return true;
    }
  }
  return false;
}

/* The event that last wrote the row, and its kind (newly allocated). */
static bool last_writer(const struct ledger_tables *tables, struct db *db, const char *table, const struct row *row, int64_t *ret_seq, char **ret_kind, GError **error) {
  struct event event;
  int got = ledger_find(db, row->seq, &event, error);
  if (got < 0) return false;
  *ret_seq = row->seq;
  *ret_kind = g_strdup(got ? event.kind : "not there");
  if (got == 0) return true;
  const char *id = strchr(event.subject, ':');
  bool alone = id && strcmp(id + 1, row->key) == 0;
  g_auto(about_auto) about = about_subject(db, event.subject, INT64_MAX);
  struct event other;
  for (int i = 0; alone && i < LOOK_BACK && (got = about_next(&about, &other, error)) == 1; i++) {
    if (!folds_into(tables, other.kind, table)) continue;
    *ret_seq = other.seq;
    g_free(*ret_kind);
    *ret_kind = g_strdup(other.kind);
    break;
  }
  event_clear(&event);
  return got >= 0;
}

bool differ_name(const struct ledger_tables *tables, struct db *live, struct db *rebuilt, const char *table, GError **error) {
  g_autofree char *name = g_strconcat("ledger.rows_", table, NULL), *kind = NULL;
  g_autoptr(GHashTable) as_is = rows_of(live, name, error), as_made = as_is ? rows_of(rebuilt, name, error) : NULL;
  struct row row = { 0 };
  int64_t seq = 0;
  if (!as_made) return false;
  int missing = first_alone(rebuilt, name, as_is, &row, error), extra = 0;
  if (missing == 0) extra = first_alone(live, name, as_made, &row, error);
  g_autofree char *key = row.key;
  if (missing < 0 || extra < 0) return false;
  if (!missing && !extra)
    return fail(error, MENO_ERROR_CORRUPT, "the table \"%s\" is not what its events make: stop the server and run `meno replay --rebuild`", table);
  if (!last_writer(tables, live, table, &row, &seq, &kind, error)) return false;
  return fail(error, MENO_ERROR_CORRUPT, "the table \"%s\" is not what its events make: its row \"%s\", last written by event %" G_GINT64_FORMAT " (%s), %s; "
    "stop the server and run `meno replay --rebuild`", table, key, seq, kind, extra ? "was written by no event" : "is missing or was changed");
}
