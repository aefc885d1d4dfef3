/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mapping: its schema with places, what each of its words does to rows, and what is guessed where there is none. */
#include "intake/test-files.h"

#define HEAD "tables:\n  - file: s.csv\n    as: people.csv\n"

static void test_schema(void) {
  static const struct { const char *yaml, *error; } cases[] = {
    { "tables: []\n", "m.yaml:1:9: a mapping has a list \"tables\"" },
    { "table: []\n", "m.yaml:1:1: " },
    { HEAD "    colums: {}\n", "m.yaml:4:5: " },
    { "tables:\n  - file: s.csv\n    as: staff.csv\n", "m.yaml:3:9: \"staff.csv\" is none of the canonical tables" },
    { "tables:\n  - file: s.csv\n    as: sources/*.md\n", "m.yaml:3:9: " },
    { HEAD, "m.yaml:2:5: a table needs \"columns\"" },
    { HEAD "    columns: { first_name: a }\n", "m.yaml:2:5: people.csv needs the column employee_number" },
    { HEAD "    columns: { employee_number: a, shoe_size: b }\n", "m.yaml:4:47: people.csv has no column \"shoe_size\"" },
    { HEAD "    columns: { employee_number: \"{a\" }\n", "m.yaml:4:33: \"{a\" opens a {" },
    { HEAD "    columns: { employee_number: { divide: 2 } }\n", "m.yaml:4:33: employee_number needs \"from\"" },
    { HEAD "    columns: { employee_number: a, fte: { from: b, divide: 0 } }\n", "m.yaml:4:60: \"divide\" takes a number other than 0" },
    { HEAD "    columns: { employee_number: a, fte: { from: b, divide: 1e400 } }\n", "m.yaml:4:60: \"divide\"" },
    { HEAD "    columns: { employee_number: a, fte: { from: b, values: { x: 3 } } }\n", "m.yaml:4:65: fte \"3\" is not between 0 and 2" },
    { HEAD "    columns: { employee_number: a, fte: { from: b, format: D.M.YYYY } }\n", "m.yaml:4:60: \"format\" is for dates" },
    { HEAD "    columns: { employee_number: a, start_date: { from: b, format: DD.MM.YY } }\n", "m.yaml:4:67: \"DD.MM.YY\" is no form of a date" },
    { HEAD "    columns: { employee_number: a, start_date: { from: b, days_after: { A: 2020-01-01 } } }\n", "m.yaml:4:71: \"days_after\" needs \"by\"" },
    { HEAD "    columns: { employee_number: a, start_date: { from: b, days_after: { by: t, A: soon } } }\n", "m.yaml:4:83: \"soon\" is not a date" },
    { HEAD "    columns: { employee_number: a }\n    constants: { employment_status: sleeping }\n", "m.yaml:5:37: employment_status \"sleeping\" is none of active, leave, terminated" },
    { HEAD "    columns: { employee_number: a }\n    constants: { employee_number: 7 }\n", "m.yaml:5:35: employee_number stands in \"columns\" too" },
    { HEAD "    columns: { employee_number: a }\n    encoding: morse\n", "m.yaml:5:15: the encoding \"morse\" is not known" },
    { HEAD "    columns: { employee_number: a }\n    delimiter: pipe\n", "m.yaml:5:16: the delimiter is comma, semicolon or tab" },
    { HEAD "    columns: { employee_number: a }\n    skip_rows: [0]\n", "m.yaml:5:16: \"skip_rows\" takes row numbers" },
    { HEAD "    columns: { employee_number: a }\n    join: { file: b.csv }\n", "m.yaml:5:11: \"join\" takes a list" },
    { HEAD "    columns: { employee_number: a }\n    join: [{ file: b.csv, take: [c] }]\n", "m.yaml:5:12: a join needs \"on\"" },
    { HEAD "    columns: { employee_number: a }\n    aggregate: { fte: mean }\n", "m.yaml:5:16: \"aggregate\" needs \"by\"" },
    { HEAD "    columns: { employee_number: a }\n    aggregate: { by: [employee_number], fte: mean }\n", "m.yaml:2:5: fte is aggregated, but" },
    { HEAD "    columns: { employee_number: a, fte: b }\n    aggregate: { by: [employee_number], fte: median }\n", "m.yaml:5:46: fte is aggregated by mean, sum or count" },
    { HEAD "    columns: { employee_number: a, team: b }\n    aggregate: { by: [employee_number], team: mean }\n", "m.yaml:5:47: team is no number" },
    { "tables:\n  - &a { file: b }\n", "m.yaml:2:5: " },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(mapping_auto) mapping = mapping_parse("m.yaml", cases[i].yaml, strlen(cases[i].yaml), &error);
    g_assert_null(mapping);
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    if (!g_str_has_prefix(error->message, cases[i].error)) {
      g_test_message("expected %s, got %s", cases[i].error, error->message);
      g_test_fail();
    }
  }
}

