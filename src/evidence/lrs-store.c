/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements become events. What needs no lock is done before the writer's turn: terms and their opaque names, what counts as
 * evidence. Under it come the ids that are there already, the moment `stored`, and the events; the fold does the rest.
 *
 * `stored` grows with every statement, by a microsecond at least, so it follows the order in which statements can be seen. A
 * clock that stands still or runs back does not change that.
 *
 * Definitions of activities are joined as they come in, whoever tells them, and are not taken back when their statement is
 * voided or erased: they describe things. */
#include "evidence/lrs-private.h"
#include "base/limits.h"
#include "company/fold.h"
#include "evidence/statement.h"
#include "evidence/xapi-private.h"
#include <math.h>

struct lrs *lrs_new(struct ledger *ledger) {
  struct lrs *lrs = g_new0(struct lrs, 1);
  lrs->ledger = ledger;
  g_mutex_init(&lrs->lock);
  lrs->under_way = g_array_new(FALSE, FALSE, sizeof(int64_t));
  return lrs;
}

void lrs_free(struct lrs *lrs) {
  if (!lrs) return;
  g_mutex_clear(&lrs->lock);
  g_array_unref(lrs->under_way);
  g_free(lrs);
}

/* ---- writes under way ------------------------------------------------------------------------------------------- */

static void begin(struct lrs *lrs, int64_t now) {
  g_mutex_lock(&lrs->lock);
  g_array_append_val(lrs->under_way, now);
  g_mutex_unlock(&lrs->lock);
}

static void end(struct lrs *lrs, int64_t now) {
  guint at = 0;
  g_mutex_lock(&lrs->lock);
  while (g_array_index(lrs->under_way, int64_t, at) != now) at++;
  g_array_remove_index_fast(lrs->under_way, at);
  g_mutex_unlock(&lrs->lock);
}

int64_t lrs_consistent(struct lrs *lrs, int64_t now) {
  g_mutex_lock(&lrs->lock);
  for (guint i = 0; i < lrs->under_way->len; i++) now = MIN(now, g_array_index(lrs->under_way, int64_t, i) - 1);
  g_mutex_unlock(&lrs->lock);
  return now;
}

/* ---- sealing ---------------------------------------------------------------------------------------------------- */

struct uuid lrs_event_id(struct query *query, int column) {
  struct uuid event = { 0 };
  size_t length;
  const void *id = query_blob(query, column, &length);
  if (length == sizeof event.bytes) memcpy(event.bytes, id, length);
  return event;
}

char *lrs_statement_text(struct lrs *lrs, struct uuid event, const char *body) {
  g_autoptr(json_doc_auto) doc = json_parse(body, strlen(body), NULL);
  struct json value = json_get(doc ? json_root(doc) : (struct json){ 0 }, "statement");
  size_t length;
  if (!doc || json_type(value) == JSON_ABSENT) return NULL;
  if (json_type(value) != JSON_STRING) {
    const char *raw = json_raw(value, &length);
    return g_strndup(raw, length);
  }
  enum seal_state state;
  g_autofree char *text = seal_reveal(ledger_seal(lrs->ledger), json_string(value), event, "statement", &state, NULL);
  return state == SEAL_OPEN ? g_steal_pointer(&text) : NULL;
}

char *lrs_seal(struct lrs *lrs, const char *owner, const char *period, struct uuid event, const char *field, const char *data, size_t length, int64_t now, bool *ret_coded) {
  struct seal *seal = ledger_seal(lrs->ledger);
  bool coded = !seal || memchr(data, 0, length) != NULL; /* what is not sealed must be text, too */
  g_autofree char *plain = coded ? g_base64_encode((const guchar *)data, length) : NULL;
  *ret_coded = coded;
  if (!seal) return g_steal_pointer(&plain);
  return seal_value(seal, owner, period, event, field, coded ? plain : data, coded ? strlen(plain) : length, false, now);
}

char *lrs_open(struct lrs *lrs, const char *text, struct uuid event, const char *field, bool coded, size_t *ret_length) {
  enum seal_state state;
  g_autofree char *plain = seal_reveal(ledger_seal(lrs->ledger), text, event, field, &state, NULL);
  gsize length = 0;
  if (state != SEAL_OPEN && state != SEAL_CLEAR) return NULL;
  char *data = coded ? (char *)g_base64_decode(plain, &length) : g_steal_pointer(&plain);
  *ret_length = coded ? length : strlen(data);
  return data;
}

/* ---- agents ----------------------------------------------------------------------------------------------------- */

