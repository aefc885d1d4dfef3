/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What fuzz-fold and fuzz-pages have in common: events as lines of text, and mutations that keep most of them JSON.
 *
 * A line is a kind, a subject and a body, with tabs between. A subject "staged:…" puts the event into the import "i", to wait
 * for its `import.committed`. */
#pragma once
#include "main.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_EVENTS 48
#define MOST_BYTES 65536
#define TODAY 20514 /* 1 March 2026 */

static void refused(GError **error) {
  g_assert(*error && (*error)->domain == MENO_ERROR && g_utf8_validate((*error)->message, -1, NULL));
  g_clear_error(error);
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

struct line { const char *kind, *subject, *body; bool staged, dropped; };

static int read_lines(struct ledger *ledger, char *text, struct line lines[MOST_EVENTS]) {
  int count = 0;
  for (char *next; text && count < MOST_EVENTS; text = next) {
    if ((next = strchr(text, '\n'))) *next++ = 0;
    char *subject = strchr(text, '\t'), *body = subject ? strchr(subject + 1, '\t') : NULL;
    if (!body) continue;
    *subject++ = *body++ = 0;
    if (!ledger_kind(ledger, text) || !g_utf8_validate(subject, -1, NULL)) continue;
    bool staged = g_str_has_prefix(subject, "staged:");
    lines[count++] = (struct line){ text, staged ? subject + 7 : subject, body, staged, false };
  }
  return count;
}

/* Appends what is not dropped; the index of the first that is refused, or `count`. */
static int append_all(struct ledger_write *write, const struct line *lines, int count, GError **error) {
  for (int i = 0; i < count; i++) {
    if (lines[i].dropped) continue;
    struct event event = { .kind = lines[i].kind, .subject = lines[i].subject, .actor = "person:p-1", .body = lines[i].body, .batch = lines[i].staged ? "i" : NULL };
    if (!ledger_append(write, &event, NULL, error)) return i;
  }
  return count;
}

static G_GNUC_UNUSED struct ledger_write *append_what_folds(struct ledger *ledger, struct line *lines, int count) {
  for (;;) {
    g_autoptr(GError) error = NULL;
    struct ledger_write *write = ledger_write(ledger, (int64_t)TODAY * CLOCK_DAY, &error);
    g_assert_no_error(error);
    int done = append_all(write, lines, count, &error);
    if (done == count) return write;
    refused(&error);
    lines[done].dropped = true;
    ledger_abort(write);
  }
}

/* ---- mutations: a value in the place of another, so that most of what is tried is JSON still ---- */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed);

/* Where the value that begins at `at` ends. */
static size_t value_end(const uint8_t *data, size_t size, size_t at) {
  bool quoted = false;
  int depth = 0;
  for (; at < size && data[at] != '\n'; at++) {
    if (quoted) {
      if (data[at] == '\\') at++;
      else if (data[at] == '"') quoted = false;
      continue;
    }
    if (data[at] == '"') quoted = true;
    if (data[at] == '{' || data[at] == '[') depth++;
    if (data[at] == '}' || data[at] == ']' || data[at] == ',') {
      if (depth == 0) break;
      if (data[at] != ',') depth--;
    }
  }
  return MIN(at, size);
}

/* Some place after a colon, at which a value begins; 0: none. */
static size_t some_value(const uint8_t *data, size_t size, GRand *chance) {
  size_t from = (size_t)g_rand_int_range(chance, 0, (gint32)size);
  for (size_t i = 0; i < size; i++) {
    size_t at = (from + i) % size;
    if (at > 0 && at + 1 < size && data[at] == ':' && data[at - 1] == '"') return at + 1;
  }
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed) {
  static const char *const words[] = { "null", "true", "false", "0", "-1", "1", "0.5", "1e308", "-1e308", "1e-320", "9223372036854775807", "-9223372036854775808", "1e19", "\"\"",
    "\"x\"", "\"2026-03-01\"", "\"2999-12-31\"", "\"1000-01-01T00:00:00Z\"", "[]", "{}", "[null]", "[\"\"]", "[{}]", "{\"\":null}", "\"person:p-1\"", "\"skill\"", "100000", "[1,2,3]" };
  g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
  if (size == 0 || g_rand_int_range(chance, 0, 8) == 0) return LLVMFuzzerMutate(data, size, most);
  for (int rounds = g_rand_int_range(chance, 1, 5); rounds > 0; rounds--) {
    size_t at = some_value(data, size, chance), end = at ? value_end(data, size, at) : 0;
    if (!at) break;
    const char *word = words[g_rand_int_range(chance, 0, (gint32)G_N_ELEMENTS(words))];
    size_t length = strlen(word), from = some_value(data, size, chance), to = value_end(data, size, from);
    g_autofree char *other = g_strndup((const char *)data + from, to - from); /* a value from elsewhere */
    if (g_rand_boolean(chance)) word = other, length = to - from;
    if (size - (end - at) + length > most) continue;
    memmove(data + at + length, data + end, size - end);
    memcpy(data + at, word, length);
    size = size - (end - at) + length;
  }
  return size;
}
