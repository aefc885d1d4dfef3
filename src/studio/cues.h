/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By which words a sentence's purpose and a section's role are recognised: cues.yaml, as data. */
#pragma once
#include "text/words.h"

enum cue { CUE_IMPERATIVE, CUE_RULE, CUE_REASON, CUE_EXAMPLE, CUE_MISTAKE, CUE_DEFINITION, CUE_CONDITION, CUE_RESULT, CUE_ASIDE /* of its time: figures of last year */, CUE_IMPRINT /* about the document */, CUE_CONTACT, CUE_ANAPHOR, CUE_ORPHAN /* opens nothing: what it points to was named before */, /* by words */
           CUE_NUMBER, CUE_QUESTION, CUE_QUOTE, CUE_PERSONAL /* in the first person */, CUE_CODE /* it names what only programs call so */, CUE_COUNT };
extern const char *const cue_names[CUE_COUNT];
enum section_role { SECTION_WHY, SECTION_MISTAKES, SECTION_PHRASES, SECTION_LIMITS, SECTION_EXAMPLE, SECTION_HELP, SECTION_LEARN, SECTION_FAQ, SECTION_AFTER, SECTION_STEPS, SECTION_RULES, /* by words */
            SECTION_OPENING /* by words, or before the first heading below the title */, SECTION_OTHER, SECTION_ROLES };
extern const char *const section_role_names[SECTION_ROLES];
#define BIT(n) (1u << (n))

/* Bits of enum cue. */
unsigned cues_of_sentence(const char *text, enum language language);
/* Bits of enum section_role, by the heading's words; OTHER where none. */
unsigned cues_of_heading(const char *text, enum language language);
/* Without words that only join it to what stood before ("So …"), and with "You must" turned into the imperative; begins with
 * a capital. Newly allocated. */
char *cues_trim(const char *text, enum language language);
bool cues_follow_up(const char *question, enum language language); /* "And then?": it means nothing without the question before */
bool cues_pronoun(const char *text, enum language language);       /* it holds "it", "they", …: who knows of what it speaks? */
double cues_number(const char *word, enum language language);      /* "forty", "1,200"; -1: no number */
size_t cues_genre(const char *title, enum language language);      /* so many bytes in front of a title only say what kind of document it is ("Interview: ") */
