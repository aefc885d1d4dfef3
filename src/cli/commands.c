/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands that are no operations: they make, fill, serve and check a whole Meno. */
#include "cli/cli.h"
#include "cli/demo.h"
#include "cli/doctor.h"
#include "cli/serve.h"
#include "cli/statements.h"
#include "cli/upkeep.h"
#include "doors/server.h"
#include "gate/account.h"
#include "ledger/erase.h"
#include "runtime/links.h"
#include "sim/sim.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* ---- small parsing ---------------------------------------------------------------------------------------------- */

bool command_option(char **arguments, const char *name, char **ret_value) {
  for (char **at = arguments; *at; at++) {
    if (strcmp(*at, name) != 0) continue;
    bool flag = !ret_value;
    if (!flag && !at[1]) return false;
    if (!flag) *ret_value = at[1];
    char **rest = at + (flag ? 1 : 2);
    do *at++ = *rest; while (*rest++);
    return true;
  }
  return false;
}

static bool whole_number(const char *text, uint64_t most, uint64_t *ret_number) {
  char *end;
  if (!text || !g_ascii_isdigit(*text)) return false;
  uint64_t number = g_ascii_strtoull(text, &end, 10);
  if (*end || number > most) return false;
  *ret_number = number;
  return true;
}

bool command_number(char **arguments, const char *name, uint64_t most, uint64_t *number) {
  char *text = NULL;
  return !command_option(arguments, name, &text) || whole_number(text, most, number);
}

static int leftover(const struct cli *cli, char **arguments, const char *command) {
  return cli_usage(cli, "\"%s\" is one word too many for \"%s\"; see `meno %s --help`", *arguments, command, command);
}

/* ---- init ------------------------------------------------------------------------------------------------------- */

static int run_init(struct cli *cli, char **arguments) {
  if (*arguments) return leftover(cli, arguments, "init");
  g_autoptr(system_auto) system = cli_open(cli, true);
  if (!system) return cli->failed;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) accounts = account_list(system_store(system), &error);
  if (!accounts) return cli_fail(cli, error);
  g_autofree char *shown = store_shown(cli_data(cli));
  if (accounts->len) {
    if (cli->json) puts("{\"login\":null,\"password\":null}");
    else printf("There is a Meno in %s already, with %u account%s. Nothing was changed.\n", shown, accounts->len, accounts->len == 1 ? "" : "s");
    return 0;
  }
  g_autofree char *password = account_make_password();
  if (!account_add(system_ledger(system), system_now(system), "account:operator", "admin", "Administrator", NULL, ROLE_ADMIN | ROLE_LEAD, password, &error)) return cli_fail(cli, error);
  if (cli->json) printf("{\"login\":\"admin\",\"password\":\"%s\"}\n", password);
  else printf("Made a Meno in %s.\n\n  login     admin\n  password  %s\n\nThis password is shown once. Next: `meno --data %s import people.csv goals.csv …`,\nthen `meno --data %s serve`.\n",
    shown, password, shown, shown);
  return 0;
}

/* ---- simulate --------------------------------------------------------------------------------------------------- */

static bool has_option(char **arguments, const char *name) {
  for (char **argument = arguments; *argument; argument++)
    if (strcmp(*argument, name) == 0) return true;
  return false;
}

static int respond(struct cli *cli, const char *dir, const char *path, const char *until, int32_t day, bool shaped) {
  if (shaped) return cli_usage(cli, "--respond carries on a company that is there; --people, --seed and --weeks make another one, so leave them out");
  if (!until) return cli_usage(cli, "--respond wants --until and a day after the end of the files");
  g_autofree char *plan = NULL;
  size_t length = 0;
  g_autoptr(GError) error = NULL, problem = NULL;
  bool fine = g_file_get_contents(path, &plan, &length, &problem);
  if (!fine) fail(&error, MENO_ERROR_NOT_FOUND, "the plan \"%s\" cannot be read: %s", path, problem->message);
  fine = fine && sim_respond(dir, plan, length, sim_monday(day), progress_note, NULL, &error);
  progress_end();
  if (!fine) return cli_fail(cli, error);
  if (!cli->json) printf("Carried on the company in %s. Import its files again: what is new in them will be taken. What the plan did stands in truth.json.\n", dir);
  else puts("{}");
  return 0;
}

