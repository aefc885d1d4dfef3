/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements from one store into another, in memory, sealed: what comes out again is the same to the byte; what is taken twice is there
 * once; what cannot be taken is named; and a filter by time finds what was moved by the moment it was stored at first. */
#include "company/fold.h"
#include "evidence/lrs-move.h"
#include "evidence/test-xapi.h"
#include "ledger/claims.h"
#include "ledger/erase.h"

#define NOW (INT64_C(1800000000) * CLOCK_SECOND)
#define OTHER_AGENT "{'account':{'homePage':'urn:x','name':'two'}}"

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, NULL };
static const struct fold *const folds[] = { company_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct home { struct store *store; struct ledger *ledger; struct seal *seal; struct lrs *lrs; };
struct fixture { struct home from, to; };
static int64_t clock_at = NOW;

static void open_place(struct home *place, uint8_t secret) {
  const uint8_t master[32] = { secret };
  g_autoptr(GError) error = NULL;
  place->store = store_open_memory(&error);
  g_assert_no_error(error);
  place->ledger = ledger_new(place->store, &tables);
  place->seal = seal_new(NULL, master, &error);
  g_assert_no_error(error);
  ledger_use_seal(place->ledger, place->seal);
  place->lrs = lrs_new(place->ledger);
}

static void close_place(struct home *place) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(place->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  lrs_free(place->lrs);
  ledger_free(place->ledger);
  seal_free(place->seal);
  store_free(place->store);
}

static void set_up(struct fixture *fixture, const void *data) {
  clock_at = NOW;
  open_place(&fixture->from, 7);
  open_place(&fixture->to, 8);
}

static void tear_down(struct fixture *fixture, const void *data) {
  close_place(&fixture->from);
  close_place(&fixture->to);
}

/* ---- helpers ---------------------------------------------------------------------------------------------------- */

static char *id_of(int number) { return g_strdup_printf("00000000-0000-4000-8000-%012d", number); }

/* `rest`: further members, with a comma before them. */
static char *statement_of(int number, const char *who, const char *rest) {
  g_autofree char *id = id_of(number);
  g_autofree char *text = g_strdup_printf("{'id':'%s','actor':{'mbox':'mailto:%s@example.com'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o%d'}%s}", id, who, number % 3, rest);
  return quoted(text);
}

static void send(struct home *place, const char *text, const struct xapi_part *parts, size_t part_count) {
  g_autoptr(GError) error = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), &error);
  g_assert_no_error(error);
  g_autofree char *authority = quoted("{'objectType':'Agent','account':{'homePage':'urn:x','name':'one'}}");
  struct lrs_incoming incoming = { .root = json_root(doc), .version = XAPI_2_0_0, .parts = parts, .part_count = part_count, .authority = authority, .actor = "connector:xapi-1" };
  xapi_check_batch(incoming.root, XAPI_2_0_0, &incoming.count, &error);
  g_assert_no_error(error);
  g_autoptr(GPtrArray) ids = lrs_store(place->lrs, clock_at, &incoming, &error);
  g_assert_nonnull(ids);
  g_assert_no_error(error);
}

static void send_one(struct home *place, int number, const char *who, const char *rest) {
  g_autofree char *text = statement_of(number, who, rest);
  send(place, text, NULL, 0);
}

static const struct xapi_query everything = { .since = INT64_MIN, .until = INT64_MAX };

static GString *export_of(struct home *place, const char *after) {
  g_autoptr(GError) error = NULL;
  g_autoptr(lrs_export_auto) export = lrs_export_new(place->lrs, &everything, after, &error);
  g_assert_no_error(error);
  GString *out = g_string_new(NULL);
  while (lrs_export_next(export, out, &error) == 1) ;
  g_assert_no_error(error);
  g_assert_cmpfloat(lrs_export_share(export), ==, 1);
  return out;
}

