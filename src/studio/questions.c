/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions for a knowledge check. Everything comes from the sources: the question is a sentence of theirs with its end or its
 * figure left out, the right answer is what was left out, the wrong ones are what the same sources say of neighbouring cases:
 *
 *   case      "Display dark." — labels, or halves of points around a colon, and what goes with each; of a row, its first column
 *   if        "If there is no answer after two working days, …" — the consequents of other conditions
 *   why       "It refuses houses with fewer than five flats, because …" — other reasons
 *   figure    "Finance Control answers within ____." — other figures of a like unit, none far from the right one
 *   worse     a sentence of the section on what to avoid, among those of the section on what helps
 *   next      which step follows
 *
 * A wrong answer must be wrong by the sources. It is refused if its words are among those of the right answer (or the other way
 * round), or if any span says it of nearly the same words as the question. A sentence that holds a pronoun, or stands in a story, is no
 * question: outside of its example it means nothing. What is left may still be right in a case that no
 * source speaks of; the approver's first criterion asks for that.
 *
 * Sources: T. M. Haladyna, S. M. Downing, M. C. Rodriguez, A Review of Multiple-Choice Item-Writing Guidelines, Applied
 * Measurement in Education 15 (2002): three options are enough, all plausible, alike in length; of figures, the right one must not stand out. */
#include "studio/draft-private.h"
#include <math.h>
#include <string.h>

#define OPTIONS_LEAST 3
#define OPTIONS_MOST 4
#define STEM_WORDS 28
#define STEM_LEAST 3       /* words besides the gap; less says nothing */
#define ANSWER_WORDS 30
#define REASON_LEAST 4     /* words; "because of number 3" gives no reason */
#define SAME_CASE 0.75     /* a span that covers so much of the question speaks of the same */
#define SAME_WORDS 0.8
#define LONGER 6.0         /* times the right answer's words: an option that long gives itself away */
#define UNITS_APART 3      /* "two days" can be taken for weeks or hours, hardly for years */
#define APART_MOST 5.0     /* times: figures further apart are not confused */
#define NEIGHBOUR_MOST 3.0 /* times: the right one has a wrong one as near as that, or it stands out */
#define CASES_MOST 3       /* questions of one kind */

enum kind { KIND_CASE, KIND_IF, KIND_WHY, KIND_FIGURE, KIND_WORSE, KIND_NEXT, KIND_COUNT };
static const char *const kind_names[KIND_COUNT] = { "case", "if", "why", "figure", "worse", "next" };
static const char *const asks[KIND_COUNT][LANGUAGE_COUNT] = {
  { "What applies here?", "Was gilt hier?", "Que faut-il retenir ici ?", "What applies here?" },
  { "How does the sentence go on?", "Wie geht der Satz weiter?", "Comment la phrase continue-t-elle ?", "How does the sentence go on?" },
  { "How does the sentence go on?", "Wie geht der Satz weiter?", "Comment la phrase continue-t-elle ?", "How does the sentence go on?" },
  { "What belongs into the gap?", "Was gehört in die Lücke?", "Que faut-il mettre dans le blanc ?", "What belongs into the gap?" },
  { "Which of these belongs here?", "Was davon gehört hierher?", "Laquelle de ces phrases en fait partie ?", "Which of these belongs here?" },
  { "What comes next?", "Was kommt danach?", "Que faut-il faire ensuite ?", "What comes next?" } };

/* A pair: what is asked, and what goes with it. */
struct pair { enum kind kind; bool row; char *stem, *answer; int span_stem, span_answer, section, group, order; struct bag stem_bag, answer_bag; };
struct pairing { struct drafting *d; GArray *pairs; struct stemmer *stemmer; };

static void pair_clear(void *data) {
  struct pair *pair = data;
  g_free(pair->stem);
  g_free(pair->answer);
  bag_clear(&pair->stem_bag);
  bag_clear(&pair->answer_bag);
}

