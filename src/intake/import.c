/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every row becomes a body (canonical JSON: the columns in the order of their names), its digest is compared with the one
 * in its table, and what differs is appended. The import's id is made of the files' digests, the mapping's and the number of the import
 * before it; an event's id of the import's and its row's place. So a killed import that is started again appends
 * the same events under the same ids, which the ledger recognises, and goes on.
 *
 * Rows of a person who was erased are left out, counted in the report by file and never by name: who is erased stays so,
 * whatever a file says. Ids and digests of what becomes an event are made of opaque ids and under keys, never of names.
 *
 * How it can be wrong: a row that disappears from a file changes nothing (files grow; people leave by a termination date). */
#include "intake/import.h"
#include "base/limits.h"
#include "company/fold.h"
#include "evidence/statement.h"
#include <math.h>
#include <string.h>

#define CHUNK 8000       /* events per transaction: other writers wait no longer than that takes */
#define PREVIEW_ROWS 12  /* per file */
#define MOST_COLUMNS 24

struct counts { int64_t fresh, changed, unchanged, erased; };

struct importing {
  struct ledger *ledger;
  const struct import_request *request;
  struct intake *intake;
  struct db *db;                /* to compare with: the state before the import */
  struct ledger_write *write;   /* NULL in a dry run and between chunks */
  char *id;
  int64_t now, first;
  int in_chunk;
  double done, total;
  struct counts counts[FILE_COUNT];
  GHashTable *numbers;          /* employee numbers of this import: for owners */
  GHashTable *strangers;        /* texts that are no employee number: asked once */
  GHashTable *names;            /* "first last", small → person's id, "" for two: for owners of documents */
  GString *preview;             /* array elements */
  struct json_writer preview_writer;
};

/* One row on its way: where it belongs and what it says. */
struct draft { const struct format *format; const char *subject, *key, *body; size_t length; int64_t occurred; unsigned taint; uint32_t file, line; };

/* ---- against the tables ----------------------------------------------------------------------------------------- */

static bool known_key(void *data, enum file_id id, const char *key) {
  struct importing *importing = data;
  int64_t seq;
  if (!key) return db_one(importing->db, &seq, NULL, "company.file_seen", "t", formats[id].file) == 1;
  if (id == FILE_PEOPLE) {
    g_autofree char *person = id_person(importing->request->key, key);
    return db_one(importing->db, &seq, NULL, "company.find_person", "t", person) == 1;
  }
  static const struct { enum file_id id; const char *query; } ways[] = { { FILE_SKILLS, "company.find_skill" }, { FILE_GOALS, "company.find_goal" },
    { FILE_PROGRAMMES, "company.find_programme" }, { FILE_QUESTIONS, "company.find_question" } };
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
    if (ways[i].id == id) return db_one(importing->db, &seq, NULL, ways[i].query, "t", key) == 1;
  return false;
}

static bool rotate_chunk(struct importing *importing, GError **error) {
  if (importing->write && ++importing->in_chunk < CHUNK) return true;
  importing->in_chunk = 0;
  if (importing->write && !ledger_commit(g_steal_pointer(&importing->write), error)) return false;
  importing->write = ledger_write(importing->ledger, importing->now, error);
  return importing->write != NULL;
}

static bool report_progress(struct importing *importing, GError **error) {
  importing->done++;
  if (!importing->request->progress || (int64_t)importing->done % 2048) return true;
  return importing->request->progress(importing->request->data, importing->request->dry_run ? "comparing" : "importing", importing->done / importing->total) ||
    fail(error, MENO_ERROR_CANCELLED, "the import was stopped; nothing of it is visible");
}

static void add_preview(struct importing *importing, const struct draft *draft, bool changed) {
  struct json_writer *out = &importing->preview_writer;
  json_open_object(out, NULL);
  json_put_string(out, "file", draft->format->file);
  json_put_string(out, "key", draft->key);
  json_put_string(out, "change", changed ? "changed" : "new");
  json_put_string_len(out, "what", draft->body, MIN(draft->length, 600));
  json_close_object(out);
}

