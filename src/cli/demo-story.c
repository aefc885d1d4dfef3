/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The demo's story goes through the same operations as its named users' pages: nothing here writes to the ledger by itself,
 * so what it shows could have been clicked. The simulated company answers the registered plans through its files.
 *
 * People answer deliveries as chance has it, drawn from the delivery's id: the same demo twice tells the same story. */
#include "base/id.h"
#include "cli/demo.h"
#include "gate/account.h"
#include "ops/tables.h"
#include "sim/sim.h"
#include <string.h>

#define MORE 13                /* weeks, after which what was read in 39 weeks can be told, too */
#define WEEK (7 * CLOCK_DAY)
#define IMPORT_EVERY 4         /* weeks */
#define MOST_ROUNDS 5          /* of deciding: what is accepted makes agents propose more */
#define REASON "Agreed: the evidence speaks for it, and it is the smallest thing that could help."

static bool note(struct story *story, const char *what, double share, GError **error) {
  return !story->progress || story->progress(story->progress_data, what, share) || fail(error, MENO_ERROR_CANCELLED, "stopped while %s", what);
}

/* ---- acting as somebody ----------------------------------------------------------------------------------------- */

static bool act_as(struct story *story, const struct caller *caller, const char *name, const char *in, char **files, struct json_doc **ret_doc, GString *out, GError **error) {
  g_autoptr(GArray) read = cli_read_files(files, error);
  if (!read) return false;
  struct op_call call = { .op = op_find(name), .system = story->system, .caller = *caller, .now = system_now(story->system),
    .files = (const struct op_file *)(void *)read->data, .file_count = read->len };
  if (!op_run(&call, in, strlen(in), out, error)) return false;
  if (ret_doc) *ret_doc = json_parse(out->str, out->len, error);
  return !ret_doc || *ret_doc;
}

/* The account's caller; its texts live with `account` and `*ret_actor`. */
static bool caller_of(struct story *story, const char *login, struct account *account, char **ret_actor, struct caller *ret_caller, GError **error) {
  int got = account_find(system_store(story->system), login, account, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "the demo has no account \"%s\"; delete the folder and make it anew", login);
  if (got != 1) return false;
  *ret_actor = account_actor(account);
  *ret_caller = (struct caller){ .account = account->login, .actor = *ret_actor, .person = account->person, .roles = account->roles };
  return true;
}

/* ---- deciding --------------------------------------------------------------------------------------------------- */

static char *acceptance_of(struct json proposal) {
  struct json_writer in;
  json_writer_init(&in);
  json_open_object(&in, NULL);
  json_put_value(&in, "id", json_get(proposal, "id"));
  json_put_value(&in, "hash", json_get(proposal, "hash"));
  json_put_string(&in, "reason", REASON);
  json_open_array(&in, "criteria");
  struct json_iter it = json_iter(json_get(proposal, "criteria"));
  while (json_next(&it)) json_put_value(&in, NULL, json_get(it.value, "id"));
  json_close_array(&in);
  json_close_object(&in);
  return json_writer_steal(&in, NULL);
}

static bool accept_one(struct story *story, const struct caller *caller, struct json id, GError **error) {
  g_autofree char *ask = g_strdup_printf("{\"id\":\"%s\"}", json_string(id));
  g_autoptr(GString) shown = g_string_new(""), answer = g_string_new("");
  g_autoptr(json_doc_auto) doc = NULL;
  if (!act_as(story, caller, "approvals show", ask, NULL, &doc, shown, error)) return false;
  g_autofree char *in = acceptance_of(json_root(doc));
  return act_as(story, caller, "approvals accept", in, NULL, NULL, answer, error);
}

/* How many proposals this user accepted; -1 on error. */
static int decide_as(struct story *story, const char *login, GError **error) {
  g_auto(account_auto) account = { 0 };
  g_autofree char *actor = NULL;
  struct caller caller;
  g_autoptr(GString) listed = g_string_new("");
  g_autoptr(json_doc_auto) doc = NULL;
  if (!caller_of(story, login, &account, &actor, &caller, error) || !act_as(story, &caller, "approvals list", "{}", NULL, &doc, listed, error)) return -1;
  int count = 0;
  struct json_iter it = json_iter(json_get(json_root(doc), "proposals"));
  while (json_next(&it)) {
    if (!json_true(json_get(it.value, "mine"))) continue;
    if (!accept_one(story, &caller, json_get(it.value, "id"), error)) return -1;
    count++;
  }
  return count;
}

/* The lead confirms the cause of the need that is worth the most and can be helped by learning. */
static bool confirm_cause(struct story *story, GError **error) {
  g_auto(account_auto) account = { 0 };
  g_autofree char *actor = NULL;
  struct caller caller;
  g_autoptr(GString) listed = g_string_new(""), answer = g_string_new("");
  g_autoptr(json_doc_auto) doc = NULL;
  if (!caller_of(story, "lead", &account, &actor, &caller, error) || !act_as(story, &caller, "needs list", "{}", NULL, &doc, listed, error)) return false;
  struct json_iter it = json_iter(json_get(json_root(doc), "needs"));
  while (json_next(&it)) {
    struct json cause = json_get(it.value, "cause");
    if (!json_equals(json_get(it.value, "status"), "open") || !json_equals(cause, "skill")) continue;
    if (json_string(json_get(it.value, "confirmed_by"))) return true;
    g_autofree char *in = g_strdup_printf("{\"id\":\"%s\",\"cause\":\"skill\",\"reason\":\"The team leads see the same at the customers.\"}", json_string(json_get(it.value, "id")));
    return act_as(story, &caller, "needs confirm", in, NULL, NULL, answer, error);
  }
  return true;
}

