/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From events to the tables of the nouns. One fold serves every canonical file, driven by its row in formats.c; people have
 * their own, because a person's memberships end when a newer record does not name them any more. Decisions on goals, needs
 * and one's own skills follow. */
#include "base/shape.h"
#include "company/fold-private.h"
#include <math.h>
#include <string.h>

/* ---- rows of files ---------------------------------------------------------------------------------------------- */

static bool is_list_of_texts(struct json list) {
  struct json_iter it = json_iter(list);
  while (json_next(&it))
    if (!json_string(it.value)) return false;
  return json_type(list) == JSON_ARRAY;
}

static void bind_list(struct query *query, int parameter, struct json list) {
  g_autoptr(GString) text = g_string_new("");
  struct json_iter it = json_iter(list);
  while (json_next(&it)) g_string_append_printf(text, "%s%s", text->len ? ";" : "", json_string(it.value));
  query_bind_text(query, parameter, text->str);
}

static void bind_moment(struct query *query, int parameter, const char *text, bool day) {
  int64_t time = 0;
  if (text && clock_parse_time(text, &time)) query_bind_integer(query, parameter, day ? clock_day(time) : time);
  else query_bind_text(query, parameter, NULL);
}

static void bind_cell(struct query *query, int parameter, const struct column *column, struct json cell) {
  const char *text = json_string(cell);
  bool key = column->flags & COLUMN_KEY;
  switch (column->type) {
  case COLUMN_NUMBER: query_bind_double(query, parameter, json_number(cell, NAN)); break;
  case COLUMN_YES_NO: query_bind_integer(query, parameter, json_type(cell) != JSON_FALSE); break;
  case COLUMN_DAY:
  case COLUMN_MOMENT:
    if (key && !text) query_bind_integer(query, parameter, CLOCK_NO_DAY);
    else bind_moment(query, parameter, text, column->type == COLUMN_DAY);
    break;
  case COLUMN_LIST: bind_list(query, parameter, cell); break;
  default: query_bind_text(query, parameter, text ? text : key ? "" : NULL);
  }
}

/* What is not as the column has it; NULL: nothing. */
static const char *cell_misses(const struct column *column, struct json cell) {
  int64_t time;
  double number;
  const char *text = json_string(cell);
  if (json_type(cell) == JSON_ABSENT || json_type(cell) == JSON_NULL) return column->flags & COLUMN_REQUIRED ? "is missing" : NULL;
  switch (column->type) {
  case COLUMN_NUMBER:
    number = json_number(cell, NAN);
    return number >= column->least && number <= column->most ? NULL : "is no number within its bounds";
  case COLUMN_YES_NO: return json_type(cell) == JSON_TRUE || json_type(cell) == JSON_FALSE ? NULL : "is neither true nor false";
  case COLUMN_DAY:
  case COLUMN_MOMENT: return text && clock_parse_time(text, &time) ? NULL : "is no date";
  case COLUMN_LIST: return is_list_of_texts(cell) ? NULL : "is no list of texts";
  default: return !text ? "is no text" : *text || !(column->flags & COLUMN_KEY) || !(column->flags & COLUMN_REQUIRED) ? NULL : "is empty";
  }
}

static bool fold_row(struct db *db, const struct event *event, struct json body, GError **error) {
  const struct format *format = format_by_kind(event->kind);
  for (const struct column *column = format->columns; column->name; column++) {
    const char *misses = cell_misses(column, json_get(body, column->name));
    if (misses) return fail(error, MENO_ERROR_CORRUPT, "\"/%s\" %s", column->name, misses);
  }
  char name[64];
  g_snprintf(name, sizeof name, "company.put_%s", format->table);
  g_autoptr(query_auto) query = db_query_named(db, name, error);
  if (!query) return false;
  int parameter = 1;
  for (const struct column *column = format->columns; column->name; column++) bind_cell(query, parameter++, column, json_get(body, column->name));
  if (format->flags & FORMAT_REPEATS) {
    int64_t nth = 0;
    json_integer(json_get(body, "nth"), &nth);
    query_bind_integer(query, parameter++, nth);
  }
  query_bind_integer(query, parameter++, ledger_event_digest(event, body));
  query_bind_integer(query, parameter, event->seq);
  return query_next(query, error) >= 0;
}

