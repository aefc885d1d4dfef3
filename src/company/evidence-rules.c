/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the evidence rules.
 *
 * A closed schema, as for the decision rules (gate/rules.c) and for the same reason: what cannot be read aloud cannot be agreed on. Each
 * line fills a field, each field prints as part of a sentence (evidence-words.c), and nothing is evaluated.
 *
 * What the house refuses whatever a file says: that taking part counts as ability (a rule that neither asks for a score or a success
 * nor for a verb that judges must say `as: completion`, and that weighs TAKING_PART_MOST at most); that what was waived counts
 * (evidence_rules_candidates); a rule that can never have its turn, because an earlier one takes all that it fits.
 *
 * How it can be wrong: the revision is a digest of what is written, apart from comments and layout; "0.10" and "0.1" are two. */
#include "company/evidence-rules.h"
#include "base/id.h"
#include "base/limits.h"
#include "company/evidence-resource.h"
#include <math.h>
#include <string.h>

#define TAKING_PART_MOST 0.2
#define ACCOUNTS_MOST 100

struct reader { struct evidence_rules *rules; const struct yaml_doc *doc; GError **error; const struct yaml_node *verbs, *activities; };

/* Verbs that say no more than that somebody was there, however they are called in the file. */
static const char *const taking_part[] = { "completed", "complete", "experienced", "attended", "attempted", "progressed", "launched", "initialized", "terminated",
  "satisfied", "abandoned", "played", "play", "paused", "seeked", "interacted", "registered", "started", "viewed", "accessed", NULL };

/* ---- values ----------------------------------------------------------------------------------------------------- */

static const char *const type_names[] = { "a single value", "a list", "a map" };

/* NULL with an error: it is not there or of another type. */
static const struct yaml_node *need(struct reader *r, const struct yaml_node *map, const char *key, enum yaml_type type) {
  const struct yaml_node *node = yaml_get(map, key);
  if (!node) return yaml_fail(r->doc, map, r->error, "\"%s\" is missing; add it", key), NULL;
  if (node->type != type) return yaml_fail(r->doc, node, r->error, "\"%s\" is not %s; write it as docs/xapi.md shows", key, type_names[type]), NULL;
  return node;
}

static bool read_phrase(struct reader *r, const struct yaml_node *map, const char *key, const char **ret) {
  const struct yaml_node *node = need(r, map, key, YAML_SCALAR);
  if (!node) return false;
  if (!*node->text || strlen(node->text) > LIMIT_ID) return yaml_fail(r->doc, node, r->error, "\"%s\" has no text, or more than %d bytes; write a short phrase", key, LIMIT_ID);
  *ret = node->text;
  return true;
}

static bool read_share(struct reader *r, const struct yaml_node *node, double *ret) {
  char *end = NULL;
  double value = node->type == YAML_SCALAR ? g_ascii_strtod(node->text, &end) : NAN;
  if (!end || !*node->text || *end || !(value >= 0 && value <= 1))
    return yaml_fail(r->doc, node, r->error, "\"%s\" is \"%s\", not a number from 0 to 1; write one", node->key, node->type == YAML_SCALAR ? node->text : "a list or map");
  *ret = json_round(value);
  return true;
}

static bool read_asked(struct reader *r, const struct yaml_node *when, const char *key, bool number, enum evidence_ask *ret, const struct yaml_node **ret_map) {
  static const struct { const char *word; enum evidence_ask ask; bool of_number; } words[] = {
    { "told", ASK_TOLD, true }, { "not told", ASK_NOT_TOLD, true }, { "yes", ASK_YES, false }, { "no", ASK_NO, false } };
  const struct yaml_node *node = yaml_get(when, key);
  *ret = ASK_NOTHING;
  if (!node) return true;
  if (number && node->type == YAML_MAP) return *ret = ASK_RANGE, *ret_map = node, true;
  for (size_t i = 0; node->type == YAML_SCALAR && i < G_N_ELEMENTS(words); i++)
    if (strcmp(node->text, words[i].word) == 0 && (words[i].of_number || !number)) return *ret = words[i].ask, true;
  return yaml_fail(r->doc, node, r->error, number ? "\"%s\" is none of told, not told, { at least: 0.5 }, { below: 0.5 }" : "\"%s\" is none of yes, no, told, not told", key);
}

