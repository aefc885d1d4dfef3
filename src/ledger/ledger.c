/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Appending, folding, walking and verifying.
 *
 * The chain: hash(n) = SHA-256 of hash(n-1) and every field of event n, each preceded by its length, so that no two
 * different events share an encoding. The head's hash therefore vouches for the whole history.
 *
 * Folding: an event outside an import is folded when it is appended. An event of an import (it carries the import's id as
 * `batch`) waits; `import.committed` names the first seq of its batch, and folding it folds the whole batch first. A fold
 * sees the batch of an import that was later undone when it happens, and not any more when the tables are rebuilt: undoing
 * rebuilds them. So incremental tables and rebuilt ones agree at every moment, which ledger_verify checks.
 *
 * Disadvantage: undoing costs a rebuild, linear in the history. It is rare, and one mechanism is easier to trust than two. */
#include "ledger/ledger.h"
#include "base/metrics.h"
#include "base/limits.h"
#include "base/shape.h"
#include "ledger/differ.h"
#include <string.h>

#define WALK_PART 4096

struct ledger {
  struct store *store;
  const struct ledger_tables *tables;
  GHashTable *kinds;  /* name → struct event_kind */
  GHashTable *bodies; /* kind → struct shape, where it has one */
  GHashTable *folds;  /* kind → GPtrArray of struct fold, in the tables' order */
  struct seal *seal;  /* borrowed; NULL: personal fields are stored as given */
  struct { int64_t version, seq, recorded; uint8_t hash[DIGEST_BYTES]; } head; /* as of a version of the writer's transaction */
};

struct ledger_write {
  struct ledger *ledger;
  struct db *db;
  int64_t now, seq;
  uint8_t hash[DIGEST_BYTES];
  GArray *correlations;   /* of the events appended so far, so that causes within one write need no look-up */
  char *fresh;            /* an import of which this write has appended an event: what follows of it is new, too */
};

/* ---- tables ----------------------------------------------------------------------------------------------------- */

struct ledger *ledger_new(struct store *store, const struct ledger_tables *tables) {
  struct ledger *ledger = g_new0(struct ledger, 1);
  ledger->store = store;
  ledger->tables = tables;
  ledger->kinds = g_hash_table_new(g_str_hash, g_str_equal);
  ledger->bodies = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)shape_free);
  ledger->folds = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (size_t i = 0; tables->kinds[i]; i++)
    for (const struct event_kind *kind = tables->kinds[i]; kind->name; kind++) {
      if (!kind->purpose || !kind->personal) g_error("event kind \"%s\" has no purpose", kind->name);
      struct shape *body = kind->body ? shape_new(kind->body) : NULL;
      if (kind->body && !body) g_error("event kind \"%s\" has a body of no shape", kind->name);
      if (body) g_hash_table_insert(ledger->bodies, (void *)(uintptr_t)kind->name, body);
      if (kind->retention_days && kind->retention_days < LEDGER_RETENTION_FLOOR) g_error("event kind \"%s\" is kept for less than %d days", kind->name, LEDGER_RETENTION_FLOOR);
      if (!g_hash_table_insert(ledger->kinds, (void *)(uintptr_t)kind->name, (void *)(uintptr_t)kind)) g_error("event kind \"%s\" stands twice", kind->name);
    }
  for (size_t i = 0; tables->folds[i]; i++)
    for (const struct fold *fold = tables->folds[i]; fold->name; fold++)
      for (size_t k = 0; fold->kinds[k]; k++) {
        if (!g_hash_table_contains(ledger->kinds, fold->kinds[k])) g_error("fold \"%s\" reads \"%s\", which is no kind", fold->name, fold->kinds[k]);
        GPtrArray *list = g_hash_table_lookup(ledger->folds, fold->kinds[k]);
        if (!list) g_hash_table_insert(ledger->folds, (void *)(uintptr_t)fold->kinds[k], list = g_ptr_array_new());
        g_ptr_array_add(list, (void *)(uintptr_t)fold);
      }
  return ledger;
}

void ledger_free(struct ledger *ledger) {
  if (!ledger) return;
  if (ledger->seal) store_before_commit(ledger->store, NULL, NULL);
  g_hash_table_destroy(ledger->kinds);
  g_hash_table_destroy(ledger->bodies);
  g_hash_table_destroy(ledger->folds);
  g_free(ledger);
}

