/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runner, gate and dispatcher together, under a virtual clock, with a scheduler that is drawn from a seed and dies at any step:
 * before and after every commit, before every event, before and after every act on the outside world. Each life is a
 * process of its own that ends without a word (so nothing in memory survives); some die only so far that a commit fails.
 * What is outside (the other side of the channels, what was acknowledged to people) stands in memory that all lives share.
 *
 * What must hold for every seed: nothing acknowledged is lost; of contradicting decisions one stands; no proposal is there
 * twice; a keyed and a queryable act count once on the other side; an at-most-once act that may or may not have happened
 * is put before a person, and never happens twice by itself; the ledger replays to the same tables.
 *
 * MENO_SOAK=1 draws thousands of seeds instead of a hundred; MENO_SEED=n runs that one alone. */
#include "agents/agent.h"
#include "company/fold.h"
#include "gate/proposals.h"
#include "ledger/claims.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/lease.h"
#include "runtime/outbox.h"
#include "runtime/runner.h"
#include "runtime/wake.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY0 (INT64_C(20500) * CLOCK_DAY + 9 * 3600 * CLOCK_SECOND)
#define STEPS 60
#define LIVES 10        /* deaths; the last life goes through */
#define LETTERS 400
#define GOALS 3
#define DIED 42

enum way { KEYED, QUERYABLE, ONCE, WAYS };
static const char *const way_names[WAYS] = { "keyed", "queryable", "once" };

/* What the lives share. */
struct letterbox { char key[24]; int calls, effects; };
struct outside {
  uint64_t seed;
  int64_t now;
  int step, death /* countdown of points; 0: none comes */, points;
  bool mild;            /* the next death is a commit that fails */
  bool down[WAYS];      /* the other side is not there */
  struct letterbox boxes[WAYS][LETTERS];
  int letters[WAYS];
  bool weighed[STEPS];  /* acknowledged */
  char decided[STEPS][24];
  int lives, doubts;    /* seen over all seeds: the test is one only if some happened */
};
static struct outside *outside;

/* A number from 0 to n-1 that hangs on the seed, the step and a name: the same when a step is done again. */
static unsigned draw(const char *what, unsigned n) {
  uint8_t hash[DIGEST_BYTES];
  g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %d %s", outside->seed, outside->step, what);
  digest(text, strlen(text), hash);
  return ((unsigned)hash[0] << 16 | (unsigned)hash[1] << 8 | hash[2]) % n;
}

/* ---- dying ---- */

static bool dies(void) {
  outside->points++;
  return outside->death > 0 && --outside->death == 0;
}

static void point(void) {
  if (!dies()) return;
  if (outside->mild) outside->death = 1; /* at the next commit, then */
  else _exit(DIED);
}

bool __real_ledger_commit(struct ledger_write *write, GError **error);
bool __real_ledger_append(struct ledger_write *write, const struct event *event, int64_t *ret_seq, GError **error);
bool __wrap_ledger_commit(struct ledger_write *write, GError **error);
bool __wrap_ledger_append(struct ledger_write *write, const struct event *event, int64_t *ret_seq, GError **error);

bool __wrap_ledger_commit(struct ledger_write *write, GError **error) {
  if (dies()) {
    if (!outside->mild) _exit(DIED);
    ledger_abort(write);
    outside->mild = false;
    outside->death = 1 + (int)draw("the next death", 40);
    return fail(error, MENO_ERROR_STORE, "the disk is full");
  }
  bool fine = __real_ledger_commit(write, error);
  point();
  return fine;
}

bool __wrap_ledger_append(struct ledger_write *write, const struct event *event, int64_t *ret_seq, GError **error) {
  point();
  return __real_ledger_append(write, event, ret_seq, error);
}

/* ---- the other side ---- */

static struct letterbox *box_of(enum way way, const char *key) {
  for (int i = 0; i < outside->letters[way]; i++)
    if (strcmp(outside->boxes[way][i].key, key) == 0) return &outside->boxes[way][i];
  g_assert_cmpint(outside->letters[way], <, LETTERS);
  struct letterbox *box = &outside->boxes[way][outside->letters[way]++];
  g_strlcpy(box->key, key, sizeof box->key);
  return box;
}

