/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Typed rows and what whole files tell: types and bounds, duplicates, memberships, managers, references. */
#include "intake/test-files.h"

#define READ(...) read_files(NULL, &error, __VA_ARGS__, NULL)

static void test_types(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ(
    "people.csv", "Employee Number,first_name,FTE,employment_status,start_date,primary,Grade\n 00123 ,=cmd(),0.8,LEAVE,,x,7\n",
    "skills.csv", "skill_id,name,aliases,half_life_months\ns1,Skill, b ; a;b;;,12\n",
    "tickets.csv", "ticket_id;opened;closed;tool\nt1;2024-01-01 08:00:00;2024-01-01T10:00:00+01:00;\"Tool; x\"\n",
    "changes.csv", "date,scope,kind,title\n2024-01-01T10:00:00Z,,metric_definition,New count\n",
    "capacity.csv", "team;date;available_hours;planned_hours\nA;2024-01-01;37,5;1e2\n");
  g_assert_no_error(error);
  assert_problems(intake, "");
  assert_rows(intake, FILE_PEOPLE, "employee_number=00123 first_name==cmd() fte=0.8 employment_status=leave primary=yes {\"Grade\":\"7\"}\n");
  assert_rows(intake, FILE_SKILLS, "skill_id=s1 name=Skill aliases=b;a half_life_months=12 \n");
  assert_rows(intake, FILE_TICKETS, "ticket_id=t1 opened=2024-01-01T08:00:00.000000Z closed=2024-01-01T09:00:00.000000Z tool=Tool; x \n");
  assert_rows(intake, FILE_CHANGES, "date=2024-01-01 kind=metric definition title=New count \n");
  assert_rows(intake, FILE_CAPACITY, "team=A date=2024-01-01 available_hours=37.5 planned_hours=100 \n");
}

static void test_bad_cells(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *longer = g_strnfill(201, 'x'), *skills = g_strdup_printf("skill_id,name\n%s,A\ns\x01,B\ns2,C\x02\n1.23E+05,D\n,E\ns6,\ns7,\"two\nlines\"\n", longer);
  g_autoptr(intake_auto) intake = READ("skills.csv", skills,
    "jobs.csv", "job_title,skill_id,level,importance\nDev,s7,6,1\nDev,s7,NaN,1\nDev,s7,1e308,1\nDev,s7,inf,1\nDev,s7,3,85%\nDev,s7,\"1,5\",1\nDev,s7,5,0.85\n",
    "changes.csv", "date,scope,kind,title\n31.02.2024,,tool,T\n2024-02-30,,tool,T\n2024-02-01,,magic,T\n2024-02-01,,Tool,<script>\n",
    "programmes.csv", "programme_id,title,active\np,P,perhaps\n",
    "work_log.csv", "process,case_id,activity,start,end\np,1,a,2024-01-02,2024-01-01\np,1,a,yesterday,\n",
    "workforce.csv", "month,skill_id,job_title,demand\n2024-01-01,,,5\n");
  g_assert_no_error(error);
  g_autofree char *shown = g_strdup_printf(
    "skills.csv:2: skill_id \"%.60s…\" is longer than 200 bytes; shorten it\n"
    "skills.csv:3: skill_id \"s \" holds control characters; remove them\n"
    "skills.csv:4: name \"C \" holds control characters; remove them\n"
    "skills.csv:5: skill_id \"1.23E+05\" is a number that a spreadsheet shortened; format the column as text in the spreadsheet and export again\n"
    "skills.csv:6: skill_id is empty, but every row needs it; fill it in\n"
    "skills.csv:7: name is empty, but every row needs it; fill it in\n"
    "jobs.csv:2: level \"6\" is not between 0 and 5; correct it\n"
    "jobs.csv:3: level \"NaN\" is not a number; write a plain decimal number\n"
    "jobs.csv:4: level \"1e308\" is not between 0 and 5; correct it\n"
    "jobs.csv:5: level \"inf\" is not a number; write a plain decimal number\n"
    "jobs.csv:6: importance \"85%%\" is not a number; write it without %%; a mapping can divide it by 100\n"
    "jobs.csv:7: level \"1,5\" is not a number; write a decimal point and no thousands separators\n"
    "changes.csv:2: date \"31.02.2024\" is not a date; write it as YYYY-MM-DD, or name its form in a mapping (format: DD.MM.YYYY)\n"
    "changes.csv:3: date \"2024-02-30\" is not a date; write it as YYYY-MM-DD, or name its form in a mapping (format: DD.MM.YYYY)\n"
    "changes.csv:4: kind \"magic\" is none of other, reorganisation, tool, price, policy, metric definition; write one of them, or let a mapping translate it (values: …)\n"
    "programmes.csv:2: active \"perhaps\" is neither yes nor no; write yes or no\n"
    "work_log.csv:3: start \"yesterday\" is not a date and time; write it as YYYY-MM-DDThh:mm:ssZ\n"
    "work_log.csv:2: end \"2024-01-01T00:00:00.000000Z\" is before start; correct one of the two\n"
    "workforce.csv:2: skill_id is empty; give skill_id or job_title", longer);
  assert_problems(intake, shown);
  g_assert_cmpuint(intake->bad_rows, ==, 19);
  assert_rows(intake, FILE_SKILLS, "skill_id=s7 name=two\nlines \n");
  assert_rows(intake, FILE_JOBS, "job_title=Dev skill_id=s7 level=5 importance=0.85 \n");
  assert_rows(intake, FILE_CHANGES, "date=2024-02-01 kind=tool title=<script> \n");
}