struct store *ledger_store(struct ledger *ledger) { return ledger->store; }
const struct ledger_tables *ledger_tables_of(const struct ledger *ledger) { return ledger->tables; }
const struct event_kind *ledger_kind(const struct ledger *ledger, const char *name) { return g_hash_table_lookup(ledger->kinds, name); }
const struct event_kind *const *ledger_kinds(const struct ledger *ledger) { return ledger->tables->kinds; }

static bool keep_keys(void *seal, GError **error) { return seal_sync(seal, error); }

void ledger_use_seal(struct ledger *ledger, struct seal *seal) {
  ledger->seal = seal;
  store_before_commit(ledger->store, seal ? keep_keys : NULL, seal); /* a key must outlive what it sealed */
}

struct seal *ledger_seal(const struct ledger *ledger) { return ledger->seal; }

/* ---- sealing ---------------------------------------------------------------------------------------------------- */

static char *owner_of(const struct event_kind *kind, const char *subject, const char *actor, struct json body) {
  if (!kind->person) return g_str_has_prefix(subject, "person:") || g_str_has_prefix(subject, "account:") ? g_strdup(subject) : NULL;
  if (strcmp(kind->person, "@actor") == 0) return g_str_has_prefix(actor, "person:") || g_str_has_prefix(actor, "account:") ? g_strdup(actor) : NULL;
  const char *id = json_string(json_get(body, kind->person));
  if (!id) return NULL;
  return g_str_has_prefix(id, "p-") ? g_strconcat("person:", id, NULL) : g_str_has_prefix(id, "a-") ? g_strconcat("actor:", id, NULL) : NULL;
}

char *ledger_owner(const struct ledger *ledger, const char *kind, const char *subject, const char *actor, const char *body, size_t length) {
  const struct event_kind *row = ledger_kind(ledger, kind);
  bool in_body = row->person && row->person[0] != '@';
  g_autoptr(json_doc_auto) doc = in_body ? json_parse(body, length, NULL) : NULL;
  return owner_of(row, subject, actor, doc ? json_root(doc) : (struct json){ 0 });
}

int64_t ledger_row_digest(const struct ledger *ledger, const char *owner, const char *body, size_t length, int64_t now) {
  if (ledger->seal) return seal_digest(ledger->seal, owner, body, length, now);
  uint8_t hash[DIGEST_BYTES];
  int64_t head;
  digest(body, length, hash);
  memcpy(&head, hash, sizeof head);
  return GINT64_FROM_LE(head);
}

int64_t ledger_event_digest(const struct event *event, struct json body) {
  const char *text = json_string(json_get(body, "digest"));
  return text ? (int64_t)g_ascii_strtoull(text, NULL, 16) : ledger_row_digest(&(struct ledger){ 0 }, NULL, event->body, event->body_length, 0);
}

char *ledger_reveal(struct seal *seal, struct query *query, int column, int id_column, const char *field, enum seal_state *ret_state) {
  struct uuid event = { 0 };
  size_t length;
  const void *id = query_blob(query, id_column, &length);
  if (length == sizeof event.bytes) memcpy(event.bytes, id, length);
  return seal_reveal(seal, query_text(query, column), event, field, ret_state, NULL);
}

/* 0 it is not personal, 1 its person's, 2 nobody's in particular. */
static int names_field(const char *list, const char *name) {
  size_t length = strlen(name);
  for (const char *at = list; (at = strstr(at, name)); at += length)
    if ((at == list || at[-1] == ' ') && strchr(" !", at[length])) return at[length] == '!' ? 2 : 1; /* strchr finds the end, too */
  return 0;
}

/* A member of the body as it is stored. Of whose key is destroyed only that is stored: tables may need a text there. */
static void put_sealed(struct ledger *ledger, struct json_writer *out, const struct event *event, const char *name, struct json value, const char *owner, const char *period) {
  bool text = json_type(value) == JSON_STRING;
  size_t length;
  const char *raw = json_raw(value, &length), *plain = text ? json_string(value) : raw;
  g_autofree char *sealed = seal_value(ledger->seal, owner, period, event->id, name, plain, text ? strlen(plain) : length, !text, event->recorded);
  json_put_string(out, name, sealed ? sealed : "(erased)");
}

