/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that come in: from their bytes to checked, typed rows and documents, ready to become events. Pure: nothing is
 * stored, nothing is asked but what the caller hands over. The same files give the same intake.
 *
 * What the caller decides by: `blocked` (a file that cannot be read, or lacks a column: no row can be skipped to mend it)
 * refuses the import; `bad_rows` refuse it unless the caller was told to leave them out, which they already are in the
 * sets. Nothing is ever half there: a file that breaks off in the middle leaves no rows. */
#pragma once
#include "intake/document.h"
#include "intake/guess.h"

/* Does the company know this key already? NULL function: nothing is known. Asked once per file, column and distinct key. */
struct intake_known {
  bool (*known)(void *data, enum file_id id, const char *key);
  void *data;
  GHashTable *answers; /* to questions of an earlier reading: file name → (question id → choice); NULL: none */
};

struct intake_file { const char *name; GBytes *bytes; }; /* "people.csv", "sources/handbook.md"; folders are for people */

#define INTAKE_AS 6

enum intake_role {
  INTAKE_UNKNOWN,   /* nobody knows what it is: a table has `guess`, unless a mapping was given that does not name it */
  INTAKE_BY_NAME, INTAKE_BY_HEADER, INTAKE_BY_MAPPING, /* a table */
  INTAKE_PARTNER,   /* only joined by others */
  INTAKE_STATEMENTS, INTAKE_SOURCE,
  INTAKE_MAPPING,   /* import.yaml among the files */
  INTAKE_BROKEN     /* could not be read: a problem says why */
};
extern const char *const intake_role_names[]; /* "not recognised", "by its name" … */

struct intake_seen {            /* how a file was understood */
  const char *name;
  enum intake_role role;
  const struct format *as[INTAKE_AS]; /* what its rows became, the first few; NULL behind the last */
  const char *encoding;         /* NULL: not text */
  char delimiter;               /* 0: no table */
  uint32_t rows;                /* rows of a table, statements of a file of them; without header and blank rows */
  char **unused;                /* columns that nothing took; NULL-terminated, NULL: none */
  bool kept;                    /* they are kept as extra */
  struct mapping_guess *guess;  /* of a table that needs a mapping; NULL otherwise */
};

struct intake {
  struct row_set *sets[FILE_COUNT];   /* NULL: no such file came */
  GArray *statements;                 /* of struct document_statement */
  GArray *sources;                    /* of struct document_source */
  struct intake_seen *seen;           /* as the files given */
  size_t count;
  struct row_problems problems, warnings;
  uint32_t bad_rows;                  /* left out of the sets */
  uint32_t repeated;                  /* identical rows that count once */
  bool blocked;                       /* some problem is a `whole_file` one */
  char *mapping;                      /* the text of the mapping that was used, to be kept with the source; NULL: none */
  const char **names;                 /* of the files, by row_set.file */
  GStringChunk *texts;                /* the rest is the intake's own: where the rows' texts are interned */
  GArray *decoded;                    /* texts of the documents */
};

/* `files` must outlive the intake. `mapping`: a mapping file, or NULL; a file called import.yaml (or .yml) among the files
 * serves when it is NULL. `known` may be NULL. `progress` may be NULL; false from it stops. Errors: BAD_INPUT for a mapping
 * that does not hold; TOO_LARGE over LIMIT_IMPORT_FILES or a file's limits; CANCELLED. Where no file is recognised, each is
 * a problem and the intake is blocked; beside recognised ones it is a warning. */
struct intake *intake_read(const struct intake_file *files, size_t count, const struct intake_file *mapping,
                           const struct intake_known *known, bool (*progress)(void *data, const char *what, double share),
                           void *data, GError **error);
void intake_free(struct intake *intake);
typedef struct intake intake_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(intake_auto, intake_free)

/* The first problems as lines of text, at most `most` of them, then how many there are beside; "" for none. */
char *intake_problems_text(const struct row_problems *problems, unsigned most);
