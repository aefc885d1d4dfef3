/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As with tokens (token.c): 256 random bits need no slow hash, and hashes stand in a plain table, as a ledger is never
 * deleted from. A revoked credential's row stays, so that whoever vouched for a statement can be named. */
#include "gate/credential.h"
#include "base/limits.h"
#include "gate/session.h"
#include <sodium.h>
#include <string.h>

#define PURPOSE "running the system"
#define TOUCH_EVERY (600 * CLOCK_SECOND)

const char *const credential_scope_names[CREDENTIAL_SCOPES + 1] = {
#define SCOPE(id, name, help) [CREDENTIAL_##id] = name,
#include "gate/credential.def"
#undef SCOPE
};

const struct event_kind credential_kinds[] = {
  { "credential.created", PURPOSE, 0, "", "a credential of the record store was made; the body has no secret" },
  { "credential.rotated", PURPOSE, 0, "", "a credential got another secret" },
  { "credential.revoked", PURPOSE, 0, "", "a credential was taken back" },
  { 0 } };

void credential_clear(struct credential *credential) {
  g_free(credential->id);
  g_free(credential->key);
  g_free(credential->label);
  g_free(credential->room);
  g_free(credential->by);
  *credential = (struct credential){ 0 };
}

static void credential_free(void *credential) {
  credential_clear(credential);
  g_free(credential);
}

/* ---- scopes ----------------------------------------------------------------------------------------------------- */

bool credential_parse_scopes(const char *text, unsigned *ret_scopes, GError **error) {
  unsigned scopes = 0;
  g_auto(GStrv) words = g_strsplit_set(text, ", ", 4 * CREDENTIAL_SCOPES);
  for (size_t i = 0; words[i]; i++) {
    unsigned scope = 0;
    if (!*words[i]) continue;
    while (scope < CREDENTIAL_SCOPES && strcmp(words[i], credential_scope_names[scope]) != 0) scope++;
    if (scope < CREDENTIAL_SCOPES) {
      scopes |= 1u << scope;
      continue;
    }
    g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)credential_scope_names);
    return fail(error, MENO_ERROR_BAD_INPUT, "\"%.100s\" is no scope of the record store; the scopes are: %s", words[i], known);
  }
  if (!scopes) return fail(error, MENO_ERROR_BAD_INPUT, "a credential needs at least one scope");
  *ret_scopes = scopes;
  return true;
}

char *credential_format_scopes(unsigned scopes) {
  GString *text = g_string_new(NULL);
  for (unsigned i = 0; i < CREDENTIAL_SCOPES; i++)
    if (scopes & 1u << i) g_string_append_printf(text, "%s%s", text->len ? " " : "", credential_scope_names[i]);
  return g_string_free(text, FALSE);
}

bool credential_allows(const struct credential *credential, enum credential_scope scope) {
  bool reads = scope == CREDENTIAL_ALL_READ || scope == CREDENTIAL_STATEMENTS_READ || scope == CREDENTIAL_READ_MINE;
  unsigned enough = 1u << CREDENTIAL_ALL | 1u << scope | (reads ? 1u << CREDENTIAL_ALL_READ : 0);
  return credential->scopes & enough;
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

static bool record(struct ledger_write *write, const char *kind, const char *actor, const struct credential *credential, GError **error) {
  g_auto(json_writer_auto) body;
  g_autofree char *subject = g_strconcat("credential:", credential->id, NULL), *scopes = credential_format_scopes(credential->scopes);
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "key", credential->key);
  json_put_string(&body, "label", credential->label);
  if (credential->room) json_put_string(&body, "room", credential->room);
  json_put_string(&body, "scopes", scopes);
  json_close_object(&body);
  struct event event = { .kind = kind, .subject = subject, .actor = actor, .rules = "", .body = body.text->str, .body_length = body.text->len };
  return ledger_append(write, &event, NULL, error);
}

