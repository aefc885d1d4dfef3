/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files that draw the board: the page with its sentences (board.c) and its two tables (board-tables.c). */
#pragma once
#include "paper/board.h"

#define MARGIN 42.0
#define INNER (PAPER_WIDTH - 2 * MARGIN)
#define RIGHT (PAPER_WIDTH - MARGIN)

static inline struct paper_style style_of(enum paper_face face, enum paper_ink ink) { return (struct paper_style){ .face = face, .ink = ink }; }
static inline struct paper_style style_lines(enum paper_face face, enum paper_ink ink, int lines) { return (struct paper_style){ .face = face, .ink = ink, .lines = lines }; }
static inline struct paper_style style_right(enum paper_face face, enum paper_ink ink) { return (struct paper_style){ .face = face, .ink = ink, .align = PAPER_RIGHT }; }

char *board_day(int32_t day); /* "12 May 2026"; "–" for none; newly allocated */
/* Both draw as many as have room above `limit` and give the y below; `order` are the rows by worth, the goals by weight. */
double board_draw_rows(struct paper *paper, const struct paper_board *board, const struct paper_row *const *order, double y, double limit);
double board_draw_goals(struct paper *paper, const struct paper_board *board, const struct paper_goal *const *order, double y, double limit);
