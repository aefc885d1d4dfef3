/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files are checked in the order of the table of formats, in which what is referred to comes before what refers:
 * people and skills, then goals, then KPIs and results. Each set is checked, its bad rows dropped, and its keys noted for
 * the sets that follow. So a row that refers to a bad row is bad for that reason and not by accident.
 *
 * How it can be wrong: of two rows with one key the later counts as the bad one, only because something must; the message
 * names both lines. A reference is asked for by its text: "7" and "007" are two people. */
#include "intake/check.h"
#include "intake/intake.h"
#include <string.h>

enum severity { REFUSE, REMARK };
static const struct { enum file_id from; const char *column; enum file_id to; enum severity severity; } references[] = {
  /* Columns of type COLUMN_PERSON refer to people without a row here. */
  { FILE_SKILLS, "broader", FILE_SKILLS, REMARK },
  { FILE_JOBS, "skill_id", FILE_SKILLS, REMARK },
  { FILE_GOALS, "skills", FILE_SKILLS, REMARK },
  { FILE_KPIS, "goal_id", FILE_GOALS, REFUSE },
  { FILE_RESULTS, "skill_id", FILE_SKILLS, REMARK },
  { FILE_PROGRAMMES, "skills", FILE_SKILLS, REMARK },
  { FILE_ENROLMENTS, "programme_id", FILE_PROGRAMMES, REMARK },
  { FILE_PULSE, "question_id", FILE_QUESTIONS, REMARK },
  { FILE_OBJECTIVES, "goal_id", FILE_GOALS, REMARK },
  { FILE_OBJECTIVES, "skills", FILE_SKILLS, REMARK },
  { FILE_WORKFORCE, "skill_id", FILE_SKILLS, REMARK },
};

static const struct { enum file_id file; const char *start, *end; } spans[] = {
  { FILE_PEOPLE, "start_date", "termination_date" }, { FILE_ENROLMENTS, "date", "completed_on" },
  { FILE_WORK_LOG, "start", "end" }, { FILE_TICKETS, "opened", "closed" }, { FILE_REWARDS, "from", "to" },
};

static const struct { enum file_id file; const char *one, *other; } alternatives[] = {
  { FILE_WORKFORCE, "skill_id", "job_title" },
};

#define CIRCLE_SHOWN 6

/* ---- telling ---- */

static char *cell_shown(const struct row_set *set, int column, uint32_t row) {
  const struct column *type = &set->format->columns[column];
  union cell cell = row_cell(set, column, row);
  char text[CLOCK_TEXT];
  if (cell_is_absent(type, cell)) return NULL;
  switch (type->type) {
  case COLUMN_NUMBER: return g_strdup_printf("%.12g", cell.number);
  case COLUMN_DAY: return g_strdup(clock_format_day(cell.day, text));
  case COLUMN_MOMENT: return g_strdup(clock_format_time(cell.moment, text));
  case COLUMN_YES_NO: return g_strdup(cell.choice ? "yes" : "no");
  case COLUMN_WORD: return g_strdup(type->words[cell.choice]);
  default: return g_strdup(cell.text);
  }
}

static struct row_problem *tell(struct row_problems *to, struct check *check, const struct row_set *set, uint32_t row, int column,
                                const char *reason, const char *remedy) {
  g_autofree char *value = column >= 0 ? cell_shown(set, column, row) : NULL;
  return row_problem_add(to, check->files[set->file[row]], set->line[row], column >= 0 ? set->format->columns[column].name : NULL,
    value, reason, remedy);
}

void check_bad_row(struct check *check, uint8_t *bad, const struct row_set *set, uint32_t row, int column, const char *reason,
                   const char *remedy) {
  if (!bad[row]) check->bad_rows[set->format->id]++;
  bad[row] = 1;
  tell(check->problems, check, set, row, column, reason, remedy);
}

void check_remark(struct check *check, const struct row_set *set, uint32_t row, int column, uint32_t rows, const char *reason,
                  const char *remedy) {
  struct row_problem *remark = tell(check->warnings, check, set, row, column, reason, remedy);
  if (remark) remark->rows = rows;
}

/* ---- keys ---- */

static bool same_row(const struct row_set *set, uint32_t a, uint32_t b) {
  for (int i = 0; set->format->columns[i].name; i++)
    if (!cell_equal(&set->format->columns[i], row_cell(set, i, a), row_cell(set, i, b))) return false;
  return !set->extra || set->extra[a] == set->extra[b];
}

