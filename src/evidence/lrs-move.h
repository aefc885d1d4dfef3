/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements out of a store and into one, as they are. The format is JSON lines, UTF-8:
 *
 *   {"id":"…","actor":…,"stored":"…","authority":…,"version":"…"}      a statement, byte by byte as GET gives it
 *   {"attachment":{"sha2":"…","contentType":"…","data":"…"}}           before the statement that it belongs to: the data in base64
 *
 * What is voided is among them, as is what voids it. Statements that came in as files are not: they are no store's. What nobody can
 * read any more, because its person was erased or its time is over, is not either.
 *
 * The order is that of arrival. So a file goes on where it broke off: behind its last statement; and what was exported once grows by
 * what has come since. Import may be repeated: what is there and says the same is left as it is. */
#pragma once
#include "base/lines.h"
#include "evidence/lrs.h"

#define LRS_LINE_MOST (64u * 1024 * 1024) /* an attachment of LIMIT_XAPI_BODY in base64 */

struct lrs_export;
/* `query` is borrowed; its limit, order and format do not count. `after`: the id of the statement behind which it goes on; NULL: from
 * the beginning. It ends with what is there now. NOT_FOUND where `after` is none of this store's. */
struct lrs_export *lrs_export_new(struct lrs *lrs, const struct xapi_query *query, const char *after, GError **error);
void lrs_export_free(struct lrs_export *export);
typedef struct lrs_export lrs_export_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(lrs_export_auto, lrs_export_free)
/* Appends some whole statements, with what is attached to them: 1, 0 that was all, -1 an error. */
int lrs_export_next(struct lrs_export *export, GString *out, GError **error);
int64_t lrs_export_count(const struct lrs_export *export); /* statements so far */
double lrs_export_share(const struct lrs_export *export);

/* The id of a line that is a statement, small; false: it is an attachment, or neither. */
bool lrs_line_id(const char *line, size_t length, char ret_id[ID_TEXT]);

struct lrs_refusal { int64_t line; char id[ID_TEXT] /* empty: it has none that can be read */; char *why; };
struct lrs_import_report {
  int64_t lines, taken, there, unreadable, refused, attachments;
  GArray *refusals; /* of struct lrs_refusal, LIMIT_ROW_ERRORS at most; owned */
};
typedef struct lrs_import_report lrs_import_report_auto;
void lrs_import_report_clear(struct lrs_import_report *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(lrs_import_report_auto, lrs_import_report_clear)

struct lrs_import {
  struct lines *lines;
  bool check;              /* only look, and say what would be */
  const char *actor;       /* of the events */
  int64_t (*now)(void *data);
  bool (*progress)(void *data, const char *what, double share); /* false: stop. NULL: none */
  void *data;              /* of both */
  int64_t size;            /* of the source in bytes, for the share; 0: not known */
};
/* Takes what the lines have; a batch of them at a time, each durable as a whole. A line that cannot be taken is named in the report
 * and the others go on. False where it could not go on itself; what was taken before stays, and the report says how much.
 * CANCELLED where somebody stopped it. */
bool lrs_import(struct lrs *lrs, const struct lrs_import *import, struct lrs_import_report *ret_report, GError **error);