static void test_words(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(NULL, &error,
    "import.yaml", HEAD
    "    skip_rows: [1, 3]\n    empty: [NA]\n"
    "    join:\n      - { file: units.csv, on: { Unit: id }, take: { name: unit_name } }\n      - { file: sites.csv, on: [unit_name], take: [city] }\n"
    "    columns:\n      employee_number: \"Worker ID\"\n      team: \"{unit_name} ({Shift})\"\n      location: city\n"
    "      manager: { from: Boss, empty: [NO_MGR] }\n      fte: { from: Hours, divide: 40 }\n"
    "      employment_status: { from: Status, values: { A: active, T: terminated } }\n"
    "      start_date: { from: Hired, format: DD.MM.YYYY }\n"
    "      termination_date: { from: Left, days_after: { by: Term, S: 2024-02-01, W: 2024-10-01 } }\n"
    "    constants: { primary: yes }\n    keep: [Grade]\n    skip_when: { Status: [X, \"\"], unit_name: Ghosts }\n",
    "s.csv", "Staff list;;;;;;;;;;\nWorker ID;Unit;Shift;Boss;Hours;Status;Hired;Left;Term;Grade;Secret\nNumber;unit;;;;;;;;;\n"
    "1;u1;day;NO_MGR;40;A;01.02.2020;NA;S;G1;s\n"
    "2;u1;;1;20,5;T;28.02.2021;-3;W;;s\n"
    "3;u1;day;1;40;X;;;;;\n"
    "4;u3;day;1;40;A;;;;;\n",
    "units.csv", "id,name\nu1,Sales\nu1,Sales\nu3,Ghosts\n",
    "sites.csv", "unit_name,city\nSales,Ulm\nGhosts,Nowhere\n", NULL);
  g_assert_no_error(error);
  assert_problems(intake, "");
  assert_rows(intake, FILE_PEOPLE,
    "employee_number=1 team=Sales (day) location=Ulm fte=1 employment_status=active start_date=2020-02-01 primary=yes {\"Grade\":\"G1\"}\n"
    "employee_number=2 team=Sales () location=Ulm manager=1 fte=0.5125 employment_status=terminated start_date=2021-02-28 termination_date=2024-09-28 primary=yes \n");
  g_assert_cmpuint(intake->seen[1].rows, ==, 4);
  g_assert_cmpint(intake->seen[1].role, ==, INTAKE_BY_MAPPING);
  g_assert_cmpint(intake->seen[2].role, ==, INTAKE_PARTNER);
  g_assert_cmpstr(intake->seen[1].unused[0], ==, "Secret");
  g_assert_null(intake->seen[1].unused[1]);
}

