/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which encoding is this file in? Exports of personnel systems come as UTF-8 with and without a byte order mark, as
 * UTF-16 ("Unicode text" of spreadsheets) and as Windows-1252. The order of the questions: a byte order mark decides;
 * zeros in every second byte are UTF-16; text that is valid UTF-8 is UTF-8, because text of another encoding hardly ever
 * is by chance; what remains is Windows-1252, of which Latin-1's printable characters are a part.
 *
 * How it can be wrong: a UTF-8 file with one damaged byte must not be read as Windows-1252, where every other umlaut
 * would turn into two odd characters without anybody noticing. So valid sequences of several bytes are counted against
 * stray ones, and where they are no fewer, the file counts as damaged UTF-8 and is refused with the place. Other
 * one-byte encodings cannot be told from Windows-1252 and need their name in the mapping.
 *
 * Only a short list of encodings is passed on to iconv: some of its rarer converters have had holes, and nobody exports
 * a people file in them. Sources: The Unicode Standard 15, 3.9 and 23.8; encoding.spec.whatwg.org for the names. */
#include "intake/encoding.h"
#include "base/limits.h"
#include <string.h>

static const struct { const char *spelling, *name, *iconv; } encodings[] = {
  { "utf8", "utf-8", "UTF-8" },
  { "utf16", "utf-16", NULL }, /* the byte order mark, else the zeros, say which */
  { "utf16le", "utf-16le", "UTF-16LE" }, { "utf16be", "utf-16be", "UTF-16BE" },
  { "windows1252", "windows-1252", "WINDOWS-1252" }, { "cp1252", "windows-1252", "WINDOWS-1252" },
  { "latin1", "latin-1", "ISO-8859-1" }, { "iso88591", "latin-1", "ISO-8859-1" },
  { "latin9", "latin-9", "ISO-8859-15" }, { "iso885915", "latin-9", "ISO-8859-15" },
  { "windows1250", "windows-1250", "WINDOWS-1250" }, { "cp1250", "windows-1250", "WINDOWS-1250" },
  { "windows1251", "windows-1251", "WINDOWS-1251" }, { "cp1251", "windows-1251", "WINDOWS-1251" },
  { "macintosh", "macintosh", "MACINTOSH" }, { "macroman", "macintosh", "MACINTOSH" },
};

#define SAMPLE_BYTES 4096

const char *encoding_find(const char *name) {
  char plain[32];
  size_t length = 0;
  for (const char *at = name; *at; at++) {
    if (!g_ascii_isalnum(*at)) continue;
    if (length + 1 == sizeof plain) return NULL;
    plain[length++] = g_ascii_tolower(*at);
  }
  plain[length] = '\0';
  for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++)
    if (strcmp(encodings[i].spelling, plain) == 0) return encodings[i].name;
  return NULL;
}

static const char *iconv_name(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(encodings); i++)
    if (strcmp(encodings[i].name, name) == 0) return encodings[i].iconv;
  return NULL;
}

void encoding_place(const char *text, size_t offset, unsigned *ret_line, unsigned *ret_column) {
  unsigned line = 1, column = 1;
  for (size_t i = 0; i < offset; i++) {
    bool ends = text[i] == '\n' || (text[i] == '\r' && !(i + 1 < offset && text[i + 1] == '\n'));
    if (ends) line++, column = 1;
    else if (((unsigned char)text[i] & 0xC0) != 0x80) column++;
  }
  *ret_line = line;
  *ret_column = column;
}

static bool fail_at(GError **error, const char *file, const char *text, size_t offset, const char *what) {
  unsigned line, column;
  encoding_place(text, offset, &line, &column);
  return fail(error, MENO_ERROR_BAD_INPUT, "%s:%u:%u: %s", file, line, column, what);
}

/* The first byte that is not ASCII. */
static size_t skip_ascii(const char *bytes, size_t at, size_t length) {
  for (uint64_t word; at + sizeof word <= length; at += sizeof word) {
    memcpy(&word, bytes + at, sizeof word);
    if (word & UINT64_C(0x8080808080808080)) break;
  }
  while (at < length && !(bytes[at] & 0x80)) at++;
  return at;
}

/* Is it UTF-8? If not: where it first goes wrong, and how many sequences of several bytes are whole or stray. */
static bool is_utf8(const char *bytes, size_t length, size_t *ret_bad, size_t *ret_whole, size_t *ret_stray) {
  size_t whole = 0, stray = 0;
  for (size_t at = skip_ascii(bytes, 0, length); at < length; at = skip_ascii(bytes, at, length)) {
    gunichar c = g_utf8_get_char_validated(bytes + at, (gssize)MIN(length - at, 6));
    if (c == (gunichar)-1 || c == (gunichar)-2) {
      if (stray++ == 0) *ret_bad = at;
      at++;
    } else {
      whole++;
      at += (size_t)g_unichar_to_utf8(c, NULL);
    }
  }
  *ret_whole = whole;
  *ret_stray = stray;
  return stray == 0;
}

