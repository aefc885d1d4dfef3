/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as the events of a company (events.h) that people look at: what is folded is committed to a data folder with its ring of
 * keys; then every operation is asked for, with the ids of the events, by somebody who may everything: first those that only
 * read, then the others, decisions with the hash and the criteria of what was proposed. Then the agents have their turns, what is
 * due is sent, and the promise about the lineage of actions is checked.
 *
 * An answer is JSON, or a refusal with a reason. The folder is put back as it was before each input. */
#include "events.h"
#include "ops/op.h"
#include "ops/system.h"
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#define IDS 4
#define NOW ((int64_t)TODAY * CLOCK_DAY)

static const char *const files[] = { "meno.db", "meno.keys" };
static const struct clock noon = { .fixed = NOW };
static char *folder;
static GBytes *fresh[G_N_ELEMENTS(files)];

/* What the library of fonts keeps for the board's next page. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig\nleak:libpango\nleak:libcairo\n"; }

/* ---- the folder ------------------------------------------------------------------------------------------------- */

static void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    if (g_file_test(inner, G_FILE_TEST_IS_DIR)) remove_tree(inner);
    else g_unlink(inner);
  }
  g_rmdir(path);
}

static void remove_folder(void) { remove_tree(folder); }

static struct system *open_system(bool create) {
  g_autoptr(GError) error = NULL;
  struct system *system = system_open(folder, folder, create, &main_tables, &noon, &error);
  g_assert_no_error(error);
  return system;
}

static void found_once(void) {
  g_autoptr(GError) error = NULL;
  if (folder) return;
  folder = g_dir_make_tmp("meno-fuzz-XXXXXX", &error);
  g_assert_no_error(error);
  atexit(remove_folder);
  system_free(open_system(true));
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i], NULL);
    char *bytes;
    gsize length;
    g_file_get_contents(path, &bytes, &length, &error);
    g_assert_no_error(error);
    fresh[i] = g_bytes_new_take(bytes, length);
  }
}

static void put_back(void) {
  static const char *const left[] = { "meno.db-wal", "meno.db-shm" };
  for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
    g_autofree char *path = g_build_filename(folder, left[i], NULL);
    g_unlink(path);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i], NULL);
    size_t length;
    const void *bytes = g_bytes_get_data(fresh[i], &length);
    FILE *out = g_fopen(path, "wb"); /* a rename, as GLib writes files, waits for the disk */
    g_assert_true(out && fwrite(bytes, 1, length, out) == length && fclose(out) == 0);
  }
}

/* ---- questions -------------------------------------------------------------------------------------------------- */

/* What is proposed under that id; NULL: nothing. */
static struct gate_proposal *proposal_of(struct system *system, const char *id) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(system_store(system), &error);
  struct gate_proposal *proposal = NULL;
  if (db && gate_find(db, id, &proposal, &error) < 0) refused(&error);
  return proposal;
}

static void put_criteria(struct json_writer *in, const struct gate_proposal *proposal) {
  g_autoptr(json_doc_auto) doc = json_parse(proposal->criteria, strlen(proposal->criteria), NULL);
  struct json_iter it = json_iter(doc ? json_root(doc) : (struct json){ 0 });
  json_open_array(in, "criteria");
  while (json_next(&it))
    if (json_string(json_get(it.value, "id"))) json_put_string(in, NULL, json_string(json_get(it.value, "id")));
  json_close_array(in);
}

static void put_field(struct json_writer *in, const struct field *field, const char *id) {
  switch (field->type.kind) {
  case FIELD_KIND_NUMBER:
  case FIELD_KIND_INTEGER: json_put_number(in, field->name, field->type.least); break;
  case FIELD_KIND_BOOL: json_put_bool(in, field->name, true); break;
  case FIELD_KIND_DAY: json_put_string(in, field->name, "2026-03-01"); break;
  case FIELD_KIND_TIME: json_put_string(in, field->name, "2026-03-01T00:00:00Z"); break;
  case FIELD_KIND_WORD: json_put_string(in, field->name, field->type.words[0]); break;
  case FIELD_KIND_ID:
  case FIELD_KIND_TEXT: json_put_string(in, field->name, id); break;
  default: json_put_null(in, field->name);
  }
}

