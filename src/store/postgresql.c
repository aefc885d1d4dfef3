/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scale-out engine: PostgreSQL 15 or newer through libpq, several processes on one database.
 *
 * Statements go out in pipeline mode. What returns nothing is sent and not waited for; a read, or the commit, waits for all
 * that went before it, and reports the first failure. A turn that writes a dozen rows so costs a few round trips. At most
 * MOST_PENDING statements are on their way: their answers fit into the sockets' buffers, so neither side blocks on the other.
 *
 * A write transaction begins by locking the row of table `partition`: one writer at a time over all processes, hence
 * sequence numbers without gaps in the order of commits. A writer that falls silent in the middle is cut off by the server
 * after SILENT_MS. Readers are REPEATABLE READ: one snapshot from their first query on.
 *
 * SQL is written once, in SQLite's words: `dialect` replaces the names of types. Texts collate by bytes ("C"), as there.
 *
 * Of what a distributed database that speaks PostgreSQL's protocol may refuse, this is not used: advisory locks, sequences,
 * temporary tables, isolation above REPEATABLE READ, foreign keys, DDL outside of migrations. This is, and would have to go
 * there: NOTIFY with each commit (a hint only; whoever waits looks once a second anyway) and the triggers that keep the ledger
 * append-only. A company is a schema (the connection's search_path), which such databases place as a whole.
 *
 * Disadvantage: libpq holds a query's whole result; what may be long is read in parts by its key (src/ledger). */
#include "store/store-private.h"
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#define MOST_PENDING 128
#define SILENT_MS 60000
#define CONNECT_SECONDS "10"

/* What the server calls the types that Meno's queries return (src/include/catalog/pg_type.dat). */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_VARCHAR = 1043 };

struct pg_db {
  struct db db;
  PGconn *link;
  GHashTable *prepared;               /* SQL → the number that its name ends with */
  const char *pending[MOST_PENDING];  /* names of what is on its way */
  int count;
  char *news;                         /* the statement that tells of a commit */
  bool failed;                        /* a statement of this transaction was refused: nothing more is sent */
};

struct pg_query {
  struct query query;
  char name[16];
  bool silent, alone, running;
  int parameters, row;
  GByteArray *arena;                  /* the parameters, as text or bytes, each with NUL */
  struct { size_t at, length; bool null, binary; } bound[MAX_PARAMETERS + 1];
  PGresult *result;
};

static struct pg_db *own_db(struct db *db) { return (struct pg_db *)db; }
static struct pg_query *own(struct query *query) { return (struct pg_query *)query; }

/* ---- errors ----------------------------------------------------------------------------------------------------- */

static const struct { const char *state /* how SQLSTATE begins */, *remedy; } remedies[] = {
  { "08", "the connection to the database was lost; try again" },
  { "57", "the database server is stopping or was told to stop this; try again" },
  { "53", "the database server is out of disk, memory or connections; its administrator must give it more" },
  { "25006", "the database is read-only: name the primary server" },
  { "25P03", "this process was stopped for too long in the middle of it; try again" },
  { "28", "check the user and password in the address" },
  { "3D", "make the database first: createdb NAME" },
  { "42501", "the user may not do this: give it rights on the schema" },
  { "40", "another process was faster; try again" },
  { "55", "another process holds the database; try again" },
  { "", "a defect of Meno: nothing was changed; please report it" },
};

static bool fail_state(const char *what, const char *message, const char *state, GError **error) {
  size_t i = 0;
  while (!g_str_has_prefix(state, remedies[i].state)) i++;
  g_autofree char *line = g_strndup(message, strcspn(message, "\n"));
  return fail(error, MENO_ERROR_STORE, "%s: %s (%s)", what, line, remedies[i].remedy);
}

static bool fail_link(PGconn *link, const char *what, GError **error) {
  return fail_state(what, link ? PQerrorMessage(link) : "no memory", "08", error);
}

static bool fail_result(const PGresult *result, const char *what, GError **error) {
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return fail_state(what, message ? message : PQresultErrorMessage(result), state ? state : "08", error);
}

/* ---- the pipeline ----------------------------------------------------------------------------------------------- */

