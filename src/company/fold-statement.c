/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From statement.stored to the tables `term`, `statement` and `statement_term`; what they add up to is blocks.h's.
 *
 * The body of the door's event is {after, completion, given, group, name, progress, refs, replaces, score, success, target, terms, voids}; the statement itself is the
 * event's data, which nothing here reads. `refs` is a text of numbers to the base of 36, each behind the letter of its role: "ac v3 o14 w5". The
 * numbers are explained by the event that first used them: its `terms` are {"14": {key, name, sample}}. So a statement costs no look-up of its words, and
 * words are stored once. `after` is by how many microseconds it was stored later than its event was recorded.
 *
 * The moment of arrival grows with every statement. One that was moved here from another store keeps the moment that it was stored there:
 * in its text, and as `given`, of which runs of statements are noted, so that a filter by time finds it.
 *
 * One from a file has neither refs nor data, but an actor, a verb and an object; it is evidence, and the door does not show it. Its
 * terms have numbers of their own, below zero: undoing the import takes them back, and the door's stay what they are.
 *
 * A StatementRef makes its statement answer the filters that the other answers (xAPI-Communication 2.1.3). So the other's terms
 * are written for it, too: when it comes, or, where the other comes later, then; and again for those that refer to it. How many
 * statements one arrival may touch is bounded: beyond REFERRERS_MOST the filters miss some, which a chain or a star of that many
 * references asks for.
 *
 * Terms are written to statement_term in blocks: when the first statement of a new block of STATEMENTS_ROLLED events comes, those of the
 * blocks before it are, in the order of that table. One by one, each would change four pages of its own. What is not there yet, the door
 * finds in the rows' `refs` (evidence/lrs-tail.c).
 *
 * What counts as evidence, or takes some back, is news for agents; but programs send day and night, and whoever shows figures
 * would load the company anew each time. So there is news once a minute at most; what comes in the minute after is seen with the
 * next, or the next day at the latest, as is what a rule counts by its verb alone.
 *
 * What a credential with a room has stored reaches nothing outside of it: it voids and inherits from its like only. What one
 * without a room has stored reaches everything, as that credential does.
 *
 * Disadvantage: each parameter of a filter is answered by itself, so a verb of the one and an agent of the other answer a filter
 * for both. The specification can be read either way. */
#include "company/blocks.h"
#include "company/fold-private.h"
#include <math.h>
#include <string.h>

#define TERMS_MOST 2000 /* of one statement */
#define REFERRERS_MOST 1000
#define RUN_MOST 1000 /* statements that a run spans */
#define NEWS_EVERY (60 * CLOCK_SECOND)

/* ---- refs ------------------------------------------------------------------------------------------------------- */

GArray *statement_refs(const char *text) {
  GArray *refs = g_array_sized_new(FALSE, FALSE, sizeof(struct statement_ref), 16);
  char *end;
  for (const char *at = text; at && *at && refs->len < TERMS_MOST; at = *end ? end + 1 : end) {
    struct statement_ref ref = { .role = *at, .term = g_ascii_strtoll(at + 1, &end, STATEMENT_BASE) };
    if (end == at + 1 || !strchr("avodrwth", ref.role)) break;
    g_array_append_val(refs, ref);
  }
  return refs;
}

enum place statement_place(char role) { return role == 'r' ? PLACE_RELATED : role == 'w' || role == 'h' ? PLACE_AUTHORITY : PLACE_DIRECT; }

static bool has_row(const GArray *rows, int64_t term, char role) {
  for (guint i = 0; i < rows->len; i++) {
    const struct statement_ref *row = &g_array_index(rows, struct statement_ref, i);
    if (row->term == term && statement_place(row->role) == statement_place(role)) return true;
  }
  return false;
}

