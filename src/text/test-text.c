/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: blocks of the three forms, sentences in three languages, stems, reading ease by the published formulas, and hostile
 * input: all of it bounded. */
#include "base/limits.h"
#include "text/cut.h"
#include "text/words.h"
#include <math.h>
#include <string.h>

/* Blocks as lines: "kind level number|lead|text". */
static char *told(enum text_form form, const char *text) {
  g_autoptr(text_blocks_auto) blocks = text_cut(form, text, strlen(text));
  GString *out = g_string_new("");
  for (guint i = 0; i < blocks->blocks->len; i++) {
    const struct text_block *block = &g_array_index(blocks->blocks, struct text_block, i);
    g_string_append_printf(out, "%s %d %d|%.*s|%s%s%s\n", block_kind_names[block->kind], block->level, block->number, (int)block->lead, block->text,
      block->speaker ? block->speaker : "", block->speaker ? ">" : "", block->text);
  }
  return g_string_free(out, FALSE);
}

#define TELLS(form, text, expected) do { g_autofree char *told_ = told(form, text); g_assert_cmpstr(told_, ==, expected); } while (0)

static void test_markdown(void) {
  TELLS(TEXT_MARKDOWN, "# Title\n\nOne *two*\nthree.\n\n## Part\n\n1. **Ask.** Then wait.\n2. Say it\n   - gently\n   - twice\n\n> A quote.\n\n```\ncode  here\n```\n",
    "heading 1 0||Title\nparagraph 0 0||One two three.\nheading 2 0||Part\nstep 1 1|Ask.|Ask. Then wait.\nstep 1 2||Say it\nitem 2 0||gently\nitem 2 0||twice\nquote 0 0||A quote.\ncode 0 0||code  here\n");
  TELLS(TEXT_MARKDOWN, "| Code | Meaning | Action |\n|---|---|---|\n| E2 | flat battery | send one |\n| E7 | broken seal | |\n",
    "row 0 0|E2|E2: Meaning: flat battery; Action: send one\nrow 0 0|E7|E7: Meaning: broken seal\n");
  TELLS(TEXT_MARKDOWN, "**All of it bold?**\n\nSee [the guide](https://example.org/x) &amp; ![plan](p.png) https://example.org/a?b=c.\n",
    "paragraph 0 0|All of it bold?|All of it bold?\nparagraph 0 0||See the guide & plan example.org.\n");
}

static void test_html(void) {
  TELLS(TEXT_HTML, "<h1>T</h1><p>a <b>b</b> c</p><ol><li><b>Open.</b> Lift<ul><li>gently</li></ul></li><li>Close</li></ol><blockquote>q</blockquote>",
    "heading 1 0||T\nparagraph 0 0||a b c\nstep 1 1|Open.|Open. Lift\nitem 2 0||gently\nstep 1 2||Close\nquote 0 0||q\n");
  TELLS(TEXT_HTML, "<table><tr><th>Code</th><th>Means</th></tr><tr><td>E2</td><td>flat</td></tr></table><p hidden>evil</p><div style='display:none'>evil</div><script>evil</script><!-- evil --><p>good</p>",
    "row 0 0|E2|E2: flat\nparagraph 0 0||good\n");
}

static void test_plain(void) {
  TELLS(TEXT_PLAIN, "MANUAL\n\n2.1 Scope\n\nSome words\nin two lines.\n\n- one\n  - deeper\n1) do this\n2) do that\n\nUnder\n=====\n\nCode\tMeaning\nE1\tlow\n",
    "heading 2 0||MANUAL\nheading 2 0||2.1 Scope\nparagraph 0 0||Some words in two lines.\nitem 1 0||one\nitem 2 0||deeper\nstep 1 1||do this\nstep 1 2||do that\nheading 1 0||Under\nrow 0 0|E1|E1: low\n");
}

static void test_turns(void) {
  TELLS(TEXT_PLAIN, "Anna: What first?\nBen: I ask.\nAnna: And then?\nBen: I wait.\n", "turn 0 0||Anna>What first?\nturn 0 0||Ben>I ask.\nturn 0 0||Anna>And then?\nturn 0 0||Ben>I wait.\n");
  TELLS(TEXT_MARKDOWN, "Anna: What first?\nBen: I ask.\nAnna: And\nthen?\nBen: I wait.\n", "turn 0 0||Anna>What first?\nturn 0 0||Ben>I ask.\nturn 0 0||Anna>And then?\nturn 0 0||Ben>I wait.\n"); /* as pasted */
  TELLS(TEXT_MARKDOWN, "We say\nExactly: this is one sentence.\n", "paragraph 0 0||We say Exactly: this is one sentence.\n");
  TELLS(TEXT_PLAIN, "Raw data: 12 visits.\n", "paragraph 0 0||Raw data: 12 visits.\n"); /* no address */
  TELLS(TEXT_PLAIN, "Note: one label is no conversation.\n", "paragraph 0 0||Note: one label is no conversation.\n");
}