/* The columns of the natural key. A person's rows are memberships: they also differ by team and start. */
static void key_columns(const struct format *format, int key[16]) {
  int count = 0;
  for (int i = 0; format->columns[i].name && count < 15; i++) {
    bool membership = format->flags & FORMAT_PER_PERSON &&
      (strcmp(format->columns[i].name, "team") == 0 || strcmp(format->columns[i].name, "start_date") == 0);
    if ((format->columns[i].flags & COLUMN_KEY) || membership) key[count++] = i;
  }
  key[count] = -1;
}

/* Where a word stands for itself and for an empty cell, the key holds the word. */
static void fill_default_words(struct row_set *set, const int *key) {
  for (; *key >= 0; key++) {
    if (set->format->columns[*key].type != COLUMN_WORD) continue;
    for (uint32_t row = 0; row < set->count; row++)
      if (set->columns[*key].choice[row] == CELL_NO_CHOICE) set->columns[*key].choice[row] = 0;
  }
}

/* Per row how many rows before it have its key, and (unless NULL) the last of them. */
static uint32_t *number_repeats(const struct row_set *set, const int *key, uint32_t *ret_earlier) {
  g_auto(row_index_auto) index;
  row_index_init(&index, set, key);
  uint32_t *nth = g_new0(uint32_t, MAX(set->count, 1));
  for (uint32_t row = 0; row < set->count; row++) {
    uint32_t earlier = row_index_replace(&index, row);
    nth[row] = earlier == row ? 0 : nth[earlier] + 1;
    if (ret_earlier) ret_earlier[row] = earlier;
  }
  return nth;
}

/* Rows that have one key by nature and not by mistake. Anonymous answers to one question on one day are several people's:
 * each gets a token that says no more than its place, "#1", "#2". A step that is done again at the same moment, as a log
 * with whole days or minutes tells it, is a second step: it starts a microsecond later. */
static void tell_apart(struct check *check, struct row_set *set, const int *key) {
  bool pulse = set->format->id == FILE_PULSE;
  if (!pulse && set->format->id != FILE_WORK_LOG) return;
  g_autofree uint32_t *earlier = g_new(uint32_t, MAX(set->count, 1)), *nth = number_repeats(set, key, earlier);
  int column = format_column(set->format, pulse ? "respondent" : "start");
  for (uint32_t row = set->count; row-- > 0;) { /* backwards: a row is compared before what it is compared with is changed */
    if (!pulse && nth[row] && !same_row(set, earlier[row], row)) set->columns[column].moment[row] += nth[row];
    if (!pulse || set->columns[column].text[row]) continue;
    char token[16];
    g_snprintf(token, sizeof token, "#%u", nth[row] + 1);
    set->columns[column].text[row] = g_string_chunk_insert_const(check->texts, token);
  }
}

static void check_keys(struct check *check, struct row_set *set, const int *key, uint8_t *bad) {
  g_auto(row_index_auto) index;
  row_index_init(&index, set, key);
  for (uint32_t row = 0; row < set->count; row++) {
    uint32_t first = row_index_add(&index, row);
    if (first == row) continue;
    g_autofree char *where = set->file[row] == set->file[first] ? g_strdup_printf("line %u", set->line[first]) :
      g_strdup_printf("%s:%u", check->files[set->file[first]], set->line[first]);
    if (same_row(set, first, row)) {
      bad[row] = 1;
      if (check->repeated[set->format->id]++) continue;
      g_autofree char *reason = g_strdup_printf("repeats %s word for word; it and any like it count once", where);
      check_remark(check, set, row, key[0], 1, reason, NULL);
    } else {
      g_autofree char *reason = g_strdup_printf("stands in %s too, with other cells", where);
      check_bad_row(check, bad, set, row, key[0], reason, "keep one of the two rows");
    }
  }
}

/* ---- spans and alternatives ---- */

static bool is_before(const struct row_set *set, int first, int second, uint32_t row) {
  const struct column *columns = set->format->columns;
  union cell a = row_cell(set, first, row), b = row_cell(set, second, row);
  if (cell_is_absent(&columns[first], a) || cell_is_absent(&columns[second], b)) return false;
  return columns[first].type == COLUMN_DAY ? b.day < a.day : b.moment < a.moment;
}

static void check_spans(struct check *check, struct row_set *set, uint8_t *bad) {
  for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
    if (spans[i].file != set->format->id) continue;
    int start = format_column(set->format, spans[i].start), end = format_column(set->format, spans[i].end);
    g_autofree char *reason = g_strdup_printf("is before %s", spans[i].start);
    for (uint32_t row = 0; row < set->count; row++)
      if (is_before(set, start, end, row)) check_bad_row(check, bad, set, row, end, reason, "correct one of the two");
  }
  for (size_t i = 0; i < G_N_ELEMENTS(alternatives); i++) {
    if (alternatives[i].file != set->format->id) continue;
    int one = format_column(set->format, alternatives[i].one), other = format_column(set->format, alternatives[i].other);
    g_autofree char *remedy = g_strdup_printf("give %s or %s", alternatives[i].one, alternatives[i].other);
    for (uint32_t row = 0; row < set->count; row++)
      if (!row_cell(set, one, row).text && !row_cell(set, other, row).text)
        check_bad_row(check, bad, set, row, one, "is empty", remedy);
  }
}

