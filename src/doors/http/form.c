/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 3986 (percent-encoding), the WHATWG URL standard (queries), RFC 6265 (cookies), RFC 7578 with the escapes that
 * browsers write (multipart/form-data). All of them strictly: what is not plainly right is refused with its reason, as two
 * readings of one text are how filters are passed by. A multipart body lies in memory whole (it is bounded), so parts are
 * slices of it and nothing is copied.
 *
 * How it can be wrong: a boundary may stand inside a file by chance; then that file is cut there, and the rest is refused
 * as no part. Browsers take 16 random characters and more. */
#include "doors/http/form.h"
#include "base/limits.h"
#include <string.h>

/* ---- percent-encoding, queries, cookies ------------------------------------------------------------------------- */

char *form_decode(const char *text, size_t length, bool plus) {
  g_autofree char *out = g_malloc(length + 1);
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    int c = (unsigned char)text[i];
    if (c == '+' && plus) c = ' ';
    if (c == '%') {
      int high = i + 2 < length ? g_ascii_xdigit_value(text[i + 1]) : -1;
      int low = high >= 0 ? g_ascii_xdigit_value(text[i + 2]) : -1;
      if (low < 0) return NULL;
      c = high << 4 | low;
      i += 2;
    }
    if (c == 0) return NULL;
    out[n++] = (char)c;
  }
  out[n] = 0;
  return g_utf8_validate(out, (gssize)n, NULL) ? g_steal_pointer(&out) : NULL;
}

void form_pair_free(struct form_pair *pair) {
  if (!pair) return;
  g_free(pair->name);
  g_free(pair->value);
  g_free(pair);
}

GPtrArray *form_query(const char *query, GError **error) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify)form_pair_free);
  for (const char *at = query; *at;) {
    size_t length = strcspn(at, "&"), name = MIN(length, strcspn(at, "="));
    if (pairs->len == FORM_QUERY) {
      fail(error, MENO_ERROR_TOO_LARGE, "the address has more than %d parameters", FORM_QUERY);
      return NULL;
    }
    if (length) {
      struct form_pair *pair = g_new0(struct form_pair, 1);
      g_ptr_array_add(pairs, pair);
      pair->name = form_decode(at, name, true);
      pair->value = name < length ? form_decode(at + name + 1, length - name - 1, true) : g_strdup("");
      if (!pair->name || !pair->value) {
        fail(error, MENO_ERROR_BAD_INPUT, "parameter %u of the address is not well encoded: write UTF-8 with %%XX, and no %%00", pairs->len);
        return NULL;
      }
    }
    at += length + (at[length] == '&');
  }
  return g_steal_pointer(&pairs);
}

char *form_cookie(const char *header, const char *name) {
  const char *found = NULL;
  size_t found_length = 0, name_length = strlen(name);
  for (const char *at = header; *at;) {
    at += strspn(at, " \t;");
    size_t length = strcspn(at, ";");
    if (length > name_length && at[name_length] == '=' && strncmp(at, name, name_length) == 0) {
      if (found) return NULL; /* a sibling site may have planted the other */
      found = at + name_length + 1;
      found_length = length - name_length - 1;
    }
    at += length;
  }
  while (found_length && (found[found_length - 1] == ' ' || found[found_length - 1] == '\t')) found_length--;
  return found ? g_strndup(found, found_length) : NULL;
}

/* ---- headers with parameters ------------------------------------------------------------------------------------ */

bool form_is_type(const char *header, const char *type) {
  if (!header) return false;
  size_t length = strlen(type);
  if (g_ascii_strncasecmp(header, type, length) != 0) return false;
  header += length + strspn(header + length, " \t");
  return *header == 0 || *header == ';';
}

