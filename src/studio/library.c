/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From blocks to spans, units and sections.
 *
 * A paragraph that is bold as a whole is a heading that its author did not mark (interviews do so with questions). A bold
 * beginning is a label when it is a sentence of its own or when a capital follows; otherwise it is emphasis.
 *
 * Successors: an edit usually leaves the neighbours alone. So a sentence between the same neighbours counts as the successor
 * when it is at least ALIKE_NEAR like the old one; anywhere else in the source it has to be ALIKE_FAR.
 *
 * How it can be wrong: a sentence that moves to another place and is edited at once is "gone" and new; twins (the same sentence
 * twice) change ids when one of the earlier twins goes. */
#include "studio/library.h"
#include "base/id.h"
#include <string.h>

#define ALIKE_NEAR 0.4
#define ALIKE_FAR 0.6
#define TITLE_BYTES 200     /* a bold paragraph that is longer is emphasis */
#define QUESTION_LEAST 4    /* words; a question that is shorter keeps what is said before it */
#define QUESTION_SAYS 8     /* words; with so many a pronoun has most likely its noun, or needs none */
#define PSEUDO_LEVEL 7      /* of a bold paragraph as a heading */

const char *const span_kind_names[4] = { "heading", "label", "sentence", "code" };

struct building { struct library *l; int source; enum language language; struct stemmer *stemmer; GHashTable *seen; int section; bool quote_open; };

static void span_clear(void *data) {
  struct span *span = data;
  g_free(span->text);
  bag_clear(&span->bag);
}

static void unit_clear(void *data) { g_free(((struct unit *)data)->speaker); }

/* ---- spans ------------------------------------------------------------------------------------------------------- */

/* Does a straight or curly quotation stay open over this text? Counts marks; apostrophes are none. */
static bool toggles_quote(const char *text) {
  int straight = 0, depth = 0;
  for (const char *at = text; *at; at = utf8_next(at)) {
    gunichar c = g_utf8_get_char(at);
    straight += c == '"';
    depth += c == 0x201E || c == 0xAB || (c == 0x201C && (at == text || at[-1] == ' ' || at[-1] == '('));
    depth -= c == 0x201D || c == 0xBB || (c == 0x201C && at > text && at[-1] != ' ' && at[-1] != '(');
  }
  return straight % 2 != 0 || depth != 0;
}

static int add_span(struct building *b, enum span_kind kind, enum block_kind block, int unit, const char *text, size_t length) {
  struct library *l = b->l;
  struct span span = { .source = b->source, .unit = unit, .section = b->section, .kind = kind, .block = block, .text = g_strndup(text, length) };
  g_autofree char *normal = text_normal(span.text, length);
  char *key = g_strconcat(kind == SPAN_HEADING ? "h " : "", normal, NULL);
  int nth = GPOINTER_TO_INT(g_hash_table_lookup(b->seen, key)) + 1;
  g_hash_table_insert(b->seen, key, GINT_TO_POINTER(nth));
  char number[16];
  g_snprintf(number, sizeof number, "%d", nth);
  g_autofree char *id = id_short("s", l->sources[b->source].given.name, kind == SPAN_HEADING ? "heading" : "text", *normal ? normal : span.text, number, NULL);
  g_strlcpy(span.id, id, sizeof span.id);
  span.cues = kind == SPAN_CODE ? 0 : cues_of_sentence(span.text, b->language);
  span.bag = bag_of(b->stemmer, span.text, length);
  bool toggles = kind == SPAN_SENTENCE && toggles_quote(span.text);
  span.open_quote = b->quote_open;
  if (toggles) b->quote_open = !b->quote_open;
  span.close_quote = b->quote_open;
  int index = (int)l->spans->len;
  g_array_append_val(l->spans, span);
  g_hash_table_insert(l->by_id, library_span(l, index)->text ? g_strdup(id) : NULL, GINT_TO_POINTER(index + 1));
  return index;
}

/* ---- sections ---------------------------------------------------------------------------------------------------- */

static void open_section(struct building *b, int level, const char *heading, size_t length) {
  struct library *l = b->l;
  struct section section = { .source = b->source, .heading = -1, .level = level, .first = (int)l->units->len, .parent = -1, .roles = BIT(SECTION_OPENING) };
  int index = (int)l->sections->len;
  for (int s = index - 1; s >= l->sources[b->source].first_section && section.parent < 0; s--)
    if (library_section(l, s)->level < level) section.parent = s;
  b->section = index;
  g_array_append_val(l->sections, section);
  if (!heading) return;
  int span = add_span(b, SPAN_HEADING, BLOCK_HEADING, -1, heading, length);
  library_section(l, index)->heading = span;
  bool title = level == 1 && index <= l->sources[b->source].first_section + 1;
  library_section(l, index)->roles = title ? BIT(SECTION_OPENING) : cues_of_heading(library_span(l, span)->text, b->language);
  if (!title && library_span(l, span)->cues & BIT(CUE_QUESTION)) library_section(l, index)->roles = (library_section(l, index)->roles & ~BIT(SECTION_OTHER)) | BIT(SECTION_FAQ);
}

