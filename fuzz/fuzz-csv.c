/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a table. Cells lie in the text, one after the other, and lines never go back; what was read, written again
 * with every cell quoted, reads as the same cells. A guess without questions is a mapping that holds. */
#include "base/limits.h"
#include "intake/guess.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void append_cell(GString *out, const char *text, bool first)
{
  g_string_append(out, first ? "\"" : ",\"");
  for (; *text; text++) {
    if (*text == '"') g_string_append_c(out, '"');
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, '"');
}

/* The cells of all rows, each ended by a NUL; false when the text breaks off. */
static bool read_cells(const char *text, size_t length, const struct csv_dialect *dialect, GString *cells, GString *again)
{
  g_auto(csv_reader_auto) reader;
  g_autoptr(GError) error = NULL;
  csv_reader_init(&reader, "f", text, length, dialect);
  const char *last = text;
  unsigned line = 0;
  int got;
  while ((got = csv_next(&reader, &error)) > 0) {
    g_assert(reader.line > line && reader.count > 0 && reader.count <= LIMIT_CSV_COLUMNS);
    line = reader.line;
    for (unsigned i = 0; i < reader.count; i++) {
      const struct csv_cell *cell = &reader.cells[i];
      g_assert(cell->at >= last && cell->at + cell->length <= text + length);
      last = cell->at + cell->length;
      g_autofree char *copy = g_malloc(cell->length + 1);
      size_t copied = csv_copy(cell, copy);
      g_assert(copied == strlen(copy) && copied <= cell->length);
      g_string_append_len(cells, copy, (gssize)copied + 1);
      append_cell(again, copy, i == 0);
    }
    g_string_append_c(again, '\n');
  }
  g_assert((got < 0) == (error != NULL));
  return got == 0;
}

static void check_guess(GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(table_file_auto) file = table_open("f.csv", 0, bytes, NULL, &error);
  if (!file) {
    g_assert_nonnull(error);
    return;
  }
  g_autoptr(mapping_guess_auto) guess = mapping_guess(file, NULL);
  g_assert_true(g_utf8_validate(guess->yaml, -1, NULL));
  if (guess->questions->len > 0 || strlen(guess->yaml) > LIMIT_MAPPING_BYTES) return;
  g_autoptr(mapping_auto) mapping = mapping_parse("guess", guess->yaml, strlen(guess->yaml), &error);
  g_assert(mapping && !error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_auto(decoded_auto) text = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  check_guess(bytes);
  if (!encoding_decode("f", (const char *)data, size, NULL, &text, &error)) {
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    return 0;
  }
  g_assert_true(g_utf8_validate_len(text.text, text.length, NULL));
  struct csv_dialect dialect = csv_sniff(text.text, text.length), plain = { ',', 0, 1 };
  g_autoptr(GString) cells = g_string_new(NULL), again = g_string_new(NULL), more = g_string_new(NULL), rest = g_string_new(NULL);
  if (!read_cells(text.text, text.length, &dialect, cells, again)) return 0;
  g_assert_true(read_cells(again->str, again->len, &plain, more, rest));
  g_assert_true(g_string_equal(cells, more));
  return 0;
}