static void test_duplicates(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ(
    "skills.csv", "skill_id,name,x\na,A,1\na,A,1\na,A,1\na,B,1\nb,B,\n",
    "people.csv", "employee_number\n1\n",
    "results.csv", "employee_number,skill_id,date,score,kind\n1,a,2024-01-01,0.5,\n1,a,2024-01-01,0.5,assessment\n1,b,2024-01-01,0.5,\n1,a,2024-01-01,0.7,\n");
  g_assert_no_error(error);
  assert_problems(intake, "skills.csv:5: skill_id \"a\" stands in line 2 too, with other cells; keep one of the two rows");
  assert_warnings(intake, "skills.csv:3: skill_id \"a\" repeats line 2 word for word; it and any like it count once");
  g_assert_cmpuint(intake->bad_rows, ==, 1);
  g_assert_cmpuint(intake->repeated, ==, 2);
  assert_rows(intake, FILE_SKILLS, "skill_id=a name=A {\"x\":\"1\"}\nskill_id=b name=B \n");
  const struct row_set *results = intake->sets[FILE_RESULTS];
  g_assert_cmpuint(results->count, ==, 4);
  const uint32_t expected[] = { 0, 1, 0, 2 };
  g_assert_cmpmem(results->nth, sizeof expected, expected, sizeof expected);
}

static void test_told_apart(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ(
    "pulse.csv", "date,question_id,team,respondent,answer\n2024-01-01,q,A,,3\n2024-01-01,q,A,,3\n2024-01-01,q,A,x,3\n2024-01-01,q,B,,3\n2024-01-01,q,A,,5\n",
    "work_log.csv", "process,case_id,activity,start,end\np,1,review,2024-01-01,2024-01-02\np,1,review,2024-01-01,2024-01-03\np,2,review,2024-01-01,\np,2,review,2024-01-01,\n");
  g_assert_no_error(error);
  assert_problems(intake, "");
  assert_rows(intake, FILE_PULSE, "date=2024-01-01 question_id=q team=A respondent=#1 answer=3 \ndate=2024-01-01 question_id=q team=A respondent=#2 answer=3 \n"
    "date=2024-01-01 question_id=q team=A respondent=x answer=3 \ndate=2024-01-01 question_id=q team=B respondent=#1 answer=3 \n"
    "date=2024-01-01 question_id=q team=A respondent=#3 answer=5 \n");
  assert_rows(intake, FILE_WORK_LOG, "process=p case_id=1 activity=review start=2024-01-01T00:00:00.000000Z end=2024-01-02T00:00:00.000000Z \n"
    "process=p case_id=1 activity=review start=2024-01-01T00:00:00.000001Z end=2024-01-03T00:00:00.000000Z \n"
    "process=p case_id=2 activity=review start=2024-01-01T00:00:00.000000Z \n");
}

static void test_periods(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("workforce.csv", "month,job_title,demand\n2024-02,Dev,5\n2024-13,Dev,5\n",
    "capacity.csv", "team,date,available_hours\nA,2024-W01,1\nA,2021-W01,1\nA,2020-W53,1\nA,2026-W10,1\nA,2024-W54,1\nA,2021-W53,1\nA,2021-W00,1\n",
    "objectives.csv", "objective_id,owner,title,due\no,A,T,2024-02\n");
  g_assert_no_error(error);
  assert_rows(intake, FILE_WORKFORCE, "month=2024-02-01 job_title=Dev demand=5 \n");
  assert_rows(intake, FILE_CAPACITY, "team=A date=2024-01-01 available_hours=1 \nteam=A date=2021-01-04 available_hours=1 \n"
    "team=A date=2020-12-28 available_hours=1 \nteam=A date=2026-03-02 available_hours=1 \n");
  g_assert_cmpuint(intake->bad_rows, ==, 5);
}

