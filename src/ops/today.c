/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Today: at most seven cards, ranked by what a minute of the reader's time is worth, of different kinds first; and what changed
 * lately. */
#include "ops/deputies.h"
#include <math.h>
#include <string.h>

#define MOST_CARDS 7
#define MOST_OF_A_KIND 2
#define MINUTES_FOR_A_NEED 8

struct card { const struct need *need; const struct gate_proposal *proposal; double money, minutes; bool mine; int64_t doubtful, dead; /* acts of the outbox */ };

static int by_value_per_minute(const void *a, const void *b) {
  const struct card *x = a, *y = b;
  if (x->mine != y->mine) return y->mine - x->mine; /* what only the reader can do comes first */
  double worth_x = isnan(x->money) ? 0 : x->money / x->minutes, worth_y = isnan(y->money) ? 0 : y->money / y->minutes;
  return (worth_y > worth_x) - (worth_y < worth_x);
}

static void write_value(struct json_writer *out, double money, const char *currency) {
  if (isnan(money)) {
    json_put_null(out, "value");
    return;
  }
  json_open_object(out, "value");
  json_put_number(out, "money", money);
  json_put_string(out, "currency", currency);
  json_put_string(out, "period", "year");
  json_close_object(out);
}

/* The two strongest sentences for the first cause. */
static void write_why(struct json_writer *out, const struct need *need) {
  json_open_array(out, "why");
  struct json_iter it = json_iter(json_get(need->value, "causes"));
  int written = 0;
  while (json_next(&it)) {
    if (!json_equals(json_get(it.value, "cause"), need->cause)) continue;
    struct json_iter sentences = json_iter(json_get(it.value, "evidence"));
    for (; written < 2 && json_next(&sentences); written++) json_put_string(out, NULL, json_string(sentences.value));
  }
  const char *reason = json_string(json_get(need->value, "reason"));
  if (!written && reason) json_put_string(out, NULL, reason);
  json_close_array(out);
}

/* What happens if I say yes, by kind of proposal. */
static const char *yes_of(const char *kind) {
  static const struct { const char *kind, *yes; } rows[] = { { "send note", "The note goes to the person who asked." },
    { "publish asset", "It is published, and reaches people of teams that have started, block by block." },
    { "roll back", "What rested on it is withdrawn; what people were shown and decided stays, and is listed." },
    { "brief people", "The specification goes to the people who run programmes, cohorts and practice." },
    { "answer a group", "The group is answered: say on the page Listening what is promised, by whom and by when." },
    { "build capability", "The future need is accepted, and preparing for it is planned." },
    { "stop programme", "The programme stops: nobody can enrol any more. It can be resumed." },
    { "retarget programme", "The programme serves that goal. It can be taken back." } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].kind, kind) == 0) return rows[i].yes;
  return "The need is accepted, and acting on it is planned.";
}

/* What it rests on; where that may not be told, the rule that brings it here. */
static bool write_why_proposed(struct json_writer *out, const struct gate_proposal *proposal, GError **error) {
  json_open_array(out, "why");
  int written = gate_write_strongest(proposal, 2, out, error);
  if (written == 0) json_put_string(out, NULL, proposal->rule);
  json_close_array(out);
  return written >= 0;
}

/* What may or may not have been sent, and what could not be: only a person can tell. */
static void write_outbox_card(struct json_writer *out, const struct card *card) {
  g_autofree char *doubtful = g_strdup_printf("%" G_GINT64_FORMAT " may or may not have been sent", card->doubtful),
                  *dead = g_strdup_printf("%" G_GINT64_FORMAT " could not be sent", card->dead);
  json_open_object(out, NULL);
  json_put_string(out, "id", "outbox");
  json_put_string(out, "kind", "outbox");
  json_put_string(out, "title", card->doubtful ? "Look whether messages have arrived" : "Messages could not be sent");
  json_open_array(out, "why");
  if (card->doubtful) json_put_string(out, NULL, doubtful);
  if (card->dead) json_put_string(out, NULL, dead);
  json_close_array(out);
  json_put_string(out, "yes", "You say of each whether it has arrived, is sent again, or is left.");
  json_put_null(out, "until");
  json_put_null(out, "value");
  json_put_number(out, "minutes", card->minutes);
  json_put_null(out, "need");
  json_put_null(out, "proposal");
  json_close_object(out);
}

static bool write_card(struct json_writer *out, const struct company *company, const struct card *card, GError **error) {
  if (card->doubtful || card->dead) {
    write_outbox_card(out, card);
    return true;
  }
  json_open_object(out, NULL);
  json_put_string(out, "id", card->proposal ? card->proposal->id : card->need->id);
  json_put_string(out, "kind", card->proposal ? "approval" : "need");
  json_put_string(out, "title", card->proposal ? card->proposal->title : card->need->title);
  if (card->need) write_why(out, card->need);
  else if (!write_why_proposed(out, card->proposal, error)) return false;
  json_put_string(out, "yes", !card->proposal ? "The cause is recorded as you confirm it, and the agent learns from it."
    : yes_of(card->proposal->kind));
  put_day(out, "until", card->proposal ? clock_day(card->proposal->expires) : card->need->valid_to);
  write_value(out, card->money, company->currency);
  json_put_number(out, "minutes", card->minutes);
  json_put_string(out, "need", card->need ? card->need->id : NULL);
  json_put_string(out, "proposal", card->proposal ? card->proposal->id : NULL);
  json_close_object(out);
  return true;
}