/* One try in five is answered by nothing, though it arrived; one in eight is turned away. */
static enum act send_letter(enum way way, const struct letter *letter, GError **error) {
  struct letterbox *box = box_of(way, letter->key);
  g_autofree char *luck = g_strdup_printf("%s %d", letter->key, box->calls++);
  point();
  if (outside->down[way] || draw(luck, 8) == 0) return fail(error, MENO_ERROR_STORE, "nobody is there"), ACT_FAILED;
  if (way != KEYED || box->effects == 0) box->effects++;
  point();
  return draw(luck, 5) == 0 ? (fail(error, MENO_ERROR_STORE, "no answer"), ACT_UNKNOWN) : ACT_DONE;
}

static enum act act_keyed(const struct channel_place *place, const struct letter *letter, GError **error) { return send_letter(KEYED, letter, error); }
static enum act act_queryable(const struct channel_place *place, const struct letter *letter, GError **error) { return send_letter(QUERYABLE, letter, error); }
static enum act act_once(const struct channel_place *place, const struct letter *letter, GError **error) { return send_letter(ONCE, letter, error); }
static int find_queryable(const struct channel_place *place, const struct letter *letter, GError **error) {
  point();
  if (outside->down[QUERYABLE]) return fail(error, MENO_ERROR_STORE, "nobody is there") - 1;
  return box_of(QUERYABLE, letter->key)->effects > 0;
}

static const struct channel ways[] = { { "keyed", "", ACTION_KEYED, act_keyed }, { "queryable", "", ACTION_QUERYABLE, act_queryable, find_queryable },
  { "once", "", ACTION_AT_MOST_ONCE, act_once }, { 0 } };

/* ---- an agent ---- */

/* States for each goal how much it weighs, and asks to tell somebody so. Pure; looks again in half a day. */
static bool run_teller(const struct snapshot *now, struct turn *out, GError **error) {
  for (int g = 0; g < now->company->goals.count; g++) {
    const struct goal *goal = &now->company->goals.at[g];
    const struct evidence evidence = { .file = FILE_GOALS, .sentence = "it is weighed so", .count = 1, .team = -1, .goal = g, .skill = -1, .person = -1,
      .from = CLOCK_NO_DAY, .to = CLOCK_NO_DAY };
    g_autofree char *value = g_strdup_printf("{\"weight\":%g}", goal->weight), *title = g_strdup_printf("Tell that %s weighs %g", goal->id, goal->weight),
                    *body = g_strdup_printf("{\"request\":\"%s %g\",\"subject\":\"weights\",\"text\":\"%g\",\"to\":\"p-1\"}", goal->id, goal->weight, goal->weight);
    turn_claim(out, &(struct claim){ "weight told", goal->id, value, 0.9, CLOCK_NO_DAY, CLOCK_NO_DAY, &evidence, 1 });
    turn_propose(out, &(struct proposal){ .kind = "send note", .subject = goal->id, .title = title, .body = body, .audience = 1, .confidence = 0.9, .expires = CLOCK_NO_DAY });
  }
  turn_again(out, now->now + CLOCK_DAY / 2);
  return true;
}

static const enum file_id teller_reads[] = { FILE_GOALS, FILE_KPIS, FILE_COUNT };
static const char *const teller_makes[] = { "weight told", "send note", NULL };
static const struct agent teller = { .id = "teller", .revision = "1", .reads = teller_reads, .makes = teller_makes, .run = run_teller };
static const struct agent *const cast[] = { &teller, NULL };

/* ---- a house ---- */

