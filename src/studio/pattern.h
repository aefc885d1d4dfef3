/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns: recipes for assets, as declarative files. Meno carries seven; a data folder may hold more, or others of the same
 * names, in patterns/ *.yaml. Members of a file:
 *
 *   pattern, modality, does   its name, what it makes ("job aid"), and a phrase on what it is for
 *   title    per language (en, de, fr); {topic} stands for the topic
 *   words    about how long the asset may get
 *   blocks   in order; each: id, role, form (text, list, steps, check), heading (per language, or `own`: the source's; absent:
 *            none), sections (from how many sections at most; with an own heading each becomes a block), least and most
 *            (items of each section), sentences (of each item; an answer to a question is told whole), words (an item without a label that has
 *            fewer says too little), unless (ids of blocks before: it stands only where these are empty), and
 *     take   what to look for, the best first; the first that yields `least` counts: sections (roles of headings), without (none of these roles), units (item,
 *            step, row, paragraph, turn, quote), cues (any of them; see cues.yaml), not (none of them), and yes/no: split (sentences
 *            of a paragraph become items), labelled (only with a label in bold), stamped (with a time as its label), story (in order, unbroken), headings (the
 *            headings themselves), answers (what stands under a heading that is a question, with the question as its label), titled (the same
 *            under any heading); label: only (the label without the rest)
 *   needs    what it refuses to do without: any (ids of blocks), least (items of these together), says (what is missing) */
#pragma once
#include "studio/library.h"

enum form { FORM_TEXT, FORM_LIST, FORM_STEPS, FORM_CHECK };
extern const char *const form_names[4];
enum { PATTERN_BLOCKS = 12, PATTERN_TAKES = 6, PATTERN_NEEDS = 4 };

struct pattern_take { unsigned sections, without, units /* 0: any */, cues /* 0: any */, not; bool split, labelled, stamped, story, headings, label_only, answers, titled; };
struct pattern_block {
  const char *id, *role, *heading[LANGUAGE_COUNT]; /* heading NULL: none in this language */
  enum form form;
  bool own;
  int sections, least, most, sentences, words;
  unsigned unless; /* blocks before */
  struct pattern_take takes[PATTERN_TAKES]; int take_count;
};
struct pattern_need { unsigned blocks; int least; const char *says; };
struct pattern {
  const char *name, *modality, *does, *title[LANGUAGE_COUNT];
  int words;
  struct pattern_block blocks[PATTERN_BLOCKS]; int block_count;
  struct pattern_need needs[PATTERN_NEEDS]; int need_count;
  char *file; struct yaml_doc *doc; /* owns the texts */
};
struct patterns { GPtrArray *all; /* of struct pattern, by modality's order of the files that Meno carries, then others by name */ };

/* `file` is how errors call it. Error: BAD_INPUT "file:line:column: …". */
struct pattern *pattern_parse(const char *file, const char *text, size_t length, GError **error);
void pattern_free(struct pattern *pattern);
/* Those that Meno carries and, of the folder `data` (NULL: none), patterns/ *.yaml; a file there replaces one of its name. */
struct patterns *patterns_load(const char *data, GError **error);
void patterns_free(struct patterns *patterns);
typedef struct patterns patterns_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(patterns_auto, patterns_free)
const struct pattern *patterns_find(const struct patterns *patterns, const char *name); /* NULL: no such */
