/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may come in: the matrix, accounts, the brake on guessing, sessions (expiry, rotation, theft of an old token), tokens;
 * and that no secret reaches the ledger or a table. */
#include "gate/account.h"
#include "gate/session.h"
#include "gate/token.h"
#include <string.h>

#define PASSWORD "correct horse battery"
#define HOUR (3600 * CLOCK_SECOND)
#define START (INT64_C(1800000000) * CLOCK_SECOND)

static const struct event_kind *const kinds[] = { access_kinds, NULL };
static const struct fold *const folds[] = { NULL };
static const struct ledger_tables tables = { kinds, folds };
static struct store *store;
static struct ledger *ledger;

static void setup(void) {
  g_autoptr(GError) error = NULL;
  store = store_open_memory(&error);
  g_assert_no_error(error);
  ledger = ledger_new(store, &tables);
  g_assert_true(account_add(ledger, START, "operator", "Ana", "Ana Example", "p-1", ROLE_LEAD | ROLE_EMPLOYEE, PASSWORD, &error));
  g_assert_no_error(error);
}

static void teardown(void) {
  ledger_free(ledger);
  store_free(store);
}

static int64_t count_rows(const char *query, const char *key) {
  g_autoptr(GError) error = NULL;
  g_autoptr(db_auto) db = store_read(store, &error);
  int64_t count = -1;
  g_assert_cmpint(db_one(db, &count, &error, query, "t", key), ==, 1);
  return count;
}

static bool enter(int64_t now, const char *login, const char *password, const char *address, char token[SESSION_TOKEN], int *wait, GError **error) {
  g_auto(session_auto) session = { 0 };
  return session_sign_in(store, now, login, password, address, token, &session, wait, error);
}

static int find(int64_t now, const char *token, char new_token[SESSION_TOKEN]) {
  g_autoptr(GError) error = NULL;
  g_auto(session_auto) session = { 0 };
  int found = session_find(store, now, token, &session, new_token, &error);
  g_assert_no_error(error);
  if (found) g_assert_cmpstr(session.account.login, ==, "ana");
  return found;
}

/* ---- the matrix ------------------------------------------------------------------------------------------------- */

