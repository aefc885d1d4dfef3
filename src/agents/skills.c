/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skills: what can each person do, how sure are we, and what is going stale?
 *
 * Inputs. Results (and xAPI statements that were read as results), skills with their half-lives, job profiles, who is a
 * member of which team, and which skills goals name. Nothing else: no pulse, no ticket, no pay.
 *
 * Method. company/level.h turns results into a distribution per person and skill, and keeps the record of its own forecasts.
 * Levels are running statistics: pages and agents compute them from the same function when they are read, so none is
 * written down here, and never one of a person. What is claimed is what a decision or a reader's trust rests on:
 *
 *   calibration    subject "levels". {forecasts, error, error_of_prior, covered, bins: [{predicted, observed, count}]}: results
 *                  that were predicted from earlier days alone; covered should be near 0.8; error (mean absolute, 0–1)
 *                  below error_of_prior, or knowing the person was of no use.
 *   skill model    subject: the skill's id. {mean, strength, per_result, results, people, measured, half_life_days, stale_share,
 *                  forecasts, error, error_of_prior, covered}: the prior and its pseudo-counts, what a fresh assessment
 *                  adds to them, how many people gave how many results, how many of them are still here, which share of
 *                  those has lost half of its evidence to time, and the skill's own forecast record (null under
 *                  FORECASTS_LEAST forecasts).
 *   coverage thin  subject "SKILL in team NAME" or "… department NAME". {skill, team or department, needing, measured,
 *                  there, spread, required, mean}: less than half of those whose job needs the skill have it, and we are
 *                  nine parts in ten sure. The MOST_THIN gaps in which most people surely fall short; the rest stands on
 *                  the Skills page.
 *   skill stale    subject: the skill's id. {skill, measured, stale_share, soon_share, half_life_days}: half of its evidence has
 *                  lost half of its weight for most people, now or within SOON_DAYS, and a job or goal needs the skill.
 *
 * No claim is about fewer than GROUP_LEAST people, and none lets a smaller group be had by subtraction: a team is not
 * named beside its department if what remains of the department would be smaller.
 *
 * How it can be wrong. "Needs" comes from job profiles; if these ask for too much, everything is thin. Numbers of people
 * who are there are sums of chances, taken as independent; the prior's own error is shared by all who are unmeasured, so
 * the spread of a group that was hardly measured is too small (hence at least half must be measured). Going stale is a
 * statement on our evidence, not on people: who uses a skill daily without being tested keeps it. What level.c says of
 * its own errors holds here too.
 *
 * References: A. Dawid, The Prequential Approach, JRSS A 147 (1984); W. Arthur et al., Factors That Influence Skill Decay
 * and Retention, Human Performance 11 (1998); L. Sweeney, k-Anonymity, IJUFKS 10 (2002). */
#include "agents/agent.h"
#include "company/level.h"
#include <math.h>

#define GROUP_LEAST     5      /* people behind any statement: the disclosure threshold, kept at the source too */
#define FORECASTS_LEAST 30     /* fewer say nothing about calibration */
#define COUNT_FORECASTS 20     /* a bin of the record that is worth a point in a plot */
#define THIN_SHARE      0.5    /* of those who need a skill */
#define MEASURED_SHARE  0.5    /* of those who need it: under this we do not know, and say nothing */
#define ONE_SIDED       1.2816 /* standard deviations: nine parts in ten sure */
#define MOST_THIN       20
#define STALE_SHARE     0.5    /* of people … */
#define STALE_LEFT      0.5    /* … whose evidence has this share of its weight left, or less */
#define SOON_DAYS       60     /* time to plan a refresher in */
#define VALID_DAYS      92     /* a quarter; the next turn renews what still holds */
#define SURE            0.99   /* no model is surer than this */

/* Those of a skill's people who are still here. */
struct standing { int measured, results, stale, soon; int32_t first, last; };

struct view {
  const struct company *company;
  struct levels *levels;
  struct standing *standings; /* per skill */
  enum file_id file;          /* where results come from */
  int32_t today;
  struct turn *out;
};

/* Rounded to what the estimates bear, so that a claim stays the same while nothing has happened but time. */
static void put_rounded(struct json_writer *w, const char *key, double value, double step)
{
  json_put_number(w, key, round(value / step) * step);
}

static void put_figure(struct json_writer *w, const char *key, double value)
{
  put_rounded(w, key, value, 0.001);
}

static void put_share(struct json_writer *w, const char *key, double value)
{
  put_rounded(w, key, value, 0.01);
}

static void put_people(struct json_writer *w, const char *key, double value)
{
  put_rounded(w, key, value, 0.1);
}

static void put_figure_if(struct json_writer *w, const char *key, double value, bool known)
{
  put_figure(w, key, known ? value : NAN); /* written as null */
}

