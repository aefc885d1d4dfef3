/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as evidence rules. What is refused names its place in UTF-8. What is taken keeps the house's promises: it reads again to
 * the same revision, prints as sentences, lets no completion weigh more than a fifth, and no statement count that was waived; and what
 * is told about a statement is what is done with it. */
#include "company/evidence-rules.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_told(const struct evidence_rules *rules, const struct evidence_told *told)
{
  int first = evidence_rules_first(rules, evidence_rules_candidates(rules, told->verb, told->type), told);
  g_assert(first < rules->rule_count);
  for (int i = 0; i < rules->rule_count && (first < 0 || i <= first); i++) {
    g_autofree char *misses = evidence_rule_misses(&rules->rules[i], told);
    g_assert((misses == NULL) == (i == first));
  }
  bool waived = told->verb != NULL && g_str_has_suffix(told->verb, "/waived");
  g_assert(!waived || first < 0 || rules->rules[first].nothing);
  g_assert(!evidence_rules_ignore(rules, told->verb) || first < 0 || rules->rules[first].nothing);
  if (first >= 0 && !rules->rules[first].nothing)
    g_assert(!isnan(rules->rules[first].fixed) || !isnan(told->score));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(evidence_rules_auto) rules = evidence_rules_parse("f", (const char *)data, size, &error);
  if (rules == NULL) {
    g_assert(g_str_has_prefix(error->message, "f:") && g_utf8_validate(error->message, -1, NULL));
    return 0;
  }
  g_autoptr(evidence_rules_auto) again = evidence_rules_parse("f", (const char *)data, size, &error);
  g_assert(again != NULL && strcmp(rules->revision, again->revision) == 0);
  g_autoptr(GPtrArray) sentences = evidence_rules_sentences(rules);
  for (guint i = 0; i < sentences->len; i++)
    g_assert(g_utf8_validate(sentences->pdata[i], -1, NULL));
  for (int i = 0; i < rules->rule_count; i++)
    g_assert(rules->rules[i].kind != RESULT_COMPLETION || rules->rules[i].weight <= 0.2);
  static const char *const verbs[] = { NULL, "http://adlnet.gov/expapi/verbs/passed", "https://w3id.org/xapi/adl/verbs/waived" }, *const types[] = { NULL, "a:b" };
  static const double numbers[] = { NAN, 0, 0.5, 1 };
  for (size_t v = 0; v < G_N_ELEMENTS(verbs); v++)
    for (size_t n = 0; n < G_N_ELEMENTS(numbers); n++)
      for (int flag = -1; flag <= 1; flag++)
        check_told(rules, &(struct evidence_told){ verbs[v], types[n % 2], numbers[n], numbers[(n + 1) % 4], flag, -flag });
  evidence_rules_skill(rules, "https://x/1/2");
  return 0;
}
