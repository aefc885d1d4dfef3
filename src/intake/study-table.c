/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the file once, keeping periods and starts as numbers of distinct texts: how a text is to be read can only be decided
 * when all are known. Whole numbers stay as they are (years, weeks, 2007.0 too). Dates become their place on the grid that they
 * lie on: months (the same day of each, or each one's last), working days (none is a weekend's), else days; in steps of the
 * smallest distance, so that months count as even and a week that nobody has stays a gap. Where they lie on none (day, day,
 * day, fortnight), it is their index. Day and month are told apart by the first part over 12; where no date
 * tells, the way that makes even steps of the dates; where neither does, it is an error and no guess. Eight digits that are a date in
 * every row are dates, six that are a year and month are months.
 *
 * A column of starts may also say of each row whether the unit is treated by then (0 and 1, true and false, yes and no): where one unit
 * has both, its start is the first period that says yes, and none after it may say no.
 *
 * How it can be wrong: a gap at either end of the table cannot be seen. 0 and 1 that stay the same in every unit are read as starts,
 * never and period 1. */
#include "intake/study-table.h"
#include "base/clock.h"
#include "base/limits.h"
#include "intake/cell.h"
#include "intake/csv.h"
#include "intake/encoding.h"
#include <math.h>
#include <string.h>

#define NEVER_TEXT (-1)

/* ---- the columns ------------------------------------------------------------------------------------------------- */

bool study_columns_parse(const char *text, struct study_columns *ret, GError **error) {
  g_auto(study_columns_auto) c = { 0 };
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  for (char **part = parts; *part; part++) {
    char *equals = strchr(*part, '=');
    if (!equals || !equals[1]) return fail(error, MENO_ERROR_USAGE, "--columns wants name=column, not \"%s\"", *part);
    *equals = '\0';
    const char *name = g_strstrip(*part), *column = g_strstrip(equals + 1);
    static const char *const names[] = { "unit", "time", "start", "outcome", "cluster", "exposure" };
    char **to[] = { &c.unit, &c.time, &c.start, &c.outcome, &c.cluster, &c.exposure };
    unsigned i = 0;
    while (i < G_N_ELEMENTS(names) && strcmp(names[i], name) != 0) i++;
    if (i < G_N_ELEMENTS(names) && !*to[i]) *to[i] = g_strdup(column);
    else if (strcmp(name, "covariates") == 0 && !c.covariates) c.covariates = g_strsplit(column, "+", -1);
    else if (strcmp(name, "earlier") == 0 && !c.earlier) c.earlier = g_strsplit(column, "+", -1);
    else return fail(error, MENO_ERROR_USAGE, "--columns knows unit, time, start, outcome, covariates, earlier, cluster and exposure, each once, not \"%s\"", name);
  }
  unsigned of = c.covariates ? g_strv_length(c.covariates) : 0;
  if (c.earlier && g_strv_length(c.earlier) != of) return fail(error, MENO_ERROR_USAGE, "--columns: earlier wants one for each of the %u covariates, in the same order", of);
  for (char **name = c.earlier; name && *name; name++)
    if (!strchr(*name, '@')) return fail(error, MENO_ERROR_USAGE, "--columns: earlier wants the periods of each: %s@from:to", *name);
  if (!c.outcome || !c.start) return fail(error, MENO_ERROR_USAGE, "--columns needs at least start=… and outcome=…");
  *ret = c;
  c = (struct study_columns){ 0 };
  return true;
}

