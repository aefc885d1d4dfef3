/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements become results, as the evidence rules in force say: one pass over the rows, whose texts stand as numbers of terms. What a
 * number means is found out once: whose an actor is, which skill an object is about, which rules a verb and a type may fit. Most of what
 * programs send is what happens on the way (played, paused): the database is told to leave those verbs out, as many as it has room for.
 *
 * A name of an activity is looked at only where its id names no skill. Something that counts once, counts from its earliest day,
 * in whatever order it came in. */
#include "company/load-private.h"
#include "company/matching.h"
#include <math.h>
#include <string.h>

#define TERMS_MOST 50000000 /* a number beyond that is damaged */
#define VERBS_IGNORED 16 /* parameters of company.all_statement */
enum { UNKNOWN_SKILL = -2 }; /* not looked up yet */

struct term { const char *key, *name; int person, skill; };
struct mask { int64_t verb, type; uint64_t candidates; };
struct once { int person, skill; int64_t object; };

struct reading {
  struct loading *load;
  struct evidence_rules *rules;
  GHashTable *actors, *skills, *once /* struct once → index of a result + 1 */;
  GStringChunk *keys;
  GArray *terms[2];             /* struct term; the door's by number, those of files by its opposite */
  GArray *masks;                /* struct mask; as many as there are pairs of verb and type: few */
  guint latest;                 /* the mask that fitted last */
  int64_t ignored[VERBS_IGNORED]; int ignored_count;
};

/* ---- terms ------------------------------------------------------------------------------------------------------ */

static int person_named(const struct reading *r, const char *name) {
  g_autofree char *opened = g_str_has_prefix(name, "mailto:") ? matching_name(r->load->seal, name) : NULL; /* of before there was a ring */
  int place = GPOINTER_TO_INT(g_hash_table_lookup(r->actors, opened ? opened : name));
  return place > 0 ? place - 1 : -1;
}

static bool read_terms(struct reading *r, GError **error) {
  struct loading *load = r->load;
  int got;
  LOAD_EACH_ROW("company.all_term") {
    int64_t id = query_integer(q, 0);
    const char *key = query_text(q, 1);
    GArray *terms = r->terms[id < 0];
    guint at = (guint)ABS(id);
    if (ABS(id) > TERMS_MOST) continue;
    bool agent = *key == 'p' || *key == 'P', verb = *key == 'v' || *key == 'V'; /* in capitals: of a file */
    struct term term = { .person = agent ? person_named(r, key + 1) : -1, .skill = UNKNOWN_SKILL };
    if (!agent) term.key = g_string_chunk_insert(r->keys, key + 1);
    if (!query_null(q, 2)) term.name = g_string_chunk_insert(r->keys, query_text(q, 2));
    if (verb && r->ignored_count < VERBS_IGNORED && evidence_rules_ignore(r->rules, key + 1)) r->ignored[r->ignored_count++] = id;
    if (terms->len <= at) g_array_set_size(terms, at + 1);
    g_array_index(terms, struct term, at) = term;
  }
  return got == 0;
}

static struct term *term_of(const struct reading *r, int64_t id) {
  GArray *terms = r->terms[id < 0];
  return id != 0 && ABS(id) < terms->len ? &g_array_index(terms, struct term, ABS(id)) : NULL;
}

