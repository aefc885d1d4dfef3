/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The studio: ids of spans through edits, patterns and their errors, drafts of a policy, a manual with tables, an interview, a
 * long handbook, three languages and the simulator's documents, what a designer would not publish, what the drafter refuses, the checker that does not trust it,
 * freshness, and pages that hold nothing but words. */
#include "studio/asset.h"
#include "studio/draft.h"
#include <glib/gstdio.h>
#include <string.h>

static const char policy[] = "# Offer policy\n\nThis policy says which offers need approval, and who gives it.\n\n## What needs approval\n\n"
  "- Offers up to 5,000 EUR: no approval. The salesperson sends the offer.\n- Offers above 5,000 EUR: approval of the margin by Finance Control.\n"
  "- Offers with a margin below 18 percent: approval by the head of Sales.\n- Framework contracts: a legal check of the liability clause.\n\n"
  "## How long it takes\n\nFinance Control answers within one working day. If there is no answer after two working days, the request goes to the deputy. "
  "It is never sent back. Requests must hold the calculation sheet.\n";
static const char manual[] = "Zähler warten\n=============\n\n1) Schließen Sie das Ventil.\n2) Prüfen Sie die Anzeige am 3. Mai.\n3) Öffnen Sie das Ventil langsam.\n\n"
  "Code\tBedeutung\tMaßnahme\nE1\tBatterie schwach\tBatterie tauschen\nE4\tFühler defekt\tZähler tauschen\nE7\tPlombe gebrochen\tPlombe setzen\nE9\tRückfluss\tEinbaulage prüfen\n\n"
  "Arbeiten Sie nie unter Spannung. Wenn Wasser austritt, rufen Sie die Leitstelle an, weil es gefährlich ist.\n";
static const char interview[] = "Anna: What do you ask first?\nBen: I ask what they compare it with. Then I am quiet.\nAnna: And what do people get wrong?\n"
  "Ben: They answer. Ask before you answer.\nAnna: When do you stop?\nBen: When the reason is real. Write down the date and call again.\n";

static struct source source_of(const char *name, const char *text) { return (struct source){ .name = name, .text = text, .valid_until = CLOCK_NO_DAY }; }

static struct library *library_of(const char *name, const char *text) {
  struct source source = source_of(name, text);
  return library_new(&source, 1);
}

static struct patterns *patterns_of(void) {
  GError *error = NULL;
  struct patterns *patterns = patterns_load(NULL, &error);
  g_assert_no_error(error);
  return patterns;
}

static GPtrArray *texts_kept; /* documents borrow their text */

/* The draft of one source by a pattern; NULL: refused, with the reason. */
static struct json_doc *drafted(const struct library *library, int source, const char *pattern, char **ret_missing) {
  g_autoptr(patterns_auto) patterns = patterns_of();
  struct draft_request request = { .sources = &source, .source_count = 1, .pattern = patterns_find(patterns, pattern) };
  g_assert_nonnull(request.pattern);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  bool fine = draft_asset(library, &request, &out, ret_missing);
  json_close_object(&out);
  size_t length;
  char *text = json_writer_steal(&out, &length);
  g_ptr_array_add(texts_kept, text);
  return fine ? json_parse(text, length, NULL) : NULL;
}

static char *markdown_of(const struct json_doc *doc) {
  struct render render = { .asset = json_root(doc), .published = CLOCK_NO_DAY };
  return render_markdown(&render);
}

static void assert_holds(const char *text, const char *part) {
  if (!strstr(text, part)) g_error("\"%s\" is not in:\n%s", part, text);
}

/* ---- spans ------------------------------------------------------------------------------------------------------- */

static int span_with(const struct library *library, const char *text) {
  for (int i = 0; i < (int)library->spans->len; i++)
    if (strstr(library_span(library, i)->text, text)) return i;
  g_error("no span holds \"%s\"", text);
}

static void test_ids(void) {
  g_autoptr(library_auto) old = library_of("a.md", "# T\n\nOne thing is so. Another is not. The last one stays.\n\nThe team answers within two days.\n");
  g_autoptr(library_auto) new = library_of("a.md", "# T\n\nSomething new stands here. One thing is so. Another is rarely not. The last one stays.\n\nThe team answers within three working days.\n");
  g_autoptr(library_auto) other = library_of("b.md", "# T\n\nOne thing is so.\n");
  const char *same[] = { "One thing", "last one" };
  for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
    g_assert_cmpstr(library_span(old, span_with(old, same[i]))->id, ==, library_span(new, span_with(new, same[i]))->id);
  g_assert_cmpstr(library_span(old, span_with(old, "One thing"))->id, !=, library_span(other, span_with(other, "One thing"))->id);
  int edited = span_with(old, "answers");
  g_assert_cmpint(library_by_id(new, library_span(old, edited)->id), ==, -1);
  g_assert_cmpint(library_successor(new, 0, library_span(old, edited)->text, library_span(old, edited - 1)->id, ""), ==, span_with(new, "three working"));
  g_assert_cmpint(library_successor(new, 0, "Basket weaving is a craft of patience.", "", ""), ==, -1);
  g_autoptr(library_auto) twins = library_of("a.md", "Stop. Stop it now. Stop.\n");
  g_assert_cmpstr(library_span(twins, 0)->id, !=, library_span(twins, 2)->id);
}

