/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page: the answer in one sentence, four figures, the interventions by what they are worth, the goals, what cannot be told
 * and when it can, what was declined, and how long it took. Sums say what they are made of: the return counts what moved
 * against everything that was spent, that which moved nothing included.
 *
 * The space: what stands at the foot has its place first; the tables share what is left. */
#include "paper/board-private.h"
#include <math.h>
#include <stdlib.h>

#define COLUMNS_HEIGHT 122.0 /* of the two columns, at least */
#define GOALS_HEIGHT 100.0   /* of the goals, at least three of them */
#define ITEM_HEIGHT 36.0      /* at most: a title and two lines */
#define FOOT_TOP (PAPER_HEIGHT - 46)
#define LEAD_TOP (FOOT_TOP - 62)
#define GUTTER 20.0

struct counts { int of[3]; };

char *board_day(int32_t day) {
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  if (day == CLOCK_NO_DAY) return g_strdup("\xe2\x80\x93");
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return g_strdup_printf("%d %s %d", mday, months[month - 1], year);
}

/* ---- order ------------------------------------------------------------------------------------------------------ */

/* By money, what is withheld last; then by cost and name, so that the order is one. */
static int by_money(const void *a, const void *b) {
  const struct paper_row *x = *(const struct paper_row *const *)a, *y = *(const struct paper_row *const *)b;
  double p = isfinite(x->money) && !x->withheld ? x->money : -INFINITY, q = isfinite(y->money) && !y->withheld ? y->money : -INFINITY;
  if (p != q) return p < q ? 1 : -1;
  if (x->withheld != y->withheld) return x->withheld ? 1 : -1;
  if (x->cost != y->cost && isfinite(x->cost) && isfinite(y->cost)) return x->cost < y->cost ? 1 : -1;
  return g_strcmp0(x->title, y->title);
}

static int by_weight(const void *a, const void *b) {
  const struct paper_goal *x = *(const struct paper_goal *const *)a, *y = *(const struct paper_goal *const *)b;
  if ((x->interventions > 0) != (y->interventions > 0)) return x->interventions > 0 ? -1 : 1;
  if (x->weight != y->weight) return x->weight < y->weight ? 1 : -1;
  return g_strcmp0(x->name, y->name);
}

static struct counts count_verdicts(const struct paper_board *board) {
  struct counts counts = { 0 };
  for (int i = 0; i < board->row_count; i++) counts.of[board->rows[i].verdict]++;
  return counts;
}

/* ---- the answer ------------------------------------------------------------------------------------------------- */

static void add_count(GString *text, int count, const char *verb_of_one, const char *verb_of_many) {
  const char *word = count ? paper_count_word(count) : "none";
  if (word) g_string_append(text, word);
  else g_string_append_printf(text, "%d", count);
  g_string_append(text, count <= 1 ? verb_of_one : verb_of_many);
}

char *paper_board_headline(const struct paper_board *board) {
  struct counts counts = count_verdicts(board);
  int all = board->row_count, moved = counts.of[PAPER_MOVED], not = counts.of[PAPER_DID_NOT_MOVE], untold = counts.of[PAPER_CANNOT_TELL];
  if (all == 0) return g_strdup("Nothing to judge yet: no intervention has been registered.");
  if (all == 1) return g_strdup_printf("The one intervention %s", moved ? "moved its goal." : not ? "did not move its goal." : "cannot be told yet.");
  g_autoptr(GString) text = g_string_new(untold == all ? "None of " : "Of ");
  add_count(text, all, "", " interventions ");
  if (untold == all) return g_strconcat(text->str, "can be told yet.", NULL);
  add_count(text, moved, " moved its goal", " moved their goals");
  if (not) {
    g_string_append(text, untold ? ", " : " and ");
    add_count(text, not, " did not", " did not");
  }
  if (untold) {
    g_string_append(text, not ? ", and " : " and ");
    add_count(text, untold, " cannot be told yet", " cannot be told yet");
  }
  return g_strconcat(text->str, ".", NULL);
}

static double draw_top(struct paper *paper, const struct paper_board *board) {
  bool named = board->company && *board->company;
  g_autofree char *day = board_day(clock_day(board->now)), *words = paper_board_headline(board);
  g_autofree char *place = g_strdup_printf("%s%sBoard of goals%s%s, %s", named ? board->company : "", named ? "  \xc2\xb7  " : "", board->scope ? ", " : "", board->scope ? board->scope : "", day);
  paper_say(paper, "P", MARGIN, 36, INNER - 120, style_of(PAPER_SMALL, PAPER_QUIET), place);
  paper_text(paper, RIGHT - 110, 36, 110, style_right(PAPER_SMALL, PAPER_QUIET), "Did it move?");
  paper_line(paper, MARGIN, 50, RIGHT, 50, 1.2, PAPER_INK, false);
  return 58 + paper_say(paper, "H1", MARGIN, 58, INNER, style_lines(PAPER_TITLE, PAPER_INK, 2), words) + 8;
}

