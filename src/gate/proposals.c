/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making proposals: what an agent wants is checked against the rules, scored, and put before people, or not.
 *
 * An agent states in every turn all that it wants now. So the same proposal comes again and again, and the gate compares it
 * with the newest one of its kind in its slot: its subject, and for kinds that may have several about one subject (`per`), the
 * member of the body that tells them apart.
 *
 *   open, same hash           nothing: people are looking at it
 *   open, another hash        superseded: content, evidence, rules or tier changed. Its approvals are stale, its term is
 *                             not: a proposal that changes daily would else never lapse, and silence would never be no
 *   changes requested         the same content waits on; changed content is what was asked for
 *   decided or lapsed         stands for the kind's days of rest, whatever the numbers now say
 *   withheld                  released when there is room
 *
 * What is shown has one hash: SHA-256 over content, evidence, the revision of the rules and the tier. Decisions are bound to it.
 *
 * Evidence: what no machine wrote counts. What speaks about people counts from the rule's number of people on, so that no
 * proposal rests on a handful. People of several records cannot be added up (they may be the same), so each record stands alone.
 *
 * How it can be wrong: a proposal that lapses and whose need persists comes back only after its rest; the budget is
 * first come, first served within one agent's turn, so agents must propose the best first (gate_release orders what waits).
 * The sample of automatic acceptances is drawn from the hash, so nobody chooses it, but it can be foreseen. */
#include "gate/proposals-private.h"
#include "base/limits.h"
#include <math.h>
#include <string.h>

#define LAPSED "nobody decided in time; silence is no"

void gate_answer_clear(struct gate_answer *answer) {
  g_clear_pointer(&answer->id, g_free);
  g_clear_pointer(&answer->why, g_free);
}

static void answer_set(struct gate_answer *answer, enum gate_outcome outcome, const char *id, char *why) {
  gate_answer_clear(answer);
  answer->outcome = outcome;
  answer->id = g_strdup(id);
  answer->why = why;
}

/* Closes the root object and gives it in canonical form, hashed. */
static char *seal(struct json_writer *w, char out[DIGEST_TEXT]) {
  json_close_object(w);
  size_t length;
  g_autoptr(json_doc_auto) doc = json_parse(w->text->str, w->text->len, NULL);
  g_assert(doc);
  char *text = json_canonical(json_root(doc), &length);
  uint8_t hash[DIGEST_BYTES];
  digest(text, length, hash);
  digest_format(hash, out);
  return text;
}

bool gate_append(struct ledger_write *write, const char *kind, const char *proposal, const char *actor, unsigned taint, const char *rules,
                 struct uuid id, struct json_writer *body, GError **error) {
  char hash[DIGEST_TEXT];
  g_autofree char *subject = g_strconcat("proposal:", proposal, NULL), *text = seal(body, hash);
  struct event event = { .id = id, .kind = kind, .subject = subject, .actor = actor, .taint = taint, .rules = rules, .body = text };
  return ledger_append(write, &event, NULL, error);
}

/* ---- one proposal, judged ---- */

struct draft {
  const struct gate_input *in;
  const struct rule_kind *kind;
  struct risk risk;
  char *slot;                        /* the subject, and what tells several about it apart */
  char *asks, *rests_on;             /* canonical JSON: what would be done; what for. Both are stored, to be judged again */
  char content_hash[DIGEST_TEXT], evidence_hash[DIGEST_TEXT], hash[DIGEST_TEXT];
};

static void draft_clear(struct draft *draft) {
  g_clear_pointer(&draft->slot, g_free);
  g_clear_pointer(&draft->asks, g_free);
  g_clear_pointer(&draft->rests_on, g_free);
}
typedef struct draft draft_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(draft_auto, draft_clear)

static char *seal_asks(const struct gate_input *in, struct json body, char out[DIGEST_TEXT]) {
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "kind", in->kind);
  json_put_string(&w, "subject", in->subject);
  json_put_string(&w, "title", in->title);
  json_put_value(&w, "body", body);
  json_put_integer(&w, "audience", in->factors.audience);
  json_put_bool(&w, "regulated", in->factors.regulated);
  json_put_bool(&w, "individual", in->factors.individual);
  json_put_bool(&w, "irreversible", in->factors.irreversible);
  json_put_bool(&w, "novel", in->factors.novel);
  return seal(&w, out);
}

