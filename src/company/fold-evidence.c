/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From evidence.ruled, actor.matched and actor.unmatched to the tables `evidence_rules` and `actor_match`. What the texts mean is
 * read where the company is loaded (load-statements.c); here they are only kept. */
#include "company/fold-private.h"
#include <string.h>

bool fold_evidence_rules(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_evidence_rules", "itttti", event->seq, json_string(json_get(body, "revision")), json_string(json_get(body, "text")),
    json_string(json_get(body, "reason")), event->actor, event->recorded) >= 0;
}

bool fold_actor_match(struct db *db, const struct event *event, struct json body, GError **error) {
  if (strcmp(event->kind, "actor.unmatched") == 0) return db_run(db, error, "company.undo_actor_match", "ti", event_about(event), event->seq) >= 0;
  return db_run(db, error, "company.put_actor_match", "tittti", event_about(event), event->seq, json_string(json_get(body, "person")),
    json_string(json_get(body, "actor")), event->actor, event->recorded) >= 0;
}