static void test_matrix(void) {
  g_assert_true(access_allows(ROLE_LEAD, MAY_STEER));
  g_assert_false(access_allows(ROLE_EMPLOYEE, MAY_STEER));
  g_assert_true(access_allows(ROLE_EMPLOYEE | ROLE_LEAD, MAY_STEER));
  g_assert_false(access_allows(0, MAY_SIGNED_IN));
  g_assert_false(access_allows(~0u, (enum permission)PERMISSION_COUNT));
  for (int i = 0; i < ROLE_COUNT; i++) g_assert_true(access_allows(1u << i, MAY_SIGNED_IN));
  unsigned roles = 0;
  g_autoptr(GError) error = NULL;
  g_assert_true(access_parse_roles("lead, Privacy Officer", &roles, &error));
  g_assert_cmpuint(roles, ==, ROLE_LEAD | ROLE_PRIVACY);
  g_assert_false(access_parse_roles("king", &roles, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_nonnull(strstr(error->message, "administrator"));
}

/* ---- accounts --------------------------------------------------------------------------------------------------- */

static void assert_refused(enum meno_error code, const char *login, const char *name, const char *person, unsigned roles, const char *password) {
  g_autoptr(GError) error = NULL;
  g_assert_false(account_add(ledger, START, "operator", login, name, person, roles, password, &error));
  g_assert_error(error, MENO_ERROR, (int)code);
}

static void test_accounts(void) {
  setup();
  assert_refused(MENO_ERROR_CONFLICT, "ANA", "Another", NULL, ROLE_LEAD, PASSWORD);
  assert_refused(MENO_ERROR_CONFLICT, "ben", "Same person", "p-1", ROLE_LEAD, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "a b", "Ben", NULL, ROLE_LEAD, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "", "Ben", NULL, ROLE_LEAD, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "ben", "", NULL, ROLE_LEAD, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "ben", "Ben", NULL, 0, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "ben", "Ben", NULL, 1u << ROLE_COUNT, PASSWORD);
  assert_refused(MENO_ERROR_BAD_INPUT, "ben", "Ben", NULL, ROLE_LEAD, "short");
  assert_refused(MENO_ERROR_BAD_INPUT, "longlogin.ben", "Ben", NULL, ROLE_LEAD, "LONGLOGIN.BEN");
  g_autofree char *endless = g_strnfill(ACCOUNT_LOGIN_MOST + 1, 'b');
  assert_refused(MENO_ERROR_BAD_INPUT, endless, "Ben", NULL, ROLE_LEAD, PASSWORD);
  g_autofree char *huge = g_strnfill(ACCOUNT_PASSWORD_MOST + 1, 'x');
  assert_refused(MENO_ERROR_BAD_INPUT, "ben", "Ben", NULL, ROLE_LEAD, huge);

  g_autoptr(GError) error = NULL;
  g_auto(account_auto) account = { 0 };
  g_assert_cmpint(account_find(store, "aNa", &account, &error), ==, 1);
  g_assert_cmpstr(account.name, ==, "Ana Example");
  g_assert_cmpuint(account.roles, ==, ROLE_LEAD | ROLE_EMPLOYEE);
  g_autofree char *actor = account_actor(&account);
  g_assert_cmpstr(actor, ==, "person:p-1");
  g_assert_cmpint(account_find(store, "nobody", &account, &error), ==, 0);
  g_assert_true(account_set_roles(ledger, START, "operator", "ana", ROLE_ANALYST, &error));
  g_assert_false(account_set_roles(ledger, START, "operator", "nobody", ROLE_ANALYST, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_NOT_FOUND);
  g_autoptr(GPtrArray) list = account_list(store, NULL);
  g_assert_cmpuint(list->len, ==, 1);
  g_assert_cmpuint(((struct account *)list->pdata[0])->roles, ==, ROLE_ANALYST);
  g_autofree char *one = account_make_password(), *two = account_make_password();
  g_assert_cmpuint(strlen(one), ==, 24);
  g_assert_cmpstr(one, !=, two);
  teardown();
}

static bool look_for_secrets(const struct event *event, void *data, GError **error) {
  g_assert_null(strstr(event->body, PASSWORD));
  g_assert_null(strstr(event->body, "argon2"));
  g_assert_null(strstr(event->body, "meno_"));
  (*(int *)data)++;
  return true;
}

static void test_no_secrets(void) {
  setup();
  g_autoptr(GError) error = NULL;
  g_auto(account_auto) account = { 0 };
  char secret[TOKEN_TEXT], id[ID_TEXT];
  g_assert_cmpint(account_find(store, "ana", &account, &error), ==, 1);
  g_assert_true(token_add(ledger, START, "person:p-1", &account, "report", UINT64_C(1) << MAY_READ_GOALS, 0, secret, id, &error));
  g_assert_true(account_set_password(ledger, START, "operator", "ana", "another long one", &error));
  g_autoptr(db_auto) db = store_read(store, &error);
  int events = 0;
  g_assert_true(ledger_visit(db, 1, ledger_head(db, &error), look_for_secrets, &events, &error));
  g_assert_cmpint(events, ==, 3);
  g_autoptr(query_auto) query = db_query(db, &error, "access.find_account", "t", "ana");
  g_assert_cmpint(query_next(query, &error), ==, 1);
  g_assert_true(g_str_has_prefix(query_text(query, 6), "$argon2id$v=19$m=32768,t=3,p=1$"));
  g_clear_pointer(&query, query_done);
  g_clear_pointer(&db, db_release);
  teardown();
}

/* ---- signing in ------------------------------------------------------------------------------------------------- */

static void test_sign_in(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char token[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  g_assert_true(enter(START, "ANA", PASSWORD, NULL, token, &wait, &error));
  g_assert_cmpuint(strlen(token), ==, 43);
  g_assert_cmpint(find(START, token, other), ==, 1);
  g_assert_cmpstr(other, ==, "");
  token[5] ^= 1;
  g_assert_cmpint(find(START, token, other), ==, 0);
  g_assert_cmpint(find(START, "", other), ==, 0);

  g_autoptr(GError) wrong = NULL, unknown = NULL, odd = NULL;
  g_assert_false(enter(START, "ana", "wrong password", NULL, token, &wait, &wrong));
  g_assert_false(enter(START, "nobody", "wrong password", NULL, token, &wait, &unknown));
  g_assert_false(enter(START, "no body\n", "", NULL, token, &wait, &odd));
  g_assert_error(wrong, MENO_ERROR, MENO_ERROR_UNAUTHENTICATED);
  g_assert_cmpstr(wrong->message, ==, unknown->message);
  g_assert_cmpstr(wrong->message, ==, odd->message);
  g_assert_true(account_set_disabled(ledger, START, "operator", "ana", true, &error));
  g_autoptr(GError) disabled = NULL;
  g_assert_false(enter(START, "ana", PASSWORD, NULL, token, &wait, &disabled));
  g_assert_cmpstr(wrong->message, ==, disabled->message);
  teardown();
}

static void test_brake_per_login(void) {
  setup();
  char token[SESSION_TOKEN];
  int wait = 0, refused = 0;
  for (int i = 0; i < 12; i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(enter(START, "ana", "wrong password", NULL, token, &wait, &error));
    if (g_error_matches(error, MENO_ERROR, MENO_ERROR_TOO_MANY)) refused++;
  }
  g_assert_cmpint(refused, ==, 6); /* five free ones, a sixth that sets the wait */
  g_assert_cmpint(wait, ==, 1);
  g_autoptr(GError) error = NULL;
  g_assert_false(enter(START, "ana", PASSWORD, NULL, token, &wait, &error)); /* the right one waits as well */
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_MANY);
  g_clear_error(&error);
  g_assert_true(enter(START + 2 * CLOCK_SECOND, "ana", PASSWORD, NULL, token, &wait, &error));
  g_assert_no_error(error);
  g_assert_false(enter(START + 2 * CLOCK_SECOND, "ana", "wrong password", NULL, token, &wait, &error)); /* forgiven: not made to wait */
  g_assert_error(error, MENO_ERROR, MENO_ERROR_UNAUTHENTICATED);
  teardown();
}

static void test_brake_doubles(void) {
  setup();
  g_autoptr(GError) error = NULL;
  int64_t now = START;
  const int expected[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900 };
  for (int i = 0; i < 2; i++) g_assert_cmpint(session_throttle(store, now, "login:x", 2, &error), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
    g_assert_cmpint(session_throttle(store, now, "login:x", 2, &error), ==, 0);
    g_assert_cmpint(session_throttle(store, now, "login:x", 2, &error), ==, expected[i]);
    now += expected[i] * CLOCK_SECOND;
  }
  g_assert_cmpint(session_throttle(store, now, "login:y", 2, &error), ==, 0);
  now += HOUR; /* forgotten */
  for (int i = 0; i < 3; i++) g_assert_cmpint(session_throttle(store, now, "login:x", 2, &error), ==, 0);
  g_assert_cmpint(session_throttle(store, now, "login:x", 2, &error), ==, 1);
  teardown();
}

/* A clock that was a day ahead, and was set right: who had to wait then need not wait for that day. */
static void test_brake_clock(void) {
  setup();
  g_autoptr(GError) error = NULL;
  for (int i = 0; i < 3; i++) g_assert_cmpint(session_throttle(store, START + CLOCK_DAY, "login:x", 2, &error), ==, 0);
  g_assert_cmpint(session_throttle(store, START + CLOCK_DAY, "login:x", 2, &error), ==, 1);
  g_assert_cmpint(session_throttle(store, START, "login:x", 2, &error), ==, 0);
  g_assert_no_error(error);
  teardown();
}

static void test_brake_per_address(void) {
  setup();
  char token[SESSION_TOKEN];
  int wait = 0;
  for (int i = 0; i < 31; i++) { /* another login each time */
    g_autoptr(GError) error = NULL;
    g_autofree char *login = g_strdup_printf("user%d", i);
    g_assert_false(enter(START, login, "wrong password", "192.0.2.7", token, &wait, &error));
    g_assert_error(error, MENO_ERROR, MENO_ERROR_UNAUTHENTICATED);
  }
  g_autoptr(GError) error = NULL;
  g_assert_false(enter(START, "ana", PASSWORD, "192.0.2.7", token, &wait, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_TOO_MANY);
  g_clear_error(&error);
  g_assert_true(enter(START, "ana", PASSWORD, "192.0.2.8", token, &wait, &error));
  teardown();
}

static void *guess(void *data) {
  char token[SESSION_TOKEN];
  int wait;
  g_autoptr(GError) error = NULL;
  g_assert_false(enter(START, "ana", "wrong password", NULL, token, &wait, &error));
  return GINT_TO_POINTER(error->code);
}

/* Parallel guesses are counted before they are looked at: none slips through. */
static void test_brake_in_parallel(void) {
  setup();
  GThread *threads[24];
  int looked_at = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) threads[i] = g_thread_new("guess", guess, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    if (GPOINTER_TO_INT(g_thread_join(threads[i])) == MENO_ERROR_UNAUTHENTICATED) looked_at++;
  g_assert_cmpint(looked_at, <=, 6);
  g_assert_cmpint(looked_at, >=, 1);
  teardown();
}

/* ---- sessions --------------------------------------------------------------------------------------------------- */

/* The same for a session: it stays good, and is idle from when it was last used by the clock that is right now. */
static void test_session_clock(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char token[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  g_assert_true(enter(START + CLOCK_DAY, "ana", PASSWORD, NULL, token, &wait, &error));
  g_assert_cmpint(find(START, token, other), ==, 1);
  g_assert_cmpint(find(START + SESSION_IDLE - 1, token, other), ==, 1);
  g_assert_cmpint(find(START + 2 * SESSION_IDLE, token, other), ==, 0);
  teardown();
}

static void test_expiry(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char token[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  g_assert_true(enter(START, "ana", PASSWORD, NULL, token, &wait, &error));
  g_assert_cmpint(find(START + SESSION_IDLE, token, other), ==, 0);
  g_assert_true(enter(START, "ana", PASSWORD, NULL, token, &wait, &error));
  int64_t now = START;
  for (; now < START + SESSION_LONGEST - HOUR / 2; now += HOUR / 2) { /* always in use, and over all the same */
    g_assert_cmpint(find(now, token, other), ==, 1);
    if (*other) memcpy(token, other, SESSION_TOKEN);
  }
  g_assert_cmpint(find(START + SESSION_LONGEST - 1, token, other), ==, 1);
  if (*other) memcpy(token, other, SESSION_TOKEN);
  g_assert_cmpint(find(START + SESSION_LONGEST, token, other), ==, 0);
  g_assert_true(enter(START + SESSION_LONGEST, "ana", PASSWORD, NULL, token, &wait, &error));
  g_assert_cmpint(count_rows("access.count_sessions_of", "ana"), ==, 1); /* the others were forgotten */
  teardown();
}

static void test_rotation(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char first[SESSION_TOKEN], second[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  int64_t now = START + SESSION_ROTATION;
  g_assert_true(enter(START, "ana", PASSWORD, NULL, first, &wait, &error));
  g_assert_cmpint(find(now, first, NULL), ==, 1); /* only looking: nothing changes */
  g_assert_cmpint(find(now, first, second), ==, 1);
  g_assert_cmpstr(second, !=, "");
  g_assert_cmpstr(second, !=, first);
  g_assert_cmpint(find(now, first, other), ==, 1); /* asked at the same time with the old one */
  g_assert_cmpstr(other, ==, "");
  g_assert_cmpint(find(now + HOUR / 2, first, other), ==, 1); /* the answer with the new one was lost: still good */
  g_assert_cmpint(find(now + HOUR / 2, second, other), ==, 1); /* now it was shown */
  g_assert_cmpint(find(now + HOUR / 2 + 30 * CLOCK_SECOND, first, other), ==, 1);
  g_assert_cmpint(find(now + HOUR / 2 + 61 * CLOCK_SECOND, first, other), ==, 0);
  g_assert_cmpint(find(now + HOUR / 2 + 61 * CLOCK_SECOND, second, other), ==, 1);
  teardown();
}

/* The answer with the new token was lost for good: the old one is rotated again. */
static void test_rotation_lost(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char first[SESSION_TOKEN], lost[SESSION_TOKEN], third[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  g_assert_true(enter(START, "ana", PASSWORD, NULL, first, &wait, &error));
  g_assert_cmpint(find(START + SESSION_ROTATION, first, lost), ==, 1);
  g_assert_cmpint(find(START + 2 * SESSION_ROTATION, first, third), ==, 1);
  g_assert_cmpstr(third, !=, "");
  g_assert_cmpint(find(START + 2 * SESSION_ROTATION, lost, other), ==, 0);
  g_assert_cmpint(find(START + 2 * SESSION_ROTATION, third, other), ==, 1);
  teardown();
}

static void test_endings(void) {
  setup();
  g_autoptr(GError) error = NULL;
  char one[SESSION_TOKEN], two[SESSION_TOKEN], other[SESSION_TOKEN];
  int wait;
  g_assert_true(enter(START, "ana", PASSWORD, NULL, one, &wait, &error));
  g_assert_true(enter(START, "ana", PASSWORD, NULL, two, &wait, &error));
  g_assert_true(session_sign_out(store, START, one, NULL, &error));
  g_assert_true(session_sign_out(store, START, one, NULL, &error)); /* twice is no error */
  g_assert_cmpint(find(START, one, other), ==, 0);
  g_assert_cmpint(find(START, two, other), ==, 1);
  g_assert_true(account_set_password(ledger, START, "operator", "ana", "another long one", &error));
  g_assert_cmpint(find(START, two, other), ==, 0);
  g_assert_false(enter(START, "ana", PASSWORD, NULL, one, &wait, NULL));
  g_assert_true(enter(START, "ana", "another long one", NULL, one, &wait, &error));
  g_assert_true(account_set_disabled(ledger, START, "operator", "ana", true, &error));
  g_assert_cmpint(find(START, one, other), ==, 0);
  teardown();
}

/* ---- tokens ----------------------------------------------------------------------------------------------------- */

static int find_token(int64_t now, const char *secret, uint64_t *scopes) {
  g_autoptr(GError) error = NULL;
  g_auto(account_auto) account = { 0 };
  int found = token_find(store, now, secret, &account, scopes, &error);
  g_assert_no_error(error);
  return found;
}

static void test_tokens(void) {
  setup();
  g_autoptr(GError) error = NULL;
  g_auto(account_auto) account = { 0 };
  char secret[TOKEN_TEXT], id[ID_TEXT];
  uint64_t scopes = 0, wanted = UINT64_C(1) << MAY_READ_GOALS | UINT64_C(1) << MAY_STEER;
  g_assert_cmpint(account_find(store, "ana", &account, &error), ==, 1);
  g_assert_false(token_add(ledger, START, "x", &account, "too much", UINT64_C(1) << MAY_OPERATE, 0, secret, id, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_FORBIDDEN);
  g_clear_error(&error);
  g_assert_true(token_add(ledger, START, "person:p-1", &account, "report", wanted, START + HOUR, secret, id, &error));
  g_assert_cmpint(find_token(START, secret, &scopes), ==, 1);
  g_assert_cmpuint(scopes, ==, wanted);
  g_assert_cmpint(find_token(START + HOUR, secret, &scopes), ==, 0);
  g_autoptr(GPtrArray) list = token_list(store, "ana", &error);
  g_assert_cmpuint(list->len, ==, 1);
  g_assert_cmpint(((struct token *)list->pdata[0])->used, ==, START);
  g_assert_false(token_revoke(ledger, START, "x", "ben", id, &error)); /* somebody else's */
  g_assert_error(error, MENO_ERROR, MENO_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_true(account_set_disabled(ledger, START, "operator", "ana", true, &error));
  g_assert_cmpint(find_token(START, secret, &scopes), ==, 0);
  g_assert_true(account_set_disabled(ledger, START, "operator", "ana", false, &error));
  g_assert_cmpint(find_token(START, secret, &scopes), ==, 1);
  g_assert_true(token_revoke(ledger, START, "person:p-1", "ana", id, &error));
  g_assert_cmpint(find_token(START, secret, &scopes), ==, 0);
  secret[0] = 'M';
  g_assert_cmpint(find_token(START, secret, &scopes), ==, 0);
  g_autofree char *words = token_format_scopes(wanted);
  g_assert_cmpstr(words, ==, "READ_GOALS STEER");
  g_assert_true(token_parse_scopes("steer,READ_GOALS", &scopes, &error));
  g_assert_cmpuint(scopes, ==, wanted);
  g_assert_false(token_parse_scopes("EVERYTHING", &scopes, NULL));
  g_assert_false(token_parse_scopes(" ", &scopes, NULL));
  teardown();
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/access/matrix", test_matrix);
  g_test_add_func("/account/changes", test_accounts);
  g_test_add_func("/account/no-secrets", test_no_secrets);
  g_test_add_func("/session/sign-in", test_sign_in);
  g_test_add_func("/session/brake-login", test_brake_per_login);
  g_test_add_func("/session/brake-doubles", test_brake_doubles);
  g_test_add_func("/session/brake-clock", test_brake_clock);
  g_test_add_func("/session/clock", test_session_clock);
  g_test_add_func("/session/brake-address", test_brake_per_address);
  g_test_add_func("/session/brake-parallel", test_brake_in_parallel);
  g_test_add_func("/session/expiry", test_expiry);
  g_test_add_func("/session/rotation", test_rotation);
  g_test_add_func("/session/rotation-lost", test_rotation_lost);
  g_test_add_func("/session/endings", test_endings);
  g_test_add_func("/token/life", test_tokens);
  return g_test_run();
}
