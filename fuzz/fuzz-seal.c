/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stored form from anywhere: a text is opened, or said in words why not, and nothing that we did not seal opens. The
 * first byte says whether the rest is the text as it stands, or is sealed first, bent at one place, and opened. */
#include "ledger/seal.h"
#include <string.h>

static struct seal *ring(void) {
  static struct seal *seal;
  static const uint8_t master[32];
  if (!seal) g_assert_nonnull(seal = seal_new(NULL, master, NULL));
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct seal *seal = ring();
  struct uuid event = { { 0 } };
  enum seal_state state;
  if (size < 2) return 0;
  if (data[0] & 1) return bend(seal, data + 1, size - 1), 0;
  g_autofree char *text = g_strndup((const char *)data + 1, size - 1), *plain = seal_reveal(seal, text, event, "f", &state, NULL), *owner = seal_owner(seal, text);
  g_assert_true(plain && (!owner || seal_is_sealed(text)));
  g_assert_true(seal_is_sealed(text) ? state == SEAL_LOCKED && strcmp(plain, text) != 0 : state == SEAL_CLEAR && strcmp(plain, text) == 0);
  return 0;
}
