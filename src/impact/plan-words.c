/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a plan says of itself: in words for the person who decides, in JSON for the registration. An order of start is written by
 * impact_plan_register alone, after the draw. Anyone can redraw it: for each affected team, take SHA-256 of the seed
 * (64 hexadecimal digits), a space and the team's name; sort the teams by it; the first ones start on the first date, and so on. */
#include "impact/plan-private.h"
#include <math.h>
#include <string.h>

char *impact_plan_title(const struct impact_plan *plan)
{
  g_autofree char *remedy = g_strdup(plan->remedy);
  remedy[0] = g_ascii_toupper(remedy[0]);
  return g_strdup_printf("%s for: %s", remedy, plan->company->goals.at[plan->goal].name);
}

static int small_teams(const struct impact_plan *plan)
{
  int small = 0;
  for (int i = 0; i < plan->need->team_count; i++) {
    bool unit = false;
    for (int u = 0; u < plan->affected_count; u++)
      unit |= plan->units[u].team == plan->need->teams[i];
    small += !unit;
  }
  return small;
}

char *impact_plan_comparison(const struct impact_plan *plan)
{
  GString *text = g_string_new(NULL);
  int started = plan->affected_count - plan->waiting, others = plan->unit_count - plan->affected_count, small = small_teams(plan);
  if (!plan->measurable)
    g_string_append(text, "None: all affected teams start at once, and nothing tells the remedy from everything else that happens.");
  else {
    g_string_append_printf(text, "%d affected teams start on %d date%s in an order drawn by lot", started, plan->steps, plan->steps == 1 ? "" : "s");
    if (plan->waiting > 0)
      g_string_append_printf(text, "; %d wait%s until the last reading", plan->waiting, plan->waiting == 1 ? "s" : "");
    g_string_append(text, ". Started teams are compared with those that still wait");
    if (others > 0)
      g_string_append_printf(text, "; %d team%s that the need does not touch show%s what the weeks bring to all", others, others == 1 ? "" : "s", others == 1 ? "s" : "");
    g_string_append_c(text, '.');
  }
  if (small > 0)
    g_string_append_printf(text, " %d more team%s too small or without numbers: %s the remedy, and nothing is measured there.", small,
                           small == 1 ? " is" : "s are", small == 1 ? "it gets" : "they get");
  return g_string_free(text, FALSE);
}

char *impact_plan_why_not(const struct impact_plan *plan, double period, bool tried)
{
  const struct goal *goal = &plan->company->goals.at[plan->goal];
  if (period <= 0)
    return g_strdup("the goal's number is kept for the company as a whole, or not at all: without numbers by team nobody can be compared with anybody");
  if (period >= 60)
    return g_strdup("the goal's number comes quarterly or more rarely: too few values to tell anything within a year");
  if (plan->affected_count < 4)
    return g_strdup_printf("only %d affected team%s of five people or more with numbers: with fewer than four, too few orders of start could be drawn to tell an "
                           "effect from chance", plan->affected_count, plan->affected_count == 1 ? "" : "s");
  if (tried)
    return g_strdup_printf("an effect of %.3g %s, the smallest worth having, would be found with a chance of %.0f %% only; %s", plan->minimum_effect, goal->unit,
                           100 * plan->power, isfinite(plan->detectable) ? "teams' numbers vary too much from week to week" : "too few teams could be compared");
  return g_strdup("the teams' numbers before are too few or never change, so that nothing says how much they vary by themselves");
}

/* ---- JSON ---- */

static void put_day(struct json_writer *w, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(w, key, day == CLOCK_NO_DAY ? NULL : clock_format_day(day, text));
}

static const char *owner_id(const struct impact_plan *plan)
{
  return plan->owner >= 0 && plan->owner < plan->company->people.count ? plan->company->people.at[plan->owner].id : NULL;
}

