/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The multipart reader: find the boundary in the header, cut the body at its delimiters, read each part's few header lines.
 *
 * A delimiter is CRLF, two hyphens and the boundary, then spaces and CRLF (or two more hyphens: the end). The CRLF before it belongs
 * to it, so data keeps its own last line break. What stands before the first and after the last is ignored, as RFC 2046 says. A
 * line that begins like a delimiter and goes on otherwise is data. Lines end with CRLF and with nothing else: two readers that
 * differ about bare LF differ about where a part ends.
 *
 * The search is memmem, which is linear; part heads and the number of parts are bounded. Hashes are looked up in sorted lists, so
 * that many attachments cost n log n. Headers that xAPI does not name are skipped; one that it names may stand once. */
#include "evidence/xapi-multipart.h"
#include "base/limits.h"
#include "evidence/xapi-private.h"
#include <openssl/evp.h>

#define BOUNDARY_MOST 70 /* RFC 2046 5.1.1 */

struct slice { const char *p; size_t n; };

static bool refuse(GError **error, size_t part, const char *rule, const char *what) {
  return fail(error, MENO_ERROR_BAD_INPUT, "part %zu of the body: %s (%s)", part, what, rule);
}

/* ---- headers ---- */

static struct slice trim(struct slice s) {
  while (s.n > 0 && (*s.p == ' ' || *s.p == '\t')) s.p++, s.n--;
  while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
  return s;
}

static bool slice_is(struct slice s, const char *text) { return s.n == strlen(text) && g_ascii_strncasecmp(s.p, text, s.n) == 0; }

/* The media type without its parameters. */
static struct slice type_of(struct slice header) {
  const char *end = memchr(header.p, ';', header.n);
  return trim((struct slice){ header.p, end ? (size_t)(end - header.p) : header.n });
}

static bool is_boundary(const char *text, size_t length) {
  if (length == 0 || length > BOUNDARY_MOST || text[length - 1] == ' ') return false;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && (!text[i] || !strchr("'()+_,-./:=? ", text[i]))) return false;
  return true;
}

/* The value of a parameter that begins at p, quoted or not; the next begins at the result's semicolon or nowhere. */
static const char *read_value(const char *p, GString *out) {
  bool quoted = *p == '"';
  g_string_truncate(out, 0);
  for (p += quoted; *p && (quoted ? *p != '"' : *p != ';'); p++) {
    if (quoted && *p == '\\' && p[1]) p++;
    g_string_append_c(out, *p);
  }
  while (!quoted && out->len > 0 && strchr(" \t", out->str[out->len - 1])) g_string_truncate(out, out->len - 1);
  return strchr(p, ';');
}

/* The parameter "boundary" of a Content-Type. */
static bool read_boundary(const char *header, char out[BOUNDARY_MOST + 1], GError **error) {
  g_autoptr(GString) value = g_string_new(NULL);
  const char *p = strchr(header, ';');
  while (p) {
    p += 1 + strspn(p + 1, " \t");
    const char *equals = strchr(p, '=');
    if (!equals) break;
    struct slice name = trim((struct slice){ p, (size_t)(equals - p) });
    p = read_value(equals + 1, value);
    if (!slice_is(name, "boundary")) continue;
    if (!is_boundary(value->str, value->len)) break;
    g_strlcpy(out, value->str, BOUNDARY_MOST + 1);
    return true;
  }
  return fail(error, MENO_ERROR_BAD_INPUT, "the Content-Type names no boundary of 1 to %d characters; write multipart/mixed; boundary=… (XAPI-00130)", BOUNDARY_MOST);
}

struct head { struct slice type, hash, encoding; };