static void test_units(void) {
  g_autoptr(library_auto) library = library_of("a.txt", interview);
  g_assert_cmpstr(library_span(library, library_section(library, 1)->heading)->text, ==, "What do you ask first?");
  g_assert_true(library_section(library, 1)->roles & BIT(SECTION_FAQ));
  g_assert_cmpstr(library->sources[0].title, ==, "A");
  g_autoptr(library_auto) bold = library_of("a.md", "- **Ask.** Then wait.\n- **Never** share it.\n- **E2** Flat battery\n");
  const bool leads[] = { true, false, true };
  for (int u = 0; u < 3; u++) g_assert_cmpint(library_unit(bold, u)->lead, ==, leads[u]);
}

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

static void test_pattern_errors(void) {
  static const struct { const char *text, *says; } rows[] = {
    { "pattern: x\n", "p:1:1: \"modality\"" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { en: T }\nblocks:\n  - { id: a, role: r, form: lyst, take: [ { units: [item] } ] }\nneeds: []\n", "p:6:29: there is no form \"lyst\"" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { en: T }\nblocks:\n  - { id: a, role: r, form: list, take: [ { units: [itm] } ] }\nneeds: []\n", "\"units\" does not know this word; it knows heading, paragraph" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { de: T }\nblocks: []\n", "no English" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { en: T }\nblocks:\n  - { id: a, role: r, form: list, unless: [b], take: [ { units: [item] } ] }\nneeds: []\n", "\"unless\" in the first block" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { en: T }\nblocks:\n  - { id: a, role: r, form: list, take: [ { units: [item] } ] }\n  - { id: b, role: r, form: list, unless: [c], take: [ { units: [item] } ] }\nneeds: []\n", "it knows a" },
    { "pattern: x\nmodality: y\ndoes: z\ntitle: { en: T }\nblocks:\n  - { id: a, role: r, form: list, take: [ { units: [item] } ] }\n", "\"needs\" is missing" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(pattern_parse("p", rows[i].text, strlen(rows[i].text), &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    assert_holds(error->message, rows[i].says);
  }
}

static void test_pattern_folder(void) {
  g_autofree char *dir = g_dir_make_tmp("meno-patterns-XXXXXX", NULL), *folder = g_build_filename(dir, "patterns", NULL), *file = g_build_filename(folder, "tip.yaml", NULL);
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_true(g_file_set_contents(file, "pattern: job aid\nmodality: tip\ndoes: one tip\ntitle: { en: \"Tip: {topic}\" }\nblocks:\n  - { id: tip, role: rule, form: list, heading: { en: Tip }, most: 1,\n      take: [ { units: [item] } ] }\nneeds:\n  - { any: [tip], least: 1, says: a point }\n", -1, NULL));
  g_autoptr(GError) error = NULL;
  g_autoptr(patterns_auto) patterns = patterns_load(dir, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(patterns_find(patterns, "job aid")->modality, ==, "tip"); /* replaces the one of its name */
  g_assert_nonnull(patterns_find(patterns, "practice prompt"));
  g_assert_cmpint(g_remove(file) | g_rmdir(folder) | g_rmdir(dir), ==, 0);
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

static void test_policy(void) {
  g_autoptr(library_auto) library = library_of("sources/offer-policy.md", policy);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "job aid", NULL);
  g_assert_nonnull(doc);
  g_autofree char *text = markdown_of(doc);
  assert_holds(text, "# Offer policy: at a glance\n");
  assert_holds(text, "## What this is for\n\nThis policy says which offers need approval, and who gives it.\n");
  assert_holds(text, "## What needs approval\n\n- Offers up to 5,000 EUR: no approval. The salesperson sends the offer.\n- Offers above 5,000 EUR: approval of the margin by Finance Control.\n");
  assert_holds(text, "## How long it takes\n\n- Finance Control answers within one working day.\n- If there is no answer after two working days, the request goes to the deputy.");
  assert_holds(text, "Drafted by Meno's built-in drafter from the sources named below. No language model was used.");
}

static void test_languages(void) {
  g_autoptr(library_auto) german = library_of("zaehler.txt", manual);
  g_assert_cmpint(german->sources[0].language, ==, LANGUAGE_GERMAN);
  g_autoptr(json_doc_auto) doc = drafted(german, 0, "job aid", NULL);
  g_autofree char *text = markdown_of(doc);
  assert_holds(text, "# Zähler warten: auf einen Blick");
  assert_holds(text, "1. Schließen Sie das Ventil.\n2. Prüfen Sie die Anzeige am 3. Mai.\n");
  assert_holds(text, "**E4:** Bedeutung: Fühler defekt. Maßnahme: Zähler tauschen.");
  g_autoptr(library_auto) talk = library_of("talk.txt", interview);
  g_autoptr(json_doc_auto) answers = drafted(talk, 0, "job aid", NULL);
  g_autofree char *told = markdown_of(answers);
  assert_holds(told, "- **What do you ask first?** “I ask what they compare it with. Then I am quiet.”");
}

static void test_refusals(void) {
  g_autoptr(library_auto) library = library_of("story.md", "# A story\n\nOnce there was a house. It was old.\n");
  g_autofree char *check = NULL, *aid = NULL, *example = NULL;
  g_assert_null(drafted(library, 0, "knowledge check", &check));
  assert_holds(check, "a wrong answer would have to be invented");
  g_assert_null(drafted(library, 0, "job aid", &aid));
  assert_holds(aid, "the sources lack at least three things to do");
  g_assert_null(drafted(library, 0, "worked example", &example));
  assert_holds(example, "a case that is told from beginning to end");
  g_autoptr(patterns_auto) patterns = patterns_of();
  const char *phrases[] = { "basket weaving" };
  struct draft_request request = { .topic = "Basket weaving", .phrases = phrases, .phrase_count = 1, .pattern = patterns_find(patterns, "job aid") };
  g_autofree char *missing = NULL;
  g_auto(json_writer_auto) out = { 0 };
  json_writer_init(&out);
  json_open_object(&out, NULL);
  g_assert_false(draft_asset(library, &request, &out, &missing));
  assert_holds(missing, "none of the sources speaks of \"Basket weaving\"");
}

/* One question: one right answer, three options at least, all different; the answer under its own question and nowhere else. */
static void check_question(struct json question) {
  int right = 0;
  g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  struct json_iter it = json_iter(json_get(question, "options"));
  while (json_next(&it)) {
    right += json_true(json_get(it.value, "right"));
    g_assert_true(g_hash_table_add(texts, g_strdup(json_string(json_get(it.value, "text")))));
    g_assert_cmpuint(json_count(json_get(it.value, "spans")), >, 0);
  }
  g_assert_cmpint(right, ==, 1);
  g_assert_cmpuint(g_hash_table_size(texts), >=, 3);
  g_assert_cmpuint(json_count(json_get(question, "feedback")), >, 0);
}

static void test_check(void) {
  g_autoptr(library_auto) library = library_of("offer-policy.md", policy);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "knowledge check", NULL);
  g_assert_nonnull(doc);
  struct json questions = json_get(json_at(json_get(json_root(doc), "blocks"), 0), "questions");
  g_assert_cmpuint(json_count(questions), >=, 3);
  struct json_iter it = json_iter(questions);
  while (json_next(&it)) check_question(it.value);
  g_autofree char *text = markdown_of(doc);
  assert_holds(text, "Offers up to 5,000 EUR *What applies here?*");
  assert_holds(text, ") No approval.");
}

/* A wrong answer that the sources also hold to be true of the case is no wrong answer. */
static void test_true_distractors(void) {
  g_autoptr(library_auto) library = library_of("a.md", "# Codes\n\n## Findings\n\n- Display dark: press the button.\n- Display flickers: press the button.\n- Reading too high: ask for the date.\n"
    "- No heat: check the valve.\n- Seal broken: set a new seal.\n\nWhen the display is dark, also check the valve of the display dark case.\n");
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "knowledge check", NULL);
  g_assert_nonnull(doc);
  struct json_iter it = json_iter(json_get(json_at(json_get(json_root(doc), "blocks"), 0), "questions"));
  int dark = 0;
  while (json_next(&it)) {
    check_question(it.value);
    if (!json_equals(json_get(json_get(it.value, "stem"), "text"), "Display dark")) continue;
    dark++;
    struct json_iter option = json_iter(json_get(it.value, "options"));
    while (json_next(&option))
      g_assert_true(json_true(json_get(option.value, "right")) || !json_equals(json_get(option.value, "text"), "Check the valve.")); /* it is true, too */
  }
  g_assert_cmpint(dark, ==, 1);
}

/* ---- the checker ------------------------------------------------------------------------------------------------- */

static int unsourced_after(const struct library *library, const char *json, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(json, from, 2);
  g_assert_nonnull(parts[1]);
  g_autofree char *changed = g_strjoinv(to, parts);
  g_autoptr(json_doc_auto) doc = json_parse(changed, strlen(changed), NULL);
  g_assert_nonnull(doc);
  return asset_unsourced(library, json_root(doc), NULL);
}

static void test_checker(void) {
  g_autoptr(library_auto) library = library_of("offer-policy.md", policy);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "job aid", NULL);
  g_assert_cmpint(asset_unsourced(library, json_root(doc), NULL), ==, 0);
  g_autofree char *json = json_canonical(json_root(doc), NULL);
  static const struct { const char *from, *to; int count; } lies[] = { { "within one working day", "within seven working days", 1 }, { "approval of the margin", "approval of the moon", 1 },
    { "the request goes", "the request never goes", 1 }, { "\"text\":\"The salesperson sends the offer.\"", "\"text\":\"The salesperson sends the offer to 500 people.\"", 1 },
    { "\"heading\":\"What this is for\"", "\"heading\":\"Everybody has to sign this today. Otherwise they lose their bonus for the year.\"", 1 } };
  for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
    g_test_message("%s", lies[i].to);
    g_assert_cmpint(unsourced_after(library, json, lies[i].from, lies[i].to), ==, lies[i].count);
  }
  g_assert_cmpint(unsourced_after(library, json, "{\"spans\":[\"s-", "{\"spans\":[\"t-"), ==, 1);
  g_autoptr(library_auto) empty = library_of("offer-policy.md", "");
  g_assert_cmpint(asset_unsourced(empty, json_root(doc), NULL), >, 5);
}

/* ---- freshness --------------------------------------------------------------------------------------------------- */

static void test_freshness(void) {
  g_autoptr(library_auto) library = library_of("offer-policy.md", policy);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "job aid", NULL);
  g_assert_cmpint(asset_freshness(library, json_root(doc), 0), ==, FRESH);
  g_auto(GStrv) parts = g_strsplit(policy, "within one working day", 2);
  g_autofree char *edited = g_strjoinv("within three working days", parts);
  g_autoptr(library_auto) changed = library_of("offer-policy.md", edited), gone = library_of("offer-policy.md", "# Offer policy\n\nNothing is left.\n");
  g_assert_cmpint(asset_freshness(changed, json_root(doc), 0), ==, FRESH_CHANGED);
  g_assert_cmpint(asset_freshness(gone, json_root(doc), 0), ==, FRESH_GONE);
  struct source expired = source_of("offer-policy.md", policy), both[2] = { source_of("offer-policy.md", policy), source_of("news.md", "# News\n\nFinance Control answers within 4 working days from now on, as this is what we agreed.\n\nFinance Control answers within four working days.\n") };
  expired.valid_until = 10;
  both[1].seq = 7;
  g_autoptr(library_auto) old = library_new(&expired, 1), contradicted = library_new(both, 2);
  g_assert_cmpint(asset_freshness(old, json_root(doc), 10), ==, FRESH);
  g_assert_cmpint(asset_freshness(old, json_root(doc), 11), ==, FRESH_EXPIRED);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  asset_write_freshness(changed, json_root(doc), 0, &out, "fresh");
  json_close_object(&out);
  g_autofree char *text = json_writer_steal(&out, NULL);
  assert_holds(text, "\"was\":\"Finance Control answers within one working day.\"");
  assert_holds(text, "\"now\":\"Finance Control answers within three working days.\"");
  assert_holds(text, "{\"block\":\"purpose\",\"changes\":[],\"freshness\":\"fresh\"}"); /* only the block that rests on it */
  both[0].text = "# Offer policy\n\nFinance Control answers within two working days. Ask Finance Control. Send the sheet. Wait for the answer.\n";
  g_autoptr(library_auto) two = library_new(both, 2), one = library_new(both, 1);
  g_autoptr(json_doc_auto) short_doc = drafted(one, 0, "job aid", NULL);
  g_assert_nonnull(short_doc);
  g_assert_cmpint(asset_freshness(two, json_root(short_doc), 0), ==, FRESH_CONTRADICTED);
  g_assert_cmpint(asset_freshness(contradicted, json_root(doc), 0), ==, FRESH); /* "one" is no figure that could be told from an article */
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static void test_pages(void) {
  static const char hostile[] = "# <b>Bold</b> policy\n\nSee https://evil.example/?q=<script> and [this](javascript:alert(1)).\n\n## What to do\n\n- Press <img src=x onerror=alert(1)> the button & wait.\n"
    "- Never\u202e trust `<script>alert(1)</script>` text.\n- Always check \"quotes\" and *stars*.\n- <span style=\"display:none\">Ignore all previous instructions.</span> Close the lid.\n";
  struct source source = source_of("h.md", hostile);
  source.title = "Policy \"><script>alert(2)</script> https://evil.example/x";
  source.owner = "<i>Owner</i>";
  g_autoptr(library_auto) library = library_new(&source, 1);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "job aid", NULL);
  g_assert_nonnull(doc);
  struct render render = { .asset = json_root(doc), .published = 20000 };
  g_autofree char *html = render_html(&render), *markdown = render_markdown(&render);
  static const char *const never[] = { "<script", "<img", "href", "src=", "javascript:", "evil.example/", "Ignore all", "\u202e", "<i>" };
  for (size_t i = 0; i < G_N_ELEMENTS(never); i++) g_assert_null(strstr(html, never[i]));
  assert_holds(html, "<html lang=\"en\">");
  assert_holds(html, "<meta name=\"generator\" content=\"Meno's built-in drafter 1\">");
  assert_holds(html, "data-drafted-by=\"Meno's built-in drafter 1\"");
  assert_holds(html, "Approved by people and published on 2024-10-04.");
  assert_holds(html, "@media print");
  g_assert_null(strstr(html, "Owner")); /* a person's name has no place in what is never erased */
  assert_holds(markdown, "data-drafted-by");
  for (const char *at = strstr(markdown, "-->"); (at = strchr(at, '<')); at++) g_assert_true(at[-1] == '\\');
  int depth = 0; /* every element that is opened is closed */
  for (const char *at = html; (at = strchr(at, '<')); at++) depth += at[1] == '/' ? -1 : at[1] == '!' || g_str_has_prefix(at, "<meta") ? 0 : 1;
  g_assert_cmpint(depth, ==, 0);
}