struct text { const char *at; size_t left; };
static int64_t from_text(void *data, void *to, size_t most, GError **error) {
  struct text *text = data;
  size_t size = MIN(MIN(most, 1000), text->left);
  if (size) memcpy(to, text->at, size);
  text->at += size;
  text->left -= size;
  return (int64_t)size;
}

static int64_t now(void *data) { return clock_at; }

static void import_into(struct home *place, const char *lines, size_t length, bool check, struct lrs_import_report *report) {
  g_autoptr(GError) error = NULL;
  struct text text = { lines, length };
  g_autoptr(lines_auto) reader = lines_new(from_text, &text, LRS_LINE_MOST);
  bool fine = lrs_import(place->lrs, &(struct lrs_import){ .lines = reader, .check = check, .actor = "account:operator", .now = now }, report, &error);
  g_assert_no_error(error);
  g_assert_true(fine);
}

static void assert_report(const struct lrs_import_report *report, int64_t taken, int64_t there, int64_t refused) {
  for (guint i = 0; report->refused != refused && i < report->refusals->len; i++) g_test_message("%s", g_array_index(report->refusals, struct lrs_refusal, i).why);
  g_assert_cmpint(report->taken, ==, taken);
  g_assert_cmpint(report->there, ==, there);
  g_assert_cmpint(report->refused, ==, refused);
}

/* Something of everything: groups, substatements, references, voiding and voided, what is attached, other alphabets. */
static void fill(struct home *place) {
  static const char data[] = "some\0bytes";
  uint8_t hash[DIGEST_BYTES];
  char hex[DIGEST_TEXT];
  digest(data, sizeof data, hash);
  digest_format(hash, hex);
  for (int i = 0; i < 450; i++) {
    g_autofree char *who = g_strdup_printf("p%d", i % 7), *rest = i % 5 ? g_strdup(",'result':{'score':{'scaled':0.50},'response':'ü & \\u00fc'}") : g_strdup_printf(",'timestamp':'2026-01-%02dT10:00:00.10+01:00'", 1 + i % 28);
    send_one(place, i, who, rest);
  }
  struct xapi_part part = { "text/x", 6, hex, strlen(hex), data, sizeof data };
  g_autofree char *attached = g_strdup_printf(",'attachments':[{'usageType':'http://example.com/u','display':{'en':'x'},'contentType':'text/x','length':%zu,'sha2':'%s'}]", sizeof data, hex);
  for (int i = 500; i < 503; i++) {
    g_autofree char *text = statement_of(i, "att", attached);
    send(place, text, &part, 1);
  }
  g_autofree char *target = id_of(3), *other = id_of(5), *unseen = id_of(999);
  g_autofree char *one = g_strdup_printf("{'id':'00000000-0000-4000-8000-000000000600','actor':{'objectType':'Group','member':[{'mbox':'mailto:p1@example.com'},{'mbox':'mailto:p2@example.com'}]},"
    "'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'},'object':{'objectType':'StatementRef','id':'%s'}}", target);
  g_autofree char *two = g_strdup_printf("[{'id':'00000000-0000-4000-8000-000000000601','actor':{'mbox':'mailto:t@example.com'},'verb':{'id':'http://example.com/saw'},'object':{'objectType':'StatementRef','id':'%s'}},"
    "{'id':'00000000-0000-4000-8000-000000000602','actor':{'mbox':'mailto:t@example.com'},'verb':{'id':'http://example.com/saw'},'object':{'objectType':'StatementRef','id':'%s'}}]", other, unseen);
  g_autofree char *first = quoted(one), *second = quoted(two);
  send(place, first, NULL, 0);
  send(place, second, NULL, 0);
}

/* ---- tests ------------------------------------------------------------------------------------------------------ */

