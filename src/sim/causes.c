/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds each goal back, drawn from the seed. Every company has a goal with a process cause, one with a skill cause
 * and one that is healthy, so the story that the product tells can be found in it; the causes of the others, and which
 * goal gets which, are chance. One goal has a mix of two. Company goals are healthy or moved from outside.
 *
 * A cause (but "outside") affects a subset of the goal's teams, from an onset. Of a dozen drawn subsets the one is taken
 * that overlaps least, beyond chance, with those of other troubles in the same teams: what two troubles always do
 * together nobody can tell apart, and a world of that kind would test nothing but luck.
 *
 * Beside the causes stand things that only look like one: teams that are low about everything, teams that plan too much
 * without harm, tickets that rise and hurt nothing, a listed skill that is low and does not matter, dips that are noise.
 *
 * How it can be wrong: harms add up and do not interact; nobody mends anything during the history (what is done about it
 * afterwards is in response.c). */
#include "sim/world.h"
#include <math.h>

#define SIZE_LOW 1.15          /* mean harm in an affected team, residual SDs */
#define SIZE_HIGH 2.1
#define MIX_LOW 1.7
#define MIX_HIGH 2.5
#define AFFECTED_LOW 0.35      /* share of a goal's teams */
#define AFFECTED_HIGH 0.55
#define ONSET_LOW 0.35         /* share of the history */
#define ONSET_HIGH 0.75
#define SUBSET_TRIES 12
#define NOISE_TO_SAMPLING 0.6  /* standard deviation of the week's own noise over that of sampling */
#define TYPICAL_TEAM 9.0
#define HEALTHY_TREND 1.2
#define COMPANY_OUTSIDE 0.4    /* probability that a company goal is moved from outside */
#define GLOOMY 0.12            /* share of teams */
#define OVERLOADED 0.1

/* Mix stands beside the causes in the draw, and nothing (healthy). */
enum { DRAW_MIX = CAUSE_COUNT, DRAW_NONE };

static double sampling_sd(const struct goal_row *row, double volume)
{
  switch (row->kind) {
  case KPI_RATE: return sqrt(row->base * (100 - row->base) / volume);
  case KPI_MEAN: return row->spread / sqrt(volume);
  case KPI_COUNT: return sqrt(row->base * 100 / volume);
  }
  g_assert_not_reached();
}

static void init_goal(struct world *world, struct goal *goal, const struct goal_row *row, unsigned index)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_KPI, index, 1);
  *goal = (struct goal){ .row = row, .in = g_new0(bool, world->teams_count), .decoy = g_new0(bool, world->teams_count),
                         .decoy_onset = SIM_NEVER };
  for (unsigned t = 0; t < world->teams_count; t++) {
    goal->in[t] = !world->teams[t].office && (row->departments & DEPT_BIT(world->teams[t].department)) != 0;
    goal->teams += goal->in[t];
  }
  double people = row->departments == 0 ? world->options.people : TYPICAL_TEAM;
  double sampling = sampling_sd(row, people * row->volume);
  goal->noise_sd = NOISE_TO_SAMPLING * sampling;
  goal->residual_sd = sqrt(1 + NOISE_TO_SAMPLING * NOISE_TO_SAMPLING) * sampling;
  goal->phase = chance_between(&chance, 0, 2 * G_PI);
}

void sim_draw_goals(struct world *world)
{
  unsigned of_teams = world->options.people < 120 ? 6 : world->options.people < 300 ? 8 : 10;
  unsigned of_company = world->options.people < 120 ? 1 : 2;
  world->goals = g_new0(struct goal, sim_goal_count);
  for (unsigned i = 0; i < sim_goal_count; i++) {
    unsigned *left = sim_goals[i].departments != 0 ? &of_teams : &of_company;
    if (*left == 0)
      continue;
    --*left;
    init_goal(world, &world->goals[world->goals_count], &sim_goals[i], world->goals_count);
    world->goals_count++;
  }
}

/* How much two sets of the goal's teams go together: the phi coefficient. */
static double overlap(const struct world *world, const struct goal *goal, const bool *a, const double *b)
{
  double n = 0, na = 0, nb = 0, both = 0;
  for (unsigned t = 0; t < world->teams_count; t++) {
    if (!goal->in[t])
      continue;
    n++;
    na += a[t];
    nb += b[t] > 0;
    both += a[t] && b[t] > 0;
  }
  double scale = na * nb * (n - na) * (n - nb);
  return scale > 0 ? (n * both - na * nb) / sqrt(scale) : 0;
}

