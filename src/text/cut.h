/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document as blocks: headings with their levels, paragraphs, list items with nesting, numbered steps, table rows, quotes,
 * code, and turns of a conversation. Whatever form it came in, the text of a block is plain UTF-8 in one line: no markup, no
 * addresses (a bare one becomes its host's name), no invisible characters, white space collapsed. */
#pragma once
#include "base/error.h"
#include <stddef.h>

enum text_form { TEXT_PLAIN, TEXT_MARKDOWN, TEXT_HTML };
enum block_kind { BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_ITEM, BLOCK_STEP, BLOCK_ROW, BLOCK_QUOTE, BLOCK_CODE, BLOCK_TURN, BLOCK_KINDS };
extern const char *const block_kind_names[BLOCK_KINDS]; /* "heading" … */

struct text_block {
  enum block_kind kind;
  int level;        /* of a heading 1–6; of an item or step its depth from 1; else 0 */
  int number;       /* of a step, as written; else 0 */
  int list;         /* items and steps, rows: which list or table of the document, from 1; else 0 */
  char *text;       /* code keeps its lines */
  size_t lead;      /* so many bytes at its beginning were set off in bold, or are a row's first cell; 0 none */
  char *speaker;    /* of a turn; else NULL */
};

struct text_blocks {
  GArray *blocks;          /* of struct text_block */
  bool cut_off;            /* longer than a limit: what is here is the beginning */
  int images, images_bare; /* pictures, and those of them without an alternative text */
  int links_bare;          /* links whose text is their address, or says nothing ("here") */
  int hidden;              /* passages that a reader would not have seen, and that were left out */
};

/* By a name's ending (.md, .html, .htm; anything else is plain text). */
enum text_form text_form_of(const char *name);
/* `text` is UTF-8 (what is not is replaced). Never fails: whatever bytes come in, some blocks come out. */
struct text_blocks *text_cut(enum text_form form, const char *text, size_t length);
/* One line of plain words: no addresses, nothing invisible. Newly allocated. */
char *text_clean(const char *text);
void text_blocks_free(struct text_blocks *blocks);
typedef struct text_blocks text_blocks_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(text_blocks_auto, text_blocks_free)
