/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * truth.json: what was really going on, for whoever judges what Meno made of the files. Its schema is in
 * docs/simulator.md; a change of meaning raises SIM_TRUTH_VERSION. */
#include "sim/files.h"
#include "base/json.h"
#include <math.h>

static void put_day(struct json_writer *json, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(json, key, clock_format_day(day, text));
}

static void put_rounded(struct json_writer *json, const char *key, double number)
{
  json_put_number(json, key, round(number * 10000) / 10000);
}

static void put_trouble_teams(struct json_writer *json, const struct world *world, const struct trouble *trouble)
{
  const struct goal *goal = &world->goals[trouble->goal];
  json_open_array(json, "teams");
  for (unsigned t = 0; t < world->teams_count; t++) {
    if (trouble->team_size[t] <= 0)
      continue;
    json_open_object(json, NULL);
    json_put_string(json, "team", world->teams[t].name);
    put_day(json, "onset", sim_day(world, trouble->team_onset[t]));
    put_rounded(json, "size", trouble->team_size[t] * goal->residual_sd * (goal->row->up ? -1 : 1));
    json_close_object(json);
  }
  json_close_array(json);
}

static void put_trouble(struct json_writer *json, const struct world *world, const struct trouble *trouble)
{
  const struct goal *goal = &world->goals[trouble->goal];
  json_open_object(json, NULL);
  json_put_string(json, "cause", sim_cause_ids[trouble->cause]);
  put_rounded(json, "share", trouble->share);
  put_day(json, "onset", sim_day(world, trouble->onset));
  put_rounded(json, "size", trouble->size * goal->residual_sd * (goal->row->up ? -1 : 1));
  put_rounded(json, "size_sd", trouble->size);
  json_put_bool(json, "recorded", trouble->recorded);
  if (trouble->cause == CAUSE_SKILL)
    json_put_string(json, "skill", sim_skills[goal->row->main].id);
  else if (trouble->cause == CAUSE_TOOL)
    json_put_string(json, "tool", goal->row->tool);
  else if (trouble->cause == CAUSE_PROCESS)
    json_put_string(json, "process", goal->row->process.name);
  else if (trouble->cause == CAUSE_INCENTIVE)
    json_put_string(json, "rewarded", goal->row->conflict);
  put_trouble_teams(json, world, trouble);
  json_close_object(json);
}

static void put_decoys(struct json_writer *json, const struct world *world, const struct goal *goal)
{
  json_open_array(json, "low_but_harmless");
  for (unsigned t = 0; goal->decoy_onset != SIM_NEVER && t < world->teams_count; t++)
    if (goal->decoy[t])
      json_put_string(json, NULL, world->teams[t].name);
  json_close_array(json);
}

static void put_goal(struct json_writer *json, const struct world *world, unsigned g)
{
  const struct goal *goal = &world->goals[g];
  const struct trouble *first = NULL;
  for (unsigned i = 0; i < world->troubles_count; i++)
    if (world->troubles[i].goal == g && (first == NULL || world->troubles[i].share > first->share))
      first = &world->troubles[i];
  json_open_object(json, NULL);
  json_put_string(json, "goal", goal->row->id);
  json_put_string(json, "cause", first != NULL ? sim_cause_ids[first->cause] : "none");
  json_open_array(json, "causes");
  for (unsigned i = 0; i < world->troubles_count; i++)
    if (world->troubles[i].goal == g)
      put_trouble(json, world, &world->troubles[i]);
  json_close_array(json);
  json_open_array(json, "teams");
  for (unsigned t = 0; t < world->teams_count; t++)
    if (goal->in[t])
      json_put_string(json, NULL, world->teams[t].name);
  json_close_array(json);
  put_rounded(json, "residual_sd", goal->residual_sd);
  put_rounded(json, "trend_sd", goal->trend);
  json_put_bool(json, "late_dip_by_noise", goal->dips);
  json_put_string(json, "main_skill", sim_skills[goal->row->main].id);
  json_put_string(json, "decoy_skill", sim_skills[goal->row->decoy].id);
  put_decoys(json, world, goal);
  json_close_object(json);
}

static void put_confounders(struct json_writer *json, const struct world *world)
{
  json_open_object(json, "confounders");
  json_open_array(json, "gloomy_teams");
  for (unsigned t = 0; t < world->teams_count; t++) {
    if (world->teams[t].gloomy_from == SIM_NEVER)
      continue;
    json_open_object(json, NULL);
    json_put_string(json, "team", world->teams[t].name);
    put_day(json, "from", sim_day(world, world->teams[t].gloomy_from));
    json_close_object(json);
  }
  json_close_array(json);
  json_open_array(json, "overloaded_without_harm");
  for (unsigned t = 0; t < world->teams_count; t++)
    if (world->teams[t].overloaded)
      json_put_string(json, NULL, world->teams[t].name);
  json_close_array(json);
  json_open_array(json, "harmless_tickets");
  for (unsigned i = 0; i < world->alarms_count; i++) {
    json_open_object(json, NULL);
    json_put_string(json, "team", world->teams[world->alarms[i].team].name);
    json_put_string(json, "tool", world->alarms[i].tool);
    put_day(json, "from", sim_day(world, world->alarms[i].from));
    put_day(json, "to", sim_day(world, world->alarms[i].to));
    json_close_object(json);
  }
  json_close_array(json);
  json_close_object(json);
}

