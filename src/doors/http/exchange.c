/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request and its answer. libmicrohttpd calls: once when the first line is there, once when the headers are, once per
 * piece of body, once when all is there, and once at the end. An exchange goes through the states below in that order; a
 * refusal may come at any of them, and ends the connection where the body was not read.
 *
 * A body is kept in memory whole, in one piece of the announced length, taken with the headers (the system gives pages when they are written to); all bodies together have
 * a limit too, so that many clients cannot do what one may not. */
#include "doors/http/http-private.h"
#include "base/json.h"
#include "doors/http/guard.h"
#include <string.h>

#define TARGET_BYTES 8192
#define BODY_BYTES_A_SECOND 65536   /* slower than that is cut off */
#define ANSWER_BYTES_A_SECOND 16384
#define FLOW_BYTES (64 * 1024)    /* handed to the library at once, of a body that is made while it is sent */

enum state { NEW, READING, WORKING, READY, QUEUED, FLOWING /* a worker makes more of the body */ };

/* A body that is being made: what is there and was not sent yet. */
struct flow { struct http_stream stream; GByteArray *bytes; size_t sent; int left /* as `next` said */; };
struct exchange {
  struct http_request request;
  struct http_response response;
  enum state state;
  struct MHD_Connection *connection;
  struct http_link *link;
  char *target;
  const char *target_at;    /* where the library has it */
  char *body;
  size_t length, received;  /* of the body */
  enum http_step step;
  bool counted;
  struct flow *flow;
};

static const char *const always[] = {
  "X-Content-Type-Options", "nosniff",
  "Referrer-Policy", "same-origin",
  "Cross-Origin-Opener-Policy", "same-origin",
  "Cross-Origin-Resource-Policy", "same-origin",
  "Permissions-Policy", "camera=(), geolocation=(), microphone=()",
  "Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
  NULL };

const char *http_request_header(const struct http_request *request, const char *name) {
  struct exchange *exchange = request->exchange;
  return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

void http_response_add(struct http_response *response, const char *name, const char *value) {
  for (const char *p = value; *p; p++) g_assert((unsigned char)*p >= ' ' && *p != 0x7F);
  if (!response->headers) response->headers = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(response->headers, g_strdup(name));
  g_ptr_array_add(response->headers, g_strdup(value));
}

void http_response_text(struct http_response *response, unsigned status, const char *type, const char *text, size_t length) {
  g_clear_pointer(&response->body, g_bytes_unref);
  response->status = status;
  response->type = type;
  response->body = g_bytes_new(text, length);
}

/* Of what is no request to the door at all; the connection ends, as where the next request would begin is not sure. */
static void refuse(struct http_response *response, unsigned status, const char *detail) {
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  json_open_object(&writer, NULL);
  json_put_string(&writer, "type", "about:blank");
  json_put_string(&writer, "title", MHD_get_reason_phrase_for(status));
  json_put_integer(&writer, "status", status);
  json_put_string(&writer, "detail", detail);
  json_close_object(&writer);
  http_response_text(response, status, "application/problem+json", writer.text->str, writer.text->len);
  response->close = true;
}

static void unref_bytes(void *bytes) { g_bytes_unref(bytes); }

/* The library asks for more of a body, in a thread that serves sockets. What is there is given; what is not is made by a worker,
 * with the connection suspended meanwhile. */
static ssize_t give(void *closure, uint64_t position, char *to, size_t most) {
  struct exchange *exchange = closure;
  struct flow *flow = exchange->flow;
  struct http_server *server = exchange->link->server;
  size_t size = MIN(most, flow->bytes->len - flow->sent);
  if (size) memcpy(to, flow->bytes->data + flow->sent, size);
  flow->sent += size;
  if (size) return (ssize_t)size;
  if (flow->left <= 0) return flow->left < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
  g_mutex_lock(&server->lock);
  bool late = server->quit;
  if (!late) {
    http_link_expect(exchange->link, 0);
    exchange->state = FLOWING;
    MHD_suspend_connection(exchange->connection);
    g_thread_pool_push(server->workers, exchange, NULL);
  }
  g_mutex_unlock(&server->lock);
  return late ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
}

static void make_more(struct exchange *exchange) {
  struct flow *flow = exchange->flow;
  g_byte_array_set_size(flow->bytes, 0);
  flow->sent = 0;
  do flow->left = flow->stream.next(flow->stream.data, flow->bytes); while (flow->left > 0 && flow->bytes->len == 0);
  http_link_expect(exchange->link, exchange->link->server->seconds + (unsigned)(flow->bytes->len / ANSWER_BYTES_A_SECOND));
  exchange->state = QUEUED;
}

static void flow_free(struct flow *flow) {
  if (!flow) return;
  flow->stream.free(flow->stream.data);
  g_byte_array_unref(flow->bytes);
  g_free(flow);
}

static struct MHD_Response *flowing(struct exchange *exchange) {
  exchange->flow = g_new0(struct flow, 1);
  *exchange->flow = (struct flow){ exchange->response.stream, g_byte_array_new(), 0, 1 };
  exchange->response.stream = (struct http_stream){ 0 };
  return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, FLOW_BYTES, give, exchange, NULL);
}

