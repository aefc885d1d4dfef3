/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a shape is walked along with the value; nothing is compiled, because a walk over a hundred bytes costs less than
 * the reading of the body that it checks. A list's shape is walked once per element.
 *
 * How it can be wrong: a shape with a slip of the pen would refuse everything or let everything pass; shape_is_valid finds
 * those, and whoever has a table of shapes calls it for each. */
#include "base/shape.h"
#include "base/clock.h"
#include <math.h>
#include <string.h>

#define LARGEST 1e15 /* of a figure of a company; a double still tells its neighbours apart */

/* ---- words ------------------------------------------------------------------------------------------------------ */

static bool whole(struct json value, double least, double most) {
  int64_t number;
  return json_integer(value, &number) && (double)number >= least && (double)number <= most;
}

static bool within(struct json value, double least, double most) {
  double number = json_number(value, NAN);
  return number >= least && number <= most;
}

static bool is_any(struct json value) { return json_type(value) != JSON_ABSENT; }
static bool is_text(struct json value) { return json_type(value) == JSON_STRING; }
static bool is_name(struct json value) { return is_text(value) && *json_string(value); }
static bool is_flag(struct json value) { return json_type(value) == JSON_TRUE || json_type(value) == JSON_FALSE; }
static bool is_number(struct json value) { return within(value, -LARGEST, LARGEST); }
static bool is_share(struct json value) { return within(value, 0, 1); }
static bool is_integer(struct json value) { return whole(value, -LARGEST, LARGEST); }
static bool is_count(struct json value) { return whole(value, 0, 1e9); }
static bool is_day(struct json value) {
  int32_t day;
  return is_text(value) && clock_parse_day(json_string(value), &day);
}
static bool is_time(struct json value) {
  int64_t time;
  return is_text(value) && clock_parse_time(json_string(value), &time);
}
static bool is_day_number(struct json value) { return whole(value, clock_from_civil(1000, 1, 1), clock_from_civil(2999, 12, 31)) || whole(value, CLOCK_NO_DAY, CLOCK_NO_DAY); }
static bool is_moment(struct json value) { return whole(value, (double)clock_from_civil(1000, 1, 1) * CLOCK_DAY, (double)clock_from_civil(2999, 12, 31) * CLOCK_DAY); }

static const struct word { const char *name, *says; bool (*is)(struct json value); } words[] = {
  { "any", "is missing", is_any }, { "text", "is no text", is_text }, { "name", "is no text, or empty", is_name }, { "flag", "is neither true nor false", is_flag },
  { "number", "is no number that a figure may be", is_number }, { "share", "is no number from 0 to 1", is_share }, { "integer", "is no whole number that a figure may be", is_integer },
  { "count", "is no whole number from 0 to 1e9", is_count }, { "day", "is no day", is_day }, { "time", "is no moment", is_time },
  { "daynumber", "is no number of a day", is_day_number }, { "moment", "is no number of a moment", is_moment } };

/* ---- the walk --------------------------------------------------------------------------------------------------- */

struct walk { GString *path; const char *says; };

static void misses(struct walk *walk, const char *says) {
  walk->says = says;
  if (walk->path) g_string_truncate(walk->path, 0);
  else walk->path = g_string_new("");
}

static void step_out(struct walk *walk, const char *name, size_t length) {
  g_string_prepend_len(walk->path, name, (gssize)length);
  g_string_prepend_c(walk->path, '/');
}

