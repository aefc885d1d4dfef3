/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSV as RFC 4180 has it, numbers whatever the locale, and a file that is whole or absent. */
#include "sim/sheet.h"
#include "base/clock.h"
#include <glib/gstdio.h>
#include <locale.h>

static void test_cells(void)
{
  struct sheet sheet;
  sheet_init(&sheet, "x.csv", "a,b,c,d");
  sheet_text(&sheet, "plain");
  sheet_text(&sheet, "with, comma");
  sheet_text(&sheet, "with \"quotes\"");
  sheet_text(&sheet, NULL);
  sheet_end(&sheet);
  sheet_text(&sheet, "two\nlines");
  sheet_day(&sheet, 0);
  sheet_day(&sheet, CLOCK_NO_DAY);
  sheet_minute(&sheet, 1440 + 61);
  sheet_end(&sheet);
  g_assert_cmpstr(sheet.text->str, ==, "a,b,c,d\nplain,\"with, comma\",\"with \"\"quotes\"\"\",\n"
                                       "\"two\nlines\",1970-01-01,,1970-01-02T01:01:00Z\n");
  g_assert_cmpuint(sheet.rows, ==, 2);
  sheet_clear(&sheet);
}

static void test_numbers(void)
{
  struct sheet sheet;
  setlocale(LC_ALL, ""); /* a decimal comma, where the machine has such a locale */
  sheet_init(&sheet, "x.csv", "a,b,c,d,e");
  sheet_number(&sheet, 1.5, 3);
  sheet_number(&sheet, 200, 2);
  sheet_number(&sheet, -0.001, 2);
  sheet_number(&sheet, 1234.5678, 0);
  sheet_integer(&sheet, -7);
  sheet_end(&sheet);
  g_assert_cmpstr(sheet.text->str, ==, "a,b,c,d,e\n1.5,200,0,1235,-7\n");
  sheet_clear(&sheet);
}

static void test_short_row_aborts(void)
{
  if (g_test_subprocess()) {
    struct sheet sheet;
    sheet_init(&sheet, "x.csv", "a,b");
    sheet_text(&sheet, "one");
    sheet_end(&sheet);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed();
}

static void test_save(void)
{
  struct sheet sheet;
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp("sheet-XXXXXX", NULL), *path = g_build_filename(dir, "x.csv", NULL), *text = NULL;
  sheet_init(&sheet, "x.csv", "a");
  sheet_text(&sheet, "ä");
  sheet_end(&sheet);
  g_assert_true(sheet_save(&sheet, dir, &error));
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_cmpstr(text, ==, "a\nä\n");
  g_assert_false(sheet_save(&sheet, "/nowhere/at/all", &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE);
  g_assert_nonnull(strstr(error->message, "/nowhere/at/all/x.csv"));
  g_unlink(path);
  g_rmdir(dir);
  sheet_clear(&sheet);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sheet/cells", test_cells);
  g_test_add_func("/sheet/numbers", test_numbers);
  g_test_add_func("/sheet/short-row-aborts", test_short_row_aborts);
  g_test_add_func("/sheet/save", test_save);
  return g_test_run();
}
