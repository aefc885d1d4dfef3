/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan is made once per file: for each column of the format, where its text comes from. Then every row runs through
 * it: skip, join, put the text together, translate, type, aggregate or push. A canonical file is the plan in which each
 * column comes from the header of the same name, so there is one path for both.
 *
 * Taken cells of joins are put behind the row's own in the reader's array, so that a column number means one thing, and
 * a later join may use what an earlier one brought.
 *
 * Rows with too few cells are bad rows; too many are, too, unless the surplus is empty (spreadsheets like to add empty
 * columns); rows of empty cells only are no rows. What could go wrong: a file with a wrong delimiter gives one column and
 * is refused for its header before any row is looked at. */
#include "intake/table.h"
#include "base/json.h"
#include "base/limits.h"
#include "intake/join.h"
#include <math.h>
#include <string.h>

#define PROGRESS_ROWS 8192

/* ---- files ---- */

void table_file_free(struct table_file *file) {
  if (!file) return;
  decoded_clear(&file->text);
  g_strfreev(file->header);
  g_free(file->used);
  g_free(file);
}

static bool is_skipped(const struct table_file *file, unsigned line) {
  for (unsigned i = 0; file->skip_rows && i < file->skip_rows->len; i++)
    if (g_array_index(file->skip_rows, unsigned, i) == line) return true;
  return false;
}

/* The header is the first row that is not skipped: moves the dialect's start onto it. */
static bool find_header(struct table_file *file, struct csv_reader *reader, GError **error) {
  while (file->skip_rows) {
    struct csv_dialect at = { reader->delimiter, (size_t)(reader->at - reader->text), reader->next_line };
    int got = csv_next(reader, error);
    if (got < 0) return false;
    if (got && is_skipped(file, reader->line)) continue;
    file->dialect = at;
    break;
  }
  g_auto(csv_reader_auto) header;
  csv_reader_init(&header, file->name, file->text.text, file->text.length, &file->dialect);
  file->header = csv_read_header(&header, error);
  if (!file->header) return false;
  file->columns = g_strv_length(file->header);
  file->used = g_new0(bool, file->columns);
  return true;
}

struct table_file *table_open(const char *name, uint16_t index, GBytes *bytes, const struct mapping_reading *reading, GError **error) {
  g_autoptr(table_file_auto) file = g_new0(struct table_file, 1);
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  *file = (struct table_file){ .name = name, .index = index, .skip_rows = reading ? reading->skip_rows : NULL };
  if (length >= 4 && memcmp(data, "PK\x03\x04", 4) == 0) {
    fail(error, MENO_ERROR_BAD_INPUT, "%s: a spreadsheet or archive; save the sheet as CSV (UTF-8)", name);
    return NULL;
  }
  if (!encoding_decode(name, data ? data : "", length, reading ? reading->encoding : NULL, &file->text, error)) return NULL;
  file->dialect = csv_sniff(file->text.text, file->text.length);
  if (reading && reading->delimiter) file->dialect.delimiter = reading->delimiter;
  g_auto(csv_reader_auto) reader;
  csv_reader_init(&reader, name, file->text.text, file->text.length, &file->dialect);
  return find_header(file, &reader, error) ? g_steal_pointer(&file) : NULL;
}

void table_reader_init(const struct table_file *file, struct csv_reader *reader) {
  csv_reader_init(reader, file->name, file->text.text, file->text.length, &file->dialect);
  csv_next(reader, NULL); /* the header, read before */
}

int table_next(const struct table_file *file, struct csv_reader *reader, GError **error) {
  for (int got; (got = csv_next(reader, error)) != 0;) {
    if (got < 0) return -1;
    bool empty = true;
    for (unsigned i = 0; i < reader->count && empty; i++) empty = reader->cells[i].length == 0;
    if (!empty && !is_skipped(file, reader->line)) return 1;
  }
  return 0;
}

int table_column(const struct table_file *file, const char *name) {
  for (unsigned i = 0; i < file->columns; i++)
    if (strcmp(file->header[i], name) == 0) return (int)i;
  return -1;
}

