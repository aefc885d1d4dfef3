/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The drafter.
 *
 * 1. Scope. A source whose name and title hold all words of the topic's name, or of an alias, is on the topic as a whole; of any
 *    other, the sections whose headings do. Only sources in the language of the best one are used: an asset speaks one language.
 * 2. Items. A unit becomes an item: its label and the run of sentences in it that tells most, always unbroken and never
 *    beginning with a sentence that leans on the one before ("It …", "That …"), nor with an orphan, which leans on something named
 *    elsewhere ("We sorted the 22."). Running text can be split: then every sentence that stands on its own begins an item and
 *    those that lean on it come along. A question and its answer belong together: the answer is told to its end, a follow-up
 *    ("And then?") goes with the question before it, and neither is a step. Steps come from one procedure; a story is told
 *    to its end, in stages, or not at all. So nothing is torn from what it refers to.
 * 3. Blocks. For each block of the pattern the ways to take are tried in order; sections are ranked by how much they are on the topic
 *    and how well their items fit, and come out in the source's order. A sentence is used once.
 * 4. Needs. What the pattern cannot do without is counted; if it is not there, the drafter says so and drafts nothing.
 *
 * The transformations are few, and each is checked from outside (check.c): words that only join a sentence to what is not there
 * any more are dropped, "You must check" becomes "Check", what somebody says in the first person is put in quotation marks (all answers
 * of an interview are, and what they quote gets single ones), and a row's cells become sentences (row.c).
 *
 * How it can be wrong: cues are words, so a passage may land under a heading that fits it badly; leaning on the sentence before
 * is recognised by first words and by numbers without a noun only. That is why a person reads a draft beside its sources before it goes out.
 *
 * Sources: H. P. Luhn, The Automatic Creation of Literature Abstracts, IBM Journal 2 (1958), on extracts; A. Nenkova,
 * K. McKeown, Automatic Summarization (2011), ch. 2, on why extracts read badly: dangling references. */
#include "studio/draft-private.h"
#include "base/id.h"
#include <math.h>
#include <string.h>

#define ITEM_WORDS 70        /* an item that is longer is cut after a sentence */
#define STORY_WORDS 95       /* an answer, or a moment of a story, may be longer */
#define STAGE_WORDS 55       /* where it is cut into stages */
#define ALIKE_MOST 0.75      /* two items that are more alike say the same */
#define SECTION_STRENGTH 0.7 /* of a section whose heading names the topic, in a source that does not */
#define LEAST_SENTENCE 2     /* words; less is no sentence */
#define PERSONAL_WORDS 6     /* what somebody says of himself in fewer tells nothing */
#define QUOTE_KEPT 4         /* sentences: a quotation that is shorter stays whole */

/* ---- sentences and items ----------------------------------------------------------------------------------------- */

struct sentence *sentence_new(char *text, int span) {
  struct sentence *sentence = g_new0(struct sentence, 1);
  sentence->text = text;
  sentence->spans = g_array_new(FALSE, FALSE, sizeof(int));
  if (span >= 0) g_array_append_val(sentence->spans, span);
  return sentence;
}

void sentence_free(struct sentence *sentence) {
  if (!sentence) return;
  g_free(sentence->text);
  g_array_unref(sentence->spans);
  g_free(sentence);
}

static void item_free(void *data) {
  struct item *item = data;
  if (!item) return;
  sentence_free(item->lead);
  g_ptr_array_unref(item->sentences);
  g_free(item);
}

void quiz_free(void *data) {
  struct quiz *question = data;
  sentence_free(question->stem);
  g_ptr_array_unref(question->options);
  g_ptr_array_unref(question->feedback);
  g_free(question);
}

static void drafted_free(void *data) {
  struct drafted *drafted = data;
  g_ptr_array_unref(drafted->items);
  g_ptr_array_unref(drafted->questions);
  g_free(drafted);
}

bool is_answer(const struct library *l, const struct unit *unit) {
  const struct section *section = library_section(l, unit->section);
  return section->heading >= 0 && library_span(l, section->heading)->cues & BIT(CUE_QUESTION) && unit == library_unit(l, section->first);
}

static bool is_straight(const struct library *l, const struct span *span) {
  const struct unit *unit = span->unit >= 0 ? library_unit(l, span->unit) : NULL;
  for (int s = unit ? unit->first : 0; unit && s < unit->first + unit->count; s++)
    if (strchr(library_span(l, s)->text, '"')) return true;
  return false;
}

struct sentence *sentence_of(const struct drafting *d, int span, bool first, bool opens, bool closes) {
  static const char *const typographic[LANGUAGE_COUNT][2] = { { "“", "”" }, { "„", "“" }, { "« ", " »" }, { "“", "”" } };
  static const char *const straight[2] = { "\"", "\"" };
  const struct span *s = library_span(d->library, span);
  bool cut = (opens && s->open_quote) || (closes && s->close_quote); /* the mark that is missing is of the source's own kind */
  const char *const *marks = cut && is_straight(d->library, s) ? straight : typographic[d->language];
  const struct unit *row = s->block == BLOCK_ROW && s->unit >= 0 ? library_unit(d->library, s->unit) : NULL;
  bool cells = row && row->lead && row->count == 2 && span == row->first + 1;
  g_autofree char *text = cells ? row_told(d->library, row) : first && s->kind == SPAN_SENTENCE ? cues_trim(s->text, d->language) : g_strdup(s->text);
  return sentence_new(g_strconcat(opens ? marks[0] : "", text, closes ? marks[1] : "", NULL), span);
}