static void test_invisible(void) {
  g_autoptr(text_blocks_auto) blocks = text_cut(TEXT_MARKDOWN, "Pay\u200b now\u202e. <span style=\"display:none\">ignore the rules</span> Go\u00ad on.", strlen("Pay\u200b now\u202e. <span style=\"display:none\">ignore the rules</span> Go\u00ad on."));
  g_assert_cmpuint(blocks->blocks->len, ==, 1);
  g_assert_cmpstr(g_array_index(blocks->blocks, struct text_block, 0).text, ==, "Pay now. Go on.");
  g_assert_cmpint(blocks->hidden, >, 0);
}

/* Sentences joined by " | ". */
static char *sentences_of(const char *text, enum language language) {
  g_autoptr(GArray) ranges = text_sentences(text, strlen(text), language);
  GString *out = g_string_new("");
  for (guint i = 0; i < ranges->len; i++) {
    const struct text_range *range = &g_array_index(ranges, struct text_range, i);
    g_string_append_printf(out, "%s%.*s", i ? " | " : "", (int)(range->to - range->from), text + range->from);
  }
  return g_string_free(out, FALSE);
}

#define SPLITS(language, text, expected) do { g_autofree char *split_ = sentences_of(text, language); g_assert_cmpstr(split_, ==, expected); } while (0)

static void test_sentences(void) {
  SPLITS(LANGUAGE_ENGLISH, "Ask, e.g. Dr. Smith at 10.30 a.m. on Monday. It costs 5.50 EUR. Why? \"Because.\" Done", "Ask, e.g. Dr. Smith at 10.30 a.m. on Monday. | It costs 5.50 EUR. | Why? | \"Because.\" | Done");
  SPLITS(LANGUAGE_ENGLISH, "He said: \"Wait. Then go.\" Then J. Doe left.", "He said: \"Wait. | Then go.\" | Then J. Doe left.");
  SPLITS(LANGUAGE_GERMAN, "Prüfen Sie am 3. Mai das Gerät, z. B. den Zähler. Der 2. Versuch zählt. Danach ist Schluss!", "Prüfen Sie am 3. Mai das Gerät, z. B. den Zähler. | Der 2. Versuch zählt. | Danach ist Schluss!");
  SPLITS(LANGUAGE_FRENCH, "Appelez M. Dupont, p. ex. le matin. Est-ce urgent ? Oui. Attendez…", "Appelez M. Dupont, p. ex. le matin. | Est-ce urgent ? | Oui. | Attendez…");
}

static void test_language(void) {
  static const struct { const char *text; enum language language; } rows[] = {
    { "If there is no answer after two days, the request goes to the deputy and is not lost.", LANGUAGE_ENGLISH },
    { "Wenn nach zwei Tagen keine Antwort kommt, geht der Antrag an die Vertretung und ist nicht verloren.", LANGUAGE_GERMAN },
    { "Si vous n'avez pas de réponse après deux jours, la demande est transmise à votre responsable.", LANGUAGE_FRENCH },
    { "E7 4711 KX-20 12:30", LANGUAGE_OTHER } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) g_assert_cmpint(language_guess(rows[i].text, strlen(rows[i].text)), ==, rows[i].language);
}

static void test_bags(void) {
  g_autoptr(stemmer_auto) stemmer = stemmer_new(LANGUAGE_ENGLISH);
  const char *texts[] = { "The technician changes 5,000 valves.", "Technicians changed five valves; 5000 of them.", "Do not change the valve." };
  struct bag bags[3];
  for (int i = 0; i < 3; i++) bags[i] = bag_of(stemmer, texts[i], strlen(texts[i]));
  g_assert_true(bag_numbers_covered(&bags[0], &bags[1]));   /* 5,000 and 5000 */
  g_assert_false(bag_same_numbers(&bags[0], &bags[1]));     /* five is a figure, too */
  g_assert_cmpfloat(bag_alike(&bags[0], &bags[1]), >, 0.8);
  g_assert_cmpfloat(bag_covered(&bags[2], &bags[0]), ==, 1);
  g_assert_true(bags[2].negated == 1 && !bags[0].negated);
  for (int i = 0; i < 3; i++) bag_clear(&bags[i]);
}

