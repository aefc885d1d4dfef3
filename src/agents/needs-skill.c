/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skill and incentive: what people can do, what they do, and what pays off.
 *
 * Skill: what people *can* do is read from assessments and practice first, ratings by others less, self-ratings little,
 * results of real work not at all (they are what any cause would lower). A skill cause must show lower ability where the
 * gap is, in a skill that the goal rests on, and by about as much more as the gap is larger; teams that have the skill
 * and the gap speak against it. Skills of the goal are those that it names, else those that its teams' jobs need most;
 * their likelihood ratios are averaged, so that a skill that happens to be low among many is paid for.
 *
 * Incentive: "can in practice, does not at work" (the difference between ability and work results in affected teams, net
 * of the others'), and something else that pays off (a reward for the affected that names another goal, or words that
 * are not this goal). R. F. Mager, P. Pipe, "Analyzing Performance Problems", 1997, for the order of questions; S. Kerr,
 * "On the folly of rewarding A, while hoping for B", Acad. Management J. 18, 1975, for the conflict. Without a reward that
 * conflicts, the rest is a question, not a cause.
 *
 * How it can be wrong: results are rarely a random sample of people; who is tested after a change may differ from who
 * was tested before. Practice itself can be too easy. Words of a reward may mean the goal without naming it. */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/robust.h"
#include <math.h>
#include <string.h>

#define SKILL_SCALE 0.1        /* of the score scale 0–1: half a level */
#define SKILL_NUISANCE 0.012
#define SKILLS_MOST 12
#define LEAST_PEOPLE 2         /* per team and side, of those measured */
#define IMPORTANT 0.5
#define CONFLICT_IF 0.9        /* P(a conflicting reward is on file | incentive) */

static const double can_weight[RESULT_KINDS] = { [RESULT_ASSESSMENT] = 1, [RESULT_PRACTICE] = 1, [RESULT_MANAGER] = 0.4, [RESULT_PEER] = 0.4,
                                      [RESULT_SELF] = 0.15, [RESULT_WORK] = 0 };

/* ---- which skills ---- */

/* The goal's own, else what the jobs of its teams need most and others' less; at most SKILLS_MOST. Newly allocated, as are
 * their weights, which add up to 1. */
static int *skills_of(const struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, double **ret_weight, int *ret_count)
{
  const struct company *c = study->company;
  double sum = 0, *weight = *ret_weight = g_new0(double, SKILLS_MOST);
  *ret_count = MIN(panel->goal->skill_count, SKILLS_MOST);
  for (int i = 0; i < *ret_count; i++)
    weight[i] = 1.0 / *ret_count;
  if (*ret_count > 0)
    return g_memdup2(panel->goal->skills, sizeof(int) * (size_t)*ret_count);
  g_autofree double *need = g_new0(double, (size_t)MAX(c->skills.count, 1)), *all = g_new0(double, (size_t)MAX(c->skills.count, 1));
  for (int p = 0; p < c->people.count; p++) {
    const struct person *who = &c->people.at[p];
    if (who->status == PERSON_LEFT || who->job < 0 || who->team < 0)
      continue;
    bool in = isfinite(gap->affected[who->team]) && !(gap->outer && gap->affected[who->team] <= 0);
    const struct job *job = &c->jobs.at[who->job];
    for (int i = job->first; i < job->first + job->count; i++) {
      const struct job_skill *js = &c->job_skills.at[i];
      double importance = isfinite(js->importance) ? js->importance : IMPORTANT;
      need[js->skill] += in && importance >= IMPORTANT ? importance : 0;
      all[js->skill] += importance;
    }
  }
  for (int s = 0; s < c->skills.count; s++) /* what everybody needs is seldom what one goal rests on */
    need[s] *= all[s] > 0 ? need[s] / all[s] : 1;
  for (int i = 0; c->job_skills.count == 0 && i < c->results.count; i++) {
    int team = c->people.at[c->results.at[i].person].team;
    need[c->results.at[i].skill] += team >= 0 && gap->affected[team] >= 0.5;
  }
  int *skills = g_new(int, SKILLS_MOST);
  while (*ret_count < SKILLS_MOST) {
    int best = -1;
    for (int s = 0; s < c->skills.count; s++)
      if (need[s] > 0 && (best < 0 || need[s] > need[best]))
        best = s;
    if (best < 0)
      break;
    sum += need[best];
    weight[*ret_count] = need[best];
    skills[(*ret_count)++] = best;
    need[best] = 0;
  }
  for (int i = 0; i < *ret_count; i++)
    weight[i] /= sum;
  return skills;
}

