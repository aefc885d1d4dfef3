/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sheet, on cairo and pango. Fonts are those of the web client where the machine has them (Inter), then DejaVu for other
 * alphabets and Droid's fallback for Chinese, Japanese and Korean; tools/packages installs all three. cairo embeds the glyphs
 * that are used.
 *
 * The font map is the sheet's own: pango's default one lives as long as its thread and grows with every page.
 *
 * How it can be wrong: on other fonts other line breaks, so other bytes; a script that none of the fonts knows shows as boxes.
 * cairo 1.16 writes no language into the document. */
#include "paper/paper.h"
#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

struct paper {
  GByteArray *bytes;
  cairo_surface_t *surface;
  cairo_t *cairo;
  PangoFontMap *fonts;
  PangoContext *context;
  int depth;                  /* of open structure elements */
};

#define FAMILIES "Inter, DejaVu Sans, Droid Sans Fallback, sans-serif"
static const struct { double points; PangoWeight weight; double leading; } faces[PAPER_FACES] = {
  [PAPER_TITLE] = { 17, PANGO_WEIGHT_SEMIBOLD, .9 }, [PAPER_HEAD] = { 10, PANGO_WEIGHT_SEMIBOLD, 1 }, [PAPER_STRONG] = { 8.5, PANGO_WEIGHT_SEMIBOLD, 1 },
  [PAPER_BODY] = { 8.5, PANGO_WEIGHT_NORMAL, 1.05 }, [PAPER_SMALL] = { 7.25, PANGO_WEIGHT_NORMAL, 1.05 }, [PAPER_SMALL_STRONG] = { 7.25, PANGO_WEIGHT_SEMIBOLD, 1 },
  [PAPER_FIGURE] = { 19, PANGO_WEIGHT_SEMIBOLD, 1 } };
/* Every ink on white, and white on each but the line and the shade, meets 4.5 : 1. */
static const double inks[PAPER_INKS][3] = {
  [PAPER_INK] = { .09, .13, .18 }, [PAPER_QUIET] = { .32, .37, .43 }, [PAPER_LINE] = { .82, .85, .88 }, [PAPER_SHADE] = { .955, .963, .972 },
  [PAPER_ACCENT] = { .04, .37, .72 }, [PAPER_GOOD] = { .10, .42, .23 }, [PAPER_WAIT] = { .54, .33, 0 }, [PAPER_WHITE] = { 1, 1, 1 } };

static cairo_status_t append(void *data, const unsigned char *bytes, unsigned int length) {
  g_byte_array_append(data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

static void describe(struct paper *paper, const struct paper_about *about) {
  char time[CLOCK_TEXT];
  clock_format_time(about->time, time);
  memcpy(time + 19, "Z", 2); /* whole seconds */
  const struct { cairo_pdf_metadata_t field; const char *text; } rows[] = { { CAIRO_PDF_METADATA_TITLE, about->title }, { CAIRO_PDF_METADATA_AUTHOR, about->author },
    { CAIRO_PDF_METADATA_SUBJECT, about->subject }, { CAIRO_PDF_METADATA_KEYWORDS, about->keywords }, { CAIRO_PDF_METADATA_CREATOR, about->creator },
    { CAIRO_PDF_METADATA_CREATE_DATE, time }, { CAIRO_PDF_METADATA_MOD_DATE, time } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].text) cairo_pdf_surface_set_metadata(paper->surface, rows[i].field, rows[i].text);
}

struct paper *paper_new(const struct paper_about *about) {
  struct paper *paper = g_new0(struct paper, 1);
  paper->bytes = g_byte_array_new();
  paper->surface = cairo_pdf_surface_create_for_stream(append, paper->bytes, PAPER_WIDTH, PAPER_HEIGHT);
  cairo_pdf_surface_restrict_to_version(paper->surface, CAIRO_PDF_VERSION_1_5);
  describe(paper, about);
  paper->cairo = cairo_create(paper->surface);
  paper->fonts = pango_cairo_font_map_new();
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(paper->fonts), 72); /* a point is a point */
  paper->context = pango_font_map_create_context(paper->fonts);
  pango_context_set_language(paper->context, pango_language_from_string("en")); /* not the machine's */
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(paper->context, options);
  pango_context_set_round_glyph_positions(paper->context, FALSE);
  cairo_font_options_destroy(options);
  paper_open(paper, "Document");
  return paper;
}

