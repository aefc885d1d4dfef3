/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dispatcher. Under a lease it takes what is due, a batch at a time, reads what is to be said, lets go of the database,
 * acts, and records the batch's outcomes in one transaction. An at-most-once act has transactions of its own, before and
 * after: what is found `started` by whoever takes the lease next is uncertain.
 *
 * Waiting between tries doubles from a minute to a day, with a jitter drawn from a seed, the action and the try, so that
 * what failed together is not tried together; after MOST_TRIES it is a dead letter, which a person can send again.
 * The circuit breaker: after BREAK_AFTER failures in a row a channel rests; then one act is tried, and only when it goes
 * through the others follow. Failures in a row are counted by the fold, so replay knows them, and a restart does not forget.
 *
 * How it can be wrong: a channel that says it is keyed or queryable and is not, doubles. An outcome is recorded only where
 * the row is still as it was read; what somebody else has recorded meanwhile stands. */
#include "runtime/outbox.h"
#include "base/id.h"
#include "runtime/lease.h"
#include <string.h>

#define BATCH 200
#define MOST_TRIES 8
#define FIRST_WAIT (60 * CLOCK_SECOND)
#define BREAK_AFTER 5
#define LONGEST_REST (3600 * CLOCK_SECOND)
#define LEASE "outbox"
#define IN_DOUBT "Meno stopped while it was being sent: look whether it has arrived"

const char *const action_classes[] = { "keyed", "queryable", "at-most-once" };
const char *const outbox_words[] = { "sent", "again", "drop", NULL };

void action_free(void *data) {
  struct action *action = data;
  if (!action) return;
  char *texts[] = { action->id, action->channel, action->subject, action->person, action->state, action->why };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_free(action);
}

static struct action *read_action(struct query *q) {
  struct action *action = g_new0(struct action, 1);
  *action = (struct action){ .id = g_strdup(query_text(q, 0)), .channel = g_strdup(query_text(q, 1)), .subject = g_strdup(query_text(q, 2)),
    .person = g_strdup(query_text(q, 3)), .state = g_strdup(query_text(q, 4)), .attempts = (int)query_integer(q, 5), .due = query_integer(q, 6),
    .why = g_strdup(query_text(q, 7)), .seq = query_integer(q, 8) };
  return action;
}

static GPtrArray *read_all(struct query *query, GError **error) {
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func(action_free);
  int got;
  while ((got = query_next(query, error)) == 1) g_ptr_array_add(actions, read_action(query));
  return got == 0 ? g_steal_pointer(&actions) : NULL;
}

GPtrArray *outbox_list(struct db *db, struct seal *seal, const char *state, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "runtime.actions", "ti", state, (int64_t)500);
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func(action_free);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct action *action = read_action(query);
    g_free(action->why);
    action->why = ledger_reveal(seal, query, 7, 9, "reason", NULL);
    g_ptr_array_add(actions, action);
  }
  return got == 0 ? g_steal_pointer(&actions) : NULL;
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

static bool append(struct ledger_write *write, const char *kind, const char *action, const char *actor, struct json_writer *body, GError **error) {
  g_autofree char *subject = g_strconcat("action:", action, NULL), *text = json_writer_steal(body, NULL);
  return ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .body = text }, NULL, error);
}

static void open_body(struct json_writer *body) {
  json_writer_init(body);
  json_open_object(body, NULL);
}

bool outbox_request(struct ledger_write *write, const char *channel, const char *subject, const char *person, int64_t due, GError **error) {
  g_autofree char *id = id_short("x", channel, subject, NULL);
  int64_t known;
  int got = db_one(ledger_write_db(write), &known, error, "runtime.action_known", "t", id);
  if (got) return got == 1;
  char time[CLOCK_TEXT];
  struct json_writer body;
  open_body(&body);
  json_put_string(&body, "channel", channel);
  json_put_string(&body, "due", clock_format_time(due, time));
  json_put_string(&body, "person", person);
  json_put_string(&body, "subject", subject);
  json_close_object(&body);
  return append(write, "action.requested", id, "system", &body, error);
}

