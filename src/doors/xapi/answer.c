/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which resources there are, and the order in which a request is checked: its address and method, what is meant, who asks, in
 * which version, then the resource. Scripts of any page may ask (CORS): they must bring a credential of their own, and no
 * cookie counts here. */
#include "base/limits.h"
#include "base/log.h"
#include "doors/xapi/xapi-private.h"

#define EXPOSED "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through, WWW-Authenticate, Retry-After"
#define ACCEPTED "Authorization, Content-Type, X-Experience-API-Version, If-Match, If-None-Match, Accept-Language, X-Experience-API-Hash"

typedef bool (*handler)(struct xapi_call *call, GError **error);
static const struct resource { const char *path; handler get, put, post, delete; } resources[] = {
  { "/statements", xapi_statements_get, xapi_statements_put, xapi_statements_post, NULL },
  { "/activities/state", xapi_state, xapi_state, xapi_state, xapi_state },
  { "/activities/profile", xapi_activity_profile, xapi_activity_profile, xapi_activity_profile, xapi_activity_profile },
  { "/agents/profile", xapi_agent_profile, xapi_agent_profile, xapi_agent_profile, xapi_agent_profile },
  { "/activities", xapi_activities, NULL, NULL, NULL },
  { "/agents", xapi_agents, NULL, NULL, NULL },
  { "/about", xapi_about, NULL, NULL, NULL } };

struct xapi_door *xapi_door_new(struct system *system, enum xapi_version version, void (*count)(unsigned status)) {
  struct xapi_door *door = g_new0(struct xapi_door, 1);
  *door = (struct xapi_door){ .system = system, .lrs = lrs_new(system_ledger(system)), .version = version, .count = count, .known = xapi_known_new() };
  g_mutex_init(&door->lock);
  return door;
}

void xapi_door_free(struct xapi_door *door) {
  if (!door) return;
  lrs_free(door->lrs);
  g_hash_table_unref(door->known);
  g_mutex_clear(&door->lock);
  g_free(door);
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static const char *version_name(enum xapi_version version) { return version == XAPI_2_0_0 ? "2.0.0" : "1.0.3"; }

static void put_common(struct http_response *response, enum xapi_version version) {
  http_response_add(response, "X-Experience-API-Version", version_name(version));
  http_response_add(response, "Access-Control-Allow-Origin", "*");
  http_response_add(response, "Access-Control-Expose-Headers", EXPOSED);
  http_response_add(response, "Cache-Control", "no-store");
}

static unsigned status_of(const GError *error) { return g_error_matches(error, MENO_ERROR, MENO_ERROR_STALE) ? 412 : (unsigned)error_kind(error)->status; }

static void put_problem(struct http_response *response, const GError *error) {
  const struct error_kind *kind = error_kind(error);
  unsigned status = status_of(error);
  g_autofree char *detail = g_utf8_make_valid(error->message, -1), *type = g_strconcat("urn:meno:error:", kind->slug, NULL);
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "type", type);
  json_put_string(&out, "title", kind->title);
  json_put_integer(&out, "status", status);
  json_put_string(&out, "detail", status < 500 ? detail : error_outside(error));
  json_close_object(&out);
  http_response_text(response, status, "application/problem+json", out.text->str, out.text->len);
  if (status == 401) http_response_add(response, "WWW-Authenticate", "Basic realm=\"xAPI\"");
  if (status == 429 || status == 503) http_response_add(response, "Retry-After", "1");
  if (status >= 500) log_write(LOG_FAILURE, "xAPI request failed", "why", error->message, NULL);
}

void xapi_put_json(struct xapi_call *call, struct json_writer *writer) {
  size_t length;
  char *text = json_writer_steal(writer, &length);
  call->response->status = 200;
  call->response->type = "application/json";
  call->response->body = g_bytes_new_take(text, length);
}

void xapi_put_time(struct xapi_call *call, const char *header, int64_t time) {
  g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(time / CLOCK_SECOND);
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }, *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autofree char *text = g_strdup_printf("%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(moment) - 1], g_date_time_get_day_of_month(moment),
    months[g_date_time_get_month(moment) - 1], g_date_time_get_year(moment), g_date_time_get_hour(moment), g_date_time_get_minute(moment), g_date_time_get_second(moment));
  http_response_add(call->response, header, text);
}

static void refuse(struct xapi_door *door, struct http_response *response, enum meno_error code, const char *detail) {
  g_autoptr(GError) error = g_error_new_literal(MENO_ERROR, (int)code, detail);
  put_common(response, door->version);
  put_problem(response, error);
}