/* Moves over `; name=value` or `; name="va\"lue"`. 1 one was there, 0 the end, -1 broken. The value is newly allocated. */
static int next_parameter(const char **at, char **ret_name, char **ret_value) {
  const char *p = *at + strspn(*at, " \t");
  if (!*p) return 0;
  if (*p++ != ';') return -1;
  p += strspn(p, " \t");
  if (!*p) return 0;
  size_t name = strcspn(p, "=; \t\"");
  if (name == 0 || p[name] != '=') return -1;
  g_autofree char *name_text = g_ascii_strdown(p, (gssize)name);
  p += name + 1;
  g_autoptr(GString) value = g_string_new(NULL);
  if (*p == '"') {
    for (p++; *p && *p != '"'; p++) {
      if (*p == '\\' && (p[1] == '"' || p[1] == '\\')) p++; /* others are themselves: C:\x was sent by browsers */
      g_string_append_c(value, *p);
    }
    if (*p++ != '"') return -1;
  } else {
    size_t length = strcspn(p, "; \t\"");
    g_string_append_len(value, p, (gssize)length);
    p += length;
  }
  *at = p;
  *ret_name = g_steal_pointer(&name_text);
  *ret_value = g_string_free(g_steal_pointer(&value), FALSE);
  return 1;
}

/* The parameter of a header after its first word; NULL: absent, twice, or the header is broken. */
static char *find_parameter(const char *header, const char *wanted) {
  g_autofree char *found = NULL;
  const char *at = header + strcspn(header, ";");
  for (;;) {
    g_autofree char *name = NULL, *value = NULL;
    int more = next_parameter(&at, &name, &value);
    if (more < 0) return NULL;
    if (more == 0) return g_steal_pointer(&found);
    if (strcmp(name, wanted) != 0) continue;
    if (found) return NULL;
    found = g_steal_pointer(&value);
  }
}

char *form_boundary(const char *header) {
  if (!form_is_type(header, "multipart/form-data")) return NULL;
  g_autofree char *boundary = find_parameter(header, "boundary");
  if (!boundary || !*boundary || strlen(boundary) > 70) return NULL;
  for (const char *p = boundary; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("'()+_,-./:=? ", *p)) return NULL;
  return boundary[strlen(boundary) - 1] == ' ' ? NULL : g_steal_pointer(&boundary);
}

/* ---- multipart -------------------------------------------------------------------------------------------------- */

void form_part_free(struct form_part *part) {
  if (!part) return;
  g_free(part->name);
  g_free(part->file_name);
  g_free(part->type);
  g_free(part);
}

/* Browsers write %22, %0D and %0A in names; any other percent sign is itself. */
static char *unescape_name(const char *text) {
  GString *out = g_string_new(NULL);
  for (; *text; text++) {
    const char *escaped = strncmp(text, "%22", 3) == 0 ? "\"" : strncmp(text, "%0D", 3) == 0 || strncmp(text, "%0A", 3) == 0 ? " " : NULL;
    if (escaped) g_string_append(out, escaped), text += 2;
    else g_string_append_c(out, *text);
  }
  return g_string_free(out, FALSE);
}

/* A name that can be shown and stored: UTF-8 without control characters, bounded. */
static bool is_name(const char *name) {
  if (!*name || strlen(name) > LIMIT_ID || !g_utf8_validate(name, -1, NULL)) return false;
  for (; *name; name++)
    if ((unsigned char)*name < ' ' || *name == 0x7F) return false;
  return true;
}

static char *file_name_of(const char *sent) {
  g_autofree char *plain = unescape_name(sent);
  const char *slash = strrchr(plain, '/'), *back = strrchr(plain, '\\');
  const char *last = slash || back ? MAX(slash ? slash + 1 : plain, back ? back + 1 : plain) : plain;
  return is_name(last) && strcmp(last, ".") != 0 && strcmp(last, "..") != 0 ? g_strdup(last) : NULL;
}

static bool read_disposition(struct form_part *part, const char *value, GError **error) {
  if (part->name) return fail(error, MENO_ERROR_BAD_INPUT, "a part has two Content-Disposition headers");
  g_autofree char *name = form_is_type(value, "form-data") ? find_parameter(value, "name") : NULL;
  part->name = name ? unescape_name(name) : NULL;
  if (!part->name || !is_name(part->name)) return fail(error, MENO_ERROR_BAD_INPUT, "a part of the body has no usable name; send `form-data; name=\"files\"`");
  g_autofree char *file = find_parameter(value, "filename");
  if (!file) return true;
  part->file_name = file_name_of(file);
  return part->file_name || fail(error, MENO_ERROR_BAD_INPUT, "the file of part \"%s\" has no usable name; give it one of at most %d bytes", part->name, LIMIT_ID);
}