bool outbox_put_aside(struct ledger_write *write, const char *channel, const char *subject, const char *why, GError **error) {
  g_autofree char *id = id_short("x", channel, subject, NULL);
  int64_t known;
  int got = db_one(ledger_write_db(write), &known, error, "runtime.action_known", "t", id);
  if (got) return got == 1;
  struct json_writer body;
  open_body(&body);
  json_put_bool(&body, "dead", true);
  json_put_string(&body, "why", why);
  json_close_object(&body);
  if (outbox_request(write, channel, subject, "", ledger_write_now(write), error)) return append(write, "action.failed", id, "system", &body, error);
  json_writer_clear(&body);
  return false;
}

/* `wait` and up to a quarter more, drawn from the seed, a name and a number. */
static int64_t jittered(int64_t wait, uint64_t seed, const char *name, int number) {
  uint8_t hash[DIGEST_BYTES];
  g_autofree char *drawn = g_strdup_printf("%" G_GUINT64_FORMAT " %s %d", seed, name, number);
  digest(drawn, strlen(drawn), hash);
  return wait + wait / 4 * hash[0] / 255;
}

int64_t outbox_wait(uint64_t seed, const char *id, int attempts) { return jittered(MIN(FIRST_WAIT << MIN(attempts, 12), CLOCK_DAY), seed, id, attempts); }

int64_t outbox_rest(uint64_t seed, const char *channel, int failures) {
  return failures < BREAK_AFTER ? 0 : jittered(MIN(FIRST_WAIT << MIN(failures - BREAK_AFTER, 12), LONGEST_REST), seed, channel, failures);
}

/* ---- a batch ---------------------------------------------------------------------------------------------------- */

struct health { int failures; int64_t open_until; };
struct piece { struct action *action; const struct channel *channel; char *text /* NULL: `problem` says why */; size_t length; enum act act; bool acted; GError *problem; };
struct batch {
  const struct outbox *outbox;
  struct outbox_report *report;
  GArray *pieces;      /* of struct piece */
  GHashTable *health;  /* channel → struct health, as it is with what this batch has done */
};

static void piece_clear(void *data) {
  struct piece *piece = data;
  g_clear_pointer(&piece->action, action_free);
  g_clear_pointer(&piece->text, g_free);
  g_clear_error(&piece->problem);
}

static const struct channel *channel_named(const struct channel *list, const char *name) {
  for (const struct channel *channel = list; channel->name; channel++)
    if (strcmp(channel->name, name) == 0) return channel;
  return NULL;
}

static struct health *health_of(struct batch *batch, const char *channel) {
  struct health *health = g_hash_table_lookup(batch->health, channel);
  if (!health) g_hash_table_insert(batch->health, g_strdup(channel), health = g_new0(struct health, 1));
  return health;
}

static bool load_health(struct batch *batch, struct db *db, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "runtime.health", "");
  int got;
  while ((got = query_next(query, error)) == 1)
    *health_of(batch, query_text(query, 0)) = (struct health){ (int)query_integer(query, 1), query_integer(query, 2) };
  return got == 0;
}

/* ---- what is to be said ----------------------------------------------------------------------------------------- */

static int write_delivery(struct json_writer *out, struct db *db, struct seal *seal, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.delivery", "t", id);
  int got = query_next(query, error);
  char text[CLOCK_TEXT];
  if (got != 1 || g_strcmp0(query_text(query, 10), "expired") == 0) return MIN(got, 0);
  json_put_string(out, "expires", clock_format_day((int32_t)query_integer(query, 9), text));
  json_put_number(out, "minutes", query_double(query, 7));
  json_put_string(out, "page", "#/me");
  g_autofree char *reason = ledger_reveal(seal, query, 6, 13, "reason", NULL);
  json_put_string(out, "text", reason);
  json_put_string(out, "title", query_text(query, 5));
  return 1;
}

static int write_note(struct json_writer *out, struct db *db, struct seal *seal, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.note", "t", id);
  int got = query_next(query, error);
  if (got != 1) return got;
  g_autofree char *title = ledger_reveal(seal, query, 1, 5, "title", NULL), *words = ledger_reveal(seal, query, 2, 5, "text", NULL);
  json_put_string(out, "text", words);
  json_put_string(out, "title", title);
  return 1;
}

