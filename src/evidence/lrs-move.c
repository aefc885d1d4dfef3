/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Out: pages of the list of all, upward, each statement's attachments before it, so that a statement's line says that all of it is there.
 *
 * In: lines are checked one by one, with every rule that the door has, and gathered. What a batch has that is here already is found
 * in a snapshot, which costs the writer nothing; so a file that is taken again is read at the speed of reading. The rest
 * is stored as one write: after a crash a batch is there or it is not, and the same file taken again goes on.
 *
 * How it can be wrong: a file's line that stands twice is taken once, and `check` counts it twice; `check` knows nothing of
 * what comes in while it looks. */
#include "evidence/lrs-move.h"
#include "base/limits.h"
#include "evidence/lrs-private.h"
#include "evidence/xapi-jws.h"
#include "evidence/xapi-private.h"

/* ---- out -------------------------------------------------------------------------------------------------------- */

struct lrs_export { struct lrs *lrs; struct xapi_query query; int64_t from, cursor, last, count; bool over; };

static int seq_of(struct db *db, const char *id, int64_t *ret_seq, GError **error) {
  struct uuid uuid = { 0 };
  if (!uuid_parse(id, &uuid)) return 0;
  g_autoptr(query_auto) query = db_query(db, error, "evidence.statement_of_id", "b", uuid.bytes, sizeof uuid.bytes);
  int got = query_next(query, error);
  if (got == 1) *ret_seq = query_integer(query, 0);
  return got;
}

struct lrs_export *lrs_export_new(struct lrs *lrs, const struct xapi_query *query, const char *after, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  int64_t last = 0, from = 0;
  int got = db ? db_one(db, &last, error, "evidence.newest_seq", "") : -1;
  if (got >= 0 && after) {
    got = seq_of(db, after, &from, error);
    if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no statement %s here to go on behind; is that file of another store?", after);
    if (got == 0) return NULL;
  }
  if (got < 0) return NULL;
  struct lrs_export *export = g_new0(struct lrs_export, 1);
  *export = (struct lrs_export){ .lrs = lrs, .query = *query, .from = from, .cursor = from + 1, .last = last };
  export->query.ascending = export->query.voided_too = true;
  export->query.limit = 0;
  return export;
}

void lrs_export_free(struct lrs_export *export) { g_free(export); }
int64_t lrs_export_count(const struct lrs_export *export) { return export->count; }

double lrs_export_share(const struct lrs_export *export) {
  double whole = (double)(export->last - export->from), done = (double)(export->cursor - export->from);
  return export->over || whole <= 0 ? 1 : CLAMP(done / whole, 0, 1);
}

static void put_attachment(GString *out, const struct xapi_part *part) {
  struct json_writer writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  json_open_object(&writer, "attachment");
  json_put_string_len(&writer, "sha2", part->hash, part->hash_length);
  json_put_string_len(&writer, "contentType", part->type, part->type_length);
  g_autofree char *data = g_base64_encode((const guchar *)part->data, part->length);
  json_put_string(&writer, "data", data);
  json_close_object(&writer);
  json_close_object(&writer);
  g_string_append_len(out, writer.text->str, (gssize)writer.text->len);
  g_string_append_c(out, '\n');
  json_writer_clear(&writer);
}

static bool put_attachments(struct lrs_export *export, int64_t seq, GString *out, GError **error) {
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct xapi_part));
  g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
  if (!lrs_attachments(export->lrs, seq, parts, keep, error)) return false;
  for (guint i = 0; i < parts->len; i++) put_attachment(out, &g_array_index(parts, struct xapi_part, i));
  return true;
}

int lrs_export_next(struct lrs_export *export, GString *out, GError **error) {
  if (export->over) return 0;
  g_autoptr(GArray) statements = lrs_statements_new();
  int64_t cursor = 0;
  if (!lrs_find(export->lrs, &export->query, NULL, export->cursor, statements, &cursor, error)) return -1;
  export->over = cursor == 0 || cursor > export->last;
  export->cursor = cursor;
  for (guint i = 0; i < statements->len; i++) {
    const struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, i);
    if (statement->seq > export->last) break;
    /* What has none need not be asked for. */
    if (strstr(statement->text, "\"attachments\"") && !put_attachments(export, statement->seq, out, error)) return -1;
    g_string_append_len(out, statement->text, (gssize)statement->length);
    g_string_append_c(out, '\n');
    export->count++;
  }
  return 1;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

