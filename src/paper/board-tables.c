/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The board's tables. Interventions stand on one axis although their goals have different units: each effect is drawn in
 * multiples of the smallest effect that would be worth having, better to the right, and written out in its own unit beside it.
 * An interval that goes beyond the axis ends in an arrow. */
#include "paper/board-private.h"
#include <math.h>

#define HEAD_HEIGHT 16.0
#define AXIS_HEIGHT 27.0 /* its words, and those of the levels */
#define GOAL_HEIGHT 21.0
#define AXIS_LEAST (-2.0)
#define AXIS_MOST 3.0

enum { TITLE, VERDICT, PLOT, EFFECT, COST, YEAR, COLUMNS };
static const struct { double x, width; const char *name; bool right; } columns[COLUMNS] = {
  [TITLE] = { 0, 150, "Intervention, and its goal" }, [VERDICT] = { 162, 58, "Did it move?" }, [PLOT] = { 228, 96, "Effect and its interval" },
  [EFFECT] = { 330, 74, "In the goal\xe2\x80\x99s unit", true }, [COST] = { 406, 36, "Cost", true }, [YEAR] = { 444, 67.276, "Worth a year", true } };
static const struct { const char *words; enum paper_ink ink; bool hollow; } verdicts[] = {
  [PAPER_MOVED] = { "Moved", PAPER_GOOD, false }, [PAPER_DID_NOT_MOVE] = { "Did not move", PAPER_QUIET, false }, [PAPER_CANNOT_TELL] = { "Cannot tell yet", PAPER_WAIT, true } };

static void draw_head(struct paper *paper, double y) {
  paper_open(paper, "TR");
  for (int i = 0; i < COLUMNS; i++) {
    struct paper_style style = { .face = PAPER_SMALL, .ink = PAPER_QUIET, .align = columns[i].right ? PAPER_RIGHT : PAPER_LEFT };
    paper_say(paper, "TH", MARGIN + columns[i].x, y, columns[i].width, style, columns[i].name);
  }
  paper_close(paper, "TR");
}

static double plot_x(double times) {
  return MARGIN + columns[PLOT].x + columns[PLOT].width * (CLAMP(times, AXIS_LEAST, AXIS_MOST) - AXIS_LEAST) / (AXIS_MOST - AXIS_LEAST);
}

static void draw_interval(struct paper *paper, const struct paper_row *row, double y) {
  double low = row->direction * row->low / row->minimum, high = row->direction * row->high / row->minimum, best = row->direction * row->estimate / row->minimum;
  if (low > high) {
    double swap = low;
    low = high;
    high = swap;
  }
  enum paper_ink ink = verdicts[row->verdict].ink;
  paper_line(paper, plot_x(low), y, plot_x(high), y, 2, ink, false);
  if (low < AXIS_LEAST) paper_arrow(paper, plot_x(low) - 1, y, false, ink);
  if (high > AXIS_MOST) paper_arrow(paper, plot_x(high) + 1, y, true, ink);
  if (best >= AXIS_LEAST && best <= AXIS_MOST) paper_dot(paper, plot_x(best), y, 3, ink, verdicts[row->verdict].hollow);
}

/* Two lines in a cell that stands at the right: a figure and its interval. What is not established is not set in bold. */
static void draw_figure(struct paper *paper, int column, double y, bool sure, const char *figure, const char *interval) {
  struct paper_style style = sure ? style_right(PAPER_STRONG, PAPER_INK) : style_right(PAPER_BODY, PAPER_QUIET);
  paper_open(paper, "TD");
  paper_text(paper, MARGIN + columns[column].x, y, columns[column].width, style, figure);
  paper_text(paper, MARGIN + columns[column].x, y + 12, columns[column].width, style_right(PAPER_SMALL, PAPER_QUIET), interval);
  paper_close(paper, "TD");
}

