/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The delivery agent on a company made by hand: to whom, when, how much, and what it must never do. */
#include "agents/agent.h"
#include <math.h>
#include <string.h>

#define MOST 400

extern const struct agent agent_delivery;

/* Teams North (people 0–5, started), South (6–11, waits until TODAY + 30), East (12–17, comparison only). */
struct world {
  struct company company;
  struct person people[18];
  struct team teams[3];
  struct skill skills[1];
  struct job jobs[1];
  struct job_skill job_skills[1];
  struct goal goals[1];
  struct intervention interventions[1];
  struct intervention_team units[3];
  struct asset assets[3];
  struct preference preferences[2];
  struct delivery deliveries[MOST];
  struct result results[200];
};

static const char body[] = "{\"envelope\":{\"channels\":[\"inbox\"],\"from\":\"2024-01-01\",\"until\":\"2024-12-31\"},\"blocks\":["
  "{\"id\":\"b1\",\"kind\":\"steps\",\"items\":[{\"lead\":null,\"sentences\":[{\"text\":\"Ask what the customer needs before you speak of the price .\",\"spans\":[]}]}]},"
  "{\"id\":\"b2\",\"kind\":\"check\",\"heading\":\"Which margin needs an approval?\",\"questions\":[]}]}";

static int32_t day(const char *text)
{
  int32_t value;
  g_assert_true(clock_parse_day(text, &value));
  return value;
}

static struct world *world_new(void)
{
  struct world *w = g_new0(struct world, 1);
  static char ids[18][8];
  int32_t today = day("2024-10-07");
  for (int p = 0; p < 18; p++) {
    g_snprintf(ids[p], sizeof ids[p], "p-%02d", p);
    w->people[p] = (struct person){ .id = ids[p], .status = PERSON_ACTIVE, .team = p / 6, .department = -1, .job = 0, .manager = -1, .fte = 1 };
  }
  static const char *const names[] = { "North", "South", "East" };
  for (int t = 0; t < 3; t++)
    w->teams[t] = (struct team){ .name = names[t], .department = -1, .size = 6, .manager = t * 6 };
  w->skills[0] = (struct skill){ .id = "offers", .name = "Offers", .broader = -1 };
  w->jobs[0] = (struct job){ "Clerk", 0, 1 };
  w->job_skills[0] = (struct job_skill){ .job = 0, .skill = 0, .level = 2.5, .importance = 1 };
  w->goals[0] = (struct goal){ .id = "margin", .name = "Margin of offers", .weight = 0.8, .owner = -1 };
  static const int skills[] = { 0 };
  w->interventions[0] = (struct intervention){ .id = "i-1", .need = "n-1", .title = "Better offers", .remedy = "job aid", .design = "stepped-wedge", .training = true,
    .skills = skills, .skill_count = 1, .owner = -1, .count = 3, .registered = today - 10, .ended = CLOCK_NO_DAY };
  w->units[0] = (struct intervention_team){ 0, 0, today - 2, true };
  w->units[1] = (struct intervention_team){ 0, 1, today + 30, true };
  w->units[2] = (struct intervention_team){ 0, 2, CLOCK_NO_DAY, false };
  w->assets[0] = (struct asset){ .id = "a-1", .need = "n-1", .title = "Offers with a margin", .modality = "job aid", .pattern = "job aid", .body = body, .published = today - 5 };
  struct company *c = &w->company;
  c->people.at = w->people, c->people.count = 18;
  c->teams.at = w->teams, c->teams.count = 3;
  c->skills.at = w->skills, c->skills.count = 1;
  c->jobs.at = w->jobs, c->jobs.count = 1;
  c->job_skills.at = w->job_skills, c->job_skills.count = 1;
  c->goals.at = w->goals, c->goals.count = 1;
  c->interventions.at = w->interventions, c->interventions.count = 1;
  c->intervention_teams.at = w->units, c->intervention_teams.count = 3;
  c->assets.at = w->assets, c->assets.count = 1;
  c->preferences.at = w->preferences;
  c->deliveries.at = w->deliveries;
  c->results.at = w->results;
  return w;
}

