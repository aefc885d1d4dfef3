/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data types that xAPI borrows from other standards, as functions over bytes: IRIs, mail addresses, UUIDs, language tags,
 * moments, durations, media types, hashes.
 *
 * The idea: one class per byte in a table, then one pass. How it can be wrong: IRIs are judged by their characters, their scheme
 * and (for http and https) their having a host, not by the grammar of every scheme; the specification asks for no more ("best
 * effort"). Language tags are checked to be well-formed, not to be registered. Days are checked against their month.
 *
 * Sources: RFC 3986 and 3987 (section 2.2; 4.1 for bidirectional marks), RFC 4122, RFC 5646 section 2.1, RFC 3339 section 5.6,
 * ISO 8601:2004 4.3 and 4.4.3.2, RFC 6838 section 4.2, xAPI-Data 1.0.3 sections 2.2 and 4, IEEE 9274.1.1 section 4.2.7. */
#include "evidence/xapi-private.h"
#include "base/clock.h"

/* ---- IRIs ---- */

enum { IN_IRI = 1, IN_SCHEME = 2, IN_TOKEN = 4, IN_MAIL = 8 };

static const uint8_t classes[128] = {
#define BOTH (IN_IRI | IN_SCHEME | IN_TOKEN | IN_MAIL)
#define OTHER (IN_IRI)
  ['A'] = BOTH, ['B'] = BOTH, ['C'] = BOTH, ['D'] = BOTH, ['E'] = BOTH, ['F'] = BOTH, ['G'] = BOTH, ['H'] = BOTH, ['I'] = BOTH,
  ['J'] = BOTH, ['K'] = BOTH, ['L'] = BOTH, ['M'] = BOTH, ['N'] = BOTH, ['O'] = BOTH, ['P'] = BOTH, ['Q'] = BOTH, ['R'] = BOTH,
  ['S'] = BOTH, ['T'] = BOTH, ['U'] = BOTH, ['V'] = BOTH, ['W'] = BOTH, ['X'] = BOTH, ['Y'] = BOTH, ['Z'] = BOTH,
  ['a'] = BOTH, ['b'] = BOTH, ['c'] = BOTH, ['d'] = BOTH, ['e'] = BOTH, ['f'] = BOTH, ['g'] = BOTH, ['h'] = BOTH, ['i'] = BOTH,
  ['j'] = BOTH, ['k'] = BOTH, ['l'] = BOTH, ['m'] = BOTH, ['n'] = BOTH, ['o'] = BOTH, ['p'] = BOTH, ['q'] = BOTH, ['r'] = BOTH,
  ['s'] = BOTH, ['t'] = BOTH, ['u'] = BOTH, ['v'] = BOTH, ['w'] = BOTH, ['x'] = BOTH, ['y'] = BOTH, ['z'] = BOTH,
  ['0'] = BOTH, ['1'] = BOTH, ['2'] = BOTH, ['3'] = BOTH, ['4'] = BOTH, ['5'] = BOTH, ['6'] = BOTH, ['7'] = BOTH, ['8'] = BOTH,
  ['9'] = BOTH, ['-'] = BOTH, ['.'] = BOTH, ['+'] = BOTH,
  ['_'] = OTHER | IN_TOKEN | IN_MAIL, ['~'] = OTHER | IN_TOKEN | IN_MAIL, ['!'] = OTHER | IN_TOKEN | IN_MAIL,
  ['$'] = OTHER | IN_TOKEN | IN_MAIL, ['&'] = OTHER | IN_TOKEN | IN_MAIL, ['\''] = OTHER | IN_TOKEN | IN_MAIL,
  ['*'] = OTHER | IN_TOKEN | IN_MAIL, ['='] = OTHER | IN_MAIL, ['/'] = OTHER | IN_MAIL, ['%'] = OTHER | IN_TOKEN | IN_MAIL,
  ['('] = OTHER, [')'] = OTHER, [','] = OTHER, [';'] = OTHER, [':'] = OTHER, ['@'] = OTHER, ['?'] = OTHER, ['#'] = OTHER | IN_TOKEN | IN_MAIL,
  ['['] = OTHER, [']'] = OTHER, ['^'] = IN_TOKEN | IN_MAIL, ['`'] = IN_TOKEN | IN_MAIL, ['|'] = IN_TOKEN | IN_MAIL,
  ['{'] = IN_MAIL, ['}'] = IN_MAIL
};

static bool in_class(char c, unsigned class) { return (unsigned char)c < 128 && (classes[(unsigned char)c] & class); }
static bool is_digits(const char *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!g_ascii_isdigit(p[i])) return false;
  return true;
}

