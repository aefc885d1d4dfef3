/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as statements. What is refused says where and by which requirement; what is taken is the same as itself, can be
 * indexed, and whatever a store makes of it is taken again. The bytes as they are also go to each data type, to the reader of
 * Accept-Language and to the reader of signatures. */
#include "evidence/xapi-jws.h"
#include "evidence/xapi-output.h"
#include "evidence/xapi.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_types(const char *text, size_t length) {
  int64_t moment;
  bool iri = xapi_is_iri(text, length), uri = xapi_is_uri(text, length);
  g_assert(iri || !uri);
  if (xapi_is_mailto(text, length)) g_assert(g_utf8_validate(text, (gssize)length, NULL));
  if (xapi_read_time(text, length, XAPI_2_0_0, NULL)) g_assert(xapi_read_time(text, length, XAPI_1_0_3, &moment));
  (void)(xapi_is_uuid(text, length) + xapi_is_language(text, length) + xapi_is_duration(text, length) + xapi_is_media_type(text, length) + xapi_is_sha2(text, length));
  g_autofree char *copy = g_strndup(text, length);
  struct xapi_languages languages;
  xapi_languages_read(&languages, copy);
  g_assert(languages.count <= XAPI_LANGUAGES);
  for (size_t i = 1; i < languages.count; i++) g_assert(languages.items[i - 1].weight >= languages.items[i].weight);
}

static void check_message(const GError *error) {
  size_t length = strlen(error->message);
  g_assert(g_utf8_validate(error->message, -1, NULL) && length > 8 && error->message[length - 1] == ')' && (strstr(error->message, "(XAPI-") || strstr(error->message, "(IEEE ") || strstr(error->message, "(xAPI-")));
}

static void check_again(struct json_writer *writer, struct json statement, enum xapi_version version, bool same) {
  size_t length;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = json_writer_steal(writer, &length);
  g_autoptr(json_doc_auto) doc = json_parse(text, length, &error);
  if (!doc || !xapi_check_statement(json_root(doc), version, &error)) g_error("%s: %s", text, error->message);
  if (same && !xapi_same(json_root(doc), statement)) g_error("%s is another statement", text);
}

static void merge(struct json activity, unsigned roles, void *data) {
  struct json definition = json_get(activity, "definition");
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  json_put_value(&writer, "id", json_get(activity, "id"));
  xapi_merge_definition(&writer, "definition", definition, definition);
  json_close_object(&writer);
}

static void check_taken(struct json statement, enum xapi_version version) {
  const struct xapi_receipt receipt = { "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", INT64_C(1772366400000000), "{\"mbox\":\"mailto:lrs@example.com\"}", version };
  const struct xapi_canon canon = { NULL, NULL, NULL, NULL };
  g_auto(json_writer_auto) writer;
  g_auto(xapi_terms_auto) terms;
  g_assert(xapi_same(statement, statement));
  xapi_terms_init(&terms);
  xapi_terms_read(&terms, statement);
  for (size_t i = 1; i < terms.count; i++)
    g_assert(terms.items[i - 1].kind < terms.items[i].kind || (terms.items[i - 1].kind == terms.items[i].kind && strcmp(terms.items[i - 1].key, terms.items[i].key) < 0));
  json_writer_init(&writer);
  xapi_complete(&writer, NULL, statement, &receipt);
  check_again(&writer, statement, version, true);
  json_writer_init(&writer);
  xapi_write_ids(&writer, NULL, statement);
  check_again(&writer, statement, version, false);
  json_writer_init(&writer);
  xapi_write_canonical(&writer, NULL, statement, &canon);
  check_again(&writer, statement, version, true);
  json_writer_init(&writer);
  xapi_visit_activities(statement, merge, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  check_types(text, size);
  g_autoptr(json_doc_auto) fixed = json_parse("{}", 2, NULL), doc = json_parse(text, size, NULL);
  g_autoptr(GError) refused = NULL;
  if (!xapi_signature_check(json_root(fixed), text, size, &refused)) check_message(refused);
  for (enum xapi_version version = XAPI_1_0_3; doc && version <= XAPI_2_0_0; version++) {
    g_autoptr(GError) error = NULL;
    size_t count = 0;
    if (!xapi_check_batch(json_root(doc), version, &count, &error)) {
      check_message(error);
      continue;
    }
    if (json_type(json_root(doc)) == JSON_OBJECT) check_taken(json_root(doc), version);
    else
      for (struct json_iter it = json_iter(json_root(doc)); json_next(&it);) check_taken(it.value, version);
  }
  return 0;
}
