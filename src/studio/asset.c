/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is it sourced, can it be read?
 *
 * A sentence is sourced if the spans that it names hold all its content words and all its figures, and if it says "not" as
 * often as they do (a part of a sentence, as in a question, may leave the "not" to the other part). Word order is not compared:
 * the drafter never changes it, and a person's edit may. What this cannot see: a sentence that uses only words of its spans
 * and still says something else. The approver can, with the spans beside it.
 *
 * Accessibility is checked as far as text goes, after WCAG 2.2: 1.3.1 (structure), 1.4.1 (no meaning by colour alone), 2.4.4
 * (links), 3.1.1 (language), 3.1.5 (reading level). 200 words a minute is on the slow side of M. Brysbaert, How many words
 * do we read per minute?, Journal of Memory and Language 109 (2019): 238 for silent reading of English prose; work is not prose. */
#include "studio/asset.h"
#include <math.h>
#include <string.h>

#define WORDS_A_MINUTE 200.0
#define SECONDS_A_QUESTION 20.0
#define HEADING_BYTES_MOST 90
#define LONG_SENTENCE 32    /* words */
#define HARD 30.0           /* reading ease */

/* ---- walking ----------------------------------------------------------------------------------------------------- */

static void take(GArray *to, const char *block, enum asset_part part, struct json sentence) {
  struct asset_sentence row = { block, part, json_string(json_get(sentence, "text")), json_get(sentence, "spans") };
  if (row.text) g_array_append_val(to, row);
}

static void take_all(GArray *to, const char *block, enum asset_part part, struct json sentences) {
  struct json_iter it = json_iter(sentences);
  while (json_type(sentences) == JSON_ARRAY && json_next(&it)) take(to, block, part, it.value);
}

GArray *asset_sentences(struct json asset) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(struct asset_sentence));
  struct json blocks = json_get(asset, "blocks");
  struct json_iter it = json_iter(blocks);
  while (json_type(blocks) == JSON_ARRAY && json_next(&it)) {
    const char *block = json_string(json_get(it.value, "id"));
    struct asset_sentence heading = { block, PART_HEADING, json_string(json_get(it.value, "heading")), json_get(it.value, "heading_spans") };
    if (heading.text) g_array_append_val(all, heading);
    struct json items = json_get(it.value, "items"), questions = json_get(it.value, "questions");
    struct json_iter item = json_iter(items);
    while (json_type(items) == JSON_ARRAY && json_next(&item)) {
      take(all, block, PART_LEAD, json_get(item.value, "lead"));
      take_all(all, block, PART_SENTENCE, json_get(item.value, "sentences"));
    }
    struct json_iter question = json_iter(questions);
    while (json_type(questions) == JSON_ARRAY && json_next(&question)) {
      take(all, block, PART_STEM, json_get(question.value, "stem"));
      take_all(all, block, PART_OPTION, json_get(question.value, "options"));
      take_all(all, block, PART_FEEDBACK, json_get(question.value, "feedback"));
    }
  }
  return all;
}

static int questions_of(struct json asset) {
  int count = 0;
  struct json_iter it = json_iter(json_get(asset, "blocks"));
  while (json_type(json_get(asset, "blocks")) == JSON_ARRAY && json_next(&it)) count += (int)json_count(json_get(it.value, "questions"));
  return count;
}

int asset_words(struct json asset) {
  g_autoptr(GArray) all = asset_sentences(asset);
  int words = 0;
  for (guint i = 0; i < all->len; i++) {
    const struct asset_sentence *sentence = &g_array_index(all, struct asset_sentence, i);
    words += text_count_words(sentence->text, strlen(sentence->text));
  }
  return words;
}

double asset_minutes(struct json asset) {
  return fmax(1, round(asset_words(asset) / WORDS_A_MINUTE + questions_of(asset) * SECONDS_A_QUESTION / 60));
}

/* ---- sourced? ---------------------------------------------------------------------------------------------------- */

static enum language language_of(struct json asset) {
  for (int l = 0; l < LANGUAGE_COUNT; l++)
    if (json_equals(json_get(asset, "language"), language_codes[l])) return (enum language)l;
  return LANGUAGE_OTHER;
}