static bool fold_goal(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = json_string(json_get(body, "goal_id"));
  return fold_row(db, event, body, error) && db_run(db, error, "company.add_goal_version", "titdti", id, event->recorded, event->actor,
    json_number(json_get(body, "weight"), NAN), event->batch ? "from the goals file" : "set by hand", event->seq) >= 0;
}

/* ---- people ----------------------------------------------------------------------------------------------------- */

static int64_t day_of(struct json cell, int64_t otherwise) {
  int64_t time;
  const char *text = json_string(cell);
  return text && clock_parse_time(text, &time) ? clock_day(time) : otherwise;
}

static bool put_membership(struct db *db, const char *person, struct json row, int64_t seq, GError **error) {
  g_autoptr(query_auto) query = db_query_named(db, "company.put_membership", error);
  if (!query) return false;
  int64_t to = day_of(json_get(row, "to"), CLOCK_NO_DAY);
  query_bind_text(query, 1, person);
  query_bind_text(query, 2, json_string(json_get(row, "team")));
  query_bind_integer(query, 3, day_of(json_get(row, "from"), CLOCK_NO_DAY));
  if (to == CLOCK_NO_DAY) query_bind_text(query, 4, NULL);
  else query_bind_integer(query, 4, to);
  query_bind_text(query, 5, json_string(json_get(row, "department")));
  query_bind_text(query, 6, json_string(json_get(row, "job_title")));
  query_bind_text(query, 7, json_string(json_get(row, "manager")));
  query_bind_double(query, 8, json_number(json_get(row, "fte"), NAN));
  query_bind_integer(query, 9, json_true(json_get(row, "primary")));
  query_bind_integer(query, 10, seq);
  return query_next(query, error) >= 0;
}

/* person.erased: a row without the person stays, for what was counted; nothing that still comes of them is taken. */
static bool fold_erased(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.erase_person", "ti", event_about(event), event->seq) >= 0;
}

static bool fold_person(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  int64_t erased;
  int gone = db_one(db, &erased, error, "ledger.erasure", "t", event->subject);
  if (gone != 0) return gone > 0;
  g_autoptr(query_auto) query = db_query_named(db, "company.put_person", error);
  if (!query) return false;
  static const char *const texts[] = { "employee_number", "first_name", "last_name", "work_email", "location", "employment_status" };
  query_bind_text(query, 1, id);
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++) query_bind_text(query, i + 2, json_string(json_get(body, texts[i])));
  bind_moment(query, 8, json_string(json_get(body, "start_date")), true);
  bind_moment(query, 9, json_string(json_get(body, "termination_date")), true);
  query_bind_integer(query, 10, ledger_event_digest(event, body));
  query_bind_integer(query, 11, event->seq);
  if (query_next(query, error) < 0) return false;
  struct json_iter it = json_iter(json_get(body, "memberships"));
  while (json_next(&it))
    if (!put_membership(db, id, it.value, event->seq, error)) return false;
  return db_run(db, error, "company.end_memberships", "tii", id, (int64_t)clock_day(event->occurred), event->seq) >= 0;
}

/* ---- documents -------------------------------------------------------------------------------------------------- */

/* source.added: the document; source.withdrawn {reason}: it is not to be drawn from any more. */
static bool fold_source(struct db *db, const struct event *event, struct json body, GError **error) {
  if (strcmp(event->kind, "source.withdrawn") == 0) return db_run(db, error, "company.withdraw_source", "t", event_about(event)) >= 0;
  static const char *const texts[] = { "name", "title", "owner", "valid_until", "licence", "audience", "text" };
  g_autoptr(query_auto) query = db_query_named(db, "company.put_source", error);
  if (!query) return false;
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++) query_bind_text(query, i + 1, json_string(json_get(body, texts[i])));
  bind_moment(query, 4, json_string(json_get(body, "valid_until")), true);
  query_bind_integer(query, 8, ledger_event_digest(event, body));
  query_bind_integer(query, 9, event->seq);
  return query_next(query, error) >= 0;
}

