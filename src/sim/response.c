/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens when somebody does something about a goal. From a team's start on, a share of the harm of one trouble is
 * left: of the goal's trouble whose cause is the response's. Everything else stays as it is, chance too, so a response on
 * the wrong cause does nothing to the KPI, and what a response does is an exact difference of two expected values.
 *
 *   fraction = Beta(14, 6) * how far the remedy fits the cause          (about 0.7; one draw per response)
 *   left     = product over the responses of 1 - fraction * ramp        (ramp: 4 weeks in the KPI, 2 in what shows before it)
 *
 * A skill comes back by things that make people do it: practice, a cohort, a programme that teaches it, worked examples;
 * a text that explains does a third of that; training in another skill than the one the KPI depends on does nothing. Where
 * the cause is no skill only something that is no training helps. Nobody can do anything about what came from outside.
 *
 * What shows before the KPI: levels (so results, ratings and work), waits, tickets, planned hours, answers to the pulse.
 * Training is taken even where it is of no use: its practice and its enrolments stand in the files all the same.
 *
 * How it can be wrong: an effect never fades, does not spread to colleagues in other teams, and takes no time from work. */
#include "sim/files.h"
#include <string.h>

#define FRACTION_A 14
#define FRACTION_B 6
#define RAMP_KPI 4             /* weeks */
#define RAMP_TRACES 2
#define TAKEN_WEEKS 4          /* after the start, in which training is taken */
#define TAKES_PART 0.85
#define PRACTISES 0.35         /* per week of those, skill and person */

/* ---- what a remedy is ------------------------------------------------------------------------------------------- */

/* What a word names is the first row whose text is in it; a word that no row names is no training. */
static const struct { const char *part; double does; } teaching[] = {
  { "explanation", 0.35 }, { "knowledge check", 0.5 }, { "quiz", 0.5 }, { "manager brief", 0.5 }, { "worked example", 0.9 },
  { "job aid", 0.8 }, { "practice", 1 }, { "cohort", 1 }, { "programme", 1 }, { "workshop", 1 }, { "coaching", 1 },
  { "role play", 1 }, { "simulation", 1 }, { "facilitation guide", 1 }, { "course", 0.7 }, { "training", 0.7 }, { "video", 0.35 } };

static int programme_in(const char *word)
{
  const char *id = strstr(word, "P-");
  if (id == NULL || (id > word && g_ascii_isalnum(id[-1])))
    return -1;
  size_t length = 2 + strspn(id + 2, "0123456789");
  for (unsigned i = 0; i < sim_programme_count; i++)
    if (strlen(sim_programmes[i].id) == length && strncmp(sim_programmes[i].id, id, length) == 0)
      return (int)i;
  return -2;
}

bool sim_remedy_teaches(const char *word, double *ret_does, int *ret_programme)
{
  g_autofree char *plain = g_utf8_strdown(word, -1);
  *ret_programme = programme_in(word);
  *ret_does = 1;
  if (*ret_programme >= 0)
    return true;
  for (unsigned i = 0; i < G_N_ELEMENTS(teaching); i++)
    if (strstr(plain, teaching[i].part) != NULL) {
      *ret_does = teaching[i].does;
      return true;
    }
  *ret_does = 0;
  return false;
}

static bool teaches(const struct programme_row *row, enum skill_index skill)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(row->skills) && row->skills[i] != SKILL_NONE; i++)
    if (row->skills[i] == skill)
      return true;
  return false;
}

static double fit_of(const struct world *world, const struct response *response)
{
  enum skill_index main = world->goals[response->goal].row->main;
  bool aims = response->skills_count == 0, otherwise = false;
  double best = 0;
  for (unsigned i = 0; i < response->skills_count; i++)
    aims |= response->skills[i] == main;
  for (unsigned i = 0; response->remedy[i] != NULL; i++) {
    double does;
    int programme;
    if (!sim_remedy_teaches(response->remedy[i], &does, &programme))
      otherwise = true;
    else if (programme < 0 || teaches(&sim_programmes[programme], main))
      best = MAX(best, does);
  }
  if (response->cause == CAUSE_SKILL)
    return aims ? best : 0;
  return otherwise && response->cause != CAUSE_OUTSIDE ? 1 : 0;
}

