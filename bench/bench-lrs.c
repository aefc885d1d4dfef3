/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sends statements of about a kilobyte to a record store, over connections that stay, and says how many a second were
 * acknowledged, and how long each request waited. One thread serves all connections, each of which has one request under way, and
 * sends again and again what it made before the clock ran, under new ids: so most of the processors is left to the store.
 *
 * Or, as `raw`: takes the rows that a store has made, and says how many statements a second bare SQLite inserts with the same tables,
 * indexes, pages and durability: what is lost beside that is ours. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MADE_BEFORE 6000 /* statements */

struct request { GString *text; GArray *ids; /* size_t: where each statement's stands */ };
struct sender { int socket; struct request *requests /* in turn */, *request /* of now */; unsigned turn; size_t sent; char answer[65536]; size_t have, head, length; int64_t begun; };

static struct { uint16_t port; const char *authorization; int batch; GArray *waits; /* int64_t, microseconds */ int64_t sent; unsigned made, requests /* of a sender */; } bench;

static void put_statement(GString *text) {
  unsigned id = ++bench.made, who = (id * 2654435761u) % 5000, what = (id * 40503u) % 300;
  g_string_append_printf(text,
    "{\"id\":\"00000000-0000-4000-8000-000000000000\",\"actor\":{\"objectType\":\"Agent\",\"name\":\"Learner %u\",\"account\":{\"homePage\":\"https://lms.example.com\",\"name\":\"learner-%u\"}},"
    "\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/%s\",\"display\":{\"en-US\":\"answered\"}},"
    "\"object\":{\"objectType\":\"Activity\",\"id\":\"https://lms.example.com/courses/%u/units/%u\",\"definition\":{\"type\":\"http://adlnet.gov/expapi/activities/assessment\",\"name\":{\"en-US\":\"Unit %u: handling a complaint\"},"
    "\"description\":{\"en-US\":\"The learner reads a letter of complaint, weighs what went wrong, and writes the first answer that the customer gets.\"}}},"
    "\"result\":{\"score\":{\"scaled\":0.%02u,\"raw\":%u,\"min\":0,\"max\":100},\"success\":true,\"completion\":true,\"duration\":\"PT%uM%uS\"},"
    "\"context\":{\"registration\":\"%08x-0000-4000-8000-%012x\",\"platform\":\"Example LMS\",\"language\":\"en-US\",\"contextActivities\":{\"parent\":[{\"id\":\"https://lms.example.com/courses/%u\"}],"
    "\"grouping\":[{\"id\":\"https://lms.example.com/programmes/service\"}]},\"extensions\":{\"https://lms.example.com/attempt\":%u,\"https://lms.example.com/browser\":\"Firefox on a company laptop\"}},"
    "\"timestamp\":\"2026-11-25T12:%02u:%02u.000Z\"}",
    who, who, id % 3 ? "answered" : "completed", what % 30, what, what,
    id % 90 + 10, id % 100, id % 60, id % 59, who, what, what % 30, id % 7, id / 60 % 60, id % 60);
}

static struct request make_request(void) {
  g_autoptr(GString) body = g_string_sized_new(1200 * (gsize)bench.batch);
  struct request request = { g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(size_t)) };
  if (bench.batch > 1) g_string_append_c(body, '[');
  for (int i = 0; i < bench.batch; i++) {
    if (i) g_string_append_c(body, ',');
    size_t id = body->len + strlen("{\"id\":\"");
    g_array_append_val(request.ids, id);
    put_statement(body);
  }
  if (bench.batch > 1) g_string_append_c(body, ']');
  g_string_append_printf(request.text, "POST /xapi/statements HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic %s\r\nX-Experience-API-Version: 2.0.0\r\n"
    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", bench.authorization, body->len);
  for (guint i = 0; i < request.ids->len; i++) g_array_index(request.ids, size_t, i) += request.text->len;
  g_string_append_len(request.text, body->str, (gssize)body->len);
  return request;
}