bool table_same_name(const char *header, const char *column) {
  for (;;) {
    while (*header && !g_ascii_isalnum(*header) && !(*header & 0x80)) header++;
    while (*column && !g_ascii_isalnum(*column)) column++;
    if (!*header || !*column) return *header == *column;
    if (g_ascii_tolower(*header++) != *column++) return false;
  }
}

static unsigned known_columns(const struct format *format, char *const *header, bool *ret_required) {
  unsigned known = 0;
  *ret_required = true;
  for (int i = 0; format->columns[i].name; i++) {
    bool found = false;
    for (char *const *name = header; *name && !found; name++) found = table_same_name(*name, format->columns[i].name);
    known += found;
    if (!found && (format->columns[i].flags & COLUMN_REQUIRED)) *ret_required = false;
  }
  return known;
}

const struct format *table_recognise(char *const *header) {
  const struct format *best = NULL;
  unsigned most = 2, all = g_strv_length((char **)(uintptr_t)header); /* one known column is chance */
  bool tie = false;
  for (size_t i = 0; i < FILE_COUNT; i++) {
    bool required;
    if (!formats[i].columns) continue;
    unsigned known = known_columns(&formats[i], header, &required);
    if (!required || known < most || known * 2 < all) continue;
    tie = known == most && best;
    if (known > most || !best) best = &formats[i], most = known;
  }
  return tie ? NULL : best;
}

/* ---- the plan ---- */

struct source { const char *literal; unsigned column; };
struct binding {
  int column;                                 /* of the format */
  const struct mapping_expression *expression; /* NULL: the cell as it is */
  GArray *sources;                            /* of struct source */
  unsigned by;
};
struct run {
  struct table_file *file;
  const struct mapping *mapping;     /* NULL: by the file's own headers */
  const struct mapping_table *table;
  struct row_set *set;
  struct table_sink *sink;
  struct cell_style style;
  GPtrArray *names;                  /* of the view: own columns, then what joins brought */
  GPtrArray *joins;                  /* of struct join_index */
  GArray *bindings;                  /* of struct binding */
  GArray *skips;                     /* of unsigned: the columns of table->skips */
  GArray *extra;                     /* of unsigned: columns to keep, by name */
  union cell *cells, *blank;         /* of the row that is being made, and what every row starts as */
  GString *text;                     /* scratch */
  char *one;                         /* scratch for one cell */
  struct row_set *groups;            /* aggregates; NULL: none */
  struct row_index index;
  GArray *sums;                      /* of struct sum: one per figure and group */
};
struct sum { double sum; uint64_t count; };

static void binding_clear(void *data) { g_array_unref(((struct binding *)data)->sources); }
static void join_clear(void *data) { join_index_free(data); }

static void run_clear(struct run *run) {
  g_ptr_array_unref(run->names);
  g_ptr_array_unref(run->joins);
  g_array_unref(run->bindings);
  g_array_unref(run->skips);
  g_array_unref(run->extra);
  g_free(run->cells);
  g_free(run->blank);
  g_string_free(run->text, TRUE);
  g_free(run->one);
  if (run->groups) row_index_clear(&run->index);
  row_set_free(run->groups);
  g_clear_pointer(&run->sums, g_array_unref);
}
typedef struct run run_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(run_auto, run_clear)

static void run_init(struct run *run, struct table_file *file, struct row_set *set, struct table_sink *sink) {
  size_t columns = format_columns(set->format);
  *run = (struct run){ .file = file, .set = set, .sink = sink, .style.decimal_comma = file->dialect.delimiter == ';',
    .names = g_ptr_array_new(), .joins = g_ptr_array_new_with_free_func(join_clear),
    .bindings = g_array_new(FALSE, FALSE, sizeof(struct binding)), .skips = g_array_new(FALSE, FALSE, sizeof(unsigned)),
    .extra = g_array_new(FALSE, FALSE, sizeof(unsigned)), .cells = g_new(union cell, columns),
    .blank = g_new(union cell, columns), .text = g_string_new(NULL), .one = g_malloc(LIMIT_CSV_FIELD + 1) };
  g_array_set_clear_func(run->bindings, binding_clear);
  for (unsigned i = 0; i < file->columns; i++) g_ptr_array_add(run->names, file->header[i]);
}

