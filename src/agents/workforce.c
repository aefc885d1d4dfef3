/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * workforce: which capability will be short in 18 months, and is it built, bought, borrowed or automated?
 *
 * Inputs: what the business says it will need (workforce.csv, by month and skill or job); people with their memberships;
 * skills, job profiles and results; programmes; changes; and what the company assumes (company/assumptions.def). Without
 * workforce.csv nothing is claimed: nobody but the business knows what it will need.
 *
 * Method: workforce-supply.c projects people and holds them against the demand; workforce-plan.c prices the ways out. This
 * file says what follows, in claims:
 *
 *   shortage      subject: the skill's id, one for every skill that the business asks for, short or not. {skill, name, job, status
 *                 (short, not short, cannot tell), chance, title, reason, people, measured, today, months [{month, demand, demand_low,
 *                 demand_high, supply, supply_low, supply_high}], short_by {people, low, high}, starts, starts_from, starts_to,
 *                 leaving {share, low, high, known}, arriving {people, known}, ways [{way, known, people, money, each, months,
 *                 in_time, why, parts}], pool {people, skills, teams, elsewhere}, plan {build, borrow, buy, automate,
 *                 money, saved, bridge_months, bridge_money, months, begin_by}, need, currency}; ways, pool, plan and need only where it is short.
 *   future need   subject: "f-…", one for every skill that is short: a need that nobody feels yet, with the keys of a need
 *                 (needs.c), handed over before the shortage begins.
 *
 * and in the proposal "build capability" about a future need, whose body is the comparison. Nobody is named or ranked; groups
 * of fewer than five are withheld, also by subtraction.
 *
 * How it can be wrong: see the two files. And a shortage that is foreseen may be prevented: then the claim was right to be
 * made and wrong in the end.
 *
 * References: P. Cappelli, Talent on Demand (2008); ISO 30409:2016, Workforce planning. */
#include "agents/workforce-private.h"
#include "base/id.h"
#include <math.h>
#include <string.h>

#define FULLY 1.2816           /* standard deviations of an 80 % interval */
#define VALID_DAYS 92
#define OPEN_DAYS 45
#define SURE 0.99

static void put_rounded(struct json_writer *w, const char *key, double value, double step)
{
  json_put_number(w, key, round(value / step) * step);
}

static void put_people(struct json_writer *w, const char *key, double value) { put_rounded(w, key, value, 0.1); }
static void put_money(struct json_writer *w, const char *key, double value) { put_rounded(w, key, value, 100); }

static void put_day(struct json_writer *w, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(w, key, day == CLOCK_NO_DAY ? NULL : clock_format_day(day, text));
}

