/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Declarative files: libyaml's events become a small tree of nodes that know their place.
 *
 * The subset is what a person writes by hand: maps, lists, scalars, in block or flow style, quoted or not, with comments.
 * Refused, each with its place: anchors and aliases (a short file could unfold into a huge tree), tags (types come from
 * our schemas), a second document, duplicate keys, keys that are not scalars, NUL in text, and whatever passes the limits.
 *
 * Building recurses once per level, bounded by LIMIT_YAML_DEPTH. Nodes and texts live as long as the document.
 *
 * How it can be wrong: scalars stay text, so "no", "1e3" and "2013-02-01" mean what the schema says and not what YAML 1.1
 * would guess; a reader that forgets to look at `plain` takes an unquoted null or ~ for a text. libyaml speaks YAML 1.1 and
 * is laxer than the standard in places; what it lets pass is judged by the schema of the file. Places count characters,
 * as editors do.
 *
 * Sources: YAML 1.1 (2005), chapters 4 to 9; libyaml's yaml.h. */
#include "base/yaml.h"
#include "base/limits.h"
#include <string.h>
#include <yaml.h>

#define QUOTED 40 /* characters of the subject that an error quotes */

struct yaml_doc {
  char *name;
  struct yaml_node *root;
  GPtrArray *nodes;     /* owns them */
  GStringChunk *texts;
};

struct builder {
  yaml_parser_t parser;
  struct yaml_doc *doc;
  const char *text; /* the file without its byte order mark */
  size_t length;
  unsigned depth;
  GError **error;
};

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(yaml_event_t, yaml_event_delete)

/* ---- errors ---- */

static bool refuse(const struct yaml_doc *doc, size_t line, size_t column, GError **error, const char *format, va_list list)
  G_GNUC_PRINTF(5, 0);

static bool refuse(const struct yaml_doc *doc, size_t line, size_t column, GError **error, const char *format, va_list list)
{
  g_autofree char *why = g_strdup_vprintf(format, list);
  return fail(error, MENO_ERROR_BAD_INPUT, "%s:%zu:%zu: %s", doc->name, line, column, why);
}