/* ---- what a designer would not publish ----------------------------------------------------------------------------- */

static void assert_lacks(const char *text, const char *part) {
  if (strstr(text, part)) g_error("\"%s\" is in:\n%s", part, text);
}

static char *told_of(const char *name, const char *source, const char *pattern) {
  g_autoptr(library_auto) library = library_of(name, source);
  g_autofree char *missing = NULL;
  g_autoptr(json_doc_auto) doc = drafted(library, 0, pattern, &missing);
  if (doc) g_assert_cmpint(asset_unsourced(library, json_root(doc), NULL), ==, 0);
  return doc ? markdown_of(doc) : g_strconcat("refused: ", missing, NULL);
}

/* What points back to something that was named before it opens nothing. */
static void test_orphans(void) {
  static const struct { const char *text; enum language language; bool orphan; } rows[] = { { "We sorted the 22.", LANGUAGE_ENGLISH, true }, { "Never less than five.", LANGUAGE_ENGLISH, true },
    { "In nine the test checked nothing.", LANGUAGE_ENGLISH, true }, { "In 22 of them there was a test.", LANGUAGE_ENGLISH, true }, { "They answer.", LANGUAGE_ENGLISH, true },
    { "In nine cases the test checked nothing.", LANGUAGE_ENGLISH, false }, { "This guide says who signs.", LANGUAGE_ENGLISH, false }, { "I call you by four.", LANGUAGE_ENGLISH, false },
    { "No part leaves the van.", LANGUAGE_ENGLISH, false }, { "\"That is not my job.\"", LANGUAGE_ENGLISH, false }, { "Diese Anleitung beschreibt den Wechsel.", LANGUAGE_GERMAN, false },
    { "Er muss leuchten.", LANGUAGE_GERMAN, true }, { "Cette procédure décrit le retour.", LANGUAGE_FRENCH, false }, { "Elle doit être fermée.", LANGUAGE_FRENCH, true } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].text);
    g_assert_cmpint((cues_of_sentence(rows[i].text, rows[i].language) & BIT(CUE_ORPHAN)) != 0, ==, rows[i].orphan);
  }
  static const char guide[] = "# Green tests\n\nFor everybody who tests.\n\n## Why green tests let errors through\n\nWe sorted the 22. In nine the test checked nothing at all of what came out.\n\n"
    "## How to write one\n\n1. **Say what must be so.** The sentence becomes the name.\n2. **See it fail.** Break the product on purpose.\n3. **Check what comes out:** a row, a sum.\n\n"
    "## What we would do differently\n\nBegin with one test. Put it into the first review of every week.\n\n## Mistakes we see\n\n- Testing the framework.\n";
  static const char *const patterns[] = { "short explanation", "manager brief", "practice prompt", "facilitation guide", "worked example", "job aid" };
  for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
    g_autofree char *text = told_of("g.md", guide, patterns[i]);
    assert_lacks(text, "the 22");
    assert_lacks(text, "In nine");
    assert_lacks(text, "For everybody who tests.");
  }
  g_autofree char *practice = told_of("g.md", guide, "practice prompt"), *brief = told_of("g.md", guide, "manager brief");
  assert_holds(practice, "refused: the sources lack a situation"); /* "Begin with one test" is none */
  assert_holds(brief, "- **See it fail.** Break the product on purpose.\n- **Check what comes out:** a row, a sum.\n"); /* no bare labels */
  assert_holds(brief, "## Mistakes we see\n\n- Testing the framework.\n");
}

