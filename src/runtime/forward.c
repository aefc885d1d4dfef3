/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The idea: the cursor of a forward moves on when, and only when, all that its filter takes up to there has been answered for by the
 * other store, in the same write that puts aside what it refused. So nothing is lost however this process ends; what was under way
 * then is sent again, and a record store takes the same statement twice as once (xAPI-Communication 2.1.2).
 *
 * A batch that the other store refuses (400, 409, 413) is halved until the statements that it minds are found; a store that minds
 * nearly everything is taken to be at fault as a whole, and waits. Statements of 1.0 and 2.0 go in requests of their own, each with the
 * version that it is of. A statement that refers to another answers that one's filters, so what voids goes where the voided went.
 *
 * How it can be wrong: a store that answers 200 and keeps nothing. With a filter by authority, what others void is not told. What the
 * other store answered is not kept, since it may quote what it was sent: only its status is. */
#include "runtime/forward.h"
#include "base/limits.h"
#include "base/log.h"
#include "runtime/lease.h"
#include "runtime/post.h"
#include <string.h>

#define LEASE "forward"
#define CHANNEL "forward"
#define ASIDE_MOST 50                            /* of one page; beyond that the other store is at fault */
#define ATTACHED_MOST (16u * 1024 * 1024)        /* of one request */
#define UNTOLD_MOST 10000                        /* numbers that were looked at in vain before the cursor says so */
#define FORWARDS_MOST 100

const struct event_kind forward_kinds[] = {
  { "forward.added", "running the system", 0, "", "statements are to go on to another record store; the body has no secret", .body = "{label:name url:name}" },
  { "forward.turned", "running the system", 0, "", "it was turned on or off", .body = "{running:flag}" },
  { "forward.removed", "running the system", 0, "", "it was removed" },
  { 0 } };

void forward_free(void *data) {
  struct forward *forward = data;
  if (!forward) return;
  char *texts[] = { forward->id, forward->label, forward->url, forward->key, forward->secret, forward->verb, forward->activity, forward->agent, forward->authority, forward->why };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(forward);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static struct uuid event_of(const char *id) {
  struct uuid uuid = { 0 };
  uuid_parse(id, &uuid);
  return uuid;
}

/* Key, secret and filter as one sealed text. */
static char *seal_settings(struct ledger *ledger, const struct forward *forward, const char *id, int64_t now) {
  struct json_writer out;
  size_t length;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "activity", forward->activity);
  json_put_string(&out, "agent", forward->agent);
  json_put_string(&out, "authority", forward->authority);
  json_put_string(&out, "key", forward->key);
  json_put_string(&out, "secret", forward->secret);
  json_put_string(&out, "verb", forward->verb);
  json_close_object(&out);
  char *plain = json_writer_steal(&out, &length);
  if (!ledger_seal(ledger)) return plain;
  char *sealed = seal_value(ledger_seal(ledger), NULL, NULL, event_of(id), "settings", plain, length, false, now);
  g_free(plain);
  return sealed;
}

static char *member(struct json object, const char *key) { return g_strdup(json_string(json_get(object, key))); }

static bool open_settings(struct ledger *ledger, const char *text, struct forward *forward, GError **error) {
  enum seal_state state;
  g_autofree char *plain = seal_reveal(ledger_seal(ledger), text, event_of(forward->id), "settings", &state, NULL);
  g_autoptr(json_doc_auto) doc = state == SEAL_OPEN || state == SEAL_CLEAR ? json_parse(plain, strlen(plain), NULL) : NULL;
  if (!doc) return fail(error, MENO_ERROR_CORRUPT, "what the forward \"%s\" is set to cannot be read with this ring of keys; remove it and add it again", forward->label);
  struct json root = json_root(doc);
  forward->activity = member(root, "activity");
  forward->agent = member(root, "agent");
  forward->authority = member(root, "authority");
  forward->key = member(root, "key");
  forward->secret = member(root, "secret");
  forward->verb = member(root, "verb");
  return true;
}

