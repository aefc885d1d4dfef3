/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From KPI rows to a panel. Periods are found by the usual distance between a team's dates; days are added up to weeks by
 * their exposure. A value counts as untreated before registration (inside the baseline) and while its team waits; as a
 * target in the registered weeks after its team's start, wherever most of a period lies in them; as nothing in the weeks that
 * opened the need, in the ramp and after the registered weeks.
 *
 * How it can be wrong: a month that straddles a start is left out, which loses data; a period that the company closes late
 * looks missing until it is there. */
#include "impact/panel.h"
#include "stats/robust.h"
#include <math.h>
#include <stdlib.h>

#define NOISE_WEEKS_MOST 78 /* what is older says little about the noise of today */
#define FALL_PRIOR 2.0       /* teams' worth of … */
#define FALL_SHARE 0.12       /* … this spread, as a share of the fall itself */

static const struct kpi *rows_of(const struct company *c, int goal, int *ret_count)
{
  int first = 0, last;
  while (first < c->kpis.count && c->kpis.at[first].goal != goal)
    first++;
  for (last = first; last < c->kpis.count && c->kpis.at[last].goal == goal;)
    last++;
  *ret_count = last - first;
  return c->kpis.at + first;
}

double impact_period_days(const struct company *company, int goal)
{
  int count, n = 0;
  const struct kpi *kpis = rows_of(company, goal, &count);
  g_autofree double *gaps = g_new(double, (size_t)count + 1);
  for (int i = 1; i < count; i++)
    if (kpis[i].team >= 0 && kpis[i].team == kpis[i - 1].team && kpis[i].day > kpis[i - 1].day)
      gaps[n++] = kpis[i].day - kpis[i - 1].day;
  if (n == 0)
    return 0;
  double usual = robust_median(gaps, n);
  return usual <= 10 ? 7 : usual <= 20 ? 14 : usual <= 45 ? 30.4375 : usual <= 135 ? 91.3125 : 365.25;
}

/* Weeks begin on the weekday on which the goal's weeks begin; those of days on Mondays. */
static int32_t anchor_of(const struct kpi *kpis, int count)
{
  for (int i = 1; i < count; i++)
    if (kpis[i].team == kpis[i - 1].team && kpis[i].day - kpis[i - 1].day < 7)
      return 4; /* 1970-01-05, a Monday */
  return count > 0 ? kpis[0].day % 14 : 4;
}

static int period_of(int32_t day, double period, int32_t anchor)
{
  if (period < 30) {
    int length = (int)period, offset = day - anchor;
    return (offset - ((offset % length) + length) % length) / length;
  }
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  int months = year * 12 + month - 1;
  return period < 60 ? months : period < 200 ? months / 3 : months / 12;
}

static int32_t start_of(int index, double period, int32_t anchor)
{
  if (period < 30)
    return anchor + index * (int32_t)period;
  int months = period < 60 ? index : period < 200 ? index * 3 : index * 12;
  return clock_from_civil(months / 12, months % 12 + 1, 1);
}

static void add_value(struct impact_panel *p, const struct kpi *kpi, int unit, int t)
{
  size_t at = (size_t)unit * p->periods + t;
  double w = isfinite(kpi->exposure) && kpi->exposure > 0 ? kpi->exposure : 1;
  double signed_value = p->company->goals.at[p->goal].direction * kpi->value, before = p->exposure[at];
  p->y[at] = before > 0 ? (p->y[at] * before + w * signed_value) / (before + w) : signed_value;
  p->exposure[at] = before + w;
  p->values++;
}

/* The usual exposure over each value's own, bounded: a week of one case is not worth nothing, nor a rush everything. */
static void find_thin(struct impact_panel *p)
{
  size_t cells = (size_t)p->units * p->periods;
  g_autofree double *known = g_new(double, cells);
  for (size_t i = 0; i < cells; i++)
    known[i] = p->exposure[i] > 0 ? p->exposure[i] : NAN;
  double usual = robust_median(known, (int)cells);
  for (size_t i = 0; i < cells; i++)
    p->thin[i] = p->exposure[i] > 0 && isfinite(usual) ? CLAMP(usual / p->exposure[i], 0.2, 8) : 1;
}

