/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clock, identifiers and errors: days in both directions over every day of 2,000 years, moments with zones, what must be
 * refused, and that identifiers are stable where they must be and distinct where they must be. */
#include "base/clock.h"
#include "base/id.h"
#include <sodium.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void days_go_round(void) {
  for (int32_t day = clock_from_civil(1000, 1, 1); day <= clock_from_civil(2999, 12, 31); day++) {
    int y, m, d;
    clock_civil(day, &y, &m, &d);
    g_assert_cmpint(clock_from_civil(y, m, d), ==, day);
  }
  g_assert_cmpint(clock_from_civil(1970, 1, 1), ==, 0);
  g_assert_cmpint(clock_from_civil(2000, 3, 1), ==, 11017);
}

static void dates_are_strict(void) {
  int32_t day = 7;
  g_assert_true(clock_parse_day("2024-02-29", &day));
  char text[CLOCK_TEXT];
  g_assert_cmpstr(clock_format_day(day, text), ==, "2024-02-29");
  const char *const bad[] = { "2023-02-29", "2023-13-01", "2023-00-10", "2023-1-01", "0999-01-01", "3000-01-01", "2023-01-01 ", "", "2023-01-32" };
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    day = 7;
    g_assert_false(clock_parse_day(bad[i], &day));
    g_assert_cmpint(day, ==, 7);
  }
}

static void moments_know_zones(void) {
  struct { const char *in, *out; } rows[] = {
    { "2026-03-01", "2026-03-01T00:00:00.000000Z" }, { "2026-03-01T12:30", "2026-03-01T12:30:00.000000Z" },
    { "2026-03-01T00:30:00+02:00", "2026-02-28T22:30:00.000000Z" }, { "2026-03-01 08:00:01.5Z", "2026-03-01T08:00:01.500000Z" },
    { "1960-01-01T00:00:00.25-0500", "1960-01-01T05:00:00.250000Z" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    int64_t time;
    char text[CLOCK_TEXT];
    g_assert_true(clock_parse_time(rows[i].in, &time));
    g_assert_cmpstr(clock_format_time(time, text), ==, rows[i].out);
  }
  int64_t time;
  for (int64_t step = -2000000; step < 2000000; step += 997) { /* years from before 0 to after 9999 */
    char text[CLOCK_TEXT], day[CLOCK_TEXT], expected[CLOCK_TEXT + 20];
    int year, month, mday, seconds = (int)((step + 2000000) * 31 % 86400);
    time = step * 2 * CLOCK_DAY + seconds * CLOCK_SECOND + (step & 0xffff);
    clock_civil((int32_t)(2 * step), &year, &month, &mday);
    g_snprintf(expected, sizeof expected, "%04d-%02d-%02d", year, month, mday);
    g_assert_cmpstr(clock_format_day((int32_t)(2 * step), day), ==, expected);
    g_snprintf(expected, sizeof expected, "%.10sT%02d:%02d:%02d.%06dZ", day, seconds / 3600, seconds / 60 % 60, seconds % 60, (int)(step & 0xffff));
    g_assert_cmpstr(clock_format_time(time, text), ==, expected);
  }
  g_assert_false(clock_parse_time("2026-03-01T", &time));
  g_assert_false(clock_parse_time("2026-03-01T25:00", &time));
  g_assert_false(clock_parse_time("2026-03-01T10:00:00.Z", &time));
  g_assert_false(clock_parse_time("2026-03-01T10:00:00+2", &time));
}

/* A child does not say what its parent is about to say. */
static void identifiers_of_a_fork(void) {
  struct uuid mine, theirs;
  int pipes[2];
  uuid_new(1000000000);
  g_assert_cmpint(pipe(pipes), ==, 0);
  pid_t child = fork();
  struct uuid next = uuid_new(2000000000);
  if (child == 0) _exit(write(pipes[1], &next, sizeof next) != (ssize_t)sizeof next);
  mine = next;
  g_assert_cmpint(read(pipes[0], &theirs, sizeof theirs), ==, sizeof theirs);
  g_assert_cmpint(memcmp(mine.bytes, theirs.bytes, sizeof mine.bytes), !=, 0);
  g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
  close(pipes[0]);
  close(pipes[1]);
}

static void identifiers(void) {
  struct uuid last = uuid_new(1000000000), again;
  for (int i = 0; i < 10000; i++) { /* the same moment: still ordered */
    struct uuid next = uuid_new(1000000000);
    g_assert_cmpint(memcmp(last.bytes, next.bytes, 16), <, 0);
    last = next;
  }
  char text[ID_TEXT];
  g_assert_true(uuid_parse(uuid_format(last, text), &again));
  g_assert_cmpmem(last.bytes, 16, again.bytes, 16);
  g_assert_cmpint(text[14], ==, '7');
  struct uuid a = uuid_of("ab", "c", NULL), b = uuid_of("a", "bc", NULL), c = uuid_of("ab", "c", NULL);
  g_assert_cmpint(memcmp(a.bytes, b.bytes, 16), !=, 0);
  g_assert_cmpmem(a.bytes, 16, c.bytes, 16);
  g_assert_false(uuid_parse("not a uuid", &again));
  uint8_t key[32] = { 1 }, other[32] = { 2 };
  g_autofree char *p = id_person(key, "1001"), *q = id_person(other, "1001"), *r = id_person(key, "1001");
  g_assert_cmpstr(p, ==, r);
  g_assert_cmpstr(p, !=, q);
  g_assert_cmpuint(strlen(p), ==, 18);
}

static void errors_have_rows(void) {
  g_autoptr(GError) error = NULL;
  g_assert_false(fail(&error, MENO_ERROR_STALE, "proposal \"%s\" has changed", "x"));
  g_assert_cmpint(error_kind(error)->status, ==, 409);
  g_assert_cmpstr(error->message, ==, "proposal \"x\" has changed");
  g_assert_false(fail(NULL, MENO_ERROR_STALE, "nobody listens"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  g_test_add_func("/base/clock/days", days_go_round);
  g_test_add_func("/base/clock/dates", dates_are_strict);
  g_test_add_func("/base/clock/moments", moments_know_zones);
  g_test_add_func("/base/id", identifiers);
  g_test_add_func("/base/id/fork", identifiers_of_a_fork);
  g_test_add_func("/base/error", errors_have_rows);
  return g_test_run();
}
