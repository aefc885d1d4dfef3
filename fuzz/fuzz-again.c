/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a history that is taken again (runtime/again.h), with everybody and without one of the agents.
 *
 * The lines are those of events.h; a subject "caused:…" says that the event follows from the one before. The first half was recorded
 * before the cut, the rest after it, a second apart. Who did it is told by the kind: agents claim and propose, Meno itself ends
 * proposals and asks for acts, the rest is people's.
 *
 * History is taken again or refused with a reason. What is not there any more is told with one; that the same came out is said exactly
 * where no first difference is. With a cut behind the end it is a copy, to the digest of every table.
 *
 * The seeds are some of those of fuzz-fold, and a company that lives through an import, turns, a decision and a note. */
#include "agents/agent.h"
#include "events.h"
#include "runtime/again.h"
#include <sodium.h>

#define CUT ((int64_t)(TODAY + 1) * CLOCK_DAY)

static struct rules *rules;

static void set_up_once(void) {
  g_autoptr(GError) error = NULL;
  if (rules) return;
  g_assert(sodium_init() >= 0);
  size_t length;
  const char *text = rules_default_text(&length);
  rules = rules_parse("rules.yaml", text, length, &error);
  g_assert_no_error(error);
}

/* ---- history ---------------------------------------------------------------------------------------------------- */

static const char *actor_of(const char *kind) {
  static const struct { const char *prefix, *actor; } actors[] = { { "claim.", "agent:needs@1" }, { "proposal.made", "agent:needs@1" }, { "proposal.withheld", "agent:content@1" },
    { "delivery.made", "agent:delivery@1" }, { "proposal.", "system" }, { "action.", "system" }, { "turn.", "system" }, { "import.", "system" } };
  for (size_t i = 0; i < G_N_ELEMENTS(actors); i++)
    if (g_str_has_prefix(kind, actors[i].prefix)) return actors[i].actor;
  return "person:p-1";
}

/* What a ledger would refuse is not in it. */
static void record(struct ledger *ledger, const struct line *line, int64_t now, int64_t *before) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, &error);
  g_assert_no_error(error);
  bool caused = g_str_has_prefix(line->subject, "caused:");
  struct event event = { .kind = line->kind, .subject = line->subject + (caused ? strlen("caused:") : 0), .actor = actor_of(line->kind), .body = line->body,
    .batch = line->staged ? "i" : NULL, .cause = caused ? *before : 0 };
  int64_t seq = 0;
  bool fine = ledger_append(write, &event, &seq, &error) && (strcmp(line->kind, "import.undone") != 0 || ledger_refold(write, &error));
  if (fine) fine = ledger_commit(g_steal_pointer(&write), &error);
  if (fine) *before = seq;
  else refused(&error);
}

/* In memory, as fresh as a migration makes it: each input has its own. */
static struct store *make_history(char *text) {
  g_autoptr(GError) error = NULL;
  struct store *store = store_open_memory(&error);
  g_assert_no_error(error);
  g_autoptr(ledger_auto) ledger = ledger_new(store, &main_tables);
  struct line lines[MOST_EVENTS];
  int count = read_lines(ledger, text, lines);
  int64_t before = 0;
  for (int i = 0; i < count; i++) record(ledger, &lines[i], (i < count / 2 ? (int64_t)TODAY * CLOCK_DAY : CUT) + i * CLOCK_SECOND, &before);
  if (before) return store;
  store_free(store);
  return NULL;
}

/* ---- again ------------------------------------------------------------------------------------------------------ */

static void assert_same_tables(struct store *one, struct store *other) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) here = store_read(one, &error), there = here ? store_read(other, &error) : NULL;
  g_assert_no_error(error);
  for (size_t i = 0; main_folds[i]; i++)
    for (const struct fold *fold = main_folds[i]; fold->name; fold++)
      for (size_t t = 0; fold->tables[t]; t++) {
        char a[DIGEST_TEXT], b[DIGEST_TEXT];
        bool fine = db_table_digest(here, fold->tables[t], a, &error) && db_table_digest(there, fold->tables[t], b, &error);
        g_assert_no_error(error);
        if (!fine || strcmp(a, b) != 0) g_error("the table \"%s\" is another one in the copied history", fold->tables[t]);
      }
}

static struct again *take(struct store *store, int64_t since, const char *mute) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_auto) ledger = ledger_new(store, &main_tables);
  struct again *again = again_run(ledger, rules, &(struct again_ask){ .since = since, .mute = mute }, &error);
  if (!again) {
    refused(&error);
    return NULL;
  }
  g_assert_true(again->same == !again->first && again->cut <= again->head);
  g_assert_true(!again->first || g_utf8_validate(again->first, -1, NULL));
  for (guint i = 0; i < again->lost->len; i++) {
    const struct again_lost *lost = again->lost->pdata[i];
    g_assert_true(lost->seq > again->cut && lost->seq <= again->head && lost->why && *lost->why);
  }
  return again;
}

/* A cut behind the end takes no turn: the other history is a copy. One that was undone was folded without, and is so again. */
static void copy(struct store *store) {
  g_autoptr(again_auto) again = take(store, CUT + CLOCK_DAY, NULL);
  if (!again) return;
  g_assert_true(again->same && again->lost->len == 0 && again->turns == 0);
  assert_same_tables(store, again->store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > MOST_BYTES || memchr(data, 0, size)) return 0;
  set_up_once();
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(store_auto) store = make_history(text);
  if (!store) return 0;
  size_t all = 0;
  while (agents[all]) all++;
  size_t mute = size % (all + 1);
  again_free(take(store, CUT, mute < all ? agents[mute]->id : NULL));
  if (size % 4 == 0) copy(store);
  return 0;
}
