/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A company that answers a plan. What its files told before must stay, row for row; the right cause takes harm away, a
 * wrong one or a remedy that does not fit nothing at all; what truth.json says is what two worlds, one with the response and
 * one without, differ by; every channel follows; and a plan that cannot be followed changes no byte. */
#include "base/clock.h"
#include "base/json.h"
#include "sim/files.h"
#include "sim/test-reader.h"

#define START "2026-12-07"
#define LATER "2027-05-24"

static void carry_on(const simulated *company, const char *plan, const char *until)
{
  g_autoptr(GError) error = NULL;
  int32_t day = 0;
  g_assert_true(clock_parse_day(until, &day));
  if (!sim_respond(company->dir, plan, strlen(plan), day, NULL, NULL, &error))
    g_error("%s", error->message);
}

/* A plan for every goal of teams that has a cause: all affected teams start, but for the goal's last. With `cause`: this one
 * whatever the true one is. */
static char *plan_for(const simulated *company, const char *cause, const char *remedy)
{
  g_autofree char *text = company_text(company, "truth.json");
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
  struct json goals = json_get(json_root(doc), "goals");
  g_autoptr(GString) plan = g_string_new("{\"interventions\":[");
  for (unsigned g = 0; g < json_count(goals); g++) {
    struct json goal = json_at(goals, g), entry = json_at(json_get(goal, "causes"), 0), teams = json_get(entry, "teams");
    const char *goal_id = json_string(json_get(goal, "goal")), *right = json_string(json_get(entry, "cause"));
    if (json_count(teams) < 2 || (cause != NULL && strcmp(cause, right) == 0))
      continue;
    const char *does = remedy != NULL ? remedy : strcmp(right, "skill") == 0 ? "practice" : "change";
    g_string_append_printf(plan, "%s{\"id\":\"for %s\",\"need\":\"unread\",\"goal\":\"%s\",\"cause\":\"%s\",\"remedy\":[\"%s\"],\"skills\":[\"%s\"],"
      "\"estimand\":{\"from_week\":3,\"to_week\":12},\"teams\":[", plan->str[plan->len - 1] == '[' ? "" : ",", goal_id, goal_id,
      cause != NULL ? cause : right, does, json_string(json_get(goal, "main_skill")));
    for (unsigned t = 0; t < json_count(teams); t++)
      g_string_append_printf(plan, "%s{\"team\":\"%s\",\"start\":%s}", t > 0 ? "," : "", json_string(json_get(json_at(teams, t), "team")),
                             t + 1 < json_count(teams) ? "\"" START "\"" : "null");
    g_string_append(plan, "]}");
  }
  g_string_append(plan, "]}");
  return g_string_free(g_steal_pointer(&plan), FALSE);
}

/* ---- the past --------------------------------------------------------------------------------------------------- */

/* Files in which something open may have come to its end since, and what says that a row was open. */
static const struct { const char *file, *column, *open; } ending[] = {
  { "people.csv", "termination_date", "" }, { "enrolments.csv", "status", "enrolled" }, { "tickets.csv", "closed", "" },
  { "work_log.csv", "end", "" }, { "rewards.csv", "to", "" } };
static const char *const growing[] = { "skills.csv", "jobs.csv", "goals.csv", "kpis.csv", "results.csv", "programmes.csv", "questions.csv",
  "pulse.csv", "objectives.csv", "requests.csv", "capacity.csv", "changes.csv", "workforce.csv", "statements.jsonl" };

static char *row_text(const table *read, unsigned row)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (unsigned i = 0; i < read->columns; i++)
    g_string_append_printf(text, "%s\x1f", table_cell(read, row, i));
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void assert_past(const simulated *before, const simulated *after)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(growing); i++) {
    g_autofree char *old = company_text(before, growing[i]), *new = company_text(after, growing[i]);
    if (!g_str_has_prefix(new, old))
      g_error("%s does not begin with what it was", growing[i]);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(ending); i++) {
    g_autoptr(table) old = company_table(before, ending[i].file), new = company_table(after, ending[i].file);
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned ended = 0;
    for (unsigned row = 0; row < table_rows(new); row++)
      g_hash_table_add(there, row_text(new, row));
    for (unsigned row = 0; row < table_rows(old); row++) {
      g_autofree char *text = row_text(old, row);
      if (g_hash_table_contains(there, text))
        continue;
      /* A person who left before may be back: then the newest membership is another one. */
      bool was_newest = g_str_equal(ending[i].file, "people.csv") && g_str_equal(table_get(old, row, "primary"), "true");
      if (!g_str_equal(table_get(old, row, ending[i].column), ending[i].open) && !was_newest)
        g_error("%s: \"%s\" is gone", ending[i].file, text);
      ended++;
    }
    g_assert_cmpuint(ended, <, table_rows(old) / 3);
  }
}