static const char *month_name(struct workforce_study *study, int32_t day)
{
  static const char *const names[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return workforce_say(study, "%s %d", names[month - 1], year);
}

static int32_t day_at(const struct workforce_case *of, int index)
{
  return index < 0 ? CLOCK_NO_DAY : of->at[index].day;
}

/* ---- sentences ---- */

static const char *starting(struct workforce_study *study, const struct workforce_case *of)
{
  const char *from = month_name(study, of->at[MAX(of->starts, 0)].day);
  if (of->starts_low == of->starts && of->starts_high == of->starts)
    return from;
  const char *low = of->starts_low <= 0 ? "now" : month_name(study, of->at[of->starts_low].day);
  const char *high = of->starts_high < 0 ? "later than the forecast reaches" : month_name(study, of->at[of->starts_high].day);
  return workforce_say(study, "%s (between %s and %s)", from, low, high);
}

static const char *sentence_of(struct workforce_study *study, const struct workforce_case *of)
{
  const char *name = study->company->skills.at[of->skill].name;
  const struct workforce_month *last = &of->at[of->count - 1];
  if (of->withheld)
    return workforce_say(study, "fewer than five people can be counted for %s, or of fewer than five something is known: no figure is shown", name);
  const char *end = month_name(study, last->day);
  const char *supply = workforce_say(study, "%.0f full-time people are asked for in %s, and %.0f (%.0f to %.0f) are expected", last->demand, end, last->supply,
                                     fmax(0, last->supply - FULLY * last->supply_sd), last->supply + FULLY * last->supply_sd);
  if (strcmp(of->status, "short") == 0)
    return workforce_say(study, "%s becomes short from %s on: %s", name, starting(study, of), supply);
  if (strcmp(of->status, "cannot tell") == 0)
    return workforce_say(study, "whether %s becomes short cannot be told: %s", name, supply);
  return workforce_say(study, "%s is not short: %s", name, supply);
}

static const char *mix_words(struct workforce_study *study, const struct workforce_plan *plan)
{
  static const char *const verbs[WAY_COUNT] = { "build", "borrow", "hire", "automate" };
  g_autoptr(GString) text = g_string_new("");
  for (int w = 0; w < WAY_COUNT; w++)
    if (plan->people[w] > 0)
      g_string_append_printf(text, "%s%s %.0f", text->len ? " and " : "", verbs[w], plan->people[w]);
  return g_string_chunk_insert(study->texts, text->str);
}

/* ---- JSON ---- */

static void put_months(struct json_writer *w, const struct workforce_case *of)
{
  json_open_array(w, "months");
  for (int i = 0; i < of->count && !of->withheld; i++) {
    const struct workforce_month *at = &of->at[i];
    json_open_object(w, NULL);
    put_day(w, "month", at->day);
    put_people(w, "demand", at->demand);
    put_people(w, "demand_low", fmax(0, at->demand - FULLY * at->demand_sd));
    put_people(w, "demand_high", at->demand + FULLY * at->demand_sd);
    put_people(w, "supply", at->supply);
    put_people(w, "supply_low", fmax(0, at->supply - FULLY * at->supply_sd));
    put_people(w, "supply_high", at->supply + FULLY * at->supply_sd);
    json_close_object(w);
  }
  json_close_array(w);
}

static void put_flows(struct json_writer *w, const struct workforce_case *of)
{
  json_open_object(w, "leaving");
  put_rounded(w, "share", of->leaving, 0.001);
  put_rounded(w, "low", of->leaving_low, 0.001);
  put_rounded(w, "high", of->leaving_high, 0.001);
  json_put_bool(w, "known", of->leaving_known);
  json_close_object(w);
  json_open_object(w, "arriving");
  put_people(w, "people", of->arriving); /* NAN is written as null */
  json_put_bool(w, "known", of->arriving_known);
  json_close_object(w);
}

static void put_ways(struct json_writer *w, const struct workforce_plan *plan)
{
  json_open_array(w, "ways");
  for (int way = 0; way < WAY_COUNT; way++) {
    const struct workforce_option *o = &plan->options[way];
    json_open_object(w, NULL);
    json_put_string(w, "way", workforce_way_names[way]);
    json_put_bool(w, "known", o->known);
    put_people(w, "people", o->known ? o->people : NAN);
    put_money(w, "money", o->known ? o->money : NAN);
    put_money(w, "each", o->known ? o->each : NAN);
    put_people(w, "months", o->known ? o->months : NAN);
    json_put_bool(w, "in_time", o->in_time);
    json_put_string(w, "why", o->why);
    json_open_array(w, "parts");
    for (int i = 0; i < o->part_count; i++) {
      json_open_object(w, NULL);
      json_put_string(w, "what", o->parts[i].what);
      put_money(w, "money", o->parts[i].money);
      json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
  }
  json_close_array(w);
}

static void put_pool(struct json_writer *w, const struct company *c, const struct workforce_pool *pool)
{
  bool few = pool->people < WORKFORCE_LEAST;
  json_open_object(w, "pool");
  json_put_number(w, "people", few ? NAN : pool->people);
  json_open_array(w, "skills");
  for (int i = 0; i < pool->skill_count; i++)
    json_put_string(w, NULL, c->skills.at[pool->skills[i]].name);
  json_close_array(w);
  json_open_array(w, "teams");
  for (int i = 0; i < pool->teams && !few; i++) {
    json_open_object(w, NULL);
    json_put_string(w, "team", c->teams.at[pool->team[i]].name);
    json_put_integer(w, "people", pool->count[i]);
    json_close_object(w);
  }
  json_close_array(w);
  json_put_integer(w, "elsewhere", few ? 0 : pool->elsewhere);
  json_close_object(w);
}

static void put_plan(struct json_writer *w, const struct workforce_plan *plan)
{
  json_open_object(w, "plan");
  for (int way = 0; way < WAY_COUNT; way++)
    put_people(w, workforce_way_names[way], plan->people[way]);
  put_money(w, "money", plan->money);
  put_money(w, "saved", plan->saved);
  put_people(w, "bridge_months", plan->bridge_months);
  put_money(w, "bridge_money", plan->bridge_money);
  put_people(w, "months", plan->months);
  put_day(w, "begin_by", plan->begin_by);
  json_close_object(w);
}

/* The members that a claim of a shortage and the body of its proposal share. */
static void put_comparison(struct json_writer *w, struct workforce_study *study, const struct workforce_case *of, const struct workforce_plan *plan)
{
  json_open_object(w, "short_by");
  put_people(w, "people", of->withheld ? NAN : of->short_by);
  put_people(w, "low", of->withheld ? NAN : of->short_low);
  put_people(w, "high", of->withheld ? NAN : of->short_high);
  json_close_object(w);
  put_day(w, "starts", day_at(of, of->starts));
  put_day(w, "starts_from", day_at(of, of->starts_low));
  put_day(w, "starts_to", day_at(of, of->starts_high));
  json_put_string(w, "currency", study->company->currency);
  if (plan == NULL)
    return;
  put_ways(w, plan);
  put_pool(w, study->company, &plan->pool);
  put_plan(w, plan);
}

/* ---- claims ---- */

static int evidence_of(struct workforce_study *study, const struct workforce_case *of, struct evidence evidence[4])
{
  const struct company *c = study->company;
  const char *name = c->skills.at[of->skill].name;
  struct evidence blank = { .about = cause_names[CAUSE_SKILL], .team = -1, .goal = -1, .skill = of->skill, .person = -1, .from = CLOCK_NO_DAY, .to = study->day };
  int count = 0;
  const struct workforce_month *first = &of->at[0], *last = &of->at[of->count - 1];
  evidence[count] = blank;
  evidence[count].file = FILE_WORKFORCE, evidence[count].count = of->records, evidence[count].from = first->day, evidence[count].to = last->day;
  evidence[count++].sentence = workforce_say(study, "the business asks for %.1f full-time people in %s and for %.1f in %s%s%s", first->demand, month_name(study, first->day),
                                             last->demand, month_name(study, last->day), of->job ? ", as " : "", of->job ? of->job : "");
  if (of->pool == 0) {
    evidence[count] = blank;
    evidence[count].file = FILE_PEOPLE, evidence[count].count = evidence[count].people = study->here;
    evidence[count++].sentence = workforce_say(study, "of %d people nobody's job needs %s, and nobody was measured in it", study->here, name);
  }
  if (of->withheld || of->pool == 0)
    return count;
  evidence[count] = blank;
  evidence[count].file = of->job ? FILE_PEOPLE : FILE_RESULTS, evidence[count].count = of->job ? of->pool : of->results, evidence[count].people = of->job ? of->pool : of->measured;
  evidence[count++].sentence = of->job ? workforce_say(study, "%.1f full-time people hold the job today", of->today)
    : workforce_say(study, "%d people count for %s, %d of them measured: together they stand for %.1f (%.1f to %.1f) able full-time people today", of->pool, name, of->measured,
                    of->today, fmax(0, of->today - FULLY * of->today_sd), of->today + FULLY * of->today_sd);
  evidence[count] = blank;
  evidence[count].file = FILE_PEOPLE, evidence[count].count = of->pool, evidence[count].people = of->pool, evidence[count].to = study->day;
  evidence[count++].sentence = of->leaving_known
    ? workforce_say(study, "of people in such jobs %.0f %% (%.0f to %.0f %%) leave in a year%s", 100 * of->leaving, 100 * of->leaving_low, 100 * of->leaving_high,
                    of->arriving_known ? ", and others have come at a known pace" : "; nobody has come into them lately")
    : workforce_say(study, "no file tells of anybody who left: %.0f %% a year are assumed", 100 * of->leaving);
  return count;
}

static void claim_shortage(struct workforce_study *study, const struct workforce_case *of, const struct workforce_plan *plan, const char *need, const struct evidence *evidence,
                           int count, struct turn *out)
{
  const struct skill *skill = &study->company->skills.at[of->skill];
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "skill", skill->id);
  json_put_string(&w, "name", skill->name);
  json_put_string(&w, "job", of->job);
  json_put_string(&w, "status", of->status);
  put_rounded(&w, "chance", of->withheld ? NAN : of->chance, 0.01);
  json_put_string(&w, "title", workforce_say(study, "%s in %d months", skill->name, (int)round(of->at[of->count - 1].months)));
  json_put_string(&w, "reason", sentence_of(study, of));
  json_put_integer(&w, "people", of->withheld ? 0 : of->pool);
  json_put_integer(&w, "measured", of->withheld ? 0 : of->measured);
  json_put_bool(&w, "withheld", of->withheld);
  put_people(&w, "today", of->withheld ? NAN : of->today);
  put_months(&w, of);
  if (!of->withheld)
    put_flows(&w, of);
  put_comparison(&w, study, of, plan);
  json_put_string(&w, "need", need);
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL);
  double confidence = of->withheld ? 0.5 : fmax(of->chance, 1 - of->chance);
  struct claim claim = { .predicate = "shortage", .subject = skill->id, .value = value, .confidence = fmin(SURE, confidence), .valid_from = study->day,
    .valid_to = study->day + VALID_DAYS, .evidence = evidence, .evidence_count = count };
  turn_claim(out, &claim);
}