/* Compares a row with what its table has (`found` as query_next says) and appends it where it differs. */
static bool take(struct importing *importing, const struct draft *draft, int found, int64_t digest, GError **error) {
  struct counts *counts = &importing->counts[draft->format->id];
  if (found < 0) return false;
  g_autofree char *owner = ledger_owner(importing->ledger, draft->format->kind, draft->subject, importing->request->actor, draft->body, draft->length);
  if (owner && ledger_seal(importing->ledger) && seal_is_destroyed(ledger_seal(importing->ledger), owner)) {
    counts->erased++;
    return report_progress(importing, error);
  }
  if (found == 1 && digest == ledger_row_digest(importing->ledger, owner, draft->body, draft->length, importing->now)) {
    counts->unchanged++;
    return report_progress(importing, error);
  }
  if (counts->fresh + counts->changed < PREVIEW_ROWS) add_preview(importing, draft, found == 1);
  *(found == 1 ? &counts->changed : &counts->fresh) += 1;
  if (importing->request->dry_run) return report_progress(importing, error);
  if (!rotate_chunk(importing, error)) return false;
  char place[48];
  g_snprintf(place, sizeof place, "%u:%u", draft->file, draft->line);
  int64_t seq;
  struct event event = { .id = uuid_of(importing->id, draft->format->file, place, draft->subject, NULL), .kind = draft->format->kind, .subject = draft->subject,
    .actor = importing->request->actor, .occurred = draft->occurred, .batch = importing->id, .taint = draft->taint | TAINT_EXTERNAL,
    .body = draft->body, .body_length = draft->length,
    .digest = ledger_row_digest(importing->ledger, owner, draft->body, draft->length, importing->now) /* makes a key for who is new: while nobody else does */ };
  if (!ledger_append(importing->write, &event, &seq, error)) return false;
  if (!importing->first || seq < importing->first) importing->first = seq;
  return report_progress(importing, error);
}

/* ---- rows of tables --------------------------------------------------------------------------------------------- */

struct layout { const struct format *format; int order[MOST_COLUMNS], count; int keys[MOST_COLUMNS], key_count; char find[64]; };

/* The columns in the order of their names, which is the order of canonical JSON. */
static void layout_init(struct layout *layout, const struct format *format) {
  *layout = (struct layout){ .format = format, .count = (int)format_columns(format) };
  for (int i = 0; i < layout->count; i++) {
    int at = i;
    for (; at > 0 && strcmp(format->columns[layout->order[at - 1]].name, format->columns[i].name) > 0; at--) layout->order[at] = layout->order[at - 1];
    layout->order[at] = i;
    if (format->columns[i].flags & COLUMN_KEY) layout->keys[layout->key_count++] = i;
  }
  g_snprintf(layout->find, sizeof layout->find, "company.find_%s", format->table);
}

static char *person_id(const struct importing *importing, const char *number) { return id_person(importing->request->key, number); }

/* An owner is a person where the number is one's, else a team. */
static char *owner_id(struct importing *importing, const char *owner) {
  bool person = g_hash_table_contains(importing->numbers, owner) || known_key(importing, FILE_PEOPLE, owner);
  return person ? person_id(importing, owner) : g_strdup(owner);
}

/* A token that is somebody's employee number becomes the opaque id; NULL: it is none. */
static char *token_id(struct importing *importing, const char *token) {
  if (g_hash_table_contains(importing->strangers, token)) return NULL;
  if (g_hash_table_contains(importing->numbers, token) || known_key(importing, FILE_PEOPLE, token)) return person_id(importing, token);
  g_hash_table_add(importing->strangers, g_strdup(token));
  return NULL;
}

static void put_token(struct importing *importing, struct json_writer *out, const char *name, const char *token) {
  g_autofree char *id = token_id(importing, token);
  json_put_string(out, name, id ? id : token);
}

static void put_list(struct json_writer *out, const char *name, const char *list) {
  g_auto(GStrv) parts = g_strsplit(list, ";", -1);
  json_open_array(out, name);
  for (size_t i = 0; parts[i]; i++) json_put_string(out, NULL, parts[i]);
  json_close_array(out);
}

static void put_moment(struct json_writer *out, const char *name, int64_t time, bool day) {
  char text[CLOCK_TEXT];
  json_put_string(out, name, day ? clock_format_day((int32_t)time, text) : clock_format_time(time, text));
}

static void put_cell(struct importing *importing, struct json_writer *out, const struct column *column, union cell cell) {
  if (cell_is_absent(column, cell)) {
    if (column->type == COLUMN_WORD && column->words[0][0]) json_put_string(out, column->name, column->words[0]);
    return;
  }
  switch (column->type) {
  case COLUMN_PERSON:
  case COLUMN_OWNER: {
    g_autofree char *id = column->type == COLUMN_PERSON ? person_id(importing, cell.text) : owner_id(importing, cell.text);
    json_put_string(out, column->name, id);
    break;
  }
  case COLUMN_ID:
    if (column->flags & COLUMN_PERSONAL) put_token(importing, out, column->name, cell.text);
    else json_put_string(out, column->name, cell.text);
    break;
  case COLUMN_LIST: put_list(out, column->name, cell.text); break;
  case COLUMN_NUMBER: json_put_number(out, column->name, cell.number); break;
  case COLUMN_YES_NO: json_put_bool(out, column->name, cell.choice); break;
  case COLUMN_WORD: json_put_string(out, column->name, column->words[(int)cell.choice]); break;
  case COLUMN_DAY: put_moment(out, column->name, cell.day, true); break;
  case COLUMN_MOMENT: put_moment(out, column->name, cell.moment, false); break;
  default: json_put_string(out, column->name, cell.text);
  }
}

