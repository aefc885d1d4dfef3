/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words, stems, numbers and likeness. A word is a run of letters and digits; stems come from Snowball, function words are
 * counted out, and what is left is a bag: two sentences are as alike as their bags (Dice). That ignores order ("the dog bites
 * the man"), which is fine for what it is used for: finding a sentence again after an edit, and holding a draft against the
 * sentences that it says it rests on; figures and negation are therefore compared apart.
 *
 * The language is the one whose most frequent function words make up most of the text. Short texts of names and figures have
 * none; then the answer is OTHER.
 *
 * Sources: M. F. Porter, Snowball (2001); L. R. Dice, Measures of the Amount of Ecologic Association Between Species, Ecology
 * 26 (1945); function words as in the Snowball stop lists, shortened. */
#include "text/words.h"
#include <libstemmer.h>
#include <string.h>

#define GUESS_BYTES 20000   /* of a text, enough to tell its language */
#define GUESS_SHARE 0.12    /* of its words that must be function words */
#define GUESS_LEAD 1.3      /* times those of the next language */

const char *const language_codes[LANGUAGE_COUNT] = { "en", "de", "fr", "und" };

static const char *const function_words[LANGUAGE_COUNT] = {
  (" a about after again all am an and any are as at be because been before being below between both but by can could did do does doing down during each few for from further"
  " had has have having he her here hers him his how i if in into is it its just me might more most must my of off on once only or other our out over own same she should so some"
  " such than that the their them then there these they this those through to too under until up us very was we were what when where which while who whom why will with would you your "),
  (" aber alle allem allen aller alles als also am an ander auch auf aus bei bin bis bist da damit dann das dass dein dem den der des dich die dies diese diesem diesen dieser dieses"
  " dir doch dort du durch ein eine einem einen einer eines er es euer für hat hatte ich ihm ihn ihnen ihr ihre im in ist ja jede jedem jeden jeder jedes jetzt kann können man"
  " mein mit muss müssen nach noch nun nur ob oder ohne sehr sein seine sich sie sind so soll sollen sondern sonst über um und uns unser unter viel vom von vor war was weg weil"
  " wenn wer werden wie wieder will wir wird wo wollen würde zu zum zur zwischen "),
  (" à au aux avec ce ces cet cette chez comme dans de des donc du elle elles en est et été être eu il ils je la le les leur leurs lui ma mais me même mes moi mon nos notre nous"
  " on ont ou où par pas plus pour qu que quel quelle qui sa sans se ses si son sont sous sur ta te tes toi ton tu un une vos votre vous y "), "" };
static const char *const negations[LANGUAGE_COUNT] = { " not no never none nothing nobody cannot neither nor without don doesn didn isn aren won can't mustn shouldn ",
  " nicht kein keine keinem keinen keiner keines nie niemals nichts niemand weder ohne ", " ne pas jamais aucun aucune rien personne ni sans n ", " not no non nicht ne nie " };

static const struct { const char *words, *digits; } figures[] = { { " two zwei deux ", "2" }, { " three drei trois ", "3" }, { " four vier quatre ", "4" }, { " five fünf cinq ", "5" },
  { " six sechs ", "6" }, { " seven sieben sept ", "7" }, { " eight acht huit ", "8" }, { " nine neun neuf ", "9" }, { " ten zehn dix ", "10" }, { " eleven elf onze ", "11" },
  { " twelve zwölf douze ", "12" }, { " fifteen fünfzehn quinze ", "15" }, { " twenty zwanzig vingt ", "20" }, { " thirty dreißig trente ", "30" }, { " forty vierzig quarante ", "40" },
  { " fifty fünfzig cinquante ", "50" }, { " sixty sechzig soixante ", "60" }, { " hundred hundert cent ", "100" } };

enum { FUNCTION_WORD = 1, NEGATION, FIGURE /* and on: its row + FIGURE */ };

static void add_words(GHashTable *table, const char *list, int kind) {
  g_auto(GStrv) words = g_strsplit(list, " ", -1);
  for (char **word = words; *word; word++)
    if (**word) g_hash_table_insert(table, g_strdup(*word), GINT_TO_POINTER(kind));
}

/* What a lower-case word is in a language: FUNCTION_WORD, NEGATION, FIGURE and on, 0 a content word. */
static int kind_of(enum language language, const char *word) {
  static gsize once;
  static GHashTable *tables[LANGUAGE_COUNT];
  if (g_once_init_enter(&once)) {
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
      tables[l] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
      add_words(tables[l], function_words[l], FUNCTION_WORD);
      for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) add_words(tables[l], figures[i].words, FIGURE + (int)i);
      add_words(tables[l], negations[l], NEGATION);
    }
    g_once_init_leave(&once, 1);
  }
  return GPOINTER_TO_INT(g_hash_table_lookup(tables[language], word));
}