static void put_digest(struct json_writer *out, int64_t value) {
  char text[24];
  g_snprintf(text, sizeof text, "%016" G_GINT64_MODIFIER "x", (uint64_t)value);
  json_put_string(out, "digest", text);
}

/* The body as it is stored; NULL: as it is, or with an error. The digest goes where the order of names has it. */
static char *sealed_body(struct ledger *ledger, const struct event_kind *kind, const struct event *event, size_t *ret_length, GError **error) {
  if (!ledger->seal || (!*kind->personal && !event->digest)) return NULL;
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  if (!doc) return NULL;
  if (json_type(json_root(doc)) != JSON_OBJECT) return fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " (%s) cannot be read: it is no object", event->seq, event->kind), NULL;
  g_autofree char *owner = owner_of(kind, event->subject, event->actor, json_root(doc)), *period = kind->retention_days ? seal_period(kind->name, event->recorded) : NULL;
  if (owner && strlen(owner) > SEAL_OWNER_MOST)
    return fail(error, MENO_ERROR_BAD_INPUT, "event %" G_GINT64_FORMAT " (%s) is of somebody whose name is longer than %d bytes", event->seq, event->kind, SEAL_OWNER_MOST), NULL;
  bool digest_due = event->digest != 0;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  struct json_iter it = json_iter(json_root(doc));
  while (json_next(&it)) {
    if (digest_due && strcmp("digest", it.key) < 0) put_digest(&out, event->digest), digest_due = false;
    bool empty = json_type(it.value) == JSON_NULL || json_equals(it.value, "");
    size_t length;
    const char *raw = json_raw(it.value, &length);
    int personal = empty ? 0 : names_field(kind->personal, it.key);
    if (personal) put_sealed(ledger, &out, event, it.key, it.value, personal == 1 ? owner : NULL, period);
    else json_put_raw(&out, it.key, raw, length);
  }
  if (digest_due) put_digest(&out, event->digest);
  json_close_object(&out);
  return json_writer_steal(&out, ret_length);
}

/* ---- the chain -------------------------------------------------------------------------------------------------- */

static void sum_bytes(GByteArray *sum, const void *data, size_t length) {
  uint64_t head = GUINT64_TO_LE((uint64_t)length);
  g_byte_array_append(sum, (const guint8 *)&head, sizeof head);
  if (length) g_byte_array_append(sum, data, (guint)length);
}
static void sum_text(GByteArray *sum, const char *text) { sum_bytes(sum, text ? text : "", text ? strlen(text) : 0); }
static void sum_integer(GByteArray *sum, int64_t value) {
  value = GINT64_TO_LE(value);
  sum_bytes(sum, &value, sizeof value);
}

void ledger_link(const uint8_t previous[DIGEST_BYTES], const struct event *event, uint8_t out[DIGEST_BYTES]) {
  g_autoptr(GByteArray) sum = g_byte_array_sized_new((guint)(event->body_length + event->data_length) + 320);
  sum_bytes(sum, previous, DIGEST_BYTES);
  sum_integer(sum, event->seq);
  sum_bytes(sum, event->id.bytes, sizeof event->id.bytes);
  sum_text(sum, event->kind);
  sum_text(sum, event->subject);
  sum_text(sum, event->actor);
  sum_integer(sum, event->occurred);
  sum_integer(sum, event->recorded);
  sum_integer(sum, event->cause);
  sum_integer(sum, event->correlation);
  sum_text(sum, event->batch);
  sum_integer(sum, event->taint);
  sum_text(sum, event->rules);
  sum_bytes(sum, event->body, event->body_length);
  if (event->data) sum_bytes(sum, event->data, event->data_length);
  digest(sum->data, sum->len, out);
}

/* ---- folding ---------------------------------------------------------------------------------------------------- */

static void event_read(struct query *query, struct event *event) {
  size_t length;
  event->seq = query_integer(query, 0);
  const void *id = query_blob(query, 1, &length);
  memset(event->id.bytes, 0, sizeof event->id.bytes);
  if (length == sizeof event->id.bytes) memcpy(event->id.bytes, id, length);
  event->kind = query_text(query, 2);
  event->subject = query_text(query, 3);
  event->actor = query_text(query, 4);
  event->occurred = query_integer(query, 5);
  event->recorded = query_integer(query, 6);
  event->cause = query_integer(query, 7);
  event->correlation = query_integer(query, 8);
  event->batch = query_text(query, 9);
  event->taint = (unsigned)query_integer(query, 10);
  event->rules = query_text(query, 11);
  event->body = query_blob(query, 12, &event->body_length);
  event->data = query_blob(query, 13, &event->data_length);
  event->digest = 0; /* these two are of appending: who appends again what was read (runtime/again.c) appends it like any other */
  event->ready = false;
}