static void test_round_trip(struct fixture *fixture, const void *data) {
  fill(&fixture->from);
  clock_at = NOW + CLOCK_DAY;
  g_autoptr(GString) out = export_of(&fixture->from, NULL);
  for (int pass = 0; pass < 3; pass++) { /* a look; then all is new; then nothing */
    g_auto(lrs_import_report_auto) report = { 0 };
    import_into(&fixture->to, out->str, out->len, pass == 0, &report);
    assert_report(&report, pass < 2 ? 456 : 0, pass == 2 ? 456 : 0, 0);
    g_assert_cmpint(report.attachments, ==, 3);
  }
  g_autoptr(GString) again = export_of(&fixture->to, NULL);
  g_assert_cmpstr(again->str, ==, out->str);
  g_autofree char *third = id_of(3);
  g_autoptr(GArray) found = lrs_statements_new();
  g_assert_cmpint(lrs_find_one(fixture->to.lrs, third, false, NULL, found, NULL), ==, 0);
  g_assert_cmpint(lrs_find_one(fixture->to.lrs, third, true, NULL, found, NULL), ==, 1);
  g_assert_cmpint(g_array_index(found, struct lrs_statement, 0).stored, <, NOW + CLOCK_DAY); /* as it says itself */
}

/* Broken off at any place, taken as far as it goes; then whole. */
static void test_goes_on(struct fixture *fixture, const void *data) {
  fill(&fixture->from);
  g_autoptr(GString) out = export_of(&fixture->from, NULL);
  clock_at = NOW + CLOCK_DAY;
  for (size_t length = 10000; length < out->len; length += out->len / 7) {
    g_auto(lrs_import_report_auto) report = { 0 };
    import_into(&fixture->to, out->str, length, false, &report);
    g_assert_cmpint(report.refused, <=, 2);
    g_autoptr(GString) half = export_of(&fixture->to, NULL);
    g_assert_true(half->len <= length && memcmp(half->str, out->str, half->len) == 0);
  }
  g_auto(lrs_import_report_auto) report = { 0 };
  import_into(&fixture->to, out->str, out->len, false, &report);
  g_autoptr(GString) again = export_of(&fixture->to, NULL);
  g_assert_cmpstr(again->str, ==, out->str);
  /* And out: behind any statement comes what follows it. */
  for (const char *line = out->str, *end; (end = strchr(line, '\n')); line = end + 1) {
    char id[ID_TEXT];
    if (!lrs_line_id(line, (size_t)(end - line), id) || (line - out->str) % 5) continue;
    g_autoptr(GString) rest = export_of(&fixture->from, id);
    g_assert_cmpstr(rest->str, ==, end + 1);
  }
}