/* False: the store's error. What cannot be said (nobody to say it to) is the piece's problem, and final. */
static bool compose(struct piece *piece, struct db *db, struct ledger *ledger, const struct company *company, GError **error) {
  const struct action *action = piece->action;
  struct seal *seal = ledger_seal(ledger);
  int person = company_person(company, action->person);
  const char *id = strchr(action->subject, ':');
  piece->act = ACT_REFUSED;
  if (!piece->channel) return fail(&piece->problem, MENO_ERROR_NOT_FOUND, "there is no channel \"%s\"", action->channel), true;
  if (piece->channel->compose) return piece->channel->compose(ledger, action, &piece->text, &piece->length, &piece->problem, error) >= 0;
  if (person < 0) return fail(&piece->problem, MENO_ERROR_NOT_FOUND, "the person whom this was for is not known any more"), true;
  const char *email = company->people.at[person].email;
  g_auto(json_writer_auto) out;
  open_body(&out);
  json_put_string(&out, "id", action->id);
  json_put_string(&out, "subject", action->subject);
  json_put_string(&out, "to", email && *email ? email : company->people.at[person].employee_number);
  int got = !id ? 0 : g_str_has_prefix(action->subject, "note:") ? write_note(&out, db, seal, id + 1, error) : write_delivery(&out, db, seal, id + 1, error);
  json_close_object(&out);
  if (got < 0) return false;
  if (got == 0) return fail(&piece->problem, MENO_ERROR_NOT_FOUND, "\"%s\" is not there, or was stopped before it was shown", action->subject), true;
  piece->text = json_writer_steal(&out, &piece->length);
  return true;
}

/* Reads what is due, the channels' health, and what is to be said; then lets go of the database. */
static bool load_batch(struct batch *batch, GError **error) {
  const struct outbox *outbox = batch->outbox;
  g_autoptr(db_auto) db = store_read(ledger_store(outbox->ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "runtime.due_actions", "ii", outbox->now, (int64_t)BATCH) : NULL;
  g_autoptr(GPtrArray) actions = query ? read_all(query, error) : NULL;
  if (!actions || !load_health(batch, db, error)) return false;
  for (guint i = 0; i < actions->len; i++) {
    struct action *action = actions->pdata[i];
    struct piece piece = { .action = action, .channel = channel_named(outbox->channels, action->channel) };
    actions->pdata[i] = NULL;
    g_array_append_val(batch->pieces, piece);
    if (!compose(&g_array_index(batch->pieces, struct piece, i), db, outbox->ledger, outbox->company, error)) return false;
  }
  return true;
}

/* ---- recording -------------------------------------------------------------------------------------------------- */

/* Is the row still as the dispatcher knows it? 1/0/-1 */
static int unchanged(struct ledger_write *write, const struct action *action, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "runtime.action", "t", action->id);
  int got = query_next(query, error);
  return got == 1 ? query_integer(query, 8) == action->seq : got;
}

static void put_failure(struct json_writer *body, struct batch *batch, const struct piece *piece, bool dead) {
  const struct outbox *outbox = batch->outbox;
  char time[CLOCK_TEXT];
  const struct health *health = health_of(batch, piece->action->channel);
  json_put_string(body, "channel", piece->action->channel);
  json_put_bool(body, "dead", dead);
  json_put_string(body, "due", clock_format_time(outbox->now + outbox_wait(outbox->seed, piece->action->id, piece->action->attempts), time));
  if (piece->act == ACT_FAILED) json_put_integer(body, "failures", health->failures);
  if (piece->act == ACT_FAILED && health->open_until) json_put_string(body, "open_until", clock_format_time(health->open_until, time));
  json_put_string(body, "why", piece->problem->message);
}

static bool record_outcome(struct ledger_write *write, struct batch *batch, const struct piece *piece, GError **error) {
  int same = unchanged(write, piece->action, error);
  if (same != 1) return same == 0;
  bool dead = piece->act == ACT_REFUSED || (piece->act == ACT_FAILED && piece->action->attempts + 1 >= MOST_TRIES);
  struct json_writer body;
  open_body(&body);
  if (piece->act == ACT_UNKNOWN) json_put_string(&body, "why", piece->problem->message);
  else if (piece->act != ACT_DONE) put_failure(&body, batch, piece, dead);
  json_close_object(&body);
  struct outbox_report *report = batch->report;
  report->done += piece->act == ACT_DONE;
  report->uncertain += piece->act == ACT_UNKNOWN;
  report->failed += piece->act == ACT_FAILED && !dead;
  report->dead += dead;
  const char *kind = piece->act == ACT_DONE ? "action.done" : piece->act == ACT_UNKNOWN ? "action.uncertain" : "action.failed";
  return append(write, kind, piece->action->id, "system", &body, error);
}

