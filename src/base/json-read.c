/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON reader: one pass over borrowed text that leaves a tape (json-private.h), then questions to the tape.
 *
 * Why a tape and not a tree: statements come by the hundred thousand and each is asked for a handful of members. A tape
 * is one block of memory without pointers; to skip a subtree is to read one word; numbers and strings cost nothing until
 * somebody asks. Strings decode into a second block as long as the text, each to its own place there, so asking twice
 * decodes once, and memory is bounded by the text whatever the asker does.
 *
 * Why refuse duplicate keys: two readers of the same statement could see different things, and what is hashed would not be
 * what was judged. Keys are compared as decoded ("a" is "\u0061"): pairwise in small objects; in large ones sorted by a
 * hash and, where hashes agree, by the key itself, so that made-up collisions cost n log n and not n squared.
 *
 * How it can be wrong: an offset has 27 bits, so LIMIT_JSON_BYTES must stay under 128 MB (asserted below). Reading recurses
 * once per level: LIMIT_JSON_DEPTH bounds the stack. Numbers stay text: a number that no double can hold is valid, and
 * only json_number refuses it.
 *
 * Sources: RFC 8259; Unicode 15 table 3-7 (well-formed UTF-8); W. Clinger, "How to read floating point numbers accurately"
 * (1990), for the exact short cut in json_number. */
#include "base/json-private.h"
#include "base/limits.h"
#include <float.h>
#include <math.h>

G_STATIC_ASSERT(LIMIT_JSON_BYTES < 1u << (32 - JSON_WORD_SHIFT));
G_STATIC_ASSERT(JSON_OBJECT <= JSON_WORD_TYPE);

#define SMALL_OBJECT 24 /* up to here, comparing all pairs beats sorting */
#define QUOTED 40       /* bytes of the subject that an error quotes */

struct reader {
  const char *p, *end;
  struct json_doc *doc;
  uint32_t room; /* words that the tape can hold */
  unsigned depth;
  GError **error;
};

/* ---- errors ---- */

static bool refuse(struct reader *r, const char *at, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse(struct reader *r, const char *at, const char *format, ...)
{
  unsigned line = 1, column = 1;
  for (const char *p = r->doc->text; p < at; p++) {
    if (*p == '\n') {
      line++;
      column = 1;
    } else if ((*p & 0xC0) != 0x80) {
      column++; /* continuation bytes belong to the character before */
    }
  }
  va_list list;
  va_start(list, format);
  g_autofree char *why = g_strdup_vprintf(format, list);
  va_end(list);
  return fail(r->error, MENO_ERROR_BAD_INPUT, "not valid JSON at line %u, column %u: %s", line, column, why);
}

static bool refuse_byte(struct reader *r, const char *wanted)
{
  if (r->p == r->end)
    return refuse(r, r->p, "the text ends where %s should be", wanted);
  if (*r->p > ' ' && *r->p < 0x7F)
    return refuse(r, r->p, "found '%c' where %s should be", *r->p, wanted);
  return refuse(r, r->p, "found byte 0x%02X where %s should be", (unsigned)(unsigned char)*r->p, wanted);
}

/* ---- reading ---- */

static bool tape_grow(struct reader *r)
{
  uint32_t room = r->room + r->room / 2 + 16;
  uint32_t *tape = g_try_realloc_n(r->doc->tape, room, sizeof *tape);
  if (tape == NULL)
    return fail(r->error, MENO_ERROR_TOO_LARGE, "no memory to read JSON of %u bytes; send it in smaller parts", r->doc->length);
  r->doc->tape = tape;
  r->room = room;
  return true;
}

/* Room for one more value of any type. */
static inline bool tape_reserve(struct reader *r)
{
  return G_LIKELY(r->room - r->doc->words >= JSON_CONTAINER_WORDS) || tape_grow(r);
}

static inline void tape_put(struct reader *r, enum json_type type, const char *start)
{
  r->doc->tape[r->doc->words++] = (uint32_t)(start - r->doc->text) << JSON_WORD_SHIFT | (uint32_t)type;
}

static inline void skip_space(struct reader *r)
{
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
    r->p++;
}

/* The four hexadecimal digits at p as a number; -1 if they are not. */
static int hex4(const char *p, const char *end)
{
  int value = 0;
  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value(p[i]);
    if (digit < 0)
      return -1;
    value = value << 4 | digit;
  }
  return value;
}

