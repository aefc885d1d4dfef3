/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server is the HTTP doors and one thread that gives agents their turns: it looks once a second whether the company's
 * version or the day has changed, which costs one small query, and runs the agents where it has. */
#include "cli/serve.h"
#include "base/log.h"
#include "base/metrics.h"
#include "doors/server.h"
#include "ops/gauges.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOK_EVERY (CLOCK_SECOND)
#define STOP_SECONDS 9 /* within ten, whatever is under way */

struct waking { struct system *system; GMutex lock; GCond wake; bool stop; };

/* Every second the same, while the database is away: said once a minute. */
static void log_trouble(const char *what, const GError *error, struct log_brake *brake) {
  if (log_brake(brake, error->message)) log_write(LOG_FAILURE, what, "why", error->message, NULL);
}

static bool keep_going(void *data, const char *what, double share) { return !((struct waking *)data)->stop && !progress_stopped; }

static void run_agents(struct waking *waking, int64_t *seen_version, int32_t *seen_day) {
  static struct log_brake brake;
  struct system *system = waking->system;
  g_autoptr(GError) error = NULL;
  int32_t day = clock_day(system_now(system));
  g_autoptr(db_auto) db = store_read(system_store(system), &error);
  int64_t version = db ? company_version(db, &error) : -1;
  db_release(g_steal_pointer(&db));
  if (version < 0) {
    log_trouble("agents cannot look", error, &brake);
    return;
  }
  if (version == *seen_version && day == *seen_day) {
    if (!system_dispatch(system, &error)) log_trouble("outbox failed", error, &brake);
    return;
  }
  struct runner_report report;
  bool fine = system_run(system, system_now(system), keep_going, waking, &report, &error);
  if (fine) {
    *seen_version = version;
    *seen_day = day;
    view_release(system_view(system, NULL)); /* so that the next page need not load it */
  } else if (!g_error_matches(error, MENO_ERROR, MENO_ERROR_CANCELLED)) log_trouble("agents failed", error, &brake);
}

static void *wake_agents(void *data) {
  struct waking *waking = data;
  int64_t version = -1;
  int32_t day = CLOCK_NO_DAY;
  g_mutex_lock(&waking->lock);
  while (!waking->stop) {
    g_mutex_unlock(&waking->lock);
    run_agents(waking, &version, &day);
    g_mutex_lock(&waking->lock);
    if (!waking->stop) g_cond_wait_until(&waking->wake, &waking->lock, g_get_monotonic_time() + LOOK_EVERY);
  }
  g_mutex_unlock(&waking->lock);
  return NULL;
}

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
  g_mutex_lock(&waking->lock);
  waking->stop = true;
  g_cond_signal(&waking->wake);
  g_mutex_unlock(&waking->lock);
}

/* What still runs is cut off, as a power cut would: nothing that was acknowledged hangs on it. */
static void cut_off(int signal_number) { _exit(error_kind_of(MENO_ERROR_CANCELLED)->exit); }

static void note_start(struct system *system, uint16_t port, const char *url) {
  g_autofree char *port_text = g_strdup_printf("%u", port), *store = store_describe(system_store(system));
  g_autofree char *engine = g_ascii_strdown(store, (gssize)strcspn(store, " "));
  metric_set(METRIC_BUILD, 1, MENO_VERSION, engine);
  log_write(LOG_FACT, "started", "version", MENO_VERSION, "engine", engine, "port", port_text, "url", url, NULL);
}

int serve_until_stopped(struct cli *cli, struct system *system, uint16_t port, const char *url, void (*announce)(void *, uint16_t), void *data) {
  g_autoptr(GError) error = NULL;
  struct server_options options = { .port = port, .public_url = url, .describe = describe, .folder = system_dir(system), .read_gauges = gauges_read };
  progress_catch();
  struct server *server = server_start(system, &options, &error);
  if (!server) return cli_fail(cli, error);
  struct waking waking = { .system = system };
  g_mutex_init(&waking.lock);
  g_cond_init(&waking.wake);
  GThread *thread = g_thread_new("agents", wake_agents, &waking);
  note_start(system, server_port(server), url);
  if (announce) announce(data, server_port(server));
  fflush(stdout);
  wait_for_stop(&waking);
  log_write(LOG_FACT, "stopping", NULL);
  signal(SIGALRM, cut_off);
  alarm(STOP_SECONDS);
  server_stop(server);
  g_thread_join(thread);
  g_mutex_clear(&waking.lock);
  g_cond_clear(&waking.wake);
  alarm(0);
  log_write(LOG_FACT, "stopped", NULL);
  return 0;
}

static void announce_address(void *data, uint16_t port) { printf("Meno serves on http://127.0.0.1:%u (Ctrl-C stops it)\n", port); }

int serve_run(struct cli *cli, char **arguments) {
  uint64_t port = 8080;
  char *url = NULL;
  if (!command_number(arguments, "--port", 65535, &port)) return cli_usage(cli, "--port wants a number from 0 to 65535");
  command_option(arguments, "--url", &url);
  if (*arguments) return cli_usage(cli, "\"%s\" is no option of serve", *arguments);
  g_autoptr(system_auto) system = cli_open(cli, false);
  if (!system) return cli->failed;
  return serve_until_stopped(cli, system, (uint16_t)port, url, announce_address, NULL);
}
