/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Taking history again.
 *
 * After the cut each event is one of three. What agents and the gate's clockwork made (claims, proposals, deliveries, what
 * lapsed) is left out: it comes again from their turns. A `turn.taken` is a turn: the same agent looks at the other history at
 * the same moment. Everything else came from outside or from people and is appended again, if what it is about is there: a
 * decision where the proposal is open with the same content, what followed the decision where the decision was, an answer
 * where the delivery is. What is not there any more is told, with the reason.
 *
 * Numbers differ once the histories part. A cause is therefore looked up anew, by the proposal or claim that it means; an
 * import's commit names the first event of its batch as it is numbered here.
 *
 * How it can be wrong. People's acts are those of history: what they would have decided of a proposal that was never made,
 * nobody knows. The gate tidies (lapses, releases) at the beginning of a run of turns; where a decision was recorded in the
 * middle of one, it tidies once more here. Rules are the ones given: revisions in between are told, not followed. Agents are those
 * of this binary: a history that older revisions made does not come out the same, and `first` says so. */
#include "runtime/again.h"
#include "agents/agent.h"
#include "gate/proposals.h"
#include "ledger/lineage.h"
#include <string.h>

struct taking_again {
  const struct again_ask *ask;
  const struct rules *rules;
  struct again *again;
  struct db *past;              /* the real history */
  struct ledger *ledger;        /* the other one */
  struct snapshots *snapshots;
  GHashTable *proposals;        /* id in history → id here, of decided ones */
  GHashTable *firsts;           /* import → first event of its batch, here */
  int64_t tidied;               /* the moment for which the gate was tidied; 0: something came since */
  struct runner_report report;
};

static void lost_free(void *data) {
  struct again_lost *lost = data;
  char *texts[] = { lost->kind, lost->subject, lost->actor, lost->why };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(lost);
}

void again_free(struct again *again) {
  if (!again) return;
  store_free(again->store);
  g_ptr_array_unref(again->lost);
  g_free(again->first);
  g_free(again->rules);
  g_free(again);
}

static bool is(const struct event *event, const char *kind) { return strcmp(event->kind, kind) == 0; }
static const char *id_in(const char *subject) {
  const char *colon = strchr(subject, ':');
  return colon ? colon + 1 : subject;
}

/* ---- appending again ---------------------------------------------------------------------------------------------- */

/* The event as it is, at its own moment; `cause` and `body` as they are here. */
static bool append(struct taking_again *t, const struct event *event, int64_t cause, const char *body, size_t length, GError **error) {
  struct event copy = *event;
  copy.cause = cause;
  copy.body = body;
  copy.body_length = length;
  int64_t seq = 0;
  g_autoptr(ledger_write_auto) write = ledger_write(t->ledger, event->recorded, error);
  if (!write || !ledger_append(write, &copy, &seq, error)) return false;
  if (event->batch && !g_hash_table_contains(t->firsts, event->batch)) g_hash_table_insert(t->firsts, g_strdup(event->batch), g_memdup2(&seq, sizeof seq));
  if (is(event, "import.undone") && !ledger_refold(write, error)) return false;
  return ledger_commit(g_steal_pointer(&write), error);
}

static bool lose(struct taking_again *t, const struct event *event, const char *why) {
  struct again_lost *lost = g_new0(struct again_lost, 1);
  *lost = (struct again_lost){ event->seq, g_strdup(event->kind), g_strdup(event->subject), g_strdup(event->actor), g_strdup(why) };
  g_ptr_array_add(t->again->lost, lost);
  return true;
}

/* A body with some members set otherwise; newly allocated, canonical. */
static char *with_members(struct json body, const char *const *names, const char *const *texts, int64_t number, size_t *ret_length) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  struct json_iter it = json_iter(body);
  while (json_next(&it)) {
    int at = -1;
    for (int i = 0; names[i]; i++)
      if (strcmp(names[i], it.key) == 0) at = i;
    g_autofree char *key = g_strdup(it.key);
    if (at < 0) json_put_value(&out, key, it.value);
    else if (texts) json_put_string(&out, key, texts[at]);
    else json_put_integer(&out, key, number);
  }
  json_close_object(&out);
  return json_writer_steal(&out, ret_length);
}

static bool append_commit(struct taking_again *t, const struct event *event, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  const int64_t *first = g_hash_table_lookup(t->firsts, id_in(event->subject));
  int64_t stated = 0;
  if (!doc) return false;
  json_integer(json_get(json_root(doc), "first"), &stated);
  if (!first || *first == stated) return append(t, event, event->cause, event->body, event->body_length, error);
  size_t length;
  g_autofree char *body = with_members(json_root(doc), (const char *const[]){ "first", NULL }, NULL, *first, &length);
  return append(t, event, event->cause, body, length, error);
}

