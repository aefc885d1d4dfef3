/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States and profiles (xAPI-Communication 2.2, 2.3, 2.6, 2.7), and what is known of agents and activities (2.4, 2.5, 2.8). */
#include "base/limits.h"
#include "doors/xapi/xapi-private.h"

/* ---- documents -------------------------------------------------------------------------------------------------- */

/* What a kind of document is named by. */
struct kind { const char *kind, *id, *const *names; enum credential_scope scope; bool activity, agent, registration, guarded; };
static const struct kind
  state = { "state", "stateId", (const char *const[]){ "activityId", "agent", "registration", "stateId", "since", NULL }, CREDENTIAL_STATE, true, true, true, false },
  activity_profile = { "activity", "profileId", (const char *const[]){ "activityId", "profileId", "since", NULL }, CREDENTIAL_PROFILE, true, false, false, true },
  agent_profile = { "agent", "profileId", (const char *const[]){ "agent", "profileId", "since", NULL }, CREDENTIAL_PROFILE, false, true, false, true };

static bool is(const struct xapi_call *call, const char *method) { return strcmp(call->method, method) == 0; }

static bool read_place(struct xapi_call *call, const struct kind *kind, struct lrs_place *place, char **ret_agent, char **ret_registration, GError **error) {
  const char *registration = xapi_parameter(call, "registration");
  if (!xapi_only(call, kind->names, error)) return false;
  *place = (struct lrs_place){ .kind = kind->kind, .name = xapi_parameter(call, kind->id), .room = call->who.room };
  if (kind->activity && !(place->activity = xapi_iri_parameter(call, "activityId", error))) return false;
  if (kind->agent && !(place->agent = *ret_agent = xapi_agent_parameter(call, NULL, error))) return false;
  if (kind->registration && registration) {
    if (!xapi_is_uuid(registration, strlen(registration))) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter registration is no UUID: \"%.60s\"", registration);
    place->registration = *ret_registration = g_ascii_strdown(registration, -1);
  }
  if (place->name && !*place->name) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s is empty", kind->id);
  if (place->name && strlen(place->name) > LIMIT_TEXT) return fail(error, MENO_ERROR_TOO_LARGE, "the parameter %s is longer than %d bytes", kind->id, LIMIT_TEXT);
  return true;
}

static bool list_names(struct xapi_call *call, const struct lrs_place *place, GError **error) {
  const char *text = xapi_parameter(call, "since");
  int64_t since = INT64_MIN;
  if (text && !xapi_read_time(text, strlen(text), call->version, &since)) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter since is not a moment of RFC 3339: \"%.60s\"", text);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  if (!lrs_document_names(call->door->lrs, place, since, names, error)) return false;
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_array(&out, NULL);
  for (guint i = 0; i < names->len; i++) json_put_string(&out, NULL, names->pdata[i]);
  json_close_array(&out);
  xapi_put_json(call, &out);
  return true;
}

/* A type that a client gave, where it can stand in a header. */
static const char *plain_type(const char *type) {
  for (const char *p = type; *p; p++)
    if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7F) return "application/octet-stream";
  return type;
}

