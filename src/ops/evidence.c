/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evidence rules: what statements of xAPI say about skills. Shown in words, checked against the statements that are here, set as a
 * decision in the ledger, tried on a single statement.
 *
 * Rules hold for all that is here, not from a day on; so who changes them is told first how many statements would count otherwise
 * (`check`), and the ledger keeps who set which, when and why. */
#include "company/matching.h"
#include "evidence/statement.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

/* ---- show ------------------------------------------------------------------------------------------------------- */

static void write_sentences(struct json_writer *out, const struct evidence_rules *rules) {
  g_autoptr(GPtrArray) sentences = evidence_rules_sentences(rules);
  json_open_array(out, "sentences");
  for (guint i = 0; i < sentences->len; i++) json_put_string(out, NULL, sentences->pdata[i]);
  json_close_array(out);
}

static bool write_history(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.evidence_rules", "");
  int got;
  json_open_array(out, "history");
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *by = ops_actor_name(company, query_text(query, 3)), *reason = query_null(query, 2) ? NULL : ops_reveal(call, query, 2, 6, "reason");
    json_open_object(out, NULL);
    json_put_string(out, "revision", query_text(query, 0));
    put_time(out, "at", query_integer(query, 4));
    json_put_string(out, "by", by);
    json_put_string(out, "reason", reason);
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

static struct evidence_rules *carried(GError **error) {
  size_t length;
  const char *text = evidence_rules_carried(&length);
  return evidence_rules_parse("evidence.yaml", text, length, error);
}

static bool show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(evidence_rules_auto) rules = db ? evidence_rules_in_force(db, error) : NULL, own = rules ? carried(error) : NULL;
  if (!own) return false;
  json_put_string(out, "revision", rules->revision);
  json_put_bool(out, "carried", strcmp(rules->revision, own->revision) == 0);
  write_sentences(out, rules);
  return write_history(call, out, db, view->company, error);
}

static bool file(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(evidence_rules_auto) rules = db ? evidence_rules_in_force(db, error) : NULL;
  if (!rules) return false;
  call->file_name = g_strdup("evidence.yaml");
  call->file_type = "application/yaml";
  call->file_out = g_bytes_new(rules->text, strlen(rules->text));
  return true;
}

/* ---- check ------------------------------------------------------------------------------------------------------ */

/* What becomes of the statements that are here, whoever's they are and whatever they are about. */
struct tally { const struct evidence_rules *old, *new; GHashTable *keys; int64_t statements, differ, unfit; int64_t fit[EVIDENCE_RULES_MOST]; };

static bool read_keys(struct tally *tally, struct db *db, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.all_term", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    const char *key = query_text(query, 1);
    if (strchr("vVtT", *key)) g_hash_table_insert(tally->keys, GINT_TO_POINTER((int)query_integer(query, 0)), g_strdup(key + 1));
  }
  return got == 0;
}

static int flag_of(struct query *query, int column) { return query_null(query, column) ? -1 : query_integer(query, column) != 0; }

static const struct evidence_rule *rule_for(const struct evidence_rules *rules, const struct evidence_told *told, int *ret_index) {
  *ret_index = evidence_rules_first(rules, evidence_rules_candidates(rules, told->verb, told->type), told);
  return *ret_index < 0 ? NULL : &rules->rules[*ret_index];
}

static bool same_worth(const struct evidence_rule *a, const struct evidence_rule *b) {
  bool none = !a || a->nothing, no = !b || b->nothing;
  if (none || no) return none == no;
  bool same_score = isnan(a->fixed) ? isnan(b->fixed) : a->fixed == b->fixed;
  return a->kind == b->kind && a->weight == b->weight && a->once == b->once && same_score && g_strcmp0(a->skill, b->skill) == 0;
}

