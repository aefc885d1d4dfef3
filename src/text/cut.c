/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks of a document, whatever its form: each form has a cutter of its own that feeds words and says where blocks end; here
 * is what they share, and what is found afterwards in the blocks: addresses, and turns of a conversation.
 *
 * A table's row keeps its meaning without its table: "E2 — Meaning: flat battery; Action: send a battery". A conversation is
 * recognised by labels that come again ("Anna: …", at least TURNS_LEAST of them, by at most SPEAKERS_MOST people), because one
 * "Note: …" is no speaker.
 *
 * Invisible characters (zero width, bidirectional controls, tags, fillers) are dropped, because text that a reader cannot see
 * has no business in what is drafted from it. Sources: Unicode 15, "Default_Ignorable_Code_Point"; N. Boucher, R. Anderson,
 * Trojan Source (2021).
 *
 * How it can be wrong: joiners (U+200D, U+200C) are dropped too, which some scripts need; a plain text's short line in capitals
 * counts as a heading. */
#include "text/cut-private.h"
#include "base/limits.h"
#include <string.h>

#define TURNS_LEAST 4
#define SPEAKERS_MOST 8
#define SPEAKER_BYTES 40
#define ADDRESS_MOST 2000 /* addresses of one block that are looked at */

const char *const block_kind_names[BLOCK_KINDS] = { "heading", "paragraph", "item", "step", "row", "quote", "code", "turn" };

static bool is_invisible(gunichar c) {
  return c == 0xAD || c == 0x34F || c == 0x61C || (c >= 0x115F && c <= 0x1160) || (c >= 0x17B4 && c <= 0x17B5) || (c >= 0x180B && c <= 0x180F) ||
    (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) ||
    c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF) || (c < 0x20) || (c >= 0x7F && c <= 0x9F);
}

void cutter_space(struct cutter *cutter) { cutter->space = cutter->text->len > 0; }

/* Room for more? A block that is full goes on in another paragraph. */
static bool make_room(struct cutter *cutter) {
  if (cutter->text->len < LIMIT_BLOCK_BYTES) return true;
  cutter_flush(cutter, BLOCK_PARAGRAPH, 0, 0, 0);
  return cutter->text->len < LIMIT_BLOCK_BYTES;
}

void cutter_add(struct cutter *cutter, const char *text, size_t length) {
  const char *end = text + length;
  while (text < end) {
    gunichar c = g_utf8_get_char_validated(text, end - text);
    bool broken = c == (gunichar)-1 || c == (gunichar)-2;
    const char *next = broken ? text + 1 : utf8_next(text);
    if (broken) c = 0xFFFD;
    if (g_unichar_isspace(c) || c == 0x85 || c == '\t' || c == '\n') cutter_space(cutter);
    else if (!is_invisible(c)) {
      if (cutter->space) g_string_append_c(cutter->text, ' ');
      cutter->space = false;
      if (make_room(cutter)) g_string_append_unichar(cutter->text, c);
    }
    text = next;
  }
}

/* ---- addresses -------------------------------------------------------------------------------------------------- */

static const char *address_at(const char *at) {
  static const char *const schemes[] = { "https://", "http://", "ftp://", "mailto:", "javascript:", "data:" };
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
    if (g_ascii_strncasecmp(at, schemes[i], strlen(schemes[i])) == 0) return at + strlen(schemes[i]);
  return g_ascii_strncasecmp(at, "www.", 4) == 0 ? at : NULL;
}

/* An address in running text leaves its host's name, which is words and no link. */
static void strip_addresses(GString *text, struct text_blocks *to) {
  if (!strstr(text->str, ":") && !strcasestr(text->str, "www.")) return;
  g_autoptr(GString) out = g_string_sized_new(text->len);
  int found = 0;
  for (const char *at = text->str; *at;) {
    const char *host = at == text->str || !g_ascii_isalnum(at[-1]) ? address_at(at) : NULL;
    if (!host || *host == ' ' || !*host || found >= ADDRESS_MOST) { /* "raw data: 12" is no address */
      g_string_append_c(out, *at++);
      continue;
    }
    size_t all = strcspn(host, " \"'<>()[]|"), name = strcspn(host, " /?#:\"'<>()[]|,");
    while (all > 0 && strchr(".,;:!?", host[all - 1])) all--;
    g_string_append_len(out, host, (gssize)MIN(name, all));
    at = host + all;
    found++;
    to->links_bare++;
  }
  g_string_assign(text, out->str);
}