/* Adds what another's refs make one answer that refers to it: who vouched for the other is related only. */
static void inherit(GArray *rows, const GArray *from) {
  for (guint i = 0; i < from->len && rows->len < TERMS_MOST; i++) {
    struct statement_ref ref = g_array_index(from, struct statement_ref, i);
    if (ref.role == 'h') continue; /* where it is, each is by itself */
    if (ref.role == 'w') ref.role = 'r';
    if (ref.role != 't' && !has_row(rows, ref.term, ref.role)) g_array_append_val(rows, ref);
  }
}

static bool put_rows(struct db *db, const GArray *rows, guint from, int64_t seq, GError **error) {
  for (guint i = from; i < rows->len; i++) {
    const struct statement_ref *row = &g_array_index(rows, struct statement_ref, i);
    if (db_run(db, error, "company.put_statement_term", "iii", row->term, (int64_t)statement_place(row->role), seq) < 0) return false;
  }
  return true;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

struct placed { int64_t term, place, seq; };

static int by_place(const void *a, const void *b) {
  const struct placed *x = a, *y = b;
  if (x->term != y->term) return x->term < y->term ? -1 : 1;
  if (x->place != y->place) return x->place < y->place ? -1 : 1;
  return (x->seq > y->seq) - (x->seq < y->seq);
}

static bool read_block(struct db *db, int64_t from, int64_t upto, GArray *rows, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.statements_to_roll", "ii", from, upto);
  int got;
  while ((got = query_next(query, error)) == 1) {
    g_autoptr(GArray) refs = statement_refs(query_text(query, 1));
    for (guint i = 0; i < refs->len; i++) {
      const struct statement_ref *ref = &g_array_index(refs, struct statement_ref, i);
      struct placed row = { ref->term, statement_place(ref->role), query_integer(query, 0) };
      if (ref->role != 't') g_array_append_val(rows, row);
    }
  }
  g_array_sort(rows, by_place);
  return got == 0;
}

/* Eight rows at once; the last of them again where fewer are left. */
static bool put_block(struct db *db, const GArray *rows, GError **error) {
  for (guint i = 0; i < rows->len; i += 8) {
    const struct placed *at[8];
    for (guint k = 0; k < 8; k++) at[k] = &g_array_index(rows, struct placed, MIN(i + k, rows->len - 1));
    if (db_run(db, error, "company.put_eight_statement_terms", "iiiiiiiiiiiiiiiiiiiiiiii", at[0]->term, at[0]->place, at[0]->seq, at[1]->term, at[1]->place, at[1]->seq,
        at[2]->term, at[2]->place, at[2]->seq, at[3]->term, at[3]->place, at[3]->seq, at[4]->term, at[4]->place, at[4]->seq, at[5]->term, at[5]->place, at[5]->seq,
        at[6]->term, at[6]->place, at[6]->seq, at[7]->term, at[7]->place, at[7]->seq) < 0) return false;
  }
  return true;
}

static bool roll_before(struct db *db, int64_t seq, int64_t upto, GError **error) {
  int64_t next = seq - seq % STATEMENTS_ROLLED;
  if (upto >= next) return true;
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct placed));
  return read_block(db, upto, next, rows, error) && put_block(db, rows, error) && db_run(db, error, "company.roll_statements", "i", next) >= 0;
}

/* ---- statements that refer to others ---------------------------------------------------------------------------- */

/* A statement that is there now, with what it refers to. */
struct arrival { int64_t seq, room /* a term; 0: none */; struct uuid id, target; bool targets, voids; };

static bool take_blob(struct query *query, int column, struct uuid *ret_id) {
  size_t length;
  const void *id = query_blob(query, column, &length);
  bool whole = id && length == sizeof ret_id->bytes;
  if (whole) memcpy(ret_id->bytes, id, length);
  return whole;
}