static int first_result(const struct company *c, int skill)
{
  int low = 0, high = c->results.count;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (c->results.at[middle].skill < skill)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* ---- ability ---- */

struct ability { struct needs_tally *can[2], *does[2]; double variance; /* of one person's figure */ int results, people; };

static void ability_init(struct ability *a, int teams)
{
  *a = (struct ability){ .variance = 0.03 };
  for (int side = 0; side < 2; side++) {
    a->can[side] = g_new0(struct needs_tally, (size_t)MAX(teams, 1));
    a->does[side] = g_new0(struct needs_tally, (size_t)MAX(teams, 1));
  }
}

static void ability_clear(struct ability *a)
{
  for (int side = 0; side < 2; side++) {
    g_free(a->can[side]);
    g_free(a->does[side]);
  }
}

struct one { double sum, weight; };

static void put_person(struct needs_tally *tally, const struct one *one)
{
  if (one->weight <= 0)
    return;
  double x = one->sum / one->weight, sure = fmin(1, one->weight); /* one self-rating is not one person measured */
  tally->n += sure;
  tally->sum += sure * x;
  tally->square += sure * x * x;
}

/* Side of a result: falls look back two years and forward; a standing gap takes the last two years as one. */
static int side_of(const struct needs_gap *gap, int32_t day)
{
  if (day >= gap->after.to)
    return -1;
  if (!needs_gap_steps(gap))
    return day >= gap->after.from - 365 ? 1 : -1;
  return day >= gap->after.from ? 1 : day >= gap->before.from - 365 ? 0 : -1;
}

/* One person's rows of one skill (they stand together), gathered per side and team of that day. */
static int gather_person(const struct needs_study *study, const struct needs_gap *gap, int at, struct ability *a)
{
  const struct company *c = study->company;
  int person = c->results.at[at].person, skill = c->results.at[at].skill, team = -2, side = -1;
  struct one can = { 0 }, does = { 0 };
  bool counted = false;
  for (; at < c->results.count && c->results.at[at].person == person && c->results.at[at].skill == skill; at++) {
    const struct result *r = &c->results.at[at];
    int s = side_of(gap, r->day), t = needs_team_on(study, person, r->day);
    if (s < 0 || t < 0)
      continue;
    if (s != side || t != team) {
      if (team >= 0) {
        put_person(&a->can[side][team], &can);
        put_person(&a->does[side][team], &does);
      }
      can = does = (struct one){ 0 };
      side = s;
      team = t;
    }
    struct one *to = r->kind == RESULT_WORK ? &does : &can;
    double weight = (r->kind == RESULT_WORK ? 1 : can_weight[r->kind]) * (r->weight > 0 ? r->weight / level_kind_weight[r->kind] : 1);
    to->sum += weight * study->adjusted[at];
    to->weight += weight;
    if (s == 1 && gap->affected[t] >= 0.5) {
      a->results++;
      a->people += !counted;
      counted = true;
    }
  }
  if (team >= 0) {
    put_person(&a->can[side][team], &can);
    put_person(&a->does[side][team], &does);
  }
  return at;
}

static void gather(const struct needs_study *study, const struct needs_gap *gap, int skill, struct ability *a)
{
  const struct company *c = study->company;
  double within = 0, degrees = 0;
  for (int i = first_result(c, skill); i < c->results.count && c->results.at[i].skill == skill;)
    i = gather_person(study, gap, i, a);
  for (int t = 0; t < c->teams.count; t++) {
    const struct needs_tally *x = &a->can[1][t];
    if (x->n > 1.5) {
      within += x->square - x->sum * x->sum / x->n;
      degrees += x->n - 1;
    }
  }
  if (degrees >= 10)
    a->variance = fmax(0.002, within / degrees);
}

/* What the team's jobs need of the skill, 0–1; 0 where no job says. */
static double need_of(const struct needs_study *study, const double *need, const double *people, int team)
{
  (void)study;
  return people[team] > 0 ? need[team] / people[team] : NAN;
}

static void find_needs(const struct needs_study *study, int skill, double *need, double *people)
{
  const struct company *c = study->company;
  for (int p = 0; p < c->people.count; p++) {
    const struct person *who = &c->people.at[p];
    if (who->status == PERSON_LEFT || who->job < 0 || who->team < 0)
      continue;
    const struct job *job = &c->jobs.at[who->job];
    for (int i = job->first; i < job->first + job->count; i++)
      if (c->job_skills.at[i].skill == skill) {
        need[who->team] += c->job_skills.at[i].level / 5;
        people[who->team]++;
      }
  }
}

struct skill_view { struct needs_contrast now, change, gap_to_work; double ratio, lack; bool known; int results, people; };

static void view_skill(const struct needs_study *study, const struct needs_gap *gap, int skill, struct skill_view *v)
{
  int teams = study->company->teams.count;
  struct ability a;
  ability_init(&a, teams);
  gather(study, gap, skill, &a);
  g_autofree double *need = g_new0(double, (size_t)MAX(teams, 1)), *people = g_new0(double, (size_t)MAX(teams, 1));
  find_needs(study, skill, need, people);
  struct needs_marker now, change, work;
  needs_marker_init(&now, teams);
  needs_marker_init(&change, teams);
  needs_marker_init(&work, teams);
  needs_marker_of_tallies(&now, NULL, a.can[1], teams, a.variance, LEAST_PEOPLE);
  needs_marker_of_tallies(&change, a.can[0], a.can[1], teams, a.variance, LEAST_PEOPLE);
  double lack = 0, lacking = 0;
  for (int t = 0; t < teams; t++) {
    double needed = need_of(study, need, people, t), level = now.value[t];
    if (isfinite(level) && isfinite(needed) && gap->affected[t] >= 0.5) {
      lack += needed - level;
      lacking++;
    }
    now.value[t] = (isfinite(needed) ? needed : 0) - level;
    change.value[t] = -change.value[t];
    if (a.does[1][t].n < LEAST_PEOPLE || !isfinite(level))
      continue;
    work.value[t] = level - a.does[1][t].sum / a.does[1][t].n;
    work.variance[t] = a.variance * (1 / a.can[1][t].n + 1 / a.does[1][t].n);
  }
  v->now = needs_contrast(study, gap, &now);
  v->change = needs_contrast(study, gap, &change);
  v->gap_to_work = needs_contrast(study, gap, &work);
  v->lack = lacking > 0 ? lack / lacking : NAN;
  v->results = a.results;
  v->people = a.people;
  double level = isfinite(v->now.se) && v->now.se < 1.5 * SKILL_SCALE ? normal_weigh(v->now.effect, v->now.se, SKILL_SCALE, SKILL_NUISANCE) : NAN;
  double fall = needs_gap_steps(gap) && isfinite(v->change.se) && v->change.se < SKILL_SCALE
              ? normal_weigh(v->change.effect, v->change.se, SKILL_SCALE, SKILL_NUISANCE) : NAN;
  /* A fall should come with lower ability since; where the past was hardly measured, standing lower has to do. */
  v->known = isfinite(level) || isfinite(fall);
  double told = isfinite(fall) ? 1 / (1 + pow(v->change.se / (0.5 * SKILL_SCALE), 2)) : 0;
  v->ratio = isfinite(fall) && isfinite(level) ? fall + (1 - 0.6 * told) * level : isfinite(fall) ? fall : needs_gap_steps(gap) ? 0.8 * level : level;
  v->ratio = CLAMP(v->ratio, -NORMAL_WEIGH_LIMIT, NORMAL_WEIGH_LIMIT);
  needs_marker_clear(&now);
  needs_marker_clear(&change);
  needs_marker_clear(&work);
  ability_clear(&a);
}

static void tell_skill(struct needs_study *study, const struct needs_gap *gap, const struct skill_view *v, int skill, double ratio, struct needs_case_for *out)
{
  const struct company *c = study->company;
  struct needs_finding f = { .about = CAUSE_SKILL, .ratio = ratio, .file = FILE_RESULTS, .team = -1, .skill = skill, .from = gap->after.from,
    .to = gap->after.to - 1, .count = v->results, .people = v->people };
  const char *name = c->skills.at[skill].name;
  const struct needs_contrast *shown = isfinite(v->now.se) ? &v->now : &v->change;
  double levels = 5 * shown->effect;
  if (ratio > 0)
    f.sentence = needs_say(study, "people of the affected teams are %s of 5 levels lower in %s than the others, next to what their jobs need",
                           needs_number(study, fmax(levels, 0)), name);
  else
    f.sentence = needs_say(study, "the affected teams have the skill as much as the others: %s of 5 levels apart in %s", needs_number(study, fabs(levels)), name);
  needs_find(out, &f);
  if (ratio > 0 && isfinite(v->lack)) { /* being lower than others but still good enough is half an explanation */
    f.ratio = v->lack > 0 ? 0.3 : -0.7;
    f.sentence = v->lack > 0 ? needs_say(study, "they are %s of 5 levels below what their jobs need in %s", needs_number(study, 5 * v->lack), name)
                             : needs_say(study, "they still have what their jobs need in %s", name);
    needs_find(out, &f);
  }
}

/* ---- rewards ---- */

/* Do the words of a reward mean this goal? Only if they hold nearly all of its name: "offers sent" is not "offers won". */
static bool mentions(const char *words, const struct goal *goal)
{
  if (words == NULL)
    return false;
  g_auto(GStrv) parts = g_str_tokenize_and_fold(words, NULL, NULL), own = g_str_tokenize_and_fold(goal->name, NULL, NULL);
  int hits = 0, of = 0;
  for (char **o = own; *o; o++) {
    if (strlen(*o) < 3)
      continue;
    of++;
    bool hit = false;
    for (char **w = parts; *w && !hit; w++)
      hit = strlen(*w) >= 3 && (g_str_has_prefix(*w, *o) || g_str_has_prefix(*o, *w));
    hits += hit;
  }
  return of > 0 && hits >= of * 3 / 4.0 && (of > 1 || g_strv_length(parts) == 1);
}

static bool is_own(const struct needs_panel *panel, const struct reward *r)
{
  return r->goal == panel->index || (r->goal < 0 && mentions(r->rewarded, panel->goal));
}

/* A reward in force during the gap, or, for the timing, at all. */
static bool in_force(const struct needs_gap *gap, const struct reward *r)
{
  return (r->from == CLOCK_NO_DAY || r->from < gap->after.to) && (r->to == CLOCK_NO_DAY || r->to >= gap->after.from);
}

/* Share of each team's people whom a reward reaches: all of its team, or those with the job. */
static void reach(const struct needs_study *study, const struct reward *r, const double *members, double *share)
{
  const struct company *c = study->company;
  for (int t = 0; t < c->teams.count; t++)
    if (r->team == t)
      share[t] = 1;
  if (r->team >= 0 || r->job_title == NULL || *r->job_title == '\0')
    return;
  g_autofree double *hit = g_new0(double, (size_t)MAX(c->teams.count, 1));
  for (int p = 0; p < c->people.count; p++) {
    const struct person *who = &c->people.at[p];
    if (who->status != PERSON_LEFT && who->team >= 0 && who->job >= 0 && g_strcmp0(c->jobs.at[who->job].title, r->job_title) == 0)
      hit[who->team]++;
  }
  for (int t = 0; t < c->teams.count; t++)
    if (members[t] > 0) /* half a team that chases something else is a team that does */
      share[t] = fmax(share[t], fmin(1, 2 * hit[t] / members[t]));
}

/* Share of each team that any reward in force reaches: the base rate for teams of other goals, for which something else is right. */
static void reach_any(const struct needs_study *study, const struct needs_gap *gap, const double *members, double *share)
{
  const struct company *c = study->company;
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; i < c->rewards.count; i++) {
    g_autofree char *key = g_strdup_printf("%d %s", c->rewards.at[i].team, c->rewards.at[i].job_title ? c->rewards.at[i].job_title : "");
    if (in_force(gap, &c->rewards.at[i]) && !g_hash_table_contains(done, key)) {
      reach(study, &c->rewards.at[i], members, share);
      g_hash_table_add(done, g_string_chunk_insert_const(study->texts, key));
    }
  }
}

