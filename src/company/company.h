/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company as nouns: what agents and pages read. One immutable snapshot of plain arrays, loaded from the tables that the
 * folds keep, or built by hand in a test. References between nouns are indices into the arrays of the same snapshot, -1
 * where there is none. Texts are interned and live as long as the snapshot. No I/O here: load.h fills it.
 *
 * Agents get a `const struct company *` and nothing else of the world. */
#pragma once
#include "base/clock.h"
#include "company/formats.h"

#define LIST_OF(type) struct { struct type *at; int count; }

enum person_status { PERSON_ACTIVE, PERSON_ON_LEAVE, PERSON_LEFT };
struct person {
  const char *id;              /* opaque */
  const char *employee_number, *first_name, *last_name, *email, *location; /* personal: stored sealed, never in a claim; of who was erased "", NULL, "(erased)", NULL, NULL */
  enum person_status status;
  int32_t start, end;          /* days; CLOCK_NO_DAY: unknown, or not left */
  double fte;
  int team, department, job;   /* of the primary membership; -1: none */
  int manager;                 /* index of the person; -1: none or unknown */
};
struct membership { int person, team, job, manager; int32_t from, to; /* CLOCK_NO_DAY: open */ bool primary; double fte; };
struct department { const char *name; int size; };
struct team {
  const char *name;            /* also its id */
  int department;              /* -1 unknown */
  int size;                    /* people there today; 0 for a team that only a KPI or pulse names */
  int manager;                 /* the person most members report to; -1 unknown */
};
struct skill { const char *id, *name, *aliases; int broader; double half_life_days; /* of months × 30.4375; 0: does not go stale */ };
struct job { const char *title; int first, count; /* its rows in job_skills */ };
struct job_skill { int job, skill; double level /* 0–5 */, importance /* 0–1 */; };

enum goal_direction { GOAL_UP = 1, GOAL_DOWN = -1 };
enum goal_category { GOAL_PRODUCTIVITY, GOAL_REVENUE, GOAL_RISK, GOAL_EFFICIENCY };
struct goal {
  const char *id, *name, *unit, *currency;
  enum goal_direction direction;
  enum goal_category category;
  int owner;                   /* person */
  double baseline, target, weight, value_per_unit; /* value_per_unit: 0 where not given */
  int32_t due;
  const int *skills; int skill_count;
  const int *departments; int department_count; /* none: the whole company */
  int version; int64_t seq;
};
struct kpi { int goal, team; /* -1: the company */ int32_t day; double value, exposure; /* NAN where absent */ };

/* RESULT_COMPLETION comes from statements only: somebody took part to the end, and nobody says how well. */
enum result_kind { RESULT_ASSESSMENT, RESULT_PRACTICE, RESULT_MANAGER, RESULT_PEER, RESULT_SELF, RESULT_WORK, RESULT_COMPLETION, RESULT_KINDS };
struct result { int person, skill; int32_t day; enum result_kind kind; int item; /* index of an interned item, -1 */
                double score, difficulty; /* NAN where absent */ int64_t seq;
                double weight;    /* in results of an assessment; 0: what its kind weighs */
                const char *rule; /* that made it of a statement (company/evidence-rules.h); NULL: none */ };

enum topic { TOPIC_NONE, TOPIC_TOOL, TOPIC_CLARITY, TOPIC_CAPACITY, TOPIC_PROCESS, TOPIC_INCENTIVE, TOPIC_SUPPORT,
             TOPIC_ENGAGEMENT, TOPIC_CONFIDENCE, TOPIC_COUNT };
struct question { const char *id, *text; enum topic topic; /* as given; TOPIC_NONE: read it from the text */ };
struct pulse { int32_t day; int question, team; int respondent; /* interned token, -1 */ double answer; const char *comment; };

struct step { const char *process, *case_id, *activity; int team; int64_t start, end; /* end INT64_MIN: open */ };
struct ticket { const char *tool, *category; int team; int64_t opened, closed; };
struct capacity { int team; int32_t day; double available, planned; };
struct reward { const char *job_title; int team; const char *rewarded; int goal; /* -1: words */ double weight; int32_t from, to; };
struct change { int32_t day; const char *scope; int team, department; /* both -1: the company */ const char *kind, *title; };
struct request { const char *id, *title, *description; int requester, team; int32_t day; };
/* `active`: as the file says and nobody has stopped it. `serves`: the goal that a person said it shall serve, NULL none. */
struct programme { const char *id, *title, *kind; const int *skills; int skill_count; double hours, cost_per_seat, fixed_cost; bool active;
                   bool stopped; const char *serves; const char *reason; /* of the stop or the new goal; NULL none */ };
