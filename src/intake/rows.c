/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half a million rows wait here between the file and the ledger, so a row costs the bytes of its cells and ten more, not
 * an allocation. Columns are plain arrays that double; texts are pointers into the intake's chunk.
 *
 * The index answers "was there a row with this key before?" for duplicates, repetitions, groups and aggregates: open
 * addressing over row numbers, keys compared in place. Interned texts hash and compare as pointers, which is also how it
 * could go wrong: a row whose texts come from another chunk would never match. */
#include "intake/rows.h"
#include "base/limits.h"
#include "intake/csv.h"
#include <string.h>

struct row_set *row_set_new(const struct format *format) {
  struct row_set *set = g_new0(struct row_set, 1);
  set->format = format;
  set->columns = g_new0(union row_cells, format_columns(format));
  return set;
}

void row_set_free(struct row_set *set) {
  if (!set) return;
  for (size_t i = 0; i < format_columns(set->format); i++) g_free((void *)set->columns[i].text);
  g_free(set->columns);
  g_free(set->line);
  g_free(set->file);
  g_free((void *)set->extra);
  g_free(set->nth);
  g_free(set->by_person);
  g_free(set);
}

static size_t width(const struct column *column) {
  switch (column->type) {
  case COLUMN_NUMBER: return sizeof(double);
  case COLUMN_DAY: return sizeof(int32_t);
  case COLUMN_MOMENT: return sizeof(int64_t);
  case COLUMN_YES_NO: case COLUMN_WORD: return sizeof(int8_t);
  default: return sizeof(char *);
  }
}

static void grow(struct row_set *set) {
  set->room = set->room ? set->room * 2 : 64;
  const struct column *columns = set->format->columns;
  for (int i = 0; columns[i].name; i++)
    set->columns[i].text = g_realloc_n((void *)set->columns[i].text, set->room, width(&columns[i]));
  set->line = g_renew(uint32_t, set->line, set->room);
  set->file = g_renew(uint16_t, set->file, set->room);
  if (set->extra) set->extra = g_renew(const char *, set->extra, set->room);
}

union cell row_cell(const struct row_set *set, int column, uint32_t row) {
  union row_cells cells = set->columns[column];
  switch (set->format->columns[column].type) {
  case COLUMN_NUMBER: return (union cell){ .number = cells.number[row] };
  case COLUMN_DAY: return (union cell){ .day = cells.day[row] };
  case COLUMN_MOMENT: return (union cell){ .moment = cells.moment[row] };
  case COLUMN_YES_NO: case COLUMN_WORD: return (union cell){ .choice = cells.choice[row] };
  default: return (union cell){ .text = cells.text[row] };
  }
}

void row_set_cell(struct row_set *set, int column, uint32_t row, union cell cell) {
  union row_cells cells = set->columns[column];
  switch (set->format->columns[column].type) {
  case COLUMN_NUMBER: cells.number[row] = cell.number; break;
  case COLUMN_DAY: cells.day[row] = cell.day; break;
  case COLUMN_MOMENT: cells.moment[row] = cell.moment; break;
  case COLUMN_YES_NO: case COLUMN_WORD: cells.choice[row] = cell.choice; break;
  default: cells.text[row] = cell.text;
  }
}

void row_push(struct row_set *set, const union cell *cells, uint16_t file, uint32_t line, const char *extra) {
  if (set->count == set->room) grow(set);
  if (extra && !set->extra) set->extra = g_new0(const char *, set->room);
  uint32_t row = set->count++;
  for (int i = 0; set->format->columns[i].name; i++) row_set_cell(set, i, row, cells[i]);
  set->line[row] = line;
  set->file[row] = file;
  if (set->extra) set->extra[row] = extra;
}

void row_pop(struct row_set *set) { set->count--; }

static int must_column(const struct row_set *set, const char *name) {
  int column = format_column(set->format, name);
  g_assert(column >= 0);
  return column;
}

const char *row_text(const struct row_set *set, const char *column, uint32_t row) {
  return row_cell(set, must_column(set, column), row).text;
}

int32_t row_day(const struct row_set *set, const char *column, uint32_t row) {
  return row_cell(set, must_column(set, column), row).day;
}

const char *row_word(const struct row_set *set, int column, uint32_t row) {
  int8_t choice = row_cell(set, column, row).choice;
  return set->format->columns[column].words[choice == CELL_NO_CHOICE ? 0 : choice];
}

void row_set_drop(struct row_set *set, const uint8_t *bad) {
  uint32_t kept = 0;
  for (uint32_t row = 0; row < set->count; row++) {
    if (bad[row]) continue;
    if (kept != row) {
      for (int i = 0; set->format->columns[i].name; i++) row_set_cell(set, i, kept, row_cell(set, i, row));
      set->line[kept] = set->line[row];
      set->file[kept] = set->file[row];
      if (set->extra) set->extra[kept] = set->extra[row];
    }
    kept++;
  }
  set->count = kept;
}

/* ---- the index ---- */

#define NO_ROW UINT32_MAX

