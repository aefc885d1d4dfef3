/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel costs: a full turn (two events, six edges, an action in the outbox, the cursor; chained, folded, durable) beside the
 * fsync of the same disk in the same run; turns of many threads at once, which share commits; the chain checked and folded again.
 *
 *   bench-kernel [PLACE] [SECONDS] [TURNS]      PLACE: a folder (default: a temporary one) or an address of PostgreSQL, an empty
 *                                               database; TURNS: how many it has before anything is measured (default: none)
 *
 * On PostgreSQL the turns of many come from four processes. */
#include "company/fold.h"
#include "gate/account.h"
#include "gate/deputies.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/links.h"
#include "runtime/outbox.h"
#include "runtime/runner.h"
#include "runtime/wake.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SINGLE_TURNS 2000
#define THREADS 64      /* at once; and then as many as this: */
#define THREADS_MOST 256
#define WORKERS 4

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, gate_kinds, deputy_kinds, access_kinds, runtime_kinds, outbox_kinds, forward_kinds,
  wake_kinds, NULL };
static const struct fold *const folds[] = { claim_folds, erasure_folds, company_folds, gate_folds, deputy_folds, outbox_folds, wake_folds, link_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

static double seconds_of(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }
static double quantile(GArray *values, double share) { return g_array_index(values, double, (guint)(share * (values->len - 1))); }

static void row(const char *what, GArray *micros) {
  g_array_sort(micros, by_size);
  printf("%-44s median %8.1f us   p99 %9.1f us   most %9.1f us\n", what, quantile(micros, 0.5), quantile(micros, 0.99), quantile(micros, 1));
}

/* What the disk asks for: a page appended and made durable. */
static double measure_fsync(const char *dir) {
  g_autofree char *file = g_build_filename(dir, "fsync", NULL);
  g_autoptr(GArray) micros = g_array_new(FALSE, FALSE, sizeof(double));
  static const char page[4096];
  int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  for (int i = 0; i < 400; i++) {
    double begun = seconds_of(CLOCK_MONOTONIC);
    if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0) g_error("\"%s\" cannot be written", file);
    double took = (seconds_of(CLOCK_MONOTONIC) - begun) * 1e6;
    g_array_append_val(micros, took);
  }
  close(fd);
  g_unlink(file);
  row("fsync of an appended page", micros);
  return quantile(micros, 0.5);
}

struct turn { const char *who; int64_t number, now; const char *subject, *to, *body; };

static bool keep_turn(struct ledger_write *write, void *data, GError **error) {
  const struct turn *turn = data;
  return ledger_append(write, &(struct event){ .kind = "claim.made", .subject = turn->subject, .actor = "agent:needs@1", .body = turn->body }, NULL, error) &&
    outbox_request(write, "file", turn->to, "p-4k7q", turn->now, error) &&
    db_run(ledger_write_db(write), error, "ledger.put_cursor", "tii", turn->who, turn->number, (int64_t)20500) >= 0;
}

/* Calls `give` with one turn of the agent `who`. */
static bool make_turn(const char *who, int64_t number, bool (*give)(struct turn *turn, void *data, GError **error), void *data, GError **error) {
  static const char *const rests[] = { "team", "goal", "pulse" };
  int64_t now = 1767225600000000 + number * 1000000;
  g_autofree char *subject = g_strdup_printf("need:%s-%" G_GINT64_FORMAT, who, number), *to = g_strdup_printf("delivery:%s-%" G_GINT64_FORMAT, who, number);
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "agent", "needs@1");
  json_put_number(&body, "confidence", 0.8);
  json_put_raw(&body, "evidence", "[]", 2);
  json_put_string(&body, "id", subject + 5);
  json_put_string(&body, "predicate", "need");
  json_open_array(&body, "rests_on");
  for (size_t i = 0; i < G_N_ELEMENTS(rests); i++) {
    g_autofree char *id = g_strdup_printf("%s:%" G_GINT64_FORMAT, rests[i], number * 7919 % 20011 + (int64_t)i);
    json_put_string(&body, NULL, id);
  }
  json_close_array(&body);
  json_put_string(&body, "subject", subject + 5);
  json_put_integer(&body, "valid_from", 20500);
  json_put_integer(&body, "valid_to", 20600);
  json_put_raw(&body, "value", "{\"cause\":\"process\",\"status\":\"open\",\"title\":\"Waiting\"}", 53);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL);
  return give(&(struct turn){ who, number, now, subject, to, text }, data, error);
}

static bool take(struct turn *turn, void *ledger, GError **error) { return ledger_do(ledger, turn->now, keep_turn, turn, error); }
static bool lay(struct turn *turn, void *write, GError **error) { return keep_turn(write, turn, error); }

/* False where the database refuses. */
static bool take_turn(struct ledger *ledger, const char *who, int64_t number, GError **error) { return make_turn(who, number, take, ledger, error); }