/* Who leaves or moves helps out in a second team no longer. */
static unsigned assert_second_teams_end(const simulated *company)
{
  g_autoptr(table) people = company_table(company, "people.csv");
  g_autoptr(GHashTable) since = g_hash_table_new(g_str_hash, g_str_equal); /* employee → the open primary membership's start */
  unsigned ended = 0;
  for (unsigned row = 0; row < table_rows(people); row++)
    if (g_str_equal(table_get(people, row, "primary"), "true") && *table_get(people, row, "termination_date") == '\0')
      g_hash_table_insert(since, (void *)(uintptr_t)table_get(people, row, "employee_number"), (void *)(uintptr_t)table_get(people, row, "start_date"));
  for (unsigned row = 0; row < table_rows(people); row++) {
    bool second = table_number(people, row, "fte") < 0.3, open = *table_get(people, row, "termination_date") == '\0';
    const char *primary = g_hash_table_lookup(since, table_get(people, row, "employee_number"));
    g_assert_true(!second || !open || (primary != NULL && strcmp(primary, table_get(people, row, "start_date")) <= 0));
    ended += second && !open;
  }
  return ended;
}

static void test_past(void)
{
  unsigned ended = 0;
  static const struct { int people; uint64_t seed; } companies[] = { { 90, 3 }, { 90, 5 }, { 600, 4 }, { 600, 19 /* who comes back left a programme */ } };
  for (unsigned i = 0; i < G_N_ELEMENTS(companies); i++) {
    int people = companies[i].people;
    uint64_t seed = companies[i].seed;
    g_autoptr(simulated) before = company_new(people, seed, 80), after = company_new(people, seed, 80);
    g_autofree char *plan = plan_for(after, NULL, NULL);
    carry_on(after, plan, LATER);
    assert_past(before, after);
    ended += assert_second_teams_end(after);
    g_autoptr(table) old = company_table(before, "kpis.csv"), new = company_table(after, "kpis.csv");
    g_assert_cmpuint(table_rows(new), >, table_rows(old) * 5 / 4);
    g_assert_cmpstr(table_get(new, table_rows(new) - 1, "date"), ==, "2027-05-17");
  }
  g_assert_cmpuint(ended, >, 0);
}

/* ---- what a response does --------------------------------------------------------------------------------------- */

/* The truth's responses; the text lives as long as the document. */
struct truth { char *text; struct json_doc *doc; struct json responses; };

static struct truth truth_of(const simulated *company)
{
  struct truth truth = { .text = company_text(company, "truth.json") };
  truth.doc = json_parse(truth.text, strlen(truth.text), NULL);
  truth.responses = json_get(json_root(truth.doc), "responses");
  return truth;
}

static void truth_clear(struct truth *truth)
{
  json_doc_free(truth->doc);
  g_free(truth->text);
}

/* The size of the trouble in the goal's unit, as truth.json tells it, in the teams that started: what could be won at most. */
static double harm_told(struct json goals, const char *goal)
{
  for (unsigned g = 0; g < json_count(goals); g++) {
    struct json entry = json_at(json_get(json_at(goals, g), "causes"), 0), teams = json_get(entry, "teams");
    double sum = 0;
    if (!json_equals(json_get(json_at(goals, g), "goal"), goal))
      continue;
    for (unsigned t = 0; t + 1 < json_count(teams); t++)
      sum += json_number(json_get(json_at(teams, t), "size"), NAN);
    return sum / (double)(json_count(teams) - 1);
  }
  g_error("no goal %s", goal);
}

