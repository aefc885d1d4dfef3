/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data folder: meno.db (or, where the database is PostgreSQL's, the rest of this without it); meno.key (32 random bytes, made once; without it
 * people's ids cannot be derived again, nor anything personal opened) and meno.keys, the ring that it wraps (ledger/seal.h), both backed up apart from
 * the data, and both elsewhere where MENO_KEY_FILE says so; rules.yaml and workforce.yaml (what the forecast assumes) where somebody has written
 * one. */
#include "ops/system.h"
#include "agents/agent.h"
#include "company/assumptions.h"
#include "company/matching.h"
#include "gate/account.h"
#include "ledger/erase.h"
#include "runtime/forward.h"
#include "runtime/lease.h"
#include "runtime/outbox.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

struct system {
  char *dir;
  struct store *store;
  struct ledger *ledger;
  struct snapshots *snapshots;
  struct rules *rules;
  struct channel_place place;
  struct clock clock;
  _Atomic int64_t ahead;        /* microseconds that a demo lives ahead of the clock */
  _Atomic(system_later) later;
  void *later_data;
  _Atomic int later_weeks;
  uint8_t key[32];
  struct seal *seal;
  GMutex work;                  /* one import or run at a time */
  GMutex sending;               /* one dispatch at a time; held while channels act, so nothing else may wait for it */
};

/* Made with O_EXCL, so that two processes that start together end up with one key. */
static bool make_key(const char *path, GError **error) {
  uint8_t key[32];
  randombytes_buf(key, sizeof key);
  int file = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno == EEXIST || fail(error, MENO_ERROR_STORE, "the key \"%s\" cannot be made: %s", path, g_strerror(errno));
  bool fine = write(file, key, sizeof key) == (ssize_t)sizeof key && fsync(file) == 0;
  close(file);
  return fine || fail(error, MENO_ERROR_STORE, "the key \"%s\" cannot be written: %s", path, g_strerror(errno));
}

static bool make_folder(const char *dir, GError **error) {
  return g_mkdir_with_parents(dir, 0700) == 0 || fail(error, MENO_ERROR_STORE, "the folder \"%s\" cannot be made: %s", dir, g_strerror(errno));
}

char *system_key_file(const char *dir) {
  const char *path = g_getenv("MENO_KEY_FILE");
  return path && *path ? g_strdup(path) : g_build_filename(dir, "meno.key", NULL);
}

char *system_ring_file(const char *dir) {
  g_autofree char *path = system_key_file(dir), *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);
  g_autofree char *stem = g_strndup(name, g_str_has_suffix(name, ".key") ? strlen(name) - strlen(".key") : strlen(name));
  return g_strconcat(folder, G_DIR_SEPARATOR_S, stem, ".keys", NULL);
}

static bool open_ring(struct system *system, GError **error) {
  g_autofree char *ring = system_ring_file(system->dir);
  system->seal = seal_new(ring, system->key, error);
  return system->seal != NULL;
}

static bool read_key(struct system *system, bool create, GError **error) {
  g_autofree char *path = system_key_file(system->dir);
  if (create && !g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(path, error)) return false;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (!g_file_get_contents(path, &bytes, &length, NULL) || length != sizeof system->key)
    return fail(error, MENO_ERROR_STORE, "the key \"%s\" is missing or not 32 bytes long: restore it from its backup", path);
  memcpy(system->key, bytes, sizeof system->key);
  return true;
}

/* A database that came from a backup may have accounts of people who were erased since. */
static bool forget_accounts(struct system *system, GError **error) {
  g_autoptr(GPtrArray) erased = seal_names(system->seal, "person:", true);
  g_autoptr(GPtrArray) back = g_ptr_array_new();
  g_autoptr(db_auto) db = store_read(system->store, error);
  if (!db) return false;
  for (guint i = 0; i < erased->len; i++) {
    g_autoptr(query_auto) query = db_query(db, error, "access.account_of_person", "t", strchr(erased->pdata[i], ':') + 1);
    int got = query ? query_next(query, error) : -1;
    if (got < 0) return false;
    if (got == 1) g_ptr_array_add(back, strchr(erased->pdata[i], ':') + 1);
  }
  db_release(g_steal_pointer(&db));
  if (back->len == 0) return true;
  g_autoptr(ledger_write_auto) write = ledger_write(system->ledger, system_now(system), error);
  for (guint i = 0; i < back->len; i++)
    if (!write || account_forget(write, back->pdata[i], error) < 0) return false;
  return ledger_commit(g_steal_pointer(&write), error);
}

/* Sealed data and an empty ring: going on would make new keys over what only the old ones open. */
static bool check_ring(struct system *system, GError **error) {
  g_autoptr(GPtrArray) living = seal_names(system->seal, "", false);
  int64_t sealed = 0;
  if (living->len) return true;
  g_autoptr(db_auto) db = store_read(system->store, error);
  if (!db || db_one(db, &sealed, error, "company.count_sealed", "") < 0) return false;
  g_autofree char *path = system_ring_file(system->dir);
  return !sealed || fail(error, MENO_ERROR_STORE, "the keys \"%s\" are missing, without which personal data cannot be read: put what `meno keys export` wrote there", path);
}

