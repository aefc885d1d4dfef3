/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skill levels from results.
 *
 * The model. A score is the skill's mean, plus what the person is above or below it, plus how easy it was to get (the
 * leniency of its kind, its stated difficulty, its item), plus noise. People differ with variance B, one fresh assessment
 * scatters around its person with variance N; both are estimated per skill by the method of moments for an unbalanced one-way
 * layout, and shrunk towards all skills together, and those towards constants, so that a skill with three results gets an
 * opinion as weak as it deserves. A level is then a Beta distribution: the prior is worth m(1−m)/B − 1 pseudo-counts, a
 * result m(1−m)/N times its kind's weight. Seen as counts, evidence fades by halves with the skill's half-life: the mean
 * drifts back to the prior and the interval widens, without anything having to run.
 *
 * Ease is estimated by turns (backfitting), each result against the level that its person's *other* results give: what an
 * item says about itself would otherwise be taken for the person.
 *
 * The check. Results are walked in date order. In up to BLOCKS rounds the model is fitted to everything before the round,
 * with the code that fits it at the end; each result of the round is forecast from the results of its person that are
 * older by a day or more, and only then is it learned. A forecast's spread has the doubt about the level, the noise of the
 * result's kind, and the doubt about an item that few have taken yet; its interval reaches as many spreads as held 80 % of
 * the surprises of that kind so far. (Scores pile up at full marks and trail off below: a Beta interval covers 63 % of one
 * of the Open University's modules, and a normal one is too wide.) What is shown to people is this record, not a claim.
 *
 * Sums are taken on a grid of 2^-30: such additions are exact, so the order of equal-day results, or of people, cannot
 * change the last digit of anything.
 *
 * How it can be wrong. Scores are clipped at 0 and 1 after the ease is taken out: whoever masters everything looks like
 * whoever masters it just. Results are taken to be independent given the level; twenty attempts of one afternoon are not,
 * and the interval is then too narrow. Whom a lenient manager alone has rated stays overrated, if nobody else's results
 * tell. Missing results are taken to be missing by chance; people who drop out do worse (the Open University's modules show
 * it). A new item's ease is unknown while its first results come in. Growth is followed only as fast as evidence fades.
 *
 * Sources: S. Searle, G. Casella, C. McCulloch, Variance Components (1992), ch. 3; C. Morris, Parametric Empirical Bayes
 * Inference, JASA 78 (1983); A. Dawid, The Prequential Approach, JRSS A 147 (1984). Weights of kinds: P. Mabe, S. West,
 * Validity of Self-Evaluation of Ability, J. Applied Psychology 67 (1982): mean correlation 0.29; C. Viswesvaran, D. Ones,
 * F. Schmidt, Reliability of Job Performance Ratings, same 81 (1996): one supervisor 0.52, one peer 0.42. */
#include "company/level.h"
#include "stats/beta.h"
#include <math.h>
#include <string.h>

/* A judgement on the sources above: what one result of the kind is worth in results of an assessment. */
const double level_kind_weight[LEVEL_KINDS] = {
  [RESULT_ASSESSMENT] = 1.0, /* same task for all, marked against a standard */
  [RESULT_WORK]       = 0.8, /* the thing itself, but with other people's and the case's part in it */
  [RESULT_PRACTICE]   = 0.5, /* help and second tries are at hand, and it is meant for mistakes */
  [RESULT_MANAGER]    = 0.4, /* two supervisors agree to 0.52, and both see the person, not the skill */
  [RESULT_PEER]       = 0.3, /* two peers agree to 0.42 */
  [RESULT_SELF]       = 0.1, /* correlates with ability to 0.29: a twelfth of the information of what correlates to 0.7 */
  [RESULT_COMPLETION] = 0.1  /* taking part is not being able; a rule may say less (company/evidence.yaml) */
};

double level_result_weight(const struct result *result) { return result->weight > 0 ? result->weight : level_kind_weight[result->kind]; }

#define MEAN_AT_FIRST    0.5   /* before any result was ever seen */
#define BETWEEN_AT_FIRST 0.02  /* people differ by 0.14 */
#define NOISE_AT_FIRST   0.03  /* a result is off by 0.17 */
#define PEOPLE_AT_FIRST  3.0   /* how many people's worth of evidence the constants, or all skills for one skill, weigh */
#define RESULTS_AT_FIRST 10.0  /* the same for noise, in results */
#define EASE_SHRINK      4.0   /* results after which an item's ease is believed by half */
#define KIND_SHRINK      20.0
#define SLOPE_SHRINK     2.0   /* in results × squared difficulty */
#define LEAST_VARIANCE   5e-4
#define LEAST_MEAN       0.01  /* of a forecast, from either end: nothing is certain */
#define COUNT_LEAST      0.5   /* pseudo-counts of a prior or of a result */
#define COUNT_MOST       300.0
#define ROUNDS           2     /* of the last fit, on top of the check's */
#define BLOCKS           16    /* fits of the check */
#define SURPRISES_AT_FIRST 50.0 /* forecasts of a kind after which their surprises are believed by half */
#define SURPRISE_STEP    0.05
#define SURPRISE_BINS    100   /* the last holds what is beyond */
#define INTERVAL_TAIL    0.1   /* on either side of an 80 % interval */
#define HIGHEST_NEED     0.95  /* level 5 of 5: a distribution on 0–1 is never above 1 */

/* One person in one skill: results first … first + count − 1, of which the fit has seen `seen`. */
struct run {
  int person, skill, first, count, seen;
  double weight, sum;   /* of what the fit has seen: Σ w and Σ w·score net of ease, unfaded, in results */
  double left, faded;   /* the same as of the last day seen, faded */
};

struct moments { double people, results, weight, within, between, sum, squares, trust, trusted; };

struct skill_fit { struct moments moments; double mean, between, noise; /* variances */ };

struct fit {
  const struct company *company;
  struct levels *levels;      /* ease lives here */
  struct run *runs; int run_count;
  double *decay;              /* per result: what its run's older evidence has kept since the result before */
  double *item_weight;        /* Σ w behind levels->item_effect */
  int *item_skill;            /* the skill that an item belongs to: the first that it was seen with */
  struct skill_fit *skills; int skill_count;
  struct skill_fit all;
  double item_spread;         /* variance of ease among items */
  bool mixed;                 /* several kinds or stated difficulties: leniency and slope can be told */
};

/* Rounds to a multiple of 2^-30 (for |x| < 2^21): sums of such numbers are exact in any order. */
static inline double grid(double x)
{
  const double shift = 0x1.8p22;
  return x + shift - shift;
}

static inline bool usable(const struct result *result)
{
  return isfinite(result->score) && result->skill >= 0 && result->person >= 0;
}

/* In results of an assessment; on the grid, as all that is summed. */
static inline double weight_of(const struct result *result)
{
  return usable(result) ? grid(level_result_weight(result)) : 0;
}

static inline double slope_of(const struct levels *levels, const struct result *result)
{
  return isfinite(result->difficulty) ? levels->slope * (result->difficulty - levels->middle) : 0;
}

static inline double ease_of(const struct levels *levels, const struct result *result)
{
  return levels->kind_effect[result->kind] + slope_of(levels, result)
         + (result->item >= 0 ? levels->item_effect[result->item] : 0);
}

double level_net_score(const struct levels *levels, const struct result *result)
{
  double net = result->score - ease_of(levels, result);
  return net < 0 ? 0 : net > 1 ? 1 : net;
}

/* What is left of evidence after `days`. */
static inline double kept(const struct company *company, int skill, int32_t days)
{
  double half = company->skills.at[skill].half_life_days;
  return half > 0 && days > 0 ? exp2(-days / half) : 1;
}

/* ---- the fit ---- */

static struct run *runs_find(const struct company *company, int32_t day, int *ret_count)
{
  GArray *runs = g_array_new(FALSE, FALSE, sizeof(struct run));
  struct run *run = NULL;
  for (int i = 0; i < company->results.count; i++) {
    const struct result *result = &company->results.at[i];
    if (!usable(result) || result->day > day)
      continue;
    bool same = run != NULL && run->skill == result->skill && run->person == result->person;
    if (!same) {
      struct run fresh = { .person = result->person, .skill = result->skill, .first = i };
      g_array_append_val(runs, fresh);
      run = &g_array_index(runs, struct run, runs->len - 1);
    }
    g_assert(result->day >= company->results.at[run->first + MAX(run->count, 1) - 1].day); /* company.h's order */
    run->count = i + 1 - run->first; /* what is not usable in between weighs nothing */
  }
  *ret_count = (int)runs->len;
  return (struct run *)(void *)g_array_free(runs, FALSE);
}

/* Sums over what each run has of results up to `cut`, into the skills' moments. */
static void fit_moments(struct fit *fit, int32_t cut)
{
  const struct result *results = fit->company->results.at;
  for (int s = 0; s < fit->skill_count; s++)
    fit->skills[s].moments = (struct moments){ 0 };
  for (int i = 0; i < fit->run_count; i++) {
    struct run *run = &fit->runs[i];
    struct skill_fit *skill = &fit->skills[run->skill];
    double weight = 0, sum = 0, squares = 0, left = 0, faded = 0;
    int seen = 0, usable_count = 0;
    for (const struct result *r = &results[run->first]; seen < run->count && r->day <= cut; seen++, r++) {
      double keep = fit->decay[run->first + seen], w = weight_of(r), net = w > 0 ? level_net_score(fit->levels, r) : 0;
      double score = grid(w * net);
      usable_count += w > 0;
      weight += w;
      sum += score;
      squares += grid(w * net * net);
      left = grid(left * keep) + w;
      faded = grid(faded * keep) + score;
    }
    run->seen = seen, run->weight = weight, run->sum = sum, run->left = left, run->faded = faded;
    if (usable_count == 0)
      continue;
    struct moments *m = &skill->moments;
    double trust = weight / (weight + skill->noise / skill->between);
    m->people += 1, m->results += usable_count, m->weight += weight, m->sum += sum;
    m->within += MAX(grid(squares - sum * sum / weight), 0);
    m->between += grid(sum * sum / weight);
    m->squares += grid(weight * weight);
    m->trust += grid(trust);
    m->trusted += grid(trust * sum / weight);
  }
}

static double blend(double value, double weight, double towards, double worth)
{
  return (value * weight + towards * worth) / (weight + worth);
}

/* Variances from the moments of a one-way layout with unequal group sizes, each shrunk to `prior`'s. */
static void skill_estimate(struct skill_fit *skill, const struct skill_fit *prior)
{
  const struct moments *m = &skill->moments;
  skill->mean = blend(m->trust > 0 ? m->trusted / m->trust : 0, m->trust, prior->mean, PEOPLE_AT_FIRST);
  double freedom = m->results - m->people;
  skill->noise = blend(freedom > 0 ? m->within / freedom : 0, MAX(freedom, 0), prior->noise, RESULTS_AT_FIRST);
  double per_group = m->weight > 0 ? m->weight - m->squares / m->weight : 0, between = 0;
  if (per_group > 0)
    between = (m->between - m->sum * m->sum / m->weight - (m->people - 1) * skill->noise) / per_group;
  skill->between = blend(MAX(between, 0), per_group > 0 ? m->people - 1 : 0, prior->between, PEOPLE_AT_FIRST);
  skill->noise = MAX(skill->noise, LEAST_VARIANCE);
  skill->between = MAX(skill->between, LEAST_VARIANCE);
}

/* All skills together give each one's prior: their variances are pooled within skills, so that skills of unlike means
 * do not look like people who differ. */
static void fit_priors(struct fit *fit)
{
  const struct skill_fit first = { .mean = MEAN_AT_FIRST, .between = BETWEEN_AT_FIRST, .noise = NOISE_AT_FIRST };
  double freedom = 0, within = 0, people = 0, between = 0, skills = 0, means = 0;
  for (int s = 0; s < fit->skill_count; s++) {
    struct skill_fit alone = fit->skills[s];
    const struct moments *m = &alone.moments;
    if (m->people == 0)
      continue;
    skill_estimate(&alone, &first);
    skills += 1, means += grid(alone.mean);
    freedom += m->results - m->people, within += m->within;
    people += m->people - 1, between += grid((m->people - 1) * alone.between);
  }
  fit->all.mean = blend(skills > 0 ? means / skills : 0, skills, first.mean, 1);
  fit->all.noise = blend(freedom > 0 ? within / freedom : 0, freedom, first.noise, RESULTS_AT_FIRST);
  fit->all.between = blend(people > 0 ? between / people : 0, people, first.between, PEOPLE_AT_FIRST);
  for (int s = 0; s < fit->skill_count; s++) {
    struct skill_fit *skill = &fit->skills[s];
    struct level_prior *prior = &fit->levels->priors[s];
    skill_estimate(skill, &fit->all);
    double scatter = skill->mean * (1 - skill->mean);
    prior->mean = skill->mean;
    prior->strength = CLAMP(scatter / skill->between - 1, COUNT_LEAST, COUNT_MOST);
    prior->per_result = CLAMP(scatter / skill->noise, COUNT_LEAST, COUNT_MOST);
    prior->results = (int)skill->moments.results, prior->people = (int)skill->moments.people;
  }
}

/* The level that the person's other results give. */
static inline double level_without(const struct fit *fit, const struct run *run, double weight, double score)
{
  const struct level_prior *prior = &fit->levels->priors[run->skill];
  return (prior->strength * prior->mean + prior->per_result * (run->sum - score))
         / (prior->strength + prior->per_result * (run->weight - weight));
}

/* Leniency per kind and the slope of stated difficulty, from residuals net of the items. */
static void fit_kinds(struct fit *fit)
{
  struct levels *levels = fit->levels;
  double sum[LEVEL_KINDS] = { 0 }, weight[LEVEL_KINDS] = { 0 }, product = 0, square = 0;
  for (int i = 0; i < fit->run_count; i++) {
    const struct run *run = &fit->runs[i];
    const struct result *results = &fit->company->results.at[run->first];
    for (const struct result *r = results; r < results + run->seen; r++) {
      if (!usable(r))
        continue;
      double w = weight_of(r), net = level_net_score(levels, r);
      double residual = r->score - ease_of(levels, r) - level_without(fit, run, w, w * net);
      sum[r->kind] += grid(w * (residual + levels->kind_effect[r->kind]));
      weight[r->kind] += w;
      if (isfinite(r->difficulty)) {
        double x = r->difficulty - levels->middle;
        product += grid(w * x * (residual + levels->slope * x));
        square += grid(w * x * x);
      }
    }
  }
  double anchor = 0, anchors = 0;
  for (int k = 0; k < LEVEL_KINDS; k++) {
    double shrink = KIND_SHRINK * grid(level_kind_weight[k]), trust = level_kind_weight[k] * level_kind_weight[k];
    levels->kind_effect[k] = sum[k] / (weight[k] + shrink);
    anchor += trust * weight[k] / (weight[k] + shrink) * levels->kind_effect[k];
    anchors += trust * weight[k] / (weight[k] + shrink);
  }
  for (int k = 0; k < LEVEL_KINDS; k++) /* the zero of leniency: assessments first of all, where there are any */
    levels->kind_effect[k] -= anchors > 0 ? anchor / anchors : 0;
  levels->slope = product / (square + SLOPE_SHRINK);
}

/* Ease is relative to the skill's other items: a common part would be the skill's mean under another name, and drift. */
static void items_centre(const struct fit *fit)
{
  double *effect = fit->levels->item_effect;
  g_autofree double *sum = g_new0(double, fit->skill_count + 1), *weight = g_new0(double, fit->skill_count + 1);
  for (int j = 0; j < fit->levels->item_count; j++)
    if (fit->item_weight[j] > 0) {
      sum[fit->item_skill[j]] += grid(fit->item_weight[j] * effect[j]);
      weight[fit->item_skill[j]] += fit->item_weight[j];
    }
  for (int j = 0; j < fit->levels->item_count; j++)
    if (fit->item_weight[j] > 0)
      effect[j] -= sum[fit->item_skill[j]] / weight[fit->item_skill[j]];
}

/* Each item's ease, from residuals net of kind and difficulty; and how much items differ. */
static void fit_items(struct fit *fit)
{
  struct levels *levels = fit->levels;
  g_autofree double *sum = g_new0(double, levels->item_count + 1);
  memset(fit->item_weight, 0, sizeof *fit->item_weight * (size_t)levels->item_count);
  for (int i = 0; i < fit->run_count; i++) {
    const struct run *run = &fit->runs[i];
    const struct result *results = &fit->company->results.at[run->first];
    for (const struct result *r = results; r < results + run->seen; r++) {
      if (!usable(r) || r->item < 0)
        continue;
      double w = weight_of(r), net = level_net_score(levels, r);
      double rest = levels->kind_effect[r->kind] + slope_of(levels, r);
      sum[r->item] += grid(w * (r->score - rest - level_without(fit, run, w, w * net)));
      fit->item_weight[r->item] += w;
    }
  }
  double spread = 0, items = 0;
  for (int j = 0; j < levels->item_count; j++)
    levels->item_effect[j] = sum[j] / (fit->item_weight[j] + EASE_SHRINK);
  items_centre(fit);
  for (int j = 0; j < levels->item_count; j++) {
    if (fit->item_weight[j] > EASE_SHRINK) {
      spread += grid(levels->item_effect[j] * levels->item_effect[j]);
      items += 1;
    }
  }
  fit->item_spread = items > 0 ? spread / (items + 1) : 0;
}

static void fit_to(struct fit *fit, int32_t cut)
{
  fit_moments(fit, cut);
  fit_priors(fit);
  if (fit->mixed) {
    fit_kinds(fit);
    fit_moments(fit, cut);
    fit_priors(fit);
  }
  if (fit->levels->item_count > 0) {
    fit_items(fit);
    fit_moments(fit, cut);
    fit_priors(fit);
  }
}

/* ---- the forecast check ---- */

/* How far results of a kind lay from their forecasts, in standard deviations of the model: a histogram. */
struct surprises { int count, bins[SURPRISE_BINS]; };

struct check {
  struct fit *fit;
  struct surprises surprises[LEVEL_KINDS];
  double reach[LEVEL_KINDS]; /* what held 80 % of the surprises before this block */
};

/* The distance that holds 80 % of the surprises; the first ones stand beside a normal distribution's. */
static double surprises_reach(const struct surprises *seen)
{
  double needed = (1 - 2 * INTERVAL_TAIL) * (seen->count + SURPRISES_AT_FIRST), held = 0;
  for (int b = 0, count = 0; b < SURPRISE_BINS; b++) {
    double before = held;
    count += seen->bins[b];
    held = count + SURPRISES_AT_FIRST * erf((b + 1) * SURPRISE_STEP * M_SQRT1_2);
    if (held >= needed)
      return (b + (needed - before) / (held - before)) * SURPRISE_STEP;
  }
  return SURPRISE_BINS * SURPRISE_STEP;
}

static void forecast(struct check *check, const struct run *run, const struct result *r, double keep)
{
  struct fit *fit = check->fit;
  struct levels *levels = fit->levels;
  const struct level_prior *prior = &levels->priors[run->skill];
  double count = prior->strength + prior->per_result * run->left * keep;
  double mean = (prior->strength * prior->mean + prior->per_result * run->faded * keep) / count;
  double ease = ease_of(levels, r), noise = prior->per_result * level_result_weight(r);
  mean = CLAMP(mean, LEAST_MEAN, 1 - LEAST_MEAN);
  double doubt = r->item < 0 ? 0 : fit->item_spread * EASE_SHRINK / (fit->item_weight[r->item] + EASE_SHRINK);
  double variance = mean * (1 - mean) / (count + 1) * (1 + count / MAX(noise, COUNT_LEAST)) + doubt;
  double centre = CLAMP(mean + ease, LEAST_MEAN, 1 - LEAST_MEAN);
  double alone = CLAMP(prior->mean + ease, LEAST_MEAN, 1 - LEAST_MEAN);
  double distance = fabs(r->score - centre) / sqrt(variance);
  double error = grid(fabs(r->score - centre)), error_of_prior = grid(fabs(r->score - alone));
  struct surprises *surprises = &check->surprises[r->kind];
  struct level_check *skill = &levels->checks[run->skill];
  struct level_bin *bin = &levels->bins[(int)(centre * LEVEL_BINS)];
  bool inside = distance <= check->reach[r->kind];
  surprises->bins[(int)MIN(distance / SURPRISE_STEP, SURPRISE_BINS - 1)]++, surprises->count++;
  bin->predicted += grid(centre), bin->observed += grid(r->score), bin->count++;
  skill->error += error, skill->error_of_prior += error_of_prior, skill->covered += inside, skill->forecasts++;
}

/* The next day's results of a run: forecast, then learned. */
static void check_day(struct check *check, struct run *run)
{
  const struct result *results = check->fit->company->results.at;
  int at = run->first + run->seen, last = run->first + run->count, end = at;
  double keep = check->fit->decay[at], left = run->left * keep, faded = run->faded * keep;
  for (; end < last && results[end].day == results[at].day; end++) {
    const struct result *r = &results[end];
    if (!usable(r))
      continue;
    if (run->left > 0)
      forecast(check, run, r, keep);
    left = grid(left) + weight_of(r);
    faded = grid(faded) + grid(weight_of(r) * level_net_score(check->fit->levels, r));
  }
  run->seen = end - run->first, run->left = left, run->faded = faded;
}

/* Runs in the order of their results' days: `order` gets the run of each first result of a run's day; `from[d]` is where
 * day d's begin. A counting sort, so that equal days keep the order of runs. */
static int *runs_by_day(const struct fit *fit, int32_t first, int days, int **ret_from)
{
  const struct result *results = fit->company->results.at;
  int *from = g_new0(int, days + 2), *order = NULL;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < fit->run_count; i++) {
      const struct run *run = &fit->runs[i];
      for (int j = run->first; j < run->first + run->count; j++) {
        if (j > run->first && results[j].day == results[j - 1].day)
          continue;
        int *slot = &from[results[j].day - first + (pass == 0 ? 2 : 1)];
        if (pass == 1)
          order[*slot] = i;
        ++*slot;
      }
    }
    if (pass == 0) {
      for (int d = 2; d < days + 2; d++)
        from[d] += from[d - 1];
      order = g_new(int, from[days + 1] + 1);
    }
  }
  *ret_from = from; /* the second pass has moved each start to its end: one place to the left */
  return order;
}

