/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The schema of `import.yaml`: each function reads one level of it, refuses keys that it does not know and keeps the
 * node, so that what only turns out later (a column that the file does not have) can still be placed.
 *
 * What real exports needed is in; what a script does better is not: no conditions, no expressions, no second pass. Two
 * things are decided here that are easy to get wrong: a column may be fed once, by `columns`, `constants` or
 * `aggregate`, so no order of evaluation has to be known; and a required column that nothing feeds is an error of the
 * mapping, not of every row. */
#include "intake/mapping.h"
#include "intake/cell.h"
#include "intake/encoding.h"
#include <math.h>
#include <string.h>

/* ---- scalars, lists of scalars, sets ---- */

static const char *read_scalar(const struct yaml_doc *doc, const struct yaml_node *node, GError **error) {
  if (node->type == YAML_SCALAR) return node->text;
  yaml_fail(doc, node, error, "\"%s\" takes a single value", node->key ? node->key : "the entry");
  return NULL;
}

static const char *read_name(const struct yaml_doc *doc, const struct yaml_node *node, GError **error) {
  const char *text = read_scalar(doc, node, error);
  if (text && !*text) {
    yaml_fail(doc, node, error, "\"%s\" is empty; give a name", node->key ? node->key : "the entry");
    return NULL;
  }
  return text;
}

static bool is_map(const struct yaml_doc *doc, const struct yaml_node *node, GError **error) {
  return node->type == YAML_MAP || yaml_fail(doc, node, error, "\"%s\" takes names with values (a: b)", node->key ? node->key : "the entry");
}

/* A scalar or a list of scalars, as a set. */
static GHashTable *read_set(const struct yaml_doc *doc, const struct yaml_node *node, GError **error) {
  g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
  if (node->type == YAML_MAP) {
    yaml_fail(doc, node, error, "\"%s\" takes a value or a list of values", node->key);
    return NULL;
  }
  for (const struct yaml_node *item = node->type == YAML_LIST ? node->first : node; item; item = node->type == YAML_LIST ? item->next : NULL) {
    const char *text = read_scalar(doc, item, error);
    if (!text) return NULL;
    g_hash_table_add(set, (void *)(uintptr_t)text);
  }
  return g_steal_pointer(&set);
}

static bool read_factor(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, double *ret, bool *scaled, GError **error) {
  const struct yaml_node *node = yaml_get(map, key);
  *ret = 1;
  if (!node) return true;
  const char *text = read_scalar(doc, node, error);
  if (!text) return false;
  if (!cell_parse_number(text, false, ret) || *ret == 0 || fabs(*ret) > 1e15)
    return yaml_fail(doc, node, error, "\"%s\" takes a number other than 0, not \"%s\"", key, text);
  return *scaled = true;
}

static int read_column(const struct yaml_doc *doc, const struct yaml_node *node, const char *name, const struct format *as, GError **error) {
  int column = format_column(as, name);
  if (column < 0) yaml_fail(doc, node, error, "%s has no column \"%s\"", as->file, name);
  return column;
}

/* ---- how a file is read ---- */

static bool read_delimiter(const struct yaml_doc *doc, const struct yaml_node *node, char *ret, GError **error) {
  static const struct { const char *name; char delimiter; } names[] = {
    { "comma", ',' }, { ",", ',' }, { "semicolon", ';' }, { ";", ';' }, { "tab", '\t' }, { "\t", '\t' } };
  const char *text = read_scalar(doc, node, error);
  for (size_t i = 0; text && i < G_N_ELEMENTS(names); i++)
    if (strcmp(text, names[i].name) == 0) {
      *ret = names[i].delimiter;
      return true;
    }
  return text && yaml_fail(doc, node, error, "the delimiter is comma, semicolon or tab, not \"%s\"", text);
}

static int compare_unsigned(const void *a, const void *b) {
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return (x > y) - (x < y);
}