/* Takes the answer to one statement; NULL where it was refused. */
static PGresult *take_answer(struct pg_db *db, const char *what, GError **error) {
  PGresult *kept = NULL;
  for (PGresult *result; (result = PQgetResult(db->link));) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      PQclear(kept);
      kept = result;
      continue;
    }
    if (!db->failed) fail_result(result, what, error);
    db->failed = true;
    PQclear(result);
    if (PQstatus(db->link) == CONNECTION_BAD) break;
  }
  return kept;
}

/* Waits for everything that is on its way. `ret_last` (may be NULL) gets the answer to the last of it. */
static bool settle(struct pg_db *db, PGresult **ret_last, GError **error) {
  if (db->failed) return fail(error, MENO_ERROR_STORE, "an earlier statement of this transaction has failed");
  if (!PQpipelineSync(db->link)) {
    db->failed = true;
    return fail_link(db->link, "sending to the database", error);
  }
  for (int i = 0; i < db->count && PQstatus(db->link) != CONNECTION_BAD; i++) {
    PGresult *answer = take_answer(db, db->pending[i], error);
    if (ret_last && answer && i == db->count - 1) *ret_last = answer;
    else PQclear(answer);
  }
  db->count = 0;
  PGresult *sync = PQgetResult(db->link);
  bool synced = sync && PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
  PQclear(sync);
  if (!synced && !db->failed) {
    db->failed = true;
    return fail_link(db->link, "waiting for the database", error);
  }
  return !db->failed;
}

/* Notes that a statement went out; settles when many did. */
static bool sent(struct pg_db *db, int ok, const char *what, GError **error) {
  if (!ok) {
    db->failed = true;
    return fail_link(db->link, what, error);
  }
  db->pending[db->count++] = what;
  return true;
}

static bool make_room(struct pg_db *db, GError **error) {
  if (db->failed) return fail(error, MENO_ERROR_STORE, "an earlier statement of this transaction has failed");
  return db->count < MOST_PENDING - 2 || settle(db, NULL, error);
}

static bool send_words(struct pg_db *db, const char *sql, const char *what, GError **error) {
  return make_room(db, error) && sent(db, PQsendQueryParams(db->link, sql, 0, NULL, NULL, NULL, NULL, 1), what, error);
}

/* ---- connections ------------------------------------------------------------------------------------------------ */

static void disconnect(struct db *db) {
  PQfinish(own_db(db)->link);
  g_hash_table_destroy(own_db(db)->prepared);
  g_free(own_db(db)->news);
  g_free(db);
}

static bool set_up(PGconn *link, bool writer, GError **error) {
  g_autofree char *sql = g_strdup_printf("SET client_encoding = 'UTF8'; SET jit = off; SET synchronous_commit = on; SET lock_timeout = %d; "
    "SET idle_in_transaction_session_timeout = %d%s", BUSY_MS, writer ? SILENT_MS : 0,
    writer ? "; SET enable_seqscan = off" /* a plan that was made while a table was empty is kept when it is large */ : "");
  PGresult *result = PQexec(link, sql);
  bool fine = PQresultStatus(result) == PGRES_COMMAND_OK || fail_result(result, "setting the connection up", error);
  PQclear(result);
  return fine && (PQenterPipelineMode(link) == 1 || fail_link(link, "setting the connection up", error));
}

/* What a commit tells whoever listens: whose database has news, as several companies may be schemas of one. Newly allocated; NULL: the
 * connection is lost. */
static char *company_of(PGconn *link) {
  PGresult *result = PQexec(link, "SELECT current_schema()");
  char *name = PQntuples(result) == 1 && !PQgetisnull(result, 0, 0) ? g_strdup(PQgetvalue(result, 0, 0)) : NULL;
  PQclear(result);
  return name;
}

/* What the server says beside its answers (that it stops, say) is no line of ours: what matters of it comes as an error. */
static void leave_unsaid(void *data, const char *notice) {}

static PGconn *reach(const char *address, GError **error) {
  const char *const words[] = { "dbname", "fallback_application_name", "connect_timeout", NULL };
  const char *const values[] = { address, "meno", CONNECT_SECONDS, NULL };
  PGconn *link = PQconnectdbParams(words, values, 1);
  PQsetNoticeProcessor(link, leave_unsaid, NULL);
  g_autofree char *why = g_strdelimit(g_strchomp(g_strdup(PQerrorMessage(link))), "\n\t", ' ');
  bool fine = PQstatus(link) == CONNECTION_OK || fail(error, MENO_ERROR_STORE, "the database server cannot be reached: %s", why);
  if (fine && PQserverVersion(link) < 150000) fine = fail(error, MENO_ERROR_STORE, "the server runs PostgreSQL %d: Meno needs 15 or newer", PQserverVersion(link) / 10000);
  if (fine) return link;
  PQfinish(link);
  return NULL;
}