/* Rounds grow with what is known: the first fits are the ones that change most. */
static void fit_check(struct fit *fit, int32_t first, int days)
{
  struct check check = { .fit = fit };
  g_autofree int *from = NULL;
  g_autofree int *order = runs_by_day(fit, first, days, &from);
  int64_t total = from[days];
  for (int block = 1, day = 0; block <= BLOCKS; block++) {
    int64_t until = total * block * block / (BLOCKS * BLOCKS);
    if (day >= days || from[day] >= until)
      continue;
    fit_to(fit, first + day - 1);
    for (int k = 0; k < LEVEL_KINDS; k++)
      check.reach[k] = surprises_reach(&check.surprises[k]);
    for (; day < days && from[day] < until; day++)
      for (int i = from[day]; i < from[day + 1]; i++)
        check_day(&check, &fit->runs[order[i]]);
  }
}

/* Sums become means. */
static void check_close(struct levels *levels)
{
  for (int s = 0; s < levels->skill_count; s++) {
    struct level_check *skill = &levels->checks[s];
    levels->error += skill->error, levels->error_of_prior += skill->error_of_prior;
    levels->covered += skill->covered, levels->forecasts += skill->forecasts;
    double count = MAX(skill->forecasts, 1);
    skill->error /= count, skill->error_of_prior /= count, skill->covered /= count;
  }
  double count = MAX(levels->forecasts, 1);
  levels->error /= count, levels->error_of_prior /= count, levels->covered /= count;
  for (int b = 0; b < LEVEL_BINS; b++) {
    levels->bins[b].predicted /= MAX(levels->bins[b].count, 1);
    levels->bins[b].observed /= MAX(levels->bins[b].count, 1);
  }
}

