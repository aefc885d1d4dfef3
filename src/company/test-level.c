/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Levels: by hand where a number can be reasoned out, by simulation where only frequencies can (is the truth inside the
 * 80 % interval in 80 % of cases?), and on the Open University's results, where nobody knows the truth but the next result
 * is known. */
#include "company/level.h"
#include <math.h>
#include <string.h>

#define NOW 20000

struct fixture {
  struct company company;
  GArray *results, *memberships;
  struct skill skills[3];
  struct person *people;
  struct team teams[2];
  struct department departments[1];
  struct job jobs[2];
  struct job_skill job_skills[3];
};

static struct fixture *fixture_new(int people)
{
  struct fixture *f = g_new0(struct fixture, 1);
  f->results = g_array_new(FALSE, FALSE, sizeof(struct result));
  f->memberships = g_array_new(FALSE, FALSE, sizeof(struct membership));
  f->people = g_new0(struct person, people + 1);
  f->company.people.at = f->people, f->company.people.count = people;
  f->company.skills.at = f->skills, f->company.skills.count = 3;
  f->company.teams.at = f->teams, f->company.teams.count = 2;
  f->company.departments.at = f->departments, f->company.departments.count = 1;
  return f;
}

static void fixture_free(struct fixture *f)
{
  g_array_free(f->results, TRUE);
  g_array_free(f->memberships, TRUE);
  g_free(f->people);
  g_free(f);
}

static void add_full(struct fixture *f, int skill, int person, int32_t day, enum result_kind kind, int item, double score,
                     double difficulty)
{
  struct result result = { .person = person, .skill = skill, .day = day, .kind = kind, .item = item, .score = score,
    .difficulty = difficulty };
  g_array_append_val(f->results, result);
}

static void add(struct fixture *f, int skill, int person, int32_t day, enum result_kind kind, double score)
{
  add_full(f, skill, person, day, kind, -1, score, NAN);
}

static void member(struct fixture *f, int person, int team, int job, int32_t from, int32_t to)
{
  struct membership m = { .person = person, .team = team, .job = job, .manager = -1, .from = from, .to = to, .fte = 1 };
  g_array_append_val(f->memberships, m);
}

static int compare_results(const void *a, const void *b)
{
  const struct result *x = a, *y = b;
  if (x->skill != y->skill)
    return x->skill - y->skill;
  return x->person != y->person ? x->person - y->person : x->day - y->day;
}

static struct levels *read_levels(struct fixture *f, int32_t day)
{
  g_array_sort(f->results, compare_results);
  f->company.results.at = (struct result *)(void *)f->results->data;
  f->company.results.count = (int)f->results->len;
  f->company.memberships.at = (struct membership *)(void *)f->memberships->data;
  f->company.memberships.count = (int)f->memberships->len;
  return levels_new(&f->company, day);
}

/* A bell curve, good enough: twelve uniform numbers. */
static double normal(GRand *chance, double mean, double deviation)
{
  double sum = -6;
  for (int i = 0; i < 12; i++)
    sum += g_rand_double(chance);
  return mean + deviation * sum;
}

static void check_parts(const struct company *company, const struct levels *levels)
{
  for (int i = 0; i < levels->count; i++) {
    int count;
    g_autofree struct level_part *parts = level_parts(company, levels, &levels->at[i], &count);
    double sum = 0, weight = 0;
    g_assert_cmpint(count, ==, levels->at[i].results + 1);
    g_assert_cmpint(parts[count - 1].result, ==, -1);
    for (int j = 0; j < count; j++)
      sum += parts[j].share, weight += j < count - 1 ? parts[j].weight : 0;
    g_assert_cmpfloat_with_epsilon(sum, levels->at[i].mean, 1e-12);
    g_assert_cmpfloat_with_epsilon(weight, levels->at[i].weight, 1e-12 * (1 + weight));
  }
}

