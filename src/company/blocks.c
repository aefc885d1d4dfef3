/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roll-ups that cost the writer nearly nothing. A counter per verb, activity, agent and day that each statement raises would be three
 * writes in three places of the database for each. So the statements of BLOCKS_SEQS sequence numbers are added up at once, in
 * memory, and written as one packed row per kind. When that happens must follow from the events alone, as replay makes the
 * same rows: the first statement that is folded in the next range completes the block. Only in the first WINDOW numbers of a range
 * is it asked whether that has been done, so most statements pay a comparison. Where statements are so rare that none falls
 * into a window, the block waits for the next range; then it is few statements that wait.
 *
 * A block counts its statements as they were at its last seq. One that is voided later is in the voiding statement's block as a
 * cell that takes back; so no block is ever written again, and the fold that voids needs to know nothing of blocks. The voiding statement
 * itself counts, as one of the verb "voided".
 *
 * A cell is a flag byte and numbers of seven bits a byte, sorted by term and day, so that most numbers are one byte: 29 MB
 * for 5.2 million statements of 10,000 people about 5,000 activities (bench/bench-summary).
 *
 * People behind a figure: the gate asks whether they are at least five, in any union of cells. Cells of fewer name them (opaque terms),
 * others tell their number; a union has at least as many as the largest cell, or as it has names. Who was taken back is subtracted
 * whole, though he may have done something else. So the number is never too large, which is the safe side.
 *
 * Disadvantages: a question reads all cells of its days, so it takes as long as there are days and terms; and what agents a
 * statement has other than its actor is not counted. */
#include "company/blocks.h"
#include <math.h>
#include <string.h>

#define WINDOW 512

static const char *const kind_names[BLOCK_KINDS] = { "v", "o", "p" };

/* ---- statements as columns -------------------------------------------------------------------------------------- */

enum { WAY_TOLD = 1, WAY_SCORED = 2, WAY_BACK = 4 };
struct row { uint64_t terms[BLOCK_KINDS], day, way; bool passed; int64_t points; };
struct rows { GArray *at; bool voids; };

static bool read_rows(struct db *db, const char *name, int64_t after, int64_t last, bool back, struct rows *rows, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, name, "ii", after, last);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct row row = { .day = (uint64_t)((int64_t)clock_day(query_integer(query, 0)) - INT32_MIN), .way = back ? WAY_BACK : 0 };
    for (int kind = 0; kind < BLOCK_KINDS; kind++) row.terms[kind] = (uint64_t)query_integer(query, 1 + kind);
    if (!query_null(query, 4)) {
      row.way |= WAY_SCORED;
      row.points = (int64_t)llround(CLAMP(query_double(query, 4), 0, 1) * BLOCK_POINTS);
    }
    if (!query_null(query, 5)) row.way |= WAY_TOLD;
    row.passed = query_integer(query, 5);
    rows->voids |= query_integer(query, 6) != 0;
    g_array_append_val(rows->at, row);
  }
  return got == 0;
}

/* What there is to count in (after, last]: the statements, and what they take back. */
static GArray *gather(struct db *db, int64_t after, int64_t last, GError **error) {
  struct rows rows = { g_array_new(FALSE, FALSE, sizeof(struct row)), false };
  if (read_rows(db, "company.block_statements", after, last, false, &rows, error) &&
      (!rows.voids || read_rows(db, "company.block_voided", after, last, true, &rows, error))) return rows.at;
  g_array_unref(rows.at);
  return NULL;
}

/* ---- sorting ---------------------------------------------------------------------------------------------------- */