/* Events from..to in order, those of one import or all, read in parts so that no engine has to hold them all at once. */
typedef struct walk { struct db *db; int64_t from, to; const char *batch; struct query *query; int64_t in_part; } walk_auto;

static int walk_next(struct walk *walk, struct event *event, GError **error) {
  for (;;) {
    if (!walk->query) {
      walk->in_part = 0;
      walk->query = walk->batch ? db_query(walk->db, error, "ledger.batch", "iiti", walk->from, walk->to, walk->batch, (int64_t)WALK_PART)
        : db_query(walk->db, error, "ledger.range", "iii", walk->from, walk->to, (int64_t)WALK_PART);
    }
    int got = query_next(walk->query, error);
    if (got == 1) {
      event_read(walk->query, event);
      walk->from = event->seq + 1;
      walk->in_part++;
      return 1;
    }
    query_done(g_steal_pointer(&walk->query));
    if (got < 0 || walk->in_part < WALK_PART) return got;
  }
}

static void walk_end(struct walk *walk) { query_done(walk->query); }
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(walk_auto, walk_end)

/* An event's body, as its kind has it: what folds and readers of their tables rely on. NULL with an error that names the event. */
static struct json_doc *read_body(struct ledger *ledger, const struct event *event, GError **error) {
  const struct shape *shape = g_hash_table_lookup(ledger->bodies, event->kind);
  g_autoptr(GError) broken = NULL;
  if (!clock_is_ours(event->occurred) || !clock_is_ours(event->recorded))
    return fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " (%s) is of a moment that no calendar of ours has", event->seq, event->kind), NULL;
  struct json_doc *doc = json_parse(event->body ? event->body : "", event->body_length, &broken);
  g_autofree char *missing = doc && shape ? shape_misses(shape, json_root(doc)) : NULL;
  if (doc && !missing) return doc;
  json_doc_free(doc);
  fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " (%s) cannot be read: %s", event->seq, event->kind, missing ? missing : broken->message);
  return NULL;
}

static bool fold_event(struct ledger *ledger, struct db *db, const struct event *event, bool undone, GError **error) {
  GPtrArray *list = g_hash_table_lookup(ledger->folds, event->kind);
  if (!list && !g_hash_table_contains(ledger->bodies, event->kind)) return true;
  g_autoptr(json_doc_auto) doc = read_body(ledger, event, error);
  if (!doc) return false;
  if (!list) return true;
  for (guint i = 0; i < list->len; i++) {
    const struct fold *fold = list->pdata[i];
    if (undone && !fold->of_undone) continue;
    if (!fold->apply(db, event, json_root(doc), error)) {
      g_prefix_error(error, "event %" G_GINT64_FORMAT " (%s) cannot be folded into %s: ", event->seq, event->kind, fold->name);
      return false;
    }
  }
  return true;
}

/* Folds the batch of an import, then the commit itself. `source` is where the events are, `db` where the tables are. */
static bool fold_import(struct ledger *ledger, struct db *source, struct db *db, const struct event *commit, GError **error) {
  g_autoptr(json_doc_auto) doc = read_body(ledger, commit, error);
  int64_t first = 0;
  if (!doc) return false;
  if (!json_integer(json_get(json_root(doc), "first"), &first)) return fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " (%s) does not say where its import begins", commit->seq, commit->kind);
  g_auto(walk_auto) walk = { .db = source, .from = first, .to = commit->seq, .batch = event_about(commit) };
  struct event event;
  int got;
  while ((got = walk_next(&walk, &event, error)) == 1)
    if (!fold_event(ledger, db, &event, false, error)) return false;
  return got == 0 && fold_event(ledger, db, commit, false, error);
}

static bool is_commit(const struct event *event) { return strcmp(event->kind, "import.committed") == 0; }