static size_t trimmed_lead(const char *text, size_t lead) {
  while (lead > 0 && text[lead - 1] == ' ') lead--;
  return lead;
}

void cutter_flush(struct cutter *cutter, enum block_kind kind, int level, int number, int list) {
  struct text_blocks *to = cutter->to;
  size_t before = cutter->text->len;
  if (kind != BLOCK_CODE) strip_addresses(cutter->text, to);
  if (cutter->text->len != before && cutter->lead) cutter->lead = MIN(cutter->lead, cutter->text->len);
  g_strstrip(cutter->text->str);
  if (*cutter->text->str && to->blocks->len < LIMIT_SOURCE_BLOCKS) {
    struct text_block block = { .kind = kind, .level = level, .number = number, .list = list, .text = g_strdup(cutter->text->str) };
    block.lead = trimmed_lead(block.text, MIN(cutter->lead, strlen(block.text)));
    while (block.lead > 0 && block.lead < strlen(block.text) && (block.text[block.lead] & 0xC0) == 0x80) block.lead--;
    g_array_append_val(to->blocks, block);
  } else if (*cutter->text->str) to->cut_off = true;
  g_string_truncate(cutter->text, 0);
  cutter->lead = 0;
  cutter->space = false;
}

/* ---- tables ----------------------------------------------------------------------------------------------------- */

void cut_table_cell(struct cutter *cutter, struct cut_table *table) {
  strip_addresses(cutter->text, cutter->to);
  if (table->cells->len < CUT_COLUMNS) g_ptr_array_add(table->cells, g_strdup(g_strstrip(cutter->text->str)));
  g_string_truncate(cutter->text, 0);
  cutter->space = false;
  cutter->lead = 0;
}

void cut_table_row(struct cutter *cutter, struct cut_table *table) {
  if (table->in_head && !table->heads->len) {
    g_ptr_array_extend_and_steal(table->heads, table->cells);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return;
  }
  int told = 0;
  for (guint i = 0; i < table->cells->len; i++) {
    const char *cell = table->cells->pdata[i], *head = i < table->heads->len ? table->heads->pdata[i] : "";
    if (!*cell) continue;
    if (told == 1) g_string_append(cutter->text, ": ");
    if (told > 1) g_string_append(cutter->text, "; ");
    if (told > 0 && *head && table->cells->len > 2) g_string_append_printf(cutter->text, "%s: ", head);
    g_string_append(cutter->text, cell);
    if (told++ == 0) cutter->lead = cutter->text->len;
  }
  if (told < 2) cutter->lead = 0;
  cutter_flush(cutter, BLOCK_ROW, 0, 0, table->list);
  g_ptr_array_set_size(table->cells, 0);
}

void cut_table_clear(struct cut_table *table) {
  g_clear_pointer(&table->heads, g_ptr_array_unref);
  g_clear_pointer(&table->cells, g_ptr_array_unref);
}

/* ---- turns of a conversation ------------------------------------------------------------------------------------- */

bool cut_labels_speaker(const char *line, size_t length) {
  const char *colon = memchr(line, ':', MIN(length, 42));
  return colon && colon > line && colon + 1 < line + length && colon[1] == ' ' && g_unichar_isupper(g_utf8_get_char(line)) && !memchr(line, '.', (size_t)(colon - line));
}

