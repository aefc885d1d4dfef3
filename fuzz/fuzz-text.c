/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a source of each form: the first byte chooses the form. Blocks are valid UTF-8 within their limits, without
 * anything invisible; sentences tile their block; and a draft of whatever was found holds no sentence without a source. */
#include "base/limits.h"
#include "studio/asset.h"
#include "studio/draft.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_block(const struct text_block *block)
{
  size_t length = strlen(block->text), at = 0;
  g_assert(length > 0 && length <= LIMIT_BLOCK_BYTES + 64 && g_utf8_validate(block->text, (gssize)length, NULL));
  g_assert(block->lead <= length && block->level >= 0 && block->level <= LIMIT_LIST_DEPTH);
  if (block->kind == BLOCK_CODE)
    return;
  g_assert(strchr(block->text, '\n') == NULL && strstr(block->text, "\u200b") == NULL && strstr(block->text, "\u202e") == NULL);
  g_autoptr(GArray) sentences = text_sentences(block->text, length, language_guess(block->text, length));
  for (guint i = 0; i < sentences->len; i++) {
    const struct text_range *range = &g_array_index(sentences, struct text_range, i);
    g_assert(range->from >= at && range->to > range->from && range->to <= length);
    for (; at < range->from; at++)
      g_assert(g_ascii_isspace(block->text[at]));
    at = range->to;
    g_assert(g_utf8_validate(block->text + range->from, (gssize)(range->to - range->from), NULL));
  }
  for (; at < length; at++)
    g_assert(g_ascii_isspace(block->text[at]));
}

static void check_draft(const struct library *library, const struct pattern *pattern)
{
  int source = 0;
  struct draft_request request = { .sources = &source, .source_count = 1, .pattern = pattern };
  g_autofree char *missing = NULL;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  bool drafted = draft_asset(library, &request, &out, &missing);
  json_close_object(&out);
  size_t length;
  g_autofree char *text = json_writer_steal(&out, &length);
  g_assert(drafted == (missing == NULL));
  g_autoptr(json_doc_auto) doc = json_parse(text, length, NULL);
  g_assert(doc != NULL);
  if (!drafted)
    return;
  g_assert(asset_unsourced(library, json_root(doc), NULL) == 0);
  struct render render = { .asset = json_root(doc), .published = CLOCK_NO_DAY };
  g_autofree char *html = render_html(&render), *markdown = render_markdown(&render);
  g_assert(strstr(html, "<script") == NULL && strstr(html, "href=") == NULL && strlen(markdown) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const names[] = { "a.txt", "a.md", "a.html" };
  static struct patterns *patterns;
  if (patterns == NULL)
    patterns = patterns_load(NULL, NULL);
  if (size < 1 || size > 20000)
    return 0;
  enum text_form form = (enum text_form)(data[0] % 3);
  g_autoptr(text_blocks_auto) blocks = text_cut(form, (const char *)data + 1, size - 1);
  for (guint i = 0; i < blocks->blocks->len; i++)
    check_block(&g_array_index(blocks->blocks, struct text_block, i));
  g_autofree char *text = g_strndup((const char *)data + 1, size - 1), *valid = g_utf8_make_valid(text, -1);
  struct source source = { .name = names[form], .text = valid, .valid_until = CLOCK_NO_DAY };
  g_autoptr(library_auto) library = library_new(&source, 1);
  for (guint i = 0; i < patterns->all->len; i++)
    check_draft(library, patterns->all->pdata[i]);
  return 0;
}
