/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the needs agent share. One turn: study → per goal a panel → its gaps → markers of each cause in the
 * gap's teams and time → findings (log likelihood ratios with sentences) → a ranking → words. All arrays "per team" have
 * company->teams.count entries. Everything here lives for one turn. */
#pragma once
#include "agents/agent.h"
#include "company/level.h"

#define NEEDS_REVISION "4"
#define NEEDS_LEAST_GROUP 5 /* no figure about fewer people than this; smaller teams are not named */

/* Days from (inclusive) to (exclusive). */
struct needs_window { int32_t from, to; };
/* What was counted of one group in one window. */
struct needs_tally { double n, sum, square; };

/* A case of the work log, and the wait before each of its steps, kept by hand-off. */
struct needs_case { const char *process; int32_t day; int steps; bool rework; int teams[4], team_count; };
struct needs_wait { int of; /* case */ double hours; };
struct needs_hand_off { const char *process, *activity; /* before which it waits */ GArray *waits; /* struct needs_wait */ };

/* Prepared once per turn from the whole company. */
struct needs_study {
  const struct company *company;
  int32_t today;
  struct levels *levels;           /* NULL without results */
  int *first_membership, *membership; /* of person p: membership[first_membership[p] … first_membership[p + 1]) */
  /* pulse */
  enum topic *topic;               /* per question, read from the text where it is not given */
  double *sign, *question_mean;    /* per question: +1 agreeing is good, -1 bad; mean of the signed answers */
  double loading[TOPIC_COUNT];     /* of the general mood */
  double answer_variance; int topics; /* within cells; topics that are asked */
  /* work log */
  struct needs_case *cases; int case_count;
  struct needs_hand_off *hand_offs; int hand_off_count;
  /* tickets */
  int *ticket_tool; const char **tools; int tool_count; /* per ticket, -1 none */
  /* results */
  double *adjusted;                /* per result: score net of its kind, item and difficulty */
  GStringChunk *texts;
};

void needs_study_init(struct needs_study *study, const struct snapshot *snapshot);
void needs_study_clear(struct needs_study *study);
const char *needs_say(struct needs_study *study, const char *format, ...) G_GNUC_PRINTF(2, 3); /* lives with the study */
int needs_team_on(const struct needs_study *study, int person, int32_t day); /* -1 none */

/* ---- the goal's numbers ---- */

/* The KPI as a matrix [team * periods + period], turned so that more is better, NAN where nothing was observed. */
struct needs_panel {
  const struct goal *goal; int index;
  int teams, periods; int *team;   /* company team per row; -1 the company's one series */
  int32_t *start;                  /* first day of each period; [periods] is the end of the last */
  double period_days;
  double *y, *exposure;
  double *noise;                   /* per row: standard deviation of one value around its level */
  double autocorrelation;
  double *season;                  /* per period: the yearly wave that was taken off, or 0 */
};
bool needs_panel_build(const struct needs_study *study, int goal, struct needs_panel *ret_panel);
/* Takes the yearly wave that all teams share off the values; `at`: the period of the teams' own break, -1 none known. */
void needs_panel_deseason(struct needs_panel *panel, int at);
void needs_panel_clear(struct needs_panel *panel);

enum needs_pattern { NEEDS_STEP_SOME, NEEDS_STEP_ALL, NEEDS_STATIC_SOME, NEEDS_STATIC_ALL };

/* One gap: who, since when, how large. A goal can have two: a fall, and what was there before. */
struct needs_gap {
  enum needs_pattern pattern;
  double weight;                   /* share of the goal's whole gap */
  double evidence;                 /* log odds that there is a gap of this kind */
  double *affected;                /* per team: 0 not, 1 fully; NAN no comparison */
  int teams, others;               /* affected (≥ ½) and not, among the goal's */
  bool outer;                      /* teams of other goals stand in as comparison */
  int32_t since; double since_sd;  /* days; CLOCK_NO_DAY for what was always there */
  struct needs_window before, after;
  double size, se;                 /* KPI units below where it would be, mean of the affected; positive is worse */
};

struct needs_state {
  bool behind;                     /* of target, beyond noise */
  double level, se, shortfall;     /* oriented; mean of the goal's teams now; target − level */
  double progress;                 /* share of the way from baseline to target */
  double alike;                    /* log Bayes factor of "all teams fell alike" against "some did"; 0 unknown */
  double expected_recovery;        /* of the gap, that would come back by itself (regression to the mean) */
  struct needs_gap gaps[2]; int count;
};
void needs_gaps_find(const struct needs_study *study, struct needs_panel *panel, struct needs_state *ret_state);
void needs_state_clear(struct needs_state *state);

/* ---- markers ---- */

/* A figure per team that a cause would raise: NAN where it was not observed. */
struct needs_marker { double *value, *variance; };
void needs_marker_init(struct needs_marker *marker, int teams);
void needs_marker_clear(struct needs_marker *marker);
/* Change from before to after (steps) or the level after (static); a side with fewer than `least` gives NAN. */
void needs_marker_of_tallies(struct needs_marker *marker, const struct needs_tally *before, const struct needs_tally *after,
                             int teams, double variance, double least);

