/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credentials of the record store: who may send and read xAPI statements. */
#include "gate/credential.h"
#include "ops/tables.h"

/* Who made it, as an administrator may read it: an account's login; people of the company stand behind theirs. */
static void put_maker(struct op_call *call, struct json_writer *out, const char *actor) {
  g_autoptr(view_auto) view = actor ? system_view(call->system, NULL) : NULL;
  g_autofree char *name = view ? ops_actor_name(view->company, actor) : NULL;
  json_put_string(out, "by", name);
}

static void write_row(struct op_call *call, struct json_writer *out, const struct credential *credential) {
  json_put_string(out, "id", credential->id);
  json_put_string(out, "key", credential->key);
  json_put_string(out, "label", credential->label);
  json_open_array(out, "scopes");
  for (unsigned i = 0; i < CREDENTIAL_SCOPES; i++)
    if (credential->scopes & 1u << i) json_put_string(out, NULL, credential_scope_names[i]);
  json_close_array(out);
  json_put_string(out, "room", credential->room);
  put_maker(call, out, credential->by);
  put_time(out, "created", credential->created);
  put_time(out, "used", credential->used);
  put_time(out, "revoked", credential->revoked);
}

static bool list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) rows = credential_list(system_store(call->system), error);
  if (!rows) return false;
  json_open_array(out, "credentials");
  for (guint i = 0; i < rows->len; i++) {
    json_open_object(out, NULL);
    write_row(call, out, rows->pdata[i]);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool add(struct op_call *call, struct json_writer *out, GError **error) {
  unsigned scopes;
  g_auto(credential_auto) credential = { 0 };
  char secret[CREDENTIAL_SECRET];
  const char *words = op_text(call, "scopes");
  if (!credential_parse_scopes(words ? words : "statements/write statements/read/mine", &scopes, error) ||
      !credential_add(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "label"), scopes, op_text(call, "room"), &credential, secret, error)) return false;
  write_row(call, out, &credential);
  json_put_string(out, "secret", secret);
  return true;
}

static bool rotate(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(credential_auto) credential = { 0 };
  char secret[CREDENTIAL_SECRET];
  if (!credential_rotate(system_ledger(call->system), call->now, clock_now(&(struct clock){ 0 }), call->caller.actor, op_text(call, "id"), &credential, secret, error)) return false;
  write_row(call, out, &credential);
  json_put_string(out, "secret", secret);
  return true;
}

static bool take_back(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(credential_auto) credential = { 0 };
  if (!credential_revoke(system_ledger(call->system), call->now, call->caller.actor, op_text(call, "id"), error) ||
      credential_read(system_store(call->system), op_text(call, "id"), &credential, error) != 1) return false;
  write_row(call, out, &credential);
  return true;
}

#define ROW_FIELDS { "id", FIELD_ID("credential"), REQUIRED, "" }, { "key", FIELD_TEXT(0), REQUIRED, "the name that a program sends" }, \
  { "label", FIELD_TEXT(0), REQUIRED, "" }, { "scopes", FIELD_TEXTS, REQUIRED, "" }, { "room", FIELD_TEXT(0), REQUIRED | NULLABLE, "null: it sees everything that its scopes let it see" }, \
  { "by", FIELD_TEXT(0), REQUIRED | NULLABLE, "who made it" }, { "created", FIELD_TIME, REQUIRED, "" }, \
  { "used", FIELD_TIME, REQUIRED | NULLABLE, "within ten minutes" }, { "revoked", FIELD_TIME, REQUIRED | NULLABLE, "" }
static const struct field row[] = { ROW_FIELDS, { 0 } };
static const struct field made[] = { ROW_FIELDS, { "secret", FIELD_TEXT(0), REQUIRED, "shown once" }, { 0 } };
static const struct field list_out[] = { { "credentials", FIELD_LIST(row), REQUIRED, "" }, { 0 } };
static const struct field add_in[] = { { "label", FIELD_TEXT(LIMIT_ID), REQUIRED | IN_PATH, "what it is for: the program's name" },
  { "scopes", FIELD_TEXT(200), 0, "all, all/read, statements/read, statements/read/mine, statements/write, state, profile, define; blanks or commas between. "
    "Without: statements/write statements/read/mine" },
  { "room", FIELD_TEXT(CREDENTIAL_ROOM), 0, "it shall see only what credentials of the same room store: letters, digits and . _ -" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("credential"), REQUIRED | IN_PATH, "the credential" }, { 0 } };

const struct op credentials_ops[] = {
  { "credentials list", GET, "/credentials", MAY_OPERATE, NULL, list_out, list, "Who may send and read xAPI statements", "running the system" },
  { "credentials add", POST, "/credentials", MAY_OPERATE, add_in, made, add, "Let a program in; its secret is shown once", "running the system" },
  { "credentials rotate", POST, "/credentials/{id}/rotate", MAY_OPERATE, id_in, made, rotate, "Make a new secret; the old one is taken for another day", "running the system" },
  { "credentials revoke", POST, "/credentials/{id}/revoke", MAY_OPERATE, id_in, row, take_back, "Take a credential back, within a second", "running the system" },
  { 0 } };
