/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evidence rules: the file that Meno carries says of cmi5's, the video profile's and the common verbs what it promises; a file that
 * breaks the house's law, or that says something that can never be, is refused with its place; comments do not change a revision. */
#include "company/evidence-rules.h"
#include <math.h>
#include <string.h>

static struct evidence_rules *carried(void) {
  g_autoptr(GError) error = NULL;
  size_t length;
  const char *text = evidence_rules_carried(&length);
  struct evidence_rules *rules = evidence_rules_parse("evidence.yaml", text, length, &error);
  g_assert_no_error(error);
  return rules;
}

#define ADL "http://adlnet.gov/expapi/verbs/"
#define CMI5 "https://w3id.org/xapi/adl/verbs/"
#define VIDEO "https://w3id.org/xapi/video/activity-type/video"
#define NONE NAN
#define STATED (-1)

/* What statements become; weight 0: nothing. */
static const struct expected { struct evidence_told told; const char *rule; double weight, score; } expected[] = {
  { { ADL "launched", NULL, NONE, NONE, -1, -1 }, "on the way", 0, 0 },
  { { ADL "initialized", NULL, NONE, NONE, -1, -1 }, "on the way", 0, 0 },
  { { ADL "terminated", NULL, 0.9, NONE, -1, -1 }, "on the way", 0, 0 },
  { { CMI5 "abandoned", NULL, NONE, NONE, -1, -1 }, "on the way", 0, 0 },
  { { CMI5 "satisfied", NULL, NONE, NONE, -1, -1 }, "satisfied", 0, 0 },
  { { CMI5 "waived", NULL, NONE, NONE, 1, 1 }, "waived", 0, 0 }, /* cmi5 9.5.2: with success and completion */
  { { ADL "completed", NULL, NONE, NONE, -1, 1 }, "completed", 0.1, 0.6 },
  { { ADL "passed", NULL, 0.9, NONE, 1, -1 }, "scored", 1, STATED },
  { { ADL "passed", NULL, NONE, NONE, 1, -1 }, "success", 1, 0.75 },
  { { ADL "passed", NULL, NONE, NONE, -1, -1 }, "passed or mastered", 1, 0.75 },
  { { ADL "failed", NULL, 0.3, NONE, 0, -1 }, "failed, with a score", 1, STATED },
  { { ADL "failed", NULL, NONE, NONE, 0, -1 }, "failed", 1, 0.25 },
  { { "https://w3id.org/xapi/video/verbs/played", VIDEO, NONE, NONE, -1, -1 }, "on the way", 0, 0 },
  { { "https://w3id.org/xapi/video/verbs/paused", VIDEO, NONE, 0.95, -1, -1 }, "on the way", 0, 0 },
  { { "https://w3id.org/xapi/video/verbs/seeked", VIDEO, NONE, NONE, -1, -1 }, "on the way", 0, 0 },
  { { ADL "completed", VIDEO, NONE, 1, -1, 1 }, "video watched to the end", 0.05, 0.6 },
  { { ADL "completed", VIDEO, NONE, NONE, -1, 1 }, "video watched to the end", 0.05, 0.6 },
  { { ADL "completed", VIDEO, NONE, 0.3, -1, 1 }, "video skipped through", 0, 0 },
  { { ADL "answered", NULL, NONE, NONE, 1, -1 }, "question answered rightly", 0.25, 0.75 },
  { { ADL "answered", NULL, NONE, NONE, 0, -1 }, "question answered wrongly", 0.25, 0.25 },
  { { ADL "answered", NULL, 0.5, NONE, 0, -1 }, "question answered, with a score", 0.25, STATED },
  { { ADL "attempted", NULL, NONE, NONE, -1, -1 }, "attempted", 0, 0 },
  { { ADL "attempted", NULL, 0.5, NONE, -1, -1 }, "scored", 1, STATED },
  { { ADL "scored", NULL, 0.5, NONE, -1, -1 }, "scored", 1, STATED },
  { { ADL "mastered", NULL, NONE, NONE, -1, -1 }, "passed or mastered", 1, 0.75 },
  { { ADL "progressed", NULL, NONE, 0.5, -1, -1 }, "on the way", 0, 0 },
  { { ADL "experienced", NULL, NONE, NONE, -1, -1 }, "experienced", 0.05, 0.6 },
  { { ADL "shared", NULL, NONE, NONE, -1, -1 }, NULL, 0, 0 },
  { { "https://example.com/verbs/sat", NULL, NONE, NONE, -1, 1 }, "told to be complete", 0.1, 0.6 },
  { { "https://example.com/verbs/sat", NULL, NONE, NONE, 1, 1 }, "success", 1, 0.75 },
};