static void draw_key(struct paper *paper, int place, double y, const char *name, const char *figure, const char *about) {
  double width = (INNER - 3 * GUTTER) / 4, x = MARGIN + place * (width + GUTTER);
  paper_open(paper, "P");
  paper_text(paper, x, y, width, style_of(PAPER_SMALL_STRONG, PAPER_QUIET), name);
  paper_text(paper, x, y + 9, width, style_of(PAPER_FIGURE, PAPER_INK), figure);
  paper_text(paper, x, y + 34, width, style_lines(PAPER_SMALL, PAPER_QUIET, 2), about);
  paper_close(paper, "P");
}

static double draw_keys(struct paper *paper, const struct paper_board *board, const struct counts *counts, double y) {
  bool moved = counts->of[PAPER_MOVED] > 0 && isfinite(board->money), priced = moved && board->spent > 0, shown = isfinite(board->lead[PAPER_EFFECT]);
  g_autofree char *cost = paper_money(board->spent, board->currency), *money = paper_money(moved ? board->money : NAN, board->currency);
  g_autofree char *low = paper_money(board->money_low, board->currency), *high = paper_money(board->money_high, board->currency);
  g_autofree char *back_low = paper_amount(board->money_low / board->spent, NULL, false, false), *back_high = paper_amount(board->money_high / board->spent, NULL, false, false);
  g_autofree char *times = priced ? paper_amount(board->money / board->spent, NULL, false, false) : NULL, *ratio = priced ? g_strconcat("\xc3\x97", times, NULL) : g_strdup("\xe2\x80\x93");
  g_autofree char *spent = g_strdup_printf("on %d intervention%s, whether or not %s moved", board->row_count, board->row_count == 1 ? "" : "s", board->row_count == 1 ? "it" : "they");
  g_autofree char *all = paper_money(board->all, board->currency);
  /* What moved was picked for being large: the sum of all that was measured stands beside it. */
  g_autofree char *sure = moved && isfinite(board->all) ? g_strdup_printf("%s to %s of what moved, %s of all measured", low, high, all) : moved ? g_strdup_printf("between %s and %s, of what moved", low, high) : g_strdup(counts->of[PAPER_MOVED] > 0 ? "counted at the last reading" : "nothing has moved a goal so far");
  g_autofree char *against = priced ? g_strdup_printf("between %s and %s, of all that was spent", back_low, back_high) : g_strdup("needs something that moved and its cost");
  g_autofree char *days = shown ? g_strdup_printf("%.0f days", board->lead[PAPER_EFFECT]) : g_strdup("\xe2\x80\x93");
  draw_key(paper, 0, y, "Spent", cost, board->row_count ? spent : "nothing so far");
  draw_key(paper, 1, y, "Worth a year", money, sure);
  draw_key(paper, 2, y, "Comes back in a year", ratio, against);
  draw_key(paper, 3, y, "From signal to effect", days, shown ? "half of them took less" : "no effect has been measured yet");
  return y + 64;
}

/* ---- what cannot be told, what was declined --------------------------------------------------------------------- */

static double draw_item(struct paper *paper, double x, double y, double width, const char *title, const char *more) {
  paper_open(paper, "P");
  double height = paper_text(paper, x, y, width, style_of(PAPER_STRONG, PAPER_INK), title);
  height += paper_text(paper, x, y + height, width, style_lines(PAPER_SMALL, PAPER_QUIET, 2), more);
  paper_close(paper, "P");
  return y + height + 5;
}

static double draw_rest(struct paper *paper, double x, double y, double width, int count) {
  if (count <= 0) return y;
  g_autofree char *more = g_strdup_printf("and %d more", count);
  return y + paper_say(paper, "P", x, y, width, style_of(PAPER_SMALL, PAPER_QUIET), more);
}

static bool comes_later(const struct paper_board *board, const struct paper_row *row) {
  return !row->withheld && row->tell != CLOCK_NO_DAY && row->tell > clock_day(board->now);
}

static double draw_untold(struct paper *paper, const struct paper_board *board, const struct paper_row *row, double x, double y, double width) {
  bool later = comes_later(board, row);
  g_autofree char *day = board_day(row->tell), *when = later ? g_strdup_printf("From %s. ", day) : g_strdup("");
  g_autofree char *text = g_strconcat(when, row->needed ? row->needed : later ? "" : "The test that was registered cannot tell it.", NULL);
  return draw_item(paper, x, y, width, row->title, text);
}

