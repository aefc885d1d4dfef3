/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second half of the snapshot: what the company has written down, which needs stand, and what was decided about them and
 * came of it. Bodies that agents of ours wrote are read here once, so that nobody parses them again.
 *
 * How it can be wrong: a need, team or skill that a registration names and that no file knows any more is kept by name. */
#include "company/load-private.h"
#include "base/json.h"
#include <math.h>
#include <string.h>

static int goal_of(struct loading *load, const char *id) { return load_find(load->to->goals, id); }

static int32_t day_of(struct json value) {
  int32_t day = CLOCK_NO_DAY;
  const char *text = json_string(value);
  if (text) clock_parse_day(text, &day);
  return day;
}

/* Names in a JSON array as indices; newly allocated. */
static const int *index_list(struct loading *load, struct json names, int *ret_count, int (*index_of)(struct loading *, const char *)) {
  int count = 0, *list = g_new(int, json_count(names) + 1);
  struct json_iter it = json_iter(names);
  while (json_next(&it)) {
    int index = json_string(it.value) ? index_of(load, json_string(it.value)) : -1;
    if (index >= 0) list[count++] = index;
  }
  *ret_count = count;
  return list;
}

/* ---- sources ---------------------------------------------------------------------------------------------------- */

static bool load_sources(struct loading *load, GError **error) {
  GArray *sources = load_rows(sizeof(struct source));
  int got;
  LOAD_EACH_ROW("company.all_source") {
    struct source source = { .name = load_keep(load, query_text(q, 0)), .title = load_keep(load, query_text(q, 1)), .owner = load_reveal_or_none(load, q, 2, 8, "owner"),
      .valid_until = load_day_or_none(q, 3), .licence = load_keep(load, query_text(q, 4)), .audience = load_keep(load, query_text(q, 5)),
      .text = load_reveal(load, q, 6, 8, "text"), .seq = query_integer(q, 7) };
    g_array_append_val(sources, source);
  }
  LOAD_HAND_OVER(load->company->sources, sources);
  return got == 0;
}

/* ---- priorities ------------------------------------------------------------------------------------------------- */

static bool load_weighings(struct loading *load, GError **error) {
  GArray *weighings = load_rows(sizeof(struct weighing));
  int got, goal = -1;
  double before = NAN;
  LOAD_EACH_ROW("company.all_goal_version") {
    int of = goal_of(load, query_text(q, 0));
    double weight = load_number_or(q, 3, NAN);
    struct weighing row = { of, clock_day(query_integer(q, 2)), before, weight };
    if (of == goal && of >= 0 && isfinite(before) && isfinite(weight) && before != weight) g_array_append_val(weighings, row);
    goal = of;
    before = weight;
  }
  LOAD_HAND_OVER(load->company->weighings, weighings);
  return got == 0;
}

/* ---- needs ------------------------------------------------------------------------------------------------------ */

static double probability_of(struct json causes, enum cause cause) {
  struct json_iter it = json_iter(causes);
  while (json_next(&it))
    if (json_equals(json_get(it.value, "cause"), cause_names[cause])) return json_number(json_get(it.value, "probability"), NAN);
  return NAN;
}

/* What people said after the agent's last turn counts already. */
static void overlay_words(const struct company *company, struct known_need *need) {
  static const char *const words[] = { NULL, "noise", "declined", "accepted" };
  for (int i = 0; i < company->confirmations.count; i++)
    if (strcmp(company->confirmations.at[i].need, need->id) == 0) {
      need->cause = company->confirmations.at[i].cause;
      need->confirmed = true;
    }
  for (int i = 0; i < company->decisions.count; i++)
    if (strcmp(company->decisions.at[i].need, need->id) == 0 && words[company->decisions.at[i].state]) need->status = words[company->decisions.at[i].state];
}

