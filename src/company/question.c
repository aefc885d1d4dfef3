/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pulse question is about, where its file does not say: from its words. The list is short and English; a question in
 * another language keeps no topic, and its answers are then read on their own.
 *
 * Whether agreeing is good news comes from the words too, and from the answers where they clearly say otherwise: moods move
 * all topics of a team together, so a question that runs against the others of its team and quarter is put the other way.
 *
 * How it can be wrong: "support" may be of a tool; a question that mentions two topics gets the one that stands first in the
 * list; a negation that is not in the list turns good answers into bad ones. Naming the topic in questions.csv ends that. */
#include "company/question.h"
#include <math.h>
#include <string.h>

#define BLOCK 91               /* days of a cell in which topics are compared */
#define MOST_CELLS (40u * 1000 * 1000)

struct word_topic { const char *word; enum topic topic; };
static const struct word_topic words[] = {
  { "software", TOPIC_TOOL }, { "tool", TOPIC_TOOL }, { "system", TOPIC_TOOL }, { "equipment", TOPIC_TOOL }, { "laptop", TOPIC_TOOL },
  { "application", TOPIC_TOOL }, { "technology", TOPIC_TOOL }, { "crash", TOPIC_TOOL },
  { "expected of me", TOPIC_CLARITY }, { "clear", TOPIC_CLARITY }, { "priorit", TOPIC_CLARITY }, { "know what", TOPIC_CLARITY },
  { "direction", TOPIC_CLARITY }, { "understand what", TOPIC_CLARITY }, { "contradict", TOPIC_CLARITY }, { "who decides", TOPIC_CLARITY },
  { "workload", TOPIC_CAPACITY }, { "enough time", TOPIC_CAPACITY }, { "too much", TOPIC_CAPACITY }, { "overload", TOPIC_CAPACITY },
  { "manageable", TOPIC_CAPACITY }, { "overtime", TOPIC_CAPACITY }, { "understaffed", TOPIC_CAPACITY }, { "enough people", TOPIC_CAPACITY },
  { "hours", TOPIC_CAPACITY }, { "time to do", TOPIC_CAPACITY },
  { "process", TOPIC_PROCESS }, { "approval", TOPIC_PROCESS }, { "waiting", TOPIC_PROCESS }, { "wait for", TOPIC_PROCESS },
  { "hand-off", TOPIC_PROCESS }, { "handoff", TOPIC_PROCESS }, { "hand over", TOPIC_PROCESS }, { "bureaucra", TOPIC_PROCESS },
  { "procedure", TOPIC_PROCESS }, { "sign-off", TOPIC_PROCESS }, { "held up", TOPIC_PROCESS }, { "steps", TOPIC_PROCESS },
  { "reward", TOPIC_INCENTIVE }, { "bonus", TOPIC_INCENTIVE }, { "recogni", TOPIC_INCENTIVE }, { "incentive", TOPIC_INCENTIVE },
  { "pays off", TOPIC_INCENTIVE }, { "worth it", TOPIC_INCENTIVE }, { "appreciat", TOPIC_INCENTIVE }, { "measured by", TOPIC_INCENTIVE },
  { "commission", TOPIC_INCENTIVE }, { "worth my", TOPIC_INCENTIVE },
  { "confident", TOPIC_CONFIDENCE }, { "skills", TOPIC_CONFIDENCE }, { "trained", TOPIC_CONFIDENCE }, { "able to do", TOPIC_CONFIDENCE },
  { "know how", TOPIC_CONFIDENCE },
  { "support", TOPIC_SUPPORT }, { "manager", TOPIC_SUPPORT }, { "help", TOPIC_SUPPORT }, { "feedback", TOPIC_SUPPORT },
  { "engage", TOPIC_ENGAGEMENT }, { "proud", TOPIC_ENGAGEMENT }, { "recommend", TOPIC_ENGAGEMENT }, { "motivat", TOPIC_ENGAGEMENT },
  { "look forward", TOPIC_ENGAGEMENT }, { "happy", TOPIC_ENGAGEMENT }, { "mood", TOPIC_ENGAGEMENT }, { "enjoy", TOPIC_ENGAGEMENT }, { "overall", TOPIC_ENGAGEMENT },
  { "stay", TOPIC_ENGAGEMENT }, { "time", TOPIC_CAPACITY }, { "goal", TOPIC_CLARITY },
};
static const char *const bad_words[] = { " not ", "n't ", "never", "too much", "too many", "too long", "slow", "struggle", "waste",
  "hard to", "difficult", "unclear", "overload", "get in the way", "gets in the way", "hinder", "prevent", "frustrat", "contradict",
  "lack", "waiting", "crash", "confus", "annoy", "held up", "stuck", "exhaust", "stress", "keeps me from", "keep me from", "block",
  "no time", "burden" };