static bool read_row(struct ledger *ledger, struct query *q, struct forward **ret_forward, GError **error) {
  struct forward *forward = *ret_forward = g_new0(struct forward, 1);
  forward->id = g_strdup(query_text(q, 0));
  forward->label = g_strdup(query_text(q, 1));
  forward->url = g_strdup(query_text(q, 2));
  forward->running = query_integer(q, 4);
  forward->cursor = query_integer(q, 5);
  forward->sent = query_integer(q, 6);
  forward->aside = query_integer(q, 7);
  forward->failures = query_integer(q, 8);
  forward->next_try = query_integer(q, 9);
  forward->failing_since = query_integer(q, 10);
  forward->why = g_strdup(query_text(q, 11));
  forward->created = query_integer(q, 12);
  return open_settings(ledger, query_text(q, 3), forward, error);
}

GPtrArray *forward_list(struct ledger *ledger, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(forward_free);
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "runtime.forwards", "") : NULL;
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct forward *forward;
    bool fine = read_row(ledger, query, &forward, error);
    g_ptr_array_add(list, forward);
    if (!fine) return NULL;
  }
  return got == 0 ? g_steal_pointer(&list) : NULL;
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

static bool record(struct ledger_write *write, const char *kind, const char *id, const char *actor, struct json_writer *body, GError **error) {
  g_autofree char *subject = g_strconcat("forward:", id, NULL), *text = json_writer_steal(body, NULL);
  return ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .rules = "", .body = text }, NULL, error);
}

/* Where a secret goes must be plain: no name or password in the address, no other protocol. */
static bool check_url(const char *url, GError **error) {
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri ? g_uri_get_scheme(uri) : "";
  if (!uri || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) || !g_uri_get_host(uri) || !*g_uri_get_host(uri))
    return fail(error, MENO_ERROR_BAD_INPUT, "\"%.200s\" is no address of a record store; write https://lrs.example.com/xapi", url);
  if (g_uri_get_userinfo(uri) || g_uri_get_query(uri) || g_uri_get_fragment(uri))
    return fail(error, MENO_ERROR_BAD_INPUT, "an address of a record store has neither a name, nor a question mark, nor a # in it; key and secret are given apart");
  return true;
}

char *forward_add(struct ledger *ledger, int64_t now, const char *actor, const struct forward *wanted, bool new_only, GError **error) {
  if (!check_url(wanted->url, error)) return NULL;
  g_autoptr(GPtrArray) there = forward_list(ledger, error);
  if (!there) return NULL;
  if (there->len >= FORWARDS_MOST) return fail(error, MENO_ERROR_CONFLICT, "there are %d forwards already; remove some first", FORWARDS_MOST), NULL;
  char id[ID_TEXT];
  uuid_format(uuid_new(now), id);
  g_autofree char *settings = seal_settings(ledger, wanted, id, now);
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  int64_t newest = 0;
  if (!write || (new_only && db_one(ledger_write_db(write), &newest, error, "evidence.newest_seq", "") < 0)) return NULL;
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "label", wanted->label);
  json_put_string(&body, "url", wanted->url);
  json_close_object(&body);
  bool fine = record(write, "forward.added", id, actor, &body, error) &&
    db_run(ledger_write_db(write), error, "runtime.add_forward", "ttttii", id, wanted->label, wanted->url, settings, newest, now) >= 0;
  return fine && ledger_commit(g_steal_pointer(&write), error) ? g_strdup(id) : NULL;
}

static bool must_exist(struct ledger_write *write, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "runtime.forward_label", "t", id);
  int got = query_next(query, error);
  return got == 1 || (got == 0 && fail(error, MENO_ERROR_NOT_FOUND, "there is no forward \"%s\"; `meno forwards list` shows them", id));
}

bool forward_turn(struct ledger *ledger, int64_t now, const char *actor, const char *id, bool running, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write || !must_exist(write, id, error)) return false;
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_bool(&body, "running", running);
  json_close_object(&body);
  return record(write, "forward.turned", id, actor, &body, error) && db_run(ledger_write_db(write), error, "runtime.turn_forward", "ti", id, (int64_t)running) >= 0 &&
    ledger_commit(g_steal_pointer(&write), error);
}

bool forward_remove(struct ledger *ledger, int64_t now, const char *actor, const char *id, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write || !must_exist(write, id, error)) return false;
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_close_object(&body);
  return record(write, "forward.removed", id, actor, &body, error) && db_run(ledger_write_db(write), error, "runtime.remove_forward", "t", id) >= 0 &&
    ledger_commit(g_steal_pointer(&write), error);
}