static void read_need(struct loading *load, struct query *q, GArray *needs) {
  const char *text = load_keep(load, query_text(q, 1));
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
  struct json value = json_root(doc);
  int cause = cause_by_name(json_string(json_get(value, "cause")));
  struct known_need need = { .id = load_keep(load, query_text(q, 0)), .title = load_keep(load, json_string(json_get(value, "title"))),
    .status = load_keep(load, json_string(json_get(value, "status"))), .goal = goal_of(load, json_string(json_get(value, "goal"))),
    .cause = cause < 0 ? CAUSE_CANNOT_TELL : (enum cause)cause, .money = json_number(json_get(json_get(value, "value"), "money"), NAN),
    .since = day_of(json_get(value, "since")), .size = json_number(json_get(json_get(value, "gap"), "amount"), NAN), .value = text, .seq = query_integer(q, 2) };
  need.skills = index_list(load, json_get(value, "skills"), &need.skill_count, load_intern_skill);
  need.teams = index_list(load, json_get(value, "teams"), &need.team_count, load_intern_team);
  overlay_words(load->company, &need);
  need.probability = probability_of(json_get(value, "causes"), need.cause);
  g_array_append_val(needs, need);
}

static bool load_needs(struct loading *load, GError **error) {
  GArray *needs = load_rows(sizeof(struct known_need));
  int got;
  LOAD_EACH_ROW("company.live_needs") read_need(load, q, needs);
  LOAD_HAND_OVER(load->company->needs, needs);
  return got == 0;
}

const struct known_need *known_need_named(const struct company *company, const char *id) {
  for (int i = 0; i < company->needs.count; i++)
    if (strcmp(company->needs.at[i].id, id) == 0) return &company->needs.at[i];
  return NULL;
}

/* ---- interventions ---------------------------------------------------------------------------------------------- */

/* A number that no integer can hold would be another one with each compiler. */
static int week_of(struct json value) { return (int)CLAMP(json_number(value, 1), -10000, 10000); }

static void read_units(struct loading *load, struct json teams, int index, GArray *units) {
  struct json_iter it = json_iter(teams);
  while (json_next(&it)) {
    struct json affected = json_get(it.value, "affected");
    struct intervention_team unit = { .intervention = index, .team = load_intern_team(load, json_string(json_get(it.value, "team"))),
      .start = day_of(json_get(it.value, "start")), .affected = json_type(affected) == JSON_ABSENT || json_true(affected) };
    if (unit.team >= 0) g_array_append_val(units, unit);
  }
}

static void read_intervention(struct loading *load, struct query *q, GArray *interventions, GArray *units) {
  const char *text = load_keep(load, query_text(q, 4));
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
  struct json plan = json_root(doc), estimand = json_get(plan, "estimand"), baseline = json_get(plan, "baseline");
  int cause = cause_by_name(query_text(q, 3));
  struct intervention row = { .id = load_keep(load, query_text(q, 0)), .need = load_keep(load, query_text(q, 1)), .goal = goal_of(load, query_text(q, 2)),
    .cause = cause < 0 ? CAUSE_CANNOT_TELL : (enum cause)cause, .title = load_keep(load, json_string(json_get(plan, "title"))),
    .remedy = load_keep(load, json_string(json_get(plan, "remedy"))), .design = load_keep(load, json_string(json_get(plan, "design"))),
    .training = json_true(json_get(plan, "training")), .measurable = json_true(json_get(plan, "measurable")),
    .owner = load_find(load->to->people, json_string(json_get(plan, "owner"))), .from_week = week_of(json_get(estimand, "from_week")),
    .to_week = week_of(json_get(estimand, "to_week")), .minimum_effect = json_number(json_get(plan, "minimum_effect"), NAN),
    .power = json_number(json_get(plan, "power"), 0), .cost = json_number(json_get(plan, "cost"), 0), .registered = clock_day(query_integer(q, 6)),
    .due = day_of(json_get(plan, "due")), .baseline_from = day_of(json_get(baseline, "from")), .baseline_to = day_of(json_get(baseline, "to")),
    .state = strcmp(query_text(q, 5), "stopped") == 0 ? INTERVENTION_STOPPED : INTERVENTION_RUNNING,
    .ended = query_null(q, 7) ? CLOCK_NO_DAY : clock_day(query_integer(q, 7)), .plan = text, .registered_at = query_integer(q, 6), .seq = query_integer(q, 8),
    .first = (int)units->len };
  if (!query_null(q, 9)) row.cost = query_double(q, 9);
  if (!query_null(q, 10)) row.minimum_effect = query_double(q, 10);
  row.skills = index_list(load, json_get(plan, "skills"), &row.skill_count, load_intern_skill);
  read_units(load, json_get(plan, "teams"), (int)interventions->len, units);
  row.count = (int)units->len - row.first;
  g_array_append_val(interventions, row);
}