static void test_bad_rows(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(NULL, &error,
    "import.yaml", HEAD "    join: [{ file: u.csv, on: unit, take: [name] }]\n"
    "    columns:\n      employee_number: id\n      team: name\n      fte: { from: h, divide: 40 }\n"
    "      employment_status: { from: st, values: { A: active } }\n      start_date: { from: d, days_after: { by: t, S: 2024-02-01 } }\n",
    "s.csv", "id,unit,h,st,d,t\n1,u1,40,A,5,S\n2,u9,40,A,5,S\n3,u1,400,A,5,S\n4,u1,40,B,5,S\n5,u1,40,A,5,W\n6,u1,40,A,x,S\n7,u1,many,A,5.5,S\n,u1,40,A,,\n9,u1\n",
    "u.csv", "unit,name\nu1,Sales\nu1,Service\n", NULL);
  g_assert_no_error(error);
  assert_problems(intake,
    "u.csv:3: unit \"u1\" stands in an earlier row with other cells; keep one of the rows\n"
    "s.csv:3: unit \"u9\" is not in u.csv; add the row there, or leave this one out with skip_when\n"
    "s.csv:4: fte \"400\" is not between 0 and 2; correct it\n"
    "s.csv:5: employment_status \"B\" is none of the values that the mapping knows; add it to the values, or leave the row out with skip_when\n"
    "s.csv:6: start_date \"5\" counts from t \"W\", for which the mapping has no day; add its first day to days_after\n"
    "s.csv:7: start_date \"x\" is not a whole number of days; correct it\n"
    "s.csv:8: fte \"many\" is not a number; correct it\n"
    "s.csv:8: start_date \"5.5\" is not a whole number of days; correct it\n"
    "s.csv:9: employee_number is empty, but every row needs it; fill it in\n"
    "s.csv:10: the row has 2 cells, the header 6; is a delimiter in a text without quotes, or a cell missing?");
  g_assert_cmpuint(intake->bad_rows, ==, 9);
  g_assert_false(intake->blocked);
  g_assert_cmpuint(intake->sets[FILE_PEOPLE]->count, ==, 1);
}

static bool every_goal(void *data, enum file_id id, const char *key) { return id == FILE_GOALS && (!key || strcmp(key, "pass") == 0); }

static void test_aggregate(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(&(struct intake_known){ every_goal, NULL }, &error,
    "import.yaml", "tables:\n  - file: r.csv\n    as: kpis.csv\n"
    "    columns: { team: t, date: { from: p, values: { a: 2024-01-01, b: 2024-02-01 } }, value: { from: res, values: { Pass: 1, Fail: 0 } } }\n"
    "    constants: { goal_id: pass }\n    aggregate: { by: [goal_id, team, date], value: mean, exposure: count }\n"
    "  - file: r.csv\n    as: skills.csv\n    columns: { skill_id: t, name: t }\n    aggregate: { by: [skill_id, name] }\n",
    "r.csv", "t,p,res\nx,a,Pass\ny,a,Fail\nx,a,Fail\nx,b,Pass\nx,a,Pass\nx,a,Odd\n", NULL);
  g_assert_no_error(error);
  assert_rows(intake, FILE_KPIS, "goal_id=pass team=x date=2024-01-01 value=0.666666666667 exposure=3 \n"
    "goal_id=pass team=y date=2024-01-01 value=0 exposure=1 \ngoal_id=pass team=x date=2024-02-01 value=1 exposure=1 \n");
  assert_rows(intake, FILE_SKILLS, "skill_id=x name=x \nskill_id=y name=y \n");
  g_assert_cmpuint(intake->bad_rows, ==, 1);
  g_assert_cmpuint(intake->sets[FILE_KPIS]->line[2], ==, 5);
}

static void check_fails(const char *yaml, const char *csv, const char *expected) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(NULL, &error, "import.yaml", yaml, "s.csv", csv, NULL);
  g_assert_null(intake);
  if (!g_str_has_prefix(error->message, expected)) g_test_message("%s", error->message);
  g_assert_true(g_str_has_prefix(error->message, expected));
}

static void test_against_file(void) {
  check_fails(HEAD "    columns: { employee_number: nr }\n", "id,name\n1,x\n", "import.yaml:4:33: s.csv has no column \"nr\"; it has id, name");
  check_fails(HEAD "    columns: { employee_number: id }\n    skip_when: { x: y }\n", "id\n1\n", "import.yaml:5:21: s.csv has no column \"x\"");
  check_fails(HEAD "    columns: { employee_number: id }\n    join: [{ file: u.csv, on: id, take: [a] }]\n", "id\n1\n", "import.yaml:5:12: u.csv, which this joins, is not among the files");
  check_fails(HEAD "    columns: { employee_number: id }\n    join: [{ file: s.csv, on: id, take: [id] }]\n", "id\n1\n", "import.yaml:5:42: \"id\" is a column already");
}