static bool tally_rows(struct op_call *call, struct tally *tally, struct db *db, GError **error) {
  enum { VERB = 3, TYPE = 5, SCORE, PROGRESS, SUCCESS, COMPLETION, LEFT_OUT = 16 };
  g_autoptr(query_auto) query = db_query_named(db, "company.all_statement", error);
  if (!query) return false;
  for (int i = 0; i < LEFT_OUT; i++) query_bind_integer(query, i + 1, 0); /* none */
  int got, index, other;
  while ((got = query_next(query, error)) == 1) {
    struct evidence_told told = { g_hash_table_lookup(tally->keys, GINT_TO_POINTER((int)query_integer(query, VERB))), g_hash_table_lookup(tally->keys, GINT_TO_POINTER((int)query_integer(query, TYPE))),
      query_double(query, SCORE), query_double(query, PROGRESS), flag_of(query, SUCCESS), flag_of(query, COMPLETION) };
    const struct evidence_rule *new = rule_for(tally->new, &told, &index), *old = rule_for(tally->old, &told, &other);
    tally->statements++;
    tally->differ += !same_worth(old, new);
    if (new) tally->fit[index]++;
    else tally->unfit++;
    if (tally->statements % 10000 == 0 && !op_progress(call, "reading statements", 0.5, error)) return false;
  }
  return got == 0;
}

static void write_rules(struct json_writer *out, const struct tally *tally) {
  json_open_array(out, "rules");
  for (int i = 0; i < tally->new->rule_count; i++) {
    g_autofree char *counts = evidence_rule_counts(&tally->new->rules[i]);
    json_open_object(out, NULL);
    json_put_string(out, "rule", tally->new->rules[i].name);
    json_put_integer(out, "statements", tally->fit[i]);
    json_put_string(out, "counts", counts);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_warnings(struct json_writer *out, const struct evidence_rules *rules, const struct company *company) {
  g_autoptr(GHashTable) names = matching_skills(company->skills.at, company->skills.count);
  json_open_array(out, "warnings");
  for (int i = 0; i < rules->rule_count + rules->activity_count; i++) {
    const char *skill = i < rules->rule_count ? rules->rules[i].skill : rules->activities[i - rules->rule_count].skill;
    if (!skill || matching_skill(names, skill) >= 0) continue;
    g_autofree char *text = g_strdup_printf("there is no skill \"%s\": what is about it counts for nothing until there is", skill);
    json_put_string(out, NULL, text);
  }
  json_close_array(out);
}

static struct evidence_rules *given(struct op_call *call, GError **error) {
  const char *text = op_text(call, "rules");
  return evidence_rules_parse("rules", text, strlen(text), error);
}

static bool check(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(evidence_rules_auto) new = given(call, error), old = NULL;
  g_autoptr(view_auto) view = new ? system_view(call->system, error) : NULL;
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  if (!db || !(old = evidence_rules_in_force(db, error))) return false;
  g_autoptr(GHashTable) keys = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  struct tally tally = { .old = old, .new = new, .keys = keys };
  if (!read_keys(&tally, db, error) || !tally_rows(call, &tally, db, error)) return false;
  json_put_string(out, "revision", new->revision);
  json_put_string(out, "in_force", old->revision);
  json_put_integer(out, "statements", tally.statements);
  json_put_integer(out, "differ", tally.differ);
  json_put_integer(out, "unfit", tally.unfit);
  write_rules(out, &tally);
  write_warnings(out, new, view->company);
  write_sentences(out, new);
  return true;
}

/* ---- set -------------------------------------------------------------------------------------------------------- */

static bool set(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(evidence_rules_auto) new = given(call, error), old = NULL;
  g_autoptr(db_auto) db = new ? store_read(system_store(call->system), error) : NULL;
  if (!db || !(old = evidence_rules_in_force(db, error))) return false;
  db_release(g_steal_pointer(&db));
  if (strcmp(old->revision, new->revision) == 0) return fail(error, MENO_ERROR_CONFLICT, "these are the rules in force (%s): nothing was changed", new->revision);
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "reason", op_text(call, "reason"));
  json_put_string(&body, "revision", new->revision);
  json_put_string(&body, "text", new->text);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL);
  struct event event = { .kind = "evidence.ruled", .subject = "evidence:rules", .actor = call->caller.actor, .rules = system_rules(call->system)->revision, .body = text };
  return ledger_record(system_ledger(call->system), call->now, &event, error) > 0 && show(call, out, error);
}

/* ---- try -------------------------------------------------------------------------------------------------------- */

