/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modality, and why not another: rules as data, asked in order. Each has a sentence that is shown with its answer, so that a
 * person can see where the choice went wrong. A rule takes modalities in or rules them out; what was ruled out stays out.
 *
 * The idea behind them. What can be looked up at the moment of need should be (a job aid beats memory: A. Rossett,
 * L. Schafer, Job Aids and Performance Support, 2007). What has to be known gets an explanation and questions, because being
 * asked makes it stay (H. Roediger, J. Karpicke, Psychological Science 17, 2006). Novices learn from worked examples (J. Sweller,
 * G. Cooper, Cognition and Instruction 2, 1985). A conversation with much at stake is behaviour under pressure: it is learnt by doing it
 * with feedback (K. A. Ericsson, Psychological Review 100, 1993), and reading about it is never enough.
 *
 * What effects have said of a modality where the cause was the same (company->weights) comes last: one whose weight lies below one
 * half as a whole is left out, unless nothing else is left.
 *
 * How it can be wrong: stakes are read from the skill's name and aliases. A skill that is called otherwise is taken for an ordinary one. */
#include "agents/content-private.h"
#include <string.h>

#define COHORT_PEOPLE 8 /* fewer are not a cohort */

const char *const modality_names[MODALITY_COUNT] = { "programme", "cohort", "practice", "job aid", "explanation", "worked example", "knowledge check" };
static const char *const patterns_of[MODALITY_COUNT] = { NULL, "facilitation guide", "practice prompt", "job aid", "short explanation", "worked example", "knowledge check" };

/* Words of a skill's name that mean a conversation with much at stake. */
static const char *const stakes[] = { "feedback", "conflict", "escalation", "deescalation", "negotiat", "leadership", "leading", "coaching", "difficult conversation", "objection", "persuad",
  "mediation", "dismissal", "appraisal", "presenting", "führung", "konflikt", "verhandl", "gespräch", "négoci", "conflit", "entretien" };
static const char *const regulated[] = { "data protection", "gdpr", "privacy", "safety", "electrical", "datenschutz", "sicherheit", "rgpd", "sécurité", "compliance" };

static const char *word_of(const struct content_case *c, const char *const *words, size_t count)
{
  for (guint p = 0; p < c->phrases->len; p++) {
    g_autofree char *lower = g_utf8_strdown(c->phrases->pdata[p], -1);
    for (size_t i = 0; i < count; i++)
      if (strstr(lower, words[i]) != NULL)
        return words[i];
  }
  return NULL;
}

const char *content_stakes(const struct content_case *c) { return word_of(c, stakes, G_N_ELEMENTS(stakes)); }
bool content_regulated(const struct content_case *c) { return word_of(c, regulated, G_N_ELEMENTS(regulated)) != NULL; }

const struct content_draft *content_draft_of(const struct content_case *c, enum modality modality)
{
  for (int i = 0; patterns_of[modality] != NULL && i < c->draft_count; i++)
    if (strcmp(c->drafts[i].pattern->name, patterns_of[modality]) == 0)
      return c->drafts[i].json != NULL ? &c->drafts[i] : NULL;
  return NULL;
}

/* ---- the rules ------------------------------------------------------------------------------------------------------- */

static bool has_programme(const struct content_case *c) { return c->programme >= 0; }
static bool is_high_stakes(const struct content_case *c) { return c->high_stakes; }
static bool needs_cohort(const struct content_case *c) { return c->high_stakes && c->people >= COHORT_PEOPLE; }
static bool can_practise(const struct content_case *c) { return c->high_stakes && content_draft_of(c, MODALITY_PRACTICE) != NULL; }
static bool can_look_up(const struct content_case *c) { return content_draft_of(c, MODALITY_JOB_AID) != NULL; }
static bool can_only_explain(const struct content_case *c) { return !can_look_up(c) && content_draft_of(c, MODALITY_EXPLANATION) != NULL; }
static bool can_only_show(const struct content_case *c) { return !can_look_up(c) && content_draft_of(c, MODALITY_EXAMPLE) != NULL; }
static bool can_check(const struct content_case *c) { return content_draft_of(c, MODALITY_CHECK) != NULL; }
static bool must_be_known(const struct content_case *c) { return c->regulated && content_draft_of(c, MODALITY_EXPLANATION) != NULL; }
static bool has_nothing(const struct content_case *c)
{
  for (int i = 0; i < c->draft_count; i++)
    if (c->drafts[i].json != NULL)
      return false;
  return true;
}

