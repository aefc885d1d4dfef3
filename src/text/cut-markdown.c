/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown through md4c (CommonMark 0.30 with GitHub's tables): it reads in one pass, calls back, and is bounded in time on
 * hostile input, which home-made readers rarely are. Raw HTML is not passed on at all: in a source that is text, a tag is
 * either decoration or an attempt.
 *
 * A nested list ends the item around it; what the outer item says after the inner list begins an item of its own. */
#include "text/cut-private.h"
#include "base/limits.h"
#include <md4c.h>
#include <string.h>

#define DEPTH 64 /* of lists that are kept track of; deeper ones count as the deepest */

struct list { bool ordered; int number, list; };
struct reader {
  struct cutter *cutter;
  struct list lists[DEPTH];
  int depth, quotes, images, links;
  size_t link_from;
  bool code, bold, line /* a line begins */, hidden; /* hidden: between an inline tag that hides and the next that closes */
  struct cut_table table;
};

static struct list *inner_list(struct reader *r) { return r->depth > 0 ? &r->lists[MIN(r->depth, DEPTH) - 1] : NULL; }

static void flush_here(struct reader *r) {
  const struct list *list = inner_list(r);
  if (list)
    cutter_flush(r->cutter, list->ordered ? BLOCK_STEP : BLOCK_ITEM, MIN(r->depth, LIMIT_LIST_DEPTH), list->ordered ? list->number : 0, list->list);
  else cutter_flush(r->cutter, r->quotes ? BLOCK_QUOTE : BLOCK_PARAGRAPH, 0, 0, 0);
}

static void enter_list(struct reader *r, bool ordered, int start) {
  flush_here(r);
  r->depth++;
  r->cutter->list++;
  if (r->depth <= DEPTH) r->lists[r->depth - 1] = (struct list){ ordered, start - 1, r->cutter->list };
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *data) {
  struct reader *r = data;
  switch (type) {
  case MD_BLOCK_UL: enter_list(r, false, 1); break;
  case MD_BLOCK_OL: enter_list(r, true, (int)MIN(((MD_BLOCK_OL_DETAIL *)detail)->start, 1000000u)); break;
  case MD_BLOCK_LI: flush_here(r); if (inner_list(r)) inner_list(r)->number++; break;
  case MD_BLOCK_QUOTE: flush_here(r); r->quotes++; break;
  case MD_BLOCK_P: if (r->depth) cutter_space(r->cutter); else flush_here(r); break;
  case MD_BLOCK_H: case MD_BLOCK_HR: flush_here(r); break;
  case MD_BLOCK_CODE: flush_here(r); r->code = true; break;
  case MD_BLOCK_TABLE:
    flush_here(r);
    cut_table_clear(&r->table);
    r->table = (struct cut_table){ g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free), ++r->cutter->list, false };
    break;
  case MD_BLOCK_THEAD: r->table.in_head = true; break;
  case MD_BLOCK_TBODY: r->table.in_head = false; break;
  default: break;
  }
  return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *data) {
  struct reader *r = data;
  switch (type) {
  case MD_BLOCK_UL: case MD_BLOCK_OL: flush_here(r); r->depth--; break;
  case MD_BLOCK_QUOTE: flush_here(r); r->quotes--; break;
  case MD_BLOCK_LI: flush_here(r); break;
  case MD_BLOCK_P: if (!r->depth) flush_here(r); break;
  case MD_BLOCK_H: cutter_flush(r->cutter, BLOCK_HEADING, (int)((MD_BLOCK_H_DETAIL *)detail)->level, 0, 0); break;
  case MD_BLOCK_CODE: r->code = false; cutter_flush(r->cutter, BLOCK_CODE, 0, 0, 0); break;
  case MD_BLOCK_TH: case MD_BLOCK_TD: cut_table_cell(r->cutter, &r->table); break;
  case MD_BLOCK_TR: cut_table_row(r->cutter, &r->table); break;
  default: break;
  }
  return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *data) {
  struct reader *r = data;
  if (type == MD_SPAN_STRONG && r->cutter->text->len == 0) r->bold = true;
  if (type == MD_SPAN_IMG) {
    r->cutter->to->images++;
    r->images++;
    r->link_from = r->cutter->text->len;
  }
  return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *data) {
  struct reader *r = data;
  if (type == MD_SPAN_STRONG && r->bold) {
    r->cutter->lead = r->cutter->text->len;
    r->bold = false;
  }
  if (type == MD_SPAN_IMG) {
    r->images--;
    r->cutter->to->images_bare += r->cutter->text->len <= r->link_from;
  }
  return 0;
}

static void add_entity(struct cutter *cutter, const char *text, size_t length) {
  static const struct { const char *name, *text; } known[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&nbsp;", " " },
    { "&ndash;", "–" }, { "&mdash;", "—" }, { "&hellip;", "…" }, { "&auml;", "ä" }, { "&ouml;", "ö" }, { "&uuml;", "ü" }, { "&eacute;", "é" } };
  for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
    if (strlen(known[i].name) == length && memcmp(known[i].name, text, length) == 0) {
      cutter_add(cutter, known[i].text, strlen(known[i].text));
      return;
    }
  if (length > 3 && text[1] == '#') {
    bool hex = g_ascii_tolower(text[2]) == 'x';
    gunichar c = (gunichar)g_ascii_strtoull(text + (hex ? 3 : 2), NULL, hex ? 16 : 10);
    char buffer[6];
    if (c > 0 && c < 0x110000 && g_unichar_validate(c)) cutter_add(cutter, buffer, (size_t)g_unichar_to_utf8(c, buffer));
  } else cutter_add(cutter, text, length);
}

/* A pasted transcript has its turns in lines of one paragraph: a line that says who speaks, after a sentence that ended, begins a
 * block of its own, as in plain text. */
static void begin_line(struct reader *r, const char *text, size_t size) {
  const GString *before = r->cutter->text;
  bool ended = before->len && strchr(".?!\"…", before->str[before->len - 1]);
  if (!r->depth && !r->quotes && !r->table.cells && !r->cutter->lead && ended && cut_labels_speaker(text, size)) flush_here(r);
}

static int take_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *data) {
  struct reader *r = data;
  if (type == MD_TEXT_HTML) {
    g_autofree char *tag = g_ascii_strdown(text, (gssize)size);
    if (g_str_has_prefix(tag, "</")) r->hidden = false;
    else r->hidden |= strstr(tag, "none") || strstr(tag, "hidden") || strstr(tag, "font-size");
    r->cutter->to->hidden++;
    return 0;
  }
  if (r->hidden) return 0;
  if (r->code) {
    if (r->cutter->text->len + size < LIMIT_BLOCK_BYTES) g_string_append_len(r->cutter->text, text, (gssize)size);
    return 0;
  }
  if (r->line && type == MD_TEXT_NORMAL) begin_line(r, text, size);
  r->line = type == MD_TEXT_BR || type == MD_TEXT_SOFTBR;
  if (r->line) cutter_space(r->cutter);
  else if (type == MD_TEXT_ENTITY) add_entity(r->cutter, text, size);
  else if (type != MD_TEXT_NULLCHAR) cutter_add(r->cutter, text, size);
  return 0;
}

void cut_markdown(struct cutter *cutter, const char *text, size_t length) {
  struct reader r = { .cutter = cutter };
  MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_NOINDENTEDCODEBLOCKS,
    .enter_block = enter_block, .leave_block = leave_block, .enter_span = enter_span, .leave_span = leave_span, .text = take_text };
  md_parse(text, (MD_SIZE)length, &parser, &r);
  flush_here(&r);
  cut_table_clear(&r.table);
}
