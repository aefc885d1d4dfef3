/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From evidence to a ranking.
 *
 * Hypotheses are the causes one by one, two causes together, "something that these files do not show", and, for a gap
 * that is only a distance to the target, "nothing: the target is ambitious". Each gets prior × pattern × exp(evidence);
 * evidence is relative to nothing being shown, so a hypothesis that nothing supports keeps its prior and loses to
 * "cannot tell" as soon as something speaks against it. That is what lets a missing file do the right thing: its cause
 * cannot be supported, and what it could have had goes to "cannot tell", never to the neighbours. (Good's weight of
 * evidence; for open-ended hypothesis spaces see C. Howson, P. Urbach, "Scientific Reasoning", 2006, ch. 4.)
 *
 * A cause must earn the first place: without positive evidence of its own it stays below "cannot tell", however much
 * speaks against the rest. Outside, which is proved mostly by the others' absence, needs in addition that nothing that
 * could move all teams is unknown, or an event on record.
 *
 * Two gaps (a fall, and what was there before it) are ranked apart and joined by their shares of the whole.
 *
 * What people decided is learned as counts: a confirmed cause adds to its prior (Dirichlet), a wrong first guess takes
 * from the guess; a goal that was marked as noise has to show more next time.
 *
 * How it can be wrong: findings of one file are not independent, so probabilities are somewhat too sure; they are
 * tempered for that. */
#include "agents/needs-private.h"
#include <math.h>
#include <string.h>

#define TEMPER 0.85            /* of evidence, for what findings share */
#define EARNED 0.7             /* evidence that a cause needs to be ranked above "cannot tell" */
#define BELOW 0.6              /* of "cannot tell", the most that an unearned cause gets */
#define UNKNOWN_SHARE 0.75     /* of a cause whose file is missing, that goes to "cannot tell" */
#define PAIR 0.5
#define SURE_FALL 10.0         /* log odds of the fall itself, from which it is no chance even while the goal is met */
#define PRIOR_WEIGHT 12.0      /* confirmations that the prior is worth */
#define FLOOR 0.004

static const double prior[CAUSE_COUNT] = { [CAUSE_SKILL] = 0.19, [CAUSE_TOOL] = 0.13, [CAUSE_PROCESS] = 0.15, [CAUSE_INCENTIVE] = 0.1,
  [CAUSE_CLARITY] = 0.12, [CAUSE_CAPACITY] = 0.13, [CAUSE_OUTSIDE] = 0.08, [CAUSE_CANNOT_TELL] = 0.1 };
/* How usual the pattern is for the cause: skill rarely falls everywhere in one week; a tool rarely was always bad. */
static const double fits[4][CAUSE_COUNT] = {
  [NEEDS_STEP_SOME] = { 0.4, 0.55, 0.5, 0.45, 0.5, 0.45, 0.4, 0.4 },
  [NEEDS_STEP_ALL] = { 0.1, 0.25, 0.25, 0.25, 0.25, 0.2, 0.4, 0.3 },
  [NEEDS_STATIC_SOME] = { 0.5, 0.2, 0.3, 0.3, 0.3, 0.35, 0.3, 0.3 },
  [NEEDS_STATIC_ALL] = { 0.3, 0.2, 0.3, 0.3, 0.3, 0.3, 0.15, 0.3 },
};

static void learned_prior(const struct company *c, double out[CAUSE_COUNT])
{
  double total = 0;
  for (int k = 0; k < CAUSE_COUNT; k++)
    out[k] = PRIOR_WEIGHT * prior[k];
  for (int i = 0; i < c->confirmations.count; i++) {
    const struct confirmation *said = &c->confirmations.at[i];
    out[said->cause]++;
    if (said->first != said->cause && said->first >= 0 && said->first < CAUSE_COUNT)
      out[said->first] = fmax(0.3 * PRIOR_WEIGHT * prior[said->first], out[said->first] - 0.5);
  }
  for (int k = 0; k < CAUSE_COUNT; k++)
    total += out[k];
  for (int k = 0; k < CAUSE_COUNT; k++)
    out[k] /= total;
}

/* A cause whose deciding file is missing, or, for incentive, whose conflict nobody found: a question, not an answer. */
static bool is_question(const struct needs_case_for *w, enum cause k)
{
  double changes = 0, rewards = 0;
  for (guint i = 0; i < w->findings->len; i++) {
    const struct needs_finding *f = &g_array_index(w->findings, struct needs_finding, i);
    changes += f->about == CAUSE_TOOL && f->file == FILE_CHANGES ? f->ratio : 0;
    rewards += f->about == CAUSE_INCENTIVE && f->file == FILE_REWARDS ? f->ratio : 0;
  }
  if (k == CAUSE_TOOL && changes > 1)
    return false;
  if (k == CAUSE_INCENTIVE && rewards < 0.3)
    return true;
  return w->unknown[k];
}

/* Outside by elimination needs that everything else that moves all teams could be seen. (Skill is not among them: nobody
 * unlearns in all teams in one week.) */