/* ---- levels ---- */

/* A result's faded weight, in results, and its product with the score: on the grid, so that the parts that a page shows
 * add up to the level that was computed in another order. */
static void part_weigh(const struct company *company, const struct levels *levels, const struct result *result,
                       double *ret_weight, double *ret_product)
{
  double weight = grid(weight_of(result) * kept(company, result->skill, levels->day - result->day));
  *ret_weight = weight;
  *ret_product = weight > 0 ? grid(weight * level_net_score(levels, result)) : 0;
}

static struct level level_of_run(const struct fit *fit, struct beta_table *table, const struct run *run)
{
  const struct level_prior *prior = &fit->levels->priors[run->skill];
  struct level level = { .person = run->person, .skill = run->skill, .results = run->count, .first = run->first };
  double left = 0, sum = 0;
  for (int i = run->first; i < run->first + run->count; i++) {
    double weight, product;
    part_weigh(fit->company, fit->levels, &fit->company->results.at[i], &weight, &product);
    left += weight, sum += product;
  }
  level.last = fit->company->results.at[run->first + run->count - 1].day;
  level.weight = prior->per_result * left;
  level.fresh = prior->per_result * run->weight;
  double count = prior->strength + level.weight;
  level.mean = (prior->strength * prior->mean + prior->per_result * sum) / count;
  beta_table_interval(table, level.mean, count, &level.low, &level.high);
  return level;
}

