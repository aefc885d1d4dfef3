/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row per kind of proposal. What people accept takes effect here and nowhere else: a need is acted on and its
 * intervention registered, an asset is published, a note is sent.
 *
 * The order in which teams start is drawn from the hash of the decision's own event: it holds the moment to the microsecond,
 * which the server sets, so neither the person who decides nor an agent could choose it, and anyone can draw it again. */
#include "ops/follow-up.h"
#include "impact/plan.h"
#include "runtime/outbox.h"
#include <math.h>
#include <string.h>

/* Once per proposal and kind: the same decision may come again (a second click, a client that heard no answer). */
static bool append(const struct decided *decided, const char *kind, const char *subject, const char *body, GError **error) {
  return ledger_append(decided->write, &(struct event){ .id = uuid_of(kind, decided->proposal->id, NULL), .kind = kind, .subject = subject, .actor = decided->call->caller.actor, .cause = decided->proposal->seq, .body = body }, NULL, error);
}

/* ---- act on need ------------------------------------------------------------------------------------------------ */

static bool mark_need(const struct decided *decided, GError **error) {
  const char *goal = json_string(json_get(decided->body, "goal"));
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "goal", goal ? goal : "");
  json_put_string(&body, "proposal", decided->proposal->id);
  if (op_text(decided->call, "reason")) json_put_string(&body, "reason", op_text(decided->call, "reason"));
  json_put_string(&body, "word", decided->accepted ? "accepted" : "declined");
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL);
  return append(decided, "need.marked", decided->proposal->subject, text, error);
}

/* The hash of the newest event, which is the decision's or what followed it. */
static bool head_hash(struct db *db, uint8_t seed[DIGEST_BYTES], GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "ledger.head", "");
  size_t length = 0;
  int got = query_next(query, error);
  const void *hash = got == 1 ? query_blob(query, 1, &length) : NULL;
  if (!hash || length != DIGEST_BYTES) return got >= 0 ? fail(error, MENO_ERROR_CORRUPT, "the newest event has no hash; run `meno replay --verify`") : false;
  memcpy(seed, hash, DIGEST_BYTES);
  return true;
}

static bool wish_of(const struct decided *decided, struct impact_wish *ret_wish, GError **error) {
  const struct op_call *call = decided->call;
  *ret_wish = IMPACT_WISH_NONE;
  ret_wish->remedy = op_text(call, "remedy");
  if (op_text(call, "due")) clock_parse_day(op_text(call, "due"), &ret_wish->due);
  const char *owner = op_text(call, "owner");
  if (!owner) return true;
  for (int p = 0; p < decided->company->people.count; p++)
    if (strcmp(decided->company->people.at[p].employee_number, owner) == 0) ret_wish->owner = p;
  return ret_wish->owner >= 0 || fail(error, MENO_ERROR_NOT_FOUND, "nobody has the employee number \"%s\"; name another owner", owner);
}

static bool register_intervention(const struct decided *decided, GError **error) {
  const struct known_need *need = known_need_named(decided->company, strchr(decided->proposal->subject, ':') + 1);
  struct impact_wish wish;
  if (!need || !wish_of(decided, &wish, error)) return need == NULL;
  g_autoptr(impact_plan_auto) plan = impact_plan_new(decided->company, need, &wish, clock_day(decided->call->now));
  uint8_t seed[DIGEST_BYTES];
  if (!plan) return true; /* a need without a goal: there is nothing to measure it by */
  if (!head_hash(ledger_write_db(decided->write), seed, error)) return false;
  impact_plan_draw(plan, seed);
  g_autofree char *id = id_short("i", need->id, decided->proposal->id, NULL), *subject = g_strconcat("intervention:", id, NULL);
  g_autofree char *body = impact_plan_register(plan, id, decided->call->now);
  return append(decided, "intervention.registered", subject, body, error);
}

static bool act_on_need(const struct decided *decided, GError **error) {
  return mark_need(decided, error) && (!decided->accepted || register_intervention(decided, error));
}

/* ---- publish asset, send note ----------------------------------------------------------------------------------- */

static bool publish_asset(const struct decided *decided, GError **error) {
  const char *id = json_string(json_get(decided->body, "id"));
  if (!decided->accepted) return true;
  if (!id) return fail(error, MENO_ERROR_BAD_INPUT, "the proposal \"%s\" holds no asset", decided->proposal->title);
  g_autofree char *subject = g_strconcat("asset:", id, NULL);
  return append(decided, "asset.published", subject, decided->proposal->content, error);
}

