/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The levels below the effect (D. Kirkpatrick, Techniques for evaluating training programs, Journal of ASTD 13, 1959): 3 whether work is
 * done differently, 2 whether something was learnt, 1 what people say of it. They explain an effect or its absence; none of them is one,
 * and the first, which is measured the most, says the least. An empty level says what would fill it.
 *
 * Signs of change are those of measure-beside.c: each team after its start less before registration, in started teams against those that
 * wait. On the job: results of work (from files, or from the statements of the tools people work with) and managers' observations; how
 * long a step of the work log takes; tickets, where the remedy was for a tool; how far objectives for this goal have come, of which
 * nobody knows how they stood before.
 *
 * Then what hinders use on the job and is no matter of learning, in the teams that have started: other causes of this need, other needs
 * of the same teams, answers to the pulse that are bad, tickets, more planned than there are hours for, deliveries that nobody opened.
 * These are no causes of the result, only what a reader would ask about next.
 *
 * Nothing of fewer than five people; in a pulse each team must have five by itself who do not all say the same, or what a small or a
 * unanimous one said would follow from the others.
 *
 * How it can be wrong: a hindrance that all teams share does not explain why started ones did no better; what nobody records does not hinder here. */
#include "impact/measure-private.h"
#include "base/json.h"
#include "company/question.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_PEOPLE 5
#define BEFORE_DAYS 182
#define LATELY_DAYS 91
#define OPEN_WITHIN_DAYS 14    /* a delivery that was not opened by then counts as never opened */
#define UNOPENED_SHARE (1.0 / 3)
#define PULSE_BAD 3.0          /* of 1 to 5, bad news turned round: the middle of the scale */
#define OTHER_CAUSE 0.2        /* probability from which another cause of the need is worth a line */
#define TICKETS_A_MONTH 1.0    /* of a team, for one tool */
#define SHORTEST_STEP (1.0 / 60)

static int unit_of_team(const struct impact_case *c, int team)
{
  for (int i = 0; team >= 0 && i < c->units; i++)
    if (c->team[i] == team)
      return i;
  return -1;
}

static bool has_started(const struct impact_case *c, int unit)
{
  return unit >= 0 && c->starts[unit] != CLOCK_NO_DAY && c->starts[unit] <= c->today;
}

static int32_t until(const struct impact_case *c)
{
  return MIN(c->today, c->terms.reading);
}

/* 0 before registration, 1 after the ramp of the unit's start (of the first start where it waits), -1 neither. */
static int window_of(const struct impact_case *c, int unit, int32_t first_start, int32_t day)
{
  int32_t start = c->starts[unit] == CLOCK_NO_DAY ? first_start : c->starts[unit];
  if (day < c->terms.registered)
    return day >= c->terms.registered - BEFORE_DAYS ? 0 : -1;
  return day >= start + 7 * (c->intervention->from_week - 1) && day < until(c) ? 1 : -1;
}

/* The sentence becomes the sign's; NULL where there is nothing to say. */
static void add_sign(struct impact_effect *e, int level, const char *source, char *sentence, struct impact_figure change, int results, int people)
{
  if (e->sign_count < IMPACT_SIGNS && sentence)
    e->signs[e->sign_count++] = (struct impact_sign){ level, source, sentence, change, results, people };
  else
    g_free(sentence);
}

static bool is_clear(const struct impact_figure *f)
{
  return f->low > 0 || f->high < 0;
}

/* ---- results of a skill ---- */

static char *skill_sentence(const char *skill, const char *where, const struct impact_figure *f)
{
  if (is_clear(f))
    return g_strdup_printf("Results in %s %s %s by %.0f points of 100 more in teams that started than in those that wait.", skill, where, f->value > 0 ? "rose" : "fell",
                           100 * fabs(f->value));
  return g_strdup_printf("Whether results in %s %s changed cannot be told: by %.0f to %.0f points of 100.", skill, where, 100 * f->low, 100 * f->high);
}

