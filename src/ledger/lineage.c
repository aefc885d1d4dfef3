/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walking. Every step asks for the newest events that mention a node (ledger/mentions.h), reads their edges and stops after `breadth` rows; a
 * walk therefore costs at most `most` such questions, whatever the size of the whole.
 *
 * How it can be wrong: a node that is reached twice is gone into once, from where it was reached first; edges that only the
 * second way's time would allow are then not shown (the node says `again`). lineage_reach, on which a roll-back rests, is
 * exact: it takes a node up again whenever it is reached at an earlier event. */
#include "ledger/lineage.h"
#include <string.h>

#define VALUES(edge) (edge).seq, (int64_t)(edge).nth, (edge).source, (edge).kind, (edge).target, (int64_t)(edge).listed

/* Four in one statement cost little more than one. */
bool lineage_put(struct db *db, const struct lineage_edge *edges, size_t count, GError **error) {
  for (; count >= 4; edges += 4, count -= 4)
    if (db_run(db, error, "ledger.put_four_edges", "iittti" "iittti" "iittti" "iittti", VALUES(edges[0]), VALUES(edges[1]), VALUES(edges[2]), VALUES(edges[3])) < 0) return false;
  for (; count; edges++, count--)
    if (db_run(db, error, "ledger.put_edge", "iittti", VALUES(*edges)) < 0) return false;
  return true;
}

static void step_clear(void *data) {
  g_free(((struct lineage_step *)data)->id);
  g_free(((struct lineage_step *)data)->kind);
}

/* A node's edges, the newest first, an event's in their order: as many as are asked for. */
typedef struct edges { struct mentions mentions; struct query *query; int64_t seq; } edges_auto;

static struct edges edges_of(struct db *db, enum lineage_way way, const char *id, int64_t from, int64_t to) {
  if (way == LINEAGE_BACK) return (struct edges){ .mentions = { .db = db, .thing = id, .first = MENTION_SUBJECT, .last = MENTION_SOURCE, .to = to } };
  return (struct edges){ .mentions = { .db = db, .thing = id, .first = MENTION_TARGET, .last = MENTION_TARGET, .from = from, .to = to } };
}

/* Into columns 0 (the other end) and 1 (the kind) of `edges->query`, and `edges->seq`: 1/0/-1 */
static int edges_next(struct edges *edges, GError **error) {
  for (int got;;) {
    if (edges->query && (got = query_next(edges->query, error)) != 0) return got;
    query_done(g_steal_pointer(&edges->query));
    if ((got = mentions_next(&edges->mentions, &edges->seq, error)) < 1) return got;
    bool back = edges->mentions.first == MENTION_SUBJECT;
    edges->query = db_query(edges->mentions.db, error, back ? "ledger.edges_from" : "ledger.edges_to", "it", edges->seq, edges->mentions.thing);
  }
}

static void edges_end(struct edges *edges) {
  query_done(g_steal_pointer(&edges->query));
  mentions_end(&edges->mentions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(edges_auto, edges_end)

GArray *lineage_steps(struct db *db, enum lineage_way way, const char *id, int64_t from, int64_t to, int64_t limit, GError **error) {
  g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct lineage_step));
  g_auto(edges_auto) edges = edges_of(db, way, id, from, to);
  int got = 1;
  g_array_set_clear_func(steps, step_clear);
  while (steps->len < limit && (got = edges_next(&edges, error)) == 1) {
    struct lineage_step step = { g_strdup(query_text(edges.query, 0)), g_strdup(query_text(edges.query, 1)), edges.seq };
    g_array_append_val(steps, step);
  }
  return got < 0 ? NULL : g_steal_pointer(&steps);
}

static void node_free(void *data) {
  struct lineage_node *node = data;
  g_free(node->id);
  g_free(node->link);
  g_free(node);
}

static struct lineage_node *add_node(GPtrArray *nodes, const char *id, const char *link, int parent, int depth, int64_t seq) {
  struct lineage_node *node = g_new0(struct lineage_node, 1);
  *node = (struct lineage_node){ .id = g_strdup(id), .link = g_strdup(link), .parent = parent, .depth = depth, .seq = seq };
  g_ptr_array_add(nodes, node);
  return node;
}

