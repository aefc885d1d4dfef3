/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proleptic Gregorian days in both directions after Howard Hinnant, "chrono-compatible low-level date algorithms"
 * (2013): era of 400 years, years that begin in March. Only years 1000 to 2999 are read, so a slip of a digit in a file
 * is an error instead of a date. */
#include "base/clock.h"
#include <string.h>

int64_t clock_now(const struct clock *clock) { return clock->fixed ? clock->fixed : g_get_real_time(); }

int32_t clock_from_civil(int year, int month, int mday) {
  int y = month <= 2 ? year - 1 : year;
  int era = (y >= 0 ? y : y - 399) / 400;
  int of_era = y - era * 400;
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void clock_civil(int32_t day, int *ret_year, int *ret_month, int *ret_mday) {
  int z = day + 719468;
  int era = (z >= 0 ? z : z - 146096) / 146097;
  int of_era = z - era * 146097;
  int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int month = (5 * of_year + 2) / 153;
  *ret_mday = of_year - (153 * month + 2) / 5 + 1;
  *ret_month = month < 10 ? month + 3 : month - 9;
  *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

/* `count` digits at *text; advances; -1 if there is anything else. */
static int digits(const char **text, int count) {
  int value = 0;
  for (int i = 0; i < count; i++, (*text)++) {
    if (!g_ascii_isdigit(**text)) return -1;
    value = value * 10 + (**text - '0');
  }
  return value;
}

static bool civil_day(const char **text, int32_t *ret_day) {
  int year = digits(text, 4);
  if (year < 1000 || year > 2999 || *(*text)++ != '-') return false;
  int month = digits(text, 2);
  if (month < 1 || month > 12 || *(*text)++ != '-') return false;
  int mday = digits(text, 2);
  if (mday < 1 || mday > g_date_get_days_in_month((GDateMonth)month, (GDateYear)year)) return false;
  *ret_day = clock_from_civil(year, month, mday);
  return true;
}

bool clock_parse_day(const char *text, int32_t *ret_day) {
  int32_t day;
  if (!civil_day(&text, &day) || *text) return false;
  *ret_day = day;
  return true;
}

/* "Z", "+02:00", "+0200", "-05" or nothing, to the end of the text. */
static bool zone(const char *text, int64_t *ret_offset) {
  *ret_offset = 0;
  if (!*text || (g_ascii_toupper(*text) == 'Z' && !text[1])) return true;
  int sign = *text == '+' ? 1 : *text == '-' ? -1 : 0;
  if (!sign) return false;
  text++;
  int hours = digits(&text, 2), minutes = 0;
  if (hours < 0 || hours > 23) return false;
  if (*text == ':') text++;
  if (*text && ((minutes = digits(&text, 2)) < 0 || minutes > 59 || *text)) return false;
  *ret_offset = sign * (hours * 60 + minutes) * 60 * CLOCK_SECOND;
  return true;
}

bool clock_parse_time(const char *text, int64_t *ret_time) {
  int32_t day;
  if (!civil_day(&text, &day)) return false;
  int64_t time = day * CLOCK_DAY, offset = 0;
  if (*text) {
    if (*text != 'T' && *text != 't' && *text != ' ') return false;
    text++;
    int hours = digits(&text, 2);
    if (hours < 0 || hours > 24 || *text++ != ':') return false;
    int minutes = digits(&text, 2), seconds = 0;
    if (minutes < 0 || minutes > 59) return false;
    if (*text == ':') {
      text++;
      if ((seconds = digits(&text, 2)) < 0 || seconds > 60) return false;
    }
    time += ((int64_t)hours * 3600 + minutes * 60 + seconds) * CLOCK_SECOND;
    if (seconds >= 0 && (*text == '.' || *text == ',')) {
      int64_t unit = CLOCK_SECOND / 10;
      text++;
      if (!g_ascii_isdigit(*text)) return false;
      for (; g_ascii_isdigit(*text); text++, unit /= 10) time += (*text - '0') * unit;
    }
    if (!zone(text, &offset)) return false;
  }
  *ret_time = time - offset;
  return true;
}

bool clock_is_ours(int64_t time) {
  int year, month, mday;
  clock_civil(clock_day(time), &year, &month, &mday);
  return year >= 1000 && year <= 2999;
}

/* The last `count` digits of `value`, and what comes after them. Not by printf: every event is printed with these. */
static char *put_digits(char *to, int value, int count, char after) {
  for (int i = count; i-- > 0; value /= 10) to[i] = (char)('0' + value % 10);
  to[count] = after;
  return to + count + 1;
}

char *clock_format_day(int32_t day, char out[CLOCK_TEXT]) {
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  if (year < 0 || year > 9999) g_snprintf(out, CLOCK_TEXT, "%04d-%02d-%02d", year, month, mday); /* no day of ours, but it is told */
  else put_digits(put_digits(put_digits(out, year, 4, '-'), month, 2, '-'), mday, 2, 0);
  return out;
}

char *clock_format_time(int64_t time, char out[CLOCK_TEXT]) {
  int32_t day = clock_day(time);
  int64_t rest = time - day * CLOCK_DAY;
  int seconds = (int)(rest / CLOCK_SECOND);
  clock_format_day(day, out);
  char *at = out + MIN(strlen(out), 10);
  *at++ = 'T';
  at = put_digits(put_digits(put_digits(at, seconds / 3600, 2, ':'), seconds / 60 % 60, 2, ':'), seconds % 60, 2, '.');
  put_digits(at, (int)(rest % CLOCK_SECOND), 6, 'Z')[0] = 0;
  return out;
}
