/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Judging by the evidence rules, and saying in words what they say: one way through the conditions serves both, so that what
 * is told about a statement is what was done with it.
 *
 * What was waived counts for nothing whatever a file says: cmi5 has its statement tell success, and nobody has shown anything. */
#include "company/evidence-rules.h"
#include <glib.h>
#include <math.h>
#include <string.h>

#define WAIVED "https://w3id.org/xapi/adl/verbs/waived"

/* ---- judging ---------------------------------------------------------------------------------------------------- */

static bool has_iri(const char **iris, const char *iri) { return !*iris || (iri && g_strv_contains(iris, iri)); }

static bool has_flag(enum evidence_ask ask, int told) {
  switch (ask) {
    case ASK_TOLD: return told >= 0;
    case ASK_NOT_TOLD: return told < 0;
    case ASK_YES: return told == 1;
    case ASK_NO: return told == 0;
    default: return true;
  }
}

static bool has_number(const struct evidence_number *asked, double told) {
  switch (asked->ask) {
    case ASK_TOLD: return !isnan(told);
    case ASK_NOT_TOLD: return isnan(told);
    case ASK_RANGE: return !isnan(told) && !(told < asked->least) && !(told >= asked->below);
    default: return true;
  }
}

uint64_t evidence_rules_candidates(const struct evidence_rules *rules, const char *verb, const char *type) {
  uint64_t candidates = 0;
  bool waived = g_strcmp0(verb, WAIVED) == 0;
  for (int i = 0; i < rules->rule_count; i++) {
    const struct evidence_rule *rule = &rules->rules[i];
    if (has_iri(rule->verbs, verb) && has_iri(rule->types, type) && (rule->nothing || !waived)) candidates |= UINT64_C(1) << i;
  }
  return candidates;
}

bool evidence_rules_ignore(const struct evidence_rules *rules, const char *verb) {
  for (int i = 0; i < rules->rule_count; i++) {
    const struct evidence_rule *rule = &rules->rules[i];
    if (!has_iri(rule->verbs, verb)) continue;
    bool all = !*rule->types && rule->score.ask == ASK_NOTHING && rule->progress.ask == ASK_NOTHING && rule->success == ASK_NOTHING && rule->completion == ASK_NOTHING;
    if (!rule->nothing || all) return rule->nothing;
  }
  return true;
}

int evidence_rules_first(const struct evidence_rules *rules, uint64_t candidates, const struct evidence_told *told) {
  for (int i = 0; candidates; i++, candidates >>= 1) {
    const struct evidence_rule *rule = &rules->rules[i];
    if (candidates & 1 && has_number(&rule->score, told->score) && has_number(&rule->progress, told->progress) && has_flag(rule->success, told->success) &&
        has_flag(rule->completion, told->completion)) return i;
  }
  return -1;
}

const char *evidence_rules_skill(const struct evidence_rules *rules, const char *activity) {
  const char *skill = NULL;
  size_t longest = 0;
  for (int i = 0; i < rules->activity_count; i++) {
    const struct evidence_activity *row = &rules->activities[i];
    size_t length = strlen(row->id);
    if (length <= longest || strncmp(activity, row->id, length) != 0) continue;
    bool below = length > 0 && row->id[length - 1] == '/';
    if (!below && activity[length] && !strchr("/#?", activity[length])) continue;
    longest = length;
    skill = row->skill;
  }
  return skill;
}

/* ---- what hinders ----------------------------------------------------------------------------------------------- */

static char *join(const char **words, const char *last) {
  GString *text = g_string_new("");
  for (const char **word = words; *word; word++)
    g_string_append_printf(text, "%s%s", word == words ? "" : word[1] ? ", " : last, *word);
  return g_string_free(text, FALSE);
}

static char *miss_flag(enum evidence_ask ask, int told, const char *what) {
  if (has_flag(ask, told)) return NULL;
  if (told < 0) return g_strdup_printf("it does not tell %s", what);
  if (ask == ASK_NOT_TOLD) return g_strdup_printf("it tells %s", what);
  return g_strdup_printf("it tells %s: %s", what, told ? "yes" : "no");
}

static char *range_words(const struct evidence_number *asked) {
  if (isnan(asked->below)) return g_strdup_printf("at least %g", asked->least);
  if (isnan(asked->least)) return g_strdup_printf("below %g", asked->below);
  return g_strdup_printf("from %g to below %g", asked->least, asked->below);
}

static char *miss_number(const struct evidence_number *asked, double told, const char *what) {
  if (has_number(asked, told)) return NULL;
  if (isnan(told)) return g_strdup_printf("it tells no %s", what);
  if (asked->ask == ASK_NOT_TOLD) return g_strdup_printf("it tells a %s", what);
  g_autofree char *range = range_words(asked);
  return g_strdup_printf("its %s is %.4g, not %s", what, told, range);
}