bool impact_panel_build(const struct company *company, int goal, const int *teams, const bool *affected, int units, int32_t from, int32_t to,
                        int32_t known, struct impact_panel *ret_panel)
{
  int count;
  const struct kpi *kpis = rows_of(company, goal, &count);
  struct impact_panel p = { .company = company, .goal = goal, .units = units, .period_days = impact_period_days(company, goal) };
  if (p.period_days <= 0 || units < 1 || to <= from)
    return false;
  int32_t anchor = anchor_of(kpis, count);
  int first = period_of(from, p.period_days, anchor), last = period_of(to - 1, p.period_days, anchor);
  if (start_of(first, p.period_days, anchor) < from)
    first++;
  if (last < first)
    return false;
  p.periods = last - first + 1;
  size_t cells = (size_t)units * p.periods;
  p.team = g_memdup2(teams, sizeof *teams * (size_t)units);
  p.affected = g_memdup2(affected, sizeof *affected * (size_t)units);
  p.start = g_new(int32_t, (size_t)p.periods + 1);
  p.y = g_new(double, cells);
  p.thin = g_new(double, cells);
  p.exposure = g_new0(double, cells);
  for (int t = 0; t <= p.periods; t++)
    p.start[t] = start_of(first + t, p.period_days, anchor);
  for (size_t i = 0; i < cells; i++)
    p.y[i] = NAN;
  for (int i = 0; i < count; i++) {
    int unit = 0, t = period_of(kpis[i].day, p.period_days, anchor) - first;
    while (unit < units && teams[unit] != kpis[i].team)
      unit++;
    if (unit < units && t >= 0 && t < p.periods && p.start[t + 1] <= known && isfinite(kpis[i].value))
      add_value(&p, &kpis[i], unit, t);
  }
  find_thin(&p);
  *ret_panel = p;
  if (p.values == 0)
    impact_panel_clear(ret_panel);
  return p.values > 0;
}

void impact_panel_clear(struct impact_panel *panel)
{
  g_free(panel->team);
  g_free(panel->affected);
  g_free(panel->start);
  g_free(panel->y);
  g_free(panel->thin);
  g_free(panel->exposure);
  g_free(panel->first);
  g_free(panel->length);
  *panel = (struct impact_panel){ 0 };
}

/* The first period of each block, and how many it holds. Blocks of the baseline are counted from its end, so that the rest is the oldest. */
static int find_blocks(const struct impact_panel *p, const struct impact_terms *terms, int *first, int *length)
{
  int blocks = 0, begin = 0, end = 0, most = MAX(1, (int)lround(28 / p->period_days));
  while (begin < p->periods && p->start[begin] < terms->baseline_from)
    begin++;
  for (end = begin; end < p->periods && p->start[end + 1] <= MIN(terms->baseline_to, terms->registered);)
    end++;
  for (int t = begin; t < end; blocks++) {
    first[blocks] = t;
    length[blocks] = t == begin && (end - begin) % most > 0 ? (end - begin) % most : most;
    t += length[blocks];
  }
  for (int t = end; t < p->periods; t++)
    if (p->start[t] >= terms->registered) {
      first[blocks] = t;
      length[blocks++] = 1;
    }
  return blocks;
}

static void take_mean(const struct impact_panel *p, int unit, int first, int length, double *ret_y, double *ret_thin)
{
  double sum = 0, thin = 0;
  int n = 0;
  for (int t = first; t < first + length; t++) {
    size_t at = (size_t)unit * p->periods + t;
    if (!isfinite(p->y[at]))
      continue;
    sum += p->y[at];
    thin += p->thin[at];
    n++;
  }
  *ret_y = n > 0 && 2 * n >= length ? sum / n : NAN;
  *ret_thin = n > 0 ? thin / n * length / n : 1; /* what is missing makes the rest say less */
}

void impact_panel_coarsen(const struct impact_panel *p, const struct impact_terms *terms, struct impact_panel *ret_panel)
{
  struct impact_panel c = { .company = p->company, .goal = p->goal, .units = p->units, .period_days = p->period_days, .values = p->values };
  c.first = g_new(int, (size_t)p->periods + 1);
  c.length = g_new(int, (size_t)p->periods + 1);
  c.periods = find_blocks(p, terms, c.first, c.length);
  size_t cells = (size_t)c.units * c.periods + 1;
  c.team = g_memdup2(p->team, sizeof *p->team * (size_t)p->units);
  c.affected = g_memdup2(p->affected, sizeof *p->affected * (size_t)p->units);
  c.start = g_new(int32_t, (size_t)c.periods + 1);
  c.y = g_new(double, cells);
  c.thin = g_new(double, cells);
  for (int t = 0; t < c.periods; t++) {
    c.start[t] = p->start[c.first[t]];
    for (int i = 0; i < c.units; i++)
      take_mean(p, i, c.first[t], c.length[t], &c.y[(size_t)i * c.periods + t], &c.thin[(size_t)i * c.periods + t]);
  }
  c.start[c.periods] = p->start[p->periods];
  *ret_panel = c;
}

static enum impact_role role_of(const struct impact_panel *p, const struct impact_terms *terms, int32_t start, int t)
{
  int32_t begin = p->start[t], end = p->start[t + 1];
  if (p->first && begin < terms->registered)
    return IMPACT_UNTREATED; /* a coarse panel holds nothing else of the past */
  if (begin < terms->baseline_from || end > terms->reading)
    return IMPACT_LEFT_OUT;
  if (begin < terms->registered)
    return end <= terms->baseline_to ? IMPACT_UNTREATED : IMPACT_LEFT_OUT;
  if (start == CLOCK_NO_DAY || end <= start)
    return IMPACT_UNTREATED;
  if (begin < start)
    return IMPACT_LEFT_OUT;
  int week = (begin + (end - begin) / 2 - start) / 7 + 1;
  return week >= terms->from_week && week <= terms->to_week ? IMPACT_TARGET : IMPACT_LEFT_OUT;
}

