/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is an asset still true? Its spans are looked for in the sources as they are now. A span that is there is fine unless its source has
 * expired, or unless a newer source says nearly the same with another figure or with a "not" more or less. A span that is not there
 * has a successor (then the block is stale by a change, and the change is shown) or is gone.
 *
 * How it can be wrong: two sentences about different things may look alike and differ in a figure ("Team A answers within two
 * days", "Team B within three"); so a contradiction is shown with both sentences, for a person to judge. */
#include "studio/asset.h"
#include <string.h>

#define ALIKE 0.6          /* of content words, figures left out */
#define WORDS_LEAST 3      /* content words; shorter sentences are alike by chance */

const char *const freshness_names[FRESHNESS_COUNT] = { "fresh", "source expired", "source changed", "contradicted", "source gone" };

struct staleness { enum freshness freshness; char *span, *source, *was, *now, *other; };
static void staleness_clear(void *data) {
  struct staleness *change = data;
  g_free(change->span);
  g_free(change->source);
  g_free(change->was);
  g_free(change->now);
  g_free(change->other);
}

/* Dice's coefficient without the figures. */
static double alike_but_figures(const struct bag *a, const struct bag *b) {
  struct bag x = { .stems = a->numbers, .count = a->number_count }, y = { .stems = b->numbers, .count = b->number_count };
  int common = bag_common(a, b) - bag_common(&x, &y), size = a->count - a->number_count + b->count - b->number_count;
  return size > 0 ? 2.0 * common / size : 0;
}

static bool contradicts(const struct bag *a, const struct bag *b) {
  if (a->count - a->number_count < WORDS_LEAST || alike_but_figures(a, b) < ALIKE) return false;
  bool figures = a->number_count && b->number_count && !bag_numbers_covered(a, b) && !bag_numbers_covered(b, a);
  return figures || (!a->negated != !b->negated && alike_but_figures(a, b) > 0.75);
}

/* A span of a newer source that contradicts; -1 none. */
static int contradiction_of(const struct library *l, int index) {
  const struct span *span = library_span(l, index);
  const struct document *mine = &l->sources[span->source];
  for (int s = 0; s < l->source_count; s++) {
    const struct document *other = &l->sources[s];
    if (s == span->source || other->given.seq <= mine->given.seq || other->language != mine->language) continue;
    for (int i = other->first_span; i < other->first_span + other->spans; i++)
      if (library_span(l, i)->kind == SPAN_SENTENCE && contradicts(&span->bag, &library_span(l, i)->bag)) return i;
  }
  return -1;
}

/* What has become of one span of the asset; false: nothing. */
static bool look(const struct library *l, struct json span, int32_t today, struct staleness *ret) {
  const char *id = json_string(json_get(span, "id")), *name = json_string(json_get(span, "source")), *was = json_string(json_get(span, "text"));
  if (!id || !name || !was) return false;
  g_autofree char *key = g_strdup(id), *source_name = g_strdup(name), *old = g_strdup(was);
  const char *before = json_string(json_get(span, "before")), *after = json_string(json_get(span, "after"));
  int index = library_by_id(l, key), source = library_source(l, source_name), now = -1;
  enum freshness freshness = FRESH;
  const char *other = NULL;
  if (index < 0) {
    now = library_successor(l, source, old, before ? before : "", after ? after : "");
    freshness = now >= 0 ? FRESH_CHANGED : FRESH_GONE;
  } else if ((now = contradiction_of(l, index)) >= 0) {
    freshness = FRESH_CONTRADICTED;
    other = l->sources[library_span(l, now)->source].given.name;
  } else if (source >= 0 && l->sources[source].given.valid_until != CLOCK_NO_DAY && l->sources[source].given.valid_until < today) freshness = FRESH_EXPIRED;
  if (freshness == FRESH) return false;
  *ret = (struct staleness){ freshness, g_steal_pointer(&key), g_steal_pointer(&source_name), g_steal_pointer(&old), now >= 0 ? g_strdup(library_span(l, now)->text) : NULL, g_strdup(other) };
  return true;
}

/* id → struct staleness of every span that is not as it was. */
static GArray *changes_of(const struct library *l, struct json asset, int32_t today) {
  GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct staleness));
  g_array_set_clear_func(changes, staleness_clear);
  struct json spans = json_get(asset, "spans");
  struct json_iter it = json_iter(spans);
  while (json_type(spans) == JSON_ARRAY && json_next(&it)) {
    struct staleness change;
    if (look(l, it.value, today, &change)) g_array_append_val(changes, change);
  }
  return changes;
}

enum freshness asset_freshness(const struct library *l, struct json asset, int32_t today) {
  g_autoptr(GArray) changes = changes_of(l, asset, today);
  enum freshness worst = FRESH;
  for (guint i = 0; i < changes->len; i++) worst = MAX(worst, g_array_index(changes, struct staleness, i).freshness);
  return worst;
}

static bool rests_on(const GArray *sentences, const char *block, const char *span) {
  for (guint i = 0; i < sentences->len; i++) {
    const struct asset_sentence *sentence = &g_array_index(sentences, struct asset_sentence, i);
    if (g_strcmp0(sentence->block, block) != 0) continue;
    struct json_iter it = json_iter(sentence->spans);
    while (json_type(sentence->spans) == JSON_ARRAY && json_next(&it))
      if (json_equals(it.value, span)) return true;
  }
  return false;
}

static void write_change(const struct staleness *change, struct json_writer *out) {
  json_open_object(out, NULL);
  json_put_string(out, "freshness", freshness_names[change->freshness]);
  json_put_string(out, "now", change->now);
  json_put_string(out, "other", change->other);
  json_put_string(out, "source", change->source);
  json_put_string(out, "span", change->span);
  json_put_string(out, "was", change->was);
  json_close_object(out);
}

void asset_write_freshness(const struct library *l, struct json asset, int32_t today, struct json_writer *out, const char *key) {
  g_autoptr(GArray) changes = changes_of(l, asset, today), sentences = asset_sentences(asset);
  struct json blocks = json_get(asset, "blocks");
  struct json_iter it = json_iter(blocks);
  json_open_array(out, key);
  while (json_type(blocks) == JSON_ARRAY && json_next(&it)) {
    const char *block = json_string(json_get(it.value, "id"));
    enum freshness worst = FRESH;
    json_open_object(out, NULL);
    json_put_string(out, "block", block);
    json_open_array(out, "changes");
    for (guint i = 0; i < changes->len; i++) {
      const struct staleness *change = &g_array_index(changes, struct staleness, i);
      if (!rests_on(sentences, block, change->span)) continue;
      worst = MAX(worst, change->freshness);
      write_change(change, out);
    }
    json_close_array(out);
    json_put_string(out, "freshness", freshness_names[worst]);
    json_close_object(out);
  }
  json_close_array(out);
}