/* UTF-16 without a mark: text of any European language has a zero in every second byte. */
static const char *utf16_by_zeros(const char *bytes, size_t length) {
  size_t pairs = MIN(length, SAMPLE_BYTES) / 2, even = 0, odd = 0;
  for (size_t i = 0; i < pairs; i++) even += bytes[2 * i] == '\0', odd += bytes[2 * i + 1] == '\0';
  if (pairs < 2) return NULL;
  if (odd * 10 > pairs * 6 && even * 20 < pairs) return "utf-16le";
  if (even * 10 > pairs * 6 && odd * 20 < pairs) return "utf-16be";
  return NULL;
}

static const char *mark_of(const char *bytes, size_t length, size_t *ret_skip) {
  static const struct { const char *mark; size_t length; const char *name; } marks[] = {
    { "\xEF\xBB\xBF", 3, "utf-8" }, { "\xFF\xFE", 2, "utf-16le" }, { "\xFE\xFF", 2, "utf-16be" } };
  for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
    if (length >= marks[i].length && memcmp(bytes, marks[i].mark, marks[i].length) == 0) {
      *ret_skip = marks[i].length;
      return marks[i].name;
    }
  *ret_skip = 0;
  return NULL;
}

static bool convert(const char *file, const char *bytes, size_t length, const char *encoding, struct decoded *out,
                    GError **error) {
  gsize read = 0, written = 0;
  g_autoptr(GError) problem = NULL;
  g_autofree char *text = g_convert(bytes, (gssize)length, "UTF-8", iconv_name(encoding), &read, &written, &problem);
  if (!text)
    return fail(error, MENO_ERROR_BAD_INPUT, "%s: byte %zu is no %s text; name the file's encoding in the mapping, or save it as UTF-8",
                file, (size_t)read + 1, encoding);
  if (read != length)
    return fail(error, MENO_ERROR_BAD_INPUT, "%s: ends in the middle of a character (%s); export it again", file, encoding);
  *out = (struct decoded){ text, written, encoding, g_steal_pointer(&text) };
  return true;
}

static bool recognise(const char *file, const char *bytes, size_t length, const char **ret_name, GError **error) {
  const char *zeros = utf16_by_zeros(bytes, length);
  size_t bad = 0, whole = 0, stray = 0;
  if (zeros) *ret_name = zeros;
  else if (is_utf8(bytes, length, &bad, &whole, &stray)) *ret_name = "utf-8";
  else if (whole >= stray)
    return fail_at(error, file, bytes, bad, "a damaged character in a UTF-8 file; export it again, or name its encoding in the mapping");
  else *ret_name = "windows-1252";
  return true;
}

bool encoding_decode(const char *file, const char *bytes, size_t length, const char *encoding, struct decoded *ret_text,
                     GError **error) {
  if (length > LIMIT_FILE_BYTES)
    return fail(error, MENO_ERROR_TOO_LARGE, "%s: %zu bytes; a file may have %u: split it", file, length, LIMIT_FILE_BYTES);
  size_t skip;
  const char *mark = mark_of(bytes, length, &skip);
  const char *name = encoding ? encoding_find(encoding) : NULL;
  if (encoding && !name)
    return fail(error, MENO_ERROR_BAD_INPUT, "%s: the encoding \"%s\" is not known; known are " ENCODING_NAMES, file, encoding);
  /* A mark is better evidence than a name: "utf-16" needs it, and a mapping written for last year's export must not
   * spoil this year's. */
  if (mark) name = mark, bytes += skip, length -= skip;
  else if (!name && !recognise(file, bytes, length, &name, error)) return false;
  else if (strcmp(name, "utf-16") == 0) {
    const char *zeros = utf16_by_zeros(bytes, length);
    name = zeros ? zeros : "utf-16le";
  }

  struct decoded out = { bytes, length, "utf-8", NULL };
  if (strcmp(name, "utf-8") == 0) {
    size_t bad = 0, whole, stray;
    if (!is_utf8(bytes, length, &bad, &whole, &stray))
      return fail_at(error, file, bytes, bad, "no UTF-8 character; name the file's encoding in the mapping, or save it as UTF-8");
  } else if (!convert(file, bytes, length, name, &out, error)) return false;
  const char *nul = memchr(out.text, '\0', out.length);
  if (nul) {
    fail_at(error, file, out.text, (size_t)(nul - out.text), "a NUL byte; this is no text file, or it is damaged");
    decoded_clear(&out);
    return false;
  }
  *ret_text = out;
  return true;
}

void decoded_clear(struct decoded *text) {
  g_free(text->owned);
  *text = (struct decoded){ 0 };
}
