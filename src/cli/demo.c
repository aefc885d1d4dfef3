/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The demo: a simulated company's files go the way of any company's files, with one account for each kind of user, who are
 * people of that company. A second run finds it all there and serves it. */
#include "cli/demo.h"
#include "cli/serve.h"
#include "ops/tables.h"
#include "gate/account.h"
#include "sim/sim.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define DEMO_PASSWORD "welcome-to-meno" /* of a made-up company on 127.0.0.1, printed at each start */

struct demo { struct cli *cli; struct system *system; struct story story; char *files; uint64_t people, seed, port; bool serve; int64_t begun; };

/* ---- who plays whom --------------------------------------------------------------------------------------------- */

/* The order of people in a snapshot hangs on the key of the data folder; who plays whom must not. */
static bool comes_first(const struct company *company, int person, int other) {
  return other < 0 || strcmp(company->people.at[person].employee_number, company->people.at[other].employee_number) < 0;
}

/* The need that learning would close and that is worth the most; NULL: none. */
static const struct known_need *learning_need(const struct company *company) {
  const struct known_need *best = NULL;
  for (int i = 0; i < company->needs.count; i++) {
    const struct known_need *need = &company->needs.at[i];
    if (need->goal >= 0 && need->cause == CAUSE_SKILL && need->money > (best ? best->money : 0)) best = need;
  }
  return best;
}

static bool is_concerned(const struct known_need *need, int team) {
  for (int i = 0; need && i < need->team_count; i++)
    if (need->teams[i] == team) return true;
  return need == NULL;
}

/* A manager of a team large enough to be shown, where learning would help; and somebody of that team with results. */
static int pick_manager(const struct company *company, int *ret_team) {
  int manager = *ret_team = -1;
  const struct known_need *need = learning_need(company);
  for (int t = 0; t < company->teams.count; t++) {
    const struct team *team = &company->teams.at[t];
    if (team->size < 8 || !is_concerned(need, t) || team->manager < 0 || !comes_first(company, team->manager, manager)) continue;
    *ret_team = t;
    manager = team->manager;
  }
  return manager;
}

static int pick_member(const struct view *view, int team, int other_than) {
  int best = -1, most = -1;
  for (int p = 0; p < view->company->people.count; p++) {
    const struct person *person = &view->company->people.at[p];
    if (person->team != team || person->status == PERSON_LEFT || p == other_than) continue;
    int skills = 0;
    for (int s = 0; s < view->company->skills.count; s++) skills += levels_find(view->levels, p, s) != NULL;
    if (skills > most || (skills == most && comes_first(view->company, p, best))) {
      most = skills;
      best = p;
    }
  }
  return best;
}

/* Somebody whose job or department speaks of `word`, and who is not taken yet. */
static int pick_by_word(const struct company *company, const char *word, const int *taken, int count) {
  int best = -1, otherwise = -1;
  for (int p = 0; p < company->people.count; p++) {
    const struct person *person = &company->people.at[p];
    bool used = person->status != PERSON_ACTIVE;
    for (int i = 0; i < count; i++) used |= taken[i] == p;
    if (used) continue;
    if (comes_first(company, p, otherwise)) otherwise = p;
    g_autofree char *job = person->job >= 0 ? g_ascii_strdown(company->jobs.at[person->job].title, -1) : NULL;
    if (job && strstr(job, word) && comes_first(company, p, best)) best = p;
  }
  return best >= 0 ? best : otherwise;
}

static const struct { const char *login, *word; unsigned roles; } players[] = {
  { "lead", "learning", ROLE_LEAD | ROLE_EMPLOYEE }, { "approver", "head", ROLE_APPROVER | ROLE_EMPLOYEE }, { "manager", NULL, ROLE_MANAGER | ROLE_EMPLOYEE },
  { "employee", NULL, ROLE_EMPLOYEE }, { "analyst", "analyst", ROLE_ANALYST }, { "privacy", "legal", ROLE_PRIVACY }, { "admin", "engineer", ROLE_ADMIN } };

