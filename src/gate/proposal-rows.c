/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading proposals: rows as structs that own their texts, with the decisions on them.
 *
 * Copies, because a proposal outlives the step of its query: it is judged, shown and written about while other queries
 * run. Lists load the approvals of each row with a query of its own; a queue of approvals is short by design (the budget
 * of reading time), so the loop is too. */
#include "gate/proposals-private.h"
#include <string.h>

static void approval_free(void *data) {
  struct gate_approval *approval = data;
  g_free(approval->actor);
  g_free(approval->instead_of);
  g_free(approval->role);
  g_free(approval->decision);
  g_free(approval->reason);
  g_free(approval);
}

void gate_proposal_free(struct gate_proposal *p) {
  if (!p) return;
  char *texts[] = { p->id,    p->kind,         p->subject,       p->slot, p->title,    p->content,  p->input,
                    p->agent, p->claim,        p->requester,     p->risk, p->criteria, p->rule,     p->state,
                    p->why,   p->content_hash, p->evidence_hash, p->hash, p->rules,    p->previous, p->next };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_clear_pointer(&p->approvals, g_ptr_array_unref);
  g_free(p);
}

/* The columns in the order of the queries of sql/queries/gate.sql. */
static struct gate_proposal *read_row(struct query *q) {
  struct gate_proposal *p = g_new0(struct gate_proposal, 1);
  char **texts[] = { &p->id, &p->kind, &p->subject, &p->slot, &p->title, &p->content, &p->input, &p->agent, &p->claim, &p->requester };
  for (int i = 0; i < 10; i++) *texts[i] = g_strdup(query_text(q, i));
  p->audience = (int)query_integer(q, 10);
  p->tier = (int)query_integer(q, 11);
  p->points = (int)query_integer(q, 12);
  char **more[] = { &p->risk, &p->criteria, &p->rule, &p->state, &p->why, &p->content_hash, &p->evidence_hash, &p->hash, &p->rules };
  for (int i = 0; i < 9; i++) *more[i] = g_strdup(query_text(q, 13 + i));
  p->minutes = query_double(q, 22);
  p->worth = query_double(q, 23);
  p->previous = g_strdup(query_text(q, 24));
  p->next = g_strdup(query_text(q, 25));
  p->made = query_integer(q, 26);
  p->expires = query_integer(q, 27);
  p->ended = query_integer(q, 28);
  p->seq = query_integer(q, 29);
  p->approvals = g_ptr_array_new_with_free_func(approval_free);
  return p;
}

static bool load_approvals(struct db *db, struct gate_proposal *p, GError **error) {
  g_autoptr(query_auto) q = db_query(db, error, "gate.approvals", "t", p->id);
  int got;
  while ((got = query_next(q, error)) == 1) {
    struct gate_approval *a = g_new0(struct gate_approval, 1);
    a->actor = g_strdup(query_text(q, 0));
    a->role = g_strdup(query_text(q, 1));
    a->decision = g_strdup(query_text(q, 2));
    a->reason = g_strdup(query_text(q, 3));
    size_t length;
    const void *event = query_blob(q, 10, &length);
    if (length == sizeof a->event.bytes) memcpy(a->event.bytes, event, length);
    a->at = query_integer(q, 5);
    a->stale = query_integer(q, 6) != 0;
    a->seq = query_integer(q, 8);
    a->instead_of = g_strdup(query_text(q, 9));
    g_ptr_array_add(p->approvals, a);
  }
  return got == 0;
}

static int find_one(struct db *db, struct query *q, struct gate_proposal **ret_proposal, GError **error) {
  g_autoptr(gate_proposal_auto) p = NULL;
  int got = query_next(q, error);
  if (got == 1) p = read_row(q);
  query_done(q);
  if (got < 1) return got;
  if (!load_approvals(db, p, error)) return -1;
  *ret_proposal = g_steal_pointer(&p);
  return 1;
}

int gate_find(struct db *db, const char *id, struct gate_proposal **ret_proposal, GError **error) {
  return find_one(db, db_query(db, error, "gate.proposal", "t", id), ret_proposal, error);
}

int gate_find_latest(struct db *db, const char *kind, const char *subject, struct gate_proposal **ret_proposal, GError **error) {
  return find_one(db, db_query(db, error, "gate.latest_proposal", "tt", kind, subject), ret_proposal, error);
}

int gate_find_in_slot(struct db *db, const char *kind, const char *slot, struct gate_proposal **ret_proposal, GError **error) {
  return find_one(db, db_query(db, error, "gate.latest_in_slot", "tt", kind, slot), ret_proposal, error);
}

GPtrArray *gate_rows(struct db *db, const char *query, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)gate_proposal_free);
  struct query *q = db_query(db, error, query, "");
  int got;
  while ((got = query_next(q, error)) == 1) g_ptr_array_add(list, read_row(q));
  query_done(q);
  if (got < 0) return NULL;
  for (guint i = 0; i < list->len; i++)
    if (!load_approvals(db, list->pdata[i], error)) return NULL;
  return g_steal_pointer(&list);
}

GPtrArray *gate_proposals(struct db *db, bool all, GError **error) { return gate_rows(db, all ? "gate.all_proposals" : "gate.open_proposals", error); }

bool gate_is_open(const struct gate_proposal *proposal) { return !strcmp(proposal->state, STATE_PROPOSED) || !strcmp(proposal->state, STATE_IN_APPROVAL); }