/* RFC 3987: ucschar and iprivate, without the bidirectional marks that section 4.1 bans. `p` is valid UTF-8. */
static bool is_iri_unicode(gunichar c) {
  if (c < 0xA0 || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xFFF0 && c <= 0xFFFF) || (c & 0xFFFE) == 0xFFFE) return false;
  return !(c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E));
}

/* The length of "scheme:" with at least one character after it; 0 if there is none. */
static size_t scheme_length(const char *p, size_t n) {
  if (n < 3 || !g_ascii_isalpha(p[0])) return 0;
  size_t i = 1;
  while (i < n && in_class(p[i], IN_SCHEME)) i++;
  return i + 1 < n && p[i] == ':' ? i + 1 : 0;
}

static bool is_hex(char c) { return g_ascii_isxdigit(c); }

static bool iri_characters(const char *p, const char *end, bool ascii) {
  bool fragment = false;
  while (p < end) {
    unsigned char c = (unsigned char)*p;
    if (c >= 128) {
      if (ascii) return false;
      gunichar u = g_utf8_get_char_validated(p, end - p);
      if (u >= (gunichar)-2 || !is_iri_unicode(u)) return false;
      p += g_utf8_skip[c];
      continue;
    }
    if (!(classes[c] & IN_IRI)) return false;
    if (c == '%' && (end - p < 3 || !is_hex(p[1]) || !is_hex(p[2]))) return false;
    if (c == '#' && fragment) return false;
    fragment = fragment || c == '#';
    p++;
  }
  return true;
}

static bool is_iri(const char *p, size_t n, bool ascii) {
  size_t scheme = scheme_length(p, n);
  if (scheme == 0 || !iri_characters(p + scheme, p + n, ascii)) return false;
  const char *rest = p + scheme;
  size_t left = n - scheme;
  bool web = (scheme == 5 && g_ascii_strncasecmp(p, "http", 4) == 0) || (scheme == 6 && g_ascii_strncasecmp(p, "https", 5) == 0);
  if (web && (left < 3 || rest[0] != '/' || rest[1] != '/' || strchr("/?#:@", rest[2]))) return false;
  /* Brackets stand around the address of a host and nowhere else. */
  const char *host = left > 2 && rest[0] == '/' && rest[1] == '/' ? rest + 2 : NULL, *open = memchr(rest, '[', left), *shut = memchr(rest, ']', left);
  if (!open && !shut) return true;
  if (!host || !open || !shut || shut < open) return false;
  for (const char *c = host; c < open; c++)
    if (strchr("/?#", *c)) return false;
  for (const char *c = open + 1; c < shut; c++)
    if (!is_hex(*c) && !strchr(":.vV", *c)) return false;
  size_t after = (size_t)(p + n - (shut + 1));
  return !memchr(open + 1, '[', (size_t)(p + n - (open + 1))) && !memchr(shut + 1, ']', after) && (after == 0 || strchr(":/?#", shut[1]));
}

bool xapi_is_iri(const char *text, size_t length) { return is_iri(text, length, false); }
bool xapi_is_uri(const char *text, size_t length) { return is_iri(text, length, true); }

/* One address: a local part of atoms (RFC 5322, with percent escapes for the rest, RFC 6068) and a domain of labels. */
bool xapi_is_mailto(const char *text, size_t length) {
  if (length < 10 || memcmp(text, "mailto:", 7) != 0) return false;
  const char *p = text + 7, *end = text + length, *at = memchr(p, '@', length - 7);
  if (!at || at == p || at + 1 == end || *p == '.' || at[-1] == '.') return false;
  for (const char *c = p; c < at; c++) {
    if ((unsigned char)*c < 128 && !in_class(*c, IN_MAIL)) return false;
    if (*c == '.' && c[1] == '.') return false;
  }
  if (at[1] == '[') { /* an address literal */
    for (const char *c = at + 2; c < end - 1; c++)
      if (!g_ascii_isalnum(*c) && *c != ':' && *c != '.') return false;
    return end[-1] == ']' && end - at > 3;
  }
  bool label = false; /* something stands since the last dot */
  for (const char *c = at + 1; c < end; c++) {
    if (*c == '.' ? !label : (unsigned char)*c < 128 && !g_ascii_isalnum(*c) && *c != '-') return false;
    label = *c != '.';
  }
  return label && g_utf8_validate(text, (gssize)length, NULL);
}

bool xapi_is_uuid(const char *text, size_t length) {
  if (length != 36) return false;
  for (size_t i = 0; i < 36; i++)
    if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i])) return false;
  return true;
}

/* ---- language tags ---- */

/* The next subtag: *p moves behind it and its hyphen; 0 at the end, -1 if it is empty, too long or not alphanumeric. */
static int next_subtag(const char **p, const char *end, const char **ret_start) {
  const char *start = *p;
  if (start == end) return 0;
  while (*p < end && g_ascii_isalnum(**p)) (*p)++;
  size_t n = (size_t)(*p - start);
  if (n == 0 || n > 8 || (*p < end && (**p != '-' || *p + 1 == end))) return -1;
  if (*p < end) (*p)++;
  *ret_start = start;
  return (int)n;
}

