/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From statement.stored to the tables `term`, `statement` and `statement_term`.
 *
 * The body of the event is {actor, name, refs, replaces, score, statement, stored, success, target, voids}; the statement itself is
 * kept whole and, where there is a ring, sealed: nothing here reads it. `refs` are texts like "v0http://…": the kind of a term, the place
 * where it stands, its key. One from a file has neither refs nor stored, but a verb and an object; it is evidence, and the door
 * does not show it.
 *
 * A StatementRef makes its statement answer the filters that the other answers (xAPI-Communication 2.1.3). So the other's terms
 * are written for it, too: when it comes, or, where the other comes later, then; and again for those that refer to it. Terms
 * are only ever added, so circles come to rest. How many statements one arrival may touch is bounded: beyond REFERRERS_MOST the
 * filters miss some, which a chain or a star of that many references asks for.
 *
 * What counts as evidence, or takes some back, is news for agents; but programs send day and night, and whoever shows figures
 * would load the company anew each time. So there is news once a minute at most; what comes in the minute after is seen with the
 * next, or the next day at the latest.
 *
 * Disadvantage: each parameter of a filter is answered by itself, so a verb of the one and an agent of the other answer a filter
 * for both. The specification can be read either way. */
#include "company/fold-private.h"
#include <math.h>
#include <string.h>

#define TERMS_AT_ONCE 8 /* parameters of company.terms */
#define TERMS_MOST 2000  /* of one statement */
#define REFERRERS_MOST 1000
#define NEWS_EVERY (60 * CLOCK_SECOND)

/* A row of statement_term; `key` only while its number is not known. */
struct ref { const char *key; int64_t term; int place; };

static bool has_ref(const GArray *refs, int64_t term, int place) {
  for (guint i = 0; i < refs->len; i++)
    if (g_array_index(refs, struct ref, i).term == term && g_array_index(refs, struct ref, i).place == place) return true;
  return false;
}

/* ---- numbers of terms ------------------------------------------------------------------------------------------- */

static bool look_up(struct db *db, GArray *refs, guint from, guint to, GError **error) {
  g_autoptr(query_auto) query = db_query_named(db, "company.terms", error);
  if (!query) return false;
  for (guint i = 0; i < TERMS_AT_ONCE; i++) query_bind_text(query, (int)i + 1, from + i < to ? g_array_index(refs, struct ref, from + i).key : NULL);
  int got;
  while ((got = query_next(query, error)) == 1) g_array_index(refs, struct ref, from + (guint)query_integer(query, 0)).term = query_integer(query, 1);
  return got == 0;
}

/* Numbers every ref's term; new ones in the order in which they stand. */
static bool number_terms(struct db *db, GArray *refs, int64_t seq, GError **error) {
  int64_t last = 0;
  for (guint i = 0; i < refs->len; i += TERMS_AT_ONCE)
    if (!look_up(db, refs, i, MIN(i + TERMS_AT_ONCE, refs->len), error)) return false;
  for (guint i = 0; i < refs->len; i++) {
    struct ref *ref = &g_array_index(refs, struct ref, i);
    if (ref->term) continue;
    if (!last && db_one(db, &last, error, "company.last_term", "") < 0) return false;
    if (db_run(db, error, "company.put_term", "iti", ++last, ref->key, seq) < 0) return false;
    for (guint k = i; k < refs->len; k++)
      if (strcmp(g_array_index(refs, struct ref, k).key, ref->key) == 0) g_array_index(refs, struct ref, k).term = last;
  }
  return true;
}

/* ---- rows of terms ---------------------------------------------------------------------------------------------- */

static bool put_ref(struct db *db, const struct ref *ref, int64_t seq, GError **error) {
  return db_run(db, error, "company.put_statement_term", "iii", ref->term, (int64_t)ref->place, seq) >= 0;
}

static bool put_refs(struct db *db, const GArray *refs, int64_t seq, GError **error) {
  const struct ref *ready[4];
  int count = 0;
  for (guint i = 0; i < refs->len; i++) {
    const struct ref *ref = &g_array_index(refs, struct ref, i);
    if (ref->place < 0) continue;
    ready[count++] = ref;
    if (count < 4) continue;
    count = 0;
    if (db_run(db, error, "company.put_four_statement_terms", "iiiiiiiii", ready[0]->term, (int64_t)ready[0]->place, ready[1]->term, (int64_t)ready[1]->place,
        ready[2]->term, (int64_t)ready[2]->place, ready[3]->term, (int64_t)ready[3]->place, seq) < 0) return false;
  }
  for (int i = 0; i < count; i++)
    if (!put_ref(db, ready[i], seq, error)) return false;
  return true;
}