static bool is_sourced(const struct library *l, struct stemmer *stemmer, const struct asset_sentence *sentence) {
  size_t length = strlen(sentence->text);
  if (!json_count(sentence->spans)) return sentence->part == PART_HEADING && length <= HEADING_BYTES_MOST && !strstr(sentence->text, ". ");
  g_autoptr(GString) said = g_string_new("");
  struct json_iter it = json_iter(sentence->spans);
  while (json_next(&it)) {
    int span = json_string(it.value) ? library_by_id(l, json_string(it.value)) : -1;
    if (span < 0) return false;
    g_string_append_printf(said, "%s\n", library_span(l, span)->text);
  }
  struct bag part = bag_of(stemmer, sentence->text, length), whole = bag_of(stemmer, said->str, said->len);
  bool full = sentence->part == PART_SENTENCE || sentence->part == PART_LEAD || sentence->part == PART_FEEDBACK || sentence->part == PART_HEADING;
  bool fine = bag_covered(&part, &whole) >= 1 && bag_numbers_covered(&part, &whole) && (full ? part.negated == whole.negated : part.negated <= whole.negated);
  bag_clear(&part);
  bag_clear(&whole);
  return fine;
}

int asset_unsourced(const struct library *l, struct json asset, GPtrArray *ret_texts) {
  g_autoptr(GArray) all = asset_sentences(asset);
  g_autoptr(stemmer_auto) stemmer = stemmer_new(language_of(asset));
  int count = 0;
  for (guint i = 0; i < all->len; i++) {
    const struct asset_sentence *sentence = &g_array_index(all, struct asset_sentence, i);
    if (is_sourced(l, stemmer, sentence)) continue;
    count++;
    if (ret_texts) g_ptr_array_add(ret_texts, g_strdup(sentence->text));
  }
  return count;
}

/* ---- readable? --------------------------------------------------------------------------------------------------- */

static void put_check(struct json_writer *out, const char *check, bool fine, const char *note) {
  json_open_object(out, NULL);
  json_put_string(out, "check", check);
  json_put_bool(out, "fine", fine);
  json_put_string(out, "note", note);
  json_close_object(out);
}

static const char *first_with(const GArray *all, bool (*test)(const char *text)) {
  for (guint i = 0; i < all->len; i++)
    if (test(g_array_index(all, struct asset_sentence, i).text)) return g_array_index(all, struct asset_sentence, i).text;
  return NULL;
}

static bool has_address(const char *text) { return strstr(text, "://") || strcasestr(text, "www.") || strcasestr(text, "mailto:"); }

static bool says_here(const char *text) {
  static const char *const phrases[] = { " click here ", " see here ", " this link ", " hier klicken ", " cliquez ici " };
  g_autofree char *normal = text_normal(text, strlen(text)), *padded = g_strconcat(" ", normal, " ", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++)
    if (strstr(padded, phrases[i])) return true;
  return false;
}

/* "The fields marked yellow", "the red button": meaning that hangs on a colour. */
static bool hangs_on_colour(const char *text) {
  static const char *const colours[] = { " red ", " green ", " yellow ", " blue ", " orange ", " grey ", " rot ", " rote ", " roten ", " grün ", " grüne ", " grünen ", " gelb ", " gelbe ", " gelben ",
    " blau ", " blauen ", " rouge ", " vert ", " verte ", " jaune ", " bleu ", " gris " };
  static const char *const things[] = { " marked ", " button ", " field ", " fields ", " light ", " icon ", " markiert ", " markierten ", " taste ", " feld ", " felder ", " lampe ", " bouton ", " champ ", " champs ", " voyant " };
  g_autofree char *normal = text_normal(text, strlen(text)), *padded = g_strconcat(" ", normal, " ", NULL);
  bool colour = false, thing = false;
  for (size_t i = 0; i < G_N_ELEMENTS(colours); i++) colour |= strstr(padded, colours[i]) != NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(things); i++) thing |= strstr(padded, things[i]) != NULL;
  return colour && thing;
}

