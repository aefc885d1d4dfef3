/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programmes: what runs already, what it costs, whom it serves, what it does, and what to do about it: keep, reuse, retarget
 * or stop, each in money. The lead may act at once, with a reason; the needs agent proposes where no goal is served, and
 * what follows from an accepted proposal is the same event. Either is taken back by `programmes resume`. */
#include "base/id.h"
#include "company/programmes.h"
#include "company/stems.h"
#include "ops/follow-up.h"
#include <math.h>
#include <string.h>

enum advice { ADVICE_STOP, ADVICE_RETARGET, ADVICE_REUSE, ADVICE_LOOK, ADVICE_KEEP, ADVICE_NONE };
static const char *const advice_words[] = { "stop", "retarget", "reuse", "look again", "keep", "none", NULL };

struct entry {
  int index;
  struct programme_account account;
  struct programme_effect effect;
  int *goals, goal_count;
  bool by_words, forecast;
  enum advice advice;
  const struct known_need *need; /* that it could be reused for */
  double money;                  /* of the advice: a year; NAN none or withheld */
  double fixed;                  /* cost, a year */
  struct gate_proposal *proposal;
};

static void entry_free(void *data) {
  struct entry *entry = data;
  gate_proposal_free(entry->proposal);
  g_free(entry->goals);
  g_free(entry);
}

/* ---- advice ----------------------------------------------------------------------------------------------------- */

/* The open need of most money that lacks a skill which the programme teaches; NULL none. */
static const struct known_need *need_for(const struct company *company, const struct programme *programme) {
  const struct known_need *best = NULL;
  for (int n = 0; n < company->needs.count; n++) {
    const struct known_need *need = &company->needs.at[n];
    bool open = g_strcmp0(need->status, "open") == 0 || g_strcmp0(need->status, "accepted") == 0, teaches = false;
    for (int i = 0; i < need->skill_count; i++)
      for (int k = 0; k < programme->skill_count; k++) teaches |= need->skills[i] == programme->skills[k];
    double money = isnan(need->money) ? 0 : need->money;
    if (open && need->cause == CAUSE_SKILL && need->goal >= 0 && teaches && (!best || money > best->money)) best = need;
  }
  return best;
}

static void advise(const struct company *company, struct entry *entry) {
  const struct programme *programme = &company->programmes.at[entry->index];
  bool serves = entry->goal_count > 0 || entry->forecast;
  entry->need = programme->active ? need_for(company, programme) : NULL;
  entry->money = NAN;
  if (!programme->active) entry->advice = ADVICE_NONE;
  else if (!serves && entry->need) entry->advice = ADVICE_RETARGET;
  else if (!serves) entry->advice = ADVICE_STOP;
  else if (entry->need) entry->advice = ADVICE_REUSE;
  else if (entry->effect.verdict == PROGRAMME_DOES_NOT_RAISE) entry->advice = ADVICE_LOOK;
  else entry->advice = ADVICE_KEEP;
  if (entry->need) entry->money = entry->need->money;
  else if (entry->advice == ADVICE_STOP || entry->advice == ADVICE_LOOK) entry->money = entry->account.few ? NAN : entry->account.money;
}

static char *subject_of(const char *programme) {
  g_autofree char *id = id_short("n", "programme", programme, NULL);
  return g_strconcat("need:", id, NULL);
}

/* The newest proposal about a programme, of either kind. */
static bool find_proposal(struct db *db, const char *programme, struct gate_proposal **ret, GError **error) {
  static const char *const kinds[] = { "stop programme", "retarget programme" };
  g_autofree char *subject = subject_of(programme);
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autoptr(gate_proposal_auto) found = NULL;
    if (gate_find_latest(db, kinds[i], subject, &found, error) < 0) return false;
    if (!found || (*ret && (*ret)->seq > found->seq)) continue;
    gate_proposal_free(*ret);
    *ret = g_steal_pointer(&found);
  }
  return true;
}

/* What it is ranked by: of one to four takers the fixed cost alone, or its place would tell what is withheld. */
static double worth_of(const struct entry *entry) {
  return !isnan(entry->money) ? entry->money : entry->account.few ? entry->fixed : entry->account.money;
}

