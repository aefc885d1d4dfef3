/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cues. A sentence is compared with short lists of words, per language; some marks need no words (a question mark, a figure,
 * quotation marks). Commands are recognised by their verb in English, by "… Sie" in German and by -ez or an infinitive in front
 * in French.
 *
 * How it can be wrong: words are not meanings. A wrong cue moves a sentence to another block or leaves it out; it never changes
 * what the sentence says. */
#include "studio/cues.h"
#include "base/yaml.h"
#include "studio/studio-resource.h"
#include <string.h>

#define WORDED_CUES (CUE_ORPHAN + 1)
#define FOLLOW_UP_WORDS 5 /* "And what then?" has fewer; "And what do people get wrong?" asks on its own */
#define WORDED_ROLES (SECTION_OPENING + 1)

const char *const cue_names[CUE_COUNT] = { "imperative", "rule", "reason", "example", "mistake", "definition", "condition", "result", "aside", "imprint", "contact", "anaphor", "orphan",
  "number", "question", "quote", "personal", "code" };
const char *const section_role_names[SECTION_ROLES] = { "why", "mistakes", "phrases", "limits", "example", "help", "learn", "faq", "after", "steps", "rules", "opening", "other" };

struct phrases { char **at; };
struct vocabulary { struct phrases trim, lead_in, itself, follow_up, pronouns, genre, uncounted, sentence[WORDED_CUES], heading[WORDED_ROLES]; GHashTable *verbs, *numbers; };
struct cues { struct vocabulary of[LANGUAGE_COUNT]; };

/* Each phrase as " words " (or "^words "), normal form. */
static struct phrases read_phrases(const struct yaml_node *list) {
  g_autoptr(GPtrArray) phrases = g_ptr_array_new();
  for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next) {
    bool front = node->text[0] == '^';
    g_autofree char *normal = text_normal(node->text, strlen(node->text));
    g_ptr_array_add(phrases, g_strconcat(front ? "^" : " ", normal, " ", NULL));
  }
  g_ptr_array_add(phrases, NULL);
  return (struct phrases){ (char **)(void *)g_ptr_array_steal(phrases, NULL) };
}

static struct cues *read_cues(void) {
  static const char *const names[] = { "english", "german", "french" };
  g_autoptr(GBytes) bytes = g_resource_lookup_data(studio_get_resource(), "/studio/cues.yaml", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  size_t length = 0;
  const char *text = g_bytes_get_data(bytes, &length);
  g_autoptr(GError) error = NULL;
  g_autoptr(yaml_doc_auto) doc = yaml_parse("cues.yaml", text, length, &error);
  if (!doc) g_error("%s", error->message); /* the file is ours: a bug */
  struct cues *cues = g_new0(struct cues, 1);
  for (int l = 0; l < LANGUAGE_OTHER; l++) {
    const struct yaml_node *node = yaml_get(yaml_root(doc), names[l]);
    struct vocabulary *words = &cues->of[l];
    words->trim = read_phrases(yaml_get(node, "trim"));
    words->lead_in = read_phrases(yaml_get(node, "lead in"));
    words->itself = read_phrases(yaml_get(node, "itself"));
    words->follow_up = read_phrases(yaml_get(node, "follow up"));
    words->pronouns = read_phrases(yaml_get(node, "pronouns"));
    words->genre = read_phrases(yaml_get(node, "genre"));
    words->uncounted = read_phrases(yaml_get(node, "uncounted"));
    words->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (const struct yaml_node *number = yaml_get(node, "numbers")->first; number; number = number->next) {
      double value = g_ascii_strtod(number->text, NULL);
      g_hash_table_insert(words->numbers, g_strdup(number->key), g_memdup2(&value, sizeof value));
    }
    words->verbs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const struct yaml_node *verb = yaml_get(node, "verbs")->first; verb; verb = verb->next) g_hash_table_add(words->verbs, g_strdup(verb->text));
    for (int c = CUE_RULE; c < WORDED_CUES; c++) words->sentence[c] = read_phrases(yaml_get(yaml_get(node, "sentence"), cue_names[c]));
    for (int r = 0; r < WORDED_ROLES; r++) words->heading[r] = read_phrases(yaml_get(yaml_get(node, "heading"), section_role_names[r]));
  }
  return cues;
}