static enum MHD_Result queue(struct exchange *exchange) {
  struct http_response *response = &exchange->response;
  GBytes *body = response->body ? g_steal_pointer(&response->body) : g_bytes_new(NULL, 0);
  size_t length;
  /* The library wants a pointer to what it may not write to. */
  union { const void *in; void *out; } data = { .in = g_bytes_get_data(body, &length) };
  bool streams = response->stream.next != NULL;
  struct MHD_Response *answer = streams ? flowing(exchange) : MHD_create_response_from_buffer_with_free_callback_cls(length, data.out, unref_bytes, body);
  if (streams || !answer) g_bytes_unref(body);
  if (!answer) return MHD_NO;
  if (response->type) MHD_add_response_header(answer, "Content-Type", response->type);
  for (size_t i = 0; always[i]; i += 2) MHD_add_response_header(answer, always[i], always[i + 1]);
  for (size_t i = 0; response->headers && i < response->headers->len; i += 2)
    MHD_add_response_header(answer, response->headers->pdata[i], response->headers->pdata[i + 1]);
  if (response->close || exchange->link->server->stopping) MHD_add_response_header(answer, "Connection", "close");
  http_link_expect(exchange->link, exchange->link->server->seconds + (unsigned)(length / ANSWER_BYTES_A_SECOND));
  exchange->state = QUEUED;
  enum MHD_Result done = MHD_queue_response(exchange->connection, response->status, answer);
  MHD_destroy_response(answer);
  return done;
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

void *http_exchange_new(void *closure, const char *target, struct MHD_Connection *connection) {
  struct http_server *server = closure;
  struct exchange *exchange = g_new0(struct exchange, 1);
  exchange->connection = connection;
  exchange->link = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  exchange->target = g_strndup(target ? target : "", TARGET_BYTES + 1);
  exchange->target_at = target;
  exchange->link->busy = true;
  http_link_expect(exchange->link, server->seconds);
  return exchange;
}

void http_exchange_done(void *closure, struct MHD_Connection *connection, void **ret_exchange, enum MHD_RequestTerminationCode how) {
  struct http_server *server = closure;
  struct exchange *exchange = g_steal_pointer(ret_exchange);
  if (!exchange) return;
  if (exchange->counted) server->body_used -= exchange->length;
  exchange->link->busy = false;
  http_link_expect(exchange->link, server->seconds);
  g_free(exchange->target);
  g_free(exchange->body);
  g_clear_pointer(&exchange->request.bytes, g_bytes_unref);
  g_clear_pointer(&exchange->response.body, g_bytes_unref);
  g_clear_pointer(&exchange->response.headers, g_ptr_array_unref);
  g_clear_pointer(&exchange->flow, flow_free);
  if (exchange->response.stream.free) exchange->response.stream.free(exchange->response.stream.data);
  g_free(exchange);
}

struct collected { struct guard_header headers[GUARD_HEADERS + 1]; size_t count; };

static enum MHD_Result collect(void *closure, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct collected *collected = closure;
  if (collected->count > GUARD_HEADERS) return MHD_NO;
  collected->headers[collected->count++] = (struct guard_header){ name, value ? value : "" };
  return MHD_YES;
}

static const char *guard(struct exchange *exchange, const char *method, const char *version, unsigned *ret_status) {
  struct collected collected = { .count = 0 };
  MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, collect, &collected);
  struct guard_head head = { method, exchange->target, version, collected.headers, collected.count, exchange->link->server->host };
  uint64_t length = 0;
  const char *problem = guard_check(&head, &length, ret_status);
  if (problem) return problem;
  size_t size = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
  struct guard_layout layout = { method, exchange->target_at, version, strlen(exchange->target), size, collected.headers, collected.count };
  *ret_status = 400;
  if (!guard_contiguous(&layout)) return "every line must end in CRLF, be one line, and hold no NUL";
  exchange->length = length;
  return NULL;
}

static bool take_memory(struct exchange *exchange) {
  struct http_server *server = exchange->link->server;
  if (server->body_used + exchange->length > server->body_memory) return false; /* two at once may pass it by one body each */
  exchange->body = g_try_malloc(exchange->length + 1);
  exchange->counted = exchange->body != NULL;
  if (exchange->counted) server->body_used += exchange->length;
  return exchange->body != NULL;
}

