/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the decision rules.
 *
 * Why a file and not code: who decides what is the company's own affair, agreed with a works council and changed by
 * people who do not program. Why a closed schema and not an expression language: a rule that cannot be read aloud cannot
 * be agreed on. Every line of the file fills one field of a struct, and every field prints as part of a sentence
 * (rules-words.c); there is nothing to evaluate, so there is nothing to exploit.
 *
 * The schema refuses what the house refuses whatever a file says: a tier above 0 that nobody decides, tier 2 or 3 with
 * one person, roles that may not decide at all, a kind without questions, and unknown keys everywhere (a misspelt
 * "sampel" must not silently mean the default). The last promise, that nothing about an individual is automatic, does not
 * rest on the file at all: see rules_risk.
 *
 * How it can be wrong: the revision is a digest of what was understood, not of the file, so a Meno that understands a new
 * key gives the same file a new revision, and open proposals are judged anew under it. That is the safe side.
 *
 * Sources: separation of duties and dual control as in NIST SP 800-53 AC-5, AC-3(2). */
#include "gate/rules-private.h"
#include "base/id.h"
#include "base/limits.h"
#include "gate/rules-resource.h"
#include <errno.h>
#include <math.h>
#include <string.h>

const char *const rules_taint_names[6] = { "external text", "employee text", "model-written", "personal", "sensitive", "unverified" };

#define POINTS_MOST 100
#define KINDS_MOST 100

struct reader { struct rules *rules; const struct yaml_doc *doc; GError **error; };

/* ---- scalars ---- */

/* At the key of a node, where the key is what is wrong. */
static struct yaml_node key_place(const struct yaml_node *node) {
  struct yaml_node place = *node;
  place.line = node->key_line;
  place.column = node->key_column;
  return place;
}

/* The member of a map, which must be of a type; NULL with an error if it is not, NULL without one if it is absent and may be. */
static const struct yaml_node *member(struct reader *r, const struct yaml_node *map, const char *key, enum yaml_type type, bool required, bool *ret_fine) {
  static const char *const names[] = { "a single value", "a list", "a map" };
  const struct yaml_node *node = yaml_get(map, key);
  *ret_fine = true;
  if (!node) *ret_fine = !required || yaml_fail(r->doc, map, r->error, "\"%s\" is missing; add it", key);
  else if (node->type != type)
    *ret_fine = yaml_fail(r->doc, node, r->error, "\"%s\" is not %s; write it as docs/decision-rules.md shows", key, names[type]);
  return *ret_fine ? node : NULL;
}

static bool read_number(struct reader *r, const struct yaml_node *map, const char *key, double least, double most, bool required, double *ret) {
  bool fine;
  const struct yaml_node *node = member(r, map, key, YAML_SCALAR, required, &fine);
  if (!node) return fine;
  char *end = NULL;
  double value = g_ascii_strtod(node->text, &end);
  if (!*node->text || *end || !isfinite(value) || value < least || value > most)
    return yaml_fail(r->doc, node, r->error, "\"%s\" is \"%s\", not a number from %g to %g; write one", key, node->text, least, most);
  *ret = json_round(value);
  return true;
}

static bool parse_integer(struct reader *r, const struct yaml_node *place, const char *key, const char *text, int least, int most, int *ret) {
  gint64 value;
  if (!g_ascii_string_to_signed(text, 10, least, most, &value, NULL))
    return yaml_fail(r->doc, place, r->error, "\"%s\" is \"%s\", not a whole number from %d to %d; write one", key, text, least, most);
  *ret = (int)value;
  return true;
}

static bool read_integer(struct reader *r, const struct yaml_node *map, const char *key, int least, int most, bool required, int *ret) {
  bool fine;
  const struct yaml_node *node = member(r, map, key, YAML_SCALAR, required, &fine);
  return node ? parse_integer(r, node, key, node->text, least, most, ret) : fine;
}

