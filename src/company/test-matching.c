/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From statements to results: by mailbox, by its sum, by an account that a rule or a person knows, and by nothing else; what is decided,
 * undone and erased takes effect on all that is there; and no clear identifier stands in any table. */
#include "company/matching.h"
#include "company/fold.h"
#include "company/load.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <math.h>
#include <sodium.h>
#include <string.h>

static const struct event_kind *const kinds[] = { company_kinds, claim_kinds, erasure_kinds, NULL };
static const struct fold *const folds[] = { company_folds, claim_folds, erasure_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct fixture { struct store *store; struct ledger *ledger; struct seal *seal; int64_t now; int count; };

static void record(struct fixture *f, const char *kind, const char *subject, const char *body) {
  g_autoptr(GError) error = NULL;
  ledger_record(f->ledger, f->now, &(struct event){ .kind = kind, .subject = subject, .actor = "system", .body = body }, &error);
  g_assert_no_error(error);
}

static void person(struct fixture *f, int number, const char *email, const char *more) {
  g_autofree char *subject = g_strdup_printf("person:p-%d", number);
  g_autofree char *body = g_strdup_printf("{\"employee_number\":\"%d\",\"employment_status\":\"active\",\"last_name\":\"N%d\",\"work_email\":\"%s\"%s,\"memberships\":[{\"from\":\"2024-01-01\",\"primary\":true,\"team\":\"North\"}]}",
    number, number, email, more);
  record(f, "person.recorded", subject, body);
}

static void setup(struct fixture *f, const void *data) {
  static const uint8_t master[32];
  g_autoptr(GError) error = NULL;
  *f = (struct fixture){ .store = store_open_memory(&error), .now = clock_from_civil(2026, 3, 1) * CLOCK_DAY, .seal = seal_new(NULL, master, NULL) };
  g_assert_no_error(error);
  f->ledger = ledger_new(f->store, &tables);
  ledger_use_seal(f->ledger, f->seal);
  person(f, 1, "Ann@Example.com", "");
  person(f, 2, "bob@example.com", "");
  record(f, "skill.defined", "skill:negotiation", "{\"name\":\"Negotiation\",\"skill_id\":\"negotiation\",\"aliases\":[\"haggling\"]}");
}

static void teardown(struct fixture *f, const void *data) {
  ledger_free(f->ledger);
  store_free(f->store);
  seal_free(f->seal);
}

/* `identifier` as statements name it; `rest` begins with a comma. */
static void statement(struct fixture *f, const char *identifier, const char *verb, const char *rest) {
  char id[ID_TEXT];
  uuid_format(uuid_new(f->now), id);
  g_autofree char *actor = matching_name(f->seal, identifier), *subject = g_strconcat("statement:", id, NULL);
  g_autofree char *body = g_strdup_printf("{\"actor\":\"%s\",\"object\":\"https://lms.example/negotiation/%d\",\"statement\":\"{}\",\"verb\":\"http://adlnet.gov/expapi/verbs/%s\"%s}", actor, f->count, verb, rest);
  record(f, "statement.stored", subject, body);
}

static struct company *load(struct fixture *f) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(f->store, &error);
  struct company *company = company_load(db, f->seal, clock_day(f->now), &error);
  g_assert_no_error(error);
  return company;
}

static int results_of(struct fixture *f, const char *who) {
  g_autoptr(company_auto) company = load(f);
  int count = 0;
  for (int i = 0; i < company->results.count; i++) count += strcmp(company->people.at[company->results.at[i].person].id, who) == 0;
  return count;
}