static bool fold_files(struct db *db, const struct event *event, struct json body, GError **error) {
  struct json_iter it = json_iter(json_get(body, "files"));
  while (json_next(&it)) {
    const char *as = json_string(json_get(it.value, "as")); /* null: a file that only others joined, or a mapping */
    if (as && db_run(db, error, "company.put_file", "ti", as, event->seq) < 0) return false;
  }
  return true;
}

/* ---- decisions -------------------------------------------------------------------------------------------------- */

static bool fold_weighed(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  double weight = json_number(json_get(body, "weight"), NAN);
  return db_run(db, error, "company.weigh_goal", "tdi", id, weight, event->seq) >= 0 &&
    db_run(db, error, "company.add_goal_version", "titdti", id, event->recorded, event->actor, weight, json_string(json_get(body, "reason")), event->seq) >= 0;
}

/* need.cause_confirmed {goal, cause, first, reason}; need.marked {goal, word, reason}. */
static bool fold_need_word(struct db *db, const struct event *event, struct json body, GError **error) {
  bool cause = strcmp(event->kind, "need.cause_confirmed") == 0;
  return db_run(db, error, "company.put_need_word", "tttttttii", event_about(event), cause ? "cause" : json_string(json_get(body, "word")),
    json_string(json_get(body, "goal")), json_string(json_get(body, "cause")), json_string(json_get(body, "first")),
    json_string(json_get(body, "reason")), event->actor, event->recorded, event->seq) >= 0;
}

/* A need is read by the snapshot and by every agent: what it says must be what they take it for. Others are only shown. */
static bool fold_claim(struct db *db, const struct event *event, struct json body, GError **error) {
  static gsize ready;
  static struct shape *need;
  if (g_once_init_enter(&ready)) {
    need = shape_new("{cause?:text causes?:[{cause:text evidence?:[text] probability?:share}] gap?:{amount?:number} goal?:text reason?:text requests?:[text] since?:day "
      "skills?:[text] status:text teams?:[text] title:text value?:{money?:number}}");
    g_once_init_leave(&ready, 1);
  }
  if (!json_equals(json_get(body, "predicate"), "need")) return true;
  g_autofree char *misses = shape_misses(need, json_get(body, "value"));
  return !misses || fail(error, MENO_ERROR_CORRUPT, "the value of the need: %s", misses);
}

static bool fold_correction(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_skill_correction", "ttdtii", event_about(event), json_string(json_get(body, "skill_id")),
    json_number(json_get(body, "level"), 0), json_string(json_get(body, "note")), event->recorded, event->seq) >= 0;
}

/* ---- what follows a decision ------------------------------------------------------------------------------------ */

/* intervention.registered: the body is the registration; intervention.amended {cost, minimum_effect, reason}: a new version of it;
 * intervention.ended {reason}. */
static bool fold_intervention(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  if (strcmp(event->kind, "intervention.ended") == 0)
    return db_run(db, error, "company.end_intervention", "tii", id, event->recorded, event->seq) >= 0;
  if (strcmp(event->kind, "intervention.amended") == 0)
    return db_run(db, error, "company.amend_intervention", "tddi", id, json_number(json_get(body, "cost"), NAN), json_number(json_get(body, "minimum_effect"), NAN), event->seq) >= 0;
  g_autofree char *plan = g_strndup(event->body, event->body_length);
  return db_run(db, error, "company.put_intervention", "tttttii", id, json_string(json_get(body, "need")), json_string(json_get(body, "goal")),
    json_string(json_get(body, "cause")), plan, event->recorded, event->seq) >= 0;
}

/* asset.published: the body is what was accepted; asset.withdrawn {reason}. */
static bool fold_asset(struct db *db, const struct event *event, struct json body, GError **error) {
  if (strcmp(event->kind, "asset.withdrawn") == 0)
    return db_run(db, error, "company.withdraw_asset", "tii", event_about(event), (int64_t)clock_day(event->recorded), event->seq) >= 0;
  static const char *const keys[] = { "intervention", "need", "title", "modality", "pattern" };
  const char *texts[G_N_ELEMENTS(keys)];
  for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
    texts[i] = json_string(json_get(body, keys[i]));
    if (!texts[i]) texts[i] = "";
  }
  g_autofree char *whole = g_strndup(event->body, event->body_length);
  return db_run(db, error, "company.put_asset", "tttttttii", event_about(event), texts[0], texts[1], texts[2], texts[3], texts[4], whole,
    (int64_t)clock_day(event->recorded), event->seq) >= 0;
}

