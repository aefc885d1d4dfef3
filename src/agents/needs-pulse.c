/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pulse says about each cause, net of the general mood.
 *
 * A group that is unhappy answers everything lower (the halo: E. L. Thorndike, J. Applied Psychology 4, 1920; common
 * method variance: P. M. Podsakoff et al., J. Applied Psychology 88, 2003). So a topic counts only as far as it departs
 * from the group's other topics: one factor is fitted to the topics over teams and quarters, and a topic is read net of
 * its loading times the trimmed mean of the others. A cause moves its own topic; a mood dip moves all and nets to nothing.
 *
 * Topics that are not given are read from the question's words; whether agreeing is good or bad comes from the words and,
 * where the answers clearly say otherwise, from their correlation with the rest.
 *
 * How it can be wrong: with a single topic there is no mood to compare with (the finding is then halved); a cause that
 * really moves most topics at once is mistaken for mood. */
#include "agents/needs-private.h"
#include "company/question.h"
#include "stats/normal.h"
#include <math.h>
#include <string.h>

#define PULSE_SCALE 0.4        /* answer points that matter */
#define PULSE_NUISANCE 0.06    /* by which topics drift apart for no reason */
#define PULSE_THIN 0.35        /* standard error above which the pulse cannot tell */
#define PULSE_SIDE_LIMIT 3.0   /* of a cause that has a better file than the pulse */
#define LEAST_ANSWERS 5
#define BLOCK 91               /* days of a cell, for the mood */

static const enum cause cause_of[TOPIC_COUNT] = { [TOPIC_NONE] = CAUSE_COUNT, [TOPIC_TOOL] = CAUSE_TOOL, [TOPIC_CLARITY] = CAUSE_CLARITY,
  [TOPIC_CAPACITY] = CAUSE_CAPACITY, [TOPIC_PROCESS] = CAUSE_PROCESS, [TOPIC_INCENTIVE] = CAUSE_INCENTIVE, [TOPIC_SUPPORT] = CAUSE_COUNT,
  [TOPIC_ENGAGEMENT] = CAUSE_COUNT, [TOPIC_CONFIDENCE] = CAUSE_SKILL };
static const char *const topic_words[TOPIC_COUNT] = { "", "tools", "what is expected", "workload", "the process",
  "what is rewarded", "support", "engagement", "confidence in one's own skill" };

/* Cells of `groups` × BLOCK days: sums of answers less their question's mean, signed. */
struct cells { int blocks; int32_t first; struct needs_tally *at; };

static size_t cell_of(const struct cells *cells, int teams, int group, const struct pulse *p)
{
  return ((size_t)group * teams + p->team) * cells->blocks + (p->day - cells->first) / BLOCK;
}

static bool usable(const struct needs_study *study, const struct pulse *p)
{
  return p->team >= 0 && p->question >= 0 && isfinite(p->answer) && study->topic[p->question] != TOPIC_NONE;
}

/* One factor over topics by minimum residuals (H. H. Harman, W. H. Jones, Psychometrika 31, 1966), from the covariances
 * of cells: loadings relative to their mean, held between ½ and 2. */
static void fit_mood(struct needs_study *study, const struct cells *cells)
{
  int teams = study->company->teams.count;
  size_t places = (size_t)teams * cells->blocks;
  double cov[TOPIC_COUNT][TOPIC_COUNT] = { { 0 } }, count[TOPIC_COUNT][TOPIC_COUNT] = { { 0 } }, load[TOPIC_COUNT];
  for (int a = 1; a < TOPIC_COUNT; a++)
    for (int b = 1; b < TOPIC_COUNT; b++)
      for (size_t k = 0; k < places; k++) {
        const struct needs_tally *x = &cells->at[(size_t)a * places + k], *y = &cells->at[(size_t)b * places + k];
        if (x->n >= 3 && y->n >= 3) {
          cov[a][b] += x->sum / x->n * y->sum / y->n;
          count[a][b]++;
        }
      }
  double total = 0, kinds = 0, off = 0, offs = 0;
  for (int a = 1; a < TOPIC_COUNT; a++) {
    load[a] = count[a][a] > 0;
    kinds += load[a];
    for (int b = 1; b < TOPIC_COUNT; b++) {
      cov[a][b] = count[a][b] >= 20 ? cov[a][b] / count[a][b] : NAN;
      if (a != b && isfinite(cov[a][b])) {
        off += cov[a][b];
        offs++;
      }
    }
  }
  for (int a = 0; a < TOPIC_COUNT; a++)
    study->loading[a] = 1;
  if (kinds < 3 || offs == 0 || off / offs < 0.005) /* no mood to speak of */
    return;
  for (int a = 1; a < TOPIC_COUNT; a++)
    load[a] *= sqrt(off / offs);
  for (int pass = 0; pass < 50; pass++)
    for (int a = 1; a < TOPIC_COUNT; a++) {
      double top = 0, bottom = 0;
      for (int b = 1; b < TOPIC_COUNT; b++)
        if (b != a && load[b] > 0 && isfinite(cov[a][b])) {
          top += cov[a][b] * load[b];
          bottom += load[b] * load[b];
        }
      if (load[a] > 0 && bottom > 0)
        load[a] = fmax(1e-6, 0.5 * load[a] + 0.5 * top / bottom);
    }
  for (int a = 1; a < TOPIC_COUNT; a++)
    total += load[a];
  for (int a = 1; a < TOPIC_COUNT; a++)
    if (load[a] > 0)
      study->loading[a] = CLAMP(load[a] / (total / kinds), 0.5, 2);
}