/* ---- the need that nobody feels yet ---- */

static const struct need_decision *decision_of(const struct company *c, const char *need)
{
  const struct need_decision *last = NULL;
  for (int i = 0; i < c->decisions.count; i++)
    if (g_strcmp0(c->decisions.at[i].need, need) == 0)
      last = &c->decisions.at[i];
  return last;
}

static const char *goal_of(const struct company *c, int skill)
{
  for (int g = 0; g < c->goals.count; g++)
    for (int i = 0; i < c->goals.at[g].skill_count; i++)
      if (c->goals.at[g].skills[i] == skill)
        return c->goals.at[g].id;
  return NULL;
}

static void put_subject(struct json_writer *w, const struct company *c, const struct workforce_plan *plan)
{
  json_open_object(w, "subject");
  json_put_string(w, "kind", "company");
  json_open_array(w, "names");
  if (c->name && *c->name)
    json_put_string(w, NULL, c->name);
  json_close_array(w);
  json_close_object(w);
  json_open_array(w, "teams");
  for (int i = 0; i < plan->pool.teams; i++)
    json_put_string(w, NULL, c->teams.at[plan->pool.team[i]].name);
  json_close_array(w);
}

static void put_causes(struct json_writer *w, const struct workforce_case *of, const struct evidence *evidence, int count)
{
  json_open_array(w, "causes");
  json_open_object(w, NULL);
  json_put_string(w, "cause", cause_names[CAUSE_SKILL]);
  put_rounded(w, "probability", of->chance, 0.01);
  json_open_array(w, "evidence");
  for (int i = 0; i < count; i++)
    json_put_string(w, NULL, evidence[i].sentence);
  json_close_array(w);
  json_open_array(w, "against");
  json_close_array(w);
  json_close_object(w);
  json_close_array(w);
}