static void test_right_cause(void)
{
  g_autoptr(simulated) company = company_new(SIM_PEOPLE, SIM_SEED, SIM_WEEKS);
  g_autofree char *plan = plan_for(company, NULL, NULL);
  carry_on(company, plan, LATER);
  struct truth truth = truth_of(company);
  unsigned helped = 0;
  for (unsigned i = 0; i < json_count(truth.responses); i++) {
    struct json response = json_at(truth.responses, i);
    double fraction = json_number(json_get(response, "fraction"), NAN), mean = json_number(json_get(response, "mean_effect"), NAN);
    double harm = harm_told(json_get(json_root(truth.doc), "goals"), json_string(json_get(response, "goal")));
    g_test_message("%-28s %-9s fraction %.2f mean %+.3f of a harm of %+.3f", json_string(json_get(response, "id")),
                   json_string(json_get(response, "cause")), fraction, mean, harm);
    g_assert_true(json_true(json_get(response, "cause_right")) && json_true(json_get(response, "all_weeks")));
    if (json_equals(json_get(response, "cause"), "outside")) {
      g_assert_true(fraction == 0 && mean == 0);
      continue;
    }
    helped++;
    g_assert_true(fraction > 0.3 && fraction < 0.97);
    /* Against the harm, and no more of it than was there; plans exceed hours only now and then. */
    g_assert_true(-mean / harm > (json_equals(json_get(response, "cause"), "capacity") ? 0.1 : 0.25) && -mean / harm < 1.5);
    struct json teams = json_get(response, "teams"), first = json_get(json_at(teams, 0), "effects"), last = json_at(teams, json_count(teams) - 1);
    g_assert_cmpuint(json_count(first), ==, 24);
    bool steady = json_equals(json_get(response, "cause"), "incentive") || json_equals(json_get(response, "cause"), "clarity");
    for (unsigned week = 0; steady && week < 24; week++) /* four weeks, and then it stays */
      g_assert_cmpfloat_with_epsilon(json_number(json_at(first, week), NAN), json_number(json_at(first, 3), NAN) * MIN(week + 1, 4) / 4, 1e-9);
    g_assert_cmpuint(json_count(json_get(last, "effects")), ==, 0); /* for comparison only */
  }
  g_assert_cmpuint(helped, >=, 6);
  truth_clear(&truth);
}

/* With a wrong cause, or with training where the cause is no skill, the KPIs are to the byte those of a company that did
 * nothing, and the training was taken all the same. */
static void test_wrong_cause(void)
{
  static const struct { const char *cause, *remedy; bool practised, enrolled; } wrong[] = {
    { "skill", "practice", true, false }, { "clarity", "change", false, false }, { "process", "job aid", true, false }, { "cannot tell", "change", false, false },
    { "tool", "programme P-112", false, true } };
  g_autoptr(simulated) idle = company_new(300, 8, 80);
  carry_on(idle, "[]", LATER);
  g_autofree char *kpis = company_text(idle, "kpis.csv"), *results = company_text(idle, "results.csv"), *enrolments = company_text(idle, "enrolments.csv");
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(simulated) company = company_new(300, 8, 80);
    g_autofree char *plan = plan_for(company, wrong[i].cause, wrong[i].remedy);
    carry_on(company, plan, LATER);
    g_autofree char *other = company_text(company, "kpis.csv"), *practised = company_text(company, "results.csv"), *enrolled = company_text(company, "enrolments.csv");
    struct truth truth = truth_of(company);
    g_assert_cmpuint(json_count(truth.responses), >, 2);
    unsigned mixed = 0; /* where the plan's cause is the smaller one of a mix, it is right */
    for (unsigned r = 0; r < json_count(truth.responses); r++)
      mixed += json_true(json_get(json_at(truth.responses, r), "cause_right")) && json_number(json_get(json_at(truth.responses, r), "fraction"), NAN) > 0;
    g_assert_cmpuint(mixed, ==, 0);
    for (unsigned r = 0; r < json_count(truth.responses); r++)
      g_assert_true(json_number(json_get(json_at(truth.responses, r), "mean_effect"), NAN) == 0);
    g_assert_true(strcmp(kpis, other) == 0);
    g_assert_true((strcmp(results, practised) != 0) == wrong[i].practised);
    g_assert_true((strcmp(enrolments, enrolled) != 0) == wrong[i].enrolled);
    truth_clear(&truth);
  }
}

/* What a remedy is worth against a missing skill: doing beats reading, and another skill or programme does nothing. */
static void test_fit(void)
{
  static const struct { const char *remedy, *skill; double fits; } rows[] = {
    { "practice", "handling-objections", 1 }, { "explanation", "handling-objections", 0.35 }, { "explanation, practice", "handling-objections", 1 },
    { "process change", "handling-objections", 0 }, { "programme P-101", "handling-objections", 1 }, { "programme P-102", "handling-objections", 0 },
    { "practice", "negotiation", 0 }, { "Worked Example", "Handling objections", 0.9 } };
  for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(simulated) company = company_new(SIM_PEOPLE, SIM_SEED, 60);
    g_autofree char *plan = g_strdup_printf("[{\"id\":\"a\",\"goal\":\"win-rate\",\"cause\":\"skill\",\"remedy\":\"%s\",\"skills\":[\"%s\"],"
      "\"estimand\":{\"from_week\":5,\"to_week\":8},\"teams\":[]}]", rows[i].remedy, rows[i].skill);
    carry_on(company, plan, "2026-11-30");
    struct truth truth = truth_of(company);
    struct json response = json_at(truth.responses, 0);
    g_assert_cmpfloat_with_epsilon(json_number(json_get(response, "fits"), NAN), rows[i].fits, 1e-9);
    g_assert_true((json_number(json_get(response, "fraction"), NAN) > 0) == (rows[i].fits > 0));
    g_assert_true(json_type(json_get(response, "mean_effect")) == JSON_NULL);
    truth_clear(&truth);
  }
}