/* "Anna: …", "[00:01:12] Anna B.: …": where the words begin; 0 if there is no label. `ret` gets who, newly allocated. */
static size_t speaker_of(const char *text, char **ret) {
  const char *at = text;
  if (*at == '[' || *at == '(') {
    const char *close = strpbrk(at, "])");
    if (!close || close - at > 20) return 0;
    at = close + 1;
    while (*at == ' ') at++;
  }
  const char *colon = strchr(at, ':');
  if (!colon || colon == at || colon - at > SPEAKER_BYTES || (colon[1] != ' ' && colon[1] != '\0')) return 0;
  if (!g_unichar_isupper(g_utf8_get_char(at))) return 0;
  int words = 1;
  for (const char *c = at; c < colon; c++) {
    if (strchr(".!?;\",()", *c) && !(*c == '.' && c + 1 < colon && words > 0)) return 0;
    words += *c == ' ';
  }
  if (words > 3) return 0;
  *ret = g_strndup(at, (gsize)(colon - at));
  const char *rest = colon + 1;
  while (*rest == ' ') rest++;
  return (size_t)(rest - text);
}

static void find_turns(struct text_blocks *to) {
  g_autoptr(GHashTable) times = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  int labelled = 0;
  for (guint i = 0; i < to->blocks->len; i++) {
    struct text_block *block = &g_array_index(to->blocks, struct text_block, i);
    char *who = NULL;
    if (block->kind != BLOCK_PARAGRAPH || !speaker_of(block->text, &who)) continue;
    labelled++;
    g_hash_table_insert(times, who, GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(times, who)) + 1));
  }
  if (labelled < TURNS_LEAST || g_hash_table_size(times) > SPEAKERS_MOST) return;
  for (guint i = 0; i < to->blocks->len; i++) {
    struct text_block *block = &g_array_index(to->blocks, struct text_block, i);
    g_autofree char *who = NULL;
    size_t from = block->kind == BLOCK_PARAGRAPH ? speaker_of(block->text, &who) : 0;
    if (!from || !block->text[from] || GPOINTER_TO_INT(g_hash_table_lookup(times, who)) < 2) continue;
    block->kind = BLOCK_TURN;
    block->speaker = g_steal_pointer(&who);
    memmove(block->text, block->text + from, strlen(block->text + from) + 1);
    block->lead = 0;
  }
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

enum text_form text_form_of(const char *name) {
  g_autofree char *lower = g_ascii_strdown(name, -1);
  if (g_str_has_suffix(lower, ".md") || g_str_has_suffix(lower, ".markdown")) return TEXT_MARKDOWN;
  return g_str_has_suffix(lower, ".html") || g_str_has_suffix(lower, ".htm") ? TEXT_HTML : TEXT_PLAIN;
}

static void block_clear(void *data) {
  struct text_block *block = data;
  g_free(block->text);
  g_free(block->speaker);
}

struct text_blocks *text_cut(enum text_form form, const char *text, size_t length) {
  static void (*const cutters[])(struct cutter *, const char *, size_t) = { cut_plain, cut_markdown, cut_html };
  struct text_blocks *to = g_new0(struct text_blocks, 1);
  to->blocks = g_array_new(FALSE, FALSE, sizeof(struct text_block));
  g_array_set_clear_func(to->blocks, block_clear);
  if (length > LIMIT_SOURCE_BYTES) {
    length = LIMIT_SOURCE_BYTES;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    to->cut_off = true;
  }
  struct cutter cutter = { .to = to, .text = g_string_new("") };
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  cutters[form](&cutter, valid, strlen(valid));
  cutter_flush(&cutter, BLOCK_PARAGRAPH, 0, 0, 0);
  g_string_free(cutter.text, TRUE);
  find_turns(to);
  return to;
}

void text_blocks_free(struct text_blocks *blocks) {
  if (!blocks) return;
  g_array_unref(blocks->blocks);
  g_free(blocks);
}

char *text_clean(const char *text) {
  struct text_blocks none = { 0 };
  struct cutter cutter = { .to = &none, .text = g_string_new("") };
  none.blocks = g_array_new(FALSE, FALSE, sizeof(struct text_block));
  g_array_set_clear_func(none.blocks, block_clear);
  cutter_add(&cutter, text, MIN(strlen(text), LIMIT_BLOCK_BYTES / 2));
  strip_addresses(cutter.text, &none);
  g_array_unref(none.blocks);
  return g_string_free(cutter.text, FALSE);
}