void study_columns_clear(struct study_columns *c) {
  g_free(c->unit);
  g_free(c->time);
  g_free(c->start);
  g_free(c->outcome);
  g_free(c->cluster);
  g_free(c->exposure);
  g_strfreev(c->covariates);
  g_strfreev(c->earlier);
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* Numbers of a column by how they are written: "1.234", "987" from 100 on, anything else with a comma or a point. */
struct shapes { int grouped, whole, broken, line; bool comma, point; };

struct words { GHashTable *number; GPtrArray *texts; GArray *line; }; /* distinct texts, and the row where each came first */

enum grid { DAYS, WORKING_DAYS, MONTHS };

struct reading {
  const char *file;
  struct csv_reader csv;
  char **header, *cell;       /* room for one cell */
  int unit, time, start, outcome, cluster, exposure, covariate[LIMIT_CSV_COLUMNS], covariates;
  const char *window[LIMIT_CSV_COLUMNS]; /* "from:to" of a covariate; NULL: all */
  bool windows;
  bool decimal_comma, words; /* of the starts: true, false, yes or no is among them */
  int width;                  /* of the header */
  int zero_line, empty_line;  /* where the first start "0" is, the first empty one; 0: none */
  struct shapes shape[LIMIT_CSV_COLUMNS];
  struct words units, clusters, times, starts;
  enum grid grid;             /* that the dates lie on: place = (place_of − origin) / step */
  int64_t origin, step;
  int of_month;
  GArray *time_of, *start_of; /* numbers of texts by row; NEVER_TEXT */
  struct study_table *table;
  GError **error;
};

static void words_init(struct words *w) {
  *w = (struct words){ g_hash_table_new(g_str_hash, g_str_equal), g_ptr_array_new_with_free_func(g_free), g_array_new(FALSE, FALSE, sizeof(int)) };
}

static void words_clear(struct words *w) {
  g_hash_table_unref(w->number);
  if (w->texts) g_ptr_array_unref(w->texts);
  g_array_unref(w->line);
}

static int word_number(struct words *w, const char *text, int line) {
  void *known;
  if (g_hash_table_lookup_extended(w->number, text, NULL, &known)) return GPOINTER_TO_INT(known);
  char *copy = g_strdup(text);
  int number = (int)w->texts->len;
  g_ptr_array_add(w->texts, copy);
  g_array_append_val(w->line, line);
  g_hash_table_insert(w->number, copy, GINT_TO_POINTER(number));
  return number;
}

static bool one_of(const char *text, const char *const *words) {
  for (; *words; words++)
    if (g_ascii_strcasecmp(text, *words) == 0) return true;
  return false;
}

static const char *const nothing[] = { "", "na", "n/a", "nan", "null", "none", ".", "-", NULL };

static const char *const untreated[] = { "0", "0.0", "false", "no", NULL }, *const treated[] = { "1", "1.0", "true", "yes", NULL }, *const by_word[] = { "false", "no", "true", "yes", NULL };

static const char *cell_at(struct reading *r, int column) {
  if ((unsigned)column >= r->csv.count) return "";
  size_t length = csv_copy(&r->csv.cells[column], r->cell);
  return cell_trim(r->cell, &length);
}

static void note_shape(struct reading *r, int column, const char *text, double value) {
  struct shapes *s = &r->shape[column];
  const char *digits = text + (*text == '-' || *text == '+'), *mark = strpbrk(digits, ".,");
  if (!mark) {
    s->whole += fabs(value) >= 100;
    return;
  }
  s->comma |= *mark == ',';
  s->point |= *mark == '.';
  bool grouped = *digits != '0' && mark > digits && mark - digits <= 3 && strlen(mark) == 4 && strspn(mark + 1, "0123456789") == 3;
  if (grouped && !s->grouped++) s->line = (int)r->csv.line;
  s->broken += !grouped;
}

/* "1.234" beside "987", and nothing that tells: more likely thousands than thousandths. */
static bool check_shapes(struct reading *r) {
  for (int i = 0; i < r->width; i++) {
    const struct shapes *s = &r->shape[i];
    if (s->comma && s->point) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: the column \"%s\" has numbers with a comma and numbers with a point: write all of them with a point, and thousands with nothing between", r->file, r->header[i]);
    if (s->grouped && s->whole && !s->broken)
      return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: it cannot be told whether the %s in the column \"%s\" parts thousands or decimals: write thousands with nothing between, decimals with other than three digits", r->file, s->line, s->comma ? "comma" : "point", r->header[i]);
  }
  return true;
}

static bool number_at(struct reading *r, int column, double *ret) {
  static const char *const endless[] = { "inf", "infinity", "+inf", NULL }, *const below[] = { "-inf", "-infinity", NULL };
  const char *text = cell_at(r, column);
  *ret = NAN;
  if (one_of(text, nothing)) return true;
  if (one_of(text, endless) || one_of(text, below)) {
    *ret = *text == '-' ? -INFINITY : INFINITY;
    return true;
  }
  if (cell_parse_number(text, r->decimal_comma, ret)) {
    note_shape(r, column, text, *ret);
    return true;
  }
  g_autofree char *quoted = csv_quote(text);
  return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %u: %s in the column \"%s\" is no number: correct it, or leave the cell empty", r->file, r->csv.line, quoted, r->header[column]);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int find_column(const struct reading *r, const char *name) {
  for (int i = 0; r->header[i]; i++)
    if (strcmp(r->header[i], name) == 0) return i;
  return -1;
}

static bool want_column(const struct reading *r, const char *what, const char *name, int *ret) {
  *ret = name ? find_column(r, name) : -1;
  if (!name || *ret >= 0) return true;
  g_autofree char *have = g_strjoinv(", ", r->header);
  return fail(r->error, MENO_ERROR_BAD_INPUT, "%s has no column \"%s\" (%s): it has %.300s", r->file, name, what, have);
}

/* "beer" or "beer@1984:1988". */
static bool find_covariate(struct reading *r, const char *name) {
  const char *at = find_column(r, name) < 0 ? strrchr(name, '@') : NULL;
  g_autofree char *column = at ? g_strndup(name, (size_t)(at - name)) : g_strdup(name);
  if (r->covariates == LIMIT_CSV_COLUMNS) return fail(r->error, MENO_ERROR_TOO_LARGE, "more than %d covariates are named", LIMIT_CSV_COLUMNS);
  r->window[r->covariates] = at ? at + 1 : NULL;
  r->windows |= at != NULL;
  return want_column(r, "covariate", column, &r->covariate[r->covariates++]);
}

