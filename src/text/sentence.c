/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences. A mark of the end (. ! ? … and their wide kin) ends one if white space and a beginning follow: a capital, a digit,
 * a quote, a bracket. A full stop does not after an abbreviation of the language, after a single capital (an initial), or
 * after a day's number before a month or after a German article ("am 3. Mai", "der 2. Anlauf"). Closing quotes and brackets
 * belong to the sentence that they close. Rules instead of a model, because a rule's mistakes can be read; on prose of
 * handbooks they are rare. After T. Kiss, J. Strunk, Unsupervised Multilingual Sentence Boundary Detection, Computational
 * Linguistics 32 (2006), which shows that abbreviations, ordinals and initials are nearly all of the trouble.
 *
 * How it can be wrong: a sentence that begins with a small letter ("iOS …") is glued to the one before; an abbreviation that is
 * not in the list splits one. A text without any mark is cut at a space when it is too long. */
#include "text/words.h"
#include "base/limits.h"
#include <string.h>

static const char *const abbreviations[LANGUAGE_COUNT] = {
  " e.g i.e etc mr mrs ms dr prof st vs no nos fig approx dept inc ltd co jr sr cf al ca est ext tel p pp vol sec min max incl excl a.m p.m u.s jan feb mar apr aug sept sep oct nov dec ",
  " z.b z d.h d u.a u bzw usw ca nr abs art str dr prof hr fr evtl ggf inkl exkl max min mind tel vgl s o.ä o.g sog st std allg bes einschl gem i.d.r i jan feb apr aug sept okt nov dez lt m.e m.w v ",
  " m mme mlle mm p.ex p ex env etc art al chap cf dr prof no n° tél vol fig max min janv févr avr juil sept oct nov déc ste st c.-à-d ", " etc dr no nr art ca max min " };
static const char *const before_ordinal = " am der dem den des die vom zum zur bis im das ein einen einem jeder jeden jedes ab seit und oder ";
static const char *const months = " januar februar märz april mai juni juli august september oktober november dezember january february march may june july october december "
  "janvier février mars avril juin juillet août septembre octobre novembre décembre ";

static bool is_listed(const char *list, const char *from, size_t length) {
  g_autofree char *lower = g_utf8_strdown(from, (gssize)length), *key = g_strconcat(" ", lower, " ", NULL);
  return strlen(key) > 2 && strstr(list, key) != NULL;
}

/* The word that ends at `end` (exclusive), within the text. */
static const char *word_before(const char *text, const char *end) {
  const char *at = end;
  while (at > text && !g_ascii_isspace(at[-1]) && !strchr("(\"'[", at[-1])) at--;
  return at;
}

/* Is this full stop part of a shorter thing: abbreviation, initial, ordinal? */
static bool is_within(const char *text, const char *stop, const char *next, const char *end, enum language language) {
  const char *word = word_before(text, stop);
  size_t length = (size_t)(stop - word), digits = 0;
  if (length == 0 || length > 24) return false;
  while (digits < length && g_ascii_isdigit(word[digits])) digits++;
  if (digits == length && digits <= 2) {
    size_t following = strcspn(next, " .,;:!?");
    if (is_listed(months, next, MIN(following, (size_t)(end - next)))) return true;
    const char *gap = word;
    while (gap > text && gap[-1] == ' ') gap--;
    const char *earlier = word_before(text, gap);
    return language == LANGUAGE_GERMAN && is_listed(before_ordinal, earlier, (size_t)(gap - earlier));
  }
  bool initial = g_utf8_strlen(word, (gssize)length) == 1 && g_unichar_isupper(g_utf8_get_char(word)) && language != LANGUAGE_OTHER && *word != 'I';
  if (initial) return word > text && stop + 1 < end; /* "J. Doe" */
  return is_listed(abbreviations[language], word, length);
}

static bool is_end_mark(gunichar c) { return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F; }
static bool is_closing(gunichar c) { return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x201D || c == 0x2019 || c == 0xBB || c == 0x201C || c == 0xAB || c == 0x203A; }

static bool begins_sentence(const char *at, const char *end) {
  if (at >= end) return true;
  gunichar c = g_utf8_get_char(at);
  return g_unichar_isupper(c) || g_unichar_isdigit(c) || strchr("\"'([", (char)(c < 128 ? c : 'x')) || c == 0x201C || c == 0x201E || c == 0xAB || c == 0xBB || c == 0x2018 ||
    c == 0x2014 || c == 0x2013 || g_unichar_type(c) == G_UNICODE_OTHER_LETTER || c == '`';
}

static void add(GArray *ranges, const char *text, size_t from, size_t to) {
  while (from < to && g_ascii_isspace(text[from])) from++;
  while (to > from && g_ascii_isspace(text[to - 1])) to--;
  struct text_range range = { from, to };
  if (to > from) g_array_append_val(ranges, range);
}

/* Where a sentence that is too long is cut: at the last space before the limit, else at the limit. */
static size_t forced_cut(const char *text, size_t from) {
  size_t at = from + LIMIT_SENTENCE_BYTES;
  for (size_t back = at; back > from + LIMIT_SENTENCE_BYTES / 2; back--)
    if (text[back] == ' ') return back;
  while (at > from + 1 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
  return at;
}

GArray *text_sentences(const char *text, size_t length, enum language language) {
  GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct text_range));
  const char *end = text + length, *at = text;
  size_t from = 0;
  while (at < end) {
    gunichar c = g_utf8_get_char(at);
    const char *next = utf8_next(at);
    if ((size_t)(at - text) - from >= LIMIT_SENTENCE_BYTES) {
      size_t cut = forced_cut(text, from);
      add(ranges, text, from, cut);
      from = cut;
    }
    if (!is_end_mark(c)) {
      at = next;
      continue;
    }
    while (next < end && (is_end_mark(g_utf8_get_char(next)) || is_closing(g_utf8_get_char(next)))) next = utf8_next(next);
    const char *gap = next;
    while (gap < end && g_ascii_isspace(*gap)) gap++;
    bool ends = gap > next || gap == end || c == 0x3002;
    if (ends && begins_sentence(gap, end) && !(c == '.' && next == at + 1 && gap < end && is_within(text, at, gap, end, language))) {
      add(ranges, text, from, (size_t)(next - text));
      from = (size_t)(gap - text);
      next = gap;
    }
    at = next;
  }
  add(ranges, text, from, length);
  return ranges;
}