/* ---- a request -------------------------------------------------------------------------------------------------- */

enum answer { TAKEN, REFUSED /* this, for good */, TROUBLE /* anything, now */ };
struct parcel { char *url, *key, *secret, *type; const char *version; GByteArray *body; };

static void parcel_clear(struct parcel *parcel) {
  g_free(parcel->url);
  g_free(parcel->key);
  g_free(parcel->secret);
  g_free(parcel->type);
  if (parcel->body) g_byte_array_unref(parcel->body);
}
typedef struct parcel parcel_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(parcel_auto, parcel_clear)

static const char *version_of(const struct lrs_statement *statement) {
  g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, NULL);
  const char *version = doc ? json_string(json_get(json_root(doc), "version")) : NULL;
  return version && g_str_has_prefix(version, "2.") ? "2.0.0" : "1.0.3";
}

static char *statements_url(const char *url) {
  size_t length = strlen(url);
  while (length && url[length - 1] == '/') length--;
  return g_strdup_printf("%.*s%s", (int)length, url, g_str_has_suffix(url, "/statements") ? "" : "/statements");
}

/* Statements as one array, and the data of their attachments as parts behind it. */
static bool make_parcel(struct lrs *lrs, const struct forward *forward, const struct lrs_statement *statements, size_t count, struct parcel *parcel, GError **error) {
  g_autoptr(GString) json = g_string_new("[");
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct xapi_part));
  g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < count; i++) {
    if (i) g_string_append_c(json, ',');
    g_string_append_len(json, statements[i].text, (gssize)statements[i].length);
    if (strstr(statements[i].text, "\"attachments\"") && !lrs_attachments(lrs, statements[i].seq, parts, keep, error)) return false;
  }
  g_string_append_c(json, ']');
  *parcel = (struct parcel){ statements_url(forward->url), g_strdup(forward->key), g_strdup(forward->secret), NULL, version_of(&statements[0]), g_byte_array_new() };
  if (parts->len == 0) {
    parcel->type = g_strdup("application/json");
    g_byte_array_append(parcel->body, (const guint8 *)json->str, (guint)json->len);
    return true;
  }
  struct xapi_part first = { .type = "application/json", .type_length = strlen("application/json"), .data = json->str, .length = json->len };
  g_array_prepend_val(parts, first);
  const struct xapi_part *all = (const struct xapi_part *)(const void *)parts->data;
  g_autofree char *boundary = xapi_multipart_boundary(all, parts->len);
  xapi_multipart_write(parcel->body, boundary, all, parts->len);
  parcel->type = g_strconcat("multipart/mixed; boundary=", boundary, NULL);
  return true;
}

static enum answer judge(long status, GError **error) {
  if (status == 200 || status == 204) return TAKEN;
  bool refused = status == 400 || status == 409 || status == 413;
  const char *why = status == 409 ? ": it has something else under that id" : status == 413 ? ": too large for it" : status == 401 || status == 403 ? ": key and secret may not store statements there" :
    status == 404 || status == 405 || (status >= 300 && status < 400) ? ": there is no record store at this address" : "";
  fail(error, MENO_ERROR_STORE, "the other store answered %ld%s", status, why);
  return refused ? REFUSED : TROUBLE;
}

static enum answer send(struct post_client *client, const struct parcel *parcel, bool (*go_on)(void *), void *data, int64_t *ret_wait, GError **error) {
  g_autofree char *version = g_strconcat("X-Experience-API-Version: ", parcel->version, NULL);
  const char *const headers[] = { version, NULL };
  struct post post = { parcel->url, parcel->key, parcel->secret, parcel->type, headers, parcel->body->data, parcel->body->len, go_on, data };
  long status = 0;
  *ret_wait = 0;
  return post_send(client, &post, &status, ret_wait, error) ? judge(status, error) : TROUBLE;
}

/* ---- a page ----------------------------------------------------------------------------------------------------- */

