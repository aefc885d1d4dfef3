/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log of a process that runs: one line a fact on stderr, in logfmt:
 *   time=2026-03-02T09:00:00.000000Z level=error what="a request failed" request=5f3a9c21-1 status=503 why="…"
 * Never a body, a person's name, a password or a token. Only the edges log: doors, runtime, command line. */
#pragma once
#include "base/clock.h"

enum log_level { LOG_FACT, LOG_CONCERN, LOG_FAILURE }; /* "info", "warning", "error" */

/* After `what` pairs of key and value, and NULL at the end. A value that is NULL leaves its pair out. */
void log_write(enum log_level level, const char *what, ...) G_GNUC_NULL_TERMINATED;
/* The line without its end; `time` in microseconds. Newly allocated. */
char *log_line(int64_t time, enum log_level level, const char *what, ...) G_GNUC_NULL_TERMINATED;

/* Says whether to log what may repeat every second: when it is new, and once a minute. One thread per brake. */
struct log_brake { unsigned last; int64_t again; };
bool log_brake(struct log_brake *brake, const char *text);