/* delivery.made {asset, at, block, channel, expires, minutes, person, reason, title}; delivery.answered {state}; asset.withdrawn:
 * what has not been shown yet is not shown any more. */
static bool fold_delivery(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  if (strcmp(event->kind, "asset.withdrawn") == 0)
    return db_run(db, error, "company.stop_deliveries", "tii", id, event->recorded, (int64_t)clock_day(event->recorded)) >= 0;
  if (strcmp(event->kind, "delivery.answered") == 0)
    return db_run(db, error, "company.answer_delivery", "tti", id, json_string(json_get(body, "state")), (int64_t)clock_day(event->recorded)) >= 0;
  int32_t expires = 0;
  int64_t at = event->recorded;
  const char *when = json_string(json_get(body, "at"));
  if (when) clock_parse_time(when, &at);
  clock_parse_day(json_string(json_get(body, "expires")), &expires);
  return db_run(db, error, "company.put_delivery", "tttttttdiii", id, json_string(json_get(body, "asset")), json_string(json_get(body, "block")),
    json_string(json_get(body, "person")), json_string(json_get(body, "channel")), json_string(json_get(body, "title")), json_string(json_get(body, "reason")),
    json_number(json_get(body, "minutes"), 0), at, (int64_t)expires, event->seq) >= 0;
}

static bool fold_note(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_note", "ttttii", event_about(event), json_string(json_get(body, "to")), json_string(json_get(body, "title")),
    json_string(json_get(body, "text")), event->recorded, event->seq) >= 0;
}

static int64_t minute(struct json value) {
  int64_t minutes = 0;
  json_integer(value, &minutes);
  return minutes;
}

static bool fold_preference(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_preference", "tiidti", event_about(event), minute(json_get(body, "quiet_from")),
    minute(json_get(body, "quiet_to")), json_number(json_get(body, "weekly_minutes"), 0), json_string(json_get(body, "channel")), event->seq) >= 0;
}

/* programme.stopped {reason}; programme.retargeted {goal, reason}; programme.resumed {reason}: as the file says again. */
static bool fold_programme(struct db *db, const struct event *event, struct json body, GError **error) {
  bool resumed = strcmp(event->kind, "programme.resumed") == 0, stopped = strcmp(event->kind, "programme.stopped") == 0;
  return db_run(db, error, "company.put_programme_decision", "tittti", event_about(event), (int64_t)stopped,
    json_string(json_get(body, "goal")), resumed ? NULL : json_string(json_get(body, "reason")), event->actor, event->seq) >= 0;
}

/* workforce.assumed: the body is every assumption that the company has set, by name; the row without a name keeps when. */
static bool fold_assumed(struct db *db, const struct event *event, struct json body, GError **error) {
  if (db_run(db, error, "company.clear_assumptions", "") < 0 || db_run(db, error, "company.put_assumption", "tdi", "", 0.0, event->seq) < 0) return false;
  struct json_iter it = json_iter(body);
  while (json_next(&it))
    if (db_run(db, error, "company.put_assumption", "tdi", it.key, json_number(it.value, NAN), event->seq) < 0) return false;
  return true;
}

/* weight.reset {reason}: what has been told so far does not count any more for what works. */
static bool fold_weight_reset(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_weight_reset", "titti", event_about(event), event->recorded, json_string(json_get(body, "reason")), event->actor, event->seq) >= 0;
}

/* promise.made {group, topics, need, text, owner, due}; promise.kept {done}. */
static bool fold_promise(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event);
  if (strcmp(event->kind, "promise.kept") == 0)
    return db_run(db, error, "listening.keep_promise", "titi", id, (int64_t)clock_day(event->recorded), json_string(json_get(body, "done")), event->seq) >= 0;
  int32_t due = 0;
  clock_parse_day(json_string(json_get(body, "due")), &due);
  return db_run(db, error, "listening.put_promise", "tttttttiii", id, json_string(json_get(body, "group")), json_string(json_get(body, "topics")),
    json_string(json_get(body, "need")), json_string(json_get(body, "text")), json_string(json_get(body, "owner")), event->actor,
    (int64_t)clock_day(event->recorded), (int64_t)due, event->seq) >= 0;
}

