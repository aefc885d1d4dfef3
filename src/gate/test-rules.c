/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules' file: the one that Meno carries is taken and says what the house promises; whatever contradicts the house is
 * refused with its place; every value of the file counts, in the revision and in the sentences; the risk score is the sum
 * that the file says; what people own is out of an agent's reach. */
#include "gate/rules.h"
#include "ledger/ledger.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *carried(void) {
  size_t length;
  const char *text = rules_default_text(&length);
  return g_strndup(text, length);
}

static struct rules *must_parse(const char *text) {
  g_autoptr(GError) error = NULL;
  struct rules *rules = rules_parse("rules.yaml", text, strlen(text), &error);
  g_assert_no_error(error);
  return rules;
}

/* The carried file with one passage replaced; the passage must be there. */
static char *with(const char *from, const char *to) {
  g_autofree char *text = carried();
  char *at = strstr(text, from);
  if (!at) g_error("the file does not say \"%s\"", from);
  g_autofree char *head = g_strndup(text, (gsize)(at - text));
  return g_strconcat(head, to, at + strlen(from), NULL);
}

static char *all_sentences(const struct rules *rules) {
  g_autoptr(GPtrArray) list = rules_sentences(rules);
  g_ptr_array_add(list, NULL);
  return g_strjoinv("\n", (char **)list->pdata);
}

/* ---- the carried file ---- */

static void test_carried(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(rules_auto) rules = rules_load(NULL, &error);
  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(rules->revision, "r-"));
  g_assert_cmpuint(strlen(rules->revision), ==, 14);
  g_assert_nonnull(rules_kind(rules, "act on need"));
  g_assert_nonnull(rules_kind(rules, "send note"));
  g_assert_null(rules_kind(rules, "promote"));
  for (int i = 0; i < rules->kind_count; i++) {
    g_assert_cmpint(rules->kinds[i].least_tier, >=, TIER_ONE); /* nothing is automatic unless a company says so */
    g_assert_cmpint(rules->kinds[i].who[TIER_TWO].people, ==, 2);
    g_assert_cmpuint(rules->kinds[i].who[TIER_TWO].with, ==, ROLE_APPROVER);
  }
  g_autofree char *sentence = rules_sentence(rules, rules_kind(rules, "act on need"), TIER_TWO);
  g_assert_cmpstr(sentence, ==, "To open an intervention for a need at risk tier 2, two people must accept (lead or approver), among them approver; "
                                "not who asked for it; a no needs a reason. It stays open for 30 days; silence is no.");
}

