/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules in words, and as canonical JSON.
 *
 * Both are made from the structs and not from the file, so a sentence that a works council reads is what the machine will
 * do. A new field of a rule has to be added to both; test-rules changes each value of the file in turn and fails where
 * the revision or the sentences stay the same. */
#include "gate/rules-private.h"
#include <math.h>
#include <string.h>

char *rules_role_names(unsigned roles, const char *word) {
  GString *text = g_string_new(NULL);
  unsigned left = roles;
  for (int i = 0; i < ROLE_COUNT; i++) {
    if (!(roles & 1u << i)) continue;
    left &= ~(1u << i);
    if (text->len) g_string_append(text, left || !word ? ", " : " ");
    if (text->len && !left && word) g_string_append_printf(text, "%s ", word);
    g_string_append(text, access_roles[i].title);
  }
  if (!text->len) g_string_append(text, "nobody");
  return g_string_free(text, FALSE);
}

/* ---- canonical JSON ---- */

static void write_roles(struct json_writer *w, const char *key, unsigned roles) {
  json_open_array(w, key);
  for (int i = 0; i < ROLE_COUNT; i++)
    if (roles & 1u << i) json_put_string(w, NULL, access_roles[i].title);
  json_close_array(w);
}

static void write_words(struct json_writer *w, const char *key, const char *const *words) {
  json_open_array(w, key);
  for (; *words; words++) json_put_string(w, NULL, *words);
  json_close_array(w);
}

static void write_who(struct json_writer *w, const char *key, const struct rule_who who[TIER_COUNT]) {
  json_open_array(w, key);
  for (int i = 0; i < TIER_COUNT; i++) {
    json_open_object(w, NULL);
    json_put_bool(w, "automatic", who[i].automatic);
    json_put_integer(w, "sample", who[i].sample);
    json_put_integer(w, "people", who[i].people);
    write_roles(w, "of", who[i].of);
    write_roles(w, "with", who[i].with);
    json_put_bool(w, "not_requester", who[i].not_requester);
    json_put_bool(w, "not_confirmer", who[i].not_confirmer);
    json_put_bool(w, "reason_always", who[i].reason_always);
    json_close_object(w);
  }
  json_close_array(w);
}

static void write_kind(struct json_writer *w, const struct rule_kind *kind) {
  json_open_object(w, NULL);
  json_put_string(w, "name", kind->name);
  json_put_string(w, "does", kind->does);
  json_put_string(w, "per", kind->per);
  json_put_integer(w, "least_tier", kind->least_tier);
  json_put_integer(w, "open_days", kind->open_days);
  json_put_integer(w, "rest_days", kind->rest_days);
  json_put_number(w, "minutes", kind->minutes);
  json_put_number(w, "least_worth", kind->least_worth);
  json_put_integer(w, "records", kind->records);
  json_put_integer(w, "people", kind->people);
  json_put_integer(w, "sources", kind->sources);
  json_open_array(w, "criteria");
  for (int i = 0; i < kind->criterion_count; i++) {
    json_open_object(w, NULL);
    json_put_string(w, "id", kind->criteria[i].id);
    json_put_string(w, "question", kind->criteria[i].question);
    json_close_object(w);
  }
  json_close_array(w);
  write_who(w, "who", kind->who);
  json_close_object(w);
}

static void write_risk_points(struct json_writer *w, const struct rules *rules) {
  json_open_object(w, "risk");
  json_open_array(w, "audience");
  for (int i = 0; i < rules->audience_count; i++) {
    json_open_array(w, NULL);
    json_put_integer(w, NULL, rules->audience[i].from);
    json_put_integer(w, NULL, rules->audience[i].points);
    json_close_array(w);
  }
  json_close_array(w);
  json_put_integer(w, "regulated", rules->regulated);
  json_put_integer(w, "individual", rules->individual);
  json_put_integer(w, "irreversible", rules->irreversible);
  json_put_integer(w, "novel", rules->novel);
  json_open_array(w, "taint");
  for (size_t i = 0; i < G_N_ELEMENTS(rules->taint); i++) json_put_integer(w, NULL, rules->taint[i]);
  json_close_array(w);
  json_put_number(w, "low_confidence", rules->low_confidence);
  json_put_integer(w, "low_points", rules->low_points);
  json_open_array(w, "tiers");
  for (int i = 0; i < TIER_COUNT; i++) json_put_integer(w, NULL, rules->tier_from[i]);
  json_close_array(w);
  json_close_object(w);
}

