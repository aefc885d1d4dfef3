/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record store on a database in memory, sealed: what is found by which filter, in which order statements may come, what is
 * refused, and that all of it is what the events make. */
#include "company/fold.h"
#include "evidence/lrs-private.h"
#include "evidence/test-xapi.h"
#include "ledger/claims.h"
#include "ledger/erase.h"

#define NOW (INT64_C(1800000000) * CLOCK_SECOND)
#define MINE "{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"urn:x\",\"name\":\"one\"}}"
#define OTHERS "{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"urn:x\",\"name\":\"two\"}}"
#define MINE_KEY "account:urn:x|one"
#define ID(n) "00000000-0000-4000-8000-00000000000" n

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, NULL };
static const struct fold *const folds[] = { company_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct fixture { struct store *store; struct ledger *ledger; struct seal *seal; struct lrs *lrs; const char *authority; const struct xapi_part *parts; size_t part_count; bool define; };

static void set_up(struct fixture *fixture, const void *data) {
  static const uint8_t master[32] = { 7 };
  g_autoptr(GError) error = NULL;
  fixture->store = store_open_memory(&error);
  g_assert_no_error(error);
  fixture->ledger = ledger_new(fixture->store, &tables);
  fixture->seal = seal_new(NULL, master, &error);
  g_assert_no_error(error);
  ledger_use_seal(fixture->ledger, fixture->seal);
  fixture->lrs = lrs_new(fixture->ledger);
  fixture->authority = MINE;
  fixture->define = true;
}

/* Every test ends with the tables being what the events make. */
static void tear_down(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  ledger_verify(fixture->ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  lrs_free(fixture->lrs);
  ledger_free(fixture->ledger);
  seal_free(fixture->seal);
  store_free(fixture->store);
}

/* ---- helpers ---------------------------------------------------------------------------------------------------- */

static GPtrArray *store_as(struct fixture *fixture, const char *text, const char *id, GError **error) {
  g_autoptr(json_doc_auto) doc = parse(text);
  struct lrs_incoming incoming = { .root = json_root(doc), .version = XAPI_2_0_0, .id = id, .parts = fixture->parts, .part_count = fixture->part_count,
    .authority = fixture->authority, .actor = "connector:xapi-1", .define = fixture->define };
  g_autoptr(GError) refused = NULL;
  if (!xapi_check_batch(incoming.root, XAPI_2_0_0, &incoming.count, &refused)) g_error("%s: %s", text, refused->message);
  return lrs_store(fixture->lrs, NOW, &incoming, error);
}

static void store_ok(struct fixture *fixture, const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) ids = store_as(fixture, text, NULL, &error);
  g_assert_no_error(error);
  g_assert_nonnull(ids);
}

#define STATEMENT(id, actor, verb, rest) "{'id':'" id "','actor':{'mbox':'mailto:" actor "'},'verb':{'id':'http://v/" verb "'}," rest "}"
#define ABOUT(name) "'object':{'id':'http://o/" name "'}"
#define REFERS(id) "'object':{'objectType':'StatementRef','id':'" id "'}"
#define VOIDS(own, id) "{'id':'" own "','actor':{'mbox':'mailto:v@x.org'},'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'}," REFERS(id) "}"

/* The last digits of the ids that a query finds, in order. */
static char *found(struct fixture *fixture, struct xapi_query query, const char *mine, int64_t cursor, int64_t *ret_cursor) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) statements = lrs_statements_new();
  int64_t more = 0;
  GString *text = g_string_new(NULL);
  if (!query.until) query.until = INT64_MAX;
  if (!query.since) query.since = INT64_MIN;
  if (!query.agent_roles) query.agent_roles = XAPI_FILTER_AGENT;
  if (!query.activity_roles) query.activity_roles = XAPI_FILTER_ACTIVITY;
  lrs_find(fixture->lrs, &query, mine, cursor, statements, &more, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < statements->len; i++) {
    const struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, i);
    g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, &error);
    g_assert_no_error(error);
    g_string_append_c(text, json_string(json_get(json_root(doc), "id"))[35]);
  }
  if (ret_cursor) *ret_cursor = more;
  else g_assert_cmpint(more, ==, 0);
  return g_string_free(text, FALSE);
}

