/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Process, tool and capacity: what the work itself says.
 *
 * Waiting is the time in a case between the end of one step and the start of the next (touch and waiting time as in M.
 * Dumas et al., "Fundamentals of Business Process Management", 2018, ch. 7). It is compared as a logarithm, because waits
 * are skewed, per process, because each has its own pace; a process cause has to show longer waits in affected teams, and
 * still in the weeks in which they have little to do: a wait that goes when the load goes is capacity, not process
 * (J. D. C. Little, "A proof for the queuing formula L = λW", Operations Research 9, 1961, is why load makes waits).
 *
 * Tickets are counts: log rates with Poisson errors, per tool, because one bad tool hides among quiet ones.
 *
 * Load: the KPI's own weeks are regressed on load within each team and side of the gap, errors clustered by team; the
 * share of the gap that the extra load explains is the evidence. So a team that is always overloaded and performs like
 * the others is no evidence for capacity.
 *
 * Several processes or tools may carry the cause; their likelihood ratios are averaged, not the best taken, so that ten
 * chances to find something are paid for.
 *
 * How it can be wrong: a log without ends counts work as waiting; a queue that is long because of load may stay long in
 * the following weak week; hours planned may not be hours worked. */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/regress.h"
#include "stats/robust.h"
#include <math.h>
#include <string.h>

#define OWN_PROCESS "learning production"
#define WAIT_SCALE 0.5         /* log hours */
#define WAIT_NUISANCE 0.05
#define TICKET_SCALE 0.7       /* log rate */
#define TICKET_NUISANCE 0.12
#define LOAD_SCALE 0.12        /* share of the hours available */
#define LOAD_NUISANCE 0.02
#define EXPLAINED_SCALE 0.7    /* share of the gap */
#define EXPLAINED_NUISANCE 0.12
#define TIME_IF 0.5            /* evidence from which it is asked whether its time fits */
#define LEAST_CASES 6

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

static int process_of(struct needs_study *study, const char *name)
{
  for (int i = study->process_count - 1; i >= 0; i--)
    if (same(study->processes[i], name))
      return i;
  study->processes = g_renew(const char *, study->processes, study->process_count + 1);
  study->processes[study->process_count] = name;
  return study->process_count++;
}

static double wait_before(const struct step *step, int64_t free_since)
{
  return step->start > free_since ? (step->start - free_since) / (3600.0 * CLOCK_SECOND) : 0;
}

static void read_case(const struct company *c, struct needs_case *k)
{
  int64_t free_since = INT64_MAX;
  for (int i = k->first; i < k->first + k->count; i++) {
    const struct step *s = &c->steps.at[i];
    add_team(k, s->team);
    if (i > k->first) {
      k->wait_hours += wait_before(s, free_since);
      for (int j = k->first; j < i && !k->rework; j++)
        k->rework = same(c->steps.at[j].activity, s->activity);
    }
    int64_t end = s->end == INT64_MIN || s->end < s->start ? s->start : s->end;
    free_since = i == k->first ? end : MAX(free_since, end);
  }
}

void needs_study_work(struct needs_study *study)
{
  const struct company *c = study->company;
  study->cases = g_new0(struct needs_case, (size_t)MAX(c->steps.count, 1));
  for (int i = 0; i < c->steps.count;) {
    int end = i + 1;
    while (end < c->steps.count && same(c->steps.at[end].case_id, c->steps.at[i].case_id) && same(c->steps.at[end].process, c->steps.at[i].process))
      end++;
    if (!same(c->steps.at[i].process, OWN_PROCESS)) {
      struct needs_case *k = &study->cases[study->case_count++];
      *k = (struct needs_case){ .first = i, .count = end - i, .process = process_of(study, c->steps.at[i].process), .day = clock_day(c->steps.at[i].start) };
      read_case(c, k);
    }
    i = end;
  }
  study->ticket_tool = g_new(int, (size_t)MAX(c->tickets.count, 1));
  for (int i = 0; i < c->tickets.count; i++) {
    study->ticket_tool[i] = -1;
    const char *tool = c->tickets.at[i].tool;
    if (tool == NULL || *tool == '\0')
      continue;
    int at = 0;
    while (at < study->tool_count && !same(study->tools[at], tool))
      at++;
    if (at == study->tool_count) {
      study->tools = g_renew(const char *, study->tools, study->tool_count + 1);
      study->tools[study->tool_count++] = tool;
    }
    study->ticket_tool[i] = at;
  }
}