static char *format_refs(const GArray *refs) {
  GString *text = g_string_sized_new(refs->len * 8);
  for (guint i = 0; i < refs->len; i++) {
    const struct ref *ref = &g_array_index(refs, struct ref, i);
    if (ref->place >= 0) g_string_append_printf(text, "%s%" G_GINT64_FORMAT ".%d", text->len ? " " : "", ref->term, ref->place);
  }
  return g_string_free(text, FALSE);
}

static GArray *parse_refs(const char *text) {
  GArray *refs = g_array_new(FALSE, FALSE, sizeof(struct ref));
  char *end;
  for (const char *at = text; *at; at = *end ? end + 1 : end) {
    struct ref ref = { .term = g_ascii_strtoll(at, &end, 10) };
    if (*end == '.') ref.place = (int)g_ascii_strtoll(end + 1, &end, 10);
    if (end == at) break;
    g_array_append_val(refs, ref);
  }
  return refs;
}

/* ---- statements that refer to others ---------------------------------------------------------------------------- */

struct inheriting { struct db *db; GQueue due; /* of int64_t: seqs whose refs have grown */ int touched; };

/* Adds `from` (as of another) to a statement's rows; 1 it has grown, 0 not, -1. */
static int inherit(struct inheriting *inheriting, int64_t seq, const char *own, const GArray *from, GError **error) {
  g_autoptr(GArray) refs = parse_refs(own);
  guint before = refs->len;
  for (guint i = 0; i < from->len && refs->len < TERMS_MOST; i++) {
    struct ref ref = g_array_index(from, struct ref, i);
    if (ref.place < 0) continue;
    if (ref.place == PLACE_AUTHORITY) ref.place = PLACE_RELATED; /* whose it is, it has of itself */
    if (has_ref(refs, ref.term, ref.place)) continue;
    g_array_append_val(refs, ref);
    if (!put_ref(inheriting->db, &ref, seq, error)) return -1;
  }
  if (refs->len == before) return 0;
  g_autofree char *text = format_refs(refs);
  return db_run(inheriting->db, error, "company.set_statement_terms", "it", seq, text) < 0 ? -1 : 1;
}

struct referrer { int64_t seq; bool voids; char *terms; };
static void referrer_clear(void *data) { g_free(((struct referrer *)data)->terms); }

static GArray *referrers_of(struct db *db, struct uuid id, GError **error) {
  g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct referrer));
  g_array_set_clear_func(list, referrer_clear);
  g_autoptr(query_auto) query = db_query(db, error, "company.statement_referrers", "bi", id.bytes, sizeof id.bytes, (int64_t)REFERRERS_MOST);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct referrer referrer = { query_integer(query, 0), query_integer(query, 1), g_strdup(query_text(query, 2)) };
    g_array_append_val(list, referrer);
  }
  return got == 0 ? g_steal_pointer(&list) : NULL;
}

/* Hands a statement's terms to those that refer to it, and from them on. */
static bool hand_on(struct inheriting *inheriting, struct uuid id, const GArray *refs, int64_t self, GError **error) {
  g_autoptr(GArray) list = referrers_of(inheriting->db, id, error);
  for (guint i = 0; list && i < list->len && inheriting->touched < REFERRERS_MOST; i++) {
    const struct referrer *referrer = &g_array_index(list, struct referrer, i);
    if (referrer->seq == self) continue;
    inheriting->touched++;
    int grown = inherit(inheriting, referrer->seq, referrer->terms, refs, error);
    if (grown < 0) return false;
    if (grown) g_queue_push_tail(&inheriting->due, g_memdup2(&referrer->seq, sizeof referrer->seq));
  }
  return list != NULL;
}

static int id_of(struct db *db, int64_t seq, struct uuid *ret_id, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.statement_id", "i", seq);
  int got = query_next(query, error);
  size_t length;
  const void *id = got == 1 ? query_blob(query, 0, &length) : NULL;
  if (id && length == sizeof ret_id->bytes) memcpy(ret_id->bytes, id, length);
  return got;
}

