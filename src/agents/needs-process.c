/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Process: where cases wait.
 *
 * Waiting is the time in a case between the end of one step and the start of the next (touch and waiting time as in M.
 * Dumas et al., "Fundamentals of Business Process Management", 2018, ch. 7). It is compared as a logarithm, because waits
 * are skewed, and hand-off by hand-off, because each has its own pace: a process cause has to show longer waits at some
 * hand-off in the affected teams' cases, and still in the weeks in which they have little to do. A wait that goes when the
 * load goes is capacity, not process (J. D. C. Little, "A proof for the queuing formula L = λW", Operations Research 9,
 * 1961, is why load makes waits). A case belongs to every team that works on it; who waits and who lets wait are both there.
 *
 * Several hand-offs may carry the cause; their likelihood ratios are averaged, not the best taken, so that ten chances to
 * find something are paid for. A hand-off that few of the affected teams take part in cannot hold them all back.
 *
 * How it can be wrong: a log without ends counts work as waiting; a queue that is long because of load may stay long in
 * the following weak week; hours count nights. */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/robust.h"
#include <math.h>

#define OWN_PROCESS "learning production"
#define WAIT_SCALE 0.5         /* log hours */
#define WAIT_NUISANCE 0.05
#define REWORK_SCALE 0.12      /* share of cases */
#define REWORK_NUISANCE 0.02
#define TIME_IF 0.5            /* evidence from which it is asked whether its time fits */
#define LEAST_CASES 3          /* per team and side */
#define LEVEL_ONLY 0.7         /* of the evidence, where only the time since the fall is in the log */
#define COVERED 0.35           /* share of the affected teams that have to take part */
#define LOAD_WAITS 0.8         /* of the evidence of a wait, that it is for load as well */
#define HAND_OFFS_MOST 400

/* ---- cases ---- */

static bool same(const char *a, const char *b)
{
  return a == b || g_strcmp0(a, b) == 0;
}

static void add_team(struct needs_case *k, int team)
{
  if (team < 0 || k->team_count == (int)G_N_ELEMENTS(k->teams))
    return;
  for (int i = 0; i < k->team_count; i++)
    if (k->teams[i] == team)
      return;
  k->teams[k->team_count++] = team;
}

static int64_t end_of(const struct step *step)
{
  return step->end == INT64_MIN || step->end < step->start ? step->start : step->end;
}

/* Index of a hand-off by process and activity; -1 when there are too many to keep apart. Found by a table, numbered in the
 * order of appearance. */
static int hand_off_of(struct needs_study *study, GHashTable *known, const struct step *step)
{
  g_autofree char *key = g_strdup_printf("%s\x1f%s", step->process, step->activity);
  gpointer found;
  if (g_hash_table_lookup_extended(known, key, NULL, &found))
    return GPOINTER_TO_INT(found);
  if (study->hand_off_count == HAND_OFFS_MOST)
    return -1;
  study->hand_offs = g_renew(struct needs_hand_off, study->hand_offs, study->hand_off_count + 1);
  study->hand_offs[study->hand_off_count] = (struct needs_hand_off){ .process = step->process, .activity = step->activity,
    .waits = g_array_new(FALSE, FALSE, sizeof(struct needs_wait)) };
  g_hash_table_insert(known, g_steal_pointer(&key), GINT_TO_POINTER(study->hand_off_count));
  return study->hand_off_count++;
}

static void read_case(struct needs_study *study, GHashTable *known, int first, int count)
{
  const struct company *c = study->company;
  struct needs_case *k = &study->cases[study->case_count];
  *k = (struct needs_case){ .process = c->steps.at[first].process, .day = clock_day(c->steps.at[first].start), .steps = count };
  int64_t free_since = end_of(&c->steps.at[first]);
  add_team(k, c->steps.at[first].team);
  for (int i = first + 1; i < first + count; i++) {
    const struct step *s = &c->steps.at[i];
    int at = hand_off_of(study, known, s);
    struct needs_wait wait = { study->case_count, s->start > free_since ? (s->start - free_since) / (3600.0 * CLOCK_SECOND) : 0 };
    if (at >= 0)
      g_array_append_val(study->hand_offs[at].waits, wait);
    add_team(k, s->team);
    for (int j = MAX(first, i - 50); j < i && !k->rework; j++)
      k->rework = same(c->steps.at[j].activity, s->activity);
    free_since = MAX(free_since, end_of(s));
  }
  study->case_count++;
}