/* Says the claim that the writer holds, and clears the writer. */
static void state(const struct view *view, const char *predicate, const char *subject, struct json_writer *w,
                  double confidence, const struct evidence *evidence, int evidence_count)
{
  json_close_object(w);
  g_autofree char *value = json_writer_steal(w, NULL);
  struct claim claim = { .predicate = predicate, .subject = subject, .value = value, .confidence = MIN(confidence, SURE),
    .valid_from = view->today, .valid_to = view->today + VALID_DAYS, .evidence = evidence, .evidence_count = evidence_count };
  turn_claim(view->out, &claim);
}

static struct evidence results_behind(const struct view *view, const char *sentence, int count, int people, int skill)
{
  return (struct evidence){ .file = view->file, .sentence = sentence, .count = count, .people = people, .team = -1, .goal = -1,
    .skill = skill, .person = -1, .from = CLOCK_NO_DAY, .to = view->today };
}

static struct standing *standings_new(const struct company *company, const struct levels *levels)
{
  struct standing *standings = g_new0(struct standing, levels->skill_count + 1);
  for (int i = 0; i < levels->count; i++) {
    const struct level *level = &levels->at[i];
    if (company->people.at[level->person].status == PERSON_LEFT)
      continue;
    struct standing *standing = &standings[level->skill];
    double half_life = company->skills.at[level->skill].half_life_days;
    double left = level->fresh > 0 ? level->weight / level->fresh : 0;
    int32_t first = company->results.at[level->first].day;
    standing->first = standing->measured == 0 ? first : MIN(standing->first, first);
    standing->last = standing->measured == 0 ? level->last : MAX(standing->last, level->last);
    standing->measured++;
    standing->results += level->results;
    if (half_life > 0) {
      standing->stale += left <= STALE_LEFT;
      standing->soon += left * exp2(-SOON_DAYS / half_life) <= STALE_LEFT;
    }
  }
  return standings;
}

/* ---- calibration ---- */

static int people_measured(const struct levels *levels, int people)
{
  g_autofree bool *seen = g_new0(bool, people + 1);
  int count = 0;
  for (int i = 0; i < levels->count; i++) {
    count += !seen[levels->at[i].person];
    seen[levels->at[i].person] = true;
  }
  return count;
}

static void state_calibration(const struct view *view)
{
  const struct levels *levels = view->levels;
  int people = people_measured(levels, view->company->people.count), results = 0;
  bool known = levels->forecasts >= FORECASTS_LEAST;
  if (people < GROUP_LEAST)
    return;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_integer(&w, "forecasts", levels->forecasts);
  put_figure_if(&w, "error", levels->error, known);
  put_figure_if(&w, "error_of_prior", levels->error_of_prior, known);
  put_figure_if(&w, "covered", levels->covered, known);
  json_open_array(&w, "bins");
  for (int b = 0; known && b < LEVEL_BINS; b++) {
    const struct level_bin *bin = &levels->bins[b];
    if (bin->count < COUNT_FORECASTS)
      continue;
    json_open_object(&w, NULL);
    put_figure(&w, "predicted", bin->predicted);
    put_figure(&w, "observed", bin->observed);
    json_put_integer(&w, "count", bin->count);
    json_close_object(&w);
  }
  json_close_array(&w);
  for (int s = 0; s < levels->skill_count; s++)
    results += levels->priors[s].results;
  g_autofree char *sentence = known
    ? g_strdup_printf("%d results were forecast from earlier days alone: %.0f %% fell into their 80 %% interval; forecasts "
                      "were off by %.3f on average, by %.3f without knowing the person", levels->forecasts,
                      100 * levels->covered, levels->error, levels->error_of_prior)
    : g_strdup_printf("only %d results had an earlier one of the same person and skill: too few to check forecasts",
                      levels->forecasts);
  struct evidence evidence = results_behind(view, sentence, results, people, -1);
  state(view, "calibration", "levels", &w, known ? SURE : 0.5, &evidence, 1);
}

/* ---- skill models, and what goes stale ---- */