/* ---- the truth, counted again ----------------------------------------------------------------------------------- */

/* Two worlds run side by side; every expected value of every goal and team in every week is compared. */
static void compare_worlds(const struct truth *truth, const struct sim_options *options, int weeks, unsigned which)
{
  struct json told = json_at(truth->responses, which);
  g_autoptr(sim_world_auto) with = sim_world_new(options, weeks), without = sim_world_new(options, weeks);
  struct response response = { .id = g_strdup("x"), .remedy = g_strsplit("change", " ", -1), .fraction = json_number(json_get(told, "fraction"), NAN) };
  while (!json_equals(json_get(told, "goal"), with->goals[response.goal].row->id))
    response.goal++;
  while (!json_equals(json_get(told, "cause"), sim_cause_ids[response.cause]))
    response.cause++;
  struct json teams = json_get(told, "teams");
  unsigned started = (unsigned)json_count(teams) - 1;
  response.teams = g_new0(struct response_team, started);
  for (; response.teams_count < started; response.teams_count++) {
    struct response_team *at = &response.teams[response.teams_count];
    at->week = options->weeks + 2;
    at->effects = g_array_new(FALSE, FALSE, sizeof(double));
    while (!json_equals(json_get(json_at(teams, response.teams_count), "team"), with->teams[at->team].name))
      at->team++;
  }
  with->responses = g_new(struct response, 1);
  with->responses[0] = response;
  with->responses_count = 1;
  struct files with_files, without_files;
  sim_files_init(&with_files);
  sim_files_init(&without_files);
  sim_world_begin(with);
  sim_world_begin(without);
  double sum = 0;
  for (int week = 0; week < weeks; week++) {
    sim_week(with, &with_files, week);
    sim_week(without, &without_files, week);
    for (unsigned g = 0; g < with->goals_count; g++)
      for (unsigned t = 0; t < with->teams_count; t++) {
        if (!with->goals[g].in[t])
          continue;
        double effect = sim_kpi_mean(with, &with->goals[g], t, week, NULL) - sim_kpi_mean(without, &without->goals[g], t, week, NULL), expected = 0;
        for (unsigned n = 0; g == response.goal && n < started; n++)
          if (response.teams[n].team == t && week >= response.teams[n].week)
            expected = json_number(json_at(json_get(json_at(teams, n), "effects"), (size_t)(week - response.teams[n].week)), NAN);
        g_assert_cmpfloat_with_epsilon(effect, expected, 1e-9);
        sum += week >= options->weeks + 4 && week < options->weeks + 14 ? effect : 0;
      }
  }
  g_assert_cmpfloat_with_epsilon(sum / (started * 10.0), json_number(json_get(told, "mean_effect"), NAN), 1e-9);
  sim_files_clear(&with_files);
  sim_files_clear(&without_files);
}

static void test_recount(void)
{
  const struct sim_options options = { 300, 12, clock_from_civil(2026, 11, 23), 80 };
  g_autoptr(simulated) company = company_new(options.people, options.seed, options.weeks);
  g_autofree char *plan = plan_for(company, NULL, NULL);
  carry_on(company, plan, LATER);
  struct truth truth = truth_of(company);
  for (unsigned i = 0; i < json_count(truth.responses); i++)
    compare_worlds(&truth, &options, options.weeks + 26, i);
  truth_clear(&truth);
}

/* ---- every channel ---------------------------------------------------------------------------------------------- */

struct channel { double sum, count; };

static double channel_mean(const struct channel *channel) { return channel->count > 0 ? channel->sum / channel->count : NAN; }