/* A header line is a token, a colon and text without control characters: what another reader might see as two lines is refused. */
static bool is_header(struct slice name, struct slice value) {
  for (size_t i = 0; i < name.n; i++)
    if (!g_ascii_isgraph(name.p[i]) || strchr("\"(),/;<=>?@[\\]{}", name.p[i])) return false;
  for (size_t i = 0; i < value.n; i++)
    if ((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') return false;
  return name.n > 0;
}

/* One header line into its place; a second of the same name is refused. */
static bool read_line(struct head *head, struct slice line, size_t part, GError **error) {
  const char *colon = memchr(line.p, ':', line.n);
  struct slice name = { line.p, colon ? (size_t)(colon - line.p) : 0 }, value = { NULL, 0 };
  if (colon) value = trim((struct slice){ colon + 1, line.n - name.n - 1 });
  if (!is_header(name, value)) return refuse(error, part, "XAPI-00130", "a header is a name, a colon and a value on one line");
  struct slice *place = slice_is(name, "Content-Type") ? &head->type : slice_is(name, "X-Experience-API-Hash") ? &head->hash
                      : slice_is(name, "Content-Transfer-Encoding") ? &head->encoding : NULL;
  if (!place) return true;
  if (place->p) return refuse(error, part, "XAPI-00130", "a header stands twice");
  *place = value;
  return true;
}

/* The lines up to the empty one; *ret_data is what follows. */
static bool read_head(struct slice text, struct head *head, struct slice *ret_data, size_t part, GError **error) {
  const char *p = text.p, *end = text.p + text.n;
  *head = (struct head){ 0 };
  while (end - p >= 2 && (p[0] != '\r' || p[1] != '\n')) {
    size_t left = (size_t)(end - p);
    const char *stop = memmem(p, MIN(left, LIMIT_XAPI_PART_HEAD), "\r\n", 2);
    if (!stop || stop - text.p > LIMIT_XAPI_PART_HEAD) return refuse(error, part, "XAPI-00130", "the headers do not end with an empty line, or are too long");
    if (!read_line(head, (struct slice){ p, (size_t)(stop - p) }, part, error)) return false;
    p = stop + 2;
  }
  if (end - p < 2) return refuse(error, part, "XAPI-00130", "the headers do not end with an empty line");
  *ret_data = (struct slice){ p + 2, (size_t)(end - p - 2) };
  return true;
}

static bool check_head(const struct head *head, size_t part, GError **error) {
  if (part == 0) return head->type.p && slice_is(type_of(head->type), "application/json") ? true : refuse(error, part, "XAPI-00134", "the first part is the statements, with Content-Type: application/json");
  if (!head->hash.p || !xapi_is_sha2(head->hash.p, head->hash.n)) return refuse(error, part, "XAPI-00132", "an attachment has the header X-Experience-API-Hash, its SHA-2 in hexadecimal");
  if (!head->encoding.p || !slice_is(head->encoding, "binary")) return refuse(error, part, "XAPI-00135", "an attachment has the header Content-Transfer-Encoding: binary");
  if (head->type.p && !xapi_is_media_type(head->type.p, head->type.n)) return refuse(error, part, "XAPI-00105", "the Content-Type is no media type");
  return true;
}

/* ---- parts ---- */

enum delimiter { NONE, NEXT, LAST };

/* Whether a delimiter stands at p ("--boundary"); *ret_after is behind its line. */
static enum delimiter delimiter_at(const char *p, const char *end, struct slice mark, const char **ret_after) {
  if ((size_t)(end - p) < mark.n || memcmp(p, mark.p, mark.n) != 0) return NONE;
  p += mark.n;
  bool last = end - p >= 2 && p[0] == '-' && p[1] == '-';
  if (last) p += 2;
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  if (last ? p < end && (end - p < 2 || p[0] != '\r' || p[1] != '\n') : end - p < 2 || p[0] != '\r' || p[1] != '\n') return NONE;
  *ret_after = p + (p < end ? 2 : 0);
  return last ? LAST : NEXT;
}

/* The next delimiter at or after p; *ret_start is where what precedes it ends. */
static enum delimiter find_delimiter(const char *body, const char *p, const char *end, struct slice mark, const char **ret_start, const char **ret_after) {
  for (; (p = memmem(p, (size_t)(end - p), mark.p, mark.n)) != NULL; p++) {
    bool begins_line = p == body || (p - body >= 2 && p[-2] == '\r' && p[-1] == '\n');
    enum delimiter found = begins_line ? delimiter_at(p, end, mark, ret_after) : NONE;
    *ret_start = p == body ? p : p - 2;
    if (found != NONE) return found;
  }
  return NONE;
}

static bool add_part(GArray *parts, struct slice text, GError **error) {
  struct head head;
  struct slice data = { NULL, 0 };
  if (parts->len >= LIMIT_XAPI_PARTS) return fail(error, MENO_ERROR_TOO_LARGE, "the body has more than %d parts; send it in several requests", LIMIT_XAPI_PARTS);
  if (!read_head(text, &head, &data, parts->len, error) || !check_head(&head, parts->len, error)) return false;
  if (parts->len == 0) head.hash = (struct slice){ NULL, 0 };
  struct xapi_part part = { head.type.p, head.type.n, head.hash.p, head.hash.n, data.p, data.n };
  g_array_append_val(parts, part);
  return true;
}

GArray *xapi_multipart_read(const char *content_type, const char *body, size_t length, GError **error) {
  char mark[BOUNDARY_MOST + 3] = "--";
  if (!content_type || !slice_is(type_of((struct slice){ content_type, strlen(content_type) }), "multipart/mixed")) {
    fail(error, MENO_ERROR_BAD_INPUT, "statements with attachments come as multipart/mixed, not as \"%.60s\" (XAPI-00127)", content_type ? content_type : "");
    return NULL;
  }
  if (!read_boundary(content_type, mark + 2, error)) return NULL;
  struct slice delimiter = { mark, strlen(mark) };
  const char *end = body + length, *start, *after, *next;
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct xapi_part));
  enum delimiter found = find_delimiter(body, body, end, delimiter, &start, &after);
  if (found != NEXT) {
    fail(error, MENO_ERROR_BAD_INPUT, "the body holds no part that begins with its boundary (XAPI-00131)");
    return NULL;
  }
  while (found == NEXT) {
    const char *begin = after;
    /* The line break that ends a delimiter's line may also begin the next delimiter: then the part is empty. */
    found = find_delimiter(body, begin, end, delimiter, &start, &next);
    if (found == NONE) {
      refuse(error, parts->len, "XAPI-00130", "it does not end with the boundary");
      return NULL;
    }
    if (!add_part(parts, (struct slice){ begin, start > begin ? (size_t)(start - begin) : 0 }, error)) return NULL;
    after = next;
  }
  return g_steal_pointer(&parts);
}