static char *seal_rests_on(const struct gate_input *in, char out[DIGEST_TEXT]) {
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_integer(&w, "taint", in->factors.taint);
  json_put_number(&w, "confidence", in->factors.confidence);
  json_put_number(&w, "worth", in->worth);
  json_open_array(&w, "evidence");
  for (int i = 0; i < in->evidence_count; i++) {
    const struct gate_evidence *e = &in->evidence[i];
    json_open_object(&w, NULL);
    json_put_string(&w, "source", e->source);
    json_put_string(&w, "sentence", e->sentence);
    json_put_integer(&w, "records", e->records);
    json_put_integer(&w, "people", e->people);
    json_put_bool(&w, "machine", e->machine);
    json_put_string(&w, "about", e->about);
    json_put_bool(&w, "against", e->against);
    json_close_object(&w);
  }
  json_close_array(&w);
  return seal(&w, out);
}

/* Why its evidence is not enough, newly allocated; NULL if it is. */
static char *evidence_lacks(const struct rule_kind *kind, const struct gate_input *in) {
  g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
  int64_t records = 0;
  int written = 0, few = 0;
  for (int i = 0; i < in->evidence_count; i++) {
    const struct gate_evidence *e = &in->evidence[i];
    written += e->machine;
    few += !e->machine && e->people > 0 && e->people < kind->people;
    if (e->machine || (e->against && !e->about) || e->records <= 0 || (e->people > 0 && e->people < kind->people)) continue;
    records += e->records;
    g_hash_table_add(sources, (gpointer)(uintptr_t)e->source);
  }
  int count = (int)g_hash_table_size(sources);
  if (!in->evidence_count) return g_strdup_printf("the proposal \"%s\" has no evidence; state what it rests on", in->title);
  if (written == in->evidence_count) return g_strdup_printf("the proposal \"%s\" rests only on what a machine wrote; state what was observed", in->title);
  if (records >= kind->records && count >= kind->sources) return NULL;
  return g_strdup_printf("the proposal \"%s\" rests on %" G_GINT64_FORMAT
                         " records of %d sources; \"%s\" asks for %d of %d (%d left out because fewer than %d people stand behind them)",
                         in->title, records, count, in->kind, kind->records, kind->sources, few, kind->people);
}

/* Checks the input and fills the draft; false with an error that says what is against the rules. */
static bool draft_judge(const struct rules *rules, const struct gate_input *in, struct draft *ret, GError **error) {
  const struct rule_kind *kind = rules_kind(rules, in->kind);
  if (!kind) return fail(error, MENO_ERROR_FORBIDDEN, "the decision rules know no proposal \"%s\"; add the kind to rules.yaml", in->kind);
  if (!in->title || !*in->title || strlen(in->title) > LIMIT_TEXT || !g_utf8_validate(in->title, -1, NULL))
    return fail(error, MENO_ERROR_BAD_INPUT, "a proposal \"%s\" about \"%s\" has no title of at most %d bytes; say what would happen", in->kind,
                in->subject, LIMIT_TEXT);
  size_t length = in->body ? strlen(in->body) : 0;
  if (length > LIMIT_FORM_BYTES)
    return fail(error, MENO_ERROR_TOO_LARGE, "the proposal \"%s\" has a body of %zu bytes; keep it below %u", in->title, length, LIMIT_FORM_BYTES);
  g_autoptr(json_doc_auto) doc = json_parse(in->body ? in->body : "", length, error);
  if (!doc) return g_prefix_error(error, "the proposal \"%s\": ", in->title), false;
  struct json body = json_root(doc);
  if (json_type(body) != JSON_OBJECT) return fail(error, MENO_ERROR_BAD_INPUT, "the proposal \"%s\" has a body that is no object; write one", in->title);
  if (g_str_has_prefix(in->agent, "agent:") && !rules_check_owned(rules, NULL, body, error)) return false;
  g_autofree char *lacks = evidence_lacks(kind, in);
  if (lacks) return fail(error, MENO_ERROR_FORBIDDEN, "%s", lacks);
  ret->in = in;
  ret->kind = kind;
  ret->risk = rules_risk(rules, kind, &in->factors);
  g_autofree char *one = kind->per ? json_canonical(json_get(body, kind->per), NULL) : NULL;
  ret->slot = one ? g_strconcat(in->subject, " ", one, NULL) : g_strdup(in->subject);
  ret->asks = seal_asks(in, body, ret->content_hash);
  ret->rests_on = seal_rests_on(in, ret->evidence_hash);
  g_autofree char *shown = g_strdup_printf("%s %s %s %d", ret->content_hash, ret->evidence_hash, rules->revision, ret->risk.tier);
  uint8_t hash[DIGEST_BYTES];
  digest(shown, strlen(shown), hash);
  digest_format(hash, ret->hash);
  return true;
}

