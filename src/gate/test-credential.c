/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credentials: what opens, for how long, and what each scope gives. */
#include "gate/credential.h"
#include <string.h>

#define NOW (INT64_C(1800000000) * CLOCK_SECOND)
#define WALL (INT64_C(1900000000) * CLOCK_SECOND)

static const struct event_kind *const kinds[] = { credential_kinds, NULL };
static const struct fold none[] = { { 0 } };
static const struct fold *const folds[] = { none, NULL };
static const struct ledger_tables tables = { kinds, folds };

struct fixture { struct store *store; struct ledger *ledger; };

static void set_up(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  fixture->store = store_open_memory(&error);
  g_assert_no_error(error);
  fixture->ledger = ledger_new(fixture->store, &tables);
}

static void tear_down(struct fixture *fixture, const void *data) {
  ledger_free(fixture->ledger);
  store_free(fixture->store);
}

static struct credential add(struct fixture *fixture, const char *scopes, char secret[CREDENTIAL_SECRET]) {
  g_autoptr(GError) error = NULL;
  struct credential credential = { 0 };
  unsigned bits = 0;
  credential_parse_scopes(scopes, &bits, &error);
  g_assert_no_error(error);
  credential_add(fixture->ledger, NOW, "account:admin", "lms", bits, NULL, &credential, secret, &error);
  g_assert_no_error(error);
  return credential;
}

static int opens(struct fixture *fixture, int64_t wall, const char *key, const char *secret) {
  g_autoptr(GError) error = NULL;
  g_auto(credential_auto) found = { 0 };
  int got = credential_find(fixture->store, wall, key, secret, &found, &error);
  g_assert_no_error(error);
  return got;
}

static void key_and_secret(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  char secret[CREDENTIAL_SECRET], newer[CREDENTIAL_SECRET], newest[CREDENTIAL_SECRET], other[CREDENTIAL_SECRET];
  g_auto(credential_auto) credential = add(fixture, "all", secret), second = add(fixture, "all", other), rotated = { 0 }, again = { 0 };
  g_assert_cmpint(opens(fixture, WALL, credential.key, secret), ==, 1);
  g_assert_cmpint(opens(fixture, WALL, credential.key, other), ==, 0);
  g_assert_cmpint(opens(fixture, WALL, second.key, secret), ==, 0);
  g_assert_cmpint(opens(fixture, WALL, credential.key, ""), ==, 0);
  g_assert_cmpint(opens(fixture, WALL, "", secret), ==, 0);

  g_assert_true(credential_rotate(fixture->ledger, NOW, WALL, "account:admin", credential.id, &rotated, newer, &error));
  g_assert_cmpstr(rotated.key, ==, credential.key);
  g_assert_cmpint(opens(fixture, WALL, credential.key, newer), ==, 1);
  g_assert_cmpint(opens(fixture, WALL + CREDENTIAL_OVERLAP - 1, credential.key, secret), ==, 1);
  g_assert_cmpint(opens(fixture, WALL + CREDENTIAL_OVERLAP, credential.key, secret), ==, 0);
  g_assert_true(credential_rotate(fixture->ledger, NOW, WALL, "account:admin", credential.id, &again, newest, &error));
  g_assert_cmpint(opens(fixture, WALL, credential.key, secret), ==, 0); /* the one before the last is over */

  g_assert_true(credential_revoke(fixture->ledger, NOW, "account:admin", credential.id, &error));
  g_assert_cmpint(opens(fixture, WALL, credential.key, newest), ==, 0);
  g_assert_false(credential_rotate(fixture->ledger, NOW, WALL, "account:admin", credential.id, &again, newest, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_CONFLICT);
  g_clear_error(&error);
  g_assert_false(credential_revoke(fixture->ledger, NOW, "account:admin", "none", &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_NOT_FOUND);
}

static void events_have_no_secret(struct fixture *fixture, const void *data) {
  g_autoptr(GError) error = NULL;
  char secret[CREDENTIAL_SECRET];
  g_auto(credential_auto) credential = add(fixture, "state, profile", secret);
  g_autoptr(db_auto) db = store_read(fixture->store, &error);
  struct event event;
  g_assert_cmpint(ledger_find(db, 1, &event, &error), ==, 1);
  g_assert_cmpstr(event.kind, ==, "credential.created");
  g_autofree char *wanted = g_strdup_printf("{\"key\":\"%s\",\"label\":\"lms\",\"scopes\":\"state profile\"}", credential.key);
  g_assert_cmpstr(event.body, ==, wanted);
  event_clear(&event);
}

static void scopes(void) {
  static const struct { const char *has, *gives; } cases[] = {
    { "all", "all all/read statements/read statements/read/mine statements/write state profile define" }, { "all/read", "all/read statements/read statements/read/mine" },
    { "statements/read", "statements/read" }, { "statements/read/mine", "statements/read/mine" }, { "statements/write,define", "statements/write define" },
    { "state profile", "state profile" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    struct credential credential = { 0 };
    unsigned given = 0;
    g_assert_true(credential_parse_scopes(cases[i].has, &credential.scopes, NULL));
    for (unsigned scope = 0; scope < CREDENTIAL_SCOPES; scope++)
      if (credential_allows(&credential, (enum credential_scope)scope)) given |= 1u << scope;
    g_autofree char *text = credential_format_scopes(given);
    g_assert_cmpstr(text, ==, cases[i].gives);
  }
  unsigned bits;
  g_autoptr(GError) error = NULL;
  g_assert_false(credential_parse_scopes("everything", &bits, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_assert_false(credential_parse_scopes(" ,", &bits, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/credential/key-and-secret", struct fixture, NULL, set_up, key_and_secret, tear_down);
  g_test_add("/credential/events", struct fixture, NULL, set_up, events_have_no_secret, tear_down);
  g_test_add_func("/credential/scopes", scopes);
  return g_test_run();
}
