/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door: which requests are taken, in which order they are checked, and what is answered. In this order: the address,
 * the method, the size; who asks; how often; whether the request is theirs; whether they may; the input; the operation. So
 * nobody learns by an error of the input what a row without permission takes, and nothing large is read for a stranger. */
#include "base/log.h"
#include "base/metrics.h"
#include "doors/rest/rest-private.h"
#include <sodium.h>
#include <string.h>

#define SLOW G_USEC_PER_SEC /* a request that takes longer is logged */
#define CHANGES 6          /* at once: one is being made durable, the next group waits for it, the rest prepare; whoever brings statements does not wait here */
#define LINE 256           /* changes that wait for that: programs that send statements come in crowds */

/* ---- answers ---------------------------------------------------------------------------------------------------- */

void rest_json(struct http_response *response, unsigned status, struct json_writer *writer) {
  size_t length;
  char *text = json_writer_steal(writer, &length);
  g_clear_pointer(&response->body, g_bytes_unref);
  response->status = status;
  response->type = "application/json";
  response->body = g_bytes_new_take(text, length);
}

static const char *header_of(const struct http_response *response, const char *name) {
  for (size_t i = 0; response->headers && i < response->headers->len; i += 2)
    if (strcmp(response->headers->pdata[i], name) == 0) return response->headers->pdata[i + 1];
  return NULL;
}

/* RFC 9457. What went wrong inside is for the log: it may name paths, and helps an attacker more than a user. */
void rest_problem(struct http_response *response, const GError *error) {
  const struct error_kind *kind = error_kind(error);
  g_autofree char *detail = g_utf8_make_valid(error->message, -1), *type = g_strconcat("urn:meno:error:", kind->slug, NULL);
  const char *request = header_of(response, REST_REQUEST_ID);
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  json_put_string(&writer, "type", type);
  json_put_string(&writer, "title", kind->title);
  json_put_integer(&writer, "status", kind->status);
  json_put_string(&writer, "detail", kind->status < 500 ? detail : error_outside(error));
  json_put_string(&writer, "code", kind->slug);
  if (kind->status >= 500 && request) json_put_string(&writer, "request", request);
  json_close_object(&writer);
  rest_json(response, (unsigned)kind->status, &writer);
  response->type = "application/problem+json";
  bool again = kind->status == 429 || kind->status == 503;
  if (again && !header_of(response, "Retry-After")) http_response_add(response, "Retry-After", "2");
  if (kind->status == 401) http_response_add(response, "WWW-Authenticate", "Bearer realm=\"meno\"");
}

static void refuse(struct http_response *response, enum meno_error code, const char *detail) {
  g_autoptr(GError) error = g_error_new_literal(MENO_ERROR, (int)code, detail);
  http_response_add(response, "Cache-Control", "no-store");
  rest_problem(response, error);
}

static void refuse_method(struct http_response *response, unsigned allowed) {
  g_autoptr(GString) list = g_string_new(NULL);
  for (int i = 0; i < 4; i++)
    if (allowed & (1u << i)) g_string_append_printf(list, "%s%s%s", list->len ? ", " : "", rest_methods[i], i == GET ? ", HEAD" : "");
  http_response_add(response, "Allow", list->str);
  g_autofree char *detail = g_strdup_printf("the address takes %s only", list->str);
  refuse(response, MENO_ERROR_METHOD, detail);
}

/* ---- where a request goes --------------------------------------------------------------------------------------- */

static bool is_path(const struct http_request *request, const char *path) {
  return request->path_length == strlen(path) && memcmp(request->target, path, request->path_length) == 0;
}

static bool is_api(const struct http_request *request) {
  size_t length = strlen(REST_ROOT);
  return request->path_length >= length && memcmp(request->target, REST_ROOT, length) == 0 && (request->path_length == length || request->target[length] == '/');
}

static void find_row(const struct http_request *request, struct rest_match *match) {
  size_t root = strlen(REST_ROOT);
  rest_match(request->target + root, request->path_length - root, rest_method(request->method), match);
}

