/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading outcomes: registrations joined with claims, and their sums.
 *
 * The interval of a sum adds the distances of its parts in squares, below and above: interventions are taken as independent.
 * How it can be wrong: two that move one goal in the same teams are not, and the interval is then too narrow.
 *
 * What was said before the last reading is what the ledger says was said, and on which day: the agent, asked again today, might know more
 * than it did then.
 *
 * Without a claim, or where it says that the weeks are not over, the day from which it can be told is the last reading that was
 * registered, else the end of the registered weeks of the team that starts last. */
#include "ops/outcomes.h"
#include "company/programmes.h"
#include "gate/disclosure.h"
#include "ledger/claims.h"
#include "stats/discovery.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[VERDICTS + 1] = { "moved", "did not move", "cannot tell", NULL };
const char *const basis_names[BASES + 1] = { "last reading", "any time", "descriptive", NULL };
const char *const level_names[LEVELS + 1] = { "reaction", "learning", "behaviour", "results", NULL };
const char *const level_states[LEVEL_STATES + 1] = { "seen", "cannot tell", "empty", "withheld", NULL };
const char *const lead_names[LEAD_STEPS] = { "signal", "need", "accepted", "live", "first_use", "effect" };

static void outcome_free(void *data) {
  struct outcome *outcome = data;
  json_doc_free(outcome->value_doc);
  json_doc_free(outcome->plan_doc);
  char *texts[] = { outcome->claim, outcome->agent, outcome->evidence, outcome->value_text, outcome->needed };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(outcome);
}

static double member(struct json object, const char *key) { return json_number(json_get(object, key), NAN); }

static bool is_few(int people) { return disclosure_of(people, false, OPS_LEAST_PEOPLE) != DISCLOSURE_SHOWN; }

/* ---- the registration ------------------------------------------------------------------------------------------- */

/* People in teams that have values of the goal and are no unit: what is left of the goal's own figure when both series are
 * taken from it. */
static int people_left(const struct company *company, const struct intervention *plan) {
  g_autofree bool *left = g_new0(bool, (gsize)company->teams.count + 1);
  int people = 0;
  for (int i = 0; i < company->kpis.count; i++)
    if (company->kpis.at[i].goal == plan->goal && company->kpis.at[i].team >= 0) left[company->kpis.at[i].team] = true;
  for (int i = plan->first; i < plan->first + plan->count; i++) left[company->intervention_teams.at[i].team] = false;
  for (int t = 0; t < company->teams.count; t++) people += left[t] ? company->teams.at[t].size : 0;
  return people;
}

static void count_units(struct outcome *outcome, const struct company *company) {
  int people = 0, others = 0;
  for (int i = outcome->plan->first; i < outcome->plan->first + outcome->plan->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    outcome->units++;
    outcome->affected += unit->affected;
    *(unit->affected ? &people : &others) += company->teams.at[unit->team].size;
  }
  outcome->hidden = is_few(people);
  outcome->others_hidden = outcome->hidden || is_few(others) || is_few(people_left(company, outcome->plan));
}

/* People of the affected teams that had started by a day, and of those that still waited. */
static void people_by(const struct outcome *outcome, const struct company *company, int32_t day, int *ret_started, int *ret_waiting) {
  *ret_started = *ret_waiting = 0;
  for (int i = outcome->plan->first; i < outcome->plan->first + outcome->plan->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    if (unit->affected) *(unit->start != CLOCK_NO_DAY && unit->start <= day ? ret_started : ret_waiting) += company->teams.at[unit->team].size;
  }
}

/* What was measured rests on those that had started by its last value, and on those that still waited. */
static void count_started(struct outcome *outcome, const struct company *company, int32_t today) {
  int32_t until = today;
  int started, waiting;
  const char *to = json_string(json_get(outcome->value, "to"));
  if (to) clock_parse_day(to, &until);
  if (outcome->basis != BASIS_LAST_READING) until = MIN(until, clock_day(outcome->made_at));
  people_by(outcome, company, until, &started, &waiting);
  outcome->hidden |= is_few(started);
  outcome->others_hidden |= outcome->hidden || is_few(waiting);
}