static void test_data_folder(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp("meno-rules-XXXXXX", &error), *file = g_build_filename(dir, "rules.yaml", NULL);
  g_autoptr(rules_auto) none = rules_load(dir, &error);
  g_assert_no_error(error);
  g_autofree char *text = with("minutes: 120", "minutes: 60");
  g_assert_true(g_file_set_contents(file, text, -1, &error));
  g_autoptr(rules_auto) own = rules_load(dir, &error);
  g_assert_no_error(error);
  g_assert_cmpfloat(own->budget_minutes, ==, 60);
  g_assert_cmpstr(own->revision, !=, none->revision);
  g_assert_true(g_file_set_contents(file, "rules: 2\n", -1, &error));
  g_assert_null(rules_load(dir, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_nonnull(strstr(error->message, "/rules.yaml:1:8:"));
  g_unlink(file);
  g_rmdir(dir);
}

/* ---- every value counts ---- */

static void test_revision(void) {
  g_autofree char *text = carried(), *comment = g_strconcat("# another comment\n", text, NULL);
  g_autofree char *order = with(
      "    open: 30                                # days; silence is no\n    rest: 60                                # days that a decision stands before the same may be asked again\n",
      "    rest: 60\n    open: 30\n");
  g_autoptr(rules_auto) plain = must_parse(text), commented = must_parse(comment), ordered = must_parse(order);
  g_assert_cmpstr(plain->revision, ==, commented->revision);
  g_assert_cmpstr(plain->revision, ==, ordered->revision);
}

/* A change of any value changes the revision; and what is asked, the words. */
static void test_every_value(void) {
  static const struct { const char *from, *to; } changes[] = {
    { "what: goal\n    owners: [lead]", "what: goal\n    owners: [lead, analyst]" },
    { "goal target]", "goal target, aim]" },
    { "goal_target]", "goal_aim]" },
    { "events: [goal.set,", "events: [goal.sets," },
    { "50: 1,", "60: 1," },
    { "500: 2,", "500: 1," },
    { "regulated: 3", "regulated: 4" },
    { "individual: 4", "individual: 5" },
    { "irreversible: 2", "irreversible: 3" },
    { "novel: 1", "novel: 0" },
    { "external text: 1", "external text: 2" },
    { "unverified: 1", "unverified: 3" },
    { "below: 0.5", "below: 0.6" },
    { "0.5, points: 1", "0.5, points: 2" },
    { "{ 1: 1, 2: 3", "{ 1: 2, 2: 3" },
    { "2: 3, 3: 7", "2: 4, 3: 7" },
    { "3: 7 }", "3: 8 }" },
    { "1: { people: 1,", "1: { people: 2," },
    { "1: { people: 1, of: [lead, approver]", "1: { people: 1, of: [lead]" },
    { "with: [approver]", "with: [lead]" },
    { "with: [approver], not: [requester]", "with: [approver]" },
    { "not: [requester, confirmer], reason: always", "not: [requester], reason: always" },
    { ", reason: always", "" },
    { "minutes: 120", "minutes: 90" },
    { "does: open an intervention", "does: start an intervention" },
    { "least tier: 1", "least tier: 2" },
    { "open: 30", "open: 31" },
    { "rest: 60", "rest: 61" },
    { "minutes: 6 ", "minutes: 7 " },
    { "least worth: 1000", "least worth: 1001" },
    { "records: 20", "records: 21" },
    { "people: 5, sources: 2", "people: 6, sources: 2" },
    { "per: request", "per: person" },
    { "sources: 2", "sources: 3" },
    { "smallest thing", "least thing" },
    { "act on need:", "act on a need:" },
  };
  g_autofree char *text = carried();
  g_autoptr(rules_auto) before = must_parse(text);
  g_autofree char *words = all_sentences(before);
  for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
    g_autofree char *changed = with(changes[i].from, changes[i].to);
    g_autoptr(rules_auto) after = must_parse(changed);
    g_autofree char *new_words = all_sentences(after);
    if (!strcmp(before->revision, after->revision)) g_error("\"%s\" leaves the revision as it was", changes[i].to);
    if (!strcmp(words, new_words)) g_error("\"%s\" leaves the sentences as they were", changes[i].to);
  }
  /* Automatic acceptance is said where a kind can reach it. */
  g_autofree char *low = with("least tier: 1", "least tier: 0");
  g_autoptr(rules_auto) automatic = must_parse(low);
  g_autofree char *said = all_sentences(automatic);
  g_assert_nonnull(strstr(said, "accepted without a person, but for 10 of a hundred"));
}

static void test_kind_overrides_tier(void) {
  g_autofree char *text = with("    does: send a note", "    who: { 1: { people: 1, of: [approver] } }\n    does: send a note");
  g_autoptr(rules_auto) rules = must_parse(text);
  g_assert_cmpuint(rules_kind(rules, "send note")->who[TIER_ONE].of, ==, ROLE_APPROVER);
  g_assert_cmpuint(rules_kind(rules, "act on need")->who[TIER_ONE].of, ==, ROLE_LEAD | ROLE_APPROVER);
  g_assert_cmpint(rules_kind(rules, "send note")->who[TIER_TWO].people, ==, 2);
}

/* ---- what is refused ---- */

static void test_refused(void) {
  static const struct { const char *from, *to, *part; } cases[] = {
    { "rules: 1", "rules: 2", "rules.yaml:5:8: \"rules\" is \"2\", not a whole number from 1 to 1" },
    { "rules: 1", "[1]", "" },
    { "budget: {", "budgets: {", "budgets" },
    { "sample: 10", "sampel: 10", "sampel" },
    { "sample: 10", "sample: 101", "not a whole number from 0 to 100" },
    { "automatic: yes", "automatic: true", "write yes or no" },
    { "1: { people: 1,", "1: { automatic: yes, sample: 5,", "tier 1 is never automatic" },
    { "0: { automatic: yes, sample: 10 }", "0: { automatic: yes }", "\"sample\" is missing" },
    { "0: { automatic: yes, sample: 10 }", "0: { automatic: yes, sample: 10, people: 1 }", "says nothing where nobody decides" },
    { "2: { people: 2,", "2: { people: 1,", "not a whole number from 2 to 9" },
    { "3: { people: 2,", "3: { people: 1,", "not a whole number from 2 to 9" },
    { "of: [lead, approver], not", "of: [lead, manager], not", "\"manager\" may not decide" },
    { "of: [lead, approver], not", "of: [lead, boss], not", "\"boss\"" },
    { "of: [lead, approver], not", "of: [], not", "name at least one role" },
    { "of: [lead, approver], with: [approver]", "of: [lead], with: [approver]", "not in \"of\"" },
    { "not: [requester]", "not: [everybody]", "knows requester and confirmer" },
    { "reason: always", "reason: never", "is not \"always\"" },
    { "  - what: outcome", "  - what: income", "lacks the outcome, which people own" },
    { "{ 50: 1, 500: 2, 5000: 3 }", "{ 500: 2, 50: 1 }", "do not ascend" },
    { "{ 50: 1, 500: 2, 5000: 3 }", "{ many: 1 }", "not a whole number" },
    { "{ 50: 1, 500: 2, 5000: 3 }", "{ 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1 }", "more than 8 steps" },
    { "{ 1: 1, 2: 3, 3: 7 }", "{ 1: 5, 2: 3, 3: 7 }", "tier 2 begins below tier 1" },
    { "below: 0.5", "below: NaN", "not a number" },
    { "below: 0.5", "below: 1e308", "not a number from 0 to 1" },
    { "least worth: 1000", "least worth: -1", "not a number" },
    { "sensitive: 4, ", "", "\"sensitive\" is missing" },
    { "records: 20", "records: 0", "not a whole number from 1" },
    { "      smallest: Is this the smallest thing that could help?\n      people: Can the people concerned take this on now?\n", "",
      "fewer than 2 questions" },
    { "      smallest:", "      more: Is it so?\n      smallest:", "more than 3 questions" },
    { "take this on now?", "take this on now", "end it with a question mark" },
    { "    does: open an intervention for a need\n", "", "\"does\" is missing" },
    { "open: 30", "open: 0", "not a whole number from 1 to 365" },
    { "open: 30", "open: [30]", "\"open\" is not a single value" },
    { "kinds:", "kinds: {}\nmore:", "more" },
    { "budget: { minutes: 120 }", "budget: &a { minutes: 120 }", "rules.yaml:" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = with(cases[i].from, cases[i].to);
    g_autoptr(GError) error = NULL;
    g_autoptr(rules_auto) rules = rules_parse("rules.yaml", text, strlen(text), &error);
    if (rules) g_error("\"%s\" was taken", cases[i].to);
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "rules.yaml:"));
    if (!strstr(error->message, cases[i].part)) g_error("\"%s\" gave \"%s\", not \"%s\"", cases[i].to, error->message, cases[i].part);
  }
}