static enum http_step begin_api(struct server *server, const struct http_request *request, size_t *ret_body_limit, struct http_response *response) {
  struct rest_match match;
  if (is_path(request, REST_ROOT "/openapi.json")) {
    if (rest_method(request->method) == GET) return HTTP_AT_ONCE;
    refuse_method(response, 1u << GET);
    return HTTP_ANSWERED;
  }
  find_row(request, &match);
  if (match.op) {
    *ret_body_limit = match.op->method == GET ? 0 : match.op->body == BODY_FILES ? LIMIT_BODY_BYTES : LIMIT_FORM_BYTES;
    if (request->body_length <= LIMIT_FORM_BYTES || request->body_length > *ret_body_limit || rest_may_send(server, request))
      return match.op->method == GET ? HTTP_IN_TURN : HTTP_IN_LINE;
    refuse(response, MENO_ERROR_UNAUTHENTICATED, "nobody is signed in; sign in, or send a token");
  } else if (match.allowed) refuse_method(response, match.allowed);
  else refuse(response, MENO_ERROR_NOT_FOUND, "there is no such address; " REST_ROOT "/openapi.json lists them");
  return HTTP_ANSWERED;
}

static enum http_step begin_any(struct server *server, const struct http_request *request, size_t *ret_body_limit, struct http_response *response) {
  if (is_api(request)) return begin_api(server, request, ret_body_limit, response);
  if (xapi_door_is(request)) return xapi_door_begin(server->xapi, request, ret_body_limit, response);
  if (rest_method(request->method) == GET) return is_path(request, "/readyz") || is_path(request, "/metrics") ? HTTP_IN_TURN : HTTP_AT_ONCE;
  refuse_method(response, 1u << GET);
  return HTTP_ANSWERED;
}

static void count(const char *operation, unsigned status) {
  char text[12];
  g_snprintf(text, sizeof text, "%u", status);
  metric_add(METRIC_REQUESTS, 1, operation, text);
}

static enum http_step begin(void *data, const struct http_request *request, size_t *ret_body_limit, struct http_response *response) {
  enum http_step step = begin_any(data, request, ret_body_limit, response);
  if (step == HTTP_ANSWERED) count("none", response->status);
  return step;
}

/* ---- operations ------------------------------------------------------------------------------------------------- */

static bool check_permission(const struct rest_call *call, GError **error) {
  const struct op *op = call->match.op;
  const struct rest_who *who = &call->who;
  const char *name = access_permissions[op->may].name;
  if (!access_allows(who->account.roles, op->may))
    return fail(error, MENO_ERROR_FORBIDDEN, "your roles do not include \"%s\" (%s)", name, access_permissions[op->may].help);
  /* What everybody may, a token need not be given: it could not ask for the job that it began. */
  if (who->by == REST_BY_TOKEN && op->may != MAY_SIGNED_IN && !(who->scopes & (UINT64_C(1) << op->may)))
    return fail(error, MENO_ERROR_FORBIDDEN, "the token has not the scope \"%s\"; make one that has", name);
  return true;
}

static bool start_job(struct rest_call *call, const struct rest_input *input, GError **error) {
  struct caller caller = rest_caller(&call->who);
  struct op_call asked = { .op = call->match.op, .system = call->server->system, .caller = caller };
  if (!op_check(&asked, input->json, input->length, error)) return false;
  g_autofree char *id = jobs_start(call->server->jobs, call->match.op, &caller, input->json, input->length,
    (const struct op_file *)(const void *)input->files->data, input->files->len, system_now(call->server->system), error);
  if (!id) return false;
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  json_put_string(&writer, "job", id);
  json_close_object(&writer);
  rest_json(call->response, 202, &writer);
  g_autofree char *where = g_strconcat(REST_ROOT "/jobs/", id, NULL);
  http_response_add(call->response, "Location", where);
  return true;
}

/* A name that may stand in a header, between quotes. */
static char *header_name(const char *name) {
  char *plain = g_strdup(name ? name : "meno");
  for (char *p = plain; *p; p++)
    if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7F || *p == '"' || *p == '\\' || *p == '/') *p = '_';
  return plain;
}