static int32_t last_reading(struct json readings) {
  int32_t day = CLOCK_NO_DAY, last = CLOCK_NO_DAY;
  struct json_iter it = json_iter(readings);
  while (json_next(&it))
    if (json_string(it.value) && clock_parse_day(json_string(it.value), &day)) last = MAX(last, day);
  return last;
}

static int32_t told_from(const struct outcome *outcome, const struct company *company) {
  const struct intervention *plan = outcome->plan;
  if (!plan->measurable) return CLOCK_NO_DAY;
  int32_t day = last_reading(json_get(outcome->registration, "readings"));
  if (day != CLOCK_NO_DAY) return day;
  for (int i = plan->first; i < plan->first + plan->count; i++) {
    int32_t start = company->intervention_teams.at[i].start;
    if (start != CLOCK_NO_DAY) day = MAX(day, start + 7 * plan->to_week);
  }
  return day;
}

int32_t outcomes_count_from(const struct company *company, const struct intervention *plan) {
  int32_t first = CLOCK_NO_DAY;
  for (int i = plan->first; i < plan->first + plan->count; i++) {
    int32_t start = company->intervention_teams.at[i].start;
    if (start != CLOCK_NO_DAY && (first == CLOCK_NO_DAY || start < first)) first = start;
  }
  return first == CLOCK_NO_DAY ? CLOCK_NO_DAY : first + 7 * (plan->from_week - 1);
}

/* A fragment as a sentence: capital and full stop. */
static char *sentence_of(const char *text) {
  g_autofree char *head = g_utf8_substring(text, 0, 1), *upper = g_utf8_strup(head, -1);
  return g_strconcat(upper, text + strlen(head), g_str_has_suffix(text, ".") ? "" : ".", NULL);
}

/* What would settle it, where the agent has not said so. */
static char *needed_of(const struct outcome *outcome, int32_t today) {
  const char *said = json_string(json_get(outcome->value, "needed")), *why = json_string(json_get(outcome->registration, "why_not"));
  if (said && *said) return sentence_of(said);
  if (outcome->verdict != VERDICT_CANNOT_TELL) return NULL;
  if (!outcome->plan->measurable) return sentence_of(why && *why ? why : "It was registered as not measurable: no comparison could have told it.");
  if (outcome->tell != CLOCK_NO_DAY && outcome->tell > today) return g_strdup("The weeks that were registered are not over.");
  return g_strdup(outcome->claim ? "The values that came in do not settle it." : "It has not been measured yet; let the agents run.");
}

/* ---- the claim -------------------------------------------------------------------------------------------------- */

static enum verdict verdict_of(struct json value) {
  for (int i = 0; i < VERDICTS; i++)
    if (json_equals(json_get(value, "verdict"), verdict_names[i])) return (enum verdict)i;
  return VERDICT_CANNOT_TELL;
}

static enum basis basis_of(struct json value) {
  for (int i = 0; i < BASES; i++)
    if (json_equals(json_get(value, "basis"), basis_names[i])) return (enum basis)i;
  return BASIS_LAST_READING; /* what was stated before there was another */
}

static void read_claim(struct outcome *outcome, const struct claim_row *row) {
  outcome->value_text = g_strdup(row->value);
  outcome->value_doc = json_parse(outcome->value_text, strlen(outcome->value_text), NULL);
  outcome->claim = g_strdup(row->id);
  outcome->agent = g_strdup(row->agent);
  outcome->evidence = g_strdup(row->evidence);
  outcome->made_at = row->made_at;
  outcome->confidence = row->confidence;
  struct json value = outcome->value = json_root(outcome->value_doc), money = json_get(value, "value"), interval = json_get(value, "interval");
  outcome->verdict = verdict_of(value);
  outcome->basis = basis_of(value);
  outcome->estimate = member(value, "estimate");
  outcome->measured = isfinite(outcome->estimate);
  outcome->se = member(value, "se");
  outcome->low = json_number(json_at(interval, 0), NAN);
  outcome->high = json_number(json_at(interval, 1), NAN);
  outcome->p = member(value, "p");
  outcome->money = member(money, "money");
  outcome->money_low = member(money, "low");
  outcome->money_high = member(money, "high");
  if (!isfinite(outcome->cost)) outcome->cost = member(value, "cost"); /* what is registered now comes before what the agent has read */
  for (int i = 0; i < LEAD_STEPS; i++) outcome->lead[i] = member(json_get(value, "lead_days"), lead_names[i]);
}