static const struct vocabulary *vocabulary_of(enum language language) {
  static gsize once;
  if (g_once_init_enter(&once)) g_once_init_leave(&once, (gsize)read_cues());
  return &((const struct cues *)once)->of[language == LANGUAGE_OTHER ? LANGUAGE_ENGLISH : language];
}

static bool holds(const struct phrases *phrases, const char *padded) {
  for (char **at = phrases->at; at && *at; at++)
    if ((*at)[0] == '^' ? g_str_has_prefix(padded + 1, *at + 1) : strstr(padded, *at) != NULL) return true;
  return false;
}

static bool is_imperative(const char *normal, enum language language) {
  static const char *const openers[] = { "please ", "then ", "now ", "first ", "next ", "finally ", "always ", "never ", "do not ", "don t ", "bitte ", "dann ", "zuerst ", "ne ", "n ", "puis ", "enfin ", "and " };
  for (size_t i = 0; i < G_N_ELEMENTS(openers); i++)
    if (g_str_has_prefix(normal, openers[i])) {
      if (strstr("never do not don t ", openers[i]) && i >= 7 && i <= 9 && language != LANGUAGE_GERMAN) return true;
      normal += strlen(openers[i]);
      i = 0;
    }
  g_auto(GStrv) words = g_strsplit(normal, " ", 4);
  if (!words[0] || !words[1]) return false;
  if (language == LANGUAGE_GERMAN) return g_str_has_suffix(words[0], "n") && (strcmp(words[1], "sie") == 0 || (words[2] && strcmp(words[1], "nicht") != 0 && strcmp(words[2], "sie") == 0 && strlen(words[1]) < 6));
  if (language == LANGUAGE_FRENCH) return g_str_has_suffix(words[0], "ez") || g_str_has_suffix(words[0], "er") || g_str_has_suffix(words[0], "ir") || g_str_has_suffix(words[0], "dre") || g_str_has_suffix(words[0], "tre");
  return g_hash_table_contains(vocabulary_of(language)->verbs, words[0]);
}

/* "Split it …": a command about something that was named before. */
static bool points_back(const char *normal) {
  static const char *const objects[] = { "it", "them", "him", "her", "these", "es", "ihn" };
  g_auto(GStrv) words = g_strsplit(normal, " ", 3);
  for (size_t i = 0; words[0] && words[1] && i < G_N_ELEMENTS(objects); i++)
    if (strcmp(words[1], objects[i]) == 0) return true;
  return false;
}

/* A number that counts what was named before: "We sorted the 22.", "never less than five", "In nine the test …", "… of them". */
static bool counts_back(const char *text, const char *padded, enum language language) {
  const struct vocabulary *words = vocabulary_of(language);
  g_auto(GStrv) at = g_strsplit(text, " ", -1);
  for (int i = 1; at[i]; i++) {
    size_t core = strcspn(at[i], ".,;:!?");
    g_autofree char *word = g_strndup(at[i], core), *front = g_strjoinv(" ", (char *[]){ i > 1 ? at[i - 2] : (char *)"", at[i - 1], NULL }), *normal = text_normal(front, strlen(front));
    g_autofree char *before = g_strconcat(" ", normal, " ", NULL);
    if (!at[i][core] || at[i][core + 1] || cues_number(word, language) < 0) continue;
    for (char **phrase = words->uncounted.at; *phrase; phrase++)
      if (g_str_has_suffix(before, *phrase)) return true;
  }
  if (language != LANGUAGE_ENGLISH || !g_str_has_prefix(padded, " in ") || !at[0] || !at[1] || cues_number(at[1], language) < 0 || !at[2]) return false;
  static const char *const followers[] = { "the", "it", "they", "we", "of", "there" }; /* where its noun should stand */
  for (size_t i = 0; i < G_N_ELEMENTS(followers); i++)
    if (strcmp(at[2], followers[i]) == 0) return strcmp(at[2], "of") != 0 || (at[3] && strcmp(at[3], "them") == 0);
  return false;
}