/* Accepted by the rule alone? A sample goes to people all the same, drawn from the hash. */
static bool is_automatic(const struct draft *draft) {
  const struct rule_who *who = &draft->kind->who[draft->risk.tier];
  if (!who->automatic || draft->risk.tier != TIER_AUTOMATIC || draft->in->factors.individual) return false;
  return (int)(g_ascii_strtoull((char[]){ draft->hash[0], draft->hash[1], draft->hash[2], draft->hash[3], '\0' }, NULL, 16) % 100) >= who->sample;
}

/* ---- withholding ---- */

/* Why it is worth nobody's time, newly allocated; NULL if it is. */
static char *worth_lacks(const struct draft *draft) {
  const struct rule_kind *kind = draft->kind;
  if (!(draft->in->worth < kind->least_worth)) return NULL; /* NAN: nobody knows what it is worth */
  return g_strdup_printf("worth %.0f a year, less than the %.0f from which a \"%s\" is worth an approver's time", draft->in->worth, kind->least_worth, kind->name);
}

/* Why it is not put before people now, newly allocated, into `ret_why`; NULL if it is. `replaces`: the open one that it
 * would take the place of. */
static bool find_withholding(struct db *db, const struct rules *rules, const struct draft *draft, const char *replaces, char **ret_why, GError **error) {
  const struct rule_kind *kind = draft->kind;
  *ret_why = worth_lacks(draft);
  if (*ret_why) return true;
  struct query *q = db_query(db, error, "gate.waiting_minutes", "t", replaces ? replaces : "");
  int got = query_next(q, error);
  double waiting = got == 1 ? query_double(q, 0) : 0;
  query_done(q);
  if (got < 0) return false;
  if (waiting + kind->minutes > rules->budget_minutes)
    *ret_why = g_strdup_printf("%g minutes of reading wait already; there is room for %g", waiting, rules->budget_minutes);
  return true;
}

/* ---- recording ---- */

static void write_criteria(struct json_writer *w, const struct rule_kind *kind) {
  json_open_array(w, "criteria");
  for (int i = 0; i < kind->criterion_count; i++) {
    json_open_object(w, NULL);
    json_put_string(w, "id", kind->criteria[i].id);
    json_put_string(w, "question", kind->criteria[i].question);
    json_close_object(w);
  }
  json_close_array(w);
}

/* The last moment: the rule's term, or the end of the day after which it makes no sense, or what the one before had left. */
static int64_t expiry(const struct draft *draft, const struct gate_proposal *inherits, int64_t now) {
  int64_t expires = now + draft->kind->open_days * CLOCK_DAY;
  if (draft->in->expires != CLOCK_NO_DAY) expires = MIN(expires, (draft->in->expires + INT64_C(1)) * CLOCK_DAY);
  return inherits ? MIN(expires, inherits->expires) : expires;
}

