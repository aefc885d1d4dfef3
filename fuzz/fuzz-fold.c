/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the events of a company that is read back (events.h).
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
#include "events.h"
#include <sodium.h>
#include <string.h>

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
  g_autoptr(GPtrArray) actions = outbox_list(db, NULL, "requested", &error);
  if (!actions) refused(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > MOST_BYTES || memchr(data, 0, size)) return 0;
  open_once();
  g_autofree char *text = g_strndup((const char *)data, size);
  struct line lines[MOST_EVENTS];
  int count = read_lines(ledger, text, lines);
  if (!count) return 0;
  g_autoptr(ledger_write_auto) write = append_what_folds(ledger, lines, count);
  fold_again(write, undoes(lines, count));
  read_tables(ledger_write_db(write));
  return 0;
}
