/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the record store's statements add up to over time, by verb, by activity and by team: from blocks (company/blocks.h), so
 * that a year of ten million statements is a matter of milliseconds.
 *
 * Periods are whole: a question is widened to the weeks or months that it touches, so that nobody can subtract the same week
 * with a day less. Of verbs and activities those that are most often meant are shown; of whatever is asked, at most MOST_ROWS.
 *
 * The gate. A figure is shown where at least five people are behind it, told by their agents. Each period is a list that adds up to
 * its total, which is shown too; "everything else", groups beyond MOST_ROWS and hidden figures, is one further figure that is
 * never shown but as what is left. Days add up to weeks, which may be asked for as well: so the days of a week are a table with
 * its totals. Shares and means are about those who had a result, and are rounded to hundredths: nothing can be computed from them
 * exactly. Where all of a team passed, or none, the share would tell of each: it is withheld.
 *
 * A team's statements are those of the people who were in it on that day (the primary membership, else the newest), known by their work
 * addresses. Others, also those who were erased, are in the total only.
 *
 * How it can be wrong: one person with two agents counts as two people behind a verb or an activity. Months and weeks overlap: a
 * month less the weeks within it tells about parts of two weeks. Tables by verb and by activity are judged by themselves. */
#include "company/blocks.h"
#include "gate/crowd.h"
#include "gate/disclosure.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

#define MOST_ROWS 30
#define MOST_PERIODS 400
#define MOST_AT_ONCE 60000 /* figures of groups that are known before: teams × periods */

enum by { BY_VERB, BY_ACTIVITY, BY_TEAM };
enum every { EVERY_DAY, EVERY_WEEK, EVERY_MONTH };
static const char *const by_names[] = { "verb", "activity", "team", NULL }, *const every_names[] = { "day", "week", "month", NULL };

struct figure { int64_t count, told, passed, scored, points; struct crowd people, told_by, scored_by; bool hidden; };
struct row { int group; char *id, *name; struct figure *at; /* of each period */ };

struct summary {
  struct op_call *call;
  struct view *view;
  struct db *db;
  enum by by;
  enum every every;
  int32_t from, to;         /* days, to exclusive: whole periods */
  int periods; int32_t *starts;
  int *period_of;           /* of day - from */
  int *group_of; int64_t terms;            /* of a term, of verbs and activities; or its person, of agents: -1 none */
  int *first_membership, *next_membership; /* of a person, of a membership */
  GArray *group_terms;      /* int64_t: verbs' and activities' */
  GArray *counts;           /* int64_t: of each group */
  int *row_of;              /* of a group; -1: not among those shown */
  struct row *rows; int row_count;
  struct figure *adding;       /* while cells are added, period by period: a block's are of few days, so they lie together */
  struct figure *total, *rest; /* of each period */
};

/* ---- periods ---------------------------------------------------------------------------------------------------- */

static int32_t period_start(enum every every, int32_t day) {
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return every == EVERY_DAY ? day : every == EVERY_MONTH ? day - mday + 1 : day - (int32_t)(((int64_t)day + 3 + 7 * INT64_C(400000000)) % 7); /* Mondays */
}

static int32_t period_after(enum every every, int32_t start) {
  return every == EVERY_DAY ? start + 1 : every == EVERY_WEEK ? start + 7 : period_start(EVERY_MONTH, start + 31);
}

static int word_index(const char *const *words, const char *word, int otherwise) {
  for (int i = 0; word && words[i]; i++)
    if (strcmp(words[i], word) == 0) return i;
  return otherwise;
}