/* ---- walking ----------------------------------------------------------------------------------------------------- */

struct walk { const char *at, *end; };

static bool belongs(const char *at, const char *end) { return at < end && g_unichar_isalnum(g_utf8_get_char(at)); }

/* Within a word: a separator between digits ("5,000", "84.20", "10:42"). */
static bool joins(const char *before, const char *at, const char *end) {
  return at + 1 < end && strchr(".,:'", *at) && g_ascii_isdigit(before[0]) && g_ascii_isdigit(at[1]);
}

static bool next_word(struct walk *walk, const char **ret_word, size_t *ret_length) {
  while (walk->at < walk->end && !belongs(walk->at, walk->end)) walk->at = utf8_next(walk->at);
  const char *from = walk->at, *last = from;
  while (walk->at < walk->end) {
    if (!belongs(walk->at, walk->end) && (walk->at == from || !joins(last, walk->at, walk->end))) break;
    last = walk->at;
    walk->at = utf8_next(walk->at);
  }
  *ret_word = from;
  *ret_length = (size_t)(walk->at - from);
  return walk->at > from;
}

int text_count_words(const char *text, size_t length) {
  struct walk walk = { text, text + length };
  const char *word;
  size_t size;
  int count = 0;
  while (next_word(&walk, &word, &size)) count++;
  return count;
}

char *text_normal(const char *text, size_t length) {
  g_autofree char *lower = g_utf8_strdown(text, (gssize)length);
  GString *out = g_string_sized_new(length);
  struct walk walk = { lower, lower + strlen(lower) };
  const char *word;
  size_t size;
  while (next_word(&walk, &word, &size)) {
    if (out->len) g_string_append_c(out, ' ');
    g_string_append_len(out, word, (gssize)size);
  }
  return g_string_free(out, FALSE);
}

enum language language_guess(const char *text, size_t length) {
  int words = 0, found[LANGUAGE_COUNT] = { 0 };
  struct walk walk = { text, text + MIN(length, GUESS_BYTES) };
  while (walk.end > text && walk.end < text + length && ((unsigned char)*walk.end & 0xC0) == 0x80) walk.end--;
  const char *word;
  size_t size;
  while (next_word(&walk, &word, &size)) {
    g_autofree char *lower = g_utf8_strdown(word, (gssize)size);
    words++;
    for (int l = 0; l < LANGUAGE_OTHER; l++) found[l] += kind_of((enum language)l, lower) == FUNCTION_WORD || kind_of((enum language)l, lower) == NEGATION;
  }
  int best = 0, next = 1;
  for (int l = 1; l < LANGUAGE_OTHER; l++)
    if (found[l] > found[best]) next = best, best = l;
    else if (l != best && (next == best || found[l] > found[next])) next = l;
  bool clear = found[best] >= GUESS_SHARE * words && found[best] >= GUESS_LEAD * found[next] && found[best] >= 2;
  return clear ? (enum language)best : LANGUAGE_OTHER;
}

/* ---- bags -------------------------------------------------------------------------------------------------------- */

struct stemmer { enum language language; struct sb_stemmer *snowball; };

struct stemmer *stemmer_new(enum language language) {
  static const char *const names[] = { "english", "german", "french" };
  struct stemmer *stemmer = g_new0(struct stemmer, 1);
  stemmer->language = language;
  if (language != LANGUAGE_OTHER) stemmer->snowball = sb_stemmer_new(names[language], "UTF_8");
  return stemmer;
}

void stemmer_free(struct stemmer *stemmer) {
  if (!stemmer) return;
  if (stemmer->snowball) sb_stemmer_delete(stemmer->snowball);
  g_free(stemmer);
}