/* Renews the lease with every record; `ret_held`: whether it is still ours. What has been done is recorded in any case. */
static struct ledger_write *begin(const struct outbox *outbox, int *ret_held, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(outbox->ledger, outbox->now, error);
  *ret_held = write ? lease_take(ledger_write_db(write), LEASE, outbox->holder, outbox->now, error) : -1;
  return *ret_held >= 0 ? g_steal_pointer(&write) : NULL;
}

/* At-most-once: what is about to happen is on disk before it happens. 1 go on; 0 somebody else was quicker; -1 error. */
static int record_start(struct batch *batch, struct piece *piece, GError **error) {
  int held;
  g_autoptr(ledger_write_auto) write = begin(batch->outbox, &held, error);
  int same = !write ? -1 : held ? unchanged(write, piece->action, error) : 0;
  if (same != 1) return same;
  struct json_writer body;
  open_body(&body);
  json_close_object(&body);
  g_autofree char *subject = g_strconcat("action:", piece->action->id, NULL), *text = json_writer_steal(&body, NULL);
  if (!ledger_append(write, &(struct event){ .kind = "action.started", .subject = subject, .actor = "system", .body = text }, &piece->action->seq, error)) return -1;
  return ledger_commit(g_steal_pointer(&write), error) ? 1 : -1;
}

static bool record_one(struct batch *batch, const struct piece *piece, GError **error) {
  int held;
  g_autoptr(ledger_write_auto) write = begin(batch->outbox, &held, error);
  return write && record_outcome(write, batch, piece, error) && ledger_commit(g_steal_pointer(&write), error);
}

static bool record_rest(struct batch *batch, GError **error) {
  int held;
  g_autoptr(ledger_write_auto) write = begin(batch->outbox, &held, error);
  if (!write) return false;
  for (guint i = 0; i < batch->pieces->len; i++) {
    const struct piece *piece = &g_array_index(batch->pieces, struct piece, i);
    bool own = piece->channel && piece->channel->class == ACTION_AT_MOST_ONCE && piece->text; /* recorded when it happened */
    if (piece->acted && !own && !record_outcome(write, batch, piece, error)) return false;
  }
  return ledger_commit(g_steal_pointer(&write), error);
}

/* ---- acting ----------------------------------------------------------------------------------------------------- */

/* What was sent before a crash, and not recorded, is found. */
static enum act act_once(const struct channel *channel, const struct channel_place *place, const struct letter *letter, GError **error) {
  int there = channel->class == ACTION_QUERYABLE ? channel->find(place, letter, error) : 0;
  if (there) return there == 1 ? ACT_DONE : ACT_FAILED;
  enum act act = channel->act(place, letter, error);
  return act == ACT_UNKNOWN && channel->class != ACTION_AT_MOST_ONCE ? ACT_FAILED : act; /* the next try finds out */
}

/* Counts towards the channel's breaker. What is final says nothing about the channel; what is unknown says nothing good. */
static void note_health(struct batch *batch, const struct piece *piece) {
  struct health *health = health_of(batch, piece->action->channel);
  if (piece->act == ACT_DONE) *health = (struct health){ 0 };
  if (piece->act != ACT_FAILED) return;
  int64_t rest = outbox_rest(batch->outbox->seed, piece->action->channel, ++health->failures);
  health->open_until = rest ? batch->outbox->now + rest : 0;
}

static bool act(struct batch *batch, struct piece *piece, GError **error) {
  if (health_of(batch, piece->action->channel)->open_until > batch->outbox->now) return true; /* it rests since an act of this batch */
  bool once = piece->text && piece->channel->class == ACTION_AT_MOST_ONCE;
  int go = once ? record_start(batch, piece, error) : 1;
  if (go != 1) return go == 0;
  struct letter letter = { piece->action->id, piece->text, piece->length };
  if (piece->text) piece->act = act_once(piece->channel, batch->outbox->place, &letter, &piece->problem);
  piece->acted = true;
  note_health(batch, piece);
  return !once || record_one(batch, piece, error);
}

