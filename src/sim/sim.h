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
#define SIM_GROWTH_WEEKS_MAX 520 /* a company can be carried on by, in all */

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

/* Carries the company in `dir` on to `until`, a Monday, with what a plan does in it: JSON as `meno interventions --json` prints
 * it (docs/simulator.md says which members count). The files are written anew, what they told before stays; truth.json says
 * what each intervention did. Errors, after which nothing has changed: NOT_FOUND where `dir` holds no simulation; BAD_INPUT
 * (TOO_LARGE) for a plan that cannot be followed, which names the first thing that is wrong, or a day that is too early or
 * too late; after STORE some files may be new, and the same call sets that right. */
bool sim_respond(const char *dir, const char *plan_json, size_t length, int32_t until,
                 void (*progress)(void *data, const char *what, double share), void *data, GError **error);
