/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements from anywhere: whatever is valid JSON is read or refused with words, never otherwise. */
#include "evidence/statement.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(json_doc_auto) doc = json_parse((const char *)data, size, NULL);
  g_autoptr(GError) error = NULL;
  struct statement statement;
  if (!doc) return 0;
  bool fine = statement_read(json_root(doc), 0, &statement, &error);
  g_assert(fine == (error == NULL));
  if (!fine) return 0;
  g_assert(strlen(statement.id) == ID_TEXT - 1 && *statement.verb && statement.actor && statement.object);
  g_assert(isnan(statement.score) || (statement.score >= 0 && statement.score <= 1));
  statement_clear(&statement);
  return 0;
}
