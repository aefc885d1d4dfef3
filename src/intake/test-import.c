/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Imports against what is there, and against what other processes do meanwhile. */
#include "company/fold.h"
#include "intake/import.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <glib/gstdio.h>
#include <unistd.h>

static const struct event_kind *const kinds[] = { company_kinds, claim_kinds, erasure_kinds, NULL };
static const struct fold *const folds[] = { company_folds, claim_folds, erasure_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };
static const uint8_t key[32] = "a key of thirty-two bytes, more ";

static const char people[] = "employee_number,first_name,last_name,team\n1,Ann,Ash,North\n2,Bea,Birch,North\n";

/* Imports with this ring; how many events the ledger has then. */
static int64_t bring(struct ledger *ledger, struct seal *seal) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static(people, sizeof people - 1);
  struct intake_file file = { .name = "people.csv", .bytes = bytes };
  struct json_writer report;
  json_writer_init(&report);
  json_open_object(&report, NULL);
  ledger_use_seal(ledger, seal);
  bool fine = import_run(ledger, clock_from_civil(2026, 3, 1) * CLOCK_DAY, &(struct import_request){ .files = &file, .count = 1, .actor = "system", .key = key }, &report, &error);
  g_assert_no_error(error);
  g_assert_true(fine);
  json_writer_clear(&report);
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), &error);
  return ledger_head(db, &error);
}

/* A process that opened its ring before another one's import, and reads after it: nothing has changed for it. */
static void of_two_processes(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("meno-import-XXXXXX", NULL), *ring = g_build_filename(folder, "meno.keys", NULL);
  struct store *store = store_open(folder, &error);
  struct ledger *ledger = ledger_new(store, &tables);
  struct seal *early = seal_new(ring, key, &error), *other = seal_new(ring, key, &error);
  g_assert_no_error(error);
  int64_t events = bring(ledger, other);
  g_assert_cmpint(events, ==, 3);
  g_assert_cmpint(bring(ledger, early), ==, events);
  seal_free(early);
  seal_free(other);
  ledger_free(ledger);
  store_free(store);
  static const char *const files[] = { "meno.keys", "meno.db", "meno.db-wal", "meno.db-shm" };
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i], NULL);
    g_unlink(path);
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/import/of-two-processes", of_two_processes);
  return g_test_run();
}
