/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An HTTP/1.1 server that knows no word of the domain: it reads requests that leave no doubt about where they begin and
 * end, and hands each to a door. Built on libmicrohttpd: a few threads wait for sockets, others run what may take time. */
#pragma once
#include "base/error.h"
#include <stddef.h>

struct http_request {
  const char *method;         /* "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" */
  const char *target;         /* as sent: begins with '/', percent signs untouched, the query included */
  size_t path_length;         /* of `target` before its '?' */
  const char *address;        /* of the client, or of the proxy */
  const char *body;           /* whole; NULL: none */
  size_t body_length;
  GBytes *bytes;              /* the body, to keep a reference of; NULL: none */
  void *exchange;             /* the server's */
};
/* The only value of a header; NULL: absent. (Repeated headers are refused where they would matter.) */
const char *http_request_header(const struct http_request *request, const char *name);

/* A body that is made while it is sent: `next` appends some of it, in a worker, so it may block. */
struct http_stream {
  int (*next)(void *data, GByteArray *out); /* 1, 0 that was all, -1 it cannot go on: the connection breaks off */
  void (*free)(void *data);
  void *data;
};

/* What a door answers. The server adds Date, Content-Length and the headers against misuse that every answer carries. */
struct http_response {
  unsigned status;
  const char *type;           /* static; NULL with no body */
  GBytes *body;               /* owned by the response from then on; NULL: empty */
  struct http_stream stream;  /* instead of `body`, owned likewise; `next` NULL: none */
  GPtrArray *headers;         /* name, value, name, value …: see http_response_add */
  bool close;                 /* end the connection after it */
};
/* Both are copied; a value with a control character is a bug of the caller. */
void http_response_add(struct http_response *response, const char *name, const char *value);
void http_response_text(struct http_response *response, unsigned status, const char *type, const char *text, size_t length);

enum http_step { HTTP_ANSWERED /* do not read the body */, HTTP_AT_ONCE /* `answer` does not block, and knows */, HTTP_IN_TURN /* it may */,
                 HTTP_IN_LINE /* it changes something, so it waits for others that do: a lane of its own, of bounded length */ };
struct http_door {
  void *data;
  /* When the headers are read: says how many bytes of body may come, and where to answer; or answers itself. Runs in a
   * thread that serves sockets: it must not block. */
  enum http_step (*begin)(void *data, const struct http_request *request, size_t *ret_body_limit, struct http_response *response);
  /* False: it does not know yet; request and response stay, and http_answered ends it. */
  bool (*answer)(void *data, const struct http_request *request, struct http_response *response);
  /* Instead of `answer`, where the lane is full: nothing has been done, and the client may try again. Must not block. */
  void (*full)(void *data, const struct http_request *request, struct http_response *response);
};

/* The answer is there: by whatever thread, perhaps before `answer` has returned. Request and response are gone then. */
void http_answered(const struct http_request *request);

struct http_options {
  const char *address;        /* to listen on; NULL: 127.0.0.1 */
  uint16_t port;              /* 0: any that is free */
  const char *host;           /* a further Host that is answered, "meno.example.org"; NULL: none. 127.0.0.1, localhost and [::1] always are */
  unsigned connections;       /* at once; 0: 12,000, or as many as there may be files */
  unsigned seconds;           /* for a request to arrive whole, and a connection to stay unused; 0: 30 */
  size_t body_memory;         /* bodies at once, in bytes; 0: twice LIMIT_BODY_BYTES */
  unsigned changes;           /* that are made at once, each by a thread; 0: 4 */
  unsigned line;              /* requests that wait in the lane of changes; 0: 64 */
};

struct http_server;
/* `door` is borrowed. Error: USAGE where the port is taken. */
struct http_server *http_server_start(const struct http_door *door, const struct http_options *options, GError **error);
uint16_t http_server_port(const struct http_server *server);
/* No new connections; requests under way are answered; what has not ended in ten seconds is cut off. Frees the server. */
void http_server_stop(struct http_server *server);