static bool load_interventions(struct loading *load, GError **error) {
  GArray *interventions = load_rows(sizeof(struct intervention)), *units = load_rows(sizeof(struct intervention_team));
  int got;
  LOAD_EACH_ROW("company.all_intervention") read_intervention(load, q, interventions, units);
  LOAD_HAND_OVER(load->company->interventions, interventions);
  LOAD_HAND_OVER(load->company->intervention_teams, units);
  return got == 0;
}

/* ---- assets and deliveries -------------------------------------------------------------------------------------- */

static int intervention_by(const struct company *company, const char *id) {
  for (int i = 0; i < company->interventions.count; i++)
    if (strcmp(company->interventions.at[i].id, id) == 0) return i;
  return -1;
}

static bool load_assets(struct loading *load, GHashTable *assets_by, GError **error) {
  GArray *assets = load_rows(sizeof(struct asset));
  int got;
  LOAD_EACH_ROW("company.all_asset") {
    struct asset asset = { .id = load_keep(load, query_text(q, 0)), .intervention = intervention_by(load->company, query_text(q, 1)),
      .need = load_keep(load, query_text(q, 2)), .title = load_keep(load, query_text(q, 3)), .modality = load_keep(load, query_text(q, 4)),
      .pattern = load_keep(load, query_text(q, 5)), .body = load_keep(load, query_text(q, 6)), .goal = -1, .published = (int32_t)query_integer(q, 7), .seq = query_integer(q, 8), .withdrawn = !query_null(q, 9) };
    if (asset.intervention >= 0) asset.goal = load->company->interventions.at[asset.intervention].goal;
    g_array_append_val(assets, asset);
    g_hash_table_insert(assets_by, (void *)(uintptr_t)asset.id, GINT_TO_POINTER((int)assets->len));
  }
  LOAD_HAND_OVER(load->company->assets, assets);
  return got == 0;
}

/* A delivery ends with its own term, or with the intervention that it serves. */
static bool has_lapsed(const struct loading *load, const struct delivery *delivery) {
  int of = load->company->assets.at[delivery->asset].intervention;
  return delivery->expires < load->day || (of >= 0 && load->company->interventions.at[of].state == INTERVENTION_STOPPED);
}

static bool load_deliveries(struct loading *load, GHashTable *assets_by, GError **error) {
  GArray *deliveries = load_rows(sizeof(struct delivery));
  int got;
  LOAD_EACH_ROW("company.all_delivery") {
    struct delivery delivery = { .id = load_keep(load, query_text(q, 0)), .asset = load_find(assets_by, query_text(q, 1)), .block = load_keep(load, query_text(q, 2)),
      .person = load_find(load->to->people, query_text(q, 3)), .channel = load_keep(load, query_text(q, 4)), .title = load_keep(load, query_text(q, 5)),
      .reason = load_reveal(load, q, 6, 13, "reason"), .minutes = query_double(q, 7), .at = query_integer(q, 8), .expires = (int32_t)query_integer(q, 9),
      .state = (enum delivery_state)load_word_index(delivery_state_names, DELIVERY_STATES, query_text(q, 10), DELIVERY_SHOWN), .answered = load_day_or_none(q, 11),
      .seq = query_integer(q, 12) };
    if (delivery.asset < 0 || delivery.person < 0) continue;
    if (delivery.state <= DELIVERY_OPENED && has_lapsed(load, &delivery)) delivery.state = DELIVERY_EXPIRED;
    g_array_append_val(deliveries, delivery);
  }
  LOAD_HAND_OVER(load->company->deliveries, deliveries);
  return got == 0;
}

