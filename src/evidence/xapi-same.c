/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether two statements say the same (xAPI-Data 2.3.1, "Statement Comparison Requirements").
 *
 * The idea: a table per object says how each of its members is compared; what no table names is compared as JSON, whatever the
 * order of members and however numbers are written. A comparison may be asked about an absent value: only those that may be
 * assigned by a store, or do not belong to the statement, say yes to that.
 *
 * Nothing here is quadratic: members and group members are sorted before they are compared, since whoever knows an id may send
 * a large statement with it. How it can be wrong: a default that is written out ("objectType": "Agent") is a difference, for
 * the specification lists no such exception; numbers are compared as doubles. */
#include "evidence/xapi-private.h"

typedef bool (*same_fn)(struct json a, struct json b);
struct rule { const char *name; same_fn same; };

int xapi_compare_text(struct xapi_text a, struct xapi_text b) {
  int order = memcmp(a.p, b.p, MIN(a.n, b.n));
  return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_pairs(const void *a, const void *b) { return xapi_compare_text(((const struct xapi_pair *)a)->key, ((const struct xapi_pair *)b)->key); }

struct xapi_pair *xapi_sorted(struct json object, size_t *ret_count) {
  size_t count = json_type(object) == JSON_OBJECT ? json_count(object) : 0, used = 0;
  struct xapi_pair *pairs = g_new(struct xapi_pair, count + 1);
  struct json_iter it = json_iter(object);
  while (used < count && json_next(&it)) pairs[used++] = (struct xapi_pair){ { it.key, strlen(it.key) }, it.value };
  if (used > 1) qsort(pairs, used, sizeof *pairs, compare_pairs);
  *ret_count = used;
  return pairs;
}

static bool deep(struct json a, struct json b);

static same_fn rule_of(const struct rule *rules, struct xapi_text key) {
  for (; rules && rules->name; rules++)
    if (xapi_text_is(key, rules->name)) return rules->same;
  return deep;
}

/* Two objects by a table that ends with a NULL name (or without one). */
static bool same_object(struct json a, struct json b, const struct rule *rules) {
  size_t n, m, i = 0, j = 0;
  if (json_type(a) != JSON_OBJECT || json_type(b) != JSON_OBJECT) return false;
  g_autofree struct xapi_pair *left = xapi_sorted(a, &n), *right = xapi_sorted(b, &m);
  const struct json none = { 0 };
  while (i < n || j < m) {
    int order = i == n ? 1 : j == m ? -1 : xapi_compare_text(left[i].key, right[j].key);
    struct xapi_text key = order <= 0 ? left[i].key : right[j].key;
    if (!rule_of(rules, key)(order <= 0 ? left[i].value : none, order >= 0 ? right[j].value : none)) return false;
    i += order <= 0;
    j += order >= 0;
  }
  return true;
}

static bool same_array(struct json a, struct json b, same_fn each) {
  if (json_type(a) != JSON_ARRAY || json_type(b) != JSON_ARRAY || json_count(a) != json_count(b)) return false;
  struct json_iter x = json_iter(a), y = json_iter(b);
  while (json_next(&x) && json_next(&y))
    if (!each(x.value, y.value)) return false;
  return true;
}

static bool deep(struct json a, struct json b) {
  if (json_type(a) != json_type(b)) return false;
  struct xapi_text x = xapi_text(a), y = xapi_text(b);
  size_t n, m;
  switch (json_type(a)) {
  case JSON_STRING: return x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
  case JSON_OBJECT: return same_object(a, b, NULL);
  case JSON_ARRAY: return same_array(a, b, deep);
  case JSON_NUMBER: {
    const char *p = json_raw(a, &n), *q = json_raw(b, &m);
    return (n == m && memcmp(p, q, n) == 0) || (json_number(a, 0) == json_number(b, 1) && json_number(a, 1) == json_number(b, 0));
  }
  default: return true;
  }
}

static bool ignored(struct json a, struct json b) { return true; }
static bool caseless(struct json a, struct json b) {
  struct xapi_text x = xapi_text(a), y = xapi_text(b);
  return x.p && y.p && x.n == y.n && g_ascii_strncasecmp(x.p, y.p, x.n) == 0;
}
static bool id_if_both(struct json a, struct json b) { return json_type(a) == JSON_ABSENT || json_type(b) == JSON_ABSENT || caseless(a, b); }

/* Within a millisecond: stores may cut or round to that. */
static bool moment(struct json a, struct json b) {
  struct xapi_text x = xapi_text(a), y = xapi_text(b);
  int64_t left, right;
  if (!x.p || !y.p || !xapi_read_time(x.p, x.n, XAPI_1_0_3, &left) || !xapi_read_time(y.p, y.n, XAPI_1_0_3, &right)) return false;
  return left - right < 1000 && right - left < 1000;
}
static bool moment_if_both(struct json a, struct json b) { return json_type(a) == JSON_ABSENT || json_type(b) == JSON_ABSENT || moment(a, b); }

/* The part of a duration up to its seconds' fraction, and the hundredths. */
static struct xapi_text cut_duration(struct json value, int *ret_hundredths) {
  struct xapi_text text = xapi_text(value);
  *ret_hundredths = 0;
  if (!text.p || text.n < 3 || text.p[text.n - 1] != 'S') return text;
  size_t i = 0;
  while (i < text.n && text.p[i] != '.' && text.p[i] != ',') i++;
  if (i == text.n) return (struct xapi_text){ text.p, text.n - 1 };
  *ret_hundredths = (text.p[i + 1] - '0') * 10 + (g_ascii_isdigit(text.p[i + 2]) ? text.p[i + 2] - '0' : 0);
  return (struct xapi_text){ text.p, i };
}

static bool duration(struct json a, struct json b) {
  int hundredths, others;
  struct xapi_text x = cut_duration(a, &hundredths), y = cut_duration(b, &others);
  return x.p && y.p && x.n == y.n && memcmp(x.p, y.p, x.n) == 0 && hundredths == others;
}

/* ---- people ---- */

static bool mailbox(struct json a, struct json b) {
  struct xapi_text x = xapi_text(a), y = xapi_text(b);
  if (!x.p || !y.p || x.n != y.n) return false;
  const char *at = memchr(x.p, '@', x.n);
  size_t local = at ? (size_t)(at - x.p) : 0;
  return memcmp(x.p, y.p, local) == 0 && g_ascii_strncasecmp(x.p + local, y.p + local, x.n - local) == 0;
}

struct named { char *key; struct json value; };
static int compare_named(const void *a, const void *b) { return strcmp(((const struct named *)a)->key, ((const struct named *)b)->key); }
static void clear_named(void *named) { g_free(((struct named *)named)->key); }

static GArray *sorted_members(struct json members) {
  GArray *list = g_array_new(FALSE, FALSE, sizeof(struct named));
  g_array_set_clear_func(list, clear_named);
  for (struct json_iter it = json_iter(members); json_next(&it);) {
    g_autoptr(GString) key = g_string_new(NULL);
    const char *name = json_string(json_get(it.value, "name"));
    xapi_agent_key(it.value, key);
    g_string_append_printf(key, " %s", name ? name : "");
    struct named named = { g_strdup(key->str), it.value };
    g_array_append_val(list, named);
  }
  g_array_sort(list, compare_named);
  return list;
}

static bool actor(struct json a, struct json b);

/* The members of a group have no order. */
static bool members(struct json a, struct json b) {
  if (json_type(a) != JSON_ARRAY || json_type(b) != JSON_ARRAY || json_count(a) != json_count(b)) return false;
  g_autoptr(GArray) left = sorted_members(a), right = sorted_members(b);
  for (unsigned i = 0; i < left->len; i++)
    if (!actor(g_array_index(left, struct named, i).value, g_array_index(right, struct named, i).value)) return false;
  return true;
}

static bool actor(struct json a, struct json b) {
  static const struct rule rules[] = { { "mbox", mailbox }, { "mbox_sha1sum", caseless }, { "member", members }, { NULL } };
  return same_object(a, b, rules);
}

/* ---- activities, contexts, attachments ---- */

static bool by_id_only(struct json a, struct json b) {
  static const struct rule rules[] = { { "definition", ignored }, { "display", ignored }, { NULL } };
  return same_object(a, b, rules);
}

/* One Activity stands for an array of one. */
static bool activities(struct json a, struct json b) {
  if (json_type(a) == JSON_ARRAY && json_count(a) == 1) a = json_at(a, 0);
  if (json_type(b) == JSON_ARRAY && json_count(b) == 1) b = json_at(b, 0);
  return json_type(a) == JSON_ARRAY ? same_array(a, b, by_id_only) : by_id_only(a, b);
}

static bool context_activities(struct json a, struct json b) {
  static const struct rule rules[] = { { "parent", activities }, { "grouping", activities }, { "category", activities }, { "other", activities }, { NULL } };
  return same_object(a, b, rules);
}

static bool reference(struct json a, struct json b) {
  static const struct rule rules[] = { { "id", caseless }, { NULL } };
  return same_object(a, b, rules);
}

static bool context_person(struct json a, struct json b) {
  static const struct rule rules[] = { { "agent", actor }, { "group", actor }, { NULL } };
  return same_object(a, b, rules);
}
static bool context_people(struct json a, struct json b) { return same_array(a, b, context_person); }

static bool context(struct json a, struct json b) {
  static const struct rule rules[] = { { "registration", caseless }, { "instructor", actor }, { "team", actor }, { "contextActivities", context_activities },
    { "language", caseless }, { "statement", reference }, { "contextAgents", context_people }, { "contextGroups", context_people }, { NULL } };
  return same_object(a, b, rules);
}

static bool result(struct json a, struct json b) {
  static const struct rule rules[] = { { "duration", duration }, { NULL } };
  return same_object(a, b, rules);
}

static bool attachment(struct json a, struct json b) {
  static const struct rule rules[] = { { "sha2", caseless }, { NULL } };
  return same_object(a, b, rules);
}
static bool attachments(struct json a, struct json b) { return same_array(a, b, attachment); }

/* The received list without its signatures; an empty one is none. */
static bool attachments_signed(struct json received, struct json signed_) {
  size_t left = json_type(signed_) == JSON_ARRAY ? json_count(signed_) : 0;
  struct json_iter mine = json_iter(received), theirs = json_iter(signed_);
  while (json_next(&mine)) {
    if (json_equals(json_get(mine.value, "usageType"), XAPI_SIGNATURE)) continue;
    if (left-- == 0 || !json_next(&theirs) || !attachment(mine.value, theirs.value)) return false;
  }
  return left == 0;
}

/* ---- statements ---- */

static bool inner(struct json a, struct json b);

static bool object(struct json a, struct json b) {
  struct json type = json_get(a, "objectType");
  if (json_equals(type, "Agent") || json_equals(type, "Group")) return actor(a, b);
  if (json_equals(type, "StatementRef")) return reference(a, b);
  return json_equals(type, "SubStatement") ? inner(a, b) : by_id_only(a, b);
}

static bool inner(struct json a, struct json b) {
  static const struct rule rules[] = { { "actor", actor }, { "verb", by_id_only }, { "object", object }, { "result", result },
    { "context", context }, { "timestamp", moment }, { "attachments", attachments }, { NULL } };
  return same_object(a, b, rules);
}

#define STATEMENT_RULES { "id", id_if_both }, { "actor", actor }, { "verb", by_id_only }, { "object", object }, { "result", result }, \
  { "context", context }, { "timestamp", moment_if_both }, { "stored", ignored }, { "authority", ignored }, { "version", ignored }

bool xapi_same(struct json a, struct json b) {
  static const struct rule rules[] = { STATEMENT_RULES, { "attachments", attachments }, { NULL } };
  return same_object(a, b, rules);
}

bool xapi_same_as_signed(struct json received, struct json payload) {
  static const struct rule rules[] = { STATEMENT_RULES, { "attachments", attachments_signed }, { NULL } };
  return same_object(received, payload, rules);
}