/* Takes a turn at that time and keeps what it handed over, as the runtime would. Returns how many. */
static int take_turn(struct world *w, const char *time)
{
  struct snapshot snapshot = { .company = &w->company, .seed = 1 };
  g_assert_true(clock_parse_time(time, &snapshot.now));
  g_autoptr(turn_auto) turn = turn_new();
  g_assert_true(agent_delivery.run(&snapshot, turn, NULL));
  g_assert_cmpint(turn_claims(turn), ==, 0);
  for (int i = 0; i < turn_handovers(turn); i++) {
    const struct handover *h = turn_handover_at(turn, i);
    int asset = h->asset[2] - '1';
    g_assert_cmpint(w->company.deliveries.count, <, MOST);
    w->deliveries[w->company.deliveries.count++] = (struct delivery){ .id = "d", .asset = asset, .block = g_intern_string(h->block), .person = h->person, .title = "", .reason = g_intern_string(h->reason),
      .channel = "inbox", .minutes = h->minutes, .at = h->at, .expires = h->expires, .state = DELIVERY_SHOWN, .answered = CLOCK_NO_DAY };
  }
  return turn_handovers(turn);
}

static const struct delivery *last(const struct world *w)
{
  g_assert_cmpint(w->company.deliveries.count, >, 0);
  return &w->deliveries[w->company.deliveries.count - 1];
}

static void test_started_teams_only(void)
{
  g_autofree struct world *w = world_new();
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 6);
  for (int i = 0; i < 6; i++) {
    g_assert_cmpint(w->deliveries[i].person / 6, ==, 0);
    g_assert_cmpstr(w->deliveries[i].block, ==, "");
    g_assert_nonnull(strstr(w->deliveries[i].reason, "Margin of offers"));
    g_assert_nonnull(strstr(w->deliveries[i].reason, "North"));
  }
  g_assert_cmpint(take_turn(w, "2024-10-07T10:05:00Z"), ==, 0); /* once is enough */
  g_assert_cmpint(take_turn(w, "2024-11-06T10:00:00Z"), ==, 12); /* South has started: its first part; North's check is due */
}

static void test_checks_come_later(void)
{
  g_autofree struct world *w = world_new();
  take_turn(w, "2024-10-07T10:00:00Z");
  g_assert_cmpint(take_turn(w, "2024-10-10T10:00:00Z"), ==, 0);
  g_assert_cmpint(take_turn(w, "2024-10-11T10:00:00Z"), ==, 6);
  g_assert_cmpstr(last(w)->block, ==, "b2");
}

static void test_no_is_no(void)
{
  g_autofree struct world *w = world_new();
  take_turn(w, "2024-10-07T10:00:00Z");
  w->deliveries[0].state = DELIVERY_DECLINED;
  g_assert_cmpint(take_turn(w, "2024-10-11T10:00:00Z"), ==, 5);
}

static void test_quiet_hours(void)
{
  g_autofree struct world *w = world_new();
  w->preferences[0] = (struct preference){ .person = 0, .quiet_from = 9 * 60, .quiet_to = 15 * 60, .weekly_minutes = 20, .channel = "inbox" };
  w->preferences[1] = (struct preference){ .person = 1, .quiet_from = 0, .quiet_to = 24 * 60, .weekly_minutes = 20, .channel = "inbox" };
  w->company.preferences.count = 2;
  g_assert_cmpint(take_turn(w, "2024-10-04T19:30:00Z"), ==, 0); /* nothing has started yet */
  g_assert_cmpint(take_turn(w, "2024-10-05T19:30:00Z"), ==, 5); /* a Saturday evening; person 1 is always quiet */
  int64_t monday;
  clock_parse_time("2024-10-07T08:00:00Z", &monday);
  for (int i = 0; i < 5; i++) {
    int64_t at = w->deliveries[i].at;
    g_assert_cmpint(at, ==, w->deliveries[i].person == 0 ? monday - 8 * 3600 * CLOCK_SECOND : monday); /* 0 is quiet by day, not at midnight */
  }
}

static void test_week_is_bearable(void)
{
  g_autofree struct world *w = world_new();
  static char ids[2][8] = { "a-2", "a-3" };
  for (int i = 1; i < 3; i++) {
    w->assets[i] = w->assets[0];
    w->assets[i].id = ids[i - 1];
  }
  w->company.assets.count = 3;
  w->preferences[0] = (struct preference){ .person = 0, .quiet_from = 18 * 60, .quiet_to = 8 * 60, .weekly_minutes = 2, .channel = "inbox" };
  w->preferences[1] = (struct preference){ .person = 1, .quiet_from = 18 * 60, .quiet_to = 8 * 60, .weekly_minutes = 0, .channel = "inbox" };
  w->company.preferences.count = 2;
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 4 * 3 + 2); /* a minute each: two for person 0, none for 1 */
  int again = take_turn(w, "2024-10-08T10:00:00Z");
  g_assert_cmpint(again, ==, 0);
  take_turn(w, "2024-10-14T10:00:00Z");
  g_assert_cmpint(w->company.deliveries.count, >, 4 * 3 + 2);
}

