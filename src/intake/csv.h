/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Delimited text, row by row, over memory: RFC 4180 quoting; comma, semicolon or tab; CRLF, LF or CR. A row is an array
 * of slices into the text, valid as long as the text is; the array is overwritten by the next row. */
#pragma once
#include "base/error.h"
#include <stddef.h>

struct csv_cell {
  const char *at;   /* what stands between the quotes, or between the delimiters */
  uint32_t length;
  bool escaped;     /* holds doubled quotes: csv_copy halves them */
};

struct csv_dialect { char delimiter; size_t start; unsigned line; }; /* where the first row starts: after a "sep=;" line */

struct csv_reader {
  const char *file;
  struct csv_cell *cells; /* of the row: `count` of them; room for LIMIT_CSV_COLUMNS, the rest is for the caller */
  unsigned count, line;   /* the line that the row starts on, from 1 */
  /* the rest is the reader's own */
  const char *text, *at, *end, *block;
  unsigned mask, next_line;
  char delimiter;
};

/* Recognised from the first rows. */
struct csv_dialect csv_sniff(const char *text, size_t length);

/* `file` is how errors call it. `text` is valid UTF-8 (encoding.h) and, like `file`, borrowed. */
void csv_reader_init(struct csv_reader *reader, const char *file, const char *text, size_t length,
                     const struct csv_dialect *dialect);
void csv_reader_clear(struct csv_reader *reader);
typedef struct csv_reader csv_reader_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(csv_reader_auto, csv_reader_clear)

/* 1 a row, 0 the end, -1 failed for good: BAD_INPUT "file:line:column: …" for a quote that is never closed, text after a
 * closing quote, more than LIMIT_CSV_COLUMNS cells, a cell over LIMIT_CSV_FIELD. Blank lines are passed over. */
int csv_next(struct csv_reader *reader, GError **error);

/* Copies a cell to `out` (room for length + 1), doubled quotes halved, NUL at the end; returns the length. */
size_t csv_copy(const struct csv_cell *cell, char *out);

/* How far the reader is, 0 to 1. */
double csv_share(const struct csv_reader *reader);

/* Reads the next row as a header: trimmed names, NULL-terminated; a nameless column is "column N". Errors: BAD_INPUT for
 * an empty file or a name that stands twice. */
char **csv_read_header(struct csv_reader *reader, GError **error);

/* `text` shortened to some sixty characters, in quotes, line breaks shown as spaces: for messages. */
char *csv_quote(const char *text);
