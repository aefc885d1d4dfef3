/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Series of groups from pulse answers, and their breaks.
 *
 * A respondent counts once per group, topic and period, with the mean of the own answers, each less what its question gets
 * from everybody: so that nobody weighs more for answering more, and a friendlier question makes no peak. Answers without
 * a token are paired across the questions of a topic, which counts at most as few people as there can have been.
 *
 * A break is where stats/changepoint.h finds one. Its size is the difference of the precision-weighted means of the two
 * pieces beside it; its error holds what sampling explains and, three times over (the factor of an autocorrelation of a
 * half), what values scatter beyond that: moods last from one round to the next. How much that is, is the median over all
 * series of such groups, or what the series itself shows if that is more: pieces that were chosen to differ are calmer
 * inside than the truth.
 *
 * How it can be wrong: who answers may change with the mood (then a dip is too small or too large, and nothing here can tell);
 * teams count to the department that they belong to today, in all their past; a token that changes makes two people
 * of one. */
#include "company/voices.h"
#include "company/question.h"
#include "stats/changepoint.h"
#include "stats/robust.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILLED 0.75           /* of the periods that a grid must not leave empty */
#define DENSE 0.8             /* of the answers that must stand in a department's cell of enough people */
#define SLOW 3.0              /* (1 + ρ) / (1 − ρ) at ρ = ½ */
#define TWO_SIDED 1.959964
#define LEAST_SERIES 6        /* values that say how much they scatter */
#define MOST_LINES 64
#define MOST_PERIODS 260      /* five years of weeks; what is older is history */

const char *const voice_topic_words[TOPIC_COUNT] = { "", "tools", "what is expected", "workload", "the process", "what is rewarded",
  "support", "engagement", "confidence in the own skill" };

/* One answer; then one respondent of a group, line and period. */
struct entry { int group, line, period, team, respondent, question, count; double sum, raw; bool same; };

/* ---- periods ---- */

struct grid { const char *name; int days, months; };
static const struct grid grids[] = { { "week", 7, 0 }, { "two weeks", 14, 0 }, { "month", 0, 1 }, { "two months", 0, 2 }, { "quarter", 0, 3 } };

static int floor_div(int a, int b) { return a / b - (a % b < 0); }

static int place_of(const struct grid *grid, int32_t day)
{
  if (grid->days > 0)
    return floor_div(day + 3, grid->days); /* 1 January 1970 was a Thursday: weeks begin on Mondays */
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return floor_div(year * 12 + month - 1, grid->months);
}

static int32_t start_of(const struct grid *grid, int place)
{
  if (grid->days > 0)
    return place * grid->days - 3;
  int months = place * grid->months;
  return clock_from_civil(floor_div(months, 12), months - 12 * floor_div(months, 12) + 1, 1);
}

/* ---- groups and lines ---- */

static void find_groups(struct voices *v, const struct company *c)
{
  v->group_count = 1 + c->departments.count + c->teams.count;
  v->groups = g_new0(struct voice_group, (size_t)v->group_count);
  v->groups[0] = (struct voice_group){ .kind = VOICE_COMPANY, .name = "the company", .parent = -1, .index = -1 };
  for (int d = 0; d < c->departments.count; d++)
    v->groups[1 + d] = (struct voice_group){ .kind = VOICE_DEPARTMENT, .name = c->departments.at[d].name, .parent = 0, .index = d };
  for (int t = 0; t < c->teams.count; t++) {
    const struct team *team = &c->teams.at[t];
    v->groups[1 + c->departments.count + t] = (struct voice_group){ .kind = VOICE_TEAM, .name = team->name, .size = team->size,
      .parent = team->department >= 0 ? 1 + team->department : 0, .index = t };
    v->groups[0].size += team->size;
    if (team->department >= 0)
      v->groups[1 + team->department].size += team->size;
  }
}

