/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `meno doctor`: a table of checks, each of which looks for itself and never keeps another from looking. What needs the database
 * says so where it cannot be opened. Nothing is written; the rules of a running server stay as they are.
 *
 * How it can be wrong: it sees what this machine and this account can see. A disk that loses writes, or a backup that cannot be
 * read, is found by `meno replay --verify` and by restoring, not here. */
#include "cli/doctor.h"
#include "agents/agent.h"
#include "company/assumptions.h"
#include "gate/access.h"
#include "gate/account.h"
#include "runtime/links.h"
#include "runtime/outbox.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#define ROOM_LEAST 1e9           /* bytes free on the data folder's disk */
#define LOG_MOST 256e6           /* bytes of SQLite's log: it is cut at a quarter of that when nobody reads for long */
#define BACKUP_DAYS 7
#define DATA_DAYS 45
#define FORWARD_HOURS 6
#define CLOCK_SLACK (60 * CLOCK_SECOND)
#define CONNECTIONS_LEAST 20     /* one process uses up to 10: eight readers, a writer, a listener */

struct patient {
  const char *place, *folder;
  int64_t now;
  struct store *store;           /* NULL: it cannot be opened */
  struct view *view;             /* NULL: it cannot be loaded */
  GString *text, *remedy;        /* of the check under way */
};