static bool ends_with(const char *text, char c) { return *text && text[strlen(text) - 1] == c; }

/* May this span stand in a draft at all? */
static bool is_usable(const struct drafting *d, const struct span *span) {
  return span->kind != SPAN_CODE && !(span->cues & BIT(CUE_IMPRINT)) && !ends_with(span->text, ':') && (span->kind != SPAN_SENTENCE || text_count_words(span->text, strlen(span->text)) >= LEAST_SENTENCE);
}

static double cue_score(unsigned cues) {
  static const double worth[CUE_COUNT] = { [CUE_IMPERATIVE] = 2, [CUE_RULE] = 1.5, [CUE_REASON] = 1, [CUE_EXAMPLE] = 0.5, [CUE_MISTAKE] = 0.7, [CUE_DEFINITION] = 0.5, [CUE_CONDITION] = 1,
    [CUE_RESULT] = 0.5, [CUE_ASIDE] = -2, [CUE_IMPRINT] = -5, [CUE_CONTACT] = 0.2, [CUE_ANAPHOR] = -0.5, [CUE_NUMBER] = 0.7, [CUE_QUOTE] = 0.7, [CUE_PERSONAL] = -0.3 };
  double score = 0;
  for (int c = 0; c < CUE_COUNT; c++) score += cues & BIT(c) ? worth[c] : 0;
  return score;
}

static double span_score(const struct drafting *d, const struct pattern_take *take, const struct span *span) {
  return 0.3 + cue_score(span->cues) + (take->cues & span->cues ? 1.5 : 0) + 1.5 * bag_common(&d->topic, &span->bag) / (1.0 + span->bag.count) - (take->not & span->cues ? 4 : 0);
}

/* A label that ends in a word gets a colon, because what follows is said of it; a full stop, if it holds a colon already. */
static struct sentence *label_of(const struct drafting *d, int span) {
  struct sentence *label = sentence_of(d, span, false, false, false);
  size_t length = strlen(label->text);
  if (length && strchr(".?!:…)\"”", label->text[length - 1])) return label;
  g_autoptr(GString) closed = g_string_new("");
  g_string_append_unichar(closed, g_unichar_toupper(g_utf8_get_char(label->text)));
  g_string_append(closed, *label->text ? utf8_next(label->text) : "");
  g_string_append_c(closed, strstr(label->text, ": ") ? '.' : ':');
  g_free(label->text);
  label->text = g_strdup(closed->str);
  return label;
}

static bool is_space(gunichar c) { return c == ' ' || c == 0xA0 || c == 0x202F; }

/* One sentence of what is quoted as a whole, with its own quotation marks single ones; `outer`: the marks around the whole, which
 * stand at its beginning and at its end. `inside` goes on from sentence to sentence. */
static char *nested(const char *text, enum language language, bool outer_first, bool outer_last, bool *inside) {
  static const char *const single[LANGUAGE_COUNT][2] = { { "‘", "’" }, { "‚", "‘" }, { "“", "”" }, { "‘", "’" } };
  GString *out = g_string_new("");
  const char *end = text + strlen(text);
  for (const char *at = text; at < end; at = utf8_next(at)) {
    gunichar c = g_utf8_get_char(at);
    bool angled = c == 0xAB || c == 0xBB, mark = angled || c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
    if (!mark || (c != '"' && ((outer_first && at == text) || (outer_last && utf8_next(at) == end)))) {
      g_string_append_unichar(out, c);
      continue;
    }
    while (angled && *inside && out->len && is_space(g_utf8_get_char(utf8_previous(out->str + out->len)))) g_string_truncate(out, (gsize)(utf8_previous(out->str + out->len) - out->str));
    g_string_append(out, single[language][*inside]);
    *inside = !*inside;
    if (angled && *inside && utf8_next(at) < end && is_space(g_utf8_get_char(utf8_next(at)))) at = utf8_next(at);
  }
  return g_string_free(out, FALSE);
}

static void nest_quotes(const struct drafting *d, const struct item *item) {
  bool inside = false;
  for (guint i = 0; i < item->sentences->len; i++) {
    struct sentence *sentence = item->sentences->pdata[i];
    char *text = nested(sentence->text, d->language, i == 0, i + 1 == item->sentences->len, &inside);
    g_free(sentence->text);
    sentence->text = text;
  }
}

/* A question that can be put to a group as it stands: not one that is told about in a sentence. */
static bool is_plain_question(const struct span *span) { return span->cues & BIT(CUE_QUESTION) && !strpbrk(span->text, ":\""); }

