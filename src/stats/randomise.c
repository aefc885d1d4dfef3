/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * R. A. Fisher's test (The Design of Experiments, 1935), as in G. W. Imbens, D. B. Rubin, Causal Inference, 2015, chapter 5:
 * two-sided p = share of assignments whose statistic is as far from 0 as the real one; drawn ones count the real one too
 * ((1 + b) / (1 + draws): B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9, 2010). Reference implementation: R `ri2`.
 *
 * The interval is by inversion, without a grid. Under "the effect is τ for all" an assignment with statistics a (of the
 * outcome) and b (of the real treatment) gives a − τb, the real one A − τ. Since |b| ≤ 1, the τ at which the assignment
 * counts against the real one are an interval around A; its two ends are where the lines cross. Sorted ends are the p-value
 * as a function of τ.
 *
 * How it can be wrong: the interval takes the effect as the same for all units. With few assignments (six units, three
 * treated: twenty) p cannot fall below two of them, and the interval may be without end; that is the truth, not a fault. */
#include "stats/randomise.h"
#include <glib.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <string.h>

#define MOVES_MOST 50000000 /* units that are moved in all draws together, where nobody says how many to draw */
#define TOLERANCE 1e-9

struct blocks { int units, count, *member, *from; }; /* member [units] by block, from [count + 1] */

static void blocks_clear(struct blocks *b)
{
  g_free(b->member);
  g_free(b->from);
}
typedef struct blocks blocks_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(blocks_auto, blocks_clear)

static void blocks_init(struct blocks *b, const int *block, int units)
{
  g_autoptr(GHashTable) number = g_hash_table_new(NULL, NULL);
  g_autofree int *of = g_new0(int, (size_t)units);
  for (int i = 0; i < units && block; i++) {
    void *key = GINT_TO_POINTER(block[i]);
    if (!g_hash_table_contains(number, key))
      g_hash_table_insert(number, key, GINT_TO_POINTER(g_hash_table_size(number)));
    of[i] = GPOINTER_TO_INT(g_hash_table_lookup(number, key));
  }
  *b = (struct blocks){ .units = units, .count = block ? (int)g_hash_table_size(number) : 1 };
  b->member = g_new(int, (size_t)units);
  b->from = g_new0(int, (size_t)b->count + 1);
  int at = 0;
  for (int k = 0; k < b->count; k++) {
    b->from[k] = at;
    for (int i = 0; i < units; i++)
      if (of[i] == k)
        b->member[at++] = i;
  }
  b->from[b->count] = at;
}

