/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file being written (RFC 4180, UTF-8, LF): cells in order, then the end of the row. A row with too many or too
 * few cells is a bug and aborts, so no writer can drift from its header. */
#pragma once
#include "base/error.h"

struct sheet { const char *name; GString *text; unsigned columns, at; size_t rows; };

void sheet_init(struct sheet *sheet, const char *name, const char *header); /* name and header: borrowed, static */
void sheet_clear(struct sheet *sheet);
void sheet_text(struct sheet *sheet, const char *text); /* NULL: an empty cell */
void sheet_format(struct sheet *sheet, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sheet_integer(struct sheet *sheet, int64_t number);
void sheet_number(struct sheet *sheet, double number, unsigned decimals); /* trailing zeros are left out */
void sheet_day(struct sheet *sheet, int32_t day);                         /* CLOCK_NO_DAY: an empty cell */
void sheet_minute(struct sheet *sheet, int64_t minute);                   /* minutes since 1970, UTC */
void sheet_end(struct sheet *sheet);
/* Writes DIR/name, whole or not at all. Error: the file's, as STORE. */
bool sheet_save(const struct sheet *sheet, const char *dir, GError **error);
/* Writes `text` to DIR/name in the same way. */
bool sheet_save_text(const char *dir, const char *name, const char *text, size_t length, GError **error);
