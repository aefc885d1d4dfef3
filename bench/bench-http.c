/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server before a toy house, for bench-http.sh: prints its port and a signed-in session's cookie, and serves until its
 * input ends. Then says how much memory it had at rest and has now. */
#include "doors/rest/toy.h"
#include "gate/session.h"
#include "ops/system.h"
#include <stdio.h>
#include <string.h>

static long resident_kib(void) {
  g_autofree char *text = NULL;
  g_file_get_contents("/proc/self/status", &text, NULL, NULL);
  const char *line = text ? strstr(text, "VmRSS:") : NULL;
  return line ? (long)g_ascii_strtoll(line + 6, NULL, 10) : 0;
}

int main(void) {
  g_autoptr(GError) error = NULL;
  struct system *house = toy_open();
  struct server *server = server_start(house, &(struct server_options){ .requests_per_second = 100000000 }, &error);
  g_assert_no_error(error);
  g_auto(session_auto) session = { 0 };
  char token[SESSION_TOKEN];
  int wait;
  session_sign_in(system_store(house), clock_now(&(struct clock){ 0 }), "lead", TOY_PASSWORD, NULL, token, &session, &wait, &error);
  g_assert_no_error(error);
  long before = resident_kib();
  printf("%u meno_session=%s\n", server_port(server), token);
  fflush(stdout);
  while (getchar() != EOF) ;
  printf("resident: %ld KiB at rest, %ld KiB now\n", before, resident_kib());
  server_stop(server);
  toy_close(house);
  return 0;
}
