/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Power cuts, syncs that lie, failing and full disks, under a ledger at work.
 *
 * A seed decides everything: what is written (single events, groups that commit together, imports in chunks, undoing, taking
 * back, checkpoints, snapshots held open, closing and opening), when the disk fails and how, and what of the unsynced writes
 * survives. Afterwards every event that was acknowledged is there, at its number and with its bytes; of a write that was not
 * acknowledged there is all or nothing; nothing of one that was taken back or refused; the chain and the projections hold.
 * What failed to commit is not there either, but may be in the log, where opening the database anew finds it, whole.
 *
 * Where a sync has lied nobody can promise what is there. Then the database is refused, or the verifier finds it broken, or it
 * holds the beginning of what was written, whole.
 *
 * A seed that fails is printed; MENO_SEED=n runs that one alone. Only the last test has threads that race, so that there a
 * seed may not fail twice. */
#include "ledger/claims.h"
#include "store/test-disk.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

static bool count(struct db *db, const struct event *event, struct json body, GError **error) {
  return db_run(db, error, "company.put_file", "ti", event->subject, event->seq) >= 0;
}
static const char *const counted[] = { "file.counted", NULL }, *const tables[] = { "file_seen", NULL };
static const struct event_kind toy_kinds[] = { { "file.counted", "testing", 0, "", "" }, { 0 } };
static const struct fold toy_folds[] = { { "toy", counted, tables, count }, { 0 } };
static const struct event_kind *const kinds[] = { toy_kinds, claim_kinds, NULL };
static const struct fold *const folds[] = { toy_folds, claim_folds, NULL };
static const struct ledger_tables joined = { kinds, folds };

static char *place;         /* a name only: nothing is written there */
static GHashTable *fresh;   /* the files of a new database */

enum fate { UNKNOWN, TAKEN_BACK, FAILED, FAILED_TO_COMMIT, ACKNOWLEDGED };
struct attempt { int64_t seq; int write; char *subject, *body; };
struct run {
  uint32_t seed;
  GRand *chance;
  GMutex lock;              /* of the threads' test */
  GPtrArray *attempts;      /* of struct attempt, by number */
  GArray *fates;            /* of enum fate, by write */
  struct store *store;
  struct ledger *ledger;
  struct db *snapshot;
  int imports, undone;      /* how many; the last that was undone */
  int last_import;          /* that was committed */
  bool errors_expected;
};

#define FAIL_SEED(run, ...) G_STMT_START { g_autofree char *words_ = g_strdup_printf(__VA_ARGS__); g_error("seed %u: %s (again: MENO_SEED=%u)", (run)->seed, words_, (run)->seed); } G_STMT_END

static int between(struct run *run, int from, int to) { return g_rand_int_range(run->chance, from, to + 1); }

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void expected(struct run *run, const GError *error) {
  if (!error) FAIL_SEED(run, "a failure without an error");
  if (error->domain != MENO_ERROR || error->code != MENO_ERROR_STORE) FAIL_SEED(run, "not a failure of the store: %s", error->message);
  if (!run->errors_expected && !disk_dead()) FAIL_SEED(run, "failed on a disk that works: %s", error->message);
}

static int new_write(struct run *run) {
  enum fate fate = UNKNOWN;
  g_mutex_lock(&run->lock);
  int write = (int)run->fates->len;
  g_array_append_val(run->fates, fate);
  g_mutex_unlock(&run->lock);
  return write;
}
static void set_fate(struct run *run, int write, enum fate fate) {
  g_mutex_lock(&run->lock);
  g_array_index(run->fates, enum fate, write) = fate;
  g_mutex_unlock(&run->lock);
}

static struct attempt *new_attempt(struct run *run, int write, const char *subject, int64_t first, int size, char id[24]) {
  struct attempt *attempt = g_new0(struct attempt, 1);
  g_autofree char *padding = g_strnfill((gsize)size, 'x');
  g_mutex_lock(&run->lock);
  g_ptr_array_add(run->attempts, attempt);
  attempt->write = write;
  attempt->subject = g_strdup(subject);
  attempt->body = g_strdup_printf("{\"first\":%" G_GINT64_FORMAT ",\"n\":%u,\"pad\":\"%s\"}", first, run->attempts->len - 1, padding);
  g_snprintf(id, 24, "%u", run->attempts->len - 1);
  g_mutex_unlock(&run->lock);
  return attempt;
}

