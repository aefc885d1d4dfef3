/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose the actors of statements are, where no rule tells: a list of those that wait, and a person's word on one, with undo.
 *
 * Tables know actors under opaque names only. Who has to decide must see what a program calls them, so that is opened here from the
 * newest statement of each, for as long as the answer is written; it stands nowhere else. A decision's event holds the opaque
 * name, sealed with the key of the person it is about: with the person, the link is erased.
 *
 * What is suggested ("perhaps") is a likeness of words and decides nothing. */
#include "company/matching.h"
#include "evidence/lrs.h"
#include "gate/credential.h"
#include "ops/tables.h"
#include <string.h>

#define SHOWN_MOST 200

/* ---- what there is ---------------------------------------------------------------------------------------------- */

struct seen { char *actor; int64_t statements, last, newest; char *authority; }; /* an actor of statements */
struct decided { char *id, *actor, *person, *by; int64_t at; };                  /* a decision that holds; person NULL: nobody of ours */

struct matches {
  struct op_call *call;
  struct view *view;
  struct db *db;
  struct lrs *lrs;
  GHashTable *actors;     /* as matching_actors has it */
  GHashTable *systems;    /* opaque name of an authority → label */
  GHashTable *words;      /* what people are called, small → index + 1; -1: several */
  GPtrArray *seen;        /* of struct seen, most statements first */
  GHashTable *named;      /* the same by actor */
  GPtrArray *decided;     /* of struct decided, oldest first */
};

static void seen_free(void *data) {
  struct seen *seen = data;
  g_free(seen->actor);
  g_free(seen->authority);
  g_free(seen);
}

static void decided_free(void *data) {
  struct decided *decided = data;
  g_free(decided->id);
  g_free(decided->actor);
  g_free(decided->person);
  g_free(decided->by);
  g_free(decided);
}

static void matches_clear(struct matches *m) {
  g_clear_pointer(&m->actors, g_hash_table_destroy);
  g_clear_pointer(&m->systems, g_hash_table_destroy);
  g_clear_pointer(&m->words, g_hash_table_destroy);
  g_clear_pointer(&m->named, g_hash_table_destroy);
  g_clear_pointer(&m->seen, g_ptr_array_unref);
  g_clear_pointer(&m->decided, g_ptr_array_unref);
  lrs_free(m->lrs);
  if (m->db) db_release(m->db);
  if (m->view) view_release(m->view);
  *m = (struct matches){ 0 };
}
typedef struct matches matches_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(matches_auto, matches_clear)

/* Opaque or, of before there was a ring, clear: under the one name that it would have now. */
static char *actor_of_key(struct seal *seal, const char *key) { return g_str_has_prefix(key, "mailto:") ? matching_name(seal, key) : g_strdup(key); }

static int by_statements(const void *a, const void *b) {
  const struct seen *x = *(struct seen *const *)a, *y = *(struct seen *const *)b;
  if (x->statements != y->statements) return x->statements < y->statements ? 1 : -1;
  return strcmp(x->actor, y->actor);
}

/* What came with files and what came through the door have rows of their own. */
static void add_seen(struct matches *m, struct seen *row) {
  struct seen *there = g_hash_table_lookup(m->named, row->actor);
  if (!there) {
    there = g_memdup2(row, sizeof *row);
    g_ptr_array_add(m->seen, there);
    g_hash_table_insert(m->named, there->actor, there);
    return;
  }
  there->statements += row->statements;
  there->last = MAX(there->last, row->last);
  if (row->newest > there->newest) {
    there->newest = row->newest;
    g_free(there->authority);
    there->authority = g_steal_pointer(&row->authority);
  }
  g_free(row->actor);
  g_free(row->authority);
}

static bool read_seen(struct matches *m, GError **error) {
  g_autoptr(query_auto) query = db_query(m->db, error, "company.actors_of_statements", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct seen row = { actor_of_key(system_seal(m->call->system), query_text(query, 0) + 1), query_integer(query, 1), query_integer(query, 2), query_integer(query, 3),
      query_null(query, 4) ? NULL : g_strdup(query_text(query, 4) + 1) };
    add_seen(m, &row);
  }
  g_ptr_array_sort(m->seen, by_statements);
  return got == 0;
}

static bool read_decided(struct db *db, struct seal *seal, GPtrArray *list, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.all_actor_match", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    enum seal_state state;
    if (!query_null(query, 5)) continue;
    g_autofree char *actor = ledger_reveal(seal, query, 2, 6, "actor", &state);
    if (state != SEAL_OPEN && state != SEAL_CLEAR) continue; /* erased */
    struct decided *decided = g_new0(struct decided, 1);
    *decided = (struct decided){ g_strdup(query_text(query, 0)), g_steal_pointer(&actor), g_strdup(query_text(query, 1)), g_strdup(query_text(query, 3)), query_integer(query, 4) };
    g_ptr_array_add(list, decided);
  }
  return got == 0;
}

