/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One JSON object of what a request says in its address, its query, and its body (JSON or multipart). What a field means
 * is checked where every face's input is checked (op_run); here is only refused what cannot be put together: a value given
 * twice, a body that is no object, text that is not UTF-8. */
#include "doors/rest/rest-private.h"
#include <string.h>

static void clear_file(void *data) {
  struct op_file *file = data;
  g_free((char *)(uintptr_t)file->name);
  g_bytes_unref(file->bytes);
}

void rest_input_clear(struct rest_input *input) {
  g_clear_pointer(&input->json, g_free);
  g_clear_pointer(&input->files, g_array_unref);
}

static const struct field *field_of(const struct op *op, const char *name) {
  for (const struct field *field = op->in; field && field->name; field++)
    if (strcmp(field->name, name) == 0) return field;
  return NULL;
}

static bool is_json(const char *text, enum json_type least, enum json_type most) {
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
  enum json_type type = doc ? json_type(json_root(doc)) : JSON_ABSENT;
  return type >= least && type <= most;
}

void rest_put_text(struct json_writer *writer, const struct field *field, const char *text) {
  bool raw = false;
  switch (field ? field->type.kind : FIELD_KIND_TEXT) {
    case FIELD_KIND_BOOL: raw = strcmp(text, "true") == 0 || strcmp(text, "false") == 0; break;
    case FIELD_KIND_NUMBER: case FIELD_KIND_INTEGER: raw = is_json(text, JSON_NUMBER, JSON_NUMBER); break;
    case FIELD_KIND_OBJECT: case FIELD_KIND_LIST: case FIELD_KIND_ANY: raw = is_json(text, JSON_ARRAY, JSON_OBJECT); break;
    default: break;
  }
  const char *key = field ? field->name : NULL;
  if (raw) json_put_raw(writer, key, text, strlen(text));
  else json_put_string(writer, key, text);
}

/* ---- collecting ------------------------------------------------------------------------------------------------- */

struct collect { const struct op *op; struct json_writer writer; GHashTable *given; struct rest_input *input; };

static bool take_name(struct collect *collect, const char *name, GError **error) {
  return g_hash_table_add(collect->given, g_strdup(name)) || fail(error, MENO_ERROR_BAD_INPUT, "\"%.100s\" is given twice", name);
}

static void put(struct collect *collect, const char *name, const char *text) {
  struct field unknown = { .name = name, .type = { .kind = FIELD_KIND_TEXT } };
  const struct field *field = field_of(collect->op, name);
  rest_put_text(&collect->writer, field ? field : &unknown, text);
}

static bool add_path(struct collect *collect, const struct rest_match *match, GError **error) {
  const char *at = match->op->path;
  for (size_t i = 0; (at = strchr(at, '{')); i++) {
    at++;
    size_t length = strcspn(at, "}");
    g_autofree char *name = g_strndup(at, length), *text = form_decode(match->values[i].text, match->values[i].length, false);
    if (!text) return fail(error, MENO_ERROR_BAD_INPUT, "the \"%s\" in the address is not well encoded: write UTF-8 with %%XX, and no %%00", name);
    if (!take_name(collect, name, error)) return false;
    put(collect, name, text);
  }
  return true;
}

/* All values of a list's name; it may be repeated. */
static void put_list(struct collect *collect, const char *name, GPtrArray *pairs) {
  json_open_array(&collect->writer, name);
  for (size_t i = 0; i < pairs->len; i++) {
    const struct form_pair *pair = pairs->pdata[i];
    if (strcmp(pair->name, name) == 0) json_put_string(&collect->writer, NULL, pair->value);
  }
  json_close_array(&collect->writer);
}

static bool add_query(struct collect *collect, const struct http_request *request, GError **error) {
  const char *query = request->target + request->path_length;
  if (*query != '?' || !query[1]) return true;
  if (collect->op->method != GET && collect->op->method != DELETE)
    return fail(error, MENO_ERROR_BAD_INPUT, "the address takes no parameters with %s; put them into the body", rest_methods[collect->op->method]);
  g_autoptr(GPtrArray) pairs = form_query(query + 1, error);
  if (!pairs) return false;
  for (size_t i = 0; i < pairs->len; i++) {
    const struct form_pair *pair = pairs->pdata[i];
    const struct field *field = field_of(collect->op, pair->name);
    bool list = field && field->type.kind == FIELD_KIND_TEXTS;
    if (list && g_hash_table_contains(collect->given, pair->name)) continue;
    if (!take_name(collect, pair->name, error)) return false;
    if (list) put_list(collect, pair->name, pairs);
    else put(collect, pair->name, pair->value);
  }
  return true;
}

