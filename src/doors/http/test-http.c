/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server against raw sockets: what a proxy and a server could read differently is refused and the connection ends;
 * what is slow, huge or plentiful is bounded; and what is plain works, also while it takes its time, also when stopping. */
#include "base/limits.h"
#include "doors/http/http.h"
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a door that echoes ----------------------------------------------------------------------------------------- */

static GMutex lock;
static GCond change;
static bool held, inside; /* "/held" waits inside until it is let go */
static int answered;

static enum http_step begin(void *data, const struct http_request *request, size_t *ret_body_limit, struct http_response *response) {
  *ret_body_limit = g_str_has_prefix(request->target, "/large") ? 1 << 20 : 1000;
  if (strcmp(request->target, "/early") != 0) return g_str_has_prefix(request->target, "/quick") ? HTTP_AT_ONCE :
    g_str_has_prefix(request->target, "/change") ? HTTP_IN_LINE : HTTP_IN_TURN;
  http_response_text(response, 404, "text/plain", "no", 2);
  return HTTP_ANSWERED;
}

static void wait_inside(void) {
  g_mutex_lock(&lock);
  inside = true;
  g_cond_broadcast(&change);
  while (held) g_cond_wait(&change, &lock);
  inside = false;
  g_mutex_unlock(&lock);
}

/* "/flow?N" answers with N bytes in pieces of a third of a megabyte; "/flow?N!" breaks off there. */
struct spring { size_t left; bool breaks; };
static int streams_open;

static int spring_next(void *data, GByteArray *out) {
  struct spring *spring = data;
  guint size = (guint)MIN(spring->left, 333333), before = out->len;
  if (size == 0) return spring->breaks ? -1 : 0;
  g_byte_array_set_size(out, before + size);
  memset(out->data + before, 'f', size);
  spring->left -= size;
  return 1;
}

static void spring_free(void *data) {
  g_free(data);
  g_mutex_lock(&lock);
  streams_open--;
  g_cond_broadcast(&change);
  g_mutex_unlock(&lock);
}

static void answer_flow(const struct http_request *request, struct http_response *response) {
  struct spring *spring = g_new(struct spring, 1);
  *spring = (struct spring){ (size_t)g_ascii_strtoull(strchr(request->target, '?') + 1, NULL, 10), strchr(request->target, '!') != NULL };
  g_mutex_lock(&lock);
  streams_open++;
  g_mutex_unlock(&lock);
  response->status = 200;
  response->type = "text/plain";
  response->stream = (struct http_stream){ spring_next, spring_free, spring };
}

static void put_answer(const struct http_request *request, struct http_response *response) {
  g_atomic_int_inc(&answered);
  g_autofree char *text = g_strdup_printf("%s %.*s|%zu|%s", request->method, (int)request->path_length, request->target, request->body_length,
    request->body_length && request->body_length < 100 ? request->body : "");
  http_response_text(response, 200, "text/plain", text, strlen(text));
  http_response_add(response, "X-Test", "yes");
}

struct late { const struct http_request *request; struct http_response *response; };

static void *answer_late(void *data) {
  g_autofree struct late *late = data;
  if (g_str_has_suffix(late->request->target, "/held")) wait_inside();
  put_answer(late->request, late->response);
  http_answered(late->request);
  return NULL;
}

static bool answer(void *data, const struct http_request *request, struct http_response *response) {
  if (g_str_has_prefix(request->target, "/late")) { /* by a thread of its own, that may be quicker than this one */
    struct late late = { request, response };
    g_thread_unref(g_thread_new("late", answer_late, g_memdup2(&late, sizeof late)));
    return false;
  }
  if (g_str_has_prefix(request->target, "/flow?")) {
    answer_flow(request, response);
    return true;
  }
  if (g_str_has_suffix(request->target, "/held")) wait_inside();
  put_answer(request, response);
  return true;
}

static void full(void *data, const struct http_request *request, struct http_response *response) {
  http_response_text(response, 429, "text/plain", "full", 4);
  http_response_add(response, "Retry-After", "1");
}

static const struct http_door door = { NULL, begin, answer, full };