static bool read_number(struct reader *r, const struct yaml_node *when, const char *key, struct evidence_number *ret) {
  static const char *const keys[] = { "at least", "below", NULL };
  const struct yaml_node *map = NULL;
  ret->least = ret->below = NAN;
  if (!read_asked(r, when, key, true, &ret->ask, &map)) return false;
  if (!map) return true;
  const struct yaml_node *least = yaml_get(map, "at least"), *below = yaml_get(map, "below");
  if (!yaml_only(r->doc, map, keys, r->error) || (least && !read_share(r, least, &ret->least)) || (below && !read_share(r, below, &ret->below))) return false;
  if (!least && !below) return yaml_fail(r->doc, map, r->error, "\"%s\" names no bound; write at least, below, or both", key);
  return !(ret->least >= ret->below) || yaml_fail(r->doc, map, r->error, "\"%s\" can never be: nothing is at least %g and below %g", key, ret->least, ret->below);
}

/* ---- words for IRIs --------------------------------------------------------------------------------------------- */

/* Texts that a NULL-terminated list will hold; NULL with an error where something is no single value. */
static bool each_text(struct reader *r, const struct yaml_node *node, GPtrArray *texts) {
  const struct yaml_node *item = node->type == YAML_LIST ? node->first : node;
  if (!item) return yaml_fail(r->doc, node, r->error, "\"%s\" is empty; leave it out, or name something", node->key);
  for (; item; item = node->type == YAML_LIST ? item->next : NULL) {
    if (item->type != YAML_SCALAR || !*item->text || strlen(item->text) > LIMIT_TEXT) return yaml_fail(r->doc, item, r->error, "this is not a word or an IRI; write one, or a list of them");
    g_ptr_array_add(texts, (void *)(uintptr_t)item->text);
  }
  return true;
}

static bool check_words(struct reader *r, const struct yaml_node *map) {
  for (const struct yaml_node *word = map->first; word; word = word->next) {
    g_autoptr(GPtrArray) iris = g_ptr_array_new();
    if (strchr(word->key, ':')) return yaml_fail(r->doc, word, r->error, "\"%s\" is an IRI already; give it a word before the colon", word->key);
    if (!each_text(r, word, iris)) return false;
    for (guint i = 0; i < iris->len; i++)
      if (!strchr(iris->pdata[i], ':')) return yaml_fail(r->doc, word, r->error, "\"%s\" is not an IRI; write it whole, with its scheme", (const char *)iris->pdata[i]);
  }
  return true;
}

/* A rule's verbs or types: words of `map`, or IRIs. */
static bool read_iris(struct reader *r, const struct yaml_node *when, const char *key, const struct yaml_node *map, const char ***ret_iris, const char ***ret_words) {
  g_autoptr(GPtrArray) words = g_ptr_array_new(), iris = g_ptr_array_new();
  const struct yaml_node *node = yaml_get(when, key);
  if (node && !each_text(r, node, words)) return false;
  for (guint i = 0; i < words->len; i++) {
    const char *word = words->pdata[i];
    const struct yaml_node *meant = strchr(word, ':') ? NULL : yaml_get(map, word);
    if (!meant && !strchr(word, ':')) return yaml_fail(r->doc, node, r->error, "\"%s\" is no word of \"%s\" above, and no IRI; add it there", word, strcmp(key, "verb") == 0 ? "verbs" : "activities");
    if (meant && !each_text(r, meant, iris)) return false;
    if (!meant) g_ptr_array_add(iris, (void *)(uintptr_t)word);
  }
  g_ptr_array_add(words, NULL);
  g_ptr_array_add(iris, NULL);
  *ret_words = (const char **)(void *)g_ptr_array_steal(words, NULL);
  *ret_iris = (const char **)(void *)g_ptr_array_steal(iris, NULL);
  return true;
}

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static bool read_when(struct reader *r, const struct yaml_node *node, struct evidence_rule *rule) {
  static const char *const keys[] = { "verb", "activity", "score", "progress", "success", "completion", NULL };
  const struct yaml_node *when = need(r, node, "when", YAML_MAP), *map = NULL;
  return when && yaml_only(r->doc, when, keys, r->error) && read_iris(r, when, "verb", r->verbs, &rule->verbs, &rule->verb_words) &&
    read_iris(r, when, "activity", r->activities, &rule->types, &rule->type_words) && read_number(r, when, "score", &rule->score) &&
    read_number(r, when, "progress", &rule->progress) && read_asked(r, when, "success", false, &rule->success, &map) &&
    read_asked(r, when, "completion", false, &rule->completion, &map);
}