/* Side of the gap on which a day lies: 0 before, 1 after, -1 neither. */
static int side_of(const struct needs_gap *gap, int32_t day)
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

static void process_marker(const struct needs_study *study, const struct needs_gap *gap, const struct quiet *quiet, int process, bool only_quiet,
                           bool rework, struct needs_marker *marker)
{
  const struct company *c = study->company;
  size_t teams = (size_t)MAX(c->teams.count, 1);
  g_autofree struct needs_tally *side = g_new0(struct needs_tally, 2 * teams);
  double within = 0, degrees = 0;
  for (int i = 0; i < study->case_count; i++) {
    const struct needs_case *k = &study->cases[i];
    int at = side_of(gap, k->day);
    if (k->process != process || at < 0 || (k->count < 2 && !rework))
      continue;
    double x = rework ? k->rework : log1p(k->wait_hours);
    for (int j = 0; j < k->team_count; j++) {
      if (only_quiet && !quiet->low[(size_t)k->teams[j] * quiet->weeks + (k->day - quiet->first) / 7])
        continue;
      struct needs_tally *t = &side[(size_t)at * teams + k->teams[j]];
      t->n++;
      t->sum += x;
      t->square += x * x;
    }
  }
  for (size_t t = 0; t < 2 * teams; t++)
    if (side[t].n >= 2) {
      within += side[t].square - side[t].sum * side[t].sum / side[t].n;
      degrees += side[t].n - 1;
    }
  needs_marker_of_tallies(marker, needs_gap_steps(gap) ? side : NULL, side + teams, c->teams.count,
                          degrees > 0 ? within / degrees : 1, LEAST_CASES);
}

static struct needs_contrast process_contrast(const struct needs_study *study, const struct needs_gap *gap, const struct quiet *quiet,
                                              int process, bool only_quiet, bool rework)
{
  struct needs_marker marker;
  needs_marker_init(&marker, study->company->teams.count);
  process_marker(study, gap, quiet, process, only_quiet, rework, &marker);
  /* A team that has no part in the process is not held back by it: it counts as no change, not as unknown. */
  for (int t = 0; t < study->company->teams.count && !only_quiet && needs_gap_steps(gap); t++)
    if (!isfinite(marker.value[t]) && gap->affected[t] >= 0.5) {
      marker.value[t] = 0;
      marker.variance[t] = WAIT_NUISANCE * WAIT_NUISANCE;
    }
  struct needs_contrast contrast = needs_contrast(study, gap, &marker);
  needs_marker_clear(&marker);
  return contrast;
}

struct process_item { const struct quiet *quiet; int process; };

static struct needs_contrast measure_process(const struct needs_study *study, const struct needs_gap *gap, const void *data)
{
  const struct process_item *item = data;
  return process_contrast(study, gap, item->quiet, item->process, false, false);
}

/* The hand-off at which the affected teams' cases of a process wait longest in excess of the comparison; hours a week. */
static void find_hand_off(struct needs_study *study, const struct needs_gap *gap, int process, struct needs_case_for *out)
{
  const struct company *c = study->company;
  struct tie { const char *from, *to; double sum[2], n[2]; /* comparison, affected after */ } ties[64];
  int count = 0;
  for (int i = 0; i < study->case_count; i++) {
    const struct needs_case *k = &study->cases[i];
    int side = side_of(gap, k->day);
    if (k->process != process || side < 0)
      continue;
    bool affected = false;
    for (int j = 0; j < k->team_count; j++)
      affected |= gap->affected[k->teams[j]] >= 0.5;
    int64_t free_since = 0;
    for (int s = k->first; s < k->first + k->count; s++) {
      const struct step *step = &c->steps.at[s];
      int at = 0;
      while (s > k->first && at < count && !(same(ties[at].from, step[-1].activity) && same(ties[at].to, step->activity)))
        at++;
      if (s > k->first && at == count && count < (int)G_N_ELEMENTS(ties))
        ties[count++] = (struct tie){ .from = step[-1].activity, .to = step->activity };
      if (s > k->first && at < count) {
        ties[at].sum[affected && side == 1] += wait_before(step, free_since);
        ties[at].n[affected && side == 1]++;
      }
      int64_t end = step->end == INT64_MIN || step->end < step->start ? step->start : step->end;
      free_since = s == k->first ? end : MAX(free_since, end);
    }
  }
  double most = 0, weeks = fmax(1, (MIN(gap->after.to, c->last_day + 1) - gap->after.from) / 7.0);
  for (int i = 0; i < count; i++) {
    if (ties[i].n[0] < LEAST_CASES || ties[i].n[1] < LEAST_CASES)
      continue;
    double here = ties[i].sum[1] / ties[i].n[1], there = ties[i].sum[0] / ties[i].n[0], excess = (here - there) * ties[i].n[1] / weeks;
    if (excess > most) {
      most = excess;
      out->hours = excess;
      out->hand_off = needs_say(study, "in “%s”, cases wait %s hours before “%s”, against %s otherwise", study->processes[process],
                                needs_number(study, here), ties[i].to, needs_number(study, there));
    }
  }
}