/* A file that is made while it is sent: what fails then can only be said in the log, and by breaking off. */
struct sending { struct op_stream stream; const char *operation; };

static int send_next(void *data, GByteArray *out) {
  struct sending *sending = data;
  g_autoptr(GError) error = NULL;
  int got = sending->stream.next(sending->stream.data, out, &error);
  if (got < 0) log_write(LOG_FAILURE, "an answer broke off", "operation", sending->operation, "why", error->message, NULL);
  return got;
}

static void send_end(void *data) {
  struct sending *sending = data;
  sending->stream.free(sending->stream.data);
  g_free(sending);
}

static void answer_file(struct rest_call *call, struct op_call *op_call) {
  g_autofree char *name = header_name(op_call->file_name), *value = g_strdup_printf("attachment; filename=\"%s\"", name);
  http_response_add(call->response, "Content-Disposition", value);
  call->response->status = 200;
  call->response->type = op_call->file_type ? op_call->file_type : "application/octet-stream";
  if (op_call->stream.next) {
    struct sending *sending = g_new(struct sending, 1);
    *sending = (struct sending){ op_call->stream, op_call->op->name };
    call->response->stream = (struct http_stream){ send_next, send_end, sending };
  } else call->response->body = op_call->file_out ? g_bytes_ref(op_call->file_out) : g_bytes_new(NULL, 0);
}

static bool run(struct rest_call *call, const struct rest_input *input, GError **error) {
  struct op_call op_call = { .op = call->match.op, .system = call->server->system, .caller = rest_caller(&call->who), .now = system_now(call->server->system),
    .files = (const struct op_file *)(const void *)input->files->data, .file_count = input->files->len, .progress_data = call->match.row ? call : NULL };
  if (call->match.row && call->match.row->open) op_call.caller.roles = ~0u; /* nobody yet, and that is right for this row */
  g_autoptr(GString) out = g_string_sized_new(1024);
  bool fine = op_run(&op_call, input->json, input->length, out, error);
  if (fine && op_call.op->body == BODY_FILE_OUT) answer_file(call, &op_call);
  else if (fine) {
    call->response->status = call->response->status ? call->response->status : 200;
    call->response->type = "application/json";
    call->response->body = g_string_free_to_bytes(g_steal_pointer(&out));
  }
  g_free(op_call.file_name);
  g_clear_pointer(&op_call.file_out, g_bytes_unref);
  return fine;
}

static bool answer_row(struct rest_call *call, GError **error) {
  const struct op *op = call->match.op;
  bool open = call->match.row && call->match.row->open, known = open || rest_identify(call, error);
  if (!known && g_error_matches(*error, MENO_ERROR, MENO_ERROR_UNAUTHENTICATED)) {
    GError *too_many = NULL;
    if (!rest_check_rate(call, &too_many)) { /* guessing of tokens is slowed as well */
      g_clear_error(error);
      g_propagate_error(error, too_many);
    }
    return false;
  }
  if (!known || !rest_check_rate(call, error)) return false;
  if (op->method != GET && (call->who.by != REST_BY_TOKEN && !rest_check_origin(call, error))) return false;
  if (op->method != GET && !open && !rest_check_csrf(call, error)) return false;
  if (!open && !check_permission(call, error)) return false;
  if (call->who.new_token[0]) rest_set_cookie(call, call->who.new_token);
  struct rest_input input = { 0 };
  if (!rest_input_read(&call->match, call->request, &input, error)) return false;
  bool fine = op->job ? start_job(call, &input, error) : run(call, &input, error);
  rest_input_clear(&input);
  return fine;
}

