/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program: the rooms' tables, joined, and the command line. */
#include "main.h"
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv, &main_tables); }