static bool read_part_head(struct form_part *part, const char *head, size_t length, GError **error) {
  if (memchr(head, 0, length) || !g_utf8_validate(head, (gssize)length, NULL))
    return fail(error, MENO_ERROR_BAD_INPUT, "the headers of a part hold a NUL byte, or are not UTF-8");
  g_autofree char *text = g_strndup(head, length);
  g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
  for (size_t i = 0; lines[i]; i++) {
    size_t name = strcspn(lines[i], ":");
    if (name == 0 || !lines[i][name] || strpbrk(lines[i], "\r\n")) return fail(error, MENO_ERROR_BAD_INPUT, "a header of a part is no \"name: value\" line");
    const char *value = lines[i] + name + 1;
    value += strspn(value, " \t");
    lines[i][name] = 0;
    if (g_ascii_strcasecmp(lines[i], "content-disposition") == 0) {
      if (!read_disposition(part, value, error)) return false;
    } else if (g_ascii_strcasecmp(lines[i], "content-type") == 0) {
      g_free(part->type);
      part->type = g_strdup(value);
    } else if (g_ascii_strcasecmp(lines[i], "content-transfer-encoding") == 0 && g_ascii_strcasecmp(value, "binary") != 0 && g_ascii_strcasecmp(value, "8bit") != 0 && g_ascii_strcasecmp(value, "7bit") != 0)
      return fail(error, MENO_ERROR_BAD_INPUT, "a part is encoded as \"%.40s\"; send it as it is", value);
  }
  return part->name || fail(error, MENO_ERROR_BAD_INPUT, "a part of the body has no Content-Disposition");
}

/* One part: `*at` stands behind its boundary's CRLF and moves behind the next boundary. `mark` is CRLF -- boundary. */
static bool read_part(struct form_part *part, const char **at, const char *end, const char *mark, GError **error) {
  size_t mark_length = strlen(mark), window = MIN((size_t)(end - *at), FORM_PART_HEAD);
  const char *blank = memmem(*at, window, "\r\n\r\n", 4);
  if (!blank) return fail(error, MENO_ERROR_BAD_INPUT, "the headers of a part do not end, or are longer than %d bytes", FORM_PART_HEAD);
  if (!read_part_head(part, *at, (size_t)(blank - *at), error)) return false;
  /* The CRLF of the blank line may be that of the boundary: an empty part. */
  const char *data = blank + 4, *next = memmem(blank + 2, (size_t)(end - blank - 2), mark, mark_length);
  if (!next) return fail(error, MENO_ERROR_BAD_INPUT, "part \"%s\" does not end: the body was cut off", part->name);
  part->data = data;
  part->length = next < data ? 0 : (size_t)(next - data);
  *at = next + mark_length;
  return true;
}

GPtrArray *form_multipart(const char *boundary, const char *body, size_t length, GError **error) {
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func((GDestroyNotify)form_part_free);
  g_autofree char *mark = g_strconcat("\r\n--", boundary, NULL);
  size_t first = strlen(mark) - 2;
  const char *at = body, *end = body + length;
  if (length < first || memcmp(body, mark + 2, first) != 0) {
    fail(error, MENO_ERROR_BAD_INPUT, "the body does not begin with its boundary \"%s\"", boundary);
    return NULL;
  }
  for (at += first; end - at < 2 || memcmp(at, "--", 2) != 0;) {
    if (end - at < 2 || memcmp(at, "\r\n", 2) != 0) {
      fail(error, MENO_ERROR_BAD_INPUT, "a boundary of the body is followed by neither a line's end nor \"--\"");
      return NULL;
    }
    if (parts->len == FORM_PARTS) {
      fail(error, MENO_ERROR_TOO_LARGE, "the body has more than %d parts", FORM_PARTS);
      return NULL;
    }
    struct form_part *part = g_new0(struct form_part, 1);
    g_ptr_array_add(parts, part);
    at += 2;
    if (!read_part(part, &at, end, mark, error)) return NULL;
  }
  return g_steal_pointer(&parts);
}
