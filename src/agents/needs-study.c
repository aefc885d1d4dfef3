/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a turn of the needs agent prepares once: where people were when, scores that can be compared, texts.
 *
 * A result is compared net of three things that are not the person: its kind (people rate themselves higher than a test
 * does), its item, where enough people met it, and else its stated difficulty. The three are the ones that the levels
 * use (company/level.h), so that levels and needs never disagree about what a score says. */
#include "agents/needs-private.h"
#include <math.h>
#include <string.h>

static void index_memberships(struct needs_study *study)
{
  const struct company *c = study->company;
  study->first_membership = g_new0(int, (size_t)c->people.count + 2);
  study->membership = g_new(int, (size_t)MAX(c->memberships.count, 1));
  for (int i = 0; i < c->memberships.count; i++)
    study->first_membership[c->memberships.at[i].person + 1]++;
  for (int p = 0; p < c->people.count; p++)
    study->first_membership[p + 1] += study->first_membership[p];
  g_autofree int *next = g_memdup2(study->first_membership, sizeof(int) * ((size_t)c->people.count + 1));
  for (int i = 0; i < c->memberships.count; i++)
    study->membership[next[c->memberships.at[i].person]++] = i;
}

int needs_team_on(const struct needs_study *study, int person, int32_t day)
{
  const struct company *c = study->company;
  int found = -1;
  for (int i = study->first_membership[person]; i < study->first_membership[person + 1]; i++) {
    const struct membership *m = &c->memberships.at[study->membership[i]];
    bool there = (m->from == CLOCK_NO_DAY || m->from <= day) && (m->to == CLOCK_NO_DAY || day <= m->to);
    if (there && (found < 0 || m->primary))
      found = m->team;
  }
  return found >= 0 ? found : c->people.at[person].team;
}

void needs_study_results(struct needs_study *study)
{
  const struct company *c = study->company;
  const struct levels *l = study->levels;
  study->adjusted = g_new(double, (size_t)MAX(c->results.count, 1));
  for (int i = 0; i < c->results.count; i++) {
    const struct result *r = &c->results.at[i];
    double score = r->score - l->kind_effect[r->kind];
    if (r->item >= 0 && r->item < l->item_count)
      score -= l->item_effect[r->item];
    if (isfinite(r->difficulty))
      score -= l->slope * (r->difficulty - l->middle);
    study->adjusted[i] = score;
  }
}

void needs_study_init(struct needs_study *study, const struct snapshot *snapshot)
{
  const struct company *c = snapshot->company;
  *study = (struct needs_study){ .company = c, .today = clock_day(snapshot->now), .texts = g_string_chunk_new(1 << 14) };
  index_memberships(study);
  study->levels = levels_new(c, study->today);
  needs_study_results(study);
  needs_study_pulse(study);
  needs_study_work(study);
  needs_study_tickets(study);
}

void needs_study_clear(struct needs_study *study)
{
  g_free(study->first_membership);
  g_free(study->membership);
  levels_free(study->levels);
  g_free(study->topic);
  g_free(study->sign);
  g_free(study->question_mean);
  g_free(study->cases);
  for (int i = 0; i < study->hand_off_count; i++)
    g_array_unref(study->hand_offs[i].waits);
  g_free(study->hand_offs);
  g_free(study->ticket_tool);
  g_free(study->tools);
  g_free(study->adjusted);
  g_string_chunk_free(study->texts);
}

const char *needs_say(struct needs_study *study, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return g_string_chunk_insert(study->texts, text);
}

/* ---- small words ---- */

const char *needs_number(struct needs_study *study, double value)
{
  double size = fabs(value);
  int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 2 : 3;
  g_autofree char *text = g_strdup_printf("%.*f", decimals, value);
  if (decimals > 0) { /* 6.50 reads as 6.5 */
    char *end = text + strlen(text) - 1;
    while (*end == '0')
      *end-- = '\0';
    if (*end == '.')
      *end = '\0';
  }
  return g_string_chunk_insert(study->texts, text);
}

const char *needs_day(struct needs_study *study, int32_t day)
{
  static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
                                        "September", "October", "November", "December" };
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return needs_say(study, "%d %s %d", mday, months[month - 1], year);
}

const char *needs_amount(struct needs_study *study, double value, const char *unit)
{
  bool percent = unit != NULL && (g_str_equal(unit, "%") || g_str_equal(unit, "percent"));
  return needs_say(study, "%s %s", needs_number(study, value), percent ? "percentage points" : unit && *unit ? unit : "points");
}

bool needs_team_named(const struct needs_study *study, int team)
{
  int size = study->company->teams.at[team].size;
  return size == 0 || size >= NEEDS_LEAST_GROUP;
}

const char *needs_teams(struct needs_study *study, const double *affected)
{
  const struct company *c = study->company;
  g_autoptr(GString) text = g_string_new(NULL);
  int all = 0, named = 0, shown = 0;
  for (int t = 0; t < c->teams.count; t++)
    if (isfinite(affected[t]) && affected[t] >= 0.5) {
      all++;
      named += needs_team_named(study, t);
    }
  int most = all <= 4 ? 4 : 3;
  for (int t = 0; t < c->teams.count && shown < most; t++) {
    if (!(isfinite(affected[t]) && affected[t] >= 0.5) || !needs_team_named(study, t))
      continue;
    shown++;
    bool last = shown == MIN(named, most) && shown == all;
    g_string_append_printf(text, "%s%s", shown == 1 ? "" : last ? " and " : ", ", c->teams.at[t].name);
  }
  if (shown == 0)
    return needs_say(study, "%d %s", all, all == 1 ? "small team" : "teams");
  if (all > shown)
    g_string_append_printf(text, " and %d more %s", all - shown, all - shown == 1 ? "team" : "teams");
  return g_string_chunk_insert(study->texts, text->str);
}