static void sign_results(const struct impact_case *c, struct impact_effect *e)
{
  static const char *const where[4] = { "", "as people rate themselves", "in practice and assessments", "on the job" };
  static const char *const source[4] = { "", "self-ratings", "practice and assessments", "work and managers" };
  for (int i = 0; i < e->behaviours; i++) {
    const struct impact_behaviour *b = &e->behaviour[i];
    add_sign(e, b->level, source[b->level], skill_sentence(c->company->skills.at[b->skill].name, where[b->level], &b->change), b->change, b->results, b->people);
  }
  for (int s = 0; s < c->intervention->skill_count; s++) {
    struct impact_behaviour b;
    if (impact_beside_results(c, c->intervention->skills[s], 1, e->first_start, &b))
      add_sign(e, 1, source[1], skill_sentence(c->company->skills.at[b.skill].name, where[1], &b.change), b.change, b.results, b.people);
  }
}

/* ---- the work log, tickets, objectives ---- */

/* In logarithms: a step that takes twice as long counts alike whether it takes minutes or days. */
static void sign_work_log(const struct impact_case *c, struct impact_effect *e)
{
  g_autofree struct impact_side *units = g_new0(struct impact_side, (size_t)c->units + 1);
  struct impact_figure f;
  int steps = 0;
  for (int i = 0; i < c->company->steps.count; i++) {
    const struct step *step = &c->company->steps.at[i];
    int unit = step->end > step->start ? unit_of_team(c, step->team) : -1, window = unit < 0 ? -1 : window_of(c, unit, e->first_start, clock_day(step->start));
    if (window < 0)
      continue;
    units[unit].sum[window] += log(fmax((double)(step->end - step->start) / (3600.0 * CLOCK_SECOND), SHORTEST_STEP));
    units[unit].n[window]++;
    steps++;
  }
  if (!impact_compare_sides(c, units, &f))
    return;
  char *sentence = is_clear(&f) ? g_strdup_printf("A step of the work takes %.0f%% %s in teams that started than it would, next to those that wait.", 100 * fabs(1 - exp(f.value)), f.value < 0 ? "less time" : "longer")
                                : g_strdup_printf("Whether a step of the work takes less time cannot be told: it takes %.0f to %.0f%% of what it would.", 100 * exp(f.low), 100 * exp(f.high));
  add_sign(e, 3, "work log", sentence, f, steps, 0);
}

/* A week of a window counts with its tickets, none included: units[].n is in days. */
static void sign_tickets(const struct impact_case *c, struct impact_effect *e)
{
  g_autofree struct impact_side *units = g_new0(struct impact_side, (size_t)c->units + 1);
  struct impact_figure f;
  int tickets = 0;
  if (c->intervention->cause != CAUSE_TOOL || c->company->tickets.count == 0)
    return;
  int32_t first = clock_day(c->company->tickets.at[0].opened);
  for (int u = 0; u < c->units; u++)
    for (int32_t day = MAX(first, c->terms.registered - BEFORE_DAYS); day < until(c); day++) {
      int window = window_of(c, u, e->first_start, day);
      if (window >= 0)
        units[u].n[window]++;
    }
  for (int i = 0; i < c->company->tickets.count; i++) {
    const struct ticket *ticket = &c->company->tickets.at[i];
    int unit = unit_of_team(c, ticket->team), window = unit < 0 ? -1 : window_of(c, unit, e->first_start, clock_day(ticket->opened));
    if (window < 0)
      continue;
    units[unit].sum[window] += 7;
    tickets++;
  }
  if (!impact_compare_sides(c, units, &f))
    return;
  char *sentence = is_clear(&f) ? g_strdup_printf("Tickets a week %s by %.1f a team more where teams started than where they wait.", f.value < 0 ? "fell" : "rose", fabs(f.value))
                                : g_strdup_printf("Whether tickets became fewer cannot be told: by %.1f to %.1f a week and team.", f.low, f.high);
  add_sign(e, 3, "tickets", sentence, f, tickets, 0);
}

