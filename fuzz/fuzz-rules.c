/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as decision rules. What is refused names its place in UTF-8. What is taken keeps the house's promises: it reads
 * again to the same revision, prints as sentences, nobody decides alone at tier 2, and nothing about one person is automatic. */
#include "gate/rules.h"
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_kind(const struct rules *rules, const struct rule_kind *kind)
{
  static const struct risk_factors cases[] = {
    { .audience = 1, .confidence = 1 }, { .audience = G_MAXINT, .taint = 63, .regulated = true, .irreversible = true, .novel = true, .confidence = NAN },
    { .audience = -1, .individual = true, .confidence = 1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    struct risk risk = rules_risk(rules, kind, &cases[i]);
    g_assert(risk.tier >= kind->least_tier && risk.tier < TIER_COUNT && risk.points >= 0);
    g_assert(!cases[i].individual || risk.tier >= TIER_ONE);
    g_auto(json_writer_auto) w;
    json_writer_init(&w);
    rules_write_risk(rules, &risk, &cases[i], &w, NULL);
  }
  g_assert(kind->criterion_count >= RULES_CRITERIA_LEAST && kind->criterion_count <= RULES_CRITERIA_MOST);
  for (int tier = TIER_ONE; tier < TIER_COUNT; tier++)
    g_assert(!kind->who[tier].automatic && kind->who[tier].of && kind->who[tier].people >= (tier == TIER_ONE ? 1 : 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(rules_auto) rules = rules_parse("f", (const char *)data, size, &error);
  if (rules == NULL) {
    g_assert(g_str_has_prefix(error->message, "f:") && g_utf8_validate(error->message, -1, NULL));
    return 0;
  }
  g_autoptr(rules_auto) again = rules_parse("f", (const char *)data, size, &error);
  g_assert(again != NULL && strcmp(rules->revision, again->revision) == 0);
  g_autoptr(GPtrArray) sentences = rules_sentences(rules);
  for (guint i = 0; i < sentences->len; i++)
    g_assert(g_utf8_validate(sentences->pdata[i], -1, NULL));
  for (int i = 0; i < rules->kind_count; i++)
    check_kind(rules, &rules->kinds[i]);
  return 0;
}
