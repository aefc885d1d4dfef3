/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET of statements (xAPI-Communication 2.1.3). Each filter is one ascending or descending stream of sequence numbers, read
 * in parts from one range of statement_term (a related_ filter: from two or three, merged). A list that has all filters is where the
 * streams meet: each is asked for its next number from where the furthest one stands, until all stand at the same (a leapfrog
 * join: Veldhuizen, ICDT 2014). No plan has to be chosen, and going on where an answer ended costs the same at any depth.
 *
 * The order of a list is the order of arrival, and a range of time a range of numbers; but for statements that were moved here from another
 * store and say when they were stored there. Those stand in runs (statement_run): one that lies out of the range of time is leapt
 * over as a whole, in one that lies across its border each statement is asked.
 *
 * How it can be slow: two filters that are both common and never meet; many statements whose people were erased. So one answer makes
 * at most SEEKS_MOST steps and then says where to go on. */
#include "evidence/lrs-private.h"
#include "base/limits.h"
#include "company/fold.h"
#include "evidence/xapi-private.h"

#define PART_LEAST 8
#define PART_FIRST 64
#define PART_MOST 1024
#define FILTERS_MOST 5
#define SEEKS_MOST 20000
#define NONE INT64_MIN

struct stream { int64_t term; int place; int64_t *part; int at, count, size, hits /* numbers of the part that were asked for */; bool over; };
struct filter { struct stream streams[2 * PLACE_COUNT]; int count; };
struct run { int64_t first, last, oldest, newest; }; /* of statements from elsewhere; first 0: none */
struct search {
  struct lrs *lrs;
  struct db *db;
  bool up;
  struct filter filters[FILTERS_MOST];
  int count, seeks;
  int64_t low, high; /* the range to look in */
  bool nothing;      /* a term that no statement has */
  bool voided_too, timed;
  int64_t since, until, latest; /* the last that arrived in time */
  struct run run;    /* the one that was looked at last */
};

/* ---- streams ---------------------------------------------------------------------------------------------------- */

/* The next part is larger where this one was of use, and smaller where most of it was leapt over. */
static bool read_part(struct search *search, struct stream *stream, int64_t from, GError **error) {
  static const char *const names[2][2] = { { "evidence.all_down", "evidence.all_up" }, { "evidence.term_down", "evidence.term_up" } };
  const char *name = search->voided_too && !stream->term ? "evidence.every_up" : names[stream->term != 0][search->up];
  stream->size = !stream->size ? PART_FIRST : CLAMP(stream->hits * 4 >= stream->count ? stream->size * 4 : stream->size / 4, PART_LEAST, PART_MOST);
  stream->part = g_renew(int64_t, stream->part, stream->size);
  stream->at = stream->count = stream->hits = 0;
  g_autoptr(query_auto) query = stream->term ? db_query(search->db, error, name, "iiii", stream->term, (int64_t)stream->place, from, (int64_t)stream->size)
    : db_query(search->db, error, name, "ii", from, (int64_t)stream->size);
  int got;
  while ((got = query_next(query, error)) == 1) stream->part[stream->count++] = query_integer(query, 0);
  stream->over = stream->count < stream->size;
  return got == 0;
}

/* The next number at `from` or beyond; NONE: there is none. */
static bool seek_stream(struct search *search, struct stream *stream, int64_t from, int64_t *ret_seq, GError **error) {
  for (;;) {
    for (; stream->at < stream->count; stream->at++) {
      int64_t seq = stream->part[stream->at];
      if (search->up ? seq >= from : seq <= from) {
        stream->hits++;
        *ret_seq = seq;
        return true;
      }
    }
    if (stream->over) {
      *ret_seq = NONE;
      return true;
    }
    search->seeks++;
    if (!read_part(search, stream, from, error)) return false;
  }
}

static bool seek_filter(struct search *search, struct filter *filter, int64_t from, int64_t *ret_seq, GError **error) {
  int64_t nearest = NONE, seq;
  for (int i = 0; i < filter->count; i++) {
    if (!seek_stream(search, &filter->streams[i], from, &seq, error)) return false;
    if (seq != NONE && (nearest == NONE || (search->up ? seq < nearest : seq > nearest))) nearest = seq;
  }
  *ret_seq = nearest;
  return true;
}

/* The next number at `from` or beyond that all filters have. `ret_paused`: the steps are used up, go on there later. */
static bool seek(struct search *search, int64_t from, int64_t *ret_seq, bool *ret_paused, GError **error) {
  int agreed = 0;
  *ret_paused = false;
  for (int i = 0; agreed < search->count; i = (i + 1) % search->count) {
    int64_t seq;
    if (search->seeks > SEEKS_MOST) {
      *ret_seq = from;
      *ret_paused = true;
      return true;
    }
    if (!seek_filter(search, &search->filters[i], from, &seq, error)) return false;
    if (seq == NONE || seq < search->low || seq > search->high) {
      *ret_seq = NONE;
      return true;
    }
    agreed = seq == from ? agreed + 1 : 1;
    from = seq;
  }
  *ret_seq = from;
  return true;
}