static void draw_subset(const struct world *world, const struct goal *goal, struct chance *chance, bool *in)
{
  g_autofree uint32_t *teams = g_new(uint32_t, goal->teams);
  uint32_t count = 0;
  for (unsigned t = 0; t < world->teams_count; t++) {
    in[t] = false;
    if (goal->in[t])
      teams[count++] = t;
  }
  double share = chance_between(chance, AFFECTED_LOW, AFFECTED_HIGH);
  uint32_t wanted = (uint32_t)CLAMP(lround(share * count), 1, MAX(1, (long)count - 1));
  chance_shuffle(chance, teams, count);
  for (uint32_t i = 0; i < wanted; i++)
    in[teams[i]] = true;
}

static void choose_affected(const struct world *world, const struct goal *goal, struct chance *chance, bool *best)
{
  g_autofree bool *in = g_new0(bool, world->teams_count);
  double least = INFINITY;
  for (unsigned try = 0; try < SUBSET_TRIES; try++) {
    draw_subset(world, goal, chance, in);
    double worst = 0;
    for (unsigned i = 0; i < world->troubles_count; i++)
      if (world->troubles[i].cause != CAUSE_OUTSIDE)
        worst = MAX(worst, fabs(overlap(world, goal, in, world->troubles[i].team_size)));
    if (worst < least) {
      least = worst;
      for (unsigned t = 0; t < world->teams_count; t++)
        best[t] = in[t];
    }
  }
}

/* Weeks by which teams start apart: a rollout comes in waves, people leave one by one, a rule starts for all at once. */
static const unsigned stagger[CAUSE_COUNT] = { [CAUSE_SKILL] = 8, [CAUSE_TOOL] = 3, [CAUSE_CAPACITY] = 6 };
/* How often changes.csv tells of it. */
static const double recorded[CAUSE_COUNT] = { [CAUSE_TOOL] = 0.75, [CAUSE_PROCESS] = 0.5, [CAUSE_CLARITY] = 0.6, [CAUSE_OUTSIDE] = 0.75 };

static void draw_intensity(const struct world *world, struct trouble *trouble, unsigned index)
{
  const double keep = 0.7, sd = 0.25;
  for (unsigned t = 0; t < world->teams_count; t++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_INTENSITY, index, t);
    double x = chance_normal(&chance, 0, sd);
    for (int w = 0; w < world->weeks; w++) {
      x = keep * x + sqrt(1 - keep * keep) * chance_normal(&chance, 0, sd);
      trouble->intensity[sim_at(world, t, w)] = exp(x - sd * sd / 2);
    }
  }
}

static void add_trouble(struct world *world, unsigned goal_index, enum cause cause, double share, double size, const bool *affected)
{
  const struct goal *goal = &world->goals[goal_index];
  unsigned index = world->troubles_count++;
  world->troubles = g_renew(struct trouble, world->troubles, world->troubles_count);
  struct trouble *trouble = &world->troubles[index];
  struct chance chance = chance_at(world->options.seed, CHANCE_CAUSES, goal_index, 10 + cause);
  *trouble = (struct trouble){ .goal = goal_index, .cause = cause, .share = share, .size = share * size,
    .onset = (int)(world->history * chance_between(&chance, ONSET_LOW, ONSET_HIGH)),
    .team_size = g_new0(double, world->teams_count), .team_onset = g_new0(int, world->teams_count),
    .intensity = g_new0(double, (size_t)world->teams_count * (size_t)world->weeks),
    .recorded = chance_hit(&chance, recorded[cause]) };
  for (unsigned t = 0; t < world->teams_count; t++) {
    if (!goal->in[t] || (cause != CAUSE_OUTSIDE && !affected[t]))
      continue;
    trouble->team_size[t] = trouble->size * exp(chance_normal(&chance, 0, 0.15));
    trouble->team_onset[t] = trouble->onset + (stagger[cause] > 0 ? (int)chance_below(&chance, stagger[cause]) : 0);
  }
  draw_intensity(world, trouble, index);
}

/* Fills `kinds` for the goals that have teams: what everybody has, then the rest of the pool, then given out by chance. */
static void draw_kinds(const struct world *world, uint32_t *kinds, uint32_t count)
{
  static const uint32_t always[] = { CAUSE_PROCESS, CAUSE_SKILL, DRAW_NONE };
  uint32_t pool[] = { CAUSE_TOOL, CAUSE_CAPACITY, CAUSE_INCENTIVE, CAUSE_CLARITY, CAUSE_OUTSIDE, DRAW_MIX, DRAW_NONE, CAUSE_SKILL };
  struct chance chance = chance_at(world->options.seed, CHANCE_CAUSES, 0, 0);
  chance_shuffle(&chance, pool, G_N_ELEMENTS(pool));
  for (uint32_t i = 0; i < count; i++)
    kinds[i] = i < G_N_ELEMENTS(always) ? always[i] : pool[(i - G_N_ELEMENTS(always)) % G_N_ELEMENTS(pool)];
  chance_shuffle(&chance, kinds, count);
}