char *lrs_agent_name(struct lrs *lrs, const char *key) {
  struct seal *seal = ledger_seal(lrs->ledger);
  g_autofree char *small = g_str_has_prefix(key, "mailto:") ? g_ascii_strdown(key, -1) : NULL; /* as the files' statements are matched with people */
  return seal ? seal_actor(seal, small ? small : key) : g_strdup(small ? small : key);
}

char *lrs_agent_key(struct json agent) {
  g_autoptr(GString) key = g_string_new(NULL);
  return xapi_agent_key(agent, key) ? g_string_free(g_steal_pointer(&key), FALSE) : NULL;
}

/* ---- before the lock -------------------------------------------------------------------------------------------- */

struct draft {
  struct json statement;
  char id[ID_TEXT];
  struct statement told;
  char *actor;           /* opaque; NULL: it has no identifier */
  const char *target;    /* in `keys` */
  bool voids;
  char *refs;            /* the event's member, as JSON */
  bool replaces, known;
};

static void draft_clear(void *data) {
  struct draft *draft = data;
  statement_clear(&draft->told);
  g_free(draft->actor);
  g_free((void *)(uintptr_t)draft->target);
  g_free(draft->refs);
}

static void put_place(struct json_writer *out, char letter, enum place place, const char *key) {
  char head[3] = { letter, (char)('0' + place), 0 };
  g_autofree char *text = g_strconcat(head, key, NULL);
  json_put_string(out, NULL, text);
}

static void put_term(struct lrs *lrs, struct json_writer *out, const struct xapi_term *term) {
  switch (term->kind) {
    case XAPI_VERB: put_place(out, 'v', PLACE_DIRECT, term->key); break;
    case XAPI_REGISTRATION: put_place(out, 'r', PLACE_DIRECT, term->key); break;
    case XAPI_ACTIVITY: put_place(out, 'o', term->roles & XAPI_FILTER_ACTIVITY ? PLACE_DIRECT : PLACE_RELATED, term->key); break;
    case XAPI_AGENT: {
      g_autofree char *name = lrs_agent_name(lrs, term->key);
      bool direct = term->roles & XAPI_FILTER_AGENT;
      if (direct || term->roles & (XAPI_ROLE_CONTEXT | XAPI_ROLE_INNER)) put_place(out, 'p', direct ? PLACE_DIRECT : PLACE_RELATED, name);
      break;
    }
    case XAPI_STATEMENT: break; /* the target */
  }
}

static void read_terms(struct lrs *lrs, struct draft *draft, struct xapi_terms *terms, const char *authority) {
  struct json_writer out;
  xapi_terms_read(terms, draft->statement);
  json_writer_init(&out);
  json_open_array(&out, NULL);
  for (size_t i = 0; i < terms->count; i++) {
    const struct xapi_term *term = &terms->items[i];
    unsigned roles = term->roles & ~(unsigned)XAPI_ROLE_AUTHORITY; /* the one that we set counts */
    if (roles) put_term(lrs, &out, &(struct xapi_term){ term->kind, roles, term->key });
    if (term->kind != XAPI_STATEMENT || !(roles & XAPI_ROLE_OBJECT)) continue;
    draft->target = g_strdup(term->key);
    draft->voids = roles & XAPI_ROLE_VOIDED;
  }
  put_place(&out, 'p', PLACE_AUTHORITY, authority);
  json_close_array(&out);
  draft->refs = json_writer_steal(&out, NULL);
}

static bool read_draft(struct lrs *lrs, struct draft *draft, const struct lrs_incoming *incoming, struct xapi_terms *terms, const char *authority, int64_t now, GError **error) {
  struct json timestamp = json_get(draft->statement, "timestamp");
  size_t length;
  json_raw(draft->statement, &length);
  if (length > LIMIT_STATEMENT_BYTES) return fail(error, MENO_ERROR_TOO_LARGE, "a statement has %zu bytes and may have %u", length, LIMIT_STATEMENT_BYTES);
  statement_glance(draft->statement, now, &draft->told);
  const char *text = json_string(timestamp);
  if (text) xapi_read_time(text, strlen(text), incoming->version, &draft->told.at);
  if (!clock_is_ours(draft->told.at)) draft->told.at = now; /* the statement keeps it; an event cannot have it */
  if (*draft->told.id) memcpy(draft->id, draft->told.id, ID_TEXT);
  else if (incoming->id) g_strlcpy(draft->id, incoming->id, ID_TEXT);
  else uuid_format(uuid_new(now), draft->id);
  g_autofree char *key = lrs_agent_key(json_get(draft->statement, "actor"));
  if (key) draft->actor = lrs_agent_name(lrs, key);
  read_terms(lrs, draft, terms, authority);
  return true;
}

