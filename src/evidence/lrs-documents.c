/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents that clients keep here: states, activity profiles, agent profiles (xAPI-Communication 2.2 to 2.7). Plain rows, sealed: with the
 * agent's key where there is one, so that erasing the person takes them, too. What a client demands (If-Match) is judged in
 * the transaction that changes the row. */
#include "evidence/lrs-private.h"
#include <string.h>

#define FIELD "document"

void lrs_document_clear(struct lrs_document *document) {
  g_free(document->type);
  g_free(document->etag);
  g_free(document->data);
  *document = (struct lrs_document){ 0 };
}

/* A place as its row's key; the agent by its opaque name. */
struct key { const char *activity, *registration, *name; char *kind /* of its room */, *agent; };

static void key_clear(struct key *key) {
  g_free(key->kind);
  g_free(key->agent);
}
typedef struct key key_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(key_auto, key_clear)

static const char *text_or_none(const char *text) { return text ? text : ""; }

static struct key key_of(struct lrs *lrs, const struct lrs_place *place) {
  return (struct key){ text_or_none(place->activity), text_or_none(place->registration), text_or_none(place->name), lrs_in_room(place->room, place->kind),
    place->agent ? lrs_agent_name(lrs, place->agent) : g_strdup("") };
}

/* 1/0/-1 */
static int read_document(struct lrs *lrs, struct db *db, const struct key *key, struct lrs_document *ret, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "evidence.document", "ttttt", key->kind, key->activity, key->agent, key->registration, key->name);
  int got = query_next(query, error);
  if (got != 1) return got;
  struct lrs_document document = { .updated = query_integer(query, 2) };
  document.data = lrs_open(lrs, query_text(query, 5), lrs_event_id(query, 3), FIELD, query_integer(query, 4), &document.length);
  if (!document.data) return 0; /* its agent was erased */
  document.type = g_strdup(query_text(query, 0));
  document.etag = g_strdup(query_text(query, 1));
  *ret = document;
  return 1;
}

int lrs_document(struct lrs *lrs, const struct lrs_place *place, struct lrs_document *ret_document, GError **error) {
  g_auto(key_auto) key = key_of(lrs, place);
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  return db ? read_document(lrs, db, &key, ret_document, error) : -1;
}

bool lrs_document_names(struct lrs *lrs, const struct lrs_place *place, int64_t since, GPtrArray *names, GError **error) {
  g_auto(key_auto) key = key_of(lrs, place);
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "evidence.documents", "tttti", key.kind, key.activity, key.agent, place->registration, since) : NULL;
  int got;
  while ((got = query_next(query, error)) == 1) g_ptr_array_add(names, g_strdup(query_text(query, 0)));
  return got == 0;
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

/* Whether the list of a header names the tag; weak tags compare by what they quote. */
static bool names_tag(const char *header, const char *etag) {
  g_auto(GStrv) items = g_strsplit(header, ",", 50);
  for (size_t i = 0; items[i]; i++) {
    const char *item = g_strstrip(items[i]);
    if (g_str_has_prefix(item, "W/")) item += 2;
    if (strcmp(item, "*") == 0 || strcmp(item, etag) == 0) return true;
  }
  return false;
}

static bool holds(const struct lrs_demand *demand, bool there, const char *etag, GError **error) {
  if (demand->match && !(there && names_tag(demand->match, etag)))
    return fail(error, MENO_ERROR_STALE, there ? "the document has changed since: its ETag is now %s" : "there is no document that could match", etag);
  if (demand->none_match && there && names_tag(demand->none_match, etag))
    return fail(error, MENO_ERROR_STALE, "there is a document already, with the ETag %s", etag);
  if (demand->match || demand->none_match || demand->need == LRS_FREE) return true;
  if (there) return fail(error, MENO_ERROR_CONFLICT, "there is a document already: GET it first, then send If-Match with its ETag, or If-None-Match: *");
  return demand->need != LRS_ALWAYS || fail(error, MENO_ERROR_BAD_INPUT, "send If-Match with the document's ETag, or If-None-Match: * for a new one");
}

