/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   bench-lineage [EVENTS [FOLDER]]     EVENTS: default 1,000,000; FOLDER: where the ledger is kept, and measured again if it is there
 *
 * Walking lineage in a made-up ledger of so many events (about six edges each), on disk: milliseconds at the median and the 99th of a hundred walks, as the interface makes them (eight steps, eight
 * edges of each node, 120 nodes), with the newest event of each node looked up as its state is. Hubs are as in a company:
 * thirty files under every claim, a hundred imports under every file, two hundred needs over many versions of a claim. */
#include "ledger/lineage.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WALKS 2000
#define PER_WRITE 20000

static const struct event_kind kinds_made[] = { { "toy.made", "measuring", 0, "", "" }, { 0 } };
static const struct event_kind *const kinds[] = { kinds_made, NULL };
static const struct fold *const folds[] = { NULL };
static const struct ledger_tables tables = { kinds, folds };

struct making { char subject[64] /* of the last event */, before[64] /* the source of its last edge */; struct ledger *ledger; struct ledger_write *write; GRand *rand; int64_t events, edges, wanted; int in_write; };

static void check(bool fine, GError *error) { if (!fine) g_error("%s", error ? error->message : "failed"); }

static int64_t event_of(struct making *m, const char *subject) {
  GError *error = NULL;
  int64_t seq = 0;
  m->events++;
  if (!m->write) return 0;
  if (m->in_write++ == PER_WRITE) {
    check(ledger_commit(m->write, &error), error);
    check((m->write = ledger_write(m->ledger, m->events + 1, &error)) != NULL, error);
    m->in_write = 0;
  }
  check(ledger_append(m->write, &(struct event){ .kind = "toy.made", .subject = subject, .actor = "system", .body = "{}" }, &seq, &error), error);
  g_strlcpy(m->subject, subject, sizeof m->subject);
  *m->before = 0;
  return seq;
}

static void edge(struct making *m, const char *source, const char *kind, int64_t seq, const char *format, ...) G_GNUC_PRINTF(5, 6);
static void edge(struct making *m, const char *source, const char *kind, int64_t seq, const char *format, ...) {
  GError *error = NULL;
  m->edges++;
  if (!m->write) return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *target = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  check(lineage_put(ledger_write_db(m->write), &(struct lineage_edge){ source, kind, target, seq, (int)((m->edges - 1) % 1000000), strcmp(source, m->subject) != 0 && strcmp(source, m->before) != 0 }, 1, &error), error);
  g_strlcpy(m->before, source, sizeof m->before);
}

static int below(struct making *m, int most) { return g_rand_int_range(m->rand, 0, MAX(most, 1)); }

static void make_import(struct making *m, int number) {
  g_autofree char *import = g_strdup_printf("import:i-%d", number);
  int64_t seq = event_of(m, import);
  for (int f = 0; f < 30; f++) {
    g_autofree char *file = g_strdup_printf("file:%d.csv", f);
    edge(m, file, "evidence", seq, "%s", import);
  }
}

static void make_claim(struct making *m, int number) {
  g_autofree char *need = g_strdup_printf("need:n-%d", below(m, 200)), *claim = g_strdup_printf("claim:c-%d", number);
  int64_t seq = event_of(m, need);
  for (int e = 0; e < 5; e++) edge(m, claim, e ? "evidence" : "contradicts", seq, "file:%d.csv", below(m, 30));
  edge(m, claim, "evidence", seq, "goal:g-%d", below(m, 20));
  if (number) edge(m, claim, "derived", seq, "claim:c-%d", number - 1 - below(m, MIN(number, 500)));
  edge(m, need, "derived", seq, "%s", claim);
}

static void make_decision(struct making *m, int number, int claims) {
  g_autofree char *proposal = g_strdup_printf("proposal:a-%d", number);
  int64_t seq = event_of(m, proposal);
  edge(m, proposal, "derived", seq, "claim:c-%d", claims - 1 - below(m, MIN(claims, 50)));
  if (number) edge(m, proposal, "replaces", seq, "proposal:a-%d", number - 1);
  seq = event_of(m, proposal);
  g_autofree char *decision = g_strdup_printf("decision:%" G_GINT64_FORMAT, seq), *asset = g_strdup_printf("asset:s-%d", number);
  edge(m, decision, "decides", seq, "%s", proposal);
  edge(m, decision, "by", seq, "person:p-%d", below(m, 20));
  edge(m, decision, "approved under", seq, "rules:r-%d", number / 1000);
  seq = event_of(m, asset);
  edge(m, asset, "derived", seq, "%s", decision);
  for (int b = 0; b < 4; b++) {
    g_autofree char *block = g_strdup_printf("block:s-%d/%d", number, b), *showing = g_strdup_printf("showing:s-%d/%d", number, b);
    edge(m, asset, "covers", seq, "%s", block);
    edge(m, block, "drafted from", seq, "source:%d.md", below(m, 300));
    edge(m, showing, "covers", seq, "%s", block);
    edge(m, showing, "covers", seq, "%s", asset);
  }
}

