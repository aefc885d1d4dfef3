/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a table for any design (the first byte says which): it ends with an error or with an answer, and an answer
 * claims nothing without an interval that excludes nothing. */
#include "intake/study-table.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 2 || size > 2500)
    return 0;
  static const char *const columns[] = { "unit=unit,time=time,start=start,outcome=y", "unit=unit,time=time,start=start,outcome=y,covariates=x", "start=start,outcome=y,covariates=x" };
  g_autoptr(GError) error = NULL;
  g_auto(study_columns_auto) named = { 0 };
  g_assert_true(study_columns_parse(columns[data[0] / STUDY_DESIGNS % 3], &named, &error));
  g_autoptr(study_table_auto) table = study_table_parse("f.csv", (const char *)data + 1, size - 1, &named, &error);
  g_assert_true((table == NULL) == (error != NULL));
  if (!table)
    return 0;
  struct study s = { .design = data[0] % STUDY_DESIGNS, .rows = table->rows, .draws = 20, .not_yet = data[0] & 64 };
  g_autoptr(study_result_auto) r = study_estimate(&s, &error);
  g_assert_true((r == NULL) == (error != NULL));
  if (!r)
    return 0;
  g_assert_nonnull(r->sentence);
  g_assert_true(r->verdict != STUDY_MOVED || (isfinite(r->estimate) && (r->low > 0 || r->high < 0)));
  g_assert_true(isnan(r->low) || isnan(r->high) || r->low <= r->high);
  g_assert_false(isinf(r->estimate));
  return 0;
}