/* `*ret_more`: it may be worth looking again at once. */
static bool dispatch_batch(const struct outbox *outbox, bool *ret_more, struct outbox_report *report, GError **error) {
  g_autoptr(GArray) pieces = g_array_new(FALSE, TRUE, sizeof(struct piece));
  g_array_set_clear_func(pieces, piece_clear);
  g_autoptr(GHashTable) health = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  struct batch batch = { outbox, report, pieces, health };
  if (!load_batch(&batch, error)) return false;
  bool acted = false, fine = true;
  for (guint i = 0; fine && i < pieces->len; i++) {
    struct piece *piece = &g_array_index(pieces, struct piece, i);
    fine = act(&batch, piece, error);
    acted |= piece->acted;
  }
  *ret_more = acted && pieces->len == BATCH;
  return fine && (!acted || record_rest(&batch, error));
}

/* ---- under the lease -------------------------------------------------------------------------------------------- */

/* 1 there may be something to do; 0 nothing; -1 error. Costs no write, so an idle server writes nothing. */
static int any(const struct outbox *outbox, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(outbox->ledger), error);
  int64_t seq, started = 0;
  int due = db ? db_one(db, &seq, error, "runtime.due_actions", "ii", outbox->now, (int64_t)1) : -1;
  if (due != 0) return due;
  return db_one(db, &started, error, "runtime.count_actions", "t", "started") < 0 ? -1 : started > 0;
}

static bool record_doubt(struct ledger_write *write, const char *id, GError **error) {
  struct json_writer body;
  open_body(&body);
  json_put_string(&body, "why", IN_DOUBT);
  json_close_object(&body);
  return append(write, "action.uncertain", id, "system", &body, error);
}

/* Takes the lease; whatever is `started` then was left so by a holder before. 1/0/-1 */
static int take_over(const struct outbox *outbox, struct outbox_report *report, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(outbox->ledger, outbox->now, error);
  int held = write ? lease_take(ledger_write_db(write), LEASE, outbox->holder, outbox->now, error) : -1;
  if (held != 1) return held;
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "runtime.started_actions", "i", (int64_t)100000);
  g_autoptr(GPtrArray) left = query ? read_all(query, error) : NULL;
  for (guint i = 0; left && i < left->len; i++)
    if (!record_doubt(write, ((struct action *)left->pdata[i])->id, error)) return -1;
  report->uncertain += left ? (int)left->len : 0;
  return left && ledger_commit(g_steal_pointer(&write), error) ? 1 : -1;
}

static bool give_back(const struct outbox *outbox, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(outbox->ledger, outbox->now, error);
  return write && lease_end(ledger_write_db(write), LEASE, outbox->holder, error) && ledger_commit(g_steal_pointer(&write), error);
}

bool outbox_dispatch(const struct outbox *outbox, struct outbox_report *ret_report, GError **error) {
  struct outbox_report report = { 0 };
  int ready = any(outbox, error), held = ready == 1 ? take_over(outbox, &report, error) : 0;
  if (ready < 0 || held < 0) return false;
  report.elsewhere = ready == 1 && held == 0;
  for (bool more = held == 1; more;)
    if (!dispatch_batch(outbox, &more, &report, error)) return false;
  if (held == 1 && !give_back(outbox, error)) return false;
  if (ret_report) *ret_report = report;
  return true;
}

/* ---- people's words --------------------------------------------------------------------------------------------- */

/* The action's state must be one of two (`other` may be NULL). */
static bool check_state(struct ledger_write *write, const char *id, const char *state, const char *other, const char *what, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "runtime.action", "t", id);
  int got = query_next(query, error);
  if (got < 0) return false;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no action \"%s\" in the outbox", id);
  const char *is = query_text(query, 4);
  return strcmp(is, state) == 0 || (other && strcmp(is, other) == 0) || fail(error, MENO_ERROR_CONFLICT, "the action \"%s\" is %s, so there is nothing to %s", id, is, what);
}

bool outbox_retry(struct ledger_write *write, const char *id, const char *actor, GError **error) {
  if (!check_state(write, id, "dead", NULL, "send again", error)) return false;
  struct json_writer body;
  open_body(&body);
  json_close_object(&body);
  return append(write, "action.retried", id, actor, &body, error);
}