#define assert_found(expected, ...) do { \
    g_autofree char *text_ = found(fixture, (struct xapi_query){ __VA_ARGS__ }, NULL, 0, NULL); \
    g_assert_cmpstr(text_, ==, expected); \
  } while (0)

static int find_one(struct fixture *fixture, const char *id, bool voided, const char *mine) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) statements = lrs_statements_new();
  int got = lrs_find_one(fixture->lrs, id, voided, mine, statements, &error);
  g_assert_no_error(error);
  g_assert_cmpint(statements->len, ==, got);
  return got;
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static void kept_once(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  assert_found("1");
  g_assert_null(store_as(fixture, STATEMENT(ID("1"), "a@x.org", "2", ABOUT("1")), NULL, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CONFLICT);
  g_clear_error(&error);
  g_assert_null(store_as(fixture, "[" STATEMENT(ID("2"), "a@x.org", "1", ABOUT("1")) "," STATEMENT(ID("1"), "a@x.org", "2", ABOUT("1")) "]", NULL, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CONFLICT);
  assert_found("1"); /* of a batch all or none */
  g_autoptr(GPtrArray) ids = store_as(fixture, "{'actor':{'mbox':'mailto:a@x.org'},'verb':{'id':'http://v/1'}," ABOUT("1") "}", ID("3"), NULL);
  g_assert_cmpstr(ids->pdata[0], ==, ID("3"));
  g_assert_cmpint(find_one(fixture, ID("3"), false, NULL), ==, 1);
  g_assert_cmpint(find_one(fixture, ID("9"), false, NULL), ==, 0);
}

static void filters(struct fixture *fixture, const void *data) {
  store_ok(fixture, "[" STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")) "," STATEMENT(ID("2"), "A@X.org", "2", ABOUT("1")) ","
    STATEMENT(ID("3"), "b@x.org", "1", "'object':{'objectType':'Agent','mbox':'mailto:a@x.org'}") ","
    STATEMENT(ID("4"), "b@x.org", "1", ABOUT("2") ",'context':{'registration':'" ID("0") "','contextActivities':{'parent':{'id':'http://o/1'}},'instructor':{'mbox':'mailto:a@x.org'}}") ","
    STATEMENT(ID("5"), "b@x.org", "3", "'object':{'objectType':'SubStatement','actor':{'mbox':'mailto:a@x.org'},'verb':{'id':'http://v/1'}," ABOUT("1") "}") "]");
  assert_found("54321");
  assert_found("12345", .ascending = true);
  assert_found("431", .verb = (char *)"http://v/1");
  assert_found("321", .agent = (char *)"mailto:a@x.org");
  assert_found("54321", .agent = (char *)"mailto:a@x.org", .agent_roles = XAPI_FILTER_RELATED_AGENTS);
  assert_found("21", .activity = (char *)"http://o/1");
  assert_found("5421", .activity = (char *)"http://o/1", .activity_roles = XAPI_FILTER_RELATED_ACTIVITIES);
  assert_found("4", .registration = ID("0"));
  assert_found("1", .verb = (char *)"http://v/1", .agent = (char *)"mailto:a@x.org", .activity = (char *)"http://o/1");
  assert_found("", .verb = (char *)"http://v/3", .activity = (char *)"http://o/1");
  assert_found("", .verb = (char *)"http://v/none");
  assert_found("54321", .agent = (char *)MINE_KEY, .agent_roles = XAPI_FILTER_RELATED_AGENTS);
  assert_found("", .agent = (char *)MINE_KEY);
}

static void in_parts(struct fixture *fixture, const void *data) {
  for (char n = '1'; n <= '9'; n++) { /* the clock stands still, and yet no two have the same moment */
    g_autofree char *text = g_strdup_printf(STATEMENT("00000000-0000-4000-8000-00000000000%c", "a@x.org", "1", ABOUT("1")), n);
    store_ok(fixture, text);
  }
  for (int up = 0; up < 2; up++) {
    g_autoptr(GString) all = g_string_new(NULL);
    int64_t cursor = 0;
    do {
      g_autofree char *part = found(fixture, (struct xapi_query){ .verb = (char *)"http://v/1", .limit = 4, .ascending = up }, NULL, cursor, &cursor);
      g_string_append(all, part);
    } while (cursor);
    g_assert_cmpstr(all->str, ==, up ? "123456789" : "987654321");
  }
  assert_found("9876", .since = NOW + 4);
  assert_found("54321", .until = NOW + 4);
  assert_found("54", .since = NOW + 2, .until = NOW + 4);
  assert_found("45", .since = NOW + 2, .until = NOW + 4, .ascending = true);
  assert_found("", .since = NOW + 8);
  assert_found("", .until = NOW - 1);
}

/* As many other events as end a block of the index, so that what was stored before stands there. */
static void new_block(struct fixture *fixture) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(fixture->ledger, NOW, &error);
  for (int i = 0; i < STATEMENTS_ROLLED; i++)
    g_assert_true(ledger_append(write, &(struct event){ .kind = "workforce.assumed", .subject = "workforce:", .actor = "system", .body = "{}" }, NULL, &error));
  g_assert_true(ledger_commit(write, &error));
}

static int64_t rolled(struct fixture *fixture) {
  g_autoptr(db_auto) db = store_read(fixture->store, NULL);
  int64_t upto = 0;
  db_one(db, &upto, NULL, "company.statements_rolled", "");
  return upto;
}

/* What stands in the index and what only the newest rows say is found as one, whichever refers to which. */
static void in_blocks(struct fixture *fixture, const void *data) {
  int64_t cursor = 0;
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  store_ok(fixture, STATEMENT(ID("2"), "b@x.org", "2", ABOUT("1") ",'context':{'registration':'" ID("f") "','contextActivities':{'parent':[{'id':'http://o/p'}]}}"));
  store_ok(fixture, STATEMENT(ID("3"), "c@x.org", "3", REFERS(ID("6"))));
  assert_found("21", .activity = "http://o/1");
  g_assert_cmpint(rolled(fixture), ==, 0);
  new_block(fixture);
  assert_found("21", .activity = "http://o/1");
  store_ok(fixture, STATEMENT(ID("4"), "a@x.org", "1", ABOUT("1")));
  int64_t first = rolled(fixture);
  g_assert_cmpint(first, >, 0);
  store_ok(fixture, STATEMENT(ID("5"), "d@x.org", "5", REFERS(ID("2"))));
  store_ok(fixture, STATEMENT(ID("6"), "e@x.org", "6", ABOUT("6")));
  store_ok(fixture, VOIDS(ID("7"), ID("1")));
  assert_found("7542", .activity = "http://o/1");
  assert_found("2457", .activity = "http://o/1", .ascending = true);
  assert_found("63", .verb = "http://v/6");
  assert_found("74", .agent = "mailto:a@x.org", .verb = "http://v/1");
  assert_found("52", .registration = ID("f"));
  assert_found("52", .activity = "http://o/p", .activity_roles = XAPI_FILTER_RELATED_ACTIVITIES);
  g_assert_cmpint(find_one(fixture, ID("1"), true, NULL), ==, 1);
  g_assert_cmpint(find_one(fixture, ID("4"), false, MINE_KEY), ==, 1);
  g_autofree char *part = found(fixture, (struct xapi_query){ .activity = "http://o/1", .limit = 2 }, MINE_KEY, 0, &cursor);
  g_assert_cmpstr(part, ==, "75");
  new_block(fixture);
  store_ok(fixture, STATEMENT(ID("8"), "a@x.org", "1", ABOUT("8")));
  g_assert_cmpint(rolled(fixture), >, first);
  g_autofree char *rest = found(fixture, (struct xapi_query){ .activity = "http://o/1", .limit = 2 }, MINE_KEY, cursor, &cursor);
  g_assert_cmpstr(rest, ==, "42");
  assert_found("63", .verb = "http://v/6");
  assert_found("7542", .activity = "http://o/1");
  lrs_free(fixture->lrs);
  fixture->lrs = lrs_new(fixture->ledger); /* with nothing in memory */
  assert_found("2457", .activity = "http://o/1", .ascending = true);
  assert_found("8", .activity = "http://o/8");
}

static void whose(struct fixture *fixture, const void *data) {
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  fixture->authority = OTHERS;
  store_ok(fixture, STATEMENT(ID("2"), "a@x.org", "1", ABOUT("1") ",'context':{'instructor':{'objectType':'Agent','account':{'homePage':'urn:x','name':'one'}}}"));
  store_ok(fixture, STATEMENT(ID("3"), "a@x.org", "1", REFERS(ID("1"))));
  g_autofree char *mine = found(fixture, (struct xapi_query){ .verb = (char *)"http://v/1" }, MINE_KEY, 0, NULL);
  g_assert_cmpstr(mine, ==, "1"); /* being named in another's statement, or referred to, makes none of them mine */
  g_assert_cmpint(find_one(fixture, ID("1"), false, MINE_KEY), ==, 1);
  g_assert_cmpint(find_one(fixture, ID("2"), false, MINE_KEY), ==, 0);
}

static void voiding(struct fixture *fixture, const void *data) {
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  store_ok(fixture, VOIDS(ID("2"), ID("1")));
  g_assert_cmpint(find_one(fixture, ID("1"), false, NULL), ==, 0);
  g_assert_cmpint(find_one(fixture, ID("1"), true, NULL), ==, 1);
  g_assert_cmpint(find_one(fixture, ID("2"), true, NULL), ==, 0);
  assert_found("2");
  assert_found("2", .verb = (char *)"http://v/1"); /* what refers to it is still found by it */
  store_ok(fixture, VOIDS(ID("3"), ID("2")));
  g_assert_cmpint(find_one(fixture, ID("2"), false, NULL), ==, 1); /* one that voids cannot be voided */
  store_ok(fixture, VOIDS(ID("4"), ID("5"))); /* before what it voids */
  store_ok(fixture, STATEMENT(ID("5"), "a@x.org", "1", ABOUT("1")));
  g_assert_cmpint(find_one(fixture, ID("5"), true, NULL), ==, 1);
  assert_found("432");
}

static void references(struct fixture *fixture, const void *data) {
  store_ok(fixture, STATEMENT(ID("2"), "b@x.org", "2", REFERS(ID("1")))); /* before what it refers to */
  store_ok(fixture, STATEMENT(ID("3"), "b@x.org", "2", REFERS(ID("2"))));
  assert_found("", .activity = (char *)"http://o/1");
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  store_ok(fixture, STATEMENT(ID("4"), "b@x.org", "2", REFERS(ID("3"))));
  assert_found("4132", .activity = (char *)"http://o/1");
  assert_found("4132", .agent = (char *)"mailto:a@x.org");
  assert_found("432", .verb = (char *)"http://v/2");
  store_ok(fixture, STATEMENT(ID("5"), "c@x.org", "1", REFERS(ID("6")))); /* a circle, and one of itself */
  store_ok(fixture, STATEMENT(ID("6"), "d@x.org", "1", REFERS(ID("5"))));
  store_ok(fixture, STATEMENT(ID("7"), "e@x.org", "1", REFERS(ID("7"))));
  assert_found("65", .agent = (char *)"mailto:c@x.org");
  assert_found("65", .agent = (char *)"mailto:d@x.org");
  assert_found("7", .agent = (char *)"mailto:e@x.org");
}

static void from_files(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  struct event event = { .kind = "statement.stored", .subject = "statement:" ID("1"), .actor = "connector:files",
    .body = "{\"actor\":\"a-1\",\"object\":\"http://o/1\",\"statement\":{\"id\":\"x\"},\"verb\":\"http://v/1\"}" };
  g_assert_cmpint(ledger_record(fixture->ledger, NOW, &event, &error), >, 0);
  g_assert_cmpint(find_one(fixture, ID("1"), false, NULL), ==, 0); /* evidence, but not the door's to show */
  assert_found("");
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1"))); /* told by the program itself, it takes the other's place */
  assert_found("1");
}

static void erased(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  store_ok(fixture, STATEMENT(ID("2"), "b@x.org", "1", ABOUT("1")));
  g_autofree char *name = lrs_agent_name(fixture->lrs, "mailto:A@x.org"), *owner = g_strconcat("actor:", name, NULL);
  g_assert_true(seal_destroy(fixture->seal, owner, NOW, &error));
  assert_found("2");
  g_assert_cmpint(find_one(fixture, ID("1"), false, NULL), ==, 0);
}

static void attachments(struct fixture *fixture, const void *data) {
  static const char bytes[] = "a\0b\nc";
  g_autoptr(GError) error = NULL;
  const char *hash = "6ec4d8d4f7ee0b1ab5eb23f0de2ff5c3b6ea6b84a2ba2d2bb5a25ad8ee2b8ffb"; /* what fits is the door's to check */
  struct xapi_part part = { "text/plain", 10, hash, strlen(hash), bytes, sizeof bytes - 1 };
  fixture->parts = &part;
  fixture->part_count = 1;
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1") ",'attachments':[{'usageType':'http://u','display':{'en':'x'},'contentType':'text/plain','length':5,"
    "'sha2':'6EC4D8D4F7EE0B1AB5EB23F0DE2FF5C3B6EA6B84A2BA2D2BB5A25AD8EE2B8FFB'}]"));
  g_autoptr(GArray) statements = lrs_statements_new(), parts = g_array_new(FALSE, FALSE, sizeof part);
  g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
  g_assert_cmpint(lrs_find_one(fixture->lrs, ID("1"), false, NULL, statements, &error), ==, 1);
  for (int i = 0; i < 2; i++) g_assert_true(lrs_attachments(fixture->lrs, g_array_index(statements, struct lrs_statement, 0).seq, parts, keep, &error));
  g_assert_cmpint(parts->len, ==, 1);
  const struct xapi_part *back = &g_array_index(parts, struct xapi_part, 0);
  g_assert_cmpmem(back->data, back->length, bytes, sizeof bytes - 1);
  g_assert_cmpmem(back->type, back->type_length, "text/plain", 10);
}

static void definitions(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", "'object':{'id':'http://o/1','definition':{'name':{'en':'one'}}}"));
  store_ok(fixture, STATEMENT(ID("2"), "a@x.org", "1", "'object':{'id':'http://o/1','definition':{'name':{'de':'eins'}}}"));
  fixture->define = false;
  store_ok(fixture, STATEMENT(ID("3"), "a@x.org", "1", "'object':{'id':'http://o/1','definition':{'name':{'de':'zwei'}}}"));
  g_assert_cmpint(lrs_definition(fixture->lrs, NULL, "http://o/1", &text, &error), ==, 1);
  g_assert_cmpstr(text, ==, "{\"name\":{\"de\":\"eins\",\"en\":\"one\"}}");
  g_assert_cmpint(lrs_definition(fixture->lrs, NULL, "http://o/2", &text, &error), ==, 0);
}

static void consistent(struct fixture *fixture, const void *data) {
  g_assert_cmpint(lrs_consistent(fixture->lrs, NOW), ==, NOW);
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  g_assert_cmpint(lrs_consistent(fixture->lrs, NOW + 5), ==, NOW + 5); /* no write is under way any more */
}

/* ---- documents -------------------------------------------------------------------------------------------------- */

static bool change(struct fixture *fixture, const struct lrs_place *place, enum lrs_change how, struct lrs_demand demand, const char *type, const char *text, int *ret_code) {
  g_autoptr(GError) error = NULL;
  bool fine = lrs_document_change(fixture->lrs, NOW, place, how, &demand, type, text, strlen(text), &error);
  if (ret_code) *ret_code = fine ? -1 : error->code;
  else g_assert_no_error(error);
  return fine;
}

#define assert_refused(expected, ...) do { \
    int code_; \
    g_assert_false(change(fixture, __VA_ARGS__, &code_)); \
    g_assert_cmpint(code_, ==, expected); \
  } while (0)