static void put_digits(char *to, uint32_t value, int digits) {
  for (int i = 0; i < digits; i++) to[i] = "0123456789abcdef"[value >> (4 * i) & 15];
}

static void give_ids(struct request *request) {
  for (guint i = 0; i < request->ids->len; i++) {
    char *id = request->text->str + g_array_index(request->ids, size_t, i);
    put_digits(id, g_random_int(), 8);
    put_digits(id + 24, g_random_int(), 8);
    put_digits(id + 32, g_random_int(), 4);
  }
}

static void begin(struct sender *sender) {
  sender->request = &sender->requests[sender->turn++ % bench.requests];
  give_ids(sender->request);
  sender->sent = sender->have = sender->head = sender->length = 0;
  sender->begun = g_get_monotonic_time();
}

static void go_on_sending(struct sender *sender) {
  const GString *text = sender->request->text;
  while (sender->sent < text->len) {
    ssize_t wrote = send(sender->socket, text->str + sender->sent, text->len - sender->sent, MSG_DONTWAIT);
    if (wrote < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return; /* edge-triggered: it will be told */
    if (wrote <= 0) g_error("the connection was cut");
    sender->sent += (size_t)wrote;
  }
}

/* Takes in what there is of an answer; its status, 0: there is more to come. */
static int go_on_reading(struct sender *sender) {
  for (;;) {
    ssize_t got = recv(sender->socket, sender->answer + sender->have, sizeof sender->answer - 1 - sender->have, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
    if (got <= 0) g_error("the connection was cut");
    sender->have += (size_t)got;
    sender->answer[sender->have] = 0;
    const char *end = sender->head ? NULL : strstr(sender->answer, "\r\n\r\n");
    if (end) {
      const char *size = strstr(sender->answer, "Content-Length: ");
      sender->head = (size_t)(end - sender->answer) + 4;
      sender->length = size ? strtoul(size + 16, NULL, 10) : 0;
    }
    if (sender->head && sender->have >= sender->head + sender->length) return atoi(sender->answer + 9);
  }
}

/* True: its request was answered. */
static bool serve(struct sender *sender) {
  go_on_sending(sender);
  int status = go_on_reading(sender);
  if (!status) return false;
  if (status != 200) g_error("answered %d: %s", status, sender->answer + sender->head);
  int64_t took = g_get_monotonic_time() - sender->begun;
  bench.sent += bench.batch;
  g_array_append_val(bench.waits, took);
  return true;
}

static void prepare(struct sender *sender) {
  sender->requests = g_new(struct request, bench.requests);
  for (unsigned i = 0; i < bench.requests; i++) sender->requests[i] = make_request();
}

static void join(struct sender *sender, int epoll) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(bench.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  int one = 1;
  sender->socket = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(sender->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(sender->socket, (struct sockaddr *)&to, sizeof to) != 0) g_error("no connection");
  begin(sender);
  epoll_ctl(epoll, EPOLL_CTL_ADD, sender->socket, &(struct epoll_event){ .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = sender });
}

static int compare(const void *a, const void *b) { return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b); }

/* ---- bare SQLite ------------------------------------------------------------------------------------------------ */

static void must(sqlite3 *db, int status) {
  if (status != SQLITE_OK && status != SQLITE_DONE && status != SQLITE_ROW) g_error("SQLite: %s", sqlite3_errmsg(db));
}

static const char *const raw_tables[] = { "event", "event_data", "statement", "statement_term" };

struct raw { sqlite3 *from, *to; sqlite3_stmt *read[G_N_ELEMENTS(raw_tables)], *write[G_N_ELEMENTS(raw_tables)]; GPtrArray *rows[G_N_ELEMENTS(raw_tables)]; };

/* Tables and indexes as they are; no triggers. */
static void copy_schema(struct raw *raw) {
  sqlite3_stmt *schema;
  must(raw->to, sqlite3_exec(raw->to, "PRAGMA page_size=2048; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000", NULL, NULL, NULL));
  must(raw->from, sqlite3_prepare_v2(raw->from, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND tbl_name IN ('event', 'event_data', 'statement', 'statement_term') ORDER BY type DESC", -1, &schema, NULL));
  while (sqlite3_step(schema) == SQLITE_ROW) must(raw->to, sqlite3_exec(raw->to, (const char *)sqlite3_column_text(schema, 0), NULL, NULL, NULL));
  sqlite3_finalize(schema);
}

static void free_value(void *value) { sqlite3_value_free(value); }

/* All rows of the first `count` statements, by table, in memory. */
static int read_rows(struct raw *raw, int count) {
  int64_t last = 0;
  sqlite3_stmt *find;
  must(raw->from, sqlite3_prepare_v2(raw->from, "SELECT max(seq), count(*) FROM (SELECT seq FROM statement ORDER BY seq LIMIT ?)", -1, &find, NULL));
  sqlite3_bind_int(find, 1, count);
  must(raw->from, sqlite3_step(find));
  last = sqlite3_column_int64(find, 0);
  count = sqlite3_column_int(find, 1);
  sqlite3_finalize(find);
  for (size_t t = 0; t < G_N_ELEMENTS(raw_tables); t++) {
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s WHERE seq <= %" G_GINT64_FORMAT " ORDER BY seq", raw_tables[t], last);
    raw->rows[t] = g_ptr_array_new_with_free_func(free_value);
    must(raw->from, sqlite3_prepare_v2(raw->from, sql, -1, &raw->read[t], NULL));
    int columns = sqlite3_column_count(raw->read[t]);
    g_autoptr(GString) insert = g_string_new(NULL);
    g_string_printf(insert, "INSERT INTO %s VALUES (?", raw_tables[t]);
    for (int i = 1; i < columns; i++) g_string_append(insert, ", ?");
    g_string_append(insert, ")");
    must(raw->to, sqlite3_prepare_v2(raw->to, insert->str, -1, &raw->write[t], NULL));
    while (sqlite3_step(raw->read[t]) == SQLITE_ROW)
      for (int i = 0; i < columns; i++) g_ptr_array_add(raw->rows[t], sqlite3_value_dup(sqlite3_column_value(raw->read[t], i)));
  }
  return count;
}

static void insert_row(struct raw *raw, size_t table, guint at, int columns) {
  sqlite3_stmt *write = raw->write[table];
  for (int i = 0; i < columns; i++) sqlite3_bind_value(write, i + 1, raw->rows[table]->pdata[at + (guint)i]);
  must(raw->to, sqlite3_step(write));
  sqlite3_reset(write);
}

/* Events in their order, with what belongs to each; `batch` statements to a transaction. */
static void insert_all(struct raw *raw, int batch) {
  guint at[G_N_ELEMENTS(raw_tables)] = { 0 };
  int columns[G_N_ELEMENTS(raw_tables)], place[G_N_ELEMENTS(raw_tables)], done = 0;
  for (size_t t = 0; t < G_N_ELEMENTS(raw_tables); t++) {
    columns[t] = sqlite3_column_count(raw->read[t]);
    for (place[t] = 0; strcmp(sqlite3_column_name(raw->read[t], place[t]), "seq") != 0; place[t]++) continue;
  }
  must(raw->to, sqlite3_exec(raw->to, "BEGIN IMMEDIATE", NULL, NULL, NULL));
  while (at[0] < raw->rows[0]->len) {
    int64_t seq = sqlite3_value_int64(raw->rows[0]->pdata[at[0] + (guint)place[0]]);
    for (size_t t = 0; t < G_N_ELEMENTS(raw_tables); t++)
      for (; at[t] < raw->rows[t]->len && sqlite3_value_int64(raw->rows[t]->pdata[at[t] + (guint)place[t]]) <= seq; at[t] += (guint)columns[t]) insert_row(raw, t, at[t], columns[t]);
    if (++done % batch == 0) must(raw->to, sqlite3_exec(raw->to, "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL));
  }
  must(raw->to, sqlite3_exec(raw->to, "COMMIT", NULL, NULL, NULL));
}

static int measure_raw(const char *file, const char *scratch, int count, int batch) {
  struct raw raw = { 0 };
  g_autofree char *log = g_strconcat(scratch, "-wal", NULL), *shared = g_strconcat(scratch, "-shm", NULL);
  const char *const files[] = { scratch, log, shared };
  must(raw.from, sqlite3_open_v2(file, &raw.from, SQLITE_OPEN_READONLY, NULL));
  must(raw.to, sqlite3_open(scratch, &raw.to));
  copy_schema(&raw);
  count = read_rows(&raw, count);
  int64_t begun = g_get_monotonic_time();
  insert_all(&raw, batch);
  printf("bare SQLite, %d to a transaction: %.0f statements a second\n", batch, count / ((double)(g_get_monotonic_time() - begun) / 1e6));
  for (size_t t = 0; t < G_N_ELEMENTS(raw_tables); t++) {
    sqlite3_finalize(raw.read[t]);
    sqlite3_finalize(raw.write[t]);
    g_ptr_array_unref(raw.rows[t]);
  }
  sqlite3_close(raw.to);
  sqlite3_close(raw.from);
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) g_unlink(files[i]);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 6 && strcmp(argv[1], "raw") == 0) return measure_raw(argv[2], argv[3], atoi(argv[4]), atoi(argv[5]));
  if (argc != 6) {
    fprintf(stderr, "bench-lrs PORT KEY:SECRET CONNECTIONS BATCH SECONDS\nbench-lrs raw DATABASE SCRATCH STATEMENTS BATCH\n");
    return 64;
  }
  int connections = atoi(argv[3]), epoll = epoll_create1(0), under_way = connections;
  g_autofree char *authorization = g_base64_encode((const guchar *)argv[2], strlen(argv[2]));
  g_autofree struct sender *senders = g_new0(struct sender, connections);
  g_autofree struct epoll_event *events = g_new(struct epoll_event, connections);
  bench.port = (uint16_t)atoi(argv[1]);
  bench.authorization = authorization;
  bench.batch = atoi(argv[4]);
  bench.waits = g_array_new(FALSE, FALSE, sizeof(int64_t));
  bench.requests = (unsigned)MAX(1, MADE_BEFORE / bench.batch / connections);
  for (int i = 0; i < connections; i++) prepare(&senders[i]);
  int64_t begun = g_get_monotonic_time(), until = begun + (int64_t)(atof(argv[5]) * 1e6);
  for (int i = 0; i < connections; i++) join(&senders[i], epoll);
  while (under_way) {
    int count = epoll_wait(epoll, events, connections, -1);
    for (int i = 0; i < count; i++) {
      struct sender *sender = events[i].data.ptr;
      if (!sender->request || !serve(sender)) continue;
      if (g_get_monotonic_time() < until) {
        begin(sender);
        go_on_sending(sender);
      } else {
        sender->request = NULL;
        under_way--;
      }
    }
  }
  double seconds = (double)(g_get_monotonic_time() - begun) / 1e6;
  qsort(bench.waits->data, bench.waits->len, sizeof(int64_t), compare);
  const int64_t *all = (const int64_t *)(const void *)bench.waits->data;
  printf("%d connections, batches of %d: %.0f statements a second, median %.1f ms, p99 %.1f ms\n", connections, atoi(argv[4]), (double)bench.sent / seconds,
    (double)all[bench.waits->len / 2] / 1e3, (double)all[bench.waits->len * 99 / 100] / 1e3);
  return 0;
}