static void levels_fill(const struct fit *fit, struct beta_table *table)
{
  struct levels *levels = fit->levels;
  levels->count = fit->run_count;
  levels->at = g_new(struct level, levels->count + 1);
  levels->first_of_skill = g_new(int, levels->skill_count + 1);
  int skill = 0;
  for (int i = 0; i < fit->run_count; i++) {
    while (skill <= fit->runs[i].skill)
      levels->first_of_skill[skill++] = i;
    levels->at[i] = level_of_run(fit, table, &fit->runs[i]);
  }
  while (skill <= levels->skill_count)
    levels->first_of_skill[skill++] = levels->count;
}

/* What the fit needs to know of the results before it begins; returns the days that they span, 0 for none. */
static int fit_survey(struct fit *fit, int32_t day, int32_t *ret_first)
{
  const struct company *company = fit->company;
  int32_t first = INT32_MAX, last = INT32_MIN;
  double stated = 0, difficulty = 0;
  unsigned kinds = 0;
  for (int i = 0; i < company->results.count; i++)
    fit->levels->item_count = MAX(fit->levels->item_count, company->results.at[i].item + 1);
  fit->runs = runs_find(company, day, &fit->run_count);
  fit->decay = g_new(double, company->results.count + 1);
  for (int i = 0; i < fit->run_count; i++) {
    const struct run *run = &fit->runs[i];
    for (int j = run->first; j < run->first + run->count; j++) {
      const struct result *r = &company->results.at[j];
      fit->decay[j] = j > run->first ? kept(company, run->skill, r->day - r[-1].day) : 1;
      first = MIN(first, r->day), last = MAX(last, r->day);
      kinds |= 1u << r->kind;
      if (isfinite(r->difficulty))
        stated += 1, difficulty += grid(r->difficulty);
    }
  }
  fit->levels->middle = stated > 0 ? difficulty / stated : 0;
  fit->mixed = stated > 0 || (kinds & (kinds - 1)) != 0;
  *ret_first = first;
  return fit->run_count > 0 ? last - first + 1 : 0;
}