static struct db *connect(struct store *store, bool writer, GError **error) {
  PGconn *link = reach(store->place, error);
  g_autofree char *company = link && writer ? company_of(link) : NULL;
  if (!link || !set_up(link, writer, error)) {
    PQfinish(link);
    return NULL;
  }
  struct pg_db *db = g_new0(struct pg_db, 1);
  db->db = (struct db){ .store = store, .queries = g_hash_table_new(g_str_hash, g_str_equal) };
  db->link = link;
  db->prepared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  char *quoted = PQescapeLiteral(link, company ? company : "", company ? strlen(company) : 0);
  db->news = g_strconcat("NOTIFY meno, ", quoted, NULL);
  PQfreemem(quoted);
  return &db->db;
}

/* Answers, and is in no transaction. */
static bool alive(struct db *db) {
  PGconn *link = own_db(db)->link;
  return PQconsumeInput(link) && PQstatus(link) == CONNECTION_OK && PQtransactionStatus(link) == PQTRANS_IDLE;
}

static bool begin(struct db *db, bool write, GError **error) {
  struct pg_db *pg = own_db(db);
  pg->failed = false;
  if (!write) return send_words(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", "beginning to read", error);
  return send_words(pg, "BEGIN", "beginning to write", error) && send_words(pg, "SELECT id FROM partition WHERE id = 0 FOR UPDATE", "beginning to write", error);
}

static bool commit(struct db *db, GError **error) {
  return send_words(own_db(db), own_db(db)->news, "committing", error) && send_words(own_db(db), "COMMIT", "committing", error) && settle(own_db(db), NULL, error);
}

/* What is on its way ends first, however: a statement behind a refused one is not carried out, be it a ROLLBACK. */
static bool let_end(struct pg_db *db) {
  db->failed = false;
  settle(db, NULL, NULL);
  db->failed = PQstatus(db->link) == CONNECTION_BAD;
  return !db->failed;
}

static void roll_back(struct db *db) {
  struct pg_db *pg = own_db(db);
  if ((pg->count == 0 && PQtransactionStatus(pg->link) == PQTRANS_IDLE) || !let_end(pg)) return;
  if (send_words(pg, "ROLLBACK", "rolling back", NULL)) settle(pg, NULL, NULL);
}

/* What comes behind a refused statement is not carried out, be it the COMMIT. */
static bool undone(struct db *db) { return PQstatus(own_db(db)->link) == CONNECTION_OK; }
static bool sound(struct db *db) { return !own_db(db)->failed && PQstatus(own_db(db)->link) == CONNECTION_OK; }

/* ---- schema ----------------------------------------------------------------------------------------------------- */

static PGresult *at_once(struct pg_db *db, const char *sql, GError **error) {
  PQexitPipelineMode(db->link);
  PGresult *result = PQexec(db->link, sql);
  ExecStatusType status = PQresultStatus(result);
  bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || fail_result(result, "setting the database up", error);
  if (!fine) {
    PQclear(result);
    result = NULL;
  }
  PQenterPipelineMode(db->link);
  return result;
}

static bool do_at_once(struct pg_db *db, const char *sql, GError **error) {
  PGresult *result = at_once(db, sql, error);
  PQclear(result);
  return result != NULL;
}

static int schema_there(PGconn *link, GError **error) {
  PGresult *found = PQexec(link, "SELECT to_regclass('meno_schema') IS NOT NULL");
  int there = PQresultStatus(found) != PGRES_TUPLES_OK ? -1 : *PQgetvalue(found, 0, 0) == 't';
  if (there < 0) fail_result(found, "looking at the database", error);
  PQclear(found);
  return there;
}

static int exists(const char *place, GError **error) {
  PGconn *link = reach(place, error);
  int there = link ? schema_there(link, error) : -1;
  PQfinish(link);
  return there;
}

static int64_t version(struct db *db, GError **error) {
  struct pg_db *pg = own_db(db);
  PQexitPipelineMode(pg->link);
  int there = schema_there(pg->link, error);
  PQenterPipelineMode(pg->link);
  if (there <= 0) return there;
  PGresult *result = at_once(pg, "SELECT coalesce(max(number), 0) FROM meno_schema", error);
  int64_t number = result ? g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10) : -1;
  PQclear(result);
  return number;
}

