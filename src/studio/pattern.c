/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading patterns. A closed schema, like the decision rules': every line fills a field, nothing is evaluated, and an unknown
 * word is refused with its place, because a misspelt "phrasees" must not silently mean "anything". */
#include "studio/pattern.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "studio/studio-resource.h"
#include <string.h>

const char *const form_names[4] = { "text", "list", "steps", "check" };
static const char *const carried[] = { "job-aid", "explanation", "worked-example", "knowledge-check", "practice", "manager-brief", "facilitation-guide" };

struct reader { const struct yaml_doc *doc; GError **error; };

static int index_of(const char *const *names, int count, const char *word) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], word) == 0) return i;
  return -1;
}

static bool read_text(struct reader *r, const struct yaml_node *map, const char *key, const char **ret) {
  const char *text = yaml_text(map, key);
  if (!text || !*text || strlen(text) > LIMIT_TEXT) return yaml_fail(r->doc, map, r->error, "\"%s\" is missing or too long; write a phrase", key);
  *ret = text;
  return true;
}

static bool read_number(struct reader *r, const struct yaml_node *map, const char *key, int least, int most, int otherwise, int *ret) {
  const struct yaml_node *node = yaml_get(map, key);
  gint64 value = otherwise;
  if (node && (node->type != YAML_SCALAR || !g_ascii_string_to_signed(node->text, 10, least, most, &value, NULL)))
    return yaml_fail(r->doc, node, r->error, "\"%s\" is no whole number from %d to %d; write one", key, least, most);
  *ret = (int)value;
  return true;
}

/* A list of words of a table, as bits. */
static bool read_bits(struct reader *r, const struct yaml_node *map, const char *key, const char *const *names, int count, unsigned *ret) {
  const struct yaml_node *list = yaml_get(map, key);
  *ret = 0;
  if (list && list->type != YAML_LIST) return yaml_fail(r->doc, list, r->error, "\"%s\" is not a list; write [word, word]", key);
  for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next) {
    int index = node->type == YAML_SCALAR ? index_of(names, count, node->text) : -1;
    if (index < 0) {
      g_autoptr(GString) known = g_string_new(names[0]);
      for (int i = 1; i < count; i++) g_string_append_printf(known, ", %s", names[i]);
      return yaml_fail(r->doc, node, r->error, "\"%s\" does not know this word; it knows %s", key, known->str);
    }
    *ret |= BIT(index);
  }
  return true;
}

static bool read_yes(struct reader *r, const struct yaml_node *map, const char *key, bool *ret) {
  const char *text = yaml_text(map, key);
  *ret = text && strcmp(text, "yes") == 0;
  return !text || *ret || strcmp(text, "no") == 0 || yaml_fail(r->doc, yaml_get(map, key), r->error, "\"%s\" is neither yes nor no", key);
}

static bool read_languages(struct reader *r, const struct yaml_node *map, const char *key, const char **ret) {
  static const char *const keys[] = { "en", "de", "fr", NULL };
  const struct yaml_node *node = yaml_get(map, key);
  if (!node || node->type != YAML_MAP) return yaml_fail(r->doc, node ? node : map, r->error, "\"%s\" is no map of languages; write { en: … }", key);
  if (!yaml_only(r->doc, node, keys, r->error)) return false;
  for (int l = 0; l < LANGUAGE_OTHER; l++) ret[l] = yaml_text(node, keys[l]);
  if (!ret[LANGUAGE_ENGLISH]) return yaml_fail(r->doc, node, r->error, "\"%s\" has no English; add en", key);
  ret[LANGUAGE_OTHER] = ret[LANGUAGE_ENGLISH];
  return true;
}