static int cases_of(const struct needs_study *study, const struct needs_gap *gap, int process)
{
  int n = 0;
  for (int i = 0; i < study->case_count; i++) {
    const struct needs_case *k = &study->cases[i];
    bool in = false;
    for (int j = 0; j < k->team_count; j++)
      in |= gap->affected[k->teams[j]] >= 0.5;
    n += in && k->process == process && side_of(gap, k->day) == 1;
  }
  return n;
}

static void find_wait(struct needs_study *study, const struct needs_gap *gap, const struct quiet *quiet, int process,
                      const struct needs_contrast *all, double ratio, struct needs_case_for *out)
{
  struct needs_finding f = { .about = CAUSE_PROCESS, .ratio = ratio, .file = FILE_WORK_LOG, .team = -1, .skill = -1,
    .from = gap->after.from, .to = gap->after.to - 1, .count = cases_of(study, gap, process) };
  if (ratio > 0) {
    find_hand_off(study, gap, process, out);
    f.sentence = out->hand_off ? out->hand_off : needs_say(study, "in “%s”, cases of the affected teams wait %s times as long as others do",
      study->processes[process], needs_number(study, exp(all->effect)));
    struct needs_contrast low = process_contrast(study, gap, quiet, process, true, false);
    if (isfinite(low.se) && low.se < 0.4 * all->effect) {
      bool stays = low.effect > 0.5 * all->effect;
      struct needs_finding g = f;
      g.ratio = stays ? 0.7 : low.effect < 0.3 * all->effect ? -2.5 : -0.7;
      g.sentence = stays ? needs_say(study, "the wait stays in weeks with little load, so it is not only a matter of hours")
                         : needs_say(study, "the wait shrinks when there is little to do, which speaks for load, not for the process");
      needs_find(out, &g);
      if (!stays) {
        g.about = CAUSE_CAPACITY;
        g.ratio = 0.7;
        needs_find(out, &g);
      }
    }
  } else {
    f.sentence = needs_say(study, "cases of the affected teams wait no longer than others do");
  }
  needs_find(out, &f);
}

static void test_process(struct needs_study *study, const struct needs_gap *gap, struct needs_case_for *out)
{
  out->file[CAUSE_PROCESS] = FILE_WORK_LOG;
  out->unknown[CAUSE_PROCESS] = true;
  if (study->case_count == 0)
    return;
  struct quiet quiet;
  find_quiet(study, gap, &quiet);
  g_autofree double *ratio = g_new(double, (size_t)study->process_count);
  struct needs_contrast best = { .se = INFINITY };
  double most = -INFINITY, rework = 0;
  int n = 0, process = -1;
  for (int p = 0; p < study->process_count; p++) {
    struct needs_contrast c = process_contrast(study, gap, &quiet, p, false, false);
    if (!isfinite(c.se) || c.se > 1.5 * WAIT_SCALE)
      continue;
    ratio[n] = normal_weigh(c.effect, c.se, WAIT_SCALE, WAIT_NUISANCE);
    if (ratio[n] > TIME_IF)
      ratio[n] += needs_timing(study, gap, WAIT_SCALE, WAIT_NUISANCE, measure_process, &(struct process_item){ &quiet, p });
    if (ratio[n] > most) {
      most = ratio[n];
      best = c;
      process = p;
    }
    n++;
    struct needs_contrast again = process_contrast(study, gap, &quiet, p, false, true);
    if (isfinite(again.se))
      rework = fmax(rework, normal_weigh(again.effect, again.se, 0.12, 0.02) - log(study->process_count));
  }
  if (n > 0) {
    out->unknown[CAUSE_PROCESS] = false;
    find_wait(study, gap, &quiet, process, &best, normal_log_mean_exp(ratio, n), out);
    if (rework > 0.7) {
      struct needs_finding f = { .about = CAUSE_PROCESS, .ratio = fmin(rework, 2.5), .file = FILE_WORK_LOG, .team = -1, .skill = -1,
        .from = gap->after.from, .to = gap->after.to - 1, .count = cases_of(study, gap, process),
        .sentence = needs_say(study, "steps are done twice more often in the affected teams' cases than in others'") };
      needs_find(out, &f);
    }
  }
  g_free(quiet.low);
}

