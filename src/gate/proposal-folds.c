/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gate's events and what they become: the tables decision_rules, proposal and approval.
 *
 * A fold knows no rules: whatever the rules said (tier, criteria, sentence, the state after a decision) stands in the event,
 * so that a replay in ten years, under other rules, gives the same rows. The price is that events repeat what they say of
 * the rules; the gain is that what an approver was shown can be read from one event.
 *
 * How it can be wrong: `proposal.made` after `proposal.withheld` keeps the proposal's id and only lifts its state; put_proposal
 * therefore updates only what may differ then. If released content could differ, it would be lost here: proposals.c
 * gives changed content another id. */
#include "gate/proposals-private.h"
#include <math.h>
#include <string.h>

const char *const gate_words[3] = { "accept", "reject", "request changes" };

static const char *text(struct json body, const char *key) { return json_string(json_get(body, key)); }

static int64_t integer(struct json body, const char *key) {
  int64_t value = 0;
  json_integer(json_get(body, key), &value);
  return value;
}

/* A member as canonical JSON; "null" where it is absent. */
static char *canonical(struct json body, const char *key) {
  char *json = json_canonical(json_get(body, key), NULL);
  return json ? json : g_strdup("null");
}

static bool apply_proposal(struct db *db, const struct event *event, struct json body, GError **error) {
  struct json input = json_get(body, "input"), asks = json_get(input, "asks");
  g_autofree char *content = canonical(asks, "body"), *whole = canonical(body, "input"), *risk = canonical(body, "risk"),
                  *criteria = canonical(body, "criteria");
  const char *state = text(body, "state");
  bool ended = !g_strcmp0(state, STATE_AUTO);
  struct query *q = db_query_named(db, "gate.put_proposal", error);
  if (!q) return false;
  const char *const texts[] = {
    text(body, "id"),     text(asks, "kind"),   text(asks, "subject"),   text(body, "slot"), text(asks, "title"), content, whole,
    text(input, "agent"), text(input, "claim"), text(input, "requester")
  };
  for (int i = 0; i < 10; i++) query_bind_text(q, i + 1, texts[i]);
  query_bind_integer(q, 11, integer(asks, "audience"));
  query_bind_integer(q, 12, integer(body, "tier"));
  query_bind_integer(q, 13, integer(body, "points"));
  const char *const more[] = { risk, criteria, text(body, "rule"), state, text(body, "why"), text(body, "content_hash"), text(body, "evidence_hash"),
                               text(body, "hash"), event->rules };
  for (int i = 0; i < 9; i++) query_bind_text(q, i + 14, more[i]);
  query_bind_double(q, 23, json_number(json_get(body, "minutes"), 0));
  query_bind_double(q, 24, json_number(json_get(json_get(input, "rests_on"), "worth"), NAN));
  query_bind_text(q, 25, text(body, "previous"));
  query_bind_integer(q, 26, event->recorded);
  query_bind_integer(q, 27, integer(body, "expires"));
  if (ended) query_bind_integer(q, 28, event->recorded);
  else query_bind_text(q, 28, NULL);
  query_bind_integer(q, 29, event->seq);
  int got = query_next(q, error);
  query_done(q);
  return got >= 0;
}

static bool apply_end(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *state = !strcmp(event->kind, "proposal.expired") ? STATE_EXPIRED : STATE_SUPERSEDED, *id = text(body, "proposal");
  return db_run(db, error, "gate.end_proposal", "tttti", id, state, text(body, "why"), text(body, "next"), event->recorded) >= 0 &&
         (!strcmp(state, STATE_EXPIRED) || db_run(db, error, "gate.dismiss_approvals", "t", id) >= 0);
}

static bool apply_decision(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = text(body, "proposal"), *state = text(body, "state");
  g_autofree char *criteria = canonical(body, "criteria");
  if (db_run(db, error, "gate.put_approval", "ttttttttiit", id, event->actor, text(body, "content_hash"), text(body, "hash"), text(body, "role"),
             text(body, "decision"), text(body, "reason"), criteria, event->recorded, event->seq, text(body, "instead_of")) < 0)
    return false;
  if (!g_strcmp0(state, STATE_IN_APPROVAL) || !g_strcmp0(state, STATE_CHANGES)) return db_run(db, error, "gate.move_proposal", "tt", id, state) >= 0;
  return db_run(db, error, "gate.end_proposal", "tttti", id, state, NULL, NULL, event->recorded) >= 0;
}

static bool apply_proposal_event(struct db *db, const struct event *event, struct json body, GError **error) {
  if (!strcmp(event->kind, "proposal.made") || !strcmp(event->kind, "proposal.withheld")) return apply_proposal(db, event, body, error);
  if (!strcmp(event->kind, "approval.decided")) return apply_decision(db, event, body, error);
  return apply_end(db, event, body, error);
}

static bool apply_rules(struct db *db, const struct event *event, struct json body, GError **error) {
  g_autofree char *content = canonical(body, "content");
  return db_run(db, error, "gate.put_rules", "ittti", event->seq, text(body, "revision"), content, event->actor, event->recorded) >= 0;
}

#define PROPOSAL "{content_hash:text criteria?:[{id:text question:text}] evidence_hash:text expires:moment hash:text id:name " \
  "input:{agent:text asks:{audience:count body:{} individual?:flag irreversible?:flag kind:text novel?:flag regulated?:flag subject:text title:text} " \
  "claim?:text expires?:daynumber requester?:text rests_on?:{confidence?:number evidence?:[{about?:text against?:flag machine?:flag people?:count records?:count " \
  "sentence?:text source:text}] taint?:count worth?:number}} minutes?:number points:count previous?:text risk?:any rule:text slot:text state:text tier:0..3 why?:text}"
#define ENDED "{next?:text proposal:text why?:text}"

const struct event_kind gate_kinds[] = {
  { "rules.set", "deciding", 0, "", "the decision rules in force from here on", .body = "{content:{} revision:name}" },
  { "proposal.made", "deciding", 0, "", "an agent asks people for a decision, or a rule accepts in their name", .body = PROPOSAL },
  { "proposal.withheld", "deciding", 0, "", "a proposal that is not worth an approver's time now", .body = PROPOSAL },
  { "proposal.superseded", "deciding", 0, "", "content, evidence or rules changed, or what it rested on is gone; approvals of it are stale", .body = ENDED },
  { "proposal.expired", "deciding", 0, "", "nobody decided in time: that is a no", .body = ENDED },
  { "approval.decided", "deciding", 0, "reason", "a person accepted, rejected or requested changes, bound to the hash of what was shown", "@actor",
    "{content_hash:text criteria?:[text] decision:text hash:text instead_of?:text proposal:name reason?:text role:text state:text}" },
  { 0 },
};

const struct fold gate_folds[] = {
  { "proposals",
    (const char *const[]){ "proposal.made", "proposal.withheld", "proposal.superseded", "proposal.expired", "approval.decided", NULL },
    (const char *const[]){ "proposal", "approval", NULL }, apply_proposal_event },
  { "decision rules", (const char *const[]){ "rules.set", NULL }, (const char *const[]){ "decision_rules", NULL }, apply_rules },
  { 0 },
};
