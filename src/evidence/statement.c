/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The few members that say who did what, how well and when (xAPI-Data 1.0.3, sections 2.4.1 to 2.4.7). Strictness towards
 * everything else belongs to the endpoint that accepts statements; a file of them is taken for what it can tell. */
#include "evidence/statement.h"
#include <math.h>
#include <string.h>

#define TYPE_MOST 1000

static char *actor_name(struct json actor) {
  static const struct { const char *member, *prefix; } ways[] = { { "mbox", "" }, { "mbox_sha1sum", "mbox_sha1sum:" }, { "openid", "openid:" } };
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
    const char *value = json_string(json_get(actor, ways[i].member));
    if (value && *value) return g_strconcat(ways[i].prefix, value, NULL);
  }
  struct json account = json_get(actor, "account");
  const char *home = json_string(json_get(account, "homePage")), *name = json_string(json_get(account, "name"));
  return home && name ? g_strconcat("account:", home, "|", name, NULL) : NULL;
}

static double scaled_score(struct json score) {
  double scaled = json_number(json_get(score, "scaled"), NAN);
  if (isnan(scaled)) {
    double raw = json_number(json_get(score, "raw"), NAN), least = json_number(json_get(score, "min"), 0), most = json_number(json_get(score, "max"), NAN);
    scaled = most > least ? (raw - least) / (most - least) : NAN;
  }
  return scaled >= -1 && scaled <= 1 ? MAX(scaled, 0) : NAN;
}

/* Part two, 2.4.5.1: numbers, and a scaled one lies between -1 and 1. */
static bool check_score(struct json score, GError **error) {
  static const char *const members[] = { "scaled", "raw", "min", "max" };
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
    struct json member = json_get(score, members[i]);
    double number = json_number(member, NAN);
    bool fits = json_type(member) == JSON_ABSENT || (i == 0 ? number >= -1 && number <= 1 : !isnan(number));
    if (!fits) return fail(error, MENO_ERROR_BAD_INPUT, "the score's %s is %s", members[i], i == 0 ? "not between -1 and 1" : "no number that can be held");
  }
  return true;
}

/* The video profile tells a share, cmi5 a percentage (9.5.5.1). */
static double told_progress(struct json extensions) {
  double share = json_number(json_get(extensions, "https://w3id.org/xapi/video/extensions/progress"), NAN);
  if (isnan(share)) share = json_number(json_get(extensions, "https://w3id.org/xapi/cmi5/result/extensions/progress"), NAN) / 100;
  return share >= 0 && share <= 1 ? share : NAN;
}

static int told_flag(struct json value) { return json_type(value) == JSON_TRUE ? 1 : json_type(value) == JSON_FALSE ? 0 : -1; }

/* An activity's type; one that is longer than any that is in use is none. */
static const char *told_type(struct json object) {
  const char *type = json_string(json_get(json_get(object, "definition"), "type"));
  return type && *type && strlen(type) <= TYPE_MOST ? type : NULL;
}

static const char *first_text(struct json map) {
  struct json_iter it = json_iter(map);
  return json_type(map) == JSON_OBJECT && json_next(&it) ? json_string(it.value) : NULL;
}

static bool missing(GError **error, const char *what) { return fail(error, MENO_ERROR_BAD_INPUT, "the statement has no %s", what); }

void statement_glance(struct json value, int64_t otherwise, struct statement *ret) {
  struct json object = json_get(value, "object"), result = json_get(value, "result");
  struct statement statement = { .at = otherwise, .success = told_flag(json_get(result, "success")), .completion = told_flag(json_get(result, "completion")),
    .progress = told_progress(json_get(result, "extensions")), .type = told_type(object), .group = json_equals(json_get(json_get(value, "actor"), "objectType"), "Group"), .verb = json_string(json_get(json_get(value, "verb"), "id")),
    .object = json_string(json_get(object, "id")), .name = first_text(json_get(json_get(object, "definition"), "name")),
    .score = scaled_score(json_get(result, "score")), .actor = actor_name(json_get(value, "actor")) };
  const char *when = json_string(json_get(value, "timestamp")), *id = json_string(json_get(value, "id"));
  struct uuid uuid;
  if (!statement.object) statement.object = json_string(json_get(json_get(object, "object"), "id")); /* a sub-statement's */
  if (!when) when = json_string(json_get(value, "stored"));
  if (when) clock_parse_time(when, &statement.at);
  if (id && uuid_parse(id, &uuid)) uuid_format(uuid, statement.id);
  *ret = statement;
}

/* Of one that tells no id: one of its content. */
static void make_id(struct json value, char out[ID_TEXT]) {
  g_autofree char *whole = json_canonical(value, NULL);
  uuid_format(uuid_of("statement", whole, NULL), out);
}

static bool check(struct json value, struct statement *statement, GError **error) {
  struct json object = json_get(value, "object");
  const char *when = json_string(json_get(value, "timestamp")), *id = json_string(json_get(value, "id"));
  int64_t moment;
  if (!statement->verb || !*statement->verb) return missing(error, "verb.id");
  g_autofree char *agent = statement->object ? NULL : actor_name(object);
  if (!statement->object && !agent) return missing(error, "object with an id");
  if (!statement->object) statement->object = "agent";
  if (!check_score(json_get(json_get(value, "result"), "score"), error)) return false;
  if (!when) when = json_string(json_get(value, "stored"));
  if (when && !clock_parse_time(when, &moment)) return fail(error, MENO_ERROR_BAD_INPUT, "the timestamp \"%.40s\" is not an ISO 8601 time", when);
  if (id && !*statement->id) return fail(error, MENO_ERROR_BAD_INPUT, "the id \"%.40s\" is not a UUID", id);
  if (!id) make_id(value, statement->id);
  return statement->actor || missing(error, "actor with an mbox, mbox_sha1sum, openid or account");
}

bool statement_read(struct json value, int64_t otherwise, struct statement *ret, GError **error) {
  struct statement statement;
  statement_glance(value, otherwise, &statement);
  if (check(value, &statement, error)) {
    *ret = statement;
    return true;
  }
  statement_clear(&statement);
  return false;
}

void statement_clear(struct statement *statement) { g_free((void *)(uintptr_t)statement->actor); }