/* ---- appending -------------------------------------------------------------------------------------------------- */

/* Reads the head, unless it is known since the last write of this very transaction. */
static bool find_head(struct ledger *ledger, struct db *db, GError **error) {
  if (ledger->head.version == db_version(db)) return true;
  memset(&ledger->head, 0, sizeof ledger->head);
  g_autoptr(query_auto) query = db_query(db, error, "ledger.head", "");
  int got = query_next(query, error);
  if (got == 1) {
    size_t length;
    ledger->head.seq = query_integer(query, 0);
    const void *hash = query_blob(query, 1, &length);
    if (length == DIGEST_BYTES) memcpy(ledger->head.hash, hash, DIGEST_BYTES);
    ledger->head.recorded = query_integer(query, 2);
  }
  return got >= 0 && seal_refresh(ledger->seal, error); /* no other process writes now: it finds all keys there are */
}

static bool open_write(struct ledger_write *write, struct ledger *ledger, struct db *db, int64_t now, GError **error) {
  if (!find_head(ledger, db, error)) return false;
  *write = (struct ledger_write){ .ledger = ledger, .db = db, .seq = ledger->head.seq };
  memcpy(write->hash, ledger->head.hash, DIGEST_BYTES);
  write->now = MAX(now, ledger->head.recorded); /* a clock that jumped back does not reorder history */
  write->correlations = g_array_new(FALSE, FALSE, sizeof(int64_t));
  return true;
}

static void close_write(struct ledger_write *write) {
  g_array_unref(write->correlations);
  g_free(write->fresh);
}

struct ledger_write *ledger_write(struct ledger *ledger, int64_t now, GError **error) {
  struct db *db = store_write(ledger->store, error);
  if (!db) return NULL;
  struct ledger_write *write = g_new0(struct ledger_write, 1);
  if (open_write(write, ledger, db, now, error)) return write;
  db_release(db);
  g_free(write);
  return NULL;
}

struct db *ledger_write_db(struct ledger_write *write) { return write->db; }
int64_t ledger_write_now(const struct ledger_write *write) { return write->now; }

static void write_free(struct ledger_write *write) {
  close_write(write);
  g_free(write);
}

void ledger_abort(struct ledger_write *write) {
  if (!write) return;
  db_release(write->db);
  write_free(write);
}

static bool time_commit(int64_t begun, bool fine) {
  if (fine) metric_time(METRIC_COMMIT_SECONDS, g_get_monotonic_time() - begun, NULL, NULL);
  else metric_add(METRIC_COMMITS_FAILED, 1, NULL, NULL);
  return fine;
}

bool ledger_commit(struct ledger_write *write, GError **error) {
  int64_t begun = g_get_monotonic_time();
  bool fine = time_commit(begun, db_commit(write->db, error));
  write_free(write);
  return fine;
}

static bool do_one(struct db *db, void *data, GError **error) {
  struct ledger_job *job = data;
  struct ledger *ledger = job->ledger;
  struct ledger_write write;
  if (!open_write(&write, ledger, db, job->now, error)) return false;
  bool fine = job->work(&write, job->data, error);
  if (fine) {
    ledger->head.version = db_version(db);
    ledger->head.seq = write.seq;
    ledger->head.recorded = write.now;
    memcpy(ledger->head.hash, write.hash, DIGEST_BYTES);
  }
  close_write(&write);
  return fine;
}

bool ledger_do(struct ledger *ledger, int64_t now, bool (*work)(struct ledger_write *write, void *data, GError **error), void *data, GError **error) {
  return store_do(ledger->store, do_one, &(struct ledger_job){ .work = work, .data = data, .ledger = ledger, .now = now }, error);
}

static void done_one(void *data, GError *error) {
  struct ledger_job *job = data;
  job->done(job->data, error);
}

void ledger_send(struct ledger *ledger, int64_t now, struct ledger_job *job) {
  job->ledger = ledger;
  job->now = now;
  job->job = (struct store_job){ .work = do_one, .done = done_one, .data = job };
  store_send(ledger->store, &job->job);
}

/* The seq of the event with this id, 0 none, -1 error. Events of an import come in the same order each time: after the first that
 * is new, all are. */