static int compare_int(const void *a, const void *b)
{
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* log of the number of distinct orders of sorted values. */
static double log_orders(const int *sorted, int n)
{
  double sum = gsl_sf_lnfact((unsigned)n);
  for (int from = 0; from < n;) {
    int to = from;
    while (to < n && sorted[to] == sorted[from])
      to++;
    sum -= gsl_sf_lnfact((unsigned)(to - from));
    from = to;
  }
  return sum;
}

/* The next order of a block's values; after the last the first again, and false. */
static bool next_order(int *value, int n)
{
  int i = n - 2;
  while (i >= 0 && value[i] >= value[i + 1])
    i--;
  if (i >= 0) {
    int j = n - 1;
    while (value[j] <= value[i])
      j--;
    int held = value[i];
    value[i] = value[j];
    value[j] = held;
  }
  for (int a = i + 1, b = n - 1; a < b; a++, b--) {
    int held = value[a];
    value[a] = value[b];
    value[b] = held;
  }
  return i >= 0;
}

static void place(const struct blocks *b, const int *value, int *arm)
{
  for (int i = 0; i < b->units; i++)
    arm[b->member[i]] = value[i];
}

/* One assignment held against the real one: does it count at τ = 0, and over which τ. */
struct tally { double real; GArray *low, *high; double counted, all; };

static void tally_add(struct tally *t, double a, double b)
{
  double real = t->real, size = fmax(fabs(real), fabs(a));
  t->all++;
  t->counted += fabs(a) >= fabs(real) - TOLERANCE * size;
  double low = -INFINITY, high = INFINITY;
  /* |a − τb| = |A − τ| at τ = (A − a) / (1 − b) and (A + a) / (1 + b). */
  if (b < 1 - TOLERANCE && b > -1 + TOLERANCE) {
    double one = (real - a) / (1 - b), two = (real + a) / (1 + b);
    low = fmin(one, two);
    high = fmax(one, two);
  } else if (fabs(b) >= 1 - TOLERANCE) { /* the lines are parallel on one side: only the other crossing is left */
    double one = b > 0 ? (real + a) / 2 : (real - a) / 2;
    bool same = b > 0 ? fabs(real - a) <= TOLERANCE * size : fabs(real + a) <= TOLERANCE * size;
    if (!same)
      *(one < real ? &low : &high) = one;
  }
  g_array_append_val(t->low, low);
  g_array_append_val(t->high, high);
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The ends of the τ that more than alpha of the assignments (and `own`, the real one among drawn ones) let stand. */
static void read_interval(const struct tally *t, double alpha, double own, struct randomise_result *r)
{
  int n = (int)t->high->len;
  double *low = (double *)(void *)t->low->data, *high = (double *)(void *)t->high->data;
  qsort(low, (size_t)n, sizeof *low, compare);
  qsort(high, (size_t)n, sizeof *high, compare);
  /* p(τ) above A = (own + #{high ≥ τ}) / (own + n) > alpha: so many of the highest may be passed. */
  int pass = (int)floor(alpha * (own + n) + 1e-9 - own);
  r->high = pass < 0 ? INFINITY : high[MAX(n - 1 - pass, 0)];
  r->low = pass < 0 ? -INFINITY : low[MIN(pass, n - 1)];
}

bool randomise_test(const int *arm, const int *block, int units, randomise_statistic *statistic, void *data,
                    const struct randomise_options *options, struct randomise_result *ret_result)
{
  double alpha = options->alpha > 0 ? options->alpha : 0.05, log_all = 0, a, b;
  int most = options->exact_most > 0 ? options->exact_most : 5000, draws = options->draws > 0 ? options->draws : CLAMP(MOVES_MOST / MAX(units, 1), 999, 9999);
  g_auto(blocks_auto) k = { 0 };
  blocks_init(&k, block, units);
  g_autofree int *value = g_new(int, (size_t)units), *trial = g_new(int, (size_t)units);
  for (int i = 0; i < units; i++)
    value[i] = arm[k.member[i]];
  for (int g = 0; g < k.count; g++) {
    qsort(value + k.from[g], (size_t)(k.from[g + 1] - k.from[g]), sizeof *value, compare_int);
    log_all += log_orders(value + k.from[g], k.from[g + 1] - k.from[g]);
  }
  if (log_all < 1e-9)
    return false;
  struct randomise_result r = { .assignments = round(exp(log_all)), .exact = log_all <= log(most) + 1e-9 };
  statistic(arm, data, &r.estimate, &b);
  g_autoptr(GArray) low = g_array_new(FALSE, FALSE, sizeof(double)), high = g_array_new(FALSE, FALSE, sizeof(double));
  struct tally t = { .real = r.estimate, .low = low, .high = high };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, options->seed ? (unsigned long)options->seed : 1);
  for (int draw = 0; r.exact || draw < draws; draw++) {
    for (int g = 0; !r.exact && g < k.count; g++)
      for (int i = k.from[g + 1] - 1; i > k.from[g]; i--) {
        int j = k.from[g] + (int)gsl_rng_uniform_int(rng, (unsigned long)(i - k.from[g] + 1)), held = value[i];
        value[i] = value[j];
        value[j] = held;
      }
    place(&k, value, trial);
    statistic(trial, data, &a, &b);
    tally_add(&t, a, b);
    int g = 0;
    while (r.exact && g < k.count && !next_order(value + k.from[g], k.from[g + 1] - k.from[g]))
      g++;
    if (r.exact && g == k.count)
      break;
  }
  gsl_rng_free(rng);
  double own = r.exact ? 0 : 1;
  r.p = (own + t.counted) / (own + t.all);
  read_interval(&t, alpha, own, &r);
  *ret_result = r;
  return true;
}

/* ---- two arms --------------------------------------------------------------------------------------------------- */

struct means { const double *outcome; const int *treated, *block_of; int units, blocks; double *sum; /* [blocks * 6] */ };

static void difference(const int *arm, void *data, double *ret_of_outcome, double *ret_of_treatment)
{
  struct means *m = data;
  double all = 0, outcome = 0, treatment = 0;
  memset(m->sum, 0, sizeof(double) * (size_t)m->blocks * 6);
  for (int i = 0; i < m->units; i++) {
    double *sum = m->sum + (size_t)(m->block_of ? m->block_of[i] : 0) * 6 + (arm[i] ? 3 : 0);
    sum[0]++;
    sum[1] += m->outcome[i];
    sum[2] += m->treated[i];
  }
  for (int g = 0; g < m->blocks; g++) {
    const double *s = m->sum + (size_t)g * 6;
    if (s[0] == 0 || s[3] == 0)
      continue;
    all += s[0] + s[3];
    outcome += (s[0] + s[3]) * (s[4] / s[3] - s[1] / s[0]);
    treatment += (s[0] + s[3]) * (s[5] / s[3] - s[2] / s[0]);
  }
  *ret_of_outcome = outcome / all;
  *ret_of_treatment = treatment / all;
}

bool randomise_means(const double *outcome, const int *treated, const int *block, int units,
                     const struct randomise_options *options, struct randomise_result *ret_result)
{
  g_autoptr(GHashTable) number = g_hash_table_new(NULL, NULL);
  g_autofree int *of = g_new0(int, (size_t)units);
  for (int i = 0; i < units && block; i++) {
    void *key = GINT_TO_POINTER(block[i]);
    if (!g_hash_table_contains(number, key))
      g_hash_table_insert(number, key, GINT_TO_POINTER(g_hash_table_size(number)));
    of[i] = GPOINTER_TO_INT(g_hash_table_lookup(number, key));
  }
  struct means m = { .outcome = outcome, .treated = treated, .block_of = of, .units = units, .blocks = block ? (int)g_hash_table_size(number) : 1 };
  g_autofree double *sum = g_new0(double, (size_t)m.blocks * 6);
  m.sum = sum;
  return randomise_test(treated, block, units, difference, &m, options, ret_result);
}
