/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of operations, one per subject, and what their handlers share. */
#pragma once
#include "base/limits.h"
#include "ops/op.h"
#include "ops/system.h"

extern const struct op
  goals_ops[],
  needs_ops[],
  approvals_ops[],
  deputies_ops[],
  studio_ops[],
  interventions_ops[],
  impact_ops[],
  estimate_ops[],
  programmes_ops[],
  skills_ops[],
  workforce_ops[],
  team_ops[],
  listening_ops[],
  people_ops[],
  deliveries_ops[],
  reasons_ops[],
  lineage_ops[],
  retract_ops[],
  whatif_ops[],
  imports_ops[],
  later_ops[],
  privacy_ops[],
  erasure_ops[],
  today_ops[],
  credentials_ops[],
  statements_ops[],
  statements_shown_ops[],
  forwards_ops[],
  evidence_ops[],
  actors_ops[],
  statements_figures_ops[],
  system_ops[];

/* The disclosure threshold for figures: fewer people than that, and the figure is withheld. */
#define OPS_LEAST_PEOPLE 5

void put_day(struct json_writer *out, const char *key, int32_t day);     /* null where there is none */
void put_time(struct json_writer *out, const char *key, int64_t time);
/* How an actor is called to a reader: a person's name, an account's login, "agent needs", "Meno". Newly allocated. */
char *ops_actor_name(const struct company *company, const char *actor);
/* A sealed column of the event whose id stands in another column: as people may read it. Newly allocated. */
char *ops_reveal(const struct op_call *call, struct query *query, int column, int id_column, const char *field);
char *ops_person_name(const struct company *company, int person);       /* newly allocated */
/* By employee number, work address or opaque id; -1 with an error. */
int ops_find_person(const struct company *company, const char *named, GError **error);
/* An object `names`: what ids that stand in `value` (members to, goal, skills) are called to a reader. */
void ops_write_names(struct json_writer *out, const struct company *company, struct json value);
/* Which teams the caller may see by role: everybody but managers all, managers their own and those below. Newly
 * allocated, a byte per team; departments likewise where every team of it is seen. */
bool *ops_teams_seen(const struct op_call *call, const struct company *company);
/* How many work in a team, for a reader: null where they are fewer than the threshold. */
void put_team_size(struct json_writer *out, const struct team *team);
/* Is the caller confined to own teams: a manager without a wider role? */
bool ops_is_confined(const struct op_call *call);

/* A row of a spreadsheet's file; `cells` ends with NULL. What a spreadsheet would run as a formula is disarmed. */
void ops_put_cells(GString *csv, const char *const *cells);

/* What to call a verb, from its IRI; and an activity, from what statements have told of it, else likewise. Newly allocated. */
char *ops_iri_name(const char *iri);
char *ops_activity_name(struct db *db, const char *activity);

/* ---- goals ---- */
struct goal_track { double latest, gap /* in the unit; positive: short of the target */, money /* a year */; int32_t latest_day; int period_days;
                    int count; int32_t *days; double *values; /* the series: newly allocated */ };
/* Of a goal: the company's own series where there is one, else the mean of its teams weighted by exposure; `team` ≥ 0: one team's. */
void goal_track_init(struct goal_track *track, const struct company *company, int goal, int team);
void goal_track_clear(struct goal_track *track);
/* "on track", "off track", "unknown": against the straight way from baseline to target by the due date. */
const char *goal_state(const struct goal *goal, const struct goal_track *track, int32_t from, int32_t today);

/* ---- needs ---- */
/* Calls `visit` with every live need claim's value, best first; false stops. */
struct need { char *id, *goal, *title, *status, *cause; double probability, money; struct json value; struct json_doc *doc; char *text;
              char *evidence_text; double confidence; int64_t made_at, seq; char *agent; int32_t valid_to; };
GPtrArray *needs_read(struct op_call *call, const struct company *company, GError **error); /* of struct need; NULL on error */