static bool run_agents(struct story *story, GError **error) {
  struct runner_report report;
  return system_run(story->system, system_now(story->system), NULL, NULL, &report, error);
}

bool story_decide(struct story *story, GError **error) {
  if (!note(story, "deciding as the lead and the approver", 0, error) || !run_agents(story, error) || !confirm_cause(story, error)) return false;
  for (int round = 0, count = 1; round < MOST_ROUNDS && count > 0; round++) {
    if (!run_agents(story, error)) return false;
    int lead = decide_as(story, "lead", error), approver = lead < 0 ? -1 : decide_as(story, "approver", error);
    if (approver < 0) return false;
    count = lead + approver;
  }
  return run_agents(story, error);
}

/* ---- 26 weeks --------------------------------------------------------------------------------------------------- */

/* Of a hundred people: 55 do it, 15 open it, 7 say no, the rest let it lapse. */
static const char *answer_to(const char *delivery) {
  uint8_t hash[DIGEST_BYTES];
  digest(delivery, strlen(delivery), hash);
  int drawn = (hash[0] * 256 + hash[1]) % 100;
  return drawn < 55 ? "me done" : drawn < 70 ? "me open" : drawn < 77 ? "me decline" : NULL;
}

/* Persons who have accounts answer for themselves. */
static GHashTable *persons_with_accounts(struct story *story, GError **error) {
  g_autoptr(GPtrArray) accounts = account_list(system_store(story->system), error);
  if (!accounts) return NULL;
  GHashTable *persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < accounts->len; i++) {
    const struct account *account = accounts->pdata[i];
    if (account->person) g_hash_table_add(persons, g_strdup(account->person));
  }
  return persons;
}

static bool answer_deliveries(struct story *story, GError **error) {
  g_autoptr(view_auto) view = system_view(story->system, error);
  g_autoptr(GHashTable) themselves = view ? persons_with_accounts(story, error) : NULL;
  if (!themselves) return false;
  const struct company *company = view->company;
  int64_t now = system_now(story->system);
  for (int i = 0; i < company->deliveries.count; i++) {
    const struct delivery *delivery = &company->deliveries.at[i];
    bool fresh = delivery->at <= now && delivery->at > now - WEEK && delivery->state == DELIVERY_SHOWN;
    const char *person = company->people.at[delivery->person].id, *name = fresh && !g_hash_table_contains(themselves, person) ? answer_to(delivery->id) : NULL;
    if (!name) continue;
    g_autofree char *actor = g_strconcat("person:", person, NULL), *in = g_strdup_printf("{\"id\":\"%s\"}", delivery->id);
    struct caller caller = { .account = person, .actor = actor, .person = person, .roles = ROLE_EMPLOYEE };
    g_autoptr(GString) out = g_string_new("");
    if (!act_as(story, &caller, name, in, NULL, NULL, out, error)) return false;
  }
  return true;
}

bool story_import(struct story *story, GError **error) {
  struct caller operator = cli_operator();
  char *files[] = { story->files, NULL };
  g_autoptr(GString) report = g_string_new("");
  g_autoptr(json_doc_auto) doc = NULL;
  if (!act_as(story, &operator, "import", "{}", files, &doc, report, error)) return false;
  const char *refused = json_string(json_get(json_root(doc), "refused"));
  return !refused || fail(error, MENO_ERROR_BAD_INPUT, "the simulated files were refused: %s", refused);
}

/* The company's files as they are on that day, with what the registered plans did. */
static bool grow_files(struct story *story, int32_t until, GError **error) {
  struct caller operator = cli_operator();
  g_autoptr(GString) plan = g_string_new("");
  if (!act_as(story, &operator, "interventions list", "{}", NULL, NULL, plan, error)) return false;
  return sim_respond(story->files, plan->str, plan->len, until, NULL, NULL, error);
}

static bool a_week(struct story *story, int week, int until, int64_t begin, GError **error) {
  g_autofree char *what = g_strdup_printf("week %d of %d", week, until);
  int64_t now = begin + week * WEEK;
  if (!note(story, what, (double)week / (until + 1), error) || !system_advance(story->system, now, error)) return false;
  if (week % IMPORT_EVERY == 0 || week == until) {
    if (!grow_files(story, sim_monday(clock_day(now)), error) || !story_import(story, error)) return false;
  }
  return run_agents(story, error) && answer_deliveries(story, error);
}

/* Whole weeks that have passed: the clock on the wall goes on while a week is worked through, which takes from them. */
static int weeks_passed(const struct story *story) { return (int)((system_ahead(story->system) + CLOCK_DAY) / WEEK); }

int story_weeks(const struct story *story) {
  int passed = weeks_passed(story);
  return passed < STORY_WEEKS ? STORY_WEEKS : passed < STORY_WEEKS + MORE ? MORE : 0;
}

bool story_later(struct story *story, GError **error) {
  if (!story_decide(story, error)) return false;
  int passed = weeks_passed(story), until = passed < STORY_WEEKS ? STORY_WEEKS : STORY_WEEKS + MORE;
  int64_t begin = system_now(story->system) - passed * WEEK;
  for (int week = passed + 1; week <= until; week++) /* stopped half-way, it goes on where it was */
    if (!a_week(story, week, until, begin, error)) return false;
  return note(story, "the weeks have passed", 1, error);
}