/* ---- tickets ---- */

static struct needs_contrast ticket_contrast(const struct needs_study *study, const struct needs_gap *gap, int tool, int *ret_count)
{
  const struct company *c = study->company;
  int teams = c->teams.count;
  g_autofree double *n = g_new0(double, 2 * (size_t)MAX(teams, 1));
  *ret_count = 0;
  for (int i = 0; i < c->tickets.count; i++) {
    const struct ticket *k = &c->tickets.at[i];
    int side = side_of(gap, clock_day(k->opened));
    if (k->team < 0 || side < 0 || (tool >= 0 && study->ticket_tool[i] != tool))
      continue;
    n[(size_t)side * teams + k->team]++;
    *ret_count += side == 1 && gap->affected[k->team] >= 0.5;
  }
  struct needs_marker marker;
  needs_marker_init(&marker, teams);
  bool steps = needs_gap_steps(gap);
  double days[2] = { fmax(1, gap->before.to - gap->before.from), fmax(1, gap->after.to - gap->after.from) };
  for (int t = 0; t < teams; t++) {
    double a = n[(size_t)teams + t] + 0.5, b = n[t] + 0.5, size = fmax(1, c->teams.at[t].size);
    marker.value[t] = steps ? log(a / days[1]) - log(b / days[0]) : log(a / days[1] / size);
    marker.variance[t] = 1 / a + (steps ? 1 / b : 0);
  }
  struct needs_contrast contrast = needs_contrast(study, gap, &marker);
  needs_marker_clear(&marker);
  return contrast;
}

static struct needs_contrast measure_tickets(const struct needs_study *study, const struct needs_gap *gap, const void *data)
{
  int count;
  return ticket_contrast(study, gap, *(const int *)data, &count);
}

void needs_test_tool(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  const struct company *c = study->company;
  out->file[CAUSE_TOOL] = FILE_TICKETS;
  out->unknown[CAUSE_TOOL] = true;
  if (c->tickets.count < 10)
    return;
  g_autofree double *ratio = g_new(double, (size_t)study->tool_count + 1);
  struct needs_finding f = { .about = CAUSE_TOOL, .file = FILE_TICKETS, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1 };
  struct needs_contrast best = { .se = INFINITY };
  double most = -INFINITY;
  int n = 0, tool = -1;
  for (int k = -1; k < study->tool_count; k++) {
    int count;
    struct needs_contrast x = ticket_contrast(study, gap, k, &count);
    if (!isfinite(x.se) || x.se > 1.5 * TICKET_SCALE)
      continue;
    ratio[n] = normal_weigh(x.effect, x.se, TICKET_SCALE, TICKET_NUISANCE);
    if (ratio[n] > TIME_IF)
      ratio[n] += needs_timing(study, gap, TICKET_SCALE, TICKET_NUISANCE, measure_tickets, &k);
    if (ratio[n] > most) {
      most = ratio[n];
      best = x;
      tool = k;
      f.count = count;
    }
    n++;
  }
  if (n == 0)
    return;
  out->unknown[CAUSE_TOOL] = false;
  f.ratio = normal_log_mean_exp(ratio, n);
  const char *name = tool >= 0 ? needs_say(study, "tickets about %s", study->tools[tool]) : "tickets";
  const char *when = needs_gap_steps(gap) ? needs_say(study, " since %s", needs_day(study, gap->since)) : "";
  if (f.ratio > 0) {
    out->tool = tool >= 0 ? study->tools[tool] : NULL;
    f.sentence = needs_gap_steps(gap)
      ? needs_say(study, "%s rose %s times as much in the affected teams as in the others%s", name, needs_number(study, exp(best.effect)), when)
      : needs_say(study, "%s are %s times as frequent in the affected teams as in the others", name, needs_number(study, exp(best.effect)));
  } else {
    f.sentence = needs_say(study, "tickets did not rise more in the affected teams than in the others%s", when);
  }
  needs_find(out, &f);
}

/* ---- load ---- */

/* What of a load counts: all of it, or what is above a bend; below the bend a week more or less full changes nothing. */
static double felt(const struct capacity *l, double bend)
{
  return fmax(0, fmin(3, l->planned / l->available) - bend);
}

