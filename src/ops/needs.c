/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs: the needs agent's live claims, overlaid with what people have said since. A person confirms or overrules the
 * cause, or marks a need as noise, each with a reason; the agent reads those words in its next turn and learns from them. */
#include "impact/plan.h"
#include "ledger/claims.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

static void need_free(void *data) {
  struct need *need = data;
  json_doc_free(need->doc);
  char *texts[] = { need->id, need->goal, need->title, need->status, need->cause, need->text, need->evidence_text, need->agent };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(need);
}

static double probability_of(struct json causes, const char *cause) {
  struct json_iter it = json_iter(causes);
  while (json_next(&it))
    if (json_equals(json_get(it.value, "cause"), cause)) return json_number(json_get(it.value, "probability"), NAN);
  return NAN;
}

static const char *text_or(struct json object, const char *key, const char *otherwise) {
  const char *text = json_string(json_get(object, key));
  return text ? text : otherwise;
}

static struct need *need_of(const struct claim_row *row, const struct company *company) {
  struct need *need = g_new0(struct need, 1);
  need->text = g_strdup(row->value);
  need->evidence_text = g_strdup(row->evidence);
  need->agent = g_strdup(row->agent);
  need->made_at = row->made_at;
  need->seq = row->seq;
  need->confidence = row->confidence;
  need->valid_to = row->valid_to;
  need->doc = json_parse(need->text, strlen(need->text), NULL);
  struct json value = need->value = json_root(need->doc);
  need->id = g_strdup(row->subject);
  need->goal = g_strdup(json_string(json_get(value, "goal")));
  need->cause = g_strdup(text_or(value, "cause", "cannot tell"));
  need->status = g_strdup(text_or(value, "status", "open"));
  need->money = json_number(json_get(json_get(value, "value"), "money"), NAN);
  need->probability = probability_of(json_get(value, "causes"), need->cause);
  need->title = g_strdup(text_or(value, "title", need->id));
  /* What people have said since the agent's last turn. */
  for (int i = 0; i < company->decisions.count; i++) {
    const struct need_decision *decision = &company->decisions.at[i];
    if (strcmp(decision->need, need->id) != 0) continue;
    const char *word = decision->state == NEED_NOISE ? "noise" : decision->state == NEED_ACCEPTED ? "accepted" : NULL;
    if (word) {
      g_free(need->status);
      need->status = g_strdup(word);
    }
  }
  for (int i = 0; i < company->confirmations.count; i++)
    if (strcmp(company->confirmations.at[i].need, need->id) == 0) {
      g_free(need->cause);
      need->cause = g_strdup(cause_names[company->confirmations.at[i].cause]);
      need->probability = probability_of(json_get(value, "causes"), need->cause);
    }
  return need;
}

static int by_worth(const void *a, const void *b) {
  const struct need *x = *(struct need *const *)a, *y = *(struct need *const *)b;
  double worth_x = isnan(x->money) ? -1 : x->money, worth_y = isnan(y->money) ? -1 : y->money;
  if (worth_x != worth_y) return worth_x < worth_y ? 1 : -1;
  return strcmp(x->id, y->id);
}

/* A confined manager sees the needs that touch own teams only. */
static bool touches(const struct need *need, const struct company *company, const bool *seen) {
  struct json_iter it = json_iter(json_get(need->value, "teams"));
  while (json_next(&it)) {
    int team = company_team(company, json_string(it.value));
    if (team >= 0 && seen[team]) return true;
  }
  return false;
}

GPtrArray *needs_read(struct op_call *call, const struct company *company, GError **error) {
  g_autoptr(GPtrArray) needs = g_ptr_array_new_with_free_func(need_free);
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "ledger.live_claims", "t", "need") : NULL;
  g_autofree bool *seen = ops_teams_seen(call, company);
  bool confined = ops_is_confined(call);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct claim_row row;
    claim_read(query, &row);
    struct need *need = need_of(&row, company);
    if (confined && !touches(need, company, seen)) need_free(need);
    else g_ptr_array_add(needs, need);
  }
  if (got < 0) return NULL;
  g_ptr_array_sort(needs, by_worth);
  return g_steal_pointer(&needs);
}

