/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accounts and their passwords. argon2id (RFC 9106) through libsodium with 3 passes over 32 MiB: 50 ms on the machine that
 * it was tuned on, above OWASP's floor of 2 passes over 19 MiB. As a check costs that much, only a few run at a time and
 * only a few may wait; the rest are told to come back, so sign-in cannot be used to take the machine's memory or cores.
 *
 * A login that is not there is checked against a hash that nothing matches, so the answer and its time do not tell logins.
 * What can still tell is a disabled account's owner asking around, or a restored backup: neither is a stranger's door.
 *
 * How it can be wrong: the tables are no projection, so an event without its row (or the reverse) must be impossible; both
 * are written in one transaction. */
#include "gate/account.h"
#include "base/limits.h"
#include <sodium.h>
#include <string.h>

#define PASSES 3
#define MEMORY (32u << 20)
#define CHECKS_AT_ONCE 2
#define CHECKS_WAITING 4

/* Of the right parameters, of a password nobody has. */
static const char nobody[] = "$argon2id$v=19$m=32768,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#define PURPOSE "running the system"
#define BODY "{label?:text login:text name?:text person?:text roles?:[text] scopes?:text token?:text}"
const struct event_kind access_kinds[] = {
  { "account.created",  PURPOSE, 0, "name login", "an account was made; the body has no password", .body = BODY },
  { "account.disabled", PURPOSE, 0, "login", "an account can no longer sign in", .body = BODY },
  { "account.enabled",  PURPOSE, 0, "login", "an account can sign in again", .body = BODY },
  { "roles.changed",    PURPOSE, 0, "login", "what an account may do was changed", .body = BODY },
  { "password.changed", PURPOSE, 0, "login", "a password was changed; all sessions ended", .body = BODY },
  { "token.created",    PURPOSE, 0, "login label", "a token for the interface was made; the body has no secret", .body = BODY },
  { "token.revoked",    PURPOSE, 0, "login", "a token was taken back", .body = BODY },
  { 0 } };

void account_clear(struct account *account) {
  g_clear_pointer(&account->login, g_free);
  g_clear_pointer(&account->name, g_free);
  g_clear_pointer(&account->person, g_free);
}

void account_free(struct account *account) {
  if (!account) return;
  account_clear(account);
  g_free(account);
}

G_STATIC_ASSERT(sizeof "account:" - 1 + ACCOUNT_LOGIN_MOST <= SEAL_OWNER_MOST);

/* ---- words ------------------------------------------------------------------------------------------------------ */

char *account_login(const char *text) {
  size_t length = strlen(text);
  if (length == 0 || length > ACCOUNT_LOGIN_MOST) return NULL;
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && !strchr("._@+-", text[i])) return NULL;
  return g_ascii_strdown(text, -1);
}

char *account_actor(const struct account *account) {
  return account->person ? g_strconcat("person:", account->person, NULL) : g_strconcat("account:", account->login, NULL);
}

void account_write_roles(struct json_writer *writer, const char *key, unsigned roles) {
  json_open_array(writer, key);
  for (int i = 0; i < ROLE_COUNT; i++)
    if (roles & (1u << i)) json_put_string(writer, NULL, access_roles[i].title);
  json_close_array(writer);
}

char *account_make_password(void) {
  /* Without letters and digits that look alike: 28 of them, 96 bits in 20. */
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456";
  GString *password = g_string_new(NULL);
  for (int i = 0; i < 20; i++) {
    if (i && i % 4 == 0) g_string_append_c(password, '-');
    g_string_append_c(password, letters[randombytes_uniform(sizeof letters - 1)]);
  }
  return g_string_free(password, FALSE);
}

static bool check_password_rules(const char *login, const char *password, GError **error) {
  if (!g_utf8_validate(password, -1, NULL)) return fail(error, MENO_ERROR_BAD_INPUT, "the password is not UTF-8");
  if (g_utf8_strlen(password, -1) < ACCOUNT_PASSWORD_LEAST)
    return fail(error, MENO_ERROR_BAD_INPUT, "the password is too short: take at least %d characters", ACCOUNT_PASSWORD_LEAST);
  if (strlen(password) > ACCOUNT_PASSWORD_MOST)
    return fail(error, MENO_ERROR_BAD_INPUT, "the password is too long: take at most %d bytes", ACCOUNT_PASSWORD_MOST);
  if (g_ascii_strcasecmp(login, password) == 0) return fail(error, MENO_ERROR_BAD_INPUT, "the password is the login: take another");
  return true;
}

/* ---- hashing, a few at a time ----------------------------------------------------------------------------------- */

static struct { GMutex lock; GCond free; int running, waiting; } door;

