/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A draft under way: sentences with the spans that they rest on, items, blocks, questions. */
#pragma once
#include "studio/draft.h"

struct sentence { char *text; GArray *spans; /* of int */ };
struct item { struct sentence *lead; /* NULL: none */ GPtrArray *sentences; int first /* span, for the order */, section; unsigned cues; double score; int words; };
struct option { struct sentence *sentence; bool right; };
struct quiz { const char *kind, *ask; struct sentence *stem; GPtrArray *options, *feedback; int first, words; };
struct drafted { const struct pattern_block *of; int section /* whose heading it has; -1 the pattern's */, number, order; GPtrArray *items, *questions; };

struct drafting {
  const struct library *library;
  const struct draft_request *request;
  enum language language;
  double *strength;            /* per section: how much it is on the topic */
  int best;                    /* the source that says most; its parts come first */
  struct bag topic;
  bool *used;                  /* per span */
  GPtrArray *blocks;           /* of struct drafted */
  int words;
  bool *voiced;                /* per source: its answers are told in the first person, an interview */
  int counts[PATTERN_BLOCKS];  /* items per block of the pattern */
};

struct sentence *sentence_new(char *text /* taken */, int span /* -1: none yet */);
void sentence_free(struct sentence *sentence);
typedef struct sentence sentence_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sentence_auto, sentence_free)
/* The span as a sentence, trimmed; quotation marks that the cut opened are closed. */
struct sentence *sentence_of(const struct drafting *d, int span, bool first, bool opens, bool closes);
void quiz_free(void *question);

/* Is the unit the first words under a heading that is a question? */
bool is_answer(const struct library *library, const struct unit *unit);

/* The columns of a row with what stands in them; none: the table names none. */
struct row_cell { char *head, *text; };
GArray *row_cells(const struct library *library, const struct unit *row);
/* "Column: cell. Column: cell." Newly allocated. */
char *row_told(const struct library *library, const struct unit *row);

/* Fills a block of questions; returns how many. */
int draft_questions(struct drafting *d, const struct pattern_block *block, struct drafted *to);
void draft_write(const struct drafting *d, struct json_writer *out);
