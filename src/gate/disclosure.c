/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The threshold and what it takes to keep it where totals are published.
 *
 * A reader of a table solves equations: every total is the sum of its cells. What is hidden are the unknowns. In a table
 * with totals, as in a tree, every figure stands in at most two sums (its row's and its column's; its own children's and
 * its parent's). So the equations are a graph: a vertex per sum, an edge per hidden figure, and one more vertex, the
 * ground, for "stands in no further sum". Up to signs the matrix is that graph's incidence matrix, its null space the
 * graph's cycles, and a hidden figure can be computed exactly if and only if its edge lies on no cycle: a bridge. More
 * generally, a sum or difference of hidden figures can be computed if and only if their edges are a cut.
 *
 * Method: hide what is below the threshold. While some hidden figure is a bridge, hide the cheapest further figures (by people)
 * that close a cycle through it. Then the same for cuts of two to four small figures that together are fewer people than
 * the threshold: their sum would be a figure about too few. Cuts are found by labels: every edge off a spanning forest
 * gets a random label, every edge of the forest the XOR of those whose cycle runs through it; a set of edges is a cut when
 * its labels XOR to zero.
 *
 * How it can be wrong: two labels agree by chance with probability 2^-64 per pair, and then too much is hidden, never too
 * little. Cuts of five and more figures are not looked for, which matters only for thresholds above five. Bounds are not
 * exact values: who knows that every figure is a whole number from 0 up may narrow a hidden one without computing it. A reader
 * who knows all members but one of a shown group knows more than any table says. And one table is judged at a time: figures
 * of the same people under two filters, or on two days, can be subtracted; disclosure-log.h keeps account of filters.
 *
 * Sources: D. Gusfield, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17 (1988); L. H. Cox,
 * "Suppression methodology and statistical disclosure control", JASA 75 (1980); D. Pritchard, R. Thurimella, "Fast
 * computation of small cuts via cycle space sampling", ACM Trans. Algorithms 7 (2011). */
#include "gate/disclosure.h"
#include <glib.h>
#include <string.h>

#define GROUND 0
#define DEAR INT64_C(1000000000000) /* the cost of hiding a figure about nobody: everybody can guess it */

struct figure { struct disclosure_cell *cell; int ends[2]; /* added in the first, subtracted in the second */ };
struct graph {
  GArray *figures;   /* of struct figure: all that are published */
  int vertices;
  int threshold;
  uint64_t *labels;  /* of each figure; of hidden ones */
};

static bool hidden(const struct graph *g, guint i) { return g_array_index(g->figures, struct figure, i).cell->why != DISCLOSURE_SHOWN; }
static const struct figure *figure(const struct graph *g, guint i) { return &g_array_index(g->figures, struct figure, i); }

static uint64_t random_label(uint64_t index) { /* splitmix64: the same labels in every run */
  uint64_t z = (index + 1) * UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  return z ^ z >> 31;
}

enum disclosure disclosure_of(int people, bool unanimous, int threshold) {
  if (people <= 0) return DISCLOSURE_SHOWN;
  if (people < MAX(threshold, DISCLOSURE_SCORES)) return DISCLOSURE_FEW;
  return unanimous ? DISCLOSURE_UNANIMOUS : DISCLOSURE_SHOWN;
}

const char *disclosure_words(enum disclosure why) {
  static const char *const words[] = { NULL, "too few people", "everybody answered the same", "it would give another figure away" };
  return words[why];
}

/* ---- labels ---- */

/* Grows a spanning forest of the hidden figures; `order` gets the vertices as they are reached, `up` the figure that led there. */
static int grow_forest(const struct graph *g, int *order, int *up, int *parent) {
  int reached = 0;
  for (int v = 0; v < g->vertices; v++) up[v] = parent[v] = -2;
  for (int root = 0; root < g->vertices; root++) {
    if (parent[root] != -2) continue;
    parent[root] = -1;
    order[reached++] = root;
    for (int at = reached - 1; at < reached; at++) {
      for (guint i = 0; i < g->figures->len; i++) {
        const int *ends = figure(g, i)->ends;
        int from = order[at], to = ends[0] == from ? ends[1] : ends[1] == from ? ends[0] : -1;
        if (to < 0 || !hidden(g, i) || parent[to] != -2) continue;
        parent[to] = from;
        up[to] = (int)i;
        order[reached++] = to;
      }
    }
  }
  return reached;
}

/* Labels the hidden figures so that those of a cut XOR to zero. */
static void label(struct graph *g) {
  g_autofree int *order = g_new(int, g->vertices), *up = g_new(int, g->vertices), *parent = g_new(int, g->vertices);
  g_autofree uint64_t *through = g_new0(uint64_t, g->vertices);
  g_autofree bool *in_forest = g_new0(bool, g->figures->len);
  int reached = grow_forest(g, order, up, parent);
  for (int v = 0; v < g->vertices; v++)
    if (up[v] >= 0) in_forest[up[v]] = true;
  for (guint i = 0; i < g->figures->len; i++) {
    if (!hidden(g, i) || in_forest[i]) continue;
    g->labels[i] = random_label(i);
    through[figure(g, i)->ends[0]] ^= g->labels[i];
    through[figure(g, i)->ends[1]] ^= g->labels[i]; /* of a loop at the ground: twice, so nothing */
  }
  for (int at = reached - 1; at >= 0; at--) {
    int v = order[at];
    if (up[v] < 0) continue;
    g->labels[up[v]] = through[v];
    through[parent[v]] ^= through[v];
  }
}

/* ---- what can be computed ---- */

struct part { uint64_t label; int people; guint a, b; /* b == a: one figure */ };

static int by_label(const void *one, const void *other) {
  const struct part *x = one, *y = other;
  return x->label < y->label ? -1 : x->label > y->label ? 1 : x->people - y->people;
}

static bool apart(const struct part *x, const struct part *y) { return x->a != y->a && x->a != y->b && x->b != y->a && x->b != y->b; }

/* Single figures and pairs of them, few enough that they could be part of a cut of fewer people than the threshold. */
static GArray *small_parts(const struct graph *g) {
  GArray *parts = g_array_new(FALSE, FALSE, sizeof(struct part));
  for (guint i = 0; i < g->figures->len; i++) {
    int people = figure(g, i)->cell->people;
    if (hidden(g, i) && people > 0 && people < g->threshold - 1) g_array_append_val(parts, ((struct part){ g->labels[i], people, i, i }));
  }
  guint singles = parts->len;
  for (guint i = 0; i < singles; i++)
    for (guint j = i + 1; j < singles; j++) {
      struct part x = g_array_index(parts, struct part, i), y = g_array_index(parts, struct part, j);
      if (x.people + y.people < g->threshold - 1) g_array_append_val(parts, ((struct part){ x.label ^ y.label, x.people + y.people, x.a, y.a }));
    }
  g_array_sort(parts, by_label);
  return parts;
}

/* ---- hiding more ---- */

static int64_t cost_of(const struct graph *g, guint i) {
  if (hidden(g, i)) return 0;
  int people = figure(g, i)->cell->people;
  return people > 0 ? 1 + people : DEAR;
}

static bool among(guint i, const guint *set, int count) {
  for (int k = 0; k < count; k++)
    if (set[k] == i) return true;
  return false;
}

/* Hides the cheapest figures that close a cycle through the first of `leak` and not through the others (Dijkstra). False:
 * nothing was left to hide. */
static bool close_cycle(struct graph *g, const guint *leak, int count) {
  int start = figure(g, leak[0])->ends[0], goal = figure(g, leak[0])->ends[1];
  g_autofree int64_t *distance = g_new(int64_t, g->vertices);
  g_autofree int *via = g_new(int, g->vertices);
  g_autofree bool *done = g_new0(bool, g->vertices);
  for (int v = 0; v < g->vertices; v++) distance[v] = INT64_MAX, via[v] = -1;
  distance[start] = 0;
  for (;;) {
    int at = -1;
    for (int v = 0; v < g->vertices; v++)
      if (!done[v] && distance[v] < INT64_MAX && (at < 0 || distance[v] < distance[at])) at = v;
    if (at < 0) return false;
    if (at == goal) break;
    done[at] = true;
    for (guint i = 0; i < g->figures->len; i++) {
      const int *ends = figure(g, i)->ends;
      int to = ends[0] == at ? ends[1] : ends[1] == at ? ends[0] : -1;
      if (to < 0 || done[to] || among(i, leak, count) || distance[at] + cost_of(g, i) >= distance[to]) continue;
      distance[to] = distance[at] + cost_of(g, i);
      via[to] = (int)i;
    }
  }
  bool more = false;
  for (int v = goal; v != start;) {
    const struct figure *f = figure(g, (guint)via[v]);
    if (f->cell->why == DISCLOSURE_SHOWN) {
      f->cell->why = DISCLOSURE_COMPLEMENT;
      more = true;
    }
    v = f->ends[0] == v ? f->ends[1] : f->ends[0];
  }
  return more;
}

/* Is the cut a sum? It is where all its figures lead from one side to the other; else it is a difference, about nobody. */
static bool is_sum(const struct graph *g, const guint *leak, int count) {
  g_autofree bool *side = g_new0(bool, g->vertices);
  g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(int));
  int start = figure(g, leak[0])->ends[0];
  side[start] = true;
  g_array_append_val(queue, start);
  for (guint at = 0; at < queue->len; at++) {
    int from = g_array_index(queue, int, at);
    for (guint i = 0; i < g->figures->len; i++) {
      const int *ends = figure(g, i)->ends;
      int to = ends[0] == from ? ends[1] : ends[1] == from ? ends[0] : -1;
      if (to < 0 || side[to] || !hidden(g, i) || among(i, leak, count)) continue;
      side[to] = true;
      g_array_append_val(queue, to);
    }
  }
  for (int k = 0; k < count; k++)
    if (!side[figure(g, leak[k])->ends[0]] || side[figure(g, leak[k])->ends[1]]) return false;
  return true;
}

