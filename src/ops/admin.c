/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The house itself: how much there is, letting agents run, finding things by name, who the accounts are, which rules hold. */
#include "gate/account.h"
#include "ops/outcomes.h"
#include "runtime/wake.h"
#include <string.h>

/* ---- status, run ------------------------------------------------------------------------------------------------ */

static bool status(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  int64_t head = db ? ledger_head(db, error) : -1;
  if (head < 0) return false;
  const struct company *company = view->company;
  g_autoptr(GPtrArray) silences = wake_silences(db, call->now, error);
  if (!silences) return false;
  g_autofree char *store = store_describe(system_store(call->system));
  json_put_integer(out, "people", company->people.count);
  json_put_integer(out, "teams", company->teams.count);
  json_put_integer(out, "skills", company->skills.count);
  json_put_integer(out, "goals", company->goals.count);
  json_put_integer(out, "results", company->results.count);
  json_put_integer(out, "events", head);
  json_put_integer(out, "bytes", store_size(system_store(call->system)));
  json_put_string(out, "store", store);
  put_day(out, "data_until", company->people.count ? company->last_day : CLOCK_NO_DAY);
  json_open_array(out, "missing_files");
  for (int i = 0; i < FILE_COUNT; i++)
    if (!company->have[i]) json_put_string(out, NULL, formats[i].file);
  json_close_array(out);
  json_open_array(out, "silent");
  for (guint i = 0; i < silences->len; i++) json_put_string(out, NULL, silences->pdata[i]);
  json_close_array(out);
  return true;
}

static bool report_progress(void *data, const char *what, double share) { return op_progress(data, what, share, NULL); }

static bool run(struct op_call *call, struct json_writer *out, GError **error) {
  struct runner_report report = { 0 };
  bool fine = system_run(call->system, call->now, report_progress, call, &report, error);
  json_put_integer(out, "turns", report.turns);
  json_put_integer(out, "claims", report.claims);
  json_put_integer(out, "retracted", report.retracted);
  json_put_integer(out, "proposals", report.proposals);
  json_put_integer(out, "deliveries", report.deliveries);
  json_put_integer(out, "withheld", report.withheld);
  json_put_integer(out, "refused", report.refused);
  return fine;
}

/* ---- search ----------------------------------------------------------------------------------------------------- */

#define MOST_HITS 20

struct hits { struct json_writer *out; char *needle; int count; };

static void try_hit(struct hits *hits, const char *kind, const char *id, const char *title, const char *text) {
  if (hits->count >= MOST_HITS) return;
  g_autofree char *all = g_strconcat(id ? id : "", " ", title ? title : "", " ", text ? text : "", NULL);
  g_autofree char *folded = g_utf8_casefold(all, -1);
  if (!strstr(folded, hits->needle)) return;
  hits->count++;
  json_open_object(hits->out, NULL);
  json_put_string(hits->out, "kind", kind);
  json_put_string(hits->out, "id", id);
  json_put_string(hits->out, "title", title);
  json_put_string(hits->out, "text", text);
  json_close_object(hits->out);
}

static bool search(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  g_autoptr(GPtrArray) outcomes = needs ? outcomes_read(call, view->company, error) : NULL;
  if (!outcomes) return false;
  const struct company *company = view->company;
  unsigned roles = call->caller.roles;
  struct hits hits = { out, g_utf8_casefold(op_text(call, "q"), -1), 0 };
  json_open_array(out, "hits");
  for (int i = 0; access_allows(roles, MAY_READ_GOALS) && i < company->goals.count; i++) try_hit(&hits, "goal", company->goals.at[i].id, company->goals.at[i].name, company->goals.at[i].unit);
  for (guint i = 0; access_allows(roles, MAY_READ_NEEDS) && i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    try_hit(&hits, "need", need->id, need->title, json_string(json_get(need->value, "reason")));
  }
  for (guint i = 0; access_allows(roles, MAY_READ_IMPACT) && i < outcomes->len; i++) {
    const struct intervention *plan = ((const struct outcome *)outcomes->pdata[i])->plan;
    try_hit(&hits, "intervention", plan->id, plan->title, plan->remedy);
  }
  for (int i = 0; access_allows(roles, MAY_READ_SKILLS) && i < company->skills.count; i++) try_hit(&hits, "skill", company->skills.at[i].id, company->skills.at[i].name, company->skills.at[i].aliases);
  for (int i = 0; access_allows(roles, MAY_READ_STUDIO) && i < company->assets.count; i++) try_hit(&hits, "asset", company->assets.at[i].id, company->assets.at[i].title, company->assets.at[i].modality);
  for (int i = 0; access_allows(roles, MAY_READ_STUDIO) && i < company->sources.count; i++) {
    const struct source *source = &company->sources.at[i];
    try_hit(&hits, "source", source->name, source->title ? source->title : source->name, source->owner);
  }
  for (int i = 0; access_allows(roles, MAY_READ_NEEDS) && !ops_is_confined(call) && i < company->requests.count; i++)
    try_hit(&hits, "request", company->requests.at[i].id, company->requests.at[i].title, company->requests.at[i].description);
  json_close_array(out);
  g_free(hits.needle);
  return true;
}

