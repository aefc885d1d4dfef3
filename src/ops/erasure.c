/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Erasing a person, and what is kept for how long.
 *
 * Asked without `confirm`, erasing only shows what would be destroyed; `confirm` is the opaque id that it showed, so that
 * nobody is erased by a slip of the fingers. The event and the account's rows go in one transaction, the keys after it
 * (ledger/erase.h says why in this order), then the files that wait in the outbox, then the snapshot in memory.
 *
 * Meno cannot know of a person behind a pulse's token or in somebody else's sentence. What others wrote is sealed under
 * their keys and stays; where it has the person's name or address, erasing says how often, so that somebody can look. */
#include "company/fold.h"
#include "company/matching.h"
#include "gate/account.h"
#include "ledger/erase.h"
#include "ops/tables.h"
#include <glib/gstdio.h>
#include <string.h>

/* ---- what there is of a person ---------------------------------------------------------------------------------- */

struct traces {
  struct system *system;
  GHashTable *owners;        /* names of keys that are theirs */
  char *name, *email;        /* small; NULL none */
  int64_t events, fields, mentions;
  int64_t attachments, documents, naming; /* of the record store: theirs; states and profiles; statements of others that name them */
  GHashTable *terms;         /* int64_t: the numbers of their addresses in the record store */
  GHashTable *kinds;         /* of their events: name → count + 1 … as a pointer */
};

static void traces_clear(struct traces *traces) {
  g_clear_pointer(&traces->owners, g_hash_table_destroy);
  g_clear_pointer(&traces->kinds, g_hash_table_destroy);
  g_clear_pointer(&traces->terms, g_hash_table_destroy);
  g_free(traces->name);
  g_free(traces->email);
}
typedef struct traces traces_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(traces_auto, traces_clear)

static void add_owner(struct traces *traces, const char *prefix, char *id) {
  g_hash_table_add(traces->owners, g_strconcat(prefix, id, NULL));
  g_free(id);
}

/* The names by which statements may call whoever has had this address and number. */
static void add_names(struct traces *traces, const struct evidence_rules *rules, const char *email, const char *number) {
  g_autoptr(GPtrArray) names = matching_names(&(struct person){ .email = email, .employee_number = number }, rules, system_seal(traces->system));
  for (guint i = 0; i < names->len; i++) add_owner(traces, "actor:", g_strdup(names->pdata[i]));
}

/* Accounts that somebody said are the person's. */
static bool read_matches(struct traces *traces, struct db *db, const char *person, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.all_actor_match", "");
  int got;
  while ((got = query_next(query, error)) == 1) {
    enum seal_state state;
    if (!query_null(query, 5) || g_strcmp0(query_text(query, 1), person) != 0) continue;
    char *name = ledger_reveal(system_seal(traces->system), query, 2, 6, "actor", &state);
    if (state == SEAL_OPEN) add_owner(traces, "actor:", name);
    else g_free(name);
  }
  return got == 0;
}

/* Every address and number that the person ever had here. */
static bool read_addresses(struct traces *traces, struct db *db, const char *subject, GError **error) {
  g_autoptr(evidence_rules_auto) rules = evidence_rules_in_force(db, error);
  if (!rules) return false;
  g_auto(about_auto) about = about_subject(db, subject, INT64_MAX);
  struct event event;
  int got;
  while ((got = about_next(&about, &event, error)) == 1) {
    if (strcmp(event.kind, "person.recorded") != 0) continue;
    g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, error);
    if (!doc) return false;
    enum seal_state state, other;
    g_autofree char *email = seal_reveal(system_seal(traces->system), json_string(json_get(json_root(doc), "work_email")), event.id, "work_email", &state, NULL);
    g_autofree char *number = seal_reveal(system_seal(traces->system), json_string(json_get(json_root(doc), "employee_number")), event.id, "employee_number", &other, NULL);
    add_names(traces, rules, state == SEAL_OPEN || state == SEAL_CLEAR ? email : NULL, other == SEAL_OPEN || other == SEAL_CLEAR ? number : NULL);
  }
  return got == 0;
}