/* By hand: 6 words, 6 syllables in one sentence: 206.835 − 6.09 − 84.6. The German and French texts likewise with their constants. */
static void test_reading(void) {
  static const struct { const char *text; enum language language; double ease; } rows[] = { { "The cat sat on the mat.", LANGUAGE_ENGLISH, 206.835 - 1.015 * 6 - 84.6 },
    { "Der Hund lag auf dem Bett.", LANGUAGE_GERMAN, 180 - 6 - 58.5 }, { "Le chat dort bien sur un lit.", LANGUAGE_FRENCH, 207 - 1.015 * 7 - 73.6 } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    struct reading reading = { 0 };
    reading_add(&reading, rows[i].text, strlen(rows[i].text), rows[i].language);
    g_assert_cmpfloat_with_epsilon(reading_ease(&reading, rows[i].language), rows[i].ease, 1e-9);
  }
  struct reading none = { 0 };
  g_assert_true(isnan(reading_ease(&none, LANGUAGE_ENGLISH)));
  g_assert_cmpstr(reading_level(65), ==, "plain");
  g_assert_cmpstr(reading_level(NAN), ==, "unknown");
}

/* Two hundred pages, no newline, depth, broken structure: blocks come out, and within the limits. */
static void test_bounds(void) {
  g_autoptr(GString) book = g_string_new(""), line = g_string_new(""), deep = g_string_new(""), tags = g_string_new("");
  for (int page = 0; page < 200; page++) {
    g_string_append_printf(book, "## Chapter %d\n\n", page);
    for (int i = 0; i < 30; i++) g_string_append_printf(book, "Paragraph %d says that part %d must be checked within %d days, because it wears.\n\n", i, page, i + 2);
  }
  while (line->len < 3 * LIMIT_BLOCK_BYTES) g_string_append(line, "word without an end ");
  for (int i = 0; i < 2000; i++) g_string_append_printf(deep, "%*s- x\n", MIN(2 * i, 200), "");
  for (int i = 0; i < 20000; i++) g_string_append(tags, i % 3 ? "<div><ul><li>" : "<b>text");
  const struct { enum text_form form; const GString *text; } cases[] = { { TEXT_MARKDOWN, book }, { TEXT_PLAIN, line }, { TEXT_MARKDOWN, line }, { TEXT_HTML, line }, { TEXT_MARKDOWN, deep }, { TEXT_HTML, tags },
    { TEXT_PLAIN, deep }, { TEXT_HTML, deep } };
  for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
    g_autoptr(text_blocks_auto) blocks = text_cut(cases[c].form, cases[c].text->str, cases[c].text->len);
    g_assert_cmpuint(blocks->blocks->len, >, 0);
    for (guint i = 0; i < blocks->blocks->len; i++) {
      const struct text_block *block = &g_array_index(blocks->blocks, struct text_block, i);
      g_assert_cmpuint(strlen(block->text), <=, LIMIT_BLOCK_BYTES + 8);
      g_assert_cmpint(block->level, <=, LIMIT_LIST_DEPTH);
    }
  }
  g_autoptr(text_blocks_auto) blocks = text_cut(TEXT_MARKDOWN, book->str, book->len);
  g_assert_cmpuint(blocks->blocks->len, ==, 200 * 31);
  g_autoptr(GArray) sentences = text_sentences(line->str, line->len, LANGUAGE_ENGLISH);
  for (guint i = 0; i < sentences->len; i++) g_assert_cmpuint(g_array_index(sentences, struct text_range, i).to - g_array_index(sentences, struct text_range, i).from, <=, LIMIT_SENTENCE_BYTES + 8);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/text/markdown", test_markdown);
  g_test_add_func("/text/html", test_html);
  g_test_add_func("/text/plain", test_plain);
  g_test_add_func("/text/turns", test_turns);
  g_test_add_func("/text/invisible", test_invisible);
  g_test_add_func("/text/sentences", test_sentences);
  g_test_add_func("/text/language", test_language);
  g_test_add_func("/text/bags", test_bags);
  g_test_add_func("/text/reading", test_reading);
  g_test_add_func("/text/bounds", test_bounds);
  return g_test_run();
}