static bool outside_proved(const struct company *c, const struct needs_case_for *w)
{
  bool unknown = false;
  for (guint i = 0; i < w->findings->len; i++) {
    const struct needs_finding *f = &g_array_index(w->findings, struct needs_finding, i);
    if (f->about == CAUSE_OUTSIDE && f->file == FILE_CHANGES && f->ratio > 0.7)
      return true;
  }
  for (int k = CAUSE_SKILL + 1; k < CAUSE_OUTSIDE; k++)
    unknown |= w->unknown[k] && w->file[k] != FILE_COUNT && !c->have[w->file[k]];
  return !unknown;
}

/* Beside a fall, what stood below the target before it is most often an ambitious target, unless something shows. */
static double prior_of_nothing(const struct company *c, const struct goal *goal, const struct needs_state *state, const struct needs_gap *gap)
{
  if (state->count > 1 && !needs_gap_steps(gap) && gap->weight < 0.7)
    return 3;
  if (needs_gap_steps(gap) && !state->behind) /* a dip while the goal is met: chance, unless something shows */
    return gap->evidence < SURE_FALL ? 1 : 0.1;
  double p = gap->pattern == NEEDS_STATIC_ALL ? 0.35 : gap->pattern == NEEDS_STATIC_SOME ? 0.3 : 0.02;
  if (!needs_gap_steps(gap))
    p *= state->progress > 0.4 ? 2 : state->progress < -0.3 ? 0.15 : state->progress < 0 ? 0.4 : 1;
  for (int i = 0; i < c->decisions.count; i++)
    if (c->decisions.at[i].state == NEED_NOISE && g_strcmp0(c->decisions.at[i].goal_id, goal->id) == 0)
      p *= 2;
  return fmin(p, 0.9);
}

struct masses { double of[CAUSE_COUNT], nothing; };

/* Joins `a` and `b`'s common mass by how much speaks for each. */
static void add_pairs(const struct needs_case_for *w, const double *p, const double *pattern, const bool *eligible, struct masses *m)
{
  for (int a = 0; a < CAUSE_OUTSIDE; a++)
    for (int b = a + 1; b < CAUSE_OUTSIDE; b++) {
      if (!eligible[a] || !eligible[b])
        continue;
      double la = w->ratio[a], lb = w->ratio[b];
      double mass = PAIR * p[a] * p[b] * fmax(pattern[a], pattern[b]) * exp(TEMPER * (la + lb));
      m->of[a] += mass * la / (la + lb);
      m->of[b] += mass * lb / (la + lb);
    }
}

static struct masses weigh(const struct company *c, const struct goal *goal, const struct needs_state *state, const struct needs_gap *gap,
                           const struct needs_case_for *w, const double *p)
{
  struct masses m = { 0 };
  const double *pattern = fits[gap->pattern];
  bool eligible[CAUSE_COUNT] = { false };
  double dark = p[CAUSE_CANNOT_TELL] * pattern[CAUSE_CANNOT_TELL];
  for (int k = 0; k < CAUSE_CANNOT_TELL; k++) {
    double mass = p[k] * pattern[k] * exp(TEMPER * w->ratio[k]);
    bool question = is_question(w, k) || (k == CAUSE_OUTSIDE && !outside_proved(c, w));
    eligible[k] = !question && w->ratio[k] >= EARNED;
    if (question) {
      dark += UNKNOWN_SHARE * mass;
      mass *= 1 - UNKNOWN_SHARE;
    }
    m.of[k] = mass;
  }
  add_pairs(w, p, pattern, eligible, &m);
  m.of[CAUSE_CANNOT_TELL] = dark;
  for (int k = 0; k < CAUSE_CANNOT_TELL; k++)
    if (!eligible[k])
      m.of[k] = fmin(m.of[k], BELOW * dark);
  m.nothing = prior_of_nothing(c, goal, state, gap) * pattern[CAUSE_CANNOT_TELL];
  return m;
}

void needs_rank(const struct needs_study *study, const char *need, const struct goal *goal, const struct needs_state *state,
                const struct needs_case_for *weighed, struct needs_ranking *ret_ranking)
{
  struct needs_ranking r = { 0 };
  double p[CAUSE_COUNT], total = 0, share = 0;
  (void)need;
  learned_prior(study->company, p);
  for (int g = 0; g < state->count; g++) {
    struct masses m = weigh(study->company, goal, state, &state->gaps[g], &weighed[g], p);
    double sum = 0, weight = state->gaps[g].weight;
    for (int k = 0; k < CAUSE_COUNT; k++)
      sum += m.of[k];
    r.nothing += weight * m.nothing / (sum + m.nothing);
    /* A gap that is probably none of its own says little about the other's cause. */
    weight *= sum / (sum + m.nothing);
    for (int k = 0; k < CAUSE_COUNT; k++)
      r.probability[k] += weight * m.of[k] / sum;
    share += weight;
  }
  for (int k = 0; k < CAUSE_COUNT; k++) {
    r.probability[k] = fmax(FLOOR, r.probability[k] / fmax(share, 1e-300));
    total += r.probability[k];
    r.order[k] = k;
  }
  for (int k = 0; k < CAUSE_COUNT; k++)
    r.probability[k] /= total;
  for (int i = 1; i < CAUSE_COUNT; i++)
    for (int j = i; j > 0 && r.probability[r.order[j]] > r.probability[r.order[j - 1]]; j--) {
      int swap = r.order[j];
      r.order[j] = r.order[j - 1];
      r.order[j - 1] = swap;
    }
  *ret_ranking = r;
}
