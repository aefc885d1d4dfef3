/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stored forms from anywhere. A sealed text is opened, or said in words why not, and nothing that we did not seal opens.
 * The first byte says whether the rest is the text as it stands, or is sealed first, bent at one place, and opened.
 *
 * After an "R" the rest damages a ring's file: each three bytes set one byte, copy one record over another, or cut the file
 * off. The ring is refused with a reason, or it opens: then it gives back no other text than what was sealed, and what is
 * sealed with it from then on is there when it is opened again. */
#include "ledger/seal.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seal *ring(void) {
  static struct seal *seal;
  static const uint8_t zeros[32];
  if (!seal) g_assert_nonnull(seal = seal_new(NULL, zeros, NULL));
  return seal;
}

static void bend(struct seal *seal, const uint8_t *data, size_t size) {
  struct uuid event = { { 0 } };
  g_autofree char *text = seal_value(seal, "person:p-1", "period:k:2026-03", event, "f", (const char *)data, size, false, 1);
  g_autofree char *plain = seal_reveal(seal, text, event, "f", NULL, NULL);
  g_assert_cmpmem(plain, strnlen((const char *)data, size), data, strnlen((const char *)data, size));
  size_t at = strlen("sealed:") + data[0] % (strlen(text) - strlen("sealed:"));
  enum seal_state state;
  text[at] = text[at] == 'A' ? 'B' : 'A';
  g_autofree char *bent = seal_reveal(seal, text, event, "f", &state, NULL);
  g_assert_true(state == SEAL_LOCKED && bent);
}

/* ---- the ring's file -------------------------------------------------------------------------------------------- */

#define KEYS 5
static const struct uuid none;
static const uint8_t master[32];
static char *folder, *file, *sealed[KEYS];
static char *whole;
static gsize whole_length;

static void remove_folder(void) {
  g_unlink(file);
  g_rmdir(folder);
}

static char *seal_one(struct seal *seal, const char *owner, const char *text) { return seal_value(seal, owner, "period:k:2026-03", none, "f", text, strlen(text), false, 1); }

/* A ring of some keys, one of them destroyed, and what they have sealed. */
static void make_ring(void) {
  g_autoptr(GError) error = NULL;
  if (whole) return;
  folder = g_dir_make_tmp("meno-fuzz-XXXXXX", &error);
  g_assert_no_error(error);
  file = g_build_filename(folder, "ring", NULL);
  atexit(remove_folder);
  g_autoptr(seal_auto) seal = seal_new(file, master, &error);
  for (int i = 0; seal && i < KEYS; i++) {
    g_autofree char *owner = g_strdup_printf("person:p-%d", i), *text = g_strdup_printf("text %d", i);
    sealed[i] = seal_one(seal, owner, text);
  }
  g_assert_true(seal && seal_sync(seal, &error) && seal_destroy(seal, "person:p-4", 2, &error));
  g_assert_true(g_file_get_contents(file, &whole, &whole_length, &error));
}

static gsize damage(char *bytes, const uint8_t *data, size_t size) {
  gsize record = whole_length / (KEYS + 2), length = whole_length; /* a head, a key each, and the period's */
  for (size_t at = 0; at + 3 <= size; at += 3) {
    gsize place = (data[at + 1] * (gsize)256 + data[at + 2]) % whole_length;
    if (data[at] == 'c') memcpy(bytes + data[at + 1] % (KEYS + 2) * record, bytes + data[at + 2] % (KEYS + 2) * record, record);
    else if (data[at] == 't') length = MIN(length, place);
    else bytes[place] = (char)data[at];
  }
  return length;
}

static void refused(const GError *error) { g_assert_true(error && error->domain == MENO_ERROR && g_utf8_validate(error->message, -1, NULL)); }

static void open_damaged(const uint8_t *data, size_t size) {
  g_autoptr(GError) error = NULL;
  make_ring();
  g_autofree char *bytes = g_memdup2(whole, whole_length);
  gsize length = damage(bytes, data, size);
  FILE *out = g_fopen(file, "wb"); /* a rename, as GLib writes files, waits for the disk */
  g_assert_true(out && fwrite(bytes, 1, length, out) == length && fclose(out) == 0);
  g_autoptr(seal_auto) other = seal_new(NULL, master, NULL), seal = seal_new(file, master, &error);
  g_autoptr(GError) not_taken = NULL;
  struct seal_merge merge;
  if (!seal_import(other, file, 3, &merge, &not_taken)) refused(not_taken);
  if (!seal) return refused(error);
  for (int i = 0; i < KEYS; i++) {
    enum seal_state state;
    g_autofree char *text = g_strdup_printf("text %d", i), *plain = seal_reveal(seal, sealed[i], none, "f", &state, NULL);
    g_assert_true(plain && (state != SEAL_OPEN || strcmp(plain, text) == 0));
  }
  g_autofree char *fresh = seal_one(seal, "person:p-new", "new");
  if (!seal_sync(seal, &error)) return refused(error);
  g_autoptr(seal_auto) again = seal_new(file, master, &error);
  g_assert_no_error(error);
  g_autofree char *plain = fresh ? seal_reveal(again, fresh, none, "f", NULL, NULL) : NULL; /* NULL: its month is destroyed */
  if (fresh) g_assert_cmpstr(plain, ==, "new");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct seal *seal = ring();
  struct uuid event = { { 0 } };
  enum seal_state state;
  if (size < 2) return 0;
  if (data[0] == 'R') return open_damaged(data + 1, size - 1), 0;
  if (data[0] & 1) return bend(seal, data + 1, size - 1), 0;
  g_autofree char *text = g_strndup((const char *)data + 1, size - 1), *plain = seal_reveal(seal, text, event, "f", &state, NULL), *owner = seal_owner(seal, text);
  g_assert_true(plain && (!owner || seal_is_sealed(text)));
  g_assert_true(seal_is_sealed(text) ? state == SEAL_LOCKED && strcmp(plain, text) != 0 : state == SEAL_CLEAR && strcmp(plain, text) == 0);
  return 0;
}
