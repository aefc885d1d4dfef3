/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The REST door over real sockets, before a toy house: routes, input in each of its shapes, who may what, forged requests,
 * limits, jobs, files, and the description. */
#include "doors/rest/rest-private.h"
#include "doors/rest/toy.h"
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WALL (INT64_C(1900000000) * CLOCK_SECOND)
#define JSON_TYPE "Content-Type: application/json\r\n"

static struct system *house;
static struct server *server;

static void describe(struct system *system, struct json_writer *out) { json_put_string(out, "company", "Toys"); }

static void open_with(const struct server_options *options) {
  g_autoptr(GError) error = NULL;
  house = toy_open();
  server = server_start(house, options, &error);
  g_assert_no_error(error);
}

static void open_house(void) { open_with(&(struct server_options){ .clock = { WALL }, .requests_per_second = 1000, .describe = describe }); }

static void close_house(void) {
  server_stop(server);
  toy_close(house);
}

/* ---- a client --------------------------------------------------------------------------------------------------- */

struct reply { int status; char *head, *body; size_t length; struct json_doc *doc; struct json json; };
static void reply_clear(struct reply *reply) {
  json_doc_free(reply->doc);
  g_free(reply->head);
  g_free(reply->body);
}
typedef struct reply reply_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reply_auto, reply_clear)

static GString *exchange(const char *request, size_t length) {
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&where, sizeof where), ==, 0);
  for (size_t sent = 0; sent < length;) {
    ssize_t more = send(fd, request + sent, length - sent, MSG_NOSIGNAL);
    if (more <= 0) break;
    sent += (size_t)more;
  }
  GString *text = g_string_new(NULL);
  char buffer[8192];
  for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) g_string_append_len(text, buffer, got);
  close(fd);
  return text;
}

/* `headers`: whole lines. `body` NULL: none. */
static struct reply send_bytes(const char *method, const char *target, const char *headers, const char *body, size_t length) {
  g_autoptr(GString) request = g_string_new(NULL);
  g_string_append_printf(request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s", method, target, server_port(server), headers);
  if (body) g_string_append_printf(request, "Content-Length: %zu\r\n", length);
  g_string_append(request, "\r\n");
  if (body) g_string_append_len(request, body, (gssize)length);
  g_autoptr(GString) text = exchange(request->str, request->len);
  char *split = strstr(text->str, "\r\n\r\n");
  g_assert_nonnull(split);
  struct reply reply = { .status = (int)g_ascii_strtoll(text->str + 9, NULL, 10), .head = g_strndup(text->str, (gsize)(split - text->str)),
    .length = text->len - (size_t)(split + 4 - text->str) };
  reply.body = g_memdup2(split + 4, reply.length + 1);
  reply.doc = json_parse(reply.body, reply.length, NULL);
  if (reply.doc) reply.json = json_root(reply.doc);
  return reply;
}

static struct reply ask(const char *method, const char *target, const char *headers, const char *body) {
  return send_bytes(method, target, headers, body, body ? strlen(body) : 0);
}

static const char *said(const struct reply *reply, const char *key) { return json_string(json_get(reply->json, key)); }

static char *cookie_of(const struct reply *reply) {
  const char *at = strstr(reply->head, "Set-Cookie: meno_session=");
  g_assert_nonnull(at);
  at += strlen("Set-Cookie: meno_session=");
  return g_strndup(at, strcspn(at, ";"));
}

/* The headers of somebody signed in: cookie and CSRF token. */
static char *signed_in(const char *login) {
  g_autofree char *body = g_strdup_printf("{\"login\":\"%s\",\"password\":\"" TOY_PASSWORD "\"}", login);
  g_auto(reply_auto) reply = ask("POST", "/api/v1/session", JSON_TYPE, body);
  g_assert_cmpint(reply.status, ==, 200);
  g_autofree char *token = cookie_of(&reply);
  return g_strdup_printf("Cookie: meno_session=%s\r\nX-Meno-CSRF: %s\r\n", token, said(&reply, "csrf"));
}

static char *with_json(const char *headers) { return g_strconcat(headers, JSON_TYPE, NULL); }

#define EXPECT(status_, code_, ...) G_STMT_START { g_auto(reply_auto) r = ask(__VA_ARGS__); \
  if (r.status != (status_) || ((code_) && g_strcmp0(said(&r, "code"), (code_)) != 0)) \
    g_error("line %d: got %d %s", __LINE__, r.status, r.body); } G_STMT_END