/* Through which channel beside the inbox somebody gets notes; NULL: none, or none any more. */
static const char *channel_for(const struct decided *decided, const char *person) {
  const struct company *company = decided->company;
  const char *wish = "inbox";
  for (int i = 0; i < company->preferences.count; i++)
    if (strcmp(company->people.at[company->preferences.at[i].person].id, person) == 0) wish = company->preferences.at[i].channel;
  return strcmp(wish, "message") == 0 ? system_messages(decided->call->system) : strcmp(wish, "inbox") ? wish : NULL;
}

/* A note into somebody's inbox, and to a file or as a message where the person wants that too. */
static bool note_to(const struct decided *decided, const char *to, const char *title, const char *text, GError **error) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "proposal", decided->proposal->id);
  json_put_string(&body, "text", text);
  json_put_string(&body, "title", title);
  json_put_string(&body, "to", to);
  json_close_object(&body);
  g_autofree char *json = json_writer_steal(&body, NULL), *subject = g_strconcat("note:", decided->proposal->id, NULL);
  const char *channel = channel_for(decided, to);
  return append(decided, "note.sent", subject, json, error) &&
    (!channel || outbox_request(decided->write, channel, subject, to, decided->call->now, error));
}

static bool send_note(const struct decided *decided, GError **error) {
  const char *to = json_string(json_get(decided->body, "to"));
  return !decided->accepted || !to || note_to(decided, to, json_string(json_get(decided->body, "subject")), json_string(json_get(decided->body, "text")), error);
}

/* ---- brief people ----------------------------------------------------------------------------------------------- */

/* Who carries an intervention: its owner, else whoever accepted; NULL: an account that is nobody of the company. */
static const char *carrier_of(const struct decided *decided) {
  const struct company *company = decided->company;
  for (int i = 0; i < company->interventions.count; i++)
    if (json_equals(json_get(decided->body, "intervention"), company->interventions.at[i].id) && company->interventions.at[i].owner >= 0)
      return company->people.at[company->interventions.at[i].owner].id;
  return decided->call->caller.person;
}

/* The specification in a few lines; the guide stands with the proposal, which the note names. */
static char *specification(const struct decided *decided) {
  g_autoptr(GString) text = g_string_new(json_string(json_get(decided->body, "reason")));
  g_string_append_printf(text, "\n\nFor %.0f people of", json_number(json_get(decided->body, "people"), 0));
  struct json_iter it = json_iter(json_get(decided->body, "audience"));
  for (bool first = true; json_next(&it); first = false) g_string_append_printf(text, "%s %s", first ? "" : ",", json_string(it.value));
  g_string_append(text, ", in the order in which their teams start.");
  struct json programme = json_get(decided->body, "programme");
  if (json_string(json_get(programme, "title")))
    g_string_append_printf(text, "\n\nProgramme: %s, %g hours a person, about %.0f %s in all.", json_string(json_get(programme, "title")),
      json_number(json_get(programme, "hours"), 0), json_number(json_get(programme, "cost"), 0), decided->company->currency);
  g_string_append_printf(text, "\n\nThe whole specification and its guide: approval %s.", decided->proposal->id);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool brief_people(const struct decided *decided, GError **error) {
  const char *to = carrier_of(decided);
  if (!decided->accepted || !to) return true;
  g_autofree char *text = specification(decided);
  return note_to(decided, to, decided->proposal->title, text, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct { const char *kind; bool (*follow)(const struct decided *decided, GError **error); } rows[] = {
  { "act on need", act_on_need },
  { "brief people", brief_people },
  { "build capability", mark_need },
  { "publish asset", publish_asset },
  { "retarget programme", programmes_decided },
  { "roll back", retract_decided },
  { "send note", send_note },
  { "stop programme", programmes_decided },
};

bool follow_up(struct op_call *call, struct ledger_write *write, const struct company *company, const char *id, GError **error) {
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (gate_find(ledger_write_db(write), id, &proposal, error) < 0) return false;
  bool accepted = proposal && strcmp(proposal->state, "accepted") == 0, rejected = proposal && strcmp(proposal->state, "rejected") == 0;
  if (!accepted && !rejected) return true;
  g_autoptr(json_doc_auto) doc = json_parse(proposal->content, strlen(proposal->content), error);
  if (!doc) return false;
  struct decided decided = { call, write, company, proposal, json_root(doc), accepted };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].kind, proposal->kind) == 0) return rows[i].follow(&decided, error);
  return true;
}