static struct http_server *start(unsigned seconds, unsigned connections) {
  g_autoptr(GError) error = NULL;
  struct http_server *server = http_server_start(&door, &(struct http_options){ .seconds = seconds, .connections = connections, .host = "meno.example.org" }, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(http_server_port(server), >, 0);
  answered = 0;
  return server;
}

/* ---- raw clients ------------------------------------------------------------------------------------------------ */

static int dial(struct http_server *server) {
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(http_server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&where, sizeof where), ==, 0);
  return fd;
}

static bool say(int fd, const char *text, size_t length) {
  while (length) {
    ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text += sent;
    length -= (size_t)sent;
  }
  return true;
}

/* Reads until the server ends the connection, or until `enough` stands in what was read. */
static char *hear(int fd, const char *enough) {
  GString *text = g_string_new(NULL);
  char buffer[4096];
  while (!enough || !strstr(text->str, enough)) {
    struct pollfd ready = { fd, POLLIN, 0 };
    g_assert_cmpint(poll(&ready, 1, 30000), ==, 1);
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    g_string_append_len(text, buffer, got);
  }
  return g_string_free(text, FALSE);
}

static char *ask(struct http_server *server, const char *request, size_t length) {
  int fd = dial(server);
  say(fd, request, length);
  char *reply = hear(fd, NULL);
  close(fd);
  return reply;
}

#define HOST "Host: 127.0.0.1\r\n"
#define END "Connection: close\r\n\r\n"

/* ---- plain ------------------------------------------------------------------------------------------------------ */