/* Then id, choice, id, choice …, NULL. */
static struct mapping_guess *guess(const char *name, const char *text, ...) G_GNUC_NULL_TERMINATED;
static struct mapping_guess *guess(const char *name, const char *text, ...) {
  g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
  g_autoptr(table_file_auto) file = table_open(name, 0, bytes, NULL, NULL);
  g_autoptr(GHashTable) answers = g_hash_table_new(g_str_hash, g_str_equal);
  va_list list;
  va_start(list, text);
  for (char *id; (id = va_arg(list, char *));) g_hash_table_insert(answers, id, va_arg(list, char *));
  va_end(list);
  return mapping_guess(file, answers);
}

static void test_guess_sure(void) {
  g_autoptr(mapping_guess_auto) draft = guess("out/Report.csv",
    "Headcount;;;;;\nWorker ID;Legal Last Name;Reports To;Hire Date;Worker Status;Business Title\n"
    "W1;A;NO_MGR;31.01.2020;Active;CEO\nW2;B;W1;01.02.2020;On Leave;Dev\n", NULL);
  g_assert_cmpuint(draft->questions->len, ==, 0);
  g_assert_cmpfloat(draft->sure, ==, 1);
  g_assert_cmpstr(draft->yaml, ==,
    "tables:\n  - file: \"Report.csv\"\n    as: people.csv\n    skip_rows: [1]\n    empty: [\"NO_MGR\"]\n    columns:\n"
    "      employee_number: \"Worker ID\"\n      last_name: \"Legal Last Name\"\n      job_title: \"Business Title\"\n      manager: \"Reports To\"\n"
    "      employment_status: { from: \"Worker Status\", values: { \"Active\": \"active\", \"On Leave\": \"leave\" } }\n"
    "      start_date: { from: \"Hire Date\", format: \"D.M.YYYY\" }\n");
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(NULL, &error, "import.yaml", draft->yaml, "Report.csv",
    "Headcount;;;;;\nWorker ID;Legal Last Name;Reports To;Hire Date;Worker Status;Business Title\n"
    "W1;A;NO_MGR;31.01.2020;Active;CEO\nW2;B;W1;01.02.2020;On Leave;Dev\n", NULL);
  g_assert_no_error(error);
  assert_rows(intake, FILE_PEOPLE, "employee_number=W1 last_name=A job_title=CEO employment_status=active start_date=2020-01-31 \n"
    "employee_number=W2 last_name=B job_title=Dev manager=W1 employment_status=leave start_date=2020-02-01 \n");
}

#define STAFF "USERID,Manager,Boss No,Hire Date,Status,FTE\nUser ID,Manager,Boss,Hire Date,Status,FTE\n1,Ann Lee,,03/04/2020,Active,80\n2,Bo Li,1,05/06/2021,Zombie,100\n"

static void test_guess_asks(void) {
  g_autoptr(mapping_guess_auto) people = guess("hr.csv",
    STAFF, NULL);
  const char *expected[] = { "\"Manager\" seems to hold names", "Is \"FTE\" a percentage", "What does \"Zombie\"", "How does \"Hire Date\" write dates such as 03/04/2020?" };
  g_assert_true(people->as == &formats[FILE_PEOPLE]);
  g_assert_nonnull(strstr(people->yaml, "skip_rows: [2]"));
  g_assert_cmpuint(people->questions->len, ==, G_N_ELEMENTS(expected));
  for (unsigned i = 0; i < people->questions->len; i++) {
    const struct mapping_question *question = people->questions->pdata[i];
    g_assert_true(g_str_has_prefix(question->text, expected[i]));
  }
  const struct mapping_question *dates = people->questions->pdata[3];
  g_assert_cmpstr(dates->choices[0], ==, "M/D/YYYY");
  g_assert_cmpstr(dates->choices[1], ==, "D/M/YYYY");
  g_assert_cmpfloat(people->sure, <, 0.8);

  g_autoptr(mapping_guess_auto) scores = guess("x.csv", "Learner ID,Course Module,Grade,Completion Date\n1,a,85,2024-01-01\n", NULL);
  g_assert_true(scores->as == &formats[FILE_RESULTS]);
  g_assert_nonnull(strstr(scores->yaml, "score: { from: \"Grade\", divide: 100 }"));
  const struct mapping_question *missing = scores->questions->pdata[0];
  g_assert_cmpstr(missing->column, ==, "skill_id");
  g_assert_cmpstr(missing->choices[0], ==, "Course Module");

  g_autoptr(mapping_guess_auto) nothing = guess("y.csv", "lat,lon\n1,2\n", NULL);
  g_assert_null(nothing->as);
  g_assert_cmpuint(nothing->questions->len, ==, 1);
}