static uint32_t hash_of(const char *text, size_t length) { /* FNV-1a */
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 16777619u;
  return hash;
}

static uint32_t number_of(const char *word, size_t length) {
  char digits[64];
  size_t count = 0, last_separator = 0;
  for (size_t i = 0; i < length && count + 1 < sizeof digits; i++) {
    bool grouping = strchr(",.'", word[i]) && length - i > 3 && g_ascii_isdigit(word[i + 1]) && g_ascii_isdigit(word[i + 2]) && g_ascii_isdigit(word[i + 3]) &&
      (i + 4 >= length || !g_ascii_isdigit(word[i + 4])) && (last_separator == 0 || word[last_separator] == word[i]);
    if (grouping) last_separator = i;
    else digits[count++] = word[i] == ',' ? '.' : word[i];
  }
  return hash_of(digits, count);
}

/* "two" and "2" are one figure. "One" is not among them: it is an article and a pronoun more often than a figure. */
static uint32_t figure_of(int kind) { return kind >= FIGURE ? hash_of(figures[kind - FIGURE].digits, strlen(figures[kind - FIGURE].digits)) : 0; }

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static uint32_t *unique_of(GArray *values, int *ret_count) {
  g_array_sort(values, compare);
  uint32_t *at = (uint32_t *)(void *)values->data;
  guint count = 0;
  for (guint i = 0; i < values->len; i++)
    if (!count || at[count - 1] != at[i]) at[count++] = at[i];
  *ret_count = (int)count;
  return (uint32_t *)(void *)g_array_free(values, FALSE);
}

struct bag bag_of(struct stemmer *stemmer, const char *text, size_t length) {
  struct bag bag = { 0 };
  GArray *stems = g_array_new(FALSE, FALSE, sizeof(uint32_t)), *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  struct walk walk = { text, text + length };
  const char *word;
  size_t size;
  while (next_word(&walk, &word, &size)) {
    if (g_ascii_isdigit(*word)) {
      uint32_t number = number_of(word, size);
      g_array_append_val(numbers, number);
      g_array_append_val(stems, number);
      continue;
    }
    g_autofree char *lower = g_utf8_strdown(word, (gssize)size);
    int kind = kind_of(stemmer->language, lower);
    uint32_t figure = figure_of(kind);
    if (figure) {
      g_array_append_val(numbers, figure);
      g_array_append_val(stems, figure);
    } else if (kind == NEGATION) bag.negated++;
    else if (strlen(lower) > 1 && kind != FUNCTION_WORD) {
      const char *stem = lower;
      size_t stem_length = strlen(lower);
      if (stemmer->snowball) {
        stem = (const char *)sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)lower, (int)stem_length);
        stem_length = (size_t)sb_stemmer_length(stemmer->snowball);
      }
      uint32_t hash = hash_of(stem, stem_length);
      g_array_append_val(stems, hash);
    }
  }
  bag.stems = unique_of(stems, &bag.count);
  bag.numbers = unique_of(numbers, &bag.number_count);
  return bag;
}

void bag_clear(struct bag *bag) {
  g_clear_pointer(&bag->stems, g_free);
  g_clear_pointer(&bag->numbers, g_free);
  *bag = (struct bag){ 0 };
}

static int common(const uint32_t *a, int a_count, const uint32_t *b, int b_count) {
  int found = 0;
  for (int i = 0, j = 0; i < a_count && j < b_count;) {
    if (a[i] == b[j]) found++, i++, j++;
    else if (a[i] < b[j]) i++;
    else j++;
  }
  return found;
}

int bag_common(const struct bag *part, const struct bag *whole) { return common(part->stems, part->count, whole->stems, whole->count); }
double bag_covered(const struct bag *part, const struct bag *whole) { return part->count ? (double)bag_common(part, whole) / part->count : 1; }
double bag_alike(const struct bag *a, const struct bag *b) { return a->count + b->count ? 2.0 * bag_common(a, b) / (a->count + b->count) : 0; }
bool bag_numbers_covered(const struct bag *part, const struct bag *whole) {
  return common(part->numbers, part->number_count, whole->numbers, whole->number_count) == part->number_count;
}
bool bag_same_numbers(const struct bag *a, const struct bag *b) { return a->number_count == b->number_count && bag_numbers_covered(a, b); }
