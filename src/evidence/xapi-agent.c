/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Agents and Groups (xAPI-Data 2.4.2): who acts, is acted on, teaches, vouches. One shape for both, since "objectType" may stand
 * last; what only one of them may have is judged after.
 *
 * An Agent has exactly one identifier. A Group has exactly one, or none and then members; members are Agents. An authority that is
 * a Group is the pair of three-legged OAuth: two Agents without an identifier of their own, one of them an account (2.4.9). */
#include "evidence/xapi-private.h"

static bool check_mbox(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  return (text.p && xapi_is_mailto(text.p, text.n)) || xapi_refuse_value(check, at, rule, value, "a mailto IRI; write mailto:name@example.com");
}

static bool check_sha1(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  bool fits = text.p && text.n == 40;
  for (size_t i = 0; fits && i < 40; i++) fits = g_ascii_isxdigit(text.p[i]);
  return fits || xapi_refuse_value(check, at, rule, value, "a SHA-1 sum, 40 hexadecimal digits");
}

static bool check_account_name(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  return (text.p && text.n > 0) || xapi_refuse_value(check, at, rule, value, "the name of an account");
}

static bool check_account(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("homePage", xapi_check_iri, "XAPI-00042", XAPI_REQUIRED),
    XAPI_MEMBER("name", check_account_name, "XAPI-00043", XAPI_REQUIRED) };
  static const struct xapi_shape shape = { "an account", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

static bool check_members(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return xapi_check_array(check, at, value, rule, xapi_check_only_agent, rule);
}

enum { OBJECT_TYPE, NAME, MBOX, SHA1, OPENID, ACCOUNT, MEMBER, MEMBERS };
static const struct xapi_member members[] = { XAPI_MEMBER("objectType", xapi_check_string, "XAPI-00032"),
  XAPI_MEMBER("name", xapi_check_string, "XAPI-00033"), XAPI_MEMBER("mbox", check_mbox, "XAPI-00038"),
  XAPI_MEMBER("mbox_sha1sum", check_sha1, "XAPI-00039"), XAPI_MEMBER("openid", xapi_check_uri, "XAPI-00040"),
  XAPI_MEMBER("account", check_account, "XAPI-00041"), XAPI_MEMBER("member", check_members, "XAPI-00036") };
static const struct xapi_shape shape = { "an Agent or Group", members, MEMBERS };
G_STATIC_ASSERT(G_N_ELEMENTS(members) == MEMBERS);

/* The object type that a value claims; 'a' Agent (also by default), 'g' Group, 0 refused. */
static char read_type(struct xapi_check *check, const struct xapi_place *at, struct json type, const char *rule) {
  struct xapi_place here = { at, "objectType", 0 };
  if (json_type(type) == JSON_ABSENT || json_equals(type, "Agent")) return 'a';
  if (json_equals(type, "Group")) return 'g';
  struct xapi_text text = xapi_text(type);
  bool cased = text.n == 5 && (g_ascii_strncasecmp(text.p, "agent", 5) == 0 || g_ascii_strncasecmp(text.p, "group", 5) == 0);
  xapi_refuse_value(check, &here, cased ? "XAPI-00009" : rule, type, "\"Agent\" or \"Group\"");
  return 0;
}

/* `allowed` says which types may stand here ("a", "g" or "ag"); `type_rule` is broken by any other. */
static bool check_actor(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                        const char *allowed, const char *type_rule, struct json *found) {
  if (!xapi_check_object(check, at, value, rule, &shape, found)) return false;
  char type = read_type(check, at, found[OBJECT_TYPE], type_rule);
  if (type == 0) return false;
  if (!strchr(allowed, type)) return xapi_refuse(check, at, type_rule, type == 'a' ? "only a Group may stand here" : "only an Agent may stand here");
  int identifiers = 0;
  for (int i = MBOX; i <= ACCOUNT; i++) identifiers += json_type(found[i]) != JSON_ABSENT;
  if (type == 'a' && json_type(found[MEMBER]) != JSON_ABSENT) return xapi_refuse(check, at, "XAPI-00035", "an Agent has no members; with \"objectType\": \"Group\" it may");
  if (identifiers > 1)
    return xapi_refuse(check, at, type == 'a' ? "XAPI-00034" : "XAPI-00037", "there are %d identifiers; keep one of mbox, mbox_sha1sum, openid and account", identifiers);
  if (type == 'a' && identifiers == 0) return xapi_refuse(check, at, "XAPI-00034", "an Agent needs one of mbox, mbox_sha1sum, openid and account");
  if (identifiers == 0 && json_count(found[MEMBER]) == 0) return xapi_refuse(check, at, "XAPI-00037", "a Group without an identifier needs members");
  return true;
}

bool xapi_check_actor(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct json found[XAPI_MEMBERS_MOST];
  return check_actor(check, at, value, rule, "ag", "XAPI-00031", found);
}

bool xapi_check_only_agent(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct json found[XAPI_MEMBERS_MOST];
  return check_actor(check, at, value, rule, "a", rule, found);
}

bool xapi_check_only_group(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct json found[XAPI_MEMBERS_MOST];
  return check_actor(check, at, value, rule, "g", rule, found);
}

bool xapi_check_authority(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct json found[XAPI_MEMBERS_MOST];
  if (!check_actor(check, at, value, rule, "ag", rule, found)) return false;
  if (!json_equals(found[OBJECT_TYPE], "Group")) return true;
  for (int i = MBOX; i <= ACCOUNT; i++)
    if (json_type(found[i]) != JSON_ABSENT) return xapi_refuse(check, at, "XAPI-00098", "a Group that vouches is two Agents and has no identifier of its own");
  if (json_count(found[MEMBER]) != 2) return xapi_refuse(check, at, "XAPI-00098", "a Group that vouches is two Agents, the application and the person");
  for (struct json_iter it = json_iter(found[MEMBER]); json_next(&it);)
    if (json_type(json_get(it.value, "account")) != JSON_ABSENT) return true;
  return xapi_refuse(check, at, "XAPI-00098", "of a Group that vouches, the application is named by its account");
}

bool xapi_check_agent(struct json agent, enum xapi_version version, GError **error) {
  struct xapi_check check = { version, error, false };
  struct json found[XAPI_MEMBERS_MOST];
  if (!check_actor(&check, NULL, agent, "XAPI-00012", "ag", "XAPI-00031", found)) return false;
  for (int i = MBOX; i <= ACCOUNT; i++)
    if (json_type(found[i]) != JSON_ABSENT) return true;
  return xapi_refuse(&check, NULL, "XAPI-00012", "a Group that is asked for needs an identifier");
}

bool xapi_check_agent_text(const char *text, size_t length, enum xapi_version version, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(text, length, error);
  return doc && xapi_check_agent(json_root(doc), version, error);
}
