/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workforce: the workforce agent's live claims as fans of demand and supply, the ways out of each shortage in money, and
 * what all of it assumes. Nothing is computed here that is not in a claim, so every figure opens its reasons; jobs that the
 * business forecasts are shown beside, as heads. */
#include "company/assumptions.h"
#include "ledger/claims.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

struct fan { char *id, *claim, *text; struct json_doc *doc; struct json value; int rank; double by; int32_t starts; };

static void fan_free(void *data) {
  struct fan *fan = data;
  json_doc_free(fan->doc);
  char *texts[] = { fan->id, fan->claim, fan->text };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(fan);
}

static int32_t day_in(struct json value, const char *key) {
  int32_t day = INT32_MAX;
  const char *text = json_string(json_get(value, key));
  if (text) clock_parse_day(text, &day);
  return day;
}

static struct fan *fan_of(const struct claim_row *row) {
  static const char *const ranks[] = { "short", "cannot tell", "not short" };
  struct fan *fan = g_new0(struct fan, 1);
  fan->id = g_strdup(row->subject);
  fan->claim = g_strdup(row->id);
  fan->text = g_strdup(row->value);
  fan->doc = json_parse(fan->text, strlen(fan->text), NULL);
  fan->value = json_root(fan->doc);
  for (fan->rank = 0; fan->rank < 2 && !json_equals(json_get(fan->value, "status"), ranks[fan->rank]);) fan->rank++;
  fan->starts = day_in(fan->value, "starts");
  fan->by = json_number(json_get(json_get(fan->value, "short_by"), "people"), 0);
  return fan;
}

/* Short ones first, the soonest of them first, then by how many are missing. */
static int by_urgency(const void *a, const void *b) {
  const struct fan *x = *(struct fan *const *)a, *y = *(struct fan *const *)b;
  if (x->rank != y->rank) return x->rank - y->rank;
  if (x->starts != y->starts) return x->starts < y->starts ? -1 : 1;
  if (x->by != y->by) return x->by > y->by ? -1 : 1;
  return strcmp(x->id, y->id);
}

static GPtrArray *read_fans(struct db *db, GError **error) {
  g_autoptr(GPtrArray) fans = g_ptr_array_new_with_free_func(fan_free);
  g_autoptr(query_auto) query = db_query(db, error, "ledger.live_claims", "t", "shortage");
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct claim_row row;
    claim_read(query, &row);
    g_ptr_array_add(fans, fan_of(&row));
  }
  if (got < 0) return NULL;
  g_ptr_array_sort(fans, by_urgency);
  return g_steal_pointer(&fans);
}

static void copy(struct json_writer *out, struct json value, const char *key) {
  struct json member = json_get(value, key);
  if (json_type(member) == JSON_ABSENT) json_put_null(out, key);
  else json_put_value(out, key, member);
}

static void copy_list(struct json_writer *out, struct json value, const char *key) {
  if (json_type(json_get(value, key)) == JSON_ARRAY) {
    json_put_value(out, key, json_get(value, key));
    return;
  }
  json_open_array(out, key);
  json_close_array(out);
}

static bool write_proposal(struct json_writer *out, struct db *db, struct json value, GError **error) {
  const char *need = json_string(json_get(value, "need"));
  g_autofree char *subject = need ? g_strconcat("future-need:", need, NULL) : NULL;
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (subject && gate_find_latest(db, "build capability", subject, &proposal, error) < 0) return false;
  json_put_string(out, "proposal", proposal ? proposal->id : NULL);
  json_put_string(out, "proposal_state", proposal ? proposal->state : NULL);
  return true;
}

static bool write_fan(struct json_writer *out, struct db *db, const struct fan *fan, GError **error) {
  static const char *const keys[] = { "name", "job", "status", "chance", "reason", "people", "measured", "withheld", "today", "short_by", "starts", "starts_from", "starts_to",
    "leaving", "arriving", "plan", "need", "currency" };
  json_put_string(out, "id", fan->id);
  json_put_string(out, "claim", fan->claim);
  for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) copy(out, fan->value, keys[i]);
  copy_list(out, fan->value, "months");
  return write_proposal(out, db, fan->value, error);
}

