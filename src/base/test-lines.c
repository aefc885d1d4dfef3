/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts that come back as they were, however they are packed, in whatever portions they arrive, and wherever they break off. */
#include "base/lines.h"
#include <string.h>

#define MOST (1u << 20)

struct portions { const guint8 *bytes; size_t length, at, portion; };

static int64_t from_memory(void *data, void *to, size_t most, GError **error) {
  struct portions *portions = data;
  size_t size = MIN(MIN(most, portions->portion), portions->length - portions->at);
  if (size) memcpy(to, portions->bytes + portions->at, size);
  portions->at += size;
  return (int64_t)size;
}

/* Line k has k * k bytes and says which it is. */
static GString *some_lines(int from, int to) {
  GString *text = g_string_new(NULL);
  for (int k = from; k < to; k++) {
    g_string_append_printf(text, "%d:", k);
    for (int i = 0; i < k * k; i++) g_string_append_c(text, (char)('a' + (i * 7 + k) % 26));
    g_string_append_c(text, '\n');
  }
  return text;
}

static GByteArray *packed(enum pack pack, int pieces, GString **ret_text) {
  GByteArray *out = g_byte_array_new();
  *ret_text = g_string_new(NULL);
  for (int i = 0; i < pieces; i++) {
    g_autoptr(GString) piece = some_lines(i * 40, i * 40 + 40);
    pack_piece(pack, piece->str, piece->len, out);
    g_string_append_len(*ret_text, piece->str, (gssize)piece->len);
  }
  return out;
}

/* All that can be read, a '\n' behind each line; whether it ended well; where it was whole last, and the line behind which. */
struct got { GString *text; bool fine, cut; int64_t whole, whole_line; enum pack pack; };
static struct got read_all(const guint8 *bytes, size_t length, size_t portion) {
  struct portions portions = { bytes, length, 0, portion };
  g_autoptr(lines_auto) lines = lines_new(from_memory, &portions, MOST);
  struct got got = { .text = g_string_new(NULL) };
  const char *line;
  size_t size;
  int step;
  while ((step = lines_next(lines, &line, &size, NULL)) == 1) {
    g_string_append_len(got.text, line, (gssize)size);
    g_string_append_c(got.text, '\n');
    if (lines_whole(lines) >= 0) got.whole = lines_whole(lines), got.whole_line = lines_number(lines);
  }
  got.fine = step == 0;
  got.cut = lines_cut(lines);
  got.pack = lines_pack(lines);
  return got;
}

static void test_round_trip(void) {
  for (enum pack pack = PACK_NONE; pack < PACK_COUNT; pack++)
    for (int pieces = 0; pieces < 4; pieces++) {
      g_autoptr(GString) text = NULL;
      g_autoptr(GByteArray) bytes = packed(pack, pieces, &text);
      const size_t portions[] = { 1, 7, 4096, SIZE_MAX };
      for (size_t i = 0; i < G_N_ELEMENTS(portions); i++) {
        struct got got = read_all(bytes->data, bytes->len, portions[i]);
        g_assert_true(got.fine && !got.cut);
        g_assert_cmpstr(got.text->str, ==, text->str);
        g_assert_cmpint(got.whole, ==, (int64_t)bytes->len);
        g_assert_cmpint(got.whole_line, ==, pieces * 40);
        if (pieces) g_assert_cmpint(got.pack, ==, pack);
        g_string_free(got.text, TRUE);
      }
    }
}

/* Wherever it breaks off: what comes is the beginning, it is said to be cut, and it can go on behind the last whole piece. */
static void test_broken_off(void) {
  for (enum pack pack = PACK_NONE; pack < PACK_COUNT; pack++) {
    g_autoptr(GString) text = NULL, first = NULL;
    g_autoptr(GByteArray) bytes = packed(pack, 2, &text), one = packed(pack, 1, &first);
    for (size_t length = 4 /* fewer tell nothing */; length < bytes->len; length += 1 + bytes->len / 301) {
      struct got got = read_all(bytes->data, length, 1000);
      g_assert_true(got.fine);
      size_t same = got.text->len - (got.cut && got.text->len ? 1 : 0); /* the end that the test has added */
      g_assert_cmpmem(got.text->str, same, text->str, same);
      if (pack != PACK_NONE) {
        g_assert_cmpint(got.whole, ==, length >= one->len ? (int64_t)one->len : 0);
        g_assert_true(got.cut == (length != one->len));
      } else {
        g_assert_cmpint(got.whole, <=, (int64_t)length);
        g_assert_true(got.whole == 0 || text->str[got.whole - 1] == '\n');
        g_assert_true(memchr(text->str + got.whole, '\n', length - (size_t)got.whole) == NULL);
      }
      g_string_free(got.text, TRUE);
    }
  }
}

static void test_damaged(void) {
  for (enum pack pack = PACK_GZIP; pack < PACK_COUNT; pack++) {
    g_autoptr(GString) text = NULL;
    g_autoptr(GByteArray) bytes = packed(pack, 2, &text);
    int found = 0, tried = 0;
    for (guint at = 20; at < bytes->len; at += 37, tried++) {
      bytes->data[at] ^= 0x40;
      struct got got = read_all(bytes->data, bytes->len, SIZE_MAX);
      found += !got.fine || got.cut || strcmp(got.text->str, text->str) != 0;
      g_assert_true(got.fine == false || got.cut || strcmp(got.text->str, text->str) == 0); /* never other words without a word */
      bytes->data[at] ^= 0x40;
      g_string_free(got.text, TRUE);
    }
    g_assert_cmpint(found, >, tried / 2);
  }
}

static void test_long_line(void) {
  g_autoptr(GByteArray) line = g_byte_array_new();
  g_byte_array_set_size(line, MOST + 1);
  memset(line->data, 'x', line->len);
  for (enum pack pack = PACK_NONE; pack < PACK_COUNT; pack++)
    for (size_t over = 0; over < 2; over++) {
      g_autoptr(GByteArray) bytes = g_byte_array_new();
      pack_piece(pack, (const char *)line->data, MOST + over, bytes);
      struct portions portions = { bytes->data, bytes->len, 0, SIZE_MAX };
      g_autoptr(lines_auto) lines = lines_new(from_memory, &portions, MOST);
      g_autoptr(GError) error = NULL;
      const char *got;
      size_t length = 0;
      g_assert_cmpint(lines_next(lines, &got, &length, &error), ==, over ? -1 : 1);
      if (over) g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_LARGE);
      else g_assert_cmpuint(length, ==, MOST);
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lines/round-trip", test_round_trip);
  g_test_add_func("/lines/broken-off", test_broken_off);
  g_test_add_func("/lines/damaged", test_damaged);
  g_test_add_func("/lines/long-line", test_long_line);
  return g_test_run();
}