/* What asks for a decision first; then by money. */
static int by_advice(const void *a, const void *b) {
  const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
  if (x->advice != y->advice) return x->advice < y->advice ? -1 : 1;
  if (worth_of(x) != worth_of(y)) return worth_of(x) > worth_of(y) ? -1 : 1;
  return x->index - y->index;
}

static struct entry *entry_of(const struct view *view, GHashTable *const *stems, int index) {
  const struct company *company = view->company;
  struct entry *entry = g_new0(struct entry, 1);
  entry->index = index;
  entry->account = programme_account_of(company, index);
  entry->effect = programme_effect_of(company, view->levels, index);
  entry->goals = g_new(int, (gsize)company->goals.count + 1);
  entry->goal_count = programme_goals(company, index, stems, entry->goals, &entry->by_words);
  entry->fixed = isfinite(company->programmes.at[index].fixed_cost) ? company->programmes.at[index].fixed_cost : 0;
  entry->forecast = programme_is_forecast(company, index);
  advise(company, entry);
  return entry;
}

static GPtrArray *read_entries(const struct view *view, struct db *db, int only, GError **error) {
  const struct company *company = view->company;
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
  g_autofree GHashTable **stems = g_new0(GHashTable *, (gsize)company->goals.count + 1);
  bool fine = true;
  for (int g = 0; g < company->goals.count; g++) stems[g] = stems_of_goal(company, &company->goals.at[g]);
  for (int i = 0; fine && i < company->programmes.count; i++) {
    if (only >= 0 && i != only) continue;
    struct entry *entry = entry_of(view, stems, i);
    g_ptr_array_add(entries, entry);
    fine = find_proposal(db, company->programmes.at[i].id, &entry->proposal, error);
  }
  for (int g = 0; g < company->goals.count; g++) g_hash_table_unref(stems[g]);
  if (!fine) return NULL;
  g_ptr_array_sort(entries, by_advice);
  return g_steal_pointer(&entries);
}

/* ---- the view --------------------------------------------------------------------------------------------------- */

static char *sentence_of(const struct company *company, const struct entry *entry) {
  const struct programme *programme = &company->programmes.at[entry->index];
  const char *goal = entry->need ? company->goals.at[entry->need->goal].name : NULL;
  switch (entry->advice) {
  case ADVICE_STOP: return g_strdup("It serves no business goal. Stopped, nobody can enrol any more, who is in it finishes, and its cost of a year is free for something else.");
  case ADVICE_RETARGET: return g_strdup_printf("It serves no business goal, and teaches what “%s” lacks. Retargeted, its seats go to the people of that goal first.", goal);
  case ADVICE_REUSE: return g_strdup_printf("It teaches what “%s” lacks: reuse it for that need before anything new is made.", goal);
  case ADVICE_LOOK: return g_strdup("Levels of those who took it did not rise more than those of people alike: look at it before it is bought again.");
  case ADVICE_NONE: return g_strdup(programme->stopped ? "It is stopped. Resumed, people can enrol again." : "It is not active any more, as its file says.");
  default: return g_strdup(entry->by_words ? "Its title and a goal share a word; no goal names its skill. Name the goal, or look whether there is one." : entry->goal_count ? "It serves a business goal. Nothing speaks for a change." : "The business says that it will need what it teaches. Nothing speaks for a change.");
  }
}