static bool read_text(struct reader *r, const struct yaml_node *map, const char *key, const char **ret) {
  bool fine;
  const struct yaml_node *node = member(r, map, key, YAML_SCALAR, true, &fine);
  if (!node) return false;
  if (!*node->text || strlen(node->text) > LIMIT_ID)
    return yaml_fail(r->doc, node, r->error, "\"%s\" has no text, or more than %d bytes; write a short phrase", key, LIMIT_ID);
  *ret = node->text;
  return true;
}

static bool read_yes(struct reader *r, const struct yaml_node *map, const char *key, bool *ret) {
  bool fine;
  const struct yaml_node *node = member(r, map, key, YAML_SCALAR, false, &fine);
  if (!node) return fine;
  bool yes = !strcmp(node->text, "yes");
  if (!yes && strcmp(node->text, "no")) return yaml_fail(r->doc, node, r->error, "\"%s\" is \"%s\"; write yes or no", key, node->text);
  *ret = yes;
  return true;
}

/* ---- lists ---- */

/* The texts of a list of single values, NULL-terminated; an absent list is empty. Owned by the caller, the texts by the file. */
static const char **read_words(struct reader *r, const struct yaml_node *map, const char *key) {
  bool fine;
  const struct yaml_node *list = member(r, map, key, YAML_LIST, false, &fine);
  if (!fine) return NULL;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (const struct yaml_node *node = list ? list->first : NULL; node; node = node->next) {
    if (node->type != YAML_SCALAR || !*node->text) {
      yaml_fail(r->doc, node, r->error, "\"%s\" lists something that is not a word; write single words or phrases", key);
      return NULL;
    }
    g_ptr_array_add(words, (gpointer)(uintptr_t)node->text);
  }
  g_ptr_array_add(words, NULL);
  return (const char **)(void *)g_ptr_array_steal(words, NULL);
}

static bool read_roles(struct reader *r, const struct yaml_node *map, const char *key, bool required, unsigned allowed, unsigned *ret) {
  bool fine;
  const struct yaml_node *list = member(r, map, key, YAML_LIST, required, &fine);
  if (!list) return fine;
  unsigned roles = 0;
  for (const struct yaml_node *node = list->first; node; node = node->next) {
    unsigned role = 0;
    g_autoptr(GError) why = NULL;
    if (node->type != YAML_SCALAR || !access_parse_roles(node->text, &role, &why))
      return yaml_fail(r->doc, node, r->error, "\"%s\" names no role: %s", key, why ? why->message : "write a list of roles");
    if (role & ~allowed) {
      g_autofree char *who = rules_role_names(allowed, "or");
      return yaml_fail(r->doc, node, r->error, "\"%s\" may not decide; name %s", node->text, who);
    }
    roles |= role;
  }
  if (!roles) return yaml_fail(r->doc, list, r->error, "\"%s\" is empty; name at least one role", key);
  *ret = roles;
  return true;
}

/* A map of whole numbers to points, ascending in both. */
static bool read_steps(struct reader *r, const struct yaml_node *map, const char *key, int from_most, struct rule_step *steps, int room, int *ret_count) {
  bool fine;
  const struct yaml_node *node = member(r, map, key, YAML_MAP, true, &fine);
  int count = 0;
  for (const struct yaml_node *step = node ? node->first : NULL; step; step = step->next, count++) {
    struct yaml_node place = key_place(step);
    if (count == room) return yaml_fail(r->doc, &place, r->error, "\"%s\" has more than %d steps; merge some", key, room);
    if (step->type != YAML_SCALAR) return yaml_fail(r->doc, step, r->error, "a step of \"%s\" is not a single value; write NUMBER: POINTS", key);
    if (!parse_integer(r, &place, key, step->key, 0, from_most, &steps[count].from)) return false;
    if (!parse_integer(r, step, key, step->text, 0, POINTS_MOST, &steps[count].points)) return false;
    if (count && (steps[count].from <= steps[count - 1].from || steps[count].points < steps[count - 1].points))
      return yaml_fail(r->doc, &place, r->error, "the steps of \"%s\" do not ascend at \"%s\"; order them from small to large", key, step->key);
  }
  *ret_count = count;
  return fine;
}

