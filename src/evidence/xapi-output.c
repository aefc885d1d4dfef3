/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The statement as it is stored, and the formats `ids` and `canonical` (xAPI-Communication 2.1.3).
 *
 * Values are copied from the request's text, not rebuilt: numbers keep their digits and strings their escapes, which is what the
 * specification means by the same serialization, and costs a copy. Only insignificant space is left out. What a format changes
 * is decided by the name of the place: the same walk writes both formats and asks one flag. */
#include "evidence/xapi-output.h"
#include "evidence/xapi-private.h"
#include "base/clock.h"

/* Behind the string whose opening quote stands at p. */
static const char *string_end(const char *p, const char *end) {
  for (p++; (p = memchr(p, '"', (size_t)(end - p))) != NULL; p++) {
    const char *back = p;
    while (back[-1] == '\\') back--; /* an opening quote is before */
    if ((p - back) % 2 == 0) return p + 1;
  }
  return end;
}

/* Without the space between tokens: the first byte through the writer, for its comma and key, the rest in runs behind it. */
void xapi_put_compact(struct json_writer *writer, const char *key, struct json value) {
  size_t length;
  const char *raw = json_raw(value, &length), *end = raw + length, *run = raw + 1, *p = *raw == '"' ? end : run;
  json_put_raw(writer, key, raw, 1);
  while (p < end) {
    if (*p == '"') p = string_end(p, end);
    else if (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') {
      g_string_append_len(writer->text, run, p - run);
      run = ++p;
    } else p++;
  }
  g_string_append_len(writer->text, run, end - run);
}

/* ---- as stored ---- */

/* In UTC, with the fraction as it was written. A moment outside the years 0 to 9999 of UTC stays as it is. */
static void put_moment(struct json_writer *writer, const char *key, struct json value) {
  struct xapi_text text = xapi_text(value);
  int64_t moment;
  bool extended = text.n > 19 && text.p[4] == '-' && text.p[10] == 'T' && text.p[16] == ':' && text.p[text.n - 1] == 'Z' && !memchr(text.p, ',', text.n);
  if (extended || !xapi_read_time(text.p, text.n, XAPI_1_0_3, &moment)) {
    xapi_put_compact(writer, key, value);
    return;
  }
  int year, month, mday;
  int32_t day = clock_day(moment);
  int seconds = (int)((moment - (int64_t)day * CLOCK_DAY) / CLOCK_SECOND);
  clock_civil(day, &year, &month, &mday);
  if (year < 0 || year > 9999) {
    xapi_put_compact(writer, key, value);
    return;
  }
  size_t start = 0, stop;
  while (start < text.n && text.p[start] != '.' && text.p[start] != ',') start++;
  for (stop = start + 1; stop < text.n && g_ascii_isdigit(text.p[stop]); stop++);
  bool fraction = start < text.n;
  g_autofree char *utc = g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d%s%.*sZ", year, month, mday, seconds / 3600, seconds / 60 % 60, seconds % 60,
                                         fraction ? "." : "", fraction ? (int)(stop - start - 1) : 0, fraction ? text.p + start + 1 : "");
  json_put_string(writer, key, utc);
}

static void put_context(struct json_writer *writer, struct json context) {
  json_open_object(writer, "context");
  for (struct json_iter it = json_iter(context); json_next(&it);) {
    if (strcmp(it.key, "contextActivities") != 0) {
      xapi_put_compact(writer, it.key, it.value);
      continue;
    }
    json_open_object(writer, it.key);
    for (struct json_iter kind = json_iter(it.value); json_next(&kind);) {
      bool alone = json_type(kind.value) == JSON_OBJECT;
      if (alone) json_open_array(writer, kind.key);
      xapi_put_compact(writer, alone ? NULL : kind.key, kind.value);
      if (alone) json_close_array(writer);
    }
    json_close_object(writer);
  }
  json_close_object(writer);
}

static void put_member(struct json_writer *writer, const struct json_iter *it);

static void put_object(struct json_writer *writer, struct json object) {
  if (!json_equals(json_get(object, "objectType"), "SubStatement")) {
    xapi_put_compact(writer, "object", object);
    return;
  }
  json_open_object(writer, "object");
  for (struct json_iter it = json_iter(object); json_next(&it);) put_member(writer, &it);
  json_close_object(writer);
}