/* Where a bold beginning is a label: after how many bytes the rest begins; 0 it is none. */
static size_t label_end(const struct text_block *block) {
  size_t end = block->lead, length = strlen(block->text);
  if (!end || end >= length) return 0;
  const char *rest = block->text + end;
  bool closed = strchr(".?!:", block->text[end - 1]) != NULL;
  while (*rest && strchr(" :–-", *rest)) rest += 1, closed |= rest[-1] == ':';
  if (g_str_has_prefix(rest, "– ") || g_str_has_prefix(rest, "— ")) rest += 4, closed = true;
  if (!*rest) return 0;
  return closed || block->kind == BLOCK_ROW || g_unichar_isupper(g_utf8_get_char(rest)) || *rest == '"' ? (size_t)(rest - block->text) : 0;
}

/* "07:40, in the van.", "[00:12]" */
static bool is_stamp(const char *text) {
  text += strspn(text, "[(");
  size_t digits = strspn(text, "0123456789");
  return digits >= 1 && digits <= 2 && text[digits] == ':' && g_ascii_isdigit(text[digits + 1]);
}

static void add_unit(struct building *b, const struct text_block *block) {
  struct library *l = b->l;
  struct unit unit = { .source = b->source, .section = b->section, .first = (int)l->spans->len, .kind = block->kind, .level = block->level, .number = block->number,
    .list = block->list, .speaker = g_strdup(block->speaker) };
  int index = (int)l->units->len;
  size_t from = block->kind == BLOCK_CODE ? 0 : label_end(block), length = strlen(block->text);
  b->quote_open = false;
  if (from) {
    unit.lead = true;
    unit.stamp = is_stamp(block->text);
    add_span(b, SPAN_LEAD, block->kind, index, block->text, block->lead);
  }
  if (block->kind == BLOCK_CODE) add_span(b, SPAN_CODE, block->kind, index, block->text, length);
  else {
    g_autoptr(GArray) sentences = text_sentences(block->text + from, length - from, b->language);
    for (guint i = 0; i < sentences->len; i++) {
      struct text_range range = g_array_index(sentences, struct text_range, i);
      add_span(b, SPAN_SENTENCE, block->kind, index, block->text + from + range.from, range.to - range.from);
    }
  }
  unit.count = (int)l->spans->len - unit.first;
  g_array_append_val(l->units, unit);
  library_section(l, b->section)->count++;
}

/* ---- sources ----------------------------------------------------------------------------------------------------- */

static enum language language_of(const GArray *blocks) {
  g_autoptr(GString) all = g_string_new("");
  for (guint i = 0; i < blocks->len && all->len < 20000; i++) {
    const struct text_block *block = &g_array_index(blocks, struct text_block, i);
    if (block->kind != BLOCK_CODE) g_string_append_printf(all, "%s\n", block->text);
  }
  return language_guess(all->str, all->len);
}

static void measure(struct building *b, struct document *source) {
  for (int s = source->first_span; s < source->first_span + source->spans; s++) {
    const struct span *span = library_span(b->l, s);
    source->words += text_count_words(span->text, strlen(span->text));
    if (span->kind == SPAN_SENTENCE) reading_add(&source->reading, span->text, strlen(span->text), source->language);
  }
}

/* "sources/handling-objections.txt" → "Handling objections" */
static char *title_of_name(const char *name) {
  const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');
  const char *from = slash ? slash + 1 : name;
  g_autofree char *base = dot > from ? g_strndup(from, (gsize)(dot - from)) : g_strdup(from);
  g_strdelimit(base, "-_", ' ');
  char capital[8] = { 0 };
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(base)), capital);
  return g_strconcat(capital, *base ? utf8_next(base) : "", NULL);
}

/* A turn that ends in a question, and that somebody else answers: the question heads the answer, as in an interview. */
static bool asks(const GArray *blocks, guint index) {
  const struct text_block *block = &g_array_index(blocks, struct text_block, index);
  if (block->kind != BLOCK_TURN || index + 1 >= blocks->len) return false;
  const struct text_block *next = &g_array_index(blocks, struct text_block, index + 1);
  size_t length = strlen(block->text);
  return length < TITLE_BYTES && block->text[length - 1] == '?' && next->kind == BLOCK_TURN && strcmp(next->speaker, block->speaker) != 0;
}

/* Where the question of a turn begins, behind what is said first ("Understood. And how many do we need?"); 0 where it may lean on that. */
static size_t question_of(const char *turn, enum language language) {
  g_autoptr(GArray) sentences = text_sentences(turn, strlen(turn), language);
  const struct text_range *last = sentences->len > 1 ? &g_array_index(sentences, struct text_range, sentences->len - 1) : NULL;
  if (!last || strchr(turn, '"')) return 0;
  const char *question = turn + last->from;
  int words = text_count_words(question, strlen(question));
  return cues_follow_up(question, language) || words < QUESTION_LEAST || (words < QUESTION_SAYS && cues_pronoun(question, language)) ? 0 : last->from;
}

