/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All tests on one gap, and the two that need only dates: changes, and what comes from outside.
 *
 * A change speaks for a cause as far as it came shortly before the fall and its scope is the affected teams: time as a
 * normal curve as wide as the fall's date is uncertain, scope as the share of teams that are in both or neither
 * (Jaccard, Bull. Soc. Vaudoise 37, 1901). How often a change of that kind fits by chance is counted from how many there
 * are, so a company that records everything proves nothing by recording.
 *
 * Outside is the only cause that moves all teams at once by its nature; that they move together is the pattern, which
 * the ranking weighs. Here speaks what happened: a price, a policy, another event, for all, at that time.
 *
 * How it can be wrong: a change that nobody recorded; two changes on one day; a slow effect. */
#include "agents/needs-private.h"
#include "stats/normal.h"
#include <math.h>
#include <string.h>

#define RECORDED_IF 0.6        /* P(the change is on file | it was the cause) */
#define LAG_DAYS 14.0          /* a change acts within weeks */

struct kind_cause { const char *kind; enum cause cause; double share; /* of the evidence; some kinds bring several */ };
static const struct kind_cause kinds[] = {
  { "tool", CAUSE_TOOL, 1 }, { "reorganisation", CAUSE_CLARITY, 0.6 }, { "metric definition", CAUSE_CLARITY, 0.6 },
  { "policy", CAUSE_PROCESS, 0.4 }, { "policy", CAUSE_OUTSIDE, 0.6 }, { "price", CAUSE_OUTSIDE, 1 }, { "other", CAUSE_OUTSIDE, 0.8 } };

void needs_find(struct needs_case_for *out, const struct needs_finding *finding)
{
  g_array_append_val(out->findings, *finding);
  out->ratio[finding->about] += finding->ratio;
}

/* How well a change's scope and the affected teams are the same, 0–1. */
static double scope_match(const struct company *c, const struct change *change, const struct needs_gap *gap)
{
  double both = 0, either = 0;
  for (int t = 0; t < c->teams.count; t++) {
    double s = gap->affected[t];
    if (!isfinite(s))
      continue;
    bool in = change->team >= 0 ? change->team == t : change->department >= 0 ? c->teams.at[t].department == change->department : true;
    both += in ? s : 0;
    either += in ? 1 : s;
  }
  return either > 0 ? both / either : 0;
}

/* Changes of one kind on one day to several teams are one rollout: their scopes are joined. */
static double rollout_match(const struct company *c, int first, const struct needs_gap *gap, double window)
{
  const struct change *lead = &c->changes.at[first];
  double both = 0, either = 0;
  g_autofree bool *in = g_new0(bool, (size_t)MAX(c->teams.count, 1));
  for (int i = 0; i < c->changes.count; i++) {
    const struct change *x = &c->changes.at[i];
    if (g_strcmp0(x->kind, lead->kind) != 0 || ABS(x->day - lead->day) > window || x->team < 0)
      continue;
    in[x->team] = true;
  }
  for (int t = 0; t < c->teams.count; t++) {
    double s = gap->affected[t];
    if (!isfinite(s))
      continue;
    both += in[t] ? s : 0;
    either += in[t] ? 1 : s;
  }
  return either > 0 ? both / either : 0;
}

static double time_match(const struct needs_gap *gap, const struct change *change)
{
  double lag = gap->since - change->day, width = hypot(LAG_DAYS, 1.5 * gap->since_sd);
  if (lag > 7) /* effects take a while: half a month late is as good as on the day */
    lag = fmax(7, lag - 14);
  return exp(-0.5 * lag * lag / width / width);
}

static void weigh_kind(struct needs_study *study, const struct needs_gap *gap, const struct kind_cause *kind, struct needs_case_for *out)
{
  const struct company *c = study->company;
  double best = 0, chance = 0.04, span = fmax(180, c->last_day - c->first_day), scopes = 0;
  int at = -1, seen = 0;
  for (int i = 0; i < c->changes.count; i++) {
    const struct change *x = &c->changes.at[i];
    if (g_strcmp0(x->kind, kind->kind) != 0)
      continue;
    double scope = scope_match(c, x, gap);
    if (x->team >= 0)
      scope = fmax(scope, rollout_match(c, i, gap, 28));
    if (kind->cause == CAUSE_OUTSIDE && (x->team >= 0 || (x->department >= 0 && gap->pattern == NEEDS_STEP_SOME)))
      scope *= 0.3;
    double match = time_match(gap, x) * fmin(1, 1.25 * scope);
    seen++;
    scopes += scope;
    if (match > best) {
      best = match;
      at = i;
    }
  }
  /* How likely one of them is to lie as close as the closest does. */
  double away = at >= 0 ? fmax(ABS(gap->since - c->changes.at[at].day), fmax(7, gap->since_sd)) : LAG_DAYS;
  chance = fmin(0.7, chance + scopes * fmin(1, (2 * away + 7) / span));
  /* Fitting is a matter of degree; not being on file is weak evidence, for much is never written down. */
  double ratio = best * log(RECORDED_IF / fmin(chance, RECORDED_IF)) + (1 - best) * 0.5 * log((1 - RECORDED_IF) / (1 - 0.04));
  bool fits = best > 0.3 && ratio > 0;
  struct needs_finding f = { .about = kind->cause, .ratio = kind->share * ratio, .file = FILE_CHANGES, .team = -1, .skill = -1, .count = MAX(seen, 1),
    .from = gap->since - 42, .to = gap->since + 14 };
  if (fits) {
    f.sentence = needs_say(study, "the fall follows “%s” on %s", c->changes.at[at].title, needs_day(study, c->changes.at[at].day));
  } else {
    f.sentence = needs_say(study, "no %s change is on record at the time of the fall in the affected teams", g_str_equal(kind->kind, "other") ? "outside" : kind->kind);
  }
  needs_find(out, &f);
}