static bool is_quote(const char *text) {
  gunichar first = g_utf8_get_char(text);
  const char *last = text + strlen(text);
  if (last == text) return false;
  gunichar end = g_utf8_get_char(utf8_previous(last));
  return (first == '"' || first == 0x201C || first == 0x201E || first == 0xAB || first == 0xBB) && (end == '"' || end == 0x201D || end == 0x201C || end == 0xBB || end == 0xAB);
}

/* "find_house(address)", "store()" */
static bool names_code(const char *text) {
  for (const char *at = strchr(text, '_'); at; at = strchr(at + 1, '_'))
    if (at > text && g_ascii_isalnum(at[-1]) && g_ascii_isalnum(at[1])) return true;
  return strstr(text, "()") != NULL;
}

static bool holds_any(const char *padded, const char *const *words) {
  for (; *words; words++)
    if (strstr(padded, *words)) return true;
  return false;
}

/* The normal form of what stands outside quotation marks and brackets, padded. */
static char *without_quotes(const char *text) {
  g_autoptr(GString) out = g_string_new("");
  bool inside = false;
  int brackets = 0;
  for (const char *at = text; *at; at = utf8_next(at)) {
    gunichar c = g_utf8_get_char(at);
    brackets += c == '(';
    if (c == ')' && brackets > 0) brackets--;
    if (c == '"' || c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB) inside = c == '"' ? !inside : c == 0x201E || c == 0xAB || (c == 0x201C && !inside);
    else if (!inside && !brackets) g_string_append_unichar(out, c);
  }
  g_autofree char *normal = text_normal(out->str, out->len);
  return g_strconcat(" ", normal, " ", NULL);
}

unsigned cues_of_sentence(const char *text, enum language language) {
  static const char *const first_person[] = { " i ", " my ", " me ", " mine ", " ich ", " mein ", " meine ", " mir ", " mich ", " je ", " mon ", " ma ", " mes ", " moi ", " j ", NULL };
  g_autofree char *normal = text_normal(text, strlen(text)), *padded = g_strconcat(" ", normal, " ", NULL);
  const struct vocabulary *words = vocabulary_of(language);
  unsigned cues = 0;
  for (int c = CUE_RULE; c < WORDED_CUES; c++) cues |= holds(&words->sentence[c], padded) ? BIT(c) : 0;
  if (is_imperative(normal, language)) cues |= BIT(CUE_IMPERATIVE) | (points_back(normal) ? BIT(CUE_ANAPHOR) : 0);
  if (strchr("\"", *text) || g_str_has_prefix(text, "“") || g_str_has_prefix(text, "„") || g_str_has_prefix(text, "«")) cues &= ~BIT(CUE_ORPHAN); /* what somebody says */
  if (counts_back(text, padded, language)) cues |= BIT(CUE_ANAPHOR) | BIT(CUE_ORPHAN);
  for (char **at = words->itself.at; *at; at++)
    if (g_str_has_prefix(padded, *at)) cues &= ~(BIT(CUE_ANAPHOR) | BIT(CUE_ORPHAN));
  if (strpbrk(normal, "0123456789")) cues |= BIT(CUE_NUMBER);
  if (is_quote(text)) cues |= BIT(CUE_QUOTE);
  const char *end = text + strlen(text);
  while (end > text && strchr("\"')”’» ", end[-1])) end--;
  if (end > text && end[-1] == '?') cues |= BIT(CUE_QUESTION);
  if (names_code(text)) cues |= BIT(CUE_CODE);
  g_autofree char *outside = without_quotes(text);
  if (holds_any(outside, first_person)) cues |= BIT(CUE_PERSONAL);
  return cues;
}