static bool mentions(const struct traces *traces, const char *text) {
  g_autofree char *small = g_utf8_casefold(text, -1);
  return (traces->name && strstr(small, traces->name)) || (traces->email && strstr(small, traces->email));
}

static void count_kind(struct traces *traces, const struct event_kind *kind) {
  traces->events++;
  g_hash_table_insert(traces->kinds, (void *)(uintptr_t)kind->name, GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(traces->kinds, kind->name)) + 1));
}

/* A statement's text stands beside its event, sealed for its actor; what it is about stands in `refs` as numbers. */
static void look_at_statement(struct traces *traces, const struct event *event, const struct event_kind *kind) {
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, NULL);
  struct json body = doc ? json_root(doc) : (struct json){ 0 };
  g_autoptr(GArray) refs = statement_refs(json_string(json_get(body, "refs")));
  bool own = false, any = false;
  for (guint i = 0; i < refs->len; i++) {
    const struct statement_ref *ref = &g_array_index(refs, struct statement_ref, i);
    bool theirs = g_hash_table_contains(traces->terms, &ref->term);
    own |= theirs && ref->role == 'a';
    any |= theirs;
  }
  traces->naming += any && !own;
  traces->fields += own;
  if (own) count_kind(traces, kind);
}

static bool look(const struct event *event, void *data, GError **error) {
  struct traces *traces = data;
  struct ledger *ledger = system_ledger(traces->system);
  const struct event_kind *kind = ledger_kind(ledger, event->kind);
  if (kind && event->data) return look_at_statement(traces, event, kind), true;
  if (!kind || !*kind->personal || !memmem(event->body, event->body_length, "sealed:", 7)) return true;
  bool any = false;
  g_autoptr(json_doc_auto) doc = json_parse(event->body, event->body_length, error);
  if (!doc) return false;
  struct json_iter it = json_iter(json_root(doc));
  while (json_next(&it)) {
    const char *text = json_string(it.value);
    if (!text || !seal_is_sealed(text)) continue;
    g_autofree char *owner = seal_owner(system_seal(traces->system), text);
    bool theirs = owner && g_hash_table_contains(traces->owners, owner);
    traces->fields += theirs;
    any |= theirs;
    if (theirs) continue;
    enum seal_state state;
    g_autofree char *plain = seal_reveal(system_seal(traces->system), text, event->id, it.key, &state, NULL);
    traces->mentions += state == SEAL_OPEN && mentions(traces, plain);
  }
  if (any) count_kind(traces, kind);
  return true;
}

static bool add_count(struct db *db, int64_t *sum, const char *query, const char *key, GError **error) {
  int64_t count = 0;
  if (db_one(db, &count, error, query, "t", key) < 0) return false;
  *sum += count;
  return true;
}

/* Beside the events: what the record store keeps under the names of their addresses. */
static bool count_kept(struct traces *traces, struct db *db, GError **error) {
  GHashTableIter it;
  void *owner;
  g_hash_table_iter_init(&it, traces->owners);
  while (g_hash_table_iter_next(&it, &owner, NULL)) {
    if (!g_str_has_prefix(owner, "actor:")) continue;
    const char *name = (const char *)owner + strlen("actor:");
    g_autofree char *term = g_strconcat("p", name, NULL);
    int64_t number = 0;
    if (!add_count(db, &traces->attachments, "evidence.attachments_of_actor", term, error) || !add_count(db, &traces->documents, "evidence.documents_of_agent", name, error) ||
        db_one(db, &number, error, "company.term", "t", term) < 0) return false;
    if (number) g_hash_table_add(traces->terms, g_memdup2(&number, sizeof number));
  }
  return true;
}

