/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each parameter is a row: how its value is read and whether it may stand beside the id of one statement. Values are held to what
 * holds in statements (XAPI-00012). How a list is continued ("more") is the store's own address and not read here. */
#include "evidence/xapi-query.h"
#include "evidence/xapi-private.h"

/* Reads one value into the query; false: it is not of its kind. */
typedef bool (*reader)(struct xapi_query *query, const char *value, enum xapi_version version);

static bool read_uuid(char out[ID_TEXT], const char *value) {
  if (!xapi_is_uuid(value, strlen(value))) return false;
  for (size_t i = 0; i < ID_TEXT; i++) out[i] = g_ascii_tolower(value[i]);
  return true;
}

static bool read_flag(const char *value, bool *ret_flag) {
  bool yes = strcmp(value, "true") == 0;
  if (!yes && strcmp(value, "false") != 0) return false;
  *ret_flag = yes;
  return true;
}

static bool read_iri(const char *value, char **ret_iri) {
  if (!xapi_is_iri(value, strlen(value))) return false;
  *ret_iri = g_strdup(value);
  return true;
}

static bool statement_id(struct xapi_query *query, const char *value, enum xapi_version version) { return read_uuid(query->statement, value); }
static bool voided_id(struct xapi_query *query, const char *value, enum xapi_version version) { return read_uuid(query->voided, value); }
static bool registration(struct xapi_query *query, const char *value, enum xapi_version version) { return read_uuid(query->registration, value); }
static bool verb(struct xapi_query *query, const char *value, enum xapi_version version) { return read_iri(value, &query->verb); }
static bool activity(struct xapi_query *query, const char *value, enum xapi_version version) { return read_iri(value, &query->activity); }
static bool attachments(struct xapi_query *query, const char *value, enum xapi_version version) { return read_flag(value, &query->attachments); }
static bool ascending(struct xapi_query *query, const char *value, enum xapi_version version) { return read_flag(value, &query->ascending); }
static bool since(struct xapi_query *query, const char *value, enum xapi_version version) { return xapi_read_time(value, strlen(value), version, &query->since); }
static bool until(struct xapi_query *query, const char *value, enum xapi_version version) { return xapi_read_time(value, strlen(value), version, &query->until); }

static bool related_agents(struct xapi_query *query, const char *value, enum xapi_version version) {
  bool related;
  if (!read_flag(value, &related)) return false;
  query->agent_roles = related ? XAPI_FILTER_RELATED_AGENTS : XAPI_FILTER_AGENT;
  return true;
}

static bool related_activities(struct xapi_query *query, const char *value, enum xapi_version version) {
  bool related;
  if (!read_flag(value, &related)) return false;
  query->activity_roles = related ? XAPI_FILTER_RELATED_ACTIVITIES : XAPI_FILTER_ACTIVITY;
  return true;
}

static bool agent(struct xapi_query *query, const char *value, enum xapi_version version) {
  g_autoptr(json_doc_auto) doc = json_parse(value, strlen(value), NULL);
  g_autoptr(GString) key = g_string_new(NULL);
  if (!doc || !xapi_check_agent(json_root(doc), version, NULL) || !xapi_agent_key(json_root(doc), key)) return false;
  query->agent = g_strdup(key->str);
  return true;
}

/* More than a store would ever give is as good as "all". */
static bool limit(struct xapi_query *query, const char *value, enum xapi_version version) {
  size_t length = strspn(value, "0123456789");
  if (length == 0 || value[length] != '\0') return false;
  query->limit = length > 18 ? INT64_MAX : g_ascii_strtoll(value, NULL, 10);
  return true;
}

static bool format(struct xapi_query *query, const char *value, enum xapi_version version) {
  static const char *const names[] = { "exact", "ids", "canonical" };
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    if (strcmp(names[i], value) != 0) continue;
    query->format = (enum xapi_format)i;
    return true;
  }
  return false;
}

static const struct { const char *name; reader read; const char *wanted; bool beside_id; } rows[] = {
  { "statementId", statement_id, "the UUID of a statement", false }, { "voidedStatementId", voided_id, "the UUID of a statement", false },
  { "agent", agent, "an Agent or an identified Group as JSON", false }, { "verb", verb, "the IRI of a verb", false }, { "activity", activity, "the IRI of an Activity", false },
  { "registration", registration, "a UUID", false }, { "related_activities", related_activities, "true or false", false },
  { "related_agents", related_agents, "true or false", false }, { "since", since, "a moment of RFC 3339", false }, { "until", until, "a moment of RFC 3339", false },
  { "limit", limit, "a whole number", false }, { "format", format, "one of exact, ids and canonical", true }, { "attachments", attachments, "true or false", true },
  { "ascending", ascending, "true or false", false } };

static bool read_all(const struct xapi_parameter *parameters, size_t count, enum xapi_version version, struct xapi_query *query, GError **error) {
  const char *single = NULL, *crowd = NULL; /* one that names a statement; one that may not stand beside it */
  uint32_t seen = 0;
  for (size_t i = 0; i < count; i++) {
    const char *name = parameters[i].name, *value = parameters[i].value;
    size_t row = 0;
    while (row < G_N_ELEMENTS(rows) && strcmp(rows[row].name, name) != 0) row++;
    if (row == G_N_ELEMENTS(rows)) return fail(error, MENO_ERROR_BAD_INPUT, "statements have no parameter \"%.60s\"; names are written as the specification writes them (XAPI-00010)", name);
    if (seen & 1u << row) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s stands twice; keep one (XAPI-00012)", name);
    seen |= 1u << row;
    if (!rows[row].read(query, value, version)) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s is not %s: \"%.60s\" (XAPI-00012)", name, rows[row].wanted, value);
    if (row <= 1) crowd = single ? name : crowd, single = name;
    else if (!rows[row].beside_id) crowd = name;
  }
  if (single && crowd)
    return fail(error, MENO_ERROR_BAD_INPUT, "beside %s stand only format and attachments, not %s (%s)", single, crowd, strcmp(single, "statementId") == 0 ? "XAPI-00151" : "XAPI-00150");
  return true;
}

bool xapi_query_read(const struct xapi_parameter *parameters, size_t count, enum xapi_version version, struct xapi_query *ret, GError **error) {
  struct xapi_query query = { .since = INT64_MIN, .until = INT64_MAX, .agent_roles = XAPI_FILTER_AGENT, .activity_roles = XAPI_FILTER_ACTIVITY };
  if (!read_all(parameters, count, version, &query, error)) {
    xapi_query_clear(&query);
    return false;
  }
  *ret = query;
  return true;
}

void xapi_query_clear(struct xapi_query *query) {
  g_clear_pointer(&query->agent, g_free);
  g_clear_pointer(&query->verb, g_free);
  g_clear_pointer(&query->activity, g_free);
}
