/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements as a whole (xAPI-Data 2.2 to 2.4): verb, object of every type, result, attachments, what a SubStatement may not have,
 * what voiding asks for, and batches.
 *
 * "object" is judged by its objectType, which may be absent: then it is an Activity. An object without one that looks like an Agent
 * or a StatementRef is told so. A version of 1.0.x is taken under 2.0.0 too, for statements keep the version they were made with.
 *
 * Sources: xAPI-Data and xAPI-Communication 1.0.3, IEEE 9274.1.1-2023, ADL's conformance requirements. */
#include "evidence/xapi-private.h"

/* ---- verb ---- */

static bool check_verb(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("id", xapi_check_iri, "XAPI-00044", XAPI_REQUIRED),
    XAPI_MEMBER("display", xapi_check_language_map, "XAPI-00045") };
  static const struct xapi_shape shape = { "a verb", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

/* ---- result ---- */

static bool check_score(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  enum { SCALED, RAW, MIN_, MAX_ };
  static const struct xapi_member members[] = { XAPI_MEMBER("scaled", xapi_check_number, "XAPI-00083"), XAPI_MEMBER("raw", xapi_check_number, "XAPI-00082"),
    XAPI_MEMBER("min", xapi_check_number, "XAPI-00081"), XAPI_MEMBER("max", xapi_check_number, "XAPI-00080") };
  static const struct xapi_shape shape = { "a score", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  if (!xapi_check_object(check, at, value, rule, &shape, found)) return false;
  double scaled = json_number(found[SCALED], 0), least = json_number(found[MIN_], -G_MAXDOUBLE), most = json_number(found[MAX_], G_MAXDOUBLE);
  double raw = json_number(found[RAW], least);
  bool both = json_type(found[MIN_]) != JSON_ABSENT && json_type(found[MAX_]) != JSON_ABSENT;
  struct xapi_place here = { at, scaled < -1 || scaled > 1 ? "scaled" : both && least >= most ? "min" : "raw", 0 };
  if (scaled < -1 || scaled > 1) return xapi_refuse(check, &here, "XAPI-00083", "a scaled score lies between -1 and 1");
  if (both && least >= most) return xapi_refuse(check, &here, "XAPI-00081", "min is less than max");
  if (raw < least || raw > most) return xapi_refuse(check, &here, "XAPI-00082", "a raw score lies between min and max");
  return true;
}

static bool check_duration(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  if (!text.p) return xapi_refuse_value(check, at, "XAPI-00077", value, "a duration of ISO 8601, such as PT1H30M or P4W");
  return xapi_is_duration(text.p, text.n) || xapi_refuse_value(check, at, rule, value, "a duration of ISO 8601, such as PT1H30M or P4W");
}

static bool check_result(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("score", check_score, "XAPI-00079"), XAPI_MEMBER("success", xapi_check_boolean, "XAPI-00074"),
    XAPI_MEMBER("completion", xapi_check_boolean, "XAPI-00075"), XAPI_MEMBER("response", xapi_check_string, "XAPI-00076"),
    XAPI_MEMBER("duration", check_duration, "XAPI-00124"), XAPI_MEMBER("extensions", xapi_check_extensions, "XAPI-00078") };
  static const struct xapi_shape shape = { "a result", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  return xapi_check_object(check, at, value, rule, &shape, found);
}

/* ---- attachments ---- */

static bool check_media_type(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  return (text.p && xapi_is_media_type(text.p, text.n)) || xapi_refuse_value(check, at, rule, value, "a media type, such as application/pdf");
}

static bool check_length(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  int64_t length;
  return (json_integer(value, &length) == 1 && length >= 0) || xapi_refuse_value(check, at, rule, value, "a whole number of bytes");
}

static bool check_sha2(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  return (text.p && xapi_is_sha2(text.p, text.n)) || xapi_refuse_value(check, at, rule, value, "a SHA-2 sum in hexadecimal");
}

static bool check_attachment(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct xapi_member members[] = { XAPI_MEMBER("usageType", xapi_check_iri, "XAPI-00107", XAPI_REQUIRED),
    XAPI_MEMBER("display", xapi_check_language_map, "XAPI-00106", XAPI_REQUIRED), XAPI_MEMBER("description", xapi_check_language_map, "XAPI-00025"),
    XAPI_MEMBER("contentType", check_media_type, "XAPI-00105", XAPI_REQUIRED), XAPI_MEMBER("length", check_length, "XAPI-00102", XAPI_REQUIRED),
    XAPI_MEMBER("sha2", check_sha2, "XAPI-00103", XAPI_REQUIRED), XAPI_MEMBER("fileUrl", xapi_check_iri, "XAPI-00104") };
  static const struct xapi_shape shape = { "an attachment", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  if (!xapi_check_object(check, at, value, rule, &shape, found)) return false;
  struct xapi_place here = { at, "contentType", 0 };
  return !json_equals(found[0], XAPI_SIGNATURE) || json_equals(found[3], "application/octet-stream") ||
         xapi_refuse(check, &here, "XAPI-00115", "a signature has the content type application/octet-stream");
}

static bool check_attachments(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  return xapi_check_array(check, at, value, rule, check_attachment, rule);
}

/* ---- object ---- */

static bool check_inner(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule);

/* Without an objectType an object is an Activity; whoever meant something else is told. */
static bool check_untyped(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const char *const agents[] = { "mbox", "mbox_sha1sum", "openid", "account", "member" };
  for (size_t i = 0; i < G_N_ELEMENTS(agents); i++)
    if (json_type(json_get(value, agents[i])) != JSON_ABSENT)
      return xapi_refuse(check, at, "XAPI-00065", "an object with \"%s\" needs \"objectType\": \"Agent\" or \"Group\"", agents[i]);
  if (json_type(json_get(value, "actor")) != JSON_ABSENT && json_type(json_get(value, "verb")) != JSON_ABSENT)
    return xapi_refuse(check, at, "XAPI-00073", "an object that is a statement needs \"objectType\": \"SubStatement\"");
  struct xapi_text id = xapi_text(json_get(value, "id"));
  if (id.p && xapi_is_uuid(id.p, id.n)) return xapi_refuse(check, at, "XAPI-00073", "an object with the id of a statement needs \"objectType\": \"StatementRef\"");
  return xapi_check_activity(check, at, value, rule);
}

static bool check_object(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct { const char *name; xapi_checker check; } types[] = { { "Activity", xapi_check_activity }, { "Agent", xapi_check_actor },
    { "Group", xapi_check_actor }, { "StatementRef", xapi_check_statement_ref }, { "SubStatement", check_inner } };
  if (json_type(value) != JSON_OBJECT) return xapi_refuse_value(check, at, rule, value, "an object");
  struct json type = json_get(value, "objectType");
  if (json_type(type) == JSON_ABSENT) return check_untyped(check, at, value, rule);
  struct xapi_text text = xapi_text(type);
  struct xapi_place here = { at, "objectType", 0 };
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
    if (xapi_text_is(text, types[i].name)) return types[i].check(check, at, value, rule);
    if (text.n == strlen(types[i].name) && g_ascii_strncasecmp(text.p, types[i].name, text.n) == 0)
      return xapi_refuse(check, &here, "XAPI-00009", "the object type is written \"%s\"", types[i].name);
  }
  return xapi_refuse_value(check, &here, "XAPI-00046", type, "one of Activity, Agent, Group, StatementRef and SubStatement");
}

/* ---- statement ---- */

static bool check_version(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  struct xapi_text text = xapi_text(value);
  int major = text.p ? xapi_major(text.p, text.n) : 0;
  if (major == 1 || (major == 2 && check->version == XAPI_2_0_0)) return true;
  return xapi_refuse_value(check, at, rule, value, check->version == XAPI_2_0_0 ? "2.0.0 or another 2.0 or 1.0" : "1.0.0 or another 1.0");
}

enum { ID, ACTOR, VERB, OBJECT, RESULT, CONTEXT, TIMESTAMP, STORED, AUTHORITY, VERSION, ATTACHMENTS, STATEMENT_MEMBERS };
#define STATEMENT_ROWS XAPI_MEMBER("id", xapi_check_uuid, "XAPI-00027"), XAPI_MEMBER("actor", xapi_check_actor, "XAPI-00003", XAPI_REQUIRED), \
  XAPI_MEMBER("verb", check_verb, "XAPI-00004", XAPI_REQUIRED), XAPI_MEMBER("object", check_object, "XAPI-00005", XAPI_REQUIRED), \
  XAPI_MEMBER("result", check_result, "XAPI-00006"), XAPI_MEMBER("context", xapi_check_context, "XAPI-00006"), \
  XAPI_MEMBER("timestamp", xapi_check_time, "XAPI-00123"), XAPI_MEMBER("stored", xapi_check_time, "XAPI-00023"), \
  XAPI_MEMBER("authority", xapi_check_authority, "XAPI-00024"), XAPI_MEMBER("version", check_version, "XAPI-00101"), \
  XAPI_MEMBER("attachments", check_attachments, "XAPI-00025")

/* What depends on more than one member. */
static bool check_together(struct xapi_check *check, const struct xapi_place *at, const struct json found[]) {
  struct json type = json_get(found[OBJECT], "objectType"), context = found[CONTEXT];
  struct xapi_place place = { at, "context", 0 };
  bool activity = json_type(type) == JSON_ABSENT || json_equals(type, "Activity");
  for (int i = 0; !activity && i < 2; i++) {
    const char *name = i ? "platform" : "revision";
    struct xapi_place here = { &place, name, 0 };
    if (json_type(json_get(context, name)) != JSON_ABSENT)
      return xapi_refuse(check, &here, i ? "XAPI-00085" : "XAPI-00084", "a %s belongs to statements about an Activity", name);
  }
  struct xapi_place here = { at, "object", 0 };
  if (json_equals(json_get(found[VERB], "id"), XAPI_VOIDED) && !json_equals(type, "StatementRef"))
    return xapi_refuse(check, &here, "XAPI-00020", "a statement that voids names the other by a StatementRef");
  return true;
}

static bool check_inner(struct xapi_check *check, const struct xapi_place *at, struct json value, const char *rule) {
  static const struct { int member; const char *rule; } barred[] = { { ID, "XAPI-00070" }, { STORED, "XAPI-00069" }, { VERSION, "XAPI-00068" }, { AUTHORITY, "XAPI-00067" } };
  static const struct xapi_member members[] = { STATEMENT_ROWS, XAPI_MEMBER("objectType", xapi_check_string, "XAPI-00073", XAPI_REQUIRED) };
  static const struct xapi_shape shape = { "a SubStatement", members, G_N_ELEMENTS(members) };
  struct json found[XAPI_MEMBERS_MOST];
  if (check->inner) return xapi_refuse(check, at, "XAPI-00071", "a SubStatement holds no other");
  check->inner = true;
  bool fine = xapi_check_object(check, at, value, rule, &shape, found);
  check->inner = false;
  for (size_t i = 0; fine && i < G_N_ELEMENTS(barred); i++)
    if (json_type(found[barred[i].member]) != JSON_ABSENT)
      return xapi_refuse(check, at, barred[i].rule, "a SubStatement has no \"%s\"", members[barred[i].member].name);
  return fine && check_together(check, at, found);
}

static bool check_statement(struct xapi_check *check, const struct xapi_place *at, struct json value, struct json *ret_id) {
  static const struct xapi_member members[] = { STATEMENT_ROWS };
  static const struct xapi_shape shape = { "a statement", members, STATEMENT_MEMBERS };
  struct json found[XAPI_MEMBERS_MOST];
  if (!xapi_check_object(check, at, value, "XAPI-00014", &shape, found) || !check_together(check, at, found)) return false;
  *ret_id = found[ID];
  return true;
}

bool xapi_check_statement(struct json statement, enum xapi_version version, GError **error) {
  struct xapi_check check = { version, error, false };
  struct json id;
  return check_statement(&check, NULL, statement, &id);
}

struct batch_id { char text[36]; size_t index; };

static int compare_ids(const void *a, const void *b) {
  const struct batch_id *x = a, *y = b;
  int order = memcmp(x->text, y->text, sizeof x->text);
  return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

bool xapi_check_batch(struct json root, enum xapi_version version, size_t *ret_count, GError **error) {
  struct xapi_check check = { version, error, false };
  struct xapi_place here = { NULL, NULL, 0 };
  struct json id;
  if (json_type(root) != JSON_ARRAY) {
    if (!check_statement(&check, NULL, root, &id)) return false;
    *ret_count = 1;
    return true;
  }
  size_t count = json_count(root), named = 0;
  g_autofree struct batch_id *ids = count > 1 ? g_new(struct batch_id, count) : NULL;
  for (struct json_iter it = json_iter(root); json_next(&it); here.index++) {
    if (!check_statement(&check, &here, it.value, &id)) return false;
    struct xapi_text text = xapi_text(id);
    if (!text.p || !ids) continue;
    for (size_t i = 0; i < sizeof ids->text; i++) ids[named].text[i] = g_ascii_tolower(text.p[i]);
    ids[named++].index = here.index;
  }
  if (named > 1) qsort(ids, named, sizeof *ids, compare_ids);
  for (size_t i = 1; i < named; i++) {
    struct xapi_place place = { NULL, NULL, ids[i].index }, member = { &place, "id", 0 };
    if (memcmp(ids[i - 1].text, ids[i].text, sizeof ids->text) == 0)
      return xapi_refuse(&check, &member, "xAPI-Communication 2.1.2", "statement %zu has the same id; send each once", ids[i - 1].index);
  }
  *ret_count = count;
  return true;
}
