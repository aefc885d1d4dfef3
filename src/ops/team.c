/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A manager's page about the own team: one gap that holds a business goal back, two strengths, three things to do this
 * week of which one is no training, the next conversation, and a ritual of ten minutes. Group figures at or above the
 * threshold only; never a single answer, a level or a mood of somebody.
 *
 * The advice is data: a row per cause. It names the company's own goal, skill and evidence, and nothing is made up. */
#include "gate/disclosure.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

#define STRENGTHS 2
#define STRONG 0.6             /* share of those who need a skill and are expected to have it */

struct advice { const char *action[3]; bool training[3]; const char *ask; };

/* $g is the goal's name, $s the skill's. The first action is never training. */
static const struct advice advice[CAUSE_COUNT] = {
  [CAUSE_SKILL] = { { "Take one real case of “$g” this week and let two people work on it together: one who does it often, one who does not",
    "Give everybody half an hour for the material on $s that comes to the inbox", "Ask each person to try $s once at work and to tell the team in one sentence how it went" }, { false, true, true },
    "Where in your work does $s decide how a case ends, and what would you need to do it well?" },
  [CAUSE_TOOL] = { { "Write down the three faults of the tool that cost most time this week, with a picture, and hand them in together",
    "Agree on one workaround for the worst fault, so that not everybody invents one", "Show new colleagues the workaround at their desk" }, { false, false, true },
    "Which step takes you longest because of the tool, and what do you do instead?" },
  [CAUSE_PROCESS] = { { "Count for one week how long cases wait at the hand-off, and who could decide them instead",
    "Agree with the team that receives the cases on what has to be complete, on one page", "Walk one case together from start to end and note every wait" }, { false, false, true },
    "At which point does your work wait for somebody else, and what would let you go on?" },
  [CAUSE_INCENTIVE] = { { "Say plainly which of the two things that are rewarded comes first this month",
    "Show “$g” where the other figures are shown, so that it is seen too", "Talk through one case in which both aims pull apart, and how to decide it" }, { false, false, true },
    "What would be against your own interest if you did what “$g” asks?" },
  [CAUSE_CLARITY] = { { "Write in three sentences what is expected for “$g”, by whom and until when, and have the team correct it",
    "Agree on one example of done and one of not done", "Let one person explain the goal to a new colleague while the others listen" }, { false, false, true },
    "How would you know at the end of a week that you did what “$g” asks?" },
  [CAUSE_CAPACITY] = { { "Move or drop one planned task this week, and say so to whoever waits for it",
    "Keep two hours without meetings for the work behind “$g”", "Look together at which work could be done in a shorter form" }, { false, false, true },
    "What would you leave undone if you had to, and what would happen then?" },
  [CAUSE_OUTSIDE] = { { "Note what customers or partners do differently now, in their words", "Tell the goal's owner, who may have to set it anew",
    "Exchange with another team what works under the new circumstances" }, { false, false, true }, "What has changed outside that we did not choose?" },
  [CAUSE_CANNOT_TELL] = { { "Ask the team the question below, and write the answers down", "Look at two cases that went well and two that did not, side by side",
    "Bring what you found to whoever runs learning" }, { false, true, false }, "What would have to change for your team to reach the target next month?" },
};