static void test_refusals(struct fixture *fixture, const void *data) {
  static const struct { const char *line, *why; } rows[] = {
    { "{'id':1}", "/" }, { "{", "line 1" }, { "7", "" }, { "{'attachment':{'sha2':'x'}}", "each a text" },
    { "{'attachment':{'sha2':'zz00000000000000000000000000000000000000000000000000000000000000','contentType':'text/x','data':''}}", "no SHA-2" },
    { "{'id':'00000000-0000-4000-8000-000000000001','actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o'}}", "no stored" },
    { "{'id':'00000000-0000-4000-8000-000000000001','actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o'},"
      "'stored':'2030-01-01T00:00:00Z','timestamp':'2020-01-01T00:00:00Z','authority':" OTHER_AGENT "}", "ahead of this machine" },
    { "{'id':'00000000-0000-4000-8000-000000000001','actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o'},"
      "'stored':'2020-01-01T00:00:00Z','timestamp':'2020-01-01T00:00:00Z'}", "no authority" },
    { "{'id':'00000000-0000-4000-8000-000000000001','actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o'},"
      "'stored':'2020-01-01T00:00:00Z','timestamp':'2020-01-01T00:00:00Z','authority':" OTHER_AGENT ",'attachments':[{'usageType':'http://example.com/u','display':{},'contentType':'text/x','length':1,"
      "'sha2':'0000000000000000000000000000000000000000000000000000000000000000'}]}", "attachment" },
    { "{'id':'00000000-0000-4000-8000-000000000001','actor':{'mbox':'james'},'verb':{'id':'http://example.com/v'},'object':{'id':'http://example.com/o'},"
      "'stored':'2020-01-01T00:00:00Z','timestamp':'2020-01-01T00:00:00Z','authority':" OTHER_AGENT "}", "/actor/mbox" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *bad = quoted(rows[i].line);
    g_autofree char *line = g_strconcat(bad, "\n", NULL);
    g_auto(lrs_import_report_auto) report = { 0 };
    import_into(&fixture->to, line, strlen(line), false, &report);
    assert_report(&report, 0, 0, 1);
    const struct lrs_refusal *refusal = &g_array_index(report.refusals, struct lrs_refusal, 0);
    g_assert_cmpint(refusal->line, ==, 1);
    g_assert_nonnull(strstr(refusal->why, rows[i].why));
  }
}

/* One that says something else is named by line and id, and the others are taken. */
static void test_conflict(struct fixture *fixture, const void *data) {
  for (int i = 0; i < 3; i++) send_one(&fixture->from, i, "a", "");
  send_one(&fixture->to, 1, "somebody-else", "");
  g_autoptr(GString) out = export_of(&fixture->from, NULL), doubled = g_string_new(out->str);
  g_string_append(doubled, out->str); /* and each line twice */
  clock_at += CLOCK_SECOND;
  for (int pass = 0; pass < 2; pass++) {
    g_auto(lrs_import_report_auto) report = { 0 };
    import_into(&fixture->to, doubled->str, doubled->len, false, &report);
    assert_report(&report, pass ? 0 : 2, pass ? 4 : 2, 2);
    const struct lrs_refusal *refusal = &g_array_index(report.refusals, struct lrs_refusal, 0);
    g_assert_cmpint(refusal->line, ==, 2);
    g_assert_cmpstr(refusal->id, ==, "00000000-0000-4000-8000-000000000001");
  }
}

/* Lists by time, in both directions, in pages of several sizes, are what a look at every statement gives. */
static void find_all(struct home *place, int64_t since, int64_t until, bool up, int64_t limit, GString *ids) {
  struct xapi_query query = { .since = since, .until = until, .ascending = up, .limit = limit };
  int64_t cursor = 0;
  do {
    g_autoptr(GArray) found = lrs_statements_new();
    g_autoptr(GError) error = NULL;
    lrs_find(place->lrs, &query, NULL, cursor, found, &cursor, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < found->len; i++) g_string_append_len(ids, g_array_index(found, struct lrs_statement, i).text + 7, ID_TEXT - 1);
  } while (cursor);
}

static void test_times(struct fixture *fixture, const void *data) {
  /* Two sources, a few moments; moved in turns, between what comes through the door. */
  g_autoptr(GRand) chance = g_rand_new_with_seed(11);
  g_autoptr(GString) lines = g_string_new(NULL);
  g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(int64_t));
  for (int block = 0, number = 0; block < 14; block++) {
    bool moved = block % 2;
    int size = g_rand_int_range(chance, 1, block == 5 ? 1500 : 30);
    g_string_truncate(lines, 0);
    for (int i = 0; i < size; i++, number++) {
      int64_t stored = NOW - g_rand_int_range(chance, 0, 40) * CLOCK_DAY + block * CLOCK_DAY / 4;
      char text[CLOCK_TEXT];
      g_autofree char *rest = g_strdup_printf(",'timestamp':'2020-01-01T00:00:00Z','stored':'%s','authority':" OTHER_AGENT ",'version':'1.0.0'", clock_format_time(MIN(stored, clock_at), text));
      g_autofree char *line = statement_of(number, "a", moved ? rest : "");
      if (moved) g_string_append_printf(lines, "%s\n", line);
      else send(&fixture->to, line, NULL, 0);
    }
    g_auto(lrs_import_report_auto) report = { 0 };
    import_into(&fixture->to, lines->str, lines->len, false, &report);
    assert_report(&report, moved ? size : 0, 0, 0);
    clock_at += CLOCK_DAY / 4;
  }
  struct xapi_query query = { .since = INT64_MIN, .until = INT64_MAX, .ascending = true };
  g_autoptr(GArray) all = lrs_statements_new();
  for (int64_t cursor = 0, more = 1; more; cursor = more) {
    g_autoptr(GArray) page = lrs_statements_new();
    if (!lrs_find(fixture->to.lrs, &query, NULL, cursor, page, &more, NULL)) g_assert_not_reached();
    for (guint i = 0; i < page->len; i++) g_array_append_val(all, g_array_index(page, struct lrs_statement, i));
    g_array_set_clear_func(page, NULL); /* `all` has them now */
  }
  for (guint i = 0; i < all->len; i++) {
    const struct lrs_statement *statement = &g_array_index(all, struct lrs_statement, i);
    g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, NULL);
    const char *text = json_string(json_get(json_root(doc), "stored"));
    int64_t stored;
    g_assert_true(xapi_read_time(text, strlen(text), XAPI_2_0_0, &stored));
    g_array_append_val(times, stored);
  }
  static const int64_t limits[] = { 0, 1, 7 };
  for (int k = 0; k < 60; k++) {
    int64_t since = k % 5 == 0 ? INT64_MIN : NOW - g_rand_int_range(chance, -4, 42) * CLOCK_DAY - k % 3, until = k % 7 == 0 ? INT64_MAX : NOW - g_rand_int_range(chance, -4, 42) * CLOCK_DAY + k % 2;
    for (int up = 0; up < 2; up++) {
      g_autoptr(GString) expected = g_string_new(NULL), got = g_string_new(NULL);
      for (guint i = 0; i < all->len; i++) {
        guint at = up ? i : all->len - 1 - i;
        int64_t stored = g_array_index(times, int64_t, at);
        if (stored > since && stored <= until) g_string_append_len(expected, g_array_index(all, struct lrs_statement, at).text + 7, ID_TEXT - 1);
      }
      find_all(&fixture->to, since, until, up, limits[k % 3], got);
      g_assert_cmpstr(got->str, ==, expected->str);
    }
  }
}