static bool read_take(struct reader *r, const struct yaml_node *node, struct pattern_take *take) {
  static const char *const keys[] = { "sections", "without", "units", "cues", "not", "split", "labelled", "stamped", "story", "headings", "answers", "titled", "label", NULL };
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "\"take\" lists something that is not a map");
  const char *label = yaml_text(node, "label");
  take->label_only = label && strcmp(label, "only") == 0;
  if (label && !take->label_only) return yaml_fail(r->doc, yaml_get(node, "label"), r->error, "\"label\" is not \"only\"; write that, or leave it out");
  return yaml_only(r->doc, node, keys, r->error) && read_bits(r, node, "sections", section_role_names, SECTION_ROLES, &take->sections) &&
    read_bits(r, node, "without", section_role_names, SECTION_ROLES, &take->without) &&
    read_bits(r, node, "units", block_kind_names, BLOCK_KINDS, &take->units) && read_bits(r, node, "cues", cue_names, CUE_COUNT, &take->cues) &&
    read_bits(r, node, "not", cue_names, CUE_COUNT, &take->not) && read_yes(r, node, "split", &take->split) && read_yes(r, node, "labelled", &take->labelled) && read_yes(r, node, "stamped", &take->stamped) &&
    read_yes(r, node, "story", &take->story) && read_yes(r, node, "headings", &take->headings) && read_yes(r, node, "answers", &take->answers) && read_yes(r, node, "titled", &take->titled);
}

/* `before`: the ids of the blocks before. */
static bool read_block(struct reader *r, const struct yaml_node *node, const char *const *before, int count, struct pattern_block *block) {
  static const char *const keys[] = { "id", "role", "form", "heading", "sections", "least", "most", "sentences", "words", "unless", "take", NULL };
  const char *form = NULL;
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "\"blocks\" lists something that is not a map");
  if (!yaml_only(r->doc, node, keys, r->error) || !read_text(r, node, "id", &block->id) || !read_text(r, node, "role", &block->role) || !read_text(r, node, "form", &form)) return false;
  int index = index_of(form_names, 4, form);
  if (index < 0) return yaml_fail(r->doc, yaml_get(node, "form"), r->error, "there is no form \"%s\"; it is text, list, steps or check", form);
  block->form = (enum form)index;
  const char *heading = yaml_text(node, "heading");
  block->own = heading && strcmp(heading, "own") == 0;
  if (yaml_get(node, "heading") && !block->own && !read_languages(r, node, "heading", block->heading)) return false;
  if (!read_number(r, node, "sections", 1, 20, 20, &block->sections) || !read_number(r, node, "least", 0, 50, 0, &block->least) ||
      !read_number(r, node, "most", 1, 50, 5, &block->most) || !read_number(r, node, "sentences", 1, 10, 2, &block->sentences) ||
      !read_number(r, node, "words", 0, 100, 0, &block->words)) return false;
  if (yaml_get(node, "unless") && (!count ? !yaml_fail(r->doc, node, r->error, "\"unless\" in the first block; it names blocks before") : !read_bits(r, node, "unless", before, count, &block->unless))) return false;
  const struct yaml_node *takes = yaml_get(node, "take");
  for (const struct yaml_node *take = takes && takes->type == YAML_LIST ? takes->first : NULL; take; take = take->next) {
    if (block->take_count == PATTERN_TAKES) return yaml_fail(r->doc, take, r->error, "more than %d ways to take; leave some out", PATTERN_TAKES);
    if (!read_take(r, take, &block->takes[block->take_count++])) return false;
  }
  return block->form == FORM_CHECK || block->take_count || yaml_fail(r->doc, node, r->error, "\"take\" is missing or empty; say what the block is made of");
}

static bool read_need(struct reader *r, const struct yaml_node *node, const struct pattern *pattern, struct pattern_need *need) {
  static const char *const keys[] = { "any", "least", "says", NULL };
  const char *ids[PATTERN_BLOCKS];
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "\"needs\" lists something that is not a map");
  for (int b = 0; b < pattern->block_count; b++) ids[b] = pattern->blocks[b].id;
  return yaml_only(r->doc, node, keys, r->error) && read_bits(r, node, "any", ids, pattern->block_count, &need->blocks) &&
    read_number(r, node, "least", 1, 50, 1, &need->least) && read_text(r, node, "says", &need->says);
}