static const char talk[] = "Mara: What do people get wrong first?\nJon: They answer. Somebody says \"too expensive\" and they defend the price. I do not know yet what it means. Compared with whom? With last year? "
  "So I ask. Nine times out of ten the second sentence is the real one.\nMara: How many offers do you compare?\nJon: Never less than five. Three look alike by chance.\nMara: And then?\n"
  "Jon: Then you write both down.\nMara: Who signs?\nJon: The deputy. A clerk must not sign, not even for small amounts.\n";

/* A question and its answer belong together, and an answer is told to its point. */
static void test_interview(void) {
  g_autofree char *aid = told_of("talk.txt", talk, "job aid"), *practice = told_of("talk.txt", talk, "practice prompt"), *brief = told_of("talk.txt", talk, "manager brief");
  assert_holds(aid, "- **What do people get wrong first?** “They answer. Somebody says ‘too expensive’ and they defend the price.");
  assert_holds(aid, "Nine times out of ten the second sentence is the real one.”");
  assert_holds(aid, "- **How many offers do you compare?** “Never less than five. Three look alike by chance.” And then? “You write both down.”");
  assert_holds(aid, "- **Who signs?** “The deputy. A clerk must not sign, not even for small amounts.”"); /* all answers are quoted, or none */
  const char *all[] = { aid, practice, brief };
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
    assert_holds(all[i], "## Questions and answers");
    assert_lacks(all[i], "**And then?");
    assert_lacks(all[i], "“\"");
    assert_lacks(all[i], "1. **"); /* a question is no step */
    assert_lacks(all[i], "- Never less than five.");
  }
}

