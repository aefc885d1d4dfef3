/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tool and capacity: tickets and load.
 *
 * Tickets are counts: log rates with Poisson errors, per tool, because one bad tool hides among quiet ones. Several tools
 * may carry the cause; their likelihood ratios are averaged, not the best taken, so that ten chances to find something are
 * paid for.
 *
 * Load: the KPI's own weeks are regressed on load within each team and side of the gap, errors clustered by team; the
 * share of the gap that the extra load explains is the evidence. So a team that is always overloaded and performs like
 * the others is no evidence for capacity. Load may count from the first hour or only above what a team can bear: several
 * bends are tried and averaged.
 *
 * How it can be wrong: people who have given up on a tool open no tickets; hours planned may not be hours worked; where
 * the load hardly varies within a team, its weeks cannot tell, and only the comparison with other teams is left. */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include "stats/regress.h"
#include <math.h>
#include <string.h>

#define TICKET_SCALE 0.7       /* log rate */
#define TICKET_NUISANCE 0.12
#define LOAD_SCALE 0.12        /* share of the hours available */
#define LOAD_NUISANCE 0.02
#define EXPLAINED_SCALE 0.7    /* share of the gap */
#define EXPLAINED_NUISANCE 0.12
#define TOOLS_MOST 200
#define TIME_IF 0.5            /* evidence from which it is asked whether its time fits */

/* ---- tickets ---- */

void needs_study_tickets(struct needs_study *study)
{
  const struct company *c = study->company;
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  study->ticket_tool = g_new(int, (size_t)MAX(c->tickets.count, 1));
  for (int i = 0; i < c->tickets.count; i++) {
    const char *tool = c->tickets.at[i].tool;
    gpointer found;
    study->ticket_tool[i] = -1;
    if (tool == NULL || *tool == '\0')
      continue;
    if (g_hash_table_lookup_extended(known, tool, NULL, &found)) {
      study->ticket_tool[i] = GPOINTER_TO_INT(found);
    } else if (study->tool_count < TOOLS_MOST) {
      study->tools = g_renew(const char *, study->tools, study->tool_count + 1);
      study->tools[study->tool_count] = tool;
      g_hash_table_insert(known, (char *)(uintptr_t)tool, GINT_TO_POINTER(study->tool_count));
      study->ticket_tool[i] = study->tool_count++;
    }
  }
}

static struct needs_contrast ticket_contrast(const struct needs_study *study, const struct needs_gap *gap, int tool, int *ret_count)
{
  const struct company *c = study->company;
  int teams = c->teams.count;
  g_autofree double *n = g_new0(double, 2 * (size_t)MAX(teams, 1));
  *ret_count = 0;
  for (int i = 0; i < c->tickets.count; i++) {
    const struct ticket *k = &c->tickets.at[i];
    int side = needs_side_of(gap, clock_day(k->opened));
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
    int side = needs_side_of(gap, l->day);
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
  bool level;
  struct needs_contrast c = needs_contrast_or_level(study, gap, measure_load, &plain, &level);
  if (!isfinite(c.se) || c.se > 1.5 * LOAD_SCALE)
    return;
  out->unknown[CAUSE_CAPACITY] = false;
  out->load_affected = c.affected;
  out->load_others = c.others;
  struct needs_finding f = { .about = CAUSE_CAPACITY, .file = FILE_CAPACITY, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1,
    .count = MAX(1, gap->teams), .ratio = (level && needs_gap_steps(gap) ? 0.7 : 1) * normal_weigh(c.effect, c.se, LOAD_SCALE, LOAD_NUISANCE) };
  if (f.ratio > TIME_IF && !level)
    f.ratio += needs_timing(study, gap, LOAD_SCALE, LOAD_NUISANCE, measure_load, &plain);
  f.sentence = f.ratio > 0
    ? needs_say(study, "planned hours %s by %s percent of the hours available in the affected teams, against the others",
                needs_gap_steps(gap) ? "rose" : "are higher", needs_number(study, round(1000 * c.effect) / 10))
    : needs_say(study, "the affected teams are not fuller than the others (%s percent of their hours apart)", needs_number(study, round(1000 * fabs(c.effect)) / 10));
  test_low_weeks(study, panel, gap, f, out);
}
