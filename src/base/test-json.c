/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of the JSON reader and writer. The oracle is jansson: on generated documents, on the same documents damaged, and on
 * what our writer writes. What jansson cannot judge (places of errors, rounding, the refusals that are ours) is a table. */
#include "base/json.h"
#include "base/limits.h"
#include "base/test-oracle.h"
#include <float.h>
#include <math.h>
#include <string.h>

static struct json_doc *must_parse(const char *text)
{
  g_autoptr(GError) error = NULL;
  struct json_doc *doc = json_parse(text, strlen(text), &error);
  g_assert_no_error(error);
  g_assert_nonnull(doc);
  return doc;
}

/* A copy without anything behind it, so that the sanitizers see a step too far. */
static char *exact_copy(const char *text, size_t length)
{
  char *copy = g_malloc(MAX(length, 1));
  if (length > 0)
    memcpy(copy, text, length);
  return copy;
}

static void assert_refused(const char *text, size_t length, const char *place, const char *part)
{
  g_autofree char *copy = exact_copy(text, length);
  g_autoptr(GError) error = NULL;
  g_assert_null(json_parse(copy, length, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  if (strstr(error->message, place) == NULL || strstr(error->message, part) == NULL)
    g_error("\"%s\" gave \"%s\", expected \"%s\" and \"%s\"", text, error->message, place, part);
}

/* ---- what is asked ---- */

static void test_asking(void)
{
  g_autoptr(json_doc_auto) doc = must_parse(" { \"name\" : \"Ann\\u00e9 \\\"x\\\"\\n\", \"list\":[1, 2.5,null,true,false,{}], \"\\u0061\":-7 } ");
  struct json root = json_root(doc);
  g_assert_cmpint(json_type(root), ==, JSON_OBJECT);
  g_assert_cmpuint(json_count(root), ==, 3);
  g_assert_cmpstr(json_string(json_get(root, "name")), ==, "Ann\xC3\xA9 \"x\"\n");
  const char *once = json_string(json_get(root, "name"));
  g_assert_true(once == json_string(json_get(root, "name")));
  g_assert_true(json_equals(json_get(root, "name"), "Ann\xC3\xA9 \"x\"\n"));
  g_assert_false(json_equals(json_get(root, "name"), "Ann\xC3\xA9 \"x\""));
  g_assert_false(json_equals(json_get(root, "name"), "Ann\xC3\xA9 \"x\"\nmore"));
  int64_t integer = 0;
  g_assert_cmpint(json_integer(json_get(root, "a"), &integer), ==, 1);
  g_assert_cmpint(integer, ==, -7);
  struct json list = json_get(root, "list");
  g_assert_cmpuint(json_count(list), ==, 6);
  g_assert_cmpfloat(json_number(json_at(list, 1), NAN), ==, 2.5);
  g_assert_cmpint(json_type(json_at(list, 2)), ==, JSON_NULL);
  g_assert_true(json_true(json_at(list, 3)));
  g_assert_false(json_true(json_at(list, 4)));
  g_assert_cmpint(json_type(json_at(list, 5)), ==, JSON_OBJECT);
  g_assert_cmpuint(json_count(json_at(list, 5)), ==, 0);
  size_t length;
  const char *raw = json_raw(list, &length);
  g_assert_cmpmem(raw, length, "[1, 2.5,null,true,false,{}]", 27);
  raw = json_raw(json_at(list, 4), &length);
  g_assert_cmpmem(raw, length, "false", 5);
  raw = json_raw(json_at(list, 1), &length);
  g_assert_cmpmem(raw, length, "2.5", 3);
}

static void test_absent(void)
{
  g_autoptr(json_doc_auto) doc = must_parse("{\"a\":[],\"n\":3,\"s\":\"x\"}");
  struct json root = json_root(doc), absent = json_at(json_get(json_get(root, "nothing"), "deeper"), 4);
  int64_t integer = 99;
  size_t length = 99;
  g_assert_cmpint(json_type(absent), ==, JSON_ABSENT);
  g_assert_cmpint(json_type(json_at(json_get(root, "a"), 0)), ==, JSON_ABSENT);
  g_assert_cmpint(json_type(json_at(root, 0)), ==, JSON_ABSENT);
  g_assert_cmpint(json_type(json_get(json_get(root, "a"), "x")), ==, JSON_ABSENT);
  g_assert_null(json_string(absent));
  g_assert_null(json_string(json_get(root, "n")));
  g_assert_false(json_equals(absent, ""));
  g_assert_cmpfloat(json_number(absent, 4), ==, 4);
  g_assert_cmpfloat(json_number(json_get(root, "s"), 4), ==, 4);
  g_assert_cmpint(json_integer(absent, &integer), ==, 0);
  g_assert_cmpint(integer, ==, 99);
  g_assert_false(json_true(absent));
  g_assert_cmpuint(json_count(absent), ==, 0);
  g_assert_cmpuint(json_count(json_get(root, "s")), ==, 0);
  g_assert_null(json_raw(absent, &length));
  g_assert_null(json_canonical(absent, NULL));
  struct json_iter it = json_iter(absent);
  g_assert_false(json_next(&it));
  json_doc_free(NULL);
}

static void test_iteration(void)
{
  g_autoptr(json_doc_auto) doc = must_parse("{\"b\":[[1],{\"c\":2},\"x\"],\"\\u00e4\":1,\"\":null}");
  static const char *const keys[] = { "b", "\xC3\xA4", "" };
  struct json_iter it = json_iter(json_root(doc));
  for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
    g_assert_true(json_next(&it));
    g_assert_cmpstr(it.key, ==, keys[i]);
    g_assert_cmpint(json_type(it.value), ==, json_type(json_get(json_root(doc), keys[i])));
  }
  g_assert_false(json_next(&it));
  g_assert_false(json_next(&it));
  static const enum json_type types[] = { JSON_ARRAY, JSON_OBJECT, JSON_STRING };
  it = json_iter(json_get(json_root(doc), "b"));
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
    g_assert_true(json_next(&it));
    g_assert_null(it.key);
    g_assert_cmpint(json_type(it.value), ==, types[i]);
  }
  g_assert_false(json_next(&it));
}