/* What was said early, as it stood in the ledger on the day on which it was first said. 0: nothing. */
static int read_said(struct outcome *outcome, const struct company *company, struct db *db, GError **error) {
  if (outcome->basis != BASIS_LAST_READING || !outcome->measured) return 0;
  g_autoptr(query_auto) query = db_query(db, error, "ledger.claims_before", "tttt", "effect", outcome->plan->id, "%\"verdict\":\"moved\"%", "%\"basis\":\"any time\"%");
  int got = query_next(query, error), started, waiting;
  if (got != 1) return got;
  struct claim_row row;
  claim_read(query, &row);
  g_autoptr(json_doc_auto) doc = json_parse(row.value, strlen(row.value), NULL);
  struct json value = json_root(doc), interval = json_get(value, "interval");
  outcome->said = clock_day(row.made_at);
  people_by(outcome, company, outcome->said, &started, &waiting);
  if (outcome->hidden || is_few(started)) return 1;
  outcome->said_estimate = member(value, "estimate");
  outcome->said_low = json_number(json_at(interval, 0), NAN);
  outcome->said_high = json_number(json_at(interval, 1), NAN);
  return 1;
}

bool outcome_taken_back(const struct outcome *outcome) { return outcome->said != CLOCK_NO_DAY && outcome->verdict != VERDICT_MOVED && !outcome->hidden; }

/* Nothing that an estimate says leaves where too few people stand behind it; neither does what follows from it. */
static void withhold(struct outcome *outcome) {
  double *figures[] = { &outcome->estimate, &outcome->se, &outcome->low, &outcome->high, &outcome->p, &outcome->money, &outcome->money_low, &outcome->money_high };
  for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) *figures[i] = NAN;
  outcome->measured = false;
  outcome->verdict = VERDICT_CANNOT_TELL;
  g_free(outcome->needed);
  outcome->needed = g_strdup("Withheld: fewer than five people stand behind it.");
}

/* ---- levels ----------------------------------------------------------------------------------------------------- */

struct json outcome_level_row(const struct outcome *outcome, int level) {
  struct json_iter it = json_iter(json_get(outcome->value, "levels"));
  int64_t which;
  while (json_next(&it))
    if (json_integer(json_get(it.value, "level"), &which) && which == level) return it.value;
  return (struct json){ 0 };
}

bool outcome_sign_shown(const struct outcome *outcome, struct json sign) {
  double people = json_number(json_get(sign, "people"), NAN);
  return !outcome->hidden && !(people > 0 && people < OPS_LEAST_PEOPLE);
}

enum level_state outcome_level(const struct outcome *outcome, int level) {
  if (outcome->hidden) return LEVEL_WITHHELD;
  if (level == LEVELS) return outcome->verdict != VERDICT_CANNOT_TELL ? LEVEL_SEEN : outcome->measured ? LEVEL_CANNOT_TELL : LEVEL_EMPTY;
  int signs = 0, clear = 0, few = 0;
  struct json_iter it = json_iter(json_get(outcome_level_row(outcome, level), "signs"));
  while (json_next(&it)) {
    double low = json_number(json_at(json_get(it.value, "interval"), 0), NAN), high = json_number(json_at(json_get(it.value, "interval"), 1), NAN);
    bool shown = outcome_sign_shown(outcome, it.value);
    few += !shown;
    signs += shown;
    clear += shown && (low > 0 || high < 0);
  }
  return few && !signs ? LEVEL_WITHHELD : clear ? LEVEL_SEEN : signs ? LEVEL_CANNOT_TELL : LEVEL_EMPTY;
}

