/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers for people, made from the same field tables as everything else: an object is lines of "name: value", a list of
 * objects a table of its short columns, a list of texts bullets. Who wants every figure asks with --json. */
#include "cli/cli.h"
#include <math.h>
#include <string.h>

#define COLUMNS_MOST 7
#define WIDTH_MOST 46

static char *plain(struct json value) {
  switch (json_type(value)) {
  case JSON_STRING: return g_strdup(json_string(value));
  case JSON_TRUE: return g_strdup("yes");
  case JSON_FALSE: return g_strdup("no");
  case JSON_NUMBER: {
    double number = json_number(value, NAN);
    if (fabs(number) >= 1000 && fabs(number) < 1e15) return g_strdup_printf("%'.0f", number);
    return g_strdup_printf("%.4g", number);
  }
  default: return g_strdup("–");
  }
}

static bool is_short(const struct field *field) {
  enum field_kind kind = field->type.kind;
  return kind != FIELD_KIND_LIST && kind != FIELD_KIND_OBJECT && kind != FIELD_KIND_ANY && kind != FIELD_KIND_TEXTS;
}

static char *title_of(const char *name) { return g_strdelimit(g_strdup(name), "_", ' '); }

/* Cuts at a character, not in one. */
static char *cut(char *text) {
  for (char *end = text; (end = strchr(end, '\n'));) *end = ' ';
  if (g_utf8_strlen(text, -1) <= WIDTH_MOST) return text;
  g_autofree char *whole = text;
  g_autofree char *head = g_utf8_substring(whole, 0, WIDTH_MOST - 1);
  return g_strconcat(head, "…", NULL);
}

static void pad(GString *out, const char *text, long width) {
  g_string_append(out, text);
  for (long i = g_utf8_strlen(text, -1); i < width; i++) g_string_append_c(out, ' ');
}

static bool is_scalar(struct json value) {
  return json_type(value) == JSON_STRING || json_type(value) == JSON_NUMBER || json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE;
}

/* Of what may be anything, and of what need not be there, only what is. */
static bool has_column(const struct field *field, struct json list) {
  if (is_short(field) && field->flags & REQUIRED) return true;
  struct json_iter it = json_iter(list);
  while (json_next(&it)) {
    struct json value = json_get(it.value, field->name);
    if (field->type.kind == FIELD_KIND_ANY ? is_scalar(value) : is_short(field) && json_type(value) != JSON_ABSENT) return true;
  }
  return false;
}

static void render_table(const struct field *fields, struct json list, GString *out) {
  const struct field *columns[COLUMNS_MOST];
  long width[COLUMNS_MOST];
  int count = 0;
  for (; fields->name && count < COLUMNS_MOST; fields++)
    if (has_column(fields, list)) {
      columns[count] = fields;
      width[count++] = (long)strlen(fields->name);
    }
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
  struct json_iter it = json_iter(list);
  while (json_next(&it))
    for (int c = 0; c < count; c++) {
      char *cell = cut(plain(json_get(it.value, columns[c]->name)));
      width[c] = MAX(width[c], g_utf8_strlen(cell, -1));
      g_ptr_array_add(cells, cell);
    }
  if (!cells->len) {
    g_string_append(out, "  (none)\n");
    return;
  }
  for (int c = 0; c < count; c++) {
    g_autofree char *title = title_of(columns[c]->name);
    g_string_append(out, "  ");
    pad(out, title, c + 1 < count ? width[c] : 0);
  }
  g_string_append_c(out, '\n');
  for (guint i = 0; i < cells->len; i++) {
    g_string_append(out, "  ");
    pad(out, cells->pdata[i], (int)i % count + 1 < count ? width[(int)i % count] : 0);
    if ((int)i % count + 1 == count) g_string_append_c(out, '\n');
  }
}

static void render_texts(struct json list, GString *out) {
  struct json_iter it = json_iter(list);
  while (json_next(&it)) {
    g_autofree char *text = plain(it.value);
    g_string_append_printf(out, "  - %s\n", text);
  }
}

static void render_member(const struct field *field, struct json value, GString *out) {
  g_autofree char *title = title_of(field->name);
  if (is_short(field) || json_type(value) == JSON_NULL) {
    g_autofree char *text = plain(value);
    g_string_append_printf(out, "%s: %s\n", title, text);
    return;
  }
  if (field->type.kind != FIELD_KIND_OBJECT && field->type.kind != FIELD_KIND_ANY && json_count(value) == 0) return;
  g_string_append_printf(out, "%s:\n", title);
  switch (field->type.kind) {
  case FIELD_KIND_TEXTS: render_texts(value, out); break;
  case FIELD_KIND_LIST: render_table(field->type.of, value, out); break;
  case FIELD_KIND_OBJECT: {
    g_autoptr(GString) inner = g_string_new("");
    render(field->type.of, value, inner);
    g_auto(GStrv) lines = g_strsplit(inner->str, "\n", -1);
    for (size_t i = 0; lines[i] && (*lines[i] || lines[i + 1]); i++) g_string_append_printf(out, "  %s\n", lines[i]);
    break;
  }
  default: {
    if (json_type(value) == JSON_OBJECT) {
      struct json_iter it = json_iter(value);
      while (json_next(&it)) {
        g_autofree char *name = title_of(it.key), *text = plain(it.value);
        if (is_scalar(it.value)) g_string_append_printf(out, "  %s: %s\n", name, text);
      }
      break;
    }
    size_t length;
    const char *raw = json_raw(value, &length);
    g_string_append_printf(out, "  %.*s\n", (int)MIN(length, 2000), raw);
  }
  }
}

void render(const struct field *fields, struct json value, GString *out) {
  for (; fields && fields->name; fields++) render_member(fields, json_get(value, fields->name), out);
}