/* Checks the escape at r->p and moves behind it. */
static bool read_escape(struct reader *r)
{
  const char *start = r->p;
  if (r->end - start < 2 || start[1] == '\0' || strchr("\"\\/bfnrtu", start[1]) == NULL)
    return refuse(r, start, "unknown escape in a string; after \\ comes one of \" \\ / b f n r t u");
  r->p += 2;
  if (start[1] != 'u')
    return true;
  int unit = hex4(r->p, r->end);
  if (unit < 0)
    return refuse(r, start, "\\u without four hexadecimal digits");
  if (unit == 0)
    return refuse(r, start, "\\u0000 in a string; text cannot hold NUL");
  r->p += 4;
  if (unit < 0xD800 || unit > 0xDFFF)
    return true;
  int low = unit < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u' ? hex4(r->p + 2, r->end) : -1;
  if (low < 0xDC00 || low > 0xDFFF)
    return refuse(r, start, "half of a surrogate pair, \\u%04x; write both halves, or the character itself", (unsigned)unit);
  r->p += 6;
  return true;
}

static bool read_string(struct reader *r)
{
  const char *start = r->p++;
  uint32_t escaped = 0;
  for (;;) {
    r->p = json_plain_end(r->p, r->end);
    if (r->p == r->end)
      return refuse(r, start, "the string that starts here is not closed");
    unsigned char c = (unsigned char)*r->p;
    if (c == '"')
      break;
    if (c == '\\') {
      escaped = JSON_WORD_ESCAPED;
      if (!read_escape(r))
        return false;
    } else if (c >= 0x80) {
      unsigned bytes = json_utf8_bytes(r->p, r->end);
      if (bytes == 0)
        return refuse(r, r->p, "byte 0x%02X is not UTF-8; save the text as UTF-8", (unsigned)c);
      r->p += bytes;
    } else {
      return refuse(r, r->p, "control character in a string; write it as \\u%04x", (unsigned)c);
    }
  }
  tape_put(r, JSON_STRING | escaped, start);
  r->doc->tape[r->doc->words++] = (uint32_t)(r->p - start - 1);
  r->p++;
  return true;
}

static bool skip_digits(struct reader *r)
{
  const char *start = r->p;
  while (r->p < r->end && g_ascii_isdigit(*r->p))
    r->p++;
  return r->p > start;
}

static bool read_number(struct reader *r)
{
  const char *start = r->p;
  if (*r->p == '-')
    r->p++;
  const char *digits = r->p;
  if (!skip_digits(r))
    return refuse_byte(r, "a digit");
  if (*digits == '0' && r->p - digits > 1)
    return refuse(r, digits, "a number that starts with 0; leave the 0 out, or write the number as a string");
  if (r->p < r->end && *r->p == '.') {
    r->p++;
    if (!skip_digits(r))
      return refuse_byte(r, "a digit after the decimal point");
  }
  if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
    r->p++;
    if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
      r->p++;
    if (!skip_digits(r))
      return refuse_byte(r, "a digit of the exponent");
  }
  tape_put(r, JSON_NUMBER, start);
  return true;
}

static bool read_word(struct reader *r, const char *word, enum json_type type)
{
  size_t length = strlen(word);
  if ((size_t)(r->end - r->p) < length || memcmp(r->p, word, length) != 0)
    return refuse(r, r->p, "a word that is no value; did you mean %s, or a string in double quotes?", word);
  tape_put(r, type, r->p);
  r->p += length;
  return true;
}

static bool refuse_twice(struct reader *r, uint32_t key)
{
  struct json_text text = json_word_text(r->doc, key);
  uint32_t shown = MIN(text.length, QUOTED);
  while (shown > 0 && shown < text.length && (text.bytes[shown] & 0xC0) == 0x80)
    shown--; /* not in the middle of a character */
  return refuse(r, text.bytes - 1, "the key \"%.*s%s\" stands twice in one object; keep one of the two", (int)shown, text.bytes,
                shown < text.length ? "…" : "");
}