static bool lay_periods(struct summary *s, GError **error) {
  static const int32_t usual[] = { 30, 7 * 26, 365 };
  int32_t until = clock_day(s->call->now), since;
  const char *since_text = op_text(s->call, "since"), *until_text = op_text(s->call, "until");
  if (until_text) clock_parse_day(until_text, &until);
  since = until - usual[s->every] + 1;
  if (since_text) clock_parse_day(since_text, &since);
  if (since > until) return fail(error, MENO_ERROR_BAD_INPUT, "\"since\" is after \"until\"");
  s->from = period_start(s->every, since);
  g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int32_t));
  for (s->to = s->from; s->to <= until && starts->len <= MOST_PERIODS; s->to = period_after(s->every, s->to)) g_array_append_val(starts, s->to);
  if (starts->len > MOST_PERIODS) return fail(error, MENO_ERROR_BAD_INPUT, "that is more than %d %ss; ask for %s, or for less time", MOST_PERIODS, every_names[s->every],
    s->every == EVERY_DAY ? "weeks" : "months");
  s->periods = (int)starts->len;
  s->starts = (int32_t *)(void *)g_array_free(g_steal_pointer(&starts), FALSE);
  s->period_of = g_new(int, s->to - s->from);
  for (int32_t day = s->from, period = 0; day < s->to; day++) {
    if (period + 1 < s->periods && day >= s->starts[period + 1]) period++;
    s->period_of[day - s->from] = period;
  }
  return true;
}

/* ---- groups ----------------------------------------------------------------------------------------------------- */

static bool is_in(const struct membership *membership, int32_t day) {
  return (membership->from == CLOCK_NO_DAY || membership->from <= day) && (membership->to == CLOCK_NO_DAY || day < membership->to);
}

static int team_on(const struct summary *s, int person, int32_t day) {
  const struct membership *best = NULL;
  for (int m = s->first_membership[person]; m >= 0; m = s->next_membership[m]) {
    const struct membership *one = &s->view->company->memberships.at[m];
    if (!is_in(one, day)) continue;
    if (!best || (one->primary && !best->primary) || (one->primary == best->primary && one->from > best->from)) best = one;
  }
  return best ? best->team : -1;
}

/* Which group a cell counts for; -1: none. */
static int group_of(const struct summary *s, const struct block_cell *cell) {
  int index = cell->term > 0 && cell->term < s->terms ? s->group_of[cell->term] : -1;
  return s->by != BY_TEAM || index < 0 ? index : team_on(s, index, cell->day);
}

static bool last_term(struct summary *s, GError **error) {
  if (db_one(s->db, &s->terms, error, "evidence.last_term", "") < 0) return false;
  s->terms = CLAMP(s->terms, 0, INT32_MAX - 1) + 1;
  s->group_of = g_try_new(int, s->terms); /* mostly untouched: numbers of a kind lie together */
  if (!s->group_of) return fail(error, MENO_ERROR_INTERNAL, "there is no memory for %" G_GINT64_FORMAT " terms", s->terms);
  memset(s->group_of, -1, sizeof(int) * (gsize)s->terms);
  return true;
}

static void link_memberships(struct summary *s) {
  const struct company *company = s->view->company;
  s->first_membership = g_new(int, company->people.count + 1);
  s->next_membership = g_new(int, company->memberships.count + 1);
  for (int i = 0; i < company->people.count; i++) s->first_membership[i] = -1;
  for (int m = 0; m < company->memberships.count; m++) {
    int person = company->memberships.at[m].person;
    s->next_membership[m] = s->first_membership[person];
    s->first_membership[person] = m;
  }
}

/* Whose agents are which terms: by the opaque names that their work addresses have. */
static bool know_people(struct summary *s, GError **error) {
  const struct company *company = s->view->company;
  struct seal *seal = system_seal(s->call->system);
  g_autoptr(GHashTable) people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  link_memberships(s);
  for (int i = 0; i < company->people.count; i++) {
    if (!company->people.at[i].email) continue;
    g_autofree char *small = g_ascii_strdown(company->people.at[i].email, -1), *name = g_strconcat("mailto:", small, NULL);
    g_hash_table_insert(people, seal ? seal_actor(seal, name) : g_steal_pointer(&name), GINT_TO_POINTER(i + 1));
  }
  g_autoptr(query_auto) query = db_query(s->db, error, "company.terms_of_kind", "tt", "p", "q");
  int got;
  while ((got = query_next(query, error)) == 1) {
    int64_t term = query_integer(query, 0);
    const char *key = query_text(query, 1);
    int person = GPOINTER_TO_INT(g_hash_table_lookup(people, *key ? key + 1 : key));
    if (person && term > 0 && term < s->terms) s->group_of[term] = person - 1;
  }
  return got == 0;
}