static bool read_skip_rows(const struct yaml_doc *doc, const struct yaml_node *node, GArray **ret, GError **error) {
  g_autoptr(GHashTable) rows = read_set(doc, node, error);
  if (!rows) return false;
  GHashTableIter it;
  void *key;
  *ret = g_array_new(FALSE, FALSE, sizeof(unsigned));
  for (g_hash_table_iter_init(&it, rows); g_hash_table_iter_next(&it, &key, NULL);) {
    guint64 row;
    if (!g_ascii_string_to_unsigned(key, 10, 1, 1000, &row, NULL))
      return yaml_fail(doc, node, error, "\"skip_rows\" takes row numbers from 1 to 1000, not \"%s\"", (const char *)key);
    unsigned number = (unsigned)row;
    g_array_append_val(*ret, number);
  }
  g_array_sort(*ret, compare_unsigned);
  return true;
}

static bool read_reading(const struct yaml_doc *doc, const struct yaml_node *map, struct mapping_reading *reading, GError **error) {
  const struct yaml_node *node = yaml_get(map, "encoding");
  if (node) {
    reading->encoding = read_name(doc, node, error);
    if (!reading->encoding) return false;
    if (!encoding_find(reading->encoding))
      return yaml_fail(doc, node, error, "the encoding \"%s\" is not known; known are " ENCODING_NAMES, reading->encoding);
  }
  node = yaml_get(map, "delimiter");
  if (node && !read_delimiter(doc, node, &reading->delimiter, error)) return false;
  node = yaml_get(map, "skip_rows");
  return !node || read_skip_rows(doc, node, &reading->skip_rows, error);
}

/* ---- joins ---- */

/* "a" or [a, b]: the same name on both sides; { left: right }: `key_is_ours` says which side is ours. */
static bool read_pairs(const struct yaml_doc *doc, const struct yaml_node *node, bool key_is_ours, GArray *pairs, GError **error) {
  const struct yaml_node *item = node->type == YAML_SCALAR ? node : node->first;
  for (; item; item = node->type == YAML_SCALAR ? NULL : item->next) {
    const char *text = read_name(doc, item, error), *key = node->type == YAML_MAP ? item->key : text;
    if (!text) return false;
    struct mapping_pair pair = { key_is_ours ? key : text, key_is_ours ? text : key, item };
    g_array_append_val(pairs, pair);
  }
  return pairs->len || yaml_fail(doc, node, error, "\"%s\" names no column", node->key);
}

static void join_free(void *data) {
  struct mapping_join *join = data;
  g_clear_pointer(&join->reading.skip_rows, g_array_unref);
  g_array_unref(join->on);
  g_array_unref(join->take);
  g_free(join);
}

static bool read_join(const struct yaml_doc *doc, const struct yaml_node *node, GPtrArray *joins, GError **error) {
  static const char *const keys[] = { "file", "on", "take", "encoding", "delimiter", "skip_rows", NULL };
  if (!is_map(doc, node, error) || !yaml_only(doc, node, keys, error)) return false;
  struct mapping_join *join = g_new0(struct mapping_join, 1);
  join->on = g_array_new(FALSE, FALSE, sizeof(struct mapping_pair));
  join->take = g_array_new(FALSE, FALSE, sizeof(struct mapping_pair));
  join->node = node;
  g_ptr_array_add(joins, join);
  for (int i = 0; i < 3; i++)
    if (!yaml_get(node, keys[i])) return yaml_fail(doc, node, error, "a join needs \"%s\"", keys[i]);
  join->file = read_name(doc, yaml_get(node, "file"), error);
  return join->file && read_pairs(doc, yaml_get(node, "on"), true, join->on, error) &&
    read_pairs(doc, yaml_get(node, "take"), false, join->take, error) && read_reading(doc, node, &join->reading, error);
}

/* ---- expressions ---- */

static void expression_free(void *data) {
  struct mapping_expression *expression = data;
  for (unsigned i = 0; i < expression->pieces->len; i++) {
    struct mapping_piece *piece = &g_array_index(expression->pieces, struct mapping_piece, i);
    g_free((void *)(uintptr_t)piece->literal);
    g_free((void *)(uintptr_t)piece->column);
  }
  g_array_unref(expression->pieces);
  g_clear_pointer(&expression->days, g_hash_table_unref);
  g_clear_pointer(&expression->values, g_hash_table_unref);
  g_clear_pointer(&expression->empty, g_hash_table_unref);
  g_free(expression);
}