static void test_nothing(void)
{
  struct fixture *f = fixture_new(2);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpint(levels->count, ==, 0);
  g_assert_cmpint(levels->forecasts, ==, 0);
  g_assert_null(levels_find(levels, 0, 0));
  g_assert_null(levels_find(levels, 0, -1));
  g_assert_cmpfloat_with_epsilon(levels->priors[0].mean, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon(levels_chance(levels, 0, 0, 0.5), 0.5, 1e-9);
  fixture_free(f);
}

static void test_one(void)
{
  struct fixture *f = fixture_new(3);
  add(f, 1, 2, NOW - 10, RESULT_ASSESSMENT, 0.9);
  add(f, 1, 2, NOW + 1, RESULT_ASSESSMENT, 0.1); /* after the day that is asked about */
  add(f, 0, 0, NOW - 10, RESULT_ASSESSMENT, NAN); /* no score: says nothing */
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpint(levels->count, ==, 1);
  const struct level *level = levels_find(levels, 2, 1);
  g_assert_nonnull(level);
  g_assert_cmpint(level->results, ==, 1);
  g_assert_cmpint(level->last, ==, NOW - 10);
  g_assert_cmpfloat(level->mean, >, levels->priors[1].mean);
  g_assert_cmpfloat(level->mean, <, 0.85); /* one result does not make a master */
  g_assert_cmpfloat(level->low, <, level->mean);
  g_assert_cmpfloat(level->high, >, level->mean);
  g_assert_cmpfloat(level->high - level->low, >, 0.15);
  g_assert_null(levels_find(levels, 0, 0));
  check_parts(&f->company, levels);
  fixture_free(f);
}

static void test_fading(void)
{
  struct fixture *f = fixture_new(2);
  f->skills[0].half_life_days = 100;
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < 6; i++)
      add(f, s, 0, NOW - 6 + i, RESULT_ASSESSMENT, 0.95);
  g_autoptr(levels_auto) today = read_levels(f, NOW);
  g_autoptr(levels_auto) later = levels_new(&f->company, NOW + 100), late = levels_new(&f->company, NOW + 4000);
  const struct level *a = levels_find(today, 0, 0), *b = levels_find(later, 0, 0), *c = levels_find(late, 0, 0);
  g_assert_cmpfloat_with_epsilon(b->weight, a->weight / 2, 1e-6 * a->weight);
  g_assert_cmpfloat_with_epsilon(a->fresh, b->fresh, 1e-9);
  g_assert_cmpfloat(b->mean, <, a->mean);
  g_assert_cmpfloat(b->high - b->low, >, a->high - a->low);
  g_assert_cmpfloat_with_epsilon(c->mean, late->priors[0].mean, 1e-6);
  g_assert_cmpfloat_with_epsilon(levels_find(late, 0, 1)->mean, levels_find(today, 0, 1)->mean, 1e-12); /* no half-life */
  check_parts(&f->company, later);
  check_parts(&f->company, late);
  fixture_free(f);
}

static void test_kinds(void)
{
  static const enum result_kind order[] = { RESULT_SELF, RESULT_PEER, RESULT_MANAGER, RESULT_PRACTICE, RESULT_WORK,
                                            RESULT_ASSESSMENT };
  for (size_t i = 1; i < G_N_ELEMENTS(order); i++)
    g_assert_cmpfloat(level_kind_weight[order[i - 1]], <, level_kind_weight[order[i]]);

  /* Everybody rates oneself 0.25 over what the tests say; whoever has only rated oneself is read accordingly. */
  g_autoptr(GRand) chance = g_rand_new_with_seed(3);
  struct fixture *f = fixture_new(201);
  for (int p = 0; p < 200; p++) {
    double truth = normal(chance, 0.5, 0.12);
    for (int i = 0; i < 4; i++)
      add(f, 0, p, NOW - 400 + i * 50, RESULT_ASSESSMENT, CLAMP(normal(chance, truth, 0.1), 0, 1));
    add(f, 0, p, NOW - 100, RESULT_SELF, CLAMP(normal(chance, truth + 0.25, 0.1), 0, 1));
  }
  add(f, 0, 200, NOW - 100, RESULT_SELF, 0.75);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpfloat_with_epsilon(levels->kind_effect[RESULT_SELF] - levels->kind_effect[RESULT_ASSESSMENT], 0.25, 0.04);
  g_assert_cmpfloat_with_epsilon(levels_find(levels, 200, 0)->mean, 0.5, 0.04);
  check_parts(&f->company, levels);
  fixture_free(f);
}

