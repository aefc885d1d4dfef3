/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small grammars: each accepted form, and each way to be wrong. */
#include "doors/http/form.h"
#include "base/limits.h"
#include "doors/http/guard.h"
#include <string.h>

static void decodes(const char *text, bool plus, const char *expected) {
  g_autofree char *out = form_decode(text, strlen(text), plus);
  g_assert_cmpstr(out, ==, expected);
}

static void test_decode(void) {
  decodes("a%20b+c", false, "a b+c");
  decodes("a%20b+c", true, "a b c");
  decodes("%c3%A4", false, "ä");
  decodes("", false, "");
  decodes("%", false, NULL);
  decodes("%2", false, NULL);
  decodes("a%2", false, NULL);
  decodes("%2g", false, NULL);
  decodes("%+1", false, NULL);
  decodes("%00", false, NULL);
  decodes("%C0%80", false, NULL);
  decodes("%ED%A0%80", false, NULL);
  decodes("%25%32%30", false, "%20"); /* once, not twice */
  g_autofree char *cut = form_decode("%41", 2, false);
  g_assert_null(cut);
}

static void test_query(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) pairs = form_query("a=1&&b=&c&d=x=y&a=%26", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(pairs->len, ==, 5);
  static const char *const expected[] = { "a", "1", "b", "", "c", "", "d", "x=y", "a", "&" };
  for (size_t i = 0; i < 5; i++) {
    const struct form_pair *pair = pairs->pdata[i];
    g_assert_cmpstr(pair->name, ==, expected[2 * i]);
    g_assert_cmpstr(pair->value, ==, expected[2 * i + 1]);
  }
  g_assert_null(form_query("a=%zz", &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_clear_error(&error);
  g_autoptr(GString) many = g_string_new(NULL);
  for (int i = 0; i <= FORM_QUERY; i++) g_string_append(many, "a=1&");
  g_assert_null(form_query(many->str, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_LARGE);
}

static void finds(const char *header, const char *expected) {
  g_autofree char *value = form_cookie(header, "s");
  g_assert_cmpstr(value, ==, expected);
}

static void test_cookie(void) {
  finds("s=abc", "abc");
  finds("a=1; s=abc ; b=2", "abc");
  finds("a=1;s=", "");
  finds("as=1; sa=2", NULL);
  finds("s", NULL);
  finds("", NULL);
  finds("s=1; s=2", NULL);
  finds(";;; s=1;", "1");
}

static void bounded_by(const char *header, const char *expected) {
  g_autofree char *boundary = form_boundary(header);
  g_assert_cmpstr(boundary, ==, expected);
}

static void test_types(void) {
  g_assert_true(form_is_type("Application/JSON", "application/json"));
  g_assert_true(form_is_type("application/json ; charset=utf-8", "application/json"));
  g_assert_false(form_is_type("application/jsonx", "application/json"));
  g_assert_false(form_is_type("text/plain", "application/json"));
  g_assert_false(form_is_type(NULL, "application/json"));
  bounded_by("multipart/form-data; boundary=abc", "abc");
  bounded_by("multipart/form-data; charset=x; boundary=\"a b?c\"", "a b?c");
  bounded_by("multipart/form-data; boundary=", NULL);
  bounded_by("multipart/form-data", NULL);
  bounded_by("multipart/form-data; boundary=a; boundary=b", NULL);
  bounded_by("multipart/form-data; boundary=\"a", NULL);
  bounded_by("multipart/form-data; boundary=\"a \"", NULL);
  bounded_by("multipart/form-data; boundary=a\r\nb", NULL);
  bounded_by("multipart/mixed; boundary=a", NULL);
  g_autofree char *large = g_strnfill(71, 'a'), *header = g_strconcat("multipart/form-data; boundary=", large, NULL);
  bounded_by(header, NULL);
}

/* ---- multipart -------------------------------------------------------------------------------------------------- */

#define PART "Content-Disposition: form-data; name=\"a\""
#define FILE_PART "Content-Disposition: form-data; name=\"a\"; filename="

static GPtrArray *parse(const char *body, size_t length, GError **error) {
  /* A copy of exactly that size, so that a sanitizer sees any step beside it. */
  g_autofree char *exact = g_memdup2(body, length ? length : 1);
  g_autoptr(GPtrArray) parts = form_multipart("b", exact, length, error);
  if (!parts) return NULL;
  for (size_t i = 0; i < parts->len; i++) {
    const struct form_part *part = parts->pdata[i];
    g_assert_true(part->data >= exact && part->data + part->length <= exact + length);
  }
  return g_steal_pointer(&parts);
}

static void test_multipart(void) {
  g_autoptr(GError) error = NULL;
  static const char body[] = "--b\r\n" PART "\r\n\r\none\r\n--b\r\ncontent-type: text/csv\r\n" FILE_PART "\"x/y\\\\z.csv\"\r\n\r\n\0\r\n--c\r\n\r\n--b\r\n" PART "\r\n\r\n\r\n--b--\r\n";
  g_autoptr(GPtrArray) parts = form_multipart("b", body, sizeof body - 1, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(parts->len, ==, 3);
  const struct form_part *one = parts->pdata[0], *two = parts->pdata[1], *three = parts->pdata[2];
  g_assert_cmpmem(one->data, one->length, "one", 3);
  g_assert_null(one->file_name);
  g_assert_cmpstr(two->file_name, ==, "z.csv");
  g_assert_cmpstr(two->type, ==, "text/csv");
  g_assert_cmpmem(two->data, two->length, "\0\r\n--c\r\n", 8);
  g_assert_cmpuint(three->length, ==, 0);
  g_autoptr(GPtrArray) none = parse("--b--", 5, &error);
  g_assert_cmpuint(none->len, ==, 0);
}

/* Every beginning of a good body, and every body with one byte changed, is refused or parsed; never more is read than there is. */
static void test_multipart_damaged(void) {
  static const char body[] = "--b\r\n" PART "\r\n\r\none\r\n--b\r\n" FILE_PART "\"z%22.csv\"\r\n\r\ntwo\r\n--b--";
  int good = 0;
  for (size_t length = 0; length < sizeof body; length++) {
    g_autoptr(GPtrArray) parts = parse(body, length, NULL);
    good += parts != NULL;
  }
  g_assert_cmpint(good, ==, 1);
  char changed[sizeof body];
  int taken = 0;
  for (size_t i = 0; i < sizeof body - 1; i++)
    for (int c = 0; c < 256; c += 5) {
      memcpy(changed, body, sizeof body);
      changed[i] = (char)c;
      g_autoptr(GPtrArray) parts = parse(changed, sizeof body - 1, NULL);
      taken += parts != NULL;
    }
  g_assert_cmpint(taken, >, 0); /* a changed byte of the data is no damage */
}

static void refused(const char *body, enum meno_error code) {
  g_autoptr(GError) error = NULL;
  g_assert_null(parse(body, strlen(body), &error));
  g_assert_error(error, MENO_ERROR, (int)code);
}

static void test_multipart_refused(void) {
  refused("", MENO_ERROR_BAD_INPUT);
  refused("preamble\r\n--b\r\n" PART "\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\n" PART "\n\n1\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--bb\r\n" PART "\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" PART "\r\n" PART "\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" PART "; name=\"b\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" PART "\r\nno colon\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" PART "\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" FILE_PART "\"\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" FILE_PART "\"..\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" FILE_PART "\"a\x01\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" FILE_PART "\"a\xff\"\r\n\r\n1\r\n--b--", MENO_ERROR_BAD_INPUT);
  refused("--b\r\n" PART "\r\n\r\n1\r\n--b", MENO_ERROR_BAD_INPUT);
  g_autofree char *filler = g_strnfill(FORM_PART_HEAD, 'x');
  g_autofree char *head = g_strconcat("--b\r\nX-A: ", filler, "\r\n" PART "\r\n\r\n1\r\n--b--", NULL);
  refused(head, MENO_ERROR_BAD_INPUT);
  g_autoptr(GString) many = g_string_new("--b");
  for (int i = 0; i <= FORM_PARTS; i++) g_string_append(many, "\r\n" PART "\r\n\r\n1\r\n--b");
  g_string_append(many, "--");
  refused(many->str, MENO_ERROR_TOO_LARGE);
}

/* ---- the guard, where sockets cannot reach ---------------------------------------------------------------------- */

static void test_hosts(void) {
  static const char *const good[] = { "127.0.0.1", "127.0.0.1:8080", "LOCALHOST", "localhost:1", "[::1]", "[::1]:65535", "meno.example", "meno.example:443" };
  static const char *const bad[] = { "", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:123456", "127.0.0.2", "localhost.evil.example", "evil.localhost", "::1", "meno.example.", "[::1]x" };
  for (size_t i = 0; i < G_N_ELEMENTS(good); i++) g_assert_true(guard_host(good[i], "meno.example"));
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) g_assert_false(guard_host(bad[i], "meno.example"));
  g_assert_false(guard_host("meno.example", NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/form/decode", test_decode);
  g_test_add_func("/form/query", test_query);
  g_test_add_func("/form/cookie", test_cookie);
  g_test_add_func("/form/types", test_types);
  g_test_add_func("/form/multipart", test_multipart);
  g_test_add_func("/form/multipart-damaged", test_multipart_damaged);
  g_test_add_func("/form/multipart-refused", test_multipart_refused);
  g_test_add_func("/guard/hosts", test_hosts);
  return g_test_run();
}
