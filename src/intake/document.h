/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What does not come in rows: xAPI statements, one JSON slice each, and sources (handbooks, notes) with their front
 * matter. They are passed on as they are; the evidence room validates statements, the studio cuts sources into spans. */
#pragma once
#include "base/clock.h"
#include "intake/encoding.h"
#include "intake/rows.h"

struct document_statement {
  const char *json; /* one object; a slice of the file's text */
  uint32_t length;
  uint32_t line;    /* that it starts on */
  uint32_t number;  /* in its file, from 0: the pointer is "/number" in an array */
  uint16_t file;    /* index among the files given */
};

struct document_source {
  const char *name;  /* without the folder: "handbook.md" of "sources/handbook.md" */
  const char *text;  /* UTF-8 behind the front matter; a slice */
  size_t length;
  uint32_t line;     /* that the text starts on */
  uint16_t file;
  char *title, *owner, *licence, *audience; /* NULL: not given */
  int32_t valid_until;                      /* CLOCK_NO_DAY: not given */
};
void document_source_clear(void *source);

/* Is it a file of statements, whatever it is called: JSON lines, an array, or a result with "statements", whose first
 * object has an actor and a verb? */
bool document_has_statements(const char *name, const struct decoded *text);

/* Appends to `statements` (of struct document_statement). A statement that is broken, too large or lacks actor, verb.id
 * or object is a problem. False: the file breaks off or is no JSON; BAD_INPUT with its place. */
bool document_read_statements(const char *name, uint16_t file, const struct decoded *text, GArray *statements,
                              struct row_problems *problems, uint32_t *bad_rows, GError **error);

/* Appends to `sources` (of struct document_source). Front matter that cannot be read is a warning, and part of the text. */
void document_read_source(const char *name, uint16_t file, const struct decoded *text, GArray *sources, struct row_problems *warnings);