/* ---- filters ---------------------------------------------------------------------------------------------------- */

static void reverse(int64_t *list, int count) {
  for (int i = 0; i < count / 2; i++) {
    int64_t held = list[i];
    list[i] = list[count - 1 - i];
    list[count - 1 - i] = held;
  }
}

static void add_filter(struct search *search, int64_t term, unsigned places) {
  struct filter *filter = &search->filters[search->count++];
  g_assert(search->count <= FILTERS_MOST);
  search->nothing |= term == 0;
  for (int place = 0; place < PLACE_COUNT; place++) {
    struct stream newest = { .term = term, .place = place, .over = true /* it has all, from the tail */ };
    if (!(places & 1u << place)) continue;
    filter->streams[filter->count++] = (struct stream){ .term = term, .place = place };
    newest.part = lrs_tail_find(search->lrs->tail, term, place, &newest.count);
    if (!search->up) reverse(newest.part, newest.count);
    filter->streams[filter->count++] = newest;
  }
}

static bool add_named(struct search *search, char letter, const char *key, unsigned places, GError **error) {
  g_autofree char *name = g_strdup_printf("%c%s", letter, key);
  int64_t term = 0;
  if (db_one(search->db, &term, error, "company.term", "t", name) < 0) return false;
  add_filter(search, term, places);
  return true;
}

static void add_registration(struct search *search, const char *registration) {
  struct uuid uuid = { 0 };
  uuid_parse(registration, &uuid);
  add_filter(search, lrs_registration_term(uuid), 1u << PLACE_DIRECT);
}

/* The term of whose statements alone are looked for: a room's, or a voucher's. */
static char *whose_term(struct lrs *lrs, const char *mine) {
  if (g_str_has_prefix(mine, LRS_ROOM)) return g_strconcat("h", mine + strlen(LRS_ROOM), NULL);
  g_autofree char *name = lrs_agent_name(lrs, mine);
  return g_strconcat("p", name, NULL);
}

static bool add_filters(struct search *search, const struct xapi_query *query, const char *mine, GError **error) {
  const unsigned direct = 1u << PLACE_DIRECT, related = direct | 1u << PLACE_RELATED, all = related | 1u << PLACE_AUTHORITY;
  bool opaque = query->agent && g_str_has_prefix(query->agent, LRS_OPAQUE);
  g_autofree char *agent = opaque ? g_strdup(query->agent + strlen(LRS_OPAQUE)) : query->agent ? lrs_agent_name(search->lrs, query->agent) : NULL, *theirs = mine ? whose_term(search->lrs, mine) : NULL;
  if (*query->registration) add_registration(search, query->registration);
  if (agent && !add_named(search, 'p', agent, query->agent_roles == XAPI_FILTER_AGENT ? direct : all, error)) return false;
  if (query->activity && !add_named(search, 'o', query->activity, query->activity_roles == XAPI_FILTER_ACTIVITY ? direct : related, error)) return false;
  if (query->verb && !add_named(search, 'v', query->verb, direct, error)) return false;
  if (theirs && !add_named(search, *theirs, theirs + 1, 1u << PLACE_AUTHORITY, error)) return false;
  if (search->count == 0) search->filters[search->count++] = (struct filter){ .streams = { { 0 } }, .count = 1 };
  return true;
}

/* What was moved here arrived after it had been stored elsewhere: so the first that arrived in time is the first of all, and the last
 * is that or the last of those that were moved. */
static bool set_range(struct search *search, const struct xapi_query *query, GError **error) {
  int64_t moved = 0;
  search->low = 1;
  search->high = search->latest = INT64_MAX;
  search->since = query->since;
  search->until = query->until;
  search->timed = query->since != INT64_MIN || query->until != INT64_MAX;
  if (query->since != INT64_MIN) {
    int got = db_one(search->db, &search->low, error, "evidence.first_after", "i", query->since);
    if (got < 0) return false;
    search->nothing |= got == 0;
  }
  if (query->until != INT64_MAX) {
    search->latest = 0;
    if (db_one(search->db, &search->latest, error, "evidence.last_until", "i", query->until) < 0 ||
        db_one(search->db, &moved, error, "evidence.last_run_until", "i", query->until) < 0) return false;
    search->high = MAX(search->latest, moved);
    search->nothing |= search->high == 0;
  }
  return true;
}