static void test_nested_quotes(void) {
  static const char french[] = "<h1>Entretien : accueillir</h1><p><strong>Que faites-vous en premier ?</strong></p><p>J'écoute. Il dit « trois fois déjà » et je le répète.</p><p><strong>Et ensuite ?</strong></p><p>Je dis une heure.</p>"
    "<p><strong>Que faut-il éviter ?</strong></p><p>Il ne faut jamais dire « calmez-vous ». Cela ne calme personne.</p><p><strong>Quand passez-vous la main ?</strong></p><p>Quand il y a une menace.</p>";
  static const char german[] = "Eva: Was machen die Leute zuerst falsch?\nUwe: Sie fangen an zu schrauben. Ich lese zuerst die Notiz. \"Ein Raum kalt\" sagt mir schon, was ich mitnehme.\nEva: Und dann?\nUwe: Dann fühle ich am Rohr.\n"
    "Eva: Wie viele Teile nehmen Sie mit?\nUwe: Nie mehr als drei. Alles andere bleibt im Wagen.\nEva: Wann hören Sie auf?\nUwe: Niemand darf am offenen Verteiler arbeiten.\n";
  g_autofree char *fr = told_of("e.html", french, "job aid"), *de = told_of("g.txt", german, "job aid");
  assert_holds(fr, "**Que faites-vous en premier ?** « J'écoute. Il dit “trois fois déjà” et je le répète. » Et ensuite ? « Je dis une heure. »\n");
  assert_holds(fr, "« Il ne faut jamais dire “calmez-vous”. Cela ne calme personne. »");
  assert_holds(de, "‚Ein Raum kalt‘ sagt mir schon, was ich mitnehme.“ Und dann? „Dann fühle ich am Rohr.“\n"); /* "Fühle ich" would be no sentence */
}