/* ---- the tables that main joins --------------------------------------------------------------------------------- */

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define KEPT_KIND(kind, purpose, years, personal, help, person, ...) { kind, purpose, (years) * 365, personal, help, person, __VA_ARGS__ }
#define ROW_KIND(kind, purpose, personal, help, person, ...) KEPT_KIND(kind, purpose, 0, personal, help, person, __VA_ARGS__)
#define ROW_FOLD(kind, table) { kind, LIST(kind), LIST(table), fold_row }
#define AUTHOR "@actor"

/* What the bodies look like that are not rows of files: those are checked by their columns. */
#define REASONED "{proposal?:text reason?:text}"
#define PROGRAMME "{goal?:text programme?:text proposal?:text reason?:text}"
#define PLAN "{autocorrelation?:number baseline?:{from?:day to?:day} cause:text comparison?:text cost?:number cost_estimated?:flag currency?:text design?:text detectable?:number " \
  "due?:day estimand?:{from_week?:-10000..10000 to_week?:-10000..10000} evidence?:text expected_se?:number goal:text hours?:number measurable?:flag minimum_effect?:number need:text noise?:number owner?:text " \
  "power?:share ramp_weeks?:0..10000 readings?:[day] registered_at?:time remedy?:text skills?:[text] steps?:[{start?:day teams?:count}] " \
  "teams?:[{affected?:flag start?:day team:name}] title:text training?:flag waiting?:count weeks_until?:-10000..10000 why_not?:text}"
#define SENTENCE "{spans?:[text] text:text}"
#define ASSET "{audience?:[text] blocks?:[{heading?:text heading_spans?:[text] id:name items?:[{lead?:" SENTENCE " sentences?:[" SENTENCE "]}] kind?:text " \
  "questions?:[{ask?:text feedback?:[" SENTENCE "] id?:text kind?:text options?:[{right?:flag spans?:[text] text:text}] stem?:" SENTENCE "}] role?:text}] " \
  "envelope?:{channels?:[text] from?:day until?:day} id?:text intervention?:text language?:text minutes?:number modality?:text need?:text pattern?:text " \
  "sources?:[{licence?:text name:text title?:text valid_until?:day}] spans?:[{after?:text before?:text id:name source:text text:text}] title?:text topic?:text}"

/* Opaque ids, dates, teams and measurements stand as they are, also of people who were erased: counts and histories go on.
 * Sealed is what says who somebody is, what somebody has written, and `extra`: columns that we do not know. */