static int words_of(const char *text) { return text_count_words(text, strlen(text)); }

static void add_pair(struct pairing *p, enum kind kind, char *stem, char *answer, int span_stem, int span_answer, int group) {
  const struct span *span = library_span(p->d->library, span_answer);
  struct pair pair = { .kind = kind, .stem = stem, .answer = answer, .span_stem = span_stem, .span_answer = span_answer, .section = span->section, .group = group, .order = span_answer };
  pair.stem_bag = bag_of(p->stemmer, stem, strlen(stem));
  pair.answer_bag = bag_of(p->stemmer, answer, strlen(answer));
  if (words_of(stem) <= STEM_WORDS && words_of(answer) >= 1 && words_of(answer) <= ANSWER_WORDS && pair.stem_bag.count && pair.answer_bag.count) g_array_append_val(p->pairs, pair);
  else pair_clear(&pair);
}

/* ---- finding pairs ----------------------------------------------------------------------------------------------- */

static char *capital(const char *text) {
  char buffer[8] = { 0 };
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(text)), buffer);
  return g_strconcat(buffer, utf8_next(text), NULL);
}

static char *uncapital(const char *text) {
  char buffer[8] = { 0 };
  g_unichar_to_utf8(g_unichar_tolower(g_utf8_get_char(text)), buffer);
  return g_strconcat(buffer, utf8_next(text), NULL);
}

static char *closed(const char *text) {
  size_t length = strlen(text);
  return g_strconcat(text, length && strchr(".!?\"”…", text[length - 1]) ? "" : ".", NULL);
}

/* "Label. What goes with it." */
static void pair_of_label(struct pairing *p, const struct unit *unit) {
  const struct library *l = p->d->library;
  const struct span *lead = library_span(l, unit->first), *rest = library_span(l, unit->first + 1);
  unsigned unfit = BIT(CUE_QUESTION) | BIT(CUE_ASIDE) | BIT(CUE_PERSONAL);
  if (unit->stamp || unit->kind == BLOCK_STEP || unit->count < 2 || lead->cues & (unfit | BIT(CUE_IMPERATIVE) | BIT(CUE_RULE)) || rest->cues & unfit || rest->open_quote || rest->close_quote) return;
  if (rest->cues & BIT(CUE_QUOTE) || strchr(rest->text, '"')) return;
  g_autofree char *stem = g_strdup(lead->text);
  add_pair(p, KIND_CASE, g_steal_pointer(&stem), capital(rest->text), unit->first, unit->first + 1, unit->list ? unit->list : 1000000 + unit->section);
}

/* A row: its label and the first column are asked, what stands there is the answer; the other columns would give it away. */
static void pair_of_row(struct pairing *p, const struct unit *unit) {
  g_autoptr(GArray) cells = row_cells(p->d->library, unit);
  unsigned unfit = BIT(CUE_QUESTION) | BIT(CUE_ASIDE) | BIT(CUE_PERSONAL);
  if (!cells->len || library_span(p->d->library, unit->first + 1)->cues & unfit) return;
  const struct row_cell *cell = &g_array_index(cells, struct row_cell, 0);
  guint before = p->pairs->len;
  g_autofree char *label = capital(library_span(p->d->library, unit->first)->text), *told = closed(cell->text);
  add_pair(p, KIND_CASE, g_strdup_printf("%s: %s …", label, cell->head), g_strconcat("… ", told, NULL), unit->first, unit->first + 1, unit->list);
  if (p->pairs->len > before) g_array_index(p->pairs, struct pair, before).row = true;
}

/* A point of the form "case: what applies". */
static void pair_of_colon(struct pairing *p, const struct unit *unit) {
  const struct span *span = library_span(p->d->library, unit->first);
  const char *colon = strstr(span->text, ": ");
  if (!colon || strchr(span->text, '"') || span->cues & (BIT(CUE_ASIDE) | BIT(CUE_QUESTION))) return;
  g_autofree char *stem = g_strchomp(g_strndup(span->text, (gsize)(colon - span->text)));
  if (words_of(stem) > 20) return;
  g_autofree char *told = capital(colon + 2);
  add_pair(p, KIND_CASE, g_steal_pointer(&stem), closed(told), unit->first, unit->first, unit->list);
}

