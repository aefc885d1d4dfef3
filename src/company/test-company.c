/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From events to nouns: rows of files become tables, tables become the snapshot; memberships end when a newer record does
 * not name them, corrections overwrite, and every format's table and queries fit its columns. */
#include "company/fold.h"
#include "company/load.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <math.h>
#include <sodium.h>
#include <string.h>

static const struct event_kind *const kinds[] = { company_kinds, claim_kinds, erasure_kinds, NULL };
static const struct fold *const folds[] = { company_folds, claim_folds, erasure_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct fixture { struct store *store; struct ledger *ledger; };

static void setup(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  fixture->store = store_open_memory(&error);
  g_assert_no_error(error);
  fixture->ledger = ledger_new(fixture->store, &tables);
}

static void teardown(struct fixture *fixture, const void *data) {
  ledger_free(fixture->ledger);
  store_free(fixture->store);
}

static void record(struct fixture *fixture, const char *kind, const char *subject, const char *body) {
  g_autoptr(GError) error = NULL;
  int64_t now = clock_from_civil(2026, 3, 1) * CLOCK_DAY;
  ledger_record(fixture->ledger, now, &(struct event){ .kind = kind, .subject = subject, .actor = "system", .body = body }, &error);
  g_assert_no_error(error);
}

static struct company *load(struct fixture *fixture) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  struct company *company = company_load(db, NULL, clock_from_civil(2026, 3, 1), &error);
  g_assert_no_error(error);
  return company;
}

static void formats_have_tables(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  for (int i = 0; i < FILE_COUNT; i++) {
    const struct format *format = &formats[i];
    g_assert_cmpint(format->id, ==, i);
    g_assert_nonnull(ledger_kind(fixture->ledger, format->kind));
    g_autofree char *all = g_strconcat("company.all_", format->table, NULL), *find = g_strconcat("company.find_", format->table, NULL);
    g_autoptr(query_auto) query = db_query_named(db, all, &error), another = db_query_named(db, find, &error);
    g_assert_no_error(error);
    bool opened = format->id == FILE_PULSE || format->id == FILE_OBJECTIVES || format->id == FILE_REQUESTS;
    if (format->columns && !(format->flags & FORMAT_PER_PERSON)) /* the columns, nth where rows repeat, seq, and the event's id where one is opened */
      g_assert_cmpint(query_columns(query), ==, (int)format_columns(format) + !!(format->flags & FORMAT_REPEATS) + 1 + opened);
    g_assert_cmpint(query_columns(another), ==, 2);
  }
}

static bool listed(const char *list, const char *name) {
  g_auto(GStrv) names = g_strsplit_set(list, " !", -1);
  return g_strv_contains((const char *const *)names, name);
}

/* What a format calls personal, its kind of event seals; and of every row what we do not know. */
static void personal_is_sealed(struct fixture *fixture, const void *data) {
  for (int i = 0; i < FILE_COUNT; i++) {
    const struct event_kind *kind = ledger_kind(fixture->ledger, formats[i].kind);
    for (const struct column *column = formats[i].columns; column && column->name; column++)
      g_assert_cmpint(listed(kind->personal, column->name), ==, (column->flags & COLUMN_PERSONAL) != 0);
    if (formats[i].columns && !(formats[i].flags & FORMAT_PER_PERSON)) g_assert_true(listed(kind->personal, "extra"));
  }
}