static void put_member(struct json_writer *writer, const struct json_iter *it) {
  if (strcmp(it->key, "context") == 0) put_context(writer, it->value);
  else if (strcmp(it->key, "object") == 0) put_object(writer, it->value);
  else if (strcmp(it->key, "timestamp") == 0 || strcmp(it->key, "stored") == 0) put_moment(writer, it->key, it->value);
  else xapi_put_compact(writer, it->key, it->value);
}

static void put_stored(struct json_writer *writer, const char *key, const char *moment, struct xapi_moments *moments) {
  json_put_string(writer, key, moment);
  if (moments) moments->at[moments->count++] = writer->text->len - strlen(moment) - 1;
}

void xapi_complete(struct json_writer *writer, const char *key, struct json statement, const struct xapi_receipt *receipt) {
  struct json id = json_get(statement, "id"), stored = json_get(statement, "stored"), authority = json_get(statement, "authority");
  char moment[CLOCK_TEXT] = "";
  g_assert(receipt->id || json_type(id) == JSON_STRING);
  g_assert(receipt->stored != 0 || json_type(stored) == JSON_STRING);
  g_assert(receipt->authority || json_type(authority) == JSON_OBJECT);
  if (receipt->stored != 0) clock_format_time(receipt->stored, moment);
  json_open_object(writer, key);
  if (json_type(id) == JSON_STRING) xapi_put_compact(writer, "id", id);
  else json_put_string(writer, "id", receipt->id);
  for (struct json_iter it = json_iter(statement); json_next(&it);) {
    bool replaced = strcmp(it.key, "id") == 0 || (strcmp(it.key, "stored") == 0 && receipt->stored != 0) || (strcmp(it.key, "authority") == 0 && receipt->authority);
    if (!replaced) put_member(writer, &it);
  }
  if (json_type(json_get(statement, "timestamp")) == JSON_ABSENT) {
    if (receipt->stored != 0) put_stored(writer, "timestamp", moment, receipt->ret_moments);
    else put_moment(writer, "timestamp", stored);
  }
  if (receipt->stored != 0) put_stored(writer, "stored", moment, receipt->ret_moments);
  if (receipt->authority) json_put_raw(writer, "authority", receipt->authority, strlen(receipt->authority));
  if (json_type(json_get(statement, "version")) == JSON_ABSENT) json_put_string(writer, "version", receipt->version == XAPI_2_0_0 ? "2.0.0" : "1.0.0");
  json_close_object(writer);
}

/* ---- languages ---- */

void xapi_languages_read(struct xapi_languages *languages, const char *header) {
  *languages = (struct xapi_languages){ 0 };
  g_auto(GStrv) ranges = g_strsplit(header ? header : "", ",", XAPI_LANGUAGES * 4);
  for (char **range = ranges; *range && languages->count < XAPI_LANGUAGES; range++) {
    char *parameter = strchr(*range, ';');
    double weight = 1;
    if (parameter) {
      *parameter++ = '\0';
      g_strstrip(parameter);
      if (g_ascii_strncasecmp(parameter, "q=", 2) == 0) weight = g_ascii_strtod(parameter + 2, NULL);
    }
    const char *tag = g_strstrip(*range);
    if (!(weight > 0 && weight <= 1) || (strcmp(tag, "*") != 0 && !xapi_is_language(tag, strlen(tag))) || strlen(tag) >= sizeof languages->items->tag) continue;
    size_t at = languages->count++;
    for (; at > 0 && languages->items[at - 1].weight < weight; at--) languages->items[at] = languages->items[at - 1];
    g_strlcpy(languages->items[at].tag, tag, sizeof languages->items->tag);
    languages->items[at].weight = weight;
  }
}

/* Whether `tag` is in the range of `length` characters: equal, or longer at a hyphen. */
static bool in_range(const char *tag, const char *range, size_t length) {
  return g_ascii_strncasecmp(tag, range, length) == 0 && (tag[length] == '\0' || tag[length] == '-');
}