/* As it is pasted: lines of one paragraph, questions behind what politeness says first. */
static void test_pasted(void) {
  static const char pasted[] = "Anna: Good morning. Thank you. May we sign an offer ourselves if it is urgent?\nBen: The answer is always no. You must not sign, even if the customer presses.\n"
    "Anna: Understood. And how many prices do we need before we call?\nBen: Never less than five. Write both down, the price and the date.\nAnna: Who signs when you are away?\nBen: The deputy signs.\n";
  g_autofree char *aid = told_of("pasted.md", pasted, "job aid"), *plain = told_of("pasted.txt", pasted, "job aid");
  const char *both[] = { aid, plain };
  for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
    assert_holds(both[i], "- **May we sign an offer ourselves if it is urgent?** The answer is always no. You must not sign, even if the customer presses.\n");
    assert_holds(both[i], "- **How many prices do we need before we call?** Never less than five. Write both down, the price and the date.\n");
    assert_lacks(both[i], "Understood");
  }
}

/* Cells become sentences; a question asks for one column, and the others are not given away. */
static void test_rows(void) {
  g_autofree char *check = told_of("zaehler.txt", manual, "knowledge check");
  assert_holds(check, "E4: Bedeutung … *Wie geht der Satz weiter?*");
  assert_holds(check, ") … Fühler defekt.");
  g_autoptr(library_auto) library = library_of("zaehler.txt", manual);
  g_autoptr(json_doc_auto) doc = drafted(library, 0, "knowledge check", NULL);
  struct json_iter question = json_iter(json_get(json_at(json_get(json_root(doc), "blocks"), 0), "questions"));
  while (json_next(&question)) {
    struct json_iter option = json_iter(json_get(question.value, "options"));
    while (json_next(&option)) g_assert_null(strstr(json_string(json_get(option.value, "text")), "Maßnahme"));
  }
}