void needs_test_changes(struct needs_study *study, const struct needs_panel *panel, const struct needs_gap *gap, struct needs_case_for *out)
{
  (void)panel;
  if (!study->company->have[FILE_CHANGES] || !needs_gap_steps(gap))
    return;
  double before[CAUSE_COUNT];
  for (int k = 0; k < CAUSE_COUNT; k++)
    before[k] = out->ratio[k];
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
    weigh_kind(study, gap, &kinds[i], out);
  /* Several kinds may stand for one cause: one that fits is enough, and that the others do not fit says nothing. */
  for (int k = 0; k < CAUSE_COUNT; k++) {
    double best = -INFINITY;
    int kept = -1;
    for (guint i = 0; i < out->findings->len; i++) {
      const struct needs_finding *f = &g_array_index(out->findings, struct needs_finding, i);
      if (f->file == FILE_CHANGES && f->about == (enum cause)k && f->ratio > best) {
        best = f->ratio;
        kept = (int)i;
      }
    }
    for (guint i = out->findings->len; kept >= 0 && i-- > 0;) {
      const struct needs_finding *f = &g_array_index(out->findings, struct needs_finding, i);
      if (f->file == FILE_CHANGES && f->about == (enum cause)k && (int)i != kept) {
        g_array_remove_index(out->findings, i);
        kept -= (int)i < kept;
      }
    }
    if (kept < 0)
      continue;
    out->ratio[k] = before[k] + best;
    if (best > 0.3) /* weaker ones are told as evidence, not as what it was */
      out->change[k] = g_array_index(out->findings, struct needs_finding, kept).sentence + strlen("the fall follows ");
  }
}

#define MANY_TEAMS 8 /* fewer can move together by chance, or by what only some of them have: that alone proves nothing */

void needs_test_outside(struct needs_study *study, const struct needs_panel *panel, const struct needs_state *state, const struct needs_gap *gap,
                        struct needs_case_for *out)
{
  bool all = gap->pattern == NEEDS_STEP_ALL && panel->teams >= 3;
  struct needs_finding f = { .about = CAUSE_OUTSIDE, .file = FILE_KPIS, .team = -1, .skill = -1, .from = gap->after.from, .to = gap->after.to - 1,
    .count = panel->teams * panel->periods };
  out->file[CAUSE_OUTSIDE] = FILE_CHANGES;
  out->unknown[CAUSE_OUTSIDE] = false;
  if (all) {
    f.ratio = CLAMP(state->alike, 0.2, panel->teams >= MANY_TEAMS ? 1.5 : 0.6);
    f.sentence = needs_say(study, "all %d teams moved together at the time", panel->teams);
  } else if (gap->pattern == NEEDS_STEP_SOME || gap->pattern == NEEDS_STATIC_SOME) {
    f.ratio = gap->pattern == NEEDS_STEP_SOME ? CLAMP(state->alike, -5, -0.3) : -4;
    f.sentence = needs_say(study, "%d of the goal's teams do not show it", gap->others);
  } else if (gap->pattern == NEEDS_STEP_ALL && panel->team[0] < 0 && panel->goal->department_count == 0) {
    f.ratio = 0.4; /* few teams' trouble would hardly show in the figure of all */
    f.sentence = "the figure of the whole company fell at once; there are none by team";
  } else {
    return;
  }
  needs_find(out, &f);
}

void needs_evidence_weigh(struct needs_study *study, const struct needs_panel *panel, const struct needs_state *state, const struct needs_gap *gap,
                          struct needs_case_for *out)
{
  *out = (struct needs_case_for){ .findings = g_array_new(FALSE, FALSE, sizeof(struct needs_finding)), .skill = -1 };
  for (int k = 0; k < CAUSE_COUNT; k++)
    out->file[k] = FILE_COUNT;
  needs_test_skill(study, panel, gap, out);
  needs_test_tool(study, panel, gap, out);
  needs_test_process(study, gap, out);
  needs_test_rewards(study, panel, gap, out);
  needs_test_pulse(study, panel, gap, out);
  needs_test_capacity(study, panel, gap, out);
  needs_test_outside(study, panel, state, gap, out);
  needs_test_changes(study, panel, gap, out);
}

void needs_evidence_clear(struct needs_case_for *weighed)
{
  if (weighed->findings)
    g_array_unref(weighed->findings);
  g_free((int *)(uintptr_t)weighed->skills);
  *weighed = (struct needs_case_for){ 0 };
}