static void put_methods(const struct resource *resource, struct http_response *response, const char *header) {
  g_autofree char *list = g_strdup_printf("%sHEAD, OPTIONS%s%s%s", resource->get ? "GET, " : "", resource->put ? ", PUT" : "", resource->post ? ", POST" : "",
    resource->delete ? ", DELETE" : "");
  http_response_add(response, header, list);
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

bool xapi_door_is(const struct http_request *request) {
  size_t length = strlen(XAPI_ROOT);
  return request->path_length >= length && memcmp(request->target, XAPI_ROOT, length) == 0 && (request->path_length == length || request->target[length] == '/');
}

static const struct resource *find_resource(const struct http_request *request) {
  const char *path = request->target + strlen(XAPI_ROOT);
  size_t length = request->path_length - strlen(XAPI_ROOT);
  if (length > 1 && path[length - 1] == '/') length--; /* a slash too many is forgiven */
  for (size_t i = 0; i < G_N_ELEMENTS(resources); i++)
    if (strlen(resources[i].path) == length && memcmp(resources[i].path, path, length) == 0) return &resources[i];
  return NULL;
}

static handler handler_of(const struct resource *resource, const char *method) {
  return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ? resource->get : strcmp(method, "PUT") == 0 ? resource->put
    : strcmp(method, "POST") == 0 ? resource->post : strcmp(method, "DELETE") == 0 ? resource->delete : NULL;
}

static bool may_send(struct xapi_door *door, const struct http_request *request) {
  struct xapi_call call = { .door = door, .request = request, .only_asks = true };
  bool known = xapi_call_identify(&call, NULL);
  xapi_call_clear(&call);
  return known;
}

enum http_step xapi_door_begin(struct xapi_door *door, const struct http_request *request, size_t *ret_body_limit, struct http_response *response) {
  const struct resource *resource = find_resource(request);
  bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0, posts = strcmp(request->method, "POST") == 0;
  *ret_body_limit = LIMIT_XAPI_BODY;
  if (!resource) refuse(door, response, MENO_ERROR_NOT_FOUND, "there is no such resource: below " XAPI_ROOT " are statements, activities, agents and about");
  else if (strcmp(request->method, "OPTIONS") == 0) {
    put_common(response, door->version);
    put_methods(resource, response, "Access-Control-Allow-Methods");
    http_response_add(response, "Access-Control-Allow-Headers", ACCEPTED);
    http_response_add(response, "Access-Control-Max-Age", "86400");
    response->status = 204;
  } else if (!handler_of(resource, request->method) && !posts) { /* any may be meant by a POST */
    put_methods(resource, response, "Allow");
    refuse(door, response, MENO_ERROR_METHOD, "this resource does not take the method");
  } else if (request->body_length > LIMIT_FORM_BYTES && request->body_length <= LIMIT_XAPI_BODY && !may_send(door, request))
    refuse(door, response, MENO_ERROR_UNAUTHENTICATED, "send the key and secret of a credential with Basic authentication");
  else return reads ? HTTP_IN_TURN : HTTP_IN_LINE;
  return HTTP_ANSWERED;
}

static bool answer_call(struct xapi_call *call, const struct resource *resource, GError **error) {
  if (!xapi_call_read(call, error)) return false;
  handler handle = handler_of(resource, call->method);
  if (!handle) return fail(error, MENO_ERROR_METHOD, "this resource does not take the method");
  bool open = handle == xapi_about;
  if (!open && (!xapi_call_identify(call, error) || !xapi_version_read(xapi_header(call, "X-Experience-API-Version"), &call->version, error))) return false;
  if (open) xapi_version_read(xapi_header(call, "X-Experience-API-Version"), &call->version, NULL);
  return handle(call, error);
}

static void end_call(struct xapi_call *call, const GError *error) {
  if (error) put_problem(call->response, error);
  put_common(call->response, call->version);
  xapi_call_clear(call);
  g_free(call);
}

void xapi_call_end(struct xapi_call *call, GError *error) {
  const struct http_request *request = call->request;
  const struct http_response *response = call->response;
  void (*count)(unsigned status) = call->door->count;
  end_call(call, error);
  g_clear_error(&error);
  count(response->status);
  http_answered(request);
}

bool xapi_door_answer(struct xapi_door *door, const struct http_request *request, struct http_response *response) {
  g_autoptr(GError) error = NULL;
  struct xapi_call *call = g_new(struct xapi_call, 1);
  *call = (struct xapi_call){ .door = door, .request = request, .response = response, .version = door->version, .now = system_now(door->system) };
  const struct resource *resource = find_resource(request);
  if (resource->get == xapi_statements_get) {
    char text[CLOCK_TEXT];
    http_response_add(response, "X-Experience-API-Consistent-Through", clock_format_time(lrs_consistent(door->lrs, call->now), text));
  }
  bool fine = answer_call(call, resource, &error);
  if (call->looked_up) credential_touch(system_store(door->system), g_get_real_time(), &call->who);
  if (fine && call->incoming) {
    xapi_statements_store(call);
    return false;
  }
  end_call(call, error);
  return true;
}

void xapi_door_full(struct xapi_door *door, const struct http_request *request, struct http_response *response) {
  refuse(door, response, MENO_ERROR_TOO_MANY, "too many changes wait to be made; nothing of this one was done: send it again in a second");
}