static int64_t appended_before(struct ledger_write *write, const struct event *event, GError **error) {
  if (event->batch && write->fresh && strcmp(event->batch, write->fresh) == 0) return 0;
  int64_t seq = 0;
  if (db_one(write->db, &seq, error, "ledger.by_id", "b", event->id.bytes, sizeof event->id.bytes) < 0) return -1;
  if (event->batch && seq == 0) {
    g_free(write->fresh);
    write->fresh = g_strdup(event->batch);
  }
  return seq;
}

static bool correlate(struct ledger_write *write, struct event *event, GError **error) {
  int64_t first = write->seq - write->correlations->len + 1;
  event->correlation = event->seq;
  if (event->cause >= first && event->cause <= write->seq) event->correlation = g_array_index(write->correlations, int64_t, event->cause - first);
  else if (event->cause && db_one(write->db, &event->correlation, error, "ledger.correlation", "i", event->cause) < 0) return false;
  return true;
}

static bool insert(struct ledger_write *write, const struct event *event, GError **error) {
  uint8_t hash[DIGEST_BYTES];
  ledger_link(write->hash, event, hash);
  if (db_run(write->db, error, event->data ? "ledger.append_with_data" : "ledger.append", event->data ? "ibtttiiiitittbi" : "ibtttiiiitittb", event->seq, event->id.bytes, sizeof event->id.bytes,
      event->kind, event->subject, event->actor, event->occurred, event->recorded, event->cause, event->correlation, event->batch, (int64_t)event->taint, event->rules, event->body,
      hash, (size_t)DIGEST_BYTES, (int64_t)event->data_length) < 0) return false;
  if (event->data && db_run(write->db, error, "ledger.append_data", "ib", event->seq, event->data, event->data_length) < 0) return false;
  write->seq = event->seq;
  memcpy(write->hash, hash, DIGEST_BYTES);
  g_array_append_val(write->correlations, event->correlation);
  return true;
}

bool ledger_append(struct ledger_write *write, const struct event *given, int64_t *ret_seq, GError **error) {
  static const struct uuid none;
  struct event event = *given;
  if (!ledger_kind(write->ledger, event.kind)) g_error("event kind \"%s\" is in no room's table", event.kind);
  bool original = memcmp(&event.id, &none, sizeof none) == 0;
  int64_t before = original || event.ready ? 0 : appended_before(write, &event, error);
  if (before < 0) return false;
  if (before) {
    if (ret_seq) *ret_seq = before;
    return true;
  }
  event.seq = write->seq + 1;
  if (original) event.id = uuid_new(write->now);
  event.recorded = write->now;
  if (!event.occurred) event.occurred = write->now;
  if (!event.rules) event.rules = "";
  if (!event.body_length) event.body_length = strlen(event.body);
  GError *problem = NULL;
  g_autofree char *sealed = event.ready ? NULL : sealed_body(write->ledger, ledger_kind(write->ledger, event.kind), &event, &event.body_length, &problem);
  if (problem) {
    g_propagate_error(error, problem);
    return false;
  }
  if (sealed) event.body = sealed;
  if (!correlate(write, &event, error) || !insert(write, &event, error) || !mentions_pass(write->db, event.seq, error)) return false;
  if (ret_seq) *ret_seq = event.seq;
  if (is_commit(&event)) return fold_import(write->ledger, write->db, write->db, &event, error);
  return event.batch || fold_event(write->ledger, write->db, &event, false, error);
}

struct record { const struct event *event; int64_t seq; };

static bool record(struct ledger_write *write, void *data, GError **error) {
  struct record *record = data;
  return ledger_append(write, record->event, &record->seq, error);
}

