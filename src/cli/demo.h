/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "cli/cli.h"

int demo_run(struct cli *cli, char **arguments);