static bool read_systems(struct matches *m, GError **error) {
  g_autoptr(GPtrArray) credentials = credential_list(system_store(m->call->system), error);
  for (guint i = 0; credentials && i < credentials->len; i++) {
    const struct credential *credential = credentials->pdata[i];
    g_autofree char *key = g_strconcat("account:urn:meno:credentials|", credential->id, NULL);
    g_hash_table_insert(m->systems, matching_name(system_seal(m->call->system), key), g_strdup(credential->label));
  }
  return credentials != NULL;
}

static void add_word(struct matches *m, const char *word, int person) {
  if (!word || !*word) return;
  char *small = g_utf8_casefold(word, -1);
  int there = GPOINTER_TO_INT(g_hash_table_lookup(m->words, small));
  g_hash_table_insert(m->words, small, GINT_TO_POINTER(there && there != person + 1 ? -1 : person + 1));
}

static void read_words(struct matches *m) {
  const struct company *company = m->view->company;
  for (int p = 0; p < company->people.count; p++) {
    const struct person *person = &company->people.at[p];
    if (person->status == PERSON_LEFT) continue;
    g_autofree char *name = ops_person_name(company, p), *local = person->email ? g_strndup(person->email, strcspn(person->email, "@")) : NULL;
    const char *words[] = { name, local, person->email, person->employee_number };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) add_word(m, words[i], p);
  }
}

static bool read_matches(struct op_call *call, struct matches *m, GError **error) {
  *m = (struct matches){ .call = call, .systems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free), .words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    .seen = g_ptr_array_new_with_free_func(seen_free), .named = g_hash_table_new(g_str_hash, g_str_equal), .decided = g_ptr_array_new_with_free_func(decided_free), .lrs = lrs_new(system_ledger(call->system)) };
  if (!(m->view = system_view(call->system, error)) || !(m->db = store_read(system_store(call->system), error))) return false;
  g_autoptr(evidence_rules_auto) rules = evidence_rules_in_force(m->db, error);
  const struct company *company = m->view->company;
  struct seal *seal = system_seal(call->system);
  if (!rules || !(m->actors = matching_actors(m->db, seal, rules, company, company->people.at, company->people.count, error))) return false;
  read_words(m);
  return read_seen(m, error) && read_decided(m->db, seal, m->decided, error) && read_systems(m, error);
}

/* ---- list ------------------------------------------------------------------------------------------------------- */

static int perhaps(const struct matches *m, const struct lrs_actor *actor) {
  const char *words[] = { actor->mailbox ? actor->mailbox + (g_str_has_prefix(actor->mailbox, "mailto:") ? 7 : 0) : NULL, actor->account, actor->name };
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
    if (!words[i]) continue;
    g_autofree char *small = g_utf8_casefold(words[i], -1);
    int place = GPOINTER_TO_INT(g_hash_table_lookup(m->words, small));
    if (place > 0) return place - 1;
  }
  return -1;
}

static void write_person(struct json_writer *out, const char *key, const struct company *company, int person) {
  if (person < 0) {
    json_put_null(out, key);
    return;
  }
  g_autofree char *name = ops_person_name(company, person);
  json_open_object(out, key);
  json_put_string(out, "id", company->people.at[person].id);
  json_put_string(out, "name", name);
  json_put_string(out, "employee_number", company->people.at[person].employee_number);
  json_close_object(out);
}

static bool write_unknown(struct json_writer *out, const struct matches *m, const struct seen *seen, GError **error) {
  g_auto(lrs_actor_auto) actor = { 0 };
  if (lrs_actor_at(m->lrs, m->db, seen->newest, &actor, error) < 0) return false;
  const char *label = seen->authority ? g_hash_table_lookup(m->systems, seen->authority) : "a file";
  json_open_object(out, NULL);
  json_put_string(out, "actor", seen->actor);
  json_put_string(out, "called", actor.told);
  json_put_string(out, "name", actor.name);
  json_put_integer(out, "statements", seen->statements);
  put_time(out, "last", seen->last);
  json_put_string(out, "system", label);
  json_put_bool(out, "shared", GPOINTER_TO_INT(g_hash_table_lookup(m->actors, seen->actor)) == MATCH_SHARED);
  write_person(out, "perhaps", m->view->company, actor.told ? perhaps(m, &actor) : -1);
  json_close_object(out);
  return true;
}

static const struct seen *seen_of(const struct matches *m, const char *actor) { return g_hash_table_lookup(m->named, actor); }