static const struct event_kind *const kinds[] = { claim_kinds, erasure_kinds, company_kinds, gate_kinds, runtime_kinds, outbox_kinds, forward_kinds, wake_kinds, NULL };
static const struct fold *const folds[] = { claim_folds, company_folds, gate_folds, outbox_folds, wake_folds, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct house { struct store *store; struct ledger *ledger; struct rules *rules; struct snapshots *snapshots; };

static void enter(struct house *house, const char *dir) {
  g_autoptr(GError) error = NULL;
  house->store = store_open(dir, &error);
  g_assert_no_error(error);
  house->ledger = ledger_new(house->store, &tables);
  house->rules = rules_load(NULL, &error);
  g_assert_no_error(error);
  house->snapshots = snapshots_new(house->store, NULL);
}

static void leave(struct house *house) {
  snapshots_free(house->snapshots);
  rules_free(house->rules);
  ledger_free(house->ledger);
  store_free(house->store);
}

static void note(struct house *house, const char *kind, const char *subject, const char *body) {
  g_autoptr(GError) error = NULL;
  ledger_record(house->ledger, outside->now, &(struct event){ .kind = kind, .subject = subject, .actor = "connector:files", .body = body }, &error);
  g_assert_no_error(error);
}

static void found(const char *dir) {
  struct house house;
  g_autoptr(GError) error = NULL;
  enter(&house, dir);
  g_autoptr(ledger_write_auto) write = ledger_write(house.ledger, outside->now, &error);
  g_assert_true(gate_adopt_rules(write, house.rules, "system", outside->now, NULL, &error) && ledger_commit(g_steal_pointer(&write), &error));
  note(&house, "person.recorded", "person:p-1", "{\"employee_number\":\"1\",\"employment_status\":\"active\",\"memberships\":[],\"work_email\":\"one@company.example\"}");
  for (int g = 0; g < GOALS; g++) {
    g_autofree char *subject = g_strdup_printf("goal:g%d", g), *body = g_strdup_printf("{\"baseline\":1,\"direction\":\"down\",\"due\":\"2026-12-31\","
      "\"goal_id\":\"g%d\",\"name\":\"Goal %d\",\"owner\":\"p-1\",\"skills\":[],\"target\":0.5,\"unit\":\"days\",\"weight\":0.5}", g, g);
    note(&house, "goal.set", subject, body);
  }
  note(&house, "kpi.observed", "goal:g0", "{\"date\":\"2026-01-05\",\"goal_id\":\"g0\",\"team\":\"North\",\"value\":3}");
  leave(&house);
}

/* ---- what happens in it ---- */

static bool weigh(struct house *house, GError **error) {
  g_autofree char *step = g_strdup_printf("%d", outside->step), *subject = g_strdup_printf("goal:g%u", draw("goal", GOALS)),
                  *body = g_strdup_printf("{\"weight\":%g}", (draw("weight", 9) + 1) / 10.0);
  struct event event = { .id = uuid_of("weighed", step, NULL), .kind = "goal.weighed", .subject = subject, .actor = "account:lead", .body = body };
  g_autoptr(ledger_write_auto) write = ledger_write(house->ledger, outside->now, error);
  if (!write || !ledger_append(write, &event, NULL, error) || !ledger_commit(g_steal_pointer(&write), error)) return false;
  outside->weighed[outside->step] = true;
  return true;
}

static bool think(struct house *house, GError **error) {
  struct runner_report report;
  return runner_run(house->ledger, house->snapshots, house->rules, cast, outside->now, NULL, NULL, &report, error);
}

/* As src/ops does it: the decision, and what follows it, in one transaction. */
static bool decide(struct house *house, const char *id, const struct gate_person *person, enum gate_word word, GError **error) {
  static const char *const yes[] = { "true", "tone", NULL };
  g_autoptr(ledger_write_auto) write = ledger_write(house->ledger, outside->now, error);
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (!write || gate_find(ledger_write_db(write), id, &proposal, error) < 1) return false;
  struct gate_decision decision = { .proposal = id, .word = word, .hash = proposal->hash, .criteria = word == GATE_ACCEPT ? yes : NULL, .reason = "as drawn" };
  if (!gate_decide(write, house->rules, person, &decision, outside->now, error)) return false;
  g_autofree char *subject = g_strconcat("note:", id, NULL);
  struct event sent = { .id = uuid_of("note.sent", id, NULL), .kind = "note.sent", .subject = subject, .actor = person->actor,
    .body = "{\"proposal\":\"\",\"text\":\"it weighs\",\"title\":\"Weights\",\"to\":\"p-1\"}" };
  bool fine = word != GATE_ACCEPT || ledger_append(write, &sent, NULL, error);
  for (int way = 0; fine && word == GATE_ACCEPT && way < WAYS; way++) fine = outbox_request(write, way_names[way], subject, "p-1", outside->now, error);
  return fine && ledger_commit(g_steal_pointer(&write), error);
}

/* Two people, two words, one proposal. */
static bool decide_twice(struct house *house, GError **error) {
  static const struct gate_person lead = { "account:lead", ROLE_LEAD }, approver = { "account:approver", ROLE_APPROVER };
  g_autoptr(db_auto) db = store_read(house->store, error);
  g_autoptr(GPtrArray) open = db ? gate_proposals(db, false, error) : NULL;
  if (!open || open->len == 0) return open != NULL;
  const struct gate_proposal *proposal = open->pdata[draw("proposal", open->len)];
  db_release(g_steal_pointer(&db));
  if (proposal->expires <= outside->now) return true;
  bool yes = draw("word", 3) > 0;
  g_autoptr(GError) second = NULL;
  if (!decide(house, proposal->id, yes ? &lead : &approver, yes ? GATE_ACCEPT : GATE_REJECT, error)) return false;
  g_strlcpy(outside->decided[outside->step], proposal->id, sizeof outside->decided[0]);
  g_assert_false(decide(house, proposal->id, yes ? &approver : &lead, yes ? GATE_REJECT : GATE_ACCEPT, &second));
  g_assert_error(second, MENO_ERROR, MENO_ERROR_CONFLICT);
  return true;
}

static bool dispatch(struct house *house, GError **error) {
  static const struct channel_place place = { 0 };
  g_autoptr(view_auto) view = snapshots_take(house->snapshots, clock_day(outside->now), error);
  struct outbox_report report = { 0 };
  bool fine = view && outbox_dispatch(&(struct outbox){ house->ledger, view->company, ways, &place, lease_self(), outside->seed, outside->now }, &report, error);
  g_assert_false(report.elsewhere); /* whoever held the lease is dead, and that can be seen */
  return fine;
}

/* Somebody looks at what is in doubt, on the other side, and at dead letters. */
static bool look(struct house *house, GError **error) {
  g_autoptr(db_auto) db = store_read(house->store, error);
  g_autoptr(GPtrArray) doubtful = db ? outbox_list(db, NULL, "uncertain", error) : NULL, dead = doubtful ? outbox_list(db, NULL, "dead", error) : NULL;
  if (!dead) return false;
  db_release(g_steal_pointer(&db));
  g_autoptr(ledger_write_auto) write = ledger_write(house->ledger, outside->now, error);
  for (guint i = 0; i < doubtful->len; i++) {
    const struct action *action = doubtful->pdata[i];
    g_assert_cmpstr(action->channel, ==, "once");
    if (!write || !outbox_settle(write, action->id, box_of(ONCE, action->id)->effects ? "sent" : "again", "I looked", "account:admin", error)) return false;
  }
  for (guint i = 0; i < dead->len; i++)
    if (!write || !outbox_retry(write, ((struct action *)dead->pdata[i])->id, "account:admin", error)) return false;
  return write && ledger_commit(g_steal_pointer(&write), error);
}

static bool pass_time(struct house *house, GError **error) {
  static const int64_t spans[] = { 60, 600, 3600, 6 * 3600, 86400, 15 * 86400 };
  outside->now += spans[draw("span", G_N_ELEMENTS(spans))] * CLOCK_SECOND;
  return true;
}

static bool break_down(struct house *house, GError **error) {
  unsigned way = draw("way", WAYS);
  outside->down[way] = !outside->down[way];
  return true;
}

static bool (*const deeds[])(struct house *, GError **) = { weigh, think, think, decide_twice, decide_twice, decide_twice, dispatch, dispatch, dispatch, look, pass_time, pass_time, break_down };

static void again_until_done(struct house *house, bool (*deed)(struct house *, GError **)) {
  for (;;) {
    g_autoptr(GError) error = NULL;
    if (deed(house, &error)) return;
    g_assert_error(error, MENO_ERROR, MENO_ERROR_STORE); /* a commit that failed: done again, as people and threads do */
  }
}

/* In the end everything works and people look; then nothing may be left undone. */
static void come_to_rest(struct house *house) {
  memset(outside->down, 0, sizeof outside->down);
  for (int i = 0; i < 20; i++) {
    again_until_done(house, dispatch);
    again_until_done(house, look);
    outside->now += CLOCK_DAY / 2;
  }
  again_until_done(house, think);
}

static void live(const char *dir) {
  struct house house;
  enter(&house, dir);
  for (; outside->step < STEPS; outside->step++) again_until_done(&house, deeds[draw("deed", G_N_ELEMENTS(deeds))]);
  come_to_rest(&house);
  leave(&house);
}

/* ---- what must hold ---- */

struct told { GHashTable *last /* action → its last event */, *decided /* proposal → how often */, *started /* action → how often */; };

static void count(GHashTable *table, const char *key) { g_hash_table_insert(table, g_strdup(key), GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(table, key)) + 1)); }