static bool there_now(struct pg_db *db) {
  PQexitPipelineMode(db->link);
  int there = schema_there(db->link, NULL);
  PQenterPipelineMode(db->link);
  return there == 1;
}

/* Two processes that start together: the second waits here, and finds the work done. That both make the first table at the same
 * moment is refused to one of them, in spite of IF NOT EXISTS; then it is there. */
static bool begin_migration(struct db *db, GError **error) {
  struct pg_db *pg = own_db(db);
  pg->failed = false;
  GError *why = NULL;
  if (!do_at_once(pg, "CREATE TABLE IF NOT EXISTS meno_schema (number BIGINT PRIMARY KEY)", &why) && !there_now(pg)) {
    g_propagate_error(error, why);
    return false;
  }
  g_clear_error(&why);
  return do_at_once(pg, "BEGIN; LOCK TABLE meno_schema IN EXCLUSIVE MODE", error);
}

/* The names of SQLite's types in PostgreSQL's; columns of a schema also say how they compare. */
static char *dialect(const char *sql, bool schema) {
  static const struct { const char *word, *instead; bool schema_only; } words[] = {
    { "INTEGER", "BIGINT", false }, { "REAL", "DOUBLE PRECISION", false }, { "BLOB", "BYTEA", false },
    { "TEXT", "TEXT COLLATE \"C\"", true }, { "WITHOUT ROWID", "", true },
  };
  GString *out = g_string_new("");
  for (const char *at = sql; *at;) {
    bool inside = at > sql && (g_ascii_isalnum(at[-1]) || at[-1] == '_');
    size_t i = 0, length = 0;
    for (; !inside && i < G_N_ELEMENTS(words); i++) {
      length = strlen(words[i].word);
      if ((schema || !words[i].schema_only) && strncmp(at, words[i].word, length) == 0 && !g_ascii_isalnum(at[length]) && at[length] != '_') break;
    }
    if (inside || i == G_N_ELEMENTS(words)) g_string_append_c(out, *at++);
    else {
      g_string_append(out, words[i].instead);
      at += length;
    }
  }
  return g_string_free(out, FALSE);
}

static bool migrate(struct db *db, const char *sql, int64_t number, GError **error) {
  g_autofree char *words = dialect(sql, true), *mark = g_strdup_printf("INSERT INTO meno_schema (number) VALUES (%" G_GINT64_FORMAT ")", number);
  return do_at_once(own_db(db), words, error) && do_at_once(own_db(db), mark, error);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static int count_parameters(const char *sql) {
  int most = 0;
  for (const char *at = strchr(sql, '$'); at; at = strchr(at + 1, '$')) most = MAX(most, (int)g_ascii_strtoll(at + 1, NULL, 10));
  return most;
}

static bool returns_nothing(const char *sql) {
  while (g_ascii_isspace(*sql)) sql++;
  bool writes = g_str_has_prefix(sql, "INSERT") || g_str_has_prefix(sql, "UPDATE") || g_str_has_prefix(sql, "DELETE");
  return writes && !strstr(sql, "RETURNING");
}

static void forget(struct query *query) {
  struct pg_query *pg = own(query);
  PQclear(pg->result);
  g_byte_array_unref(pg->arena);
  g_free(pg);
}

static int prepare_on_server(struct pg_db *db, const char *what, const char *sql, GError **error) {
  int number = GPOINTER_TO_INT(g_hash_table_lookup(db->prepared, sql));
  if (number) return number;
  char name[16];
  number = (int)g_hash_table_size(db->prepared) + 1;
  g_snprintf(name, sizeof name, "m%d", number);
  g_autofree char *words = dialect(sql, false);
  if (!make_room(db, error) || !sent(db, PQsendPrepare(db->link, name, words, 0, NULL), what, error) || !settle(db, NULL, error)) return 0;
  g_hash_table_insert(db->prepared, g_strdup(sql), GINT_TO_POINTER(number));
  return number;
}

static struct query *prepare(struct db *db, const char *name, const char *sql, bool alone, GError **error) {
  int number = prepare_on_server(own_db(db), name, sql, error);
  if (!number) return NULL;
  struct pg_query *made = g_new0(struct pg_query, 1);
  made->query = (struct query){ .db = db, .name = name };
  g_snprintf(made->name, sizeof made->name, "m%d", number);
  made->parameters = count_parameters(sql);
  made->silent = returns_nothing(sql);
  made->alone = alone && !made->silent;
  made->arena = g_byte_array_new();
  for (int i = 1; i <= made->parameters; i++) made->bound[i].null = true;
  return &made->query;
}

/* Numbers go as text, so that the server reads them as whatever the column is. */
static void bind(struct query *query, int parameter, const struct cell *cell) {
  struct pg_query *pg = own(query);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const void *data = cell->data;
  size_t length = cell->length;
  if (cell->kind == CELL_INTEGER) g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, cell->integer);
  if (cell->kind == CELL_REAL) g_ascii_dtostr(number, sizeof number, cell->real);
  if (cell->kind == CELL_INTEGER || cell->kind == CELL_REAL) {
    data = number;
    length = strlen(number);
  }
  pg->bound[parameter].null = cell->kind == CELL_NULL;
  pg->bound[parameter].binary = cell->kind == CELL_BLOB;
  pg->bound[parameter].at = pg->arena->len;
  pg->bound[parameter].length = length;
  if (length) g_byte_array_append(pg->arena, data, (guint)length);
  g_byte_array_append(pg->arena, (const guint8 *)"", 1);
}

