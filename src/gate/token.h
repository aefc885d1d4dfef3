/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens for programs: "meno_" and 43 random characters, shown once, kept as a hash; each with scopes (permissions that its
 * owner has), an optional end, and the moment it was last used. They work as long as their owner's account does. */
#pragma once
#include "gate/account.h"

#define TOKEN_TEXT 64
#define TOKENS_MOST 50 /* of one account */

struct token { char *id, *label; uint64_t scopes; /* bit 1 << enum permission */ int64_t created, expires, used; /* 0: none */ };
void token_free(struct token *token);

/* `now` is the ledger's time, `expires` the wall's (0: does not end). FORBIDDEN: a scope that the account does not have. */
bool token_add(struct ledger *ledger, int64_t now, const char *actor, const struct account *account, const char *label, uint64_t scopes,
  int64_t expires, char ret_secret[TOKEN_TEXT], char ret_id[ID_TEXT], GError **error);
/* 1 found, 0 none (or over, or its owner disabled), -1 failed. `wall` is the time on the wall. With `ret_scopes` NULL
 * nothing is written, and so nothing waits. */
int token_find(struct store *store, int64_t wall, const char *secret, struct account *ret_account, uint64_t *ret_scopes, GError **error);
/* Newly allocated array of struct token; NULL on failure. */
GPtrArray *token_list(struct store *store, const char *login, GError **error);
bool token_revoke(struct ledger *ledger, int64_t now, const char *actor, const char *login, const char *id, GError **error);

/* Permission names, blank or comma between them ↔ bits. */
bool token_parse_scopes(const char *text, uint64_t *ret_scopes, GError **error);
char *token_format_scopes(uint64_t scopes);