/* How much the rows that reward one thing speak for incentive: whom they reach, and when they began. */
static double weigh_reward(const struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, int first, const double *members,
                           const double *any, double *ret_cover)
{
  const struct company *c = study->company;
  g_autofree double *share = g_new0(double, (size_t)MAX(c->teams.count, 1));
  double here = 0, all = 0, elsewhere = 1, rest = 3, fresh = 0, dated = 0; /* where nobody else is to compare: a third */
  for (int i = first; i < c->rewards.count; i++) {
    const struct reward *r = &c->rewards.at[i];
    if (g_strcmp0(r->rewarded, c->rewards.at[first].rewarded) != 0 || is_own(panel, r) || !in_force(gap, r))
      continue;
    reach(study, r, members, share);
    if (r->from != CLOCK_NO_DAY && needs_gap_steps(gap)) {
      dated++;
      fresh += ABS(r->from + 14 - gap->since) <= 56 + 1.5 * gap->since_sd;
    }
  }
  for (int t = 0; t < c->teams.count; t++) {
    double s = gap->affected[t];
    if (!isfinite(s))
      continue;
    bool outer = gap->outer && s <= 0;
    here += s * share[t];
    all += s;
    elsewhere += (1 - s) * (outer ? any[t] : share[t]);
    rest += 1 - s;
  }
  double cover = all > 0 ? here / all : 0, base = CLAMP(elsewhere / rest, 0.05, 0.85);
  double ratio = cover * log(CONFLICT_IF / base) + (1 - cover) * log((1 - CONFLICT_IF) / (1 - base));
  double window = fmin(0.8, (112 + 3 * gap->since_sd) / fmax(365, c->last_day - c->first_day));
  if (dated > 0) /* when it began either fits the fall or speaks against */
    ratio += fresh / dated >= 0.5 ? log(0.75 / window) : log(0.25 / (1 - window));
  *ret_cover = cover;
  return ratio;
}