struct forwarder {
  struct ledger *ledger;
  struct lrs *lrs;
  struct post_client *client;
  const char *holder;
  uint64_t seed;
  bool (*go_on)(void *data);
  void *data;
  GHashTable *looked; /* id of a forward → int64_t: up to where nothing was to be sent, though its cursor does not say so */
};

struct forwarder *forwarder_new(struct ledger *ledger, const char *holder, uint64_t seed, bool (*go_on)(void *data), void *data) {
  struct forwarder *forwarder = g_new0(struct forwarder, 1);
  *forwarder = (struct forwarder){ ledger, lrs_new(ledger), post_client_new(), holder, seed, go_on, data, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
  return forwarder;
}

void forwarder_free(struct forwarder *forwarder) {
  if (!forwarder) return;
  lrs_free(forwarder->lrs);
  post_client_free(forwarder->client);
  g_hash_table_unref(forwarder->looked);
  g_free(forwarder);
}

struct aside { char id[ID_TEXT]; char *why; };
static void aside_clear(void *data) { g_free(((struct aside *)data)->why); }

struct page { struct forwarder *forwarder; const struct forward *forward; GArray *statements, *asides; int64_t now, upto, wait; bool more; };

static void put_aside(struct page *page, const struct lrs_statement *statement, const char *why) {
  g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, NULL);
  const char *id = json_string(json_get(doc ? json_root(doc) : (struct json){ 0 }, "id"));
  struct aside aside = { .why = g_strdup(why) };
  g_strlcpy(aside.id, id ? id : "", sizeof aside.id);
  g_array_append_val(page->asides, aside);
}

/* Some of the page's statements: all are there, or put aside; false with an error that may pass. */
static bool deliver_range(struct page *page, guint from, guint to, GError **error) {
  struct forwarder *forwarder = page->forwarder;
  const struct lrs_statement *first = &g_array_index(page->statements, struct lrs_statement, from);
  g_auto(parcel_auto) parcel = { 0 };
  g_autoptr(GError) why = NULL;
  if (!make_parcel(forwarder->lrs, page->forward, first, to - from, &parcel, error)) return false;
  enum answer answer = send(forwarder->client, &parcel, forwarder->go_on, forwarder->data, &page->wait, &why);
  if (answer == TAKEN) return true;
  if (answer == TROUBLE) return g_propagate_error(error, g_steal_pointer(&why)), false;
  if (to - from > 1) return deliver_range(page, from, from + (to - from) / 2, error) && deliver_range(page, from + (to - from) / 2, to, error);
  if (page->asides->len >= ASIDE_MOST) return fail(error, MENO_ERROR_STORE, "it refuses nearly everything; %s", why->message);
  put_aside(page, first, why->message);
  return true;
}

/* Statements of one version whose attachments fit into one request: where the range ends. */
static bool extent(struct page *page, guint from, guint *ret_to, GError **error) {
  const char *version = NULL;
  size_t attached = 0;
  guint to = from;
  for (; to < page->statements->len; to++) {
    const struct lrs_statement *statement = &g_array_index(page->statements, struct lrs_statement, to);
    const char *own = version_of(statement);
    if (version && own != version && strcmp(own, version) != 0) break;
    version = own;
    if (!strstr(statement->text, "\"attachments\"")) continue;
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(struct xapi_part));
    g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
    if (!lrs_attachments(page->forwarder->lrs, statement->seq, parts, keep, error)) return false;
    size_t own_bytes = 0;
    for (guint i = 0; i < parts->len; i++) own_bytes += g_array_index(parts, struct xapi_part, i).length;
    if (to > from && attached + own_bytes > ATTACHED_MOST) break;
    attached += own_bytes;
  }
  *ret_to = to;
  return true;
}

static bool deliver_page(struct page *page, GError **error) {
  for (guint from = 0, to; from < page->statements->len; from = to)
    if (!extent(page, from, &to, error) || !deliver_range(page, from, to, error)) return false;
  return true;
}

static int64_t looked_at(const struct forwarder *forwarder, const struct forward *forward) {
  const int64_t *looked = g_hash_table_lookup(forwarder->looked, forward->id);
  return MAX(forward->cursor, looked ? *looked : 0);
}