/* What may come after what: an outcome after a start, nothing after done. */
static void follow(struct told *told, const char *action, const char *what) {
  const char *last = g_hash_table_lookup(told->last, action);
  bool once = last && g_str_has_prefix(last, "once:");
  const char *was = last ? strchr(last, ':') + 1 : NULL;
  if (g_str_equal(what, "done") || g_str_equal(what, "failed")) g_assert_cmpstr(was, ==, once ? "started" : was);
  if (g_str_equal(what, "uncertain")) g_assert_cmpstr(was, ==, "started");
  if (g_str_equal(what, "started")) g_assert_true(once && strcmp(was, "done") && strcmp(was, "uncertain") && strcmp(was, "started"));
  if (g_str_equal(what, "settled")) g_assert_cmpstr(was, ==, "uncertain");
  if (was) g_assert_cmpstr(was, !=, "done");
  if (g_str_equal(what, "started")) count(told->started, action);
  outside->doubts += g_str_equal(what, "uncertain");
  g_hash_table_insert(told->last, g_strdup(action), g_strdup_printf("%s:%s", once ? "once" : "other", what));
}

static bool read_event(const struct event *event, void *data, GError **error) {
  struct told *told = data;
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  if (g_str_has_prefix(event->kind, "action.")) {
    const char *action = strchr(event->subject, ':') + 1;
    if (strcmp(event->kind, "action.requested") == 0) {
      g_assert_null(g_hash_table_lookup(told->last, action));
      g_hash_table_insert(told->last, g_strdup(action), g_strdup(json_equals(json_get(json_root(doc), "channel"), "once") ? "once:requested" : "other:requested"));
    } else follow(told, action, event->kind + 7);
  }
  if (strcmp(event->kind, "approval.decided") == 0) count(told->decided, strchr(event->subject, ':') + 1);
  return true;
}