void sim_response_weigh(const struct world *world, struct response *response, unsigned earlier)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_RESPONSE, ((uint64_t)response->goal << 8) + (uint64_t)(response->cause + 1), earlier);
  response->cause_right = false;
  for (unsigned i = 0; i < world->troubles_count; i++)
    response->cause_right |= world->troubles[i].goal == response->goal && (int)world->troubles[i].cause == response->cause;
  response->fits = fit_of(world, response);
  response->fraction = chance_beta(&chance, FRACTION_A, FRACTION_B) * response->fits * response->cause_right;
}

void sim_response_clear(struct response *response)
{
  g_free(response->id);
  g_strfreev(response->remedy);
  for (unsigned i = 0; i < response->teams_count; i++)
    g_array_free(response->teams[i].effects, TRUE);
  g_free(response->teams);
}

/* ---- what it does ----------------------------------------------------------------------------------------------- */

static double ramp_of(const struct response *response, unsigned team, int week, enum left_in where)
{
  for (unsigned i = 0; i < response->teams_count; i++) {
    const struct response_team *at = &response->teams[i];
    if (at->team == team && week >= at->week)
      return MIN(1.0, (week - at->week + 1) / (double)(where == LEFT_IN_KPI ? RAMP_KPI : RAMP_TRACES));
  }
  return 0;
}

double sim_left(const struct world *world, const struct trouble *trouble, unsigned team, int week, enum left_in where,
                const struct response *without)
{
  double left = 1;
  for (unsigned i = 0; i < world->responses_count; i++) {
    const struct response *response = &world->responses[i];
    if (response != without && response->fraction > 0 && response->goal == trouble->goal && response->cause == (int)trouble->cause)
      left *= 1 - response->fraction * ramp_of(response, team, week, where);
  }
  return left;
}

void sim_responses_measure(struct world *world, int week)
{
  for (unsigned i = 0; i < world->responses_count; i++) {
    const struct response *response = &world->responses[i];
    const struct goal *goal = &world->goals[response->goal];
    for (unsigned n = 0; n < response->teams_count; n++) {
      const struct response_team *at = &response->teams[n];
      if (week < at->week || !goal->in[at->team])
        continue;
      double effect = sim_kpi_mean(world, goal, at->team, week, NULL) - sim_kpi_mean(world, goal, at->team, week, response);
      g_array_append_val(at->effects, effect);
    }
  }
}

bool sim_response_mean(const struct world *world, const struct response *response, double *ret_mean, bool *ret_all)
{
  double sum = 0;
  unsigned cells = 0, due = 0;
  for (unsigned n = 0; n < response->teams_count; n++) {
    const struct response_team *at = &response->teams[n];
    if (at->start == CLOCK_NO_DAY || !world->goals[response->goal].in[at->team])
      continue;
    due += (unsigned)(response->to_week - response->from_week + 1);
    for (int after = response->from_week; after <= response->to_week && after <= (int)at->effects->len; after++, cells++)
      sum += g_array_index(at->effects, double, after - 1);
  }
  *ret_all = cells == due && due > 0;
  if (cells == 0)
    return false;
  *ret_mean = sum / cells;
  return true;
}

/* ---- who takes it ----------------------------------------------------------------------------------------------- */

static void practise_together(const struct world *world, struct files *files, const struct response *response, unsigned index, unsigned team, int week)
{
  for (unsigned s = 0; s < world->teams[team].seats; s++) {
    int holder = world->seats[world->teams[team].first_seat + s].holder;
    struct chance chance = chance_at(world->options.seed, CHANCE_RESPONSE, ((uint64_t)(index + 1) << 32) + world->teams[team].first_seat + s, (uint64_t)week);
    for (unsigned k = 0; holder >= 0 && k < response->skills_count; k++)
      if (chance_hit(&chance, PRACTISES))
        sim_practice_result(world, files, (unsigned)holder, response->skills[k], week, &chance);
  }
}

void sim_responses_week(const struct world *world, struct files *files, int week)
{
  for (unsigned i = 0; i < world->responses_count; i++) {
    const struct response *response = &world->responses[i];
    for (unsigned n = 0; n < response->teams_count; n++) {
      const struct response_team *at = &response->teams[n];
      bool practised = false;
      for (unsigned r = 0; week >= at->week && week < at->week + TAKEN_WEEKS && response->remedy[r] != NULL; r++) {
        double does;
        int programme;
        if (!sim_remedy_teaches(response->remedy[r], &does, &programme))
          continue;
        if (programme >= 0 && week == at->week)
          sim_enrol_team(world, files, (unsigned)programme, at->team, week, TAKES_PART);
        else if (programme < 0)
          practised = true;
      }
      if (practised)
        practise_together(world, files, response, i, at->team, week);
    }
  }
}