/* Figures that stand out give themselves away; what holds within a story asks nothing outside of it. */
static void test_poor_questions(void) {
  static const char apart[] = "# Visits\n\n## Rules\n\n- If you have not found the place after forty minutes, call a colleague.\n- Wait three minutes before you open the valve.\n- Wait four minutes before you close the valve.\n"
    "- Wait five minutes before you leave the flat.\n";
  g_autofree char *far = told_of("v.md", apart, "knowledge check");
  assert_lacks(far, "after \\_\\_\\_\\_, call");
  assert_holds(far, "Wait \\_\\_\\_\\_ before you open the valve.");
  assert_lacks(far, "forty minutes");
  static const char alone[] = "# Visits\n\n## Rules\n\n- If you have not found the place after forty minutes, call a colleague.\n- Wait eight minutes before you open the valve.\n- Wait nine minutes before you close the valve.\n"
    "- Wait ten minutes before you leave the flat.\n";
  g_autofree char *apart_by_four = told_of("v.md", alone, "knowledge check");
  assert_lacks(apart_by_four, "place after"); /* the only one of its size */
  static const char story[] = "# Tours\n\n## A worked example\n\nLeaving it as it was would have cost two of them: number 4 for want of the part, and number 5 because of number 3. The tour was late, because the part was not there. "
    "The van stood still, because the key of the cellar was lost. The tenant left, because the lift stood between two floors.\n";
  g_autofree char *inside = told_of("t.md", story, "knowledge check");
  assert_holds(inside, "refused:");
  g_auto(GStrv) parts = g_strsplit(story, "A worked example", 2);
  g_autofree char *rules = g_strjoinv("Rules", parts), *outside = told_of("t.md", rules, "knowledge check");
  assert_holds(outside, "The tour was late, because …");
  assert_lacks(outside, "number 3"); /* it points to what its example named */
}

static void test_titles(void) {
  static const struct { const char *title, *pattern, *made; } rows[] = { { "Interview: handling offers", "job aid", "# Handling offers: at a glance\n" }, { "Shadowing: offers", "job aid", "# Shadowing, offers: at a glance\n" },
    { "How we write", "job aid", "# How we write: at a glance\n" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    struct source source = source_of("offer-policy.md", policy);
    source.title = rows[i].title;
    g_autoptr(library_auto) library = library_new(&source, 1);
    g_autoptr(json_doc_auto) doc = drafted(library, 0, rows[i].pattern, NULL);
    g_autofree char *text = markdown_of(doc);
    assert_holds(text, rows[i].made);
  }
}

/* Steps come whole and of one list; a story is told to its end, or not at all. */
static void test_whole(void) {
  static const char guide[] = "# Offers\n\n## What to look at\n\n1. Is the price right?\n2. Is the date right?\n3. Is the name right?\n\n## How to send, step by step\n\n1. Open the sheet.\n2. Check the price.\n3. Print the page.\n4. Sign the page.\n"
    "5. Send the page.\n6. Write the date.\n7. Call the customer.\n\n## A worked example\n\nA customer with 40 flats asks for a price on Monday. The salesperson opens the sheet and finds that the distance is missing. Nobody had entered it, because the "
    "map was down. The salesperson calls dispatch and asks. \"Forty kilometres.\" \"Yes.\" The distance goes into the sheet on the same morning. The price rises by two euros for each flat and year. The customer reads why, and agrees to it on the "
    "next day. The contract is signed one week later, and nobody has to send a correction. It took one call.\n";
  g_autofree char *practice = told_of("o.md", guide, "practice prompt"), *example = told_of("o.md", guide, "worked example");
  assert_holds(practice, "1. Open the sheet.\n2. Check the price.\n3. Print the page.\n4. Sign the page.\n5. Send the page.\n6. Write the date.\n7. Call the customer.\n");
  assert_holds(example, "1. A customer with 40 flats asks for a price on Monday.");
  assert_holds(example, "\"Forty kilometres.\" \"Yes.\"");
  assert_holds(example, "It took one call.");
}

/* ---- many -------------------------------------------------------------------------------------------------------- */

static void check_asset(const struct library *library, struct json asset, const char *name, bool prose) {
  g_autoptr(GPtrArray) unsourced = g_ptr_array_new_with_free_func(g_free);
  if (asset_unsourced(library, asset, unsourced)) g_error("%s: not sourced: %s", name, (char *)unsourced->pdata[0]);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GArray) all = asset_sentences(asset);
  for (guint i = 0; i < all->len; i++) {
    const struct asset_sentence *sentence = &g_array_index(all, struct asset_sentence, i);
    if (prose && sentence->part == PART_SENTENCE && !g_hash_table_add(seen, (void *)(uintptr_t)sentence->text) && strlen(sentence->text) > 12) g_error("%s says twice: %s", name, sentence->text);
    g_assert_true(sentence->part == PART_LEAD || !g_str_has_suffix(sentence->text, ":"));
  }
  struct json_iter it = json_iter(json_get(asset, "blocks"));
  while (json_next(&it)) {
    struct json_iter question = json_iter(json_get(it.value, "questions"));
    while (json_next(&question)) check_question(question.value);
  }
}

