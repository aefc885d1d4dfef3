/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order of reading: the mapping first, because it says how the others are read; then each file by what it is: named
 * in the mapping, called like a canonical file, looking like one by its header, statements, a source. Tables are opened
 * before any is read, since one may join another. When all rows are there, the checks that need all of them (check.h).
 *
 * A file that cannot be read does not hide the others' problems: it is noted, its rows are taken back, and reading goes
 * on, so that somebody who mends the files sees everything at once. A mapping that does not hold is an error at once,
 * because nothing read through it would mean anything.
 *
 * A file that nobody knows is no reason to stop beside files that are known (folders hold all sorts of things), but it is
 * shown; alone it is. */
#include "intake/intake.h"
#include "base/limits.h"
#include "intake/check.h"
#include <string.h>

const char *const intake_role_names[] = { "not recognised", "by its name", "by its header", "by the mapping", "joined by others",
  "statements", "source", "mapping", "broken", NULL };

struct reading {
  struct intake *intake;
  const struct intake_file *files;
  struct mapping *mapping;      /* NULL: none */
  GHashTable *answers;          /* as struct intake_known; NULL: none */
  struct table_file **tables;   /* per file; NULL: no table */
  GHashTable *by_name;          /* base name → struct table_file */
  struct table_sink sink;
  bool (*progress)(void *data, const char *what, double share);
  void *data;
  double done, size, total;     /* bytes: of the files read, of this one, of all */
};

static const char *base_name(const char *name) {
  const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
  if (back && (!slash || back > slash)) slash = back;
  return slash ? slash + 1 : name;
}

static bool ends_with(const char *name, const char *const *endings) {
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (; *endings; endings++)
    if (g_str_has_suffix(lower, *endings)) return true;
  return false;
}

static const char *const table_endings[] = { ".csv", ".tsv", ".tab", NULL };
static const char *const statement_endings[] = { ".json", ".jsonl", ".ndjson", NULL };
static const char *const source_endings[] = { ".md", ".txt", ".html", ".htm", NULL };
static const char *const sheet_endings[] = { ".xlsx", ".xls", ".ods", NULL };

/* ---- telling ---- */

/* "people.csv:3:7: what" becomes a problem with its place. */
static void block(struct intake *intake, const char *name, const GError *why) {
  const char *text = why->message;
  uint64_t line = 0, at = 0;
  if (g_str_has_prefix(text, name)) {
    text += strlen(name);
    char *rest;
    if (*text == ':' && g_ascii_isdigit(text[1])) line = g_ascii_strtoull(text + 1, &rest, 10), text = rest;
    if (*text == ':' && g_ascii_isdigit(text[1])) at = g_ascii_strtoull(text + 1, &rest, 10), text = rest;
    while (*text == ':' || *text == ' ') text++;
  }
  struct row_problem *problem = row_problem_add(&intake->problems, name, (uint32_t)line, NULL, NULL, text, NULL);
  if (problem) problem->at = (uint32_t)at, problem->whole_file = true;
  intake->blocked = true;
}

static bool is_about_file(const GError *error, const char *name) {
  return g_error_matches(error, MENO_ERROR, MENO_ERROR_BAD_INPUT) && g_str_has_prefix(error->message, name) && error->message[strlen(name)] == ':';
}

static bool on_progress(void *data, const char *what, double share) {
  const struct reading *reading = data;
  return reading->progress(reading->data, what, (reading->done + share * reading->size) / MAX(reading->total, 1));
}

/* ---- opening ---- */

static void first_of(const struct mapping_reading *said, struct mapping_reading *reading) {
  if (!reading->encoding) reading->encoding = said->encoding;
  if (!reading->delimiter) reading->delimiter = said->delimiter;
  if (!reading->skip_rows) reading->skip_rows = said->skip_rows;
}