static bool text_is(struct json_text a, struct json_text b)
{
  if (a.escaped || b.escaped)
    return json_compare_texts(a, b) == 0;
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* FNV-1a of the decoded text; its weakness is covered by the sort. */
static uint32_t text_hash(struct json_text text)
{
  uint32_t hash = 2166136261u;
  for (const char *p = text.bytes, *end = p + text.length; p < end;) {
    char out[4] = { *p };
    unsigned bytes = 1;
    if (*p == '\\')
      bytes = json_unescape(&p, out);
    else
      p++;
    for (unsigned i = 0; i < bytes; i++)
      hash = (hash ^ (unsigned char)out[i]) * 16777619u;
  }
  return hash;
}

/* Orders hash << 32 | tape index: by hash, then by the key, then by place, so that the later of two equals is named. */
static int compare_hashed(const void *a, const void *b, void *data)
{
  const struct json_doc *doc = data;
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  if (x >> 32 != y >> 32)
    return x < y ? -1 : 1;
  int order = json_compare_texts(json_word_text(doc, (uint32_t)x), json_word_text(doc, (uint32_t)y));
  return order != 0 ? order : (x > y) - (x < y);
}

static bool check_keys_large(struct reader *r, uint32_t object, uint32_t count)
{
  g_autofree uint64_t *hashed = g_try_new(uint64_t, count);
  if (hashed == NULL)
    return fail(r->error, MENO_ERROR_TOO_LARGE, "no memory to compare %u keys of a JSON object; send fewer", count);
  uint32_t key = object + JSON_CONTAINER_WORDS;
  for (uint32_t i = 0; i < count; i++) {
    hashed[i] = (uint64_t)text_hash(json_word_text(r->doc, key)) << 32 | key;
    key = json_word_after(r->doc, key + JSON_STRING_WORDS);
  }
  g_qsort_with_data(hashed, (int)count, sizeof *hashed, compare_hashed, r->doc);
  for (uint32_t i = 1; i < count; i++) {
    uint32_t before = (uint32_t)hashed[i - 1], at = (uint32_t)hashed[i];
    if (hashed[i] >> 32 == hashed[i - 1] >> 32 && text_is(json_word_text(r->doc, before), json_word_text(r->doc, at)))
      return refuse_twice(r, at);
  }
  return true;
}

static bool check_keys(struct reader *r, uint32_t object, uint32_t count)
{
  if (count > SMALL_OBJECT)
    return check_keys_large(r, object, count);
  struct json_text seen[SMALL_OBJECT];
  uint32_t key = object + JSON_CONTAINER_WORDS;
  for (uint32_t i = 0; i < count; i++) {
    seen[i] = json_word_text(r->doc, key);
    for (uint32_t j = 0; j < i; j++)
      if (text_is(seen[j], seen[i]))
        return refuse_twice(r, key);
    key = json_word_after(r->doc, key + JSON_STRING_WORDS);
  }
  return true;
}

static bool read_value(struct reader *r);

static bool read_member(struct reader *r)
{
  skip_space(r);
  if (r->p == r->end || *r->p != '"')
    return refuse_byte(r, "a key in double quotes");
  if (!tape_reserve(r) || !read_string(r))
    return false;
  skip_space(r);
  if (r->p == r->end || *r->p != ':')
    return refuse_byte(r, "the colon after a key");
  r->p++;
  return read_value(r);
}

static bool read_container(struct reader *r, enum json_type type)
{
  bool object = type == JSON_OBJECT;
  char close = object ? '}' : ']';
  uint32_t at = r->doc->words, count = 0;
  if (r->depth == LIMIT_JSON_DEPTH)
    return refuse(r, r->p, "nested deeper than %d levels", LIMIT_JSON_DEPTH);
  r->depth++;
  tape_put(r, type, r->p++);
  r->doc->words += JSON_CONTAINER_WORDS - 1;
  skip_space(r);
  if (r->p == r->end || *r->p != close) {
    for (;; r->p++) {
      if (object ? !read_member(r) : !read_value(r))
        return false;
      count++;
      skip_space(r);
      if (r->p == r->end || (*r->p != ',' && *r->p != close))
        return refuse_byte(r, object ? "a comma or }" : "a comma or ]");
      if (*r->p == close)
        break;
    }
  }
  r->p++;
  r->depth--;
  uint32_t *words = r->doc->tape + at;
  words[1] = r->doc->words;
  words[2] = count;
  words[3] = (uint32_t)(r->p - r->doc->text);
  return !object || check_keys(r, at, count);
}

static bool read_value(struct reader *r)
{
  skip_space(r);
  if (r->p == r->end)
    return refuse_byte(r, "a value");
  if (!tape_reserve(r))
    return false;
  switch (*r->p) {
  case '"': return read_string(r);
  case '{': return read_container(r, JSON_OBJECT);
  case '[': return read_container(r, JSON_ARRAY);
  case 't': return read_word(r, "true", JSON_TRUE);
  case 'f': return read_word(r, "false", JSON_FALSE);
  case 'n': return read_word(r, "null", JSON_NULL);
  default: return *r->p == '-' || g_ascii_isdigit(*r->p) ? read_number(r) : refuse_byte(r, "a value");
  }
}

struct json_doc *json_parse(const char *text, size_t length, GError **error)
{
  if (length > LIMIT_JSON_BYTES) {
    fail(error, MENO_ERROR_TOO_LARGE, "JSON of %zu bytes; the limit is %u, send it in smaller parts", length, LIMIT_JSON_BYTES);
    return NULL;
  }
  g_autoptr(json_doc_auto) doc = g_new0(struct json_doc, 1);
  doc->text = text;
  doc->length = (uint32_t)length;
  struct reader r = { text, text + length, doc, 0, 0, error };
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    refuse(&r, text, "a byte order mark before the value; save the text as UTF-8 without it");
    return NULL;
  }
  r.room = (uint32_t)length / 4 + 16; /* fits most texts at once; what is not written costs no memory */
  doc->tape = g_try_new(uint32_t, r.room);
  doc->decoded = g_try_malloc(length + 1);
  if (doc->tape == NULL || doc->decoded == NULL) {
    fail(error, MENO_ERROR_TOO_LARGE, "no memory to read JSON of %zu bytes; send it in smaller parts", length);
    return NULL;
  }
  if (!read_value(&r))
    return NULL;
  skip_space(&r);
  if (r.p < r.end) {
    refuse_byte(&r, "the end of the text");
    return NULL;
  }
  return g_steal_pointer(&doc);
}

