/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every request gets an answer. (Every programme a goal, or a price: needs-programmes.c.)
 *
 * A request is matched to goals by words: stems that it shares with a goal's name, its skills' names and the tools,
 * processes and tickets of its need, rare stems counting more (inverse document frequency: K. Spärck Jones, J. Documentation
 * 28, 1972), and by its team. The note that is drafted says what was found, kindly and shortly, "no" included; a person
 * sends it or not.
 *
 * How it can be wrong: words that mean the same and share no stem; a wish that only uses a goal's words. The note names
 * the goal it was matched with, so the requester can object. */
#include "agents/needs-private.h"
#include "base/id.h"
#include "company/stems.h"
#include <math.h>
#include <string.h>

#define MATCH_LEAST 1.6        /* information (log goals per goal with the word) plus place */
#define NOTE_LIVES 30

static bool goal_has_team(const struct needs_need *need, int team)
{
  for (int i = 0; i < need->panel.teams; i++)
    if (need->panel.team[i] >= 0 && need->panel.team[i] == team)
      return true;
  return false;
}

/* What the words of a text say about a goal: the sum of its stems' information. Also counts the stems. */
static double shared(const GHashTable *own, GHashTable **stems, int goal, int count, int *ret_stems)
{
  double score = 0;
  GHashTableIter it;
  gpointer stem;
  g_hash_table_iter_init(&it, (GHashTable *)(uintptr_t)own);
  while (g_hash_table_iter_next(&it, &stem, NULL)) {
    int goals = 0;
    if (!g_hash_table_contains(stems[goal], stem))
      continue;
    for (int o = 0; o < count; o++)
      goals += g_hash_table_contains(stems[o], stem);
    score += round(1024 * log((count + 1.0) / goals)) / 1024; /* exact sums, in whatever order the table gives them */
    ++*ret_stems;
  }
  return score;
}

static bool names_goal(const struct request *r, const struct goal *goal)
{
  g_autofree char *text = g_strdup_printf("%s %s", r->title ? r->title : "", r->description ? r->description : "");
  g_autofree char *folded = g_utf8_casefold(text, -1), *name = g_utf8_casefold(goal->name, -1);
  return strlen(name) > 5 && strstr(folded, name) != NULL;
}

/* Per request the goal that it is about, -1 none. The title says what is wanted and counts in full, the description by
 * half; the team helps only where words already point to the goal, or every wish of a troubled team would be about it. */
static int match_request(const struct company *c, const struct request *r, GHashTable **stems, const struct needs_need *needs, int count)
{
  g_autoptr(GHashTable) title = stems_new();
  g_autoptr(GHashTable) body = stems_new();
  stems_add(title, r->title);
  stems_add(body, r->description);
  int team = r->team >= 0 ? r->team : r->requester >= 0 ? c->people.at[r->requester].team : -1, best = -1;
  double most = MATCH_LEAST;
  for (int g = 0; g < count; g++) {
    int in_title = 0, in_body = 0;
    double score = shared(title, stems, g, count, &in_title) + 0.5 * shared(body, stems, g, count, &in_body);
    if (names_goal(r, &c->goals.at[g]))
      score += 5;
    else if (in_title == 0 && in_body < 2)
      continue;
    if (team >= 0 && needs[g].panel.teams > 0 && goal_has_team(&needs[g], team))
      score += 0.7;
    if (team >= 0 && needs[g].status && needs[g].state.gaps[0].affected[team] >= 0.5)
      score += 0.3;
    if (score > most) {
      most = score;
      best = g;
    }
  }
  return best;
}

void needs_match_requests(struct needs_study *study, struct needs_need *needs, int count)
{
  const struct company *c = study->company;
  if (c->requests.count == 0)
    return;
  g_autofree GHashTable **stems = g_new0(GHashTable *, (size_t)MAX(count, 1));
  for (int g = 0; g < count; g++)
    stems[g] = stems_of_goal(c, &c->goals.at[g]);
  for (int i = 0; i < c->requests.count; i++) {
    int g = match_request(c, &c->requests.at[i], stems, needs, count);
    if (g >= 0)
      g_array_append_val(needs[g].requests, i);
  }
  for (int g = 0; g < count; g++)
    g_hash_table_unref(stems[g]);
}

static const char *const plain_cause[CAUSE_COUNT] = {
  [CAUSE_SKILL] = "a skill that people miss", [CAUSE_TOOL] = "a tool that gets in the way", [CAUSE_PROCESS] = "cases that wait at a hand-off",
  [CAUSE_INCENTIVE] = "that something else is rewarded", [CAUSE_CLARITY] = "that it is unclear what is expected",
  [CAUSE_CAPACITY] = "too few hours", [CAUSE_OUTSIDE] = "something outside that moved all teams", [CAUSE_CANNOT_TELL] = "not known yet" };