static void write_row(struct importing *importing, const struct layout *layout, const struct row_set *set, uint32_t row, struct json_writer *out) {
  const char *extra = set->extra ? set->extra[row] : NULL;
  bool extra_due = extra, nth_due = layout->format->flags & FORMAT_REPEATS;
  json_open_object(out, NULL);
  for (int i = 0; i <= layout->count; i++) {
    const char *name = i < layout->count ? layout->format->columns[layout->order[i]].name : "\x7f"; /* behind every name */
    if (extra_due && strcmp("extra", name) < 0) json_put_raw(out, "extra", extra, strlen(extra)), extra_due = false;
    if (nth_due && strcmp("nth", name) < 0) json_put_integer(out, "nth", set->nth[row]), nth_due = false;
    if (i < layout->count) put_cell(importing, out, &layout->format->columns[layout->order[i]], row_cell(set, layout->order[i], row));
  }
  json_close_object(out);
}

static int64_t key_number(const struct column *column, union cell cell) {
  bool absent = cell_is_absent(column, cell);
  return absent ? CLOCK_NO_DAY : column->type == COLUMN_DAY ? cell.day : cell.moment;
}

static const char *key_text(struct importing *importing, const struct column *column, union cell cell, char **ret_owned) {
  if (cell_is_absent(column, cell)) return column->type == COLUMN_WORD ? column->words[0] : "";
  if (column->type == COLUMN_WORD) return column->words[(int)cell.choice];
  if (column->type != COLUMN_PERSON) return cell.text;
  return *ret_owned = person_id(importing, cell.text);
}

/* Binds the key, as find_X asks for it, and spells it. */
static struct query *find_row(struct importing *importing, const struct layout *layout, const struct row_set *set, uint32_t row, GString *key, GError **error) {
  struct query *query = db_query_named(importing->db, layout->find, error);
  if (!query) return NULL;
  g_string_truncate(key, 0);
  int parameter = 1;
  for (int i = 0; i < layout->key_count; i++) {
    const struct column *column = &layout->format->columns[layout->keys[i]];
    union cell cell = row_cell(set, layout->keys[i], row);
    g_autofree char *owned = NULL;
    char text[CLOCK_TEXT];
    bool time = column->type == COLUMN_DAY || column->type == COLUMN_MOMENT;
    if (time) query_bind_integer(query, parameter++, key_number(column, cell));
    const char *word = time ? key_number(column, cell) == CLOCK_NO_DAY ? "" : column->type == COLUMN_DAY ? clock_format_day(cell.day, text) : clock_format_time(cell.moment, text)
      : key_text(importing, column, cell, &owned);
    if (!time) query_bind_text(query, parameter++, word);
    g_string_append_printf(key, "%s%s", i ? "|" : "", word);
  }
  if (layout->format->flags & FORMAT_REPEATS) {
    query_bind_integer(query, parameter, set->nth[row]);
    if (set->nth[row]) g_string_append_printf(key, "|%u", set->nth[row]);
  }
  return query;
}

/* What a row's event is about: the person of evidence, the goal of a KPI, else the row itself. */
static char *row_subject(const struct format *format, const char *key) {
  g_autofree char *head = g_strndup(key, strcspn(key, "|"));
  switch (format->id) {
  case FILE_RESULTS: return g_strconcat("person:", head, NULL);
  case FILE_KPIS: return g_strconcat("goal:", head, NULL);
  default: return g_strconcat(format->table, ":", key, NULL);
  }
}

/* When it happened: the row's first day or moment, where the day has already come. */
static int64_t row_occurred(const struct importing *importing, const struct layout *layout, const struct row_set *set, uint32_t row) {
  for (int i = 0; i < layout->count; i++) {
    const struct column *column = &layout->format->columns[i];
    if (column->type != COLUMN_DAY && column->type != COLUMN_MOMENT) continue;
    union cell cell = row_cell(set, i, row);
    int64_t time = cell_is_absent(column, cell) ? 0 : column->type == COLUMN_DAY ? cell.day * CLOCK_DAY : cell.moment;
    return time && time <= importing->now ? time : 0;
  }
  return 0;
}

static bool take_rows(struct importing *importing, const struct row_set *set, GError **error) {
  struct layout layout;
  layout_init(&layout, set->format);
  g_autoptr(GString) key = g_string_new("");
  struct json_writer out;
  json_writer_init(&out);
  bool fine = true, compare = set->format->id == FILE_GOALS /* may be set by hand */ || known_key(importing, set->format->id, NULL); /* else the table is empty */
  for (uint32_t row = 0; fine && row < set->count; row++) {
    int64_t digest = 0;
    struct query *query = find_row(importing, &layout, set, row, key, error);
    int found = query && !compare ? 0 : query_next(query, error);
    if (found == 1) digest = query_integer(query, 0);
    query_done(query);
    write_row(importing, &layout, set, row, &out);
    size_t length;
    g_autofree char *body = json_writer_steal(&out, &length);
    g_autofree char *subject = row_subject(set->format, key->str);
    fine = take(importing, &(struct draft){ set->format, subject, key->str, body, length, row_occurred(importing, &layout, set, row),
      set->format->id == FILE_PULSE || set->format->id == FILE_REQUESTS ? TAINT_EMPLOYEE_TEXT : 0, set->file[row], set->line[row] }, found, digest, error);
    json_writer_init(&out);
  }
  json_writer_clear(&out);
  return fine;
}

