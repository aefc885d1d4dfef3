/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody looks every week, from registration to the last reading: how often does a useless remedy stand there as *moved*, at any look
 * or at the last? At most one time in twenty, by the way the levels are dealt: the band's upper side 2.5 %, that of the last reading 2.25 %.
 * And what was once called moved does not fall back before the last reading.
 *
 * The worlds are those of test-coverage.c (test-world.h). The ordinary run is small, and its bounds are those of four standard errors.
 * MENO_SOAK=1 runs every row with SOAK_RUNS companies (another number: with so many), prints the figures that docs/impact.md tells,
 * and holds the sum of them to 5 % and two standard errors. MENO_ROW=WORD runs only rows whose name holds the word. */
#include "impact/measure.h"
#include "impact/plan.h"
#include "impact/test-world.h"
#include <math.h>
#include <string.h>

#define RUNS 3
#define SOAK_RUNS 40

struct row { const char *name; struct world_options options; bool quick; };
struct tally { int measurable, bands, held, early, last, ever, naive, fallen, back; double weeks, all_weeks; };

static struct row *rows(int *ret_count)
{
  static struct row list[16];
  static const struct { const char *name; int units, affected; double fall; bool quick; } sizes[] = {
    { "6 teams, 6 affected", 6, 6, 2.2, true }, { "8 teams, 8 affected", 8, 8, 2.2, false }, { "12 teams, 6 affected", 12, 6, 1.8, false },
    { "12 teams, 12 affected", 12, 12, 1.8, false }, { "40 teams, 18 affected", 40, 18, 1.2, false } };
  int n = 0;
  struct world_options usual = WORLD_USUAL, o;
  for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
    o = usual;
    o.units = sizes[s].units;
    o.affected = sizes[s].affected;
    o.fall = sizes[s].fall;
    list[n++] = (struct row){ sizes[s].name, o, sizes[s].quick };
  }
  usual.fall = 1.8;
  usual.units = 14;
  usual.affected = 7;
  o = usual; o.rho = 0.7; list[n++] = (struct row){ "14 teams, autocorrelation 0.7", o, false };
  o = usual; o.month = 1; o.fall = 2.2; list[n++] = (struct row){ "months", o, true };
  o = usual; o.shocks = 0.5; list[n++] = (struct row){ "bad spells", o, false };
  o = usual; o.drift = 0.4; list[n++] = (struct row){ "drifting teams", o, false };
  o = usual; o.season = 0.8; o.season_spread = 0.3; o.common = 0.6; list[n++] = (struct row){ "seasons apart, common shocks", o, false };
  o = usual; o.missing = 0.15; list[n++] = (struct row){ "15 % missing", o, false };
  o = usual; o.onset = 8; list[n++] = (struct row){ "fell eight weeks ago", o, false };
  o = usual; o.uneven = 0.5; list[n++] = (struct row){ "uneven teams", o, false };
  o = usual; o.units = 12; o.affected = 4; o.fall = 2.6; list[n++] = (struct row){ "four affected of 12", o, false };
  *ret_count = n;
  return list;
}

/* One company, looked at on every Monday; `effect` as a share of the smallest worth having. */
static void run_one(const struct world_options *options, double effect, uint64_t seed, struct tally *tally)
{
  struct world_options o = *options;
  o.seed = seed;
  g_autoptr(world_auto) w = world_new(&o);
  g_autoptr(impact_plan_auto) plan = impact_plan_new(&w->company, &w->need, NULL, world_today(w));
  if (!plan->measurable)
    return;
  w->options.effect = effect * plan->minimum_effect / WORLD_SD;
  double truth = world_run(w, plan, seed);
  int32_t reading = plan->readings[plan->reading_count - 1], first = CLOCK_NO_DAY;
  bool band = false, out = false, naive = false, fallen = false;
  struct impact_effect e;
  for (int32_t day = plan->planned; day < reading; day += 7) {
    g_assert_true(impact_measure(&w->company, 0, day, &e));
    g_assert_true(e.early && e.verdict != IMPACT_DID_NOT_MOVE && isnan(e.money.value));
    g_assert_true(e.verdict == IMPACT_CANNOT_TELL || e.basis == IMPACT_ANY_TIME);
    band |= e.basis == IMPACT_ANY_TIME;
    out |= e.basis == IMPACT_ANY_TIME && (truth < e.effect.low || truth > e.effect.high);
    naive |= isfinite(e.effect.value) && e.effect.value > 2 * e.effect.se;
    fallen |= first != CLOCK_NO_DAY && e.verdict != IMPACT_MOVED;
    if (e.verdict == IMPACT_MOVED && first == CLOCK_NO_DAY)
      first = day;
    impact_effect_clear(&e);
  }
  g_assert_true(impact_measure(&w->company, 0, reading, &e));
  tally->measurable++;
  tally->bands += band;
  tally->held += band && !out;
  tally->fallen += fallen;
  tally->naive += naive || e.verdict == IMPACT_MOVED;
  tally->early += first != CLOCK_NO_DAY;
  tally->last += e.verdict == IMPACT_MOVED;
  tally->back += first != CLOCK_NO_DAY && e.verdict != IMPACT_MOVED;
  tally->ever += first != CLOCK_NO_DAY || e.verdict == IMPACT_MOVED;
  tally->weeks += first != CLOCK_NO_DAY ? (reading - first) / 7.0 : 0;
  tally->all_weeks += (reading - plan->planned) / 7.0;
  impact_effect_clear(&e);
}