static void test_items(void)
{
  /* Item 0 is 0.2 easier and item 1 harder. Persons 0–149 take both; 150 only the easy one, 151 only the hard one. */
  g_autoptr(GRand) chance = g_rand_new_with_seed(4);
  struct fixture *f = fixture_new(152);
  for (int p = 0; p < 150; p++) {
    double truth = normal(chance, 0.5, 0.1);
    for (int i = 0; i < 4; i++)
      add_full(f, 0, p, NOW - 400 + i * 50, RESULT_ASSESSMENT, i % 2,
               CLAMP(normal(chance, truth + (i % 2 ? -0.2 : 0.2), 0.08), 0, 1), NAN);
  }
  add_full(f, 0, 150, NOW - 5, RESULT_ASSESSMENT, 0, 0.7, NAN);
  add_full(f, 0, 151, NOW - 5, RESULT_ASSESSMENT, 1, 0.7, NAN);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpint(levels->item_count, ==, 2);
  g_assert_cmpfloat_with_epsilon(levels->item_effect[0], 0.2, 0.03);
  g_assert_cmpfloat_with_epsilon(levels->item_effect[1], -0.2, 0.03);
  double easy = levels_find(levels, 150, 0)->mean, hard = levels_find(levels, 151, 0)->mean;
  g_assert_cmpfloat(hard, >, easy + 0.1);
  g_assert_cmpfloat_with_epsilon(easy, levels->priors[0].mean, 0.02); /* 0.7 where 0.7 is usual */
  g_assert_cmpfloat(levels->error, <, levels->error_of_prior);
  fixture_free(f);
}

static void test_difficulty(void)
{
  /* Each item is new, but says how hard it is: a point of difficulty costs 0.4. */
  g_autoptr(GRand) chance = g_rand_new_with_seed(5);
  struct fixture *f = fixture_new(102);
  for (int p = 0; p < 100; p++) {
    double truth = normal(chance, 0.5, 0.1);
    for (int i = 0; i < 5; i++) {
      double difficulty = g_rand_double(chance);
      add_full(f, 0, p, NOW - 400 + i * 50, RESULT_PRACTICE, -1,
               CLAMP(normal(chance, truth - 0.4 * (difficulty - 0.5), 0.08), 0, 1), difficulty);
    }
  }
  add_full(f, 0, 100, NOW - 5, RESULT_PRACTICE, -1, 0.6, 0.1);
  add_full(f, 0, 101, NOW - 5, RESULT_PRACTICE, -1, 0.6, 0.9);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpfloat_with_epsilon(levels->slope, -0.4, 0.08);
  g_assert_cmpfloat(levels_find(levels, 101, 0)->mean, >, levels_find(levels, 100, 0)->mean + 0.05);
  fixture_free(f);
}

/* Equal-day results in any order, to the last bit. */
static void test_order(void)
{
  g_autoptr(GRand) chance = g_rand_new_with_seed(6);
  struct fixture *f = fixture_new(40), *g = fixture_new(40);
  f->skills[0].half_life_days = g->skills[0].half_life_days = 77;
  for (int p = 0; p < 40; p++)
    for (int d = 0; d < 3; d++) {
      struct result day[5];
      for (int i = 0; i < 5; i++)
        day[i] = (struct result){ .person = p, .skill = p % 2, .day = NOW - 90 + 30 * d,
          .kind = (enum result_kind)g_rand_int_range(chance, 0, 6), .item = g_rand_int_range(chance, -1, 4),
          .score = g_rand_double(chance), .difficulty = i % 2 ? g_rand_double(chance) : NAN };
      g_array_append_vals(f->results, day, 5);
      for (int i = 0; i < 5; i++)
        g_array_append_val(g->results, day[(i * 3 + p) % 5]);
    }
  g_autoptr(levels_auto) a = read_levels(f, NOW), b = read_levels(g, NOW);
  g_assert_cmpint(a->count, ==, 40);
  for (int i = 0; i < a->count; i++) {
    g_assert_true(a->at[i].mean == b->at[i].mean);
    g_assert_true(a->at[i].low == b->at[i].low && a->at[i].weight == b->at[i].weight);
  }
  g_assert_true(memcmp(a->item_effect, b->item_effect, sizeof *a->item_effect * (size_t)a->item_count) == 0);
  g_assert_true(memcmp(a->bins, b->bins, sizeof a->bins) == 0);
  g_assert_true(a->error == b->error && a->covered == b->covered && a->slope == b->slope);
  g_assert_cmpint(a->forecasts, ==, 40 * 2 * 5);
  fixture_free(f);
  fixture_free(g);
}