/* An item of spans [from, to), with the unit's label if it has one; NULL: it does not fit. */
static struct item *item_new(const struct drafting *d, const struct unit *unit, const struct pattern_take *take, int from, int to) {
  const struct library *l = d->library;
  struct item *item = g_new0(struct item, 1);
  item->sentences = g_ptr_array_new_with_free_func((GDestroyNotify)sentence_free);
  item->section = unit->section;
  item->first = unit->lead && from == unit->first + 1 && !unit->stamp ? unit->first : from;
  bool own_lead = unit->lead && (!unit->stamp || take->story) && (from == unit->first + 1 || take->label_only), personal = false, unfit = false;
  if (own_lead) {
    item->lead = label_of(d, unit->first);
    item->cues |= library_span(l, unit->first)->cues;
  }
  bool answers = is_answer(l, unit) && from == unit->first + unit->lead;
  for (int s = from; s < to; s++) {
    const struct span *span = library_span(l, s);
    personal |= span->cues & BIT(CUE_PERSONAL) && !span->open_quote && !span->close_quote;
  }
  if (to == from + 1 && library_span(l, from)->cues & BIT(CUE_QUESTION)) personal = false; /* what one asks oneself is not quoted */
  bool told = personal;
  personal |= answers && d->voiced[unit->source]; /* in an interview all answers are quoted, or none */
  if (from < to && !own_lead && !answers && !take->story && unit->kind != BLOCK_STEP) unfit |= (library_span(l, from)->cues & BIT(CUE_ORPHAN)) != 0;
  for (int s = from; s < to && !take->label_only; s++) {
    const struct span *span = library_span(l, s);
    bool opens = s == from && (span->open_quote || personal), closes = s == to - 1 && (span->close_quote || personal);
    unfit |= !(take->story ? span->kind == SPAN_SENTENCE : is_usable(d, span)) || d->used[s] || (take->cues == BIT(CUE_QUESTION) && !is_plain_question(span));
    item->cues |= span->cues;
    item->score += span_score(d, take, span);
    item->words += text_count_words(span->text, strlen(span->text));
    g_ptr_array_add(item->sentences, sentence_of(d, s, s == from && !own_lead && !take->story, opens, closes));
  }
  unfit |= told && !answers && item->words < PERSONAL_WORDS;
  if (personal && !unfit) nest_quotes(d, item);
  if (item->sentences->len) item->score /= sqrt(item->sentences->len);
  bool fits = !unfit && (!take->cues || item->cues & take->cues) && !(item->cues & take->not & ~BIT(CUE_ANAPHOR)) && (item->sentences->len || (item->lead && take->label_only));
  if (fits) return item;
  item_free(item);
  return NULL;
}

static bool leans(const struct span *span) { return (span->cues & BIT(CUE_ANAPHOR)) != 0; }

/* The unbroken run of at most `most` sentences that tells most and begins with one that stands alone. */
static struct item *best_run(const struct drafting *d, const struct unit *unit, const struct pattern_take *take, int most, bool running) {
  int begin = unit->first + unit->lead, end = unit->first + unit->count;
  struct item *best = NULL;
  bool skipped = false;
  for (int from = begin; from < end; from++) {
    const struct span *first = library_span(d->library, from);
    if (from > begin && ((unit->lead && !unit->stamp) || unit->kind == BLOCK_ITEM || unit->kind == BLOCK_STEP || leans(first) || first->open_quote || (running && !skipped))) continue;
    skipped = from == begin && first->cues & (take->not | BIT(CUE_ASIDE));
    int words = 0;
    for (int to = from + 1; to <= end && to - from <= most; to++) {
      const char *text = library_span(d->library, to - 1)->text;
      if ((words += text_count_words(text, strlen(text))) > ITEM_WORDS && to - from > 1) break;
      struct item *item = item_new(d, unit, take, from, to);
      if (!item) continue;
      item->score += (from == begin ? 0.8 : 0) + (from == begin && to == end ? 0.6 : 0) + (running ? 0.7 * (to - from) : 0);
      if (!best || item->score > best->score) {
        item_free(best);
        best = item;
      } else item_free(item);
    }
  }
  return best;
}

/* The unit from its beginning, as long as it is bearable. */
static struct item *whole_unit(const struct drafting *d, const struct unit *unit, const struct pattern_take *take) {
  int begin = unit->first + unit->lead, to = begin, words = 0;
  for (; to < unit->first + unit->count; to++) {
    const char *text = library_span(d->library, to)->text;
    if ((words += text_count_words(text, strlen(text))) > STORY_WORDS && to > begin) break;
  }
  return item_new(d, unit, take, begin, to);
}