/* ---- circles ---- */

void check_circles(const int *parents, unsigned count, void (*found)(void *data, const unsigned *nodes, unsigned length), void *data) {
  g_autofree unsigned *seen = g_new0(unsigned, MAX(count, 1)); /* the walk that came here first; 0: none */
  for (unsigned start = 0; start < count; start++) {
    int at = (int)start;
    while (at >= 0 && !seen[at]) seen[at] = start + 1, at = parents[at];
    if (at < 0 || seen[at] != start + 1) continue;
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(unsigned));
    unsigned node = (unsigned)at;
    do {
      g_array_append_val(nodes, node);
      node = (unsigned)parents[node];
    } while (node != (unsigned)at);
    found(data, (const unsigned *)(const void *)nodes->data, nodes->len);
  }
}

struct broader { struct check *check; struct row_set *set; uint8_t *bad; int column; };

static void broader_circle(void *data, const unsigned *nodes, unsigned length) {
  struct broader *broader = data;
  GString *path = g_string_new("leads back to itself: ");
  for (unsigned i = 0; i <= MIN(length, CIRCLE_SHOWN); i++)
    g_string_append_printf(path, "%s%s", i ? " → " : "", row_text(broader->set, "skill_id", nodes[i % length]));
  if (length > CIRCLE_SHOWN) g_string_append(path, " …");
  for (unsigned i = 0; i < length; i++)
    check_bad_row(broader->check, broader->bad, broader->set, nodes[i], broader->column, path->str, "correct one of these rows");
  g_string_free(path, TRUE);
}

static void check_broader(struct check *check, struct row_set *set, uint8_t *bad) {
  g_autoptr(GHashTable) rows = g_hash_table_new(g_direct_hash, g_direct_equal);
  g_autofree int *parents = g_new(int, MAX(set->count, 1));
  int id = format_column(set->format, "skill_id"), broader = format_column(set->format, "broader");
  for (uint32_t row = 0; row < set->count; row++)
    if (!bad[row]) g_hash_table_insert(rows, (void *)(uintptr_t)set->columns[id].text[row], GUINT_TO_POINTER(row + 1));
  for (uint32_t row = 0; row < set->count; row++) {
    const char *up = bad[row] ? NULL : set->columns[broader].text[row];
    parents[row] = up ? (int)GPOINTER_TO_UINT(g_hash_table_lookup(rows, up)) - 1 : -1;
  }
  check_circles(parents, set->count, broader_circle, &(struct broader){ check, set, bad, broader });
}

/* ---- references ---- */

static bool is_known(struct check *check, GHashTable *keys, enum file_id to, const char *key) {
  if (keys && g_hash_table_contains(keys, key)) return true;
  return check->known && check->known->known && check->known->known(check->known->data, to, key);
}

struct missing { uint32_t first, rows; };

/* Lists: members one by one; other columns: the cell. Counts each unknown key. */
static void note_missing(struct check *check, GHashTable *keys, enum file_id to, GHashTable *seen, const char *key, uint32_t row) {
  struct missing *missing;
  if (!g_hash_table_lookup_extended(seen, key, NULL, (void **)&missing)) {
    missing = is_known(check, keys, to, key) ? NULL : g_new0(struct missing, 1);
    if (missing) missing->first = row;
    g_hash_table_insert(seen, g_strdup(key), missing);
  }
  if (missing) missing->rows++;
}

static void remark_missing(struct check *check, struct row_set *set, int column, enum file_id to, GHashTable *keys, const uint8_t *bad) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  bool list = set->format->columns[column].type == COLUMN_LIST;
  for (uint32_t row = 0; row < set->count; row++) {
    const char *text = bad[row] ? NULL : set->columns[column].text[row];
    g_auto(GStrv) members = text && list ? g_strsplit(text, ";", -1) : NULL;
    if (text && !list) note_missing(check, keys, to, seen, text, row);
    for (char **member = members; member && *member; member++) note_missing(check, keys, to, seen, *member, row);
  }
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(seen), (GCompareFunc)strcmp);
  for (GList *at = names; at; at = at->next) {
    const struct missing *missing = g_hash_table_lookup(seen, at->data);
    if (!missing) continue;
    g_autofree char *reason = g_strdup_printf("is in no %s so far", formats[to].file);
    struct row_problem *remark = row_problem_add(check->warnings, check->files[set->file[missing->first]], set->line[missing->first],
      set->format->columns[column].name, at->data, reason, "it is taken as it is named");
    if (remark) remark->rows = missing->rows;
  }
}

