/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of the disclosure gate. The judge is an attacker with linear algebra: Gaussian elimination, modulo a prime, over all
 * published sums, with the hidden figures as unknowns. It must find none of them, and no sum of hidden figures that together
 * are fewer people than the threshold. It shares nothing with the code under test, which never solves an equation. */
#include "gate/crowd.h"
#include "gate/disclosure-log.h"
#include <string.h>

#define PRIME INT64_C(1000003)
#define MOST 128 /* unknowns */

/* ---- the attacker ---- */

struct attack { int64_t rows[MOST][MOST]; int count, unknowns; };

static int64_t inverse(int64_t a) {
  int64_t result = 1;
  for (int64_t power = PRIME - 2; power; power >>= 1, a = a * a % PRIME)
    if (power & 1) result = result * a % PRIME;
  return result;
}

/* Brings the equations to reduced row echelon form. */
static void solve(struct attack *a) {
  int rank = 0;
  for (int column = 0; column < a->unknowns && rank < a->count; column++) {
    int pivot = rank;
    while (pivot < a->count && a->rows[pivot][column] == 0) pivot++;
    if (pivot == a->count) continue;
    for (int k = 0; k < a->unknowns; k++) {
      int64_t swap = a->rows[rank][k];
      a->rows[rank][k] = a->rows[pivot][k];
      a->rows[pivot][k] = swap;
    }
    int64_t scale = inverse(a->rows[rank][column]);
    for (int k = 0; k < a->unknowns; k++) a->rows[rank][k] = a->rows[rank][k] * scale % PRIME;
    for (int r = 0; r < a->count; r++) {
      int64_t factor = a->rows[r][column];
      if (r == rank || factor == 0) continue;
      for (int k = 0; k < a->unknowns; k++) a->rows[r][k] = (a->rows[r][k] + (PRIME - factor) * a->rows[rank][k]) % PRIME;
    }
    rank++;
  }
  a->count = rank;
}

/* Is this combination of unknowns a combination of the equations? */
static bool computable(const struct attack *a, const int64_t *wanted) {
  int64_t left[MOST];
  memcpy(left, wanted, sizeof(int64_t) * (size_t)a->unknowns);
  for (int r = 0; r < a->count; r++) {
    int lead = 0;
    while (a->rows[r][lead] == 0) lead++;
    int64_t factor = left[lead];
    for (int k = 0; factor && k < a->unknowns; k++) left[k] = (left[k] + (PRIME - factor) * a->rows[r][k]) % PRIME;
  }
  for (int k = 0; k < a->unknowns; k++)
    if (left[k]) return false;
  return true;
}

static struct attack *attack_table(const struct disclosure_cell *cells, int rows, int columns, bool row_totals, bool column_totals, int *ret_people) {
  struct attack *a = g_new0(struct attack, 1);
  g_autofree int *number = g_new(int, (rows + 1) * (columns + 1));
  for (int r = 0; r <= rows; r++)
    for (int c = 0; c <= columns; c++) {
      int at = r * (columns + 1) + c;
      number[at] = -1;
      if ((r == rows && !column_totals) || (c == columns && !row_totals) || cells[at].why == DISCLOSURE_SHOWN) continue;
      ret_people[a->unknowns] = cells[at].people;
      number[at] = a->unknowns++;
    }
  g_assert_cmpint(a->unknowns, <=, MOST);
  for (int r = 0; row_totals && r <= rows; r++) {
    if (r == rows && !column_totals) break;
    for (int c = 0; c <= columns; c++)
      if (number[r * (columns + 1) + c] >= 0) a->rows[a->count][number[r * (columns + 1) + c]] = c == columns ? PRIME - 1 : 1;
    a->count++;
  }
  for (int c = 0; column_totals && c <= columns; c++) {
    if (c == columns && !row_totals) break;
    for (int r = 0; r <= rows; r++)
      if (number[r * (columns + 1) + c] >= 0) a->rows[a->count][number[r * (columns + 1) + c]] = r == rows ? PRIME - 1 : 1;
    a->count++;
  }
  solve(a);
  return a;
}