static void carries_what_it_promises(void) {
  g_autoptr(evidence_rules_auto) rules = carried();
  for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
    const struct expected *e = &expected[i];
    int index = evidence_rules_first(rules, evidence_rules_candidates(rules, e->told.verb, e->told.type), &e->told);
    g_test_message("%s", e->told.verb);
    g_assert_cmpstr(index < 0 ? NULL : rules->rules[index].name, ==, e->rule);
    if (index < 0) continue;
    const struct evidence_rule *rule = &rules->rules[index];
    g_assert_cmpfloat(rule->nothing ? 0 : rule->weight, ==, e->weight);
    if (!rule->nothing) g_assert_cmpfloat(isnan(rule->fixed) ? STATED : rule->fixed, ==, e->score);
    for (int before = 0; before <= index; before++) { /* what is told of each rule is what was done with it */
      g_autofree char *misses = evidence_rule_misses(&rules->rules[before], &e->told);
      g_assert_true(before == index ? !misses : misses && *misses);
    }
    g_assert_true(!evidence_rules_ignore(rules, e->told.verb) || rule->nothing);
  }
  g_assert_true(evidence_rules_ignore(rules, ADL "launched") && evidence_rules_ignore(rules, CMI5 "waived"));
  g_assert_false(evidence_rules_ignore(rules, ADL "shared")); /* with a score it counts */
}

static void is_told_in_words(void) {
  g_autoptr(evidence_rules_auto) rules = carried();
  g_autoptr(GPtrArray) sentences = evidence_rules_sentences(rules);
  g_assert_cmpint(sentences->len, ==, rules->rule_count + 1);
  g_assert_cmpstr(sentences->pdata[0], ==, "What was waived, counts for nothing: who may skip it has not shown that it is mastered.");
  bool found = false;
  for (guint i = 0; i < sentences->len; i++)
    found |= strcmp(sentences->pdata[i], "What was completed (video), counts as a completion with the score 0.6, weight 0.05, once per person and activity: watching is not being able.") == 0;
  g_assert_true(found);
}

static struct evidence_rules *parse(const char *accounts, const char *activities, const char *rules, GError **error) {
  g_autofree char *text = g_strdup_printf("evidence: 1\nverbs: { passed: " ADL "passed, completed: " ADL "completed, waived: " CMI5 "waived }\nactivities: {}\naccounts: %s\n"
    "skills: { activities: %s, by: [id] }\nrules:\n%s", accounts, activities, rules);
  return evidence_rules_parse("own.yaml", text, strlen(text), error);
}

#define SCORED "  - { rule: scored, when: { score: told }, counts: { as: assessment, weight: 1, score: stated }, because: it was measured }\n"

static const struct wrong { const char *rules, *message; } wrong[] = {
  { "  - { rule: a, when: { verb: completed }, counts: { as: assessment, weight: 1, score: 1 }, because: b }\n", "own.yaml:7:*takes part for ability*" },
  { "  - { rule: a, when: { completion: yes }, counts: { as: work, weight: 1, score: 1 }, because: b }\n", "*takes part for ability*" },
  { "  - { rule: a, when: { verb: https://example.com/Verbs/experienced }, counts: { as: practice, weight: 0.1, score: 1 }, because: b }\n", "*takes part for ability*" },
  { "  - { rule: a, when: { verb: completed }, counts: { as: completion, weight: 0.5, score: 1 }, because: b }\n", "*lets taking part weigh 0.5*" },
  { "  - { rule: a, when: { verb: passed }, counts: { as: assessment, weight: 1, score: stated }, because: b }\n", "*takes the stated score and does not ask for one*" },
  { "  - { rule: a, when: { verb: passd }, counts: nothing, because: b }\n", "*\"passd\" is no word of \"verbs\" above*" },
  { "  - { rule: a, when: { verbs: passed }, counts: nothing, because: b }\n", "*verbs*" },
  { "  - { rule: a, when: { score: yes }, counts: nothing, because: b }\n", "*none of told, not told, { at least: 0.5 }*" },
  { "  - { rule: a, when: { score: { at least: 0.8, below: 0.5 } }, counts: nothing, because: b }\n", "*can never be*" },
  { "  - { rule: a, when: { score: { at least: 2 } }, counts: nothing, because: b }\n", "*not a number from 0 to 1*" },
  { "  - { rule: a, when: { verb: passed }, counts: { as: certificate, weight: 1, score: 1 }, because: b }\n", "*no kind of evidence*" },
  { "  - { rule: a, when: { verb: passed }, counts: { as: assessment, weight: 0, score: 1 }, because: b }\n", "*a weight of 0 is nothing*" },
  { "  - { rule: a, when: { verb: passed }, counts: all, because: b }\n", "*write nothing, or {*" },
  { "  - { rule: a, when: { verb: passed }, counts: nothing }\n", "*\"because\" is missing*" },
  { SCORED "  - { rule: b, when: { verb: passed, score: told }, counts: nothing, because: c }\n", "own.yaml:8:*\"b\" never has its turn: \"scored\" before it*" },
  { SCORED "  - { rule: scored, when: { success: no }, counts: nothing, because: c }\n", "*two rules \"scored\"*" },
  { "  []\n", "*0 rules*" },
};

