/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a mapping, run over a few fixed files. What is refused names its place; what holds gives rows that fit. */
#include "intake/intake.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const struct { const char *name, *text; } fixed[] = {
    { "s.csv", "id,unit,h,st,d,t\n1,u1,40,A,5,S\n2,u2,20,B,-5,W\n3,u9,x,,,\n" },
    { "u.csv", "unit,name\nu1,Sales\nu2,\"Ser\"\"vice\"\n" },
    { "r.csv", "Grade;Day\n0,5;01.02.2024\n7;31.12.2023\n" } };
  struct intake_file files[G_N_ELEMENTS(fixed)];
  for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
    files[i] = (struct intake_file){ fixed[i].name, g_bytes_new_static(fixed[i].text, strlen(fixed[i].text)) };
  g_autoptr(GBytes) text = g_bytes_new_static(data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = intake_read(files, G_N_ELEMENTS(fixed), &(struct intake_file){ "m.yaml", text }, NULL, NULL, NULL, &error);
  g_assert((intake == NULL) == (error != NULL));
  if (error) g_assert_true(g_utf8_validate(error->message, -1, NULL));
  for (int id = 0; intake && id < FILE_COUNT; id++)
    for (uint32_t row = 0; intake->sets[id] && row < intake->sets[id]->count; row++) {
      const struct column *columns = formats[id].columns;
      g_assert(intake->sets[id]->line[row] >= 2);
      for (int i = 0; columns[i].name; i++)
        if (columns[i].flags & COLUMN_REQUIRED) g_assert_false(cell_is_absent(&columns[i], row_cell(intake->sets[id], i, row)));
    }
  for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) g_bytes_unref(files[i].bytes);
  return 0;
}
