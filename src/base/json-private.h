/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the JSON reader and writer share: the tape, and the scanning of strings. Not for other files. */
#pragma once
#include "base/json.h"
#include <string.h>
#if defined(__SSE2__) && !defined(JSON_PORTABLE)
#include <emmintrin.h>
#endif

/* The tape holds the values in the order of the text. The first word of each: type in the low bits, two flags, offset of
 * its first character. Then
 *   string (a key too): the bytes between the quotes;
 *   array, object: tape index after the last child; children; offset after the closing bracket. Children follow, in an
 *   object as key, value, key, value. */
struct json_doc {
  const char *text;
  uint32_t *tape;
  char *decoded;  /* as long as the text: a string decodes to where it stands there, and never grows */
  uint32_t length, words;
};

#define JSON_WORD_TYPE 7u
#define JSON_WORD_ESCAPED 8u  /* the string holds a backslash */
#define JSON_WORD_DECODED 16u /* `decoded` holds it */
#define JSON_WORD_SHIFT 5
#define JSON_STRING_WORDS 2
#define JSON_CONTAINER_WORDS 4

struct json_text { const char *bytes; uint32_t length; bool escaped; }; /* between the quotes, as written */

static inline enum json_type json_word_type(const struct json_doc *doc, uint32_t at)
{
  return (enum json_type)(doc->tape[at] & JSON_WORD_TYPE);
}

static inline uint32_t json_word_start(const struct json_doc *doc, uint32_t at)
{
  return doc->tape[at] >> JSON_WORD_SHIFT;
}

static inline uint32_t json_word_after(const struct json_doc *doc, uint32_t at)
{
  enum json_type type = json_word_type(doc, at);
  return type >= JSON_ARRAY ? doc->tape[at + 1] : type == JSON_STRING ? at + JSON_STRING_WORDS : at + 1;
}

static inline struct json_text json_word_text(const struct json_doc *doc, uint32_t at)
{
  return (struct json_text){ doc->text + json_word_start(doc, at) + 1, doc->tape[at + 1],
                             (doc->tape[at] & JSON_WORD_ESCAPED) != 0 };
}

/* The first byte of [p, end) that is not plain: a control character, a quote, a backslash or not ASCII. */
static inline const char *json_plain_end(const char *p, const char *end)
{
#if defined(__SSE2__) && !defined(JSON_PORTABLE)
  const __m128i space = _mm_set1_epi8(' '), quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  for (; end - p >= 16; p += 16) {
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* Signed comparison: bytes from 0x80 are negative, so one test finds them and the control characters. */
    __m128i odd = _mm_or_si128(_mm_cmplt_epi8(block, space),
                               _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
    unsigned mask = (unsigned)_mm_movemask_epi8(odd);
    if (mask != 0)
      return p + __builtin_ctz(mask);
  }
#endif
  while (p < end && (unsigned char)*p >= ' ' && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
    p++;
  return p;
}

/* Bytes of the character outside ASCII at p: 2 to 4; 0 if it is not UTF-8 (overlong, surrogate, too large, cut off). */
static inline unsigned json_utf8_bytes(const char *p, const char *end)
{
  const unsigned char *u = (const unsigned char *)p;
  size_t left = (size_t)(end - p);
#define JSON_TAIL(i) ((u[i] & 0xC0) == 0x80)
  if (u[0] >= 0xC2 && u[0] <= 0xDF)
    return left >= 2 && JSON_TAIL(1) ? 2 : 0;
  if (u[0] >= 0xE0 && u[0] <= 0xEF) {
    unsigned low = u[0] == 0xE0 ? 0xA0 : 0x80, high = u[0] == 0xED ? 0x9F : 0xBF;
    return left >= 3 && u[1] >= low && u[1] <= high && JSON_TAIL(2) ? 3 : 0;
  }
  if (u[0] >= 0xF0 && u[0] <= 0xF4) {
    unsigned low = u[0] == 0xF0 ? 0x90 : 0x80, high = u[0] == 0xF4 ? 0x8F : 0xBF;
    return left >= 4 && u[1] >= low && u[1] <= high && JSON_TAIL(2) && JSON_TAIL(3) ? 4 : 0;
  }
#undef JSON_TAIL
  return 0;
}

/* Decodes the escape at *p (checked when it was read), moves *p behind it; returns the bytes written to `out`. */
unsigned json_unescape(const char **p, char out[4]);
/* Orders decoded texts by bytes. */
int json_compare_texts(struct json_text a, struct json_text b);