/* "If …, then": the comma that ends the condition is the last one that leaves at least three words, in front of the first verb
 * of the main clause; the first comma is right nearly always. */
static void pair_of_condition(struct pairing *p, int index) {
  const struct span *span = library_span(p->d->library, index);
  const char *comma = strstr(span->text, ", ");
  unsigned unfit = BIT(CUE_ANAPHOR) | BIT(CUE_ASIDE) | BIT(CUE_QUESTION) | BIT(CUE_PERSONAL) | BIT(CUE_QUOTE);
  if (!comma || !(span->cues & BIT(CUE_CONDITION)) || span->cues & unfit || span->open_quote || span->close_quote || strchr(span->text, '"')) return;
  g_autofree char *front = g_strndup(span->text, (gsize)(comma - span->text)), *lower = g_utf8_strdown(front, -1), *padded = g_strconcat(" ", lower, " ", NULL);
  static const char *const openers[] = { " if ", " when ", " unless ", " before ", " after ", " as long as ", " in case ", " wenn ", " falls ", " sobald ", " bei ", " si ", " quand ", " lorsque ", " en cas ", " dès que " };
  bool opens = false;
  if (cues_pronoun(front, p->d->language) || strstr(padded, " that ")) return;
  for (size_t i = 0; i < G_N_ELEMENTS(openers); i++) opens |= g_str_has_prefix(padded, openers[i]);
  if (!opens || words_of(front) < 3 || words_of(comma + 2) < 3) return;
  add_pair(p, KIND_IF, g_strconcat(front, ", …", NULL), g_strconcat("… ", comma + 2, NULL), index, index, 0);
}

/* "…, because …" */
static void pair_of_reason(struct pairing *p, int index) {
  static const char *const joints[] = { " because ", " weil ", " parce que ", " so that ", " damit ", " afin de ", " afin que " };
  const struct span *span = library_span(p->d->library, index);
  unsigned unfit = BIT(CUE_ANAPHOR) | BIT(CUE_ASIDE) | BIT(CUE_QUESTION) | BIT(CUE_PERSONAL) | BIT(CUE_QUOTE);
  if (span->cues & unfit || span->open_quote || span->close_quote || strchr(span->text, '"')) return;
  for (size_t i = 0; i < G_N_ELEMENTS(joints); i++) {
    const char *joint = strstr(span->text, joints[i]);
    if (!joint || joint == span->text) continue;
    const char *rest = joint + strlen(joints[i]);
    g_autofree char *front = g_strndup(span->text, (gsize)(rest - span->text));
    if (!cues_pronoun(front, p->d->language) && words_of(front) >= 4 && words_of(rest) >= REASON_LEAST) add_pair(p, KIND_WHY, g_strconcat(front, "…", NULL), g_strconcat("… ", rest, NULL), index, index, (int)i);
    return;
  }
}

/* A part of a story: what is said there holds for its people and numbers, and asks nothing outside of it. */
static bool is_told(const struct drafting *d, const struct unit *unit) {
  unsigned roles = library_section(d->library, unit->section)->roles;
  return unit->stamp || (roles & BIT(SECTION_EXAMPLE) && !(roles & (BIT(SECTION_RULES) | BIT(SECTION_STEPS))));
}

static void find_pairs(struct pairing *p) {
  const struct library *l = p->d->library;
  for (int u = 0; u < (int)l->units->len; u++) {
    const struct unit *unit = library_unit(l, u);
    if (p->d->strength[unit->section] <= 0 || !unit->count) continue;
    g_autoptr(GArray) cells = row_cells(l, unit);
    if (cells->len) pair_of_row(p, unit);
    else if (unit->lead) pair_of_label(p, unit);
    else if (unit->kind == BLOCK_ITEM || unit->kind == BLOCK_STEP) pair_of_colon(p, unit);
    for (int s = unit->first + unit->lead; s < unit->first + unit->count && !is_told(p->d, unit); s++) {
      pair_of_condition(p, s);
      pair_of_reason(p, s);
    }
  }
}