static GArray *read_drafts(struct lrs *lrs, const struct lrs_incoming *incoming, int64_t now, GError **error) {
  g_autoptr(GArray) drafts = g_array_sized_new(FALSE, TRUE, sizeof(struct draft), (guint)incoming->count);
  g_array_set_clear_func(drafts, draft_clear);
  g_array_set_size(drafts, (guint)incoming->count);
  if (incoming->count > LIMIT_XAPI_BATCH) return fail(error, MENO_ERROR_TOO_LARGE, "a request has %zu statements and may have %d", incoming->count, LIMIT_XAPI_BATCH), NULL;
  g_autoptr(json_doc_auto) doc = json_parse(incoming->authority, strlen(incoming->authority), error);
  if (!doc) return NULL;
  g_autofree char *key = lrs_agent_key(json_root(doc)), *authority = lrs_agent_name(lrs, key);
  g_auto(xapi_terms_auto) terms;
  xapi_terms_init(&terms);
  struct json_iter it = json_iter(incoming->root);
  bool array = json_type(incoming->root) == JSON_ARRAY;
  for (guint i = 0; i < drafts->len; i++) {
    struct draft *draft = &g_array_index(drafts, struct draft, i);
    if (array) json_next(&it);
    draft->statement = array ? it.value : incoming->root;
    if (!read_draft(lrs, draft, incoming, &terms, authority, now, error)) return NULL;
  }
  return g_steal_pointer(&drafts);
}

/* ---- under the lock --------------------------------------------------------------------------------------------- */

/* Whether the statement is there: says the same, says something else (an error), or came with a file and is told again. */
static bool meet(struct lrs *lrs, struct db *db, struct draft *draft, GError **error) {
  struct uuid id = { 0 };
  uuid_parse(draft->id, &id);
  draft->known = draft->replaces = false; /* work may be done twice */
  g_autoptr(query_auto) query = db_query(db, error, "evidence.statement_of_id", "b", id.bytes, sizeof id.bytes);
  int got = query_next(query, error);
  if (got != 1) return got == 0;
  draft->replaces = query_null(query, 2);
  if (draft->replaces) return true;
  g_autofree char *text = lrs_statement_text(lrs, lrs_event_id(query, 4), query_text(query, 5));
  g_autoptr(json_doc_auto) doc = text ? json_parse(text, strlen(text), NULL) : NULL;
  draft->known = doc && xapi_same(draft->statement, json_root(doc));
  return draft->known || fail(error, MENO_ERROR_CONFLICT, "there is a statement %s already, and it says something else: statements are never changed; give a new one its own id", draft->id);
}

static char *body_of(const struct draft *draft, const struct lrs_incoming *incoming, int64_t stored, size_t *ret_length) {
  const struct statement *told = &draft->told;
  struct json type = json_get(json_get(draft->statement, "object"), "objectType");
  bool activity = json_type(type) == JSON_ABSENT || json_equals(type, "Activity");
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  if (draft->actor) json_put_string(&out, "actor", draft->actor);
  if (activity && told->name) json_put_string(&out, "name", told->name);
  json_put_raw(&out, "refs", draft->refs, strlen(draft->refs));
  if (draft->replaces) json_put_bool(&out, "replaces", true);
  if (!isnan(told->score)) json_put_number(&out, "score", told->score);
  xapi_complete(&out, "statement", draft->statement, &(struct xapi_receipt){ draft->id, stored, incoming->authority, incoming->version });
  json_put_integer(&out, "stored", stored);
  if (told->success >= 0) json_put_bool(&out, "success", told->success);
  if (draft->target) json_put_string(&out, "target", draft->target);
  if (draft->voids) json_put_bool(&out, "voids", true);
  json_close_object(&out);
  return json_writer_steal(&out, ret_length);
}

struct attaching { struct lrs *lrs; struct db *db; const struct lrs_incoming *incoming; const char *owner, *period; struct uuid event; int64_t seq, now; };

static bool attach(const struct attaching *attaching, struct json attachment, GError **error) {
  struct xapi_text hash = xapi_text(json_get(attachment, "sha2")), type = xapi_text(json_get(attachment, "contentType"));
  const struct xapi_part *part = xapi_part_find(attaching->incoming->parts, attaching->incoming->part_count, hash.p, hash.n);
  if (!part) return true;
  g_autofree char *given = g_strndup(hash.p, hash.n), *name = g_ascii_strdown(given, -1), *media = g_strndup(type.p, type.n);
  bool coded;
  g_autofree char *body = lrs_seal(attaching->lrs, attaching->owner, attaching->period, attaching->event, name, part->data, part->length, attaching->now, &coded);
  return !body || db_run(attaching->db, error, "evidence.put_attachment", "ittit", attaching->seq, name, media, (int64_t)coded, body) >= 0;
}