/* ---- people's acts -------------------------------------------------------------------------------------------------- */

/* Is there a row? The query's first column is nothing that is looked at. */
static int exists(struct taking_again *t, const char *query, const char *id, GError **error) {
  g_autoptr(db_auto) db = store_read(t->again->store, error);
  g_autoptr(query_auto) found = db ? db_query(db, error, query, "t", id) : NULL;
  return query_next(found, error);
}

static bool append_if(struct taking_again *t, const struct event *event, const char *query, const char *what, GError **error) {
  int got = exists(t, query, id_in(event->subject), error);
  if (got < 0) return false;
  return got ? append(t, event, event->cause, event->body, event->body_length, error) : lose(t, event, what);
}

/* The open proposal here that is the one decided on then: of its id, else of its slot, with the same content. */
static int counterpart(struct taking_again *t, struct db *db, const char *id, struct gate_proposal **ret_here, const char **ret_why, GError **error) {
  g_autoptr(gate_proposal_auto) then = NULL, here = NULL;
  if (gate_find(t->past, id, &then, error) < 0) return -1;
  if (!then) return *ret_why = "the proposal is not there", 0;
  int got = gate_find(db, id, &here, error);
  if (got == 0) got = gate_find_in_slot(db, then->kind, then->slot, &here, error);
  if (got < 0) return -1;
  *ret_why = !here ? "the proposal would not have been made" : strcmp(here->content_hash, then->content_hash) != 0 ? "the proposal would have had another content"
    : !gate_is_open(here) ? "the proposal would not have been open" : NULL;
  if (*ret_why) return 0;
  *ret_here = g_steal_pointer(&here);
  return 1;
}

static bool append_decision(struct taking_again *t, const struct event *event, GError **error) {
  g_autoptr(gate_proposal_auto) here = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  const char *id = id_in(event->subject), *why = NULL;
  g_autoptr(db_auto) db = doc ? store_read(t->again->store, error) : NULL;
  int got = db ? counterpart(t, db, id, &here, &why, error) : -1;
  db_release(g_steal_pointer(&db));
  if (got < 1) return got == 0 && lose(t, event, why);
  g_hash_table_insert(t->proposals, g_strdup(id), g_strdup(here->id));
  if (strcmp(here->id, id) == 0 && json_equals(json_get(json_root(doc), "hash"), here->hash)) return append(t, event, event->cause, event->body, event->body_length, error);
  size_t length;
  g_autofree char *subject = g_strconcat("proposal:", here->id, NULL);
  g_autofree char *body = with_members(json_root(doc), (const char *const[]){ "hash", "proposal", NULL }, (const char *const[]){ here->hash, here->id, NULL }, 0, &length);
  struct event moved = *event;
  moved.subject = subject;
  return append(t, &moved, event->cause, body, length, error);
}

/* What the event's cause is here: what was before the cut, the proposal that was decided on, or the newest event of the same
 * kind about the same thing. 1; 0: it is not there; -1. */
static int cause_here(struct taking_again *t, const struct event *event, int64_t *ret_cause, GError **error) {
  struct event cause;
  *ret_cause = 0;
  if (event->cause <= t->again->cut) return *ret_cause = event->cause, 1;
  int got = ledger_find(t->past, event->cause, &cause, error);
  if (got != 1) return got;
  g_autofree char *subject = g_strdup(cause.subject), *kind = g_strdup(cause.kind);
  event_clear(&cause);
  g_autoptr(db_auto) db = store_read(t->again->store, error);
  if (!db) return -1;
  if (g_str_has_prefix(subject, "proposal:")) {
    const char *id = g_hash_table_lookup(t->proposals, id_in(subject));
    g_autoptr(gate_proposal_auto) here = NULL;
    got = id ? gate_find(db, id, &here, error) : 0;
    if (got == 1) *ret_cause = here->seq;
    return got;
  }
  g_auto(about_auto) about = about_subject(db, subject, INT64_MAX);
  struct event here;
  while ((got = about_next(&about, &here, error)) == 1)
    if (strcmp(here.kind, kind) == 0) return *ret_cause = here.seq, 1;
  return got;
}

static bool append_caused(struct taking_again *t, const struct event *event, GError **error) {
  int64_t cause = 0;
  int got = cause_here(t, event, &cause, error);
  if (got < 1) return got == 0 && lose(t, event, "what led to it would not have been there");
  return append(t, event, cause, event->body, event->body_length, error);
}

/* ---- the clockwork -------------------------------------------------------------------------------------------------- */

/* At the first sign of a run of turns, as the runner does at its beginning. */
static bool tidy(struct taking_again *t, int64_t now, GError **error) {
  if (t->tidied == now) return true;
  t->tidied = now;
  return runner_tidy(t->ledger, t->rules, agents, now, error);
}