/* Adds to `rows` what the statement `target` answers: its own refs, and those along what it refers to. */
static bool meet_targets(struct db *db, const struct arrival *arrival, GArray *rows, GError **error) {
  struct uuid target = arrival->target;
  bool goes_on = arrival->targets;
  for (int steps = 0; goes_on && steps < REFERRERS_MOST; steps++) {
    g_autoptr(query_auto) query = db_query(db, error, "company.statement_target", "bi", target.bytes, sizeof target.bytes, arrival->room);
    int got = query_next(query, error);
    if (got != 1) return got == 0;
    int64_t seq = query_integer(query, 0);
    g_autoptr(GArray) theirs = statement_refs(query_text(query, 1));
    if (seq == arrival->seq) return true;
    inherit(rows, theirs);
    goes_on = take_blob(query, 2, &target);
    query_done(g_steal_pointer(&query));
    if (steps == 0 && arrival->voids && db_run(db, error, "company.void_statement", "ii", seq, arrival->seq) < 0) return false;
  }
  return true;
}

struct referrer { int64_t seq; struct uuid id; bool voids; };

static bool referrers_of(struct db *db, struct uuid id, GArray *list, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.statement_referrers", "bi", id.bytes, sizeof id.bytes, (int64_t)REFERRERS_MOST);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct referrer referrer = { .seq = query_integer(query, 0), .voids = query_integer(query, 1) };
    take_blob(query, 2, &referrer.id);
    g_array_append_val(list, referrer);
  }
  return got == 0;
}

static bool is_met(const GArray *list, int64_t seq, guint before) {
  for (guint i = 0; i < before; i++)
    if (g_array_index(list, struct referrer, i).seq == seq) return true;
  return false;
}

/* Hands what the arrival answers to those that refer to it (in `list`, which grows), and to those that refer to them. */
static bool meet_referrers(struct db *db, const struct arrival *arrival, const GArray *rows, GArray *list, GError **error) {
  g_autoptr(GArray) theirs = NULL;
  for (guint i = 0; i < list->len; i++)
    if (g_array_index(list, struct referrer, i).voids && g_array_index(list, struct referrer, i).seq != arrival->seq &&
        db_run(db, error, "company.void_statement", "ii", arrival->seq, g_array_index(list, struct referrer, i).seq) < 0) return false;
  if (!list->len) return true;
  theirs = g_array_new(FALSE, FALSE, sizeof(struct statement_ref));
  inherit(theirs, rows);
  for (guint i = 0; i < list->len && i < REFERRERS_MOST; i++) {
    struct referrer referrer = g_array_index(list, struct referrer, i);
    if (referrer.seq == arrival->seq || is_met(list, referrer.seq, i)) continue;
    if (!put_rows(db, theirs, 0, referrer.seq, error) || !referrers_of(db, referrer.id, list, error)) return false;
  }
  return true;
}

/* ---- terms ------------------------------------------------------------------------------------------------------ */

/* Those that the event explains. */
static bool put_terms(struct db *db, struct json terms, int64_t seq, GError **error) {
  struct json_iter it = json_iter(terms);
  while (json_type(terms) == JSON_OBJECT && json_next(&it)) {
    struct json sample = json_get(it.value, "sample");
    size_t length = 0;
    const char *raw = json_type(sample) == JSON_OBJECT ? json_raw(sample, &length) : NULL;
    g_autofree char *text = raw ? g_strndup(raw, length) : NULL;
    if (db_run(db, error, "company.put_term", "ittti", g_ascii_strtoll(it.key, NULL, STATEMENT_BASE), json_string(json_get(it.value, "key")),
        json_string(json_get(it.value, "name")), text, seq) < 0) return false;
  }
  return true;
}

/* A file's term by its number, 0 for none. */
static bool file_term(struct db *db, char letter, struct json value, int64_t seq, int64_t *ret_term, GError **error) {
  const char *text = json_string(value);
  g_autofree char *key = g_strdup_printf("%c%s", letter, text ? text : "");
  *ret_term = 0;
  if (!text || !*text) return true;
  int got = db_one(db, ret_term, error, "company.term", "t", key);
  if (got != 0) return got > 0;
  return db_one(db, ret_term, error, "company.next_file_term", "") == 1 && db_run(db, error, "company.put_term", "ittti", *ret_term, key, NULL, NULL, seq) >= 0;
}

