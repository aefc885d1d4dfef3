/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gate: what agents propose and what people decide. Every function that writes does so within a ledger_write, whose
 * transaction makes it exact: of a thousand decisions at once one is recorded, and the others learn whose it was.
 *
 * A proposal is drafted nowhere but here: the runtime hands over what an agent returned, the gate checks it against the
 * decision rules, scores its risk, and records `proposal.made` or `proposal.withheld`. A decision is bound to the hash of
 * what was shown (content, evidence, rules, tier); when one of them changes, the proposal is superseded by a new one and
 * approvals of the old one are stale.
 *
 *   proposed → in approval → accepted | rejected | changes requested → (superseded by the changed one)
 *   proposed, in approval, changes requested → expired (silence is no) | superseded
 *   withheld → proposed;   tier 0 → auto-accepted */
#pragma once
#include "gate/rules.h"
#include "ledger/ledger.h"

extern const struct event_kind gate_kinds[];
extern const struct fold gate_folds[];

/* ---- proposing ---- */

struct gate_evidence {
  const char *source;      /* what it was read from: "kpis.csv", a claim's id */
  const char *sentence;    /* in plain words; shown as a reason */
  int records, people;     /* people 0: not about people */
  bool machine;            /* written by a machine: does not count as evidence */
  const char *about;       /* the hypothesis that it bears on ("skill"); NULL: the proposal as such */
  bool against;            /* speaks against that; against the proposal as such, it is shown but does not count */
};

struct gate_input {
  const char *kind;        /* a row of the decision rules */
  const char *subject;     /* "need:n-…" */
  const char *title;       /* what would happen, as a sentence */
  const char *body;        /* JSON object: what a person would accept */
  const char *agent;       /* the actor that proposes, with its revision: "agent:needs@1" */
  const char *requester;   /* the actor who asked for it; NULL nobody */
  const char *claim;       /* the claim it rests on; NULL none */
  struct risk_factors factors;
  double worth;            /* money a year; NAN unknown (then never withheld for little worth) */
  int32_t expires;         /* last day on which it makes sense; CLOCK_NO_DAY: as the rules say. The sooner of both counts */
  const struct gate_evidence *evidence; int evidence_count;
  const char *span;        /* the window in which the same, said again after something else, is a loop and refused; NULL: none is looked for */
};

enum gate_outcome {
  GATE_MADE,               /* people are asked; what it replaced is superseded */
  GATE_AUTO,               /* accepted by a rule that people wrote */
  GATE_SAME,               /* already open, or waiting for changes, with this content and evidence: nothing recorded */
  GATE_STANDS,             /* decided or lapsed not long ago: that stands */
  GATE_WITHHELD,           /* not worth the time, or no room in the budget */
  GATE_REFUSED             /* against the rules: nothing recorded */
};
struct gate_answer { enum gate_outcome outcome; int tier; char *id; char *why; }; /* id NULL where refused; why NULL where made */
void gate_answer_clear(struct gate_answer *answer);
typedef struct gate_answer gate_answer_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(gate_answer_auto, gate_answer_clear)

/* Remembers that `agent` said this in a window: 1; 0: it had said it there before; -1 error. The unique key is the guard. */
int gate_say(struct db *db, const char *agent, const char *kind, const char *subject, const char *evidence, const char *span, GError **error);
/* What is against the rules is an answer (GATE_REFUSED with the reason), so that a turn goes on; errors are the store's.
 * Without evidence, with only machine-written evidence, or with less than the rule asks: refused. */
bool gate_propose(struct ledger_write *write, const struct rules *rules, const struct gate_input *input, int64_t now, struct gate_answer *ret_answer,
                  GError **error);

/* Ends the open proposals about a subject, because what they rest on no longer holds. `ret_count` may be NULL, here and below. */
bool gate_withdraw(struct ledger_write *write, const char *subject, const char *why, const char *actor, int64_t now, int *ret_count, GError **error);
/* Ends one open proposal; one that is not open is left alone. */
bool gate_withdraw_one(struct ledger_write *write, const char *id, const char *why, const char *actor, GError **error);
/* After an agent's full turn: ends its open and withheld proposals that it did not make again. `agent` is its actor
 * (those of other revisions of it count too), `kept` the set of ids that gate_propose has answered in this turn. */
bool gate_withdraw_rest(struct ledger_write *write, const char *agent, GHashTable *kept, const char *why, int64_t now, int *ret_count, GError **error);
/* Ends what has lapsed. */
bool gate_expire(struct ledger_write *write, int64_t now, int *ret_count, GError **error);
/* Puts withheld proposals before people as far as the budget reaches, the most worth per minute first. */
bool gate_release(struct ledger_write *write, const struct rules *rules, int64_t now, int *ret_count, GError **error);
/* At start: records `rules.set` if these rules are not the ones in force, and judges the open proposals anew under them
 * (each is superseded by itself: approvals given under other rules are stale). `ret_changed` may be NULL. */
bool gate_adopt_rules(struct ledger_write *write, const struct rules *rules, const char *actor, int64_t now, bool *ret_changed, GError **error);