bool xapi_language_choose(struct json map, const struct xapi_languages *languages, const char **ret_tag, struct json *ret_text) {
  struct json_iter first = json_iter(map);
  if (json_type(map) != JSON_OBJECT || !json_next(&first)) return false;
  for (size_t i = 0; languages && i < languages->count; i++) {
    const char *range = languages->items[i].tag;
    if (strcmp(range, "*") == 0) break;
    for (size_t length = strlen(range); length > 0;) {
      for (struct json_iter it = json_iter(map); json_next(&it);) {
        if (!in_range(it.key, range, length)) continue;
        *ret_tag = it.key;
        *ret_text = it.value;
        return true;
      }
      while (length > 0 && range[--length] != '-');
    }
  }
  *ret_tag = first.key;
  *ret_text = first.value;
  return true;
}

/* ---- formats ---- */

struct format { struct json_writer *writer; const struct xapi_canon *canon; /* NULL: ids */ };

static void put_one_language(const struct format *format, const char *key, struct json map) {
  const char *tag;
  struct json text;
  json_open_object(format->writer, key);
  if (xapi_language_choose(map, format->canon->languages, &tag, &text)) xapi_put_compact(format->writer, tag, text);
  json_close_object(format->writer);
}

static bool is_component_list(const char *name) {
  static const char *const lists[] = { "choices", "scale", "source", "target", "steps" };
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
    if (strcmp(lists[i], name) == 0) return true;
  return false;
}

static void put_definition(const struct format *format, struct json definition) {
  json_open_object(format->writer, "definition");
  for (struct json_iter it = json_iter(definition); json_next(&it);) {
    if (strcmp(it.key, "name") == 0 || strcmp(it.key, "description") == 0) put_one_language(format, it.key, it.value);
    else if (is_component_list(it.key)) {
      json_open_array(format->writer, it.key);
      for (struct json_iter each = json_iter(it.value); json_next(&each);) {
        json_open_object(format->writer, NULL);
        for (struct json_iter part = json_iter(each.value); json_next(&part);) {
          if (strcmp(part.key, "description") == 0) put_one_language(format, part.key, part.value);
          else xapi_put_compact(format->writer, part.key, part.value);
        }
        json_close_object(format->writer);
      }
      json_close_array(format->writer);
    } else xapi_put_compact(format->writer, it.key, it.value);
  }
  json_close_object(format->writer);
}

static void put_activity(const struct format *format, const char *key, struct json activity) {
  struct json type = json_get(activity, "objectType"), id = json_get(activity, "id"), definition = json_get(activity, "definition");
  json_open_object(format->writer, key);
  if (json_type(type) != JSON_ABSENT && format->canon) xapi_put_compact(format->writer, "objectType", type); /* an object without one is an Activity */
  if (json_type(id) != JSON_ABSENT) xapi_put_compact(format->writer, "id", id);
  size_t length = 0;
  const char *held = format->canon && format->canon->definition && json_string(id) ? format->canon->definition(format->canon->data, json_string(id), &length) : NULL;
  g_autoptr(json_doc_auto) doc = held ? json_parse(held, length, NULL) : NULL;
  if (doc) put_definition(format, json_root(doc));
  else if (format->canon && json_type(definition) == JSON_OBJECT) put_definition(format, definition);
  json_close_object(format->writer);
}

static void put_verb(const struct format *format, struct json verb) {
  struct json id = json_get(verb, "id"), display = json_get(verb, "display");
  json_open_object(format->writer, "verb");
  if (json_type(id) != JSON_ABSENT) xapi_put_compact(format->writer, "id", id);
  size_t length = 0;
  const char *held = format->canon && format->canon->display && json_string(id) ? format->canon->display(format->canon->data, json_string(id), &length) : NULL;
  g_autoptr(json_doc_auto) doc = held ? json_parse(held, length, NULL) : NULL;
  if (doc) put_one_language(format, "display", json_root(doc));
  else if (format->canon && json_type(display) == JSON_OBJECT) put_one_language(format, "display", display);
  json_close_object(format->writer);
}