static char *document(struct fixture *fixture, const struct lrs_place *place, char **ret_etag) {
  g_autoptr(GError) error = NULL;
  g_auto(lrs_document_auto) held = { 0 };
  int got = lrs_document(fixture->lrs, place, &held, &error);
  g_assert_no_error(error);
  if (got == 1 && ret_etag) *ret_etag = g_strdup(held.etag);
  return got == 1 ? g_strndup(held.data, held.length) : NULL;
}

static void documents(struct fixture *fixture, const void *data) {
  const struct lrs_place place = { "state", "http://o/1", "mailto:a@x.org", NULL, "bookmark" };
  const struct lrs_demand none = { 0 }, careful = { .need = LRS_WHERE_THERE }, strict = { .need = LRS_ALWAYS };
  g_autofree char *etag = NULL;
  assert_refused(MENO_ERROR_BAD_INPUT, &place, LRS_PUT, strict, "text/plain", "x");
  g_assert_true(change(fixture, &place, LRS_PUT, careful, "application/json", "{\"a\":1,\"b\":2}", NULL));
  assert_refused(MENO_ERROR_CONFLICT, &place, LRS_PUT, careful, "text/plain", "x");
  assert_refused(MENO_ERROR_STALE, &place, LRS_PUT, ((struct lrs_demand){ .match = "\"old\"" }), "text/plain", "x");
  assert_refused(MENO_ERROR_STALE, &place, LRS_PUT, ((struct lrs_demand){ .none_match = "*" }), "text/plain", "x");
  assert_refused(MENO_ERROR_BAD_INPUT, &place, LRS_MERGE, none, "text/plain", "x");
  assert_refused(MENO_ERROR_BAD_INPUT, &place, LRS_MERGE, none, "application/json", "[1]");
  g_assert_true(change(fixture, &place, LRS_MERGE, none, "application/json; charset=utf-8", "{\"c\":3,\"b\":4}", NULL));
  g_autofree char *joined = document(fixture, &place, &etag), *list = g_strconcat("\"other\", W/", etag, NULL);
  g_assert_cmpstr(joined, ==, "{\"a\":1,\"b\":4,\"c\":3}");
  g_assert_true(change(fixture, &place, LRS_PUT, (struct lrs_demand){ .match = list, .need = LRS_ALWAYS }, "text/plain", "other", NULL));
  assert_refused(MENO_ERROR_BAD_INPUT, &place, LRS_MERGE, none, "application/json", "{}"); /* what is there is no JSON */
  assert_refused(MENO_ERROR_STALE, &place, LRS_DELETE, ((struct lrs_demand){ .match = etag }), "", "");
  g_assert_true(change(fixture, &place, LRS_DELETE, none, "", "", NULL));
  g_assert_null(document(fixture, &place, NULL));
  assert_refused(MENO_ERROR_STALE, &place, LRS_PUT, ((struct lrs_demand){ .match = "*" }), "text/plain", "x");
}

