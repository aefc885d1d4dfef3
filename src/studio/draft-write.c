/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A draft as JSON: see draft.h for its members. Ids of blocks are those of the pattern with a number, so that a block keeps its
 * name when the asset is drafted again. */
#include "studio/draft-private.h"
#include "base/id.h"
#include <string.h>

struct writing { const struct drafting *d; struct json_writer *out; GHashTable *spans, *sources; };

static void put_spans(struct writing *w, const char *key, const GArray *spans) {
  json_open_array(w->out, key);
  for (guint i = 0; i < spans->len; i++) {
    int span = g_array_index(spans, int, i);
    g_hash_table_add(w->spans, GINT_TO_POINTER(span));
    g_hash_table_add(w->sources, GINT_TO_POINTER(library_span(w->d->library, span)->source));
    json_put_string(w->out, NULL, library_span(w->d->library, span)->id);
  }
  json_close_array(w->out);
}

static void put_sentence(struct writing *w, const char *key, const struct sentence *sentence) {
  if (!sentence) {
    json_put_null(w->out, key);
    return;
  }
  json_open_object(w->out, key);
  put_spans(w, "spans", sentence->spans);
  json_put_string(w->out, "text", sentence->text);
  json_close_object(w->out);
}

static void put_sentences(struct writing *w, const char *key, const GPtrArray *sentences) {
  json_open_array(w->out, key);
  for (guint i = 0; i < sentences->len; i++) put_sentence(w, NULL, sentences->pdata[i]);
  json_close_array(w->out);
}

static const char *topic_of(const struct drafting *d) {
  if (d->request->topic) return d->request->topic;
  for (int s = 0; s < (int)d->library->sections->len; s++)
    if (d->strength[s] > 0) return d->library->sources[library_section(d->library, s)->source].title;
  return "";
}

/* "1.2 Scope" is numbered in its source; in another place the number misleads. */
static const char *without_number(const char *heading) {
  size_t digits = strspn(heading, "0123456789.");
  return digits > 0 && g_ascii_isdigit(heading[0]) && strchr(heading, '.') < heading + digits && strchr(heading, '.') && heading[digits] == ' ' ? heading + digits + 1 : heading;
}

static void put_heading(struct writing *w, const struct drafted *block) {
  const struct library *l = w->d->library;
  int section = block->section, span = section >= 0 ? library_section(l, section)->heading : -1;
  const char *words = block->of->heading[w->d->language];
  bool title = span >= 0 && library_section(l, section)->level == 1 && strcmp(topic_of(w->d), l->sources[library_section(l, section)->source].title) == 0;
  g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(int));
  if (span >= 0 && !title) g_array_append_val(spans, span);
  json_put_string(w->out, "heading", title ? NULL /* the source's title is no heading of a part */ : span >= 0 ? without_number(library_span(l, span)->text) : words);
  put_spans(w, "heading_spans", spans);
}

static void put_item(struct writing *w, const struct item *item) {
  json_open_object(w->out, NULL);
  put_sentence(w, "lead", item->lead);
  put_sentences(w, "sentences", item->sentences);
  json_close_object(w->out);
}

static void put_question(struct writing *w, const char *block, guint number, const struct quiz *question) {
  g_autofree char *id = g_strdup_printf("%s-q%u", block, number + 1);
  json_open_object(w->out, NULL);
  json_put_string(w->out, "ask", question->ask);
  put_sentences(w, "feedback", question->feedback);
  json_put_string(w->out, "id", id);
  json_put_string(w->out, "kind", question->kind);
  json_open_array(w->out, "options");
  for (guint i = 0; i < question->options->len; i++) {
    const struct option *option = question->options->pdata[i];
    json_open_object(w->out, NULL);
    json_put_bool(w->out, "right", option->right);
    put_spans(w, "spans", option->sentence->spans);
    json_put_string(w->out, "text", option->sentence->text);
    json_close_object(w->out);
  }
  json_close_array(w->out);
  put_sentence(w, "stem", question->stem);
  json_close_object(w->out);
}