/* Of two that are worth the same, what has moved goals here comes first, and says so; what has not comes all the same, when there is room. */
static void test_by_record(void)
{
  g_autofree struct world *w = world_new();
  struct weight weights[] = { { .subject = "skill: modality explanation", .kind = "modality", .name = "explanation", .cause = CAUSE_SKILL, .moved = 3, .did_not_move = 1, .mean = 4 / 6.0 },
                              { .subject = "tool: modality job aid", .kind = "modality", .name = "job aid", .cause = CAUSE_TOOL, .moved = 9, .mean = 10 / 11.0 } };
  w->assets[1] = w->assets[0];
  w->assets[1].id = "a-2", w->assets[1].modality = "explanation";
  w->company.assets.count = 2;
  w->preferences[0] = (struct preference){ .person = 0, .quiet_from = 18 * 60, .quiet_to = 8 * 60, .weekly_minutes = 1, .channel = "inbox" };
  w->company.preferences.count = 1;
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 1 + 5 * 2);
  g_assert_cmpint(w->deliveries[0].asset, ==, 0); /* nothing is known of either: by name */
  g_assert_null(strstr(w->deliveries[0].reason, "moved the goal"));
  w->company.deliveries.count = 0;
  w->company.weights.at = weights, w->company.weights.count = G_N_ELEMENTS(weights);
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 1 + 5 * 2);
  g_assert_cmpint(w->deliveries[0].person, ==, 0);
  g_assert_cmpint(w->deliveries[0].asset, ==, 1);
  g_assert_nonnull(strstr(w->deliveries[0].reason, "(explanation) where the cause was the same, 3 of 4 moved the goal."));
  weights[0].moved = 0, weights[0].did_not_move = 4, weights[0].mean = 1 / 6.0;
  w->company.deliveries.count = 0;
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 1 + 5 * 2);
  g_assert_cmpint(w->deliveries[0].asset, ==, 0); /* a record where the cause was another is none */
}

static void test_not_to_those_who_can(void)
{
  g_autofree struct world *w = world_new();
  for (int i = 0; i < 40; i++)
    w->results[w->company.results.count++] = (struct result){ .person = 2, .skill = 0, .item = -1, .difficulty = NAN, .day = day("2024-09-01") + i / 2, .kind = RESULT_ASSESSMENT, .score = 0.95 };
  w->company.have[FILE_RESULTS] = true;
  w->people[3].status = PERSON_ON_LEAVE;
  w->people[4].status = PERSON_LEFT;
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 3);
  for (int i = 0; i < 3; i++)
    g_assert_true(w->deliveries[i].person == 0 || w->deliveries[i].person == 1 || w->deliveries[i].person == 5);
}

static void test_envelope(void)
{
  g_autofree struct world *w = world_new();
  g_assert_cmpint(take_turn(w, "2025-01-03T10:00:00Z"), ==, 0);  /* after its end */
  w->assets[0].body = "{\"blocks\":[]}";
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 0);  /* nobody allowed anything */
  w->assets[0].body = "not JSON";
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 0);
  w->assets[0].body = body;
  w->interventions[0].state = INTERVENTION_STOPPED;
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 0);
}

static void test_managers(void)
{
  g_autofree struct world *w = world_new();
  w->assets[0].pattern = "manager brief";
  g_assert_cmpint(take_turn(w, "2024-10-07T10:00:00Z"), ==, 1);
  g_assert_cmpint(w->deliveries[0].person, ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/delivery/only teams that have started", test_started_teams_only);
  g_test_add_func("/delivery/checks come days later", test_checks_come_later);
  g_test_add_func("/delivery/a no is a no to what follows", test_no_is_no);
  g_test_add_func("/delivery/never in quiet hours or on a weekend", test_quiet_hours);
  g_test_add_func("/delivery/a week holds no more than a person can bear", test_week_is_bearable);
  g_test_add_func("/delivery/what has moved goals comes first", test_by_record);
  g_test_add_func("/delivery/not to who can already, is away or has left", test_not_to_those_who_can);
  g_test_add_func("/delivery/nothing outside the envelope", test_envelope);
  g_test_add_func("/delivery/a brief goes to the manager", test_managers);
  return g_test_run();
}