static void write_goals(struct json_writer *out, const struct company *company, const struct entry *entry) {
  json_open_array(out, "goals");
  for (int i = 0; i < entry->goal_count; i++) {
    json_open_object(out, NULL);
    json_put_string(out, "id", company->goals.at[entry->goals[i]].id);
    json_put_string(out, "name", company->goals.at[entry->goals[i]].name);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_effect(struct json_writer *out, const struct programme_effect *effect) {
  bool any = !isnan(effect->change);
  json_open_object(out, "effect");
  json_put_string(out, "verdict", programme_verdict_names[effect->verdict]);
  json_put_number(out, "change", round(100 * effect->change) / 100);
  json_put_number(out, "low", round(100 * effect->low) / 100);
  json_put_number(out, "high", round(100 * effect->high) / 100);
  json_put_integer(out, "takers", any ? effect->takers : 0);
  json_put_integer(out, "peers", any ? effect->peers : 0);
  json_put_string(out, "why", effect->why);
  json_close_object(out);
}

/* Those who did not complete it are a group, too: neither may be one to four people. */
static double completed_of(const struct programme_account *account) {
  int rest = account->seats - account->completed;
  bool few = (account->completed && account->completed < OPS_LEAST_PEOPLE) || (rest && rest < OPS_LEAST_PEOPLE);
  return account->few || few ? NAN : account->completed;
}

static void write_money(struct json_writer *out, const struct programme *programme, const struct entry *entry, const char *currency) {
  bool few = entry->account.few;
  json_put_integer(out, "seats", few ? 0 : entry->account.seats);
  json_put_integer(out, "takers", few ? 0 : entry->account.people);
  json_put_number(out, "completed", completed_of(&entry->account));
  json_put_bool(out, "hidden", few);
  json_put_number(out, "cost", few ? NAN : round(entry->account.money));
  json_put_number(out, "cost_per_seat", programme->cost_per_seat);
  json_put_number(out, "fixed_cost", programme->fixed_cost);
  json_put_string(out, "currency", currency);
}

static void write_entry(struct json_writer *out, const struct company *company, const struct entry *entry) {
  const struct programme *programme = &company->programmes.at[entry->index];
  g_autofree char *sentence = sentence_of(company, entry), *subject = subject_of(programme->id);
  json_put_string(out, "id", programme->id);
  json_put_string(out, "title", programme->title);
  json_put_string(out, "kind", programme->kind);
  json_put_number(out, "hours", programme->hours);
  json_open_array(out, "skills");
  for (int k = 0; k < programme->skill_count; k++) json_put_string(out, NULL, company->skills.at[programme->skills[k]].name);
  json_close_array(out);
  json_put_bool(out, "active", programme->active);
  json_put_bool(out, "stopped", programme->stopped);
  json_put_bool(out, "retargeted", programme->serves != NULL);
  json_put_string(out, "decision_reason", programme->reason);
  write_goals(out, company, entry);
  json_put_bool(out, "by_words", entry->by_words);
  json_put_bool(out, "forecast", entry->forecast);
  write_money(out, programme, entry, company->currency);
  put_day(out, "from", entry->account.from);
  put_day(out, "to", entry->account.to);
  write_effect(out, &entry->effect);
  json_put_string(out, "advice", advice_words[entry->advice]);
  json_put_string(out, "sentence", sentence);
  json_put_number(out, "money", round(entry->money));
  json_put_string(out, "need", entry->need ? entry->need->id : NULL);
  json_put_string(out, "goal", entry->need ? company->goals.at[entry->need->goal].id : NULL);
  json_put_string(out, "why", entry->advice == ADVICE_STOP || entry->advice == ADVICE_RETARGET ? strchr(subject, ':') + 1 : entry->need ? entry->need->id : NULL);
  json_put_string(out, "proposal", entry->proposal ? entry->proposal->id : NULL);
  json_put_string(out, "proposal_state", entry->proposal ? entry->proposal->state : NULL);
}

static bool programmes_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) entries = db ? read_entries(view, db, -1, error) : NULL;
  if (!entries) return false;
  double cost = 0, without = 0;
  json_open_array(out, "programmes");
  for (guint i = 0; i < entries->len; i++) {
    const struct entry *entry = entries->pdata[i];
    bool active = view->company->programmes.at[entry->index].active, shown = active && !entry->account.few;
    cost += shown ? entry->account.money : 0;
    without += shown && entry->goal_count == 0 && !entry->forecast ? entry->account.money : 0;
    json_open_object(out, NULL);
    write_entry(out, view->company, entry);
    json_close_object(out);
  }
  json_close_array(out);
  json_put_number(out, "cost", round(cost));
  json_put_number(out, "without_goal", round(without));
  json_put_string(out, "currency", view->company->currency);
  return true;
}

static int find_programme(const struct company *company, const char *id, GError **error) {
  for (int i = 0; i < company->programmes.count; i++)
    if (strcmp(company->programmes.at[i].id, id) == 0) return i;
  fail(error, MENO_ERROR_NOT_FOUND, "there is no programme \"%s\"", id);
  return -1;
}