/* Rows of the teams after the start: how many there are, and the mean of a column. */
static struct channel channel_of(const simulated *company, const char *file, const char *date, GHashTable *teams, const char *key, const char *equals, const char *column)
{
  g_autoptr(table) read = company_table(company, file);
  struct channel channel = { 0 };
  for (unsigned row = 0; row < table_rows(read); row++) {
    if (strcmp(table_get(read, row, date), "2026-12-21") < 0 || !g_hash_table_contains(teams, table_get(read, row, "team")))
      continue;
    if (key != NULL && !g_str_equal(table_get(read, row, key), equals))
      continue;
    channel.count++;
    channel.sum += column != NULL ? table_number(read, row, column) : 0;
  }
  return channel;
}

static struct channel practised_by(const simulated *company, GHashTable *teams, const char *skill)
{
  g_autoptr(table) results = company_table(company, "results.csv"), people = company_table(company, "people.csv");
  g_autoptr(GHashTable) of = g_hash_table_new(g_str_hash, g_str_equal);
  struct channel channel = { 0 };
  for (unsigned row = 0; row < table_rows(people); row++)
    if (g_str_equal(table_get(people, row, "primary"), "true") && g_hash_table_contains(teams, table_get(people, row, "team")))
      g_hash_table_add(of, (void *)(uintptr_t)table_get(people, row, "employee_number"));
  for (unsigned row = 0; row < table_rows(results); row++) {
    bool observed = g_str_equal(table_get(results, row, "kind"), "practice") || g_str_equal(table_get(results, row, "kind"), "work");
    if (strcmp(table_get(results, row, "date"), "2026-12-21") < 0 || !observed || !g_str_equal(table_get(results, row, "skill_id"), skill)
        || !g_hash_table_contains(of, table_get(results, row, "employee_number")))
      continue;
    channel.count++;
    channel.sum += table_number(results, row, "score");
  }
  return channel;
}

static const struct { const char *cause, *question; } asked[] = { { "clarity", "Q03" }, { "incentive", "Q09" }, { "process", "Q07" }, { "tool", "Q01" }, { "capacity", "Q05" } };

static void read_channels(const simulated *acted, const simulated *idle, struct json response, unsigned *seen)
{
  const char *cause = json_string(json_get(response, "cause"));
  g_autoptr(GHashTable) teams = g_hash_table_new(g_str_hash, g_str_equal);
  for (unsigned t = 0; t + 1 < json_count(json_get(response, "teams")); t++)
    g_hash_table_add(teams, (void *)(uintptr_t)json_string(json_get(json_at(json_get(response, "teams"), t), "team")));
  for (unsigned q = 0; q < G_N_ELEMENTS(asked); q++) {
    if (!g_str_equal(asked[q].cause, cause))
      continue;
    struct channel with = channel_of(acted, "pulse.csv", "date", teams, "question_id", asked[q].question, "answer");
    struct channel without = channel_of(idle, "pulse.csv", "date", teams, "question_id", asked[q].question, "answer");
    g_test_message("%s: %s %.2f instead of %.2f", cause, asked[q].question, channel_mean(&with), channel_mean(&without));
    g_assert_cmpfloat(channel_mean(&with), >, channel_mean(&without) + 0.15);
    ++*seen;
  }
  if (g_str_equal(cause, "tool")) {
    struct channel with = channel_of(acted, "tickets.csv", "opened", teams, NULL, NULL, NULL), without = channel_of(idle, "tickets.csv", "opened", teams, NULL, NULL, NULL);
    g_test_message("%s: %.0f tickets instead of %.0f", cause, with.count, without.count);
    g_assert_cmpfloat(with.count, <, 0.8 * without.count);
  } else if (g_str_equal(cause, "capacity")) {
    struct channel with = channel_of(acted, "capacity.csv", "date", teams, NULL, NULL, "planned_hours"), without = channel_of(idle, "capacity.csv", "date", teams, NULL, NULL, "planned_hours");
    g_test_message("%s: %.0f hours instead of %.0f", cause, channel_mean(&with), channel_mean(&without));
    g_assert_cmpfloat(channel_mean(&with), <, 0.95 * channel_mean(&without));
  } else if (g_str_equal(cause, "skill")) {
    struct channel with = practised_by(acted, teams, "handling-objections"), without = practised_by(idle, teams, "handling-objections");
    g_test_message("%s: scores %.2f instead of %.2f", cause, channel_mean(&with), channel_mean(&without));
    g_assert_cmpfloat(channel_mean(&with), >, channel_mean(&without) + 0.08);
    ++*seen;
  }
}

