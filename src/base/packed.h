/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as bytes, seven bits each, small ones short. What is read may be damaged: reading never leaves the bytes, and says so. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

static inline void packed_put(GByteArray *bytes, uint64_t number) {
  guint8 text[10], length = 0;
  for (; number >= 0x80; number >>= 7) text[length++] = (guint8)(number | 0x80);
  text[length++] = (guint8)number;
  g_byte_array_append(bytes, text, length);
}

struct packed { const guint8 *at, *end; bool bad; };

static inline uint64_t packed_take(struct packed *packed) {
  uint64_t number = 0;
  for (int shift = 0; shift < 64 && packed->at < packed->end; shift += 7) {
    guint8 byte = *packed->at++;
    number |= (uint64_t)(byte & 0x7F) << shift;
    if (!(byte & 0x80)) return number;
  }
  packed->bad = true;
  return 0;
}

/* A number that may be below zero: small ones of either sign are small. */
static inline uint64_t packed_fold(int64_t number) { return (uint64_t)number << 1 ^ (uint64_t)(number >> 63); }
static inline int64_t packed_unfold(uint64_t number) { return (int64_t)(number >> 1) ^ -(int64_t)(number & 1); }
