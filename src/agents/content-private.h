/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the content agent's files share: the facts that a modality is chosen by, and what was chosen. */
#pragma once
#include "agents/agent.h"
#include "studio/asset.h"
#include "studio/draft.h"

#define CONTENT_REVISION "3"
#define CONTENT_LEAST_GROUP 5 /* a team of fewer people is not named */

enum modality { MODALITY_PROGRAMME, MODALITY_COHORT, MODALITY_PRACTICE, MODALITY_JOB_AID, MODALITY_EXPLANATION, MODALITY_EXAMPLE, MODALITY_CHECK, MODALITY_COUNT };
extern const char *const modality_names[MODALITY_COUNT];

/* A draft that a pattern made of the sources, or why it did not. */
struct content_draft { const struct pattern *pattern; char *json /* NULL: refused */, *missing; int spans, sentences; };

struct content_case {
  const struct company *company;
  const struct library *library;
  const struct known_need *need;
  const struct intervention *intervention; /* NULL: the need is open, only a plan is made */
  const int *skills; int skill_count;
  const char *topic;                       /* the first skill's name */
  GPtrArray *phrases;                      /* what the skills are called */
  int people;                              /* in the teams concerned */
  int programme;                           /* that teaches one of the skills and is offered; -1 none */
  bool high_stakes, regulated;
  const char *stakes_word;                 /* by which word that was seen */
  struct content_draft drafts[16]; int draft_count;
};

/* What was chosen, with every rule that was asked and what was turned down. */
struct content_choice {
  bool chosen[MODALITY_COUNT];
  const char *reason[MODALITY_COUNT];      /* the sentence of the rule that decided */
  const struct weight *weight[MODALITY_COUNT]; /* what effects say of it where the cause is this one; NULL: nothing yet */
  bool failed[MODALITY_COUNT];             /* it would have been chosen, but for its weight */
};

const struct content_draft *content_draft_of(const struct content_case *c, enum modality modality); /* NULL: refused, or none */
void content_choose(const struct content_case *c, struct content_choice *ret);
/* Arrays "weights" ([{modality, mean, low, high, left_out}]), "trace" ([{rule, sentence, fits}]) and "rejected" ([{modality, reason}]). */
void content_write_choice(const struct content_case *c, const struct content_choice *choice, struct json_writer *out);
/* Is the skill a conversation with much at stake? The word that says so, or NULL. */
const char *content_stakes(const struct content_case *c);
bool content_regulated(const struct content_case *c);
