/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sources, cut into what drafts are made of. The smallest piece is a span: a heading, a label in bold, a sentence, a piece of
 * code. Spans make units (an item, a step, a row, a paragraph, a turn); units make sections under their headings.
 *
 * A span's id hangs on the source's name, the span's text in normal form and the how-manieth of its kind it is, so an edit
 * elsewhere leaves it as it was. What became of an edited span is answered by library_find. */
#pragma once
#include "company/company.h"
#include "studio/cues.h"
#include "text/cut.h"

#define SPAN_ID 16

enum span_kind { SPAN_HEADING, SPAN_LEAD, SPAN_SENTENCE, SPAN_CODE };
extern const char *const span_kind_names[4];
struct span {
  char id[SPAN_ID];
  int source, unit /* -1: a heading */, section;
  enum span_kind kind;
  enum block_kind block;
  unsigned cues;
  bool open_quote, close_quote; /* it begins, or ends, within a quotation */
  char *text;
  struct bag bag;
};
struct unit {
  int source, section, first, count; /* spans */
  enum block_kind kind;
  int level, number, list;
  bool lead, stamp;  /* its first span is its label; that is a time, which only a story needs */
  char *speaker;
};
struct section {
  int source, heading /* span; -1 none */, level /* 0: before any heading */, first, count /* units */, parent /* section; -1 */;
  unsigned roles;
};
struct document {
  struct source given; /* borrowed texts */
  enum language language;
  const char *title;         /* as given, else the first heading, else made of the name */
  int first_span, spans, first_section, sections, words;
  struct reading reading;
  struct bag about;          /* of its name and title */
  char *made_title;          /* of its file's name, where it has no other; NULL */
  bool cut_off; int images, images_bare, links_bare, hidden;
};
struct library {
  struct document *sources; int source_count;
  GArray *spans, *units, *sections;
  GHashTable *by_id;         /* id → index + 1 */
};

struct library *library_new(const struct source *given, int count);
void library_free(struct library *library);
typedef struct library library_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(library_auto, library_free)
static inline struct span *library_span(const struct library *l, int i) { return &g_array_index(l->spans, struct span, i); }
static inline struct unit *library_unit(const struct library *l, int i) { return &g_array_index(l->units, struct unit, i); }
static inline struct section *library_section(const struct library *l, int i) { return &g_array_index(l->sections, struct section, i); }
int library_by_id(const struct library *library, const char *id); /* -1: no such span now */
int library_source(const struct library *library, const char *name); /* -1 */

/* What became of a span that is not there any more: the sentence that stands between the same neighbours and is alike, else the
 * one that is most alike in the same source; -1: gone. `before` and `after` are ids of its former neighbours, "" where none. */
int library_successor(const struct library *library, int source, const char *text, const char *before, const char *after);
