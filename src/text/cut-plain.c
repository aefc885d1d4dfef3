/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain text, as people type it: a blank line ends a paragraph; "- ", "* ", "• " begin an item, "1." or "1)" a step, deeper by
 * indentation; cells stand between tabs or bars; "> " quotes; a line that is underlined, numbered ("2.1 Scope"), or short and
 * in capitals is a heading. A line that labels a speaker ("Anna: …") begins a block of its own. */
#include "text/cut-private.h"
#include "base/limits.h"
#include <string.h>

#define HEADING_BYTES 90

struct plain { struct cutter *cutter; enum block_kind kind; int level, number, list; struct cut_table table; };

static void flush_here(struct plain *p) {
  cutter_flush(p->cutter, p->kind, p->level, p->number, p->list);
  p->kind = BLOCK_PARAGRAPH;
  p->level = p->number = 0;
  if (p->table.cells) cut_table_clear(&p->table);
}

static bool is_rule(const char *line, size_t length) {
  size_t same = 0;
  while (same < length && (line[same] == '=' || line[same] == '-' || line[same] == '~') && line[same] == line[0]) same++;
  return length >= 3 && same == length;
}

/* Short and all in capitals, of at least two letters. */
static bool is_shout(const char *line, size_t length) {
  int letters = 0;
  for (const char *c = line; c < line + length; c = utf8_next(c)) {
    if (g_unichar_islower(g_utf8_get_char(c))) return false;
    letters += g_unichar_isupper(g_utf8_get_char(c)) != 0;
  }
  return length <= HEADING_BYTES && letters >= 4 && !memchr(line, ':', length);
}

/* "2.1 Scope": the heading's level; 0: it is none. */
static int numbered_heading(const char *line, size_t length) {
  size_t at = 0;
  int parts = 0;
  while (at < length && g_ascii_isdigit(line[at])) {
    while (at < length && g_ascii_isdigit(line[at])) at++;
    parts++;
    if (at < length && line[at] == '.') at++;
  }
  bool ends = length > 0 && strchr(".,;:!?", line[length - 1]);
  if (parts < 2 || at >= length || line[at] != ' ' || length > HEADING_BYTES || ends) return 0;
  return MIN(parts, 6);
}

/* The bytes of a bullet or step's mark, 0 if there is none. */
static size_t mark_of(const char *line, size_t length, int *ret_number) {
  static const char *const bullets[] = { "- ", "* ", "+ ", "• ", "– ", "· ", "o " };
  *ret_number = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(bullets); i++)
    if (length > strlen(bullets[i]) && memcmp(line, bullets[i], strlen(bullets[i])) == 0) return strlen(bullets[i]);
  size_t digits = 0;
  while (digits < length && digits < 4 && g_ascii_isdigit(line[digits])) digits++;
  if (!digits || digits + 2 >= length || !strchr(".)", line[digits]) || line[digits + 1] != ' ') return 0;
  *ret_number = (int)g_ascii_strtoull(line, NULL, 10);
  return digits + 2;
}

static bool take_cells(struct plain *p, const char *line, size_t length) {
  char mark = memchr(line, '\t', length) ? '\t' : '|';
  if (!memchr(line, mark, length) || (mark == '|' && line[0] != '|')) return false;
  if (!p->table.cells) {
    flush_here(p);
    p->table = (struct cut_table){ g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free), ++p->cutter->list, true };
  }
  if (strspn(line, "|-: \t+") >= length) return true;
  const char *end = line + length, *at = mark == '|' ? line + 1 : line;
  while (at < end) {
    const char *stop = memchr(at, mark, (size_t)(end - at));
    if (!stop) stop = end;
    cutter_add(p->cutter, at, (size_t)(stop - at));
    cut_table_cell(p->cutter, &p->table);
    at = stop + 1;
  }
  cut_table_row(p->cutter, &p->table);
  p->table.in_head = false;
  return true;
}

static void take_line(struct plain *p, const char *line, size_t length, int indent) {
  int number, level = numbered_heading(line, length);
  size_t mark = mark_of(line, length, &number);
  if (take_cells(p, line, length)) return;
  if (p->table.cells) cut_table_clear(&p->table);
  if (level || (is_shout(line, length) && !p->cutter->text->len)) {
    flush_here(p);
    cutter_add(p->cutter, line, length);
    cutter_flush(p->cutter, BLOCK_HEADING, level ? level : 2, 0, 0);
  } else if (mark) {
    bool goes_on = p->kind == BLOCK_ITEM || p->kind == BLOCK_STEP;
    flush_here(p);
    p->kind = number ? BLOCK_STEP : BLOCK_ITEM;
    p->level = MIN(1 + indent / 2, LIMIT_LIST_DEPTH);
    p->number = number;
    p->list = goes_on && p->list ? p->list : ++p->cutter->list;
    cutter_add(p->cutter, line + mark, length - mark);
  } else {
    if (line[0] == '>' && p->kind == BLOCK_PARAGRAPH && !p->cutter->text->len) p->kind = BLOCK_QUOTE;
    if (cut_labels_speaker(line, length) && p->kind == BLOCK_PARAGRAPH) flush_here(p);
    if (line[0] == '>') line++, length--;
    cutter_space(p->cutter);
    cutter_add(p->cutter, line, length);
  }
}

void cut_plain(struct cutter *cutter, const char *text, size_t length) {
  struct plain p = { .cutter = cutter, .kind = BLOCK_PARAGRAPH };
  const char *end = text + length;
  for (const char *at = text, *stop; at < end; at = stop + 1) {
    stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    const char *from = at, *to = stop;
    int indent = 0;
    for (; from < to && (*from == ' ' || *from == '\t'); from++) indent += *from == '\t' ? 4 : 1;
    while (to > from && g_ascii_isspace(to[-1])) to--;
    if (from == to) {
      bool list = p.kind == BLOCK_ITEM || p.kind == BLOCK_STEP;
      enum block_kind kind = p.kind;
      flush_here(&p);
      if (list) p.kind = kind; /* a loose list goes on; its next line decides */
      if (list) p.level = 0;
    } else if (is_rule(from, (size_t)(to - from))) {
      bool heading = cutter->text->len > 0 && cutter->text->len <= HEADING_BYTES && p.kind == BLOCK_PARAGRAPH;
      if (heading) cutter_flush(cutter, BLOCK_HEADING, *from == '=' ? 1 : 2, 0, 0);
      else flush_here(&p);
    } else {
      int number;
      if ((p.kind == BLOCK_ITEM || p.kind == BLOCK_STEP) && !p.level && !mark_of(from, (size_t)(to - from), &number)) p.kind = BLOCK_PARAGRAPH, p.list = 0;
      take_line(&p, from, (size_t)(to - from), indent);
    }
  }
  flush_here(&p);
}