/* ---- people ----------------------------------------------------------------------------------------------------- */

static void put_text(struct json_writer *out, const char *name, const char *text) { if (text && *text) json_put_string(out, name, text); }
static void put_row_day(struct json_writer *out, const char *name, int32_t day) { if (day != CLOCK_NO_DAY) put_moment(out, name, day, true); }

static void write_membership(struct importing *importing, struct json_writer *out, const struct row_set *set, uint32_t row, bool primary) {
  const char *team = row_text(set, "team", row), *department = row_text(set, "department", row), *manager = row_text(set, "manager", row);
  double fte = row_cell(set, format_column(set->format, "fte"), row).number;
  if (!team) team = department;
  if (!team) return; /* in no team that anybody named */
  json_open_object(out, NULL);
  put_text(out, "department", department);
  put_row_day(out, "from", row_day(set, "start_date", row));
  if (!isnan(fte)) json_put_number(out, "fte", fte);
  put_text(out, "job_title", row_text(set, "job_title", row));
  g_autofree char *id = manager ? person_id(importing, manager) : NULL;
  put_text(out, "manager", id);
  json_put_bool(out, "primary", primary);
  json_put_string(out, "team", team);
  put_row_day(out, "to", row_day(set, "termination_date", row));
  json_close_object(out);
}

/* rows[0] is the primary membership. A person has left when every membership has ended. */
static void write_person(struct importing *importing, struct json_writer *out, const struct row_set *set, const uint32_t *rows, uint32_t count) {
  int status = format_column(set->format, "employment_status");
  int32_t start = CLOCK_NO_DAY, end = CLOCK_NO_DAY;
  bool open = false;
  const char *state = row_word(set, status, rows[0]);
  for (uint32_t i = 0; i < count; i++) {
    int32_t from = row_day(set, "start_date", rows[i]), to = row_day(set, "termination_date", rows[i]);
    if (from != CLOCK_NO_DAY && (start == CLOCK_NO_DAY || from < start)) start = from;
    if (to == CLOCK_NO_DAY && strcmp(row_word(set, status, rows[i]), "terminated") != 0) {
      open = true;
      state = row_word(set, status, rows[i]);
    }
    end = MAX(end, to);
  }
  json_open_object(out, NULL);
  put_text(out, "employee_number", row_text(set, "employee_number", rows[0]));
  json_put_string(out, "employment_status", open || end != CLOCK_NO_DAY ? state : "terminated");
  put_text(out, "first_name", row_text(set, "first_name", rows[0]));
  put_text(out, "last_name", row_text(set, "last_name", rows[0]));
  put_text(out, "location", row_text(set, "location", rows[0]));
  json_open_array(out, "memberships");
  for (uint32_t i = 0; i < count; i++) write_membership(importing, out, set, rows[i], i == 0);
  json_close_array(out);
  put_row_day(out, "start_date", start);
  if (!open) put_row_day(out, "termination_date", end);
  put_text(out, "work_email", row_text(set, "work_email", rows[0]));
  json_close_object(out);
}

static bool take_people(struct importing *importing, const struct row_set *set, GError **error) {
  int number = format_column(set->format, "employee_number");
  struct json_writer out;
  for (uint32_t at = 0, next; at < set->count; at = next) {
    const uint32_t *rows = set->by_person + at;
    const char *employee = row_cell(set, number, rows[0]).text;
    for (next = at + 1; next < set->count && row_cell(set, number, set->by_person[next]).text == employee;) next++;
    g_autofree char *id = person_id(importing, employee);
    g_autofree char *subject = g_strconcat("person:", id, NULL);
    int64_t digest = 0;
    int found = db_one(importing->db, &digest, error, "company.find_person", "t", id);
    json_writer_init(&out);
    write_person(importing, &out, set, rows, next - at);
    size_t length;
    g_autofree char *body = json_writer_steal(&out, &length);
    if (!take(importing, &(struct draft){ set->format, subject, employee, body, length, 0, TAINT_PERSONAL, set->file[rows[0]], set->line[rows[0]] }, found, digest, error)) return false;
  }
  return true;
}

/* ---- documents -------------------------------------------------------------------------------------------------- */

/* Who did it, by a name that tells nothing; addresses are the same however they are written. */
static char *actor_id(const struct importing *importing, const char *actor) {
  struct seal *seal = ledger_seal(importing->ledger);
  g_autofree char *small = g_str_has_prefix(actor, "mailto:") ? g_ascii_strdown(actor, -1) : NULL;
  return seal ? seal_actor(seal, small ? small : actor) : g_strdup(actor);
}