void row_index_init(struct row_index *index, const struct row_set *set, const int *key) {
  *index = (struct row_index){ set, key, g_new(uint32_t, 256), 255, 0 };
  memset(index->slots, 0xFF, 256 * sizeof *index->slots);
}

void row_index_clear(struct row_index *index) {
  g_free(index->slots);
  index->slots = NULL;
}

static uint64_t bits_of(const struct row_index *index, int column, uint32_t row) {
  union cell cell = row_cell(index->set, column, row);
  uint64_t bits = 0;
  switch (index->set->format->columns[column].type) {
  case COLUMN_NUMBER:
    if (cell.number == 0) return 0; /* 0 and -0 are equal */
    memcpy(&bits, &cell.number, sizeof bits);
    return bits;
  case COLUMN_DAY: return (uint64_t)(uint32_t)cell.day;
  case COLUMN_MOMENT: return (uint64_t)cell.moment;
  case COLUMN_YES_NO: case COLUMN_WORD: return (uint64_t)(uint8_t)cell.choice;
  default: return (uint64_t)(uintptr_t)cell.text;
  }
}

static uint32_t hash_row(const struct row_index *index, uint32_t row) {
  uint64_t hash = UINT64_C(0x9E3779B97F4A7C15);
  for (const int *column = index->key; *column >= 0; column++) {
    hash = (hash ^ bits_of(index, *column, row)) * UINT64_C(0xFF51AFD7ED558CCD);
    hash ^= hash >> 32;
  }
  return (uint32_t)hash;
}

static bool same_key(const struct row_index *index, uint32_t a, uint32_t b) {
  for (const int *column = index->key; *column >= 0; column++)
    if (!cell_equal(&index->set->format->columns[*column], row_cell(index->set, *column, a), row_cell(index->set, *column, b)))
      return false;
  return true;
}

static void index_grow(struct row_index *index) {
  uint32_t *old = index->slots, slots = index->mask + 1, room = slots * 2;
  index->slots = g_new(uint32_t, room);
  index->mask = room - 1;
  memset(index->slots, 0xFF, (size_t)room * sizeof *old);
  for (uint32_t i = 0; i < slots; i++) {
    if (old[i] == NO_ROW) continue;
    uint32_t at = hash_row(index, old[i]) & index->mask;
    while (index->slots[at] != NO_ROW) at = (at + 1) & index->mask;
    index->slots[at] = old[i];
  }
  g_free(old);
}

static uint32_t *find_slot(struct row_index *index, uint32_t row) {
  if (index->used * 2 > index->mask) index_grow(index);
  uint32_t at = hash_row(index, row) & index->mask;
  while (index->slots[at] != NO_ROW && !same_key(index, index->slots[at], row)) at = (at + 1) & index->mask;
  return &index->slots[at];
}

uint32_t row_index_add(struct row_index *index, uint32_t row) {
  uint32_t *slot = find_slot(index, row);
  if (*slot == NO_ROW) *slot = row, index->used++;
  return *slot;
}

uint32_t row_index_replace(struct row_index *index, uint32_t row) {
  uint32_t *slot = find_slot(index, row), earlier = *slot == NO_ROW ? row : *slot;
  if (*slot == NO_ROW) index->used++;
  *slot = row;
  return earlier;
}

/* ---- problems ---- */

static void problem_free(void *data) {
  struct row_problem *problem = data;
  g_free(problem->column);
  g_free(problem->value);
  g_free(problem->reason);
  g_free(problem->remedy);
  g_free(problem);
}

void row_problems_init(struct row_problems *problems) {
  *problems = (struct row_problems){ g_ptr_array_new_with_free_func(problem_free), 0 };
}

void row_problems_clear(struct row_problems *problems) {
  g_clear_pointer(&problems->list, g_ptr_array_unref);
}

struct row_problem *row_problem_add(struct row_problems *problems, const char *file, uint32_t line, const char *column,
                                    const char *value, const char *reason, const char *remedy) {
  problems->total++;
  if (problems->list->len >= LIMIT_ROW_ERRORS) return NULL;
  struct row_problem *problem = g_new0(struct row_problem, 1);
  *problem = (struct row_problem){ .file = file, .line = line, .column = g_strdup(column), .value = value ? csv_quote(value) : NULL,
    .reason = g_strdup(reason), .remedy = remedy && *remedy ? g_strdup(remedy) : NULL, .rows = 1 };
  g_ptr_array_add(problems->list, problem);
  return problem;
}

char *row_problem_text(const struct row_problem *problem) {
  GString *out = g_string_new(problem->file);
  if (problem->line) g_string_append_printf(out, ":%u", problem->line);
  if (problem->at) g_string_append_printf(out, ":%u", problem->at);
  g_string_append(out, ":");
  if (problem->column) g_string_append_printf(out, " %s", problem->column);
  if (problem->value) g_string_append_printf(out, " %s", problem->value);
  g_string_append_printf(out, " %s", problem->reason);
  if (problem->rows > 1) g_string_append_printf(out, " (%u rows)", problem->rows);
  if (problem->remedy) g_string_append_printf(out, "; %s", problem->remedy);
  return g_string_free(out, FALSE);
}
