/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked of an asset (the JSON object of draft.h, wherever it comes from): is every sentence sourced, can it be read, is it
 * still true, and how does it look. Nothing here trusts whoever wrote it. */
#pragma once
#include "base/json.h"
#include "studio/library.h"

/* ---- walking ---- */
enum asset_part { PART_HEADING, PART_LEAD, PART_SENTENCE, PART_STEM, PART_OPTION, PART_FEEDBACK };
struct asset_sentence { const char *block; enum asset_part part; const char *text; struct json spans; };
/* Of struct asset_sentence, in reading order; texts are borrowed from the document. */
GArray *asset_sentences(struct json asset);
int asset_words(struct json asset);
/* What reading it takes, at 200 words a minute and twenty seconds a question, at least 1. */
double asset_minutes(struct json asset);

/* ---- checks ---- */
/* Sentences that their spans do not bear out: words that are not there, other figures, a lost or added "not", spans that the library does not
 * have, or no span at all. Pattern's headings (without spans) count when they are longer than a heading. `ret_texts` (of
 * char *, may be NULL) gets them. */
int asset_unsourced(const struct library *library, struct json asset, GPtrArray *ret_texts);
/* Members sentences, unsourced_sentences, unsourced, words, minutes, reading_ease, reading_level, longest_sentence, access: [{check, fine, note}]. */
void asset_write_checks(const struct library *library, struct json asset, struct json_writer *out, const char *key);

/* ---- freshness ---- */
enum freshness { FRESH, FRESH_EXPIRED, FRESH_CHANGED, FRESH_CONTRADICTED, FRESH_GONE, FRESHNESS_COUNT }; /* the later the worse */
extern const char *const freshness_names[FRESHNESS_COUNT]; /* "fresh", "source expired", "source changed", "contradicted", "source gone" */
/* The worst of all its blocks. */
enum freshness asset_freshness(const struct library *library, struct json asset, int32_t today);
/* An array of {block, freshness, changes: [{freshness, span, source, was, now, other}]} under the key; `now` null: gone; `other`: the source that contradicts. */
void asset_write_freshness(const struct library *library, struct json asset, int32_t today, struct json_writer *out, const char *key);

/* ---- rendering ---- */
struct render { struct json asset; int32_t published; /* CLOCK_NO_DAY: a draft */ const char *company; /* may be NULL */ };
/* A page of its own: no script, no link, no outside resource; `lang`, headings in order, print style; says who drafted it. */
char *render_html(const struct render *render);
char *render_markdown(const struct render *render);