static bool find_columns(struct reading *r, const struct study_columns *c) {
  bool fine = want_column(r, "unit", c->unit, &r->unit) && want_column(r, "time", c->time, &r->time) && want_column(r, "outcome", c->outcome, &r->outcome) &&
    want_column(r, "cluster", c->cluster, &r->cluster) && want_column(r, "exposure", c->exposure, &r->exposure);
  r->start = find_column(r, c->start); /* absent: the start itself, of all units */
  if (r->start < 0 && (!strpbrk(c->start, "0123456789") || !c->time)) return want_column(r, "start", c->start, &r->start);
  for (char **name = c->covariates; fine && name && *name; name++) fine = find_covariate(r, *name);
  for (char **name = c->earlier; fine && name && *name; name++) fine = find_covariate(r, *name);
  return fine;
}

/* A cell more has been a comma in a number, a cell less a row that was cut off. */
static bool check_width(struct reading *r) {
  for (unsigned i = (unsigned)r->width; i < r->csv.count; i++)
    if (r->csv.cells[i].length) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %u has %u cells, and the header %d: put quotes round what has a delimiter in it, and write numbers without one", r->file, r->csv.line, r->csv.count, r->width);
  int last = MAX(MAX(MAX(r->unit, r->time), MAX(r->start, r->outcome)), MAX(r->cluster, r->exposure));
  for (int j = 0; j < r->covariates; j++) last = MAX(last, r->covariate[j]);
  return last < (int)r->csv.count || fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %u has %u cells, and the header %d: \"%s\" is not among them", r->file, r->csv.line, r->csv.count, r->width, r->header[last]);
}

/* The number of a start's text; NEVER_TEXT. The start of all units is no cell, and may be period 0. */
static int start_number(struct reading *r, const struct study_columns *c, int line) {
  static const char *const never[] = { "0", "0.0", "inf", "never", NULL };
  if (r->start < 0) return word_number(&r->starts, c->start, line);
  const char *text = cell_at(r, r->start);
  bool zero = one_of(text, untreated), none = one_of(text, nothing);
  r->words |= one_of(text, by_word);
  if (zero && !r->zero_line) r->zero_line = line;
  if (none && !r->empty_line) r->empty_line = line;
  return none || one_of(text, never) ? NEVER_TEXT : word_number(&r->starts, text, line);
}

static bool take_row(struct reading *r, const struct study_columns *c) {
  struct study_table *t = r->table;
  int line = (int)r->csv.line, unit = word_number(&r->units, r->unit < 0 ? "all rows, as no unit=… is named" : cell_at(r, r->unit), line);
  double value;
  if (r->unit >= 0 && !*(const char *)g_ptr_array_index(r->units.texts, unit))
    return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the column \"%s\" is empty: every row needs its unit", r->file, line, c->unit);
  g_array_append_val(t->unit, unit);
  g_array_append_val(t->line, line);
  if (r->time >= 0) {
    int number = word_number(&r->times, cell_at(r, r->time), line);
    g_array_append_val(r->time_of, number);
  }
  int number = start_number(r, c, line);
  g_array_append_val(r->start_of, number);
  if (!number_at(r, r->outcome, &value)) return false;
  t->missing += isnan(value);
  g_array_append_val(t->outcome, value);
  for (int j = 0; j < r->covariates; j++) {
    if (!number_at(r, r->covariate[j], &value)) return false;
    g_array_append_val(t->x, value);
  }
  if (r->exposure >= 0) {
    if (!number_at(r, r->exposure, &value)) return false;
    g_array_append_val(t->of_exposure, value);
  }
  if (r->cluster >= 0) {
    if (!*cell_at(r, r->cluster)) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the column \"%s\" is empty: every row needs its cluster", r->file, line, c->cluster);
    int cluster = word_number(&r->clusters, cell_at(r, r->cluster), line);
    g_array_append_val(t->cluster, cluster);
  }
  return true;
}

/* ---- periods ----------------------------------------------------------------------------------------------------- */

static int weekday(int64_t day) { /* Monday is 0; 1970-01-01 was a Thursday */
  return (int)(((day + 3) % 7 + 7) % 7);
}

/* In the order in which they are tried; day and month first are told apart afterwards. */
enum writing { PACKED_DAY, PACKED_MONTH, WHOLE, ISO, MONTH, WEEK, QUARTER, NAMED_MONTH, NAMED_DAY, DAY_FIRST, MONTH_FIRST, WRITINGS };
static const char *const writing_names[] = { "YYYYMMDD", "YYYYMM", NULL, "YYYY-MM-DD", "YYYY-MM", "YYYY-Www", "YYYYQq", "Mon YYYY", "D Mon YYYY", "D/M/YYYY", "M/D/YYYY" };
#define EXAMPLES "whole numbers, or dates all written like 2026-03-02, 2/3/2026, 3/2/2026, 2 Mar 2026, Mar 2026, 2026-W10 or 2026Q1"

