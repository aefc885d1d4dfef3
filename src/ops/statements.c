/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements of the record store, out and in. Export is a stream, made while it goes out: its memory is a page and a piece. Import
 * reads what it is given as it is wanted; over HTTP that is in memory whole, on the command line a file of any size, or a pipe. */
#include "evidence/lrs-move.h"
#include "ops/tables.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- export ----------------------------------------------------------------------------------------------------- */

#define PIECE_BYTES (4u * 1024 * 1024) /* text of one piece: what is lost at most where an export breaks off */

/* The names of operations' fields are ours, those of the query the specification's. */
static const char *const filters[] = { "since", "until", "verb", "activity", "agent", "registration", "related_activities", "related_agents" };

/* A mailbox is an agent, too. */
static char *agent_text(const char *given) {
  if (strchr(given, '{')) return g_strdup(given);
  struct json_writer out;
  g_autofree char *mailbox = g_str_has_prefix(given, "mailto:") ? g_strdup(given) : g_strconcat("mailto:", given, NULL);
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "mbox", mailbox);
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

static bool read_query(const struct op_call *call, struct xapi_query *query, GError **error) {
  struct xapi_parameter parameters[G_N_ELEMENTS(filters)];
  size_t count = 0;
  const char *agent = op_text(call, "agent");
  g_autofree char *text = agent ? agent_text(agent) : NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
    const char *value = strcmp(filters[i], "agent") == 0 ? text : op_flag(call, filters[i]) ? "true" : op_text(call, filters[i]);
    if (value) parameters[count++] = (struct xapi_parameter){ filters[i], value };
  }
  return xapi_query_read(parameters, count, XAPI_2_0_0, query, error);
}

struct exporting { struct lrs *lrs; struct xapi_query query; struct lrs_export *export; enum pack pack; GString *text; bool begun; };

static void exporting_free(void *data) {
  struct exporting *exporting = data;
  lrs_export_free(exporting->export);
  xapi_query_clear(&exporting->query);
  lrs_free(exporting->lrs);
  g_string_free(exporting->text, TRUE);
  g_free(exporting);
}

/* One piece. */
static int export_next(void *data, GByteArray *out, GError **error) {
  struct exporting *exporting = data;
  int got = 1;
  g_string_truncate(exporting->text, 0);
  while (exporting->text->len < PIECE_BYTES && (got = lrs_export_next(exporting->export, exporting->text, error)) == 1) ;
  if (got < 0) return -1;
  bool first = !exporting->begun && exporting->pack != PACK_NONE; /* nothing is a piece, too */
  exporting->begun = true;
  if (exporting->text->len || first) pack_piece(exporting->pack, exporting->text->str, exporting->text->len, out);
  return exporting->text->len > 0 || first;
}

static double export_share(void *data) { return lrs_export_share(((struct exporting *)data)->export); }

static bool export(struct op_call *call, struct json_writer *out, GError **error) {
  struct exporting *exporting = g_new0(struct exporting, 1);
  const char *word = op_text(call, "compress");
  exporting->text = g_string_new(NULL);
  exporting->lrs = lrs_new(system_ledger(call->system));
  while (word && strcmp(pack_words[exporting->pack], word) != 0) exporting->pack++;
  if (!read_query(call, &exporting->query, error) || !(exporting->export = lrs_export_new(exporting->lrs, &exporting->query, op_text(call, "after"), error))) {
    exporting_free(exporting);
    return false;
  }
  exporting->begun = op_has(call, "after");
  call->stream = (struct op_stream){ export_next, export_share, exporting_free, exporting };
  call->file_name = g_strconcat("statements.jsonl", pack_ending(exporting->pack), NULL);
  call->file_type = exporting->pack == PACK_GZIP ? "application/gzip" : exporting->pack == PACK_ZSTD ? "application/zstd" : "application/jsonl";
  return true;
}

/* ---- import ----------------------------------------------------------------------------------------------------- */

struct reading { struct op_call *call; GBytes *bytes; size_t at; int file; };

static int64_t from_bytes(void *data, void *to, size_t most, GError **error) {
  struct reading *source = data;
  size_t length;
  const char *bytes = g_bytes_get_data(source->bytes, &length);
  size_t size = MIN(most, length - source->at);
  if (size) memcpy(to, bytes + source->at, size);
  source->at += size;
  return (int64_t)size;
}

static int64_t now(void *data) { return system_now(((struct reading *)data)->call->system); }

static bool progress(void *data, const char *what, double share) {
  struct op_call *call = ((struct reading *)data)->call;
  return !call->progress || call->progress(call->progress_data, what, share);
}

static bool open_source(const struct op_file *file, struct reading *source, int64_t *ret_size, GError **error) {
  struct stat about = { 0 };
  source->bytes = file->bytes;
  source->file = file->bytes ? -1 : strcmp(file->name, "-") == 0 ? dup(STDIN_FILENO) : open(file->name, O_RDONLY | O_CLOEXEC);
  if (!file->bytes && source->file < 0) return fail(error, MENO_ERROR_NOT_FOUND, "\"%s\" cannot be read: %s", file->name, g_strerror(errno));
  if (!file->bytes) fstat(source->file, &about);
  *ret_size = file->bytes ? (int64_t)g_bytes_get_size(file->bytes) : S_ISREG(about.st_mode) ? about.st_size : 0;
  return true;
}