/* One that has no id of its own gets one of its content, which must not be a hash that anybody can guess at. */
static void name_statement(const struct importing *importing, struct statement *statement, struct json whole) {
  struct seal *seal = ledger_seal(importing->ledger);
  if (!seal || json_string(json_get(whole, "id"))) return;
  g_autofree char *name = seal_actor(seal, statement->id);
  uuid_format(uuid_of("statement", name, NULL), statement->id);
}

static void write_statement(const struct importing *importing, struct json_writer *out, const struct statement *statement, struct json whole) {
  g_autofree char *actor = actor_id(importing, statement->actor);
  json_writer_init(out);
  json_open_object(out, NULL);
  json_put_string(out, "actor", actor);
  if (statement->completion >= 0) json_put_bool(out, "completion", statement->completion);
  if (statement->group) json_put_bool(out, "group", true);
  put_text(out, "name", statement->name);
  json_put_string(out, "object", statement->object);
  if (!isnan(statement->progress)) json_put_number(out, "progress", statement->progress);
  if (!isnan(statement->score)) json_put_number(out, "score", statement->score);
  json_put_value(out, "statement", whole);
  if (statement->success >= 0) json_put_bool(out, "success", statement->success);
  put_text(out, "type", statement->type);
  json_put_string(out, "verb", statement->verb);
  json_close_object(out);
}

static bool take_statement(struct importing *importing, const struct document_statement *document, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(document->json, document->length, error);
  struct statement statement;
  if (!doc) return false;
  g_autoptr(GError) problem = NULL;
  if (!statement_read(json_root(doc), importing->now, &statement, &problem)) {
    row_problem_add(&importing->intake->warnings, importing->intake->names[document->file], document->line, NULL, NULL, problem->message, "the statement is left out");
    return true;
  }
  struct json_writer out;
  size_t length;
  name_statement(importing, &statement, json_root(doc));
  write_statement(importing, &out, &statement, json_root(doc));
  g_autofree char *body = json_writer_steal(&out, &length), *subject = g_strconcat("statement:", statement.id, NULL);
  int64_t digest = 0;
  struct uuid id = { 0 };
  uuid_parse(statement.id, &id);
  int found = db_one(importing->db, &digest, error, "company.find_statement", "b", id.bytes, sizeof id.bytes);
  bool fine = take(importing, &(struct draft){ &formats[FILE_STATEMENTS], subject, statement.id, body, length, statement.at, TAINT_PERSONAL,
    document->file, document->number }, found, digest, error);
  statement_clear(&statement);
  return fine;
}

static void add_name(struct importing *importing, const char *first, const char *last, const char *id) {
  g_autofree char *name = g_strdup_printf("%s %s", first ? first : "", last ? last : "");
  char *small = g_utf8_casefold(g_strstrip(name), -1);
  const char *known = g_hash_table_lookup(importing->names, small);
  g_hash_table_insert(importing->names, small, g_strdup(known && strcmp(known, id) != 0 ? "" : id));
}

/* Names of this import's people and of those that are here. */
static bool read_names(struct importing *importing, GError **error) {
  const struct row_set *set = importing->intake->sets[FILE_PEOPLE];
  for (uint32_t row = 0; set && row < set->count; row++) {
    g_autofree char *id = person_id(importing, row_text(set, "employee_number", row));
    add_name(importing, row_text(set, "first_name", row), row_text(set, "last_name", row), id);
  }
  g_autoptr(query_auto) query = db_query(importing->db, error, "company.all_person", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct seal *seal = ledger_seal(importing->ledger);
    g_autofree char *first = ledger_reveal(seal, query, 2, 10, "first_name", NULL), *last = ledger_reveal(seal, query, 3, 10, "last_name", NULL);
    add_name(importing, first, last, query_text(query, 0));
  }
  return got == 0;
}

/* The person whom a document's owner names, by number or by a name that only one has; NULL: nobody that we know. */
static char *document_owner(struct importing *importing, const char *owner, GError **error) {
  if (!g_hash_table_size(importing->names) && !read_names(importing, error)) return NULL;
  g_autofree char *small = g_utf8_casefold(owner, -1);
  const char *named = g_hash_table_lookup(importing->names, small);
  return named && *named ? g_strdup(named) : token_id(importing, owner);
}

static bool is_erased(const struct importing *importing, const char *person) {
  struct seal *seal = ledger_seal(importing->ledger);
  g_autofree char *owner = person ? g_strconcat("person:", person, NULL) : NULL;
  return seal && owner && seal_is_destroyed(seal, owner);
}