/* What the filter takes behind the cursor. The newest number is read before: what comes meanwhile is for the next page. */
static bool load_page(struct page *page, GError **error) {
  const struct forward *forward = page->forward;
  struct xapi_query query = { .agent = forward->agent, .verb = forward->verb, .activity = forward->activity, .agent_roles = XAPI_FILTER_AGENT, .activity_roles = XAPI_FILTER_ACTIVITY,
    .since = INT64_MIN, .until = INT64_MAX, .ascending = true, .voided_too = true };
  g_autoptr(db_auto) db = store_read(ledger_store(page->forwarder->ledger), error);
  int64_t cursor = 0, newest = 0;
  if (!db || db_one(db, &newest, error, "evidence.newest_seq", "") < 0) return false;
  db_release(g_steal_pointer(&db));
  if (!lrs_find(page->forwarder->lrs, &query, forward->authority, looked_at(page->forwarder, forward) + 1, page->statements, &cursor, error)) return false;
  int64_t last = page->statements->len ? g_array_index(page->statements, struct lrs_statement, page->statements->len - 1).seq : 0;
  page->more = cursor != 0;
  page->upto = cursor ? cursor - 1 : MAX(newest, last);
  return true;
}

/* ---- recording -------------------------------------------------------------------------------------------------- */

static bool record_page(struct ledger_write *write, void *data, GError **error) {
  const struct page *page = data;
  struct db *db = ledger_write_db(write);
  for (guint i = 0; i < page->asides->len; i++) {
    const struct aside *aside = &g_array_index(page->asides, struct aside, i);
    g_autofree char *subject = g_strconcat("forward:", page->forward->id, "/", aside->id, NULL);
    if (!outbox_put_aside(write, CHANNEL, subject, aside->why, error)) return false;
  }
  return lease_take(db, LEASE, page->forwarder->holder, page->now, error) >= 0 &&
    db_run(db, error, "runtime.advance_forward", "tiii", page->forward->id, page->upto, (int64_t)(page->statements->len - page->asides->len), (int64_t)page->asides->len) >= 0;
}

struct held { const struct page *page; const char *why; int64_t until; };

static bool record_trouble(struct ledger_write *write, void *data, GError **error) {
  const struct held *held = data;
  return db_run(ledger_write_db(write), error, "runtime.hold_forward", "tiit", held->page->forward->id, held->until, held->page->now, held->why) >= 0;
}

static bool hold(const struct page *page, const GError *why, GError **error) {
  const struct forward *forward = page->forward;
  int64_t wait = MAX(outbox_wait(page->forwarder->seed, forward->id, (int)MIN(forward->failures, 100)) / 60, page->wait * CLOCK_SECOND);
  if (g_error_matches(why, MENO_ERROR, MENO_ERROR_CANCELLED)) return true; /* it was we who broke off */
  if (forward->failures == 0) log_write(LOG_CONCERN, "forwarding is held up", "forward", forward->id, "why", why->message, NULL);
  return ledger_do(page->forwarder->ledger, page->now, record_trouble, &(struct held){ page, why->message, page->now + wait }, error);
}

static bool take_lease(struct ledger_write *write, void *data, GError **error) {
  struct page *page = data;
  int held = lease_take(ledger_write_db(write), LEASE, page->forwarder->holder, page->now, error);
  page->more = held == 1;
  return held >= 0;
}