static bool enter(bool impatient, GError **error) {
  g_mutex_lock(&door.lock);
  bool full = impatient && door.running == CHECKS_AT_ONCE && door.waiting >= CHECKS_WAITING;
  if (!full) {
    door.waiting++;
    while (door.running == CHECKS_AT_ONCE) g_cond_wait(&door.free, &door.lock);
    door.waiting--;
    door.running++;
  }
  g_mutex_unlock(&door.lock);
  return !full || fail(error, MENO_ERROR_TOO_MANY, "too many people are signing in at this moment; try again in a second");
}

static void leave(void) {
  g_mutex_lock(&door.lock);
  door.running--;
  g_cond_signal(&door.free);
  g_mutex_unlock(&door.lock);
}

static bool make_hash(const char *password, char out[crypto_pwhash_STRBYTES], GError **error) {
  if (sodium_init() < 0) return fail(error, MENO_ERROR_INTERNAL, "libsodium cannot start");
  if (!enter(false, error)) return false;
  int bad = crypto_pwhash_str(out, password, strlen(password), PASSES, MEMORY);
  leave();
  return !bad || fail(error, MENO_ERROR_INTERNAL, "hashing the password failed: not enough memory");
}

static bool hash_matches(const char *hash, const char *password, bool *ret_matches, GError **error) {
  if (sodium_init() < 0) return fail(error, MENO_ERROR_INTERNAL, "libsodium cannot start");
  if (!enter(true, error)) return false;
  *ret_matches = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
  leave();
  return true;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* login, name, person, roles, created, disabled: the columns of both queries. */
static void read_account(struct query *query, struct account *ret_account) {
  *ret_account = (struct account){ .login = g_strdup(query_text(query, 0)), .name = g_strdup(query_text(query, 1)),
    .person = g_strdup(query_text(query, 2)), .roles = (unsigned)query_integer(query, 3), .created = query_integer(query, 4),
    .disabled = query_integer(query, 5) != 0 };
}

/* `ret_hash` may be NULL. */
static int find(struct db *db, const char *login, struct account *ret_account, char **ret_hash, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "access.find_account", "t", login);
  int found = query ? query_next(query, error) : -1;
  if (found == 1) {
    read_account(query, ret_account);
    if (ret_hash) *ret_hash = g_strdup(query_text(query, 6));
  }
  return found;
}

int account_find(struct store *store, const char *login, struct account *ret_account, GError **error) {
  g_autofree char *small = account_login(login);
  if (!small) return 0;
  g_autoptr(db_auto) db = store_read(store, error);
  return db ? find(db, small, ret_account, NULL, error) : -1;
}

GPtrArray *account_list(struct store *store, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
  g_autoptr(db_auto) db = store_read(store, error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.list_accounts", "") : NULL;
  if (!query) return NULL;
  int more;
  while ((more = query_next(query, error)) == 1) {
    struct account *account = g_new0(struct account, 1);
    read_account(query, account);
    g_ptr_array_add(list, account);
  }
  return more < 0 ? NULL : g_steal_pointer(&list);
}

int account_check(struct store *store, const char *login, const char *password, struct account *ret_account, GError **error) {
  g_auto(account_auto) account = { 0 };
  g_autofree char *hash = NULL, *small = account_login(login);
  if (small) {
    g_autoptr(db_auto) db = store_read(store, error);
    if (!db || find(db, small, &account, &hash, error) < 0) return -1;
  }
  if (strlen(password) > ACCOUNT_PASSWORD_MOST) password = "";
  bool matches = false;
  if (!hash_matches(hash ? hash : nobody, password, &matches, error)) return -1;
  if (!matches || !hash || account.disabled) return 0;
  *ret_account = account;
  account = (struct account){ 0 };
  return 1;
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

/* What an account's events are about: its person, where it has one, so that no login stands in the ledger that is not sealed
 * under that person's key; else the account, whose login should be a role's name. Newly allocated; NULL on error. */
char *account_subject(struct db *db, const char *login, GError **error) {
  g_auto(account_auto) account = { 0 };
  int found = find(db, login, &account, NULL, error);
  if (found < 0) return NULL;
  return found == 1 && account.person ? g_strconcat("person:", account.person, NULL) : g_strconcat("account:", login, NULL);
}

/* The event of a change: login, and whose, how called, with which roles, where that is new. */
static bool record(struct ledger_write *write, const char *kind, const char *actor, const char *login, const char *person, const char *name,
  unsigned roles, GError **error) {
  g_auto(json_writer_auto) body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "login", login);
  if (name) json_put_string(&body, "name", name);
  if (person) json_put_string(&body, "person", person);
  if (roles) account_write_roles(&body, "roles", roles);
  json_close_object(&body);
  g_autofree char *subject = account_subject(ledger_write_db(write), login, error);
  if (!subject) return false;
  struct event event = { .kind = kind, .subject = subject, .actor = actor, .taint = TAINT_PERSONAL, .rules = "",
    .body = body.text->str, .body_length = body.text->len };
  return ledger_append(write, &event, NULL, error);
}

static bool check_new(struct db *db, const char *login, const char *person, GError **error) {
  g_autoptr(query_auto) same = db_query(db, error, "access.find_account", "t", login);
  int found = same ? query_next(same, error) : -1;
  if (found == 1) return fail(error, MENO_ERROR_CONFLICT, "the account \"%s\" is there already; take another login", login);
  if (found < 0 || !person) return found == 0;
  g_autoptr(query_auto) of_person = db_query(db, error, "access.account_of_person", "t", person);
  found = of_person ? query_next(of_person, error) : -1;
  if (found == 1) return fail(error, MENO_ERROR_CONFLICT, "the person \"%s\" has the account \"%s\" already", person, query_text(of_person, 0));
  return found == 0;
}

bool account_add(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *name, const char *person,
  unsigned roles, const char *password, GError **error) {
  g_autofree char *small = account_login(login);
  if (!small) return fail(error, MENO_ERROR_BAD_INPUT, "\"%.100s\" cannot be a login: use 1 to %d letters, digits or ._@+-", login, ACCOUNT_LOGIN_MOST);
  if (!name || !*name || strlen(name) > LIMIT_ID || !g_utf8_validate(name, -1, NULL))
    return fail(error, MENO_ERROR_BAD_INPUT, "the account \"%s\" needs a name of at most %d bytes", small, LIMIT_ID);
  if (!roles || roles >> ROLE_COUNT) return fail(error, MENO_ERROR_BAD_INPUT, "the account \"%s\" needs at least one role", small);
  char hash[crypto_pwhash_STRBYTES];
  if (!check_password_rules(small, password, error) || !make_hash(password, hash, error)) return false;
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write) return false;
  struct db *db = ledger_write_db(write);
  if (!check_new(db, small, person, error)) return false;
  if (db_run(db, error, "access.add_account", "tttiti", small, name, person, (int64_t)roles, hash, now) < 0) return false;
  if (!record(write, "account.created", actor, small, person, name, roles, error)) return false;
  return ledger_commit(g_steal_pointer(&write), error);
}

