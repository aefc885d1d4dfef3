/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door's own rows: signing in and out, tokens for programs, the jobs of this server. They are rows like the operations'
 * and are checked, run and described like them; but they work on cookies and on what this process holds, so they mean
 * nothing on the command line and stand here.
 *
 * Changing a password and making tokens take a person's session: a token must not be able to make itself last. */
#include "doors/rest/rest-private.h"
#include <string.h>

static struct rest_call *rest_of(struct op_call *call) { return call->progress_data; }

static bool need_session(const struct rest_call *rest, GError **error) {
  return rest->who.by == REST_BY_COOKIE || fail(error, MENO_ERROR_FORBIDDEN, "this takes a signed-in person; a token cannot do it");
}

static void say_wait(struct rest_call *rest, int seconds) {
  g_autofree char *text = g_strdup_printf("%d", MAX(1, seconds));
  http_response_add(rest->response, "Retry-After", text);
}

/* ---- sessions --------------------------------------------------------------------------------------------------- */

static void write_caller(struct rest_call *rest, const struct account *account, const char *csrf, struct json_writer *out) {
  json_put_string(out, "account", account->login);
  json_put_string(out, "name", account->name);
  json_put_string(out, "person", account->person);
  account_write_roles(out, "roles", account->roles);
  json_put_string(out, "csrf", csrf);
  json_open_array(out, "may");
  for (int i = 0; i < PERMISSION_COUNT; i++) {
    bool scoped = rest->who.by != REST_BY_TOKEN || i == MAY_SIGNED_IN || (rest->who.scopes & (UINT64_C(1) << i));
    if (scoped && access_allows(account->roles, (enum permission)i)) json_put_string(out, NULL, access_permissions[i].name);
  }
  json_close_array(out);
  if (rest->server->options.describe) rest->server->options.describe(rest->server->system, out);
}

static bool sign_in(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  g_auto(session_auto) session = { 0 };
  char token[SESSION_TOKEN];
  int wait = 0;
  struct store *store = system_store(call->system);
  if (!session_sign_in(store, rest_wall(rest->server), op_text(call, "login"), op_text(call, "password"), rest->address, token, &session, &wait, error)) {
    if (wait) say_wait(rest, wait);
    return false;
  }
  rest_set_cookie(rest, token);
  write_caller(rest, &session.account, session.csrf, out);
  return true;
}

static bool who_am_i(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  write_caller(rest, &rest->who.account, rest->who.by == REST_BY_COOKIE ? rest->who.csrf : NULL, out);
  return true;
}

static bool sign_out(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  if (!need_session(rest, error)) return false;
  if (!session_sign_out(system_store(call->system), rest_wall(rest->server), rest->who.token, rest->address, error)) return false;
  rest->who.new_token[0] = 0;
  rest_set_cookie(rest, "");
  return true;
}

/* The old password is asked for again, with the same brake as signing in: an unlocked screen must not be enough. */
static bool check_old_password(struct op_call *call, struct rest_call *rest, GError **error) {
  struct store *store = system_store(call->system);
  g_auto(account_auto) account = { 0 };
  g_autofree char *key = g_strconcat("password:", rest->who.account.login, NULL);
  int wait = session_throttle(store, rest_wall(rest->server), key, 5, error);
  if (wait < 0) return false;
  if (wait > 0) {
    say_wait(rest, wait);
    return fail(error, MENO_ERROR_TOO_MANY, "the old password was tried too often; wait %d seconds", wait);
  }
  int right = account_check(store, rest->who.account.login, op_text(call, "old"), &account, error);
  return right == 1 || (right == 0 && fail(error, MENO_ERROR_FORBIDDEN, "the old password is wrong"));
}

static bool change_password(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  const struct account *account = &rest->who.account;
  g_auto(session_auto) session = { 0 };
  char token[SESSION_TOKEN];
  if (!need_session(rest, error) || !check_old_password(call, rest, error)) return false;
  if (!account_set_password(system_ledger(call->system), call->now, rest->who.actor, account->login, op_text(call, "new"), error)) return false;
  /* All sessions ended; this one goes on under another token. */
  if (!session_start(system_store(call->system), rest_wall(rest->server), account, token, &session, error)) return false;
  rest->who.new_token[0] = 0;
  rest_set_cookie(rest, token);
  write_caller(rest, account, session.csrf, out);
  return true;
}

/* ---- tokens ----------------------------------------------------------------------------------------------------- */

static void put_time(struct json_writer *out, const char *key, int64_t time) {
  char text[CLOCK_TEXT];
  json_put_string(out, key, time ? clock_format_time(time, text) : NULL);
}