static void refuses_with_its_place(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(evidence_rules_auto) rules = parse("[]", "{}", wrong[i].rules, &error);
    g_assert_null(rules);
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    if (!g_pattern_match_simple(wrong[i].message, error->message)) g_error("%s is not %s", error->message, wrong[i].message);
  }
  static const char *const others[][2] = { { "[{ home page: https://x, name: nickname }]", "*employee number or work address*" }, { "[{ name: work address }]", "*home page*" } };
  for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(evidence_rules_auto) rules = parse(others[i][0], "{}", SCORED, &error);
    g_assert_null(rules);
    g_assert_true(g_pattern_match_simple(others[i][1], error->message));
  }
}

/* A rule of any verb that success may meet: what was waived has success, and is not met. */
static void waived_never_counts(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(evidence_rules_auto) rules = parse("[]", "{}", "  - { rule: success, when: { success: yes }, counts: { as: assessment, weight: 1, score: 0.75 }, because: it went well }\n", &error);
  g_assert_no_error(error);
  struct evidence_told told = { CMI5 "waived", NULL, NAN, NAN, 1, 1 }, passed = { ADL "passed", NULL, NAN, NAN, 1, -1 };
  g_assert_cmpint(evidence_rules_first(rules, evidence_rules_candidates(rules, told.verb, NULL), &told), ==, -1);
  g_assert_cmpint(evidence_rules_first(rules, evidence_rules_candidates(rules, passed.verb, NULL), &passed), ==, 0);
  g_autofree char *why = evidence_rule_misses(&rules->rules[0], &told);
  g_assert_cmpstr(why, ==, "what was waived never counts, whatever rules say");
}

static void activities_are_found_from_above(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(evidence_rules_auto) rules = parse("[]", "{ https://x/c/4: four, https://x/c/4/deep: deep, 'https://x/d/': d }", SCORED, &error);
  g_assert_no_error(error);
  static const char *const cases[][2] = { { "https://x/c/4", "four" }, { "https://x/c/42", NULL }, { "https://x/c/4/1", "four" }, { "https://x/c/4#1", "four" }, { "https://x/c/4/deep/er", "deep" },
    { "https://x/c/4/deeper", "four" }, { "https://x/d/1", "d" }, { "https://x/d", NULL }, { "", NULL } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) g_assert_cmpstr(evidence_rules_skill(rules, cases[i][0]), ==, cases[i][1]);
}

static void comments_do_not_change_a_revision(void) {
  g_autoptr(evidence_rules_auto) one = parse("[]", "{}", SCORED, NULL), two = parse("[] # none", "{}", SCORED "# the end\n", NULL),
    three = parse("[]", "{}", "  - { rule: scored, when: { score: told }, counts: { as: assessment, weight: 0.9, score: stated }, because: it was measured }\n", NULL);
  g_assert_cmpstr(one->revision, ==, two->revision);
  g_assert_cmpstr(one->revision, !=, three->revision);
  g_assert_true(g_str_has_prefix(one->revision, "e-"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/evidence-rules/carried", carries_what_it_promises);
  g_test_add_func("/evidence-rules/words", is_told_in_words);
  g_test_add_func("/evidence-rules/refused", refuses_with_its_place);
  g_test_add_func("/evidence-rules/waived", waived_never_counts);
  g_test_add_func("/evidence-rules/activities", activities_are_found_from_above);
  g_test_add_func("/evidence-rules/revision", comments_do_not_change_a_revision);
  return g_test_run();
}