static bool append(struct run *run, struct ledger_write *write, int number, const char *kind, const char *subject, const char *batch, int64_t first, int size, int64_t *ret_seq, GError **error) {
  char id[24];
  struct attempt *attempt = new_attempt(run, number, subject, first, size, id);
  int64_t seq = 0;
  struct event event = { .id = uuid_of("powercut", id, NULL), .kind = kind, .subject = subject, .actor = "system", .batch = batch, .body = attempt->body };
  if (!ledger_append(write, &event, &seq, error)) return false;
  attempt->seq = seq;
  if (ret_seq) *ret_seq = seq;
  return true;
}

struct plan { int events, size, names; bool take_back; const char *batch; };

static struct plan plan_write(struct run *run) {
  static const int sizes[] = { 0, 10, 100, 700, 3000, 9000 };
  struct plan plan = { .events = between(run, 1, 3) }; /* one throw in each statement: initialisers have no order */
  plan.size = sizes[between(run, 0, 5)];
  plan.names = between(run, 0, 1000);
  plan.take_back = between(run, 0, 7) == 0;
  return plan;
}

static bool fill(struct run *run, struct ledger_write *write, int number, const struct plan *plan, int64_t *ret_first, GError **error) {
  for (int i = 0; i < plan->events; i++) {
    g_autofree char *subject = g_strdup_printf("file %d", (plan->names + i * 7) % 40);
    if (!append(run, write, number, "file.counted", subject, plan->batch, 0, plan->size, i ? NULL : ret_first, error)) return false;
  }
  return true;
}

/* Ends the write and says what became of it. */
static bool finish(struct run *run, struct ledger_write *write, int number, bool fine, bool take_back, GError **error) {
  if (!fine || take_back) {
    ledger_abort(write);
    set_fate(run, number, fine ? TAKEN_BACK : FAILED);
  } else {
    fine = ledger_commit(write, error);
    set_fate(run, number, fine ? ACKNOWLEDGED : FAILED_TO_COMMIT);
  }
  if (!fine) expected(run, *error);
  return fine && !take_back;
}

static struct ledger_write *begin(struct run *run, GError **error) {
  struct ledger_write *write = ledger_write(run->ledger, 1000000, error);
  if (!write) expected(run, *error);
  return write;
}

static bool write_planned(struct run *run, const struct plan *plan, int64_t *ret_first) {
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(run, &error);
  if (!write) return false;
  int number = new_write(run);
  return finish(run, write, number, fill(run, write, number, plan, ret_first, &error), plan->take_back, &error);
}

static void write_one(struct run *run) {
  struct plan plan = plan_write(run);
  write_planned(run, &plan, NULL);
}

/* Work that is written together: all of it has joined before the first is begun, one at a time, so that the order is the seed's
 * although they are threads. */
struct member { struct run *run; struct plan plan; bool fails; int write; bool filled, refused; };

static bool fill_member(struct ledger_write *write, void *data, GError **error) {
  struct member *member = data;
  struct run *run = member->run;
  if (member->write >= 0) set_fate(run, member->write, FAILED); /* another's spoilt it: this is done again */
  member->write = new_write(run);
  member->filled = fill(run, write, member->write, &member->plan, NULL, error);
  if (member->filled && member->fails) {
    disk_begin(&(struct disk_plan){ .read_from = 1, .read_to = G_MAXINT64 });
    int64_t seq;
    member->filled = db_one(ledger_write_db(write), &seq, error, "ledger.claim", "t", "never looked for before") >= 0;
    disk_begin(NULL);
    g_assert_false(member->filled);
  }
  member->refused = member->filled && member->plan.take_back;
  return member->refused ? fail(error, MENO_ERROR_CONFLICT, "taken back") : member->filled;
}

static void *join_group(void *data) {
  struct member *member = data;
  g_autoptr(GError) error = NULL;
  bool fine = ledger_do(member->run->ledger, 1000000, fill_member, member, &error);
  if (member->write >= 0) set_fate(member->run, member->write, fine ? ACKNOWLEDGED : member->refused ? TAKEN_BACK : member->filled ? FAILED_TO_COMMIT : FAILED);
  if (!fine && !member->refused) expected(member->run, error);
  return NULL;
}