static bool attach_all(const struct attaching *attaching, struct json statement, GError **error) {
  struct json lists[] = { json_get(statement, "attachments"), json_get(json_get(statement, "object"), "attachments") };
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
    struct json_iter it = json_iter(lists[i]);
    while (json_type(lists[i]) == JSON_ARRAY && json_next(&it))
      if (!attach(attaching, it.value, error)) return false;
  }
  return true;
}

struct joining { struct db *db; GError *error; };

static void join_definition(struct json activity, unsigned roles, void *data) {
  struct joining *joining = data;
  struct json given = json_get(activity, "definition");
  if (joining->error || json_type(given) != JSON_OBJECT) return;
  const char *id = json_string(json_get(activity, "id"));
  g_autoptr(query_auto) query = db_query(joining->db, &joining->error, "evidence.definition", "t", id);
  int got = query_next(query, &joining->error);
  if (got < 0) return;
  g_autofree char *held = got == 1 ? g_strdup(query_text(query, 0)) : NULL;
  query_done(g_steal_pointer(&query));
  g_autoptr(json_doc_auto) doc = held ? json_parse(held, strlen(held), NULL) : NULL;
  struct json_writer out;
  json_writer_init(&out);
  xapi_merge_definition(&out, NULL, doc ? json_root(doc) : (struct json){ 0 }, given);
  g_autofree char *text = json_writer_steal(&out, NULL);
  if (g_strcmp0(held, text) != 0) db_run(joining->db, &joining->error, "evidence.put_definition", "tt", id, text);
}

static bool append(struct lrs *lrs, struct ledger_write *write, struct draft *draft, const struct lrs_incoming *incoming, int64_t stored, GError **error) {
  g_autofree char *subject = g_strconcat("statement:", draft->id, NULL);
  size_t length;
  g_autofree char *body = body_of(draft, incoming, stored, &length);
  struct event event = { .kind = "statement.stored", .subject = subject, .actor = incoming->actor, .occurred = draft->told.at,
    .taint = TAINT_EXTERNAL | TAINT_PERSONAL, .rules = "", .body = body, .body_length = length };
  if (incoming->part_count) event.id = uuid_new(stored); /* what is attached is bound to it */
  int64_t seq = 0;
  if (!ledger_append(write, &event, &seq, error)) return false;
  struct joining joining = { ledger_write_db(write), NULL };
  if (incoming->define) xapi_visit_activities(draft->statement, join_definition, &joining);
  if (joining.error) return g_propagate_error(error, joining.error), false;
  if (!incoming->part_count) return true;
  g_autofree char *owner = draft->actor ? g_strconcat("actor:", draft->actor, NULL) : NULL, *period = seal_period("statement.stored", ledger_write_now(write));
  return attach_all(&(struct attaching){ lrs, joining.db, incoming, owner, period, event.id, seq, ledger_write_now(write) }, draft->statement, error);
}

struct work { struct lrs *lrs; GArray *drafts; const struct lrs_incoming *incoming; };

/* Conflicts come before the first change, so that a batch that is refused costs nobody else anything (store_do). */
static bool write_batch(struct ledger_write *write, void *data, GError **error) {
  const struct work *work = data;
  struct db *db = ledger_write_db(write);
  int64_t last = 0;
  for (guint i = 0; i < work->drafts->len; i++)
    if (!meet(work->lrs, db, &g_array_index(work->drafts, struct draft, i), error)) return false;
  if (db_one(db, &last, error, "evidence.newest_stored", "") < 0) return false;
  int64_t stored = MAX(ledger_write_now(write), last + 1);
  for (guint i = 0; i < work->drafts->len; i++) {
    struct draft *draft = &g_array_index(work->drafts, struct draft, i);
    if (!draft->known && !append(work->lrs, write, draft, work->incoming, stored++, error)) return false;
  }
  return true;
}

GPtrArray *lrs_store(struct lrs *lrs, int64_t now, const struct lrs_incoming *incoming, GError **error) {
  g_autoptr(GArray) drafts = read_drafts(lrs, incoming, now, error);
  if (!drafts) return NULL;
  begin(lrs, now);
  bool fine = ledger_do(lrs->ledger, now, write_batch, &(struct work){ lrs, drafts, incoming }, error);
  end(lrs, now);
  if (!fine) return NULL;
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < drafts->len; i++) g_ptr_array_add(ids, g_strdup(g_array_index(drafts, struct draft, i).id));
  return ids;
}
