/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `meno statements export`: the operation of that name, into a file that can go on where it broke off. */
#pragma once
#include "cli/cli.h"

int statements_export_run(struct cli *cli, char **arguments);
extern const char statements_export_help[];