void needs_test_rewards(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  const struct company *c = study->company;
  out->file[CAUSE_INCENTIVE] = FILE_REWARDS;
  out->unknown[CAUSE_INCENTIVE] = !c->have[FILE_REWARDS];
  if (!c->have[FILE_REWARDS])
    return;
  g_autofree double *members = g_new0(double, (size_t)MAX(c->teams.count, 1)), *ratio = g_new(double, (size_t)c->rewards.count + 1);
  for (int p = 0; p < c->people.count; p++)
    if (c->people.at[p].status != PERSON_LEFT && c->people.at[p].team >= 0)
      members[c->people.at[p].team]++;
  g_autofree double *any = g_new0(double, (size_t)MAX(c->teams.count, 1));
  int n = 0, best = -1;
  double most = -INFINITY;
  reach_any(study, gap, members, any);
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; i < c->rewards.count; i++) {
    const struct reward *r = &c->rewards.at[i];
    double cover;
    if (r->rewarded == NULL || is_own(panel, r) || !in_force(gap, r) || !g_hash_table_add(done, (char *)(uintptr_t)r->rewarded))
      continue;
    double x = weigh_reward(study, panel, gap, i, members, any, &cover);
    if (cover < 0.25)
      continue;
    ratio[n++] = x;
    if (x > most) {
      most = x;
      best = i;
    }
  }
  struct needs_finding f = { .about = CAUSE_INCENTIVE, .file = FILE_REWARDS, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1,
    .count = MAX(1, c->rewards.count), .ratio = n > 0 ? CLAMP(normal_log_mean_exp(ratio, n), -2.5, 4) : log((1 - CONFLICT_IF) / 0.9) };
  if (f.ratio > 0) {
    const struct reward *r = &c->rewards.at[best];
    const char *what = r->goal >= 0 ? c->goals.at[r->goal].name : r->rewarded;
    out->conflict = r->from != CLOCK_NO_DAY ? needs_say(study, "“%s” since %s", what, needs_day(study, r->from)) : needs_say(study, "“%s”", what);
    f.sentence = needs_say(study, "the affected teams are rewarded for %s, which is not this goal", out->conflict);
  } else {
    f.sentence = n == 0 ? needs_say(study, "no reward in the affected teams pulls away from this goal")
                        : needs_say(study, "what the affected teams are rewarded for is rewarded elsewhere too, or began at another time");
  }
  needs_find(out, &f);
}

