/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "cli/cli.h"

/* Looks at everything that an administrator can put right; each finding says what is wrong and what to do. Exit status 0: all is
 * fine; 1: something needs a look. */
int doctor_run(struct cli *cli, char **arguments);
