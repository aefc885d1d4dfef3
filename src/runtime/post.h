/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One HTTP request to somewhere else, with a body, and what was answered. http and https; certificates are checked; a redirection is not
 * followed, as it would carry secrets to where nobody sent them. */
#pragma once
#include "base/error.h"
#include <stddef.h>

struct post {
  const char *url, *user, *password; /* Basic authentication */
  const char *type;                  /* Content-Type */
  const char *const *headers;        /* "Name: value"; NULL-terminated; NULL: none */
  const void *body;
  size_t length;
  bool (*go_on)(void *data);         /* asked now and then; false: break off. NULL: it goes on */
  void *data;
};
struct post_client; /* keeps its connection; one thread at a time */
struct post_client *post_client_new(void);
void post_client_free(struct post_client *client);
/* False with STORE where nothing was answered (the text names no secret), or CANCELLED. `*ret_wait`: seconds that the other side asked to wait; 0: none. */
bool post_send(struct post_client *client, const struct post *post, long *ret_status, int64_t *ret_wait, GError **error);