/* ---- attachments and their data ---- */

static bool hash_is(const struct xapi_part *part, const char *hash, size_t length) {
  return part->hash_length == length && g_ascii_strncasecmp(part->hash, hash, length) == 0;
}

const struct xapi_part *xapi_part_find(const struct xapi_part *parts, size_t count, const char *hash, size_t length) {
  for (size_t i = 0; i < count; i++)
    if (hash_is(&parts[i], hash, length)) return &parts[i];
  return NULL;
}

static bool data_has_hash(const struct xapi_part *part) {
  const EVP_MD *kind = part->hash_length == 56 ? EVP_sha224() : part->hash_length == 64 ? EVP_sha256() : part->hash_length == 96 ? EVP_sha384() : EVP_sha512();
  uint8_t sum[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (!EVP_Digest(part->data, part->length, sum, &length, kind, NULL) || length * 2 != part->hash_length) return false;
  for (unsigned i = 0; i < length; i++)
    if (sum[i] != (g_ascii_xdigit_value(part->hash[2 * i]) << 4 | g_ascii_xdigit_value(part->hash[2 * i + 1]))) return false;
  return true;
}

/* The parts by hash, to be found by halves, those that come twice once; `used` tells which have an attachment. */
struct index { const struct xapi_part **sorted; bool *used; size_t count; };

static int compare_hashes(const char *a, size_t n, const char *b, size_t m) { return n != m ? (n > m) - (n < m) : g_ascii_strncasecmp(a, b, n); }
static int compare_parts(const void *a, const void *b) {
  const struct xapi_part *x = *(const struct xapi_part *const *)a, *y = *(const struct xapi_part *const *)b;
  return compare_hashes(x->hash, x->hash_length, y->hash, y->hash_length);
}

static const struct xapi_part *use_part(struct index *index, struct xapi_text hash) {
  size_t low = 0, high = index->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct xapi_part *part = index->sorted[middle];
    int order = compare_hashes(hash.p, hash.n, part->hash, part->hash_length);
    if (order == 0) {
      index->used[middle] = true;
      return part;
    }
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return NULL;
}

/* A SubStatement's attachments come the same way (though the specification would rather see them outside). */
static bool match_statement(struct json statement, size_t number, struct index *index, bool exact_lengths, GError **error) {
  struct json object = json_get(statement, "object");
  size_t place = 0;
  if (json_equals(json_get(object, "objectType"), "SubStatement") && !match_statement(object, number, index, exact_lengths, error)) return false;
  struct json list = json_get(statement, "attachments");
  for (struct json_iter it = json_iter(list); json_next(&it); place++) {
    struct xapi_text hash = xapi_text(json_get(it.value, "sha2"));
    const struct xapi_part *part = hash.p ? use_part(index, hash) : NULL;
    int64_t length;
    if (!part && json_type(json_get(it.value, "fileUrl")) == JSON_ABSENT)
      return fail(error, MENO_ERROR_BAD_INPUT, "attachment %zu of statement %zu has neither a fileUrl nor a part with its hash in a body of multipart/mixed (XAPI-00129)", place, number);
    if (part && exact_lengths && (json_integer(json_get(it.value, "length"), &length) != 1 || length != (int64_t)part->length))
      return fail(error, MENO_ERROR_BAD_INPUT, "attachment %zu of statement %zu has %zu bytes, not the length that it claims (XAPI-00102)", place, number, part->length);
  }
  return true;
}

bool xapi_attachments_match(struct json statements, const struct xapi_part *parts, size_t count, bool exact_lengths, GError **error) {
  g_autofree const struct xapi_part **sorted = g_new(const struct xapi_part *, count + 1);
  g_autofree bool *used = g_new0(bool, count + 1);
  struct index index = { sorted, used, count };
  for (size_t i = 0; i < count; i++) {
    sorted[i] = &parts[i];
    if (!data_has_hash(&parts[i])) return refuse(error, i + 1, "XAPI-00132", "the data does not have the hash that its header X-Experience-API-Hash claims");
  }
  if (count > 1) qsort(sorted, count, sizeof *sorted, compare_parts);
  index.count = 0;
  for (size_t i = 0; i < count; i++)
    if (index.count == 0 || compare_parts(&sorted[index.count - 1], &sorted[i]) != 0) sorted[index.count++] = sorted[i];
  if (json_type(statements) != JSON_ARRAY) {
    if (!match_statement(statements, 0, &index, exact_lengths, error)) return false;
  } else {
    size_t number = 0;
    for (struct json_iter it = json_iter(statements); json_next(&it); number++)
      if (!match_statement(it.value, number, &index, exact_lengths, error)) return false;
  }
  for (size_t i = 0; i < index.count; i++)
    if (!used[i]) return refuse(error, (size_t)(sorted[i] - parts) + 1, "XAPI-00128", "no statement has an attachment with this hash");
  return true;
}

/* ---- writing ---- */

char *xapi_multipart_boundary(const struct xapi_part *parts, size_t count) {
  uint8_t sum[DIGEST_BYTES];
  char text[DIGEST_TEXT];
  for (uint64_t salt = 0;; salt++) {
    bool inside = false;
    digest(&salt, sizeof salt, sum);
    g_autofree char *boundary = g_strndup(digest_format(sum, text), 32);
    for (size_t i = 0; i < count && !inside; i++) inside = memmem(parts[i].data, parts[i].length, boundary, 32) != NULL;
    if (!inside) return g_steal_pointer(&boundary);
  }
}

static void append(GByteArray *out, const char *text, size_t length) { g_byte_array_append(out, (const uint8_t *)text, (guint)length); }

void xapi_multipart_write(GByteArray *out, const char *boundary, const struct xapi_part *parts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    g_autofree char *head = g_strdup_printf("%s--%s\r\n", i ? "\r\n" : "", boundary);
    append(out, head, strlen(head));
    if (parts[i].type_length > 0) {
      g_autofree char *type = g_strdup_printf("Content-Type: %.*s\r\n", (int)parts[i].type_length, parts[i].type);
      append(out, type, strlen(type));
    }
    if (i > 0) {
      g_autofree char *more = g_strdup_printf("Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: %.*s\r\n", (int)parts[i].hash_length, parts[i].hash);
      append(out, more, strlen(more));
    }
    append(out, "\r\n", 2);
    append(out, parts[i].data, parts[i].length);
  }
  g_autofree char *tail = g_strdup_printf("\r\n--%s--\r\n", boundary);
  append(out, tail, strlen(tail));
}
