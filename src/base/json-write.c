/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON writer, and the canonical form.
 *
 * One pass, no tree: what is written is appended. The writer remembers one bit per level for "a comma is due" and one for
 * "this is an object", so a view that gives a key where none belongs, or two roots, stops at an assertion instead of at a
 * reader far away. Text is checked to be UTF-8 while it is copied: there is no input for which it writes bad JSON, except
 * json_put_raw, which believes its caller.
 *
 * Numbers are rounded to 12 significant digits because they are stored and compared: sums of doubles differ in their last
 * digits between machines, and digests must not. The canonical form keeps numbers as they came: it stands for what
 * somebody else wrote (1.0 and 1 stay different), and rounding it would change a statement.
 *
 * How it can be wrong: the canonical form sorts keys by their UTF-8 bytes; RFC 8785 sorts by UTF-16 units and rewrites
 * numbers, so the two digests differ on some texts. json_put_value inside a deep view can pass LIMIT_JSON_DEPTH, and then
 * our own reader refuses the whole. */
#include "base/json-private.h"
#include "base/limits.h"
#include <math.h>

G_STATIC_ASSERT(LIMIT_JSON_DEPTH <= 64); /* one bit per level */

/* ---- strings ---- */

/* Appends one character that may not stand plain. */
static void append_escape(GString *out, char c)
{
  static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (const char *p = letters; *p != '\0'; p += 2) {
    if (*p == c) {
      g_string_append_c(out, '\\');
      g_string_append_c(out, p[1]);
      return;
    }
  }
  g_string_append_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

static void append_escaped(GString *out, const char *text, size_t length)
{
  const char *end = text + length;
  while (text < end) {
    const char *p = json_plain_end(text, end);
    while (p < end && (unsigned char)*p >= 0x80) {
      unsigned bytes = json_utf8_bytes(p, end);
      g_assert(bytes > 0); /* not UTF-8: a door has let it in */
      p = json_plain_end(p + bytes, end);
    }
    g_string_append_len(out, text, p - text);
    if (p < end)
      append_escape(out, *p++);
    text = p;
  }
}

/* ---- canonical form ---- */

static void append_canonical(GString *out, const struct json_doc *doc, uint32_t at);

static void append_string(GString *out, struct json_text text)
{
  const char *p = text.bytes, *end = p + text.length;
  g_string_append_c(out, '"');
  while (p < end) {
    const char *escape = text.escaped ? memchr(p, '\\', (size_t)(end - p)) : NULL;
    const char *stop = escape != NULL ? escape : end;
    g_string_append_len(out, p, stop - p); /* what could stand plain in what was read can stand plain here */
    p = stop;
    if (escape != NULL) {
      char bytes[4];
      unsigned count = json_unescape(&p, bytes);
      append_escaped(out, bytes, count);
    }
  }
  g_string_append_c(out, '"');
}

static int compare_keys(const void *a, const void *b, void *data)
{
  const struct json_doc *doc = data;
  return json_compare_texts(json_word_text(doc, *(const uint32_t *)a), json_word_text(doc, *(const uint32_t *)b));
}

static void append_members(GString *out, const struct json_doc *doc, uint32_t object)
{
  uint32_t few[16], count = doc->tape[object + 2];
  g_autofree uint32_t *many = count > G_N_ELEMENTS(few) ? g_new(uint32_t, count) : NULL;
  uint32_t *keys = many != NULL ? many : few;
  uint32_t at = object + JSON_CONTAINER_WORDS;
  bool sorted = true;
  for (uint32_t i = 0; i < count; i++) {
    keys[i] = at;
    sorted = sorted && (i == 0 || json_compare_texts(json_word_text(doc, keys[i - 1]), json_word_text(doc, at)) < 0);
    at = json_word_after(doc, at + JSON_STRING_WORDS);
  }
  struct json_doc view = *doc; /* the comparison takes a plain pointer */
  if (!sorted)
    g_qsort_with_data(keys, (int)count, sizeof *keys, compare_keys, &view);
  g_string_append_c(out, '{');
  for (uint32_t i = 0; i < count; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    append_string(out, json_word_text(doc, keys[i]));
    g_string_append_c(out, ':');
    append_canonical(out, doc, keys[i] + JSON_STRING_WORDS);
  }
  g_string_append_c(out, '}');
}

static void append_canonical(GString *out, const struct json_doc *doc, uint32_t at)
{
  switch (json_word_type(doc, at)) {
  case JSON_OBJECT:
    append_members(out, doc, at);
    return;
  case JSON_ARRAY: {
    uint32_t end = doc->tape[at + 1], first = at + JSON_CONTAINER_WORDS;
    g_string_append_c(out, '[');
    for (uint32_t element = first; element < end; element = json_word_after(doc, element)) {
      if (element > first)
        g_string_append_c(out, ',');
      append_canonical(out, doc, element);
    }
    g_string_append_c(out, ']');
    return;
  }
  case JSON_STRING:
    append_string(out, json_word_text(doc, at));
    return;
  default: {
    size_t length;
    const char *raw = json_raw((struct json){ doc, at }, &length);
    g_string_append_len(out, raw, (gssize)length);
  }
  }
}

char *json_canonical(struct json value, size_t *ret_length)
{
  if (json_type(value) == JSON_ABSENT)
    return NULL;
  size_t length;
  json_raw(value, &length);
  GString *out = g_string_sized_new(length);
  append_canonical(out, value.doc, value.at);
  if (ret_length != NULL)
    *ret_length = out->len;
  return g_string_free(out, FALSE);
}

/* ---- numbers ---- */

char *json_format_number(double value, char out[JSON_NUMBER_TEXT])
{
  if (!isfinite(value))
    g_strlcpy(out, "null", JSON_NUMBER_TEXT);
  else if (fabs(value) < 1e12 && value == trunc(value)) /* what %.12g would print, without its cost; -0 becomes 0 */
    g_snprintf(out, JSON_NUMBER_TEXT, "%" G_GINT64_FORMAT, (gint64)value);
  else
    g_ascii_formatd(out, JSON_NUMBER_TEXT, "%.12g", value);
  return out;
}

double json_round(double value)
{
  if (!isfinite(value))
    return value;
  if (fabs(value) < 1e12 && value == trunc(value))
    return value + 0.0; /* -0 becomes 0 */
  char text[JSON_NUMBER_TEXT];
  return g_ascii_strtod(json_format_number(value, text), NULL);
}

/* ---- the writer ---- */

void json_writer_init(struct json_writer *writer)
{
  *writer = (struct json_writer){ .text = g_string_new(NULL) };
}

void json_writer_clear(struct json_writer *writer)
{
  if (writer->text != NULL)
    g_string_free(writer->text, TRUE);
  *writer = (struct json_writer){ 0 };
}

char *json_writer_steal(struct json_writer *writer, size_t *ret_length)
{
  g_assert(writer->depth == 0 && writer->text->len > 0);
  if (ret_length != NULL)
    *ret_length = writer->text->len;
  char *text = g_string_free(writer->text, FALSE);
  *writer = (struct json_writer){ 0 };
  return text;
}

/* The bit of the innermost open container. */
static uint64_t level_bit(const struct json_writer *writer)
{
  return UINT64_C(1) << (writer->depth - 1);
}

/* What stands before every value: a comma if one is due, and the key. */
static void begin(struct json_writer *writer, const char *key)
{
  if (writer->depth == 0) {
    g_assert(key == NULL && writer->text->len == 0);
    return;
  }
  uint64_t bit = level_bit(writer);
  g_assert((key != NULL) == ((writer->object & bit) != 0));
  if (writer->comma & bit)
    g_string_append_c(writer->text, ',');
  writer->comma |= bit;
  if (key == NULL)
    return;
  g_string_append_c(writer->text, '"');
  append_escaped(writer->text, key, strlen(key));
  g_string_append(writer->text, "\":");
}

static void open_container(struct json_writer *writer, const char *key, bool object)
{
  begin(writer, key);
  g_assert(writer->depth < LIMIT_JSON_DEPTH);
  writer->depth++;
  uint64_t bit = level_bit(writer);
  writer->comma &= ~bit;
  writer->object = object ? writer->object | bit : writer->object & ~bit;
  g_string_append_c(writer->text, object ? '{' : '[');
}

static void close_container(struct json_writer *writer, bool object)
{
  g_assert(writer->depth > 0 && object == ((writer->object & level_bit(writer)) != 0));
  writer->depth--;
  g_string_append_c(writer->text, object ? '}' : ']');
}

void json_open_object(struct json_writer *writer, const char *key)
{
  open_container(writer, key, true);
}

void json_open_array(struct json_writer *writer, const char *key)
{
  open_container(writer, key, false);
}

void json_close_object(struct json_writer *writer)
{
  close_container(writer, true);
}

void json_close_array(struct json_writer *writer)
{
  close_container(writer, false);
}

void json_put_raw(struct json_writer *writer, const char *key, const char *json, size_t length)
{
  g_assert(length > 0);
  begin(writer, key);
  g_string_append_len(writer->text, json, (gssize)length);
}

void json_put_string_len(struct json_writer *writer, const char *key, const char *text, size_t length)
{
  begin(writer, key);
  g_string_append_c(writer->text, '"');
  append_escaped(writer->text, text, length);
  g_string_append_c(writer->text, '"');
}

void json_put_string(struct json_writer *writer, const char *key, const char *text)
{
  if (text == NULL)
    json_put_null(writer, key);
  else
    json_put_string_len(writer, key, text, strlen(text));
}

void json_put_number(struct json_writer *writer, const char *key, double number)
{
  char text[JSON_NUMBER_TEXT];
  begin(writer, key);
  g_string_append(writer->text, json_format_number(number, text));
}

void json_put_integer(struct json_writer *writer, const char *key, int64_t number)
{
  char text[JSON_NUMBER_TEXT];
  g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, (gint64)number);
  begin(writer, key);
  g_string_append(writer->text, text);
}

void json_put_bool(struct json_writer *writer, const char *key, bool yes)
{
  begin(writer, key);
  g_string_append(writer->text, yes ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key)
{
  begin(writer, key);
  g_string_append(writer->text, "null");
}

void json_put_value(struct json_writer *writer, const char *key, struct json value)
{
  begin(writer, key);
  if (json_type(value) == JSON_ABSENT)
    g_string_append(writer->text, "null");
  else
    append_canonical(writer->text, value.doc, value.at);
}
