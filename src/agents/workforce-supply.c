/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many full-time people with a skill there will be, against how many the business asks for.
 *
 * Who counts. Everybody who has not left and whose job needs the skill, and whoever was measured in it. A person counts by
 * hours (fte) times P(level ≥ what counts as able), from the level's distribution: no threshold on a mean. Those whose job
 * does not use the skill lose it by its half-life; practice is taken to keep it up in the others.
 *
 * Comings and goings. A spell is the time in which somebody holds a job that needs the skill. Ends of spells in the last
 * two years over months of exposure give a monthly hazard: a Beta posterior whose prior is the company's own rate, worth
 * PRIOR_MONTHS person-months. Beginnings of spells give the pace of arrivals: a Gamma posterior. They go on as they did;
 * newcomers are able as often as the pool is. Where no file knows of anybody who left, leaving is an assumption, with
 * room for doubt, and so is that nobody comes where nobody came.
 *
 * The model, m months ahead (means, and variances added as if independent; an 80 % interval is 1.2816 either side):
 *
 *   supply(m) = S(m)·k + f·q·λ·(k − 1) / ln(1 − h) with k = (1 − h)^m: those here who stay, and the share of arrivals who do
 *   variance  = V·k² + S·f·k·(1 − k) + (S·m·k/(1 − h)·sd h)² + Poisson arrivals + (their pace's doubt)²
 *
 * with V: chance of each person, the doubt about what the business calls able (a shift of the threshold), and the prior's
 * error, which all unmeasured people share. Demand is the file's figure; its doubt is its own month-to-month noise, from
 * second differences, which a straight growth leaves at zero (von Neumann et al., The Mean Square Successive Difference,
 * Ann. Math. Stat. 12, 1941).
 *
 * "Short" is a gap above a share of the demand, and at least one person. The first month in which that is an even bet is
 * when it starts; 10 % and 90 % bound its interval: the gap's errors are mostly the same in all months, so the chance of
 * being short in a month is close to that of having become short by then.
 *
 * Where the business forecasts a job, and none of the job's skills for itself, the holders of the job, counted by heads,
 * stand for its most important skill. Else the skill's own row is what was meant, and the job's is shown only.
 *
 * How it can be wrong: a business's forecast can be wrong by far more than its noise; a file of those who are still here
 * hides who has left; replacements follow leavers, so their errors cancel in part and the interval is too wide; what was
 * never measured is taken from the skill's prior. */
#include "agents/workforce-private.h"
#include "stats/normal.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define MONTH 30.4375
#define WINDOW_MONTHS 24
#define PRIOR_MONTHS 240.0     /* person-months that the company's rate weighs in a skill's */
#define VAGUE_MONTHS 60.0      /* that the assumed rate weighs where no leaver is known */
#define FIRST_MONTHS 200.0     /* that the assumed rate weighs in the company's */
#define FULLY 1.2816           /* standard deviations of an 80 % interval */
#define NOT_SHORT_MOST (1 / 3.0) /* chance of being short: less is "not short", more is "cannot tell" until it is sure enough */
#define NEAREST_LEVEL 0.02     /* of a threshold, from either end */

int32_t workforce_day(const struct snapshot *snapshot)
{
  int32_t today = clock_day(snapshot->now), last = snapshot->company->last_day;
  int year, month, mday;
  clock_civil(today, &year, &month, &mday);
  int32_t begun = clock_from_civil(year, month, 1);
  return last > begun && last <= today ? last : begun;
}

bool workforce_job_needs(const struct company *c, int job, int skill)
{
  if (job < 0)
    return false;
  for (int i = 0; i < c->jobs.at[job].count; i++)
    if (c->job_skills.at[c->jobs.at[job].first + i].skill == skill)
      return true;
  return false;
}

/* ---- comings and goings ---- */

struct spell { int32_t from, to; /* CLOCK_NO_DAY: unknown; open */ bool any; };

static void spell_widen(struct spell *spell, int32_t from, int32_t to)
{
  bool later = spell->any && (spell->to == CLOCK_NO_DAY || (to != CLOCK_NO_DAY && to < spell->to));
  if (!spell->any || from < spell->from)
    spell->from = from;
  if (!later)
    spell->to = to;
  spell->any = true;
}

/* Per person the time in a job that counts; newly allocated. `counts`: a byte per job, NULL all. */
static struct spell *spells_of(const struct company *c, const bool *counts)
{
  struct spell *spells = g_new0(struct spell, c->people.count + 1);
  for (int i = 0; i < c->memberships.count; i++) {
    const struct membership *m = &c->memberships.at[i];
    if (counts == NULL || (m->job >= 0 && counts[m->job]))
      spell_widen(&spells[m->person], m->from, m->to);
  }
  for (int p = 0; p < c->people.count; p++) {
    const struct person *person = &c->people.at[p];
    if (spells[p].any && person->status == PERSON_LEFT && person->end != CLOCK_NO_DAY &&
        (spells[p].to == CLOCK_NO_DAY || spells[p].to > person->end))
      spells[p].to = person->end;
  }
  return spells;
}

struct flow { double months; int ended, begun; };

static struct flow flow_of(const struct workforce_study *study, const struct spell *spells)
{
  struct flow flow = { 0 };
  int32_t from = study->window != CLOCK_NO_DAY ? study->window : study->day - (int32_t)(WINDOW_MONTHS * MONTH);
  for (int p = 0; p < study->company->people.count; p++) {
    const struct spell *s = &spells[p];
    if (!s->any || (s->to != CLOCK_NO_DAY && s->to < from) || (s->from != CLOCK_NO_DAY && s->from > study->day))
      continue;
    int32_t begin = s->from == CLOCK_NO_DAY || s->from < from ? from : s->from;
    bool ended = s->to != CLOCK_NO_DAY && s->to <= study->day;
    flow.months += ((ended ? s->to : study->day) - begin) / MONTH;
    flow.ended += ended;
    flow.begun += s->from != CLOCK_NO_DAY && s->from >= from;
  }
  return flow;
}

/* From the first leaver that the files know of on: before that, they may only not say. */
static void find_window(struct workforce_study *study)
{
  const struct company *c = study->company;
  int32_t from = study->day - (int32_t)(WINDOW_MONTHS * MONTH), first = CLOCK_NO_DAY;
  for (int p = 0; p < c->people.count; p++) {
    const struct person *person = &c->people.at[p];
    study->here += person->status != PERSON_LEFT;
    if (person->status != PERSON_LEFT || person->end == CLOCK_NO_DAY || person->end < from || person->end > study->day)
      continue;
    first = first == CLOCK_NO_DAY ? person->end : MIN(first, person->end);
  }
  study->window = first;
  double assumed = 1 - pow(1 - study->assumed[ASSUME_LEAVING], 1 / 12.0);
  study->leave_mean = assumed;
  if (first == CLOCK_NO_DAY)
    return;
  g_autofree struct spell *spells = spells_of(c, NULL);
  struct flow flow = flow_of(study, spells);
  study->leave_mean = (flow.ended + assumed * FIRST_MONTHS) / (flow.months + FIRST_MONTHS);
}

void workforce_study_init(struct workforce_study *study, const struct snapshot *snapshot, const struct levels *levels, int32_t day)
{
  *study = (struct workforce_study){ .company = snapshot->company, .levels = levels, .day = day, .texts = g_string_chunk_new(4096) };
  assumptions_of(snapshot->company, study->assumed);
  find_window(study);
}

void workforce_study_clear(struct workforce_study *study)
{
  g_string_chunk_free(study->texts);
}

const char *workforce_say(struct workforce_study *study, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return g_string_chunk_insert(study->texts, text);
}

/* ---- supply ---- */

struct supply { double mean, variance; };

static double fte_of(const struct person *person)
{
  return isfinite(person->fte) && person->fte > 0 ? person->fte : 1;
}

/* Of those who are here, if none comes or goes, `months` ahead: for one reading of what "able" is. */
static struct supply here_at(const struct workforce_study *study, const struct workforce_case *of, const bool *counts, double able, double months)
{
  const struct company *c = study->company;
  struct supply sum = { 0 };
  double half = c->skills.at[of->skill].half_life_days / MONTH;
  for (int p = 0; p < c->people.count; p++) {
    const struct person *person = &c->people.at[p];
    bool uses = person->job >= 0 && counts[person->job];
    if (person->status == PERSON_LEFT || (!uses && (of->job != NULL || levels_find(study->levels, p, of->skill) == NULL)))
      continue;
    double left = !uses && c->job_skills.count > 0 && half > 0 ? exp2(-months / half) : 1;
    double need = CLAMP(able / left, NEAREST_LEVEL, 1);
    double chance = of->job != NULL ? 1 : need >= 1 ? 0 : levels_chance(study->levels, p, of->skill, need); /* a job's holders are counted by heads */
    double fte = fte_of(person);
    sum.mean += fte * chance;
    sum.variance += fte * fte * chance * (1 - chance);
  }
  return sum;
}

/* With what is doubtful about "able" itself, and about the prior that the unmeasured share. */
static struct supply here(const struct workforce_study *study, const struct workforce_case *of, const bool *counts, double months)
{
  double able = study->assumed[ASSUME_ABLE_LEVEL] / 5, doubt = study->assumed[ASSUME_ABLE_DOUBT] / 5;
  struct supply sum = here_at(study, of, counts, able, months);
  if (of->job != NULL)
    return sum;
  double shift = (here_at(study, of, counts, able - doubt, months).mean - here_at(study, of, counts, able + doubt, months).mean) / 2;
  const struct level_prior *prior = &study->levels->priors[of->skill];
  double blind = of->pool - of->measured, chance = of->pool > 0 ? sum.mean / of->pool : 0;
  sum.variance += shift * shift + blind * blind * chance * (1 - chance) / (prior->people + 2);
  return sum;
}

static void count_pool(const struct workforce_study *study, struct workforce_case *of, const bool *counts)
{
  const struct company *c = study->company;
  for (int p = 0; p < c->people.count; p++) {
    const struct person *person = &c->people.at[p];
    const struct level *level = levels_find(study->levels, p, of->skill);
    bool uses = person->job >= 0 && counts[person->job];
    if (person->status == PERSON_LEFT || (!uses && (of->job != NULL || level == NULL)))
      continue;
    of->pool++;
    of->measured += level != NULL;
    of->results += level != NULL ? level->results : 0;
  }
  of->withheld = of->pool > 0 && (of->pool < WORKFORCE_LEAST || (of->job == NULL && of->measured < WORKFORCE_LEAST));
}

struct pace { double hazard, hazard_sd, arrivals, arrivals_variance; /* a month */ double fte, able; };

static struct pace pace_of(const struct workforce_study *study, struct workforce_case *of, const bool *counts, const struct supply *now)
{
  g_autofree struct spell *spells = spells_of(study->company, study->company->job_skills.count > 0 || of->job ? counts : NULL);
  struct flow flow = flow_of(study, spells);
  struct pace pace = { .fte = 1 };
  of->leaving_known = study->window != CLOCK_NO_DAY;
  double worth = of->leaving_known ? PRIOR_MONTHS : VAGUE_MONTHS;
  double a = worth * study->leave_mean + (of->leaving_known ? flow.ended : 0);
  double b = worth * (1 - study->leave_mean) + (of->leaving_known ? MAX(flow.months - flow.ended, 0) : 0);
  pace.hazard = a / (a + b);
  pace.hazard_sd = sqrt(a * b / ((a + b) * (a + b) * (a + b + 1)));
  of->leaving = 1 - pow(1 - pace.hazard, 12);
  of->leaving_low = 1 - pow(1 - fmax(pace.hazard - FULLY * pace.hazard_sd, 0), 12);
  of->leaving_high = 1 - pow(1 - fmin(pace.hazard + FULLY * pace.hazard_sd, 1), 12);
  double months = (study->day - (study->window != CLOCK_NO_DAY ? study->window : study->day - (int32_t)(WINDOW_MONTHS * MONTH))) / MONTH;
  of->arriving_known = flow.begun > 0 && months >= 3;
  if (of->arriving_known) {
    pace.arrivals = (flow.begun + 0.5) / months;
    pace.arrivals_variance = (flow.begun + 0.5) / (months * months);
  }
  of->arriving = flow.begun >= WORKFORCE_LEAST ? 12 * pace.arrivals : NAN;
  pace.able = of->pool > 0 ? CLAMP(now->mean / of->pool, 0, 1) : 0;
  return pace;
}

static void supply_at(const struct workforce_study *study, const struct workforce_case *of, const bool *counts, const struct pace *pace, struct workforce_month *at)
{
  struct supply base = here(study, of, counts, at->months);
  double stay = 1 - pace->hazard, m = at->months, k = pow(stay, m);
  double weight = pace->hazard > 1e-9 ? (k - 1) / log(stay) : m; /* months' worth of arrivals who are still here */
  double come = pace->able * weight;
  at->supply = base.mean * k + come * pace->arrivals;
  double variance = base.variance * k * k + base.mean * pace->fte * k * (1 - k) + pow(base.mean * m * k / stay * pace->hazard_sd, 2);
  variance += come * pace->arrivals + come * come * pace->arrivals_variance;
  at->supply_sd = sqrt(variance);
}

/* ---- demand ---- */

/* The rows that stand for a case, by month, those of several jobs added up. */
static void demand_of(const struct workforce_study *study, struct workforce_case *of, const bool *job_rows)
{
  const struct company *c = study->company;
  int32_t most = study->day + (int32_t)((WORKFORCE_MONTHS + 0.75) * MONTH);
  for (int i = 0; i < c->demands.count; i++) {
    const struct demand *row = &c->demands.at[i];
    bool mine = of->job ? row->skill < 0 && job_rows[i] : row->skill == of->skill;
    if (!mine || row->month <= study->day || row->month > most || !isfinite(row->people))
      continue;
    int at = 0;
    while (at < of->count && of->at[at].day < row->month)
      at++;
    if (at == of->count || of->at[at].day != row->month) {
      if (of->count == WORKFORCE_MONTHS)
        continue;
      memmove(&of->at[at + 1], &of->at[at], sizeof of->at[0] * (size_t)(of->count - at));
      of->at[at] = (struct workforce_month){ .day = row->month, .months = (row->month - study->day) / MONTH };
      of->count++;
    }
    of->at[at].demand += row->people;
    of->records++;
  }
}

static double demand_noise(const struct workforce_case *of)
{
  double sum = 0;
  int n = 0;
  for (int i = 2; i < of->count; i++, n++) {
    double bend = of->at[i].demand - 2 * of->at[i - 1].demand + of->at[i - 2].demand;
    sum += bend * bend / 6;
  }
  return n > 0 ? sqrt(sum / n) : 0;
}

/* ---- the case ---- */

static void judge(const struct workforce_study *study, struct workforce_case *of)
{
  const struct workforce_month *last = &of->at[of->count - 1];
  double sd = hypot(last->supply_sd, last->demand_sd);
  of->chance = last->chance;
  of->short_by = last->demand - last->supply;
  of->short_low = of->short_by - FULLY * sd, of->short_high = of->short_by + FULLY * sd;
  of->starts = of->starts_low = of->starts_high = -1;
  double highest = 0;
  for (int i = 0; i < of->count; i++) {
    highest = fmax(highest, of->at[i].chance);
    if (of->starts_low < 0 && highest >= 0.1)
      of->starts_low = i;
    if (of->starts < 0 && highest >= 0.5)
      of->starts = i;
    if (of->starts_high < 0 && highest >= 0.9)
      of->starts_high = i;
  }
  of->status = of->chance >= study->assumed[ASSUME_SHORT_SURE] ? "short" : of->chance > NOT_SHORT_MOST ? "cannot tell" : "not short";
}

static void project(const struct workforce_study *study, struct workforce_case *of, const bool *counts)
{
  struct supply now = here(study, of, counts, 0);
  struct pace pace = pace_of(study, of, counts, &now);
  double noise = demand_noise(of);
  of->today = now.mean, of->today_sd = sqrt(now.variance);
  for (int i = 0; i < of->count; i++) {
    struct workforce_month *at = &of->at[i];
    supply_at(study, of, counts, &pace, at);
    at->demand_sd = noise;
    double ignored = fmax(1, study->assumed[ASSUME_SHORT_SHARE] * at->demand), sd = fmax(hypot(at->supply_sd, noise), 1e-6);
    at->chance = normal_cdf((at->demand - ignored - at->supply) / sd);
  }
  judge(study, of);
}

static bool has_own_rows(const struct company *c, int skill)
{
  for (int i = 0; i < c->demands.count; i++)
    if (c->demands.at[i].skill == skill)
      return true;
  return false;
}

static int job_named(const struct company *c, const char *title)
{
  for (int j = 0; title && j < c->jobs.count; j++)
    if (strcmp(c->jobs.at[j].title, title) == 0)
      return j;
  return -1;
}

/* The skill for which a job's forecast stands; -1: one of its skills has a forecast of its own, or nobody knows its skills. */
static int leading_skill(const struct company *c, int job)
{
  int best = -1;
  double most = -1;
  for (int i = 0; job >= 0 && i < c->jobs.at[job].count; i++) {
    const struct job_skill *row = &c->job_skills.at[c->jobs.at[job].first + i];
    if (row->skill < 0)
      continue;
    if (has_own_rows(c, row->skill))
      return -1;
    double importance = isfinite(row->importance) ? row->importance : 0.5;
    if (importance > most)
      most = importance, best = row->skill;
  }
  return best;
}

static void add_case(const struct workforce_study *study, GArray *cases, int skill, const bool *job_rows, const bool *counts, const char *job)
{
  struct workforce_case of = { .skill = skill, .job = job, .starts = -1, .starts_low = -1, .starts_high = -1, .status = "cannot tell" };
  demand_of(study, &of, job_rows);
  if (of.count == 0)
    return;
  count_pool(study, &of, counts);
  if (!of.withheld)
    project(study, &of, counts);
  g_array_append_val(cases, of);
}

GArray *workforce_cases(const struct workforce_study *study)
{
  const struct company *c = study->company;
  GArray *cases = g_array_new(FALSE, FALSE, sizeof(struct workforce_case));
  g_autofree bool *counts = g_new0(bool, c->jobs.count + 1), *job_rows = g_new0(bool, c->demands.count + 1);
  for (int s = 0; s < c->skills.count; s++) {
    const char *job = NULL;
    bool own = has_own_rows(c, s);
    for (int j = 0; j < c->jobs.count; j++)
      counts[j] = own && workforce_job_needs(c, j, s);
    for (int i = 0; !own && i < c->demands.count; i++) {
      int index = c->demands.at[i].skill < 0 ? job_named(c, c->demands.at[i].job_title) : -1;
      job_rows[i] = index >= 0 && leading_skill(c, index) == s;
      if (job_rows[i])
        counts[index] = true, job = c->jobs.at[index].title;
    }
    if (own || job)
      add_case(study, cases, s, job_rows, counts, job);
  }
  return cases;
}