static int read_run(struct db *db, const char *name, int64_t seq, struct run *ret_run, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, name, "i", seq);
  int got = query_next(query, error);
  if (got == 1) *ret_run = (struct run){ query_integer(query, 0), query_integer(query, 1), query_integer(query, 2), query_integer(query, 3) };
  return got;
}

/* Whether a number is in the range of time: 1 it is, 0 go on at `*ret_on`, 2 its text says, -1 an error. */
static int in_time(struct search *search, int64_t seq, int64_t *ret_on, GError **error) {
  struct run *run = &search->run;
  bool out = search->up ? seq > run->last : seq < run->first;
  *ret_on = search->up ? seq + 1 : seq - 1;
  if (!search->timed) return 1;
  if (run->first == 0 || out) { /* the run that holds it, or the next on the way */
    int got = read_run(search->db, search->up ? "evidence.run_from" : "evidence.run_until", seq, run, error);
    if (got < 0) return -1;
    if (got == 0) *run = search->up ? (struct run){ INT64_MAX, INT64_MAX } : (struct run){ -1, -1 };
  }
  if (seq < run->first || seq > run->last) {
    if (seq <= search->latest) return 1;
    *ret_on = search->up ? run->first : MAX(run->last, search->latest);
    return 0;
  }
  if (run->oldest > search->since && run->newest <= search->until) return 1;
  if (run->oldest <= search->until && run->newest > search->since) return 2;
  *ret_on = search->up ? run->last + 1 : run->first - 1;
  return 0;
}

static void search_clear(struct search *search) {
  for (int i = 0; i < search->count; i++)
    for (int k = 0; k < search->filters[i].count; k++) g_free(search->filters[i].streams[k].part);
  db_release(search->db);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static void statement_clear_text(void *data) { g_free(((struct lrs_statement *)data)->text); }

GArray *lrs_statements_new(void) {
  GArray *statements = g_array_new(FALSE, FALSE, sizeof(struct lrs_statement));
  g_array_set_clear_func(statements, statement_clear_text);
  return statements;
}

/* The row of evidence.statement_at, where its text can be read. */
static size_t take_row(struct lrs *lrs, struct db *db, struct query *query, GArray *statements) {
  struct lrs_statement statement = { .seq = query_integer(query, 0), .stored = query_integer(query, 1) };
  statement.text = lrs_row_text(lrs, db, query, &statement.length);
  if (!statement.text) return 0;
  g_array_append_val(statements, statement);
  return statement.length;
}

static int64_t stored_of(const struct lrs_statement *statement) {
  g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, NULL);
  const char *text = json_string(json_get(doc ? json_root(doc) : (struct json){ 0 }, "stored"));
  int64_t stored = statement->stored;
  if (text) xapi_read_time(text, strlen(text), XAPI_1_0_3, &stored);
  return stored;
}

static int64_t take(struct search *search, int64_t seq, bool ask, GArray *statements, GError **error) {
  search->seeks++; /* one that cannot be read any more costs as much and fills no answer */
  g_autoptr(query_auto) query = db_query(search->db, error, "evidence.statement_at", "i", seq);
  int got = query_next(query, error);
  if (got != 1) return got;
  if (query_null(query, 2) || (!query_null(query, 3) && !search->voided_too)) return 0;
  size_t length = take_row(search->lrs, search->db, query, statements);
  if (length == 0 || !ask) return (int64_t)length;
  int64_t stored = stored_of(&g_array_index(statements, struct lrs_statement, statements->len - 1));
  if (stored > search->since && stored <= search->until) return (int64_t)length;
  g_array_set_size(statements, statements->len - 1);
  return 0;
}

static bool collect(struct search *search, int64_t cursor, int64_t limit, GArray *statements, int64_t *ret_cursor, GError **error) {
  int64_t from = search->up ? MAX(cursor, search->low) : cursor ? MIN(cursor, search->high) : search->high, seq, on;
  size_t bytes = 0;
  bool paused;
  for (;;) {
    if (!seek(search, from, &seq, &paused, error)) return false;
    bool full = (int64_t)statements->len >= limit || bytes >= LIMIT_XAPI_PAGE_BYTES;
    if (seq == NONE || paused || full) break;
    int timely = in_time(search, seq, &on, error);
    int64_t length = timely > 0 ? take(search, seq, timely == 2, statements, error) : timely;
    if (length < 0) return false;
    search->seeks += timely == 0;
    bytes += (size_t)length;
    from = on;
  }
  *ret_cursor = seq == NONE ? 0 : seq;
  return true;
}

