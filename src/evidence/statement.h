/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Meno reads from an xAPI statement (1.0.3 and 2.0) when it takes one as evidence. The statement itself is kept whole. */
#pragma once
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

struct statement {
  char id[ID_TEXT];     /* its own, or one made from its content where it has none */
  const char *actor;    /* "mailto:…", "mbox_sha1sum:…", "openid:…" or "account:home|name"; owned: statement_clear */
  const char *verb, *object, *name; /* of the activity in whatever language comes first; NULL: none; owned by the document */
  int64_t at;           /* timestamp, else `stored`, else `otherwise` */
  double score;         /* scaled, or raw between min and max; 0–1; NAN: none */
  int success;          /* 1, 0, -1: not said */
  int completion;       /* the same */
  double progress;      /* how far, 0–1, as cmi5 and the video profile tell it; NAN: not said */
  const char *type;     /* of the activity, an IRI; NULL: none; owned by the document */
  bool group;           /* several did it together: `actor` is nobody's */
};

/* What can be told of any JSON; of a group without an identifier `actor` is NULL, and `id` is empty where there is none. */
void statement_glance(struct json value, int64_t otherwise, struct statement *ret_statement);
/* Error: BAD_INPUT naming the member that is missing or wrong. */
bool statement_read(struct json value, int64_t otherwise, struct statement *ret_statement, GError **error);
void statement_clear(struct statement *statement);