/* ---- the view --------------------------------------------------------------------------------------------------- */

struct words { char *by, *reason, *noise; int64_t at; };

static bool read_words(struct op_call *call, struct db *db, const struct company *company, const char *need, struct words *ret, GError **error) {
  *ret = (struct words){ 0 };
  g_autoptr(query_auto) query = db_query(db, error, "company.need_words", "t", need);
  int got;
  while ((got = query_next(query, error)) == 1) {
    bool cause = strcmp(query_text(query, 0), "cause") == 0;
    g_free(cause ? ret->reason : ret->noise);
    *(cause ? &ret->reason : &ret->noise) = ops_reveal(call, query, 3, 7, "reason");
    if (!cause) continue;
    g_free(ret->by);
    ret->by = ops_actor_name(company, query_text(query, 4));
    ret->at = query_integer(query, 5);
  }
  return got == 0;
}

static void words_clear(struct words *words) {
  g_free(words->by);
  g_free(words->reason);
  g_free(words->noise);
}

static void copy(struct json_writer *out, struct json value, const char *key) {
  struct json member = json_get(value, key);
  if (json_type(member) == JSON_ABSENT) json_put_null(out, key);
  else json_put_value(out, key, member);
}

struct both { double sum[2], weight[2]; };
struct column_of { struct json_writer *out; int column; };

static int by_day(const void *a, const void *b, void *data) { return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b); }

static gboolean write_point(void *key, void *value, void *data) {
  struct column_of *to = data;
  const struct both *both = value;
  if (to->column == 2) put_day(to->out, NULL, GPOINTER_TO_INT(key));
  else json_put_number(to->out, NULL, both->weight[to->column] > 0 ? both->sum[to->column] / both->weight[to->column] : NAN);
  return FALSE;
}

static void copy_list(struct json_writer *out, struct json value, const char *key) {
  struct json member = json_get(value, key);
  if (json_type(member) == JSON_ARRAY) json_put_value(out, key, member);
  else {
    json_open_array(out, key);
    json_close_array(out);
  }
}

/* The goal's KPI in the affected teams and in its others, period by period: what the picture shows. */
static void write_series(struct json_writer *out, const struct company *company, int goal, struct json teams) {
  g_autofree bool *affected = g_new0(bool, (gsize)company->teams.count + 1);
  struct json_iter it = json_iter(teams);
  while (json_next(&it)) {
    int team = company_team(company, json_string(it.value));
    if (team >= 0) affected[team] = true;
  }
  g_autoptr(GTree) days = g_tree_new_full(by_day, NULL, NULL, g_free);
  for (int i = 0; goal >= 0 && i < company->kpis.count; i++) {
    const struct kpi *kpi = &company->kpis.at[i];
    if (kpi->goal != goal || kpi->team < 0) continue;
    double weight = isnan(kpi->exposure) ? 1 : kpi->exposure;
    struct both *both = g_tree_lookup(days, GINT_TO_POINTER(kpi->day));
    if (!both) g_tree_insert(days, GINT_TO_POINTER(kpi->day), both = g_new0(struct both, 1));
    both->sum[affected[kpi->team]] += weight * kpi->value;
    both->weight[affected[kpi->team]] += weight;
  }
  int people = 0; /* no figure of fewer than five; a team that nobody is known of is a name, not a group */
  for (int t = 0; t < company->teams.count; t++) people += affected[t] ? company->teams.at[t].size : 0;
  bool few = people > 0 && people < OPS_LEAST_PEOPLE;
  if (few || g_tree_nnodes(days) < 2 || json_count(teams) == 0) {
    json_put_null(out, "series");
    return;
  }
  json_open_object(out, "series");
  static const char *const names[] = { "peers", "affected", "days" };
  for (int column = 2; column >= 0; column--) {
    struct column_of column_of = { out, column };
    json_open_array(out, names[column]);
    g_tree_foreach(days, write_point, &column_of);
    json_close_array(out);
  }
  json_close_object(out);
}

