/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What roll-ups cost the writer. Lays down a year of statements of 10,000 people, through the record store's own functions, into
 * a folder that `meno init` has made; then makes the blocks of all of them once more, alone, and takes the time.
 *
 *   bench-summary FOLDER STATEMENTS          lay down, then measure
 *   bench-summary FOLDER                     measure what is there
 *
 * Activities are as popular as 1/rank; who does what when is even, which is the worst for blocks: no agent twice. */
#include "company/blocks.h"
#include "evidence/lrs.h"
#include "main.h"
#include "ops/system.h"
#include <stdio.h>
#include <time.h>

#define PEOPLE 10000
#define ACTIVITIES 5000
#define BATCH 1000
#define END (INT64_C(20454) * CLOCK_DAY) /* 2026-01-01 */

static const char *const verbs[] = { "answered", "answered", "answered", "experienced", "experienced", "completed", "progressed", "passed", "initialized", "terminated", "failed", "interacted" };
static double upto[ACTIVITIES];

static unsigned draw_activity(void) {
  double at = g_random_double() * upto[ACTIVITIES - 1];
  unsigned low = 0, high = ACTIVITIES - 1;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (upto[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void put_statement(GString *text, int64_t at) {
  unsigned verb = (unsigned)g_random_int_range(0, G_N_ELEMENTS(verbs)), what = draw_activity(), score = (unsigned)g_random_int_range(0, 101);
  char when[CLOCK_TEXT];
  g_string_append_printf(text, "{\"id\":\"%08x-%04x-4%03x-8%03x-%08x%04x\",\"actor\":{\"mbox\":\"mailto:p%d@example.com\"},\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/%s\"},"
    "\"object\":{\"id\":\"https://lms.example.com/units/%u\"},\"timestamp\":\"%s\"", g_random_int(), g_random_int() & 0xffff, g_random_int() & 0xfff, g_random_int() & 0xfff,
    g_random_int(), g_random_int() & 0xffff, g_random_int_range(0, PEOPLE), verbs[verb], what, clock_format_time(at, when));
  if (verb < 3) g_string_append_printf(text, ",\"result\":{\"score\":{\"scaled\":%.2f},\"success\":%s}", score / 100.0, score >= 50 ? "true" : "false");
  g_string_append_c(text, '}');
}

static bool lay_down(struct system *system, int64_t statements, GError **error) {
  struct lrs *lrs = lrs_new(system_ledger(system));
  int64_t begun = g_get_monotonic_time(), inside = 0;
  bool fine = true;
  for (int64_t done = 0; fine && done < statements; done += BATCH) {
    g_autoptr(GString) text = g_string_new("[");
    for (int64_t i = done; i < done + BATCH; i++) {
      if (i > done) g_string_append_c(text, ',');
      put_statement(text, END - (statements - i) * (365 * CLOCK_DAY / statements));
    }
    g_string_append_c(text, ']');
    int64_t from = g_get_monotonic_time();
    g_autoptr(json_doc_auto) doc = json_parse(text->str, text->len, error);
    struct lrs_incoming incoming = { .root = doc ? json_root(doc) : (struct json){ 0 }, .count = BATCH, .version = XAPI_2_0_0, .actor = "connector:xapi-bench",
      .authority = "{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"urn:meno:credentials\",\"name\":\"bench\"}}" };
    g_autoptr(GPtrArray) ids = doc ? lrs_store(lrs, END, &incoming, error) : NULL;
    fine = ids != NULL;
    inside += g_get_monotonic_time() - from;
    if (done % 500000 == 0) fprintf(stderr, "%" G_GINT64_FORMAT " after %.0f s\n", done, (double)(g_get_monotonic_time() - begun) / 1e6);
  }
  lrs_free(lrs);
  if (fine) printf("%" G_GINT64_FORMAT " statements stored in batches of %d, %.1f us each\n", statements, BATCH, (double)inside / (double)statements);
  return fine;
}

static void count_cell(const struct block_cell *cell, void *data) { ++*(int64_t *)data; }

/* Every block anew, as the fold makes them, in a transaction that is kept: the same rows, but for the moment at which they came. */
static bool make_blocks(struct system *system, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(system), END, error);
  if (!write) return false;
  struct db *db = ledger_write_db(write);
  int64_t head = ledger_head(db, error), longest = 0, blocks = 0;
  if (head < 0 || !db_table_clear(db, "statement_block", error)) return false;
  clock_t begun = clock(); /* processor time: nothing else runs in this process, but much may on the machine */
  for (int64_t seq = BLOCKS_SEQS; seq <= head; seq += BLOCKS_SEQS, blocks++) {
    int64_t from = g_get_monotonic_time();
    if (!blocks_fold(db, seq, error)) return false;
    longest = MAX(longest, g_get_monotonic_time() - from);
  }
  double took = (double)(clock() - begun) / CLOCKS_PER_SEC;
  if (!ledger_commit(g_steal_pointer(&write), error)) return false;
  printf("%" G_GINT64_FORMAT " blocks of %d: %.2f us of the processor for each event, %.1f ms for the longest\n", blocks, BLOCKS_SEQS, took * 1e6 / (double)MAX(head, 1), (double)longest / 1e3);
  return true;
}

static bool count_cells(struct system *system, GError **error) {
  static const char *const names[BLOCK_KINDS] = { "verbs", "activities", "agents" };
  g_autoptr(db_auto) db = store_read(system_store(system), error);
  for (enum block_kind kind = 0; db && kind < BLOCK_KINDS; kind++) {
    int64_t cells = 0, begun = g_get_monotonic_time();
    if (!blocks_visit(db, kind, INT32_MIN, INT32_MAX, count_cell, &cells, error)) return false;
    printf("%s: %" G_GINT64_FORMAT " cells, read in %.1f ms\n", names[kind], cells, (double)(g_get_monotonic_time() - begun) / 1e3);
  }
  return db != NULL;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  if (argc < 2 || argc > 3) {
    fprintf(stderr, "bench-summary FOLDER [STATEMENTS]\n");
    return 64;
  }
  for (int i = 0; i < ACTIVITIES; i++) upto[i] = (i ? upto[i - 1] : 0) + 1.0 / (i + 1);
  g_random_set_seed(1);
  g_autoptr(system_auto) system = system_open(argv[1], argv[1], false, &main_tables, &(struct clock){ END }, &error);
  bool fine = system && (argc == 2 || lay_down(system, g_ascii_strtoll(argv[2], NULL, 10), &error)) && make_blocks(system, &error) && count_cells(system, &error);
  if (!fine) g_printerr("%s\n", error->message);
  return !fine;
}