/* With a ring: the tables have sealed texts, the snapshot has them opened, and of who is erased nothing. */
static void people_are_erased(struct fixture *fixture, const void *data) {
  static const uint8_t master[32];
  g_autoptr(GError) error = NULL;
  g_autoptr(seal_auto) seal = seal_new(NULL, master, &error);
  g_assert_no_error(error);
  ledger_use_seal(fixture->ledger, seal);
  int64_t now = clock_from_civil(2026, 3, 1) * CLOCK_DAY;
  static const char request[] = "{\"date\":\"2026-02-01\",\"request_id\":\"r\",\"requester\":\"p-1\",\"title\":\"A course\"}";
  static const char person[] = "{\"employee_number\":\"1\",\"employment_status\":\"active\",\"first_name\":\"Ann\",\"last_name\":\"Ash\",\"memberships\":[{\"from\":\"2024-01-01\",\"primary\":true,\"team\":\"North\"}]}";
  record(fixture, "person.recorded", "person:p-1", person);
  record(fixture, "request.made", "request:r", request);
  {
    g_autoptr(db_auto) db = store_read(fixture->store, &error);
    g_autoptr(query_auto) query = db_query(db, &error, "company.all_person", "");
    g_assert_cmpint(query_next(query, &error), ==, 1);
    for (int column = 1; column <= 3; column++) g_assert_true(seal_is_sealed(query_text(query, column)));
    g_autoptr(company_auto) company = company_load(db, seal, clock_day(now), &error);
    g_assert_cmpstr(company->people.at[0].employee_number, ==, "1");
    g_assert_cmpstr(company->people.at[0].first_name, ==, "Ann");
    g_assert_cmpstr(company->requests.at[0].title, ==, "A course");
    g_assert_cmpint(company->teams.at[0].size, ==, 1);
    g_assert_true(company_names_somebody(company, "Ask Ash about it") && !company_names_somebody(company, "Ashes of it"));
  }
  g_autoptr(ledger_write_auto) write = ledger_write(fixture->ledger, now, &error);
  g_assert_true(erase_record(write, "p-1", NULL, "system", &error) && ledger_commit(g_steal_pointer(&write), &error));
  g_assert_true(erase_apply(fixture->ledger, now, NULL, &error));
  record(fixture, "person.recorded", "person:p-1", person); /* from wherever: it says nothing any more */
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  g_autoptr(company_auto) company = company_load(db, seal, clock_day(now), &error);
  const struct person *gone = &company->people.at[0];
  g_assert_true(company->people.count == 1 && gone->status == PERSON_LEFT && !gone->first_name && !gone->email && !*gone->employee_number);
  g_assert_cmpstr(gone->last_name, ==, "(erased)");
  g_assert_cmpstr(company->requests.at[0].title, ==, "(erased)");
  g_assert_cmpint(company->teams.at[0].size, ==, 0);
  struct replay_report report;
  g_assert_true(ledger_verify(fixture->ledger, NULL, NULL, &report, &error));
}

#define PERSON(number, memberships) "{\"employee_number\":\"" number "\",\"employment_status\":\"active\",\"memberships\":[" memberships "],\"work_email\":\"a@x.org\"}"
#define IN(team, from, manager, primary) "{\"department\":\"Sales\",\"from\":\"" from "\",\"job_title\":\"Seller\",\"manager\":\"" manager "\",\"primary\":" primary ",\"team\":\"" team "\"}"

static void people_move(struct fixture *fixture, const void *data) {
  record(fixture, "person.recorded", "person:p-1", PERSON("1", IN("North", "2024-01-01", "p-2", "true") "," IN("Choir", "2025-01-01", "p-2", "false")));
  record(fixture, "person.recorded", "person:p-2", PERSON("2", IN("North", "2020-01-01", "", "true")));
  g_autoptr(company_auto) before = load(fixture);
  int person = company_person(before, "p-1");
  g_assert_cmpstr(before->teams.at[before->people.at[person].team].name, ==, "North");
  g_assert_cmpint(before->people.at[person].manager, ==, company_person(before, "p-2"));
  g_assert_cmpint(before->teams.at[company_team(before, "North")].size, ==, 2);
  record(fixture, "person.recorded", "person:p-1", PERSON("1", IN("South", "2026-02-01", "p-2", "true")));
  g_autoptr(company_auto) after = load(fixture);
  g_assert_cmpstr(after->teams.at[after->people.at[company_person(after, "p-1")].team].name, ==, "South");
  g_assert_cmpint(after->teams.at[company_team(after, "North")].size, ==, 1);
  g_assert_cmpint(after->memberships.count, ==, 4); /* the old ones are history */
  g_assert_cmpint(company_person(after, "p-3"), ==, -1);
}

