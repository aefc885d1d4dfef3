/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements as they arrive, for those who keep the record store: newest first, by every filter that programs have, one at a time
 * with what it voids and what speaks of it.
 *
 * Nobody learns from this who did what: agents stand here by their opaque names, as in the tables, and what somebody wrote is
 * withheld (evidence/lrs-veil.c). Whose an opaque name is, and a statement whole, is for the privacy officer: with a reason, that the
 * access log keeps, and written down before it is told. */
#include "evidence/lrs.h"
#include "evidence/xapi-query.h"
#include "gate/session.h"
#include "ops/tables.h"
#include <string.h>

#define MOST 100
#define USUAL 50
#define MOST_TERMS 12  /* of a kind, found by a text */
#define LOOKED_AT 500  /* among so many, those whose name has it come first */

struct store_view { struct lrs *lrs; struct db *db; };

static void store_view_clear(struct store_view *view) {
  lrs_free(view->lrs);
  if (view->db) db_release(view->db);
}
typedef struct store_view store_view_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(store_view_auto, store_view_clear)

static bool open_store(struct op_call *call, struct store_view *view, GError **error) {
  view->lrs = lrs_new(system_ledger(call->system));
  view->db = store_read(system_store(call->system), error);
  return view->db != NULL;
}

/* ---- one row ---------------------------------------------------------------------------------------------------- */

static const char *first_text(struct json map) {
  struct json_iter it = json_iter(map);
  return json_type(map) == JSON_OBJECT && json_next(&it) ? json_string(it.value) : NULL;
}

static void put_object(struct db *db, struct json_writer *out, struct json object) {
  const char *type = json_string(json_get(object, "objectType")), *id = json_string(json_get(object, "id"));
  bool reference = type && strcmp(type, "StatementRef") == 0, activity = !type || strcmp(type, "Activity") == 0;
  const char *given = activity ? first_text(json_get(json_get(object, "definition"), "name")) : NULL;
  g_autofree char *name = activity && id ? given ? g_strdup(given) : ops_activity_name(db, id) : NULL;
  json_put_string(out, "object", activity ? "activity" : reference ? "statement" : strcmp(type, "SubStatement") == 0 ? "sub-statement" : "agent");
  json_put_string(out, "activity", activity ? id : NULL);
  json_put_string(out, "activity_name", name);
  json_put_string(out, "refers", reference ? id : NULL);
}

static void put_row(const struct store_view *view, struct json_writer *out, struct json statement, int64_t stored) {
  const char *verb = json_string(json_get(json_get(statement, "verb"), "id")), *vouches = json_string(json_get(json_get(statement, "authority"), "name"));
  g_autofree char *verb_name = ops_iri_name(verb ? verb : ""), *key = lrs_agent_key(json_get(statement, "actor")), *agent = key ? lrs_agent_name(view->lrs, key) : NULL;
  bool ours = json_equals(json_get(json_get(json_get(statement, "authority"), "account"), "homePage"), LRS_CREDENTIALS);
  json_put_string(out, "id", json_string(json_get(statement, "id")));
  put_time(out, "stored", stored);
  json_put_string(out, "timestamp", json_string(json_get(statement, "timestamp")));
  json_put_string(out, "agent", agent);
  json_put_string(out, "verb", verb ? verb : "");
  json_put_string(out, "verb_name", verb_name);
  put_object(view->db, out, json_get(statement, "object"));
  json_put_string(out, "registration", json_string(json_get(json_get(statement, "context"), "registration")));
  json_put_string(out, "credential", ours ? vouches : NULL);
}

static bool parse_row(const struct store_view *view, struct json_writer *out, const struct lrs_statement *row, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(row->text, row->length, error);
  if (!doc) return false;
  json_open_object(out, NULL);
  put_row(view, out, json_root(doc), row->stored);
  json_close_object(out);
  return true;
}

/* ---- the list --------------------------------------------------------------------------------------------------- */

static bool read_cursor(const char *text, int64_t *ret_cursor, GError **error) {
  char *end;
  int64_t cursor = g_ascii_strtoll(text, &end, 10);
  if (cursor <= 0 || *end || strlen(text) > 18) return fail(error, MENO_ERROR_BAD_INPUT, "\"cursor\" is not one that a list has named");
  *ret_cursor = cursor;
  return true;
}