/* A unit of a story: whole, or in stages where that is too long; neither a quotation nor a question and its answer are torn. */
static void story_items(const struct drafting *d, const struct unit *unit, const struct pattern_take *take, GPtrArray *items) {
  int begin = unit->first + unit->lead, end = unit->first + unit->count, words = 0;
  for (int s = begin; s < end; s++) words += text_count_words(library_span(d->library, s)->text, strlen(library_span(d->library, s)->text));
  guint kept = items->len; /* all of it, or nothing */
  int most = words <= ITEM_WORDS || unit->lead ? STORY_WORDS : STAGE_WORDS;
  for (int from = begin, to; from < end; from = to) {
    int told = 0;
    for (to = from; to < end; to++) {
      const struct span *span = library_span(d->library, to);
      told += text_count_words(span->text, strlen(span->text));
      if (told > most && to > from && !span->open_quote && !(library_span(d->library, to - 1)->cues & BIT(CUE_QUESTION))) break;
    }
    struct item *item = item_new(d, unit, take, from, to);
    if (!item) {
      g_ptr_array_set_size(items, (int)kept);
      return;
    }
    g_ptr_array_add(items, item);
    if (unit->lead) return;
  }
}

/* How many sentences the quotation takes that is open behind `span`. */
static int quote_left(const struct drafting *d, int span, int end) {
  int left = 0;
  for (int s = span; s < end && library_span(d->library, s)->close_quote; s++) left++;
  return left;
}

/* Where an item that begins at `from` ends: behind what leans on it, and behind a short quotation that it opens. */
static int end_of_group(const struct drafting *d, int from, int end, int most) {
  bool inside = library_span(d->library, from)->open_quote;
  int to = from + 1;
  while (to < end) {
    const struct span *next = library_span(d->library, to), *last = library_span(d->library, to - 1);
    bool quoted = !inside && last->close_quote && (last->open_quote || quote_left(d, to - 1, end) < QUOTE_KEPT);
    if (!quoted && (to - from >= most || !leans(next) || next->cues & BIT(CUE_ASIDE))) break;
    to++;
  }
  return to;
}

/* Every sentence that stands alone begins an item; what leans on it comes along. */
static void split_unit(const struct drafting *d, const struct unit *unit, const struct pattern_take *take, int most, GPtrArray *items) {
  int begin = unit->first + unit->lead, end = unit->first + unit->count;
  bool answer = is_answer(d->library, unit);
  for (int from = begin, to; from < end; from = to) {
    const struct span *first = library_span(d->library, from);
    to = end_of_group(d, from, end, most);
    if (leans(first) && !(from == begin && unit->count == 1)) continue; /* what it leans on was left out */
    if (answer && from == begin) continue; /* "The answer is always no." is one to its question only */
    struct item *item = item_new(d, unit, take, from, to);
    if (item) g_ptr_array_add(items, item);
  }
}

static void items_of_unit(const struct drafting *d, const struct unit *unit, const struct pattern_block *block, const struct pattern_take *take, GPtrArray *items) {
  if (take->units && !(take->units & BIT(unit->kind))) return;
  if ((take->labelled && (!unit->lead || unit->stamp)) || (take->stamped && !unit->stamp)) return;
  if (unit->count == unit->lead) return;
  if (unit->stamp && !take->stamped && !take->story && !block->own) return; /* a moment of a story says nothing on its own */
  if (!block->own && !take->split && is_answer(d->library, unit)) return; /* an answer goes with its question, or not at all */
  struct item *item = NULL;
  if (take->label_only) item = unit->lead && !unit->stamp ? item_new(d, unit, take, unit->first + 1, unit->first + 1) : NULL;
  else if (take->story) story_items(d, unit, take, items);
  else if (block->own && is_answer(d->library, unit)) item = whole_unit(d, unit, take); /* an answer cut short may lose its point */
  else if (take->split && (!unit->lead || unit->stamp) && (unit->kind == BLOCK_PARAGRAPH || unit->kind == BLOCK_TURN || unit->kind == BLOCK_QUOTE)) split_unit(d, unit, take, block->sentences, items);
  else item = best_run(d, unit, take, block->sentences, block->form == FORM_TEXT);
  if (item && !item->lead && item->words < block->words && !(item->cues & BIT(CUE_DEFINITION))) g_clear_pointer(&item, item_free); /* "For everybody who calls." says nothing yet */
  if (item) g_ptr_array_add(items, item);
}

/* The section's own heading as an item, for lists of questions. */
static void item_of_heading(const struct drafting *d, const struct section *section, const struct pattern_take *take, GPtrArray *items) {
  if (section->heading < 0) return;
  const struct span *span = library_span(d->library, section->heading);
  if (take->cues && !(span->cues & take->cues)) return;
  struct item *item = g_new0(struct item, 1);
  item->sentences = g_ptr_array_new_with_free_func((GDestroyNotify)sentence_free);
  item->first = section->heading;
  item->section = span->section;
  item->score = span_score(d, take, span);
  item->words = text_count_words(span->text, strlen(span->text));
  g_ptr_array_add(item->sentences, sentence_of(d, section->heading, false, false, false));
  g_ptr_array_add(items, item);
}

