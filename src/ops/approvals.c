/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Approvals: what waits for a decision, and deciding it. The rules are the gate's; here a decision is carried in, and what
 * follows from an accepted one is recorded in the same transaction. */
#include "ops/deputies.h"
#include "ops/follow-up.h"
#include <string.h>

struct reader { struct op_call *call; struct view *view; struct db *db; struct standing standing; struct gate_person person /* of the proposal last looked at */; };

static char *name_actor(void *data, const char *actor) { return ops_actor_name(((struct reader *)data)->view->company, actor); }

static bool reader_open(struct reader *reader, struct op_call *call, GError **error) {
  *reader = (struct reader){ .call = call, .view = system_view(call->system, error) };
  return reader->view && (reader->db = store_read(system_store(call->system), error)) && standing_load(call, reader->db, &reader->standing, error);
}

static void reader_close(struct reader *reader) {
  standing_clear(&reader->standing);
  db_release(reader->db);
  view_release(reader->view);
}

/* Who confirmed the cause of the need that a proposal is about; newly allocated, NULL nobody. */
static bool confirmer_of(struct db *db, const char *subject, char **ret_confirmer, GError **error) {
  *ret_confirmer = NULL;
  if (!g_str_has_prefix(subject, "need:")) return true;
  g_autoptr(query_auto) query = db_query(db, error, "company.need_words", "t", subject + 5);
  int got;
  while ((got = query_next(query, error)) == 1)
    if (strcmp(query_text(query, 0), "cause") == 0) {
      g_free(*ret_confirmer);
      *ret_confirmer = g_strdup(query_text(query, 4));
    }
  return got == 0;
}

static bool view_of(struct reader *reader, const struct gate_proposal *proposal, char **ret_confirmer, struct gate_view *ret_view, GError **error) {
  if (!confirmer_of(reader->db, proposal->subject, ret_confirmer, error)) return false;
  reader->person = standing_for(&reader->standing, system_rules(reader->call->system), proposal, *ret_confirmer, reader->call->now);
  *ret_view = (struct gate_view){ .rules = system_rules(reader->call->system), .person = &reader->person, .confirmer = *ret_confirmer, .seal = system_seal(reader->call->system),
    .now = reader->call->now, .name = name_actor, .data = reader };
  return true;
}

static bool approvals_list(struct op_call *call, struct json_writer *out, GError **error) {
  struct reader reader;
  bool fine = reader_open(&reader, call, error);
  g_autoptr(GPtrArray) proposals = fine ? gate_proposals(reader.db, op_flag(call, "all"), error) : NULL;
  json_open_array(out, "proposals");
  for (guint i = 0; proposals && fine && i < proposals->len; i++) {
    struct gate_view view;
    g_autofree char *confirmer = NULL;
    fine = view_of(&reader, proposals->pdata[i], &confirmer, &view, error);
    if (!fine) break;
    json_open_object(out, NULL);
    gate_write_row(&view, proposals->pdata[i], out);
    json_close_object(out);
  }
  json_close_array(out);
  reader_close(&reader);
  return fine && proposals;
}

static bool show(struct op_call *call, const char *id, struct json_writer *out, GError **error) {
  struct reader reader;
  g_autoptr(gate_proposal_auto) proposal = NULL;
  g_autofree char *confirmer = NULL;
  struct gate_view view;
  bool fine = reader_open(&reader, call, error);
  int got = fine ? gate_find(reader.db, id, &proposal, error) : -1;
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no proposal \"%s\"", id);
  fine = got == 1 && view_of(&reader, proposal, &confirmer, &view, error) && gate_write_whole(&view, reader.db, proposal, out, error);
  g_autoptr(json_doc_auto) body = fine ? json_parse(proposal->content, strlen(proposal->content), error) : NULL;
  if (body) ops_write_names(out, reader.view->company, json_root(body));
  fine = body != NULL;
  reader_close(&reader);
  return fine;
}

static bool approvals_show(struct op_call *call, struct json_writer *out, GError **error) { return show(call, op_text(call, "id"), out, error); }

/* ---- deciding --------------------------------------------------------------------------------------------------- */