/* Canonical keeps people as they are; ids keeps the identifier, and members where they are the identity. */
static void put_person(const struct format *format, const char *key, struct json person) {
  static const char *const identifiers[] = { "mbox", "mbox_sha1sum", "openid", "account" };
  bool identified = false;
  if (format->canon) {
    xapi_put_compact(format->writer, key, person);
    return;
  }
  json_open_object(format->writer, key);
  struct json type = json_get(person, "objectType"), members = json_get(person, "member");
  if (json_type(type) != JSON_ABSENT) xapi_put_compact(format->writer, "objectType", type);
  for (size_t i = 0; i < G_N_ELEMENTS(identifiers); i++) {
    struct json identifier = json_get(person, identifiers[i]);
    if (json_type(identifier) == JSON_ABSENT) continue;
    identified = true;
    xapi_put_compact(format->writer, identifiers[i], identifier);
  }
  if (!identified && json_type(members) == JSON_ARRAY) {
    json_open_array(format->writer, "member");
    for (struct json_iter it = json_iter(members); json_next(&it);)
      if (json_type(it.value) == JSON_OBJECT && json_type(json_get(it.value, "member")) == JSON_ABSENT) put_person(format, NULL, it.value);
    json_close_array(format->writer);
  }
  json_close_object(format->writer);
}

static void put_activities(const struct format *format, struct json kinds) {
  json_open_object(format->writer, "contextActivities");
  for (struct json_iter kind = json_iter(kinds); json_next(&kind);) {
    json_open_array(format->writer, kind.key);
    if (json_type(kind.value) == JSON_OBJECT) put_activity(format, NULL, kind.value);
    else
      for (struct json_iter it = json_iter(kind.value); json_next(&it);) put_activity(format, NULL, it.value);
    json_close_array(format->writer);
  }
  json_close_object(format->writer);
}

/* contextAgents and contextGroups: the person by format, the rest as it is. */
static void put_context_people(const struct format *format, const char *key, struct json list) {
  json_open_array(format->writer, key);
  for (struct json_iter each = json_iter(list); json_next(&each);) {
    json_open_object(format->writer, NULL);
    for (struct json_iter it = json_iter(each.value); json_next(&it);) {
      if (strcmp(it.key, "agent") == 0 || strcmp(it.key, "group") == 0) put_person(format, it.key, it.value);
      else xapi_put_compact(format->writer, it.key, it.value);
    }
    json_close_object(format->writer);
  }
  json_close_array(format->writer);
}

static void put_formatted_context(const struct format *format, struct json context) {
  json_open_object(format->writer, "context");
  for (struct json_iter it = json_iter(context); json_next(&it);) {
    if (strcmp(it.key, "contextActivities") == 0) put_activities(format, it.value);
    else if (strcmp(it.key, "instructor") == 0 || strcmp(it.key, "team") == 0) put_person(format, it.key, it.value);
    else if (strcmp(it.key, "contextAgents") == 0 || strcmp(it.key, "contextGroups") == 0) put_context_people(format, it.key, it.value);
    else xapi_put_compact(format->writer, it.key, it.value);
  }
  json_close_object(format->writer);
}

static void put_statement(const struct format *format, const char *key, struct json statement);

static void put_formatted_object(const struct format *format, struct json object) {
  struct json type = json_get(object, "objectType");
  if (json_equals(type, "SubStatement")) put_statement(format, "object", object);
  else if (json_equals(type, "Agent") || json_equals(type, "Group")) put_person(format, "object", object);
  else if (json_equals(type, "StatementRef")) xapi_put_compact(format->writer, "object", object);
  else put_activity(format, "object", object);
}

static void put_statement(const struct format *format, const char *key, struct json statement) {
  json_open_object(format->writer, key);
  for (struct json_iter it = json_iter(statement); json_next(&it);) {
    if (strcmp(it.key, "actor") == 0 || strcmp(it.key, "authority") == 0) put_person(format, it.key, it.value);
    else if (strcmp(it.key, "verb") == 0) put_verb(format, it.value);
    else if (strcmp(it.key, "object") == 0) put_formatted_object(format, it.value);
    else if (strcmp(it.key, "context") == 0) put_formatted_context(format, it.value);
    else xapi_put_compact(format->writer, it.key, it.value);
  }
  json_close_object(format->writer);
}

void xapi_write_ids(struct json_writer *writer, const char *key, struct json statement) {
  struct format format = { writer, NULL };
  put_statement(&format, key, statement);
}

void xapi_write_canonical(struct json_writer *writer, const char *key, struct json statement, const struct xapi_canon *canon) {
  struct format format = { writer, canon };
  put_statement(&format, key, statement);
}
