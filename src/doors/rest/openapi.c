/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The OpenAPI 3.1 description of everything below /api/v1, made of the same rows that requests are matched, checked and
 * permitted by; so it cannot say anything else than the server does. Beside the standard's words every operation carries
 * `x-meno-permission`, `x-meno-roles` (who has it) and `x-meno-purpose` (why the data may be seen); the test that walks
 * every operation as every role reads its expectations there.
 *
 * How it can be wrong: an answer's fields are described, not enforced; the tests of the operations compare. */
#include "doors/rest/rest-private.h"
#include <string.h>

#define DEPTH_MOST 8 /* a table that holds itself would never end */

/* ---- schemas ---------------------------------------------------------------------------------------------------- */

static void put_object(struct json_writer *out, const char *key, const struct field *fields, bool closed, const char *path, int depth);
static void put_members(struct json_writer *out, const struct field *fields, bool closed, const char *path, int depth);

/* A plain argument of the verb need not stand in the address. `path` NULL: there is none. */
static bool in_path(const char *path, const struct field *field) {
  g_autofree char *slot = g_strconcat("{", field->name, "}", NULL);
  return path && strstr(path, slot);
}

static void put_type(struct json_writer *out, const char *type, bool nullable) {
  if (!nullable) {
    json_put_string(out, "type", type);
    return;
  }
  json_open_array(out, "type");
  json_put_string(out, NULL, type);
  json_put_string(out, NULL, "null");
  json_close_array(out);
}

static void put_number_bounds(struct json_writer *out, const struct field *field) {
  if (field->type.least > -1e15) json_put_number(out, "minimum", field->type.least);
  if (field->type.most < 1e15) json_put_number(out, "maximum", field->type.most);
}

static void put_words(struct json_writer *out, const struct field *field, bool nullable) {
  json_open_array(out, "enum");
  for (const char *const *word = field->type.words; *word; word++) json_put_string(out, NULL, *word);
  if (nullable) json_put_null(out, NULL);
  json_close_array(out);
}

static void put_string(struct json_writer *out, const struct field *field, bool nullable) {
  put_type(out, "string", nullable);
  switch (field->type.kind) {
    case FIELD_KIND_DAY: json_put_string(out, "format", "date"); break;
    case FIELD_KIND_TIME: json_put_string(out, "format", "date-time"); break;
    case FIELD_KIND_WORD: put_words(out, field, nullable); break;
    case FIELD_KIND_ID: json_put_integer(out, "maxLength", LIMIT_ID); break;
    case FIELD_KIND_TEXT: if (field->type.most >= 1) json_put_number(out, "maxLength", field->type.most); break;
    default: break;
  }
}

/* Members of the schema object of one field. */
static void put_field(struct json_writer *out, const struct field *field, bool closed, int depth) {
  bool nullable = (field->flags & NULLABLE) != 0;
  switch (field->type.kind) {
    case FIELD_KIND_NUMBER: put_type(out, "number", nullable); put_number_bounds(out, field); break;
    case FIELD_KIND_INTEGER: put_type(out, "integer", nullable); put_number_bounds(out, field); break;
    case FIELD_KIND_BOOL: put_type(out, "boolean", nullable); break;
    case FIELD_KIND_ANY: break;
    case FIELD_KIND_OBJECT:
      put_type(out, "object", nullable);
      if (field->type.of && depth < DEPTH_MOST) put_members(out, field->type.of, closed, NULL, depth);
      break;
    case FIELD_KIND_TEXTS: case FIELD_KIND_LIST: case FIELD_KIND_FILES:
      put_type(out, "array", nullable);
      if (field->type.kind == FIELD_KIND_LIST) put_object(out, "items", field->type.of, closed, NULL, depth);
      else {
        json_open_object(out, "items");
        json_put_string(out, "type", "string");
        if (field->type.kind == FIELD_KIND_FILES) json_put_string(out, "contentMediaType", "application/octet-stream");
        json_close_object(out);
      }
      break;
    default: put_string(out, field, nullable); break;
  }
  if (field->help && *field->help) json_put_string(out, "description", field->help);
}

static void put_required(struct json_writer *out, const struct field *fields, const char *path) {
  bool any = false;
  for (const struct field *field = fields; field && field->name; field++) any |= (field->flags & REQUIRED) && !in_path(path, field);
  if (!any) return;
  json_open_array(out, "required");
  for (const struct field *field = fields; field->name; field++)
    if ((field->flags & REQUIRED) && !in_path(path, field)) json_put_string(out, NULL, field->name);
  json_close_array(out);
}