static char *make_key(void) {
  unsigned char bytes[16];
  char *key = g_malloc(CREDENTIAL_KEY);
  g_assert(sodium_init() >= 0);
  randombytes_buf(bytes, sizeof bytes);
  return sodium_bin2base64(key, CREDENTIAL_KEY, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void make_secret(char ret_secret[CREDENTIAL_SECRET], char ret_hash[DIGEST_TEXT]) {
  G_STATIC_ASSERT(CREDENTIAL_SECRET == SESSION_TOKEN);
  session_make_token(ret_secret);
  session_hash_token(ret_secret, ret_hash);
}

static bool is_room(const char *room) {
  size_t length = strlen(room);
  for (const char *p = room; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("._-", *p)) return false;
  return length > 0 && length <= CREDENTIAL_ROOM;
}

bool credential_add(struct ledger *ledger, int64_t now, const char *actor, const char *label, unsigned scopes, const char *room, struct credential *ret_credential,
                    char ret_secret[CREDENTIAL_SECRET], GError **error) {
  if (!*label || strlen(label) > LIMIT_ID) return fail(error, MENO_ERROR_BAD_INPUT, "a credential needs a label of at most %d bytes, to be known by", LIMIT_ID);
  if (room && !is_room(room)) return fail(error, MENO_ERROR_BAD_INPUT, "\"%.80s\" is no name of a room: letters, digits and . _ -, at most %d", room, CREDENTIAL_ROOM);
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  int64_t count = 0;
  if (!write || db_one(ledger_write_db(write), &count, error, "access.count_credentials", "") < 0) return false;
  if (count >= CREDENTIALS_MOST) return fail(error, MENO_ERROR_CONFLICT, "there are %d credentials already; revoke some first", CREDENTIALS_MOST);
  char id[ID_TEXT], secret[CREDENTIAL_SECRET], hash[DIGEST_TEXT];
  make_secret(secret, hash);
  g_auto(credential_auto) credential = { g_strdup(uuid_format(uuid_new(now), id)), make_key(), g_strdup(label), scopes, now, 0, 0, g_strdup(room), g_strdup(actor) };
  g_autofree char *words = credential_format_scopes(scopes);
  if (db_run(ledger_write_db(write), error, "access.add_credential", "tttttitt", credential.id, credential.key, label, words, hash, now, room, actor) < 0 ||
      !record(write, "credential.created", actor, &credential, error) || !ledger_commit(g_steal_pointer(&write), error)) return false;
  memcpy(ret_secret, secret, sizeof secret);
  *ret_credential = credential;
  credential = (struct credential){ 0 };
  return true;
}

/* A row of access.find_credential and access.list_credentials. */
static struct credential *read_row(struct query *query) {
  struct credential *credential = g_new0(struct credential, 1);
  credential->id = g_strdup(query_text(query, 0));
  credential->key = g_strdup(query_text(query, 1));
  credential->label = g_strdup(query_text(query, 2));
  if (!credential_parse_scopes(query_text(query, 3), &credential->scopes, NULL)) credential->scopes = 0;
  credential->created = query_integer(query, 4);
  credential->used = query_integer(query, 5);
  credential->revoked = query_integer(query, 6);
  credential->room = g_strdup(query_text(query, 7));
  credential->by = g_strdup(query_text(query, 8));
  return credential;
}

static int read_by(struct db *db, const char *name, const char *value, struct credential *ret, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, name, "t", value);
  int got = query_next(query, error);
  if (got != 1) return got;
  g_autofree struct credential *credential = read_row(query);
  *ret = *credential;
  return 1;
}

static bool find_living(struct ledger_write *write, const char *id, struct credential *ret, GError **error) {
  g_auto(credential_auto) credential = { 0 };
  int got = read_by(ledger_write_db(write), "access.find_credential", id, &credential, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no credential \"%.100s\"", id);
  if (got != 1) return false;
  if (credential.revoked) return fail(error, MENO_ERROR_CONFLICT, "the credential \"%s\" was revoked", credential.label);
  *ret = credential;
  credential = (struct credential){ 0 };
  return true;
}

bool credential_rotate(struct ledger *ledger, int64_t now, int64_t wall, const char *actor, const char *id, struct credential *ret_credential,
                       char ret_secret[CREDENTIAL_SECRET], GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  g_auto(credential_auto) credential = { 0 };
  char secret[CREDENTIAL_SECRET], hash[DIGEST_TEXT];
  if (!write || !find_living(write, id, &credential, error)) return false;
  make_secret(secret, hash);
  if (db_run(ledger_write_db(write), error, "access.rotate_credential", "tti", id, hash, wall + CREDENTIAL_OVERLAP) < 0 ||
      !record(write, "credential.rotated", actor, &credential, error) || !ledger_commit(g_steal_pointer(&write), error)) return false;
  memcpy(ret_secret, secret, sizeof secret);
  *ret_credential = credential;
  credential = (struct credential){ 0 };
  return true;
}

bool credential_revoke(struct ledger *ledger, int64_t now, const char *actor, const char *id, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  g_auto(credential_auto) credential = { 0 };
  return write && find_living(write, id, &credential, error) && db_run(ledger_write_db(write), error, "access.revoke_credential", "ti", id, now) >= 0 &&
    record(write, "credential.revoked", actor, &credential, error) && ledger_commit(g_steal_pointer(&write), error);
}

/* ---- finding ---------------------------------------------------------------------------------------------------- */

static bool same_hash(const char *hash, const char *held) { return held && strlen(held) == DIGEST_TEXT - 1 && sodium_memcmp(hash, held, DIGEST_TEXT - 1) == 0; }

int credential_find(struct store *store, int64_t wall, const char *key, const char *secret, struct credential *ret_credential, GError **error) {
  char hash[DIGEST_TEXT];
  if (strlen(key) != CREDENTIAL_KEY - 1 || strlen(secret) != CREDENTIAL_SECRET - 1) return 0;
  session_hash_token(secret, hash);
  g_autoptr(db_auto) db = store_read(store, error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.credential_of_key", "t", key) : NULL;
  int got = query_next(query, error);
  if (got != 1) return got;
  bool fits = same_hash(hash, query_text(query, 9)) || (same_hash(hash, query_text(query, 10)) && wall < query_integer(query, 11));
  if (!fits || !query_null(query, 6)) return 0;
  g_autofree struct credential *credential = read_row(query);
  *ret_credential = *credential;
  return 1;
}

void credential_touch(struct store *store, int64_t wall, const struct credential *credential) {
  if (wall - credential->used < TOUCH_EVERY) return;
  g_autoptr(db_auto) db = store_write(store, NULL);
  if (db && db_change(db, NULL, "access.touch_credential", "ti", credential->id, wall) == 1) db_commit(g_steal_pointer(&db), NULL);
}

int credential_read(struct store *store, const char *id, struct credential *ret_credential, GError **error) {
  g_autoptr(db_auto) db = store_read(store, error);
  return db ? read_by(db, "access.find_credential", id, ret_credential, error) : -1;
}

GPtrArray *credential_list(struct store *store, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(credential_free);
  g_autoptr(db_auto) db = store_read(store, error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.list_credentials", "") : NULL;
  int more;
  while ((more = query_next(query, error)) == 1) g_ptr_array_add(list, read_row(query));
  return more < 0 ? NULL : g_steal_pointer(&list);
}