static void ask(struct system *system, const struct op *op, const char *person, const char *id) {
  g_autoptr(GError) error = NULL;
  g_auto(json_writer_auto) in;
  g_autoptr(GString) out = g_string_new("");
  json_writer_init(&in);
  json_open_object(&in, NULL);
  g_autoptr(gate_proposal_auto) proposal = g_str_has_prefix(op->name, "approvals ") ? proposal_of(system, id) : NULL;
  for (const struct field *field = op->in; field && field->name; field++) {
    if (proposal && strcmp(field->name, "hash") == 0) json_put_string(&in, "hash", proposal->hash);
    else if (proposal && strcmp(field->name, "criteria") == 0) put_criteria(&in, proposal);
    else if (field->flags & REQUIRED) put_field(&in, field, id);
  }
  json_close_object(&in);
  struct op_call call = { .op = op, .system = system, .caller = { "lead", person ? person : "account:lead", person ? person + strlen("person:") : NULL, (1u << ROLE_COUNT) - 1 }, .now = NOW };
  if (op_run(&call, in.text->str, in.text->len, out, &error)) {
    g_autoptr(json_doc_auto) doc = op->body == BODY_JSON ? json_parse(out->str, out->len, &error) : NULL;
    g_assert(doc || op->body != BODY_JSON);
  } else
    refused(&error);
  g_clear_pointer(&call.file_name, g_free);
  g_clear_pointer(&call.file_out, g_bytes_unref);
  if (call.stream.next) {
    g_autoptr(GByteArray) piece = g_byte_array_new();
    call.stream.next(call.stream.data, piece, NULL);
    call.stream.free(call.stream.data);
  }
}

static bool wants_id(const struct op *op) {
  for (const struct field *field = op->in; field && field->name; field++)
    if (field->flags & REQUIRED && (field->type.kind == FIELD_KIND_ID || field->type.kind == FIELD_KIND_TEXT)) return true;
  return false;
}

/* Not what takes files or hashes passwords, nor what gives turns: that comes last. */
static bool is_left_out(const struct op *op) {
  return op->body == BODY_FILES || (op->method != GET && (g_str_has_prefix(op->name, "accounts ") || g_str_has_prefix(op->name, "later ") || strcmp(op->name, "run") == 0));
}

static void ask_everything(struct system *system, bool reads, const char *person, const char *const *ids, int count) {
  for (size_t t = 0; op_tables[t]; t++)
    for (const struct op *op = op_tables[t]; op->name; op++) {
      if ((op->method == GET) != reads || is_left_out(op)) continue;
      for (int i = 0; i < (wants_id(op) ? count : 1); i++) ask(system, op, person, count ? ids[i] : "x");
    }
}

/* ---- and answers ------------------------------------------------------------------------------------------------ */

static int collect_ids(const struct line *lines, int count, const char *ids[IDS], const char **ret_person) {
  int found = 0;
  for (int i = 0; i < count && found < IDS; i++) {
    const char *colon = strchr(lines[i].subject, ':');
    if (g_str_has_prefix(lines[i].subject, "person:") && !*ret_person) *ret_person = lines[i].subject;
    if (!lines[i].dropped && colon && colon[1]) ids[found++] = colon + 1;
  }
  return found;
}

static void live_on(struct system *system) {
  g_autoptr(GError) error = NULL;
  struct runner_report report;
  if (!system_take_turns(system, NOW, NULL, NULL, &report, &error)) refused(&error);
  if (!system_dispatch(system, NOW, &error)) refused(&error);
  g_autoptr(db_auto) db = store_read(system_store(system), &error);
  g_auto(links_report_auto) links = { 0 };
  if (!links_check(db, &links, &error)) refused(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > MOST_BYTES || memchr(data, 0, size)) return 0;
  found_once();
  put_back();
  g_autoptr(system_auto) system = open_system(false);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = g_strndup((const char *)data, size);
  struct line lines[MOST_EVENTS];
  int count = read_lines(system_ledger(system), text, lines);
  if (!count) return 0;
  struct ledger_write *write = append_what_folds(system_ledger(system), lines, count);
  ledger_commit(write, &error);
  g_assert_no_error(error);
  const char *ids[IDS], *person = NULL;
  int found = collect_ids(lines, count, ids, &person);
  ask_everything(system, true, person, ids, found);
  ask_everything(system, false, person, ids, found);
  live_on(system);
  return 0;
}