static bool send_query(struct pg_query *query, GError **error) {
  const char *values[MAX_PARAMETERS];
  int lengths[MAX_PARAMETERS], formats[MAX_PARAMETERS];
  for (int i = 0; i < query->parameters; i++) {
    values[i] = query->bound[i + 1].null ? NULL : (const char *)query->arena->data + query->bound[i + 1].at;
    lengths[i] = (int)query->bound[i + 1].length;
    formats[i] = query->bound[i + 1].binary;
  }
  struct pg_db *db = own_db(query->query.db);
  return make_room(db, error) && sent(db, PQsendQueryPrepared(db->link, query->name, query->parameters, values, lengths, formats, 1), query->query.name, error);
}

/* Takes what is left of a query that ran alone, up to the end of its pipeline. */
static void drain(struct pg_db *db) {
  for (bool synced = false; !synced && PQstatus(db->link) != CONNECTION_BAD;) {
    PGresult *result = PQgetResult(db->link);
    synced = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
  }
}

static void end_rows(struct pg_query *query) {
  if (query->alone && query->running) drain(own_db(query->query.db));
  PQclear(query->result);
  query->result = NULL;
  query->running = false;
}

/* One row at a time, as they come. */
static int next_alone(struct pg_query *query, GError **error) {
  struct pg_db *db = own_db(query->query.db);
  if (!query->running) {
    if (!settle(db, NULL, error) || !send_query(query, error)) return -1;
    db->count = 0;
    if (!PQpipelineSync(db->link) || !PQsetSingleRowMode(db->link)) {
      db->failed = true;
      return fail_link(db->link, query->query.name, error) - 1;
    }
    query->running = true;
  }
  PQclear(query->result);
  query->row = 0;
  query->result = PQgetResult(db->link);
  if (PQresultStatus(query->result) == PGRES_SINGLE_TUPLE) return 1;
  int fine = PQresultStatus(query->result) == PGRES_TUPLES_OK ? 0 : -1;
  if (fine < 0) {
    fail_result(query->result, query->query.name, error);
    db->failed = true;
  }
  end_rows(query);
  return fine;
}

static int next(struct query *query, GError **error) {
  struct pg_query *pg = own(query);
  if (pg->alone) return next_alone(pg, error);
  if (!pg->running) {
    if (!send_query(pg, error)) return -1;
    if (pg->silent) return 0;
    if (!settle(own_db(query->db), &pg->result, error)) {
      end_rows(pg);
      return -1;
    }
    pg->running = true;
    pg->row = -1;
  }
  if (++pg->row < PQntuples(pg->result)) return 1;
  end_rows(pg);
  return 0;
}

static int run(struct query *query, bool wait, GError **error) {
  struct pg_query *pg = own(query);
  if (!send_query(pg, error)) return -1;
  if (!wait) return 0;
  PGresult *result = NULL;
  if (!settle(own_db(query->db), &result, error)) return -1;
  int changed = (int)g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
  PQclear(result);
  return changed;
}