void needs_study_work(struct needs_study *study)
{
  const struct company *c = study->company;
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  study->cases = g_new0(struct needs_case, (size_t)MAX(c->steps.count, 1));
  for (int i = 0; i < c->steps.count;) {
    int end = i + 1;
    while (end < c->steps.count && same(c->steps.at[end].case_id, c->steps.at[i].case_id) && same(c->steps.at[end].process, c->steps.at[i].process))
      end++;
    if (!same(c->steps.at[i].process, OWN_PROCESS))
      read_case(study, known, i, end - i);
    i = end;
  }
}

int needs_side_of(const struct needs_gap *gap, int32_t day)
{
  if (needs_gap_steps(gap) && day >= gap->before.from && day < gap->before.to)
    return 0;
  return day >= gap->after.from && day < gap->after.to ? 1 : -1;
}

/* ---- waiting ---- */

/* Per team and week of the gap's time: is the team's load (or, without loads, its number of cases) below its own median? */
struct quiet { int weeks; int32_t first; bool *low; bool known; };

static void find_quiet(const struct needs_study *study, const struct needs_gap *gap, struct quiet *q)
{
  const struct company *c = study->company;
  int32_t last = gap->after.to;
  q->first = needs_gap_steps(gap) ? gap->before.from : gap->after.from;
  q->weeks = MAX(1, (last - q->first + 6) / 7);
  size_t places = (size_t)MAX(c->teams.count, 1) * q->weeks;
  q->low = g_new0(bool, places);
  g_autofree double *load = g_new(double, places), *n = g_new0(double, places);
  for (size_t i = 0; i < places; i++)
    load[i] = 0;
  q->known = c->loads.count > 0;
  for (int i = 0; i < c->loads.count; i++) {
    const struct capacity *l = &c->loads.at[i];
    if (l->team < 0 || l->day < q->first || l->day >= last || !(l->available > 0) || !isfinite(l->planned))
      continue;
    size_t at = (size_t)l->team * q->weeks + (l->day - q->first) / 7;
    load[at] += l->planned / l->available;
    n[at]++;
  }
  for (int i = 0; !q->known && i < study->case_count; i++) {
    const struct needs_case *k = &study->cases[i];
    for (int j = 0; j < k->team_count && k->day >= q->first && k->day < last; j++) {
      size_t at = (size_t)k->teams[j] * q->weeks + (k->day - q->first) / 7;
      load[at]++;
      n[at] = 1;
    }
  }
  for (int t = 0; t < c->teams.count; t++) {
    double *row = load + (size_t)t * q->weeks;
    for (int w = 0; w < q->weeks; w++)
      row[w] = n[(size_t)t * q->weeks + w] > 0 ? row[w] / n[(size_t)t * q->weeks + w] : NAN;
    double middle = robust_median(row, q->weeks);
    for (int w = 0; w < q->weeks; w++)
      q->low[(size_t)t * q->weeks + w] = row[w] < middle;
  }
}

static bool is_quiet(const struct quiet *quiet, int team, int32_t day)
{
  int week = (day - quiet->first) / 7;
  return week >= 0 && week < quiet->weeks && quiet->low[(size_t)team * quiet->weeks + week];
}

/* Sums per side and team [2 * teams] of a figure of cases. */
struct sums { struct needs_tally *at; double within; };

static void sums_add(struct sums *sums, const struct needs_gap *gap, int teams, const struct needs_case *k, double x, const struct quiet *quiet)
{
  int side = needs_side_of(gap, k->day);
  for (int j = 0; j < k->team_count && side >= 0; j++) {
    struct needs_tally *t = &sums->at[(size_t)side * teams + k->teams[j]];
    if (quiet && !is_quiet(quiet, k->teams[j], k->day))
      continue;
    t->n++;
    t->sum += x;
    t->square += x * x;
  }
}

static void sums_close(struct sums *sums, int teams)
{
  double within = 0, degrees = 0;
  for (int t = 0; t < 2 * teams; t++)
    if (sums->at[t].n >= 2) {
      within += sums->at[t].square - sums->at[t].sum * sums->at[t].sum / sums->at[t].n;
      degrees += sums->at[t].n - 1;
    }
  sums->within = degrees > 0 ? within / degrees : 1;
}