bool lrs_find(struct lrs *lrs, const struct xapi_query *query, const char *mine, int64_t cursor, GArray *statements, int64_t *ret_cursor, GError **error) {
  struct search search = { .lrs = lrs, .up = query->ascending, .voided_too = query->voided_too, .db = store_read(ledger_store(lrs->ledger), error) };
  int64_t limit = query->limit > 0 ? MIN(query->limit, LIMIT_XAPI_PAGE) : LIMIT_XAPI_PAGE, more = 0;
  if (!search.db) return false;
  bool fine = lrs_tail_read(lrs->tail, search.db, error) && add_filters(&search, query, mine, error) && set_range(&search, query, error);
  if (fine && !search.nothing) fine = collect(&search, cursor, limit, statements, &more, error);
  if (fine) *ret_cursor = more;
  search_clear(&search);
  return fine;
}

int lrs_is_of(struct lrs *lrs, struct db *db, int64_t seq, const char *mine, GError **error) {
  g_autofree char *key = whose_term(lrs, mine);
  int64_t term = 0, one;
  int got = db_one(db, &term, error, "company.term", "t", key);
  return got == 1 ? db_one(db, &one, error, "evidence.statement_is_of", "ii", seq, term) : got;
}

int lrs_find_one(struct lrs *lrs, const char *id, bool voided, const char *mine, GArray *statements, GError **error) {
  struct uuid uuid = { 0 };
  uuid_parse(id, &uuid);
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "evidence.statement_of_id", "b", uuid.bytes, sizeof uuid.bytes) : NULL;
  int got = query_next(query, error);
  if (got != 1 || query_null(query, 2) || query_null(query, 3) == voided) return MIN(got, 0);
  int of = mine ? lrs_is_of(lrs, db, query_integer(query, 0), mine, error) : 1;
  if (of != 1 || take_row(lrs, db, query, statements) == 0) return MIN(of, 0);
  struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, statements->len - 1);
  struct run run = { 0 };
  query_done(g_steal_pointer(&query));
  int moved = read_run(db, "evidence.run_from", statement->seq, &run, error);
  if (moved == 1 && run.first <= statement->seq) statement->stored = stored_of(statement);
  return moved < 0 ? -1 : 1;
}

bool lrs_attachments(struct lrs *lrs, int64_t seq, GArray *parts, GPtrArray *keep, GError **error) {
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "evidence.attachments", "i", seq) : NULL;
  int got;
  while ((got = query_next(query, error)) == 1) {
    const char *hash = query_text(query, 0);
    if (parts->len && xapi_part_find(&g_array_index(parts, struct xapi_part, 0), parts->len, hash, strlen(hash))) continue;
    size_t length = 0;
    char *data = lrs_open(lrs, query_text(query, 3), lrs_event_id(query, 4), hash, query_integer(query, 2), &length);
    if (!data) continue;
    char *name = g_strdup(hash), *type = g_strdup(query_text(query, 1));
    struct xapi_part part = { type, strlen(type), name, strlen(name), data, length };
    g_ptr_array_add(keep, data);
    g_ptr_array_add(keep, name);
    g_ptr_array_add(keep, type);
    g_array_append_val(parts, part);
  }
  return got == 0;
}

/* ---- agents and activities -------------------------------------------------------------------------------------- */

struct naming { const char *key; GPtrArray *names; };

static void take_name(struct json agent, unsigned roles, void *data) {
  struct naming *naming = data;
  const char *name = json_string(json_get(agent, "name"));
  g_autofree char *key = name && *name ? lrs_agent_key(agent) : NULL;
  if (!key || strcmp(key, naming->key) != 0) return;
  for (guint i = 0; i < naming->names->len; i++)
    if (strcmp(naming->names->pdata[i], name) == 0) return;
  g_ptr_array_add(naming->names, g_strdup(name));
}

bool lrs_agent_names(struct lrs *lrs, const char *key, const char *mine, GPtrArray *names, GError **error) {
  struct xapi_query query = { .agent = (char *)(uintptr_t)key, .agent_roles = XAPI_FILTER_AGENT, .since = INT64_MIN, .until = INT64_MAX, .limit = 20 };
  g_autoptr(GArray) statements = lrs_statements_new();
  int64_t cursor = 0;
  if (!lrs_find(lrs, &query, mine, 0, statements, &cursor, error)) return false;
  for (guint i = 0; i < statements->len; i++) {
    const struct lrs_statement *statement = &g_array_index(statements, struct lrs_statement, i);
    g_autoptr(json_doc_auto) doc = json_parse(statement->text, statement->length, NULL);
    if (doc) xapi_visit_agents(json_root(doc), take_name, &(struct naming){ key, names });
  }
  return true;
}

int lrs_definition(struct lrs *lrs, const char *room, const char *activity, char **ret_definition, GError **error) {
  g_autofree char *id = lrs_in_room(room, activity);
  g_autoptr(db_auto) db = store_read(ledger_store(lrs->ledger), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "evidence.definition", "t", id) : NULL;
  int got = query_next(query, error);
  if (got == 1) *ret_definition = g_strdup(query_text(query, 0));
  return got;
}