static bool take_turn_again(struct taking_again *t, const struct event *event, GError **error) {
  const char *agent = id_in(event->subject);
  t->again->turns++;
  if (!tidy(t, event->recorded, error)) return false;
  return g_strcmp0(agent, t->ask->mute) == 0 || runner_turn(t->ledger, t->snapshots, t->rules, agent, event->recorded, &t->report, error);
}

/* Does the request of an action mean a delivery, or a note? */
static bool is_about(const struct event *event, const char *prefix) {
  g_autofree char *member = g_strconcat("\"subject\":\"", prefix, NULL);
  return g_strstr_len(event->body, (gssize)event->body_length, member) != NULL;
}

/* What turns and the gate's clockwork made, and will make again. */
static bool is_made_by_turns(const struct event *event) {
  bool agent = g_str_has_prefix(event->actor, "agent:"), system = strcmp(event->actor, "system") == 0;
  if (agent) return true;
  return system && (is(event, "proposal.superseded") || is(event, "proposal.expired") ||
    (is(event, "action.requested") && is_about(event, "delivery:")));
}

static bool set_rules(struct taking_again *t, const struct event *event, GError **error) {
  if (strcmp(event->rules, t->rules->revision) != 0) {
    if (!t->again->rules) t->again->rules = g_strdup(event->rules);
    return append(t, event, event->cause, event->body, event->body_length, error);
  }
  g_autoptr(ledger_write_auto) write = ledger_write(t->ledger, event->recorded, error);
  return write && gate_adopt_rules(write, t->rules, event->actor, event->recorded, NULL, error) && ledger_commit(g_steal_pointer(&write), error);
}

static bool take(struct taking_again *t, const struct event *event, GError **error) {
  if (is(event, "turn.taken")) return take_turn_again(t, event, error);
  if (is_made_by_turns(event)) return tidy(t, event->recorded, error);
  t->tidied = 0;
  if (event->batch) return append(t, event, 0, event->body, event->body_length, error);
  if (is(event, "import.committed")) return append_commit(t, event, error);
  if (is(event, "rules.set")) return set_rules(t, event, error);
  if (is(event, "approval.decided")) return append_decision(t, event, error);
  if (is(event, "delivery.answered")) return append_if(t, event, "company.delivery", "it would not have been delivered", error);
  if (is(event, "action.done") || is(event, "action.failed") || is(event, "action.retried")) return append_if(t, event, "runtime.action", "it would not have been asked for", error);
  if (is(event, "action.requested")) {
    int got = is_about(event, "note:");
    g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
    if (!doc) return false;
    got = got ? exists(t, "company.note", id_in(json_string(json_get(json_root(doc), "subject"))), error) : 1;
    return got > 0 ? append(t, event, event->cause, event->body, event->body_length, error) : got == 0 && lose(t, event, "the note would not have been sent");
  }
  if (event->cause) return append_caused(t, event, error);
  return append(t, event, 0, event->body, event->body_length, error);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

static bool report(struct taking_again *t, int64_t seq, GError **error) {
  if (!t->ask->progress || seq % 512) return true;
  return t->ask->progress(t->ask->data, seq <= t->again->cut ? "copying history" : "taking turns again", (double)seq / (double)MAX(t->again->head, 1)) ||
    fail(error, MENO_ERROR_CANCELLED, "stopped while taking history again; nothing was changed");
}

static bool is_known(const struct taking_again *t, const struct event *event, GError **error) {
  return ledger_kind(t->ledger, event->kind) || fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " is of a kind \"%s\" that this Meno does not know", event->seq, event->kind);
}

/* Up to the cut: as it was, many events in one write where they share a moment. */
struct copying { struct taking_again *t; struct ledger_write *write; int64_t recorded; };

static bool copy_event(const struct event *event, void *data, GError **error) {
  struct copying *c = data;
  if (!report(c->t, event->seq, error) || !is_known(c->t, event, error)) return false;
  if (c->write && event->recorded != c->recorded && !ledger_commit(g_steal_pointer(&c->write), error)) return false;
  if (!c->write && !(c->write = ledger_write(c->t->ledger, event->recorded, error))) return false;
  c->recorded = event->recorded;
  int64_t seq = 0;
  if (!ledger_append(c->write, event, &seq, error)) return false;
  if (event->batch && !g_hash_table_contains(c->t->firsts, event->batch)) g_hash_table_insert(c->t->firsts, g_strdup(event->batch), g_memdup2(&seq, sizeof seq));
  return !is(event, "import.undone") || ledger_refold(c->write, error);
}

