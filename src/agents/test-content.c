/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The content agent in companies built by hand: what it plans for an open need, what it proposes for an accepted one, that
 * high stakes never become micro content only, that no source means no draft, that what stands is not proposed again, and
 * that the same snapshot gives the same turn. */
#include "agents/agent.h"
#include <math.h>
#include <string.h>

extern const struct agent agent_content;

#define TODAY 20000

static const char guide[] = "# Guide to difficult calls\n\nThis guide is for everybody who answers the phone.\n\n## Why callers shout\n\nSomebody who shouts has usually tried twice before. The anger is about the matter, because nobody listened.\n\n"
  "## The steps\n\n1. **Let them finish.** Do not interrupt for the customer number.\n2. **Name what you heard.** Say the facts and no judgement.\n3. **Promise one thing.** If you cannot promise a repair, promise a call.\n4. **Come back.** Ask for the number now.\n\n"
  "## Sentences that help\n\n- \"Let me make sure I have this right.\"\n- \"I will find out and call you by four.\"\n- \"What I can do now is this.\"\n\n## Sentences that make it worse\n\n- \"Calm down.\" Nobody ever has.\n- \"That is not my department.\" Say who will take it.\n";
static const char policy[] = "# Record keeping\n\nThis policy says how records are kept.\n\n## Rules\n\n- Orders up to 100 EUR: no second signature.\n- Orders above 100 EUR: signature of the team lead.\n- Orders above 5,000 EUR: signature of Finance.\n- Orders from abroad: a customs form.\n\n"
  "## Deadlines\n\nRecords must be closed within two working days. If an order is late, call the customer. Never change a closed record.\n";

struct world {
  struct company company;
  struct skill skills[3];
  struct goal goal;
  struct team teams[3];
  struct source sources[2];
  struct known_need need;
  struct intervention intervention;
  struct intervention_team rows[3];
  struct programme programme;
  struct asset asset;
  int skill, affected[2];
};

/* One need for `skill` (0 de-escalation, 1 record keeping, 2 a skill that no source speaks of). */
static void world_init(struct world *w, int skill, bool accepted, bool with_programme)
{
  *w = (struct world){ .skill = skill, .affected = { 0, 1 } };
  w->skills[0] = (struct skill){ .id = "de-escalation", .name = "De-escalation", .aliases = "difficult calls", .broader = -1 };
  w->skills[1] = (struct skill){ .id = "record-keeping", .name = "Keeping records", .aliases = "record keeping", .broader = -1 };
  w->skills[2] = (struct skill){ .id = "basket-weaving", .name = "Basket weaving", .broader = -1 };
  w->goal = (struct goal){ .id = "solved", .name = "Solved at once", .unit = "%", .direction = GOAL_UP, .weight = 1, .owner = -1 };
  w->teams[0] = (struct team){ "Blue", 0, 9, -1 };
  w->teams[1] = (struct team){ "Green", 0, 4, -1 };
  w->teams[2] = (struct team){ "Red", 0, 8, -1 };
  w->sources[0] = (struct source){ .name = "guide.md", .text = guide, .valid_until = CLOCK_NO_DAY, .seq = 1 };
  w->sources[1] = (struct source){ .name = "policy.md", .text = policy, .valid_until = CLOCK_NO_DAY, .seq = 2 };
  w->need = (struct known_need){ .id = "n-1", .title = "Solved at once: a skill is missing", .status = accepted ? "accepted" : "open", .goal = 0, .cause = CAUSE_SKILL, .probability = 0.8, .money = 50000,
    .skills = &w->skill, .skill_count = 1, .teams = w->affected, .team_count = 2, .since = CLOCK_NO_DAY, .size = 3, .value = "{}" };
  w->rows[0] = (struct intervention_team){ 0, 0, TODAY + 7, true };
  w->rows[1] = (struct intervention_team){ 0, 1, TODAY + 14, true };
  w->rows[2] = (struct intervention_team){ 0, 2, CLOCK_NO_DAY, false };
  w->intervention = (struct intervention){ .id = "i-1", .need = "n-1", .title = "Training", .remedy = "content", .design = "stepped-wedge", .goal = 0, .cause = CAUSE_SKILL, .training = true, .measurable = true,
    .skills = &w->skill, .skill_count = 1, .owner = -1, .from_week = 2, .to_week = 9, .registered = TODAY, .due = CLOCK_NO_DAY, .ended = CLOCK_NO_DAY, .count = 3, .plan = "{}" };
  w->programme = (struct programme){ .id = "P-1", .title = "Calm on the phone", .kind = "workshop", .skills = &w->skill, .skill_count = 1, .hours = 6, .cost_per_seat = 100, .fixed_cost = 500, .active = true };
  struct company *c = &w->company;
  c->skills.at = w->skills, c->skills.count = 3;
  c->goals.at = &w->goal, c->goals.count = 1;
  c->teams.at = w->teams, c->teams.count = 3;
  c->sources.at = w->sources, c->sources.count = 2;
  c->needs.at = &w->need, c->needs.count = 1;
  c->programmes.at = &w->programme, c->programmes.count = with_programme;
  c->interventions.at = &w->intervention, c->interventions.count = accepted;
  c->intervention_teams.at = w->rows, c->intervention_teams.count = accepted ? 3 : 0;
}