/* What a ledger may have in years: many turns of many agents, a thousand to a commit. */
static void lay_down(struct ledger *ledger, int64_t turns) {
  g_autoptr(GError) error = NULL;
  for (int64_t i = 0; i < turns;) {
    struct ledger_write *write = ledger_write(ledger, 0, &error);
    for (int64_t end = MIN(turns, i + 1000); write && !error && i < end; i++) {
      g_autofree char *who = g_strdup_printf("before%d", (int)(i * 7919 % 10007));
      make_turn(who, i, lay, write, &error);
    }
    if (error || !ledger_commit(write, &error)) g_error("%s", error->message);
  }
}

static void must_turn(struct ledger *ledger, const char *who, int64_t number) {
  g_autoptr(GError) error = NULL;
  if (!take_turn(ledger, who, number, &error)) g_error("a turn failed: %s", error->message);
}

static void measure_alone(struct ledger *ledger, double fsync_micros) {
  g_autoptr(GArray) micros = g_array_new(FALSE, FALSE, sizeof(double));
  double cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (int64_t i = 0; i < SINGLE_TURNS; i++) {
    double begun = seconds_of(CLOCK_MONOTONIC);
    must_turn(ledger, "alone", i);
    double took = (seconds_of(CLOCK_MONOTONIC) - begun) * 1e6;
    g_array_append_val(micros, took);
  }
  cpu = (seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu) / SINGLE_TURNS * 1e6;
  row("a full turn, alone", micros);
  double median = quantile(micros, 0.5);
  printf("%-44s %8.1f us of processor; %.2f x fsync, fsync + %.1f us\n", "", cpu, median / fsync_micros, median - fsync_micros);
}

struct crowd { struct ledger *ledger; int number, of; double until; GArray *micros; };

static void *turn_after_turn(void *data) {
  struct crowd *crowd = data;
  g_autofree char *who = g_strdup_printf("w%d-%d-%d", (int)getpid(), crowd->of, crowd->number);
  crowd->micros = g_array_new(FALSE, FALSE, sizeof(double));
  for (int64_t i = 0; seconds_of(CLOCK_MONOTONIC) < crowd->until; i++) {
    double begun = seconds_of(CLOCK_MONOTONIC);
    must_turn(crowd->ledger, who, i);
    double took = (seconds_of(CLOCK_MONOTONIC) - begun) * 1e6;
    g_array_append_val(crowd->micros, took);
  }
  return NULL;
}

/* Turns of `threads` threads for some seconds: their times, all together. */
static GArray *crowd_turns(struct ledger *ledger, int threads, double seconds) {
  struct crowd crowds[THREADS_MOST];
  GThread *running[THREADS_MOST];
  GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
  for (int i = 0; i < threads; i++) {
    crowds[i] = (struct crowd){ ledger, i, threads, seconds_of(CLOCK_MONOTONIC) + seconds, NULL };
    running[i] = g_thread_new("turns", turn_after_turn, &crowds[i]);
  }
  for (int i = 0; i < threads; i++) {
    g_thread_join(running[i]);
    g_array_append_vals(all, crowds[i].micros->data, crowds[i].micros->len);
    g_array_unref(crowds[i].micros);
  }
  return all;
}

