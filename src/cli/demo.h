/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "cli/cli.h"

int demo_run(struct cli *cli, char **arguments);

/* ---- the story: what the demo's named users decide, and 26 weeks later ---- */

#define STORY_WEEKS 26

struct story {
  struct system *system;
  char *files;                 /* the folder of the simulated company's files */
  bool (*progress)(void *data, const char *what, double share); void *progress_data;
};

/* The files go the way of any company's files. */
bool story_import(struct story *story, GError **error);
/* What is open is decided by the accounts "lead" and "approver", through the operations that the pages use, until nothing is
 * left that one of them may decide. Agents run in between. */
bool story_decide(struct story *story, GError **error);
/* The decisions, then week by week, story_weeks of them: agents run, people answer what was delivered, and the company's files grow. */
bool story_later(struct story *story, GError **error);
int story_weeks(const struct story *story); /* that story_later would let pass: 26, then 13 more, then 0 */