static struct turn *turn_of(struct world *w)
{
  struct turn *turn = turn_new();
  struct snapshot now = { &w->company, TODAY * CLOCK_DAY, 1 };
  g_autoptr(GError) error = NULL;
  g_assert_true(agent_content.run(&now, turn, &error));
  g_assert_no_error(error);
  for (int i = 0; i < turn_claims(turn); i++)
    g_assert_cmpint(turn_claim_at(turn, i)->evidence_count, >, 0);
  return turn;
}

/* The proposal whose body has this modality; NULL: none. */
static const struct proposal *proposed(const struct turn *turn, const char *kind, const char *modality)
{
  for (int i = 0; i < turn_proposals(turn); i++) {
    const struct proposal *proposal = turn_proposal_at(turn, i);
    g_autoptr(json_doc_auto) doc = json_parse(proposal->body, strlen(proposal->body), NULL);
    g_assert_nonnull(doc);
    if (strcmp(proposal->kind, kind) == 0 && json_equals(json_get(json_root(doc), "modality"), modality))
      return proposal;
  }
  return NULL;
}

static void assert_holds(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    g_error("\"%s\" is not in:\n%s", part, text);
}

static void test_open(void)
{
  struct world w;
  world_init(&w, 1, false, false);
  g_autoptr(turn_auto) turn = turn_of(&w);
  g_assert_cmpint(turn_proposals(turn), ==, 0); /* nobody has accepted it yet */
  g_assert_cmpint(turn_claims(turn), ==, 1);
  const struct claim *plan = turn_claim_at(turn, 0);
  g_assert_cmpstr(plan->predicate, ==, "content plan");
  g_assert_cmpstr(plan->subject, ==, "n-1");
  assert_holds(plan->value, "\"chosen\":[\"job aid\",\"knowledge check\"]");
  assert_holds(plan->value, "\"intervention\":null");
  assert_holds(plan->value, "{\"modality\":\"cohort\",\"reason\":\"it is no conversation with much at stake, or too few people need it\"}");
  w.need.cause = CAUSE_TOOL;
  g_autoptr(turn_auto) other = turn_of(&w);
  g_assert_cmpint(turn_claims(other), ==, 0); /* no training problem: not ours */
}

/* What effects have shown not to move the goal is left out, but never all; with few effects, or of another cause, it stays. */
static void test_weights(void)
{
  struct world w;
  struct weight weights[] = { { .subject = "skill: modality job aid", .kind = "modality", .name = "job aid", .cause = CAUSE_SKILL, .did_not_move = 8, .a = 1, .b = 9, .mean = 0.1, .low = 0.006, .high = 0.28 },
                              { .subject = "skill: modality knowledge check", .kind = "modality", .name = "knowledge check", .cause = CAUSE_SKILL, .moved = 1, .a = 2, .b = 1, .mean = 0.67, .low = 0.22, .high = 0.97 } };
  world_init(&w, 1, false, false);
  w.company.weights.at = weights, w.company.weights.count = 2;
  g_autoptr(turn_auto) turn = turn_of(&w);
  assert_holds(turn_claim_at(turn, 0)->value, "\"chosen\":[\"knowledge check\"]");
  assert_holds(turn_claim_at(turn, 0)->value, "Here it has mostly not moved its goal");
  assert_holds(turn_claim_at(turn, 0)->value, "\"left_out\":true");
  weights[1].high = 0.4; /* neither would be left */
  g_autoptr(turn_auto) both = turn_of(&w);
  assert_holds(turn_claim_at(both, 0)->value, "\"chosen\":[\"job aid\",\"knowledge check\"]");
  weights[1].high = 0.97, weights[0].high = 0.53;
  g_autoptr(turn_auto) unsure = turn_of(&w);
  assert_holds(turn_claim_at(unsure, 0)->value, "\"chosen\":[\"job aid\",\"knowledge check\"]");
  weights[0].high = 0.28, weights[0].cause = CAUSE_PROCESS;
  g_autoptr(turn_auto) other = turn_of(&w);
  assert_holds(turn_claim_at(other, 0)->value, "\"chosen\":[\"job aid\",\"knowledge check\"]");
}

