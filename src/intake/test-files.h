/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the tests of this room: files out of literals, and what an intake holds as text. */
#pragma once
#include "intake/intake.h"
#include <string.h>

/* Name, text, name, text …, NULL. */
static inline struct intake *read_files(const struct intake_known *known, GError **error, ...) G_GNUC_NULL_TERMINATED;
static inline struct intake *read_files(const struct intake_known *known, GError **error, ...) {
  struct intake_file files[16];
  size_t count = 0;
  va_list arguments;
  va_start(arguments, error);
  for (const char *name; (name = va_arg(arguments, const char *)); count++) {
    const char *text = va_arg(arguments, const char *);
    files[count] = (struct intake_file){ name, g_bytes_new_static(text, strlen(text)) };
  }
  va_end(arguments);
  struct intake *intake = intake_read(files, count, NULL, known, NULL, NULL, error);
  for (size_t i = 0; i < count; i++) g_bytes_unref(files[i].bytes); /* literals stay */
  return intake;
}

/* The rows of a set: present cells in the order of the columns, "name=value", rows ended by a line feed. */
static inline char *rows_text(const struct intake *intake, enum file_id id) {
  const struct row_set *set = intake->sets[id];
  GString *out = g_string_new(NULL);
  for (uint32_t row = 0; set && row < set->count; row++) {
    for (int i = 0; set->format->columns[i].name; i++) {
      const struct column *column = &set->format->columns[i];
      union cell cell = row_cell(set, i, row);
      char text[CLOCK_TEXT];
      if (cell_is_absent(column, cell)) continue;
      g_string_append_printf(out, "%s=", column->name);
      if (column->type == COLUMN_NUMBER) g_string_append_printf(out, "%.12g ", cell.number);
      else if (column->type == COLUMN_DAY) g_string_append_printf(out, "%s ", clock_format_day(cell.day, text));
      else if (column->type == COLUMN_MOMENT) g_string_append_printf(out, "%s ", clock_format_time(cell.moment, text));
      else if (column->type == COLUMN_WORD) g_string_append_printf(out, "%s ", column->words[cell.choice]);
      else if (column->type == COLUMN_YES_NO) g_string_append_printf(out, "%s ", cell.choice ? "yes" : "no");
      else g_string_append_printf(out, "%s ", cell.text);
    }
    if (set->extra && set->extra[row]) g_string_append(out, set->extra[row]);
    g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

#define assert_rows(intake, id, expected) G_STMT_START { \
  g_autofree char *got_ = rows_text(intake, id); \
  g_assert_cmpstr(got_, ==, expected); } G_STMT_END
#define assert_problems(intake, expected) G_STMT_START { \
  g_autofree char *got_ = intake_problems_text(&(intake)->problems, 50); \
  g_assert_cmpstr(got_, ==, expected); } G_STMT_END
#define assert_warnings(intake, expected) G_STMT_START { \
  g_autofree char *got_ = intake_problems_text(&(intake)->warnings, 50); \
  g_assert_cmpstr(got_, ==, expected); } G_STMT_END