/* Days between two steps of a case that another team did, in all processes. */
static double mean_wait(const simulated *company, const char *process)
{
  g_autoptr(table) log = company_table(company, "work_log.csv");
  struct channel waits = { 0 };
  for (unsigned row = 1; row < table_rows(log); row++) {
    int64_t end = 0, start = 0;
    if (g_str_equal(table_get(log, row, "process"), process) && g_str_equal(table_get(log, row, "case_id"), table_get(log, row - 1, "case_id"))
        && strcmp(table_get(log, row, "start"), "2026-12-21") > 0 && !g_str_equal(table_get(log, row, "team"), table_get(log, row - 1, "team"))
        && clock_parse_time(table_get(log, row - 1, "end"), &end) && clock_parse_time(table_get(log, row, "start"), &start)) {
      waits.sum += (double)(start - end) / (double)CLOCK_DAY;
      waits.count++;
    }
  }
  return channel_mean(&waits);
}

static void test_channels(void)
{
  g_autoptr(simulated) acted = company_new(SIM_PEOPLE, SIM_SEED, SIM_WEEKS), idle = company_new(SIM_PEOPLE, SIM_SEED, SIM_WEEKS);
  g_autofree char *plan = plan_for(acted, NULL, NULL);
  carry_on(acted, plan, LATER);
  carry_on(idle, "{\"interventions\":[]}", LATER);
  struct truth truth = truth_of(acted);
  unsigned seen = 0;
  for (unsigned i = 0; i < json_count(truth.responses); i++)
    read_channels(acted, idle, json_at(truth.responses, i), &seen);
  g_assert_cmpuint(seen, >=, 6);
  /* "Complaints escalated" has a mix: what was done about its process leaves its tool as it was. */
  g_autoptr(table) acted_tickets = company_table(acted, "tickets.csv"), idle_tickets = company_table(idle, "tickets.csv");
  unsigned calls[2] = { 0 };
  for (unsigned row = 0; row < table_rows(acted_tickets); row++)
    calls[0] += g_str_equal(table_get(acted_tickets, row, "tool"), "phone system");
  for (unsigned row = 0; row < table_rows(idle_tickets); row++)
    calls[1] += g_str_equal(table_get(idle_tickets, row, "tool"), "phone system");
  g_assert_cmpuint(calls[0], >, 100);
  g_assert_cmpuint(calls[0], ==, calls[1]);
  double with = mean_wait(acted, "offer approval"), without = mean_wait(idle, "offer approval");
  g_test_message("offer approval: waits of %.1f days instead of %.1f", with, without);
  g_assert_cmpfloat(with, <, 0.8 * without);
  truth_clear(&truth);
}

/* ---- again and again -------------------------------------------------------------------------------------------- */

static void assert_same_company(const simulated *a, const simulated *b)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(growing) + G_N_ELEMENTS(ending) + 1; i++) {
    const char *name = i < G_N_ELEMENTS(growing) ? growing[i] : i > G_N_ELEMENTS(growing) ? ending[i - G_N_ELEMENTS(growing) - 1].file : "truth.json";
    g_autofree char *x = company_text(a, name), *y = company_text(b, name);
    if (strcmp(x, y) != 0)
      g_error("%s differs", name);
  }
}

static void test_twice(void)
{
  g_autoptr(simulated) steps = company_new(200, 21, 60), once = company_new(200, 21, 60);
  g_autofree char *plan = plan_for(once, NULL, NULL);
  carry_on(once, plan, LATER);
  carry_on(steps, plan, "2026-12-28");
  carry_on(steps, plan, "2027-03-01"); /* printed again: what is under way is known */
  carry_on(steps, "[]", LATER);        /* and goes on without being named */
  assert_same_company(steps, once);
  g_autoptr(GString) second = g_string_new(NULL);
  struct truth truth = truth_of(steps);
  struct json first = json_at(truth.responses, 0), last = json_get(first, "teams");
  g_string_printf(second, "[{\"id\":\"second\",\"goal\":\"%s\",\"cause\":\"%s\",\"remedy\":\"change\",\"estimand\":{\"from_week\":1,\"to_week\":4},"
    "\"teams\":[{\"team\":\"%s\",\"start\":\"2027-05-26\"}]}]", json_string(json_get(first, "goal")), json_string(json_get(first, "cause")),
    json_string(json_get(json_at(last, json_count(last) - 1), "team")));
  carry_on(steps, second->str, "2027-07-26");
  truth_clear(&truth);
  truth = truth_of(steps);
  struct json added = json_at(truth.responses, json_count(truth.responses) - 1);
  g_assert_true(json_equals(json_get(added, "id"), "second"));
  g_assert_cmpuint(json_count(json_get(json_at(json_get(added, "teams"), 0), "effects")), ==, 8); /* from Monday 2027-05-31 */
  g_assert_cmpuint(json_count(json_get(json_at(json_get(json_at(truth.responses, 0), "teams"), 0), "effects")), ==, 33);
  truth_clear(&truth);
}