static char *fill(const char *text, const char *goal, const char *skill) {
  g_autoptr(GString) out = g_string_new(text);
  g_string_replace(out, "$g", goal, 0);
  g_string_replace(out, "$s", skill, 0);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- which team ------------------------------------------------------------------------------------------------- */

static bool is_own(const struct op_call *call, const struct company *company, int team) {
  int person = call->caller.person ? company_person(company, call->caller.person) : -1;
  return person >= 0 && company->teams.at[team].manager == person;
}

/* The team that was asked for, else the caller's largest own one. -1 with an error. */
static int choose_team(const struct op_call *call, const struct company *company, const bool *seen, GError **error) {
  const char *name = op_text(call, "team");
  int best = name ? company_team(company, name) : -1;
  if (name && (best < 0 || !seen[best])) return fail(error, MENO_ERROR_NOT_FOUND, "there is no team \"%s\" that you lead", name) - 1;
  for (int t = 0; !name && t < company->teams.count; t++)
    if (is_own(call, company, t) && (best < 0 || company->teams.at[t].size > company->teams.at[best].size)) best = t;
  return best;
}

static void write_teams(struct json_writer *out, const struct op_call *call, const struct company *company, const bool *seen) {
  json_open_array(out, "teams");
  for (int t = 0; t < company->teams.count; t++)
    if (seen[t] && company->teams.at[t].size > 0 && (is_own(call, company, t) || !ops_is_confined(call))) json_put_string(out, NULL, company->teams.at[t].name);
  json_close_array(out);
}

/* ---- strengths -------------------------------------------------------------------------------------------------- */

struct strength { int skill; double share; int people; };

static int by_share(const void *a, const void *b) {
  const struct strength *x = a, *y = b;
  return x->share != y->share ? (x->share < y->share ? 1 : -1) : x->skill - y->skill;
}

/* A skill's teams add up to the company's figure on other pages, so a team is only told what is shown there too. */
static bool is_shown(const struct view *view, const struct coverage *cells, int team, int skill) {
  int teams = view->company->teams.count, skills = view->company->skills.count;
  g_autofree struct disclosure_cell *tree = g_new0(struct disclosure_cell, (gsize)teams + 1);
  g_autofree int *parent = g_new(int, (gsize)teams + 1);
  parent[teams] = -1;
  for (int t = 0; t < teams; t++) {
    const struct coverage *cell = &cells[t * skills + skill];
    tree[t].people = cell->measured ? MIN(cell->measured, cell->needing) : 0;
    tree[teams].people += tree[t].people;
    parent[t] = teams;
  }
  disclosure_tree(tree, parent, teams + 1, DISCLOSURE_SCORES);
  return tree[team].people > 0 && tree[team].why == DISCLOSURE_SHOWN;
}

static void write_strengths(struct json_writer *out, const struct view *view, int team) {
  const struct company *company = view->company;
  int skills = company->skills.count;
  g_autofree struct coverage *cells = levels_matrix(company, view->levels, LEVEL_BY_TEAM);
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct strength));
  for (int s = 0; s < skills; s++) {
    const struct coverage *cell = &cells[team * skills + s];
    struct strength strength = { s, cell->needing ? cell->there / cell->needing : 0, cell->measured };
    if (strength.share >= STRONG && is_shown(view, cells, team, s)) g_array_append_val(found, strength);
  }
  g_array_sort(found, by_share);
  json_open_array(out, "strengths");
  for (guint i = 0; i < MIN(found->len, STRENGTHS); i++) {
    const struct strength *strength = &g_array_index(found, struct strength, i);
    g_autofree char *text = g_strdup_printf("%.0f of 100 who need it are expected to be where their job asks (%d measured)", 100 * strength->share, strength->people);
    json_open_object(out, NULL);
    json_put_string(out, "skill", company->skills.at[strength->skill].id);
    json_put_string(out, "name", company->skills.at[strength->skill].name);
    json_put_string(out, "text", text);
    json_close_object(out);
  }
  json_close_array(out);
}

/* ---- the gap and what to do -------------------------------------------------------------------------------------- */

static const struct known_need *gap_of(const struct company *company, int team) {
  const struct known_need *best = NULL;
  for (int i = 0; i < company->needs.count; i++) {
    const struct known_need *need = &company->needs.at[i];
    bool touches = false, stands = need->goal >= 0 && (!strcmp(need->status, "open") || !strcmp(need->status, "not a training problem") || !strcmp(need->status, "accepted"));
    for (int t = 0; stands && t < need->team_count; t++) touches |= need->teams[t] == team;
    if (touches && (!best || (isnan(best->money) ? -1 : best->money) < (isnan(need->money) ? -1 : need->money))) best = need;
  }
  return best;
}

