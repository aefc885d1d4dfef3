/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See toy.h. Its operations cover each shape that a row can have: input in the address, the query, a body, files; answers
 * of JSON and of a file; a job that reports and can be cancelled; a failure of each kind. */
#include "doors/rest/toy.h"
#include "ops/op.h"
#include "ops/system.h"
#include <string.h>

static GMutex lock;
static GCond change;
static bool gone_on;

struct system { struct store *store; struct ledger *ledger; };

struct ledger *system_ledger(struct system *system) { return system->ledger; }
struct store *system_store(struct system *system) { return system->store; }
int64_t system_now(struct system *system) { return INT64_C(1800000000) * CLOCK_SECOND; }

static bool tiny(struct op_call *call, struct json_writer *out, GError **error) {
  json_put_bool(out, "fine", true);
  return true;
}

static bool echo(struct op_call *call, struct json_writer *out, GError **error) {
  json_put_value(out, "in", call->in);
  json_put_string(out, "account", call->caller.account);
  json_put_string(out, "actor", call->caller.actor);
  json_open_array(out, "files");
  for (size_t i = 0; i < call->file_count; i++) {
    json_open_object(out, NULL);
    json_put_string(out, "name", call->files[i].name);
    json_put_integer(out, "bytes", (int64_t)g_bytes_get_size(call->files[i].bytes));
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool break_down(struct op_call *call, struct json_writer *out, GError **error) {
  const char *kind = op_text(call, "kind");
  for (int code = 0; code < MENO_ERROR_COUNT; code++)
    if (strcmp(kind, error_kind_of((enum meno_error)code)->slug) == 0) return fail(error, (enum meno_error)code, "the toy failed in /secret/path");
  return fail(error, MENO_ERROR_NOT_FOUND, "there is no failure \"%s\"", kind);
}

static bool give_file(struct op_call *call, struct json_writer *out, GError **error) {
  call->file_name = g_strdup("toy \"list\".csv");
  call->file_type = "text/csv";
  call->file_out = g_bytes_new_static("a,b\n1,2\n", 8);
  return true;
}

static bool wait_long(struct op_call *call, struct json_writer *out, GError **error) {
  for (;;) {
    if (!op_progress(call, "waiting for the test", 0.5, error)) return false;
    g_mutex_lock(&lock);
    bool done = gone_on || g_cond_wait_until(&change, &lock, g_get_monotonic_time() + G_USEC_PER_SEC / 100);
    g_mutex_unlock(&lock);
    if (done && gone_on) break;
  }
  json_put_string(out, "answer", "at last");
  json_put_integer(out, "files", (int64_t)call->file_count);
  return true;
}

void toy_let_go(void) {
  g_mutex_lock(&lock);
  gone_on = true;
  g_cond_broadcast(&change);
  g_mutex_unlock(&lock);
}

static const char *const colours[] = { "red", "blue", NULL };
static const struct field part[] = { { "size", FIELD_NUMBER(0, 10), REQUIRED, "how large" }, { 0 } };
static const struct field echo_in[] = {
  { "id", FIELD_ID("toy"), REQUIRED | IN_PATH, "the toy" }, { "text", FIELD_TEXT(100), 0, "any text" }, { "number", FIELD_NUMBER(0, 1), 0, "a number" },
  { "flag", FIELD_BOOL, 0, "yes or no" }, { "words", FIELD_TEXTS, 0, "several" }, { "colour", FIELD_WORD(colours), 0, "one of two" },
  { "day", FIELD_DAY, 0, "a day" }, { "part", FIELD_OBJECT(part), NULLABLE, "a part" }, { "parts", FIELD_LIST(part), 0, "parts" }, { 0 } };
static const struct field fail_in[] = { { "kind", FIELD_TEXT(100), REQUIRED, "which failure" }, { 0 } };
static const struct field files_in[] = { { "files", FIELD_FILES, REQUIRED, "files" }, { "map", FIELD_TEXT(1000), 0, "a mapping" },
  { "dry_run", FIELD_BOOL, 0, "change nothing" }, { 0 } };
static const struct field plain_in[] = { { "id", FIELD_ID("toy"), REQUIRED | IN_PATH, "the toy" }, { 0 } };
static const struct field tiny_out[] = { { "fine", FIELD_BOOL, REQUIRED, "always" }, { 0 } };

static const struct op toys[] = {
  { "toys list",   GET,    "/toys",            MAY_SIGNED_IN,    NULL,     tiny_out, tiny,       "All toys", "play" },
  { "toys show",   GET,    "/toys/{id}",       MAY_READ_GOALS,   echo_in,  NULL,     echo,       "One toy", "play" },
  { "toys best",   GET,    "/toys/best",       MAY_SIGNED_IN,    NULL,     tiny_out, tiny,       "The best toy", "play" },
  { "toys change", POST,   "/toys/{id}",       MAY_STEER,        echo_in,  NULL,     echo,       "Change a toy", "play" },
  { "toys place",  PUT,    "/toys/{id}/place", MAY_STEER,        plain_in, NULL,     echo,       "Put a toy away", "play" },
  { "toys drop",   DELETE, "/toys/{id}",       MAY_STEER,        plain_in, NULL,     echo,       "Throw a toy away", "play" },
  { "toys fail",   GET,    "/failures",        MAY_SIGNED_IN,    fail_in,  NULL,     break_down, "Fail", "play" },
  { "toys file",   GET,    "/file",            MAY_EXPORT,       NULL,     NULL,     give_file,  "A list as a file", "play", BODY_FILE_OUT },
  { "toys send",   POST,   "/files",           MAY_IMPORT,       files_in, NULL,     echo,       "Send files", "play", BODY_FILES },
  { "toys wait",   POST,   "/waits",           MAY_IMPORT,       files_in, NULL,     wait_long,  "Wait for something", "play", BODY_FILES, true },
  { 0 } };
static const struct op *const tables[] = { toys, NULL };
const struct op *const *const op_tables = tables;

static const struct event_kind *const kinds[] = { access_kinds, NULL };
static const struct fold *const folds[] = { NULL };
static const struct ledger_tables joined = { kinds, folds };

struct system *toy_open(void) {
  g_autoptr(GError) error = NULL;
  struct system *system = g_new0(struct system, 1);
  system->store = store_open_memory(&error);
  g_assert_no_error(error);
  system->ledger = ledger_new(system->store, &joined);
  gone_on = false;
  for (int i = 0; i < ROLE_COUNT; i++) {
    g_autofree char *login = g_strndup(access_roles[i].title, strcspn(access_roles[i].title, " "));
    g_autofree char *person = g_strdup_printf("p-%s", login);
    account_add(system->ledger, system_now(system), "operator", login, access_roles[i].title, person, 1u << i, TOY_PASSWORD, &error);
    g_assert_no_error(error);
  }
  return system;
}

void toy_close(struct system *system) {
  ledger_free(system->ledger);
  store_free(system->store);
  g_free(system);
}