static int recovered(const struct attack *a) {
  int found = 0;
  for (int i = 0; i < a->unknowns; i++) {
    int64_t wanted[MOST] = { 0 };
    wanted[i] = 1;
    found += computable(a, wanted);
  }
  return found;
}

/* Sets of hidden figures, together fewer people than the threshold, whose sum can be computed. */
static int recovered_sums(const struct attack *a, const int *people, int threshold, int from, int sum, int64_t *wanted, int depth) {
  int found = 0;
  for (int i = from; i < a->unknowns && depth < 4; i++) {
    if (people[i] <= 0 || sum + people[i] >= threshold) continue;
    wanted[i] = 1;
    found += computable(a, wanted) + recovered_sums(a, people, threshold, i + 1, sum + people[i], wanted, depth + 1);
    wanted[i] = 0;
  }
  return found;
}

/* ---- tables ---- */

static void fill_totals(struct disclosure_cell *cells, int rows, int columns) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) {
      int people = cells[r * (columns + 1) + c].people;
      cells[r * (columns + 1) + columns].people += people;
      cells[rows * (columns + 1) + c].people += people;
      cells[rows * (columns + 1) + columns].people += people;
    }
}

static void test_threshold(void) {
  g_assert_cmpint(disclosure_of(4, false, DISCLOSURE_SCORES), ==, DISCLOSURE_FEW);
  g_assert_cmpint(disclosure_of(5, false, DISCLOSURE_SCORES), ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(disclosure_of(9, false, DISCLOSURE_COMMENTS), ==, DISCLOSURE_FEW);
  g_assert_cmpint(disclosure_of(10, false, DISCLOSURE_COMMENTS), ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(disclosure_of(1, false, 0), ==, DISCLOSURE_FEW); /* nobody lowers the floor */
  g_assert_cmpint(disclosure_of(40, true, DISCLOSURE_SCORES), ==, DISCLOSURE_UNANIMOUS);
  g_assert_cmpint(disclosure_of(0, false, DISCLOSURE_SCORES), ==, DISCLOSURE_SHOWN);
  g_assert_null(disclosure_words(DISCLOSURE_SHOWN));
  g_assert_nonnull(disclosure_words(DISCLOSURE_COMPLEMENT));
}

static void test_row(void) {
  /* One row with its total: the four are hidden, and the smallest of the others with them. */
  struct disclosure_cell cells[2 * 5] = { { 20 }, { 4 }, { 7 }, { 30 } };
  fill_totals(cells, 1, 4);
  disclosure_table(cells, 1, 4, true, false, DISCLOSURE_SCORES);
  g_assert_cmpint(cells[0].why, ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(cells[1].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(cells[2].why, ==, DISCLOSURE_COMPLEMENT);
  g_assert_cmpint(cells[3].why, ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(cells[4].why, ==, DISCLOSURE_SHOWN);
  /* Without the total nothing gives it back, so nothing else is hidden. */
  disclosure_table(cells, 1, 4, false, false, DISCLOSURE_SCORES);
  g_assert_cmpint(cells[1].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(cells[2].why, ==, DISCLOSURE_SHOWN);
}

static void test_two_few(void) {
  /* One and two people: hidden both, but their sum would be a figure about three; so a third figure goes. */
  struct disclosure_cell cells[2 * 4] = { { 1 }, { 2 }, { 9 } };
  fill_totals(cells, 1, 3);
  disclosure_table(cells, 1, 3, true, false, DISCLOSURE_SCORES);
  g_assert_cmpint(cells[2].why, ==, DISCLOSURE_COMPLEMENT);
}

static void test_square(void) {
  /* The textbook case: one small cell in a table costs three more, in a rectangle. */
  struct disclosure_cell cells[4 * 4] = { { 3 }, { 10 }, { 20 }, { 0 }, { 11 }, { 12 }, { 25 }, { 0 }, { 30 }, { 31 }, { 32 }, { 0 } };
  fill_totals(cells, 3, 3);
  disclosure_table(cells, 3, 3, true, true, DISCLOSURE_SCORES);
  int hidden = 0;
  for (int i = 0; i < 16; i++) hidden += cells[i].why != DISCLOSURE_SHOWN;
  g_assert_cmpint(hidden, ==, 4);
  g_assert_cmpint(cells[0].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(cells[1].why, ==, DISCLOSURE_COMPLEMENT);
  g_assert_cmpint(cells[4].why, ==, DISCLOSURE_COMPLEMENT);
  g_assert_cmpint(cells[5].why, ==, DISCLOSURE_COMPLEMENT);
}

/* What the attacker gets when only the cells below the threshold are hidden: if this were nothing, the test proved nothing. */
static void test_attacker_is_able(void) {
  struct disclosure_cell cells[4 * 4] = { { 3 }, { 10 }, { 20 }, { 0 }, { 11 }, { 12 }, { 25 }, { 0 }, { 30 }, { 31 }, { 32 }, { 0 } };
  int people[MOST];
  fill_totals(cells, 3, 3);
  cells[0].why = DISCLOSURE_FEW;
  g_autofree struct attack *one = attack_table(cells, 3, 3, true, true, people);
  g_assert_cmpint(recovered(one), ==, 1);
  cells[1].why = DISCLOSURE_COMPLEMENT; /* safe in its row, not in the columns */
  g_autofree struct attack *two = attack_table(cells, 3, 3, true, true, people);
  g_assert_cmpint(recovered(two), ==, 2);
}

static void test_random_tables(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);
  int hidden = 0, shown = 0, naive = 0;
  for (int round = 0; round < 600; round++) {
    int rows = g_rand_int_range(rand, 1, 8), columns = g_rand_int_range(rand, 1, 8), scale = g_rand_int_range(rand, 4, 40), people[MOST];
    bool row_totals = round % 4 != 1, column_totals = round % 4 != 2;
    g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (rows + 1) * (columns + 1));
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++) {
        cells[r * (columns + 1) + c].people = g_rand_int_range(rand, 0, scale);
        cells[r * (columns + 1) + c].unanimous = g_rand_int_range(rand, 0, 30) == 0;
      }
    fill_totals(cells, rows, columns);
    for (int i = 0; i < (rows + 1) * (columns + 1); i++) cells[i].why = disclosure_of(cells[i].people, cells[i].unanimous, DISCLOSURE_SCORES);
    g_autofree struct attack *before = attack_table(cells, rows, columns, row_totals, column_totals, people);
    naive += recovered(before);
    disclosure_table(cells, rows, columns, row_totals, column_totals, DISCLOSURE_SCORES);
    g_autofree struct attack *after = attack_table(cells, rows, columns, row_totals, column_totals, people);
    int64_t wanted[MOST] = { 0 };
    g_assert_cmpint(recovered(after), ==, 0);
    g_assert_cmpint(recovered_sums(after, people, DISCLOSURE_SCORES, 0, 0, wanted, 0), ==, 0);
    for (int i = 0; i < (rows + 1) * (columns + 1); i++) {
      if (cells[i].people > 0 && cells[i].people < DISCLOSURE_SCORES) g_assert_cmpint(cells[i].why, ==, DISCLOSURE_FEW);
      *(cells[i].why == DISCLOSURE_SHOWN ? &shown : &hidden) += 1;
    }
  }
  g_test_message("%d figures hidden, %d shown; hiding only the small ones, %d would have been recovered", hidden, shown, naive);
  g_assert_cmpint(naive, >, 100);
  g_assert_cmpint(shown, >, hidden); /* a gate that hides everything passes every attack */
}

/* ---- trees ---- */

static struct attack *attack_tree(const struct disclosure_cell *cells, const int *parent, int count, int *ret_people) {
  struct attack *a = g_new0(struct attack, 1);
  int number[MOST];
  g_assert_cmpint(count, <=, MOST);
  for (int i = 0; i < count; i++) {
    number[i] = cells[i].why == DISCLOSURE_SHOWN ? -1 : a->unknowns++;
    if (number[i] >= 0) ret_people[number[i]] = cells[i].people;
  }
  for (int sum = 0; sum < count; sum++) {
    bool inner = false;
    for (int i = 0; i < count; i++)
      if (parent[i] == sum) {
        inner = true;
        if (number[i] >= 0) a->rows[a->count][number[i]] = 1;
      }
    if (inner && number[sum] >= 0) a->rows[a->count][number[sum]] = PRIME - 1;
    a->count += inner;
  }
  solve(a);
  return a;
}

static void test_tree(void) {
  /* Teams of 3 and 12 in a department of 15, teams of 8 and 9 in one of 17: the department of 15 cannot keep one team's figure. */
  static const int parent[] = { -1, 0, 0, 1, 1, 2, 2 };
  struct disclosure_cell cells[] = { { 32 }, { 15 }, { 17 }, { 3 }, { 12 }, { 8 }, { 9 } };
  disclosure_tree(cells, parent, 7, DISCLOSURE_SCORES);
  g_assert_cmpint(cells[3].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(cells[4].why, ==, DISCLOSURE_COMPLEMENT);
  for (int i = 0; i < 7; i++)
    if (i != 3 && i != 4) g_assert_cmpint(cells[i].why, ==, DISCLOSURE_SHOWN);
  /* A department that is one team of four: both are hidden, and a sibling, for the company's total would tell. */
  struct disclosure_cell chain[] = { { 24 }, { 4 }, { 20 }, { 4 } };
  static const int up[] = { -1, 0, 0, 1 };
  disclosure_tree(chain, up, 4, DISCLOSURE_SCORES);
  g_assert_cmpint(chain[1].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(chain[3].why, ==, DISCLOSURE_FEW);
  g_assert_cmpint(chain[2].why, ==, DISCLOSURE_COMPLEMENT);
}

static void test_random_trees(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int round = 0; round < 300; round++) {
    int count = g_rand_int_range(rand, 2, 40), people[MOST], parent[40];
    struct disclosure_cell cells[40] = { 0 };
    bool inner[40] = { false };
    for (int i = 0; i < count; i++) {
      parent[i] = i ? g_rand_int_range(rand, MAX(0, i - 6), i) : -1;
      if (i) inner[parent[i]] = true;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (!inner[i]) cells[i].people = g_rand_int_range(rand, 0, 20);
      if (parent[i] >= 0) cells[parent[i]].people += cells[i].people;
    }
    disclosure_tree(cells, parent, count, DISCLOSURE_SCORES);
    g_autofree struct attack *after = attack_tree(cells, parent, count, people);
    int64_t wanted[MOST] = { 0 };
    g_assert_cmpint(recovered(after), ==, 0);
    g_assert_cmpint(recovered_sums(after, people, DISCLOSURE_SCORES, 0, 0, wanted, 0), ==, 0);
  }
}

/* ---- groups that are asked about one after the other ---- */

static enum disclosure ask(struct disclosure_log *log, const char *measure, int from, int to, int without) {
  uint32_t members[100];
  int count = 0;
  for (int i = from; i <= to; i++)
    if (i != without) members[count++] = (uint32_t)i;
  return disclosure_log_ask(log, measure, members, count);
}

static void test_log(void) {
  g_autoptr(disclosure_log_auto) log = disclosure_log_new(DISCLOSURE_SCORES);
  g_assert_cmpint(ask(log, "mood", 1, 4, 0), ==, DISCLOSURE_FEW);
  g_assert_cmpint(ask(log, "mood", 1, 20, 0), ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(ask(log, "mood", 1, 20, 0), ==, DISCLOSURE_SHOWN);      /* again */
  g_assert_cmpint(ask(log, "mood", 1, 20, 7), ==, DISCLOSURE_COMPLEMENT); /* but for the head */
  g_assert_cmpint(ask(log, "mood", 1, 16, 0), ==, DISCLOSURE_COMPLEMENT); /* but for four */
  g_assert_cmpint(ask(log, "mood", 1, 15, 0), ==, DISCLOSURE_SHOWN);      /* but for five */
  g_assert_cmpint(ask(log, "skill", 1, 20, 7), ==, DISCLOSURE_SHOWN);     /* another measure */
  /* Denning's tracker: no two of them differ by few, but the two halves and the whole with one more person would tell. */
  g_assert_cmpint(ask(log, "tracker", 1, 10, 0), ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(ask(log, "tracker", 11, 20, 0), ==, DISCLOSURE_SHOWN);
  g_assert_cmpint(ask(log, "tracker", 1, 21, 0), ==, DISCLOSURE_COMPLEMENT);
}

/* The attacker knows all groups that were shown and solves for every person. */
static void test_random_groups(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  int shown = 0, refused = 0, leaks = 0;
  for (int round = 0; round < 60; round++) {
    g_autoptr(disclosure_log_auto) log = disclosure_log_new(DISCLOSURE_SCORES);
    g_autofree struct attack *a = g_new0(struct attack, 1), *naive = g_new0(struct attack, 1);
    a->unknowns = naive->unknowns = g_rand_int_range(rand, 8, 16);
    for (int asked = 0; asked < 30; asked++) {
      uint32_t members[MOST];
      int count = 0, share = g_rand_int_range(rand, 30, 95);
      for (int i = 0; i < a->unknowns; i++)
        if (g_rand_int_range(rand, 0, 100) < share) members[count++] = (uint32_t)i;
      bool yes = count && disclosure_log_ask(log, "x", members, count) == DISCLOSURE_SHOWN;
      for (int k = 0; k < count; k++) {
        if (yes) a->rows[a->count][members[k]] = 1;
        if (count >= DISCLOSURE_SCORES) naive->rows[naive->count][members[k]] = 1;
      }
      a->count += yes;
      naive->count += count >= DISCLOSURE_SCORES;
      *(yes ? &shown : &refused) += 1;
    }
    solve(a);
    solve(naive);
    leaks += recovered(naive);
    g_assert_cmpint(recovered(a), ==, 0);
    int people[MOST];
    int64_t wanted[MOST] = { 0 };
    for (int i = 0; i < a->unknowns; i++) people[i] = 1;
    g_assert_cmpint(recovered_sums(a, people, DISCLOSURE_SCORES, 0, 0, wanted, 0), ==, 0);
  }
  g_test_message("%d groups shown, %d refused; by size alone, %d people would have been found", shown, refused, leaks);
  g_assert_cmpint(shown, >, 100);
  g_assert_cmpint(leaks, >, 100);
}

/* ---- crowds ---- */

/* Cells of random people, some of what they did taken back: never more are counted than there are, and enough of them where
 * nothing was taken back and each cell names its few. */
static void test_crowd(void) {
  for (int round = 0; round < 3000; round++) {
    struct crowd crowd = { 0 };
    int acts[12] = { 0 }, people = 0;
    bool back_at_all = false;
    for (int cells = g_test_rand_int_range(1, 8); cells > 0; cells--) {
      uint32_t who[12], count = 0;
      bool back = round % 2 && g_test_rand_int_range(0, 4) == 0, many = false;
      for (uint32_t person = 0; person < 12; person++)
        if ((back ? acts[person] > 0 : true) && g_test_rand_int_range(0, 4) == 0) who[count++] = person;
      for (uint32_t i = 0; i < count; i++) acts[who[i]] += back ? -1 : 1;
      many = count > 4;
      if (count) crowd_add(&crowd, many ? NULL : who, count, back);
      back_at_all |= back;
    }
    for (int person = 0; person < 12; person++) people += acts[person] > 0;
    g_assert_cmpint(crowd_people(&crowd), <=, people);
    if (!back_at_all && people < 5) g_assert_cmpint(crowd_people(&crowd), ==, people);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/disclosure/threshold", test_threshold);
  g_test_add_func("/disclosure/row", test_row);
  g_test_add_func("/disclosure/two-few", test_two_few);
  g_test_add_func("/disclosure/square", test_square);
  g_test_add_func("/disclosure/attacker-is-able", test_attacker_is_able);
  g_test_add_func("/disclosure/random-tables", test_random_tables);
  g_test_add_func("/disclosure/tree", test_tree);
  g_test_add_func("/disclosure/random-trees", test_random_trees);
  g_test_add_func("/disclosure/log", test_log);
  g_test_add_func("/disclosure/random-groups", test_random_groups);
  g_test_add_func("/disclosure/crowd", test_crowd);
  return g_test_run();
}
