/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole door: what a file is taken for, documents, files that cannot be read, and hostile ones. */
#include "intake/test-files.h"
#include "base/limits.h"

#define READ(...) read_files(NULL, &error, __VA_ARGS__, NULL)
#define PEOPLE "employee_number,team,start_date\n1,A,2020-01-01\n"

static struct intake *read_bytes(const char *name, const char *bytes, size_t length) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) data = g_bytes_new_static(bytes, length);
  struct intake *intake = intake_read(&(struct intake_file){ name, data }, 1, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error(error);
  return intake;
}

static void test_roles(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("hr/People.CSV", PEOPLE, "kpis (1).csv", "Goal ID;Date;Value\n", "sources/a.md", "Text\n",
    "truth.json", "{\"a\":1}", "photo.png", "x", "plan.xlsx", "x", "numbers.csv", "lat,lon\n1,2\n",
    "export.json", "[{\"actor\":{\"mbox\":\"mailto:a@x\"},\"verb\":{\"id\":\"v\"},\"object\":{\"id\":\"o\"}}]");
  g_assert_no_error(error);
  static const enum intake_role roles[] = { INTAKE_BY_NAME, INTAKE_BY_HEADER, INTAKE_SOURCE, INTAKE_UNKNOWN, INTAKE_UNKNOWN, INTAKE_UNKNOWN,
    INTAKE_UNKNOWN, INTAKE_STATEMENTS };
  for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) g_assert_cmpint(intake->seen[i].role, ==, roles[i]);
  g_assert_true(intake->seen[1].as[0] == &formats[FILE_KPIS]);
  g_assert_cmpint(intake->seen[1].delimiter, ==, ';');
  g_assert_nonnull(intake->seen[6].guess);
  g_assert_false(intake->blocked);
  assert_problems(intake, "");
  assert_warnings(intake,
    "truth.json: is not recognised and left out; Meno reads CSV tables, xAPI statements (.json, .jsonl) and sources (.md, .txt, .html)\n"
    "photo.png: is not recognised and left out; Meno reads CSV tables, xAPI statements (.json, .jsonl) and sources (.md, .txt, .html)\n"
    "plan.xlsx: is not recognised and left out; save its sheets as CSV (UTF-8)\n"
    "numbers.csv: is not recognised and left out; a mapping (import.yaml) says which columns it has");
}

static void test_nothing_recognised(void) {
  g_autoptr(intake_auto) intake = read_bytes("staff.csv", "Worker ID,Team\n1,A\n", 19);
  g_assert_true(intake->blocked);
  assert_problems(intake, "staff.csv: is not recognised and left out; a mapping (import.yaml) says which columns it has");
  g_assert_nonnull(intake->seen[0].guess);
  g_assert_true(intake->seen[0].guess->as == &formats[FILE_PEOPLE]);
}

static void test_headers(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("people.csv", "Worker ID,Team\n1,A\n", "skills.csv", "skill_id,Skill ID,name\n1,2,3\n", "jobs.csv", "",
    "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\n");
  g_assert_no_error(error);
  assert_problems(intake,
    "jobs.csv: the file is empty; its first row must name the columns\n"
    "people.csv:1: the column employee_number is missing; name it so in the header, or write a mapping (import.yaml) that says where it comes from\n"
    "skills.csv:1: \"skill_id\" and \"Skill ID\" are both skill_id; rename one");
  g_assert_true(intake->blocked);
  g_assert_nonnull(intake->seen[0].guess);
  g_assert_cmpuint(intake->sets[FILE_GOALS]->count, ==, 0); /* a header only is a file without rows, and fine */
}

