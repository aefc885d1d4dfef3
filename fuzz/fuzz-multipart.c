/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line as a Content-Type, the rest as a body. Parts lie within the body, in order; what is read can be written and read
 * again; and where the first part is statements, attachments and signatures are matched with the others. */
#include "evidence/xapi-jws.h"
#include "evidence/xapi-multipart.h"
#include "evidence/xapi.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct xapi_part *parts, unsigned count) {
  g_autofree char *boundary = xapi_multipart_boundary(parts, count), *type = g_strconcat("multipart/mixed; boundary=", boundary, NULL);
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GError) error = NULL;
  xapi_multipart_write(out, boundary, parts, count);
  g_autoptr(GArray) again = xapi_multipart_read(type, (const char *)out->data, out->len, &error);
  if (!again) g_error("%s", error->message);
  g_assert(again->len == count);
  for (unsigned i = 0; i < count; i++) {
    const struct xapi_part *part = &g_array_index(again, struct xapi_part, i);
    g_assert(part->length == parts[i].length && memcmp(part->data, parts[i].data, part->length) == 0 && part->hash_length == parts[i].hash_length);
  }
}

static void check_matched(const struct xapi_part *parts, unsigned count) {
  g_autoptr(json_doc_auto) doc = json_parse(parts[0].data, parts[0].length, NULL);
  g_autoptr(GError) error = NULL, refused = NULL;
  size_t statements;
  if (!doc || !xapi_check_batch(json_root(doc), XAPI_2_0_0, &statements, NULL)) return;
  if (!xapi_attachments_match(json_root(doc), parts + 1, count - 1, true, &error)) g_assert(strstr(error->message, "(XAPI-"));
  if (json_type(json_root(doc)) == JSON_OBJECT && !xapi_signatures_check(json_root(doc), parts + 1, count - 1, &refused)) g_assert(strstr(refused->message, "API-"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *line = memchr(data, '\n', size);
  size_t head = line ? (size_t)(line - data) : 0;
  g_autofree char *type = g_strndup((const char *)data, head);
  const char *body = (const char *)data + (line ? head + 1 : 0), *end = (const char *)data + size, *before = body;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) parts = xapi_multipart_read(type, body, (size_t)(end - body), &error);
  g_assert((parts != NULL) == (error == NULL));
  if (!parts) return 0;
  for (unsigned i = 0; i < parts->len; i++) {
    const struct xapi_part *part = &g_array_index(parts, struct xapi_part, i);
    g_assert(part->data >= before && part->data + part->length <= end && (i == 0 || xapi_is_sha2(part->hash, part->hash_length)));
    before = part->data + part->length;
  }
  check_written(&g_array_index(parts, struct xapi_part, 0), parts->len);
  check_matched(&g_array_index(parts, struct xapi_part, 0), parts->len);
  return 0;
}
