/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the nouns' enumerations, as files, claims and pages spell them; what is known of them by name; and whether somebody's words name a person. */
#include "company/company.h"
#include <glib.h>
#include <string.h>

const char *const cause_names[CAUSE_COUNT] = { "skill", "tool", "process", "incentive", "clarity", "capacity", "outside", "cannot tell" };
const char *const topic_names[TOPIC_COUNT] = { "", "tool", "clarity", "capacity", "process", "incentive", "support", "engagement", "confidence" };
const char *const result_kind_names[RESULT_KINDS] = { "assessment", "practice", "manager", "peer", "self", "work", "completion" };
const char *const goal_category_names[4] = { "productivity", "revenue", "risk", "efficiency" };

const char *const delivery_state_names[DELIVERY_STATES] = { "shown", "opened", "done", "declined", "expired" };

int cause_by_name(const char *name) {
  for (int i = 0; name && i < CAUSE_COUNT; i++)
    if (strcmp(cause_names[i], name) == 0) return i;
  return -1;
}

const struct weight *company_weight(const struct company *company, enum cause cause, const char *kind, const char *name) {
  for (int i = 0; name && i < company->weights.count; i++) {
    const struct weight *weight = &company->weights.at[i];
    if (weight->cause == cause && strcmp(weight->kind, kind) == 0 && g_ascii_strcasecmp(weight->name, name) == 0) return weight;
  }
  return NULL;
}

static bool is_word(const char *text, const char *name) {
  size_t length = strlen(name);
  for (const char *at = text; (at = strstr(at, name)); at += length)
    if ((at == text || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(at)))) && !g_unichar_isalnum(g_utf8_get_char(at + length))) return true;
  return false;
}

static bool has_name(const char *folded_text, const char *name) {
  g_autofree char *folded = name && g_utf8_strlen(name, -1) >= 3 ? g_utf8_casefold(name, -1) : NULL;
  return folded && is_word(folded_text, folded);
}

bool company_names_somebody(const struct company *company, const char *text) {
  if (!text) return false;
  g_autofree char *folded = g_utf8_casefold(text, -1);
  for (int i = 0; i < company->people.count; i++) {
    const struct person *person = &company->people.at[i];
    if (has_name(folded, person->last_name) || has_name(folded, person->employee_number) || has_name(folded, person->email)) return true;
  }
  return false;
}
