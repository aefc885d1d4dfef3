/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libmicrohttpd 0.9.75 lets through and we do not: two Content-Length headers, Content-Length with Transfer-Encoding, a
 * missing Host, a space before the colon, folded lines, lines that end in a bare LF, NUL bytes. Each has been used to make a
 * proxy and a server disagree on where a request ends (RFC 9112, section 11.2). A chunked body is legal and refused all the
 * same (411, RFC 9110 section 8.6): no client of ours needs it, and a parser less is a way in less.
 *
 * The library gives no access to the bytes as received. But it parses in place: it overwrites a line's CR and LF with NUL
 * each, the colon with one NUL, and hands out pointers into that buffer. So of a plain request the name, the value, the two
 * NULs and the next name follow each other, up to the size that it counted for the whole head; a bare LF leaves one NUL, a
 * folded line lands elsewhere, a NUL byte cuts a value short. This depends on the library's inside, and fails closed: should another version lay lines out otherwise,
 * every request is refused and the tests say so at once.
 *
 * A Host that is not ours is refused because a page on the internet can make its own name point at 127.0.0.1 (DNS
 * rebinding) and so have a browser talk to a server that believes itself alone. */
#include "doors/http/guard.h"
#include <string.h>

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", NULL };

static bool is_token(const char *text) {
  if (!*text) return false;
  for (; *text; text++)
    if (!g_ascii_isalnum(*text) && !strchr("!#$%&'*+-.^_`|~", *text)) return false;
  return true;
}

/* Printable, blanks and tabs; bytes over 127 are left to who asks for the header. */
static bool is_value(const char *text) {
  for (; *text; text++)
    if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7F) return false;
  return true;
}

static bool is_target(const char *text) {
  if (*text != '/') return false;
  for (; *text; text++)
    if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7F || *text == '#' || *text == '\\') return false;
  return true;
}

static bool is_port(const char *text) {
  size_t length = strspn(text, "0123456789");
  return length > 0 && length <= 5 && !text[length];
}

static bool is_host(const char *host, const char *name) {
  size_t length = strlen(name);
  return g_ascii_strncasecmp(host, name, length) == 0 && (!host[length] || (host[length] == ':' && is_port(host + length + 1)));
}

bool guard_host(const char *host, const char *further) {
  return is_host(host, "127.0.0.1") || is_host(host, "localhost") || is_host(host, "[::1]") || (further && is_host(host, further));
}

bool guard_contiguous(const struct guard_layout *layout) {
  const char *at = layout->method + strlen(layout->method) + 1;
  if (layout->target != at) return false;
  at += layout->target_length + 1;
  if (layout->version != at) return false;
  at += strlen(layout->version) + 2;
  for (size_t i = 0; i < layout->header_count; i++) {
    const struct guard_header *header = &layout->headers[i];
    if (header->name != at) return false;
    at += strlen(header->name) + 1;
    if (header->value < at) return false;
    for (; at < header->value; at++)
      if (*at != ' ' && *at != '\t') return false;
    at += strlen(header->value) + 2;
  }
  return at + 2 == layout->method + layout->size; /* the blank line */
}

static const char *parse_length(const char *text, uint64_t *ret_length) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 15 || text[digits]) return "the Content-Length is no number";
  *ret_length = g_ascii_strtoull(text, NULL, 10);
  return NULL;
}

/* Of these a second one would be read by one party and not by the other. */
static const char *const single[] = { "Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Cookie", "Origin",
  "Connection", "X-Meno-CSRF", "X-Forwarded-For", "Expect", "Upgrade", NULL };

static const char *find_twice(const struct guard_head *head) {
  for (size_t k = 0; single[k]; k++) {
    int count = 0;
    for (size_t i = 0; i < head->header_count; i++)
      if (g_ascii_strcasecmp(head->headers[i].name, single[k]) == 0 && ++count > 1) return single[k];
  }
  return NULL;
}

static const char *find(const struct guard_head *head, const char *name) {
  for (size_t i = 0; i < head->header_count; i++)
    if (g_ascii_strcasecmp(head->headers[i].name, name) == 0) return head->headers[i].value;
  return NULL;
}

static const char *check_line(const struct guard_head *head, unsigned *ret_status) {
  if (strcmp(head->version, "HTTP/1.1") != 0 && strcmp(head->version, "HTTP/1.0") != 0) {
    *ret_status = 505;
    return "only HTTP/1.1 and HTTP/1.0 are spoken here";
  }
  if (!g_strv_contains(methods, head->method)) {
    *ret_status = 501;
    return "the method is not known here";
  }
  return is_target(head->target) ? NULL : "the address must begin with a slash and hold plain characters only; encode others with %";
}

const char *guard_check(const struct guard_head *head, uint64_t *ret_length, unsigned *ret_status) {
  *ret_status = 400;
  *ret_length = 0;
  const char *problem = check_line(head, ret_status);
  if (problem) return problem;
  if (head->header_count > GUARD_HEADERS) {
    *ret_status = 431;
    return "there are too many headers";
  }
  for (size_t i = 0; i < head->header_count; i++)
    if (!is_token(head->headers[i].name) || !is_value(head->headers[i].value)) return "a header's name or value has a character that may not be there";
  if (find_twice(head)) return "a header that may come once came twice";
  const char *length = find(head, "Content-Length"), *coding = find(head, "Transfer-Encoding"), *host = find(head, "Host");
  if (length && coding) return "Content-Length and Transfer-Encoding exclude each other";
  if (coding) {
    *ret_status = 411;
    return "send the body with a Content-Length";
  }
  if (!host) return "the Host header is missing";
  if (!guard_host(host, head->host)) {
    *ret_status = 421;
    return "this server does not answer to that Host; serve it with --url if it should";
  }
  return length ? parse_length(length, ret_length) : NULL;
}