static bool write_decided(struct json_writer *out, const struct matches *m, const struct decided *decided, GError **error) {
  const struct company *company = m->view->company;
  const struct seen *seen = seen_of(m, decided->actor);
  g_auto(lrs_actor_auto) actor = { 0 };
  if (seen && lrs_actor_at(m->lrs, m->db, seen->newest, &actor, error) < 0) return false;
  g_autofree char *by = ops_actor_name(company, decided->by);
  json_open_object(out, NULL);
  json_put_string(out, "id", decided->id);
  json_put_string(out, "actor", decided->actor);
  json_put_string(out, "called", actor.told);
  write_person(out, "person", company, decided->person ? company_person(company, decided->person) : -1);
  json_put_integer(out, "statements", seen ? seen->statements : 0);
  json_put_string(out, "by", by);
  put_time(out, "at", decided->at);
  json_close_object(out);
  return true;
}

static bool waits(const struct matches *m, const struct seen *seen) {
  int place = GPOINTER_TO_INT(g_hash_table_lookup(m->actors, seen->actor));
  g_autofree char *owner = g_strconcat("actor:", seen->actor, NULL);
  return (place == 0 || place == MATCH_SHARED) && !seal_is_destroyed(system_seal(m->call->system), owner);
}

static bool write_list(struct json_writer *out, const struct matches *m, GError **error) {
  int count = 0;
  int64_t statements = 0;
  json_open_array(out, "unknown");
  for (guint i = 0; i < m->seen->len; i++) {
    const struct seen *seen = m->seen->pdata[i];
    if (!waits(m, seen)) continue;
    statements += seen->statements;
    if (count++ < SHOWN_MOST && !write_unknown(out, m, seen, error)) return false;
  }
  json_close_array(out);
  json_put_integer(out, "waiting", count);
  json_put_integer(out, "statements", statements);
  json_open_array(out, "decided");
  for (guint i = m->decided->len; i-- > 0;)
    if (!write_decided(out, m, m->decided->pdata[i], error)) return false;
  json_close_array(out);
  return true;
}

static bool list(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(matches_auto) matches = { 0 };
  return read_matches(call, &matches, error) && write_list(out, &matches, error);
}

/* ---- deciding --------------------------------------------------------------------------------------------------- */

/* Within the write: what another administrator said a moment ago counts. */
static bool still_waits(struct ledger_write *write, struct seal *seal, const char *actor, GError **error) {
  g_autoptr(GPtrArray) decided = g_ptr_array_new_with_free_func(decided_free);
  if (!read_decided(ledger_write_db(write), seal, decided, error)) return false;
  for (guint i = 0; i < decided->len; i++) {
    const struct decided *row = decided->pdata[i];
    if (strcmp(row->actor, actor) == 0) return fail(error, MENO_ERROR_CONFLICT, "it was said already whose \"%s\" is: take that back first, with `meno actors undo %s`", actor, row->id);
  }
  return true;
}

static bool decide(struct op_call *call, const char *actor, const char *person, GError **error) {
  char id[ID_TEXT];
  uuid_format(uuid_new(call->now), id);
  g_autofree char *subject = g_strconcat("match:", id, NULL);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "actor", actor);
  if (person) json_put_string(&out, "person", person);
  json_close_object(&out);
  g_autofree char *body = json_writer_steal(&out, NULL);
  struct event event = { .kind = "actor.matched", .subject = subject, .actor = call->caller.actor, .taint = TAINT_PERSONAL, .rules = system_rules(call->system)->revision, .body = body };
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  return write && still_waits(write, system_seal(call->system), actor, error) && ledger_append(write, &event, NULL, error) && ledger_commit(g_steal_pointer(&write), error);
}

/* May somebody say whose the actor is? */
static bool check_actor(const struct matches *m, const char *actor, GError **error) {
  const struct seen *seen = seen_of(m, actor);
  if (!seen) return fail(error, MENO_ERROR_NOT_FOUND, "no statement has an actor \"%s\"; `meno actors list` shows those that wait", actor);
  if (waits(m, seen)) return true;
  int place = GPOINTER_TO_INT(g_hash_table_lookup(m->actors, actor));
  g_autofree char *name = place > 0 ? ops_person_name(m->view->company, place - 1) : g_strdup("nobody of ours, or erased");
  return fail(error, MENO_ERROR_CONFLICT, "\"%s\" does not wait: it is %s", actor, name);
}

static bool answer(struct op_call *call, struct json_writer *out, const char *actor, const char *person, GError **error) {
  if (!decide(call, actor, person, error)) return false;
  g_auto(matches_auto) now = { 0 };
  return read_matches(call, &now, error) && write_list(out, &now, error);
}