/* What people files look like: marks, line ends, semicolons, umlauts, trailing delimiters and rows. */
static void test_messy_people(void) {
  static const struct { const char *bytes; size_t length; const char *encoding; } files[] = {
#define BYTES(text) text, sizeof text - 1
    { BYTES("\xEF\xBB\xBF" "employee_number;last_name;fte;;\r\n007;M\xC3\xBCller;0,5;;\r\n;;;;\r\n"), "utf-8" },
    { BYTES("employee_number;last_name;fte\r\n007;M\xFCller;0,5;;\r\n"), "windows-1252" },
    { BYTES("employee_number;last_name;fte\r007;M\xFCller;,5\r\r"), "windows-1252" },
    { BYTES("\xFF\xFE" "e\0m\0p\0l\0o\0y\0e\0e\0_\0n\0u\0m\0b\0e\0r\0\t\0l\0a\0s\0t\0_\0n\0a\0m\0e\0\t\0f\0t\0e\0\n\0" "0\0" "0\0" "7\0\t\0M\0\xFC\0l\0l\0e\0r\0\t\0" "0\0.\0" "5\0"), "utf-16le" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autoptr(intake_auto) intake = read_bytes("people.csv", files[i].bytes, files[i].length);
    assert_problems(intake, "");
    assert_rows(intake, FILE_PEOPLE, "employee_number=007 last_name=Müller fte=0.5 \n");
    g_assert_cmpstr(intake->seen[0].encoding, ==, files[i].encoding);
  }
}

static void test_broken_files(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("skills.csv", "skill_id,name\na,A\nb,\"B\nc,C\n", "people.csv", PEOPLE "2,B,bad\n",
    "statements.json", "[{\"actor\":{},\"verb\":{\"id\":\"v\"},\"object\":{}},\n{]");
  g_assert_no_error(error);
  g_assert_true(intake->blocked);
  g_assert_cmpuint(intake->sets[FILE_SKILLS]->count, ==, 0);
  g_assert_cmpuint(intake->statements->len, ==, 0);
  g_assert_cmpuint(intake->sets[FILE_PEOPLE]->count, ==, 1);
  g_assert_cmpint(intake->seen[0].role, ==, INTAKE_BROKEN);
  const struct row_problem *problem = intake->problems.list->pdata[0];
  g_assert_true(problem->whole_file);
  g_assert_cmpuint(problem->line, ==, 3);
  g_assert_cmpuint(problem->at, ==, 3);
  g_autofree char *text = intake_problems_text(&intake->problems, 2);
  g_assert_true(g_str_has_prefix(text, "skills.csv:3:3: this quote is never closed"));
  g_assert_cmpuint(intake->problems.total, ==, 3);
}

static void test_hostile(void) {
  static const struct { const char *bytes; size_t length; const char *problem; } files[] = {
    { BYTES("employee_number,team\n1,a\0b\n"), "people.csv:2:4: a NUL byte" },
    { BYTES("PK\x03\x04\0\0\0\0"), "people.csv: a spreadsheet or archive" },
    { BYTES("\0\0\0\0\0\0\0\0"), "people.csv:1:1: a NUL byte" },
    { BYTES("\xFF\xFE\0\xD8" "a\0"), "people.csv: " },
    { BYTES("\x1F\x8B\x08\xC3\xBC\xFF\xC3\xBC"), "people.csv:1:" },
    { BYTES("employee_number\n\"1"), "people.csv:2:1: this quote is never closed" },
    { BYTES("\""), "people.csv:1:1: this quote is never closed" },
    { BYTES(""), "people.csv: the file is empty" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autoptr(intake_auto) intake = read_bytes("people.csv", files[i].bytes, files[i].length);
    g_autofree char *text = intake_problems_text(&intake->problems, 5);
    if (!g_str_has_prefix(text, files[i].problem)) {
      g_test_message("expected %s, got %s", files[i].problem, text);
      g_test_fail();
    }
    g_assert_true(intake->blocked);
  }
}

#define STATEMENT(verb) "{\"actor\":{\"mbox\":\"mailto:a@example.org\"},\"verb\":{\"id\":\"" verb "\"},\"object\":{\"id\":\"o\"}}"

static void test_statements(void) {
  g_autoptr(GError) error = NULL;
  const char *array = "[\n {\"actor\":{\"mbox\":\"mailto:a@example.org\"}, \"verb\":{\"id\":\"v\"},\n  \"object\":{\"id\":\"o\"}},\n {\"verb\":{\"id\":\"v\"}}, 7,\n"
    " {\"actor\":{},\"verb\":{},\"object\":{}}, " STATEMENT("w") "]";
  const char *lines = "\xEF\xBB\xBF" STATEMENT("v") "\r\n\r\n{broken\n{\"actor\":{},\"verb\":{\"id\":\"v\"}}\n" STATEMENT("x");
  g_autoptr(intake_auto) intake = READ("statements.json", array, "more.jsonl", lines,
    "lrs.json", "{\"statements\":[" STATEMENT("v") "],\"more\":\"\"}", "one.json", STATEMENT("v"));
  g_assert_no_error(error);
  g_assert_cmpuint(intake->statements->len, ==, 6);
  g_assert_cmpuint(intake->bad_rows, ==, 5);
  static const struct { uint32_t line, number; uint16_t file; } expected[] = { { 2, 0, 0 }, { 5, 4, 0 }, { 1, 0, 1 }, { 5, 2, 1 }, { 1, 0, 2 }, { 1, 0, 3 } };
  for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
    const struct document_statement *statement = &g_array_index(intake->statements, struct document_statement, i);
    g_assert_cmpuint(statement->line, ==, expected[i].line);
    g_assert_cmpuint(statement->number, ==, expected[i].number);
    g_assert_cmpuint(statement->file, ==, expected[i].file);
    g_assert_true(statement->json[0] == '{' && statement->json[statement->length - 1] == '}');
  }
  g_autofree char *text = intake_problems_text(&intake->problems, 3);
  g_assert_cmpstr(text, ==, "statements.json:4: statement has no actor; xAPI statements need actor, verb.id and object\n"
    "statements.json:4: statement is no JSON object; xAPI statements need actor, verb.id and object\n"
    "statements.json:5: statement has no verb.id; xAPI statements need actor, verb.id and object\nand 2 more");
}

static void test_sources(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = READ("sources/handbook.md", "---\ntitle: Handbook\nowner: Ops\nvalid_until: 2027-01-31\nlicense: CC BY 4.0\ntags: [a, b]\n---\n# One\n",
    "plain.txt", "Just text\n", "odd.md", "---\nvalid_until: soon\n---\nText", "rule.md", "---\nnot: [closed\n---\nText", "line.html", "<p>---</p>");
  g_assert_no_error(error);
  g_assert_cmpuint(intake->sources->len, ==, 5);
  const struct document_source *source = &g_array_index(intake->sources, struct document_source, 0);
  char day[CLOCK_TEXT];
  g_assert_cmpstr(source->name, ==, "handbook.md");
  g_assert_cmpstr(source->title, ==, "Handbook");
  g_assert_cmpstr(source->owner, ==, "Ops");
  g_assert_cmpstr(source->licence, ==, "CC BY 4.0");
  g_assert_null(source->audience);
  g_assert_cmpstr(clock_format_day(source->valid_until, day), ==, "2027-01-31");
  g_assert_cmpuint(source->line, ==, 8);
  g_assert_cmpmem(source->text, source->length, "# One\n", 6);
  source = &g_array_index(intake->sources, struct document_source, 3);
  g_assert_cmpuint(source->line, ==, 1);
  g_assert_true(g_str_has_prefix(source->text, "---\nnot:"));
  g_assert_cmpuint(intake->warnings.total, ==, 2);
  g_autofree char *text = intake_problems_text(&intake->warnings, 1);
  g_assert_cmpstr(text, ==, "odd.md:2: valid_until \"soon\" is not a date and is left out; write it as YYYY-MM-DD\nand 1 more");
}

static bool stop(void *data, const char *what, double share) {
  g_assert_cmpfloat(share, >=, 0);
  g_assert_cmpfloat(share, <=, 1);
  return ++*(int *)data < 2;
}

static void test_limits_and_stop(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static(PEOPLE, strlen(PEOPLE));
  struct intake_file files[LIMIT_IMPORT_FILES + 1];
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) files[i] = (struct intake_file){ "people.csv", bytes };
  g_assert_null(intake_read(files, G_N_ELEMENTS(files), NULL, NULL, NULL, NULL, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_LARGE);
  g_clear_error(&error);
  int calls = 0;
  g_assert_null(intake_read(files, 3, NULL, NULL, stop, &calls, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CANCELLED);
  g_clear_error(&error);
  g_autoptr(intake_auto) thrice = intake_read(files, 3, NULL, NULL, NULL, NULL, &error);
  g_assert_cmpuint(thrice->sets[FILE_PEOPLE]->count, ==, 1);
  g_assert_cmpuint(thrice->repeated, ==, 2);
  g_autoptr(intake_auto) none = intake_read(NULL, 0, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error(error);
  g_assert_false(none->blocked);
}

static void test_mapping_given(void) {
  g_autoptr(GError) error = NULL;
  const char *yaml = "tables:\n  - file: staff.csv\n    as: people.csv\n    columns: { employee_number: nr }\n  - file: gone.csv\n    as: people.csv\n    columns: { employee_number: nr }\n";
  g_autoptr(GBytes) text = g_bytes_new_static(yaml, strlen(yaml)), bytes = g_bytes_new_static("nr\n1\n", 5), other = g_bytes_new_static("a,b\n1,2\n", 8);
  const struct intake_file files[] = { { "x/staff.csv", bytes }, { "other.csv", other } };
  g_autoptr(intake_auto) intake = intake_read(files, 2, &(struct intake_file){ "m.yaml", text }, NULL, NULL, NULL, &error);
  g_assert_no_error(error);
  assert_rows(intake, FILE_PEOPLE, "employee_number=1 \n");
  g_assert_cmpstr(intake->mapping, ==, yaml);
  g_assert_null(intake->seen[1].guess);
  assert_warnings(intake, "gone.csv: is named in the mapping for people.csv, but is not among the files\n"
    "other.csv: is not recognised and left out; a mapping (import.yaml) says which columns it has");
}

static void test_tccc(void) {
  const char *data = g_getenv("MENO_REFDATA");
  g_autofree char *path = g_build_filename(data ? data : "../shared/refdata", "xapi", "tccc_statements.json", NULL), *text = NULL;
  gsize length;
  if (!g_file_get_contents(path, &text, &length, NULL)) {
    g_test_skip("the reference data is absent: MENO_REFDATA names its folder");
    return;
  }
  g_autoptr(intake_auto) intake = read_bytes("tccc_statements.json", text, length);
  assert_problems(intake, "");
  g_assert_cmpuint(intake->statements->len, ==, 2814);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/intake/roles", test_roles);
  g_test_add_func("/intake/intake/nothing-recognised", test_nothing_recognised);
  g_test_add_func("/intake/intake/headers", test_headers);
  g_test_add_func("/intake/intake/messy-people", test_messy_people);
  g_test_add_func("/intake/intake/broken-files", test_broken_files);
  g_test_add_func("/intake/intake/hostile", test_hostile);
  g_test_add_func("/intake/intake/statements", test_statements);
  g_test_add_func("/intake/intake/sources", test_sources);
  g_test_add_func("/intake/intake/limits-and-stop", test_limits_and_stop);
  g_test_add_func("/intake/intake/mapping-given", test_mapping_given);
  g_test_add_func("/intake/intake/tccc", test_tccc);
  return g_test_run();
}