static int run_simulate(struct cli *cli, char **arguments) {
  uint64_t people = SIM_PEOPLE, seed = SIM_SEED, weeks = SIM_WEEKS;
  char *until = NULL, *plan = NULL;
  int32_t day = clock_day(clock_now(&cli->clock));
  bool shaped = has_option(arguments, "--people") || has_option(arguments, "--seed") || has_option(arguments, "--weeks");
  command_option(arguments, "--respond", &plan);
  if (!command_number(arguments, "--people", SIM_PEOPLE_MAX, &people)) return cli_usage(cli, "--people wants a number from %d to %d", SIM_PEOPLE_MIN, SIM_PEOPLE_MAX);
  if (!command_number(arguments, "--seed", UINT64_MAX, &seed)) return cli_usage(cli, "--seed wants a whole number");
  if (!command_number(arguments, "--weeks", SIM_WEEKS_MAX, &weeks)) return cli_usage(cli, "--weeks wants a number from %d to %d", SIM_WEEKS_MIN, SIM_WEEKS_MAX);
  if (command_option(arguments, "--until", &until) && !clock_parse_day(until, &day)) return cli_usage(cli, "--until \"%s\" is no date like 2026-03-02", until);
  if (!*arguments) return cli_usage(cli, "simulate wants a folder; see `meno simulate --help`");
  if (arguments[1]) return leftover(cli, arguments + 1, "simulate");
  if (plan) return respond(cli, *arguments, plan, until, day, shaped);
  g_autoptr(GError) error = NULL;
  struct sim_options options = { .people = (int)people, .seed = seed, .until = sim_monday(day), .weeks = (int)weeks };
  bool fine = sim_write_company(*arguments, &options, progress_note, NULL, &error);
  progress_end();
  if (!fine) return cli_fail(cli, error);
  if (!cli->json) printf("Wrote a company of %d people to %s. What was really going on stands in truth.json, which Meno never reads.\n", (int)people, *arguments);
  else puts("{}");
  return 0;
}

/* ---- replay ----------------------------------------------------------------------------------------------------- */

static int rebuild(struct cli *cli, struct system *system) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(system), system_now(system), &error);
  if (!write || !ledger_refold(write, &error) || !ledger_commit(g_steal_pointer(&write), &error)) return cli_fail(cli, error);
  puts(cli->json ? "{\"rebuilt\":true}" : "Every table was rebuilt from the events.");
  return 0;
}