/* "Worker ID" is a column; "{a} {b}" is text with columns in it. */
static bool read_pieces(const struct yaml_doc *doc, const struct yaml_node *node, GArray *pieces, GError **error) {
  const char *text = read_name(doc, node, error);
  if (!text) return false;
  if (!strchr(text, '{')) {
    struct mapping_piece piece = { NULL, g_strdup(text) };
    g_array_append_val(pieces, piece);
    return true;
  }
  for (const char *at = text; *at;) {
    const char *open = strchr(at, '{'), *close = open ? strchr(open, '}') : NULL;
    if (open && (!close || close == open + 1)) return yaml_fail(doc, node, error, "\"%s\" opens a { without a column and a }", text);
    if (open != at) {
      struct mapping_piece literal = { open ? g_strndup(at, (size_t)(open - at)) : g_strdup(at), NULL };
      g_array_append_val(pieces, literal);
    }
    if (!open) break;
    struct mapping_piece column = { NULL, g_strstrip(g_strndup(open + 1, (size_t)(close - open - 1))) };
    g_array_append_val(pieces, column);
    at = close + 1;
  }
  return true;
}

static bool read_days_after(const struct yaml_doc *doc, const struct yaml_node *node, struct mapping_expression *expression, GError **error) {
  if (!is_map(doc, node, error)) return false;
  expression->days = g_hash_table_new(g_str_hash, g_str_equal);
  for (const struct yaml_node *item = node->first; item; item = item->next) {
    const char *text = read_name(doc, item, error);
    int32_t day;
    if (!text) return false;
    if (strcmp(item->key, "by") == 0) expression->by = text;
    else if (!clock_parse_day(text, &day)) return yaml_fail(doc, item, error, "\"%s\" is not a date; write it as YYYY-MM-DD", text);
    else g_hash_table_insert(expression->days, (void *)(uintptr_t)item->key, GINT_TO_POINTER(day));
  }
  if (!expression->by) return yaml_fail(doc, node, error, "\"days_after\" needs \"by\", the column that says which first day counts");
  return g_hash_table_size(expression->days) || yaml_fail(doc, node, error, "\"days_after\" names no first day (a value of \"%s\": a date)", expression->by);
}

static bool read_values(const struct yaml_doc *doc, const struct yaml_node *node, const struct column *column, struct mapping_expression *expression, GError **error) {
  if (!is_map(doc, node, error)) return false;
  g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
  expression->values = g_hash_table_new(g_str_hash, g_str_equal);
  for (const struct yaml_node *item = node->first; item; item = item->next) {
    const char *text = read_scalar(doc, item, error);
    if (!text) return false;
    g_autofree char *copy = g_strdup(text);
    union cell cell;
    struct complaint complaint;
    if (!expression->scaled && !expression->by && !expression->format &&
        !cell_parse(column, &(struct cell_style){ 0 }, copy, texts, &cell, &complaint))
      return yaml_fail(doc, item, error, "%s \"%s\" %s", column->name, text, complaint.reason);
    g_hash_table_insert(expression->values, (void *)(uintptr_t)item->key, (void *)(uintptr_t)text);
  }
  return true;
}

static bool read_date_format(const struct yaml_doc *doc, const struct yaml_node *node, const struct column *column, struct mapping_expression *expression, GError **error) {
  expression->format = read_name(doc, node, error);
  if (!expression->format) return false;
  if (column->type != COLUMN_DAY && column->type != COLUMN_MOMENT)
    return yaml_fail(doc, node, error, "\"format\" is for dates, and %s is none", column->name);
  return cell_format_valid(expression->format) ||
    yaml_fail(doc, node, error, "\"%s\" is no form of a date; make it of YYYY, MM or M or MMM, DD or D", expression->format);
}

