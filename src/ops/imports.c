/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files in, and taken back; and group data out again as files. */
#include "intake/import.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

static bool report_progress(void *data, const char *what, double share) { return op_progress(data, what, share, NULL); }

/* ---- import ----------------------------------------------------------------------------------------------------- */

static bool is_mapping(const char *name) { return g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml"); }

/* {file: {question id: choice}}; as text, because it travels beside files in one form. */
static bool read_answers(struct op_call *call, GHashTable **ret_answers, GError **error) {
  const char *text = op_text(call, "answers");
  if (!text) return true;
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), error);
  if (!doc) return false;
  g_autoptr(GHashTable) answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  struct json_iter files = json_iter(json_root(doc));
  while (json_next(&files)) {
    GHashTable *file = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    struct json_iter choices = json_iter(files.value);
    while (json_next(&choices))
      if (choices.key && json_string(choices.value)) g_hash_table_insert(file, g_strdup(choices.key), g_strdup(json_string(choices.value)));
    if (files.key) g_hash_table_insert(answers, g_strdup(files.key), file);
    else g_hash_table_unref(file);
  }
  *ret_answers = g_steal_pointer(&answers);
  return true;
}

static bool import_files(struct op_call *call, struct json_writer *out, GError **error) {
  if (!call->file_count) return fail(error, MENO_ERROR_BAD_INPUT, "no file was given");
  g_autofree struct intake_file *files = g_new0(struct intake_file, call->file_count);
  struct intake_file mapping = { 0 };
  size_t count = 0;
  const char *text = op_text(call, "map");
  for (size_t i = 0; i < call->file_count; i++) {
    struct intake_file file = { call->files[i].name, call->files[i].bytes };
    if (is_mapping(file.name) && !mapping.bytes && !text) mapping = file;
    else files[count++] = file;
  }
  g_autoptr(GBytes) given = text ? g_bytes_new(text, strlen(text)) : NULL;
  if (text) mapping = (struct intake_file){ "mapping", given };
  if (!count) return fail(error, MENO_ERROR_BAD_INPUT, "only a mapping was given, and no file to read with it");
  g_autoptr(GHashTable) answers = NULL;
  if (!read_answers(call, &answers, error)) return false;
  struct import_request request = { .files = files, .count = count, .mapping = mapping.bytes ? &mapping : NULL, .dry_run = op_flag(call, "dry_run"),
    .skip_bad = op_flag(call, "skip_bad"), .answers = answers, .actor = call->caller.actor, .key = system_key(call->system), .progress = report_progress, .data = call };
  system_lock_work(call->system);
  bool fine = import_run(system_ledger(call->system), call->now, &request, out, error);
  system_unlock_work(call->system);
  return fine;
}

static bool undo(struct op_call *call, struct json_writer *out, GError **error) {
  const char *id = op_text(call, "id");
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "ledger.import", "t", id) : NULL;
  int got = query_next(query, error);
  if (got < 0) return false;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no import \"%s\"", id);
  query_done(g_steal_pointer(&query));
  db_release(g_steal_pointer(&db));
  if (!op_progress(call, "rebuilding without the import", 0, error)) return false;
  struct runner_report report; /* the agents take back what rested on it */
  system_lock_work(call->system);
  bool fine = import_undo(system_ledger(call->system), call->now, id, call->caller.actor, error);
  system_unlock_work(call->system);
  fine = fine && system_run(call->system, call->now, report_progress, call, &report, error);
  json_put_string(out, "id", id);
  json_put_string(out, "state", "undone");
  return fine;
}

/* ---- imports list ----------------------------------------------------------------------------------------------- */

static bool list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(query_auto) query = db ? db_query(db, error, "ledger.imports", "i", (int64_t)100) : NULL;
  int got;
  json_open_array(out, "imports");
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *reason = NULL, *by = ops_actor_name(view->company, query_text(query, 3));
    const char *id = query_text(query, 0), *report = query_text(query, 4);
    g_autoptr(json_doc_auto) doc = json_parse(report, strlen(report), error);
    int may = doc ? import_may_undo(db, id, &reason, error) : -1;
    if (may < 0) return false;
    json_open_object(out, NULL);
    json_put_string(out, "id", id);
    put_time(out, "at", query_integer(query, 2));
    json_put_string(out, "by", by);
    json_put_value(out, "files", json_get(json_root(doc), "files"));
    json_put_string(out, "state", query_text(query, 1));
    json_put_bool(out, "can_undo", may);
    json_put_string(out, "reason", reason);
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

/* ---- export ----------------------------------------------------------------------------------------------------- */

static void export_needs(GString *csv, const struct company *company, const GPtrArray *needs) {
  ops_put_cells(csv, (const char *const[]){ "need", "title", "goal", "status", "cause", "probability", "money a year", "currency", "reason", NULL });
  for (guint i = 0; i < needs->len; i++) {
    const struct need *need = needs->pdata[i];
    char probability[JSON_NUMBER_TEXT] = "", money[JSON_NUMBER_TEXT] = "";
    if (!isnan(need->probability)) json_format_number(need->probability, probability);
    if (!isnan(need->money)) json_format_number(need->money, money);
    const char *reason = json_string(json_get(need->value, "reason"));
    ops_put_cells(csv, (const char *const[]){ need->id, need->title, need->goal ? need->goal : "", need->status, need->cause, probability, money, company->currency, reason ? reason : "", NULL });
  }
}