/* The column of the view that a mapping names; -1 with an error at the node. */
static int view_column(struct run *run, const char *name, const struct yaml_node *node, GError **error) {
  for (unsigned i = 0; i < run->names->len; i++)
    if (strcmp(run->names->pdata[i], name) == 0) {
      if (i < run->file->columns) run->file->used[i] = true;
      return (int)i;
    }
  g_ptr_array_add(run->names, NULL);
  g_autofree char *has = g_strjoinv(", ", (char **)run->names->pdata);
  yaml_fail(run->mapping->doc, node, error, "%s has no column \"%s\"; it has %.400s", run->file->name, name, has);
  return -1;
}

static bool bind_join(struct run *run, const struct mapping_join *join, GHashTable *files, GError **error) {
  struct table_file *partner = NULL;
  bool given = g_hash_table_lookup_extended(files, join->file, NULL, (void **)&partner);
  if (given && !partner) return fail(error, MENO_ERROR_BAD_INPUT, "%s: joins %s, which cannot be read", run->file->name, join->file);
  if (!given)
    return yaml_fail(run->mapping->doc, join->node, error, "%s, which this joins, is not among the files; import it together with %s", join->file, run->file->name);
  g_autoptr(GArray) ours = g_array_new(FALSE, FALSE, sizeof(unsigned));
  for (unsigned i = 0; i < join->on->len; i++) {
    const struct mapping_pair *pair = &g_array_index(join->on, struct mapping_pair, i);
    int column = view_column(run, pair->ours, pair->node, error);
    if (column < 0) return false;
    unsigned number = (unsigned)column;
    g_array_append_val(ours, number);
  }
  for (unsigned i = 0; i < join->take->len; i++) {
    const struct mapping_pair *pair = &g_array_index(join->take, struct mapping_pair, i);
    for (unsigned j = 0; j < run->names->len; j++)
      if (strcmp(run->names->pdata[j], pair->ours) == 0)
        return yaml_fail(run->mapping->doc, pair->node, error, "\"%s\" is a column already; take it under another name (%s: new name)", pair->ours, pair->theirs);
    g_ptr_array_add(run->names, (void *)(uintptr_t)pair->ours);
  }
  if (run->names->len > LIMIT_CSV_COLUMNS) return yaml_fail(run->mapping->doc, join->node, error, "too many columns; take fewer");
  struct join_index *index = join_index_new(run->mapping, join, partner, g_steal_pointer(&ours), run->sink, error);
  if (index) g_ptr_array_add(run->joins, index);
  return index != NULL;
}

static bool bind_expression(struct run *run, const struct mapping_expression *expression, GError **error) {
  struct binding binding = { expression->column, expression, g_array_new(FALSE, FALSE, sizeof(struct source)), 0 };
  g_array_append_val(run->bindings, binding);
  struct binding *bound = &g_array_index(run->bindings, struct binding, run->bindings->len - 1);
  for (unsigned i = 0; i < expression->pieces->len; i++) {
    const struct mapping_piece *piece = &g_array_index(expression->pieces, struct mapping_piece, i);
    int column = piece->column ? view_column(run, piece->column, expression->node, error) : 0;
    if (column < 0) return false;
    struct source source = { piece->literal, (unsigned)column };
    g_array_append_val(bound->sources, source);
  }
  int by = expression->by ? view_column(run, expression->by, expression->node, error) : 0;
  bound->by = (unsigned)MAX(by, 0);
  return by >= 0;
}