/* ---- wrong answers ----------------------------------------------------------------------------------------------- */

static bool contains(const struct bag *whole, const struct bag *part) { return part->count && bag_common(part, whole) == part->count; }

/* Do the sources say this, too, of what is asked? */
static bool is_true_too(const struct drafting *d, const struct bag *stem, const struct bag *option, int except, int asked) {
  for (int s = 0; s < (int)d->library->spans->len; s++) {
    const struct span *span = library_span(d->library, s);
    if (s == except || s == asked || d->strength[span->section] <= 0 || !option->negated != !span->bag.negated) continue;
    if (bag_covered(option, &span->bag) >= SAME_WORDS && bag_numbers_covered(option, &span->bag) && stem->count && bag_covered(stem, &span->bag) >= SAME_CASE) return true;
  }
  return false;
}

static bool is_wrong(const struct drafting *d, const struct pair *asked, const struct pair *other) {
  struct bag *right = (struct bag *)(uintptr_t)&asked->answer_bag, *option = (struct bag *)(uintptr_t)&other->answer_bag;
  bool opposite = !right->negated != !option->negated;
  if (!opposite && (bag_alike(right, option) > 0.6 || contains(right, option) || contains(option, right))) return false;
  if (!opposite && contains(&asked->stem_bag, option)) return false;
  if (bag_alike(&asked->stem_bag, &other->stem_bag) > 0.7) return false; /* the same case, told twice */
  double longer = (double)words_of(other->answer) / words_of(asked->answer);
  return longer < LONGER && longer > 1 / LONGER && !is_true_too(d, &asked->stem_bag, option, other->span_answer, asked->span_answer);
}

static uint32_t mix(const char *a, const char *b) { return g_str_hash(a) * 31u ^ g_str_hash(b); }

static int option_by_hash(const void *a, const void *b, void *stem) {
  const struct option *x = *(struct option *const *)a, *y = *(struct option *const *)b;
  uint32_t p = mix(x->sentence->text, stem), q = mix(y->sentence->text, stem);
  return p != q ? (p < q ? -1 : 1) : strcmp(x->sentence->text, y->sentence->text);
}

static void option_free(void *data) {
  struct option *option = data;
  sentence_free(option->sentence);
  g_free(option);
}

static struct quiz *quiz_new(const struct drafting *d, enum kind kind, struct sentence *stem) {
  struct quiz *question = g_new0(struct quiz, 1);
  question->kind = kind_names[kind];
  question->ask = asks[kind][d->language];
  question->stem = stem;
  question->options = g_ptr_array_new_with_free_func(option_free);
  question->feedback = g_ptr_array_new_with_free_func((GDestroyNotify)sentence_free);
  return question;
}

static void add_option(struct quiz *question, const char *text, int span, bool right) {
  struct option *option = g_new0(struct option, 1);
  option->sentence = sentence_new(g_strdup(text), span);
  option->right = right;
  g_ptr_array_add(question->options, option);
}

static bool has_option(const struct quiz *question, const char *text) {
  for (guint i = 0; i < question->options->len; i++)
    if (strcmp(((struct option *)question->options->pdata[i])->sentence->text, text) == 0) return true;
  return false;
}

static bool finish(struct drafting *d, struct drafted *to, struct quiz *question, int first) {
  if (question->options->len < OPTIONS_LEAST) {
    quiz_free(question);
    return false;
  }
  g_ptr_array_sort_with_data(question->options, option_by_hash, question->stem->text);
  question->first = first;
  for (guint i = 0; i < question->options->len; i++) d->words += words_of(((struct option *)question->options->pdata[i])->sentence->text);
  g_ptr_array_add(to->questions, question);
  return true;
}