static void read_words(const struct question *q, enum topic *topic, double *sign)
{
  g_autofree char *lower = g_ascii_strdown(q->text ? q->text : "", -1), *text = g_strdup_printf(" %s ", lower);
  *topic = q->topic;
  *sign = 1;
  for (size_t i = 0; *topic == TOPIC_NONE && i < G_N_ELEMENTS(words); i++)
    if (strstr(text, words[i].word) != NULL)
      *topic = words[i].topic;
  const char *without = strstr(text, " without "); /* "without waiting" is good news */
  for (size_t i = 0; i < G_N_ELEMENTS(bad_words); i++) {
    const char *bad = strstr(text, bad_words[i]);
    if (bad != NULL && !(without != NULL && bad > without))
      *sign = -1;
  }
}

/* ---- what the answers say of the sign ---- */

struct tally { double n, sum; };
struct cells { int blocks; int32_t first; size_t places; /* of a question: teams × blocks */ };

static bool is_usable(const struct pulse *p, const enum topic *topic)
{
  return p->team >= 0 && p->question >= 0 && isfinite(p->answer) && topic[p->question] != TOPIC_NONE;
}

static void find_means(const struct company *c, const enum topic *topic, const double *sign, double *mean)
{
  g_autofree double *n = g_new0(double, (size_t)MAX(c->questions.count, 1));
  for (int q = 0; q < c->questions.count; q++)
    mean[q] = 0;
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (!is_usable(p, topic))
      continue;
    mean[p->question] += sign[p->question] * p->answer;
    n[p->question]++;
  }
  for (int q = 0; q < c->questions.count; q++)
    if (n[q] > 0)
      mean[q] /= n[q];
}

static struct tally *tally_cells(const struct company *c, const struct cells *cells, const enum topic *topic, const double *sign, const double *mean)
{
  struct tally *at = g_new0(struct tally, (size_t)c->questions.count * cells->places + 1);
  for (int i = 0; i < c->pulses.count; i++) {
    const struct pulse *p = &c->pulses.at[i];
    if (!is_usable(p, topic))
      continue;
    struct tally *cell = &at[(size_t)p->question * cells->places + (size_t)p->team * cells->blocks + (p->day - cells->first) / BLOCK];
    cell->n++;
    cell->sum += sign[p->question] * p->answer - mean[p->question];
  }
  return at;
}

/* Do its answers run against those of other topics in the same teams and quarters? */
static bool runs_against(const struct company *c, const struct cells *cells, const struct tally *at, const enum topic *topic, int q)
{
  double xx = 0, yy = 0, xy = 0;
  int n = 0;
  for (size_t k = 0; k < cells->places; k++) {
    const struct tally *own = &at[(size_t)q * cells->places + k];
    double sum = 0, count = 0;
    for (int o = 0; o < c->questions.count; o++) {
      const struct tally *other = &at[(size_t)o * cells->places + k];
      if (o == q || topic[o] == topic[q] || other->n < 3)
        continue;
      sum += other->sum / other->n;
      count++;
    }
    if (own->n < 3 || count < 2)
      continue;
    double x = own->sum / own->n, y = sum / count;
    xx += x * x;
    yy += y * y;
    xy += x * y;
    n++;
  }
  return n >= 30 && xy < -0.35 * sqrt(xx * yy);
}

void questions_read(const struct company *c, enum topic *ret_topic, double *ret_sign, double *ret_mean)
{
  int32_t first = INT32_MAX, last = INT32_MIN;
  for (int q = 0; q < c->questions.count; q++)
    read_words(&c->questions.at[q], &ret_topic[q], &ret_sign[q]);
  find_means(c, ret_topic, ret_sign, ret_mean);
  for (int i = 0; i < c->pulses.count; i++) {
    first = MIN(first, c->pulses.at[i].day);
    last = MAX(last, c->pulses.at[i].day);
  }
  if (first > last || c->teams.count == 0)
    return;
  struct cells cells = { .blocks = (last - first) / BLOCK + 1, .first = first };
  cells.places = (size_t)c->teams.count * cells.blocks;
  if ((size_t)c->questions.count * cells.places >= MOST_CELLS)
    return;
  g_autofree struct tally *at = tally_cells(c, &cells, ret_topic, ret_sign, ret_mean);
  for (int q = 0; q < c->questions.count; q++) {
    if (!runs_against(c, &cells, at, ret_topic, q))
      continue;
    ret_sign[q] = -ret_sign[q];
    ret_mean[q] = -ret_mean[q];
    for (size_t k = 0; k < cells.places; k++)
      at[(size_t)q * cells.places + k].sum *= -1;
  }
}
