/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The causal model of a week. For a goal, a team and a week, in residual standard deviations (positive is better):
 *
 *   state = team effect + season + trend + noise - missing main skill - sum of the troubles' harms
 *
 * and the KPI's expected value is base ± residual sd * state; what is written is one draw of a binomial share, a mean of
 * gamma-distributed durations, or a Poisson count over it. Noise is AR(1), plus a common part of the whole goal, plus
 * shocks of a few weeks that mean nothing. A process harm follows the week's queue and never the load; a tool harm
 * follows the week's tickets; a capacity harm is there only as far as plans exceed hours; the rest are steady.
 *
 * Pulse answers hang on a general mood that all topics share (halo), larger than any dip of a topic, so a low answer by
 * itself says little. Mood is a team's own: gloomy teams are low about everything and no KPI of theirs suffers.
 *
 * How it can be wrong: real harms interact, seasons differ between teams, and moods follow KPIs as well as the reverse. */
#include "sim/world.h"
#include <math.h>

#define TEAM_SD 0.7            /* between teams, residual SDs */
#define NOISE_KEEP 0.5
#define COMMON_SD 0.2
#define COMMON_KEEP 0.6
#define SEASON 0.35
#define SHOCKS_PER_YEAR 0.4    /* of a team and goal */
#define SHOCK 1.2
#define SKILL_SLOPE 0.8        /* harm of one missing level where nobody drew a skill cause, residual SDs */
#define SKILL_GAP 0.95         /* missing levels to which an affected team sinks in the end (people.c) */
#define MOOD_KEEP 0.8
#define MOOD_SD 0.22
#define GLOOM 0.9              /* answer points */
#define TOPIC_DIP 0.75         /* answer points */
#define SKILL_DIP 0.65         /* of that, in confidence, where a skill is missing */
#define OVERLOAD 0.2           /* load of a team without harm */
#define CAPACITY_LOAD 0.24     /* load that a capacity cause adds */

static const int ramp_weeks[CAUSE_COUNT] = { [CAUSE_SKILL] = 16, [CAUSE_TOOL] = 1, [CAUSE_PROCESS] = 3,
  [CAUSE_INCENTIVE] = 6, [CAUSE_CLARITY] = 4, [CAUSE_CAPACITY] = 2, [CAUSE_OUTSIDE] = 3 };

double sim_ramp(const struct trouble *trouble, unsigned team, int week)
{
  if (trouble->team_size[team] <= 0 || week < trouble->team_onset[team])
    return 0;
  return MIN(1.0, (week - trouble->team_onset[team] + 1) / (double)ramp_weeks[trouble->cause]);
}

static double harm_in(const struct world *world, const struct trouble *trouble, unsigned team, int week)
{
  double full = trouble->team_size[team] * sim_ramp(trouble, team, week);
  switch (trouble->cause) {
  case CAUSE_SKILL: /* through the people: by the level that is missing, not by the calendar */
    return trouble->team_size[team] / SKILL_GAP * (double)world->shortfall[trouble->goal * world->teams_count + team];
  case CAUSE_TOOL: return full * (0.5 + 0.5 * trouble->intensity[sim_at(world, team, week)]);
  case CAUSE_PROCESS: return full * trouble->intensity[sim_at(world, team, week)];
  case CAUSE_CAPACITY: return full * CLAMP((world->strain[sim_at(world, team, week)] - 1) / 0.14, 0, 2);
  default: return full;
  }
}

static double year_share(int32_t day)
{
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return (day - clock_from_civil(year, 1, 1)) / 365.25;
}

static double harm_of(const struct world *world, unsigned goal, unsigned team, int week, const struct response *without)
{
  double harm = 0;
  bool skill = false;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    if (trouble->goal != goal)
      continue;
    if (world->goals[goal].teams == 0) /* a company goal: the trouble has no teams */
      harm += trouble->size * CLAMP((week - trouble->onset + 1) / 3.0, 0, 1);
    else
      harm += harm_in(world, trouble, team, week) * sim_left(world, trouble, team, week, LEFT_IN_KPI, without);
    skill |= trouble->cause == CAUSE_SKILL && trouble->team_size[team] > 0;
  }
  if (!skill && world->goals[goal].teams > 0)
    harm += SKILL_SLOPE * (double)world->shortfall[goal * world->teams_count + team];
  return harm;
}

