/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a handful of files: a record separator (0x1E) starts a file, the byte after it picks its name. Whatever
 * comes out is typed, within bounds and valid UTF-8; keys are unique; references of good rows lead to good rows. */
#include "intake/intake.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "people.csv", "skills.csv", "jobs.csv", "goals.csv", "kpis.csv", "results.csv", "statements.jsonl",
  "statements.json", "sources/a.md", "other.csv", "import.yaml", "work_log.csv", "programmes.csv", "enrolments.csv", "pulse.csv", "x.json" };
#define MOST_FILES 8

static void check_cell(const struct column *column, union cell cell)
{
  if (cell_is_absent(column, cell)) {
    g_assert(!(column->flags & COLUMN_REQUIRED));
    return;
  }
  switch (column->type) {
  case COLUMN_NUMBER: g_assert(isfinite(cell.number) && cell.number >= column->least && cell.number <= column->most); break;
  case COLUMN_YES_NO: g_assert(cell.choice == 0 || cell.choice == 1); break;
  case COLUMN_WORD: g_assert(cell.choice >= 0); break;
  case COLUMN_DAY: g_assert(cell.day > -400000 && cell.day < 400000); break;
  case COLUMN_MOMENT: break;
  default: g_assert(*cell.text && g_utf8_validate(cell.text, -1, NULL));
  }
}

static void check_set(const struct row_set *set)
{
  const struct column *columns = set->format->columns;
  for (uint32_t row = 0; row < set->count; row++) {
    g_assert(set->line[row] > 0 && set->file[row] < MOST_FILES);
    for (int i = 0; columns[i].name; i++) check_cell(&columns[i], row_cell(set, i, row));
  }
  if (set->by_person) {
    g_autofree bool *seen = g_new0(bool, set->count + 1);
    for (uint32_t i = 0; i < set->count; i++) {
      g_assert(set->by_person[i] < set->count && !seen[set->by_person[i]]);
      seen[set->by_person[i]] = true;
    }
  }
}

static void check_people_known(const struct intake *intake, enum file_id id, const char *column)
{
  const struct row_set *set = intake->sets[id], *people = intake->sets[FILE_PEOPLE];
  for (uint32_t row = 0; set && people && row < set->count; row++) {
    bool found = false;
    for (uint32_t i = 0; people && i < people->count && !found; i++) found = row_text(people, "employee_number", i) == row_text(set, column, row);
    g_assert_true(found);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct intake_file files[MOST_FILES];
  size_t count = 0;
  for (size_t at = 0; at + 1 < size && count < MOST_FILES;) {
    const uint8_t *next = memchr(data + at + 1, 0x1E, size - at - 1);
    size_t stop = next ? (size_t)(next - data) : size;
    if (data[at] == 0x1E) files[count++] = (struct intake_file){ names[data[at + 1] % G_N_ELEMENTS(names)], g_bytes_new_static(data + MIN(at + 2, stop), stop - MIN(at + 2, stop)) };
    at = stop;
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = intake_read(files, count, NULL, NULL, NULL, NULL, &error);
  g_assert((intake == NULL) == (error != NULL));
  for (int id = 0; intake && id < FILE_COUNT; id++)
    if (intake->sets[id]) check_set(intake->sets[id]);
  if (intake) {
    g_autofree char *problems = intake_problems_text(&intake->problems, 20), *warnings = intake_problems_text(&intake->warnings, 20);
    g_assert_true(g_utf8_validate(problems, -1, NULL) && g_utf8_validate(warnings, -1, NULL));
    g_assert(!intake->bad_rows || intake->problems.total);
    if (size < 4096) check_people_known(intake, FILE_RESULTS, "employee_number"), check_people_known(intake, FILE_GOALS, "owner");
  }
  for (size_t i = 0; i < count; i++) g_bytes_unref(files[i].bytes);
  return 0;
}