void needs_study_pulse(struct needs_study *study)
{
  const struct company *c = study->company;
  int questions = c->questions.count, teams = c->teams.count;
  study->topic = g_new0(enum topic, (size_t)MAX(questions, 1));
  study->sign = g_new(double, (size_t)MAX(questions, 1));
  study->question_mean = g_new0(double, (size_t)MAX(questions, 1));
  questions_read(c, study->topic, study->sign, study->question_mean);
  for (int k = 0; k < TOPIC_COUNT; k++)
    study->loading[k] = 1;
  study->answer_variance = 1;
  if (c->pulses.count == 0 || teams == 0)
    return;
  int32_t first = INT32_MAX, last = INT32_MIN;
  for (int i = 0; i < c->pulses.count; i++) {
    first = MIN(first, c->pulses.at[i].day);
    last = MAX(last, c->pulses.at[i].day);
  }
  struct cells cells = { .blocks = (last - first) / BLOCK + 1, .first = first };
  g_autofree struct needs_tally *at = g_new0(struct needs_tally, (size_t)TOPIC_COUNT * teams * cells.blocks);
  cells.at = at;
  double within = 0, degrees = 0;
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (!usable(study, p))
      continue;
    struct needs_tally *cell = &at[cell_of(&cells, teams, study->topic[p->question], p)];
    double x = study->sign[p->question] * p->answer - study->question_mean[p->question];
    cell->n++;
    cell->sum += x;
    cell->square += x * x;
  }
  bool asked[TOPIC_COUNT] = { false };
  for (size_t k = 0; k < (size_t)TOPIC_COUNT * teams * cells.blocks; k++) {
    if (at[k].n >= 2) {
      within += at[k].square - at[k].sum * at[k].sum / at[k].n;
      degrees += at[k].n - 1;
    }
    if (at[k].n > 0)
      asked[k / ((size_t)teams * cells.blocks)] = true;
  }
  for (int k = 1; k < TOPIC_COUNT; k++)
    study->topics += asked[k];
  study->answer_variance = degrees > 0 ? fmax(0.05, within / degrees) : 1;
  fit_mood(study, &cells);
}

struct topics { struct needs_tally *before[TOPIC_COUNT], *after[TOPIC_COUNT]; };

static void tally(const struct needs_study *study, const struct needs_gap *gap, struct topics *out)
{
  const struct company *c = study->company;
  for (int k = 1; k < TOPIC_COUNT; k++) {
    out->before[k] = g_new0(struct needs_tally, (size_t)MAX(c->teams.count, 1));
    out->after[k] = g_new0(struct needs_tally, (size_t)MAX(c->teams.count, 1));
  }
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (!usable(study, p) || p->day < gap->before.from || p->day >= gap->after.to)
      continue;
    enum topic k = study->topic[p->question];
    struct needs_tally *t = &(p->day < gap->before.to ? out->before : out->after)[k][p->team];
    t->n++;
    t->sum += study->sign[p->question] * p->answer - study->question_mean[p->question];
  }
}

/* The team's other topics, each over its loading: mean without the highest and lowest where there are four or more. */
static double mood_of(const struct needs_study *study, struct needs_tally *const side[TOPIC_COUNT], int team, int but, double *ret_variance)
{
  double sum = 0, least = INFINITY, most = -INFINITY, variance = 0;
  int n = 0;
  for (int k = 1; k < TOPIC_COUNT; k++) {
    if (k == but || side[k][team].n < LEAST_ANSWERS)
      continue;
    double x = side[k][team].sum / side[k][team].n / study->loading[k];
    sum += x;
    least = fmin(least, x);
    most = fmax(most, x);
    variance += study->answer_variance / side[k][team].n;
    n++;
  }
  *ret_variance = n > 0 ? variance / n / n : 0;
  return n == 0 ? NAN : n >= 4 ? (sum - least - most) / (n - 2) : sum / n;
}

/* How much worse than the mood the topic stands, per team. */
static void net_marker(const struct needs_study *study, const struct needs_gap *gap, const struct topics *t, int topic, struct needs_marker *marker)
{
  bool steps = needs_gap_steps(gap), alone = study->topics < 2;
  for (int team = 0; team < study->company->teams.count; team++) {
    const struct needs_tally *a = &t->after[topic][team], *b = &t->before[topic][team];
    double va = 0, vb = 0, mood_after = alone ? 0 : mood_of(study, t->after, team, topic, &va);
    double mood_before = alone || !steps ? 0 : mood_of(study, t->before, team, topic, &vb);
    if (a->n < LEAST_ANSWERS || (steps && b->n < LEAST_ANSWERS) || !isfinite(mood_after) || !isfinite(mood_before))
      continue;
    double l = study->loading[topic];
    double now = a->sum / a->n - l * mood_after, then = steps ? b->sum / b->n - l * mood_before : 0;
    marker->value[team] = then - now;
    marker->variance[team] = study->answer_variance * (1 / a->n + (steps ? 1 / b->n : 0)) + l * l * (va + vb);
  }
}