/* ---- the row ---------------------------------------------------------------------------------------------------- */

struct named { int64_t actor, verb, object, authority, type, room; }; /* 0: none */

static struct named name_all(const GArray *refs) {
  struct named named = { 0 };
  for (guint i = 0; i < refs->len; i++) {
    const struct statement_ref *ref = &g_array_index(refs, struct statement_ref, i);
    if (ref->role == 'a') named.actor = ref->term;
    if (ref->role == 'v') named.verb = ref->term;
    if (ref->role == 'o') named.object = ref->term;
    if (ref->role == 'w') named.authority = ref->term;
    if (ref->role == 't') named.type = ref->term;
    if (ref->role == 'h') named.room = ref->term;
  }
  return named;
}

static void bind_term(struct query *query, int parameter, int64_t term) {
  if (term) query_bind_integer(query, parameter, term);
  else query_bind_text(query, parameter, NULL);
}

static bool is_told(struct json success) { return json_type(success) == JSON_TRUE || json_type(success) == JSON_FALSE; }

static void bind_flag(struct query *query, int parameter, struct json value) {
  if (is_told(value)) query_bind_integer(query, parameter, json_true(value));
  else query_bind_text(query, parameter, NULL);
}

static bool put_row(struct db *db, const struct event *event, struct json body, const struct named *named, const struct arrival *arrival, int64_t stored, GError **error) {
  const char *refs = json_string(json_get(body, "refs"));
  g_autoptr(query_auto) query = db_query_named(db, "company.put_statement", error);
  if (!query) return false;
  query_bind_integer(query, 1, event->seq);
  query_bind_blob(query, 2, arrival->id.bytes, sizeof arrival->id.bytes);
  query_bind_integer(query, 3, stored);
  query_bind_integer(query, 4, event->occurred);
  bind_term(query, 5, json_true(json_get(body, "group")) ? 0 : named->actor); /* what a group did is nobody's own */
  bind_term(query, 6, named->verb);
  bind_term(query, 7, named->object);
  bind_term(query, 8, named->authority);
  query_bind_text(query, 9, json_string(json_get(body, "name")));
  query_bind_double(query, 10, json_number(json_get(body, "score"), NAN));
  bind_flag(query, 11, json_get(body, "success"));
  if (arrival->targets) query_bind_blob(query, 12, arrival->target.bytes, sizeof arrival->target.bytes);
  else query_bind_text(query, 12, NULL);
  query_bind_integer(query, 13, arrival->voids);
  query_bind_text(query, 14, refs);
  if (refs) query_bind_text(query, 15, NULL);
  else query_bind_integer(query, 15, ledger_event_digest(event, body)); /* of a file's, to tell whether it has changed */
  bind_flag(query, 16, json_get(body, "completion"));
  query_bind_double(query, 17, json_number(json_get(body, "progress"), NAN));
  bind_term(query, 18, named->type);
  bind_term(query, 19, named->room);
  return query_next(query, error) >= 0;
}

/* ---- statements from another store ------------------------------------------------------------------------------ */

static bool note_run(struct db *db, int64_t seq, int64_t given, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.last_statement_run", "");
  int got = query_next(query, error);
  if (got < 0) return false;
  int64_t first = got == 1 ? query_integer(query, 0) : 0;
  bool grows = got == 1 && query_integer(query, 1) == seq - 1 && seq - first < RUN_MOST;
  query_done(g_steal_pointer(&query));
  return grows ? db_run(db, error, "company.grow_statement_run", "iii", first, seq, given) >= 0 : db_run(db, error, "company.put_statement_run", "ii", seq, given) >= 0;
}

/* ---- the fold --------------------------------------------------------------------------------------------------- */