static void put_requests(struct json_writer *json, const struct world *world, const struct files *files)
{
  json_open_array(json, "requests");
  for (unsigned i = 0; i < files->requests->len; i++) {
    const struct request *request = &g_array_index(files->requests, struct request, i);
    g_autofree char *id = g_strdup_printf("R-%03u", i + 1);
    json_open_object(json, NULL);
    json_put_string(json, "request", id);
    json_put_string(json, "goal", request->goal >= 0 ? world->goals[request->goal].row->id : NULL);
    json_put_string(json, "verdict", request->verdict);
    json_close_object(json);
  }
  json_close_array(json);
}

static void put_story(struct json_writer *json, const struct world *world)
{
  static const enum skill_index short_skills[] = { SKILL_PYTORCH, SKILL_TENSORFLOW, SKILL_MCP };
  json_open_object(json, "pulse_dip");
  json_put_string(json, "department", sim_departments[world->dip_department].name);
  put_day(json, "from", sim_day(world, world->dip_from));
  json_open_array(json, "topics");
  json_put_string(json, NULL, sim_topic_ids[TOPIC_SUPPORT]);
  json_put_string(json, NULL, sim_topic_ids[TOPIC_ENGAGEMENT]);
  json_close_array(json);
  json_close_object(json);
  json_open_array(json, "programmes_without_goal");
  json_put_string(json, NULL, "P-109");
  json_close_array(json);
  json_open_array(json, "future_shortage");
  for (unsigned i = 0; i < G_N_ELEMENTS(short_skills); i++)
    json_put_string(json, NULL, sim_skills[short_skills[i]].id);
  json_close_array(json);
  json_open_array(json, "teams_below_five");
  for (unsigned t = 0; t < world->teams_count; t++)
    if (world->teams[t].seats < 5)
      json_put_string(json, NULL, world->teams[t].name);
  json_close_array(json);
}

static void put_response_teams(struct json_writer *json, const struct world *world, const struct response *response)
{
  json_open_array(json, "teams");
  for (unsigned n = 0; n < response->teams_count; n++) {
    const struct response_team *at = &response->teams[n];
    json_open_object(json, NULL);
    json_put_string(json, "team", world->teams[at->team].name);
    if (at->start != CLOCK_NO_DAY)
      put_day(json, "start", at->start);
    else
      json_put_null(json, "start");
    json_open_array(json, "effects");
    for (unsigned week = 0; week < at->effects->len; week++)
      json_put_number(json, NULL, g_array_index(at->effects, double, week));
    json_close_array(json);
    json_close_object(json);
  }
  json_close_array(json);
}

static void put_response(struct json_writer *json, const struct world *world, const struct response *response)
{
  double mean = 0;
  bool all = false, some = sim_response_mean(world, response, &mean, &all);
  json_open_object(json, NULL);
  json_put_string(json, "id", response->id);
  json_put_string(json, "goal", world->goals[response->goal].row->id);
  json_put_string(json, "cause", response->cause < 0 ? "cannot tell" : sim_cause_ids[response->cause]);
  json_put_bool(json, "cause_right", response->cause_right);
  json_open_array(json, "remedy");
  for (unsigned i = 0; response->remedy[i] != NULL; i++)
    json_put_string(json, NULL, response->remedy[i]);
  json_close_array(json);
  json_open_array(json, "skills");
  for (unsigned i = 0; i < response->skills_count; i++)
    json_put_string(json, NULL, sim_skills[response->skills[i]].id);
  json_close_array(json);
  json_put_number(json, "fits", response->fits);
  json_put_number(json, "fraction", response->fraction);
  json_open_object(json, "estimand");
  json_put_integer(json, "from_week", response->from_week);
  json_put_integer(json, "to_week", response->to_week);
  json_close_object(json);
  put_response_teams(json, world, response);
  if (some)
    json_put_number(json, "mean_effect", mean);
  else
    json_put_null(json, "mean_effect");
  json_put_bool(json, "all_weeks", all);
  json_close_object(json);
}

/* In the shape of the plan that they came from, so that the company can be carried on from here. */
static void put_responses(struct json_writer *json, const struct world *world)
{
  put_day(json, "grown_until", sim_day(world, world->weeks));
  json_open_array(json, "responses");
  for (unsigned i = 0; i < world->responses_count; i++)
    put_response(json, world, &world->responses[i]);
  json_close_array(json);
}

char *sim_truth(const struct world *world, const struct files *files, size_t *ret_length)
{
  struct json_writer json;
  g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, world->options.seed);
  json_writer_init(&json);
  json_open_object(&json, NULL);
  json_put_integer(&json, "version", SIM_TRUTH_VERSION);
  json_put_string(&json, "company", COMPANY_NAME);
  json_open_object(&json, "options");
  json_put_integer(&json, "people", world->options.people);
  json_put_string(&json, "seed", seed); /* text: a reader of doubles would round it */
  json_put_integer(&json, "weeks", world->history);
  put_day(&json, "from", world->first_day);
  put_day(&json, "until", world->options.until);
  json_close_object(&json);
  json_open_array(&json, "goals");
  for (unsigned g = 0; g < world->goals_count; g++)
    put_goal(&json, world, g);
  json_close_array(&json);
  put_confounders(&json, world);
  put_requests(&json, world, files);
  put_story(&json, world);
  if (world->weeks > world->history)
    put_responses(&json, world);
  json_close_object(&json);
  return json_writer_steal(&json, ret_length);
}