static void rows_overwrite(struct fixture *fixture, const void *data) {
  record(fixture, "goal.set", "goal:g", "{\"baseline\":1,\"direction\":\"down\",\"due\":\"2026-12-31\",\"goal_id\":\"g\",\"name\":\"Waiting\",\"owner\":\"p-9\",\"skills\":[\"a\",\"b\"],\"target\":0.5,\"unit\":\"days\",\"weight\":0.7}");
  record(fixture, "kpi.observed", "goal:g", "{\"date\":\"2026-01-05\",\"goal_id\":\"g\",\"team\":\"North\",\"value\":3}");
  record(fixture, "kpi.observed", "goal:g", "{\"date\":\"2026-01-05\",\"goal_id\":\"g\",\"team\":\"North\",\"value\":4}");
  record(fixture, "goal.weighed", "goal:g", "{\"weight\":0.2}");
  g_autoptr(company_auto) company = load(fixture);
  g_assert_cmpint(company->kpis.count, ==, 1);
  g_assert_cmpfloat(company->kpis.at[0].value, ==, 4);
  g_assert_true(isnan(company->kpis.at[0].exposure));
  const struct goal *goal = &company->goals.at[company_goal(company, "g")];
  g_assert_cmpfloat(goal->weight, ==, 0.2);
  g_assert_cmpint(goal->direction, ==, GOAL_DOWN);
  g_assert_cmpint(goal->skill_count, ==, 2);
  g_assert_cmpstr(company->skills.at[goal->skills[1]].id, ==, "b"); /* a skill comes into being by being named */
  g_assert_cmpint(company->teams.at[company_team(company, "North")].size, ==, 0);
}

static void statements_become_results(struct fixture *fixture, const void *data) {
  record(fixture, "person.recorded", "person:p-1", PERSON("1", ""));
  record(fixture, "skill.defined", "skill:selling", "{\"aliases\":[\"sales\"],\"name\":\"Selling\",\"skill_id\":\"selling\"}");
  record(fixture, "statement.stored", "statement:1", "{\"actor\":\"mailto:A@x.org\",\"object\":\"http://x/quiz/selling/3\",\"score\":0.8,\"statement\":{},\"verb\":\"v\"}");
  record(fixture, "statement.stored", "statement:2", "{\"actor\":\"mailto:a@x.org\",\"name\":\"Sales\",\"object\":\"http://x/7\",\"statement\":{},\"success\":true,\"verb\":\"v\"}");
  record(fixture, "statement.stored", "statement:3", "{\"actor\":\"mailto:b@x.org\",\"object\":\"http://x/selling\",\"score\":0.8,\"statement\":{},\"verb\":\"v\"}");
  record(fixture, "statement.stored", "statement:4", "{\"actor\":\"mailto:a@x.org\",\"object\":\"http://x/dancing\",\"score\":0.8,\"statement\":{},\"verb\":\"v\"}");
  g_autoptr(company_auto) company = load(fixture);
  g_assert_cmpint(company->results.count, ==, 2);
  g_assert_cmpfloat(company->results.at[0].score + company->results.at[1].score, ==, 0.8 + 0.75);
}

static void people_say(struct fixture *fixture, const void *data) {
  record(fixture, "need.cause_confirmed", "need:n-1", "{\"cause\":\"process\",\"first\":\"skill\",\"goal\":\"g\",\"reason\":\"I sat with them\"}");
  record(fixture, "need.marked", "need:n-1", "{\"goal\":\"g\",\"reason\":\"old news\",\"word\":\"noise\"}");
  g_autoptr(company_auto) company = load(fixture);
  g_assert_cmpint(company->confirmations.count, ==, 1);
  g_assert_cmpint(company->confirmations.at[0].cause, ==, CAUSE_PROCESS);
  g_assert_cmpint(company->confirmations.at[0].first, ==, CAUSE_SKILL);
  g_assert_cmpint(company->decisions.at[0].state, ==, NEED_NOISE);
}

static void replays(struct fixture *fixture, const void *data) {
  rows_overwrite(fixture, NULL);
  people_move(fixture, NULL);
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  g_assert_true(ledger_verify(fixture->ledger, NULL, NULL, &report, &error));
  g_assert_cmpint(report.events, ==, 7);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  static const struct { const char *name; void (*run)(struct fixture *, const void *); } tests[] = { { "/company/formats", formats_have_tables },
    { "/company/personal", personal_is_sealed }, { "/company/erased", people_are_erased }, { "/company/people", people_move }, { "/company/rows", rows_overwrite }, { "/company/statements", statements_become_results },
    { "/company/words", people_say }, { "/company/replay", replays } };
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) g_test_add(tests[i].name, struct fixture, NULL, setup, tests[i].run, teardown);
  return g_test_run();
}