double sim_kpi_mean(const struct world *world, const struct goal *goal, unsigned team, int week, const struct response *without)
{
  double state = goal->company[week] + goal->trend * week / world->history
                 + SEASON * sin(2 * G_PI * year_share(sim_day(world, week)) + goal->phase);
  if (goal->teams > 0)
    state += goal->team_effect[team] + goal->noise[sim_at(world, team, week)];
  state -= harm_of(world, (unsigned)(goal - world->goals), team, week, without);
  double value = goal->row->base + (goal->row->up ? 1 : -1) * goal->residual_sd * state;
  return goal->row->kind == KPI_RATE ? CLAMP(value, 0.5, 99.5) : MAX(value, 0.1 * goal->row->base);
}

static double present(const struct world *world, const struct goal *goal, unsigned team)
{
  double fte = 0;
  if (goal->teams == 0)
    return world->options.people;
  for (unsigned s = 0; s < world->teams[team].seats; s++) {
    const struct seat *seat = &world->seats[world->teams[team].first_seat + s];
    fte += seat->holder >= 0 ? seat->fte : 0;
  }
  return fte;
}

bool sim_kpi_draw(const struct world *world, const struct goal *goal, unsigned team, int week, double *ret_value, uint32_t *ret_exposure)
{
  unsigned index = (unsigned)(goal - world->goals);
  struct chance chance = chance_at(world->options.seed, CHANCE_KPI, ((uint64_t)index << 32) + team + 16, (uint64_t)week);
  double mean = sim_kpi_mean(world, goal, team, week, NULL), volume = present(world, goal, team) * goal->row->volume;
  if (goal->teams > 0)
    volume *= MIN(1.0, world->load[sim_at(world, team, week)] + 0.1);
  uint32_t exposure = chance_poisson(&chance, volume);
  if (exposure == 0)
    return false;
  switch (goal->row->kind) {
  case KPI_RATE: *ret_value = 100.0 * chance_binomial(&chance, exposure, mean / 100) / exposure; break;
  case KPI_MEAN: {
    double shape = exposure * (mean / goal->row->spread) * (mean / goal->row->spread);
    *ret_value = chance_gamma(&chance, shape, mean / shape);
    break;
  }
  case KPI_COUNT: *ret_value = 100.0 * chance_poisson(&chance, mean * exposure / 100) / exposure; break;
  }
  *ret_exposure = exposure;
  return true;
}

static void draw_team_noise(struct world *world, struct goal *goal, unsigned g, unsigned t)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_KPI, g, 16 + t);
  double sd = goal->noise_sd / goal->residual_sd, x = chance_normal(&chance, 0, sd);
  goal->team_effect[t] = chance_normal(&chance, 0, TEAM_SD);
  bool late = goal->dips && chance_hit(&chance, 0.4);
  int shock = 0;
  for (int w = 0; w < world->weeks; w++) {
    x = NOISE_KEEP * x + sqrt(1 - NOISE_KEEP * NOISE_KEEP) * chance_normal(&chance, 0, sd);
    if (shock > 0)
      shock--;
    else if (chance_hit(&chance, SHOCKS_PER_YEAR / 52))
      shock = 3 + (int)chance_below(&chance, 4);
    goal->noise[sim_at(world, t, w)] = x - (shock > 0 ? SHOCK : 0) - (late && w >= world->history - 4 && w < world->history ? SHOCK : 0);
  }
}

