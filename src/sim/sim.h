/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company simulator: a made-up company whose troubles have known causes, written as the files that a real one would
 * hand over, and truth.json, which says what was really going on. It knows nothing of Meno but the file formats, and
 * Meno never reads truth.json. The model and every parameter: docs/simulator.md. */
#pragma once
#include "base/error.h"

#define SIM_PEOPLE 600 /* the demo company */
#define SIM_SEED 171 /* a company with every cause once: what the demo tells can be found in it */
#define SIM_WEEKS 104

#define SIM_PEOPLE_MIN 30
#define SIM_PEOPLE_MAX 50000
#define SIM_WEEKS_MIN 26
#define SIM_WEEKS_MAX 520

struct sim_options {
  int people;    /* employed at the end; those who left come on top */
  uint64_t seed;
  int32_t until; /* the first day that the files know nothing about: a Monday (sim_monday makes one) */
  int weeks;     /* of history before `until` */
};

/* The Monday on or before a day. */
int32_t sim_monday(int32_t day);

/* Writes the company's files, sources/ and truth.json into `dir`, which is made if it is not there. Same options, same
 * bytes. `progress` may be NULL; `share` grows from 0 to 1. Errors: BAD_INPUT for options out of range, CONFLICT when
 * `dir` holds something other than an earlier simulation, STORE when a file cannot be written. */
bool sim_write_company(const char *dir, const struct sim_options *options,
                       void (*progress)(void *data, const char *what, double share), void *data, GError **error);
