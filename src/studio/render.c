/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An asset as a page, and as Markdown. Everything is escaped, whoever wrote it; nothing in it is a link, a script or a request
 * to another machine. The page says in words, and to programs in `meta generator` and `data-drafted-by`, that it was drafted
 * by Meno's built-in drafter and from which sources (AI Act, article 50: no model writes here, and a reader should know that,
 * too). Answers of questions are behind `details`, which works without a script; on paper they are printed at the end. */
#include "studio/asset.h"
#include "studio/draft.h"
#include <string.h>

struct page { GString *out; struct json asset; bool html; enum language language; };

static const struct { const char *drafted, *sources, *until, *answer, *published, *draft, *minutes; } words[LANGUAGE_COUNT] = {
  { "Drafted by Meno's built-in drafter from the sources named below. No language model was used.", "Sources", "valid until", "Answer", "Approved by people and published on", "Draft: nobody has approved this yet.", "minutes" },
  { "Entworfen von Menos eingebautem Entwerfer aus den unten genannten Quellen. Kein Sprachmodell war beteiligt.", "Quellen", "gültig bis", "Antwort", "Von Menschen freigegeben und veröffentlicht am", "Entwurf: noch von niemandem freigegeben.", "Minuten" },
  { "Rédigé par le rédacteur intégré de Meno à partir des sources citées ci-dessous. Aucun modèle de langage n'a été utilisé.", "Sources", "valable jusqu'au", "Réponse", "Approuvé par des personnes et publié le", "Brouillon : personne ne l'a encore approuvé.", "minutes" },
  { "Drafted by Meno's built-in drafter from the sources named below. No language model was used.", "Sources", "valid until", "Answer", "Approved by people and published on", "Draft: nobody has approved this yet.", "minutes" } };

static const char style[] = "body{font:1.05rem/1.55 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}"
  "h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:1.8rem}li{margin:.4rem 0}.note{border-left:.25rem solid #57606a;padding:.25rem .75rem;color:#424a53;font-size:.95rem}"
  "details{margin:.5rem 0}summary{cursor:pointer;min-height:24px}footer{margin-top:2.5rem;border-top:1px solid #8c959f;font-size:.95rem}"
  "@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}.note{color:#c9d1d9;border-color:#8b949e}footer{border-color:#6e7681}}"
  "@media print{body{margin:0;max-width:none;color:#000;background:#fff}h2{break-after:avoid}li{break-inside:avoid}}";

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void put_escaped(struct page *p, const char *text) {
  g_autofree char *clean = text_clean(text);
  if (p->html) {
    g_autofree char *escaped = g_markup_escape_text(clean, -1);
    g_string_append(p->out, escaped);
    return;
  }
  for (const char *at = clean; *at; at++) {
    if (strchr("\\`*_[]<>#|~", *at)) g_string_append_c(p->out, '\\');
    g_string_append_c(p->out, *at);
  }
}

/* A dash at the front of a line would begin a list. */
static void put_line_start(struct page *p, const char *text) {
  if (!p->html && *text && strchr("-+", *text)) g_string_append_c(p->out, '\\');
}

static void put_sentence(struct page *p, struct json sentence) {
  const char *text = json_string(json_get(sentence, "text"));
  if (!text) return;
  g_autofree char *copy = g_strdup(text);
  if (p->html) {
    g_string_append(p->out, "<span data-spans=\"");
    struct json spans = json_get(sentence, "spans");
    struct json_iter it = json_iter(spans);
    for (bool first = true; json_type(spans) == JSON_ARRAY && json_next(&it); first = false) {
      if (!first) g_string_append_c(p->out, ' ');
      put_escaped(p, json_string(it.value) ? json_string(it.value) : "");
    }
    g_string_append(p->out, "\">");
  }
  put_escaped(p, copy);
  if (p->html) g_string_append(p->out, "</span>");
}