static void reset(struct query *query) {
  struct pg_query *pg = own(query);
  end_rows(pg);
  g_byte_array_set_size(pg->arena, 0);
  for (int i = 1; i <= pg->parameters; i++) pg->bound[i].null = true;
}

static int64_t big_endian(const char *data, int length) {
  uint64_t bits = length && (data[0] & 0x80) ? UINT64_MAX : 0;
  for (int i = 0; i < length; i++) bits = bits << 8 | (uint8_t)data[i];
  return (int64_t)bits;
}

static struct cell cell_at(struct query *query, int column) {
  struct pg_query *pg = own(query);
  if (PQgetisnull(pg->result, pg->row, column)) return (struct cell){ .kind = CELL_NULL };
  const char *data = PQgetvalue(pg->result, pg->row, column);
  int length = PQgetlength(pg->result, pg->row, column);
  struct cell cell = { .data = data, .length = (size_t)length };
  switch (PQftype(pg->result, column)) {
  case OID_INT8:
  case OID_INT4: return (struct cell){ .kind = CELL_INTEGER, .integer = big_endian(data, length) };
  case OID_BOOL: return (struct cell){ .kind = CELL_INTEGER, .integer = *data != 0 };
  case OID_FLOAT8: {
    int64_t bits = big_endian(data, length);
    cell = (struct cell){ .kind = CELL_REAL };
    memcpy(&cell.real, &bits, sizeof cell.real);
    return cell;
  }
  case OID_BYTEA: cell.kind = CELL_BLOB; return cell;
  case OID_NAME:
  case OID_VARCHAR:
  case OID_TEXT: cell.kind = CELL_TEXT; return cell;
  default: g_error("column %d of %s has PostgreSQL's type %u: cast it in sql/queries", column, query->name, PQftype(pg->result, column));
  }
}

static int columns(struct query *query) { return PQnfields(own(query)->result); }

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void checkpoint(struct store *store) {} /* the server's own affair */

/* A connection that does nothing else. Whatever comes before LISTEN is in force is found by those who look anyway. */
static bool listen_for(struct store *store, int stop) {
  PGconn *link = reach(store->place, NULL);
  g_autofree char *company = link ? company_of(link) : NULL;
  PGresult *result = link ? PQexec(link, "LISTEN meno") : NULL;
  bool fine = PQresultStatus(result) == PGRES_COMMAND_OK, asked = false;
  PQclear(result);
  if (fine) store_wake(store);
  while (fine && !asked) {
    struct pollfd files[] = { { .fd = PQsocket(link), .events = POLLIN }, { .fd = stop, .events = POLLIN } };
    poll(files, G_N_ELEMENTS(files), -1);
    asked = files[1].revents != 0;
    fine = PQconsumeInput(link);
    bool news = false;
    for (PGnotify *notify; (notify = PQnotifies(link)); PQfreemem(notify)) news |= g_strcmp0(notify->extra, company) == 0;
    if (news) store_wake(store);
  }
  PQfinish(link);
  return fine;
}

static char *describe(struct store *store) {
  g_mutex_lock(&store->writing);
  PGconn *link = store->writer ? own_db(store->writer)->link : NULL;
  char *text = link ? g_strdup_printf("PostgreSQL %s, database %s on %s", PQparameterStatus(link, "server_version"), PQdb(link), PQhost(link)) : g_strdup("PostgreSQL");
  g_mutex_unlock(&store->writing);
  return text;
}

static int64_t size(struct store *store) {
  g_autoptr(db_auto) db = store_read(store, NULL);
  struct query *query = db ? prepare(db, "size", "SELECT pg_database_size(current_database())", false, NULL) : NULL;
  int64_t bytes = query && next(query, NULL) == 1 ? cell_at(query, 0).integer : 0;
  if (query) forget(query);
  return bytes;
}

const struct engine postgresql_engine = { .name = "postgresql", .connect = connect, .disconnect = disconnect, .alive = alive, .begin = begin, .commit = commit,
  .roll_back = roll_back, .sound = sound, .undone = undone,
  .exists = exists, .version = version, .begin_migration = begin_migration, .migrate = migrate, .prepare = prepare, .forget = forget, .bind = bind,
  .next = next, .run = run,
  .reset = reset, .cell = cell_at, .columns = columns, .listen = listen_for,
  .tables = "SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
  .checkpoint = checkpoint, .describe = describe, .size = size };