/* What rules say of a stored proposal, apart from what waits beside it (the budget). Nothing is written. */
struct gate_judgement {
  char *refused;           /* against the rules, and why; NULL: not. Then the rest says nothing */
  int tier, points;
  bool automatic;          /* accepted by the rule alone */
  char *withheld;          /* worth too little, and why; NULL: not */
  const struct rule_kind *kind;
  const struct rule_who *who; /* who decides; NULL: automatic */
};
void gate_judgement_clear(struct gate_judgement *judgement);
typedef struct gate_judgement gate_judgement_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(gate_judgement_auto, gate_judgement_clear)
struct gate_proposal;
bool gate_judge(const struct rules *rules, const struct gate_proposal *proposal, struct gate_judgement *ret_judgement, GError **error);

/* ---- reading ---- */

struct gate_approval { char *actor, *instead_of /* in whose place; NULL: their own */, *role, *decision, *reason /* as stored: sealed for the field "reason" of `event` */; struct uuid event; int64_t at, seq; bool stale; };
struct gate_proposal {
  char *id, *kind, *subject, *slot, *title, *content /* JSON: the body that a person would accept */, *input /* JSON: all that was proposed */,
      *agent, *claim, *requester, *risk, *criteria, *rule, *state, *why;
  char *content_hash, *evidence_hash, *hash, *rules, *previous, *next;
  int audience, tier, points;
  double minutes, worth;
  int64_t made, expires, ended, seq; /* ended 0: not yet */
  GPtrArray *approvals;    /* of struct gate_approval, oldest first */
};
void gate_proposal_free(struct gate_proposal *proposal);
typedef struct gate_proposal gate_proposal_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gate_proposal_auto, gate_proposal_free)

int gate_find(struct db *db, const char *id, struct gate_proposal **ret_proposal, GError **error); /* 1/0/-1 */
/* The newest proposal of a kind about a subject, in whatever state; of a kind that may have several (`per`), the newest of them. 1/0/-1 */
int gate_find_latest(struct db *db, const char *kind, const char *subject, struct gate_proposal **ret_proposal, GError **error);
/* The newest proposal of a kind in a slot: its subject, and what tells several about it apart. 1/0/-1 */
int gate_find_in_slot(struct db *db, const char *kind, const char *slot, struct gate_proposal **ret_proposal, GError **error);
/* Of struct gate_proposal, owned by the array: what waits (soonest to lapse first), or everything (newest first). */
GPtrArray *gate_proposals(struct db *db, bool all, GError **error);
/* Proposed, in approval: a person can decide it now. */
bool gate_is_open(const struct gate_proposal *proposal);

/* ---- deciding ---- */

enum gate_word { GATE_ACCEPT, GATE_REJECT, GATE_REQUEST_CHANGES };
struct gate_person { const char *actor; unsigned roles; const char *instead_of; /* as a deputy: in whose place, and then with whose roles; NULL: their own */ };
struct gate_decision {
  const char *proposal;
  enum gate_word word;
  const char *hash;                /* of what was shown */
  const char *const *criteria;     /* NULL-terminated ids of the questions answered with yes; NULL: none */
  const char *reason;              /* NULL or "": none */
  const char *confirmer;           /* the actor who confirmed the cause that it rests on; NULL nobody */
};
/* NOT_FOUND; STALE: superseded, another hash, other rules; CONFLICT: already decided or lapsed (says by whom and when);
 * FORBIDDEN: role or separation of duties (with the rule's sentence); BAD_INPUT: a reason or a criterion is missing.
 * The same decision by the same person again is fine and records nothing. A deputy and who named them are one person: their
 * yes counts once, and what one may not decide the other may not in their place. */
bool gate_decide(struct ledger_write *write, const struct rules *rules, const struct gate_person *person, const struct gate_decision *decision,
                 int64_t now, GError **error);
/* May this person decide it now? If not, `ret_why` (may be NULL) says why not, newly allocated. */
bool gate_may(const struct rules *rules, const struct gate_proposal *proposal, const struct gate_person *person, const char *confirmer, int64_t now,
              char **ret_why);
/* Roles of which one has to accept next; 0 where nothing is waited for. */
unsigned gate_waits_for(const struct rules *rules, const struct gate_proposal *proposal);

/* ---- showing ---- */

struct gate_view {
  const struct rules *rules;
  const struct gate_person *person; /* who looks */
  const char *confirmer;
  int64_t now;
  struct seal *seal;                /* opens reasons; NULL: they are not sealed */
  char *(*name)(void *data, const char *actor); void *data; /* how a person is called, newly allocated; NULL: the actor as it is */
};
/* Members of the REST contract, into an object that the caller has opened: the row of a list, and the whole. */
void gate_write_row(const struct gate_view *view, const struct gate_proposal *proposal, struct json_writer *out);
/* The first `most` sentences that speak for it and may be told, as elements of an array; how many, -1 on error. */
int gate_write_strongest(const struct gate_proposal *proposal, int most, struct json_writer *out, GError **error);
bool gate_write_whole(const struct gate_view *view, struct db *db, const struct gate_proposal *proposal, struct json_writer *out, GError **error);
