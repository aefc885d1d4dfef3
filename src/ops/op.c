/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way to a handler: permission, then every field of the input against its row, then the handler. A field that the
 * row does not name is refused, so a typing error in a script is an error and not a silence.
 *
 * What protects people leaves a trace in the access log: who took data of others away as a file, and who asked for what is
 * withheld. Other looks are not written down: a durable write for each would be the most costly part of it. */
#include "base/limits.h"
#include "gate/session.h"
#include "ops/op.h"
#include "ops/system.h"
#include <math.h>
#include <string.h>

const struct op *op_find(const char *name) {
  for (const struct op *const *table = op_tables; *table; table++)
    for (const struct op *op = *table; op->name; op++)
      if (strcmp(op->name, name) == 0) return op;
  return NULL;
}

static const struct field *field_named(const struct field *fields, const char *name) {
  for (; fields && fields->name; fields++)
    if (strcmp(fields->name, name) == 0) return fields;
  return NULL;
}

/* ---- checking input --------------------------------------------------------------------------------------------- */

static bool bad(GError **error, const char *field, const char *what) { return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" %s", field, what); }

static bool check_number(const struct field *field, struct json value, GError **error) {
  double number = json_number(value, NAN);
  int64_t whole;
  if (json_type(value) != JSON_NUMBER || isnan(number)) return bad(error, field->name, "is not a number");
  if (field->type.kind == FIELD_KIND_INTEGER && !json_integer(value, &whole)) return bad(error, field->name, "is not a whole number");
  if (number >= field->type.least && number <= field->type.most) return true;
  return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is %g; it must lie between %g and %g", field->name, number, field->type.least, field->type.most);
}

static bool check_word(const struct field *field, const char *text, GError **error) {
  for (const char *const *word = field->type.words; *word; word++)
    if (strcmp(*word, text) == 0) return true;
  g_autofree char *words = g_strjoinv(", ", (char **)(uintptr_t)field->type.words);
  return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is \"%s\"; it must be one of: %s", field->name, text, words);
}

static bool check_text(const struct field *field, struct json value, GError **error) {
  const char *text = json_string(value);
  int32_t day;
  int64_t time;
  if (!text) return bad(error, field->name, "is not a text");
  size_t most = field->type.kind == FIELD_KIND_ID ? LIMIT_ID : field->type.most > 0 ? (size_t)field->type.most : LIMIT_TEXT;
  if (strlen(text) > most) return fail(error, MENO_ERROR_TOO_LARGE, "\"%s\" is longer than %zu bytes", field->name, most);
  switch (field->type.kind) {
  case FIELD_KIND_ID: return *text || bad(error, field->name, "is empty");
  case FIELD_KIND_WORD: return check_word(field, text, error);
  case FIELD_KIND_DAY: return clock_parse_day(text, &day) || bad(error, field->name, "is not a date like 2026-03-01");
  case FIELD_KIND_TIME: return clock_parse_time(text, &time) || bad(error, field->name, "is not a time like 2026-03-01T12:00:00Z");
  default: return !(field->flags & REQUIRED) || *text || bad(error, field->name, "is empty");
  }
}

static bool check_texts(const struct field *field, struct json value, GError **error) {
  if (json_type(value) != JSON_ARRAY) return bad(error, field->name, "is not a list");
  struct json_iter it = json_iter(value);
  while (json_next(&it)) {
    const char *text = json_string(it.value);
    if (!text) return bad(error, field->name, "holds something that is not a text");
    if (strlen(text) > LIMIT_TEXT) return fail(error, MENO_ERROR_TOO_LARGE, "\"%s\" holds a text longer than %d bytes", field->name, LIMIT_TEXT);
  }
  return true;
}

