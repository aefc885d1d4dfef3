/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From one delimited file to typed rows of a canonical one: by its own headers, or by a table of a mapping. */
#pragma once
#include "intake/csv.h"
#include "intake/encoding.h"
#include "intake/mapping.h"
#include "intake/rows.h"

struct table_file {
  const char *name;           /* as given; borrowed */
  uint16_t index;             /* among the files given */
  struct decoded text;
  struct csv_dialect dialect;
  const GArray *skip_rows;    /* of the mapping; NULL: none */
  char **header;              /* NULL-terminated */
  unsigned columns;
  bool *used;                 /* per column: something took it */
  uint32_t rows;              /* read so far, without header and blank rows */
};

/* Where rows go. */
struct table_sink {
  GStringChunk *texts;
  struct row_problems *problems;
  uint32_t bad_rows;
  bool (*progress)(void *data, const char *what, double share); /* may be NULL; false: stop */
  void *data;
};

/* `bytes` is borrowed. `reading` may be NULL. Errors: those of encoding.h and csv.h. */
struct table_file *table_open(const char *name, uint16_t index, GBytes *bytes, const struct mapping_reading *reading, GError **error);
void table_file_free(struct table_file *file);
typedef struct table_file table_file_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(table_file_auto, table_file_free)

/* A reader that stands behind the header; csv_reader_clear it. */
void table_reader_init(const struct table_file *file, struct csv_reader *reader);
/* The next row that counts: not blank, not in skip_rows. As csv_next. */
int table_next(const struct table_file *file, struct csv_reader *reader, GError **error);
int table_column(const struct table_file *file, const char *name); /* exact; -1: none */

/* Does a header name mean a column? Letters and digits count, case does not: "Employee Number" is employee_number. */
bool table_same_name(const char *header, const char *column);
/* The format whose required columns the header has, and that knows most of the header; NULL: none, or two alike. */
const struct format *table_recognise(char *const *header);

/* Reads by the file's own headers; columns that the format does not know are kept as extra. Errors: BAD_INPUT when a
 * required column is missing or the file breaks off (csv.h), CANCELLED. Bad rows are problems, not errors. */
bool table_read(struct table_file *file, struct row_set *set, struct table_sink *sink, GError **error);
/* Reads through a mapping. `files`: the opened tables by base name, for joins; NULL values: given, but broken. Errors as above, with the mapping's place. */
bool table_map(struct table_file *file, const struct mapping *mapping, const struct mapping_table *table, GHashTable *files,
               struct row_set *set, struct table_sink *sink, GError **error);