struct levels *levels_new(const struct company *company, int32_t day)
{
  struct levels *levels = g_new0(struct levels, 1);
  struct fit fit = { .company = company, .levels = levels, .skill_count = company->skills.count };
  int32_t first;
  levels->day = day;
  levels->skill_count = company->skills.count;
  levels->priors = g_new0(struct level_prior, levels->skill_count + 1);
  levels->checks = g_new0(struct level_check, levels->skill_count + 1);
  int days = fit_survey(&fit, day, &first);
  levels->item_effect = g_new0(double, levels->item_count + 1);
  fit.item_weight = g_new0(double, levels->item_count + 1);
  fit.item_skill = g_new0(int, levels->item_count + 1);
  for (int i = company->results.count - 1; i >= 0; i--) {
    const struct result *result = &company->results.at[i];
    if (usable(result) && result->item >= 0)
      fit.item_skill[result->item] = result->skill;
  }
  fit.skills = g_new0(struct skill_fit, fit.skill_count + 1);
  for (int s = 0; s < fit.skill_count; s++)
    fit.skills[s].between = BETWEEN_AT_FIRST, fit.skills[s].noise = NOISE_AT_FIRST;

  struct beta_table *table = beta_table_new(INTERVAL_TAIL);
  if (days > 0)
    fit_check(&fit, first, days);
  check_close(levels);
  for (int round = 0; round < ROUNDS; round++)
    fit_to(&fit, day);
  levels_fill(&fit, table);
  beta_table_free(table);
  g_free(fit.runs), g_free(fit.decay), g_free(fit.item_weight), g_free(fit.item_skill), g_free(fit.skills);
  return levels;
}