/* Counts it, and logs what failed or was slow: which operation, never whose or with what. */
static void note_request(const char *operation, const char *id, unsigned status, int64_t took, const GError *error) {
  char status_text[12], seconds[G_ASCII_DTOSTR_BUF_SIZE];
  count(operation, status);
  metric_time(METRIC_REQUEST_SECONDS, took, operation, NULL);
  bool failed = status >= 500;
  if (!failed && took < SLOW) return;
  g_snprintf(status_text, sizeof status_text, "%u", status);
  g_ascii_formatd(seconds, sizeof seconds, "%.3f", (double)took / G_USEC_PER_SEC);
  log_write(failed ? LOG_FAILURE : LOG_CONCERN, failed ? "request failed" : "request was slow", "request", id, "operation", operation, "status", status_text,
    "seconds", seconds, "why", failed && error ? error->message : NULL, NULL);
}

static void answer_api(struct server *server, const struct http_request *request, struct http_response *response) {
  struct rest_call call = { .server = server, .request = request, .response = response, .address = rest_address(server, request) };
  g_autoptr(GError) error = NULL;
  int64_t begun = g_get_monotonic_time();
  g_autofree char *id = g_strdup_printf("%08x-%u", server->instance, ++server->requests);
  find_row(request, &call.match);
  http_response_add(response, "Cache-Control", "no-store");
  http_response_add(response, REST_REQUEST_ID, id);
  if (!answer_row(&call, &error)) rest_problem(response, error);
  note_request(call.match.op->name, id, response->status, g_get_monotonic_time() - begun, error);
  rest_who_clear(&call.who);
  g_free(call.address);
}

/* ---- the rest --------------------------------------------------------------------------------------------------- */

/* A request of this machine's own, sent on by nobody. Where a proxy is named, everybody comes from this machine. */
static bool is_own(const struct server *server, const struct http_request *request) {
  static const char *const sent_on[] = { "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via" };
  if (server->public_origin || !rest_is_loopback(request->address)) return false;
  for (size_t i = 0; i < G_N_ELEMENTS(sent_on); i++)
    if (http_request_header(request, sent_on[i])) return false;
  return true;
}

/* Else it wants the token of somebody who may operate. */
static bool may_measure(struct rest_call *call, GError **error) {
  if (is_own(call->server, call->request)) return true;
  bool known = rest_identify(call, error);
  if (!known && !rest_check_rate(call, NULL)) {
    g_clear_error(error);
    return fail(error, MENO_ERROR_TOO_MANY, "too many requests");
  }
  if (!known) return false;
  if (call->who.by == REST_BY_TOKEN && access_allows(call->who.account.roles, MAY_OPERATE) && call->who.scopes & (UINT64_C(1) << MAY_OPERATE)) return true;
  return fail(error, MENO_ERROR_FORBIDDEN, "/metrics wants a token with the scope \"%s\"", access_permissions[MAY_OPERATE].name);
}

static void answer_metrics(struct server *server, const struct http_request *request, struct http_response *response) {
  struct rest_call call = { .server = server, .request = request, .response = response, .address = rest_address(server, request) };
  g_autoptr(GError) error = NULL;
  if (may_measure(&call, &error)) health_answer_metrics(server->health, server->options.read_gauges, response);
  else {
    http_response_add(response, "Cache-Control", "no-store");
    rest_problem(response, error);
  }
  rest_who_clear(&call.who);
  g_free(call.address);
}

static void answer_page(struct server *server, const struct http_request *request, struct http_response *response) {
  g_autofree char *path = form_decode(request->target, request->path_length, false);
  if (path) web_answer(server->web, path, request, response);
  else refuse(response, MENO_ERROR_BAD_INPUT, "the address is not well encoded: write UTF-8 with %XX, and no %00");
}

/* NULL: it is answered later, and counted then. */
static const char *answer_other(struct server *server, const struct http_request *request, struct http_response *response) {
  if (is_path(request, REST_ROOT "/openapi.json")) {
    response->status = 200;
    response->type = "application/json";
    response->body = g_bytes_ref(server->openapi);
    http_response_add(response, "Cache-Control", "no-cache");
    return "openapi";
  }
  if (xapi_door_is(request)) return xapi_door_answer(server->xapi, request, response) ? "xapi" : NULL;
  if (is_path(request, "/readyz")) return health_answer_ready(server->health, response), "readyz";
  if (is_path(request, "/metrics")) return answer_metrics(server, request, response), "metrics";
  if (is_path(request, "/healthz")) return health_answer_alive(response), "healthz";
  return answer_page(server, request, response), "client";
}