/* The remedy of a non-training cause, in the words of the note. */
static const char *const plain_remedy[CAUSE_COUNT] = {
  [CAUSE_TOOL] = "We suggest mending the tool with the people who use it.", [CAUSE_PROCESS] = "We suggest opening the hand-off at which cases wait.",
  [CAUSE_INCENTIVE] = "We suggest looking at what is rewarded.", [CAUSE_CLARITY] = "We suggest saying on one page what is expected, and talking it through in each team.",
  [CAUSE_CAPACITY] = "We suggest giving hours back; a course would take more of them.", [CAUSE_OUTSIDE] = "We suggest looking at the target again." };

/* Is `words` said in the request, as it stands? */
static bool is_said(const struct request *r, const char *words)
{
  g_autofree char *all = g_strconcat(r->title ? r->title : "", " ", r->description ? r->description : "", NULL);
  g_autofree char *text = g_utf8_casefold(all, -1), *wanted = g_utf8_casefold(words, -1);
  return *wanted && strstr(text, wanted) != NULL;
}

/* The skill that the request names and that the business says it will need; -1: none. No goal rests on it today, but a no
 * would be wrong. */
static int forecast_skill(const struct company *c, const struct request *r)
{
  for (int d = 0; d < c->demands.count; d++) {
    int skill = c->demands.at[d].skill;
    if (skill < 0)
      continue;
    g_auto(GStrv) aliases = g_strsplit(c->skills.at[skill].aliases ? c->skills.at[skill].aliases : "", ";", -1);
    bool said = is_said(r, c->skills.at[skill].name);
    for (size_t i = 0; !said && aliases[i]; i++)
      said = is_said(r, g_strstrip(aliases[i]));
    if (said)
      return skill;
  }
  return -1;
}

/* How a request is called in claims and proposals, which are never erased: by its title, unless that names somebody. */
static const char *title_of(struct needs_study *study, const struct request *r)
{
  return company_names_somebody(study->company, r->title) ? needs_say(study, "a request of %s", needs_day(study, r->day)) : r->title;
}

static const char *note_text(struct needs_study *study, const struct request *r, const struct needs_need *need)
{
  const char *thanks = needs_say(study, "Thank you for asking for “%s”.", title_of(study, r));
  int forecast = need == NULL ? forecast_skill(study->company, r) : -1;
  if (forecast >= 0)
    return needs_say(study, "%s No business goal rests on it today, but the business says that it will need people who are able in %s. So it is looked at with the forecast, "
                     "where learning is compared with hiring and borrowing, in money and in time.", thanks, study->company->skills.at[forecast].name);
  if (need == NULL)
    return needs_say(study, "%s We found no business goal that it would move, so we will not plan it now. If it stands behind a goal that we should know, tell us which "
                     "number should change; then we look again.", thanks);
  const struct goal *goal = need->panel.goal;
  const char *name = goal ? goal->name : "the goal";
  if (need->status == NULL)
    return needs_say(study, "%s It belongs to the goal “%s”. The figures show no gap there that stands out from chance, so we will not plan training now. If you see something "
                     "that the figures do not, tell us what it is.", thanks, name);
  const struct needs_case_for *w = &need->weighed[0];
  if (need->cause == CAUSE_CANNOT_TELL)
    return needs_say(study, "%s It touches “%s”, which is behind. What we have does not tell why yet, so we would rather ask before we train. One question: %s", thanks, name,
                     "what would have to change for your team to reach the target next month?");
  if (need->cause == CAUSE_SKILL)
    return needs_say(study, "%s It touches “%s”, which is behind, and the likeliest reason is %s%s%s. We propose to plan learning for the teams where the gap is, and to measure "
                     "whether the number moves.", thanks, name, plain_cause[CAUSE_SKILL], w->skill >= 0 ? ", in " : "",
                     w->skill >= 0 ? study->company->skills.at[w->skill].name : "");
  const char *detail = need->cause == CAUSE_PROCESS && w->hand_off && w->hours >= 1
    ? needs_say(study, " %c%s: about %s hours a week.", g_ascii_toupper(w->hand_off[0]), w->hand_off + 1, needs_number(study, w->hours)) : "";
  return needs_say(study, "%s It touches “%s”, which is behind. Training would not help: the likeliest reason is %s.%s %s We would gladly go through the figures with you.",
                   thanks, name, plain_cause[need->cause], detail, plain_remedy[need->cause]);
}