void paper_free(struct paper *paper) {
  if (!paper) return;
  g_object_unref(paper->context);
  cairo_destroy(paper->cairo);
  cairo_surface_destroy(paper->surface);
  g_object_unref(paper->fonts);
  if (paper->bytes) g_byte_array_unref(paper->bytes);
  g_free(paper);
}

GBytes *paper_finish(struct paper *paper, GError **error) {
  paper_close(paper, "Document");
  g_assert(paper->depth == 0);
  cairo_show_page(paper->cairo);
  cairo_surface_finish(paper->surface);
  cairo_status_t status = cairo_status(paper->cairo) ? cairo_status(paper->cairo) : cairo_surface_status(paper->surface);
  if (status == CAIRO_STATUS_SUCCESS) return g_byte_array_free_to_bytes(g_steal_pointer(&paper->bytes));
  fail(error, MENO_ERROR_INTERNAL, "the page could not be drawn: %s", cairo_status_to_string(status));
  return NULL;
}

void paper_open(struct paper *paper, const char *element) {
  paper->depth++;
  cairo_tag_begin(paper->cairo, element, NULL);
}

void paper_close(struct paper *paper, const char *element) {
  paper->depth--;
  cairo_tag_end(paper->cairo, element);
}

static void use_ink(struct paper *paper, enum paper_ink ink) { cairo_set_source_rgb(paper->cairo, inks[ink][0], inks[ink][1], inks[ink][2]); }

/* ---- texts ------------------------------------------------------------------------------------------------------ */

