/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every programme a goal, or a "not a priority" with its price, and what to do about it.
 *
 * A programme that serves no goal and no forecast costs money for nothing that the company has said it wants. It is claimed
 * as a need that is not a priority (the money is what it costs a year), and one of two things is proposed: to retarget it,
 * where an open need lacks a skill that it teaches though the need's goal does not name that skill; else to stop it. A person
 * decides, with a reason; either can be taken back.
 *
 * How it can be wrong: a law or a customer may demand the programme; no file says so, and the proposal asks. Its worth to
 * those who enjoy it is not money, and not counted. */
#include "agents/needs-private.h"
#include "base/id.h"
#include "company/programmes.h"
#include "company/stems.h"
#include <math.h>
#include <string.h>

#define OPEN_DAYS 30

/* An open need whose lacking skill the programme teaches; the one of most money, NULL none. */
static const struct needs_need *need_for(const struct programme *p, const struct needs_need *needs, int count)
{
  const struct needs_need *best = NULL;
  for (int n = 0; n < count; n++) {
    const struct needs_need *need = &needs[n];
    if (need->status == NULL || strcmp(need->status, "open") != 0 || need->cause != CAUSE_SKILL || need->panel.goal == NULL)
      continue;
    for (int k = 0; k < p->skill_count; k++)
      if (need->weighed[0].skill == p->skills[k] && (best == NULL || need->money > best->money))
        best = need;
  }
  return best;
}

/* What it does, in one sentence: an approver reads it, nothing computes with it. */
static const char *effect_words(struct needs_study *study, const struct programme_effect *effect)
{
  const char *verdict = programme_verdict_names[effect->verdict];
  if (isnan(effect->change))
    return needs_say(study, "%s: %s", verdict, effect->why);
  return needs_say(study, "%s%s: those who completed it rose by %+.2f levels of 5 (%+.2f to %+.2f) more than people alike who did not take it", verdict,
                   effect->verdict == PROGRAMME_CANNOT_TELL ? "" : " levels", effect->change, effect->low, effect->high);
}

/* "86,310" */
static const char *thousands(struct needs_study *study, double value)
{
  g_autofree char *digits = g_strdup_printf("%.0f", value);
  g_autoptr(GString) text = g_string_new("");
  size_t length = strlen(digits);
  for (size_t i = 0; i < length; i++)
    g_string_append_printf(text, "%s%c", i > 0 && (length - i) % 3 == 0 ? "," : "", digits[i]);
  return g_string_chunk_insert(study->texts, text->str);
}

struct finding { int index; const char *id, *reason; struct programme_account account; double money; struct programme_effect effect; const struct needs_need *need; };

static void propose(struct needs_study *study, const struct finding *found, struct turn *out)
{
  const struct company *c = study->company;
  const struct programme *p = &c->programmes.at[found->index];
  const char *currency = c->currency ? c->currency : "", *money = thousands(study, found->money);
  bool retarget = found->need != NULL;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "programme", p->id);
  json_put_string(&w, "summary", retarget
    ? needs_say(study, "“%s” teaches what “%s” lacks. Retarget it: its seats go to the people of that goal first.", p->title, found->need->panel.goal->name)
    : needs_say(study, "“%s” serves no business goal. Stopped, it frees %s %s a year; nobody can enrol any more, and who is in it finishes.", p->title, money, currency));
  json_put_string(&w, "because", found->reason);
  if (retarget)
    json_put_string(&w, "goal", found->need->panel.goal->id);
  json_put_number(&w, "money", retarget ? round(found->need->money) : round(found->money));
  json_put_string(&w, "currency", currency);
  json_put_number(&w, "seats", found->account.few ? NAN : found->account.seats);
  json_put_string(&w, "effect", effect_words(study, &found->effect));
  json_put_string(&w, "undo", "It can be taken back at any time on the page Programmes.");
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  struct proposal proposal = { .kind = retarget ? "retarget programme" : "stop programme", .subject = found->id, .body = body,
    .audience = found->account.few ? PROGRAMME_LEAST : MAX(1, found->account.people), .confidence = 0.7, .expires = study->today + OPEN_DAYS,
    .title = retarget ? needs_say(study, "Let “%s” serve “%s”", p->title, found->need->panel.goal->name)
                      : needs_say(study, "Stop “%s”: %s %s a year, and no goal", p->title, money, currency) };
  turn_propose(out, &proposal);
}

static void tell(struct needs_study *study, int index, const struct needs_need *needs, int count, struct turn *out)
{
  const struct company *c = study->company;
  const struct programme *p = &c->programmes.at[index];
  struct finding found = { .index = index, .account = programme_account_of(c, index), .effect = { .change = NAN, .low = NAN, .high = NAN, .why = "there are no results" } };
  g_autofree char *id = id_short("n", "programme", p->id, NULL);
  bool few = found.account.few;
  int seats = found.account.seats;
  found.id = g_string_chunk_insert(study->texts, id);
  found.money = few ? fmax(0, isfinite(p->fixed_cost) ? p->fixed_cost : 0) : found.account.money; /* seats of few would tell how many they are */
  found.need = need_for(p, needs, count);
  if (study->levels)
    found.effect = programme_effect_of(c, study->levels, index);
  found.reason = needs_say(study, "No business goal rests on what “%s” teaches; it costs %s%s %s a year.", p->title, few ? "at least " : "", thousands(study, found.money),
                           c->currency ? c->currency : "");
  struct evidence evidence = { .file = FILE_PROGRAMMES, .count = few ? 1 : MAX(1, seats), .people = few ? 0 : found.account.people, .team = -1, .goal = -1, .skill = -1, .person = -1,
    .from = found.account.from, .to = found.account.to,
    .sentence = few ? needs_say(study, "few seats of “%s” were taken in the last year", p->title) : needs_say(study, "%d seats of “%s” were taken in the last year", seats, p->title) };
  needs_claim_declined(study, found.id, p->title, NULL, "company", c->name ? c->name : "the company", found.reason,
                       "Stop it, or name the goal whose number it should move, or the rule that demands it.", found.money, NULL, &evidence, out);
  propose(study, &found, out);
}

void needs_tell_programmes(struct needs_study *study, const struct needs_need *needs, int count, struct turn *out)
{
  const struct company *c = study->company;
  if (c->goals.count == 0)
    return;
  g_autofree GHashTable **stems = g_new0(GHashTable *, (size_t)c->goals.count);
  g_autofree int *goals = g_new(int, (size_t)c->goals.count);
  for (int g = 0; g < c->goals.count; g++)
    stems[g] = stems_of_goal(c, &c->goals.at[g]);
  for (int i = 0; i < c->programmes.count; i++)
    if (c->programmes.at[i].active && programme_goals(c, i, stems, goals, NULL) == 0 && !programme_is_forecast(c, i))
      tell(study, i, needs, count, out);
  for (int g = 0; g < c->goals.count; g++)
    g_hash_table_unref(stems[g]);
}