/* Who was erased here stays so, though a file knows better. */
static void test_erased(struct fixture *fixture, const void *data) {
  send_one(&fixture->from, 1, "gone", "");
  send_one(&fixture->from, 2, "stays", "");
  send_one(&fixture->from, 3, "gone", "");
  g_autoptr(GString) out = export_of(&fixture->from, NULL);
  g_autoptr(GError) error = NULL;
  clock_at += CLOCK_DAY;
  g_auto(lrs_import_report_auto) report = { 0 }, again = { 0 };
  import_into(&fixture->to, out->str, out->len, false, &report);
  assert_report(&report, 3, 0, 0);
  g_autofree char *name = lrs_agent_name(fixture->to.lrs, "mailto:gone@example.com"), *owner = g_strconcat("actor:", name, NULL);
  seal_destroy(fixture->to.seal, owner, clock_at, &error);
  g_assert_no_error(error);
  import_into(&fixture->to, out->str, out->len, false, &again);
  assert_report(&again, 0, 1, 0);
  g_assert_cmpint(again.unreadable, ==, 2);
  g_autoptr(GString) left = export_of(&fixture->to, NULL);
  g_assert_null(strstr(left->str, "gone"));
  g_assert_nonnull(strstr(left->str, "stays"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/lrs-move/round-trip", struct fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add("/lrs-move/goes-on", struct fixture, NULL, set_up, test_goes_on, tear_down);
  g_test_add("/lrs-move/refusals", struct fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add("/lrs-move/conflict", struct fixture, NULL, set_up, test_conflict, tear_down);
  g_test_add("/lrs-move/times", struct fixture, NULL, set_up, test_times, tear_down);
  g_test_add("/lrs-move/erased", struct fixture, NULL, set_up, test_erased, tear_down);
  return g_test_run();
}
