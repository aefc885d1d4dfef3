/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions of signed-in people: a random 256-bit token, of which only the hash is kept; idle and absolute expiry; a new
 * token every hour; a second token bound to the session against forged requests (CSRF). And the brake on guessing.
 *
 * `now` is the time on the wall, not the ledger's: a demonstration with a fixed clock must still let sessions end. */
#pragma once
#include "gate/account.h"

#define SESSION_IDLE     (8 * 3600 * CLOCK_SECOND)  /* unused for that long: over */
#define SESSION_LONGEST  (24 * 3600 * CLOCK_SECOND) /* since signing in: over */
#define SESSION_ROTATION (3600 * CLOCK_SECOND)
#define SESSION_LOG_DAYS 183 /* an entry of the access log is kept that long */
#define SESSION_TOKEN 44 /* base64 of 32 bytes and a NUL */

struct session {
  char *id;
  char csrf[SESSION_TOKEN];
  struct account account;
};
void session_clear(struct session *session);
typedef struct session session_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(session_auto, session_clear)

/* Signs in. `address` is where the request came from; NULL: not known, or shared by all. Errors: UNAUTHENTICATED (the same
 * words whatever was wrong); TOO_MANY, with the seconds to wait in `ret_wait`. */
bool session_sign_in(struct store *store, int64_t now, const char *login, const char *password, const char *address,
  char ret_token[SESSION_TOKEN], struct session *ret_session, int *ret_wait, GError **error);
/* 1 found; 0 none, or over; -1 failed. If the token was due for a change the new one is in `ret_new_token`, else that is
 * empty; the old one is taken until a minute after the new one was first shown. With `ret_new_token` NULL nothing is
 * written, and so nothing waits. */
int session_find(struct store *store, int64_t now, const char *token, struct session *ret_session, char ret_new_token[SESSION_TOKEN], GError **error);
bool session_sign_out(struct store *store, int64_t now, const char *token, const char *address, GError **error);
/* Another token for an account that has just proved its password: after it was changed. */
bool session_start(struct store *store, int64_t now, const struct account *account, char ret_token[SESSION_TOKEN],
  struct session *ret_session, GError **error);

/* A line in the access log: who signs in and out stands there already; what else the house wants remembered of who looked. */
bool session_note(struct store *store, const char *login, const char *what, GError **error);

/* For siblings and tests: counts an attempt for a key; 0 it may go on, else the seconds to wait; -1 failed. Past `free`
 * attempts the wait doubles each time, from a second to a quarter of an hour. */
int session_throttle(struct store *store, int64_t now, const char *key, int free, GError **error);
/* A random token, and the hash under which it is kept. */
void session_make_token(char out[SESSION_TOKEN]);
void session_hash_token(const char *token, char out[DIGEST_TEXT]);