static void put_value(struct json_writer *w, const struct company *c, const struct workforce_case *of, const struct workforce_plan *plan)
{
  json_open_object(w, "value");
  put_people(w, "amount", of->short_by);
  json_put_string(w, "unit", "full-time people");
  put_money(w, "money", plan->saved);
  json_put_string(w, "currency", c->currency);
  json_put_string(w, "period", "a year");
  json_close_object(w);
  json_open_object(w, "gap");
  put_people(w, "amount", of->short_by);
  json_put_string(w, "unit", "full-time people");
  json_close_object(w);
  json_open_array(w, "gap_interval");
  put_people(w, NULL, of->short_low);
  put_people(w, NULL, of->short_high);
  json_close_array(w);
}

static void claim_need(struct workforce_study *study, const struct workforce_case *of, const struct workforce_plan *plan, const char *id, const struct need_decision *decision,
                       const struct evidence *evidence, int count, struct turn *out)
{
  const struct company *c = study->company;
  const struct skill *skill = &c->skills.at[of->skill];
  bool open = decision == NULL || decision->state == NEED_OPEN;
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "id", id);
  json_put_string(&w, "goal", goal_of(c, of->skill));
  json_put_string(&w, "title", workforce_say(study, "%s will be short from %s on", skill->name, month_name(study, day_at(of, MAX(of->starts, 0)))));
  put_subject(&w, c, plan);
  json_open_array(&w, "skills");
  json_put_string(&w, NULL, skill->id);
  json_close_array(&w);
  put_causes(&w, of, evidence, count);
  json_put_string(&w, "cause", cause_names[CAUSE_SKILL]);
  json_put_null(&w, "question");
  json_put_null(&w, "file");
  put_value(&w, c, of, plan);
  json_put_string(&w, "status", open ? "open" : decision->state == NEED_ACCEPTED ? "accepted" : "not a priority");
  json_put_string(&w, "reason", open || !decision->reason ? sentence_of(study, of) : decision->reason);
  json_put_string(&w, "instead", workforce_say(study, "%s; begun later, it is borrowed at %.0f %s a year each", mix_words(study, plan), plan->options[WAY_BORROW].each, c->currency));
  put_day(&w, "since", day_at(of, of->starts));
  json_put_null(&w, "peers");
  json_open_array(&w, "requests");
  json_close_array(&w);
  put_day(&w, "expires", study->day + VALID_DAYS);
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL);
  struct claim claim = { .predicate = "future need", .subject = id, .value = value, .confidence = fmin(SURE, of->chance), .valid_from = study->day,
    .valid_to = study->day + VALID_DAYS, .evidence = evidence, .evidence_count = count };
  turn_claim(out, &claim);
}

