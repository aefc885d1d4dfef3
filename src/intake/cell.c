/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells are typed by the schema, never guessed from what they look like: an employee number "00123" stays as written, a
 * `=cmd()` is text and stays text. Whoever writes text into a spreadsheet's CSV must defuse it there (the export does):
 * here it would mean to change what the company said.
 *
 * Text is trimmed, brought to NFC where it holds combining characters (file systems of one vendor hand out names in
 * pieces, and "Müller" must be one team in every file), and refused with control characters. An identifier that reads
 * like "1.23E+05" has been through a spreadsheet and is no identifier any more: it is refused before it becomes a
 * person. Numbers have bounds in the schema, so 1e308 fails by them, and NaN and infinity by the grammar.
 *
 * Short numbers are read as an integer over a power of ten, both exact in a double, so that the division rounds once and
 * correctly (W. D. Clinger, "How to read floating point numbers accurately", 1990); g_ascii_strtod reads the rest. */
#include "intake/cell.h"
#include "base/limits.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

bool complain(struct complaint *complaint, const char *remedy, const char *reason, ...) {
  va_list arguments;
  va_start(arguments, reason);
  g_vsnprintf(complaint->reason, sizeof complaint->reason, reason, arguments);
  va_end(arguments);
  g_strlcpy(complaint->remedy, remedy, sizeof complaint->remedy);
  return false;
}

union cell cell_absent(const struct column *column) {
  switch (column->type) {
  case COLUMN_NUMBER: return (union cell){ .number = NAN };
  case COLUMN_DAY: return (union cell){ .day = CLOCK_NO_DAY };
  case COLUMN_MOMENT: return (union cell){ .moment = CELL_NO_MOMENT };
  case COLUMN_YES_NO: case COLUMN_WORD: return (union cell){ .choice = CELL_NO_CHOICE };
  default: return (union cell){ .text = NULL };
  }
}

bool cell_is_absent(const struct column *column, union cell cell) {
  return column->type == COLUMN_NUMBER ? isnan(cell.number) : cell_equal(column, cell, cell_absent(column));
}

bool cell_equal(const struct column *column, union cell a, union cell b) {
  switch (column->type) {
  case COLUMN_NUMBER: return a.number == b.number || (isnan(a.number) && isnan(b.number));
  case COLUMN_DAY: return a.day == b.day;
  case COLUMN_MOMENT: return a.moment == b.moment;
  case COLUMN_YES_NO: case COLUMN_WORD: return a.choice == b.choice;
  default: return a.text == b.text;
  }
}

