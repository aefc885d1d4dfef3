/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a GET of statements asks for (xAPI-Communication 2.1.3): parameters as a door has decoded them, checked and typed; filters as
 * keys and roles that fit the terms of xapi.h. */
#pragma once
#include "evidence/xapi.h"

struct xapi_parameter { const char *name, *value; };
enum xapi_format { XAPI_EXACT, XAPI_IDS, XAPI_CANONICAL };

struct xapi_query {
  char statement[ID_TEXT], voided[ID_TEXT], registration[ID_TEXT]; /* in lower case; empty: not asked for */
  char *agent, *verb, *activity;       /* keys of terms; NULL: not asked for */
  unsigned agent_roles, activity_roles; /* under which of the roles (XAPI_FILTER_…) */
  int64_t since, until;                /* stored after, and at or before: microseconds; INT64_MIN and INT64_MAX: not asked for */
  int64_t limit;                       /* 0: as many as the store gives */
  enum xapi_format format;
  bool attachments, ascending;
  bool voided_too;                     /* no parameter: a list has what is voided, too */
};
typedef struct xapi_query xapi_query_auto;

/* Error: BAD_INPUT naming the parameter and the requirement: one that there is not, one that stands twice, a value that is none of
 * its kind, or one beside statementId or voidedStatementId that may not be. `ret_query` is untouched on failure. */
bool xapi_query_read(const struct xapi_parameter *parameters, size_t count, enum xapi_version version, struct xapi_query *ret_query, GError **error);
void xapi_query_clear(struct xapi_query *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(xapi_query_auto, xapi_query_clear)