static void write_requests(struct json_writer *out, const struct company *company, struct json ids) {
  json_open_array(out, "requests");
  struct json_iter it = json_iter(ids);
  while (json_next(&it))
    for (int i = 0; i < company->requests.count; i++) {
      const struct request *request = &company->requests.at[i];
      if (!json_equals(it.value, request->id)) continue;
      json_open_object(out, NULL);
      json_put_string(out, "id", request->id);
      json_put_string(out, "title", request->title);
      json_put_string(out, "team", request->team >= 0 ? company->teams.at[request->team].name : NULL);
      put_day(out, "day", request->day);
      json_close_object(out);
    }
  json_close_array(out);
}

/* The newest note that would go to somebody who asked. It names its reader by name; the proposal by opaque id. */
static bool write_note(struct json_writer *out, struct db *db, const struct company *company, const char *need, GError **error) {
  g_autofree char *subject = g_strconcat("need:", need, NULL);
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (gate_find_latest(db, "send note", subject, &proposal, error) < 0) return false;
  g_autoptr(json_doc_auto) doc = proposal ? json_parse(proposal->content, strlen(proposal->content), error) : NULL;
  if (!doc) {
    json_put_null(out, "note");
    return !proposal;
  }
  struct json note = json_root(doc);
  g_autofree char *to = ops_person_name(company, company_person(company, json_string(json_get(note, "to"))));
  json_open_object(out, "note");
  json_put_string(out, "to", to);
  json_put_string(out, "subject", json_string(json_get(note, "subject")));
  json_put_string(out, "text", json_string(json_get(note, "text")));
  json_close_object(out);
  return true;
}

static bool write_proposal(struct json_writer *out, struct db *db, const char *need, GError **error) {
  g_autofree char *subject = g_strconcat("need:", need, NULL);
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (gate_find_latest(db, "act on need", subject, &proposal, error) < 0) return false;
  json_put_string(out, "proposal", proposal ? proposal->id : NULL);
  json_put_string(out, "proposal_hash", proposal ? proposal->hash : NULL);
  json_put_string(out, "proposal_state", proposal ? proposal->state : NULL);
  return true;
}

static bool write_need(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, const struct need *need, int rank, GError **error) {
  struct words words;
  if (!read_words(call, db, company, need->id, &words, error)) return false;
  struct json value = need->value;
  int goal = need->goal ? company_goal(company, need->goal) : -1;
  json_put_string(out, "id", need->id);
  json_put_integer(out, "rank", rank);
  json_put_string(out, "goal", need->goal);
  json_put_string(out, "goal_name", goal >= 0 ? company->goals.at[goal].name : NULL);
  json_put_string(out, "title", need->title);
  copy(out, value, "subject");
  copy_list(out, value, "skills");
  ops_write_names(out, company, value);
  copy_list(out, value, "causes");
  json_put_string(out, "cause", need->cause);
  json_put_string(out, "confirmed_by", words.by);
  json_put_string(out, "confirmed_reason", words.reason);
  copy(out, value, "question");
  json_put_string(out, "missing_file", json_string(json_get(value, "file")));
  copy(out, value, "value");
  json_put_string(out, "status", need->status);
  json_put_string(out, "reason", words.noise ? words.noise : text_or(value, "reason", ""));
  copy(out, value, "instead");
  copy_list(out, value, "teams");
  copy(out, value, "since");
  json_put_number(out, "gap", json_number(json_get(json_get(value, "gap"), "amount"), NAN));
  json_put_number(out, "gap_low", json_number(json_at(json_get(value, "gap_interval"), 0), NAN));
  json_put_number(out, "gap_high", json_number(json_at(json_get(value, "gap_interval"), 1), NAN));
  write_series(out, company, goal, json_get(value, "teams"));
  write_requests(out, company, json_get(value, "requests"));
  bool fine = write_note(out, db, company, need->id, error);
  put_day(out, "expires", need->valid_to);
  put_time(out, "made_at", need->made_at);
  fine = fine && write_proposal(out, db, need->id, error);
  words_clear(&words);
  return fine;
}

