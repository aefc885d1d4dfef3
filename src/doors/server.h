/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `meno serve` starts: the REST interface below /api/v1, the browser client, and /healthz, /readyz, /metrics for
 * supervisors. */
#pragma once
#include "base/clock.h"
#include "base/json.h"

struct system;
struct server;

struct server_options {
  const char *address;       /* to listen on; NULL: 127.0.0.1 */
  uint16_t port;             /* 0: any that is free */
  const char *public_url;    /* "https://meno.example.org": how a reverse proxy on this machine shows it; NULL: not at all.
                                Then its host is answered, its X-Forwarded-For believed, and cookies are for https only */
  struct clock clock;        /* the machine's: sessions and limits run on it, whatever time the company's data stand at */
  unsigned requests_per_second; /* of one account; 0: 50 */
  unsigned connections, seconds, line; /* see http.h; 0: its own, of `line` 256 */
  const char *xapi_version;  /* that is named to clients of the record store that name none: "1.0.3"; NULL: "2.0.0" */
  const char *folder;        /* whose disk /readyz looks at; NULL: none */
  void (*read_gauges)(struct system *system); /* for /metrics; NULL: none but the process's own */
  /* Adds members to the answer of GET /session: "company", "data_until". NULL: none. */
  void (*describe)(struct system *system, struct json_writer *out);
};

/* `system` is borrowed until server_stop. Errors: USAGE (port taken, bad option), INTERNAL. */
struct server *server_start(struct system *system, const struct server_options *options, GError **error);
uint16_t server_port(const struct server *server);
/* Requests under way are answered, jobs are asked to stop and waited for. */
void server_stop(struct server *server);

/* The OpenAPI 3.1 description of everything below /api/v1, made of the operations' rows. Newly allocated. */
char *rest_openapi(void);
