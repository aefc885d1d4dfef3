/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements become events. What needs no lock is done before the writer's turn: terms and their opaque names, what counts as
 * evidence, the text, compressed and sealed. Under it come the ids that are there already, the moment `stored`, terms that nobody has
 * named before, and the events; the fold does the rest. A person's first key is made under it, too (seal.h), so the first text of a person
 * is sealed there.
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

#define TEXT "statement" /* what a text is sealed as */
#define IDS_AT_ONCE 16 /* parameters of evidence.statements_of_ids */
#define NUMBER_TEXT 16 /* 13 digits of 64 bits, a sign, and the end */
#define SAMPLE_MOST 4096 /* bytes of a term as it was first told; what is longer is not kept */

struct lrs *lrs_new(struct ledger *ledger) {
  struct lrs *lrs = g_new0(struct lrs, 1);
  lrs->ledger = ledger;
  lrs->terms = lrs_terms_new();
  lrs->tail = lrs_tail_new();
  g_mutex_init(&lrs->lock);
  lrs->under_way = g_array_new(FALSE, FALSE, sizeof(int64_t));
  return lrs;
}

void lrs_free(struct lrs *lrs) {
  if (!lrs) return;
  g_mutex_clear(&lrs->lock);
  lrs_terms_free(lrs->terms);
  lrs_tail_free(lrs->tail);
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

char *lrs_in_room(const char *room, const char *name) { return room ? g_strconcat(room, " ", name, NULL) : g_strdup(name); }

static void term_unref(void *term) { lrs_term_unref(term); }

/* The terms of a row, as far as they are needed to read its text. */
static GPtrArray *row_terms(struct lrs *lrs, struct db *db, struct query *row, GError **error) {
  g_autoptr(GArray) refs = statement_refs(query_text(row, 7));
  GPtrArray *terms = g_ptr_array_new_with_free_func(term_unref);
  for (guint i = 0; i < refs->len; i++) {
    int64_t id = g_array_index(refs, struct statement_ref, i).term;
    g_ptr_array_add(terms, id > 0 ? lrs_term_of_id(lrs->terms, db, id, error) : NULL);
  }
  return terms;
}

char *lrs_row_text(struct lrs *lrs, struct db *db, struct query *row, size_t *ret_length) {
  struct seal *seal = ledger_seal(lrs->ledger);
  enum seal_state state;
  char id[ID_TEXT];
  size_t length, plain;
  const void *data = query_blob(row, 5, &length);
  if (!data) return NULL;
  g_autofree uint8_t *opened = seal ? seal_open(seal, data, length, lrs_event_id(row, 4), TEXT, &state, &plain) : g_memdup2(data, plain = length);
  g_autoptr(GPtrArray) terms = opened ? row_terms(lrs, db, row, NULL) : NULL;
  return opened ? lrs_unpack(opened, plain, uuid_format(lrs_event_id(row, 6), id), query_integer(row, 1), terms, ret_length) : NULL;
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

char *lrs_authority_key(struct json authority) {
  char *key = lrs_agent_key(authority);
  struct json_iter it = json_iter(json_get(authority, "member"));
  while (!key && json_type(it.container) == JSON_ARRAY && json_next(&it)) key = lrs_agent_key(it.value);
  return key;
}

/* ---- before the lock -------------------------------------------------------------------------------------------- */

struct draft_term {
  char *key; char role;
  int64_t id;                /* 0: only the writer can say */
  struct lrs_term *known;    /* remembered before the lock, or found or made under it; NULL: a registration, or nobody has named it yet */
  bool late, fresh;          /* its number came under the lock; this statement's event explains it */
};

struct draft {
  struct json statement;
  const char *room;      /* NULL: none */
  char id[ID_TEXT];
  struct statement told;
  struct uuid event;
  char *actor;           /* opaque; NULL: it has no identifier */
  GArray *terms;         /* of struct draft_term, in the order of refs */
  char *target;
  bool voids, defines;   /* it tells more about an activity than what is known of it */
  GByteArray *packed;    /* the text */
  char *owner, *period;  /* whose keys seal it */
  uint8_t *sealed; size_t sealed_length; /* NULL: not yet */
  bool there;            /* one with this id is; then: */
  bool replaces, known;  /* of a file; says the same */
  enum lrs_fate fate;
  int64_t given;         /* `stored` of one that was stored elsewhere */
};

static void draft_term_clear(void *data) {
  struct draft_term *term = data;
  lrs_term_unref(term->known);
  g_free(term->key);
}

static void draft_clear(void *data) {
  struct draft *draft = data;
  void *texts[] = { draft->actor, draft->target, draft->owner, draft->period, draft->sealed };
  statement_clear(&draft->told);
  g_clear_pointer(&draft->terms, g_array_unref);
  if (draft->packed) g_byte_array_unref(draft->packed);
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
}

static void add_term(struct lrs *lrs, GArray *terms, char role, char letter, const char *key) {
  struct draft_term term = { .role = role };
  if (letter == 'r') {
    struct uuid registration = { 0 };
    uuid_parse(key, &registration);
    term.id = lrs_registration_term(registration);
  } else {
    term.key = g_strconcat((const char[]){ letter, 0 }, key, NULL);
    term.known = lrs_terms_known(lrs->terms, term.key);
    if (term.known) term.id = term.known->id;
  }
  g_array_append_val(terms, term);
}

static void take_term(struct lrs *lrs, struct draft *draft, const struct xapi_term *term) {
  switch (term->kind) {
    case XAPI_VERB: add_term(lrs, draft->terms, 'v', 'v', term->key); break;
    case XAPI_REGISTRATION: add_term(lrs, draft->terms, 'd', 'r', term->key); break;
    case XAPI_ACTIVITY: add_term(lrs, draft->terms, term->roles & XAPI_FILTER_ACTIVITY ? 'o' : 'r', 'o', term->key); break;
    case XAPI_AGENT: {
      g_autofree char *name = lrs_agent_name(lrs, term->key);
      bool direct = term->roles & XAPI_FILTER_AGENT;
      if (direct || term->roles & (XAPI_ROLE_CONTEXT | XAPI_ROLE_INNER)) add_term(lrs, draft->terms, !direct ? 'r' : g_strcmp0(name, draft->actor) == 0 ? 'a' : 'd', 'p', name);
      break;
    }
    case XAPI_STATEMENT: break; /* the target */
  }
}

static void read_terms(struct lrs *lrs, struct draft *draft, struct xapi_terms *terms, const char *authority) {
  xapi_terms_read(terms, draft->statement);
  draft->terms = g_array_new(FALSE, FALSE, sizeof(struct draft_term));
  g_array_set_clear_func(draft->terms, draft_term_clear);
  for (size_t i = 0; i < terms->count; i++) {
    const struct xapi_term *term = &terms->items[i];
    unsigned roles = term->roles & ~(unsigned)XAPI_ROLE_AUTHORITY; /* the one that we set counts */
    if (roles) take_term(lrs, draft, &(struct xapi_term){ term->kind, roles, term->key });
    if (term->kind != XAPI_STATEMENT || !(roles & XAPI_ROLE_OBJECT)) continue;
    draft->target = g_strdup(term->key);
    draft->voids = roles & XAPI_ROLE_VOIDED;
  }
  if (draft->told.type) add_term(lrs, draft->terms, 't', 't', draft->told.type);
  add_term(lrs, draft->terms, 'w', 'p', authority);
  if (draft->room) add_term(lrs, draft->terms, 'h', 'h', draft->room);
}

/* ---- how terms were first told ---------------------------------------------------------------------------------- */

struct looking { const char *activity; struct json found; };

static void look_for(struct json activity, unsigned roles, void *data) {
  struct looking *looking = data;
  if (json_type(looking->found) == JSON_ABSENT && json_equals(json_get(activity, "id"), looking->activity)) looking->found = activity;
}

static char *compact(struct json value) {
  struct json_writer out;
  json_writer_init(&out);
  xapi_put_compact(&out, NULL, value);
  return json_writer_steal(&out, NULL);
}

/* NULL: nothing that would help. Of a person only who vouches, which is a credential of ours. */
static char *sample_of(const struct draft *draft, const struct draft_term *term, const char *authority) {
  struct looking looking = { term->key + 1, { 0 } };
  if (term->role == 'w') return g_strdup(authority);
  if (*term->key == 'p' || *term->key == 't' || *term->key == 'h' || (*term->key == 'o' && draft->room)) return NULL; /* how a room calls it, others are not told */
  if (*term->key == 'v') looking.found = json_get(draft->statement, "verb");
  else xapi_visit_activities(draft->statement, look_for, &looking);
  if (json_type(looking.found) != JSON_OBJECT || json_type(json_get(looking.found, *term->key == 'v' ? "display" : "definition")) == JSON_ABSENT) return NULL;
  char *sample = compact(looking.found);
  if (strlen(sample) > SAMPLE_MOST) g_clear_pointer(&sample, g_free);
  return sample;
}

static void look_at_definition(struct json activity, unsigned roles, void *data) {
  struct draft *draft = data;
  if (draft->defines || json_type(json_get(activity, "definition")) != JSON_OBJECT) return;
  draft->defines = true;
  if (draft->room) return; /* its terms are told by all */
  const char *id = json_string(json_get(activity, "id"));
  g_autofree char *said = compact(activity);
  for (guint i = 0; i < draft->terms->len && draft->defines; i++) {
    const struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (term->known && *term->key == 'o' && strcmp(term->key + 1, id) == 0) draft->defines = g_strcmp0(term->known->sample, said) != 0;
  }
}

/* ---- the text --------------------------------------------------------------------------------------------------- */

static void pack(struct draft *draft, const struct lrs_incoming *incoming, int64_t now) {
  struct xapi_moments moments = { 0 };
  struct json_writer out;
  json_writer_init(&out);
  xapi_complete(&out, NULL, draft->statement, &(struct xapi_receipt){ draft->id, incoming->fates ? 0 : now, incoming->authority, incoming->version, &moments });
  g_autoptr(GPtrArray) terms = g_ptr_array_new();
  for (guint i = 0; i < draft->terms->len; i++) g_ptr_array_add(terms, g_array_index(draft->terms, struct draft_term, i).known);
  size_t length;
  g_autofree char *text = json_writer_steal(&out, &length);
  draft->packed = lrs_pack(text, length, draft->id, &moments, terms);
}

static void seal_text(struct lrs *lrs, struct draft *draft, bool make, int64_t now) {
  struct seal *seal = ledger_seal(lrs->ledger);
  g_clear_pointer(&draft->sealed, g_free);
  g_clear_pointer(&draft->period, g_free);
  draft->period = seal_period("statement.stored", now);
  if (seal) draft->sealed = seal_bytes(seal, draft->owner, draft->period, draft->event, TEXT, draft->packed->data, draft->packed->len, make, now, &draft->sealed_length);
  else draft->sealed = g_memdup2(draft->packed->data, draft->sealed_length = draft->packed->len);
}

/* One that was stored elsewhere says itself when, and who vouches for it. */
static bool read_moved(struct lrs *lrs, struct draft *draft, const struct lrs_incoming *incoming, struct xapi_terms *terms, GError **error) {
  g_autofree char *key = lrs_authority_key(json_get(draft->statement, "authority")), *name = key ? lrs_agent_name(lrs, key) : NULL;
  const char *stored = json_string(json_get(draft->statement, "stored"));
  if (!name || !stored || !xapi_read_time(stored, strlen(stored), incoming->version, &draft->given))
    return fail(error, MENO_ERROR_BAD_INPUT, "the statement %s has no authority, or no moment at which it was stored", draft->id);
  read_terms(lrs, draft, terms, name);
  return true;
}

static bool read_draft(struct lrs *lrs, struct draft *draft, const struct lrs_incoming *incoming, struct xapi_terms *terms, const char *authority, int64_t now, GError **error) {
  struct json timestamp = json_get(draft->statement, "timestamp");
  size_t length;
  json_raw(draft->statement, &length);
  if (length > LIMIT_STATEMENT_BYTES) return fail(error, MENO_ERROR_TOO_LARGE, "a statement has %zu bytes and may have %u", length, LIMIT_STATEMENT_BYTES);
  draft->room = incoming->room;
  statement_glance(draft->statement, now, &draft->told);
  const char *text = json_string(timestamp);
  if (text) xapi_read_time(text, strlen(text), incoming->version, &draft->told.at);
  if (!clock_is_ours(draft->told.at)) draft->told.at = now; /* the statement keeps it; an event cannot have it */
  if (*draft->told.id) memcpy(draft->id, draft->told.id, ID_TEXT);
  else if (incoming->id) g_strlcpy(draft->id, incoming->id, ID_TEXT);
  else uuid_format(uuid_new(now), draft->id);
  g_autofree char *key = lrs_agent_key(json_get(draft->statement, "actor"));
  if (key) draft->actor = lrs_agent_name(lrs, key);
  if (key) draft->owner = g_strconcat("actor:", draft->actor, NULL);
  draft->event = uuid_new(now);
  if (!incoming->fates) read_terms(lrs, draft, terms, authority);
  else if (!read_moved(lrs, draft, incoming, terms, error)) return false;
  if (incoming->define) xapi_visit_activities(draft->statement, look_at_definition, draft);
  pack(draft, incoming, now);
  seal_text(lrs, draft, false, now);
  return true;
}

static GArray *read_drafts(struct lrs *lrs, const struct lrs_incoming *incoming, int64_t now, GError **error) {
  g_autoptr(GArray) drafts = g_array_sized_new(FALSE, TRUE, sizeof(struct draft), (guint)incoming->count);
  g_array_set_clear_func(drafts, draft_clear);
  g_array_set_size(drafts, (guint)incoming->count);
  if (incoming->count > LIMIT_XAPI_BATCH) return fail(error, MENO_ERROR_TOO_LARGE, "a request has %zu statements and may have %d", incoming->count, LIMIT_XAPI_BATCH), NULL;
  g_autoptr(json_doc_auto) doc = incoming->authority ? json_parse(incoming->authority, strlen(incoming->authority), error) : NULL;
  if (!doc && incoming->authority) return NULL;
  g_autofree char *key = doc ? lrs_agent_key(json_root(doc)) : NULL, *authority = key ? lrs_agent_name(lrs, key) : NULL;
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

/* Which of the next statements are there at all: few questions for a batch. For a list the engine makes a table of its ids first. */
static bool look_up(struct db *db, GArray *drafts, guint from, GError **error) {
  struct uuid ids[IDS_AT_ONCE] = { 0 }, id = { 0 };
  guint count = MIN(IDS_AT_ONCE, drafts->len - from), asked = count == 1 ? 1 : IDS_AT_ONCE;
  g_autoptr(query_auto) query = db_query_named(db, count == 1 ? "evidence.statement_is_there" : "evidence.statements_of_ids", error);
  if (!query) return false;
  for (guint i = 0; i < asked; i++) {
    uuid_parse(g_array_index(drafts, struct draft, from + MIN(i, count - 1)).id, &ids[i]);
    query_bind_blob(query, (int)i + 1, ids[i].bytes, sizeof ids[i].bytes);
  }
  int got;
  while ((got = query_next(query, error)) == 1) {
    id = lrs_event_id(query, 0);
    for (guint i = 0; i < count; i++)
      g_array_index(drafts, struct draft, from + i).there |= memcmp(id.bytes, ids[i].bytes, sizeof id.bytes) == 0;
  }
  return got == 0;
}

int lrs_meet(struct lrs *lrs, struct db *db, const char *statement_id, struct json statement, const char *room, bool *ret_replaces, GError **error) {
  struct uuid id = { 0 };
  uuid_parse(statement_id, &id);
  g_autoptr(query_auto) query = db_query(db, error, "evidence.statement_of_id", "b", id.bytes, sizeof id.bytes);
  int got = query_next(query, error);
  *ret_replaces = got == 1 && query_null(query, 2);
  if (got != 1 || *ret_replaces) return got < 0 ? -1 : LRS_NEW;
  g_autofree char *mine = room ? g_strconcat(LRS_ROOM, room, NULL) : NULL;
  int within = mine ? lrs_is_of(lrs, db, query_integer(query, 0), mine, error) : 1;
  if (within != 1) return within < 0 ? -1 : LRS_OTHER;
  size_t length;
  g_autofree char *text = lrs_row_text(lrs, db, query, &length);
  g_autoptr(json_doc_auto) doc = text ? json_parse(text, length, NULL) : NULL;
  return !doc ? LRS_UNREADABLE : xapi_same(statement, json_root(doc)) ? LRS_THERE : LRS_OTHER;
}

/* Whether the statement is there: says the same, says something else (an error, but of one that was stored elsewhere), or came with a file
 * and is told again. */
static bool meet(struct lrs *lrs, struct db *db, struct draft *draft, const struct lrs_incoming *incoming, GError **error) {
  int fate = lrs_meet(lrs, db, draft->id, draft->statement, draft->room, &draft->replaces, error);
  if (fate < 0) return false;
  draft->fate = (enum lrs_fate)fate;
  draft->known = fate != LRS_NEW;
  if (draft->room && fate == LRS_OTHER) return fail(error, MENO_ERROR_CONFLICT, "the id %s is taken by a statement that says something else, or is another room's; give the statement its own", draft->id);
  return incoming->fates || fate == LRS_NEW || fate == LRS_THERE || fail(error, MENO_ERROR_CONFLICT, "there is a statement %s already, and it says something else: statements are never changed; give a new one its own id", draft->id);
}

/* The same term in another role, before this one. */
static struct lrs_term *numbered_before(const struct draft *draft, guint at) {
  for (guint i = 0; i < at; i++) {
    const struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (term->known && strcmp(term->key, g_array_index(draft->terms, struct draft_term, at).key) == 0) return lrs_term_ref(term->known);
  }
  return NULL;
}

/* Gives every term its number: one that nobody has named is explained by this event. */
static bool number_terms(struct draft *draft, struct db *db, const char *authority, GError **error) {
  int64_t last = -1;
  for (guint i = 0; i < draft->terms->len; i++) {
    struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (term->id) continue;
    term->late = true;
    term->known = numbered_before(draft, i);
    if (!term->known && lrs_term_of_key(db, term->key, &term->known, error) < 0) return false;
    if (!term->known) {
      g_autofree char *sample = sample_of(draft, term, authority);
      if (last < 0 && db_one(db, &last, error, "evidence.last_term", "") < 0) return false;
      last = MAX(last, 0) + 1;
      term->known = lrs_term_new(last, term->key, term->role == 'o' ? draft->told.name : NULL, sample);
      term->fresh = true;
    }
    term->id = term->known->id;
  }
  return true;
}

/* Work may be done twice: then what the write before it found is not so yet, and numbers that came in it have not come. */
static void begin_anew(struct draft *draft) {
  draft->there = draft->known = draft->replaces = false;
  draft->fate = LRS_NEW;
  for (guint i = 0; i < draft->terms->len; i++) {
    struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (!term->late) continue;
    g_clear_pointer(&term->known, lrs_term_unref);
    term->id = 0;
    term->late = term->fresh = false;
  }
}

/* To the base of STATEMENT_BASE. */
static const char *format_number(int64_t number, char out[NUMBER_TEXT]) {
  char digits[NUMBER_TEXT], *at = digits + sizeof digits - 1;
  uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
  *at = 0;
  do *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % STATEMENT_BASE]; while (rest /= STATEMENT_BASE);
  if (number < 0) *--at = '-';
  return memcpy(out, at, (size_t)(digits + sizeof digits - at));
}

static void put_terms(struct json_writer *out, const struct draft *draft) {
  bool any = false;
  for (guint i = 0; i < draft->terms->len; i++) {
    const struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    char number[NUMBER_TEXT];
    if (!term->fresh) continue;
    if (!any) json_open_object(out, "terms");
    any = true;
    format_number(term->id, number);
    json_open_object(out, number);
    json_put_string(out, "key", term->key);
    if (term->known->name) json_put_string(out, "name", term->known->name);
    if (term->known->sample) json_put_raw(out, "sample", term->known->sample, strlen(term->known->sample));
    json_close_object(out);
  }
  if (any) json_close_object(out);
}

static void put_refs(struct json_writer *out, const struct draft *draft) {
  g_autoptr(GString) refs = g_string_sized_new(draft->terms->len * 8);
  char number[NUMBER_TEXT];
  for (guint i = 0; i < draft->terms->len; i++) {
    const struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (i) g_string_append_c(refs, ' ');
    g_string_append_c(refs, term->role);
    g_string_append(refs, format_number(term->id, number));
  }
  json_put_string(out, "refs", refs->str);
}

/* Does it call its activity by another name than its term has? */
static bool is_called_otherwise(const struct draft *draft) {
  for (guint i = 0; i < draft->terms->len; i++) {
    const struct draft_term *term = &g_array_index(draft->terms, struct draft_term, i);
    if (term->role == 'o') return draft->told.name && g_strcmp0(draft->told.name, term->known->name) != 0;
  }
  return false;
}

static char *body_of(const struct draft *draft, const struct lrs_incoming *incoming, int64_t after, size_t *ret_length) {
  const struct statement *told = &draft->told;
  bool evidence = !isnan(told->score) || told->success >= 0 || told->completion >= 0;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  if (after) json_put_integer(&out, "after", after);
  if (told->completion >= 0) json_put_bool(&out, "completion", told->completion);
  if (incoming->fates) json_put_integer(&out, "given", draft->given);
  if (told->group) json_put_bool(&out, "group", true);
  if (evidence && is_called_otherwise(draft)) json_put_string(&out, "name", told->name);
  if (!isnan(told->progress)) json_put_number(&out, "progress", told->progress);
  put_refs(&out, draft);
  if (draft->replaces) json_put_bool(&out, "replaces", true);
  if (!isnan(told->score)) json_put_number(&out, "score", told->score);
  if (told->success >= 0) json_put_bool(&out, "success", told->success);
  if (draft->target) json_put_string(&out, "target", draft->target);
  put_terms(&out, draft);
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

struct joining { struct db *db; const char *room; GError *error; };

static void join_definition(struct json activity, unsigned roles, void *data) {
  struct joining *joining = data;
  struct json given = json_get(activity, "definition");
  if (joining->error || json_type(given) != JSON_OBJECT) return;
  g_autofree char *id = lrs_in_room(joining->room, json_string(json_get(activity, "id")));
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
  int64_t now = ledger_write_now(write);
  struct joining joining = { ledger_write_db(write), draft->room, NULL };
  if (!number_terms(draft, joining.db, incoming->authority, error)) return false;
  g_autofree char *subject = g_strconcat("statement:", draft->id, NULL), *period = seal_period("statement.stored", now);
  if (!draft->sealed || strcmp(period, draft->period) != 0) seal_text(lrs, draft, true, now);
  size_t length;
  g_autofree char *body = body_of(draft, incoming, stored - now, &length);
  struct event event = { .id = draft->event, .kind = "statement.stored", .subject = subject, .actor = incoming->actor, .occurred = draft->told.at,
    .taint = TAINT_EXTERNAL | TAINT_PERSONAL, .rules = "", .body = body, .body_length = length, .data = draft->sealed, .data_length = draft->sealed_length, .ready = true };
  int64_t seq = 0;
  if (!ledger_append(write, &event, &seq, error)) return false;
  if (draft->defines) xapi_visit_activities(draft->statement, join_definition, &joining);
  if (joining.error) return g_propagate_error(error, joining.error), false;
  return !incoming->part_count || attach_all(&(struct attaching){ lrs, joining.db, incoming, draft->owner, period, event.id, seq, now }, draft->statement, error);
}

struct work { struct lrs *lrs; GArray *drafts; const struct lrs_incoming *incoming; };

/* Conflicts come before the first change, so that a batch that is refused costs nobody else anything (store_do). */
static bool write_batch(struct ledger_write *write, void *data, GError **error) {
  const struct work *work = data;
  struct db *db = ledger_write_db(write);
  int64_t last = 0;
  for (guint i = 0; i < work->drafts->len; i++) begin_anew(&g_array_index(work->drafts, struct draft, i));
  for (guint i = 0; i < work->drafts->len; i += IDS_AT_ONCE)
    if (!look_up(db, work->drafts, i, error)) return false;
  for (guint i = 0; i < work->drafts->len; i++)
    if (g_array_index(work->drafts, struct draft, i).there && !meet(work->lrs, db, &g_array_index(work->drafts, struct draft, i), work->incoming, error)) return false;
  if (db_one(db, &last, error, "evidence.newest_stored", "") < 0) return false;
  int64_t stored = MAX(ledger_write_now(write), last + 1);
  for (guint i = 0; i < work->drafts->len; i++) {
    struct draft *draft = &g_array_index(work->drafts, struct draft, i);
    if (!draft->known && !append(work->lrs, write, draft, work->incoming, stored++, error)) return false;
  }
  return true;
}

static void remember(struct lrs *lrs, const GArray *drafts) {
  for (guint i = 0; i < drafts->len; i++) {
    const GArray *terms = g_array_index(drafts, struct draft, i).terms;
    for (guint k = 0; k < terms->len; k++) {
      const struct draft_term *term = &g_array_index(terms, struct draft_term, k);
      if (term->late) lrs_terms_remember(lrs->terms, term->known);
    }
  }
}

static GPtrArray *ids_of(const GArray *drafts) {
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < drafts->len; i++) g_ptr_array_add(ids, g_strdup(g_array_index(drafts, struct draft, i).id));
  return ids;
}

GPtrArray *lrs_store(struct lrs *lrs, int64_t now, const struct lrs_incoming *incoming, GError **error) {
  g_autoptr(GArray) drafts = read_drafts(lrs, incoming, now, error);
  if (!drafts) return NULL;
  begin(lrs, now);
  bool fine = ledger_do(lrs->ledger, now, write_batch, &(struct work){ lrs, drafts, incoming }, error);
  end(lrs, now);
  if (!fine) return NULL;
  remember(lrs, drafts);
  for (guint i = 0; incoming->fates && i < drafts->len; i++) incoming->fates[i] = g_array_index(drafts, struct draft, i).fate;
  return ids_of(drafts);
}

struct sending { struct work work; int64_t now; struct ledger_job job; void (*done)(void *data, GPtrArray *ids, GError *error); void *data; };

static void sent(void *data, GError *error) {
  g_autofree struct sending *sending = data;
  GArray *drafts = sending->work.drafts;
  end(sending->work.lrs, sending->now);
  if (!error) remember(sending->work.lrs, drafts);
  sending->done(sending->data, error ? NULL : ids_of(drafts), error);
  g_array_unref(drafts);
}

void lrs_send(struct lrs *lrs, int64_t now, const struct lrs_incoming *incoming, void (*done)(void *data, GPtrArray *ids, GError *error), void *data) {
  GError *error = NULL;
  GArray *drafts = read_drafts(lrs, incoming, now, &error);
  if (!drafts) {
    done(data, NULL, error);
    return;
  }
  struct sending *sending = g_new(struct sending, 1);
  *sending = (struct sending){ { lrs, drafts, incoming }, now, { .work = write_batch, .done = sent, .data = sending }, done, data };
  begin(lrs, now);
  ledger_send(lrs->ledger, now, &sending->job);
}
