/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader walks from special character to special character. Outside quotes only the delimiter and the line ends
 * matter; sixteen bytes at a time are compared with the three, and the bits of the answer are used up one by one, so
 * that short cells cost a few instructions each. A quoted cell is left to memchr; after it the block starts anew. The
 * last fifteen bytes are walked one by one, because the memory behind the text is not ours.
 *
 * What RFC 4180 leaves open, we settle so: a quote counts only as the first character of a cell (`5" pipe` is text); a
 * line end of any system ends a row; blank lines are no rows; rows may differ in their number of cells, which is for the
 * caller to judge. A quote that is never closed would swallow the rest of the file: it is an error at the place where
 * it opened, and so is text after a closing quote, the sign of quotes that were not doubled. Neither can be skipped,
 * because nobody knows where the next row starts.
 *
 * The delimiter is the candidate that gives the same number of cells, more than one, in most of the first rows; how that
 * can be wrong: a file of one column whose texts hold commas; then the mapping names the delimiter. A first line "sep=;"
 * is a spreadsheet's note to itself. */
#include "intake/csv.h"
#include "base/limits.h"
#include "intake/encoding.h"
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 16
#define SNIFF_BYTES 65536
#define SNIFF_ROWS 20
#define QUOTE_CHARACTERS 60

void csv_reader_init(struct csv_reader *reader, const char *file, const char *text, size_t length,
                     const struct csv_dialect *dialect) {
  *reader = (struct csv_reader){ .file = file, .text = text, .at = text + dialect->start, .end = text + length,
    .next_line = dialect->line, .delimiter = dialect->delimiter };
  reader->cells = g_new(struct csv_cell, LIMIT_CSV_COLUMNS);
}

void csv_reader_clear(struct csv_reader *reader) {
  g_free(reader->cells);
  *reader = (struct csv_reader){ 0 };
}

double csv_share(const struct csv_reader *reader) {
  return reader->end == reader->text ? 1 : (double)(reader->at - reader->text) / (double)(reader->end - reader->text);
}

static int fail_at(const struct csv_reader *reader, const char *at, GError **error, const char *what) {
  unsigned line, column;
  encoding_place(reader->text, (size_t)(at - reader->text), &line, &column);
  fail(error, MENO_ERROR_BAD_INPUT, "%s:%u:%u: %s", reader->file, line, column, what);
  return -1;
}

#ifdef __SSE2__
static inline unsigned specials(const char *block, char delimiter) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
  __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter)),
    _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
  return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* The next delimiter or line end at or after `at`, or the end. `block` NULL: the bits do not belong to `at`. */
static inline const char *next_special(struct csv_reader *reader, const char *at) {
#ifdef __SSE2__
  const char *block = reader->block;
  unsigned mask = reader->mask;
  if (!block) {
    block = at;
    if (reader->end - block < BLOCK) goto tail;
    mask = specials(block, reader->delimiter);
  }
  while (!mask) {
    block += BLOCK;
    if (reader->end - block < BLOCK) {
      at = MAX(at, block);
      goto tail;
    }
    mask = specials(block, reader->delimiter);
  }
  reader->block = block;
  reader->mask = mask & (mask - 1);
  return block + __builtin_ctz(mask);
tail:
  reader->block = NULL;
#endif
  while (at < reader->end && *at != reader->delimiter && *at != '\n' && *at != '\r') at++;
  return at;
}