/* ---- needs list, needs show ------------------------------------------------------------------------------------- */

static void write_counts(struct json_writer *out, const GPtrArray *needs) {
  static const struct { const char *key, *status; } rows[] = { { "open", "open" }, { "not_training", "not a training problem" },
    { "not_priority", "not a priority" }, { "accepted", "accepted" }, { "expired", "expired" }, { "noise", "noise" } };
  json_open_object(out, "counts");
  for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
    int count = 0;
    for (guint i = 0; i < needs->len; i++) count += strcmp(((struct need *)needs->pdata[i])->status, rows[r].status) == 0;
    json_put_integer(out, rows[r].key, count);
  }
  json_close_object(out);
}

static void write_missing(struct json_writer *out, const struct company *company) {
  static const enum file_id telling[] = { FILE_JOBS, FILE_KPIS, FILE_RESULTS, FILE_PULSE, FILE_REQUESTS, FILE_WORK_LOG, FILE_TICKETS, FILE_CAPACITY, FILE_REWARDS, FILE_CHANGES };
  json_open_array(out, "cannot_tell");
  for (size_t i = 0; i < G_N_ELEMENTS(telling); i++) {
    if (company->have[telling[i]]) continue;
    json_open_object(out, NULL);
    json_put_string(out, "file", formats[telling[i]].file);
    json_put_string(out, "tells", formats[telling[i]].tells);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool needs_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  g_autoptr(db_auto) db = needs ? store_read(system_store(call->system), error) : NULL;
  if (!db) return false;
  const char *status = op_text(call, "status");
  json_open_array(out, "needs");
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    if (status && strcmp(status, need->status) != 0) continue;
    json_open_object(out, NULL);
    if (!write_need(call, out, db, view->company, need, (int)i + 1, error)) return false;
    json_close_object(out);
  }
  json_close_array(out);
  write_counts(out, needs);
  write_missing(out, view->company);
  return true;
}

static const struct need *find_need(const GPtrArray *needs, const char *id, int *ret_rank, GError **error) {
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    *ret_rank = (int)i + 1;
    if (strcmp(need->id, id) == 0) return need;
  }
  fail(error, MENO_ERROR_NOT_FOUND, "there is no need \"%s\" now; it may have been retracted", id);
  return NULL;
}

static bool needs_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  int rank;
  const struct need *need = needs ? find_need(needs, op_text(call, "id"), &rank, error) : NULL;
  g_autoptr(db_auto) db = need ? store_read(system_store(call->system), error) : NULL;
  return db && write_need(call, out, db, view->company, need, rank, error);
}

/* ---- needs plan ------------------------------------------------------------------------------------------------- */

/* What remedies have come to here where the cause was the plan's, that of the plan first: for whoever decides between them. */
static void write_records(struct json_writer *out, const struct op_call *call, const struct company *company, const struct impact_plan *plan) {
  bool may = access_allows(call->caller.roles, MAY_READ_IMPACT);
  json_open_array(out, "records");
  for (int pass = 0; may && pass < 2; pass++)
    for (int i = 0; i < company->weights.count; i++) {
      const struct weight *weight = &company->weights.at[i];
      bool own = g_ascii_strcasecmp(weight->name, plan->remedy) == 0;
      if (weight->cause != plan->cause || strcmp(weight->kind, "remedy") != 0 || weight->moved + weight->did_not_move == 0 || own == (pass > 0)) continue;
      json_open_object(out, NULL);
      json_put_string(out, "remedy", weight->name);
      json_put_bool(out, "planned", own);
      json_put_integer(out, "moved", weight->moved);
      json_put_integer(out, "did_not_move", weight->did_not_move);
      json_put_number(out, "mean", weight->mean);
      json_put_number(out, "low", weight->low);
      json_put_number(out, "high", weight->high);
      json_close_object(out);
    }
  json_close_array(out);
}