static bool check_field(const struct field *field, struct json value, GError **error) {
  switch (field->type.kind) {
  case FIELD_KIND_NUMBER:
  case FIELD_KIND_INTEGER: return check_number(field, value, error);
  case FIELD_KIND_BOOL: return json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE || bad(error, field->name, "is neither true nor false");
  case FIELD_KIND_TEXTS: return check_texts(field, value, error);
  case FIELD_KIND_OBJECT: return json_type(value) == JSON_OBJECT || bad(error, field->name, "is not an object");
  case FIELD_KIND_LIST: return json_type(value) == JSON_ARRAY || bad(error, field->name, "is not a list");
  case FIELD_KIND_FILES: return bad(error, field->name, "comes as files, not in the body");
  case FIELD_KIND_ANY: return true;
  default: return check_text(field, value, error);
  }
}

static bool check_input(const struct op *op, struct json in, GError **error) {
  if (json_type(in) != JSON_OBJECT) return fail(error, MENO_ERROR_BAD_INPUT, "the input is not a JSON object");
  struct json_iter it = json_iter(in);
  while (json_next(&it)) {
    const struct field *field = field_named(op->in, it.key);
    if (!field) return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is no input of \"%s\"", it.key, op->name);
    if (!check_field(field, it.value, error)) return false;
  }
  for (const struct field *field = op->in; field && field->name; field++) {
    bool given = json_type(json_get(in, field->name)) != JSON_ABSENT || field->type.kind == FIELD_KIND_FILES;
    if ((field->flags & REQUIRED) && !given) return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is missing: %s", field->name, field->help);
  }
  return true;
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

static bool may(const struct op_call *call, GError **error) {
  return access_allows(call->caller.roles, call->op->may) ||
    fail(error, MENO_ERROR_FORBIDDEN, "\"%s\" may not be done with your roles: %s", call->op->name, access_permissions[call->op->may].help);
}

bool op_check(const struct op_call *call, const char *in, size_t in_length, GError **error) {
  if (!may(call, error)) return false;
  g_autoptr(json_doc_auto) doc = json_parse(in, in_length, error);
  return doc && check_input(call->op, json_root(doc), error);
}

/* What happened, and to what: the group, the id, in the words of the address. */
static bool note(const struct op_call *call, const char *happened, GError **error) {
  g_autoptr(GString) what = g_string_new(happened);
  for (const struct field *field = call->op->in; field && field->name; field++)
    if ((field->flags & IN_PATH) && op_text(call, field->name)) g_string_append_printf(what, " “%s”", op_text(call, field->name));
  g_string_append_printf(what, " (%s)", call->op->name);
  return session_note(system_store(call->system), call->caller.account, what->str, error);
}

/* A file that cannot be written down does not go out. */
static bool leave_trace(const struct op_call *call, bool fine, GError **error) {
  if (fine) return call->op->body != BODY_FILE_OUT || call->op->may == MAY_SEE_OWN || note(call, "took a file away", error);
  if (error && g_error_matches(*error, MENO_ERROR, MENO_ERROR_WITHHELD)) note(call, "was refused to protect people:", NULL);
  return false;
}

bool op_run(struct op_call *call, const char *in, size_t in_length, GString *out, GError **error) {
  if (!may(call, error)) return false;
  g_autoptr(json_doc_auto) doc = json_parse(in, in_length, error);
  if (!doc || !check_input(call->op, json_root(doc), error)) return false;
  call->in = json_root(doc);
  struct json_writer writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  bool fine = leave_trace(call, call->op->run(call, &writer, error), error);
  if (fine) {
    json_close_object(&writer);
    g_string_append_len(out, writer.text->str, (gssize)writer.text->len);
  }
  json_writer_clear(&writer);
  call->in = (struct json){ 0 };
  return fine;
}

const char *op_text(const struct op_call *call, const char *field) { return json_string(json_get(call->in, field)); }
double op_number(const struct op_call *call, const char *field, double otherwise) { return json_number(json_get(call->in, field), otherwise); }
bool op_flag(const struct op_call *call, const char *field) { return json_true(json_get(call->in, field)); }
bool op_has(const struct op_call *call, const char *field) { return json_type(json_get(call->in, field)) != JSON_ABSENT; }

bool op_progress(struct op_call *call, const char *what, double share, GError **error) {
  if (!call->progress || call->progress(call->progress_data, what, share)) return true;
  return fail(error, MENO_ERROR_CANCELLED, "stopped while %s", what);
}