static bool serves(const struct intervention *in, const struct objective *objective)
{
  bool is = objective->goal >= 0 && objective->goal == in->goal;
  for (int i = 0; i < in->skill_count; i++)
    for (int k = 0; k < objective->skill_count; k++)
      is |= in->skills[i] == objective->skills[k];
  return is;
}

static void sign_objectives(const struct impact_case *c, struct impact_effect *e)
{
  double sum[2] = { 0, 0 };
  g_autoptr(GHashTable) waiting = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) started = g_hash_table_new(NULL, NULL);
  GHashTable *people[2] = { waiting, started };
  int n[2] = { 0, 0 };
  for (int i = 0; i < c->company->objectives.count; i++) {
    const struct objective *o = &c->company->objectives.at[i];
    int unit = o->person >= 0 && isfinite(o->progress) && serves(c->intervention, o) ? unit_of_team(c, c->company->people.at[o->person].team) : -1;
    if (unit < 0)
      continue;
    bool side = has_started(c, unit);
    sum[side] += o->progress;
    n[side]++;
    g_hash_table_add(people[side], GINT_TO_POINTER(o->person + 1));
  }
  if (g_hash_table_size(waiting) < LEAST_PEOPLE || g_hash_table_size(started) < LEAST_PEOPLE)
    return;
  add_sign(e, 3, "objectives", g_strdup_printf("Objectives for this goal have come %.0f%% of the way in teams that started and %.0f%% in the others; how they stood before is not known.",
                                               100 * sum[1] / n[1], 100 * sum[0] / n[0]),
           IMPACT_NO_FIGURE, n[0] + n[1], (int)(g_hash_table_size(waiting) + g_hash_table_size(started)));
}

/* ---- what people say ---- */

struct voice { int unit, window, respondent; };

static int by_voice(const void *a, const void *b)
{
  const struct voice *x = a, *y = b;
  return x->unit != y->unit ? x->unit - y->unit : x->window != y->window ? x->window - y->window : (x->respondent > y->respondent) - (x->respondent < y->respondent);
}

struct said { struct impact_side *units; int *people[2]; int answers; };

/* Answers on a topic by unit and window, and how many different people gave them. Who answered without a token cannot be told from others. */
static void hear(const struct impact_case *c, enum topic topic, const enum topic *topics, const double *signs, int32_t first_start, bool lately, struct said *ret)
{
  g_autofree struct voice *voices = g_new(struct voice, (size_t)c->company->pulses.count + 1);
  g_autofree double *first = g_new(double, 2 * (size_t)c->units + 1);
  g_autofree bool *differ = g_new0(bool, 2 * (size_t)c->units + 1);
  int n = 0;
  for (int i = 0; i < c->company->pulses.count; i++) {
    const struct pulse *p = &c->company->pulses.at[i];
    int unit = topics[p->question] == topic && isfinite(p->answer) && p->respondent >= 0 ? unit_of_team(c, p->team) : -1;
    int window = unit < 0 ? -1 : lately ? (has_started(c, unit) && p->day >= MAX(c->starts[unit], until(c) - LATELY_DAYS) && p->day < until(c) ? 1 : -1)
                                        : window_of(c, unit, first_start, p->day);
    if (window < 0)
      continue;
    double answer = signs[p->question] < 0 ? 6 - p->answer : p->answer;
    if (ret->units[unit].n[window]++ == 0)
      first[2 * unit + window] = answer;
    differ[2 * unit + window] |= answer < first[2 * unit + window] || answer > first[2 * unit + window];
    ret->units[unit].sum[window] += answer;
    voices[n++] = (struct voice){ unit, window, p->respondent };
  }
  qsort(voices, (size_t)n, sizeof *voices, by_voice);
  for (int i = 0; i < n; i++)
    if (i == 0 || by_voice(&voices[i - 1], &voices[i]) != 0)
      ret->people[voices[i].window][voices[i].unit]++;
  for (int u = 0; u < c->units; u++)
    for (int w = 0; w < 2; w++)
      if (ret->people[w][u] < LEAST_PEOPLE || !differ[2 * u + w])
        ret->units[u].n[w] = 0;
  ret->answers = n;
}