/* ---- adding up -------------------------------------------------------------------------------------------------- */

static enum block_kind kind_of(const struct summary *s) { return s->by == BY_VERB ? BLOCK_VERB : s->by == BY_ACTIVITY ? BLOCK_ACTIVITY : BLOCK_AGENT; }

static void count_cell(const struct block_cell *cell, void *data) {
  struct summary *s = data;
  int64_t none = 0;
  if (s->by != BY_TEAM && cell->term > 0 && cell->term < s->terms && s->group_of[cell->term] < 0) {
    s->group_of[cell->term] = (int)s->counts->len;
    g_array_append_val(s->counts, none);
    g_array_append_val(s->group_terms, cell->term);
  }
  int group = group_of(s, cell);
  if (group >= 0) g_array_index(s->counts, int64_t, group) += cell->back ? -cell->count : cell->count;
}

static void add_cell(struct figure *figure, const struct block_cell *cell, const uint32_t *who) {
  int64_t sign = cell->back ? -1 : 1;
  uint32_t people = (uint32_t)MIN(cell->people, UINT32_MAX);
  figure->count += sign * cell->count;
  crowd_add(&figure->people, who, people, cell->back);
  if (cell->told) {
    figure->told += sign * cell->told;
    figure->passed += sign * cell->passed;
    crowd_add(&figure->told_by, who, people, cell->back);
  }
  if (cell->scored) {
    figure->scored += sign * cell->scored;
    figure->points += sign * cell->points;
    crowd_add(&figure->scored_by, who, people, cell->back);
  }
}

static void take_cell(const struct block_cell *cell, void *data) {
  struct summary *s = data;
  int period = s->period_of[cell->day - s->from], group = group_of(s, cell), row = group < 0 ? -1 : s->row_of[group];
  uint32_t who[BLOCK_FEW];
  for (int i = 0; i < cell->people && i < BLOCK_FEW; i++) who[i] = (uint32_t)cell->who[i];
  add_cell(row < 0 ? &s->rest[period] : &s->adding[(gsize)period * (gsize)s->row_count + (gsize)row], cell, cell->people <= BLOCK_FEW ? who : NULL);
}

static void join(struct figure *into, const struct figure *from) {
  into->count += from->count;
  into->told += from->told;
  into->passed += from->passed;
  into->scored += from->scored;
  into->points += from->points;
  crowd_join(&into->people, &from->people);
  crowd_join(&into->told_by, &from->told_by);
  crowd_join(&into->scored_by, &from->scored_by);
}

/* Hands what was added to the rows, and makes the totals of them and the rest. */
static void hand_out(struct summary *s) {
  for (int p = 0; p < s->periods; p++) {
    join(&s->total[p], &s->rest[p]);
    for (int r = 0; r < s->row_count; r++) {
      s->rows[r].at[p] = s->adding[(gsize)p * (gsize)s->row_count + (gsize)r];
      join(&s->total[p], &s->rows[r].at[p]);
    }
  }
  g_clear_pointer(&s->adding, g_free);
}

static bool visit(struct summary *s, void (*call)(const struct block_cell *cell, void *data), GError **error) {
  return blocks_visit(s->db, kind_of(s), s->from, s->to - 1, call, s, error);
}

struct ranked { int group; int64_t count; };

static int by_count(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  return x->count != y->count ? (x->count < y->count ? 1 : -1) : x->group - y->group;
}

/* The groups that are shown: all where that is little, else those with the most statements. */
static bool choose_rows(struct summary *s, GError **error) {
  int teams = s->view->company->teams.count;
  bool all = s->by == BY_TEAM && (int64_t)teams * s->periods <= MOST_AT_ONCE;
  if (s->by == BY_TEAM) g_array_set_size(s->counts, (guint)teams);
  if (!all && !visit(s, count_cell, error)) return false;
  int groups = (int)s->counts->len;
  g_autofree struct ranked *ranked = g_new(struct ranked, groups + 1);
  for (int i = 0; i < groups; i++) ranked[i] = (struct ranked){ i, g_array_index(s->counts, int64_t, i) };
  qsort(ranked, (size_t)groups, sizeof *ranked, by_count);
  s->row_count = all ? groups : MIN(groups, MOST_ROWS);
  s->row_of = g_new(int, groups + 1);
  s->rows = g_new0(struct row, s->row_count + 1);
  for (int i = 0; i < groups; i++) s->row_of[ranked[i].group] = i < s->row_count ? i : -1;
  for (int i = 0; i < s->row_count; i++) s->rows[i] = (struct row){ .group = ranked[i].group, .at = g_new0(struct figure, s->periods) };
  return true;
}

