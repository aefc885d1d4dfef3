/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the xAPI validator share: the place of a value, refusal, and objects described as tables of members. */
#pragma once
#include "evidence/xapi.h"
#include <string.h>

#define XAPI_VOIDED "http://adlnet.gov/expapi/verbs/voided"
#define XAPI_SIGNATURE "http://adlnet.gov/expapi/attachments/signature"

/* A string of the document without a copy where it holds no escape; {NULL, 0} if it is none. */
struct xapi_text { const char *p; size_t n; };
static inline struct xapi_text xapi_text(struct json value) {
  size_t length;
  if (json_type(value) != JSON_STRING) return (struct xapi_text){ NULL, 0 };
  const char *raw = json_raw(value, &length);
  if (!memchr(raw + 1, '\\', length - 2)) return (struct xapi_text){ raw + 1, length - 2 };
  const char *decoded = json_string(value);
  return (struct xapi_text){ decoded, strlen(decoded) };
}
static inline bool xapi_text_is(struct xapi_text text, const char *plain) {
  size_t length = strlen(plain);
  return text.p && text.n == length && memcmp(text.p, plain, length) == 0;
}

/* Where a value stands: a list on the stack, from the inside out, that is written only when something is refused. */
struct xapi_place { const struct xapi_place *up; const char *key; size_t index; /* in an array: key is NULL */ };

struct xapi_check {
  enum xapi_version version;
  GError **error;
  bool inner; /* within a SubStatement */
};

bool xapi_refuse(struct xapi_check *check, const struct xapi_place *at, const char *rule, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* A string that must be one of its kind: refuses with its first characters quoted. */
bool xapi_refuse_value(struct xapi_check *check, const struct xapi_place *at, const char *rule, struct json value, const char *wanted);

/* An object as a table. `rule` is the requirement that a wrong value breaks, unless the check knows a closer one. */
typedef bool (*xapi_checker)(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
enum { XAPI_REQUIRED = 1, XAPI_SINCE_2 = 2 };
struct xapi_member { const char *name; size_t length; xapi_checker check; const char *rule; unsigned flags; };
#define XAPI_MEMBER(name, ...) { name, sizeof name - 1, __VA_ARGS__ }
struct xapi_shape { const char *what; const struct xapi_member *members; size_t count; };
#define XAPI_MEMBERS_MOST 16

/* Checks every member of `value` by the shape and refuses others, null, a wrong case, and a missing one. found[i] is the
 * value of members[i], absent where there is none; it holds XAPI_MEMBERS_MOST. */
bool xapi_check_object(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                       const struct xapi_shape *shape, struct json *found);

/* 1 for "1.0" and "1.0.x", 2 for "2.0" and "2.0.x", 0 for anything else. */
int xapi_major(const char *text, size_t length);

/* Checkers of data types (xapi-values.c). */
bool xapi_check_string(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_boolean(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_number(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_iri(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_uri(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_uuid(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_time(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_language(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_language_map(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_extensions(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
/* Elements of a non-absent array, each by `each`. */
bool xapi_check_array(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule,
                      xapi_checker each, const char *each_rule);

/* Agents and Groups (xapi-agent.c). */
bool xapi_check_actor(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_only_agent(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_only_group(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_authority(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);

/* Activities (xapi-activity.c). */
bool xapi_check_activity(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);

/* Contexts (xapi-context.c), and the StatementRef that they share with objects. */
bool xapi_check_context(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);
bool xapi_check_statement_ref(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);

/* An object's members by key, `*ret_count` of them; newly allocated (xapi-same.c). */
struct xapi_pair { struct xapi_text key; struct json value; };
struct xapi_pair *xapi_sorted(struct json object, size_t *ret_count);
int xapi_compare_text(struct xapi_text a, struct xapi_text b);