static bool record(struct ledger_write *write, const struct rules *rules, const struct draft *draft, const char *id, const char *previous,
                   const char *state, const char *why, int64_t expires, GError **error) {
  const struct gate_input *in = draft->in;
  int tier = draft->risk.tier == TIER_AUTOMATIC && strcmp(state, STATE_AUTO) && draft->kind->who[0].automatic ? TIER_ONE : draft->risk.tier;
  g_autofree char *rule = rules_sentence(rules, draft->kind, tier);
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", id);
  json_put_string(&w, "slot", draft->slot);
  json_put_string(&w, "state", state);
  json_put_string(&w, "why", why);
  json_put_string(&w, "previous", previous);
  json_put_integer(&w, "tier", draft->risk.tier);
  json_put_integer(&w, "points", draft->risk.points);
  rules_write_risk(rules, &draft->risk, &in->factors, &w, "risk");
  write_criteria(&w, draft->kind);
  json_put_string(&w, "rule", rule);
  json_put_number(&w, "minutes", draft->kind->minutes);
  json_put_integer(&w, "expires", expires);
  json_put_string(&w, "content_hash", draft->content_hash);
  json_put_string(&w, "evidence_hash", draft->evidence_hash);
  json_put_string(&w, "hash", draft->hash);
  json_open_object(&w, "input");
  json_put_string(&w, "agent", in->agent);
  json_put_string(&w, "requester", in->requester);
  json_put_string(&w, "claim", in->claim);
  if (in->expires == CLOCK_NO_DAY) json_put_null(&w, "expires");
  else json_put_integer(&w, "expires", in->expires);
  json_put_raw(&w, "asks", draft->asks, strlen(draft->asks));
  json_put_raw(&w, "rests_on", draft->rests_on, strlen(draft->rests_on));
  json_close_object(&w);
  const char *kind = strcmp(state, STATE_WITHHELD) ? "proposal.made" : "proposal.withheld";
  return gate_append(write, kind, id, in->agent, in->factors.taint, rules->revision, uuid_of(kind, id, NULL), &w, error);
}

/* Ends a proposal: by a successor, or because what it rested on is gone (`next` NULL), or by time. */
static bool end(struct ledger_write *write, const char *kind, const char *id, const char *next, const char *why, const char *actor, const char *rules,
                GError **error) {
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "proposal", id);
  json_put_string(&w, "next", next);
  json_put_string(&w, "why", why);
  return gate_append(write, kind, id, actor, 0, rules, uuid_of(kind, id, NULL), &w, error);
}

/* ---- proposing ---- */

static bool has_state(const struct gate_proposal *p, const char *state) { return !strcmp(p->state, state); }

/* Where the newest of its kind about its subject leaves nothing to do, sets the answer. */
static bool already_answered(const struct draft *draft, const struct gate_proposal *latest, int64_t now, struct gate_answer *answer) {
  char when[CLOCK_TEXT];
  int64_t since = has_state(latest, STATE_EXPIRED) ? latest->expires : latest->ended; /* it lapsed then, whenever that was noticed */
  if (gate_is_open(latest) && !strcmp(latest->hash, draft->hash)) answer_set(answer, GATE_SAME, latest->id, g_strdup("it is open already"));
  else if (has_state(latest, STATE_CHANGES) && !strcmp(latest->content_hash, draft->content_hash))
    answer_set(answer, GATE_SAME, latest->id, g_strdup("changes were requested, and nothing has changed"));
  else if (latest->ended && !has_state(latest, STATE_SUPERSEDED) && now < since + draft->kind->rest_days * CLOCK_DAY)
    answer_set(answer, GATE_STANDS, latest->id,
               g_strdup_printf("%s on %s; that stands for %d days", latest->state, clock_format_day(clock_day(since), when), draft->kind->rest_days));
  else return false;
  return true;
}

int gate_say(struct db *db, const char *agent, const char *kind, const char *subject, const char *evidence, const char *span, GError **error) {
  return db_change(db, error, "gate.say", "ttttt", agent, kind, subject, evidence, span);
}

/* Has the agent proposed just this under the same facts before, and something else since? 1/0/-1 */
static int is_loop(struct ledger_write *write, const struct draft *draft, GError **error) {
  const struct gate_input *in = draft->in;
  if (!in->span) return 0;
  g_autofree char *evidence = g_strconcat(draft->content_hash, draft->evidence_hash, NULL);
  int said = gate_say(ledger_write_db(write), in->agent, in->kind, draft->slot, evidence, in->span, error);
  return said < 0 ? -1 : said == 0;
}