/* A small world whose truth is known: two skills of unlike spread, three kinds of unlike noise. */
enum { TRUE_PEOPLE = 600 };

static void learn_truth(struct fixture *f, GRand *chance, double truth[2][TRUE_PEOPLE])
{
  static const enum result_kind kinds[] = { RESULT_ASSESSMENT, RESULT_MANAGER, RESULT_PRACTICE };
  static const double noise[] = { 0.10, 0.16, 0.14 };
  for (int s = 0; s < 2; s++)
    for (int p = 0; p < TRUE_PEOPLE; p++) {
      truth[s][p] = CLAMP(normal(chance, s == 0 ? 0.45 : 0.65, s == 0 ? 0.15 : 0.08), 0.02, 0.98);
      int results = g_rand_int_range(chance, 1, 9);
      for (int i = 0; i < results; i++) {
        int k = g_rand_int_range(chance, 0, 3);
        add(f, s, p, NOW - g_rand_int_range(chance, 1, 500), kinds[k], CLAMP(normal(chance, truth[s][p], noise[k]), 0, 1));
      }
    }
}

static void check_truth(guint32 seed)
{
  g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
  struct fixture *f = fixture_new(TRUE_PEOPLE);
  double truth[2][TRUE_PEOPLE];
  learn_truth(f, chance, truth);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpint(levels->count, ==, 2 * TRUE_PEOPLE);
  double inside = 0, error = 0, error_of_prior = 0;
  for (int i = 0; i < levels->count; i++) {
    const struct level *level = &levels->at[i];
    double is = truth[level->skill][level->person];
    inside += (is >= level->low && is <= level->high) / (double)levels->count;
    error += fabs(is - level->mean), error_of_prior += fabs(is - levels->priors[level->skill].mean);
  }
  g_test_message("seed %u: truth inside the 80 %% interval %.3f; error %.4f, of the prior %.4f; forecasts covered %.3f",
                 seed, inside, error / levels->count, error_of_prior / levels->count, levels->covered);
  g_assert_cmpfloat(inside, >=, 0.75);
  g_assert_cmpfloat(inside, <=, 0.85);
  g_assert_cmpfloat(error, <, 0.6 * error_of_prior);
  g_assert_cmpfloat(levels->covered, >=, 0.75);
  g_assert_cmpfloat(levels->covered, <=, 0.85);
  g_assert_cmpfloat(levels->error, <, levels->error_of_prior);
  g_assert_cmpfloat_with_epsilon(levels->priors[0].mean, 0.45, 0.02);
  g_assert_cmpfloat_with_epsilon(levels->priors[1].mean, 0.65, 0.02);
  g_assert_cmpfloat(levels->priors[1].strength, >, 1.5 * levels->priors[0].strength); /* people are more alike in it */
  for (int b = 0; b < LEVEL_BINS; b++)
    if (levels->bins[b].count > 200)
      g_assert_cmpfloat_with_epsilon(levels->bins[b].predicted, levels->bins[b].observed, 0.03);
  check_parts(&f->company, levels);
  fixture_free(f);
}

static void test_truth(void)
{
  for (guint32 seed = 1; seed <= 8; seed++)
    check_truth(seed);
}

/* A skill with three results leans on what the other skills are like. */
static void test_few(void)
{
  g_autoptr(GRand) chance = g_rand_new_with_seed(8);
  struct fixture *f = fixture_new(303);
  for (int p = 0; p < 300; p++) {
    double truth = normal(chance, 0.7, 0.1);
    for (int i = 0; i < 4; i++)
      add(f, 0, p, NOW - 100 + i, RESULT_ASSESSMENT, CLAMP(normal(chance, truth, 0.1), 0, 1));
  }
  for (int p = 300; p < 303; p++)
    add(f, 1, p, NOW - 10, RESULT_ASSESSMENT, 0.2);
  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  g_assert_cmpfloat(levels->priors[1].mean, >, 0.25);
  g_assert_cmpfloat(levels->priors[1].mean, <, 0.6);
  g_assert_cmpfloat(levels->priors[2].mean, >, 0.4);
  g_assert_cmpint(levels->priors[2].results, ==, 0);
  g_assert_cmpint(levels->priors[1].people, ==, 3);
  fixture_free(f);
}