int64_t ledger_record(struct ledger *ledger, int64_t now, const struct event *event, GError **error) {
  struct record made = { event, 0 };
  return ledger_do(ledger, now, record, &made, error) ? made.seq : 0;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

int64_t ledger_head(struct db *db, GError **error) {
  int64_t seq = 0;
  return db_one(db, &seq, error, "ledger.head", "") < 0 ? -1 : seq;
}

bool ledger_visit(struct db *db, int64_t from, int64_t to, bool (*visit)(const struct event *, void *, GError **), void *data, GError **error) {
  g_auto(walk_auto) walk = { .db = db, .from = from, .to = to };
  struct event event;
  int got;
  while ((got = walk_next(&walk, &event, error)) == 1)
    if (!visit(&event, data, error)) return false;
  return got == 0;
}

int ledger_find(struct db *db, int64_t seq, struct event *ret_event, GError **error) {
  g_auto(walk_auto) walk = { .db = db, .from = seq, .to = seq };
  struct event event;
  int got = walk_next(&walk, &event, error);
  if (got != 1) return got;
  event.kind = g_strdup(event.kind);
  event.subject = g_strdup(event.subject);
  event.actor = g_strdup(event.actor);
  event.batch = g_strdup(event.batch);
  event.rules = g_strdup(event.rules);
  event.body = g_strndup(event.body, event.body_length);
  event.data = g_memdup2(event.data, event.data_length);
  *ret_event = event;
  return 1;
}

struct about about_subject(struct db *db, const char *subject, int64_t to) {
  return (struct about){ .mentions = { .db = db, .thing = subject, .first = MENTION_SUBJECT, .last = MENTION_SUBJECT, .to = to } };
}

int about_next(struct about *about, struct event *ret_event, GError **error) {
  int64_t seq;
  int got;
  while ((got = mentions_next(&about->mentions, &seq, error)) == 1) {
    query_done(about->query);
    about->query = db_query(about->mentions.db, error, "ledger.about", "it", seq, about->mentions.thing);
    if ((got = query_next(about->query, error)) < 0) return -1;
    if (got == 0) continue;
    event_read(about->query, ret_event);
    return 1;
  }
  return got;
}

void about_end(struct about *about) {
  query_done(g_steal_pointer(&about->query));
  mentions_end(&about->mentions);
}

const char *event_about(const struct event *event) {
  const char *colon = strchr(event->subject, ':');
  return colon ? colon + 1 : event->subject;
}

void event_clear(struct event *event) {
  const void *texts[] = { event->kind, event->subject, event->actor, event->batch, event->rules, event->body, event->data };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free((void *)(uintptr_t)texts[i]);
  memset(event, 0, sizeof *event);
}

/* ---- rebuilding ------------------------------------------------------------------------------------------------- */

static GHashTable *undone_imports(struct db *db, GError **error) {
  g_autoptr(GHashTable) undone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(query_auto) query = db_query(db, error, "ledger.undone", "");
  int got;
  while ((got = query_next(query, error)) == 1) g_hash_table_add(undone, g_strdup(query_text(query, 0)));
  return got == 0 ? g_steal_pointer(&undone) : NULL;
}

struct rebuild {
  struct ledger *ledger;
  struct db *source, *target;
  GHashTable *undone;
  bool check_chain;
  uint8_t hash[DIGEST_BYTES];
  int64_t seq, head;
  void (*progress)(void *data, const char *what, double share);
  void *progress_data;
};

static bool link_holds(struct rebuild *rebuild, const struct event *event, const uint8_t *stored, size_t length, GError **error) {
  uint8_t hash[DIGEST_BYTES];
  if (event->seq != rebuild->seq + 1) return fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " is missing: the ledger has a gap", rebuild->seq + 1);
  ledger_link(rebuild->hash, event, hash);
  if (length != DIGEST_BYTES || memcmp(hash, stored, DIGEST_BYTES) != 0)
    return fail(error, MENO_ERROR_CORRUPT, "event %" G_GINT64_FORMAT " (%s) is not what was written: its hash does not hold", event->seq, event->kind);
  memcpy(rebuild->hash, hash, DIGEST_BYTES);
  return true;
}

static bool rebuild_event(struct rebuild *rebuild, const struct event *event, GError **error) {
  rebuild->seq = event->seq;
  if (rebuild->progress && event->seq % 4096 == 0) rebuild->progress(rebuild->progress_data, "replaying", (double)event->seq / (double)MAX(rebuild->head, 1));
  if (rebuild->source == rebuild->target && !mentions_pass(rebuild->target, event->seq, error)) return false;
  if (event->batch) return true;
  bool commit = is_commit(event), undone = commit && g_hash_table_contains(rebuild->undone, event->subject);
  if (commit && !undone) return fold_import(rebuild->ledger, rebuild->source, rebuild->target, event, error);
  return fold_event(rebuild->ledger, rebuild->target, event, undone, error);
}