/* What workforce.yaml in the data folder says, as an event's body; "{}" without the file. NULL on error. */
static char *assumed_text(struct system *system, GError **error) {
  g_autofree char *file = g_build_filename(system->dir, "workforce.yaml", NULL), *text = NULL;
  g_autoptr(GError) why = NULL;
  double values[ASSUME_COUNT];
  gsize length = 0;
  for (int a = 0; a < ASSUME_COUNT; a++) values[a] = NAN;
  if (!g_file_get_contents(file, &text, &length, &why)) {
    if (!g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT)) return fail(error, MENO_ERROR_STORE, "the assumptions cannot be read: %s", why->message), NULL;
  } else if (!assumptions_parse(file, text, length, values, error)) return NULL;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  for (int a = 0; a < ASSUME_COUNT; a++)
    if (!isnan(values[a])) json_put_number(&out, assumptions[a].name, values[a]);
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

/* The same of the table that the fold keeps. */
static char *assumed_now(struct db *db, GError **error) {
  g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(query_auto) query = db_query(db, error, "company.all_assumption", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    double value = query_double(query, 1);
    g_hash_table_insert(held, g_strdup(query_text(query, 0)), g_memdup2(&value, sizeof value));
  }
  if (got < 0) return NULL;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  for (int a = 0; a < ASSUME_COUNT; a++) {
    const double *value = g_hash_table_lookup(held, assumptions[a].name);
    if (value) json_put_number(&out, assumptions[a].name, *value);
  }
  json_close_object(&out);
  return json_writer_steal(&out, NULL);
}

/* Where the file and the ledger differ, the file's word becomes an event. */
static bool adopt_assumptions(struct system *system, GError **error) {
  g_autofree char *text = assumed_text(system, error);
  g_autoptr(db_auto) db = text ? store_read(system->store, error) : NULL;
  g_autofree char *now = db ? assumed_now(db, error) : NULL;
  if (!now || strcmp(text, now) == 0) return now != NULL;
  return ledger_record(system->ledger, system_now(system), &(struct event){ .kind = "workforce.assumed", .subject = "workforce:assumptions", .actor = "system", .body = text }, error) > 0;
}

/* The rules that Meno carries hold until somebody sets others; that a newer Meno carries other ones is an event, too. */
static bool adopt_evidence_rules(struct system *system, GError **error) {
  size_t length;
  const char *text = evidence_rules_carried(&length);
  g_autoptr(evidence_rules_auto) carried = evidence_rules_parse("evidence.yaml", text, length, error);
  g_autoptr(db_auto) db = carried ? store_read(system->store, error) : NULL;
  if (!db) return false;
  g_autoptr(query_auto) query = db_query(db, error, "company.evidence_rules", "");
  int got = query_next(query, error);
  if (got < 0) return false;
  if (got == 1 && (strcmp(query_text(query, 3), "system") != 0 || strcmp(query_text(query, 0), carried->revision) == 0)) return true;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "revision", carried->revision);
  json_put_string(&out, "text", carried->text);
  json_close_object(&out);
  g_autofree char *body = json_writer_steal(&out, NULL);
  return ledger_record(system->ledger, system_now(system), &(struct event){ .kind = "evidence.ruled", .subject = "evidence:rules", .actor = "system", .body = body }, error) > 0;
}

static bool adopt(struct system *system, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(system->ledger, system_now(system), error);
  return write && gate_adopt_rules(write, system->rules, "system", system_now(system), NULL, error) && ledger_commit(g_steal_pointer(&write), error);
}

static void read_ahead(struct system *system) {
  g_autofree char *path = g_build_filename(system->dir, "ahead", NULL), *text = NULL;
  if (g_file_get_contents(path, &text, NULL, NULL)) system->ahead = g_ascii_strtoll(text, NULL, 10);
}

struct system *system_open(const char *place, const char *dir, bool create, const struct ledger_tables *tables, const struct clock *clock, GError **error) {
  int there = store_exists(place, error);
  if (there < 0) return NULL;
  if (!create && !there) {
    g_autofree char *shown = store_shown(place);
    fail(error, MENO_ERROR_NOT_FOUND, "there is no Meno in \"%s\": make one with `meno --data %s init`, or name another place with --data", shown, shown);
    return NULL;
  }
  struct system *system = g_new0(struct system, 1);
  system->dir = g_strdup(dir);
  system->clock = *clock;
  g_mutex_init(&system->work);
  g_mutex_init(&system->sending);
  read_ahead(system);
  system->store = store_open(place, error);
  bool fine = system->store && make_folder(dir, error) && read_key(system, !there, error) && open_ring(system, error) && (system->rules = rules_load(dir, error)) &&
    channel_place_load(dir, &system->place, error);
  if (fine) {
    system->ledger = ledger_new(system->store, tables);
    ledger_use_seal(system->ledger, system->seal);
    system->snapshots = snapshots_new(system->store, system->seal);
    fine = check_ring(system, error) && erase_apply(system->ledger, system_now(system), NULL, error) && forget_accounts(system, error) && adopt(system, error) && adopt_assumptions(system, error) && adopt_evidence_rules(system, error);
  }
  if (fine) return system;
  system_free(system);
  return NULL;
}