static void write_tried(struct json_writer *out, const struct evidence_rules *rules, const struct evidence_told *told) {
  bool found = false;
  json_open_array(out, "rules");
  for (int i = 0; i < rules->rule_count; i++) {
    g_autofree char *misses = evidence_rule_misses(&rules->rules[i], told);
    json_open_object(out, NULL);
    json_put_string(out, "rule", rules->rules[i].name);
    json_put_bool(out, "fits", !misses && !found);
    json_put_string(out, "why", misses ? misses : found ? "a rule before it fits" : rules->rules[i].because);
    json_close_object(out);
    found |= !misses;
  }
  json_close_array(out);
}

struct tried { const struct company *company; const struct statement *statement; const struct evidence_rule *rule; int person, skill; };

/* In one sentence, whatever hinders it first. */
static char *sum_up(const struct tried *t) {
  if (t->statement->group) return g_strdup("It counts for nobody: what a group did together is nobody's own.");
  if (!t->rule) return g_strdup("It counts for nothing: no rule fits.");
  g_autofree char *counts = evidence_rule_counts(t->rule);
  if (t->rule->nothing) return g_strdup_printf("It counts for nothing: %s.", t->rule->because);
  if (t->person == MATCH_NOBODY) return g_strdup("It counts for nobody: somebody said that its actor is nobody of ours.");
  if (t->person <= 0) return g_strdup_printf("It would count, but nobody knows whose it is: %s. The actor waits among the unknown ones.", t->person == MATCH_SHARED ? "several people are called so" : "no person is called so");
  if (t->skill < 0) return g_strdup("It counts for nothing: neither its activity's id nor its name says a skill of ours, and no rule names one.");
  g_autofree char *name = ops_person_name(t->company, t->person - 1);
  return g_strdup_printf("It %s, for %s in %s: %s.", counts, name, t->company->skills.at[t->skill].name, t->rule->because);
}

static void write_outcome(struct json_writer *out, const struct tried *t, const struct evidence_told *told) {
  bool counts = t->rule && !t->rule->nothing && !t->statement->group && t->person > 0 && t->skill >= 0;
  g_autofree char *sentence = sum_up(t), *name = t->person > 0 ? ops_person_name(t->company, t->person - 1) : NULL;
  json_put_bool(out, "counts", counts);
  json_put_string(out, "sentence", sentence);
  json_put_string(out, "person", name);
  json_put_string(out, "skill", t->skill >= 0 ? t->company->skills.at[t->skill].name : NULL);
  json_put_string(out, "rule", t->rule ? t->rule->name : NULL);
  json_put_string(out, "kind", counts ? result_kind_names[t->rule->kind] : NULL);
  json_put_number(out, "score", !counts ? NAN : isnan(t->rule->fixed) ? told->score : t->rule->fixed);
  json_put_number(out, "weight", counts ? t->rule->weight : NAN);
}

static bool try_statement(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, const struct statement *statement, GError **error) {
  struct seal *seal = system_seal(call->system);
  g_autoptr(evidence_rules_auto) rules = evidence_rules_in_force(db, error);
  g_autoptr(GHashTable) actors = rules ? matching_actors(db, seal, rules, company, company->people.at, company->people.count, error) : NULL;
  if (!actors) return false;
  g_autoptr(GHashTable) skills = matching_skills(company->skills.at, company->skills.count);
  g_autofree char *name = statement->actor ? matching_name(seal, statement->actor) : NULL;
  struct evidence_told told = { statement->verb, statement->type, statement->score, statement->progress, statement->success, statement->completion };
  int index;
  struct tried tried = { company, statement, rule_for(rules, &told, &index), name ? GPOINTER_TO_INT(g_hash_table_lookup(actors, name)) : 0, -1 };
  tried.skill = tried.rule && tried.rule->skill ? matching_skill(skills, tried.rule->skill) : matching_skill_of(skills, rules, statement->object, statement->name);
  write_outcome(out, &tried, &told);
  write_tried(out, rules, &told);
  return true;
}