/* ---- parts ---- */

/* What people own is the house's promise; a file may say who owns it and add to it, not drop it. */
static bool owned_is_whole(struct reader *r, const struct yaml_node *list) {
  static const char *const things[] = { "goal", "cause", "risk", "tone", "learner context", "outcome" };
  for (size_t i = 0; i < G_N_ELEMENTS(things); i++) {
    bool found = false;
    for (int j = 0; j < r->rules->owned_count; j++) found |= !strcmp(r->rules->owned[j].what, things[i]);
    if (!found) return yaml_fail(r->doc, list, r->error, "\"owned\" lacks the %s, which people own; add it with its owners", things[i]);
  }
  return true;
}

static bool read_owned(struct reader *r, const struct yaml_node *root) {
  static const char *const keys[] = { "what", "owners", "predicates", "members", "events", NULL };
  bool fine;
  const struct yaml_node *list = member(r, root, "owned", YAML_LIST, true, &fine);
  if (!list) return false;
  int count = 0;
  for (const struct yaml_node *node = list->first; node; node = node->next) count++;
  r->rules->owned = g_new0(struct rule_owned, count);
  r->rules->owned_count = count;
  struct rule_owned *owned = r->rules->owned;
  for (const struct yaml_node *node = list->first; node; node = node->next, owned++) {
    if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "\"owned\" lists something that is not a map; write what, owners, members");
    if (!yaml_only(r->doc, node, keys, r->error) || !read_text(r, node, "what", &owned->what)) return false;
    if (!read_roles(r, node, "owners", true, (1u << ROLE_COUNT) - 1, &owned->owners)) return false;
    if (!(owned->predicates = read_words(r, node, "predicates")) || !(owned->members = read_words(r, node, "members"))) return false;
    if (!(owned->events = read_words(r, node, "events"))) return false;
  }
  return owned_is_whole(r, list);
}

static bool read_taint(struct reader *r, const struct yaml_node *risk) {
  static const char *const keys[] = { "external text", "employee text", "model-written", "personal", "sensitive", "unverified", NULL };
  bool fine;
  const struct yaml_node *taint = member(r, risk, "taint", YAML_MAP, true, &fine);
  if (!taint || !yaml_only(r->doc, taint, keys, r->error)) return false;
  for (size_t i = 0; i < G_N_ELEMENTS(rules_taint_names); i++)
    if (!read_integer(r, taint, rules_taint_names[i], 0, POINTS_MOST, true, &r->rules->taint[i])) return false;
  return true;
}

static bool read_tiers_from(struct reader *r, const struct yaml_node *risk) {
  static const char *const keys[] = { "1", "2", "3", NULL };
  bool fine;
  const struct yaml_node *tiers = member(r, risk, "tiers", YAML_MAP, true, &fine);
  if (!tiers || !yaml_only(r->doc, tiers, keys, r->error)) return false;
  int *from = r->rules->tier_from;
  for (int tier = 1; tier < TIER_COUNT; tier++) {
    if (!read_integer(r, tiers, keys[tier - 1], 0, 10 * POINTS_MOST, true, &from[tier])) return false;
    if (from[tier] < from[tier - 1])
      return yaml_fail(r->doc, yaml_get(tiers, keys[tier - 1]), r->error, "tier %d begins below tier %d; let the points ascend", tier, tier - 1);
  }
  return true;
}