#define DIGIT 11
/* Sorts `order` by a column, stable: a counting pass per digit in which the keys differ. */
static void sort_by(uint32_t *order, uint32_t *room, size_t count, const struct row *rows, size_t offset) {
  const char *base = (const char *)rows + offset;
#define KEY(i) (*(const uint64_t *)(const void *)(base + (i) * sizeof(struct row)))
  uint64_t differ = 0, first = KEY(0);
  for (size_t i = 1; i < count; i++) differ |= KEY(i) ^ first;
  uint32_t *from = order, *to = room;
  for (int shift = 0; shift < 64; shift += DIGIT) {
    size_t starts[1 << DIGIT] = { 0 }, sum = 0;
    if (!(differ >> shift & ((1 << DIGIT) - 1))) continue;
    for (size_t i = 0; i < count; i++) starts[KEY(from[i]) >> shift & ((1 << DIGIT) - 1)]++;
    for (size_t d = 0; d < G_N_ELEMENTS(starts); d++) {
      size_t here = starts[d];
      starts[d] = sum;
      sum += here;
    }
    for (size_t i = 0; i < count; i++) to[starts[KEY(from[i]) >> shift & ((1 << DIGIT) - 1)]++] = from[i];
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != order) memcpy(order, from, count * sizeof *order);
#undef KEY
}

/* ---- cells ------------------------------------------------------------------------------------------------------ */

/* Which rows make one cell: an agent's cells are of one person anyway. */
static bool same_cell(const struct row *a, const struct row *b, enum block_kind kind) {
  uint64_t mask = kind == BLOCK_AGENT ? WAY_BACK : ~UINT64_C(0);
  return a->terms[kind] == b->terms[kind] && a->day == b->day && ((a->way ^ b->way) & mask) == 0;
}

/* Adds up rows that are sorted by term, day, way (what is taken back last) and agent. */
static void add_up(const struct row *rows, const uint32_t *order, size_t count, enum block_kind kind, void (*visit)(const struct block_cell *cell, void *data), void *data) {
  for (size_t i = 0; i < count;) {
    const struct row *first = &rows[order[i]];
    struct block_cell cell = { .term = (int64_t)first->terms[kind], .day = (int32_t)((int64_t)first->day + INT32_MIN), .back = first->way & WAY_BACK };
    uint64_t before = 0;
    for (; i < count && same_cell(&rows[order[i]], first, kind); i++) {
      const struct row *row = &rows[order[i]];
      uint64_t agent = row->terms[BLOCK_AGENT];
      cell.count++;
      cell.told += (row->way & WAY_TOLD) != 0;
      cell.passed += row->passed;
      cell.scored += (row->way & WAY_SCORED) != 0;
      cell.points += row->points;
      if (agent == before) continue; /* 0, nobody who could be told apart, counts as nobody */
      if (cell.people < BLOCK_FEW) cell.who[cell.people] = (int64_t)agent;
      cell.people++;
      before = agent;
    }
    visit(&cell, data);
  }
}

/* The rows' cells of each kind from..to; `data` has one for each kind. */
static void make_cells(const GArray *list, enum block_kind from, enum block_kind to, void (*visit)(const struct block_cell *cell, void *data), void *data[]) {
  const struct row *rows = (const struct row *)(const void *)list->data;
  size_t count = list->len;
  if (!count) return;
  g_autofree uint32_t *order = g_new(uint32_t, count), *sorted = g_new(uint32_t, count), *room = g_new(uint32_t, count);
  for (uint32_t i = 0; i < count; i++) order[i] = i;
  sort_by(order, room, count, rows, offsetof(struct row, terms) + BLOCK_AGENT * sizeof(uint64_t));
  sort_by(order, room, count, rows, offsetof(struct row, way));
  sort_by(order, room, count, rows, offsetof(struct row, day));
  for (enum block_kind kind = from; kind <= to; kind++) {
    memcpy(sorted, order, count * sizeof *order);
    sort_by(sorted, room, count, rows, offsetof(struct row, terms) + kind * sizeof(uint64_t));
    add_up(rows, sorted, count, kind, visit, data[kind]);
  }
}

/* ---- cells as bytes --------------------------------------------------------------------------------------------- */