/* Hides something more for two parts that form a cut of too few people. */
static bool close_parts(struct graph *g, const struct part *x, const struct part *y) {
  guint leak[4];
  int count = 0;
  if (x->people + y->people >= g->threshold || !apart(x, y)) return false;
  leak[count++] = x->a;
  if (x->b != x->a) leak[count++] = x->b;
  leak[count++] = y->a;
  if (y->b != y->a) leak[count++] = y->b;
  return is_sum(g, leak, count) && close_cycle(g, leak, count);
}

/* Closes one leak, if there is one that can be closed: a figure that can be computed, or a sum about too few. */
static bool close_leak(struct graph *g) {
  for (guint i = 0; i < g->figures->len; i++)
    if (hidden(g, i) && g->labels[i] == 0 && close_cycle(g, &i, 1)) return true;
  g_autoptr(GArray) parts = small_parts(g);
  for (guint i = 0; i < parts->len; i++) {
    const struct part *x = &g_array_index(parts, struct part, i);
    for (guint j = i + 1; j < parts->len && g_array_index(parts, struct part, j).label == x->label; j++)
      if (close_parts(g, x, &g_array_index(parts, struct part, j))) return true;
  }
  return false;
}

static void protect(struct graph *g) {
  g->labels = g_new0(uint64_t, g->figures->len);
  for (guint i = 0; i < g->figures->len; i++) {
    struct disclosure_cell *cell = figure(g, i)->cell;
    cell->why = disclosure_of(cell->people, cell->unanimous, g->threshold);
  }
  /* Every round hides at least one more figure, so it ends. */
  do label(g);
  while (close_leak(g));
  g_free(g->labels);
}

