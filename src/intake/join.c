/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hash join: the partner is read once, its key cells trimmed and put together with a separator that no cell can hold
 * (control characters are refused elsewhere, but here a cell with one could at worst fail to match). What is taken stays
 * a slice of the partner's text, so a partner of any size costs its keys and sixteen bytes per cell. */
#include "intake/join.h"
#include <string.h>

#define SEPARATOR '\x1f'

static void append_key(GString *key, const struct csv_cell *cell) {
  size_t before = key->len, length;
  g_string_set_size(key, before + cell->length);
  length = csv_copy(cell, key->str + before);
  char *start = cell_trim(key->str + before, &length);
  memmove(key->str + before, start, length);
  g_string_truncate(key, before + length);
  g_string_append_c(key, SEPARATOR);
}

static bool same_cells(const struct csv_cell *a, const struct csv_cell *b, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (a[i].length != b[i].length || memcmp(a[i].at, b[i].at, a[i].length) != 0) return false;
  return true;
}

/* The partner's columns of one side of the pairs. */
static GArray *partner_columns(const struct mapping *mapping, const GArray *pairs, struct table_file *partner, GError **error) {
  g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(unsigned));
  for (unsigned i = 0; i < pairs->len; i++) {
    const struct mapping_pair *pair = &g_array_index(pairs, struct mapping_pair, i);
    int column = table_column(partner, pair->theirs);
    if (column < 0) {
      g_autofree char *has = g_strjoinv(", ", partner->header);
      yaml_fail(mapping->doc, pair->node, error, "%s has no column \"%s\"; it has %.400s", partner->name, pair->theirs, has);
      return NULL;
    }
    partner->used[column] = true;
    unsigned number = (unsigned)column;
    g_array_append_val(columns, number);
  }
  return g_steal_pointer(&columns);
}

static void add_row(struct join_index *index, const struct csv_reader *reader, const GArray *on, const GArray *take,
                    struct table_sink *sink) {
  g_string_truncate(index->key, 0);
  for (unsigned i = 0; i < on->len; i++) append_key(index->key, &reader->cells[g_array_index(on, unsigned, i)]);
  unsigned first = index->taken->len;
  for (unsigned i = 0; i < take->len; i++) g_array_append_val(index->taken, reader->cells[g_array_index(take, unsigned, i)]);
  uint32_t earlier = GPOINTER_TO_UINT(g_hash_table_lookup(index->rows, index->key->str));
  if (!earlier) {
    g_hash_table_insert(index->rows, g_string_chunk_insert(index->keys, index->key->str), GUINT_TO_POINTER(first / take->len + 1));
    return;
  }
  const struct csv_cell *cells = (const struct csv_cell *)(const void *)index->taken->data;
  if (!same_cells(cells + (size_t)(earlier - 1) * take->len, cells + first, take->len)) {
    const struct mapping_pair *pair = &g_array_index(index->join->on, struct mapping_pair, 0);
    g_string_truncate(index->key, index->key->len - 1);
    sink->bad_rows++;
    row_problem_add(sink->problems, index->partner->name, reader->line, pair->theirs, index->key->str,
      "stands in an earlier row with other cells", "keep one of the rows");
  }
  g_array_set_size(index->taken, first);
}

struct join_index *join_index_new(const struct mapping *mapping, const struct mapping_join *join, struct table_file *partner,
                                  GArray *ours, struct table_sink *sink, GError **error) {
  struct join_index *index = g_new0(struct join_index, 1);
  *index = (struct join_index){ .join = join, .partner = partner, .keys = g_string_chunk_new(4096),
    .rows = g_hash_table_new(g_str_hash, g_str_equal), .taken = g_array_new(FALSE, FALSE, sizeof(struct csv_cell)),
    .ours = ours, .key = g_string_new(NULL) };
  g_autoptr(GArray) on = partner_columns(mapping, join->on, partner, error);
  g_autoptr(GArray) take = on ? partner_columns(mapping, join->take, partner, error) : NULL;
  int got = take ? 1 : -1;
  g_auto(csv_reader_auto) reader;
  table_reader_init(partner, &reader);
  while (got > 0 && (got = table_next(partner, &reader, error)) > 0) {
    if (reader.count >= partner->columns) {
      add_row(index, &reader, on, take, sink);
      continue;
    }
    sink->bad_rows++;
    row_problem_add(sink->problems, partner->name, reader.line, NULL, NULL, "the row has fewer cells than the header", "add the missing cells");
  }
  if (got == 0) return index;
  join_index_free(index);
  return NULL;
}

void join_index_free(struct join_index *index) {
  if (!index) return;
  g_string_chunk_free(index->keys);
  g_hash_table_unref(index->rows);
  g_array_unref(index->taken);
  g_array_unref(index->ours);
  g_string_free(index->key, TRUE);
  g_free(index);
}

const struct csv_cell *join_index_find(struct join_index *index, const struct csv_cell *cells) {
  g_string_truncate(index->key, 0);
  for (unsigned i = 0; i < index->ours->len; i++) append_key(index->key, &cells[g_array_index(index->ours, unsigned, i)]);
  uint32_t row = GPOINTER_TO_UINT(g_hash_table_lookup(index->rows, index->key->str));
  if (row) return &g_array_index(index->taken, struct csv_cell, (size_t)(row - 1) * index->join->take->len);
  g_string_truncate(index->key, index->key->len - 1);
  for (char *at = index->key->str; *at; at++)
    if (*at == SEPARATOR) *at = ' ';
  return NULL;
}