static void rules_are_applied(struct fixture *f, const void *data) {
  statement(f, "mailto:ann@example.com", "launched", "");
  statement(f, "mailto:ann@example.com", "completed", ",\"completion\":true");
  statement(f, "mailto:ANN@example.com", "completed", ",\"completion\":true"); /* once per person and activity */
  f->count++;
  statement(f, "mailto:ann@example.com", "completed", ",\"completion\":true,\"progress\":1,\"type\":\"https://w3id.org/xapi/video/activity-type/video\"");
  statement(f, "mailto:ann@example.com", "failed", ",\"success\":false");
  statement(f, "mailto:ann@example.com", "passed", ",\"score\":0.9,\"success\":true");
  statement(f, "mailto:ann@example.com", "passed", ",\"score\":0.9,\"group\":true"); /* a team's: nobody's own */
  g_autoptr(company_auto) company = load(f);
  static const struct { const char *rule; enum result_kind kind; double weight, score; bool item; } expected[] = {
    { "completed", RESULT_COMPLETION, 0.1, 0.6, false }, { "video watched to the end", RESULT_COMPLETION, 0.05, 0.6, false },
    { "failed", RESULT_ASSESSMENT, 1, 0.25, true }, { "scored", RESULT_ASSESSMENT, 1, 0.9, true } };
  g_assert_cmpint(company->results.count, ==, G_N_ELEMENTS(expected));
  for (int i = 0; i < company->results.count; i++) {
    const struct result *result = &company->results.at[i];
    g_assert_cmpstr(result->rule, ==, expected[i].rule);
    g_assert_cmpint(result->kind, ==, expected[i].kind);
    g_assert_cmpfloat(result->weight, ==, expected[i].weight);
    g_assert_cmpfloat(result->score, ==, expected[i].score);
    g_assert_cmpint(result->item >= 0, ==, expected[i].item);
  }
}

static void certain_ones_are_matched(struct fixture *f, const void *data) {
  static const char *const ways[] = { "mailto:ann@example.com", "mailto:ANN@EXAMPLE.COM", "mbox_sha1sum:" /* of mailto:ann@example.com */, "mbox_sha1sum:" /* of mailto:Ann@Example.com */ };
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, i == 2 ? "mailto:ann@example.com" : "mailto:Ann@Example.com", -1), *summed = g_strconcat(ways[i], sum, NULL);
    statement(f, i < 2 ? ways[i] : summed, "passed", "");
    g_assert_cmpint(results_of(f, "p-1"), ==, (int)i + 1);
  }
  statement(f, "account:https://lms.example|1", "passed", "");
  statement(f, "openid:https://ann.example", "passed", "");
  statement(f, "mailto:ann@example.org", "passed", "");
  g_assert_cmpint(results_of(f, "p-1"), ==, 4);
  g_assert_cmpint(results_of(f, "p-2"), ==, 0);
}

static void set_accounts(struct fixture *f, const char *accounts) {
  size_t length;
  const char *text = evidence_rules_carried(&length);
  g_autofree char *all = g_strndup(text, length);
  g_auto(GStrv) parts = g_strsplit(all, "accounts: []", 2);
  g_assert_nonnull(parts[1]);
  g_autofree char *own = g_strconcat(parts[0], "accounts: ", accounts, parts[1], NULL);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "reason", "we have an LMS");
  json_put_string(&out, "revision", "e-own");
  json_put_string(&out, "text", own);
  json_close_object(&out);
  g_autofree char *body = json_writer_steal(&out, NULL);
  record(f, "evidence.ruled", "evidence:rules", body);
}

static void accounts_are_matched_by_rule(struct fixture *f, const void *data) {
  statement(f, "account:https://lms.example/|1", "passed", "");
  statement(f, "account:https://login.example|ann@example.com", "passed", "");
  statement(f, "account:https://login.example|Ann@Example.com", "passed", "");
  statement(f, "account:https://other.example|1", "passed", "");
  g_assert_cmpint(results_of(f, "p-1"), ==, 0);
  set_accounts(f, "[{ home page: https://lms.example, name: employee number }, { home page: https://login.example, name: work address }]");
  g_assert_cmpint(results_of(f, "p-1"), ==, 3); /* for all that was there */
  set_accounts(f, "[]");
  g_assert_cmpint(results_of(f, "p-1"), ==, 0);
}

/* Of another Meno, say: then nothing counts, which is less and not otherwise. */
static void unreadable_rules_count_nothing(struct fixture *f, const void *data) {
  statement(f, "mailto:ann@example.com", "passed", "");
  g_assert_cmpint(results_of(f, "p-1"), ==, 1);
  record(f, "evidence.ruled", "evidence:rules", "{\"revision\":\"e-next\",\"text\":\"evidence: 2\"}");
  g_assert_cmpint(results_of(f, "p-1"), ==, 0);
  g_autoptr(db_auto) db = store_read(f->store, NULL);
  g_autoptr(evidence_rules_auto) rules = evidence_rules_in_force(db, NULL);
  g_autoptr(GPtrArray) sentences = evidence_rules_sentences(rules);
  g_assert_true(g_str_has_prefix(sentences->pdata[0], "These rules cannot be read (evidence.yaml:1:1: the file does not say \"evidence: 1\""));
}