static void topics_clear(struct topics *t)
{
  for (int k = 1; k < TOPIC_COUNT; k++) {
    g_free(t->before[k]);
    g_free(t->after[k]);
  }
}

static struct needs_contrast topic_contrast(const struct needs_study *study, const struct needs_gap *gap, const struct topics *t, int topic)
{
  struct needs_marker marker;
  needs_marker_init(&marker, study->company->teams.count);
  net_marker(study, gap, t, topic, &marker);
  struct needs_contrast contrast = needs_contrast(study, gap, &marker);
  needs_marker_clear(&marker);
  return contrast;
}

static struct needs_contrast measure_topic(const struct needs_study *study, const struct needs_gap *gap, const void *data)
{
  struct topics t;
  tally(study, gap, &t);
  struct needs_contrast contrast = topic_contrast(study, gap, &t, *(const int *)data);
  topics_clear(&t);
  return contrast;
}

static void count_answers(const struct needs_study *study, const struct needs_gap *gap, enum topic topic, int *ret_answers, int *ret_people)
{
  const struct company *c = study->company;
  g_autoptr(GHashTable) tokens = g_hash_table_new(NULL, NULL);
  int loose = 0;
  *ret_answers = 0;
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (!usable(study, p) || study->topic[p->question] != topic || p->day < gap->after.from || p->day >= gap->after.to
        || !(gap->affected[p->team] >= 0.5))
      continue;
    ++*ret_answers;
    if (p->respondent >= 0)
      g_hash_table_add(tokens, GINT_TO_POINTER(p->respondent + 1));
    else
      loose++;
  }
  *ret_people = loose > 0 ? loose : (int)g_hash_table_size(tokens);
}

static const char *sentence(struct needs_study *study, const struct needs_gap *gap, const struct needs_contrast *c, enum topic topic, double ratio)
{
  const char *what = topic_words[topic], *how = study->topics < 2 ? "" : ", net of their general mood";
  const char *when = needs_gap_steps(gap) ? needs_say(study, "since %s ", needs_day(study, gap->since)) : "";
  if (ratio >= 0)
    return needs_say(study, "answers about %s are %s of 5 points lower %sin the affected teams than elsewhere%s", what,
                     needs_number(study, c->effect), when, how);
  return needs_say(study, "answers about %s are no lower %sin the affected teams than elsewhere%s (%s of 5 points apart)", what, when, how,
                   needs_number(study, fabs(c->effect)));
}

static void test_topic(struct needs_study *study, const struct needs_gap *gap, int k, bool *clarity, struct needs_case_for *out)
{
  enum cause about = cause_of[k];
  bool level;
  struct needs_contrast contrast = needs_contrast_or_level(study, gap, measure_topic, &k, &level);
  if (!isfinite(contrast.se))
    return;
  double ratio = normal_weigh(contrast.effect, contrast.se, PULSE_SCALE, PULSE_NUISANCE) * (study->topics < 2 ? 0.5 : 1) * (level && needs_gap_steps(gap) ? 0.7 : 1);
  if (ratio > 0.5 && !level)
    ratio += needs_timing(study, gap, PULSE_SCALE, PULSE_NUISANCE, measure_topic, &k);
  if (about == CAUSE_SKILL)
    ratio = CLAMP(0.5 * ratio, -0.3, 1.5); /* who lacks a skill may not know it */
  else if (about != CAUSE_CLARITY)
    ratio = CLAMP(ratio, -PULSE_SIDE_LIMIT, PULSE_SIDE_LIMIT);
  struct needs_finding finding = { .about = about, .ratio = ratio, .file = FILE_PULSE, .team = -1, .skill = -1,
    .from = gap->after.from, .to = gap->after.to - 1, .sentence = sentence(study, gap, &contrast, k, ratio) };
  count_answers(study, gap, k, &finding.count, &finding.people);
  if (finding.people < NEEDS_LEAST_GROUP)
    return;
  *clarity |= about == CAUSE_CLARITY && contrast.se < PULSE_THIN;
  needs_find(out, &finding);
}

void needs_test_pulse(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  bool clarity = false;
  if (study->company->have[FILE_PULSE] && study->company->pulses.count > 0)
    for (int k = 1; k < TOPIC_COUNT; k++)
      if (cause_of[k] != CAUSE_COUNT)
        test_topic(study, gap, k, &clarity, out);
  out->file[CAUSE_CLARITY] = FILE_PULSE;
  out->unknown[CAUSE_CLARITY] = !clarity;
}
