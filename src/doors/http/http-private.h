/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server and its exchanges share. Not for other folders. */
#pragma once
#include "doors/http/http.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>

struct http_link { /* a connection */
  struct http_server *server;
  struct http_link *before, *after;
  int socket;
  bool cut;
  atomic_bool busy;             /* a request is under way */
  _Atomic int64_t deadline;     /* monotonic; then it is cut off */
  char address[INET6_ADDRSTRLEN];
};

struct http_server {
  const struct http_door *door;
  char *host;
  unsigned seconds;
  uint16_t port;
  size_t body_memory;
  _Atomic size_t body_used;
  struct MHD_Daemon *daemon;
  GThreadPool *workers, *line; /* `line`: of what changes something */
  unsigned line_most;           /* that are being made or wait */
  unsigned in_line, working;    /* and how many are; how many requests have no answer yet */
  GThread *watch;
  GMutex lock;                  /* guards `links`, `quit`, the counts, and the pushing of work */
  GCond change;
  struct http_link *links;
  bool quit;
  atomic_bool stopping;
};

/* The callbacks of a request: see exchange.c. `server` is the closure of each. */
void *http_exchange_new(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_exchange_step(void *server, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
  const char *data, size_t *data_length, void **exchange);
void http_exchange_done(void *server, struct MHD_Connection *connection, void **exchange, enum MHD_RequestTerminationCode how);
void http_exchange_work(void *exchange, void *server); /* in a worker */

#define HTTP_FOREVER INT64_MAX
void http_link_expect(struct http_link *link, unsigned seconds); /* from now; 0: no deadline */