static bool read_filters(const struct op_call *call, struct xapi_query *query, int64_t *ret_cursor, GError **error) {
  const char *agent = op_text(call, "agent"), *registration = op_text(call, "registration"), *since = op_text(call, "since"), *until = op_text(call, "until"), *cursor = op_text(call, "cursor");
  *query = (struct xapi_query){ .since = INT64_MIN, .until = INT64_MAX, .limit = (int64_t)op_number(call, "limit", USUAL), .agent_roles = XAPI_FILTER_RELATED_AGENTS,
    .activity_roles = XAPI_FILTER_ACTIVITY, .verb = g_strdup(op_text(call, "verb")), .activity = g_strdup(op_text(call, "activity")) };
  if (agent && !g_str_has_prefix(agent, "a-")) return fail(error, MENO_ERROR_BAD_INPUT, "\"agent\" is an opaque name like a-…; whose it is tells `meno statements agent`, for the privacy officer");
  if (agent) query->agent = g_strconcat(LRS_OPAQUE, agent, NULL);
  if (registration && !xapi_is_uuid(registration, strlen(registration))) return fail(error, MENO_ERROR_BAD_INPUT, "\"registration\" is no UUID");
  if (registration) g_strlcpy(query->registration, registration, ID_TEXT);
  for (char *p = query->registration; *p; p++) *p = g_ascii_tolower(*p);
  if (since) clock_parse_time(since, &query->since);
  if (until) clock_parse_time(until, &query->until);
  return !cursor || read_cursor(cursor, ret_cursor, error);
}

static bool list(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(store_view_auto) view = { 0 };
  g_auto(xapi_query_auto) query = { 0 };
  g_autoptr(GArray) found = lrs_statements_new();
  int64_t cursor = 0, more = 0, newest = 0;
  if (!read_filters(call, &query, &cursor, error) || !open_store(call, &view, error) || !lrs_find(view.lrs, &query, NULL, cursor, found, &more, error)) return false;
  json_open_array(out, "statements");
  for (guint i = 0; i < found->len; i++) {
    const struct lrs_statement *row = &g_array_index(found, struct lrs_statement, i);
    newest = MAX(newest, row->stored);
    if (!parse_row(&view, out, row, error)) return false;
  }
  json_close_array(out);
  g_autofree char *next = more ? g_strdup_printf("%" G_GINT64_FORMAT, more) : NULL;
  json_put_string(out, "more", next);
  put_time(out, "newest", newest);
  return true;
}

/* ---- verbs and activities by a text ----------------------------------------------------------------------------- */

static char *pattern_of(const char *text) {
  g_autofree char *small = g_ascii_strdown(text, -1);
  GString *pattern = g_string_new("%");
  for (const char *p = small; *p; p++) {
    if (strchr("%_\\", *p)) g_string_append_c(pattern, '\\');
    g_string_append_c(pattern, *p);
  }
  return g_string_free(g_string_append_c(pattern, '%'), FALSE);
}

static GPtrArray *keys_like(struct db *db, const char *pattern, const char *from, const char *to, GError **error) {
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(query_auto) query = db_query(db, error, "evidence.terms_like", "ttti", pattern, from, to, (int64_t)LOOKED_AT);
  int got;
  while ((got = query_next(query, error)) == 1) g_ptr_array_add(keys, g_strdup(query_text(query, 0) + 1));
  return got == 0 ? g_steal_pointer(&keys) : NULL;
}

/* Those whose name has the text; only where there are none, those whose IRI has it: a part of many IRIs is in all of them. */
static bool put_keys(struct db *db, struct json_writer *out, const char *name, const char *text, const char *from, const char *to, GError **error) {
  g_autofree char *pattern = pattern_of(text), *wanted = g_utf8_casefold(text, -1);
  g_autoptr(GPtrArray) keys = keys_like(db, pattern, from, to, error), names = g_ptr_array_new_with_free_func(g_free);
  int shown = 0;
  if (!keys) return false;
  for (guint i = 0; i < keys->len; i++) g_ptr_array_add(names, *from == 'v' ? ops_iri_name(keys->pdata[i]) : ops_activity_name(db, keys->pdata[i]));
  json_open_array(out, name);
  for (int by_name = 1; by_name >= 0 && shown == 0; by_name--)
    for (guint i = 0; i < keys->len && shown < MOST_TERMS; i++) {
      g_autofree char *called = g_utf8_casefold(names->pdata[i], -1);
      if (by_name && !strstr(called, wanted)) continue;
      json_open_object(out, NULL);
      json_put_string(out, "id", keys->pdata[i]);
      json_put_string(out, "name", names->pdata[i]);
      json_close_object(out);
      shown++;
    }
  json_close_array(out);
  return true;
}

static bool terms(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  const char *text = op_text(call, "q");
  return db && put_keys(db, out, "verbs", text, "v", "w", error) && put_keys(db, out, "activities", text, "o", "p", error);
}

/* ---- one of them ------------------------------------------------------------------------------------------------ */