static void put_figures(const struct impact_plan *plan, struct json_writer *out)
{
  json_put_number(out, "minimum_effect", plan->minimum_effect);
  json_put_number(out, "power", plan->power);
  json_put_number(out, "detectable", plan->detectable);
  json_put_number(out, "noise", plan->noise);
  json_put_number(out, "autocorrelation", plan->noise > 0 ? plan->autocorrelation : NAN);
  json_put_number(out, "expected_se", plan->expected_se);
  json_put_bool(out, "measurable", plan->measurable);
  json_put_string(out, "why_not", plan->why_not);
  json_put_number(out, "cost", round(plan->cost));
  json_put_bool(out, "cost_estimated", plan->cost_estimated);
  json_put_number(out, "hours", plan->hours);
  json_put_string(out, "currency", plan->company->goals.at[plan->goal].currency ? plan->company->goals.at[plan->goal].currency : plan->company->currency);
}

static void put_design(const struct impact_plan *plan, struct json_writer *out)
{
  json_put_string(out, "design", impact_design_names[plan->design]);
  json_put_string(out, "comparison", plan->comparison);
  json_put_string(out, "evidence", plan->evidence);
  json_open_object(out, "estimand");
  json_put_integer(out, "from_week", plan->from_week);
  json_put_integer(out, "to_week", plan->to_week);
  json_close_object(out);
  json_put_integer(out, "ramp_weeks", plan->ramp_weeks);
  json_open_object(out, "baseline");
  put_day(out, "from", plan->baseline_from);
  put_day(out, "to", plan->baseline_to);
  json_close_object(out);
  json_open_array(out, "steps");
  for (int i = 0; i < plan->steps; i++) {
    json_open_object(out, NULL);
    put_day(out, "start", plan->step_day[i]);
    json_put_integer(out, "teams", plan->step_teams[i]);
    json_close_object(out);
  }
  json_close_array(out);
  json_put_integer(out, "waiting", plan->waiting);
  json_open_array(out, "readings");
  for (int i = 0; i < plan->reading_count; i++)
    put_day(out, NULL, plan->readings[i]);
  json_close_array(out);
  json_put_integer(out, "weeks_until", plan->weeks_until);
}

static void put_members(const struct impact_plan *plan, struct json_writer *out)
{
  json_put_string(out, "need", plan->need->id);
  json_put_string(out, "goal", plan->company->goals.at[plan->goal].id);
  json_put_string(out, "title", plan->title);
  json_put_string(out, "cause", cause_names[plan->cause]);
  json_open_array(out, "skills");
  for (int i = 0; i < plan->need->skill_count; i++)
    json_put_string(out, NULL, plan->company->skills.at[plan->need->skills[i]].id);
  json_close_array(out);
  json_put_string(out, "remedy", plan->remedy);
  json_put_bool(out, "training", plan->training);
  json_put_string(out, "owner", owner_id(plan));
  put_day(out, "due", plan->due);
  put_design(plan, out);
  put_figures(plan, out);
}

void impact_plan_write(const struct impact_plan *plan, struct json_writer *out)
{
  put_members(plan, out);
  json_open_array(out, "units");
  for (int i = 0; i < plan->unit_count; i++) {
    json_open_object(out, NULL);
    json_put_string(out, "team", plan->company->teams.at[plan->units[i].team].name);
    json_put_bool(out, "affected", plan->units[i].affected);
    json_close_object(out);
  }
  json_close_array(out);
}

char *impact_plan_register(const struct impact_plan *plan, const char *id, int64_t registered_at)
{
  g_auto(json_writer_auto) w;
  char text[CLOCK_TEXT], seed[DIGEST_TEXT];
  g_assert(plan->drawn);
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", id);
  put_members(plan, &w);
  json_open_array(&w, "teams");
  for (int i = 0; i < plan->unit_count; i++) {
    json_open_object(&w, NULL);
    json_put_string(&w, "team", plan->company->teams.at[plan->units[i].team].name);
    put_day(&w, "start", plan->units[i].start);
    json_put_bool(&w, "affected", plan->units[i].affected);
    json_close_object(&w);
  }
  json_close_array(&w);
  json_put_string(&w, "seed", digest_format(plan->seed, seed));
  json_put_string(&w, "registered_at", clock_format_time(registered_at, text));
  json_close_object(&w);
  size_t length;
  g_autofree char *body = json_writer_steal(&w, &length);
  g_autoptr(json_doc_auto) doc = json_parse(body, length, NULL);
  g_assert(doc != NULL);
  return json_canonical(json_root(doc), NULL);
}