/* ---- routes and input ------------------------------------------------------------------------------------------- */

static void test_routes(void) {
  open_house();
  g_autofree char *lead = signed_in("lead");
  EXPECT(200, NULL, "GET", "/api/v1/toys", lead, NULL);
  EXPECT(200, NULL, "HEAD", "/api/v1/toys", lead, NULL);
  EXPECT(404, "not-found", "GET", "/api/v1/toys/", lead, NULL);
  EXPECT(404, "not-found", "GET", "/api/v1", lead, NULL);
  EXPECT(404, "not-found", "GET", "/api/v1/nothing", lead, NULL);
  EXPECT(404, "not-found", "GET", "/api/v1/toys/a/b/c", lead, NULL);
  EXPECT(405, "method", "POST", "/api/v1/toys", lead, "{}");
  EXPECT(405, "method", "PATCH", "/api/v1/toys", lead, "{}");
  EXPECT(405, "method", "OPTIONS", "/api/v1/toys/a", lead, NULL);
  EXPECT(405, "method", "DELETE", "/healthz", lead, NULL);
  g_auto(reply_auto) method = ask("OPTIONS", "/api/v1/toys/a", lead, NULL);
  g_assert_nonnull(strstr(method.head, "Allow: GET, HEAD, POST, DELETE"));
  g_assert_nonnull(strstr(method.head, "Content-Type: application/problem+json"));
  g_auto(reply_auto) best = ask("GET", "/api/v1/toys/best", lead, NULL); /* the plain word before the pattern */
  g_assert_true(json_true(json_get(best.json, "fine")));
  EXPECT(200, NULL, "GET", "/healthz", "", NULL);
  EXPECT(200, NULL, "GET", "/readyz", "", NULL);
  EXPECT(200, NULL, "GET", "/metrics", "", NULL);
  EXPECT(401, "unauthenticated", "GET", "/metrics", "X-Forwarded-For: 192.0.2.1\r\n", NULL);
  g_autofree char *sent_on = g_strconcat(lead, "Via: 1.1 proxy\r\n", NULL);
  EXPECT(403, "forbidden", "GET", "/metrics", sent_on, NULL); /* a cookie is not enough */
  EXPECT(405, "method", "POST", "/metrics", lead, "{}");
  g_auto(reply_auto) first = ask("GET", "/api/v1/toys", lead, NULL), second = ask("GET", "/api/v1/toys", lead, NULL);
  const char *id = strstr(first.head, "X-Request-Id: ");
  g_assert_nonnull(id);
  g_autofree char *line = g_strndup(id, strcspn(id, "\r"));
  g_assert_null(strstr(second.head, line));
  close_house();
}

static void expect_in(const char *headers, const char *method, const char *target, const char *body, const char *expected) {
  g_auto(reply_auto) reply = ask(method, target, headers, body);
  if (reply.status != 200) g_error("%s: got %d %s", target, reply.status, reply.body);
  g_autofree char *in = json_canonical(json_get(reply.json, "in"), NULL);
  g_assert_cmpstr(in, ==, expected);
}