static void write_members(struct run *run, struct member *members, int count) {
  GThread *threads[5];
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(run, &error);
  if (!write) return;
  for (int i = 0; i < count; i++) {
    members[i].run = run;
    members[i].write = -1;
    threads[i] = g_thread_new("member", join_group, &members[i]);
    while (test_writers_waiting(run->store) <= i) g_thread_yield();
  }
  ledger_abort(write);
  for (int i = 0; i < count; i++) g_thread_join(threads[i]);
}

/* One of three fails at its first look at the disk, which takes back what the first has written, too: nobody may be told otherwise. */
static void fail_member(struct run *run) {
  struct member members[3] = { 0 };
  disk_begin(&(struct disk_plan){ .seed = run->seed });
  for (int i = 0; i < 3; i++) members[i] = (struct member){ .plan = { 1, 100, i, false, NULL }, .fails = i == 1 };
  write_members(run, members, 3);
}

static void write_group(struct run *run) {
  struct member members[5] = { 0 };
  int count = between(run, 2, 5);
  for (int i = 0; i < count; i++) members[i].plan = plan_write(run);
  write_members(run, members, count);
}

static void write_import(struct run *run) {
  g_autofree char *batch = g_strdup_printf("i%d", ++run->imports), *subject = g_strconcat("import:", batch, NULL);
  int chunks = between(run, 1, 4);
  int64_t first = 0;
  for (int i = 0; i < chunks; i++) {
    struct plan plan = plan_write(run);
    plan.events *= 3;
    plan.batch = batch;
    if (!write_planned(run, &plan, first ? NULL : &first)) return; /* the rest stays staged */
  }
  g_autoptr(GError) error = NULL;
  struct ledger_write *write = begin(run, &error);
  if (!write) return;
  int number = new_write(run);
  if (finish(run, write, number, append(run, write, number, "import.committed", subject, NULL, first, 0, NULL, &error), false, &error)) run->last_import = run->imports;
}

static void undo_import(struct run *run) {
  if (run->last_import == run->undone) return;
  g_autoptr(GError) error = NULL;
  g_autofree char *subject = g_strdup_printf("import:i%d", run->last_import);
  struct ledger_write *write = begin(run, &error);
  if (!write) return;
  int number = new_write(run);
  bool fine = append(run, write, number, "import.undone", subject, NULL, 0, 0, NULL, &error) && ledger_refold(write, &error);
  if (finish(run, write, number, fine, false, &error)) run->undone = run->last_import;
}

static void look(struct run *run) {
  g_autoptr(GError) error = NULL;
  if (run->snapshot) db_release(g_steal_pointer(&run->snapshot));
  else if ((run->snapshot = store_read(run->store, &error)) == NULL || ledger_head(run->snapshot, &error) < 0) expected(run, error);
}

static bool open_all(struct run *run, GError **error) {
  run->store = store_open(place, error);
  if (!run->store) return false;
  run->ledger = ledger_new(run->store, &joined);
  return true;
}
static void close_all(struct run *run) {
  if (run->snapshot) db_release(g_steal_pointer(&run->snapshot));
  g_clear_pointer(&run->ledger, ledger_free);
  g_clear_pointer(&run->store, store_free);
}

static void open_again(struct run *run) {
  g_autoptr(GError) error = NULL;
  close_all(run);
  for (guint i = 0; i < run->fates->len; i++)
    if (g_array_index(run->fates, enum fate, i) == FAILED_TO_COMMIT) g_array_index(run->fates, enum fate, i) = UNKNOWN;
  if (!open_all(run, &error)) expected(run, error);
}

