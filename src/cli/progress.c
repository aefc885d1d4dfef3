/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress that a person can watch and a log can keep; and Ctrl-C as a wish that long work hears between two steps. */
#include "cli/cli.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

_Atomic int progress_stopped; /* a signal raises it, any thread looks */

static char last[80];
static int64_t begun, shown;

/* The second ends at once: whatever is under way is taken back when the database is opened next. */
static void stop(int signal_number) {
  if (progress_stopped++) _exit(128 + signal_number);
}

void progress_catch(void) {
  struct sigaction action = { .sa_handler = stop };
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

void progress_note(void *what_for, const char *what, double share) {
  int64_t now = g_get_monotonic_time();
  bool fresh = strncmp(last, what, sizeof last - 1) != 0;
  if (fresh) {
    begun = now;
    shown = 0;
    g_strlcpy(last, what, sizeof last);
  }
  bool terminal = isatty(STDERR_FILENO);
  if (terminal ? now - shown < 100000 && share < 1 : !fresh && now - shown < 2000000) return;
  shown = now;
  double seconds = (double)(now - begun) / 1e6;
  if (!terminal) fprintf(stderr, "  %s … %.0f %%\n", what, share * 100);
  else if (share > 0.02 && seconds > 2 && share < 1) fprintf(stderr, "\r\033[K  %s … %.0f %%, about %.0f s left", what, share * 100, seconds / share - seconds);
  else fprintf(stderr, "\r\033[K  %s … %.0f %%", what, share * 100);
  fflush(stderr);
}

bool progress_show(void *what_for, const char *what, double share) {
  progress_note(what_for, what, share);
  return !progress_stopped;
}

void progress_end(void) {
  if (*last && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
  *last = 0;
}