static bool all_alpha(const char *p, int n) {
  for (int i = 0; i < n; i++)
    if (!g_ascii_isalpha(p[i])) return false;
  return true;
}

static bool is_grandfathered(const char *text, size_t length) {
  static const char *const tags[] = { "en-GB-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo",
    "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE" };
  for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
    if (strlen(tags[i]) == length && g_ascii_strncasecmp(tags[i], text, length) == 0) return true;
  return false;
}

/* Subtags come in the order language, up to three extlangs, script, region, variants, extensions, private use: `stage` is
 * the earliest that may still come. */
bool xapi_is_language(const char *text, size_t length) {
  enum { EXTLANG, SCRIPT, REGION, VARIANT, EXTENSION, PRIVATE } stage = EXTLANG;
  const char *p = text, *end = text + length, *tag;
  int n = next_subtag(&p, end, &tag), extlangs = 0;
  if (n == 1 && (*tag == 'x' || *tag == 'X')) stage = PRIVATE;
  else if (n < 2 || !all_alpha(tag, n)) return is_grandfathered(text, length);
  else if (n > 3) stage = SCRIPT;
  bool wanted = stage == PRIVATE; /* a singleton needs a subtag */
  while ((n = next_subtag(&p, end, &tag)) > 0) {
    bool alpha = all_alpha(tag, n);
    if (stage == PRIVATE) wanted = false;
    else if (n == 1) {
      if (wanted) return false;
      stage = *tag == 'x' || *tag == 'X' ? PRIVATE : EXTENSION;
      wanted = true;
    } else if (stage == EXTENSION) wanted = false;
    else if (stage == EXTLANG && n == 3 && alpha && extlangs < 3) extlangs++;
    else if (stage <= SCRIPT && n == 4 && alpha) stage = REGION;
    else if (stage <= REGION && ((n == 2 && alpha) || (n == 3 && is_digits(tag, 3)))) stage = VARIANT;
    else if (stage <= VARIANT && (n >= 5 || (n == 4 && g_ascii_isdigit(*tag)))) stage = VARIANT;
    else return is_grandfathered(text, length);
  }
  return n == 0 && !wanted;
}

/* ---- time ---- */

/* Reads `count` digits; -1 if they are not there. */
static int take_digits(const char **p, const char *end, int count) {
  int value = 0;
  if (end - *p < count || !is_digits(*p, (size_t)count)) return -1;
  for (int i = 0; i < count; i++) value = value * 10 + *(*p)++ - '0';
  return value;
}

static bool take(const char **p, const char *end, char c) {
  if (*p == end || **p != c) return false;
  (*p)++;
  return true;
}