static void write_evidence(struct json_writer *out, const struct known_need *need) {
  g_autoptr(json_doc_auto) doc = json_parse(need->value, strlen(need->value), NULL);
  struct json_iter it = json_iter(json_get(json_root(doc), "causes"));
  int written = 0;
  json_open_array(out, "evidence");
  while (json_next(&it)) {
    if (!json_equals(json_get(it.value, "cause"), cause_names[need->cause])) continue;
    struct json_iter sentences = json_iter(json_get(it.value, "evidence"));
    for (; written < 3 && json_next(&sentences); written++) json_put_string(out, NULL, json_string(sentences.value));
  }
  json_close_array(out);
}

static void write_gap(struct json_writer *out, const struct company *company, const struct known_need *need) {
  json_open_object(out, "gap");
  json_put_string(out, "need", need->id);
  json_put_string(out, "title", need->title);
  json_put_string(out, "goal", company->goals.at[need->goal].name);
  json_put_string(out, "cause", cause_names[need->cause]);
  json_put_bool(out, "confirmed", need->confirmed);
  json_put_number(out, "money", need->money);
  json_put_string(out, "currency", company->currency);
  write_evidence(out, need);
  json_close_object(out);
}

static void write_actions(struct json_writer *out, const struct advice *row, const char *goal, const char *skill) {
  json_open_array(out, "actions");
  for (int i = 0; i < 3; i++) {
    g_autofree char *text = fill(row->action[i], goal, skill);
    json_open_object(out, NULL);
    json_put_string(out, "text", text);
    json_put_bool(out, "training", row->training[i]);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_conversation(struct json_writer *out, const struct advice *row, const char *goal, const char *skill) {
  g_autofree char *ask = fill(row->ask, goal, skill), *open = fill("Here is how “$g” stands, and what was seen in the team. What do you see that the figures do not?", goal, skill);
  json_open_array(out, "conversation");
  json_put_string(out, NULL, open);
  json_put_string(out, NULL, ask);
  json_put_string(out, NULL, "What is one thing that I could do this week to make that easier?");
  json_close_array(out);
}

static void write_ritual(struct json_writer *out, const char *goal, const char *skill) {
  static const struct { int minutes; const char *text; } steps[] = { { 1, "Look at “$g” together: where it stood last week, where it stands now" },
    { 4, "One person tells a case of this week in which it was hard; the others ask, nobody judges" },
    { 3, "Collect what somebody in the team does that helped in such a case ($s)" }, { 2, "Agree on one thing that everybody tries until next week, and who tells how it went" } };
  json_open_array(out, "ritual");
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
    g_autofree char *text = fill(steps[i].text, goal, skill);
    json_open_object(out, NULL);
    json_put_integer(out, "minutes", steps[i].minutes);
    json_put_string(out, "text", text);
    json_close_object(out);
  }
  json_close_array(out);
}

/* What is under way for this team, and when it starts here. */
static void write_under_way(struct json_writer *out, const struct company *company, int team) {
  json_open_array(out, "under_way");
  for (int i = 0; i < company->intervention_teams.count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    const struct intervention *intervention = &company->interventions.at[unit->intervention];
    if (unit->team != team || !unit->affected || intervention->state != INTERVENTION_RUNNING) continue;
    json_open_object(out, NULL);
    json_put_string(out, "id", intervention->id);
    json_put_string(out, "title", intervention->title);
    put_day(out, "start", unit->start);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_empty(struct json_writer *out, const char *const *lists) {
  for (; *lists; lists++) {
    json_open_array(out, *lists);
    json_close_array(out);
  }
}

static void write_advice(struct json_writer *out, const struct company *company, const struct known_need *need) {
  const char *goal = company->goals.at[need->goal].name, *skill = need->skill_count ? company->skills.at[need->skills[0]].name : "this work";
  write_gap(out, company, need);
  write_actions(out, &advice[need->cause], goal, skill);
  write_conversation(out, &advice[need->cause], goal, skill);
  write_ritual(out, goal, skill);
}

static bool team_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  const struct company *company = view->company;
  g_autofree bool *seen = ops_teams_seen(call, company);
  g_autoptr(GError) unknown = NULL;
  int team = choose_team(call, company, seen, &unknown);
  if (unknown) {
    g_propagate_error(error, g_steal_pointer(&unknown));
    return false;
  }
  bool few = team >= 0 && company->teams.at[team].size < OPS_LEAST_PEOPLE;
  json_put_string(out, "team", team >= 0 ? company->teams.at[team].name : NULL);
  json_put_number(out, "size", team >= 0 && !few ? company->teams.at[team].size : NAN);
  write_teams(out, call, company, seen);
  json_put_string(out, "hidden", few ? "Fewer than five people work here. A figure about so few would be about one of them, so nothing is shown, to nobody." : NULL);
  const struct known_need *need = team >= 0 && !few ? gap_of(company, team) : NULL;
  if (need) write_advice(out, company, need);
  else {
    json_put_null(out, "gap");
    write_empty(out, (const char *const[]){ "actions", "conversation", "ritual", NULL });
  }
  if (team < 0 || few) {
    write_empty(out, (const char *const[]){ "strengths", "under_way", NULL });
    return true;
  }
  write_strengths(out, view, team);
  write_under_way(out, company, team);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field team_in[] = { { "team", FIELD_TEXT(LIMIT_ID), 0, "absent: your own" }, { 0 } };
static const struct field gap_fields[] = { { "need", FIELD_ID("need"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "goal", FIELD_TEXT(0), REQUIRED, "" }, { "cause", FIELD_TEXT(0), REQUIRED, "" },
  { "confirmed", FIELD_BOOL, REQUIRED, "by a person" }, { "money", FIELD_FIGURE, REQUIRED | NULLABLE, "a year, of the whole need" }, { "currency", FIELD_TEXT(0), REQUIRED, "" }, { "evidence", FIELD_TEXTS, REQUIRED, "" }, { 0 } };
static const struct field strength_row[] = { { "skill", FIELD_ID("skill"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field action_row[] = { { "text", FIELD_TEXT(0), REQUIRED, "" }, { "training", FIELD_BOOL, REQUIRED, "" }, { 0 } };
static const struct field step_row[] = { { "minutes", FIELD_COUNT, REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field under_way_row[] = { { "id", FIELD_ID("intervention"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "start", FIELD_DAY, REQUIRED | NULLABLE, "in this team" }, { 0 } };
static const struct field team_out[] = { { "team", FIELD_TEXT(0), REQUIRED | NULLABLE, "null: you lead none" }, { "size", FIELD_COUNT, REQUIRED | NULLABLE, "" }, { "teams", FIELD_TEXTS, REQUIRED, "that you may ask for" },
  { "hidden", FIELD_TEXT(0), REQUIRED | NULLABLE, "why nothing is shown" }, { "gap", FIELD_OBJECT(gap_fields), REQUIRED | NULLABLE, "what holds a goal back most here" },
  { "actions", FIELD_LIST(action_row), REQUIRED, "three for this week" }, { "conversation", FIELD_TEXTS, REQUIRED, "what to ask next" }, { "ritual", FIELD_LIST(step_row), REQUIRED, "ten minutes with the team" },
  { "strengths", FIELD_LIST(strength_row), REQUIRED, "" }, { "under_way", FIELD_LIST(under_way_row), REQUIRED, "interventions that concern this team" }, { 0 } };

const struct op team_ops[] = {
  { "team show", GET, "/team", MAY_READ_TEAM, team_in, team_out, team_show, "What would help my team most this week", "steering" },
  { 0 } };
