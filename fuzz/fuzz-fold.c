/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the events of a company that is read back: each line is a kind, a subject and a body, with tabs between.
 * A subject "staged:…" puts the event into the import "i", to wait for its `import.committed`.
 *
 * An event is folded or refused with a reason. What was folded is folded again from the ledger to the same digest of every
 * table; then everything that reads those tables has to live with what stands there: the company and its levels, each agent's
 * turn, the proposals as they are shown, the outbox.
 *
 * All of it happens in one write of a database in memory, which is taken back. After a refusal the write begins anew without
 * that event, as it would in Meno, where an event that cannot be folded is not appended.
 *
 * The seeds are events that Meno recorded of a simulated company, a few of each kind (tests/fold-seeds). */
#include "agents/agent.h"
#include "company/level.h"
#include "company/load.h"
#include "main.h"
#include <sodium.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_EVENTS 48
#define MOST_BYTES 65536
#define TODAY 20514 /* 1 March 2026 */

static struct store *store;
static struct ledger *ledger;
static struct rules *rules;

static void open_once(void) {
  g_autoptr(GError) error = NULL;
  if (store) return;
  g_assert(sodium_init() >= 0);
  store = store_open_memory(&error);
  g_assert_no_error(error);
  ledger = ledger_new(store, &main_tables);
  size_t length;
  const char *text = rules_default_text(&length);
  rules = rules_parse("rules.yaml", text, length, &error);
  g_assert_no_error(error);
}

static void refused(GError **error) {
  g_assert(*error && (*error)->domain == MENO_ERROR && g_utf8_validate((*error)->message, -1, NULL));
  g_clear_error(error);
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

struct line { const char *kind, *subject, *body; bool staged, dropped; };

static int read_lines(char *text, struct line lines[MOST_EVENTS]) {
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

static struct ledger_write *append_what_folds(struct line *lines, int count) {
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

/* ---- the same again --------------------------------------------------------------------------------------------- */

static GHashTable *digests(struct db *db) {
  GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  for (size_t i = 0; main_folds[i]; i++)
    for (const struct fold *fold = main_folds[i]; fold->name; fold++)
      for (size_t t = 0; fold->tables[t]; t++) {
        g_autoptr(GError) error = NULL;
        char *digest = g_malloc(DIGEST_TEXT);
        db_table_digest(db, fold->tables[t], digest, &error);
        g_assert_no_error(error);
        g_hash_table_insert(all, (void *)(uintptr_t)fold->tables[t], digest);
      }
  return all;
}

static bool undoes(const struct line *lines, int count) {
  for (int i = 0; i < count; i++)
    if (!lines[i].dropped && strcmp(lines[i].kind, "import.undone") == 0) return true;
  return false;
}

/* Undoing is an event and a rebuild, so after it the two may differ until both were rebuilt. */
static void fold_again(struct ledger_write *write, bool undone) {
  g_autoptr(GError) error = NULL;
  struct db *db = ledger_write_db(write);
  if (undone && !ledger_refold(write, &error)) {
    refused(&error); /* an event that had been folded before its import was undone */
    return;
  }
  g_autoptr(GHashTable) before = digests(db);
  ledger_refold(write, &error);
  g_assert_no_error(error);
  g_autoptr(GHashTable) after = digests(db);
  GHashTableIter it;
  void *table, *digest;
  g_hash_table_iter_init(&it, before);
  while (g_hash_table_iter_next(&it, &table, &digest))
    if (strcmp(digest, g_hash_table_lookup(after, table)) != 0) g_error("the table \"%s\" folds to something else the second time", (const char *)table);
}

/* ---- readers ---------------------------------------------------------------------------------------------------- */

static void take_turns(const struct company *company) {
  for (size_t i = 0; agents[i]; i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(turn_auto) turn = turn_new();
    if (!agents[i]->run(&(struct snapshot){ .company = company, .now = (int64_t)TODAY * CLOCK_DAY, .seed = 1 }, turn, &error)) refused(&error);
  }
}

static void show_proposals(struct db *db) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = gate_proposals(db, true, &error);
  if (!all) {
    refused(&error);
    return;
  }
  struct gate_person person = { "account:lead", ~0u };
  struct gate_view view = { .rules = rules, .person = &person, .now = (int64_t)TODAY * CLOCK_DAY };
  for (guint i = 0; i < all->len; i++) {
    g_auto(json_writer_auto) row, whole;
    json_writer_init(&row);
    json_writer_init(&whole);
    json_open_object(&row, NULL);
    gate_write_row(&view, all->pdata[i], &row);
    json_close_object(&row);
    json_open_object(&whole, NULL);
    if (!gate_write_whole(&view, db, all->pdata[i], &whole, &error)) refused(&error);
    gate_waits_for(rules, all->pdata[i]);
  }
}

static void read_tables(struct db *db) {
  g_autoptr(GError) error = NULL;
  g_autoptr(company_auto) company = company_load(db, NULL, TODAY, &error);
  if (company) {
    g_autoptr(levels_auto) levels = levels_new(company, TODAY);
    g_assert(levels && levels->count >= 0);
    take_turns(company);
  } else
    refused(&error);
  show_proposals(db);
  g_autoptr(GPtrArray) actions = outbox_list(db, NULL, &error);
  if (!actions) refused(&error);
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
    "\"x\"", "\"2026-03-01\"", "\"9999-12-31\"", "\"0001-01-01T00:00:00Z\"", "[]", "{}", "[null]", "[\"\"]", "[{}]", "{\"\":null}", "\"person:p-1\"", "\"skill\"", "100000", "[1,2,3]" };
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > MOST_BYTES || memchr(data, 0, size)) return 0;
  open_once();
  g_autofree char *text = g_strndup((const char *)data, size);
  struct line lines[MOST_EVENTS];
  int count = read_lines(text, lines);
  if (!count) return 0;
  g_autoptr(ledger_write_auto) write = append_what_folds(lines, count);
  fold_again(write, undoes(lines, count));
  read_tables(ledger_write_db(write));
  return 0;
}
