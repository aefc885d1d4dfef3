/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs to load the company when the record store is full: 200,000 statements of 2,000 people (and of accounts that nobody knows),
 * as courses and videos send them, in a ledger on disk with a ring of keys. The best and the median of several rounds, of the
 * processor's time, for the machine is never quiet; beside it the same company without a statement. usage: bench-evidence [STATEMENTS] */
#include "company/fold.h"
#include "company/load.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEOPLE 2000
#define SKILLS 50
#define ACTIVITIES 1000
#define ROUNDS 7

static const struct event_kind *const kinds[] = { company_kinds, claim_kinds, erasure_kinds, NULL };
static const struct fold *const folds[] = { company_folds, claim_folds, erasure_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };
static int64_t now;

/* Of a hundred statements: what programs send most is what happens on the way. */
static const struct sort { int share; const char *verb, *type, *result; } sorts[] = {
  { 35, "https://w3id.org/xapi/video/verbs/played", "https://w3id.org/xapi/video/activity-type/video", "" },
  { 20, "https://w3id.org/xapi/video/verbs/paused", "https://w3id.org/xapi/video/activity-type/video", ",\"progress\":0.4" },
  { 5, "https://w3id.org/xapi/video/verbs/seeked", "https://w3id.org/xapi/video/activity-type/video", "" },
  { 5, "http://adlnet.gov/expapi/verbs/completed", "https://w3id.org/xapi/video/activity-type/video", ",\"completion\":true,\"progress\":1" },
  { 10, "http://adlnet.gov/expapi/verbs/initialized", "http://adlnet.gov/expapi/activities/lesson", "" },
  { 10, "http://adlnet.gov/expapi/verbs/terminated", "http://adlnet.gov/expapi/activities/lesson", "" },
  { 5, "http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/activities/lesson", ",\"completion\":true" },
  { 6, "http://adlnet.gov/expapi/verbs/passed", "http://adlnet.gov/expapi/activities/lesson", ",\"score\":0.8,\"success\":true" },
  { 4, "http://adlnet.gov/expapi/verbs/failed", "http://adlnet.gov/expapi/activities/lesson", ",\"score\":0.4,\"success\":false" },
};

static const struct sort *sort_of(int n) {
  const struct sort *sort = sorts;
  for (int left = n; left >= sort->share; sort++) left -= sort->share;
  return sort;
}

static void append(struct ledger_write *write, const char *kind, const char *subject, const char *body) {
  g_autoptr(GError) error = NULL;
  if (!ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = "system", .body = body }, NULL, &error)) g_error("%s", error->message);
}

static void commit(struct ledger_write *write) {
  g_autoptr(GError) error = NULL;
  if (!ledger_commit(write, &error)) g_error("%s", error->message);
}

static struct ledger_write *begin(struct ledger *ledger) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = ledger_write(ledger, now, &error);
  if (!write) g_error("%s", error->message);
  return write;
}

static void people(struct ledger *ledger) {
  struct ledger_write *write = begin(ledger);
  for (int p = 0; p < PEOPLE; p++) {
    g_autofree char *subject = g_strdup_printf("person:p-%d", p);
    g_autofree char *body = g_strdup_printf("{\"employee_number\":\"%d\",\"employment_status\":\"active\",\"first_name\":\"A\",\"last_name\":\"B%d\",\"work_email\":\"p%d@example.com\","
      "\"memberships\":[{\"from\":\"2024-01-01\",\"primary\":true,\"team\":\"Team %d\"}]}", p, p, p, p / 10);
    append(write, "person.recorded", subject, body);
  }
  for (int s = 0; s < SKILLS; s++) {
    g_autofree char *subject = g_strdup_printf("skill:skill-%d", s), *body = g_strdup_printf("{\"name\":\"Skill %d\",\"skill_id\":\"skill-%d\"}", s, s);
    append(write, "skill.defined", subject, body);
  }
  commit(write);
}

/* Numbers of terms, as the door gives them: who vouches, sorts' verbs and types, activities, mailboxes, accounts. */
enum { AUTHORITY = 1, VERBS, TYPES = VERBS + G_N_ELEMENTS(sorts), OBJECTS = TYPES + G_N_ELEMENTS(sorts), MAILBOXES = OBJECTS + ACTIVITIES, ACCOUNTS = MAILBOXES + PEOPLE };

static const char *number(int64_t n, char out[16]) {
  char *at = out + 15;
  *at = 0;
  do *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[n % STATEMENT_BASE]; while (n /= STATEMENT_BASE);
  return at;
}

static void put_term(GString *terms, int64_t id, char letter, const char *key, const char *name) {
  char text[16];
  g_string_append_printf(terms, "%s\"%s\":{\"key\":\"%c%s\"%s%s%s}", terms->len ? "," : "", number(id, text), letter, key, name ? ",\"name\":\"" : "", name ? name : "", name ? "\"" : "");
}

