/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements arrive as an array (what an LRS exports), as JSON lines (what streams write) or as one statement result.
 * Each becomes a slice of the file, so a hundred thousand statements cost 24 bytes each above the file itself. Here only
 * what a statement cannot be without is asked for; the grammar of xAPI belongs to the evidence room, and what it cannot
 * read is a bad row like any other.
 *
 * In an array one syntax error spoils the file, because nobody knows where the next statement starts; in JSON lines it
 * spoils its line.
 *
 * Sources may open with front matter, YAML between two lines `---`. Other tools keep their own keys there, so unknown
 * keys are none of our business; a known key with a value that cannot be read is a warning, because a wrong expiry date
 * would be believed. Sources: xAPI 1.0.3 part two, 2.2 and part three, 2.1; jsonlines.org. */
#include "intake/document.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "evidence/statement.h"
#include <string.h>

/* ---- statements ---- */

static bool is_statement(struct json value, const char **ret_lacks) {
  const char *lacks = NULL;
  const char *verb = json_string(json_get(json_get(value, "verb"), "id"));
  if (json_type(value) != JSON_OBJECT) lacks = "is no JSON object";
  else if (json_type(json_get(value, "actor")) != JSON_OBJECT) lacks = "has no actor";
  else if (!verb || !*verb) lacks = "has no verb.id";
  else if (json_type(json_get(value, "object")) != JSON_OBJECT) lacks = "has no object";
  *ret_lacks = lacks;
  return !lacks;
}

static bool is_json_lines(const char *name) {
  return g_str_has_suffix(name, ".jsonl") || g_str_has_suffix(name, ".ndjson");
}

static const char *line_end(const char *at, const char *end) {
  const char *found = memchr(at, '\n', (size_t)(end - at));
  return found ? found : end;
}

/* The statements of a whole document: the array, or the one statement. */
static struct json statements_of(const struct json_doc *doc) {
  struct json root = json_root(doc), inner = json_get(root, "statements");
  return json_type(inner) == JSON_ARRAY ? inner : root;
}

bool document_has_statements(const char *name, const struct decoded *text) {
  const char *lacks, *end = text->text + text->length, *at = text->text;
  while (at < end && g_ascii_isspace(*at)) at++;
  size_t length = is_json_lines(name) ? (size_t)(line_end(at, end) - at) : (size_t)(end - at);
  g_autoptr(json_doc_auto) doc = json_parse(at, length, NULL);
  if (!doc) return false;
  struct json first = statements_of(doc);
  if (json_type(first) == JSON_ARRAY) first = json_at(first, 0);
  return is_statement(first, &lacks);
}

struct reading { const char *name; uint16_t file; GArray *statements; struct row_problems *problems; uint32_t *bad_rows; };

static void refuse(struct reading *reading, uint32_t line, const char *reason, const char *remedy) {
  ++*reading->bad_rows;
  row_problem_add(reading->problems, reading->name, line, "statement", NULL, reason, remedy);
}

static void take(struct reading *reading, struct json value, uint32_t line, uint32_t number) {
  size_t length;
  const char *lacks, *raw = json_raw(value, &length);
  if (length > LIMIT_STATEMENT_BYTES) {
    refuse(reading, line, "is larger than " G_STRINGIFY(LIMIT_STATEMENT_BYTES) " bytes", "send large attachments apart");
    return;
  }
  if (!is_statement(value, &lacks)) {
    refuse(reading, line, lacks, "xAPI statements need actor, verb.id and object");
    return;
  }
  struct statement read;
  g_autoptr(GError) problem = NULL;
  if (!statement_read(value, 0, &read, &problem)) {
    refuse(reading, line, problem->message, "mend or remove the statement");
    return;
  }
  statement_clear(&read);
  struct document_statement statement = { raw, (uint32_t)length, line, number, reading->file };
  g_array_append_val(reading->statements, statement);
}

static uint32_t count_lines(const char *at, const char *end) {
  uint32_t lines = 0;
  while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) lines++, at++;
  return lines;
}

static bool read_document(struct reading *reading, const struct decoded *text, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(text->text, text->length, error);
  if (!doc) {
    g_prefix_error(error, "%s: ", reading->name);
    return false;
  }
  struct json list = statements_of(doc);
  if (json_type(list) != JSON_ARRAY) {
    take(reading, list, 1, 0);
    return true;
  }
  const char *counted = text->text;
  uint32_t line = 1, number = 0;
  for (struct json_iter it = json_iter(list); json_next(&it); number++) {
    size_t length;
    const char *raw = json_raw(it.value, &length);
    line += count_lines(counted, raw);
    counted = raw;
    take(reading, it.value, line, number);
  }
  return true;
}

