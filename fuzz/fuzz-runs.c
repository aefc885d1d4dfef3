/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a part of a run: the first sixteen are its first pair. What is read is never below zero, and keys never fall. */
#include "ledger/runs.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct pair pair, void *data) {
  struct pair *last = data;
  g_assert(pair.seq >= 0 && pair.key >= last->key);
  *last = pair;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct pair first, last = { 0 };
  if (size < sizeof first) return 0;
  memcpy(&first, data, sizeof first);
  runs_read(first, data + sizeof first, size - sizeof first, check, &last);
  return 0;
}