/* What the mapping says about reading the file; false: it does not name it. `ret_read`: as a table's own file. */
static bool named_in_mapping(const struct mapping *mapping, const char *name, struct mapping_reading *ret, bool *ret_read) {
  bool named = false;
  *ret = (struct mapping_reading){ 0 };
  *ret_read = false;
  for (unsigned i = 0; mapping && i < mapping->tables->len; i++) {
    const struct mapping_table *table = mapping->tables->pdata[i];
    if (strcmp(base_name(table->file), name) == 0) named = *ret_read = true, first_of(&table->reading, ret);
    for (unsigned j = 0; j < table->joins->len; j++) {
      const struct mapping_join *join = table->joins->pdata[j];
      if (strcmp(base_name(join->file), name) == 0) named = true, first_of(&join->reading, ret);
    }
  }
  return named;
}

/* Opens what is a table; says what everything is, as far as the name and the mapping tell. */
static bool open_file(struct reading *reading, size_t i, GError **error) {
  struct intake_seen *seen = &reading->intake->seen[i];
  const char *name = seen->name, *base = base_name(name);
  struct mapping_reading how;
  bool read;
  bool named = named_in_mapping(reading->mapping, base, &how, &read);
  if (strcmp(base, "import.yaml") == 0 || strcmp(base, "import.yml") == 0) seen->role = INTAKE_MAPPING;
  else if (!named && ends_with(base, source_endings)) seen->role = INTAKE_SOURCE;
  else if (!named && ends_with(base, statement_endings)) seen->role = INTAKE_STATEMENTS;
  else if (named || ends_with(base, table_endings)) {
    g_autoptr(GError) why = NULL;
    reading->tables[i] = table_open(name, (uint16_t)i, reading->files[i].bytes, &how, &why);
    if (!reading->tables[i]) {
      seen->role = INTAKE_BROKEN;
      if (!is_about_file(why, name)) return g_propagate_error(error, g_steal_pointer(&why)), false;
      block(reading->intake, name, why);
      if (!g_hash_table_contains(reading->by_name, base)) g_hash_table_insert(reading->by_name, (void *)(uintptr_t)base, NULL);
      return true;
    }
    seen->encoding = reading->tables[i]->text.encoding;
    seen->delimiter = reading->tables[i]->dialect.delimiter;
    seen->role = read ? INTAKE_BY_MAPPING : named ? INTAKE_PARTNER : INTAKE_UNKNOWN;
    if (!g_hash_table_contains(reading->by_name, base)) g_hash_table_insert(reading->by_name, (void *)(uintptr_t)base, reading->tables[i]);
  }
  return true;
}

/* ---- tables ---- */

static struct row_set *set_of(struct intake *intake, const struct format *format) {
  if (!intake->sets[format->id]) intake->sets[format->id] = row_set_new(format);
  return intake->sets[format->id];
}

static void note_as(struct intake_seen *seen, const struct format *format) {
  for (int i = 0; i + 1 < INTAKE_AS; i++) {
    if (!seen->as[i]) seen->as[i] = format;
    if (seen->as[i] == format) return;
  }
}

/* After a reading that failed: takes its rows back. A mapping's error, a limit or a stop goes to the caller. */
static bool settle(struct reading *reading, size_t i, struct row_set *set, uint32_t before, GError *why, GError **error) {
  if (!why) return true;
  set->count = before;
  if (!is_about_file(why, reading->intake->seen[i].name)) {
    g_propagate_error(error, why);
    return false;
  }
  reading->intake->seen[i].role = INTAKE_BROKEN;
  block(reading->intake, reading->intake->seen[i].name, why);
  g_error_free(why);
  return true;
}

static bool read_mapped(struct reading *reading, size_t i, GError **error) {
  const char *base = base_name(reading->intake->seen[i].name);
  for (unsigned j = 0; j < reading->mapping->tables->len; j++) {
    const struct mapping_table *table = reading->mapping->tables->pdata[j];
    if (strcmp(base_name(table->file), base) != 0) continue;
    struct row_set *set = set_of(reading->intake, table->as);
    uint32_t before = set->count;
    GError *why = NULL;
    note_as(&reading->intake->seen[i], table->as);
    table_map(reading->tables[i], reading->mapping, table, reading->by_name, set, &reading->sink, &why);
    if (!settle(reading, i, set, before, why, error)) return false;
    if (reading->intake->seen[i].role == INTAKE_BROKEN) break;
  }
  return true;
}