bool lrs_line_id(const char *line, size_t length, char ret_id[ID_TEXT]) {
  g_autoptr(json_doc_auto) doc = json_parse(line, length, NULL);
  const char *id = doc ? json_string(json_get(json_root(doc), "id")) : NULL;
  if (!id || !xapi_is_uuid(id, strlen(id))) return false;
  for (size_t i = 0; i < ID_TEXT; i++) ret_id[i] = g_ascii_tolower(id[i]);
  return true;
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

#define BATCH_STATEMENTS 1000
#define BATCH_BYTES (4u * 1024 * 1024)
#define BATCH_ATTACHED (16u * 1024 * 1024)

struct item { int64_t line; char id[ID_TEXT]; char *text; size_t length; struct json_doc *doc; enum lrs_fate fate; };
struct moving {
  struct lrs *lrs;
  const struct lrs_import *import;
  struct lrs_import_report *report;
  GArray *items, *parts, *pending; /* struct item; struct xapi_part of those; and of what no statement has taken yet */
  GPtrArray *keep;                 /* what the parts point to */
  GHashTable *ids;                 /* of the items */
  size_t bytes, attached;
};

static void item_clear(void *data) {
  struct item *item = data;
  json_doc_free(item->doc);
  g_free(item->text);
}

static void refusal_clear(void *data) { g_free(((struct lrs_refusal *)data)->why); }

void lrs_import_report_clear(struct lrs_import_report *report) { g_clear_pointer(&report->refusals, g_array_unref); }

static void refuse(struct moving *moving, int64_t line, const char *id, const char *why) {
  struct lrs_refusal refusal = { .line = line };
  moving->report->refused++;
  if (moving->report->refusals->len >= LIMIT_ROW_ERRORS) return;
  if (id) g_strlcpy(refusal.id, id, ID_TEXT);
  refusal.why = g_strdup(why);
  g_array_append_val(moving->report->refusals, refusal);
}

static bool is_text(struct json value) { return json_type(value) == JSON_STRING; }

/* A line {"attachment":…}; false with an error. */
static bool take_attachment(struct moving *moving, struct json attachment, GError **error) {
  struct json sha2 = json_get(attachment, "sha2"), type = json_get(attachment, "contentType"), data = json_get(attachment, "data");
  if (!is_text(sha2) || !is_text(type) || !is_text(data)) return fail(error, MENO_ERROR_BAD_INPUT, "an attachment has sha2, contentType and data, each a text");
  if (!xapi_is_sha2(json_string(sha2), strlen(json_string(sha2)))) return fail(error, MENO_ERROR_BAD_INPUT, "/attachment/sha2 is no SHA-2 in hexadecimal digits");
  gsize length;
  char *bytes = (char *)g_base64_decode(json_string(data), &length), *hash = g_ascii_strdown(json_string(sha2), -1), *media = g_strdup(json_string(type));
  g_ptr_array_add(moving->keep, bytes);
  g_ptr_array_add(moving->keep, hash);
  g_ptr_array_add(moving->keep, media);
  struct xapi_part part = { media, strlen(media), hash, strlen(hash), bytes, length };
  g_array_append_val(moving->pending, part);
  moving->attached += length;
  return true;
}

/* What a statement from a store has beside what the door asks for. */
static bool check_stored(struct json statement, enum xapi_version version, int64_t now, GError **error) {
  static const char *const members[] = { "id", "stored", "authority", "timestamp" };
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
    if (json_type(json_get(statement, members[i])) == JSON_ABSENT)
      return fail(error, MENO_ERROR_BAD_INPUT, "it has no %s, so no store has kept it: send it to the door of xAPI, which adds that", members[i]);
  g_autofree char *vouches = lrs_authority_key(json_get(statement, "authority"));
  const char *text = json_string(json_get(statement, "stored"));
  int64_t stored;
  if (!vouches) return fail(error, MENO_ERROR_BAD_INPUT, "/authority names nobody who can be told from others");
  if (!text || !xapi_read_time(text, strlen(text), version, &stored) || !clock_is_ours(stored)) return fail(error, MENO_ERROR_BAD_INPUT, "/stored is no moment that can be kept");
  return stored <= now || fail(error, MENO_ERROR_BAD_INPUT, "/stored lies ahead of this machine's clock: one of the two clocks is wrong");
}

static bool check_statement(const struct moving *moving, struct json statement, GError **error) {
  const char *said = json_string(json_get(statement, "version"));
  enum xapi_version version = said && g_str_has_prefix(said, "2.") ? XAPI_2_0_0 : XAPI_1_0_3;
  const struct xapi_part *parts = (const struct xapi_part *)(const void *)moving->pending->data;
  return xapi_check_statement(statement, version, error) && check_stored(statement, version, moving->import->now(moving->import->data), error) &&
    xapi_attachments_match(statement, parts, moving->pending->len, false, error) && xapi_signatures_check(statement, parts, moving->pending->len, error);
}

/* What each of the batch will become; 0 or -1. In a snapshot, so what comes in meanwhile is seen again under the writer's lock. */
static bool look(struct moving *moving, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(moving->lrs->ledger), error);
  for (guint i = 0; db && i < moving->items->len; i++) {
    struct item *item = &g_array_index(moving->items, struct item, i);
    bool replaces;
    int fate = lrs_meet(moving->lrs, db, item->id, json_root(item->doc), NULL, &replaces, error);
    if (fate < 0) return false;
    item->fate = (enum lrs_fate)fate;
  }
  return db != NULL;
}