/* ---- refusals --------------------------------------------------------------------------------------------------- */

#define ITEM(members) "{\"interventions\":[{\"id\":\"a\"," members "}]}"
#define GOAL "\"goal\":\"win-rate\","
#define CAUSE "\"cause\":\"skill\","
#define REMEDY "\"remedy\":[\"practice\"],"
#define ESTIMAND "\"estimand\":{\"from_week\":5,\"to_week\":12},"
static const struct { const char *plan, *says; } broken[] = {
  { "", "the plan cannot be read" }, { "{", "line 1" }, { "7", "has no list of interventions" }, { "{\"needs\":[]}", "has no list of interventions" },
  { "[7]", "interventions[0] has no id" }, { "[{\"id\":\"\"}]", "has no id" }, { ITEM(CAUSE REMEDY "\"teams\":[]"), "interventions[0] (\"a\") has no goal" },
  { ITEM("\"goal\":\"world-peace\""), "names the goal \"world-peace\", which this company does not have; its goals are offer-lead-time, win-rate" },
  { ITEM(GOAL "\"cause\":\"laziness\""), "names the cause \"laziness\"; give as \"cause\" one of skill" }, { ITEM(GOAL "\"cause\":null"), "has no cause" },
  { ITEM(GOAL CAUSE "\"remedy\":[]"), "has no remedy" }, { ITEM(GOAL CAUSE "\"remedy\":[3]"), "has no remedy that can be read" }, { ITEM(GOAL CAUSE "\"remedy\":\" , \""), "has no remedy" },
  { ITEM(GOAL CAUSE "\"remedy\":\"programme P-999\""), "names the programme \"programme P-999\"" },
  { ITEM(GOAL CAUSE REMEDY "\"skills\":[\"juggling\"]"), "names the skill \"juggling\"" }, { ITEM(GOAL CAUSE REMEDY "\"skills\":\"sql\""), "has skills that are no list" },
  { ITEM(GOAL CAUSE REMEDY "\"teams\":[]"), "has no estimand" }, { ITEM(GOAL CAUSE REMEDY "\"estimand\":{\"from_week\":0,\"to_week\":4}"), "has no estimand" },
  { ITEM(GOAL CAUSE REMEDY "\"estimand\":{\"from_week\":5,\"to_week\":4}"), "has no estimand" }, { ITEM(GOAL CAUSE REMEDY "\"estimand\":{\"from_week\":5,\"to_week\":1e9}"), "has no estimand" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":null"), "has no teams" }, { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[3]"), "has a team without a name" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"The A-Team\"}]"), "names the team \"The A-Team\", which people.csv does not have" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\"},{\"team\":\"Sales Office\"}]"), "names the team \"Sales Office\" twice" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":\"soon\"}]"), "that is no date" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":\"2026-11-22\"}]"), "but the files tell of the time before 2026-11-23 already" },
  { ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":\"1999-11-22\"}]"), "before the company's first day" },
  { "[{\"id\":\"a\"," GOAL CAUSE REMEDY ESTIMAND "\"teams\":[]},{\"id\":\"a\"," GOAL CAUSE REMEDY ESTIMAND "\"teams\":[]}]", "interventions[1] (\"a\") has an id that another one has" },
};

