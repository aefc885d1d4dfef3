/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every part of the validator does with values: refuse with place and requirement, walk an object by its table, and check
 * the data types that have no members of their own.
 *
 * Nothing is allocated unless something is refused: places are frames on the stack, strings are slices of the document. A table
 * is searched in order, so its members stand in the order in which clients write them: then most are found at the first try. */
#include "evidence/xapi-private.h"
#include <math.h>

#define QUOTED 60 /* bytes of a wrong value that an error shows */

static void write_place(GString *out, const struct xapi_place *at) {
  if (!at) return;
  write_place(out, at->up);
  g_string_append_c(out, '/');
  if (!at->key) g_string_append_printf(out, "%zu", at->index);
  else
    for (const char *p = at->key; *p; p++) {
      if (*p == '~') g_string_append(out, "~0");
      else if (*p == '/') g_string_append(out, "~1");
      else g_string_append_c(out, *p);
    }
}

bool xapi_refuse(struct xapi_check *check, const struct xapi_place *at, const char *rule, const char *format, ...) {
  g_autoptr(GString) text = g_string_new(NULL);
  va_list list;
  if (!check->error) return false;
  write_place(text, at);
  if (at) g_string_append(text, ": ");
  va_start(list, format);
  g_string_append_vprintf(text, format, list);
  va_end(list);
  return fail(check->error, MENO_ERROR_BAD_INPUT, "%s (%s)", text->str, rule);
}

bool xapi_refuse_value(struct xapi_check *check, const struct xapi_place *at, const char *rule, struct json value, const char *wanted) {
  size_t length;
  const char *raw = json_raw(value, &length);
  size_t shown = MIN(length, QUOTED);
  while (shown > 0 && shown < length && (raw[shown] & 0xC0) == 0x80) shown--; /* not in the middle of a character */
  if (json_type(value) == JSON_NULL) rule = "XAPI-00001";
  return xapi_refuse(check, at, rule, "%.*s%s is not %s", (int)shown, raw, shown < length ? "…" : "", wanted);
}

/* ---- objects ---- */

static bool refuse_member(struct xapi_check *check, const struct xapi_place *at, const struct xapi_shape *shape, const struct json_iter *it) {
  struct xapi_place here = { at, it->key, 0 };
  for (size_t i = 0; i < shape->count; i++) {
    if (strcmp(shape->members[i].name, it->key) == 0) return xapi_refuse(check, &here, "XAPI-00010", "%s has this property from version 2.0.0 on", shape->what);
    if (g_ascii_strcasecmp(shape->members[i].name, it->key) == 0)
      return xapi_refuse(check, &here, "XAPI-00008", "the name is written \"%s\"", shape->members[i].name);
  }
  return xapi_refuse(check, &here, "XAPI-00010", "%s has no such property", shape->what);
}

/* The table's row of a key: at `guess` where members come in the table's order, else searched. */
static size_t find_member(const struct xapi_shape *shape, const char *key, size_t length, size_t guess) {
  for (size_t step = 0; step < shape->count; step++) {
    size_t i = guess + step < shape->count ? guess + step : guess + step - shape->count;
    if (shape->members[i].length == length && memcmp(shape->members[i].name, key, length) == 0) return i;
  }
  return shape->count;
}

bool xapi_check_object(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                       const struct xapi_shape *shape, struct json *found) {
  size_t next = 0;
  if (json_type(value) != JSON_OBJECT) return xapi_refuse_value(check, at, rule, value, "an object");
  memset(found, 0, shape->count * sizeof *found);
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    size_t i = find_member(shape, it.key, strlen(it.key), next < shape->count ? next : 0);
    if (i == shape->count || ((shape->members[i].flags & XAPI_SINCE_2) && check->version < XAPI_2_0_0)) return refuse_member(check, at, shape, &it);
    const struct xapi_member *member = &shape->members[i];
    struct xapi_place here = { at, member->name, 0 };
    if (json_type(it.value) == JSON_NULL) return xapi_refuse(check, &here, "XAPI-00001", "null says nothing; leave the property out");
    if (!member->check(check, &here, it.value, member->rule)) return false;
    found[i] = it.value;
    next = i + 1;
  }
  for (size_t i = 0; i < shape->count; i++)
    if ((shape->members[i].flags & XAPI_REQUIRED) && json_type(found[i]) == JSON_ABSENT)
      return xapi_refuse(check, at, shape->members[i].rule, "%s needs \"%s\"", shape->what, shape->members[i].name);
  return true;
}

bool xapi_check_array(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                      xapi_checker each, const char *each_rule) {
  struct xapi_place here = { at, NULL, 0 };
  if (json_type(value) != JSON_ARRAY) return xapi_refuse_value(check, at, rule, value, "an array");
  for (struct json_iter it = json_iter(value); json_next(&it); here.index++)
    if (!each(check, &here, it.value, each_rule)) return false;
  return true;
}

/* ---- values ---- */

bool xapi_check_string(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_type(value) == JSON_STRING || xapi_refuse_value(check, at, rule, value, "a string");
}

bool xapi_check_boolean(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE || xapi_refuse_value(check, at, rule, value, "true or false");
}

bool xapi_check_number(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return !isnan(json_number(value, NAN)) || xapi_refuse_value(check, at, rule, value, "a number that can be held");
}

static bool check_text(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                       bool (*fits)(const char *, size_t), const char *wanted) {
  struct xapi_text text = xapi_text(value);
  return (text.p && fits(text.p, text.n)) || xapi_refuse_value(check, at, rule, value, wanted);
}

bool xapi_check_iri(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return check_text(check, at, value, rule, xapi_is_iri, "an IRI with its scheme, such as http://example.com/x");
}

bool xapi_check_uri(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return check_text(check, at, value, rule, xapi_is_uri, "a URI with its scheme, such as http://example.com/x");
}

bool xapi_check_uuid(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return check_text(check, at, value, rule, xapi_is_uuid, "a UUID in its standard form, 8-4-4-4-12 hexadecimal digits");
}

bool xapi_check_language(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return check_text(check, at, value, rule, xapi_is_language, "a language tag of RFC 5646, such as en or pt-BR");
}

bool xapi_check_time(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  return (text.p && xapi_read_time(text.p, text.n, check->version, NULL)) ||
         xapi_refuse_value(check, at, rule, value, "a moment of RFC 3339, such as 2026-03-01T12:00:00.000Z");
}

bool xapi_check_language_map(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  if (json_type(value) != JSON_OBJECT) return xapi_refuse_value(check, at, rule, value, "a language map");
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    struct xapi_place here = { at, it.key, 0 };
    if (!xapi_is_language(it.key, strlen(it.key))) return xapi_refuse(check, &here, "XAPI-00121", "the name is not a language tag of RFC 5646, such as en or pt-BR");
    if (json_type(it.value) != JSON_STRING) return xapi_refuse_value(check, &here, rule, it.value, "a string");
  }
  return true;
}

/* Keys are IRIs; values are anybody's. */
bool xapi_check_extensions(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  if (json_type(value) != JSON_OBJECT) return xapi_refuse_value(check, at, rule, value, "an object");
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    struct xapi_place here = { at, it.key, 0 };
    if (!xapi_is_iri(it.key, strlen(it.key))) return xapi_refuse(check, &here, "XAPI-00118", "the name of an extension is an IRI with its scheme");
  }
  return true;
}