static void test_roots(void)
{
  static const struct { const char *text; enum json_type type; } rows[] = {
    { "0", JSON_NUMBER }, { "-1.5e+3", JSON_NUMBER }, { "\"\"", JSON_STRING }, { "null", JSON_NULL }, { "true", JSON_TRUE },
    { " false\r\n\t", JSON_FALSE }, { "[]", JSON_ARRAY }, { "{ }", JSON_OBJECT }, { "\"\\/\"", JSON_STRING },
    { "\"\\ud83d\\ude00\"", JSON_STRING },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(json_doc_auto) doc = must_parse(rows[i].text);
    g_assert_cmpint(json_type(json_root(doc)), ==, rows[i].type);
  }
}

/* ---- what is refused, and where ---- */

static void test_refusals(void)
{
  static const struct { const char *text, *place, *part; } rows[] = {
    { "", "line 1, column 1:", "ends where a value" },
    { " \n  ", "line 2, column 3:", "ends where a value" },
    { "[1,\n 2,\n]", "line 3, column 1:", "found ']'" },
    { "{\"a\":1,}", "line 1, column 8:", "a key in double quotes" },
    { "{a:1}", "line 1, column 2:", "a key in double quotes" },
    { "{\"a\" 1}", "line 1, column 6:", "colon" },
    { "[1 2]", "line 1, column 4:", "a comma or ]" },
    { "[1}", "line 1, column 3:", "a comma or ]" },
    { "{\"a\":1]", "line 1, column 7:", "a comma or }" },
    { "1 2", "line 1, column 3:", "the end of the text" },
    { "{}\n}", "line 2, column 1:", "the end of the text" },
    { "nul", "line 1, column 1:", "null" },
    { "True", "line 1, column 1:", "found 'T'" },
    { "NaN", "line 1, column 1:", "found 'N'" },
    { "[01]", "line 1, column 2:", "starts with 0" },
    { "-", "line 1, column 2:", "ends where a digit" },
    { "+1", "line 1, column 1:", "found '+'" },
    { ".5", "line 1, column 1:", "found '.'" },
    { "[1.]", "line 1, column 4:", "after the decimal point" },
    { "1e", "line 1, column 3:", "exponent" },
    { "[1e+]", "line 1, column 5:", "exponent" },
    { "0x10", "line 1, column 2:", "found 'x'" },
    { "\"abc", "line 1, column 1:", "not closed" },
    { "[\"a\tb\"]", "line 1, column 4:", "\\u0009" },
    { "\"a\\x\"", "line 1, column 3:", "unknown escape" },
    { "\"\\", "line 1, column 2:", "unknown escape" },
    { "\"\\u12g4\"", "line 1, column 2:", "four hexadecimal" },
    { "\"\\u00", "line 1, column 2:", "four hexadecimal" },
    { "\"\\u0000\"", "line 1, column 2:", "NUL" },
    { "\"\\ud800\"", "line 1, column 2:", "surrogate" },
    { "\"\\udc00\"", "line 1, column 2:", "surrogate" },
    { "\"\\ud800\\u0041\"", "line 1, column 2:", "surrogate" },
    { "\"\\ud800\\ud800\"", "line 1, column 2:", "surrogate" },
    { "\"\\ud800x\"", "line 1, column 2:", "surrogate" },
    { "\"\xC3\xA4\xC3\xA4\x80\"", "line 1, column 4:", "0x80 is not UTF-8" },
    { "\"\xC0\xAF\"", "line 1, column 2:", "not UTF-8" },
    { "\"\xED\xA0\x80\"", "line 1, column 2:", "not UTF-8" },
    { "\"\xF4\x90\x80\x80\"", "line 1, column 2:", "not UTF-8" },
    { "\"\xE0\x9F\xBF\"", "line 1, column 2:", "not UTF-8" },
    { "\"\xF0\x8F\xBF\xBF\"", "line 1, column 2:", "not UTF-8" },
    { "\"\xC3", "line 1, column 2:", "not UTF-8" },
    { "\xC3\xA4", "line 1, column 1:", "byte 0xC3" },
    { "\xEF\xBB\xBF{}", "line 1, column 1:", "byte order mark" },
    { "'a'", "line 1, column 1:", "found '''" },
    { "// c\n1", "line 1, column 1:", "found '/'" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_refused(rows[i].text, strlen(rows[i].text), rows[i].place, rows[i].part);
  assert_refused("\"a\0b\"", 5, "line 1, column 3:", "\\u0000");
  assert_refused("[1]\0", 4, "line 1, column 4:", "byte 0x00");
}

static void test_duplicates(void)
{
  static const struct { const char *text, *place, *part; } rows[] = {
    { "{\"a\":1,\"b\":2,\"a\":3}", "column 14:", "\"a\" stands twice" },
    { "{\"a\":1,\n\"\\u0061\":2}", "line 2, column 1:", "stands twice" },
    { "{\"\\u0061\":1,\"a\":2}", "column 13:", "\"a\" stands twice" },
    { "{\"\":1,\"\":2}", "column 7:", "\"\" stands twice" },
    { "[{\"x\":{\"k\\n\":1,\"k\\u000a\":2}}]", "column 16:", "k\\u000a" },
    { "{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", "column 19:", "stands twice" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_refused(rows[i].text, strlen(rows[i].text), rows[i].place, rows[i].part);
  json_doc_free(must_parse("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"A\":1,\"aa\":2,\"a \":3}"));
}

/* Objects on both sides of every threshold, with and without one key twice at any place. */
static void test_duplicates_large(void)
{
  for (unsigned count = 2; count < 3000; count += count / 3 + 1) {
    g_autoptr(GString) good = g_string_new("{");
    for (unsigned i = 0; i < count; i++)
      g_string_append_printf(good, "%s\"key%u\":[%u,{}]", i > 0 ? "," : "", i, i);
    for (unsigned twice = 0; twice < count; twice += count / 5 + 1) {
      g_autofree char *bad = g_strdup_printf("%s,\"k\\u0065y%u\":0}", good->str, twice);
      g_autofree char *place = g_strdup_printf("column %zu:", good->len + 2);
      assert_refused(bad, strlen(bad), place, "stands twice");
    }
    g_string_append_c(good, '}');
    g_autoptr(json_doc_auto) doc = must_parse(good->str);
    g_assert_cmpuint(json_count(json_root(doc)), ==, count);
    g_autofree char *last = g_strdup_printf("key%u", count - 1);
    g_assert_cmpfloat(json_number(json_at(json_get(json_root(doc), last), 0), -1), ==, count - 1);
  }
}

/* A long key is quoted short, and the quotation stays UTF-8. */
static void test_duplicate_long(void)
{
  g_autoptr(GString) text = g_string_new("{");
  for (int twice = 0; twice < 2; twice++) {
    g_string_append(text, twice ? ",\"x" : "\"x");
    for (int i = 0; i < 500; i++)
      g_string_append(text, "\xE2\x82\xAC");
    g_string_append(text, "\":0");
  }
  g_string_append_c(text, '}');
  assert_refused(text->str, text->len, "line 1, column 508:", "\xE2\x82\xAC…\" stands twice");
}

static char *nested(unsigned depth)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (unsigned i = 0; i < depth; i++)
    g_string_append(text, i % 2 ? "{\"a\":" : "[");
  g_string_append(text, "1");
  for (unsigned i = depth; i-- > 0;)
    g_string_append_c(text, i % 2 ? '}' : ']');
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_limits(void)
{
  g_autofree char *deep = nested(LIMIT_JSON_DEPTH), *deeper = nested(LIMIT_JSON_DEPTH + 1);
  json_doc_free(must_parse(deep));
  assert_refused(deeper, strlen(deeper), "line 1, column", "nested deeper than 64 levels");
  g_autofree char *shallow = g_strnfill(1000, '[');
  assert_refused(shallow, 1000, "line 1, column 65:", "nested deeper");
  g_autoptr(GError) error = NULL;
  g_assert_null(json_parse("", (size_t)LIMIT_JSON_BYTES + 1, &error)); /* refused before the text is looked at */
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_LARGE);
}

/* ---- numbers ---- */

static void test_numbers(void)
{
  static const struct { const char *text; double value; } rows[] = {
    { "0", 0 }, { "-0", -0.0 }, { "-0.0e5", -0.0 }, { "0.1", 0.1 }, { "1e308", 1e308 }, { "1.7976931348623157e308", DBL_MAX },
    { "4.9406564584124654e-324", 0x1p-1074 }, { "2.2250738585072011e-308", 0x0.fffffffffffffp-1022 }, { "1e-400", 0 },
    { "0.30000000000000004", 0.30000000000000004 }, { "9007199254740993", 9007199254740992.0 },
    { "9007199254740993.00000000000000000000000000000000000000000000000000000000001", 9007199254740994.0 },
    { "12345678901234567", 12345678901234568.0 }, { "123456789012345678e-17", 1.23456789012345678 }, { "1e23", 1e23 },
    { "8.5e22", 8.5e22 }, { "1E2", 100 }, { "1e+2", 100 }, { "100e-2", 1 }, { "0e999999999999", 0 }, { "179769e303", 1.79769e308 },
    { "100000000000000000000000000000000000000000000000000000000000000000000000000000000000000e-86", 1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(json_doc_auto) doc = must_parse(rows[i].text);
    double got = json_number(json_root(doc), NAN);
    g_assert_cmpmem(&got, sizeof got, &rows[i].value, sizeof got);
  }
  static const char *const overflows[] = { "1e309", "-1e309", "1.7976931348623159e308", "1e99999999999999999999" };
  for (size_t i = 0; i < G_N_ELEMENTS(overflows); i++) {
    g_autoptr(json_doc_auto) doc = must_parse(overflows[i]);
    g_assert_cmpfloat(json_number(json_root(doc), 7), ==, 7);
  }
}

static void test_numbers_random(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(20260301);
  for (int i = 0; i < 20000; i++) {
    g_autofree char *text = g_strdup_printf("%s%u.%0*ue%d", i % 2 ? "-" : "", g_rand_int(rand) >> (i % 31), i % 9 + 1,
                                            g_rand_int(rand) >> (i % 29), g_rand_int_range(rand, -30, 31));
    g_autoptr(json_doc_auto) doc = must_parse(text);
    double got = json_number(json_root(doc), NAN), expected = g_ascii_strtod(text, NULL);
    g_assert_cmpmem(&got, sizeof got, &expected, sizeof expected);
  }
}

static void test_integers(void)
{
  static const struct { const char *text; int found; int64_t value; } rows[] = {
    { "0", 1, 0 }, { "-0", 1, 0 }, { "7", 1, 7 }, { "-12", 1, -12 }, { "1.0", 1, 1 }, { "1e2", 1, 100 }, { "1.20e1", 1, 12 },
    { "1200e-2", 1, 12 }, { "9223372036854775807", 1, INT64_MAX }, { "-9223372036854775808", 1, INT64_MIN },
    { "9223372036854775808", 0, 0 }, { "-9223372036854775809", 0, 0 }, { "18446744073709551616", 0, 0 }, { "1.5", 0, 0 },
    { "1e-1", 0, 0 }, { "1e19", 0, 0 }, { "1e18", 1, INT64_C(1000000000000000000) }, { "0e99999999999", 1, 0 },
    { "1e99999999999999999999", 0, 0 }, { "1e-99999999999999999999", 0, 0 }, { "0.000e-5", 1, 0 },
    { "10.0000000000000000000000000000000000000000", 1, 10 }, { "1.0000000000000000000000000000001", 0, 0 },
    { "0.00000000000000000000000000000001e32", 1, 1 }, { "\"1\"", 0, 0 }, { "true", 0, 0 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(json_doc_auto) doc = must_parse(rows[i].text);
    int64_t value = 0;
    g_assert_cmpint(json_integer(json_root(doc), &value), ==, rows[i].found);
    g_assert_cmpint(value, ==, rows[i].value);
  }
}

static void test_format(void)
{
  static const struct { double value; const char *text; } rows[] = {
    { 0, "0" }, { -0.0, "0" }, { 1, "1" }, { -1, "-1" }, { 0.1, "0.1" }, { 0.1 + 0.2, "0.3" }, { 1.0 / 3, "0.333333333333" },
    { 123456789012, "123456789012" }, { 999999999999, "999999999999" }, { 1e12, "1e+12" }, { 123456789012345, "1.23456789012e+14" },
    { 999999999999.6, "1e+12" }, { 1e-7, "1e-07" }, { DBL_MAX, "1.79769313486e+308" }, { 0x1p-1074, "4.94065645841e-324" },
    { NAN, "null" }, { INFINITY, "null" }, { -INFINITY, "null" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    char text[JSON_NUMBER_TEXT];
    g_assert_cmpstr(json_format_number(rows[i].value, text), ==, rows[i].text);
    double rounded = json_round(rows[i].value);
    if (!isfinite(rows[i].value)) {
      g_assert_false(isfinite(rounded));
      continue;
    }
    double expected = g_ascii_strtod(rows[i].text, NULL);
    g_assert_cmpmem(&rounded, sizeof rounded, &expected, sizeof expected);
    double again = json_round(rounded);
    g_assert_cmpmem(&rounded, sizeof rounded, &again, sizeof again);
  }
}

/* ---- against jansson ---- */

static void random_text(GString *out, GRand *rand)
{
  static const char *const pieces[] = { "a",   "key",     "\\n",      "\\\"",       "\\\\", "\\u00e9",         "\xC3\xA9", "\xE2\x82\xAC", " ",
                                        "\\/", "\\u001f", "\\b\\f\\r", "\\ud83d\\ude00", "\x7F", "\xF0\x9F\x98\x80", "0123456789abcdef", "\\t",       "\\u0041" };
  for (int i = g_rand_int_range(rand, 0, 7); i > 0; i--)
    g_string_append(out, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
}

static void random_space(GString *out, GRand *rand)
{
  static const char *const spaces[] = { "", "", "", " ", "\n", "\r\n", "\t", "  " };
  g_string_append(out, spaces[g_rand_int_range(rand, 0, G_N_ELEMENTS(spaces))]);
}

static void random_value(GString *out, GRand *rand, int depth, bool integers)
{
  int kind = g_rand_int_range(rand, depth > 5 ? 2 : 0, 7);
  random_space(out, rand);
  if (kind <= 1) {
    int count = g_rand_int_range(rand, 0, depth == 1 && kind == 0 ? 60 : 6);
    g_string_append_c(out, kind == 0 ? '{' : '[');
    for (int i = 0; i < count; i++) {
      if (i > 0)
        g_string_append_c(out, ',');
      if (kind == 0) {
        random_space(out, rand);
        g_string_append_c(out, '"');
        random_text(out, rand);
        g_string_append_printf(out, "%d\":", i); /* nearly always unique: a text may end in a digit */
      }
      random_value(out, rand, depth + 1, integers);
    }
    g_string_append_c(out, kind == 0 ? '}' : ']');
  } else if (kind == 2) {
    g_string_append_c(out, '"');
    random_text(out, rand);
    g_string_append_c(out, '"');
  } else if (kind == 3 || (kind == 4 && integers)) {
    g_string_append_printf(out, "%d", (int)g_rand_int(rand) >> g_rand_int_range(rand, 0, 31));
  } else if (kind == 4) {
    g_string_append_printf(out, "%d.%ue%d", (int)g_rand_int(rand), g_rand_int(rand), g_rand_int_range(rand, -290, 290));
  } else {
    static const char *const words[] = { "null", "true", "false" };
    g_string_append(out, words[g_rand_int_range(rand, 0, 3)]);
  }
  random_space(out, rand);
}

/* The same document again, through every question and every verb of the writer; numbers as they were. */
static void rewrite(struct json_writer *w, const char *key, struct json value)
{
  struct json_iter it = json_iter(value);
  size_t length;
  const char *raw = json_raw(value, &length);
  switch (json_type(value)) {
  case JSON_NULL: json_put_null(w, key); break;
  case JSON_FALSE:
  case JSON_TRUE: json_put_bool(w, key, json_true(value)); break;
  case JSON_NUMBER: json_put_raw(w, key, raw, length); break;
  case JSON_STRING: json_put_string(w, key, json_string(value)); break;
  case JSON_ARRAY:
    json_open_array(w, key);
    while (json_next(&it))
      rewrite(w, NULL, it.value);
    json_close_array(w);
    break;
  case JSON_OBJECT:
    json_open_object(w, key);
    while (json_next(&it))
      rewrite(w, it.key, it.value);
    json_close_object(w);
    break;
  default: g_assert_not_reached();
  }
}

static void assert_sorted(struct json value)
{
  g_autofree char *before = NULL;
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    if (it.key != NULL && before != NULL)
      g_assert_cmpint(strcmp(before, it.key), <, 0);
    g_free(before);
    before = g_strdup(it.key);
    assert_sorted(it.value);
  }
}

static void test_generated(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  unsigned taken = 0;
  for (int i = 0; i < 3000; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    random_value(text, rand, 0, i % 2);
    g_autofree char *copy = exact_copy(text->str, text->len);
    g_autoptr(json_doc_auto) doc = json_parse(copy, text->len, NULL);
    enum oracle verdict = oracle_judge(text->str, text->len);
    g_assert_cmpint(verdict != ORACLE_REFUSED, ==, doc != NULL);
    if (verdict != ORACLE_TAKEN)
      continue;
    taken++;
    g_auto(json_writer_auto) w;
    json_writer_init(&w);
    rewrite(&w, NULL, json_root(doc));
    size_t written_length, length, again_length;
    g_autofree char *written = json_writer_steal(&w, &written_length);
    g_assert_true(oracle_same(written, written_length, text->str, text->len));
    g_autofree char *canonical = json_canonical(json_root(doc), &length);
    g_assert_true(oracle_same(canonical, length, text->str, text->len));
    g_assert_cmpuint(length, <=, text->len);
    g_autoptr(json_doc_auto) second = json_parse(canonical, length, NULL);
    g_assert_nonnull(second);
    assert_sorted(json_root(second));
    g_autofree char *again = json_canonical(json_root(second), &again_length);
    g_assert_cmpmem(canonical, length, again, again_length);
    g_autoptr(json_doc_auto) third = json_parse(written, written_length, NULL);
    g_autofree char *other = json_canonical(json_root(third), NULL);
    g_assert_cmpstr(other, ==, canonical);
  }
  g_assert_cmpuint(taken, >, 2500);
}

static void test_damaged(void)
{
  static const char bytes[] = "{}[]\",:\\0123456789eE+-.utfn \n\t\x01\x80\xC3\xA9\xED\xF0/ab";
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  unsigned refused = 0, taken = 0;
  for (int i = 0; i < 30000; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    random_value(text, rand, 2, false);
    for (int damage = g_rand_int_range(rand, 1, 3); damage > 0 && text->len > 0; damage--) {
      gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)text->len);
      int kind = g_rand_int_range(rand, 0, 3);
      char byte = bytes[g_rand_int_range(rand, 0, sizeof bytes - 1)];
      if (kind == 0)
        text->str[at] = byte;
      else if (kind == 1)
        g_string_insert_c(text, (gssize)at, byte);
      else
        g_string_erase(text, (gssize)at, 1);
    }
    g_autofree char *copy = exact_copy(text->str, text->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(json_doc_auto) doc = json_parse(copy, text->len, &error);
    enum oracle verdict = oracle_judge(text->str, text->len);
    if ((doc != NULL) != (verdict != ORACLE_REFUSED) && verdict != ORACLE_OVERFLOW) /* an overflow hides what comes later */
      g_error("we %s, jansson does not: %s", doc != NULL ? "take" : "refuse", text->str);
    if (error != NULL)
      g_assert_true(g_utf8_validate(error->message, -1, NULL));
    refused += doc == NULL;
    taken += doc != NULL;
  }
  g_assert_cmpuint(refused, >, 1000);
  g_assert_cmpuint(taken, >, 1000);
}

static void test_truncated(void)
{
  static const char text[] = "{\"a\":[1.5e-3,true,false,null,{\"k\\u00e9\\ud83d\\ude00\":\"\xE2\x82\xAC and a text of more than sixteen bytes\"}],"
                             "\"b\":{\"c\":[[],{}],\"d\":\"\\\\\\\"\"},\"long key, longer than sixteen\":-0}";
  json_doc_free(must_parse(text));
  for (size_t length = 0; length < sizeof text - 1; length++)
    assert_refused(text, length, "line 1, column", "");
}

/* ---- the canonical form and the writer ---- */

static void test_canonical(void)
{
  static const struct { const char *text, *canonical; } rows[] = {
    { " { \"b\" : [ 1.0 , 1e2 ] , \"a\" : { } } ", "{\"a\":{},\"b\":[1.0,1e2]}" },
    { "{\"\\u0062\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"b\":1}" },
    { "\"\\u00e9\\u0041\\/\\ud83d\\ude00\"", "\"\xC3\xA9" "A/\xF0\x9F\x98\x80\"" },
    { "\"\\u0008\\u0009\\u000a\\u000c\\u000d\\u0022\\u005c\\u001F\\u007f\"", "\"\\b\\t\\n\\f\\r\\\"\\\\\\u001f\x7F\"" },
    { "{\"\\uffff\":1,\"\\ud800\\udc00\":2}", "{\"\xEF\xBF\xBF\":1,\"\xF0\x90\x80\x80\":2}" }, /* bytes, not UTF-16 units */
    { "{\"ab\":1,\"a\":2,\"a\\u0001\":3}", "{\"a\":2,\"a\\u0001\":3,\"ab\":1}" },
    { "[[],[[]],{},null,true,false,-0,\"\"]", "[[],[[]],{},null,true,false,-0,\"\"]" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(json_doc_auto) doc = must_parse(rows[i].text);
    size_t length;
    g_autofree char *canonical = json_canonical(json_root(doc), &length);
    g_assert_cmpstr(canonical, ==, rows[i].canonical);
    g_assert_cmpuint(length, ==, strlen(rows[i].canonical));
  }
  g_autoptr(json_doc_auto) doc = must_parse("{\"x\":[{\"z\":1,\"y\":2}]}");
  g_autofree char *part = json_canonical(json_at(json_get(json_root(doc), "x"), 0), NULL);
  g_assert_cmpstr(part, ==, "{\"y\":2,\"z\":1}");
}

static void test_writer(void)
{
  g_autoptr(json_doc_auto) doc = must_parse("{\"z\": [1.50, \"\\u0061\"], \"y\": null}");
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "text", "a\"b\\c\n\x01\x7F/\xE2\x82\xAC");
  json_put_string_len(&w, "k\"ey", "a\0b", 3);
  json_put_string(&w, "none", NULL);
  json_put_string_len(&w, "empty", "", 0);
  json_put_number(&w, "third", 1.0 / 3);
  json_put_number(&w, "nan", NAN);
  json_put_number(&w, "minus", -0.0);
  json_put_integer(&w, "big", INT64_MIN);
  json_put_bool(&w, "yes", true);
  json_open_array(&w, "list");
  json_open_array(&w, NULL);
  json_close_array(&w);
  json_open_object(&w, NULL);
  json_close_object(&w);
  json_put_null(&w, NULL);
  json_put_raw(&w, NULL, "{\"a\":1}", 7);
  json_close_array(&w);
  json_put_value(&w, "value", json_root(doc));
  json_put_value(&w, "absent", json_get(json_root(doc), "x"));
  json_close_object(&w);
  size_t length;
  g_autofree char *text = json_writer_steal(&w, &length);
  g_assert_cmpstr(text, ==, "{\"text\":\"a\\\"b\\\\c\\n\\u0001\x7F/\xE2\x82\xAC\",\"k\\\"ey\":\"a\\u0000b\",\"none\":null,\"empty\":\"\",\"third\":"
                            "0.333333333333,\"nan\":null,\"minus\":0,\"big\":-9223372036854775808,\"yes\":true,\"list\":[[],{},null,"
                            "{\"a\":1}],\"value\":{\"y\":null,\"z\":[1.50,\"a\"]},\"absent\":null}");
  g_assert_cmpuint(length, ==, strlen(text));
}

/* What the writer writes for any bytes that are UTF-8 reads back as those bytes. */
static void test_writer_strings(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  for (int i = 0; i < 5000; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (int n = g_rand_int_range(rand, 0, 40); n > 0; n--) {
      static const gint32 tops[] = { 0x20, 0x80, 0x80, 0x80, 0x800, 0xD800, 0x110000 };
      gint32 unit = g_rand_int_range(rand, 1, tops[g_rand_int_range(rand, 0, G_N_ELEMENTS(tops))]);
      g_string_append_unichar(text, (gunichar)(unit >= 0xD800 && unit < 0xE000 ? 'x' : unit));
    }
    g_auto(json_writer_auto) w;
    json_writer_init(&w);
    json_put_string(&w, NULL, text->str);
    size_t length;
    g_autofree char *written = json_writer_steal(&w, &length);
    g_assert_cmpint(oracle_judge(written, length), ==, ORACLE_TAKEN);
    g_autoptr(json_doc_auto) doc = must_parse(written);
    g_assert_cmpstr(json_string(json_root(doc)), ==, text->str);
    g_assert_true(json_equals(json_root(doc), text->str));
  }
}

static void test_writer_depth(void)
{
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  for (unsigned i = 0; i < LIMIT_JSON_DEPTH; i++) {
    if (i % 2)
      json_open_object(&w, NULL);
    else
      json_open_array(&w, i > 0 ? "a" : NULL);
  }
  for (unsigned i = LIMIT_JSON_DEPTH; i-- > 0;) {
    if (i % 2)
      json_close_object(&w);
    else
      json_close_array(&w);
  }
  g_autofree char *text = json_writer_steal(&w, NULL);
  json_doc_free(must_parse(text));
}

/* Each row is a bug of the caller and must stop the program. */
static void misuse(guint row)
{
  struct json_writer w;
  json_writer_init(&w);
  if (row == 0)
    json_put_string(&w, NULL, "caf\xE9");
  else if (row == 1)
    json_put_null(&w, "key at the root");
  else if (row == 6)
    json_writer_steal(&w, NULL);
  json_open_array(&w, NULL);
  if (row == 2)
    json_put_null(&w, "key in a list");
  else if (row == 3)
    json_close_object(&w);
  else if (row == 4)
    json_writer_steal(&w, NULL);
  json_open_object(&w, NULL);
  if (row == 5)
    json_put_null(&w, NULL);
  else if (row == 7)
    json_put_null(&w, "caf\xC3");
  json_close_object(&w);
  json_close_array(&w);
  if (row == 8)
    json_put_null(&w, NULL);
}

#define MISUSES 9

static void test_misuse(void)
{
  if (g_test_subprocess())
    return;
  for (guint row = 0; row <= MISUSES; row++) {
    g_autofree char *path = g_strdup_printf("/json/misuse/%u", row);
    g_test_trap_subprocess(path, 0, 0);
    if (row < MISUSES)
      g_test_trap_assert_failed();
    else
      g_test_trap_assert_passed(); /* no misuse: the rows fail for their own reason */
  }
}

static void test_misuse_row(gconstpointer data)
{
  if (g_test_subprocess())
    misuse(GPOINTER_TO_UINT(data));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/json/asking", test_asking);
  g_test_add_func("/json/absent", test_absent);
  g_test_add_func("/json/iteration", test_iteration);
  g_test_add_func("/json/roots", test_roots);
  g_test_add_func("/json/refusals", test_refusals);
  g_test_add_func("/json/duplicates", test_duplicates);
  g_test_add_func("/json/duplicates-large", test_duplicates_large);
  g_test_add_func("/json/duplicate-long", test_duplicate_long);
  g_test_add_func("/json/limits", test_limits);
  g_test_add_func("/json/numbers", test_numbers);
  g_test_add_func("/json/numbers-random", test_numbers_random);
  g_test_add_func("/json/integers", test_integers);
  g_test_add_func("/json/format", test_format);
  g_test_add_func("/json/generated", test_generated);
  g_test_add_func("/json/damaged", test_damaged);
  g_test_add_func("/json/truncated", test_truncated);
  g_test_add_func("/json/canonical", test_canonical);
  g_test_add_func("/json/writer", test_writer);
  g_test_add_func("/json/writer-strings", test_writer_strings);
  g_test_add_func("/json/writer-depth", test_writer_depth);
  g_test_add_func("/json/misuse", test_misuse);
  for (guint row = 0; row <= MISUSES; row++) {
    g_autofree char *path = g_strdup_printf("/json/misuse/%u", row);
    g_test_add_data_func(path, GUINT_TO_POINTER(row), test_misuse_row);
  }
  return g_test_run();
}
