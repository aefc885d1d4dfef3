/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encodings, dialects and the reader: what is read, and where errors are placed. The reader is also run against a plain
 * one, a few lines long, over random texts that are rich in special characters. */
#include "intake/csv.h"
#include "intake/encoding.h"
#include "base/limits.h"
#include <string.h>

static char *read_all(const char *text, size_t length, char delimiter, GError **error) {
  g_auto(csv_reader_auto) reader;
  struct csv_dialect dialect = csv_sniff(text, length);
  if (delimiter) dialect.delimiter = delimiter;
  csv_reader_init(&reader, "f.csv", text, length, &dialect);
  GString *out = g_string_new(NULL);
  int got;
  while ((got = csv_next(&reader, error)) > 0) {
    g_string_append_printf(out, "%u:", reader.line);
    for (unsigned i = 0; i < reader.count; i++) {
      g_autofree char *cell = g_malloc(reader.cells[i].length + 1);
      csv_copy(&reader.cells[i], cell);
      g_string_append_printf(out, "[%s]", cell);
    }
  }
  if (got < 0) return g_string_free(out, TRUE), NULL;
  return g_string_free(out, FALSE);
}

static void check_rows(const char *text, const char *expected) {
  g_autoptr(GError) error = NULL;
  g_autofree char *rows = read_all(text, strlen(text), 0, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(rows, ==, expected);
}

static void check_error(const char *text, const char *expected) {
  g_autoptr(GError) error = NULL;
  g_autofree char *rows = read_all(text, strlen(text), ',', &error);
  g_assert_null(rows);
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_true(g_str_has_prefix(error->message, expected));
}

static void test_rows(void) {
  check_rows("a,b\n1,2\n", "1:[a][b]2:[1][2]");
  check_rows("a,b\r\n1,2", "1:[a][b]2:[1][2]");
  check_rows("a,b\r1,2\r", "1:[a][b]2:[1][2]");
  check_rows("a,b\n\n\r\n1,\n,2\n,\n", "1:[a][b]4:[1][]5:[][2]6:[][]");
  check_rows("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\r\nthree\",z\nq,r\n", "1:[a][b]2:[x, y][say \"hi\"]3:[two\nlines\r\nthree][z]6:[q][r]");
  check_rows("a,b\n5\" pipe,x\"y\n\"\",\"\"\"\"\n", "1:[a][b]2:[5\" pipe][x\"y]3:[][\"]");
  check_rows("", "");
  check_rows("alone", "1:[alone]");
  check_rows("aaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbb\r\ncccccccccccccccc,d\r\n", "1:[aaaaaaaaaaaaaaaa][bbbbbbbbbbbbbbb]2:[cccccccccccccccc][d]");
}

static void test_delimiters(void) {
  check_rows("a;b;c\n1,5;2;3\n4;5;6\n", "1:[a][b][c]2:[1,5][2][3]3:[4][5][6]");
  check_rows("a\tb\n1,1,1\t2;2;2\n", "1:[a][b]2:[1,1,1][2;2;2]");
  check_rows("sep=;\r\na;b\r\n1;2\r\n", "2:[a][b]3:[1][2]");
  check_rows("name;note\n\"a,b,c\";\"d,e\"\n\"f,g\";\"h,i,j\"\n", "1:[name][note]2:[a,b,c][d,e]3:[f,g][h,i,j]");
  check_rows("one\ntwo words\n", "1:[one]2:[two words]");
}

static void test_errors(void) {
  check_error("a,b\n1,\"open\nand on\n", "f.csv:2:3: this quote is never closed");
  check_error("a,b\n1,\"x\" y\n", "f.csv:2:6: text after a closing quote");
  check_error("a,b\nä,\"x\"y\n", "f.csv:2:6: text after"); /* columns count characters */
  g_autoptr(GString) many = g_string_new("a");
  for (int i = 0; i < LIMIT_CSV_COLUMNS; i++) g_string_append(many, ",a");
  check_error(many->str, "f.csv:1:1025: more than 512 cells");
  g_autoptr(GString) big = g_string_new("a,b\nc,");
  for (unsigned i = 0; i <= LIMIT_CSV_FIELD; i++) g_string_append_c(big, 'x');
  check_error(big->str, "f.csv:2:3: a cell over 64 KB");
}

static void test_header(void) {
  static const struct { const char *text, *names, *error; } cases[] = {
    { "a, b ,\"c \"\n1,2,3", "a|b|c", NULL }, { "a,,c,\n", "a|column 2|c|column 4", NULL },
    { "a,b,a\n", NULL, "f.csv:1:5: the column \"a\" stands twice" }, { "\n\n", NULL, "f.csv: the file is empty" },
    { "", NULL, "f.csv: the file is empty" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(csv_reader_auto) reader;
    g_autoptr(GError) error = NULL;
    csv_reader_init(&reader, "f.csv", cases[i].text, strlen(cases[i].text), &(struct csv_dialect){ ',', 0, 1 });
    g_auto(GStrv) header = csv_read_header(&reader, &error);
    g_autofree char *names = header ? g_strjoinv("|", header) : NULL;
    g_assert_cmpstr(names, ==, cases[i].names);
    g_assert_true(cases[i].error ? error && g_str_has_prefix(error->message, cases[i].error) : !error);
  }
}

/* The rules once more, as slowly and plainly as possible. NULL: an error. */
static char *read_plainly(const char *text, size_t length, char delimiter) {
  g_autoptr(GString) out = g_string_new(NULL);
  unsigned line = 1;
  for (size_t at = 0; at < length;) {
    g_autoptr(GString) row = g_string_new(NULL);
    unsigned first = line, cells = 0;
    bool more = true;
    while (more) {
      g_string_append_c(row, '[');
      cells++;
      if (at < length && text[at] == '"') {
        for (at++;; at++) {
          if (at >= length) return NULL;
          if (text[at] == '"' && !(at + 1 < length && text[at + 1] == '"')) break;
          if (text[at] == '"') at++;
          else if (text[at] == '\n' || (text[at] == '\r' && text[at + 1] != '\n')) line++;
          g_string_append_c(row, text[at]);
        }
        at++;
        if (at < length && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') return NULL;
      } else while (at < length && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') g_string_append_c(row, text[at++]);
      g_string_append_c(row, ']');
      more = at < length && text[at] == delimiter;
      if (more) at++;
    }
    if (at < length) at += text[at] == '\r' && at + 1 < length && text[at + 1] == '\n' ? 2 : 1, line++;
    if (cells > 1 || row->len > 2) g_string_append_printf(out, "%u:%s", first, row->str);
  }
  return g_strdup(out->str);
}

static void test_against_plain(void) {
  static const char letters[] = "ab,;\"\n\r,c\"d ,\n";
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  unsigned read = 0;
  for (int round = 0; round < 20000; round++) {
    size_t length = (size_t)g_rand_int_range(random, 0, 80);
    bool quotes = g_rand_boolean(random);
    g_autofree char *text = g_malloc(length + 1);
    for (size_t i = 0; i < length; i++) {
      text[i] = letters[g_rand_int_range(random, 0, (int)sizeof letters - 1)];
      if (text[i] == '"' && !quotes) text[i] = 'q';
    }
    text[length] = '\0';
    g_autofree char *expected = read_plainly(text, length, ',');
    g_autoptr(GError) error = NULL;
    g_autofree char *rows = read_all(text, length, ',', &error);
    g_assert_cmpstr(rows, ==, expected);
    read += rows != NULL;
  }
  g_assert_cmpuint(read, >, 8000);
}

static void check_encoding(const char *bytes, size_t length, const char *encoding, const char *text, const char *name) {
  g_auto(decoded_auto) out = { 0 };
  g_autoptr(GError) error = NULL;
  g_assert_true(encoding_decode("f.csv", bytes, length, encoding, &out, &error));
  g_assert_no_error(error);
  g_autofree char *got = g_strndup(out.text, out.length);
  g_assert_cmpstr(got, ==, text);
  g_assert_cmpstr(out.encoding, ==, name);
}

static void test_encodings(void) {
  check_encoding("\xEF\xBB\xBFM\xC3\xBCller", 10, NULL, "Müller", "utf-8");
  check_encoding("M\xC3\xBCller", 7, NULL, "Müller", "utf-8");
  check_encoding("M\xFCller \x80", 8, NULL, "Müller €", "windows-1252");
  check_encoding("M\xFCller", 6, "Latin1", "Müller", "latin-1");
  check_encoding("\xFF\xFEM\0\xFC\0l\0", 8, NULL, "Mül", "utf-16le");
  check_encoding("\xFE\xFF\0M\0\xFC\0l", 8, NULL, "Mül", "utf-16be");
  check_encoding("a\0,\0b\0\n\0", 8, NULL, "a,b\n", "utf-16le");
  check_encoding("\0a\0,\0b\0\n", 8, NULL, "a,b\n", "utf-16be");
  check_encoding("a\0,\0b\0\n\0", 8, "UTF-16", "a,b\n", "utf-16le");
  check_encoding("\x8F\xF0", 2, "windows-1251", "Џр", "windows-1251");
  check_encoding("", 0, NULL, "", "utf-8");
  g_assert_null(encoding_find("utf-7"));
  g_assert_null(encoding_find("ISO-2022-CN-EXT"));
}

static void check_refused(const char *bytes, size_t length, const char *encoding, const char *expected) {
  g_auto(decoded_auto) out = { 0 };
  g_autoptr(GError) error = NULL;
  g_assert_false(encoding_decode("f.csv", bytes, length, encoding, &out, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  if (!g_str_has_prefix(error->message, expected)) g_test_message("%s", error->message);
  g_assert_true(g_str_has_prefix(error->message, expected));
  g_assert_null(out.text);
}

static void test_bad_encodings(void) {
  check_refused("a,b\n1,\0002\n", 8, NULL, "f.csv:2:3: a NUL byte");
  check_refused("\xC3\xBC,\xC3\xB6\n\xC3\xA4,\xC3\n", 11, NULL, "f.csv:2:3: a damaged character"); /* cut, yet UTF-8 */
  check_refused("a\n\xFF", 3, "utf-8", "f.csv:2:1: no UTF-8 character");
  check_refused("\xFF\xFE" "a\0b", 5, NULL, "f.csv: ends in the middle of a character");
  check_refused("a\x81", 2, NULL, "f.csv: byte 2 is no windows-1252 text");
  check_refused("a", 1, "klingon", "f.csv: the encoding \"klingon\" is not known");
}

static void test_quote(void) {
  g_autofree char *plain = csv_quote("a\nb"), *longer = csv_quote("ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää");
  g_assert_cmpstr(plain, ==, "\"a b\"");
  g_assert_cmpint(g_utf8_strlen(longer, -1), ==, 63);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/csv/rows", test_rows);
  g_test_add_func("/intake/csv/delimiters", test_delimiters);
  g_test_add_func("/intake/csv/errors", test_errors);
  g_test_add_func("/intake/csv/header", test_header);
  g_test_add_func("/intake/csv/against-plain", test_against_plain);
  g_test_add_func("/intake/csv/encodings", test_encodings);
  g_test_add_func("/intake/csv/bad-encodings", test_bad_encodings);
  g_test_add_func("/intake/csv/quote", test_quote);
  return g_test_run();
}