static const char *const topic_phrases[TOPIC_COUNT] = { [TOPIC_TOOL] = "tools", [TOPIC_CLARITY] = "what is expected", [TOPIC_CAPACITY] = "the time there is", [TOPIC_PROCESS] = "how work is handed on",
  [TOPIC_INCENTIVE] = "what pays off", [TOPIC_SUPPORT] = "the support of their manager", [TOPIC_ENGAGEMENT] = "how they like their work", [TOPIC_CONFIDENCE] = "how able they feel" };

static void sign_voices(const struct impact_case *c, const enum topic *topics, const double *signs, enum topic topic, struct impact_effect *e)
{
  g_autofree struct impact_side *units = g_new0(struct impact_side, (size_t)c->units + 1);
  g_autofree int *before = g_new0(int, (size_t)c->units + 1), *after = g_new0(int, (size_t)c->units + 1);
  struct said said = { .units = units, .people = { before, after } };
  struct impact_figure f;
  int people = 0;
  hear(c, topic, topics, signs, e->first_start, false, &said);
  for (int u = 0; u < c->units; u++)
    people += units[u].n[1] > 0 ? after[u] : 0;
  if (!impact_compare_sides(c, units, &f))
    return;
  char *sentence = is_clear(&f) ? g_strdup_printf("What people say of %s %s by %.1f of 5 more in teams that started than in those that wait.", topic_phrases[topic], f.value > 0 ? "rose" : "fell", fabs(f.value))
                                : g_strdup_printf("Whether people speak otherwise of %s cannot be told: by %.1f to %.1f of 5.", topic_phrases[topic], f.low, f.high);
  add_sign(e, 1, "pulse", sentence, f, said.answers, people);
}

/* ---- what hinders ---- */

static void add_blocker(struct impact_effect *e, struct impact_blocker blocker)
{
  if (e->blocker_count < IMPACT_BLOCKERS && blocker.sentence)
    e->blockers[e->blocker_count++] = blocker;
  else
    g_free(blocker.sentence);
}

static bool is_hindrance(const struct impact_case *c, enum cause cause)
{
  return cause != CAUSE_SKILL && cause != CAUSE_OUTSIDE && cause != CAUSE_CANNOT_TELL && cause != c->intervention->cause;
}

static int cause_at(struct json row)
{
  const char *name = json_string(json_get(row, "cause"));
  return name ? cause_by_name(name) : -1;
}

static void block_own_causes(const struct impact_case *c, const struct known_need *need, struct impact_effect *e)
{
  g_autoptr(json_doc_auto) doc = need->value ? json_parse(need->value, strlen(need->value), NULL) : NULL;
  struct json_iter it = json_iter(doc ? json_get(json_root(doc), "causes") : (struct json){ 0 });
  while (doc && json_next(&it)) {
    int cause = cause_at(it.value);
    double probability = json_number(json_get(it.value, "probability"), 0);
    if (cause >= 0 && is_hindrance(c, (enum cause)cause) && probability >= OTHER_CAUSE)
      add_blocker(e, (struct impact_blocker){ "need", g_strdup_printf("Of this need itself, %.0f%% spoke for another cause: %s.", 100 * probability, cause_names[cause]), need->id, 0, 0 });
  }
}