static void test_guess_answered(void) {
  g_autoptr(mapping_guess_auto) draft = guess("hr.csv", STAFF, "manager", "Boss No", "start_date.format", "D/M/YYYY",
    "employment_status.Zombie", "terminated", "fte.percent", "yes", NULL);
  g_assert_cmpuint(draft->questions->len, ==, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = read_files(NULL, &error, "import.yaml", draft->yaml, "hr.csv", STAFF, NULL);
  g_assert_no_error(error);
  assert_problems(intake, "");
  assert_rows(intake, FILE_PEOPLE, "employee_number=1 fte=0.8 employment_status=active start_date=2020-04-03 \n"
    "employee_number=2 manager=1 fte=1 employment_status=terminated start_date=2021-06-05 \n");

  g_autoptr(mapping_guess_auto) other = guess("x.csv", "a,b\n1,One\n", "as", "skills.csv", "skill_id", "a", "name", "b", NULL);
  g_assert_cmpuint(other->questions->len, ==, 0);
  g_assert_cmpstr(other->yaml, ==, "tables:\n  - file: \"x.csv\"\n    as: skills.csv\n    columns:\n      skill_id: \"a\"\n      name: \"b\"\n");
}

static void test_numbers(void) {
  static const struct { const char *text; bool comma; double number; } good[] = { { "1", false, 1 }, { "-0.5", false, -0.5 }, { "+2", false, 2 },
    { "0,5", true, 0.5 }, { ".5", false, 0.5 }, { "5.", false, 5 }, { "1e3", false, 1000 }, { "0.1", false, 0.1 }, { "123456789012345678", false, 123456789012345678.0 },
    { "0.30000000000000004", false, 0.30000000000000004 }, { "99.99", false, 99.99 }, { "1e308", false, 1e308 } };
  static const char *const bad[] = { "", "-", ".", "1,5", "1e", "1e999", "nan", "inf", "0x10", "1 000", "1.2.3", "12a", "--1", "1e5x" };
  double number;
  for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
    g_assert_true(cell_parse_number(good[i].text, good[i].comma, &number));
    g_assert_true(number == good[i].number);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) g_assert_false(cell_parse_number(bad[i], false, &number));
}

static void test_dates(void) {
  static const struct { const char *text, *format, *day; } cases[] = { { "31.12.2020", "DD.MM.YYYY", "2020-12-31" }, { "1.2.2020", "D.M.YYYY", "2020-02-01" },
    { "3/4/2020 12:00:00 AM", "M/D/YYYY", "2020-03-04" }, { "01-Mar-2021", "DD-MMM-YYYY", "2021-03-01" }, { "20200229", "YYYYMMDD", "2020-02-29" },
    { "29.02.2021", "DD.MM.YYYY", NULL }, { "1.2.20", "D.M.YYYY", NULL }, { "1.2.2020x", "D.M.YYYY", NULL }, { "01-Xyz-2021", "DD-MMM-YYYY", NULL } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    int32_t day;
    char text[CLOCK_TEXT];
    g_assert_true(cell_format_valid(cases[i].format));
    bool fine = cell_parse_date(cases[i].text, cases[i].format, &day);
    g_assert_cmpstr(fine ? clock_format_day(day, text) : NULL, ==, cases[i].day);
  }
  g_assert_false(cell_format_valid("MM/DD"));
  g_assert_false(cell_format_valid("YYYY-MM-DD hh"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/mapping/schema", test_schema);
  g_test_add_func("/intake/mapping/words", test_words);
  g_test_add_func("/intake/mapping/bad-rows", test_bad_rows);
  g_test_add_func("/intake/mapping/aggregate", test_aggregate);
  g_test_add_func("/intake/mapping/against-file", test_against_file);
  g_test_add_func("/intake/mapping/guess-sure", test_guess_sure);
  g_test_add_func("/intake/mapping/guess-asks", test_guess_asks);
  g_test_add_func("/intake/mapping/guess-answered", test_guess_answered);
  g_test_add_func("/intake/mapping/numbers", test_numbers);
  g_test_add_func("/intake/mapping/dates", test_dates);
  return g_test_run();
}
