/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folds of claims, and of the imports themselves.
 *
 * `claim.made` has the claim as its body: {agent, confidence, evidence:[…], id, predicate, rests_on:[ids], subject, valid_from,
 * valid_to, value}. A new value for the same predicate and subject supersedes the live one in the same fold, so two live
 * claims never disagree about one thing. What a claim rests on becomes edges in src/runtime/links.c. */
#include "ledger/claims.h"
#include <string.h>

static int64_t integer_or(struct json value, int64_t otherwise) {
  int64_t result;
  return json_integer(value, &result) ? result : otherwise;
}

static bool fold_made(struct db *db, const struct event *event, struct json body, GError **error) {
  size_t value_length, evidence_length;
  const char *value_raw = json_raw(json_get(body, "value"), &value_length);
  const char *evidence_raw = json_raw(json_get(body, "evidence"), &evidence_length);
  g_autofree char *value = g_strndup(value_raw, value_length), *evidence = g_strndup(evidence_raw, evidence_length);
  const char *id = json_string(json_get(body, "id")), *predicate = json_string(json_get(body, "predicate")), *subject = json_string(json_get(body, "subject"));
  return db_run(db, error, "ledger.supersede_claim", "ttti", predicate, subject, id, event->seq) >= 0 &&
    db_run(db, error, "ledger.put_claim", "ttttdiittii", id, predicate, subject, value, json_number(json_get(body, "confidence"), 0),
      integer_or(json_get(body, "valid_from"), CLOCK_NO_DAY), integer_or(json_get(body, "valid_to"), CLOCK_NO_DAY),
      json_string(json_get(body, "agent")), evidence, event->recorded, event->seq) >= 0;
}

static bool fold_ended(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "ledger.end_claim", "tti", json_string(json_get(body, "id")), "retracted", event->seq) >= 0;
}

static bool fold_import(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  if (strcmp(event->kind, "import.undone") == 0) return db_run(db, error, "ledger.undo_import", "ti", id, event->seq) >= 0;
  g_autofree char *report = g_strndup(event->body, event->body_length);
  return db_run(db, error, "ledger.put_import", "titti", id, event->recorded, event->actor, report, event->seq) >= 0;
}

static const char *const made[] = { "claim.made", NULL }, *const ended[] = { "claim.retracted", NULL };
static const char *const imports[] = { "import.committed", "import.undone", NULL };
static const char *const claim_tables[] = { "claim", NULL }, *const import_tables[] = { "import", NULL }, *const no_tables[] = { NULL };

const struct event_kind claim_kinds[] = {
  { "claim.made", "steering", 0, "", "an agent or a person holds something to be so", .body = "{agent:text confidence?:share evidence:[{about?:text against?:flag count?:integer file?:text "
    "from?:day goal?:text people?:count skill?:text strength?:number team?:text text?:text to?:day}] id:name predicate:name rests_on?:[text] subject:name valid_from?:daynumber valid_to?:daynumber value:any}" },
  { "claim.retracted", "steering", 0, "", "it is not held any more", .body = "{id:name}" },
  { "import.committed", "running the system", 0, "", "a batch of files became visible",
    .body = "{bad_rows?:count files?:[{as?:text changed?:count name?:text new?:count}] first:integer mapping?:text}" },
  { "import.undone", "running the system", 0, "", "a batch of files was taken back" },
  { 0 } };

const struct fold claim_folds[] = {
  { "claims made", made, claim_tables, fold_made },
  { "claims ended", ended, no_tables, fold_ended }, /* the tables are those of the row above */
  { "imports", imports, import_tables, fold_import, .of_undone = true },
  { 0 } };

void claim_read(struct query *query, struct claim_row *row) {
  *row = (struct claim_row){ .id = query_text(query, 0), .predicate = query_text(query, 1), .subject = query_text(query, 2),
    .value = query_text(query, 3), .confidence = query_double(query, 4), .valid_from = (int32_t)query_integer(query, 5),
    .valid_to = (int32_t)query_integer(query, 6), .agent = query_text(query, 7), .evidence = query_text(query, 8),
    .state = query_text(query, 9), .made_at = query_integer(query, 10), .seq = query_integer(query, 11) };
}