static char **criteria_of(struct op_call *call) {
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  struct json_iter it = json_iter(json_get(call->in, "criteria"));
  while (json_next(&it)) g_ptr_array_add(list, g_strdup(json_string(it.value)));
  g_ptr_array_add(list, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

struct deciding { struct op_call *call; const struct company *company; enum gate_word word; const char *const *criteria; };

static bool decide_within(struct ledger_write *write, void *data, GError **error) {
  const struct deciding *deciding = data;
  struct op_call *call = deciding->call;
  const char *id = op_text(call, "id");
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (gate_find(ledger_write_db(write), id, &proposal, error) < 0) return false;
  g_autofree char *confirmer = NULL;
  if (proposal && !confirmer_of(ledger_write_db(write), proposal->subject, &confirmer, error)) return false;
  g_auto(standing_auto) standing = { 0 };
  if (!standing_load(call, ledger_write_db(write), &standing, error)) return false;
  struct gate_person person = proposal ? standing_for(&standing, system_rules(call->system), proposal, confirmer, call->now) : standing.own;
  struct gate_decision decision = { .proposal = id, .word = deciding->word, .hash = op_text(call, "hash"), .criteria = deciding->criteria,
    .reason = op_text(call, "reason"), .confirmer = confirmer };
  return gate_decide(write, system_rules(call->system), &person, &decision, call->now, error) && follow_up(call, write, deciding->company, id, error);
}

static bool decide(struct op_call *call, enum gate_word word, struct json_writer *out, GError **error) {
  g_auto(GStrv) criteria = criteria_of(call);
  g_autoptr(view_auto) view = system_view(call->system, error);
  struct deciding deciding = { .call = call, .company = view ? view->company : NULL, .word = word, .criteria = (const char *const *)criteria };
  return view && ledger_do(system_ledger(call->system), call->now, decide_within, &deciding, error) && show(call, op_text(call, "id"), out, error);
}

static bool approvals_accept(struct op_call *call, struct json_writer *out, GError **error) { return decide(call, GATE_ACCEPT, out, error); }
static bool approvals_reject(struct op_call *call, struct json_writer *out, GError **error) { return decide(call, GATE_REJECT, out, error); }
static bool approvals_changes(struct op_call *call, struct json_writer *out, GError **error) { return decide(call, GATE_REQUEST_CHANGES, out, error); }

/* ---- the table -------------------------------------------------------------------------------------------------- */

#define ROW_FIELDS \
  { "id", FIELD_ID("proposal"), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "what would happen" }, \
  { "tier", FIELD_INTEGER(0, 3), REQUIRED, "risk: 0 automatic, 1 one person, 2 two with an expert, 3 human-owned" }, { "state", FIELD_TEXT(0), REQUIRED, "" }, \
  { "made", FIELD_TIME, REQUIRED, "" }, { "expires", FIELD_TIME, REQUIRED | NULLABLE, "silence is no" }, { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "" }, \
  { "waits_for", FIELD_TEXTS, REQUIRED, "roles" }, { "mine", FIELD_BOOL, REQUIRED, "you may decide it now" }

static const struct field row_fields[] = { ROW_FIELDS, { 0 } };
static const struct field list_out[] = { { "proposals", FIELD_LIST(row_fields), REQUIRED, "soonest to lapse first" }, { 0 } };
static const struct field risk_fields[] = { { "factor", FIELD_TEXT(0), REQUIRED, "" }, { "points", FIELD_INTEGER(-100, 100), REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field criterion_fields[] = { { "id", FIELD_ID("criterion"), REQUIRED, "" }, { "question", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field decision_fields[] = { { "by", FIELD_TEXT(0), REQUIRED, "" }, { "instead_of", FIELD_TEXT(0), REQUIRED | NULLABLE, "a deputy's decision: in whose place" }, { "role", FIELD_TEXT(0), REQUIRED, "" }, { "decision", FIELD_TEXT(0), REQUIRED, "" },
  { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { 0 } };
static const struct field whole_out[] = { ROW_FIELDS, { "body", FIELD_ANY, REQUIRED, "what a person would accept: its members depend on the kind" }, { "hash", FIELD_TEXT(0), REQUIRED, "send it back with the decision" },
  { "names", FIELD_ANY, REQUIRED, "id → what it is called, for ids in the body" },
  { "why", FIELD_TEXTS, REQUIRED, "" }, { "risk", FIELD_LIST(risk_fields), REQUIRED, "" }, { "rule", FIELD_TEXT(0), REQUIRED, "who decides, in words" }, { "needs_reason", FIELD_BOOL, REQUIRED, "also to accept it" }, { "why_not", FIELD_TEXT(0), REQUIRED | NULLABLE, "why the caller cannot decide it" },
  { "criteria", FIELD_LIST(criterion_fields), REQUIRED, "" }, { "decisions", FIELD_LIST(decision_fields), REQUIRED, "" },
  { "instead_of", FIELD_TEXT(0), REQUIRED | NULLABLE, "in whose place you would decide; null: your own" }, { "stale", FIELD_BOOL, REQUIRED, "a newer one has replaced it" },
  { "changed", FIELD_TEXTS, REQUIRED, "what differs from the one before" }, { "previous", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field list_in[] = { { "all", FIELD_BOOL, 0, "also what has been decided or has lapsed" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("proposal"), REQUIRED | IN_PATH, "the proposal" }, { 0 } };
#define DECIDE_FIELDS(needs_reason) { "id", FIELD_ID("proposal"), REQUIRED | IN_PATH, "the proposal" }, { "hash", FIELD_TEXT(80), REQUIRED, "of what you were shown" }, \
  { "reason", FIELD_TEXT(LIMIT_TEXT), needs_reason, "kept with the decision" }
static const struct field accept_in[] = { DECIDE_FIELDS(0), { "criteria", FIELD_TEXTS, 0, "ids of the questions answered with yes" },
  { "remedy", FIELD_TEXT(200), 0, "of a need that is acted on: what will be done, where you know better" }, { "owner", FIELD_ID("person"), 0, "its owner's employee number" },
  { "due", FIELD_DAY, 0, "by when it is done" }, { 0 } };
static const struct field refuse_in[] = { DECIDE_FIELDS(REQUIRED), { 0 } };

const struct op approvals_ops[] = {
  { "approvals list", GET, "/approvals", MAY_READ_APPROVALS, list_in, list_out, approvals_list, "What waits for a decision", "deciding" },
  { "approvals show", GET, "/approvals/{id}", MAY_READ_APPROVALS, id_in, whole_out, approvals_show, "One proposal: what, why, risk, rule, decisions", "deciding" },
  { "approvals accept", POST, "/approvals/{id}/accept", MAY_DECIDE, accept_in, whole_out, approvals_accept, "Accept a proposal as it was shown", "deciding" },
  { "approvals reject", POST, "/approvals/{id}/reject", MAY_DECIDE, refuse_in, whole_out, approvals_reject, "Reject a proposal, with a reason", "deciding" },
  { "approvals request-changes", POST, "/approvals/{id}/request-changes", MAY_DECIDE, refuse_in, whole_out, approvals_changes, "Send a proposal back, with what should change", "deciding" },
  { 0 } };
