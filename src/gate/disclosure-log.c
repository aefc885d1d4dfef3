/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Query-set auditing: before a group's figure is shown, is there a linear combination of it and all figures shown before
 * that is about too few people?
 *
 * People who stand in exactly the same shown groups cannot be told apart by any combination, so they are one unknown: a class.
 * There are few classes where there are few groups, however many people. The groups are rows over the classes, brought to
 * reduced echelon form (modulo a prime); then every sum of classes that is together fewer people than the threshold is tried: it
 * can be computed if and only if nothing is left of it once the rows with its pivots are taken off. The number of such
 * sums grows fast with the number of small classes, so a question that would leave more than SMALL_CLASSES is refused.
 *
 * How it can be wrong: the first who asks wins, so a harmless early question can close a useful later one. A class of people is
 * taken as unknown as a whole; who knows some of its members' answers knows more. Nothing is said about the same group on
 * two days: the caller keeps one log per state of the data. It is made for the hundreds of groups that a company's pages
 * show, not for free filters by thousands of users.
 *
 * Sources: F. Y. Chin, G. Ozsoyoglu, "Auditing and inference control in statistical databases", IEEE Trans. Softw. Eng. 8
 * (1982); D. Denning, P. Denning, M. Schwartz, "The tracker", ACM TODS 4 (1979). */
#include "gate/disclosure-log.h"
#include <string.h>

#define PRIME UINT64_C(2147483647)
#define SMALL_CLASSES 40

struct group { uint32_t *members; int count; };
struct disclosure_log {
  int threshold;
  GHashTable *measures; /* name → GPtrArray of struct group */
};

static void group_free(void *data) {
  struct group *group = data;
  g_free(group->members);
  g_free(group);
}

struct disclosure_log *disclosure_log_new(int threshold) {
  struct disclosure_log *log = g_new0(struct disclosure_log, 1);
  log->threshold = MAX(threshold, DISCLOSURE_SCORES);
  log->measures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return log;
}

void disclosure_log_free(struct disclosure_log *log) {
  if (!log) return;
  g_hash_table_destroy(log->measures);
  g_free(log);
}

/* In how many members two groups differ. */
static int difference(const struct group *a, const struct group *b) {
  int common = 0;
  for (int i = 0, j = 0; i < a->count && j < b->count;) {
    if (a->members[i] == b->members[j]) common++;
    bool next_i = a->members[i] <= b->members[j], next_j = a->members[i] >= b->members[j];
    i += next_i;
    j += next_j;
  }
  return a->count + b->count - 2 * common;
}

static bool holds(const struct group *group, uint32_t member) {
  int low = 0, high = group->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (group->members[middle] < member) low = middle + 1;
    else high = middle;
  }
  return low < group->count && group->members[low] == member;
}

/* ---- classes ---- */

struct matrix { uint64_t *cells; int rows, columns; int *people; /* of each class */ };

static void matrix_clear(struct matrix *matrix) {
  g_free(matrix->cells);
  g_free(matrix->people);
}
typedef struct matrix matrix_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(matrix_auto, matrix_clear)

/* Which groups a member stands in, one bit each, as a key. */
static GBytes *signature(GPtrArray *groups, uint32_t member) {
  g_autofree uint8_t *bits = g_new0(uint8_t, groups->len / 8 + 1);
  for (guint g = 0; g < groups->len; g++)
    if (holds(groups->pdata[g], member)) bits[g / 8] |= (uint8_t)(1u << g % 8);
  return g_bytes_new_take(g_steal_pointer(&bits), groups->len / 8 + 1);
}

static struct matrix classify(GPtrArray *groups) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL),
                        classes = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  g_autoptr(GArray) people = g_array_new(FALSE, TRUE, sizeof(int));
  g_autoptr(GArray) first = g_array_new(FALSE, TRUE, sizeof(uint32_t)); /* a member of each class */
  for (guint g = 0; g < groups->len; g++) {
    const struct group *group = groups->pdata[g];
    for (int i = 0; i < group->count; i++) {
      gpointer index;
      if (!g_hash_table_add(seen, GUINT_TO_POINTER(group->members[i]))) continue;
      g_autoptr(GBytes) key = signature(groups, group->members[i]);
      if (g_hash_table_lookup_extended(classes, key, NULL, &index)) g_array_index(people, int, GPOINTER_TO_INT(index))++;
      else {
        int one = 1;
        g_hash_table_insert(classes, g_bytes_ref(key), GINT_TO_POINTER((int)people->len));
        g_array_append_val(people, one);
        g_array_append_val(first, group->members[i]);
      }
    }
  }
  struct matrix m = { .rows = (int)groups->len, .columns = (int)people->len };
  m.cells = g_new0(uint64_t, groups->len * (gsize)people->len + 1);
  for (guint g = 0; g < groups->len; g++)
    for (guint c = 0; c < people->len; c++) m.cells[g * people->len + c] = holds(groups->pdata[g], g_array_index(first, uint32_t, c));
  m.people = (int *)(void *)g_array_free(g_steal_pointer(&people), FALSE);
  return m;
}