static bool bind_mapping(struct run *run, GHashTable *files, GError **error) {
  const struct mapping_table *table = run->table;
  for (unsigned i = 0; i < table->joins->len; i++)
    if (!bind_join(run, table->joins->pdata[i], files, error)) return false;
  for (unsigned i = 0; i < table->expressions->len; i++)
    if (!bind_expression(run, table->expressions->pdata[i], error)) return false;
  for (unsigned i = 0; i < table->skips->len; i++) {
    const struct mapping_skip *skip = &g_array_index(table->skips, struct mapping_skip, i);
    int column = view_column(run, skip->column, skip->node, error);
    if (column < 0) return false;
    unsigned number = (unsigned)column;
    g_array_append_val(run->skips, number);
  }
  for (unsigned i = 0; i < table->keep->len; i++) {
    const struct yaml_node *node = table->keep->pdata[i];
    int column = view_column(run, node->text, node, error);
    if (column < 0) return false;
    unsigned number = (unsigned)column;
    g_array_append_val(run->extra, number);
  }
  if (table->aggregate.by) {
    run->groups = row_set_new(run->set->format);
    row_index_init(&run->index, run->groups, (const int *)(const void *)table->aggregate.by->data);
    run->sums = g_array_new(FALSE, TRUE, sizeof(struct sum));
  }
  return true;
}

static int find_same_name(const struct table_file *file, const char *column, GError **error) {
  int found = -1;
  for (unsigned i = 0; i < file->columns; i++) {
    if (!table_same_name(file->header[i], column)) continue;
    if (found >= 0) {
      fail(error, MENO_ERROR_BAD_INPUT, "%s:%u: \"%s\" and \"%s\" are both %s; rename one", file->name, file->dialect.line, file->header[found], file->header[i], column);
      return -2;
    }
    found = (int)i;
  }
  return found;
}

static bool bind_headers(struct run *run, GError **error) {
  const struct format *format = run->set->format;
  for (int i = 0; format->columns[i].name; i++) {
    int found = find_same_name(run->file, format->columns[i].name, error);
    if (found == -2) return false;
    if (found < 0 && (format->columns[i].flags & COLUMN_REQUIRED))
      return fail(error, MENO_ERROR_BAD_INPUT, "%s:%u: the column %s is missing; name it so in the header, or write a mapping (import.yaml) that says where it comes from",
                  run->file->name, run->file->dialect.line, format->columns[i].name);
    if (found < 0) continue;
    struct source source = { NULL, (unsigned)found };
    struct binding binding = { i, NULL, g_array_new(FALSE, FALSE, sizeof(struct source)), 0 };
    g_array_append_val(binding.sources, source);
    g_array_append_val(run->bindings, binding);
    run->file->used[found] = true;
  }
  for (unsigned i = 0; i < run->file->columns; i++)
    if (!run->file->used[i]) g_array_append_val(run->extra, i);
  return true;
}

/* The row before anything is filled in: constants, and the rest absent. */
static bool prepare_blank(struct run *run, GError **error) {
  const struct column *columns = run->set->format->columns;
  for (int i = 0; columns[i].name; i++) run->blank[i] = cell_absent(&columns[i]);
  for (unsigned i = 0; run->table && i < run->table->constants->len; i++) {
    const struct mapping_constant *constant = &g_array_index(run->table->constants, struct mapping_constant, i);
    struct complaint complaint;
    g_autofree char *text = g_strdup(constant->text);
    if (!cell_parse(&columns[constant->column], &(struct cell_style){ 0 }, text, run->sink->texts, &run->blank[constant->column], &complaint))
      return yaml_fail(run->mapping->doc, constant->node, error, "\"%s\" %s", constant->text, complaint.reason);
  }
  return true;
}

/* ---- one row ---- */

static void add_problem(struct run *run, const struct csv_reader *reader, const char *column, const char *value,
                        const struct complaint *complaint) {
  row_problem_add(run->sink->problems, run->file->name, reader->line, column, value, complaint->reason, complaint->remedy);
}

/* The cell's text, trimmed, "" where the mapping says that it stands for nothing; in run->one until the next call. */
static char *cell_text(struct run *run, const struct csv_cell *cell, size_t *ret_length) {
  *ret_length = csv_copy(cell, run->one);
  char *text = cell_trim(run->one, ret_length);
  if (run->table && run->table->empty && g_hash_table_contains(run->table->empty, text)) *text = '\0', *ret_length = 0;
  return text;
}