/* Neighbours first: the same list, the same section, the same source, any. */
static int distance(const struct drafting *d, const struct pair *a, const struct pair *b) {
  if (a->section == b->section) return a->kind != KIND_CASE || a->group == b->group ? 0 : 1;
  return library_section(d->library, a->section)->source == library_section(d->library, b->section)->source ? 2 : 3;
}

static bool ask_pair(struct pairing *p, struct drafted *to, guint index) {
  struct drafting *d = p->d;
  const struct pair *pair = &g_array_index(p->pairs, struct pair, index);
  struct quiz *question = quiz_new(d, pair->kind, sentence_new(g_strdup(pair->stem), pair->span_stem));
  if (pair->row) {
    question->ask = asks[KIND_IF][d->language];
    g_array_append_val(question->stem->spans, pair->span_answer); /* the column's name stands there */
  }
  add_option(question, pair->answer, pair->span_answer, true);
  for (int reach = 0; reach <= (pair->kind == KIND_CASE ? 1 : 3); reach++)
    for (guint i = 0; i < p->pairs->len && question->options->len < OPTIONS_MOST; i++) {
      const struct pair *other = &g_array_index(p->pairs, struct pair, i);
      if (i == index || other->kind != pair->kind || other->row != pair->row || (pair->kind == KIND_WHY && other->group != pair->group) || distance(d, pair, other) != reach) continue;
      if (is_wrong(d, pair, other) && !has_option(question, other->answer)) add_option(question, other->answer, other->span_answer, false);
    }
  g_ptr_array_add(question->feedback, sentence_of(d, pair->span_answer, pair->span_stem == pair->span_answer, false, false));
  if (pair->span_stem != pair->span_answer && pair->span_answer + 1 < (int)d->library->spans->len) {
    const struct span *next = library_span(d->library, pair->span_answer + 1), *here = library_span(d->library, pair->span_answer);
    if (next->unit == here->unit && next->kind == SPAN_SENTENCE && !next->open_quote) g_ptr_array_add(question->feedback, sentence_of(d, pair->span_answer + 1, false, false, next->close_quote));
  }
  return finish(d, to, question, pair->order);
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static const char *const adjectives = " working calendar business full yearly further more other good last consecutive ";

/* A figure in a sentence: its words with its unit, and the unit as a key ("days"). */
struct figure { int span; size_t from, to; char *text, *unit, *amount; double size; /* in units; times in seconds */ };
static void figure_clear(void *data) {
  struct figure *figure = data;
  g_free(figure->text);
  g_free(figure->unit);
  g_free(figure->amount);
}

static char *singular(const char *word) {
  char *lower = g_utf8_strdown(word, -1);
  size_t length = strlen(lower);
  if (length > 3 && (lower[length - 1] == 's' || lower[length - 1] == 'e' || lower[length - 1] == 'n')) lower[length - 1] = '\0';
  return lower;
}

static bool is_joint(const char *word) {
  static const char *const joints = " and or of in to for the than per und oder von pro der die das bis et ou de des du par ";
  g_autofree char *lower = g_utf8_strdown(word, -1), *key = g_strconcat(" ", lower, " ", NULL);
  return strstr(joints, key) != NULL;
}

/* Which scale of time a unit is of; -1: of none. */
static int time_scale(const char *unit) {
  static const char *const scales[][4] = { { "second", "sekund" }, { "minut", "minute" }, { "hour", "stund", "heur" }, { "day", "working day", "tag", "jour" }, { "week", "woch", "semain" },
    { "month", "monat", "moi" }, { "year", "jahr" } };
  for (int i = 0; i < (int)G_N_ELEMENTS(scales); i++)
    for (int j = 0; j < 4 && scales[i][j]; j++)
      if (g_str_has_prefix(unit, scales[i][j])) return i;
  return -1;
}

/* How far two units are from each other: 0 the same, 1 and on for spans of time of another scale; 99 they cannot be confused. */
static int unit_distance(const char *a, const char *b) {
  int scale_a = time_scale(a), scale_b = time_scale(b);
  if (strcmp(a, b) == 0) return 0;
  return scale_a < 0 || scale_b < 0 ? 99 : 1 + abs(scale_a - scale_b);
}

static double size_of(const char *number, const char *unit, enum language language) {
  static const double seconds[] = { 1, 60, 3600, 86400, 604800, 2629800, 31557600 };
  int scale = time_scale(unit);
  return cues_number(number, language) * (scale >= 0 ? seconds[scale] : 1);
}

/* How many times the larger of two figures is the smaller. */
static double times_apart(const struct figure *a, const struct figure *b) {
  double low = MIN(a->size, b->size), high = MAX(a->size, b->size);
  return low > 0 ? high / low : high > 0 ? HUGE_VAL : 1;
}

static void find_figures(const struct drafting *d, int index, GArray *figures) {
  const struct span *span = library_span(d->library, index);
  g_auto(GStrv) words = g_strsplit(span->text, " ", -1);
  size_t at = 0;
  for (int i = 0; words[i]; at += strlen(words[i]) + 1, i++) {
    size_t core = strcspn(words[i], ".,;:!?)\"") , whole = strlen(words[i]);
    bool digits = g_ascii_isdigit(words[i][0]);
    if (digits) core = strspn(words[i], "0123456789.,");
    if (digits) while (core && strchr(".,", words[i][core - 1])) core--;
    g_autofree char *number = g_strndup(words[i], core);
    if (cues_number(number, d->language) < 0 || core != whole || !words[i + 1]) continue;
    int last = i + 1;
    g_autofree char *next = g_utf8_strdown(words[last], -1), *padded = g_strconcat(" ", next, " ", NULL);
    if (strstr(adjectives, padded) && words[last + 1]) last++;
    size_t unit = strcspn(words[last], ".,;:!?)\"");
    if (unit < 3 || is_joint(words[last]) || !g_unichar_isalpha(g_utf8_get_char(words[last]))) continue;
    struct figure figure = { .span = index, .from = at, .amount = g_utf8_strdown(number, -1) };
    figure.to = at;
    for (int w = i; w < last; w++) figure.to += strlen(words[w]) + 1;
    figure.to += unit;
    figure.text = g_strndup(span->text + figure.from, figure.to - figure.from);
    g_autofree char *noun = g_strndup(words[last], unit), *single = singular(noun);
    figure.unit = last > i + 1 ? g_strconcat(words[i + 1], " ", single, NULL) : g_steal_pointer(&single);
    figure.size = size_of(figure.amount, figure.unit, d->language);
    g_array_append_val(figures, figure);
  }
}

static bool ask_figure(struct pairing *p, struct drafted *to, const GArray *figures, guint index) {
  struct drafting *d = p->d;
  const struct figure *figure = &g_array_index(figures, struct figure, index);
  const struct span *span = library_span(d->library, figure->span);
  unsigned unfit = BIT(CUE_ASIDE) | BIT(CUE_ANAPHOR) | BIT(CUE_PERSONAL) | BIT(CUE_QUESTION) | BIT(CUE_QUOTE);
  bool rule = span->cues & (BIT(CUE_RULE) | BIT(CUE_CONDITION) | BIT(CUE_IMPERATIVE));
  if (!rule || span->cues & unfit || span->open_quote || span->close_quote || span->kind != SPAN_SENTENCE || span->block == BLOCK_ROW || words_of(span->text) > STEM_WORDS || strchr(span->text, '"')) return false;
  if (words_of(span->text) < words_of(figure->text) + STEM_LEAST || cues_pronoun(span->text, d->language) || (span->unit >= 0 && is_told(d, library_unit(d->library, span->unit)))) return false;
  g_autofree char *front = g_strndup(span->text, figure->from), *stem = g_strconcat(front, "____", span->text + figure->to, NULL);
  struct bag stem_bag = bag_of(p->stemmer, stem, strlen(stem));
  struct quiz *question = quiz_new(d, KIND_FIGURE, sentence_new(g_steal_pointer(&stem), figure->span));
  add_option(question, figure->text, figure->span, true);
  double nearest = HUGE_VAL;
  bool small = !g_unichar_isupper(g_utf8_get_char(figure->text));
  for (int reach = 0; reach <= (d->language == LANGUAGE_GERMAN ? 0 : UNITS_APART); reach++) /* German units change with their case */
   for (guint i = 0; i < figures->len && question->options->len < OPTIONS_MOST; i++) {
    const struct figure *other = &g_array_index(figures, struct figure, i);
    if (other->span == figure->span || unit_distance(other->unit, figure->unit) != reach || strcmp(other->amount, figure->amount) == 0 || has_option(question, other->text) || times_apart(figure, other) > APART_MOST) continue;
    struct bag option = bag_of(p->stemmer, other->text, strlen(other->text));
    struct bag right = bag_of(p->stemmer, figure->text, strlen(figure->text)); /* "2" and "two" are one figure */
    bool wrong = !bag_same_numbers(&option, &right) && !is_true_too(d, &stem_bag, &option, -1, -1);
    bag_clear(&right);
    bag_clear(&option);
    g_autofree char *text = small ? uncapital(other->text) : g_strdup(other->text);
    if (!wrong || has_option(question, text)) continue;
    add_option(question, text, other->span, false);
    nearest = MIN(nearest, times_apart(figure, other));
  }
  bag_clear(&stem_bag);
  if (nearest > NEIGHBOUR_MOST) {
    quiz_free(question);
    return false;
  }
  g_ptr_array_add(question->feedback, sentence_of(d, figure->span, true, false, false));
  return finish(d, to, question, figure->span);
}

static void ask_figures(struct pairing *p, struct drafted *to, int most) {
  g_autoptr(GArray) figures = g_array_new(FALSE, FALSE, sizeof(struct figure));
  g_array_set_clear_func(figures, figure_clear);
  for (int s = 0; s < (int)p->d->library->spans->len && figures->len < 2000; s++)
    if (p->d->strength[library_span(p->d->library, s)->section] > 0) find_figures(p->d, s, figures);
  int asked = 0, last = -1;
  for (guint i = 0; i < figures->len && asked < most; i++) {
    int span = g_array_index(figures, struct figure, i).span;
    if (span == last || p->d->used[span] || !ask_figure(p, to, figures, i)) continue;
    last = span;
    asked++;
  }
}

/* ---- worse, next ------------------------------------------------------------------------------------------------- */

static void collect(const struct drafting *d, const struct section *section, GArray *spans) {
  for (int u = section->first; u < section->first + section->count; u++) {
    const struct unit *unit = library_unit(d->library, u);
    if (unit->kind == BLOCK_ITEM && unit->count && library_span(d->library, unit->first)->cues & BIT(CUE_QUOTE)) g_array_append_val(spans, unit->first);
  }
}

static void ask_worse(struct pairing *p, struct drafted *to) {
  struct drafting *d = p->d;
  for (int s = 0; s < (int)d->library->sections->len; s++) {
    const struct section *worse = library_section(d->library, s);
    if (d->strength[s] <= 0 || !(worse->roles & BIT(SECTION_MISTAKES)) || worse->heading < 0) continue;
    g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(int)), good = g_array_new(FALSE, FALSE, sizeof(int));
    collect(d, worse, bad);
    for (int g = 0; g < (int)d->library->sections->len; g++) {
      const struct section *help = library_section(d->library, g);
      if (help->source == worse->source && d->strength[g] > 0 && help->roles & BIT(SECTION_PHRASES) && !(help->roles & BIT(SECTION_MISTAKES))) collect(d, help, good);
    }
    if (!bad->len || good->len < OPTIONS_LEAST - 1) continue;
    int right = g_array_index(bad, int, 0);
    for (guint i = 1; i < bad->len; i++) /* the one that says most is the one that is least of a giveaway */
      if (words_of(library_span(d->library, g_array_index(bad, int, i))->text) > words_of(library_span(d->library, right)->text)) right = g_array_index(bad, int, i);
    struct quiz *question = quiz_new(d, KIND_WORSE, sentence_new(g_strdup(library_span(d->library, worse->heading)->text), worse->heading));
    add_option(question, library_span(d->library, right)->text, right, true);
    for (guint i = 0; i < good->len && question->options->len < OPTIONS_MOST; i++) {
      const struct span *span = library_span(d->library, g_array_index(good, int, i));
      if (bag_alike(&span->bag, &library_span(d->library, right)->bag) < 0.5) add_option(question, span->text, g_array_index(good, int, i), false);
    }
    const struct span *next = library_span(d->library, right + 1);
    g_ptr_array_add(question->feedback, sentence_of(d, right, false, false, false));
    if (next->unit == library_span(d->library, right)->unit) g_ptr_array_add(question->feedback, sentence_of(d, right + 1, false, false, false));
    finish(d, to, question, right);
    return;
  }
}