static void put_members(struct json_writer *out, const struct field *fields, bool closed, const char *path, int depth) {
  json_open_object(out, "properties");
  for (const struct field *field = fields; field->name; field++) {
    if (in_path(path, field)) continue;
    json_open_object(out, field->name);
    put_field(out, field, closed, depth + 1);
    json_close_object(out);
  }
  json_close_object(out);
  put_required(out, fields, path);
  if (closed) json_put_bool(out, "additionalProperties", false);
}

static void put_object(struct json_writer *out, const char *key, const struct field *fields, bool closed, const char *path, int depth) {
  json_open_object(out, key);
  json_put_string(out, "type", "object");
  if (fields && depth < DEPTH_MOST) put_members(out, fields, closed, path, depth);
  json_close_object(out);
}

/* ---- operations ------------------------------------------------------------------------------------------------- */

static void put_parameters(struct json_writer *out, const struct op *op) {
  bool query = op->method == GET || op->method == DELETE, any = false;
  for (const struct field *field = op->in; field && field->name; field++) any |= query || in_path(op->path, field);
  if (!any) return;
  json_open_array(out, "parameters");
  for (const struct field *field = op->in; field->name; field++) {
    bool path = in_path(op->path, field);
    if (!path && !query) continue;
    json_open_object(out, NULL);
    json_put_string(out, "name", field->name);
    json_put_string(out, "in", path ? "path" : "query");
    if (path || (field->flags & REQUIRED)) json_put_bool(out, "required", true);
    if (field->help && *field->help) json_put_string(out, "description", field->help);
    json_open_object(out, "schema");
    put_field(out, field, true, 0);
    json_close_object(out);
    json_close_object(out);
  }
  json_close_array(out);
}

static void put_body(struct json_writer *out, const struct op *op) {
  bool any = false, required = false;
  for (const struct field *field = op->in; field && field->name; field++)
    if (!in_path(op->path, field)) any = true, required |= (field->flags & REQUIRED) != 0;
  if (!any || op->method == GET || op->method == DELETE) return;
  json_open_object(out, "requestBody");
  json_put_bool(out, "required", required);
  json_open_object(out, "content");
  json_open_object(out, op->body == BODY_FILES ? "multipart/form-data" : "application/json");
  put_object(out, "schema", op->in, true, op->path, 0);
  json_close_object(out);
  json_close_object(out);
  json_close_object(out);
}

static void put_job_answer(struct json_writer *out) {
  json_open_object(out, "202");
  json_put_string(out, "description", "It was begun: ask for the job until it is done; its result is what the operation answers");
  json_open_object(out, "headers");
  json_open_object(out, "Location");
  json_put_string(out, "description", "The job's address");
  json_open_object(out, "schema");
  json_put_string(out, "type", "string");
  json_close_object(out);
  json_close_object(out);
  json_close_object(out);
  json_open_object(out, "content");
  json_open_object(out, "application/json");
  json_open_object(out, "schema");
  json_put_string(out, "$ref", "#/components/schemas/JobBegun");
  json_close_object(out);
  json_close_object(out);
  json_close_object(out);
  json_close_object(out);
}

static void put_answer(struct json_writer *out, const struct op *op) {
  if (op->job) {
    put_job_answer(out);
    return;
  }
  json_open_object(out, "200");
  json_put_string(out, "description", op->summary);
  json_open_object(out, "content");
  json_open_object(out, op->body == BODY_FILE_OUT ? "application/octet-stream" : "application/json");
  if (op->body == BODY_FILE_OUT) {
    json_open_object(out, "schema");
    json_close_object(out);
  } else put_object(out, "schema", op->out, false, NULL, 0);
  json_close_object(out);
  json_close_object(out);
  json_close_object(out);
}

static void put_problem(struct json_writer *out, const char *status) {
  g_autofree char *ref = g_strconcat("#/components/responses/Problem", status, NULL);
  json_open_object(out, status);
  json_put_string(out, "$ref", ref);
  json_close_object(out);
}

/* Which problems an operation can answer with, beside those of every request. */
static void put_responses(struct json_writer *out, const struct op *op, bool open) {
  json_open_object(out, "responses");
  put_answer(out, op);
  if (op->in) put_problem(out, "400");
  put_problem(out, "401");
  put_problem(out, "403");
  if (strchr(op->path, '{')) put_problem(out, "404");
  if (op->method != GET && !open) put_problem(out, "409");
  if (op->method == POST || op->method == PUT) put_problem(out, "413"), put_problem(out, "415");
  put_problem(out, "429");
  put_problem(out, "503");
  json_close_object(out);
}