/* Which line a question belongs to (-1: never answered), and its sign. */
static void find_lines(struct voices *v, const struct company *c, int *line_of, double *sign)
{
  int of_topic[TOPIC_COUNT];
  g_autofree enum topic *topics = g_new0(enum topic, (size_t)c->questions.count + 1);
  g_autofree double *mean = g_new0(double, (size_t)c->questions.count + 1);
  g_autofree bool *asked = g_new0(bool, (size_t)c->questions.count + 1);
  questions_read(c, topics, sign, mean);
  for (int k = 0; k < TOPIC_COUNT; k++)
    of_topic[k] = -1;
  for (int i = 0; i < c->pulses.count; i++)
    if (c->pulses.at[i].question >= 0 && c->pulses.at[i].team >= 0 && isfinite(c->pulses.at[i].answer))
      asked[c->pulses.at[i].question] = true;
  v->lines = g_new0(struct voice_line, MOST_LINES);
  for (int q = 0; q < c->questions.count; q++) {
    const struct question *question = &c->questions.at[q];
    enum topic topic = topics[q];
    line_of[q] = asked[q] && topic != TOPIC_NONE ? of_topic[topic] : -1;
    if (!asked[q] || line_of[q] >= 0 || v->line_count == MOST_LINES)
      continue;
    line_of[q] = v->line_count;
    if (topic != TOPIC_NONE)
      of_topic[topic] = v->line_count;
    v->lines[v->line_count++] = (struct voice_line){ .topic = topic, .question = topic == TOPIC_NONE ? q : -1,
      .id = topic == TOPIC_NONE ? question->id : topic_names[topic], .name = topic == TOPIC_NONE ? question->text ? question->text : question->id : voice_topic_words[topic] };
  }
}

/* ---- answers ---- */

static double score_of(const struct pulse *p, double sign) { return sign < 0 ? 6 - p->answer : p->answer; }

/* Every usable answer, less its question's mean over all of them, plus its line's. */
static struct entry *entries_of(const struct company *c, const int *line_of, const double *sign, int lines, int *ret_count)
{
  g_autofree double *sum = g_new0(double, (size_t)c->questions.count + 1), *n = g_new0(double, (size_t)c->questions.count + 1);
  g_autofree double *line_sum = g_new0(double, (size_t)lines + 1), *line_n = g_new0(double, (size_t)lines + 1);
  struct entry *entries = g_new(struct entry, (size_t)c->pulses.count + 1);
  int count = 0;
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (p->question < 0 || p->team < 0 || !isfinite(p->answer) || line_of[p->question] < 0)
      continue;
    double score = score_of(p, sign[p->question]);
    entries[count++] = (struct entry){ .line = line_of[p->question], .period = p->day, .team = p->team, .respondent = p->respondent,
      .question = p->question, .count = 1, .sum = score, .raw = score, .same = true };
    sum[p->question] += score;
    n[p->question]++;
    line_sum[line_of[p->question]] += score;
    line_n[line_of[p->question]]++;
  }
  for (int i = 0; i < count; i++) {
    int q = entries[i].question, line = entries[i].line;
    entries[i].sum += line_sum[line] / line_n[line] - sum[q] / n[q];
  }
  *ret_count = count;
  return entries;
}

static int by_question(const void *a, const void *b)
{
  const struct entry *x = a, *y = b;
  int keys[] = { x->team - y->team, x->line - y->line, x->period - y->period, x->question - y->question };
  for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
    if (keys[i] != 0)
      return keys[i];
  return (x->respondent > y->respondent) - (x->respondent < y->respondent);
}

/* The nth answer without a token to one question is taken for the same person's as the nth to another. */
static void pair_anonymous(struct entry *entries, int count)
{
  qsort(entries, (size_t)count, sizeof *entries, by_question);
  for (int i = 0, nth = 0; i < count; i++) {
    const struct entry *before = i > 0 ? &entries[i - 1] : NULL;
    bool same = before && before->team == entries[i].team && before->line == entries[i].line && before->period == entries[i].period && before->question == entries[i].question;
    nth = same ? nth : 0;
    if (entries[i].respondent < 0)
      entries[i].respondent = -2 - MIN(nth++, 4095) - entries[i].team * 4096; /* of a team: two teams' are two people */
  }
}

static int by_respondent(const void *a, const void *b)
{
  const struct entry *x = a, *y = b;
  int keys[] = { x->group - y->group, x->line - y->line, x->period - y->period };
  for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
    if (keys[i] != 0)
      return keys[i];
  return (x->respondent > y->respondent) - (x->respondent < y->respondent);
}