/* What is fine. */
static bool fine(struct patient *patient, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fine(struct patient *patient, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(patient->text, format, arguments);
  va_end(arguments);
  return true;
}

/* What is wrong, after what to do. */
static bool wrong(struct patient *patient, const char *remedy, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool wrong(struct patient *patient, const char *remedy, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_string_append_vprintf(patient->text, format, arguments);
  va_end(arguments);
  g_string_append(patient->remedy, remedy);
  return false;
}

static bool failed(struct patient *patient, const GError *error) {
  return wrong(patient, "see what the message names; `meno replay --verify` checks every event", "%s", error ? error->message : "it cannot be read");
}

/* ---- the machine ------------------------------------------------------------------------------------------------ */

static bool look_at_disk(struct patient *patient) {
  struct statvfs disk;
  if (statvfs(patient->folder, &disk) != 0) return wrong(patient, "make the folder, or name another with --data or --files", "\"%s\" cannot be looked at: %s", patient->folder, g_strerror(errno));
  double room = (double)disk.f_bavail * (double)disk.f_frsize, size = patient->store ? (double)store_size(patient->store) : 0;
  if (disk.f_flag & ST_RDONLY) return wrong(patient, "mount the disk for writing, and look into the system's log why it was not", "the disk of \"%s\" may only be read", patient->folder);
  if (room >= MAX(ROOM_LEAST, size)) return fine(patient, "%.1f GB free", room / 1e9);
  return wrong(patient, "make room, or move the folder to a larger disk: what cannot be written is refused", "%.2f GB free for a database of %.2f GB", room / 1e9, size / 1e9);
}

static bool look_at_key(struct patient *patient) {
  g_autofree char *path = system_key_file(patient->folder), *ring = system_ring_file(patient->folder);
  GStatBuf status;
  if (g_stat(path, &status) != 0) return wrong(patient, "restore it from its backup: without it nobody's id can be derived again, and Meno does not start", "the key \"%s\" is not there: %s", path, g_strerror(errno));
  if (status.st_size != 32) return wrong(patient, "restore it from its backup", "the key \"%s\" has %d bytes instead of 32", path, (int)status.st_size);
  if (status.st_mode & 077) return wrong(patient, "chmod 600 it; where strangers may have read it, what they have seen stays derivable", "the key \"%s\" may be read by others (mode %04o)", path, (unsigned)status.st_mode & 07777u);
  if (!g_file_test(ring, G_FILE_TEST_EXISTS)) return wrong(patient, "restore the ring from its backup: without it nothing personal can be read, and Meno does not start", "the ring \"%s\" is not there", ring);
  return fine(patient, "key and ring are there, and the key for its owner only; are they backed up apart from the data and from each other?");
}

static bool look_at_rules(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  struct rules *rules = rules_load(patient->folder, &error);
  if (!rules) return wrong(patient, "put rules.yaml right: Meno does not start with it as it is", "%s", error->message);
  fine(patient, "decision rules %s", rules->revision);
  rules_free(rules);
  return true;
}

static bool look_at_assumptions(struct patient *patient) {
  g_autofree char *path = g_build_filename(patient->folder, "workforce.yaml", NULL), *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length = 0;
  double values[ASSUME_COUNT];
  for (int i = 0; i < ASSUME_COUNT; i++) values[i] = NAN;
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) return fine(patient, "no workforce.yaml, so the usual ones hold");
  bool right = g_file_get_contents(path, &text, &length, &error) && assumptions_parse(path, text, length, values, &error);
  return right ? fine(patient, "workforce.yaml can be read") : wrong(patient, "put workforce.yaml right: Meno does not start with it as it is", "%s", error->message);
}

/* ---- the database ----------------------------------------------------------------------------------------------- */

static bool look_at_database(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  int64_t head = db ? ledger_head(db, &error) : -1;
  if (head < 0) return failed(patient, error);
  g_autofree char *name = store_describe(patient->store);
  return fine(patient, "%s, with this Meno's schema, %" G_GINT64_FORMAT " events, %.1f MB", name, head, (double)store_size(patient->store) / 1e6);
}

static bool look_at_log(struct patient *patient) {
  if (store_is_address(patient->place)) return fine(patient, "the server's own affair");
  g_autofree char *path = g_build_filename(patient->place, "meno.db-wal", NULL);
  GStatBuf status;
  double length = g_stat(path, &status) == 0 ? (double)status.st_size : 0;
  if (length <= LOG_MOST) return fine(patient, "the log has %.1f MB", length / 1e6);
  return wrong(patient, "end what reads for long (another program on the file?), or restart the server: the log is then copied into the database",
    "the log has %.0f MB", length / 1e6);
}

static bool look_at_clock(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  g_autoptr(query_auto) query = db ? db_query(db, &error, "ledger.head", "") : NULL;
  int got = query_next(query, &error);
  if (got < 0) return failed(patient, error);
  int64_t recorded = got ? query_integer(query, 2) : 0;
  char head[CLOCK_TEXT], now[CLOCK_TEXT];
  clock_format_time(recorded, head);
  clock_format_time(patient->now, now);
  if (recorded <= patient->now + CLOCK_SLACK) return fine(patient, "the newest event is of %.19sZ, now it is %.19sZ", got ? head : "never", now);
  return wrong(patient, "set the clock right (NTP). Until it has passed the newest event, all events get that one's time; their order is right",
    "the newest event is of %.19sZ, later than now, %.19sZ: the clock was ahead, or is behind", head, now);
}

static const char *setting(GHashTable *settings, const char *name) {
  const char *value = g_hash_table_lookup(settings, name);
  return value ? value : "";
}

static bool look_at_settings(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  g_autoptr(query_auto) query = db ? db_query(db, &error, "upkeep.settings", "") : NULL;
  int got;
  while ((got = query_next(query, &error)) == 1) g_hash_table_insert(settings, g_strdup(query_text(query, 0)), g_strdup(query_text(query, 1)));
  if (got < 0) return failed(patient, error);
  if (strcmp(setting(settings, "engine"), "postgresql") != 0) return fine(patient, "every commit is on the disk when it returns");
  if (strcmp(setting(settings, "in_recovery"), "on") == 0) return wrong(patient, "name the primary server in --data", "the server is a standby, which may only be read");
  if (strcmp(setting(settings, "default_transaction_read_only"), "on") == 0) return wrong(patient, "set default_transaction_read_only = off, or name the primary server", "the server lets nobody write");
  static const char *const on[] = { "fsync", "full_page_writes" };
  for (size_t i = 0; i < G_N_ELEMENTS(on); i++)
    if (strcmp(setting(settings, on[i]), "on") != 0) return wrong(patient, "set it on in postgresql.conf and reload: a power cut loses or breaks what was acknowledged", "%s is off", on[i]);
  int64_t most = g_ascii_strtoll(setting(settings, "max_connections"), NULL, 10) - g_ascii_strtoll(setting(settings, "superuser_reserved_connections"), NULL, 10);
  if (most < CONNECTIONS_LEAST) return wrong(patient, "raise max_connections: each Meno uses up to 10", "the server takes %d connections", (int)most);
  return fine(patient, "fsync and full_page_writes on (Meno sets synchronous_commit itself), %d connections, data checksums %s", (int)most, setting(settings, "data_checksums"));
}

static bool look_at_backups(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  int64_t at = 0;
  int got = db ? db_one(db, &at, &error, "upkeep.noted", "t", "backup") : -1;
  if (got < 0) return failed(patient, error);
  if (!got && store_is_address(patient->place)) return fine(patient, "none by `meno backup`; the server's own are not seen from here");
  if (!got) return wrong(patient, "`meno backup FILE`, daily, onto another disk; and the key apart from it", "no backup by `meno backup` is known");
  int days = clock_day(patient->now) - clock_day(at);
  char day[CLOCK_TEXT];
  clock_format_day(clock_day(at), day);
  return days <= BACKUP_DAYS ? fine(patient, "the newest is of %s", day) : wrong(patient, "`meno backup FILE`, daily", "the newest is of %s, %d days ago", day, days);
}

/* ---- the company ------------------------------------------------------------------------------------------------ */

static bool look_at_people(struct patient *patient) {
  const struct company *company = patient->view->company;
  return company->people.count ? fine(patient, "%d people in %d teams", company->people.count, company->teams.count) : wrong(patient, "import people.csv", "nobody is known yet");
}

/* Few companies have every kind of file: only without people or goals is there nothing to do. */
static bool look_at_files(struct patient *patient) {
  const struct company *company = patient->view->company;
  g_autoptr(GString) missing = g_string_new("");
  for (int i = 0; i < FILE_COUNT; i++)
    if (!company->have[i]) g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", formats[i].file);
  if (!missing->len) return fine(patient, "every kind of file was imported");
  if (company->people.count && company->goals.count) return fine(patient, "never imported, so what they tell is unknown: %s", missing->str);
  return wrong(patient, "import people.csv and goals.csv first; docs/files.md says what each file tells", "never imported: %s", missing->str);
}

static bool look_at_age(struct patient *patient) {
  const struct company *company = patient->view->company;
  if (!company->people.count) return fine(patient, "no data yet");
  int age = clock_day(patient->now) - company->last_day;
  return age < DATA_DAYS ? fine(patient, "the newest figure is %d days old", age) : wrong(patient, "import newer files", "the newest figure is %d days old", age);
}

static bool look_at_accounts(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) accounts = account_list(patient->store, &error);
  if (!accounts) return failed(patient, error);
  int open = 0, deciders = 0, operators = 0;
  for (guint i = 0; i < accounts->len; i++) {
    const struct account *account = accounts->pdata[i];
    open += !account->disabled;
    deciders += !account->disabled && access_allows(account->roles, MAY_DECIDE);
    operators += !account->disabled && access_allows(account->roles, MAY_OPERATE);
  }
  if (!deciders) return wrong(patient, "`meno accounts add LOGIN --roles lead`", "nobody who can sign in may decide a proposal (%d accounts)", open);
  if (!operators) return wrong(patient, "`meno accounts add LOGIN --roles administrator`", "nobody who can sign in may operate (%d accounts)", open);
  return fine(patient, "%d can sign in, %d of them may decide", open, deciders);
}