static void trouble_goal(struct world *world, unsigned index, uint32_t kind)
{
  struct goal *goal = &world->goals[index];
  g_autofree bool *affected = g_new0(bool, world->teams_count);
  struct chance chance = chance_at(world->options.seed, CHANCE_CAUSES, index, 1);
  if (kind == DRAW_NONE) {
    goal->trend = HEALTHY_TREND;
    return;
  }
  if (goal->teams > 0)
    choose_affected(world, goal, &chance, affected);
  if (kind != DRAW_MIX) {
    add_trouble(world, index, (enum cause)kind, 1, chance_between(&chance, SIZE_LOW, SIZE_HIGH), affected);
    return;
  }
  uint32_t pair[] = { CAUSE_SKILL, CAUSE_TOOL, CAUSE_PROCESS, CAUSE_INCENTIVE, CAUSE_CLARITY, CAUSE_CAPACITY };
  double share = chance_between(&chance, 0.55, 0.7), size = chance_between(&chance, MIX_LOW, MIX_HIGH);
  chance_shuffle(&chance, pair, G_N_ELEMENTS(pair));
  add_trouble(world, index, (enum cause)pair[0], share, size, affected);
  add_trouble(world, index, (enum cause)pair[1], 1 - share, size, affected);
}

static bool has_trouble(const struct world *world, unsigned goal)
{
  for (unsigned i = 0; i < world->troubles_count; i++)
    if (world->troubles[i].goal == goal)
      return true;
  return false;
}

/* A listed skill that is low somewhere and changes nothing; a healthy goal that dips just before somebody looks. */
static void draw_decoys(struct world *world)
{
  bool dipped = false;
  for (unsigned g = 0; g < world->goals_count; g++) {
    struct goal *goal = &world->goals[g];
    struct chance chance = chance_at(world->options.seed, CHANCE_CAUSES, g, 2);
    bool troubled = has_trouble(world, g);
    if (goal->teams > 1 && troubled && chance_hit(&chance, 0.6)) {
      draw_subset(world, goal, &chance, goal->decoy);
      goal->decoy_onset = (int)(world->history * chance_between(&chance, 0.2, 0.7));
    }
    if (goal->teams > 0 && !troubled && !dipped)
      goal->dips = dipped = true;
  }
}

static void draw_false_alarms(struct world *world)
{
  static const char *const tools[] = { "printer fleet", "room booking", "travel portal", "video meetings" };
  world->alarms_count = 1 + world->teams_count / 8;
  world->alarms = g_new0(struct false_alarm, world->alarms_count);
  for (unsigned i = 0; i < world->alarms_count; i++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_TICKET, i, 1);
    int from = (int)(world->history * chance_between(&chance, 0.3, 0.85));
    int until = from + 8 + (int)chance_below(&chance, 30);
    world->alarms[i] = (struct false_alarm){ chance_below(&chance, world->teams_count), from,
      MIN(world->history, until), tools[chance_below(&chance, G_N_ELEMENTS(tools))] };
  }
}

void sim_draw_troubles(struct world *world)
{
  uint32_t kinds[16], count = 0, next = 0;
  for (unsigned g = 0; g < world->goals_count; g++)
    count += world->goals[g].teams > 0;
  g_assert(count <= G_N_ELEMENTS(kinds));
  draw_kinds(world, kinds, count);
  bool moved = false; /* at most one company goal: else every second number would be somebody else's fault */
  for (unsigned g = 0; g < world->goals_count; g++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_CAUSES, g, 3);
    if (world->goals[g].row->departments != 0) {
      trouble_goal(world, g, kinds[next++]);
    } else {
      bool moves = !moved && chance_hit(&chance, COMPANY_OUTSIDE);
      moved |= moves;
      trouble_goal(world, g, moves ? CAUSE_OUTSIDE : DRAW_NONE);
    }
  }
  draw_decoys(world);
  draw_false_alarms(world);
  for (unsigned t = 0; t < world->teams_count; t++) {
    struct chance chance = chance_at(world->options.seed, CHANCE_TEAM, t, 1);
    struct team *team = &world->teams[t];
    team->mood = chance_normal(&chance, 0, 0.4);
    team->manner = chance_normal(&chance, 0, 0.25);
    team->gloomy_from = SIM_NEVER;
    if (!team->office && chance_hit(&chance, GLOOMY))
      team->gloomy_from = (int)(world->history * chance_between(&chance, 0, 0.8));
    team->overloaded = !team->office && chance_hit(&chance, OVERLOADED);
  }
  struct chance chance = chance_at(world->options.seed, CHANCE_COMPANY, 0, 1);
  world->dip_department = DEPT_SALES + chance_below(&chance, DEPT_ENGINEERING - DEPT_SALES + 1);
  world->dip_from = world->history - 14;
}