static bool take_source(struct importing *importing, const struct document_source *source, GError **error) {
  GError *problem = NULL;
  g_autofree char *owner = source->owner ? document_owner(importing, source->owner, &problem) : NULL;
  if (problem) {
    g_propagate_error(error, problem);
    return false;
  }
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  put_text(&out, "audience", source->audience);
  put_text(&out, "licence", source->licence);
  json_put_string(&out, "name", source->name);
  bool erased = is_erased(importing, owner); /* the document stays, without an owner */
  if (!erased) put_text(&out, "owner", source->owner);
  if (!erased) put_text(&out, "owner_id", owner);
  json_put_string_len(&out, "text", source->text, source->length);
  put_text(&out, "title", source->title);
  put_row_day(&out, "valid_until", source->valid_until);
  json_close_object(&out);
  size_t length;
  g_autofree char *body = json_writer_steal(&out, &length), *subject = g_strconcat("source:", source->name, NULL);
  int64_t digest = 0;
  int found = db_one(importing->db, &digest, error, "company.find_source", "t", source->name);
  return take(importing, &(struct draft){ &formats[FILE_SOURCES], subject, source->name, body, length, 0, 0, source->file, source->line }, found, digest, error);
}

static bool take_all(struct importing *importing, GError **error) {
  struct intake *intake = importing->intake;
  for (int id = 0; id < FILE_COUNT; id++) {
    const struct row_set *set = intake->sets[id];
    if (set && !(formats[id].flags & FORMAT_PER_PERSON ? take_people(importing, set, error) : take_rows(importing, set, error))) return false;
  }
  for (guint i = 0; i < intake->statements->len; i++)
    if (!take_statement(importing, &g_array_index(intake->statements, struct document_statement, i), error)) return false;
  for (guint i = 0; i < intake->sources->len; i++)
    if (!take_source(importing, &g_array_index(intake->sources, struct document_source, i), error)) return false;
  return true;
}

/* ---- the report ------------------------------------------------------------------------------------------------- */

/* Rows of a file that were named as bad; of more than LIMIT_ROW_ERRORS problems only those that were kept. */
static int64_t bad_rows_of(const struct importing *importing, const char *name) {
  g_autoptr(GHashTable) lines = g_hash_table_new(g_direct_hash, g_direct_equal);
  const GPtrArray *problems = importing->intake->problems.list;
  for (guint i = 0; i < problems->len; i++) {
    const struct row_problem *problem = problems->pdata[i];
    if (problem->line && strcmp(problem->file, name) == 0) g_hash_table_add(lines, GUINT_TO_POINTER(problem->line));
  }
  return g_hash_table_size(lines);
}

static void write_file(const struct importing *importing, struct json_writer *out, const struct intake_seen *seen, const struct format *as) {
  json_open_object(out, NULL);
  json_put_string(out, "as", as ? as->file : NULL);
  json_put_integer(out, "bad", bad_rows_of(importing, seen->name));
  json_put_integer(out, "changed", as ? importing->counts[as->id].changed : 0);
  char delimiter[] = { seen->delimiter, 0 };
  json_put_string(out, "delimiter", !seen->delimiter ? NULL : seen->delimiter == '\t' ? "tab" : delimiter);
  json_put_string(out, "encoding", seen->encoding);
  json_put_integer(out, "erased", as ? importing->counts[as->id].erased : 0);
  json_put_string(out, "name", seen->name);
  json_put_integer(out, "new", as ? importing->counts[as->id].fresh : 0);
  json_put_string(out, "recognised", intake_role_names[seen->role]);
  json_put_integer(out, "rows", seen->rows);
  json_put_integer(out, "unchanged", as ? importing->counts[as->id].unchanged : 0);
  json_open_array(out, "unused");
  for (char **column = seen->unused; column && *column; column++) json_put_string(out, NULL, *column);
  json_close_array(out);
  json_close_object(out);
}

static void write_files(const struct importing *importing, struct json_writer *out) {
  json_open_array(out, "files");
  for (size_t i = 0; i < importing->intake->count; i++) {
    const struct intake_seen *seen = &importing->intake->seen[i];
    if (!seen->as[0]) write_file(importing, out, seen, NULL);
    for (size_t a = 0; a < G_N_ELEMENTS(seen->as) && seen->as[a]; a++) write_file(importing, out, seen, seen->as[a]);
  }
  json_close_array(out);
}

static void write_problems(struct json_writer *out, const struct row_problems *problems) {
  json_open_array(out, "problems");
  for (guint i = 0; i < problems->list->len; i++) {
    const struct row_problem *problem = problems->list->pdata[i];
    json_open_object(out, NULL);
    json_put_string(out, "column", problem->column);
    json_put_string(out, "file", problem->file);
    json_put_integer(out, "line", problem->line);
    json_put_string(out, "reason", problem->reason);
    json_put_string(out, "remedy", problem->remedy);
    json_put_string(out, "value", problem->value);
    json_close_object(out);
  }
  json_close_array(out);
  json_put_integer(out, "problem_count", (int64_t)problems->total);
}