enum { SAME_TERM = 1, BACK = 2, MANY = 4 /* more than one statement */, TOLD = 8, SCORED = 16, PEOPLE = 32 /* × so many, up to BLOCK_FEW; beyond, a number follows */ };

struct packing { GByteArray *bytes; int64_t term; int32_t day; int32_t first_day, last_day; };

static void put_number(GByteArray *bytes, uint64_t number) {
  guint8 text[10], length = 0;
  for (; number >= 0x80; number >>= 7) text[length++] = (guint8)(number | 0x80);
  text[length++] = (guint8)number;
  g_byte_array_append(bytes, text, length);
}

static uint64_t fold_sign(int64_t number) { return (uint64_t)number << 1 ^ (uint64_t)(number >> 63); }
static int64_t unfold_sign(uint64_t number) { return (int64_t)(number >> 1) ^ -(int64_t)(number & 1); }

static void pack(const struct block_cell *cell, void *data) {
  struct packing *packing = data;
  GByteArray *bytes = packing->bytes;
  int64_t people = MIN(cell->people, BLOCK_FEW + 1);
  guint8 flags = (guint8)((cell->term == packing->term ? SAME_TERM : 0) | (cell->back ? BACK : 0) | (cell->count > 1 ? MANY : 0) | (cell->told ? TOLD : 0) |
    (cell->scored ? SCORED : 0) | (guint8)people * PEOPLE);
  g_byte_array_append(bytes, &flags, 1);
  if (cell->term != packing->term) put_number(bytes, (uint64_t)(cell->term - packing->term)); /* sorted: never before */
  put_number(bytes, fold_sign((int64_t)cell->day - packing->day));
  if (cell->count > 1) put_number(bytes, (uint64_t)cell->count);
  if (cell->told) {
    put_number(bytes, (uint64_t)cell->told);
    put_number(bytes, (uint64_t)cell->passed);
  }
  if (cell->scored) {
    put_number(bytes, (uint64_t)cell->scored);
    put_number(bytes, (uint64_t)cell->points);
  }
  if (people > BLOCK_FEW) put_number(bytes, (uint64_t)cell->people);
  for (int64_t i = 0, before = 0; people <= BLOCK_FEW && i < people; before = cell->who[i++])
    put_number(bytes, fold_sign(cell->who[i] == cell->term ? 0 : cell->who[i] - before)); /* 0: the term itself, an agent */
  packing->term = cell->term;
  packing->day = cell->day;
  packing->first_day = MIN(packing->first_day, cell->day);
  packing->last_day = MAX(packing->last_day, cell->day);
}

struct bytes { const guint8 *at, *end; bool bad; };

static uint64_t take_number(struct bytes *bytes) {
  uint64_t number = 0;
  for (int shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
    guint8 byte = *bytes->at++;
    number |= (uint64_t)(byte & 0x7F) << shift;
    if (!(byte & 0x80)) return number;
  }
  bytes->bad = true;
  return 0;
}

/* Of a number that a damaged file may make anything: what is beyond any count of statements is none. */
static int64_t take_count(struct bytes *bytes) {
  uint64_t number = take_number(bytes);
  if (number > INT64_C(1) << 48) bytes->bad = true;
  return bytes->bad ? 0 : (int64_t)number;
}

static void take_people(struct bytes *bytes, struct block_cell *cell, int people) {
  int64_t before = 0;
  cell->people = people > BLOCK_FEW ? take_count(bytes) : people;
  for (int i = 0; people <= BLOCK_FEW && i < people; i++) {
    uint64_t number = take_number(bytes);
    before = cell->who[i] = number ? (int64_t)((uint64_t)before + (uint64_t)unfold_sign(number)) : cell->term;
  }
}