static void test_input(void) {
  open_house();
  g_autofree char *bare = signed_in("lead"), *lead = with_json(bare);
  expect_in(lead, "GET", "/api/v1/toys/a%2Fb%20c%C3%A4", NULL, "{\"id\":\"a/b cä\"}");
  expect_in(lead, "GET", "/api/v1/toys/x?text=a+b%26c&number=0.5&flag=true&day=2026-03-01", NULL,
    "{\"day\":\"2026-03-01\",\"flag\":true,\"id\":\"x\",\"number\":0.5,\"text\":\"a b&c\"}");
  expect_in(lead, "GET", "/api/v1/toys/x?words=a&words=b&text=", NULL, "{\"id\":\"x\",\"text\":\"\",\"words\":[\"a\",\"b\"]}");
  expect_in(lead, "GET", "/api/v1/toys/x?part=%7B%22size%22:1%7D", NULL, "{\"id\":\"x\",\"part\":{\"size\":1}}");
  expect_in(lead, "GET", "/api/v1/toys/1e3", NULL, "{\"id\":\"1e3\"}");
  expect_in(lead, "POST", "/api/v1/toys/x", "{\"text\":\"h\\u00e4\",\"parts\":[{\"size\":1e0}]}", "{\"id\":\"x\",\"parts\":[{\"size\":1e0}],\"text\":\"hä\"}");
  expect_in(lead, "POST", "/api/v1/toys/x", NULL, "{\"id\":\"x\"}");
  expect_in(lead, "PUT", "/api/v1/toys/x/place", NULL, "{\"id\":\"x\"}");
  expect_in(lead, "DELETE", "/api/v1/toys/x", NULL, "{\"id\":\"x\"}");
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?number=abc", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?number=1e999", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?number=NaN", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?number=7", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?flag=yes", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?colour=green", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?unknown=1", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?text=1&text=2", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?id=y", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/%00", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/%FF", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/%4", lead, NULL);
  EXPECT(400, "bad-input", "GET", "/api/v1/toys/x?text=%ED%A0%80", lead, NULL);
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x?text=1", lead, "{}");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "{\"id\":\"y\"}");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "{\"text\":\"a\",\"text\":\"b\"}");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "{\"text\":");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "[]");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "{\"text\":\"\\u0000\"}");
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, "{\"number\":1e308}");
  EXPECT(415, "media-type", "POST", "/api/v1/toys/x", bare, "{}");
  g_autofree char *filler = g_strnfill(LIMIT_FORM_BYTES, ' ');
  g_autofree char *large = g_strconcat("{", filler, "}", NULL);
  EXPECT(413, NULL, "POST", "/api/v1/toys/x", lead, large);
  g_autofree char *deep = g_strnfill(5000, '[');
  EXPECT(400, "bad-input", "POST", "/api/v1/toys/x", lead, deep);
  close_house();
}

static void test_files(void) {
  open_house();
  g_autofree char *lead = signed_in("lead");
  g_autofree char *multi = g_strconcat(lead, "Content-Type: multipart/form-data; boundary=b-b\r\n", NULL);
  static const char body[] = "--b-b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"C:\\dir\\people.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n1,\0\r\n\r\n"
    "--b-b\r\nContent-Disposition: form-data; name=\"dry_run\"\r\n\r\ntrue\r\n--b-b\r\nContent-Disposition: form-data; name=\"map\"; filename=\"m.yaml\"\r\n\r\nx: 1\r\n"
    "--b-b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"../../etc/empty\"\r\n\r\n\r\n--b-b--\r\n";
  g_auto(reply_auto) reply = send_bytes("POST", "/api/v1/files", multi, body, sizeof body - 1);
  g_autofree char *seen = json_canonical(reply.json, NULL);
  g_assert_cmpstr(seen, ==, "{\"account\":\"lead\",\"actor\":\"person:p-lead\",\"files\":[{\"bytes\":10,\"name\":\"people.csv\"},{\"bytes\":0,\"name\":\"empty\"}],"
    "\"in\":{\"dry_run\":true,\"map\":\"x: 1\"}}");
  EXPECT(415, "media-type", "POST", "/api/v1/files", lead, "{}");
  EXPECT(400, "bad-input", "POST", "/api/v1/files", multi, "--b-b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\ncut off");
  EXPECT(400, "bad-input", "POST", "/api/v1/files", multi, "--b-b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--b-b--");
  EXPECT(400, "bad-input", "POST", "/api/v1/files", multi, "--b-b\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\nno file\r\n--b-b--");
  g_auto(reply_auto) file = ask("GET", "/api/v1/file", lead, NULL);
  g_assert_cmpstr(file.body, ==, "a,b\n1,2\n");
  g_assert_nonnull(strstr(file.head, "Content-Disposition: attachment; filename=\"toy _list_.csv\""));
  g_assert_nonnull(strstr(file.head, "Content-Type: text/csv"));
  /* Nothing large is read for a stranger. */
  g_autofree char *large = g_strnfill(LIMIT_FORM_BYTES + 1, 'x');
  EXPECT(401, "unauthenticated", "POST", "/api/v1/files", "Content-Type: multipart/form-data; boundary=b-b\r\n", large);
  EXPECT(400, "bad-input", "POST", "/api/v1/files", multi, large);
  close_house();
}

