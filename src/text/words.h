/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words of a text: its language, its sentences, stems, numbers, how hard it is to read, and how alike two sentences are.
 * Pure: everything hangs on the text alone. */
#pragma once
#include "base/error.h"
#include "text/utf8.h"
#include <stddef.h>

enum language { LANGUAGE_ENGLISH, LANGUAGE_GERMAN, LANGUAGE_FRENCH, LANGUAGE_OTHER, LANGUAGE_COUNT };
extern const char *const language_codes[LANGUAGE_COUNT]; /* "en", "de", "fr", "und": for `lang` */
/* By how many of its words are function words of a language; OTHER where none wins clearly, or there are too few. */
enum language language_guess(const char *text, size_t length);

/* A sentence within a text: bytes from, to. */
struct text_range { size_t from, to; };
/* Of struct text_range: every byte that is no white space lies in exactly one. A full stop ends no sentence after an
 * abbreviation, an ordinal ("am 3. Mai"), an initial, or within a number; a quotation ends where its mark closes. */
GArray *text_sentences(const char *text, size_t length, enum language language);

/* What a text says, as far as words tell: sorted, each once. */
struct bag {
  uint32_t *stems; int count;      /* hashes of the stems of content words (no function words) */
  uint32_t *numbers; int number_count; /* hashes of the figures as written, without grouping ("5,000" and "5000" are one) */
  int negated;                     /* how many words of negation it holds */
};
struct stemmer;                    /* of one language; not to be shared between threads */
struct stemmer *stemmer_new(enum language language);
void stemmer_free(struct stemmer *stemmer);
typedef struct stemmer stemmer_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(stemmer_auto, stemmer_free)
struct bag bag_of(struct stemmer *stemmer, const char *text, size_t length);
void bag_clear(struct bag *bag);
/* How many content words of `part` stand in `whole` too. */
int bag_common(const struct bag *part, const struct bag *whole);
/* The share of them, 1 for an empty part. */
double bag_covered(const struct bag *part, const struct bag *whole);
/* Dice's coefficient of content words: 2 common / (a + b). 0 where both are empty. */
double bag_alike(const struct bag *a, const struct bag *b);
bool bag_same_numbers(const struct bag *a, const struct bag *b);
/* Do all figures of `part` stand in `whole`? */
bool bag_numbers_covered(const struct bag *part, const struct bag *whole);

/* Lower case, one space between words, no punctuation: what a text's identity hangs on. Newly allocated. */
char *text_normal(const char *text, size_t length);
int text_count_words(const char *text, size_t length);

/* Counts that reading levels are made of; add up over sentences. */
struct reading { int words, sentences, syllables, longest; };
void reading_add(struct reading *reading, const char *sentence, size_t length, enum language language);
/* Flesch's reading ease with the language's own constants, 0 (hard) to 100 (easy) as a rule; NAN: no words, or no constants. */
double reading_ease(const struct reading *reading, enum language language);
/* "very easy" … "very hard"; "unknown". */
const char *reading_level(double ease);
