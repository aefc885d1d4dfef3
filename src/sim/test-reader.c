/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader of CSV that shares nothing with the writer: if both made the same mistake, the tests would not see it. */
#include "sim/test-reader.h"
#include "base/clock.h"
#include "sim/sim.h"
#include <glib/gstdio.h>

simulated *company_new(int people, uint64_t seed, int weeks)
{
  simulated *made = g_new0(simulated, 1);
  g_autoptr(GError) error = NULL;
  const struct sim_options options = { people, seed, clock_from_civil(2026, 11, 23), weeks };
  made->dir = g_dir_make_tmp("company-XXXXXX", NULL);
  if (!sim_write_company(made->dir, &options, NULL, NULL, &error))
    g_error("%s", error->message);
  return made;
}

void company_remove(const char *dir)
{
  g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
  const char *name;
  while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      company_remove(path);
    else
      g_unlink(path);
  }
  g_rmdir(dir);
}

void company_free(simulated *made)
{
  company_remove(made->dir);
  g_free(made->dir);
  g_free(made);
}

char *company_text(const simulated *made, const char *name)
{
  g_autofree char *path = g_build_filename(made->dir, name, NULL);
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

table *company_table(const simulated *made, const char *name)
{
  g_autofree char *text = company_text(made, name);
  table *read = g_new0(table, 1);
  g_autoptr(GString) cell = g_string_new(NULL);
  bool quoted = false;
  unsigned in_row = 0;
  read->cells = g_ptr_array_new_with_free_func(g_free);
  for (const char *c = text; *c != '\0'; c++) {
    if (quoted) {
      if (*c != '"')
        g_string_append_c(cell, *c);
      else if (c[1] == '"')
        g_string_append_c(cell, *++c);
      else
        quoted = false;
    } else if (*c == '"') {
      quoted = true;
    } else if (*c == ',' || *c == '\n') {
      g_ptr_array_add(read->cells, g_strdup(cell->str));
      g_string_truncate(cell, 0);
      in_row++;
      if (*c == '\n') {
        if (read->columns == 0)
          read->columns = in_row;
        g_assert_cmpuint(in_row, ==, read->columns);
        in_row = 0;
      }
    } else {
      g_string_append_c(cell, *c);
    }
  }
  g_assert_cmpuint(in_row, ==, 0);
  return read;
}

void table_free(table *read)
{
  g_ptr_array_free(read->cells, TRUE);
  g_free(read);
}

unsigned table_rows(const table *read) { return read->cells->len / read->columns - 1; }

unsigned table_column(const table *read, const char *name)
{
  for (unsigned i = 0; i < read->columns; i++)
    if (g_str_equal(g_ptr_array_index(read->cells, i), name))
      return i;
  g_error("no column %s", name);
}

const char *table_cell(const table *read, unsigned row, unsigned column)
{
  return g_ptr_array_index(read->cells, (row + 1) * read->columns + column);
}

const char *table_get(const table *read, unsigned row, const char *column)
{
  return table_cell(read, row, table_column(read, column));
}

double table_number(const table *read, unsigned row, const char *column)
{
  return g_ascii_strtod(table_get(read, row, column), NULL);
}
