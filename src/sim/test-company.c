/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole companies: same options, same bytes; canonical columns; nothing refers to what is not there; the truth is the
 * truth of these files. Whether each cause leaves the traces that it should is in test-causes.c. */
#include "base/clock.h"
#include "base/json.h"
#include "sim/catalog.h"
#include "sim/sim.h"
#include "sim/test-reader.h"
#include <glib/gstdio.h>

static const char *const headers[][2] = {
  { "people.csv", "employee_number,first_name,last_name,work_email,job_title,department,team,location,manager,fte,employment_status,start_date,termination_date,primary" },
  { "skills.csv", "skill_id,name,broader,description,aliases,half_life_months" },
  { "jobs.csv", "job_title,skill_id,level,importance" },
  { "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,weight,category,value_per_unit,currency,skills,departments" },
  { "kpis.csv", "goal_id,team,date,value,exposure" },
  { "results.csv", "employee_number,skill_id,date,score,kind,item_id,difficulty" },
  { "programmes.csv", "programme_id,title,kind,skills,hours,cost_per_seat,fixed_cost,active" },
  { "enrolments.csv", "programme_id,employee_number,date,status,completed_on" },
  { "questions.csv", "question_id,text,topic" },
  { "pulse.csv", "date,question_id,team,respondent,answer,comment" },
  { "objectives.csv", "objective_id,owner,title,goal_id,skills,progress,due" },
  { "requests.csv", "request_id,date,requester,team,title,description" },
  { "work_log.csv", "process,case_id,activity,start,end,team,actor" },
  { "tickets.csv", "ticket_id,opened,closed,team,tool,category" },
  { "capacity.csv", "team,date,available_hours,planned_hours" },
  { "rewards.csv", "job_title,team,rewarded,weight,from,to" },
  { "changes.csv", "date,scope,kind,title" },
  { "workforce.csv", "month,skill_id,job_title,demand" },
};

static void test_headers(void)
{
  g_autoptr(simulated) company = company_new(60, 3, 30);
  for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
    g_autofree char *text = company_text(company, headers[i][0]);
    size_t length = strlen(headers[i][1]);
    g_assert_true(g_str_has_prefix(text, headers[i][1]));
    g_assert_cmpint(text[length], ==, '\n');
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_null(strchr(text, '\r'));
  }
}

static void test_same_bytes(void)
{
  g_autoptr(simulated) a = company_new(150, 9, 52), b = company_new(150, 9, 52), c = company_new(150, 10, 52);
  for (unsigned i = 0; i < G_N_ELEMENTS(headers) + 2; i++) {
    const char *name = i < G_N_ELEMENTS(headers) ? headers[i][0] : i == G_N_ELEMENTS(headers) ? "statements.jsonl" : "truth.json";
    g_autofree char *x = company_text(a, name), *y = company_text(b, name), *z = company_text(c, name);
    g_assert_cmpstr(x, ==, y);
    static const char *const fixed[] = { "skills.csv", "jobs.csv", "questions.csv", "programmes.csv", NULL };
    if (!g_strv_contains(fixed, name))
      g_assert_cmpstr(x, !=, z);
  }
}

/* Each column of a file that points to another file's column. `split`: several, between semicolons. */
static const struct { const char *file, *column, *to_file, *to_column; bool split; } references[] = {
  { "people.csv", "manager", "people.csv", "employee_number" }, { "people.csv", "job_title", "jobs.csv", "job_title" },
  { "skills.csv", "broader", "skills.csv", "skill_id" }, { "jobs.csv", "skill_id", "skills.csv", "skill_id" },
  { "goals.csv", "owner", "people.csv", "employee_number" }, { "goals.csv", "skills", "skills.csv", "skill_id", true },
  { "goals.csv", "departments", "people.csv", "department", true }, { "kpis.csv", "goal_id", "goals.csv", "goal_id" },
  { "kpis.csv", "team", "people.csv", "team" }, { "results.csv", "employee_number", "people.csv", "employee_number" },
  { "results.csv", "skill_id", "skills.csv", "skill_id" }, { "programmes.csv", "skills", "skills.csv", "skill_id", true },
  { "enrolments.csv", "programme_id", "programmes.csv", "programme_id" }, { "enrolments.csv", "employee_number", "people.csv", "employee_number" },
  { "pulse.csv", "question_id", "questions.csv", "question_id" }, { "pulse.csv", "team", "people.csv", "team" },
  { "objectives.csv", "goal_id", "goals.csv", "goal_id" }, { "objectives.csv", "skills", "skills.csv", "skill_id", true },
  { "requests.csv", "requester", "people.csv", "employee_number" }, { "requests.csv", "team", "people.csv", "team" },
  { "work_log.csv", "team", "people.csv", "team" }, { "work_log.csv", "actor", "people.csv", "employee_number" },
  { "tickets.csv", "team", "people.csv", "team" }, { "capacity.csv", "team", "people.csv", "team" },
  { "rewards.csv", "team", "people.csv", "team" }, { "rewards.csv", "job_title", "jobs.csv", "job_title" },
  { "workforce.csv", "skill_id", "skills.csv", "skill_id" }, { "workforce.csv", "job_title", "jobs.csv", "job_title" },
};

