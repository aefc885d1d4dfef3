/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A need in words and as JSON: what a lead, a manager and another program read.
 *
 * Every sentence comes from a table or from a finding; none is invented here. The question is the one thing that would
 * separate the first two hypotheses: a file, where the second's file is missing, else a question to the teams from a table
 * of pairs.
 *
 * How it can be wrong: a sentence that is true of the affected teams together need not be true of each. */
#include "agents/needs-private.h"
#include <math.h>
#include <string.h>

#define SAID 0.15              /* findings weaker than this are not worth a line */
#define LIVES_DAYS 120

/* What would separate two causes; order within a pair does not matter. */
static const struct pair_question { enum cause a, b; const char *text; } questions[] = {
  { CAUSE_SKILL, CAUSE_TOOL, "Let two people who do the task well elsewhere do it with the affected teams' tool: do they reach their usual result?" },
  { CAUSE_SKILL, CAUSE_PROCESS, "Take ten finished cases apart: was time lost while somebody worked on them, or while nobody did?" },
  { CAUSE_SKILL, CAUSE_INCENTIVE, "If their life depended on it, could they do it today? Watch five people do it when it counts for nothing else." },
  { CAUSE_SKILL, CAUSE_CLARITY, "Ask five people separately what a good result is: do they describe the same thing, and can they show it?" },
  { CAUSE_SKILL, CAUSE_CAPACITY, "Look at the quietest week of the quarter: did the affected teams reach the others' level then?" },
  { CAUSE_SKILL, CAUSE_OUTSIDE, "Did teams that have the skill hold their level, or did theirs fall too?" },
  { CAUSE_TOOL, CAUSE_PROCESS, "When a case stands still, is somebody waiting for the tool or for another person?" },
  { CAUSE_TOOL, CAUSE_INCENTIVE, "Do people avoid the tool because it fails, or because using it does not pay for them?" },
  { CAUSE_TOOL, CAUSE_CLARITY, "Do people know what to do and the tool stops them, or do they not know which way of the tool is meant?" },
  { CAUSE_TOOL, CAUSE_CAPACITY, "Does the tool slow people down in quiet weeks too?" },
  { CAUSE_TOOL, CAUSE_OUTSIDE, "Which teams did not get the change of the tool, and did they hold their level?" },
  { CAUSE_PROCESS, CAUSE_INCENTIVE, "Who could let the waiting cases through sooner, and what would that cost them?" },
  { CAUSE_PROCESS, CAUSE_CLARITY, "Do cases wait because somebody must decide, or because nobody knows who decides?" },
  { CAUSE_PROCESS, CAUSE_CAPACITY, "Do cases still wait at the hand-off in weeks with little to do?" },
  { CAUSE_PROCESS, CAUSE_OUTSIDE, "Do cases that skip the hand-off do as badly as the others?" },
  { CAUSE_INCENTIVE, CAUSE_CLARITY, "Ask what counts most in the next appraisal: do people name this goal?" },
  { CAUSE_INCENTIVE, CAUSE_CAPACITY, "When there is an hour to spare, does it go to this goal or to what is rewarded?" },
  { CAUSE_INCENTIVE, CAUSE_OUTSIDE, "Do teams with another reward hold their level?" },
  { CAUSE_CLARITY, CAUSE_CAPACITY, "Do people say that they do not know what comes first, or that they know and do not get to it?" },
  { CAUSE_CLARITY, CAUSE_OUTSIDE, "Do teams whose manager explained the change hold their level?" },
  { CAUSE_CAPACITY, CAUSE_OUTSIDE, "Is there more work for the same result, or the same work with a worse result?" },
};