/* The id of the first block whose structure is not what it says: a list without items, a part of a list without a heading. NULL: none. */
static const char *odd_block(struct json asset) {
  struct json_iter it = json_iter(json_get(asset, "blocks"));
  bool first = true;
  while (json_type(json_get(asset, "blocks")) == JSON_ARRAY && json_next(&it)) {
    bool list = json_equals(json_get(it.value, "kind"), "list") || json_equals(json_get(it.value, "kind"), "steps");
    size_t items = json_count(json_get(it.value, "items")), questions = json_count(json_get(it.value, "questions"));
    if (items + questions == 0 || (list && !items) || (!first && !json_string(json_get(it.value, "heading")) && items > 3)) return json_string(json_get(it.value, "id"));
    first = false;
  }
  return NULL;
}

static int images_without_text(const struct library *l, struct json asset) {
  int count = 0;
  struct json_iter it = json_iter(json_get(asset, "sources"));
  while (json_type(json_get(asset, "sources")) == JSON_ARRAY && json_next(&it)) {
    int source = json_string(json_get(it.value, "name")) ? library_source(l, json_string(json_get(it.value, "name"))) : -1;
    count += source >= 0 ? l->sources[source].images_bare : 0;
  }
  return count;
}

static void write_access(const struct library *l, struct json asset, const GArray *all, double ease, int longest, struct json_writer *out) {
  const char *address = first_with(all, has_address), *here = first_with(all, says_here), *colour = first_with(all, hangs_on_colour), *odd = odd_block(asset);
  int pictures = images_without_text(l, asset);
  g_autofree char *left = g_strdup_printf("%d pictures of its sources have no text that says what they show; they are left out", pictures);
  g_autofree char *block = g_strdup_printf("look at the part \"%s\"", odd ? odd : "");
  g_autofree char *length = g_strdup_printf("the longest sentence has %d words; cut it", longest);
  json_open_array(out, "access");
  put_check(out, "headings and lists are marked as what they are", !odd, odd ? block : NULL);
  put_check(out, "no address stands for a link's text", !address && !here, address ? address : here);
  put_check(out, "pictures have a text", pictures == 0, pictures ? left : NULL);
  put_check(out, "the language is marked", language_of(asset) != LANGUAGE_OTHER, language_of(asset) != LANGUAGE_OTHER ? NULL : "the language was not recognised; set it before it goes out");
  put_check(out, "nothing is told by colour alone", !colour, colour);
  put_check(out, "it is not hard to read", !(ease < HARD), ease < HARD ? reading_level(ease) : NULL);
  put_check(out, "no sentence is very long", longest <= LONG_SENTENCE, longest <= LONG_SENTENCE ? NULL : length);
  json_close_array(out);
}

void asset_write_checks(const struct library *l, struct json asset, struct json_writer *out, const char *key) {
  g_autoptr(GArray) all = asset_sentences(asset);
  g_autoptr(GPtrArray) unsourced = g_ptr_array_new_with_free_func(g_free);
  struct reading reading = { 0 };
  enum language language = language_of(asset);
  for (guint i = 0; i < all->len; i++) {
    const struct asset_sentence *sentence = &g_array_index(all, struct asset_sentence, i);
    if (sentence->part == PART_SENTENCE || sentence->part == PART_FEEDBACK) reading_add(&reading, sentence->text, strlen(sentence->text), language);
  }
  double ease = reading_ease(&reading, language);
  json_open_object(out, key);
  write_access(l, asset, all, ease, reading.longest, out);
  json_put_integer(out, "longest_sentence", reading.longest);
  json_put_number(out, "minutes", asset_minutes(asset));
  json_put_number(out, "reading_ease", isnan(ease) ? NAN : round(10 * ease) / 10);
  json_put_string(out, "reading_level", reading_level(ease));
  json_put_integer(out, "sentences", all->len);
  int count = asset_unsourced(l, asset, unsourced);
  json_open_array(out, "unsourced");
  for (guint i = 0; i < unsourced->len; i++) json_put_string(out, NULL, unsourced->pdata[i]);
  json_close_array(out);
  json_put_integer(out, "unsourced_sentences", count);
  json_put_integer(out, "words", asset_words(asset));
  json_close_object(out);
}
