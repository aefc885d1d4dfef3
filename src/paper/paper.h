/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paper: what is printed. A sheet is one page of vector drawing and shaped text with its fonts embedded, tagged so that a
 * screen reader knows headings from tables, and the same bytes whenever it is drawn from the same input on the same fonts.
 * Nothing here knows where the figures come from.
 *
 * Lengths are points (1/72 inch) from the upper left corner. Texts are UTF-8 in any script; one that reads from right to left
 * keeps its own order within its place. Whatever does not fit its place ends in an ellipsis: a text never pushes the layout. */
#pragma once
#include "base/clock.h"

#define PAPER_WIDTH 595.276   /* A4 */
#define PAPER_HEIGHT 841.89

struct paper_about { const char *title, *author, *subject, *keywords, *creator; int64_t time; /* when it was made */ };

enum paper_face { PAPER_TITLE, PAPER_HEAD, PAPER_STRONG, PAPER_BODY, PAPER_SMALL, PAPER_SMALL_STRONG, PAPER_FIGURE, PAPER_FACES };
enum paper_ink { PAPER_INK, PAPER_QUIET, PAPER_LINE, PAPER_SHADE, PAPER_ACCENT, PAPER_GOOD, PAPER_WAIT, PAPER_WHITE, PAPER_INKS };
enum paper_align { PAPER_LEFT, PAPER_RIGHT, PAPER_CENTRE };

struct paper;
struct paper *paper_new(const struct paper_about *about);
void paper_free(struct paper *paper);
typedef struct paper paper_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(paper_auto, paper_free)
/* Ends the page; the document's bytes, or NULL with INTERNAL. The sheet can only be freed afterwards. */
GBytes *paper_finish(struct paper *paper, GError **error);

/* A structure element of the tagged document: "H1", "P", "Table", "TR", "TH", "TD". They nest, and are closed by the same name. */
void paper_open(struct paper *paper, const char *element);
void paper_close(struct paper *paper, const char *element);

struct paper_style { enum paper_face face; enum paper_ink ink; enum paper_align align; int lines; /* most; 0: one */ };
/* Draws a text into a column; its height. `y` is its top. An empty or missing text has no height. */
double paper_text(struct paper *paper, double x, double y, double width, struct paper_style style, const char *text);
double paper_text_height(struct paper *paper, double width, struct paper_style style, const char *text);
double paper_text_width(struct paper *paper, struct paper_style style, const char *text); /* in one line, uncut */
/* The same as a structure element of its own. */
double paper_say(struct paper *paper, const char *element, double x, double y, double width, struct paper_style style, const char *text);

void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double thickness, enum paper_ink ink, bool dashed);
void paper_box(struct paper *paper, double x, double y, double width, double height, enum paper_ink ink);
void paper_dot(struct paper *paper, double x, double y, double radius, enum paper_ink ink, bool hollow);
void paper_arrow(struct paper *paper, double x, double y, bool right, enum paper_ink ink); /* a value goes on beyond the edge */
/* A line through values at even steps; where one is not finite the line has a gap. Its last value is a dot. */
void paper_spark(struct paper *paper, double x, double y, double width, double height, const double *values, int count, double target, enum paper_ink ink);

/* ---- figures in words: newly allocated ---- */

char *paper_money(double money, const char *currency);                       /* "€450k", "CHF 1.24m"; "–" where not known */
char *paper_amount(double value, const char *unit, bool sign, bool with_unit); /* "+4.1 points": a difference where `sign`, then % are points */
bool paper_unit_is_long(const char *unit);                                   /* too long to stand behind each figure */
char *paper_range(double low, double high, const char *unit);                /* "1.2 to 7.0" */
const char *paper_count_word(int count);                                     /* "no", "one" … "twelve"; NULL above */