static bool read_expression_map(const struct yaml_doc *doc, const struct yaml_node *node, const struct column *column, struct mapping_expression *expression, GError **error) {
  static const char *const keys[] = { "from", "divide", "multiply", "days_after", "values", "empty", "format", NULL };
  if (!is_map(doc, node, error) || !yaml_only(doc, node, keys, error)) return false;
  const struct yaml_node *from = yaml_get(node, "from"), *days = yaml_get(node, "days_after"), *values = yaml_get(node, "values"),
    *empty = yaml_get(node, "empty"), *format = yaml_get(node, "format");
  if (!from) return yaml_fail(doc, node, error, "%s needs \"from\", the column that it comes from", column->name);
  if (!read_pieces(doc, from, expression->pieces, error)) return false;
  if (!read_factor(doc, node, "divide", &expression->divide, &expression->scaled, error) ||
      !read_factor(doc, node, "multiply", &expression->multiply, &expression->scaled, error)) return false;
  if (format && !read_date_format(doc, format, column, expression, error)) return false;
  if (days && !read_days_after(doc, days, expression, error)) return false;
  if (values && !read_values(doc, values, column, expression, error)) return false;
  if ((days != NULL) + (format != NULL) + expression->scaled > 1)
    return yaml_fail(doc, node, error, "%s: days_after, format and divide or multiply exclude each other", column->name);
  return !empty || (expression->empty = read_set(doc, empty, error));
}

static bool read_expression(const struct yaml_doc *doc, const struct yaml_node *node, struct mapping_table *table, GError **error) {
  int column = read_column(doc, node, node->key, table->as, error);
  if (column < 0) return false;
  struct mapping_expression *expression = g_new0(struct mapping_expression, 1);
  *expression = (struct mapping_expression){ .column = column, .multiply = 1, .divide = 1, .node = node,
    .pieces = g_array_new(FALSE, FALSE, sizeof(struct mapping_piece)) };
  g_ptr_array_add(table->expressions, expression);
  if (node->type == YAML_SCALAR) return read_pieces(doc, node, expression->pieces, error);
  return read_expression_map(doc, node, &table->as->columns[column], expression, error);
}

/* ---- the rest of a table ---- */

static bool read_constants(const struct yaml_doc *doc, const struct yaml_node *map, struct mapping_table *table, GError **error) {
  if (!is_map(doc, map, error)) return false;
  g_autoptr(GStringChunk) texts = g_string_chunk_new(256);
  for (const struct yaml_node *node = map->first; node; node = node->next) {
    int column = read_column(doc, node, node->key, table->as, error);
    const char *text = column >= 0 ? read_name(doc, node, error) : NULL;
    if (!text) return false;
    g_autofree char *copy = g_strdup(text);
    union cell cell;
    struct complaint complaint;
    if (!cell_parse(&table->as->columns[column], &(struct cell_style){ 0 }, copy, texts, &cell, &complaint))
      return yaml_fail(doc, node, error, "%s \"%s\" %s", node->key, text, complaint.reason);
    struct mapping_constant constant = { column, text, node };
    g_array_append_val(table->constants, constant);
  }
  return true;
}

static void skip_clear(void *data) { g_clear_pointer(&((struct mapping_skip *)data)->values, g_hash_table_unref); }

static bool read_skip_when(const struct yaml_doc *doc, const struct yaml_node *map, struct mapping_table *table, GError **error) {
  if (!is_map(doc, map, error)) return false;
  for (const struct yaml_node *node = map->first; node; node = node->next) {
    struct mapping_skip skip = { node->key, read_set(doc, node, error), node };
    if (!skip.values) return false;
    g_array_append_val(table->skips, skip);
  }
  return true;
}

static bool read_keep(const struct yaml_doc *doc, const struct yaml_node *list, struct mapping_table *table, GError **error) {
  if (list->type != YAML_LIST) return yaml_fail(doc, list, error, "\"keep\" takes a list of columns");
  for (const struct yaml_node *node = list->first; node; node = node->next) {
    if (!read_name(doc, node, error)) return false;
    g_ptr_array_add(table->keep, (void *)(uintptr_t)node);
  }
  return true;
}