/* Those that are new, as one write. */
static bool store_new(struct moving *moving, GError **error) {
  g_autoptr(GString) text = g_string_sized_new(moving->bytes + moving->items->len + 2);
  g_autoptr(GPtrArray) fresh = g_ptr_array_new();
  for (guint i = 0; i < moving->items->len; i++) {
    struct item *item = &g_array_index(moving->items, struct item, i);
    if (item->fate != LRS_NEW) continue;
    g_string_append_c(text, fresh->len ? ',' : '[');
    g_string_append_len(text, item->text, (gssize)item->length);
    g_ptr_array_add(fresh, item);
  }
  if (fresh->len == 0) return true;
  g_string_append_c(text, ']');
  g_autoptr(json_doc_auto) doc = json_parse(text->str, text->len, error);
  g_autofree enum lrs_fate *fates = g_new0(enum lrs_fate, fresh->len);
  if (!doc) return false;
  struct lrs_incoming incoming = { .root = json_root(doc), .count = fresh->len, .version = XAPI_1_0_3 /* reads the moments of both */,
    .parts = (const struct xapi_part *)(const void *)moving->parts->data, .part_count = moving->parts->len, .actor = moving->import->actor, .define = true, .fates = fates };
  g_autoptr(GPtrArray) ids = lrs_store(moving->lrs, moving->import->now(moving->import->data), &incoming, error);
  for (guint i = 0; ids && i < fresh->len; i++) ((struct item *)fresh->pdata[i])->fate = fates[i];
  return ids != NULL;
}

static void count(struct moving *moving) {
  struct lrs_import_report *report = moving->report;
  for (guint i = 0; i < moving->items->len; i++) {
    const struct item *item = &g_array_index(moving->items, struct item, i);
    report->taken += item->fate == LRS_NEW;
    report->there += item->fate == LRS_THERE;
    report->unreadable += item->fate == LRS_UNREADABLE;
    if (item->fate == LRS_OTHER) refuse(moving, item->line, item->id, "there is a statement with this id already, and it says something else: statements are never changed, so compare the two and find out which store is right");
  }
}

/* What is pending stays; what a statement has taken goes. */
static bool flush(struct moving *moving, GError **error) {
  if (moving->items->len && (!look(moving, error) || (!moving->import->check && !store_new(moving, error)))) return false;
  count(moving);
  g_array_set_size(moving->items, 0);
  g_array_set_size(moving->parts, 0);
  g_hash_table_remove_all(moving->ids);
  if (moving->pending->len == 0) g_ptr_array_set_size(moving->keep, 0);
  moving->bytes = moving->attached = 0;
  return true;
}