/* Pango turns "left" around for a text that reads from the right: where a column begins is the page's decision. */
static PangoAlignment alignment(PangoLayout *layout, enum paper_align align) {
  if (align == PAPER_CENTRE) return PANGO_ALIGN_CENTER;
  bool turned = pango_layout_get_direction(layout, 0) == PANGO_DIRECTION_RTL;
  return (align == PAPER_RIGHT) != turned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

static PangoLayout *set(struct paper *paper, double width, struct paper_style style, const char *text) {
  PangoLayout *layout = pango_layout_new(paper->context);
  PangoFontDescription *font = pango_font_description_from_string(FAMILIES);
  pango_font_description_set_absolute_size(font, faces[style.face].points * PANGO_SCALE);
  pango_font_description_set_weight(font, faces[style.face].weight);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  PangoAttrList *features = pango_attr_list_new();
  pango_attr_list_insert(features, pango_attr_font_features_new("tnum 1, cv11 1")); /* figures of one width stand under each other */
  pango_layout_set_attributes(layout, features);
  pango_attr_list_unref(features);
  pango_layout_set_line_spacing(layout, (float)(faces[style.face].leading * 1.25));
  g_autofree char *one_line = g_strdelimit(g_strdup(text), "\r\n\t\v\f", ' '); /* a name is no layout */
  pango_layout_set_text(layout, one_line, -1);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (width > 0) {
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height(layout, -MAX(style.lines, 1));
    pango_layout_set_alignment(layout, alignment(layout, style.align));
  }
  return layout;
}

double paper_text(struct paper *paper, double x, double y, double width, struct paper_style style, const char *text) {
  if (!text || !*text) return 0;
  g_autoptr(PangoLayout) layout = set(paper, width, style, text);
  int height;
  pango_layout_get_size(layout, NULL, &height);
  use_ink(paper, style.ink);
  cairo_move_to(paper->cairo, x, y);
  pango_cairo_show_layout(paper->cairo, layout);
  return (double)height / PANGO_SCALE;
}

double paper_text_height(struct paper *paper, double width, struct paper_style style, const char *text) {
  if (!text || !*text) return 0;
  g_autoptr(PangoLayout) layout = set(paper, width, style, text);
  int height;
  pango_layout_get_size(layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

double paper_text_width(struct paper *paper, struct paper_style style, const char *text) {
  if (!text || !*text) return 0;
  g_autoptr(PangoLayout) layout = set(paper, 0, style, text);
  int width;
  pango_layout_get_size(layout, &width, NULL);
  return (double)width / PANGO_SCALE;
}

double paper_say(struct paper *paper, const char *element, double x, double y, double width, struct paper_style style, const char *text) {
  if (!text || !*text) return 0;
  paper_open(paper, element);
  double height = paper_text(paper, x, y, width, style, text);
  paper_close(paper, element);
  return height;
}

/* ---- marks ------------------------------------------------------------------------------------------------------ */

void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double thickness, enum paper_ink ink, bool dashed) {
  use_ink(paper, ink);
  cairo_set_line_width(paper->cairo, thickness);
  cairo_set_dash(paper->cairo, (const double[]){ 2, 2 }, dashed ? 2 : 0, 0);
  cairo_move_to(paper->cairo, x1, y1);
  cairo_line_to(paper->cairo, x2, y2);
  cairo_stroke(paper->cairo);
  cairo_set_dash(paper->cairo, NULL, 0, 0);
}

void paper_box(struct paper *paper, double x, double y, double width, double height, enum paper_ink ink) {
  use_ink(paper, ink);
  cairo_rectangle(paper->cairo, x, y, width, height);
  cairo_fill(paper->cairo);
}

void paper_dot(struct paper *paper, double x, double y, double radius, enum paper_ink ink, bool hollow) {
  use_ink(paper, ink);
  cairo_new_sub_path(paper->cairo);
  cairo_arc(paper->cairo, x, y, radius, 0, 2 * G_PI);
  if (!hollow) {
    cairo_fill(paper->cairo);
    return;
  }
  use_ink(paper, PAPER_WHITE);
  cairo_fill_preserve(paper->cairo);
  use_ink(paper, ink);
  cairo_set_line_width(paper->cairo, 1.25);
  cairo_stroke(paper->cairo);
}

void paper_arrow(struct paper *paper, double x, double y, bool right, enum paper_ink ink) {
  double back = right ? -4 : 4;
  use_ink(paper, ink);
  cairo_move_to(paper->cairo, x, y);
  cairo_line_to(paper->cairo, x + back, y - 2.5);
  cairo_line_to(paper->cairo, x + back, y + 2.5);
  cairo_close_path(paper->cairo);
  cairo_fill(paper->cairo);
}

void paper_spark(struct paper *paper, double x, double y, double width, double height, const double *values, int count, double target, enum paper_ink ink) {
  double least = target, most = target;
  for (int i = 0; i < count; i++)
    if (isfinite(values[i])) {
      least = fmin(values[i], isfinite(least) ? least : values[i]);
      most = fmax(values[i], isfinite(most) ? most : values[i]);
    }
  if (count < 2 || !isfinite(least)) return;
  double span = most > least ? most - least : 1;
#define AT_X(i) (x + width * (i) / (count - 1))
#define AT_Y(value) (y + height - height * ((value) - least) / span)
  if (isfinite(target)) paper_line(paper, x, AT_Y(target), x + width, AT_Y(target), .6, PAPER_QUIET, true);
  use_ink(paper, ink);
  cairo_set_line_width(paper->cairo, 1);
  cairo_set_line_join(paper->cairo, CAIRO_LINE_JOIN_ROUND);
  bool going = false;
  for (int i = 0; i < count; i++) {
    bool there = isfinite(values[i]);
    if (there && going) cairo_line_to(paper->cairo, AT_X(i), AT_Y(values[i]));
    else if (there) cairo_move_to(paper->cairo, AT_X(i), AT_Y(values[i]));
    going = there;
  }
  cairo_stroke(paper->cairo);
  if (isfinite(values[count - 1])) paper_dot(paper, AT_X(count - 1), AT_Y(values[count - 1]), 1.6, ink, false);
#undef AT_X
#undef AT_Y
}