static bool is_blank(const char *at) { return *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'; }

char *cell_trim(char *text, size_t *length) {
  char *start = text, *end = text + *length;
  for (;;) {
    if (start < end && is_blank(start)) start++;
    else if (end - start >= 2 && memcmp(start, "\xC2\xA0", 2) == 0) start += 2;
    else break;
  }
  for (;;) {
    if (end > start && is_blank(end - 1)) end--;
    else if (end - start >= 2 && memcmp(end - 2, "\xC2\xA0", 2) == 0) end -= 2;
    else break;
  }
  *end = '\0';
  *length = (size_t)(end - start);
  return start;
}

/* ---- numbers ---- */

bool cell_parse_number(const char *text, bool decimal_comma, double *ret_number) {
  static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  char plain[64];
  size_t length = 0;
  const char *at = text;
  bool negative = *at == '-';
  if (*at == '+' || *at == '-') plain[length++] = *at++;
  uint64_t digits = 0;
  unsigned whole = 0, fraction = 0;
  for (; g_ascii_isdigit(*at) && length < 40; whole++, plain[length++] = *at++) digits = digits * 10 + (uint64_t)(*at - '0');
  if (*at == '.' || (decimal_comma && *at == ',')) {
    plain[length++] = '.', at++;
    for (; g_ascii_isdigit(*at) && length < 50; fraction++, plain[length++] = *at++) digits = digits * 10 + (uint64_t)(*at - '0');
  }
  if (whole + fraction == 0) return false;
  if (!*at && whole + fraction <= 15) {
    *ret_number = (negative ? -(double)digits : (double)digits) / tens[fraction];
    return true;
  }
  if (*at == 'e' || *at == 'E') {
    plain[length++] = *at++;
    if (*at == '+' || *at == '-') plain[length++] = *at++;
    if (!g_ascii_isdigit(*at)) return false;
    while (g_ascii_isdigit(*at) && length < 60) plain[length++] = *at++;
  }
  if (*at) return false;
  plain[length] = '\0';
  double number = g_ascii_strtod(plain, NULL);
  if (!isfinite(number)) return false;
  *ret_number = number;
  return true;
}

static bool number_remedy(const char *text, const struct cell_style *style, struct complaint *complaint) {
  if (strchr(text, '%')) return complain(complaint, "write it without %; a mapping can divide it by 100", "is not a number");
  if (strchr(text, ',') && !style->decimal_comma)
    return complain(complaint, "write a decimal point and no thousands separators", "is not a number");
  return complain(complaint, "write a plain decimal number", "is not a number");
}

static bool within(const struct column *column, double number, struct complaint *complaint) {
  if (number >= column->least && number <= column->most) return true;
  const char *remedy = column->least == 0 && column->most == 1 ? "where it is a percentage, let a mapping divide it by 100" : "correct it";
  return complain(complaint, remedy, "is not between %.12g and %.12g", column->least, column->most);
}

/* ---- dates ---- */

static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" };

static bool read_digits(const char **at, int least, int most, int *ret) {
  int value = 0, count = 0;
  while (count < most && g_ascii_isdigit(**at)) value = value * 10 + (*(*at)++ - '0'), count++;
  *ret = value;
  return count >= least;
}

static bool read_month_name(const char **at, int *ret) {
  for (int i = 0; i < 12; i++)
    if (g_ascii_strncasecmp(*at, months[i], 3) == 0) {
      *at += 3;
      *ret = i + 1;
      return true;
    }
  return false;
}

static const struct { const char *token; char part; int least, most; } date_tokens[] = {
  { "YYYY", 'y', 4, 4 }, { "MMM", 'n', 0, 0 }, { "MM", 'm', 2, 2 }, { "M", 'm', 1, 2 }, { "DD", 'd', 2, 2 }, { "D", 'd', 1, 2 } };

static int date_token(const char *format) {
  for (int i = 0; i < (int)G_N_ELEMENTS(date_tokens); i++)
    if (g_str_has_prefix(format, date_tokens[i].token)) return i;
  return -1;
}

bool cell_format_valid(const char *format) {
  int years = 0, month = 0, days = 0;
  while (*format) {
    int token = date_token(format);
    if (token < 0) {
      if (g_ascii_isalnum(*format)) return false;
      format++;
      continue;
    }
    char part = date_tokens[token].part;
    years += part == 'y', days += part == 'd', month += part == 'm' || part == 'n';
    format += strlen(date_tokens[token].token);
  }
  return years == 1 && month == 1 && days == 1;
}

bool cell_parse_date(const char *text, const char *format, int32_t *ret_day) {
  int year = 0, month = 0, mday = 0;
  const char *at = text;
  while (*format) {
    int token = date_token(format), value;
    if (token < 0) {
      if (*at++ != *format++) return false;
      continue;
    }
    char part = date_tokens[token].part;
    if (part == 'n' ? !read_month_name(&at, &value) : !read_digits(&at, date_tokens[token].least, date_tokens[token].most, &value))
      return false;
    if (part == 'y') year = value;
    else if (part == 'd') mday = value;
    else month = value;
    format += strlen(date_tokens[token].token);
  }
  if (*at && *at != ' ' && *at != 'T') return false;
  char iso[48]; /* the clock knows how long months are */
  g_snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, mday);
  return clock_parse_day(iso, ret_day);
}

/* "2026-03" and "2026-W10" are ISO 8601 too, and what a month or week is called; they mean its first day. Only where the
 * column names a period: a due date "2026-03" would be one month early. */