/* What accepting would set going: everything but the order of start, which is drawn only then. */
static bool needs_plan(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  int rank;
  const struct need *need = needs ? find_need(needs, op_text(call, "id"), &rank, error) : NULL;
  const struct known_need *known = need ? known_need_named(view->company, need->id) : NULL;
  if (!need) return false;
  struct impact_wish wish = IMPACT_WISH_NONE;
  wish.remedy = op_text(call, "remedy");
  g_autoptr(impact_plan_auto) plan = known ? impact_plan_new(view->company, known, &wish, clock_day(call->now)) : NULL;
  if (!plan) {
    json_put_null(out, "plan");
    return true;
  }
  json_open_object(out, "plan");
  impact_plan_write(plan, out);
  write_records(out, call, view->company, plan);
  json_close_object(out);
  return true;
}

/* ---- people's words --------------------------------------------------------------------------------------------- */

static const char *first_cause(const struct need *need) { return text_or(json_at(json_get(need->value, "causes"), 0), "cause", "cannot tell"); }

/* Records `kind` about the need in the path, its body made of pairs of names and texts. */
static bool record_word(struct op_call *call, const char *kind, GError **error, const char *word) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  int rank;
  const struct need *need = needs ? find_need(needs, op_text(call, "id"), &rank, error) : NULL;
  if (!need) return false;
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  if (!word) {
    json_put_string(&body, "cause", op_text(call, "cause"));
    json_put_string(&body, "first", first_cause(need));
  }
  json_put_string(&body, "goal", need->goal ? need->goal : "");
  json_put_string(&body, "reason", op_text(call, "reason"));
  if (word) json_put_string(&body, "word", word);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("need:", need->id, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = kind, .subject = subject, .actor = call->caller.actor,
    .cause = need->seq, .taint = TAINT_EMPLOYEE_TEXT, .body = text }, error) > 0;
}

static bool needs_cause(struct op_call *call, struct json_writer *out, GError **error) {
  return record_word(call, "need.cause_confirmed", error, NULL) && needs_show(call, out, error);
}