static bool read_once(struct reader *r, const struct yaml_node *counts, bool *ret) {
  const struct yaml_node *node = yaml_get(counts, "once");
  const char *text = yaml_text(counts, "once");
  *ret = text && strcmp(text, "yes") == 0;
  return !node || *ret || (text && strcmp(text, "no") == 0) || yaml_fail(r->doc, node, r->error, "\"once\" is neither yes nor no");
}

static bool read_counts(struct reader *r, const struct yaml_node *node, struct evidence_rule *rule) {
  static const char *const keys[] = { "as", "weight", "score", "once", "skill", NULL };
  const char *word = yaml_text(node, "counts");
  rule->nothing = word && strcmp(word, "nothing") == 0;
  if (rule->nothing) return true;
  if (word) return yaml_fail(r->doc, yaml_get(node, "counts"), r->error, "\"counts\" is \"%s\"; write nothing, or { as: …, weight: …, score: … }", word);
  const struct yaml_node *counts = need(r, node, "counts", YAML_MAP);
  const char *as = NULL, *score = NULL;
  if (!counts || !yaml_only(r->doc, counts, keys, r->error) || !read_phrase(r, counts, "as", &as) || !read_phrase(r, counts, "score", &score) ||
      !need(r, counts, "weight", YAML_SCALAR) || !read_share(r, yaml_get(counts, "weight"), &rule->weight) || !read_once(r, counts, &rule->once)) return false;
  int kind = 0;
  while (kind < RESULT_KINDS && strcmp(result_kind_names[kind], as) != 0) kind++;
  if (kind == RESULT_KINDS) return yaml_fail(r->doc, yaml_get(counts, "as"), r->error, "\"%s\" is no kind of evidence; write assessment, practice, work, manager, peer, self or completion", as);
  rule->kind = (enum result_kind)kind;
  if (rule->weight == 0) return yaml_fail(r->doc, yaml_get(counts, "weight"), r->error, "a weight of 0 is nothing; write \"counts: nothing\"");
  rule->fixed = NAN;
  if (strcmp(score, "stated") != 0 && !read_share(r, yaml_get(counts, "score"), &rule->fixed)) return false;
  return !yaml_get(counts, "skill") || read_phrase(r, counts, "skill", &rule->skill);
}

static const char *last_part(const char *iri) {
  const char *slash = strrchr(iri, '/'), *hash = strrchr(iri, '#');
  const char *last = slash > hash ? slash : hash;
  return last ? last + 1 : iri;
}

/* Does the statement say how well: by a score, by success or failure, or by a verb that means either? */
static bool tells_how_well(const struct evidence_rule *rule) {
  bool told = rule->score.ask == ASK_TOLD || rule->score.ask == ASK_RANGE || rule->success == ASK_YES || rule->success == ASK_NO || rule->success == ASK_TOLD;
  for (const char **verb = rule->verbs; *verb && !told; verb++)
    if (g_strv_contains(taking_part, last_part(*verb))) return false;
  return told || *rule->verbs;
}

static bool check_law(struct reader *r, const struct yaml_node *node, const struct evidence_rule *rule) {
  const struct yaml_node *counts = yaml_get(node, "counts");
  if (rule->nothing) return true;
  if (isnan(rule->fixed) && rule->score.ask != ASK_TOLD && rule->score.ask != ASK_RANGE)
    return yaml_fail(r->doc, counts, r->error, "the rule \"%s\" takes the stated score and does not ask for one; write \"score: told\" under \"when\"", rule->name);
  if (rule->kind != RESULT_COMPLETION && !tells_how_well(rule))
    return yaml_fail(r->doc, counts, r->error, "the rule \"%s\" takes part for ability: ask for a score or for success, or count it \"as: completion\"", rule->name);
  return rule->kind != RESULT_COMPLETION || rule->weight <= TAKING_PART_MOST ||
    yaml_fail(r->doc, counts, r->error, "the rule \"%s\" lets taking part weigh %g; completing is not being able: %g at most", rule->name, rule->weight, TAKING_PART_MOST);
}

/* ---- what never has its turn ---- */

static bool wider_iris(const char **a, const char **b) {
  if (!*a) return true;
  for (const char **iri = b; *iri; iri++)
    if (!g_strv_contains(a, *iri)) return false;
  return *b != NULL;
}

static bool wider_ask(enum evidence_ask a, enum evidence_ask b) { return a == ASK_NOTHING || a == b || (a == ASK_TOLD && (b == ASK_YES || b == ASK_NO || b == ASK_RANGE)); }

