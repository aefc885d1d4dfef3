/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outbox: acts on the outside world. A request is an event in the same transaction as what it follows from; the
 * dispatcher carries it out afterwards and records what came of it. A channel's act must be repeatable under the action's
 * id: killed between act and record, it is done again and changes nothing. */
#pragma once
#include "company/load.h"
#include "ledger/ledger.h"

extern const struct event_kind outbox_kinds[];
extern const struct fold outbox_folds[];

struct action { char *id, *channel, *subject /* "delivery:d-…", "note:a-…" */, *person, *state /* requested, done, dead */, *why; int attempts;
                int64_t due, seq; };
void action_free(void *action);

struct channel {
  const char *name, *what;
  /* Carries the action out for the data folder `dir`. Errors are retried; NOT_FOUND and BAD_INPUT are final. */
  bool (*act)(const char *dir, struct db *db, struct seal *seal, const struct company *company, const struct action *action, GError **error);
};
extern const struct channel channels[]; /* ends with a NULL name */
const struct channel *channel_find(const char *name);

/* Asks for an act, once per channel and subject. */
bool outbox_request(struct ledger_write *write, const char *channel, const char *subject, const char *person, int64_t due, GError **error);
struct outbox_report { int done, failed, dead; };
/* Carries out what is due. What fails is tried again later, up to a limit; then it waits in the list of dead letters. */
bool outbox_dispatch(struct ledger *ledger, const struct company *company, const char *dir, int64_t now, struct outbox_report *ret_report, GError **error);
/* Of struct action, owned by the array: those in a state, newest first. */
GPtrArray *outbox_list(struct db *db, const char *state, GError **error);
/* A dead letter is tried again at once. NOT_FOUND; CONFLICT where it is not dead. */
bool outbox_retry(struct ledger_write *write, const char *id, const char *actor, int64_t now, GError **error);