static void put_scopes(struct json_writer *out, uint64_t scopes) {
  json_open_array(out, "scopes");
  for (int i = 0; i < PERMISSION_COUNT; i++)
    if (scopes & (UINT64_C(1) << i)) json_put_string(out, NULL, access_permissions[i].name);
  json_close_array(out);
}

static bool list_tokens(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) tokens = token_list(system_store(call->system), call->caller.account, error);
  if (!tokens) return false;
  json_open_array(out, "tokens");
  for (size_t i = 0; i < tokens->len; i++) {
    const struct token *token = tokens->pdata[i];
    json_open_object(out, NULL);
    json_put_string(out, "id", token->id);
    json_put_string(out, "label", token->label);
    put_scopes(out, token->scopes);
    put_time(out, "created", token->created);
    put_time(out, "expires", token->expires);
    put_time(out, "used", token->used);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool make_token(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  char secret[TOKEN_TEXT], id[ID_TEXT];
  uint64_t scopes = 0;
  int64_t expires = 0;
  g_autoptr(GString) words = g_string_new(NULL);
  struct json_iter it = json_iter(json_get(call->in, "scopes"));
  while (json_next(&it)) g_string_append_printf(words, "%s ", json_string(it.value));
  if (!need_session(rest, error) || !token_parse_scopes(words->str, &scopes, error)) return false;
  if (op_has(call, "expires") && (!clock_parse_time(op_text(call, "expires"), &expires) || expires <= rest_wall(rest->server)))
    return fail(error, MENO_ERROR_BAD_INPUT, "\"expires\" lies in the past");
  if (!token_add(system_ledger(call->system), call->now, rest->who.actor, &rest->who.account, op_text(call, "label"), scopes, expires, secret, id, error)) return false;
  json_put_string(out, "id", id);
  json_put_string(out, "secret", secret);
  json_put_string(out, "label", op_text(call, "label"));
  put_scopes(out, scopes);
  put_time(out, "expires", expires);
  return true;
}

static bool revoke_token(struct op_call *call, struct json_writer *out, GError **error) {
  struct rest_call *rest = rest_of(call);
  return need_session(rest, error) &&
    token_revoke(system_ledger(call->system), call->now, rest->who.actor, call->caller.account, op_text(call, "id"), error);
}

/* ---- jobs ------------------------------------------------------------------------------------------------------- */

static bool show_job(struct op_call *call, struct json_writer *out, GError **error) {
  return jobs_show(rest_of(call)->server->jobs, op_text(call, "id"), call->caller.account, out, error);
}

static bool cancel_job(struct op_call *call, struct json_writer *out, GError **error) {
  struct jobs *jobs = rest_of(call)->server->jobs;
  const char *id = op_text(call, "id");
  return jobs_cancel(jobs, id, call->caller.account, error) && jobs_show(jobs, id, call->caller.account, out, error);
}

/* ---- the rows --------------------------------------------------------------------------------------------------- */

static const char *const job_states[] = { "running", "done", "failed", "cancelled", NULL };

static const struct field sign_in_in[] = {
  { "login",    FIELD_TEXT(200), REQUIRED, "the account's login" },
  { "password", FIELD_TEXT(ACCOUNT_PASSWORD_MOST), REQUIRED, "its password" }, { 0 } };
static const struct field caller_out[] = {
  { "account",    FIELD_ID("account"), REQUIRED, "the login" },
  { "name",       FIELD_TEXT(LIMIT_ID), REQUIRED, "the person's or program's name" },
  { "person",     FIELD_ID("person"), REQUIRED | NULLABLE, "the opaque id of the person, if the account is somebody of the company" },
  { "roles",      FIELD_TEXTS, REQUIRED, "the roles' titles" },
  { "csrf",       FIELD_TEXT(SESSION_TOKEN), REQUIRED | NULLABLE, "to be sent as X-Meno-CSRF with everything that changes something; null for a token" },
  { "may",        FIELD_TEXTS, REQUIRED, "the permissions" },
  { "company",    FIELD_TEXT(LIMIT_TEXT), NULLABLE, "the company's name" },
  { "data_until", FIELD_DAY, NULLABLE, "the last day that the company's data speak of" }, { 0 } };
static const struct field password_in[] = {
  { "old", FIELD_TEXT(ACCOUNT_PASSWORD_MOST), REQUIRED, "the password until now" },
  { "new", FIELD_TEXT(ACCOUNT_PASSWORD_MOST), REQUIRED, "the new one, of at least ten characters" }, { 0 } };
static const struct field token_fields[] = {
  { "id",      FIELD_ID("token"), REQUIRED, "the token's id" },
  { "label",   FIELD_TEXT(LIMIT_ID), REQUIRED, "what it is for" },
  { "scopes",  FIELD_TEXTS, REQUIRED, "the permissions that it has" },
  { "created", FIELD_TIME, REQUIRED, "when it was made" },
  { "expires", FIELD_TIME, REQUIRED | NULLABLE, "when it ends" },
  { "used",    FIELD_TIME, REQUIRED | NULLABLE, "when it was last used, to ten minutes" }, { 0 } };
static const struct field tokens_out[] = { { "tokens", FIELD_LIST(token_fields), REQUIRED, "the caller's tokens" }, { 0 } };
static const struct field make_token_in[] = {
  { "label",   FIELD_TEXT(LIMIT_ID), REQUIRED, "what it is for" },
  { "scopes",  FIELD_TEXTS, REQUIRED, "permissions of the caller, such as READ_GOALS" },
  { "expires", FIELD_TIME, 0, "when it is to end; not given: when it is revoked" }, { 0 } };
static const struct field make_token_out[] = {
  { "id",      FIELD_ID("token"), REQUIRED, "the token's id" },
  { "secret",  FIELD_TEXT(TOKEN_TEXT), REQUIRED, "the token: it is shown this once" },
  { "label",   FIELD_TEXT(LIMIT_ID), REQUIRED, "what it is for" },
  { "scopes",  FIELD_TEXTS, REQUIRED, "the permissions that it has" },
  { "expires", FIELD_TIME, REQUIRED | NULLABLE, "when it ends" }, { 0 } };
static const struct field token_in[] = { { "id", FIELD_ID("token"), REQUIRED | IN_PATH, "the token's id" }, { 0 } };
static const struct field job_in[] = { { "id", FIELD_ID("job"), REQUIRED | IN_PATH, "the job's id" }, { 0 } };
static const struct field job_error[] = {
  { "code",   FIELD_TEXT(100), REQUIRED, "as in every problem" },
  { "title",  FIELD_TEXT(LIMIT_TEXT), REQUIRED, "the kind of problem" },
  { "status", FIELD_INTEGER(400, 599), REQUIRED, "the status that a request would have got" },
  { "detail", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what went wrong, and the remedy" }, { 0 } };
static const struct field job_out[] = {
  { "id",           FIELD_ID("job"), REQUIRED, "the job's id" },
  { "what",         FIELD_TEXT(LIMIT_ID), REQUIRED, "the operation" },
  { "state",        FIELD_WORD(job_states), REQUIRED, "how it stands" },
  { "share",        FIELD_SHARE, REQUIRED, "how much is done" },
  { "step",         FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what it is at" },
  { "seconds_left", FIELD_INTEGER(0, 1e9), REQUIRED | NULLABLE, "an estimate" },
  { "result",       FIELD_ANY, REQUIRED | NULLABLE, "what the operation answered; its shape is the operation's" },
  { "error",        FIELD_OBJECT(job_error), REQUIRED | NULLABLE, "why it failed" }, { 0 } };

#define OWN "own data"
const struct rest_row rest_rows[] = {
  { { "session start",    POST,   "/session",             MAY_SIGNED_IN, sign_in_in,    caller_out,     sign_in,         "Sign in; the answer sets the session's cookie", OWN }, true },
  { { "session show",     GET,    "/session",             MAY_SIGNED_IN, NULL,          caller_out,     who_am_i,        "Who is signed in, and what they may do", OWN } },
  { { "session end",      DELETE, "/session",             MAY_SIGNED_IN, NULL,          NULL,           sign_out,        "Sign out", OWN } },
  { { "session password", POST,   "/session/password",    MAY_SIGNED_IN, password_in,   caller_out,     change_password, "Change the own password; all other sessions end", OWN } },
  { { "tokens list",      GET,    "/session/tokens",      MAY_SIGNED_IN, NULL,          tokens_out,     list_tokens,     "The caller's tokens for programs", OWN } },
  { { "tokens make",      POST,   "/session/tokens",      MAY_SIGNED_IN, make_token_in, make_token_out, make_token,      "Make a token for a program, with some of the caller's permissions", OWN } },
  { { "tokens revoke",    DELETE, "/session/tokens/{id}", MAY_SIGNED_IN, token_in,      NULL,           revoke_token,    "Take a token back", OWN } },
  { { "jobs show",        GET,    "/jobs/{id}",           MAY_SIGNED_IN, job_in,        job_out,        show_job,        "How a job that the caller began stands", "running the system" } },
  { { "jobs cancel",      DELETE, "/jobs/{id}",           MAY_SIGNED_IN, job_in,        job_out,        cancel_job,      "Ask a job to stop; it undoes what it did", "running the system" } },
  { { 0 } } };
