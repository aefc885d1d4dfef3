/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starting, watching and stopping. Two threads of libmicrohttpd wait on epoll and parse; what may block runs in a pool of
 * workers, with its connection suspended meanwhile; a watch cuts off what takes too long. What changes something has workers
 * and a queue of its own, of bounded length: many writers cannot keep readers waiting, and who finds it full is told when to
 * come again.
 *
 * The watch is there because the library's own timeout counts from the last byte: a client that sends a byte every few
 * seconds would hold its connection for ever (slow loris). Here each phase (waiting for a request, receiving it, taking the
 * answer) has a deadline; it grows with the body's and the answer's size, and an answer that is being worked on has none.
 *
 * Stopping: no new connections, idle ones are closed, requests under way are answered with "Connection: close". An answer
 * that is being worked on is waited for, however long: a thread cannot be taken away from what it does. */
#include "doors/http/http-private.h"
#include "base/limits.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET_THREADS 2
#define WORKERS 8
#define LINE_WORKERS 4
#define STACK_BYTES (256 * 1024)
#define HEAD_BYTES (16 * 1024) /* a connection's memory: request line, headers, and the answer's head */
#define STOP_SECONDS 5
#define CONNECTIONS 12000 /* an idle one costs some 3 KB; fewer where the system gives fewer files */
#define OTHER_FILES 256   /* that the rest of the program may need */

void http_link_expect(struct http_link *link, unsigned seconds) {
  link->deadline = seconds ? g_get_monotonic_time() + (int64_t)seconds * G_USEC_PER_SEC : HTTP_FOREVER;
}

/* ---- connections and their deadlines ---------------------------------------------------------------------------- */

static void link_opened(struct http_server *server, struct MHD_Connection *connection, void **ret_link) {
  struct http_link *link = g_new0(struct http_link, 1);
  link->server = server;
  link->socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  const struct sockaddr *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
  if (address && address->sa_family == AF_INET) inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, link->address, sizeof link->address);
  if (address && address->sa_family == AF_INET6) inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, link->address, sizeof link->address);
  http_link_expect(link, server->seconds);
  g_mutex_lock(&server->lock);
  if (!server->links) g_cond_broadcast(&server->change);
  link->after = server->links;
  if (link->after) link->after->before = link;
  server->links = link;
  g_mutex_unlock(&server->lock);
  *ret_link = link;
}

static void link_closed(struct http_server *server, struct http_link *link) {
  g_mutex_lock(&server->lock);
  if (link->before) link->before->after = link->after;
  else server->links = link->after;
  if (link->after) link->after->before = link->before;
  if (!server->links) g_cond_broadcast(&server->change);
  g_mutex_unlock(&server->lock);
  g_free(link);
}

static void on_connection(void *closure, struct MHD_Connection *connection, void **link, enum MHD_ConnectionNotificationCode what) {
  if (what == MHD_CONNECTION_NOTIFY_STARTED) link_opened(closure, connection, link);
  else if (*link) link_closed(closure, *link);
}

/* The lock keeps the sockets from being closed, and their numbers from being given to others, in between. */
static void cut(struct http_server *server, bool all_idle, bool all) {
  int64_t now = g_get_monotonic_time();
  for (struct http_link *link = server->links; link; link = link->after)
    if (!link->cut && (all || (all_idle && !link->busy) || link->deadline < now)) {
      link->cut = true;
      shutdown(link->socket, SHUT_RDWR);
    }
}

static void *watch(void *closure) {
  struct http_server *server = closure;
  g_mutex_lock(&server->lock);
  while (!server->quit) {
    if (!server->links) {
      g_cond_wait(&server->change, &server->lock);
      continue;
    }
    g_cond_wait_until(&server->change, &server->lock, g_get_monotonic_time() + G_USEC_PER_SEC);
    cut(server, server->stopping, false);
  }
  g_mutex_unlock(&server->lock);
  return NULL;
}

/* ---- starting --------------------------------------------------------------------------------------------------- */

static int listen_on(const char *address, uint16_t port, uint16_t *ret_port, GError **error) {
  struct sockaddr_storage where = { 0 };
  struct sockaddr_in *four = (struct sockaddr_in *)&where;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&where;
  socklen_t length = sizeof *four;
  if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
  } else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    length = sizeof *six;
  } else {
    fail(error, MENO_ERROR_USAGE, "\"%s\" is no address to listen on; give one like 127.0.0.1", address);
    return -1;
  }
  int one = 1, fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd < 0 || bind(fd, (struct sockaddr *)&where, length) != 0 || listen(fd, 511) != 0 || getsockname(fd, (struct sockaddr *)&where, &length) != 0) {
    fail(error, MENO_ERROR_USAGE, "listening on %s port %u failed: %s; take another with --port", address, port, g_strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
  }
  *ret_port = ntohs(where.ss_family == AF_INET ? four->sin_port : six->sin6_port);
  return fd;
}