static void read_source(struct library *l, int index, const struct source *given) {
  struct document *source = &l->sources[index];
  g_autoptr(text_blocks_auto) cut = text_cut(text_form_of(given->name), given->text ? given->text : "", given->text ? strlen(given->text) : 0);
  *source = (struct document){ .given = *given, .language = language_of(cut->blocks), .first_span = (int)l->spans->len, .first_section = (int)l->sections->len,
    .cut_off = cut->cut_off, .images = cut->images, .images_bare = cut->images_bare, .links_bare = cut->links_bare, .hidden = cut->hidden };
  g_autoptr(stemmer_auto) stemmer = stemmer_new(source->language);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  struct building b = { .l = l, .source = index, .language = source->language, .stemmer = stemmer, .seen = seen };
  open_section(&b, 0, NULL, 0);
  for (guint i = 0; i < cut->blocks->len; i++) {
    const struct text_block *block = &g_array_index(cut->blocks, struct text_block, i);
    size_t length = strlen(block->text);
    bool bold = (block->kind == BLOCK_PARAGRAPH && block->lead == length && length < TITLE_BYTES) || asks(cut->blocks, i);
    b.quote_open = false;
    if (block->kind == BLOCK_HEADING || bold) {
      size_t from = block->kind == BLOCK_TURN ? question_of(block->text, b.language) : 0;
      struct text_block said = *block;
      said.text = g_strndup(block->text, from);
      if (from) add_unit(&b, &said);
      g_free(said.text);
      open_section(&b, bold ? PSEUDO_LEVEL : block->level, block->text + from, length - from);
    }
    else add_unit(&b, block);
  }
  source->spans = (int)l->spans->len - source->first_span;
  source->sections = (int)l->sections->len - source->first_section;
  for (int s = source->first_section; source->sections <= 2 && s < (int)l->sections->len; s++) library_section(l, s)->roles |= BIT(SECTION_OTHER); /* all there is stands under the title */
  const struct span *first = source->spans ? library_span(l, source->first_span) : NULL;
  if (!(given->title && *given->title) && !(first && first->kind == SPAN_HEADING && library_section(l, first->section)->level < PSEUDO_LEVEL)) source->made_title = title_of_name(given->name);
  source->title = source->made_title ? source->made_title : given->title && *given->title ? given->title : first->text;
  g_autofree char *about = g_strconcat(given->name, " ", source->title, NULL);
  g_strdelimit(about, "-_./", ' ');
  source->about = bag_of(stemmer, about, strlen(about));
  measure(&b, source);
}

struct library *library_new(const struct source *given, int count) {
  struct library *l = g_new0(struct library, 1);
  l->sources = g_new0(struct document, (gsize)count + 1);
  l->source_count = count;
  l->spans = g_array_new(FALSE, TRUE, sizeof(struct span));
  l->units = g_array_new(FALSE, TRUE, sizeof(struct unit));
  l->sections = g_array_new(FALSE, TRUE, sizeof(struct section));
  g_array_set_clear_func(l->spans, span_clear);
  g_array_set_clear_func(l->units, unit_clear);
  l->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < count; i++) read_source(l, i, &given[i]);
  return l;
}

void library_free(struct library *l) {
  if (!l) return;
  for (int i = 0; i < l->source_count; i++) {
    bag_clear(&l->sources[i].about);
    g_free(l->sources[i].made_title);
  }
  g_free(l->sources);
  g_array_unref(l->spans);
  g_array_unref(l->units);
  g_array_unref(l->sections);
  g_hash_table_unref(l->by_id);
  g_free(l);
}

int library_by_id(const struct library *l, const char *id) { return GPOINTER_TO_INT(g_hash_table_lookup(l->by_id, id)) - 1; }

int library_source(const struct library *l, const char *name) {
  for (int i = 0; i < l->source_count; i++)
    if (strcmp(l->sources[i].given.name, name) == 0) return i;
  int found = -1;
  for (int i = 0; i < l->source_count; i++) /* without its folders, where that is clear */
    if (g_str_has_suffix(l->sources[i].given.name, name) && l->sources[i].given.name[strlen(l->sources[i].given.name) - strlen(name) - 1] == '/') {
      if (found >= 0) return -1;
      found = i;
    }
  return found;
}

int library_successor(const struct library *l, int source, const char *text, const char *before, const char *after) {
  if (source < 0) return -1;
  const struct document *in = &l->sources[source];
  g_autoptr(stemmer_auto) stemmer = stemmer_new(in->language);
  struct bag old = bag_of(stemmer, text, strlen(text));
  int left = *before ? library_by_id(l, before) : in->first_span - 1, right = *after ? library_by_id(l, after) : in->first_span + in->spans, best = -1;
  double likeness = 0;
  for (int s = in->first_span; s < in->first_span + in->spans; s++) {
    const struct span *span = library_span(l, s);
    bool near = (left >= in->first_span - 1 && s == left + 1) || (right > in->first_span && s == right - 1);
    double alike = bag_alike(&old, &span->bag);
    if (alike < (near ? ALIKE_NEAR : ALIKE_FAR)) continue;
    if (alike + 0.2 * near > likeness) likeness = alike + 0.2 * near, best = s;
  }
  bag_clear(&old);
  return best;
}