static bool needs_noise(struct op_call *call, struct json_writer *out, GError **error) {
  return record_word(call, "need.marked", error, "noise") && needs_show(call, out, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const statuses[] = { "open", "not a training problem", "not a priority", "accepted", "expired", "noise", NULL };
static const char *const causes[] = { "skill", "tool", "process", "incentive", "clarity", "capacity", "outside", "cannot tell", NULL };

static const struct field subject_fields[] = { { "kind", FIELD_TEXT(0), REQUIRED, "team, department, job or company" }, { "names", FIELD_TEXTS, REQUIRED, "" }, { 0 } };
static const struct field cause_fields[] = { { "cause", FIELD_WORD(causes), REQUIRED, "" }, { "probability", FIELD_SHARE, REQUIRED, "" },
  { "evidence", FIELD_TEXTS, REQUIRED, "what speaks for it" }, { "against", FIELD_TEXTS, REQUIRED, "what speaks against it" }, { 0 } };
static const struct field value_fields[] = { { "amount", FIELD_FIGURE, REQUIRED | NULLABLE, "in the goal's unit" }, { "unit", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "currency", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "period", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field asked_fields[] = { { "id", FIELD_ID("request"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "team", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "day", FIELD_DAY, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field note_fields[] = { { "to", FIELD_TEXT(0), REQUIRED, "" }, { "subject", FIELD_TEXT(0), REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };

#define NEED_FIELDS \
  { "id", FIELD_ID("need"), REQUIRED, "" }, { "rank", FIELD_COUNT, REQUIRED, "by value" }, { "goal", FIELD_ID("goal"), REQUIRED | NULLABLE, "" }, \
  { "goal_name", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "subject", FIELD_OBJECT(subject_fields), REQUIRED | NULLABLE, "whom it is about" }, \
  { "skills", FIELD_TEXTS, REQUIRED, "ids" }, { "names", FIELD_ANY, REQUIRED, "id → what it is called, for the ids of goal and skills" }, { "causes", FIELD_LIST(cause_fields), REQUIRED, "a ranking of hypotheses" }, { "cause", FIELD_WORD(causes), REQUIRED, "the confirmed one, else the first" }, \
  { "confirmed_by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "confirmed_reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "question", FIELD_TEXT(0), REQUIRED | NULLABLE, "what would separate the first two" }, { "missing_file", FIELD_TEXT(0), REQUIRED | NULLABLE, "the file that would tell" }, \
  { "value", FIELD_OBJECT(value_fields), REQUIRED | NULLABLE, "priority weight × expected effect × probability" }, { "status", FIELD_WORD(statuses), REQUIRED, "" }, \
  { "reason", FIELD_TEXT(0), REQUIRED, "" }, { "instead", FIELD_TEXT(0), REQUIRED | NULLABLE, "what to do where training is not the answer" }, { "teams", FIELD_TEXTS, REQUIRED, "" }, \
  { "since", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "gap", FIELD_FIGURE, REQUIRED | NULLABLE, "in the goal's unit" }, { "gap_low", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, \
  { "gap_high", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "series", FIELD_ANY, REQUIRED | NULLABLE, "days, affected, peers: parallel lists for the picture" }, \
  { "requests", FIELD_LIST(asked_fields), REQUIRED, "who asked" }, { "note", FIELD_OBJECT(note_fields), REQUIRED | NULLABLE, "a draft to the requester" }, \
  { "expires", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "made_at", FIELD_TIME, REQUIRED, "" }, { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, \
  { "proposal_hash", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "proposal_state", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }

static const struct field need_out[] = { NEED_FIELDS, { 0 } };
static const struct field count_fields[] = { { "open", FIELD_COUNT, REQUIRED, "" }, { "not_training", FIELD_COUNT, REQUIRED, "" }, { "not_priority", FIELD_COUNT, REQUIRED, "" },
  { "accepted", FIELD_COUNT, REQUIRED, "" }, { "expired", FIELD_COUNT, REQUIRED, "" }, { "noise", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field missing_fields[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "tells", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field list_out[] = { { "needs", FIELD_LIST(need_out), REQUIRED, "by value" }, { "counts", FIELD_OBJECT(count_fields), REQUIRED, "" },
  { "cannot_tell", FIELD_LIST(missing_fields), REQUIRED, "files that are not there and what they would tell" }, { 0 } };
static const struct field list_in[] = { { "status", FIELD_WORD(statuses), 0, "only those" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("need"), REQUIRED | IN_PATH, "the need" }, { 0 } };
static const struct field cause_in[] = { { "id", FIELD_ID("need"), REQUIRED | IN_PATH, "the need" }, { "cause", FIELD_WORD(causes), REQUIRED, "what holds the goal back, in your judgement" },
  { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "how you know" }, { 0 } };
static const struct field noise_in[] = { { "id", FIELD_ID("need"), REQUIRED | IN_PATH, "the need" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "why it is noise; the agent learns from it" }, { 0 } };

static const struct field plan_in[] = { { "id", FIELD_ID("need"), REQUIRED | IN_PATH, "the need" }, { "remedy", FIELD_TEXT(200), 0, "another remedy than the one that fits the cause" }, { 0 } };
static const struct field estimand_fields[] = { { "from_week", FIELD_COUNT, REQUIRED, "after each start" }, { "to_week", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field step_fields[] = { { "start", FIELD_DAY, REQUIRED, "" }, { "teams", FIELD_COUNT, REQUIRED, "how many start then; which ones is drawn at acceptance" }, { 0 } };
static const struct field window_fields[] = { { "from", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "to", FIELD_DAY, REQUIRED | NULLABLE, "exclusive" }, { 0 } };
static const struct field unit_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "affected", FIELD_BOOL, REQUIRED, "false: only to compare with" }, { 0 } };
static const struct field record_row[] = { { "remedy", FIELD_TEXT(0), REQUIRED, "" }, { "planned", FIELD_BOOL, REQUIRED, "it is that of this plan" }, { "moved", FIELD_COUNT, REQUIRED, "interventions with it that moved their goal" }, { "did_not_move", FIELD_COUNT, REQUIRED, "" },
  { "mean", FIELD_SHARE, REQUIRED, "the chance that it moves the next one" }, { "low", FIELD_SHARE, REQUIRED, "of a 90 % interval" }, { "high", FIELD_SHARE, REQUIRED, "" }, { 0 } };
static const struct field plan_fields[] = { { "need", FIELD_ID("need"), REQUIRED, "" }, { "goal", FIELD_ID("goal"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "cause", FIELD_TEXT(0), REQUIRED, "" },
  { "skills", FIELD_TEXTS, REQUIRED, "" }, { "remedy", FIELD_TEXT(0), REQUIRED, "" }, { "training", FIELD_BOOL, REQUIRED, "" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "due", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "units", FIELD_LIST(unit_row), REQUIRED, "the teams, frozen at acceptance" }, { "design", FIELD_TEXT(0), REQUIRED, "" }, { "comparison", FIELD_TEXT(0), REQUIRED | NULLABLE, "in words" }, { "estimand", FIELD_OBJECT(estimand_fields), REQUIRED, "mean effect in these weeks" },
  { "ramp_weeks", FIELD_COUNT, REQUIRED, "" }, { "steps", FIELD_LIST(step_fields), REQUIRED, "" }, { "waiting", FIELD_COUNT, REQUIRED, "teams that wait until the last reading" }, { "baseline", FIELD_OBJECT(window_fields), REQUIRED, "without the weeks that opened the need" },
  { "readings", FIELD_TEXTS, REQUIRED, "days" }, { "weeks_until", FIELD_COUNT, REQUIRED, "until it could be told" }, { "minimum_effect", FIELD_FIGURE, REQUIRED | NULLABLE, "worth having, in the goal's unit" }, { "power", FIELD_SHARE, REQUIRED | NULLABLE, "of telling it" },
  { "detectable", FIELD_FIGURE, REQUIRED | NULLABLE, "effect found with a chance of 80 %" }, { "noise", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "autocorrelation", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "expected_se", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "measurable", FIELD_BOOL, REQUIRED, "power of one half or more, and a comparison" }, { "why_not", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "cost", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "cost_estimated", FIELD_BOOL, REQUIRED, "" }, { "hours", FIELD_FIGURE, REQUIRED | NULLABLE, "of people, that an estimated cost is made of" },
  { "evidence", FIELD_TEXT(0), REQUIRED, "what will count as good enough, fixed at acceptance" }, { "currency", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "records", FIELD_LIST(record_row), REQUIRED, "what remedies have come to here where the cause was this one" }, { 0 } };
static const struct field plan_out[] = { { "plan", FIELD_OBJECT(plan_fields), REQUIRED | NULLABLE, "null: a need of no goal, so nothing could be measured" }, { 0 } };

const struct op needs_ops[] = {
  { "needs list", GET, "/needs", MAY_READ_NEEDS, list_in, list_out, needs_list, "Needs by value: worth doing, not a training problem, not a priority", "needs" },
  { "needs show", GET, "/needs/{id}", MAY_READ_NEEDS, id_in, need_out, needs_show, "One need with its ranking of causes", "needs" },
  { "needs plan", GET, "/needs/{id}/plan", MAY_READ_NEEDS, plan_in, plan_out, needs_plan, "What accepting a need would set going: teams, design, power, cost, weeks until it could be told", "needs" },
  { "needs confirm", POST, "/needs/{id}/cause", MAY_DECIDE_NEEDS, cause_in, need_out, needs_cause, "Confirm or overrule a need's cause, with a reason", "needs" },
  { "needs noise", POST, "/needs/{id}/noise", MAY_DECIDE_NEEDS, noise_in, need_out, needs_noise, "Mark a need as noise, with a reason", "needs" },
  { 0 } };