/* ---- one of them ------------------------------------------------------------------------------------------------ */

static struct outcome *outcome_of(const struct company *company, int index, const struct claim_row *row, int32_t today) {
  struct outcome *outcome = g_new0(struct outcome, 1);
  const struct intervention *plan = outcome->plan = &company->interventions.at[index];
  outcome->goal = plan->goal >= 0 ? &company->goals.at[plan->goal] : NULL;
  outcome->plan_doc = json_parse(plan->plan, strlen(plan->plan), NULL);
  outcome->registration = json_root(outcome->plan_doc);
  outcome->verdict = VERDICT_CANNOT_TELL;
  outcome->said = CLOCK_NO_DAY;
  outcome->cost = plan->cost > 0 ? plan->cost : NAN;
  double *figures[] = { &outcome->estimate, &outcome->se, &outcome->low, &outcome->high, &outcome->p, &outcome->money, &outcome->money_low, &outcome->money_high, &outcome->confidence, &outcome->said_estimate, &outcome->said_low, &outcome->said_high };
  for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) *figures[i] = NAN;
  for (int i = 0; i < LEAD_STEPS; i++) outcome->lead[i] = NAN;
  count_units(outcome, company);
  if (row) {
    read_claim(outcome, row);
    count_started(outcome, company, today);
  }
  outcome->tell = told_from(outcome, company);
  outcome->needed = needed_of(outcome, today);
  if (outcome->hidden) withhold(outcome);
  bool priced = isfinite(outcome->cost) && outcome->cost > 0;
  outcome->back = priced ? outcome->money / outcome->cost : NAN;
  outcome->back_low = priced ? outcome->money_low / outcome->cost : NAN;
  outcome->back_high = priced ? outcome->money_high / outcome->cost : NAN;
  return outcome;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static bool touches(const struct company *company, const struct intervention *plan, const bool *seen) {
  for (int i = plan->first; i < plan->first + plan->count; i++)
    if (seen[company->intervention_teams.at[i].team] && company->intervention_teams.at[i].affected) return true;
  return false;
}

static int by_money(const void *a, const void *b) {
  const struct outcome *x = *(struct outcome *const *)a, *y = *(struct outcome *const *)b;
  double p = isfinite(x->money) ? x->money : -INFINITY, q = isfinite(y->money) ? y->money : -INFINITY;
  if (p != q) return p < q ? 1 : -1;
  return strcmp(x->plan->id, y->plan->id);
}

static int intervention_by(const struct company *company, const char *id) {
  for (int i = 0; i < company->interventions.count; i++)
    if (strcmp(company->interventions.at[i].id, id) == 0) return i;
  return -1;
}

/* Whoever looks at many effects finds some by chance: Y. Benjamini and Y. Hochberg's adjustment over all that were measured. */
static void adjust(GPtrArray *all) {
  g_autofree double *p = g_new(double, (gsize)all->len + 1), *q = g_new(double, (gsize)all->len + 1);
  for (guint i = 0; i < all->len; i++) p[i] = ((struct outcome *)all->pdata[i])->p;
  discovery_benjamini_hochberg(p, (int)all->len, q);
  for (guint i = 0; i < all->len; i++) ((struct outcome *)all->pdata[i])->q = q[i];
}