static bool gather(struct moving *moving, const char *line, size_t length, GError **error) {
  struct item item = { .line = lines_number(moving->import->lines), .text = g_strndup(line, length), .length = length };
  g_autoptr(GError) why = NULL;
  item.doc = json_parse(item.text, length, &why);
  struct json root = item.doc ? json_root(item.doc) : (struct json){ 0 }, attachment = json_get(root, "attachment");
  bool attaches = json_type(attachment) == JSON_OBJECT, identified = !attaches && item.doc && lrs_line_id(line, length, item.id);
  bool fine = item.doc && (attaches ? take_attachment(moving, attachment, &why) : check_statement(moving, root, &why));
  if (fine && length > LIMIT_STATEMENT_BYTES && !attaches) fine = fail(&why, MENO_ERROR_TOO_LARGE, "it has %zu bytes and may have %u", length, LIMIT_STATEMENT_BYTES);
  if (!fine) refuse(moving, item.line, identified ? item.id : NULL, lines_cut(moving->import->lines) ? "the file breaks off in this line: export goes on with it, or another copy is whole" : why->message);
  if (!fine || attaches) {
    moving->report->attachments += fine;
    if (!attaches) g_array_set_size(moving->pending, 0); /* they were its own */
    item_clear(&item);
    return true;
  }
  if (g_hash_table_contains(moving->ids, item.id) && !flush(moving, error)) { /* the same again, or another under its id: that shows when the first is there */
    item_clear(&item);
    return false;
  }
  g_array_append_vals(moving->parts, moving->pending->data, moving->pending->len);
  g_array_set_size(moving->pending, 0);
  g_array_append_val(moving->items, item);
  g_hash_table_add(moving->ids, g_strdup(item.id));
  moving->bytes += length;
  return (moving->items->len < BATCH_STATEMENTS && moving->bytes < BATCH_BYTES && moving->attached < BATCH_ATTACHED) || flush(moving, error);
}

static bool go_on(const struct moving *moving, GError **error) {
  const struct lrs_import *import = moving->import;
  double share = import->size > 0 ? CLAMP((double)lines_taken(import->lines) / (double)import->size, 0, 1) : 0;
  return !import->progress || import->progress(import->data, import->check ? "checking statements" : "importing statements", share) ||
    fail(error, MENO_ERROR_CANCELLED, "stopped at line %" G_GINT64_FORMAT "; what was taken stays, and the same file taken again goes on", lines_number(import->lines));
}

static bool move_all(struct moving *moving, GError **error) {
  struct lines *lines = moving->import->lines;
  const char *line;
  size_t length;
  int got;
  while ((got = lines_next(lines, &line, &length, error)) == 1) {
    moving->report->lines++;
    if (lines_number(lines) == 1 && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) line += 3, length -= 3;
    while (length && (line[length - 1] == '\r' || line[length - 1] == ' ')) length--;
    if (length && !gather(moving, line, length, error)) return false;
    if (lines_number(lines) % 256 == 0 && !go_on(moving, error)) return false;
  }
  if (moving->pending->len) refuse(moving, lines_number(lines), NULL, "the file ends with an attachment that belongs to no statement");
  if (got == 0 && lines_cut(lines) && lines_pack(lines) != PACK_NONE) refuse(moving, lines_number(lines), NULL, "the file breaks off behind this line: its last piece is not whole");
  return flush(moving, got < 0 ? NULL : error) && got == 0;
}

bool lrs_import(struct lrs *lrs, const struct lrs_import *import, struct lrs_import_report *ret_report, GError **error) {
  struct lrs_import_report report = { .refusals = g_array_new(FALSE, TRUE, sizeof(struct lrs_refusal)) };
  g_array_set_clear_func(report.refusals, refusal_clear);
  struct moving moving = { lrs, import, &report, g_array_new(FALSE, TRUE, sizeof(struct item)), g_array_new(FALSE, FALSE, sizeof(struct xapi_part)),
    g_array_new(FALSE, FALSE, sizeof(struct xapi_part)), g_ptr_array_new_with_free_func(g_free), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), 0, 0 };
  g_array_set_clear_func(moving.items, item_clear);
  bool fine = move_all(&moving, error);
  g_array_unref(moving.items);
  g_array_unref(moving.parts);
  g_array_unref(moving.pending);
  g_ptr_array_unref(moving.keep);
  g_hash_table_unref(moving.ids);
  *ret_report = report;
  return fine;
}