static void documents_listed(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  struct lrs_place place = { "state", "http://o/1", "mailto:a@x.org", NULL, "one" };
  change(fixture, &place, LRS_PUT, (struct lrs_demand){ 0 }, "text/plain", "1", NULL);
  place.name = "two", place.registration = ID("0");
  change(fixture, &place, LRS_PUT, (struct lrs_demand){ 0 }, "text/plain", "2", NULL);
  place.agent = "mailto:b@x.org";
  change(fixture, &place, LRS_PUT, (struct lrs_demand){ 0 }, "text/plain", "3", NULL);
  place = (struct lrs_place){ "state", "http://o/1", "mailto:a@x.org", NULL, NULL };
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free), of_one = g_ptr_array_new_with_free_func(g_free), later = g_ptr_array_new_with_free_func(g_free);
  g_assert_true(lrs_document_names(fixture->lrs, &place, INT64_MIN, all, &error) && lrs_document_names(fixture->lrs, &place, NOW, later, &error));
  place.registration = ID("0");
  g_assert_true(lrs_document_names(fixture->lrs, &place, INT64_MIN, of_one, &error));
  g_assert_cmpint(all->len, ==, 2);
  g_assert_cmpint(later->len, ==, 0);
  g_assert_cmpint(of_one->len, ==, 1);
  g_assert_cmpstr(of_one->pdata[0], ==, "two");
  place.registration = NULL;
  g_assert_true(lrs_documents_delete(fixture->lrs, &place, &error));
  g_ptr_array_set_size(all, 0);
  g_assert_true(lrs_document_names(fixture->lrs, &place, INT64_MIN, all, &error));
  g_assert_cmpint(all->len, ==, 0);
  place = (struct lrs_place){ "state", "http://o/1", "mailto:b@x.org", ID("0"), "two" };
  g_autofree char *others = document(fixture, &place, NULL);
  g_assert_cmpstr(others, ==, "3");
}