struct needs_contrast { double effect, se; double affected, others; /* means */ int teams; };
/* How much higher the marker stands in affected teams. se is infinite where nothing can be compared. */
struct needs_contrast needs_contrast(const struct needs_study *study, const struct needs_gap *gap, const struct needs_marker *marker);
/* Did the marker itself change when the KPI fell? The log of how much more a change at that time explains than one half a
 * year to either side: a trouble of another time in the same teams is a coincidence. 0 for standing gaps. `measure` gives
 * the contrast for a gap whose dates have been moved. */
typedef struct needs_contrast (*needs_measure)(const struct needs_study *study, const struct needs_gap *gap, const void *data);
/* The contrast of changes; where the past was hardly seen, that of the levels since, and `ret_level` is true. */
struct needs_contrast needs_contrast_or_level(const struct needs_study *study, const struct needs_gap *gap, needs_measure measure, const void *data, bool *ret_level);
double needs_timing(const struct needs_study *study, const struct needs_gap *gap, double scale, double nuisance, needs_measure measure, const void *data);
/* Side of the gap on which a day lies: 0 before, 1 after, -1 neither. */
int needs_side_of(const struct needs_gap *gap, int32_t day);
static inline bool needs_gap_steps(const struct needs_gap *gap) { return gap->since != CLOCK_NO_DAY; }

/* ---- evidence ---- */

struct needs_finding { enum cause about; double ratio; enum file_id file; const char *sentence; int count, people, team, skill; int32_t from, to; };
struct needs_case_for {              /* what one gap's evidence says */
  GArray *findings;                 /* struct needs_finding */
  double ratio[CAUSE_COUNT];        /* sums, without the pattern's */
  bool unknown[CAUSE_COUNT];        /* the file that decides is missing or too thin */
  enum file_id file[CAUSE_COUNT];   /* the file that would tell; FILE_COUNT none */
  double hours; const char *hand_off, *tool; /* for the words: hours a week that wait, where; NULL unknown */
  const char *change[CAUSE_COUNT]; /* the event that the fall follows, of this cause; NULL none */
  const char *conflict;
  const int *skills; int skill_count; int skill; /* considered; the one that is lowest, -1 */
  double load_affected, load_others;
};
void needs_evidence_weigh(struct needs_study *study, const struct needs_panel *panel, const struct needs_state *state, const struct needs_gap *gap,
                          struct needs_case_for *out);
void needs_evidence_clear(struct needs_case_for *weighed);
void needs_find(struct needs_case_for *out, const struct needs_finding *finding);

/* One test per subject; each adds findings and may set `unknown`. */
void needs_test_pulse(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_skill(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_tool(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_process(struct needs_study *study, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_capacity(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_rewards(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_changes(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out);
void needs_test_outside(struct needs_study *study, const struct needs_panel *panel, const struct needs_state *state, const struct needs_gap *gap,
                        struct needs_case_for *out);

void needs_study_pulse(struct needs_study *study);   /* preparations, by needs_study_init */
void needs_study_work(struct needs_study *study);
void needs_study_tickets(struct needs_study *study);
void needs_study_results(struct needs_study *study);

/* ---- ranking ---- */

struct needs_ranking { double probability[CAUSE_COUNT]; int order[CAUSE_COUNT]; /* best first */
                       double nothing; /* that there is no cause to find: the target is only ambitious */ };
void needs_rank(const struct needs_study *study, const char *need, const struct goal *goal, const struct needs_state *state,
                const struct needs_case_for *weighed /* one per gap */, struct needs_ranking *ret_ranking);

/* ---- words ---- */

const char *needs_number(struct needs_study *study, double value);       /* three significant digits */
const char *needs_day(struct needs_study *study, int32_t day);           /* "3 March 2026" */
const char *needs_amount(struct needs_study *study, double value, const char *unit); /* "340 hours" */
const char *needs_teams(struct needs_study *study, const double *affected); /* "North, South and 3 more teams" */
bool needs_team_named(const struct needs_study *study, int team);        /* large enough to be named */

/* One goal's need, ready to be told. */
struct needs_need {
  const char *id;
  struct needs_panel panel; struct needs_state state; struct needs_case_for weighed[2]; struct needs_ranking ranking;
  enum cause cause; bool confirmed; int32_t confirmed_day;
  const char *status, *decision_reason;
  double amount, money;
  GArray *requests;                 /* int: who asked */
};
double needs_sure(const struct needs_need *need); /* chance that its cause is right */
void needs_tell(struct needs_study *study, struct needs_need *need, struct turn *out);
void needs_tell_requests(struct needs_study *study, struct needs_need *needs, int count, struct turn *out);
void needs_match_requests(struct needs_study *study, struct needs_need *needs, int count);
/* A result that is not a gap: the keys of a need, no causes, "not a priority". `money`: what it costs a year. */
void needs_claim_declined(struct needs_study *study, const char *id, const char *title, const char *goal, const char *kind, const char *name, const char *reason,
                          const char *instead, double money, const char *request, const struct evidence *evidence, struct turn *out);
void needs_tell_programmes(struct needs_study *study, const struct needs_need *needs, int count, struct turn *out);