static bool add_json(struct collect *collect, const struct http_request *request, GError **error) {
  if (request->body_length == 0) return true;
  if (!form_is_type(http_request_header(request, "Content-Type"), "application/json"))
    return fail(error, MENO_ERROR_MEDIA_TYPE, "the body must be JSON; send it with Content-Type: application/json");
  g_autoptr(json_doc_auto) doc = json_parse(request->body, request->body_length, error);
  if (!doc) return false;
  if (json_type(json_root(doc)) != JSON_OBJECT) return fail(error, MENO_ERROR_BAD_INPUT, "the body is not a JSON object");
  struct json_iter it = json_iter(json_root(doc));
  while (json_next(&it)) {
    if (!take_name(collect, it.key, error)) return false;
    json_put_value(&collect->writer, it.key, it.value);
  }
  return true;
}

static bool add_part(struct collect *collect, GBytes *body, const struct form_part *part, GError **error) {
  const struct field *field = field_of(collect->op, part->name);
  if (field && field->type.kind == FIELD_KIND_FILES) {
    if (!part->file_name) return fail(error, MENO_ERROR_BAD_INPUT, "part \"%s\" carries no file; give it a filename", part->name);
    if (part->length == 0 && !*part->file_name) return true;
    if (collect->input->files->len == LIMIT_IMPORT_FILES) return fail(error, MENO_ERROR_TOO_LARGE, "more than %d files came at once", LIMIT_IMPORT_FILES);
    size_t offset = (size_t)(part->data - (const char *)g_bytes_get_data(body, NULL));
    struct op_file file = { g_strdup(part->file_name), g_bytes_new_from_bytes(body, offset, part->length) };
    g_array_append_val(collect->input->files, file);
    return true;
  }
  if (part->length > LIMIT_MAPPING_BYTES) return fail(error, MENO_ERROR_TOO_LARGE, "part \"%s\" is longer than %u bytes", part->name, LIMIT_MAPPING_BYTES);
  if (memchr(part->data, 0, part->length) || !g_utf8_validate(part->data, (gssize)part->length, NULL))
    return fail(error, MENO_ERROR_BAD_INPUT, "part \"%s\" is not UTF-8 text", part->name);
  if (!take_name(collect, part->name, error)) return false;
  g_autofree char *text = g_strndup(part->data, part->length);
  put(collect, part->name, text);
  return true;
}

static bool add_multipart(struct collect *collect, const struct http_request *request, GError **error) {
  if (request->body_length == 0) return true;
  g_autofree char *boundary = form_boundary(http_request_header(request, "Content-Type") ? http_request_header(request, "Content-Type") : "");
  if (!boundary) return fail(error, MENO_ERROR_MEDIA_TYPE, "the body must be multipart/form-data with a boundary");
  g_autoptr(GPtrArray) parts = form_multipart(boundary, request->body, request->body_length, error);
  if (!parts) return false;
  for (size_t i = 0; i < parts->len; i++)
    if (!add_part(collect, request->bytes, parts->pdata[i], error)) return false; /* slices keep the body for a job that outlives the request */
  return true;
}

bool rest_input_read(const struct rest_match *match, const struct http_request *request, struct rest_input *ret_input, GError **error) {
  const struct op *op = match->op;
  struct rest_input input = { .files = g_array_new(FALSE, FALSE, sizeof(struct op_file)) };
  g_array_set_clear_func(input.files, clear_file);
  struct collect collect = { .op = op, .given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .input = &input };
  json_writer_init(&collect.writer);
  json_open_object(&collect.writer, NULL);
  bool fine = add_path(&collect, match, error) && add_query(&collect, request, error);
  if (fine && op->method == GET && request->body_length) fine = fail(error, MENO_ERROR_BAD_INPUT, "a GET takes no body");
  if (fine) fine = op->body == BODY_FILES ? add_multipart(&collect, request, error) : add_json(&collect, request, error);
  if (fine) {
    json_close_object(&collect.writer);
    input.json = json_writer_steal(&collect.writer, &input.length);
    *ret_input = input;
  } else {
    json_writer_clear(&collect.writer);
    rest_input_clear(&input);
  }
  g_hash_table_destroy(collect.given);
  return fine;
}
