/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server is the HTTP doors, a thread that gives agents their turns, and one that empties the outbox, so that a channel that
 * is slow holds up nobody else. Each looks when something was committed and once a second, which costs small queries. Agents
 * are woken where the company's version or the day has changed, or a timer is due; while things still come in they wait until
 * it is quiet (runner_wakes). */
#include "cli/serve.h"
#include "base/log.h"
#include "base/metrics.h"
#include "doors/server.h"
#include "ops/gauges.h"
#include "runtime/forward.h"
#include "runtime/links.h"
#include "runtime/wake.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOK_EVERY (CLOCK_SECOND)
#define LOOK_AGAIN (CLOCK_SECOND / 20)
#define STOP_SECONDS 9 /* within ten, whatever is under way */

struct waking { struct system *system; _Atomic bool stop; struct wake wake_up; int32_t checked; /* the day of the last check of reasons */ struct forwarder *forwarder; };

/* Every second the same, while the database is away: said once a minute. */
static void log_trouble(const char *what, const GError *error, struct log_brake *brake) {
  if (log_brake(brake, error->message)) log_write(LOG_FAILURE, what, "why", error->message, NULL);
}

static bool keep_going(void *data, const char *what, double share) { return !((struct waking *)data)->stop && !progress_stopped; }

/* Once a day, and at the start: every act reaches a signal from outside, and a person or a revision of the rules. */
static void check_reasons(struct system *system) {
  g_autoptr(GError) error = NULL;
  g_auto(links_report_auto) links = { 0 };
  g_autoptr(db_auto) db = store_read(system_store(system), &error);
  if (!db || !links_check(db, &links, &error)) {
    log_write(LOG_FAILURE, "reasons cannot be checked", "why", error->message, NULL);
    return;
  }
  for (guint i = 0; i < links.first->len; i++) {
    g_autofree char *text = links_gap_text(links.first->pdata[i]);
    log_write(LOG_FAILURE, "an act lacks a reason", "why", text, NULL);
  }
}

static void run_agents(struct waking *waking) {
  static struct log_brake brake;
  struct system *system = waking->system;
  g_autoptr(GError) error = NULL;
  int ready = runner_wakes(system_ledger(system), &waking->wake_up, system_now(system), g_get_monotonic_time(), &error);
  struct runner_report report;
  bool fine = ready == 0 || (ready == 1 && system_take_turns(system, system_now(system), keep_going, waking, &report, &error));
  if (ready == 1 && fine) view_release(system_view(system, NULL)); /* so that the next page need not load it */
  int32_t day = clock_day(system_now(system));
  if (ready == 1 && fine && day != waking->checked) check_reasons(system);
  if (ready == 1 && fine) waking->checked = day;
  if (!fine) waking->wake_up.seen = -1;
  if (!fine && !g_error_matches(error, MENO_ERROR, MENO_ERROR_CANCELLED)) log_trouble("agents failed", error, &brake);
}

static void empty_outbox(struct waking *waking) {
  static struct log_brake brake;
  g_autoptr(GError) error = NULL;
  if (!system_dispatch(waking->system, system_now(waking->system), &error)) log_trouble("outbox failed", error, &brake);
}

static bool serves_on(void *data) { return !((struct waking *)data)->stop && !progress_stopped; }

static void forward_statements(struct waking *waking) {
  static struct log_brake brake;
  g_autoptr(GError) error = NULL;
  if (!system_forward(waking->system, &waking->forwarder, serves_on, waking, &error)) log_trouble("forwarding failed", error, &brake);
}

/* Looks when somebody has committed, here or in another process, and once a second in any case; not more often than LOOK_AGAIN. */
static void look_again_and_again(struct waking *waking, void (*look)(struct waking *)) {
  struct store *store = system_store(waking->system);
  for (int64_t seen = 0, begun; !waking->stop;) {
    begun = g_get_monotonic_time();
    look(waking);
    seen = store_wait(store, seen, begun + LOOK_EVERY);
    int64_t early = begun + LOOK_AGAIN - g_get_monotonic_time();
    if (early > 0 && !waking->stop) g_usleep((gulong)early);
  }
}