static bool refuse_mark(struct builder *b, yaml_mark_t mark, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse_mark(struct builder *b, yaml_mark_t mark, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  refuse(b->doc, mark.line + 1, mark.column + 1, b->error, format, list);
  va_end(list);
  return false;
}

static bool refuse_byte(struct builder *b, size_t offset, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse_byte(struct builder *b, size_t offset, const char *format, ...)
{
  size_t line = 1, column = 1;
  for (size_t i = 0; i < offset && i < b->length; i++) {
    if (b->text[i] == '\n') {
      line++;
      column = 1;
    } else if ((b->text[i] & 0xC0) != 0x80) {
      column++;
    }
  }
  va_list list;
  va_start(list, format);
  refuse(b->doc, line, column, b->error, format, list);
  va_end(list);
  return false;
}

/* What an error quotes: short, and UTF-8 whatever a tag's %XX spell, for errors are written as JSON. */
static char *quotable(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  if (g_utf8_strlen(valid, -1) <= QUOTED)
    return g_steal_pointer(&valid);
  g_autofree char *head = g_utf8_substring(valid, 0, QUOTED);
  return g_strconcat(head, "…", NULL);
}

/* What libyaml says is right but seldom says what to do. */
static const struct { const char *problem, *remedy; } remedies[] = {
  { "found character that cannot start any token", "indent with spaces, and quote a text that starts with @, ` or %" },
  { "found a tab character that violates indentation", "indent with spaces" },
  { "mapping values are not allowed in this context", "quote a text that holds \": \", and align the keys of a map" },
  { "did not find expected key", "align the keys of a map, and close every quote" },
  { "could not find expected ':'", "write a key as \"key: value\", with a space after the colon" },
  { "found unexpected end of stream", "close the quote" },
};

static bool refuse_syntax(struct builder *b)
{
  yaml_parser_t *parser = &b->parser;
  const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
  if (parser->error == YAML_MEMORY_ERROR)
    return fail(b->error, MENO_ERROR_TOO_LARGE, "no memory to read %s", b->doc->name);
  if (parser->error == YAML_READER_ERROR)
    return refuse_byte(b, parser->problem_offset, "%s (0x%02X)", problem, (unsigned)parser->problem_value);
  const char *remedy = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
    if (strcmp(problem, remedies[i].problem) == 0)
      remedy = remedies[i].remedy;
  return refuse_mark(b, parser->problem_mark, "%s%s%s%s%s", problem, parser->context != NULL ? " " : "",
                     parser->context != NULL ? parser->context : "", remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
}

/* ---- building ---- */

static bool next_event(struct builder *b, yaml_event_t *ret_event)
{
  return yaml_parser_parse(&b->parser, ret_event) || refuse_syntax(b);
}

static bool build_node(struct builder *b, const yaml_event_t *event, struct yaml_node **ret_node);

/* The text of a scalar event, owned by the document; NULL after refusing it. */
static const char *scalar_text(struct builder *b, const yaml_event_t *event)
{
  const char *value = (const char *)event->data.scalar.value;
  if (strlen(value) != event->data.scalar.length) {
    refuse_mark(b, event->start_mark, "a text with NUL (\\0) in it; leave it out");
    return NULL;
  }
  return g_string_chunk_insert(b->doc->texts, value);
}

/* Refuses aliases, anchors and tags; no other event may stand where a node is expected. */
static bool check_decoration(struct builder *b, const yaml_event_t *event)
{
  const yaml_char_t *anchor = NULL, *tag = NULL;
  bool alias = event->type == YAML_ALIAS_EVENT;
  if (alias) {
    anchor = event->data.alias.anchor;
  } else if (event->type == YAML_SCALAR_EVENT) {
    anchor = event->data.scalar.anchor;
    tag = event->data.scalar.tag;
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    anchor = event->data.sequence_start.anchor;
    tag = event->data.sequence_start.tag;
  } else {
    g_assert(event->type == YAML_MAPPING_START_EVENT);
    anchor = event->data.mapping_start.anchor;
    tag = event->data.mapping_start.tag;
  }
  if (anchor == NULL && tag == NULL)
    return true;
  g_autofree char *quoted = quotable((const char *)(anchor != NULL ? anchor : tag));
  if (anchor != NULL)
    return refuse_mark(b, event->start_mark, "%s%s; write the value out, or quote a text that starts with %c",
                       alias ? "an alias, *" : "an anchor, &", quoted, alias ? '*' : '&');
  return refuse_mark(b, event->start_mark, "a tag, %s; leave it out, or quote a text that starts with !", quoted);
}

static void append_child(struct yaml_node *parent, struct yaml_node **last, struct yaml_node *child)
{
  if (*last != NULL)
    (*last)->next = child;
  else
    parent->first = child;
  *last = child;
}

static bool build_list(struct builder *b, struct yaml_node *list)
{
  for (struct yaml_node *last = NULL;;) {
    g_auto(yaml_event_t) event = { 0 };
    struct yaml_node *child = NULL;
    if (!next_event(b, &event))
      return false;
    if (event.type == YAML_SEQUENCE_END_EVENT)
      return true;
    if (!build_node(b, &event, &child))
      return false;
    append_child(list, &last, child);
  }
}

static bool build_member(struct builder *b, const yaml_event_t *key, GHashTable *seen, struct yaml_node **ret_child)
{
  if (!check_decoration(b, key))
    return false;
  if (key->type != YAML_SCALAR_EVENT)
    return refuse_mark(b, key->start_mark, "a key that is a list or a map; a key is a text (quote a text that starts with [ or {)");
  const char *text = scalar_text(b, key);
  if (text == NULL)
    return false;
  if (!g_hash_table_add(seen, (char *)(uintptr_t)text)) {
    g_autofree char *quoted = quotable(text);
    return refuse_mark(b, key->start_mark, "the key \"%s\" stands twice in one map; keep one of the two", quoted);
  }
  g_auto(yaml_event_t) value = { 0 };
  struct yaml_node *child;
  if (!next_event(b, &value) || !build_node(b, &value, &child))
    return false;
  child->key = text;
  child->key_line = (unsigned)key->start_mark.line + 1;
  child->key_column = (unsigned)key->start_mark.column + 1;
  *ret_child = child;
  return true;
}

static bool build_map(struct builder *b, struct yaml_node *map)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (struct yaml_node *last = NULL;;) {
    g_auto(yaml_event_t) event = { 0 };
    struct yaml_node *child = NULL;
    if (!next_event(b, &event))
      return false;
    if (event.type == YAML_MAPPING_END_EVENT)
      return true;
    if (!build_member(b, &event, seen, &child))
      return false;
    append_child(map, &last, child);
  }
}

/* The node that `event` starts, with what it holds. */
static bool build_node(struct builder *b, const yaml_event_t *event, struct yaml_node **ret_node)
{
  if (!check_decoration(b, event))
    return false;
  if (b->doc->nodes->len >= LIMIT_YAML_NODES)
    return refuse_mark(b, event->start_mark, "more than %d values; split the file", LIMIT_YAML_NODES);
  struct yaml_node *node = g_new0(struct yaml_node, 1);
  g_ptr_array_add(b->doc->nodes, node);
  node->line = (unsigned)event->start_mark.line + 1;
  node->column = (unsigned)event->start_mark.column + 1;
  *ret_node = node;
  if (event->type == YAML_SCALAR_EVENT) {
    node->type = YAML_SCALAR;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = scalar_text(b, event);
    return node->text != NULL;
  }
  if (b->depth == LIMIT_YAML_DEPTH)
    return refuse_mark(b, event->start_mark, "nested deeper than %d levels", LIMIT_YAML_DEPTH);
  b->depth++;
  bool map = event->type == YAML_MAPPING_START_EVENT;
  node->type = map ? YAML_MAP : YAML_LIST;
  if (map ? !build_map(b, node) : !build_list(b, node))
    return false;
  b->depth--;
  return true;
}

static bool build_document(struct builder *b)
{
  for (;;) {
    g_auto(yaml_event_t) event = { 0 };
    if (!next_event(b, &event))
      return false;
    switch (event.type) {
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
      break;
    case YAML_STREAM_END_EVENT:
      if (b->doc->root == NULL)
        return refuse_mark(b, event.start_mark, "the file holds no value; write at least one \"key: value\" line");
      return true;
    case YAML_DOCUMENT_START_EVENT:
      if (b->doc->root != NULL)
        return refuse_mark(b, event.start_mark, "a second document (---); write one document to a file");
      if (event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end)
        return refuse_mark(b, event.start_mark, "a %%TAG directive; leave it out");
      break;
    default:
      if (!build_node(b, &event, &b->doc->root))
        return false;
    }
  }
}

struct yaml_doc *yaml_parse(const char *name, const char *text, size_t length, GError **error)
{
  g_autoptr(yaml_doc_auto) doc = g_new0(struct yaml_doc, 1);
  doc->name = g_utf8_make_valid(name, -1);
  doc->nodes = g_ptr_array_new_with_free_func(g_free);
  doc->texts = g_string_chunk_new(1024);
  if (length > LIMIT_MAPPING_BYTES) {
    fail(error, MENO_ERROR_TOO_LARGE, "%s: a YAML file of %zu bytes; the limit is %u, split it", doc->name, length, LIMIT_MAPPING_BYTES);
    return NULL;
  }
  struct builder b = { .doc = doc, .text = text, .length = length, .error = error };
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    b.text += 3;
    b.length -= 3;
  }
  const char *bad;
  if (!g_utf8_validate_len(b.text, b.length, &bad)) {
    if (*bad == '\0')
      refuse_byte(&b, (size_t)(bad - b.text), "a NUL byte; save the file as UTF-8 text");
    else
      refuse_byte(&b, (size_t)(bad - b.text), "byte 0x%02X is not UTF-8; save the file as UTF-8", (unsigned)(unsigned char)*bad);
    return NULL;
  }
  if (!yaml_parser_initialize(&b.parser)) {
    fail(error, MENO_ERROR_TOO_LARGE, "no memory to read %s", doc->name);
    return NULL;
  }
  yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&b.parser, (const unsigned char *)b.text, b.length);
  bool built = build_document(&b);
  yaml_parser_delete(&b.parser);
  return built ? g_steal_pointer(&doc) : NULL;
}