static bool hand_on_all(struct inheriting *inheriting, const GArray *refs, GError **error) {
  for (int64_t *seq; (seq = g_queue_pop_head(&inheriting->due));) {
    g_autofree int64_t *held = seq;
    struct uuid id = { 0 };
    if (id_of(inheriting->db, *held, &id, error) < 0 || !hand_on(inheriting, id, refs, *held, error)) return false;
  }
  return true;
}

/* A statement that is there now, with what it refers to and what refers to it. */
struct arrival { int64_t seq; struct uuid id, target; bool targets, voids; GArray *refs; };

static bool meet_target(struct inheriting *inheriting, struct arrival *arrival, GError **error) {
  struct db *db = inheriting->db;
  g_autoptr(query_auto) query = db_query(db, error, "company.statement_target", "b", arrival->target.bytes, sizeof arrival->target.bytes);
  int got = query_next(query, error);
  if (got != 1) return got == 0;
  int64_t seq = query_integer(query, 0);
  if (seq == arrival->seq) return true;
  g_autoptr(GArray) theirs = parse_refs(query_text(query, 1));
  g_autofree char *own = format_refs(arrival->refs);
  query_done(g_steal_pointer(&query));
  if (arrival->voids && db_run(db, error, "company.void_statement", "ii", seq, arrival->seq) < 0) return false;
  if (inherit(inheriting, arrival->seq, own, theirs, error) < 0) return false;
  for (guint i = 0; i < theirs->len; i++) g_array_append_val(arrival->refs, g_array_index(theirs, struct ref, i));
  return true;
}

static bool meet_referrers(struct inheriting *inheriting, const struct arrival *arrival, GError **error) {
  g_autoptr(GArray) list = referrers_of(inheriting->db, arrival->id, error);
  if (!list) return false;
  for (guint i = 0; i < list->len; i++) {
    const struct referrer *referrer = &g_array_index(list, struct referrer, i);
    if (referrer->voids && referrer->seq != arrival->seq && db_run(inheriting->db, error, "company.void_statement", "ii", arrival->seq, referrer->seq) < 0) return false;
  }
  return list->len == 0 || (hand_on(inheriting, arrival->id, arrival->refs, arrival->seq, error) && hand_on_all(inheriting, arrival->refs, error));
}

static bool meet(struct db *db, struct arrival *arrival, GError **error) {
  struct inheriting inheriting = { .db = db, .due = G_QUEUE_INIT };
  bool fine = (!arrival->targets || meet_target(&inheriting, arrival, error)) && meet_referrers(&inheriting, arrival, error);
  g_queue_clear_full(&inheriting.due, g_free);
  return fine;
}

/* ---- the fold --------------------------------------------------------------------------------------------------- */

/* Keys must live until the fold is done. */
struct keys { GArray *refs; GPtrArray *texts; };

static int add_key(struct keys *keys, char letter, int place, const char *key) {
  char *text = g_strdup_printf("%c%s", letter, key);
  struct ref ref = { text, 0, place };
  g_ptr_array_add(keys->texts, text);
  g_array_append_val(keys->refs, ref);
  return (int)keys->refs->len - 1;
}

/* The term of its kind that stands where a plain filter looks, and has the member's name where there is one; else the member as a term
 * whose number alone is wanted, place -1. */
static int add_member(struct keys *keys, char letter, struct json value) {
  const char *text = json_string(value);
  for (guint i = 0; i < keys->refs->len; i++) {
    const struct ref *ref = &g_array_index(keys->refs, struct ref, i);
    if (ref->key[0] == letter && ref->place == PLACE_DIRECT && (!text || strcmp(ref->key + 1, text) == 0)) return (int)i;
  }
  return text && *text ? add_key(keys, letter, -1, text) : -1;
}

static void add_refs(struct keys *keys, struct json list) {
  struct json_iter it = json_iter(list);
  while (json_type(list) == JSON_ARRAY && json_next(&it) && keys->refs->len < TERMS_MOST) {
    const char *text = json_string(it.value);
    if (text && strlen(text) > 2 && text[1] >= '0' && text[1] <= '2') add_key(keys, text[0], text[1] - '0', text + 2);
  }
}

static void bind_term(struct query *query, int parameter, const struct keys *keys, int at) {
  if (at < 0) query_bind_text(query, parameter, NULL);
  else query_bind_integer(query, parameter, g_array_index(keys->refs, struct ref, at).term);
}

static void bind_uuid(struct query *query, int parameter, bool given, const struct uuid *uuid) {
  if (given) query_bind_blob(query, parameter, uuid->bytes, sizeof uuid->bytes);
  else query_bind_text(query, parameter, NULL);
}