/* Asked where a cause leads and nothing comes close, or where only "cannot tell" does. */
static const char *const single_questions[CAUSE_COUNT] = {
  [CAUSE_SKILL] = "Can the people of the affected teams do it in a quiet hour, with somebody watching?",
  [CAUSE_TOOL] = "What did people do before with the tool that they cannot do now?",
  [CAUSE_PROCESS] = "At which hand-off do cases lie, and who could let them through?",
  [CAUSE_INCENTIVE] = "What happens to somebody who does well on this goal, and to somebody who does not?",
  [CAUSE_CLARITY] = "Ask five people what is expected of them here: do they say the same?",
  [CAUSE_CAPACITY] = "What would be left undone if this goal came first for two weeks?",
  [CAUSE_OUTSIDE] = "Did other companies, or teams that nothing changed for, see the same at that time?",
  [CAUSE_CANNOT_TELL] = "Ask the affected teams: what would have to change for you to reach the target next month?",
};

static const char *const cause_phrases[CAUSE_COUNT] = {
  [CAUSE_SKILL] = "a skill is missing", [CAUSE_TOOL] = "a tool is in the way", [CAUSE_PROCESS] = "cases wait in the process",
  [CAUSE_INCENTIVE] = "something else is rewarded", [CAUSE_CLARITY] = "it is not clear what is expected",
  [CAUSE_CAPACITY] = "there are not enough hours", [CAUSE_OUTSIDE] = "something outside moved all teams",
  [CAUSE_CANNOT_TELL] = "the files do not tell why",
};