static bool read_pattern(struct reader *r, const struct yaml_node *root, struct pattern *pattern) {
  static const char *const keys[] = { "pattern", "modality", "does", "title", "words", "blocks", "needs", NULL };
  if (root->type != YAML_MAP) return yaml_fail(r->doc, root, r->error, "a pattern is a map");
  if (!yaml_only(r->doc, root, keys, r->error) || !read_text(r, root, "pattern", &pattern->name) || !read_text(r, root, "modality", &pattern->modality) ||
      !read_text(r, root, "does", &pattern->does) || !read_languages(r, root, "title", pattern->title) || !read_number(r, root, "words", 50, 5000, 400, &pattern->words)) return false;
  const struct yaml_node *blocks = yaml_get(root, "blocks"), *needs = yaml_get(root, "needs");
  if (!blocks || blocks->type != YAML_LIST || !blocks->first) return yaml_fail(r->doc, root, r->error, "\"blocks\" is missing or empty");
  for (const struct yaml_node *node = blocks->first; node; node = node->next) {
    if (pattern->block_count == PATTERN_BLOCKS) return yaml_fail(r->doc, node, r->error, "more than %d blocks; merge some", PATTERN_BLOCKS);
    const char *before[PATTERN_BLOCKS];
    for (int b = 0; b < pattern->block_count; b++) before[b] = pattern->blocks[b].id;
    int count = pattern->block_count++;
    if (!read_block(r, node, before, count, &pattern->blocks[count])) return false;
  }
  for (const struct yaml_node *node = needs && needs->type == YAML_LIST ? needs->first : NULL; node; node = node->next) {
    if (pattern->need_count == PATTERN_NEEDS) return yaml_fail(r->doc, node, r->error, "more than %d needs; merge some", PATTERN_NEEDS);
    if (!read_need(r, node, pattern, &pattern->needs[pattern->need_count++])) return false;
  }
  return pattern->need_count || yaml_fail(r->doc, root, r->error, "\"needs\" is missing: say what the pattern refuses to do without");
}

struct pattern *pattern_parse(const char *file, const char *text, size_t length, GError **error) {
  struct yaml_doc *doc = yaml_parse(file, text, length, error);
  if (!doc) return NULL;
  struct pattern *pattern = g_new0(struct pattern, 1);
  pattern->doc = doc;
  pattern->file = g_strdup(file);
  struct reader r = { doc, error };
  if (read_pattern(&r, yaml_root(doc), pattern)) return pattern;
  pattern_free(pattern);
  return NULL;
}

void pattern_free(struct pattern *pattern) {
  if (!pattern) return;
  yaml_doc_free(pattern->doc);
  g_free(pattern->file);
  g_free(pattern);
}

static void add_pattern(struct patterns *patterns, struct pattern *pattern) {
  for (guint i = 0; i < patterns->all->len; i++) {
    struct pattern *other = patterns->all->pdata[i];
    if (strcmp(other->name, pattern->name) != 0) continue;
    pattern_free(other);
    patterns->all->pdata[i] = pattern;
    return;
  }
  g_ptr_array_add(patterns->all, pattern);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool load_folder(struct patterns *patterns, const char *data, GError **error) {
  g_autofree char *folder = g_build_filename(data, "patterns", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  const char *name;
  while (dir && (name = g_dir_read_name(dir)) != NULL)
    if (g_str_has_suffix(name, ".yaml")) g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, by_name);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL), *text = NULL;
    size_t length;
    if (!g_file_get_contents(path, &text, &length, error)) return false;
    struct pattern *pattern = pattern_parse(path, text, length, error);
    if (!pattern) return false;
    add_pattern(patterns, pattern);
  }
  return true;
}

struct patterns *patterns_load(const char *data, GError **error) {
  g_autoptr(patterns_auto) patterns = g_new0(struct patterns, 1);
  patterns->all = g_ptr_array_new_with_free_func((GDestroyNotify)pattern_free);
  for (size_t i = 0; i < G_N_ELEMENTS(carried); i++) {
    g_autofree char *path = g_strdup_printf("/studio/patterns/%s.yaml", carried[i]);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(studio_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    size_t length = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    struct pattern *pattern = text ? pattern_parse(path, text, length, error) : NULL;
    if (!pattern) return NULL;
    add_pattern(patterns, pattern);
  }
  if (data && !load_folder(patterns, data, error)) return NULL;
  return g_steal_pointer(&patterns);
}

void patterns_free(struct patterns *patterns) {
  if (!patterns) return;
  g_ptr_array_unref(patterns->all);
  g_free(patterns);
}

const struct pattern *patterns_find(const struct patterns *patterns, const char *name) {
  for (guint i = 0; i < patterns->all->len; i++)
    if (strcmp(((struct pattern *)patterns->all->pdata[i])->name, name) == 0) return patterns->all->pdata[i];
  return NULL;
}