static bool parse_period(const struct column *column, const char *text, int32_t *ret_day) {
  char first[16];
  int week, year, thursday_year, month, mday;
  if (strcmp(column->name, "date") != 0 && strcmp(column->name, "month") != 0) return false;
  if (strlen(text) == 7) {
    g_snprintf(first, sizeof first, "%s-01", text);
    return clock_parse_day(first, ret_day);
  }
  if (strlen(text) != 8 || text[4] != '-' || text[5] != 'W') return false;
  const char *at = text + 6;
  int32_t day;
  g_snprintf(first, sizeof first, "%.4s-01-04", text); /* always in week 1 */
  if (!read_digits(&at, 2, 2, &week) || !clock_parse_day(first, &day)) return false;
  clock_civil(day, &year, &month, &mday);
  day += 7 * (week - 1) - ((day + 3) % 7 + 7) % 7;
  clock_civil(day + 3, &thursday_year, &month, &mday);
  if (week < 1 || thursday_year != year) return false; /* not every year has a week 53 */
  *ret_day = day;
  return true;
}

static bool parse_day(const struct column *column, const char *text, const struct cell_style *style, int32_t *ret_day, struct complaint *complaint) {
  char day[11];
  if (style->format) {
    if (cell_parse_date(text, style->format, ret_day)) return true;
    return complain(complaint, "correct it, or the format in the mapping", "is no date of the form %.40s", style->format);
  }
  g_strlcpy(day, text, sizeof day);
  size_t length = strlen(text);
  if (length >= 10 && (length == 10 || strchr(" T+-Z", text[10])) && clock_parse_day(day, ret_day)) return true;
  if (parse_period(column, text, ret_day)) return true;
  return complain(complaint, "write it as YYYY-MM-DD, or name its form in a mapping (format: DD.MM.YYYY)", "is not a date");
}

static bool parse_moment(const struct column *column, char *text, const struct cell_style *style, int64_t *ret_moment, struct complaint *complaint) {
  int32_t day;
  if (style->format) {
    if (!parse_day(column, text, style, &day, complaint)) return false;
    *ret_moment = day * CLOCK_DAY;
    return true;
  }
  if (strlen(text) > 10 && text[10] == ' ') text[10] = 'T'; /* as databases print it */
  if (clock_parse_time(text, ret_moment)) return true;
  return complain(complaint, "write it as YYYY-MM-DDThh:mm:ssZ", "is not a date and time");
}

/* ---- text ---- */

/* Latin letters with accents stand below U+0300 and need no work; what is above may be in pieces. */
static bool may_be_in_pieces(const char *text) {
  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if (*at >= 0xCC) return true;
  return false;
}

static const char *intern(GStringChunk *texts, const char *text) {
  if (!may_be_in_pieces(text)) return g_string_chunk_insert_const(texts, text);
  g_autofree char *whole = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
  return g_string_chunk_insert_const(texts, whole ? whole : text);
}

static bool has_control(const char *text, bool lines) {
  for (const unsigned char *at = (const unsigned char *)text; *at; at++)
    if ((*at < 0x20 && !(lines && (*at == '\n' || *at == '\r' || *at == '\t'))) || *at == 0x7F) return true;
  return false;
}

/* "1.23E+05": what a spreadsheet leaves of a long number. */
static bool is_shortened_number(const char *text) {
  const char *at = text;
  while (g_ascii_isdigit(*at)) at++;
  if (at == text || (*at != '.' && *at != ',')) return false;
  for (at++; g_ascii_isdigit(*at);) at++;
  if (*at != 'E' || at[1] != '+') return false;
  for (at += 2; g_ascii_isdigit(*at);) at++;
  return !*at;
}

static bool parse_text(const struct column *column, const char *text, struct complaint *complaint) {
  bool free_text = column->type == COLUMN_TEXT;
  if (has_control(text, free_text)) return complain(complaint, "remove them", "holds control characters");
  if (free_text) return true;
  if (strlen(text) > LIMIT_ID) return complain(complaint, "shorten it", "is longer than %d bytes", LIMIT_ID);
  if (is_shortened_number(text))
    return complain(complaint, "format the column as text in the spreadsheet and export again", "is a number that a spreadsheet shortened");
  return true;
}