static void test_coverage(void)
{
  struct fixture *f = fixture_new(8);
  for (int p = 0; p < 7; p++)
    for (int i = 0; i < 12; i++)
      add(f, 0, p, NOW - 30 + i, RESULT_ASSESSMENT, p < 4 ? 0.95 : 0.15);
  for (int p = 0; p < 8; p++)
    member(f, p, p < 4 ? 0 : 1, 0, NOW - 500, CLOCK_NO_DAY);
  member(f, 0, 0, 1, NOW - 500, CLOCK_NO_DAY);  /* the same person again, in a job that needs more */
  member(f, 5, 0, 0, NOW - 900, NOW - 400);     /* was there once */
  f->people[6].status = PERSON_LEFT;

  g_autoptr(levels_auto) levels = read_levels(f, NOW);
  struct coverage any = levels_coverage(&f->company, levels, 0, -1, -1);
  g_assert_cmpint(any.needing, ==, 6);          /* no job says what it needs: the measured who are still there */
  g_assert_cmpfloat_with_epsilon(any.there, 6, 1e-9);

  f->job_skills[0] = (struct job_skill){ .job = 0, .skill = 0, .level = 3 };
  f->job_skills[1] = (struct job_skill){ .job = 1, .skill = 0, .level = 5 };
  f->jobs[0] = (struct job){ "Clerk", 0, 1 };
  f->jobs[1] = (struct job){ "Head", 1, 1 };
  f->company.jobs.at = f->jobs, f->company.jobs.count = 2;
  f->company.job_skills.at = f->job_skills, f->company.job_skills.count = 2;
  struct coverage strong = levels_coverage(&f->company, levels, 0, 0, -1), weak = levels_coverage(&f->company, levels, 0, 1, -1);
  g_assert_cmpint(strong.needing, ==, 4);
  g_assert_cmpint(strong.measured, ==, 4);
  g_assert_cmpfloat(strong.there, >, 2.9);
  g_assert_cmpfloat_with_epsilon(strong.required, (3 * 0.6 + 1) / 4, 1e-12);
  g_assert_cmpint(weak.needing, ==, 3);         /* 4, 5 and the unmeasured 7 */
  g_assert_cmpint(weak.measured, ==, 2);
  double unmeasured = levels_chance(levels, 7, 0, 0.6);
  g_assert_cmpfloat_with_epsilon(weak.there, unmeasured, 0.02);
  g_assert_cmpfloat(weak.mean, <, 0.3);
  g_assert_cmpfloat(weak.spread, >, 0);
  g_assert_cmpint(levels_coverage(&f->company, levels, 0, -1, 1).needing, ==, 1);
  g_assert_cmpint(levels_coverage(&f->company, levels, 1, -1, -1).needing, ==, 0);

  g_autofree struct coverage *teams = levels_matrix(&f->company, levels, LEVEL_BY_TEAM);
  g_assert_cmpfloat_with_epsilon(teams[0 * 3 + 0].there, strong.there, 1e-12);
  g_assert_cmpfloat_with_epsilon(teams[1 * 3 + 0].there, weak.there, 1e-12);
  g_autofree struct coverage *departments = levels_matrix(&f->company, levels, LEVEL_BY_DEPARTMENT);
  g_assert_cmpint(departments[0].needing, ==, 7);
  fixture_free(f);
}

/* ---- the Open University's results ---- */

static int32_t day_of_presentation(const char *name) /* "2013J": October; B: February */
{
  return clock_from_civil((int)g_ascii_strtoll(name, NULL, 10), strchr(name, 'B') != NULL ? 2 : 10, 1);
}

static int intern(GHashTable *names, const char *name)
{
  gpointer known;
  if (g_hash_table_lookup_extended(names, name, NULL, &known))
    return GPOINTER_TO_INT(known);
  int index = (int)g_hash_table_size(names);
  g_hash_table_insert(names, g_strdup(name), GINT_TO_POINTER(index));
  return index;
}

