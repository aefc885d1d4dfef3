/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens for programs. A scope is a permission; a request needs both the token's scope and its owner's role at the time, so
 * taking a role away also takes it from every token. The prefix lets secret scanners find one that was committed by
 * mistake. "Last used" is written every ten minutes at most: a write a request would cost more than the request. */
#include "gate/token.h"
#include "base/limits.h"
#include "gate/session.h"
#include <string.h>

#define PREFIX "meno_"
#define TOUCH_EVERY (600 * CLOCK_SECOND)
G_STATIC_ASSERT(PERMISSION_COUNT <= 64);

void token_free(struct token *token) {
  if (!token) return;
  g_free(token->id);
  g_free(token->label);
  g_free(token);
}

static int find_permission(const char *word) {
  for (int i = 0; i < PERMISSION_COUNT; i++)
    if (g_ascii_strcasecmp(word, access_permissions[i].name) == 0) return i;
  return -1;
}

bool token_parse_scopes(const char *text, uint64_t *ret_scopes, GError **error) {
  uint64_t scopes = 0;
  g_auto(GStrv) words = g_strsplit_set(text, ", ", 2 * PERMISSION_COUNT);
  for (size_t i = 0; words[i]; i++) {
    if (!*words[i]) continue;
    int permission = find_permission(words[i]);
    if (permission < 0) return fail(error, MENO_ERROR_BAD_INPUT, "\"%.100s\" is no scope; the scopes are the permissions of your roles", words[i]);
    scopes |= UINT64_C(1) << permission;
  }
  if (!scopes) return fail(error, MENO_ERROR_BAD_INPUT, "a token needs at least one scope");
  *ret_scopes = scopes;
  return true;
}

char *token_format_scopes(uint64_t scopes) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < PERMISSION_COUNT; i++)
    if (scopes & (UINT64_C(1) << i)) g_string_append_printf(text, "%s%s", text->len ? " " : "", access_permissions[i].name);
  return g_string_free(text, FALSE);
}

static bool record(struct ledger_write *write, const char *kind, const char *actor, const char *login, const char *id, const char *label,
  const char *scopes, GError **error) {
  g_auto(json_writer_auto) body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "login", login);
  json_put_string(&body, "token", id);
  if (label) json_put_string(&body, "label", label);
  if (scopes) json_put_string(&body, "scopes", scopes);
  json_close_object(&body);
  g_autofree char *subject = account_subject(ledger_write_db(write), login, error);
  if (!subject) return false;
  struct event event = { .kind = kind, .subject = subject, .actor = actor, .taint = TAINT_PERSONAL, .rules = "",
    .body = body.text->str, .body_length = body.text->len };
  return ledger_append(write, &event, NULL, error);
}

bool token_add(struct ledger *ledger, int64_t now, const char *actor, const struct account *account, const char *label, uint64_t scopes,
  int64_t expires, char ret_secret[TOKEN_TEXT], char ret_id[ID_TEXT], GError **error) {
  if (!*label || strlen(label) > LIMIT_ID || !g_utf8_validate(label, -1, NULL))
    return fail(error, MENO_ERROR_BAD_INPUT, "a token needs a label of at most %d bytes, to be known by", LIMIT_ID);
  for (int i = 0; i < PERMISSION_COUNT; i++)
    if ((scopes & (UINT64_C(1) << i)) && !access_allows(account->roles, (enum permission)i))
      return fail(error, MENO_ERROR_FORBIDDEN, "the scope \"%s\" is more than your roles allow", access_permissions[i].name);
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write) return false;
  struct db *db = ledger_write_db(write);
  int64_t count = 0;
  if (db_one(db, &count, error, "access.count_tokens", "t", account->login) < 0) return false;
  if (count >= TOKENS_MOST) return fail(error, MENO_ERROR_CONFLICT, "the account has %d tokens already; revoke one first", TOKENS_MOST);
  char random[SESSION_TOKEN], secret[TOKEN_TEXT], hash[DIGEST_TEXT], id[ID_TEXT];
  session_make_token(random);
  g_snprintf(secret, sizeof secret, PREFIX "%s", random);
  session_hash_token(secret, hash);
  uuid_format(uuid_new(now), id);
  g_autofree char *words = token_format_scopes(scopes);
  struct query *add = db_query_named(db, "access.add_token", error);
  if (!add) return false;
  query_bind_text(add, 1, id);
  query_bind_text(add, 2, account->login);
  query_bind_text(add, 3, label);
  query_bind_text(add, 4, hash);
  query_bind_text(add, 5, words);
  query_bind_integer(add, 6, now);
  if (expires) query_bind_integer(add, 7, expires);
  else query_bind_text(add, 7, NULL);
  if (query_next(add, error) < 0) return false;
  if (!record(write, "token.created", actor, account->login, id, label, words, error) || !ledger_commit(g_steal_pointer(&write), error)) return false;
  memcpy(ret_secret, secret, TOKEN_TEXT);
  memcpy(ret_id, id, ID_TEXT);
  return true;
}