/* A cell while it is summed: squares of respondents' means, and the first answer of all. */
struct tally { double sum, square, first; int people, answers; bool same; };

static void add_respondent(struct tally *tally, const struct entry *run, int length)
{
  double sum = 0;
  for (int i = 0; i < length; i++) {
    tally->first = tally->answers == 0 && i == 0 ? run[0].raw : tally->first;
    tally->same &= run[i].raw == tally->first;
    sum += run[i].sum;
  }
  double mean = sum / length;
  tally->sum += mean;
  tally->square += mean * mean;
  tally->people++;
  tally->answers += length;
}

/* Fills the cells of the groups that `group_of` gives (a group per team; -1: not at this level). Reorders the entries. */
static void fill_level(struct voices *v, struct entry *entries, int count, const int *group_of)
{
  for (int i = 0; i < count; i++)
    entries[i].group = group_of[entries[i].team];
  qsort(entries, (size_t)count, sizeof *entries, by_respondent);
  struct tally tally = { .same = true };
  double within[MOST_LINES] = { 0 }, degrees[MOST_LINES] = { 0 };
  for (int i = 0, next; i < count; i = next) {
    const struct entry *e = &entries[i];
    for (next = i + 1; next < count && by_respondent(e, &entries[next]) == 0; next++)
      ;
    if (e->group < 0)
      continue;
    add_respondent(&tally, e, next - i);
    const struct entry *f = next < count ? &entries[next] : NULL;
    if (f && f->group == e->group && f->line == e->line && f->period == e->period)
      continue;
    *voices_cell(v, e->group, e->line, e->period) = (struct voice_cell){ tally.people, tally.answers, tally.same, tally.sum / tally.people, NAN };
    within[e->line] += fmax(0, tally.square - tally.sum * tally.sum / tally.people);
    degrees[e->line] += tally.people - 1;
    tally = (struct tally){ .same = true };
  }
  for (int i = 0; i < count; i++) {
    const struct entry *e = &entries[i];
    struct voice_cell *cell = e->group >= 0 ? voices_cell(v, e->group, e->line, e->period) : NULL;
    if (cell)
      cell->variance = (degrees[e->line] > 0 ? fmax(0.05, within[e->line] / degrees[e->line]) : 1) / cell->people;
  }
}

/* ---- what may be said ---- */

/* Of a shown parent's children: the few are hidden, and with them the smallest others, until what is hidden is of two groups
 * and of enough people. Of a hidden parent's, all. */
static void hide_children(struct voices *v, int parent, int line, int period)
{
  bool open = voices_cell(v, parent, line, period)->shown;
  int hidden = 0, people = 0;
  for (int g = parent + 1; g < v->group_count; g++) {
    struct voice_cell *cell = voices_cell(v, g, line, period);
    if (v->groups[g].parent != parent || cell->people == 0)
      continue;
    cell->shown = open && cell->people >= VOICES_LEAST && !cell->unanimous;
    hidden += !cell->shown;
    people += cell->shown ? 0 : cell->people;
  }
  while (open && hidden > 0 && (hidden < 2 || people < VOICES_LEAST)) {
    struct voice_cell *smallest = NULL;
    for (int g = parent + 1; g < v->group_count; g++) {
      struct voice_cell *cell = voices_cell(v, g, line, period);
      if (v->groups[g].parent == parent && cell->shown && (!smallest || cell->people < smallest->people))
        smallest = cell;
    }
    if (smallest == NULL)
      return;
    smallest->shown = false;
    hidden++;
    people += smallest->people;
  }
}

static void hide(struct voices *v)
{
  for (int line = 0; line < v->line_count; line++)
    for (int p = 0; p < v->periods; p++) {
      struct voice_cell *all = voices_cell(v, 0, line, p);
      all->shown = all->people >= VOICES_LEAST && !all->unanimous;
      for (int g = 0; g < v->group_count && v->groups[g].kind != VOICE_TEAM; g++)
        hide_children(v, g, line, p);
    }
}

/* ---- the grid ---- */