static bool parse_list(char *text, GStringChunk *texts, union cell *ret_cell, struct complaint *complaint) {
  if (has_control(text, false)) return complain(complaint, "remove them", "holds control characters");
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(GStrv) members = g_strsplit(text, ";", -1);
  for (char **member = members; *member; member++) {
    size_t length = strlen(*member);
    char *plain = cell_trim(*member, &length);
    if (!length || !g_hash_table_add(seen, plain)) continue;
    if (length > LIMIT_ID) return complain(complaint, "separate the members with ;", "has a member longer than %d bytes", LIMIT_ID);
    if (out->len) g_string_append_c(out, ';');
    g_string_append(out, plain);
  }
  ret_cell->text = out->len ? intern(texts, out->str) : NULL;
  return true;
}

/* ---- choices ---- */

static bool same_word(const char *a, const char *b) {
  for (; *a && *b; a++, b++) {
    char x = g_ascii_tolower(*a), y = g_ascii_tolower(*b);
    if ((x == '_' || x == '-' ? ' ' : x) != y) return false;
  }
  return !*a && !*b;
}

static bool parse_word(const struct column *column, const char *text, int8_t *ret_choice, struct complaint *complaint) {
  for (int i = 0; column->words[i]; i++)
    if (same_word(text, column->words[i])) {
      *ret_choice = (int8_t)i;
      return true;
    }
  g_autoptr(GString) words = g_string_new(NULL);
  for (int i = 0; column->words[i]; i++)
    if (*column->words[i]) g_string_append_printf(words, "%s%s", words->len ? ", " : "", column->words[i]);
  return complain(complaint, "write one of them, or let a mapping translate it (values: …)", "is none of %s", words->str);
}

static bool parse_yes_no(const char *text, int8_t *ret_choice, struct complaint *complaint) {
  static const char *const yes[] = { "true", "yes", "1", "y", "x", "t" }, *const no[] = { "false", "no", "0", "n", "f" };
  for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
    if (g_ascii_strcasecmp(text, yes[i]) == 0) return *ret_choice = 1, true;
  for (size_t i = 0; i < G_N_ELEMENTS(no); i++)
    if (g_ascii_strcasecmp(text, no[i]) == 0) return *ret_choice = 0, true;
  return complain(complaint, "write yes or no", "is neither yes nor no");
}

bool cell_parse(const struct column *column, const struct cell_style *style, char *text, GStringChunk *texts,
                union cell *ret_cell, struct complaint *complaint) {
  if (!*text) {
    *ret_cell = cell_absent(column);
    return true;
  }
  switch (column->type) {
  case COLUMN_NUMBER:
    if (!cell_parse_number(text, style->decimal_comma, &ret_cell->number)) return number_remedy(text, style, complaint);
    return within(column, ret_cell->number, complaint);
  case COLUMN_DAY: return parse_day(column, text, style, &ret_cell->day, complaint);
  case COLUMN_MOMENT: return parse_moment(column, text, style, &ret_cell->moment, complaint);
  case COLUMN_YES_NO: return parse_yes_no(text, &ret_cell->choice, complaint);
  case COLUMN_WORD: return parse_word(column, text, &ret_cell->choice, complaint);
  case COLUMN_LIST: return parse_list(text, texts, ret_cell, complaint);
  default:
    if (!parse_text(column, text, complaint)) return false;
    ret_cell->text = intern(texts, text);
    return true;
  }
}

bool cell_from_number(const struct column *column, double number, GStringChunk *texts, union cell *ret_cell,
                      struct complaint *complaint) {
  if (column->type == COLUMN_NUMBER) {
    ret_cell->number = number;
    return within(column, number, complaint);
  }
  char text[64];
  g_ascii_formatd(text, sizeof text, "%.12g", number);
  return cell_parse(column, &(struct cell_style){ 0 }, text, texts, ret_cell, complaint);
}

bool cell_from_day(const struct column *column, int32_t day, GStringChunk *texts, union cell *ret_cell,
                   struct complaint *complaint) {
  char text[CLOCK_TEXT];
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  if (year < 1000 || year > 2999) return complain(complaint, "correct it", "gives a day outside the years 1000 to 2999");
  if (column->type == COLUMN_DAY) {
    ret_cell->day = day;
    return true;
  }
  return cell_parse(column, &(struct cell_style){ 0 }, clock_format_day(day, text), texts, ret_cell, complaint);
}
