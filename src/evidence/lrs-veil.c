/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A statement as somebody may see it who keeps the store and is not to know people: agents by their opaque names, and nothing
 * that a person wrote or that we do not know. What may be seen is listed, member by member; the rest is withheld, so that a member
 * that a later version of xAPI brings is not told before somebody has thought about it.
 *
 * How it can tell too much: an activity, a platform or the name of a group's activity may be called after a person. */
#include "evidence/lrs-private.h"
#include "evidence/xapi-private.h"

#define WITHHELD "(withheld)"

enum way { PLAIN, PERSON, PEOPLE /* a list of objects that hold one */, ACTIVITY, ACTIVITIES, RESULT, CONTEXT, ATTACHMENTS, DEFINITION, KEYS /* its names, not its values */ };
struct member { const char *name; enum way way; };

static const struct member activity_members[] = { { "objectType", PLAIN }, { "id", PLAIN }, { "definition", DEFINITION }, { 0 } },
  definition_members[] = { { "name", PLAIN }, { "description", PLAIN }, { "type", PLAIN }, { "moreInfo", PLAIN }, { "interactionType", PLAIN }, { "correctResponsesPattern", PLAIN },
    { "choices", PLAIN }, { "scale", PLAIN }, { "source", PLAIN }, { "target", PLAIN }, { "steps", PLAIN }, { "extensions", KEYS }, { 0 } },
  result_members[] = { { "score", PLAIN }, { "success", PLAIN }, { "completion", PLAIN }, { "duration", PLAIN }, { "extensions", KEYS }, { 0 } },
  context_members[] = { { "registration", PLAIN }, { "instructor", PERSON }, { "team", PERSON }, { "contextActivities", ACTIVITIES }, { "contextAgents", PEOPLE },
    { "contextGroups", PEOPLE }, { "revision", PLAIN }, { "platform", PLAIN }, { "language", PLAIN }, { "statement", PLAIN }, { "extensions", KEYS }, { 0 } },
  attachment_members[] = { { "usageType", PLAIN }, { "display", PLAIN }, { "description", PLAIN }, { "contentType", PLAIN }, { "length", PLAIN }, { "sha2", PLAIN }, { 0 } },
  people_members[] = { { "objectType", PLAIN }, { "agent", PERSON }, { "group", PERSON }, { "relevantTypes", PLAIN }, { 0 } };

struct veil { struct lrs *lrs; struct json_writer *out; };
static void put_members(const struct veil *veil, const char *key, struct json value, const struct member *members);
static void put_statement(const struct veil *veil, const char *key, struct json statement, bool inner);

static void put_raw(const struct veil *veil, const char *key, struct json value) {
  size_t length;
  const char *raw = json_raw(value, &length);
  json_put_raw(veil->out, key, raw, length);
}

static void put_person(const struct veil *veil, const char *key, struct json person) {
  g_autofree char *identifier = lrs_agent_key(person), *name = identifier ? lrs_agent_name(veil->lrs, identifier) : NULL;
  struct json members = json_get(person, "member");
  json_open_object(veil->out, key);
  json_put_string(veil->out, "objectType", json_equals(json_get(person, "objectType"), "Group") ? "Group" : "Agent");
  if (name) json_put_string(veil->out, "opaque", name);
  if (json_type(members) == JSON_ARRAY) json_put_integer(veil->out, "members", (int64_t)json_count(members));
  json_close_object(veil->out);
}

static void put_list(const struct veil *veil, const char *key, struct json list, const struct member *members) {
  struct json_iter it = json_iter(list);
  json_open_array(veil->out, key);
  while (json_type(list) == JSON_ARRAY && json_next(&it)) put_members(veil, NULL, it.value, members);
  json_close_array(veil->out);
}

static void put_keys(const struct veil *veil, const char *key, struct json value) {
  struct json_iter it = json_iter(value);
  json_open_object(veil->out, key);
  while (json_type(value) == JSON_OBJECT && json_next(&it)) json_put_string(veil->out, it.key, WITHHELD);
  json_close_object(veil->out);
}

static void put_activities(const struct veil *veil, const char *key, struct json value) {
  struct json_iter it = json_iter(value);
  json_open_object(veil->out, key);
  while (json_type(value) == JSON_OBJECT && json_next(&it)) put_list(veil, it.key, it.value, activity_members);
  json_close_object(veil->out);
}

static void put_way(const struct veil *veil, const char *key, struct json value, enum way way) {
  switch (way) {
    case PLAIN: put_raw(veil, key, value); break;
    case PERSON: put_person(veil, key, value); break;
    case PEOPLE: put_list(veil, key, value, people_members); break;
    case ACTIVITY: put_members(veil, key, value, activity_members); break;
    case ACTIVITIES: put_activities(veil, key, value); break;
    case RESULT: put_members(veil, key, value, result_members); break;
    case CONTEXT: put_members(veil, key, value, context_members); break;
    case ATTACHMENTS: put_list(veil, key, value, attachment_members); break;
    case DEFINITION: put_members(veil, key, value, definition_members); break;
    case KEYS: put_keys(veil, key, value); break;
  }
}

static void put_members(const struct veil *veil, const char *key, struct json value, const struct member *members) {
  struct json_iter it = json_iter(value);
  json_open_object(veil->out, key);
  while (json_type(value) == JSON_OBJECT && json_next(&it)) {
    const struct member *member = members;
    while (member->name && strcmp(member->name, it.key) != 0) member++;
    if (member->name) put_way(veil, it.key, it.value, member->way);
    else json_put_string(veil->out, it.key, WITHHELD);
  }
  json_close_object(veil->out);
}

static void put_object(const struct veil *veil, struct json object) {
  const char *type = json_string(json_get(object, "objectType"));
  if (type && (strcmp(type, "Agent") == 0 || strcmp(type, "Group") == 0)) put_person(veil, "object", object);
  else if (type && strcmp(type, "SubStatement") == 0) put_statement(veil, "object", object, true);
  else if (type && strcmp(type, "StatementRef") == 0) put_raw(veil, "object", object);
  else put_members(veil, "object", object, activity_members);
}

/* `authority` is a credential of ours where the store has set it; in a SubStatement there is none. */
static void put_statement(const struct veil *veil, const char *key, struct json statement, bool inner) {
  static const struct member members[] = { { "objectType", PLAIN }, { "id", PLAIN }, { "actor", PERSON }, { "verb", PLAIN }, { "result", RESULT }, { "context", CONTEXT },
    { "timestamp", PLAIN }, { "stored", PLAIN }, { "version", PLAIN }, { "attachments", ATTACHMENTS }, { "authority", PLAIN }, { 0 } };
  struct json_iter it = json_iter(statement);
  json_open_object(veil->out, key);
  while (json_type(statement) == JSON_OBJECT && json_next(&it)) {
    const struct member *member = members;
    while (member->name && strcmp(member->name, it.key) != 0) member++;
    bool ours = json_equals(json_get(json_get(it.value, "account"), "homePage"), LRS_CREDENTIALS);
    if (strcmp(it.key, "object") == 0) put_object(veil, it.value);
    else if (strcmp(it.key, "authority") == 0 && !inner && !ours) put_person(veil, it.key, it.value);
    else if (member->name) put_way(veil, it.key, it.value, member->way);
    else json_put_string(veil->out, it.key, WITHHELD);
  }
  json_close_object(veil->out);
}

void lrs_veil(struct lrs *lrs, struct json_writer *out, const char *key, struct json statement) {
  put_statement(&(struct veil){ lrs, out }, key, statement, false);
}
