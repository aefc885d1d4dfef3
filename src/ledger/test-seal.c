/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ring's promises: what was sealed opens with its keys and for its own event and field only; a destroyed key opens
 * nothing, in this process and in another, whatever backup comes; files of other keys and damaged ones are refused. */
#include "ledger/seal.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define NOW INT64_C(1772000000000000)

static const uint8_t master[32] = "a master key of thirty-two bytes";
static const struct uuid event = { "sixteen bytes 01" }, other_event = { "sixteen bytes 02" };

static struct seal *memory(void) {
  g_autoptr(GError) error = NULL;
  struct seal *seal = seal_new(NULL, master, &error);
  g_assert_no_error(error);
  return seal;
}

static char *sealed(struct seal *seal, const char *owner, const char *period, const char *text) {
  return seal_value(seal, owner, period, event, "comment", text, strlen(text), false, NOW);
}

/* Opens it as that event's and field's; the state must be `wanted`. */
static void opens(struct seal *seal, const char *text, struct uuid of, const char *field, enum seal_state wanted, const char *says) {
  enum seal_state state;
  g_autofree char *plain = seal_reveal(seal, text, of, field, &state, NULL);
  g_assert_cmpint(state, ==, wanted);
  g_assert_cmpstr(plain, ==, says);
}

static void sealing(void) {
  g_autoptr(seal_auto) seal = memory();
  const char *const texts[] = { "ü", "Ärger mit der Software", "a\nb\t\"c\"", "sealed:AbC" };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *one = sealed(seal, "person:p-1", "period:k:2026-03", texts[i]), *again = sealed(seal, "person:p-1", "period:k:2026-03", texts[i]);
    g_autofree char *house = sealed(seal, NULL, NULL, texts[i]), *owner = seal_owner(seal, one);
    g_assert_true(seal_is_sealed(one) && !strstr(one, texts[i]) && g_utf8_validate(one, -1, NULL));
    g_assert_cmpstr(one, ==, again); /* what is done again after a crash is the same */
    g_assert_cmpstr(one, !=, house);
    g_assert_cmpstr(owner, ==, "person:p-1");
    opens(seal, one, event, "comment", SEAL_OPEN, texts[i]);
    opens(seal, house, event, "comment", SEAL_OPEN, texts[i]);
  }
  bool json;
  g_autofree char *object = seal_value(seal, "person:p-1", NULL, event, "extra", "{\"a\":1}", 7, true, NOW), *plain = seal_reveal(seal, object, event, "extra", NULL, &json);
  g_assert_true(json);
  g_assert_cmpstr(plain, ==, "{\"a\":1}");
  opens(seal, "never sealed", event, "comment", SEAL_CLEAR, "never sealed");
  g_assert_null(seal_reveal(seal, NULL, event, "comment", NULL, NULL));
}

