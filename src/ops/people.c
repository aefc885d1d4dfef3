/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * My page: everything that is known about the caller, by whom and why; nobody else's. A correction counts at once as evidence
 * under the person's own name; it is shown as theirs and does not overwrite what others saw. */
#include "evidence/lrs.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

#define SEEN_MOST 50 /* who looked: the newest */
#define LEVEL_SCALE 5.0

static int self(const struct op_call *call, const struct company *company, GError **error) {
  int person = call->caller.person ? company_person(company, call->caller.person) : -1;
  if (person < 0) fail(error, MENO_ERROR_NOT_FOUND, "the account \"%s\" is nobody of the company, so nothing is known about it", call->caller.account);
  return person;
}

/* ---- skills ----------------------------------------------------------------------------------------------------- */

/* What the caller's jobs need of a skill, 0–5; NAN: nothing. */
static double required_of(const struct company *company, int person, int skill) {
  double most = NAN;
  const struct person *row = &company->people.at[person];
  if (row->job < 0) return NAN;
  const struct job *job = &company->jobs.at[row->job];
  for (int i = job->first; i < job->first + job->count; i++)
    if (company->job_skills.at[i].skill == skill) most = fmax(company->job_skills.at[i].level, isnan(most) ? 0 : most);
  return most;
}

