/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dispatcher. It takes what is due, a batch at a time, acts outside of any transaction, and records the batch's
 * outcomes in one. Waiting between tries doubles from a minute to a day, with a jitter drawn from the action's id, so that
 * what failed together is not tried together; after MOST_TRIES it is a dead letter, which a person can send again.
 *
 * How it can be wrong: two processes on one data folder may act twice; the channels' acts are repeatable, so that costs a
 * write and nothing else. */
#include "runtime/outbox.h"
#include "base/id.h"
#include <string.h>

#define BATCH 200
#define MOST_TRIES 8
#define FIRST_WAIT (60 * CLOCK_SECOND)

void action_free(void *data) {
  struct action *action = data;
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

GPtrArray *outbox_list(struct db *db, const char *state, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "runtime.actions", "ti", state, (int64_t)500);
  return query ? read_all(query, error) : NULL;
}

/* ---- events ----------------------------------------------------------------------------------------------------- */

static bool append(struct ledger_write *write, const char *kind, const char *action, const char *actor, struct uuid id, struct json_writer *body, GError **error) {
  g_autofree char *subject = g_strconcat("action:", action, NULL), *text = json_writer_steal(body, NULL);
  return ledger_append(write, &(struct event){ .id = id, .kind = kind, .subject = subject, .actor = actor, .body = text }, NULL, error);
}

bool outbox_request(struct ledger_write *write, const char *channel, const char *subject, const char *person, int64_t due, GError **error) {
  g_autofree char *id = id_short("x", channel, subject, NULL);
  char time[CLOCK_TEXT];
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "channel", channel);
  json_put_string(&body, "due", clock_format_time(due, time));
  json_put_string(&body, "person", person);
  json_put_string(&body, "subject", subject);
  json_close_object(&body);
  return append(write, "action.requested", id, "system", uuid_of("action.requested", id, NULL), &body, error);
}

static int64_t wait_after(const struct action *action) {
  uint8_t hash[DIGEST_BYTES];
  digest(action->id, strlen(action->id), hash);
  int64_t wait = MIN(FIRST_WAIT << MIN(action->attempts, 12), CLOCK_DAY);
  return wait + wait / 4 * hash[0] / 255;
}

static bool record_outcome(struct ledger_write *write, const struct action *action, const GError *problem, int64_t now, struct outbox_report *report, GError **error) {
  struct json_writer body;
  char time[CLOCK_TEXT];
  json_writer_init(&body);
  json_open_object(&body, NULL);
  bool final = problem && (g_error_matches(problem, MENO_ERROR, MENO_ERROR_NOT_FOUND) || g_error_matches(problem, MENO_ERROR, MENO_ERROR_BAD_INPUT));
  bool dead = problem && (final || action->attempts + 1 >= MOST_TRIES);
  if (problem) {
    json_put_bool(&body, "dead", dead);
    json_put_string(&body, "due", clock_format_time(now + wait_after(action), time));
    json_put_string(&body, "why", problem->message);
  }
  json_close_object(&body);
  report->done += !problem;
  report->failed += problem && !dead;
  report->dead += dead;
  return append(write, problem ? "action.failed" : "action.done", action->id, "system", (struct uuid){ 0 }, &body, error);
}

/* ---- dispatching ------------------------------------------------------------------------------------------------ */

static bool act(const struct action *action, const char *dir, struct db *db, struct seal *seal, const struct company *company, GError **error) {
  const struct channel *channel = channel_find(action->channel);
  if (!channel) return fail(error, MENO_ERROR_NOT_FOUND, "there is no channel \"%s\"", action->channel);
  return channel->act(dir, db, seal, company, action, error);
}

static bool dispatch_batch(struct ledger *ledger, const struct company *company, const char *dir, int64_t now, guint *ret_count, struct outbox_report *report, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "runtime.due_actions", "ii", now, (int64_t)BATCH) : NULL;
  g_autoptr(GPtrArray) actions = query ? read_all(query, error) : NULL;
  if (!actions) return false;
  *ret_count = actions->len;
  if (actions->len == 0) return true;
  g_autoptr(GPtrArray) problems = g_ptr_array_new();
  for (guint i = 0; i < actions->len; i++) {
    GError *problem = NULL;
    act(actions->pdata[i], dir, db, ledger_seal(ledger), company, &problem);
    g_ptr_array_add(problems, problem);
  }
  db_release(g_steal_pointer(&db));
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  bool fine = write != NULL;
  for (guint i = 0; i < actions->len; i++) {
    fine = fine && record_outcome(write, actions->pdata[i], problems->pdata[i], now, report, error);
    g_clear_error((GError **)&problems->pdata[i]);
  }
  return fine && ledger_commit(g_steal_pointer(&write), error);
}

bool outbox_dispatch(struct ledger *ledger, const struct company *company, const char *dir, int64_t now, struct outbox_report *ret_report, GError **error) {
  struct outbox_report report = { 0 };
  guint count = BATCH;
  while (count == BATCH)
    if (!dispatch_batch(ledger, company, dir, now, &count, &report, error)) return false;
  if (ret_report) *ret_report = report;
  return true;
}

bool outbox_retry(struct ledger_write *write, const char *id, const char *actor, int64_t now, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "runtime.action", "t", id);
  int got = query_next(query, error);
  if (got < 0) return false;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no action \"%s\" in the outbox", id);
  if (strcmp(query_text(query, 4), "dead")) return fail(error, MENO_ERROR_CONFLICT, "the action \"%s\" is %s, so there is nothing to send again", id, query_text(query, 4));
  query_done(g_steal_pointer(&query));
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_close_object(&body);
  return append(write, "action.retried", id, actor, (struct uuid){ 0 }, &body, error);
}

/* ---- folds ------------------------------------------------------------------------------------------------------ */

static bool fold_action(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = strchr(event->subject, ':') + 1;
  int64_t due = event->recorded;
  const char *when = json_string(json_get(body, "due"));
  if (when) clock_parse_time(when, &due);
  if (strcmp(event->kind, "action.requested") == 0)
    return db_run(db, error, "runtime.put_action", "ttttii", id, json_string(json_get(body, "channel")), json_string(json_get(body, "subject")),
      json_string(json_get(body, "person")), due, event->seq) >= 0;
  if (strcmp(event->kind, "action.done") == 0) return db_run(db, error, "runtime.end_action", "ti", id, event->seq) >= 0;
  if (strcmp(event->kind, "action.retried") == 0) return db_run(db, error, "runtime.retry_action", "tii", id, event->recorded, event->seq) >= 0;
  return db_run(db, error, "runtime.fail_action", "ttiti", id, json_true(json_get(body, "dead")) ? "dead" : "requested", due,
    json_string(json_get(body, "why")), event->seq) >= 0;
}

const struct event_kind outbox_kinds[] = {
  { "action.requested", "delivery", 0, "", "an act on the outside world is to be done" },
  { "action.done", "delivery", 0, "", "it was done" },
  { "action.failed", "delivery", 400, "", "it failed, and is tried again or waits for a person" },
  { "action.retried", "delivery", 400, "", "a person sent a dead letter again" },
  { 0 } };

static const char *const kinds[] = { "action.requested", "action.done", "action.failed", "action.retried", NULL };
static const char *const tables[] = { "action", NULL };
const struct fold outbox_folds[] = { { "outbox", kinds, tables, fold_action }, { 0 } };