static void measure_crowd(struct ledger *ledger, int threads, double seconds) {
  g_autofree char *what = g_strdup_printf("a full turn, of %d at once", threads);
  double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  g_autoptr(GArray) micros = crowd_turns(ledger, threads, seconds);
  cpu = (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / micros->len;
  row(what, micros);
  printf("%-44s %8.0f turns/s, %.1f us of processor each\n", "", micros->len / seconds, cpu);
}

/* Four processes, sixteen threads each. */
static void measure_workers(const char *place, double seconds) {
  int pipes[2];
  if (pipe(pipes) != 0) g_error("no pipe");
  for (int i = 0; i < WORKERS; i++)
    if (fork() == 0) {
      g_autoptr(GError) error = NULL;
      struct store *store = store_open(place, &error);
      if (!store) g_error("%s", error->message);
      struct ledger *ledger = ledger_new(store, &tables);
      g_autoptr(GArray) micros = crowd_turns(ledger, THREADS / WORKERS, seconds);
      if (write(pipes[1], &micros->len, sizeof micros->len) != (ssize_t)sizeof micros->len) _exit(1);
      _exit(0);
    }
  guint total = 0, part;
  for (int i = 0; i < WORKERS; i++) total += read(pipes[0], &part, sizeof part) == (ssize_t)sizeof part ? part : 0;
  while (wait(NULL) > 0) continue;
  printf("%-44s %8.0f turns/s\n", "four processes of 16 at once", total / seconds);
}

/* From an event to what an agent concludes from it: the agent waits in another process (on a server) or thread, is woken, reads
 * what is new, takes its turn; done when the claim can be read by whoever brought the event. */
struct reader { struct store *store; struct ledger *ledger; int64_t head; _Atomic bool stop; };

static int64_t head_of(struct store *store) {
  g_autoptr(db_auto) db = store_read(store, NULL);
  return ledger_head(db, NULL);
}

static void *answer_events(void *data) {
  struct reader *agent = data;
  int64_t seen = 0, head = agent->head, number = 1000000;
  while (!agent->stop) {
    seen = store_wait(agent->store, seen, g_get_monotonic_time() + G_USEC_PER_SEC);
    int64_t now = head_of(agent->store);
    if (now > head && !agent->stop) must_turn(agent->ledger, "woken", number++);
    if (now > head) head = now + 2; /* what came after the turn is not seen yet */
  }
  return NULL;
}

static void measure_waking(struct ledger *ledger, const char *place) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) micros = g_array_new(FALSE, FALSE, sizeof(double));
  struct store *store = ledger_store(ledger), *other = store_is_address(place) ? store_open(place, &error) : store;
  if (!other) g_error("%s", error->message);
  struct reader agent = { other, other == store ? ledger : ledger_new(other, &tables), head_of(store), false };
  GThread *thread = g_thread_new("agent", answer_events, &agent);
  int64_t seen = 0;
  for (int i = 0; i < 300; i++) {
    int64_t before = head_of(store);
    double begun = seconds_of(CLOCK_MONOTONIC);
    if (ledger_record(ledger, 1767225600000000, &(struct event){ .kind = "claim.retracted", .subject = "need:none", .actor = "system", .body = "{\"id\":\"none\"}" }, &error) <= 0) g_error("%s", error->message);
    while (head_of(store) < before + 3) seen = store_wait(store, seen, g_get_monotonic_time() + G_USEC_PER_SEC);
    double took = (seconds_of(CLOCK_MONOTONIC) - begun) * 1e6;
    g_array_append_val(micros, took);
  }
  agent.stop = true;
  store_wake(other);
  g_thread_join(thread);
  row("from an event to the claim it leads to", micros);
}

static void rate(const char *what, int64_t events, double cpu) {
  printf("%-44s %8.0f events/s of processor (%" G_GINT64_FORMAT " events)\n", what, (double)events / cpu, events);
}

static bool keep_event(const struct event *event, void *data, GError **error) {
  struct event copy = *event;
  copy.subject = g_strdup(event->subject);
  copy.body = g_strndup(event->body, event->body_length);
  copy.kind = g_intern_string(event->kind);
  copy.actor = g_intern_string(event->actor);
  copy.batch = NULL;
  copy.rules = g_intern_string(event->rules);
  g_array_append_val((GArray *)data, copy);
  return true;
}

/* Every event's hash once more, from memory. */
static void measure_chain(struct ledger *ledger) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(struct event));
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), &error);
  if (!ledger_visit(db, 1, INT64_MAX, keep_event, events, &error)) g_error("%s", error->message);
  uint8_t hash[DIGEST_BYTES] = { 0 };
  double cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (guint i = 0; i < events->len; i++) ledger_link(hash, &g_array_index(events, struct event, i), hash);
  rate("the chain alone, in memory", events->len, seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu);
}

static void measure_replay(struct ledger *ledger) {
  g_autoptr(GError) error = NULL;
  struct replay_report report;
  double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  if (!ledger_verify(ledger, NULL, NULL, &report, &error)) g_error("%s", error->message);
  rate("chain checked, tables rebuilt and compared", report.events, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  struct ledger_write *write = ledger_write(ledger, 0, &error);
  if (!write || !ledger_refold(write, &error) || !ledger_commit(write, &error)) g_error("%s", error->message);
  rate("every table emptied and rebuilt", report.events, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

int main(int argc, char **argv) {
  if (sodium_init() < 0) return 1;
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp("meno-bench-XXXXXX", NULL);
  const char *place = argc > 1 && *argv[1] ? argv[1] : dir;
  double seconds = argc > 2 ? g_ascii_strtod(argv[2], NULL) : 5;
  struct store *store = store_open(place, &error);
  if (!store) g_error("%s", error->message);
  struct ledger *ledger = ledger_new(store, &tables);
  lay_down(ledger, argc > 3 ? g_ascii_strtoll(argv[3], NULL, 10) : 0);
  double disk = measure_fsync(store_is_address(place) ? dir : place);
  measure_alone(ledger, disk);
  measure_crowd(ledger, THREADS, seconds);
  if (!store_is_address(place)) measure_crowd(ledger, THREADS_MOST, seconds);
  if (store_is_address(place)) measure_workers(place, seconds);
  measure_waking(ledger, place);
  measure_chain(ledger);
  measure_replay(ledger);
  ledger_free(ledger);
  store_free(store);
  return 0;
}