static bool forward_page(struct forwarder *forwarder, const struct forward *forward, int64_t now, bool *ret_more, GError **error) {
  g_autoptr(GArray) statements = lrs_statements_new(), asides = g_array_new(FALSE, TRUE, sizeof(struct aside));
  g_array_set_clear_func(asides, aside_clear);
  struct page page = { forwarder, forward, statements, asides, now, 0, 0, false };
  g_autoptr(GError) why = NULL;
  if (!load_page(&page, error)) return false;
  *ret_more |= page.more;
  if (statements->len == 0 && page.upto - forward->cursor < UNTOLD_MOST) {
    g_hash_table_insert(forwarder->looked, g_strdup(forward->id), g_memdup2(&page.upto, sizeof page.upto));
    return true;
  }
  if (deliver_page(&page, &why)) return ledger_do(forwarder->ledger, now, record_page, &page, error);
  *ret_more = false;
  return hold(&page, why, error);
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static bool is_due(const struct forwarder *forwarder, const struct forward *forward, int64_t now, int64_t newest) {
  return forward->running && forward->next_try <= now && looked_at(forwarder, forward) < newest;
}

bool forwarder_run(struct forwarder *forwarder, int64_t now, bool *ret_more, GError **error) {
  g_autoptr(GPtrArray) list = forward_list(forwarder->ledger, error);
  int64_t newest = 0;
  bool due = false;
  *ret_more = false;
  if (!list) return false;
  g_autoptr(db_auto) db = list->len ? store_read(ledger_store(forwarder->ledger), error) : NULL;
  if (!db) return list->len == 0;
  if (db_one(db, &newest, error, "evidence.newest_seq", "") < 0) return false;
  db_release(g_steal_pointer(&db));
  for (guint i = 0; i < list->len; i++) due |= is_due(forwarder, list->pdata[i], now, newest);
  if (!due) return true; /* and nothing was written */
  struct page leasing = { .forwarder = forwarder, .now = now };
  if (!ledger_do(forwarder->ledger, now, take_lease, &leasing, error)) return false;
  if (!leasing.more) return true; /* another process is at it */
  for (guint i = 0; i < list->len; i++)
    if (is_due(forwarder, list->pdata[i], now, newest) && !forward_page(forwarder, list->pdata[i], now, ret_more, error)) return false;
  return true;
}

/* ---- what was put aside, once more ------------------------------------------------------------------------------ */

static bool same_id(const struct forward *forward, const char *id, size_t length) { return strlen(forward->id) == length && strncmp(forward->id, id, length) == 0; }

int forward_compose(struct ledger *ledger, const struct action *action, char **ret_text, size_t *ret_length, GError **problem, GError **error) {
  const char *id = strchr(action->subject, ':'), *slash = id ? strchr(id, '/') : NULL;
  g_autoptr(GPtrArray) list = forward_list(ledger, error);
  const struct forward *forward = NULL;
  if (!list) return -1;
  for (guint i = 0; slash && i < list->len && !forward; i++)
    if (same_id(list->pdata[i], id + 1, (size_t)(slash - id - 1))) forward = list->pdata[i];
  if (!forward) return fail(problem, MENO_ERROR_NOT_FOUND, "the forward that this was for is not there any more"), 0;
  struct lrs *lrs = lrs_new(ledger);
  g_autoptr(GArray) statements = lrs_statements_new();
  g_auto(parcel_auto) parcel = { 0 };
  int got = lrs_find_one(lrs, slash + 1, false, NULL, statements, error);
  if (got == 0) got = lrs_find_one(lrs, slash + 1, true, NULL, statements, error);
  if (got == 1 && !make_parcel(lrs, forward, &g_array_index(statements, struct lrs_statement, 0), 1, &parcel, error)) got = -1;
  lrs_free(lrs);
  if (got == 0) fail(problem, MENO_ERROR_NOT_FOUND, "the statement is not there, or cannot be read any more");
  if (got != 1) return got;
  g_autofree char *body = g_base64_encode(parcel.body->data, parcel.body->len);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "body", body);
  json_put_string(&out, "key", parcel.key);
  json_put_string(&out, "secret", parcel.secret);
  json_put_string(&out, "type", parcel.type);
  json_put_string(&out, "url", parcel.url);
  json_put_string(&out, "version", parcel.version);
  json_close_object(&out);
  *ret_text = json_writer_steal(&out, ret_length);
  return 1;
}

enum act forward_act(const struct channel_place *place, const struct letter *letter, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(letter->text, letter->length, error);
  if (!doc) return ACT_REFUSED;
  struct json root = json_root(doc);
  gsize length;
  guchar *body = g_base64_decode(json_string(json_get(root, "body")), &length);
  g_auto(parcel_auto) parcel = { member(root, "url"), member(root, "key"), member(root, "secret"), member(root, "type"), json_string(json_get(root, "version")), g_byte_array_new_take(body, length) };
  struct post_client *client = post_client_new();
  int64_t wait;
  enum answer answer = send(client, &parcel, NULL, NULL, &wait, error);
  post_client_free(client);
  return answer == TAKEN ? ACT_DONE : answer == REFUSED ? ACT_REFUSED : ACT_FAILED;
}