static bool read_figure(const struct yaml_doc *doc, const struct yaml_node *node, struct mapping_table *table, GError **error) {
  static const char *const names[] = { "mean", "sum", "count" };
  struct mapping_figure figure = { .column = read_column(doc, node, node->key, table->as, error) };
  const char *text = figure.column >= 0 ? read_name(doc, node, error) : NULL;
  if (!text) return false;
  if (table->as->columns[figure.column].type != COLUMN_NUMBER) return yaml_fail(doc, node, error, "%s is no number", node->key);
  for (int i = 0; i < 3; i++)
    if (strcmp(text, names[i]) == 0) {
      figure.function = (enum mapping_function)i;
      g_array_append_val(table->aggregate.figures, figure);
      return true;
    }
  return yaml_fail(doc, node, error, "%s is aggregated by mean, sum or count, not \"%s\"", node->key, text);
}

static bool read_aggregate(const struct yaml_doc *doc, const struct yaml_node *map, struct mapping_table *table, GError **error) {
  if (!is_map(doc, map, error)) return false;
  const struct yaml_node *by = yaml_get(map, "by");
  if (!by || by->type != YAML_LIST || !by->first) return yaml_fail(doc, by ? by : map, error, "\"aggregate\" needs \"by\", a list of columns");
  table->aggregate.by = g_array_new(FALSE, FALSE, sizeof(int));
  table->aggregate.figures = g_array_new(FALSE, FALSE, sizeof(struct mapping_figure));
  for (const struct yaml_node *node = by->first; node; node = node->next) {
    const char *name = read_name(doc, node, error);
    int column = name ? read_column(doc, node, name, table->as, error) : -1;
    if (column < 0) return false;
    g_array_append_val(table->aggregate.by, column);
  }
  int last = -1;
  g_array_append_val(table->aggregate.by, last);
  for (const struct yaml_node *node = map->first; node; node = node->next)
    if (node != by && !read_figure(doc, node, table, error)) return false;
  return true;
}

/* Every column is fed once, and every required one is fed. */
static bool check_feeding(const struct yaml_doc *doc, const struct mapping_table *table, GError **error) {
  g_autofree uint8_t *fed = g_new0(uint8_t, format_columns(table->as));
  for (unsigned i = 0; i < table->expressions->len; i++) fed[((struct mapping_expression *)table->expressions->pdata[i])->column]++;
  for (unsigned i = 0; i < table->constants->len; i++) {
    const struct mapping_constant *constant = &g_array_index(table->constants, struct mapping_constant, i);
    if (fed[constant->column]++) return yaml_fail(doc, constant->node, error, "%s stands in \"columns\" too", constant->node->key);
  }
  for (unsigned i = 0; table->aggregate.by && i < table->aggregate.figures->len; i++) {
    const struct mapping_figure *figure = &g_array_index(table->aggregate.figures, struct mapping_figure, i);
    const char *name = table->as->columns[figure->column].name;
    bool count = figure->function == MAPPING_COUNT;
    if (count == (fed[figure->column] > 0))
      return yaml_fail(doc, table->node, error, count ? "%s is counted, so \"columns\" must not feed it" : "%s is aggregated, but \"columns\" does not feed it", name);
    fed[figure->column] = 1;
  }
  for (int i = 0; table->as->columns[i].name; i++)
    if ((table->as->columns[i].flags & COLUMN_REQUIRED) && !fed[i])
      return yaml_fail(doc, table->node, error, "%s needs the column %s; feed it in \"columns\" or \"constants\"", table->as->file, table->as->columns[i].name);
  return true;
}

static void table_free(void *data) {
  struct mapping_table *table = data;
  g_clear_pointer(&table->reading.skip_rows, g_array_unref);
  g_ptr_array_unref(table->joins);
  g_ptr_array_unref(table->expressions);
  g_array_unref(table->constants);
  g_array_unref(table->skips);
  g_ptr_array_unref(table->keep);
  g_clear_pointer(&table->empty, g_hash_table_unref);
  g_clear_pointer(&table->aggregate.by, g_array_unref);
  g_clear_pointer(&table->aggregate.figures, g_array_unref);
  g_free(table);
}

static struct mapping_table *table_new(const struct yaml_node *node) {
  struct mapping_table *table = g_new0(struct mapping_table, 1);
  *table = (struct mapping_table){ .node = node, .joins = g_ptr_array_new_with_free_func(join_free),
    .expressions = g_ptr_array_new_with_free_func(expression_free), .keep = g_ptr_array_new(),
    .constants = g_array_new(FALSE, FALSE, sizeof(struct mapping_constant)),
    .skips = g_array_new(FALSE, FALSE, sizeof(struct mapping_skip)) };
  g_array_set_clear_func(table->skips, skip_clear);
  return table;
}

