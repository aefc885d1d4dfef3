/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forwards: statements that go on to other record stores. */
#include "evidence/lrs.h"
#include "ops/tables.h"
#include "runtime/forward.h"
#include <string.h>

/* ---- showing ---------------------------------------------------------------------------------------------------- */

/* A term's key as people know it: a mailbox, a credential, or as it is. */
static void put_agent(struct json_writer *out, const char *name, const char *key) {
  static const char *const prefixes[] = { "mailto:", "account:urn:meno:credentials|" };
  for (size_t i = 0; key && i < G_N_ELEMENTS(prefixes); i++)
    if (g_str_has_prefix(key, prefixes[i])) key += strlen(prefixes[i]);
  json_put_string(out, name, key);
}

static const char *state_of(const struct forward *forward, int64_t newest) {
  return !forward->running ? "off" : forward->why ? "held up" : forward->cursor < newest ? "under way" : "up to date";
}

static void write_row(struct json_writer *out, const struct forward *forward, int64_t newest) {
  json_put_string(out, "id", forward->id);
  json_put_string(out, "label", forward->label);
  json_put_string(out, "url", forward->url);
  json_put_string(out, "state", state_of(forward, newest));
  json_put_integer(out, "sent", forward->sent);
  json_put_integer(out, "aside", forward->aside);
  json_put_string(out, "why", forward->why);
  put_time(out, "failing_since", forward->failing_since);
  put_time(out, "next_try", forward->next_try);
  json_put_string(out, "verb", forward->verb);
  json_put_string(out, "activity", forward->activity);
  put_agent(out, "agent", forward->agent);
  put_agent(out, "authority", forward->authority);
  put_time(out, "created", forward->created);
}

static bool list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) rows = forward_list(system_ledger(call->system), error);
  g_autoptr(db_auto) db = rows ? store_read(system_store(call->system), error) : NULL;
  int64_t newest = 0;
  if (!db || db_one(db, &newest, error, "evidence.newest_seq", "") < 0) return false;
  json_open_array(out, "forwards");
  for (guint i = 0; i < rows->len; i++) {
    json_open_object(out, NULL);
    write_row(out, rows->pdata[i], newest);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

/* An agent's key from JSON, a mailbox, or (`credentials`) a credential's id; newly allocated. NULL: not given, or an error. */
static char *read_agent(const struct op_call *call, const char *field, bool credentials, GError **error) {
  const char *text = op_text(call, field);
  if (!text) return NULL;
  if (!strchr(text, '{')) {
    if (credentials && xapi_is_uuid(text, strlen(text))) return g_strconcat("account:urn:meno:credentials|", text, NULL);
    g_autofree char *mailbox = g_str_has_prefix(text, "mailto:") ? g_strdup(text) : g_strconcat("mailto:", text, NULL);
    if (xapi_is_mailto(mailbox, strlen(mailbox))) return g_steal_pointer(&mailbox);
  } else if (xapi_check_agent_text(text, strlen(text), XAPI_2_0_0, error)) {
    g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
    char *key = doc ? lrs_agent_key(json_root(doc)) : NULL;
    if (key) return key;
  }
  if (!*error) fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is \"%.100s\"; write a mailbox or an Agent as JSON%s", field, text, credentials ? ", or the id of a credential" : "");
  return NULL;
}

static bool check_iri(const struct op_call *call, const char *field, GError **error) {
  const char *text = op_text(call, field);
  return !text || xapi_is_iri(text, strlen(text)) || fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is no IRI: \"%.100s\"", field, text);
}

static bool add(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GError) wrong = NULL;
  g_autofree char *agent = read_agent(call, "agent", false, &wrong), *authority = wrong ? NULL : read_agent(call, "authority", true, &wrong);
  if (wrong) return g_propagate_error(error, g_steal_pointer(&wrong)), false;
  if (!check_iri(call, "verb", error) || !check_iri(call, "activity", error)) return false;
  g_autofree char *secret = g_strdup(op_text(call, "secret"));
  g_strchomp(secret); /* of a file, its last line's end */
  struct forward *wanted = g_new0(struct forward, 1);
  *wanted = (struct forward){ .label = g_strdup(op_text(call, "label")), .url = g_strdup(op_text(call, "url")), .key = g_strdup(op_text(call, "key")), .secret = g_steal_pointer(&secret),
    .verb = g_strdup(op_text(call, "verb")), .activity = g_strdup(op_text(call, "activity")), .agent = g_steal_pointer(&agent), .authority = g_steal_pointer(&authority) };
  g_autofree char *id = forward_add(system_ledger(call->system), call->now, call->caller.actor, wanted, op_flag(call, "new_only"), error);
  forward_free(wanted);
  json_put_string(out, "id", id);
  return id != NULL;
}