/* One changed column, its event, and (where `leave_all`) the end of the sessions. */
static bool change(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *query, const char *text,
  int64_t number, const char *kind, unsigned roles, bool leave_all, GError **error) {
  g_autofree char *small = account_login(login);
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write) return false;
  struct db *db = ledger_write_db(write);
  int changed = !small ? 0 : text ? db_change(db, error, query, "tt", small, text) : db_change(db, error, query, "ti", small, number);
  if (changed < 0) return false;
  if (changed == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no account \"%.100s\"", login);
  if (leave_all && db_run(db, error, "access.end_sessions_of", "t", small) < 0) return false;
  if (!record(write, kind, actor, small, NULL, NULL, roles, error)) return false;
  return ledger_commit(g_steal_pointer(&write), error);
}

bool account_set_roles(struct ledger *ledger, int64_t now, const char *actor, const char *login, unsigned roles, GError **error) {
  if (!roles || roles >> ROLE_COUNT) return fail(error, MENO_ERROR_BAD_INPUT, "the account \"%s\" needs at least one role", login);
  return change(ledger, now, actor, login, "access.set_roles", NULL, roles, "roles.changed", roles, false, error);
}

bool account_set_disabled(struct ledger *ledger, int64_t now, const char *actor, const char *login, bool disabled, GError **error) {
  return change(ledger, now, actor, login, "access.set_disabled", NULL, disabled, disabled ? "account.disabled" : "account.enabled", 0, true, error);
}

bool account_set_password(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *password, GError **error) {
  char hash[crypto_pwhash_STRBYTES];
  if (!check_password_rules(login, password, error) || !make_hash(password, hash, error)) return false;
  return change(ledger, now, actor, login, "access.set_password", hash, 0, "password.changed", 0, true, error);
}

int account_forget(struct ledger_write *write, const char *person, GError **error) {
  static const char *const all[] = { "access.end_sessions_of", "access.remove_tokens_of", "access.forget_access_of", "access.remove_account" };
  struct db *db = ledger_write_db(write);
  g_autofree char *login = NULL;
  {
    g_autoptr(query_auto) query = db_query(db, error, "access.account_of_person", "t", person);
    int found = query ? query_next(query, error) : -1;
    if (found != 1) return found;
    login = g_strdup(query_text(query, 0));
  }
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
    if (db_run(db, error, all[i], "t", login) < 0) return -1;
  char hash[DIGEST_TEXT];
  uint8_t bytes[DIGEST_BYTES];
  digest(login, strlen(login), bytes);
  g_autofree char *brake = g_strconcat("login:", digest_format(bytes, hash), NULL); /* session.c counts attempts under it */
  return db_run(db, error, "access.clear_throttle", "t", brake) < 0 ? -1 : 1;
}