bool blocks_read(const void *data, size_t length, void (*visit)(const struct block_cell *cell, void *data), void *visit_data, GError **error) {
  struct bytes bytes = { data, (const guint8 *)data + length, false };
  int64_t term = 0, day = 0;
  while (bytes.at < bytes.end && !bytes.bad) {
    unsigned flags = *bytes.at++;
    if (!(flags & SAME_TERM)) term += take_count(&bytes);
    day += unfold_sign(take_number(&bytes));
    if (term > INT64_C(1) << 48 || day < INT32_MIN || day > INT32_MAX) bytes.bad = true;
    struct block_cell cell = { .term = term, .day = (int32_t)day, .back = flags & BACK };
    cell.count = flags & MANY ? take_count(&bytes) : 1;
    if (flags & TOLD) cell.told = take_count(&bytes), cell.passed = take_count(&bytes);
    if (flags & SCORED) cell.scored = take_count(&bytes), cell.points = take_count(&bytes);
    take_people(&bytes, &cell, (int)(flags / PEOPLE));
    if (!bytes.bad) visit(&cell, visit_data);
  }
  return !bytes.bad || fail(error, MENO_ERROR_CORRUPT, "a block of what statements add up to cannot be read; `meno replay --verify` tells more");
}

/* ---- the fold --------------------------------------------------------------------------------------------------- */

static bool put_block(struct db *db, int64_t seq, int64_t after, int64_t last, GError **error) {
  g_autoptr(GArray) rows = gather(db, after, last, error);
  struct packing packings[BLOCK_KINDS];
  void *data[BLOCK_KINDS];
  bool fine = rows != NULL;
  for (int kind = 0; kind < BLOCK_KINDS; kind++) {
    packings[kind] = (struct packing){ g_byte_array_new(), 0, 0, INT32_MAX, INT32_MIN };
    data[kind] = &packings[kind];
  }
  if (rows) make_cells(rows, BLOCK_VERB, BLOCK_AGENT, pack, data);
  for (int kind = 0; kind < BLOCK_KINDS; kind++) {
    struct packing *packing = &packings[kind];
    fine = fine && db_run(db, error, "company.put_block", "tiiiib", kind_names[kind], last, (int64_t)packing->first_day, (int64_t)packing->last_day, seq,
      packing->bytes->data ? (const void *)packing->bytes->data : "", (size_t)packing->bytes->len) >= 0;
    g_byte_array_unref(packing->bytes);
  }
  return fine;
}

bool blocks_fold(struct db *db, int64_t seq, GError **error) {
  int64_t end = seq - seq % BLOCKS_SEQS, last = 0;
  if (seq % BLOCKS_SEQS >= WINDOW) return true;
  if (db_one(db, &last, error, "company.last_block", "") < 0) return false;
  return last >= end || put_block(db, seq, last, end, error);
}

/* ---- asking ----------------------------------------------------------------------------------------------------- */

struct between { int32_t from, to; void (*visit)(const struct block_cell *cell, void *data); void *data; };

static void visit_between(const struct block_cell *cell, void *data) {
  const struct between *between = data;
  if (cell->day >= between->from && cell->day <= between->to) between->visit(cell, between->data);
}

bool blocks_visit(struct db *db, enum block_kind kind, int32_t from, int32_t to, void (*visit)(const struct block_cell *cell, void *data), void *data, GError **error) {
  struct between between = { from, to, visit, data };
  void *all[BLOCK_KINDS] = { &between, &between, &between };
  int64_t last = 0;
  int got;
  g_autoptr(query_auto) query = db_query(db, error, "company.blocks", "tii", kind_names[kind], (int64_t)from, (int64_t)to);
  while ((got = query_next(query, error)) == 1) {
    size_t length;
    const void *bytes = query_blob(query, 0, &length);
    if (!blocks_read(bytes, length, visit_between, &between, error)) return false;
  }
  if (got < 0 || db_one(db, &last, error, "company.last_block", "") < 0) return false;
  g_autoptr(GArray) rows = gather(db, last, INT64_MAX, error);
  if (rows) make_cells(rows, kind, kind, visit_between, all);
  return rows != NULL;
}