/* ---- tables and trees as graphs ---- */

void disclosure_table(struct disclosure_cell *cells, int rows, int columns, bool row_totals, bool column_totals, int threshold) {
  g_autoptr(GArray) figures = g_array_new(FALSE, FALSE, sizeof(struct figure));
  for (int r = 0; r <= rows; r++)
    for (int c = 0; c <= columns; c++) {
      if ((r == rows && !column_totals) || (c == columns && !row_totals)) continue;
      int row = row_totals ? 1 + r : GROUND, column = column_totals ? 2 + rows + c : GROUND;
      bool total = (r == rows) != (c == columns); /* stands in both its sums on the other side than a cell does */
      g_array_append_val(figures, ((struct figure){ &cells[r * (columns + 1) + c], { total ? column : row, total ? row : column } }));
    }
  struct graph g = { .figures = figures, .vertices = 3 + rows + columns, .threshold = MAX(threshold, DISCLOSURE_SCORES) };
  protect(&g);
}

void disclosure_tree(struct disclosure_cell *cells, const int *parent, int count, int threshold) {
  g_autoptr(GArray) figures = g_array_new(FALSE, FALSE, sizeof(struct figure));
  g_autofree bool *inner = g_new0(bool, count);
  for (int i = 0; i < count; i++)
    if (parent[i] >= 0) inner[parent[i]] = true;
  for (int i = 0; i < count; i++)
    g_array_append_val(figures, ((struct figure){ &cells[i], { inner[i] ? 1 + i : GROUND, parent[i] >= 0 ? 1 + parent[i] : GROUND } }));
  struct graph g = { .figures = figures, .vertices = 1 + count, .threshold = MAX(threshold, DISCLOSURE_SCORES) };
  protect(&g);
}
