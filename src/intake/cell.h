/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One cell: from text to a typed value, by the column's row in company/formats.h. */
#pragma once
#include "base/clock.h"
#include "company/formats.h"

/* By column type: TEXT, ID, PERSON, OWNER `text` (interned), LIST `text` ("a;b": trimmed, without empty or repeated
 * members); NUMBER `number`; DAY `day`; MOMENT `moment` (microseconds); YES_NO `choice` 0 or 1; WORD `choice`, the index
 * in the column's words. Absent: NULL, NAN, CLOCK_NO_DAY, CELL_NO_MOMENT, CELL_NO_CHOICE. */
union cell { const char *text; double number; int32_t day; int64_t moment; int8_t choice; };
#define CELL_NO_MOMENT INT64_MIN
#define CELL_NO_CHOICE (-1)

union cell cell_absent(const struct column *column);
bool cell_is_absent(const struct column *column, union cell cell);
bool cell_equal(const struct column *column, union cell a, union cell b); /* texts are interned in the same chunk */

/* What is wrong with a cell, and what to do about it. */
struct complaint { char reason[240], remedy[160]; };
bool complain(struct complaint *complaint, const char *remedy, const char *reason, ...) G_GNUC_PRINTF(3, 4); /* false */

struct cell_style {
  bool decimal_comma; /* "0,5" is a number: files with semicolons */
  const char *format; /* of dates: "DD.MM.YYYY"; NULL: ISO 8601 */
};

/* Trims (spaces, no-break spaces) in place; returns the start, `*length` is updated. */
char *cell_trim(char *text, size_t *length);

/* `text` is trimmed, NUL-terminated UTF-8, and may be changed. An empty text is absent, also in a required column: that
 * is for the row to judge. False: refused, `complaint` is set. */
bool cell_parse(const struct column *column, const struct cell_style *style, char *text, GStringChunk *texts,
                union cell *ret_cell, struct complaint *complaint);
/* A number or a day that a mapping worked out; refused where the column takes none or it is out of bounds. */
bool cell_from_number(const struct column *column, double number, GStringChunk *texts, union cell *ret_cell,
                      struct complaint *complaint);
bool cell_from_day(const struct column *column, int32_t day, GStringChunk *texts, union cell *ret_cell,
                   struct complaint *complaint);

/* A decimal number ("1234.5", "-3", "1e5"; no "inf", "nan", hexadecimal or thousands). */
bool cell_parse_number(const char *text, bool decimal_comma, double *ret_number);
/* A date of a format made of YYYY, MM, M, DD, D, MMM (Jan) and what stands between; a time after it is dropped. */
bool cell_parse_date(const char *text, const char *format, int32_t *ret_day);
bool cell_format_valid(const char *format); /* has one year, one month and one day */