static bool wider_number(const struct evidence_number *a, const struct evidence_number *b) {
  if (a->ask != ASK_RANGE || b->ask != ASK_RANGE) return a->ask != ASK_RANGE && wider_ask(a->ask, b->ask);
  return (isnan(a->least) || b->least >= a->least) && (isnan(a->below) || b->below <= a->below);
}

static bool takes_all_of(const struct evidence_rule *a, const struct evidence_rule *b) {
  return wider_iris(a->verbs, b->verbs) && wider_iris(a->types, b->types) && wider_number(&a->score, &b->score) && wider_number(&a->progress, &b->progress) &&
    wider_ask(a->success, b->success) && wider_ask(a->completion, b->completion);
}

static bool read_rule(struct reader *r, const struct yaml_node *node, struct evidence_rule *rule) {
  static const char *const keys[] = { "rule", "when", "counts", "because", NULL };
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "this is not a rule; write rule, when, counts, because");
  if (!yaml_only(r->doc, node, keys, r->error) || !read_phrase(r, node, "rule", &rule->name) || !read_when(r, node, rule) || !read_counts(r, node, rule) ||
      !read_phrase(r, node, "because", &rule->because) || !check_law(r, node, rule)) return false;
  for (const struct evidence_rule *before = r->rules->rules; before < rule; before++) {
    if (strcmp(before->name, rule->name) == 0) return yaml_fail(r->doc, yaml_get(node, "rule"), r->error, "there are two rules \"%s\"; call one differently", rule->name);
    if (takes_all_of(before, rule)) return yaml_fail(r->doc, node, r->error, "the rule \"%s\" never has its turn: \"%s\" before it takes all that it fits; put it first", rule->name, before->name);
  }
  return true;
}

static int children(const struct yaml_node *node) {
  int count = 0;
  for (const struct yaml_node *child = node->first; child; child = child->next) count++;
  return count;
}

static bool read_rules(struct reader *r, const struct yaml_node *root) {
  const struct yaml_node *list = need(r, root, "rules", YAML_LIST);
  if (!list) return false;
  int count = children(list);
  if (count == 0 || count > EVIDENCE_RULES_MOST) return yaml_fail(r->doc, list, r->error, "there are %d rules; write 1 to %d", count, EVIDENCE_RULES_MOST);
  r->rules->rules = g_new0(struct evidence_rule, count);
  for (const struct yaml_node *node = list->first; node; node = node->next)
    if (!read_rule(r, node, &r->rules->rules[r->rules->rule_count++])) return false;
  return true;
}

/* ---- whose accounts, which skills ------------------------------------------------------------------------------- */

static bool read_accounts(struct reader *r, const struct yaml_node *root) {
  static const char *const keys[] = { "home page", "name", NULL };
  const struct yaml_node *list = need(r, root, "accounts", YAML_LIST);
  if (!list) return false;
  if (children(list) > ACCOUNTS_MOST) return yaml_fail(r->doc, list, r->error, "there are %d systems with accounts; write %d at most", children(list), ACCOUNTS_MOST);
  r->rules->accounts = g_new0(struct evidence_account, children(list) + 1);
  for (const struct yaml_node *node = list->first; node; node = node->next) {
    struct evidence_account *account = &r->rules->accounts[r->rules->account_count];
    const char *name = NULL;
    if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "this is not an account rule; write { home page: …, name: employee number }");
    if (!yaml_only(r->doc, node, keys, r->error) || !read_phrase(r, node, "home page", &account->home) || !read_phrase(r, node, "name", &name)) return false;
    account->by_address = strcmp(name, "work address") == 0;
    if (!account->by_address && strcmp(name, "employee number") != 0) return yaml_fail(r->doc, yaml_get(node, "name"), r->error, "names of accounts are \"%s\"; write employee number or work address", name);
    r->rules->account_count++;
  }
  return true;
}