static size_t word_length(const char *shape) { return strspn(shape, "abcdefghijklmnopqrstuvwxyz"); }
static size_t range_length(const char *shape) { return strspn(shape, "-.0123456789"); }
static size_t name_length(const char *shape) { return strspn(shape, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"); }

/* Behind one shape, without its alternatives. */
static const char *behind_one(const char *shape) {
  int depth = 0;
  if (*shape != '[' && *shape != '{') return shape + MAX(word_length(shape), range_length(shape));
  do {
    depth += *shape == '[' || *shape == '{';
    depth -= *shape == ']' || *shape == '}';
    shape++;
  } while (depth && *shape);
  return shape;
}

static const char *behind(const char *shape) {
  while (*(shape = behind_one(shape)) == '|') shape++;
  return shape;
}

static bool fits(const char *shape, struct json value, struct walk *walk);

static bool fits_word(const char *shape, struct json value, struct walk *walk) {
  size_t length = word_length(shape);
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (strncmp(words[i].name, shape, length) == 0 && !words[i].name[length]) {
      if (words[i].is(value)) return true;
      misses(walk, json_type(value) == JSON_ABSENT ? "is missing" : words[i].says);
      return false;
    }
  g_error("\"%s\" begins with no word of a shape", shape);
}

/* "0..3" */
static bool fits_range(const char *shape, struct json value, struct walk *walk) {
  char *end;
  double least = (double)g_ascii_strtoll(shape, &end, 10), most = (double)g_ascii_strtoll(end + 2, NULL, 10);
  if (whole(value, least, most)) return true;
  misses(walk, json_type(value) == JSON_ABSENT ? "is missing" : "is no whole number of its range");
  return false;
}

static bool fits_list(const char *shape, struct json value, struct walk *walk) {
  if (json_type(value) != JSON_ARRAY) return misses(walk, json_type(value) == JSON_ABSENT ? "is missing" : "is no list"), false;
  struct json_iter it = json_iter(value);
  for (int i = 0; json_next(&it); i++)
    if (!fits(shape + 1, it.value, walk)) {
      char number[16];
      step_out(walk, number, (size_t)g_snprintf(number, sizeof number, "%d", i));
      return false;
    }
  return true;
}

static bool fits_all(const char *shape, struct json value, struct walk *walk) {
  struct json_iter it = json_iter(value);
  while (json_next(&it))
    if (!fits(shape, it.value, walk)) return step_out(walk, it.key, strlen(it.key)), false;
  return true;
}

static bool fits_member(const char *name, size_t length, const char *shape, bool optional, struct json value, struct walk *walk) {
  char key[64];
  g_assert(length < sizeof key);
  memcpy(key, name, length);
  key[length] = 0;
  struct json member = json_get(value, key);
  if (optional && (json_type(member) == JSON_ABSENT || json_type(member) == JSON_NULL)) return true;
  if (fits(shape, member, walk)) return true;
  step_out(walk, name, length);
  return false;
}

static bool fits_object(const char *shape, struct json value, struct walk *walk) {
  if (json_type(value) != JSON_OBJECT) return misses(walk, json_type(value) == JSON_ABSENT ? "is missing" : "is no object"), false;
  if (shape[1] == '*') return fits_all(shape + 3, value, walk);
  for (const char *at = shape + 1; *at != '}';) {
    size_t length = name_length(at);
    bool optional = at[length] == '?';
    const char *of = at + length + optional + 1;
    if (!fits_member(at, length, of, optional, value, walk)) return false;
    at = behind(of);
    at += strspn(at, " ");
  }
  return true;
}

static bool fits(const char *shape, struct json value, struct walk *walk) {
  for (;;) {
    bool fine = *shape == '{' ? fits_object(shape, value, walk) : *shape == '[' ? fits_list(shape, value, walk) :
      range_length(shape) ? fits_range(shape, value, walk) : fits_word(shape, value, walk);
    if (fine) return true;
    shape = behind_one(shape);
    if (*shape++ != '|') return false;
  }
}

char *shape_misses(const char *shape, struct json value) {
  struct walk walk = { 0 };
  bool fine = fits(shape, value, &walk);
  char *text = fine ? NULL : *walk.path->str ? g_strdup_printf("\"%s\" %s", walk.path->str, walk.says) : g_strdup_printf("it %s", walk.says);
  if (walk.path) g_string_free(walk.path, TRUE);
  return text;
}

/* ---- is it one? ------------------------------------------------------------------------------------------------- */

static bool valid_one(const char **at);

static bool valid(const char **at) {
  for (;;) {
    if (!valid_one(at)) return false;
    if (**at != '|') return true;
    ++*at;
  }
}

static bool valid_word(const char **at) {
  size_t length = word_length(*at);
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (strncmp(words[i].name, *at, length) == 0 && !words[i].name[length]) return *at += length, true;
  return false;
}

static bool valid_members(const char **at) {
  for (*at += 1; **at != '}';) {
    size_t length = **at == '*' ? 1 : name_length(*at);
    bool all = **at == '*';
    *at += length;
    if (!all && **at == '?') ++*at;
    if (length == 0 || length >= 64 || *(*at)++ != ':' || !valid(at) || (all && **at != '}')) return false;
    *at += strspn(*at, " ");
  }
  return *(*at)++ == '}';
}

static bool valid_range(const char **at) {
  char *dots, *end;
  int64_t least = g_ascii_strtoll(*at, &dots, 10);
  if (dots == *at || strncmp(dots, "..", 2) != 0) return false;
  int64_t most = g_ascii_strtoll(dots + 2, &end, 10);
  bool fine = end > dots + 2 && end == *at + range_length(*at) && least <= most;
  *at = end;
  return fine;
}

static bool valid_one(const char **at) {
  if (**at == '{') return valid_members(at);
  if (range_length(*at)) return valid_range(at);
  if (**at != '[') return valid_word(at);
  ++*at;
  return valid(at) && *(*at)++ == ']';
}

bool shape_is_valid(const char *shape) { return valid(&shape) && !*shape; }
