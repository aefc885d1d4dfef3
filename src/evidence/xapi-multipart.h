/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * multipart/mixed as xAPI uses it (xAPI-Communication 1.5.2, RFC 2046): statements first, then the data of their attachments. A
 * reader and a writer over bytes; parts are slices of the body. */
#pragma once
#include "base/json.h"

struct xapi_part {
  const char *type; size_t type_length; /* Content-Type; NULL: none is given */
  const char *hash; size_t hash_length; /* X-Experience-API-Hash; NULL in the first part */
  const char *data; size_t length;
};

/* Parts of a body, in order. Error: BAD_INPUT with the part's number (from 0) and the requirement; TOO_LARGE over
 * LIMIT_XAPI_PARTS or LIMIT_XAPI_PART_HEAD. What is guaranteed: at least one part; the first is application/json; each other is
 * binary and has a hash. The slices point into `body` and `content_type` is not needed after. Free with g_array_unref. */
GArray *xapi_multipart_read(const char *content_type, const char *body, size_t length, GError **error);

/* Each attachment of each statement (one or an array, valid) without fileUrl has its part, each part its attachment, and its data
 * has the hash it claims. `parts` are those after the first, none for application/json. Whether the length that a statement
 * claims must be the data's own is the caller's choice: no requirement asks for it, and there are clients that count otherwise. */
bool xapi_attachments_match(struct json statements, const struct xapi_part *parts, size_t count, bool exact_lengths, GError **error);
/* The part with this hash, in either case; NULL: none. */
const struct xapi_part *xapi_part_find(const struct xapi_part *parts, size_t count, const char *hash, size_t length);

/* A boundary that stands in none of the parts: newly allocated. */
char *xapi_multipart_boundary(const struct xapi_part *parts, size_t count);
/* The body: parts[0] is the JSON. The header is then "multipart/mixed; boundary=" and the boundary. */
void xapi_multipart_write(GByteArray *out, const char *boundary, const struct xapi_part *parts, size_t count);