void system_free(struct system *system) {
  if (!system) return;
  snapshots_free(system->snapshots);
  ledger_free(system->ledger);
  seal_free(system->seal);
  store_free(system->store);
  rules_free(system->rules);
  channel_place_clear(&system->place);
  g_mutex_clear(&system->work);
  g_mutex_clear(&system->sending);
  sodium_memzero(system->key, sizeof system->key);
  g_free(system->dir);
  g_free(system);
}

struct ledger *system_ledger(struct system *system) { return system->ledger; }
struct store *system_store(struct system *system) { return system->store; }
struct snapshots *system_snapshots(struct system *system) { return system->snapshots; }
const struct rules *system_rules(struct system *system) { return system->rules; }
const uint8_t *system_key(struct system *system) { return system->key; }
struct seal *system_seal(struct system *system) { return system->seal; }
const char *system_dir(struct system *system) { return system->dir; }
const char *system_messages(const struct system *system) { return channel_of_messages(&system->place); }
int64_t system_now(struct system *system) { return clock_now(&system->clock) + system->ahead; }

void system_set_later(struct system *system, system_later later, void *data, int weeks) {
  system->later_data = data;
  system->later_weeks = weeks;
  system->later = later;
}

system_later system_get_later(struct system *system, void **ret_data, int *ret_weeks) {
  *ret_weeks = system->later_weeks;
  *ret_data = system->later_data;
  return system->later;
}

int64_t system_ahead(const struct system *system) { return system->ahead; }

bool system_advance(struct system *system, int64_t now, GError **error) {
  int64_t ahead = system->ahead + now - system_now(system);
  g_autofree char *path = g_build_filename(system->dir, "ahead", NULL), *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", ahead);
  g_autoptr(GError) problem = NULL;
  if (!g_file_set_contents(path, text, -1, &problem)) return fail(error, MENO_ERROR_STORE, "%s", problem->message);
  system->ahead = ahead;
  return true;
}

struct view *system_view(struct system *system, GError **error) { return snapshots_take(system->snapshots, clock_day(system_now(system)), error); }
void system_lock_work(struct system *system) { g_mutex_lock(&system->work); }
void system_unlock_work(struct system *system) { g_mutex_unlock(&system->work); }

/* Of jitters. */
static uint64_t seed_of(const struct system *system) {
  uint8_t hash[DIGEST_BYTES];
  uint64_t seed;
  digest(system->key, sizeof system->key, hash);
  memcpy(&seed, hash, sizeof seed);
  return seed;
}

bool system_forward(struct system *system, struct forwarder **forwarder, bool (*go_on)(void *data), void *data, GError **error) {
  if (!*forwarder) *forwarder = forwarder_new(system->ledger, lease_self(), seed_of(system), go_on, data);
  for (bool more = true; more && go_on(data);)
    if (!forwarder_run(*forwarder, system_now(system), &more, error)) return false;
  return true;
}

static bool dispatch(struct system *system, int64_t now, GError **error) {
  g_autoptr(view_auto) view = snapshots_take(system->snapshots, clock_day(now), error);
  return view && outbox_dispatch(&(struct outbox){ system->ledger, view->company, channels, &system->place, lease_self(), seed_of(system), now }, NULL, error);
}

bool system_take_turns(struct system *system, int64_t now, bool (*progress)(void *, const char *, double), void *data, struct runner_report *ret_report, GError **error) {
  g_mutex_lock(&system->work);
  bool fine = retention_apply(system->ledger, now, "system", error) >= 0 &&
    runner_run(system->ledger, system->snapshots, system->rules, agents, now, progress, data, ret_report, error);
  g_mutex_unlock(&system->work);
  return fine;
}

bool system_run(struct system *system, int64_t now, bool (*progress)(void *, const char *, double), void *data, struct runner_report *ret_report, GError **error) {
  return system_take_turns(system, now, progress, data, ret_report, error) && system_dispatch(system, now, error);
}

bool system_dispatch(struct system *system, int64_t now, GError **error) {
  if (!g_mutex_trylock(&system->sending)) return true; /* whoever is at it takes this, too, or the next look does */
  bool fine = dispatch(system, now, error);
  g_mutex_unlock(&system->sending);
  return fine;
}
