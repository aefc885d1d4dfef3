/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time is a parameter. A moment is microseconds UTC since 1970; a day is days since 1970. Nothing below the command
 * line asks the machine for the time: it takes the clock that it is given, so tests and the demo run on virtual time. */
#pragma once
#include "base/error.h"

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_DAY (INT64_C(86400) * CLOCK_SECOND)
#define CLOCK_NO_DAY INT32_MIN /* "no date given" */

struct clock { int64_t fixed; }; /* 0: the machine's clock; else the moment that `--now` gave */

int64_t clock_now(const struct clock *clock);

/* "2026-03-01", years 1000 to 2999. */
bool clock_parse_day(const char *text, int32_t *ret_day);
/* ISO 8601 date, or date and time with an optional fraction and zone (absent: UTC). */
bool clock_parse_time(const char *text, int64_t *ret_time);
static inline int32_t clock_day(int64_t time) { return (int32_t)(time / CLOCK_DAY - (time % CLOCK_DAY < 0)); }

#define CLOCK_TEXT 32
/* "2026-03-01" and "2026-03-01T12:00:00.000000Z"; `out` holds CLOCK_TEXT bytes; returns `out`. */
char *clock_format_day(int32_t day, char out[CLOCK_TEXT]);
char *clock_format_time(int64_t time, char out[CLOCK_TEXT]);
bool clock_is_ours(int64_t time); /* in the years that are read */
/* Year, month 1–12, day of month; and back. */
void clock_civil(int32_t day, int *ret_year, int *ret_month, int *ret_mday);
int32_t clock_from_civil(int year, int month, int mday);
