/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line: every operation is a verb; beside them stand a few commands that are no operations, because they make,
 * serve or check a whole Meno. */
#pragma once
#include "ops/system.h"
#include "ops/op.h"

struct cli {
  const struct ledger_tables *tables;
  char *data;              /* --data: a folder or an address; NULL: ./meno-data */
  char *files;             /* --files: the folder beside an address; NULL: ./meno-data */
  char *as;                /* --as: the account that acts; NULL: the operator, who has every role */
  struct clock clock;      /* --now */
  bool json, help;         /* --json, --help */
  int failed;              /* the exit status of a cli_open that gave NULL */
};

/* A command that is no operation. `arguments` are those after its name, without the common options; NULL-terminated.
 * Returns the exit status. */
struct command {
  const char *name /* one word, or two */, *usage, *summary, *help;
  int (*run)(struct cli *cli, char **arguments);
};
extern const struct command commands[]; /* ends with a NULL name */

/* The whole program. */
int cli_main(int argc, char **argv, const struct ledger_tables *tables);

/* Opens the data folder; NULL after the error was printed: the exit status is then cli->failed. */
struct system *cli_open(struct cli *cli, bool create);
const char *cli_data(const struct cli *cli);
const char *cli_folder(const struct cli *cli);
/* Prints "meno: message" to stderr, and as JSON where --json asks; the exit status of the error. */
int cli_fail(const struct cli *cli, GError *error);
/* For commands: USAGE "…" and its exit status. */
int cli_usage(const struct cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Runs one operation as `caller` and appends its answer. `file_arguments`: paths for FIELD_FILES, NULL-terminated. */
bool cli_run_op(struct cli *cli, struct system *system, const struct op *op, const struct caller *caller, const char *in,
                char **file_arguments, GString *out, GBytes **ret_file, GError **error);
struct caller cli_operator(void);
/* Of struct op_file: the files of these paths, a folder standing for what is in it; NULL on error. */
GArray *cli_read_files(char **paths, GError **error);

/* Progress on stderr: on a terminal one line that is written over, elsewhere a line for each new step. */
bool progress_show(void *what_for, const char *what, double share);
void progress_note(void *what_for, const char *what, double share); /* the same for those who cannot be stopped */
void progress_end(void);
/* Set by Ctrl-C and SIGTERM once progress_catch was called; progress_show then says stop. A second signal ends at once. */
extern _Atomic int progress_stopped;
void progress_catch(void);

/* Prints an answer for people: lists as tables, the rest as lines. `fields` describe the object. */
void render(const struct field *fields, struct json value, GString *out);
/* One verb: parses its arguments by its row. Returns the exit status. */
int verb_run(struct cli *cli, const struct op *op, char **arguments);
/* The same, for an operation that gives a stream: `take` does with it what is to be done; NULL: it goes to the standard output. */
typedef bool (*stream_taker)(void *data, struct op_stream *stream, GError **error);
int verb_run_into(struct cli *cli, const struct op *op, char **arguments, stream_taker take, void *data);
void verb_help(const struct op *op, GString *out);
