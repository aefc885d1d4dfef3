/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the cutters of the three forms share: a block under way. */
#pragma once
#include "text/cut.h"
#include "text/utf8.h"

struct cutter {
  struct text_blocks *to;
  GString *text;     /* of the block under way */
  size_t lead;
  bool space;        /* white space is due before the next word */
  int list;          /* lists and tables seen so far */
};

/* Appends words: collapses white space, drops what is invisible. */
void cutter_add(struct cutter *cutter, const char *text, size_t length);
void cutter_space(struct cutter *cutter);
/* Ends the block under way, if there is anything in it. */
void cutter_flush(struct cutter *cutter, enum block_kind kind, int level, int number, int list);

/* Does the line begin with who speaks ("Anna: …")? */
bool cut_labels_speaker(const char *line, size_t length);

void cut_markdown(struct cutter *cutter, const char *text, size_t length);
void cut_html(struct cutter *cutter, const char *text, size_t length);
void cut_plain(struct cutter *cutter, const char *text, size_t length);

#define CUT_COLUMNS 24 /* of a table: what stands further right is left out */
/* A table under way: the first row names the columns. A row becomes "first cell: Column: cell; Column: cell". */
struct cut_table { GPtrArray *heads, *cells; int list; bool in_head; };
void cut_table_cell(struct cutter *cutter, struct cut_table *table);
void cut_table_row(struct cutter *cutter, struct cut_table *table);
void cut_table_clear(struct cut_table *table);