static void draw_figures(struct paper *paper, const struct paper_board *board, const struct paper_row *row, double y) {
  bool shown = row->measured && !row->withheld, sure = row->verdict == PAPER_MOVED && row->basis == NULL;
  g_autofree char *effect = shown ? paper_amount(row->estimate, row->unit, true, !paper_unit_is_long(row->unit)) : NULL, *range = shown ? paper_range(row->low, row->high, row->unit) : NULL;
  g_autofree char *cost = paper_money(row->cost, board->currency), *money = shown ? paper_money(row->money, board->currency) : NULL;
  g_autofree char *low = paper_money(row->money_low, board->currency), *high = paper_money(row->money_high, board->currency), *tell = board_day(row->tell);
  g_autofree char *between = shown && isfinite(row->money_low) && isfinite(row->money_high) ? g_strdup_printf("%s to %s", low, high) : NULL;
  bool later = row->tell != CLOCK_NO_DAY && row->tell > clock_day(board->now);
  g_autofree char *when = later ? g_strdup_printf("from %s", tell) : NULL;
  if (shown && isfinite(row->minimum) && row->minimum > 0) draw_interval(paper, row, y + 12);
  if (shown) draw_figure(paper, EFFECT, y, sure, effect, range);
  else if (row->withheld) draw_figure(paper, EFFECT, y, false, "withheld", "fewer than 5 people");
  else draw_figure(paper, EFFECT, y, false, row->tell == CLOCK_NO_DAY ? "not measurable" : later ? "not yet" : "not measured", when);
  draw_figure(paper, COST, y, true, cost, NULL);
  draw_figure(paper, YEAR, y, sure, money ? money : "\xe2\x80\x93", between);
}

/* "Complaints escalated, per 100 contacts": where the unit is too long for the figures. */
static char *name_with_unit(const char *name, const char *unit) {
  return paper_unit_is_long(unit) ? g_strdup_printf("%s, %s", name ? name : "", unit) : g_strdup(name);
}

static double title_height(struct paper *paper, const struct paper_row *row) {
  return MAX(paper_text_height(paper, columns[TITLE].width, style_lines(PAPER_STRONG, PAPER_INK, 2), row->title), 11);
}

#define LINE_HEIGHT 10.0

/* What stands under a row: the early word that was not borne out; room for a third line in the column of verdicts. */
static double words_height(const struct paper_row *row) { return LINE_HEIGHT * (row->said != CLOCK_NO_DAY) + (row->basis ? 4 : 0); }
static double row_height(struct paper *paper, const struct paper_row *row) { return title_height(paper, row) + 19 + words_height(row); }

/* No change, and what is worth having: beside the figures only, so that no line runs through words. */
static void draw_axis(struct paper *paper, const struct paper_row *row, double y) {
  double foot = y + row_height(paper, row) - LINE_HEIGHT * (row->said != CLOCK_NO_DAY) - (row->said != CLOCK_NO_DAY ? 3 : 0), nought = plot_x(0), worth = plot_x(1);
  paper_box(paper, worth, y, plot_x(AXIS_MOST) - worth, foot - y, PAPER_SHADE);
  paper_line(paper, nought, y, nought, foot, .7, PAPER_QUIET, false);
  paper_line(paper, worth, y, worth, foot, .7, PAPER_QUIET, true);
}

/* "4● 3● 2○ 1–": the four levels, the one that counts first; what the signs mean stands under the table. */
static char *level_words(const struct paper_row *row) {
  static const char *const signs[] = { [PAPER_LEVEL_EMPTY] = "\xe2\x80\x93", [PAPER_LEVEL_SEEN] = "\xe2\x97\x8f", [PAPER_LEVEL_CANNOT_TELL] = "\xe2\x97\x8b", [PAPER_LEVEL_WITHHELD] = "\xc3\x97" };
  g_autoptr(GString) text = g_string_new(NULL);
  for (int level = PAPER_LEVELS - 1; level >= 0; level--) g_string_append_printf(text, "%s%d\xe2\x80\xaf%s", text->len ? "  " : "", level + 1, signs[row->level[level]]);
  return g_strdup(text->str);
}

static char *said_words(const struct paper_row *row) {
  g_autofree char *day = board_day(row->said), *by = paper_amount(row->said_estimate, row->unit, true, !paper_unit_is_long(row->unit)), *range = paper_range(row->said_low, row->said_high, row->unit);
  return isfinite(row->said_estimate) ? g_strdup_printf("Said early, on %s: moved, by %s (%s); not confirmed at the last reading.", day, by, range)
    : g_strdup_printf("Said early, on %s: moved; not confirmed at the last reading.", day);
}

