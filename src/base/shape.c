/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shape is read once into a tree, and the tree is walked along with the value: walking the text itself took five microseconds of a
 * turn's seventy.
 *
 * How it can be wrong: a shape with a slip of the pen would refuse everything or let everything pass; shape_new knows those. */
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

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

enum kind { WORD, RANGE, LIST, OBJECT, ALL };
struct member { char *name; bool optional; struct shape *of; };
struct shape {
  enum kind kind;
  const struct word *word;
  double least, most;
  struct shape *of;           /* of each element, or of members of any name */
  GArray *members;            /* of struct member */
  struct shape *or;           /* the next alternative; NULL: none */
};

void shape_free(struct shape *shape) {
  if (!shape) return;
  shape_free(shape->of);
  shape_free(shape->or);
  g_clear_pointer(&shape->members, g_array_unref);
  g_free(shape);
}

static void member_clear(void *data) {
  struct member *member = data;
  g_free(member->name);
  shape_free(member->of);
}

static size_t word_length(const char *text) { return strspn(text, "abcdefghijklmnopqrstuvwxyz"); }
static size_t range_length(const char *text) { return strspn(text, "-.0123456789"); }
static size_t name_length(const char *text) { return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"); }

/* Each reads one thing at `*at` and goes behind it; NULL or false: there is none. */
static struct shape *read_shape(const char **at);

static bool read_word(const char **at, struct shape *shape) {
  size_t length = word_length(*at);
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (strncmp(words[i].name, *at, length) == 0 && !words[i].name[length]) {
      shape->word = &words[i];
      *at += length;
      return true;
    }
  return false;
}

/* "0..3" */
static bool read_range(const char **at, struct shape *shape) {
  char *dots, *end;
  int64_t least = g_ascii_strtoll(*at, &dots, 10);
  if (dots == *at || strncmp(dots, "..", 2) != 0) return false;
  int64_t most = g_ascii_strtoll(dots + 2, &end, 10);
  bool fine = end > dots + 2 && end == *at + range_length(*at) && least <= most;
  shape->kind = RANGE;
  shape->least = (double)least;
  shape->most = (double)most;
  *at = end;
  return fine;
}

static bool read_list(const char **at, struct shape *shape) {
  ++*at;
  shape->kind = LIST;
  shape->of = read_shape(at);
  return shape->of && *(*at)++ == ']';
}

static bool read_all(const char **at, struct shape *shape) {
  *at += strlen("{*:");
  shape->kind = ALL;
  shape->of = read_shape(at);
  return shape->of && *(*at)++ == '}';
}

static bool read_members(const char **at, struct shape *shape) {
  shape->kind = OBJECT;
  shape->members = g_array_new(FALSE, FALSE, sizeof(struct member));
  g_array_set_clear_func(shape->members, member_clear);
  for (++*at; **at != '}'; *at += strspn(*at, " ")) {
    size_t length = name_length(*at);
    struct member member = { .name = g_strndup(*at, length), .optional = (*at)[length] == '?' };
    *at += length + member.optional;
    if (length && *(*at)++ == ':') member.of = read_shape(at);
    g_array_append_val(shape->members, member);
    if (!member.of) return false;
  }
  ++*at;
  return true;
}

static struct shape *read_shape(const char **at) {
  struct shape *shape = g_new0(struct shape, 1);
  bool fine = g_str_has_prefix(*at, "{*:") ? read_all(at, shape) : **at == '{' ? read_members(at, shape) : **at == '[' ? read_list(at, shape) :
    range_length(*at) ? read_range(at, shape) : read_word(at, shape);
  if (fine && **at == '|') {
    ++*at;
    fine = (shape->or = read_shape(at)) != NULL;
  }
  if (fine) return shape;
  shape_free(shape);
  return NULL;
}

struct shape *shape_new(const char *text) {
  struct shape *shape = read_shape(&text);
  if (shape && !*text) return shape;
  shape_free(shape);
  return NULL;
}

/* ---- the walk --------------------------------------------------------------------------------------------------- */

struct walk { GString *path; const char *says; };

static bool misses(struct walk *walk, struct json value, const char *says) {
  walk->says = json_type(value) == JSON_ABSENT ? "is missing" : says;
  if (walk->path) g_string_truncate(walk->path, 0);
  else walk->path = g_string_new("");
  return false;
}

static bool step_out(struct walk *walk, const char *name) {
  g_string_prepend(walk->path, name);
  g_string_prepend_c(walk->path, '/');
  return false;
}

static bool fits(const struct shape *shape, struct json value, struct walk *walk);

static bool fits_list(const struct shape *shape, struct json value, struct walk *walk) {
  if (json_type(value) != JSON_ARRAY) return misses(walk, value, "is no list");
  struct json_iter it = json_iter(value);
  for (int i = 0; json_next(&it); i++)
    if (!fits(shape->of, it.value, walk)) {
      char number[16];
      g_snprintf(number, sizeof number, "%d", i);
      return step_out(walk, number);
    }
  return true;
}

static bool fits_all(const struct shape *shape, struct json value, struct walk *walk) {
  if (json_type(value) != JSON_OBJECT) return misses(walk, value, "is no object");
  struct json_iter it = json_iter(value);
  while (json_next(&it))
    if (!fits(shape->of, it.value, walk)) return step_out(walk, it.key);
  return true;
}

static bool fits_members(const struct shape *shape, struct json value, struct walk *walk) {
  if (json_type(value) != JSON_OBJECT) return misses(walk, value, "is no object");
  for (guint i = 0; i < shape->members->len; i++) {
    const struct member *member = &g_array_index(shape->members, struct member, i);
    struct json of = json_get(value, member->name);
    if (member->optional && (json_type(of) == JSON_ABSENT || json_type(of) == JSON_NULL)) continue;
    if (!fits(member->of, of, walk)) return step_out(walk, member->name);
  }
  return true;
}

static bool fits_one(const struct shape *shape, struct json value, struct walk *walk) {
  switch (shape->kind) {
    case WORD: return shape->word->is(value) || misses(walk, value, shape->word->says);
    case RANGE: return whole(value, shape->least, shape->most) || misses(walk, value, "is no whole number of its range");
    case LIST: return fits_list(shape, value, walk);
    case OBJECT: return fits_members(shape, value, walk);
    case ALL: return fits_all(shape, value, walk);
  }
  g_assert_not_reached();
}

static bool fits(const struct shape *shape, struct json value, struct walk *walk) {
  for (; shape; shape = shape->or)
    if (fits_one(shape, value, walk)) return true;
  return false;
}

char *shape_misses(const struct shape *shape, struct json value) {
  struct walk walk = { 0 };
  bool fine = fits(shape, value, &walk);
  char *text = fine ? NULL : *walk.path->str ? g_strdup_printf("\"%s\" %s", walk.path->str, walk.says) : g_strdup_printf("it %s", walk.says);
  if (walk.path) g_string_free(walk.path, TRUE);
  return text;
}