/* Labels of the numbered steps of one list. */
static void ask_next(struct pairing *p, struct drafted *to) {
  struct drafting *d = p->d;
  g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(int));
  int list = 0, section = -1;
  for (int u = 0; u < (int)d->library->units->len; u++) {
    const struct unit *unit = library_unit(d->library, u);
    bool fits = unit->kind == BLOCK_STEP && unit->lead && d->strength[unit->section] > 0 && library_section(d->library, unit->section)->roles & (BIT(SECTION_STEPS) | BIT(SECTION_OPENING));
    if (!fits || (list && (unit->list != list || unit->section != section))) continue;
    list = unit->list;
    section = unit->section;
    g_array_append_val(steps, unit->first);
  }
  if (steps->len < 4) return;
  struct quiz *question = quiz_new(d, KIND_NEXT, sentence_new(g_strdup(library_span(d->library, g_array_index(steps, int, 0))->text), g_array_index(steps, int, 0)));
  for (guint i = 1; i < steps->len && question->options->len < OPTIONS_MOST; i++) {
    int span = g_array_index(steps, int, i);
    add_option(question, library_span(d->library, span)->text, span, i == 1);
  }
  g_ptr_array_add(question->feedback, sentence_of(d, g_array_index(steps, int, 1), false, false, false));
  finish(d, to, question, g_array_index(steps, int, 0));
}