/* "Yet" is for what time will tell: not for what was never measurable, nor for what the last reading has left open. */
static const char *verdict_words(const struct paper_row *row) {
  bool open = row->verdict == PAPER_CANNOT_TELL && !row->withheld && (row->tell == CLOCK_NO_DAY || (row->measured && row->basis == NULL));
  return open ? "Cannot tell" : verdicts[row->verdict].words;
}

static void draw_row(struct paper *paper, const struct paper_board *board, const struct paper_row *row, double y) {
  g_autofree char *goal = name_with_unit(row->goal ? row->goal : "of no goal", row->unit), *levels = level_words(row);
  paper_open(paper, "TR");
  paper_open(paper, "TD");
  paper_text(paper, MARGIN, y, columns[TITLE].width, style_lines(PAPER_STRONG, PAPER_INK, 2), row->title);
  paper_text(paper, MARGIN, y + title_height(paper, row), columns[TITLE].width, style_of(PAPER_SMALL, PAPER_QUIET), goal);
  paper_close(paper, "TD");
  paper_open(paper, "TD");
  paper_dot(paper, MARGIN + columns[VERDICT].x - 4, y + 5.5, 2, verdicts[row->verdict].ink, verdicts[row->verdict].hollow);
  paper_text(paper, MARGIN + columns[VERDICT].x + 2, y + 1, columns[VERDICT].width, style_of(PAPER_SMALL_STRONG, verdicts[row->verdict].ink), verdict_words(row));
  if (row->basis) paper_text(paper, MARGIN + columns[VERDICT].x + 2, y + 11, columns[VERDICT].width + 8, style_of(PAPER_SMALL, PAPER_QUIET), row->basis);
  paper_text(paper, MARGIN + columns[VERDICT].x + 2, y + (row->basis ? 21 : 12), columns[VERDICT].width + 8, style_of(PAPER_SMALL, PAPER_QUIET), levels);
  paper_close(paper, "TD");
  draw_figures(paper, board, row, y);
  if (row->said == CLOCK_NO_DAY) {
    paper_close(paper, "TR");
    return;
  }
  g_autofree char *said = said_words(row);
  paper_say(paper, "TD", MARGIN, y + title_height(paper, row) + 11, INNER, style_of(PAPER_SMALL_STRONG, PAPER_WAIT), said);
  paper_close(paper, "TR");
}

/* How many have room, and how high they stand together. */
static int rows_with_room(struct paper *paper, const struct paper_board *board, const struct paper_row *const *order, double room, double *ret_height) {
  int shown = 0;
  double height = 0;
  for (; shown < board->row_count && height + row_height(paper, order[shown]) <= room; shown++) height += row_height(paper, order[shown]);
  *ret_height = height;
  return shown;
}

double board_draw_rows(struct paper *paper, const struct paper_board *board, const struct paper_row *const *order, double y, double limit) {
  double height, nought = plot_x(0), worth = plot_x(1), at = y + HEAD_HEIGHT;
  int shown = rows_with_room(paper, board, order, limit - at - AXIS_HEIGHT, &height);
  double foot = at + height;
  paper_open(paper, "Table");
  draw_head(paper, y);
  for (int i = 0; i < shown; at += row_height(paper, order[i++])) {
    paper_line(paper, MARGIN, at, RIGHT, at, .5, PAPER_LINE, false);
    draw_axis(paper, order[i], at + .5);
    draw_row(paper, board, order[i], at + 4);
  }
  paper_close(paper, "Table");
  paper_line(paper, MARGIN, foot, RIGHT, foot, .5, PAPER_LINE, false);
  struct paper_style left = style_of(PAPER_SMALL, PAPER_QUIET);
  if (board->row_count > shown) {
    g_autofree char *more = g_strdup_printf("and %d more, worth less or not measured yet", board->row_count - shown);
    paper_say(paper, "P", MARGIN, foot + 3, columns[PLOT].x - 30, left, more);
  }
  paper_say(paper, "P", nought - 60, foot + 3, 64, style_right(PAPER_SMALL, PAPER_QUIET), "no change");
  paper_say(paper, "P", worth - 2, foot + 3, 120, left, "worth having");
  paper_say(paper, "P", MARGIN, foot + 12, INNER, left, "4 results  3 behaviour  2 learning  1 reaction:  \xe2\x97\x8f changed, or for results told  \xe2\x97\x8b cannot be told  \xe2\x80\x93 nothing known  \xc3\x97 withheld");
  return foot + AXIS_HEIGHT;
}