/* CORRUPT: what was done without a reason, the first by its event. */
static GError *gap_error(const struct links_report *links) {
  GError *error = NULL;
  g_autofree char *text = links_gap_text(links->first->pdata[0]);
  fail(&error, MENO_ERROR_CORRUPT, "%s; %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " acts lack a reason: `meno lineage ID` shows what each rests on", text, links->gaps, links->actions);
  return error;
}

static int run_replay(struct cli *cli, char **arguments) {
  bool verify = command_option(arguments, "--verify", NULL), anew = command_option(arguments, "--rebuild", NULL);
  if (*arguments) return leftover(cli, arguments, "replay");
  if (verify == anew) return cli_usage(cli, "replay wants --verify or --rebuild");
  g_autoptr(system_auto) system = cli_open(cli, false);
  if (!system) return cli->failed;
  if (anew) return rebuild(cli, system);
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  bool fine = ledger_verify(system_ledger(system), progress_note, NULL, &report, &error);
  progress_end();
  g_autoptr(db_auto) db = fine ? store_read(system_store(system), &error) : NULL;
  g_auto(links_report_auto) links = { 0 };
  if (!db || !links_check(db, &links, &error)) return cli_fail(cli, error);
  if (links.gaps) {
    error = gap_error(&links);
    return cli_fail(cli, error);
  }
  if (cli->json) printf("{\"actions\":%" G_GINT64_FORMAT ",\"events\":%" G_GINT64_FORMAT ",\"head\":\"%s\",\"tables\":%d}\n", links.actions, report.events, report.head, report.tables);
  else printf("The chain of %" G_GINT64_FORMAT " events holds, and %d tables are what they make. %" G_GINT64_FORMAT " acts reach a signal and a person's decision. Head %s.\n",
    report.events, report.tables, links.actions, report.head);
  return 0;
}

/* ---- kinds ------------------------------------------------------------------------------------------------------ */

static int print_markdown(struct cli *cli, const char *markdown);

/* Whose a kind's fields are, in words. */
static const char *whose(const struct event_kind *kind) {
  if (!kind->person) return g_str_has_prefix(kind->name, "pulse.") ? "nobody's that we know" : "the person or account that it is about";
  return kind->person[0] == '@' ? "who wrote it" : "whom its field names";
}

static void describe_kind(GString *out, const struct event_kind *kind) {
  g_auto(GStrv) fields = g_strsplit(kind->personal, " ", -1);
  g_autoptr(GString) list = g_string_new("");
  bool theirs = false;
  for (int i = 0; fields[i]; i++) {
    bool house = g_str_has_suffix(fields[i], "!") || strcmp(fields[i], "extra") == 0;
    theirs |= !house;
    g_string_append_printf(list, "%s`%.*s`", i ? ", " : "", (int)strcspn(fields[i], "!"), fields[i]);
  }
  g_autofree char *days = kind->retention_days ? g_strdup_printf("%d days", kind->retention_days) : g_strdup("as long as the ledger");
  g_string_append_printf(out, "| `%s` | %s | %s | %s | %s | %s |\n", kind->name, kind->help, kind->purpose, list->str, theirs ? whose(kind) : *kind->personal ? "nobody's in particular" : "", days);
}

/* What is sealed and for how long, as Markdown: docs/personal-data.md holds it, and a test holds that to it. */
static int run_kinds(struct cli *cli, char **arguments) {
  if (*arguments) return leftover(cli, arguments, "kinds");
  g_autoptr(GString) out = g_string_new("| kind of event | what it says | purpose | sealed | whose | kept |\n|---|---|---|---|---|---|\n");
  for (size_t i = 0; cli->tables->kinds[i]; i++)
    for (const struct event_kind *kind = cli->tables->kinds[i]; kind->name; kind++)
      if (*kind->personal || kind->retention_days) describe_kind(out, kind);
  return print_markdown(cli, out->str);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static int run_keys(struct cli *cli, char **arguments) {
  const char *what = arguments[0], *file = what ? arguments[1] : NULL;
  bool export = g_strcmp0(what, "export") == 0;
  if (!file || (!export && strcmp(what, "import") != 0)) return cli_usage(cli, "keys wants export or import, and a file");
  if (arguments[2]) return leftover(cli, arguments + 2, "keys");
  g_autoptr(system_auto) system = cli_open(cli, false);
  g_autoptr(GError) error = NULL;
  struct seal_merge merge = { 0 };
  if (!system) return cli->failed;
  bool fine = export ? seal_export(system_seal(system), file, &error)
    : seal_import(system_seal(system), file, system_now(system), &merge, &error) && erase_apply(system_ledger(system), system_now(system), NULL, &error);
  if (!fine) return cli_fail(cli, error);
  if (cli->json) printf("{\"added\":%d,\"destroyed\":%d,\"refused\":%d}\n", merge.added, merge.destroyed, merge.refused);
  else if (export) printf("The keys stand in %s, wrapped by the master key: keep them apart from the data and from that key, and remove older exports.\n", file);
  else printf("%d keys were added, %d destroyed because the file knows them erased, %d refused because they are erased here.\n", merge.added, merge.destroyed, merge.refused);
  return 0;
}

/* ---- descriptions ---------------------------------------------------------------------------------------------- */

static int run_openapi(struct cli *cli, char **arguments) {
  if (*arguments) return leftover(cli, arguments, "openapi");
  g_autofree char *text = rest_openapi();
  puts(text);
  return 0;
}

/* ---- formats ---------------------------------------------------------------------------------------------------- */

static void describe_column(GString *out, const struct column *column) {
  static const char *const types[] = { "text", "identifier", "employee number", "employee number or team", "several, separated by `;`", "one of", "number", "yes or no", "date", "date or time" };
  bool bounded = column->type == COLUMN_NUMBER && column->most < 1e15;
  g_string_append_printf(out, "| %s%s%s | %s", column->flags & COLUMN_REQUIRED ? "**" : "", column->name, column->flags & COLUMN_REQUIRED ? "**" : "", types[column->type]);
  if (bounded) g_string_append_printf(out, " from %g to %g", column->least, column->most);
  for (const char *const *word = column->type == COLUMN_WORD ? column->words : (const char *const[]){ NULL }; *word; word++)
    if (**word) g_string_append_printf(out, "%s `%s`", word == column->words || !**column->words ? "" : ",", *word);
  g_string_append_printf(out, " | %s%s%s |\n", column->flags & COLUMN_KEY ? "key" : "", column->flags & COLUMN_KEY && *column->help ? "; " : "", column->help);
}

static int print_markdown(struct cli *cli, const char *markdown) {
  if (!cli->json) {
    fputs(markdown, stdout);
    return 0;
  }
  struct json_writer json;
  json_writer_init(&json);
  json_open_object(&json, NULL);
  json_put_string(&json, "markdown", markdown);
  json_close_object(&json);
  g_autofree char *text = json_writer_steal(&json, NULL);
  puts(text);
  return 0;
}

/* The canonical files as Markdown: docs/files.md holds it, and a test holds docs/files.md to it. */
static int run_formats(struct cli *cli, char **arguments) {
  if (*arguments) return leftover(cli, arguments, "formats");
  g_autoptr(GString) out = g_string_new("");
  for (int i = 0; i < FILE_COUNT; i++) {
    const struct format *format = &formats[i];
    g_string_append_printf(out, "### %s\n\nBecomes: %s. Without it nobody can tell %s.\n\n", format->file, format->becomes, format->tells);
    if (!format->columns) continue;
    g_string_append(out, "| column | what | |\n|---|---|---|\n");
    for (const struct column *column = format->columns; column->name; column++) describe_column(out, column);
    g_string_append_c(out, '\n');
  }
  return print_markdown(cli, out->str);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

const struct command commands[] = {
  { "init", "", "Make an empty Meno and its first account", "  In the folder that --data names. An existing one is left alone.\n", run_init },
  { "demo", "DIR [--no-serve]", "Make a simulated company, let the agents run, and serve it", "  --no-serve               stop before serving\n"
    "  --people N, --seed S     another company\n  --port N                 serve there (default 8080)\n", demo_run },
  { "serve", "[--port N]", "Serve the browser client and the REST interface, and let agents run", "  --port N                 listen on 127.0.0.1:N (default 8080; 0: any free one)\n"
    "  --url URL                how a reverse proxy on this machine shows it\n"
    "  --xapi-version V         named to clients of the record store that name none: 2.0.0, or 1.0.3\n", serve_run },
  { "simulate", "DIR [--people N] [--seed S] | DIR --respond PLAN.json --until DATE", "Write the files of a made-up company, and truth.json, or carry it on", "  --people N               employed at the end (default 600)\n"
    "  --seed S                 another number, another company\n  --weeks N                of history (default 104)\n  --until DATE             the first day that the files do not know (default: this week's Monday)\n"
    "  --respond PLAN.json      carry on the company in DIR with what `meno interventions --json` printed\n", run_simulate },
  { "replay", "--verify | --rebuild", "Check the chain and every table against the events, or rebuild the tables", "", run_replay },
  { "migrate", "", "Bring the database up to this Meno's schema", "  Back it up first, and stop every other Meno that uses it. A newer database is refused.\n", migrate_run },
  { "copy", "FROM TO", "Copy a database into an empty place, of either engine, and compare", "  A place is a folder or an address postgresql://…\n", copy_run },
  { "backup", "FILE", "Write the database into one file, while Meno goes on", "  Without the key, which is backed up apart.\n", backup_run },
  { "restore", "FILE", "Bring a backup back into an empty place", "", restore_run },
  { "keys", "export FILE | import FILE", "Back up the keys that personal data is sealed with, apart from the data, or take them in again",
    "  export FILE              write the ring of keys, wrapped by the master key, and who was erased\n"
    "  import FILE              add what is missing here; who was erased stays so, whichever side knows\n", run_keys },
  { "statements export", "[FILE|-] [options]", "Write the record store's statements as JSON lines, each as it is stored, with what is attached", statements_export_help, statements_export_run },
  { "doctor", "", "Say what is wrong and what to do", "  Exit status 1 where something needs a look. Changes nothing, and may run beside a server.\n", doctor_run },
  { "formats", "", "Print the files that Meno reads, column by column, as Markdown", "", run_formats },
  { "kinds", "", "Print what is sealed in which kind of event, and how long it is kept, as Markdown", "", run_kinds },
  { "openapi", "", "Print the OpenAPI description of the REST interface", "", run_openapi },
  { 0 } };
