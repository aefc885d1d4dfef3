/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `meno estimate`: did the figure move? On any CSV file, without a company. */
#pragma once
#include "cli/cli.h"

extern const char estimate_usage[], estimate_help[];
int estimate_run(struct cli *cli, char **arguments);