static bool parse_whole(const char *text, int64_t *ret) {
  char *end;
  double value = g_ascii_strtod(text, &end);
  if (end == text || *end || value != floor(value) || fabs(value) > 1e15) return false;
  *ret = (int64_t)value;
  return true;
}

/* Up to three numbers and what stands between them; what follows a space or a T is a time of day. */
static int split(const char *text, int part[3], char *ret_between) {
  int count = 0;
  while (count < 3 && g_ascii_isdigit(*text)) {
    char *end;
    gint64 value = g_ascii_strtoll(text, &end, 10);
    if (end - text > 4) return 0;
    part[count++] = (int)value;
    text = end;
    if (!*text || *text == ' ' || *text == 'T') return count;
    if (!strchr("/.-", *text) || (count > 1 && *text != *ret_between)) return 0;
    *ret_between = *text++;
  }
  return 0;
}

static bool day_of(int year, int month, int day, int64_t *ret) {
  if (year < 1000 || year > 2999 || month < 1 || month > 12 || day < 1 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) return false;
  *ret = clock_from_civil(year, month, day);
  return true;
}

static bool parse_packed(const char *text, enum writing writing, int64_t *ret) {
  size_t length = writing == PACKED_DAY ? 8 : 6;
  if (strlen(text) != length || strspn(text, "0123456789") != length || (text[0] != '1' && text[0] != '2')) return false;
  int number = (int)g_ascii_strtoll(text, NULL, 10), month = writing == PACKED_DAY ? number / 100 : number;
  return month / 100 >= 1900 && month / 100 <= 2099 && day_of(month / 100, month % 100, writing == PACKED_DAY ? number % 100 : 1, ret);
}

/* Monday of a week as ISO 8601 counts them: the first one has the 4th of January. */
static bool parse_week(int year, int week, int64_t *ret) {
  int64_t fourth, next;
  if (week < 1 || !day_of(year, 1, 4, &fourth) || !day_of(year + 1, 1, 4, &next)) return false;
  *ret = fourth - weekday(fourth) + 7 * (week - 1);
  return *ret < next - weekday(next);
}