static void make_delivery(struct making *m, int number, int assets) {
  g_autofree char *delivery = g_strdup_printf("delivery:d-%d", number), *action = g_strdup_printf("action:x-%d", number);
  int64_t seq = event_of(m, delivery);
  edge(m, delivery, "derived", seq, "showing:s-%d/%d", below(m, assets), below(m, 4));
  edge(m, delivery, "delivered to", seq, "person:p-%d", below(m, 10000));
  seq = event_of(m, action);
  edge(m, action, "derived", seq, "%s", delivery);
}

static bool ends(const char *id) { return g_str_has_prefix(id, "person:") || g_str_has_prefix(id, "rules:"); }
static bool ends_forward(const char *id) { return ends(id) || g_str_has_prefix(id, "showing:"); }

static int by_number(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

/* Milliseconds that this thread has worked. */
static double processor(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void measure(struct store *store, GRand *rand, const char *what, const char *noun, int count, enum lineage_way way) {
  GError *error = NULL;
  g_autofree double *times = g_new0(double, WALKS), *work = g_new0(double, WALKS);
  int64_t nodes = 0;
  for (int i = 0; i < WALKS; i++) {
    g_autofree char *id = g_strdup_printf("%s-%d", noun, g_rand_int_range(rand, 0, MAX(count, 1)));
    struct lineage_ask ask = { .way = way, .as_of = INT64_MAX, .depth = 8, .breadth = 8, .most = 120, .ends = way == LINEAGE_BACK ? ends : ends_forward };
    int64_t begun = g_get_monotonic_time();
    double worked = processor();
    struct db *db = store_read(store, &error);
    g_autoptr(GPtrArray) walk = lineage_walk(db, id, &ask, &error);
    check(walk != NULL, error);
    for (guint n = 0; n < walk->len; n++) {
      g_auto(about_auto) about = about_subject(db, ((struct lineage_node *)walk->pdata[n])->id, INT64_MAX);
      struct event event;
      check(about_next(&about, &event, &error) >= 0, error);
    }
    db_release(db);
    times[i] = (double)(g_get_monotonic_time() - begun) / 1000;
    work[i] = processor() - worked;
    nodes += walk->len;
  }
  qsort(times, WALKS, sizeof *times, by_number);
  qsort(work, WALKS, sizeof *work, by_number);
  printf("%-52s %10.3f ms   p99 %.3f ms; of the processor %.3f ms, p99 %.3f ms; %.0f nodes\n", what, times[WALKS / 2], times[WALKS * 99 / 100], work[WALKS / 2], work[WALKS * 99 / 100],
    (double)nodes / WALKS);
}

int main(int argc, char **argv) {
  GError *error = NULL;
  if (sodium_init() < 0) return 1;
  g_autofree char *dir = argc > 2 ? g_strdup(argv[2]) : g_dir_make_tmp("meno-bench-lineage-XXXXXX", &error);
  check(dir && g_mkdir_with_parents(dir, 0700) == 0, error);
  bool there = store_exists(dir, &error) == 1;
  struct store *store = store_open(dir, &error);
  check(store != NULL, error);
  struct making m = { .ledger = ledger_new(store, &tables), .rand = g_rand_new_with_seed(7), .wanted = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 1000000 };
  if (!there) check((m.write = ledger_write(m.ledger, 1, &error)) != NULL, error); /* else the same is made up again, and not written */
  int imports = 0, claims = 0, assets = 0, deliveries = 0;
  for (int round = 0; m.events < m.wanted; round++) {
    if (m.events >= m.wanted / 100 * imports) make_import(&m, imports++);
    make_claim(&m, claims++);
    if (round % 10 == 0) make_decision(&m, assets++, claims);
    if (round % 4 == 0) make_delivery(&m, deliveries++, assets);
  }
  if (m.write) check(ledger_commit(m.write, &error), error);
  store_checkpoint(store);
  printf("%" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT " edges, %.0f MB\n", m.events, m.edges, (double)store_size(store) / 1e6);
  measure(store, m.rand, "lineage: back from an action", "action:x", deliveries, LINEAGE_BACK);
  measure(store, m.rand, "  back from an asset", "asset:s", assets, LINEAGE_BACK);
  measure(store, m.rand, "  back from a claim", "claim:c", claims, LINEAGE_BACK);
  measure(store, m.rand, "  back from a need (a hub)", "need:n", 200, LINEAGE_BACK);
  measure(store, m.rand, "  forward from an import (a hub)", "import:i", imports, LINEAGE_FORWARD);
  measure(store, m.rand, "  forward from a claim", "claim:c", claims, LINEAGE_FORWARD);
  measure(store, m.rand, "  forward from a person (a hub)", "person:p", 20, LINEAGE_FORWARD);
  g_rand_free(m.rand);
  ledger_free(m.ledger);
  store_free(store);
  static const char *const files[] = { "meno.db", "meno.db-wal", "meno.db-shm" };
  for (size_t i = 0; argc <= 2 && i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(dir, files[i], NULL);
    g_unlink(path);
  }
  if (argc <= 2) g_rmdir(dir);
  return 0;
}