const struct event_kind company_kinds[] = {
  ROW_KIND("person.recorded", "who works where", "employee_number first_name last_name work_email location", "a person and the memberships, as the HRIS has them", NULL, "{employee_number:text employment_status:text first_name?:text last_name?:text location?:text start_date?:time termination_date?:time work_email?:text "
    "memberships?:[{department?:text fte?:number from?:time job_title?:text manager?:text primary?:flag team:text to?:time}]}"),
  ROW_KIND("skill.defined", "skills", "extra", "a node of the framework", NULL, NULL),
  ROW_KIND("job.profiled", "skills", "extra", "what a job needs of a skill", NULL, NULL),
  ROW_KIND("goal.set", "steering", "extra", "a business goal", NULL, NULL),
  ROW_KIND("goal.weighed", "steering", "reason", "a goal's priority was changed", AUTHOR, "{reason?:text weight:share}"),
  ROW_KIND("kpi.observed", "steering", "extra", "a value of a goal's KPI", NULL, NULL),
  ROW_KIND("result.recorded", "skills", "extra", "evidence of a person's skill", NULL, NULL),
  KEPT_KIND("statement.stored", "skills", 3, "statement", "an xAPI statement", "actor", 
    "{after?:count completion?:flag given?:moment group?:flag name?:text progress?:number refs:text replaces?:flag score?:number success?:flag target?:text terms?:{*:{key:name name?:text sample?:any}} voids?:flag}|"
    "{actor:text completion?:flag group?:flag name?:text object:text progress?:number score?:number success?:flag type?:text verb:text}"),
  ROW_KIND("programme.described", "programmes", "extra", "a programme that runs", NULL, NULL),
  ROW_KIND("enrolment.recorded", "programmes", "extra", "who takes it", "employee_number", NULL),
  ROW_KIND("question.asked", "listening", "extra", "a pulse question", NULL, NULL),
  KEPT_KIND("pulse.answered", "listening", 3, "comment extra", "an anonymous answer of a group's member", NULL, NULL),
  KEPT_KIND("objective.set", "objectives", 3, "title extra", "an objective of a person or team", "owner", NULL),
  KEPT_KIND("request.made", "needs", 3, "title description extra", "what the business asked L&D for", "requester", NULL),
  KEPT_KIND("step.worked", "process", 2, "actor extra", "a step of the work", "actor", NULL),
  ROW_KIND("ticket.opened", "process", "extra", "trouble with a tool", NULL, NULL),
  ROW_KIND("load.planned", "process", "extra", "a team's hours", NULL, NULL),
  ROW_KIND("reward.offered", "process", "extra", "what pays off", NULL, NULL),
  ROW_KIND("change.noted", "steering", "extra", "what else changed", NULL, NULL),
  ROW_KIND("demand.forecast", "workforce", "extra", "people that will be needed", NULL, NULL),
  ROW_KIND("source.added", "content", "owner text!", "a document of the company", "owner_id", "{audience?:text licence?:text name:name owner?:text owner_id?:text text:text title?:text valid_until?:time}"),
  ROW_KIND("source.withdrawn", "content", "reason", "a document is not to be drawn from any more", AUTHOR, REASONED),
  ROW_KIND("need.cause_confirmed", "needs", "reason", "a person confirmed or overruled a cause", AUTHOR, "{cause:text first?:text goal:text reason?:text}"),
  ROW_KIND("need.marked", "needs", "reason", "a person marked a need", AUTHOR, "{goal:text proposal?:text reason?:text word:text}"),
  ROW_KIND("skill.corrected", "own data", "note", "a person corrected an own skill level", NULL, "{level:share note?:text skill_id:name}"),
  ROW_KIND("intervention.registered", "steering", "", "what is done about a need, and how its effect will be told: frozen before the data came in", NULL, PLAN),
  ROW_KIND("intervention.amended", "steering", "reason", "what it has cost, or the smallest effect worth having, before data came in: a new version of the registration", AUTHOR, "{cost?:number minimum_effect?:number reason?:text}"),
  ROW_KIND("intervention.ended", "steering", "reason", "it was stopped before its time", AUTHOR, REASONED),
  ROW_KIND("asset.published", "content", "", "a learning asset was approved", NULL, ASSET),
  ROW_KIND("asset.withdrawn", "content", "reason", "what it was made from was taken back: it is put before nobody any more", AUTHOR, REASONED),
  KEPT_KIND("delivery.made", "delivery", 3, "reason", "a block was put before a person", "person", "{asset:text at?:time block:text channel:text expires:day minutes:number person:text reason:text title:text}"),
  KEPT_KIND("delivery.answered", "delivery", 3, "reason", "the person opened, finished or declined it, or it lapsed", AUTHOR, "{reason?:text state:text}"),
  KEPT_KIND("note.sent", "needs", 3, "title text", "an answer went to the person who had asked", "to", "{proposal?:text text:text title:text to:text}"),
  ROW_KIND("promise.made", "listening", "text", "somebody promised a group what will be done about what it said", AUTHOR, "{due:day group:text need:text owner?:text text:text topics:text}"),
  ROW_KIND("promise.kept", "listening", "done", "what was promised to a group was done", AUTHOR, "{done?:text}"),
  ROW_KIND("delivery.preferred", "own data", "", "a person said how deliveries may come", NULL, "{channel:text quiet_from?:-1..1440 quiet_to?:-1..1440 weekly_minutes?:number}"),
  ROW_KIND("weight.reset", "steering", "reason", "a person set back what agents learnt from effects", AUTHOR, REASONED),
  ROW_KIND("programme.stopped", "programmes", "reason", "a person stopped a programme", AUTHOR, PROGRAMME),
  ROW_KIND("programme.retargeted", "programmes", "reason", "a person gave a programme a goal to serve", AUTHOR, PROGRAMME),
  ROW_KIND("programme.resumed", "programmes", "reason", "a stop or a new goal was taken back", AUTHOR, PROGRAMME),
  ROW_KIND("evidence.ruled", "skills", "reason", "which statements say what about skills, from here on and for all that is there", AUTHOR, "{reason?:text revision:name text:text}"),
  ROW_KIND("actor.matched", "skills", "actor", "a person said whose account an actor of statements is, or that it is nobody's of ours", "person", "{actor:name person?:text}"),
  ROW_KIND("actor.unmatched", "skills", "", "that was taken back", NULL, NULL),
  ROW_KIND("workforce.assumed", "workforce", "", "what the forecast assumes, as the company's file says", NULL, "{*:number}"),
  { 0 } };