static const struct need *need_of(const GPtrArray *needs, const char *subject) {
  for (guint i = 0; g_str_has_prefix(subject, "need:") && i < needs->len; i++)
    if (strcmp(((struct need *)needs->pdata[i])->id, subject + 5) == 0) return needs->pdata[i];
  return NULL;
}

static void add_approvals(struct op_call *call, const struct standing *standing, GArray *cards, const GPtrArray *needs, const GPtrArray *proposals) {
  for (guint i = 0; i < proposals->len; i++) {
    const struct gate_proposal *proposal = proposals->pdata[i];
    const struct need *need = need_of(needs, proposal->subject);
    struct card card = { need, proposal, proposal->worth, proposal->minutes > 0 ? proposal->minutes : MINUTES_FOR_A_NEED, true };
    if (isnan(card.money) && need && strcmp(proposal->kind, "act on need") == 0) card.money = need->money;
    struct gate_person person = standing_for(standing, system_rules(call->system), proposal, NULL, call->now);
    if (gate_may(system_rules(call->system), proposal, &person, NULL, call->now, NULL)) g_array_append_val(cards, card);
  }
}

static bool add_outbox(GArray *cards, struct db *db, GError **error) {
  struct card card = { .money = NAN, .mine = true };
  if (db_one(db, &card.doubtful, error, "runtime.count_actions", "t", "uncertain") < 0 || db_one(db, &card.dead, error, "runtime.count_actions", "t", "dead") < 0) return false;
  card.minutes = (double)(card.doubtful + card.dead);
  if (card.minutes > 0) g_array_append_val(cards, card);
  return true;
}

/* Needs whose cause nobody has confirmed: a question for whoever may decide them. */
static void add_needs(GArray *cards, const GPtrArray *needs) {
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    struct card card = { need, NULL, need->money, MINUTES_FOR_A_NEED, false };
    bool carded = strcmp(need->status, "open") != 0;
    for (guint c = 0; !carded && c < cards->len; c++) carded = g_array_index(cards, struct card, c).need == need;
    if (!carded) g_array_append_val(cards, card);
  }
}

static const char *kind_of(const struct card *card) { return card->doubtful || card->dead ? "outbox" : card->proposal ? card->proposal->kind : "need"; }

/* Seven of a kind are not seven things to do: the first cards hold at most MOST_OF_A_KIND of one, as far as there are others.
 * Within the first ones and within the rest the order stays. */
static void mix_kinds(GArray *cards) {
  g_autoptr(GArray) first = g_array_new(FALSE, FALSE, sizeof(struct card)), rest = g_array_new(FALSE, FALSE, sizeof(struct card));
  for (guint i = 0; i < cards->len; i++) {
    const struct card *card = &g_array_index(cards, struct card, i);
    int alike = 0;
    for (guint k = 0; k < first->len; k++) alike += strcmp(kind_of(&g_array_index(first, struct card, k)), kind_of(card)) == 0;
    g_array_append_vals(alike < MOST_OF_A_KIND ? first : rest, card, 1);
  }
  g_array_set_size(cards, 0);
  g_array_append_vals(cards, first->data, first->len);
  g_array_append_vals(cards, rest->data, rest->len);
}

/* What a change was about, where the caller may know: the proposal's title, the need's, the asset's, the goal's. Newly
 * allocated; NULL: not to be said, or nothing of that kind. */
static char *about(const struct op_call *call, const struct company *company, const GPtrArray *needs, struct db *db, const char *subject) {
  unsigned roles = call->caller.roles;
  const char *id = strchr(subject, ':');
  id = id ? id + 1 : "";
  if (g_str_has_prefix(subject, "proposal:") && access_allows(roles, MAY_READ_APPROVALS)) {
    g_autoptr(gate_proposal_auto) proposal = NULL;
    return gate_find(db, id, &proposal, NULL) == 1 ? g_strdup(proposal->title) : NULL;
  }
  const struct need *need = access_allows(roles, MAY_READ_NEEDS) ? need_of(needs, subject) : NULL; /* those the caller may see */
  if (need) return g_strdup(need->title);
  for (int i = 0; g_str_has_prefix(subject, "goal:") && i < company->goals.count; i++)
    if (strcmp(company->goals.at[i].id, id) == 0) return g_strdup(company->goals.at[i].name);
  for (int i = 0; g_str_has_prefix(subject, "asset:") && access_allows(roles, MAY_READ_STUDIO) && i < company->assets.count; i++)
    if (strcmp(company->assets.at[i].id, id) == 0) return g_strdup(company->assets.at[i].title);
  return NULL;
}