static const char *key_of(const struct reading *r, int64_t id) {
  const struct term *term = term_of(r, id);
  return term ? term->key : NULL;
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

enum { SEQ, AT, ACTOR, VERB, OBJECT, TYPE, SCORE, PROGRESS, SUCCESS, COMPLETION, NAME };

static uint64_t candidates_of(struct reading *r, int64_t verb, int64_t type) {
  for (guint i = 0; i < r->masks->len; i++) {
    guint at = (r->latest + i) % r->masks->len;
    const struct mask *mask = &g_array_index(r->masks, struct mask, at);
    if (mask->verb == verb && mask->type == type) return r->latest = at, mask->candidates;
  }
  struct mask mask = { verb, type, evidence_rules_candidates(r->rules, key_of(r, verb), key_of(r, type)) };
  r->latest = r->masks->len;
  g_array_append_val(r->masks, mask);
  return mask.candidates;
}

static int flag_of(struct query *q, int column) { return query_null(q, column) ? -1 : query_integer(q, column) != 0; }

static int skill_of(struct reading *r, const struct evidence_rule *rule, struct query *q) {
  if (rule->skill) return matching_skill(r->skills, rule->skill);
  struct term *object = term_of(r, query_integer(q, OBJECT));
  const char *id = object ? object->key : NULL, *name = object && query_null(q, NAME) ? object->name : query_text(q, NAME);
  if (object && object->skill == UNKNOWN_SKILL) object->skill = matching_skill_of(r->skills, r->rules, id, NULL);
  if (object && object->skill >= 0) return object->skill;
  return matching_skill_of(r->skills, r->rules, NULL, id && evidence_rules_skill(r->rules, id) ? NULL : name);
}

static guint hash_once(const void *key) {
  const struct once *once = key;
  return (guint)once->person * 2654435761u ^ (guint)once->skill * 40503u ^ (guint)once->object * 97u;
}
static gboolean same_once(const void *a, const void *b) {
  const struct once *x = a, *y = b;
  return x->person == y->person && x->skill == y->skill && x->object == y->object;
}

/* Is it there already? Then the earlier of the two stays. */
static bool is_again(struct reading *r, const struct result *result, int64_t object) {
  struct once once = { result->person, result->skill, object };
  int place = GPOINTER_TO_INT(g_hash_table_lookup(r->once, &once));
  if (place > 0) {
    struct result *there = &g_array_index(r->load->result, struct result, place - 1);
    if (result->day < there->day) there->day = result->day, there->seq = result->seq;
    r->load->company->first_day = MIN(r->load->company->first_day, result->day);
    return true;
  }
  g_hash_table_insert(r->once, g_memdup2(&once, sizeof once), GINT_TO_POINTER((int)r->load->result->len + 1));
  return false;
}

static void read_statement(struct reading *r, struct query *q) {
  const struct term *actor = term_of(r, query_integer(q, ACTOR));
  if (!actor || actor->person < 0) return;
  uint64_t candidates = candidates_of(r, query_integer(q, VERB), query_integer(q, TYPE));
  if (!candidates) return;
  struct evidence_told told = { .score = query_double(q, SCORE), .progress = query_double(q, PROGRESS), .success = flag_of(q, SUCCESS), .completion = flag_of(q, COMPLETION) };
  int index = evidence_rules_first(r->rules, candidates, &told);
  const struct evidence_rule *rule = index >= 0 ? &r->rules->rules[index] : NULL;
  if (!rule || rule->nothing) return;
  int skill = skill_of(r, rule, q);
  if (skill < 0) return;
  bool took_part = rule->kind == RESULT_COMPLETION; /* says nothing of how hard the activity is */
  int64_t object = query_integer(q, OBJECT);
  struct result result = { .person = actor->person, .skill = skill, .day = clock_day(query_integer(q, AT)), .kind = rule->kind, .seq = query_integer(q, SEQ), .difficulty = NAN,
    .item = took_part ? -1 : load_item_of(r->load, key_of(r, object)), .score = isnan(rule->fixed) ? told.score : rule->fixed, .weight = rule->weight, .rule = load_keep(r->load, rule->name) };
  if (!rule->once || !is_again(r, &result, object)) load_add_result(r->load, result);
}

static bool read_rows(struct reading *r, GError **error) {
  g_autoptr(query_auto) query = db_query_named(r->load->db, "company.all_statement", error);
  if (!query) return false;
  for (int i = 0; i < VERBS_IGNORED; i++) query_bind_integer(query, i + 1, r->ignored[i]); /* no term is number 0 */
  int got;
  while ((got = query_next(query, error)) == 1) read_statement(r, query);
  return got == 0;
}

bool load_statements(struct loading *load, GError **error) {
  struct reading r = { .load = load, .rules = evidence_rules_in_force(load->db, error) };
  if (!r.rules) return false;
  r.actors = matching_actors(load->db, load->seal, r.rules, load->company, (const struct person *)(void *)load->person->data, (int)load->person->len, error);
  r.skills = matching_skills((const struct skill *)(void *)load->skill->data, (int)load->skill->len);
  r.once = g_hash_table_new_full(hash_once, same_once, g_free, NULL);
  r.keys = g_string_chunk_new(65536);
  for (int i = 0; i < 2; i++) r.terms[i] = g_array_new(FALSE, TRUE, sizeof(struct term));
  r.masks = g_array_new(FALSE, FALSE, sizeof(struct mask));
  bool fine = r.actors && read_terms(&r, error) && read_rows(&r, error);
  g_clear_pointer(&r.actors, g_hash_table_destroy);
  g_hash_table_destroy(r.skills);
  g_hash_table_destroy(r.once);
  g_string_chunk_free(r.keys);
  for (int i = 0; i < 2; i++) g_array_unref(r.terms[i]);
  g_array_unref(r.masks);
  evidence_rules_free(r.rules);
  return fine;
}