static void load_marker(const struct needs_study *study, const struct needs_gap *gap, double bend, struct needs_marker *marker)
{
  const struct company *c = study->company;
  size_t teams = (size_t)MAX(c->teams.count, 1);
  g_autofree struct needs_tally *t = g_new0(struct needs_tally, 2 * teams);
  double within = 0, degrees = 0;
  for (int i = 0; i < c->loads.count; i++) {
    const struct capacity *l = &c->loads.at[i];
    int side = side_of(gap, l->day);
    if (l->team < 0 || side < 0 || !(l->available > 0) || !isfinite(l->planned))
      continue;
    struct needs_tally *at = &t[(size_t)side * teams + l->team];
    double x = felt(l, bend);
    at->n++;
    at->sum += x;
    at->square += x * x;
  }
  for (size_t k = 0; k < 2 * teams; k++)
    if (t[k].n >= 2) {
      within += t[k].square - t[k].sum * t[k].sum / t[k].n;
      degrees += t[k].n - 1;
    }
  needs_marker_of_tallies(marker, needs_gap_steps(gap) ? t : NULL, t + teams, c->teams.count, degrees > 0 ? 2 * within / degrees : 1, 3);
}

/* Load per cell of the panel; NAN where unknown. */
static double *load_panel(const struct needs_study *study, const struct needs_panel *p, double bend)
{
  const struct company *c = study->company;
  size_t cells = (size_t)p->teams * p->periods;
  double *x = g_new0(double, cells);
  g_autofree double *n = g_new0(double, cells);
  g_autofree int *row = g_new(int, (size_t)MAX(c->teams.count, 1));
  for (int t = 0; t < c->teams.count; t++)
    row[t] = -1;
  for (int i = 0; i < p->teams; i++)
    if (p->team[i] >= 0)
      row[p->team[i]] = i;
  int at = 0;
  for (int i = 0; i < c->loads.count; i++) { /* by team and day, so the period only moves on */
    const struct capacity *l = &c->loads.at[i];
    if (l->team < 0 || row[l->team] < 0 || l->day < p->start[0] || l->day >= p->start[p->periods] || !(l->available > 0) || !isfinite(l->planned))
      continue;
    if (l->day < p->start[at])
      at = 0;
    while (l->day >= p->start[at + 1])
      at++;
    size_t cell = (size_t)row[l->team] * p->periods + at;
    x[cell] += felt(l, bend);
    n[cell]++;
  }
  for (size_t k = 0; k < cells; k++)
    x[k] = n[k] > 0 ? x[k] / n[k] : NAN;
  return x;
}

/* Takes off row means on each side of the gap, then column means: what is left moves within team and within period. */
static void demean(const struct needs_panel *p, const struct needs_gap *gap, double *x)
{
  int n = p->periods;
  for (int i = 0; i < p->teams; i++)
    for (int side = 0; side < 2; side++) {
      double sum = 0, count = 0;
      for (int pass = 0; pass < 2; pass++)
        for (int t = 0; t < n; t++) {
          double *cell = &x[(size_t)i * n + t];
          bool here = !needs_gap_steps(gap) || (p->start[t] >= gap->since) == (side == 1);
          if (!here || !isfinite(*cell) || (!needs_gap_steps(gap) && side == 0))
            continue;
          if (pass == 0) {
            sum += *cell;
            count++;
          } else {
            *cell -= sum / count;
          }
        }
    }
  for (int t = 0; t < n && p->teams >= 5; t++) {
    double sum = 0, count = 0;
    for (int i = 0; i < p->teams; i++)
      if (isfinite(x[(size_t)i * n + t])) {
        sum += x[(size_t)i * n + t];
        count++;
      }
    for (int i = 0; i < p->teams && count > 0; i++)
      x[(size_t)i * n + t] -= sum / count;
  }
}

