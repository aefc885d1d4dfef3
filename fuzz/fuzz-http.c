/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a request: its first line is a method, an address and a content type, what follows is the body. Whatever the
 * guard lets pass is matched and read as input. What comes out is one JSON object that the checker takes or refuses; parts
 * of a multipart body lie in the body, hold no boundary, and have names without folders. */
#include "doors/http/guard.h"
#include "doors/rest/rest-private.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stand for the server's and the door's own, which are not asked here. */
static const char *content_type;
const char *http_request_header(const struct http_request *request, const char *name) { return strcmp(name, "Content-Type") == 0 ? content_type : NULL; }
const struct rest_row rest_rows[] = { { { 0 } } };

static void check_multipart(const char *boundary, const char *body, size_t length) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) parts = form_multipart(boundary, body, length, &error);
  g_assert((parts == NULL) == (error != NULL));
  g_autofree char *mark = g_strconcat("\r\n--", boundary, NULL);
  for (size_t i = 0; parts && i < parts->len; i++) {
    const struct form_part *part = parts->pdata[i];
    g_assert(part->data >= body && part->data + part->length <= body + length);
    g_assert(!memmem(part->data, part->length, mark, strlen(mark)));
    g_assert(part->name && *part->name && g_utf8_validate(part->name, -1, NULL));
    g_assert(!part->file_name || !strpbrk(part->file_name, "/\\\r\n"));
  }
}

static void check_small(const char *text, size_t length) {
  g_autofree char *plain = form_decode(text, length, false);
  g_assert(!plain || (strlen(plain) <= length && g_utf8_validate(plain, -1, NULL)));
  if (plain) {
    g_autofree char *again = g_uri_escape_string(plain, NULL, false), *back = form_decode(again, strlen(again), false);
    g_assert(strcmp(back, plain) == 0);
  }
  g_autofree char *cookie = form_cookie(text, "s");
  g_assert(!cookie || strstr(text, cookie));
}

static void check_input(const char *method, const char *target, const char *body, size_t length) {
  g_autoptr(GBytes) bytes = g_bytes_new_static(body, length);
  struct http_request request = { .bytes = bytes, .method = method, .target = target, .path_length = strcspn(target, "?"), .body = body, .body_length = length };
  struct rest_match match;
  struct rest_input input = { 0 };
  g_autoptr(GError) error = NULL;
  rest_match(target, request.path_length, rest_method(method), &match);
  g_assert(!match.op || match.allowed & (1u << match.op->method));
  if (!match.op) return;
  if (!rest_input_read(&match, &request, &input, &error)) {
    g_assert(error && *error->message);
    return;
  }
  g_autoptr(json_doc_auto) doc = json_parse(input.json, input.length, &error);
  g_assert_no_error(error);
  g_assert(json_type(json_root(doc)) == JSON_OBJECT);
  rest_input_clear(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *end = memchr(data, '\n', size);
  if (!end || end - data > 8192) return 0;
  g_autofree char *line = g_strndup((const char *)data, (gsize)(end - data));
  g_auto(GStrv) words = g_strsplit(line, " ", 3);
  if (g_strv_length(words) != 3) return 0;
  size_t length = size - (size_t)(end + 1 - data);
  g_autofree char *body = g_malloc(length + 1); /* one more, so that it is never NULL */
  memcpy(body, end + 1, length);
  content_type = words[2];
  check_small(words[1], strlen(words[1]));
  check_small(words[2], strlen(words[2]));
  g_autofree char *boundary = form_boundary(words[2]);
  if (boundary) check_multipart(boundary, body, length);
  struct guard_header headers[] = { { "Host", "localhost" }, { "Content-Type", words[2] } };
  struct guard_head head = { words[0], words[1], "HTTP/1.1", headers, G_N_ELEMENTS(headers), NULL };
  uint64_t announced;
  unsigned status;
  const char *problem = guard_check(&head, &announced, &status);
  g_assert((problem == NULL) || (status >= 400 && status < 600));
  if (!problem) check_input(words[0], words[1], body, length);
  return 0;
}