static bool programmes_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int index = view ? find_programme(view->company, op_text(call, "id"), error) : -1;
  g_autoptr(db_auto) db = index >= 0 ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) entries = db ? read_entries(view, db, index, error) : NULL;
  if (entries) write_entry(out, view->company, entries->pdata[0]);
  return entries != NULL;
}

/* ---- deciding --------------------------------------------------------------------------------------------------- */

/* One event about a programme: what was decided, why, and by which proposal (NULL: at once). */
static bool append_decision(struct op_call *call, struct ledger_write *write, const char *kind, const char *programme, const char *goal, const char *reason,
                            const struct gate_proposal *proposal, GError **error) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  if (goal) json_put_string(&body, "goal", goal);
  json_put_string(&body, "programme", programme);
  if (proposal) json_put_string(&body, "proposal", proposal->id);
  json_put_string(&body, "reason", reason ? reason : "");
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("programme:", programme, NULL);
  return ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = call->caller.actor, .cause = proposal ? proposal->seq : 0,
    .taint = TAINT_EMPLOYEE_TEXT, .body = text }, NULL, error);
}

bool programmes_decided(const struct decided *decided, GError **error) {
  if (!decided->accepted) return true;
  bool stop = strcmp(decided->proposal->kind, "stop programme") == 0;
  const char *programme = json_string(json_get(decided->body, "programme")), *goal = json_string(json_get(decided->body, "goal"));
  return append_decision(decided->call, decided->write, stop ? "programme.stopped" : "programme.retargeted", programme, stop ? NULL : goal,
    op_text(decided->call, "reason"), decided->proposal, error);
}

/* Records it; what was proposed about the programme is settled by that, and waits no longer. */
static bool decide(struct op_call *call, const char *kind, const char *goal, struct json_writer *out, GError **error) {
  const char *id = op_text(call, "id");
  g_autofree char *subject = subject_of(id);
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  if (!write || !append_decision(call, write, kind, id, goal, op_text(call, "reason"), NULL, error) ||
      !gate_withdraw(write, subject, "it was decided on the page of programmes", call->caller.actor, call->now, NULL, error) ||
      !ledger_commit(g_steal_pointer(&write), error)) return false;
  return programmes_show(call, out, error);
}

static bool programmes_stop(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int index = view ? find_programme(view->company, op_text(call, "id"), error) : -1;
  if (index < 0) return false;
  const struct programme *programme = &view->company->programmes.at[index];
  if (!programme->active) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" is not active: %s", programme->id, programme->stopped ? "it has been stopped already" : "its file says so");
  return decide(call, "programme.stopped", NULL, out, error);
}

static bool programmes_retarget(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int index = view ? find_programme(view->company, op_text(call, "id"), error) : -1;
  if (index < 0) return false;
  const struct programme *programme = &view->company->programmes.at[index];
  const char *goal = op_text(call, "goal");
  if (company_goal(view->company, goal) < 0) return fail(error, MENO_ERROR_BAD_INPUT, "\"goal\" is \"%s\", which is no goal; `goals list` names them", goal);
  if (!programme->active) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" is not active; resume it first", programme->id);
  if (g_strcmp0(programme->serves, goal) == 0) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" serves \"%s\" already", programme->id, goal);
  return decide(call, "programme.retargeted", goal, out, error);
}