static bool look_at_agents(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) never = g_string_new("");
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  const struct company *company = patient->view->company;
  int32_t oldest = clock_day(patient->now);
  for (int i = 0; db && agents[i]; i++) {
    g_autoptr(query_auto) query = db_query(db, &error, "ledger.cursor", "t", agents[i]->id);
    int got = query_next(query, &error);
    if (got < 0) return failed(patient, error);
    if (got) oldest = MIN(oldest, (int32_t)query_integer(query, 1));
    else g_string_append_printf(never, "%s%s", never->len ? ", " : "", agents[i]->id);
  }
  if (!db) return failed(patient, error);
  if (!company->people.count) return fine(patient, "nothing to read yet");
  static const char remedy[] = "`meno serve` gives them their turns, `meno run` does once; where they fail, its log says why";
  if (never->len) return wrong(patient, remedy, "these have not run yet: %s", never->str);
  int days = clock_day(patient->now) - oldest;
  return days <= 1 ? fine(patient, "all have run") : wrong(patient, remedy, "one of them has not run for %d days", days);
}

static bool look_at_outbox(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  g_autoptr(GPtrArray) dead = db ? outbox_list(db, NULL, "dead", &error) : NULL;
  if (!dead) return failed(patient, error);
  if (!dead->len) return fine(patient, "no dead letters");
  const struct action *newest = dead->pdata[0];
  return wrong(patient, "put right what the reason names, then `meno outbox retry ID`; `meno outbox` lists them",
    "%u dead letters; the newest, through %s: %s", dead->len, newest->channel, newest->why ? newest->why : "no reason given");
}