static void test_accepted(void)
{
  struct world w;
  world_init(&w, 1, true, false);
  g_autoptr(turn_auto) turn = turn_of(&w);
  g_assert_cmpint(turn_proposals(turn), ==, 2);
  const struct proposal *aid = proposed(turn, "publish asset", "job aid");
  g_assert_nonnull(aid);
  g_assert_nonnull(proposed(turn, "publish asset", "knowledge check"));
  g_assert_cmpint(aid->audience, ==, 13);                /* the team that only compares is none of it */
  assert_holds(aid->body, "\"audience\":[\"Blue\"]");    /* a team of four is not named */
  assert_holds(aid->body, "\"envelope\":{\"channels\":[\"file\",\"inbox\"],\"from\":\"2024-10-11\",\"minutes\":1,\"until\":\"2024-12-20\"}");
  assert_holds(aid->body, "\"unsourced_sentences\":0");
  assert_holds(aid->body, "\"intervention\":\"i-1\"");
  assert_holds(aid->body, "\"need\":\"n-1\"");
  assert_holds(aid->body, "Never change a closed record.");
  assert_holds(aid->body, "\"drafted_by\":\"Meno's built-in drafter");
  g_autoptr(turn_auto) again = turn_of(&w);
  g_assert_cmpint(turn_proposals(again), ==, 2);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpstr(turn_proposal_at(again, i)->body, ==, turn_proposal_at(turn, i)->body);
    g_assert_cmpstr(turn_proposal_at(again, i)->subject, ==, turn_proposal_at(turn, i)->subject);
  }
}

static void test_high_stakes(void)
{
  struct world w;
  world_init(&w, 0, true, true);
  g_autoptr(turn_auto) turn = turn_of(&w);
  const struct proposal *programme = proposed(turn, "brief people", "programme"), *cohort = proposed(turn, "brief people", "cohort");
  g_assert_nonnull(programme);
  g_assert_nonnull(cohort);
  assert_holds(programme->body, "\"programme\":{\"cost\":1800,\"hours\":6,\"id\":\"P-1\",\"title\":\"Calm on the phone\"}");
  assert_holds(cohort->body, "\"guide\":{\"blocks\":[");
  g_assert_nonnull(proposed(turn, "publish asset", "practice"));
  g_assert_null(proposed(turn, "publish asset", "knowledge check")); /* being asked about it is not doing it */
  g_assert_null(proposed(turn, "publish asset", "explanation"));
  assert_holds(proposed(turn, "publish asset", "job aid")->body, "\"never_alone\":true");
  w.company.programmes.count = 0;
  w.teams[0].size = 5, w.teams[1].size = 2; /* too few for a cohort: people still have to practise */
  g_autoptr(turn_auto) few = turn_of(&w);
  g_assert_null(proposed(few, "brief people", "cohort"));
  g_assert_nonnull(proposed(few, "brief people", "practice"));
}

static void test_no_source(void)
{
  struct world w;
  world_init(&w, 2, true, false);
  g_autoptr(turn_auto) turn = turn_of(&w);
  g_assert_cmpint(turn_proposals(turn), ==, 1);
  g_assert_cmpstr(turn_proposal_at(turn, 0)->kind, ==, "brief people");
  assert_holds(turn_proposal_at(turn, 0)->title, "Have somebody who can do it say how “Basket weaving” is done");
  assert_holds(turn_claim_at(turn, 0)->value, "none of the sources speaks of");
}

/* What was approved stands while its sources do; when they change, the changed draft is proposed under the same id. */
static void test_published(void)
{
  struct world w;
  world_init(&w, 1, true, false);
  g_autoptr(turn_auto) first = turn_of(&w);
  const struct proposal *aid = proposed(first, "publish asset", "job aid");
  w.asset = (struct asset){ .id = aid->subject, .need = "n-1", .title = "Keeping records: at a glance", .modality = "job aid", .pattern = "job aid", .body = aid->body, .intervention = 0, .goal = 0, .published = TODAY };
  w.company.assets.at = &w.asset, w.company.assets.count = 1;
  g_autoptr(turn_auto) second = turn_of(&w);
  g_assert_null(proposed(second, "publish asset", "job aid"));
  g_assert_nonnull(proposed(second, "publish asset", "knowledge check"));
  g_auto(GStrv) parts = g_strsplit(policy, "two working days", 2);
  g_autofree char *edited = g_strjoinv("five working days", parts);
  w.sources[1].text = edited;
  g_autoptr(turn_auto) third = turn_of(&w);
  const struct proposal *changed = proposed(third, "publish asset", "job aid");
  g_assert_nonnull(changed);
  g_assert_true(g_str_has_prefix(changed->subject, aid->subject) && strcmp(changed->subject, aid->subject) != 0); /* the old decision does not stand in its way */
  g_autofree char *id = g_strdup_printf("\"id\":\"%s\"", aid->subject);
  assert_holds(changed->body, id);
  assert_holds(changed->body, "Records must be closed within five working days.");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/content/weights", test_weights);
  g_test_add_func("/agents/content/open", test_open);
  g_test_add_func("/agents/content/accepted", test_accepted);
  g_test_add_func("/agents/content/high-stakes", test_high_stakes);
  g_test_add_func("/agents/content/no-source", test_no_source);
  g_test_add_func("/agents/content/published", test_published);
  return g_test_run();
}
