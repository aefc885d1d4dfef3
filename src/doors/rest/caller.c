/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who asks, whether the request is theirs, and whether they ask too often. A browser sends its cookie with every request to
 * us, whoever's page caused it; so what changes something must also come from our origin and carry the session's CSRF token,
 * which no other page can read. A bearer token is never sent by itself and needs neither. A request with both is taken as
 * the token's.
 *
 * Addresses: on 127.0.0.1 everybody has the same one. Behind a proxy that is named by the option `public_url` the last entry
 * of X-Forwarded-For is the client's (the proxy wrote it; earlier entries are the client's own words). */
#include "doors/rest/rest-private.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

int64_t rest_wall(const struct server *server) { return clock_now(&server->options.clock); }

bool rest_is_loopback(const char *address) { return g_str_has_prefix(address, "127.") || strcmp(address, "::1") == 0; }

char *rest_address(const struct server *server, const struct http_request *request) {
  if (!rest_is_loopback(request->address)) return g_strdup(request->address);
  const char *chain = server->public_origin ? http_request_header(request, "X-Forwarded-For") : NULL;
  if (!chain) return NULL;
  const char *comma = strrchr(chain, ',');
  g_autofree char *last = g_strstrip(g_strdup(comma ? comma + 1 : chain));
  uint8_t parsed[16];
  return inet_pton(AF_INET, last, parsed) == 1 || inet_pton(AF_INET6, last, parsed) == 1 ? g_steal_pointer(&last) : NULL;
}

void rest_who_clear(struct rest_who *who) {
  account_clear(&who->account);
  g_clear_pointer(&who->actor, g_free);
  sodium_memzero(who->token, sizeof who->token);
}

static const char *bearer(const struct http_request *request) {
  const char *header = http_request_header(request, "Authorization");
  if (!header || g_ascii_strncasecmp(header, "Bearer ", 7) != 0) return NULL;
  return header + 7 + strspn(header + 7, " ");
}

static char *cookie(const struct http_request *request) {
  const char *header = http_request_header(request, "Cookie");
  return header ? form_cookie(header, REST_COOKIE) : NULL;
}

static bool identify_session(struct rest_call *call, const char *token, GError **error) {
  struct rest_who *who = &call->who;
  g_auto(session_auto) session = { 0 };
  int found = session_find(system_store(call->server->system), rest_wall(call->server), token, &session, who->new_token, error);
  if (found < 0) return false;
  if (!found) return fail(error, MENO_ERROR_UNAUTHENTICATED, "the session is over; sign in again");
  who->by = REST_BY_COOKIE;
  memcpy(who->csrf, session.csrf, SESSION_TOKEN);
  g_strlcpy(who->token, token, SESSION_TOKEN);
  who->account = session.account;
  session.account = (struct account){ 0 };
  return true;
}

static bool identify_token(struct rest_call *call, const char *secret, GError **error) {
  int found = token_find(system_store(call->server->system), rest_wall(call->server), secret, &call->who.account, &call->who.scopes, error);
  if (found < 0) return false;
  if (!found) return fail(error, MENO_ERROR_UNAUTHENTICATED, "the token is not known, is over, or was revoked");
  call->who.by = REST_BY_TOKEN;
  return true;
}

bool rest_identify(struct rest_call *call, GError **error) {
  const char *secret = bearer(call->request);
  g_autofree char *token = secret ? NULL : cookie(call->request);
  if (!secret && !token) return fail(error, MENO_ERROR_UNAUTHENTICATED, "nobody is signed in; sign in, or send a token");
  if (!(secret ? identify_token(call, secret, error) : identify_session(call, token, error))) return false;
  call->who.actor = account_actor(&call->who.account);
  return true;
}

bool rest_may_send(struct server *server, const struct http_request *request) {
  const char *secret = bearer(request);
  g_auto(session_auto) session = { 0 };
  if (secret) return token_find(system_store(server->system), rest_wall(server), secret, &session.account, NULL, NULL) == 1;
  g_autofree char *token = cookie(request);
  return token && session_find(system_store(server->system), rest_wall(server), token, &session, NULL, NULL) == 1;
}

struct caller rest_caller(const struct rest_who *who) {
  return (struct caller){ .account = who->account.login, .actor = who->actor, .person = who->account.person, .roles = who->account.roles };
}

/* ---- forged requests -------------------------------------------------------------------------------------------- */

bool rest_check_origin(const struct rest_call *call, GError **error) {
  const char *origin = http_request_header(call->request, "Origin"), *site = http_request_header(call->request, "Sec-Fetch-Site");
  if (origin) {
    const char *host = http_request_header(call->request, "Host");
    bool own = (g_str_has_prefix(origin, "http://") && g_ascii_strcasecmp(origin + 7, host) == 0) ||
      (call->server->public_origin && g_ascii_strcasecmp(origin, call->server->public_origin) == 0);
    if (!own) return fail(error, MENO_ERROR_FORBIDDEN, "the request came from a page of \"%.100s\", which is not this server", origin);
  }
  if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
    return fail(error, MENO_ERROR_FORBIDDEN, "the request came from another site's page");
  return true;
}

bool rest_check_csrf(const struct rest_call *call, GError **error) {
  if (call->who.by != REST_BY_COOKIE) return true;
  const char *sent = http_request_header(call->request, "X-Meno-CSRF");
  bool right = sent && strlen(sent) == SESSION_TOKEN - 1 && sodium_memcmp(sent, call->who.csrf, SESSION_TOKEN - 1) == 0;
  return right || fail(error, MENO_ERROR_FORBIDDEN, "the header X-Meno-CSRF is missing or wrong; send the \"csrf\" of GET " REST_ROOT "/session");
}

bool rest_check_rate(struct rest_call *call, GError **error) {
  int64_t now = rest_wall(call->server);
  const char *address = call->address ? call->address : "local";
  int wait = call->who.by == REST_NOBODY ? limiter_take(call->server->of_addresses, address, now)
    : limiter_take(call->server->of_accounts, call->who.account.login, now);
  if (wait == 0) return true;
  g_autofree char *seconds = g_strdup_printf("%d", wait);
  http_response_add(call->response, "Retry-After", seconds);
  return fail(error, MENO_ERROR_TOO_MANY, "too many requests; wait %d seconds", wait);
}

void rest_set_cookie(struct rest_call *call, const char *token) {
  bool https = call->server->public_origin && g_str_has_prefix(call->server->public_origin, "https:");
  g_autofree char *value = g_strdup_printf(REST_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", token, https ? "; Secure" : "",
    *token ? "" : "; Max-Age=0");
  http_response_add(call->response, "Set-Cookie", value);
}