static void put_requirement(struct json_writer *out, const char *first, const char *second) {
  json_open_object(out, NULL);
  const char *const names[] = { first, second };
  for (int i = 0; i < 2; i++) {
    if (!names[i]) continue;
    json_open_array(out, names[i]);
    json_close_array(out);
  }
  json_close_object(out);
}

static void put_security(struct json_writer *out, const struct op *op, bool open) {
  json_open_array(out, "security");
  if (!open) {
    put_requirement(out, "session", op->method == GET ? NULL : "csrf");
    put_requirement(out, "token", NULL);
  }
  json_close_array(out);
}

static char *first_word(const char *name) { return g_strndup(name, strcspn(name, " ")); }

static void put_operation(struct json_writer *out, const struct op *op, bool open) {
  static const char *const keys[] = { "get", "post", "put", "delete" };
  g_autofree char *tag = first_word(op->name), *id = g_strdelimit(g_strdup(op->name), " -", '_');
  json_open_object(out, keys[op->method]);
  json_put_string(out, "operationId", id);
  json_put_string(out, "summary", op->summary);
  json_open_array(out, "tags");
  json_put_string(out, NULL, tag);
  json_close_array(out);
  if (!open) {
    json_put_string(out, "x-meno-permission", access_permissions[op->may].name);
    account_write_roles(out, "x-meno-roles", access_permissions[op->may].roles);
  }
  if (op->purpose) json_put_string(out, "x-meno-purpose", op->purpose);
  put_security(out, op, open);
  put_parameters(out, op);
  put_body(out, op);
  put_responses(out, op, open);
  json_close_object(out);
}

/* ---- paths and tags --------------------------------------------------------------------------------------------- */

struct entry { const struct op *op; bool open; };

static void gather(const struct op *op, const struct rest_row *row, void *data) {
  struct entry entry = { op, row && row->open };
  g_array_append_val((GArray *)data, entry);
}

static int by_path(const void *a, const void *b) {
  const struct op *x = ((const struct entry *)a)->op, *y = ((const struct entry *)b)->op;
  int order = strcmp(x->path, y->path);
  return order ? order : (int)x->method - (int)y->method;
}

static void put_paths(struct json_writer *out, const GArray *entries) {
  json_open_object(out, "paths");
  for (size_t i = 0; i < entries->len; i++) {
    const struct entry *entry = &g_array_index(entries, struct entry, i);
    bool first = i == 0 || strcmp(g_array_index(entries, struct entry, i - 1).op->path, entry->op->path) != 0;
    bool last = i + 1 == entries->len || strcmp(g_array_index(entries, struct entry, i + 1).op->path, entry->op->path) != 0;
    if (first) json_open_object(out, entry->op->path);
    put_operation(out, entry->op, entry->open);
    if (last) json_close_object(out);
  }
  json_close_object(out);
}

static void put_tags(struct json_writer *out, const GArray *entries) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  json_open_array(out, "tags");
  for (size_t i = 0; i < entries->len; i++) {
    g_autofree char *tag = first_word(g_array_index(entries, struct entry, i).op->name);
    if (!g_hash_table_add(seen, g_strdup(tag))) continue;
    g_autofree char *description = g_strdup_printf("The operations \"%s …\", as on the command line", tag);
    json_open_object(out, NULL);
    json_put_string(out, "name", tag);
    json_put_string(out, "description", description);
    json_close_object(out);
  }
  json_close_array(out);
}

/* ---- components ------------------------------------------------------------------------------------------------- */

