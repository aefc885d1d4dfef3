/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of statements from anywhere: packed or not, whole or not, it is read or refused with words; in whatever portions its bytes come, the
 * same lines come of them; and each line is taken, or named in the report. */
#include "company/fold.h"
#include "evidence/lrs-move.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <string.h>

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, NULL };
static const struct fold *const folds[] = { company_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct portions { const uint8_t *data; size_t size, at, portion; };

static int64_t give(void *data, void *to, size_t most, GError **error) {
  struct portions *portions = data;
  size_t size = MIN(MIN(most, portions->portion), portions->size - portions->at);
  if (size) memcpy(to, portions->data + portions->at, size);
  portions->at += size;
  return (int64_t)size;
}

/* All that comes of it, in one text. */
static GString *read_all(const uint8_t *data, size_t size, size_t portion) {
  struct portions portions = { data, size, 0, portion };
  g_autoptr(lines_auto) lines = lines_new(give, &portions, 1 << 20);
  g_autoptr(GError) error = NULL;
  GString *all = g_string_new(NULL);
  const char *line;
  size_t length;
  int got;
  while ((got = lines_next(lines, &line, &length, &error)) == 1 && all->len < 8 << 20) {
    g_assert(lines_whole(lines) <= (int64_t)size && lines_taken(lines) <= (int64_t)size);
    g_string_append_len(all, line, (gssize)length);
    g_string_append_printf(all, "\n%d", (int)(lines_whole(lines) >= 0 && lines_cut(lines)));
  }
  g_assert((got < 0) == (error != NULL));
  if (got < 0) g_string_assign(all, "damaged"); /* how much of it comes before that is seen, is the packer's */
  if (got == 0) g_string_append_printf(all, "end %d", (int)lines_cut(lines));
  return all;
}

static int64_t now(void *data) { return INT64_C(1800000000) * CLOCK_SECOND; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct lrs *lrs;
  if (!lrs) lrs = lrs_new(ledger_new(store_open_memory(NULL), &tables));
  if (size == 0) return 0;
  g_autoptr(GString) whole = read_all(data, size, SIZE_MAX), parts = read_all(data, size, 1 + data[size - 1] % 64);
  if (whole->len < 8 << 20) g_assert(g_string_equal(whole, parts));
  struct portions portions = { data, size, 0, SIZE_MAX };
  g_autoptr(lines_auto) lines = lines_new(give, &portions, 1 << 20);
  g_auto(lrs_import_report_auto) report = { 0 };
  g_autoptr(GError) error = NULL;
  bool fine = lrs_import(lrs, &(struct lrs_import){ .lines = lines, .check = true, .actor = "account:operator", .now = now }, &report, &error);
  g_assert(fine == (error == NULL));
  g_assert(report.taken + report.there + report.attachments <= report.lines && report.there == 0);
  return 0;
}
