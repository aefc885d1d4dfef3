/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small grammars inside a request: percent-encoding, queries, cookies, multipart bodies. Pure, and fuzzed. */
#pragma once
#include "base/error.h"
#include <stddef.h>

#define FORM_PARTS 250         /* of a multipart body */
#define FORM_QUERY 50          /* parameters */
#define FORM_PART_HEAD 4096    /* bytes of a part's headers */

/* Decodes %XX (and, where `plus`, '+' as a blank). NULL: a broken escape, a NUL, or not UTF-8. Newly allocated. */
char *form_decode(const char *text, size_t length, bool plus);

struct form_pair { char *name, *value; };
void form_pair_free(struct form_pair *pair);
/* "a=1&b=2" → array of struct form_pair in order. Error: BAD_INPUT. Newly allocated. */
GPtrArray *form_query(const char *query, GError **error);

/* The value of a cookie in a Cookie header, newly allocated; NULL: it is not there, or there twice. */
char *form_cookie(const char *header, const char *name);

/* "application/json; charset=utf-8" is "application/json": whether a Content-Type (NULL: none) is `type`. */
bool form_is_type(const char *header, const char *type);
/* The boundary of a multipart/form-data Content-Type, newly allocated; NULL: it has none. */
char *form_boundary(const char *header);

struct form_part {
  char *name, *file_name, *type; /* file_name, type: NULL where not given. A file's name is without folders */
  const char *data;              /* within the body */
  size_t length;
};
void form_part_free(struct form_part *part);
/* Array of struct form_part, whose data lie in `body`. Error: BAD_INPUT, TOO_LARGE over FORM_PARTS. Newly allocated. */
GPtrArray *form_multipart(const char *boundary, const char *body, size_t length, GError **error);
