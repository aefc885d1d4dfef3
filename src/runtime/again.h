/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * History again: the events up to a moment as they are, and from then on the agents' turns taken anew where they were taken,
 * with one agent muted or none; what people did is done again where what they did it to is still there. In memory; the
 * history itself is only read. With nobody muted the same events must come out: the test of this, and of the runner. */
#pragma once
#include "runtime/runner.h"

struct again_ask {
  int64_t since;        /* events recorded before it are taken as they are */
  const char *mute;     /* an agent's id; NULL: none */
  bool (*progress)(void *data, const char *what, double share); void *data; /* may be NULL */
};

/* A person's act that found nothing to act on any more. */
struct again_lost { int64_t seq; char *kind, *subject, *actor, *why; };

struct again {
  struct store *store;      /* the other history, in memory */
  int64_t cut, head, turns; /* the last event taken as it is; the last of the real history; turns taken anew */
  GPtrArray *lost;          /* of struct again_lost */
  bool same;                /* the same events came out, in the same order: kind, subject, actor, times, cause and body */
  char *first;              /* where not: the first that differs, in words */
  char *rules;              /* the revision of rules that history set and that are not the ones given here; NULL: none */
};
struct again *again_run(struct ledger *history, const struct rules *rules, const struct again_ask *ask, GError **error);
void again_free(struct again *again);
typedef struct again again_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(again_auto, again_free)