static bool add_accounts(struct demo *demo, GError **error) {
  g_autoptr(view_auto) view = system_view(demo->system, error);
  if (!view) return false;
  int taken[G_N_ELEMENTS(players)], team;
  taken[2] = pick_manager(view->company, &team);
  taken[3] = pick_member(view, team, taken[2]);
  static const int order[] = { 2, 3, 0, 1, 4, 5, 6 };
  for (size_t i = 2; i < G_N_ELEMENTS(players); i++) {
    int used[G_N_ELEMENTS(players)];
    for (size_t u = 0; u < i; u++) used[u] = taken[order[u]];
    taken[order[i]] = pick_by_word(view->company, players[order[i]].word, used, (int)i);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(players); i++) {
    g_autofree char *name = ops_person_name(view->company, taken[i]);
    const char *person = taken[i] >= 0 ? view->company->people.at[taken[i]].id : NULL;
    if (!account_add(system_ledger(demo->system), system_now(demo->system), "account:operator", players[i].login, name, person, players[i].roles, DEMO_PASSWORD, error)) return false;
  }
  return true;
}

/* ---- the main job ----------------------------------------------------------------------------------------------- */

static bool simulate(struct demo *demo, GError **error) {
  struct sim_options options = { .people = (int)demo->people, .seed = demo->seed, .until = sim_monday(clock_day(clock_now(&demo->cli->clock))), .weeks = SIM_WEEKS };
  return sim_write_company(demo->files, &options, progress_note, NULL, error);
}

static bool run_op(struct demo *demo, const char *name, const char *in, char **files, GString *out, GError **error) {
  struct caller operator = cli_operator();
  return cli_run_op(demo->cli, demo->system, op_find(name), &operator, in, files, out, NULL, error);
}

/* The first time a company is made and brought in; later starts find it there. */
static bool prepare(struct demo *demo, GError **error) {
  g_autoptr(GString) report = g_string_new("");
  g_autoptr(GPtrArray) accounts = account_list(system_store(demo->system), error);
  if (!accounts) return false;
  bool first = accounts->len == 0;
  if (first && !(simulate(demo, error) && story_import(&demo->story, error))) return false;
  if (!run_op(demo, "run", "{}", NULL, report, error)) return false;
  return !first || add_accounts(demo, error);
}

/* Asked for in the client: 26 weeks, then 13 more. */
static void offer_later(struct demo *demo);

static bool later(void *data, struct op_call *call, GError **error) {
  struct demo *demo = data;
  struct story story = { .system = demo->system, .files = demo->files, .progress = call->progress, .progress_data = call->progress_data };
  if (!story_later(&story, error)) return false;
  offer_later(demo);
  return true;
}

static void offer_later(struct demo *demo) {
  int weeks = story_weeks(&demo->story);
  system_set_later(demo->system, weeks ? later : NULL, demo, weeks);
}

/* ---- what it prints --------------------------------------------------------------------------------------------- */

static void copy_needs(struct json_writer *out, struct json needs, bool declined) {
  json_open_array(out, declined ? "declined" : "needs");
  struct json_iter it = json_iter(needs);
  while (json_next(&it)) {
    struct json status = json_get(it.value, "status");
    bool no = json_equals(status, "not a training problem") || json_equals(status, "not a priority");
    if (!declined) json_put_value(out, NULL, it.value);
    else if (no) {
      json_open_object(out, NULL);
      static const char *const keys[] = { "id", "instead", "reason", "status", "title" };
      for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) json_put_value(out, keys[i], json_get(it.value, keys[i]));
      json_close_object(out);
    }
  }
  json_close_array(out);
}

/* An operation's answer, parsed; the text lives with `text`. */
static struct json_doc *answer_of(struct demo *demo, const char *op, GString *text, GError **error) {
  return run_op(demo, op, "{}", NULL, text, error) ? json_parse(text->str, text->len, error) : NULL;
}

static bool copy_answer(struct demo *demo, struct json_writer *out, const char *op, const char *member, const char *as, GError **error) {
  g_autoptr(GString) text = g_string_new("");
  g_autoptr(json_doc_auto) doc = answer_of(demo, op, text, error);
  if (doc) json_put_value(out, as, json_get(json_root(doc), member));
  return doc != NULL;
}