static bool find_traces(struct traces *traces, const struct person *person, GError **error) {
  traces->owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  traces->kinds = g_hash_table_new(g_str_hash, g_str_equal);
  traces->terms = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree char *subject = g_strconcat("person:", person->id, NULL);
  g_hash_table_add(traces->owners, g_strdup(subject));
  if (person->first_name && person->last_name) {
    g_autofree char *name = g_strdup_printf("%s %s", person->first_name, person->last_name);
    traces->name = g_utf8_casefold(name, -1);
  }
  if (person->email) traces->email = g_utf8_casefold(person->email, -1);
  g_autoptr(db_auto) db = store_read(system_store(traces->system), error);
  int64_t head = db ? ledger_head(db, error) : -1;
  return head >= 0 && read_addresses(traces, db, subject, error) && read_matches(traces, db, person->id, error) && count_kept(traces, db, error) && ledger_visit(db, 1, head, look, traces, error);
}

/* ---- erasing ---------------------------------------------------------------------------------------------------- */

/* Files of the outbox that are for the person; removed unless `count_only`. */
static int outbox_files(struct system *system, const char *person, bool count_only, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "runtime.actions_of", "t", person) : NULL;
  int got, files = 0;
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *name = g_strconcat(query_text(query, 0), ".json", NULL), *path = g_build_filename(system_dir(system), "outbox", name, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) continue;
    files++;
    if (!count_only && g_unlink(path) != 0) return fail(error, MENO_ERROR_STORE, "the file \"%s\" cannot be removed: remove it by hand", path), -1;
  }
  return got < 0 ? -1 : files;
}

static GPtrArray *owners_of(const struct traces *traces) {
  GPtrArray *owners = g_ptr_array_new();
  GHashTableIter it;
  void *owner;
  g_hash_table_iter_init(&it, traces->owners);
  while (g_hash_table_iter_next(&it, &owner, NULL)) g_ptr_array_add(owners, owner);
  return owners;
}

static bool destroy(struct op_call *call, const struct traces *traces, const char *person, GError **error) {
  struct ledger *ledger = system_ledger(call->system);
  g_autoptr(GPtrArray) owners = owners_of(traces);
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, call->now, error);
  if (!write || !erase_record(write, person, owners, call->caller.actor, error) || account_forget(write, person, error) < 0 ||
      !ledger_commit(g_steal_pointer(&write), error)) return false;
  for (guint i = 0; i < owners->len; i++)
    if (!seal_destroy(system_seal(call->system), owners->pdata[i], call->now, error)) return false;
  if (outbox_files(call->system, person, false, error) < 0) return false;
  store_checkpoint(system_store(call->system));
  g_autoptr(view_auto) anew = system_view(call->system, error); /* the one with the name is dropped */
  return anew != NULL;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void write_kinds(struct json_writer *out, const struct traces *traces) {
  guint count;
  g_autofree void **kinds = g_hash_table_get_keys_as_array(traces->kinds, &count);
  qsort(kinds, count, sizeof *kinds, by_text);
  json_open_array(out, "kinds");
  for (guint i = 0; i < count; i++) {
    json_open_object(out, NULL);
    json_put_string(out, "kind", kinds[i]);
    json_put_integer(out, "events", GPOINTER_TO_INT(g_hash_table_lookup(traces->kinds, kinds[i])));
    json_close_object(out);
  }
  json_close_array(out);
}

static bool account_there(struct op_call *call, const char *person, bool *ret_there, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.account_of_person", "t", person) : NULL;
  int got = query ? query_next(query, error) : -1;
  *ret_there = got == 1;
  return got >= 0;
}

