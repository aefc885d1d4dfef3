/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For a table whose headers are not canonical: what it probably is, as a draft of a mapping, and the questions that a
 * person has to answer before it is used. Nothing is imported on a guess. */
#pragma once
#include "intake/table.h"

struct mapping_question {
  char *id;           /* for the answer: "as", "manager", "start_date.format", "employment_status.Zombie", "fte.percent" */
  char *text;         /* "Which column holds the manager's employee number?" */
  const char *column; /* the canonical column that it is about; NULL: the whole file */
  char **choices;     /* headers or values to choose from; NULL-terminated, may be empty: free text */
};
struct mapping_guess {
  const struct format *as; /* NULL: no idea; the first question asks */
  double sure;             /* 0 to 1: share of the required columns found, lowered by each question */
  char *yaml;              /* the draft: valid by mapping.h when there are no questions */
  GPtrArray *questions;    /* of struct mapping_question */
};

/* Reads the header and the first rows of `file`. `answers`: question id → the choice, as text; NULL: none yet. An answered
 * question is not asked again, and the draft follows it; "" as a column means that there is none. */
struct mapping_guess *mapping_guess(const struct table_file *file, GHashTable *answers);
void mapping_guess_free(struct mapping_guess *guess);
typedef struct mapping_guess mapping_guess_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(mapping_guess_auto, mapping_guess_free)