static void use_grid(struct voices *v, const struct grid *grid, int begin, int32_t last)
{
  g_free(v->from);
  g_free(v->cells);
  v->period = grid->name;
  v->periods = place_of(grid, last) - begin + 1;
  v->from = g_new(int32_t, (size_t)v->periods + 1);
  for (int p = 0; p <= v->periods; p++)
    v->from[p] = start_of(grid, begin + p);
  v->cells = g_new0(struct voice_cell, (size_t)v->group_count * v->line_count * v->periods);
  for (size_t i = 0; i < (size_t)v->group_count * v->line_count * v->periods; i++)
    v->cells[i].mean = v->cells[i].variance = NAN;
}

/* Few empty periods, and most answers in cells of enough people? */
static bool is_good(const struct voices *v, int first_group, int groups)
{
  g_autofree bool *filled = g_new0(bool, (size_t)v->periods);
  double all = 0, enough = 0;
  int full = 0;
  for (int g = first_group; g < first_group + groups; g++)
    for (int l = 0; l < v->line_count; l++)
      for (int p = 0; p < v->periods; p++) {
        const struct voice_cell *cell = voices_cell(v, g, l, p);
        filled[p] |= cell->answers > 0;
        all += cell->answers;
        enough += cell->people >= VOICES_LEAST ? cell->answers : 0;
      }
  for (int p = 0; p < v->periods; p++)
    full += filled[p];
  return full >= FILLED * v->periods && enough >= DENSE * all;
}

static void fill(struct voices *v, const struct company *c, const int *line_of, const double *sign)
{
  int count, kept = 0, teams = c->teams.count, departments = c->departments.count;
  int32_t first = INT32_MAX, last = INT32_MIN;
  g_autofree struct entry *answers = entries_of(c, line_of, sign, v->line_count, &count);
  g_autofree struct entry *entries = g_new(struct entry, (size_t)count + 1);
  g_autofree int *to_company = g_new0(int, (size_t)teams + 1), *to_department = g_new(int, (size_t)teams + 1), *to_team = g_new(int, (size_t)teams + 1);
  for (int t = 0; t < teams; t++) {
    to_department[t] = c->teams.at[t].department >= 0 ? 1 + c->teams.at[t].department : -1;
    to_team[t] = 1 + departments + t;
  }
  for (int i = 0; i < count; i++) {
    first = MIN(first, answers[i].period);
    last = MAX(last, answers[i].period);
  }
  for (size_t g = 0; g < G_N_ELEMENTS(grids) && count > 0; g++) {
    int begin = MAX(place_of(&grids[g], first), place_of(&grids[g], last) - MOST_PERIODS + 1);
    use_grid(v, &grids[g], begin, last);
    kept = 0;
    for (int i = 0; i < count; i++) {
      entries[kept] = answers[i];
      entries[kept].period = place_of(&grids[g], answers[i].period) - begin;
      kept += entries[kept].period >= 0;
    }
    pair_anonymous(entries, kept);
    fill_level(v, entries, kept, departments > 0 ? to_department : to_company);
    if (is_good(v, departments > 0 ? 1 : 0, departments > 0 ? departments : 1))
      break;
  }
  if (count == 0)
    return;
  if (departments > 0)
    fill_level(v, entries, kept, to_company);
  fill_level(v, entries, kept, to_team);
  hide(v);
}

void voices_free(struct voices *voices)
{
  if (voices == NULL)
    return;
  g_free(voices->groups);
  g_free(voices->lines);
  g_free(voices->from);
  g_free(voices->cells);
  g_free(voices);
}

int voices_group(const struct voices *voices, const char *name)
{
  for (int g = 0; g < voices->group_count; g++)
    if (strcmp(voices->groups[g].name, name) == 0)
      return g;
  return -1;
}

/* ---- breaks ---- */

/* Precision-weighted mean of values [from, to) and its variance, given how much periods scatter beyond sampling. */
static double level_of(const double *y, const double *v, int from, int to, double slow, double *ret_variance)
{
  double sum = 0, weight = 0, variance = 0;
  for (int i = from; i < to; i++) {
    double w = 1 / (v[i] + slow + 1e-12);
    sum += w * y[i];
    weight += w;
    variance += w * w * (v[i] + SLOW * slow);
  }
  *ret_variance = variance / weight / weight;
  return sum / weight;
}