static void write_parts(struct json_writer *out, const struct view *view, const struct level *level, double *ret_prior) {
  int count;
  g_autofree struct level_part *parts = level_parts(view->company, view->levels, level, &count);
  *ret_prior = 0;
  json_open_array(out, "parts");
  for (int i = 0; i < count; i++) {
    if (parts[i].result < 0) {
      *ret_prior = parts[i].share;
      continue;
    }
    const struct result *result = &view->company->results.at[parts[i].result];
    json_open_object(out, NULL);
    put_day(out, "day", result->day);
    json_put_string(out, "kind", result_kind_names[result->kind]);
    json_put_number(out, "score", result->score);
    json_put_number(out, "share", parts[i].share * LEVEL_SCALE);
    json_put_bool(out, "mine", result->kind == RESULT_SELF);
    json_put_string(out, "rule", result->rule);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool write_correction(struct op_call *call, struct json_writer *out, struct db *db, const char *person, const char *skill, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.skill_corrections", "t", person);
  int got;
  while ((got = query_next(query, error)) == 1 && strcmp(query_text(query, 0), skill) != 0);
  if (got < 0) return false;
  if (got == 0) {
    json_put_null(out, "corrected");
    return true;
  }
  json_open_object(out, "corrected");
  json_put_number(out, "level", query_double(query, 1) * LEVEL_SCALE);
  put_time(out, "at", query_integer(query, 3));
  g_autofree char *note = ops_reveal(call, query, 2, 5, "note");
  json_put_string(out, "note", note);
  json_close_object(out);
  return true;
}

static bool write_own_skill(struct op_call *call, struct json_writer *out, struct db *db, const struct view *view, int person, int skill, GError **error) {
  const struct company *company = view->company;
  const struct level *level = levels_find(view->levels, person, skill);
  double prior = 0;
  json_put_string(out, "id", company->skills.at[skill].id);
  json_put_string(out, "name", company->skills.at[skill].name);
  json_put_number(out, "level", level ? level->mean * LEVEL_SCALE : NAN);
  json_put_number(out, "low", level ? level->low * LEVEL_SCALE : NAN);
  json_put_number(out, "high", level ? level->high * LEVEL_SCALE : NAN);
  json_put_number(out, "required", required_of(company, person, skill));
  json_put_integer(out, "results", level ? level->results : 0);
  put_day(out, "last", level ? level->last : CLOCK_NO_DAY);
  if (level) write_parts(out, view, level, &prior);
  else {
    json_open_array(out, "parts");
    json_close_array(out);
  }
  json_put_number(out, "prior_share", prior * LEVEL_SCALE);
  return write_correction(call, out, db, company->people.at[person].id, company->skills.at[skill].id, error);
}

static bool write_skills(struct op_call *call, struct json_writer *out, struct db *db, const struct view *view, int person, GError **error) {
  json_open_array(out, "skills");
  for (int s = 0; s < view->company->skills.count; s++) {
    if (!levels_find(view->levels, person, s) && isnan(required_of(view->company, person, s))) continue;
    json_open_object(out, NULL);
    if (!write_own_skill(call, out, db, view, person, s, error)) return false;
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* ---- what is known ---------------------------------------------------------------------------------------------- */

static void write_person(struct json_writer *out, const struct company *company, int index) {
  const struct person *person = &company->people.at[index];
  g_autofree char *name = ops_person_name(company, index), *manager = person->manager >= 0 ? ops_person_name(company, person->manager) : NULL;
  json_open_object(out, "person");
  json_put_string(out, "employee_number", person->employee_number);
  json_put_string(out, "name", name);
  json_put_string(out, "email", person->email);
  json_put_string(out, "job", person->job >= 0 ? company->jobs.at[person->job].title : NULL);
  json_put_string(out, "department", person->department >= 0 ? company->departments.at[person->department].name : NULL);
  json_put_string(out, "team", person->team >= 0 ? company->teams.at[person->team].name : NULL);
  json_put_string(out, "manager", manager);
  put_day(out, "start", person->start);
  json_close_object(out);
  json_open_array(out, "memberships");
  for (int i = 0; i < company->memberships.count; i++) {
    const struct membership *row = &company->memberships.at[i];
    if (row->person != index || row->team < 0) continue;
    int department = company->teams.at[row->team].department;
    json_open_object(out, NULL);
    json_put_string(out, "team", company->teams.at[row->team].name);
    json_put_string(out, "department", department >= 0 ? company->departments.at[department].name : NULL);
    put_day(out, "from", row->from);
    put_day(out, "to", row->to);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_fact(struct json_writer *out, const char *what, const char *value, const char *source, const char *purpose, int32_t day) {
  if (!value || !*value) return;
  json_open_object(out, NULL);
  json_put_string(out, "what", what);
  json_put_string(out, "value", value);
  json_put_string(out, "source", source);
  json_put_string(out, "purpose", purpose);
  put_day(out, "day", day);
  json_close_object(out);
}

/* Accounts in other systems that somebody said are this person's: as a statement of each calls it. */
static bool write_accounts(struct op_call *call, struct json_writer *out, struct db *db, const char *person, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.all_actor_match", "");
  struct lrs *lrs = lrs_new(system_ledger(call->system));
  int got;
  while ((got = query_next(query, error)) == 1) {
    if (!query_null(query, 5) || g_strcmp0(query_text(query, 1), person) != 0) continue;
    g_autofree char *name = ops_reveal(call, query, 2, 6, "actor"), *key = g_strconcat("p", name, NULL);
    g_auto(lrs_actor_auto) actor = { 0 };
    int64_t newest = 0;
    if (db_one(db, &newest, error, "company.newest_of_actor", "t", key) < 0 || (newest && lrs_actor_at(lrs, db, newest, &actor, error) < 0)) {
      got = -1;
      break;
    }
    write_fact(out, "Account", actor.told ? actor.told : "an account of which nothing can be read", "statements; somebody said that it is yours", "skills", clock_day(query_integer(query, 4)));
  }
  lrs_free(lrs);
  return got == 0;
}

static bool write_known(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, int index, GError **error) {
  const struct person *person = &company->people.at[index];
  json_open_array(out, "known");
  write_fact(out, "Employee number", person->employee_number, "people.csv", "who works where", CLOCK_NO_DAY);
  write_fact(out, "Work email", person->email, "people.csv", "who works where", CLOCK_NO_DAY);
  write_fact(out, "Location", person->location, "people.csv", "who works where", CLOCK_NO_DAY);
  for (int i = 0; i < company->enrolments.count; i++)
    if (company->enrolments.at[i].person == index)
      write_fact(out, "Programme", company->programmes.at[company->enrolments.at[i].programme].title, "enrolments.csv", "programmes", company->enrolments.at[i].day);
  for (int i = 0; i < company->objectives.count; i++)
    if (company->objectives.at[i].person == index) write_fact(out, "Objective", company->objectives.at[i].title, "objectives.csv", "objectives", company->objectives.at[i].due);
  for (int i = 0; i < company->requests.count; i++)
    if (company->requests.at[i].requester == index) write_fact(out, "Request to learning", company->requests.at[i].title, "requests.csv", "needs", company->requests.at[i].day);
  if (!write_accounts(call, out, db, person->id, error)) return false;
  json_close_array(out);
  return true;
}

/* Who looked: decisions and changes about this person, newest first. */
static bool write_seen(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, const char *person, GError **error) {
  g_autofree char *subject = g_strconcat("person:", person, NULL);
  g_auto(about_auto) about = about_subject(db, subject, INT64_MAX);
  struct event event;
  int got = 0;
  json_open_array(out, "seen");
  for (int i = 0; i < SEEN_MOST && (got = about_next(&about, &event, error)) == 1; i++) {
    g_autofree char *who = ops_actor_name(company, event.actor);
    json_open_object(out, NULL);
    put_time(out, "at", event.recorded);
    json_put_string(out, "who", who);
    json_put_string(out, "what", event.kind);
    const struct event_kind *kind = ledger_kind(system_ledger(call->system), event.kind);
    json_put_string(out, "purpose", kind ? kind->purpose : "");
    json_close_object(out);
  }
  json_close_array(out);
  return got >= 0;
}

static bool me_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  if (!db) return false;
  int person = call->caller.person ? company_person(view->company, call->caller.person) : -1;
  if (person < 0) { /* an account without a person: there is nothing, and that is the answer */
    static const char *const lists[] = { "memberships", "skills", "known", "seen" };
    json_put_null(out, "person");
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
      json_open_array(out, lists[i]);
      json_close_array(out);
    }
    return true;
  }
  write_person(out, view->company, person);
  if (!write_skills(call, out, db, view, person, error) || !write_known(call, out, db, view->company, person, error)) return false;
  return write_seen(call, out, db, view->company, view->company->people.at[person].id, error);
}

/* ---- correcting, exporting -------------------------------------------------------------------------------------- */

static bool record_correction(struct op_call *call, const char *person, const char *skill, GError **error) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_number(&body, "level", op_number(call, "level", 0) / LEVEL_SCALE);
  if (op_text(call, "note")) json_put_string(&body, "note", op_text(call, "note"));
  json_put_string(&body, "skill_id", skill);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("person:", person, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "skill.corrected", .subject = subject, .actor = call->caller.actor,
    .taint = TAINT_PERSONAL | TAINT_EMPLOYEE_TEXT, .body = text }, error) > 0;
}

static bool me_correct(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int person = view ? self(call, view->company, error) : -1;
  if (person < 0) return false;
  int skill = company_skill(view->company, op_text(call, "id"));
  if (skill < 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no skill \"%s\"", op_text(call, "id"));
  if (!record_correction(call, view->company->people.at[person].id, view->company->skills.at[skill].id, error)) return false;
  g_autoptr(view_auto) after = system_view(call->system, error);
  g_autoptr(db_auto) db = after ? store_read(system_store(call->system), error) : NULL;
  return db && write_own_skill(call, out, db, after, person, skill, error);
}

static bool me_export(struct op_call *call, struct json_writer *out, GError **error) {
  struct json_writer file;
  json_writer_init(&file);
  json_open_object(&file, NULL);
  bool fine = me_show(call, &file, error);
  if (fine) {
    size_t length;
    json_close_object(&file);
    char *text = json_writer_steal(&file, &length);
    call->file_name = g_strdup("what-meno-knows-about-me.json");
    call->file_type = "application/json";
    call->file_out = g_bytes_new_take(text, length);
  }
  json_writer_clear(&file);
  return fine;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

#define LEVEL_FIGURE FIELD_NUMBER(0, LEVEL_SCALE)
static const struct field part_row[] = { { "day", FIELD_DAY, REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "how it was seen" }, { "score", FIELD_SHARE, REQUIRED, "" },
  { "share", LEVEL_FIGURE, REQUIRED, "what it adds to the level; shares and the prior's add up" }, { "mine", FIELD_BOOL, REQUIRED, "" },
  { "rule", FIELD_TEXT(0), REQUIRED | NULLABLE, "of the evidence rules, where a statement became this" }, { 0 } };
static const struct field corrected_fields[] = { { "level", LEVEL_FIGURE, REQUIRED, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { "note", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
#define SKILL_FIELDS \
  { "id", FIELD_ID("skill"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "level", LEVEL_FIGURE, REQUIRED | NULLABLE, "0 to 5" }, { "low", LEVEL_FIGURE, REQUIRED | NULLABLE, "of the 80 % interval" }, \
  { "high", LEVEL_FIGURE, REQUIRED | NULLABLE, "" }, { "required", LEVEL_FIGURE, REQUIRED | NULLABLE, "by the job" }, { "results", FIELD_COUNT, REQUIRED, "" }, { "last", FIELD_DAY, REQUIRED | NULLABLE, "" }, \
  { "prior_share", LEVEL_FIGURE, REQUIRED, "what everybody's results add where yours say little" }, { "parts", FIELD_LIST(part_row), REQUIRED, "" }, \
  { "corrected", FIELD_OBJECT(corrected_fields), REQUIRED | NULLABLE, "what you say yourself" }
static const struct field skill_out[] = { SKILL_FIELDS, { 0 } };
static const struct field person_fields[] = { { "employee_number", FIELD_TEXT(0), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "email", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "job", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "team", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "manager", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "start", FIELD_DAY, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field membership_row[] = { { "team", FIELD_TEXT(0), REQUIRED, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "from", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "to", FIELD_DAY, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field fact_row[] = { { "what", FIELD_TEXT(0), REQUIRED, "" }, { "value", FIELD_TEXT(0), REQUIRED, "" }, { "source", FIELD_TEXT(0), REQUIRED, "" }, { "purpose", FIELD_TEXT(0), REQUIRED, "" },
  { "day", FIELD_DAY, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field seen_row[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "who", FIELD_TEXT(0), REQUIRED, "" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { "purpose", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field me_out[] = { { "person", FIELD_OBJECT(person_fields), REQUIRED | NULLABLE, "null: an account that is nobody of the company" }, { "memberships", FIELD_LIST(membership_row), REQUIRED, "" },
  { "skills", FIELD_LIST(skill_out), REQUIRED, "" }, { "known", FIELD_LIST(fact_row), REQUIRED, "" }, { "seen", FIELD_LIST(seen_row), REQUIRED, "what was recorded, newest first" }, { 0 } };
static const struct field correct_in[] = { { "id", FIELD_ID("skill"), REQUIRED | IN_PATH, "the skill" }, { "level", LEVEL_FIGURE, REQUIRED, "your level, 0 to 5" }, { "note", FIELD_TEXT(LIMIT_TEXT), 0, "what the evidence misses" }, { 0 } };

const struct op people_ops[] = {
  { "me show", GET, "/me", MAY_SEE_OWN, NULL, me_out, me_show, "What is known about me, by whom and why", "own data" },
  { "me correct", POST, "/me/skills/{id}", MAY_SEE_OWN, correct_in, skill_out, me_correct, "Correct one of my skill levels", "own data" },
  { "me export", GET, "/me/export", MAY_SEE_OWN, NULL, NULL, me_export, "Everything known about me, as a file", "own data", BODY_FILE_OUT },
  { 0 } };