/* "People.CSV" and "people (1).csv" are people.csv; the latter by its header. */
static const struct format *format_by_name(const char *base) {
  g_autofree char *lower = g_ascii_strdown(base, -1);
  const struct format *format = format_by_file(lower);
  return format && format->columns ? format : NULL;
}

static GHashTable *answers_for(const struct reading *reading, const char *name) {
  return reading->answers ? g_hash_table_lookup(reading->answers, name) : NULL;
}

static bool read_table(struct reading *reading, size_t i, GError **error) {
  struct intake_seen *seen = &reading->intake->seen[i];
  struct table_file *file = reading->tables[i];
  const struct format *format = format_by_name(base_name(seen->name));
  if (seen->role == INTAKE_BY_MAPPING) return read_mapped(reading, i, error);
  if (seen->role == INTAKE_PARTNER && !format) return true;
  seen->role = format ? INTAKE_BY_NAME : INTAKE_BY_HEADER;
  if (!format) format = table_recognise(file->header);
  if (!format) {
    seen->role = INTAKE_UNKNOWN;
    if (!reading->mapping) seen->guess = mapping_guess(file, answers_for(reading, seen->name)); /* a mapping that does not name it leaves it out on purpose */
    return true;
  }
  struct row_set *set = set_of(reading->intake, format);
  uint32_t before = set->count;
  GError *why = NULL;
  seen->kept = true;
  note_as(seen, format);
  table_read(file, set, &reading->sink, &why);
  if (why && file->rows == 0) seen->guess = mapping_guess(file, answers_for(reading, seen->name));
  return settle(reading, i, set, before, why, error);
}

static void note_unused(struct intake_seen *seen, const struct table_file *file) {
  g_autoptr(GPtrArray) unused = g_ptr_array_new();
  seen->rows = file->rows;
  for (unsigned i = 0; i < file->columns; i++)
    if (!file->used[i]) g_ptr_array_add(unused, g_strdup(file->header[i]));
  if (!unused->len) return;
  g_ptr_array_add(unused, NULL);
  seen->unused = (char **)g_ptr_array_steal(unused, NULL);
}

/* ---- documents ---- */

static bool read_document(struct reading *reading, size_t i, GError **error) {
  struct intake *intake = reading->intake;
  struct intake_seen *seen = &intake->seen[i];
  gsize length;
  const char *bytes = g_bytes_get_data(reading->files[i].bytes, &length);
  struct decoded text = { 0 };
  GError *why = NULL;
  const char *encoding = seen->role == INTAKE_STATEMENTS ? "utf-8" : NULL; /* JSON is nothing else (RFC 8259, 8.1); a mark still counts */
  if (!encoding_decode(seen->name, bytes ? bytes : "", length, encoding, &text, &why)) goto broken;
  g_array_append_val(intake->decoded, text);
  seen->encoding = text.encoding;
  if (seen->role == INTAKE_SOURCE) {
    document_read_source(seen->name, (uint16_t)i, &text, intake->sources, &intake->warnings);
    seen->as[0] = &formats[FILE_SOURCES];
    return true;
  }
  if (!g_str_has_prefix(base_name(seen->name), "statements.") && !document_has_statements(seen->name, &text)) {
    seen->role = INTAKE_UNKNOWN;
    return true;
  }
  unsigned before = intake->statements->len;
  seen->as[0] = &formats[FILE_STATEMENTS];
  if (!document_read_statements(seen->name, (uint16_t)i, &text, intake->statements, &intake->problems, &reading->sink.bad_rows, &why)) goto broken;
  seen->rows = intake->statements->len - before;
  return true;
broken:
  seen->role = INTAKE_BROKEN;
  if (!is_about_file(why, seen->name)) return g_propagate_error(error, why), false;
  block(intake, seen->name, why);
  g_error_free(why);
  return true;
}