static void test_references(void)
{
  g_autoptr(simulated) company = company_new(320, 4, 60);
  for (unsigned i = 0; i < G_N_ELEMENTS(references); i++) {
    g_autoptr(table) from = company_table(company, references[i].file), to = company_table(company, references[i].to_file);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned column = table_column(from, references[i].column), target = table_column(to, references[i].to_column);
    for (unsigned row = 0; row < table_rows(to); row++)
      g_hash_table_add(known, (void *)(uintptr_t)table_cell(to, row, target));
    for (unsigned row = 0; row < table_rows(from); row++) {
      g_auto(GStrv) parts = g_strsplit(table_cell(from, row, column), references[i].split ? ";" : "\n", -1);
      for (unsigned p = 0; parts[p] != NULL; p++)
        if (*parts[p] != '\0' && !g_hash_table_contains(known, parts[p]))
          g_error("%s:%u: %s \"%s\" is not in %s", references[i].file, row + 2, references[i].column, parts[p], references[i].to_file);
    }
  }
}

static void test_sizes(void)
{
  static const int sizes[] = { SIM_PEOPLE_MIN, 40, 120, 601, 5000 };
  for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autoptr(simulated) company = company_new(sizes[i], 77 + i, sizes[i] > 1000 ? 30 : 104);
    g_autoptr(table) people = company_table(company, "people.csv");
    g_autoptr(GHashTable) employed = g_hash_table_new(g_str_hash, g_str_equal), teams = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned row = 0; row < table_rows(people); row++) {
      if (g_str_equal(table_get(people, row, "primary"), "true") && !g_str_equal(table_get(people, row, "employment_status"), "terminated"))
        g_assert_true(g_hash_table_add(employed, (void *)(uintptr_t)table_get(people, row, "employee_number")));
      g_hash_table_add(teams, (void *)(uintptr_t)table_get(people, row, "team"));
    }
    g_assert_cmpuint(g_hash_table_size(employed), ==, (unsigned)sizes[i]);
    g_assert_cmpuint(g_hash_table_size(teams), >=, (unsigned)sizes[i] / 14);
    g_assert_cmpuint(g_hash_table_size(teams), <=, (unsigned)sizes[i] / 5 + 7);
  }
}

/* HR files tell of leavers, rehires, moves, second teams, part time and leave; every one of these is in a company of 600. */
static void test_people_are_messy(void)
{
  g_autoptr(simulated) company = company_new(600, SIM_SEED, 104);
  g_autoptr(table) people = company_table(company, "people.csv");
  unsigned left = 0, moved = 0, rehired = 0, second = 0, part = 0, leave = 0;
  for (unsigned row = 0; row < table_rows(people); row++) {
    bool primary = g_str_equal(table_get(people, row, "primary"), "true");
    bool gone = g_str_equal(table_get(people, row, "employment_status"), "terminated");
    const char *end = table_get(people, row, "termination_date");
    g_assert_true(!gone || *end != '\0');
    g_assert_true(*end == '\0' || strcmp(table_get(people, row, "start_date"), end) <= 0);
    g_assert_true(!g_str_equal(table_get(people, row, "manager"), table_get(people, row, "employee_number")));
    left += primary && gone;
    rehired += !primary && gone;
    moved += !primary && !gone && *end != '\0';
    second += !primary && *end == '\0';
    part += table_number(people, row, "fte") < 1;
    leave += g_str_equal(table_get(people, row, "employment_status"), "leave");
  }
  g_assert_cmpuint(left, >, 60);
  g_assert_cmpuint(moved, >, 20);
  g_assert_cmpuint(rehired, >, 0);
  g_assert_cmpuint(second, >, 0);
  g_assert_cmpuint(part, >, 40);
  g_assert_cmpuint(leave, >, 3);
}