static void check_boxes(struct told *told) {
  GHashTableIter it;
  void *key, *value;
  g_hash_table_iter_init(&it, told->decided);
  while (g_hash_table_iter_next(&it, &key, &value)) g_assert_cmpint(GPOINTER_TO_INT(value), ==, 1);
  int actions = (int)g_hash_table_size(told->last), boxes = 0;
  for (int way = 0; way < WAYS; way++)
    for (int i = 0; i < outside->letters[way]; i++, boxes++) {
      const struct letterbox *box = &outside->boxes[way][i];
      g_assert_cmpint(box->effects, ==, 1);
      if (way == ONCE) g_assert_cmpint(box->calls, <=, GPOINTER_TO_INT(g_hash_table_lookup(told->started, box->key)));
      g_assert_nonnull(g_hash_table_lookup(told->last, box->key));
    }
  g_assert_cmpint(boxes, ==, actions);
}

static void check_acknowledged(struct house *house, struct told *told) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(house->store, &error);
  for (int step = 0; step < STEPS; step++) {
    g_autofree char *text = g_strdup_printf("%d", step);
    struct uuid id = uuid_of("weighed", text, NULL);
    int64_t seq;
    if (outside->weighed[step]) g_assert_cmpint(db_one(db, &seq, &error, "ledger.by_id", "b", id.bytes, sizeof id.bytes), ==, 1);
    if (*outside->decided[step]) g_assert_nonnull(g_hash_table_lookup(told->decided, outside->decided[step]));
  }
}

/* One live claim for each goal, and it says what the goal weighs now. */
static void check_claims(struct house *house) {
  g_autoptr(GError) error = NULL;
  g_autoptr(view_auto) view = snapshots_take(house->snapshots, clock_day(outside->now), &error);
  g_autoptr(db_auto) db = store_read(house->store, &error);
  g_autoptr(query_auto) query = db_query(db, &error, "ledger.live_claims", "t", "weight told");
  int got, claims = 0;
  while ((got = query_next(query, &error)) == 1) {
    struct claim_row row;
    claim_read(query, &row);
    g_autofree char *value = g_strdup_printf("{\"weight\":%g}", view->company->goals.at[company_goal(view->company, row.subject)].weight);
    g_assert_cmpstr(row.value, ==, value);
    claims++;
  }
  g_assert_cmpint(claims, ==, GOALS);
}

