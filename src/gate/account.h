/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Local accounts: a login, a name, the person of the company it belongs to (or none), roles, and a password of which only
 * an argon2id hash is kept. What happens to an account is an event; its row is a plain table (sql/schema/004-access.sql).
 *
 * Every `now` here is the ledger's time; sessions and tokens (session.h, token.h) live by the clock on the wall. */
#pragma once
#include "gate/access.h"
#include "ledger/ledger.h"

#define ACCOUNT_LOGIN_MOST 79 /* bytes: "account:" and it are the name of a key (SEAL_OWNER_MOST) */
#define ACCOUNT_PASSWORD_LEAST 10
#define ACCOUNT_PASSWORD_MOST  200 /* bytes: hashing is bounded too */

struct account {
  char *login, *name, *person; /* person: opaque id, or NULL */
  unsigned roles;
  int64_t created;
  bool disabled;
};
void account_clear(struct account *account);
typedef struct account account_auto; /* g_auto(account_auto) account = { 0 }; */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(account_auto, account_clear)
void account_free(struct account *account);

/* account.created, account.disabled, account.enabled, roles.changed, password.changed, token.created, token.revoked;
 * ends with a NULL name. No secret, nor its hash, is in any body. */
extern const struct event_kind access_kinds[];

/* Logins are 1–79 of a–z 0–9 . _ @ + -; capitals are taken as small. `person` may be NULL. CONFLICT: the login, or the
 * person's account, is there already. */
bool account_add(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *name, const char *person,
  unsigned roles, const char *password, GError **error);
bool account_set_roles(struct ledger *ledger, int64_t now, const char *actor, const char *login, unsigned roles, GError **error);
/* Ends all its sessions; a disabled account cannot sign in and its tokens are refused. */
bool account_set_disabled(struct ledger *ledger, int64_t now, const char *actor, const char *login, bool disabled, GError **error);
/* Ends all its sessions. */
bool account_set_password(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *password, GError **error);

/* 1 found, 0 none, -1 failed. */
int account_find(struct store *store, const char *login, struct account *ret_account, GError **error);
/* Newly allocated array of struct account, by login; NULL on failure. */
GPtrArray *account_list(struct store *store, GError **error);

/* 1 the account and its password, 0 not (takes as long for a login that is not there, or is disabled), -1 failed:
 * TOO_MANY when more checks wait than are let in (each takes 32 MiB and about 50 ms). */
int account_check(struct store *store, const char *login, const char *password, struct account *ret_account, GError **error);

/* A password for a new account, to be shown once: five groups of four letters and digits. Newly allocated. */
char *account_make_password(void);
/* The small form of a login, newly allocated; NULL: it cannot be one. */
char *account_login(const char *text);
/* The actor of events: "person:p-…" where there is a person, else "account:login". Newly allocated. */
char *account_actor(const struct account *account);
/* Removes all that is kept of a person's account beside the ledger: the account, its sessions and tokens, its lines in the access
 * log. 1; 0 there is none; -1. */
int account_forget(struct ledger_write *write, const char *person, GError **error);
char *account_subject(struct db *db, const char *login, GError **error); /* of its events; NULL on error */
/* The roles' titles as a JSON array. */
void account_write_roles(struct json_writer *writer, const char *key, unsigned roles);