void levels_free(struct levels *levels)
{
  if (levels == NULL)
    return;
  g_free(levels->at), g_free(levels->priors), g_free(levels->item_effect);
  g_free(levels->checks), g_free(levels->first_of_skill);
  g_free(levels);
}

const struct level *levels_find(const struct levels *levels, int person, int skill)
{
  if (skill < 0 || skill >= levels->skill_count)
    return NULL;
  int low = levels->first_of_skill[skill], high = levels->first_of_skill[skill + 1];
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (levels->at[middle].person < person)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < levels->first_of_skill[skill + 1] && levels->at[low].person == person;
  return found ? &levels->at[low] : NULL;
}

struct level_part *level_parts(const struct company *company, const struct levels *levels, const struct level *level,
                               int *ret_count)
{
  const struct level_prior *prior = &levels->priors[level->skill];
  struct level_part *parts = g_new(struct level_part, level->results + 1);
  double count = prior->strength + level->weight;
  for (int i = 0; i < level->results; i++) {
    const struct result *result = &company->results.at[level->first + i];
    double weight, product;
    part_weigh(company, levels, result, &weight, &product);
    parts[i] = (struct level_part){ .result = level->first + i, .weight = prior->per_result * weight,
      .score = usable(result) ? level_net_score(levels, result) : NAN, .share = prior->per_result * product / count };
  }
  parts[level->results] = (struct level_part){ .result = -1, .weight = prior->strength, .score = prior->mean,
    .share = prior->strength * prior->mean / count };
  *ret_count = level->results + 1;
  return parts;
}

