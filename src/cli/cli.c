/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * argv → a command or a verb. Common options may stand anywhere. Nouns alone list: `meno needs` is `meno needs list`. */
#include "cli/cli.h"
#include "doors/server.h"
#include <locale.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define USUAL_FOLDER "meno-data"

const char *cli_data(const struct cli *cli) { return cli->data ? cli->data : USUAL_FOLDER; }
const char *cli_folder(const struct cli *cli) { return !store_is_address(cli_data(cli)) ? cli_data(cli) : cli->files ? cli->files : USUAL_FOLDER; }

int cli_fail(const struct cli *cli, GError *error) {
  const struct error_kind *kind = error_kind(error);
  g_autofree char *message = g_utf8_make_valid(error->message, -1);
  progress_end();
  fflush(stdout);
  fprintf(stderr, "meno: %s\n", message);
  if (!cli->json) return kind->exit;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "code", kind->slug);
  json_put_string(&out, "detail", message);
  json_put_integer(&out, "status", kind->status);
  json_put_string(&out, "title", kind->title);
  json_close_object(&out);
  g_autofree char *text = json_writer_steal(&out, NULL);
  puts(text);
  return kind->exit;
}

int cli_usage(const struct cli *cli, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GError) error = g_error_new_literal(MENO_ERROR, MENO_ERROR_USAGE, message);
  return cli_fail(cli, error);
}

struct system *cli_open(struct cli *cli, bool create) {
  g_autoptr(GError) error = NULL;
  struct system *system = system_open(cli_data(cli), cli_folder(cli), create, cli->tables, &cli->clock, &error);
  if (!system) cli->failed = cli_fail(cli, error);
  return system;
}

/* ---- help ------------------------------------------------------------------------------------------------------- */

static void help_exits(GString *out) {
  int listed = 0;
  g_string_append(out, "\nExit status: 0 done");
  for (int status = 1; status < 256; status++)
    for (int code = 0; code < MENO_ERROR_COUNT; code++)
      if (error_kind_of(code)->exit == status) {
        g_autofree char *title = g_strdup(error_kind_of(code)->title), *number = g_strdup_printf("; %d ", status);
        *title = g_ascii_tolower(*title);
        g_string_append_printf(out, "%s%s", listed == status ? ", or " : number, title);
        listed = status;
      }
  g_string_append(out, ".\n");
}

static int help_all(void) {
  g_autoptr(GString) out = g_string_new("Meno, a learning operating system: from a business goal to a measured effect.\n\n"
    "  meno [--data DIR] [--as ACCOUNT] [--now TIME] [--json] COMMAND …\n\nCommands:\n");
  for (const struct command *command = commands; command->name; command++) {
    g_autofree char *usage = g_strconcat(command->name, *command->usage ? " " : "", command->usage, NULL);
    g_string_append_printf(out, "  %-44s %s\n", usage, command->summary);
  }
  g_string_append(out, "\nOperations (the same as the REST interface; `meno COMMAND --help` tells more):\n");
  for (const struct op *const *table = op_tables; *table; table++)
    for (const struct op *op = *table; op->name; op++) g_string_append_printf(out, "  %-44s %s\n", op->name, op->summary);
  g_string_append(out, "\nCommon options:\n"
    "  --data DIR      where everything is kept (default: ./meno-data), or the address of a\n"
    "                  PostgreSQL database: postgresql://USER@HOST/NAME\n"
    "  --files DIR     with such an address: where the key, the rules and the outbox are kept\n"
    "                  (default: ./meno-data)\n"
    "  --as ACCOUNT    act as this account, with its roles (default: the operator of this machine)\n"
    "  --now TIME      take this moment for now (2026-03-01T12:00:00Z)\n"
    "  --json          answer in JSON\n"
    "  --version       say which Meno this is\n");
  help_exits(out);
  fputs(out->str, stdout);
  return 0;
}

static int help_command(const struct command *command) {
  printf("meno %s%s%s\n  %s.\n%s", command->name, *command->usage ? " " : "", command->usage, command->summary, command->help);
  return 0;
}

static int help_op(const struct op *op) {
  g_autoptr(GString) out = g_string_new("");
  verb_help(op, out);
  fputs(out->str, stdout);
  return 0;
}

/* `*ret_used`: how many words the name took. */
static const struct command *find_command(char **words, int *ret_used) {
  g_autofree char *two = words[1] ? g_strconcat(words[0], " ", words[1], NULL) : NULL;
  for (const struct command *command = commands; command->name; command++) {
    bool one = strcmp(command->name, words[0]) == 0;
    *ret_used = one ? 1 : 2;
    if (one || g_strcmp0(command->name, two) == 0) return command;
  }
  return NULL;
}