static int64_t sum_of(const struct row *row, int periods) {
  int64_t sum = 0;
  for (int i = 0; i < periods; i++) sum += row->at[i].hidden ? 0 : row->at[i].count;
  return sum;
}

/* Where all teams were added up, those beyond MOST_ROWS fall to the rest. */
static void drop_rows(struct summary *s) {
  g_autofree struct ranked *ranked = g_new(struct ranked, s->row_count + 1);
  g_autofree struct row *kept = g_new0(struct row, s->row_count + 1);
  for (int i = 0; i < s->row_count; i++) ranked[i] = (struct ranked){ i, sum_of(&s->rows[i], s->periods) };
  qsort(ranked, (size_t)s->row_count, sizeof *ranked, by_count);
  for (int i = 0; i < s->row_count; i++) {
    kept[i] = s->rows[ranked[i].group];
    for (int p = 0; i >= MOST_ROWS && p < s->periods; p++) join(&s->rest[p], &kept[i].at[p]);
    if (i >= MOST_ROWS) g_free(kept[i].at);
  }
  s->row_count = MIN(s->row_count, MOST_ROWS);
  memcpy(s->rows, kept, sizeof *kept * (gsize)s->row_count);
}

/* ---- the gate --------------------------------------------------------------------------------------------------- */

static int people_behind(const struct figure *figure) { return figure->count <= 0 ? 0 : MAX(crowd_people(&figure->people), 1); }

static bool is_few(int people) { return people > 0 && people < DISCLOSURE_SCORES; }

/* The rest is what the total leaves: told as soon as no row is hidden, and together with those that are. */
static void weigh_rest(struct disclosure_cell *cells, int rows, int width, int column) {
  struct disclosure_cell *rest = &cells[(rows - 1) * width + column];
  bool few = false;
  for (int r = 0; r < rows - 1; r++) few |= is_few(cells[r * width + column].people);
  if (few) rest->people = MIN(rest->people, DISCLOSURE_SCORES - 1); /* it is not told by itself */
}

/* Periods from..to, of one week or single, as a table: its rows, the rest, and the totals. */
static void pass_table(struct summary *s, int from, int to) {
  int columns = to - from, rows = s->row_count + 1, width = columns + 1;
  bool weekly = s->every == EVERY_DAY;
  g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (gsize)(rows + 1) * (gsize)width);
  for (int p = 0; p < columns; p++) {
    for (int r = 0; r < s->row_count; r++) cells[r * width + p].people = people_behind(&s->rows[r].at[from + p]);
    cells[(rows - 1) * width + p].people = people_behind(&s->rest[from + p]);
    cells[rows * width + p].people = people_behind(&s->total[from + p]);
  }
  for (int r = 0; r <= rows; r++) /* of a week at least as many as of its fullest day */
    for (int p = 0; p < columns; p++) cells[r * width + columns].people = MAX(cells[r * width + columns].people, cells[r * width + p].people);
  for (int p = 0; p <= columns; p++) weigh_rest(cells, rows, width, p);
  disclosure_table(cells, rows, columns, weekly, true, DISCLOSURE_SCORES);
  for (int p = 0; p < columns; p++) {
    for (int r = 0; r < s->row_count; r++) s->rows[r].at[from + p].hidden = cells[r * width + p].why != DISCLOSURE_SHOWN;
    s->total[from + p].hidden = cells[rows * width + p].why != DISCLOSURE_SHOWN;
  }
}

static void pass_gate(struct summary *s) {
  for (int from = 0, to; from < s->periods; from = to) {
    to = from + 1;
    while (s->every == EVERY_DAY && to < s->periods && period_start(EVERY_WEEK, s->starts[to]) == period_start(EVERY_WEEK, s->starts[from])) to++;
    pass_table(s, from, to);
  }
}