/* What the values of two pieces scatter beyond sampling: variance. */
static double slow_part(const double *y, const double *v, int from, int middle, int to)
{
  double squares = 0, sampling = 0, ignored;
  double before = level_of(y, v, from, middle, 0, &ignored), after = level_of(y, v, middle, to, 0, &ignored);
  for (int i = from; i < to; i++) {
    double away = y[i] - (i < middle ? before : after);
    squares += away * away;
    sampling += v[i];
  }
  return fmax(0, squares / MAX(1, to - from - 2) - sampling / (to - from));
}

/* What a series scatters beyond sampling: a variance; NAN where it is too short to say. */
static double scatter_of(const struct voices *v, int group, int line)
{
  double sum = 0, square = 0, sampling = 0;
  int n = 0;
  for (int p = 0; p < v->periods; p++) {
    const struct voice_cell *cell = voices_cell(v, group, line, p);
    if (!cell->shown)
      continue;
    sum += cell->mean;
    square += cell->mean * cell->mean;
    sampling += cell->variance;
    n++;
  }
  return n >= LEAST_SERIES ? fmax(0, (square - sum * sum / n) / (n - 1) - sampling / n) : NAN;
}

/* Per kind of group: the median over its series. */
static void find_slow(struct voices *v)
{
  g_autofree double *each = g_new(double, (size_t)v->group_count * v->line_count + 1);
  for (int kind = VOICE_COMPANY; kind <= VOICE_TEAM; kind++) {
    int series = 0;
    for (int g = 0; g < v->group_count; g++)
      for (int l = 0; l < v->line_count && v->groups[g].kind == (enum voice_kind)kind; l++)
        each[series++] = scatter_of(v, g, l);
    double middle = robust_median(each, series);
    v->slow[kind] = isfinite(middle) ? middle : 0;
  }
}

struct voices *voices_new(const struct company *company)
{
  struct voices *v = g_new0(struct voices, 1);
  g_autofree int *line_of = g_new0(int, (size_t)company->questions.count + 1);
  g_autofree double *sign = g_new0(double, (size_t)company->questions.count + 1);
  v->period = grids[0].name;
  find_groups(v, company);
  find_lines(v, company, line_of, sign);
  fill(v, company, line_of, sign);
  find_slow(v);
  return v;
}

int voices_changes(const struct voices *voices, int group, int line, const bool *but, struct voice_change ret[VOICES_MOST_CHANGES])
{
  g_autofree double *y = g_new(double, (size_t)voices->periods + 1), *v = g_new(double, (size_t)voices->periods + 1);
  g_autofree int *period = g_new(int, (size_t)voices->periods + 1);
  int64_t at[CHANGEPOINT_MOST];
  int n = 0;
  for (int p = 0; p < voices->periods; p++) {
    const struct voice_cell *cell = voices_cell(voices, group, line, p);
    if (!cell->shown || (but && but[p]))
      continue;
    y[n] = cell->mean;
    v[n] = cell->variance;
    period[n++] = p;
  }
  if (n > CHANGEPOINT_WINDOW)
    return 0; /* a thousand periods: nobody's pulse */
  int count = changepoint_scan(y, n, at), written = 0;
  for (int i = MAX(0, count - VOICES_MOST_CHANGES); i < count; i++) {
    int from = i > 0 ? (int)at[i - 1] : 0, middle = (int)at[i], to = i + 1 < count ? (int)at[i + 1] : n;
    double slow = fmax(slow_part(y, v, from, middle, to), voices->slow[voices->groups[group].kind]), before_variance, after_variance;
    struct voice_change change = { .period = period[middle], .until = period[to - 1] + 1 };
    change.before = level_of(y, v, from, middle, slow, &before_variance);
    change.after = level_of(y, v, middle, to, slow, &after_variance);
    double se = sqrt(before_variance + after_variance);
    change.size = change.after - change.before;
    change.low = change.size - TWO_SIDED * se;
    change.high = change.size + TWO_SIDED * se;
    change.z = change.size / se;
    for (int k = middle; k < to; k++) {
      const struct voice_cell *cell = voices_cell(voices, group, line, period[k]);
      change.answers += cell->answers;
      change.people = MAX(change.people, cell->people);
    }
    ret[written++] = change;
  }
  return written;
}