/* ---- elimination ---- */

static uint64_t inverse(uint64_t a) {
  uint64_t result = 1;
  for (uint64_t power = PRIME - 2; power; power >>= 1, a = a * a % PRIME)
    if (power & 1) result = result * a % PRIME;
  return result;
}

static void reduce(struct matrix *m) {
  int rank = 0;
  for (int column = 0; column < m->columns && rank < m->rows; column++) {
    int pivot = rank;
    while (pivot < m->rows && !m->cells[pivot * m->columns + column]) pivot++;
    if (pivot == m->rows) continue;
    uint64_t *top = &m->cells[rank * m->columns], *from = &m->cells[pivot * m->columns];
    for (int k = 0; k < m->columns && top != from; k++) {
      uint64_t swap = top[k];
      top[k] = from[k];
      from[k] = swap;
    }
    uint64_t scale = inverse(top[column]);
    for (int k = 0; k < m->columns; k++) top[k] = top[k] * scale % PRIME;
    for (int r = 0; r < m->rows; r++) {
      uint64_t *row = &m->cells[r * m->columns], factor = PRIME - row[column];
      if (r == rank || !row[column]) continue;
      for (int k = 0; k < m->columns; k++) row[k] = (row[k] + factor * top[k]) % PRIME;
    }
    rank++;
  }
  m->rows = rank;
}

/* ---- leaks ---- */

/* What a sum of classes leaves when the rows with its pivots are taken off: nothing, if the groups give that sum. */
struct search { const struct matrix *m; const int *row_of; /* of a pivot column; -1 none */ const int *small; int count, threshold; };

static void add_class(const struct search *search, uint64_t *left, int class) {
  const struct matrix *m = search->m;
  left[class] = (left[class] + 1) % PRIME;
  if (search->row_of[class] < 0) return;
  const uint64_t *row = &m->cells[search->row_of[class] * m->columns];
  for (int k = 0; k < m->columns; k++) left[k] = (left[k] + PRIME - row[k]) % PRIME;
}

/* Is there a sum of small classes, from the `from`-th on, that the groups give? `left`: what those taken so far leave. */
static bool search_sums(const struct search *search, int from, int people, const uint64_t *left) {
  const struct matrix *m = search->m;
  g_autofree uint64_t *next = g_new(uint64_t, m->columns);
  for (int i = from; i < search->count; i++) {
    int class = search->small[i], total = people + m->people[class];
    if (total >= search->threshold) continue;
    memcpy(next, left, sizeof *next * (gsize)m->columns);
    add_class(search, next, class);
    bool nothing = true;
    for (int k = 0; k < m->columns && nothing; k++) nothing = next[k] == 0;
    if (nothing || search_sums(search, i + 1, total, next)) return true;
  }
  return false;
}

/* Do these groups together tell about fewer people than the threshold? */
static bool tells(GPtrArray *groups, int threshold) {
  g_auto(matrix_auto) m = classify(groups);
  reduce(&m);
  g_autofree int *row_of = g_new(int, m.columns), *small = g_new(int, m.columns);
  g_autofree uint64_t *nothing = g_new0(uint64_t, m.columns);
  int count = 0;
  for (int c = 0; c < m.columns; c++) {
    row_of[c] = -1;
    if (m.people[c] < threshold) small[count++] = c;
  }
  for (int r = 0; r < m.rows; r++) {
    int pivot = 0;
    while (!m.cells[r * m.columns + pivot]) pivot++;
    row_of[pivot] = r;
  }
  struct search search = { &m, row_of, small, count, threshold };
  return count > SMALL_CLASSES || search_sums(&search, 0, 0, nothing);
}

enum disclosure disclosure_log_ask(struct disclosure_log *log, const char *measure, const uint32_t *members, int count) {
  if (count < log->threshold) return count ? DISCLOSURE_FEW : DISCLOSURE_SHOWN;
  GPtrArray *groups = g_hash_table_lookup(log->measures, measure);
  if (!groups) {
    groups = g_ptr_array_new_with_free_func(group_free);
    g_hash_table_insert(log->measures, g_strdup(measure), groups);
  }
  struct group *asked = g_new0(struct group, 1);
  asked->members = g_memdup2(members, sizeof *members * (gsize)count);
  asked->count = count;
  bool fine = true;
  for (guint g = 0; g < groups->len && fine; g++) {
    int differ = difference(groups->pdata[g], asked);
    if (differ == 0) {
      group_free(asked);
      return DISCLOSURE_SHOWN;
    }
    fine = differ >= log->threshold;
  }
  g_ptr_array_add(groups, asked);
  if (fine && !tells(groups, log->threshold)) return DISCLOSURE_SHOWN;
  g_ptr_array_remove_index(groups, groups->len - 1);
  return DISCLOSURE_COMPLEMENT;
}