static void write_assumptions(struct json_writer *out, const struct company *company) {
  double values[ASSUME_COUNT];
  assumptions_of(company, values);
  json_open_array(out, "assumptions");
  for (int a = 0; a < ASSUME_COUNT; a++) {
    json_open_object(out, NULL);
    json_put_string(out, "name", assumptions[a].name);
    json_put_number(out, "value", values[a]);
    json_put_string(out, "unit", strcmp(assumptions[a].unit, "money") == 0 ? company->currency : assumptions[a].unit);
    json_put_string(out, "what", assumptions[a].what);
    json_put_string(out, "source", values[a] == assumptions[a].value ? assumptions[a].source : "workforce.yaml of this company");
    json_put_number(out, "usual", assumptions[a].value);
    json_close_object(out);
  }
  json_close_array(out);
}

/* Jobs that the business forecasts: the first and the last month, and the heads today where five or more hold it. */
static void write_jobs(struct json_writer *out, const struct company *company) {
  json_open_array(out, "jobs");
  for (int j = 0; j < company->jobs.count; j++) {
    const struct demand *first = NULL, *last = NULL;
    int heads = 0;
    double fte = 0;
    for (int i = 0; i < company->demands.count; i++) {
      const struct demand *row = &company->demands.at[i];
      if (row->skill >= 0 || g_strcmp0(row->job_title, company->jobs.at[j].title) != 0) continue;
      if (!first) first = row;
      last = row; /* in the order of months */
    }
    if (!first) continue;
    for (int p = 0; p < company->people.count; p++) {
      const struct person *person = &company->people.at[p];
      bool holds = person->status != PERSON_LEFT && person->job == j;
      heads += holds;
      fte += holds ? isfinite(person->fte) && person->fte > 0 ? person->fte : 1 : 0;
    }
    bool few = heads > 0 && heads < OPS_LEAST_PEOPLE;
    json_open_object(out, NULL);
    json_put_string(out, "job", company->jobs.at[j].title);
    put_day(out, "from", first->month);
    json_put_number(out, "demand_first", first->people);
    put_day(out, "to", last->month);
    json_put_number(out, "demand_last", last->people);
    json_put_number(out, "today", few ? NAN : round(10 * fte) / 10);
    json_put_bool(out, "hidden", few);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_missing(struct json_writer *out, const struct company *company) {
  static const enum file_id telling[] = { FILE_WORKFORCE, FILE_PEOPLE, FILE_JOBS, FILE_RESULTS };
  json_open_array(out, "cannot_tell");
  for (size_t i = 0; i < G_N_ELEMENTS(telling); i++) {
    if (company->have[telling[i]] || (telling[i] == FILE_RESULTS && company->have[FILE_STATEMENTS])) continue;
    json_open_object(out, NULL);
    json_put_string(out, "file", formats[telling[i]].file);
    json_put_string(out, "tells", formats[telling[i]].tells);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool workforce_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) fans = db ? read_fans(db, error) : NULL;
  if (!fans) return false;
  json_open_array(out, "skills");
  for (guint i = 0; i < fans->len; i++) {
    json_open_object(out, NULL);
    if (!write_fan(out, db, fans->pdata[i], error)) return false;
    json_close_object(out);
  }
  json_close_array(out);
  write_jobs(out, view->company);
  write_assumptions(out, view->company);
  write_missing(out, view->company);
  return true;
}

static bool workforce_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) fans = db ? read_fans(db, error) : NULL;
  const struct fan *fan = NULL;
  if (!fans) return false;
  for (guint i = 0; i < fans->len; i++)
    if (strcmp(((struct fan *)fans->pdata[i])->id, op_text(call, "skill")) == 0) fan = fans->pdata[i];
  if (!fan) return fail(error, MENO_ERROR_NOT_FOUND, "the business forecasts nothing of \"%s\"; `workforce list` names what it does", op_text(call, "skill"));
  if (!write_fan(out, db, fan, error)) return false;
  copy_list(out, fan->value, "ways");
  copy(out, fan->value, "pool");
  write_assumptions(out, view->company);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const statuses[] = { "short", "cannot tell", "not short", NULL };
static const char *const ways[] = { "build", "borrow", "buy", "automate", NULL };

static const struct field month_row[] = { { "month", FIELD_DAY, REQUIRED, "" }, { "demand", FIELD_FIGURE, REQUIRED, "full-time people asked for" }, { "demand_low", FIELD_FIGURE, REQUIRED, "80 % interval" },
  { "demand_high", FIELD_FIGURE, REQUIRED, "" }, { "supply", FIELD_FIGURE, REQUIRED, "full-time people expected" }, { "supply_low", FIELD_FIGURE, REQUIRED, "80 % interval" }, { "supply_high", FIELD_FIGURE, REQUIRED, "" }, { 0 } };
static const struct field gap_fields[] = { { "people", FIELD_FIGURE, REQUIRED | NULLABLE, "negative: to spare" }, { "low", FIELD_FIGURE, REQUIRED | NULLABLE, "80 % interval" }, { "high", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field leaving_fields[] = { { "share", FIELD_SHARE, REQUIRED, "a year" }, { "low", FIELD_SHARE, REQUIRED, "80 % interval" }, { "high", FIELD_SHARE, REQUIRED, "" },
  { "known", FIELD_BOOL, REQUIRED, "false: assumed, no file tells of a leaver" }, { 0 } };
static const struct field arriving_fields[] = { { "people", FIELD_FIGURE, REQUIRED | NULLABLE, "a year; null: fewer than five came" }, { "known", FIELD_BOOL, REQUIRED, "false: nobody came lately, and none is expected" }, { 0 } };
static const struct field plan_fields[] = { { "build", FIELD_FIGURE, REQUIRED, "people" }, { "borrow", FIELD_FIGURE, REQUIRED, "" }, { "buy", FIELD_FIGURE, REQUIRED, "" }, { "automate", FIELD_FIGURE, REQUIRED, "" },
  { "money", FIELD_FIGURE, REQUIRED, "in the first year" }, { "saved", FIELD_FIGURE, REQUIRED, "against borrowing everybody" }, { "bridge_months", FIELD_FIGURE, REQUIRED, "person-months borrowed until it helps" },
  { "bridge_money", FIELD_FIGURE, REQUIRED, "of that money" }, { "months", FIELD_FIGURE, REQUIRED, "until it helps" }, { "begin_by", FIELD_DAY, REQUIRED | NULLABLE, "so that nothing has to be bridged" }, { 0 } };

#define FAN_FIELDS \
  { "id", FIELD_ID("skill"), REQUIRED, "" }, { "claim", FIELD_ID("claim"), REQUIRED, "its reasons" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, \
  { "job", FIELD_TEXT(0), REQUIRED | NULLABLE, "the job whose forecast it is" }, { "status", FIELD_WORD(statuses), REQUIRED, "" }, { "chance", FIELD_SHARE, REQUIRED | NULLABLE, "of being short at the end" }, \
  { "reason", FIELD_TEXT(0), REQUIRED, "in words" }, { "people", FIELD_COUNT, REQUIRED, "who count: their job needs it, or they were measured" }, { "measured", FIELD_COUNT, REQUIRED, "of them" }, \
  { "withheld", FIELD_BOOL, REQUIRED, "fewer than five people" }, { "today", FIELD_FIGURE, REQUIRED | NULLABLE, "able full-time people, expected" }, { "short_by", FIELD_OBJECT(gap_fields), REQUIRED, "at the end" }, \
  { "starts", FIELD_DAY, REQUIRED | NULLABLE, "from here on it is an even bet" }, { "starts_from", FIELD_DAY, REQUIRED | NULLABLE, "one in ten" }, { "starts_to", FIELD_DAY, REQUIRED | NULLABLE, "nine in ten" }, \
  { "leaving", FIELD_OBJECT(leaving_fields), REQUIRED | NULLABLE, "" }, { "arriving", FIELD_OBJECT(arriving_fields), REQUIRED | NULLABLE, "" }, \
  { "plan", FIELD_OBJECT(plan_fields), REQUIRED | NULLABLE, "the cheapest mix; null where it is not short" }, { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "the future need that was handed over" }, \
  { "currency", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "months", FIELD_LIST(month_row), REQUIRED, "" }, { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, \
  { "proposal_state", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }

static const struct field fan_row[] = { FAN_FIELDS, { 0 } };
static const struct field job_row[] = { { "job", FIELD_TEXT(0), REQUIRED, "" }, { "from", FIELD_DAY, REQUIRED, "" }, { "demand_first", FIELD_FIGURE, REQUIRED, "" }, { "to", FIELD_DAY, REQUIRED, "" },
  { "demand_last", FIELD_FIGURE, REQUIRED, "" }, { "today", FIELD_FIGURE, REQUIRED | NULLABLE, "full-time people who hold it" }, { "hidden", FIELD_BOOL, REQUIRED, "fewer than five" }, { 0 } };
static const struct field assumption_row[] = { { "name", FIELD_TEXT(0), REQUIRED, "as workforce.yaml calls it" }, { "value", FIELD_FIGURE, REQUIRED, "" }, { "unit", FIELD_TEXT(0), REQUIRED, "" },
  { "what", FIELD_TEXT(0), REQUIRED, "" }, { "source", FIELD_TEXT(0), REQUIRED, "" }, { "usual", FIELD_FIGURE, REQUIRED, "without workforce.yaml" }, { 0 } };
static const struct field missing_row[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "tells", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field part_row[] = { { "what", FIELD_TEXT(0), REQUIRED, "" }, { "money", FIELD_FIGURE, REQUIRED, "" }, { 0 } };
static const struct field way_row[] = { { "way", FIELD_WORD(ways), REQUIRED, "" }, { "known", FIELD_BOOL, REQUIRED, "false: cannot tell" }, { "people", FIELD_FIGURE, REQUIRED | NULLABLE, "that it can give" },
  { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "in the first year" }, { "each", FIELD_FIGURE, REQUIRED | NULLABLE, "for one person" }, { "months", FIELD_FIGURE, REQUIRED | NULLABLE, "until it helps" },
  { "in_time", FIELD_BOOL, REQUIRED, "begun now, it helps before the shortage" }, { "why", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "parts", FIELD_LIST(part_row), REQUIRED, "" }, { 0 } };
static const struct field team_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "people", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field pool_fields[] = { { "people", FIELD_COUNT, REQUIRED | NULLABLE, "near to the skill; null: fewer than five" }, { "skills", FIELD_TEXTS, REQUIRED, "that stand beside it" },
  { "teams", FIELD_LIST(team_row), REQUIRED, "with five or more of them" }, { "elsewhere", FIELD_COUNT, REQUIRED, "in all other teams" }, { 0 } };
static const struct field list_out[] = { { "skills", FIELD_LIST(fan_row), REQUIRED, "short ones first, the soonest first" }, { "jobs", FIELD_LIST(job_row), REQUIRED, "that the business forecasts" },
  { "assumptions", FIELD_LIST(assumption_row), REQUIRED, "" }, { "cannot_tell", FIELD_LIST(missing_row), REQUIRED, "files that are not there and what they would tell" }, { 0 } };
static const struct field show_out[] = { FAN_FIELDS, { "ways", FIELD_LIST(way_row), REQUIRED, "build, borrow, buy, automate; none where it is not short" }, { "pool", FIELD_OBJECT(pool_fields), REQUIRED | NULLABLE, "who could be built, as groups" },
  { "assumptions", FIELD_LIST(assumption_row), REQUIRED, "" }, { 0 } };
static const struct field show_in[] = { { "skill", FIELD_ID("skill"), REQUIRED | IN_PATH, "the skill" }, { 0 } };

const struct op workforce_ops[] = {
  { "workforce list", GET, "/workforce", MAY_READ_WORKFORCE, NULL, list_out, workforce_list, "Which skills will be short, when, and the cheapest way out", "workforce" },
  { "workforce show", GET, "/workforce/{skill}", MAY_READ_WORKFORCE, show_in, show_out, workforce_show, "One skill: demand against supply, and build, borrow, buy, automate in money", "workforce" },
  { 0 } };