static bool read_skills(struct reader *r, const struct yaml_node *root) {
  static const char *const keys[] = { "activities", "by", NULL };
  const struct yaml_node *skills = need(r, root, "skills", YAML_MAP), *map = skills ? need(r, skills, "activities", YAML_MAP) : NULL, *by = map ? need(r, skills, "by", YAML_LIST) : NULL;
  if (!by || !yaml_only(r->doc, skills, keys, r->error)) return false;
  r->rules->activities = g_new0(struct evidence_activity, children(map) + 1);
  for (const struct yaml_node *node = map->first; node; node = node->next) {
    if (node->type != YAML_SCALAR || !*node->text) return yaml_fail(r->doc, node, r->error, "\"%s\" names no skill; write its id, name or alias", node->key);
    r->rules->activities[r->rules->activity_count++] = (struct evidence_activity){ node->key, node->text };
  }
  for (const struct yaml_node *node = by->first; node; node = node->next) {
    bool id = node->type == YAML_SCALAR && strcmp(node->text, "id") == 0, name = node->type == YAML_SCALAR && strcmp(node->text, "name") == 0;
    if (!id && !name) return yaml_fail(r->doc, node, r->error, "\"by\" knows id and name");
    r->rules->by_id |= id;
    r->rules->by_name |= name;
  }
  return true;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void write_node(struct json_writer *out, const char *key, const struct yaml_node *node) {
  if (node->type == YAML_SCALAR) {
    json_put_string(out, key, node->text);
    return;
  }
  if (node->type == YAML_LIST) json_open_array(out, key);
  else json_open_object(out, key);
  for (const struct yaml_node *child = node->first; child; child = child->next) write_node(out, node->type == YAML_MAP ? child->key : NULL, child);
  if (node->type == YAML_LIST) json_close_array(out);
  else json_close_object(out);
}

static char *revision_of(const struct yaml_doc *doc) {
  struct json_writer out;
  size_t length;
  json_writer_init(&out);
  write_node(&out, NULL, yaml_root(doc));
  g_autofree char *text = json_writer_steal(&out, &length);
  g_autoptr(json_doc_auto) parsed = json_parse(text, length, NULL);
  g_autofree char *canonical = parsed ? json_canonical(json_root(parsed), NULL) : g_strdup(text);
  return id_short("e", canonical, NULL);
}

static bool read_all(struct reader *r) {
  static const char *const keys[] = { "evidence", "verbs", "activities", "accounts", "skills", "rules", NULL };
  const struct yaml_node *root = yaml_root(r->doc);
  if (root->type != YAML_MAP) return yaml_fail(r->doc, root, r->error, "the file is not a map; begin with \"evidence: 1\"");
  const char *version = yaml_text(root, "evidence");
  if (!version || strcmp(version, "1") != 0) return yaml_fail(r->doc, root, r->error, "the file does not say \"evidence: 1\"; add it");
  return yaml_only(r->doc, root, keys, r->error) && (r->verbs = need(r, root, "verbs", YAML_MAP)) && (r->activities = need(r, root, "activities", YAML_MAP)) &&
    check_words(r, r->verbs) && check_words(r, r->activities) && read_accounts(r, root) && read_skills(r, root) && read_rules(r, root);
}

struct evidence_rules *evidence_rules_parse(const char *name, const char *text, size_t length, GError **error) {
  g_autoptr(evidence_rules_auto) rules = g_new0(struct evidence_rules, 1);
  g_autoptr(GError) why = NULL;
  rules->doc = yaml_parse(name, text, length, error);
  if (!rules->doc) return NULL;
  if (!read_all(&(struct reader){ .rules = rules, .doc = rules->doc, .error = &why })) return g_propagate_error(error, g_steal_pointer(&why)), NULL;
  rules->text = g_strndup(text, length);
  rules->revision = revision_of(rules->doc);
  return g_steal_pointer(&rules);
}

struct evidence_rules *evidence_rules_unreadable(const char *revision, const char *text, const char *why) {
  struct evidence_rules *rules = g_new0(struct evidence_rules, 1);
  rules->revision = g_strdup(revision);
  rules->text = g_strdup(text);
  rules->unreadable = g_strdup(why);
  return rules;
}

const char *evidence_rules_carried(size_t *ret_length) {
  /* The resource lives as long as the program: GLib never frees static ones. */
  g_autoptr(GBytes) bytes = g_resource_lookup_data(evidence_get_resource(), "/meno/evidence.yaml", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(bytes);
  return g_bytes_get_data(bytes, ret_length);
}

void evidence_rules_free(struct evidence_rules *rules) {
  if (!rules) return;
  for (int i = 0; i < rules->rule_count; i++) {
    const char **lists[] = { rules->rules[i].verbs, rules->rules[i].types, rules->rules[i].verb_words, rules->rules[i].type_words };
    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) g_free(lists[k]);
  }
  g_free(rules->rules);
  g_free(rules->accounts);
  g_free(rules->activities);
  g_free(rules->revision);
  g_free(rules->text);
  g_free(rules->unreadable);
  yaml_doc_free(rules->doc);
  g_free(rules);
}
