/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements as other systems write them: each way to name an actor, scores of every kind, and what is refused. */
#include "evidence/statement.h"
#include <math.h>
#include <sodium.h>
#include <string.h>

static bool read_text(const char *text, struct statement *statement, struct json_doc **doc, GError **error) {
  *doc = json_parse(text, strlen(text), NULL);
  g_assert_nonnull(*doc);
  return statement_read(json_root(*doc), 77, statement, error);
}

#define VERB "\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/scored\"}"
#define OBJECT "\"object\":{\"id\":\"http://x/act/sales\",\"definition\":{\"name\":{\"en\":\"Sales\"}}}"

static void reads(void) {
  struct { const char *text, *actor; double score; int success; } rows[] = {
    { "{\"actor\":{\"mbox\":\"mailto:a@x.org\"}," VERB "," OBJECT ",\"result\":{\"score\":{\"scaled\":0.8},\"success\":true}}", "mailto:a@x.org", 0.8, 1 },
    { "{\"actor\":{\"account\":{\"homePage\":\"http://x\",\"name\":\"7\"}}," VERB "," OBJECT ",\"result\":{\"score\":{\"raw\":15,\"min\":10,\"max\":20}}}", "account:http://x|7", 0.5, -1 },
    { "{\"actor\":{\"openid\":\"http://me\"}," VERB "," OBJECT ",\"result\":{\"success\":false,\"score\":{\"raw\":15}}}", "openid:http://me", NAN, 0 },
    { "{\"actor\":{\"mbox_sha1sum\":\"abc\"}," VERB "," OBJECT ",\"result\":{\"score\":{\"scaled\":-0.5}}}", "mbox_sha1sum:abc", 0, -1 } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(json_doc_auto) doc = NULL;
    struct statement statement;
    g_assert_true(read_text(rows[i].text, &statement, &doc, &error));
    g_assert_cmpstr(statement.actor, ==, rows[i].actor);
    g_assert_true(isnan(rows[i].score) ? isnan(statement.score) : fabs(statement.score - rows[i].score) < 1e-12);
    g_assert_cmpint(statement.success, ==, rows[i].success);
    g_assert_cmpstr(statement.name, ==, "Sales");
    g_assert_cmpint(statement.at, ==, 77);
    statement_clear(&statement);
  }
}

static void refuses(void) {
  const char *const texts[] = { "{}", "{\"actor\":{\"name\":\"x\"}," VERB "," OBJECT "}", "{\"actor\":{\"mbox\":\"mailto:a@x\"}," OBJECT "}",
    "{\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "}", "{\"id\":\"7\",\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT "}",
    "{\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT ",\"result\":{\"score\":{\"scaled\":7}}}",
    "{\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT ",\"result\":{\"score\":{\"scaled\":\"0.5\"}}}",
    "{\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT ",\"result\":{\"score\":{\"raw\":1e400}}}",
    "{\"timestamp\":\"yesterday\",\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT "}", "[]", "7" };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(json_doc_auto) doc = NULL;
    struct statement statement;
    g_assert_false(read_text(texts[i], &statement, &doc, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  }
}

static void makes_the_same_id(void) {
  g_autoptr(json_doc_auto) one = NULL, two = NULL;
  struct statement a, b;
  g_assert_true(read_text("{\"actor\":{\"mbox\":\"mailto:a@x\"}," VERB "," OBJECT "}", &a, &one, NULL));
  g_assert_true(read_text("{" OBJECT " , " VERB ",\"actor\":{\"mbox\":\"mailto:a@x\"}}", &b, &two, NULL));
  g_assert_cmpstr(a.id, ==, b.id);
  statement_clear(&a);
  statement_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/evidence/reads", reads);
  g_test_add_func("/evidence/refuses", refuses);
  g_test_add_func("/evidence/id", makes_the_same_id);
  return g_test_run();
}
