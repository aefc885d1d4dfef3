/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The skills agent on companies made by hand: what it says, what it must not say (nobody's level, nothing about few people,
 * directly or by subtraction), and that it says the same twice. */
#include "agents/agent.h"
#include <math.h>
#include <string.h>

#define TODAY 20000
#define PEOPLE 60

extern const struct agent agent_skills;

/* Department Sales: teams North (people 0–14), South (15–29); department Ops: teams East (30–44), West (45–59). All are
 * clerks, who need skill 0 at 3 of 5; nobody's job needs skill 1. */
struct world {
  struct company company;
  struct person people[PEOPLE];
  struct membership memberships[PEOPLE];
  struct department departments[2];
  struct team teams[4];
  struct skill skills[2];
  struct job jobs[1];
  struct job_skill job_skills[1];
  struct result results[PEOPLE * 8];
};

static const char *const team_names[] = { "North", "South", "East", "West" };

static struct world *world_new(void)
{
  struct world *w = g_new0(struct world, 1);
  static char ids[PEOPLE][16];
  for (int p = 0; p < PEOPLE; p++) {
    g_snprintf(ids[p], sizeof ids[p], "person-%03d", p);
    w->people[p] = (struct person){ .id = ids[p], .employee_number = "E77", .first_name = "Quirin", .last_name = "Zabel",
      .team = p / 15, .department = p / 30, .job = 0, .manager = -1, .fte = 1 };
    w->memberships[p] = (struct membership){ .person = p, .team = p / 15, .job = 0, .manager = -1, .from = TODAY - 900,
      .to = CLOCK_NO_DAY, .primary = true, .fte = 1 };
  }
  w->departments[0].name = "Sales", w->departments[1].name = "Ops";
  for (int t = 0; t < 4; t++)
    w->teams[t] = (struct team){ .name = team_names[t], .department = t / 2, .size = 15, .manager = -1 };
  w->skills[0] = (struct skill){ .id = "negotiation", .name = "Negotiation", .broader = -1 };
  w->skills[1] = (struct skill){ .id = "welding", .name = "Welding", .broader = -1 };
  w->jobs[0] = (struct job){ "Clerk", 0, 1 };
  w->job_skills[0] = (struct job_skill){ .job = 0, .skill = 0, .level = 3, .importance = 1 };
  struct company *c = &w->company;
  c->people.at = w->people, c->people.count = PEOPLE;
  c->memberships.at = w->memberships, c->memberships.count = PEOPLE;
  c->departments.at = w->departments, c->departments.count = 2;
  c->teams.at = w->teams, c->teams.count = 4;
  c->skills.at = w->skills, c->skills.count = 2;
  c->jobs.at = w->jobs, c->jobs.count = 1;
  c->job_skills.at = w->job_skills, c->job_skills.count = 1;
  c->results.at = w->results;
  c->have[FILE_RESULTS] = true;
  return w;
}

/* `count` results of a person around `score`, `apart` days apart, the last one `ago` days ago. People in order. */
static void learned(struct world *w, int skill, int person, double score, int count, int apart, int ago)
{
  for (int i = 0; i < count; i++)
    w->results[w->company.results.count++] = (struct result){ .person = person, .skill = skill, .item = -1, .difficulty = NAN,
      .day = TODAY - ago - apart * (count - 1 - i), .kind = RESULT_ASSESSMENT,
      .score = CLAMP(score + 0.06 * ((person * 7 + i * 3) % 5 - 2), 0, 1) };
}

static struct turn *take_turn(const struct world *w)
{
  struct snapshot snapshot = { .company = &w->company, .now = TODAY * CLOCK_DAY + 5 * CLOCK_SECOND, .seed = 1 };
  struct turn *turn = turn_new();
  GError *error = NULL;
  g_assert_true(agent_skills.run(&snapshot, turn, &error));
  g_assert_no_error(error);
  g_assert_cmpint(turn_proposals(turn), ==, 0);
  return turn;
}

static const struct claim *find(const struct turn *turn, const char *predicate, const char *subject)
{
  for (int i = 0; i < turn_claims(turn); i++) {
    const struct claim *claim = turn_claim_at(turn, i);
    if (strcmp(claim->predicate, predicate) == 0 && strcmp(claim->subject, subject) == 0)
      return claim;
  }
  return NULL;
}

static int count_of(const struct turn *turn, const char *predicate)
{
  int count = 0;
  for (int i = 0; i < turn_claims(turn); i++)
    count += strcmp(turn_claim_at(turn, i)->predicate, predicate) == 0;
  return count;
}

static double number_in(const struct claim *claim, const char *key)
{
  g_autoptr(json_doc_auto) doc = json_parse(claim->value, strlen(claim->value), NULL);
  g_assert_nonnull(doc);
  return json_number(json_get(json_root(doc), key), NAN);
}