static void propose(struct workforce_study *study, const struct workforce_case *of, const struct workforce_plan *plan, const char *id, struct turn *out)
{
  const struct skill *skill = &study->company->skills.at[of->skill];
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "summary", sentence_of(study, of));
  json_put_string(&w, "need", id);
  json_open_array(&w, "skills");
  json_put_string(&w, NULL, skill->id);
  json_close_array(&w);
  put_comparison(&w, study, of, plan);
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  double learners = plan->people[WAY_BUILD] > 0 ? ceil(plan->people[WAY_BUILD] / study->assumed[ASSUME_LEARN_SUCCESS]) : 1;
  const char *words = mix_words(study, plan);
  struct proposal p = { .kind = "build capability", .subject = id, .body = body, .audience = (int)learners, .confidence = of->chance, .expires = study->day + OPEN_DAYS,
    .title = workforce_say(study, "%s: %c%s before it is short", skill->name, g_ascii_toupper(words[0]), words + 1) };
  turn_propose(out, &p);
}

static void tell(struct workforce_study *study, const struct workforce_case *of, struct turn *out)
{
  struct evidence evidence[4];
  struct workforce_plan plan;
  int count = evidence_of(study, of, evidence);
  bool is_short = !of->withheld && strcmp(of->status, "short") == 0;
  g_autofree char *id = id_short("f", "capability", study->company->skills.at[of->skill].id, NULL);
  if (!is_short) {
    claim_shortage(study, of, NULL, NULL, evidence, count, out);
    return;
  }
  const struct need_decision *decision = decision_of(study->company, id);
  workforce_plan_make(study, of, &plan);
  claim_shortage(study, of, &plan, id, evidence, count, out);
  claim_need(study, of, &plan, id, decision, evidence, count, out);
  if (decision == NULL || decision->state == NEED_OPEN)
    propose(study, of, &plan, id, out);
  workforce_plan_clear(&plan);
}

static bool workforce_run(const struct snapshot *now, struct turn *out, GError **error)
{
  (void)error;
  if (now->company->demands.count == 0)
    return true;
  int32_t day = workforce_day(now);
  g_autoptr(levels_auto) levels = levels_new(now->company, day);
  struct workforce_study study;
  workforce_study_init(&study, now, levels, day);
  g_autoptr(GArray) cases = workforce_cases(&study);
  for (guint i = 0; i < cases->len; i++)
    tell(&study, &g_array_index(cases, struct workforce_case, i), out);
  workforce_study_clear(&study);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_SKILLS, FILE_JOBS, FILE_GOALS, FILE_RESULTS, FILE_STATEMENTS, FILE_PROGRAMMES, FILE_CHANGES, FILE_WORKFORCE, FILE_COUNT };
static const char *const makes[] = { "shortage", "future need", "build capability", NULL };

extern const struct agent agent_workforce;
const struct agent agent_workforce = {
  .id = "workforce", .title = "Workforce", .question = "Which capability will be short in 18 months, and is it built, bought, borrowed or automated?",
  .revision = "1", .reads = reads, .makes = makes, .cadence = CADENCE_DAILY, .run = workforce_run,
};