/* ---- the whole ---- */

static void note_unknown(struct intake *intake) {
  bool any = intake->blocked;
  for (size_t i = 0; i < intake->count; i++)
    any |= intake->seen[i].role != INTAKE_UNKNOWN && intake->seen[i].role != INTAKE_MAPPING && intake->seen[i].role != INTAKE_PARTNER;
  for (size_t i = 0; i < intake->count; i++) {
    const struct intake_seen *seen = &intake->seen[i];
    if (seen->role != INTAKE_UNKNOWN) continue;
    const char *remedy = ends_with(seen->name, sheet_endings) ? "save its sheets as CSV (UTF-8)" :
      seen->delimiter ? "a mapping (import.yaml) says which columns it has" : "Meno reads CSV tables, xAPI statements (.json, .jsonl) and sources (.md, .txt, .html)";
    struct row_problem *problem = row_problem_add(any ? &intake->warnings : &intake->problems, seen->name, 0, NULL, NULL,
      "is not recognised and left out", remedy);
    if (!any && problem) problem->whole_file = true;
    if (!any) intake->blocked = true;
  }
}

static void note_absent(struct reading *reading) {
  for (unsigned i = 0; reading->mapping && i < reading->mapping->tables->len; i++) {
    const struct mapping_table *table = reading->mapping->tables->pdata[i];
    bool given = false;
    for (size_t j = 0; j < reading->intake->count && !given; j++)
      given = strcmp(base_name(reading->intake->seen[j].name), base_name(table->file)) == 0;
    if (given) continue;
    g_autofree char *reason = g_strdup_printf("is named in the mapping for %s, but is not among the files", table->as->file);
    row_problem_add(&reading->intake->warnings, g_string_chunk_insert_const(reading->intake->texts, table->file), 0, NULL, NULL, reason, NULL);
  }
}

static bool read_mapping(struct reading *reading, const struct intake_file *mapping, GError **error) {
  for (size_t i = 0; !mapping && i < reading->intake->count; i++) {
    const char *base = base_name(reading->files[i].name);
    if (strcmp(base, "import.yaml") == 0 || strcmp(base, "import.yml") == 0) mapping = &reading->files[i];
  }
  if (!mapping) return true;
  gsize length;
  const char *text = g_bytes_get_data(mapping->bytes, &length);
  reading->mapping = mapping_parse(mapping->name, text ? text : "", length, error);
  if (reading->mapping) reading->intake->mapping = g_strndup(text, length);
  return reading->mapping != NULL;
}

static bool read_all(struct reading *reading, GError **error) {
  struct intake *intake = reading->intake;
  for (size_t i = 0; i < intake->count; i++) {
    if (!open_file(reading, i, error)) return false;
    reading->total += (double)g_bytes_get_size(reading->files[i].bytes);
  }
  for (size_t i = 0; i < intake->count; i++) {
    struct intake_seen *seen = &intake->seen[i];
    bool document = seen->role == INTAKE_SOURCE || seen->role == INTAKE_STATEMENTS;
    reading->size = (double)g_bytes_get_size(reading->files[i].bytes);
    if (document && !read_document(reading, i, error)) return false;
    if (reading->tables[i] && !read_table(reading, i, error)) return false;
    reading->done += reading->size;
    if (reading->progress && !on_progress(reading, seen->name, 0))
      return fail(error, MENO_ERROR_CANCELLED, "reading the files was stopped after %s; nothing was changed", seen->name);
  }
  for (size_t i = 0; i < intake->count; i++)
    if (reading->tables[i]) note_unused(&intake->seen[i], reading->tables[i]);
  note_absent(reading);
  note_unknown(intake);
  return true;
}