static void test_truth(void)
{
  for (uint64_t seed = 1; seed <= 12; seed++) {
    g_autoptr(simulated) company = company_new(seed % 3 == 0 ? 600 : 200, seed, 104);
    g_autoptr(table) goals = company_table(company, "goals.csv"), requests = company_table(company, "requests.csv");
    g_autofree char *text = company_text(company, "truth.json");
    g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
    struct json truth = json_root(doc), list = json_get(truth, "goals");
    bool process = false, skill = false, none = false;
    g_assert_cmpuint(json_count(list), ==, table_rows(goals));
    for (unsigned g = 0; g < json_count(list); g++) {
      struct json goal = json_at(list, g), causes = json_get(goal, "causes");
      double shares = 0;
      g_assert_true(json_equals(json_get(goal, "goal"), table_get(goals, g, "goal_id")));
      for (unsigned c = 0; c < json_count(causes); c++)
        shares += json_number(json_get(json_at(causes, c), "share"), NAN);
      none |= json_equals(json_get(goal, "cause"), "none");
      process |= json_equals(json_get(goal, "cause"), "process");
      skill |= json_equals(json_get(goal, "cause"), "skill");
      g_assert_cmpfloat_with_epsilon(shares, json_equals(json_get(goal, "cause"), "none") ? 0 : 1, 1e-3);
    }
    g_assert_true(process && skill && none);
    g_assert_cmpuint(json_count(json_get(truth, "requests")), ==, table_rows(requests));
    g_assert_cmpuint(json_count(json_get(truth, "teams_below_five")), >, 0);
  }
}

static void test_statements(void)
{
  g_autoptr(simulated) company = company_new(600, 2, 104);
  g_autofree char *text = company_text(company, "statements.jsonl");
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  unsigned count = 0;
  for (; lines[count] != NULL && *lines[count] != '\0'; count++) {
    g_autoptr(json_doc_auto) doc = json_parse(lines[count], strlen(lines[count]), NULL);
    g_assert_nonnull(doc);
    struct json statement = json_root(doc);
    double scaled = json_number(json_get(json_get(json_get(statement, "result"), "score"), "scaled"), 0);
    g_assert_true(scaled >= 0 && scaled <= 1);
    g_assert_true(g_str_has_prefix(json_string(json_get(json_get(statement, "actor"), "mbox")), "mailto:"));
    g_assert_cmpuint(strlen(json_string(json_get(statement, "id"))), ==, 36);
  }
  g_assert_cmpuint(count, >, 250);
  g_assert_cmpuint(count, <, 700);
}

static void test_sources(void)
{
  g_autoptr(simulated) company = company_new(60, 5, 30);
  g_autofree char *folder = g_build_filename(company->dir, "sources", NULL);
  g_autoptr(GDir) listing = g_dir_open(folder, 0, NULL);
  const char *name;
  unsigned count = 0;
  while ((name = g_dir_read_name(listing)) != NULL) {
    g_autofree char *path = g_build_filename("sources", name, NULL), *text = company_text(company, path);
    g_assert_true(g_str_has_prefix(text, "---\ntitle: "));
    g_assert_nonnull(strstr(text, "\nvalid_until: 20"));
    g_assert_nonnull(strstr(text, "\nlicence: "));
    g_assert_null(strstr(text, "{{"));
    count++;
  }
  g_assert_cmpuint(count, >=, 8);
}

/* Whatever skill a goal may lack, there is a document to learn it from: long enough, with steps and an example. */
static void test_a_source_for_every_goal(void)
{
  static const struct { enum skill_index skill; const char *file; } about[] = {
    { SKILL_WRITING, "clear-writing.md" }, { SKILL_OBJECTIONS, "objections-playbook.md" }, { SKILL_DIAGNOSING, "first-line-diagnosis.md" },
    { SKILL_SCHEDULING, "scheduling-guide.md" }, { SKILL_CONTRACTS, "contract-conversations.md" }, { SKILL_FAULTS, "fault-finding-guide.md" },
    { SKILL_REVIEW, "code-review-notes.md" }, { SKILL_DEESCALATION, "de-escalation-guide.md" }, { SKILL_RECORDS, "records-right-first-time.md" },
    { SKILL_TESTING, "tests-that-fail.md" }, { SKILL_SPREADSHEETS, "spreadsheets-to-check.md" }, { SKILL_PRIVACY, "data-protection-everyday.md" } };
  g_autoptr(simulated) company = company_new(60, 5, 30);
  for (unsigned g = 0; g < sim_goal_count; g++) {
    const char *file = NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(about); i++)
      if (about[i].skill == sim_goals[g].main)
        file = about[i].file;
    g_assert_nonnull(file);
    g_autofree char *path = g_build_filename("sources", file, NULL), *text = company_text(company, path);
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    unsigned count = 0;
    for (unsigned w = 0; words[w] != NULL; w++)
      count += *words[w] != '\0';
    g_assert_cmpuint(count, >=, 500);
    g_assert_nonnull(strcasestr(text, "example"));
    g_assert_nonnull(strstr(text, "1. ")); /* steps */
  }
}