/* Z, ±hh:mm, and where `loose` also ±hhmm, ±hh, or nothing. Minutes east; never "-00". */
static bool take_zone(const char **p, const char *end, bool loose, int *ret_minutes) {
  *ret_minutes = 0;
  if (*p == end) return loose;
  if (take(p, end, 'Z') || take(p, end, 'z')) return true;
  bool west = **p == '-';
  if (!west && **p != '+') return false;
  (*p)++;
  int hours = take_digits(p, end, 2), minutes = 0;
  if (hours < 0 || hours > 23) return false;
  if (take(p, end, ':')) minutes = take_digits(p, end, 2);
  else if (!loose) return false;
  else if (*p < end) minutes = take_digits(p, end, 2);
  if (minutes < 0 || minutes > 59 || (west && hours == 0 && minutes == 0)) return false;
  *ret_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

/* Microseconds of ".123"; what is finer is cut. */
static bool take_fraction(const char **p, const char *end, bool loose, int *ret_micros) {
  *ret_micros = 0;
  if (!take(p, end, '.') && !(loose && take(p, end, ','))) return true;
  const char *start = *p;
  for (int scale = 100000; *p < end && g_ascii_isdigit(**p); (*p)++, scale /= 10) *ret_micros += (**p - '0') * scale;
  return *p > start;
}

static int month_days(int year, int month) {
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

bool xapi_read_time(const char *text, size_t length, enum xapi_version version, int64_t *ret_time) {
  bool loose = version == XAPI_1_0_3, basic = length > 4 && text[4] != '-';
  const char *p = text, *end = text + length;
  if (basic && !loose) return false;
  int year = take_digits(&p, end, 4);
  if (year < 0 || (!basic && !take(&p, end, '-'))) return false;
  int month = take_digits(&p, end, 2);
  if (month < 1 || month > 12 || (!basic && !take(&p, end, '-'))) return false;
  int day = take_digits(&p, end, 2);
  if (day < 1 || day > month_days(year, month) || (!take(&p, end, 'T') && !take(&p, end, 't'))) return false;
  int hour = take_digits(&p, end, 2);
  if (hour < 0 || hour > 23 || (!basic && !take(&p, end, ':'))) return false;
  int minute = take_digits(&p, end, 2), second = 0, micros = 0, zone;
  if (minute < 0 || minute > 59) return false;
  bool seconds = basic ? p < end && g_ascii_isdigit(*p) : take(&p, end, ':');
  if (!seconds && !loose) return false;
  if (seconds && ((second = take_digits(&p, end, 2)) < 0 || second > 60 || !take_fraction(&p, end, loose, &micros))) return false;
  if (!take_zone(&p, end, loose, &zone) || p != end) return false;
  if (second == 60 && (((hour * 60 + minute - zone) % 1440) + 1440) % 1440 != 1439) return false; /* leap seconds end a day of UTC */
  if (ret_time)
    *ret_time = (int64_t)clock_from_civil(year, month, day) * CLOCK_DAY + ((int64_t)(hour * 60 + minute - zone) * 60 + second) * CLOCK_SECOND + micros;
  return true;
}

/* PnYnMnDTnHnMnS with a fraction in the last number only, or PnW. */
bool xapi_is_duration(const char *text, size_t length) {
  const char *p = text, *end = text + length, *units = "YMD";
  bool any = false, fraction = false, time = false;
  if (!take(&p, end, 'P')) return false;
  while (p < end) {
    if (!time && *p == 'T') {
      time = true, any = false, units = "HMS", p++;
      continue;
    }
    const char *digits = p;
    while (p < end && g_ascii_isdigit(*p)) p++;
    if (p == digits || fraction) return false;
    if (p < end && (*p == '.' || *p == ',')) {
      const char *after = ++p;
      while (p < end && g_ascii_isdigit(*p)) p++;
      fraction = true;
      if (p == after) return false;
    }
    if (p == end) return false;
    if (*p == 'W') return digits == text + 1 && p + 1 == end;
    const char *unit = *p ? strchr(units, *p) : NULL;
    if (!unit) return false;
    units = unit + 1, any = true, p++;
  }
  return any;
}

/* ---- the rest ---- */

bool xapi_is_sha2(const char *text, size_t length) {
  if (length != 56 && length != 64 && length != 96 && length != 128) return false;
  for (size_t i = 0; i < length; i++)
    if (!is_hex(text[i])) return false;
  return true;
}

static bool take_token(const char **p, const char *end) {
  const char *start = *p;
  while (*p < end && in_class(**p, IN_TOKEN)) (*p)++;
  return *p > start;
}

static void take_spaces(const char **p, const char *end) {
  while (*p < end && (**p == ' ' || **p == '\t')) (*p)++;
}

static bool take_quoted(const char **p, const char *end) {
  if (!take(p, end, '"')) return false;
  for (; *p < end && **p != '"'; (*p)++) {
    if (**p == '\\' && ++*p == end) return false;
    if ((unsigned char)**p < ' ' && **p != '\t') return false;
  }
  return take(p, end, '"');
}

/* type/subtype, then ; name=value as often as it likes. */
bool xapi_is_media_type(const char *text, size_t length) {
  const char *p = text, *end = text + length;
  if (!take_token(&p, end) || !take(&p, end, '/') || !take_token(&p, end)) return false;
  for (take_spaces(&p, end); p < end; take_spaces(&p, end)) {
    if (!take(&p, end, ';')) return false;
    take_spaces(&p, end);
    if (p == end) return true;
    if (!take_token(&p, end) || !take(&p, end, '=') || !(take_token(&p, end) || take_quoted(&p, end))) return false;
  }
  return true;
}

int xapi_major(const char *text, size_t length) {
  if (length < 3 || (text[0] != '1' && text[0] != '2') || text[1] != '.' || text[2] != '0') return 0;
  bool fits = length == 3 || (length > 4 && length < 12 && text[3] == '.' && is_digits(text + 4, length - 4));
  return fits ? text[0] - '0' : 0;
}

bool xapi_version_read(const char *header, enum xapi_version *ret_version, GError **error) {
  int major = header ? xapi_major(header, strlen(header)) : 0;
  if (major == 1) *ret_version = XAPI_1_0_3;
  else if (major == 2) *ret_version = XAPI_2_0_0;
  else return fail(error, MENO_ERROR_BAD_INPUT, "%s%.40s%s; send X-Experience-API-Version: 1.0.3 or 2.0.0 (XAPI-00331)",
                   header ? "this is not a version of xAPI that is spoken here: \"" : "the request names no version of xAPI", header ? header : "", header ? "\"" : "");
  return true;
}
