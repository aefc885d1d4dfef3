/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws the companies of test-world.h. The future without any start is drawn with the past, so that responding to other starts changes
 * nothing but the effect. */
#include "impact/test-world.h"
#include <math.h>

#define FUTURE 60

static double gaussian(GRand *rand)
{
  double u = g_rand_double(rand), v = g_rand_double(rand);
  return sqrt(-2 * log(1 - u)) * cos(2 * G_PI * v);
}

int32_t world_today(const struct world *world)
{
  (void)world;
  return WORLD_END - (WORLD_END - 4) % 7; /* a Monday */
}

static int32_t day_of(const struct world *w, int week)
{
  return world_today(w) + 7 * (week - w->options.weeks);
}

static void draw_team(struct world *w, int unit, const double *common)
{
  const struct world_options *o = &w->options;
  int all = o->weeks + w->future, onset = o->onset > 0 ? o->weeks - o->onset : 0, shock = 0;
  double own = 0.8 * gaussian(w->rand), sd = exp(o->uneven * gaussian(w->rand)), x = gaussian(w->rand), walk = 0;
  double phase = 0.4 * gaussian(w->rand), height = o->season + o->season_spread * gaussian(w->rand);
  double fall = unit < o->affected ? o->fall + o->fall_spread * gaussian(w->rand) : 0;
  for (int t = 0; t < all; t++) {
    x = o->rho * x + sqrt(1 - o->rho * o->rho) * gaussian(w->rand);
    walk += o->drift / sqrt(52) * gaussian(w->rand);
    shock = shock > 0 ? shock - 1 : g_rand_double(w->rand) < o->shocks / 52 ? 3 + (int)(4 * g_rand_double(w->rand)) : 0;
    double state = own + walk + common[t] + height * sin(2 * G_PI * day_of(w, t) / 365.25 + phase) + sd * sqrt(o->lasting) * x - (shock > 0 ? 1.2 : 0);
    state -= t >= onset ? fall * fmin(1, (t - onset + 1) / 4.0) : 0;
    w->free[(size_t)unit * all + t] = state;
  }
}

static void add_rows(struct world *w, const int32_t *starts, int to_week)
{
  const struct world_options *o = &w->options;
  int all = o->weeks + w->future;
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)(o->seed * 7919 + 13)); /* the same values whatever the starts */
  GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct kpi));
  for (int i = 0; i < o->units; i++) {
    double strength = o->effect + o->effect_spread * o->effect * gaussian(rand), size = exp(0.3 * gaussian(rand));
    double sum = 0, n = 0, exposure_sum = 0;
    for (int t = 0; t < all; t++) {
      double exposure = fmax(4, round(30 * size * exp(0.2 * gaussian(rand)))), noise = gaussian(rand), gone = g_rand_double(rand);
      if (t >= to_week)
        continue;
      double weeks = starts && starts[i] != CLOCK_NO_DAY && i < o->affected ? (day_of(w, t) - starts[i]) / 7.0 + 1 : 0;
      double effect = weeks <= 0 ? 0 : strength * fmin(1, weeks / (o->ramp + 1)) * (1 + o->growth * fmax(0, weeks - o->ramp));
      double value = 60 + WORLD_SD * (w->free[(size_t)i * all + t] + sqrt((1 - o->lasting) * 30 / exposure) * noise + effect);
      sum += value * exposure;
      exposure_sum += exposure;
      n++;
      if (gone < o->missing && !o->month)
        continue;
      struct kpi row = { 0, i, day_of(w, t), value, exposure };
      if (o->month) {
        int y, m, d, y2, m2, d2;
        clock_civil(day_of(w, t), &y, &m, &d);
        clock_civil(day_of(w, t + 1), &y2, &m2, &d2);
        if (m == m2)
          continue;
        row = (struct kpi){ 0, i, clock_from_civil(y, m, 1), sum / exposure_sum, exposure_sum };
        sum = n = exposure_sum = 0;
      }
      g_array_append_val(rows, row);
    }
  }
  g_free(w->company.kpis.at);
  w->company.kpis.count = (int)rows->len;
  w->company.kpis.at = (struct kpi *)(void *)g_array_free(rows, FALSE);
}

static void add_company(struct world *w)
{
  static const int skills[] = { 0 };
  static struct skill skill = { "fitting", "Fitting meters", "", -1, 700 };
  const struct world_options *o = &w->options;
  struct company *c = &w->company;
  c->currency = "EUR";
  c->goals.at = g_new0(struct goal, 1);
  c->goals.count = 1;
  c->goals.at[0] = (struct goal){ .id = "visits", .name = "Visits on the promised day", .unit = "percent", .currency = "EUR", .direction = GOAL_UP,
    .baseline = 55, .target = 62, .weight = 0.8, .value_per_unit = 20000, .due = CLOCK_NO_DAY, .skills = skills, .skill_count = 1, .owner = -1 };
  c->skills.at = &skill;
  c->skills.count = 1;
  c->teams.at = g_new0(struct team, (size_t)o->units);
  c->teams.count = o->units;
  w->names = g_new0(char *, (size_t)o->units + 1);
  w->teams = g_new(int, (size_t)o->units);
  for (int i = 0; i < o->units; i++) {
    w->names[i] = g_strdup_printf("Crew %d", i + 1);
    w->teams[i] = i;
    c->teams.at[i] = (struct team){ .name = w->names[i], .department = -1, .size = 8, .manager = -1 };
  }
  w->need = (struct known_need){ .id = "n-visits", .title = "Visits are late", .status = "accepted", .goal = 0, .cause = CAUSE_SKILL, .confirmed = true,
    .probability = 0.8, .money = NAN, .skills = skills, .skill_count = 1, .teams = w->teams, .team_count = o->affected,
    .since = o->onset > 0 ? day_of(w, o->weeks - o->onset) : CLOCK_NO_DAY, .size = fmax(o->fall, 0.5) * WORLD_SD, .value = "{}" };
}