/* There is no key for a name that its record could not hold, and nothing ends because of it. */
static void long_names(void) {
  g_autoptr(seal_auto) seal = memory();
  g_autoptr(GError) error = NULL;
  g_autofree char *longest = g_strnfill(SEAL_OWNER_MOST, 'p'), *longer = g_strnfill(SEAL_OWNER_MOST + 1, 'p');
  g_autofree char *text = sealed(seal, longest, NULL, "mine"), *none = sealed(seal, longer, NULL, "mine");
  opens(seal, text, event, "comment", SEAL_OPEN, "mine");
  g_assert_null(none);
  g_assert_cmpint(seal_digest(seal, longer, "{}", 2, NOW), ==, 0);
  g_assert_false(seal_destroy(seal, longer, NOW, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_clear_error(&error);
  g_assert_true(seal_destroy(seal, longest, NOW, &error));
}

static void moved(void) {
  g_autoptr(seal_auto) seal = memory();
  g_autoptr(seal_auto) stranger = memory();
  g_autofree char *text = sealed(seal, "person:p-1", NULL, "mine");
  const char *missing = "(its key is missing)";
  opens(seal, text, other_event, "comment", SEAL_LOCKED, missing);
  opens(seal, text, event, "reason", SEAL_LOCKED, missing);
  opens(stranger, text, event, "comment", SEAL_LOCKED, missing);
  opens(NULL, text, event, "comment", SEAL_LOCKED, missing);
  for (size_t at = strlen("sealed:"); text[at]; at++) { /* one letter anywhere */
    g_autofree char *bent = g_strdup(text);
    bent[at] = bent[at] == 'A' ? 'B' : 'A';
    enum seal_state state;
    g_autofree char *plain = seal_reveal(seal, bent, event, "comment", &state, NULL);
    g_assert_true(state == SEAL_LOCKED && strcmp(plain, missing) == 0);
  }
}

static void erased(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(seal_auto) seal = memory();
  g_autofree char *hers = sealed(seal, "person:p-1", "period:k:2026-03", "hers"), *his = sealed(seal, "person:p-2", "period:k:2026-03", "his"),
                  *later = sealed(seal, "person:p-2", "period:k:2026-04", "later");
  int64_t digest = seal_digest(seal, "person:p-1", "body", 4, NOW);
  g_assert_cmpint(digest, ==, seal_digest(seal, "person:p-1", "body", 4, NOW));
  g_assert_cmpint(digest, !=, seal_digest(seal, "person:p-2", "body", 4, NOW));
  g_assert_cmpint(digest, !=, seal_digest(seal, "person:p-1", "Body", 4, NOW));
  g_assert_true(seal_destroy(seal, "person:p-1", NOW, &error));
  opens(seal, hers, event, "comment", SEAL_ERASED, "(erased)");
  opens(seal, his, event, "comment", SEAL_OPEN, "his");
  g_assert_null(sealed(seal, "person:p-1", NULL, "more")); /* nothing more is stored of who is erased */
  g_assert_cmpint(seal_digest(seal, "person:p-1", "body", 4, NOW), ==, 0);
  g_assert_true(seal_is_destroyed(seal, "person:p-1") && !seal_is_destroyed(seal, "person:p-2") && !seal_is_destroyed(seal, "person:p-3"));
  g_assert_true(seal_destroy(seal, "period:k:2026-03", NOW, &error));
  opens(seal, his, event, "comment", SEAL_EXPIRED, "(past its retention)");
  opens(seal, hers, event, "comment", SEAL_ERASED, "(erased)");
  opens(seal, later, event, "comment", SEAL_OPEN, "later");
  g_assert_true(seal_destroy(seal, "person:p-3", NOW, &error)); /* who never had a key cannot get one */
  g_assert_null(sealed(seal, "person:p-3", NULL, "x"));
  g_autoptr(GPtrArray) gone = seal_names(seal, "person:", true);
  g_assert_cmpuint(gone->len, ==, 2);
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static char *dir, *ring, *backup;

static void setup(void) {
  dir = g_dir_make_tmp("meno-seal-XXXXXX", NULL);
  g_assert_nonnull(dir);
  ring = g_build_filename(dir, "meno.keys", NULL);
  backup = g_build_filename(dir, "backup", NULL);
}

static void teardown(void) {
  g_unlink(ring);
  g_unlink(backup);
  g_rmdir(dir);
  g_free(dir);
  g_free(ring);
  g_free(backup);
}

static struct seal *at(const char *file) {
  g_autoptr(GError) error = NULL;
  struct seal *seal = seal_new(file, master, &error);
  g_assert_no_error(error);
  return seal;
}

static void lasting(void) {
  g_autoptr(GError) error = NULL;
  setup();
  struct seal *seal = at(ring);
  g_autofree char *one = sealed(seal, "person:p-1", NULL, "one"), *two = sealed(seal, "person:p-2", NULL, "two");
  g_assert_true(seal_sync(seal, &error));
  g_autofree char *lost = sealed(seal, "person:p-3", NULL, "never committed");
  seal_free(seal);
  seal = at(ring);
  opens(seal, one, event, "comment", SEAL_OPEN, "one");
  opens(seal, lost, event, "comment", SEAL_LOCKED, "(its key is missing)");
  struct seal *other = at(ring); /* another process */
  g_autofree char *new = sealed(other, "person:p-4", NULL, "new");
  g_assert_true(seal_sync(other, &error));
  opens(seal, new, event, "comment", SEAL_OPEN, "new");
  g_autofree char *mine = sealed(seal, "person:p-5", NULL, "mine"); /* both add: neither loses the other's */
  g_autofree char *theirs = sealed(other, "person:p-6", NULL, "theirs");
  g_assert_true(seal_sync(seal, &error) && seal_sync(other, &error));
  opens(seal, theirs, event, "comment", SEAL_OPEN, "theirs");
  opens(other, mine, event, "comment", SEAL_OPEN, "mine");
  g_autofree char *late = sealed(seal, "person:p-8", NULL, "late"); /* a key that is not on the disk when its owner is erased elsewhere */
  g_assert_true(seal_destroy(other, "person:p-8", NOW, &error) && seal_sync(seal, &error));
  opens(seal, late, event, "comment", SEAL_ERASED, "(erased)");
  g_assert_true(seal_destroy(other, "person:p-2", NOW, &error));
  g_assert_true(seal_refresh(seal, &error));
  opens(seal, two, event, "comment", SEAL_ERASED, "(erased)");
  seal_free(other);
  seal_free(seal);
  seal = at(ring);
  opens(seal, two, event, "comment", SEAL_ERASED, "(erased)");
  opens(seal, mine, event, "comment", SEAL_OPEN, "mine");
  seal_free(seal);
  teardown();
}

/* Two processes make a key for the same person before either knows of the other's: from then on all use the one that came first. */
static void agreed(void) {
  g_autoptr(GError) error = NULL;
  setup();
  struct seal *first = at(ring), *second = at(ring);
  g_autofree char *one = sealed(first, "person:p-1", NULL, "one"), *two = sealed(second, "person:p-1", NULL, "two");
  int64_t digest = seal_digest(first, "person:p-1", "{}", 2, NOW);
  g_assert_cmpint(digest, !=, seal_digest(second, "person:p-1", "{}", 2, NOW));
  g_assert_true(seal_sync(first, &error) && seal_sync(second, &error) && seal_refresh(first, &error));
  struct seal *third = at(ring);
  struct seal *all[] = { first, second, third };
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
    g_assert_cmpint(seal_digest(all[i], "person:p-1", "{}", 2, NOW), ==, digest);
    opens(all[i], one, event, "comment", SEAL_OPEN, "one");
    opens(all[i], two, event, "comment", SEAL_OPEN, "two");
  }
  g_assert_true(seal_destroy(third, "person:p-1", NOW, &error));
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
    g_assert_true(seal_refresh(all[i], &error));
    opens(all[i], two, event, "comment", SEAL_ERASED, "(erased)");
    seal_free(all[i]);
  }
  teardown();
}

/* Of what the file held of a key nothing is left: its wrapped bytes and its place are zero. */
static void overwritten(void) {
  g_autoptr(GError) error = NULL;
  setup();
  struct seal *seal = at(ring);
  g_autofree char *one = sealed(seal, "person:p-1", NULL, "one"), *before = NULL, *after = NULL;
  gsize length, length_after;
  g_assert_true(seal_sync(seal, &error));
  g_assert_true(g_file_get_contents(ring, &before, &length, &error));
  g_assert_cmpuint(length, ==, 2 * 192);
  g_assert_true(seal_destroy(seal, "person:p-1", NOW, &error));
  g_assert_true(g_file_get_contents(ring, &after, &length_after, &error));
  g_assert_cmpuint(length, ==, length_after);
  g_assert_null(memmem(after, length_after, before + 192 + 32, 72));
  opens(seal, one, event, "comment", SEAL_ERASED, "(erased)");
  for (int i = 32; i < 32 + 72; i++) g_assert_cmpint(after[192 + i], ==, 0);
  seal_free(seal);
  teardown();
}

static void backups(void) {
  g_autoptr(GError) error = NULL;
  setup();
  struct seal *seal = at(ring);
  struct seal_merge merge;
  g_autofree char *one = sealed(seal, "person:p-1", NULL, "one"), *two = sealed(seal, "person:p-2", NULL, "two");
  g_assert_true(seal_sync(seal, &error) && seal_export(seal, backup, &error));
  g_assert_true(seal_destroy(seal, "person:p-1", NOW, &error));
  g_assert_true(seal_import(seal, backup, NOW, &merge, &error)); /* older than the erasure: it brings nobody back */
  g_assert_cmpint(merge.added, ==, 0);
  g_assert_cmpint(merge.refused, ==, 1);
  opens(seal, one, event, "comment", SEAL_ERASED, "(erased)");
  g_assert_true(seal_export(seal, backup, &error));
  seal_free(seal);
  g_unlink(ring); /* the disk is lost; the backup has the living keys and the tombstones */
  seal = at(ring);
  g_assert_true(seal_import(seal, backup, NOW, &merge, &error));
  opens(seal, two, event, "comment", SEAL_OPEN, "two");
  opens(seal, one, event, "comment", SEAL_LOCKED, "(its key is missing)");
  g_assert_true(seal_is_destroyed(seal, "person:p-1"));
  seal_free(seal);
  teardown();
}

static void refused(const char *file, const uint8_t key[32], const char *why) {
  g_autoptr(GError) error = NULL;
  g_assert_null(seal_new(file, key, &error));
  g_assert_nonnull(error);
  if (!strstr(error->message, why)) g_error("\"%s\" says not \"%s\"", error->message, why);
}

static void damaged(void) {
  g_autoptr(GError) error = NULL;
  setup();
  struct seal *seal = at(ring);
  g_autofree char *one = sealed(seal, "person:p-1", NULL, "one"), *bytes = NULL;
  gsize length;
  struct seal_merge merge;
  g_assert_true(seal_sync(seal, &error) && seal_export(seal, backup, &error));
  refused(ring, (const uint8_t *)"another key of thirty-two bytes.", "another master key");
  g_assert_true(g_file_get_contents(backup, &bytes, &length, NULL));
  bytes[192 + 40] ^= 1; /* in the wrapped key */
  g_assert_true(g_file_set_contents(backup, bytes, (gssize)length, NULL));
  g_assert_false(seal_import(seal, backup, NOW, &merge, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  g_clear_error(&error);
  g_assert_true(g_file_set_contents(backup, "no ring", -1, NULL));
  g_assert_false(seal_import(seal, backup, NOW, &merge, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
  opens(seal, one, event, "comment", SEAL_OPEN, "one");
  seal_free(seal);
  bytes[192 + 40] ^= 1;
  g_assert_true(g_file_set_contents(ring, bytes, (gssize)length - 50, NULL)); /* a record that a crash cut off */
  seal = at(ring);
  opens(seal, one, event, "comment", SEAL_LOCKED, "(its key is missing)");
  g_autofree char *two = sealed(seal, "person:p-2", NULL, "two");
  g_assert_true(seal_sync(seal, NULL));
  seal_free(seal);
  seal = at(ring);
  opens(seal, two, event, "comment", SEAL_OPEN, "two");
  seal_free(seal);
  memset(bytes + 192, 0, 192);
  g_assert_true(g_file_set_contents(ring, bytes, (gssize)length, NULL));
  refused(ring, master, "damaged");
  g_assert_true(g_file_set_contents(ring, "this is no ring of keys, but it is long enough to be looked at as if it were one; so it goes on for a while, and then a while longer, until it has as many bytes as a head and one record would, which are three hundred and eighty-four", -1, NULL));
  refused(ring, master, "no ring of keys");
  teardown();
}

static void names(void) {
  g_autoptr(seal_auto) seal = memory();
  g_autofree char *one = seal_actor(seal, "mailto:a@x.example"), *same = seal_actor(seal, "mailto:a@x.example"), *other = seal_actor(seal, "mailto:b@x.example");
  g_autofree char *period = seal_period("pulse.answered", NOW);
  g_assert_cmpstr(one, ==, same);
  g_assert_cmpstr(one, !=, other);
  g_assert_true(g_str_has_prefix(one, "a-") && strlen(one) == 18);
  g_assert_cmpstr(period, ==, "period:pulse.answered:2026-02");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/seal/sealing", sealing);
  g_test_add_func("/seal/long-names", long_names);
  g_test_add_func("/seal/moved", moved);
  g_test_add_func("/seal/erased", erased);
  g_test_add_func("/seal/lasting", lasting);
  g_test_add_func("/seal/agreed", agreed);
  g_test_add_func("/seal/overwritten", overwritten);
  g_test_add_func("/seal/backups", backups);
  g_test_add_func("/seal/damaged", damaged);
  g_test_add_func("/seal/names", names);
  return g_test_run();
}
