/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON (RFC 8259): a strict reader that keeps numbers as written, and a writer.
 *
 * The reader makes a tape over text that it borrows: parse, then ask. Handles (`struct json`) are values; asking an
 * absent handle gives absent, so chains need no checks. It refuses what the RFC refuses, and: duplicate keys, depth over
 * LIMIT_JSON_DEPTH, lone surrogates, "\u0000", invalid UTF-8, anything after the value. Errors name line and column. */
#pragma once
#include "base/error.h"
#include <stddef.h>

struct json_doc;
enum json_type { JSON_ABSENT, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
struct json { const struct json_doc *doc; uint32_t at; };

/* `text` is borrowed (it needs no NUL) and must outlive the document. Error: BAD_INPUT with line and column (characters,
 * from 1); TOO_LARGE over LIMIT_JSON_BYTES. Memory: at most about six times the text, typically once. A document may be
 * read by many threads, except by json_string and json_next, which decode into it: one thread at a time for those. */
struct json_doc *json_parse(const char *text, size_t length, GError **error);
void json_doc_free(struct json_doc *doc);
typedef struct json_doc json_doc_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_doc_auto, json_doc_free)

struct json json_root(const struct json_doc *doc);
enum json_type json_type(struct json value);
/* Both walk: linear in the members before the one that is asked for. To visit all, use json_next. */
struct json json_get(struct json object, const char *key);
struct json json_at(struct json array, size_t index);
size_t json_count(struct json container); /* members or elements; 0 for anything else */

/* Decoded, NUL-terminated, owned by the document; NULL if it is not a string. */
const char *json_string(struct json value);
bool json_equals(struct json value, const char *text); /* is a string that decodes to `text` */
/* The number as a double (correctly rounded); `otherwise` if it is not a number or overflows. */
double json_number(struct json value, double otherwise);
/* 1 a whole number that fits (however written: 100, 1e2, 1.00e2), 0 anything else. */
int json_integer(struct json value, int64_t *ret_integer);
bool json_true(struct json value);
/* The value's own slice of the text that was parsed. */
const char *json_raw(struct json value, size_t *ret_length);

/* Walks members or elements in order: `while (json_next(&it))` with it.key (decoded; NULL in arrays) and it.value. */
struct json_iter { struct json container; const char *key; struct json value; uint32_t cursor; uint32_t left; };
struct json_iter json_iter(struct json container);
bool json_next(struct json_iter *it);

/* The same value with sorted keys (by bytes), no insignificant space, numbers as written, minimal escapes: what is
 * hashed and stored. Newly allocated, never longer than what was read; NULL for an absent value. */
char *json_canonical(struct json value, size_t *ret_length);

/* Writing: appends to a GString that the writer owns. In an object give `key`, in an array (or at the root) NULL.
 * Numbers are rounded to 12 significant digits; what is not finite becomes null. Strings must be UTF-8 (checked by
 * assertion: the doors have checked it). So are the form (keys where keys belong, one root) and LIMIT_JSON_DEPTH. */
struct json_writer { GString *text; uint64_t comma, object; unsigned depth; };
typedef struct json_writer json_writer_auto; /* g_auto(json_writer_auto) w; json_writer_init(&w); */
void json_writer_init(struct json_writer *writer);
void json_writer_clear(struct json_writer *writer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(json_writer_auto, json_writer_clear)
char *json_writer_steal(struct json_writer *writer, size_t *ret_length); /* the text; the writer is cleared */
void json_open_object(struct json_writer *writer, const char *key);
void json_open_array(struct json_writer *writer, const char *key);
void json_close_object(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_put_string(struct json_writer *writer, const char *key, const char *text); /* NULL writes null */
void json_put_string_len(struct json_writer *writer, const char *key, const char *text, size_t length);
void json_put_number(struct json_writer *writer, const char *key, double number);
void json_put_integer(struct json_writer *writer, const char *key, int64_t number);
void json_put_bool(struct json_writer *writer, const char *key, bool yes);
void json_put_null(struct json_writer *writer, const char *key);
void json_put_raw(struct json_writer *writer, const char *key, const char *json, size_t length); /* already JSON */
void json_put_value(struct json_writer *writer, const char *key, struct json value); /* canonical; absent writes null */

/* `value` as JSON text with 12 significant digits, as the writer prints it; and rounded the same way. */
#define JSON_NUMBER_TEXT 32
char *json_format_number(double value, char out[JSON_NUMBER_TEXT]);
double json_round(double value);