static bool erase(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  int index = view ? ops_find_person(view->company, op_text(call, "person"), error) : -1;
  if (index < 0) return false;
  const struct person *person = &view->company->people.at[index];
  const char *confirm = op_text(call, "confirm");
  bool sure = confirm && !op_flag(call, "dry_run"), account;
  g_autofree char *owner = g_strconcat("person:", person->id, NULL);
  if (seal_is_destroyed(system_seal(call->system), owner)) return fail(error, MENO_ERROR_CONFLICT, "the person \"%s\" is erased already", person->id);
  if (sure && strcmp(confirm, person->id) != 0)
    return fail(error, MENO_ERROR_STALE, "\"%s\" is not who would be erased; look at it again without --confirm and confirm with the id that it shows", confirm);
  g_auto(traces_auto) traces = { .system = call->system };
  if (!find_traces(&traces, person, error) || !account_there(call, person->id, &account, error)) return false;
  int files = outbox_files(call->system, person->id, true, error);
  if (files < 0) return false;
  system_lock_work(call->system); /* neither an import nor the agents are in the middle of something */
  bool fine = !sure || destroy(call, &traces, person->id, error);
  system_unlock_work(call->system);
  if (!fine) return false;
  json_put_string(out, "id", person->id);
  json_put_bool(out, "erased", sure);
  json_put_integer(out, "events", traces.events);
  json_put_integer(out, "fields", traces.fields);
  write_kinds(out, &traces);
  json_put_integer(out, "files", files);
  json_put_bool(out, "account", account);
  json_put_integer(out, "attachments", traces.attachments);
  json_put_integer(out, "documents", traces.documents);
  json_put_integer(out, "mentions", traces.mentions);
  json_put_integer(out, "naming", traces.naming);
  json_put_string(out, "next", sure ? "export the keys anew and remove older exports of them: `meno keys export FILE`" : "nothing was changed; to erase, give --confirm and the id");
  return true;
}

/* ---- retention -------------------------------------------------------------------------------------------------- */

static void write_retention(struct json_writer *out, const struct retention *row) {
  const struct event_kind *kind = row->kind;
  json_open_object(out, NULL);
  json_put_string(out, "kind", kind->name);
  json_put_string(out, "purpose", kind->purpose);
  json_put_integer(out, "days", kind->retention_days);
  json_put_string(out, "sealed", kind->personal);
  json_put_integer(out, "events", row->events);
  json_put_integer(out, "past", row->past);
  json_put_integer(out, "months", row->periods);
  json_put_integer(out, "due", row->due);
  json_put_integer(out, "destroyed", row->destroyed);
  json_close_object(out);
}

static bool retention(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(GPtrArray) rows = db ? retention_list(system_ledger(call->system), db, call->now, error) : NULL;
  if (!rows) return false;
  json_open_array(out, "kinds");
  for (guint i = 0; i < rows->len; i++) write_retention(out, rows->pdata[i]);
  json_close_array(out);
  return true;
}

static bool write_month(struct op_call *call, struct db *db, struct json_writer *out, const struct retention_month *month, GError **error) {
  int64_t events = 0;
  char text[CLOCK_TEXT];
  if (db_one(db, &events, error, "ledger.count_between", "tii", month->kind->name, month->from, month->to) < 0) return false;
  json_open_object(out, NULL);
  json_put_string(out, "on", clock_format_day(clock_day(month->due), text));
  json_put_string(out, "kind", month->kind->name);
  json_put_string(out, "recorded", (clock_format_day(clock_day(month->from), text)[7] = '\0', text));
  json_put_integer(out, "events", events);
  json_put_string(out, "sealed", month->kind->personal);
  json_close_object(out);
  return true;
}

static bool plan(struct op_call *call, struct json_writer *out, GError **error) {
  int64_t until = call->now + (int64_t)op_number(call, "days", 62) * CLOCK_DAY;
  g_autoptr(GArray) months = retention_plan(system_ledger(call->system));
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  if (!db) return false;
  json_open_array(out, "months");
  for (guint i = 0; i < months->len; i++) {
    const struct retention_month *month = &g_array_index(months, struct retention_month, i);
    if (month->due <= until && !write_month(call, db, out, month, error)) return false;
  }
  json_close_array(out);
  return true;
}