static bool is_told(struct json success) { return json_type(success) == JSON_TRUE || json_type(success) == JSON_FALSE; }

static int authority_of(const struct keys *keys) {
  for (guint i = 0; i < keys->refs->len; i++)
    if (g_array_index(keys->refs, struct ref, i).place == PLACE_AUTHORITY) return (int)i;
  return -1;
}

/* Which of the keys a row names; -1: none. */
struct named { int actor, verb, object, authority; };

static bool put_row(struct db *db, const struct event *event, struct json body, const struct keys *keys, const struct named *named, const struct arrival *arrival,
                    int64_t stored, GError **error) {
  struct json success = json_get(body, "success");
  g_autofree char *terms = format_refs(keys->refs);
  g_autoptr(query_auto) query = db_query_named(db, "company.put_statement", error);
  if (!query) return false;
  query_bind_integer(query, 1, event->seq);
  bind_uuid(query, 2, true, &arrival->id);
  query_bind_integer(query, 3, stored ? stored : event->recorded);
  query_bind_integer(query, 4, event->occurred);
  bind_term(query, 5, keys, named->actor);
  bind_term(query, 6, keys, named->verb);
  bind_term(query, 7, keys, named->object);
  bind_term(query, 8, keys, named->authority);
  query_bind_text(query, 9, json_string(json_get(body, "name")));
  query_bind_double(query, 10, json_number(json_get(body, "score"), NAN));
  if (is_told(success)) query_bind_integer(query, 11, json_true(success));
  else query_bind_text(query, 11, NULL);
  bind_uuid(query, 12, arrival->targets, &arrival->target);
  query_bind_integer(query, 13, arrival->voids);
  query_bind_text(query, 14, terms);
  query_bind_integer(query, 15, stored ? 0 : ledger_event_digest(event, body)); /* of a file's, to tell whether it has changed */
  return query_next(query, error) >= 0;
}

static bool put_statement(struct db *db, const struct event *event, struct json body, struct keys *keys, GError **error) {
  struct json who = json_get(body, "actor");
  bool by_file = json_type(json_get(body, "refs")) == JSON_ABSENT;
  struct named named = { .authority = authority_of(keys) };
  named.actor = json_string(who) ? add_member(keys, 'p', who) : -1; /* the members of a group are none */
  named.verb = add_member(keys, 'v', json_get(body, "verb"));
  named.object = add_member(keys, 'o', json_get(body, "object"));
  struct arrival arrival = { .seq = event->seq, .refs = keys->refs };
  const char *target = json_string(json_get(body, "target"));
  int64_t stored = 0, known = 0;
  json_integer(json_get(body, "stored"), &stored);
  if (!uuid_parse(event_about(event), &arrival.id)) arrival.id = uuid_of("statement", event_about(event), NULL);
  arrival.targets = target && uuid_parse(target, &arrival.target);
  arrival.voids = arrival.targets && json_true(json_get(body, "voids"));
  if (json_true(json_get(body, "replaces")) && db_run(db, error, "company.drop_file_statement", "b", arrival.id.bytes, sizeof arrival.id.bytes) < 0) return false;
  int found = by_file ? db_one(db, &known, error, "company.find_statement", "b", arrival.id.bytes, sizeof arrival.id.bytes) : 0; /* the door has looked before */
  if (found != 0) return found > 0; /* one id is one statement */
  if (!number_terms(db, keys->refs, event->seq, error) || !put_row(db, event, body, keys, &named, &arrival, stored, error) ||
      !put_refs(db, keys->refs, event->seq, error)) return false;
  if (named.authority < 0) return true; /* of a file: news when its import is */
  bool news = arrival.voids || !isnan(json_number(json_get(body, "score"), NAN)) || is_told(json_get(body, "success"));
  if (news && db_run(db, error, "company.put_statement_news", "iii", stored, event->seq, (int64_t)NEWS_EVERY) < 0) return false;
  return meet(db, &arrival, error);
}

bool fold_statement(struct db *db, const struct event *event, struct json body, GError **error) {
  struct keys keys = { g_array_new(FALSE, FALSE, sizeof(struct ref)), g_ptr_array_new_with_free_func(g_free) };
  add_refs(&keys, json_get(body, "refs"));
  bool fine = put_statement(db, event, body, &keys, error);
  g_array_unref(keys.refs);
  g_ptr_array_unref(keys.texts);
  return fine;
}