/* What the agents held before anybody decided; then the whole story, and what came of it. */
static bool write_story(struct demo *demo, struct json_writer *out, GError **error) {
  g_autoptr(GString) text = g_string_new("");
  g_autoptr(json_doc_auto) needs = answer_of(demo, "needs list", text, error);
  if (!needs || !copy_answer(demo, out, "approvals list", "proposals", "approvals", error)) return false;
  copy_needs(out, json_get(json_root(needs), "needs"), true);
  copy_needs(out, json_get(json_root(needs), "needs"), false);
  if (story_weeks(&demo->story) == STORY_WEEKS && !story_later(&demo->story, error)) return false;
  return copy_answer(demo, out, "studio assets", "assets", "assets", error) && copy_answer(demo, out, "deliveries list", "deliveries", "deliveries", error) &&
    copy_answer(demo, out, "interventions list", "interventions", "interventions", error) && copy_answer(demo, out, "impact list", "impact", "impact", error) &&
    copy_answer(demo, out, "status", "events", "events", error) && copy_answer(demo, out, "status", "people", "people", error);
}

static bool print_json(struct demo *demo, GError **error) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  bool fine = write_story(demo, &out, error);
  json_put_number(&out, "seconds", (double)(g_get_monotonic_time() - demo->begun) / 1e6);
  json_close_object(&out);
  g_autofree char *text = json_writer_steal(&out, NULL);
  if (fine) puts(text);
  return fine;
}

static void print_sign_ins(struct demo *demo) {
  g_autoptr(GPtrArray) accounts = account_list(system_store(demo->system), NULL);
  printf("\nSign in as one of these; the password is %s for all of them.\n\n", DEMO_PASSWORD);
  for (guint i = 0; accounts && i < accounts->len; i++) {
    const struct account *account = accounts->pdata[i];
    g_autofree char *roles = rules_role_names(account->roles, "and");
    printf("  %-10s %s, %s\n", account->login, account->name, roles);
  }
}

static void announce(void *data, uint16_t port) {
  print_sign_ins(data);
  printf("\n  http://127.0.0.1:%u\n\nCtrl-C stops it. The data is kept; the next start takes seconds.\n", port);
}

int demo_run(struct cli *cli, char **arguments) {
  struct demo demo = { .cli = cli, .people = SIM_PEOPLE, .seed = SIM_SEED, .port = 8080, .begun = g_get_monotonic_time() };
  demo.serve = !command_option(arguments, "--no-serve", NULL);
  bool numbers = command_number(arguments, "--people", SIM_PEOPLE_MAX, &demo.people) && command_number(arguments, "--seed", UINT64_MAX, &demo.seed) && command_number(arguments, "--port", 65535, &demo.port);
  if (!numbers) return cli_usage(cli, "--people, --seed and --port want whole numbers");
  if (!*arguments || arguments[1]) return cli_usage(cli, "demo wants one folder; see `meno demo --help`");
  char **folder = store_is_address(cli_data(cli)) ? &cli->files : &cli->data;
  g_free(*folder);
  *folder = g_strdup(*arguments);
  progress_catch();
  demo.system = cli_open(cli, true);
  if (!demo.system) return cli->failed;
  demo.files = g_build_filename(cli_folder(cli), "files", NULL);
  demo.story = (struct story){ .system = demo.system, .files = demo.files, .progress = progress_show };
  offer_later(&demo);
  g_autoptr(GError) error = NULL;
  bool fine = prepare(&demo, &error);
  progress_end();
  if (fine && cli->json) fine = print_json(&demo, &error);
  int status = !fine ? cli_fail(cli, error) : 0;
  if (fine && !demo.serve && !cli->json) printf("The company is in %s; `meno demo %s` serves it.\n", *arguments, *arguments);
  if (fine && demo.serve) status = serve_until_stopped(cli, demo.system, &(struct serve_at){ .port = (uint16_t)demo.port }, announce, &demo);
  system_free(demo.system);
  g_free(demo.files);
  return status;
}