/* The statement, voided or not; NOT_FOUND where there is none, or none that can be read any more. */
static bool find(const struct store_view *view, const char *id, GArray *found, GError **error) {
  if (!xapi_is_uuid(id, strlen(id))) return fail(error, MENO_ERROR_NOT_FOUND, "\"%.60s\" is no statement's id", id);
  g_autofree char *small = g_ascii_strdown(id, -1);
  int got = lrs_find_one(view->lrs, small, false, NULL, found, error);
  if (got == 0) got = lrs_find_one(view->lrs, small, true, NULL, found, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no statement %s, or its person was erased", id);
  return got == 1;
}

static void put_uuid(struct json_writer *out, const char *key, struct query *query, int column) {
  char text[ID_TEXT];
  struct uuid id;
  size_t length;
  const void *bytes = query_blob(query, column, &length);
  if (length == sizeof id.bytes) memcpy(id.bytes, bytes, length);
  json_put_string(out, key, length == sizeof id.bytes ? uuid_format(id, text) : NULL);
}

static bool put_mentions(const struct store_view *view, struct json_writer *out, struct uuid id, GError **error) {
  g_autoptr(query_auto) query = db_query(view->db, error, "evidence.statement_mentions", "b", id.bytes, sizeof id.bytes);
  int got;
  json_open_array(out, "mentions");
  while ((got = query_next(query, error)) == 1) {
    json_open_object(out, NULL);
    put_uuid(out, "id", query, 0);
    json_put_bool(out, "voids", query_integer(query, 1));
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

static bool put_place(const struct store_view *view, struct json_writer *out, struct uuid id, GError **error) {
  g_autoptr(query_auto) query = db_query(view->db, error, "evidence.statement_about", "b", id.bytes, sizeof id.bytes);
  int got = query_next(query, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "the statement is not there any more");
  if (got != 1) return false;
  char hash[DIGEST_TEXT] = "";
  size_t length;
  const void *bytes = query_blob(query, 4, &length);
  json_put_integer(out, "event", query_integer(query, 0));
  if (length == DIGEST_BYTES) digest_format(bytes, hash);
  json_put_string(out, "hash", hash);
  json_put_bool(out, "voids", query_integer(query, 1));
  put_uuid(out, "voided_by", query, 3);
  query_done(g_steal_pointer(&query));
  return put_mentions(view, out, id, error);
}

static bool show(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(store_view_auto) view = { 0 };
  g_autoptr(GArray) found = lrs_statements_new();
  struct uuid id;
  if (!open_store(call, &view, error) || !find(&view, op_text(call, "id"), found, error)) return false;
  const struct lrs_statement *row = &g_array_index(found, struct lrs_statement, 0);
  g_autoptr(json_doc_auto) doc = json_parse(row->text, row->length, error);
  if (!doc || !uuid_parse(op_text(call, "id"), &id)) return false;
  put_row(&view, out, json_root(doc), row->stored);
  if (!put_place(&view, out, id, error)) return false;
  lrs_veil(view.lrs, out, "statement", json_root(doc));
  return true;
}

/* ---- what only the privacy officer is told ---------------------------------------------------------------------- */

static bool note_look(struct op_call *call, const char *what, GError **error) {
  g_autofree char *note = g_strdup_printf("%s: %s", what, op_text(call, "reason"));
  return session_note(system_store(call->system), call->caller.account, note, error);
}

static bool reveal(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(store_view_auto) view = { 0 };
  g_autoptr(GArray) found = lrs_statements_new();
  if (!open_store(call, &view, error) || !find(&view, op_text(call, "id"), found, error)) return false;
  const struct lrs_statement *row = &g_array_index(found, struct lrs_statement, 0);
  g_autofree char *what = g_strdup_printf("read the statement %s whole", op_text(call, "id"));
  g_clear_pointer(&view.db, db_release);
  if (!note_look(call, what, error)) return false;
  json_put_raw(out, "statement", row->text, row->length);
  return true;
}

static bool agent(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(store_view_auto) view = { 0 };
  const char *given = op_text(call, "address");
  g_autofree char *key = *given == '{' || strchr(given, ':') ? g_strdup(given) : g_strconcat("mailto:", given, NULL);
  if (*given == '{') {
    g_autoptr(json_doc_auto) doc = json_parse(given, strlen(given), error);
    g_free(key);
    key = doc ? lrs_agent_key(json_root(doc)) : NULL;
    if (doc && !key) fail(error, MENO_ERROR_BAD_INPUT, "\"address\" is no agent with an identifier");
  }
  if (!key || !open_store(call, &view, error)) return false;
  g_autofree char *name = lrs_agent_name(view.lrs, key), *what = g_strdup_printf("looked for what %s did", name);
  g_clear_pointer(&view.db, db_release);
  if (!note_look(call, what, error)) return false;
  json_put_string(out, "agent", name);
  return true;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static const struct field list_in[] = { { "verb", FIELD_TEXT(LIMIT_TEXT), 0, "its IRI" }, { "activity", FIELD_TEXT(LIMIT_TEXT), 0, "its IRI" },
  { "agent", FIELD_TEXT(LIMIT_ID), 0, "an opaque name, as the list has it" }, { "registration", FIELD_TEXT(LIMIT_ID), 0, "a UUID" },
  { "since", FIELD_TIME, 0, "stored after that" }, { "until", FIELD_TIME, 0, "stored at or before that" }, { "cursor", FIELD_TEXT(LIMIT_ID), 0, "where to go on: `more` of the answer before" },
  { "limit", FIELD_INTEGER(1, MOST), 0, "how many (default 50)" }, { 0 } };
#define STATEMENT_FIELDS { "id", FIELD_ID("statement"), REQUIRED, "" }, { "stored", FIELD_TIME, REQUIRED, "" }, { "timestamp", FIELD_TEXT(0), REQUIRED | NULLABLE, "when it happened, as the sender says" }, \
  { "agent", FIELD_TEXT(0), REQUIRED | NULLABLE, "opaque; null: a group without an identifier" }, { "verb", FIELD_TEXT(0), REQUIRED, "" }, { "verb_name", FIELD_TEXT(0), REQUIRED, "" }, \
  { "object", FIELD_TEXT(0), REQUIRED, "activity, agent, statement or sub-statement" }, { "activity", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "activity_name", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "refers", FIELD_TEXT(0), REQUIRED | NULLABLE, "the statement that it is about" }, { "registration", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "credential", FIELD_TEXT(0), REQUIRED | NULLABLE, "who vouches" }
static const struct field row[] = { STATEMENT_FIELDS, { 0 } };
static const struct field list_out[] = { { "statements", FIELD_LIST(row), REQUIRED, "newest first" }, { "more", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "newest", FIELD_TIME, REQUIRED | NULLABLE, "to be asked for as `since`" }, { 0 } };
static const struct field terms_in[] = { { "q", FIELD_TEXT(200), REQUIRED | IN_PATH, "part of a name or an IRI" }, { 0 } };
static const struct field term_out[] = { { "id", FIELD_TEXT(0), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field terms_out[] = { { "verbs", FIELD_LIST(term_out), REQUIRED, "" }, { "activities", FIELD_LIST(term_out), REQUIRED, "" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("statement"), REQUIRED | IN_PATH, "the statement" }, { 0 } };
static const struct field mention[] = { { "id", FIELD_ID("statement"), REQUIRED, "" }, { "voids", FIELD_BOOL, REQUIRED, "" }, { 0 } };
static const struct field show_out[] = { STATEMENT_FIELDS, { "event", FIELD_COUNT, REQUIRED, "its number in the ledger" }, { "hash", FIELD_TEXT(0), REQUIRED, "of that event" },
  { "voids", FIELD_BOOL, REQUIRED, "it is meant to void the one that it is about" }, { "voided_by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "mentions", FIELD_LIST(mention), REQUIRED, "statements about it, newest first" }, { "statement", FIELD_ANY, REQUIRED, "as JSON; who and what somebody wrote is withheld" }, { 0 } };
static const struct field reveal_in[] = { { "id", FIELD_ID("statement"), REQUIRED | IN_PATH, "the statement" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "why; the access log keeps it" }, { 0 } };
static const struct field reveal_out[] = { { "statement", FIELD_ANY, REQUIRED, "as it was stored" }, { 0 } };
static const struct field agent_in[] = { { "address", FIELD_TEXT(LIMIT_TEXT), REQUIRED | IN_PATH, "a mail address, an identifier like openid:…, or an agent as JSON" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "why; the access log keeps it" }, { 0 } };
static const struct field agent_out[] = { { "agent", FIELD_TEXT(0), REQUIRED, "its opaque name" }, { 0 } };

const struct op statements_shown_ops[] = {
  { "statements list", GET, "/statements", MAY_SEE_STATEMENTS, list_in, list_out, list, "Statements as they arrive, newest first, without who", "running the system" },
  { "statements terms", GET, "/statements/terms", MAY_SEE_STATEMENTS, terms_in, terms_out, terms, "Verbs and activities by part of their names", "running the system" },
  { "statements show", GET, "/statements/{id}", MAY_SEE_STATEMENTS, id_in, show_out, show, "One statement, with what it voids and what is about it", "running the system" },
  { "statements reveal", POST, "/statements/{id}/reveal", MAY_REVEAL, reveal_in, reveal_out, reveal, "A statement whole, with a reason", "privacy" },
  { "statements agent", POST, "/statements/agent", MAY_REVEAL, agent_in, agent_out, agent, "By which opaque name somebody is known, with a reason", "privacy" },
  { 0 } };
