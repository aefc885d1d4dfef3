/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What whoever watches the machine may know of the company's data: how much work waits, not about whom. */
#include "ops/gauges.h"
#include "base/metrics.h"
#include <string.h>

static void read_counts(struct db *db, const char *name, enum metric metric, bool two_labels) {
  g_autoptr(query_auto) query = db_query(db, NULL, name, "");
  while (query_next(query, NULL) == 1)
    metric_set(metric, (double)query_integer(query, two_labels ? 2 : 1), query_text(query, 0), two_labels ? query_text(query, 1) : NULL);
}

void gauges_read(struct system *system) {
  metric_unset(METRIC_PROPOSALS);
  metric_unset(METRIC_OUTBOX);
  metric_unset(METRIC_FORWARDS);
  metric_unset(METRIC_EVENTS);
  metric_unset(METRIC_DATA_NEWEST);
  g_autoptr(db_auto) db = store_read(system_store(system), NULL);
  int64_t head = db ? ledger_head(db, NULL) : -1;
  if (head < 0) return;
  metric_set(METRIC_EVENTS, (double)head, NULL, NULL);
  read_counts(db, "upkeep.proposals", METRIC_PROPOSALS, false);
  read_counts(db, "upkeep.actions", METRIC_OUTBOX, true);
  read_counts(db, "upkeep.forwards", METRIC_FORWARDS, false);
  db_release(g_steal_pointer(&db));
  g_autoptr(view_auto) view = system_view(system, NULL);
  if (view && view->company->people.count) metric_set(METRIC_DATA_NEWEST, (double)view->company->last_day * 86400, NULL, NULL);
}
