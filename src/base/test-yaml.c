/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of the YAML tree: what a person writes, what is refused and where, and files cut off or damaged anywhere. */
#include "base/limits.h"
#include "base/yaml.h"
#include <string.h>

static const char mapping[] = "# how the files become ours\n"
                              "tables:\n"
                              "  - file: student_assessment.csv\n"
                              "    as: results.csv\n"
                              "    join:\n"
                              "      - { file: assessment.csv, on: id, take: [module, run] }\n"
                              "    columns:\n"
                              "      score: { from: score, divide: 100 }\n"
                              "      date:\n"
                              "        days_after: { by: run, 2013B: 2013-02-01, '2013J': \"2013-10-01\" }\n"
                              "    skip_when: { score: \"\" }\n"
                              "    note: |\n"
                              "      two\n"
                              "      lines\n"
                              "  - file: caf\xC3\xA9.csv   # a comment\n"
                              "    team: \"{module} {run}\\n\"\n"
                              "    nothing:\n";

static struct yaml_doc *parse(const char *text, size_t length, GError **error)
{
  g_autofree char *copy = g_malloc(MAX(length, 1)); /* nothing behind it, and gone after reading */
  if (length > 0)
    memcpy(copy, text, length);
  return yaml_parse("f.yaml", copy, length, error);
}

static struct yaml_doc *must_parse(const char *text)
{
  g_autoptr(GError) error = NULL;
  struct yaml_doc *doc = parse(text, strlen(text), &error);
  g_assert_no_error(error);
  g_assert_nonnull(doc);
  return doc;
}

static void assert_message(const GError *error, const char *start, const char *part)
{
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  if (!g_str_has_prefix(error->message, start) || strstr(error->message, part) == NULL)
    g_error("expected \"%s\" and \"%s\", got \"%s\"", start, part, error->message);
}

static void assert_refused(const char *text, size_t length, const char *start, const char *part)
{
  g_autoptr(GError) error = NULL;
  g_assert_null(parse(text, length, &error));
  assert_message(error, start, part);
}

static void assert_place(const struct yaml_node *node, unsigned line, unsigned column)
{
  g_assert_nonnull(node);
  g_assert_cmpuint(node->line, ==, line);
  g_assert_cmpuint(node->column, ==, column);
}

static void test_mapping(void)
{
  g_autoptr(yaml_doc_auto) doc = must_parse(mapping);
  const struct yaml_node *tables = yaml_get(yaml_root(doc), "tables");
  g_assert_cmpint(tables->type, ==, YAML_LIST);
  assert_place(tables, 3, 3);
  g_assert_cmpuint(tables->key_line, ==, 2);
  g_assert_cmpuint(tables->key_column, ==, 1);
  const struct yaml_node *first = tables->first, *second = first->next;
  g_assert_null(second->next);
  g_assert_null(first->key);
  assert_place(first, 3, 5);
  g_assert_cmpstr(yaml_text(first, "as"), ==, "results.csv");
  const struct yaml_node *join = yaml_get(first, "join")->first;
  assert_place(join, 6, 9);
  g_assert_cmpstr(yaml_text(join, "on"), ==, "id");
  const struct yaml_node *take = yaml_get(join, "take");
  g_assert_cmpstr(take->first->text, ==, "module");
  g_assert_cmpstr(take->first->next->text, ==, "run");
  g_assert_null(take->first->next->next);
  const struct yaml_node *score = yaml_get(yaml_get(first, "columns"), "score");
  g_assert_cmpstr(yaml_text(score, "from"), ==, "score");
  g_assert_cmpstr(yaml_text(score, "divide"), ==, "100");
  assert_place(yaml_get(score, "divide"), 8, 37);
  g_assert_cmpuint(yaml_get(score, "divide")->key_column, ==, 29);
  const struct yaml_node *days = yaml_get(yaml_get(yaml_get(first, "columns"), "date"), "days_after");
  g_assert_cmpstr(yaml_text(days, "2013B"), ==, "2013-02-01");
  g_assert_true(yaml_get(days, "2013B")->plain);
  g_assert_cmpstr(yaml_text(days, "2013J"), ==, "2013-10-01");
  g_assert_false(yaml_get(days, "2013J")->plain);
  g_assert_cmpstr(yaml_text(yaml_get(first, "skip_when"), "score"), ==, "");
  g_assert_false(yaml_get(yaml_get(first, "skip_when"), "score")->plain);
  g_assert_cmpstr(yaml_text(first, "note"), ==, "two\nlines\n");
  g_assert_cmpstr(yaml_text(second, "file"), ==, "caf\xC3\xA9.csv");
  g_assert_cmpstr(yaml_text(second, "team"), ==, "{module} {run}\n");
  g_assert_cmpstr(yaml_text(second, "nothing"), ==, "");
  g_assert_true(yaml_get(second, "nothing")->plain);
  g_assert_cmpuint(yaml_get(second, "nothing")->line, ==, 17);
}

