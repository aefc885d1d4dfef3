/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures in words, as a reader of one page wants them: three significant digits, because no estimate is surer than that,
 * and always the unit. */
#include "paper/paper.h"
#include <math.h>
#include <string.h>

static const char minus[] = "\xe2\x88\x92"; /* the sign, not the hyphen */

/* 1234.5 → "1,230"; 0.04125 → "0.0413"; without trailing noughts. */
static char *digits(double value) {
  double size = fabs(value);
  int places = size == 0 || size >= 100 ? 0 : MIN(2 - (int)floor(log10(size)), 6);
  double step = size >= 1000 ? pow(10, floor(log10(size)) - 2) : 0;
  g_autofree char *plain = g_strdup_printf("%.*f", places, step > 0 ? round(size / step) * step : size);
  char *point = strchr(plain, '.'), *end = plain + strlen(plain);
  while (point && end > point && (end[-1] == '0' || end[-1] == '.')) *--end = '\0';
  g_autoptr(GString) text = g_string_new(plain);
  for (gssize at = (gssize)strcspn(plain, ".") - 3; at > 0; at -= 3) g_string_insert_c(text, at, ',');
  return g_strdup(text->str);
}

static bool is_nought(const char *text) { return strspn(text, "0.,") == strlen(text); }

char *paper_amount(double value, const char *unit, bool sign, bool with_unit) {
  if (!isfinite(value)) return g_strdup("\xe2\x80\x93");
  g_autofree char *plain = digits(value);
  const char *before = is_nought(plain) ? "" : value < 0 ? minus : sign ? "+" : "";
  bool percent = unit && strcmp(unit, "%") == 0;
  if (!with_unit || !unit || !*unit) return g_strconcat(before, plain, NULL);
  if (percent && !sign) return g_strconcat(before, plain, "%", NULL);
  return g_strconcat(before, plain, "\xc2\xa0", percent ? "points" : unit, NULL);
}

/* A long unit is said once, beside the name. */
#define LONG_UNIT 8
bool paper_unit_is_long(const char *unit) { return unit && g_utf8_strlen(unit, -1) > LONG_UNIT; }

char *paper_range(double low, double high, const char *unit) {
  if (!isfinite(low) || !isfinite(high)) return g_strdup("\xe2\x80\x93");
  g_autofree char *from = paper_amount(low, unit, true, false), *to = paper_amount(high, unit, true, false);
  return g_strconcat(from, " to ", to, NULL);
}

static const char *symbol(const char *currency) {
  static const struct { const char *code, *symbol; } rows[] = { { "EUR", "\xe2\x82\xac" }, { "USD", "$" }, { "GBP", "\xc2\xa3" }, { "JPY", "\xc2\xa5" }, { "INR", "\xe2\x82\xb9" } };
  for (size_t i = 0; currency && i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].code, currency) == 0) return rows[i].symbol;
  return NULL;
}

char *paper_money(double money, const char *currency) {
  if (!isfinite(money)) return g_strdup("\xe2\x80\x93");
  double size = fabs(money);
  const char *scale = size >= 999.5e6 ? "bn" : size >= 999.5e3 ? "m" : size >= 9995 ? "k" : "";
  g_autofree char *plain = digits(size >= 999.5e6 ? size / 1e9 : size >= 999.5e3 ? size / 1e6 : size >= 9995 ? size / 1e3 : round(size));
  const char *sign = money < 0 && !is_nought(plain) ? minus : "", *mark = symbol(currency);
  if (mark) return g_strconcat(sign, mark, plain, scale, NULL);
  return currency && *currency ? g_strconcat(sign, currency, "\xc2\xa0", plain, scale, NULL) : g_strconcat(sign, plain, scale, NULL);
}

const char *paper_count_word(int count) {
  static const char *const words[] = { "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve" };
  return count >= 0 && count < (int)G_N_ELEMENTS(words) ? words[count] : NULL;
}