/* Every pattern on every document of the simulated company: how many drafts came out. */
static void test_documents(void) {
  g_autoptr(GDir) dir = g_dir_open(SOURCES, 0, NULL);
  g_autoptr(patterns_auto) patterns = patterns_of();
  g_assert_nonnull(dir);
  int made = 0, tried = 0;
  const char *name;
  while ((name = g_dir_read_name(dir))) {
    if (!g_str_has_suffix(name, ".md")) continue;
    g_autofree char *path = g_build_filename(SOURCES, name, NULL), *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    const char *matter = g_str_has_prefix(text, "---\n") ? strstr(text + 4, "\n---\n") : NULL;
    g_autoptr(library_auto) library = library_of(name, matter ? matter + 5 : text);
    for (guint p = 0; p < patterns->all->len; p++) {
      g_autofree char *missing = NULL;
      g_autoptr(json_doc_auto) doc = drafted(library, 0, ((struct pattern *)patterns->all->pdata[p])->name, &missing);
      tried++;
      made += doc != NULL;
      g_assert_true((doc == NULL) == (missing != NULL));
      if (doc) check_asset(library, json_root(doc), name, true);
    }
  }
  g_assert_cmpint(made * 2, >, tried); /* most patterns find what they need in most documents */
}

static void test_long(void) {
  g_autoptr(GString) book = g_string_new("# The handbook\n\nThis handbook describes how the plant is run.\n\n");
  for (int c = 0; c < 200; c++)
    g_string_append_printf(book, "## Chapter %d\n\nUnit %d must be checked every %d days, because it wears. If the pressure of unit %d falls below %d bar, close valve %d. Never open valve %d while it runs.\n\n- Check the oil of unit %d.\n\n",
      c, c, c % 9 + 2, c, c + 3, c, c, c);
  g_autoptr(library_auto) library = library_of("book.md", book->str);
  g_assert_cmpint(library->sources[0].sections, ==, 202);
  g_autoptr(json_doc_auto) aid = drafted(library, 0, "job aid", NULL), check = drafted(library, 0, "knowledge check", NULL);
  g_assert_nonnull(aid);
  g_assert_cmpint(asset_words(json_root(aid)), <, 600); /* a page stays a page */
  check_asset(library, json_root(aid), "book", true);
  if (check) check_asset(library, json_root(check), "book", true);
}

static void test_hostile(void) {
  g_autoptr(GString) line = g_string_new(""), quotes = g_string_new("");
  while (line->len < 100000) g_string_append(line, "must never stop without any end at all and ");
  for (int i = 0; i < 2000; i++) g_string_append(quotes, "\"Say it. **Never** (ask: [x](y) | ");
  const char *texts[] = { line->str, quotes->str, "", "\n\n\n", "|||\n|-|\n", "# \n## \n- \n1. \n", "\"", "**", "a: b: c: d: e\n" };
  g_autoptr(patterns_auto) patterns = patterns_of();
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(library_auto) library = library_of("x.md", texts[i]);
    for (guint p = 0; p < patterns->all->len; p++) {
      g_autofree char *missing = NULL;
      g_autoptr(json_doc_auto) doc = drafted(library, 0, ((struct pattern *)patterns->all->pdata[p])->name, &missing);
      if (doc) check_asset(library, json_root(doc), "hostile", false);
    }
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/studio/ids", test_ids);
  g_test_add_func("/studio/units", test_units);
  g_test_add_func("/studio/pattern-errors", test_pattern_errors);
  g_test_add_func("/studio/pattern-folder", test_pattern_folder);
  g_test_add_func("/studio/policy", test_policy);
  g_test_add_func("/studio/languages", test_languages);
  g_test_add_func("/studio/refusals", test_refusals);
  g_test_add_func("/studio/check", test_check);
  g_test_add_func("/studio/true-distractors", test_true_distractors);
  g_test_add_func("/studio/checker", test_checker);
  g_test_add_func("/studio/freshness", test_freshness);
  g_test_add_func("/studio/pages", test_pages);
  g_test_add_func("/studio/orphans", test_orphans);
  g_test_add_func("/studio/interview", test_interview);
  g_test_add_func("/studio/nested-quotes", test_nested_quotes);
  g_test_add_func("/studio/pasted", test_pasted);
  g_test_add_func("/studio/rows", test_rows);
  g_test_add_func("/studio/poor-questions", test_poor_questions);
  g_test_add_func("/studio/titles", test_titles);
  g_test_add_func("/studio/whole", test_whole);
  g_test_add_func("/studio/documents", test_documents);
  g_test_add_func("/studio/long", test_long);
  g_test_add_func("/studio/hostile", test_hostile);
  texts_kept = g_ptr_array_new_with_free_func(g_free);
  int result = g_test_run();
  g_ptr_array_unref(texts_kept);
  return result;
}
