/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The context of a statement (xAPI-Data 2.4.6; IEEE 9274.1.1 4.2.2.5): registration, people around, activities around, language,
 * another statement. Version 2.0.0 adds contextAgents and contextGroups, which 1.0.3 refuses as unknown. That revision and platform
 * belong to statements about Activities is judged with the statement, which knows its object. */
#include "evidence/xapi-private.h"
#include "base/limits.h"

#define AGENTS_RULE "IEEE 9274.1.1 4.2.2.5 contextAgents"
#define GROUPS_RULE "IEEE 9274.1.1 4.2.2.5 contextGroups"

static bool check_ref_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_equals(value, "StatementRef") || xapi_refuse_value(check, at, rule, value, "\"StatementRef\"");
}

bool xapi_check_statement_ref(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("objectType", check_ref_type, "XAPI-00073", XAPI_REQUIRED),
    XAPI_MEMBER("id", xapi_check_uuid, "XAPI-00072", XAPI_REQUIRED) };
  static const struct xapi_shape shape = { "a StatementRef", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

static unsigned depth_of(struct json value) {
  unsigned deepest = 0;
  if (json_type(value) < JSON_ARRAY) return 0;
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    unsigned depth = depth_of(it.value); /* once: MAX would ask twice at every level */
    deepest = MAX(deepest, depth);
  }
  return deepest + 1;
}

/* One Activity, as 0.95 had it, or an array. What is stored is always an array: one level more, which must still be readable. */
static bool check_activities(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  unsigned around = check->inner ? 5 : 4; /* statement, (SubStatement,) context, contextActivities, array */
  if (json_type(value) == JSON_OBJECT && depth_of(value) + around > LIMIT_JSON_DEPTH)
    return xapi_refuse(check, at, rule, "as an array this would be nested deeper than %d levels", LIMIT_JSON_DEPTH);
  if (json_type(value) == JSON_OBJECT) return xapi_check_activity(check, at, value, rule);
  return xapi_check_array(check, at, value, rule, xapi_check_activity, rule);
}

static bool check_context_activities(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct { const char *name; size_t length; } kinds[] = { { "parent", 6 }, { "grouping", 8 }, { "category", 8 }, { "other", 5 } };
  if (json_type(value) != JSON_OBJECT) return xapi_refuse_value(check, at, rule, value, "an object");
  for (struct json_iter it = json_iter(value); json_next(&it);) {
    struct xapi_place here = { at, it.key, 0 };
    size_t i = 0;
    while (i < G_N_ELEMENTS(kinds) && strcmp(kinds[i].name, it.key) != 0) i++;
    if (i == G_N_ELEMENTS(kinds)) return xapi_refuse(check, &here, "XAPI-00093", "context activities are parent, grouping, category or other");
    if (!check_activities(check, &here, it.value, "XAPI-00094")) return false;
  }
  return true;
}

static bool check_types(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  if (json_type(value) == JSON_ARRAY && json_count(value) == 0) return xapi_refuse(check, at, rule, "the list is empty; leave the property out");
  return xapi_check_array(check, at, value, rule, xapi_check_iri, rule);
}

static bool check_agent_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_equals(value, "contextAgent") || xapi_refuse_value(check, at, rule, value, "\"contextAgent\"");
}

static bool check_group_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return json_equals(value, "contextGroup") || xapi_refuse_value(check, at, rule, value, "\"contextGroup\"");
}

static bool check_context_agent(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("objectType", check_agent_type, AGENTS_RULE, XAPI_REQUIRED),
    XAPI_MEMBER("agent", xapi_check_only_agent, AGENTS_RULE, XAPI_REQUIRED), XAPI_MEMBER("relevantTypes", check_types, AGENTS_RULE) };
  static const struct xapi_shape shape = { "a contextAgent", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

static bool check_context_group(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("objectType", check_group_type, GROUPS_RULE, XAPI_REQUIRED),
    XAPI_MEMBER("group", xapi_check_only_group, GROUPS_RULE, XAPI_REQUIRED), XAPI_MEMBER("relevantTypes", check_types, GROUPS_RULE) };
  static const struct xapi_shape shape = { "a contextGroup", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

static bool check_context_agents(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return xapi_check_array(check, at, value, rule, check_context_agent, rule);
}

static bool check_context_groups(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return xapi_check_array(check, at, value, rule, check_context_group, rule);
}

bool xapi_check_context(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("registration", xapi_check_uuid, "XAPI-00087-1"),
    XAPI_MEMBER("contextActivities", check_context_activities, "XAPI-00086"), XAPI_MEMBER("instructor", xapi_check_actor, "XAPI-00087-2"),
    XAPI_MEMBER("team", xapi_check_only_group, "XAPI-00088"), XAPI_MEMBER("revision", xapi_check_string, "XAPI-00089"),
    XAPI_MEMBER("platform", xapi_check_string, "XAPI-00090"), XAPI_MEMBER("language", xapi_check_language, "XAPI-00091"),
    XAPI_MEMBER("statement", xapi_check_statement_ref, "XAPI-00092"), XAPI_MEMBER("extensions", xapi_check_extensions, "XAPI-00120"),
    XAPI_MEMBER("contextAgents", check_context_agents, AGENTS_RULE, XAPI_SINCE_2),
    XAPI_MEMBER("contextGroups", check_context_groups, GROUPS_RULE, XAPI_SINCE_2) };
  static const struct xapi_shape shape = { "a context", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}