static void state_model(const struct view *view, int skill)
{
  const struct level_prior *prior = &view->levels->priors[skill];
  const struct level_check *check = &view->levels->checks[skill];
  const struct standing *standing = &view->standings[skill];
  double half_life = view->company->skills.at[skill].half_life_days;
  bool known = check->forecasts >= FORECASTS_LEAST, here = standing->measured >= GROUP_LEAST;
  if (prior->people < GROUP_LEAST)
    return;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  put_figure(&w, "mean", prior->mean);
  put_figure(&w, "strength", prior->strength);
  put_figure(&w, "per_result", prior->per_result);
  json_put_integer(&w, "results", prior->results);
  json_put_integer(&w, "people", prior->people);
  put_figure_if(&w, "measured", standing->measured, here);
  put_figure_if(&w, "half_life_days", half_life, half_life > 0);
  put_share(&w, "stale_share", here ? (double)standing->stale / standing->measured : NAN);
  json_put_integer(&w, "forecasts", check->forecasts);
  put_figure_if(&w, "error", check->error, known);
  put_figure_if(&w, "error_of_prior", check->error_of_prior, known);
  put_figure_if(&w, "covered", check->covered, known);
  g_autofree char *sentence = g_strdup_printf("%d results of %d people: a mean of %.1f of 5, which weighs as much as %.1f "
    "assessments of a newcomer", prior->results, prior->people, 5 * prior->mean, prior->strength / prior->per_result);
  struct evidence evidence = results_behind(view, sentence, prior->results, prior->people, skill);
  state(view, "skill model", view->company->skills.at[skill].id, &w, prior->people / (prior->people + 3.0), &evidence, 1);
}

/* Per skill: does a job or a goal name it? All do where no file says. */
static bool *skills_needed(const struct company *company)
{
  bool *needed = g_new0(bool, company->skills.count + 1), any = false;
  for (int i = 0; i < company->job_skills.count; i++)
    if (company->job_skills.at[i].skill >= 0)
      needed[company->job_skills.at[i].skill] = any = true;
  for (int g = 0; g < company->goals.count; g++)
    for (int i = 0; i < company->goals.at[g].skill_count; i++)
      if (company->goals.at[g].skills[i] >= 0)
        needed[company->goals.at[g].skills[i]] = any = true;
  for (int s = 0; !any && s < company->skills.count; s++)
    needed[s] = true;
  return needed;
}

static void state_stale(const struct view *view, int skill)
{
  const struct standing *standing = &view->standings[skill];
  const struct skill *is = &view->company->skills.at[skill];
  if (standing->measured < GROUP_LEAST || standing->soon < STALE_SHARE * standing->measured)
    return;
  double stale = (double)standing->stale / standing->measured, soon = (double)standing->soon / standing->measured;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "skill", is->id);
  json_put_integer(&w, "measured", standing->measured);
  put_share(&w, "stale_share", stale);
  put_share(&w, "soon_share", soon);
  put_figure(&w, "half_life_days", is->half_life_days);
  g_autofree char *sentence = g_strdup_printf("for %.0f %% of the %d people measured, what we know of %s has lost half of its "
    "weight; in %d days for %.0f %%, if nothing new comes", 100 * stale, standing->measured, is->name, SOON_DAYS, 100 * soon);
  struct evidence evidence = results_behind(view, sentence, standing->results, standing->measured, skill);
  evidence.from = standing->first, evidence.to = standing->last;
  state(view, "skill stale", is->id, &w, 0.9, &evidence, 1);
}

/* ---- thin coverage ---- */

struct thin { struct coverage cell; int skill, team, department; /* team -1: the department */ double short_for_sure; };

static bool is_thin(const struct coverage *cell)
{
  return cell->needing >= GROUP_LEAST && cell->measured >= GROUP_LEAST && cell->measured >= MEASURED_SHARE * cell->needing
         && cell->there + ONE_SIDED * cell->spread < THIN_SHARE * cell->needing;
}

static int compare_thin(const void *a, const void *b)
{
  const struct thin *x = a, *y = b;
  if (x->short_for_sure != y->short_for_sure)
    return x->short_for_sure > y->short_for_sure ? -1 : 1;
  if (x->skill != y->skill)
    return x->skill - y->skill;
  return x->department != y->department ? x->department - y->department : x->team - y->team;
}

static void thin_collect(const struct view *view, enum level_group by, const struct coverage *matrix, GArray *all)
{
  const struct company *company = view->company;
  int skills = view->levels->skill_count, groups = by == LEVEL_BY_TEAM ? company->teams.count : company->departments.count;
  for (int i = 0; i < groups * skills; i++) {
    const struct coverage *cell = &matrix[i];
    struct thin thin = { .cell = *cell, .skill = i % skills, .team = by == LEVEL_BY_TEAM ? i / skills : -1,
      .department = by == LEVEL_BY_TEAM ? company->teams.at[i / skills].department : i / skills,
      .short_for_sure = json_round(cell->needing - cell->there - ONE_SIDED * cell->spread) };
    if (is_thin(cell))
      g_array_append_val(all, thin);
  }
}

static bool is_small(int people)
{
  return people > 0 && people < GROUP_LEAST;
}