char *rules_canonical_text(const struct rules *rules) {
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_integer(&w, "rules", 1);
  json_open_array(&w, "owned");
  for (int i = 0; i < rules->owned_count; i++) {
    const struct rule_owned *owned = &rules->owned[i];
    json_open_object(&w, NULL);
    json_put_string(&w, "what", owned->what);
    write_roles(&w, "owners", owned->owners);
    write_words(&w, "predicates", owned->predicates);
    write_words(&w, "members", owned->members);
    write_words(&w, "events", owned->events);
    json_close_object(&w);
  }
  json_close_array(&w);
  write_risk_points(&w, rules);
  write_who(&w, "who", rules->who);
  json_put_number(&w, "budget_minutes", rules->budget_minutes);
  json_open_array(&w, "kinds");
  for (int i = 0; i < rules->kind_count; i++) write_kind(&w, &rules->kinds[i]);
  json_close_array(&w);
  json_close_object(&w);
  g_autoptr(json_doc_auto) doc = json_parse(w.text->str, w.text->len, NULL);
  g_assert(doc);
  return json_canonical(json_root(doc), NULL);
}

/* ---- sentences ---- */

static const char *counted(int count, const char *one, const char *many) { return count == 1 ? one : many; }

/* "two people, lead or approver, one of them an approver" */
static void say_who(GString *text, const struct rule_who *who) {
  static const char *const numbers[] = { "nobody",      "one person", "two people",   "three people", "four people",
                                         "five people", "six people", "seven people", "eight people", "nine people" };
  if (who->automatic) {
    g_string_append_printf(text, "it is accepted without a person, but for %d of a hundred that are put before one", who->sample);
    return;
  }
  g_autofree char *of = rules_role_names(who->of, "or");
  g_string_append_printf(text, "%s must accept (%s)", numbers[who->people], of);
  if (who->with) {
    g_autofree char *with = rules_role_names(who->with, "and");
    g_string_append_printf(text, ", among them %s", with);
  }
  if (who->not_requester || who->not_confirmer)
    g_string_append_printf(text, "; not who %s",
                           who->not_requester && who->not_confirmer ? "asked for it, nor who confirmed its cause"
                           : who->not_requester                     ? "asked for it"
                                                                    : "confirmed its cause");
  g_string_append(text, who->reason_always ? "; every decision needs a reason" : "; a no needs a reason");
}

char *rules_sentence(const struct rules *rules, const struct rule_kind *kind, int tier) {
  const struct rule_who *who = &kind->who[tier];
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "To %s at risk tier %d, ", kind->does, tier);
  say_who(text, who);
  g_string_append_printf(text, ". It stays open for %d %s; silence is no.", kind->open_days, counted(kind->open_days, "day", "days"));
  return g_string_free(text, FALSE);
}

static char *kind_sentence(const struct rule_kind *kind) {
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "\"%s\" (%s) needs at least %d %s of %d %s that no machine wrote", kind->name, kind->does,
                         kind->records, counted(kind->records, "record", "records"), kind->sources, counted(kind->sources, "source", "sources"));
  g_string_append_printf(text, ", and what speaks about people counts from %d people on. It is never below risk tier %d, takes %g %s to read",
                         kind->people, kind->least_tier, kind->minutes, kind->minutes == 1 ? "minute" : "minutes");
  if (kind->least_worth > 0) g_string_append_printf(text, ", is withheld where it is worth less than %g a year", kind->least_worth);
  g_string_append_printf(text, ", and once decided is not asked again for %d %s. A subject has one at a time", kind->rest_days,
                         counted(kind->rest_days, "day", "days"));
  if (kind->per) g_string_append_printf(text, " for each %s", kind->per);
  g_string_append(text, ". The approver answers:");
  for (int i = 0; i < kind->criterion_count; i++) g_string_append_printf(text, " %s", kind->criteria[i].question);
  return g_string_free(text, FALSE);
}

static void say_words(GString *text, const char *title, const char *const *words) {
  if (!*words) return;
  g_autofree char *list = g_strjoinv(", ", (char **)(uintptr_t)words);
  g_string_append_printf(text, "; %s %s", title, list);
}