/* ---- goals ------------------------------------------------------------------------------------------------------ */

static void draw_goal(struct paper *paper, const struct paper_goal *goal, double y) {
  bool on = g_strcmp0(goal->state, "on track") == 0, unit = !paper_unit_is_long(goal->unit);
  g_autofree char *baseline = paper_amount(goal->baseline, goal->unit, false, false), *target = paper_amount(goal->target, goal->unit, false, unit);
  g_autofree char *latest = paper_amount(goal->latest, goal->unit, false, unit), *name = name_with_unit(goal->name, goal->unit);
  g_autofree char *moved = goal->interventions == 0 ? g_strdup("none yet") : g_strdup_printf("%d of %d moved", goal->moved, goal->interventions);
  paper_open(paper, "TR");
  paper_say(paper, "TD", MARGIN, y + 4, 160, style_of(PAPER_BODY, PAPER_INK), name);
  paper_spark(paper, MARGIN + 170, y + 5, 76, GOAL_HEIGHT - 10, goal->values, goal->value_count, goal->target, PAPER_ACCENT);
  paper_say(paper, "TD", MARGIN + 252, y + 4, 40, style_right(PAPER_BODY, PAPER_QUIET), baseline);
  paper_say(paper, "TD", MARGIN + 296, y + 4, 56, style_right(PAPER_STRONG, PAPER_INK), latest);
  paper_say(paper, "TD", MARGIN + 356, y + 4, 56, style_right(PAPER_BODY, PAPER_QUIET), target);
  paper_say(paper, "TD", MARGIN + 422, y + 5, 40, style_of(PAPER_SMALL_STRONG, on ? PAPER_GOOD : PAPER_WAIT), goal->state);
  paper_say(paper, "TD", MARGIN + 460, y + 5, 51.276, style_right(PAPER_SMALL, PAPER_QUIET), moved);
  paper_close(paper, "TR");
}

double board_draw_goals(struct paper *paper, const struct paper_board *board, const struct paper_goal *const *order, double y, double limit) {
  static const struct { const char *name; double x, width; enum paper_align align; } heads[] = { { "Goal", 0, 160, PAPER_LEFT }, { "Target dashed", 170, 76, PAPER_LEFT },
    { "From", 252, 40, PAPER_RIGHT }, { "Now", 296, 56, PAPER_RIGHT }, { "Target", 356, 56, PAPER_RIGHT }, { "State", 422, 34, PAPER_LEFT }, { "Interventions", 460, 51.276, PAPER_RIGHT } };
  double at = y + 14;
  int shown = CLAMP((int)((limit - at - 14) / GOAL_HEIGHT), 0, board->goal_count);
  paper_open(paper, "Table");
  paper_open(paper, "TR");
  for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
    paper_say(paper, "TH", MARGIN + heads[i].x, y, heads[i].width, (struct paper_style){ .face = PAPER_SMALL, .ink = PAPER_QUIET, .align = heads[i].align }, heads[i].name);
  paper_close(paper, "TR");
  for (int i = 0; i < shown; i++, at += GOAL_HEIGHT) {
    paper_line(paper, MARGIN, at, RIGHT, at, .5, PAPER_LINE, false);
    draw_goal(paper, order[i], at);
  }
  paper_close(paper, "Table");
  paper_line(paper, MARGIN, at, RIGHT, at, .5, PAPER_LINE, false);
  if (board->goal_count <= shown) return at + 4;
  g_autofree char *more = g_strdup_printf("and %d more of less weight", board->goal_count - shown);
  paper_say(paper, "P", MARGIN, at + 3, 200, style_of(PAPER_SMALL, PAPER_QUIET), more);
  return at + 15;
}
