/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What statements add up to, against adding them up one by one: over several blocks, with statements that are voided before their
 * block is complete, in it, later, or before they come; and cells as bytes. */
#include "company/blocks.h"
#include "company/fold.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <string.h>

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, NULL };
static const struct fold *const folds[] = { company_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

#define STATEMENTS 40000
#define NOW (INT64_C(1800000000) * CLOCK_SECOND)
#define VERBS 5
#define ACTIVITIES 200
#define AGENTS 30
#define DAYS 40

struct made { int verb, activity, agent, day, voids; bool voided, told, passed, scored; int points; };
struct fixture { struct store *store; struct ledger *ledger; struct made *made; };

static unsigned chance(unsigned *state, unsigned most) { /* a linear congruence is random enough */
  *state = *state * 1664525u + 1013904223u;
  return (unsigned)((uint64_t)(*state >> 4) * most >> 28);
}

static char *id_of(int i) { return g_strdup_printf("%08x-0000-4000-8000-000000000000", (unsigned)i); }

enum { VERB_TERM = 1, ACTIVITY_TERM = 10, AGENT_TERM = 300, AUTHORITY_TERM = 400 };

static void append_number(GString *text, char role, unsigned number) { /* to the base of 36 */
  g_string_append_c(text, role);
  if (number >= STATEMENT_BASE) g_string_append_c(text, "0123456789abcdefghijklmnopqrstuvwxyz"[number / STATEMENT_BASE]);
  g_string_append_c(text, "0123456789abcdefghijklmnopqrstuvwxyz"[number % STATEMENT_BASE]);
}

static void explain(struct json_writer *out, int first, int count, const char *prefix) {
  for (int i = 0; i < count; i++) {
    g_autoptr(GString) number = g_string_new(NULL);
    g_autofree char *key = g_strdup_printf("%s%d", prefix, i);
    append_number(number, ' ', (unsigned)(first + i));
    json_open_object(out, number->str + 1);
    json_put_string(out, "key", key);
    json_close_object(out);
  }
}

static char *body_of(const struct made *made, int i) {
  g_auto(json_writer_auto) out;
  g_autoptr(GString) refs = g_string_new(NULL);
  append_number(refs, 'a', (unsigned)(AGENT_TERM + made->agent));
  append_number(g_string_append_c(refs, ' '), 'v', (unsigned)(VERB_TERM + made->verb));
  append_number(g_string_append_c(refs, ' '), 'o', (unsigned)(ACTIVITY_TERM + made->activity));
  append_number(g_string_append_c(refs, ' '), 'w', AUTHORITY_TERM);
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_integer(&out, "after", i);
  json_put_string(&out, "refs", refs->str);
  if (made->scored) json_put_number(&out, "score", made->points / 10000.0);
  if (made->told) json_put_bool(&out, "success", made->passed);
  if (made->voids >= 0) {
    g_autofree char *target = id_of(made->voids);
    json_put_string(&out, "target", target);
    json_put_bool(&out, "voids", true);
  }
  if (i == 0) {
    json_open_object(&out, "terms");
    explain(&out, VERB_TERM, VERBS, "vv");
    explain(&out, ACTIVITY_TERM, ACTIVITIES, "oo");
    explain(&out, AGENT_TERM, AGENTS, "pa");
    explain(&out, AUTHORITY_TERM, 1, "pme");
    json_close_object(&out);
  }
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

static struct made draw(unsigned *state, int i) {
  bool voids = chance(state, 50) == 0;
  unsigned far = chance(state, 3); /* near by, in another block, or one that is still to come */
  struct made made = { .verb = (int)chance(state, VERBS), .activity = (int)chance(state, ACTIVITIES), .agent = (int)chance(state, AGENTS),
    .day = i * DAYS / STATEMENTS + (int)chance(state, 3), .told = chance(state, 3) == 0, .scored = chance(state, 4) == 0, .voids = -1 };
  made.passed = made.told && chance(state, 2);
  if (made.scored) made.points = (int)chance(state, 10001);
  int near = i - 1 - (int)chance(state, 20), any = (int)chance(state, (unsigned)i + 1), later = i + 1 + (int)chance(state, 3000);
  if (voids) made.voids = far == 0 ? MAX(near, 0) : far == 1 ? any : MIN(later, STATEMENTS - 1);
  return made;
}

/* Every seventh event is a file's statement, which does not count. */
static void record(struct ledger_write *write, const struct made *made, int i) {
  g_autoptr(GError) error = NULL;
  g_autofree char *id = id_of(i), *subject = g_strconcat("statement:", id, NULL), *body = body_of(made, i);
  struct event event = { .kind = "statement.stored", .subject = subject, .actor = "connector:x", .occurred = NOW + made->day * CLOCK_DAY, .body = body };
  ledger_append(write, &event, NULL, &error);
  g_assert_no_error(error);
  if (i % 7) return;
  event.subject = "statement:of a file";
  event.body = "{\"actor\":\"mailto:a@x.org\",\"object\":\"o1\",\"statement\":{},\"verb\":\"v1\"}";
  ledger_append(write, &event, NULL, &error);
  g_assert_no_error(error);
}

static void set_up(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  unsigned state = 1;
  fixture->store = store_open_memory(&error);
  g_assert_no_error(error);
  fixture->ledger = ledger_new(fixture->store, &tables);
  fixture->made = g_new(struct made, STATEMENTS);
  for (int i = 0; i < STATEMENTS; i++) fixture->made[i] = draw(&state, i);
  for (int i = 0; i < STATEMENTS; i++)
    if (fixture->made[i].voids >= 0 && fixture->made[fixture->made[i].voids].voids < 0) fixture->made[fixture->made[i].voids].voided = true;
  g_autoptr(ledger_write_auto) write = ledger_write(fixture->ledger, NOW, &error);
  g_assert_no_error(error);
  for (int i = 0; i < STATEMENTS; i++) record(write, &fixture->made[i], i);
  ledger_commit(g_steal_pointer(&write), &error);
  g_assert_no_error(error);
}

static void tear_down(struct fixture *fixture, const void *data) {
  g_free(fixture->made);
  ledger_free(fixture->ledger);
  store_free(fixture->store);
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

struct sum { int64_t count, told, passed, scored, points, people; };
struct sums { struct sum at[ACTIVITIES][DAYS + 3]; const int *index_of; int terms; };

static void add(const struct block_cell *cell, void *data) {
  struct sums *sums = data;
  int sign = cell->back ? -1 : 1;
  g_assert_true(cell->term < sums->terms && sums->index_of[cell->term] >= 0);
  struct sum *sum = &sums->at[sums->index_of[cell->term]][cell->day - clock_day(NOW)];
  sum->count += sign * cell->count;
  sum->told += sign * cell->told;
  sum->passed += sign * cell->passed;
  sum->scored += sign * cell->scored;
  sum->points += sign * cell->points;
  g_assert_cmpint(cell->people, >=, 1);
  g_assert_cmpint(cell->people, <=, MIN(cell->count, AGENTS));
}

/* Which number each term of a kind has: "o17" → 17. */
static int *indices(struct db *db, const char *from, const char *to, int *ret_terms) {
  g_autoptr(GError) error = NULL;
  g_autoptr(query_auto) query = db_query(db, &error, "company.terms_of_kind", "tt", from, to);
  int *of = g_new(int, 1000);
  for (int i = 0; i < 1000; i++) of[i] = -1;
  while (query_next(query, &error) == 1) {
    g_assert_cmpint(query_integer(query, 0), <, 1000);
    of[query_integer(query, 0)] = (int)g_ascii_strtoll(query_text(query, 1) + 2, NULL, 10); /* who vouches is no actor */
  }
  g_assert_no_error(error);
  *ret_terms = 1000;
  return of;
}

static void compare(const struct fixture *fixture, enum block_kind kind, const char *from, const char *to) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  g_autofree struct sums *sums = g_new0(struct sums, 1);
  g_autofree int *of = indices(db, from, to, &sums->terms);
  sums->index_of = of;
  blocks_visit(db, kind, INT32_MIN, INT32_MAX, add, sums, &error);
  g_assert_no_error(error);
  for (int i = 0; i < STATEMENTS; i++) {
    const struct made *made = &fixture->made[i];
    struct sum *sum = &sums->at[kind == BLOCK_VERB ? made->verb : kind == BLOCK_ACTIVITY ? made->activity : made->agent][made->day];
    if (made->voided) continue;
    sum->count--;
    sum->told -= made->told;
    sum->passed -= made->passed;
    sum->scored -= made->scored;
    sum->points -= made->points;
  }
  for (int t = 0; t < ACTIVITIES; t++)
    for (int day = 0; day < DAYS + 3; day++) g_assert_cmpmem(&sums->at[t][day], sizeof(struct sum), &(struct sum){ 0 }, sizeof(struct sum));
}

static void add_up(const struct fixture *fixture) {
  g_autoptr(GError) error = NULL;
  int64_t rows = 0, voided = 0;
  for (int i = 0; i < STATEMENTS; i++) voided += fixture->made[i].voided;
  g_assert_cmpint(voided, >, 500);
  compare(fixture, BLOCK_VERB, "v", "w");
  compare(fixture, BLOCK_ACTIVITY, "o", "p");
  compare(fixture, BLOCK_AGENT, "p", "q");
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  db_one(db, &rows, &error, "company.last_block", "");
  g_assert_cmpint(rows, ==, 2 * 16384); /* the 45,714 events make two blocks and a tail */
}

static void is_a_projection(const struct fixture *fixture) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(fixture->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
}

struct days { int32_t least, most; int cells; };
static void note_day(const struct block_cell *cell, void *data) {
  struct days *days = data;
  days->least = MIN(days->least, cell->day);
  days->most = MAX(days->most, cell->day);
  days->cells++;
}

static void only_these_days(const struct fixture *fixture) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  struct days days = { INT32_MAX, INT32_MIN, 0 };
  int32_t day = clock_day(NOW);
  blocks_visit(db, BLOCK_VERB, day + 3, day + 5, note_day, &days, &error);
  g_assert_no_error(error);
  g_assert_cmpint(days.least, ==, day + 3);
  g_assert_cmpint(days.most, ==, day + 5);
  g_assert_cmpint(days.cells, >=, 3 * VERBS);
}

static void statements(struct fixture *fixture, const void *data) {
  add_up(fixture);
  only_these_days(fixture);
  is_a_projection(fixture);
}

/* ---- bytes ------------------------------------------------------------------------------------------------------ */

static void count_cells(const struct block_cell *cell, void *data) { ++*(int *)data; }

/* Whatever stands in a row ends in cells or in CORRUPT. */
static void damaged_bytes(void) {
  unsigned state = 7;
  int corrupt = 0, cells = 0;
  for (int i = 0; i < 20000; i++) {
    guint8 bytes[40];
    size_t length = chance(&state, sizeof bytes + 1);
    g_autoptr(GError) error = NULL;
    for (size_t k = 0; k < length; k++) bytes[k] = (guint8)chance(&state, 256);
    if (blocks_read(bytes, length, count_cells, &cells, &error)) continue;
    g_assert_error(error, MENO_ERROR, MENO_ERROR_CORRUPT);
    corrupt++;
  }
  g_assert_cmpint(corrupt, >, 1000);
  g_assert_cmpint(cells, >, 1000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/blocks/statements", struct fixture, NULL, set_up, statements, tear_down);
  g_test_add_func("/blocks/damaged", damaged_bytes);
  return g_test_run();
}