struct world *world_new(const struct world_options *options)
{
  struct world *w = g_new0(struct world, 1);
  w->options = *options;
  w->future = FUTURE;
  w->rand = g_rand_new_with_seed((guint32)options->seed);
  int all = options->weeks + FUTURE;
  w->free = g_new(double, (size_t)options->units * all);
  g_autofree double *common = g_new(double, (size_t)all);
  double x = 0;
  for (int t = 0; t < all; t++)
    common[t] = x = 0.6 * x + 0.8 * options->common * gaussian(w->rand);
  for (int i = 0; i < options->units; i++)
    draw_team(w, i, common);
  add_company(w);
  add_rows(w, NULL, options->weeks);
  return w;
}

void world_free(struct world *w)
{
  g_rand_free(w->rand);
  g_free(w->free);
  g_free(w->company.kpis.at);
  g_free(w->company.goals.at);
  g_free(w->company.teams.at);
  g_strfreev(w->names);
  g_free(w->teams);
  g_free(w->units);
  g_free(w->plan);
  g_free(w);
}

double world_respond(struct world *w, const int32_t *starts, int from_week, int to_week, int32_t until)
{
  const struct world_options *o = &w->options;
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)(o->seed * 7919 + 13));
  double sum = 0;
  int n = 0;
  for (int i = 0; i < o->units; i++) { /* the same draws as add_rows */
    double strength = o->effect + o->effect_spread * o->effect * gaussian(rand);
    gaussian(rand);
    for (int t = 0; t < o->weeks + w->future; t++) {
      gaussian(rand);
      gaussian(rand);
      g_rand_double(rand);
    }
    if (starts[i] == CLOCK_NO_DAY || i >= o->affected)
      continue;
    for (int k = from_week; k <= to_week; k++, n++)
      sum += strength * fmin(1, k / (o->ramp + 1.0)) * (1 + o->growth * fmax(0, k - o->ramp));
  }
  add_rows(w, starts, CLAMP((until - world_today(w)) / 7, 0, w->future) + o->weeks);
  return n > 0 ? WORLD_SD * sum / n : 0;
}

void world_accept(struct world *w, const struct impact_plan *p)
{
  w->plan = impact_plan_register(p, "i-visits", (int64_t)p->planned * CLOCK_DAY);
  w->units = g_new(struct intervention_team, (size_t)p->unit_count);
  for (int i = 0; i < p->unit_count; i++)
    w->units[i] = (struct intervention_team){ 0, p->units[i].team, p->units[i].start, p->units[i].affected };
  w->intervention = (struct intervention){ .id = "i-visits", .need = w->need.id, .title = p->title, .remedy = p->remedy, .design = impact_design_names[p->design],
    .goal = p->goal, .cause = p->cause, .training = p->training, .measurable = p->measurable, .skills = w->need.skills, .skill_count = w->need.skill_count,
    .owner = -1, .from_week = p->from_week, .to_week = p->to_week, .minimum_effect = p->minimum_effect, .power = p->power, .cost = p->cost,
    .registered = p->planned, .due = p->due, .baseline_from = p->baseline_from, .baseline_to = p->baseline_to, .state = INTERVENTION_RUNNING,
    .ended = CLOCK_NO_DAY, .count = p->unit_count, .plan = w->plan };
  w->company.interventions.at = &w->intervention;
  w->company.interventions.count = 1;
  w->company.intervention_teams.at = w->units;
  w->company.intervention_teams.count = p->unit_count;
  w->company.needs.at = &w->need;
  w->company.needs.count = 1;
}

double world_run(struct world *w, struct impact_plan *p, uint64_t seed)
{
  uint8_t bytes[DIGEST_BYTES] = { 0 };
  g_autofree int32_t *starts = g_new(int32_t, (size_t)w->options.units);
  for (int i = 0; i < 8; i++)
    bytes[i] = (uint8_t)(seed >> 8 * i);
  impact_plan_draw(p, bytes);
  for (int i = 0; i < w->options.units; i++)
    starts[i] = CLOCK_NO_DAY;
  for (int i = 0; i < p->unit_count; i++)
    starts[p->units[i].team] = p->units[i].start;
  world_accept(w, p);
  return world_respond(w, starts, p->from_week, p->to_week, p->readings[p->reading_count - 1]);
}

struct lived world_live(double effect, uint64_t seed)
{
  struct world_options o = WORLD_USUAL;
  struct lived l = { 0 };
  o.units = 16;
  o.affected = 8;
  o.fall = 2.4;
  o.seed = seed;
  l.world = world_new(&o);
  l.plan = impact_plan_new(&l.world->company, &l.world->need, NULL, world_today(l.world));
  g_assert_true(l.plan->measurable);
  l.world->options.effect = effect;
  l.truth = world_run(l.world, l.plan, seed);
  l.reading = l.plan->readings[l.plan->reading_count - 1];
  return l;
}

void world_bury(struct lived *lived)
{
  impact_plan_free(lived->plan);
  world_free(lived->world);
}
