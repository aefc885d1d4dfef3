/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /statements (xAPI-Communication 2.1): what comes in is read, checked and handed to the record store as one batch; what is asked
 * for is found and written in the format that is asked for. */
#include "base/limits.h"
#include "doors/xapi/xapi-private.h"
#include "evidence/xapi-jws.h"

/* ---- in --------------------------------------------------------------------------------------------------------- */

struct xapi_incoming { GArray *parts; struct json_doc *doc; char *id; struct lrs_incoming batch; };

void xapi_incoming_free(struct xapi_incoming *incoming) {
  json_doc_free(incoming->doc);
  g_clear_pointer(&incoming->parts, g_array_unref);
  g_free(incoming->id);
  g_free(incoming);
}

static bool read_body(struct xapi_call *call, struct xapi_incoming *incoming, GError **error) {
  const char *type = xapi_header(call, "Content-Type"), *text = call->body;
  size_t length = call->length;
  if (xapi_is_type(type, "multipart/mixed")) {
    incoming->parts = xapi_multipart_read(type, call->body, call->length, error);
    if (!incoming->parts) return false;
    const struct xapi_part *parts = &g_array_index(incoming->parts, struct xapi_part, 0);
    text = parts[0].data;
    length = parts[0].length;
    incoming->batch.parts = parts + 1;
    incoming->batch.part_count = incoming->parts->len - 1;
  } else if (!xapi_is_type(type, "application/json"))
    return fail(error, MENO_ERROR_BAD_INPUT, "statements come as application/json or multipart/mixed, not as \"%.60s\"", type ? type : "nothing");
  incoming->doc = json_parse(text, length, error);
  return incoming->doc != NULL;
}

static bool check_signatures(const struct xapi_incoming *incoming, GError **error) {
  struct json root = incoming->batch.root;
  if (json_type(root) != JSON_ARRAY) return xapi_signatures_check(root, incoming->batch.parts, incoming->batch.part_count, error);
  struct json_iter it = json_iter(root);
  while (json_next(&it))
    if (!xapi_signatures_check(it.value, incoming->batch.parts, incoming->batch.part_count, error)) return false;
  return true;
}

/* What a POST or PUT has brought in, checked. `id` of a PUT; NULL: as the statements say. */
static bool read_statements(struct xapi_call *call, const char *id, GError **error) {
  if (!xapi_may(call, CREDENTIAL_WRITE, error)) return false;
  struct xapi_incoming *incoming = call->incoming = g_new0(struct xapi_incoming, 1);
  struct lrs_incoming *batch = &incoming->batch;
  if (!read_body(call, incoming, error)) return false;
  batch->root = json_root(incoming->doc);
  batch->version = call->version;
  batch->authority = call->authority;
  batch->actor = call->actor;
  batch->id = incoming->id = id ? g_ascii_strdown(id, -1) : NULL;
  batch->room = call->who.room;
  batch->define = credential_allows(&call->who, CREDENTIAL_DEFINE);
  return xapi_check_batch(batch->root, call->version, &batch->count, error) &&
    xapi_attachments_match(batch->root, batch->parts, batch->part_count, false, error) && check_signatures(incoming, error);
}

bool xapi_statements_post(struct xapi_call *call, GError **error) {
  return xapi_only(call, (const char *const[]){ NULL }, error) && read_statements(call, NULL, error);
}

bool xapi_statements_put(struct xapi_call *call, GError **error) {
  const char *id = xapi_parameter(call, "statementId");
  if (!xapi_only(call, (const char *const[]){ "statementId", NULL }, error)) return false;
  if (!id) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter statementId is missing");
  if (!xapi_is_uuid(id, strlen(id))) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter statementId is no UUID: \"%.60s\"", id);
  if (!read_statements(call, id, error)) return false;
  struct json root = call->incoming->batch.root;
  if (json_type(root) != JSON_OBJECT) return fail(error, MENO_ERROR_BAD_INPUT, "PUT takes one statement; POST takes several");
  const char *own = json_string(json_get(root, "id"));
  return !own || g_ascii_strcasecmp(own, id) == 0 || fail(error, MENO_ERROR_BAD_INPUT, "the statement's id is not the parameter statementId");
}

static void put_ids(struct xapi_call *call, const GPtrArray *ids) {
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_array(&out, NULL);
  for (guint i = 0; i < ids->len; i++) json_put_string(&out, NULL, ids->pdata[i]);
  json_close_array(&out);
  xapi_put_json(call, &out);
}

static void stored(void *data, GPtrArray *ids, GError *error) {
  struct xapi_call *call = data;
  if (ids && call->incoming->id) call->response->status = 204;
  else if (ids) put_ids(call, ids);
  g_clear_pointer(&ids, g_ptr_array_unref);
  xapi_call_end(call, error);
}

void xapi_statements_store(struct xapi_call *call) { lrs_send(call->door->lrs, call->now, &call->incoming->batch, stored, call); }

/* ---- out -------------------------------------------------------------------------------------------------------- */

struct look { struct lrs *lrs; const char *room; char *held; };

static const char *look_up(void *data, const char *activity, size_t *ret_length) {
  struct look *look = data;
  g_clear_pointer(&look->held, g_free);
  if (lrs_definition(look->lrs, look->room, activity, &look->held, NULL) != 1) return NULL;
  *ret_length = strlen(look->held);
  return look->held;
}