/* A forward tries again by itself; after some hours it is more than a restart over there. */
static bool look_at_forwards(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  g_autoptr(query_auto) query = db ? db_query(db, &error, "runtime.forwards", "") : NULL;
  int got, count = 0;
  while ((got = query_next(query, &error)) == 1) {
    int64_t since = query_null(query, 10) ? patient->now : query_integer(query, 10);
    count++;
    if (!query_integer(query, 4) || patient->now - since < FORWARD_HOURS * 60 * 60 * CLOCK_SECOND) continue;
    char began[CLOCK_TEXT];
    clock_format_time(since, began);
    return wrong(patient, "put right what the reason names, there or here; it goes on where it stopped. `meno forwards list` tells more", "\"%s\" gets nothing through since %.16sZ: %s",
      query_text(query, 1), began, query_null(query, 11) ? "no reason given" : query_text(query, 11));
  }
  return got < 0 ? failed(patient, error) : count ? fine(patient, "%d, none of which is held up", count) : fine(patient, "none");
}

/* The nightly promise: every act reaches a signal from outside, and a person or a revision of the rules. */
static bool look_at_reasons(struct patient *patient) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(patient->store, &error);
  g_auto(links_report_auto) links = { 0 };
  if (!db || !links_check(db, &links, &error)) return failed(patient, error);
  if (!links.gaps) return fine(patient, "%" G_GINT64_FORMAT " acts, and each reaches a signal and a person's decision", links.actions);
  g_autofree char *gap = links_gap_text(links.first->pdata[0]);
  return wrong(patient, "`meno lineage check` names them; `meno why action:ID` shows how far each reaches", "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " acts lack a reason: %s", links.gaps, links.actions, gap);
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

enum needs { NOTHING, STORE, COMPANY };
static const struct { const char *what; enum needs needs; bool (*look)(struct patient *patient); } checks[] = {
  { "database", STORE, look_at_database }, { "log", NOTHING, look_at_log }, { "settings", STORE, look_at_settings }, { "disk", NOTHING, look_at_disk },
  { "key", NOTHING, look_at_key }, { "rules", NOTHING, look_at_rules }, { "forecast", NOTHING, look_at_assumptions }, { "clock", STORE, look_at_clock },
  { "backup", STORE, look_at_backups }, { "accounts", STORE, look_at_accounts }, { "people", COMPANY, look_at_people }, { "files", COMPANY, look_at_files },
  { "age", COMPANY, look_at_age }, { "agents", COMPANY, look_at_agents }, { "outbox", STORE, look_at_outbox }, { "forwards", STORE, look_at_forwards },
  { "reasons", STORE, look_at_reasons } };

static void put_finding(const struct cli *cli, struct json_writer *out, const char *what, bool is_fine, const struct patient *patient) {
  g_autofree char *text = g_utf8_make_valid(patient->text->str, -1);
  if (!cli->json) printf("%s %-10s %s%s%s\n", is_fine ? " ok " : "look", what, text, is_fine ? "" : "\n                → ", patient->remedy->str);
  json_open_object(out, NULL);
  json_put_bool(out, "fine", is_fine);
  json_put_string(out, "remedy", is_fine ? NULL : patient->remedy->str);
  json_put_string(out, "text", text);
  json_put_string(out, "what", what);
  json_close_object(out);
}

static bool examine(const struct cli *cli, struct patient *patient, const GError *closed, const GError *unread, struct json_writer *out) {
  bool all_fine = true;
  for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
    g_string_truncate(patient->text, 0);
    g_string_truncate(patient->remedy, 0);
    bool first = i == 0, is_fine;
    if (checks[i].needs != NOTHING && !patient->store)
      is_fine = wrong(patient, first ? "see what the message names" : "put the database right first", "%s", first ? closed->message : "not looked at: the database is not open");
    else if (checks[i].needs == COMPANY && !patient->view) is_fine = failed(patient, unread);
    else is_fine = checks[i].look(patient);
    put_finding(cli, out, checks[i].what, is_fine, patient);
    all_fine = all_fine && is_fine;
  }
  return all_fine;
}