static void test_absent(void)
{
  g_autoptr(yaml_doc_auto) doc = must_parse("a: [1]\nb: x\n");
  g_assert_null(yaml_get(yaml_root(doc), "c"));
  g_assert_null(yaml_get(yaml_get(yaml_root(doc), "c"), "d"));
  g_assert_null(yaml_get(yaml_get(yaml_root(doc), "a"), "1"));
  g_assert_null(yaml_text(yaml_root(doc), "a"));
  g_assert_null(yaml_text(yaml_get(yaml_root(doc), "b"), "x"));
  yaml_doc_free(NULL);
}

static void test_shapes(void)
{
  static const struct { const char *text; enum yaml_type type; } rows[] = {
    { "x", YAML_SCALAR }, { "''", YAML_SCALAR }, { "[]", YAML_LIST }, { "{}", YAML_MAP }, { "- a", YAML_LIST },
    { "---\na: 1\n...\n", YAML_MAP }, { "\xEF\xBB\xBF" "a: 1", YAML_MAP }, { "a: 1\r\nb: 2\r\n", YAML_MAP }, { "%YAML 1.1\n--- a", YAML_SCALAR },
    { "{\"a\": [1, {\"b\": null}]}", YAML_MAP }, { "? a\n: b\n", YAML_MAP }, { "{a: , b}", YAML_MAP },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(yaml_doc_auto) doc = must_parse(rows[i].text);
    g_assert_cmpint(yaml_root(doc)->type, ==, rows[i].type);
    assert_place(yaml_root(doc), yaml_root(doc)->line, 1 + 4 * (strstr(rows[i].text, "--- a") != NULL));
  }
}