/* "And then?" heads nothing on its own. */
static bool is_follow_up(const struct drafting *d, const struct section *section) {
  const struct span *heading = section->heading >= 0 ? library_span(d->library, section->heading) : NULL;
  return heading && heading->cues & BIT(CUE_QUESTION) && cues_follow_up(heading->text, d->language);
}

/* From where to where an answer is told: from its beginning, to its end if that is bearable, because the point often comes last. */
static int end_of_answer(const struct drafting *d, const struct unit *unit) {
  int begin = unit->first + unit->lead, to = begin, words = 0;
  for (; to < unit->first + unit->count; to++) {
    const char *text = library_span(d->library, to)->text;
    if ((words += text_count_words(text, strlen(text))) > STORY_WORDS && to > begin) break;
  }
  return to;
}

/* A question that follows up, and its answer, go with the question before. */
static void add_follow_ups(const struct drafting *d, int index, const struct pattern_take *take, struct item *item) {
  const struct library *l = d->library;
  for (int s = index + 1; s < (int)l->sections->len; s++) {
    const struct section *section = library_section(l, s);
    if (section->source != library_section(l, index)->source || !section->count || !is_follow_up(d, section)) return;
    const struct unit *unit = library_unit(l, section->first);
    struct pattern_take any = { .units = take->units, .answers = true };
    struct item *next = item_new(d, unit, &any, unit->first + unit->lead, end_of_answer(d, unit));
    if (!next || item->words + next->words > 2 * STORY_WORDS) {
      item_free(next);
      return;
    }
    g_ptr_array_add(item->sentences, sentence_of(d, section->heading, false, false, false));
    g_ptr_array_extend_and_steal(item->sentences, g_steal_pointer(&next->sentences));
    next->sentences = g_ptr_array_new();
    item->words += next->words;
    item_free(next);
  }
}