/* Asks the skips on columns from `first` to before `end`. */
static bool is_wanted(struct run *run, const struct csv_reader *reader, unsigned first, unsigned end) {
  for (unsigned i = 0; i < run->skips->len; i++) {
    const struct mapping_skip *skip = &g_array_index(run->table->skips, struct mapping_skip, i);
    unsigned column = g_array_index(run->skips, unsigned, i);
    if (column < first || column >= end) continue;
    size_t length = csv_copy(&reader->cells[column], run->one);
    if (g_hash_table_contains(skip->values, cell_trim(run->one, &length))) return false;
  }
  return true;
}

static bool join_row(struct run *run, struct csv_reader *reader) {
  unsigned at = run->file->columns;
  for (unsigned i = 0; i < run->joins->len; i++) {
    struct join_index *index = run->joins->pdata[i];
    const struct csv_cell *taken = join_index_find(index, reader->cells);
    if (!taken) {
      struct complaint complaint;
      complain(&complaint, "add the row there, or leave this one out with skip_when", "is not in %s", index->partner->name);
      add_problem(run, reader, g_array_index(index->join->on, struct mapping_pair, 0).ours, index->key->str, &complaint);
      return false;
    }
    memcpy(&reader->cells[at], taken, index->join->take->len * sizeof *taken);
    at += index->join->take->len;
  }
  return true;
}

/* Puts the text of an expression together in run->text; empty when all its columns are empty. */
static void assemble(struct run *run, const struct binding *binding, const struct csv_reader *reader) {
  bool any = false;
  g_string_truncate(run->text, 0);
  for (unsigned i = 0; i < binding->sources->len; i++) {
    const struct source *source = &g_array_index(binding->sources, struct source, i);
    if (source->literal) {
      g_string_append(run->text, source->literal);
      continue;
    }
    size_t length;
    const char *text = cell_text(run, &reader->cells[source->column], &length);
    g_string_append_len(run->text, text, (gssize)length);
    any |= length > 0;
  }
  if (!any) g_string_truncate(run->text, 0);
  else if (binding->sources->len > 1) g_strstrip(run->text->str), run->text->len = strlen(run->text->str);
}

static bool first_day(struct run *run, const struct binding *binding, const struct csv_reader *reader, union cell *ret,
                      struct complaint *complaint) {
  const struct mapping_expression *expression = binding->expression;
  double days;
  void *day;
  size_t length;
  const char *by = cell_text(run, &reader->cells[binding->by], &length);
  if (!g_hash_table_lookup_extended(expression->days, by, NULL, &day))
    return complain(complaint, "add its first day to days_after", "counts from %s \"%.60s\", for which the mapping has no day", expression->by, by);
  if (!cell_parse_number(run->text->str, run->style.decimal_comma, &days) || days != floor(days) || fabs(days) > 400000)
    return complain(complaint, "correct it", "is not a whole number of days");
  return cell_from_day(&run->set->format->columns[binding->column], GPOINTER_TO_INT(day) + (int32_t)days, run->sink->texts, ret, complaint);
}

static bool evaluate(struct run *run, const struct binding *binding, const struct csv_reader *reader, union cell *ret,
                     struct complaint *complaint) {
  const struct column *column = &run->set->format->columns[binding->column];
  const struct mapping_expression *expression = binding->expression;
  assemble(run, binding, reader);
  if (run->text->len > LIMIT_CSV_FIELD) return complain(complaint, "shorten it", "is longer than 64 KB");
  if (expression->empty && g_hash_table_contains(expression->empty, run->text->str)) g_string_truncate(run->text, 0);
  const char *value = expression->values ? g_hash_table_lookup(expression->values, run->text->str) : NULL;
  if (expression->values && !value && run->text->len)
    return complain(complaint, "add it to the values, or leave the row out with skip_when", "is none of the values that the mapping knows");
  if (value) g_string_assign(run->text, value);
  if (!run->text->len) return *ret = cell_absent(column), true;
  if (expression->by) return first_day(run, binding, reader, ret, complaint);
  if (expression->scaled) {
    double number;
    if (!cell_parse_number(run->text->str, run->style.decimal_comma, &number)) return complain(complaint, "correct it", "is not a number");
    return cell_from_number(column, number * expression->multiply / expression->divide, run->sink->texts, ret, complaint);
  }
  struct cell_style style = { value ? false : run->style.decimal_comma, expression->format };
  return cell_parse(column, &style, run->text->str, run->sink->texts, ret, complaint);
}