static void read_lines(struct reading *reading, const struct decoded *text) {
  uint32_t line = 1, number = 0;
  const char *end = text->text + text->length;
  for (const char *at = text->text, *stop; at < end; at = stop + 1, line++) {
    stop = line_end(at, end);
    const char *start = at, *last = stop;
    while (start < last && g_ascii_isspace(*start)) start++;
    while (last > start && g_ascii_isspace(last[-1])) last--;
    if (start == last) continue;
    g_autoptr(GError) broken = NULL;
    g_autoptr(json_doc_auto) doc = json_parse(start, (size_t)(last - start), &broken);
    if (doc) take(reading, json_root(doc), line, number++);
    else refuse(reading, line, broken->message, "mend or remove the line");
  }
}

bool document_read_statements(const char *name, uint16_t file, const struct decoded *text, GArray *statements,
                              struct row_problems *problems, uint32_t *bad_rows, GError **error) {
  struct reading reading = { name, file, statements, problems, bad_rows };
  if (!is_json_lines(name)) return read_document(&reading, text, error);
  read_lines(&reading, text);
  return true;
}

/* ---- sources ---- */

void document_source_clear(void *data) {
  struct document_source *source = data;
  g_free(source->title);
  g_free(source->owner);
  g_free(source->licence);
  g_free(source->audience);
}

/* The front matter between the first line and the next line `---`: its length, and where the text goes on. */
static const char *front_matter(const struct decoded *text, size_t *ret_length, const char **ret_rest) {
  const char *end = text->text + text->length, *first = text->text;
  const char *open = line_end(first, end);
  if (open == end || open - first < 3 || open - first > 4 || strncmp(first, "---", 3) != 0 || (open - first == 4 && first[3] != '\r')) return NULL;
  for (const char *at = open + 1, *stop; at < end; at = stop + 1) {
    stop = line_end(at, end);
    bool closes = stop - at >= 3 && strncmp(at, "---", 3) == 0 && (stop - at == 3 || (stop - at == 4 && at[3] == '\r'));
    if (!closes) continue;
    *ret_length = (size_t)(at - (open + 1));
    *ret_rest = stop < end ? stop + 1 : end;
    return open + 1;
  }
  return NULL;
}

static void read_matter(const char *name, const struct yaml_doc *doc, struct document_source *source, struct row_problems *warnings) {
  const struct { const char *key; char **text; } texts[] = { { "title", &source->title }, { "owner", &source->owner },
    { "licence", &source->licence }, { "license", &source->licence }, { "audience", &source->audience } };
  const struct yaml_node *root = yaml_root(doc), *until = yaml_get(root, "valid_until");
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    const char *text = yaml_text(root, texts[i].key);
    if (text && *text && !*texts[i].text) *texts[i].text = g_strdup(text);
  }
  if (until && (until->type != YAML_SCALAR || !clock_parse_day(until->text, &source->valid_until)))
    row_problem_add(warnings, name, until->line + 1, "valid_until", until->type == YAML_SCALAR ? until->text : NULL,
      "is not a date and is left out", "write it as YYYY-MM-DD");
}

/* A source is the same one whether its folder came with it or a browser, which sends no folders, dropped it alone. */
static const char *source_name(const char *name) {
  static const char folder[] = "sources/";
  return g_str_has_prefix(name, folder) && name[strlen(folder)] ? name + strlen(folder) : name;
}

void document_read_source(const char *name, uint16_t file, const struct decoded *text, GArray *sources, struct row_problems *warnings) {
  struct document_source source = { .name = source_name(name), .text = text->text, .length = text->length, .line = 1, .file = file, .valid_until = CLOCK_NO_DAY };
  size_t length = 0;
  const char *rest = NULL, *matter = front_matter(text, &length, &rest);
  if (matter) {
    g_autoptr(GError) broken = NULL;
    g_autoptr(yaml_doc_auto) doc = yaml_parse(name, matter, length, &broken);
    if (doc && yaml_root(doc)->type == YAML_MAP) {
      read_matter(name, doc, &source, warnings);
      source.line = 1 + count_lines(text->text, rest);
      source.length -= (size_t)(rest - text->text);
      source.text = rest;
    } else row_problem_add(warnings, name, 1, NULL, NULL, "the front matter cannot be read and counts as text",
                           broken ? broken->message : "write it as \"title: …\" lines");
  }
  g_array_append_val(sources, source);
}