static bool turn(struct op_call *call, struct json_writer *out, bool running, GError **error) {
  json_put_string(out, "id", op_text(call, "id"));
  return forward_turn(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "id"), running, error);
}

static bool pause_it(struct op_call *call, struct json_writer *out, GError **error) { return turn(call, out, false, error); }
static bool resume(struct op_call *call, struct json_writer *out, GError **error) { return turn(call, out, true, error); }

static bool take_away(struct op_call *call, struct json_writer *out, GError **error) {
  json_put_string(out, "id", op_text(call, "id"));
  return forward_remove(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "id"), error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field row[] = { { "id", FIELD_ID("forward"), REQUIRED, "" }, { "label", FIELD_TEXT(0), REQUIRED, "" }, { "url", FIELD_TEXT(0), REQUIRED, "" },
  { "state", FIELD_TEXT(0), REQUIRED, "up to date, under way, held up, off" }, { "sent", FIELD_COUNT, REQUIRED, "statements" }, { "aside", FIELD_COUNT, REQUIRED, "statements that it refused: dead letters of the outbox" },
  { "why", FIELD_TEXT(0), REQUIRED | NULLABLE, "what holds it up" }, { "failing_since", FIELD_TIME, REQUIRED | NULLABLE, "" }, { "next_try", FIELD_TIME, REQUIRED | NULLABLE, "" },
  { "verb", FIELD_TEXT(0), REQUIRED | NULLABLE, "only this one" }, { "activity", FIELD_TEXT(0), REQUIRED | NULLABLE, "only about this one" }, { "agent", FIELD_TEXT(0), REQUIRED | NULLABLE, "only of this one" },
  { "authority", FIELD_TEXT(0), REQUIRED | NULLABLE, "only what this one vouches for" }, { "created", FIELD_TIME, REQUIRED, "" }, { 0 } };
static const struct field list_out[] = { { "forwards", FIELD_LIST(row), REQUIRED, "" }, { 0 } };
static const struct field add_in[] = { { "label", FIELD_TEXT(LIMIT_ID), REQUIRED | IN_PATH, "what it is called here" }, { "url", FIELD_TEXT(1000), REQUIRED, "the other store's address: https://lrs.example.com/xapi" },
  { "key", FIELD_TEXT(LIMIT_ID), REQUIRED, "of a credential there" }, { "secret", FIELD_TEXT(1000), REQUIRED | FROM_FILE, "its secret; kept sealed, and never shown again" },
  { "verb", FIELD_TEXT(0), 0, "only statements with this verb: an IRI" }, { "activity", FIELD_TEXT(0), 0, "only about this activity: an IRI" }, { "agent", FIELD_TEXT(0), 0, "only of this agent: a mailbox, or an Agent as JSON" },
  { "authority", FIELD_TEXT(0), 0, "only what this one vouches for: a credential's id here, a mailbox, or an Agent as JSON" }, { "new_only", FIELD_BOOL, 0, "what is here already does not go" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("forward"), REQUIRED | IN_PATH, "the forward" }, { 0 } };
static const struct field id_out[] = { { "id", FIELD_ID("forward"), REQUIRED, "" }, { 0 } };

const struct op forwards_ops[] = {
  { "forwards list", GET, "/forwards", MAY_MOVE_STATEMENTS, NULL, list_out, list, "Other record stores that statements go on to, and how far each has come", "running the system" },
  { "forwards add", POST, "/forwards", MAY_MOVE_STATEMENTS, add_in, id_out, add, "Let statements go on to another record store", "running the system" },
  { "forwards pause", POST, "/forwards/{id}/pause", MAY_MOVE_STATEMENTS, id_in, id_out, pause_it, "Turn a forward off; it remembers how far it has come", "running the system" },
  { "forwards resume", POST, "/forwards/{id}/resume", MAY_MOVE_STATEMENTS, id_in, id_out, resume, "Turn a forward on, or try now", "running the system" },
  { "forwards remove", POST, "/forwards/{id}/remove", MAY_MOVE_STATEMENTS, id_in, id_out, take_away, "Remove a forward with its secret", "running the system" },
  { 0 } };
