/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameters of a GET of statements: each in each kind of value, together, and twice (XAPI-00012, 00150, 00151). Written "name=value"
 * with a space between and ' for ". */
#include "evidence/test-xapi.h"
#include "evidence/xapi-query.h"

#define U "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

static bool read_line(const char *line, enum xapi_version version, struct xapi_query *query, GError **error) {
  g_autofree char *copy = quoted(line);
  g_auto(GStrv) pairs = g_strsplit(copy, " ", -1);
  struct xapi_parameter parameters[16];
  size_t count = 0;
  for (char **pair = pairs; *pair && **pair; pair++) {
    char *equals = strchr(*pair, '=');
    *equals = '\0';
    parameters[count++] = (struct xapi_parameter){ *pair, equals + 1 };
  }
  return xapi_query_read(parameters, count, version, query, error);
}

static void reads(void) {
  g_auto(xapi_query_auto) all = { 0 }, none = { 0 }, one = { 0 };
  g_autoptr(GError) error = NULL;
  g_assert_true(read_line("agent={'mbox':'mailto:ada@EXAMPLE.com'} verb=http://e.com/v activity=http://e.com/a registration=F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6 related_agents=true "
    "related_activities=true since=1970-01-01T00:00:01Z until=1970-01-01T00:00:02Z limit=50 format=ids attachments=true ascending=true", XAPI_2_0_0, &all, &error));
  g_assert_cmpstr(all.agent, ==, "mailto:ada@example.com");
  g_assert_cmpstr(all.verb, ==, "http://e.com/v");
  g_assert_cmpstr(all.activity, ==, "http://e.com/a");
  g_assert_cmpstr(all.registration, ==, U);
  g_assert_true(all.agent_roles == XAPI_FILTER_RELATED_AGENTS && all.activity_roles == XAPI_FILTER_RELATED_ACTIVITIES);
  g_assert_true(all.since == 1000000 && all.until == 2000000 && all.limit == 50 && all.format == XAPI_IDS && all.attachments && all.ascending);
  g_assert_true(read_line("", XAPI_1_0_3, &none, &error));
  g_assert_true(!none.agent && !none.verb && !*none.statement && none.since == INT64_MIN && none.until == INT64_MAX && none.limit == 0 && none.format == XAPI_EXACT && !none.ascending);
  g_assert_true(none.agent_roles == XAPI_FILTER_AGENT && none.activity_roles == XAPI_FILTER_ACTIVITY);
  g_assert_true(read_line("format=canonical statementId=" U " attachments=false", XAPI_1_0_3, &one, &error));
  g_assert_cmpstr(one.statement, ==, U);
  g_assert_true(one.format == XAPI_CANONICAL);
}

static void refuses(void) {
  static const struct { const char *line, *says; } cases[] = {
    { "statementId=wrong", "XAPI-00012" }, { "voidedStatementId=wrong", "XAPI-00012" }, { "agent=wrong", "XAPI-00012" }, { "agent={}", "XAPI-00012" },
    { "agent={'objectType':'Group','member':[{'mbox':'mailto:a@e.com'}]}", "XAPI-00012" }, { "verb=not.a.valid.iri.com/verb", "XAPI-00012" },
    { "activity=not.a.valid.iri.com/activity", "XAPI-00012" }, { "registration=wrong", "XAPI-00012" }, { "related_agents=1", "XAPI-00012" }, { "related_activities=True", "XAPI-00012" },
    { "since=yesterday", "XAPI-00012" }, { "until=2026-03-01T12:00:00-00:00", "XAPI-00012" }, { "limit=-1", "XAPI-00012" }, { "limit=", "XAPI-00012" }, { "limit=1e3", "XAPI-00012" },
    { "format=full", "XAPI-00012" }, { "attachments=", "XAPI-00012" }, { "ascending=yes", "XAPI-00012" }, { "Verb=http://e.com/v", "XAPI-00010" }, { "foo=bar", "XAPI-00010" },
    { "limit=1 limit=2", "twice" }, { "statementId=" U " limit=1", "XAPI-00151" }, { "verb=http://e.com/v statementId=" U, "XAPI-00151" },
    { "voidedStatementId=" U " ascending=true", "XAPI-00150" }, { "statementId=" U " voidedStatementId=" U, "XAPI-00150" }, { "verb=http://e.com/v agent={'mbox':'mailto:a@e.com'} limit=x", "limit" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    struct xapi_query query = { .limit = 77 };
    g_autoptr(GError) error = NULL;
    bool fine = read_line(cases[i].line, XAPI_1_0_3, &query, &error);
    if (fine || query.limit != 77 || !strstr(error->message, cases[i].says)) g_error("%s: %s", cases[i].line, error ? error->message : "taken");
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  }
}

static void limits(void) {
  g_auto(xapi_query_auto) query = { 0 };
  g_assert_true(read_line("limit=99999999999999999999999999", XAPI_1_0_3, &query, NULL));
  g_assert_cmpint(query.limit, ==, INT64_MAX);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xapi/query/reads", reads);
  g_test_add_func("/xapi/query/refuses", refuses);
  g_test_add_func("/xapi/query/limits", limits);
  return g_test_run();
}
