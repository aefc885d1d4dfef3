/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of each intervention: the registration beside the analytics agent's live claim "effect" about it, for the board, the
 * page, the sheet of paper and the reasons. Whatever the claim does not say is absent here: NAN, NULL, CLOCK_NO_DAY. */
#pragma once
#include "ops/tables.h"

enum verdict { VERDICT_MOVED, VERDICT_DID_NOT_MOVE, VERDICT_CANNOT_TELL, VERDICTS };
extern const char *const verdict_names[VERDICTS + 1]; /* "moved" …; ends with NULL */
/* What an outcome's figures are: of all registered weeks; of those seen so far, with a band that holds at all looks; the same with one of this
 * look alone, on which no verdict rests. */
enum basis { BASIS_LAST_READING, BASIS_ANY_TIME, BASIS_DESCRIPTIVE, BASES };
extern const char *const basis_names[BASES + 1]; /* "last reading", "any time", "descriptive"; ends with NULL */
/* Kirkpatrick's four, and what one of them shows. */
enum level_state { LEVEL_SEEN, LEVEL_CANNOT_TELL, LEVEL_EMPTY, LEVEL_WITHHELD, LEVEL_STATES };
#define LEVELS 4
extern const char *const level_names[LEVELS + 1];         /* by level less one: "reaction" … "results"; ends with NULL */
extern const char *const level_states[LEVEL_STATES + 1];  /* "seen" …; ends with NULL */
enum lead_step { LEAD_SIGNAL, LEAD_NEED, LEAD_ACCEPTED, LEAD_LIVE, LEAD_FIRST_USE, LEAD_EFFECT, LEAD_STEPS };
extern const char *const lead_names[LEAD_STEPS];

struct outcome {
  const struct intervention *plan; /* of the snapshot */
  const struct goal *goal;         /* NULL: of none that is known */
  struct json value, registration; /* the claim's value, absent where there is none yet; the plan as registered */
  struct json_doc *value_doc, *plan_doc;
  char *claim, *agent, *evidence;  /* NULL without a claim */
  char *value_text;
  int64_t made_at;
  double confidence;
  enum verdict verdict;            /* "cannot tell" without a claim */
  bool measured;                   /* there is an estimate */
  enum basis basis;                /* of its figures */
  bool hidden, others_hidden;      /* fewer than five people: in the teams that it is about; in those compared with, or in what is left of the goal */
  int units, affected;
  double estimate, se, low, high, p; /* in the goal's unit, signed as the KPI is */
  double q;                        /* p adjusted for all interventions of the company that were measured: NAN without p */
  double cost, money, money_low, money_high; /* money: a year */
  double back, back_low, back_high;  /* money a year for each unit of cost */
  double lead[LEAD_STEPS];         /* days since the signal */
  int32_t said;                    /* before the last reading it was said to have moved, first on this day, as it was told then; CLOCK_NO_DAY: never */
  double said_estimate, said_low, said_high; /* in the goal's unit; NAN withheld */
  int32_t tell;                    /* the day from which it can be told; CLOCK_NO_DAY: never */
  char *needed;                    /* what would settle it; NULL: it is settled */
};

/* Those that the caller may see (a confined manager: that touch own teams), the most worth first. NULL on error. */
GPtrArray *outcomes_read(struct op_call *call, const struct company *company, GError **error); /* of struct outcome */
/* Said early, and the last reading did not bear it out. */
bool outcome_taken_back(const struct outcome *outcome);
/* What a level shows: 4 is the effect itself, those below it (3 to 1) go by their signs. */
enum level_state outcome_level(const struct outcome *outcome, int level);
struct json outcome_level_row(const struct outcome *outcome, int level); /* of levels 3 to 1: as the agent states it; absent where it does not */
bool outcome_sign_shown(const struct outcome *outcome, struct json sign); /* five people or more stand behind it, or none at all */
const struct outcome *outcomes_find(const GPtrArray *outcomes, const char *id); /* by the intervention's or the claim's id; NULL: none */

/* Sums of what the caller sees. The money is that of what moved, the cost that of everything: what moved nothing is paid as well. */
struct outcome_sums { int of[VERDICTS], unmeasured, believed /* moved, with q ≤ 0.05 */, taken_back; double all, all_low, all_high; /* money a year of all that were measured, moved or not,
                      each drawn towards their mean by how unsure it is: the largest are not the largest by worth alone */
                      double cost, money, money_low, money_high, back, back_low, back_high; double lead[LEAD_STEPS]; /* medians */ };
void outcomes_add_up(const GPtrArray *outcomes, struct outcome_sums *ret_sums);

/* What was not done, and why: needs with another cause than skill, wishes without a goal, programmes that no goal rests on. */
struct declined_row { const char *id, *title, *why; double money; /* a year */ bool saved; /* a person accepted to stop it */ };
struct declined { int not_training; double not_training_money; int no_goal; GArray *programmes; /* of struct declined_row; texts borrowed from needs */ };
void declined_read(const GPtrArray *needs, const struct company *company, struct declined *ret_declined);
void declined_clear(struct declined *declined);

/* The first day whose value counts for the effect; CLOCK_NO_DAY: nothing starts. */
int32_t outcomes_count_from(const struct company *company, const struct intervention *plan);

/* Did this change happen between the first start and `until`, in one of its teams, their departments, or the whole company? */
bool outcome_touches(const struct outcome *outcome, const struct company *company, const struct change *change, int32_t until);

/* An array `teams`: the frozen units with their starts, as far as the caller sees the teams. */
void outcome_write_units(struct json_writer *out, const struct company *company, const struct intervention *plan, const bool *seen);

/* The files: newly allocated. */
GBytes *outcomes_csv(const GPtrArray *outcomes, const struct company *company);
GBytes *outcomes_pdf(struct op_call *call, const struct view *view, const GPtrArray *outcomes, const struct declined *declined, GError **error);