GPtrArray *outcomes_read(struct op_call *call, const struct company *company, GError **error) {
  g_autoptr(GPtrArray) outcomes = g_ptr_array_new_with_free_func(outcome_free);
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "ledger.live_claims", "t", "effect") : NULL;
  g_autofree bool *seen = ops_teams_seen(call, company), *done = g_new0(bool, (gsize)company->interventions.count + 1);
  bool confined = ops_is_confined(call);
  int32_t today = clock_day(call->now);
  int got;
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(outcome_free);
  while ((got = query_next(query, error)) == 1) {
    struct claim_row row;
    claim_read(query, &row);
    int index = intervention_by(company, row.subject);
    if (index < 0 || done[index]) continue;
    done[index] = true;
    g_ptr_array_add(all, outcome_of(company, index, &row, today));
  }
  if (got < 0) return NULL;
  for (guint i = 0; i < all->len; i++)
    if (read_said(all->pdata[i], company, db, error) < 0) return NULL;
  for (int i = 0; i < company->interventions.count; i++)
    if (!done[i]) g_ptr_array_add(all, outcome_of(company, i, NULL, today));
  adjust(all);
  g_ptr_array_set_free_func(all, NULL); /* each goes over, or ends here */
  for (guint i = 0; i < all->len; i++) {
    struct outcome *outcome = all->pdata[i];
    if (!confined || touches(company, outcome->plan, seen)) g_ptr_array_add(outcomes, outcome);
    else outcome_free(outcome);
  }
  g_ptr_array_sort(outcomes, by_money);
  return g_steal_pointer(&outcomes);
}

const struct outcome *outcomes_find(const GPtrArray *outcomes, const char *id) {
  for (guint i = 0; i < outcomes->len; i++) {
    const struct outcome *outcome = outcomes->pdata[i];
    if (strcmp(outcome->plan->id, id) == 0 || g_strcmp0(outcome->claim, id) == 0) return outcome;
  }
  return NULL;
}

bool outcome_touches(const struct outcome *outcome, const struct company *company, const struct change *change, int32_t until) {
  const struct intervention *plan = outcome->plan;
  int32_t from = plan->registered;
  bool near = change->team < 0 && change->department < 0;
  for (int i = plan->first; i < plan->first + plan->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    if (unit->start != CLOCK_NO_DAY) from = MIN(from, unit->start);
    near |= unit->team == change->team || (change->team < 0 && change->department >= 0 && company->teams.at[unit->team].department == change->department);
  }
  return near && change->day >= from && change->day <= until;
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) { double d = *(const double *)a - *(const double *)b; return (d > 0) - (d < 0); }

static double median_lead(const GPtrArray *outcomes, enum lead_step step) {
  g_autofree double *days = g_new(double, outcomes->len + 1);
  size_t count = 0;
  for (guint i = 0; i < outcomes->len; i++) {
    double lead = ((const struct outcome *)outcomes->pdata[i])->lead[step];
    if (isfinite(lead)) days[count++] = lead;
  }
  qsort(days, count, sizeof *days, by_size);
  return count ? (days[(count - 1) / 2] + days[count / 2]) / 2 : NAN;
}

/* What moved was picked because it was large. So the sum of all that was measured, whatever its verdict, each effect drawn
 * towards their mean by how unsure it is (stats/discovery.h); of fewer than three nothing is known of how they spread. */
static void add_all(const GPtrArray *outcomes, struct outcome_sums *sums) {
  g_autofree double *money = g_new(double, (gsize)outcomes->len + 1), *se = g_new(double, (gsize)outcomes->len + 1), *mean = g_new(double, (gsize)outcomes->len + 1), *sd = g_new(double, (gsize)outcomes->len + 1);
  double square = 0;
  for (guint i = 0; i < outcomes->len; i++) {
    const struct outcome *outcome = outcomes->pdata[i];
    money[i] = outcome->money;
    se[i] = (outcome->money_high - outcome->money_low) / (2 * 1.959963984540054);
  }
  discovery_shrink(money, se, (int)outcomes->len, mean, sd);
  sums->all = NAN;
  for (guint i = 0; i < outcomes->len; i++) {
    if (!isfinite(mean[i]) || !isfinite(sd[i])) continue;
    sums->all = mean[i] + (isfinite(sums->all) ? sums->all : 0);
    square += sd[i] * sd[i];
  }
  sums->all_low = sums->all - 1.959963984540054 * sqrt(square);
  sums->all_high = sums->all + 1.959963984540054 * sqrt(square);
}