double levels_chance(const struct levels *levels, int person, int skill, double least)
{
  const struct level_prior *prior = &levels->priors[skill];
  const struct level *level = levels_find(levels, person, skill);
  double needed = MIN(least, HIGHEST_NEED);
  return level == NULL ? beta_above(prior->mean, prior->strength, needed)
                       : beta_above(level->mean, prior->strength + level->weight, needed);
}

/* ---- coverage ---- */

/* A person of a group needs a skill. */
struct demanded { int group, skill, person; double least; };

static int compare_demanded(const void *a, const void *b)
{
  const struct demanded *x = a, *y = b;
  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  if (x->skill != y->skill)
    return x->skill < y->skill ? -1 : 1;
  if (x->person != y->person)
    return x->person < y->person ? -1 : 1;
  return (x->least < y->least) - (x->least > y->least); /* the highest first */
}

static bool is_member(const struct company *company, const struct membership *m, int32_t day)
{
  return company->people.at[m->person].status != PERSON_LEFT && m->from <= day && (m->to == CLOCK_NO_DAY || m->to > day);
}

static void demand_of_job(const struct company *company, GArray *out, struct demanded demanded, int job, int skill)
{
  for (int i = 0; i < company->jobs.at[job].count; i++) {
    const struct job_skill *row = &company->job_skills.at[company->jobs.at[job].first + i];
    if (row->skill < 0 || (skill >= 0 && row->skill != skill))
      continue;
    demanded.skill = row->skill;
    demanded.least = row->level / 5;
    g_array_append_val(out, demanded);
  }
}