void json_doc_free(struct json_doc *doc)
{
  if (doc == NULL)
    return;
  g_free(doc->tape);
  g_free(doc->decoded);
  g_free(doc);
}

/* ---- decoding ---- */

unsigned json_unescape(const char **p, char out[4])
{
  const char *from = *p + 1;
  *p += 2;
  switch (*from) {
  case 'b': out[0] = '\b'; return 1;
  case 'f': out[0] = '\f'; return 1;
  case 'n': out[0] = '\n'; return 1;
  case 'r': out[0] = '\r'; return 1;
  case 't': out[0] = '\t'; return 1;
  case 'u': break;
  default: out[0] = *from; return 1;
  }
  gunichar unit = (gunichar)hex4(*p, *p + 4);
  *p += 4;
  if (unit >= 0xD800 && unit < 0xDC00) {
    unit = 0x10000 + ((unit - 0xD800) << 10) + ((gunichar)hex4(*p + 2, *p + 6) - 0xDC00);
    *p += 6;
  }
  char utf8[6]; /* g_unichar_to_utf8 asks for six; Unicode ends at four */
  int bytes = g_unichar_to_utf8(unit, utf8);
  memcpy(out, utf8, 4);
  return (unsigned)bytes;
}

/* A text, decoded byte by byte. */
struct cursor { const char *p, *end; char out[4]; unsigned have, used; };

static int cursor_next(struct cursor *c)
{
  if (c->used < c->have)
    return (unsigned char)c->out[c->used++];
  if (c->p == c->end)
    return -1;
  if (*c->p != '\\')
    return (unsigned char)*c->p++;
  c->have = json_unescape(&c->p, c->out);
  c->used = 1;
  return (unsigned char)c->out[0];
}