static void write_warnings(struct json_writer *out, const struct row_problems *warnings) {
  json_open_array(out, "warnings");
  for (guint i = 0; i < warnings->list->len; i++) {
    g_autofree char *text = row_problem_text(warnings->list->pdata[i]);
    json_put_string(out, NULL, text);
  }
  json_close_array(out);
}

/* The drafts of all files as one mapping: each begins with "tables:", which may stand but once. NULL: none. */
static char *join_drafts(const struct intake *intake) {
  g_autoptr(GString) all = g_string_new("");
  for (size_t i = 0; i < intake->count; i++) {
    const char *draft = intake->seen[i].guess ? intake->seen[i].guess->yaml : NULL;
    const char *tables = draft ? strstr(draft, "tables:\n") : NULL;
    if (tables) g_string_append(all, all->len ? tables + strlen("tables:\n") : draft);
  }
  return all->len ? g_strdup(all->str) : NULL;
}

static void write_questions(const struct intake *intake, struct json_writer *out) {
  json_open_array(out, "questions");
  for (size_t i = 0; i < intake->count; i++) {
    const struct mapping_guess *guess = intake->seen[i].guess;
    for (guint q = 0; guess && q < guess->questions->len; q++) {
      const struct mapping_question *question = guess->questions->pdata[q];
      json_open_object(out, NULL);
      json_open_array(out, "choices");
      for (char **choice = question->choices; choice && *choice; choice++) json_put_string(out, NULL, *choice);
      json_close_array(out);
      json_put_string(out, "column", question->column);
      json_put_string(out, "file", intake->seen[i].name);
      json_put_string(out, "id", question->id);
      json_put_string(out, "text", question->text);
      json_close_object(out);
    }
  }
  json_close_array(out);
  g_autofree char *draft = join_drafts(intake);
  json_put_string(out, "mapping", draft);
}

static void write_report(struct importing *importing, const char *refused, bool committed, struct json_writer *out) {
  json_put_string(out, "id", committed ? importing->id : NULL);
  json_put_bool(out, "dry_run", importing->request->dry_run);
  json_put_string(out, "refused", refused);
  write_files(importing, out);
  write_problems(out, &importing->intake->problems);
  write_warnings(out, &importing->intake->warnings);
  json_close_array(&importing->preview_writer);
  size_t length;
  g_autofree char *preview = json_writer_steal(&importing->preview_writer, &length);
  json_put_raw(out, "preview", preview, length);
  write_questions(importing->intake, out);
}

static void warn_of_erased(struct importing *importing) {
  for (int id = 0; id < FILE_COUNT; id++) {
    int64_t rows = importing->counts[id].erased;
    if (!rows) continue;
    g_autofree char *reason = g_strdup_printf("%d row%s of people who were erased %s left out", (int)rows, rows == 1 ? "" : "s", rows == 1 ? "is" : "are");
    row_problem_add(&importing->intake->warnings, formats[id].file, 0, NULL, NULL, reason, "who is erased stays so: who comes back needs a new employee number");
  }
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static char *make_id(const struct importing *importing, GError **error) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (size_t i = 0; i < importing->request->count; i++) {
    size_t length;
    const void *data = g_bytes_get_data(importing->request->files[i].bytes, &length);
    g_checksum_update(sum, (const guchar *)importing->request->files[i].name, (gssize)strlen(importing->request->files[i].name) + 1);
    g_checksum_update(sum, data, (gssize)length);
  }
  g_autoptr(query_auto) query = db_query(importing->db, error, "ledger.imports", "i", (int64_t)1);
  int got = query_next(query, error);
  if (got < 0) return NULL;
  char before[24];
  g_snprintf(before, sizeof before, "%" G_GINT64_FORMAT, got ? query_integer(query, 5) : 0);
  return id_short("i", g_checksum_get_string(sum), importing->intake->mapping ? importing->intake->mapping : "", importing->request->skip_bad ? "skip" : "whole", before, NULL);
}

static void count_rows(struct importing *importing) {
  struct intake *intake = importing->intake;
  importing->total = 1 + intake->statements->len + intake->sources->len;
  for (int id = 0; id < FILE_COUNT; id++) importing->total += intake->sets[id] ? intake->sets[id]->count : 0;
  struct row_set *people = intake->sets[FILE_PEOPLE];
  int column = format_column(&formats[FILE_PEOPLE], "employee_number");
  for (uint32_t row = 0; people && row < people->count; row++) g_hash_table_add(importing->numbers, (void *)(uintptr_t)row_cell(people, column, row).text);
}

static char *refusal(const struct importing *importing) {
  const struct intake *intake = importing->intake;
  bool unknown = false;
  for (size_t i = 0; i < intake->count; i++) unknown |= intake->seen[i].role == INTAKE_UNKNOWN && intake->seen[i].guess;
  if (unknown) return g_strdup("a table is not recognised; answer the questions about it, or give a mapping");
  if (intake->blocked) return g_strdup("a file cannot be read as it is; mend it, or give a mapping");
  if (!intake->bad_rows || importing->request->skip_bad) return NULL;
  return g_strdup_printf("%u row%s cannot be taken; mend %s, or leave %s out with --skip-bad", intake->bad_rows, intake->bad_rows == 1 ? "" : "s",
    intake->bad_rows == 1 ? "it" : "them", intake->bad_rows == 1 ? "it" : "them");
}