void outcomes_add_up(const GPtrArray *outcomes, struct outcome_sums *sums) {
  *sums = (struct outcome_sums){ .cost = NAN, .money = NAN, .money_low = NAN, .money_high = NAN };
  double below = 0, above = 0;
  for (guint i = 0; i < outcomes->len; i++) {
    const struct outcome *outcome = outcomes->pdata[i];
    sums->of[outcome->verdict]++;
    sums->unmeasured += !outcome->measured;
    sums->taken_back += outcome_taken_back(outcome);
    sums->believed += outcome->verdict == VERDICT_MOVED && outcome->q <= 0.05;
    if (isfinite(outcome->cost)) sums->cost = outcome->cost + (isfinite(sums->cost) ? sums->cost : 0);
    if (outcome->verdict != VERDICT_MOVED || !isfinite(outcome->money)) continue;
    sums->money = outcome->money + (isfinite(sums->money) ? sums->money : 0);
    below += (outcome->money - outcome->money_low) * (outcome->money - outcome->money_low);
    above += (outcome->money_high - outcome->money) * (outcome->money_high - outcome->money);
  }
  add_all(outcomes, sums);
  sums->money_low = sums->money - sqrt(below);
  sums->money_high = sums->money + sqrt(above);
  sums->back = sums->money / sums->cost;
  sums->back_low = sums->money_low / sums->cost;
  sums->back_high = sums->money_high / sums->cost;
  for (int step = 0; step < LEAD_STEPS; step++) sums->lead[step] = median_lead(outcomes, (enum lead_step)step);
}

/* ---- what was declined ------------------------------------------------------------------------------------------ */

static int programme_of(const struct company *company, const char *need) {
  for (int i = 0; i < company->programmes.count; i++) {
    g_autofree char *id = id_short("n", "programme", company->programmes.at[i].id, NULL); /* as the needs agent names it */
    if (strcmp(id, need) == 0) return i;
  }
  return -1;
}

static int by_saving(const void *a, const void *b) {
  const struct declined_row *x = a, *y = b;
  if (x->saved != y->saved) return x->saved ? -1 : 1;
  if (x->money != y->money) return x->money < y->money ? 1 : -1;
  return strcmp(x->id, y->id);
}

/* Programmes that a person stopped: their needs are gone with them, what they cost is saved. Of a handful of takers the fixed
 * cost alone: the seats would tell who. */
static void add_stopped(const struct company *company, struct declined *declined) {
  for (int i = 0; i < company->programmes.count; i++) {
    const struct programme *programme = &company->programmes.at[i];
    if (!programme->stopped) continue;
    struct programme_account account = programme_account_of(company, i);
    struct declined_row row = { programme->id, programme->title, programme->reason, account.few ? programme->fixed_cost : account.money, true };
    g_array_append_val(declined->programmes, row);
  }
}

void declined_read(const GPtrArray *needs, const struct company *company, struct declined *declined) {
  *declined = (struct declined){ .programmes = g_array_new(FALSE, FALSE, sizeof(struct declined_row)) };
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    bool accepted = strcmp(need->status, "accepted") == 0, aside = strcmp(need->status, "not a priority") == 0;
    if (strcmp(need->status, "not a training problem") == 0) {
      declined->not_training++;
      declined->not_training_money += isfinite(need->money) ? need->money : 0;
    }
    if (!accepted && !aside) continue;
    int programme = programme_of(company, need->id);
    if (programme < 0) declined->no_goal += aside;
    else {
      struct declined_row row = { need->id, need->title, json_string(json_get(need->value, "reason")), isfinite(need->money) ? need->money : 0, accepted };
      g_array_append_val(declined->programmes, row);
    }
  }
  add_stopped(company, declined);
  g_array_sort(declined->programmes, by_saving);
}

void declined_clear(struct declined *declined) { g_array_unref(declined->programmes); }

void outcome_write_units(struct json_writer *out, const struct company *company, const struct intervention *plan, const bool *seen) {
  json_open_array(out, "teams");
  for (int i = plan->first; i < plan->first + plan->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[i];
    if (!seen[unit->team]) continue;
    json_open_object(out, NULL);
    json_put_string(out, "team", company->teams.at[unit->team].name);
    put_day(out, "start", unit->start);
    json_put_bool(out, "affected", unit->affected);
    json_close_object(out);
  }
  json_close_array(out);
}