/* "Can in practice, does not at work": the most telling skill; ability itself speaks in the skill test. */
static void tell_transfer(struct needs_study *study, const struct needs_gap *gap, const struct skill_view *v, int n, const int *skills, struct needs_case_for *out)
{
  g_autofree double *ratio = g_new(double, (size_t)MAX(n, 1));
  int known = 0, best = -1;
  for (int i = 0; i < n; i++) {
    if (!isfinite(v[i].gap_to_work.se) || v[i].gap_to_work.se > 1.5 * SKILL_SCALE)
      continue;
    ratio[known++] = normal_weigh(v[i].gap_to_work.effect, v[i].gap_to_work.se, SKILL_SCALE, SKILL_NUISANCE);
    if (best < 0 || v[i].gap_to_work.effect > v[best].gap_to_work.effect)
      best = i;
  }
  if (known == 0)
    return;
  /* Any cause outside the person lowers work more than ability; it speaks for incentive only a little more than for them. */
  struct needs_finding f = { .about = CAUSE_INCENTIVE, .ratio = CLAMP(0.5 * normal_log_mean_exp(ratio, known), -1.2, 1.5), .file = FILE_RESULTS,
    .team = -1, .skill = skills[best], .from = gap->after.from, .to = gap->after.to - 1, .count = v[best].results, .people = v[best].people };
  f.sentence = f.ratio > 0
    ? needs_say(study, "people of the affected teams can do it in practice but do less at work: %s of 5 levels more apart than elsewhere in %s",
                needs_number(study, 5 * v[best].gap_to_work.effect), study->company->skills.at[skills[best]].name)
    : needs_say(study, "what the affected teams show at work is no further from what they can do than elsewhere");
  if (f.people >= NEEDS_LEAST_GROUP)
    needs_find(out, &f);
}

void needs_test_skill(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  const struct company *c = study->company;
  int n = 0, known = 0, best = -1;
  g_autofree double *weight = NULL;
  int *skills = skills_of(study, panel, gap, &weight, &n);
  out->skills = skills;
  out->skill_count = n;
  out->skill = -1;
  out->file[CAUSE_SKILL] = FILE_RESULTS;
  out->unknown[CAUSE_SKILL] = true;
  if (c->results.count == 0 || n == 0)
    return;
  g_autofree struct skill_view *view = g_new0(struct skill_view, (size_t)n);
  double sum = 0, of = 0;
  for (int i = 0; i < n; i++) {
    view_skill(study, gap, skills[i], &view[i]);
    if (!view[i].known || view[i].people < NEEDS_LEAST_GROUP)
      continue;
    known++;
    sum += weight[i] * exp(view[i].ratio);
    of += weight[i];
    if (best < 0 || view[i].ratio > view[best].ratio)
      best = i;
  }
  tell_transfer(study, gap, view, n, skills, out);
  if (known == 0)
    return;
  out->unknown[CAUSE_SKILL] = false;
  out->skill = skills[best];
  tell_skill(study, gap, &view[best], skills[best], log(sum / of), out);
}