static void test_memberships(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("people.csv",
    "employee_number,last_name,team,manager,start_date,primary,employment_status,termination_date\n"
    "2,Old,A,1,2020-01-01,,,2021-01-01\n"         /* left, */
    "1,Boss,A,,2010-01-01,,,\n"
    "2,New,A,3,2022-01-01,,,\n"                   /* came back, */
    "3,C,B,1,2020-01-01,,terminated,\n"
    "2,Old,B,3,2021-06-01,yes,,\n"                /* and has a second team, the primary one */
    "3,C,B,1,2020-01-01,,terminated,\n"
    "4,D,B,1,2020-01-01,,,2019-01-01\n");
  g_assert_no_error(error);
  assert_problems(intake, "people.csv:8: termination_date \"2019-01-01\" is before start_date; correct one of the two");
  assert_warnings(intake,
    "people.csv:7: employee_number \"3\" repeats line 5 word for word; it and any like it count once\n"
    "people.csv:2: last_name \"Old\" differs from \"New\" in line 4, the newest row of 2, which is taken\n"
    "people.csv:5: termination_date is empty, but the person is terminated; the day of the import counts as the end");
  const struct row_set *people = intake->sets[FILE_PEOPLE];
  g_assert_cmpuint(people->count, ==, 5);
  const uint32_t expected[] = { 4, 2, 0, 1, 3 };
  g_assert_cmpmem(people->by_person, sizeof expected, expected, sizeof expected);
  for (uint32_t i = 0; i < 3; i++) g_assert_cmpstr(row_text(people, "last_name", people->by_person[i]), ==, "New");
}

static void test_managers(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ(
    "people.csv", "employee_number,manager\n10,11\n11,12\n12,10\n20,20\n21,99\n22,1001.0\n23,10\n24,23\n1001,\n30,24\n",
    "skills.csv", "skill_id,name,broader\na,A,b\nb,B,a\nc,C,a\nd,D,zz\n",
    "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\ng,G,days,down,10,5,3,2025-01-01\nh,H,days,down,30,5,3,2025-01-01\n",
    "kpis.csv", "goal_id,team,date,value\ng,,2024-01-01,1\nh,,2024-01-01,1\n");
  g_assert_no_error(error);
  assert_problems(intake,
    "people.csv:2: manager \"11\" leads back to the person: 10 → 11 → 12 → 10; correct one of these managers\n"
    "people.csv:3: manager \"12\" leads back to the person: 10 → 11 → 12 → 10; correct one of these managers\n"
    "people.csv:4: manager \"10\" leads back to the person: 10 → 11 → 12 → 10; correct one of these managers\n"
    "skills.csv:2: broader \"b\" leads back to itself: a → b → a; correct one of these rows\n"
    "skills.csv:3: broader \"a\" leads back to itself: a → b → a; correct one of these rows\n"
    "goals.csv:2: owner \"10\" is in no good row of people.csv and not known; add it to people.csv, or correct it\n"
    "kpis.csv:2: goal_id \"g\" is in no good row of goals.csv and not known; add it to goals.csv, or correct it");
  assert_warnings(intake,
    "people.csv:5: manager \"20\" is the person; no manager is recorded\n"
    "people.csv:6: manager \"99\" is nobody's employee number; no manager is recorded\n"
    "people.csv:7: manager \"1001.0\" is nobody's employee number; no manager is recorded; a script seems to have turned whole numbers into decimals\n"
    "people.csv:8: manager \"10\" is nobody's employee number; no manager is recorded\n"
    "skills.csv:4: broader \"a\" is in no skills.csv so far; it is taken as it is named\n"
    "skills.csv:5: broader \"zz\" is in no skills.csv so far; it is taken as it is named");
  assert_rows(intake, FILE_PEOPLE, "employee_number=20 \nemployee_number=21 \nemployee_number=22 \nemployee_number=23 \nemployee_number=24 manager=23 \n"
    "employee_number=1001 \nemployee_number=30 manager=24 \n");
  assert_rows(intake, FILE_KPIS, "goal_id=h date=2024-01-01 value=1 \n");
}