static bool read_risk(struct reader *r, const struct yaml_node *root) {
  static const char *const keys[] = { "audience", "regulated", "individual", "irreversible", "novel", "taint", "low confidence", "tiers", NULL };
  static const char *const low_keys[] = { "below", "points", NULL };
  struct rules *rules = r->rules;
  bool fine;
  const struct yaml_node *risk = member(r, root, "risk", YAML_MAP, true, &fine);
  if (!risk || !yaml_only(r->doc, risk, keys, r->error)) return false;
  const struct yaml_node *low = member(r, risk, "low confidence", YAML_MAP, true, &fine);
  return low && yaml_only(r->doc, low, low_keys, r->error) &&
         read_number(r, low, "below", 0, 1, true, &rules->low_confidence) && read_integer(r, low, "points", 0, POINTS_MOST, true, &rules->low_points) &&
         read_steps(r, risk, "audience", 100000000, rules->audience, RULES_STEPS, &rules->audience_count) &&
         read_integer(r, risk, "regulated", 0, POINTS_MOST, true, &rules->regulated) &&
         read_integer(r, risk, "individual", 0, POINTS_MOST, true, &rules->individual) &&
         read_integer(r, risk, "irreversible", 0, POINTS_MOST, true, &rules->irreversible) &&
         read_integer(r, risk, "novel", 0, POINTS_MOST, true, &rules->novel) && read_taint(r, risk) && read_tiers_from(r, risk);
}

/* Who may not: `not: [requester, confirmer]`; when a reason is asked for: `reason: always`. */
static bool read_duties(struct reader *r, const struct yaml_node *node, struct rule_who *who) {
  g_autofree const char **barred = read_words(r, node, "not");
  if (!barred) return false;
  for (const char **word = barred; *word; word++) {
    if (!strcmp(*word, "requester")) who->not_requester = true;
    else if (!strcmp(*word, "confirmer")) who->not_confirmer = true;
    else return yaml_fail(r->doc, yaml_get(node, "not"), r->error, "\"not\" names \"%s\"; it knows requester and confirmer", *word);
  }
  const char *reason = yaml_text(node, "reason");
  who->reason_always = reason && !strcmp(reason, "always");
  return !yaml_get(node, "reason") || who->reason_always ||
         yaml_fail(r->doc, yaml_get(node, "reason"), r->error, "\"reason\" is not \"always\"; write that, or leave it out");
}

static bool read_tier(struct reader *r, const struct yaml_node *node, int tier, struct rule_who *ret) {
  static const char *const keys[] = { "automatic", "sample", "people", "of", "with", "not", "reason", NULL };
  struct rule_who who = { 0 };
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "tier %d is not a map; write who decides", tier);
  if (!yaml_only(r->doc, node, keys, r->error) || !read_yes(r, node, "automatic", &who.automatic)) return false;
  if (who.automatic) {
    if (tier != TIER_AUTOMATIC) return yaml_fail(r->doc, yaml_get(node, "automatic"), r->error, "tier %d is never automatic; name people", tier);
    for (int i = 2; keys[i]; i++)
      if (yaml_get(node, keys[i]))
        return yaml_fail(r->doc, yaml_get(node, keys[i]), r->error, "\"%s\" says nothing where nobody decides; leave it out", keys[i]);
    if (!read_integer(r, node, "sample", 0, 100, true, &who.sample)) return false;
    *ret = who;
    return true;
  }
  unsigned deciders = access_permissions[MAY_DECIDE].roles;
  if (yaml_get(node, "sample")) return yaml_fail(r->doc, yaml_get(node, "sample"), r->error, "\"sample\" belongs to what is automatic; leave it out");
  int least = tier >= TIER_TWO ? 2 : 1;
  if (!read_integer(r, node, "people", least, 9, true, &who.people) || !read_roles(r, node, "of", true, deciders, &who.of)) return false;
  if (!read_roles(r, node, "with", false, deciders, &who.with) || !read_duties(r, node, &who)) return false;
  if (who.with & ~who.of) return yaml_fail(r->doc, yaml_get(node, "with"), r->error, "\"with\" names a role that is not in \"of\"; add it there");
  *ret = who;
  return true;
}

