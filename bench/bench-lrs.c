/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sends statements of about a kilobyte to a record store, over connections that stay, and says how many a second were
 * acknowledged, and how long each request waited. Each connection is a thread that waits for its answer. */
#include <arpa/inet.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sender { uint16_t port; const char *authorization; int number, batch; int64_t until; GArray *waits; /* int64_t, microseconds */ int64_t sent; };

static atomic_uint ids;

static void put_statement(GString *text, const struct sender *sender) {
  unsigned id = ++ids, who = (id * 2654435761u) % 5000, what = (id * 40503u) % 300;
  g_string_append_printf(text,
    "{\"id\":\"%08x-%04x-4%03x-8%03x-%08x%04x\",\"actor\":{\"objectType\":\"Agent\",\"name\":\"Learner %u\",\"account\":{\"homePage\":\"https://lms.example.com\",\"name\":\"learner-%u\"}},"
    "\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/%s\",\"display\":{\"en-US\":\"answered\"}},"
    "\"object\":{\"objectType\":\"Activity\",\"id\":\"https://lms.example.com/courses/%u/units/%u\",\"definition\":{\"type\":\"http://adlnet.gov/expapi/activities/assessment\",\"name\":{\"en-US\":\"Unit %u: handling a complaint\"},"
    "\"description\":{\"en-US\":\"The learner reads a letter of complaint, weighs what went wrong, and writes the first answer that the customer gets.\"}}},"
    "\"result\":{\"score\":{\"scaled\":0.%02u,\"raw\":%u,\"min\":0,\"max\":100},\"success\":true,\"completion\":true,\"duration\":\"PT%uM%uS\"},"
    "\"context\":{\"registration\":\"%08x-0000-4000-8000-%012x\",\"platform\":\"Example LMS\",\"language\":\"en-US\",\"contextActivities\":{\"parent\":[{\"id\":\"https://lms.example.com/courses/%u\"}],"
    "\"grouping\":[{\"id\":\"https://lms.example.com/programmes/service\"}]},\"extensions\":{\"https://lms.example.com/attempt\":%u,\"https://lms.example.com/browser\":\"Firefox on a company laptop\"}},"
    "\"timestamp\":\"2026-11-25T12:%02u:%02u.000Z\"}",
    g_random_int(), g_random_int() & 0xffff, g_random_int() & 0xfff, g_random_int() & 0xfff, g_random_int(), (unsigned)sender->number & 0xffff, who, who, id % 3 ? "answered" : "completed", what % 30, what, what,
    id % 90 + 10, id % 100, id % 60, id % 59, who, what, what % 30, id % 7, id / 60 % 60, id % 60);
}

static GString *make_request(const struct sender *sender) {
  g_autoptr(GString) body = g_string_sized_new(1200 * (gsize)sender->batch);
  if (sender->batch > 1) g_string_append_c(body, '[');
  for (int i = 0; i < sender->batch; i++) {
    if (i) g_string_append_c(body, ',');
    put_statement(body, sender);
  }
  if (sender->batch > 1) g_string_append_c(body, ']');
  GString *request = g_string_sized_new(body->len + 512);
  g_string_append_printf(request, "POST /xapi/statements HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\nX-Experience-API-Version: 2.0.0\r\n"
    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", sender->authorization, body->len);
  return g_string_append_len(request, body->str, (gssize)body->len);
}

/* Reads one answer; its status, 0: the connection is gone. */
static int read_answer(int socket) {
  char text[65536];
  size_t have = 0, head = 0, length = 0;
  for (;;) {
    ssize_t got = read(socket, text + have, sizeof text - 1 - have);
    if (got <= 0) return 0;
    have += (size_t)got;
    text[have] = 0;
    const char *end = head ? NULL : strstr(text, "\r\n\r\n");
    if (end) {
      head = (size_t)(end - text) + 4;
      const char *size = strstr(text, "Content-Length: ");
      length = size ? strtoul(size + 16, NULL, 10) : 0;
    }
    if (head && have >= head + length) return atoi(text + 9);
  }
}

static void *send_all(void *data) {
  struct sender *sender = data;
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(sender->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) g_error("no connection");
  while (g_get_monotonic_time() < sender->until) {
    g_autoptr(GString) request = make_request(sender);
    int64_t begun = g_get_monotonic_time();
    for (size_t at = 0; at < request->len;) {
      ssize_t wrote = write(fd, request->str + at, request->len - at);
      if (wrote <= 0) g_error("the connection was cut");
      at += (size_t)wrote;
    }
    int status = read_answer(fd);
    int64_t took = g_get_monotonic_time() - begun;
    if (status != 200) g_error("answered %d", status);
    sender->sent += sender->batch;
    g_array_append_val(sender->waits, took);
  }
  close(fd);
  return NULL;
}

static int compare(const void *a, const void *b) { return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b); }

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "bench-lrs PORT KEY:SECRET CONNECTIONS BATCH SECONDS\n");
    return 64;
  }
  int connections = atoi(argv[3]);
  g_autofree char *authorization = g_base64_encode((const guchar *)argv[2], strlen(argv[2]));
  g_autofree struct sender *senders = g_new0(struct sender, connections);
  g_autofree GThread **threads = g_new0(GThread *, connections);
  g_autoptr(GArray) waits = g_array_new(FALSE, FALSE, sizeof(int64_t));
  int64_t begun = g_get_monotonic_time(), sent = 0;
  for (int i = 0; i < connections; i++) {
    senders[i] = (struct sender){ (uint16_t)atoi(argv[1]), authorization, i, atoi(argv[4]), begun + (int64_t)(atof(argv[5]) * 1e6), g_array_new(FALSE, FALSE, sizeof(int64_t)), 0 };
    threads[i] = g_thread_new("sender", send_all, &senders[i]);
  }
  for (int i = 0; i < connections; i++) {
    g_thread_join(threads[i]);
    sent += senders[i].sent;
    g_array_append_vals(waits, senders[i].waits->data, senders[i].waits->len);
    g_array_unref(senders[i].waits);
  }
  double seconds = (double)(g_get_monotonic_time() - begun) / 1e6;
  qsort(waits->data, waits->len, sizeof(int64_t), compare);
  const int64_t *all = (const int64_t *)(const void *)waits->data;
  printf("%d connections, batches of %d: %.0f statements a second, median %.1f ms, p99 %.1f ms\n", connections, atoi(argv[4]), (double)sent / seconds,
    (double)all[waits->len / 2] / 1e3, (double)all[waits->len * 99 / 100] / 1e3);
  return 0;
}