const struct fold company_folds[] = {
  { "people", LIST("person.recorded"), LIST("person", "membership"), fold_person },
  { "people erased", LIST("person.erased"), ((const char *const[]){ NULL }), fold_erased }, /* the tables are those of people */
  { "goals", LIST("goal.set"), LIST("goal", "goal_version"), fold_goal },
  { "weights", LIST("goal.weighed"), ((const char *const[]){ NULL }), fold_weighed }, /* the tables are those of goals */
  ROW_FOLD("skill.defined", "skill"), ROW_FOLD("job.profiled", "job_skill"), ROW_FOLD("kpi.observed", "kpi"),
  ROW_FOLD("result.recorded", "result"), ROW_FOLD("programme.described", "programme"), ROW_FOLD("enrolment.recorded", "enrolment"),
  ROW_FOLD("question.asked", "question"), ROW_FOLD("pulse.answered", "pulse"), ROW_FOLD("objective.set", "objective"),
  ROW_FOLD("request.made", "request"), ROW_FOLD("step.worked", "step"), ROW_FOLD("ticket.opened", "ticket"),
  ROW_FOLD("load.planned", "capacity"), ROW_FOLD("reward.offered", "reward"), ROW_FOLD("change.noted", "change"),
  ROW_FOLD("demand.forecast", "demand"),
  { "statements", LIST("statement.stored"), LIST("term", "statement", "statement_term", "statement_rolled", "statement_news", "statement_run", "statement_block"), fold_statement },
  { "sources", LIST("source.added", "source.withdrawn"), LIST("source"), fold_source },
  { "files", LIST("import.committed"), LIST("file_seen"), fold_files },
  { "claims' values", LIST("claim.made"), ((const char *const[]){ NULL }), fold_claim },
  { "needs", LIST("need.cause_confirmed", "need.marked"), LIST("need_word"), fold_need_word },
  { "interventions", LIST("intervention.registered", "intervention.amended", "intervention.ended"), LIST("intervention"), fold_intervention },
  { "assets", LIST("asset.published", "asset.withdrawn"), LIST("asset"), fold_asset },
  { "deliveries", LIST("delivery.made", "delivery.answered", "asset.withdrawn"), LIST("delivery"), fold_delivery },
  { "notes", LIST("note.sent"), LIST("note"), fold_note },
  { "promises", LIST("promise.made", "promise.kept"), LIST("promise"), fold_promise },
  { "preferences", LIST("delivery.preferred"), LIST("preference"), fold_preference },
  { "programme decisions", LIST("programme.stopped", "programme.retargeted", "programme.resumed"), LIST("programme_decision"), fold_programme },
  { "evidence rules", LIST("evidence.ruled"), LIST("evidence_rules"), fold_evidence_rules },
  { "actors", LIST("actor.matched", "actor.unmatched"), LIST("actor_match"), fold_actor_match },
  { "weight resets", LIST("weight.reset"), LIST("weight_reset"), fold_weight_reset },
  { "assumptions", LIST("workforce.assumed"), LIST("assumption"), fold_assumed },
  { "corrections", LIST("skill.corrected"), LIST("skill_correction"), fold_correction },
  { 0 } };
