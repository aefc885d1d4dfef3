/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Judging by the rules: how risky a proposal is, and whether an agent touches what people own.
 *
 * The score is a sum of points from a table, because it has to be argued about: "three for regulated topics" can be
 * agreed on in a meeting, a learned score cannot. The worst taint counts, not their sum: a text that is both external and
 * unverified is not twice as dangerous as an external one. An unknown confidence is a low one.
 *
 * Two floors do not come from points. A kind's least tier; and whatever infers about a single person is never below tier
 * 1, so never automatic, whatever the file says (GDPR Article 22; house rule).
 *
 * How it can be wrong: the factors are what the agent says of itself, but for taint, which the ledger keeps. An agent that
 * forgets to say "individual" is caught by review of agents and by a kind's least tier, not here. Owned members are looked
 * for at the top level only: an explanation may quote a goal's weight as an input without setting it. A null says nothing. */
#include "gate/rules-private.h"
#include <math.h>
#include <string.h>

const char *const risk_names[RISK_COUNT] = { "audience", "regulated", "individual", "irreversible", "taint", "novel", "low confidence", "floor" };

static int audience_points(const struct rules *rules, int audience) {
  int points = 0;
  for (int i = 0; i < rules->audience_count && audience >= rules->audience[i].from; i++) points = rules->audience[i].points;
  return points;
}

static int taint_points(const struct rules *rules, unsigned taint) {
  int points = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(rules->taint); i++)
    if (taint & 1u << i) points = MAX(points, rules->taint[i]);
  return points;
}

static bool confidence_is_low(const struct rules *rules, double confidence) { return isnan(confidence) || confidence < rules->low_confidence; }

struct risk rules_risk(const struct rules *rules, const struct rule_kind *kind, const struct risk_factors *factors) {
  struct risk risk = { .part = {
    [RISK_AUDIENCE] = audience_points(rules, factors->audience),
    [RISK_REGULATED] = factors->regulated ? rules->regulated : 0,
    [RISK_INDIVIDUAL] = factors->individual ? rules->individual : 0,
    [RISK_IRREVERSIBLE] = factors->irreversible ? rules->irreversible : 0,
    [RISK_TAINT] = taint_points(rules, factors->taint),
    [RISK_NOVEL] = factors->novel ? rules->novel : 0,
    [RISK_CONFIDENCE] = confidence_is_low(rules, factors->confidence) ? rules->low_points : 0,
  } };
  for (int i = 0; i < RISK_FLOOR; i++) risk.points += risk.part[i];
  for (int tier = 1; tier < TIER_COUNT; tier++)
    if (risk.points >= rules->tier_from[tier]) risk.tier = tier;
  int floor = MAX(kind->least_tier, factors->individual ? TIER_ONE : TIER_AUTOMATIC);
  risk.part[RISK_FLOOR] = MAX(0, floor - risk.tier);
  risk.tier = MAX(risk.tier, floor);
  return risk;
}

static bool has_word(const char *const *words, const char *word) { return g_strv_contains(words, word); }

static bool refuse_owned(const struct rule_owned *owned, const char *what, const char *name, GError **error) {
  g_autofree char *owners = rules_role_names(owned->owners, "or");
  return fail(error, MENO_ERROR_FORBIDDEN,
              "%s \"%s\" sets the %s, which people own (%s); an agent may state evidence and propose, and leaves this to them", what, name,
              owned->what, owners);
}

bool rules_check_owned(const struct rules *rules, const char *predicate, struct json body, GError **error) {
  for (int i = 0; i < rules->owned_count; i++) {
    const struct rule_owned *owned = &rules->owned[i];
    if (predicate && has_word(owned->predicates, predicate)) return refuse_owned(owned, "a claim of", predicate, error);
    for (const char **name = owned->members; *name; name++)
      if (json_type(json_get(body, *name)) > JSON_NULL) return refuse_owned(owned, "the member", *name, error);
  }
  return true;
}

bool rules_check_event(const struct rules *rules, const char *kind, const char *actor, GError **error) {
  if (!g_str_has_prefix(actor, "agent:")) return true;
  for (int i = 0; i < rules->owned_count; i++)
    if (has_word(rules->owned[i].events, kind)) return refuse_owned(&rules->owned[i], "an event", kind, error);
  return true;
}