static double share(int of, int all)
{
  return (double)of / MAX(all, 1);
}

static double binomial_se(double p, int n)
{
  return sqrt(p * (1 - p) / MAX(n, 1));
}

static void print_row(const char *name, const struct tally *none, const struct tally *some)
{
  g_test_message("| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %d of %d | %.1f of %.1f |", name, none->measurable, 100 * share(none->naive, none->measurable),
                 100 * share(none->early, none->measurable), 100 * share(none->ever, none->measurable),
                 100 * share(none->held + some->held, none->bands + some->bands), 100 * share(some->early, some->measurable), 100 * share(some->last, some->measurable), some->back, some->early,
                 some->weeks / MAX(some->early, 1), some->all_weeks / MAX(some->measurable, 1));
}

static void add_up(const struct tally *one, struct tally *all)
{
  int *to = &all->measurable;
  const int *from = &one->measurable;
  for (size_t i = 0; i < offsetof(struct tally, weeks) / sizeof(int); i++)
    to[i] += from[i];
  all->weeks += one->weeks;
  all->all_weeks += one->all_weeks;
}

static void test_rows(void)
{
  int count, runs = RUNS;
  const char *soak = g_getenv("MENO_SOAK"), *only = g_getenv("MENO_ROW");
  if (soak) {
    runs = (int)g_ascii_strtoll(soak, NULL, 10);
    runs = runs > 1 ? runs : SOAK_RUNS;
  }
  const struct row *list = rows(&count);
  struct tally without = { 0 }, with = { 0 };
  g_test_message("| world | companies | looking naively | no effect: moved early | ever | the band held at all looks | effect: moved early | at the last reading | early, and not at the last reading | weeks sooner |");
  for (int i = 0; i < count; i++) {
    if (!(soak || list[i].quick) || (only && !strstr(list[i].name, only)))
      continue;
    struct tally none = { 0 }, some = { 0 };
    guint32 start = g_str_hash(list[i].name);
    for (int r = 0; r < runs; r++) {
      run_one(&list[i].options, 0, start + 1000003u * (guint32)r, &none);
      run_one(&list[i].options, 1, start + 500009u + 1000003u * (guint32)r, &some);
    }
    print_row(list[i].name, &none, &some);
    add_up(&none, &without);
    add_up(&some, &with);
    g_assert_cmpfloat(share(none.ever, none.measurable), <=, 0.05 + 4 * binomial_se(0.05, none.measurable));
    g_assert_cmpint(none.fallen + some.fallen, ==, 0);
  }
  print_row("together", &without, &with);
  g_assert_cmpfloat(share(without.ever, without.measurable), <=, 0.05 + (soak ? 2 : 4) * binomial_se(0.05, without.measurable));
  g_assert_cmpfloat(share(without.held + with.held, without.bands + with.bands), >=, 0.95 - (soak ? 2 : 4) * binomial_se(0.95, without.bands + with.bands));
  g_assert_cmpint(with.early, >, without.early); /* it finds something: a band that never speaks would be right, too */
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/looking/every week", test_rows);
  return g_test_run();
}