static void assert_refused(const simulated *company, const char *plan, const char *until, enum meno_error code, const char *says)
{
  g_autoptr(GError) error = NULL;
  int32_t day = 0;
  g_assert_true(clock_parse_day(until, &day));
  g_assert_false(sim_respond(company->dir, plan, strlen(plan), day, NULL, NULL, &error));
  g_assert_error(error, MENO_ERROR, (int)code);
  if (strstr(error->message, says) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void test_refusals(void)
{
  g_autoptr(simulated) company = company_new(160, 2, 30), same = company_new(160, 2, 30);
  for (unsigned i = 0; i < G_N_ELEMENTS(broken); i++)
    assert_refused(company, broken[i].plan, LATER, MENO_ERROR_BAD_INPUT, broken[i].says);
  assert_refused(company, "[]", "2026-11-23", MENO_ERROR_BAD_INPUT, "where its files end; give 2026-11-30 or a later one");
  assert_refused(company, "[]", "2026-12-01", MENO_ERROR_BAD_INPUT, "which is no Monday; give 2026-11-30");
  assert_refused(company, "[]", "2090-01-02", MENO_ERROR_BAD_INPUT, "weeks after its history");
  assert_same_company(company, same);
  g_autofree char *truth = g_build_filename(company->dir, "truth.json", NULL);
  static const char *const spoilt[] = { "", "{}", "[1]", "{\"version\":1,\"options\":{\"people\":160,\"seed\":\"x\",\"weeks\":30,\"until\":\"2026-11-23\"}}",
    "{\"version\":2,\"options\":{\"people\":160,\"seed\":\"2\",\"weeks\":30,\"until\":\"2026-11-23\"}}",
    "{\"version\":1,\"grown_until\":\"2020-01-06\",\"options\":{\"people\":160,\"seed\":\"2\",\"weeks\":30,\"until\":\"2026-11-23\"}}" };
  for (unsigned i = 0; i < G_N_ELEMENTS(spoilt); i++) {
    g_assert_true(g_file_set_contents(truth, spoilt[i], -1, NULL));
    assert_refused(company, "[]", LATER, MENO_ERROR_BAD_INPUT, "is not what `meno simulate` of this version wrote");
  }
  g_assert_true(g_file_set_contents(truth, "{\"version\":1,\"options\":{\"people\":-4000000000,\"seed\":\"2\",\"weeks\":30,\"until\":\"2026-11-23\"}}", -1, NULL));
  assert_refused(company, "[]", LATER, MENO_ERROR_BAD_INPUT, "cannot simulate a company of");
  g_assert_true(g_file_set_contents(truth, "{\"version\":1,\"responses\":[4],\"options\":{\"people\":160,\"seed\":\"2\",\"weeks\":30,\"until\":\"2026-11-23\"}}", -1, NULL));
  assert_refused(company, "[]", LATER, MENO_ERROR_BAD_INPUT, "what stands in truth.json cannot be followed");
  simulated nothing = { .dir = g_build_filename(company->dir, "sources", NULL) };
  assert_refused(&nothing, "[]", LATER, MENO_ERROR_NOT_FOUND, "give a directory that `meno simulate` wrote");
  g_free(nothing.dir);
}

/* What began is history: it can neither be moved nor taken back, and its goal and cause stay. */
static void test_no_way_back(void)
{
  g_autoptr(simulated) company = company_new(160, 2, 30);
  static const char *const first = ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":\"2026-12-07\"},{\"team\":\"Management\",\"start\":\"2027-02-01\"}]");
  carry_on(company, first, "2027-01-04");
  assert_refused(company, ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":\"2026-12-14\"}]"), LATER, MENO_ERROR_BAD_INPUT,
                 "moves the start of \"Sales Office\", which was 2026-12-07");
  assert_refused(company, ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Sales Office\",\"start\":null}]"), LATER, MENO_ERROR_BAD_INPUT, "moves the start");
  assert_refused(company, ITEM(GOAL "\"cause\":\"tool\"," REMEDY ESTIMAND "\"teams\":[]"), LATER, MENO_ERROR_BAD_INPUT, "is already under way for the goal \"win-rate\" and the cause \"skill\"");
  assert_refused(company, ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Management\",\"start\":\"2026-12-28\"}]"), LATER, MENO_ERROR_BAD_INPUT, "but the files tell of the time before 2027-01-04 already");
  carry_on(company, ITEM(GOAL CAUSE REMEDY ESTIMAND "\"teams\":[{\"team\":\"Management\",\"start\":\"2027-01-11\"}]"), LATER); /* still to come: may move */
  struct truth truth = truth_of(company);
  struct json teams = json_get(json_at(truth.responses, 0), "teams");
  g_assert_cmpuint(json_count(truth.responses), ==, 1);
  g_assert_true(json_equals(json_get(json_at(teams, 0), "start"), "2026-12-07") && json_equals(json_get(json_at(teams, 1), "start"), "2027-01-11"));
  truth_clear(&truth);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/respond/past", test_past);
  g_test_add_func("/respond/right-cause", test_right_cause);
  g_test_add_func("/respond/wrong-cause", test_wrong_cause);
  g_test_add_func("/respond/fit", test_fit);
  g_test_add_func("/respond/recount", test_recount);
  g_test_add_func("/respond/channels", test_channels);
  g_test_add_func("/respond/twice", test_twice);
  g_test_add_func("/respond/refusals", test_refusals);
  g_test_add_func("/respond/no-way-back", test_no_way_back);
  return g_test_run();
}