static void *wake_agents(void *waking) { return look_again_and_again(waking, run_agents), NULL; }
static void *wake_dispatcher(void *waking) { return look_again_and_again(waking, empty_outbox), NULL; }
static void *wake_forwarder(void *waking) { return look_again_and_again(waking, forward_statements), NULL; }

static void describe(struct system *system, struct json_writer *out) {
  g_autoptr(view_auto) view = system_view(system, NULL);
  char text[CLOCK_TEXT];
  bool any = view && view->company->people.count;
  json_put_string(out, "company", view ? view->company->name : "");
  json_put_string(out, "data_until", any ? clock_format_day(view->company->last_day, text) : NULL);
}

/* Waits without spending time; a signal ends the wait at once. */
static void wait_for_stop(struct waking *waking) {
  while (!progress_stopped) g_usleep(100000);
  waking->stop = true;
  store_wake(system_store(waking->system));
}

/* What still runs is cut off, as a power cut would: nothing that was acknowledged hangs on it. */
static void cut_off(int signal_number) { _exit(error_kind_of(MENO_ERROR_CANCELLED)->exit); }

static void note_start(struct system *system, uint16_t port, const char *url) {
  g_autofree char *port_text = g_strdup_printf("%u", port), *store = store_describe(system_store(system));
  g_autofree char *engine = g_ascii_strdown(store, (gssize)strcspn(store, " "));
  metric_set(METRIC_BUILD, 1, MENO_VERSION, engine);
  log_write(LOG_FACT, "started", "version", MENO_VERSION, "engine", engine, "port", port_text, "url", url, NULL);
}

int serve_until_stopped(struct cli *cli, struct system *system, const struct serve_at *at, void (*announce)(void *, uint16_t), void *data) {
  g_autoptr(GError) error = NULL;
  struct server_options options = { .port = at->port, .public_url = at->url, .xapi_version = at->xapi_version, .describe = describe, .folder = system_dir(system), .read_gauges = gauges_read };
  progress_catch();
  struct server *server = server_start(system, &options, &error);
  if (!server) return cli_fail(cli, error);
  struct waking waking = { .system = system, .wake_up = { .seen = -1 }, .checked = CLOCK_NO_DAY };
  GThread *threads[] = { g_thread_new("agents", wake_agents, &waking), g_thread_new("outbox", wake_dispatcher, &waking), g_thread_new("forward", wake_forwarder, &waking) };
  note_start(system, server_port(server), at->url);
  if (announce) announce(data, server_port(server));
  fflush(stdout);
  wait_for_stop(&waking);
  log_write(LOG_FACT, "stopping", NULL);
  signal(SIGALRM, cut_off);
  alarm(STOP_SECONDS);
  server_stop(server);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) g_thread_join(threads[i]);
  alarm(0);
  forwarder_free(waking.forwarder);
  log_write(LOG_FACT, "stopped", NULL);
  return 0;
}

static void announce_address(void *data, uint16_t port) { printf("Meno serves on http://127.0.0.1:%u (Ctrl-C stops it)\n", port); }

int serve_run(struct cli *cli, char **arguments) {
  uint64_t port = 8080;
  char *url = NULL, *version = NULL;
  if (!command_number(arguments, "--port", 65535, &port)) return cli_usage(cli, "--port wants a number from 0 to 65535");
  command_option(arguments, "--url", &url);
  command_option(arguments, "--xapi-version", &version);
  if (*arguments) return cli_usage(cli, "\"%s\" is no option of serve", *arguments);
  g_autoptr(system_auto) system = cli_open(cli, false);
  if (!system) return cli->failed;
  return serve_until_stopped(cli, system, &(struct serve_at){ (uint16_t)port, url, version }, announce_address, NULL);
}