static void draw_noise(struct world *world)
{
  size_t cells = (size_t)world->teams_count * (size_t)world->weeks;
  for (unsigned g = 0; g < world->goals_count; g++) {
    struct goal *goal = &world->goals[g];
    struct chance chance = chance_at(world->options.seed, CHANCE_KPI, g, 2);
    goal->noise = g_new0(double, cells);
    goal->team_effect = g_new0(double, world->teams_count);
    goal->company = g_new0(double, world->weeks);
    double x = chance_normal(&chance, 0, COMMON_SD), effect = 0;
    for (int w = 0; w < world->weeks; w++)
      goal->company[w] = x = COMMON_KEEP * x + sqrt(1 - COMMON_KEEP * COMMON_KEEP) * chance_normal(&chance, 0, COMMON_SD);
    for (unsigned t = 0; t < world->teams_count; t++) {
      if (!goal->in[t])
        continue;
      draw_team_noise(world, goal, g, t);
      effect += goal->team_effect[t] / goal->teams;
    }
    double sign = goal->row->up ? 1 : -1;
    goal->baseline = goal->row->base + sign * goal->residual_sd * effect;
    goal->target = goal->baseline + sign * goal->residual_sd * (goal->trend > 0 ? 0.7 : 0.5);
  }
}

/* How far capacity causes press on a team, and (smaller, where somebody did something about them) how far still. */
static double capacity_pressure(const struct world *world, unsigned team, int week, double *ret_left)
{
  double most = 0, left = 0;
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    double ramp = trouble->cause == CAUSE_CAPACITY ? sim_ramp(trouble, team, week) : 0;
    most = MAX(most, ramp);
    double still = ramp * sim_left(world, trouble, team, week, LEFT_IN_TRACES, NULL);
    left = MAX(left, still);
  }
  *ret_left = left;
  return most;
}

static void draw_load(struct world *world, unsigned t)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_LOAD, t, 0);
  double base = chance_normal(&chance, 0.9, 0.03), x = 0;
  for (int w = 0; w < world->weeks; w++) {
    double left, year = year_share(sim_day(world, w)), pressure = capacity_pressure(world, t, w, &left);
    x = 0.5 * x + chance_normal(&chance, 0, 0.045);
    double load = base + x + CAPACITY_LOAD * pressure + (world->teams[t].overloaded ? OVERLOAD : 0);
    bool quiet = chance_hit(&chance, pressure > 0 || world->teams[t].overloaded ? 0.2 : 0.06);
    load -= quiet ? chance_between(&chance, 0.2, 0.35) : 0;
    load -= year > 0.965 || year < 0.008 ? 0.2 : year > 0.52 && year < 0.6 ? 0.06 : 0;
    /* Quiet weeks are those of the world in which nobody did anything: with and without a response chance is the same. */
    world->strain[sim_at(world, t, w)] = MAX(load, 0.3);
    world->load[sim_at(world, t, w)] = MAX(load - CAPACITY_LOAD * (pressure - left), 0.3);
  }
}

static const int topic_of[CAUSE_COUNT] = { [CAUSE_SKILL] = TOPIC_CONFIDENCE, [CAUSE_TOOL] = TOPIC_TOOL, [CAUSE_PROCESS] = TOPIC_PROCESS,
  [CAUSE_INCENTIVE] = TOPIC_INCENTIVE, [CAUSE_CLARITY] = TOPIC_CLARITY, [CAUSE_CAPACITY] = -1 /* from the load */, [CAUSE_OUTSIDE] = -1 };

static void draw_mood(struct world *world, unsigned t)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_MOOD, t, 0);
  const struct team *team = &world->teams[t];
  double x = chance_normal(&chance, 0, MOOD_SD);
  for (int w = 0; w < world->weeks; w++) {
    size_t at = sim_at(world, t, w);
    double troubled = 0;
    for (unsigned i = 0; i < world->troubles_count; i++) {
      const struct trouble *trouble = &world->troubles[i];
      double ramp = sim_ramp(trouble, t, w) * sim_left(world, trouble, t, w, LEFT_IN_TRACES, NULL);
      troubled = MAX(troubled, ramp);
      if (ramp > 0 && topic_of[trouble->cause] >= 0)
        world->dip[topic_of[trouble->cause]][at] += (float)(ramp * TOPIC_DIP * (0.5 + 0.5 * trouble->share)
                                                            * (trouble->cause == CAUSE_SKILL ? SKILL_DIP : 1));
    }
    x = MOOD_KEEP * x + sqrt(1 - MOOD_KEEP * MOOD_KEEP) * chance_normal(&chance, 0, MOOD_SD);
    world->mood[at] = team->mood + x - (w >= team->gloomy_from ? GLOOM : 0) - 0.12 * troubled;
    world->dip[TOPIC_CAPACITY][at] += (float)(TOPIC_DIP * CLAMP((world->load[at] - 0.97) / 0.15, 0, 1.3));
    if (team->department == world->dip_department && w >= world->dip_from) {
      world->dip[TOPIC_SUPPORT][at] += 0.85f;
      world->dip[TOPIC_ENGAGEMENT][at] += 0.75f;
    }
  }
}