static void propose_note(struct needs_study *study, const struct request *r, const char *subject, const struct needs_need *need, struct turn *out)
{
  const struct company *c = study->company;
  if (r->requester < 0 || c->people.at[r->requester].status == PERSON_LEFT)
    return;
  bool no = need == NULL ? forecast_skill(c, r) < 0 : need->status == NULL || need->cause != CAUSE_SKILL;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "to", c->people.at[r->requester].id);
  json_put_string(&w, "subject", needs_say(study, "Your request “%s”", title_of(study, r)));
  json_put_string(&w, "text", note_text(study, r, need));
  json_put_string(&w, "request", r->id);
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  struct proposal p = { .kind = "send note", .subject = subject, .body = body, .audience = 1, .confidence = need && need->status ? need->ranking.probability[need->cause] : 0.6,
    .expires = study->today + NOTE_LIVES, .title = needs_say(study, no ? "Answer the request “%s” with a reasoned no" : "Answer the request “%s”", title_of(study, r)) };
  turn_propose(out, &p);
}

/* A result that is not a gap: same keys as a need, no causes. */
void needs_claim_declined(struct needs_study *study, const char *id, const char *title, const char *goal, const char *kind, const char *name, const char *reason,
                           const char *instead, double money, const char *request, const struct evidence *evidence, struct turn *out)
{
  char day[CLOCK_TEXT];
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", id);
  json_put_string(&w, "goal", goal);
  json_put_string(&w, "title", title);
  json_open_object(&w, "subject");
  json_put_string(&w, "kind", kind);
  json_open_array(&w, "names");
  if (name)
    json_put_string(&w, NULL, name);
  json_close_array(&w);
  json_close_object(&w);
  json_open_array(&w, "teams");
  json_close_array(&w);
  json_open_array(&w, "skills");
  json_close_array(&w);
  json_open_array(&w, "causes");
  json_close_array(&w);
  json_put_null(&w, "cause");
  json_put_null(&w, "question");
  json_put_null(&w, "file");
  json_open_object(&w, "value");
  json_put_number(&w, "amount", 0);
  json_put_null(&w, "unit");
  json_put_number(&w, "money", money);
  json_put_string(&w, "currency", study->company->currency);
  json_put_string(&w, "period", "a year");
  json_close_object(&w);
  json_put_string(&w, "status", "not a priority");
  json_put_string(&w, "reason", reason);
  json_put_string(&w, "instead", instead);
  json_open_array(&w, "requests");
  if (request)
    json_put_string(&w, NULL, request);
  json_close_array(&w);
  json_put_string(&w, "expires", clock_format_day(study->today + 365, day));
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL);
  struct claim claim = { .predicate = "need", .subject = id, .value = value, .confidence = 0.7, .valid_from = study->today, .valid_to = study->today + 365,
    .evidence = evidence, .evidence_count = 1 };
  turn_claim(out, &claim);
}

static void answer_request(struct needs_study *study, int index, const struct needs_need *need, struct turn *out)
{
  const struct company *c = study->company;
  const struct request *r = &c->requests.at[index];
  if (need && need->status) {
    propose_note(study, r, need->id, need, out);
    return;
  }
  g_autofree char *id = id_short("n", "request", r->id, NULL);
  const char *kept = g_string_chunk_insert(study->texts, id);
  struct evidence evidence = { .file = FILE_REQUESTS, .count = 1, .team = r->team, .goal = need ? need->panel.index : -1, .skill = -1, .person = -1, .from = r->day, .to = r->day,
    .sentence = needs_say(study, "“%s” was asked for on %s", title_of(study, r), needs_day(study, r->day)) };
  const char *reason = need ? needs_say(study, "It belongs to “%s”, which shows no gap that stands out from chance.", c->goals.at[need->panel.index].name)
                     : forecast_skill(c, r) >= 0 ? "No business goal rests on it today; the forecast of the workforce does, and looks at it there."
                            : "It serves none of the business goals that are set.";
  bool named = r->team >= 0 && needs_team_named(study, r->team);
  /* It names no goal even where it touches one: that goal has no need, and must not look as if it had. */
  needs_claim_declined(study, kept, title_of(study, r), NULL, named ? "team" : "company", named ? c->teams.at[r->team].name : NULL, reason,
                 "Ask which number should change; with a goal behind it, it is looked at again.", 0, r->id, &evidence, out);
  propose_note(study, r, kept, need, out);
}

void needs_tell_requests(struct needs_study *study, struct needs_need *needs, int count, struct turn *out)
{
  const struct company *c = study->company;
  g_autofree int *goal_of = g_new(int, (size_t)MAX(c->requests.count, 1));
  for (int i = 0; i < c->requests.count; i++)
    goal_of[i] = -1;
  for (int g = 0; g < count; g++)
    for (guint i = 0; i < needs[g].requests->len; i++)
      goal_of[g_array_index(needs[g].requests, int, i)] = g;
  for (int i = 0; i < c->requests.count; i++) {
    const struct needs_need *need = goal_of[i] >= 0 ? &needs[goal_of[i]] : NULL;
    if (need && need->panel.goal == NULL) /* a goal that nobody measures: no gap to speak of */
      need = NULL;
    answer_request(study, i, need, out);
  }
}