struct enrolment { int programme, person; int32_t day, completed; const char *status; };
struct objective { const char *id, *title; int person, team, goal; const int *skills; int skill_count; double progress; int32_t due; };
struct demand { int32_t month; int skill; const char *job_title; double people; };
struct assumed { const char *name; double value; }; /* an assumption of the forecast that the company has set: company/assumptions.h */
/* A document of the company. `text` is what stands behind the front matter; `seq` its newest event: another one is another text. */
struct source { const char *name, *title, *owner, *licence, *audience, *text; int32_t valid_until; int64_t seq; };

enum cause { CAUSE_SKILL, CAUSE_TOOL, CAUSE_PROCESS, CAUSE_INCENTIVE, CAUSE_CLARITY, CAUSE_CAPACITY, CAUSE_OUTSIDE,
             CAUSE_CANNOT_TELL, CAUSE_COUNT };
extern const char *const cause_names[CAUSE_COUNT];   /* "skill" … "cannot tell" */
extern const char *const topic_names[TOPIC_COUNT];   /* "" "tool" … */
extern const char *const result_kind_names[RESULT_KINDS];
extern const char *const goal_category_names[4];
int cause_by_name(const char *name); /* -1: none */
struct company;
/* Does it have the family name (of three letters or more), number or address of somebody who is or was here? What people wrote is
 * quoted by agents and shown to others only where it names nobody. */
bool company_names_somebody(const struct company *company, const char *text);

/* What people told the agents: a cause confirmed or overruled, a need marked as noise, a need declined or accepted. */
struct confirmation { const char *need, *goal_id; enum cause cause, first; /* what the agent had ranked first */ int32_t day; };
enum need_state { NEED_OPEN, NEED_NOISE, NEED_DECLINED, NEED_ACCEPTED };
struct need_decision { const char *need, *goal_id, *reason; enum need_state state; int32_t day; };

/* A goal's priority was changed, by a person or by a newer goals file. */
struct weighing { int goal; int32_t day; double before, after; };

/* A live claim of the needs agent, with what people have said of it since: what the agents after it build on. */
struct known_need {
  const char *id, *title, *status;  /* status as the agent holds it, or "accepted", "declined", "noise" as people said */
  int goal;                         /* -1: of no goal */
  enum cause cause;                 /* the confirmed one, else the first */
  bool confirmed;
  double probability, money;        /* of that cause; a year, NAN unknown */
  const int *skills; int skill_count;
  const int *teams; int team_count; /* those affected */
  int32_t since;                    /* the onset; CLOCK_NO_DAY: it was always there, or unknown */
  double size;                      /* the gap, in the goal's unit, positive; NAN unknown */
  const char *value;                /* the whole claim, JSON */
  int64_t seq;
};

/* The accepted answer to a need, as it was registered: nobody can change it afterwards. */
enum intervention_state { INTERVENTION_RUNNING, INTERVENTION_STOPPED };
struct intervention {
  const char *id, *need, *title, *remedy, *design;
  int goal;
  enum cause cause;
  bool training;                    /* false: a process, tool, clarity, capacity or incentive remedy, with an owner and a date */
  bool measurable;
  const int *skills; int skill_count;
  int owner;                        /* person; -1 unknown */
  int from_week, to_week;           /* the estimand: mean effect in these weeks after each start, both inclusive, from 1 */
  double minimum_effect, power, cost; /* in the goal's unit, positive; 0–1; in the company's currency */
  int32_t registered, due;
  int32_t baseline_from, baseline_to; /* what counts as before, without the weeks that opened the need; to is exclusive */
  enum intervention_state state;
  int32_t ended;                    /* CLOCK_NO_DAY while it runs */
  int first, count;                 /* its rows of intervention_teams: the frozen units */
  const char *plan;                 /* the whole registration, JSON */
  int64_t registered_at, seq;
};
struct intervention_team { int intervention, team; int32_t start; /* CLOCK_NO_DAY: comparison only */ bool affected; };

/* An approved learning asset. `body` is what was accepted: blocks, sentences, spans (studio/asset.h reads it). */
struct asset { const char *id, *need, *title, *modality, *pattern, *body; int intervention, goal; int32_t published; int64_t seq; bool withdrawn /* what it was made from was taken back */; };