/* Fills run->cells; false: a bad row, its problems are told. */
static bool make_cells(struct run *run, const struct csv_reader *reader) {
  const struct column *columns = run->set->format->columns;
  bool good = true;
  memcpy(run->cells, run->blank, format_columns(run->set->format) * sizeof *run->cells);
  for (unsigned i = 0; i < run->bindings->len; i++) {
    const struct binding *binding = &g_array_index(run->bindings, struct binding, i);
    const struct column *column = &columns[binding->column];
    struct complaint complaint;
    const char *shown;
    bool fine;
    if (binding->expression) {
      fine = evaluate(run, binding, reader, &run->cells[binding->column], &complaint);
      shown = run->text->str;
    } else {
      size_t length;
      char *text = cell_text(run, &reader->cells[g_array_index(binding->sources, struct source, 0).column], &length);
      fine = cell_parse(column, &run->style, text, run->sink->texts, &run->cells[binding->column], &complaint);
      shown = text;
    }
    if (!fine) {
      add_problem(run, reader, column->name, shown, &complaint);
      run->cells[binding->column] = cell_absent(column);
      good = false;
    } else if ((column->flags & COLUMN_REQUIRED) && cell_is_absent(column, run->cells[binding->column])) {
      complain(&complaint, "fill it in", "is empty, but every row needs it");
      add_problem(run, reader, column->name, NULL, &complaint);
      good = false;
    }
  }
  return good;
}

static int by_name(const void *a, const void *b, void *names) {
  GPtrArray *array = names;
  return strcmp(array->pdata[*(const unsigned *)a], array->pdata[*(const unsigned *)b]);
}

/* The columns that the format does not know, as JSON with sorted keys; NULL when all are empty. */
static const char *extra_text(struct run *run, const struct csv_reader *reader) {
  if (!run->extra->len) return NULL;
  g_auto(json_writer_auto) json = { 0 };
  bool any = false;
  for (unsigned i = 0; i < run->extra->len; i++) {
    unsigned column = g_array_index(run->extra, unsigned, i);
    size_t length;
    const char *text = cell_text(run, &reader->cells[column], &length);
    if (!length) continue;
    if (!any) json_writer_init(&json), json_open_object(&json, NULL);
    any = true;
    json_put_string(&json, run->names->pdata[column], text);
  }
  if (!any) return NULL;
  json_close_object(&json);
  return g_string_chunk_insert_const(run->sink->texts, json.text->str);
}

/* ---- aggregates ---- */

static void add_to_group(struct run *run, const struct csv_reader *reader) {
  unsigned figures = run->table->aggregate.figures->len;
  row_push(run->groups, run->cells, run->file->index, reader->line, NULL);
  uint32_t row = run->groups->count - 1, group = row_index_add(&run->index, row);
  if (group != row) row_pop(run->groups);
  else g_array_set_size(run->sums, run->sums->len + figures);
  for (unsigned i = 0; i < figures; i++) {
    const struct mapping_figure *figure = &g_array_index(run->table->aggregate.figures, struct mapping_figure, i);
    struct sum *sum = &g_array_index(run->sums, struct sum, group * figures + i);
    double number = figure->function == MAPPING_COUNT ? 1 : run->cells[figure->column].number;
    if (isnan(number)) continue;
    sum->sum += number;
    sum->count++;
  }
}

