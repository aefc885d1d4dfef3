/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of shapes: what fits, what does not and how that is said, and which texts are no shapes. */
#include "base/shape.h"
#include <string.h>

/* What misses, or "fits". */
static char *tell(const char *shape, const char *json) {
  g_autoptr(GError) error = NULL;
  struct shape *read = shape_new(shape);
  g_assert_nonnull(read);
  g_autoptr(json_doc_auto) doc = json_parse(json, strlen(json), &error);
  g_assert_no_error(error);
  char *misses = shape_misses(read, json_root(doc));
  shape_free(read);
  return misses ? misses : g_strdup("fits");
}

static void check(const char *shape, const char *json, const char *expected) {
  g_autofree char *told = tell(shape, json);
  g_assert_cmpstr(told, ==, expected);
}

static void test_words(void) {
  static const struct { const char *word, *fits, *not; } rows[] = {
    { "any", "null", NULL }, { "text", "\"\"", "null" }, { "name", "\"x\"", "\"\"" }, { "name", "\"x\"", "[]" }, { "flag", "false", "0" },
    { "number", "-1e15", "1.1e15" }, { "number", "0.5", "\"0.5\"" }, { "number", "0", "1e999" }, { "share", "1", "1.000001" }, { "share", "0", "-0.1" },
    { "integer", "-7", "0.5" }, { "integer", "1e15", "1e16" }, { "count", "1000000000", "1000000001" }, { "count", "0", "-1" },
    { "day", "\"2026-03-01\"", "\"2026-02-30\"" }, { "day", "\"1000-01-01\"", "\"0999-12-31\"" }, { "day", "\"2999-12-31\"", "20514" },
    { "time", "\"2026-03-01T09:00:00Z\"", "\"soon\"" }, { "daynumber", "20514", "400000" }, { "daynumber", "-300000", "-400000" }, { "daynumber", "-2147483648", "-2147483647" },
    { "0..3", "3", "4" }, { "-1..1440", "-1", "-2" }, { "0..3", "0", "0.5" }, { "0..3", "1", "\"1\"" },
    { "moment", "1774861200000000", "1e17" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *fits = tell(rows[i].word, rows[i].fits), *not = rows[i].not ? tell(rows[i].word, rows[i].not) : NULL;
    g_assert_cmpstr(fits, ==, "fits");
    g_assert_cmpstr(not, !=, "fits");
  }
}

static void test_members(void) {
  const char *shape = "{id:name note?:text seen:[{file?:text count:count}] deep?:{a:number}|text}";
  check(shape, "{\"id\":\"x\",\"seen\":[]}", "fits");
  check(shape, "{\"id\":\"x\",\"seen\":[{\"count\":1},{\"count\":2,\"file\":null}],\"note\":null,\"more\":[1]}", "fits");
  check(shape, "{\"id\":\"x\",\"seen\":[],\"deep\":{\"a\":1}}", "fits");
  check(shape, "{\"id\":\"x\",\"seen\":[],\"deep\":\"none\"}", "fits");
  check(shape, "{\"seen\":[]}", "\"/id\" is missing");
  check(shape, "{\"id\":\"\",\"seen\":[]}", "\"/id\" is no text, or empty");
  check(shape, "{\"id\":\"x\",\"seen\":{}}", "\"/seen\" is no list");
  check(shape, "{\"id\":\"x\",\"seen\":[{\"count\":1},{\"count\":\"2\"}]}", "\"/seen/1/count\" is no whole number from 0 to 1e9");
  check(shape, "{\"id\":\"x\",\"seen\":[7]}", "\"/seen/0\" is no object");
  check(shape, "{\"id\":\"x\",\"seen\":[],\"note\":5}", "\"/note\" is no text");
  check(shape, "{\"id\":\"x\",\"seen\":[],\"deep\":{\"a\":\"1\"}}", "\"/deep\" is no text");
  check(shape, "[]", "it is no object");
  check("{*:number}", "{\"a\":1,\"b c\":2}", "fits");
  check("{*:number}", "{\"a\":1,\"b c\":null}", "\"/b c\" is no number that a figure may be");
  check("{*:{a:text}}", "{\"x\\ny\":{\"a\":1}}", "\"/x\ny/a\" is no text");
  check("{}", "{\"a\":1}", "fits");
  check("[[text]]", "[[\"a\"],[],[1]]", "\"/2/0\" is no text");
}

static void test_no_shapes(void) {
  static const char *const rows[] = { "", "txt", "text ", "text|", "[text", "[]", "{a}", "{a:}", "{a:text", "{a?text}", "{:text}", "{*:text b:text}", "{a:text}}", "texts", "te", "0..", "..3", "3..0", "0.3", "0..3.", "0..3text", "0..3..4" };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (shape_new(rows[i])) g_error("\"%s\" counts as a shape", rows[i]);
  }
  struct shape *shape = shape_new("{a?:[{b:text|0..3|number}]|flag c:{}}|any");
  g_assert_nonnull(shape);
  shape_free(shape);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/shape/words", test_words);
  g_test_add_func("/shape/members", test_members);
  g_test_add_func("/shape/no-shapes", test_no_shapes);
  return g_test_run();
}