/* Would the figures of `candidate`, beside those that are stated, leave a few people of its department by subtraction? */
static bool leaves_few(const GArray *stated, const struct thin *candidate, const struct coverage *department)
{
  int needing = department->needing, measured = department->measured;
  bool whole = candidate->team < 0, parts = candidate->team >= 0;
  if (candidate->team >= 0)
    needing -= candidate->cell.needing, measured -= candidate->cell.measured;
  for (guint i = 0; i < stated->len; i++) {
    const struct thin *other = &g_array_index(stated, struct thin, i);
    if (other->skill != candidate->skill || other->department != candidate->department)
      continue;
    whole = whole || other->team < 0;
    parts = parts || other->team >= 0;
    if (other->team >= 0)
      needing -= other->cell.needing, measured -= other->cell.measured;
  }
  return whole && parts && (is_small(needing) || is_small(measured));
}

static void state_thin(const struct view *view, const struct thin *thin)
{
  const struct company *company = view->company;
  const struct coverage *cell = &thin->cell;
  const struct skill *skill = &company->skills.at[thin->skill];
  const char *kind = thin->team >= 0 ? "team" : "department";
  const char *name = thin->team >= 0 ? company->teams.at[thin->team].name : company->departments.at[thin->department].name;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "skill", skill->id);
  json_put_string(&w, kind, name);
  json_put_integer(&w, "needing", cell->needing);
  json_put_integer(&w, "measured", cell->measured);
  put_people(&w, "there", cell->there);
  put_people(&w, "spread", cell->spread);
  put_share(&w, "required", cell->required);
  put_share(&w, "mean", cell->mean);
  g_autofree char *results = g_strdup_printf("%d of the %d people whose job needs %s are measured: their mean is %.1f of 5, "
    "and %.1f of %d are expected to be at the level that their job asks", cell->measured, cell->needing, skill->name,
    5 * cell->mean, cell->there, cell->needing);
  g_autofree char *jobs = g_strdup_printf("their job profiles ask for %.1f of 5 on average", 5 * cell->required);
  struct evidence evidence[] = { results_behind(view, results, cell->results, cell->measured, thin->skill),
                                 results_behind(view, jobs, cell->needing, cell->needing, thin->skill) };
  evidence[1].file = FILE_JOBS, evidence[1].to = CLOCK_NO_DAY;
  evidence[0].team = evidence[1].team = thin->team;
  double above = (THIN_SHARE * cell->needing - cell->there) / MAX(cell->spread, 0.25);
  g_autofree char *subject = g_strdup_printf("%s in %s %s", skill->id, kind, name);
  state(view, "coverage thin", subject, &w, erfc(-above * M_SQRT1_2) / 2, evidence, G_N_ELEMENTS(evidence));
}

static void state_coverage(const struct view *view)
{
  g_autofree struct coverage *teams = levels_matrix(view->company, view->levels, LEVEL_BY_TEAM);
  g_autofree struct coverage *departments = levels_matrix(view->company, view->levels, LEVEL_BY_DEPARTMENT);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct thin)), stated = g_array_new(FALSE, FALSE, sizeof(struct thin));
  thin_collect(view, LEVEL_BY_TEAM, teams, all);
  thin_collect(view, LEVEL_BY_DEPARTMENT, departments, all);
  g_array_sort(all, compare_thin);
  for (guint i = 0; i < all->len && stated->len < MOST_THIN; i++) {
    const struct thin *thin = &g_array_index(all, struct thin, i);
    if (thin->department >= 0 && leaves_few(stated, thin, &departments[thin->department * view->levels->skill_count + thin->skill]))
      continue;
    state_thin(view, thin);
    g_array_append_val(stated, *thin);
  }
}

static bool skills_run(const struct snapshot *now, struct turn *out, GError **error)
{
  const struct company *company = now->company;
  int32_t today = clock_day(now->now);
  g_autoptr(levels_auto) levels = levels_new(company, today);
  g_autofree struct standing *standings = standings_new(company, levels);
  g_autofree bool *needed = skills_needed(company);
  struct view view = { .company = company, .levels = levels, .standings = standings, .today = today, .out = out,
    .file = company->have[FILE_RESULTS] || !company->have[FILE_STATEMENTS] ? FILE_RESULTS : FILE_STATEMENTS };
  state_calibration(&view);
  for (int s = 0; s < levels->skill_count; s++) {
    state_model(&view, s);
    if (needed[s])
      state_stale(&view, s);
  }
  if (company->job_skills.count > 0) /* without profiles nobody has said what is enough */
    state_coverage(&view);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_SKILLS, FILE_JOBS, FILE_GOALS, FILE_RESULTS, FILE_STATEMENTS, FILE_COUNT };
static const char *const makes[] = { "calibration", "skill model", "coverage thin", "skill stale", NULL };

extern const struct agent agent_skills;
const struct agent agent_skills = {
  .id = "skills", .title = "Skills", .question = "What can each person do, how sure are we, and what is going stale?",
  .revision = "1", .reads = reads, .makes = makes, .cadence = CADENCE_NEWS, .run = skills_run,
};
