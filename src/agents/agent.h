/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The agent contract. A turn is a pure function of (snapshot, news, clock, seed): it reads plain structs and fills a
 * `struct turn` with claims and proposals. It never writes, never calls another agent, never asks for the time. The
 * runtime stores what it returns together with the agent's cursor in one transaction, so a crash repeats nothing.
 *
 * The runtime refuses a claim or proposal without evidence. A claim whose predicate, subject and value are already
 * live is not made again; one with another value supersedes the old one; live claims of this agent that a full turn
 * does not make again are retracted. So an agent simply states all that it holds to be so now. */
#pragma once
#include "base/json.h"
#include "company/company.h"

/* What a claim rests on: records of one file (a filter over them), another claim, or a decision. `count` records,
 * `people` distinct persons or respondents behind them (0: not about people); the gate hides what rests on too few. */
struct evidence {
  enum file_id file;
  const char *sentence;    /* what it says, in plain words: "tool answers 0.6 below the team's mood since 3 March" */
  const char *about;       /* the hypothesis that it bears on (a cause's name), or NULL */
  bool against;            /* speaks against it */
  double strength;         /* log likelihood ratio, where the agent has one; else 0 */
  int count, people;
  int team, goal, skill, person; /* the filter: indices into the snapshot, -1 any */
  int32_t from, to;        /* days, both inclusive; CLOCK_NO_DAY: open */
};

struct claim {
  const char *predicate;   /* "need", "skill model", "calibration" */
  const char *subject;     /* stable id of what it is about: the same gap has the same subject in every turn */
  const char *value;       /* JSON object; the predicate's schema stands in the agent's essay */
  double confidence;       /* 0–1 */
  int32_t valid_from, valid_to; /* days; a claim lapses after valid_to */
  const struct evidence *evidence; int evidence_count;
};

struct proposal {
  const char *kind;        /* a row of the decision rules: "act on need", "send note" */
  const char *subject;     /* the claim's subject that it would act on */
  const char *title;       /* what would happen, as a sentence */
  const char *body;        /* JSON object: what a person would accept; hashed into the decision */
  int audience;            /* people touched */
  bool regulated, individual, irreversible, novel; /* what the risk score asks */
  double confidence;
  int32_t expires;         /* day; silence is "no" */
};

/* A block of an approved asset, put before a person: an action inside the envelope that a person approved. */
struct handover {
  const char *asset, *block, *channel; /* channel: "inbox", "file" */
  const char *title, *reason;          /* what it is; why it came to this person now */
  int person;
  double minutes;                      /* of attention */
  int64_t at;                          /* the moment from which it is shown */
  int32_t expires;                     /* day */
};

struct snapshot {
  const struct company *company;
  int64_t now;             /* microseconds */
  uint64_t seed;
};

/* What a turn returns. All texts are copied into the turn. */
struct turn;
struct turn *turn_new(void);
void turn_free(struct turn *turn);
typedef struct turn turn_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_auto, turn_free)
void turn_claim(struct turn *turn, const struct claim *claim);
void turn_propose(struct turn *turn, const struct proposal *proposal);
void turn_hand_over(struct turn *turn, const struct handover *handover);
/* Asks for a turn at that moment, though nothing may have changed by then; the soonest wish of a turn counts. */
void turn_again(struct turn *turn, int64_t at);
int64_t turn_again_at(const struct turn *turn); /* 0: none */
int turn_claims(const struct turn *turn);
const struct claim *turn_claim_at(const struct turn *turn, int index);
int turn_proposals(const struct turn *turn);
const struct proposal *turn_proposal_at(const struct turn *turn, int index);
int turn_handovers(const struct turn *turn);
const struct handover *turn_handover_at(const struct turn *turn, int index);

enum cadence { CADENCE_NEWS /* whenever what it reads has changed */, CADENCE_DAILY };

struct agent {
  const char *id, *title, *question;
  const char *revision;            /* changes when its method does; stands in every claim */
  const enum file_id *reads;       /* ends with FILE_COUNT: its purpose limitation, checked */
  const char *const *makes;        /* predicates, then proposal kinds */
  enum cadence cadence;
  bool builds_on_others;           /* reads needs, interventions, assets, deliveries: what other agents and decisions made */
  bool (*run)(const struct snapshot *now, struct turn *out, GError **error);
};

extern const struct agent *const agents[]; /* ends with NULL; the rows of agents.def */
