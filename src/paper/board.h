/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The board of goals on one page, for somebody who pays for it: what was spent, what moved, how sure that is, what cannot be
 * told and when it can, what was declined, how long it took. A pure function; one page whatever the number of rows: those
 * worth most are printed, the others counted. Texts are borrowed; figures that are not known are NAN, days CLOCK_NO_DAY. */
#pragma once
#include "paper/paper.h"

enum paper_verdict { PAPER_MOVED, PAPER_DID_NOT_MOVE, PAPER_CANNOT_TELL };
enum paper_level { PAPER_LEVEL_EMPTY, PAPER_LEVEL_SEEN, PAPER_LEVEL_CANNOT_TELL, PAPER_LEVEL_WITHHELD }; /* what one of Kirkpatrick's levels shows */
#define PAPER_LEVELS 4
enum paper_step { PAPER_NEED, PAPER_ACCEPTED, PAPER_LIVE, PAPER_FIRST_USE, PAPER_EFFECT, PAPER_STEPS };

struct paper_row {             /* one intervention */
  const char *title, *goal, *unit, *needed; /* needed: what would settle it; NULL none */
  enum paper_verdict verdict;
  const char *basis;           /* of figures before the last reading, as a reader calls them; NULL at it, and without any */
  bool measured, withheld;     /* measured: there is an estimate; withheld: too few people to show it */
  double estimate, low, high;  /* in the unit; better is `direction` */
  int direction;               /* +1: up is better */
  double minimum;              /* the smallest effect worth having, positive */
  double cost, money, money_low, money_high; /* money: a year */
  int32_t tell;                /* the day from which it can be told */
  int32_t said;                /* on that day it was said to have moved, and the last reading did not bear it out; CLOCK_NO_DAY: not so */
  double said_estimate, said_low, said_high; /* as it was told then */
  enum paper_level level[PAPER_LEVELS]; /* reaction, learning, behaviour, results */
};
struct paper_goal { const char *name, *unit, *state; double baseline, target, latest, weight; const double *values; int value_count; int interventions, moved; };
struct paper_declined { const char *title, *why; double money; /* a year */ bool saved; /* else it could be */ };

struct paper_board {
  const char *company, *currency, *version, *scope; /* scope: whose view it is; NULL: the whole company's */
  int64_t now;
  const struct paper_row *rows; int row_count;
  double spent, money, money_low, money_high;  /* on all rows; a year, of those that moved */
  double all;                                  /* a year, of all that were measured, moved or not, drawn towards their mean; NAN: too few */
  double lead[PAPER_STEPS];                    /* medians of the days since the signal */
  const struct paper_goal *goals; int goal_count;
  const struct paper_declined *declined; int declined_count;
  int not_training; double not_training_money; /* needs with another cause than skill, and what hangs on them a year */
  int no_priority;                             /* requests and programmes without a goal */
};

/* Newly allocated; NULL with INTERNAL where the page could not be drawn. */
GBytes *paper_board_print(const struct paper_board *board, GError **error);
/* "Of five interventions one moved its goal, one did not, and three cannot be told yet." Newly allocated. */
char *paper_board_headline(const struct paper_board *board);