static bool match(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(matches_auto) matches = { 0 };
  const char *actor = op_text(call, "actor");
  if (!read_matches(call, &matches, error) || !check_actor(&matches, actor, error)) return false;
  const struct company *company = matches.view->company;
  int person = ops_find_person(company, op_text(call, "person"), error);
  if (person < 0) return false;
  g_autofree char *id = g_strdup(company->people.at[person].id), *owner = g_strconcat("person:", id, NULL);
  if (seal_is_destroyed(system_seal(call->system), owner)) return fail(error, MENO_ERROR_CONFLICT, "the person \"%s\" was erased: nothing can be theirs any more", id);
  if (g_strcmp0(call->caller.person, id) == 0) return fail(error, MENO_ERROR_FORBIDDEN, "somebody else has to say that \"%s\" is yours: its statements would be evidence about you", actor);
  matches_clear(&matches);
  return answer(call, out, actor, id, error);
}

static bool nobody(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(matches_auto) matches = { 0 };
  const char *actor = op_text(call, "actor");
  if (!read_matches(call, &matches, error) || !check_actor(&matches, actor, error)) return false;
  matches_clear(&matches);
  return answer(call, out, actor, NULL, error);
}

static bool undo(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(matches_auto) matches = { 0 };
  const char *id = op_text(call, "id");
  bool found = false;
  if (!read_matches(call, &matches, error)) return false;
  for (guint i = 0; i < matches.decided->len; i++) found |= strcmp(((struct decided *)matches.decided->pdata[i])->id, id) == 0;
  if (!found) return fail(error, MENO_ERROR_NOT_FOUND, "there is no decision \"%s\" that holds; `meno actors list` shows them", id);
  matches_clear(&matches);
  g_autofree char *subject = g_strconcat("match:", id, NULL);
  struct event event = { .kind = "actor.unmatched", .subject = subject, .actor = call->caller.actor, .rules = system_rules(call->system)->revision, .body = "{}" };
  if (ledger_record(system_ledger(call->system), call->now, &event, error) <= 0) return false;
  g_auto(matches_auto) now = { 0 };
  return read_matches(call, &now, error) && write_list(out, &now, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field person_fields[] = { { "id", FIELD_ID("person"), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "employee_number", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field unknown_row[] = { { "actor", FIELD_ID("actor"), REQUIRED, "an opaque name" }, { "called", FIELD_TEXT(0), REQUIRED | NULLABLE, "as its newest statement calls it; null: that cannot be read any more" },
  { "name", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "statements", FIELD_COUNT, REQUIRED, "" }, { "last", FIELD_TIME, REQUIRED, "" }, { "system", FIELD_TEXT(0), REQUIRED | NULLABLE, "the credential that sent the newest, or a file" },
  { "shared", FIELD_BOOL, REQUIRED, "several people are called so" }, { "perhaps", FIELD_OBJECT(person_fields), REQUIRED | NULLABLE, "who is called alike; decides nothing" }, { 0 } };
static const struct field decided_row[] = { { "id", FIELD_ID("match"), REQUIRED, "the decision" }, { "actor", FIELD_ID("actor"), REQUIRED, "" }, { "called", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "person", FIELD_OBJECT(person_fields), REQUIRED | NULLABLE, "null: nobody of ours" }, { "statements", FIELD_COUNT, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { 0 } };
static const struct field list_out[] = { { "unknown", FIELD_LIST(unknown_row), REQUIRED, "most statements first, 200 at most" }, { "waiting", FIELD_COUNT, REQUIRED, "how many there are" },
  { "statements", FIELD_COUNT, REQUIRED, "that they have" }, { "decided", FIELD_LIST(decided_row), REQUIRED, "the newest first" }, { 0 } };
#define ACTOR_FIELD { "actor", FIELD_ID("actor"), REQUIRED | IN_PATH, "the opaque name that the list shows" }
static const struct field match_in[] = { ACTOR_FIELD, { "person", FIELD_TEXT(LIMIT_ID), REQUIRED, "employee number, work address or opaque id" }, { 0 } };
static const struct field nobody_in[] = { ACTOR_FIELD, { 0 } };
static const struct field undo_in[] = { { "id", FIELD_ID("match"), REQUIRED | IN_PATH, "the decision" }, { 0 } };

const struct op actors_ops[] = {
  { "actors list", GET, "/actors", MAY_OPERATE, NULL, list_out, list, "Actors of statements that nobody knows, and what was decided about others", "skills" },
  { "actors match", POST, "/actors/{actor}/match", MAY_OPERATE, match_in, list_out, match, "Say whose an actor is: its statements count from now on, and back", "skills" },
  { "actors nobody", POST, "/actors/{actor}/nobody", MAY_OPERATE, nobody_in, list_out, nobody, "Say that an actor is nobody of ours", "skills" },
  { "actors undo", POST, "/actors/decisions/{id}/undo", MAY_OPERATE, undo_in, list_out, undo, "Take back what was said about an actor", "skills" },
  { 0 } };