static void block_needs(const struct impact_case *c, struct impact_effect *e)
{
  for (int i = 0; i < c->company->needs.count; i++) {
    const struct known_need *need = &c->company->needs.at[i];
    bool touches = false, open = g_strcmp0(need->status, "declined") != 0 && g_strcmp0(need->status, "noise") != 0;
    for (int t = 0; t < need->team_count; t++)
      touches |= has_started(c, unit_of_team(c, need->teams[t]));
    if (g_strcmp0(need->id, c->intervention->need) == 0)
      block_own_causes(c, need, e);
    else if (open && touches && is_hindrance(c, need->cause))
      add_blocker(e, (struct impact_blocker){ "need", need->confirmed ? g_strdup_printf("%s: a person has confirmed the cause (%s).", need->title, cause_names[need->cause])
                                                                      : g_strdup_printf("%s: the likeliest cause is no matter of learning (%s, %.0f%%).", need->title,
                                                                                        cause_names[need->cause], 100 * need->probability), need->id, 0, 0 });
  }
}

static void block_voices(const struct impact_case *c, const enum topic *topics, const double *signs, struct impact_effect *e)
{
  static const enum topic asked[] = { TOPIC_SUPPORT, TOPIC_TOOL, TOPIC_PROCESS, TOPIC_CAPACITY, TOPIC_CLARITY, TOPIC_INCENTIVE };
  for (size_t a = 0; a < G_N_ELEMENTS(asked); a++) {
    g_autofree struct impact_side *units = g_new0(struct impact_side, (size_t)c->units + 1);
    g_autofree int *before = g_new0(int, (size_t)c->units + 1), *after = g_new0(int, (size_t)c->units + 1);
    struct said said = { .units = units, .people = { before, after } };
    double sum = 0;
    int n = 0, people = 0, teams = 0;
    hear(c, asked[a], topics, signs, e->first_start, true, &said);
    for (int u = 0; u < c->units; u++)
      if (units[u].n[1] > 0) {
        sum += units[u].sum[1];
        n += units[u].n[1];
        people += after[u];
        teams++;
      }
    if (n > 0 && sum / n < PULSE_BAD - 0.05) /* as it is written, to a tenth */
      add_blocker(e, (struct impact_blocker){ "pulse", g_strdup_printf("People in %d of the teams that started speak badly of %s: %.1f of 5 in the last quarter.", teams, topic_phrases[asked[a]],
                                                                       sum / n), NULL, n, people });
  }
}

static void block_tickets(const struct impact_case *c, struct impact_effect *e)
{
  g_autoptr(GHashTable) tools = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  const char *most = NULL;
  int started = 0, count = 0;
  for (int u = 0; u < c->units; u++)
    started += has_started(c, u);
  for (int i = 0; i < c->company->tickets.count; i++) {
    const struct ticket *ticket = &c->company->tickets.at[i];
    int unit = unit_of_team(c, ticket->team);
    int32_t day = clock_day(ticket->opened);
    if (!has_started(c, unit) || !ticket->tool || day < MAX(c->starts[unit], until(c) - LATELY_DAYS) || day >= until(c))
      continue;
    int so_far = GPOINTER_TO_INT(g_hash_table_lookup(tools, ticket->tool)) + 1;
    g_hash_table_insert(tools, g_strdup(ticket->tool), GINT_TO_POINTER(so_far));
    if (so_far > count) {
      count = so_far;
      most = ticket->tool;
    }
  }
  if (most && count >= LEAST_PEOPLE && count >= TICKETS_A_MONTH * started * LATELY_DAYS / 30.4375)
    add_blocker(e, (struct impact_blocker){ "tickets", g_strdup_printf("The teams that started opened %d tickets about %s in the last quarter.", count, most), NULL, count, 0 });
}

static void block_load(const struct impact_case *c, struct impact_effect *e)
{
  double planned = 0, available = 0;
  int weeks = 0;
  for (int i = 0; i < c->company->loads.count; i++) {
    const struct capacity *load = &c->company->loads.at[i];
    if (!has_started(c, unit_of_team(c, load->team)) || load->day < until(c) - LATELY_DAYS || load->day >= until(c) || !isfinite(load->planned) || !isfinite(load->available))
      continue;
    planned += load->planned;
    available += load->available;
    weeks++;
  }
  if (available > 0 && planned > available)
    add_blocker(e, (struct impact_blocker){ "load", g_strdup_printf("The teams that started had %.0f%% more work planned than hours for it in the last quarter.", 100 * (planned / available - 1)), NULL,
                                            weeks, 0 });
}