static bool rebuild_all(struct rebuild *rebuild, GError **error) {
  g_autoptr(GHashTable) undone = undone_imports(rebuild->source, error);
  if (!undone) return false;
  rebuild->undone = undone;
  rebuild->head = ledger_head(rebuild->source, error);
  g_auto(walk_auto) walk = { .db = rebuild->source, .from = 1, .to = rebuild->head };
  struct event event;
  int got;
  while ((got = walk_next(&walk, &event, error)) == 1) {
    size_t length;
    const uint8_t *stored = query_blob(walk.query, 14, &length);
    if (rebuild->check_chain && !link_holds(rebuild, &event, stored, length, error)) return false;
    if (!rebuild_event(rebuild, &event, error)) return false;
  }
  return got == 0;
}

/* Calls `visit` once for every table of every fold. */
static bool every_table(struct ledger *ledger, bool (*visit)(const char *table, void *data, GError **error), void *data, GError **error) {
  for (size_t i = 0; ledger->tables->folds[i]; i++)
    for (const struct fold *fold = ledger->tables->folds[i]; fold->name; fold++)
      for (size_t t = 0; fold->tables[t]; t++)
        if (!visit(fold->tables[t], data, error)) return false;
  return true;
}

static bool clear_table(const char *table, void *data, GError **error) { return db_table_clear(data, table, error); }

static bool refold(struct rebuild *rebuild, GError **error) {
  return every_table(rebuild->ledger, clear_table, rebuild->target, error) && mentions_clear(rebuild->target, error) && rebuild_all(rebuild, error);
}

bool ledger_refold(struct ledger_write *write, GError **error) {
  struct rebuild rebuild = { .ledger = write->ledger, .source = write->db, .target = write->db };
  return refold(&rebuild, error);
}

struct migration { const struct ledger_tables *tables; void (*progress)(void *, const char *, double); void *data; };

/* A newer schema has tables and columns that older folds did not fill. */
static bool fold_anew(struct store *store, struct db *db, void *data, GError **error) {
  const struct migration *migration = data;
  g_autoptr(ledger_auto) ledger = ledger_new(store, migration->tables);
  struct rebuild rebuild = { .ledger = ledger, .source = db, .target = db, .progress = migration->progress, .progress_data = migration->data };
  return refold(&rebuild, error);
}

bool ledger_migrate(const char *place, const struct ledger_tables *tables, void (*progress)(void *, const char *, double), void *data,
                    int64_t *ret_from, int64_t *ret_to, GError **error) {
  struct migration migration = { tables, progress, data };
  return store_migrate(place, fold_anew, &migration, ret_from, ret_to, error);
}

struct comparison { const struct ledger_tables *tables_of; struct db *live, *rebuilt; int tables; };

static bool compare_table(const char *table, void *data, GError **error) {
  struct comparison *comparison = data;
  char live[DIGEST_TEXT], rebuilt[DIGEST_TEXT];
  comparison->tables++;
  if (!db_table_digest(comparison->live, table, live, error) || !db_table_digest(comparison->rebuilt, table, rebuilt, error)) return false;
  return strcmp(live, rebuilt) == 0 || differ_name(comparison->tables_of, comparison->live, comparison->rebuilt, table, error);
}

bool ledger_verify(struct ledger *ledger, void (*progress)(void *, const char *, double), void *data, struct replay_report *ret_report, GError **error) {
  int64_t begun = g_get_monotonic_time();
  g_autoptr(store_auto) memory = store_open_memory(error);
  if (!memory) return false;
  g_autoptr(db_auto) live = store_read(ledger->store, error);
  g_autoptr(db_auto) rebuilt = live ? store_write(memory, error) : NULL;
  struct rebuild rebuild = { .ledger = ledger, .source = live, .target = rebuilt, .check_chain = true, .progress = progress, .progress_data = data };
  if (!rebuilt || !db_intact(live, error) || !rebuild_all(&rebuild, error)) return false;
  if (progress) progress(data, "comparing tables", 1);
  struct comparison comparison = { .tables_of = ledger->tables, .live = live, .rebuilt = rebuilt };
  if (!every_table(ledger, compare_table, &comparison, error) || !mentions_check(live, error)) return false;
  *ret_report = (struct replay_report){ .events = rebuild.seq, .tables = comparison.tables, .seconds = (double)(g_get_monotonic_time() - begun) / 1e6 };
  digest_format(rebuild.hash, ret_report->head);
  return true;
}
