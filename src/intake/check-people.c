/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * people.csv: several rows of one employee number are memberships of one person. The rows are gathered by person; the one
 * marked `primary`, else the newest, speaks for the person: its manager is the manager, and where name or mail differ
 * between rows (people marry, exports lag) the newest is taken for all and a warning says so.
 *
 * Managers may stand before or after their reports, so they are looked up when all rows are there. A circle of managers
 * makes all its people's rows bad: the file does not say which link is wrong, and an org chart that hangs in the air would
 * show people to managers who are not theirs. A person who left and came back has two rows with two starts; that is no
 * duplicate. How it can be wrong: two people who were given one number look like one person who changed the name; the
 * warning shows both names. */
#include "intake/check.h"
#include "intake/intake.h"
#include <string.h>

#define CIRCLE_SHOWN 6

struct people { struct check *check; struct row_set *set; int number, manager, primary, start; uint8_t *bad;
                GHashTable *groups; /* employee number → 1 + index in by_person of the first row */
                uint32_t *speaker;  /* per person the row that speaks; in the order of by_person */
                uint32_t count; };

/* The row that speaks comes first: the primary one, then from new to old; no date is the oldest. */
static int compare_rows(const void *a, const void *b, void *data) {
  const struct people *people = data;
  uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
  const int8_t *primary = people->set->columns[people->primary].choice;
  const int32_t *start = people->set->columns[people->start].day;
  if ((primary[first] == 1) != (primary[second] == 1)) return primary[first] == 1 ? -1 : 1;
  if (start[first] != start[second]) return start[first] > start[second] ? -1 : 1;
  return first > second ? -1 : first < second;
}

static bool is_newer(const struct people *people, uint32_t a, uint32_t b) {
  int32_t x = people->set->columns[people->start].day[a], y = people->set->columns[people->start].day[b];
  return x != y ? x > y : a > b;
}

/* Gathers rows by person, in the order of first appearance: a counting sort over the persons. */
static void gather(struct people *people) {
  const struct row_set *set = people->set;
  g_autofree uint32_t *person = g_new(uint32_t, MAX(set->count, 1));
  g_autofree uint32_t *first = g_new0(uint32_t, set->count + 2);
  g_hash_table_remove_all(people->groups);
  people->count = 0;
  for (uint32_t row = 0; row < set->count; row++) {
    const char *number = set->columns[people->number].text[row];
    uint32_t known = GPOINTER_TO_UINT(g_hash_table_lookup(people->groups, number));
    if (!known) {
      known = ++people->count;
      g_hash_table_insert(people->groups, (void *)(uintptr_t)number, GUINT_TO_POINTER(known));
    }
    person[row] = known - 1;
    first[known + 1]++;
  }
  for (uint32_t i = 1; i <= people->count + 1; i++) first[i] += first[i - 1];
  g_free(people->set->by_person);
  people->set->by_person = g_new(uint32_t, MAX(set->count, 1));
  for (uint32_t row = 0; row < set->count; row++) people->set->by_person[first[person[row] + 1]++] = row;
  for (uint32_t i = 0; i < people->count; i++) {
    uint32_t *rows = people->set->by_person + first[i], count = first[i + 1] - first[i];
    if (count > 1) g_qsort_with_data(rows, (int)count, sizeof *rows, compare_rows, people);
  }
}

/* Calls `visit` with each person's rows, the speaking one first. */
static void each_person(struct people *people, void (*visit)(struct people *people, const uint32_t *rows, uint32_t count)) {
  const struct row_set *set = people->set;
  const char **number = set->columns[people->number].text;
  for (uint32_t at = 0, end; at < set->count; at = end) {
    for (end = at + 1; end < set->count && number[set->by_person[end]] == number[set->by_person[at]];) end++;
    visit(people, set->by_person + at, end - at);
  }
}

/* Name and mail belong to the person: the newest row's are taken for all. */
static void settle_personal(struct people *people, const uint32_t *rows, uint32_t count) {
  static const char *const columns[] = { "first_name", "last_name", "work_email" };
  struct row_set *set = people->set;
  for (size_t i = 0; count > 1 && i < G_N_ELEMENTS(columns); i++) {
    int column = format_column(set->format, columns[i]);
    const char **text = set->columns[column].text;
    uint32_t newest = rows[0], other = UINT32_MAX;
    for (uint32_t j = 0; j < count; j++)
      if (text[rows[j]] && (!text[newest] || is_newer(people, rows[j], newest))) newest = rows[j];
    for (uint32_t j = 0; j < count; j++) {
      if (text[rows[j]] && text[rows[j]] != text[newest]) other = rows[j];
    }
    if (other != UINT32_MAX) {
      g_autofree char *reason = g_strdup_printf("differs from \"%.60s\" in line %u, the newest row of %s, which is taken",
        text[newest], set->line[newest], set->columns[people->number].text[newest]);
      check_remark(people->check, set, other, column, 1, reason, NULL);
    }
    for (uint32_t j = 0; j < count; j++) text[rows[j]] = text[newest];
  }
}