/* What time will tell comes first. */
static double draw_unknown(struct paper *paper, const struct paper_board *board, const struct paper_row *const *order, double x, double y, double width, double limit) {
  int drawn = 0, all = 0;
  y += paper_say(paper, "H2", x, y, width, style_of(PAPER_HEAD, PAPER_INK), "What cannot be told, and when it can") + 5;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < board->row_count; i++) {
      if (order[i]->verdict != PAPER_CANNOT_TELL || comes_later(board, order[i]) == (pass > 0)) continue;
      if (++all > 1 && y + ITEM_HEIGHT > limit) continue;
      y = draw_untold(paper, board, order[i], x, y, width);
      drawn++;
    }
  if (all == 0) y += paper_say(paper, "P", x, y, width, style_lines(PAPER_BODY, PAPER_QUIET, 2), board->row_count ? "Everything that was registered has been judged." : "Nothing is registered.");
  return draw_rest(paper, x, y, width, all - drawn);
}

static double sum_declined(const struct paper_board *board, bool saved) {
  double sum = 0;
  for (int i = 0; i < board->declined_count; i++)
    if (board->declined[i].saved == saved && isfinite(board->declined[i].money)) sum += board->declined[i].money;
  return sum;
}

static double draw_declined(struct paper *paper, const struct paper_board *board, double x, double y, double width, double limit) {
  double saved = sum_declined(board, true), open = sum_declined(board, false);
  g_autofree char *saved_money = paper_money(saved, board->currency), *open_money = paper_money(open, board->currency), *stake = paper_money(board->not_training_money, board->currency);
  y += paper_say(paper, "H2", x, y, width, style_of(PAPER_HEAD, PAPER_INK), "What was declined, and what it saves") + 5;
  if (board->not_training > 0) {
    g_autofree char *title = g_strdup_printf("%d need%s not a training problem", board->not_training, board->not_training == 1 ? " is" : "s are");
    g_autofree char *text = g_strdup_printf("%s a year hangs on tools, processes, time, clarity or pay, which no course would have moved.", stake);
    y = draw_item(paper, x, y, width, title, text);
  }
  if (board->no_priority > 0) {
    g_autofree char *title = g_strdup_printf("%d wish%s without a goal", board->no_priority, board->no_priority == 1 ? "" : "es");
    y = draw_item(paper, x, y, width, title, "No business goal rests on what was asked for.");
  }
  int drawn = 0;
  for (; drawn < board->declined_count && y + ITEM_HEIGHT < limit; drawn++) {
    g_autofree char *money = paper_money(board->declined[drawn].money, board->currency);
    g_autofree char *text = g_strdup_printf("%s a year %s. %s", money, board->declined[drawn].saved ? "saved" : "could be saved", board->declined[drawn].why ? board->declined[drawn].why : "");
    y = draw_item(paper, x, y, width, board->declined[drawn].title, text);
  }
  if (saved > 0 || open > 0) {
    const char *of = board->declined_count == 1 ? "a programme" : "programmes";
    g_autofree char *sum = saved > 0 && open > 0 ? g_strdup_printf("%s a year saved on %s without a goal, %s more could be.", saved_money, of, open_money)
      : saved > 0 ? g_strdup_printf("%s a year saved on %s without a goal.", saved_money, of) : g_strdup_printf("%s a year could be saved on %s that no goal rests on.", open_money, of);
    y += paper_say(paper, "P", x, y, width, style_lines(PAPER_SMALL, PAPER_QUIET, 2), sum);
  } else if (board->not_training + board->no_priority == 0) y += paper_say(paper, "P", x, y, width, style_of(PAPER_BODY, PAPER_QUIET), "Nothing was declined.");
  return y;
}

/* ---- lead time, foot -------------------------------------------------------------------------------------------- */