static bool try(struct op_call *call, struct json_writer *out, GError **error) {
  const char *text = op_text(call, "statement");
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), error);
  g_autoptr(view_auto) view = doc ? system_view(call->system, error) : NULL;
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  if (!db) return false;
  if (json_type(json_root(doc)) != JSON_OBJECT || json_type(json_get(json_root(doc), "verb")) != JSON_OBJECT)
    return fail(error, MENO_ERROR_BAD_INPUT, "this is not a statement: give one JSON object with actor, verb and object");
  struct statement statement;
  statement_glance(json_root(doc), call->now, &statement);
  bool fine = try_statement(call, out, db, view->company, &statement, error);
  statement_clear(&statement);
  return fine;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field history_row[] = { { "revision", FIELD_TEXT(0), REQUIRED, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field show_out[] = { { "revision", FIELD_TEXT(0), REQUIRED, "" }, { "carried", FIELD_BOOL, REQUIRED, "they are the ones that Meno carries" }, { "sentences", FIELD_TEXTS, REQUIRED, "the first that fits decides" },
  { "history", FIELD_LIST(history_row), REQUIRED, "the newest first" }, { 0 } };
static const struct field check_in[] = { { "rules", FIELD_TEXT(LIMIT_MAPPING_BYTES), REQUIRED | IN_PATH | FROM_FILE, "evidence rules, as YAML" }, { 0 } };
static const struct field set_in[] = { { "rules", FIELD_TEXT(LIMIT_MAPPING_BYTES), REQUIRED | IN_PATH | FROM_FILE, "evidence rules, as YAML" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "why they are changed" }, { 0 } };
static const struct field rule_row[] = { { "rule", FIELD_TEXT(0), REQUIRED, "" }, { "statements", FIELD_COUNT, REQUIRED, "that it would decide, of those that are here" }, { "counts", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field check_out[] = { { "revision", FIELD_TEXT(0), REQUIRED, "" }, { "in_force", FIELD_TEXT(0), REQUIRED, "revision" }, { "statements", FIELD_COUNT, REQUIRED, "that are here, voided ones left out" },
  { "differ", FIELD_COUNT, REQUIRED, "that would count otherwise than now" }, { "unfit", FIELD_COUNT, REQUIRED, "that no rule fits" }, { "rules", FIELD_LIST(rule_row), REQUIRED, "" },
  { "warnings", FIELD_TEXTS, REQUIRED, "" }, { "sentences", FIELD_TEXTS, REQUIRED, "" }, { 0 } };
static const struct field try_in[] = { { "statement", FIELD_TEXT(LIMIT_STATEMENT_BYTES), REQUIRED | IN_PATH | FROM_FILE, "one xAPI statement, as JSON" }, { 0 } };
static const struct field tried_row[] = { { "rule", FIELD_TEXT(0), REQUIRED, "" }, { "fits", FIELD_BOOL, REQUIRED, "" }, { "why", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field try_out[] = { { "counts", FIELD_BOOL, REQUIRED, "" }, { "sentence", FIELD_TEXT(0), REQUIRED, "" }, { "person", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "skill", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "rule", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "kind", FIELD_TEXT(0), REQUIRED | NULLABLE, "of evidence" }, { "score", FIELD_SHARE, REQUIRED | NULLABLE, "" },
  { "weight", FIELD_SHARE, REQUIRED | NULLABLE, "in results of an assessment" }, { "rules", FIELD_LIST(tried_row), REQUIRED, "each in turn" }, { 0 } };

const struct op evidence_ops[] = {
  { "evidence rules show", GET, "/evidence/rules", MAY_SIGNED_IN, NULL, show_out, show, "Which statements say what about skills, in words; who set it and why", "skills" },
  { "evidence rules file", GET, "/evidence/rules/file", MAY_IMPORT, NULL, NULL, file, "The same as the file that can be edited", "skills", BODY_FILE_OUT },
  { "evidence rules check", POST, "/evidence/rules/check", MAY_IMPORT, check_in, check_out, check, "Read other rules and tell how many statements would count otherwise; nothing is recorded", "skills", BODY_JSON, true },
  { "evidence rules set", POST, "/evidence/rules", MAY_IMPORT, set_in, show_out, set, "Let other rules hold, for all statements that are here", "skills" },
  { "evidence rules try", POST, "/evidence/rules/try", MAY_IMPORT, try_in, try_out, try, "What one statement would count as, for whom, and why; nothing is recorded", "skills" },
  { 0 } };