/* The contrast of the sums; infinite error where too few of the affected teams take part. A team without a part in it is
 * not held back by it: it counts as no change, not as unknown. */
static struct needs_contrast contrast_of(const struct needs_study *study, const struct needs_gap *gap, struct sums *sums)
{
  int teams = study->company->teams.count;
  struct needs_marker marker;
  double all = 0, seen = 0;
  sums_close(sums, teams);
  needs_marker_init(&marker, teams);
  needs_marker_of_tallies(&marker, needs_gap_steps(gap) ? sums->at : NULL, sums->at + teams, teams, sums->within, LEAST_CASES);
  for (int t = 0; t < teams; t++)
    if (gap->affected[t] >= 0.5) {
      all++;
      seen += isfinite(marker.value[t]);
      if (needs_gap_steps(gap) && !isfinite(marker.value[t]) && sums->at[t].n + sums->at[teams + t].n < LEAST_CASES) {
        marker.value[t] = 0;
        marker.variance[t] = WAIT_NUISANCE * WAIT_NUISANCE;
      }
    }
  struct needs_contrast contrast = { .se = INFINITY };
  if (seen >= COVERED * all && seen > 0)
    contrast = needs_contrast(study, gap, &marker);
  needs_marker_clear(&marker);
  return contrast;
}

struct wait_question { int hand_off; const struct quiet *quiet; };

static struct needs_contrast measure_wait(const struct needs_study *study, const struct needs_gap *gap, const void *data)
{
  const struct wait_question *q = data;
  const GArray *waits = study->hand_offs[q->hand_off].waits;
  int teams = study->company->teams.count;
  g_autofree struct needs_tally *at = g_new0(struct needs_tally, 2 * (size_t)MAX(teams, 1));
  struct sums sums = { .at = at };
  for (guint i = 0; i < waits->len; i++) {
    const struct needs_wait *w = &g_array_index(waits, struct needs_wait, i);
    sums_add(&sums, gap, teams, &study->cases[w->of], log1p(w->hours), q->quiet);
  }
  return contrast_of(study, gap, &sums);
}

static struct needs_contrast measure_rework(const struct needs_study *study, const struct needs_gap *gap)
{
  int teams = study->company->teams.count;
  g_autofree struct needs_tally *at = g_new0(struct needs_tally, 2 * (size_t)MAX(teams, 1));
  struct sums sums = { .at = at };
  for (int i = 0; i < study->case_count; i++)
    if (study->cases[i].steps > 1)
      sums_add(&sums, gap, teams, &study->cases[i], study->cases[i].rework, NULL);
  return contrast_of(study, gap, &sums);
}

static bool touches(const struct needs_gap *gap, const struct needs_case *k)
{
  for (int j = 0; j < k->team_count; j++)
    if (gap->affected[k->teams[j]] >= 0.5)
      return true;
  return false;
}

/* What the longer wait costs: hours a week beyond those of the comparison, over all cases of the affected teams. */
static int tell_hours(struct needs_study *study, const struct needs_gap *gap, int hand_off, struct needs_case_for *out)
{
  const struct needs_hand_off *h = &study->hand_offs[hand_off];
  double sum[2] = { 0 }, n[2] = { 0 };
  double weeks = fmax(1, (MIN(gap->after.to, study->company->last_day + 1) - gap->after.from) / 7.0);
  for (guint i = 0; i < h->waits->len; i++) {
    const struct needs_wait *w = &g_array_index(h->waits, struct needs_wait, i);
    const struct needs_case *k = &study->cases[w->of];
    int side = needs_side_of(gap, k->day);
    if (side < 0)
      continue;
    bool here = side == 1 && touches(gap, k);
    sum[here] += w->hours;
    n[here]++;
  }
  if (n[1] > 0 && n[0] > 0 && sum[1] / n[1] > sum[0] / n[0]) {
    out->hours = (sum[1] / n[1] - sum[0] / n[0]) * n[1] / weeks;
    out->hand_off = needs_say(study, "in “%s”, cases wait %s hours before “%s”, against %s otherwise", h->process, needs_number(study, sum[1] / n[1]), h->activity,
                              needs_number(study, sum[0] / n[0]));
  }
  return (int)n[1];
}