/* Without job profiles: whoever is measured, in each of one's groups (`group` per membership, -1 not counted). */
static void demand_of_measured(const struct company *company, const struct levels *levels, GArray *out, const int *group, int skill)
{
  g_autofree int *head = g_new(int, company->people.count + 1), *next = g_new(int, company->memberships.count + 1);
  for (int p = 0; p < company->people.count; p++)
    head[p] = -1;
  for (int i = 0; i < company->memberships.count; i++)
    if (group[i] >= 0) {
      int person = company->memberships.at[i].person;
      next[i] = head[person], head[person] = i;
    }
  int from = skill >= 0 ? levels->first_of_skill[skill] : 0;
  int to = skill >= 0 ? levels->first_of_skill[skill + 1] : levels->count;
  for (const struct level *level = levels->at + from; level < levels->at + to; level++)
    for (int i = head[level->person]; i >= 0; i = next[i]) {
      struct demanded demanded = { .group = group[i], .skill = level->skill, .person = level->person };
      g_array_append_val(out, demanded);
    }
}

/* Whom to count in which group; `by` < 0: all in group 0. -1 matches any skill, team, job. Who is in a group twice stands
 * side by side, the highest need first. */
static GArray *demand_gather(const struct company *company, const struct levels *levels, int by, int skill, int team, int job)
{
  GArray *all = g_array_new(FALSE, FALSE, sizeof(struct demanded));
  g_autofree int *group = g_new(int, company->memberships.count + 1);
  for (int i = 0; i < company->memberships.count; i++) {
    const struct membership *m = &company->memberships.at[i];
    int department = m->team >= 0 ? company->teams.at[m->team].department : company->people.at[m->person].department;
    group[i] = by < 0 ? 0 : by == LEVEL_BY_TEAM ? m->team : by == LEVEL_BY_JOB ? m->job : department;
    if (!is_member(company, m, levels->day) || (team >= 0 && m->team != team) || (job >= 0 && m->job != job))
      group[i] = -1;
    if (group[i] >= 0 && m->job >= 0 && company->job_skills.count > 0)
      demand_of_job(company, all, (struct demanded){ .group = group[i], .person = m->person }, m->job, skill);
  }
  if (company->job_skills.count == 0)
    demand_of_measured(company, levels, all, group, skill);
  g_array_sort(all, compare_demanded);
  return all;
}

/* Sums until coverage_close: `mean` and `required` of people, `spread` a variance. */
static void coverage_add(struct coverage *cell, const struct levels *levels, const struct demanded *demanded)
{
  const struct level *level = levels_find(levels, demanded->person, demanded->skill);
  double chance = levels_chance(levels, demanded->person, demanded->skill, demanded->least);
  cell->needing++;
  cell->measured += level != NULL;
  cell->results += level != NULL ? level->results : 0;
  cell->mean += level != NULL ? level->mean : 0;
  cell->there += chance;
  cell->required += demanded->least;
  cell->spread += chance * (1 - chance);
}

static void coverage_close(struct coverage *cell)
{
  cell->mean = cell->measured > 0 ? cell->mean / cell->measured : 0;
  cell->required = cell->needing > 0 ? cell->required / cell->needing : 0;
  cell->spread = sqrt(cell->spread);
}

static bool is_repeat(const GArray *all, guint i)
{
  const struct demanded *x = &g_array_index(all, struct demanded, i);
  return i > 0 && x[-1].group == x->group && x[-1].skill == x->skill && x[-1].person == x->person;
}

struct coverage levels_coverage(const struct company *company, const struct levels *levels, int skill, int team, int job)
{
  g_autoptr(GArray) all = demand_gather(company, levels, -1, skill, team, job);
  struct coverage cell = { 0 };
  for (guint i = 0; i < all->len; i++)
    if (!is_repeat(all, i))
      coverage_add(&cell, levels, &g_array_index(all, struct demanded, i));
  coverage_close(&cell);
  return cell;
}

struct coverage *levels_matrix(const struct company *company, const struct levels *levels, enum level_group by)
{
  const int groups[] = { company->teams.count, company->departments.count, company->jobs.count };
  int skills = levels->skill_count, cells = groups[by] * skills;
  struct coverage *matrix = g_new0(struct coverage, cells + 1);
  g_autoptr(GArray) all = demand_gather(company, levels, (int)by, -1, -1, -1);
  for (guint i = 0; i < all->len; i++) {
    const struct demanded *demanded = &g_array_index(all, struct demanded, i);
    if (!is_repeat(all, i))
      coverage_add(&matrix[demanded->group * skills + demanded->skill], levels, demanded);
  }
  for (int i = 0; i < cells; i++)
    coverage_close(&matrix[i]);
  return matrix;
}