/* The first statement explains them all. */
static char *all_terms(struct seal *seal) {
  GString *terms = g_string_new("");
  put_term(terms, AUTHORITY, 'p', "a-authority", NULL);
  for (size_t s = 0; s < G_N_ELEMENTS(sorts); s++) {
    bool again = false; /* a verb of two sorts has one term */
    for (size_t k = 0; k < s; k++) again |= strcmp(sorts[k].verb, sorts[s].verb) == 0;
    if (!again) put_term(terms, VERBS + (int64_t)s, 'v', sorts[s].verb, NULL);
    again = false;
    for (size_t k = 0; k < s; k++) again |= strcmp(sorts[k].type, sorts[s].type) == 0;
    if (!again) put_term(terms, TYPES + (int64_t)s, 't', sorts[s].type, NULL);
  }
  for (int a = 0; a < ACTIVITIES; a++) {
    g_autofree char *object = g_strdup_printf("https://lms.example/skill-%d/units/%d", a % SKILLS, a), *name = g_strdup_printf("Unit %d", a);
    put_term(terms, OBJECTS + a, 'o', object, name);
  }
  for (int p = 0; p < 2 * PEOPLE; p++) {
    g_autofree char *key = p < PEOPLE ? g_strdup_printf("mailto:p%d@example.com", p) : g_strdup_printf("account:https://lms.example|u%d", p), *actor = seal_actor(seal, key);
    put_term(terms, MAILBOXES + p, 'p', actor, NULL);
  }
  return g_string_free(terms, FALSE);
}

static int first_with(const char *verb, const char *type) {
  int s = 0;
  while (verb ? strcmp(sorts[s].verb, verb) != 0 : type && strcmp(sorts[s].type, type) != 0) s++;
  return s;
}

static void statement(struct ledger_write *write, const char *terms, int n) {
  const struct sort *sort = sort_of(n % 100);
  uint32_t dice = (uint32_t)n * 2654435761u;
  int person = (int)(dice >> 8) % PEOPLE, activity = (int)(dice >> 4) % ACTIVITIES;
  char id[ID_TEXT], a[16], v[16], o[16], t[16];
  uuid_format(uuid_new(now), id);
  g_autofree char *subject = g_strconcat("statement:", id, NULL);
  g_autofree char *body = g_strdup_printf("{\"actor\":\"a-somebody\",\"after\":%d%s,\"refs\":\"a%s v%s o%s t%s w1\"%s%s%s}", n, sort->result, number((n % 10 == 9 ? ACCOUNTS : MAILBOXES) + person, a),
    number(VERBS + first_with(sort->verb, NULL), v), number(OBJECTS + activity, o), number(TYPES + first_with(NULL, sort->type), t), n ? "" : ",\"terms\":{", n ? "" : terms, n ? "" : "}");
  append(write, "statement.stored", subject, body);
}

static int by_number(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void measure(struct store *store, struct seal *seal, const char *what) {
  double seconds[ROUNDS];
  int results = 0;
  for (int round = 0; round < ROUNDS; round++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(db_auto) db = store_read(store, &error);
    clock_t begun = clock();
    struct company *company = company_load(db, seal, clock_day(now), &error);
    seconds[round] = (double)(clock() - begun) / CLOCKS_PER_SEC;
    if (!company) g_error("%s", error->message);
    results = company->results.count;
    company_unref(company);
  }
  qsort(seconds, ROUNDS, sizeof *seconds, by_number);
  printf("%-40s %8.3f s (best %.3f), %d results\n", what, seconds[ROUNDS / 2], seconds[0], results);
}

int main(int argc, char **argv) {
  static const uint8_t master[32];
  int count = argc > 1 ? atoi(argv[1]) : 200000;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("meno-bench-XXXXXX", &error);
  now = clock_from_civil(2026, 3, 1) * CLOCK_DAY;
  struct store *store = folder ? store_open(folder, &error) : NULL;
  struct seal *seal = seal_new(NULL, master, &error);
  if (!store || !seal) g_error("%s", error->message);
  struct ledger *ledger = ledger_new(store, &tables);
  ledger_use_seal(ledger, seal);
  people(ledger);
  measure(store, seal, "company without a statement");
  g_autofree char *terms = all_terms(seal);
  for (int n = 0; n < count;) {
    struct ledger_write *write = begin(ledger);
    for (int i = 0; i < 10000 && n < count; i++) statement(write, terms, n++);
    commit(write);
  }
  g_autofree char *what = g_strdup_printf("the same with %d", count);
  measure(store, seal, what);
  ledger_free(ledger);
  store_free(store);
  seal_free(seal);
  g_autofree char *remove = g_strdup_printf("rm -r '%s'", folder);
  return system(remove);
}