/* ---- accounts, rules -------------------------------------------------------------------------------------------- */

static bool accounts(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) list = account_list(system_store(call->system), error);
  if (!list) return false;
  json_open_array(out, "accounts");
  for (guint i = 0; i < list->len; i++) {
    const struct account *account = list->pdata[i];
    json_open_object(out, NULL);
    json_put_string(out, "login", account->login);
    json_put_string(out, "name", account->name);
    json_put_bool(out, "person", account->person != NULL);
    account_write_roles(out, "roles", account->roles);
    json_put_bool(out, "disabled", account->disabled);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* The opaque id of an employee number; NULL with an error where nobody has it. */
static char *person_of(struct op_call *call, const char *number, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autofree char *id = id_person(system_key(call->system), number);
  int64_t digest;
  int got = db ? db_one(db, &digest, error, "company.find_person", "t", id) : -1;
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "nobody has the employee number \"%s\"", number);
  return got == 1 ? g_steal_pointer(&id) : NULL;
}

static bool accounts_add(struct op_call *call, struct json_writer *out, GError **error) {
  unsigned roles;
  const char *number = op_text(call, "employee_number"), *name = op_text(call, "name");
  g_autofree char *person = number ? person_of(call, number, error) : NULL;
  if ((number && !person) || !access_parse_roles(op_text(call, "roles"), &roles, error)) return false;
  g_autofree char *password = account_make_password();
  const char *login = op_text(call, "login");
  if (!account_add(system_ledger(call->system), call->now, call->caller.actor, login, name ? name : login, person, roles, password, error)) return false;
  json_put_string(out, "login", login);
  json_put_string(out, "password", password);
  return true;
}

static bool accounts_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(account_auto) account = { 0 };
  int got = account_find(system_store(call->system), op_text(call, "login"), &account, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no account \"%s\"", op_text(call, "login"));
  if (got != 1) return false;
  json_put_string(out, "login", account.login);
  json_put_string(out, "name", account.name);
  json_put_bool(out, "person", account.person != NULL);
  account_write_roles(out, "roles", account.roles);
  json_put_bool(out, "disabled", account.disabled);
  return true;
}

static bool accounts_roles(struct op_call *call, struct json_writer *out, GError **error) {
  unsigned roles;
  return access_parse_roles(op_text(call, "roles"), &roles, error) &&
    account_set_roles(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "login"), roles, error) && accounts_show(call, out, error);
}

static bool accounts_disable(struct op_call *call, struct json_writer *out, GError **error) {
  if (g_strcmp0(op_text(call, "login"), call->caller.account) == 0) return fail(error, MENO_ERROR_CONFLICT, "you cannot close your own account; ask another administrator");
  return account_set_disabled(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "login"), true, error) && accounts_show(call, out, error);
}

static bool accounts_enable(struct op_call *call, struct json_writer *out, GError **error) {
  return account_set_disabled(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "login"), false, error) && accounts_show(call, out, error);
}

static bool accounts_password(struct op_call *call, struct json_writer *out, GError **error) {
  g_autofree char *password = account_make_password();
  if (!account_set_password(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "login"), password, error)) return false;
  json_put_string(out, "login", op_text(call, "login"));
  json_put_string(out, "password", password);
  return true;
}

static bool rules(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) sentences = rules_sentences(system_rules(call->system));
  json_put_string(out, "revision", system_rules(call->system)->revision);
  json_open_array(out, "sentences");
  for (guint i = 0; i < sentences->len; i++) json_put_string(out, NULL, sentences->pdata[i]);
  json_close_array(out);
  json_put_integer(out, "threshold", OPS_LEAST_PEOPLE);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field status_out[] = { { "people", FIELD_COUNT, REQUIRED, "" }, { "teams", FIELD_COUNT, REQUIRED, "" }, { "skills", FIELD_COUNT, REQUIRED, "" }, { "goals", FIELD_COUNT, REQUIRED, "" },
  { "results", FIELD_COUNT, REQUIRED, "" }, { "events", FIELD_COUNT, REQUIRED, "" }, { "bytes", FIELD_COUNT, REQUIRED, "on disk" }, { "store", FIELD_TEXT(0), REQUIRED, "" },
  { "data_until", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "missing_files", FIELD_TEXTS, REQUIRED, "" },
  { "silent", FIELD_TEXTS, REQUIRED, "what has not come in for too long" }, { 0 } };