static bool read_oulad(struct fixture *f, const char *folder)
{
  g_autofree char *items_path = g_build_filename(folder, "oulad", "assessment.csv", NULL);
  g_autofree char *results_path = g_build_filename(folder, "oulad", "student_assessment.csv", NULL);
  g_autofree char *items_text = NULL, *results_text = NULL;
  if (!g_file_get_contents(items_path, &items_text, NULL, NULL) || !g_file_get_contents(results_path, &results_text, NULL, NULL))
    return false;
  g_autoptr(GHashTable) items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  struct { int skill; int32_t start; } of_item[512];
  g_auto(GStrv) item_rows = g_strsplit(items_text, "\n", -1), rows = g_strsplit(results_text, "\n", -1);
  for (char **row = item_rows + 1; *row != NULL && **row != '\0'; row++) {
    g_auto(GStrv) cell = g_strsplit(*row, ",", -1);
    int item = intern(items, cell[2]);
    of_item[item].skill = intern(modules, cell[0]);
    of_item[item].start = day_of_presentation(cell[1] + 1);
  }
  for (char **row = rows + 1; *row != NULL && **row != '\0'; row++) {
    g_auto(GStrv) cell = g_strsplit(*row, ",", -1);
    if (!g_ascii_isdigit(cell[4][0]))
      continue; /* NA */
    int item = intern(items, cell[0]);
    add_full(f, of_item[item].skill, intern(people, cell[1]), of_item[item].start + (int32_t)g_ascii_strtoll(cell[2], NULL, 10),
             RESULT_ASSESSMENT, item, g_ascii_strtod(cell[4], NULL) / 100, NAN);
  }
  f->company.skills.count = (int)g_hash_table_size(modules);
  f->company.people.count = (int)g_hash_table_size(people);
  return true;
}

static void test_oulad(void)
{
  const char *folder = g_getenv("MENO_REFDATA");
  struct fixture *f = fixture_new(0);
  if (folder == NULL || !read_oulad(f, folder)) {
    g_test_skip("no reference data: MENO_REFDATA names no folder with oulad/assessment.csv and oulad/student_assessment.csv");
    fixture_free(f);
    return;
  }
  struct skill modules[7] = { 0 };
  g_assert_cmpint(f->company.skills.count, ==, 7);
  f->company.skills.at = modules;
  g_autoptr(levels_auto) levels = read_levels(f, clock_from_civil(2015, 12, 31));
  g_test_message("%d results, %d levels, %d forecasts: error %.4f, of the prior %.4f, covered %.4f", f->company.results.count,
                 levels->count, levels->forecasts, levels->error, levels->error_of_prior, levels->covered);
  g_assert_cmpint(f->company.results.count, ==, 173739); /* 173,912 less those without a score */
  g_assert_cmpint(levels->forecasts, >, 140000);
  g_assert_cmpfloat(levels->covered, >=, 0.75);
  g_assert_cmpfloat(levels->covered, <=, 0.85);
  g_assert_cmpfloat(levels->error, <, 0.8 * levels->error_of_prior);
  for (int s = 0; s < 7; s++)
    g_assert_cmpfloat(levels->checks[s].error, <, levels->checks[s].error_of_prior);
  for (int b = 0; b < LEVEL_BINS; b++)
    if (levels->bins[b].count > 2000)
      g_assert_cmpfloat_with_epsilon(levels->bins[b].predicted, levels->bins[b].observed, 0.05);
  check_parts(&f->company, levels);
  fixture_free(f);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/level/nothing", test_nothing);
  g_test_add_func("/level/one", test_one);
  g_test_add_func("/level/fading", test_fading);
  g_test_add_func("/level/kinds", test_kinds);
  g_test_add_func("/level/items", test_items);
  g_test_add_func("/level/difficulty", test_difficulty);
  g_test_add_func("/level/order", test_order);
  g_test_add_func("/level/truth", test_truth);
  g_test_add_func("/level/few", test_few);
  g_test_add_func("/level/coverage", test_coverage);
  g_test_add_func("/level/oulad", test_oulad);
  return g_test_run();
}