/* Whose every figure is withheld is not named: an activity may be called by a person. */
static bool has_shown(const struct row *row, int periods) {
  for (int p = 0; p < periods; p++)
    if (!row->at[p].hidden && row->at[p].count > 0) return true;
  return false;
}

static void leave_out(struct summary *s) {
  int kept = 0;
  for (int r = 0; r < s->row_count; r++)
    if (has_shown(&s->rows[r], s->periods)) s->rows[kept++] = s->rows[r];
    else g_free(s->rows[r].at);
  s->row_count = kept;
}

/* By what is shown of them: an order by more would tell more. */
static void order_rows(struct summary *s) {
  g_autofree struct ranked *ranked = g_new(struct ranked, s->row_count + 1);
  g_autofree struct row *ordered = g_new(struct row, s->row_count + 1);
  for (int i = 0; i < s->row_count; i++) ranked[i] = (struct ranked){ i, sum_of(&s->rows[i], s->periods) };
  qsort(ranked, (size_t)s->row_count, sizeof *ranked, by_count);
  for (int i = 0; i < s->row_count; i++) ordered[i] = s->rows[ranked[i].group];
  memcpy(s->rows, ordered, sizeof *ordered * (gsize)s->row_count);
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

/* "handling a complaint" of an activity's definition, in English where there is; NULL: it has none. */
static char *defined_name(struct db *db, const char *activity) {
  g_autoptr(query_auto) query = db_query(db, NULL, "evidence.definition", "t", activity);
  const char *text = query_next(query, NULL) == 1 ? query_text(query, 0) : NULL;
  g_autoptr(json_doc_auto) doc = text ? json_parse(text, strlen(text), NULL) : NULL;
  struct json names = json_get(doc ? json_root(doc) : (struct json){ 0 }, "name");
  struct json_iter it = json_iter(names);
  const char *name = NULL;
  while (json_type(names) == JSON_OBJECT && json_next(&it)) {
    const char *one = json_string(it.value);
    if (!name || g_str_has_prefix(it.key, "en")) name = one ? one : name;
  }
  return g_strdup(name && *name ? name : NULL);
}

char *ops_iri_name(const char *iri) {
  g_autofree char *plain = g_strdup(iri);
  for (size_t length = strlen(plain); length && strchr("/#?", plain[length - 1]); length--) plain[length - 1] = 0;
  const char *from = plain;
  for (const char *p = plain; *p; p++)
    if (strchr("/#", *p)) from = p + 1;
  char *name = g_uri_unescape_string(from, NULL);
  if (name && *name) return name;
  g_free(name);
  return g_strdup(iri);
}

char *ops_activity_name(struct db *db, const char *activity) {
  char *name = defined_name(db, activity);
  return name ? name : ops_iri_name(activity);
}

static bool name_row(struct summary *s, struct row *row, GError **error) {
  if (s->by == BY_TEAM) {
    row->id = g_strdup(s->view->company->teams.at[row->group].name);
    row->name = g_strdup(row->id);
    return true;
  }
  g_autoptr(query_auto) query = db_query(s->db, error, "company.term_key", "i", g_array_index(s->group_terms, int64_t, row->group));
  int got = query_next(query, error);
  const char *key = got == 1 ? query_text(query, 0) : "";
  row->id = g_strdup(*key ? key + 1 : "");
  query_done(g_steal_pointer(&query));
  row->name = s->by == BY_VERB ? ops_iri_name(row->id) : ops_activity_name(s->db, row->id);
  return got >= 0;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void summary_clear(struct summary *s) {
  for (int r = 0; r < s->row_count; r++) {
    g_free(s->rows[r].id);
    g_free(s->rows[r].name);
    g_free(s->rows[r].at);
  }
  if (s->counts) g_array_unref(s->counts);
  if (s->group_terms) g_array_unref(s->group_terms);
  if (s->view) view_release(s->view);
  if (s->db) db_release(s->db);
  void *const all[] = { s->starts, s->period_of, s->group_of, s->first_membership, s->next_membership, s->row_of, s->rows, s->adding, s->total, s->rest };
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) g_free(all[i]);
}
typedef struct summary summary_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(summary_auto, summary_clear)

static bool add_up(struct summary *s, GError **error) {
  if (!(s->view = system_view(s->call->system, error)) || !(s->db = store_read(system_store(s->call->system), error)) || !last_term(s, error)) return false;
  if (s->by == BY_TEAM && !know_people(s, error)) return false;
  s->counts = g_array_new(FALSE, TRUE, sizeof(int64_t));
  s->group_terms = g_array_new(FALSE, FALSE, sizeof(int64_t));
  s->total = g_new0(struct figure, s->periods);
  s->rest = g_new0(struct figure, s->periods);
  if (!choose_rows(s, error)) return false;
  s->adding = g_new0(struct figure, (gsize)s->periods * (gsize)s->row_count + 1);
  if (!visit(s, take_cell, error)) return false;
  hand_out(s);
  return true;
}

static bool summarise(struct summary *s, struct op_call *call, GError **error) {
  s->call = call;
  s->by = (enum by)word_index(by_names, op_text(call, "by"), BY_VERB);
  s->every = (enum every)word_index(every_names, op_text(call, "every"), EVERY_WEEK);
  if (!lay_periods(s, error) || !add_up(s, error)) return false;
  if (s->row_count > MOST_ROWS) drop_rows(s);
  pass_gate(s);
  leave_out(s);
  order_rows(s);
  for (int r = 0; r < s->row_count; r++)
    if (!name_row(s, &s->rows[r], error)) return false;
  return true;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static double hundredths(double value) { return isfinite(value) ? round(value * 100) / 100 : NAN; }

static double success_of(const struct summary *s, const struct figure *figure) {
  bool unanimous = figure->passed == 0 || figure->passed == figure->told;
  bool shown = !figure->hidden && figure->told > 0 && crowd_people(&figure->told_by) >= DISCLOSURE_SCORES && !(s->by == BY_TEAM && unanimous);
  return shown ? (double)figure->passed / (double)figure->told : NAN;
}

static double score_of(const struct figure *figure) {
  bool shown = !figure->hidden && figure->scored > 0 && crowd_people(&figure->scored_by) >= DISCLOSURE_SCORES;
  return shown ? (double)figure->points / (double)figure->scored / BLOCK_POINTS : NAN;
}

/* Over all periods in which it may be told, by statements. */
static double mean_over(const struct summary *s, const struct figure *at, bool of_scores) {
  double sum = 0, weight = 0;
  for (int p = 0; p < s->periods; p++) {
    double value = of_scores ? score_of(&at[p]) : success_of(s, &at[p]), times = (double)(of_scores ? at[p].scored : at[p].told);
    if (isnan(value)) continue;
    sum += value * times;
    weight += times;
  }
  return weight > 0 ? hundredths(sum / weight) : NAN;
}

static void write_figures(const struct summary *s, struct json_writer *out, const struct figure *at) {
  int64_t sum = 0;
  int withheld = 0;
  json_open_array(out, "counts");
  for (int p = 0; p < s->periods; p++) {
    json_put_number(out, NULL, at[p].hidden ? NAN : (double)at[p].count);
    sum += at[p].hidden ? 0 : at[p].count;
    withheld += at[p].hidden;
  }
  json_close_array(out);
  json_put_integer(out, "count", sum);
  json_put_integer(out, "withheld", withheld);
  json_put_number(out, "success", mean_over(s, at, false));
  json_put_number(out, "score", mean_over(s, at, true));
}

static bool summary_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(summary_auto) s = { 0 };
  if (!summarise(&s, call, error)) return false;
  json_put_string(out, "by", by_names[s.by]);
  json_put_string(out, "every", every_names[s.every]);
  put_day(out, "since", s.from);
  put_day(out, "until", s.to - 1);
  json_open_array(out, "starts");
  for (int p = 0; p < s.periods; p++) put_day(out, NULL, s.starts[p]);
  json_close_array(out);
  json_open_object(out, "total");
  write_figures(&s, out, s.total);
  json_close_object(out);
  json_open_array(out, "rows");
  for (int r = 0; r < s.row_count; r++) {
    json_open_object(out, NULL);
    json_put_string(out, "id", s.rows[r].id);
    json_put_string(out, "name", s.rows[r].name);
    write_figures(&s, out, s.rows[r].at);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static void put_line(GString *csv, const struct summary *s, const struct row *row, int period, const struct figure *figure) {
  char start[CLOCK_TEXT], numbers[3][JSON_NUMBER_TEXT];
  double values[] = { figure->hidden ? NAN : (double)figure->count, hundredths(success_of(s, figure)), hundredths(score_of(figure)) };
  const char *cells[3];
  for (int i = 0; i < 3; i++) cells[i] = isnan(values[i]) ? "" : json_format_number(values[i], numbers[i]);
  ops_put_cells(csv, (const char *const[]){ clock_format_day(s->starts[period], start), row ? row->id : "", row ? row->name : "all", cells[0], cells[1], cells[2], figure->hidden ? "yes" : "", NULL });
}

static bool summary_csv(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(summary_auto) s = { 0 };
  if (!summarise(&s, call, error)) return false;
  GString *csv = g_string_new("\xef\xbb\xbf"); /* so that spreadsheets know it is UTF-8 */
  ops_put_cells(csv, (const char *const[]){ every_names[s.every], by_names[s.by], "name", "statements", "success", "score", "withheld", NULL });
  for (int p = 0; p < s.periods; p++) {
    for (int r = 0; r < s.row_count; r++) put_line(csv, &s, &s.rows[r], p, &s.rows[r].at[p]);
    put_line(csv, &s, NULL, p, &s.total[p]);
  }
  call->file_name = g_strdup_printf("statements-by-%s.csv", by_names[s.by]);
  call->file_type = "text/csv; charset=utf-8";
  call->file_out = g_string_free_to_bytes(csv);
  return true;
}

static const struct field summary_in[] = {
  { "by", FIELD_WORD(by_names), 0, "verb (default), activity or team" }, { "every", FIELD_WORD(every_names), 0, "day, week (default) or month" },
  { "since", FIELD_DAY, 0, "the first day; without, some months back" }, { "until", FIELD_DAY, 0, "the last day; without, today. Both are widened to whole weeks or months" }, { 0 } };
#define FIGURE_FIELDS { "counts", FIELD_ANY, REQUIRED, "statements of each period, null where too few people are behind" }, { "count", FIELD_COUNT, REQUIRED, "their sum" }, \
  { "withheld", FIELD_COUNT, REQUIRED, "periods that are null" }, { "success", FIELD_SHARE, REQUIRED | NULLABLE, "share of success, of those that say; in hundredths" }, \
  { "score", FIELD_SHARE, REQUIRED | NULLABLE, "mean score, of those that have one; in hundredths" }
static const struct field total_out[] = { FIGURE_FIELDS, { 0 } };
static const struct field row_out[] = { { "id", FIELD_TEXT(0), REQUIRED, "the IRI, or the team" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, FIGURE_FIELDS, { 0 } };
static const struct field summary_out[] = { { "by", FIELD_WORD(by_names), REQUIRED, "" }, { "every", FIELD_WORD(every_names), REQUIRED, "" }, { "since", FIELD_DAY, REQUIRED, "" },
  { "until", FIELD_DAY, REQUIRED, "" }, { "starts", FIELD_ANY, REQUIRED, "the first day of each period" }, { "total", FIELD_OBJECT(total_out), REQUIRED, "of all statements" },
  { "rows", FIELD_LIST(row_out), REQUIRED, "most statements first; those of which nothing may be shown are left out" }, { 0 } };

const struct op statements_figures_ops[] = {
  { "statements summary", GET, "/statements/summary", MAY_READ_STATEMENTS, summary_in, summary_out, summary_show, "What the record store's statements add up to over time, by verb, activity or team", "learning records" },
  { "statements csv", GET, "/statements.csv", MAY_READ_STATEMENTS, summary_in, NULL, summary_csv, "The same as a table for a spreadsheet", "learning records", BODY_FILE_OUT },
  { 0 } };