static bool put_statement(struct xapi_call *call, const struct xapi_query *query, struct json_writer *out, const struct lrs_statement *statement, GError **error) {
  if (query->format == XAPI_EXACT) {
    json_put_raw(out, NULL, statement->text, statement->length);
    return true;
  }
  g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, error);
  if (!doc) return false;
  struct xapi_languages languages;
  struct look look = { call->door->lrs, call->who.room, NULL };
  xapi_languages_read(&languages, xapi_header(call, "Accept-Language"));
  if (query->format == XAPI_IDS) xapi_write_ids(out, NULL, json_root(doc));
  else xapi_write_canonical(out, NULL, json_root(doc), &(struct xapi_canon){ look_up, NULL, &look, &languages });
  g_free(look.held);
  return true;
}

/* The JSON as it is, or as the first of parts with the data of attachments. */
static bool answer_with(struct xapi_call *call, const struct xapi_query *query, struct json_writer *out, const GArray *statements, GError **error) {
  if (!query->attachments) {
    xapi_put_json(call, out);
    return true;
  }
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct xapi_part));
  g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
  struct xapi_part json = { .type = "application/json", .type_length = strlen("application/json"), .data = out->text->str, .length = out->text->len };
  g_array_append_val(parts, json);
  for (guint i = 0; i < statements->len; i++)
    if (!lrs_attachments(call->door->lrs, g_array_index(statements, struct lrs_statement, i).seq, parts, keep, error)) return false;
  const struct xapi_part *all = &g_array_index(parts, struct xapi_part, 0);
  g_autofree char *boundary = xapi_multipart_boundary(all, parts->len), *type = g_strconcat("multipart/mixed; boundary=", boundary, NULL);
  GByteArray *bytes = g_byte_array_new();
  xapi_multipart_write(bytes, boundary, all, parts->len);
  call->response->status = 200;
  http_response_add(call->response, "Content-Type", type);
  call->response->body = g_byte_array_free_to_bytes(bytes);
  return true;
}

/* The address at which the list goes on: the same parameters, and where. */
static char *more_address(const struct xapi_call *call, int64_t cursor) {
  GString *address = g_string_new(XAPI_ROOT "/statements?");
  for (guint i = 0; i < call->parameters->len; i++) {
    const struct form_pair *pair = call->parameters->pdata[i];
    g_autofree char *value = g_uri_escape_string(pair->value, NULL, FALSE);
    if (strcmp(pair->name, "cursor") != 0) g_string_append_printf(address, "%s=%s&", pair->name, value);
  }
  g_string_append_printf(address, "cursor=%" G_GINT64_FORMAT, cursor);
  return g_string_free(address, FALSE);
}

static bool answer_one(struct xapi_call *call, const struct xapi_query *query, const char *mine, GError **error) {
  bool voided = *query->voided;
  g_autoptr(GArray) statements = lrs_statements_new();
  int got = lrs_find_one(call->door->lrs, voided ? query->voided : query->statement, voided, mine, statements, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, voided ? "there is no voided statement with this id" : "there is no statement with this id, or it was voided");
  if (got != 1) return false;
  const struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, 0);
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  xapi_put_time(call, "Last-Modified", statement->stored);
  return put_statement(call, query, &out, statement, error) && answer_with(call, query, &out, statements, error);
}

static bool answer_list(struct xapi_call *call, const struct xapi_query *query, const char *mine, int64_t cursor, GError **error) {
  g_autoptr(GArray) statements = lrs_statements_new();
  int64_t more = 0, newest = 0;
  if (!lrs_find(call->door->lrs, query, mine, cursor, statements, &more, error)) return false;
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_open_array(&out, "statements");
  for (guint i = 0; i < statements->len; i++) {
    const struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, i);
    newest = MAX(newest, statement->stored);
    if (!put_statement(call, query, &out, statement, error)) return false;
  }
  json_close_array(&out);
  g_autofree char *address = more ? more_address(call, more) : g_strdup("");
  json_put_string(&out, "more", address);
  json_close_object(&out);
  if (newest) xapi_put_time(call, "Last-Modified", newest);
  return answer_with(call, query, &out, statements, error);
}

/* Where a list goes on is our own parameter, the others are the specification's. */
static bool read_query(struct xapi_call *call, struct xapi_query *query, int64_t *ret_cursor, GError **error) {
  g_autoptr(GArray) parameters = g_array_new(FALSE, FALSE, sizeof(struct xapi_parameter));
  const char *cursor = xapi_parameter(call, "cursor");
  for (guint i = 0; i < call->parameters->len; i++) {
    const struct form_pair *pair = call->parameters->pdata[i];
    struct xapi_parameter parameter = { pair->name, pair->value };
    if (strcmp(pair->name, "cursor") != 0) g_array_append_val(parameters, parameter);
  }
  *ret_cursor = 0;
  if (cursor && (strspn(cursor, "0123456789") != strlen(cursor) || strlen(cursor) > 18 || (*ret_cursor = g_ascii_strtoll(cursor, NULL, 10)) <= 0))
    return fail(error, MENO_ERROR_BAD_INPUT, "the address is not one that a list named as its more");
  return xapi_query_read((const struct xapi_parameter *)(const void *)parameters->data, parameters->len, call->version, query, error);
}

bool xapi_statements_get(struct xapi_call *call, GError **error) {
  g_auto(xapi_query_auto) query = { 0 };
  int64_t cursor;
  bool all = credential_allows(&call->who, CREDENTIAL_STATEMENTS_READ);
  if ((!all && !xapi_may(call, CREDENTIAL_READ_MINE, error)) || !read_query(call, &query, &cursor, error)) return false;
  const char *mine = all ? call->room_key : call->authority_key;
  return *query.statement || *query.voided ? answer_one(call, &query, mine, error) : answer_list(call, &query, mine, cursor, error);
}
