/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The intake by stages, in MB/s and rows/s, on files made here: decoding (is it UTF-8?), the reader alone on plain and on
 * quoted cells, typed and checked rows, and rows through a mapping with a join. Files on the command line (with their
 * import.yaml) are read as one import instead. The best of several rounds; the last line is the memory at its peak. */
#include "intake/intake.h"
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define ROUNDS 5
#define PERSONS 30000
#define RESULTS 500000

struct bench { const char *text; size_t length; struct intake_file *files; size_t count; };

static uint64_t decode(const struct bench *bench) {
  g_auto(decoded_auto) text = { 0 };
  if (!encoding_decode("f", bench->text, bench->length, NULL, &text, NULL)) g_error("not decoded");
  return 0;
}

static uint64_t read_cells(const struct bench *bench) {
  g_auto(csv_reader_auto) reader;
  uint64_t rows = 0;
  csv_reader_init(&reader, "f", bench->text, bench->length, &(struct csv_dialect){ ',', 0, 1 });
  while (csv_next(&reader, NULL) > 0) rows++;
  return rows;
}

static bool any_goal(void *data, enum file_id id, const char *key) { return id == FILE_GOALS; }

static uint64_t read_rows(const struct bench *bench) {
  g_autoptr(GError) error = NULL;
  g_autoptr(intake_auto) intake = intake_read(bench->files, bench->count, NULL, &(struct intake_known){ any_goal, NULL }, NULL, NULL, &error);
  if (!intake || intake->problems.total) g_error("%s", error ? error->message : ((struct row_problem *)intake->problems.list->pdata[0])->reason);
  uint64_t rows = 0;
  for (size_t i = 0; i < intake->count; i++) rows += intake->seen[i].rows;
  return rows;
}

static void measure(const char *what, uint64_t (*work)(const struct bench *), const struct bench *bench) {
  double best = 1e9;
  uint64_t rows = 0;
  for (int round = 0; round < ROUNDS; round++) {
    gint64 start = g_get_monotonic_time();
    rows = work(bench);
    best = MIN(best, (double)(g_get_monotonic_time() - start) / 1e6);
  }
  printf("%-28s %8.0f MB/s", what, (double)bench->length / 1e6 / best);
  if (rows) printf(" %12.0f rows/s %8.3f s", (double)rows / best, best);
  printf("\n");
}

static GString *make_people(void) {
  GString *out = g_string_new("employee_number,first_name,last_name,team,manager,fte,start_date\n");
  for (int i = 0; i < PERSONS; i++)
    g_string_append_printf(out, "%d,First%d,Last%d,Team %d,%d,0.8,20%02d-0%d-1%d\n", i, i % 500, i, i / 12, i ? (i - 1) / 12 : 0, i % 25, i % 9 + 1, i % 9);
  return out;
}

static GString *make_results(const char *header, const char *row) {
  GString *out = g_string_new(header);
  for (int i = 0; i < RESULTS; i++) {
    g_autofree char *number = g_strdup_printf("%d", i % PERSONS), *skill = g_strdup_printf("skill-%d", i % 40), *item = g_strdup_printf("%d", i % 900),
      *score = g_strdup_printf("%d", i % 100), *day = g_strdup_printf("2024-0%d-1%d", i % 9 + 1, i % 10);
    for (const char *at = row; *at; at++) {
      if (*at == 'N') g_string_append(out, number);
      else if (*at == 'S') g_string_append(out, skill);
      else if (*at == 'I') g_string_append(out, item);
      else if (*at == 'P') g_string_append(out, score);
      else if (*at == 'D') g_string_append(out, day);
      else g_string_append_c(out, *at);
    }
    g_string_append_c(out, '\n');
  }
  return out;
}

static struct intake_file file_of(const char *name, const GString *text) {
  return (struct intake_file){ name, g_bytes_new_static(text->str, text->len) };
}

static void run_made(void) {
  static const char yaml[] = "tables:\n  - file: marks.csv\n    as: results.csv\n    join: [{ file: items.csv, on: item, take: [skill] }]\n"
    "    columns: { employee_number: who, skill_id: skill, item_id: item, date: day, score: { from: mark, divide: 100 } }\n";
  g_autoptr(GString) people = make_people(), plain = make_results("employee_number,skill_id,item_id,score,date\n", "N,S,I,0.P,D"),
    quoted = make_results("employee_number,skill_id,item_id,score,date\n", "\"N\",\"S\",\"I\",\"0.P\",\"D\""), marks = make_results("who,item,mark,day\n", "N,I,P,D"),
    items = g_string_new("item,skill\n"), mapping = g_string_new(yaml);
  for (int i = 0; i < 900; i++) g_string_append_printf(items, "%d,skill-%d\n", i, i % 40);
  struct intake_file direct[] = { file_of("people.csv", people), file_of("results.csv", plain) },
    mapped[] = { file_of("people.csv", people), file_of("marks.csv", marks), file_of("items.csv", items), file_of("import.yaml", mapping) };
  measure("decode", decode, &(struct bench){ plain->str, plain->len, NULL, 0 });
  measure("cells, plain", read_cells, &(struct bench){ plain->str, plain->len, NULL, 0 });
  measure("cells, quoted", read_cells, &(struct bench){ quoted->str, quoted->len, NULL, 0 });
  measure("rows, typed and checked", read_rows, &(struct bench){ NULL, people->len + plain->len, direct, G_N_ELEMENTS(direct) });
  measure("rows, mapped and joined", read_rows, &(struct bench){ NULL, people->len + marks->len, mapped, G_N_ELEMENTS(mapped) });
  for (size_t i = 0; i < G_N_ELEMENTS(direct); i++) g_bytes_unref(direct[i].bytes);
  for (size_t i = 0; i < G_N_ELEMENTS(mapped); i++) g_bytes_unref(mapped[i].bytes);
}

static void run_files(char **names, int count) {
  g_autofree struct intake_file *files = g_new(struct intake_file, count);
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    char *text;
    gsize size;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(names[i], &text, &size, &error)) g_error("%s", error->message);
    files[i] = (struct intake_file){ names[i], g_bytes_new_take(text, size) };
    length += size;
  }
  measure("files", read_rows, &(struct bench){ NULL, length, files, (size_t)count });
  for (int i = 0; i < count; i++) g_bytes_unref(files[i].bytes);
}

int main(int argc, char **argv) {
  if (argc > 1) run_files(argv + 1, argc - 1);
  else run_made();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%-28s %8.0f MB\n", "memory at its peak", (double)usage.ru_maxrss / 1024);
  return 0;
}