/* ---- risk ---- */

static void test_risk(void) {
  g_autofree char *text = with("least tier: 1", "least tier: 0");
  g_autoptr(rules_auto) rules = must_parse(text);
  const struct rule_kind *free_kind = rules_kind(rules, "act on need"), *floored = rules_kind(rules, "send note");
  const struct { struct risk_factors factors; int points, tier; } cases[] = {
    { { .confidence = 0.9 }, 0, 0 },
    { { .audience = 49, .confidence = 0.5 }, 0, 0 },
    { { .audience = 50, .confidence = 0.5 }, 1, 1 },
    { { .audience = 499, .confidence = 0.9 }, 1, 1 },
    { { .audience = 5000, .confidence = 0.9 }, 3, 2 },
    { { .audience = 2000000000, .novel = true, .confidence = 0.9 }, 4, 2 },
    { { .confidence = 0.49 }, 1, 1 },
    { { .confidence = NAN }, 1, 1 },
    { { .regulated = true, .novel = true, .confidence = 0.9 }, 4, 2 },
    { { .individual = true, .regulated = true, .confidence = 0.9 }, 7, 3 },
    { { .taint = TAINT_EXTERNAL | TAINT_UNVERIFIED, .confidence = 0.9 }, 1, 1 }, /* the worst, not the sum */
    { { .taint = TAINT_SENSITIVE | TAINT_MODEL, .confidence = 0.9 }, 4, 2 },
    { { .irreversible = true, .confidence = 0.9 }, 2, 1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    struct risk risk = rules_risk(rules, free_kind, &cases[i].factors);
    g_assert_cmpint(risk.points, ==, cases[i].points);
    g_assert_cmpint(risk.tier, ==, cases[i].tier);
    struct risk least = rules_risk(rules, floored, &cases[i].factors);
    g_assert_cmpint(least.tier, ==, MAX(1, cases[i].tier));
  }
}

/* Whatever the file says, nothing about one person is automatic. */
static void test_individual(void) {
  g_autofree char *text = with("least tier: 1", "least tier: 0");
  strstr(text, "individual: 4")[strlen("individual: ")] = '0';
  g_autoptr(rules_auto) rules = must_parse(text);
  struct risk_factors factors = { .individual = true, .confidence = 1 };
  struct risk risk = rules_risk(rules, rules_kind(rules, "act on need"), &factors);
  g_assert_cmpint(risk.points, ==, 0);
  g_assert_cmpint(risk.tier, ==, TIER_ONE);
  g_assert_cmpint(risk.part[RISK_FLOOR], ==, 1);
}

static void test_risk_in_words(void) {
  g_autofree char *text = carried();
  g_autoptr(rules_auto) rules = must_parse(text);
  struct risk_factors factors = { .audience = 600, .taint = TAINT_EXTERNAL | TAINT_MODEL, .confidence = 0.2 };
  struct risk risk = rules_risk(rules, rules_kind(rules, "act on need"), &factors);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  rules_write_risk(rules, &risk, &factors, &w, "risk");
  json_close_object(&w);
  g_assert_cmpstr(w.text->str, ==, "{\"risk\":[{\"factor\":\"audience\",\"points\":2,\"text\":\"it touches 600 people\"},"
                                   "{\"factor\":\"taint\",\"points\":2,\"text\":\"it rests on text that is external text, model-written\"},"
                                   "{\"factor\":\"low confidence\",\"points\":1,\"text\":\"the confidence is 0.20, below 0.5\"}]}");
  json_writer_clear(&w);
}

/* ---- what people own ---- */

static bool allowed(const struct rules *rules, const char *predicate, const char *body, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(body, strlen(body), NULL);
  g_assert_nonnull(doc);
  return rules_check_owned(rules, predicate, json_root(doc), error);
}

static void test_owned(void) {
  g_autofree char *text = carried();
  g_autoptr(rules_auto) rules = must_parse(text);
  g_assert_true(allowed(rules, "need", "{\"causes\":[],\"cause\":\"skill\",\"goal\":\"g-1\"}", NULL));
  g_assert_true(allowed(rules, NULL, "{\"inputs\":{\"goal_weight\":0.4}}", NULL)); /* quoted as an input, not set */
  g_assert_true(allowed(rules, "need", "{\"confirmed_by\":null}", NULL));
  static const struct { const char *predicate, *body, *what; } cases[] = {
    { "goal weight", "{}", "goal" },  { "need", "{\"goal_target\":3}", "goal" }, { "need", "{\"confirmed_by\":\"x\"}", "cause" },
    { NULL, "{\"tier\":0}", "risk" }, { NULL, "{\"tone\":\"stern\"}", "tone" },  { "learner context", "{}", "learner context" },
    { "outcome", "{}", "outcome" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(allowed(rules, cases[i].predicate, cases[i].body, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_FORBIDDEN);
    g_autofree char *part = g_strdup_printf("sets the %s, which people own", cases[i].what);
    g_assert_nonnull(strstr(error->message, part));
  }
  g_autoptr(GError) error = NULL;
  g_assert_true(rules_check_event(rules, "goal.set", "connector:files", &error));
  g_assert_true(rules_check_event(rules, "claim.made", "agent:needs@1", &error));
  g_assert_false(rules_check_event(rules, "goal.set", "agent:needs@1", &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_FORBIDDEN);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rules/carried", test_carried);
  g_test_add_func("/rules/data-folder", test_data_folder);
  g_test_add_func("/rules/revision", test_revision);
  g_test_add_func("/rules/every-value", test_every_value);
  g_test_add_func("/rules/kind-overrides-tier", test_kind_overrides_tier);
  g_test_add_func("/rules/refused", test_refused);
  g_test_add_func("/rules/risk", test_risk);
  g_test_add_func("/rules/individual", test_individual);
  g_test_add_func("/rules/risk-in-words", test_risk_in_words);
  g_test_add_func("/rules/owned", test_owned);
  return g_test_run();
}
