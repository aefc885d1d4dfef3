/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions. The cookie's token is random and stands nowhere; its hash finds the row. Every hour the next request gets a new
 * token. As the answer that carries it can be lost, and as a browser asks for several things at once, the old token stays
 * good until the new one has been shown, and a minute more.
 *
 * Guessing is slowed per login and per address. An attempt is counted *before* the password is looked at, in one
 * transaction, so that parallel guesses cannot slip through between looking and counting; a right password gives the count
 * back. The wait doubles up to a quarter of an hour, which is also the longest that a stranger can keep a user out.
 *
 * How it can be wrong: all requests through a proxy have one address, so the door must pass the client's (or NULL). */
#include "gate/session.h"
#include <sodium.h>
#include <string.h>

#define OLD_TOKEN_GRACE (60 * CLOCK_SECOND)
#define TOUCH_EVERY (300 * CLOCK_SECOND) /* a durable write per request would be the most costly part of it */
#define FREE_ATTEMPTS_LOGIN 5
#define FREE_ATTEMPTS_ADDRESS 30
#define ATTEMPTS_FORGOTTEN (900 * CLOCK_SECOND)
#define WAIT_MOST 900
#define LOG_KEPT (SESSION_LOG_DAYS * CLOCK_DAY)

void session_clear(struct session *session) {
  g_clear_pointer(&session->id, g_free);
  account_clear(&session->account);
}

