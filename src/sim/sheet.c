/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing CSV. Files are built in memory and put in place by rename, so a stopped run leaves no half file; the largest
 * (pulse answers of 50,000 people) stays in the hundreds of megabytes, which is why sim.h bounds people and weeks.
 *
 * How it can be wrong: numbers are printed by g_ascii_formatd with fixed decimals, so a decimal comma of the user's
 * locale cannot come in; a cell is quoted when it holds a comma, a quote or a line end, as RFC 4180 asks. */
#include "sim/sheet.h"
#include "base/clock.h"
#include <stdarg.h>
#include <string.h>

void sheet_init(struct sheet *sheet, const char *name, const char *header)
{
  *sheet = (struct sheet){ .name = name, .text = g_string_sized_new(1 << 14), .columns = 1 };
  for (const char *c = header; *c != '\0'; c++)
    sheet->columns += *c == ',';
  g_string_append(sheet->text, header);
  g_string_append_c(sheet->text, '\n');
}

void sheet_clear(struct sheet *sheet)
{
  if (sheet->text != NULL)
    g_string_free(sheet->text, TRUE);
  sheet->text = NULL;
}

static void next_cell(struct sheet *sheet)
{
  g_assert(sheet->at < sheet->columns);
  if (sheet->at++ > 0)
    g_string_append_c(sheet->text, ',');
}

void sheet_text(struct sheet *sheet, const char *text)
{
  next_cell(sheet);
  if (text == NULL)
    return;
  if (strpbrk(text, ",\"\r\n") == NULL) {
    g_string_append(sheet->text, text);
    return;
  }
  g_string_append_c(sheet->text, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"')
      g_string_append_c(sheet->text, '"');
    g_string_append_c(sheet->text, *c);
  }
  g_string_append_c(sheet->text, '"');
}

void sheet_format(struct sheet *sheet, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  sheet_text(sheet, text);
}

void sheet_integer(struct sheet *sheet, int64_t number)
{
  next_cell(sheet);
  g_string_append_printf(sheet->text, "%" G_GINT64_FORMAT, number);
}

void sheet_number(struct sheet *sheet, double number, unsigned decimals)
{
  char format[8] = "%.0f", text[G_ASCII_DTOSTR_BUF_SIZE * 8];
  g_assert(decimals < 10);
  format[2] = (char)('0' + decimals);
  g_ascii_formatd(text, sizeof text, format, number);
  if (decimals > 0) {
    size_t length = strlen(text);
    while (text[length - 1] == '0')
      length--;
    if (text[length - 1] == '.')
      length--;
    text[length] = '\0';
  }
  next_cell(sheet);
  g_string_append(sheet->text, strcmp(text, "-0") == 0 ? "0" : text);
}

void sheet_day(struct sheet *sheet, int32_t day)
{
  char text[CLOCK_TEXT];
  next_cell(sheet);
  if (day != CLOCK_NO_DAY)
    g_string_append(sheet->text, clock_format_day(day, text));
}

void sheet_minute(struct sheet *sheet, int64_t minute)
{
  char text[CLOCK_TEXT];
  next_cell(sheet);
  int32_t day = (int32_t)(minute / 1440), rest = (int32_t)(minute % 1440);
  g_string_append_printf(sheet->text, "%sT%02d:%02d:00Z", clock_format_day(day, text), rest / 60, rest % 60);
}

void sheet_end(struct sheet *sheet)
{
  g_assert(sheet->at == sheet->columns);
  g_string_append_c(sheet->text, '\n');
  sheet->at = 0;
  sheet->rows++;
}

bool sheet_save_text(const char *dir, const char *name, const char *text, size_t length, GError **error)
{
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_autoptr(GError) cause = NULL;
  if (!g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
    return fail(error, MENO_ERROR_STORE, "cannot write \"%s\": %s; free some space or choose another directory", path,
                cause->message);
  return true;
}

bool sheet_save(const struct sheet *sheet, const char *dir, GError **error)
{
  return sheet_save_text(dir, sheet->name, sheet->text->str, sheet->text->len, error);
}