static void put_sentences(struct page *p, struct json sentences) {
  struct json_iter it = json_iter(sentences);
  for (bool first = true; json_type(sentences) == JSON_ARRAY && json_next(&it); first = false) {
    if (!first) g_string_append_c(p->out, ' ');
    put_sentence(p, it.value);
  }
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void put_item(struct page *p, struct json item) {
  struct json lead = json_get(item, "lead");
  if (json_type(lead) == JSON_OBJECT) {
    g_string_append(p->out, p->html ? "<strong>" : "**");
    put_sentence(p, lead);
    g_string_append(p->out, p->html ? "</strong> " : "** ");
  } else if (json_string(json_get(json_at(json_get(item, "sentences"), 0), "text"))) put_line_start(p, json_string(json_get(json_at(json_get(item, "sentences"), 0), "text")));
  put_sentences(p, json_get(item, "sentences"));
}

static void put_items(struct page *p, struct json block) {
  bool steps = json_equals(json_get(block, "kind"), "steps"), text = json_equals(json_get(block, "kind"), "text");
  struct json items = json_get(block, "items");
  struct json_iter it = json_iter(items);
  if (json_type(items) != JSON_ARRAY || !json_count(items)) return;
  if (p->html && !text) g_string_append(p->out, steps ? "<ol>\n" : "<ul>\n");
  for (int number = 1; json_next(&it); number++) {
    if (p->html) g_string_append(p->out, text ? "<p>" : "<li>");
    else if (steps) g_string_append_printf(p->out, "%d. ", number);
    else if (!text) g_string_append(p->out, "- ");
    put_item(p, it.value);
    g_string_append(p->out, p->html ? (text ? "</p>\n" : "</li>\n") : text ? "\n\n" : "\n");
  }
  if (p->html && !text) g_string_append(p->out, steps ? "</ol>\n" : "</ul>\n");
  else if (!p->html && !text) g_string_append_c(p->out, '\n');
}

static void put_answer(struct page *p, struct json question) {
  struct json_iter it = json_iter(json_get(question, "options"));
  char letter = 'a';
  while (json_next(&it) && !json_true(json_get(it.value, "right"))) letter++;
  if (p->html) g_string_append_printf(p->out, "<details><summary>%s</summary><p>%c) ", words[p->language].answer, letter);
  else g_string_append_printf(p->out, "\n   %s: %c) ", words[p->language].answer, letter);
  put_sentences(p, json_get(question, "feedback"));
  g_string_append(p->out, p->html ? "</p></details></li>\n" : "\n\n");
}

static void put_questions(struct page *p, struct json questions) {
  if (json_type(questions) != JSON_ARRAY || !json_count(questions)) return;
  struct json_iter it = json_iter(questions);
  if (p->html) g_string_append(p->out, "<ol class=\"questions\">\n");
  for (int number = 1; json_next(&it); number++) {
    const char *ask = json_string(json_get(it.value, "ask"));
    if (p->html) g_string_append(p->out, "<li><p>");
    else g_string_append_printf(p->out, "%d. ", number);
    put_sentence(p, json_get(it.value, "stem"));
    g_string_append(p->out, p->html ? " <em>" : " *");
    put_escaped(p, ask ? ask : "");
    g_string_append(p->out, p->html ? "</em></p>\n<ol type=\"a\">\n" : "*\n");
    struct json_iter option = json_iter(json_get(it.value, "options"));
    for (char letter = 'a'; json_next(&option); letter++) {
      if (p->html) g_string_append(p->out, "<li>");
      else g_string_append_printf(p->out, "   - %c) ", letter);
      put_sentence(p, option.value);
      g_string_append(p->out, p->html ? "</li>\n" : "\n");
    }
    if (p->html) g_string_append(p->out, "</ol>\n");
    put_answer(p, it.value);
  }
  if (p->html) g_string_append(p->out, "</ol>\n");
}

static void put_blocks(struct page *p) {
  struct json blocks = json_get(p->asset, "blocks");
  struct json_iter it = json_iter(blocks);
  while (json_type(blocks) == JSON_ARRAY && json_next(&it)) {
    const char *heading = json_string(json_get(it.value, "heading"));
    const char *id = json_string(json_get(it.value, "id"));
    if (p->html) {
      g_string_append(p->out, "<section id=\"");
      put_escaped(p, id ? id : "");
      g_string_append(p->out, "\">\n");
    }
    if (heading) {
      g_string_append(p->out, p->html ? "<h2>" : "## ");
      put_escaped(p, heading);
      g_string_append(p->out, p->html ? "</h2>\n" : "\n\n");
    }
    put_items(p, it.value);
    put_questions(p, json_get(it.value, "questions"));
    if (p->html) g_string_append(p->out, "</section>\n");
  }
}

/* ---- head and foot ----------------------------------------------------------------------------------------------- */

static void put_member(struct page *p, struct json object, const char *key, const char *before) {
  const char *text = json_string(json_get(object, key));
  if (!text || !*text) return;
  g_autofree char *copy = g_strdup(text);
  g_string_append(p->out, before);
  put_escaped(p, copy);
}

static void put_sources(struct page *p) {
  struct json sources = json_get(p->asset, "sources");
  struct json_iter it = json_iter(sources);
  g_string_append_printf(p->out, p->html ? "<footer>\n<h2>%s</h2>\n<ul>\n" : "---\n\n## %s\n\n", words[p->language].sources);
  while (json_type(sources) == JSON_ARRAY && json_next(&it)) {
    g_autofree char *until = g_strdup_printf("; %s ", words[p->language].until);
    put_member(p, it.value, "title", p->html ? "<li><cite>" : "- ");
    if (p->html) g_string_append(p->out, "</cite>");
    put_member(p, it.value, "name", " (");
    g_string_append_c(p->out, ')');
    put_member(p, it.value, "valid_until", until);
    put_member(p, it.value, "licence", "; ");
    g_string_append(p->out, p->html ? "</li>\n" : "\n");
  }
  if (p->html) g_string_append(p->out, "</ul>\n</footer>\n");
}

static char *status_of(const struct render *render, enum language language) {
  char day[CLOCK_TEXT];
  if (render->published == CLOCK_NO_DAY) return g_strdup(words[language].draft);
  return g_strdup_printf("%s %s.", words[language].published, clock_format_day(render->published, day));
}

static struct page page_of(const struct render *render, bool html) {
  struct page page = { g_string_new(""), render->asset, html, LANGUAGE_OTHER };
  for (int l = 0; l < LANGUAGE_OTHER; l++)
    if (json_equals(json_get(render->asset, "language"), language_codes[l])) page.language = (enum language)l;
  return page;
}

char *render_html(const struct render *render) {
  struct page p = page_of(render, true);
  const char *title = json_string(json_get(render->asset, "title"));
  g_autofree char *name = g_strdup(title ? title : ""), *status = status_of(render, p.language);
  g_string_append_printf(p.out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"generator\" content=\"" STUDIO_DRAFTER "\">\n<title>", language_codes[p.language]);
  put_escaped(&p, name);
  g_string_append_printf(p.out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main data-drafted-by=\"" STUDIO_DRAFTER "\" data-asset=\"", style);
  put_member(&p, render->asset, "id", "");
  g_string_append(p.out, "\">\n<h1>");
  put_escaped(&p, name);
  g_string_append_printf(p.out, "</h1>\n<p class=\"note\">%s %s</p>\n", words[p.language].drafted, status);
  put_blocks(&p);
  put_sources(&p);
  g_string_append(p.out, "</main>\n</body>\n</html>\n");
  return g_string_free(p.out, FALSE);
}

char *render_markdown(const struct render *render) {
  struct page p = page_of(render, false);
  const char *title = json_string(json_get(render->asset, "title"));
  g_autofree char *name = g_strdup(title ? title : ""), *status = status_of(render, p.language);
  g_string_append_printf(p.out, "<!-- data-drafted-by: " STUDIO_DRAFTER " -->\n\n# ");
  put_escaped(&p, name);
  g_string_append_printf(p.out, "\n\n> %s %s\n\n", words[p.language].drafted, status);
  put_blocks(&p);
  put_sources(&p);
  return g_string_free(p.out, FALSE);
}
