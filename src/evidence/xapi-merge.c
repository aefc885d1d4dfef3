/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the store's definition of an activity grows with the statements that bring one (xAPI-Data 2.4.4.1, LRS requirements): small
 * corrections and further languages are taken, a change of what was asked or what was right is not.
 *
 * Maps are joined in the order of their keys: the same statements in any order of members give the same bytes, and a map with
 * very many languages costs a sort and no more. */
#include "evidence/xapi-output.h"
#include "evidence/xapi-private.h"

static void put_value(struct json_writer *writer, const char *key, struct json value) { json_put_value(writer, key, value); }

/* Two objects in one; where both have a key, the newer value. */
static void put_joined(struct json_writer *writer, const char *key, struct json held, struct json given) {
  size_t n, m, i = 0, j = 0;
  g_autofree struct xapi_pair *old = xapi_sorted(held, &n), *new = xapi_sorted(given, &m);
  json_open_object(writer, key);
  while (i < n || j < m) {
    int order = i == n ? 1 : j == m ? -1 : xapi_compare_text(old[i].key, new[j].key);
    const struct xapi_pair *pair = order < 0 ? &old[i] : &new[j];
    put_value(writer, pair->key.p, pair->value);
    i += order <= 0;
    j += order >= 0;
  }
  json_close_object(writer);
}

void xapi_merge_languages(struct json_writer *writer, const char *key, struct json held, struct json given) { put_joined(writer, key, held, given); }

static bool is_there(struct json value) { return json_type(value) != JSON_ABSENT; }

struct component { struct xapi_text id; struct json value; };
static int compare_components(const void *a, const void *b) { return xapi_compare_text(((const struct component *)a)->id, ((const struct component *)b)->id); }

/* The components as held, in their order, with the languages that the same component was given. */
static void put_components(struct json_writer *writer, const char *key, struct json held, struct json given) {
  size_t count = json_type(given) == JSON_ARRAY ? json_count(given) : 0, used = 0;
  g_autofree struct component *new = g_new(struct component, count + 1);
  struct json_iter each = json_iter(given);
  while (used < count && json_next(&each)) {
    struct xapi_text id = xapi_text(json_get(each.value, "id"));
    if (id.p) new[used++] = (struct component){ id, each.value };
  }
  if (used > 1) qsort(new, used, sizeof *new, compare_components);
  json_open_array(writer, key);
  for (struct json_iter it = json_iter(held); json_next(&it);) {
    struct component wanted = { xapi_text(json_get(it.value, "id")), { 0 } };
    const struct component *same = wanted.id.p && used > 0 ? bsearch(&wanted, new, used, sizeof *new, compare_components) : NULL;
    struct json old = json_get(it.value, "description"), more = json_get(same ? same->value : wanted.value, "description");
    json_open_object(writer, NULL);
    put_value(writer, "id", json_get(it.value, "id"));
    if (is_there(old) || is_there(more)) put_joined(writer, "description", old, more);
    json_close_object(writer);
  }
  json_close_array(writer);
}

void xapi_merge_definition(struct json_writer *writer, const char *key, struct json held, struct json given) {
  static const char *const maps[] = { "name", "description", "extensions" }, *const plain[] = { "type", "moreInfo" };
  static const char *const lists[] = { "choices", "scale", "source", "target", "steps" };
  json_open_object(writer, key);
  for (size_t i = 0; i < G_N_ELEMENTS(maps); i++) {
    struct json old = json_get(held, maps[i]), new = json_get(given, maps[i]);
    if (is_there(old) || is_there(new)) put_joined(writer, maps[i], old, new);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
    struct json old = json_get(held, plain[i]), new = json_get(given, plain[i]);
    if (is_there(old) || is_there(new)) put_value(writer, plain[i], is_there(new) ? new : old);
  }
  bool known = is_there(json_get(held, "interactionType"));
  struct json first = known ? held : given, more = known ? given : held;
  if (is_there(json_get(first, "interactionType"))) put_value(writer, "interactionType", json_get(first, "interactionType"));
  if (is_there(json_get(first, "correctResponsesPattern"))) put_value(writer, "correctResponsesPattern", json_get(first, "correctResponsesPattern"));
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
    if (is_there(json_get(first, lists[i]))) put_components(writer, lists[i], json_get(first, lists[i]), json_get(more, lists[i]));
  json_close_object(writer);
}
