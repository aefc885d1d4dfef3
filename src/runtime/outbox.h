/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outbox: acts on the outside world. A request is an event in the same transaction as what it follows from; the
 * dispatcher carries it out afterwards and records what came of it. Killed between act and record, what happens next is a
 * matter of the channel's class:
 *
 *   keyed          the other side knows our key: it is sent again under the same key, and counts once there
 *   queryable      before it is sent we look whether it is there already
 *   at-most-once   that it is about to be sent is recorded first; found in that state after a crash it is uncertain, and a
 *                  person says whether it was sent
 *
 *   requested → done | requested (again later) | dead        started, uncertain: at-most-once only
 *   requested → started → done | requested | dead | uncertain
 *   dead, uncertain → requested (send again) | done (it was sent) | dropped */
#pragma once
#include "company/load.h"
#include "ledger/ledger.h"

extern const struct event_kind outbox_kinds[];
extern const struct fold outbox_folds[];

struct action { char *id, *channel, *subject /* "delivery:d-…", "note:a-…" */, *person, *state /* see above */, *why /* outbox_list opens it where it is a person's word */; int attempts;
                int64_t due, seq; };
void action_free(void *action);

enum action_class { ACTION_KEYED, ACTION_QUERYABLE, ACTION_AT_MOST_ONCE };
extern const char *const action_classes[]; /* by it: "keyed", … */

/* What an act came to. Of all but ACT_DONE the error says why. */
enum act { ACT_DONE, ACT_FAILED /* nothing was sent: later again */, ACT_REFUSED /* nothing was sent, and never will be */,
           ACT_UNKNOWN /* it may have been sent: at-most-once channels only */ };

/* What goes out: the action's id is the key; `text` a JSON object. */
struct letter { const char *key, *text; size_t length; };

/* The data folder, and what the administrator wrote into its channels.yaml: where things go is never an agent's choice. */
struct channel_place { char *dir; char **program /* NULL: none */; int seconds; bool keyed /* the program's other side knows letters by their key */; };
bool channel_place_load(const char *dir, struct channel_place *ret_place, GError **error); /* BAD_INPUT "channels.yaml:line:column: …" */
void channel_place_clear(struct channel_place *place);
/* The channel of messages, by what the program is; NULL: there is none. */
const char *channel_of_messages(const struct channel_place *place);

struct channel {
  const char *name, *what;
  enum action_class class;
  /* No transaction is open meanwhile; it ends within a bounded time. */
  enum act (*act)(const struct channel_place *place, const struct letter *letter, GError **error);
  int (*find)(const struct channel_place *place, const struct letter *letter, GError **error); /* queryable: is it there? 1/0/-1 */
  /* What is to be said, where it is no delivery and no note: 1, 0 with a `problem` that is final, -1 an error. NULL: it is one. */
  int (*compose)(struct ledger *ledger, const struct action *action, char **ret_text, size_t *ret_length, GError **problem, GError **error);
};
extern const struct channel channels[]; /* ends with a NULL name */

/* Asks for an act, once per channel and subject. */
bool outbox_request(struct ledger_write *write, const char *channel, const char *subject, const char *person, int64_t due, GError **error);

/* A dead letter from the start: something that was refused elsewhere, and may be sent again by a person. Once per channel and subject. */
bool outbox_put_aside(struct ledger_write *write, const char *channel, const char *subject, const char *why, GError **error);

struct outbox {
  struct ledger *ledger;
  const struct company *company;
  const struct channel *channels;   /* ends with a NULL name */
  const struct channel_place *place;
  const char *holder;               /* of the lease: lease_self() */
  uint64_t seed;                    /* of the jitter */
  int64_t now;
};
struct outbox_report { int done, failed, dead, uncertain; bool elsewhere; /* another process is at it */ };
/* Carries out what is due. What fails is tried again later, up to a limit; then it waits in the list of dead letters. After
 * a row of failures a channel rests, and is tried with one act first. */
bool outbox_dispatch(const struct outbox *outbox, struct outbox_report *ret_report, GError **error);
/* How long until the next try, after so many; doubling, with up to a quarter more. */
int64_t outbox_wait(uint64_t seed, const char *id, int attempts);
/* How long a channel rests after so many failures in a row; 0: it does not. */
int64_t outbox_rest(uint64_t seed, const char *channel, int failures);

/* Of struct action, owned by the array: those in a state, newest first. */
GPtrArray *outbox_list(struct db *db, struct seal *seal, const char *state, GError **error);
/* A dead letter is tried again at once. NOT_FOUND; CONFLICT where it is not dead. */
bool outbox_retry(struct ledger_write *write, const char *id, const char *actor, GError **error);
/* A person says what is to become of an uncertain act or a dead letter: "sent", "again", "drop". */
extern const char *const outbox_words[]; /* NULL-terminated */
bool outbox_settle(struct ledger_write *write, const char *id, const char *word, const char *reason, const char *actor, GError **error);
