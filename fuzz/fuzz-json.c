/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as JSON. What is refused names its place in UTF-8; what is taken can be asked everything, and its canonical
 * form reads back to the same canonical form. */
#include "base/json.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(struct json value)
{
  size_t length;
  const char *raw = json_raw(value, &length), *text = json_string(value);
  g_assert(raw != NULL && length > 0);
  g_assert((text != NULL) == (json_type(value) == JSON_STRING));
  if (text != NULL)
    g_assert(g_utf8_validate(text, -1, NULL) && json_equals(value, text) && json_string(value) == text);
  int64_t integer;
  if (json_integer(value, &integer) == 1)
    g_assert(json_number(value, 0.5) == (double)integer);
  size_t count = 0;
  for (struct json_iter it = json_iter(value); json_next(&it); count++) {
    if (it.key != NULL && count < 8) /* json_get walks: asking for every key of a large object would be quadratic */
      g_assert(json_get(value, it.key).at == it.value.at);
    check_value(it.value);
  }
  g_assert(count == json_count(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const char *text = (const char *)data;
  g_autoptr(GError) error = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(text, size, &error);
  if (doc == NULL) {
    g_assert(g_utf8_validate(error->message, -1, NULL) && strstr(error->message, "line ") != NULL);
    return 0;
  }
  check_value(json_root(doc));
  size_t length, again_length;
  g_autofree char *canonical = json_canonical(json_root(doc), &length);
  g_assert(length <= size);
  g_autoptr(json_doc_auto) second = json_parse(canonical, length, NULL);
  g_assert(second != NULL);
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  json_put_value(&writer, NULL, json_root(second));
  g_autofree char *again = json_writer_steal(&writer, &again_length);
  g_assert(length == again_length && memcmp(canonical, again, length) == 0);
  return 0;
}