bool outbox_settle(struct ledger_write *write, const char *id, const char *word, const char *reason, const char *actor, GError **error) {
  if (!g_strv_contains(outbox_words, word)) return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" settles nothing; say sent, again or drop", word);
  if (!check_state(write, id, "uncertain", "dead", "settle", error)) return false;
  struct json_writer body;
  open_body(&body);
  json_put_string(&body, "reason", reason);
  json_put_string(&body, "word", word);
  json_close_object(&body);
  return append(write, "action.settled", id, actor, &body, error);
}

/* ---- folds ------------------------------------------------------------------------------------------------------ */

static bool fold_failed(struct db *db, const struct event *event, const char *id, struct json body, GError **error) {
  int64_t due = event->recorded, open_until = 0, failures;
  const char *when = json_string(json_get(body, "due")), *until = json_string(json_get(body, "open_until")), *channel = json_string(json_get(body, "channel"));
  if (when) clock_parse_time(when, &due);
  if (until) clock_parse_time(until, &open_until);
  if (db_run(db, error, "runtime.fail_action", "ttiti", id, json_true(json_get(body, "dead")) ? "dead" : "requested", due,
      json_string(json_get(body, "why")), event->seq) < 0) return false;
  return !channel || !json_integer(json_get(body, "failures"), &failures) ||
    db_run(db, error, "runtime.put_health", "tiii", channel, failures, open_until, event->seq) >= 0;
}

static bool fold_settled(struct db *db, const struct event *event, const char *id, struct json body, GError **error) {
  struct json word = json_get(body, "word");
  if (json_equals(word, "again")) return db_run(db, error, "runtime.retry_action", "tii", id, event->recorded, event->seq) >= 0;
  return db_run(db, error, "runtime.move_action", "ttti", id, json_equals(word, "sent") ? "done" : "dropped", json_string(json_get(body, "reason")), event->seq) >= 0;
}

static bool fold_action(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event), *what = strchr(event->kind, '.') + 1;
  int64_t due = event->recorded;
  const char *when = json_string(json_get(body, "due"));
  if (when) clock_parse_time(when, &due);
  if (strcmp(what, "requested") == 0)
    return db_run(db, error, "runtime.put_action", "ttttii", id, json_string(json_get(body, "channel")), json_string(json_get(body, "subject")),
      json_string(json_get(body, "person")), due, event->seq) >= 0;
  if (strcmp(what, "done") == 0) return db_run(db, error, "runtime.end_action", "ti", id, event->seq) >= 0 && db_run(db, error, "runtime.heal", "ti", id, event->seq) >= 0;
  if (strcmp(what, "retried") == 0) return db_run(db, error, "runtime.retry_action", "tii", id, event->recorded, event->seq) >= 0;
  if (strcmp(what, "started") == 0) return db_run(db, error, "runtime.move_action", "ttti", id, "started", NULL, event->seq) >= 0;
  if (strcmp(what, "uncertain") == 0) return db_run(db, error, "runtime.move_action", "ttti", id, "uncertain", json_string(json_get(body, "why")), event->seq) >= 0;
  if (strcmp(what, "settled") == 0) return fold_settled(db, event, id, body, error);
  return fold_failed(db, event, id, body, error);
}

const struct event_kind outbox_kinds[] = {
  { "action.requested", "delivery", 0, "", "an act on the outside world is to be done", .body = "{channel:name due?:time person:text subject:name}" },
  { "action.started", "delivery", 0, "", "it is about to be done, and cannot be done twice" },
  { "action.done", "delivery", 0, "", "it was done" },
  { "action.failed", "delivery", 400, "", "it failed, and is tried again or waits for a person", .body = "{channel?:text dead?:flag due?:time failures?:count open_until?:time why?:text}" },
  { "action.uncertain", "delivery", 0, "", "nobody knows whether it was done: a person looks", .body = "{why?:text}" },
  { "action.retried", "delivery", 400, "", "a person sent a dead letter again" },
  { "action.settled", "delivery", 0, "reason", "a person said what is to become of a dead letter or an uncertain act", "@actor", "{reason?:text word:text}" },
  { 0 } };

static const char *const kinds[] = { "action.requested", "action.started", "action.done", "action.failed", "action.uncertain", "action.retried", "action.settled", NULL };
static const char *const tables[] = { "action", "channel_health", NULL };
const struct fold outbox_folds[] = { { "outbox", kinds, tables, fold_action }, { 0 } };