static void work(struct run *run, int steps) {
  for (int i = 0; i < steps && !disk_dead(); i++) {
    if (!run->store) open_again(run);
    if (!run->store) continue;
    int what = between(run, 0, 15);
    if (what < 4) write_one(run);
    else if (what < 9) write_group(run);
    else if (what < 11) write_import(run);
    else if (what < 12) undo_import(run);
    else if (what < 13) look(run);
    else if (what < 15) store_checkpoint(run->store);
    else open_again(run);
  }
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

struct found { struct run *run; GArray *of_write /* int, how many events of each */; GArray *seen /* bool by attempt */; };

static bool look_at(const struct event *event, void *data, GError **error) {
  struct found *found = data;
  struct run *run = found->run;
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  int64_t n;
  if (!doc || !json_integer(json_get(json_root(doc), "n"), &n) || n < 0 || n >= run->attempts->len) FAIL_SEED(run, "event %d was never written", (int)event->seq);
  const struct attempt *attempt = run->attempts->pdata[n];
  if (attempt->seq != event->seq) FAIL_SEED(run, "event %d was written as %d", (int)event->seq, (int)attempt->seq);
  if (strlen(attempt->body) != event->body_length || memcmp(attempt->body, event->body, event->body_length) != 0 || strcmp(attempt->subject, event->subject) != 0)
    FAIL_SEED(run, "event %d is not as it was written", (int)event->seq);
  g_array_index(found->of_write, int, attempt->write)++;
  g_array_index(found->seen, bool, n) = true;
  return true;
}

/* All that was acknowledged is there (up to the head where a sync lied), nothing that was taken back, nothing half. */
static void check_events(struct run *run, bool honest, bool crashed) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(run->store, &error);
  int64_t head = db ? ledger_head(db, &error) : -1;
  if (head < 0) FAIL_SEED(run, "the ledger cannot be read: %s", error->message);
  g_autoptr(GArray) of_write = g_array_new(FALSE, TRUE, sizeof(int)), seen = g_array_new(FALSE, TRUE, sizeof(bool)), wanted = g_array_new(FALSE, TRUE, sizeof(int));
  g_array_set_size(of_write, run->fates->len);
  g_array_set_size(wanted, run->fates->len);
  g_array_set_size(seen, run->attempts->len);
  struct found found = { run, of_write, seen };
  if (!ledger_visit(db, 1, head, look_at, &found, &error)) FAIL_SEED(run, "the ledger cannot be read: %s", error->message);
  for (guint i = 0; i < run->attempts->len; i++) {
    const struct attempt *attempt = run->attempts->pdata[i];
    g_array_index(wanted, int, attempt->write)++;
    enum fate fate = g_array_index(run->fates, enum fate, attempt->write);
    bool there = g_array_index(seen, bool, i);
    if (fate == ACKNOWLEDGED && !there && (honest || attempt->seq <= head)) FAIL_SEED(run, "event %d was acknowledged and is lost", (int)attempt->seq);
    if (there && (fate == TAKEN_BACK || fate == FAILED || (fate == FAILED_TO_COMMIT && !crashed)))
      FAIL_SEED(run, "event %d was %s and is there", (int)attempt->seq, fate == TAKEN_BACK ? "taken back" : "refused");
  }
  for (guint i = 0; i < run->fates->len; i++) {
    int have = g_array_index(of_write, int, i);
    if (have && have != g_array_index(wanted, int, i)) FAIL_SEED(run, "write %u is there in part", i);
  }
}

static bool verify(struct run *run, GError **error) {
  struct replay_report report;
  return ledger_verify(run->ledger, NULL, NULL, &report, error);
}