static bool answer(void *data, const struct http_request *request, struct http_response *response) {
  if (is_api(request) && !is_path(request, REST_ROOT "/openapi.json")) {
    answer_api(data, request, response);
    return true;
  }
  const char *what = answer_other(data, request, response);
  if (what) count(what, response->status);
  return what != NULL;
}

static void count_xapi(unsigned status) { count("xapi", status); }

static void full(void *data, const struct http_request *request, struct http_response *response) {
  struct server *server = data;
  count("none", error_kind_of(MENO_ERROR_TOO_MANY)->status);
  if (xapi_door_is(request)) {
    xapi_door_full(server->xapi, request, response);
    return;
  }
  http_response_add(response, "Retry-After", "1");
  refuse(response, MENO_ERROR_TOO_MANY, "too many changes wait to be made; nothing of this one was done: send it again in a second");
}

/* ---- starting and stopping -------------------------------------------------------------------------------------- */

/* "https://meno.example.org/" → "https://meno.example.org" and its host. */
static bool read_public_url(struct server *server, const char *url, GError **error) {
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri ? g_uri_get_scheme(uri) : "", *path = uri ? g_uri_get_path(uri) : "";
  if ((strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) || !g_uri_get_host(uri) || !*g_uri_get_host(uri) || (*path && strcmp(path, "/") != 0))
    return fail(error, MENO_ERROR_USAGE, "\"%s\" is no address of a server; give one like https://meno.example.org", url);
  server->public_host = g_ascii_strdown(g_uri_get_host(uri), -1);
  int port = g_uri_get_port(uri);
  server->public_origin = port > 0 ? g_strdup_printf("%s://%s:%d", scheme, server->public_host, port) : g_strdup_printf("%s://%s", scheme, server->public_host);
  return true;
}

struct server *server_start(struct system *system, const struct server_options *options, GError **error) {
  struct server *server = g_new0(struct server, 1);
  server->system = system;
  server->options = *options;
  double rate = options->requests_per_second ? options->requests_per_second : 50;
  if (options->public_url && !read_public_url(server, options->public_url, error)) {
    server_stop(server);
    return NULL;
  }
  server->of_accounts = limiter_new(rate, 4 * rate);
  server->of_addresses = limiter_new(rate, 4 * rate);
  server->jobs = jobs_new(system);
  server->web = web_new();
  server->health = health_new(system, options->folder);
  enum xapi_version version = XAPI_2_0_0;
  if (options->xapi_version && !xapi_version_read(options->xapi_version, &version, NULL)) {
    fail(error, MENO_ERROR_USAGE, "\"%s\" is no version of xAPI; 1.0.3 and 2.0.0 are spoken", options->xapi_version);
    server_stop(server);
    return NULL;
  }
  server->xapi = xapi_door_new(system, version, count_xapi);
  randombytes_buf(&server->instance, sizeof server->instance);
  char *openapi = rest_openapi();
  server->openapi = g_bytes_new_take(openapi, strlen(openapi));
  server->door = (struct http_door){ server, begin, answer, full };
  struct http_options http = { .address = options->address, .port = options->port, .host = server->public_host, .connections = options->connections, .seconds = options->seconds,
    .changes = CHANGES, .line = options->line ? options->line : LINE };
  server->http = http_server_start(&server->door, &http, error);
  if (server->http) return server;
  server_stop(server);
  return NULL;
}

uint16_t server_port(const struct server *server) { return http_server_port(server->http); }

void server_stop(struct server *server) {
  if (!server) return;
  if (server->jobs) jobs_stop(server->jobs);
  http_server_stop(server->http);
  jobs_free(server->jobs);
  health_free(server->health);
  web_free(server->web);
  xapi_door_free(server->xapi);
  limiter_free(server->of_accounts);
  limiter_free(server->of_addresses);
  g_clear_pointer(&server->openapi, g_bytes_unref);
  g_free(server->public_origin);
  g_free(server->public_host);
  g_free(server);
}
