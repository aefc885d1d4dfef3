/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Open University's data through the mapping of tests/scenarios/oulad, and nothing else: no code knows it. The counts
 * are the published ones (J. Kuzilek, M. Hlosta, Z. Zdrahal, "Open University Learning Analytics dataset", 2017), and what
 * a count over the files by hand gives. */
#include "intake/test-files.h"

static bool knows_the_goal(void *data, enum file_id id, const char *key) { return id == FILE_GOALS && (!key || strcmp(key, "pass-rate") == 0); }

static GBytes *load(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text;
  gsize length;
  return g_file_get_contents(path, &text, &length, NULL) ? g_bytes_new_take(text, length) : NULL;
}

static void check_people(const struct row_set *people) {
  uint32_t persons = 0;
  for (uint32_t i = 0; i < people->count; i++)
    persons += i == 0 || row_text(people, "employee_number", people->by_person[i]) != row_text(people, "employee_number", people->by_person[i - 1]);
  g_assert_cmpuint(people->count, ==, 32593);
  g_assert_cmpuint(persons, ==, 28785);
}

static void check_results(const struct row_set *results) {
  double sum = 0;
  char first[CLOCK_TEXT];
  g_assert_cmpuint(results->count, ==, 173912 - 173); /* 173 have no score */
  for (uint32_t i = 0; i < results->count; i++) sum += results->columns[format_column(results->format, "score")].number[i];
  g_assert_cmpfloat_with_epsilon(sum / results->count, 0.757995729226023, 1e-12);
  g_assert_cmpstr(clock_format_day(row_day(results, "date", 0), first), ==, "2013-10-19");
  g_assert_cmpstr(row_text(results, "skill_id", 0), ==, "AAA");
}

static void check_pass_rate(const struct row_set *kpis) {
  double passed = 0, all = 0;
  for (uint32_t i = 0; i < kpis->count; i++) {
    double exposure = row_cell(kpis, format_column(kpis->format, "exposure"), i).number;
    all += exposure;
    passed += exposure * row_cell(kpis, format_column(kpis->format, "value"), i).number;
  }
  g_assert_cmpuint(kpis->count, ==, 22);
  g_assert_cmpfloat(all, ==, 32593);
  g_assert_cmpfloat_with_epsilon(passed, 12361 + 3024, 1e-6);
}

static void test_oulad(void) {
  static const char *const names[] = { "assessment.csv", "course.csv", "student.csv", "student_assessment.csv", "student_registration.csv", "vle.csv" };
  const char *data = g_getenv("MENO_REFDATA");
  g_autofree char *folder = g_build_filename(data ? data : "../shared/refdata", "oulad", NULL);
  struct intake_file files[G_N_ELEMENTS(names) + 1];
  size_t count = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    GBytes *bytes = load(folder, names[i]);
    if (bytes) files[count++] = (struct intake_file){ names[i], bytes };
  }
  if (count == G_N_ELEMENTS(names)) {
    files[count++] = (struct intake_file){ "import.yaml", load("tests/scenarios/oulad", "import.yaml") };
    g_assert_nonnull(files[count - 1].bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(intake_auto) intake = intake_read(files, count, NULL, &(struct intake_known){ knows_the_goal, NULL }, NULL, NULL, &error);
    g_assert_no_error(error);
    assert_problems(intake, "");
    g_assert_cmpuint(intake->bad_rows, ==, 0);
    check_people(intake->sets[FILE_PEOPLE]);
    check_results(intake->sets[FILE_RESULTS]);
    check_pass_rate(intake->sets[FILE_KPIS]);
    g_assert_cmpuint(intake->sets[FILE_SKILLS]->count, ==, 7);
  } else g_test_skip("the reference data is absent: MENO_REFDATA names its folder");
  for (size_t i = 0; i < count; i++) g_bytes_unref(files[i].bytes);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/intake/oulad", test_oulad);
  return g_test_run();
}