int json_compare_texts(struct json_text a, struct json_text b)
{
  if (!a.escaped && !b.escaped) {
    int order = memcmp(a.bytes, b.bytes, MIN(a.length, b.length));
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
  }
  struct cursor x = { a.bytes, a.bytes + a.length, "", 0, 0 }, y = { b.bytes, b.bytes + b.length, "", 0, 0 };
  for (;;) {
    int left = cursor_next(&x), right = cursor_next(&y);
    if (left != right || left < 0)
      return left - right;
  }
}

static bool text_equals(struct json_text text, const char *plain, size_t length)
{
  if (!text.escaped)
    return text.length == length && memcmp(text.bytes, plain, length) == 0;
  struct cursor x = { text.bytes, text.bytes + text.length, "", 0, 0 };
  for (size_t i = 0; i < length; i++)
    if (cursor_next(&x) != (unsigned char)plain[i])
      return false;
  return cursor_next(&x) < 0;
}

static const char *text_decode(const struct json_doc *doc, uint32_t at)
{
  char *out = doc->decoded + json_word_start(doc, at);
  if (doc->tape[at] & JSON_WORD_DECODED)
    return out;
  struct json_text text = json_word_text(doc, at);
  char *to = out;
  const char *p = text.bytes, *end = p + text.length;
  while (p < end) {
    const char *escape = text.escaped ? memchr(p, '\\', (size_t)(end - p)) : NULL;
    size_t run = (size_t)((escape != NULL ? escape : end) - p);
    memcpy(to, p, run);
    to += run;
    p += run;
    if (escape != NULL) {
      char bytes[4];
      unsigned count = json_unescape(&p, bytes);
      memcpy(to, bytes, count);
      to += count;
    }
  }
  *to = '\0'; /* the quotes leave room for it */
  doc->tape[at] |= JSON_WORD_DECODED;
  return out;
}

/* ---- asking ---- */

struct json json_root(const struct json_doc *doc)
{
  return (struct json){ doc, 0 };
}

enum json_type json_type(struct json value)
{
  return value.doc == NULL ? JSON_ABSENT : json_word_type(value.doc, value.at);
}

struct json json_get(struct json object, const char *key)
{
  if (json_type(object) != JSON_OBJECT)
    return (struct json){ 0 };
  size_t length = strlen(key);
  uint32_t end = object.doc->tape[object.at + 1];
  for (uint32_t at = object.at + JSON_CONTAINER_WORDS; at < end; at = json_word_after(object.doc, at + JSON_STRING_WORDS))
    if (text_equals(json_word_text(object.doc, at), key, length))
      return (struct json){ object.doc, at + JSON_STRING_WORDS };
  return (struct json){ 0 };
}

struct json json_at(struct json array, size_t index)
{
  if (json_type(array) != JSON_ARRAY || index >= json_count(array))
    return (struct json){ 0 };
  uint32_t at = array.at + JSON_CONTAINER_WORDS;
  while (index-- > 0)
    at = json_word_after(array.doc, at);
  return (struct json){ array.doc, at };
}

size_t json_count(struct json container)
{
  return json_type(container) >= JSON_ARRAY ? container.doc->tape[container.at + 2] : 0;
}

const char *json_string(struct json value)
{
  return json_type(value) == JSON_STRING ? text_decode(value.doc, value.at) : NULL;
}

bool json_equals(struct json value, const char *text)
{
  return json_type(value) == JSON_STRING && text_equals(json_word_text(value.doc, value.at), text, strlen(text));
}

bool json_true(struct json value)
{
  return json_type(value) == JSON_TRUE;
}

const char *json_raw(struct json value, size_t *ret_length)
{
  enum json_type type = json_type(value);
  if (type == JSON_ABSENT)
    return NULL;
  uint32_t start = json_word_start(value.doc, value.at), end = start;
  switch (type) {
  case JSON_STRING: end += value.doc->tape[value.at + 1] + 2; break;
  case JSON_ARRAY:
  case JSON_OBJECT: end = value.doc->tape[value.at + 3]; break;
  case JSON_FALSE: end += 5; break;
  case JSON_NUMBER:
    while (end < value.doc->length && (g_ascii_isalnum(value.doc->text[end]) || strchr("+-.", value.doc->text[end]) != NULL))
      end++;
    break;
  default: end += 4; break;
  }
  *ret_length = end - start;
  return value.doc->text + start;
}