static unsigned line_ends(const char *at, const char *end) {
  unsigned lines = 0;
  for (const char *p = at; p < end; p++)
    if (*p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'))) lines++;
  return lines;
}

/* A quoted cell; `at` is its opening quote. Returns what follows the closing quote, NULL on failure. */
static const char *quoted(struct csv_reader *reader, const char *at, struct csv_cell *cell, GError **error) {
  const char *first = at + 1, *close = first;
  bool escaped = false;
  for (;;) {
    close = close < reader->end ? memchr(close, '"', (size_t)(reader->end - close)) : NULL;
    if (!close) {
      fail_at(reader, at, error, "this quote is never closed; close it, or double the quotes inside the text");
      return NULL;
    }
    if (close + 1 == reader->end || close[1] != '"') break;
    escaped = true;
    close += 2;
  }
  const char *after = close + 1;
  if (after < reader->end && *after != reader->delimiter && *after != '\n' && *after != '\r') {
    fail_at(reader, after, error, "text after a closing quote; double the quotes inside the text");
    return NULL;
  }
  *cell = (struct csv_cell){ first, (uint32_t)MIN(close - first, UINT32_MAX), escaped };
  reader->next_line += line_ends(first, close);
  reader->block = NULL;
  return after;
}

/* Reads one cell; `reader->at` moves to the delimiter or line end after it. */
static bool next_cell(struct csv_reader *reader, GError **error) {
  const char *at = reader->at;
  if (reader->count == LIMIT_CSV_COLUMNS)
    return fail_at(reader, at, error, "more than " G_STRINGIFY(LIMIT_CSV_COLUMNS) " cells in a row; is the delimiter right?") > 0;
  struct csv_cell *cell = &reader->cells[reader->count++];
  if (at < reader->end && *at == '"') {
    reader->at = quoted(reader, at, cell, error);
    if (!reader->at) {
      reader->at = reader->end;
      return false;
    }
    /* The next search starts behind what ended this cell. */
  } else {
    reader->at = next_special(reader, at);
    *cell = (struct csv_cell){ at, (uint32_t)MIN(reader->at - at, UINT32_MAX), false };
  }
  if (cell->length > LIMIT_CSV_FIELD)
    return fail_at(reader, at, error, "a cell over 64 KB; is a quote missing?") > 0;
  return true;
}

int csv_next(struct csv_reader *reader, GError **error) {
  while (reader->at < reader->end) {
    reader->line = reader->next_line;
    reader->count = 0;
    for (;;) {
      if (!next_cell(reader, error)) return -1;
      if (reader->at == reader->end || *reader->at != reader->delimiter) break;
      reader->at++;
    }
    bool blank = reader->count == 1 && reader->cells[0].length == 0;
    if (reader->at < reader->end) {
      if (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n') {
        if (reader->block) next_special(reader, reader->at + 1); /* uses up the line feed's bit */
        reader->at++;
      }
      reader->at++;
      reader->next_line++;
    }
    if (!blank) return 1;
  }
  return 0;
}

size_t csv_copy(const struct csv_cell *cell, char *out) {
  size_t length = cell->length;
  if (!cell->escaped) memcpy(out, cell->at, length);
  else {
    length = 0;
    for (uint32_t i = 0; i < cell->length; i++) {
      out[length++] = cell->at[i];
      if (cell->at[i] == '"') i++;
    }
  }
  out[length] = '\0';
  return length;
}

/* How many of the first rows have as many cells as most have, were this the delimiter; 0 if that is one cell. */
static unsigned agreement(const char *text, size_t length, const struct csv_dialect *dialect, unsigned *ret_cells) {
  g_auto(csv_reader_auto) reader;
  csv_reader_init(&reader, "", text, length, dialect);
  unsigned counts[SNIFF_ROWS], rows = 0, best = 0;
  *ret_cells = 1;
  while (rows < SNIFF_ROWS && csv_next(&reader, NULL) > 0) counts[rows++] = reader.count;
  if (length == SNIFF_BYTES && rows > 1 && reader.at == reader.end) rows--; /* the last row is cut off */
  for (unsigned i = 0; i < rows; i++) {
    unsigned same = 0;
    for (unsigned j = 0; j < rows; j++) same += counts[j] == counts[i];
    if (counts[i] > 1 && same > best) best = same, *ret_cells = counts[i];
  }
  return best;
}

struct csv_dialect csv_sniff(const char *text, size_t length) {
  struct csv_dialect dialect = { ',', 0, 1 };
  if (length > 5 && memcmp(text, "sep=", 4) == 0 && (text[5] == '\n' || text[5] == '\r') && strchr(",;\t", text[4])) {
    dialect = (struct csv_dialect){ text[4], 6, 2 };
    if (text[5] == '\r' && length > 6 && text[6] == '\n') dialect.start++;
    return dialect;
  }
  unsigned best = 0, most = 0;
  for (const char *candidate = ",;\t"; *candidate; candidate++) {
    unsigned cells, same = agreement(text, MIN(length, SNIFF_BYTES), &(struct csv_dialect){ *candidate, 0, 1 }, &cells);
    if (same > best || (same == best && same && cells > most)) best = same, most = cells, dialect.delimiter = *candidate;
  }
  return dialect;
}

char **csv_read_header(struct csv_reader *reader, GError **error) {
  int got = csv_next(reader, error);
  if (got < 0) return NULL;
  if (got == 0) {
    fail(error, MENO_ERROR_BAD_INPUT, "%s: the file is empty; its first row must name the columns", reader->file);
    return NULL;
  }
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(GStrv) names = g_new0(char *, reader->count + 1);
  for (unsigned i = 0; i < reader->count; i++) {
    const struct csv_cell *cell = &reader->cells[i];
    names[i] = g_malloc(cell->length + 1);
    csv_copy(cell, names[i]);
    g_strstrip(names[i]);
    if (!*names[i]) {
      g_free(names[i]);
      names[i] = g_strdup_printf("column %u", i + 1);
    }
    if (!g_hash_table_add(seen, names[i])) {
      g_autofree char *what = csv_quote(names[i]), *text = g_strdup_printf("the column %s stands twice in the header; rename one", what);
      fail_at(reader, cell->at, error, text);
      return NULL;
    }
  }
  return g_steal_pointer(&names);
}

char *csv_quote(const char *text) {
  GString *out = g_string_new("\"");
  int characters = 0;
  const char *at = text;
  for (; *at && characters < QUOTE_CHARACTERS; at += g_utf8_skip[(unsigned char)*at], characters++) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_iscntrl(c)) g_string_append_c(out, ' ');
    else g_string_append_unichar(out, c);
  }
  g_string_append(out, *at ? "…\"" : "\"");
  return g_string_free(out, FALSE);
}