static void draw_lead(struct paper *paper, const struct paper_board *board, double y) {
  static const char *const names[PAPER_STEPS] = { "need known", "accepted", "live", "first used", "effect shown" };
  double last = 0, before = 0, beyond = MARGIN + 64;
  for (int step = 0; step < PAPER_STEPS; step++) last = fmax(last, isfinite(board->lead[step]) ? board->lead[step] : 0);
  paper_say(paper, "H2", MARGIN, y, INNER, style_of(PAPER_HEAD, PAPER_INK), "From signal to effect, in days (medians)");
  if (last <= 0) {
    paper_say(paper, "P", MARGIN, y + 18, INNER, style_of(PAPER_BODY, PAPER_QUIET), "No time can be given before the first intervention is live.");
    return;
  }
  double line = y + 24;
  paper_line(paper, MARGIN + 3, line, RIGHT - 46, line, 1, PAPER_LINE, false);
  paper_dot(paper, MARGIN + 3, line, 3, PAPER_ACCENT, true);
  paper_say(paper, "P", MARGIN, line + 6, 60, style_of(PAPER_SMALL, PAPER_QUIET), "signal");
  for (int step = 0; step < PAPER_STEPS; step++) {
    if (!isfinite(board->lead[step]) || board->lead[step] < before) continue; /* medians of different interventions may cross */
    before = board->lead[step];
    /* Where it belongs, but never on the words of the one before, and with room for those to come. */
    int behind = 0;
    for (int after = step + 1; after < PAPER_STEPS; after++) behind += isfinite(board->lead[after]) && board->lead[after] >= before;
    double x = fmin(fmax(MARGIN + 3 + (INNER - 49) * board->lead[step] / last, beyond), RIGHT - 46 - 64 * behind);
    g_autofree char *words = g_strdup_printf("%.0f", board->lead[step]);
    paper_dot(paper, x, line, 3, PAPER_ACCENT, step != PAPER_EFFECT);
    paper_open(paper, "P");
    paper_text(paper, x - 3, line + 6, 70, style_of(PAPER_SMALL_STRONG, PAPER_INK), words);
    paper_text(paper, x - 3, line + 16, 70, style_of(PAPER_SMALL, PAPER_QUIET), names[step]);
    paper_close(paper, "P");
    beyond = x + 64;
  }
}

static void draw_foot(struct paper *paper, const struct paper_board *board) {
  g_autofree char *made = g_strdup_printf("Made by Meno %s: every figure is computed from the company\xe2\x80\x99s own files, none by a language model. Teams, weeks and the smallest effect worth having "
    "were registered when an intervention was accepted, before its data came in.", board->version);
  paper_line(paper, MARGIN, FOOT_TOP, RIGHT, FOOT_TOP, .5, PAPER_LINE, false);
  paper_say(paper, "P", MARGIN, FOOT_TOP + 5, INNER, style_lines(PAPER_SMALL, PAPER_QUIET, 2), made);
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

static double draw_tables(struct paper *paper, const struct paper_board *board, const struct paper_row *const *rows, const struct paper_goal *const *goals, double y) {
  double limit = LEAD_TOP - COLUMNS_HEIGHT;
  y += paper_say(paper, "H2", MARGIN, y, INNER, style_of(PAPER_HEAD, PAPER_INK), "What moved, by what it is worth a year") + 5;
  if (board->row_count) y = board_draw_rows(paper, board, rows, y, board->goal_count ? limit - GOALS_HEIGHT : limit) + 4;
  else y += paper_say(paper, "P", MARGIN, y, INNER, style_lines(PAPER_BODY, PAPER_QUIET, 3), "An accepted need becomes an intervention. Its teams, their order of start, the weeks that count and the smallest effect worth having are "
    "fixed at that moment; after those weeks this page says whether the goal moved.") + 12;
  if (!board->goal_count) return y;
  y += paper_say(paper, "H2", MARGIN, y, INNER, style_of(PAPER_HEAD, PAPER_INK), "The goals behind it") + 5;
  return board_draw_goals(paper, board, goals, y, limit) + 8;
}

GBytes *paper_board_print(const struct paper_board *board, GError **error) {
  bool named = board->company && *board->company;
  g_autofree char *title = g_strdup_printf("Board of goals%s%s", named ? ", " : "", named ? board->company : "");
  g_autofree char *creator = g_strconcat("Meno ", board->version, NULL);
  g_autoptr(paper_auto) paper = paper_new(&(struct paper_about){ .title = title, .author = creator, .creator = creator, .time = board->now,
    .subject = "Which interventions moved their goals, with interval, cost and value", .keywords = "made by Meno; machine-made; computed from the company's files; no language model" });
  g_autofree const struct paper_row **rows = g_new(const struct paper_row *, (gsize)board->row_count + 1);
  g_autofree const struct paper_goal **goals = g_new(const struct paper_goal *, (gsize)board->goal_count + 1);
  for (int i = 0; i < board->row_count; i++) rows[i] = &board->rows[i];
  for (int i = 0; i < board->goal_count; i++) goals[i] = &board->goals[i];
  qsort(rows, (size_t)board->row_count, sizeof *rows, by_money);
  qsort(goals, (size_t)board->goal_count, sizeof *goals, by_weight);
  struct counts counts = count_verdicts(board);
  double y = draw_top(paper, board), half = (INNER - GUTTER) / 2;
  y = draw_keys(paper, board, &counts, y);
  y = draw_tables(paper, board, rows, goals, y);
  double limit = LEAD_TOP - 24; /* a last line and the distance stand below it */
  double left = draw_unknown(paper, board, rows, MARGIN, y, half, limit), right = draw_declined(paper, board, MARGIN + half + GUTTER, y, half, limit - 10);
  draw_lead(paper, board, fmin(fmax(left, right) + 16, LEAD_TOP));
  draw_foot(paper, board);
  return paper_finish(paper, error);
}
