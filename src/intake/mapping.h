/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mapping (`import.yaml`) says how other files become canonical ones. This is its schema-checked form; table.h runs it.
 *
 *     tables:
 *       - file: staff.csv                 the file that is read
 *         as: people.csv                  the canonical file that its rows become
 *         encoding: windows-1252          only where it is not recognised; so is the delimiter (comma, semicolon, tab)
 *         skip_rows: [1, 3]               rows to leave out, counted from 1; the first that stays is the header
 *         empty: [NA, "-"]                what stands for an empty cell in this file
 *         join:                           columns of another file, found by equal cells
 *           - { file: units.csv, on: unit_id, take: [unit_name] }
 *           - { file: sites.csv, on: { site: code }, take: { name: site_name } }   ours: theirs; theirs: ours
 *         columns:                        canonical column: where it comes from
 *           employee_number: "Worker ID"
 *           team: "{unit_name} {shift}"
 *           manager: { from: Supervisor, empty: [NO_MGR] }
 *           fte: { from: Hours, divide: 40 }            or multiply
 *           start_date: { from: Hired, format: DD.MM.YYYY }
 *           termination_date: { from: day, days_after: { by: term, A: 2024-02-01, B: 2024-10-01 } }
 *           employment_status: { from: Status, values: { A: active, T: terminated } }
 *         constants: { primary: yes }     the same in every row
 *         keep: [Grade]                   columns to keep with the event although the format does not know them
 *         skip_when: { Status: [Contractor, ""] }       rows to leave out
 *         aggregate: { by: [goal_id, team, date], value: mean, exposure: count }   mean, sum or count of each group
 *
 * Scalars are typed by the column that they go to. Columns that the mapping does not name are shown as unused and not
 * kept: a mapping is where somebody decides what is needed. */
#pragma once
#include "base/yaml.h"
#include "company/formats.h"

struct mapping_reading { /* how to read a file; the first table or join that says something wins, two may not differ */
  const char *encoding;  /* NULL: recognise */
  char delimiter;        /* 0: recognise */
  GArray *skip_rows;     /* of unsigned, sorted; NULL: none */
};

struct mapping_pair { const char *ours, *theirs; const struct yaml_node *node; };
struct mapping_join { const char *file; struct mapping_reading reading; GArray *on, *take; /* of struct mapping_pair */
                      const struct yaml_node *node; };

struct mapping_piece { const char *literal, *column; }; /* one of the two */
struct mapping_expression {
  int column;              /* index in the format */
  GArray *pieces;          /* of struct mapping_piece; a plain `from` is one piece */
  double multiply, divide; /* 1: none */
  bool scaled;
  const char *by;          /* days_after: the column that names the first day; NULL: none */
  GHashTable *days;        /* its cell → GINT_TO_POINTER(day) */
  GHashTable *values;      /* cell → text; NULL: none */
  GHashTable *empty;       /* a set; NULL: none */
  const char *format;      /* of a date; NULL: ISO */
  const struct yaml_node *node;
};
struct mapping_constant { int column; const char *text; const struct yaml_node *node; };
struct mapping_skip { const char *column; GHashTable *values; const struct yaml_node *node; };

enum mapping_function { MAPPING_MEAN, MAPPING_SUM, MAPPING_COUNT };
struct mapping_aggregate { GArray *by; /* of int, ends with -1; NULL: the table is not aggregated */
                           GArray *figures; /* of struct mapping_figure */ };
struct mapping_figure { int column; enum mapping_function function; };

struct mapping_table {
  const char *file;
  const struct format *as;
  struct mapping_reading reading;
  GPtrArray *joins;       /* of struct mapping_join */
  GPtrArray *expressions; /* of struct mapping_expression */
  GArray *constants;      /* of struct mapping_constant */
  GArray *skips;          /* of struct mapping_skip */
  GPtrArray *keep;        /* of the nodes whose text names a column */
  GHashTable *empty;      /* a set; NULL: none */
  struct mapping_aggregate aggregate;
  const struct yaml_node *node;
};

struct mapping { struct yaml_doc *doc; GPtrArray *tables; };

/* Errors: BAD_INPUT "name:line:column: …" for whatever the schema above does not know. `text` is copied. */
struct mapping *mapping_parse(const char *name, const char *text, size_t length, GError **error);
void mapping_free(struct mapping *mapping);
typedef struct mapping mapping_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(mapping_auto, mapping_free)