/* ---- texts ------------------------------------------------------------------------------------------------------ */

static void unref_term(void *term) { lrs_term_unref(term); }

/* A text comes back as it went in, with its moments; with anything wrong in it, nothing comes back, or something does, and nothing breaks. */
static void packed(struct fixture *fixture, const void *data) {
  static const char plain[] = "{\"id\":\"" ID("1") "\",\"verb\":{\"id\":\"http://v/1\",\"display\":{\"en\":\"one\"}},\"stored\":\"2027-01-15T08:00:00.000000Z\",\"version\":\"2.0.0\"}";
  static const char stored[] = "{\"id\":\"" ID("1") "\",\"verb\":{\"id\":\"http://v/1\",\"display\":{\"en\":\"one\"}},\"stored\":\"2027-01-15T08:00:00.000007Z\",\"version\":\"2.0.0\"}";
  struct xapi_moments moments = { .at = { (size_t)(strstr(plain, "2027") - plain) }, .count = 1 };
  g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(unref_term), none = g_ptr_array_new();
  g_ptr_array_add(terms, lrs_term_new(1, "vhttp://v/1", NULL, "{\"id\":\"http://v/1\",\"display\":{\"en\":\"one\"}}"));
  g_ptr_array_add(terms, NULL);
  g_ptr_array_add(terms, lrs_term_new(2, "pa-someone", NULL, NULL));
  g_autofree char *text = g_strdup(plain), *other = g_strdup(plain);
  g_autoptr(GByteArray) bytes = lrs_pack(text, strlen(plain), ID("1"), &moments, terms), alone = lrs_pack(other, strlen(plain), ID("1"), &moments, none);
  size_t length = 0;
  g_autofree char *back = lrs_unpack(bytes->data, bytes->len, ID("1"), NOW + 7, terms, &length), *without = lrs_unpack(bytes->data, bytes->len, ID("1"), NOW + 7, none, NULL);
  g_autofree char *back_alone = lrs_unpack(alone->data, alone->len, ID("1"), NOW + 7, terms, NULL);
  g_assert_cmpstr(back, ==, stored);
  g_assert_cmpuint(length, ==, strlen(stored));
  g_assert_null(without);
  g_assert_cmpstr(back_alone, ==, stored);
  g_assert_cmpuint(bytes->len, <, alone->len);
  for (guint cut = 0; cut < bytes->len; cut++) g_assert_null(lrs_unpack(bytes->data, cut, ID("1"), NOW, terms, NULL));
  for (int i = 0; i < 20000; i++) {
    g_autofree uint8_t *changed = g_memdup2(bytes->data, bytes->len);
    changed[g_test_rand_int_range(0, (int)bytes->len)] ^= (uint8_t)g_test_rand_int_range(1, 256);
    g_free(lrs_unpack(changed, bytes->len, ID("1"), NOW, terms, NULL));
  }
}