static bool programmes_resume(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int index = view ? find_programme(view->company, op_text(call, "id"), error) : -1;
  if (index < 0) return false;
  const struct programme *programme = &view->company->programmes.at[index];
  if (!programme->stopped && !programme->serves) return fail(error, MENO_ERROR_CONFLICT, "nobody has stopped or retargeted \"%s\"; there is nothing to take back", programme->id);
  return decide(call, "programme.resumed", NULL, out, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const verdicts[] = { "cannot tell", "raises", "does not raise", NULL };
static const struct field goal_row[] = { { "id", FIELD_ID("goal"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field effect_fields[] = { { "verdict", FIELD_WORD(verdicts), REQUIRED, "" }, { "change", FIELD_FIGURE, REQUIRED | NULLABLE, "levels (0 to 5) that takers rose more than people alike" },
  { "low", FIELD_FIGURE, REQUIRED | NULLABLE, "95 % interval" }, { "high", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "takers", FIELD_COUNT, REQUIRED, "compared" }, { "peers", FIELD_COUNT, REQUIRED, "they are compared with" },
  { "why", FIELD_TEXT(0), REQUIRED | NULLABLE, "it cannot tell" }, { 0 } };
#define PROGRAMME_FIELDS \
  { "id", FIELD_ID("programme"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "hours", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, \
  { "skills", FIELD_TEXTS, REQUIRED, "that it teaches" }, { "active", FIELD_BOOL, REQUIRED, "" }, { "stopped", FIELD_BOOL, REQUIRED, "by a person" }, { "retargeted", FIELD_BOOL, REQUIRED, "a person named the goal" }, \
  { "decision_reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "of who stopped or retargeted it" }, { "goals", FIELD_LIST(goal_row), REQUIRED, "that it serves" }, { "by_words", FIELD_BOOL, REQUIRED, "only its title and theirs share a word: a guess" }, \
  { "forecast", FIELD_BOOL, REQUIRED, "the business says that it will need what it teaches" }, { "seats", FIELD_COUNT, REQUIRED, "taken in the last year" }, { "takers", FIELD_COUNT, REQUIRED, "people behind them" }, \
  { "completed", FIELD_COUNT, REQUIRED | NULLABLE, "of the seats; null: withheld" }, { "hidden", FIELD_BOOL, REQUIRED, "one to four people: seats, takers and cost are withheld" }, \
  { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "a year: seats and fixed cost" }, { "cost_per_seat", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "fixed_cost", FIELD_FIGURE, REQUIRED | NULLABLE, "a year" }, \
  { "currency", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "from", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "to", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "effect", FIELD_OBJECT(effect_fields), REQUIRED, "" }, \
  { "advice", FIELD_WORD(advice_words), REQUIRED, "" }, { "sentence", FIELD_TEXT(0), REQUIRED, "the advice in words: what would happen" }, { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "of the advice, a year: freed, or what the need is worth" }, \
  { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "that it could be reused for" }, { "goal", FIELD_ID("goal"), REQUIRED | NULLABLE, "of that need" }, { "why", FIELD_ID("thing"), REQUIRED | NULLABLE, "the reasons of the advice" }, \
  { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, { "proposal_state", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }

static const struct field programme_out[] = { PROGRAMME_FIELDS, { 0 } };
static const struct field list_out[] = { { "programmes", FIELD_LIST(programme_out), REQUIRED, "what asks for a decision first, then by money" }, { "cost", FIELD_FIGURE, REQUIRED, "of all that run and are shown, a year" },
  { "without_goal", FIELD_FIGURE, REQUIRED, "of those, what serves no goal" }, { "currency", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("programme"), REQUIRED | IN_PATH, "the programme" }, { 0 } };
static const struct field reason_in[] = { { "id", FIELD_ID("programme"), REQUIRED | IN_PATH, "the programme" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "kept with the decision" }, { 0 } };
static const struct field retarget_in[] = { { "id", FIELD_ID("programme"), REQUIRED | IN_PATH, "the programme" }, { "goal", FIELD_ID("goal"), REQUIRED, "that it shall serve" },
  { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "kept with the decision" }, { 0 } };

const struct op programmes_ops[] = {
  { "programmes list", GET, "/programmes", MAY_READ_PROGRAMMES, NULL, list_out, programmes_list, "What runs already, what it costs and does, and what to do about it", "programmes" },
  { "programmes show", GET, "/programmes/{id}", MAY_READ_PROGRAMMES, id_in, programme_out, programmes_show, "One programme", "programmes" },
  { "programmes stop", POST, "/programmes/{id}/stop", MAY_DECIDE_PROGRAMMES, reason_in, programme_out, programmes_stop, "Stop a programme, with a reason; resume takes it back", "programmes" },
  { "programmes retarget", POST, "/programmes/{id}/goal", MAY_DECIDE_PROGRAMMES, retarget_in, programme_out, programmes_retarget, "Let a programme serve a goal, with a reason; resume takes it back", "programmes" },
  { "programmes resume", POST, "/programmes/{id}/resume", MAY_DECIDE_PROGRAMMES, reason_in, programme_out, programmes_resume, "Take a stop or a new goal back: as the file says", "programmes" },
  { 0 } };