/* Tables and indexes agree, says SQLite itself. */
static bool sound(void) {
  g_autofree char *file = g_build_filename(place, "meno.db", NULL);
  sqlite3 *handle = NULL;
  sqlite3_stmt *statement = NULL;
  bool fine = sqlite3_open_v2(file, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
    sqlite3_step(statement) == SQLITE_ROW && g_strcmp0((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return fine;
}

/* All is as it must be, and goes on. */
static void check_whole(struct run *run, bool crashed) {
  g_autoptr(GError) error = NULL;
  check_events(run, true, crashed);
  if (!verify(run, &error)) FAIL_SEED(run, "%s", error->message);
  if (!sound()) FAIL_SEED(run, "the database is broken");
  struct plan plan = { 2, 500, 3, false, NULL };
  run->errors_expected = false;
  if (!write_planned(run, &plan, NULL)) FAIL_SEED(run, "nothing can be written any more");
  if (!verify(run, &error)) FAIL_SEED(run, "%s", error->message);
}

/* ---- seeds ------------------------------------------------------------------------------------------------------ */

static struct run *run_new(uint32_t seed) {
  struct run *run = g_new0(struct run, 1);
  run->seed = seed;
  run->chance = g_rand_new_with_seed(seed);
  run->attempts = g_ptr_array_new();
  run->fates = g_array_new(FALSE, TRUE, sizeof(enum fate));
  g_mutex_init(&run->lock);
  sqlite3_randomness(0, NULL); /* begins anew, from the disk's seed */
  return run;
}

static void run_free(struct run *run) {
  close_all(run);
  for (guint i = 0; i < run->attempts->len; i++) {
    struct attempt *attempt = run->attempts->pdata[i];
    g_free(attempt->subject);
    g_free(attempt->body);
    g_free(attempt);
  }
  g_ptr_array_unref(run->attempts);
  g_array_unref(run->fates);
  g_rand_free(run->chance);
  g_mutex_clear(&run->lock);
  g_free(run);
}

/* Early operations as often as late ones: a cut within the first ten is another thing than one within the last ten of 500. */
static int64_t some_operation(struct run *run, int64_t most) {
  int64_t limit = MAX(4, most >> between(run, 0, 5));
  return 1 + g_rand_int_range(run->chance, 0, (gint32)limit);
}

/* One run in eight begins without a database, so that its making is cut, too. */
static void begin_run(struct run *run, struct disk_plan *plan) {
  bool anew = between(run, 0, 7) == 0;
  disk_load(anew ? NULL : fresh);
  plan->seed = run->seed;
  disk_begin(plan);
  open_again(run);
}

static void cut_power(uint32_t seed) {
  struct run *run = run_new(seed);
  struct disk_plan plan = { .cut_at = some_operation(run, 600) };
  begin_run(run, &plan);
  work(run, 40);
  g_autoptr(GError) error = NULL;
  close_all(run);
  disk_recover();
  if (!open_all(run, &error)) FAIL_SEED(run, "cannot be opened: %s", error->message);
  check_whole(run, true);
  run_free(run);
}

static struct { int lied, refused, found, whole; } lies;

static void lie(uint32_t seed) {
  struct run *run = run_new(seed);
  int64_t cut = some_operation(run, 600);
  int64_t from = 1 + g_rand_int_range(run->chance, 0, (gint32)cut);
  struct disk_plan plan = { .cut_at = cut, .lie_from = from, .lie_to = from + g_rand_int_range(run->chance, 0, (gint32)cut) };
  begin_run(run, &plan);
  work(run, 40);
  g_autoptr(GError) error = NULL;
  close_all(run);
  bool honest = !disk_lied(); /* closing checkpoints, and syncs for it */
  disk_recover();
  bool opened = open_all(run, &error), good = opened && verify(run, &error);
  if (!good && honest) FAIL_SEED(run, "nothing lied: %s", error->message);
  if (!good && (error->domain != MENO_ERROR || (error->code != MENO_ERROR_STORE && error->code != MENO_ERROR_CORRUPT))) FAIL_SEED(run, "broken, but told as %s", error->message);
  if (good) check_events(run, honest, true);
  if (good && !sound()) FAIL_SEED(run, "broken, and the verifier did not find it");
  lies.lied += !honest;
  lies.refused += !opened;
  lies.found += opened && !good;
  lies.whole += good && !honest;
  run_free(run);
}

static void fail_at(uint32_t seed, bool cut) {
  struct run *run = run_new(seed);
  int64_t from = some_operation(run, 400);
  struct disk_plan plan = { .fail_from = from, .fail_to = from + between(run, 0, 3) };
  int way = between(run, 0, 5);
  if (way == 0) plan.fail_to += between(run, 0, 60);
  if (way >= 4) plan.full = true;
  if (way == 1 || way == 2) plan = (struct disk_plan){ .read_from = from, .read_to = plan.fail_to };
  if (cut) plan.cut_at = plan.fail_to + some_operation(run, 200);
  run->errors_expected = true;
  begin_run(run, &plan);
  work(run, 40);
  g_autoptr(GError) error = NULL;
  if (cut) {
    close_all(run);
    disk_recover();
    if (!open_all(run, &error)) FAIL_SEED(run, "cannot be opened: %s", error->message);
    check_whole(run, true);
    run_free(run);
    return;
  }
  disk_begin(NULL); /* the disk works again: so does the store, without being opened anew */
  if (run->snapshot) db_release(g_steal_pointer(&run->snapshot));
  if (!run->store && !open_all(run, &error)) FAIL_SEED(run, "cannot be opened: %s", error->message);
  check_whole(run, false);
  open_again(run);
  check_whole(run, false);
  run_free(run);
}
static void fail_writes(uint32_t seed) { fail_at(seed, false); }
static void fail_then_cut(uint32_t seed) { fail_at(seed, true); }

/* A snapshot holds the log, so that a first part of it is copied and not made durable; the sync of the rest fails, and drops what was
 * copied; the log begins anew; the power is cut. */
static void fail_checkpoint(uint32_t seed) {
  struct run *run = run_new(seed);
  static const struct plan few = { .events = 3, .size = 700 };
  disk_load(fresh);
  disk_begin(&(struct disk_plan){ .seed = seed });
  open_again(run);
  run->errors_expected = true;
  for (int i = 0; i < 6; i++) {
    write_planned(run, &few, NULL);
    if (i == 2) look(run);
  }
  store_checkpoint(run->store);
  look(run);
  int64_t from = between(run, 1, 30);
  disk_begin(&(struct disk_plan){ .seed = seed, .fail_from = from, .fail_to = from + between(run, 0, 2) });
  store_checkpoint(run->store);
  disk_begin(&(struct disk_plan){ .seed = seed });
  store_checkpoint(run->store);
  for (int i = 0; i < 2; i++) write_planned(run, &few, NULL);
  disk_begin(&(struct disk_plan){ .seed = seed, .cut_at = 1 });
  close_all(run);
  disk_recover();
  g_autoptr(GError) error = NULL;
  if (!open_all(run, &error)) FAIL_SEED(run, "cannot be opened: %s", error->message);
  check_whole(run, true);
  run_free(run);
}

static void a_member_fails(void) {
  struct run *run = run_new(1);
  disk_load(fresh);
  disk_begin(NULL);
  open_again(run);
  run->errors_expected = true;
  fail_member(run);
  check_whole(run, false);
  run_free(run);
}

/* Threads that race, so much that the log is checkpointed while they write. */
#define RACERS 4

static void *race(void *data) {
  struct run *run = data;
  while (!disk_dead()) {
    g_mutex_lock(&run->lock);
    struct plan plan = plan_write(run);
    bool enough = run->fates->len > 400;
    g_mutex_unlock(&run->lock);
    plan.size *= 10;
    if (enough) break;
    write_planned(run, &plan, NULL);
  }
  return NULL;
}

static void cut_race(uint32_t seed) {
  struct run *run = run_new(seed);
  struct disk_plan plan = { .cut_at = some_operation(run, 12000) };
  GThread *threads[RACERS];
  begin_run(run, &plan);
  for (int i = 0; run->store && i < RACERS; i++) threads[i] = g_thread_new("racer", race, run);
  for (int i = 0; run->store && i < RACERS; i++) g_thread_join(threads[i]);
  g_autoptr(GError) error = NULL;
  close_all(run);
  disk_recover();
  if (!open_all(run, &error)) FAIL_SEED(run, "cannot be opened: %s", error->message);
  check_whole(run, true);
  run_free(run);
}

struct kind { const char *name; void (*run)(uint32_t seed); uint32_t seeds, more; };

static void every_seed(const void *data) {
  const struct kind *kind = data;
  const char *one = g_getenv("MENO_SEED");
  if (one) kind->run((uint32_t)g_ascii_strtoull(one, NULL, 10));
  uint32_t seeds = g_getenv("MENO_SOAK") ? kind->more : kind->seeds;
  for (uint32_t seed = 1; !one && seed <= seeds; seed++) kind->run(seed);
  if (kind->run == lie) g_test_message("syncs lied in %d runs: %d refused, %d found broken, %d whole up to some event", lies.lied, lies.refused, lies.found, lies.whole);
  if (kind->run == lie && !one) g_assert_true(lies.found + lies.refused > 0 && lies.whole > 0);
}

static void make_fresh(void) {
  g_autoptr(GError) error = NULL;
  struct store *store = store_open(place, &error);
  g_assert_no_error(error);
  store_free(store);
  fresh = disk_save();
}

int main(int argc, char **argv) {
  static const struct kind all[] = { { "cut", cut_power, 150, 6000 }, { "lies", lie, 120, 6000 }, { "errors", fail_writes, 100, 4000 }, { "errors-and-cut", fail_then_cut, 120, 4000 },
    { "checkpoint", fail_checkpoint, 60, 2000 }, { "race", cut_race, 4, 200 } };
  g_test_init(&argc, &argv, NULL);
  if (sodium_init() < 0) return 1;
  place = g_dir_make_tmp("meno-test-XXXXXX", NULL);
  disk_mount();
  make_fresh();
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
    g_autofree char *path = g_strconcat("/powercut/", all[i].name, NULL);
    g_test_add_data_func(path, &all[i], every_seed);
  }
  g_test_add_func("/powercut/member", a_member_fails);
  int status = g_test_run();
  disk_load(NULL);
  g_hash_table_unref(fresh);
  g_rmdir(place);
  g_free(place);
  return status;
}