static int64_t differing(const struct importing *importing) {
  int64_t count = 0;
  for (int id = 0; id < FILE_COUNT; id++) count += importing->counts[id].fresh + importing->counts[id].changed;
  return count;
}

static bool commit(struct importing *importing, GError **error) {
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_integer(&out, "bad_rows", importing->intake->bad_rows);
  write_files(importing, &out);
  json_put_integer(&out, "first", importing->first);
  json_put_string(&out, "mapping", importing->intake->mapping);
  json_close_object(&out);
  g_autofree char *body = json_writer_steal(&out, NULL), *subject = g_strconcat("import:", importing->id, NULL);
  if (importing->request->progress) importing->request->progress(importing->request->data, "making it visible", 1);
  struct uuid only = uuid_of("import.committed", importing->id, NULL); /* two processes that bring the same files commit once */
  return ledger_append(importing->write, &(struct event){ .id = only, .kind = "import.committed", .subject = subject, .actor = importing->request->actor, .body = body }, NULL, error) &&
    ledger_commit(g_steal_pointer(&importing->write), error);
}

static bool run(struct importing *importing, struct json_writer *report, GError **error) {
  const struct import_request *request = importing->request;
  struct intake_known known = { known_key, importing, request->answers };
  importing->intake = intake_read(request->files, request->count, request->mapping, &known, request->progress, request->data, error);
  if (!importing->intake || !(importing->id = make_id(importing, error))) return false;
  if (!seal_refresh(ledger_seal(importing->ledger), error)) return false; /* all keys of what `db` sees, another process's too */
  count_rows(importing);
  g_autofree char *refused = refusal(importing);
  bool stage = !refused || request->dry_run;
  if (stage && !take_all(importing, error)) return false;
  warn_of_erased(importing);
  bool changes = stage && !request->dry_run && differing(importing) > 0;
  if (changes && !commit(importing, error)) return false;
  write_report(importing, refused, changes, report);
  return true;
}

bool import_run(struct ledger *ledger, int64_t now, const struct import_request *request, struct json_writer *report, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(ledger), error);
  if (!db) return false;
  struct importing importing = { .ledger = ledger, .request = request, .db = db, .now = now, .numbers = g_hash_table_new(g_str_hash, g_str_equal),
    .strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
  json_writer_init(&importing.preview_writer);
  json_open_array(&importing.preview_writer, NULL);
  bool fine = run(&importing, report, error);
  if (importing.write) ledger_abort(importing.write);
  g_hash_table_destroy(importing.numbers);
  g_hash_table_destroy(importing.strangers);
  g_hash_table_destroy(importing.names);
  json_writer_clear(&importing.preview_writer);
  intake_free(importing.intake);
  g_free(importing.id);
  if (fine) store_checkpoint(ledger_store(ledger));
  return fine;
}

int import_may_undo(struct db *db, const char *id, char **ret_reason, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "ledger.import", "t", id);
  int got = query_next(query, error);
  if (got < 0) return -1;
  *ret_reason = NULL;
  if (got == 0) *ret_reason = g_strdup("there is no such import");
  else if (strcmp(query_text(query, 1), "committed") != 0) *ret_reason = g_strdup("it has been taken back already");
  if (*ret_reason) return 0;
  int64_t decisions = 0;
  if (db_one(db, &decisions, error, "company.decisions_since", "i", query_integer(query, 5)) < 0) return -1;
  if (decisions) *ret_reason = g_strdup_printf("%d decision%s of people rest%s on it", (int)decisions, decisions == 1 ? "" : "s", decisions == 1 ? "s" : "");
  return decisions == 0;
}

bool import_take_back(struct ledger_write *write, const char *id, const char *actor, int64_t cause, GError **error) {
  g_autofree char *subject = g_strconcat("import:", id, NULL);
  return ledger_append(write, &(struct event){ .kind = "import.undone", .subject = subject, .actor = actor, .cause = cause, .body = "{}" }, NULL, error) && ledger_refold(write, error);
}

bool import_undo(struct ledger *ledger, int64_t now, const char *id, const char *actor, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, now, error);
  if (!write) return false;
  g_autofree char *reason = NULL;
  int may = import_may_undo(ledger_write_db(write), id, &reason, error);
  if (may < 0) return false;
  if (may == 0) return fail(error, MENO_ERROR_CONFLICT, "import \"%s\" cannot be taken back: %s; `meno retract %s` shows what rests on it and proposes the roll-back", id, reason, id);
  return import_take_back(write, id, actor, 0, error) && ledger_commit(g_steal_pointer(&write), error);
}
