/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements go on to other record stores. A forward says where to, with which credential, which statements, and how far it has
 * come. One process at a time sends, in the order in which statements arrived, batch by batch; a batch counts when the other
 * store has answered, so that after a crash it is sent again, and is there once, as statements have ids.
 *
 * What the other store refuses for good is put aside, statement by statement, as a dead letter of the outbox; all else waits, and is
 * tried again after one second, two, four … up to some twenty minutes. */
#pragma once
#include "evidence/lrs.h"
#include "runtime/outbox.h"

extern const struct event_kind forward_kinds[];

struct forward {
  char *id, *label, *url, *key, *secret;
  char *verb, *activity, *agent, *authority; /* what it takes: keys of terms; NULL: all */
  bool running;
  int64_t cursor, sent, aside, failures, next_try, failing_since, created;
  char *why;                                 /* of the last failure; NULL: it goes well */
};
void forward_free(void *forward);
GPtrArray *forward_list(struct ledger *ledger, GError **error); /* of struct forward */
/* `wanted` has label, url, key, secret and the filter. `new_only`: what is here already does not go. Its id is newly allocated. */
char *forward_add(struct ledger *ledger, int64_t now, const char *actor, const struct forward *wanted, bool new_only, GError **error);
/* `running` also means: try now. NOT_FOUND. */
bool forward_turn(struct ledger *ledger, int64_t now, const char *actor, const char *id, bool running, GError **error);
bool forward_remove(struct ledger *ledger, int64_t now, const char *actor, const char *id, GError **error);

struct forwarder;
struct forwarder *forwarder_new(struct ledger *ledger, const char *holder /* of the lease */, uint64_t seed, bool (*go_on)(void *data), void *data);
void forwarder_free(struct forwarder *forwarder);
/* Sends a page of each forward that has something to send. `*ret_more`: there is more to do at once. One thread at a time. */
bool forwarder_run(struct forwarder *forwarder, int64_t now, bool *ret_more, GError **error);

/* The outbox's channel "forward": one statement that was put aside, sent again when a person says so. */
int forward_compose(struct ledger *ledger, const struct action *action, char **ret_text, size_t *ret_length, GError **problem, GError **error);
enum act forward_act(const struct channel_place *place, const struct letter *letter, GError **error);