static void check(const char *dir) {
  struct house house;
  g_autoptr(GError) error = NULL;
  enter(&house, dir);
  struct told told = { g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
  struct replay_report report;
  ledger_verify(house.ledger, NULL, NULL, &report, &error);
  g_assert_no_error(error);
  g_autoptr(db_auto) db = store_read(house.store, &error);
  g_assert_true(ledger_visit(db, 1, report.events, read_event, &told, &error));
  db_release(g_steal_pointer(&db));
  check_boxes(&told);
  check_acknowledged(&house, &told);
  check_claims(&house);
  g_hash_table_unref(told.last);
  g_hash_table_unref(told.decided);
  g_hash_table_unref(told.started);
  leave(&house);
}

/* ---- a seed ---- */

static int in_child(void (*what)(const char *), const char *dir) {
  int status = 0;
  fflush(NULL);
  pid_t pid = fork();
  g_assert_cmpint(pid, >=, 0);
  if (pid == 0) {
    what(dir);
    _exit(0);
  }
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static char *folder(void) {
  g_autofree char *name = g_strdup_printf("%s/meno-sim-XXXXXX", g_access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir());
  g_assert_nonnull(g_mkdtemp(name));
  return g_steal_pointer(&name);
}

static void clear_folder(const char *dir) {
  static const char *const names[] = { "meno.db", "meno.db-wal", "meno.db-shm" };
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(dir, names[i], NULL);
    g_unlink(path);
  }
  g_rmdir(dir);
}

static void copy_house(const char *from, const char *to) {
  g_autofree char *source = g_build_filename(from, "meno.db", NULL), *target = g_build_filename(to, "meno.db", NULL), *bytes = NULL;
  gsize length;
  g_assert_true(g_file_get_contents(source, &bytes, &length, NULL) && g_file_set_contents(target, bytes, (gssize)length, NULL));
}

static void expect(int status, int wanted, const char *what) {
  if (status != wanted) g_error("seed %" G_GUINT64_FORMAT ", step %d, life %d: %s ended with %d (MENO_SEED runs it alone)", outside->seed, outside->step, outside->lives, what, status);
}

static void run_seed(const char *first, uint64_t seed) {
  int lives = outside->lives, doubts = outside->doubts;
  memset(outside, 0, sizeof *outside);
  *outside = (struct outside){ .seed = seed, .now = DAY0, .lives = lives, .doubts = doubts };
  g_autofree char *dir = folder();
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)seed);
  copy_house(first, dir);
  int status = DIED;
  for (int life = 0; status == DIED; life++) {
    outside->mild = g_rand_int_range(rand, 0, 4) == 0;
    outside->death = life < LIVES ? g_rand_int_range(rand, 1, g_rand_boolean(rand) ? 15 : 50) : 0;
    status = in_child(live, dir);
    outside->lives += status == DIED;
  }
  expect(status, 0, "a life");
  expect(in_child(check, dir), 0, "the check");
  clear_folder(dir);
}

static void test_lives(void) {
  const char *one = g_getenv("MENO_SEED");
  int seeds = one ? 1 : g_getenv("MENO_SOAK") ? 3000 : 100;
  outside->now = DAY0;
  g_autofree char *first = folder();
  expect(in_child(found, first), 0, "founding");
  for (int i = 0; i < seeds; i++) run_seed(first, one ? g_ascii_strtoull(one, NULL, 10) : (uint64_t)i + 1);
  clear_folder(first);
  g_test_message("%d seeds: %d deaths, %d acts in doubt", seeds, outside->lives, outside->doubts);
  if (one) return;
  g_assert_cmpint(outside->lives, >, 2 * seeds); /* else this tests nothing */
  g_assert_cmpint(outside->doubts, >, seeds / 10);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  outside = mmap(NULL, sizeof *outside, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true(outside != MAP_FAILED);
  g_test_add_func("/runtime/simulation/lives", test_lives);
  return g_test_run();
}