/* The KPI's slope on load within teams; negative: it suffers. */
static bool load_slope(const struct needs_study *study, const struct needs_panel *p, const struct needs_gap *gap, double bend, double *ret_slope, double *ret_se)
{
  size_t cells = (size_t)p->teams * p->periods;
  g_autofree double *x = load_panel(study, p, bend), *y = g_memdup2(p->y, cells * sizeof(double));
  g_autofree int *cluster = g_new(int, cells);
  g_autofree double *w = g_new(double, cells);
  for (size_t k = 0; k < cells; k++) {
    cluster[k] = (int)(k / p->periods);
    if (!isfinite(x[k]) || !isfinite(y[k]))
      x[k] = y[k] = NAN;
    double sd = p->noise[cluster[k]];
    w[k] = isfinite(sd) && sd > 0 ? 1 / (sd * sd) : 1;
  }
  demean(p, gap, x);
  demean(p, gap, y);
  struct regress_fit fit, plain;
  if (!regress_least_squares(x, y, w, cluster, (int)cells, 1, p->teams, &fit) || !regress_least_squares(x, y, w, NULL, (int)cells, 1, 0, &plain))
    return false;
  *ret_slope = fit.beta[0];
  /* With few teams the clustered error is too small: never below the plain one. */
  *ret_se = fmax(fit.se[0] * sqrt((p->teams + 2.0) / p->teams), plain.se[0]);
  return true;
}

static struct needs_contrast measure_load(const struct needs_study *study, const struct needs_gap *gap, const void *data)
{
  struct needs_marker marker;
  needs_marker_init(&marker, study->company->teams.count);
  load_marker(study, gap, *(const double *)data, &marker);
  struct needs_contrast contrast = needs_contrast(study, gap, &marker);
  needs_marker_clear(&marker);
  return contrast;
}

/* The share of the gap that the extra load explains, for one bend: its evidence. */
static double explained(const struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, double bend, double *ret_share)
{
  double slope, se;
  struct needs_contrast c = measure_load(study, gap, &bend);
  if (!isfinite(c.se) || !(gap->size > 0) || !load_slope(study, panel, gap, bend, &slope, &se))
    return NAN;
  double extra = fmax(c.effect, 0), share = -slope * extra / gap->size, share_se = hypot(se * fmax(extra, c.se), slope * c.se) / gap->size;
  *ret_share = share;
  return normal_weigh(share, share_se, EXPLAINED_SCALE, EXPLAINED_NUISANCE);
}

static void test_low_weeks(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_finding f, struct needs_case_for *out)
{
  static const double bends[] = { 0, 0.85, 0.95, 1.05 };
  double ratio[G_N_ELEMENTS(bends)], best = -INFINITY, share = 0;
  int n = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(bends); i++) {
    double own = 0;
    ratio[n] = explained(study, panel, gap, bends[i], &own);
    if (!isfinite(ratio[n]))
      continue;
    if (ratio[n] > best) {
      best = ratio[n];
      share = own;
    }
    n++;
  }
  if (n == 0) {
    needs_find(out, &f);
    return;
  }
  double all = normal_log_mean_exp(ratio, n);
  if (f.ratio > 0 && all < -0.5) /* full, but the KPI does not follow: fullness alone is little evidence */
    f.ratio = fmin(f.ratio, 1.5);
  needs_find(out, &f);
  f.ratio = all;
  f.sentence = all > 0 ? needs_say(study, "in weeks with little load the gap closes: load explains about %s percent of it", needs_number(study, round(100 * CLAMP(share, 0, 1))))
                       : needs_say(study, "the gap does not close in weeks with little load");
  needs_find(out, &f);
}

void needs_test_capacity(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  const double plain = 0;
  out->file[CAUSE_CAPACITY] = FILE_CAPACITY;
  out->unknown[CAUSE_CAPACITY] = true;
  out->load_affected = out->load_others = NAN;
  if (study->company->loads.count == 0)
    return;
  struct needs_contrast c = measure_load(study, gap, &plain);
  if (!isfinite(c.se) || c.se > 1.5 * LOAD_SCALE)
    return;
  out->unknown[CAUSE_CAPACITY] = false;
  out->load_affected = c.affected;
  out->load_others = c.others;
  struct needs_finding f = { .about = CAUSE_CAPACITY, .file = FILE_CAPACITY, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1,
    .count = MAX(1, gap->teams), .ratio = normal_weigh(c.effect, c.se, LOAD_SCALE, LOAD_NUISANCE) };
  if (f.ratio > TIME_IF)
    f.ratio += needs_timing(study, gap, LOAD_SCALE, LOAD_NUISANCE, measure_load, &plain);
  f.sentence = f.ratio > 0
    ? needs_say(study, "planned hours %s by %s percent of the hours available in the affected teams, against the others",
                needs_gap_steps(gap) ? "rose" : "are higher", needs_number(study, round(1000 * c.effect) / 10))
    : needs_say(study, "the affected teams are not fuller than the others (%s percent of their hours apart)", needs_number(study, round(1000 * fabs(c.effect)) / 10));
  test_low_weeks(study, panel, gap, f, out);
}

void needs_test_work(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  test_process(study, gap, out);
}