/* The same target may stand in several edges of one node (a claim that was stated again): the newest is followed. */
static bool expand(struct db *db, GPtrArray *nodes, GHashTable *seen, int index, const struct lineage_ask *ask, GError **error) {
  struct lineage_node *node = nodes->pdata[index];
  bool deep = node->depth >= ask->depth, back = ask->way == LINEAGE_BACK;
  int taken = 0, looked = 0, got = 1;
  g_autoptr(GHashTable) here = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(edges_auto) edges = edges_of(db, ask->way, node->id, node->seq, back ? MIN(node->seq, ask->as_of) : ask->as_of);
  while (!node->more && looked++ <= 4 * ask->breadth && (got = edges_next(&edges, error)) == 1) {
    const char *other = query_text(edges.query, 0);
    if (g_hash_table_contains(here, other)) continue;
    node->more = deep || taken == ask->breadth || (int)nodes->len == ask->most;
    if (node->more) break;
    struct lineage_node *child = add_node(nodes, other, query_text(edges.query, 1), index, node->depth + 1, edges.seq);
    g_hash_table_add(here, child->id);
    child->again = !g_hash_table_add(seen, child->id);
    taken++;
  }
  return got >= 0;
}

GPtrArray *lineage_walk(struct db *db, const char *id, const struct lineage_ask *ask, GError **error) {
  g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(node_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  struct lineage_node *first = add_node(nodes, id, NULL, -1, 0, ask->way == LINEAGE_BACK ? ask->as_of : ask->from);
  g_hash_table_add(seen, first->id);
  for (guint i = 0; i < nodes->len; i++) {
    const struct lineage_node *node = nodes->pdata[i];
    if (node->again || (i && ask->ends && ask->ends(node->id))) continue;
    if (!expand(db, nodes, seen, (int)i, ask, error)) return NULL;
  }
  return g_steal_pointer(&nodes);
}

/* ---- everything that rests on it -------------------------------------------------------------------------------- */

/* Notes that `id` is reached at `seq`; true where that is earlier than what was known. */
static bool reach(GHashTable *reached, const char *id, int64_t seq) {
  int64_t *known = g_hash_table_lookup(reached, id);
  if (known && *known <= seq) return false;
  if (known) *known = seq;
  else g_hash_table_insert(reached, g_strdup(id), g_memdup2(&seq, sizeof seq));
  return true;
}

GHashTable *lineage_reach(struct db *db, const char *id, int64_t begin, bool (*ends)(const char *), GError **error) {
  g_autoptr(GHashTable) reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GQueue) waiting = g_queue_new();
  reach(reached, id, begin);
  g_queue_push_tail(waiting, g_strdup(id));
  bool fine = true;
  for (char *node; fine && (node = g_queue_pop_head(waiting));) {
    int64_t from = *(int64_t *)g_hash_table_lookup(reached, node);
    g_autoptr(GArray) steps = lineage_steps(db, LINEAGE_FORWARD, node, from, INT64_MAX, INT64_MAX, error);
    for (guint i = steps ? steps->len : 0; i-- > 0;) { /* the oldest first: then most are reached once */
      const struct lineage_step *step = &g_array_index(steps, struct lineage_step, i);
      if (reach(reached, step->id, step->seq) && !(ends && ends(step->id))) g_queue_push_tail(waiting, g_strdup(step->id));
    }
    fine = steps != NULL;
    g_free(node);
  }
  g_queue_clear_full(waiting, g_free);
  return fine ? g_steal_pointer(&reached) : NULL;
}

/* ---- time ------------------------------------------------------------------------------------------------------- */

/* Times of recording never run backwards, so a moment is found by halving. */
int64_t lineage_seq_at(struct db *db, int64_t time, GError **error) {
  int64_t low = 0, high = ledger_head(db, error);
  if (high < 0) return -1;
  while (low < high) {
    int64_t middle = low + (high - low + 1) / 2, recorded = 0;
    if (db_one(db, &recorded, error, "ledger.recorded_at", "i", middle) < 0) return -1;
    if (recorded <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
