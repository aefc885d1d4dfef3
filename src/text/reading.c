/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading ease: long sentences and long words are hard. One formula, constants per language:
 *
 *   English  206.835 − 1.015 words/sentence − 84.6 syllables/word   R. Flesch, A New Readability Yardstick, J. Appl. Psych. 32 (1948)
 *   German   180     − 1.0   words/sentence − 58.5 syllables/word   T. Amstad, Wie verständlich sind unsere Zeitungen? (1978)
 *   French   207     − 1.015 words/sentence − 73.6 syllables/word   L. Kandel, A. Moles, Application de l'indice de Flesch à la
 *                                                                   langue française (1958)
 *
 * Syllables are counted as groups of vowels (with y; in English less a silent e). On single words that is off by one now and then;
 * over a page it evens out. The words for levels are Flesch's own steps. It says nothing on whether a text is understood, only
 * that its sentences and words are long: a hint for the editor, and never a judgement on a reader. */
#include "text/words.h"
#include <math.h>
#include <string.h>

static bool is_vowel(gunichar c) {
  static const char *const vowels = "aeiouyäöüàâæéèêëîïôœùûÿáíóúãõ";
  return g_utf8_strchr(vowels, -1, c) != NULL;
}

static int syllables_of(const char *word, size_t length, enum language language) {
  g_autofree char *lower = g_utf8_strdown(word, (gssize)length);
  int groups = 0;
  bool inside = false;
  for (const char *at = lower; *at; at = utf8_next(at)) {
    bool vowel = is_vowel(g_utf8_get_char(at));
    groups += vowel && !inside;
    inside = vowel;
  }
  size_t end = strlen(lower);
  bool silent = (language == LANGUAGE_ENGLISH || language == LANGUAGE_FRENCH) && end > 2 && lower[end - 1] == 'e' && !is_vowel((unsigned char)lower[end - 2]) &&
    !(language == LANGUAGE_ENGLISH && lower[end - 2] == 'l' && !is_vowel((unsigned char)lower[end - 3]));
  bool past = language == LANGUAGE_ENGLISH && end > 3 && strcmp(lower + end - 2, "ed") == 0 && !strchr("td", lower[end - 3]);
  if ((silent || past) && groups > 1) groups--;
  return MAX(groups, 1);
}

void reading_add(struct reading *reading, const char *sentence, size_t length, enum language language) {
  const char *end = sentence + length;
  int words = 0;
  for (const char *at = sentence; at < end;) {
    const char *from = at;
    while (at < end && (g_unichar_isalnum(g_utf8_get_char(at)) || (at > from && *at == '\''))) at = utf8_next(at);
    if (at > from) {
      words++;
      reading->syllables += syllables_of(from, (size_t)(at - from), language);
    } else at = utf8_next(at);
  }
  if (!words) return;
  reading->words += words;
  reading->sentences++;
  reading->longest = MAX(reading->longest, words);
}

double reading_ease(const struct reading *reading, enum language language) {
  static const struct { double base, sentence, word; } constants[] = { { 206.835, 1.015, 84.6 }, { 180, 1, 58.5 }, { 207, 1.015, 73.6 } };
  if (!reading->words || !reading->sentences || language == LANGUAGE_OTHER) return NAN;
  return constants[language].base - constants[language].sentence * reading->words / reading->sentences - constants[language].word * reading->syllables / reading->words;
}

const char *reading_level(double ease) {
  static const struct { double from; const char *name; } steps[] = { { 90, "very easy" }, { 80, "easy" }, { 70, "fairly easy" }, { 60, "plain" }, { 50, "fairly hard" },
    { 30, "hard" }, { -INFINITY, "very hard" } };
  for (size_t i = 0; !isnan(ease) && i < G_N_ELEMENTS(steps); i++)
    if (ease >= steps[i].from) return steps[i].name;
  return "unknown";
}
