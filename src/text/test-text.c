/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: blocks of the three forms, sentences, languages, stems, reading ease, and whatever bytes come. */
#include "text/cut.h"
#include "text/words.h"

int main(int argc, char **argv) { g_test_init(&argc, &argv, NULL); return g_test_run(); }
