/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refuses requests that two parties on the way could read differently. Pure: it looks at what it is given. */
#pragma once
#include "base/error.h"
#include <stddef.h>

#define GUARD_HEADERS 64

struct guard_header { const char *name, *value; };
struct guard_head {
  const char *method, *target, *version;
  const struct guard_header *headers; size_t header_count; /* in the order sent; more than GUARD_HEADERS is refused */
  const char *host; /* a further one that is answered; NULL: none */
};
/* NULL: fine, and the length of the body; else why not, and the status to answer with. */
const char *guard_check(const struct guard_head *head, uint64_t *ret_length, unsigned *ret_status);

/* Where libmicrohttpd left the pieces of one request: its own pointers, not copies; `size` is that of the whole head. */
struct guard_layout { const char *method, *target, *version; size_t target_length, size; const struct guard_header *headers; size_t header_count; };
/* Whether they lie as single lines that end in CRLF do, one after another: nothing folded, no bare LF, no NUL, no second
 * blank between the words of the first line. */
bool guard_contiguous(const struct guard_layout *layout);

/* "127.0.0.1:8080", "localhost", "[::1]:80" or `further`, with or without a port. */
bool guard_host(const char *host, const char *further);
