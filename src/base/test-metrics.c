/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page of metrics and the lines of the log: what is counted is said once, whatever the labels hold; no text makes a
 * second line. */
#include "base/log.h"
#include "base/metrics.h"
#include <string.h>

static char *page(void) {
  GString *out = g_string_new("");
  metrics_write(out);
  return g_string_free(out, FALSE);
}

#define HAS(text, line) G_STMT_START { g_autofree char *end = g_strconcat("\n", line, "\n", NULL); \
  if (!strstr(text, end)) g_error("%s is not in\n%s", line, text); } G_STMT_END

static void test_kinds(void) {
  metric_add(METRIC_REQUESTS, 2, "needs list", "200");
  metric_add(METRIC_REQUESTS, 1, "needs list", "200");
  metric_add(METRIC_REQUESTS, 1, "a \"b\" \\ c\nd", "503");
  metric_set(METRIC_OUTBOX, 4, "mail", "dead");
  metric_time(METRIC_COMMIT_SECONDS, 900, NULL, NULL);
  metric_time(METRIC_COMMIT_SECONDS, 1000, NULL, NULL);    /* a bound belongs to its bucket */
  metric_time(METRIC_COMMIT_SECONDS, 1001, NULL, NULL);
  metric_time(METRIC_COMMIT_SECONDS, 90000000, NULL, NULL);
  g_autofree char *text = page();
  HAS(text, "# TYPE meno_http_requests_total counter");
  HAS(text, "meno_http_requests_total{operation=\"needs list\",status=\"200\"} 3");
  HAS(text, "meno_http_requests_total{operation=\"a \\\"b\\\" \\\\ c\\nd\",status=\"503\"} 1");
  HAS(text, "meno_outbox_actions{channel=\"mail\",state=\"dead\"} 4");
  HAS(text, "# TYPE meno_ledger_commit_seconds histogram");
  HAS(text, "meno_ledger_commit_seconds_bucket{le=\"0.001\"} 2");
  HAS(text, "meno_ledger_commit_seconds_bucket{le=\"0.0025\"} 3");
  HAS(text, "meno_ledger_commit_seconds_bucket{le=\"60\"} 3");
  HAS(text, "meno_ledger_commit_seconds_bucket{le=\"+Inf\"} 4");
  HAS(text, "meno_ledger_commit_seconds_sum 90.002901");
  HAS(text, "meno_ledger_commit_seconds_count 4");
  metric_unset(METRIC_OUTBOX);
  g_autofree char *later = page();
  g_assert_null(strstr(later, "meno_outbox_actions{"));
  metric_set(METRIC_OUTBOX, 0, "mail", "dead");
  g_autofree char *again = page();
  HAS(again, "meno_outbox_actions{channel=\"mail\",state=\"dead\"} 0");
}

static void *count_many(void *data) {
  for (int i = 0; i < 30000; i++) {
    char agent[16];
    g_snprintf(agent, sizeof agent, "a%d", i % 300);
    metric_add(METRIC_TURNS_FAILED, 1, agent, NULL);
    metric_time(METRIC_TURN_SECONDS, 1, agent, NULL);
  }
  return NULL;
}

/* Series that several threads make at the same moment are one, and nothing that they count is lost. */
static void test_threads(void) {
  GThread *threads[4];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) threads[i] = g_thread_new("count", count_many, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) g_thread_join(threads[i]);
  g_autofree char *text = page();
  for (int i = 0; i < 300; i++) {
    g_autofree char *line = g_strdup_printf("meno_agent_turn_failures_total{agent=\"a%d\"} 400", i);
    g_autofree char *timed = g_strdup_printf("meno_agent_turn_seconds_count{agent=\"a%d\"} 400", i);
    HAS(text, line);
    HAS(text, timed);
  }
}

/* More labels than there is room for are left out; the rest goes on. */
static void test_full(void) {
  for (int i = 0; i < 10000; i++) {
    char word[16];
    g_snprintf(word, sizeof word, "w%d", i);
    metric_add(METRIC_REQUESTS, 1, word, "200");
  }
  metric_add(METRIC_REQUESTS, 1, "needs list", "200");
  g_autofree char *text = page();
  HAS(text, "meno_http_requests_total{operation=\"needs list\",status=\"200\"} 4");
  g_assert_null(strstr(text, "\"w9999\""));
}

static void test_lines(void) {
  g_autofree char *plain = log_line(0, LOG_FACT, "started", "version", "0.1.0", "url", NULL, NULL);
  g_assert_cmpstr(plain, ==, "time=1970-01-01T00:00:00.000000Z level=info what=started version=0.1.0");
  g_autofree char *hostile = log_line(0, LOG_FAILURE, "a request failed", "why", "x\ny=\"z\\\" \t\xff", "empty", "", NULL);
  g_assert_cmpstr(hostile, ==, "time=1970-01-01T00:00:00.000000Z level=error what=\"a request failed\" why=\"x\\ny=\\\"z\\\\\\\" \\u0009\xEF\xBF\xBD\" empty=\"\"");
}

static void test_brake(void) {
  struct log_brake brake = { 0 };
  g_assert_true(log_brake(&brake, "the database is gone"));
  g_assert_false(log_brake(&brake, "the database is gone"));
  g_assert_true(log_brake(&brake, "the disk is full"));
  brake.again = g_get_monotonic_time(); /* the minute is over */
  g_assert_true(log_brake(&brake, "the disk is full"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/metrics/kinds", test_kinds);
  g_test_add_func("/metrics/threads", test_threads);
  g_test_add_func("/metrics/full", test_full);
  g_test_add_func("/log/lines", test_lines);
  g_test_add_func("/log/brake", test_brake);
  return g_test_run();
}