static void push_groups(struct run *run) {
  unsigned figures = run->table->aggregate.figures->len;
  const struct column *columns = run->set->format->columns;
  for (uint32_t row = 0; row < run->groups->count; row++) {
    bool good = true;
    for (int i = 0; columns[i].name; i++) run->cells[i] = row_cell(run->groups, i, row);
    for (unsigned i = 0; i < figures; i++) {
      const struct mapping_figure *figure = &g_array_index(run->table->aggregate.figures, struct mapping_figure, i);
      const struct sum *sum = &g_array_index(run->sums, struct sum, row * figures + i);
      double number = figure->function == MAPPING_MEAN ? sum->sum / (double)sum->count : sum->sum;
      struct complaint complaint;
      if (!sum->count) run->cells[figure->column] = cell_absent(&columns[figure->column]);
      else if (!cell_from_number(&columns[figure->column], number, run->sink->texts, &run->cells[figure->column], &complaint)) {
        char shown[G_ASCII_DTOSTR_BUF_SIZE];
        row_problem_add(run->sink->problems, run->file->name, run->groups->line[row], columns[figure->column].name,
          g_ascii_formatd(shown, sizeof shown, "%.12g", number), complaint.reason, complaint.remedy);
        run->sink->bad_rows++;
        good = false;
      }
    }
    if (good) row_push(run->set, run->cells, run->file->index, run->groups->line[row], NULL);
  }
}

/* ---- the run ---- */

static void read_row(struct run *run, struct csv_reader *reader) {
  struct complaint complaint;
  unsigned surplus = reader->count;
  while (surplus > run->file->columns && reader->cells[surplus - 1].length == 0) surplus--;
  if (surplus != run->file->columns) {
    complain(&complaint, "is a delimiter in a text without quotes, or a cell missing?", "the row has %u cells, the header %u", surplus, run->file->columns);
    add_problem(run, reader, NULL, NULL, &complaint);
    run->sink->bad_rows++;
    return;
  }
  /* A row that is left out for its own cells needs no partner. */
  if (!is_wanted(run, reader, 0, run->file->columns)) return;
  if (run->joins->len && !join_row(run, reader)) {
    run->sink->bad_rows++;
    return;
  }
  if (!is_wanted(run, reader, run->file->columns, run->names->len)) return;
  if (!make_cells(run, reader)) run->sink->bad_rows++;
  else if (run->groups) add_to_group(run, reader);
  else row_push(run->set, run->cells, run->file->index, reader->line, extra_text(run, reader));
}

static bool run_rows(struct run *run, GError **error) {
  g_array_sort_with_data(run->extra, by_name, run->names);
  g_auto(csv_reader_auto) reader;
  table_reader_init(run->file, &reader);
  uint32_t rows = 0;
  for (int got; (got = table_next(run->file, &reader, error)) != 0; rows++) {
    if (got < 0) return false;
    if (run->set->count >= LIMIT_CSV_ROWS)
      return fail(error, MENO_ERROR_TOO_LARGE, "%s: more than %d rows; split the file", run->file->name, LIMIT_CSV_ROWS);
    read_row(run, &reader);
    if (rows % PROGRESS_ROWS == 0 && run->sink->progress && !run->sink->progress(run->sink->data, run->file->name, csv_share(&reader)))
      return fail(error, MENO_ERROR_CANCELLED, "reading %s was stopped; nothing was changed", run->file->name);
  }
  run->file->rows = rows;
  if (run->groups) push_groups(run);
  return true;
}

bool table_read(struct table_file *file, struct row_set *set, struct table_sink *sink, GError **error) {
  g_auto(run_auto) run;
  run_init(&run, file, set, sink);
  return bind_headers(&run, error) && prepare_blank(&run, error) && run_rows(&run, error);
}

bool table_map(struct table_file *file, const struct mapping *mapping, const struct mapping_table *table, GHashTable *files,
               struct row_set *set, struct table_sink *sink, GError **error) {
  g_auto(run_auto) run;
  run_init(&run, file, set, sink);
  run.mapping = mapping;
  run.table = table;
  return bind_mapping(&run, files, error) && prepare_blank(&run, error) && run_rows(&run, error);
}