static const char *ask(struct needs_study *study, const struct needs_need *need, const char **ret_file)
{
  enum cause a = need->ranking.order[0], b = need->ranking.order[1];
  const struct needs_case_for *w = &need->weighed[0];
  enum file_id missing = FILE_COUNT;
  double most = 0;
  *ret_file = NULL;
  if (a == CAUSE_CANNOT_TELL || b == CAUSE_CANNOT_TELL)
    for (int k = 0; k < CAUSE_CANNOT_TELL; k++)
      if (w->unknown[k] && w->file[k] != FILE_COUNT && !study->company->have[w->file[k]] && need->ranking.probability[k] > most) {
        most = need->ranking.probability[k];
        missing = w->file[k];
      }
  if (missing != FILE_COUNT) {
    *ret_file = formats[missing].file;
    return needs_say(study, "Import %s: it would tell %s.", formats[missing].file, formats[missing].tells);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
    if ((questions[i].a == a && questions[i].b == b) || (questions[i].a == b && questions[i].b == a))
      return questions[i].text;
  return single_questions[a == CAUSE_CANNOT_TELL ? b : a];
}

static const char *instead_of(struct needs_study *study, const struct needs_need *need)
{
  const struct needs_case_for *w = &need->weighed[0];
  switch (need->cause) {
  case CAUSE_SKILL:
  case CAUSE_CANNOT_TELL:
  case CAUSE_COUNT:
    return NULL;
  case CAUSE_TOOL:
    return w->change[need->cause] ? needs_say(study, "Mend %s with the people who use it: %s is where the fall begins. A short note on the new way may help; a course will not.",
                                 w->tool ? w->tool : "the tool", w->change[need->cause])
                     : needs_say(study, "Mend %s with the people who use it; a course will not.", w->tool ? w->tool : "the tool");
  case CAUSE_PROCESS:
    if (w->hand_off && w->hours >= 1)
      return needs_say(study, "Open the hand-off instead of training: %s; together that is %s hours of waiting a week.", w->hand_off, needs_number(study, w->hours));
    return "Open the hand-off at which cases wait, instead of training: let those who do the work decide more of it themselves.";
  case CAUSE_INCENTIVE:
    return w->conflict ? needs_say(study, "Change what is rewarded: people are paid for %s. They can do what this goal asks.", w->conflict)
                       : "Change what is rewarded: people can do what this goal asks, and something else pays.";
  case CAUSE_CLARITY:
    return w->change[need->cause] ? needs_say(study, "Say what is expected, in one page and one conversation per team; it became unclear with %s.", w->change[need->cause])
                     : "Say what is expected, in one page and one conversation per team: which result counts, who decides, what comes first.";
  case CAUSE_CAPACITY:
    return isfinite(w->load_affected) && isfinite(w->load_others)
      ? needs_say(study, "Give hours back or take work away in the affected teams: their load is %s percent above the others'. Training would cost them more hours.",
                  needs_number(study, 100 * fmax(0, w->load_affected - w->load_others)))
      : "Give hours back or take work away in the affected teams; training would cost them more hours.";
  case CAUSE_OUTSIDE:
    return w->change[need->cause] ? needs_say(study, "Look at the target again: all teams moved together, after %s.", w->change[need->cause])
                     : "Look at the target again: all teams moved together, so the reason lies outside them.";
  }
  return NULL;
}

/* The gap in words: who, how much, since when, against whom. */
static const char *describe_gap(struct needs_study *study, const struct needs_need *need, const struct needs_gap *gap)
{
  const struct goal *goal = need->panel.goal;
  const char *who = need->panel.team[0] < 0 ? "the company" : needs_teams(study, gap->affected);
  const char *size = needs_amount(study, gap->size, goal->unit), *than = goal->direction == GOAL_UP ? "lower" : "higher";
  switch (gap->pattern) {
  case NEEDS_STEP_SOME:
    return needs_say(study, "since about %s, “%s” is %s %s in %s than it was, next to the other %d team%s", needs_day(study, gap->since), goal->name, size, than, who, gap->others, gap->others == 1 ? "" : "s");
  case NEEDS_STEP_ALL:
    return needs_say(study, "since about %s, “%s” is %s %s than it was, in %s alike", needs_day(study, gap->since), goal->name, size, than,
                     need->panel.team[0] < 0 ? "the whole company" : "all its teams");
  case NEEDS_STATIC_SOME:
    return needs_say(study, "“%s” stands %s short of its target in %s, without a clear start", goal->name, size, who);
  case NEEDS_STATIC_ALL:
    return needs_say(study, "“%s” stands %s short of its target and has not moved", goal->name, size);
  }
  return "";
}

static const char *reason_of(struct needs_study *study, const struct needs_need *need)
{
  const struct needs_ranking *r = &need->ranking;
  const char *gap = describe_gap(study, need, &need->state.gaps[0]);
  g_autofree char *start = g_strdup(gap);
  start[0] = g_ascii_toupper(start[0]);
  if (need->decision_reason)
    return needs_say(study, "%s. A person decided: %s.", start, need->decision_reason);
  if (need->confirmed)
    return needs_say(study, "%s. A person settled the cause on %s: %s.", start, needs_day(study, need->confirmed_day), cause_phrases[need->cause]);
  if (g_str_equal(need->status, "not a priority"))
    return needs_say(study, "%s. Its weight is so low that other goals come first.", start);
  if (r->order[0] == CAUSE_CANNOT_TELL)
    return needs_say(study, "%s. These files do not tell why (%s percent sure of that).", start, needs_number(study, round(100 * r->probability[CAUSE_CANNOT_TELL])));
  return needs_say(study, "%s. Most likely %s (%s percent); next, %s (%s percent).", start, cause_phrases[r->order[0]],
                   needs_number(study, round(100 * r->probability[r->order[0]])), cause_phrases[r->order[1]],
                   needs_number(study, round(100 * r->probability[r->order[1]])));
}

static void put_sentences(struct json_writer *w, const char *key, const struct needs_need *need, enum cause k, bool against)
{
  json_open_array(w, key);
  for (int g = 0; g < need->state.count; g++) {
    GArray *found = need->weighed[g].findings;
    if (need->state.gaps[g].weight < 0.2)
      continue;
    for (guint i = 0; i < found->len; i++) {
      const struct needs_finding *f = &g_array_index(found, struct needs_finding, i);
      if (f->about == k && (against ? f->ratio <= -SAID : f->ratio >= SAID))
        json_put_string(w, NULL, f->sentence);
    }
  }
}

static void put_causes(struct needs_study *study, struct json_writer *w, const struct needs_need *need)
{
  json_open_array(w, "causes");
  for (int i = 0; i < CAUSE_COUNT; i++) {
    enum cause k = need->ranking.order[i];
    json_open_object(w, NULL);
    json_put_string(w, "cause", cause_names[k]);
    json_put_number(w, "probability", need->ranking.probability[k]);
    put_sentences(w, "evidence", need, k, false);
    for (int c = 0; k == CAUSE_CANNOT_TELL && c < CAUSE_CANNOT_TELL; c++) {
      enum file_id file = need->weighed[0].file[c];
      if (!need->weighed[0].unknown[c] || file == FILE_COUNT)
        continue;
      json_put_string(w, NULL, !study->company->have[file] ? needs_say(study, "without %s nobody can tell %s", formats[file].file, formats[file].tells)
                               : needs_say(study, "%s says too little about these teams to tell %s", formats[file].file, formats[file].tells));
    }
    json_close_array(w);
    put_sentences(w, "against", need, k, true);
    json_close_array(w);
    json_close_object(w);
  }
  json_close_array(w);
}

/* Names of the affected that are large enough; the department where they are its only ones. */
static void put_subject(struct needs_study *study, struct json_writer *w, const struct needs_need *need)
{
  const struct company *c = study->company;
  const struct needs_gap *gap = &need->state.gaps[0];
  bool company = need->panel.team[0] < 0 && need->panel.goal->department_count == 0, small = false;
  int named = 0;
  for (int t = 0; t < c->teams.count; t++)
    if (isfinite(gap->affected[t]) && gap->affected[t] >= 0.5) {
      named += needs_team_named(study, t);
      small |= !needs_team_named(study, t);
    }
  bool all = gap->pattern == NEEDS_STEP_ALL || gap->pattern == NEEDS_STATIC_ALL;
  const char *kind = company || (all && need->panel.goal->department_count == 0) ? "company"
                   : (all && need->panel.goal->department_count > 0) || (named == 0 && small) || need->panel.team[0] < 0 ? "department" : "team";
  json_open_object(w, "subject");
  json_put_string(w, "kind", kind);
  json_open_array(w, "names");
  if (g_str_equal(kind, "company")) {
    json_put_string(w, NULL, c->name && *c->name ? c->name : "the company");
  } else if (g_str_equal(kind, "department")) {
    g_autofree bool *in = g_new0(bool, (size_t)MAX(c->departments.count, 1));
    for (int i = 0; i < need->panel.goal->department_count; i++)
      in[need->panel.goal->departments[i]] = true;
    for (int t = 0; need->panel.goal->department_count == 0 && t < c->teams.count; t++)
      if (isfinite(gap->affected[t]) && gap->affected[t] >= 0.5 && c->teams.at[t].department >= 0)
        in[c->teams.at[t].department] = true;
    for (int d = 0; d < c->departments.count; d++)
      if (in[d])
        json_put_string(w, NULL, c->departments.at[d].name);
  } else {
    for (int t = 0; t < c->teams.count; t++)
      if (isfinite(gap->affected[t]) && gap->affected[t] >= 0.5 && needs_team_named(study, t))
        json_put_string(w, NULL, c->teams.at[t].name);
  }
  json_close_array(w);
  json_close_object(w);
}

static void put_numbers(struct needs_study *study, struct json_writer *w, const struct needs_need *need)
{
  const struct company *c = study->company;
  const struct goal *goal = need->panel.goal;
  const struct needs_gap *gap = &need->state.gaps[0];
  char day[CLOCK_TEXT];
  double after = 0;
  int n = 0;
  json_open_object(w, "value");
  json_put_number(w, "amount", need->amount);
  json_put_string(w, "unit", goal->unit);
  json_put_number(w, "money", need->money);
  json_put_string(w, "currency", goal->currency && *goal->currency ? goal->currency : c->currency);
  json_put_string(w, "period", "a year");
  json_close_object(w);
  if (needs_gap_steps(gap))
    json_put_string(w, "since", clock_format_day(gap->since, day));
  else
    json_put_null(w, "since");
  json_open_object(w, "gap");
  json_put_number(w, "amount", gap->size);
  json_put_string(w, "unit", goal->unit);
  json_put_number(w, "expected_recovery", need->state.expected_recovery);
  json_close_object(w);
  json_open_array(w, "gap_interval");
  json_put_number(w, NULL, fmax(0, gap->size - 1.96 * gap->se));
  json_put_number(w, NULL, gap->size + 1.96 * gap->se);
  json_close_array(w);
  for (int i = 0; i < need->panel.teams; i++)
    for (int t = 0; t < need->panel.periods; t++) {
      double y = need->panel.y[(size_t)i * need->panel.periods + t];
      if (need->panel.team[i] >= 0 && gap->affected[need->panel.team[i]] < 0.5 && need->panel.start[t] >= gap->after.from && isfinite(y)) {
        after += goal->direction * y;
        n++;
      }
    }
  json_open_object(w, "peers");
  json_put_integer(w, "teams", gap->others);
  if (n > 0)
    json_put_number(w, "level", after / n);
  else
    json_put_null(w, "level");
  json_close_object(w);
}

static void put_lists(struct needs_study *study, struct json_writer *w, const struct needs_need *need)
{
  const struct company *c = study->company;
  const struct needs_gap *gap = &need->state.gaps[0];
  int unnamed = 0;
  json_open_array(w, "teams");
  for (int t = 0; t < c->teams.count; t++)
    if (isfinite(gap->affected[t]) && gap->affected[t] >= 0.5) {
      if (needs_team_named(study, t))
        json_put_string(w, NULL, c->teams.at[t].name);
      else
        unnamed++;
    }
  json_close_array(w);
  json_put_integer(w, "small_teams", unnamed);
  json_open_array(w, "skills");
  const struct needs_case_for *weighed = &need->weighed[0];
  if (weighed->skill >= 0 && need->cause == CAUSE_SKILL)
    json_put_string(w, NULL, c->skills.at[weighed->skill].id);
  for (int i = 0; i < need->panel.goal->skill_count; i++)
    if (need->cause != CAUSE_SKILL || need->panel.goal->skills[i] != weighed->skill)
      json_put_string(w, NULL, c->skills.at[need->panel.goal->skills[i]].id);
  json_close_array(w);
  json_open_array(w, "requests");
  for (guint i = 0; i < need->requests->len; i++)
    json_put_string(w, NULL, c->requests.at[g_array_index(need->requests, int, i)].id);
  json_close_array(w);
}

/* The files whose evidence speaks for the cause: what an effect is later put down to. */
static void put_signals(struct json_writer *w, const struct needs_need *need)
{
  bool seen[FILE_COUNT] = { false };
  for (int g = 0; g < need->state.count; g++)
    for (guint i = 0; need->state.gaps[g].weight >= 0.2 && i < need->weighed[g].findings->len; i++) {
      const struct needs_finding *f = &g_array_index(need->weighed[g].findings, struct needs_finding, i);
      if (f->about == need->cause && f->ratio >= SAID && f->file < FILE_COUNT)
        seen[f->file] = true;
    }
  json_open_array(w, "signals");
  for (int f = 0; f < FILE_COUNT; f++)
    if (seen[f])
      json_put_string(w, NULL, formats[f].file);
  json_close_array(w);
}

static char *value_of(struct needs_study *study, const struct needs_need *need, int32_t expires)
{
  char day[CLOCK_TEXT];
  const char *file;
  const char *question = ask(study, need, &file);
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", need->id);
  json_put_string(&w, "goal", need->panel.goal->id);
  json_put_string(&w, "title", needs_say(study, "%s: %s", need->panel.goal->name, cause_phrases[need->cause]));
  put_subject(study, &w, need);
  put_causes(study, &w, need);
  json_put_string(&w, "cause", cause_names[need->cause]);
  json_put_string(&w, "question", question);
  json_put_string(&w, "file", file);
  json_put_string(&w, "status", need->status);
  json_put_string(&w, "reason", reason_of(study, need));
  json_put_string(&w, "instead", instead_of(study, need));
  put_lists(study, &w, need);
  put_signals(&w, need);
  put_numbers(study, &w, need);
  json_put_string(&w, "expires", clock_format_day(expires, day));
  json_close_object(&w);
  return json_writer_steal(&w, NULL);
}

static void add_evidence(GArray *rows, const struct needs_need *need, const struct needs_finding *f)
{
  struct evidence row = { .file = f->file, .sentence = f->sentence, .about = cause_names[f->about], .against = f->ratio < 0, .strength = f->ratio,
    .count = MAX(1, f->count), .people = f->people, .team = f->team, .goal = f->file == FILE_KPIS ? need->panel.index : -1, .skill = f->skill,
    .person = -1, .from = f->from, .to = f->to };
  g_array_append_val(rows, row);
}

static void propose_act(struct needs_study *study, const struct needs_need *need, int32_t expires, struct turn *out)
{
  const struct company *c = study->company;
  const struct needs_gap *gap = &need->state.gaps[0];
  const char *instead = instead_of(study, need);
  g_auto(json_writer_auto) w;
  int people = 0;
  for (int t = 0; t < c->teams.count; t++)
    if (isfinite(gap->affected[t]) && gap->affected[t] >= 0.5)
      people += c->teams.at[t].size;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "need", need->id);
  json_put_string(&w, "goal", need->panel.goal->id);
  json_put_string(&w, "cause", cause_names[need->cause]);
  json_put_bool(&w, "training", need->cause == CAUSE_SKILL);
  put_lists(study, &w, need);
  json_put_string(&w, "instead", instead);
  json_put_string(&w, "reason", reason_of(study, need));
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  struct proposal p = { .kind = "act on need", .subject = need->id, .body = body, .audience = people, .confidence = needs_sure(need),
    .novel = true, .expires = expires,
    .title = need->cause == CAUSE_SKILL ? needs_say(study, "Plan learning for “%s” in %s", need->panel.goal->name, needs_teams(study, gap->affected))
                                        : needs_say(study, "Act on “%s” without training: %s", need->panel.goal->name, cause_phrases[need->cause]) };
  turn_propose(out, &p);
}