/* The headers are there. */
static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *version) {
  struct http_server *server = exchange->link->server;
  unsigned status = 400;
  if (strlen(exchange->target) > TARGET_BYTES) {
    refuse(&exchange->response, 414, "the address is longer than 8192 bytes");
    return queue(exchange);
  }
  const char *problem = guard(exchange, method, version, &status);
  if (problem) {
    refuse(&exchange->response, status, problem);
    return queue(exchange);
  }
  exchange->request = (struct http_request){ .method = method, .target = exchange->target, .path_length = strcspn(exchange->target, "?"),
    .address = exchange->link->address, .body_length = exchange->length, .exchange = exchange };
  size_t limit = 0;
  enum http_step step = server->door->begin(server->door->data, &exchange->request, &limit, &exchange->response);
  if (step == HTTP_ANSWERED) {
    if (exchange->length) exchange->response.close = true;
    return queue(exchange);
  }
  if (exchange->length > limit) {
    g_autofree char *detail = g_strdup_printf("the body has %" G_GSIZE_FORMAT " bytes and may have %" G_GSIZE_FORMAT, exchange->length, limit);
    refuse(&exchange->response, 413, detail);
    return queue(exchange);
  }
  if (exchange->length && !take_memory(exchange)) { /* now: once the body flows, the library takes no answer before its end */
    refuse(&exchange->response, 503, "too much is being sent at this moment; try again in a few seconds");
    http_response_add(&exchange->response, "Retry-After", "5");
    return queue(exchange);
  }
  exchange->step = step;
  exchange->state = READING;
  http_link_expect(exchange->link, server->seconds + (unsigned)(exchange->length / BODY_BYTES_A_SECOND));
  return MHD_YES;
}

static enum MHD_Result read_body(struct exchange *exchange, const char *data, size_t *length) {
  if (*length > exchange->length - exchange->received) return MHD_NO;
  memcpy(exchange->body + exchange->received, data, *length);
  exchange->received += *length;
  *length = 0;
  return MHD_YES;
}

static bool answer(struct exchange *exchange) {
  const struct http_door *door = exchange->link->server->door;
  return door->answer(door->data, &exchange->request, &exchange->response);
}

static void take_answer(struct exchange *exchange) {
  g_assert(exchange->response.status >= 200 && exchange->response.status < 600);
  exchange->state = READY;
}

/* Under the lock, as the pool must not be given work once it is being freed, and the lane be counted by one at a time. */
static enum MHD_Result hand_over(struct exchange *exchange) {
  struct http_server *server = exchange->link->server;
  bool in_line = exchange->step == HTTP_IN_LINE;
  g_mutex_lock(&server->lock);
  bool late = server->quit, full = in_line && server->in_line >= server->line_most;
  if (!late && !full) {
    exchange->state = WORKING;
    server->in_line += in_line;
    server->working++;
    MHD_suspend_connection(exchange->connection);
    g_thread_pool_push(in_line ? server->line : server->workers, exchange, NULL);
  }
  g_mutex_unlock(&server->lock);
  if (late || !full) return late ? MHD_NO : MHD_YES;
  server->door->full(server->door->data, &exchange->request, &exchange->response);
  return queue(exchange);
}

static enum MHD_Result arrived(struct exchange *exchange) {
  exchange->request.body = exchange->body;
  exchange->request.body_length = exchange->received;
  if (exchange->body) {
    exchange->body[exchange->received] = 0;
    exchange->request.bytes = g_bytes_new_take(g_steal_pointer(&exchange->body), exchange->received);
  }
  http_link_expect(exchange->link, 0);
  if (exchange->step == HTTP_AT_ONCE) {
    if (!answer(exchange)) g_assert_not_reached();
    take_answer(exchange);
    return queue(exchange);
  }
  return hand_over(exchange);
}

void http_answered(const struct http_request *request) {
  struct exchange *exchange = request->exchange;
  struct http_server *server = exchange->link->server;
  bool in_line = exchange->step == HTTP_IN_LINE;
  take_answer(exchange);
  MHD_resume_connection(exchange->connection); /* and the exchange is another thread's */
  g_mutex_lock(&server->lock);
  server->in_line -= in_line;
  if (!--server->working && server->quit) g_cond_broadcast(&server->change);
  g_mutex_unlock(&server->lock);
}

void http_exchange_work(void *data, void *server) {
  struct exchange *exchange = data;
  if (exchange->state == FLOWING) make_more(exchange), MHD_resume_connection(exchange->connection);
  else if (answer(exchange)) http_answered(&exchange->request);
}

enum MHD_Result http_exchange_step(void *closure, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
  const char *data, size_t *data_length, void **ret_exchange) {
  struct exchange *exchange = *ret_exchange;
  switch (exchange->state) {
    case NEW: return begin(exchange, method, version);
    case READING: return *data_length ? read_body(exchange, data, data_length) : arrived(exchange);
    case READY: return queue(exchange);
    case WORKING: case QUEUED: case FLOWING: break;
  }
  *data_length = 0; /* the rest of a body that was refused */
  return MHD_YES;
}