static const struct field problem_fields[] = {
  { "type",   FIELD_TEXT(200), REQUIRED, "urn:meno:error: and the code" },
  { "title",  FIELD_TEXT(200), REQUIRED, "the kind of problem" },
  { "status", FIELD_INTEGER(400, 599), REQUIRED, "the status of the answer" },
  { "detail", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what went wrong, with what, and the remedy" },
  { "code",   FIELD_TEXT(100), 0, "a word for programs" },
  { "request", FIELD_TEXT(40), 0, "of a failure inside: the id under which the log has its reason" }, { 0 } };
static const struct field job_begun[] = { { "job", FIELD_ID("job"), REQUIRED, "the job's id" }, { 0 } };

static const struct { const char *status, *description; enum meno_error example; const char *detail; } problems[] = {
  { "400", "The input is not valid", MENO_ERROR_BAD_INPUT, "\"weight\" is 7; it must lie between 0 and 1" },
  { "401", "Nobody is signed in", MENO_ERROR_UNAUTHENTICATED, "the session is over; sign in again" },
  { "403", "Not allowed, or withheld to protect people", MENO_ERROR_FORBIDDEN, "your roles do not include \"STEER\" (change what matters)" },
  { "404", "There is no such thing", MENO_ERROR_NOT_FOUND, "there is no goal \"retention\"" },
  { "409", "It contradicts what is recorded, or changed since it was shown", MENO_ERROR_STALE, "the proposal changed since it was shown; look at it again" },
  { "413", "Larger than the limit", MENO_ERROR_TOO_LARGE, "\"reason\" is longer than 4000 bytes" },
  { "415", "The content type is not taken", MENO_ERROR_MEDIA_TYPE, "the body must be JSON; send it with Content-Type: application/json" },
  { "429", "Too many requests", MENO_ERROR_TOO_MANY, "too many requests; wait 2 seconds" },
  { "503", "The database cannot be read or written", MENO_ERROR_STORE, "the database cannot be read or written at this moment, and nothing of this is acknowledged: try again" } };

static void put_example(struct json_writer *out, enum meno_error code, const char *detail) {
  const struct error_kind *kind = error_kind_of(code);
  g_autofree char *type = g_strconcat("urn:meno:error:", kind->slug, NULL);
  json_open_object(out, "example");
  json_put_string(out, "type", type);
  json_put_string(out, "title", kind->title);
  json_put_integer(out, "status", kind->status);
  json_put_string(out, "detail", detail);
  json_put_string(out, "code", kind->slug);
  json_close_object(out);
}

static void put_problem_responses(struct json_writer *out) {
  json_open_object(out, "responses");
  for (size_t i = 0; i < G_N_ELEMENTS(problems); i++) {
    g_autofree char *name = g_strconcat("Problem", problems[i].status, NULL);
    json_open_object(out, name);
    json_put_string(out, "description", problems[i].description);
    json_open_object(out, "content");
    json_open_object(out, "application/problem+json");
    json_open_object(out, "schema");
    json_put_string(out, "$ref", "#/components/schemas/Problem");
    json_close_object(out);
    put_example(out, problems[i].example, problems[i].detail);
    json_close_object(out);
    json_close_object(out);
    json_close_object(out);
  }
  json_close_object(out);
}

static void put_scheme(struct json_writer *out, const char *key, const char *in, const char *name, const char *description) {
  json_open_object(out, key);
  json_put_string(out, "type", in ? "apiKey" : "http");
  if (in) json_put_string(out, "in", in);
  json_put_string(out, in ? "name" : "scheme", name);
  json_put_string(out, "description", description);
  json_close_object(out);
}

static void put_components(struct json_writer *out) {
  json_open_object(out, "components");
  json_open_object(out, "securitySchemes");
  put_scheme(out, "session", "cookie", REST_COOKIE, "Set by signing in");
  put_scheme(out, "csrf", "header", "X-Meno-CSRF", "The \"csrf\" of GET /session, with everything that changes something");
  put_scheme(out, "token", NULL, "bearer", "A token for programs, with scopes");
  json_close_object(out);
  json_open_object(out, "schemas");
  put_object(out, "Problem", problem_fields, false, NULL, 0);
  put_object(out, "JobBegun", job_begun, false, NULL, 0);
  json_close_object(out);
  put_problem_responses(out);
  json_close_object(out);
}

static void put_head(struct json_writer *out) {
  json_put_string(out, "openapi", "3.1.0");
  json_open_object(out, "info");
  json_put_string(out, "title", "Meno");
  json_put_string(out, "version", MENO_VERSION);
  json_put_string(out, "summary", "From a business goal to a measured effect, with reasons that anyone can check");
  json_open_object(out, "license");
  json_put_string(out, "name", "GPL-3.0-or-later");
  json_put_string(out, "identifier", "GPL-3.0-or-later");
  json_close_object(out);
  json_close_object(out);
  json_open_array(out, "servers");
  json_open_object(out, NULL);
  json_put_string(out, "url", REST_ROOT);
  json_close_object(out);
  json_close_array(out);
}

char *rest_openapi(void) {
  g_auto(json_writer_auto) out;
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
  rest_each_row(gather, entries);
  g_array_sort(entries, by_path);
  json_writer_init(&out);
  json_open_object(&out, NULL);
  put_head(&out);
  put_tags(&out, entries);
  put_paths(&out, entries);
  put_components(&out);
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}