void needs_tell(struct needs_study *study, struct needs_need *need, struct turn *out)
{
  int32_t expires = study->today + LIVES_DAYS;
  if (need->panel.goal->due != CLOCK_NO_DAY && need->panel.goal->due > study->today)
    expires = MIN(expires, need->panel.goal->due);
  g_autofree char *value = value_of(study, need, expires);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct evidence));
  for (int g = 0; g < need->state.count; g++) {
    const struct needs_gap *gap = &need->state.gaps[g];
    struct needs_finding own = { .about = CAUSE_CANNOT_TELL, .file = FILE_KPIS, .sentence = describe_gap(study, need, gap), .count = need->panel.teams * need->panel.periods,
      .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1 };
    add_evidence(rows, need, &own);
    struct evidence *first = &g_array_index(rows, struct evidence, rows->len - 1);
    first->about = NULL;
    for (guint i = 0; gap->weight >= 0.2 && i < need->weighed[g].findings->len; i++) {
      const struct needs_finding *f = &g_array_index(need->weighed[g].findings, struct needs_finding, i);
      if (fabs(f->ratio) >= SAID)
        add_evidence(rows, need, f);
    }
  }
  struct claim claim = { .predicate = "need", .subject = need->id, .value = value, .confidence = needs_sure(need),
    .valid_from = study->today, .valid_to = expires, .evidence = (const struct evidence *)(void *)rows->data, .evidence_count = (int)rows->len };
  turn_claim(out, &claim);
  bool worth = g_str_equal(need->status, "open") || g_str_equal(need->status, "not a training problem");
  if (worth && need->cause != CAUSE_CANNOT_TELL && need->cause != CAUSE_OUTSIDE)
    propose_act(study, need, expires, out);
}