/* Puts the draft in the place of `latest` (NULL: there was none). */
static bool place(struct ledger_write *write, const struct rules *rules, const struct draft *draft, const struct gate_proposal *latest, int64_t now,
                  struct gate_answer *answer, GError **error) {
  bool waits = latest && has_state(latest, STATE_WITHHELD), same = waits && !strcmp(latest->hash, draft->hash);
  bool replaces = latest && !same && (waits || gate_is_open(latest) || has_state(latest, STATE_CHANGES));
  g_autofree char *why = NULL;
  bool automatic = is_automatic(draft);
  if (!automatic && !find_withholding(ledger_write_db(write), rules, draft, replaces ? latest->id : NULL, &why, error)) return false;
  if (same && why) return answer_set(answer, GATE_WITHHELD, latest->id, g_steal_pointer(&why)), true;
  int loop = same ? 0 : is_loop(write, draft, error);
  if (loop < 0) return false;
  if (loop) return answer_set(answer, GATE_REFUSED, NULL, g_strdup("proposed before under the same facts, and something else since: a loop")), true;
  g_autofree char *made = same ? g_strdup(latest->id) : id_short("a", draft->in->kind, draft->slot, draft->hash, latest ? latest->id : "", NULL);
  const char *previous = same ? latest->previous : latest ? latest->id : NULL;
  if (replaces && !end(write, "proposal.superseded", latest->id, made,
                       strcmp(latest->content_hash, draft->content_hash)     ? "its content changed"
                       : strcmp(latest->evidence_hash, draft->evidence_hash) ? "its evidence changed"
                                                                             : "the decision rules changed",
                       draft->in->agent, rules->revision, error))
    return false;
  int64_t expires = expiry(draft, replaces && gate_is_open(latest) ? latest : NULL, now);
  const char *state = automatic ? STATE_AUTO : why ? STATE_WITHHELD : STATE_PROPOSED;
  if (!record(write, rules, draft, made, previous, state, why, expires, error)) return false;
  enum gate_outcome outcome = automatic ? GATE_AUTO : why ? GATE_WITHHELD : GATE_MADE;
  answer_set(answer, outcome, made, g_steal_pointer(&why));
  return true;
}

bool gate_propose(struct ledger_write *write, const struct rules *rules, const struct gate_input *input, int64_t now, struct gate_answer *ret_answer,
                  GError **error) {
  g_auto(draft_auto) draft = { 0 };
  g_autoptr(GError) against = NULL;
  if (!draft_judge(rules, input, &draft, &against)) {
    answer_set(ret_answer, GATE_REFUSED, NULL, g_strdup(against->message));
    return true;
  }
  g_autoptr(gate_proposal_auto) latest = NULL;
  if (gate_find_in_slot(ledger_write_db(write), input->kind, draft.slot, &latest, error) < 0) return false;
  ret_answer->tier = draft.risk.tier;
  if (latest && latest->expires <= now && (gate_is_open(latest) || has_state(latest, STATE_CHANGES))) {
    answer_set(ret_answer, GATE_STANDS, latest->id, g_strdup(LAPSED));
    return end(write, "proposal.expired", latest->id, NULL, LAPSED, "system", rules->revision, error);
  }
  if (latest && already_answered(&draft, latest, now, ret_answer)) return true;
  return place(write, rules, &draft, latest, now, ret_answer, error);
}

/* ---- what time and rules do ---- */

/* The ids that a query finds: read to the end before anything is written, for the write changes what it reads. */
static GPtrArray *ids(struct query *q, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
  int got;
  while ((got = query_next(q, error)) == 1) g_ptr_array_add(list, g_strdup(query_text(q, 0)));
  query_done(q);
  return got < 0 ? NULL : g_steal_pointer(&list);
}

static bool end_all(struct ledger_write *write, GPtrArray *list, const char *kind, const char *why, const char *actor, int *ret_count, GError **error) {
  g_autofree char *rules = NULL;
  struct query *q = db_query(ledger_write_db(write), error, "gate.rules_in_force", "");
  int got = query_next(q, error);
  if (got == 1) rules = g_strdup(query_text(q, 0));
  query_done(q);
  if (got < 0) return false;
  for (guint i = 0; i < list->len; i++)
    if (!end(write, kind, list->pdata[i], NULL, why, actor, rules ? rules : "", error)) return false;
  if (ret_count) *ret_count = (int)list->len;
  return true;
}