static void write_report(struct json_writer *out, const struct lrs_import_report *report, bool check) {
  g_autofree char *refused = report->refused ? g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " lines %s; all others %s", report->refused, report->lines,
    check ? "could not be taken" : "were not taken", check ? "could" : "are here") : NULL;
  json_put_bool(out, "check", check);
  json_put_integer(out, "lines", report->lines);
  json_put_integer(out, "taken", report->taken);
  json_put_integer(out, "there", report->there);
  json_put_integer(out, "unreadable", report->unreadable);
  json_put_integer(out, "attachments", report->attachments);
  json_put_integer(out, "bad", report->refused);
  json_put_string(out, "refused", refused);
  json_open_array(out, "problems");
  for (guint i = 0; i < report->refusals->len; i++) {
    const struct lrs_refusal *refusal = &g_array_index(report->refusals, struct lrs_refusal, i);
    json_open_object(out, NULL);
    json_put_integer(out, "line", refusal->line);
    json_put_string(out, "id", *refusal->id ? refusal->id : NULL);
    json_put_string(out, "why", refusal->why);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool import(struct op_call *call, struct json_writer *out, GError **error) {
  if (call->file_count != 1) return fail(error, MENO_ERROR_BAD_INPUT, "statements come as one file of JSON lines, plain or packed with gzip or zstd");
  struct reading source = { .call = call };
  g_auto(lrs_import_report_auto) report = { 0 };
  int64_t size = 0;
  if (!open_source(&call->files[0], &source, &size, error)) return false;
  struct lrs *lrs = lrs_new(system_ledger(call->system));
  struct lines *lines = source.bytes ? lines_new(from_bytes, &source, LRS_LINE_MOST) : lines_new(lines_from_file, &source.file, LRS_LINE_MOST);
  bool fine = lrs_import(lrs, &(struct lrs_import){ lines, op_flag(call, "check"), call->caller.actor, now, progress, &source, size }, &report, error);
  lines_free(lines);
  lrs_free(lrs);
  if (!source.bytes) close(source.file);
  if (fine) write_report(out, &report, op_flag(call, "check"));
  else if (report.taken && !op_flag(call, "check"))
    g_prefix_error(error, "%" G_GINT64_FORMAT " statements were taken and are here; the same file taken again goes on. Then: ", report.taken);
  return fine;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field export_in[] = {
  { "since", FIELD_TEXT(0), 0, "stored after this moment (2026-03-01T12:00:00Z)" }, { "until", FIELD_TEXT(0), 0, "stored at or before this moment" },
  { "verb", FIELD_TEXT(0), 0, "the IRI of a verb" }, { "activity", FIELD_TEXT(0), 0, "the IRI of an activity" },
  { "agent", FIELD_TEXT(0), 0, "a mailbox, or an Agent as JSON" }, { "registration", FIELD_TEXT(0), 0, "a UUID" },
  { "related_activities", FIELD_BOOL, 0, "the activity may stand anywhere in the statement" }, { "related_agents", FIELD_BOOL, 0, "so may the agent" },
  { "after", FIELD_ID("statement"), 0, "go on behind the statement with this id: the last one of an earlier export" },
  { "compress", { FIELD_KIND_WORD, 0, 0, NULL, pack_words, NULL }, 0, "how the file is packed" }, { 0 } };
static const struct field import_in[] = { { "files", FIELD_FILES, REQUIRED | IN_PATH | BY_NAME, "one file of JSON lines, plain or packed with gzip or zstd; on the command line \"-\" is what comes in" },
  { "check", FIELD_BOOL, 0, "only say what would be taken" }, { 0 } };
static const struct field problem_row[] = { { "line", FIELD_COUNT, REQUIRED, "" }, { "id", FIELD_ID("statement"), REQUIRED | NULLABLE, "" }, { "why", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field import_out[] = { { "check", FIELD_BOOL, REQUIRED, "nothing was taken, only looked at" }, { "lines", FIELD_COUNT, REQUIRED, "" },
  { "taken", FIELD_COUNT, REQUIRED, "statements that were not here" }, { "there", FIELD_COUNT, REQUIRED, "that are here and say the same" },
  { "unreadable", FIELD_COUNT, REQUIRED, "that are here and cannot be read any more: their person was erased, or their time is over. They stay so" },
  { "attachments", FIELD_COUNT, REQUIRED, "" }, { "bad", FIELD_COUNT, REQUIRED, "lines that cannot be taken" },
  { "refused", FIELD_TEXT(0), REQUIRED | NULLABLE, "how many lines were left out, where any were" }, { "problems", FIELD_LIST(problem_row), REQUIRED, "the first thousand of them" }, { 0 } };

const struct op statements_ops[] = {
  { "statements export", GET, "/statements/export", MAY_MOVE_STATEMENTS, export_in, NULL, export, "Statements as JSON lines, each as it is stored, with what is attached", "running the system", BODY_FILE_OUT },
  { "statements import", POST, "/statements/import", MAY_MOVE_STATEMENTS, import_in, import_out, import, "Take statements of another store in, with their ids, times and authority", "running the system", BODY_FILES, true },
  { 0 } };