static bool apply(struct op_call *call, struct json_writer *out, GError **error) {
  int destroyed = retention_apply(system_ledger(call->system), call->now, call->caller.actor, error);
  if (destroyed < 0) return false;
  json_put_integer(out, "destroyed", destroyed);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field erase_in[] = { { "person", FIELD_TEXT(LIMIT_ID), REQUIRED | IN_PATH, "employee number, work address or opaque id" },
  { "confirm", FIELD_TEXT(LIMIT_ID), 0, "the id that it showed without: erases" }, { "dry_run", FIELD_BOOL, 0, "only show" }, { 0 } };
static const struct field erase_kind[] = { { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "events", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field erase_out[] = { { "id", FIELD_ID("person"), REQUIRED, "the opaque id: it stays" }, { "erased", FIELD_BOOL, REQUIRED, "false: this only shows" },
  { "events", FIELD_COUNT, REQUIRED, "with sealed fields of the person" }, { "fields", FIELD_COUNT, REQUIRED, "that become unreadable" }, { "kinds", FIELD_LIST(erase_kind), REQUIRED, "" },
  { "files", FIELD_COUNT, REQUIRED, "in the outbox" }, { "account", FIELD_BOOL, REQUIRED, "an account goes, with its sessions, tokens and lines in the access log" },
  { "attachments", FIELD_COUNT, REQUIRED, "of their statements; they become unreadable, too" }, { "documents", FIELD_COUNT, REQUIRED, "states and profiles that programs keep of them; likewise" },
  { "naming", FIELD_COUNT, REQUIRED, "statements of others that name them, which stay" },
  { "mentions", FIELD_COUNT, REQUIRED, "texts of others that have the name or the address, and stay" }, { "next", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field kind_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "purpose", FIELD_TEXT(0), REQUIRED, "" }, { "days", FIELD_COUNT, REQUIRED, "0: as long as the ledger" },
  { "sealed", FIELD_TEXT(0), REQUIRED, "fields" }, { "events", FIELD_COUNT, REQUIRED, "" }, { "past", FIELD_COUNT, REQUIRED, "older than that" },
  { "months", FIELD_COUNT, REQUIRED, "whose fields can be read" }, { "due", FIELD_COUNT, REQUIRED, "of them past as a whole" }, { "destroyed", FIELD_COUNT, REQUIRED, "months whose key is destroyed" }, { 0 } };
static const struct field retention_out[] = { { "kinds", FIELD_LIST(kind_row), REQUIRED, "" }, { 0 } };
static const struct field plan_in[] = { { "days", FIELD_INTEGER(0, 4000), 0, "from today on; 62 where nothing is said" }, { 0 } };
static const struct field month_row[] = { { "on", FIELD_DAY, REQUIRED, "the day from which nobody can read them" }, { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "recorded", FIELD_TEXT(0), REQUIRED, "the month in which they were recorded" },
  { "events", FIELD_COUNT, REQUIRED, "of that kind and month, those of people who were erased included" }, { "sealed", FIELD_TEXT(0), REQUIRED, "fields that become unreadable" }, { 0 } };
static const struct field plan_out[] = { { "months", FIELD_LIST(month_row), REQUIRED, "the soonest first" }, { 0 } };
static const struct field apply_out[] = { { "destroyed", FIELD_COUNT, REQUIRED, "keys" }, { 0 } };

const struct op erasure_ops[] = {
  { "erase", POST, "/erasures/{person}", MAY_ERASE, erase_in, erase_out, erase, "Show what there is of a person, and, confirmed, erase it", "erasure", BODY_JSON, true },
  { "retention list", GET, "/retention", MAY_AUDIT, NULL, retention_out, retention, "What is kept for how long, and how much is past that", "erasure" },
  { "retention plan", GET, "/retention/plan", MAY_AUDIT, plan_in, plan_out, plan, "What retention will make unreadable, by month", "erasure" },
  { "retention apply", POST, "/retention", MAY_ERASE, NULL, apply_out, apply, "Destroy the keys of months that are past their retention; every run of the agents does it too", "erasure" },
  { 0 } };