#define M(name) (1u << MODALITY_##name)
static const struct rule { const char *id, *sentence; bool (*fits)(const struct content_case *c); unsigned in, out; } rules[] = {
  { "exists", "A programme that the company already offers teaches this: it is asked before anything new is made.", has_programme, M(PROGRAMME), 0 },
  { "stakes", "It is a conversation with much at stake: reading about it never replaces doing it with somebody who answers.", is_high_stakes, 0, M(CHECK) | M(EXPLANATION) },
  { "cohort", "Enough people need it for a cohort, which rehearses together and keeps at it.", needs_cohort, M(COHORT), 0 },
  { "practice", "The sources tell situations and sentences that can be rehearsed.", can_practise, M(PRACTICE), 0 },
  { "look up", "The sources say what to do, step by step or rule by rule: that can be looked up at the moment of need, which beats remembering it.", can_look_up, M(JOB_AID), 0 },
  { "regulated", "It is regulated: people have to know why, not only what.", must_be_known, M(EXPLANATION), 0 },
  { "explain", "There is nothing to look up, and passages that explain: two or three minutes of reading.", can_only_explain, M(EXPLANATION), 0 },
  { "show", "There is nothing to look up, and a case that is told from beginning to end: it shows how it is done.", can_only_show, M(EXAMPLE), 0 },
  { "ask", "There are rules and cases that can be confused: being asked makes them stay.", can_check, M(CHECK), 0 },
  { "nothing", "No source says enough: somebody who can do it has to say how, before anything is made.", has_nothing, 0, M(JOB_AID) | M(EXPLANATION) | M(EXAMPLE) | M(CHECK) | M(PRACTICE) },
};

#define FAILED_BELOW 0.5 /* even the upper end of the 90 % interval of a weight lies below it: more likely than not it will not move the goal */
static const char *const failed_sentence = "Here it has mostly not moved its goal where the cause was this one; something else is left that may.";

/* What effects have shown not to move the goal is left out, as long as something else is left to choose. */
static void go_by_weights(const struct content_case *c, struct content_choice *choice)
{
  int left = 0;
  for (int m = 0; m < MODALITY_COUNT; m++) {
    choice->weight[m] = company_weight(c->company, c->need->cause, "modality", modality_names[m]);
    left += choice->chosen[m] && !(choice->weight[m] && choice->weight[m]->high < FAILED_BELOW);
  }
  for (int m = 0; m < MODALITY_COUNT && left > 0; m++) {
    choice->failed[m] = choice->chosen[m] && choice->weight[m] && choice->weight[m]->high < FAILED_BELOW;
    choice->chosen[m] = choice->chosen[m] && !choice->failed[m];
    choice->reason[m] = choice->failed[m] ? failed_sentence : choice->reason[m];
  }
}

void content_choose(const struct content_case *c, struct content_choice *ret)
{
  unsigned in = 0, out = 0;
  *ret = (struct content_choice){ 0 };
  for (size_t r = 0; r < G_N_ELEMENTS(rules); r++) {
    if (!rules[r].fits(c))
      continue;
    in |= rules[r].in;
    out |= rules[r].out;
    for (int m = 0; m < MODALITY_COUNT; m++)
      if (ret->reason[m] == NULL && (rules[r].in | rules[r].out) & (1u << m))
        ret->reason[m] = rules[r].sentence;
  }
  for (int m = 0; m < MODALITY_COUNT; m++)
    ret->chosen[m] = in & ~out & (1u << m);
  go_by_weights(c, ret);
}

static const char *why_not(const struct content_case *c, enum modality modality, const struct content_choice *choice)
{
  static const char *const otherwise[MODALITY_COUNT] = { "no programme that is offered teaches it", "it is no conversation with much at stake, or too few people need it",
    "it is no conversation with much at stake", "", "what to do can be looked up; an explanation would be more than is needed", "what to do can be looked up; an example would be more than is needed", "" };
  if (choice->reason[modality] != NULL)
    return choice->reason[modality];
  for (int i = 0; patterns_of[modality] != NULL && i < c->draft_count; i++)
    if (strcmp(c->drafts[i].pattern->name, patterns_of[modality]) == 0 && c->drafts[i].missing != NULL)
      return c->drafts[i].missing;
  return otherwise[modality];
}

void content_write_choice(const struct content_case *c, const struct content_choice *choice, struct json_writer *out)
{
  json_open_array(out, "rejected");
  for (int m = 0; m < MODALITY_COUNT; m++) {
    if (choice->chosen[m])
      continue;
    json_open_object(out, NULL);
    json_put_string(out, "modality", modality_names[m]);
    json_put_string(out, "reason", why_not(c, (enum modality)m, choice));
    json_close_object(out);
  }
  json_close_array(out);
  json_open_array(out, "weights");
  for (int m = 0; m < MODALITY_COUNT; m++) {
    const struct weight *w = choice->weight[m];
    if (!w)
      continue;
    json_open_object(out, NULL);
    json_put_bool(out, "left_out", choice->failed[m]);
    json_put_number(out, "high", w->high);
    json_put_number(out, "low", w->low);
    json_put_number(out, "mean", w->mean);
    json_put_string(out, "modality", modality_names[m]);
    json_close_object(out);
  }
  json_close_array(out);
  json_open_array(out, "trace");
  for (size_t r = 0; r < G_N_ELEMENTS(rules); r++) {
    json_open_object(out, NULL);
    json_put_bool(out, "fits", rules[r].fits(c));
    json_put_string(out, "rule", rules[r].id);
    json_put_string(out, "sentence", rules[r].sentence);
    json_close_object(out);
  }
  json_close_array(out);
}