struct json_iter json_iter(struct json container)
{
  return (struct json_iter){ container, NULL, { 0 }, container.at + JSON_CONTAINER_WORDS, (uint32_t)json_count(container) };
}

bool json_next(struct json_iter *it)
{
  if (it->left == 0)
    return false;
  it->left--;
  const struct json_doc *doc = it->container.doc;
  if (json_type(it->container) == JSON_OBJECT) {
    it->key = text_decode(doc, it->cursor);
    it->cursor += JSON_STRING_WORDS;
  }
  it->value = (struct json){ doc, it->cursor };
  it->cursor = json_word_after(doc, it->cursor);
  return true;
}

/* ---- numbers ---- */

/* ±digits · 10^exponent, without trailing zeros; `exact` if the digits fit. */
struct decimal { bool negative, exact; uint64_t digits; int64_t exponent; };

static struct decimal decimal_read(const char *p, size_t length)
{
  const char *end = p + length;
  struct decimal d = { *p == '-', true, 0, 0 };
  int64_t zeros = 0, fraction = 0; /* zeros seen that may turn out to be trailing; digits after the point */
  bool point = false;
  for (p += d.negative; p < end && *p != 'e' && *p != 'E'; p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    fraction += point;
    zeros++;
    if (*p == '0')
      continue;
    for (; zeros > 0 && d.digits > 0 && d.exact; zeros--)
      d.exact = !__builtin_mul_overflow(d.digits, UINT64_C(10), &d.digits);
    d.exact = d.exact && !__builtin_add_overflow(d.digits, (uint64_t)(*p - '0'), &d.digits);
    zeros = 0;
  }
  int64_t exponent = 0;
  if (p < end) {
    bool down = p[1] == '-';
    for (p += p[1] == '-' || p[1] == '+' ? 2 : 1; p < end; p++)
      exponent = MIN(exponent * 10 + (*p - '0'), INT64_C(1000000000)); /* beyond any text's digits: the sign decides */
    exponent = down ? -exponent : exponent;
  }
  d.exponent = d.digits == 0 ? 0 : exponent - fraction + zeros;
  return d;
}

double json_number(struct json value, double otherwise)
{
  static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  if (json_type(value) != JSON_NUMBER)
    return otherwise;
  size_t length;
  const char *raw = json_raw(value, &length);
  struct decimal d = decimal_read(raw, length);
  /* Both factors are exact doubles, so one operation rounds once: correct, and no strtod for the usual number. */
  if (FLT_EVAL_METHOD == 0 && d.exact && d.digits <= UINT64_C(1) << 53 && d.exponent >= -22 && d.exponent <= 22) {
    double number = d.exponent < 0 ? (double)d.digits / powers[-d.exponent] : (double)d.digits * powers[d.exponent];
    return d.negative ? -number : number;
  }
  char buffer[64];
  g_autofree char *copy = length < sizeof buffer ? NULL : g_strndup(raw, length);
  if (copy == NULL) {
    memcpy(buffer, raw, length);
    buffer[length] = '\0';
  }
  double number = g_ascii_strtod(copy != NULL ? copy : buffer, NULL);
  return isfinite(number) ? number : otherwise;
}

int json_integer(struct json value, int64_t *ret_integer)
{
  if (json_type(value) != JSON_NUMBER)
    return 0;
  size_t length;
  const char *raw = json_raw(value, &length);
  struct decimal d = decimal_read(raw, length);
  if (!d.exact || d.exponent < 0)
    return 0;
  for (; d.exponent > 0; d.exponent--)
    if (__builtin_mul_overflow(d.digits, UINT64_C(10), &d.digits))
      return 0;
  if (d.digits > (uint64_t)INT64_MAX + d.negative)
    return 0;
  *ret_integer = d.negative ? (int64_t)(0 - d.digits) : (int64_t)d.digits;
  return 1;
}
