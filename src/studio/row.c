/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of tables, as they are told. A row comes as "first cell: Column: cell; Column: cell" (cut.c). Here its columns are found
 * again, so that each cell can be a sentence of its own, and a question can ask for one column without giving the others away.
 *
 * How it can be wrong: a column is known by its name coming again in another row of the table, so a table of one row has none,
 * and a cell that holds "; Column: " itself is taken for two. */
#include "studio/draft-private.h"
#include <string.h>

static void cell_clear(void *data) {
  struct row_cell *cell = data;
  g_free(cell->head);
  g_free(cell->text);
}

/* "Column: " at the beginning of a piece, with its colon; NULL: there is none. */
static char *head_of(const char *piece) {
  const char *colon = strstr(piece, ": ");
  return colon && colon > piece ? g_strndup(piece, (gsize)(colon - piece)) : NULL;
}

/* Does another row of the table have a column of this name? */
static bool comes_again(const struct library *l, const struct unit *row, const char *head) {
  g_autofree char *inside = g_strconcat("; ", head, ": ", NULL), *front = g_strconcat(head, ": ", NULL);
  const struct section *section = library_section(l, row->section);
  for (int u = section->first; u < section->first + section->count; u++) {
    const struct unit *other = library_unit(l, u);
    if (other == row || other->kind != BLOCK_ROW || other->list != row->list || other->count < 2) continue;
    const char *text = library_span(l, other->first + 1)->text;
    if (g_str_has_prefix(text, front) || strstr(text, inside)) return true;
  }
  return false;
}

GArray *row_cells(const struct library *l, const struct unit *row) {
  GArray *cells = g_array_new(FALSE, FALSE, sizeof(struct row_cell));
  g_array_set_clear_func(cells, cell_clear);
  if (row->kind != BLOCK_ROW || !row->lead || row->count != 2) return cells;
  g_auto(GStrv) pieces = g_strsplit(library_span(l, row->first + 1)->text, "; ", -1);
  for (int i = 0; pieces[i]; i++) {
    g_autofree char *head = head_of(pieces[i]);
    if (head && comes_again(l, row, head)) {
      struct row_cell cell = { g_strdup(head), g_strdup(pieces[i] + strlen(head) + 2) };
      g_array_append_val(cells, cell);
    } else if (cells->len) {
      struct row_cell *last = &g_array_index(cells, struct row_cell, cells->len - 1);
      char *longer = g_strconcat(last->text, "; ", pieces[i], NULL);
      g_free(last->text);
      last->text = longer;
    } else break;
  }
  return cells;
}

static void put_capital(GString *out, const char *text) {
  g_string_append_unichar(out, g_unichar_toupper(g_utf8_get_char(text)));
  g_string_append(out, utf8_next(text));
}

char *row_told(const struct library *l, const struct unit *row) {
  g_autoptr(GArray) cells = row_cells(l, row);
  GString *out = g_string_new("");
  for (guint i = 0; i < cells->len; i++) {
    const struct row_cell *cell = &g_array_index(cells, struct row_cell, i);
    if (out->len) g_string_append_c(out, ' ');
    put_capital(out, cell->head);
    g_string_append_printf(out, ": %s", cell->text);
    if (!strchr(".!?…", out->str[out->len - 1])) g_string_append_c(out, '.');
  }
  if (!cells->len && row->count > row->lead) put_capital(out, library_span(l, row->first + row->lead)->text);
  return g_string_free(out, FALSE);
}