static void match(struct fixture *f, const char *id, const char *identifier, const char *who) {
  g_autofree char *actor = matching_name(f->seal, identifier), *subject = g_strconcat("match:", id, NULL);
  g_autofree char *body = who ? g_strdup_printf("{\"actor\":\"%s\",\"person\":\"%s\"}", actor, who) : g_strdup_printf("{\"actor\":\"%s\"}", actor);
  record(f, "actor.matched", subject, body);
}

static void people_decide(struct fixture *f, const void *data) {
  g_autoptr(GError) error = NULL;
  statement(f, "openid:https://ann.example", "passed", "");
  statement(f, "mailto:bob@example.com", "passed", "");
  match(f, "m1", "openid:https://ann.example", "p-1");
  g_assert_cmpint(results_of(f, "p-1"), ==, 1);
  record(f, "actor.unmatched", "match:m1", "{}");
  g_assert_cmpint(results_of(f, "p-1"), ==, 0);
  match(f, "m2", "openid:https://ann.example", "p-1");
  match(f, "m3", "mailto:bob@example.com", NULL); /* a word of a person's counts before what is certain */
  g_assert_cmpint(results_of(f, "p-1"), ==, 1);
  g_assert_cmpint(results_of(f, "p-2"), ==, 0);
  { /* the link stands sealed */
    g_autofree char *actor = matching_name(f->seal, "openid:https://ann.example");
    g_autoptr(db_auto) db = store_read(f->store, &error);
    g_autoptr(query_auto) query = db_query(db, &error, "company.all_actor_match", "");
    int rows = 0;
    for (; query_next(query, &error) == 1; rows++) g_assert_true(seal_is_sealed(query_text(query, 2)) && !strstr(query_text(query, 2), actor));
    g_assert_cmpint(rows, ==, 3);
  }
  g_autoptr(ledger_write_auto) write = ledger_write(f->ledger, f->now, &error);
  g_assert_true(erase_record(write, "p-1", NULL, "system", &error) && ledger_commit(g_steal_pointer(&write), &error) && erase_apply(f->ledger, f->now, NULL, &error));
  g_assert_cmpint(results_of(f, "p-1"), ==, 0);
}

static void shared_mailboxes_are_nobodys(struct fixture *f, const void *data) {
  statement(f, "mailto:bob@example.com", "passed", "");
  person(f, 3, "bob@example.com", ",\"termination_date\":\"2025-01-31\"");
  g_assert_cmpint(results_of(f, "p-2"), ==, 1); /* the other has left */
  person(f, 4, "BOB@example.com", "");
  g_assert_true(results_of(f, "p-2") == 0 && results_of(f, "p-4") == 0);
}

static void skills_are_found(struct fixture *f, const void *data) {
  g_autoptr(company_auto) company = load(f);
  g_autoptr(GHashTable) names = matching_skills(company->skills.at, company->skills.count);
  struct evidence_activity activities[] = { { "https://x/c", "Haggling" }, { "https://x/none", "none of ours" } };
  struct evidence_rules rules = { .activities = activities, .activity_count = 2, .by_id = true, .by_name = true }, bare = { .by_name = false };
  g_assert_cmpint(matching_skill_of(names, &rules, "https://x/c/1", NULL), ==, 0);
  g_assert_cmpint(matching_skill_of(names, &rules, "https://x/none/negotiation", "Negotiation"), ==, -1); /* what a rule says is not guessed at */
  g_assert_cmpint(matching_skill_of(names, &rules, "https://x/NEGOTIATION#3", NULL), ==, 0);
  g_assert_cmpint(matching_skill_of(names, &rules, "https://x/y", "negotiation"), ==, 0);
  g_assert_cmpint(matching_skill_of(names, &bare, "https://x/negotiation", "negotiation"), ==, -1);
  g_assert_cmpint(matching_skill_of(names, &rules, NULL, NULL), ==, -1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert_true(sodium_init() >= 0);
  static const struct { const char *name; void (*test)(struct fixture *, const void *); } tests[] = {
    { "/matching/rules", rules_are_applied }, { "/matching/certain", certain_ones_are_matched }, { "/matching/accounts", accounts_are_matched_by_rule },
    { "/matching/unreadable", unreadable_rules_count_nothing }, { "/matching/decided", people_decide }, { "/matching/shared", shared_mailboxes_are_nobodys }, { "/matching/skills", skills_are_found } };
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) g_test_add(tests[i].name, struct fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run();
}