static int quiz_by_place(const void *a, const void *b) { return (*(struct quiz *const *)a)->first - (*(struct quiz *const *)b)->first; }

int draft_questions(struct drafting *d, const struct pattern_block *block, struct drafted *to) {
  g_autoptr(stemmer_auto) stemmer = stemmer_new(d->language);
  g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));
  g_array_set_clear_func(pairs, pair_clear);
  struct pairing p = { d, pairs, stemmer };
  find_pairs(&p);
  for (enum kind kind = KIND_CASE; kind <= KIND_WHY; kind++) {
    int asked = 0;
    for (guint i = 0; i < pairs->len && asked < CASES_MOST && (int)to->questions->len < block->most; i++) {
      const struct pair *pair = &g_array_index(pairs, struct pair, i);
      if (pair->kind != kind || d->used[pair->span_answer] || !ask_pair(&p, to, i)) continue;
      d->used[pair->span_answer] = true;
      asked++;
    }
  }
  if ((int)to->questions->len < block->most) ask_worse(&p, to);
  if ((int)to->questions->len < block->most) ask_figures(&p, to, MIN(CASES_MOST, block->most - (int)to->questions->len));
  if ((int)to->questions->len < block->most) ask_next(&p, to);
  g_ptr_array_sort(to->questions, quiz_by_place);
  return (int)to->questions->len;
}
