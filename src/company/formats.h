/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canonical files, as data. One row per file says its columns (type, bounds, whether required, part of the natural
 * key, personal), the kind of event that a row becomes and the table that keeps its current state. Validation, preview,
 * import, fold, export and the documentation of formats all read these rows; there is no code per file but for people,
 * whose rows become one event per person (several rows are several memberships).
 *
 * A row's event has a body of its columns under their own names: text as text, days as "2026-03-01", moments as ISO 8601
 * UTC, numbers as numbers, empty optional cells left out; a person column holds the opaque person id, never the employee
 * number; columns that the format does not know are kept under "extra". The table has the same columns in the same
 * order, then `seq`, the event that a reader of lineage opens: days as INTEGER days since 1970, moments as INTEGER
 * microseconds, numbers REAL, yes/no INTEGER, absent text '' (keys) or NULL. */
#pragma once
#include "base/error.h"
#include <stddef.h>

enum file_id {
  FILE_PEOPLE, FILE_SKILLS, FILE_JOBS, FILE_GOALS, FILE_KPIS, FILE_STATEMENTS, FILE_RESULTS, FILE_PROGRAMMES,
  FILE_ENROLMENTS, FILE_QUESTIONS, FILE_PULSE, FILE_OBJECTIVES, FILE_REQUESTS, FILE_WORK_LOG, FILE_TICKETS,
  FILE_CAPACITY, FILE_REWARDS, FILE_CHANGES, FILE_WORKFORCE, FILE_SOURCES, FILE_COUNT
};

enum column_type {
  COLUMN_TEXT,   /* free text */
  COLUMN_ID,     /* an identifier: trimmed, at most LIMIT_ID bytes */
  COLUMN_PERSON, /* an employee number; becomes the opaque person id */
  COLUMN_OWNER,  /* an employee number, else the name of a team */
  COLUMN_LIST,   /* identifiers or words separated by `;` */
  COLUMN_WORD,   /* one of `words` */
  COLUMN_NUMBER, /* between `least` and `most` */
  COLUMN_YES_NO, /* true/false, yes/no, 1/0, y/n, x */
  COLUMN_DAY,    /* an ISO 8601 date; a time after it is dropped */
  COLUMN_MOMENT  /* an ISO 8601 date, with or without a time */
};

/* COLUMN_PERSONAL: its event keeps it sealed (ledger/seal.h); an employee number in it becomes the opaque person id before. */
enum column_flag { COLUMN_REQUIRED = 1, COLUMN_KEY = 2, COLUMN_PERSONAL = 4 };

struct column {
  const char *name;
  enum column_type type;
  unsigned flags;
  double least, most;
  const char *const *words; /* of COLUMN_WORD: NULL-terminated; the first is the default where the cell is empty */
  const char *help;
};

enum format_flag {
  FORMAT_TABLE = 1,    /* comes as CSV; the others are documents (statements, sources) with a reader of their own */
  FORMAT_PER_PERSON = 2, /* rows are gathered into one event per person */
  FORMAT_REPEATS = 4   /* rows may repeat their key; they are numbered in order (table column `nth`, last of the key) */
};

struct format {
  enum file_id id;
  const char *file;       /* "kpis.csv" */
  const char *kind;       /* the event kind of a row: "kpi.observed" */
  const char *table;      /* "kpi"; the named queries company.put_TABLE, find_TABLE, all_TABLE belong to it */
  unsigned flags;
  const struct column *columns; /* ends with a NULL name; NULL for documents */
  const char *becomes;    /* for help and documentation */
  const char *tells;      /* what stays unknown without it: "whether a tool change is behind it" */
};

extern const struct format formats[FILE_COUNT]; /* in the order of enum file_id */

const struct format *format_by_file(const char *file); /* "kpis.csv"; NULL: not canonical */
const struct format *format_by_kind(const char *kind); /* "kpi.observed"; NULL: no row of a file */
size_t format_columns(const struct format *format);    /* how many columns */
/* The column's index, -1 if there is none of that name. */
int format_column(const struct format *format, const char *name);