struct world *sim_world_new(const struct sim_options *options, int weeks)
{
  struct world *world = g_new0(struct world, 1);
  world->options = *options;
  world->history = options->weeks;
  world->weeks = weeks;
  world->first_day = options->until - 7 * options->weeks;
  sim_organise(world);
  sim_draw_goals(world);
  sim_draw_troubles(world);
  size_t cells = (size_t)world->teams_count * (size_t)world->weeks;
  world->mood = g_new0(double, cells);
  world->load = g_new0(double, cells);
  world->strain = g_new0(double, cells);
  for (unsigned topic = 0; topic < TOPIC_COUNT; topic++)
    world->dip[topic] = g_new0(float, cells);
  world->team_gap = g_new0(float, (size_t)world->teams_count * SKILL_COUNT);
  world->sunk = g_new0(float, (size_t)world->teams_count * SKILL_COUNT);
  world->lift = g_new0(float, (size_t)world->teams_count * SKILL_COUNT);
  world->shortfall = g_new0(float, (size_t)world->goals_count * world->teams_count);
  world->people = g_array_new(FALSE, TRUE, sizeof(struct person));
  world->stints = g_array_new(FALSE, TRUE, sizeof(struct stint));
  world->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  world->level = g_array_new(FALSE, TRUE, sizeof(float));
  world->ceiling = g_array_new(FALSE, TRUE, sizeof(float));
  return world;
}

void sim_world_begin(struct world *world)
{
  for (unsigned t = 0; t < world->teams_count; t++) {
    draw_load(world, t);
    draw_mood(world, t);
  }
  draw_noise(world);
  sim_people_start(world);
}

static void clear_goal(struct goal *goal)
{
  g_free(goal->in);
  g_free(goal->decoy);
  g_free(goal->noise);
  g_free(goal->team_effect);
  g_free(goal->company);
}

void sim_world_free(struct world *world)
{
  if (world == NULL)
    return;
  for (unsigned t = 0; t < world->teams_count; t++)
    g_free(world->teams[t].name);
  for (unsigned g = 0; g < world->goals_count; g++)
    clear_goal(&world->goals[g]);
  for (unsigned i = 0; i < world->troubles_count; i++) {
    g_free(world->troubles[i].team_size);
    g_free(world->troubles[i].team_onset);
    g_free(world->troubles[i].intensity);
  }
  for (unsigned p = 0; p < world->people->len; p++)
    g_free(sim_person(world, p)->email);
  for (unsigned topic = 0; topic < TOPIC_COUNT; topic++)
    g_free(world->dip[topic]);
  g_free(world->teams);
  g_free(world->seats);
  g_free(world->goals);
  g_free(world->troubles);
  g_free(world->alarms);
  g_free(world->mood);
  g_free(world->load);
  g_free(world->strain);
  for (unsigned i = 0; i < world->responses_count; i++)
    sim_response_clear(&world->responses[i]);
  g_free(world->responses);
  g_free(world->team_gap);
  g_free(world->sunk);
  g_free(world->lift);
  g_free(world->shortfall);
  g_array_free(world->people, TRUE);
  g_array_free(world->stints, TRUE);
  g_hash_table_destroy(world->addresses);
  g_array_free(world->level, TRUE);
  g_array_free(world->ceiling, TRUE);
  g_free(world);
}