enum delivery_state { DELIVERY_SHOWN, DELIVERY_OPENED, DELIVERY_DONE, DELIVERY_DECLINED, DELIVERY_EXPIRED, DELIVERY_STATES };
struct delivery {
  const char *id, *block, *channel, *title, *reason;
  int asset, person;
  double minutes;                   /* of the person's attention */
  int64_t at;                       /* shown from then on: never within quiet hours */
  int32_t expires;                  /* the last day on which it makes sense */
  enum delivery_state state;
  int32_t answered;                 /* when it was last touched; CLOCK_NO_DAY: not yet */
  int64_t seq;
};
extern const char *const delivery_state_names[DELIVERY_STATES]; /* "shown" … "expired" */
/* What a person wants of deliveries. Minutes of the day, local; quiet_from may lie after quiet_to (over midnight). */
#define DELIVERY_QUIET_FROM (18 * 60) /* what holds for who has not said otherwise */
#define DELIVERY_QUIET_TO (8 * 60)
#define DELIVERY_WEEKLY_MINUTES 20.0
struct preference { int person; int quiet_from, quiet_to; double weekly_minutes; const char *channel; };

/* What somebody promised a group that had said something ("you said, we did"). `group` as people call it. */
struct promise {
  const char *id, *group, *topics; /* topics: ";" between them, may be empty */
  const char *need;                /* the group need that it answers; "" none */
  const char *text, *done;         /* what was promised; what was done, NULL while it is open */
  const char *by;                  /* the actor that made it */
  int owner;                       /* person; -1 unknown */
  int32_t made, due, kept;         /* days; CLOCK_NO_DAY: not kept yet */
  int64_t seq;
};

/* What effects say of one means in one context (a need's cause), as a Beta distribution from (1, 1): what agents go by next time. */
struct weight { const char *subject, *kind /* remedy, modality, pattern, signal, agent */, *name; enum cause cause; int moved, did_not_move; double a, b, mean, low, high; };
struct weight_reset { const char *subject; int32_t day; };  /* effects told on that day or before do not count */

struct company {
  int64_t version;             /* the last event that is in it */
  int64_t data_version;        /* the same without what agents claimed and what was registered, published and delivered */
  const char *name;
  const char *currency;        /* of the goals; "EUR" where none says */
  bool have[FILE_COUNT];       /* was a file of this kind ever imported? */
  int32_t first_day, last_day; /* of anything observed (kpis, results, pulse, steps, tickets) */
  LIST_OF(person) people;
  LIST_OF(membership) memberships;
  LIST_OF(department) departments;
  LIST_OF(team) teams;
  LIST_OF(skill) skills;
  LIST_OF(job) jobs;
  LIST_OF(job_skill) job_skills;
  LIST_OF(goal) goals;
  LIST_OF(kpi) kpis;           /* ordered by goal, team, day */
  LIST_OF(result) results;     /* ordered by skill, person, day */
  LIST_OF(question) questions;
  LIST_OF(pulse) pulses;       /* ordered by team, day */
  LIST_OF(step) steps;         /* ordered by process, case, start */
  LIST_OF(ticket) tickets;     /* ordered by opened */
  LIST_OF(capacity) loads;     /* ordered by team, day */
  LIST_OF(reward) rewards;
  LIST_OF(change) changes;     /* ordered by day */
  LIST_OF(request) requests;   /* ordered by day */
  LIST_OF(programme) programmes;
  LIST_OF(enrolment) enrolments;
  LIST_OF(objective) objectives;
  LIST_OF(demand) demands;
  LIST_OF(assumed) assumed;
  LIST_OF(confirmation) confirmations;
  LIST_OF(need_decision) decisions;
  LIST_OF(source) sources;
  LIST_OF(weighing) weighings;          /* ordered by goal, then as they came */
  LIST_OF(known_need) needs;
  LIST_OF(intervention) interventions;  /* ordered by registration */
  LIST_OF(intervention_team) intervention_teams;
  LIST_OF(asset) assets;
  LIST_OF(delivery) deliveries;         /* ordered by moment */
  LIST_OF(preference) preferences;
  LIST_OF(promise) promises;            /* ordered by day, then id */
  LIST_OF(weight) weights;              /* ordered by subject */
  LIST_OF(weight_reset) weight_resets;  /* likewise */
};

/* What effects have said of something that led to them, where the need had this cause; NULL: nothing yet, which is even chances. */
const struct weight *company_weight(const struct company *company, enum cause cause, const char *kind, const char *name);