static bool copy_history(struct taking_again *t, GError **error) {
  struct copying copying = { .t = t };
  bool fine = ledger_visit(t->past, 1, t->again->cut, copy_event, &copying, error);
  if (!fine || !copying.write) return ledger_abort(copying.write), fine;
  return ledger_commit(copying.write, error);
}

static bool take_event(const struct event *event, void *data, GError **error) {
  return report(data, event->seq, error) && is_known(data, event, error) && take(data, event, error);
}

/* The body with its sealed members opened: two seals of one text differ, and what comes again is not sealed. */
static char *plain_body(struct seal *seal, const struct event *event) {
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, NULL);
  if (!doc || json_type(json_root(doc)) != JSON_OBJECT) return g_strndup(event->body, event->body_length);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  struct json_iter it = json_iter(json_root(doc));
  while (json_next(&it)) {
    const char *text = json_type(it.value) == JSON_STRING ? json_string(it.value) : NULL;
    bool json = false;
    g_autofree char *open = text && seal_is_sealed(text) ? seal_reveal(seal, text, event->id, it.key, NULL, &json) : NULL;
    if (open && json) json_put_raw(&out, it.key, open, strlen(open));
    else if (open) json_put_string(&out, it.key, open);
    else json_put_value(&out, it.key, it.value);
  }
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

static bool same_body(struct seal *seal, const struct event *a, const struct event *b) {
  if (a->body_length == b->body_length && memcmp(a->body, b->body, a->body_length) == 0) return true;
  g_autofree char *one = plain_body(seal, a), *other = plain_body(seal, b);
  return strcmp(one, other) == 0;
}

static bool same_event(struct seal *seal, const struct event *a, const struct event *b) {
  return strcmp(a->kind, b->kind) == 0 && strcmp(a->subject, b->subject) == 0 && strcmp(a->actor, b->actor) == 0 && a->occurred == b->occurred && a->recorded == b->recorded &&
    a->cause == b->cause && g_strcmp0(a->batch, b->batch) == 0 && a->taint == b->taint && strcmp(a->rules, b->rules) == 0 && same_body(seal, a, b);
}

struct comparing { struct taking_again *t; struct db *here; struct seal *seal; };

static bool compare_event(const struct event *then, void *data, GError **error) {
  struct comparing *c = data;
  struct again *again = c->t->again;
  struct event here;
  if (again->first) return true;
  int got = ledger_find(c->here, then->seq, &here, error);
  if (got < 0) return false;
  if (got == 0) again->first = g_strdup_printf("event %" G_GINT64_FORMAT " (%s of %s) did not come again", then->seq, then->kind, then->subject);
  else if (!same_event(c->seal, then, &here))
    again->first = g_strdup_printf("event %" G_GINT64_FORMAT " was %s of %s by %s, and is %s of %s by %s", then->seq, then->kind, then->subject, then->actor, here.kind, here.subject, here.actor);
  if (got == 1) event_clear(&here);
  return true;
}

static bool compare(struct taking_again *t, struct seal *seal, GError **error) {
  g_autoptr(db_auto) here = store_read(t->again->store, error);
  struct comparing comparing = { t, here, seal };
  if (!here || !ledger_visit(t->past, t->again->cut + 1, t->again->head, compare_event, &comparing, error)) return false;
  int64_t head = ledger_head(here, error);
  if (!t->again->first && head != t->again->head) t->again->first = g_strdup_printf("%" G_GINT64_FORMAT " events came instead of %" G_GINT64_FORMAT, head, t->again->head);
  t->again->same = !t->again->first;
  return head >= 0;
}

struct again *again_run(struct ledger *history, const struct rules *rules, const struct again_ask *ask, GError **error) {
  g_autoptr(again_auto) again = g_new0(struct again, 1);
  again->lost = g_ptr_array_new_with_free_func(lost_free);
  again->store = store_open_memory(error);
  g_autoptr(db_auto) past = again->store ? store_read(ledger_store(history), error) : NULL;
  if (!past) return NULL;
  again->head = ledger_head(past, error);
  again->cut = lineage_seq_at(past, ask->since - 1, error);
  if (again->head < 0 || again->cut < 0) return NULL;
  g_autoptr(GHashTable) proposals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free), firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(ledger_auto) ledger = ledger_new(again->store, ledger_tables_of(history));
  struct taking_again t = { .ask = ask, .rules = rules, .again = again, .past = past, .ledger = ledger, .snapshots = snapshots_new(again->store, ledger_seal(history)), .proposals = proposals, .firsts = firsts };
  bool fine = copy_history(&t, error) && ledger_visit(past, again->cut + 1, again->head, take_event, &t, error) && compare(&t, ledger_seal(history), error);
  snapshots_free(t.snapshots);
  return fine ? g_steal_pointer(&again) : NULL;
}
