/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What groups say: pulse answers as series per group (the company, departments, teams), topic and period, and where these
 * series break. One computation serves the listening agent and the page, so that they never disagree.
 *
 * Nothing here is about a person. A cell of fewer than VOICES_LEAST respondents, one in which all say the same, and one that
 * would give such a cell away by subtraction, is not `shown`; nothing is made of it. Whoever shows a cell to somebody
 * passes the disclosure gate as well. */
#pragma once
#include "company/company.h"

#define VOICES_LEAST 5        /* respondents behind a value that anything is made of */

enum voice_kind { VOICE_COMPANY, VOICE_DEPARTMENT, VOICE_TEAM };
struct voice_group { enum voice_kind kind; const char *name; int size; /* people there today; 0 unknown */
                     int parent; /* group; -1: the company */ int index; /* of the department or team; -1 */ };
/* A topic, or a question that has none. */
struct voice_line { enum topic topic; int question; /* -1: a topic */ const char *id, *name; };
struct voice_cell { int people, answers; bool unanimous; /* everybody gave the same answer */
                    double mean; /* 1–5, net of which questions were asked; NAN without an answer */
                    double variance; /* of that mean, of who happened to answer */
                    bool shown; };

struct voices {
  struct voice_group *groups; int group_count;  /* the company, departments, teams; in that order */
  struct voice_line *lines; int line_count;     /* those that were answered */
  int32_t *from; int periods;                   /* period p is the days from[p] up to from[p + 1] */
  const char *period;                           /* "week", "two weeks", "month", "two months", "quarter" */
  double slow[VOICE_TEAM + 1];                  /* by which values of such groups scatter beyond sampling: a variance */
  struct voice_cell *cells;                     /* [(group * line_count + line) * periods + period] */
};

/* From all answers; never NULL, with no periods where there are none. The period is the shortest in which the rounds leave few
 * gaps and most answers stand in a department's cell of VOICES_LEAST or more. */
struct voices *voices_new(const struct company *company);
void voices_free(struct voices *voices);
typedef struct voices voices_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(voices_auto, voices_free)

static inline struct voice_cell *voices_cell(const struct voices *v, int group, int line, int period)
{
  return &v->cells[((size_t)group * v->line_count + line) * v->periods + period];
}
int voices_group(const struct voices *voices, const char *name); /* a department's name before a team's; -1: none */

/* A break in a series: the level after it next to the level before it. `low`, `high`: 95 % interval of the difference;
 * `z` the difference in standard errors, of sampling and of moods that come and go. */
struct voice_change { int period; /* the first after it */ int until; /* period after the last that counts as after */
                      double before, after, size /* after − before */, low, high, z; int answers, people; /* after it: all; most in a period */ };
#define VOICES_MOST_CHANGES 16
/* Of the cells that are shown; `but` [periods] (or NULL) takes more of them out. Ascending. */
int voices_changes(const struct voices *voices, int group, int line, const bool *but, struct voice_change ret[VOICES_MOST_CHANGES]);

/* "support" as a reader calls it: "support", "what is expected" … */
extern const char *const voice_topic_words[TOPIC_COUNT];