/* Nothing of that kind came, now or before: there is nothing to check against, and refusing every row would help nobody. */
static bool remark_unchecked(struct check *check, struct row_set *set, int column, enum file_id to) {
  bool any = check->sets[to] || (check->known && check->known->known && check->known->known(check->known->data, to, NULL));
  uint32_t named = 0;
  for (uint32_t row = 0; !any && row < set->count; row++) named += set->columns[column].text[row] != NULL;
  if (any || !named) return !any;
  g_autofree char *reason = g_strdup_printf("cannot be checked: %s has never come", formats[to].file);
  struct row_problem *remark = row_problem_add(check->warnings, check->files[set->file[0]], 0, set->format->columns[column].name, NULL, reason, "the rows are taken as they are");
  if (remark) remark->rows = named;
  return true;
}

static void refuse_missing(struct check *check, struct row_set *set, int column, enum file_id to, GHashTable *keys, uint8_t *bad) {
  if (remark_unchecked(check, set, column, to)) return;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
  g_autofree char *reason = g_strdup_printf("is in no good row of %s and not known", formats[to].file);
  g_autofree char *remedy = g_strdup_printf("add it to %s, or correct it", formats[to].file);
  for (uint32_t row = 0; row < set->count; row++) {
    const char *key = set->columns[column].text[row];
    void *known;
    if (!key || bad[row]) continue;
    if (!g_hash_table_lookup_extended(seen, key, NULL, &known)) {
      known = GINT_TO_POINTER(is_known(check, keys, to, key));
      g_hash_table_insert(seen, (void *)(uintptr_t)key, known);
    }
    if (!known) check_bad_row(check, bad, set, row, column, reason, remedy);
  }
}

static void check_references(struct check *check, struct row_set *set, GHashTable **keys, uint8_t *bad) {
  const struct column *columns = set->format->columns;
  for (int i = 0; columns[i].name; i++)
    if (columns[i].type == COLUMN_PERSON && set->format->id != FILE_PEOPLE)
      refuse_missing(check, set, i, FILE_PEOPLE, keys[FILE_PEOPLE], bad);
  for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
    if (references[i].from != set->format->id) continue;
    int column = format_column(set->format, references[i].column);
    GHashTable *known = keys[references[i].to];
    if (references[i].severity == REFUSE) refuse_missing(check, set, column, references[i].to, known, bad);
    else remark_missing(check, set, column, references[i].to, known, bad);
  }
}

/* The first column of the files that others refer to is their key. */
static GHashTable *keys_of(const struct row_set *set, const uint8_t *bad) {
  GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);
  for (uint32_t row = 0; row < set->count; row++)
    if (!bad[row]) g_hash_table_add(keys, (void *)(uintptr_t)set->columns[0].text[row]);
  return keys;
}

static bool is_referred_to(enum file_id id) {
  return id == FILE_PEOPLE || id == FILE_SKILLS || id == FILE_GOALS || id == FILE_PROGRAMMES || id == FILE_QUESTIONS;
}

static void check_set(struct check *check, struct row_set *set, GHashTable **keys) {
  const struct format *format = set->format;
  g_autofree uint8_t *bad = g_new0(uint8_t, MAX(set->count, 1));
  int key[16];
  key_columns(format, key);
  fill_default_words(set, key);
  check_spans(check, set, bad);
  tell_apart(check, set, key);
  if (!(format->flags & FORMAT_REPEATS)) check_keys(check, set, key, bad);
  if (format->id == FILE_SKILLS) check_broader(check, set, bad);
  if (format->id == FILE_SKILLS) keys[FILE_SKILLS] = keys_of(set, bad); /* `broader` refers to the file itself */
  check_references(check, set, keys, bad);
  row_set_drop(set, bad);
  if (format->id == FILE_PEOPLE) check_people(check, set);
  g_autofree uint8_t *none = g_new0(uint8_t, MAX(set->count, 1));
  if (is_referred_to(format->id) && !keys[format->id]) keys[format->id] = keys_of(set, none);
  if (format->flags & FORMAT_REPEATS) set->nth = number_repeats(set, key, NULL);
}

void check_rows(struct check *check) {
  GHashTable *keys[FILE_COUNT] = { 0 };
  for (int i = 0; i < FILE_COUNT; i++)
    if (check->sets[i] && check->sets[i]->format->columns) check_set(check, check->sets[i], keys);
  for (int i = 0; i < FILE_COUNT; i++) g_clear_pointer(&keys[i], g_hash_table_unref);
}