struct asked { unsigned calls; };
static bool known(void *data, enum file_id id, const char *key) {
  ((struct asked *)data)->calls++;
  return (id == FILE_PEOPLE && strcmp(key, "7") == 0) || (id == FILE_SKILLS && strcmp(key, "old") == 0);
}

static void test_references(void) {
  struct asked asked = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(&(struct intake_known){ known, &asked }, &error,
    "results.csv", "employee_number,skill_id,date,score\n7,old,2024-01-01,0.5\n7,new,2024-01-01,0.5\n8,old,2024-01-01,0.5\n7,new,2024-01-02,0.5\n7,old,2024-01-02,0.5\n",
    "people.csv", "employee_number,manager\n9,7\n",
    "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,skills\ng,G,days,down,9,5,3,2025-01-01,old;newer\n", NULL);
  g_assert_no_error(error);
  assert_problems(intake, "results.csv:4: employee_number \"8\" is in no good row of people.csv and not known; add it to people.csv, or correct it");
  assert_warnings(intake, "goals.csv:2: skills \"newer\" is in no skills.csv so far; it is taken as it is named\n"
    "results.csv:3: skill_id \"new\" is in no skills.csv so far (2 rows); it is taken as it is named");
  g_assert_cmpuint(intake->sets[FILE_RESULTS]->count, ==, 4);
  g_assert_cmpuint(asked.calls, ==, 7); /* once per file, column and distinct key */
}

static void test_many_problems(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) text = g_string_new("skill_id,name\n");
  for (int i = 0; i < 2500; i++) g_string_append_printf(text, "s%d,%s\n", i, i % 2 ? "" : "x");
  g_autoptr(intake_auto) intake = READ("skills.csv", text->str);
  g_assert_no_error(error);
  g_assert_cmpuint(intake->problems.list->len, ==, 1000);
  g_assert_cmpuint(intake->problems.total, ==, 1250);
  g_assert_cmpuint(intake->bad_rows, ==, 1250);
  g_assert_cmpuint(intake->sets[FILE_SKILLS]->count, ==, 1250);
  g_autofree char *shown = intake_problems_text(&intake->problems, 1);
  g_assert_cmpstr(shown, ==, "skills.csv:3: name is empty, but every row needs it; fill it in\nand 1249 more");
}

/* One person with very many rows, and a long chain and ring of managers: no quadratic walk, no deep recursion. */
static void test_large_shapes(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) text = g_string_new("employee_number,team,manager\n");
  for (int i = 0; i < 50000; i++) g_string_append_printf(text, "1,t%d,\n", i);
  for (int i = 2; i < 50000; i++) g_string_append_printf(text, "%d,t,%d\n", i, i - 1);
  for (int i = 0; i < 3000; i++) g_string_append_printf(text, "r%d,t,r%d\n", i, (i + 1) % 3000);
  g_autoptr(intake_auto) intake = READ("people.csv", text->str);
  g_assert_no_error(error);
  g_assert_cmpuint(intake->bad_rows, ==, 3000);
  g_assert_cmpuint(intake->sets[FILE_PEOPLE]->count, ==, 99998);
}

static void test_composed_names(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("people.csv", "employee_number,team\n1,Mu\xCC\x88ller\n2,M\xC3\xBCller\n3,\xC2\xA0M\xC3\xBCller \n");
  g_assert_no_error(error);
  const struct row_set *people = intake->sets[FILE_PEOPLE];
  for (uint32_t row = 0; row < 3; row++) g_assert_true(row_text(people, "team", row) == row_text(people, "team", 0));
  g_assert_cmpstr(row_text(people, "team", 0), ==, "Müller");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/rows/types", test_types);
  g_test_add_func("/intake/rows/bad-cells", test_bad_cells);
  g_test_add_func("/intake/rows/duplicates", test_duplicates);
  g_test_add_func("/intake/rows/told-apart", test_told_apart);
  g_test_add_func("/intake/rows/periods", test_periods);
  g_test_add_func("/intake/rows/memberships", test_memberships);
  g_test_add_func("/intake/rows/managers", test_managers);
  g_test_add_func("/intake/rows/references", test_references);
  g_test_add_func("/intake/rows/many-problems", test_many_problems);
  g_test_add_func("/intake/rows/large-shapes", test_large_shapes);
  g_test_add_func("/intake/rows/composed-names", test_composed_names);
  return g_test_run();
}