static int month_named(const char *name) {
  static const char *const names[] = { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december" };
  size_t length = strlen(name);
  for (int i = 0; length >= 3 && i < 12; i++)
    if (g_ascii_strncasecmp(name, names[i], length) == 0) return i + 1;
  return 0;
}

/* "2 Mar 2026", "2026-W10", "Q1 2026": up to three numbers and names, whatever stands between. */
static bool parse_named(const char *text, enum writing writing, int64_t *ret) {
  struct { bool name; char text[10]; int number; } part[3] = { 0 };
  int count = 0;
  while (*text) {
    bool name = g_ascii_isalpha(*text);
    size_t length = 0;
    if (count == 3 || (!name && !g_ascii_isdigit(*text))) return false;
    while (name ? g_ascii_isalpha(text[length]) : g_ascii_isdigit(text[length])) length++;
    if (length >= sizeof part[0].text) return false;
    memcpy(part[count].text, text, length);
    part[count].number = name ? 0 : (int)g_ascii_strtoll(part[count].text, NULL, 10);
    part[count++].name = name;
    text += length;
    text += strspn(text, " ,./-");
  }
  int a = part[0].number, b = part[1].number, c = part[2].number;
  bool in_middle = count == 3 && !part[0].name && part[1].name && !part[2].name, first = count == 3 && part[0].name && !part[1].name && !part[2].name;
  if (writing == WEEK) return in_middle && g_ascii_strcasecmp(part[1].text, "w") == 0 && parse_week(a, c, ret);
  if (writing == QUARTER && in_middle) return g_ascii_strcasecmp(part[1].text, "q") == 0 && c >= 1 && c <= 4 && day_of(a, 3 * c - 2, 1, ret);
  if (writing == QUARTER) return first && g_ascii_strcasecmp(part[0].text, "q") == 0 && b >= 1 && b <= 4 && day_of(c, 3 * b - 2, 1, ret);
  if (writing == NAMED_DAY) return in_middle ? day_of(c, month_named(part[1].text), a, ret) : first && day_of(c, month_named(part[0].text), b, ret);
  if (count == 3) return in_middle && g_ascii_strcasecmp(part[1].text, "m") == 0 && day_of(a, c, 1, ret);
  return count == 2 && part[0].name != part[1].name && day_of(a + b, month_named(part[part[1].name].text), 1, ret);
}

static bool parse_period(const char *text, enum writing writing, int64_t *ret) {
  int part[3] = { 0 };
  char between = '\0';
  if (writing == WHOLE) return parse_whole(text, ret);
  if (writing < WHOLE) return parse_packed(text, writing, ret);
  if (writing >= WEEK && writing <= NAMED_DAY) return parse_named(text, writing, ret);
  int count = split(text, part, &between);
  if (count != (writing == MONTH ? 2 : 3) || !between) return false;
  int year = writing <= MONTH ? part[0] : part[2], month = writing <= MONTH || writing == DAY_FIRST ? part[1] : part[0], day = writing == MONTH ? 1
    : writing == ISO ? part[2] : writing == DAY_FIRST ? part[0] : part[1];
  return day_of(year, month, day, ret);
}

static bool all_parse(const struct words *w, enum writing writing, int *ret_line, const char **ret_text) {
  int64_t ignored;
  for (guint i = 0; w && i < w->texts->len; i++)
    if (!parse_period(g_ptr_array_index(w->texts, i), writing, &ignored)) {
      *ret_line = g_array_index(w->line, int, i);
      *ret_text = g_ptr_array_index(w->texts, i);
      return false;
    }
  return true;
}

static int compare_day(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* Are the steps between the distinct dates alike: all between 27 and 31 days (months), 88 and 93, or all the same? */
static bool even_steps(const struct words *w, enum writing writing) {
  guint n = w->texts->len;
  g_autofree int64_t *day = g_new(int64_t, n);
  int64_t least = G_MAXINT64, most = 0;
  for (guint i = 0; i < n; i++) parse_period(g_ptr_array_index(w->texts, i), writing, &day[i]);
  qsort(day, n, sizeof *day, compare_day);
  for (guint i = 1; i < n; i++) {
    least = MIN(least, day[i] - day[i - 1]);
    most = MAX(most, day[i] - day[i - 1]);
  }
  return n > 2 && (least == most || (least >= 28 && most <= 31) || (least >= 89 && most <= 92) || (least >= 365 && most <= 366));
}

/* How the column of periods is written, and that of starts if they are periods; WRITINGS with an error set. */
static enum writing decide(struct reading *r, const struct words *starts) {
  int line = 0, other_line = 0;
  const char *text = "", *other = "";
  for (int w = 0; w < DAY_FIRST; w++)
    if (all_parse(&r->times, w, &line, &text) && (w == WHOLE || all_parse(starts, w, &line, &text))) return w;
  bool day = all_parse(&r->times, DAY_FIRST, &line, &text) && all_parse(starts, DAY_FIRST, &line, &text);
  bool month = all_parse(&r->times, MONTH_FIRST, &other_line, &other) && all_parse(starts, MONTH_FIRST, &other_line, &other);
  if (day != month) return day ? DAY_FIRST : MONTH_FIRST;
  int64_t ignored;
  for (int w = WHOLE; !day && w < WRITINGS; w++) /* the first period says how they are meant; which is the first that is not? */
    if (parse_period(g_ptr_array_index(r->times.texts, 0), w, &ignored)) {
      if (all_parse(&r->times, w, &line, &text)) all_parse(starts, w, &line, &text);
      break;
    }
  g_autofree char *quoted = csv_quote(day ? g_ptr_array_index(r->times.texts, 0) : text);
  if (!day) {
    fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: %s is no period like the others: " EXAMPLES, r->file, line, quoted);
    return WRITINGS;
  }
  bool day_even = even_steps(&r->times, DAY_FIRST), month_even = even_steps(&r->times, MONTH_FIRST);
  if (day_even != month_even) return day_even ? DAY_FIRST : MONTH_FIRST;
  fail(r->error, MENO_ERROR_BAD_INPUT, "%s: dates like %s may be day/month or month/day, and none of them tells: write them as 2026-03-02", r->file, quoted);
  return WRITINGS;
}

/* The first date of the file at or after `day`; their number if there is none. */
static guint index_of(const GArray *days, int64_t day) {
  guint low = 0, high = days->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(days, int32_t, middle) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* ---- the grid of the dates ---------------------------------------------------------------------------------------- */

/* Place of a date; of one between two places the later one. */
static int64_t place_of(const struct reading *r, int64_t day) {
  int year, month, own;
  clock_civil((int32_t)day, &year, &month, &own);
  if (r->grid == MONTHS) return 12 * (int64_t)year + month + (own > r->of_month);
  int64_t week = (day + 3 - weekday(day)) / 7;
  return r->grid == DAYS ? day : weekday(day) < 5 ? 5 * week + weekday(day) : 5 * (week + 1);
}

/* Fills table->places. False: the dates are no even steps on this grid, or two have one place. */
static bool lay_grid(struct reading *r, enum grid grid) {
  struct study_table *t = r->table;
  int year, month, own;
  r->grid = grid;
  r->step = G_MAXINT64;
  g_array_set_size(t->places, 0);
  for (guint i = 0; i < t->days->len; i++) {
    clock_civil(g_array_index(t->days, int32_t, i), &year, &month, &own);
    r->of_month = MAX(r->of_month, own);
  }
  for (guint i = 0; i < t->days->len; i++) {
    int64_t place = place_of(r, g_array_index(t->days, int32_t, i));
    g_array_append_val(t->places, place);
    if (i) r->step = MIN(r->step, place - g_array_index(t->places, int64_t, i - 1));
  }
  r->origin = g_array_index(t->places, int64_t, 0);
  for (guint i = 0; i < t->places->len; i++) {
    int64_t *place = &g_array_index(t->places, int64_t, i);
    if (r->step <= 0 || (*place - r->origin) % r->step) return false;
    *place = (*place - r->origin) / r->step;
  }
  return true;
}

/* What the dates have in common. */
static bool find_grid(struct reading *r) {
  const GArray *days = r->table->days;
  bool same = true, last = true, working = true, across = false;
  int first = 0, year, month, day;
  for (guint i = 0; i < days->len; i++) {
    int32_t at = g_array_index(days, int32_t, i), before = i ? g_array_index(days, int32_t, i - 1) : at;
    clock_civil(at, &year, &month, &day);
    first = i ? first : day;
    same = same && day == first;
    last = last && day == g_date_get_days_in_month((GDateMonth)month, (GDateYear)year);
    working = working && weekday(at) < 5;
    across = across || (weekday(at) < weekday(before) && at - before <= 5);
  }
  return ((same || last) && lay_grid(r, MONTHS)) || (working && across && lay_grid(r, WORKING_DAYS)) || lay_grid(r, DAYS) || lay_grid(r, MONTHS);
}

/* A start may lie in a gap: the first place at or after it. */
static int64_t start_place(const struct reading *r, int64_t day, guint at) {
  int64_t away = place_of(r, day) - r->origin;
  return r->table->uneven || r->table->days->len < 2 || away <= 0 ? g_array_index(r->table->places, int64_t, at) : (away + r->step - 1) / r->step;
}

static bool convert(struct reading *r, const struct words *w, enum writing writing, bool start, int64_t *ret) {
  for (guint i = 0; i < w->texts->len; i++) {
    const char *text = g_ptr_array_index(w->texts, i);
    if (!parse_period(text, writing, &ret[i])) {
      g_autofree char *quoted = csv_quote(text);
      return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the start %s is not written like the periods: give the first treated period, or 0 for never", r->file, g_array_index(w->line, int, i), quoted);
    }
    if (!r->table->dates) continue;
    guint at = index_of(r->table->days, ret[i]);
    if (start && at >= r->table->days->len) ret[i] = PANEL_NEVER; /* after the last date of the file */
    else ret[i] = start ? start_place(r, ret[i], at) : g_array_index(r->table->places, int64_t, at);
  }
  return true;
}

static void collect_days(struct reading *r, enum writing writing) {
  struct study_table *t = r->table;
  g_autofree int64_t *day = g_new(int64_t, MAX(r->times.texts->len, 1));
  for (guint i = 0; i < r->times.texts->len; i++) parse_period(g_ptr_array_index(r->times.texts, i), writing, &day[i]);
  qsort(day, r->times.texts->len, sizeof *day, compare_day);
  for (guint i = 0; i < r->times.texts->len; i++) {
    int32_t one = (int32_t)day[i];
    if (i == 0 || day[i] != day[i - 1]) g_array_append_val(t->days, one);
  }
  t->dates = true;
  t->date_format = writing_names[writing];
  if (t->days->len > 1 && find_grid(r)) return;
  t->uneven = t->days->len > 1;
  g_array_set_size(t->places, 0);
  for (guint i = 0; i < t->days->len; i++) {
    int64_t place = i;
    g_array_append_val(t->places, place);
  }
}

/* The first or last period of a window; the first place at or after, the last at or before. */
static bool window_end(const struct reading *r, const char *text, enum writing writing, bool last, int64_t *ret) {
  if (!parse_period(text, writing, ret)) return fail(r->error, MENO_ERROR_BAD_INPUT, "the periods \"%s\" of a covariate are not written like those of the table: name@from:to", text);
  if (!r->table->dates) return true;
  guint at = index_of(r->table->days, *ret + last);
  if (last) *ret = at ? g_array_index(r->table->places, int64_t, at - 1) : G_MININT64;
  else *ret = at < r->table->places->len ? g_array_index(r->table->places, int64_t, at) : G_MAXINT64;
  return true;
}

static bool read_windows(struct reading *r, enum writing writing) {
  r->table->windows = g_array_new(FALSE, FALSE, sizeof(struct study_window));
  for (int j = 0; j < r->covariates; j++) {
    struct study_window window = { G_MININT64, G_MAXINT64 };
    g_auto(GStrv) ends = r->window[j] ? g_strsplit(r->window[j], ":", 2) : NULL;
    if (ends && (!ends[0] || !window_end(r, ends[0], writing, false, &window.from) || !window_end(r, ends[1] ? ends[1] : ends[0], writing, true, &window.to)))
      return ends[0] ? false : fail(r->error, MENO_ERROR_BAD_INPUT, "a covariate names no period after its @");
    g_array_append_val(r->table->windows, window);
  }
  return true;
}

/* ---- who is treated ---------------------------------------------------------------------------------------------- */

static const char *start_text(const struct reading *r, guint row) {
  int number = g_array_index(r->start_of, int, row);
  return number == NEVER_TEXT ? NULL : g_ptr_array_index(r->starts.texts, number);
}

static bool is_treated(const struct reading *r, guint row) {
  const char *text = start_text(r, row);
  return text && one_of(text, treated);
}

/* Without periods: treated or not is all that counts. */
static bool read_treated(struct reading *r) {
  for (guint i = 0; i < r->start_of->len; i++) {
    const char *text = start_text(r, i);
    int64_t day, start = text && !one_of(text, untreated) ? 1 : PANEL_NEVER;
    bool known = !text || one_of(text, treated) || one_of(text, untreated);
    for (int w = 0; w < WRITINGS && !known; w++) known = parse_period(text, w, &day);
    g_autofree char *quoted = known ? NULL : csv_quote(text);
    if (!known) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the start %s does not say whether the unit is treated: write 1 or 0, yes or no, or since when", r->file, g_array_index(r->table->line, int, i), quoted);
    g_array_append_val(r->table->start, start);
  }
  return !r->zero_line || !r->empty_line || fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the start is empty, while row %d has a 0 for a unit that is not treated: write 0 or 1, or leave the row out", r->file, r->empty_line, r->zero_line);
}

/* Does the column of starts say of each row whether the unit is treated by then? */
static bool says_by_row(const struct reading *r) {
  if (r->start < 0 || r->starts.texts->len == 0) return false;
  for (guint i = 0; i < r->starts.texts->len; i++)
    if (!one_of(g_ptr_array_index(r->starts.texts, i), treated) && !one_of(g_ptr_array_index(r->starts.texts, i), untreated)) return false;
  bool both = r->words;
  g_autofree char *seen = g_malloc0(r->units.texts->len);
  for (guint i = 0; i < r->start_of->len && !both; i++) {
    char *of_unit = &seen[g_array_index(r->table->unit, int, i)];
    *of_unit |= is_treated(r, i) ? 2 : 1;
    both = *of_unit == 3;
  }
  return both;
}

/* The start of a unit is its first row that says yes. */
static bool starts_by_row(struct reading *r) {
  struct study_table *t = r->table;
  guint units = r->units.texts->len;
  g_autofree int64_t *start = g_new(int64_t, units);
  g_autofree int *line = g_new0(int, units);
  if (r->zero_line && r->empty_line) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: whether the unit is treated by then is empty, while row %d says: fill the cell, or leave the row out", r->file, r->empty_line, r->zero_line);
  for (guint u = 0; u < units; u++) start[u] = PANEL_NEVER;
  for (guint i = 0; i < t->time->len; i++) {
    int u = g_array_index(t->unit, int, i);
    if (!is_treated(r, i) || g_array_index(t->time, int64_t, i) >= start[u]) continue;
    start[u] = g_array_index(t->time, int64_t, i);
    line[u] = g_array_index(t->line, int, i);
  }
  for (guint i = 0; i < t->time->len; i++) {
    int u = g_array_index(t->unit, int, i);
    if (!is_treated(r, i) && g_array_index(t->time, int64_t, i) > start[u])
      return fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: unit \"%s\" is not treated any more, and was in row %d: these designs take a treatment that stays; leave out what comes after it ended", r->file, g_array_index(t->line, int, i), (const char *)g_ptr_array_index(r->units.texts, u), line[u]);
    g_array_append_val(t->start, start[u]);
  }
  t->by_row = true;
  return true;
}

/* 0 is never, unless it is a period with others before it: then it may be either. */
static bool check_zero(const struct reading *r, const int64_t *times) {
  int64_t least = 0;
  for (guint i = 0; i < r->times.texts->len; i++) least = MIN(least, times[i]);
  return least == 0 || !r->zero_line || fail(r->error, MENO_ERROR_BAD_INPUT, "%s: row %d: the start 0 means never, and is also a period of this table: number the periods from 1", r->file, r->zero_line);
}

static bool read_periods(struct reading *r) {
  struct study_table *t = r->table;
  if (r->time < 0 && r->windows) return fail(r->error, MENO_ERROR_USAGE, "periods of a covariate want a column of time");
  if (r->time < 0) return read_treated(r);
  bool by_row = says_by_row(r);
  enum writing writing = decide(r, by_row ? NULL : &r->starts);
  if (writing == WRITINGS) return false;
  if (writing != WHOLE) collect_days(r, writing);
  if (r->windows && !read_windows(r, writing)) return false;
  g_autofree int64_t *times = g_new(int64_t, MAX(r->times.texts->len, 1)), *starts = g_new(int64_t, MAX(r->starts.texts->len, 1));
  if (!convert(r, &r->times, writing, false, times)) return false;
  for (guint i = 0; i < r->time_of->len; i++) g_array_append_val(t->time, times[g_array_index(r->time_of, int, i)]);
  if (by_row) return starts_by_row(r);
  if ((writing == WHOLE && !check_zero(r, times)) || !convert(r, &r->starts, writing, true, starts)) return false;
  for (guint i = 0; i < r->start_of->len; i++) {
    int number = g_array_index(r->start_of, int, i);
    int64_t start = number == NEVER_TEXT ? PANEL_NEVER : starts[number];
    g_array_append_val(t->start, start);
  }
  return true;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void reading_clear(struct reading *r) {
  csv_reader_clear(&r->csv);
  g_strfreev(r->header);
  g_free(r->cell);
  words_clear(&r->units);
  words_clear(&r->clusters);
  words_clear(&r->times);
  words_clear(&r->starts);
  g_array_unref(r->time_of);
  g_array_unref(r->start_of);
}
typedef struct reading reading_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reading_auto, reading_clear)

static struct study_table *table_new(void) {
  struct study_table *t = g_new0(struct study_table, 1);
  t->unit = g_array_new(FALSE, FALSE, sizeof(int));
  t->cluster = g_array_new(FALSE, FALSE, sizeof(int));
  t->line = g_array_new(FALSE, FALSE, sizeof(int));
  t->time = g_array_new(FALSE, FALSE, sizeof(int64_t));
  t->start = g_array_new(FALSE, FALSE, sizeof(int64_t));
  t->outcome = g_array_new(FALSE, FALSE, sizeof(double));
  t->x = g_array_new(FALSE, FALSE, sizeof(double));
  t->of_exposure = g_array_new(FALSE, FALSE, sizeof(double));
  t->days = g_array_new(FALSE, FALSE, sizeof(int32_t));
  t->places = g_array_new(FALSE, FALSE, sizeof(int64_t));
  return t;
}

static bool read_rows(struct reading *r, const struct study_columns *c) {
  r->header = csv_read_header(&r->csv, r->error);
  if (!r->header || !find_columns(r, c)) return false;
  r->width = (int)g_strv_length(r->header);
  int got;
  while ((got = csv_next(&r->csv, r->error)) == 1) {
    if (r->table->unit->len >= LIMIT_CSV_ROWS) return fail(r->error, MENO_ERROR_TOO_LARGE, "%s has more than %d rows", r->file, LIMIT_CSV_ROWS);
    if (!check_width(r) || !take_row(r, c)) return false;
  }
  if (got < 0 || !check_shapes(r)) return false;
  if (r->table->unit->len == 0) return fail(r->error, MENO_ERROR_BAD_INPUT, "%s has a header but no rows", r->file);
  return read_periods(r);
}

static void point(struct reading *r) {
  struct study_table *t = r->table;
  t->names = g_steal_pointer(&r->units.texts);
  t->exposure = r->exposure >= 0 ? (double *)(void *)t->of_exposure->data : NULL;
  t->rows = (struct panel_rows){ .rows = (int)t->unit->len, .units = (int)t->names->len, .columns = r->covariates, .unit = (int *)(void *)t->unit->data,
    .time = r->time >= 0 ? (int64_t *)(void *)t->time->data : NULL, .start = (int64_t *)(void *)t->start->data, .outcome = (double *)(void *)t->outcome->data,
    .x = r->covariates ? (double *)(void *)t->x->data : NULL, .cluster = r->cluster >= 0 ? (int *)(void *)t->cluster->data : NULL,
    .line = (int *)(void *)t->line->data, .name = (const char *const *)t->names->pdata };
}

struct study_table *study_table_parse(const char *file, const char *bytes, size_t length, const struct study_columns *columns, GError **error) {
  g_auto(decoded_auto) text = { 0 };
  if (!encoding_decode(file, bytes, length, NULL, &text, error)) return NULL;
  struct csv_dialect dialect = csv_sniff(text.text, text.length);
  g_autoptr(study_table_auto) table = table_new();
  g_auto(reading_auto) r = { .file = file, .table = table, .error = error, .decimal_comma = dialect.delimiter == ';' };
  r.cell = g_malloc(LIMIT_CSV_FIELD + 1);
  r.time_of = g_array_new(FALSE, FALSE, sizeof(int));
  r.start_of = g_array_new(FALSE, FALSE, sizeof(int));
  words_init(&r.units);
  words_init(&r.clusters);
  words_init(&r.times);
  words_init(&r.starts);
  csv_reader_init(&r.csv, file, text.text, text.length, &dialect);
  if (!read_rows(&r, columns)) return NULL;
  point(&r);
  return g_steal_pointer(&table);
}

void study_table_free(struct study_table *t) {
  GArray *all[] = { t->unit, t->time, t->start, t->outcome, t->x, t->cluster, t->line, t->of_exposure, t->days, t->places };
  for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) g_array_unref(all[i]);
  if (t->names) g_ptr_array_unref(t->names);
  if (t->windows) g_array_unref(t->windows);
  g_free(t);
}

char *study_table_period(const struct study_table *t, int64_t period) {
  char text[CLOCK_TEXT];
  if (!t->dates) return g_strdup_printf("%" G_GINT64_FORMAT, period);
  guint at = 0; /* only periods of the file are shown */
  while (at + 1 < t->days->len && g_array_index(t->places, int64_t, at) < period) at++;
  return g_strdup(clock_format_day(g_array_index(t->days, int32_t, at), text));
}