/* What a write has said and taken back is not known afterwards: another term may get its number. */
static void taken_back(struct fixture *fixture, const void *data) {
  static const char key[] = "vhttp://v/1";
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(fixture->ledger, NOW, &error);
  g_assert_cmpint(db_run(ledger_write_db(write), &error, "company.put_term", "ittti", (int64_t)1, key, NULL, NULL, (int64_t)1), >=, 0);
  struct lrs_term *within = lrs_term_of_id(fixture->lrs->terms, ledger_write_db(write), 1, &error), *after;
  g_assert_cmpstr(within->key, ==, key);
  lrs_term_unref(within);
  ledger_abort(write);
  g_assert_null(lrs_terms_known(fixture->lrs->terms, key));
  store_ok(fixture, STATEMENT(ID("1"), "a@x.org", "1", ABOUT("1")));
  after = lrs_terms_known(fixture->lrs->terms, key);
  g_assert_nonnull(after); /* and what was committed is */
  lrs_term_unref(after);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  static const struct { const char *name; void (*test)(struct fixture *, const void *); } tests[] = {
    { "/lrs/kept-once", kept_once }, { "/lrs/filters", filters }, { "/lrs/in-parts", in_parts }, { "/lrs/in-blocks", in_blocks }, { "/lrs/packed", packed }, { "/lrs/taken-back", taken_back }, { "/lrs/whose", whose }, { "/lrs/voiding", voiding },
    { "/lrs/references", references }, { "/lrs/from-files", from_files }, { "/lrs/erased", erased }, { "/lrs/attachments", attachments },
    { "/lrs/definitions", definitions }, { "/lrs/consistent", consistent }, { "/lrs/documents", documents }, { "/lrs/documents-listed", documents_listed } };
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}
