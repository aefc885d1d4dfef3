/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an accepted need becomes an intervention whose effect can be told: units, design, comparison, estimand, the smallest
 * effect worth having, power, readings, cost. A plan is made before acceptance and shown without an order of start; at
 * acceptance the order is drawn from a seed that nobody chose, and the whole is registered. Pure: (snapshot, need, wish,
 * day, seed) → plan. The method stands in plan.c and docs/impact.md. */
#pragma once
#include "base/id.h"
#include "base/json.h"
#include "company/company.h"

/* What a person asks for; everything optional. Texts are borrowed until impact_plan_new returns. */
struct impact_wish {
  const char *remedy;  /* "job aid", "practice", "cohort", "programme P-101", or the non-training remedy; NULL: by the cause */
  const char *title;   /* NULL: made of remedy and goal */
  int training;        /* 1, 0; -1: by the cause */
  int owner;           /* person index; -1: the goal's owner */
  int32_t due;         /* CLOCK_NO_DAY: the last reading */
  double cost;         /* company's currency; NAN: estimated from people × hours × the cost of an hour */
};
#define IMPACT_WISH_NONE ((struct impact_wish){ .training = -1, .owner = -1, .due = CLOCK_NO_DAY, .cost = NAN })

enum impact_design { IMPACT_PARALLEL, IMPACT_STEPPED_WEDGE, IMPACT_SWITCHBACK, IMPACT_BEFORE_AFTER };
extern const char *const impact_design_names[4];

/* A frozen unit. `start` is CLOCK_NO_DAY before the draw, and after it for who waits until the last reading or only compares. */
struct impact_unit { int team; bool affected; int32_t start; };

#define IMPACT_STEPS_MOST 8
#define IMPACT_READINGS_MOST 8
struct impact_plan {
  const struct company *company;
  const struct known_need *need;
  char *remedy, *title;
  bool training;
  int goal, owner;
  enum cause cause;
  enum impact_design design;
  struct impact_unit *units; int unit_count;   /* affected first, then the comparison, each by name */
  int affected_count;
  int steps;                                   /* dates on which teams start */
  int32_t step_day[IMPACT_STEPS_MOST]; int step_teams[IMPACT_STEPS_MOST]; /* Mondays; how many affected teams start then */
  int waiting;                                 /* affected teams that start after the last reading, if it helped */
  int ramp_weeks, from_week, to_week;
  int32_t planned;                             /* the day on which it was planned: waiting weeks count as untouched from here */
  int32_t baseline_from, baseline_to;          /* to is exclusive */
  int32_t readings[IMPACT_READINGS_MOST]; int reading_count; /* the last one is where a verdict may be given */
  double minimum_effect, power, detectable;    /* in the goal's unit; 0–1 for the minimum; the effect with 80 % power */
  double noise, autocorrelation, expected_se;  /* of one value; from one period to the next; of the estimate */
  double cost; bool cost_estimated;
  double hours;                                /* of people, that an estimated cost is made of; NAN: of a price or a given cost */
  int weeks_until;                             /* from `planned` to the last reading */
  bool measurable, drawn;
  const char *evidence;                        /* what will count as good enough, in words: fixed with the rest */
  char *why_not, *comparison;                  /* words; why_not NULL where measurable */
  int32_t due;
  uint8_t seed[DIGEST_BYTES];
};

/* NULL where the need has no goal (nothing could be told of it). wish: NULL for none. The company must outlive the plan. */
struct impact_plan *impact_plan_new(const struct company *company, const struct known_need *need, const struct impact_wish *wish, int32_t today);
void impact_plan_free(struct impact_plan *plan);
typedef struct impact_plan impact_plan_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(impact_plan_auto, impact_plan_free)

/* The order of start, from a seed that nobody could choose (the ledger's head at acceptance). The same seed and plan always
 * give the same order. Where teams are not measurable in steps, all start on the first date. */
void impact_plan_draw(struct impact_plan *plan, const uint8_t seed[DIGEST_BYTES]);

/* The members shown before acceptance, into the object that is open in `out`; never an order of start. */
void impact_plan_write(const struct impact_plan *plan, struct json_writer *out);
/* The canonical body of event intervention.registered; newly allocated. Only after the draw. `registered_at`: microseconds. */
char *impact_plan_register(const struct impact_plan *plan, const char *id, int64_t registered_at);
