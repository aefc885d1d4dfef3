/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Activities and their definitions (xAPI-Data 2.4.4.1), interactions with their lists of components included.
 *
 * A list of components is refused where its interaction type has none ("a key not allowed by this specification"): what it would
 * mean is nowhere said. Response patterns are checked to be strings and no more: the specification leaves what is inside to
 * readers, and stores that judged it lost honest statements. */
#include "evidence/xapi-private.h"

static const struct { const char *name, *lists[2]; } interactions[] = { { "true-false", { NULL } }, { "choice", { "choices" } },
  { "fill-in", { NULL } }, { "long-fill-in", { NULL } }, { "matching", { "source", "target" } }, { "performance", { "steps" } },
  { "sequencing", { "choices" } }, { "likert", { "scale" } }, { "numeric", { NULL } }, { "other", { NULL } } };

static bool check_interaction_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  for (size_t i = 0; i < G_N_ELEMENTS(interactions); i++) {
    const char *name = interactions[i].name;
    if (xapi_text_is(text, name)) return true;
    if (text.n == strlen(name) && g_ascii_strncasecmp(text.p, name, text.n) == 0)
      return xapi_refuse(check, at, "XAPI-00009", "the interaction type is written \"%s\"", name);
  }
  return xapi_refuse_value(check, at, rule, value, "one of true-false, choice, fill-in, long-fill-in, matching, performance, sequencing, likert, numeric and other");
}

static bool check_patterns(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return xapi_check_array(check, at, value, rule, xapi_check_string, rule);
}

static bool check_component(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("id", xapi_check_string, "XAPI-00058", XAPI_REQUIRED),
    XAPI_MEMBER("description", xapi_check_language_map, "XAPI-00062") };
  static const struct xapi_shape shape = { "an interaction component", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  if (!xapi_check_object(check, at, value, rule, &shape, found)) return false;
  struct xapi_place here = { at, "id", 0 };
  return xapi_text(found[0]).n > 0 || xapi_refuse(check, &here, "XAPI-00058", "the id of a component is empty");
}

static int compare_texts(const void *a, const void *b) { return xapi_compare_text(*(const struct xapi_text *)a, *(const struct xapi_text *)b); }

/* Lists are short; a long one is sorted, so that nobody can make it slow. */
static bool ids_differ(struct json list) {
  enum { SHORT = 16 };
  struct xapi_text few[SHORT];
  size_t count = json_count(list), used = 0;
  g_autofree struct xapi_text *many = count > SHORT ? g_new(struct xapi_text, count) : NULL;
  struct xapi_text *ids = many ? many : few;
  for (struct json_iter it = json_iter(list); json_next(&it);) ids[used++] = xapi_text(json_get(it.value, "id"));
  if (count > 1) qsort(ids, used, sizeof *ids, compare_texts);
  for (size_t i = 1; i < used; i++)
    if (compare_texts(&ids[i - 1], &ids[i]) == 0) return false;
  return true;
}

static bool check_components(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  if (!xapi_check_array(check, at, value, rule, check_component, "XAPI-00063")) return false;
  return ids_differ(value) || xapi_refuse(check, at, "XAPI-00058", "two components have the same id");
}

enum { NAME, DESCRIPTION, TYPE, MORE_INFO, INTERACTION, PATTERNS, CHOICES, SCALE, SOURCE, TARGET, STEPS, EXTENSIONS, DEFINITION_MEMBERS };
static const struct xapi_member definition_members[] = { XAPI_MEMBER("name", xapi_check_language_map, "XAPI-00056"),
  XAPI_MEMBER("description", xapi_check_language_map, "XAPI-00059"), XAPI_MEMBER("type", xapi_check_iri, "XAPI-00060"),
  XAPI_MEMBER("moreInfo", xapi_check_iri, "XAPI-00061"), XAPI_MEMBER("interactionType", check_interaction_type, "XAPI-00049"),
  XAPI_MEMBER("correctResponsesPattern", check_patterns, "XAPI-00050"), XAPI_MEMBER("choices", check_components, "XAPI-00055"),
  XAPI_MEMBER("scale", check_components, "XAPI-00054"), XAPI_MEMBER("source", check_components, "XAPI-00053"),
  XAPI_MEMBER("target", check_components, "XAPI-00052"), XAPI_MEMBER("steps", check_components, "XAPI-00051"),
  XAPI_MEMBER("extensions", xapi_check_extensions, "XAPI-00057") };
G_STATIC_ASSERT(G_N_ELEMENTS(definition_members) == DEFINITION_MEMBERS);

static bool has_list(struct json interaction, const char *list) {
  for (size_t i = 0; i < G_N_ELEMENTS(interactions); i++)
    if (json_equals(interaction, interactions[i].name))
      return (interactions[i].lists[0] && strcmp(interactions[i].lists[0], list) == 0) || (interactions[i].lists[1] && strcmp(interactions[i].lists[1], list) == 0);
  return false;
}

static bool check_definition(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_shape shape = { "an activity definition", definition_members, DEFINITION_MEMBERS };
  struct json found[XAPI_MEMBERS_MOST];
  if (!xapi_check_object(check, at, value, rule, &shape, found)) return false;
  for (int i = PATTERNS; i <= STEPS; i++) {
    const char *name = definition_members[i].name;
    struct xapi_place here = { at, name, 0 };
    if (json_type(found[i]) == JSON_ABSENT) continue;
    if (json_type(found[INTERACTION]) == JSON_ABSENT) return xapi_refuse(check, at, "XAPI-00064", "\"%s\" needs an \"interactionType\" beside it", name);
    if (i > PATTERNS && !has_list(found[INTERACTION], name))
      return xapi_refuse(check, &here, "XAPI-00010", "an interaction of type \"%s\" has no such list", json_string(found[INTERACTION]));
  }
  return true;
}

static bool check_object_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_equals(value, "Activity") || xapi_refuse_value(check, at, rule, value, "\"Activity\"");
}

bool xapi_check_activity(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("objectType", check_object_type, "XAPI-00046"),
    XAPI_MEMBER("id", xapi_check_iri, "XAPI-00047", XAPI_REQUIRED), XAPI_MEMBER("definition", check_definition, "XAPI-00048") };
  static const struct xapi_shape shape = { "an Activity", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}