static void put_block(struct writing *w, const struct drafted *block) {
  g_autofree char *id = block->number ? g_strdup_printf("%s-%d", block->of->id, block->number + 1) : g_strdup(block->of->id);
  json_open_object(w->out, NULL);
  put_heading(w, block);
  json_put_string(w->out, "id", id);
  json_open_array(w->out, "items");
  for (guint i = 0; i < block->items->len; i++) put_item(w, block->items->pdata[i]);
  json_close_array(w->out);
  json_put_string(w->out, "kind", form_names[block->of->form]);
  json_open_array(w->out, "questions");
  for (guint i = 0; i < block->questions->len; i++) put_question(w, id, i, block->questions->pdata[i]);
  json_close_array(w->out);
  json_put_string(w->out, "role", block->of->role);
  json_close_object(w->out);
}

static void put_sources(struct writing *w) {
  const struct library *l = w->d->library;
  json_open_array(w->out, "sources");
  for (int s = 0; s < l->source_count; s++) {
    const struct document *source = &l->sources[s];
    char day[CLOCK_TEXT];
    if (!g_hash_table_contains(w->sources, GINT_TO_POINTER(s))) continue;
    json_open_object(w->out, NULL);
    json_put_string(w->out, "licence", source->given.licence);
    json_put_string(w->out, "name", source->given.name);
    json_put_string(w->out, "title", source->title);
    json_put_string(w->out, "valid_until", source->given.valid_until == CLOCK_NO_DAY ? NULL : clock_format_day(source->given.valid_until, day));
    json_close_object(w->out);
  }
  json_close_array(w->out);
}

static void put_span_texts(struct writing *w) {
  const struct library *l = w->d->library;
  json_open_array(w->out, "spans");
  for (int i = 0; i < (int)l->spans->len; i++) {
    const struct span *span = library_span(l, i);
    if (!g_hash_table_contains(w->spans, GINT_TO_POINTER(i))) continue;
    const struct document *source = &l->sources[span->source];
    json_open_object(w->out, NULL);
    json_put_string(w->out, "after", i + 1 < source->first_span + source->spans ? library_span(l, i + 1)->id : "");
    json_put_string(w->out, "before", i > source->first_span ? library_span(l, i - 1)->id : "");
    json_put_string(w->out, "id", span->id);
    json_put_string(w->out, "source", source->given.name);
    json_put_string(w->out, "text", span->text);
    json_close_object(w->out);
  }
  json_close_array(w->out);
}

/* {topic} in a title, capital in front. One colon in a title is enough, and it is the pattern's: what kind of document the source
 * is is left out in front of it ("Interview: "), any other colon becomes a comma. */
static char *title_of(const struct drafting *d, const char *topic) {
  g_auto(GStrv) parts = g_strsplit(d->request->pattern->title[d->language], "{topic}", -1);
  g_autoptr(GString) plain = g_string_new("");
  const char *rest = topic + cues_genre(topic, d->language);
  g_string_append_unichar(plain, *rest ? g_unichar_toupper(g_utf8_get_char(rest)) : ' ');
  g_string_append(plain, *rest ? utf8_next(rest) : "");
  g_string_replace(plain, " : ", ", ", 0);
  g_string_replace(plain, ": ", ", ", 0);
  g_autofree char *title = g_strjoinv(plain->str, parts);
  char capital[8] = { 0 };
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(title)), capital);
  return g_strconcat(capital, *title ? utf8_next(title) : "", NULL);
}

void draft_write(const struct drafting *d, struct json_writer *out) {
  g_autoptr(GHashTable) spans = g_hash_table_new(NULL, NULL), sources = g_hash_table_new(NULL, NULL);
  struct writing w = { d, out, spans, sources };
  const char *topic = topic_of(d);
  g_autofree char *title = title_of(d, topic), *made = id_short("a", topic, d->request->pattern->name, NULL);
  json_open_array(out, "blocks");
  for (guint i = 0; i < d->blocks->len; i++) {
    const struct drafted *block = d->blocks->pdata[i];
    if (block->items->len + block->questions->len) put_block(&w, block);
  }
  json_close_array(out);
  json_put_string(out, "drafted_by", STUDIO_DRAFTER);
  json_put_string(out, "id", d->request->id ? d->request->id : made);
  json_put_string(out, "language", language_codes[d->language]);
  json_put_string(out, "modality", d->request->pattern->modality);
  json_put_string(out, "pattern", d->request->pattern->name);
  put_sources(&w);
  put_span_texts(&w);
  json_put_string(out, "title", title);
  json_put_string(out, "topic", topic);
}