static bool read_who(struct reader *r, const struct yaml_node *map, bool required, struct rule_who who[TIER_COUNT]) {
  static const char *const keys[] = { "0", "1", "2", "3", NULL };
  bool fine;
  const struct yaml_node *node = member(r, map, "who", YAML_MAP, required, &fine);
  if (!node) return fine;
  if (!yaml_only(r->doc, node, keys, r->error)) return false;
  for (int tier = 0; tier < TIER_COUNT; tier++) {
    const struct yaml_node *one = yaml_get(node, keys[tier]);
    if (!one && required) return yaml_fail(r->doc, node, r->error, "tier %d is missing; say who decides it", tier);
    if (one && !read_tier(r, one, tier, &who[tier])) return false;
  }
  return true;
}

static bool read_criteria(struct reader *r, const struct yaml_node *map, struct rule_kind *kind) {
  bool fine;
  const struct yaml_node *criteria = member(r, map, "criteria", YAML_MAP, true, &fine);
  if (!criteria) return false;
  for (const struct yaml_node *node = criteria->first; node; node = node->next) {
    if (kind->criterion_count == RULES_CRITERIA_MOST)
      return yaml_fail(r->doc, node, r->error, "\"%s\" asks more than %d questions; keep those that can turn a decision", kind->name, RULES_CRITERIA_MOST);
    if (node->type != YAML_SCALAR || !g_str_has_suffix(node->text, "?") || strlen(node->text) > LIMIT_ID)
      return yaml_fail(r->doc, node, r->error, "\"%s\" is not a short yes/no question; end it with a question mark", node->key);
    kind->criteria[kind->criterion_count++] = (struct rule_criterion){ node->key, node->text };
  }
  return kind->criterion_count >= RULES_CRITERIA_LEAST ||
         yaml_fail(r->doc, criteria, r->error, "\"%s\" asks fewer than %d questions; say what an approver has to check", kind->name, RULES_CRITERIA_LEAST);
}

static bool read_kind(struct reader *r, const struct yaml_node *node, struct rule_kind *kind) {
  static const char *const keys[] = { "does", "per", "least tier", "open", "rest", "minutes", "least worth", "evidence", "criteria", "who", NULL };
  static const char *const evidence_keys[] = { "records", "people", "sources", NULL };
  bool fine;
  kind->name = node->key;
  memcpy(kind->who, r->rules->who, sizeof kind->who);
  if (!*node->key || strlen(node->key) > LIMIT_ID) return yaml_fail(r->doc, node, r->error, "a kind has no name, or a long one; write a short phrase");
  if (node->type != YAML_MAP) return yaml_fail(r->doc, node, r->error, "\"%s\" is not a map; write its rule", node->key);
  if (!yaml_only(r->doc, node, keys, r->error) || !read_text(r, node, "does", &kind->does)) return false;
  if (yaml_get(node, "per") && !read_text(r, node, "per", &kind->per)) return false;
  if (!read_integer(r, node, "least tier", 0, TIER_HUMAN, false, &kind->least_tier)) return false;
  if (!read_integer(r, node, "open", 1, 365, true, &kind->open_days) || !read_integer(r, node, "rest", 0, 3650, true, &kind->rest_days)) return false;
  if (!read_number(r, node, "minutes", 0.1, 600, true, &kind->minutes) || !read_number(r, node, "least worth", 0, 1e12, false, &kind->least_worth))
    return false;
  const struct yaml_node *evidence = member(r, node, "evidence", YAML_MAP, true, &fine);
  if (!evidence || !yaml_only(r->doc, evidence, evidence_keys, r->error)) return false;
  if (!read_integer(r, evidence, "records", 1, 1000000, true, &kind->records) || !read_integer(r, evidence, "people", 1, 1000, true, &kind->people))
    return false;
  if (!read_integer(r, evidence, "sources", 1, 20, true, &kind->sources)) return false;
  return read_criteria(r, node, kind) && read_who(r, node, false, kind->who);
}