static void export_goals(GString *csv, const struct view *view) {
  ops_put_cells(csv, (const char *const[]){ "goal", "name", "unit", "baseline", "target", "now", "gap", "state", NULL });
  for (int i = 0; i < view->company->goals.count; i++) {
    const struct goal *goal = &view->company->goals.at[i];
    struct goal_track track;
    goal_track_init(&track, view->company, i, -1);
    char cells[4][JSON_NUMBER_TEXT] = { "", "", "", "" };
    double numbers[] = { goal->baseline, goal->target, track.latest, track.gap };
    for (int n = 0; n < 4; n++)
      if (!isnan(numbers[n])) json_format_number(numbers[n], cells[n]);
    ops_put_cells(csv, (const char *const[]){ goal->id, goal->name, goal->unit, cells[0], cells[1], cells[2], cells[3], goal_state(goal, &track, view->company->first_day, view->day), NULL });
    goal_track_clear(&track);
  }
}

static bool export(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) needs = view ? needs_read(call, view->company, error) : NULL;
  if (!needs) return false;
  const char *what = op_text(call, "what");
  bool goals = what && strcmp(what, "goals") == 0;
  GString *csv = g_string_new("\xef\xbb\xbf"); /* so that spreadsheets know it is UTF-8 */
  if (goals) export_goals(csv, view);
  else export_needs(csv, view->company, needs);
  call->file_name = g_strdup(goals ? "goals.csv" : "needs.csv");
  call->file_type = "text/csv; charset=utf-8";
  call->file_out = g_string_free_to_bytes(csv);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field file_row[] = { { "name", FIELD_TEXT(0), REQUIRED, "" }, { "as", FIELD_TEXT(0), REQUIRED | NULLABLE, "the canonical file" }, { "recognised", FIELD_TEXT(0), REQUIRED, "how" },
  { "encoding", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "delimiter", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "rows", FIELD_COUNT, REQUIRED, "" }, { "new", FIELD_COUNT, REQUIRED, "" },
  { "changed", FIELD_COUNT, REQUIRED, "" }, { "unchanged", FIELD_COUNT, REQUIRED, "" }, { "erased", FIELD_COUNT, REQUIRED, "rows of people who were erased: left out" }, { "bad", FIELD_COUNT, REQUIRED, "rows that cannot be taken" }, { "unused", FIELD_TEXTS, REQUIRED, "columns that nothing took" }, { 0 } };
static const struct field problem_row[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "line", FIELD_COUNT, REQUIRED, "0: the whole file" }, { "column", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "value", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "reason", FIELD_TEXT(0), REQUIRED, "" }, { "remedy", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field preview_row[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "key", FIELD_TEXT(0), REQUIRED, "" }, { "change", FIELD_TEXT(0), REQUIRED, "new or changed" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field question_row[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "id", FIELD_TEXT(0), REQUIRED, "for the answer" }, { "column", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "text", FIELD_TEXT(0), REQUIRED, "" }, { "choices", FIELD_TEXTS, REQUIRED, "" }, { 0 } };
static const struct field import_in[] = { { "files", FIELD_FILES, REQUIRED | IN_PATH, "the files; a folder stands for all in it" }, { "map", FIELD_TEXT(LIMIT_MAPPING_BYTES), FROM_FILE, "a mapping, as YAML" },
  { "dry_run", FIELD_BOOL, 0, "only show what would change" }, { "skip_bad", FIELD_BOOL, 0, "leave bad rows out" },
  { "answers", FIELD_TEXT(LIMIT_MAPPING_BYTES), FROM_FILE, "answers to an earlier report's questions, as JSON: {file: {question id: choice}}" }, { 0 } };
static const struct field import_out[] = { { "id", FIELD_ID("import"), REQUIRED | NULLABLE, "null: nothing was committed" }, { "dry_run", FIELD_BOOL, REQUIRED, "" },
  { "refused", FIELD_TEXT(0), REQUIRED | NULLABLE, "why nothing was imported" }, { "files", FIELD_LIST(file_row), REQUIRED, "" }, { "problems", FIELD_LIST(problem_row), REQUIRED, "bad rows" },
  { "problem_count", FIELD_COUNT, REQUIRED, "" }, { "warnings", FIELD_TEXTS, REQUIRED, "" }, { "preview", FIELD_LIST(preview_row), REQUIRED, "the first rows that would change" },
  { "questions", FIELD_LIST(question_row), REQUIRED, "of files that need a mapping" }, { "mapping", FIELD_TEXT(0), REQUIRED | NULLABLE, "the draft that follows the answers: send it back as `map`" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("import"), REQUIRED | IN_PATH, "the import" }, { 0 } };
static const struct field undo_out[] = { { "id", FIELD_ID("import"), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field listed[] = { { "id", FIELD_ID("import"), REQUIRED, "" }, { "at", FIELD_TIME, REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "files", FIELD_LIST(file_row), REQUIRED, "" },
  { "state", FIELD_TEXT(0), REQUIRED, "committed or undone" }, { "can_undo", FIELD_BOOL, REQUIRED, "" }, { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "why it cannot be undone" }, { 0 } };
static const struct field list_out[] = { { "imports", FIELD_LIST(listed), REQUIRED, "newest first" }, { 0 } };
static const char *const exportable[] = { "needs", "goals", NULL };
static const struct field export_in[] = { { "what", FIELD_WORD(exportable), 0, "needs or goals" }, { 0 } };

const struct op imports_ops[] = {
  { "import", POST, "/imports", MAY_IMPORT, import_in, import_out, import_files, "Bring files in: new and changed rows become events", "running the system", BODY_FILES, true },
  { "imports list", GET, "/imports", MAY_IMPORT, NULL, list_out, list, "Imports, and which can be undone", "running the system" },
  { "import undo", POST, "/imports/{id}/undo", MAY_IMPORT, id_in, undo_out, undo, "Take an import back", "running the system", BODY_JSON, true },
  { "export", GET, "/export", MAY_EXPORT, export_in, NULL, export, "Needs or goals as a CSV file", "steering", BODY_FILE_OUT },
  { 0 } };
