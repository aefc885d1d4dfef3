/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line goes out with one write, so that threads do not mix theirs. A value is quoted where it holds anything but plain
 * characters, and what would end the line or the quotes is escaped: no text from outside can make a second line. */
#include "base/log.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BRAKE_SECONDS 60

static const char *const level_names[] = { "info", "warning", "error" };

static void put_pair(GString *out, const char *key, const char *value) {
  g_string_append_printf(out, "%s%s=", out->len ? " " : "", key);
  bool plain = *value != 0;
  for (const char *p = value; *p; p++) plain = plain && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7F && !strchr("=\"\\", *p);
  if (plain) {
    g_string_append(out, value);
    return;
  }
  g_string_append_c(out, '"');
  for (const char *p = value; *p; p++) {
    if (*p == '\n') g_string_append(out, "\\n");
    else if ((unsigned char)*p < ' ' || *p == 0x7F) g_string_append_printf(out, "\\u%04x", (unsigned char)*p);
    else if (*p == '"' || *p == '\\') g_string_append_printf(out, "\\%c", *p);
    else g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

static GString *make_line(int64_t time, enum log_level level, const char *what, va_list pairs) {
  GString *out = g_string_new("");
  char text[CLOCK_TEXT];
  put_pair(out, "time", clock_format_time(time, text));
  put_pair(out, "level", level_names[level]);
  put_pair(out, "what", what);
  for (const char *key; (key = va_arg(pairs, const char *));) {
    const char *value = va_arg(pairs, const char *);
    g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;
    if (valid) put_pair(out, key, valid);
  }
  return out;
}

char *log_line(int64_t time, enum log_level level, const char *what, ...) {
  va_list pairs;
  va_start(pairs, what);
  GString *line = make_line(time, level, what, pairs);
  va_end(pairs);
  return g_string_free(line, FALSE);
}

void log_write(enum log_level level, const char *what, ...) {
  va_list pairs;
  va_start(pairs, what);
  GString *line = make_line(g_get_real_time(), level, what, pairs);
  va_end(pairs);
  g_string_append_c(line, '\n');
  if (write(STDERR_FILENO, line->str, line->len) < 0) fputs("", stderr); /* nowhere left to say so */
  g_string_free(line, TRUE);
}

bool log_brake(struct log_brake *brake, const char *text) {
  unsigned hash = g_str_hash(text);
  int64_t now = g_get_monotonic_time();
  if (hash == brake->last && now < brake->again) return false;
  *brake = (struct log_brake){ hash, now + BRAKE_SECONDS * G_USEC_PER_SEC };
  return true;
}