static bool is_json(const char *type) {
  return g_ascii_strncasecmp(type, "application/json", 16) == 0 && (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

static struct json_doc *parse_object(const char *what, const char *type, const char *data, size_t length, GError **error) {
  if (!is_json(type)) return fail(error, MENO_ERROR_BAD_INPUT, "%s is \"%.60s\" and no application/json: only JSON objects can be joined", what, type), NULL;
  g_autoptr(json_doc_auto) doc = json_parse(data, length, error);
  if (!doc) return NULL;
  if (json_type(json_root(doc)) != JSON_OBJECT) return fail(error, MENO_ERROR_BAD_INPUT, "%s is no JSON object: only objects can be joined", what), NULL;
  return g_steal_pointer(&doc);
}

/* The members of both, those that were sent in the place of those that were there. */
static char *join(const struct lrs_document *held, const char *type, const char *data, size_t length, size_t *ret_length, GError **error) {
  g_autoptr(json_doc_auto) given = parse_object("the document that was sent", type, data, length, error);
  g_autoptr(json_doc_auto) there = given ? parse_object("the document that is there", held->type, held->data, held->length, error) : NULL;
  if (!there) return NULL;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  for (struct json_iter it = json_iter(json_root(there)); json_next(&it);) {
    struct json newer = json_get(json_root(given), it.key);
    size_t raw_length;
    const char *raw = json_raw(json_type(newer) == JSON_ABSENT ? it.value : newer, &raw_length);
    json_put_raw(&out, it.key, raw, raw_length);
  }
  for (struct json_iter it = json_iter(json_root(given)); json_next(&it);) {
    size_t raw_length;
    const char *raw = json_raw(it.value, &raw_length);
    if (json_type(json_get(json_root(there), it.key)) == JSON_ABSENT) json_put_raw(&out, it.key, raw, raw_length);
  }
  json_close_object(&out);
  return json_writer_steal(&out, ret_length);
}

static bool put(struct lrs *lrs, struct db *db, int64_t now, const struct key *key, const char *type, const char *data, size_t length, GError **error) {
  g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA1, (const guchar *)data, length), *etag = g_strdup_printf("\"%s\"", sum);
  g_autofree char *owner = *key->agent ? g_strconcat("actor:", key->agent, NULL) : NULL;
  struct uuid version = uuid_new(now);
  bool coded;
  g_autofree char *body = lrs_seal(lrs, owner, NULL, version, FIELD, data, length, now, &coded);
  if (!body) return fail(error, MENO_ERROR_CONFLICT, "this agent was erased here: nothing more is kept of them");
  return db_run(db, error, "evidence.put_document", "tttttttibit", key->kind, key->activity, key->agent, key->registration, key->name, type, etag, now,
    version.bytes, sizeof version.bytes, (int64_t)coded, body) >= 0;
}

static bool change_document(struct lrs *lrs, struct db *db, int64_t now, const struct key *key, enum lrs_change change, const struct lrs_demand *demand,
                            const char *type, const char *data, size_t length, GError **error) {
  g_auto(lrs_document_auto) held = { 0 };
  int there = read_document(lrs, db, key, &held, error);
  if (there < 0 || !holds(demand, there, text_or_none(held.etag), error)) return false;
  if (change == LRS_DELETE) return db_run(db, error, "evidence.delete_document", "ttttt", key->kind, key->activity, key->agent, key->registration, key->name) >= 0;
  bool joins = change == LRS_MERGE && there;
  if (change == LRS_MERGE && is_json(type) && !there) {
    g_autoptr(json_doc_auto) doc = parse_object("the document that was sent", type, data, length, error);
    if (!doc) return false;
  }
  g_autofree char *joined = joins ? join(&held, type, data, length, &length, error) : NULL;
  if (joins && !joined) return false;
  return put(lrs, db, now, key, type, joined ? joined : data, length, error);
}

struct change { struct lrs *lrs; const struct key *key; enum lrs_change how; const struct lrs_demand *demand; const char *type, *data; size_t length; };

static bool carry_out(struct ledger_write *write, void *data, GError **error) {
  const struct change *change = data;
  return change_document(change->lrs, ledger_write_db(write), ledger_write_now(write), change->key, change->how, change->demand, change->type, change->data, change->length, error);
}

bool lrs_document_change(struct lrs *lrs, int64_t now, const struct lrs_place *place, enum lrs_change change, const struct lrs_demand *demand,
                         const char *type, const char *data, size_t length, GError **error) {
  g_auto(key_auto) key = key_of(lrs, place);
  /* The ledger's write: new keys become durable with it. */
  return ledger_do(lrs->ledger, now, carry_out, &(struct change){ lrs, &key, change, demand, type, data, length }, error);
}

bool lrs_documents_delete(struct lrs *lrs, const struct lrs_place *place, GError **error) {
  g_auto(key_auto) key = key_of(lrs, place);
  g_autoptr(db_auto) db = store_write(ledger_store(lrs->ledger), error);
  return db && db_run(db, error, "evidence.delete_documents", "tttt", key.kind, key.activity, key.agent, place->registration) >= 0 &&
    db_commit(g_steal_pointer(&db), error);
}
