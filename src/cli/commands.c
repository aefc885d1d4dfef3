/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands that are no operations: they make, fill, serve and check a whole Meno. */
#include "cli/cli.h"
#include "cli/demo.h"
#include "cli/doctor.h"
#include "cli/estimate.h"
#include "cli/serve.h"
#include "cli/upkeep.h"
#include "doors/server.h"
#include "gate/account.h"
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
  if (!fine) return cli_fail(cli, error);
  if (cli->json) printf("{\"events\":%" G_GINT64_FORMAT ",\"head\":\"%s\",\"tables\":%d}\n", report.events, report.head, report.tables);
  else printf("The chain of %" G_GINT64_FORMAT " events holds, and %d tables are what they make. Head %s.\n", report.events, report.tables, report.head);
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
  if (!cli->json) {
    fputs(out->str, stdout);
    return 0;
  }
  struct json_writer json;
  json_writer_init(&json);
  json_open_object(&json, NULL);
  json_put_string(&json, "markdown", out->str);
  json_close_object(&json);
  g_autofree char *text = json_writer_steal(&json, NULL);
  puts(text);
  return 0;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

const struct command commands[] = {
  { "init", "", "Make an empty Meno and its first account", "  In the folder that --data names. An existing one is left alone.\n", run_init },
  { "demo", "DIR [--no-serve]", "Make a simulated company, let the agents run, and serve it", "  --no-serve               stop before serving\n"
    "  --people N, --seed S     another company\n  --port N                 serve there (default 8080)\n", demo_run },
  { "serve", "[--port N]", "Serve the browser client and the REST interface, and let agents run", "  --port N                 listen on 127.0.0.1:N (default 8080; 0: any free one)\n"
    "  --url URL                how a reverse proxy on this machine shows it\n", serve_run },
  { "simulate", "DIR [--people N] [--seed S] | DIR --respond PLAN.json --until DATE", "Write the files of a made-up company, and truth.json, or carry it on", "  --people N               employed at the end (default 600)\n"
    "  --seed S                 another number, another company\n  --weeks N                of history (default 104)\n  --until DATE             the first day that the files do not know (default: this week's Monday)\n"
    "  --respond PLAN.json      carry on the company in DIR with what `meno interventions --json` printed\n", run_simulate },
  { "estimate", estimate_usage, "Say whether a figure moved, from any CSV file of units and periods", estimate_help, estimate_run },
  { "replay", "--verify | --rebuild", "Check the chain and every table against the events, or rebuild the tables", "", run_replay },
  { "migrate", "", "Bring the database up to this Meno's schema", "  Back it up first, and stop every other Meno that uses it. A newer database is refused.\n", migrate_run },
  { "copy", "FROM TO", "Copy a database into an empty place, of either engine, and compare", "  A place is a folder or an address postgresql://…\n", copy_run },
  { "backup", "FILE", "Write the database into one file, while Meno goes on", "  Without the key, which is backed up apart.\n", backup_run },
  { "restore", "FILE", "Bring a backup back into an empty place", "", restore_run },
  { "doctor", "", "Say what is wrong and what to do", "  Exit status 1 where something needs a look. Changes nothing, and may run beside a server.\n", doctor_run },
  { "formats", "", "Print the files that Meno reads, column by column, as Markdown", "", run_formats },
  { "openapi", "", "Print the OpenAPI description of the REST interface", "", run_openapi },
  { 0 } };