static void test_plain(void) {
  struct http_server *server = start(0, 0);
  static const char get[] = "GET /a%20b?x=1 HTTP/1.1\r\nHost: localhost:80\r\n" END;
  g_autofree char *reply = ask(server, get, sizeof get - 1);
  g_assert_true(g_str_has_prefix(reply, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull(strstr(reply, "\r\n\r\nGET /a%20b|0|"));
  static const char *const headers[] = { "X-Content-Type-Options: nosniff", "frame-ancestors 'none'", "default-src 'self'", "Referrer-Policy: same-origin",
    "Cross-Origin-Opener-Policy: same-origin", "X-Test: yes", "Content-Type: text/plain", "Date: " };
  for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) g_assert_nonnull(strstr(reply, headers[i]));

  static const char post[] = "POST /p HTTP/1.1\r\nhOST:[::1]:8080\r\nContent-Length: 5\r\n" END "hello";
  g_autofree char *posted = ask(server, post, sizeof post - 1);
  g_assert_nonnull(strstr(posted, "\r\n\r\nPOST /p|5|hello"));
  static const char head[] = "HEAD /quick HTTP/1.1\r\nHost: meno.example.org\r\n" END;
  g_autofree char *headed = ask(server, head, sizeof head - 1);
  g_assert_nonnull(strstr(headed, "Content-Length: 14\r\n"));
  g_assert_true(g_str_has_suffix(headed, "\r\n\r\n"));
  static const char old[] = "GET /quick HTTP/1.0\r\n" HOST "\r\n";
  g_autofree char *old_reply = ask(server, old, sizeof old - 1);
  g_assert_nonnull(strstr(old_reply, "GET /quick|0|"));
  http_server_stop(server);
}

static void test_keep_alive(void) {
  struct http_server *server = start(0, 0);
  int fd = dial(server);
  for (int i = 0; i < 50; i++) {
    g_autofree char *request = g_strdup_printf("POST /%s%d HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab", i % 2 ? "quick" : "turn", i);
    g_autofree char *expected = g_strdup_printf("%d|2|ab", i);
    say(fd, request, strlen(request));
    g_autofree char *reply = hear(fd, expected);
    g_assert_nonnull(strstr(reply, expected));
  }
  close(fd);
  /* Several in one packet, answered in order. */
  static const char three[] = "GET /1 HTTP/1.1\r\n" HOST "\r\nGET /quick HTTP/1.1\r\n" HOST "\r\nGET /3 HTTP/1.1\r\n" HOST END;
  g_autofree char *reply = ask(server, three, sizeof three - 1);
  const char *one = strstr(reply, "GET /1|"), *two = strstr(reply, "GET /quick|"), *last = strstr(reply, "GET /3|");
  g_assert_true(one && two && last && one < two && two < last);
  http_server_stop(server);
}

/* ---- hostile ---------------------------------------------------------------------------------------------------- */

#define BYTES(text) text, sizeof text - 1
static const struct { const char *name, *text; size_t length; int status; /* 0: ended without an answer */ } hostile[] = {
  { "two lengths", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 400 },
  { "two equal lengths", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400 },
  { "two lengths, other case", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\ncontent-LENGTH: 6\r\n\r\nhello"), 400 },
  { "length list", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\nhello"), 400 },
  { "length and coding", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
  { "coding and length", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400 },
  { "chunked", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 411 },
  { "odd coding", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n"), 411 },
  { "coding twice", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"), 400 },
  { "coding behind a tab", BYTES("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n"), 411 },
  { "coding folded", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n\r\nhello"), 400 },
  { "negative length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\nhello"), 400 },
  { "signed length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nhello"), 400 },
  { "hexadecimal length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\nhello"), 400 },
  { "empty length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nhello"), 400 },
  { "endless length", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\nhello"), 413 },
  { "no host", BYTES("GET / HTTP/1.1\r\n\r\n"), 400 },
  { "no host, old", BYTES("GET / HTTP/1.0\r\n\r\n"), 400 },
  { "two hosts", BYTES("GET / HTTP/1.1\r\n" HOST HOST "\r\n"), 400 },
  { "empty host", BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 421 },
  { "another's host", BYTES("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421 },
  { "a host that begins well", BYTES("GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n"), 421 },
  { "a host with a user", BYTES("GET / HTTP/1.1\r\nHost: 127.0.0.1:80@evil.example\r\n\r\n"), 421 },
  { "blank before the colon", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length : 5\r\n\r\nhello"), 400 },
  { "tab before the colon", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length\t: 5\r\n\r\nhello"), 400 },
  { "folded header", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n"), 400 },
  { "folded header, one word", BYTES("GET / HTTP/1.1\r\n" HOST "X-A:b\r\n\tc\r\nX-B: d\r\n\r\n"), 400 },
  { "folded first header", BYTES("GET / HTTP/1.1\r\n Host: 127.0.0.1\r\n" HOST "\r\n"), 400 },
  { "bare LF after the first line", BYTES("GET / HTTP/1.1\n" HOST "\r\n"), 400 },
  { "bare LF after a header", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\nX-C: d\r\n\r\n"), 400 },
  { "bare LF after the last header", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\n\r\n"), 400 },
  { "bare LF at the end", BYTES("GET / HTTP/1.1\r\n" HOST "\n"), 400 },
  { "bare LF only", BYTES("GET / HTTP/1.1\nHost: 127.0.0.1\n\n"), 400 },
  { "bare CR in a header", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\rX-C: d\r\n\r\n"), 400 },
  { "NUL in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\0c\r\n\r\n"), 400 },
  { "NUL at a value's end", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\0\r\n\r\n"), 400 },
  { "NUL in a name", BYTES("GET / HTTP/1.1\r\n" HOST "X\0-A: b\r\n\r\n"), 400 },
  { "NUL in the host", BYTES("GET / HTTP/1.1\r\nHost: 127.0.0.1\0.evil.example\r\n\r\n"), 400 },
  { "NUL in the address", BYTES("GET /a\0b HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "control character in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: \x01\r\n\r\n"), 400 },
  { "no name", BYTES("GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n"), 400 },
  { "no colon", BYTES("GET / HTTP/1.1\r\n" HOST "X-A\r\n\r\n"), 400 },
  { "absolute address", BYTES("GET http://127.0.0.1/ HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "star", BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "address without slash", BYTES("GET a HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "blank in the address", BYTES("GET /a b HTTP/1.1\r\n" HOST "\r\n"), 0 },
  { "two blanks", BYTES("GET  / HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "tab instead of a blank", BYTES("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), 0 },
  { "fragment", BYTES("GET /#a HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "backslash", BYTES("GET /..\\x HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "byte over 127 in the address", BYTES("GET /\xC3\xA4 HTTP/1.1\r\n" HOST "\r\n"), 400 },
  { "unknown method", BYTES("BREW / HTTP/1.1\r\n" HOST "\r\n"), 501 },
  { "connect", BYTES("CONNECT 127.0.0.1:22 HTTP/1.1\r\n" HOST "\r\n"), 501 },
  { "small letters", BYTES("get / HTTP/1.1\r\n" HOST "\r\n"), 501 },
  { "other version", BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"), 0 },
  { "no version", BYTES("GET /\r\n" HOST "\r\n"), 0 },
  { "noise", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 0 },
  { "too long a body", BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n"), 413 },
  { "a body for the early", BYTES("POST /early HTTP/1.1\r\n" HOST "Content-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\n" HOST "\r\n"), 404 } };

/* Each is followed by a plain request on the same connection, which must not be answered. */
static void test_hostile(void) {
  struct http_server *server = start(0, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
    g_test_message("%s", hostile[i].name);
    g_autoptr(GString) request = g_string_new_len(hostile[i].text, (gssize)hostile[i].length);
    g_string_append(request, "GET /smuggled HTTP/1.1\r\n" HOST "\r\n");
    int fd = dial(server);
    say(fd, request->str, request->len);
    shutdown(fd, SHUT_WR);
    g_autofree char *reply = hear(fd, NULL);
    close(fd);
    g_autofree char *expected = g_strdup_printf("HTTP/1.1 %d ", hostile[i].status);
    if (hostile[i].status && !g_str_has_prefix(reply, expected)) g_error("%s: expected %d, got \"%.80s\"", hostile[i].name, hostile[i].status, reply);
    if (!hostile[i].status && strstr(reply, " 200 ")) g_error("%s: was answered", hostile[i].name);
    g_assert_null(strstr(reply, "smuggled"));
  }
  g_assert_cmpint(g_atomic_int_get(&answered), ==, 0);
  http_server_stop(server);
}

static void test_huge(void) {
  struct http_server *server = start(0, 0);
  g_autofree char *filler = g_strnfill(100000, 'a');
  g_autofree char *address = g_strdup_printf("GET /%s HTTP/1.1\r\n" HOST "\r\n", filler);
  g_autofree char *one = ask(server, address, strlen(address));
  g_assert_null(strstr(one, " 200 "));
  g_autofree char *header = g_strdup_printf("GET / HTTP/1.1\r\n" HOST "X-A: %s\r\n\r\n", filler);
  g_autofree char *two = ask(server, header, strlen(header));
  g_assert_null(strstr(two, " 200 "));
  g_autoptr(GString) many = g_string_new("GET / HTTP/1.1\r\n" HOST);
  for (int i = 0; i < 100; i++) g_string_append_printf(many, "X-%d: b\r\n", i);
  g_string_append(many, "\r\n");
  g_autofree char *three = ask(server, many->str, many->len);
  g_assert_true(g_str_has_prefix(three, "HTTP/1.1 431 "));
  g_autofree char *medium = g_strdup_printf("GET /%.8500s HTTP/1.1\r\n" HOST "\r\n", filler);
  g_autofree char *four = ask(server, medium, strlen(medium));
  g_assert_null(strstr(four, " 200 "));

  g_autoptr(GString) large = g_string_new("POST /large HTTP/1.1\r\n" HOST "Content-Length: 1048576\r\n" END);
  while (large->len < (1 << 20) + 200) g_string_append(large, "0123456789abcdef");
  g_string_truncate(large, strlen("POST /large HTTP/1.1\r\n" HOST "Content-Length: 1048576\r\n" END) + (1 << 20));
  g_autofree char *five = ask(server, large->str, large->len);
  g_assert_nonnull(strstr(five, "POST /large|1048576|"));
  http_server_stop(server);
}

/* A byte now and then keeps the library's own timeout from striking; the watch strikes all the same. */
static void test_slow(void) {
  struct http_server *server = start(1, 0);
  int line = dial(server), header = dial(server), body = dial(server), silent = dial(server);
  static const char start_of_body[] = "POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n";
  say(header, BYTES("GET / HTTP/1.1\r\n" HOST "X-A: "));
  say(body, BYTES(start_of_body));
  bool open[3] = { true, true, true };
  const int fds[3] = { line, header, body };
  while (open[0] || open[1] || open[2])
    for (int i = 0; i < 3; i++) {
      struct pollfd ready = { fds[i], POLLIN, 0 };
      if (open[i] && poll(&ready, 1, 50) == 0) say(fds[i], "G", 1);
      else open[i] = false;
    }
  g_autofree char *nothing = hear(silent, NULL);
  g_assert_cmpstr(nothing, ==, "");
  for (int i = 0; i < 3; i++) close(fds[i]);
  close(silent);
  g_assert_cmpint(g_atomic_int_get(&answered), ==, 0);
  http_server_stop(server);
}

static void test_many_connections(void) {
  struct http_server *server = start(2, 20);
  int fds[60];
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) fds[i] = dial(server); /* the kernel queues those over the limit */
  static const char get[] = "GET /quick HTTP/1.1\r\n" HOST END;
  g_autofree char *reply = ask(server, get, sizeof get - 1); /* once the idle ones have been cut off */
  g_assert_nonnull(strstr(reply, "GET /quick|0|"));
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) close(fds[i]);
  http_server_stop(server);
}

/* Who asks for much and does not take it is cut off too: then there is room for others. */
static void test_slow_reader(void) {
  struct http_server *server = start(1, 2);
  int fds[2];
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) {
    int small = 4096;
    fds[i] = dial(server);
    setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int k = 0; k < 2000; k++) /* answers that together are more than the buffers of both sides */
      if (send(fds[i], BYTES("GET /quick HTTP/1.1\r\n" HOST "\r\n"), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
  }
  static const char get[] = "GET /last HTTP/1.1\r\n" HOST END;
  g_autofree char *reply = ask(server, get, sizeof get - 1);
  g_assert_nonnull(strstr(reply, "GET /last|0|"));
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) close(fds[i]);
  http_server_stop(server);
}

/* Clients that leave while their answer is worked on: nothing is written to who is no more, nothing is lost. */
static void test_deserters(void) {
  struct http_server *server = start(0, 0);
  g_mutex_lock(&lock);
  held = true;
  g_mutex_unlock(&lock);
  for (int i = 0; i < 40; i++) {
    int fd = dial(server);
    say(fd, BYTES("GET /held HTTP/1.1\r\n" HOST "\r\n"));
    if (i % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger)); /* a reset */
    close(fd);
  }
  g_mutex_lock(&lock);
  while (!inside) g_cond_wait(&change, &lock);
  held = false;
  g_cond_broadcast(&change);
  g_mutex_unlock(&lock);
  static const char get[] = "GET /last HTTP/1.1\r\n" HOST END;
  g_autofree char *reply = ask(server, get, sizeof get - 1);
  g_assert_nonnull(strstr(reply, "GET /last|0|"));
  http_server_stop(server);
}

/* Four changes are made, three wait; the others are told to come again, and have changed nothing. Who only reads is served. */
static void test_line(void) {
  g_autoptr(GError) error = NULL;
  struct http_server *server = http_server_start(&door, &(struct http_options){ .line = 3 }, &error);
  answered = 0;
  g_mutex_lock(&lock);
  held = true;
  g_mutex_unlock(&lock);
  static const char change_it[] = "GET /change/held HTTP/1.1\r\n" HOST "\r\n", get[] = "GET /last HTTP/1.1\r\n" HOST END;
  int fds[20], taken[20], told = 0, waiting = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) say(fds[i] = dial(server), change_it, sizeof change_it - 1);
  while (told < 13) /* of 20, at the least; then nobody is left who would be told */
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) {
      struct pollfd ready = { fds[i], POLLIN, 0 };
      if (fds[i] < 0 || poll(&ready, 1, 10) < 1) continue;
      g_autofree char *reply = hear(fds[i], "full");
      g_assert_true(g_str_has_prefix(reply, "HTTP/1.1 429 ") && strstr(reply, "Retry-After: 1"));
      close(fds[i]);
      fds[i] = -1;
      told++;
    }
  g_autofree char *read = ask(server, get, sizeof get - 1);
  g_assert_nonnull(strstr(read, "GET /last|0|"));
  for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
    if (fds[i] >= 0) taken[waiting++] = fds[i];
  g_assert_cmpint(waiting, ==, 7);
  g_mutex_lock(&lock);
  held = false;
  g_cond_broadcast(&change);
  g_mutex_unlock(&lock);
  for (int i = 0; i < waiting; i++) {
    g_autofree char *reply = hear(taken[i], "/change/held|0|");
    g_assert_nonnull(strstr(reply, "HTTP/1.1 200 "));
    close(taken[i]);
  }
  g_assert_cmpint(g_atomic_int_get(&answered), ==, 8);
  http_server_stop(server);
}

static void test_body_memory(void) {
  g_autoptr(GError) error = NULL;
  struct http_server *server = http_server_start(&door, &(struct http_options){ .body_memory = 1500 }, &error);
  int first = dial(server);
  say(first, BYTES("POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"));
  g_autofree char *go_on = hear(first, "\r\n\r\n");
  g_assert_true(g_str_has_prefix(go_on, "HTTP/1.1 100 "));
  static const char second[] = "POST / HTTP/1.1\r\n" HOST "Content-Length: 900\r\n\r\n";
  g_autofree char *refused = ask(server, second, sizeof second - 1);
  g_assert_true(g_str_has_prefix(refused, "HTTP/1.1 503 "));
  g_assert_nonnull(strstr(refused, "Retry-After: 5"));
  close(first);
  http_server_stop(server);
}

/* ---- starting and stopping -------------------------------------------------------------------------------------- */

static void test_port_taken(void) {
  struct http_server *server = start(0, 0);
  g_autoptr(GError) error = NULL;
  g_assert_null(http_server_start(&door, &(struct http_options){ .port = http_server_port(server) }, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_USAGE);
  g_assert_nonnull(strstr(error->message, "--port"));
  http_server_stop(server);
  g_clear_error(&error);
  g_assert_null(http_server_start(&door, &(struct http_options){ .address = "somewhere" }, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_USAGE);
}

static void *stop(void *server) {
  http_server_stop(server);
  return NULL;
}

/* An answer that is being worked on, or waited for, is given; idle connections do not hold the stop up. */
static void stop_while(const char *path) {
  struct http_server *server = start(0, 0);
  int idle = dial(server), busy = dial(server);
  g_mutex_lock(&lock);
  held = true;
  g_mutex_unlock(&lock);
  g_autofree char *request = g_strdup_printf("GET %s HTTP/1.1\r\n" HOST "\r\n", path);
  say(busy, request, strlen(request));
  g_mutex_lock(&lock);
  while (!inside) g_cond_wait(&change, &lock);
  g_mutex_unlock(&lock);
  GThread *stopper = g_thread_new("stop", stop, server);
  g_autofree char *nothing = hear(idle, NULL);
  g_assert_cmpstr(nothing, ==, "");
  g_mutex_lock(&lock);
  held = false;
  g_cond_broadcast(&change);
  g_mutex_unlock(&lock);
  g_autofree char *reply = hear(busy, NULL);
  g_autofree char *expected = g_strdup_printf("GET %s|0|", path);
  g_assert_nonnull(strstr(reply, expected));
  g_assert_nonnull(strstr(reply, "Connection: close"));
  g_thread_join(stopper);
  close(idle);
  close(busy);
}

static void test_stop(void) {
  stop_while("/held");
  stop_while("/late/held");
}

struct load { struct http_server *server; int requests; };
static void *load(void *data) {
  struct load *work = data;
  int fd = dial(work->server);
  for (int i = 0; i < work->requests; i++) {
    g_autofree char *request = g_strdup_printf("POST /%s%d HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", i % 2 ? "late" : "t", i);
    g_autofree char *expected = g_strdup_printf("POST /%s%d|3|abc", i % 2 ? "late" : "t", i);
    g_assert_true(say(fd, request, strlen(request)));
    g_autofree char *reply = hear(fd, expected);
    g_assert_nonnull(strstr(reply, expected));
  }
  close(fd);
  return NULL;
}

/* Suspending and resuming under load: none is lost, none is answered twice. */
static void test_suspend_under_load(void) {
  struct http_server *server = start(0, 0);
  struct load work = { server, 400 };
  GThread *threads[16];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) threads[i] = g_thread_new("load", load, &work);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) g_thread_join(threads[i]);
  g_assert_cmpint(g_atomic_int_get(&answered), ==, 16 * 400);
  http_server_stop(server);
}

/* Bytes of a chunked body; whether its end was said. */
static size_t count_chunks(const char *reply, bool *ret_ended) {
  const char *at = strstr(reply, "\r\n\r\n") + 4;
  size_t total = 0;
  *ret_ended = false;
  for (char *end; *at; at = end) {
    size_t size = g_ascii_strtoull(at, &end, 16);
    if (size == 0) *ret_ended = true;
    if (size == 0 || strlen(end) < size + 4) break;
    total += size;
    end += 2 + size + 2;
  }
  return total;
}

static void test_flow(void) {
  struct http_server *server = start(0, 0);
  static const size_t sizes[] = { 0, 1, 333333, 5000000 };
  for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
    for (int breaks = 0; breaks < 2; breaks++) {
      g_autofree char *request = g_strdup_printf("GET /flow?%zu%s HTTP/1.1\r\n" HOST END, sizes[i], breaks ? "!" : "");
      g_autofree char *reply = ask(server, request, strlen(request));
      bool ended;
      g_assert_nonnull(strstr(reply, "Transfer-Encoding: chunked\r\n"));
      size_t got = count_chunks(reply, &ended);
      if (!breaks) g_assert_cmpuint(got, ==, sizes[i]);
      g_assert_true(ended == !breaks); /* what broke off is not taken for the whole */
    }
  int keeps = dial(server); /* another request follows on the same connection */
  static const char flow[] = "GET /flow?1000000 HTTP/1.1\r\n" HOST "\r\n", next[] = "GET /next HTTP/1.1\r\n" HOST END;
  say(keeps, flow, sizeof flow - 1);
  g_free(hear(keeps, "\r\n0\r\n\r\n"));
  say(keeps, next, sizeof next - 1);
  g_autofree char *second = hear(keeps, NULL);
  g_assert_nonnull(strstr(second, "GET /next|0|"));
  close(keeps);
  for (int i = 0; i < 20; i++) { /* who goes away takes the stream along */
    int fd = dial(server);
    static const char large[] = "GET /flow?500000000 HTTP/1.1\r\n" HOST "\r\n";
    say(fd, large, sizeof large - 1);
    g_free(hear(fd, "ffff"));
    close(fd);
  }
  int stays = dial(server); /* and one is on its way when the server stops */
  static const char endless[] = "GET /flow?50000000000 HTTP/1.1\r\n" HOST "\r\n";
  say(stays, endless, sizeof endless - 1);
  g_free(hear(stays, "ffff"));
  http_server_stop(server);
  close(stays);
  g_assert_cmpint(streams_open, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/http/plain", test_plain);
  g_test_add_func("/http/keep-alive", test_keep_alive);
  g_test_add_func("/http/hostile", test_hostile);
  g_test_add_func("/http/huge", test_huge);
  g_test_add_func("/http/slow", test_slow);
  g_test_add_func("/http/many-connections", test_many_connections);
  g_test_add_func("/http/slow-reader", test_slow_reader);
  g_test_add_func("/http/deserters", test_deserters);
  g_test_add_func("/http/line", test_line);
  g_test_add_func("/http/body-memory", test_body_memory);
  g_test_add_func("/http/port-taken", test_port_taken);
  g_test_add_func("/http/flow", test_flow);
  g_test_add_func("/http/stop", test_stop);
  g_test_add_func("/http/suspend-under-load", test_suspend_under_load);
  return g_test_run();
}