bool gate_withdraw(struct ledger_write *write, const char *subject, const char *why, const char *actor, int64_t now, int *ret_count, GError **error) {
  g_autoptr(GPtrArray) list = ids(db_query(ledger_write_db(write), error, "gate.open_of_subject", "t", subject), error);
  return list && end_all(write, list, "proposal.superseded", why, actor, ret_count, error);
}

bool gate_withdraw_one(struct ledger_write *write, const char *id, const char *why, const char *actor, GError **error) {
  g_autoptr(gate_proposal_auto) proposal = NULL;
  int got = gate_find(ledger_write_db(write), id, &proposal, error);
  if (got != 1) return got == 0;
  if (!gate_is_open(proposal) && !has_state(proposal, STATE_WITHHELD) && !has_state(proposal, STATE_CHANGES)) return true;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_ptr_array_add(list, proposal->id);
  return end_all(write, list, "proposal.superseded", why, actor, NULL, error);
}

bool gate_withdraw_rest(struct ledger_write *write, const char *agent, GHashTable *kept, const char *why, int64_t now, int *ret_count, GError **error) {
  const char *revision = strchr(agent, '@');
  g_autofree char *pattern = g_strdup_printf("%.*s@%%", revision ? (int)(revision - agent) : (int)strlen(agent), agent);
  g_autoptr(GPtrArray) list = ids(db_query(ledger_write_db(write), error, "gate.open_of_agent", "t", pattern), error);
  for (guint i = list ? list->len : 0; i-- > 0;)
    if (g_hash_table_contains(kept, list->pdata[i])) g_ptr_array_remove_index(list, i);
  return list && end_all(write, list, "proposal.superseded", why, agent, ret_count, error);
}

bool gate_expire(struct ledger_write *write, int64_t now, int *ret_count, GError **error) {
  g_autoptr(GPtrArray) list = ids(db_query(ledger_write_db(write), error, "gate.due_proposals", "i", now), error);
  return list && end_all(write, list, "proposal.expired", LAPSED, "system", ret_count, error);
}

/* The input that a stored proposal was made of. Texts belong to `doc`, but for the body, which `ret_body` owns. */
static struct gate_input input_of(const struct json_doc *doc, GArray *evidence, char **ret_body) {
  struct json root = json_root(doc), asks = json_get(root, "asks"), rests = json_get(root, "rests_on");
  int64_t audience = 0, taint = 0, expires = CLOCK_NO_DAY, number = 0;
  json_integer(json_get(asks, "audience"), &audience);
  json_integer(json_get(rests, "taint"), &taint);
  json_integer(json_get(root, "expires"), &expires);
  struct json_iter it = json_iter(json_get(rests, "evidence"));
  while (json_next(&it)) {
    struct gate_evidence e = { .source = json_string(json_get(it.value, "source")),
                               .sentence = json_string(json_get(it.value, "sentence")),
                               .about = json_string(json_get(it.value, "about")),
                               .machine = json_true(json_get(it.value, "machine")),
                               .against = json_true(json_get(it.value, "against")) };
    if (json_integer(json_get(it.value, "records"), &number)) e.records = (int)number;
    if (json_integer(json_get(it.value, "people"), &number)) e.people = (int)number;
    g_array_append_val(evidence, e);
  }
  *ret_body = json_canonical(json_get(asks, "body"), NULL);
  return (struct gate_input){
    .kind = json_string(json_get(asks, "kind")),
    .subject = json_string(json_get(asks, "subject")),
    .title = json_string(json_get(asks, "title")),
    .body = *ret_body,
    .agent = json_string(json_get(root, "agent")),
    .requester = json_string(json_get(root, "requester")),
    .claim = json_string(json_get(root, "claim")),
    .factors = { (int)audience, (unsigned)taint, json_true(json_get(asks, "regulated")), json_true(json_get(asks, "individual")),
                 json_true(json_get(asks, "irreversible")), json_true(json_get(asks, "novel")), json_number(json_get(rests, "confidence"), NAN) },
    .worth = json_number(json_get(rests, "worth"), NAN),
    .expires = (int32_t)expires,
    .evidence = (const struct gate_evidence *)(void *)evidence->data,
    .evidence_count = (int)evidence->len,
  };
}