int token_find(struct store *store, int64_t wall, const char *secret, struct account *ret_account, uint64_t *ret_scopes, GError **error) {
  g_auto(account_auto) account = { 0 };
  g_autofree char *id = NULL;
  uint64_t scopes = 0;
  int64_t used;
  char hash[DIGEST_TEXT];
  if (!g_str_has_prefix(secret, PREFIX) || strlen(secret) != strlen(PREFIX) + SESSION_TOKEN - 1) return 0;
  session_hash_token(secret, hash);
  {
    g_autoptr(db_auto) db = store_read(store, error);
    g_autoptr(query_auto) query = db ? db_query(db, error, "access.find_token", "t", hash) : NULL;
    int found = query ? query_next(query, error) : -1;
    if (found != 1) return found;
    if (query_integer(query, 9) || (!query_null(query, 2) && wall >= query_integer(query, 2))) return 0;
    if (!token_parse_scopes(query_text(query, 1), &scopes, NULL)) return 0; /* of permissions that are no more */
    used = query_integer(query, 3);
    id = g_strdup(query_text(query, 0));
    account = (struct account){ .login = g_strdup(query_text(query, 4)), .name = g_strdup(query_text(query, 5)),
      .person = g_strdup(query_text(query, 6)), .roles = (unsigned)query_integer(query, 7), .created = query_integer(query, 8) };
  }
  if (ret_scopes && wall - used >= TOUCH_EVERY) {
    g_autoptr(db_auto) db = store_write(store, NULL);
    if (db && db_change(db, NULL, "access.touch_token", "ti", id, wall) == 1) db_commit(g_steal_pointer(&db), NULL);
  }
  *ret_account = account;
  if (ret_scopes) *ret_scopes = scopes;
  account = (struct account){ 0 };
  return 1;
}

GPtrArray *token_list(struct store *store, const char *login, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)token_free);
  g_autoptr(db_auto) db = store_read(store, error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.list_tokens", "t", login) : NULL;
  if (!query) return NULL;
  int more;
  while ((more = query_next(query, error)) == 1) {
    struct token *token = g_new0(struct token, 1);
    token->id = g_strdup(query_text(query, 0));
    token->label = g_strdup(query_text(query, 2));
    token_parse_scopes(query_text(query, 3), &token->scopes, NULL);
    token->created = query_integer(query, 4);
    token->expires = query_integer(query, 5);
    token->used = query_integer(query, 6);
    g_ptr_array_add(list, token);
  }
  return more < 0 ? NULL : g_steal_pointer(&list);
}

bool token_revoke(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *id, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write) return false;
  int removed = db_change(ledger_write_db(write), error, "access.remove_token", "tt", id, login);
  if (removed < 0) return false;
  if (removed == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no token \"%.100s\"", id);
  return record(write, "token.revoked", actor, login, id, NULL, NULL, error) && ledger_commit(g_steal_pointer(&write), error);
}