static bool write_changes(struct op_call *call, struct json_writer *out, const struct company *company, const GPtrArray *needs, struct db *db, GError **error) {
  static const struct { const char *kind, *text; } rows[] = { { "import.committed", "files were imported" }, { "import.undone", "an import was taken back" },
    { "goal.weighed", "a goal's priority was changed" }, { "need.cause_confirmed", "a cause was confirmed" }, { "need.marked", "a need was marked" },
    { "approval.decided", "a proposal was decided" }, { "intervention.registered", "an intervention was registered" },
    { "intervention.ended", "an intervention was stopped" }, { "asset.published", "a learning asset was published" }, { "rules.set", "the decision rules changed" },
    { "programme.stopped", "a programme was stopped" }, { "programme.retargeted", "a programme got another goal" }, { "programme.resumed", "a programme was taken up again" },
    { "promise.made", "something was promised to a group" }, { "promise.kept", "a promise was kept" } };
  g_autoptr(query_auto) query = db_query(db, error, "ledger.newest_notable", "i", (int64_t)12);
  int got;
  json_open_array(out, "changed");
  while ((got = query_next(query, error)) == 1) {
    const char *text = query_text(query, 1), *subject = query_text(query, 2), *id = strchr(subject, ':');
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
      if (strcmp(rows[i].kind, text) == 0) text = rows[i].text;
    g_autofree char *by = ops_actor_name(company, query_text(query, 3));
    g_autofree char *what = about(call, company, needs, db, subject);
    g_autofree char *sentence = what ? g_strdup_printf("%s, by %s: %s", text, by, what) : g_strdup_printf("%s, by %s", text, by);
    json_open_object(out, NULL);
    put_time(out, "at", query_integer(query, 0));
    json_put_string(out, "text", sentence);
    json_put_string(out, "id", id ? id + 1 : NULL);
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

static bool today(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  g_autoptr(db_auto) db = needs ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) proposals = db ? gate_proposals(db, false, error) : NULL;
  if (!proposals) return false;
  unsigned roles = call->caller.roles;
  g_autoptr(GArray) cards = g_array_new(FALSE, TRUE, sizeof(struct card));
  g_auto(standing_auto) standing = { 0 };
  if (!standing_load(call, db, &standing, error)) return false;
  if (access_allows(roles, MAY_DECIDE)) add_approvals(call, &standing, cards, needs, proposals);
  if (access_allows(roles, MAY_OPERATE) && !add_outbox(cards, db, error)) return false;
  if (access_allows(roles, MAY_READ_NEEDS)) add_needs(cards, needs);
  g_array_sort(cards, by_value_per_minute);
  mix_kinds(cards);
  json_open_array(out, "cards");
  for (guint i = 0; i < MIN(cards->len, MOST_CARDS); i++)
    if (!write_card(out, view->company, &g_array_index(cards, struct card, i), error)) return false;
  json_close_array(out);
  json_put_integer(out, "more", cards->len > MOST_CARDS ? (int64_t)cards->len - MOST_CARDS : 0);
  json_put_integer(out, "people", view->company->people.count);
  json_put_integer(out, "goals", access_allows(roles, MAY_READ_GOALS) ? view->company->goals.count : 0);
  if (access_allows(roles, MAY_READ_GOALS)) return write_changes(call, out, view->company, needs, db, error);
  json_open_array(out, "changed");
  json_close_array(out);
  return true;
}

static const struct field value_fields[] = { { "money", FIELD_FIGURE, REQUIRED, "" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "period", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const char *const kinds[] = { "need", "approval", "outbox", NULL };
static const struct field card_row[] = { { "id", FIELD_ID("thing"), REQUIRED, "" }, { "kind", FIELD_WORD(kinds), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "why", FIELD_TEXTS, REQUIRED, "the strongest evidence" },
  { "yes", FIELD_TEXT(0), REQUIRED, "what happens if I say yes" }, { "until", FIELD_DAY, REQUIRED | NULLABLE, "when it lapses" }, { "value", FIELD_OBJECT(value_fields), REQUIRED | NULLABLE, "" },
  { "minutes", FIELD_FIGURE, REQUIRED, "of my time" }, { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "" }, { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field change_row[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { "id", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field today_out[] = { { "cards", FIELD_LIST(card_row), REQUIRED, "at most seven, by value per minute" }, { "more", FIELD_COUNT, REQUIRED, "beyond those" }, { "people", FIELD_COUNT, REQUIRED, "0: nothing was imported yet" },
  { "goals", FIELD_COUNT, REQUIRED, "" }, { "changed", FIELD_LIST(change_row), REQUIRED, "lately, newest first" }, { 0 } };

const struct op today_ops[] = {
  { "today", GET, "/today", MAY_SIGNED_IN, NULL, today_out, today, "What deserves my attention now", "steering" },
  { 0 } };