void yaml_doc_free(struct yaml_doc *doc)
{
  if (doc == NULL)
    return;
  g_free(doc->name);
  g_ptr_array_unref(doc->nodes);
  g_string_chunk_free(doc->texts);
  g_free(doc);
}

/* ---- asking ---- */

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
  return doc->root;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
  if (map == NULL || map->type != YAML_MAP)
    return NULL;
  for (const struct yaml_node *child = map->first; child != NULL; child = child->next)
    if (strcmp(child->key, key) == 0)
      return child;
  return NULL;
}

const char *yaml_text(const struct yaml_node *map, const char *key)
{
  const struct yaml_node *node = yaml_get(map, key);
  return node != NULL && node->type == YAML_SCALAR ? node->text : NULL;
}

bool yaml_fail(const struct yaml_doc *doc, const struct yaml_node *node, GError **error, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  refuse(doc, node->line, node->column, error, format, list);
  va_end(list);
  return false;
}

bool yaml_only(const struct yaml_doc *doc, const struct yaml_node *map, const char *const *keys, GError **error)
{
  if (map->type != YAML_MAP)
    return yaml_fail(doc, map, error, "expected a map of \"key: value\"");
  for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
    if (g_strv_contains(keys, child->key))
      continue;
    g_autofree char *quoted = quotable(child->key);
    g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)keys);
    return fail(error, MENO_ERROR_BAD_INPUT, "%s:%u:%u: unknown key \"%s\"; known here: %s", doc->name, child->key_line,
                child->key_column, quoted, known);
  }
  return true;
}