static bool read_names(const struct yaml_doc *doc, const struct yaml_node *node, struct mapping_table *table, GError **error) {
  const struct yaml_node *file = yaml_get(node, "file"), *as = yaml_get(node, "as");
  if (!file || !as) return yaml_fail(doc, node, error, "a table needs \"%s\"", file ? "as" : "file");
  table->file = read_name(doc, file, error);
  const char *canonical = table->file ? read_name(doc, as, error) : NULL;
  if (!canonical) return false;
  table->as = format_by_file(canonical);
  return (table->as && table->as->columns) || yaml_fail(doc, as, error, "\"%s\" is none of the canonical tables, such as people.csv", canonical);
}

static bool read_table(const struct yaml_doc *doc, const struct yaml_node *node, GPtrArray *tables, GError **error) {
  static const char *const keys[] = { "file", "as", "encoding", "delimiter", "skip_rows", "empty", "join", "columns", "constants",
    "keep", "skip_when", "aggregate", NULL };
  if (!is_map(doc, node, error) || !yaml_only(doc, node, keys, error)) return false;
  struct mapping_table *table = table_new(node);
  g_ptr_array_add(tables, table);
  if (!read_names(doc, node, table, error) || !read_reading(doc, node, &table->reading, error)) return false;
  const struct yaml_node *empty = yaml_get(node, "empty"), *join = yaml_get(node, "join"), *columns = yaml_get(node, "columns"),
    *constants = yaml_get(node, "constants"), *keep = yaml_get(node, "keep"), *skip = yaml_get(node, "skip_when"),
    *aggregate = yaml_get(node, "aggregate");
  if (empty && !(table->empty = read_set(doc, empty, error))) return false;
  if (join && join->type != YAML_LIST) return yaml_fail(doc, join, error, "\"join\" takes a list of joins");
  for (const struct yaml_node *item = join ? join->first : NULL; item; item = item->next)
    if (!read_join(doc, item, table->joins, error)) return false;
  if (!columns) return yaml_fail(doc, node, error, "a table needs \"columns\"");
  if (!is_map(doc, columns, error)) return false;
  for (const struct yaml_node *item = columns->first; item; item = item->next)
    if (!read_expression(doc, item, table, error)) return false;
  if ((constants && !read_constants(doc, constants, table, error)) || (keep && !read_keep(doc, keep, table, error)) ||
      (skip && !read_skip_when(doc, skip, table, error)) || (aggregate && !read_aggregate(doc, aggregate, table, error))) return false;
  if (aggregate && keep) return yaml_fail(doc, keep, error, "\"keep\" and \"aggregate\" exclude each other");
  return check_feeding(doc, table, error);
}

struct mapping *mapping_parse(const char *name, const char *text, size_t length, GError **error) {
  static const char *const keys[] = { "tables", NULL };
  g_autoptr(mapping_auto) mapping = g_new0(struct mapping, 1);
  mapping->tables = g_ptr_array_new_with_free_func(table_free);
  mapping->doc = yaml_parse(name, text, length, error);
  if (!mapping->doc) return NULL;
  const struct yaml_node *root = yaml_root(mapping->doc), *tables = NULL;
  if (!is_map(mapping->doc, root, error) || !yaml_only(mapping->doc, root, keys, error)) return NULL;
  tables = yaml_get(root, "tables");
  if (!tables || tables->type != YAML_LIST || !tables->first) {
    yaml_fail(mapping->doc, tables ? tables : root, error, "a mapping has a list \"tables\"");
    return NULL;
  }
  for (const struct yaml_node *node = tables->first; node; node = node->next)
    if (!read_table(mapping->doc, node, mapping->tables, error)) return NULL;
  return g_steal_pointer(&mapping);
}

void mapping_free(struct mapping *mapping) {
  if (!mapping) return;
  g_ptr_array_unref(mapping->tables);
  g_clear_pointer(&mapping->doc, yaml_doc_free);
  g_free(mapping);
}