static bool get_document(struct xapi_call *call, const struct kind *kind, const struct lrs_place *place, GError **error) {
  if (!place->name) return list_names(call, place, error);
  if (xapi_parameter(call, "since")) return fail(error, MENO_ERROR_BAD_INPUT, "since asks for a list; leave it or %s out", kind->id);
  g_auto(lrs_document_auto) document = { 0 };
  int got = lrs_document(call->door->lrs, place, &document, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no such document");
  if (got != 1) return false;
  const char *none_match = xapi_header(call, "If-None-Match");
  http_response_add(call->response, "ETag", document.etag);
  xapi_put_time(call, "Last-Modified", document.updated);
  if (none_match && (strcmp(none_match, "*") == 0 || strstr(none_match, document.etag))) {
    call->response->status = 304;
    return true;
  }
  call->response->status = 200;
  http_response_add(call->response, "Content-Type", plain_type(document.type));
  http_response_add(call->response, "Content-Disposition", "attachment"); /* whoever stored it, no page of ours */
  call->response->body = g_bytes_new_take(g_steal_pointer(&document.data), document.length);
  return true;
}

/* What a PUT must say of the document that it expects: 1.0.3 asks for it with profiles, 2.0.0 wherever something would be lost. */
static enum lrs_need need_of(const struct xapi_call *call, const struct kind *kind) {
  return !is(call, "PUT") ? LRS_FREE : call->version == XAPI_2_0_0 ? LRS_WHERE_THERE : kind->guarded ? LRS_ALWAYS : LRS_FREE;
}

static bool change_document(struct xapi_call *call, const struct kind *kind, const struct lrs_place *place, GError **error) {
  bool deletes = is(call, "DELETE"), puts = is(call, "PUT");
  const char *type = xapi_header(call, "Content-Type");
  struct lrs_demand demand = { xapi_header(call, "If-Match"), xapi_header(call, "If-None-Match"), need_of(call, kind) };
  if (xapi_parameter(call, "since")) return fail(error, MENO_ERROR_BAD_INPUT, "since is for GET only");
  call->response->status = 204;
  if (deletes && !place->name && kind->registration) return lrs_documents_delete(call->door->lrs, place, error);
  if (!place->name) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s is missing", kind->id);
  if (!deletes && call->length > LIMIT_XAPI_DOCUMENT) return fail(error, MENO_ERROR_TOO_LARGE, "a document has %zu bytes and may have %u", call->length, LIMIT_XAPI_DOCUMENT);
  if (!type) type = "application/octet-stream";
  if (!deletes && strlen(type) > LIMIT_ID) return fail(error, MENO_ERROR_BAD_INPUT, "the Content-Type is longer than %d bytes", LIMIT_ID);
  if (!deletes && xapi_is_type(type, "application/json")) {
    g_autoptr(json_doc_auto) doc = json_parse(call->body, call->length, error);
    if (!doc) return false;
  }
  return lrs_document_change(call->door->lrs, call->now, place, deletes ? LRS_DELETE : puts ? LRS_PUT : LRS_MERGE, &demand, type, call->body, call->length, error);
}

static bool answer_document(struct xapi_call *call, const struct kind *kind, GError **error) {
  g_autofree char *agent = NULL, *registration = NULL;
  struct lrs_place place;
  bool reads = is(call, "GET");
  if (!(reads && credential_allows(&call->who, CREDENTIAL_ALL_READ)) && !xapi_may(call, kind->scope, error)) return false;
  if (!read_place(call, kind, &place, &agent, &registration, error)) return false;
  return reads ? get_document(call, kind, &place, error) : change_document(call, kind, &place, error);
}

bool xapi_state(struct xapi_call *call, GError **error) { return answer_document(call, &state, error); }
bool xapi_activity_profile(struct xapi_call *call, GError **error) { return answer_document(call, &activity_profile, error); }
bool xapi_agent_profile(struct xapi_call *call, GError **error) { return answer_document(call, &agent_profile, error); }

/* ---- agents, activities, about ---------------------------------------------------------------------------------- */

/* Whoever may read statements, or keep what belongs to an agent or activity, may look at it. */
static bool may_look(const struct xapi_call *call, GError **error) {
  return credential_allows(&call->who, CREDENTIAL_STATEMENTS_READ) || credential_allows(&call->who, CREDENTIAL_PROFILE) || xapi_may(call, CREDENTIAL_STATEMENTS_READ, error);
}

bool xapi_activities(struct xapi_call *call, GError **error) {
  const char *id = NULL;
  if (!may_look(call, error) || !xapi_only(call, (const char *const[]){ "activityId", NULL }, error) || !(id = xapi_iri_parameter(call, "activityId", error))) return false;
  g_autofree char *definition = NULL;
  int got = lrs_definition(call->door->lrs, call->who.room, id, &definition, error);
  if (got < 0) return false;
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "objectType", "Activity");
  json_put_string(&out, "id", id);
  if (got == 1) json_put_raw(&out, "definition", definition, strlen(definition));
  json_close_object(&out);
  xapi_put_json(call, &out);
  return true;
}

/* A Person: every member that identifies or names an Agent is a list. */
bool xapi_agents(struct xapi_call *call, GError **error) {
  static const char *const ways[] = { "mbox", "mbox_sha1sum", "openid", "account" };
  const char *text = NULL;
  if (!may_look(call, error) || !xapi_only(call, (const char *const[]){ "agent", NULL }, error)) return false;
  g_autofree char *key = xapi_agent_parameter(call, &text, error);
  g_autoptr(json_doc_auto) doc = key ? json_parse(text, strlen(text), error) : NULL;
  if (!doc) return false;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  if (!lrs_agent_names(call->door->lrs, key, call->room_key, names, error)) return false;
  const char *name = json_string(json_get(json_root(doc), "name"));
  if (name && !names->len) g_ptr_array_add(names, g_strdup(name));
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "objectType", "Person");
  if (names->len) json_open_array(&out, "name");
  for (guint i = 0; i < names->len; i++) json_put_string(&out, NULL, names->pdata[i]);
  if (names->len) json_close_array(&out);
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
    struct json value = json_get(json_root(doc), ways[i]);
    if (json_type(value) == JSON_ABSENT) continue;
    json_open_array(&out, ways[i]);
    json_put_value(&out, NULL, value);
    json_close_array(&out);
  }
  json_close_object(&out);
  xapi_put_json(call, &out);
  return true;
}

bool xapi_about(struct xapi_call *call, GError **error) {
  static const char *const versions[] = { "1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0" };
  if (!xapi_only(call, (const char *const[]){ NULL }, error)) return false;
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_open_array(&out, "version");
  for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) json_put_string(&out, NULL, versions[i]);
  json_close_array(&out);
  json_close_object(&out);
  xapi_put_json(call, &out);
  return true;
}