void impact_panel_roles(const struct impact_panel *p, const struct impact_terms *terms, const int32_t *starts, bool complete, enum impact_role *roles)
{
  for (int i = 0; i < p->units; i++)
    for (int t = 0; t < p->periods; t++) {
      size_t at = (size_t)i * p->periods + t;
      bool future = complete && p->start[t] >= terms->registered;
      roles[at] = future || isfinite(p->y[at]) ? role_of(p, terms, starts[i], t) : IMPACT_LEFT_OUT;
    }
}

struct impact_frame impact_panel_frame(const struct impact_panel *p, const struct impact_terms *terms)
{
  int registered = 0;
  while (registered < p->periods && p->start[registered] < terms->registered)
    registered++;
  return (struct impact_frame){ .units = p->units, .periods = p->periods, .registered = registered, .period_days = p->period_days,
                                .y = p->y, .thin = p->thin, .affected = p->affected,
                                .first = p->first, .length = p->length };
}

/* Segments for the noise: 0 before the weeks that opened the need, 1 those weeks (a level of their own), 2 waiting since. */
static void find_segments(const struct impact_panel *p, const struct impact_terms *terms, const int32_t *starts, int8_t *segment)
{
  for (int i = 0; i < p->units; i++)
    for (int t = 0; t < p->periods; t++) {
      int32_t begin = p->start[t], end = p->start[t + 1];
      bool old = begin < terms->registered - 7 * NOISE_WEEKS_MOST;
      bool treated = starts[i] != CLOCK_NO_DAY && end > starts[i];
      int8_t s = end <= terms->baseline_to ? 0 : begin < terms->registered ? 1 : 2;
      if (!p->affected[i] && s == 1)
        s = 0; /* nothing fell there */
      if (p->affected[i] && s == 1 && end <= terms->baseline_to + 7 * 12)
        s = -1; /* on their way down */
      segment[(size_t)i * p->periods + t] = old || (s == 2 && treated) || end > terms->reading ? -1 : s;
    }
}

/* Mean of a unit's values of a segment. */
static double level_of(const struct impact_panel *p, const int8_t *segment, int unit, int8_t which, int *ret_n)
{
  double sum = 0;
  int n = 0;
  for (int t = 0; t < p->periods; t++) {
    size_t at = (size_t)unit * p->periods + t;
    if (segment[at] != which || !isfinite(p->y[at]))
      continue;
    sum += p->y[at];
    n++;
  }
  *ret_n = n;
  return n > 0 ? sum / n : NAN;
}

static double variance_of_mean(const struct impact_noise *noise, int n)
{
  double sum = n * (noise->covariance[0] + noise->nugget);
  for (int k = 1; k < n; k++)
    sum += 2 * (n - k) * noise->covariance[MIN(k, noise->lags - 1)];
  return sum / n / n;
}

/* What each period brings to all: the mean over the unaffected (without such: nothing is known) taken off. */
static struct impact_panel less_others(const struct impact_panel *p, double *y)
{
  struct impact_panel net = *p;
  for (int t = 0; t < p->periods; t++) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < p->units; i++)
      if (!p->affected[i] && isfinite(p->y[(size_t)i * p->periods + t])) {
        sum += p->y[(size_t)i * p->periods + t];
        n++;
      }
    for (int i = 0; i < p->units; i++)
      y[(size_t)i * p->periods + t] = p->y[(size_t)i * p->periods + t] - (n > 0 ? sum / n : 0);
  }
  net.y = y;
  return net;
}

/* How differently the affected teams fell, beyond noise: what a baseline from before the fall cannot know. */
static double find_fall(const struct impact_panel *p, const int8_t *segment, const struct impact_noise *noise)
{
  g_autofree double *y = g_new(double, (size_t)p->units * p->periods);
  struct impact_panel net = less_others(p, y);
  double sum = 0, square = 0, expected = 0;
  int n = 0, others = 0;
  for (int i = 0; i < p->units; i++) {
    int before, after;
    double a = level_of(&net, segment, i, 0, &before), b = level_of(&net, segment, i, 1, &after);
    others += !p->affected[i];
    if (!p->affected[i] || before < 3 || after < 3)
      continue;
    sum += b - a;
    square += (b - a) * (b - a);
    expected += noise->scale[i] * noise->scale[i] * (variance_of_mean(noise, before) + variance_of_mean(noise, after));
    n++;
  }
  if (n < 2)
    return 0;
  double mean = sum / n, beyond = (square - n * mean * mean) / (n - 1) - expected / n, prior = others > 0 ? FALL_SHARE * mean : 0;
  return ((n - 1) * fmax(0, beyond) + FALL_PRIOR * prior * prior) / (n - 1 + FALL_PRIOR);
}

bool impact_panel_noise(const struct impact_panel *p, const struct impact_terms *terms, const int32_t *starts, struct impact_noise *ret_noise)
{
  struct impact_frame frame = impact_panel_frame(p, terms);
  g_autofree int8_t *segment = g_new(int8_t, (size_t)p->units * p->periods);
  find_segments(p, terms, starts, segment);
  if (!impact_noise_fit(&frame, segment, ret_noise))
    return false;
  ret_noise->fall = find_fall(p, segment, ret_noise);
  return true;
}
