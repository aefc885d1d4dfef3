/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML through libxml2's forgiving reader (no network, no entities of its own, its own bound on depth), walked without
 * recursion. What a reader of the page would not see is left out and counted: scripts, styles, comments, and elements that are
 * hidden by an attribute or an inline style, because text for machines only is how a page talks to a program behind a
 * person's back. */
#include "text/cut-private.h"
#include "base/limits.h"
#include <libxml/HTMLparser.h>
#include <string.h>

struct walk { struct cutter *cutter; int depth, quotes; bool ordered[LIMIT_LIST_DEPTH + 1]; int number[LIMIT_LIST_DEPTH + 1], list[LIMIT_LIST_DEPTH + 1]; bool bold; struct cut_table table; };

static bool is_one_of(const xmlNode *node, const char *const *names) {
  for (; *names; names++)
    if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, *names) == 0) return true;
  return false;
}

#define IS(node, ...) is_one_of(node, (const char *const[]){ __VA_ARGS__, NULL })

static bool has_value(xmlNode *node, const char *attribute, const char *part) {
  xmlChar *value = xmlGetProp(node, (const xmlChar *)attribute);
  bool found = value && (!part || strcasestr((const char *)value, part));
  xmlFree(value);
  return found;
}

static bool is_hidden(xmlNode *node) {
  if (node->type == XML_COMMENT_NODE || IS(node, "script", "style", "noscript", "template", "svg", "head", "nav", "iframe", "object", "form")) return true;
  if (node->type != XML_ELEMENT_NODE) return false;
  return has_value(node, "hidden", NULL) || has_value(node, "aria-hidden", "true") || has_value(node, "style", "display:none") || has_value(node, "style", "display: none") ||
    has_value(node, "style", "visibility:hidden") || has_value(node, "style", "visibility: hidden") || has_value(node, "style", "font-size:0") || has_value(node, "style", "font-size: 0");
}

static void flush_here(struct walk *w) {
  int depth = MIN(w->depth, LIMIT_LIST_DEPTH);
  if (depth > 0) cutter_flush(w->cutter, w->ordered[depth] ? BLOCK_STEP : BLOCK_ITEM, depth, w->ordered[depth] ? w->number[depth] : 0, w->list[depth]);
  else cutter_flush(w->cutter, w->quotes ? BLOCK_QUOTE : BLOCK_PARAGRAPH, 0, 0, 0);
}

static bool ends_block(const xmlNode *node) {
  return IS(node, "p", "div", "section", "article", "main", "header", "footer", "aside", "dt", "dd", "dl", "figure", "figcaption", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "hr", "body", "caption", "address");
}

static void enter(struct walk *w, xmlNode *node) {
  int depth;
  if (ends_block(node) && !(w->depth > 0 && IS(node, "p", "div"))) flush_here(w);
  if (IS(node, "blockquote")) w->quotes++;
  else if (IS(node, "ul", "ol")) {
    flush_here(w);
    w->depth++;
    depth = MIN(w->depth, LIMIT_LIST_DEPTH);
    w->ordered[depth] = IS(node, "ol");
    w->number[depth] = 0;
    w->list[depth] = ++w->cutter->list;
  } else if (IS(node, "li")) {
    flush_here(w);
    w->number[MIN(w->depth, LIMIT_LIST_DEPTH)]++;
  } else if (IS(node, "table")) {
    flush_here(w);
    cut_table_clear(&w->table);
    w->table = (struct cut_table){ g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free), ++w->cutter->list, false };
  } else if (IS(node, "th") && w->table.heads && !w->table.heads->len && !w->table.cells->len) w->table.in_head = true;
  else if (IS(node, "b", "strong") && w->cutter->text->len == 0) w->bold = true;
  else if (IS(node, "br", "p", "div")) cutter_space(w->cutter);
  else if (IS(node, "img")) {
    w->cutter->to->images++;
    xmlChar *alt = xmlGetProp(node, (const xmlChar *)"alt");
    if (alt) cutter_add(w->cutter, (const char *)alt, strlen((const char *)alt));
    else w->cutter->to->images_bare++;
    xmlFree(alt);
  }
}

static void leave(struct walk *w, xmlNode *node) {
  if (IS(node, "h1", "h2", "h3", "h4", "h5", "h6")) cutter_flush(w->cutter, BLOCK_HEADING, node->name[1] - '0', 0, 0);
  else if (IS(node, "pre")) cutter_flush(w->cutter, BLOCK_CODE, 0, 0, 0);
  else if (IS(node, "blockquote")) flush_here(w), w->quotes--;
  else if (IS(node, "ul", "ol")) flush_here(w), w->depth -= w->depth > 0;
  else if (IS(node, "td", "th") && w->table.cells) cut_table_cell(w->cutter, &w->table);
  else if (IS(node, "tr") && w->table.cells) cut_table_row(w->cutter, &w->table), w->table.in_head = false;
  else if (IS(node, "table")) cut_table_clear(&w->table);
  else if (IS(node, "b", "strong") && w->bold) w->cutter->lead = w->cutter->text->len, w->bold = false;
  else if (IS(node, "li") || (ends_block(node) && !(w->depth > 0 && IS(node, "p", "div")))) flush_here(w);
  else if (IS(node, "p", "div")) cutter_space(w->cutter);
}

static void walk_tree(struct walk *w, xmlNode *root) {
  xmlNode *node = root;
  while (node) {
    bool skip = is_hidden(node);
    if (skip) w->cutter->to->hidden += !IS(node, "head", "style");
    else if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) cutter_add(w->cutter, (const char *)node->content, strlen((const char *)node->content));
    else if (node->type == XML_ELEMENT_NODE) enter(w, node);
    if (!skip && node->type == XML_ELEMENT_NODE && node->children) {
      node = node->children;
      continue;
    }
    if (!skip && node->type == XML_ELEMENT_NODE) leave(w, node);
    while (node != root && !node->next) {
      node = node->parent;
      if (node->type == XML_ELEMENT_NODE) leave(w, node);
    }
    node = node == root ? NULL : node->next;
  }
}

void cut_html(struct cutter *cutter, const char *text, size_t length) {
  htmlDocPtr doc = htmlReadMemory(text, (int)length, NULL, "UTF-8", HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT);
  struct walk w = { .cutter = cutter };
  xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
  if (root) walk_tree(&w, root);
  flush_here(&w);
  cut_table_clear(&w.table);
  xmlFreeDoc(doc);
}