static const struct field run_out[] = { { "turns", FIELD_COUNT, REQUIRED, "" }, { "claims", FIELD_COUNT, REQUIRED, "" }, { "retracted", FIELD_COUNT, REQUIRED, "" }, { "proposals", FIELD_COUNT, REQUIRED, "" },
  { "deliveries", FIELD_COUNT, REQUIRED, "blocks put before people" }, { "withheld", FIELD_COUNT, REQUIRED, "not worth the approvers' time now" }, { "refused", FIELD_COUNT, REQUIRED, "against the rules" }, { 0 } };
static const struct field search_in[] = { { "q", FIELD_TEXT(200), REQUIRED | IN_PATH, "words to look for" }, { 0 } };
static const struct field hit_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "id", FIELD_ID("thing"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field search_out[] = { { "hits", FIELD_LIST(hit_row), REQUIRED, "" }, { 0 } };
static const struct field account_row[] = { { "login", FIELD_TEXT(0), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "person", FIELD_BOOL, REQUIRED, "belongs to somebody of the company" },
  { "roles", FIELD_TEXTS, REQUIRED, "" }, { "disabled", FIELD_BOOL, REQUIRED, "" }, { 0 } };
static const struct field accounts_out[] = { { "accounts", FIELD_LIST(account_row), REQUIRED, "" }, { 0 } };
static const struct field add_in[] = { { "login", FIELD_TEXT(ACCOUNT_LOGIN_MOST), REQUIRED | IN_PATH, "the login" }, { "roles", FIELD_TEXT(200), REQUIRED, "lead, approver, manager, employee, analyst, privacy officer, administrator; commas between" },
  { "name", FIELD_TEXT(200), 0, "" }, { "employee_number", FIELD_TEXT(LIMIT_ID), 0, "whose account it is" }, { 0 } };
static const struct field add_out[] = { { "login", FIELD_TEXT(0), REQUIRED, "" }, { "password", FIELD_TEXT(0), REQUIRED, "shown once" }, { 0 } };
static const struct field login_in[] = { { "login", FIELD_TEXT(ACCOUNT_LOGIN_MOST), REQUIRED | IN_PATH, "the login" }, { 0 } };
static const struct field roles_in[] = { { "login", FIELD_TEXT(ACCOUNT_LOGIN_MOST), REQUIRED | IN_PATH, "the login" }, { "roles", FIELD_TEXT(200), REQUIRED, "all that it shall have; commas between" }, { 0 } };
static const struct field rules_out[] = { { "revision", FIELD_TEXT(0), REQUIRED, "" }, { "sentences", FIELD_TEXTS, REQUIRED, "" }, { "threshold", FIELD_COUNT, REQUIRED, "people behind a figure, at least" }, { 0 } };

const struct op system_ops[] = {
  { "status", GET, "/status", MAY_READ_GOALS, NULL, status_out, status, "How much there is, and which files are missing", "running the system" },
  { "run", POST, "/run", MAY_IMPORT, NULL, run_out, run, "Let the agents run until they are idle", "running the system", BODY_JSON, true },
  { "search", GET, "/search", MAY_SIGNED_IN, search_in, search_out, search, "Find goals, needs, interventions, skills and requests by words", "steering" },
  { "rules show", GET, "/rules", MAY_SIGNED_IN, NULL, rules_out, rules, "The decision rules in force, in words", "deciding" },
  { "accounts list", GET, "/accounts", MAY_OPERATE, NULL, accounts_out, accounts, "Accounts and their roles", "running the system" },
  { "accounts add", POST, "/accounts", MAY_OPERATE, add_in, add_out, accounts_add, "Add an account; its password is shown once", "running the system" },
  { "accounts roles", POST, "/accounts/{login}/roles", MAY_OPERATE, roles_in, account_row, accounts_roles, "Give an account other roles", "running the system" },
  { "accounts disable", POST, "/accounts/{login}/disable", MAY_OPERATE, login_in, account_row, accounts_disable, "Close an account; its sessions and tokens end", "running the system" },
  { "accounts enable", POST, "/accounts/{login}/enable", MAY_OPERATE, login_in, account_row, accounts_enable, "Open a closed account again", "running the system" },
  { "accounts password", POST, "/accounts/{login}/password", MAY_OPERATE, login_in, add_out, accounts_password, "Make a new password, shown once; sessions end", "running the system" },
  { 0 } };
