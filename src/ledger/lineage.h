/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lineage: one graph over everything that has an id. Nodes are texts like the subjects of events ("claim:c-…",
 * "proposal:a-…", "import:i-…", "decision:110058"); an edge says that its source rests on its target, of which kind, and by
 * which event. This room knows the graph and how to walk it; which event makes which edges stands in runtime/links.c.
 *
 * A walk respects time. What was concluded at an event rests on what was there by then, and on nothing later: so going back,
 * each step takes only edges that are not younger than the one before; going forward, only such as are not older. That is
 * what makes "file:kpis.csv" a node that many imports and many claims share without claiming that an old claim rests on a
 * new import. As of a moment: edges up to its event, and nothing else is needed, since an edge is never changed. */
#pragma once
#include "ledger/ledger.h"

enum lineage_way { LINEAGE_BACK /* what it rests on */, LINEAGE_FORWARD /* what rests on it */ };

struct lineage_node {
  char *id;
  char *link;      /* kind of the edge by which it was reached; NULL: the beginning */
  int parent;      /* index of the node from which it was reached; -1 the beginning */
  int depth;
  int64_t seq;     /* of that edge; of the beginning: where the walk began */
  bool again;      /* the node stands further up already; it is not gone into a second time */
  bool more;       /* it has more edges than were followed: by breadth, by depth, or by the size of the whole */
};

struct lineage_ask {
  enum lineage_way way;
  int64_t as_of;   /* the last event that counts; INT64_MAX: now */
  int64_t from;    /* forward: the first that counts */
  int depth, breadth, most; /* steps from the beginning, edges followed of each node (the newest), nodes in all */
  /* Of a node that is not to be gone into (a person, the rules); NULL: all are. */
  bool (*ends)(const char *id);
};

/* Of struct lineage_node in breadth-first order: the first is the beginning, and children of one node stand together. NULL on
 * error. A node that nothing is known of is a walk of one node. */
GPtrArray *lineage_walk(struct db *db, const char *id, const struct lineage_ask *ask, GError **error);

/* Everything that rests on a node since the event `from`, without limit: id → the earliest event (as int64_t *) by which it
 * did. NULL on error. */
GHashTable *lineage_reach(struct db *db, const char *id, int64_t from, bool (*ends)(const char *id), GError **error);

/* The last event recorded at or before `time`: 0 none, -1 error. */
int64_t lineage_seq_at(struct db *db, int64_t time, GError **error);

struct lineage_edge {
  const char *source, *kind, *target;
  int64_t seq;     /* of the event that says it */
  int nth;         /* of its edges, from 0 */
  bool listed;     /* false: its source is found by that event's subject, or by an edge before it */
};
bool lineage_put(struct db *db, const struct lineage_edge *edges, size_t count, GError **error);

/* The edges of one node, newest first, an event's in their order: of struct lineage_step, cleared with the array. Going back, those
 * up to the event `to`; forward, from `from` up to `to`. NULL on error. */
struct lineage_step { char *id, *kind; int64_t seq; };
GArray *lineage_steps(struct db *db, enum lineage_way way, const char *id, int64_t from, int64_t to, int64_t limit, GError **error);