static void check_all(struct intake *intake, const struct intake_known *known) {
  struct check check = { .sets = intake->sets, .files = intake->names, .known = known, .texts = intake->texts,
    .problems = &intake->problems, .warnings = &intake->warnings };
  check_rows(&check);
  for (int i = 0; i < FILE_COUNT; i++) intake->bad_rows += check.bad_rows[i], intake->repeated += check.repeated[i];
}

static struct intake *intake_new(const struct intake_file *files, size_t count) {
  struct intake *intake = g_new0(struct intake, 1);
  *intake = (struct intake){ .count = count, .texts = g_string_chunk_new(16384), .seen = g_new0(struct intake_seen, MAX(count, 1)),
    .names = g_new0(const char *, MAX(count, 1)), .statements = g_array_new(FALSE, FALSE, sizeof(struct document_statement)),
    .sources = g_array_new(FALSE, FALSE, sizeof(struct document_source)), .decoded = g_array_new(FALSE, FALSE, sizeof(struct decoded)) };
  g_array_set_clear_func(intake->sources, document_source_clear);
  g_array_set_clear_func(intake->decoded, (GDestroyNotify)decoded_clear);
  row_problems_init(&intake->problems);
  row_problems_init(&intake->warnings);
  for (size_t i = 0; i < count; i++) intake->seen[i].name = intake->names[i] = files[i].name;
  return intake;
}

struct intake *intake_read(const struct intake_file *files, size_t count, const struct intake_file *mapping,
                           const struct intake_known *known, bool (*progress)(void *data, const char *what, double share),
                           void *data, GError **error) {
  if (count > LIMIT_IMPORT_FILES) {
    fail(error, MENO_ERROR_TOO_LARGE, "%zu files; one import may have %d: import them in parts", count, LIMIT_IMPORT_FILES);
    return NULL;
  }
  g_autoptr(intake_auto) intake = intake_new(files, count);
  struct reading reading = { .intake = intake, .files = files, .tables = g_new0(struct table_file *, MAX(count, 1)),
    .by_name = g_hash_table_new(g_str_hash, g_str_equal), .progress = progress, .data = data, .answers = known ? known->answers : NULL };
  reading.sink = (struct table_sink){ .texts = intake->texts, .problems = &intake->problems, .progress = progress ? on_progress : NULL, .data = &reading };
  bool good = read_mapping(&reading, mapping, error) && read_all(&reading, error);
  intake->bad_rows = reading.sink.bad_rows;
  for (size_t i = 0; i < count; i++) table_file_free(reading.tables[i]);
  g_free(reading.tables);
  g_hash_table_unref(reading.by_name);
  mapping_free(reading.mapping);
  if (!good) return NULL;
  check_all(intake, known);
  return g_steal_pointer(&intake);
}

void intake_free(struct intake *intake) {
  if (!intake) return;
  for (int i = 0; i < FILE_COUNT; i++) row_set_free(intake->sets[i]);
  for (size_t i = 0; i < intake->count; i++) {
    g_strfreev(intake->seen[i].unused);
    mapping_guess_free(intake->seen[i].guess);
  }
  g_free(intake->seen);
  g_free(intake->names);
  g_free(intake->mapping);
  g_array_unref(intake->statements);
  g_array_unref(intake->sources);
  g_array_unref(intake->decoded);
  row_problems_clear(&intake->problems);
  row_problems_clear(&intake->warnings);
  g_string_chunk_free(intake->texts);
  g_free(intake);
}

char *intake_problems_text(const struct row_problems *problems, unsigned most) {
  GString *out = g_string_new(NULL);
  unsigned shown = MIN(most, problems->list->len);
  for (unsigned i = 0; i < shown; i++) {
    g_autofree char *line = row_problem_text(problems->list->pdata[i]);
    g_string_append_printf(out, "%s%s", out->len ? "\n" : "", line);
  }
  if (problems->total > shown) g_string_append_printf(out, "%sand %" G_GUINT64_FORMAT " more", out->len ? "\n" : "", problems->total - shown);
  return g_string_free(out, FALSE);
}
