/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Typed rows of one canonical file, column by column, and what is wrong with them. A row knows the file and the line
 * that it came from. All texts of one intake are interned in one chunk, so equal texts are equal pointers. */
#pragma once
#include "intake/cell.h"

union row_cells { const char **text; double *number; int32_t *day; int64_t *moment; int8_t *choice; };

struct row_set {
  const struct format *format;
  uint32_t count;
  union row_cells *columns; /* as format->columns; absent cells as cell_absent says */
  uint32_t *line;           /* in the file it came from */
  uint16_t *file;           /* index of that file among the files given */
  const char **extra;       /* NULL, or per row: NULL or a JSON object of the columns that the format does not know */
  uint32_t *nth;            /* FORMAT_REPEATS: 0 for the first row of its key, 1 for the second …; else NULL */
  /* FORMAT_PER_PERSON, else NULL: the rows' numbers gathered by person, in the order of the first appearance. The first
   * of each person is the primary membership (column `primary`, else the newest start); the rest go from new to old. */
  uint32_t *by_person;
  uint32_t room;            /* the set's own */
};

struct row_set *row_set_new(const struct format *format);
void row_set_free(struct row_set *set);
typedef struct row_set row_set_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(row_set_auto, row_set_free)

/* `cells`: one per column of the format. `extra` may be NULL; it is borrowed. */
void row_push(struct row_set *set, const union cell *cells, uint16_t file, uint32_t line, const char *extra);
void row_pop(struct row_set *set); /* takes the last row back */
union cell row_cell(const struct row_set *set, int column, uint32_t row);
void row_set_cell(struct row_set *set, int column, uint32_t row, union cell cell);
/* The text of a text column by its name; NULL: absent. The column must be there. */
const char *row_text(const struct row_set *set, const char *column, uint32_t row);
int32_t row_day(const struct row_set *set, const char *column, uint32_t row);
/* Of a COLUMN_WORD: the word, the first of the column's words where the cell is empty. */
const char *row_word(const struct row_set *set, int column, uint32_t row);
/* Removes the rows whose byte in `bad` is not 0. */
void row_set_drop(struct row_set *set, const uint8_t *bad);

/* Finds rows with the same key: the columns whose indices are in `key` (ends with -1). */
struct row_index { const struct row_set *set; const int *key; uint32_t *slots; uint32_t mask, used; };
void row_index_init(struct row_index *index, const struct row_set *set, const int *key);
void row_index_clear(struct row_index *index);
typedef struct row_index row_index_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(row_index_auto, row_index_clear)
/* The row that was added first with this row's key: `row` itself when it is new. */
uint32_t row_index_add(struct row_index *index, uint32_t row);
/* The same, but from now on `row` stands for the key. */
uint32_t row_index_replace(struct row_index *index, uint32_t row);

/* What is wrong, or worth a remark. `whole_file`: no row can be skipped to mend it. */
struct row_problem {
  const char *file;   /* as given */
  uint32_t line, at;  /* `at`: the character in the line. 0: not known, or the whole file */
  char *column;       /* NULL: the whole row */
  char *value;        /* quoted and shortened, NULL: none */
  char *reason, *remedy; /* remedy may be NULL */
  uint32_t rows;      /* how many rows it is about */
  bool whole_file;
};

/* Problems up to LIMIT_ROW_ERRORS one by one; `total` counts all of them. */
struct row_problems { GPtrArray *list; uint64_t total; };
void row_problems_init(struct row_problems *problems);
void row_problems_clear(struct row_problems *problems);
/* Takes a copy of what it is given, but of `file`, which is borrowed. `value` is plain text: it is quoted here. */
struct row_problem *row_problem_add(struct row_problems *problems, const char *file, uint32_t line, const char *column,
                                    const char *value, const char *reason, const char *remedy); /* NULL: only counted */
/* "people.csv:17: start_date \"31.02.2024\" is not a date; write it as YYYY-MM-DD" */
char *row_problem_text(const struct row_problem *problem);