/* A demo lives ahead of the clock: see system_advance. */
static int64_t now_of(const struct cli *cli) {
  g_autofree char *path = g_build_filename(cli_folder(cli), "ahead", NULL), *text = NULL;
  return clock_now(&cli->clock) + (g_file_get_contents(path, &text, NULL, NULL) ? g_ascii_strtoll(text, NULL, 10) : 0);
}

int doctor_run(struct cli *cli, char **arguments) {
  if (*arguments) return cli_usage(cli, "\"%s\" is one word too many for \"doctor\"; see `meno doctor --help`", *arguments);
  g_autoptr(GError) closed = NULL, unread = NULL;
  int there = store_exists(cli_data(cli), &closed);
  if (there == 0) {
    g_autofree char *shown = store_shown(cli_data(cli));
    fail(&closed, MENO_ERROR_NOT_FOUND, "there is no Meno in \"%s\": make one with `meno --data %s init`, or name another place with --data", shown, shown);
    return cli_fail(cli, closed);
  }
  g_autoptr(store_auto) store = there == 1 ? store_open(cli_data(cli), &closed) : NULL;
  struct snapshots *snapshots = store ? snapshots_new(store, NULL) : NULL;
  struct patient patient = { .place = cli_data(cli), .folder = cli_folder(cli), .now = now_of(cli), .store = store, .text = g_string_new(""), .remedy = g_string_new("") };
  if (store) patient.view = snapshots_take(snapshots, clock_day(patient.now), &unread);
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_open_array(&out, "findings");
  bool all_fine = examine(cli, &patient, closed, unread, &out);
  json_close_array(&out);
  json_close_object(&out);
  g_autofree char *text = json_writer_steal(&out, NULL);
  if (cli->json) puts(text);
  view_release(patient.view);
  if (snapshots) snapshots_free(snapshots);
  g_string_free(patient.text, TRUE);
  g_string_free(patient.remedy, TRUE);
  return all_fine ? 0 : error_kind_of(MENO_ERROR_LOOK)->exit;
}