/* Judges a stored proposal again: released, superseded by itself, or, where the rules now refuse it, ended. */
static bool judge_again(struct ledger_write *write, const struct rules *rules, const struct gate_proposal *p, int64_t now, struct gate_answer *answer,
                        GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(p->input, strlen(p->input), error);
  if (!doc) return false;
  g_autoptr(GArray) evidence = g_array_new(FALSE, TRUE, sizeof(struct gate_evidence));
  g_autofree char *body = NULL;
  struct gate_input in = input_of(doc, evidence, &body);
  if (!gate_propose(write, rules, &in, now, answer, error)) return false;
  return answer->outcome != GATE_REFUSED || end(write, "proposal.superseded", p->id, NULL, answer->why, "system", rules->revision, error);
}

static bool judge_all(struct ledger_write *write, const struct rules *rules, const char *query, int64_t now, int *ret_made, GError **error) {
  g_autoptr(GPtrArray) list = gate_rows(ledger_write_db(write), query, error);
  int made = 0;
  for (guint i = 0; list && i < list->len; i++) {
    g_auto(gate_answer_auto) answer = { 0 };
    if (!judge_again(write, rules, list->pdata[i], now, &answer, error)) return false;
    made += answer.outcome == GATE_MADE || answer.outcome == GATE_AUTO;
  }
  if (ret_made) *ret_made = made;
  return list != NULL;
}

bool gate_release(struct ledger_write *write, const struct rules *rules, int64_t now, int *ret_count, GError **error) {
  return judge_all(write, rules, "gate.withheld_proposals", now, ret_count, error);
}

bool gate_adopt_rules(struct ledger_write *write, const struct rules *rules, const char *actor, int64_t now, bool *ret_changed, GError **error) {
  struct query *q = db_query(ledger_write_db(write), error, "gate.rules_in_force", "");
  int got = query_next(q, error);
  bool same = got == 1 && !strcmp(query_text(q, 0), rules->revision);
  query_done(q);
  if (got < 0) return false;
  if (ret_changed) *ret_changed = !same;
  if (same) return true;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "revision", rules->revision);
  json_put_raw(&w, "content", rules->canonical, strlen(rules->canonical));
  json_close_object(&w);
  struct event event = {
    .kind = "rules.set", .subject = "rules", .actor = actor, .rules = rules->revision, .body = w.text->str, .body_length = w.text->len
  };
  return ledger_append(write, &event, NULL, error) && judge_all(write, rules, "gate.open_proposals", now, NULL, error) &&
         gate_release(write, rules, now, NULL, error);
}

/* ---- judging without writing ---- */

void gate_judgement_clear(struct gate_judgement *judgement) {
  g_clear_pointer(&judgement->refused, g_free);
  g_clear_pointer(&judgement->withheld, g_free);
}

bool gate_judge(const struct rules *rules, const struct gate_proposal *proposal, struct gate_judgement *ret, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(proposal->input, strlen(proposal->input), error);
  if (!doc) return false;
  g_autoptr(GArray) evidence = g_array_new(FALSE, TRUE, sizeof(struct gate_evidence));
  g_autofree char *body = NULL;
  struct gate_input in = input_of(doc, evidence, &body);
  g_auto(draft_auto) draft = { 0 };
  g_autoptr(GError) against = NULL;
  if (!draft_judge(rules, &in, &draft, &against)) {
    *ret = (struct gate_judgement){ .refused = g_strdup(against->message) };
    return true;
  }
  const struct rule_who *who = &draft.kind->who[draft.risk.tier];
  bool automatic = is_automatic(&draft);
  *ret = (struct gate_judgement){ .tier = draft.risk.tier, .points = draft.risk.points, .automatic = automatic, .withheld = automatic ? NULL : worth_lacks(&draft), .kind = draft.kind,
    .who = automatic ? NULL : who->automatic ? &draft.kind->who[TIER_ONE] : who };
  return true;
}