/* What holds for every claim that the agent ever makes. */
static void check_manners(const struct turn *turn)
{
  for (int i = 0; i < turn_claims(turn); i++) {
    const struct claim *claim = turn_claim_at(turn, i);
    bool listed = false;
    for (const char *const *makes = agent_skills.makes; *makes != NULL; makes++)
      listed = listed || strcmp(*makes, claim->predicate) == 0;
    g_assert_true(listed);
    g_assert_cmpint(claim->evidence_count, >=, 1);
    g_assert_cmpfloat(claim->confidence, >, 0);
    g_assert_cmpfloat(claim->confidence, <, 1);
    g_assert_cmpint(claim->valid_from, ==, TODAY);
    g_assert_cmpint(claim->valid_to, >, TODAY);
    g_assert_true(find(turn, claim->predicate, claim->subject) == claim); /* no subject twice */
    for (int j = 0; j < claim->evidence_count; j++) {
      const struct evidence *evidence = &claim->evidence[j];
      g_assert_cmpint(evidence->people, >=, 5);
      g_assert_cmpint(evidence->count, >=, evidence->people);
      g_assert_cmpint(evidence->person, ==, -1);
      g_assert_null(strstr(evidence->sentence, "person-"));
    }
    const char *const private_words[] = { "person-", "E77", "Quirin", "Zabel" };
    for (size_t j = 0; j < G_N_ELEMENTS(private_words); j++) {
      g_assert_null(strstr(claim->value, private_words[j]));
      g_assert_null(strstr(claim->subject, private_words[j]));
    }
  }
}

static void test_nothing(void)
{
  struct world *w = world_new();
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(turn_claims(turn), ==, 0); /* nothing known, nothing said */
  g_free(w);
}

static void test_thin(void)
{
  struct world *w = world_new();
  for (int p = 0; p < PEOPLE; p++)
    learned(w, 0, p, p / 15 == 1 ? 0.2 : 0.8, 6, 20, 5);
  g_autoptr(turn_auto) turn = take_turn(w);
  check_manners(turn);
  const struct claim *thin = find(turn, "coverage thin", "negotiation in team South");
  g_assert_nonnull(thin);
  g_assert_cmpint(count_of(turn, "coverage thin"), ==, 1); /* half of Sales can: not thin; the other teams can */
  g_assert_cmpfloat(number_in(thin, "needing"), ==, 15);
  g_assert_cmpfloat(number_in(thin, "measured"), ==, 15);
  g_assert_cmpfloat(number_in(thin, "there"), <, 1);
  g_assert_cmpfloat(number_in(thin, "required"), ==, 0.6);
  g_assert_cmpint(thin->evidence[0].file, ==, FILE_RESULTS);
  g_assert_cmpint(thin->evidence[0].count, ==, 90);
  g_assert_cmpint(thin->evidence[0].team, ==, 1);
  g_assert_cmpint(thin->evidence[1].file, ==, FILE_JOBS);
  g_assert_cmpfloat(thin->confidence, >, 0.9);

  const struct claim *model = find(turn, "skill model", "negotiation");
  g_assert_nonnull(model);
  g_assert_cmpfloat(number_in(model, "people"), ==, PEOPLE);
  g_assert_cmpfloat(number_in(model, "results"), ==, 6 * PEOPLE);
  g_assert_cmpfloat(number_in(model, "forecasts"), ==, 5 * PEOPLE);
  g_assert_cmpfloat(number_in(model, "stale_share"), ==, 0);
  g_assert_true(isnan(number_in(model, "half_life_days")));
  g_assert_null(find(turn, "skill model", "welding"));
  const struct claim *calibration = find(turn, "calibration", "levels");
  g_assert_nonnull(calibration);
  g_assert_cmpfloat(number_in(calibration, "error"), <, number_in(calibration, "error_of_prior"));
  g_assert_cmpfloat(number_in(calibration, "covered"), >, 0.7);
  g_free(w);
}

static void test_without_profiles(void)
{
  struct world *w = world_new();
  for (int p = 0; p < PEOPLE; p++)
    learned(w, 0, p, 0.2, 3, 20, 5);
  w->company.job_skills.count = 0;
  g_autoptr(turn_auto) turn = take_turn(w);
  g_assert_cmpint(count_of(turn, "coverage thin"), ==, 0);
  g_assert_cmpint(count_of(turn, "skill model"), ==, 1);
  g_free(w);
}