static void settle_manager(struct people *people, const uint32_t *rows, uint32_t count) {
  struct row_set *set = people->set;
  const struct intake_known *known = people->check->known;
  for (uint32_t i = 0; i < count; i++) {
    const char *number = set->columns[people->number].text[rows[i]], *manager = set->columns[people->manager].text[rows[i]];
    const char *reason = NULL, *remedy = "no manager is recorded";
    if (!manager) continue;
    if (manager == number) reason = "is the person";
    else if (!g_hash_table_contains(people->groups, manager) && !(known && known->known && known->known(known->data, FILE_PEOPLE, manager)))
      reason = "is nobody's employee number";
    if (!reason) continue;
    if (g_str_has_suffix(manager, ".0")) remedy = "no manager is recorded; a script seems to have turned whole numbers into decimals";
    check_remark(people->check, set, rows[i], people->manager, 1, reason, remedy);
    set->columns[people->manager].text[rows[i]] = NULL;
  }
}

static void check_leaving(struct people *people, const uint32_t *rows, uint32_t count) {
  struct row_set *set = people->set;
  int status = format_column(set->format, "employment_status"), end = format_column(set->format, "termination_date");
  for (uint32_t i = 0; i < count; i++)
    if (set->columns[status].choice[rows[i]] >= 0 && strcmp(row_word(set, status, rows[i]), "terminated") == 0 &&
        set->columns[end].day[rows[i]] == CLOCK_NO_DAY)
      check_remark(people->check, set, rows[i], end, 1, "is empty, but the person is terminated", "the day of the import counts as the end");
}

static void add_speaker(struct people *people, const uint32_t *rows, uint32_t count) { people->speaker[people->count++] = rows[0]; }

static void manager_circle(void *data, const unsigned *nodes, unsigned length) {
  struct people *people = data;
  struct row_set *set = people->set;
  GString *path = g_string_new("leads back to the person: ");
  for (unsigned i = 0; i <= MIN(length, CIRCLE_SHOWN); i++)
    g_string_append_printf(path, "%s%s", i ? " → " : "", set->columns[people->number].text[people->speaker[nodes[i % length]]]);
  if (length > CIRCLE_SHOWN) g_string_append(path, " …");
  for (unsigned i = 0; i < length; i++) {
    uint32_t speaker = people->speaker[nodes[i]];
    check_bad_row(people->check, people->bad, set, speaker, people->manager, path->str, "correct one of these managers");
  }
  g_string_free(path, TRUE);
}

/* All rows of a person go when the one that speaks does. */
static void spread_bad(struct people *people, const uint32_t *rows, uint32_t count) {
  for (uint32_t i = 1; i < count && people->bad[rows[0]]; i++)
    if (!people->bad[rows[i]]) {
      people->bad[rows[i]] = 1;
      people->check->bad_rows[FILE_PEOPLE]++;
    }
}

static bool find_circles(struct people *people) {
  struct row_set *set = people->set;
  uint32_t before = people->check->bad_rows[FILE_PEOPLE];
  people->speaker = g_new(uint32_t, MAX(set->count, 1));
  people->count = 0;
  each_person(people, add_speaker);
  g_autofree int *parents = g_new(int, MAX(people->count, 1));
  for (uint32_t i = 0; i < people->count; i++) {
    const char *manager = set->columns[people->manager].text[people->speaker[i]];
    parents[i] = manager ? (int)GPOINTER_TO_UINT(g_hash_table_lookup(people->groups, manager)) - 1 : -1;
  }
  check_circles(parents, people->count, manager_circle, people);
  if (people->check->bad_rows[FILE_PEOPLE] != before) each_person(people, spread_bad);
  g_free(people->speaker);
  return people->check->bad_rows[FILE_PEOPLE] != before;
}

void check_people(struct check *check, struct row_set *set) {
  g_autoptr(GHashTable) groups = g_hash_table_new(g_direct_hash, g_direct_equal);
  g_autofree uint8_t *bad = g_new0(uint8_t, MAX(set->count, 1));
  struct people people = { .check = check, .set = set, .bad = bad, .groups = groups,
    .number = format_column(set->format, "employee_number"), .manager = format_column(set->format, "manager"),
    .primary = format_column(set->format, "primary"), .start = format_column(set->format, "start_date") };
  gather(&people);
  each_person(&people, settle_personal);
  each_person(&people, settle_manager);
  each_person(&people, check_leaving);
  if (!find_circles(&people)) return;
  row_set_drop(set, bad);
  gather(&people);
  each_person(&people, settle_manager); /* whose manager was in a circle has none now */
}