/* The catalogue's own promises, on which the model stands. */
static void test_catalogue(void)
{
  for (unsigned g = 0; g < sim_goal_count; g++) {
    const struct goal_row *row = &sim_goals[g];
    unsigned handoffs = 0, rework = 0;
    if (row->departments == 0)
      continue;
    for (unsigned i = 0; i < MAX_STEPS && row->process.steps[i].activity != NULL; i++) {
      handoffs += row->process.steps[i].handoff;
      rework += g_str_equal(row->process.steps[i].activity, row->process.rework);
    }
    g_assert_cmpuint(handoffs, ==, 1);
    g_assert_cmpuint(rework, ==, 1);
    for (unsigned other = 0; other < sim_goal_count; other++)
      g_assert_true(other == g || sim_goals[other].main != row->main);
    for (unsigned d = 0; d < DEPT_COUNT; d++) {
      bool main_needed = false, decoy_needed = false;
      for (unsigned j = 0; j < sim_job_count; j++)
        for (unsigned n = 0; n < MAX_NEEDS && sim_jobs[j].needs[n].importance > 0; n++) {
          bool here = sim_jobs[j].department == d && sim_jobs[j].rank == RANK_MEMBER;
          main_needed |= here && sim_jobs[j].needs[n].skill == row->main;
          decoy_needed |= here && sim_jobs[j].needs[n].skill == row->decoy;
        }
      g_assert_true(!(row->departments & DEPT_BIT(d)) || (main_needed && decoy_needed));
    }
  }
}

static void assert_refused(const struct sim_options *options, const char *dir, enum meno_error code, const char *says)
{
  g_autoptr(GError) error = NULL;
  g_assert_false(sim_write_company(dir, options, NULL, NULL, &error));
  g_assert_error(error, MENO_ERROR, (int)code);
  if (strstr(error->message, says) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void test_refusals(void)
{
  g_autofree char *dir = g_dir_make_tmp("company-XXXXXX", NULL), *fresh = g_build_filename(dir, "new", NULL);
  g_autofree char *own = g_build_filename(dir, "own.csv", NULL);
  const struct sim_options good = { 40, 1, 20000 - 20000 % 7 + 4, 30 };
  g_assert_cmpint(sim_monday(good.until), ==, good.until);
  struct sim_options bad[] = { good, good, good, good, good, good, good, good };
  static const char *const says[] = { "of 29 people; give 30 to 50000", "of 50001 people", "of -1 people", "25 weeks", "521 weeks",
                                     "which is no Monday; give 2024-", "give a day from 1990-01-01", "give a day from" };
  bad[0].people = 29;
  bad[1].people = 50001;
  bad[2].people = -1;
  bad[3].weeks = 25;
  bad[4].weeks = 521;
  bad[5].until += 2;
  bad[6].until = CLOCK_NO_DAY;
  bad[7].until = INT32_MAX;
  for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
    assert_refused(&bad[i], fresh, MENO_ERROR_BAD_INPUT, says[i]);
  g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS)); /* a refusal leaves nothing behind */
  g_assert_true(g_file_set_contents(own, "mine\n", -1, NULL));
  assert_refused(&good, dir, MENO_ERROR_CONFLICT, "files that no simulation wrote");
  assert_refused(&good, own, MENO_ERROR_STORE, "own.csv");
  g_assert_true(sim_write_company(fresh, &good, NULL, NULL, NULL));
  g_assert_true(sim_write_company(fresh, &good, NULL, NULL, NULL)); /* over an earlier simulation: yes */
  company_remove(fresh);
  g_unlink(own);
  g_rmdir(dir);
}

static void count_progress(void *data, const char *what, double share)
{
  double *last = data;
  g_assert_nonnull(what);
  g_assert_true(share >= *last && share <= 1);
  *last = share;
}

static void test_progress(void)
{
  g_autofree char *dir = g_dir_make_tmp("company-XXXXXX", NULL);
  double last = 0;
  const struct sim_options options = { 40, 1, sim_monday(20000), 30 };
  g_assert_true(sim_write_company(dir, &options, count_progress, &last, NULL));
  g_assert_cmpfloat(last, ==, 1);
  company_remove(dir);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/company/headers", test_headers);
  g_test_add_func("/company/same-bytes", test_same_bytes);
  g_test_add_func("/company/references", test_references);
  g_test_add_func("/company/sizes", test_sizes);
  g_test_add_func("/company/people-are-messy", test_people_are_messy);
  g_test_add_func("/company/truth", test_truth);
  g_test_add_func("/company/statements", test_statements);
  g_test_add_func("/company/sources", test_sources);
  g_test_add_func("/company/a-source-for-every-goal", test_a_source_for_every_goal);
  g_test_add_func("/company/catalogue", test_catalogue);
  g_test_add_func("/company/refusals", test_refusals);
  g_test_add_func("/company/progress", test_progress);
  return g_test_run();
}