static unsigned connections_most(void) {
  struct rlimit files = { 0 };
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 512;
  rlim_t wanted = CONNECTIONS + OTHER_FILES;
  if (files.rlim_cur < wanted && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = MIN(wanted, files.rlim_max);
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
  }
  return (unsigned)MIN(CONNECTIONS, MAX(files.rlim_cur, 2 * OTHER_FILES) - OTHER_FILES);
}

/* The library would decode %00 too and then hand out half a path; the door decodes, from the target as sent. */
static size_t leave_encoded(void *closure, struct MHD_Connection *connection, char *text) { return strlen(text); }

struct http_server *http_server_start(const struct http_door *door, const struct http_options *options, GError **error) {
  uint16_t port = 0;
  int fd = listen_on(options->address ? options->address : "127.0.0.1", options->port, &port, error);
  if (fd < 0) return NULL;
  struct http_server *server = g_new0(struct http_server, 1);
  server->door = door;
  server->host = g_strdup(options->host);
  server->seconds = options->seconds ? options->seconds : 30;
  server->port = port;
  server->body_memory = options->body_memory ? options->body_memory : 2 * (size_t)LIMIT_BODY_BYTES;
  g_mutex_init(&server->lock);
  g_cond_init(&server->change);
  server->workers = g_thread_pool_new(http_exchange_work, server, WORKERS, FALSE, NULL);
  unsigned changes = options->changes ? options->changes : LINE_WORKERS;
  server->line = g_thread_pool_new(http_exchange_work, server, (int)changes, FALSE, NULL);
  server->line_most = changes + (options->line ? options->line : 64);
  server->watch = g_thread_new("http-watch", watch, server);
  server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, http_exchange_step, server,
    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, SOCKET_THREADS, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
    MHD_OPTION_CONNECTION_LIMIT, options->connections ? options->connections : connections_most(), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
    MHD_OPTION_CONNECTION_TIMEOUT, 2 * server->seconds, MHD_OPTION_STRICT_FOR_CLIENT, 1,
    MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_URI_LOG_CALLBACK, http_exchange_new, server,
    MHD_OPTION_NOTIFY_COMPLETED, http_exchange_done, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
  if (server->daemon) return server;
  close(fd);
  fail(error, MENO_ERROR_INTERNAL, "the HTTP server did not start: too few file descriptors or threads");
  http_server_stop(server);
  return NULL;
}

uint16_t http_server_port(const struct http_server *server) { return server->port; }

/* ---- stopping --------------------------------------------------------------------------------------------------- */

void http_server_stop(struct http_server *server) {
  if (!server) return;
  server->stopping = true;
  MHD_socket fd = server->daemon ? MHD_quiesce_daemon(server->daemon) : MHD_INVALID_SOCKET;
  if (fd != MHD_INVALID_SOCKET) shutdown(fd, SHUT_RDWR); /* nobody gets in; the library's threads may still know its number */
  int64_t until = g_get_monotonic_time() + STOP_SECONDS * G_USEC_PER_SEC;
  g_mutex_lock(&server->lock);
  cut(server, true, false);
  while (server->links && g_cond_wait_until(&server->change, &server->lock, until)) ;
  cut(server, true, true);
  server->quit = true; /* and no more work is pushed */
  g_cond_broadcast(&server->change);
  g_mutex_unlock(&server->lock);
  g_thread_join(server->watch);
  g_thread_pool_free(server->line, FALSE, TRUE);
  g_thread_pool_free(server->workers, FALSE, TRUE);
  g_mutex_lock(&server->lock);
  while (server->working) g_cond_wait(&server->change, &server->lock); /* all are resumed then: the library must not stop with suspended ones */
  g_mutex_unlock(&server->lock);
  if (server->daemon) MHD_stop_daemon(server->daemon);
  if (fd != MHD_INVALID_SOCKET) close(fd);
  g_free(server->host);
  g_mutex_clear(&server->lock);
  g_cond_clear(&server->change);
  g_free(server);
}