/* Of all that begins with the noun; false: nothing does. */
static bool help_noun(const char *noun) {
  g_autofree char *prefix = g_strconcat(noun, " ", NULL);
  bool any = false;
  for (const struct command *command = commands; command->name; command++)
    if (g_str_has_prefix(command->name, prefix)) any = help_command(command) == 0;
  for (const struct op *const *table = op_tables; *table; table++)
    for (const struct op *op = *table; op->name; op++)
      if (g_str_has_prefix(op->name, prefix) && !find_command((char *[]){ (char *)(uintptr_t)op->name, NULL }, &(int){ 0 })) any = help_op(op) == 0;
  return any;
}

/* ---- finding what is meant -------------------------------------------------------------------------------------- */

/* The first `count` words as one name; newly allocated, NULL where there are fewer. */
static char *first_words(char **words, int count) {
  GString *name = g_string_new(words[0]);
  for (int i = 1; i < count; i++) {
    if (!words[i]) return g_string_free(name, TRUE), NULL;
    g_string_append_printf(name, " %s", words[i]);
  }
  return g_string_free(name, FALSE);
}

/* Three words before two and one; a noun alone (one word or two) lists. `*ret_used`: how many words the name took. */
static const struct op *find_verb(char **words, int *ret_used) {
  static const char *const ends[] = { "", " list", " show" };
  for (int count = 3; count > 0; count--) {
    g_autofree char *name = first_words(words, count);
    for (size_t i = 0; name && i < (count < 3 ? G_N_ELEMENTS(ends) : 1); i++) {
      g_autofree char *whole = g_strconcat(name, ends[i], NULL);
      const struct op *op = op_find(whole);
      if (op) return *ret_used = count, op;
    }
  }
  return NULL;
}

/* ---- common options --------------------------------------------------------------------------------------------- */

static bool take_common(struct cli *cli, char ***at, bool *ret_taken, GError **error) {
  const char *word = **at;
  *ret_taken = true;
  if (strcmp(word, "--json") == 0) cli->json = true;
  else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) cli->help = true;
  else if (strcmp(word, "--data") == 0 || strcmp(word, "--files") == 0 || strcmp(word, "--as") == 0 || strcmp(word, "--now") == 0) {
    const char *value = *++*at;
    if (!value || g_str_has_prefix(value, "--")) return fail(error, MENO_ERROR_USAGE, "%s wants a value", word);
    if (strcmp(word, "--now") == 0) return clock_parse_time(value, &cli->clock.fixed) || fail(error, MENO_ERROR_USAGE, "--now \"%s\" is no time like 2026-03-01T12:00:00Z", value);
    char **to = strcmp(word, "--data") == 0 ? &cli->data : strcmp(word, "--files") == 0 ? &cli->files : &cli->as;
    g_free(*to);
    *to = g_strdup(value);
  } else *ret_taken = false;
  return true;
}

static int dispatch(struct cli *cli, char **words) {
  if (!words[0] || strcmp(words[0], "help") == 0) return help_all();
  int used;
  const struct command *command = find_command(words, &used);
  if (command) return cli->help ? help_command(command) : command->run(cli, words + used);
  const struct op *op = find_verb(words, &used);
  if (!op && cli->help && help_noun(words[0])) return 0;
  if (!op) return cli_usage(cli, "there is no command \"%s\"; `meno --help` lists them", words[0]);
  return cli->help ? help_op(op) : verb_run(cli, op, words + used);
}

int cli_main(int argc, char **argv, const struct ledger_tables *tables) {
  setlocale(LC_CTYPE, "C.UTF-8");
  struct cli cli = { .tables = tables };
  if (sodium_init() < 0) return cli_usage(&cli, "the machine gives no random numbers");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  bool fine = true, taken;
  char **end = argv + argc;
  for (char **at = argv + 1; at < end; at++) cli.json |= strcmp(*at, "--json") == 0; /* also for what is wrong before it */
  for (char **at = argv + 1; fine && at < end && *at; at++) {
    if (strcmp(*at, "--version") == 0) return puts("meno " MENO_VERSION) < 0;
    fine = take_common(&cli, &at, &taken, &error);
    if (fine && !taken) g_ptr_array_add(words, *at);
  }
  g_ptr_array_add(words, NULL);
  int status = fine ? dispatch(&cli, (char **)words->pdata) : cli_fail(&cli, error);
  if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0) status = error_kind_of(MENO_ERROR_STORE)->exit;
  g_free(cli.data);
  g_free(cli.files);
  g_free(cli.as);
  return status;
}