static void test_refusals(void)
{
  static const struct { const char *text, *start, *part; } rows[] = {
    { "", "f.yaml:1:1: ", "holds no value" },
    { "# only a comment\n", "f.yaml:2:1: ", "holds no value" },
    { "a: 1\nb: &x 2\n", "f.yaml:2:4: ", "an anchor, &x;" },
    { "a: &x {b: 1}\n", "f.yaml:1:4: ", "an anchor, &x;" },
    { "a: &x [1]\n", "f.yaml:1:4: ", "an anchor, &x;" },
    { "&k a: 1\n", "f.yaml:1:1: ", "an anchor, &k;" },
    { "a:\n  - *x\n", "f.yaml:2:5: ", "an alias, *x;" },
    { "*x : 1\n", "f.yaml:1:1: ", "an alias, *x;" },
    { "<<: *base\n", "f.yaml:1:5: ", "an alias" },
    { "a: !!str 1\n", "f.yaml:1:4: ", "a tag, tag:yaml.org,2002:str;" },
    { "a: !own {}\n", "f.yaml:1:4: ", "a tag, !own;" },
    { "a: ! x\n", "f.yaml:1:4: ", "a tag, !;" },
    { "a: !x%ED%A0%80y x\n", "f.yaml:1:4: ", "a tag, !x" },
    { "%TAG ! tag:x,2000:\n---\na: 1\n", "f.yaml:1:1: ", "%TAG" },
    { "a: 1\n---\nb: 2\n", "f.yaml:2:1: ", "second document" },
    { "a: 1\nb: 2\na: 3\n", "f.yaml:3:1: ", "\"a\" stands twice" },
    { "x: { caf\xC3\xA9: 1, \"caf\\xE9\": 2 }\n", "f.yaml:1:15: ", "\"caf\xC3\xA9\" stands twice" },
    { "? [a, b]\n: 1\n", "f.yaml:1:3: ", "a list or a map" },
    { "{ {a: 1}: 2 }\n", "f.yaml:1:3: ", "a list or a map" },
    { "a: \"x\\0y\"\n", "f.yaml:1:4: ", "NUL" },
    { "a: [1, 2\nb: 3\n", "f.yaml:2:2: ", "while parsing a flow sequence" },
    { "a: 1\n\tb: 2\n", "f.yaml:2:1: ", "indent with spaces" },
    { "a: b: c\n", "f.yaml:1:5: ", "quote a text that holds" },
    { "a: 'x\n", "f.yaml:2:1: ", "close the quote" },
    { "a: 1\n b: 2\n", "f.yaml:2:3: ", "align the keys" },
    { "a: @x\n", "f.yaml:1:4: ", "starts with @" },
    { "a: 1\nb: \xC3\xA9\xE9\n", "f.yaml:2:5: ", "0xE9 is not UTF-8" },
    { "a: \x01\n", "f.yaml:1:4: ", "0x01" },
    { "\xFF\xFE" "a", "f.yaml:1:1: ", "not UTF-8" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_refused(rows[i].text, strlen(rows[i].text), rows[i].start, rows[i].part);
  assert_refused("a: \0\n", 5, "f.yaml:1:4: ", "NUL byte");
}

static void test_limits(void)
{
  g_autofree char *open = g_strnfill(LIMIT_YAML_DEPTH + 1, '['), *close = g_strnfill(LIMIT_YAML_DEPTH + 1, ']');
  g_autofree char *deep = g_strconcat(open + 1, close + 1, NULL), *deeper = g_strconcat(open, close, NULL);
  yaml_doc_free(must_parse(deep));
  assert_refused(deeper, strlen(deeper), "f.yaml:1:33: ", "nested deeper than 32");
  g_autoptr(GString) wide = g_string_new(NULL); /* depth is not width */
  for (int i = 0; i < 2 * LIMIT_YAML_DEPTH; i++)
    g_string_append(wide, "- [{a: []}]\n");
  yaml_doc_free(must_parse(wide->str));
  g_autofree char *hostile = g_strnfill(200000, '[');
  assert_refused(hostile, 200000, "f.yaml:1:33: ", "nested deeper");
  g_autoptr(GString) many = g_string_new("[");
  for (int i = 0; i < LIMIT_YAML_NODES; i++)
    g_string_append(many, "a,");
  g_string_append_c(many, ']');
  assert_refused(many->str, many->len, "f.yaml:1:200000: ", "more than 100000 values");
  g_string_truncate(many, many->len - 3); /* the list itself counts */
  g_string_append_c(many, ']');
  yaml_doc_free(must_parse(many->str));
  g_autoptr(GError) error = NULL;
  g_assert_null(yaml_parse("big.yaml", "", (size_t)LIMIT_MAPPING_BYTES + 1, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_LARGE);
  g_assert_true(g_str_has_prefix(error->message, "big.yaml: "));
}

/* The user's own errors: at a value, at an unknown key, with names and keys that are hostile. */
static void test_schema(void)
{
  static const char *const keys[] = { "from", "divide", NULL };
  g_autoptr(yaml_doc_auto) doc = must_parse("a: { from: x, divide: 100 }\nb:\n  from: x\n  divde: 3\nc: 7\n");
  const struct yaml_node *root = yaml_root(doc);
  g_autoptr(GError) error = NULL;
  g_assert_true(yaml_only(doc, yaml_get(root, "a"), keys, &error));
  g_assert_no_error(error);
  g_assert_false(yaml_only(doc, yaml_get(root, "b"), keys, &error));
  assert_message(error, "f.yaml:4:3: ", "unknown key \"divde\"; known here: from, divide");
  g_clear_error(&error);
  g_assert_false(yaml_only(doc, yaml_get(root, "c"), keys, &error));
  assert_message(error, "f.yaml:5:4: ", "expected a map");
  g_clear_error(&error);
  g_assert_false(yaml_fail(doc, yaml_get(yaml_get(root, "a"), "divide"), &error, "%d is too much", 100));
  assert_message(error, "f.yaml:1:23: ", "100 is too much");
  g_clear_error(&error);

  g_autofree char *key = g_strnfill(5000, 'k'), *quoted = g_strdup_printf("? '%s'\n: 1\n", key);
  g_autoptr(yaml_doc_auto) hostile = yaml_parse("caf\xE9.yaml", quoted, strlen(quoted), &error);
  g_assert_no_error(error);
  g_assert_false(yaml_only(hostile, yaml_root(hostile), keys, &error));
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  g_assert_cmpuint(strlen(error->message), <, 200);
}

static unsigned check_tree(const struct yaml_node *node)
{
  unsigned nodes = 1;
  g_assert_true(node->line > 0 && node->column > 0);
  g_assert_true((node->type == YAML_SCALAR) == (node->text != NULL));
  for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
    g_assert_true((node->type == YAML_MAP) == (child->key != NULL));
    if (child->key != NULL)
      g_assert_true(yaml_get(node, child->key) == child);
    nodes += check_tree(child);
  }
  return nodes;
}

/* Takes or refuses with a place, and never anything else. */
static bool check_any(const char *text, size_t length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(yaml_doc_auto) doc = parse(text, length, &error);
  g_assert_true((doc == NULL) == (error != NULL));
  if (doc == NULL)
    assert_message(error, "f.yaml:", ": ");
  else
    check_tree(yaml_root(doc));
  return doc != NULL;
}

static void test_truncated(void)
{
  unsigned taken = 0;
  for (size_t length = 0; length < sizeof mapping; length++)
    taken += check_any(mapping, length);
  g_assert_cmpuint(taken, >, 100);
  g_assert_cmpuint(taken, <, sizeof mapping);
  g_autoptr(yaml_doc_auto) doc = must_parse(mapping);
  g_assert_cmpuint(check_tree(yaml_root(doc)), ==, 28);
}

static void test_damaged(void)
{
  static const char bytes[] = "{}[]:,-?&*!|>'\"%@`# \n\t\\ab0\x80\xC3\x01~";
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  unsigned taken = 0, total = 5000;
  for (unsigned i = 0; i < total; i++) {
    g_autoptr(GString) text = g_string_new(mapping);
    for (int damage = g_rand_int_range(rand, 1, 4); damage > 0; damage--) {
      gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)text->len);
      if (g_rand_boolean(rand))
        text->str[at] = bytes[g_rand_int_range(rand, 0, sizeof bytes - 1)];
      else
        g_string_insert_c(text, (gssize)at, bytes[g_rand_int_range(rand, 0, sizeof bytes - 1)]);
    }
    taken += check_any(text->str, text->len);
  }
  g_assert_cmpuint(taken, >, total / 20);
  g_assert_cmpuint(taken, <, total);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/yaml/mapping", test_mapping);
  g_test_add_func("/yaml/absent", test_absent);
  g_test_add_func("/yaml/shapes", test_shapes);
  g_test_add_func("/yaml/refusals", test_refusals);
  g_test_add_func("/yaml/limits", test_limits);
  g_test_add_func("/yaml/schema", test_schema);
  g_test_add_func("/yaml/truncated", test_truncated);
  g_test_add_func("/yaml/damaged", test_damaged);
  return g_test_run();
}