static void test_failures(void) {
  open_house();
  g_autofree char *lead = signed_in("lead");
  for (int code = 0; code < MENO_ERROR_COUNT; code++) {
    const struct error_kind *kind = error_kind_of((enum meno_error)code);
    g_autofree char *target = g_strconcat("/api/v1/failures?kind=", kind->slug, NULL);
    g_auto(reply_auto) reply = ask("GET", target, lead, NULL);
    g_assert_cmpint(reply.status, ==, kind->status);
    g_assert_cmpstr(said(&reply, "code"), ==, kind->slug);
    g_assert_cmpstr(said(&reply, "title"), ==, kind->title);
    g_assert_true((strstr(reply.body, "/secret/path") != NULL) == (kind->status < 500));
    g_assert_nonnull(strstr(reply.head, "Cache-Control: no-store"));
  }
  close_house();
}

/* ---- who asks --------------------------------------------------------------------------------------------------- */

static void test_sessions(void) {
  open_house();
  EXPECT(401, "unauthenticated", "GET", "/api/v1/session", "", NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/toys", "", NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/toys", "Cookie: meno_session=abc\r\n", NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/toys", "Authorization: Bearer abc\r\n", NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/toys", "Authorization: Basic YTpi\r\n", NULL);
  EXPECT(401, "unauthenticated", "POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\",\"password\":\"wrong\"}");
  EXPECT(400, "bad-input", "POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\"}");
  EXPECT(415, "media-type", "POST", "/api/v1/session", "Content-Type: text/plain\r\n", "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  g_auto(reply_auto) entered = ask("POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  g_assert_cmpint(entered.status, ==, 200);
  g_assert_nonnull(strstr(entered.head, "; Path=/; HttpOnly; SameSite=Strict\r\n"));
  g_assert_cmpstr(said(&entered, "company"), ==, "Toys");
  g_assert_cmpstr(said(&entered, "person"), ==, "p-lead");
  g_autofree char *token = cookie_of(&entered), *cookie = g_strdup_printf("Cookie: a=b; meno_session=%s\r\n", token);
  g_auto(reply_auto) me = ask("GET", "/api/v1/session", cookie, NULL);
  g_assert_cmpstr(said(&me, "account"), ==, "lead");
  g_assert_cmpstr(said(&me, "csrf"), ==, said(&entered, "csrf"));
  g_autofree char *twice = g_strdup_printf("Cookie: meno_session=%s; meno_session=%s\r\n", token, token);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/session", twice, NULL);
  g_autofree char *all = g_strdup_printf("%sX-Meno-CSRF: %s\r\n", cookie, said(&me, "csrf"));
  g_auto(reply_auto) left = ask("DELETE", "/api/v1/session", all, NULL);
  g_assert_cmpint(left.status, ==, 200);
  g_assert_nonnull(strstr(left.head, "Set-Cookie: meno_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
  EXPECT(401, "unauthenticated", "GET", "/api/v1/session", cookie, NULL);
  close_house();
}

static void test_forged(void) {
  open_house();
  g_autofree char *lead = signed_in("lead"), *json = with_json(lead), *cookie = g_strndup(lead, strcspn(lead, "\n") + 1);
  g_autofree char *bare = with_json(cookie), *wrong = g_strconcat(bare, "X-Meno-CSRF: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", NULL);
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", bare, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", wrong, "{}");
  EXPECT(403, "forbidden", "DELETE", "/api/v1/toys/x", cookie, NULL);
  EXPECT(200, NULL, "POST", "/api/v1/toys/x", json, "{}");
  EXPECT(200, NULL, "GET", "/api/v1/toys/x", cookie, NULL);
  g_autofree char *own = g_strdup_printf("%sOrigin: http://127.0.0.1:%u\r\nSec-Fetch-Site: same-origin\r\n", json, server_port(server));
  g_autofree char *other = g_strconcat(json, "Origin: http://evil.example\r\n", NULL), *null = g_strconcat(json, "Origin: null\r\n", NULL);
  g_autofree char *port = g_strconcat(json, "Origin: http://127.0.0.1:1\r\n", NULL), *site = g_strconcat(json, "Sec-Fetch-Site: cross-site\r\n", NULL);
  EXPECT(200, NULL, "POST", "/api/v1/toys/x", own, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", other, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", null, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", port, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", site, "{}");
  EXPECT(403, "forbidden", "POST", "/api/v1/session", JSON_TYPE "Origin: http://evil.example\r\n", "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  close_house();
}

/* Every row of the toy house as every role: exactly what the matrix says. */
static void test_matrix(void) {
  open_house();
  for (int role = 0; role < ROLE_COUNT; role++) {
    g_autofree char *login = g_strndup(access_roles[role].title, strcspn(access_roles[role].title, " "));
    g_autofree char *headers = signed_in(login);
    for (const struct op *op = op_tables[0]; op->name; op++) {
      if (op->job) continue;
      g_auto(reply_auto) reply = ask(rest_methods[op->method], g_str_has_prefix(op->path, "/toys/{") ? "/api/v1/toys/x" : "/api/v1/toys", headers, NULL);
      if (strcmp(op->path, "/toys/{id}") != 0) continue;
      g_assert_true((reply.status == 403) == !access_allows(1u << role, op->may));
    }
    EXPECT(role == ROLE_BIT_LEAD || role == ROLE_BIT_ANALYST || role == ROLE_BIT_ADMIN ? 200 : 403, NULL, "GET", "/api/v1/file", headers, NULL);
  }
  close_house();
}

static void test_tokens(void) {
  open_house();
  g_autofree char *lead = signed_in("lead"), *json = with_json(lead), *employee = signed_in("employee"), *poor = with_json(employee);
  g_auto(reply_auto) made = ask("POST", "/api/v1/session/tokens", json, "{\"label\":\"report\",\"scopes\":[\"READ_GOALS\"]}");
  g_assert_cmpint(made.status, ==, 200);
  g_autofree char *header = g_strdup_printf("Authorization: Bearer %s\r\n", said(&made, "secret")), *header_json = with_json(header);
  EXPECT(200, NULL, "GET", "/api/v1/toys/x", header, NULL);
  EXPECT(200, NULL, "GET", "/api/v1/session", header, NULL);
  EXPECT(403, "forbidden", "POST", "/api/v1/toys/x", header_json, "{}");
  EXPECT(403, "forbidden", "GET", "/api/v1/file", header, NULL);
  EXPECT(403, "forbidden", "POST", "/api/v1/session/tokens", header_json, "{\"label\":\"more\",\"scopes\":[\"READ_GOALS\"]}");
  EXPECT(403, "forbidden", "POST", "/api/v1/session/tokens", poor, "{\"label\":\"more\",\"scopes\":[\"STEER\"]}");
  EXPECT(400, "bad-input", "POST", "/api/v1/session/tokens", json, "{\"label\":\"more\",\"scopes\":[\"ALL\"]}");
  EXPECT(400, "bad-input", "POST", "/api/v1/session/tokens", json, "{\"label\":\"more\",\"scopes\":[\"STEER\"],\"expires\":\"2001-01-01\"}");
  g_auto(reply_auto) list = ask("GET", "/api/v1/session/tokens", lead, NULL);
  g_assert_cmpuint(json_count(json_get(list.json, "tokens")), ==, 1);
  g_assert_null(strstr(list.body, "meno_"));
  g_autofree char *target = g_strconcat("/api/v1/session/tokens/", said(&made, "id"), NULL);
  EXPECT(404, "not-found", "DELETE", target, employee, NULL);
  EXPECT(200, NULL, "DELETE", target, lead, NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/toys/x", header, NULL);
  close_house();
}

static void test_password(void) {
  open_house();
  g_autofree char *lead = signed_in("lead"), *json = with_json(lead), *other = signed_in("lead");
  EXPECT(403, "forbidden", "POST", "/api/v1/session/password", json, "{\"old\":\"wrong\",\"new\":\"a new long password\"}");
  EXPECT(400, "bad-input", "POST", "/api/v1/session/password", json, "{\"old\":\"" TOY_PASSWORD "\",\"new\":\"short\"}");
  g_auto(reply_auto) changed = ask("POST", "/api/v1/session/password", json, "{\"old\":\"" TOY_PASSWORD "\",\"new\":\"a new long password\"}");
  g_assert_cmpint(changed.status, ==, 200);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/session", lead, NULL);
  EXPECT(401, "unauthenticated", "GET", "/api/v1/session", other, NULL);
  g_autofree char *token = cookie_of(&changed), *next = g_strdup_printf("Cookie: meno_session=%s\r\n", token);
  EXPECT(200, NULL, "GET", "/api/v1/session", next, NULL);
  EXPECT(401, "unauthenticated", "POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  EXPECT(200, NULL, "POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\",\"password\":\"a new long password\"}");
  close_house();
}

/* ---- limits ----------------------------------------------------------------------------------------------------- */

static void test_rate(void) {
  open_with(&(struct server_options){ .clock = { WALL }, .requests_per_second = 5 });
  g_autofree char *lead = signed_in("lead"), *employee = signed_in("employee");
  int good = 0, refused = 0;
  for (int i = 0; i < 30; i++) {
    g_auto(reply_auto) reply = ask("GET", "/api/v1/toys", lead, NULL);
    if (reply.status == 200) good++;
    else if (reply.status == 429 && strstr(reply.head, "Retry-After: 1")) refused++;
  }
  g_assert_cmpint(good, ==, 20); /* the clock stands, so it is the burst and no more */
  g_assert_cmpint(refused, ==, 10);
  EXPECT(200, NULL, "GET", "/api/v1/toys", employee, NULL);
  for (int i = 0; i < 18; i++) EXPECT(401, "unauthenticated", "GET", "/api/v1/toys", "Authorization: Bearer guess\r\n", NULL);
  EXPECT(429, "too-many", "GET", "/api/v1/toys", "Authorization: Bearer guess\r\n", NULL);
  EXPECT(429, "too-many", "POST", "/api/v1/session", JSON_TYPE, "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  close_house();
}

static void test_limiter(void) {
  struct limiter *limiter = limiter_new(2, 3);
  int64_t now = WALL;
  for (int i = 0; i < 3; i++) g_assert_cmpint(limiter_take(limiter, "a", now), ==, 0);
  g_assert_cmpint(limiter_take(limiter, "a", now), ==, 1);
  g_assert_cmpint(limiter_take(limiter, "b", now), ==, 0);
  g_assert_cmpint(limiter_take(limiter, "a", now + CLOCK_SECOND / 2), ==, 0);
  g_assert_cmpint(limiter_take(limiter, "a", now + CLOCK_SECOND / 2), ==, 1);
  g_assert_cmpint(limiter_take(limiter, "a", now - CLOCK_DAY), ==, 1); /* a clock set back gives nothing away */
  for (int i = 0; i < 25000; i++) {
    g_autofree char *name = g_strdup_printf("made up %d", i);
    g_assert_cmpint(limiter_take(limiter, name, now), ==, 0);
  }
  limiter_free(limiter);
}

/* ---- behind a proxy --------------------------------------------------------------------------------------------- */

static void test_proxy(void) {
  open_with(&(struct server_options){ .clock = { WALL }, .public_url = "https://meno.example.org", .requests_per_second = 1000 });
  g_auto(reply_auto) entered = ask("POST", "/api/v1/session", JSON_TYPE "Origin: https://meno.example.org\r\nX-Forwarded-For: 198.51.100.1, 192.0.2.9\r\n",
    "{\"login\":\"lead\",\"password\":\"" TOY_PASSWORD "\"}");
  g_assert_cmpint(entered.status, ==, 200);
  g_assert_nonnull(strstr(entered.head, "SameSite=Strict; Secure"));
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(system_store(house), &error);
  g_autoptr(query_auto) query = db_query(db, &error, "access.list_access", "ti", "lead", (int64_t)1);
  g_assert_cmpint(query_next(query, &error), ==, 1);
  g_assert_cmpstr(query_text(query, 2), ==, "192.0.2.9");
  g_clear_pointer(&query, query_done);
  g_clear_pointer(&db, db_release);
  close_house();
  house = toy_open();
  g_assert_null(server_start(house, &(struct server_options){ .public_url = "meno.example.org/x" }, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_USAGE);
  toy_close(house);
}

/* ---- the client's files ----------------------------------------------------------------------------------------- */

static void test_web(void) {
  open_house();
  g_auto(reply_auto) root = ask("GET", "/", "", NULL), page = ask("GET", "/needs/n-1", "", NULL), hashed = ask("GET", "/assets/app-Q3T7V2AB.js", "", NULL),
    plain = ask("GET", "/theme.js", "", NULL), none = ask("GET", "/assets/none.js", "", NULL);
  g_assert_nonnull(strstr(root.body, "A toy house"));
  g_assert_cmpstr(root.body, ==, page.body); /* an address that the client draws */
  g_assert_nonnull(strstr(root.head, "Content-Type: text/html; charset=utf-8"));
  g_assert_nonnull(strstr(root.head, "Cache-Control: no-cache"));
  g_assert_nonnull(strstr(hashed.head, "Cache-Control: public, max-age=31536000, immutable"));
  g_assert_nonnull(strstr(plain.head, "Cache-Control: no-cache"));
  g_assert_nonnull(strstr(plain.head, "Content-Type: text/javascript"));
  g_assert_cmpint(none.status, ==, 404);
  const char *etag = strstr(root.head, "ETag: ") + strlen("ETag: ");
  g_autofree char *known = g_strdup_printf("If-None-Match: \"x\", %.34s\r\n", etag);
  g_auto(reply_auto) same = ask("GET", "/", known, NULL), other = ask("GET", "/", "If-None-Match: \"x\"\r\n", NULL), head = ask("HEAD", "/", "", NULL);
  g_assert_cmpint(same.status, ==, 304);
  g_assert_cmpuint(same.length, ==, 0);
  g_assert_cmpint(other.status, ==, 200);
  g_assert_cmpuint(head.length, ==, 0);
  g_autofree char *length = g_strdup_printf("Content-Length: %zu", root.length);
  g_assert_nonnull(strstr(head.head, length));
  EXPECT(404, NULL, "GET", "/../../etc/passwd.x", "", NULL);
  EXPECT(404, NULL, "GET", "/%2e%2e/%2e%2e/etc/passwd.x", "", NULL);
  EXPECT(400, "bad-input", "GET", "/%00.js", "", NULL);
  EXPECT(400, "bad-input", "GET", "/%FF", "", NULL);
  EXPECT(405, "method", "POST", "/theme.js", "", "{}");
  close_house();
}

/* ---- jobs ------------------------------------------------------------------------------------------------------- */

static char *job_target(const struct reply *reply) {
  g_assert_cmpint(reply->status, ==, 202);
  g_assert_nonnull(strstr(reply->head, "Location: /api/v1/jobs/"));
  return g_strconcat("/api/v1/jobs/", said(reply, "job"), NULL);
}

/* Asks until the job's state is, or is no longer, `state`. */
static void until(const char *target, const char *headers, const char *key, const char *value, bool is, struct reply *ret_reply) {
  for (;;) {
    struct reply reply = ask("GET", target, headers, NULL);
    g_assert_cmpint(reply.status, ==, 200);
    if ((g_strcmp0(said(&reply, key), value) == 0) == is) {
      *ret_reply = reply;
      return;
    }
    reply_clear(&reply);
    g_thread_yield();
  }
}

static void test_jobs(void) {
  open_house();
  g_autofree char *lead = signed_in("lead"), *multi = g_strconcat(lead, "Content-Type: multipart/form-data; boundary=b\r\n", NULL), *employee = signed_in("employee"), *admin = signed_in("administrator");
  const char *body = "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nabc\r\n--b--";
  EXPECT(403, "forbidden", "POST", "/api/v1/waits", employee, NULL);
  g_auto(reply_auto) one = ask("POST", "/api/v1/waits", multi, body), two = ask("POST", "/api/v1/waits", multi, body);
  g_autofree char *first = job_target(&one), *second = job_target(&two);
  g_auto(reply_auto) running = { 0 }, cancelled = { 0 }, done = { 0 };
  until(first, lead, "step", "waiting for the test", true, &running);
  g_assert_cmpstr(said(&running, "state"), ==, "running");
  g_assert_cmpfloat(json_number(json_get(running.json, "share"), 0), ==, 0.5);
  g_assert_cmpstr(said(&running, "what"), ==, "toys wait");
  EXPECT(404, "not-found", "GET", first, admin, NULL);
  EXPECT(404, "not-found", "DELETE", first, admin, NULL);
  EXPECT(404, "not-found", "GET", "/api/v1/jobs/none", lead, NULL);
  EXPECT(200, NULL, "DELETE", second, lead, NULL);
  until(second, lead, "state", "running", false, &cancelled);
  g_assert_cmpstr(said(&cancelled, "state"), ==, "cancelled");
  toy_let_go();
  until(first, lead, "state", "running", false, &done);
  g_assert_cmpstr(said(&done, "state"), ==, "done");
  g_assert_cmpstr(json_string(json_get(json_get(done.json, "result"), "answer")), ==, "at last");
  EXPECT(400, "bad-input", "POST", "/api/v1/waits", multi, "--b\r\nContent-Disposition: form-data; name=\"dry_run\"\r\n\r\nmaybe\r\n--b--");
  close_house();
}

/* Four of one account and no more; stopping the server stops them all. */
static void test_jobs_full(void) {
  open_house();
  g_autofree char *lead = signed_in("lead");
  for (int i = 0; i < 4; i++) EXPECT(202, NULL, "POST", "/api/v1/waits", lead, NULL);
  g_auto(reply_auto) full = ask("POST", "/api/v1/waits", lead, NULL);
  g_assert_cmpint(full.status, ==, 429);
  g_assert_nonnull(strstr(full.head, "Retry-After: "));
  g_autofree char *admin = signed_in("administrator");
  EXPECT(202, NULL, "POST", "/api/v1/waits", admin, NULL);
  close_house();
}

/* ---- the description -------------------------------------------------------------------------------------------- */

static void test_openapi(void) {
  open_house();
  g_auto(reply_auto) reply = ask("GET", "/api/v1/openapi.json", "", NULL);
  g_assert_cmpint(reply.status, ==, 200);
  g_assert_true(json_equals(json_get(reply.json, "openapi"), "3.1.0"));
  struct json paths = json_get(reply.json, "paths");
  int rows = 0;
  for (const struct op *op = op_tables[0]; op->name; op++, rows++) {
    g_autofree char *method = g_ascii_strdown(rest_methods[op->method], -1);
    struct json operation = json_get(json_get(paths, op->path), method);
    g_assert_true(json_equals(json_get(operation, "summary"), op->summary));
    g_assert_true(json_equals(json_get(operation, "x-meno-permission"), access_permissions[op->may].name));
    g_assert_cmpint(json_type(json_get(json_get(operation, "responses"), op->job ? "202" : "200")), ==, JSON_OBJECT);
  }
  g_assert_cmpint(rows, ==, 10);
  struct json change = json_get(json_get(paths, "/toys/{id}"), "post");
  g_assert_cmpuint(json_count(json_get(change, "parameters")), ==, 1);
  struct json schema = json_get(json_get(json_get(json_get(change, "requestBody"), "content"), "application/json"), "schema");
  g_assert_cmpint(json_type(json_get(json_get(schema, "properties"), "id")), ==, JSON_ABSENT);
  g_assert_true(json_equals(json_get(json_get(json_get(schema, "properties"), "day"), "format"), "date"));
  g_autofree char *text = rest_openapi();
  g_assert_cmpstr(text, ==, reply.body);
  if (g_getenv("MENO_OPENAPI_OUT")) g_file_set_contents(g_getenv("MENO_OPENAPI_OUT"), text, -1, NULL);
  close_house();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rest/routes", test_routes);
  g_test_add_func("/rest/input", test_input);
  g_test_add_func("/rest/files", test_files);
  g_test_add_func("/rest/failures", test_failures);
  g_test_add_func("/rest/sessions", test_sessions);
  g_test_add_func("/rest/forged", test_forged);
  g_test_add_func("/rest/matrix", test_matrix);
  g_test_add_func("/rest/tokens", test_tokens);
  g_test_add_func("/rest/password", test_password);
  g_test_add_func("/rest/rate", test_rate);
  g_test_add_func("/rest/limiter", test_limiter);
  g_test_add_func("/rest/proxy", test_proxy);
  g_test_add_func("/rest/web", test_web);
  g_test_add_func("/rest/jobs", test_jobs);
  g_test_add_func("/rest/jobs-full", test_jobs_full);
  g_test_add_func("/rest/openapi", test_openapi);
  return g_test_run();
}