unsigned cues_of_heading(const char *text, enum language language) {
  g_autofree char *normal = text_normal(text, strlen(text)), *padded = g_strconcat(" ", normal, " ", NULL);
  const struct vocabulary *words = vocabulary_of(language);
  unsigned roles = 0;
  for (int r = 0; r < WORDED_ROLES; r++) roles |= holds(&words->heading[r], padded) ? BIT(r) : 0;
  return roles ? roles : BIT(SECTION_OTHER);
}

bool cues_follow_up(const char *question, enum language language) {
  g_autofree char *normal = text_normal(question, strlen(question)), *padded = g_strconcat(" ", normal, " ", NULL);
  int words = text_count_words(question, strlen(question));
  return words < 2 || (holds(&vocabulary_of(language)->follow_up, padded) && (words < FOLLOW_UP_WORDS || cues_pronoun(question, language)));
}

bool cues_pronoun(const char *text, enum language language) {
  g_autofree char *normal = text_normal(text, strlen(text)), *padded = g_strconcat(" ", normal, " ", NULL);
  return holds(&vocabulary_of(language)->pronouns, padded);
}

double cues_number(const char *word, enum language language) {
  if (g_ascii_isdigit(*word)) {
    g_autoptr(GString) plain = g_string_new(word);
    g_string_replace(plain, ",", "", 0);
    return g_ascii_strtod(plain->str, NULL);
  }
  g_autofree char *lower = g_utf8_strdown(word, -1);
  const double *value = g_hash_table_lookup(vocabulary_of(language)->numbers, lower);
  return value ? *value : -1;
}

/* So many bytes at the beginning are one of the phrases, with the comma or space behind; 0: none is. */
static size_t opens_with(const struct phrases *phrases, const char *text) {
  for (char **at = phrases->at; at && *at; at++) {
    g_autofree char *phrase = g_strstrip(g_strdup(*at));
    size_t length = strlen(phrase);
    if (strlen(text) <= length + 1 || !strchr(" ,:", text[length])) continue;
    g_autofree char *front = g_utf8_strdown(text, (gssize)length);
    if (strcmp(front, phrase) != 0) continue;
    while (strchr(" ,:", text[length]) && text[length]) length++;
    return length;
  }
  return 0;
}

static char *capital(const char *text) {
  char buffer[8] = { 0 };
  if (!*text) return g_strdup(text);
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(text)), buffer);
  return g_strconcat(buffer, utf8_next(text), NULL);
}

char *cues_trim(const char *text, enum language language) {
  const char *whole = text;
  const struct vocabulary *words = vocabulary_of(language);
  size_t cut;
  int left = 2;
  while (left-- > 0 && (cut = opens_with(&words->trim, text)) > 0 && text_count_words(text + cut, strlen(text + cut)) >= 3) text += cut;
  cut = opens_with(&words->lead_in, text);
  if (cut > 0 && strlen(text + cut) > 12) {
    const char *rest = text + cut;
    if (language == LANGUAGE_ENGLISH && g_str_has_prefix(rest, "not ")) {
      g_autofree char *told = g_strconcat("Do ", rest, NULL);
      return g_strdup(told);
    }
    if (is_imperative(rest, language)) text = rest;
  }
  return text == whole ? g_strdup(text) : capital(text);
}

size_t cues_genre(const char *title, enum language language) {
  const char *colon = strstr(title, ": ");
  if (!colon || !colon[2]) return 0;
  g_autofree char *front = text_normal(title, (size_t)(colon - title)), *phrase = g_strconcat(" ", front, " ", NULL);
  for (char **at = vocabulary_of(language)->genre.at; *at; at++)
    if (strcmp(*at, phrase) == 0) return (size_t)(colon + 2 - title);
  return 0;
}
