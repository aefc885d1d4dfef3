/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * needs: what holds each goal back, is it a training problem at all, and what would we have to ask to know?
 *
 * Inputs: goals and their KPIs; results and job profiles; pulse answers; work log, tickets, capacity, rewards, changes;
 * requests, programmes; and what people decided about earlier needs. Whatever is absent makes the answer less sure, never
 * differently sure.
 *
 * Method, one file each:
 *   needs-panel.c     the KPI as teams × periods, its noise
 *   needs-gap.c       is there a gap, whose, since when; bad luck discounted
 *   needs-marker.c    what a cause would raise, in affected teams against others
 *   needs-pulse.c, needs-skill.c, needs-work.c, needs-evidence.c   one test per cause, as log likelihood ratios
 *   needs-rank.c      the ranking, with "cannot tell" as a hypothesis
 *   needs-words.c, needs-requests.c, needs-programmes.c   sentences, questions, notes, programmes
 *
 * A claim "need" has as value a JSON object: id, goal, title, subject {kind, names}, teams, skills, causes [{cause,
 * probability, evidence, against}], cause, question, file (that would tell), value {amount, unit, money,
 * currency, period}, status (open, not a training problem, not a priority, accepted, expired), reason, instead, since,
 * gap, gap_interval, peers, requests, expires. One need per goal: who is affected may be read differently as data grow,
 * and the need a person has discussed must stay the same.
 *
 * How it can be wrong: two causes in different teams of one goal share one ranking; a cause that no file shows is called
 * "cannot tell" at best; tests are only as independent as the files. Figures about people appear only where five or more
 * stand behind them; smaller teams are not named.
 *
 * References: R. F. Mager, P. Pipe, "Analyzing Performance Problems", 1997; T. F. Gilbert, "Human Competence", 1978; those
 * of the methods stand in their files. */
#include "agents/needs-private.h"
#include "base/id.h"
#include <math.h>

#define NOTHING_MOST 0.5       /* above: no need; the goal is only not there yet */
#define STALE_DAYS 120         /* a KPI that nobody measures any more holds nothing back */
#define LOW_WEIGHT 0.1
#define CONFIRMED 0.9          /* chance that a cause is right which a person has confirmed or put in the place of another */

static const struct need_decision *decision_of(const struct company *c, const char *need)
{
  const struct need_decision *last = NULL;
  for (int i = 0; i < c->decisions.count; i++)
    if (g_strcmp0(c->decisions.at[i].need, need) == 0)
      last = &c->decisions.at[i];
  return last;
}

static void settle_cause(const struct company *c, struct needs_need *need)
{
  need->cause = need->ranking.order[0];
  for (int i = 0; i < c->confirmations.count; i++)
    if (g_strcmp0(c->confirmations.at[i].need, need->id) == 0) {
      need->cause = c->confirmations.at[i].cause;
      need->confirmed = true;
      need->confirmed_day = c->confirmations.at[i].day;
    }
}

static bool any_weight(const struct company *c)
{
  for (int i = 0; i < c->goals.count; i++)
    if (c->goals.at[i].weight > 0)
      return true;
  return false;
}

/* Weights that nobody gave are all the same. */
static double weight_of(const struct company *c, const struct goal *goal)
{
  return isfinite(goal->weight) && any_weight(c) ? goal->weight : 0.5;
}

static void settle_status(const struct company *c, struct needs_need *need)
{
  const struct need_decision *decision = decision_of(c, need->id);
  const struct goal *goal = need->panel.goal;
  bool training = need->cause == CAUSE_SKILL || need->cause == CAUSE_CANNOT_TELL;
  need->status = training ? "open" : "not a training problem";
  if (weight_of(c, goal) < LOW_WEIGHT)
    need->status = "not a priority";
  if (goal->due != CLOCK_NO_DAY && goal->due <= c->last_day)
    need->status = "expired";
  if (decision == NULL || decision->state == NEED_OPEN)
    return;
  need->status = decision->state == NEED_ACCEPTED ? "accepted" : "not a priority";
  need->decision_reason = decision->state == NEED_NOISE ? "marked as noise" : decision->reason;
}

/* What a person said weighs more than the ranking that it overrules: else what was confirmed would be worth nothing. */
double needs_sure(const struct needs_need *need)
{
  double ranked = need->ranking.probability[need->cause];
  return need->confirmed ? fmax(ranked, CONFIRMED) : ranked;
}