char *evidence_rule_misses(const struct evidence_rule *rule, const struct evidence_told *told) {
  if (!has_iri(rule->verbs, told->verb)) {
    g_autofree char *words = join(rule->verb_words, " or ");
    return g_strdup_printf("its verb is not %s", words);
  }
  if (!has_iri(rule->types, told->type)) {
    g_autofree char *words = join(rule->type_words, " or ");
    return g_strdup_printf("its activity is %s%s", told->type ? "not of the type " : "of no type, and the rule wants ", words);
  }
  if (g_strcmp0(told->verb, WAIVED) == 0 && !rule->nothing) return g_strdup("what was waived never counts, whatever rules say");
  char *misses = miss_number(&rule->score, told->score, "score");
  if (!misses) misses = miss_number(&rule->progress, told->progress, "progress");
  if (!misses) misses = miss_flag(rule->success, told->success, "success");
  return misses ? misses : miss_flag(rule->completion, told->completion, "completion");
}

/* ---- sentences -------------------------------------------------------------------------------------------------- */

static void say_flag(GString *text, enum evidence_ask ask, const char *what) {
  if (ask == ASK_TOLD) g_string_append_printf(text, ", with %s told", what);
  if (ask == ASK_NOT_TOLD) g_string_append_printf(text, ", with no word on %s", what);
  if (ask == ASK_YES) g_string_append_printf(text, ", with %s", what);
  if (ask == ASK_NO) g_string_append_printf(text, ", with no %s", what);
}

static void say_number(GString *text, const struct evidence_number *asked, const char *what) {
  if (asked->ask == ASK_TOLD) g_string_append_printf(text, ", with a %s", what);
  if (asked->ask == ASK_NOT_TOLD) g_string_append_printf(text, ", without a %s", what);
  if (asked->ask != ASK_RANGE) return;
  g_autofree char *range = range_words(asked);
  g_string_append_printf(text, ", with a %s %s", what, range);
}

char *evidence_rule_counts(const struct evidence_rule *rule) {
  if (rule->nothing) return g_strdup("counts for nothing");
  g_autofree char *score = isnan(rule->fixed) ? g_strdup("its score") : g_strdup_printf("the score %g", rule->fixed), *skill = rule->skill ? g_strdup_printf(" of %s", rule->skill) : g_strdup("");
  const char *kind = result_kind_names[rule->kind];
  return g_strdup_printf("counts as %s %s%s with %s, weight %g%s", strchr("aeiou", *kind) ? "an" : "a", kind, skill, score, rule->weight, rule->once ? ", once per person and activity" : "");
}

char *evidence_rule_sentence(const struct evidence_rule *rule) {
  g_autofree char *verbs = join(rule->verb_words, " or "), *types = join(rule->type_words, " or "), *counts = evidence_rule_counts(rule);
  GString *text = g_string_new("");
  if (*verbs) g_string_append_printf(text, "What was %s", verbs);
  else g_string_append(text, "Whatever was done");
  if (*types) g_string_append_printf(text, " (%s)", types);
  say_number(text, &rule->score, "score");
  say_number(text, &rule->progress, "progress");
  say_flag(text, rule->success, "success");
  say_flag(text, rule->completion, "completion");
  g_string_append_printf(text, ", %s: %s.", counts, rule->because);
  return g_string_free(text, FALSE);
}

GPtrArray *evidence_rules_sentences(const struct evidence_rules *rules) {
  GPtrArray *sentences = g_ptr_array_new_with_free_func(g_free);
  if (rules->unreadable) g_ptr_array_add(sentences, g_strdup_printf("These rules cannot be read (%s): nothing counts until others are set.", rules->unreadable));
  for (int i = 0; i < rules->rule_count; i++) g_ptr_array_add(sentences, evidence_rule_sentence(&rules->rules[i]));
  for (int i = 0; i < rules->account_count; i++)
    g_ptr_array_add(sentences, g_strdup_printf("Accounts of %s are named by %s.", rules->accounts[i].home, rules->accounts[i].by_address ? "work address" : "employee number"));
  for (int i = 0; i < rules->activity_count; i++)
    g_ptr_array_add(sentences, g_strdup_printf("%s, and what is below it, is about %s.", rules->activities[i].id, rules->activities[i].skill));
  if (rules->by_id || rules->by_name)
    g_ptr_array_add(sentences, g_strdup_printf("%s activity is about the skill that %s%s%s says.", rules->activity_count ? "Any other" : "An", rules->by_id ? "its id" : "",
      rules->by_id && rules->by_name ? ", or else " : "", rules->by_name ? rules->by_id ? "its name," : "its name" : ""));
  return sentences;
}