static bool read_kinds(struct reader *r, const struct yaml_node *root) {
  bool fine;
  const struct yaml_node *kinds = member(r, root, "kinds", YAML_MAP, true, &fine);
  if (!kinds) return false;
  int count = 0;
  for (const struct yaml_node *node = kinds->first; node; node = node->next) count++;
  if (!count || count > KINDS_MOST) return yaml_fail(r->doc, kinds, r->error, "\"kinds\" has %d entries; write 1 to %d", count, KINDS_MOST);
  r->rules->kinds = g_new0(struct rule_kind, count);
  for (const struct yaml_node *node = kinds->first; node; node = node->next)
    if (!read_kind(r, node, &r->rules->kinds[r->rules->kind_count++])) return false;
  return true;
}

/* ---- the whole ---- */

static bool read_rules(struct reader *r) {
  static const char *const keys[] = { "rules", "owned", "risk", "who", "budget", "kinds", NULL };
  static const char *const budget_keys[] = { "minutes", NULL };
  const struct yaml_node *root = yaml_root(r->doc);
  bool fine;
  int version;
  if (root->type != YAML_MAP) return yaml_fail(r->doc, root, r->error, "the file is not a map; begin with \"rules: 1\"");
  if (!yaml_only(r->doc, root, keys, r->error) || !read_integer(r, root, "rules", 1, 1, true, &version)) return false;
  const struct yaml_node *budget = member(r, root, "budget", YAML_MAP, true, &fine);
  return budget && yaml_only(r->doc, budget, budget_keys, r->error) && read_number(r, budget, "minutes", 1, 1e6, true, &r->rules->budget_minutes) &&
         read_owned(r, root) && read_risk(r, root) && read_who(r, root, true, r->rules->who) && read_kinds(r, root);
}

struct rules *rules_parse(const char *name, const char *text, size_t length, GError **error) {
  g_autoptr(rules_auto) rules = g_new0(struct rules, 1);
  rules->doc = yaml_parse(name, text, length, error);
  if (!rules->doc) return NULL;
  struct reader r = { rules, rules->doc, error };
  if (!read_rules(&r)) return NULL;
  rules->canonical = rules_canonical_text(rules);
  rules->revision = id_short("r", rules->canonical, NULL);
  return g_steal_pointer(&rules);
}

const char *rules_default_text(size_t *ret_length) {
  /* The resource lives as long as the program: GLib never frees static ones. */
  g_autoptr(GBytes) bytes = g_resource_lookup_data(rules_get_resource(), "/meno/rules.yaml", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(bytes);
  return g_bytes_get_data(bytes, ret_length);
}

struct rules *rules_load(const char *data, GError **error) {
  g_autofree char *file = data ? g_build_filename(data, "rules.yaml", NULL) : NULL, *text = NULL;
  g_autoptr(GError) why = NULL;
  size_t length;
  if (file && g_file_get_contents(file, &text, &length, &why)) return rules_parse(file, text, length, error);
  if (why && !g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    fail(error, MENO_ERROR_STORE, "the decision rules cannot be read: %s", why->message);
    return NULL;
  }
  const char *carried = rules_default_text(&length);
  return rules_parse("rules.yaml", carried, length, error);
}

void rules_free(struct rules *rules) {
  if (!rules) return;
  for (int i = 0; i < rules->owned_count; i++) {
    g_free(rules->owned[i].predicates);
    g_free(rules->owned[i].members);
    g_free(rules->owned[i].events);
  }
  g_free(rules->owned);
  g_free(rules->kinds);
  g_free(rules->canonical);
  g_free(rules->revision);
  yaml_doc_free(rules->doc);
  g_free(rules);
}

const struct rule_kind *rules_kind(const struct rules *rules, const char *name) {
  for (int i = 0; i < rules->kind_count; i++)
    if (!strcmp(rules->kinds[i].name, name)) return &rules->kinds[i];
  return NULL;
}
