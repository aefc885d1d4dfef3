/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands for a database as a whole: migrate, copy, backup, restore. */
#pragma once
#include "cli/cli.h"

int migrate_run(struct cli *cli, char **arguments);
int copy_run(struct cli *cli, char **arguments);
int backup_run(struct cli *cli, char **arguments);
int restore_run(struct cli *cli, char **arguments);