/* What stands under a question, or under any heading that is wanted with it: the heading is the label. */
static void answer_item(const struct drafting *d, int index, const struct pattern_block *block, const struct pattern_take *take, GPtrArray *items) {
  const struct library *l = d->library;
  const struct section *section = library_section(l, index);
  bool question = section->heading >= 0 && library_span(l, section->heading)->cues & BIT(CUE_QUESTION);
  if (section->heading < 0 || !section->count || !(take->titled || question)) return;
  const struct unit *unit = library_unit(l, section->first);
  if (take->units && !(take->units & BIT(unit->kind))) return;
  int begin = unit->first + unit->lead, to = end_of_answer(d, unit);
  if (!question) to = MIN(to, begin + block->sentences);
  struct item *item = item_new(d, unit, take, begin, to);
  while (!item && !question && --to > begin) item = item_new(d, unit, take, begin, to); /* a case may be told as far as it fits */
  if (!item) return;
  sentence_free(item->lead);
  item->lead = label_of(d, section->heading);
  if (question) {
    char *asked = cues_trim(item->lead->text, d->language); /* "And who signs?" */
    g_free(item->lead->text);
    item->lead->text = asked;
  }
  item->first = section->heading;
  if (question) add_follow_ups(d, index, take, item);
  g_ptr_array_add(items, item);
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

struct choice { int section, order; GPtrArray *items; double score; };

static void choice_clear(void *data) { g_ptr_array_unref(((struct choice *)data)->items); }

static int by_score(const void *a, const void *b) {
  const struct choice *x = a, *y = b;
  return x->score != y->score ? (x->score < y->score ? 1 : -1) : x->section - y->section;
}

static int by_order(const void *a, const void *b) { return ((const struct choice *)a)->order - ((const struct choice *)b)->order; }

/* The best source first, each in its own order. */
static int order_of(const struct drafting *d, int section) {
  return section < 0 ? -1 : section + (library_section(d->library, section)->source == d->best ? 0 : (int)d->library->sections->len);
}

static int item_by_score(const void *a, const void *b) {
  const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
  return x->score != y->score ? (x->score < y->score ? 1 : -1) : x->first - y->first;
}

static int item_by_place(const void *a, const void *b) { return (*(struct item *const *)a)->first - (*(struct item *const *)b)->first; }

static bool says_the_same(const struct drafting *d, const struct item *a, const struct item *b) {
  if (!a->sentences->len || !b->sentences->len) return false;
  const struct sentence *x = a->sentences->pdata[0], *y = b->sentences->pdata[0];
  return bag_alike(&library_span(d->library, g_array_index(x->spans, int, 0))->bag, &library_span(d->library, g_array_index(y->spans, int, 0))->bag) > ALIKE_MOST;
}

/* Keeps the best `most`, in the order of the source, none twice. A story or steps keep their beginning instead. */
static void keep_best(const struct drafting *d, GPtrArray *items, int most, bool in_order) {
  g_ptr_array_sort(items, in_order ? item_by_place : item_by_score);
  for (guint i = 0; i < items->len; i++)
    for (guint j = i + 1; j < items->len;)
      if (says_the_same(d, items->pdata[i], items->pdata[j])) g_ptr_array_remove_index(items, j);
      else j++;
  if (items->len > (guint)most) g_ptr_array_set_size(items, most);
  g_ptr_array_sort(items, item_by_place);
}

static GArray *choices_of(const struct drafting *d, const struct pattern_block *block, const struct pattern_take *take) {
  const struct library *l = d->library;
  GArray *choices = g_array_new(FALSE, FALSE, sizeof(struct choice));
  g_array_set_clear_func(choices, choice_clear);
  bool in_order = block->form == FORM_STEPS || take->story;
  for (int s = 0; s < (int)l->sections->len; s++) {
    const struct section *section = library_section(l, s);
    if (d->strength[s] <= 0 || (take->sections && !(take->sections & section->roles)) || take->without & section->roles) continue;
    if (block->own && section->heading < 0 && block->form != FORM_TEXT && l->sources[section->source].sections > 2) continue; /* a list without a heading, among others with */
    if ((block->own || take->answers || take->titled || take->headings) && is_follow_up(d, section)) continue;
    struct choice choice = { s, order_of(d, s), g_ptr_array_new_with_free_func(item_free), 0 };
    if (take->headings) item_of_heading(d, section, take, choice.items);
    if (take->answers || take->titled) answer_item(d, s, block, take, choice.items);
    for (int u = section->first; u < section->first + section->count && !take->headings && !take->answers && !take->titled; u++) {
      guint before = choice.items->len;
      items_of_unit(d, library_unit(l, u), block, take, choice.items);
      if (choice.items->len > before || !take->story || take->stamped || !(take->units & BIT(library_unit(l, u)->kind))) continue;
      g_ptr_array_set_size(choice.items, 0); /* a story with a hole is none */
      break;
    }
    keep_best(d, choice.items, block->most, in_order);
    double sum = 0;
    for (guint i = 0; i < choice.items->len; i++) sum += ((struct item *)choice.items->pdata[i])->score;
    if (choice.items->len) {
      choice.score = 3 * d->strength[s] + sum / choice.items->len + 0.4 * MIN(choice.items->len, 5u) + (section->roles & (BIT(SECTION_OTHER) | BIT(SECTION_OPENING)) ? 0 : 0.6);
      g_array_append_val(choices, choice);
    } else choice_clear(&choice);
  }
  g_array_sort(choices, by_score);
  return choices;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static struct drafted *add_block(struct drafting *d, const struct pattern_block *block, int section) {
  struct drafted *drafted = g_new0(struct drafted, 1);
  drafted->of = block;
  drafted->section = section;
  drafted->order = order_of(d, section);
  drafted->items = g_ptr_array_new_with_free_func(item_free);
  drafted->questions = g_ptr_array_new_with_free_func(quiz_free);
  for (guint i = 0; i < d->blocks->len; i++) drafted->number += ((struct drafted *)d->blocks->pdata[i])->of == block;
  g_ptr_array_add(d->blocks, drafted);
  return drafted;
}

/* An item that is not a part of running text uses up its unit: what was left out of it was left out on purpose. */
static void mark_unit(struct drafting *d, int span) {
  int index = library_span(d->library, span)->unit;
  if (index < 0) return;
  const struct unit *unit = library_unit(d->library, index);
  if (unit->kind == BLOCK_PARAGRAPH || unit->kind == BLOCK_TURN) return;
  for (int s = unit->first; s < unit->first + unit->count; s++) d->used[s] = true;
}

static void mark_used(struct drafting *d, const struct item *item) {
  if (item->sentences->len) mark_unit(d, item->first);
  if (item->lead) d->used[g_array_index(item->lead->spans, int, 0)] = true;
  for (guint i = 0; i < item->sentences->len; i++) {
    const struct sentence *sentence = item->sentences->pdata[i];
    for (guint s = 0; s < sentence->spans->len; s++) d->used[g_array_index(sentence->spans, int, s)] = true;
  }
  d->words += item->words;
}

static void take_items(struct drafting *d, struct drafted *to, GPtrArray *items, int *ret_count) {
  while (items->len) {
    struct item *item = g_ptr_array_steal_index(items, 0);
    mark_used(d, item);
    g_ptr_array_add(to->items, item);
    ++*ret_count;
  }
}

/* Own headings: each of the best sections becomes a block. */
static int fill_sections(struct drafting *d, const struct pattern_block *block, GArray *choices) {
  int count = 0;
  if (choices->len > (guint)block->sections) g_array_set_size(choices, (guint)block->sections);
  g_array_sort(choices, by_order);
  for (guint i = 0; i < choices->len; i++) {
    struct choice *choice = &g_array_index(choices, struct choice, i);
    if (d->words > d->request->pattern->words) break;
    take_items(d, add_block(d, block, choice->section), choice->items, &count);
  }
  return count;
}

/* The pattern's heading: the best items of the best sections in one block. */
static int fill_one(struct drafting *d, const struct pattern_block *block, const struct pattern_take *take, GArray *choices) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(item_free);
  int count = 0, sections = take->units == BIT(BLOCK_STEP) ? 1 : block->sections; /* steps of two procedures are no procedure */
  for (guint i = 0; i < choices->len && i < (guint)sections; i++) {
    struct choice *choice = &g_array_index(choices, struct choice, i);
    while (choice->items->len) {
      struct item *item = g_ptr_array_steal_index(choice->items, 0);
      item->score += d->strength[choice->section];
      g_ptr_array_add(all, item);
    }
  }
  keep_best(d, all, block->most, block->form == FORM_STEPS || take->story);
  take_items(d, add_block(d, block, -1), all, &count);
  return count;
}

static int items_in(const GArray *choices, const struct pattern_block *block) {
  int count = 0;
  for (guint i = 0; i < choices->len && i < (guint)block->sections; i++) count += (int)g_array_index(choices, struct choice, i).items->len;
  return count;
}

static void drop_thin(GArray *choices, int least) {
  for (guint i = 0; i < choices->len;)
    if ((int)g_array_index(choices, struct choice, i).items->len < least) g_array_remove_index(choices, i);
    else i++;
}

static int fill_block(struct drafting *d, const struct pattern_block *block) {
  int best = -1, total = 0;
  if (block->form == FORM_CHECK) {
    struct drafted *to = add_block(d, block, -1);
    return draft_questions(d, block, to);
  }
  for (int t = 0; t < block->take_count; t++) {
    if (block->own && block->sections > 1 && total > 0 && t > 0 && (d->words > d->request->pattern->words * 2 / 3 || total >= 3 * block->most)) break;
    g_autoptr(GArray) choices = choices_of(d, block, &block->takes[t]);
    if (block->sections == 1) drop_thin(choices, MAX(block->least, 1));
    int count = items_in(choices, block);
    if (count < MAX(block->least, 1)) continue;
    best = t;
    total += block->own ? fill_sections(d, block, choices) : fill_one(d, block, &block->takes[t], choices);
    if (!(block->own && block->sections > 1)) break; /* several sections may be taken in several ways */
  }
  return best < 0 ? 0 : total;
}

static int drafted_by_place(const void *a, const void *b) {
  const struct drafted *x = *(struct drafted *const *)a, *y = *(struct drafted *const *)b;
  if (x->of != y->of) return x->of < y->of ? -1 : 1;
  return x->order - y->order;
}

/* ---- scope ------------------------------------------------------------------------------------------------------- */

/* Are all words of one of the phrases in the bag? */
static bool names_topic(const GArray *phrases, const struct bag *bag) {
  for (guint p = 0; p < phrases->len; p++) {
    const struct bag *phrase = &g_array_index(phrases, struct bag, p);
    if (phrase->count && bag_common(phrase, bag) == phrase->count) return true;
  }
  return false;
}

static void clear_bag(void *bag) { bag_clear(bag); }

/* "Handling objections" is about objections: without the gerund in front, which is said in many ways. "" where there is none,
 * or nothing is left. */
static const char *without_gerund(const char *phrase) {
  size_t word = strcspn(phrase, " ");
  if (word < 5 || !phrase[word] || strncmp(phrase + word - 3, "ing", 3) != 0) return "";
  return phrase + word + 1;
}

/* `loose`: the phrases without their gerunds, too. */
static GArray *phrase_bags(const char *const *phrases, int count, enum language language, bool loose) {
  GArray *bags = g_array_new(FALSE, FALSE, sizeof(struct bag));
  g_array_set_clear_func(bags, clear_bag);
  g_autoptr(stemmer_auto) stemmer = stemmer_new(language);
  for (int i = 0; i < count; i++) {
    struct bag bag = bag_of(stemmer, phrases[i], strlen(phrases[i])), rest = { 0 };
    g_array_append_val(bags, bag);
    const char *left = language == LANGUAGE_ENGLISH ? without_gerund(phrases[i]) : "";
    if (*left) rest = bag_of(stemmer, left, strlen(left));
    if (rest.count >= (loose && i == 0 ? 1 : 2)) g_array_append_val(bags, rest); /* of an alias, one word is too little: "calming customers" */
    else bag_clear(&rest);
  }
  return bags;
}

static bool section_names(const struct library *l, const struct section *section, const GArray *phrases) {
  for (int steps = 0; section && steps < 8; steps++) {
    if (section->heading >= 0 && section->level > 1 && names_topic(phrases, &library_span(l, section->heading)->bag)) return true;
    section = section->parent >= 0 ? library_section(l, section->parent) : NULL;
  }
  return false;
}

/* Up to 0.5 for points and steps: what says what to do is worth more to a learner than what talks about it. */
static double richness(const struct library *l, int source) {
  int points = 0;
  for (int s = l->sources[source].first_section; s < l->sources[source].first_section + l->sources[source].sections; s++)
    for (int u = library_section(l, s)->first; u < library_section(l, s)->first + library_section(l, s)->count; u++) {
      enum block_kind kind = library_unit(l, u)->kind;
      points += kind == BLOCK_STEP || kind == BLOCK_ITEM || kind == BLOCK_ROW;
    }
  return MIN(points, 25) / 50.0;
}

void draft_relevance(const struct library *l, const char *const *phrases, int count, double *ret) {
  for (int s = 0; s < l->source_count; s++) {
    const struct document *source = &l->sources[s];
    g_autoptr(GArray) bags = phrase_bags(phrases, count, source->language, false), loose = phrase_bags(phrases, count, source->language, true);
    int named = 0;
    for (int i = source->first_section; i < source->first_section + source->sections; i++) named += section_names(l, library_section(l, i), bags);
    ret[s] = names_topic(loose, &source->about) ? 1 + richness(l, s) : named ? SECTION_STRENGTH * named / source->sections : 0;
  }
}

static bool is_asked(const struct draft_request *request, int source) {
  for (int i = 0; i < request->source_count; i++)
    if (request->sources[i] == source) return true;
  return request->source_count == 0;
}

/* Sets strengths; false: nothing speaks of the topic. */
static bool set_scope(struct drafting *d) {
  const struct library *l = d->library;
  const struct draft_request *request = d->request;
  g_autofree double *relevance = g_new0(double, (gsize)l->source_count + 1);
  if (request->phrase_count) draft_relevance(l, request->phrases, request->phrase_count, relevance);
  else for (int s = 0; s < l->source_count; s++) relevance[s] = is_asked(request, s);
  int best = -1;
  for (int s = 0; s < l->source_count; s++)
    if (is_asked(request, s) && l->sources[s].spans && relevance[s] > (best >= 0 ? relevance[best] : 0)) best = s;
  if (best < 0) return false;
  d->best = best;
  d->language = l->sources[best].language;
  g_autoptr(GArray) bags = phrase_bags(request->phrases, request->phrase_count, d->language, false);
  for (int i = 0; i < (int)l->sections->len; i++) {
    const struct section *section = library_section(l, i);
    int s = section->source;
    if (!is_asked(request, s) || relevance[s] <= 0 || l->sources[s].language != d->language) continue;
    bool whole = relevance[s] >= 1, named = request->phrase_count && section_names(l, section, bags);
    d->strength[i] = whole ? 1 + 0.3 * named - (s == best ? 0 : 0.5) : named ? SECTION_STRENGTH : 0;
  }
  g_autofree char *about = g_strconcat(request->topic ? request->topic : "", " ", request->context ? request->context : "", NULL);
  g_autoptr(stemmer_auto) stemmer = stemmer_new(d->language);
  d->topic = bag_of(stemmer, about, strlen(about));
  return true;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static char *missing_of(const struct drafting *d) {
  const struct pattern *pattern = d->request->pattern;
  GString *missing = g_string_new("");
  for (int n = 0; n < pattern->need_count; n++) {
    int count = 0;
    for (int b = 0; b < pattern->block_count; b++) count += pattern->needs[n].blocks & BIT(b) ? d->counts[b] : 0;
    if (count < pattern->needs[n].least) g_string_append_printf(missing, "%s%s", missing->len ? "; " : "the sources lack ", pattern->needs[n].says);
  }
  return g_string_free(missing, missing->len == 0);
}

/* Is there one of the blocks already in whose place this one would stand? */
static bool is_left_out(const struct drafting *d, unsigned unless) {
  for (int b = 0; b < PATTERN_BLOCKS; b++)
    if (unless & BIT(b) && d->counts[b]) return true;
  return false;
}

static void drafting_clear(struct drafting *d) {
  g_free(d->strength);
  g_free(d->used);
  g_free(d->voiced);
  bag_clear(&d->topic);
  g_ptr_array_unref(d->blocks);
}

bool draft_asset(const struct library *library, const struct draft_request *request, struct json_writer *out, char **ret_missing) {
  struct drafting d = { .library = library, .request = request, .strength = g_new0(double, library->sections->len + 1), .used = g_new0(bool, library->spans->len + 1),
    .voiced = g_new0(bool, (gsize)library->source_count + 1), .blocks = g_ptr_array_new_with_free_func(drafted_free) };
  for (int u = 0; u < (int)library->units->len; u++) {
    const struct unit *unit = library_unit(library, u);
    for (int s = unit->first; is_answer(library, unit) && s < unit->first + unit->count; s++) d.voiced[unit->source] |= (library_span(library, s)->cues & BIT(CUE_PERSONAL)) != 0;
  }
  char *missing = NULL;
  if (!set_scope(&d))
    missing = request->topic ? g_strdup_printf("none of the sources speaks of \"%s\" in its title or a heading; add a source, or name one and leave the topic out", request->topic)
                             : g_strdup("there is no source to draft from");
  for (int b = 0; !missing && b < request->pattern->block_count; b++)
    if (!is_left_out(&d, request->pattern->blocks[b].unless)) d.counts[b] = fill_block(&d, &request->pattern->blocks[b]);
  if (!missing) missing = missing_of(&d);
  if (!missing) {
    g_ptr_array_sort(d.blocks, drafted_by_place);
    draft_write(&d, out);
  }
  drafting_clear(&d);
  if (missing && ret_missing) *ret_missing = missing;
  else g_free(missing);
  return !missing;
}