static bool load_preferences(struct loading *load, GError **error) {
  GArray *preferences = load_rows(sizeof(struct preference));
  int got;
  LOAD_EACH_ROW("company.all_preference") {
    struct preference row = { .person = load_find(load->to->people, query_text(q, 0)), .quiet_from = (int)query_integer(q, 1), .quiet_to = (int)query_integer(q, 2),
      .weekly_minutes = query_double(q, 3), .channel = load_keep(load, query_text(q, 4)) };
    if (row.person >= 0) g_array_append_val(preferences, row);
  }
  LOAD_HAND_OVER(load->company->preferences, preferences);
  return got == 0;
}

/* ---- promises --------------------------------------------------------------------------------------------------- */

static bool load_promises(struct loading *load, GError **error) {
  GArray *promises = load_rows(sizeof(struct promise));
  int got;
  LOAD_EACH_ROW("listening.all_promise") {
    struct promise row = { .id = load_keep(load, query_text(q, 0)), .group = load_keep(load, query_text(q, 1)), .topics = load_keep(load, query_text(q, 2)),
      .need = load_keep(load, query_text(q, 3)), .text = load_reveal(load, q, 4, 12, "text"), .owner = load_find(load->to->people, query_text(q, 5)),
      .by = load_keep(load, query_text(q, 6)), .made = (int32_t)query_integer(q, 7), .due = (int32_t)query_integer(q, 8), .kept = load_day_or_none(q, 9),
      .done = load_reveal(load, q, 10, 13, "done"), .seq = query_integer(q, 11) };
    g_array_append_val(promises, row);
  }
  LOAD_HAND_OVER(load->company->promises, promises);
  return got == 0;
}

/* ---- what works ------------------------------------------------------------------------------------------------- */

static bool load_weights(struct loading *load, GError **error) {
  GArray *weights = load_rows(sizeof(struct weight)), *resets = load_rows(sizeof(struct weight_reset));
  int got;
  LOAD_EACH_ROW("company.live_weights") {
    g_autoptr(json_doc_auto) doc = json_parse(query_text(q, 1), strlen(query_text(q, 1)), NULL);
    struct json value = json_root(doc);
    int cause = cause_by_name(json_string(json_get(value, "cause")));
    const char *kind = json_string(json_get(value, "kind")), *name = json_string(json_get(value, "name"));
    struct weight row = { .subject = load_keep(load, query_text(q, 0)), .kind = load_keep(load, kind ? kind : "remedy"), .name = load_keep(load, name ? name : ""),
      .cause = cause < 0 ? CAUSE_CANNOT_TELL : (enum cause)cause, .moved = (int)CLAMP(json_number(json_get(value, "moved"), 0), 0, 1e6),
      .did_not_move = (int)CLAMP(json_number(json_get(value, "did_not_move"), 0), 0, 1e6), .a = json_number(json_get(value, "a"), 1), .b = json_number(json_get(value, "b"), 1),
      .mean = json_number(json_get(value, "mean"), 0.5), .low = json_number(json_get(value, "low"), 0), .high = json_number(json_get(value, "high"), 1) };
    g_array_append_val(weights, row);
  }
  LOAD_HAND_OVER(load->company->weights, weights);
  if (got < 0) return g_array_free(resets, TRUE), false;
  LOAD_EACH_ROW("company.all_weight_reset") {
    struct weight_reset row = { .subject = load_keep(load, query_text(q, 0)), .day = clock_day(query_integer(q, 1)) };
    g_array_append_val(resets, row);
  }
  LOAD_HAND_OVER(load->company->weight_resets, resets);
  return got == 0;
}

bool load_decisions(struct loading *load, GError **error) {
  g_autoptr(GHashTable) assets_by = g_hash_table_new(g_str_hash, g_str_equal);
  return load_sources(load, error) && load_weighings(load, error) && load_needs(load, error) && load_interventions(load, error) && load_assets(load, assets_by, error) &&
    load_deliveries(load, assets_by, error) && load_preferences(load, error) && load_promises(load, error) && load_weights(load, error);
}

void load_decisions_clear(struct company *company) {
  for (int i = 0; i < company->needs.count; i++) {
    g_free((void *)(uintptr_t)company->needs.at[i].skills);
    g_free((void *)(uintptr_t)company->needs.at[i].teams);
  }
  for (int i = 0; i < company->interventions.count; i++) g_free((void *)(uintptr_t)company->interventions.at[i].skills);
}
