/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our JSON reader beside jansson, on the files of the command line (without one: on statements made here). Prints MB/s of reading,
 * of the canonical form, and the ratio; the best of several rounds, for the machine is never quiet. jansson builds a tree and
 * we leave a tape, so the line "walked" also asks us for every key and text. */
#include "base/json.h"
#include "base/test-oracle.h"
#include <stdio.h>

#define ROUNDS 7
#define MADE 20000

static void read_ours(const char *text, size_t length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(text, length, &error);
  if (doc == NULL)
    g_error("%s", error->message);
}

static size_t walk(struct json value)
{
  size_t sum = (size_t)json_number(value, 0);
  const char *text = json_string(value);
  if (text != NULL)
    sum += (unsigned char)*text;
  for (struct json_iter it = json_iter(value); json_next(&it);)
    sum += walk(it.value);
  return sum;
}

static void walk_ours(const char *text, size_t length)
{
  static volatile size_t sink;
  g_autoptr(json_doc_auto) doc = json_parse(text, length, NULL);
  sink = sink + walk(json_root(doc));
}

static void canonical_ours(const char *text, size_t length)
{
  g_autoptr(json_doc_auto) doc = json_parse(text, length, NULL);
  g_free(json_canonical(json_root(doc), NULL));
}

static void read_jansson(const char *text, size_t length)
{
  if (oracle_judge(text, length) != ORACLE_TAKEN)
    g_error("jansson refuses the file");
}

static void canonical_jansson(const char *text, size_t length)
{
  g_free(oracle_canonical(text, length));
}

static double speed(void (*work)(const char *, size_t), const char *text, size_t length)
{
  double best = 0;
  for (int round = 0; round < ROUNDS; round++) {
    gint64 start = g_get_monotonic_time();
    work(text, length);
    best = MAX(best, (double)length / (double)MAX(g_get_monotonic_time() - start, 1));
  }
  return best;
}

static void report(const char *name, const char *text, size_t length)
{
  static const struct { const char *what; void (*ours)(const char *, size_t); void (*theirs)(const char *, size_t); } rows[] = {
    { "read", read_ours, read_jansson },
    { "read and walked", walk_ours, read_jansson },
    { "read and canonical", canonical_ours, canonical_jansson },
  };
  printf("%s: %.1f MB\n", name, (double)length / 1e6);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    double ours = speed(rows[i].ours, text, length), theirs = speed(rows[i].theirs, text, length);
    printf("  %-20s %7.0f MB/s  jansson %5.0f MB/s  ratio %.1f\n", rows[i].what, ours, theirs, ours / theirs);
  }
}

static char *make_statements(size_t *ret_length)
{
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_array(&w, NULL);
  for (int i = 0; i < MADE; i++) {
    json_open_object(&w, NULL);
    json_open_object(&w, "actor");
    json_put_string(&w, "objectType", "Agent");
    json_put_string(&w, "name", i % 5 ? "Ines Example" : "In\xC3\xA8s \"Ex\" Example");
    json_close_object(&w);
    json_open_object(&w, "verb");
    json_put_string(&w, "id", "http://adlnet.gov/expapi/verbs/scored");
    json_close_object(&w);
    json_open_object(&w, "result");
    json_put_number(&w, "scaled", i / 20001.0);
    json_put_integer(&w, "raw", i);
    json_put_bool(&w, "success", i % 3);
    json_close_object(&w);
    json_put_string(&w, "timestamp", "2026-03-01T12:00:00.000000Z");
    json_close_object(&w);
  }
  json_close_array(&w);
  return json_writer_steal(&w, ret_length);
}

int main(int argc, char **argv)
{
  if (argc < 2) {
    size_t length;
    g_autofree char *text = make_statements(&length);
    report("made statements", text, length);
  }
  for (int i = 1; i < argc; i++) {
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(argv[i], &text, &length, &error)) {
      fprintf(stderr, "%s\n", error->message);
      return 66;
    }
    report(argv[i], text, length);
  }
  return 0;
}