static char *owned_sentence(const struct rule_owned *owned) {
  g_autofree char *owners = rules_role_names(owned->owners, "or");
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "People own the %s (%s); no agent sets it", owned->what, owners);
  say_words(text, "refused claims:", owned->predicates);
  say_words(text, "refused members:", owned->members);
  say_words(text, "refused events:", owned->events);
  g_string_append(text, ".");
  return g_string_free(text, FALSE);
}

static char *points_sentence(const struct rules *rules) {
  GString *text = g_string_new("Risk points:");
  for (int i = 0; i < rules->audience_count; i++)
    g_string_append_printf(text, " %d from %d people on,", rules->audience[i].points, rules->audience[i].from);
  g_string_append_printf(text, " %d for a regulated topic, %d for an inference about one person, %d if it cannot be undone, %d if it is new",
                         rules->regulated, rules->individual, rules->irreversible, rules->novel);
  for (size_t i = 0; i < G_N_ELEMENTS(rules->taint); i++) g_string_append_printf(text, ", %d for %s", rules->taint[i], rules_taint_names[i]);
  g_string_append_printf(text, " (of these last the worst counts), %d for a confidence below %g.", rules->low_points, rules->low_confidence);
  return g_string_free(text, FALSE);
}

GPtrArray *rules_sentences(const struct rules *rules) {
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  for (int i = 0; i < rules->owned_count; i++) g_ptr_array_add(list, owned_sentence(&rules->owned[i]));
  g_ptr_array_add(list, points_sentence(rules));
  g_ptr_array_add(
      list,
      g_strdup_printf("Tier 1 begins at %d points, tier 2 at %d, tier 3 at %d. What infers about one person is never automatic, whatever its points.",
                      rules->tier_from[1], rules->tier_from[2], rules->tier_from[3]));
  g_ptr_array_add(list, g_strdup_printf("Proposals may ask for %g minutes of reading at once; what finds no room waits.", rules->budget_minutes));
  for (int i = 0; i < rules->kind_count; i++) {
    g_ptr_array_add(list, kind_sentence(&rules->kinds[i]));
    for (int tier = rules->kinds[i].least_tier; tier < TIER_COUNT; tier++) g_ptr_array_add(list, rules_sentence(rules, &rules->kinds[i], tier));
  }
  return list;
}

/* ---- the risk of one proposal ---- */

static char *factor_text(const struct rules *rules, const struct risk *risk, const struct risk_factors *factors, enum risk_factor factor) {
  switch (factor) {
  case RISK_AUDIENCE: return g_strdup_printf("it touches %d people", factors->audience);
  case RISK_REGULATED: return g_strdup("the topic is regulated");
  case RISK_INDIVIDUAL: return g_strdup("it rests on an inference about one person");
  case RISK_IRREVERSIBLE: return g_strdup("it cannot be undone");
  case RISK_NOVEL: return g_strdup("nothing like it was accepted before");
  case RISK_CONFIDENCE:
    return isnan(factors->confidence) ? g_strdup("nobody says how sure this is")
                                      : g_strdup_printf("the confidence is %.2f, below %g", factors->confidence, rules->low_confidence);
  case RISK_FLOOR: return g_strdup_printf("such a proposal is never below tier %d", risk->tier);
  case RISK_TAINT: {
    GString *text = g_string_new("it rests on text that is ");
    size_t start = text->len;
    for (size_t i = 0; i < G_N_ELEMENTS(rules->taint); i++)
      if (factors->taint & 1u << i) g_string_append_printf(text, "%s%s", text->len > start ? ", " : "", rules_taint_names[i]);
    return g_string_free(text, FALSE);
  }
  default: g_assert_not_reached();
  }
}

void rules_write_risk(const struct rules *rules, const struct risk *risk, const struct risk_factors *factors, struct json_writer *writer,
                      const char *key) {
  json_open_array(writer, key);
  for (int i = 0; i < RISK_COUNT; i++) {
    if (!risk->part[i]) continue;
    g_autofree char *text = factor_text(rules, risk, factors, i);
    json_open_object(writer, NULL);
    json_put_string(writer, "factor", risk_names[i]);
    json_put_integer(writer, "points", i == RISK_FLOOR ? 0 : risk->part[i]);
    json_put_string(writer, "text", text);
    json_close_object(writer);
  }
  json_close_array(writer);
}
