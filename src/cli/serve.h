/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "cli/cli.h"

int serve_run(struct cli *cli, char **arguments);
/* Serves until Ctrl-C or SIGTERM, with agents running whenever something is new. `announce` (may be NULL) is called once it
 * answers, with the port. Returns the exit status. */
struct serve_at { uint16_t port; const char *url, *xapi_version; /* NULL: not given */ };
int serve_until_stopped(struct cli *cli, struct system *system, const struct serve_at *at, void (*announce)(void *data, uint16_t port), void *data);

/* For commands: takes an option (and its value, unless `ret_value` is NULL) out of the arguments; true: it was there. */
bool command_option(char **arguments, const char *name, char **ret_value);
/* The same for a number up to `most`; false: it was there and is none. */
bool command_number(char **arguments, const char *name, uint64_t most, uint64_t *number);