static void settle_value(const struct company *c, struct needs_need *need)
{
  const struct needs_state *s = &need->state;
  const struct goal *goal = need->panel.goal;
  double size = 0, teams = 0;
  for (int i = 0; i < s->count; i++) {
    size += s->gaps[i].weight * s->gaps[i].size;
    teams = fmax(teams, s->gaps[i].teams);
  }
  if (need->panel.team[0] < 0 || teams < 1)
    teams = need->panel.teams;
  double gain = fmax(0, size - s->expected_recovery), weight = weight_of(c, goal);
  need->amount = weight * needs_sure(need) * gain;
  /* value_per_unit is the worth, a year, of one unit over the whole goal: some of its teams can move that share of it */
  need->money = need->amount * teams / need->panel.teams * fabs(isfinite(goal->value_per_unit) ? goal->value_per_unit : 0);
}

static bool stale(const struct company *c, const struct needs_panel *p)
{
  int32_t end = p->start[p->periods];
  return c->last_day - end > fmax(STALE_DAYS, 3 * p->period_days);
}

/* Does a gap rest on fewer than five people? Then nothing may be said of it, its size least of all. */
static bool rests_on_few(const struct company *c, const struct needs_state *s)
{
  for (int g = 0; g < s->count; g++) {
    int people = 0;
    for (int t = 0; t < c->teams.count; t++)
      people += isfinite(s->gaps[g].affected[t]) && s->gaps[g].affected[t] >= 0.5 ? c->teams.at[t].size : 0;
    if (people > 0 && people < NEEDS_LEAST_GROUP)
      return true;
  }
  return false;
}

/* False: nothing holds the goal back that could be told from chance. The panel and the state are filled anyway. */
static bool find_need(struct needs_study *study, int goal, struct needs_need *need)
{
  const struct company *c = study->company;
  if (!needs_panel_build(study, goal, &need->panel))
    return false;
  needs_gaps_find(study, &need->panel, &need->state);
  if (need->state.count == 0 || stale(c, &need->panel) || rests_on_few(c, &need->state))
    return false;
  for (int i = 0; i < need->state.count; i++)
    needs_evidence_weigh(study, &need->panel, &need->state, &need->state.gaps[i], &need->weighed[i]);
  needs_rank(study, need->id, need->panel.goal, &need->state, need->weighed, &need->ranking);
  if (need->ranking.nothing > NOTHING_MOST)
    return false;
  settle_cause(c, need);
  settle_status(c, need);
  settle_value(c, need);
  return true;
}

static void clear_need(struct needs_need *need)
{
  for (int i = 0; i < 2; i++)
    if (need->weighed[i].findings)
      needs_evidence_clear(&need->weighed[i]);
  needs_state_clear(&need->state);
  needs_panel_clear(&need->panel);
  g_array_unref(need->requests);
}

static bool run(const struct snapshot *now, struct turn *out, GError **error)
{
  const struct company *c = now->company;
  struct needs_study study;
  (void)error;
  needs_study_init(&study, now);
  g_autofree struct needs_need *needs = g_new0(struct needs_need, (size_t)MAX(c->goals.count, 1));
  for (int g = 0; g < c->goals.count; g++) {
    g_autofree char *id = id_short("n", "goal", c->goals.at[g].id, NULL);
    needs[g].id = g_string_chunk_insert(study.texts, id);
    needs[g].requests = g_array_new(FALSE, FALSE, sizeof(int));
    if (!find_need(&study, g, &needs[g]))
      needs[g].status = NULL;
  }
  needs_match_requests(&study, needs, c->goals.count);
  for (int g = 0; g < c->goals.count; g++)
    if (needs[g].status)
      needs_tell(&study, &needs[g], out);
  needs_tell_requests(&study, needs, c->goals.count, out);
  needs_tell_programmes(&study, needs, c->goals.count, out);
  for (int g = 0; g < c->goals.count; g++)
    clear_need(&needs[g]);
  needs_study_clear(&study);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_SKILLS, FILE_JOBS, FILE_GOALS, FILE_KPIS, FILE_RESULTS, FILE_PROGRAMMES,
  FILE_ENROLMENTS, FILE_QUESTIONS, FILE_PULSE, FILE_REQUESTS, FILE_WORK_LOG, FILE_TICKETS, FILE_CAPACITY, FILE_REWARDS, FILE_CHANGES, FILE_WORKFORCE,
  FILE_COUNT };
static const char *const makes[] = { "need", "act on need", "send note", "stop programme", "retarget programme", NULL };

const struct agent agent_needs = {
  .id = "needs", .title = "Needs",
  .question = "What holds each goal back, is it a training problem at all, and what would we have to ask to know?",
  .revision = NEEDS_REVISION, .reads = reads, .makes = makes, .cadence = CADENCE_NEWS, .run = run };
