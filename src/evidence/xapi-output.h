/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a store writes: the statement as it is kept, the formats in which it is returned, the definition of an activity as it grows. */
#pragma once
#include "evidence/xapi.h"

/* Where the moment `stored` stands in a text that is written: at `stored`, and at a `timestamp` that the statement lacked. */
#define XAPI_MOMENTS 2
struct xapi_moments { size_t at[XAPI_MOMENTS]; int count; };

/* What the store adds to a statement that it accepts. */
struct xapi_receipt {
  const char *id;        /* for a statement that has none; NULL: it has one */
  int64_t stored;        /* microseconds; 0 keeps what the statement says (an import from another store) */
  const char *authority; /* as JSON; NULL keeps what the statement says */
  enum xapi_version version; /* of the request: "1.0.0" or "2.0.0" where the statement names none */
  struct xapi_moments *ret_moments; /* NULL: nobody asks */
};

/* The statement as it is stored and returned as `exact`: every value as it was written, without insignificant space; id, stored,
 * authority, version and a missing timestamp by the receipt; moments in UTC at their own precision; every kind of
 * contextActivities an array. With zeros in the receipt the statement must have those members (assertion). */
void xapi_complete(struct json_writer *writer, const char *key, struct json statement, const struct xapi_receipt *receipt);

/* A value as it was written, without insignificant space. */
void xapi_put_compact(struct json_writer *writer, const char *key, struct json value);

/* Languages that a reader prefers, from Accept-Language (RFC 9110): the best first. */
#define XAPI_LANGUAGES 16
struct xapi_languages { struct { char tag[36]; double weight; } items[XAPI_LANGUAGES]; size_t count; };
void xapi_languages_read(struct xapi_languages *languages, const char *header); /* NULL: no preference; unreadable parts are skipped */
/* The entry of a language map to show: by preference (RFC 4647, lookup: en-GB takes en-GB, then en; en also takes en-GB),
 * else the first. False: the map is empty. */
bool xapi_language_choose(struct json map, const struct xapi_languages *languages, const char **ret_tag, struct json *ret_text);

/* format=ids: what identifies agents, verb and activities, and nothing that only describes them. */
void xapi_write_ids(struct json_writer *writer, const char *key, struct json statement);

/* format=canonical: activities with the store's definition and the verb with the store's display, one language in each map.
 * A look-up returns JSON that lives until the next, or NULL: then the statement's own is taken. */
struct xapi_canon {
  const char *(*definition)(void *data, const char *activity, size_t *ret_length);
  const char *(*display)(void *data, const char *verb, size_t *ret_length);
  void *data;
  const struct xapi_languages *languages;
};
void xapi_write_canonical(struct json_writer *writer, const char *key, struct json statement, const struct xapi_canon *canon);

/* A definition (as `held` by the store, may be absent) after another was `given`: names, descriptions and extensions join, the newer
 * winning; type and moreInfo follow the newer; what makes an interaction (its type, components and correct responses) stays as first
 * told, but for languages that its components gain (xAPI-Data 2.4.4.1). */
void xapi_merge_definition(struct json_writer *writer, const char *key, struct json held, struct json given);
/* Two language maps in one, the newer winning: a verb's displays. */
void xapi_merge_languages(struct json_writer *writer, const char *key, struct json held, struct json given);