static void block_deliveries(const struct impact_case *c, struct impact_effect *e)
{
  g_autoptr(GHashTable) people = g_hash_table_new(NULL, NULL);
  int shown = 0, unopened = 0;
  for (int i = 0; i < c->company->deliveries.count; i++) {
    const struct delivery *d = &c->company->deliveries.at[i];
    if (c->company->assets.at[d->asset].intervention != c->index || !has_started(c, unit_of_team(c, c->company->people.at[d->person].team)) ||
        clock_day(d->at) > c->today - OPEN_WITHIN_DAYS)
      continue;
    shown++;
    if (d->state == DELIVERY_OPENED || d->state == DELIVERY_DONE)
      continue;
    unopened++;
    g_hash_table_add(people, GINT_TO_POINTER(d->person + 1));
  }
  if ((int)g_hash_table_size(people) >= LEAST_PEOPLE && unopened >= UNOPENED_SHARE * shown)
    add_blocker(e, (struct impact_blocker){ "deliveries", g_strdup_printf("%d of %d deliveries were never opened within two weeks.", unopened, shown), NULL, shown, (int)g_hash_table_size(people) });
}

/* ---- what would fill an empty level ---- */

static void find_fill(const struct impact_case *c, struct impact_effect *e)
{
  const struct intervention *in = c->intervention;
  bool filled[4] = { false };
  g_autofree char *skill = in->skill_count > 0 ? g_strdup(c->company->skills.at[in->skills[0]].name) : NULL;
  for (int i = 0; i < e->sign_count; i++)
    filled[e->signs[i].level] = true;
  if (!filled[1])
    e->fill[1] = g_strdup("A pulse on how able people feel and how they like their work, from five people in each of these teams, before and after the starts.");
  if (!filled[2])
    e->fill[2] = skill ? g_strdup_printf("Results of practice or assessments in %s, from five people on either side, before registration and after the starts (results.csv, or statements from where people "
                                         "learn).", skill)
                       : g_strdup("Nothing: this remedy teaches nothing, so there is nothing to have learnt.");
  if (!filled[3])
    e->fill[3] = skill ? g_strdup_printf("Evidence from work, before registration and after the starts: results of work or managers' observations in %s (results.csv, or statements from the tools "
                                         "people work with), the work log of these teams (work_log.csv), objectives for this goal (objectives.csv).", skill)
                       : g_strdup("Evidence from work, before registration and after the starts: the work log of these teams (work_log.csv), objectives for this goal (objectives.csv).");
}

void impact_levels(const struct impact_case *c, struct impact_effect *e)
{
  if (e->first_start != CLOCK_NO_DAY && c->today >= e->first_start) {
    g_autofree enum topic *topics = g_new(enum topic, (size_t)c->company->questions.count + 1);
    g_autofree double *signs = g_new(double, (size_t)c->company->questions.count + 1), *means = g_new(double, (size_t)c->company->questions.count + 1);
    bool heard = c->company->pulses.count > 0;
    if (heard)
      questions_read(c->company, topics, signs, means);
    sign_results(c, e);
    sign_work_log(c, e);
    sign_tickets(c, e);
    sign_objectives(c, e);
    block_needs(c, e);
    if (heard) {
      sign_voices(c, topics, signs, TOPIC_CONFIDENCE, e);
      sign_voices(c, topics, signs, TOPIC_ENGAGEMENT, e);
      block_voices(c, topics, signs, e);
    }
    block_tickets(c, e);
    block_load(c, e);
    block_deliveries(c, e);
  }
  find_fill(c, e);
}