/* Does the wait stay in the weeks with little load? */
static void test_quiet(struct needs_study *study, const struct needs_gap *gap, int hand_off, const struct needs_contrast *all, struct needs_finding f,
                       struct needs_case_for *out)
{
  struct quiet quiet;
  find_quiet(study, gap, &quiet);
  struct needs_contrast low = measure_wait(study, gap, &(struct wait_question){ hand_off, &quiet });
  g_free(quiet.low);
  if (!isfinite(low.se) || low.se > 0.4 * all->effect)
    return;
  bool stays = low.effect > 0.5 * all->effect;
  f.ratio = stays ? 0.7 : low.effect < 0.3 * all->effect ? -2.5 : -0.7;
  f.sentence = stays ? "the wait stays in weeks with little load, so it is not only a matter of hours"
                     : "the wait shrinks when there is little to do, which speaks for load, not for the process";
  needs_find(out, &f);
  if (!stays) {
    f.about = CAUSE_CAPACITY;
    f.ratio = 0.7;
    needs_find(out, &f);
  }
}

static void test_rework(struct needs_study *study, const struct needs_gap *gap, struct needs_finding f, struct needs_case_for *out)
{
  struct needs_contrast c = measure_rework(study, gap);
  if (!isfinite(c.se))
    return;
  f.ratio = CLAMP(normal_weigh(c.effect, c.se, REWORK_SCALE, REWORK_NUISANCE), -0.3, 2.5);
  f.sentence = f.ratio > 0 ? needs_say(study, "steps are repeated in %s percent more of the affected teams' cases", needs_number(study, round(1000 * c.effect) / 10))
                           : "steps are not repeated more often in the affected teams' cases";
  needs_find(out, &f);
}

void needs_test_process(struct needs_study *study, const struct needs_gap *gap, struct needs_case_for *out)
{
  g_autofree double *ratio = g_new(double, (size_t)study->hand_off_count + 1);
  struct needs_contrast best = { .se = INFINITY };
  struct needs_finding f = { .about = CAUSE_PROCESS, .file = FILE_WORK_LOG, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1, .count = 1 };
  double most = -INFINITY;
  int n = 0, at = -1;
  out->file[CAUSE_PROCESS] = FILE_WORK_LOG;
  out->unknown[CAUSE_PROCESS] = true;
  for (int h = 0; h < study->hand_off_count; h++) {
    struct wait_question q = { h, NULL };
    bool level;
    struct needs_contrast c = needs_contrast_or_level(study, gap, measure_wait, &q, &level);
    if (!isfinite(c.se) || c.se > 1.5 * WAIT_SCALE)
      continue;
    ratio[n] = (needs_gap_steps(gap) && level ? LEVEL_ONLY : 1) * normal_weigh(c.effect, c.se, WAIT_SCALE, WAIT_NUISANCE);
    if (ratio[n] > TIME_IF && !level)
      ratio[n] += needs_timing(study, gap, WAIT_SCALE, WAIT_NUISANCE, measure_wait, &q);
    if (ratio[n] > most) {
      most = ratio[n];
      best = c;
      at = h;
    }
    n++;
  }
  if (n == 0)
    return;
  out->unknown[CAUSE_PROCESS] = false;
  f.ratio = normal_log_mean_exp(ratio, n);
  if (f.ratio > 0) {
    f.count = MAX(1, tell_hours(study, gap, at, out));
    f.sentence = out->hand_off ? out->hand_off : needs_say(study, "before “%s”, cases of the affected teams wait %s times as long as others", study->hand_offs[at].activity,
                                                           needs_number(study, exp(best.effect)));
  } else {
    f.sentence = "cases of the affected teams wait no longer than others do";
  }
  needs_find(out, &f);
  if (f.ratio > 0 && study->company->loads.count == 0) { /* nobody knows the load, and load makes waits, too */
    struct needs_finding load = f;
    load.about = CAUSE_CAPACITY;
    load.ratio = LOAD_WAITS * f.ratio;
    load.sentence = "waits like these also come from too much load";
    needs_find(out, &load);
  }
  if (f.ratio > 0)
    test_quiet(study, gap, at, &best, f, out);
  test_rework(study, gap, f, out);
}