void session_make_token(char out[SESSION_TOKEN]) {
  unsigned char bytes[32];
  g_assert(sodium_init() >= 0);
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(out, SESSION_TOKEN, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void session_hash_token(const char *token, char out[DIGEST_TEXT]) {
  uint8_t hash[DIGEST_BYTES];
  digest(token, strlen(token), hash);
  digest_format(hash, out);
}

/* A line in the access log; `address` may be NULL. */
static bool note(struct db *db, int64_t now, const char *login, const char *address, const char *what, GError **error) {
  return db_run(db, error, "access.log_access", "ittt", now, login, address ? address : "", what) >= 0;
}

bool session_note(struct store *store, const char *login, const char *what, GError **error) {
  struct clock wall = { 0 }; /* as all of this log: a demonstration's own time would put its lines out of order */
  g_autoptr(db_auto) db = store_write(store, error);
  return db && note(db, clock_now(&wall), login, NULL, what, error) && db_commit(g_steal_pointer(&db), error);
}

/* ---- the brake -------------------------------------------------------------------------------------------------- */

static int wait_of(int64_t attempts, int free) {
  int64_t over = attempts - free;
  return over <= 0 ? 0 : over > 10 ? WAIT_MOST : MIN(WAIT_MOST, 1 << (over - 1));
}

static int throttle(struct db *db, int64_t now, const char *key, int free, GError **error) {
  int64_t attempts = 0, since = now, until = 0;
  {
    g_autoptr(query_auto) query = db_query(db, error, "access.find_throttle", "t", key);
    int found = query ? query_next(query, error) : -1;
    if (found < 0) return -1;
    if (found) attempts = query_integer(query, 0), since = query_integer(query, 1), until = query_integer(query, 2);
  }
  if (until - now > WAIT_MOST * CLOCK_SECOND) until = 0; /* the clock has jumped back: nobody waits longer than the longest wait */
  if (now < until) return (int)((until - now + CLOCK_SECOND - 1) / CLOCK_SECOND);
  if (now - MAX(since, until) > ATTEMPTS_FORGOTTEN || now < since) attempts = 0, since = now;
  attempts++;
  int64_t wait = wait_of(attempts, free);
  return db_run(db, error, "access.put_throttle", "tiii", key, attempts, since, wait ? now + wait * CLOCK_SECOND : 0) < 0 ? -1 : 0;
}

int session_throttle(struct store *store, int64_t now, const char *key, int free, GError **error) {
  g_autoptr(db_auto) db = store_write(store, error);
  int wait = db ? throttle(db, now, key, free, error) : -1;
  if (wait < 0 || !db_commit(g_steal_pointer(&db), error)) return -1;
  return wait;
}

static char *login_key(const char *login) {
  g_autofree char *small = g_ascii_strdown(login, -1);
  char hash[DIGEST_TEXT]; /* of any length and with any bytes, from outside: so only its hash is kept */
  session_hash_token(small, hash);
  return g_strconcat("login:", hash, NULL);
}

/* Counts the attempt for both keys; false with TOO_MANY where one says wait. */
static bool count_attempt(struct store *store, int64_t now, const char *login, const char *login_key_text, const char *address, int *ret_wait, GError **error) {
  g_autoptr(db_auto) db = store_write(store, error);
  if (!db) return false;
  int wait = throttle(db, now, login_key_text, FREE_ATTEMPTS_LOGIN, error);
  if (wait == 0 && address) {
    g_autofree char *key = g_strconcat("address:", address, NULL);
    wait = throttle(db, now, key, FREE_ATTEMPTS_ADDRESS, error);
  }
  if (wait < 0) return false;
  if (wait > 0) { /* nothing is written: a flood must not cost a disk write each */
    *ret_wait = wait;
    return fail(error, MENO_ERROR_TOO_MANY, "signing in as \"%.100s\" was tried too often; wait %d seconds", login, wait);
  }
  return db_commit(g_steal_pointer(&db), error);
}

/* ---- starting --------------------------------------------------------------------------------------------------- */

static bool add(struct db *db, int64_t now, const struct account *account, char token[SESSION_TOKEN], struct session *session, GError **error) {
  char hash[DIGEST_TEXT], id[ID_TEXT];
  session_make_token(token);
  session_hash_token(token, hash);
  session_make_token(session->csrf);
  session->id = g_strdup(uuid_format(uuid_new(now), id));
  session->account = (struct account){ .login = g_strdup(account->login), .name = g_strdup(account->name), .person = g_strdup(account->person),
    .roles = account->roles, .created = account->created };
  return db_run(db, error, "access.add_session", "tttti", session->id, account->login, hash, session->csrf, now) >= 0;
}

/* What is over is forgotten when somebody signs in: seldom enough, often enough, and no timer. */
static bool forget(struct db *db, int64_t now, GError **error) {
  return db_run(db, error, "access.forget_sessions", "ii", now - SESSION_LONGEST, now - SESSION_IDLE) >= 0 &&
    db_run(db, error, "access.forget_throttles", "ii", now - ATTEMPTS_FORGOTTEN, now - ATTEMPTS_FORGOTTEN) >= 0 &&
    db_run(db, error, "access.forget_access", "i", now - LOG_KEPT) >= 0;
}

bool session_start(struct store *store, int64_t now, const struct account *account, char ret_token[SESSION_TOKEN],
  struct session *ret_session, GError **error) {
  g_auto(session_auto) session = { 0 };
  char token[SESSION_TOKEN];
  g_autoptr(db_auto) db = store_write(store, error);
  if (!db || !add(db, now, account, token, &session, error) || !db_commit(g_steal_pointer(&db), error)) return false;
  memcpy(ret_token, token, SESSION_TOKEN);
  *ret_session = session;
  session = (struct session){ 0 };
  return true;
}

/* People type passwords into the wrong field: only a login that is there is written down. */
static bool refuse(struct store *store, int64_t now, const char *login, const char *address, GError **error) {
  g_auto(account_auto) account = { 0 };
  int known = account_find(store, login, &account, error);
  if (known < 0) return false;
  g_autoptr(db_auto) db = store_write(store, error);
  if (!db || !note(db, now, known ? account.login : "", address, "refused", error) || !db_commit(g_steal_pointer(&db), error)) return false;
  return fail(error, MENO_ERROR_UNAUTHENTICATED, "the login or the password is wrong");
}

bool session_sign_in(struct store *store, int64_t now, const char *login, const char *password, const char *address,
  char ret_token[SESSION_TOKEN], struct session *ret_session, int *ret_wait, GError **error) {
  g_auto(account_auto) account = { 0 };
  g_auto(session_auto) session = { 0 };
  g_autofree char *key = login_key(login), *small = account_login(login);
  char token[SESSION_TOKEN];
  *ret_wait = 0;
  if (!count_attempt(store, now, small ? small : "", key, address, ret_wait, error)) return false;
  GError *problem = NULL;
  int right = account_check(store, login, password, &account, &problem);
  if (right < 0) {
    if (g_error_matches(problem, MENO_ERROR, MENO_ERROR_TOO_MANY)) *ret_wait = 1;
    g_propagate_error(error, problem);
    return false;
  }
  if (!right) return refuse(store, now, login, address, error);
  g_autoptr(db_auto) db = store_write(store, error);
  if (!db || db_run(db, error, "access.clear_throttle", "t", key) < 0) return false;
  if (address) {
    g_autofree char *of_address = g_strconcat("address:", address, NULL);
    if (db_run(db, error, "access.forgive_throttle", "t", of_address) < 0) return false;
  }
  if (!forget(db, now, error) || !add(db, now, &account, token, &session, error) || !note(db, now, account.login, address, "signed in", error)) return false;
  if (!db_commit(g_steal_pointer(&db), error)) return false;
  memcpy(ret_token, token, SESSION_TOKEN);
  *ret_session = session;
  session = (struct session){ 0 };
  return true;
}

/* ---- finding ---------------------------------------------------------------------------------------------------- */

struct found { char *hash, *previous; int64_t previous_until, started, seen, rotated; };
static void found_clear(struct found *found) { g_free(found->hash); g_free(found->previous); }
typedef struct found found_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(found_auto, found_clear)

static int look_up(struct store *store, const char *hash, struct session *session, struct found *found, GError **error) {
  g_autoptr(db_auto) db = store_read(store, error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.find_session", "t", hash) : NULL;
  int got = query ? query_next(query, error) : -1;
  if (got != 1) return got;
  *found = (struct found){ g_strdup(query_text(query, 1)), g_strdup(query_text(query, 13)), query_integer(query, 2), query_integer(query, 4),
    query_integer(query, 5), query_integer(query, 6) };
  session->id = g_strdup(query_text(query, 0));
  g_strlcpy(session->csrf, query_text(query, 3), SESSION_TOKEN);
  session->account = (struct account){ .login = g_strdup(query_text(query, 7)), .name = g_strdup(query_text(query, 8)),
    .person = g_strdup(query_text(query, 9)), .roles = (unsigned)query_integer(query, 10), .created = query_integer(query, 11),
    .disabled = query_integer(query, 12) != 0 };
  return 1;
}

/* What a request changes of its session; a failure here must not keep anybody out who may only be reading. */
static void keep_alive(struct store *store, int64_t now, const char *hash, const struct session *session, const struct found *found, char new_token[SESSION_TOKEN]) {
  bool current = strcmp(hash, found->hash) == 0;
  bool confirm = current && found->previous && !found->previous_until;
  bool rotate = now - found->rotated >= SESSION_ROTATION && (current || !found->previous_until);
  if (!confirm && !rotate && ABS(now - found->seen) < TOUCH_EVERY) return; /* seen in the future: the clock has jumped back */
  g_autoptr(db_auto) db = store_write(store, NULL);
  if (!db) return;
  char token[SESSION_TOKEN] = "", new_hash[DIGEST_TEXT];
  int changed;
  if (rotate) {
    session_make_token(token);
    session_hash_token(token, new_hash);
    changed = db_change(db, NULL, "access.rotate_session", "tttii", session->id, hash, new_hash, now, found->rotated);
  } else if (confirm)
    changed = db_change(db, NULL, "access.confirm_session", "tii", session->id, now, now + OLD_TOKEN_GRACE);
  else
    changed = db_change(db, NULL, "access.touch_session", "ti", session->id, now);
  if (changed == 1 && db_commit(g_steal_pointer(&db), NULL)) memcpy(new_token, token, SESSION_TOKEN);
}

int session_find(struct store *store, int64_t now, const char *token, struct session *ret_session, char ret_new_token[SESSION_TOKEN], GError **error) {
  g_auto(session_auto) session = { 0 };
  g_auto(found_auto) found = { 0 };
  char hash[DIGEST_TEXT];
  if (ret_new_token) ret_new_token[0] = 0;
  if (strlen(token) != SESSION_TOKEN - 1) return 0;
  session_hash_token(token, hash);
  int got = look_up(store, hash, &session, &found, error);
  if (got != 1) return got;
  if (session.account.disabled || now - found.started >= SESSION_LONGEST || now - found.seen >= SESSION_IDLE) return 0;
  if (strcmp(hash, found.hash) != 0 && found.previous_until && now >= found.previous_until) return 0;
  if (ret_new_token) keep_alive(store, now, hash, &session, &found, ret_new_token);
  *ret_session = session;
  session = (struct session){ 0 };
  return 1;
}

bool session_sign_out(struct store *store, int64_t now, const char *token, const char *address, GError **error) {
  g_auto(session_auto) session = { 0 };
  g_auto(found_auto) found = { 0 };
  char hash[DIGEST_TEXT];
  session_hash_token(token, hash);
  int got = look_up(store, hash, &session, &found, error);
  if (got != 1) return got == 0;
  g_autoptr(db_auto) db = store_write(store, error);
  return db && db_run(db, error, "access.end_session", "t", hash) >= 0 &&
    note(db, now, session.account.login, address, "signed out", error) && db_commit(g_steal_pointer(&db), error);
}