static void test_few(void)
{
  /* Four people: no word about the skill. Five: its model. Four measured in a team of fifteen: nothing about the team. */
  for (int people = 4; people <= 5; people++) {
    struct world *w = world_new();
    for (int p = 0; p < people; p++)
      learned(w, 0, p, 0.1, 8, 5, 5);
    g_autoptr(turn_auto) turn = take_turn(w);
    check_manners(turn);
    g_assert_cmpint(count_of(turn, "skill model"), ==, people == 5);
    g_assert_cmpint(count_of(turn, "calibration"), ==, people == 5);
    g_assert_cmpint(count_of(turn, "coverage thin"), ==, 0);
    g_free(w);
  }
  /* Four or five measured of the six who are all there are in Sales. */
  for (int people = 4; people <= 5; people++) {
    struct world *w = world_new();
    for (int p = 6; p < 30; p++)
      w->memberships[p].to = TODAY;
    for (int p = 0; p < PEOPLE; p++)
      if (p < people || p >= 30)
        learned(w, 0, p, p < 30 ? 0.1 : 0.8, 6, 5, 5);
    g_autoptr(turn_auto) turn = take_turn(w);
    check_manners(turn);
    g_assert_cmpint(find(turn, "coverage thin", "negotiation in team North") != NULL, ==, people == 5);
    g_free(w);
  }
}

static void test_subtraction(void)
{
  /* Sales is South alone and three people of North: naming both would give the three away. */
  struct world *w = world_new();
  for (int p = 0; p < 12; p++)
    w->memberships[p].to = TODAY - 10; /* gone from North */
  for (int p = 12; p < PEOPLE; p++)
    learned(w, 0, p, p < 30 ? 0.1 : 0.8, 6, 20, 5);
  g_autoptr(turn_auto) turn = take_turn(w);
  check_manners(turn);
  g_assert_nonnull(find(turn, "coverage thin", "negotiation in department Sales")); /* the larger gap comes first */
  g_assert_null(find(turn, "coverage thin", "negotiation in team South"));
  g_assert_null(find(turn, "coverage thin", "negotiation in team North"));

  w->memberships[10].to = w->memberships[11].to = CLOCK_NO_DAY; /* five are left: both may be named */
  w->company.results.count = 0;
  for (int p = 10; p < PEOPLE; p++)
    learned(w, 0, p, p < 30 ? 0.1 : 0.8, 6, 20, 5);
  g_autoptr(turn_auto) more = take_turn(w);
  check_manners(more);
  g_assert_nonnull(find(more, "coverage thin", "negotiation in department Sales"));
  g_assert_nonnull(find(more, "coverage thin", "negotiation in team South"));
  g_free(w);
}

static void test_stale(void)
{
  struct world *w = world_new();
  w->skills[0].half_life_days = 200, w->skills[1].half_life_days = 200;
  for (int s = 0; s < 2; s++)
    for (int p = 0; p < PEOPLE; p++)
      learned(w, s, p, 0.8, 3, 10, p < 40 ? 190 : 3); /* forty will be below half in ten days; most already are */
  g_autoptr(turn_auto) turn = take_turn(w);
  check_manners(turn);
  const struct claim *stale = find(turn, "skill stale", "negotiation");
  g_assert_nonnull(stale);
  g_assert_cmpfloat_with_epsilon(number_in(stale, "soon_share"), 40.0 / PEOPLE, 0.005);
  g_assert_cmpint(stale->evidence[0].people, ==, PEOPLE);
  g_assert_null(find(turn, "skill stale", "welding")); /* no job and no goal needs it */
  g_assert_cmpfloat(number_in(find(turn, "skill model", "welding"), "half_life_days"), ==, 200);

  for (int p = 0; p < 40; p++)
    w->people[p].status = PERSON_LEFT; /* what the others can do is fresh */
  g_autoptr(turn_auto) later = take_turn(w);
  g_assert_null(find(later, "skill stale", "negotiation"));
  g_assert_cmpfloat(number_in(find(later, "skill model", "negotiation"), "measured"), ==, 20);
  g_free(w);
}

static void test_twice(void)
{
  struct world *w = world_new();
  for (int p = 0; p < PEOPLE; p++)
    learned(w, 0, p, 0.1 + 0.012 * p, 5, 15, 5);
  g_autoptr(turn_auto) a = take_turn(w), b = take_turn(w);
  check_manners(a);
  g_assert_cmpint(turn_claims(a), ==, turn_claims(b));
  for (int i = 0; i < turn_claims(a); i++) {
    g_assert_cmpstr(turn_claim_at(a, i)->value, ==, turn_claim_at(b, i)->value);
    g_assert_cmpstr(turn_claim_at(a, i)->subject, ==, turn_claim_at(b, i)->subject);
  }
  g_free(w);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/skills/nothing", test_nothing);
  g_test_add_func("/skills/thin", test_thin);
  g_test_add_func("/skills/without-profiles", test_without_profiles);
  g_test_add_func("/skills/few", test_few);
  g_test_add_func("/skills/subtraction", test_subtraction);
  g_test_add_func("/skills/stale", test_stale);
  g_test_add_func("/skills/twice", test_twice);
  return g_test_run();
}