static bool fold_of_file(struct db *db, const struct event *event, struct json body, const struct arrival *arrival, GError **error) {
  struct named named = { 0 };
  int64_t known;
  int found = db_one(db, &known, error, "company.find_statement", "b", arrival->id.bytes, sizeof arrival->id.bytes);
  if (found != 0) return found > 0; /* one id is one statement */
  return file_term(db, 'P', json_get(body, "actor"), event->seq, &named.actor, error) && file_term(db, 'V', json_get(body, "verb"), event->seq, &named.verb, error) &&
    file_term(db, 'O', json_get(body, "object"), event->seq, &named.object, error) &&
    file_term(db, 'T', json_get(body, "type"), event->seq, &named.type, error) && put_row(db, event, body, &named, arrival, event->recorded, error);
}

/* No filter asks for them. */
static void drop_types(GArray *rows) {
  for (guint i = rows->len; i-- > 0;)
    if (g_array_index(rows, struct statement_ref, i).role == 't') g_array_remove_index(rows, i);
}

/* What is there when a statement arrives. */
struct scene { int64_t rolled, told; GArray *referrers; };

static int by_seq(const void *a, const void *b) {
  const struct referrer *x = a, *y = b;
  return (x->seq > y->seq) - (x->seq < y->seq);
}

static bool look_around(struct db *db, const struct arrival *arrival, struct scene *scene, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.statement_arrives", "bii", arrival->id.bytes, sizeof arrival->id.bytes, (int64_t)REFERRERS_MOST, arrival->room);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct referrer referrer = { .seq = query_integer(query, 0), .voids = query_integer(query, 1) };
    if (take_blob(query, 2, &referrer.id)) g_array_append_val(scene->referrers, referrer);
    else scene->rolled = query_integer(query, 3), scene->told = query_integer(query, 4);
  }
  g_array_sort(scene->referrers, by_seq);
  return got == 0;
}

static bool fold_of_door(struct db *db, const struct event *event, struct json body, struct arrival *arrival, GError **error) {
  g_autoptr(GArray) rows = statement_refs(json_string(json_get(body, "refs"))), referrers = g_array_new(FALSE, FALSE, sizeof(struct referrer));
  struct scene scene = { .referrers = referrers };
  struct named named = name_all(rows);
  drop_types(rows);
  arrival->room = named.room;
  int64_t after = 0, given;
  json_integer(json_get(body, "after"), &after);
  bool news = arrival->voids || !isnan(json_number(json_get(body, "score"), NAN)) || is_told(json_get(body, "success")) || is_told(json_get(body, "completion"));
  if (json_true(json_get(body, "replaces")) && db_run(db, error, "company.drop_file_statement", "b", arrival->id.bytes, sizeof arrival->id.bytes) < 0) return false;
  guint own = rows->len;
  if (!look_around(db, arrival, &scene, error) || !roll_before(db, event->seq, scene.rolled, error) || !put_terms(db, json_get(body, "terms"), event->seq, error) || !put_row(db, event, body, &named, arrival, event->recorded + after, error)) return false;
  if (json_integer(json_get(body, "given"), &given) && !note_run(db, event->seq, given, error)) return false;
  bool due = !scene.told || event->recorded + after - scene.told >= NEWS_EVERY;
  if (news && due && db_run(db, error, "company.put_statement_news", "ii", event->recorded + after, event->seq) < 0) return false;
  return meet_targets(db, arrival, rows, error) && put_rows(db, rows, own, event->seq, error) && meet_referrers(db, arrival, rows, referrers, error) &&
    blocks_fold(db, event->seq, error);
}

bool fold_statement(struct db *db, const struct event *event, struct json body, GError **error) {
  struct arrival arrival = { .seq = event->seq };
  const char *target = json_string(json_get(body, "target"));
  if (!uuid_parse(event_about(event), &arrival.id)) arrival.id = uuid_of("statement", event_about(event), NULL);
  arrival.targets = target && uuid_parse(target, &arrival.target);
  arrival.voids = arrival.targets && json_true(json_get(body, "voids"));
  bool by_file = json_type(json_get(body, "refs")) == JSON_ABSENT;
  return by_file ? fold_of_file(db, event, body, &arrival, error) : fold_of_door(db, event, body, &arrival, error);
}
