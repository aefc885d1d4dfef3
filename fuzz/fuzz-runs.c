/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a part of a run: the first eight are its first key. What is read is never below zero. */
#include "ledger/runs.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct pair pair, void *data) { g_assert(pair.seq >= 0 && pair.key >= 0); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int64_t key;
  if (size < sizeof key) return 0;
  memcpy(&key, data, sizeof key);
  runs_read(key, data + sizeof key, size - sizeof key, check, NULL);
  return 0;
}
